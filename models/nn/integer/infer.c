#include "models/nn/integer/infer.h"
#include "models/nn/code/fixed.h"
#include "models/nn/layout/simd.h"

#include <stdlib.h>
#include <string.h>

/* What all layers share: the right shift from total to t, and where hidden y are clamped. */
struct bounds {
    int cut;
    int32_t lo, hi;
};

static struct bounds bounds_of(const struct integer_network *n)
{
    const int surplus = integer_network_total_bits(n) - REQUANTISE_T_BITS;
    const int32_t one = 1 << n->f, most = (int32_t)fixed_max(integer_activation_bits(n->W, n->f));
    return (struct bounds){.cut = surplus > 0 ? surplus : 0, .lo = -one, .hi = one < most ? one : most};
}

/* X bits hold every pixel as W bits would, or saturate it as the last of them: -1 to 1. */
static struct fixed input_format(const struct integer_network *n)
{
    return fixed_make(integer_activation_bits(n->W, n->f), n->f, ROUNDING_NEAREST);
}

void infer_quantise(const struct integer_network *n, int32_t table[256])
{
    const struct fixed q = input_format(n);
    for (int p = 0; p < 256; p++)
        table[p] = fixed_quantise(q, (float)p / 255.0f * 2.0f - 1.0f);
}

void infer_inputs(const struct integer_network *n, const struct images *set, int first, int count, int16_t *x,
                  size_t ld)
{
    const size_t I = (size_t)n->sizes[0];
    const struct fixed q = input_format(n);
    int32_t table[256];
    infer_quantise(n, table);
    for (size_t b = 0; b < (size_t)count; b++) {
        const size_t from = ((size_t)first + b) * I;
        int16_t *to = x + b * ld;
        for (size_t i = 0; i < I; i++)
            to[i] = (int16_t)(set->pixels != NULL ? table[set->pixels[from + i]]
                                                  : fixed_quantise(q, set->values[from + i]));
    }
}

static int32_t neuron_output(const struct integer_network *n, struct bounds c, int l, int o, int64_t total)
{
    const bool last = l == n->n_layers - 1;
    const int32_t lo = last ? (int32_t)fixed_min(LOGIT_BITS) : c.lo, hi = last ? (int32_t)fixed_max(LOGIT_BITS) : c.hi;
    return requantise_apply(&n->layers[l].q[o], total >> c.cut, lo, hi);
}

static struct verdict verdict_of(const int32_t *logit, int classes)
{
    struct verdict v = {.class = 0, .logit = logit[0]};
    for (int c = 1; c < classes; c++)
        if (logit[c] > v.logit)
            v = (struct verdict){.class = c, .logit = logit[c]};
    return v;
}

static size_t outputs_of(const struct integer_network *n)
{
    size_t count = 0;
    for (int l = 1; l <= n->n_layers; l++)
        count += (size_t)n->sizes[l];
    return count;
}

/* The sum of neuron o at position (y, x) of a convolution, as the definition has it. */
static int64_t naive_total(const struct integer_layer *a, int o, int y, int x, const int32_t *from)
{
    const struct layer_shape *s = &a->shape;
    const int32_t *w = a->weight + (size_t)o * (size_t)a->I;
    int64_t total = 0;
    for (int ky = 0; ky < s->kernel; ky++)
        for (int kx = 0; kx < s->kernel; kx++)
            for (int c = 0; c < s->channels; c++, w++) {
                const int v = y * s->stride + ky - (s->kernel - 1) / 2, u = x * s->stride + kx - (s->kernel - 1) / 2;
                if (v >= 0 && v < s->height && u >= 0 && u < s->width)
                    total += (int64_t)*w *
                             from[((size_t)v * (size_t)s->width + (size_t)u) * (size_t)s->channels + (size_t)c];
            }
    return total;
}

/* The outputs of a convolution after its pooling. */
static void naive_convolution(const struct integer_network *n, struct bounds c, int l, const int32_t *from, int32_t *to)
{
    const struct integer_layer *a = &n->layers[l];
    const struct layer_shape *s = &a->shape;
    for (int y = 0; y + s->pool <= s->out_height; y += s->pool)
        for (int x = 0; x + s->pool <= s->out_width; x += s->pool)
            for (int o = 0; o < a->O; o++, to++) {
                *to = INT32_MIN;
                for (int k = 0; k < s->pool * s->pool; k++) {
                    const int64_t total = naive_total(a, o, y + k / s->pool, x + k % s->pool, from);
                    const int32_t out = neuron_output(n, c, l, o, total);
                    *to = out > *to ? out : *to;
                }
            }
}

enum status infer_naive(const struct integer_network *n, const int32_t *x, int n_images, struct verdict *out,
                        int32_t *activations, struct errmsg *e)
{
    const struct bounds c = bounds_of(n);
    const size_t outputs = outputs_of(n);
    int32_t *own = calloc(outputs, sizeof *own);
    if (own == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory for inference");
    for (int b = 0; b < n_images; b++) {
        const int32_t *from = x + (size_t)b * (size_t)n->sizes[0];
        int32_t *to = activations != NULL ? activations + (size_t)b * outputs : own;
        for (int l = 0; l < n->n_layers; l++) {
            const struct integer_layer *a = &n->layers[l];
            if (a->shape.kernel > 0)
                naive_convolution(n, c, l, from, to);
            for (int o = 0; o < a->O && a->shape.kernel == 0; o++) {
                int64_t total = 0;
                for (int i = 0; i < a->I; i++)
                    total += (int64_t)a->weight[(size_t)o * (size_t)a->I + (size_t)i] * from[i];
                to[o] = neuron_output(n, c, l, o, total);
            }
            from = to;
            to += n->sizes[l + 1];
        }
        out[b] = verdict_of(from, n->sizes[n->n_layers]);
    }
    free(own);
    return STATUS_OK;
}

/* The fast path: rows of 16-bit numbers padded with zeros, a block of images at a time,
 * ROWS neurons at once so that an activation is loaded once for all of them. */
enum { PAD = 32, ROWS = 4, BLOCK = 32 };

/* n, 1 or more, rounded up to a multiple. */
static size_t padded(int n, int to)
{
    return (size_t)(1 + (n - 1) / to) * (size_t)to;
}

struct engine {
    const struct integer_network *n;
    struct bounds bounds;
    bool wide;                           /* a total may take more than 32 bits */
    int16_t *weight[NETWORK_MAX_LAYERS]; /* padded(O, ROWS) rows of padded(I, PAD) */
    int16_t *x;               /* BLOCK rows: the inputs of the current layer; surplus columns meet weights of 0 */
    int32_t *y;               /* BLOCK rows of the widest layer: its outputs */
    int64_t *total;           /* BLOCK rows of the same, padded to ROWS; of a convolution one image */
    int16_t *image, *columns; /* of one image: with the zeros around it; what a kernel sees at each position */
    int32_t *unpooled;        /* outputs of a convolution of one image */
    size_t most_inputs, most_outputs; /* padded */
};

static void engine_free(struct engine *g)
{
    for (int l = 0; l < NETWORK_MAX_LAYERS; l++)
        free(g->weight[l]);
    free(g->x);
    free(g->y);
    free(g->total);
    free(g->image);
    free(g->columns);
    free(g->unpooled);
}

static size_t most(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* Columns and elements of a convolution's image with the zeros around it. */
static size_t image_width(const struct layer_shape *a)
{
    return (size_t)a->width + (size_t)a->kernel - 1;
}

static size_t image_elements(const struct layer_shape *a)
{
    return ((size_t)a->height + (size_t)a->kernel - 1) * image_width(a) * (size_t)a->channels;
}

/* What the convolutions of a network need. */
static bool engine_convolutions(struct engine *g)
{
    size_t image = 0, columns = 0, unpooled = 0, totals = BLOCK * g->most_outputs;
    for (int l = 0; l < g->n->n_layers; l++) {
        const struct layer_shape *a = &g->n->layers[l].shape;
        if (a->kernel == 0)
            continue;
        image = most(image, image_elements(a));
        columns = most(columns, layer_positions(a) * padded(a->I, PAD));
        unpooled = most(unpooled, layer_positions(a) * (size_t)a->O);
        totals = most(totals, layer_positions(a) * padded(a->O, ROWS));
    }
    g->total = calloc(totals, sizeof *g->total);
    if (image == 0)
        return g->total != NULL;
    g->image = calloc(image, sizeof *g->image);
    g->columns = calloc(columns, sizeof *g->columns);
    g->unpooled = calloc(unpooled, sizeof *g->unpooled);
    return g->total != NULL && g->image != NULL && g->columns != NULL && g->unpooled != NULL;
}

static enum status engine_new(struct engine *g, const struct integer_network *n, struct errmsg *e)
{
    bool whole = true;
    *g = (struct engine){.n = n,
                         .bounds = bounds_of(n),
                         .wide = integer_network_total_bits(n) > 32,
                         .most_inputs = PAD,
                         .most_outputs = ROWS};
    for (int l = 0; l < n->n_layers; l++) {
        const struct integer_layer *a = &n->layers[l];
        const size_t ld = padded(a->I, PAD), rows = padded(a->O, ROWS);
        g->most_inputs = most(g->most_inputs, padded(n->sizes[l], PAD));
        g->most_outputs = most(g->most_outputs, padded(n->sizes[l + 1], ROWS));
        g->weight[l] = calloc(rows * ld, sizeof **g->weight);
        whole = whole && g->weight[l] != NULL;
        for (int o = 0; o < a->O && g->weight[l] != NULL; o++)
            for (int i = 0; i < a->I; i++)
                g->weight[l][(size_t)o * ld + (size_t)i] = (int16_t)a->weight[(size_t)o * (size_t)a->I + (size_t)i];
    }
    g->x = calloc(BLOCK * g->most_inputs, sizeof *g->x);
    g->y = calloc(BLOCK * g->most_outputs, sizeof *g->y);
    if (engine_convolutions(g) && whole && g->x != NULL && g->y != NULL)
        return STATUS_OK;
    engine_free(g);
    return fail(e, STATUS_ENVIRONMENT, "out of memory for inference");
}

/* total[b · rows + o] = Σ w[o][i] · x[b][i]. */
NN_CLONES static void totals_32(const int16_t *restrict w, const int16_t *restrict x, size_t rows, size_t ld, int B,
                                int64_t *restrict total)
{
    for (size_t o = 0; o < rows; o += ROWS)
        for (int b = 0; b < B; b++) {
            const int16_t *w0 = w + o * ld, *w1 = w0 + ld, *w2 = w1 + ld, *w3 = w2 + ld, *row = x + (size_t)b * ld;
            int32_t s0 = 0, s1 = 0, s2 = 0, s3 = 0;
            for (size_t i = 0; i < ld; i++) {
                s0 += w0[i] * row[i];
                s1 += w1[i] * row[i];
                s2 += w2[i] * row[i];
                s3 += w3[i] * row[i];
            }
            int64_t *to = total + (size_t)b * rows + o;
            to[0] = s0;
            to[1] = s1;
            to[2] = s2;
            to[3] = s3;
        }
}

NN_CLONES static void totals_64(const int16_t *restrict w, const int16_t *restrict x, size_t rows, size_t ld, int B,
                                int64_t *restrict total)
{
    for (size_t o = 0; o < rows; o++)
        for (int b = 0; b < B; b++) {
            const int16_t *from = w + o * ld, *row = x + (size_t)b * ld;
            int64_t sum = 0;
            for (size_t i = 0; i < ld; i++)
                sum += from[i] * row[i];
            total[(size_t)b * rows + o] = sum;
        }
}

/* g->columns of one image: rows of padded(I, PAD), what the kernel sees at each position. */
static void engine_columns(struct engine *g, const struct layer_shape *a, const int16_t *x)
{
    const size_t C = (size_t)a->channels, around = (size_t)(a->kernel - 1) / 2, row = image_width(a) * C,
                 line = (size_t)a->width * C, ld = padded(a->I, PAD), piece = (size_t)a->kernel * C;
    int16_t *columns = g->columns;
    memset(g->image, 0, image_elements(a) * sizeof *g->image);
    for (size_t y = 0; y < (size_t)a->height; y++)
        memcpy(g->image + (y + around) * row + around * C, x + y * line, line * sizeof *x);
    for (int y = 0; y < a->out_height; y++)
        for (int v = 0; v < a->out_width; v++, columns += ld) {
            const int16_t *from = g->image + (size_t)(y * a->stride) * row + (size_t)(v * a->stride) * C;
            for (int k = 0; k < a->kernel; k++)
                memcpy(columns + (size_t)k * piece, from + (size_t)k * row, piece * sizeof *columns);
        }
}

/* The outputs of a convolution of one image, after its pooling, to y. */
static void engine_convolve(struct engine *g, int l, const int16_t *x, int32_t *y)
{
    const struct integer_layer *layer = &g->n->layers[l];
    const struct layer_shape *a = &layer->shape;
    const size_t O = (size_t)a->O, rows = padded(a->O, ROWS), pool = (size_t)a->pool, width = (size_t)a->out_width;
    engine_columns(g, a, x);
    (g->wide ? totals_64 : totals_32)(g->weight[l], g->columns, rows, padded(a->I, PAD), (int)layer_positions(a),
                                      g->total);
    for (size_t p = 0; p < layer_positions(a); p++)
        for (size_t o = 0; o < O; o++)
            g->unpooled[p * O + o] = neuron_output(g->n, g->bounds, l, (int)o, g->total[p * rows + o]);
    for (size_t v = 0; v + pool <= (size_t)a->out_height; v += pool)
        for (size_t u = 0; u + pool <= width; u += pool, y += O) {
            const int32_t *first = g->unpooled + (v * width + u) * O;
            memcpy(y, first, O * sizeof *y);
            for (size_t k = 1; k < pool * pool; k++)
                for (size_t o = 0; o < O; o++) {
                    const int32_t other = first[(k / pool * width + k % pool) * O + o];
                    y[o] = other > y[o] ? other : y[o];
                }
        }
}

/* B images whose inputs are in g->x, rows of padded(sizes[0], PAD). */
static void engine_run(struct engine *g, int B, struct verdict *out, int32_t *activations)
{
    const struct integer_network *n = g->n;
    const size_t outputs = outputs_of(n);
    size_t before = 0; /* outputs of the layers before */
    for (int l = 0; l < n->n_layers; l++) {
        const size_t O = (size_t)n->sizes[l + 1], rows = padded(n->sizes[l + 1], ROWS), ld = padded(n->sizes[l], PAD);
        const bool convolution = n->layers[l].shape.kernel > 0;
        if (!convolution)
            (g->wide ? totals_64 : totals_32)(g->weight[l], g->x, rows, ld, B, g->total);
        for (int b = 0; b < B; b++) {
            int32_t *y = g->y + (size_t)b * O;
            if (convolution)
                engine_convolve(g, l, g->x + (size_t)b * ld, y);
            for (size_t o = 0; o < O && !convolution; o++)
                y[o] = neuron_output(n, g->bounds, l, (int)o, g->total[(size_t)b * rows + o]);
            if (activations != NULL)
                memcpy(activations + (size_t)b * outputs + before, y, O * sizeof *y);
        }
        before += O;
        if (l == n->n_layers - 1)
            continue;
        const size_t next = padded(n->sizes[l + 1], PAD);
        for (int b = 0; b < B; b++) {
            int16_t *x = g->x + (size_t)b * next;
            for (size_t o = 0; o < O; o++)
                x[o] = (int16_t)g->y[(size_t)b * O + o];
        }
    }
    const size_t classes = (size_t)n->sizes[n->n_layers];
    for (int b = 0; b < B; b++)
        out[b] = verdict_of(g->y + (size_t)b * classes, (int)classes);
}

enum status infer(const struct integer_network *n, const int32_t *x, int n_images, struct verdict *out,
                  int32_t *activations, struct errmsg *e)
{
    const size_t I = (size_t)n->sizes[0], ld = padded(n->sizes[0], PAD), outputs = outputs_of(n);
    struct engine g;
    enum status s = engine_new(&g, n, e);
    if (s != STATUS_OK)
        return s;
    for (int at = 0; at < n_images; at += BLOCK) {
        const int B = n_images - at < BLOCK ? n_images - at : BLOCK;
        for (int b = 0; b < B; b++) {
            const int32_t *from = x + ((size_t)at + (size_t)b) * I;
            int16_t *to = g.x + (size_t)b * ld;
            for (size_t i = 0; i < I; i++)
                to[i] = (int16_t)from[i];
        }
        engine_run(&g, B, out + at, activations != NULL ? activations + (size_t)at * outputs : NULL);
    }
    engine_free(&g);
    return s;
}

enum status infer_set(const struct integer_network *n, const struct images *set, int features, int n_images,
                      struct verdict *out, int *right, struct errmsg *e)
{
    const size_t ld = padded(n->sizes[0], PAD);
    struct engine g;
    *right = 0;
    if (features != n->sizes[0])
        return fail(e, STATUS_INPUT, "images of %d features, but the network has %d inputs", features, n->sizes[0]);
    if (n_images < 0 || n_images > set->n)
        return fail(e, STATUS_INPUT, "%d images are asked for; the set has %d", n_images, set->n);
    const enum status s = engine_new(&g, n, e);
    if (s != STATUS_OK)
        return s;
    for (int at = 0; at < n_images; at += BLOCK) {
        const int B = n_images - at < BLOCK ? n_images - at : BLOCK;
        infer_inputs(n, set, at, B, g.x, ld);
        engine_run(&g, B, out + at, NULL);
        for (int b = at; b < at + B; b++)
            *right += out[b].class == set->labels[b];
    }
    engine_free(&g);
    return STATUS_OK;
}
