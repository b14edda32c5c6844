#include "explorer/sweep/keys.h"

#include "base/intern.h"
#include "base/text.h"
#include "explorer/sweep/reading.h"
#include "explorer/sweep/search_keys.h"
#include "models/nn/io/network_file.h"

#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_WORDS = 64 };

/* is_text: whether all characters show themselves. */
static bool is_text(const char *text)
{
    char escape[TEXT_ESCAPE_BYTES] = "";
    while (*text != '\0' && escape[0] == '\0')
        text += text_shown(text, strlen(text), escape);
    return escape[0] == '\0';
}

/* ---------------------------------------------------------------- keys that are no axes */

enum status keys_check_name(const char *name, struct errmsg *e)
{
    static const char *const reserved[] = {"train", "sim", "synth", "fit"};
    if (name[0] == '\0')
        return fail(e, STATUS_USAGE, "every sweep needs one: `name: first-look`");
    if (strlen(name) >= SWEEP_NAME_BYTES || !is_text(name))
        return fail(e, STATUS_USAGE, "a name is at most %d bytes of text, on one line and without control characters",
                    SWEEP_NAME_BYTES - 1);
    for (size_t i = 0; i < sizeof reserved / sizeof reserved[0]; i++)
        if (strcmp(name, reserved[i]) == 0)
            return fail(e, STATUS_USAGE, "`%s` is kept for what `deltasweep %s` does; choose another", name, name);
    return STATUS_OK;
}

static enum status read_name(const struct reading *r, struct node *n)
{
    struct errmsg why = {""};
    if (keys_check_name(n->text, &why) != STATUS_OK)
        return reading_bad(r, n, "%s", why.text);
    snprintf(r->s->name, sizeof r->s->name, "%s", n->text);
    return STATUS_OK;
}

/* plain_path: one spelling of a path, out of `./toy`, `toy/` and `.//toy`: the names of points and trainings have it. out
 * has room for all of path. What stands after a colon, which ends the folder, stays as it is. */
static void plain_path(const char *path, char *out)
{
    char *p = out;
    bool folder = true;
    while (*path != '\0') {
        const bool begins = p == out || p[-1] == '/';
        const char *rest = path + strspn(path, "/"); /* a slash at the end says nothing */
        folder = folder && *path != ':';
        if (folder && begins && path[0] == '.' && path[1] == '/')
            path += 1 + strspn(path + 1, "/");
        else if (folder && path[0] == '/' && p > out && (begins || *rest == '\0' || *rest == ':'))
            path++;
        else
            *p++ = *path++;
    }
    if (p == out)
        *p++ = '.';
    *p = '\0';
}

static enum status read_dataset(const struct reading *r, struct node *n)
{
    struct sweep *s = r->s;
    if (n->text[0] == '\0' || strlen(n->text) >= sizeof s->dataset || !is_text(n->text))
        return reading_bad(r, n, "`fashion-mnist` or a folder's path of at most %zu characters is expected",
                   sizeof s->dataset - 1);
    plain_path(n->text, s->dataset);
    return STATUS_OK;
}

/* read_device: where n is not one, STATUS_INPUT. */
static enum status read_device(const struct reading *r, const struct node *n, const struct device **out)
{
    const char *names[MAX_WORDS];
    struct errmsg why = {""};
    int n_known = 0;
    const struct device *known = device_list(&n_known);
    *out = device_find(n->text);
    if (*out != NULL)
        return STATUS_OK;
    n_known = n_known < MAX_WORDS ? n_known : MAX_WORDS;
    for (int i = 0; i < n_known; i++)
        names[i] = known[i].name;
    return reading_placed(r, n, values_refuse_word(n->text, names, n_known, &why), &why);
}

static enum status read_devices(const struct reading *r, struct node *n)
{
    struct sweep *s = r->s;
    enum status st = STATUS_OK;
    s->n_devices = 0;
    s->devices_given = true;
    for (struct node *item = n->first; item != NULL; item = item->next) {
        const struct device *d = NULL;
        bool fresh = true;
        if ((st = reading_expect(r, item, NODE_SCALAR)) != STATUS_OK || (st = read_device(r, item, &d)) != STATUS_OK)
            return st;
        for (int k = 0; k < s->n_devices; k++)
            fresh = fresh && s->devices[k] != d;
        if (fresh)
            s->devices[s->n_devices++] = d;
    }
    return STATUS_OK;
}

static enum status read_where(const struct reading *r, struct node *n)
{
    free(r->s->where);
    r->s->where = strdup(n->text);
    return r->s->where == NULL ? reading_no_memory(r) : STATUS_OK;
}

static enum status read_skip_unfit(const struct reading *r, struct node *n)
{
    struct errmsg why = {""};
    return reading_placed(r, n, values_read_flag(n->text, &r->s->skip_unfit, &why), &why);
}

/* refuse_lone_seed: `seeds: 5` is five seeds to some, and the seed 5 to others. 0 is only one thing. */
static enum status refuse_lone_seed(const struct reading *r, const struct node *n)
{
    char *end;
    const long seeds = strtol(n->text, &end, 10);
    if (!isdigit((unsigned char)n->text[0]) || *end != '\0' || seeds == 0)
        return STATUS_OK;
    if (seeds == 1)
        return reading_bad(r, n, "`1` could be one seed or the seed 1: write [0] for one seed, or [1] for the seed 1");
    if (seeds > SWEEP_MAX_SEEDS)
        return reading_bad(r, n, "write [%.64s] for this one seed", n->text);
    return reading_bad(r, n, "`%ld` could be %ld seeds or the seed %ld: write 0..%ld for %ld seeds, or [%ld] for the "
                       "seed %ld", seeds, seeds, seeds, seeds - 1, seeds, seeds, seeds);
}

/* add_seeds: of a range, those that are new. */
static enum status add_seeds(const struct reading *r, const struct range *range, struct intern *distinct)
{
    struct sweep *s = r->s;
    uint64_t *grown = realloc(s->seeds, (size_t)(s->n_seeds + values_count_range(range)) * sizeof *grown);
    if (grown == NULL)
        return reading_no_memory(r);
    s->seeds = grown;
    for (long long seed = range->first; seed <= range->last; seed += range->step) {
        bool fresh = false;
        if (intern_add(distinct, &seed, &fresh) < 0)
            return reading_no_memory(r);
        if (fresh)
            s->seeds[s->n_seeds++] = (uint64_t)seed;
    }
    return STATUS_OK;
}

static enum status read_seeds(const struct reading *r, struct node *n)
{
    struct intern distinct;
    enum status st = STATUS_OK;
    long long total = 0;
    r->s->n_seeds = 0;
    intern_init(&distinct, sizeof(long long));
    for (struct node *item = n->first; item != NULL && st == STATUS_OK; item = item->next) {
        struct errmsg why = {""};
        struct range range = {0, 0, 1};
        if ((st = reading_expect(r, item, NODE_SCALAR)) != STATUS_OK ||
            (st = reading_placed(r, item, values_read_range(item->text, 0, SWEEP_LAST_SEED, &range, &why), &why)) !=
                STATUS_OK)
            break;
        total += values_count_range(&range);
        st = total > SWEEP_MAX_SEEDS ? reading_bad(r, item, "more than %d values", SWEEP_MAX_SEEDS)
                                     : add_seeds(r, &range, &distinct);
    }
    intern_free(&distinct);
    return st;
}

/* read_load: the file is read here, too: points and jobs have its digest in their names. */
static enum status read_load(const struct reading *r, struct node *n)
{
    struct sweep *s = r->s;
    struct errmsg why = {""};
    if (n->text[0] == '\0' || strlen(n->text) >= sizeof s->load || !is_text(n->text))
        return reading_bad(r, n, "the path of a file or folder with weights is expected, at most %zu characters",
                   sizeof s->load - 1);
    snprintf(s->load, sizeof s->load, "%s", n->text);
    if (s->command_line)
        s->load_order[0] = '\0'; /* of another file, that of a stored point; --load-order comes after --load */
    const enum status st = network_file_digest(n->text, s->load_order, s->load_digest, &why);
    if (st != STATUS_OK)
        reading_bad(r, n, "%s", why.text); /* the file's fault, not that of the sweep file or of the options */
    return st;
}

static enum status read_load_order(const struct reading *r, struct node *n)
{
    struct sweep *s = r->s;
    struct errmsg why = {""};
    size_t used = 0;
    for (struct node *item = n->first; item != NULL; item = item->next) {
        const enum status st = reading_expect(r, item, NODE_SCALAR);
        if (st != STATUS_OK)
            return st;
        if (item->text[0] == '\0' || strchr(item->text, ',') != NULL || !is_text(item->text))
            return reading_bad(r, item, "the names of layers are expected, in the order of the layers: [fc1, fc2]");
        used += (size_t)snprintf(s->load_order + used, sizeof s->load_order - used, "%s%s", used > 0 ? "," : "",
                                 item->text);
        if (used >= sizeof s->load_order)
            return reading_bad(r, n, "more than %zu characters", sizeof s->load_order - 1);
    }
    const enum status st =
        s->load[0] != '\0' ? network_file_digest(s->load, s->load_order, s->load_digest, &why) : STATUS_OK;
    if (st != STATUS_OK)
        reading_bad(r, n, "%s", why.text);
    return st;
}

/* ------------------------------------------------------------------------------ axes */

/* join_item: the item of a list that is one value, after the text before it. A range of formats is all its numbers. */
static enum status join_item(const struct reading *r, enum axis_id a, const struct node *item, char *text, size_t *used)
{
    enum { ROOM = VALUES_MAX_TEXT_BYTES + 1 };
    struct range range = {0, 0, 1};
    struct errmsg why = {""};
    if (axis_at(a)->kind != AXIS_FORMATS || strstr(item->text, "..") == NULL || pattern_has(item->text)) {
        *used += (size_t)snprintf(text + *used, ROOM - *used, "%s%s", *used == 0 ? "" : "-", item->text);
        return *used >= ROOM ? reading_bad(r, item, "the value is too long") : STATUS_OK;
    }
    const enum status st = values_read_range(item->text, 0, (long long)axis_at(a)->hi, &range, &why);
    for (long long i = range.first; i <= range.last && st == STATUS_OK && *used < ROOM; i += range.step)
        *used += (size_t)snprintf(text + *used, ROOM - *used, "%s%lld", *used == 0 ? "" : "-", i);
    if (st == STATUS_OK && *used >= ROOM)
        return reading_bad(r, item, "the value is too long");
    return reading_placed(r, item, st, &why);
}

/* braces: {2..8} and {2, 3} in a list are mappings to YAML, whose keys have no values: they become texts again. */
static enum status braces(const struct reading *r, struct node *n)
{
    char text[VALUES_MAX_TEXT_BYTES + 1] = "{";
    size_t used = 1;
    for (const struct node *key = n->first; key != NULL && used < sizeof text; key = key->next) {
        if (key->kind != NODE_SCALAR || key->text[0] != '\0')
            return reading_bad(r, key, "in braces of a list stand numbers and ranges: {2, 4}, {64..512 step 16}");
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%s", key == n->first ? "" : ", ", key->key);
    }
    if (used + 2 > sizeof text)
        return reading_bad(r, n, "the value is too long");
    snprintf(text + used, sizeof text - used, "}");
    n->text = strdup(text);
    n->kind = NODE_SCALAR;
    return n->text == NULL ? reading_no_memory(r) : STATUS_OK;
}

/* join: a list in brackets that is one value: [4, 4, 3] becomes 4-4-3. */
static enum status join(const struct reading *r, enum axis_id a, struct node *list)
{
    char text[VALUES_MAX_TEXT_BYTES + 1];
    size_t used = 0;
    if (list->n == 0)
        return reading_bad(r, list, "the list is empty: leave the key out, or give it a value");
    for (struct node *item = list->first; item != NULL; item = item->next) {
        enum status st = item->kind == NODE_MAPPING ? braces(r, item) : reading_expect(r, item, NODE_SCALAR);
        if (st != STATUS_OK)
            return st;
        for (const char *p = item->text; *p != '\0' || p == item->text; p++)
            if (!isalnum((unsigned char)*p) &&
                (*p == '\0' || strchr(pattern_has(item->text) ? "_.+{}, /" : "_.+", *p) == NULL))
                return reading_bad(r, item, "`%.64s` cannot be one of several values for one place (write [4, 4, 3])",
                           item->text);
        if ((st = join_item(r, a, item, text, &used)) != STATUS_OK)
            return st;
    }
    list->text = strdup(text);
    list->kind = NODE_SCALAR;
    return list->text == NULL ? reading_no_memory(r) : STATUS_OK;
}

/* read_listed_network: of a list of words: [784, 96, 10]. */
static enum status read_listed_network(const struct reading *r, struct node *n)
{
    const char *words[2 * NETWORK_MAX_LAYERS + 2];
    struct axis_values *v = &r->s->axes[AXIS_NETWORK];
    struct errmsg why = {""};
    int n_words = 0, wrong = -1;
    enum status st = STATUS_OK;
    values_free(v);
    for (struct node *item = n->first; item != NULL && n->n > 1; item = item->next)
        if (item->kind == NODE_MAPPING || (item->kind == NODE_SCALAR && pattern_has(item->text)))
            return (st = join(r, AXIS_NETWORK, n)) == STATUS_OK
                       ? reading_placed(r, n, values_read(AXIS_NETWORK, n->text, false, v, &why), &why)
                       : st;
    for (struct node *item = n->first; item != NULL; item = item->next) {
        if (n_words == (int)(sizeof words / sizeof words[0]))
            return reading_bad(r, n, "the list is too long");
        if (item->kind == NODE_LIST)
            return reading_bad(r, n, "one network is expected here; several stand under `axes`: axes: {network: "
                               "[[8, 16, 4], [8, 32, 4]]}");
        if ((st = reading_expect(r, item, NODE_SCALAR)) != STATUS_OK)
            return st;
        words[n_words++] = item->text;
    }
    if (n_words == 1 && strchr(words[0], '-') != NULL)
        return reading_placed(r, n, values_read(AXIS_NETWORK, words[0], false, v, &why), &why);
    st = values_network(words, n_words, v, &wrong, &why);
    const struct node *place = n;
    for (const struct node *item = n->first; item != NULL; item = item->next)
        place = item->index == wrong ? item : place;
    return reading_placed(r, place, st, &why);
}

/* refuse_dash: `2-4` is a range to some, and a format for each of two layers to others. A command takes no ranges. */
static enum status refuse_dash(const struct reading *r, enum axis_id a, const struct node *n)
{
    int first = 0, last = 0, used = 0;
    if (r->s->command_line || axis_at(a)->kind != AXIS_FORMATS || strlen(n->text) > 16 ||
        sscanf(n->text, "%9d-%9d%n", &first, &last, &used) != 2 || n->text[used] != '\0' || first < 0 || first >= last)
        return STATUS_OK;
    return reading_bad(r, n, "`%s` could be a range or the formats of two layers: write %d..%d for the values from %d to "
                       "%d, or [[%d, %d]] for %d in the first layer and %d in the second", n->text, first, last, first,
                       last, first, last, first, last);
}

/* refuse_flat_network: [8, 16, 4] is one network, and stands in a list of networks: [[8, 16, 4]]. */
static enum status refuse_flat_network(const struct reading *r, const struct node *list)
{
    char text[256] = "";
    size_t used = 0;
    for (const struct node *item = list->first; item != NULL; item = item->next) {
        if (item->kind != NODE_SCALAR || item->text[0] == '\0' ||
            item->text[strspn(item->text, "0123456789")] != '\0' || used + 16 > sizeof text)
            return STATUS_OK;
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%.8s", used > 0 ? ", " : "", item->text);
    }
    return reading_bad(r, list, "these are the layers of one network, and a list of networks is expected: [[%s]]", text);
}

/* read_axis: the values of an axis: one, or those of a list, in which there may be ranges. They replace what was
 * there. */
static enum status read_axis(const struct reading *r, enum axis_id a, struct node *n)
{
    const enum axis_kind kind = axis_at(a)->kind;
    const bool joins = kind == AXIS_FORMATS || kind == AXIS_NETWORKS, is_list = n->kind == NODE_LIST;
    struct axis_values *v = &r->s->axes[a];
    enum status st = STATUS_OK;
    values_free(v);
    v->given = true;
    struct node *item = is_list ? n->first : n;
    if (kind == AXIS_NETWORKS && is_list && !r->s->command_line)
        st = refuse_flat_network(r, n);
    for (; item != NULL && st == STATUS_OK; item = is_list ? item->next : NULL) {
        struct errmsg why = {""};
        const bool joined = joins && item->kind == NODE_LIST && item->in_brackets;
        if (joined)
            st = join(r, a, item);
        else if (item->kind == NODE_SCALAR)
            st = refuse_dash(r, a, item);
        if (st == STATUS_OK && (st = reading_expect(r, item, NODE_SCALAR)) == STATUS_OK)
            st = reading_placed(r, item,
                                joined && pattern_has(item->text) ? values_read_pattern(a, item->text, v, &why)
                                : joined && kind == AXIS_FORMATS  ? values_read_layers(a, item->text, v, &why)
                                                                  : values_read(a, item->text, is_list, v, &why),
                                &why);
    }
    return st;
}

/* ---------------------------------------------------------------------------- the keys */

static enum status read_train(const struct reading *r, struct node *n);
static enum status read_axes(const struct reading *r, struct node *n);
static enum status read_search(const struct reading *r, struct node *n);
static enum status read_budget(const struct reading *r, struct node *n);

/* The keys of a sweep file in the order in which they are read: what stands in `axes` replaces what stands before. */
static const struct key {
    struct key_about about;
    enum node_kind kind;
    enum status (*read)(const struct reading *r, struct node *n);
} keys[] = {
    {{"name", PART_TOP, NULL, NULL, "what the sweep is called in the database"}, NODE_SCALAR, read_name},
    {{"dataset", PART_TOP, "dataset", "DATASET", "fashion-mnist, a folder or a file (docs/data.md) [fashion-mnist]"},
     NODE_SCALAR, read_dataset},
    {{"network", PART_TOP, NULL, NULL, "the network, where only one is tried"}, NODE_LIST, read_listed_network},
    {{"train", PART_TOP, NULL, NULL, "how to train: one value of each training axis"}, NODE_MAPPING, read_train},
    {{"axes", PART_TOP, NULL, NULL, "lists of values to combine"}, NODE_MAPPING, read_axes},
    {{"device", PART_TOP, "device", "PART", "the FPGA [xc7s15]"}, NODE_LIST, read_devices},
    {{"where", PART_TOP, NULL, NULL, "an SQL expression: which combinations to keep"}, NODE_SCALAR, read_where},
    {{"skip_unfit", PART_TOP, NULL, NULL, "true: do no work for points whose weights cannot fit"}, NODE_SCALAR,
     read_skip_unfit},
    {{"search", PART_TOP, NULL, NULL, "how to choose among the combinations (docs/search.md) [all are tried]"},
     NODE_MAPPING, read_search},
    {{"method", PART_SEARCH, NULL, NULL, "grid (all combinations), or one of docs/search.md"}, NODE_SCALAR,
     search_keys_method},
    {{"objectives", PART_SEARCH, NULL, NULL,
      "what is to be large or small: max validation_accuracy, min estimated_lut"},
     NODE_LIST, search_keys_objectives},
    {{"constraints", PART_SEARCH, NULL, NULL, "what must be true before anything is trained: fits, SQL expressions"},
     NODE_LIST, search_keys_constraints},
    {{"budget", PART_SEARCH, NULL, NULL, "when the search ends"}, NODE_MAPPING, read_budget},
    {{"seed", PART_SEARCH, NULL, NULL, "of what the search draws [0]"}, NODE_SCALAR, search_keys_seed},
    {{"rungs", PART_SEARCH, NULL, NULL, "in how many steps a training is bought [the method's]"}, NODE_SCALAR,
     search_keys_rungs},
    {{"batch", PART_SEARCH, NULL, NULL, "trainings that are bought at once [16]"}, NODE_SCALAR, search_keys_batch},
    {{"points", PART_BUDGET, NULL, NULL, "points of which anything is trained"}, NODE_SCALAR, search_keys_points},
    {{"trainings", PART_BUDGET, NULL, NULL, "trainings; a rung counts by its epochs"}, NODE_SCALAR,
     search_keys_trainings},
    {{"hours", PART_BUDGET, NULL, NULL, "time of the trainings, as recorded, on one core"}, NODE_SCALAR,
     search_keys_hours},
    {{"seeds", PART_TRAIN, "seed", "N", "of the random initial weights and of the shuffling [0]"}, NODE_LIST,
     read_seeds},
    {{"load", PART_TRAIN, "load", "FILE",
      "begin with the weights of a file that --save wrote, a .safetensors or .npz file, or a folder of .npy files; "
      "with --epochs 0 nothing is trained [random weights]"},
     NODE_SCALAR, read_load},
    {{"load_order", PART_TRAIN, "load-order", "NAMES",
      "the layers of --load in their order, by their names in the file: fc1,fc2 (batch norms may stand between them); "
      "needed only where neither shapes nor numbers tell it [found]"},
     NODE_LIST, read_load_order},
};
enum { KEYS = sizeof keys / sizeof keys[0] };

const struct key_about *keys_list(int *n)
{
    static struct key_about list[KEYS];
    for (int i = 0; i < KEYS; i++)
        list[i] = keys[i].about;
    *n = KEYS;
    return list;
}

static const struct key *find_key(const char *name, enum key_part part)
{
    for (int i = 0; i < KEYS; i++)
        if (keys[i].about.part == part && strcmp(keys[i].about.name, name) == 0)
            return &keys[i];
    return NULL;
}

void keys_option(const char *key, char out[32])
{
    snprintf(out, 32, "%s", key);
    for (int i = 0; i < KEYS; i++)
        if (keys[i].about.option != NULL && strcmp(keys[i].about.name, key) == 0)
            snprintf(out, 32, "%s", keys[i].about.option);
    for (char *p = out; *p != '\0'; p++)
        *p = *p == '_' ? '-' : *p;
}

static enum status read_key(const struct reading *r, const struct key *key, struct node *n)
{
    const enum status st = reading_expect(r, n, key->kind);
    return st == STATUS_OK ? key->read(r, n) : st;
}

/* right_place: where a key is read that stands in the wrong part; NULL if nowhere. */
static const char *right_place(const char *name)
{
    const int a = axis_find(name);
    if (find_key(name, PART_TRAIN) != NULL)
        return "under `train`";
    if (a < 0 && strcmp(name, "seed") != 0 && find_key(name, PART_SEARCH) != NULL)
        return "under `search`";
    if (find_key(name, PART_BUDGET) != NULL)
        return "under `search`, in its `budget`";
    if (a >= 0 && axis_at((enum axis_id)a)->group == GROUP_TRAINING)
        return "under `train` with one value, or under `axes` with a list";
    return a >= 0 ? "under `axes`" : find_key(name, PART_TOP) != NULL ? "at the top, beside `name`" : NULL;
}

/* opened_before: the last value before the child with a bracket that it does not close: a comma ended it. NULL: none. */
static const struct node *opened_before(const struct node *mapping, const struct node *child)
{
    const struct node *open = NULL;
    for (const struct node *n = mapping->first; n != child; n = n->next)
        if (n->kind == NODE_SCALAR && strchr(n->text, '(') != NULL && strchr(n->text, ')') == NULL)
            open = n;
    return open;
}

/* check_keys: that every key of the mapping is one of words, and there once. */
static enum status check_keys(const struct reading *r, const struct node *mapping, const char *const *words, int n)
{
    for (const struct node *child = mapping->first; child != NULL; child = child->next) {
        char all[1024];
        int i = 0;
        while (i < n && strcmp(words[i], child->key) != 0)
            i++;
        if (i < n && yaml_node_child(mapping, child->key) == child)
            continue;
        if (i < n)
            return reading_bad(r, child, "this key appears twice");
        values_list_words(all, sizeof all, words, n);
        const char *nearest = text_nearest(child->key, words, n), *place = right_place(child->key);
        if (place != NULL)
            return reading_bad(r, child, "this key stands %s", place);
        const struct node *open = opened_before(mapping, child);
        if (open != NULL)
            return reading_bad(r, open, "`%.64s` is the beginning of something like `uniform(1, 2)`: " VALUES_ARE_LISTED,
                               open->text);
        if (strcmp(child->key, "seed") == 0)
            return reading_bad(r, child, "this key is `seeds`, under `train`: train: {seeds: 0..4}");
        if (strchr(child->key, ')') != NULL)
            return reading_bad(r, child, "this is the end of something like `uniform(1, 2)`: " VALUES_ARE_LISTED);
        if (nearest != NULL)
            return reading_bad(r, child, "there is no such key; did you mean `%s`? (keys: %s)", nearest, all);
        return reading_bad(r, child, "there is no such key (keys: %s)", all);
    }
    return STATUS_OK;
}

/* part_words: the names of the keys of a part, after the n that are there already. */
static int part_words(enum key_part part, const char *words[MAX_WORDS], int n)
{
    for (int i = 0; i < KEYS; i++)
        if (keys[i].about.part == part)
            words[n++] = keys[i].about.name;
    return n;
}

static enum status read_train(const struct reading *r, struct node *n)
{
    const char *words[MAX_WORDS];
    int n_words = 0;
    for (int a = 0; a < AXIS_COUNT; a++)
        if (axis_at((enum axis_id)a)->group == GROUP_TRAINING)
            words[n_words++] = axis_at((enum axis_id)a)->name;
    n_words = part_words(PART_TRAIN, words, n_words);
    enum status st = check_keys(r, n, words, n_words);
    for (struct node *child = n->first; child != NULL && st == STATUS_OK; child = child->next) {
        const struct key *key = find_key(child->key, PART_TRAIN);
        if (key != NULL && key->read == read_seeds && child->kind == NODE_SCALAR)
            st = refuse_lone_seed(r, child);
        if (st != STATUS_OK)
            break;
        if (key != NULL)
            st = read_key(r, key, child);
        else if ((st = reading_expect(r, child, NODE_SCALAR)) == STATUS_OK)
            st = read_axis(r, (enum axis_id)axis_find(child->key), child);
    }
    return st;
}

/* read_part: the keys of a part that has no axes, in the order of the table. */
static enum status read_part(const struct reading *r, struct node *n, enum key_part part)
{
    const char *words[MAX_WORDS];
    const int n_words = part_words(part, words, 0);
    enum status st = check_keys(r, n, words, n_words);
    for (int i = 0; i < KEYS && st == STATUS_OK; i++) {
        struct node *child = keys[i].about.part == part ? yaml_node_child(n, keys[i].about.name) : NULL;
        if (child != NULL)
            st = read_key(r, &keys[i], child);
        if (child != NULL && part == PART_SEARCH && r->s->search == NULL)
            break; /* a grid has no more keys, see search_keys_check */
    }
    return st;
}

static enum status read_budget(const struct reading *r, struct node *n)
{
    return read_part(r, n, PART_BUDGET);
}

static enum status read_search(const struct reading *r, struct node *n)
{
    const enum status st = yaml_node_child(n, "method") != NULL ? read_part(r, n, PART_SEARCH) : STATUS_OK;
    return st == STATUS_OK ? search_keys_check(r, n) : st;
}

static enum status read_axes(const struct reading *r, struct node *n)
{
    const char *words[AXIS_COUNT];
    for (int a = 0; a < AXIS_COUNT; a++)
        words[a] = axis_at((enum axis_id)a)->name;
    enum status st = check_keys(r, n, words, AXIS_COUNT);
    for (struct node *child = n->first; child != NULL && st == STATUS_OK; child = child->next)
        if (child->kind == NODE_MAPPING)
            st = reading_bad(r, child, "a list ([a, b]) is expected here, not a mapping: " VALUES_ARE_LISTED);
        else if ((st = reading_expect(r, child, NODE_LIST)) == STATUS_OK)
            st = read_axis(r, (enum axis_id)axis_find(child->key), child);
    return st;
}

enum status keys_check(struct sweep *s, const struct node *root, struct errmsg *e)
{
    const struct reading reading = {s, e}, *r = &reading;
    const struct axis_values *epochs = &s->axes[AXIS_EPOCHS];
    if (s->name[0] == '\0')
        return reading_bad_key(r, "name", 0, "every sweep needs one: `name: first-look`");
    if (s->axes[AXIS_NETWORK].n == 0) {
        struct errmsg why = {""};
        int wrong;
        values_network(NULL, 0, &s->axes[AXIS_NETWORK], &wrong, &why);
        return reading_bad_key(r, "network", 0, why.text);
    }
    if (s->load_order[0] != '\0' && s->load[0] == '\0') {
        const struct node *n = yaml_node_child(yaml_node_child(root, "train"), "load_order");
        static const char text[] = "it orders the layers of a file to `load`, and none is named";
        return n != NULL ? reading_bad(r, n, "%s", text) : reading_bad_key(r, "load_order", 0, text);
    }
    for (int i = 0; i < epochs->n && s->load[0] == '\0'; i++)
        if (epochs->values[i].number == 0) {
            const char *part = yaml_node_child(yaml_node_child(root, "axes"), "epochs") != NULL ? "axes" : "train";
            const struct node *n = yaml_node_child(yaml_node_child(root, part), "epochs");
            static const char text[] = "0 is for loaded weights as they are (`load`); without them it is at least 1";
            return n != NULL ? reading_bad(r, n, "%s", text) : reading_bad_key(r, "epochs", 0, text);
        }
    return STATUS_OK;
}

enum status keys_read(struct sweep *s, struct node *root, struct errmsg *e)
{
    const struct reading reading = {s, e}, *r = &reading;
    const char *words[MAX_WORDS];
    const int n_words = part_words(PART_TOP, words, 0);
    enum status st = reading_expect(r, root, NODE_MAPPING);
    if (st == STATUS_OK)
        st = check_keys(r, root, words, n_words);
    for (int i = 0; i < KEYS && st == STATUS_OK; i++) {
        struct node *n = keys[i].about.part == PART_TOP ? yaml_node_child(root, keys[i].about.name) : NULL;
        if (n != NULL)
            st = read_key(r, &keys[i], n);
    }
    if (st == STATUS_OK && s->search == NULL)
        st = sweep_expand(s, e);
    return st == STATUS_OK ? keys_check(s, root, e) : st;
}

/* A list has what stands between commas; the commas of a network are its dashes. */
static struct node *option_node(const char *name, const char *value, bool is_list)
{
    char *copy = strdup(value), *rest = copy;
    struct node *n = yaml_node_new(NULL, is_list ? NODE_LIST : NODE_SCALAR, name, is_list ? NULL : value);
    bool good = copy != NULL && n != NULL;
    if (good && strcmp(name, axis_at(AXIS_NETWORK)->name) == 0)
        for (char *comma; (comma = strchr(copy, ',')) != NULL;)
            *comma = '-';
    while (good && is_list && rest != NULL)
        good = yaml_node_new(n, NODE_SCALAR, NULL, strsep(&rest, ",")) != NULL;
    free(copy);
    if (!good) {
        yaml_node_free(n);
        return NULL;
    }
    return n;
}

enum status sweep_option(struct sweep *s, const char *name, const char *value, struct errmsg *e)
{
    const struct reading r = {s, e};
    const int a = axis_find(name);
    const struct key *key = a >= 0 ? NULL : find_key(name, PART_TOP);
    if (a < 0 && key == NULL)
        key = find_key(name, PART_TRAIN);
    struct node *n = option_node(name, value, a >= 0 || key->kind == NODE_LIST);
    if (n == NULL)
        return reading_no_memory(&r);
    const enum status st = a >= 0 ? read_axis(&r, (enum axis_id)a, n) : key->read(&r, n);
    yaml_node_free(n);
    return st;
}
