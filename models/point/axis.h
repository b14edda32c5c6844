/* What a sweep may vary. axes.def has a row for each axis. This header says what a row holds, and has the functions
 * that write the value of an axis into a point, read it from a point, and turn it into text. */
#pragma once

#include "models/nn/layout/topology.h"

#include <stdbool.h>
#include <stddef.h>

enum { AXIS_TEXT_BYTES = TOPOLOGY_TEXT_BYTES };

struct point;

enum axis_id {
#define AXIS(id, ...) AXIS_##id,
#define WORD_AXIS(id, ...) AXIS_##id,
#include "models/point/axes.def"
#undef AXIS
#undef WORD_AXIS
    AXIS_COUNT
};

enum axis_kind {
    AXIS_WORDS,
    AXIS_NUMBERS,  /* whole */
    AXIS_REALS,
    AXIS_FLAGS,    /* true, false */
    AXIS_FORMATS,  /* a whole number, or one for each layer: 4-4-3-2 */
    AXIS_NETWORKS, /* 784-96-10 */
};

enum axis_group { GROUP_CODE, GROUP_HARDWARE, GROUP_NETWORK, GROUP_TRAINING };

struct axis {
    const char *name;               /* key of a sweep file, option */
    const char *column;             /* in the table points; formats have COLUMN_layers beside it */
    enum axis_kind kind;
    int n_words;                    /* of AXIS_WORDS: how many words there are */
    const char *(*word)(int value);
    double fallback;                /* the default; NAN: `follows` computes it */
    double (*follows)(const struct point *p); /* the default of a point whose network and mode are set */
    const char *follows_text;       /* that default in words, for help */
    double lo, hi;                  /* of numbers; a real's lo above 0 stands for any number above 0 */
    size_t offset;                  /* of its field in struct point */
    size_t format_offset;           /* of formats: of its field in struct layer_format */
    bool (*used)(const struct point *p); /* whether p has this axis; NULL: every point that `wish` allows */
    unsigned wish;                  /* enum wish_field that the engine must use; 0: none */
    /* How a point's digest includes the axis. ALWAYS: in the text of all axes. ODD: there too, but only a value that is
     * not the default; so the default must never change. APART: as a field of its own (point_digest), as it was before
     * there was a list of axes. */
    enum axis_say { SAY_ALWAYS, SAY_ODD, SAY_APART } say;
    enum axis_group group;          /* GROUP_TRAINING: a key of `train` too */
    enum axis_label { LABEL_NONE, LABEL_ALWAYS, LABEL_ODD } labelled; /* in the label of a training: never, always, or
                                                                         where it is not the default */
    const char *label;              /* what stands before its value there: "D" */
    const char *unit;               /* "bit"; "" for a count, NULL for words */
    const char *title;              /* for the axis of a plot, without the unit */
    const char *description;        /* one line of `help columns` */
    const char *layers_title, *layers_description; /* of formats: the same of COLUMN_layers */
};
extern const struct axis axis_rows[AXIS_COUNT]; /* for axis_at, which is called a hundred times for a point */
static inline const struct axis *axis_at(enum axis_id a)
{
    return &axis_rows[a];
}
/* axis_find: the axis of this name, -1 if there is none. */
int axis_find(const char *name);

/* axis_word_in: the word of an axis ("fixed-point") that an SQL expression has without quotes, where SQL complains of the
 * name `part` in it: "fixed", "float". NULL if there is none. */
const char *axis_word_in(const char *sql, const char *part);

struct axis_value {
    double number;        /* words: their enum; flags: 0, 1; formats: the greatest of all layers */
    int n_layers;         /* formats: how many of layers count; 0: one value for all layers */
    int layers[NETWORK_MAX_LAYERS];
    const struct topology *network; /* networks, borrowed */
};

/* axis_default: the default of an axis for p. axis_used: whether p uses the axis. */
double axis_default(const struct point *p, enum axis_id a);
bool axis_used(const struct point *p, enum axis_id a);
/* axis_set: writes the value of an axis into p; of a format only the value for all layers. axis_get: reads the value
 * from p; of a format also the value of each layer. */
void axis_set(struct point *p, enum axis_id a, const struct axis_value *v);
struct axis_value axis_get(const struct point *p, enum axis_id a);
/* axis_text: the value as a sweep file has it: "fixed-point", "8", "0.001", "true", "4-4-3-2", "784-96-10". */
void axis_text(enum axis_id a, const struct axis_value *v, char out[AXIS_TEXT_BYTES]);
