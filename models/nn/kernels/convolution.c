#include "models/nn/kernels/convolution.h"
#include "models/nn/kernels/blas.h"
#include "models/nn/kernels/linear.h"
#include "models/nn/layout/simd.h"

#include <stdlib.h>
#include <string.h>

/* Of a block's columns as floats; those of 8 bits are a quarter. The fastest of 128 KiB to 1 MiB where the second cache
 * has 1 MiB. */
enum { BLOCK_BYTES = 512 * 1024 };

/* Floats of one image with the zeros around it, and those that a copy of whole vectors may read beyond. */
static size_t image_floats(const struct layer_shape *a)
{
    const size_t around = (size_t)a->kernel - 1;
    return ((size_t)a->height + around) * ((size_t)a->width + around) * (size_t)a->channels + NN_LANES;
}

static size_t column_floats(const struct layer_shape *a)
{
    return layer_positions(a) * (size_t)nn_padded(a->I);
}

int convolution_block(const struct layer_shape *a)
{
    const size_t images = BLOCK_BYTES / sizeof(float) / column_floats(a);
    return images > 1 ? (int)images : 1;
}

int convolution_product_rows(const struct layer_shape *a, int B)
{
    return a->kernel > 0 ? convolution_block(a) * (int)layer_positions(a) : B;
}

enum status convolution_room_new(struct convolution_room *room, const struct topology *t, bool gradients,
                                 struct errmsg *e)
{
    size_t image = 0, columns = 0, sums = 0, weights = 0;
    *room = (struct convolution_room){0};
    for (int l = 0; l < t->n_layers; l++) {
        const struct layer_shape *a = &t->layers[l];
        if (a->kernel == 0)
            continue;
        const size_t images = (size_t)convolution_block(a), block = images * column_floats(a),
                     outputs = images * layer_positions(a) * (size_t)nn_padded(a->O);
        sums = outputs > sums ? outputs : sums;
        weights = (size_t)a->O * (size_t)a->I > weights ? (size_t)a->O * (size_t)a->I : weights;
        image = image_floats(a) > image ? image_floats(a) : image;
        columns = block > columns ? block : columns;
    }
    if (image == 0)
        return STATUS_OK;
    room->image = calloc(image, sizeof *room->image);
    room->columns = calloc(columns + NN_LANES, sizeof *room->columns);
    room->sums = calloc(sums + 1, sizeof *room->sums);
    room->image8 = calloc(image, sizeof *room->image8);
    room->columns8 = calloc(columns + NN_LANES, sizeof *room->columns8);
    bool whole = room->image != NULL && room->columns != NULL && room->sums != NULL && room->image8 != NULL &&
                 room->columns8 != NULL;
    if (gradients) {
        room->gradient = calloc(columns + 1, sizeof *room->gradient);
        room->weights = calloc(weights + 1, sizeof *room->weights);
        whole = whole && room->gradient != NULL && room->weights != NULL;
    }
    if (!whole)
        return fail(e, STATUS_ENVIRONMENT, "out of memory for convolutions");
    return STATUS_OK;
}

void convolution_room_free(struct convolution_room *room)
{
    free(room->image);
    free(room->columns);
    free(room->image8);
    free(room->columns8);
    free(room->sums);
    free(room->gradient);
    free(room->weights);
    *room = (struct convolution_room){0};
}

/* The first row inside the image, and floats from one row to the next. */
static size_t border(const struct layer_shape *a, size_t *row)
{
    const size_t around = (size_t)a->kernel - 1;
    *row = ((size_t)a->width + around) * (size_t)a->channels;
    return around / 2 * (*row + (size_t)a->channels);
}

/* One image whose zeros are there already, to the rows of its positions. Whole vectors are
 * copied: what they write beyond a piece is overwritten by the next one. Elements of `bytes`, a constant where this
 * is inlined. */
NN_INLINE void image_columns(const struct layer_shape *a, size_t bytes, const uint8_t *restrict image,
                             uint8_t *restrict columns)
{
    size_t row;
    border(a, &row);
    const size_t ld = (size_t)nn_padded(a->I) * bytes, kernel = (size_t)a->kernel, vector = NN_LANES * bytes,
                 piece = kernel * (size_t)a->channels * bytes, step = (size_t)a->stride * (size_t)a->channels * bytes;
    row *= bytes;
    for (int y = 0; y < a->out_height; y++) {
        const uint8_t *from = image + (size_t)y * (size_t)a->stride * row;
        for (int x = 0; x < a->out_width; x++, from += step, columns += ld)
            for (size_t ky = 0; ky < kernel; ky++)
                for (size_t i = 0; i < piece; i += vector)
                    memcpy(columns + ky * piece + i, from + ky * row + i, vector);
    }
}

NN_INLINE void images_columns(const struct layer_shape *a, size_t bytes, const void *x, int x_ld, int B, void *image,
                              void *columns)
{
    const size_t line = (size_t)a->width * (size_t)a->channels;
    size_t row;
    const size_t first = border(a, &row);
    memset(image, 0, image_floats(a) * bytes);
    for (int b = 0; b < B; b++) {
        for (int y = 0; y < a->height; y++)
            memcpy((uint8_t *)image + (first + (size_t)y * row) * bytes,
                   (const uint8_t *)x + ((size_t)b * (size_t)x_ld + (size_t)y * line) * bytes, line * bytes);
        image_columns(a, bytes, image, (uint8_t *)columns + (size_t)b * column_floats(a) * bytes);
    }
}

NN_CLONES void convolution_im2col(const struct layer_shape *a, const float *x, int x_ld, int B, float *image,
                                  float *columns)
{
    images_columns(a, sizeof *x, x, x_ld, B, image, columns);
}

NN_CLONES void convolution_im2col_int8(const struct layer_shape *a, const int8_t *x, int x_ld, int B, int8_t *image,
                                       int8_t *columns)
{
    images_columns(a, sizeof *x, x, x_ld, B, image, columns);
}

NN_CLONES static void columns_image(const struct layer_shape *a, const float *restrict columns, float *restrict image)
{
    size_t row;
    border(a, &row);
    const size_t ld = (size_t)nn_padded(a->I), kernel = (size_t)a->kernel, piece = kernel * (size_t)a->channels,
                 step = (size_t)a->stride * (size_t)a->channels, whole = piece / NN_LANES * NN_LANES;
    for (int y = 0; y < a->out_height; y++) {
        float *to = image + (size_t)y * (size_t)a->stride * row;
        for (int x = 0; x < a->out_width; x++, to += step, columns += ld)
            for (size_t ky = 0; ky < kernel; ky++) {
                float *sum = to + ky * row;
                const float *from = columns + ky * piece;
                for (size_t i = 0; i < whole; i += NN_LANES)
                    for (size_t k = i; k < i + NN_LANES; k++)
                        sum[k] += from[k];
                for (size_t i = whole; i < piece; i++)
                    sum[i] += from[i];
            }
    }
}

void convolution_col2im(const struct layer_shape *a, const float *columns, int B, float *image, float *dx, int x_ld)
{
    const size_t line = (size_t)a->width * (size_t)a->channels;
    size_t row;
    const size_t first = border(a, &row);
    for (int b = 0; b < B; b++, columns += column_floats(a)) {
        memset(image, 0, image_floats(a) * sizeof *image);
        columns_image(a, columns, image);
        for (int y = 0; y < a->height; y++)
            memcpy(dx + (size_t)b * (size_t)x_ld + (size_t)y * line, image + first + (size_t)y * row,
                   line * sizeof *image);
    }
}

void convolution_forward(const struct layer_shape *a, const float *x, int x_ld, const float *w, float *z, int B,
                         struct convolution_room *room)
{
    convolution_im2col(a, x, x_ld, B, room->image, room->columns);
    linear_forward(room->columns, nn_padded(a->I), w, z, nn_padded(a->O), B * (int)layer_positions(a), a->I, a->O);
}

void convolution_backward(const struct layer_shape *a, const float *x, int x_ld, const float *w, const float *dz,
                          bool add, float *dw, float *dx, int B, struct convolution_room *room)
{
    const int rows = B * (int)layer_positions(a), ld = nn_padded(a->I), z_ld = nn_padded(a->O);
    convolution_im2col(a, x, x_ld, B, room->image, room->columns);
    blas_sgemm(CblasTrans, CblasNoTrans, a->O, a->I, rows, 1.0f, dz, z_ld, room->columns, ld,
                add ? 1.0f : 0.0f, dw, a->I);
    if (dx == NULL)
        return;
    linear_backward_inputs(dz, z_ld, w, room->gradient, ld, rows, a->I, a->O);
    convolution_col2im(a, room->gradient, B, room->image, dx, x_ld);
}

void convolution_forward_int8(const struct layer_shape *a, struct product *p, const struct activations *x, int x_ld,
                              float *z, int B, struct convolution_room *room)
{
    const struct activations columns = {.at = room->columns8, .unit = x->unit};
    convolution_im2col_int8(a, x->at, x_ld, B, room->image8, room->columns8);
    product_forward(p, &columns, z, B * (int)layer_positions(a));
}

NN_CLONES static void add_weights(float *restrict sum, const float *restrict w, size_t n)
{
    for (size_t i = 0; i < n; i++)
        sum[i] += w[i];
}

/* The gradient of the weights of a layer with few inputs, as a first one is: dw (O · I, overwritten or added to) =
 * unit · dzᵀ · columns. A product of so few columns would spend its time on packing its operands. */
enum { FEW_INPUTS = 32, AT_ONCE = 9, HALF = NN_LANES / 2 };
typedef float half __attribute__((vector_size(HALF * sizeof(float))));

NN_CLONES static void few_weights(const struct layer_shape *a, const int8_t *columns, const float *dz, size_t rows,
                                  float unit, bool add, float *dw)
{
    const size_t ld = (size_t)nn_padded(a->I), z_ld = (size_t)nn_padded(a->O), I = (size_t)a->I, O = (size_t)a->O;
    for (size_t o = 0; o < z_ld; o += NN_LANES)
        for (size_t i = 0; i < I; i += AT_ONCE) {
            half low[AT_ONCE] = {0}, high[AT_ONCE] = {0};
            for (size_t r = 0; r < rows; r++) {
                float x[AT_ONCE];
                half g, h;
                for (size_t k = 0; k < AT_ONCE; k++) /* beyond I: of the next row, and not used */
                    x[k] = columns[r * ld + i + k];
                memcpy(&g, dz + r * z_ld + o, sizeof g);
                memcpy(&h, dz + r * z_ld + o + HALF, sizeof h);
                for (size_t k = 0; k < AT_ONCE; k++) {
                    low[k] += g * x[k];
                    high[k] += h * x[k];
                }
            }
            for (size_t k = 0; k < AT_ONCE && i + k < I; k++)
                for (size_t n = 0; n < NN_LANES && o + n < O; n++) {
                    float *to = dw + (o + n) * I + i + k;
                    const float sum = unit * (n < HALF ? low[k][n] : high[k][n - HALF]);
                    *to = add ? *to + sum : sum;
                }
        }
}

void convolution_backward_int8(const struct layer_shape *a, struct product *p, const struct activations *x, int x_ld,
                               const float *dz, bool add, float *dw, float *dx, int B, struct convolution_room *room)
{
    const struct activations columns = {.at = room->columns8, .unit = x->unit};
    convolution_im2col_int8(a, x->at, x_ld, B, room->image8, room->columns8);
    if (dx == NULL && a->I <= FEW_INPUTS) {
        few_weights(a, room->columns8, dz, (size_t)B * layer_positions(a), x->unit, add, dw);
        return;
    }
    product_backward(p, dz, &columns, add ? room->weights : dw, dx != NULL ? room->gradient : NULL,
                     B * (int)layer_positions(a));
    if (add)
        add_weights(dw, room->weights, (size_t)a->O * (size_t)a->I);
    if (dx != NULL)
        convolution_col2im(a, room->gradient, B, room->image, dx, x_ld);
}
