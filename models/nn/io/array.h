/* Arrays of numbers in the bytes of a file: what .npy and safetensors have in common. */
#pragma once

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum dtype {
    DTYPE_BOOL, /* a byte, 0 or 1 */
    DTYPE_U8,
    DTYPE_I8,
    DTYPE_U16,
    DTYPE_I16,
    DTYPE_U32,
    DTYPE_I32,
    DTYPE_U64,
    DTYPE_I64,
    DTYPE_F16,
    DTYPE_BF16, /* the upper half of an F32 */
    DTYPE_F32,
    DTYPE_F64,
    DTYPE_COUNT
};

enum { ARRAY_MAX_DIMENSIONS = 8 };

/* Row-major unless it says otherwise. data points into the bytes that were parsed: it need not be aligned, and lives as long as they do. */
struct array_view {
    enum dtype dtype;
    bool big_endian, fortran; /* fortran: column-major, the first index runs fastest */
    int n_dimensions; /* 0: one number */
    size_t shape[ARRAY_MAX_DIMENSIONS];
    size_t count; /* numbers: the product of shape */
    const uint8_t *data;
};

/* An array with a name: of a network's weights, PyTorch's ("fc1.weight"). */
struct named_array {
    char *name;
    struct array_view array;
    size_t place; /* in its file: those that come first have smaller ones */
};

/* What is written: floats in row-major order. */
struct named_floats {
    const char *name;
    int n_dimensions;
    size_t shape[ARRAY_MAX_DIMENSIONS];
    const float *x;
};

int dtype_bytes(enum dtype t);
const char *dtype_name(enum dtype t); /* "F32", as in safetensors */

/* array_size: how many numbers an array of this shape has, and how many bytes they take. False if either overflows a
 * size_t. */
bool array_size(enum dtype t, int n_dimensions, const size_t *shape, size_t *count, size_t *bytes);

/* array_number: number i in row-major order, whatever the order in memory, as a double (an integer beyond 2^53 is
 * rounded). */
double array_number(const struct array_view *a, size_t i);

/* array_floats: all numbers, rounded to single precision. STATUS_INPUT if one of them is infinite, NaN or too great for
 * it: the message names what (the array, as `file` or `file: tensor`), the number's index in each dimension, and it. */
enum status array_floats(const struct array_view *a, const char *what, float *to, struct errmsg *e);

/* array_doubles: the same in double precision. */
enum status array_doubles(const struct array_view *a, const char *what, double *to, struct errmsg *e);

/* array_shape_text: "3 x 4 x 5", for messages; "a single number" for no dimensions. Returns text. */
const char *array_shape_text(int n_dimensions, const size_t *shape, char *text, size_t text_bytes);
