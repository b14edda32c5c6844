/* train.csv and test.csv. The labels are in the column `label`, or in that of FOLDER:COLUMN. Features are values: the
 * other columns, standardised with the training set's mean and standard deviation and halved. */
#include "models/nn/data/dataset_format.h"
#include "models/nn/data/scale.h"
#include "models/nn/data/tabular.h"
#include "models/nn/data/whole_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_LABEL "label"

static const char *const names[2] = {"train.csv", "test.csv"};

static bool is_there(const char *folder)
{
    return whole_file_is_there(folder, names[0]) || whole_file_is_there(folder, names[1]);
}

/* Both files, and what becomes of them. */
struct tables {
    struct whole_file files[2];
    struct tabular t[2];
    int class_of[2][TABULAR_MAX_NAMES]; /* the class of a label, -1 unknown */
};

static enum status read_both(struct tables *x, const char *folder, const char *label, struct errmsg *e)
{
    enum status s = STATUS_OK;
    for (int k = 0; k < 2 && s == STATUS_OK; k++) {
        s = whole_file_read(folder, names[k], &x->files[k], e);
        if (s == STATUS_OK)
            s = tabular_parse(x->files[k].bytes, x->files[k].n_bytes, label, x->files[k].path, &x->t[k], e);
        whole_file_free(&x->files[k]); /* its path stays, for messages */
    }
    return s;
}

static enum status check_columns(const struct tables *x, struct errmsg *e)
{
    const struct tabular *train = &x->t[0], *test = &x->t[1];
    if (train->n_columns != test->n_columns)
        return fail(e, STATUS_INPUT, "%s:1: %d columns of numbers, but %s has %d; both must be equal", x->files[1].path,
                    test->n_columns, x->files[0].path, train->n_columns);
    for (int k = 0; k < train->n_columns; k++)
        if (strcmp(train->columns[k], test->columns[k]) != 0)
            return fail(e, STATUS_INPUT,
                        "%s:1: column of numbers %d is `%.60s`, but in %s `%.60s`; both must have the same in the same "
                        "order",
                        x->files[1].path, k + 1, test->columns[k], x->files[0].path, train->columns[k]);
    return STATUS_OK;
}

/* A label that is a whole number from 0 to 255, as it is usually written; else -1. */
static int whole_number(const char *text)
{
    char usual[8];
    const long v = strtol(text, NULL, 10);
    if (v < 0 || v >= TABULAR_MAX_NAMES)
        return -1;
    snprintf(usual, sizeof usual, "%ld", v);
    return strcmp(usual, text) == 0 ? (int)v : -1;
}

/* Classes: the labels themselves if all are whole numbers from 0 to 255, else their places among the sorted labels,
 * which are their names. */
static enum status find_classes(struct tables *x, int *classes, bool *named, struct errmsg *e)
{
    const struct tabular *train = &x->t[0], *test = &x->t[1];
    bool numbers = true;
    *classes = 0;
    for (int k = 0; k < train->n_names; k++)
        numbers = numbers && whole_number(train->names[k]) >= 0;
    *named = !numbers;
    for (int k = 0; k < train->n_names; k++) {
        const int class = numbers ? whole_number(train->names[k]) : k;
        x->class_of[0][k] = class;
        *classes = class >= *classes ? class + 1 : *classes;
    }
    for (int k = 0; k < test->n_names; k++) {
        x->class_of[1][k] = -1;
        for (int j = 0; j < train->n_names; j++)
            if (strcmp(test->names[k], train->names[j]) == 0)
                x->class_of[1][k] = x->class_of[0][j];
    }
    for (int i = 0; i < test->n_rows; i++)
        if (x->class_of[1][test->labels[i]] < 0)
            return fail(e, STATUS_INPUT,
                        "%s:%d: no line of %s has the label `%.60s`; what is not there cannot be learned",
                        x->files[1].path, test->lines[i], x->files[0].path, test->names[test->labels[i]]);
    return STATUS_OK;
}

static bool images_new(struct images *out, const struct tabular *t, const int *class_of)
{
    out->labels = malloc((size_t)t->n_rows);
    if (out->labels == NULL)
        return false;
    out->n = t->n_rows;
    for (int i = 0; i < t->n_rows; i++)
        out->labels[i] = (uint8_t)class_of[t->labels[i]];
    return true;
}

/* The names of columns and classes, taken over from the parsed table. */
static bool names_new(struct dataset *d, struct tabular *t, bool named)
{
    d->columns = calloc((size_t)t->n_columns, sizeof *d->columns);
    if (named)
        d->class_names = calloc((size_t)d->classes, sizeof *d->class_names);
    if (d->columns == NULL || (named && d->class_names == NULL))
        return false;
    for (int k = 0; k < t->n_columns; k++) {
        d->columns[k].name = t->columns[k];
        t->columns[k] = NULL;
    }
    for (int k = 0; named && k < d->classes; k++) {
        d->class_names[k] = t->names[k];
        t->names[k] = NULL;
    }
    return true;
}

static enum status load(struct dataset *d, const struct dataset_source *from, struct errmsg *e)
{
    const char *label = from->suffix[0] != '\0' ? from->suffix : DEFAULT_LABEL;
    struct tables *x = calloc(1, sizeof *x);
    if (x == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory for the tables of %s", from->folder);
    struct tabular *train = &x->t[0], *test = &x->t[1];
    bool named = false;
    enum status s = read_both(x, from->folder, label, e);
    if (s != STATUS_OK || (s = check_columns(x, e)) != STATUS_OK ||
        (s = find_classes(x, &d->classes, &named, e)) != STATUS_OK)
        goto done;
    d->features = d->channels = train->n_columns;
    d->height = d->width = 1;
    if (!names_new(d, train, named) || !images_new(&d->train, train, x->class_of[0]) ||
        !images_new(&d->test, test, x->class_of[1])) {
        s = fail(e, STATUS_ENVIRONMENT, "out of memory for the %d lines of %s", train->n_rows, x->files[0].path);
        goto done;
    }
    s = scale_features(d, (const double *const[]){train->numbers, test->numbers}, e);
done:
    tabular_free(&x->t[0]);
    tabular_free(&x->t[1]);
    free(x);
    return s;
}

const struct dataset_format dataset_tables = {
    .name = "tables (csv)",
    .files = "train.csv and test.csv",
    .suffix_rule = "only a table has columns",
    .is_there = is_there,
    .load = load,
};
