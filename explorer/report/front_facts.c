#include "explorer/report/front_facts.h"

#include "explorer/report/hypervolume.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The costs of a front, of which less is better; best and worst of each objective. */
struct front {
    int n, K;
    double *costs;
    int *rows;
};

static double turned(double v, bool maximise)
{
    return maximise ? -v : v;
}

static enum status gather(const double *values, int n, int K, const bool *maximise, const bool *on, struct front *f,
                          struct errmsg *e)
{
    f->K = K;
    f->costs = malloc(((size_t)n + 1) * (size_t)K * sizeof *f->costs);
    f->rows = malloc(((size_t)n + 1) * sizeof *f->rows);
    if (f->costs == NULL || f->rows == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory for a front of %d rows", n);
    for (int i = 0; i < n; i++) {
        if (!on[i])
            continue;
        for (int k = 0; k < K; k++)
            f->costs[(size_t)f->n * (size_t)K + (size_t)k] = turned(values[(size_t)i * (size_t)K + (size_t)k], maximise[k]);
        f->rows[f->n++] = i;
    }
    return STATUS_OK;
}

static double cost(const struct front *f, int row, int k)
{
    return f->costs[(size_t)row * (size_t)f->K + (size_t)k];
}

static void ends(const struct front *f, int k, double *best, double *worst)
{
    *best = INFINITY;
    *worst = -INFINITY;
    for (int i = 0; i < f->n; i++) {
        *best = fmin(*best, cost(f, i, k));
        *worst = fmax(*worst, cost(f, i, k));
    }
}

static bool unlike(const struct front *f, int a, int b)
{
    return memcmp(f->costs + (size_t)a * (size_t)f->K, f->costs + (size_t)b * (size_t)f->K, (size_t)f->K * sizeof(double)) != 0;
}

/* has_three: whether three rows are unlike. */
static bool has_three(const struct front *f)
{
    int second = -1;
    for (int i = 1; i < f->n; i++) {
        if (second < 0 && unlike(f, 0, i))
            second = i;
        else if (second >= 0 && unlike(f, 0, i) && unlike(f, second, i))
            return true;
    }
    return false;
}

static enum status find_knee(const struct front *f, int *knee, struct errmsg *e)
{
    double *sums = calloc((size_t)f->n + 1, sizeof *sums);
    int best_row = -1;
    *knee = -1;
    if (sums == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory for a front of %d rows", f->n);
    for (int k = 0; k < f->K; k++) {
        double best, worst;
        ends(f, k, &best, &worst);
        for (int i = 0; i < f->n && worst > best; i++)
            sums[i] += (cost(f, i, k) - best) / (worst - best);
    }
    for (int i = 0; i < f->n; i++)
        if (isfinite(sums[i]) && (best_row < 0 || sums[i] < sums[best_row]))
            best_row = i;
    /* The chord is where the sum of two is 1; rounding alone is no bend. */
    if (best_row >= 0 && has_three(f) && (f->K > 2 || sums[best_row] < 1 - 1e-9))
        *knee = f->rows[best_row];
    free(sums);
    return STATUS_OK;
}

/* takes_long: whether the volume takes more than three seconds (measured on fronts of random rows on a sphere). */
static bool takes_long(int n, int K)
{
    static const int most[FRONT_FACTS_OBJECTIVES + 1] = {[4] = 5000, [5] = 4000, [6] = 2500, [7] = 1200, [8] = 700};
    return K > 3 && K <= FRONT_FACTS_OBJECTIVES && n > most[K];
}

static enum status find_volume(const struct front *f, const bool *maximise, struct front_facts *out, struct errmsg *e)
{
    double one[FRONT_FACTS_OBJECTIVES], box = 1;
    double *shares = malloc(((size_t)f->n + 1) * (size_t)f->K * sizeof *shares);
    if (shares == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory for a front of %d rows", f->n);
    for (int k = 0; k < f->K; k++) {
        double best, worst;
        ends(f, k, &best, &worst);
        const double length = turned(out->reference[k], maximise[k]) - best;
        box *= length > 0 && isfinite(length) ? length : NAN;
        one[k] = 1;
        for (int i = 0; i < f->n; i++)
            shares[(size_t)i * (size_t)f->K + (size_t)k] = (cost(f, i, k) - best) / length;
    }
    enum status s = STATUS_OK;
    if (!isnan(box) && (s = hypervolume(shares, f->n, f->K, one, &out->share, e)) == STATUS_OK)
        out->volume = out->share * box;
    free(shares);
    return s;
}

enum status front_facts(const double *values, int n, int K, const bool *maximise, const bool *on, const double *reference,
                        struct front_facts *out, struct errmsg *e)
{
    struct front f = {0};
    *out = (struct front_facts){.knee = -1, .volume = NAN, .share = NAN};
    enum status s = gather(values, n, K, maximise, on, &f, e);
    out->front = f.n;
    if (s == STATUS_OK && f.n > 0)
        s = find_knee(&f, &out->knee, e);
    if (s != STATUS_OK || f.n == 0 || K > FRONT_FACTS_OBJECTIVES)
        goto done;
    for (int k = 0; k < K; k++) {
        double worst = -INFINITY;
        for (int i = 0; i < n; i++)
            worst = fmax(worst, turned(values[(size_t)i * (size_t)K + (size_t)k], maximise[k]));
        out->reference[k] = reference != NULL ? reference[k] : turned(worst, maximise[k]);
    }
    out->too_long = takes_long(f.n, K);
    if (!out->too_long)
        s = find_volume(&f, maximise, out, e);
done:
    free(f.costs);
    free(f.rows);
    return s;
}
