/* All arrays of a .safetensors file, or of a folder of .npy files, by name. */
#pragma once

#include "models/nn/io/array.h"

enum { TENSORS_MAX = 4096 };

struct tensors {
    int n;
    struct named_array *list; /* in the natural order of their names; data points into files */
    char **files;             /* n_files contents */
    int n_files;
    bool ordered; /* their places have an order of their own: not that of the alphabet, in which most programs write */
};

/* tensors_read: path is a file that ends in .safetensors, or a folder. STATUS_MISSING if it is not there, STATUS_INPUT
 * if it is neither, or what it holds is wrong. *out: tensors_free, also after a failure. */
enum status tensors_read(const char *path, struct tensors *out, struct errmsg *e);
void tensors_free(struct tensors *t);

/* tensors_order: as strcmp, but for runs of digits, which compare as numbers: fc2 before fc10. */
int tensors_order(const char *a, const char *b);
