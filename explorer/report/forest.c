#include "explorer/report/forest.h"

#include "base/rng.h"

#include <stdlib.h>
#include <string.h>

/* A node with fewer rows than this is not split. A tree that stops early is the top of one that does not, so all sizes
 * are tried on the same trees. */
static const int least_rows[] = {2, 5, 10, 20, 40, 80};
enum { SIZES = sizeof least_rows / sizeof least_rows[0] };

struct node {
    double mean;
    int n_rows; /* in the bag, each counted once */
    int column; /* -1: a leaf */
    int last;   /* ordered: codes up to this one go left */
    int words;  /* else: where in forest.left the answer for code 0 is */
    int left, right;
};

struct forest {
    const struct forest_data *data;
    int trees;
    int *roots;
    bool *out_of_bag; /* trees · n_rows */
    int *asked;       /* n_rows: the trees that have the row out of their bag */
    struct node *nodes;
    int n_nodes, room;
    bool *left; /* whether a code goes left, for each node with words */
    int n_left, left_room;
    int least; /* rows of a node that is split */
};

/* Of the rows of a node that have the same code. */
struct bin {
    int code;
    double weight, sum; /* rows in the bag, and their y */
};

struct work {
    struct forest *f;
    int *rows, *other; /* in the bag */
    int *weight;       /* how often the bag has a row */
    struct bin *bins;  /* room for the greatest n_codes */
    int *slot;         /* of a code: its bin, or -1 */
    int *codes;        /* of the best split of the node, those that go left */
};

/* A split of a node: of its column the n_left codes in work.codes go left. */
struct split {
    int column, n_left;
    double gain;
};

static int by_code(const void *a, const void *b)
{
    return ((const struct bin *)a)->code - ((const struct bin *)b)->code;
}

static int by_mean(const void *a, const void *b)
{
    const struct bin *x = a, *y = b;
    const double u = x->sum * y->weight, v = y->sum * x->weight;
    return u != v ? (u > v) - (u < v) : x->code - y->code;
}

/* fill_bins: in an order in which a split is a cut: that of the numbers; of values without an order that of their means,
 * which has the best of all splits (Breiman and others, 1984). */
static int fill_bins(struct work *w, const struct forest_column *c, int from, int to)
{
    const double *y = w->f->data->y;
    int n = 0;
    for (int i = from; i < to; i++) {
        const int row = w->rows[i], code = c->codes[row];
        if (w->slot[code] < 0) {
            w->bins[n] = (struct bin){.code = code};
            w->slot[code] = n++;
        }
        struct bin *b = &w->bins[w->slot[code]];
        b->weight += w->weight[row];
        b->sum += w->weight[row] * y[row];
    }
    for (int i = 0; i < n; i++)
        w->slot[w->bins[i].code] = -1;
    qsort(w->bins, (size_t)n, sizeof *w->bins, c->ordered ? by_code : by_mean);
    return n;
}

/* try_column: takes the best cut of the column if it is better than *best. */
static void try_column(struct work *w, int column, int from, int to, double weight, double sum, struct split *best)
{
    const int n = fill_bins(w, &w->f->data->columns[column], from, to);
    double left_weight = 0.0, left_sum = 0.0;
    int cut = 0;
    for (int i = 0; i + 1 < n; i++) {
        left_weight += w->bins[i].weight;
        left_sum += w->bins[i].sum;
        const double right_sum = sum - left_sum;
        const double gain = left_sum * left_sum / left_weight + right_sum * right_sum / (weight - left_weight) -
                            sum * sum / weight;
        if (gain > best->gain * (1.0 + 1e-9)) {
            *best = (struct split){column, i + 1, gain};
            cut = i + 1;
        }
    }
    for (int i = 0; i < cut; i++)
        w->codes[i] = w->bins[i].code;
}

/* goes_left: in that node, a row with that code. A word that the node has not seen goes right. */
static bool goes_left(const struct forest *f, const struct node *n, int code)
{
    return f->data->columns[n->column].ordered ? code <= n->last : f->left[n->words + code];
}

/* part: the rows that go left first; returns where the others begin. */
static int part(struct work *w, const struct node *n, int from, int to)
{
    const int *codes = w->f->data->columns[n->column].codes;
    int at = from, n_other = 0;
    for (int i = from; i < to; i++) {
        const int row = w->rows[i];
        if (goes_left(w->f, n, codes[row]))
            w->rows[at++] = row;
        else
            w->other[n_other++] = row;
    }
    memcpy(w->rows + at, w->other, (size_t)n_other * sizeof *w->rows);
    return at;
}

/* new_node: its number; -1: out of memory. */
static int new_node(struct forest *f, const struct node *n)
{
    if (f->n_nodes == f->room) {
        const int room = f->room == 0 ? 1024 : 2 * f->room;
        struct node *nodes = realloc(f->nodes, (size_t)room * sizeof *nodes);
        if (nodes == NULL)
            return -1;
        f->nodes = nodes;
        f->room = room;
    }
    f->nodes[f->n_nodes] = *n;
    return f->n_nodes++;
}

/* write_split: into the node. False: out of memory. */
static bool write_split(struct work *w, const struct split *s, struct node *n)
{
    struct forest *f = w->f;
    const struct forest_column *c = &f->data->columns[s->column];
    n->column = s->column;
    n->last = w->codes[s->n_left - 1];
    if (c->ordered)
        return true;
    if (f->n_left + c->n_codes > f->left_room) {
        const int room = 2 * (f->n_left + c->n_codes);
        bool *left = realloc(f->left, (size_t)room * sizeof *left);
        if (left == NULL)
            return false;
        f->left = left;
        f->left_room = room;
    }
    n->words = f->n_left;
    memset(f->left + f->n_left, 0, (size_t)c->n_codes * sizeof *f->left);
    for (int i = 0; i < s->n_left; i++)
        f->left[f->n_left + w->codes[i]] = true;
    f->n_left += c->n_codes;
    return true;
}

/* grow: the node of the rows [from, to) and all below it. Returns its number; -1: out of memory. */
static int grow(struct work *w, int from, int to)
{
    const double *y = w->f->data->y;
    double weight = 0.0, sum = 0.0, squares = 0.0;
    for (int i = from; i < to; i++) {
        const int row = w->rows[i];
        weight += w->weight[row];
        sum += w->weight[row] * y[row];
        squares += w->weight[row] * y[row] * y[row];
    }
    struct node n = {.mean = sum / weight, .n_rows = to - from, .column = -1};
    struct split best = {.column = -1, .gain = 1e-12 * squares}; /* rounding is no gain */
    for (int c = 0; c < w->f->data->n_columns && to - from >= least_rows[0]; c++)
        try_column(w, c, from, to, weight, sum, &best);
    if (best.column < 0)
        return new_node(w->f, &n);
    if (!write_split(w, &best, &n))
        return -1;
    const int at = new_node(w->f, &n), middle = part(w, &n, from, to);
    const int left = at < 0 ? -1 : grow(w, from, middle), right = left < 0 ? -1 : grow(w, middle, to);
    if (right < 0)
        return -1;
    w->f->nodes[at].left = left;
    w->f->nodes[at].right = right;
    return at;
}

/* draw_bag: n rows with replacement. Returns how many different ones they are. */
static int draw_bag(struct work *w, uint64_t seed, int tree)
{
    struct rng r;
    const int n = w->f->data->n_rows;
    int different = 0;
    rng_init(&r, seed + (uint64_t)tree, RNG_FOREST);
    memset(w->weight, 0, (size_t)n * sizeof *w->weight);
    for (int i = 0; i < n; i++)
        w->weight[rng_below(&r, (uint64_t)n)]++;
    for (int i = 0; i < n; i++) {
        w->f->out_of_bag[(size_t)tree * (size_t)n + (size_t)i] = w->weight[i] == 0;
        w->f->asked[i] += w->weight[i] == 0;
        if (w->weight[i] > 0)
            w->rows[different++] = i;
    }
    return different;
}

/* ask: one tree about a row. */
static double ask(const struct forest *f, int tree, int row, const bool *swapped, int other)
{
    const struct node *n = &f->nodes[f->roots[tree]];
    while (n->column >= 0 && n->n_rows >= f->least) {
        const int *codes = f->data->columns[n->column].codes;
        const int code = codes[swapped != NULL && swapped[n->column] ? other : row];
        n = &f->nodes[goes_left(f, n, code) ? n->left : n->right];
    }
    return n->mean;
}

/* forest_predict: tree by tree, because one tree has room in the fast memory and the forest has not. */
void forest_predict(const struct forest *f, const bool *swapped, const int *from, double *out)
{
    const int n = f->data->n_rows;
    memset(out, 0, (size_t)n * sizeof *out);
    for (int tree = 0; tree < f->trees; tree++) {
        const bool *asked = f->out_of_bag + (size_t)tree * (size_t)n;
        for (int row = 0; row < n; row++)
            if (asked[row])
                out[row] += ask(f, tree, row, swapped, swapped != NULL ? from[row] : row);
    }
    for (int row = 0; row < n; row++)
        out[row] = f->asked[row] > 0 ? out[row] / f->asked[row] : 0.0;
}

/* choose_size: that with the least error. */
static enum status choose_size(struct forest *f, struct errmsg *e)
{
    const int n = f->data->n_rows;
    double *predicted = malloc((size_t)n * sizeof *predicted + 1), least_error = 0.0;
    int best = least_rows[0];
    if (predicted == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory for a forest over %d rows", n);
    for (int k = 0; k < SIZES; k++) {
        double error = 0.0;
        f->least = least_rows[k];
        forest_predict(f, NULL, NULL, predicted);
        for (int i = 0; i < n; i++)
            error += (predicted[i] - f->data->y[i]) * (predicted[i] - f->data->y[i]);
        if (k == 0 || error < least_error) {
            least_error = error;
            best = f->least;
        }
    }
    f->least = best;
    free(predicted);
    return STATUS_OK;
}

static void work_free(struct work *w)
{
    free(w->rows);
    free(w->other);
    free(w->weight);
    free(w->bins);
    free(w->slot);
    free(w->codes);
}

static bool work_make(struct work *w)
{
    const struct forest_data *d = w->f->data;
    const size_t n = (size_t)d->n_rows + 1;
    size_t codes = 1;
    for (int c = 0; c < d->n_columns; c++)
        if ((size_t)d->columns[c].n_codes > codes)
            codes = (size_t)d->columns[c].n_codes;
    w->rows = calloc(n, sizeof *w->rows);
    w->other = calloc(n, sizeof *w->other);
    w->weight = calloc(n, sizeof *w->weight);
    w->bins = calloc(codes, sizeof *w->bins);
    w->slot = malloc(codes * sizeof *w->slot);
    w->codes = calloc(codes, sizeof *w->codes);
    for (size_t i = 0; i < codes && w->slot != NULL; i++)
        w->slot[i] = -1;
    return w->rows != NULL && w->other != NULL && w->weight != NULL && w->bins != NULL && w->slot != NULL &&
           w->codes != NULL;
}

enum status forest_grow(const struct forest_data *data, int trees, uint64_t seed, struct forest **out,
                        struct errmsg *e)
{
    struct forest *f = calloc(1, sizeof *f);
    struct work w = {.f = f};
    *out = NULL;
    if (f == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory for a forest over %d rows", data->n_rows);
    f->data = data;
    f->trees = trees;
    f->roots = calloc((size_t)trees, sizeof *f->roots);
    f->out_of_bag = calloc((size_t)trees, (size_t)data->n_rows + 1);
    f->asked = calloc((size_t)data->n_rows + 1, sizeof *f->asked);
    bool good = work_make(&w) && f->roots != NULL && f->out_of_bag != NULL && f->asked != NULL;
    for (int tree = 0; tree < trees && good; tree++) {
        const int n = draw_bag(&w, seed, tree);
        f->roots[tree] = grow(&w, 0, n);
        good = f->roots[tree] >= 0;
    }
    work_free(&w);
    const enum status s =
        good ? choose_size(f, e) : fail(e, STATUS_ENVIRONMENT, "out of memory for a forest over %d rows", data->n_rows);
    if (s == STATUS_OK)
        *out = f;
    else
        forest_free(f);
    return s;
}

void forest_free(struct forest *f)
{
    if (f == NULL)
        return;
    free(f->roots);
    free(f->out_of_bag);
    free(f->asked);
    free(f->nodes);
    free(f->left);
    free(f);
}
