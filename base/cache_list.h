/* What is in the cache, and the removal of it while other processes use the cache. */
#pragma once

#include "base/status.h"

#include <stdbool.h>

struct cache_item {
    char kind[64], name[256]; /* <kind>/<name>: an entry, or a file */
    double bytes;             /* of all its files */
    double used;              /* when it was used last, s since 1970 */
};

struct cache_list {
    struct cache_item *items;
    int n;
};

/* cache_list_read: all entries and other files, the one used longest ago first; without what is being made, and what is
 * left of that. End with cache_list_free in every case. */
enum status cache_list_read(struct cache_list *list, struct errmsg *e);
void cache_list_free(struct cache_list *list);

enum cache_removal {
    CACHE_REMOVED, /* or would be */
    CACHE_IN_USE,  /* a living process makes it or has opened it */
    CACHE_STAYS,   /* it cannot be removed: errno says why */
};

/* cache_remove: removes one of the list; `dry`: only says what it would do. */
enum cache_removal cache_remove(const struct cache_item *item, bool dry);

/* cache_remove_left: removes what dead processes left in all kinds: drafts, locks, unfinished files; how many. `dry`:
 * only counts. */
int cache_remove_left(bool dry);
