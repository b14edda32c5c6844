/* A sweep that is being filled from nodes, and the messages about them: of a file they have file, line and key
 * (STATUS_INPUT), of a command line the option (STATUS_USAGE). */
#pragma once

#include "explorer/sweep/sweep.h"
#include "explorer/sweep/yaml.h"

struct reading {
    struct sweep *s;
    struct errmsg *e;
};

/* reading_bad: a message about the value at n. reading_bad_key: about a key, which may be missing: line 0. */
enum status reading_bad(const struct reading *r, const struct node *n, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
enum status reading_bad_key(const struct reading *r, const char *path, int line, const char *text);
enum status reading_no_memory(const struct reading *r);

/* reading_placed: st, which came with the message why; where that is about a text, with the place of the text. */
enum status reading_placed(const struct reading *r, const struct node *n, enum status st, const struct errmsg *why);

/* reading_expect: that n is of this kind, and not an empty list. One value where a list is due becomes a list. */
enum status reading_expect(const struct reading *r, struct node *n, enum node_kind kind);
