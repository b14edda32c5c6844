/* safetensors files: 8 bytes of length, a JSON object of names, types, shapes and offsets, then all numbers. */
#pragma once

#include "models/nn/io/array.h"

/* An entry of the header's __metadata__: two texts. */
struct safetensors_note {
    char *key, *value;
};

struct safetensors {
    int n, n_notes;
    struct named_array *tensors;    /* in the order of the header; names are owned, data is not */
    struct safetensors_note *notes; /* owned */
};

/* safetensors_parse: reads bytes[0..n_bytes), the content of `file`. Any bytes are safe. STATUS_INPUT, naming the file,
 * the byte offset or the tensor, and the remedy, unless every tensor is of a known type, its bytes are those of its
 * shape, inside the file, and all of them together cover it without gap or overlap, as the format asks.
 * *out: safetensors_free, also after a failure. */
enum status safetensors_parse(const uint8_t *bytes, size_t n_bytes, const char *file, struct safetensors *out,
                              struct errmsg *e);
void safetensors_free(struct safetensors *s);

/* safetensors_write: the file at path becomes the n tensors (F32), in this order, with these notes beside those that
 * PyTorch expects. STATUS_ENVIRONMENT if it cannot be written. */
enum status safetensors_write(const char *path, const struct named_floats *tensors, int n,
                              const struct safetensors_note *notes, int n_notes, struct errmsg *e);
