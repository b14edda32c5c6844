/* The kinds of folders that dataset_load knows. Each fills classes, geometry and both sets of an empty *d, which
 * dataset_free frees also after a failure. */
#ifndef DELTASWEEP_DATASET_KINDS_H
#define DELTASWEEP_DATASET_KINDS_H

#include "models/nn/data/dataset.h"

#include <stdbool.h>

/* What follows `neither … is there; `. */
#define DATASET_REMEDY                                                                                                 \
    "a data set is a folder with four IDX files (train-images-idx3-ubyte, …), with train.csv and test.csv, or with " \
    "train-x.npy, train-y.npy, test-x.npy and test-y.npy"

/* dataset_has_…: the folder has files of that kind. */
bool dataset_has_idx(const char *folder);
bool dataset_has_tables(const char *folder);
bool dataset_has_arrays(const char *folder);

/* dataset_idx: four IDX files, whose names start with prefix ("": any). classes: as many, or 0: what the labels say. */
enum status dataset_idx(struct dataset *d, const char *folder, const char *prefix, int classes, struct errmsg *e);

/* dataset_tables: train.csv and test.csv; label: the column of labels. */
enum status dataset_tables(struct dataset *d, const char *folder, const char *label, struct errmsg *e);

/* dataset_arrays: train-x.npy, train-y.npy, test-x.npy and test-y.npy. */
enum status dataset_arrays(struct dataset *d, const char *folder, struct errmsg *e);

#endif
