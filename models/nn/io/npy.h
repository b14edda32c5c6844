/* NumPy's .npy files: a magic number, a version, a Python dictionary in ASCII, and the numbers (NEP 1). */
#pragma once

#include "models/nn/io/array.h"

/* npy_parse: reads bytes[0..n_bytes), the content of `file`, as version 1.0, 2.0 or 3.0 in C or Fortran order with
 * numbers b1, u1 to u8, i1 to i8, f2, f4 or f8 of either endianness. Any bytes are safe. STATUS_INPUT names file, byte
 * offset and remedy; missing and surplus bytes are both refused. */
enum status npy_parse(const uint8_t *bytes, size_t n_bytes, const char *file, struct array_view *out, struct errmsg *e);

/* npy_write: the file at path becomes x (f4, C order) of this shape. STATUS_ENVIRONMENT if it cannot be written. */
enum status npy_write(const char *path, const float *x, int n_dimensions, const size_t *shape, struct errmsg *e);
