#include "models/nn/io/exchange_modules.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAMES_BYTES = 512 };

/* ------------------------------------------------------------------------- modules */

static enum status not_ours(const struct modules *m, const struct named_array *t, struct errmsg *e)
{
    char text[192];
    return fail(e, STATUS_INPUT,
                "%s: tensor `%.100s` (%s) belongs to no convolution, linear layer or batch norm; a network here is a "
                "chain of these: take it out of the file",
                m->path, t->name, array_shape_text(t->array.n_dimensions, t->array.shape, text, sizeof text));
}

static struct module *module_of(struct modules *m, const char *name, size_t length)
{
    for (int k = 0; k < m->n; k++)
        if (m->list[k].length == length && strncmp(m->list[k].name, name, length) == 0)
            return &m->list[k];
    struct module *x = &m->list[m->n++];
    *x = (struct module){.name = name, .length = length};
    return x;
}

/* WORD.N, as exchange_export writes what a layer's weights do not show. */
static bool take_extra(const struct named_array *t, const char *word, const struct named_array **extras)
{
    const size_t n = strlen(word);
    char *end;
    if (strncmp(t->name, word, n) != 0 || !isdigit((unsigned char)t->name[n]))
        return false;
    const unsigned long l = strtoul(t->name + n, &end, 10);
    if (*end != '\0' || t->array.n_dimensions != 1)
        return false;
    if (l < NETWORK_MAX_LAYERS)
        extras[l] = t;
    return true;
}

/* A part of a name between points that a quantiser has: Brevitas' weight_quant, PyTorch's weight_fake_quant,
 * activation_post_process and observers. */
static bool is_quantiser(const char *name)
{
    static const char *const words[] = {"quant", "activation_post_process", "observer"};
    const char *point = strrchr(name, '.');
    for (size_t k = 0; k < sizeof words / sizeof *words; k++) {
        const char *at = strstr(name, words[k]);
        if (at != NULL && point != NULL && at < point)
            return true;
    }
    return false;
}

/* Tensors that pruning and the norms of weights leave: a weight in parts is no weight. */
static enum status weight_in_parts(const struct modules *m, const struct named_array *t, const char *leaf,
                                   struct errmsg *e)
{
    static const struct {
        const char *leaf, *advice;
    } rows[] = {
        {"weight_orig", "torch.nn.utils.prune.remove(layer, \"weight\")"},
        {"weight_mask", "torch.nn.utils.prune.remove(layer, \"weight\")"},
        {"weight_g", "torch.nn.utils.remove_weight_norm(layer)"},
        {"weight_v", "torch.nn.utils.remove_weight_norm(layer)"},
    };
    const char *parametrised = strstr(t->name, "parametrizations.");
    const char *advice =
        parametrised != NULL ? "torch.nn.utils.parametrize.remove_parametrizations(layer, \"weight\")" : NULL;
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++)
        if (strcmp(leaf, rows[k].leaf) == 0)
            advice = rows[k].advice;
    if (advice == NULL)
        return STATUS_OK;
    return fail(e, STATUS_INPUT, "%s: tensor `%.100s` is a part of a weight; make the weight whole before saving: %s",
                m->path, t->name, advice);
}

/* The scales and zeros of weights that were quantised by another program: without them the weights mean nothing. */
static bool is_of_quantised(const char *leaf)
{
    static const char *const words[] = {"scale", "zero_point", "qweight", "qzeros", "absmax", "SCB"};
    for (size_t k = 0; k < sizeof words / sizeof *words; k++)
        if (strstr(leaf, words[k]) != NULL)
            return true;
    return false;
}

static enum status quantised(const struct modules *m, const char *name, struct errmsg *e)
{
    return fail(e, STATUS_INPUT,
                "%s: tensor `%.100s` looks like a part of quantised weights; the network computes with "
                "(weight - zero_point) * scale: save these products as floats under the weight's name, and then leave "
                "it out",
                m->path, name);
}

/* Whole numbers as weights beside a quantiser's scale: both are needed. */
static enum status check_quantisers(const struct modules *m, struct errmsg *e)
{
    for (int k = 0; k < m->n && m->scale != NULL; k++) {
        const struct named_array *t = m->list[k].matrix;
        if (t != NULL && t->array.dtype < DTYPE_F16)
            return quantised(m, m->scale, e);
    }
    return STATUS_OK;
}

static enum status sort_in(struct modules *m, const struct named_array *t, struct errmsg *e)
{
    const char *point = strrchr(t->name, '.'), *leaf = point != NULL ? point + 1 : t->name;
    const int dimensions = t->array.n_dimensions;
    if (strcmp(leaf, "num_batches_tracked") == 0 || take_extra(t, "references.", m->references) ||
        take_extra(t, "formats.", m->formats))
        return STATUS_OK;
    const enum status s = weight_in_parts(m, t, leaf, e);
    if (s != STATUS_OK)
        return s;
    const struct named_array *none = NULL, **place = &none;
    struct module *x = module_of(m, t->name, point != NULL ? (size_t)(point - t->name) : 0);
    if ((dimensions == 2 || dimensions == 4) && strcmp(leaf, "weight") == 0)
        place = &x->matrix;
    else if (dimensions == 1 && strcmp(leaf, "weight") == 0)
        place = &x->weight;
    else if (dimensions == 1 && strcmp(leaf, "bias") == 0)
        place = &x->bias;
    else if (dimensions == 1 && strcmp(leaf, "running_mean") == 0)
        place = &x->mean;
    else if (dimensions == 1 && strcmp(leaf, "running_var") == 0)
        place = &x->var;
    if (place == &none && is_quantiser(t->name)) {
        m->left_out = m->n_left_out++ == 0 ? t->name : m->left_out;
        m->scale = is_of_quantised(leaf) || strstr(t->name, "scaling") != NULL ? t->name : m->scale;
        return STATUS_OK;
    }
    if (place == &none && is_of_quantised(leaf))
        return quantised(m, t->name, e);
    if (place == &none)
        return not_ours(m, t, e);
    *place = t;
    return STATUS_OK;
}

static bool is_empty(const struct module *x)
{
    return x->matrix == NULL && x->weight == NULL && x->bias == NULL && x->mean == NULL && x->var == NULL;
}

/* A module that is neither a layer nor a batch norm: what it probably is, and what to do. */
static enum status no_module(const struct modules *m, const struct module *x, const struct named_array *stray,
                             struct errmsg *e)
{
    const int length = x->length < 100 ? (int)x->length : 100;
    if (x->matrix == NULL && x->mean == NULL && x->var == NULL && x->weight != NULL && x->bias == NULL)
        return fail(e, STATUS_INPUT,
                    "%s: module `%.*s` has one vector, `weight`, as PReLU or RMSNorm have; a network here has HardTanh "
                    "after each layer but the last, and batch norm: train it with nn.Hardtanh() in place of PReLU",
                    m->path, length, x->name);
    if (x->matrix == NULL && x->mean == NULL && x->var == NULL && x->weight != NULL)
        return fail(e, STATUS_INPUT,
                    "%s: module `%.*s` has `weight` and `bias`, but no running_mean and running_var, as LayerNorm, "
                    "GroupNorm or a batch norm with track_running_stats=False have; their mean depends on the image, "
                    "so nothing can stand for it: train with nn.BatchNorm1d (BatchNorm2d after convolutions) in its "
                    "place, or without it",
                    m->path, length, x->name);
    return not_ours(m, stray, e);
}

/* Every module is a layer (a matrix, perhaps a bias) or a batch norm (both statistics). */
static enum status check_modules(struct modules *m, struct errmsg *e)
{
    int kept = 0;
    for (int k = 0; k < m->n; k++) {
        const struct module *x = &m->list[k];
        const struct named_array *stray = NULL;
        if (is_empty(x))
            continue;
        if (x->matrix != NULL)
            stray = x->mean != NULL ? x->mean : x->var;
        else if (x->mean == NULL || x->var == NULL)
            stray = x->weight != NULL ? x->weight : x->bias != NULL ? x->bias : x->mean != NULL ? x->mean : x->var;
        if (stray != NULL)
            return no_module(m, x, stray, e);
        m->list[kept++] = *x;
    }
    m->n = kept;
    return STATUS_OK;
}

static size_t first_word(const struct module *x)
{
    const char *point = memchr(x->name, '.', x->length);
    return point != NULL ? (size_t)(point - x->name) : x->length;
}

static bool is_convolution(const struct module *x)
{
    return x->matrix != NULL && x->matrix->array.n_dimensions == 4;
}

/* `features` and `classifier`: what stands beside convolutions comes first, whatever its name. */
static void find_early(struct modules *m)
{
    for (int k = 0; k < m->n; k++) {
        struct module *x = &m->list[k];
        const size_t n = first_word(x);
        for (int j = 0; j < m->n && !x->early; j++) {
            const struct module *y = &m->list[j];
            x->early = is_convolution(y) && first_word(y) == n && strncmp(x->name, y->name, n) == 0;
        }
    }
}

static int compare(const void *a, const void *b)
{
    const struct module *x = a, *y = b;
    if (x->early != y->early)
        return x->early ? -1 : 1;
    return tensors_order(x->name, y->name);
}

/* --------------------------------------------------------------------------- their order */

int modules_matrix_shape(const struct topology *t, int l, size_t shape[4])
{
    const struct layer_shape *a = &t->layers[l];
    const size_t kernel = (size_t)a->kernel;
    shape[0] = (size_t)a->O;
    shape[1] = kernel > 0 ? (size_t)a->channels : (size_t)a->I;
    shape[2] = shape[3] = kernel;
    return kernel > 0 ? 4 : 2;
}

bool modules_has_shape(const struct named_array *t, int n_dimensions, const size_t *shape)
{
    return t->array.n_dimensions == n_dimensions &&
           memcmp(t->array.shape, shape, (size_t)n_dimensions * sizeof *shape) == 0;
}

/* The modules of one kind, and the places that they are for. */
struct matching {
    struct modules *m;
    bool norms;
    const struct module *given[NETWORK_MAX_LAYERS]; /* in the natural order of their names */
    const struct module **taken;                    /* of each layer, what is found */
    int n;
};

static const struct named_array *shown(const struct matching *x, const struct module *one)
{
    return x->norms ? one->mean : one->matrix;
}

/* The shape that is needed at layer l. */
static int needed(const struct matching *x, int l, size_t shape[4])
{
    const int dimensions = modules_matrix_shape(x->m->shape, l, shape);
    return x->norms ? 1 : dimensions;
}

static bool fits(const struct matching *x, const struct module *one, int l)
{
    size_t shape[4];
    const int dimensions = needed(x, l, shape);
    return modules_has_shape(shown(x, one), dimensions, shape);
}

/* Whether the names say that a comes before b, which is behind it in their natural order: features.3 and features.10,
 * fc and fc2, dense and dense_1; not in and out. */
static bool names_tell(const struct module *a, const struct module *b)
{
    const char *p = a->name, *q = b->name, *p_end = p + a->length, *q_end = q + b->length;
    if (a->early != b->early)
        return true;
    while (p < p_end && q < q_end && *p == *q)
        p++, q++;
    if (p == p_end && q < q_end && (*q == '_' || *q == '-') && q + 1 < q_end)
        q++;
    const bool before = p > a->name && isdigit((unsigned char)p[-1]); /* 1 and 10 */
    const bool p_digit = p < p_end && isdigit((unsigned char)*p), q_digit = q < q_end && isdigit((unsigned char)*q);
    if (p == p_end && q_digit) {
        while (q < q_end && isdigit((unsigned char)*q))
            q++;
        return q == q_end || before;
    }
    return (p_digit || before) && (q_digit || before) && (p_digit || q_digit);
}

static int compare_places(const void *a, const void *b)
{
    const struct module *const *x = a, *const *y = b;
    const size_t p = ((*x)->matrix != NULL ? (*x)->matrix : (*x)->mean)->place,
                 q = ((*y)->matrix != NULL ? (*y)->matrix : (*y)->mean)->place;
    return p < q ? -1 : p > q;
}

static void note_order(struct modules *m, enum exchange_order order)
{
    m->order = order > m->order ? order : m->order;
}

/* Neither shape nor name nor file tells: the user has to. */
static enum status ambiguous(const struct matching *x, const struct module *a, const struct module *b, struct errmsg *e)
{
    char text[192], names[NAMES_BYTES] = "";
    size_t used = 0;
    for (int k = 0; k < x->m->n && used < sizeof names; k++)
        if ((x->m->list[k].matrix == NULL) <= x->norms)
            used += (size_t)snprintf(names + used, sizeof names - used, "%s%.*s", used > 0 ? "," : "",
                                     (int)x->m->list[k].length, x->m->list[k].name);
    const struct named_array *t = shown(x, a);
    return fail(e, STATUS_INPUT,
                "%s: `%.*s` and `%.*s` are both %s, and neither their names nor the file tell which comes first; give "
                "the order of the %s: --load-order %s (rearranged; in a sweep file train.load_order)",
                x->m->path, (int)a->length, a->name, (int)b->length, b->name,
                array_shape_text(t->array.n_dimensions, t->array.shape, text, sizeof text),
                x->norms ? "layers and batch norms" : "layers", names);
}

/* Those of the modules that fit layer l, and all layers that need the same, in their order. */
static enum status match_group(struct matching *x, int l, struct errmsg *e)
{
    const struct module *group[NETWORK_MAX_LAYERS];
    int n = 0, next = 0;
    bool told = true;
    for (int k = 0; k < x->n; k++)
        if (fits(x, x->given[k], l))
            group[n++] = x->given[k];
    for (int k = 0; k + 1 < n; k++)
        told = told && names_tell(group[k], group[k + 1]);
    if (n > 1)
        note_order(x->m, told ? ORDER_BY_NUMBER : ORDER_OF_FILE);
    if (!told && x->m->tensors->ordered)
        qsort(group, (size_t)n, sizeof(void *), compare_places);
    else if (!told)
        for (int k = 0; k + 1 < n; k++)
            if (!names_tell(group[k], group[k + 1]))
                return ambiguous(x, group[k], group[k + 1], e);
    for (int k = l; k < x->n; k++)
        if (next < n && fits(x, group[next], k))
            x->taken[k] = group[next++];
    return STATUS_OK;
}

/* match: by shape, and within equal shapes by what tells. Shapes that do not fit stay in their natural order: reading
 * them says which is wrong. */
static enum status match(struct matching *x, struct errmsg *e)
{
    enum status s = STATUS_OK;
    bool fit = true;
    for (int l = 0; l < x->n && fit; l++) {
        int places = 0, found = 0;
        size_t shape[4], other[4];
        const int dimensions = needed(x, l, shape);
        for (int k = 0; k < x->n; k++) {
            const int d = needed(x, k, other);
            places += d == dimensions && memcmp(shape, other, (size_t)d * sizeof *shape) == 0;
            found += fits(x, x->given[k], l);
        }
        fit = places == found;
    }
    for (int l = 0; l < x->n && s == STATUS_OK; l++)
        if (!fit)
            x->taken[l] = x->given[l];
        else if (x->taken[l] == NULL)
            s = match_group(x, l, e);
    return s;
}

/* The convolutions and the linear layers, and whether there are as many as layers. */
static enum status find_layers(const struct modules *m, struct matching *x, struct errmsg *e)
{
    const struct topology *t = m->shape;
    int n_convolutions = 0, wanted = 0, found = 0;
    char names[NAMES_BYTES] = "";
    size_t used = 0;
    for (int l = 0; l < t->n_layers; l++)
        wanted += t->layers[l].kernel > 0;
    for (int k = 0; k < m->n; k++) {
        const struct module *one = &m->list[k];
        if (one->matrix == NULL)
            continue;
        found++;
        n_convolutions += is_convolution(one);
        if (used < sizeof names)
            used +=
                (size_t)snprintf(names + used, sizeof names - used, "%s%s", found > 1 ? ", " : "", one->matrix->name);
    }
    if (n_convolutions != wanted || found != t->n_layers)
        return fail(e, STATUS_INPUT, "%s: %d convolutions and %d linear layers (%s), but the network has %d and %d",
                    m->path, n_convolutions, found - n_convolutions, names, wanted, t->n_layers - wanted);
    for (int pass = 0; pass < 2; pass++)
        for (int k = 0; k < m->n; k++)
            if (m->list[k].matrix != NULL && is_convolution(&m->list[k]) == (pass == 0))
                x->given[x->n++] = &m->list[k];
    return STATUS_OK;
}

static enum status find_norms(const struct modules *m, struct matching *x, struct errmsg *e)
{
    const int L = m->shape->n_layers;
    int n = 0;
    for (int k = 0; k < m->n; k++) {
        if (m->list[k].matrix != NULL)
            continue;
        if (n < L)
            x->given[n] = &m->list[k];
        n++;
    }
    if (n != 0 && n != L && n != L - 1)
        return fail(e, STATUS_INPUT,
                    "%s: %d batch norms for %d layers; there must be one a layer, one for each but the last, or none",
                    m->path, n, L);
    x->n = n;
    return STATUS_OK;
}

/* The modules of one kind that a given order names, in that order; *n_named: how many. */
static enum status take_order(const struct modules *m, struct matching *x, const char *order, int *n_named,
                              struct errmsg *e)
{
    const struct module *named[NETWORK_MAX_LAYERS];
    int n = 0;
    for (const char *at = order; *at != '\0';) {
        const size_t whole = strcspn(at, ",");
        const size_t length = whole > 7 && strncmp(at + whole - 7, ".weight", 7) == 0 ? whole - 7 : whole;
        const struct module *one = NULL;
        for (int k = 0; k < m->n; k++)
            if (m->list[k].length == length && strncmp(m->list[k].name, at, length) == 0)
                one = &m->list[k];
        if (one == NULL)
            return fail(e, STATUS_INPUT, "%s: load order: no layer or batch norm is called `%.*s`", m->path,
                        (int)(length < 100 ? length : 100), at);
        if ((one->matrix == NULL) == x->norms) {
            for (int k = 0; k < n; k++)
                if (named[k] == one)
                    return fail(e, STATUS_INPUT, "%s: load order: `%.*s` is there twice", m->path, (int)one->length,
                                one->name);
            if (n < x->n)
                named[n] = one;
            n++;
        }
        at += whole + (at[whole] == ',');
    }
    *n_named = n;
    if (n == 0 && x->norms)
        return STATUS_OK;
    if (n != x->n)
        return fail(e, STATUS_INPUT, "%s: load order: it names %d of %d %s; name all of them", m->path, n, x->n,
                    x->norms ? "batch norms, or none" : "layers");
    memcpy(x->given, named, (size_t)n * sizeof(void *));
    return STATUS_OK;
}

static enum status match_kind(struct modules *m, bool norms, const char *order, struct errmsg *e)
{
    struct matching x = {.m = m, .norms = norms, .taken = norms ? m->norms : m->layers};
    int n_named = 0;
    enum status s = norms ? find_norms(m, &x, e) : find_layers(m, &x, e);
    if (s == STATUS_OK && order != NULL && order[0] != '\0')
        s = take_order(m, &x, order, &n_named, e);
    if (s != STATUS_OK)
        return s;
    if (n_named == 0)
        return match(&x, e);
    note_order(m, ORDER_GIVEN);
    memcpy(x.taken, x.given, (size_t)x.n * sizeof(void *));
    return STATUS_OK;
}

enum status modules_match(struct modules *m, const char *path, const struct tensors *tensors,
                          const struct topology *shape, const char *order, struct errmsg *e)
{
    enum status s = STATUS_OK;
    *m = (struct modules){.path = path, .shape = shape, .tensors = tensors};
    m->list = calloc((size_t)tensors->n + 1, sizeof *m->list);
    if (m->list == NULL)
        return fail(e, STATUS_ENVIRONMENT, "%s: out of memory", path);
    for (int k = 0; k < tensors->n && s == STATUS_OK; k++)
        s = sort_in(m, &tensors->list[k], e);
    if (s != STATUS_OK || (s = check_quantisers(m, e)) != STATUS_OK || (s = check_modules(m, e)) != STATUS_OK)
        return s;
    find_early(m);
    qsort(m->list, (size_t)m->n, sizeof *m->list, compare);
    if ((s = match_kind(m, false, order, e)) == STATUS_OK)
        s = match_kind(m, true, order, e);
    return s;
}

void modules_free(struct modules *m)
{
    free(m->list);
    m->list = NULL;
}
