/* All arrays of a .safetensors file, an .npz archive, or a folder of .npy files, by name. */
#pragma once

#include "models/nn/io/array.h"

enum { TENSORS_MAX = 4096 };

struct tensors {
    int n;
    struct named_array *list; /* in the natural order of their names; data points into files */
    char **files;             /* n_files contents */
    int n_files;
    size_t n_bytes; /* that were read */
    bool ordered; /* their places have an order of their own: not that of the alphabet, in which most programs write */
};

/* What the metadata of a file that deltasweep wrote says under this, and the name of an array: its numbers. */
#define TENSORS_NOTE "deltasweep."

/* tensors_read: path is a file that ends in .safetensors or .npz, or a folder. STATUS_MISSING if it is not there,
 * STATUS_INPUT if it is none of these, what it holds is wrong, or a folder has .npy files and an .npz. A tensor that the
 * metadata of a .safetensors file calls by another name (as save_model does for tied weights) is there under both.
 * Notes that begin with TENSORS_NOTE are arrays, too. *out: tensors_free, also after a failure. */
enum status tensors_read(const char *path, struct tensors *out, struct errmsg *e);
void tensors_free(struct tensors *t);

/* tensors_order: as strcmp, but for runs of digits, which compare as numbers: fc2 before fc10. */
int tensors_order(const char *a, const char *b);
