#include "explorer/report/table_values.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_LOOKED_UP = 4096, FIRST_SLOTS = 64 }; /* more different values are not looked for; both powers of 2 */

/* is_same: to the bit, so that -0.0 stays what it is. */
static bool is_same(const struct cell *a, const struct cell *b)
{
    if (a->type != b->type)
        return false;
    if (a->type == CELL_TEXT)
        return a->integer == b->integer && memcmp(a->text, b->text, (size_t)a->integer) == 0;
    return a->type == CELL_NULL || a->integer == b->integer; /* a real has the same bytes */
}

static unsigned hash_of(const struct cell *c)
{
    uint64_t h = 0x9e3779b97f4a7c15u * (c->type + 1);
    if (c->type == CELL_TEXT)
        for (int64_t i = 0; i < c->integer; i++)
            h = (h ^ (unsigned char)c->text[i]) * 0x100000001b3u;
    else if (c->type != CELL_NULL)
        h = (h ^ (uint64_t)c->integer) * 0x9e3779b97f4a7c15u;
    return (unsigned)(h >> 32) ^ (unsigned)h;
}

/* slot_of: where the value stands in the hash table, or where it would. */
static unsigned *slot_of(const struct table_values *v, const struct cell *c)
{
    const unsigned mask = (unsigned)v->n_slots - 1;
    unsigned at = hash_of(c) & mask;
    while (v->slots[at] != 0 && !is_same(&v->cells[v->slots[at] - 1], c))
        at = (at + 1) & mask;
    return &v->slots[at];
}

/* make_slots: at most half of them are in use. */
static bool make_slots(struct table_values *v)
{
    if (v->n_slots > 2 * v->n)
        return true;
    free(v->slots);
    v->n_slots = v->n_slots == 0 ? FIRST_SLOTS : 2 * v->n_slots;
    v->slots = calloc((size_t)v->n_slots, sizeof *v->slots);
    for (int i = 0; i < v->n && v->slots != NULL; i++)
        *slot_of(v, &v->cells[i]) = (unsigned)i + 1;
    return v->slots != NULL;
}

/* append: a copy of the value. */
static bool append(struct table_values *v, const struct cell *c)
{
    if (v->n == v->room) {
        const int room = v->room == 0 ? 8 : 2 * v->room;
        struct cell *cells = realloc(v->cells, (size_t)room * sizeof *cells);
        if (cells == NULL)
            return false;
        v->cells = cells;
        v->room = room;
    }
    struct cell *own = &v->cells[v->n];
    *own = *c;
    if (c->type == CELL_TEXT) {
        if ((own->text = malloc((size_t)c->integer + 1)) == NULL)
            return false;
        memcpy(own->text, c->text, (size_t)c->integer);
        own->text[c->integer] = '\0';
    }
    v->n++;
    return true;
}

/* find: the number of the value, added if it is new; -1: out of memory. */
static int find(struct table_values *v, int row, const struct cell *c)
{
    const unsigned last = row > 0 ? v->of_row[row - 1] : 0;
    if (row > 0 && is_same(&v->cells[last], c))
        return (int)last;
    if (v->n == MOST_LOOKED_UP) {
        free(v->slots);
        v->slots = NULL;
    }
    if (v->n >= MOST_LOOKED_UP)
        return append(v, c) ? v->n - 1 : -1;
    if (!make_slots(v))
        return -1;
    unsigned *slot = slot_of(v, c);
    if (*slot != 0)
        return (int)*slot - 1;
    if (!append(v, c))
        return -1;
    *slot = (unsigned)v->n;
    return v->n - 1;
}

bool table_values_add(struct table_values *v, int row, const struct cell *c)
{
    if (row == v->room_rows) {
        const int room = v->room_rows == 0 ? 64 : 2 * v->room_rows;
        unsigned *of_row = realloc(v->of_row, (size_t)room * sizeof *of_row);
        if (of_row == NULL)
            return false;
        v->of_row = of_row;
        v->room_rows = room;
    }
    const int value = find(v, row, c);
    if (value >= 0)
        v->of_row[row] = (unsigned)value;
    return value >= 0;
}

void table_values_free(struct table_values *v)
{
    for (int i = 0; i < v->n; i++)
        if (v->cells[i].type == CELL_TEXT)
            free(v->cells[i].text);
    free(v->cells);
    free(v->of_row);
    free(v->slots);
}
