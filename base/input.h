/* What is read whole: which kinds of files, how much of each, and what is refused. input.def has the table. */
#pragma once

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>

enum input {
#define INPUT(id, ...) id,
#include "base/input.def"
#undef INPUT
    INPUT_COUNT
};

/* input_bytes: the bound of a kind, as the table has it. input_most: the most that is read of it here, with this
 * memory. input_what: "a sweep file". */
size_t input_bytes(enum input kind);
size_t input_most(enum input kind);
const char *input_what(enum input kind);
bool input_is_text(enum input kind);

/* input_check: whether a file of this kind can be read: STATUS_INPUT if it is larger, or neither a file nor, for a text,
 * a pipe or a terminal. A file that is not there is good, and so is a folder. */
enum status input_check(const char *path, enum input kind, struct errmsg *e);

/* input_too_large: the message for a file of this kind that has more bytes than are read; STATUS_INPUT. */
enum status input_too_large(const char *path, enum input kind, struct errmsg *e);

/* input_read: the whole content of a file, with a 0 after it; *bytes is its length, *text the caller's to free, NULL
 * on failure. STATUS_INPUT as input_check, or if nobody writes to a pipe; STATUS_ENVIRONMENT if it cannot be read. */
enum status input_read(const char *path, enum input kind, char **text, size_t *bytes, struct errmsg *e);

/* input_read_stdin: the same of standard input, whatever it is. */
enum status input_read_stdin(enum input kind, char **text, struct errmsg *e);
