#include "base/intern.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

void intern_init(struct intern *set, size_t key_bytes)
{
    memset(set, 0, sizeof *set);
    set->key_bytes = key_bytes;
}

void intern_free(struct intern *set)
{
    free(set->keys);
    free(set->slots);
    set->keys = NULL;
    set->slots = NULL;
}

static size_t hash(const unsigned char *key, size_t n)
{
    uint64_t h = 0, word = 0;
    for (; n >= sizeof word; key += sizeof word, n -= sizeof word) {
        memcpy(&word, key, sizeof word);
        h = (h ^ word) * UINT64_C(0x9e3779b97f4a7c15);
        h ^= h >> 32;
    }
    for (; n > 0; key++, n--)
        h = (h ^ *key) * UINT64_C(0x9e3779b97f4a7c15);
    return (size_t)(h ^ h >> 32);
}

/* slot_of: where key is, or the empty slot where it would be. */
static int *slot_of(const struct intern *set, const void *key)
{
    for (size_t i = hash(key, set->key_bytes) & (set->n_slots - 1);; i = (i + 1) & (set->n_slots - 1)) {
        int *slot = &set->slots[i];
        if (*slot < 0 || memcmp(set->keys + (size_t)*slot * set->key_bytes, key, set->key_bytes) == 0)
            return slot;
    }
}

static bool grow(struct intern *set)
{
    const int room = set->room == 0 ? 64 : 2 * set->room;
    unsigned char *keys = realloc(set->keys, (size_t)room * set->key_bytes);
    if (keys == NULL)
        return false;
    set->keys = keys;
    int *slots = malloc(2 * (size_t)room * sizeof *slots);
    if (slots == NULL)
        return false;
    free(set->slots);
    set->slots = slots;
    set->n_slots = 2 * (size_t)room;
    set->room = room;
    for (size_t i = 0; i < set->n_slots; i++)
        slots[i] = -1;
    for (int i = 0; i < set->n; i++)
        *slot_of(set, set->keys + (size_t)i * set->key_bytes) = i;
    return true;
}

int intern_add(struct intern *set, const void *key, bool *fresh)
{
    *fresh = false;
    if (set->n == set->room && !grow(set))
        return -1;
    int *slot = slot_of(set, key);
    if (*slot < 0) {
        memcpy(set->keys + (size_t)set->n * set->key_bytes, key, set->key_bytes);
        *slot = set->n++;
        *fresh = true;
    }
    return *slot;
}

int intern_find(const struct intern *set, const void *key)
{
    return set->n == 0 ? -1 : *slot_of(set, key);
}
