/* A set of keys that numbers them in the order in which they come: 0 for the first, 1 for the second, … */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct intern {
    size_t key_bytes;
    unsigned char *keys; /* n · key_bytes, by number; owned */
    int *slots;          /* open addressing, at most half full; -1 is empty; owned */
    size_t n_slots;
    int n, room;
};

/* intern_init: for keys of key_bytes each; two keys are equal if their bytes are. */
void intern_init(struct intern *set, size_t key_bytes);
void intern_free(struct intern *set);

/* intern_add: adds the key unless it is there, and returns its number; -1 without memory. *fresh: it was new. */
int intern_add(struct intern *set, const void *key, bool *fresh);

/* intern_find: the key's number; -1 if it is not there. */
int intern_find(const struct intern *set, const void *key);
