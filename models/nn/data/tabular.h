/* CSV tables with a header line (RFC 4180; through libcsv): one column of labels, all others numbers. */
#pragma once

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

enum { TABULAR_MAX_NAMES = 256 };

struct tabular {
    int n_rows, n_columns; /* columns of numbers */
    char **columns;        /* their names, in the file's order */
    double *numbers;       /* n_rows · n_columns, all finite */
    int n_names;
    char *names[TABULAR_MAX_NAMES]; /* the labels that occur, sorted as bytes */
    uint8_t *labels;                /* n_rows: which of names */
    int *lines;                     /* n_rows: the line of the file, from 1, on which a row ends */
};

/* tabular_parse: reads bytes[0..n_bytes), the content of `file`; label: the name of the column of labels. Any bytes are
 * safe: quoted fields, CRLF and a byte-order mark are understood. STATUS_INPUT, with line and column, for what is
 * missing (an empty field, NA, NaN, null, ?), is no number, for a line that has more or fewer fields than the header,
 * and for more than 256 different labels. *out: tabular_free, also after a failure. */
enum status tabular_parse(const uint8_t *bytes, size_t n_bytes, const char *label, const char *file,
                          struct tabular *out, struct errmsg *e);
void tabular_free(struct tabular *t);
