#include "explorer/sweep/sweep.h"

#include "base/text.h"
#include "base/intern.h"
#include "explorer/sweep/outline.h"
#include "models/nn/io/network_file.h"

#include <cyaml/cyaml.h>
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { MAX_WORDS = 64 };

/* The file as libcyaml reads it: every value still a text, so that what is wrong with
 * one can be said with its place and the words that it might have been. */
struct words {
    char **items;
    unsigned n;
};
struct raw_sweep {
    char *name, *dataset, *where, *skip_unfit;
    struct words network, device;
    struct raw_train {
        char *value[AXIS_COUNT];
        char *load;
        struct words seeds;
    } train;
    struct raw_axes {
        struct words axis[AXIS_COUNT];
    } axes;
};

enum { OPTIONAL = CYAML_FLAG_OPTIONAL, OPTIONAL_POINTER = CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL };
static const cyaml_schema_value_t word_schema = {CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 0, 1000)};

/* NOLINTBEGIN(bugprone-macro-parentheses): members cannot be put in parentheses */
#define WORD(key, structure, member)                                                                                   \
    CYAML_FIELD_STRING_PTR(key, OPTIONAL_POINTER, structure, member, 0, SWEEP_MAX_BYTES)
#define WORDS(key, structure, member, max)                                                                             \
    CYAML_FIELD_SEQUENCE_COUNT(key, OPTIONAL_POINTER, structure, member.items, member.n, &word_schema, 0, max)
/* NOLINTEND(bugprone-macro-parentheses) */

/* The keys under `train` and `axes`, from the list of axes (make_schema). */
static cyaml_schema_field_t train_fields[AXIS_COUNT + 3], axes_fields[AXIS_COUNT + 1];
static const cyaml_schema_field_t sweep_fields[] = {
    WORD("name", struct raw_sweep, name),
    WORD("dataset", struct raw_sweep, dataset),
    WORDS("network", struct raw_sweep, network, 2 * NETWORK_MAX_LAYERS + 1),
    CYAML_FIELD_MAPPING("train", OPTIONAL, struct raw_sweep, train, train_fields),
    CYAML_FIELD_MAPPING("axes", OPTIONAL, struct raw_sweep, axes, axes_fields),
    WORDS("device", struct raw_sweep, device, MAX_WORDS),
    WORD("where", struct raw_sweep, where),
    WORD("skip_unfit", struct raw_sweep, skip_unfit),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t sweep_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct raw_sweep, sweep_fields)};

static void make_schema(void)
{
    static const cyaml_schema_field_t recipe = WORD("", struct raw_train, value[0]),
                                      load = WORD("load", struct raw_train, load),
                                      seeds = WORDS("seeds", struct raw_train, seeds, SWEEP_MAX_SEEDS),
                                      axis = WORDS("", struct raw_axes, axis[0], SWEEP_MAX_VALUES),
                                      end = CYAML_FIELD_END;
    int n = 0;
    for (int a = 0; a < AXIS_COUNT; a++) {
        const struct axis *spec = axis_at((enum axis_id)a);
        cyaml_schema_field_t *f = &axes_fields[a];
        *f = axis;
        f->key = spec->name;
        f->data_offset += (uint32_t)(a * sizeof(struct words));
        f->count_offset += (uint32_t)(a * sizeof(struct words));
        if (spec->group != GROUP_TRAINING)
            continue;
        f = &train_fields[n++];
        *f = recipe;
        f->key = spec->name;
        f->data_offset += (uint32_t)(a * sizeof(char *));
    }
    axes_fields[AXIS_COUNT] = end;
    train_fields[n++] = seeds;
    train_fields[n++] = load;
    train_fields[n] = end;
}

/* due: what stands at a path: a list of values, or one of them. */
static enum outline_due due(const char *path)
{
    const char *bracket = strchr(path, '[');
    if (strcmp(path, "network") == 0 || strcmp(path, "device") == 0 || strcmp(path, "train.seeds") == 0)
        return OUTLINE_LIST;
    if (strncmp(path, "axes.", 5) != 0)
        return OUTLINE_ANYTHING;
    if (bracket == NULL)
        return OUTLINE_LIST;
    for (int a = 0; a < AXIS_COUNT; a++) {
        const struct axis *spec = axis_at((enum axis_id)a);
        const size_t n = strlen(spec->name);
        if ((spec->kind == AXIS_FORMATS || spec->kind == AXIS_NETWORKS) && path + 5 + n == bracket &&
            strncmp(path + 5, spec->name, n) == 0)
            return OUTLINE_WORD;
    }
    return OUTLINE_ANYTHING;
}

/* What the messages need. */
struct context {
    const char *file; /* NULL: a command line */
    struct outline outline;
    struct errmsg *e;
};

static enum status bad(const struct context *c, const char *path, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* bad: a message about the value or key at path. */
static enum status bad(const struct context *c, const char *path, const char *format, ...)
{
    char text[1600], place[OUTLINE_PATH_BYTES];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (c->file == NULL) {
        const char *last = strrchr(path, '.');
        snprintf(place, sizeof place, "%.*s", (int)strcspn(last == NULL ? path : last + 1, "["),
                 last == NULL ? path : last + 1);
        for (char *p = place; *p != '\0'; p++)
            if (*p == '_')
                *p = '-';
        return fail(c->e, STATUS_USAGE, "--%s: %s", strcmp(place, "seeds") == 0 ? "seed" : place, text);
    }
    snprintf(place, sizeof place, "%s", path);
    int line = outline_line(&c->outline, place);
    if (line == 0 && place[0] != '\0' && place[strlen(place) - 1] == ']') { /* a lone value in place of a list */
        *strrchr(place, '[') = '\0';
        line = outline_line(&c->outline, place);
    }
    if (line > 0)
        return fail(c->e, STATUS_INPUT, "%s:%d: %s: %s", c->file, line, path, text);
    return fail(c->e, STATUS_INPUT, "%s: %s: %s", c->file, path, text);
}

/* list_words: "a, b, c" of at most n words. */
static void list_words(char *out, size_t room, const char *const *words, int n)
{
    size_t used = 0;
    out[0] = '\0';
    for (int i = 0; i < n && used < room; i++)
        used += (size_t)snprintf(out + used, room - used, "%s%s", i == 0 ? "" : ", ", words[i]);
}

/* bad_word: word is not one of words. */
static enum status bad_word(const struct context *c, const char *path, const char *word, const char *const *words,
                            int n)
{
    char all[1024];
    const char *nearest = text_nearest(word, words, n);
    list_words(all, sizeof all, words, n);
    if (nearest != NULL)
        return bad(c, path, "there is no `%.64s`; did you mean `%s`? (one of %s)", word, nearest, all);
    return bad(c, path, "there is no `%.64s` (one of %s)", word, all);
}

/* ------------------------------------------------------------ libcyaml's refusals */

struct log {
    char text[8192];
};

static void keep_log(cyaml_log_t level, void *context, const char *format, va_list args)
    __attribute__((format(printf, 3, 0)));
static void keep_log(cyaml_log_t level, void *context, const char *format, va_list args)
{
    struct log *log = context;
    const size_t used = strlen(log->text);
    (void)level;
    vsnprintf(log->text + used, sizeof log->text - used, format, args);
}

/* log_path: the backtrace "in sequence entry '2' … in mapping field 'axes'" as "axes[2]…". */
static void log_path(const char *log, char path[OUTLINE_PATH_BYTES])
{
    char parts[OUTLINE_MAX_DEPTH + 2][128];
    int n = 0;
    for (const char *p = log; (p = strstr(p, "  in ")) != NULL && n < OUTLINE_MAX_DEPTH; p += 5) {
        char key[96];
        int entry;
        if (sscanf(p, "  in mapping field '%95[^']'", key) == 1)
            snprintf(parts[n++], sizeof parts[0], ".%s", key);
        else if (sscanf(p, "  in sequence entry '%d'", &entry) == 1)
            snprintf(parts[n++], sizeof parts[0], "[%d]", entry - 1);
    }
    path[0] = '\0';
    for (int i = n - 1; i >= 0; i--) {
        const size_t used = strlen(path);
        snprintf(path + used, OUTLINE_PATH_BYTES - used, "%s", parts[i] + (used == 0 && parts[i][0] == '.'));
    }
}

/* fields_at: the keys that the mapping at path may have. */
static const cyaml_schema_field_t *fields_at(const char *path)
{
    return strcmp(path, "train") == 0 ? train_fields : strcmp(path, "axes") == 0 ? axes_fields : sweep_fields;
}

static enum status unknown_key(const struct context *c, const char *mapping, const char *key)
{
    const char *words[MAX_WORDS];
    char all[1024], path[OUTLINE_PATH_BYTES + 128];
    int n = 0;
    for (const cyaml_schema_field_t *f = fields_at(mapping); f->key != NULL; f++)
        words[n++] = f->key;
    list_words(all, sizeof all, words, n);
    snprintf(path, sizeof path, "%.150s%s%.100s", mapping, mapping[0] == '\0' ? "" : ".", key);
    const char *nearest = text_nearest(key, words, n);
    if (nearest != NULL)
        return bad(c, path, "there is no such key; did you mean `%s`? (keys: %s)", nearest, all);
    return bad(c, path, "there is no such key (keys: %s)", all);
}

static const char *shape_name(const char *cyaml_name)
{
    if (strncmp(cyaml_name, "SEQUENCE", 8) == 0)
        return "a list ([a, b])";
    if (strncmp(cyaml_name, "MAPPING", 7) == 0)
        return "a mapping (key: value)";
    return "one value";
}

static enum status refused(const struct context *c, cyaml_err_t code, const struct log *log)
{
    char path[OUTLINE_PATH_BYTES], key[128], expected[32], got[32];
    const char *message = strncmp(log->text, "Load: ", 6) == 0 ? log->text + 6 : log->text;
    log_path(log->text, path);
    /* The first pass has read this very text: what libyaml cannot do now is for want of memory. */
    if (code == CYAML_ERR_OOM || code == CYAML_ERR_LIBYAML_PARSER || code == CYAML_ERR_LIBYAML_PARSER_INIT)
        return fail(c->e, STATUS_ENVIRONMENT, "%s: out of memory", c->file == NULL ? "options" : c->file);
    if (sscanf(message, "Unexpected key: %127[^\n]", key) == 1)
        return unknown_key(c, path, key);
    if (sscanf(message, "Mapping field already seen: %127[^\n]", key) == 1)
        return bad(c, path, "this key appears twice");
    if (sscanf(message, "Expecting %31[A-Z_], got event: %31[A-Z_]", expected, got) == 2)
        return bad(c, path[0] == '\0' ? "the file" : path, "%s is expected here, not %s", shape_name(expected),
                   shape_name(got));
    if (code == CYAML_ERR_SEQUENCE_ENTRIES_MAX)
        return bad(c, path, "the list is too long");
    if (code == CYAML_ERR_STRING_LENGTH_MAX)
        return bad(c, path, "the value is too long");
    return bad(c, path[0] == '\0' ? "the file" : path, "%.*s", (int)strcspn(message, "\n"),
               message[0] == '\0' ? cyaml_strerror(code) : message);
}

/* ------------------------------------------------------------------ texts to values */

static bool to_integer(const char *text, long long lo, long long hi, long long *value)
{
    char *end;
    if (!isdigit((unsigned char)text[0]) && text[0] != '-')
        return false;
    errno = 0;
    *value = strtoll(text, &end, 10);
    return errno == 0 && end != text && *end == '\0' && *value >= lo && *value <= hi;
}

static enum status read_integer(const struct context *c, const char *path, const char *text, long long lo,
                                long long hi, int *value)
{
    long long v;
    if (!to_integer(text, lo, hi, &v))
        return bad(c, path, "`%.64s` is not a whole number from %lld to %lld", text, lo, hi);
    *value = (int)v;
    return STATUS_OK;
}

static enum status read_bool(const struct context *c, const char *path, const char *text, bool *value)
{
    if (strcmp(text, "true") != 0 && strcmp(text, "false") != 0)
        return bad(c, path, "`%.64s` is neither true nor false", text);
    *value = text[0] == 't';
    return STATUS_OK;
}

static enum status read_word(const struct context *c, const char *path, const char *text,
                             const char *(*word)(int value), int n_words, int *value)
{
    const char *words[MAX_WORDS];
    for (int i = 0; i < n_words; i++) {
        words[i] = word(i);
        if (strcmp(text, words[i]) == 0) {
            *value = i;
            return STATUS_OK;
        }
    }
    return bad_word(c, path, text, words, n_words);
}

/* A number, `first..last` or `first..last/step`. */
struct range {
    long long first, last, step;
};

static enum status read_range(const struct context *c, const char *path, const char *text, long long lo, long long hi,
                              struct range *r)
{
    char copy[128];
    const char *dots = strstr(text, "..");
    if (dots == NULL) {
        if (!to_integer(text, lo, hi, &r->first))
            return bad(c, path, "`%.64s` is neither a whole number from %lld to %lld nor a range such as 2..6 or 2..8/2",
                       text, lo, hi);
        r->last = r->first;
        r->step = 1;
        return STATUS_OK;
    }
    snprintf(copy, sizeof copy, "%s", text);
    char *last = copy + (dots - text < (long)sizeof copy - 3 ? dots - text : 0);
    *last = '\0';
    last += 2;
    char *step = strchr(last, '/');
    if (step != NULL)
        *step++ = '\0';
    r->step = 1;
    if (strlen(text) >= sizeof copy || !to_integer(copy, lo, hi, &r->first) || !to_integer(last, lo, hi, &r->last) ||
        (step != NULL && !to_integer(step, 1, hi, &r->step)))
        return bad(c, path, "`%.64s` is not a range: write first..last or first..last/step, from %lld to %lld", text, lo,
                   hi);
    if (r->first > r->last)
        return bad(c, path, "the range `%.64s` is empty: its first number is above its last", text);
    return STATUS_OK;
}

/* read_numbers: a list of numbers and ranges, spread out. */
static enum status read_numbers(const struct context *c, const char *path, const struct words *words, long long lo,
                                long long hi, int max, long long **values, int *n)
{
    int room = 0;
    *values = NULL;
    *n = 0;
    for (unsigned i = 0; words->items != NULL && i < words->n; i++) {
        char entry[OUTLINE_PATH_BYTES];
        struct range r = {0, 0, 1};
        snprintf(entry, sizeof entry, "%s[%u]", path, i);
        const enum status s = read_range(c, entry, words->items[i], lo, hi, &r);
        if (s != STATUS_OK)
            return s;
        if ((r.last - r.first) / r.step + 1 > max - *n)
            return bad(c, entry, "more than %d values", max);
        for (long long v = r.first; v <= r.last; v += r.step) {
            if (*n == room) {
                room = room == 0 ? 16 : 2 * room;
                long long *grown = realloc(*values, (size_t)room * sizeof **values);
                if (grown == NULL)
                    return fail(c->e, STATUS_ENVIRONMENT, "out of memory");
                *values = grown;
            }
            (*values)[(*n)++] = v;
        }
    }
    return *n > 0 ? STATUS_OK : bad(c, path, "the list is empty");
}

/* add_value: one more value of an axis, in the file's order. */
static enum status add_value(const struct context *c, const char *path, struct axis_values *v, struct axis_value value)
{
    if (v->n == SWEEP_MAX_VALUES)
        return bad(c, path, "more than %d values", SWEEP_MAX_VALUES);
    if (v->n == v->room) {
        const int room = v->room == 0 ? 4 : 2 * v->room;
        struct axis_value *grown = realloc(v->values, (size_t)room * sizeof *grown);
        if (grown == NULL)
            return fail(c->e, STATUS_ENVIRONMENT, "out of memory");
        v->values = grown;
        v->room = room;
    }
    v->values[v->n++] = value;
    return STATUS_OK;
}

static enum status read_real(const struct context *c, const char *path, const struct axis *spec, const char *text,
                             double *value)
{
    char *end;
    *value = strtod(text, &end);
    if (end != text && *end == '\0' && isfinite(*value) && *value >= spec->lo && *value <= spec->hi)
        return STATUS_OK;
    if (spec->lo > 0)
        return bad(c, path, "`%.64s` is not a number above 0", text);
    return bad(c, path, "`%.64s` is not a number from %g to %g", text, spec->lo, spec->hi);
}

/* read_layers: "4-4-3-2". */
static enum status read_layers(const struct context *c, const char *path, const struct axis *spec,
                               const char *text, struct axis_value *v)
{
    char copy[128], *rest = copy;
    long long number = 0;
    v->number = spec->lo;
    snprintf(copy, sizeof copy, "%s", text);
    for (char *word; (word = strsep(&rest, "-")) != NULL;) {
        if (v->n_layers == NETWORK_MAX_LAYERS || strlen(text) >= sizeof copy ||
            !to_integer(word, 0, (long long)spec->hi, &number))
            return bad(c, path, "`%.64s` is neither a whole number nor one for each layer, as 4-4-3 (at most %d)", text,
                       NETWORK_MAX_LAYERS);
        v->layers[v->n_layers++] = (int)number;
        v->number = (double)number > v->number ? (double)number : v->number;
    }
    return STATUS_OK;
}

/* read_network: of the words of a list, or of one word with dashes. The topology is the value's, in one allocation. */
static enum status read_network(const struct context *c, const char *path, char *const *items, unsigned n,
                                struct axis_values *v)
{
    char copy[1024] = "", entry[OUTLINE_PATH_BYTES], *rest = copy;
    const char *words[2 * NETWORK_MAX_LAYERS + 2];
    struct errmsg why = {""};
    int n_words = 0, at = -1;
    const bool split = n == 1 && strchr(items[0], '-') != NULL;
    if (split) {
        snprintf(copy, sizeof copy, "%s", items[0]);
        while (rest != NULL && n_words < (int)(sizeof words / sizeof words[0]))
            words[n_words++] = strsep(&rest, "-");
    } else {
        for (; n_words < (int)n && n_words < (int)(sizeof words / sizeof words[0]); n_words++)
            words[n_words] = items[n_words];
    }
    struct topology *shape = malloc(sizeof *shape);
    if (shape == NULL)
        return fail(c->e, STATUS_ENVIRONMENT, "out of memory");
    enum status st = STATUS_OK;
    if (topology_parse(words, n_words, shape, &at, &why) != STATUS_OK) {
        snprintf(entry, sizeof entry, "%s[%d]", path, at);
        st = bad(c, at >= 0 && !split ? entry : path, "%s", why.text);
    } else if (topology_weights(shape) > SWEEP_MAX_WEIGHTS) {
        st = bad(c, path, "%lld weights are more than the %d that can be trained", (long long)topology_weights(shape),
                 SWEEP_MAX_WEIGHTS);
    } else {
        st = add_value(c, path, v, (struct axis_value){.network = shape});
    }
    if (st != STATUS_OK)
        free(shape);
    return st;
}

/* read_value: the value of an axis or, of numbers in a list, the range of values that text says. */
static enum status read_value(const struct context *c, enum axis_id a, const char *path, char *text, bool in_list,
                              struct axis_values *v)
{
    const struct axis *spec = axis_at(a);
    const long long lo = (long long)spec->lo, hi = (long long)spec->hi;
    struct axis_value value = {0};
    struct range r = {0, 0, 1};
    enum status st = STATUS_OK;
    bool flag = false;
    int number = 0;
    switch (spec->kind) {
    case AXIS_WORDS:
        st = read_word(c, path, text, spec->word, spec->n_words, &number);
        value.number = number;
        break;
    case AXIS_FLAGS:
        st = read_bool(c, path, text, &flag);
        value.number = flag;
        break;
    case AXIS_REALS:
        st = read_real(c, path, spec, text, &value.number);
        break;
    case AXIS_NETWORKS:
        return read_network(c, path, &text, 1, v);
    case AXIS_FORMATS:
        if (isdigit((unsigned char)text[0]) && strchr(text, '-') != NULL) {
            st = read_layers(c, path, spec, text, &value);
            break;
        }
        /* fallthrough */
    case AXIS_NUMBERS:
        if (!in_list) {
            st = read_integer(c, path, text, lo, hi, &number);
            value.number = number;
            break;
        }
        if ((st = read_range(c, path, text, lo, hi, &r)) != STATUS_OK)
            return st;
        if ((r.last - r.first) / r.step + 1 > SWEEP_MAX_VALUES - v->n)
            return bad(c, path, "more than %d values", SWEEP_MAX_VALUES);
        for (long long i = r.first; i <= r.last && st == STATUS_OK; i += r.step)
            st = add_value(c, path, v, (struct axis_value){.number = (double)i});
        return st;
    }
    return st == STATUS_OK ? add_value(c, path, v, value) : st;
}

/* read_axis: its list under `axes`, else the one value under `train` or `network`, else its default. */
static enum status read_axis(const struct context *c, const struct raw_sweep *raw, enum axis_id a, struct axis_values *v)
{
    const struct axis *spec = axis_at(a);
    const struct words *words = &raw->axes.axis[a];
    char path[64], entry[96];
    snprintf(path, sizeof path, "axes.%s", spec->name);
    if (words->n == 0 && outline_line(&c->outline, path) > 0)
        return bad(c, path, "the list is empty");
    enum status st = STATUS_OK;
    for (unsigned i = 0; i < words->n && st == STATUS_OK; i++) {
        snprintf(entry, sizeof entry, "%s[%u]", path, i);
        st = read_value(c, a, entry, words->items[i], true, v);
    }
    if (words->n > 0)
        return st;
    snprintf(path, sizeof path, "train.%s", spec->name);
    if (spec->kind == AXIS_NETWORKS)
        return read_network(c, spec->name, raw->network.items, raw->network.n, v);
    if (raw->train.value[a] != NULL)
        return read_value(c, a, path, raw->train.value[a], false, v);
    return add_value(c, path, v, (struct axis_value){.number = spec->fallback});
}

static enum status read_axes(const struct context *c, const struct raw_sweep *raw, struct sweep *s)
{
    enum status st = STATUS_OK;
    for (int a = 0; a < AXIS_COUNT && st == STATUS_OK; a++)
        st = read_axis(c, raw, (enum axis_id)a, &s->axes[a]);
    return st;
}

static enum status read_seeds(const struct context *c, const struct words *words, struct sweep *s)
{
    long long *values = NULL;
    int n = 1;
    struct intern distinct;
    enum status st = STATUS_OK;
    const bool given = words->n > 0 || outline_line(&c->outline, "train.seeds") > 0;
    if (given)
        st = read_numbers(c, "train.seeds", words, 0, INT_MAX, SWEEP_MAX_SEEDS, &values, &n);
    if (st != STATUS_OK) {
        free(values);
        return st;
    }
    s->seeds = calloc((size_t)n + 1, sizeof *s->seeds);
    if (s->seeds == NULL) {
        free(values);
        return fail(c->e, STATUS_ENVIRONMENT, "out of memory");
    }
    intern_init(&distinct, sizeof *values);
    for (int i = 0; i < n && st == STATUS_OK; i++) {
        const long long seed = values != NULL ? values[i] : 0;
        bool fresh = false;
        if (intern_add(&distinct, &seed, &fresh) < 0)
            st = fail(c->e, STATUS_ENVIRONMENT, "out of memory");
        else if (fresh)
            s->seeds[s->n_seeds++] = (uint64_t)seed;
    }
    intern_free(&distinct);
    free(values);
    return st;
}

static enum status read_devices(const struct context *c, const struct words *words, struct sweep *s)
{
    int n_known = 0;
    const struct device *known = device_list(&n_known);
    if (words->n == 0 && outline_line(&c->outline, "device") > 0)
        return bad(c, "device", "the list is empty");
    if (words->n == 0)
        s->devices[s->n_devices++] = device_find("xc7s15");
    for (unsigned i = 0; i < words->n; i++) {
        const struct device *d = device_find(words->items[i]);
        if (d == NULL) {
            const char *names[MAX_WORDS];
            char path[32];
            const int n = n_known < MAX_WORDS ? n_known : MAX_WORDS;
            for (int k = 0; k < n; k++)
                names[k] = known[k].name;
            snprintf(path, sizeof path, "device[%u]", i);
            return bad_word(c, path, words->items[i], names, n);
        }
        bool fresh = true;
        for (int k = 0; k < s->n_devices; k++)
            fresh = fresh && s->devices[k] != d;
        if (fresh)
            s->devices[s->n_devices++] = d;
    }
    return STATUS_OK;
}

static bool is_text(const char *text)
{
    for (; *text != '\0'; text++)
        if (iscntrl((unsigned char)*text))
            return false;
    return true;
}

static enum status read_names(const struct context *c, const struct raw_sweep *raw, struct sweep *s)
{
    static const char *const reserved[] = {"train", "sim", "synth", "fit"};
    if (raw->name == NULL || raw->name[0] == '\0')
        return bad(c, "name", "every sweep needs one: `name: first-look`");
    if (strlen(raw->name) >= sizeof s->name || !is_text(raw->name))
        return bad(c, "name", "a name is at most %zu characters, on one line", sizeof s->name - 1);
    snprintf(s->name, sizeof s->name, "%s", raw->name);
    for (size_t i = 0; c->file != NULL && i < sizeof reserved / sizeof reserved[0]; i++)
        if (strcmp(s->name, reserved[i]) == 0)
            return bad(c, "name", "`%s` is kept for what `deltasweep %s` does; choose another", s->name, s->name);
    const char *dataset = raw->dataset == NULL ? "fashion-mnist" : raw->dataset;
    if (dataset[0] == '\0' || strlen(dataset) >= sizeof s->dataset || !is_text(dataset))
        return bad(c, "dataset", "`fashion-mnist` or a folder's path of at most %zu characters is expected",
                   sizeof s->dataset - 1);
    snprintf(s->dataset, sizeof s->dataset, "%s", dataset);
    if (raw->where != NULL && (s->where = strdup(raw->where)) == NULL)
        return fail(c->e, STATUS_ENVIRONMENT, "out of memory");
    return raw->skip_unfit == NULL ? STATUS_OK : read_bool(c, "skip_unfit", raw->skip_unfit, &s->skip_unfit);
}

/* read_load: the file is read here, too: points and jobs have its digest in their names. */
static enum status read_load(const struct context *c, const char *path, struct sweep *s)
{
    struct errmsg why = {""};
    const struct axis_values *epochs = &s->axes[AXIS_EPOCHS];
    for (int i = 0; i < epochs->n && path == NULL; i++)
        if (epochs->values[i].number == 0)
            return bad(c, outline_line(&c->outline, "axes.epochs") > 0 ? "axes.epochs" : "train.epochs",
                       "0 is for loaded weights as they are (`load`); without them it is at least 1");
    if (path == NULL)
        return STATUS_OK;
    if (path[0] == '\0' || strlen(path) >= sizeof s->load || !is_text(path))
        return bad(c, "train.load", "the path of a file or folder with weights is expected, at most %zu characters",
                   sizeof s->load - 1);
    snprintf(s->load, sizeof s->load, "%s", path);
    return network_file_digest(path, s->load_digest, &why) == STATUS_OK ? STATUS_OK : bad(c, "train.load", "%s", why.text);
}

void sweep_free(struct sweep *s)
{
    if (s == NULL)
        return;
    for (int a = 0; a < AXIS_COUNT; a++) {
        for (int i = 0; i < s->axes[a].n; i++)
            free((void *)s->axes[a].values[i].network);
        free(s->axes[a].values);
    }
    free(s->seeds);
    free(s->where);
    free(s->file);
    free(s->text);
    free(s);
}

enum status sweep_parse(const char *text, size_t bytes, const char *file, struct sweep **out, struct errmsg *e)
{
    static const char mark[] = "\xef\xbb\xbf"; /* some editors begin UTF-8 with it */
    struct context c = {.file = file, .e = e};
    struct log log = {""};
    struct raw_sweep *raw = NULL;
    struct sweep *s = NULL;
    enum status st;
    const cyaml_config_t config = {
        .log_fn = keep_log, .log_ctx = &log, .mem_fn = cyaml_mem, .log_level = CYAML_LOG_ERROR, .flags = CYAML_CFG_NO_ALIAS};

    *out = NULL;
    make_schema();
    if (bytes > SWEEP_MAX_BYTES)
        return fail(e, STATUS_INPUT, "%s: a sweep file has at most %d bytes", file, SWEEP_MAX_BYTES);
    if (bytes >= 3 && memcmp(text, mark, 3) == 0) {
        text += 3;
        bytes -= 3;
    }
    if (memchr(text, '\0', bytes) != NULL)
        return fail(e, STATUS_INPUT, "%s: this is not a text in UTF-8 (it has a byte 0)", file);
    st = outline_read(text, bytes, file == NULL ? "the options" : file, due, &c.outline, e);
    if (st != STATUS_OK)
        return st;
    const cyaml_err_t code = cyaml_load_data((const uint8_t *)c.outline.text, c.outline.text_bytes, &config,
                                             &sweep_schema, (cyaml_data_t **)&raw, NULL);
    if (code != CYAML_OK) {
        st = refused(&c, code, &log);
        goto done;
    }
    if (raw == NULL) {
        st = fail(e, STATUS_INPUT, "%s: the file is empty; `name` and `network` are needed (see examples/demo.yaml)", file);
        goto done;
    }
    s = calloc(1, sizeof *s);
    if (s == NULL || (s->text = strndup(text, bytes)) == NULL ||
        (s->file = strdup(file == NULL ? "the options" : file)) == NULL) {
        st = fail(e, STATUS_ENVIRONMENT, "out of memory");
        goto done;
    }
    s->command_line = file == NULL;
    if ((st = read_names(&c, raw, s)) != STATUS_OK || (st = read_axes(&c, raw, s)) != STATUS_OK ||
        (st = read_seeds(&c, &raw->train.seeds, s)) != STATUS_OK ||
        (st = read_load(&c, raw->train.load, s)) != STATUS_OK)
        goto done;
    st = read_devices(&c, &raw->device, s);
done:
    if (raw != NULL)
        cyaml_free(&config, &sweep_schema, raw, 0);
    outline_free(&c.outline);
    if (st != STATUS_OK)
        sweep_free(s);
    else
        *out = s;
    return st;
}

enum status sweep_load(const char *path, struct sweep **out, struct errmsg *e)
{
    enum status st = STATUS_OK;
    struct stat info;
    FILE *f = NULL;
    char *text = NULL;

    *out = NULL;
    if (stat(path, &info) == 0 && S_ISDIR(info.st_mode))
        return fail(e, STATUS_INPUT, "%s is a folder: name a sweep file (see examples/demo.yaml)", path);
    f = fopen(path, "rb");
    if (f == NULL)
        return fail_errno(e, errno == ENOMEM ? STATUS_ENVIRONMENT : STATUS_INPUT, "cannot read the sweep file %s",
                          path);
    text = malloc(SWEEP_MAX_BYTES + 1);
    if (text == NULL) {
        st = fail(e, STATUS_ENVIRONMENT, "out of memory");
        goto done;
    }
    const size_t bytes = fread(text, 1, SWEEP_MAX_BYTES + 1, f);
    st = ferror(f) ? fail(e, STATUS_INPUT, "cannot read the sweep file %s to its end", path)
                   : sweep_parse(text, bytes, path, out, e);
done:
    free(text);
    fclose(f);
    return st;
}
