#include "base/cache.h"
#include "base/cache_list.h"
#include "base/clock.h"
#include "base/say.h"
#include "base/scratch.h"
#include "explorer/cli/cli.h"
#include "explorer/report/table.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PRUNE = 'p', OLDER = 'o', LARGER = 'l', DRY_RUN = 'n' };

static const struct option_row options[] = {
    {PRUNE, "prune", NULL,
     "remove what dead processes left, and what --older and --larger name; never what a living process uses", NULL},
    {OLDER, "older", "TIME", "with --prune: remove what was not used for so long: 12h, 30d", NULL},
    {LARGER, "larger", "SIZE", "with --prune: remove until all is no larger, what was used longest ago first: 500M, 2G",
     NULL},
    {DRY_RUN, "dry-run", NULL, "with --prune: only say what it would remove", NULL},
    {.id = OPTION_JSON},
    {.id = OPTION_JSON_LINES},
    {.id = OPTION_CSV},
    {.id = OPTION_MARKDOWN},
    {0},
};

static const struct exit_meaning exits[] = {
    {0, "good"},
    {2, "wrong usage, a cache that cannot be used, or something in it that cannot be removed"},
    {0, NULL},
};

struct request {
    bool prune, dry;
    double older_s;      /* INFINITY: whatever its age */
    double larger_bytes; /* INFINITY: whatever its size */
    enum table_format format;
};

/* What there is of a kind after all, and what was removed of it. */
struct sum {
    char kind[64];
    double bytes, oldest, newest, removed_bytes;
    int entries, removed, in_use;
};

enum { MOST_KINDS = 64 };

struct account {
    struct sum kinds[MOST_KINDS], all;
    int n, left, left_removed; /* of dead processes */
    int stays;                 /* what should have been removed, and could not be */
    char why[256];             /* the last of them */
};

static enum status read_request(int argc, char **argv, struct request *r, struct errmsg *e)
{
    struct shared_options shared = {.db = NULL};
    enum status s = STATUS_OK;
    int option;
    *r = (struct request){.older_s = (double)INFINITY, .larger_bytes = (double)INFINITY};
    while (s == STATUS_OK && (option = options_next(argc, argv, options, &shared, e)) != OPTIONS_END) {
        if (option == OPTIONS_BAD)
            return STATUS_USAGE;
        r->prune |= option == PRUNE;
        r->dry |= option == DRY_RUN;
        if (option == OLDER)
            s = options_time("older", optarg, &r->older_s, e);
        else if (option == LARGER)
            s = options_size("larger", optarg, &r->larger_bytes, e);
    }
    r->format = shared.format;
    if (s == STATUS_OK)
        s = options_no_operands(argc, argv, e);
    if (s == STATUS_OK && !r->prune && (r->dry || !isinf(r->older_s) || !isinf(r->larger_bytes)))
        s = fail(e, STATUS_USAGE, "--older, --larger and --dry-run go with --prune");
    return s;
}

/* sum_of: that of a kind; kinds beyond the room of the table are in the last one. */
static struct sum *sum_of(struct account *a, const char *kind)
{
    for (int i = 0; i < a->n; i++)
        if (strcmp(a->kinds[i].kind, kind) == 0)
            return &a->kinds[i];
    struct sum *new = &a->kinds[a->n < MOST_KINDS ? a->n++ : MOST_KINDS - 1];
    snprintf(new->kind, sizeof new->kind, "%s", kind);
    return new;
}

static void count(struct sum *s, const struct cache_item *item)
{
    s->oldest = s->entries == 0 ? item->used : fmin(s->oldest, item->used);
    s->newest = s->entries == 0 ? item->used : fmax(s->newest, item->used);
    s->entries++;
    s->bytes += item->bytes;
}

/* prune_one: true if the item is gone. */
static bool prune_one(struct account *a, const struct cache_item *item, bool dry)
{
    struct sum *of[2] = {sum_of(a, item->kind), &a->all};
    const enum cache_removal done = cache_remove(item, dry);
    if (done == CACHE_STAYS) {
        a->stays++;
        snprintf(a->why, sizeof a->why, "%s/%.100s: %s", item->kind, item->name, strerror(errno));
    }
    for (int i = 0; i < 2; i++) {
        of[i]->removed += done == CACHE_REMOVED;
        of[i]->removed_bytes += done == CACHE_REMOVED ? item->bytes : 0;
        of[i]->in_use += done == CACHE_IN_USE;
    }
    return done == CACHE_REMOVED;
}

/* go_through: the entries, the one used longest ago first. */
static void go_through(struct account *a, const struct cache_list *list, const struct request *r)
{
    const double now = clock_wall_s();
    double bytes = 0;
    for (int i = 0; i < list->n; i++)
        bytes += list->items[i].bytes;
    for (int i = 0; i < list->n; i++) {
        const struct cache_item *item = &list->items[i];
        const bool wanted = r->prune && (now - item->used > r->older_s || bytes > r->larger_bytes);
        if (wanted && prune_one(a, item, r->dry)) {
            bytes -= item->bytes;
            continue;
        }
        count(sum_of(a, item->kind), item);
        count(&a->all, item);
    }
}

static void set_integer(struct cell *c, double v)
{
    *c = (struct cell){.type = CELL_INT, .integer = (int64_t)v};
}

/* set_time: a text, or nothing where nothing is. */
static bool set_time(struct cell *c, double seconds, bool is)
{
    char text[CLOCK_ISO_BYTES];
    if (!is)
        return true;
    clock_iso(seconds, text);
    *c = (struct cell){.type = CELL_TEXT, .text = strdup(text), .integer = (int64_t)strlen(text)};
    return c->text != NULL;
}

static bool add_row(struct table *t, const struct sum *s, bool prune)
{
    struct cell *row = table_add(t);
    if (row == NULL || (row[0].text = strdup(s->kind)) == NULL)
        return false;
    row[0].type = CELL_TEXT;
    row[0].integer = (int64_t)strlen(s->kind);
    set_integer(&row[1], s->entries);
    set_integer(&row[2], s->bytes);
    if (!set_time(&row[3], s->oldest, s->entries > 0) || !set_time(&row[4], s->newest, s->entries > 0))
        return false;
    if (!prune)
        return true;
    set_integer(&row[5], s->removed);
    set_integer(&row[6], s->removed_bytes);
    set_integer(&row[7], s->in_use);
    return true;
}

static int by_name(const void *a, const void *b)
{
    const struct sum *x = a, *y = b;
    return strcmp(x->kind, y->kind);
}

static enum status print(struct account *a, const struct request *r, struct errmsg *e)
{
    static const char *const names[] = {"kind",       "entries", "bytes",         "oldest_use",
                                        "newest_use", "removed", "removed_bytes", "in_use"};
    struct sum left = {.kind = "leftovers", .entries = a->left - a->left_removed, .removed = a->left_removed};
    struct table *t = NULL;
    enum status s = table_make(names, r->prune ? 8 : 5, &t, e);
    bool good = s == STATUS_OK;
    qsort(a->kinds, (size_t)a->n, sizeof a->kinds[0], by_name);
    for (int i = 0; i < a->n && good; i++)
        good = add_row(t, &a->kinds[i], r->prune);
    if (good && a->left > 0) {
        const int entries = left.entries;
        left.entries = 0; /* no times */
        good = add_row(t, &left, r->prune);
        if (good)
            set_integer(&t->cells[(t->n_rows - 1) * t->n_columns + 1], entries);
    }
    if (s == STATUS_OK && !good)
        s = fail(e, STATUS_ENVIRONMENT, "out of memory for the table");
    if (s == STATUS_OK)
        s = table_print(t, &(struct table_view){.bold = cli_colour(1)}, stdout, r->format, e);
    table_free(t);
    return s;
}

#define MANY(n, one, many) (n), (n) == 1 ? (one) : (many)

/* sum_up: a line for people. */
static void sum_up(const struct account *a, const struct request *r)
{
    char root[PATH_MAX];
    if (cache_root(root, NULL) != STATUS_OK)
        return;
    if (!r->prune) {
        say(stderr, "%s: %d %s, %.1f MB", root, MANY(a->all.entries, "entry", "entries"), 1e-6 * a->all.bytes);
        if (a->left > 0)
            say(stderr, "; dead processes left %d %s, which --prune removes", MANY(a->left, "leftover", "leftovers"));
    } else {
        say(stderr, "%s: %s %d %s, %.1f MB, and %d %s of dead processes; %d %s, %.1f MB, stay", root,
            r->dry ? "would remove" : "removed", MANY(a->all.removed, "entry", "entries"), 1e-6 * a->all.removed_bytes,
            MANY(a->left_removed, "leftover", "leftovers"), MANY(a->all.entries, "entry", "entries"),
            1e-6 * a->all.bytes);
        if (a->all.in_use > 0)
            say(stderr, "; %d of them %s in use now", MANY(a->all.in_use, "is", "are"));
    }
    say(stderr, "\n");
}

static enum status run(int argc, char **argv, struct errmsg *e)
{
    struct request r;
    struct cache_list list = {.items = NULL};
    struct account *a = NULL;
    enum status s = read_request(argc, argv, &r, e);
    if (s != STATUS_OK)
        return s;
    if ((a = calloc(1, sizeof *a)) == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory");
    s = cache_list_read(&list, e);
    if (s == STATUS_OK) {
        go_through(a, &list, &r);
        a->left = cache_remove_left(!r.prune || r.dry) + scratch_remove_left(!r.prune || r.dry);
        a->left_removed = r.prune ? a->left : 0;
        s = print(a, &r, e);
        sum_up(a, &r);
    }
    if (s == STATUS_OK && a->stays > 0)
        s = fail(e, STATUS_ENVIRONMENT, "%d %s cannot be removed, for example %s", MANY(a->stays, "entry", "entries"),
                 a->why);
    cache_list_free(&list);
    free(a);
    return s;
}

const struct command command_cache = {
    .name = "cache",
    .summary = "what finished work is kept, and how to remove it",
    .usage = "[--prune [--older TIME] [--larger SIZE] [--dry-run]] [--json]",
    .about =
        "Prints what the cache has: for each kind of work how many entries, their bytes, and when the first and the "
        "last of them was used. Simulators, syntheses and unfinished trainings are kept there, in "
        "${XDG_CACHE_HOME:-~/.cache}/deltasweep. Nothing in it is needed: what is missing is made anew.\n\n"
        "--prune removes the drafts, locks and temporary files that killed processes left, and with --older and "
        "--larger entries, too. It may be called while runs go on: what they use stays.",
    .options = options,
    .examples = "deltasweep cache\n"
                "deltasweep cache --prune --older 30d --larger 2G --dry-run\n"
                "deltasweep cache --prune --larger 500M --json",
    .exits = exits,
    .run = run,
};
