/* A data set in memory: what networks are trained and tested on. docs/data.md. */
#pragma once

#include "base/status.h"

#include <stdbool.h>
#include <stdint.h>

struct images {
    int n;           /* images, or rows of a table */
    uint8_t *pixels; /* n · features, 0..255; NULL: values instead */
    float *values;   /* n · features, as the network sees them; NULL: pixels instead */
    uint8_t *labels; /* n, 0..classes-1 */
};

/* A column of a table: value = (number - mean) / (2 deviation), both of the training set; deviation 0: value 0. A
 * category has mean 0 and deviation 1/2, so that its value is its number, 0 or 1. */
struct feature_column {
    char *name;
    bool is_category;
    double mean, deviation;
};

struct dataset {
    char name[256];
    int features, classes;          /* of an image; largest label of either set + 1 */
    int channels, height, width;    /* of an image, position by position (NHWC); a table: features, 1, 1 */
    struct images train, test;
    struct feature_column *columns; /* of a table: features of them; else NULL */
    char **class_names;             /* of a table whose labels are words: classes of them; else NULL */
    char digest[65];                /* SHA-256 of all features, geometry and labels: equal data, equal results */
};

/* dataset_load: reads `fashion-mnist` (from $DELTASWEEP_DATASETS/fashion-mnist, or from where Debian's package
 * dataset-fashion-mnist puts it) or a folder in one of the formats of models/nn/data/dataset_format.h, or one table that is
 * to be split (FILE.csv:LABEL,split=0.2), or one archive (FILE.npz); docs/data.md describes them. STATUS_MISSING if
 * there is no such data set, STATUS_INPUT (with the file and the place in it) if it is wrong. */
enum status dataset_load(const char *name, struct dataset **out, struct errmsg *e);
void dataset_free(struct dataset *d);

/* dataset_find: the folder that dataset_load would read, or STATUS_MISSING. */
enum status dataset_find(const char *name, char *path, unsigned path_bytes, struct errmsg *e);
