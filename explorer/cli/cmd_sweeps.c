/* The commands for sweeps that are in a database: list, rm, rename, merge. */
#include "base/file.h"
#include "base/say.h"
#include "base/stop.h"
#include "db/sweeps.h"
#include "explorer/cli/cli.h"
#include "explorer/report/query.h"
#include "explorer/sweep/keys.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MANY(n) (n), (n) == 1 ? "" : "s" /* for "%d point%s" */

/* ------------------------------------------------------------------------------ list */

static const struct option_row list_options[] = {
    {.id = OPTION_JSON}, {.id = OPTION_JSON_LINES}, {.id = OPTION_CSV}, {.id = OPTION_MARKDOWN}, {.id = OPTION_DB}, {0},
};

static const struct exit_meaning list_exits[] = {
    {0, "good"},
    {2, "wrong usage, or no such database"},
    {0, NULL},
};

static const char list_sql[] =
    "SELECT s.name AS sweep, group_concat(DISTINCT p.dataset) AS dataset, count(DISTINCT r.point) AS points, "
    "count(r.id) AS runs, count(t.job) AS trained, max(t.test_accuracy) AS best_test_accuracy, s.created, s.updated, "
    "s.file "
    "FROM sweeps s LEFT JOIN runs r ON r.sweep = s.id LEFT JOIN points p ON p.id = r.point "
    "LEFT JOIN training t ON t.job = r.train_job GROUP BY s.id ORDER BY s.id";

static enum status run_list(int argc, char **argv, struct errmsg *e)
{
    struct shared_options asked = {.db = DEFAULT_DATABASE};
    const struct table_view view = {.bold = cli_colour(1)};
    struct table *t = NULL;
    sqlite3 *db = NULL;
    if (options_shared(argc, argv, list_options, &asked, e) != STATUS_OK ||
        options_no_operands(argc, argv, e) != STATUS_OK)
        return STATUS_USAGE;
    enum status st = query_open(asked.db, &db, e);
    if (st == STATUS_OK)
        st = query_table(db, list_sql, &t, e);
    if (st == STATUS_OK)
        st = table_print(t, &view, stdout, asked.format, e);
    table_free(t);
    sqlite3_close(db);
    return st;
}

const struct command command_list = {
    .name = "list",
    .summary = "the sweeps in the database",
    .usage = "[--json|--json-lines|--csv|--markdown] [--db FILE]",
    .about = "Prints the sweeps of the database: how many points and runs each has, how many of these are trained, the "
             "best accuracy, and from which file it came. `status` says how far a run is.",
    .options = list_options,
    .examples = "deltasweep list\n"
                "deltasweep list --db bits.db --csv",
    .exits = list_exits,
    .run = run_list,
};

/* ---------------------------------------------------------------- what the others share */

static const struct exit_meaning change_exits[] = {
    {0, "good"},
    {2, "wrong usage, no such sweep, or a database that is not there or cannot be written"},
    {0, NULL},
};

/* open_existing: for writing, alone or with others; a database that is not there is not made. */
static enum status open_existing(const struct shared_options *asked, bool alone, struct store **s, struct errmsg *e)
{
    struct stat info;
    sqlite3 *reader = NULL;
    const struct store_wait wait = options_wait(asked);
    if (stat(asked->db, &info) != 0) /* for its message */
        return store_open_readonly(asked->db, &reader, e);
    stop_catch_signals();
    return alone ? store_open_alone(asked->db, &wait, s, e) : store_open(asked->db, &wait, s, e);
}

/* operands: exactly n words of the command line. */
static enum status operands(int argc, char **argv, int n, const char *usage, struct errmsg *e)
{
    if (argc - optind == n)
        return STATUS_OK;
    return fail(e, STATUS_USAGE, "deltasweep %s %s", argv[0], usage);
}

/* -------------------------------------------------------------------------------- rm */

static const struct option_row rm_options[] = {
    {OPERAND, "SWEEP", NULL, "the name of a sweep, as `list` prints it", NULL},
    {'n', "dry-run", NULL, "say what would be removed, and do nothing", "n"},
    {.id = OPTION_DB},
    {.id = OPTION_LOCK_TIMEOUT},
    {0},
};

static enum status run_rm(int argc, char **argv, struct errmsg *e)
{
    struct shared_options asked = {.db = DEFAULT_DATABASE};
    struct store *s = NULL;
    struct removed gone;
    bool dry = false;
    int v;
    while ((v = options_next(argc, argv, rm_options, &asked, e)) != OPTIONS_END) {
        if (v == OPTIONS_BAD)
            return STATUS_USAGE;
        dry = true;
    }
    enum status st = operands(argc, argv, 1, "SWEEP: which sweep is to go?", e);
    if (st == STATUS_OK)
        st = open_existing(&asked, true, &s, e);
    if (st == STATUS_OK)
        st = sweeps_remove(s, argv[optind], dry, &gone, e);
    if (st == STATUS_OK) {
        say(stderr, "%s: %s %d run%s, and with them %d point%s and %d job%s (%d training%s) that no other sweep has\n",
            argv[optind], dry ? "would remove" : "removed", MANY(gone.runs), MANY(gone.points), MANY(gone.jobs),
            MANY(gone.trainings));
        if (gone.kept > 0)
            say(stderr, "%d point%s without a sweep kept because of imported reports\n", gone.kept,
                gone.kept == 1 ? " is" : "s are");
    }
    store_close(s);
    return st;
}

const struct command command_rm = {
    .name = "rm",
    .summary = "remove a sweep from the database",
    .usage = "SWEEP [--dry-run] [--db FILE]",
    .about = "Removes a sweep with its runs, and the points and results that no other sweep has: trainings, "
             "simulations, syntheses. Only another run of the sweep brings them back. Points with a report "
             "of Vivado stay. While a run works on the database, `rm` waits for its end.",
    .options = rm_options,
    .examples = "deltasweep rm first-look --dry-run\n"
                "deltasweep rm first-look --db bits.db",
    .exits = change_exits,
    .run = run_rm,
};

/* ---------------------------------------------------------------------------- rename */

static const struct option_row rename_options[] = {
    {OPERAND, "SWEEP", NULL, "the name of a sweep, as `list` prints it", NULL},
    {OPERAND, "NEW", NULL, "its new name", NULL},
    {.id = OPTION_DB},
    {.id = OPTION_LOCK_TIMEOUT},
    {0},
};

static enum status run_rename(int argc, char **argv, struct errmsg *e)
{
    struct shared_options asked = {.db = DEFAULT_DATABASE};
    struct store *s = NULL;
    if (options_shared(argc, argv, rename_options, &asked, e) != STATUS_OK)
        return STATUS_USAGE;
    enum status st = operands(argc, argv, 2, "SWEEP NEW: two names are needed", e);
    if (st == STATUS_OK)
        st = keys_check_name(argv[optind + 1], e);
    if (st == STATUS_OK)
        st = open_existing(&asked, false, &s, e);
    if (st == STATUS_OK)
        st = sweeps_rename(s, argv[optind], argv[optind + 1], e);
    if (st == STATUS_OK)
        say(stderr, "%s is now %s; write `name: %s` in its file, or its next run is another sweep\n", argv[optind],
            argv[optind + 1], argv[optind + 1]);
    store_close(s);
    return st;
}

const struct command command_rename = {
    .name = "rename",
    .summary = "give a sweep of the database another name",
    .usage = "SWEEP NEW [--db FILE]",
    .about = "Gives a sweep another name. Its points and results stay as they are. Change the key `name` of "
             "its file yourself.",
    .options = rename_options,
    .examples = "deltasweep rename first-look old-look\n"
                "deltasweep rename train tries --db bits.db",
    .exits = change_exits,
    .run = run_rename,
};

/* ----------------------------------------------------------------------------- merge */

enum { MERGE_OURS = 'u' };

static const struct option_row merge_options[] = {
    {OPERAND, "OTHER.db", NULL, "a database whose sweeps and results are taken over; several may be given", NULL},
    {'o', "output", "FILE", "the database that takes them; it is made if it is not there. The same as --db", "o"},
    {MERGE_OURS, "ours", NULL,
     "where another database has a different result of the same job, leave that out and take the rest", NULL},
    {.id = OPTION_DB},
    {.id = OPTION_LOCK_TIMEOUT},
    {0},
};

static const struct exit_meaning merge_exits[] = {
    {0, "good"},
    {1, "the databases contradict each other; what contradicts was not merged"},
    {2, "wrong usage, or a database that is not there or cannot be read or written"},
    {0, NULL},
};

/* check_other: that there is a database, of this program's format, and not the one that takes it. */
static enum status check_other(const char *db, const char *other, struct errmsg *e)
{
    sqlite3 *reader = NULL;
    if (access(other, F_OK) != 0)
        return fail(e, STATUS_ENVIRONMENT, "there is no database %s", other);
    if (file_is_same(db, other))
        return fail(e, STATUS_USAGE, "%s and %s are the same file", db, other);
    const enum status st = store_open_readonly(other, &reader, e);
    sqlite3_close(reader);
    return st;
}

static enum status merge_one(struct store *s, const char *other, bool ours, struct errmsg *e)
{
    struct merged m;
    const enum status st = sweeps_merge(s, other, ours, &m, e);
    if (st != STATUS_OK)
        return st;
    say(stderr, "%s: new from %s: %d sweep%s, %d run%s, %d point%s, %d job%s", store_path(s), other, MANY(m.sweeps),
        MANY(m.runs), MANY(m.points), MANY(m.jobs));
    if (m.completed > 0)
        say(stderr, "; %d job%s that waited here %s now done", MANY(m.completed), m.completed == 1 ? "is" : "are");
    if (m.differing > 0)
        say(stderr, "; %d job%s with another result there keep%s that of %s", MANY(m.differing),
            m.differing == 1 ? "s" : "", store_path(s));
    fputc('\n', stderr);
    return STATUS_OK;
}

static enum status run_merge(int argc, char **argv, struct errmsg *e)
{
    struct shared_options asked = {0};
    struct store *s = NULL;
    const char *output = NULL;
    bool ours = false;
    int v;
    while ((v = options_next(argc, argv, merge_options, &asked, e)) != OPTIONS_END) {
        if (v == OPTIONS_BAD)
            return STATUS_USAGE;
        if (v == 'o')
            output = optarg;
        else
            ours = true;
    }
    if (output != NULL && asked.db != NULL)
        return fail(e, STATUS_USAGE, "--output and --db are the same: give one of them");
    const char *db = output != NULL ? output : asked.db != NULL ? asked.db : DEFAULT_DATABASE;
    if (optind == argc)
        return fail(e, STATUS_USAGE, "deltasweep merge OTHER.db...: which database is to be taken over?");
    enum status st = STATUS_OK;
    for (int i = optind; i < argc && st == STATUS_OK; i++)
        st = check_other(db, argv[i], e);
    if (st != STATUS_OK)
        return st;
    const struct store_wait wait = options_wait(&asked);
    stop_catch_signals();
    st = store_open(db, &wait, &s, e);
    for (int i = optind; i < argc && st == STATUS_OK; i++)
        if ((st = stop_check(e)) == STATUS_OK)
            st = merge_one(s, argv[i], ours, e);
    store_close(s);
    return st;
}

const struct command command_merge = {
    .name = "merge",
    .summary = "take over the sweeps and results of other databases",
    .usage = "OTHER.db... [-o FILE] [--ours]",
    .about = "Brings all sweeps, points and results of other databases into one, for example of a second machine or of "
             "the shards "
             "of a sweep (`submit`). Points and jobs are the same where their digests are: no result is lost, and none "
             "comes "
             "twice. The rows are the same in whichever order the databases come, and merging one again changes "
             "nothing. Two "
             "sweeps of one name with unlike files, or one job with two results, are refused, and nothing of that "
             "database is "
             "merged.",
    .options = merge_options,
    .examples = "deltasweep merge laptop.db\n"
                "deltasweep merge desk.db laptop.db server.db -o all.db",
    .exits = merge_exits,
    .run = run_merge,
};
