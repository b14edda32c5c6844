/* The formats of data sets. Each is one file, dataset_NAME.c, and one row of DATASET_FORMATS; whatever else lists
 * formats or chooses among them goes through dataset_formats. */
#pragma once

#include "models/nn/data/dataset.h"

#include <stdbool.h>
#include <stddef.h>

/* Where a data set is read from. */
struct dataset_source {
    const char *folder;
    const char *file;   /* of the folder, where one file is the whole data set; else NULL */
    const char *suffix; /* what follows the colon in the data set's name, FOLDER:SUFFIX; "": nothing */
    int classes;        /* the number of classes, if it is known beforehand; 0: the labels tell it */
};

struct dataset_format {
    const char *name;        /* in the plural: "IDX files" */
    const char *files;       /* what a folder of this format holds: "train.csv and test.csv" */
    const char *suffix_rule; /* what FOLDER:SUFFIX means here: "only a table has columns"; NULL: it is refused */
    bool (*is_there)(const char *folder); /* the folder holds at least one file of this format */
    const char *const *file_ends; /* how one file ends that is a whole data set, a NULL after the last; NULL: none is */
    /* Fills classes, geometry and both sets of an empty *d, which dataset_free frees also after a failure.
     * STATUS_MISSING if a file is not there, STATUS_INPUT if one is wrong. */
    enum status (*load)(struct dataset *d, const struct dataset_source *from, struct errmsg *e);
};

#define DATASET_FORMATS(ROW) ROW(idx) ROW(tables) ROW(arrays) ROW(archives)

#define DATASET_FORMAT_DECLARE(name) extern const struct dataset_format dataset_##name;
DATASET_FORMATS(DATASET_FORMAT_DECLARE)

/* All formats in the order of the rows; NULL ends them. */
extern const struct dataset_format *const dataset_formats[];

/* dataset_format_find: the format of the files in a folder. STATUS_MISSING if it holds none of any format, STATUS_INPUT
 * if it holds files of several. */
enum status dataset_format_find(const char *folder, const struct dataset_format **out, struct errmsg *e);

/* dataset_format_of_file: the format of a file that is a whole data set, by its name; NULL: of none. */
const struct dataset_format *dataset_format_of_file(const char *path);

/* dataset_format_files: what a folder may hold: "with …, with …, or with …". */
const char *dataset_format_files(char *text, size_t text_bytes);

/* dataset_format_suffix_rules: what FOLDER:SUFFIX may mean: the rules of all formats. */
const char *dataset_format_suffix_rules(char *text, size_t text_bytes);

/* dataset_format_classes: the largest label + 1. */
int dataset_format_classes(const struct images *x);
