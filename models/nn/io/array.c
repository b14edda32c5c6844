#include "models/nn/io/array.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    int bytes;
} types[DTYPE_COUNT] = {
    [DTYPE_BOOL] = {"BOOL", 1}, [DTYPE_U8] = {"U8", 1},   [DTYPE_I8] = {"I8", 1},     [DTYPE_U16] = {"U16", 2},
    [DTYPE_I16] = {"I16", 2},   [DTYPE_U32] = {"U32", 4}, [DTYPE_I32] = {"I32", 4},   [DTYPE_U64] = {"U64", 8},
    [DTYPE_I64] = {"I64", 8},   [DTYPE_F16] = {"F16", 2}, [DTYPE_BF16] = {"BF16", 2}, [DTYPE_F32] = {"F32", 4},
    [DTYPE_F64] = {"F64", 8},
};

int dtype_bytes(enum dtype t)
{
    return types[t].bytes;
}

const char *dtype_name(enum dtype t)
{
    return types[t].name;
}

bool array_size(enum dtype t, int n_dimensions, const size_t *shape, size_t *count, size_t *bytes)
{
    /* The dimensions that are not 0 must not overflow, either: else a 0 would hide nonsense. */
    size_t product = 1;
    bool empty = false;
    for (int k = 0; k < n_dimensions; k++) {
        if (shape[k] == 0)
            empty = true;
        else if (__builtin_mul_overflow(product, shape[k], &product))
            return false;
    }
    *count = empty ? 0 : product;
    return !__builtin_mul_overflow(*count, (size_t)types[t].bytes, bytes);
}

/* An IEEE half: sign, 5 bits of exponent, 10 of fraction. */
static double half(uint16_t bits)
{
    const int exponent = bits >> 10 & 31, fraction = bits & 1023;
    const double magnitude = exponent == 31  ? fraction == 0 ? INFINITY : NAN
                             : exponent == 0 ? ldexp(fraction, -24)
                                             : ldexp(1024 + fraction, exponent - 25);
    return bits >> 15 ? -magnitude : magnitude;
}

static double single(uint32_t bits)
{
    float x;
    memcpy(&x, &bits, sizeof x);
    return (double)x;
}

/* Where number i of row-major order is in a column-major array. */
static size_t column_major(const struct array_view *a, size_t i)
{
    size_t place = 0, stride = a->count;
    for (int k = a->n_dimensions - 1; k >= 0; k--) {
        stride /= a->shape[k];
        place += i % a->shape[k] * stride;
        i /= a->shape[k];
    }
    return place;
}

double array_number(const struct array_view *a, size_t i)
{
    const int bytes = types[a->dtype].bytes;
    const uint8_t *at = a->data + (a->fortran ? column_major(a, i) : i) * (size_t)bytes;
    uint64_t bits = 0;
    for (int k = 0; k < bytes; k++)
        bits = bits << 8 | at[a->big_endian ? k : bytes - 1 - k];
    switch (a->dtype) {
    case DTYPE_BOOL:
    case DTYPE_U8:
    case DTYPE_U16:
    case DTYPE_U32:
    case DTYPE_U64:
        return (double)bits;
    case DTYPE_I8:
        return (double)(int8_t)bits;
    case DTYPE_I16:
        return (double)(int16_t)bits;
    case DTYPE_I32:
        return (double)(int32_t)bits;
    case DTYPE_I64:
        return (double)(int64_t)bits;
    case DTYPE_F16:
        return half((uint16_t)bits);
    case DTYPE_BF16:
        return single((uint32_t)bits << 16);
    case DTYPE_F32:
        return single((uint32_t)bits);
    default:
        break;
    }
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* Where number i is: "[3][0][7]". */
static const char *index_text(const struct array_view *a, size_t i, char *text, size_t text_bytes)
{
    size_t index[ARRAY_MAX_DIMENSIONS] = {0}, used = 0;
    text[0] = '\0';
    for (int k = a->n_dimensions - 1; k >= 0; k--) {
        index[k] = i % a->shape[k];
        i /= a->shape[k];
    }
    for (int k = 0; k < a->n_dimensions && used < text_bytes; k++)
        used += (size_t)snprintf(text + used, text_bytes - used, "[%zu]", index[k]);
    return text;
}

enum status array_floats(const struct array_view *a, const char *what, float *to, struct errmsg *e)
{
    const bool as_here = a->dtype == DTYPE_F32 && !a->fortran && a->big_endian == (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__);
    if (as_here && a->count > 0)
        memcpy(to, a->data, a->count * sizeof *to);
    for (size_t i = 0; i < a->count; i++) {
        if (!as_here)
            to[i] = (float)array_number(a, i);
        if (isfinite(to[i]))
            continue;
        char text[192];
        return fail(e, STATUS_INPUT,
                    "%s: the number at index %s is %g; every number must be finite in single precision", what,
                    index_text(a, i, text, sizeof text), array_number(a, i));
    }
    return STATUS_OK;
}

enum status array_doubles(const struct array_view *a, const char *what, double *to, struct errmsg *e)
{
    for (size_t i = 0; i < a->count; i++) {
        char text[192];
        to[i] = array_number(a, i);
        if (!isfinite(to[i]))
            return fail(e, STATUS_INPUT, "%s: the number at index %s is %g; every number must be finite", what,
                        index_text(a, i, text, sizeof text), to[i]);
    }
    return STATUS_OK;
}

const char *array_shape_text(int n_dimensions, const size_t *shape, char *text, size_t text_bytes)
{
    size_t used = 0;
    if (n_dimensions == 0)
        snprintf(text, text_bytes, "a single number");
    for (int k = 0; k < n_dimensions && used < text_bytes; k++)
        used += (size_t)snprintf(text + used, text_bytes - used, k == 0 ? "%zu" : " x %zu", shape[k]);
    return text;
}
