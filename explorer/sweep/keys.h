/* The keys of a sweep file: what each may be, and how a sweep is filled from them. The axes are keys too (axis.h). */
#pragma once

#include "explorer/sweep/sweep.h"
#include "explorer/sweep/yaml.h"

/* A key that is no axis. */
struct key_about {
    const char *name;
    enum key_part { PART_TOP, PART_TRAIN, PART_SEARCH, PART_BUDGET } part; /* where it stands */
    const char *option;      /* that sets it on a command line, without dashes; NULL: none does */
    const char *argument;    /* of the option, for its help */
    const char *description; /* one line */
};
const struct key_about *keys_list(int *n);

/* keys_option: the option that sets a key or an axis: "delta-bits". */
void keys_option(const char *name, char out[32]);

/* keys_read: reads a whole sweep file into s. keys_check: checks what depends on several keys; root is NULL for a
 * command line. */
enum status keys_read(struct sweep *s, struct node *root, struct errmsg *e);
enum status keys_check(struct sweep *s, const struct node *root, struct errmsg *e);

/* keys_check_name: STATUS_USAGE where no sweep may be called so. */
enum status keys_check_name(const char *name, struct errmsg *e);
