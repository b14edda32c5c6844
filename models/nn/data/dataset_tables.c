/* train.csv and test.csv, or one table that is split. The labels are in the column `label`, or in that of FOLDER:COLUMN. Features are values: the
 * other columns, standardised with the training set's mean and standard deviation and halved. */
#include "models/nn/data/dataset_format.h"
#include "models/nn/data/scale.h"
#include "models/nn/data/tabular.h"
#include "models/nn/data/whole_file.h"
#include "base/text.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_LABEL "label"

static const char *const names[][2] = {{"train.csv", "test.csv"}, {"train.tsv", "test.tsv"}};
enum { KINDS = sizeof names / sizeof *names, WISH_BYTES = 256 };

static bool has_kind(const char *folder, int kind)
{
    return whole_file_is_there(folder, names[kind][0]) || whole_file_is_there(folder, names[kind][1]);
}

static bool is_there(const char *folder)
{
    for (int kind = 0; kind < KINDS; kind++)
        if (has_kind(folder, kind))
            return true;
    return false;
}

/* What follows the colon: LABEL,split=0.2,onehot=COLUMN+COLUMN. */
struct wish {
    char label[WISH_BYTES], words[WISH_BYTES];
    bool onehot;
    double split; /* 0: there is a test set */
};

/* Takes one option from the end of text; false if there is none. */
static bool take_option(char *text, struct wish *w, bool *wrong)
{
    char *comma = strrchr(text, ','), *option = comma != NULL ? comma + 1 : text, *end;
    if (strcmp(option, "onehot") == 0 || strncmp(option, "onehot=", 7) == 0) {
        w->onehot = true;
        snprintf(w->words, sizeof w->words, "%s", option[6] == '=' ? option + 7 : "");
    } else if (strncmp(option, "split=", 6) == 0) {
        w->split = strtod(option + 6, &end);
        if (end > option + 6 && *end == '%') {
            w->split /= 100;
            end++;
        }
        *wrong = end == option + 6 || *end != '\0' || !(w->split > 0 && w->split < 1);
    } else {
        return false;
    }
    *(comma != NULL ? comma : text) = '\0';
    return true;
}

static enum status read_wish(const struct dataset_source *from, struct wish *w, struct errmsg *e)
{
    bool wrong = false;
    *w = (struct wish){.onehot = false};
    if (strlen(from->suffix) >= sizeof w->label)
        return fail(e, STATUS_INPUT, "%s: the name of the column of labels is too long", from->folder);
    snprintf(w->label, sizeof w->label, "%s", from->suffix);
    while (!wrong && take_option(w->label, w, &wrong))
        continue;
    if (wrong)
        return fail(e, STATUS_INPUT,
                    "%s: `%s`: a split is the part of the lines that is for the test: split=0.2, or split=20%%",
                    from->folder, from->suffix);
    if (w->label[0] == '\0')
        snprintf(w->label, sizeof w->label, DEFAULT_LABEL);
    if (from->file != NULL && w->split == 0)
        return fail(e, STATUS_INPUT,
                    "%s: one table has no test set; say which part of its lines is one: %s:%s,split=0.2 (or give a folder "
                    "with train.csv and test.csv)",
                    from->file, from->file, w->label);
    if (from->file == NULL && w->split > 0)
        return fail(e, STATUS_INPUT, "%s: a split is for one table, FILE.csv:%s,split=%g; a folder has its test set",
                    from->folder, w->label, w->split);
    return STATUS_OK;
}

/* Both files, and what becomes of them. */
struct tables {
    struct whole_file files[2];
    struct tabular t[2];
    int class_of[2][TABULAR_MAX_NAMES]; /* the class of a label, -1 unknown */
    bool *is_category[2];
};

static enum status read_both(struct tables *x, const struct dataset_source *from, const struct wish *w,
                             struct errmsg *e)
{
    int kind = 0;
    while (kind + 1 < KINDS && !has_kind(from->folder, kind))
        kind++;
    for (int other = kind + 1; other < KINDS && from->file == NULL; other++)
        if (has_kind(from->folder, other))
            return fail(e, STATUS_INPUT, "%s: it holds %s and %s: keep the tables that are meant", from->folder,
                        names[kind][0], names[other][0]);
    for (int k = 0; k < 2; k++) {
        const struct tabular_wish wish = {
            .label = w->label, .words = w->onehot ? w->words : NULL, .like = k == 1 ? &x->t[0] : NULL};
        char name[NAME_MAX + 1];
        snprintf(name, sizeof name, "%s", from->file != NULL ? from->file : names[kind][k]);
        if (from->file != NULL && text_ends_with(name, ".gz"))
            name[strlen(name) - 3] = '\0';
        if (from->file != NULL && k == 1) {
            memcpy(x->files[1].path, x->files[0].path, sizeof x->files[1].path);
            return STATUS_OK;
        }
        enum status s = whole_file_read(from->folder, name, &x->files[k], e);
        if (s == STATUS_OK)
            s = tabular_parse(x->files[k].bytes, x->files[k].n_bytes, &wish, x->files[k].path, &x->t[k], e);
        whole_file_free(&x->files[k]); /* its path stays, for messages */
        if (s != STATUS_OK)
            return s;
    }
    return STATUS_OK;
}

static enum status check_columns(const struct tables *x, struct errmsg *e);

/* Words become inputs of 0 and 1, and one table two. */
static enum status change(struct tables *x, const struct wish *w, struct errmsg *e)
{
    enum status s = w->split > 0 ? STATUS_OK : check_columns(x, e);
    bool words = false;
    for (int k = 0; k < x->t[0].n_columns; k++)
        words = words || x->t[0].words[k] != NULL;
    if (words && w->split == 0 && s == STATUS_OK)
        s = tabular_expand(&x->t[1], &x->t[0], x->files[1].path, &x->is_category[1], e);
    if (words && s == STATUS_OK)
        s = tabular_expand(&x->t[0], &x->t[0], x->files[0].path, &x->is_category[0], e);
    if (w->split > 0 && s == STATUS_OK)
        s = tabular_split(&x->t[0], w->split, &x->t[1], e);
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
    out->labels = malloc((size_t)t->n_rows + 1);
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
    d->columns = calloc((size_t)t->n_columns + 1, sizeof *d->columns);
    if (named)
        d->class_names = calloc((size_t)d->classes + 1, sizeof *d->class_names);
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
    struct wish wish;
    enum status s = read_wish(from, &wish, e);
    if (s != STATUS_OK)
        return s;
    struct tables *x = calloc(1, sizeof *x);
    if (x == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory for the tables of %s", from->folder);
    struct tabular *train = &x->t[0], *test = &x->t[1];
    bool named = false;
    s = read_both(x, from, &wish, e);
    if (s != STATUS_OK || (s = change(x, &wish, e)) != STATUS_OK ||
        (s = find_classes(x, &d->classes, &named, e)) != STATUS_OK)
        goto done;
    d->features = d->channels = train->n_columns;
    d->height = d->width = 1;
    if (!names_new(d, train, named) || !images_new(&d->train, train, x->class_of[0]) ||
        !images_new(&d->test, test, x->class_of[1])) {
        s = fail(e, STATUS_ENVIRONMENT, "out of memory for the %d lines of %s", train->n_rows, x->files[0].path);
        goto done;
    }
    for (int k = 0; k < d->features && x->is_category[0] != NULL; k++)
        d->columns[k].is_category = x->is_category[0][k];
    s = scale_features(d, (const double *const[]){train->numbers, test->numbers}, e);
done:
    for (int k = 0; k < 2; k++) {
        tabular_free(&x->t[k]);
        free(x->is_category[k]);
    }
    free(x);
    return s;
}

static const char *const file_ends[] = {".csv", ".csv.gz", ".tsv", ".tsv.gz", NULL};

const struct dataset_format dataset_tables = {
    .name = "tables (csv)",
    .files = "train.csv and test.csv",
    .suffix_rule = "only a table has columns",
    .file_ends = file_ends,
    .is_there = is_there,
    .load = load,
};
