/* Tables with a header line (RFC 4180; through libcsv), separated by commas, semicolons or tabs: one column of labels,
 * all others numbers, or words where that is asked for. */
#pragma once

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TABULAR_MAX_NAMES = 256 };

/* The different words of a column, sorted as bytes. */
struct tabular_words {
    int n;
    char *names[TABULAR_MAX_NAMES];
};

struct tabular {
    int n_rows, n_columns; /* columns of numbers */
    char **columns;        /* their names, in the file's order */
    double *numbers;       /* n_rows · n_columns, all finite */
    struct tabular_words **words; /* n_columns; NULL: numbers; else the number of a line is the place of its word */
    int n_names;
    char *names[TABULAR_MAX_NAMES]; /* the labels that occur, sorted as bytes */
    uint8_t *labels;                /* n_rows: which of names */
    int *lines;                     /* n_rows: the line of the file, from 1, on which a row ends */
};

/* What of a table is what. */
struct tabular_wish {
    const char *label;         /* the name of the column of labels */
    const char *words;         /* names of columns with words, between `+`; "": all whose first field is no number; NULL:
                                  none has */
    const struct tabular *like; /* instead of `words`, where not NULL: the columns of this table that have words */
};

/* tabular_parse: reads bytes[0..n_bytes), the content of `file`. Any bytes are
 * safe: quoted fields, CRLF and a byte-order mark are understood; the separator is the one of comma, semicolon and tab
 * that the header has the label between. STATUS_INPUT, with line and column, for what is
 * missing (an empty field, NA, NaN, null, ?), is no number, for a line that has more or fewer fields than the header,
 * for more than 256 different labels or words, and for UTF-16. STATUS_INTERRUPTED if the user asked to stop. *out:
 * tabular_free, also after a failure. */
enum status tabular_parse(const uint8_t *bytes, size_t n_bytes, const struct tabular_wish *wish, const char *file,
                          struct tabular *out, struct errmsg *e);

/* tabular_expand: every column of words becomes one column of 0 and 1 for each word of the same column of `like` (which
 * may be t itself), called COLUMN=WORD; is_category[k] (the caller's; n_columns of them) says which these are.
 * STATUS_INPUT for a word that `like` does not have, with its line in `file`. */
enum status tabular_expand(struct tabular *t, const struct tabular *like, const char *file, bool **is_category,
                           struct errmsg *e);

/* tabular_take: these n columns, with their names, replace those of t; all are t's then. */
void tabular_take(struct tabular *t, char **columns, double *numbers, int n);

/* tabular_split: takes this fraction of the lines of each label out of t, into *test: at least one line of each label
 * that has several stays and goes. Which lines is the same at every time. */
enum status tabular_split(struct tabular *t, double fraction, struct tabular *test, struct errmsg *e);
void tabular_free(struct tabular *t);
