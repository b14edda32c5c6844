#include "explorer/report/dominance.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct keyed;

/* Lists of rows are sorted by the coordinate before the last one, `sweep`: that of the final sweep over two coordinates.
 * What a level of the recursion keeps of its lists stands in `arena`, above that of the level before. */
struct work {
    const double *cost;
    int K, sweep;
    bool *covered;  /* by row */
    double *values; /* of one coordinate, to find their median */
    struct keyed *keyed;
    int *arena, *merged;
};

/* Rows of a list: all, or those that are below `split` in some coordinate, or the others. */
struct part {
    const int *rows;
    int n;
    double split;
    enum { ALL, BELOW, FROM } side;
};

enum { BRUTE = 256, SCOUTS = 64 }; /* measured: from 64 to 1024 comparisons, and from 32 to 128 scouts, do as well */

static const double *vector(const struct work *w, int row)
{
    return w->cost + (size_t)row * (size_t)w->K;
}

static bool covers(const double *a, const double *b, int from, int K)
{
    for (int k = from; k < K; k++)
        if (a[k] > b[k])
            return false;
    return true;
}

static bool passes(const struct part *p, double v)
{
    return p->side == ALL || (v < p->split) == (p->side == BELOW);
}

/* narrow_a: the rows of the part, and the least value that they have of each coordinate. */
static int narrow_a(const struct work *w, const struct part *p, int split_by, int d, int *out, double *least)
{
    int n = 0;
    for (int k = d; k < w->K; k++)
        least[k] = INFINITY;
    for (int i = 0; i < p->n; i++) {
        const double *v = vector(w, p->rows[i]);
        if (!passes(p, v[split_by]))
            continue;
        for (int k = d; k < w->K; k++)
            least[k] = v[k] < least[k] ? v[k] : least[k];
        out[n++] = p->rows[i];
    }
    return n;
}

/* narrow_b: the rows of the part that are not covered yet, and could be: none is below `least`. Their greatest values. */
static int narrow_b(const struct work *w, const struct part *p, int split_by, int d, const double *least, int *out,
                    double *most)
{
    int n = 0;
    for (int k = d; k < w->K; k++)
        most[k] = -INFINITY;
    for (int i = 0; i < p->n; i++) {
        const double *v = vector(w, p->rows[i]);
        if (!passes(p, v[split_by]) || w->covered[p->rows[i]] || !covers(least, v, d, w->K))
            continue;
        for (int k = d; k < w->K; k++)
            most[k] = v[k] > most[k] ? v[k] : most[k];
        out[n++] = p->rows[i];
    }
    return n;
}

/* median: of n values, which it reorders (C. A. R. Hoare's selection). */
static double median(double *v, int n)
{
    int low = 0, high = n - 1;
    const int middle = n / 2;
    while (low < high) {
        const double pivot = v[low + (high - low) / 2];
        int i = low, j = high;
        while (i <= j) {
            while (v[i] < pivot)
                i++;
            while (v[j] > pivot)
                j--;
            if (i <= j) {
                const double x = v[i];
                v[i++] = v[j];
                v[j--] = x;
            }
        }
        if (middle <= j)
            high = j;
        else if (middle >= i)
            low = i;
        else
            break;
    }
    return v[middle];
}

static void cover_pairs(const struct work *w, const int *a, int n_a, const int *b, int n_b, int d)
{
    for (int j = 0; j < n_b; j++)
        for (int i = 0; i < n_a && !w->covered[b[j]]; i++)
            w->covered[b[j]] = covers(vector(w, a[i]), vector(w, b[j]), d, w->K);
}

/* cover_plane: by the last two coordinates. */
static void cover_plane(const struct work *w, const int *a, int n_a, const int *b, int n_b)
{
    double least = INFINITY; /* of the last coordinate, among the rows of a so far */
    int i = 0;
    for (int j = 0; j < n_b; j++) {
        const double *v = vector(w, b[j]);
        for (; i < n_a && vector(w, a[i])[w->sweep] <= v[w->sweep]; i++)
            least = fmin(least, vector(w, a[i])[w->sweep + 1]);
        if (i > 0 && least <= v[w->sweep + 1])
            w->covered[b[j]] = true;
    }
}

/* The rows of two lists that have to do with each other. */
struct pair {
    int *a, *b, n_a, n_b;
    double least[DOMINANCE_COORDINATES], most[DOMINANCE_COORDINATES]; /* of a, of b */
};

/* narrow: what is left of the parts, in the arena. A row of b that is below all of a in some coordinate cannot be covered,
 * and a row of a that is above all of b covers none. */
static void narrow(const struct work *w, const struct part *of_a, const struct part *of_b, int split_by, int d, int *arena,
                   struct pair *p)
{
    int kept = 0;
    p->a = arena;
    p->n_a = narrow_a(w, of_a, split_by, d, p->a, p->least);
    p->b = arena + p->n_a;
    p->n_b = narrow_b(w, of_b, split_by, d, p->least, p->b, p->most);
    for (int i = 0; i < p->n_a && p->n_b > 0; i++)
        if (covers(vector(w, p->a[i]), p->most, d, w->K))
            p->a[kept++] = p->a[i];
    p->n_a = kept;
}

/* split_at: a value of coordinate d that has rows below it and rows from it on; about half of them, if ties allow. */
static double split_at(const struct work *w, const struct pair *p, int d)
{
    const int n = p->n_a + p->n_b;
    double least = INFINITY, above = INFINITY;
    for (int i = 0; i < n; i++) {
        w->values[i] = vector(w, i < p->n_a ? p->a[i] : p->b[i - p->n_a])[d];
        least = fmin(least, w->values[i]);
    }
    const double m = median(w->values, n);
    if (m > least)
        return m;
    for (int i = 0; i < n; i++)
        above = w->values[i] > least ? fmin(above, w->values[i]) : above;
    return above;
}

/* is_below: whether no row of a is above a row of b in coordinate d. */
static bool is_below(const struct work *w, const struct pair *p, int d)
{
    double most = -INFINITY, least = INFINITY;
    for (int i = 0; i < p->n_a; i++)
        most = fmax(most, vector(w, p->a[i])[d]);
    for (int j = 0; j < p->n_b; j++)
        least = fmin(least, vector(w, p->b[j])[d]);
    return most <= least;
}

/* cover: marks the rows of b that a row of a covers in the coordinates from d on. The parts are made by coordinate
 * split_by. */
static void cover(const struct work *w, const struct part *of_a, const struct part *of_b, int split_by, int d, int *arena)
{
    struct pair p;
    narrow(w, of_a, of_b, split_by, d, arena, &p);
    if (p.n_a == 0 || p.n_b == 0)
        return;
    int *rest = p.b + p.n_b;
    if (d >= w->K - 1) { /* the least of a in the only coordinate that is left covers all that is left of b */
        for (int j = 0; j < p.n_b; j++)
            w->covered[p.b[j]] = true;
    } else if ((long)p.n_a * p.n_b <= BRUTE) {
        cover_pairs(w, p.a, p.n_a, p.b, p.n_b, d);
    } else if (d == w->sweep) {
        cover_plane(w, p.a, p.n_a, p.b, p.n_b);
    } else if (is_below(w, &p, d)) {
        cover(w, &(struct part){p.a, p.n_a, 0, ALL}, &(struct part){p.b, p.n_b, 0, ALL}, d, d + 1, rest);
    } else {
        const double m = split_at(w, &p, d);
        const struct part a_below = {p.a, p.n_a, m, BELOW}, a_from = {p.a, p.n_a, m, FROM};
        const struct part b_below = {p.b, p.n_b, m, BELOW}, b_from = {p.b, p.n_b, m, FROM};
        cover(w, &a_below, &b_below, d, d, rest);
        cover(w, &a_below, &b_from, d, d + 1, rest);
        cover(w, &a_from, &b_from, d, d, rest);
    }
}

/* ------------------------------------------------------------------------- front */

/* merge: two lists, one behind the other, by the coordinate of the sweep. */
static void merge(const struct work *w, int *rows, int n_a, int n_b)
{
    int i = 0, j = n_a, n = 0;
    while (i < n_a || j < n_a + n_b) {
        const bool first = j == n_a + n_b ||
                           (i < n_a && vector(w, rows[i])[w->sweep] <= vector(w, rows[j])[w->sweep]);
        w->merged[n++] = first ? rows[i++] : rows[j++];
    }
    memcpy(rows, w->merged, (size_t)n * sizeof *rows);
}

/* front_of: the front of rows that are in lexicographic order, no two equal: a row can be covered by earlier ones alone.
 * It comes first in rows afterwards, in the order of the sweep. Returns how many there are. */
static int front_of(const struct work *w, int *rows, int n)
{
    if (n <= 1)
        return n;
    const int half = n / 2, n_a = front_of(w, rows, half);
    int n_b = front_of(w, rows + half, n - half), kept = 0;
    cover(w, &(struct part){rows, n_a, 0, ALL}, &(struct part){rows + half, n_b, 0, ALL}, 0, w->K > 1 ? 1 : 0, w->arena);
    for (int j = 0; j < n_b; j++)
        if (!w->covered[rows[half + j]])
            rows[n_a + kept++] = rows[half + j];
    merge(w, rows, n_a, kept);
    return n_a + kept;
}

/* ------------------------------------------------------------------------- order */

/* A row with the value that decides most comparisons beside it: sorting by pointers alone takes twice as long. */
struct keyed {
    double key;
    int row;
};

static int by_key(const void *a, const void *b)
{
    const struct keyed *x = a, *y = b;
    return (x->key > y->key) - (x->key < y->key);
}

static int compare_rows(const struct work *w, int a, int b)
{
    const double *x = vector(w, a), *y = vector(w, b);
    for (int k = 0; k < w->K; k++)
        if (x[k] != y[k])
            return x[k] < y[k] ? -1 : 1;
    return 0;
}

static int lexicographic(const void *a, const void *b, void *context)
{
    const struct keyed *x = a, *y = b;
    return x->key != y->key ? (x->key < y->key ? -1 : 1) : compare_rows(context, x->row, y->row);
}

/* sort: by all coordinates, or by that of the sweep alone. */
static void sort(struct work *w, int *rows, int n, bool by_all)
{
    struct keyed *keyed = w->keyed;
    for (int i = 0; i < n; i++)
        keyed[i] = (struct keyed){vector(w, rows[i])[by_all ? 0 : w->sweep], rows[i]};
    if (by_all)
        qsort_r(keyed, (size_t)n, sizeof *keyed, lexicographic, w);
    else
        qsort(keyed, (size_t)n, sizeof *keyed, by_key);
    for (int i = 0; i < n; i++)
        rows[i] = keyed[i].row;
}

/* ------------------------------------------------------------------------ scouts */

/* span: the least finite value and the range of each coordinate. */
static void span(const struct work *w, const int *rows, int n, double *least, double *range)
{
    for (int k = 0; k < w->K; k++) {
        double most = -INFINITY;
        least[k] = INFINITY;
        for (int i = 0; i < n; i++) {
            const double v = vector(w, rows[i])[k];
            least[k] = isfinite(v) ? fmin(least[k], v) : least[k];
            most = isfinite(v) ? fmax(most, v) : most;
        }
        range[k] = most > least[k] ? most - least[k] : 1;
    }
}

/* find_scouts: the rows with the least sums of coordinates, each brought to 0 to 1: they are likely to cover many. */
static int find_scouts(const struct work *w, const int *rows, int n, int scouts[SCOUTS])
{
    double least[DOMINANCE_COORDINATES] = {0}, range[DOMINANCE_COORDINATES] = {0}, sums[SCOUTS] = {0};
    int found = 0;
    span(w, rows, n, least, range);
    for (int i = 0; i < n; i++) {
        const double *v = vector(w, rows[i]);
        double sum = 0;
        for (int k = 0; k < w->K; k++)
            sum += (v[k] - least[k]) / range[k];
        if (isnan(sum) || (found == SCOUTS && sum >= sums[SCOUTS - 1]))
            continue;
        found += found < SCOUTS;
        int at = found - 1;
        for (; at > 0 && sums[at - 1] > sum; at--) {
            sums[at] = sums[at - 1];
            scouts[at] = scouts[at - 1];
        }
        sums[at] = sum;
        scouts[at] = rows[i];
    }
    return found;
}

/* leave_covered: marks the rows that a scout covers, and keeps the others. unlike: only if it is unlike the scout. */
static int leave_covered(const struct work *w, const int *scouts, int n_scouts, int *rows, int n, bool unlike)
{
    int kept = 0;
    for (int i = 0; i < n; i++) {
        const double *v = vector(w, rows[i]);
        for (int s = 0; s < n_scouts && !w->covered[rows[i]]; s++)
            w->covered[rows[i]] = covers(vector(w, scouts[s]), v, 0, w->K) &&
                                  !(unlike && covers(v, vector(w, scouts[s]), 0, w->K));
        if (!w->covered[rows[i]])
            rows[kept++] = rows[i];
    }
    return kept;
}

/* ------------------------------------------------------------------------ public */

static enum status no_memory(int n, struct errmsg *e)
{
    return fail(e, STATUS_ENVIRONMENT, "out of memory for the Pareto front of %d rows", n);
}

/* room: for all that works on n rows; rows and covered are theirs. */
static enum status room(struct work *w, int n, int **rows, struct errmsg *e)
{
    /* Of n rows, a level hands on n to the next coordinate, or, if they do not tie, half of them to the level after next. */
    const size_t most = (size_t)n + 1, levels = 3 * (size_t)w->K + 4;
    assert(w->K >= 1 && w->K <= DOMINANCE_COORDINATES);
    w->sweep = w->K > 1 ? w->K - 2 : 0;
    w->covered = calloc(most, sizeof *w->covered);
    w->values = malloc(most * sizeof *w->values);
    w->arena = malloc(levels * most * sizeof *w->arena);
    w->merged = malloc(most * sizeof *w->merged);
    w->keyed = malloc(most * sizeof *w->keyed);
    *rows = calloc(most, sizeof **rows);
    if (w->covered == NULL || w->values == NULL || w->arena == NULL || w->merged == NULL || w->keyed == NULL ||
        *rows == NULL)
        return no_memory(n, e);
    for (int i = 0; i < n; i++)
        (*rows)[i] = i;
    return STATUS_OK;
}

static void leave(struct work *w, int *rows)
{
    free(w->covered);
    free(w->values);
    free(w->arena);
    free(w->merged);
    free(w->keyed);
    free(rows);
}

/* front_of_sorted: the front of the rows, in lexicographic order, as front_of; `covered` says which are not on it. They are
 * copied side by side first: the recursion walks through them in this order. */
static enum status front_of_sorted(const struct work *w, const int *sorted, int n, struct errmsg *e)
{
    const size_t K = (size_t)w->K;
    double *cost = malloc(((size_t)n + 1) * K * sizeof *cost);
    struct work own = {.cost = cost, .K = w->K};
    int *rows = NULL, n_unlike = 0;
    enum status s = room(&own, n, &rows, e);
    if (s == STATUS_OK && cost == NULL)
        s = no_memory(n, e);
    for (int i = 0; i < n && s == STATUS_OK; i++)
        if (i == 0 || compare_rows(w, sorted[i - 1], sorted[i]) != 0)
            memcpy(cost + K * (size_t)n_unlike++, vector(w, sorted[i]), K * sizeof *cost);
    if (s == STATUS_OK)
        (void)front_of(&own, rows, n_unlike);
    for (int i = 0, at = -1; i < n && s == STATUS_OK; i++) { /* equal rows share their fate */
        at += i == 0 || compare_rows(w, sorted[i - 1], sorted[i]) != 0;
        w->covered[sorted[i]] = own.covered[at];
    }
    free(cost);
    leave(&own, rows);
    return s;
}

enum status dominance_front(const double *cost, int n, int K, bool *front, struct errmsg *e)
{
    struct work w = {.cost = cost, .K = K};
    int scouts[SCOUTS] = {0}, *rows = NULL;
    enum status s = room(&w, n, &rows, e);
    if (s == STATUS_OK) {
        const int left = leave_covered(&w, scouts, find_scouts(&w, rows, n, scouts), rows, n, true);
        sort(&w, rows, left, true);
        s = front_of_sorted(&w, rows, left, e);
    }
    for (int i = 0; i < n && s == STATUS_OK; i++)
        front[i] = !w.covered[i];
    leave(&w, rows);
    return s;
}

enum status dominance_cover(const double *cost, int n_a, int n_b, int K, bool *covered, struct errmsg *e)
{
    struct work w = {.cost = cost, .K = K};
    int scouts[SCOUTS] = {0}, *rows = NULL;
    enum status s = room(&w, n_a + n_b, &rows, e);
    if (s != STATUS_OK)
        goto done;
    for (int j = 0; j < n_b; j++)
        w.covered[n_a + j] = covered[j];
    int *b = rows + n_a;
    const int left = leave_covered(&w, scouts, find_scouts(&w, rows, n_a, scouts), b, n_b, false);
    sort(&w, rows, n_a, false);
    sort(&w, b, left, false);
    cover(&w, &(struct part){rows, n_a, 0, ALL}, &(struct part){b, left, 0, ALL}, 0, 0, w.arena);
    for (int j = 0; j < n_b; j++)
        covered[j] = w.covered[n_a + j];
done:
    leave(&w, rows);
    return s;
}
