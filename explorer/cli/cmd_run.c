#include "base/file.h"
#include "base/machine.h"
#include "base/say.h"
#include "explorer/cli/cli.h"
#include "explorer/jobs/time_left.h"
#include "explorer/jobs/forget.h"
#include "explorer/jobs/order.h"
#include "explorer/jobs/work.h"
#include "explorer/search/search.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct option_row options[] = {
    {OPERAND, "SWEEP.yaml", NULL, "what to try (see examples/demo.yaml and docs/sweeps.md)", NULL},
    {'j', "jobs", "N", "how many jobs run at once (default: one for each core)", "j"},
    {'n', "dry-run", NULL,
     "print the points and jobs, the time they would take, and the runs that would be forgotten; do nothing", "n"},
    {'l', "log-json", "FILE", "append a line of JSON for each event (docs/sweeps.md): a job starts, ends, fails, …",
     NULL},
    {'S', "shard", "I/N",
     "do only the I-th of N parts of the sweep. Several machines do one each, in databases of their own, and `merge` "
     "unites these (see `submit`). No training is in two parts. Of a search it is the part of one round, which `submit` "
     "planned in the database of --from",
     NULL},
    {'F', "from", "FILE", "first take over the results of this sweep that another database has", NULL},
    {.id = OPTION_DB},
    {.id = OPTION_LOCK_TIMEOUT},
    {.id = OPTION_JOB_TIME},
    {.id = OPTION_JOB_MEMORY},
    {.id = OPTION_TOOL_TIME},
    {0},
};

static const struct exit_meaning exits[] = {
    {0, "good"},
    {1, "the RTL and the integer definition differ somewhere, a training diverged, or a network cannot be deployed"},
    {2, "wrong usage, a missing tool or data set, a failed job, or a database that cannot be used"},
    {3, "a bad sweep file, a damaged data set, or damaged weights (load)"},
    {130, "interrupted; the same command continues"},
    {0, NULL},
};

/* print_plan: the points, then the jobs and how many are done already. */
static void print_plan(const struct plan *p)
{
    int total[JOB_KIND_COUNT] = {0}, done[JOB_KIND_COUNT] = {0};
    for (int i = 0; i < p->n_points; i++) {
        const struct point *at = plan_point(p, i);
        char name[POINT_NAME_BYTES], text[POINT_TEXT_BYTES], network[TOPOLOGY_TEXT_BYTES] = "";
        point_name(at->digest, name);
        point_text(at, text);
        if (p->sweep->axes[AXIS_NETWORK].n > 1)
            topology_text(&at->shape, network);
        const char *const parts[] = {"point ", name, " ", text, network[0] != '\0' ? " network=" : "", network,
                                     p->points[i].skipped ? " (skipped: it cannot fit)" : "", "\n"};
        for (size_t k = 0; k < sizeof parts / sizeof parts[0]; k++)
            say_bytes(stdout, parts[k], strlen(parts[k])); /* of a million points printf takes seconds */
    }
    for (int i = 0; i < p->n_jobs; i++) {
        total[p->jobs[i].kind]++;
        done[p->jobs[i].kind] += p->jobs[i].state == JOB_DONE;
    }
    say(stdout, "points %d\nruns %d\n", p->n_points, p->n_runs);
    for (int k = 0; k < JOB_KIND_COUNT; k++)
        if (!job_kind_at((enum job_kind_id)k)->of_search)
            say(stdout, "jobs %s %d, %d done already\n", job_kind_at((enum job_kind_id)k)->name, total[k], done[k]);
}

/* print_time: how long the jobs would take. */
static enum status print_time(struct plan *p, sqlite3 *db, int workers, struct errmsg *e)
{
    struct time_left *f = NULL;
    char host[256], time[32];
    bool known = false;
    enum status st = order_jobs(p, workers, e);
    if (st == STATUS_OK)
        st = time_left_new(p, workers, &f, e);
    if (st != STATUS_OK)
        return st;
    machine_name(host, sizeof host);
    if (db != NULL)
        time_left_remember(f, db, host);
    progress_duration(time_left_seconds(f, 0, &known), time);
    say(stdout, "time %s %s, %d job%s at once%s\n", known ? "about" : "very roughly", time, workers,
        workers == 1 ? "" : "s", known ? "" : " (this machine has not shown yet how long each kind of job takes)");
    time_left_free(f);
    return STATUS_OK;
}

static enum status print_forgotten(const struct plan *p, sqlite3 *db, const char *path, struct errmsg *e)
{
    struct forgotten gone = {0};
    const enum status st = db == NULL ? STATUS_OK : forget_list(p, db, path, &gone, e);
    if (st == STATUS_OK && gone.runs > 0)
        say(stdout, "forgets %d run%s without a result that the file no longer asks for: %s\n", gone.runs,
            gone.runs == 1 ? "" : "s", gone.names);
    return st;
}

static enum status dry_run(const struct sweep *sweep, const struct stages *stages, const char *path, int workers,
                           struct errmsg *e)
{
    struct plan *p = NULL;
    sqlite3 *db = NULL;
    enum status st = plan_make(sweep, stages, &p, e);
    if (st != STATUS_OK)
        return st;
    work_warn(p);
    if (access(path, F_OK) == 0 && (st = store_open_readonly(path, &db, e)) == STATUS_OK)
        st = plan_states(p, db, path, e);
    if (st == STATUS_OK)
        print_plan(p);
    if (st == STATUS_OK)
        st = print_time(p, db, workers, e);
    if (st == STATUS_OK)
        st = print_forgotten(p, db, path, e);
    sqlite3_close(db);
    plan_free(p);
    return st;
}

/* take_shard: "1/4". */
static enum status take_shard(const char *text, struct stages *stages, struct errmsg *e)
{
    int used = 0;
    if (sscanf(text, "%4d/%4d%n", &stages->shard, &stages->shards, &used) == 2 && text[used] == '\0' &&
        stages->shard >= 1 && stages->shards <= MAX_SHARDS && stages->shard <= stages->shards)
        return STATUS_OK;
    return fail(e, STATUS_USAGE, "--shard is its number and how many there are, as in 1/4 to 4/4, at most %d; not `%s`",
                MAX_SHARDS, text);
}

/* check_from: that it can be read, before an empty database is made. The wait for the lock of the run's own database would
 * not end. */
static enum status check_from(const struct work_options *work, struct errmsg *e)
{
    sqlite3 *db = NULL;
    if (work->from == NULL)
        return STATUS_OK;
    if (file_is_same(work->from, work->db))
        return fail(e, STATUS_USAGE, "--from: %s is the database of the run: name another one, or leave it out", work->from);
    const enum status s = store_open_readonly(work->from, &db, e);
    sqlite3_close(db);
    return s;
}

static enum status run_search(const struct sweep *sweep, const char *file, const struct work_options *work,
                              const struct stages *stages, struct errmsg *e)
{
    struct search_share share = {.shard = stages->shard, .shards = stages->shards};
    if (stages->shards > 0 && work->from == NULL)
        return fail(
            e, STATUS_USAGE,
            "%s has the key `search`: a shard does its part of the round that `deltasweep submit` has planned in "
            "another database; name that one with --from",
            file);
    if (stages->shards == 0 && work->from != NULL)
        return fail(e, STATUS_USAGE,
                    "%s has the key `search`: `merge` gives it the results of another database, --from only a shard",
                    file);
    return search_do(sweep, work, stages->shards > 0 ? &share : NULL, e);
}

static enum status run(int argc, char **argv, struct errmsg *e)
{
    struct stages all = {.train = true, .check = true, .synth = true, .trained_vectors = true};
    struct work_options work = {0};
    struct shared_options asked = {.db = DEFAULT_DATABASE};
    struct sweep *sweep = NULL;
    bool dry = false;
    long jobs = 0;
    int v;

    while ((v = options_next(argc, argv, options, &asked, e)) != OPTIONS_END) {
        if (v == OPTIONS_BAD)
            return STATUS_USAGE;
        if (v == 'n')
            dry = true;
        else if (v == 'l')
            work.log_json = optarg;
        else if (v == 'S') {
            if (take_shard(optarg, &all, e) != STATUS_OK)
                return STATUS_USAGE;
        } else if (v == 'F')
            work.from = optarg;
        else if (cli_int("jobs", optarg, 1, 1024, &jobs, e) != STATUS_OK)
            return STATUS_USAGE;
    }
    work.prune = all.shards == 0; /* other shards have runs of the sweep, too */
    work.db = asked.db;
    work.workers = (int)jobs;
    work.wait = options_wait(&asked);
    work.limits = asked.limits;
    if (optind == argc)
        return fail(e, STATUS_USAGE, "name a sweep file: deltasweep run SWEEP.yaml (see examples/demo.yaml)");
    const char *file = argv[optind++];
    enum status st = options_no_operands(argc, argv, e);
    if (st != STATUS_OK || (st = check_from(&work, e)) != STATUS_OK)
        return st;
    st = sweep_load(file, &sweep, e);
    if (st != STATUS_OK)
        return st;
    const int workers = jobs > 0 ? (int)jobs : runner_cores();
    if (sweep->search != NULL)
        st = dry ? search_describe(sweep, e) : run_search(sweep, file, &work, &all, e);
    else
        st = dry ? dry_run(sweep, &all, work.db, workers, e) : work_do(sweep, &all, &work, NULL, e);
    sweep_free(sweep);
    return st;
}

const struct command command_run = {
    .name = "run",
    .summary = "do what a sweep file asks for, and record it",
    .usage = "SWEEP.yaml [--db FILE] [--jobs N] [--dry-run] [OPTION]...",
    .about = "Does everything that the sweep file asks for: it trains each distinct network, simulates and "
             "checks its hardware in RTL, synthesises it, and records each result at once. Work whose result "
             "is in the database is not done again. A sweep with the key `search` chooses what it trains "
             "(docs/search.md). After Ctrl-C, a crash or a full disk the same command "
             "continues.",
    .options = options,
    .examples = "deltasweep run examples/demo.yaml --dry-run\n"
                "deltasweep run examples/bits.yaml --db bits.db --jobs 2",
    .exits = exits,
    .run = run,
};
