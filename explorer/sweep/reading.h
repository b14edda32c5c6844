/* Fills a sweep from the nodes of a file or a command line, and makes the messages about them. A message about a file
 * has file, line and key (STATUS_INPUT); one about a command line has the option (STATUS_USAGE). */
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

/* reading_placed: returns st with a message. If st is STATUS_INPUT, that is the message why, with the place of n. */
enum status reading_placed(const struct reading *r, const struct node *n, enum status st, const struct errmsg *why);

/* reading_expect: fails unless n is of this kind and not an empty list. Where a list is expected, one value becomes a
 * list of that value. */
enum status reading_expect(const struct reading *r, struct node *n, enum node_kind kind);
