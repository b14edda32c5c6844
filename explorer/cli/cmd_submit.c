#include "base/say.h"
#include "explorer/cli/cli.h"
#include "explorer/cluster/slurm.h"
#include "explorer/jobs/plan.h"
#include "explorer/search/search.h"

#include <stdio.h>
#include <string.h>

enum { SBATCH_OPTION = OPTION_MANY + 'b', MAX_SBATCH_OPTIONS = 32 };

static const struct option_row options[] = {
    {OPERAND, "SWEEP.yaml", NULL, "what to try, as for `run`", NULL},
    {'k', "shards", "N", "into how many parts the sweep is cut, each a job of its own; see `run --shard`", NULL},
    {SBATCH_OPTION, "sbatch", "OPTION",
     "an option of sbatch for these jobs, may be repeated: --sbatch=--time=8:00:00 --sbatch=--cpus-per-task=16. A "
     "shard "
     "runs as many jobs at once as Slurm gives it cores",
     NULL},
    {'n', "dry-run", NULL, "write the scripts and submit nothing", "n"},
    {OPTION_DB, NULL, NULL,
     "the database in which the shards are united (default: deltasweep.db). What is finished in it is not done again",
     NULL},
    {.id = OPTION_TOOL_TIME, .help = "give Slurm so long for an answer (default: 10m)"},
    {0},
};

static const struct exit_meaning exits[] = {
    {0, "the jobs are in the queue, the scripts are written (--dry-run), or the search has ended"},
    {1, "the search has ended, with a verdict as of `run`"},
    {2, "wrong usage, no Slurm, Slurm refuses, jobs of the same sweep are in the queue, or shards that do nothing"},
    {3, "a bad sweep file, or a damaged data set"},
    {0, NULL},
};

/* count_trainings: checks the sweep as far as this machine can, and counts its trainings. */
static enum status count_trainings(const struct sweep *sweep, int *n, struct errmsg *e)
{
    static const struct stages trainings = {.train = true};
    struct plan *p = NULL;
    const enum status st = plan_make(sweep, &trainings, &p, e);
    if (st == STATUS_OK)
        *n = p->n_jobs;
    plan_free(p);
    return st;
}

/* warn_idle: where there is less work than there are shards. */
static void warn_idle(const struct cluster_jobs *c, int n, const char *what)
{
    if (n < c->shards)
        say(stderr, "deltasweep: %s %d %s%s: some of the %d shards have nothing to do\n",
            c->search ? "this round of the search has" : "the sweep has", n, what, n == 1 ? "" : "s", c->shards);
}

static void tell_dry(const struct cluster_jobs *c)
{
    if (c->search)
        say(stderr, "%s: the scripts are written; sbatch %s/merge.sh plans the first round and submits the shards\n",
            c->sweep_name, c->folder);
    else
        say(stderr,
            "%s: the scripts are written; submit them with\n"
            "  sbatch %s/array.sh\n  sbatch --dependency=afterany:JOB %s/merge.sh\n",
            c->sweep_name, c->folder, c->folder);
}

/* tell: what was submitted, and what to do next. */
static void tell(const struct cluster_jobs *c)
{
    char what[64] = "";
    if (c->search)
        snprintf(what, sizeof what, "round %d, %d job%s: ", c->now.round, c->now.left, c->now.left == 1 ? "" : "s");
    say(stderr,
        "%s: %s%d shard%s in the queue as job %s; job %s unites them in %s when all have ended%s\n"
        "  watch:  squeue --jobs %s,%s; tail %s/*.log\n"
        "  stop:   scancel %s%s%s\n"
        "  go on:  submit again; finished work stays\n",
        c->sweep_name, what, c->shards, c->shards == 1 ? " is" : "s are", c->array_id, c->merge_id, c->db,
        c->search ? ", and submits the next round" : "", c->array_id, c->merge_id, c->folder,
        c->search ? c->merge_id : "", c->search ? " " : "", c->array_id);
}

/* count_idle: how often in a row the shards were given this round and did none of its jobs. A shard that was killed
 * gets it once more. */
static enum status count_idle(struct cluster_jobs *c, struct errmsg *e)
{
    const struct cluster_round *last = &c->last;
    enum { MOST = 2 };
    if (!c->goes_on || c->now.round > last->round || (c->now.round == last->round && c->now.left < last->left))
        return STATUS_OK;
    c->now.idle = last->idle + 1;
    if (c->now.idle < MOST)
        return STATUS_OK;
    return fail(
        e, STATUS_ENVIRONMENT,
        "round %d: %d job%s without a result, and the shards have done none of them, twice in a row, so nothing "
        "more is submitted. %s/*.log and `deltasweep status --db %s` say why; mend that, and submit again",
        c->now.round, c->now.left, c->now.left == 1 ? " is" : "s are", c->folder, c->db);
}

/* plan_round: finds out what a search asks for next, and records it in the database. c->now.left: 0 at its end. */
static enum status plan_round(struct cluster_jobs *c, const struct sweep *sweep, const struct shared_options *asked,
                              struct errmsg *e)
{
    const struct work_options work = {.db = c->db, .wait = options_wait(asked)};
    struct search_share share = {0};
    enum status st = search_do(sweep, &work, &share, e);
    c->now = (struct cluster_round){.round = share.round, .left = share.left};
    if (st != STATUS_OK || share.left == 0)
        return st;
    st = count_idle(c, e);
    if (st == STATUS_OK)
        warn_idle(c, share.left, "job");
    return st;
}

/* prepare: all that can go wrong before anything is submitted. c->now.left: 0 for a search that is at its end. */
static enum status prepare(struct cluster_jobs *c, const struct sweep *sweep, const struct shared_options *asked,
                           bool dry, struct errmsg *e)
{
    int trainings = 0;
    enum status st = sweep->search == NULL ? count_trainings(sweep, &trainings, e) : STATUS_OK;
    c->sweep_name = sweep->name;
    c->search = sweep->search != NULL;
    if (st == STATUS_OK && !c->search)
        warn_idle(c, trainings, "training");
    if (st == STATUS_OK)
        st = cluster_write(c, e);
    if (st == STATUS_OK && !dry)
        st = cluster_find(e);
    if (st == STATUS_OK && !dry)
        st = cluster_look(c, e);
    return st == STATUS_OK && !dry && c->search ? plan_round(c, sweep, asked, e) : st;
}

static enum status do_submit(struct cluster_jobs *c, const struct shared_options *asked, bool dry, struct errmsg *e)
{
    struct sweep *sweep = NULL;
    enum status st = sweep_load(c->sweep_file, &sweep, e);
    if (st == STATUS_OK)
        st = prepare(c, sweep, asked, dry, e);
    const bool over = st == STATUS_OK && !dry && c->search && c->now.left == 0;
    if (st == STATUS_OK && !dry && !over)
        st = cluster_submit(c, e);
    if (over)
        say(stderr, "%s: the search is at its end: nothing is submitted\n", c->sweep_name);
    else if (st == STATUS_OK && dry)
        tell_dry(c);
    else if (st == STATUS_OK)
        tell(c);
    else if (c->array_id[0] != '\0')
        say(stderr,
            "deltasweep: the shards are in the queue as job %s, but nothing unites them: when they have ended, "
            "deltasweep merge %s/*.db -o %s\n",
            c->array_id, c->folder, c->db);
    if (c->array_id[0] != '\0')
        say(stdout, "array %s\n", c->array_id);
    if (c->merge_id[0] != '\0')
        say(stdout, "merge %s\n", c->merge_id);
    sweep_free(sweep);
    return st;
}

static enum status run(int argc, char **argv, struct errmsg *e)
{
    struct shared_options asked = {.db = DEFAULT_DATABASE};
    const char *sbatch[MAX_SBATCH_OPTIONS];
    struct cluster_jobs c = {.options = sbatch};
    bool dry = false;
    long shards = 0;
    int v;
    while ((v = options_next(argc, argv, options, &asked, e)) != OPTIONS_END) {
        if (v == OPTIONS_BAD)
            return STATUS_USAGE;
        if (v == 'n')
            dry = true;
        else if (v == 'k' && cli_int("shards", optarg, 1, MAX_SHARDS, &shards, e) != STATUS_OK)
            return STATUS_USAGE;
        else if (v == SBATCH_OPTION && c.n_options == MAX_SBATCH_OPTIONS)
            return fail(e, STATUS_USAGE, "--sbatch is given more than %d times", MAX_SBATCH_OPTIONS);
        else if (v == SBATCH_OPTION)
            sbatch[c.n_options++] = optarg;
    }
    if (optind == argc || shards == 0)
        return fail(e, STATUS_USAGE,
                    "name a sweep file and the number of shards: deltasweep submit SWEEP.yaml --shards N");
    c.sweep_file = argv[optind++];
    c.db = asked.db;
    c.shards = (int)shards;
    return options_no_operands(argc, argv, e) == STATUS_OK ? do_submit(&c, &asked, dry, e) : STATUS_USAGE;
}

const struct command command_submit = {
    .name = "submit",
    .summary = "do what a sweep file asks for on a cluster with Slurm",
    .usage = "SWEEP.yaml --shards N [--sbatch OPTION]... [--db FILE]\n"
             "[--tool-time TIME] [--dry-run]",
    .about =
        "Cuts the sweep into shards (parts of about equal time), and gives them to Slurm as a job array: each shard "
        "does `run --shard` with a database of "
        "its own, because SQLite does not belong on a network file system that several machines write to. A second job "
        "waits for the shards and unites their databases with `merge`. Scripts, databases and logs are in the folder "
        "FILE.shards/NAME (of the database FILE.db and the sweep NAME), which all machines must see. A search goes "
        "round by round: the second job also submits the next round, until the search is at its end. After a crash or "
        "a time limit the same command continues (docs/cluster.md).",
    .options = options,
    .examples = "deltasweep submit examples/demo.yaml --shards 8 --sbatch=--time=4:00:00 --sbatch=--cpus-per-task=4\n"
                "deltasweep submit bits.yaml --shards 2 --db bits.db --dry-run",
    .exits = exits,
    .run = run,
};
