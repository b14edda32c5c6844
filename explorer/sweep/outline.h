/* Where everything stands in a YAML text: a first pass before libcyaml reads the values. */
#ifndef DELTASWEEP_OUTLINE_H
#define DELTASWEEP_OUTLINE_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>

enum { OUTLINE_MAX_DEPTH = 8, OUTLINE_PATH_BYTES = 256 };

struct outline {
    int n;
    struct outline_entry {
        char *path; /* "axes.delta_bits[2]" */
        int line;   /* from 1 */
    } *entries;     /* owned, see outline_free */
    char *text;     /* the input, with `key: value` turned into `key: [value]` where a list is due, and [4, 3] into 4-3
                       where a word is; owned */
    size_t text_bytes;
};

/* What is due at a path. */
enum outline_due { OUTLINE_ANYTHING, OUTLINE_LIST, OUTLINE_WORD };

/* outline_read: finds every key and value. Refuses (STATUS_INPUT, with file and line)
 * what is not YAML, more than one document, aliases, and nesting deeper than
 * OUTLINE_MAX_DEPTH. due(path) says what the value of path is to be; a list in brackets where a word is due holds
 * words alone. */
enum status outline_read(const char *text, size_t bytes, const char *file, enum outline_due (*due)(const char *path),
                         struct outline *out, struct errmsg *e);
void outline_free(struct outline *o);

/* outline_line: the line of path, 0 if there is none. */
int outline_line(const struct outline *o, const char *path);

#endif
