/* The rows of axes.def as structs, and the functions that they refer to. */
#include "models/point/point.h"

#include <math.h>
#include <string.h>

enum { MOST = 1000000 };

static bool has_code(const struct point *p)
{
    return p->code.scheme != SCHEME_FLOAT;
}

static bool has_deltas(const struct point *p)
{
    return scheme_is_delta(p->code.scheme);
}

static bool has_reference(const struct point *p)
{
    return scheme_has_reference(p->code.scheme);
}

static bool has_buckets(const struct point *p)
{
    return has_deltas(p) && p->code.span == SPAN_BUCKET;
}

static bool has_hardware(const struct point *p)
{
    return p->hardware.engine != NULL;
}

static double first_hidden_width(const struct point *p)
{
    return p->shape.sizes[p->shape.n_layers > 1 ? 1 : 0];
}

static double shuffle_of_mode(const struct point *p)
{
    return p->train.mode == TRAIN_STANDARD;
}

/* The words of an axis are those of an enum; rows take them by number. */
#define AXIS(id, ...)
#define WORD_AXIS(id, type, ...)                                                                                       \
    static const char *type##_word(int value)                                                                          \
    {                                                                                                                  \
        return type##_name((enum type)value);                                                                          \
    }
#include "models/point/axes.def"
#undef AXIS
#undef WORD_AXIS

/* NOLINTBEGIN(bugprone-macro-parentheses): members cannot be put in parentheses */
#define AT(member) .offset = offsetof(struct point, member)
#define FORMAT(member, which)                                                                                          \
    .kind = AXIS_FORMATS, .lo = -MOST, .hi = MOST, .fallback = (which),                                                \
    .format_offset = offsetof(struct layer_format, member)
/* NOLINTEND(bugprone-macro-parentheses) */
#define NAMED(text) .name = (text), .column = (text)
#define WHOLE(least, greatest, which) .kind = AXIS_NUMBERS, .lo = (least), .hi = (greatest), .fallback = (which)
#define REAL(least, greatest, which) .kind = AXIS_REALS, .lo = (least), .hi = (greatest), .fallback = (which)
#define CODE .group = GROUP_CODE
#define HARDWARE .group = GROUP_HARDWARE
#define OLD_RECIPE .group = GROUP_TRAINING, .say = SAY_APART
#define RECIPE .group = GROUP_TRAINING, .say = SAY_ODD
#define LABEL(before) .labelled = LABEL_ALWAYS, .label = (before)
#define ODD_LABEL .labelled = LABEL_ODD, .label = ""

const struct axis axis_rows[AXIS_COUNT] = {
#define AXIS(id, ...) [AXIS_##id] = {__VA_ARGS__},
#define WORD_AXIS(id, type, count, which, ...)                                                                         \
    [AXIS_##id] = {.kind = AXIS_WORDS, .word = type##_word, .n_words = (count), .fallback = (which), __VA_ARGS__},
#include "models/point/axes.def"
};

int axis_find(const char *name)
{
    for (int a = 0; a < AXIS_COUNT; a++)
        if (strcmp(axis_rows[a].name, name) == 0)
            return a;
    return -1;
}
