/* Data sets: images in IDX files, tables in CSV files, arrays in .npy files, gz or not. docs/data.md. */
#ifndef DELTASWEEP_DATASET_H
#define DELTASWEEP_DATASET_H

#include "base/status.h"

#include <stdint.h>

struct images {
    int n;           /* images, or rows of a table */
    uint8_t *pixels; /* n · features, 0..255; NULL: values instead */
    float *values;   /* n · features, as the network sees them; NULL: pixels instead */
    uint8_t *labels; /* n, 0..classes-1 */
};

/* A column of a table: value = (number - mean) / (2 deviation), both of the training set; deviation 0: value 0. */
struct column {
    char *name;
    double mean, deviation;
};

struct dataset {
    char name[256];
    int features, classes;       /* of an image; largest label of either set + 1 */
    int channels, height, width; /* of an image, position by position (NHWC); a table: features, 1, 1 */
    struct images train, test;
    struct column *columns;      /* of a table: features of them; else NULL */
    char **class_names;          /* of a table whose labels are words: classes of them; else NULL */
    char digest[65];             /* SHA-256 of all features, geometry and labels: equal data, equal results */
};

/* dataset_load: `fashion-mnist` (from $DELTASWEEP_DATASETS/fashion-mnist or where Debian's dataset-fashion-mnist puts
 * it) or a folder with
 *   four IDX files: train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-… or test-…, also with other words around
 *   these (FOLDER:PREFIX picks one set of several): pixels;
 *   train.csv and test.csv: the labels are in column `label`, or in that of FOLDER:COLUMN; values, standardised with
 *   the training set's mean and standard deviation and halved: (x - mean) / (2 deviation);
 *   train-x.npy, train-y.npy, test-x.npy, test-y.npy: pixels if u1, else values as they are.
 * STATUS_MISSING if it is not there, STATUS_INPUT (naming the file and the place in it) if it is wrong. */
enum status dataset_load(const char *name, struct dataset **out, struct errmsg *e);
void dataset_free(struct dataset *d);

/* dataset_find: the folder that dataset_load would read, or STATUS_MISSING. */
enum status dataset_find(const char *name, char *path, unsigned path_bytes, struct errmsg *e);

#endif
