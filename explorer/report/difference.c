#include "explorer/report/difference.h"

#include <math.h>
#include <stddef.h>

/* quantile: Student's t for a two-sided 95 %; between two rows of the table the lower df. */
static double quantile(sqlite3 *db, double df)
{
    sqlite3_stmt *st = NULL;
    double t = NAN;
    if (db != NULL &&
        sqlite3_prepare_v2(db, "SELECT t95 FROM t_quantiles WHERE df <= ?1 ORDER BY df DESC LIMIT 1", -1, &st, NULL) ==
        SQLITE_OK) {
        sqlite3_bind_double(st, 1, df);
        if (sqlite3_step(st) == SQLITE_ROW)
            t = sqlite3_column_double(st, 0);
    }
    sqlite3_finalize(st);
    return t;
}

/* Numbers one by one: their mean and their spread. */
struct sample {
    double n, mean, squares;
};

static void sample_add(struct sample *s, double v)
{
    const double before = v - s->mean;
    s->n++;
    s->mean += before / s->n;
    s->squares += before * (v - s->mean);
}

static double variance(const struct sample *s)
{
    return s->n > 1 ? s->squares / (s->n - 1) : NAN;
}

static double interval(const struct sample *s, sqlite3 *db)
{
    return s->n > 1 ? quantile(db, s->n - 1) * sqrt(variance(s) / s->n) : NAN;
}

double difference_ci95(const double *values, int n, sqlite3 *db)
{
    struct sample s = {0};
    for (int i = 0; i < n; i++)
        sample_add(&s, values[i]);
    return interval(&s, db);
}

static double welch(const struct sample *a, const struct sample *b, sqlite3 *db)
{
    const double va = variance(a) / a->n, vb = variance(b) / b->n, v = va + vb;
    const double df = v > 0 ? v * v / (va * va / (a->n - 1) + vb * vb / (b->n - 1)) : fmin(a->n, b->n) - 1;
    return quantile(db, df) * sqrt(v);
}

struct difference difference_of(const struct observation *a, int n_a, const struct observation *b, int n_b, sqlite3 *db)
{
    struct sample of_a = {0}, of_b = {0}, paired = {0};
    for (int i = 0; i < n_a; i++) {
        sample_add(&of_a, a[i].value);
        for (int k = 0; k < n_b; k++)
            if (a[i].seed == b[k].seed)
                sample_add(&paired, b[k].value - a[i].value);
    }
    for (int k = 0; k < n_b; k++)
        sample_add(&of_b, b[k].value);
    struct difference d = {.a = n_a > 0 ? of_a.mean : NAN, .b = n_b > 0 ? of_b.mean : NAN, .n_a = n_a, .n_b = n_b};
    d.n = n_a < n_b ? n_a : n_b;
    d.mean = d.b - d.a;
    d.ci95 = NAN;
    if (paired.n >= 2) {
        d.how = DIFFERENCE_PAIRED;
        d.n = (int)paired.n;
        d.mean = paired.mean;
        d.ci95 = interval(&paired, db);
    } else if (d.n >= 2) {
        d.how = DIFFERENCE_WELCH;
        d.ci95 = welch(&of_a, &of_b, db);
    }
    return d;
}
