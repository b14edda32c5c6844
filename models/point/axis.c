#include "models/point/point.h"

#include "base/text.h"

#include <ctype.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

double axis_default(const struct point *p, enum axis_id a)
{
    const struct axis *x = axis_at(a);
    return isnan(x->fallback) ? x->follows(p) : x->fallback;
}

bool axis_used(const struct point *p, enum axis_id a)
{
    const struct axis *x = axis_at(a);
    return (x->used == NULL || x->used(p)) && (x->wish == 0 || engine_uses(p->hardware.engine, (enum wish_field)x->wish));
}

/* in_sql: whether word stands in sql outside of quotes, as a whole word. */
static bool in_sql(const char *sql, const char *word)
{
    const size_t n = strlen(word);
    char quote = '\0';
    for (const char *p = sql; *p != '\0'; p++) {
        if (quote != '\0' || *p == '\'' || *p == '"') {
            quote = quote == '\0' ? *p : quote == *p ? '\0' : quote;
            continue;
        }
        const bool starts = p == sql || (!isalnum((unsigned char)p[-1]) && strchr("_-.", p[-1]) == NULL);
        if (starts && strncasecmp(p, word, n) == 0 && !isalnum((unsigned char)p[n]) && p[n] != '_' && p[n] != '-')
            return true;
    }
    return false;
}

const char *axis_word_in(const char *sql, const char *part)
{
    const size_t n = strlen(part);
    for (int a = 0; a < AXIS_COUNT && n > 0; a++)
        for (int i = 0; i < axis_at((enum axis_id)a)->n_words; i++) {
            const char *word = axis_at((enum axis_id)a)->word(i), *found = strcasestr(word, part);
            const bool begins = found != NULL && (found == word || found[-1] == '-');
            if (begins && (found[n] == '\0' || found[n] == '-') && in_sql(sql, word))
                return word;
        }
    return NULL;
}

/* The fields are reached by their offset; an enum is stored as an int. */
_Static_assert(sizeof(enum scheme) == sizeof(int) && sizeof(enum engine_kind) == sizeof(int), "enums are ints");

void axis_set(struct point *p, enum axis_id a, const struct axis_value *v)
{
    char *field = (char *)p + axis_at(a)->offset;
    int whole = 0;
    const bool flag = v->number != 0;
    switch (axis_at(a)->kind) {
    case AXIS_WORDS:
    case AXIS_NUMBERS:
    case AXIS_FORMATS:
        whole = (int)v->number; /* a real may be too large for it */
        memcpy(field, &whole, sizeof whole);
        break;
    case AXIS_REALS:
        memcpy(field, &v->number, sizeof v->number);
        break;
    case AXIS_FLAGS:
        memcpy(field, &flag, sizeof flag);
        break;
    case AXIS_NETWORKS:
        memcpy(field, v->network, sizeof *v->network);
        break;
    }
}

static int format_of(const struct layer_format *f, enum axis_id a)
{
    int number;
    memcpy(&number, (const char *)f + axis_at(a)->format_offset, sizeof number);
    return number;
}

/* number_of: the number of an axis; 0 for a network. */
static double number_of(const struct point *p, const struct axis *axis)
{
    const char *field = (const char *)p + axis->offset;
    double number = 0;
    int whole = 0;
    bool flag = false;
    switch (axis->kind) {
    case AXIS_WORDS:
    case AXIS_NUMBERS:
    case AXIS_FORMATS:
        memcpy(&whole, field, sizeof whole);
        return whole;
    case AXIS_REALS:
        memcpy(&number, field, sizeof number);
        return number;
    case AXIS_FLAGS:
        memcpy(&flag, field, sizeof flag);
        return flag;
    case AXIS_NETWORKS:
        break;
    }
    return number;
}

/* with_layers: v, and the numbers of an axis of formats in each layer, if they differ. */
static struct axis_value with_layers(struct axis_value v, const struct code *c, enum axis_id a)
{
    for (int l = 0; l < c->n_formats; l++) {
        v.layers[l] = format_of(&c->formats[l], a);
        if (v.layers[l] != (int)v.number)
            v.n_layers = c->n_formats;
    }
    return v;
}

struct axis_value axis_get(const struct point *p, enum axis_id a)
{
    const struct axis *axis = axis_at(a);
    const struct topology *network = axis->kind == AXIS_NETWORKS ? &p->shape : NULL;
    const struct axis_value v = {.number = number_of(p, axis), .network = network};
    return axis->kind == AXIS_FORMATS && p->code.n_formats > 0 ? with_layers(v, &p->code, a) : v;
}

/* real_text: the shortest text that is the very number. A sweep has few numbers and many points: texts are kept. */
static void real_text(double v, char out[AXIS_TEXT_BYTES])
{
    enum { KEPT = 64, ROOM = 32 };
    static _Thread_local struct {
        uint64_t bits; /* of the number */
        char text[ROOM];
    } kept[KEPT];
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    const size_t at = (bits * UINT64_C(0x9e3779b97f4a7c15)) >> 58;
    if (kept[at].text[0] == '\0' || kept[at].bits != bits) {
        kept[at].bits = bits;
        for (int digits = 6; digits <= 17; digits++) {
            snprintf(kept[at].text, ROOM, "%.*g", digits, v);
            if (strtod(kept[at].text, NULL) == v)
                break;
        }
    }
    text_append(out, AXIS_TEXT_BYTES, 0, kept[at].text);
}

void axis_text(enum axis_id a, const struct axis_value *v, char out[AXIS_TEXT_BYTES])
{
    size_t used = 0;
    switch (axis_at(a)->kind) {
    case AXIS_WORDS:
        text_append(out, AXIS_TEXT_BYTES, 0, axis_at(a)->word((int)v->number));
        break;
    case AXIS_NUMBERS:
    case AXIS_FORMATS:
        if (v->n_layers == 0)
            text_of_integer((int)v->number, out);
        for (int l = 0; l < v->n_layers && used < AXIS_TEXT_BYTES; l++)
            used += (size_t)snprintf(out + used, AXIS_TEXT_BYTES - used, "%s%d", l == 0 ? "" : "-", v->layers[l]);
        break;
    case AXIS_REALS:
        real_text(v->number, out);
        break;
    case AXIS_FLAGS:
        text_append(out, AXIS_TEXT_BYTES, 0, v->number != 0 ? "true" : "false");
        break;
    case AXIS_NETWORKS:
        topology_text(v->network, out);
        break;
    }
}
