/* The arguments of a command that is being put together. */
#pragma once

#include <stdbool.h>

struct arguments {
    char *list[64]; /* owned, see arguments_free */
    int n;
    bool failed;    /* out of memory, or too many */
};

/* arguments_add: adds one more, formatted. A failure sets failed. */
void arguments_add(struct arguments *a, const char *format, ...) __attribute__((format(printf, 2, 3)));
void arguments_free(struct arguments *a);
