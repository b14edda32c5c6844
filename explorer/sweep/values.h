/* Texts of sweep files and options as values of axes. A message here says what is wrong with the text; where the text
 * stands is the caller's to add. */
#pragma once

#include "base/status.h"
#include "explorer/sweep/pattern.h"
#include "models/point/axis.h"

#include <stdbool.h>

enum {
    VALUES_MAX = 4096,                 /* of one axis */
    VALUES_MAX_TEXT_BYTES = 1000,      /* of one value */
    VALUES_MAX_WEIGHTS = 50000000, /* of a network: 32-bit masters, moments and gradients of it must fit in memory */
};

/* The values of one axis, in the order in which they were given. */
struct axis_values {
    int n, room;
    bool given; /* by a sweep file or an option, not by default */
    struct axis_value *values; /* owned, with their networks; a number that is NAN: axis_default */
    struct pattern *
        *patterns; /* of each value the pattern that it is the first of, or NULL; NULL: none has one; owned */
};
void values_free(struct axis_values *v); /* leaves none */

/* For messages about what asks for values to be drawn or computed. */
#define VALUES_ARE_LISTED "deltasweep tries every value of a list, and draws none: write [a, b, c]"

/* values_add: adds a value. values_read: adds the value in text, or, with ranges, all of a range such as 2..8/2.
 * values_read_layers: of an axis of formats, a number for each layer, 4-4-3; one alone is for one layer. */
enum status values_add(struct axis_values *v, struct axis_value value, struct errmsg *e);
enum status values_read(enum axis_id a, const char *text, bool ranges, struct axis_values *v, struct errmsg *e);
enum status values_read_layers(enum axis_id a, const char *text, struct axis_values *v, struct errmsg *e);

/* values_add_number: adds a number that is no text, as of a database. STATUS_INPUT if the axis has no such value. */
enum status values_add_number(enum axis_id a, double number, struct axis_values *v, struct errmsg *e);

/* values_read_pattern: adds the first value of a pattern, with the pattern: of networks, or of formats of layers.
 * values_pick: the value of the pattern of value i with these numbers (pattern_text); room has its network.
 * values_expand: each pattern becomes all of its values. */
enum status values_read_pattern(enum axis_id a, const char *text, struct axis_values *v, struct errmsg *e);
enum status values_pick(enum axis_id a, const struct pattern *p, const int *choice, struct topology *room,
                        struct axis_value *out, struct errmsg *e);
enum status values_expand(enum axis_id a, struct axis_values *v, struct errmsg *e);

/* values_network: the network of words as topology_parse takes them; *wrong is the number of the bad one, or -1. */
enum status values_network(const char *const *words, int n, struct axis_values *v, int *wrong, struct errmsg *e);

/* A number, `first..last` or `first..last/step`. */
struct range {
    long long first, last, step;
};
enum status values_read_range(const char *text, long long lo, long long hi, struct range *r, struct errmsg *e);
long long values_count_range(const struct range *r);

enum status values_read_flag(const char *text, bool *value, struct errmsg *e);

/* values_refuse_word: the message that word is none of words: which is nearest, and which there are. */
enum status values_refuse_word(const char *word, const char *const *words, int n, struct errmsg *e);

/* values_list_words: "a, b, c". */
void values_list_words(char *out, size_t room, const char *const *words, int n);
