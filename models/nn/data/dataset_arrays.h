/* Data sets of NumPy's arrays, as files of a folder or of an archive. */
#pragma once

#include "models/nn/data/dataset_format.h"
#include "models/nn/data/whole_file.h"

#define DATASET_ARRAYS_STANDARDISE "standardise"
#define DATASET_ARRAYS_SUFFIX_RULE "only arrays can be scaled, by `" DATASET_ARRAYS_STANDARDISE "`"

/* The .npy files of the training set and of the test set. */
struct array_files {
    struct whole_file x[2], y[2];
};

/* dataset_arrays_take: fills *d from these files. Features are pixels if x is of unsigned bytes, else values as they
 * are, or, with the suffix `standardise`, scaled as the columns of a table. Statuses as dataset_format.load's. */
enum status dataset_arrays_take(struct dataset *d, const struct dataset_source *from, const struct array_files *files,
                                struct errmsg *e);

/* array_files_free: files is from calloc; NULL will do. */
void array_files_free(struct array_files *files);
