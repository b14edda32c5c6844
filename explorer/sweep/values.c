#include "explorer/sweep/values.h"

#include "base/text.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_WORDS = 64 };

/* ------------------------------------------------------------------- the values */

void values_free(struct axis_values *v)
{
    for (int i = 0; i < v->n; i++)
        free((void *)v->values[i].network);
    for (int i = 0; i < v->n && v->patterns != NULL; i++)
        pattern_free(v->patterns[i]);
    free(v->patterns);
    free(v->values);
    *v = (struct axis_values){0};
}

enum status values_add(struct axis_values *v, struct axis_value value, struct errmsg *e)
{
    if (v->n == VALUES_MAX)
        return fail(e, STATUS_INPUT, "more than %d values", VALUES_MAX);
    if (v->n == v->room) {
        const int room = v->room == 0 ? 4 : 2 * v->room;
        struct axis_value *grown = realloc(v->values, (size_t)room * sizeof *grown);
        if (grown == NULL)
            return fail(e, STATUS_ENVIRONMENT, "out of memory");
        v->values = grown;
        if (v->patterns != NULL) {
            struct pattern **more = realloc(v->patterns, (size_t)room * sizeof(struct pattern *));
            if (more == NULL)
                return fail(e, STATUS_ENVIRONMENT, "out of memory");
            v->patterns = more;
        }
        v->room = room;
    }
    if (v->patterns != NULL)
        v->patterns[v->n] = NULL;
    v->values[v->n++] = value;
    return STATUS_OK;
}

/* ------------------------------------------------------------------------ words */

void values_list_words(char *out, size_t room, const char *const *words, int n)
{
    size_t used = 0;
    out[0] = '\0';
    for (int i = 0; i < n && used < room; i++)
        used += (size_t)snprintf(out + used, room - used, "%s%s", i == 0 ? "" : ", ", words[i]);
}

enum status values_refuse_word(const char *word, const char *const *words, int n, struct errmsg *e)
{
    char all[1024];
    const char *nearest = text_nearest(word, words, n);
    values_list_words(all, sizeof all, words, n);
    if (nearest != NULL)
        return fail(e, STATUS_INPUT, "there is no `%.64s`; did you mean `%s`? (one of %s)", word, nearest, all);
    return fail(e, STATUS_INPUT, "there is no `%.64s` (one of %s)", word, all);
}

static enum status read_word(const struct axis *axis, const char *text, double *value, struct errmsg *e)
{
    const char *words[MAX_WORDS];
    for (int i = 0; i < axis->n_words; i++) {
        words[i] = axis->word(i);
        if (strcmp(text, words[i]) == 0) {
            *value = i;
            return STATUS_OK;
        }
    }
    return values_refuse_word(text, words, axis->n_words, e);
}

enum status values_read_flag(const char *text, bool *value, struct errmsg *e)
{
    static const char *const words[2][3] = {{"false", "False", "FALSE"}, {"true", "True", "TRUE"}}; /* YAML's three */
    for (int v = 0; v < 2; v++)
        for (int k = 0; k < 3; k++)
            if (strcmp(text, words[v][k]) == 0) {
                *value = v;
                return STATUS_OK;
            }
    return fail(e, STATUS_INPUT, "`%.64s` is neither true nor false", text);
}

/* ---------------------------------------------------------------------- numbers */

static bool two_numbers(const char *text, double *lo, double *hi)
{
    double found[2];
    int n = 0;
    for (const char *p = text; *p != '\0' && n < 2;) {
        char *end = (char *)p;
        if (isdigit((unsigned char)*p))
            found[n++] = strtod(p, &end);
        p = end > p ? end : p + 1;
    }
    *lo = n == 2 ? found[0] : 0;
    *hi = n == 2 ? found[1] : 0;
    return n == 2 && *lo < *hi && isfinite(*hi);
}

/* listed: adds a list that covers what text seems to ask for: "loguniform(1e-4, 1e-1)", "0.1..0.5". */
static void listed(const struct axis *axis, const char *text, struct errmsg *e)
{
    enum { POINTS = 4 };
    double lo, hi;
    const bool known = two_numbers(text, &lo, &hi), grows = known && lo > 0 && hi / lo >= 10;
    const size_t used = strlen(e->text);
    char list[160] = "";
    size_t n = 0;
    for (int i = 0; i < POINTS && known; i++) {
        const double part = (double)i / (POINTS - 1), v = grows ? lo * pow(hi / lo, part) : lo + part * (hi - lo);
        n += (size_t)snprintf(list + n, sizeof list - n, "%s%.*g", i == 0 ? "" : ", ",
                              axis->kind == AXIS_REALS ? 2 : 6, axis->kind == AXIS_REALS ? v : round(v));
    }
    snprintf(e->text + used, sizeof e->text - used, ": " VALUES_ARE_LISTED "%s%s%s", known ? ", here [" : "", list,
             known ? "]" : "");
}

/* samples: whether text asks for values to be drawn or computed: "uniform(0, 1)", "log-uniform", "0.1..0.5". */
static bool samples(const struct axis *axis, const char *text)
{
    return strchr(text, '(') != NULL || strcasestr(text, "uniform") != NULL || strcasestr(text, "log") != NULL ||
           (axis->kind == AXIS_REALS && strstr(text, "..") != NULL);
}

/* is_octal: whether text is a number with a zero before it: 010 is 10 to some programs, and 8 to others. */
static bool is_octal(const char *text)
{
    text += *text == '-' || *text == '+';
    return text[0] == '0' && isdigit((unsigned char)text[1]);
}

/* refuse: adds to the message of a refusal what may be meant. */
static enum status refuse(const struct axis *axis, const char *text, struct errmsg *e)
{
    const size_t used = e == NULL ? 0 : strlen(e->text);
    if (e != NULL && samples(axis, text))
        listed(axis, text, e);
    else if (e != NULL && is_octal(text))
        snprintf(e->text + used, sizeof e->text - used, "; write it without the 0 before it");
    else if (e != NULL && strchr(text, ',') != NULL)
        snprintf(e->text + used, sizeof e->text - used, "; a list is written [2, 3, 4]");
    return STATUS_INPUT;
}

static bool to_integer(const char *text, long long lo, long long hi, long long *value)
{
    char *end;
    if ((!isdigit((unsigned char)text[0]) && text[0] != '-') || is_octal(text))
        return false;
    errno = 0;
    *value = strtoll(text, &end, 10);
    return errno == 0 && end != text && *end == '\0' && *value >= lo && *value <= hi;
}

long long values_count_range(const struct range *r)
{
    return (r->last - r->first) / r->step + 1;
}

/* range_meant: adds to the message what 0-4, 0:4 and 010 are written as. */
static void range_meant(const char *text, struct errmsg *e)
{
    long long first, last;
    int n = 0;
    const size_t used = e == NULL ? 0 : strlen(e->text);
    if (e != NULL && strlen(text) < 32 && sscanf(text, "%lld%*1[-:]%lld%n", &first, &last, &n) == 2 && text[n] == '\0')
        snprintf(e->text + used, sizeof e->text - used, ": write %lld..%lld", first, last);
    else if (e != NULL && is_octal(text))
        snprintf(e->text + used, sizeof e->text - used, "; write it without the 0 before it");
}

enum status values_read_range(const char *text, long long lo, long long hi, struct range *r, struct errmsg *e)
{
    char copy[128];
    const char *dots = strstr(text, "..");
    r->step = 1;
    if (dots == NULL) {
        if (!to_integer(text, lo, hi, &r->first)) {
            fail(e, STATUS_INPUT,
                 "`%.64s` is neither a whole number from %lld to %lld nor a range such as 2..6 or 2..8/2", text, lo, hi);
            range_meant(text, e);
            return STATUS_INPUT;
        }
        r->last = r->first;
        return STATUS_OK;
    }
    snprintf(copy, sizeof copy, "%s", text);
    char *last = copy + (dots - text < (long)sizeof copy - 3 ? dots - text : 0);
    *last = '\0';
    last += 2;
    char *step = strchr(last, '/');
    if (step != NULL)
        *step++ = '\0';
    if (strlen(text) >= sizeof copy || !to_integer(copy, lo, hi, &r->first) || !to_integer(last, lo, hi, &r->last) ||
        (step != NULL && !to_integer(step, 1, hi, &r->step)))
        return fail(e, STATUS_INPUT,
                    "`%.64s` is not a range: write first..last or first..last/step, from %lld to %lld", text, lo, hi);
    if (r->first > r->last)
        return fail(e, STATUS_INPUT, "the range `%.64s` is empty: its first number is above its last", text);
    return STATUS_OK;
}

static enum status read_numbers(const struct axis *axis, const char *text, bool ranges, struct axis_values *v,
                                struct errmsg *e)
{
    const long long lo = (long long)axis->lo, hi = (long long)axis->hi;
    struct range r = {0, 0, 1};
    enum status st = STATUS_OK;
    if (ranges && (st = values_read_range(text, lo, hi, &r, e)) != STATUS_OK)
        return refuse(axis, text, e);
    if (!ranges && !to_integer(text, lo, hi, &r.first)) {
        fail(e, STATUS_INPUT, "`%.64s` is not a whole number from %lld to %lld", text, lo, hi);
        return refuse(axis, text, e);
    }
    if (!ranges)
        r.last = r.first;
    if (values_count_range(&r) > VALUES_MAX - v->n)
        return fail(e, STATUS_INPUT, "more than %d values", VALUES_MAX);
    for (long long i = r.first; i <= r.last && st == STATUS_OK; i += r.step)
        st = values_add(v, (struct axis_value){.number = (double)i}, e);
    return st;
}

static enum status read_real(const struct axis *axis, const char *text, double *value, struct errmsg *e)
{
    char *end;
    *value = strtod(text, &end);
    const bool decimal = text[strspn(text, "+-.0123456789eE")] == '\0' && !is_octal(text);
    if (decimal && end != text && *end == '\0' && isfinite(*value) && *value >= axis->lo && *value <= axis->hi)
        return STATUS_OK;
    if (axis->lo > 0)
        fail(e, STATUS_INPUT, "`%.64s` is not a number above 0", text);
    else
        fail(e, STATUS_INPUT, "`%.64s` is not a number from %g to %g", text, axis->lo, axis->hi);
    return refuse(axis, text, e);
}

/* read_layers: "4-4-3-2". */
static enum status read_layers(const struct axis *axis, const char *text, struct axis_value *v, struct errmsg *e)
{
    char copy[VALUES_MAX_TEXT_BYTES + 1], *rest = copy;
    long long number = 0;
    v->number = axis->lo;
    snprintf(copy, sizeof copy, "%s", text);
    for (char *word; (word = strsep(&rest, "-")) != NULL;) {
        if (v->n_layers == NETWORK_MAX_LAYERS || !to_integer(word, 0, (long long)axis->hi, &number))
            return fail(e, STATUS_INPUT,
                        "`%.64s` is neither a whole number nor one for each layer, as 4-4-3 (at most %d)", text,
                        NETWORK_MAX_LAYERS);
        v->layers[v->n_layers++] = (int)number;
        v->number = fmax(v->number, (double)number);
    }
    return STATUS_OK;
}

enum status values_read_layers(enum axis_id a, const char *text, struct axis_values *v, struct errmsg *e)
{
    struct axis_value value = {0};
    const enum status st = read_layers(axis_at(a), text, &value, e);
    return st == STATUS_OK ? values_add(v, value, e) : st;
}

enum status values_add_number(enum axis_id a, double number, struct axis_values *v, struct errmsg *e)
{
    const struct axis *axis = axis_at(a);
    const bool flag = axis->kind == AXIS_FLAGS, whole = axis->kind != AXIS_REALS;
    const double lo = flag ? 0 : axis->lo, hi = flag ? 1 : axis->hi;
    if (axis->kind == AXIS_WORDS || axis->kind == AXIS_NETWORKS)
        return fail(e, STATUS_INPUT, "%g is a number, where a word belongs", number);
    if (!(number >= lo && number <= hi) || (whole && number != floor(number)))
        return fail(e, STATUS_INPUT, "%g is not a %snumber from %g to %g", number, whole ? "whole " : "", lo, hi);
    return values_add(v, (struct axis_value){.number = number}, e);
}

/* --------------------------------------------------------------------- networks */

enum status values_network(const char *const *words, int n, struct axis_values *v, int *wrong, struct errmsg *e)
{
    struct topology *shape = malloc(sizeof *shape);
    *wrong = -1;
    if (shape == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory");
    enum status st = topology_parse(words, n, shape, wrong, e);
    if (st == STATUS_OK && topology_weights(shape) > VALUES_MAX_WEIGHTS)
        st = fail(e, STATUS_INPUT, "%lld weights are more than the %d that can be trained",
                  (long long)topology_weights(shape), VALUES_MAX_WEIGHTS);
    if (st == STATUS_OK)
        st = values_add(v, (struct axis_value){.network = shape}, e);
    if (st != STATUS_OK)
        free(shape);
    return st;
}

/* split: the words of text, which is cut at its dashes. One word more than a network can have is kept, to be refused.
 */
static int split(char *text, const char *words[2 * NETWORK_MAX_LAYERS + 2])
{
    int n = 0;
    for (char *rest = text; rest != NULL && n < 2 * NETWORK_MAX_LAYERS + 2;)
        words[n++] = strsep(&rest, "-");
    return n;
}

/* read_network: "784-96-10". */
static enum status read_network(const char *text, struct axis_values *v, struct errmsg *e)
{
    char copy[VALUES_MAX_TEXT_BYTES + 1];
    const char *words[2 * NETWORK_MAX_LAYERS + 2];
    int wrong;
    snprintf(copy, sizeof copy, "%s", text);
    const int n = split(copy, words);
    return values_network(words, n, v, &wrong, e);
}

/* --------------------------------------------------------------------- patterns */

enum status values_pick(enum axis_id a, const struct pattern *p, const int *choice, struct topology *room,
                        struct axis_value *out, struct errmsg *e)
{
    char text[VALUES_MAX_TEXT_BYTES + 1];
    const char *words[2 * NETWORK_MAX_LAYERS + 2];
    int wrong = -1;
    *out = (struct axis_value){0};
    pattern_text(p, choice, text, sizeof text);
    if (axis_at(a)->kind != AXIS_NETWORKS)
        return read_layers(axis_at(a), text, out, e);
    const int n = split(text, words);
    const enum status st = topology_parse(words, n, room, &wrong, e);
    out->network = room;
    if (st == STATUS_OK && topology_weights(room) > VALUES_MAX_WEIGHTS)
        return fail(e, STATUS_INPUT, "%lld weights are more than the %d that can be trained",
                    (long long)topology_weights(room), VALUES_MAX_WEIGHTS);
    return st;
}

/* add_picked: adds the value with these numbers, with a network of its own. */
static enum status add_picked(enum axis_id a, const struct pattern *p, const int *choice, struct axis_values *v,
                              struct errmsg *e)
{
    const bool network = axis_at(a)->kind == AXIS_NETWORKS;
    struct topology *room = network ? calloc(1, sizeof *room) : NULL;
    struct axis_value value = {0};
    if (network && room == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory");
    enum status st = values_pick(a, p, choice, room, &value, e);
    value.network = room;
    if (st == STATUS_OK)
        st = values_add(v, value, e);
    if (st != STATUS_OK)
        free(room);
    return st; // NOLINT(clang-analyzer-unix.Malloc): v has room now
}

enum status values_read_pattern(enum axis_id a, const char *text, struct axis_values *v, struct errmsg *e)
{
    const int first[PATTERN_MAX_WORDS] = {0};
    struct pattern *p = NULL;
    if (strlen(text) > VALUES_MAX_TEXT_BYTES)
        return fail(e, STATUS_INPUT, "the value is too long");
    enum status st = pattern_read(text, &p, e);
    if (st == STATUS_OK)
        st = add_picked(a, p, first, v, e);
    if (st == STATUS_OK && v->patterns == NULL &&
        (v->patterns = calloc((size_t)v->room, sizeof(struct pattern *))) == NULL)
        st = fail(e, STATUS_ENVIRONMENT, "out of memory");
    if (st == STATUS_OK && v->patterns != NULL)
        v->patterns[v->n - 1] = p;
    else
        pattern_free(p);
    return st;
}

/* add_all: every value of p; the last word changes fastest. */
static enum status add_all(enum axis_id a, const struct pattern *p, struct axis_values *v, struct errmsg *e)
{
    int choice[PATTERN_MAX_WORDS] = {0};
    const long n = pattern_count(p, VALUES_MAX);
    enum status st = n > VALUES_MAX - v->n ? fail(e, STATUS_INPUT,
                                                  "more than %d values: a grid tries all that braces "
                                                  "stand for; a search (docs/search.md) chooses among them",
                                                  VALUES_MAX)
                                           : STATUS_OK;
    for (long i = 0; i < n && st == STATUS_OK; i++) {
        long rest = i;
        for (int w = p->n_words - 1; w >= 0; w--) {
            choice[w] = (int)(rest % pattern_choices(p, w));
            rest /= pattern_choices(p, w);
        }
        st = add_picked(a, p, choice, v, e);
    }
    return st;
}

enum status values_expand(enum axis_id a, struct axis_values *v, struct errmsg *e)
{
    struct axis_values all = {.given = v->given};
    enum status st = STATUS_OK;
    if (v->patterns == NULL)
        return STATUS_OK;
    for (int i = 0; i < v->n && st == STATUS_OK; i++) {
        if (v->patterns[i] != NULL)
            st = add_all(a, v->patterns[i], &all, e);
        else if ((st = values_add(&all, v->values[i], e)) == STATUS_OK)
            v->values[i].network = NULL; /* it has moved */
    }
    values_free(st == STATUS_OK ? v : &all);
    if (st == STATUS_OK)
        *v = all;
    return st;
}

/* -------------------------------------------------------------------- any of them */

enum status values_read(enum axis_id a, const char *text, bool ranges, struct axis_values *v, struct errmsg *e)
{
    const struct axis *axis = axis_at(a);
    struct axis_value value = {0};
    enum status st = STATUS_OK;
    bool flag = false;
    if (strlen(text) > VALUES_MAX_TEXT_BYTES)
        return fail(e, STATUS_INPUT, "the value is too long");
    if (pattern_has(text) && (axis->kind == AXIS_NETWORKS || axis->kind == AXIS_FORMATS)) {
        if (strchr(text, '-') == NULL)
            return fail(e, STATUS_INPUT,
                        "`%.64s` is a single word in braces: braces stand in a network "
                        "(784-{64..512 step 16}-10) or in a list of formats, one for each layer ([[{2..8}, 4]]); "
                        "values are listed as 2..8 or [2, 4]",
                        text);
        return values_read_pattern(a, text, v, e);
    }
    switch (axis->kind) {
    case AXIS_WORDS:
        st = read_word(axis, text, &value.number, e);
        break;
    case AXIS_FLAGS:
        st = values_read_flag(text, &flag, e);
        value.number = flag;
        break;
    case AXIS_REALS:
        st = read_real(axis, text, &value.number, e);
        break;
    case AXIS_NETWORKS:
        return read_network(text, v, e);
    case AXIS_FORMATS:
        if (!isdigit((unsigned char)text[0]) || strchr(text, '-') == NULL)
            return read_numbers(axis, text, ranges, v, e);
        st = read_layers(axis, text, &value, e);
        break;
    case AXIS_NUMBERS:
        return read_numbers(axis, text, ranges, v, e);
    }
    return st == STATUS_OK ? values_add(v, value, e) : st;
}
