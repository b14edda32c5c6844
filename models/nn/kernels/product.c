#include "models/nn/kernels/product.h"
#include "models/nn/kernels/avx_vnni.h"
#include "models/nn/kernels/blas.h"
#include "models/nn/kernels/onednn.h"
#include "models/nn/layout/simd.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Rows are taken in pieces, so that what is converted for them stays in the cache. */
enum { PIECE_ROWS = 2048, PIECES_KEPT = 4 };

enum operation { FORWARD, BACKWARD_WEIGHTS, BACKWARD_INPUTS, OPERATIONS };

struct product {
    int B, I, O, x_ld, z_ld, piece;
    struct product_paths paths;
    float w_unit;
    float *w;       /* O · I integers, for single precision */
    int8_t *w8;     /* z_ld rows of x_ld, 0 beyond O · I */
    int8_t *packed; /* the same in the order of avx_vnni_forward, with its correction; NULL if not its turn */
    int32_t *correction;
    bool w16_loaded;
    uint16_t *w16;        /* O rows of x_ld: the same as bfloat16, once they are needed */
    float *w_sum;         /* z_ld sums over a neuron's integers, for pixels */
    float *x;             /* piece rows of I integers, for single precision */
    uint16_t *x16, *dz16; /* piece rows of I and of O */
#ifdef DELTASWEEP_ONEDNN
    struct onednn *prepared[OPERATIONS][PIECES_KEPT];
    int next[OPERATIONS];
#endif
};

struct product_paths product_paths(void)
{
    static bool asked; /* asking takes long where a virtual machine answers */
    static struct product_paths have;
    if (asked)
        return have;
    asked = true;
#ifdef DELTASWEEP_ONEDNN
    have.int8 = onednn_has_int8();
    have.bfloat16 = onednn_has_bfloat16();
#endif
#ifdef DELTASWEEP_AVX_VNNI
    have.avx_vnni = avx_vnni_is_there();
#endif
    return have;
}

void product_text(char out[PRODUCT_TEXT_BYTES])
{
    const struct product_paths have = product_paths();
    char library[32] = "";
#ifdef DELTASWEEP_ONEDNN
    onednn_text(library, sizeof library);
#endif
    snprintf(out, PRODUCT_TEXT_BYTES, "%s%s%s%s", have.int8 || have.avx_vnni ? "8 bit by " : "single precision",
             have.int8       ? library
             : have.avx_vnni ? "AVX-VNNI"
                             : "",
             have.bfloat16 ? ", bfloat16 by " : "", have.bfloat16 ? library : "");
}

enum status product_new(struct product **out, int B, int I, int O, int x_ld, int z_ld, struct product_paths paths,
                        bool backward, struct errmsg *e)
{
    assert(B > 0 && I > 0 && O > 0 && x_ld >= I && z_ld >= O && x_ld % NN_LANES == 0 && z_ld % NN_LANES == 0);
    const bool bfloat16 = backward && paths.bfloat16,
               single = !(paths.int8 || paths.avx_vnni) || (backward && !bfloat16);
    struct product *p = calloc(1, sizeof *p);
    *out = NULL;
    bool whole = p != NULL;
    if (p != NULL) {
        *p = (struct product){.B = B, .I = I, .O = O, .x_ld = x_ld, .z_ld = z_ld, .paths = paths};
        p->piece = B < PIECE_ROWS ? B : PIECE_ROWS;
        const size_t piece = (size_t)p->piece, inputs = (size_t)x_ld, outputs = (size_t)z_ld;
        p->w_sum = calloc(outputs, sizeof *p->w_sum);
        p->w8 = calloc(outputs * inputs, sizeof *p->w8);
        whole = p->w_sum != NULL && p->w8 != NULL;
        if (paths.avx_vnni && !paths.int8) {
            p->packed = calloc(outputs, inputs);
            p->correction = calloc(outputs, sizeof *p->correction);
            whole = whole && p->packed != NULL && p->correction != NULL;
        }
        if (single) {
            p->w = calloc((size_t)O * (size_t)I, sizeof *p->w);
            p->x = calloc(piece * (size_t)I, sizeof *p->x);
            whole = whole && p->w != NULL && p->x != NULL;
        }
        if (bfloat16) {
            p->w16 = calloc((size_t)O * inputs + NN_LANES, sizeof *p->w16);
            p->x16 = calloc(piece * (size_t)I + NN_LANES, sizeof *p->x16);
            p->dz16 = calloc(piece * (size_t)O + NN_LANES, sizeof *p->dz16);
            whole = whole && p->w16 != NULL && p->x16 != NULL && p->dz16 != NULL;
        }
    }
    if (!whole) {
        product_free(p);
        return fail(e, STATUS_ENVIRONMENT, "out of memory for the products of a layer of %d x %d weights", O, I);
    }
    *out = p;
    return STATUS_OK;
}

void product_free(struct product *p)
{
    if (p == NULL)
        return;
#ifdef DELTASWEEP_ONEDNN
    for (int o = 0; o < OPERATIONS; o++)
        for (int k = 0; k < PIECES_KEPT; k++)
            onednn_free(p->prepared[o][k]);
#endif
    free(p->w);
    free(p->w8);
    free(p->packed);
    free(p->correction);
    free(p->w16);
    free(p->w_sum);
    free(p->x);
    free(p->x16);
    free(p->dz16);
    free(p);
}

NN_CLONES static void widen_to_float(const int8_t *x, int ld, int I, int B, int factor, int increase,
                                     float *restrict to)
{
    for (int b = 0; b < B; b++)
        for (int i = 0; i < I; i++)
            to[(size_t)b * (size_t)I + (size_t)i] = (float)(x[(size_t)b * (size_t)ld + (size_t)i] * factor + increase);
}

NN_CLONES static void narrow_rows(const float *restrict w, float scale, int I, int O, int ld, int8_t *restrict to)
{
    const int whole = I / NN_LANES * NN_LANES;
    for (int o = 0; o < O; o++) {
        const float *from = w + (size_t)o * (size_t)I;
        int8_t *row = to + (size_t)o * (size_t)ld;
        for (int c = 0; c < whole; c += NN_LANES) {
            int32_t n[NN_LANES];
            for (int i = 0; i < NN_LANES; i++)
                n[i] = (int32_t)(from[c + i] * scale);
            for (int i = 0; i < NN_LANES; i++)
                row[c + i] = (int8_t)n[i];
        }
        for (int i = whole; i < I; i++)
            row[i] = (int8_t)(from[i] * scale);
    }
}

NN_CLONES static void sum_rows(const int8_t *w, int ld, int O, float *restrict sum)
{
    for (int o = 0; o < O; o++) {
        int32_t s = 0;
        for (int i = 0; i < ld; i++)
            s += w[(size_t)o * (size_t)ld + (size_t)i];
        sum[o] = (float)s;
    }
}

void product_load(struct product *p, const float *w, float unit)
{
    p->w_unit = unit;
    p->w16_loaded = false;
    narrow_rows(w, 1.0f / unit, p->I, p->O, p->x_ld, p->w8);
#ifdef DELTASWEEP_AVX_VNNI
    if (p->packed != NULL)
        avx_vnni_pack(p->w8, p->x_ld, p->z_ld, p->packed, p->correction);
#endif
    if (p->w != NULL)
        widen_to_float(p->w8, p->x_ld, p->I, p->O, 1, 0, p->w);
}

#ifdef DELTASWEEP_ONEDNN
NN_INLINE uint16_t bits_of(float x)
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return (uint16_t)(bits >> 16);
}

/* To nearest, ties to even: the carry of the cut bits' half decides. NaN stays NaN. */
NN_INLINE uint16_t bfloat16_nearest(float x)
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    const uint32_t rounded = (bits + 0x7fffU + ((bits >> 16) & 1U)) >> 16;
    return (uint16_t)((bits & 0x7fffffffU) > 0x7f800000U ? 0x7fc0U : rounded);
}

/* Rows lose their gaps, a whole vector at a time: what a row's last one writes too much, the next row overwrites.
 * `to` has NN_LANES elements to spare. */
NN_CLONES static void round_rows(const float *restrict dz, int ld, int O, int B, uint16_t *restrict to)
{
    for (int b = 0; b < B; b++)
        for (int c = 0; c < O; c += NN_LANES) {
            const float *from = dz + (size_t)b * (size_t)ld + (size_t)c;
            uint16_t *part = to + (size_t)b * (size_t)O + (size_t)c;
            for (int o = 0; o < NN_LANES; o++)
                part[o] = bfloat16_nearest(from[o]);
        }
}

/* The integers of activations, doubled and increased for pixels: of at most 8 significant bits either way. */
NN_CLONES static void widen_to_bfloat16(const int8_t *restrict x, int ld, int I, int B, int factor, int increase,
                                        uint16_t *restrict to)
{
    for (int b = 0; b < B; b++)
        for (int c = 0; c < I; c += NN_LANES) {
            const int8_t *from = x + (size_t)b * (size_t)ld + (size_t)c;
            uint16_t *part = to + (size_t)b * (size_t)I + (size_t)c;
            for (int i = 0; i < NN_LANES; i++)
                part[i] = bits_of((float)(from[i] * factor + increase));
        }
}

/* The code for a shape: kept if it is among the last few of its operation. NULL: out of memory. */
static struct onednn *prepared(struct product *p, enum operation operation, const struct onednn_shape *shape)
{
    struct onednn **kept = p->prepared[operation], *found = NULL;
    struct errmsg e;
    for (int k = 0; k < PIECES_KEPT; k++)
        if (kept[k] != NULL) {
            const struct onednn_shape *have = onednn_get_shape(kept[k]);
            if (have->M == shape->M && have->K == shape->K && have->scale == shape->scale && have->add == shape->add)
                return kept[k];
        }
    if (onednn_new(&found, shape, &e) != STATUS_OK)
        return NULL;
    onednn_free(kept[p->next[operation]]);
    kept[p->next[operation]] = found;
    p->next[operation] = (p->next[operation] + 1) % PIECES_KEPT;
    return found;
}

static bool run(struct product *p, enum operation operation, const struct onednn_shape *shape, const void *a,
                const void *b, float *dst)
{
    struct onednn *prepare = prepared(p, operation, shape);
    return prepare != NULL && onednn_run(prepare, a, b, dst);
}

/* The same in plain loops, for when the library has no memory: slow, but right. */
NN_CLONES static void forward_plainly(const struct product *p, const int8_t *x, float scale, float *restrict z, int B)
{
    const size_t ld = (size_t)p->x_ld;
    for (int b = 0; b < B; b++)
        for (int o = 0; o < p->z_ld; o++) {
            int32_t sum = 0;
            for (size_t i = 0; i < ld; i++)
                sum += x[(size_t)b * ld + i] * p->w8[(size_t)o * ld + i];
            z[(size_t)b * (size_t)p->z_ld + (size_t)o] = (float)sum * scale;
        }
}

NN_INLINE float value_of(uint16_t bfloat16)
{
    const uint32_t bits = (uint32_t)bfloat16 << 16;
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

NN_CLONES static void backward_weights_plainly(const struct product *p, float scale, bool add, float *restrict dw,
                                               int B)
{
    const size_t I = (size_t)p->I, O = (size_t)p->O;
    if (!add)
        memset(dw, 0, sizeof *dw * O * I);
    for (size_t b = 0; b < (size_t)B; b++)
        for (size_t o = 0; o < O; o++) {
            const float d = value_of(p->dz16[b * O + o]) * scale;
            for (size_t i = 0; i < I; i++)
                dw[o * I + i] += d * value_of(p->x16[b * I + i]);
        }
}

NN_CLONES static void backward_inputs_plainly(const struct product *p, float *restrict dx, int B)
{
    const size_t ld = (size_t)p->x_ld, O = (size_t)p->O;
    memset(dx, 0, sizeof *dx * (size_t)B * ld);
    for (size_t b = 0; b < (size_t)B; b++)
        for (size_t o = 0; o < O; o++) {
            const float d = value_of(p->dz16[b * O + o]) * p->w_unit;
            for (size_t i = 0; i < ld; i++)
                dx[b * ld + i] += d * value_of(p->w16[o * ld + i]);
        }
}
#endif

/* From the sums over n · w to those over (2 n + 1) · w, then to values: one rounding of the exact sum, one of the
 * quotient. */
NN_CLONES static void finish_pixels(float *restrict z, int ld, int B, const float *restrict w_sum, float unit)
{
    for (int b = 0; b < B; b++)
        for (int o = 0; o < ld; o++) {
            float *to = z + (size_t)b * (size_t)ld + (size_t)o;
            *to = (2.0f * *to + w_sum[o]) / 255.0f * unit;
        }
}

static void clear_surplus(float *x, int ld, int columns, int B)
{
    for (int b = 0; b < B && columns < ld; b++)
        memset(x + (size_t)b * (size_t)ld + (size_t)columns, 0, sizeof *x * (size_t)(ld - columns));
}

static void forward_piece(struct product *p, const int8_t *x, float scale, float *z, int B)
{
#ifdef DELTASWEEP_ONEDNN
    if (p->paths.int8) {
        /* Whole padded rows on all sides: oneDNN is fastest without gaps. */
        const struct onednn_shape shape = {
            .int8 = true, .M = B, .N = p->z_ld, .K = p->x_ld, .b_transposed = true, .scale = scale};
        if (!run(p, FORWARD, &shape, x, p->w8, z))
            forward_plainly(p, x, scale, z, B);
        return;
    }
#endif
#ifdef DELTASWEEP_AVX_VNNI
    if (p->packed != NULL) {
        avx_vnni_forward(x, p->packed, p->correction, scale, z, B, p->x_ld, p->z_ld);
        return;
    }
#endif
    widen_to_float(x, p->x_ld, p->I, B, 1, 0, p->x);
    blas_sgemm(CblasNoTrans, CblasTrans, B, p->O, p->I, scale, p->x, p->I, p->w, p->I, 0.0f, z,
                p->z_ld);
    clear_surplus(z, p->z_ld, p->O, B);
}

void product_forward(struct product *p, const struct activations *x, float *z, int B)
{
    assert(B <= p->B);
    const float scale = x->pixels ? 1.0f : x->unit * p->w_unit;
    if (x->pixels)
        sum_rows(p->w8, p->x_ld, p->O, p->w_sum);
    for (int at = 0; at < B; at += p->piece) {
        const int rows = B - at < p->piece ? B - at : p->piece;
        float *to = z + (size_t)at * (size_t)p->z_ld;
        forward_piece(p, x->at + (size_t)at * (size_t)p->x_ld, scale, to, rows);
        if (x->pixels)
            finish_pixels(to, p->z_ld, rows, p->w_sum, p->w_unit);
    }
}

struct factors {
    int factor, increase; /* from an element to the integer that is multiplied */
    float scale;          /* of the sums */
};

static void backward_piece(struct product *p, const float *dz, const int8_t *x, struct factors f, bool add, float *dw,
                           float *dx, int B)
{
#ifdef DELTASWEEP_ONEDNN
    if (p->paths.bfloat16) {
        const struct onednn_shape weights = {
            .M = p->O, .N = p->I, .K = B, .a_transposed = true, .scale = f.scale, .add = add};
        const struct onednn_shape inputs = {.M = B, .N = p->x_ld, .K = p->O, .scale = p->w_unit};
        widen_to_bfloat16(x, p->x_ld, p->I, B, f.factor, f.increase, p->x16);
        round_rows(dz, p->z_ld, p->O, B, p->dz16);
        if (!run(p, BACKWARD_WEIGHTS, &weights, p->dz16, p->x16, dw))
            backward_weights_plainly(p, f.scale, add, dw, B);
        if (dx == NULL)
            return;
        if (!p->w16_loaded)
            widen_to_bfloat16(p->w8, p->x_ld, p->x_ld, p->O, 1, 0, p->w16);
        p->w16_loaded = true;
        if (!run(p, BACKWARD_INPUTS, &inputs, p->dz16, p->w16, dx))
            backward_inputs_plainly(p, dx, B);
        return;
    }
#endif
    widen_to_float(x, p->x_ld, p->I, B, f.factor, f.increase, p->x);
    blas_sgemm(CblasTrans, CblasNoTrans, p->O, p->I, B, f.scale, dz, p->z_ld, p->x, p->I,
                add ? 1.0f : 0.0f, dw, p->I);
    if (dx == NULL)
        return;
    blas_sgemm(CblasNoTrans, CblasNoTrans, B, p->I, p->O, p->w_unit, dz, p->z_ld, p->w, p->I, 0.0f, dx,
                p->x_ld);
    clear_surplus(dx, p->x_ld, p->I, B);
}

void product_backward(struct product *p, const float *dz, const struct activations *x, float *dw, float *dx, int B)
{
    assert(B <= p->B);
    const struct factors f = x->pixels ? (struct factors){.factor = 2, .increase = 1, .scale = 1.0f / 255.0f}
                                       : (struct factors){.factor = 1, .scale = x->unit};
    for (int at = 0; at < B; at += p->piece) {
        const int rows = B - at < p->piece ? B - at : p->piece;
        backward_piece(p, dz + (size_t)at * (size_t)p->z_ld, x->at + (size_t)at * (size_t)p->x_ld, f, at > 0, dw,
                       dx != NULL ? dx + (size_t)at * (size_t)p->x_ld : NULL, rows);
    }
}
