#include "explorer/report/compare.h"

#include "base/text.h"
#include "db/columns.h"
#include "explorer/report/query.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_AXES = 64, CELL_BYTES = 128 };

struct side {
    struct table *designs; /* the points */
    struct table *seeds;   /* point, seed, figure */
    bool *matched;
};

enum use { SAME, DIFFERS, VARIES };

struct work {
    const char *column;
    struct side sides[2];
    const char *axes[MOST_AXES];
    enum use use[MOST_AXES];
    bool shown[MOST_AXES]; /* of those that vary: not one that is only there or not, as the scheme has it */
    int n_axes;
    sqlite3 *db; /* for quantiles */
};

static void cell_words(const struct cell *c, char out[CELL_BYTES])
{
    out[0] = '\0';
    if (c->type == CELL_TEXT)
        snprintf(out, CELL_BYTES, "%s", c->text);
    else if (c->type == CELL_INT)
        snprintf(out, CELL_BYTES, "%lld", (long long)c->integer);
    else if (c->type == CELL_REAL)
        text_of_real(c->real, out);
}

static void words_at(const struct table *t, int row, const char *column, char out[CELL_BYTES])
{
    cell_words(table_cell(t, row, table_column(t, column)), out);
}

static bool same_at(const struct table *a, int i, const struct table *b, int k, const char *column)
{
    char x[CELL_BYTES], y[CELL_BYTES];
    words_at(a, i, column, x);
    words_at(b, k, column, y);
    return strcmp(x, y) == 0;
}

static double number_at(const struct table *t, int row, const char *column)
{
    return cell_number(table_cell(t, row, table_column(t, column)));
}

/* -------------------------------------------------------------------------- reading */

static enum status read_side(const struct compare_side *from, const char *column, struct side *s, struct errmsg *e)
{
    char *sql = NULL;
    char *which = from->sweep == NULL ? sqlite3_mprintf("1") : sqlite3_mprintf("sweep = %Q", from->sweep);
    if (which == NULL || asprintf(&sql, "SELECT * FROM results WHERE %s GROUP BY point", which) < 0) {
        sqlite3_free(which);
        return fail(e, STATUS_ENVIRONMENT, "out of memory");
    }
    enum status st = query_table(from->db, sql, &s->designs, e);
    if (st == STATUS_OK && s->designs->n_rows == 0)
        st = from->sweep != NULL
                 ? fail(e, STATUS_USAGE, "there is no sweep `%s` (`deltasweep list` prints them)", from->sweep)
                 : fail(e, STATUS_USAGE, "there is no sweep at all in one of the databases");
    if (st == STATUS_OK && table_column(s->designs, column) < 0)
        st = fail(e, STATUS_USAGE, "there is no column `%s` in `results` (see `deltasweep help columns`)", column);
    free(sql);
    sql = NULL;
    if (st == STATUS_OK && asprintf(&sql,
                                    "SELECT DISTINCT point, seed, \"%s\" AS figure FROM results WHERE %s AND "
                                    "\"%s\" IS NOT NULL",
                                    column, which, column) < 0)
        st = fail(e, STATUS_ENVIRONMENT, "out of memory");
    if (st == STATUS_OK)
        st = query_table(from->db, sql, &s->seeds, e);
    if (st == STATUS_OK && (s->matched = calloc((size_t)s->designs->n_rows + 1, sizeof *s->matched)) == NULL)
        st = fail(e, STATUS_ENVIRONMENT, "out of memory");
    free(sql);
    sqlite3_free(which);
    return st;
}

/* constant: whether a column has one value in all rows. */
static bool constant(const struct table *t, const char *column)
{
    for (int i = 1; i < t->n_rows; i++)
        if (!same_at(t, 0, t, i, column))
            return false;
    return true;
}

/* two_values: whether a column has two values in a and b together, NULL not counted. */
static bool two_values(const struct table *a, const struct table *b, const char *column)
{
    char first[CELL_BYTES] = "", word[CELL_BYTES];
    for (int i = 0; i < a->n_rows + b->n_rows; i++) {
        words_at(i < a->n_rows ? a : b, i < a->n_rows ? i : i - a->n_rows, column, word);
        if (first[0] == '\0')
            snprintf(first, sizeof first, "%s", word);
        else if (word[0] != '\0' && strcmp(first, word) != 0)
            return true;
    }
    return false;
}

static void sort_axes(struct work *w)
{
    int n = 0;
    const struct view_column *columns = column_list(&n);
    const struct table *a = w->sides[0].designs, *b = w->sides[1].designs;
    for (int i = 0; i < n && w->n_axes < MOST_AXES; i++) {
        const char *name = columns[i].name;
        if (columns[i].kind != COLUMN_AXIS || table_column(a, name) < 0 || table_column(b, name) < 0)
            continue;
        const bool both = constant(a, name) && constant(b, name);
        w->use[w->n_axes] = !both ? VARIES : same_at(a, 0, b, 0, name) ? SAME : DIFFERS;
        w->shown[w->n_axes] = w->use[w->n_axes] == VARIES && two_values(a, b, name);
        w->axes[w->n_axes++] = name;
    }
}

/* ------------------------------------------------------------------------ statistics */

/* quantile: Student's t for a two-sided 95 %; between two rows of the table the lower df. */
static double quantile(sqlite3 *db, double df)
{
    sqlite3_stmt *st = NULL;
    double t = NAN;
    if (sqlite3_prepare_v2(db, "SELECT t95 FROM t_quantiles WHERE df <= ?1 ORDER BY df DESC LIMIT 1", -1, &st, NULL) ==
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

static bool is_seed_of(const struct table *seeds, int k, const struct table *designs, int row)
{
    return same_at(seeds, k, designs, row, "point");
}

/* difference: of points i and k, b - a. */
static void difference(const struct work *w, int i, int k, struct sample of[2], double *n, double *mean, double *ci95)
{
    const struct side *a = &w->sides[0], *b = &w->sides[1];
    struct sample paired = {0};
    memset(of, 0, 2 * sizeof *of);
    for (int x = 0; x < a->seeds->n_rows; x++) {
        if (!is_seed_of(a->seeds, x, a->designs, i))
            continue;
        sample_add(&of[0], number_at(a->seeds, x, "figure"));
        for (int y = 0; y < b->seeds->n_rows; y++)
            if (is_seed_of(b->seeds, y, b->designs, k) && same_at(a->seeds, x, b->seeds, y, "seed"))
                sample_add(&paired, number_at(b->seeds, y, "figure") - number_at(a->seeds, x, "figure"));
    }
    for (int y = 0; y < b->seeds->n_rows; y++)
        if (is_seed_of(b->seeds, y, b->designs, k))
            sample_add(&of[1], number_at(b->seeds, y, "figure"));
    *ci95 = NAN;
    if (paired.n >= 2) {
        *n = paired.n;
        *mean = paired.mean;
        *ci95 = quantile(w->db, paired.n - 1) * sqrt(variance(&paired) / paired.n);
        return;
    }
    *n = fmin(of[0].n, of[1].n);
    *mean = *n > 0 ? of[1].mean - of[0].mean : NAN;
    if (*n >= 2) { /* Welch: the spreads need not be equal */
        const double va = variance(&of[0]) / of[0].n, vb = variance(&of[1]) / of[1].n, v = va + vb;
        const double df = v > 0 ? v * v / (va * va / (of[0].n - 1) + vb * vb / (of[1].n - 1)) : *n - 1;
        *ci95 = quantile(w->db, df) * sqrt(v);
    }
}

/* -------------------------------------------------------------------------- results */

static bool put_text(struct cell *c, const char *text)
{
    c->type = CELL_TEXT;
    c->text = strdup(text);
    c->integer = (int64_t)strlen(text);
    return c->text != NULL;
}

static void put_real(struct cell *c, double v)
{
    if (isfinite(v))
        *c = (struct cell){.type = CELL_REAL, .real = v};
}

static bool put_copy(struct cell *c, const struct cell *from)
{
    if (from->type == CELL_TEXT)
        return put_text(c, from->text);
    if (from->type == CELL_INT || from->type == CELL_REAL)
        *c = *from;
    return true;
}

static enum status no_memory(struct errmsg *e)
{
    return fail(e, STATUS_ENVIRONMENT, "out of memory for the comparison");
}

static enum status list_differing(const struct work *w, struct table **out, struct errmsg *e)
{
    static const char *const names[] = {"axis", "a", "b"};
    enum status st = table_make(names, 3, out, e);
    for (int x = 0; x < w->n_axes && st == STATUS_OK; x++) {
        if (w->use[x] != DIFFERS)
            continue;
        struct cell *row = table_add(*out);
        if (row == NULL || !put_text(&row[0], w->axes[x]))
            return no_memory(e);
        for (int k = 0; k < 2; k++) {
            const struct table *t = w->sides[k].designs;
            if (!put_copy(&row[1 + k], table_cell(t, 0, table_column(t, w->axes[x]))))
                return no_memory(e);
        }
    }
    return st;
}

/* put_point: its name and what varies, in the first cells of a row. Returns how many, or -1. */
static int put_point(const struct work *w, int side, int row_of, struct cell *row, int from)
{
    const struct table *t = w->sides[side].designs;
    int n = from;
    if (from == 1 && !put_copy(&row[0], table_cell(t, row_of, table_column(t, "point"))))
        return -1;
    for (int x = 0; x < w->n_axes; x++)
        if (w->shown[x] && !put_copy(&row[n++], table_cell(t, row_of, table_column(t, w->axes[x]))))
            return -1;
    return n;
}

/* names_of: the names of the columns: `first`, the axes that vary, `last`. */
static int names_of(const struct work *w, const char *const *first, int n_first, const char *const *last, int n_last,
                    const char **out)
{
    int n = 0;
    for (int i = 0; i < n_first; i++)
        out[n++] = first[i];
    for (int x = 0; x < w->n_axes; x++)
        if (w->shown[x])
            out[n++] = w->axes[x];
    for (int i = 0; i < n_last; i++)
        out[n++] = last[i];
    return n;
}

/* matches: whether point i of a and point k of b agree in all axes that do not differ throughout. */
static bool matches(const struct work *w, int i, int k)
{
    const struct table *a = w->sides[0].designs, *b = w->sides[1].designs;
    for (int x = 0; x < w->n_axes; x++)
        if (w->use[x] == VARIES && !same_at(a, i, b, k, w->axes[x]))
            return false;
    return true;
}

static enum status put_pair(const struct work *w, int i, int k, struct comparison *out, struct sample *all,
                            struct errmsg *e)
{
    struct cell *row = table_add(out->pairs);
    struct sample of[2];
    double n, mean, ci95;
    if (row == NULL ||
        !put_copy(&row[0], table_cell(w->sides[0].designs, i, table_column(w->sides[0].designs, "point"))) ||
        !put_copy(&row[1], table_cell(w->sides[1].designs, k, table_column(w->sides[1].designs, "point"))))
        return no_memory(e);
    int at = put_point(w, 0, i, row, 2);
    if (at < 0)
        return no_memory(e);
    difference(w, i, k, of, &n, &mean, &ci95);
    for (int s = 0; s < 2; s++) {
        put_real(&row[at + s], of[s].n > 0 ? of[s].mean : NAN);
        row[at + 2 + s] = (struct cell){.type = CELL_INT, .integer = (int64_t)of[s].n};
    }
    put_real(&row[at + 4], mean);
    put_real(&row[at + 5], ci95);
    if (isfinite(mean))
        sample_add(all, mean);
    return STATUS_OK;
}

static enum status pair_all(struct work *w, struct comparison *out, struct errmsg *e)
{
    static const char *const first[] = {"point_a", "point_b"};
    char figure_a[80], figure_b[80];
    const char *last[] = {figure_a, figure_b, "n_a", "n_b", "difference", "ci95"}, *names[MOST_AXES + 8];
    struct sample all = {0};
    snprintf(figure_a, sizeof figure_a, "%.70s_a", w->column);
    snprintf(figure_b, sizeof figure_b, "%.70s_b", w->column);
    enum status st = table_make(names, names_of(w, first, 2, last, 6, names), &out->pairs, e);
    for (int i = 0; i < w->sides[0].designs->n_rows && st == STATUS_OK; i++)
        for (int k = 0; k < w->sides[1].designs->n_rows; k++)
            if (!w->sides[1].matched[k] && matches(w, i, k)) {
                w->sides[0].matched[i] = w->sides[1].matched[k] = true;
                st = put_pair(w, i, k, out, &all, e);
                break;
            }
    out->n = (int)all.n;
    out->mean = all.n > 0 ? all.mean : NAN;
    out->ci95 = all.n > 1 ? quantile(w->db, all.n - 1) * sqrt(variance(&all) / all.n) : NAN;
    return st;
}

static enum status list_alone(const struct work *w, int side, struct table **out, struct errmsg *e)
{
    static const char *const first[] = {"point"};
    const char *names[MOST_AXES + 2];
    enum status st = table_make(names, names_of(w, first, 1, NULL, 0, names), out, e);
    for (int i = 0; i < w->sides[side].designs->n_rows && st == STATUS_OK; i++) {
        struct cell *row = w->sides[side].matched[i] ? NULL : table_add(*out);
        if (w->sides[side].matched[i])
            continue;
        if (row == NULL || put_point(w, side, i, row, 1) < 0)
            st = no_memory(e);
    }
    return st;
}

static enum status compare_all(struct work *w, struct comparison *out, struct errmsg *e)
{
    sort_axes(w);
    enum status st = list_differing(w, &out->differs, e);
    if (st == STATUS_OK)
        st = pair_all(w, out, e);
    if (st == STATUS_OK)
        st = list_alone(w, 0, &out->only_a, e);
    return st == STATUS_OK ? list_alone(w, 1, &out->only_b, e) : st;
}

enum status compare_sides(const struct compare_side *a, const struct compare_side *b, const char *column,
                          struct comparison *out, struct errmsg *e)
{
    struct work w = {.column = column, .db = a->db};
    *out = (struct comparison){0};
    enum status st = read_side(a, column, &w.sides[0], e);
    if (st == STATUS_OK)
        st = read_side(b, column, &w.sides[1], e);
    if (st == STATUS_OK && w.sides[0].designs != NULL && w.sides[1].designs != NULL)
        st = compare_all(&w, out, e);
    for (int i = 0; i < 2; i++) {
        table_free(w.sides[i].designs);
        table_free(w.sides[i].seeds);
        free(w.sides[i].matched);
    }
    if (st != STATUS_OK)
        compare_free(out);
    return st;
}

void compare_free(struct comparison *c)
{
    table_free(c->differs);
    table_free(c->pairs);
    table_free(c->only_a);
    table_free(c->only_b);
    *c = (struct comparison){0};
}
