#include "explorer/search/features.h"

#include <math.h>
#include <string.h>

enum { SIZES = 3 };

static void add(struct features *f, int kind, int axis, int number)
{
    if (f->n < FEATURES_MAX)
        f->all[f->n++] = (struct feature){.kind = kind, .axis = axis, .number = number};
}

/* most_layers: of the networks of a sweep. */
static int most_layers(const struct sweep *s)
{
    const struct axis_values *v = &s->axes[AXIS_NETWORK];
    int n = 0;
    for (int i = 0; i < v->n; i++)
        n = v->values[i].network->n_layers > n ? v->values[i].network->n_layers : n;
    return n;
}

static void add_axis(struct features *f, const struct sweep *s, enum axis_id a)
{
    const struct axis_values *v = &s->axes[a];
    bool layers = v->patterns != NULL, seen[64] = {false};
    switch (axis_at(a)->kind) {
    case AXIS_WORDS:
        for (int i = 0; i < v->n; i++) {
            const int word = (int)v->values[i].number;
            if (word >= 0 && word < 64 && !seen[word])
                add(f, FEATURE_WORD, a, word);
            seen[word & 63] = true;
        }
        break;
    case AXIS_NETWORKS:
        add(f, FEATURE_LAYERS, a, 0);
        for (int l = 0; l + 1 < most_layers(s); l++)
            add(f, FEATURE_WIDTH, a, l);
        break;
    case AXIS_FORMATS:
        for (int i = 0; i < v->n; i++)
            layers = layers || v->values[i].n_layers > 0;
        for (int l = 0; l < (layers ? most_layers(s) : 1); l++)
            add(f, FEATURE_FORMAT, a, l);
        break;
    default:
        add(f, FEATURE_NUMBER, a, 0);
    }
}

void features_list(const struct sweep *s, struct features *f)
{
    *f = (struct features){0};
    for (int a = 0; a < AXIS_COUNT; a++)
        if (axis_at((enum axis_id)a)->group != GROUP_HARDWARE && (s->axes[a].n > 1 || s->axes[a].patterns != NULL))
            add_axis(f, s, (enum axis_id)a);
    for (int i = 0; i < SIZES; i++)
        add(f, FEATURE_SIZE, 0, i);
}

/* size: weights, multiplications or stored bits. */
static double size(const struct point *p, int number)
{
    return number == 0   ? (double)topology_weights(&p->shape)
           : number == 1 ? (double)topology_macs(&p->shape)
                         : (double)p->weight_storage_bits;
}

/* raw: the figure of p, not scaled; NAN where p has none. */
static double raw(const struct feature *x, const struct point *p)
{
    const struct topology *t = &p->shape;
    if (x->kind == FEATURE_LAYERS)
        return t->n_layers;
    if (x->kind == FEATURE_WIDTH)
        return x->number + 1 < t->n_layers ? log(t->layers[x->number].O) : NAN;
    if (x->kind == FEATURE_SIZE)
        return log(1 + size(p, x->number));
    if (!axis_used(p, (enum axis_id)x->axis))
        return NAN;
    const struct axis_value v = axis_get(p, (enum axis_id)x->axis);
    if (x->kind == FEATURE_FORMAT)
        return v.n_layers == 0 ? v.number : x->number < v.n_layers ? v.layers[x->number] : NAN;
    return x->kind == FEATURE_WORD ? v.number == x->number : v.number;
}

void features_see(struct features *f, const struct point *p)
{
    for (int i = 0; i < f->n; i++) {
        struct feature *x = &f->all[i];
        const double v = raw(x, p);
        if (isnan(v))
            continue;
        x->lo = x->seen && x->lo < v ? x->lo : v;
        x->hi = x->seen && x->hi > v ? x->hi : v;
        x->seen = true;
    }
}

/* scaled: a number that grows eightfold or more, such as a learning rate, by its logarithm. */
static double scaled(const struct feature *x, double v)
{
    const double lo = x->lo, hi = x->hi;
    if (isnan(v) || !(hi > lo))
        return 0;
    if (x->kind == FEATURE_NUMBER && lo > 0 && v > 0 && hi / lo >= 8)
        return log(v / lo) / log(hi / lo);
    return (v - lo) / (hi - lo);
}

void features_of(const struct features *f, const struct point *p, double *out)
{
    for (int i = 0; i < f->n; i++) {
        const double v = raw(&f->all[i], p);
        out[i] = f->all[i].kind == FEATURE_WORD ? (isnan(v) ? 0 : v) : scaled(&f->all[i], v);
    }
}
