#include "explorer/cli/cli.h"
#include "explorer/cluster/slurm.h"
#include "explorer/jobs/plan.h"

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
    {0},
};

static const struct exit_meaning exits[] = {
    {0, "the jobs are in the queue, or (--dry-run) the scripts are written"},
    {2, "wrong usage, no Slurm, Slurm refuses, or jobs of the same sweep are in the queue still"},
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

/* tell: what was done, and what to do next. */
static void tell(const struct cluster_jobs *c, bool dry)
{
    if (dry) {
        fprintf(stderr,
                "%s: the scripts are written; submit them with\n"
                "  sbatch %s/array.sh\n  sbatch --dependency=afterany:JOB %s/merge.sh\n",
                c->sweep_name, c->folder, c->folder);
        return;
    }
    fprintf(stderr,
            "%s: %d shard%s in the queue as job %s; job %s unites them in %s when all have ended\n"
            "  watch:  squeue --jobs %s,%s; tail %s/*.log\n"
            "  stop:   scancel %s\n"
            "  go on:  submit again; finished work stays\n",
            c->sweep_name, c->shards, c->shards == 1 ? " is" : "s are", c->array_id, c->merge_id, c->db, c->array_id,
            c->merge_id, c->folder, c->array_id);
}

static enum status do_submit(struct cluster_jobs *c, bool dry, struct errmsg *e)
{
    struct sweep *sweep = NULL;
    int trainings = 0;
    enum status st = sweep_load(c->sweep_file, &sweep, e);
    if (st == STATUS_OK && sweep->search != NULL)
        st = fail(
            e, STATUS_USAGE,
            "%s has the key `search`, which chooses what to train by what it has seen: it is not cut into shards. Let "
            "Slurm run it on one machine: sbatch --cpus-per-task=16 --wrap 'deltasweep run %s'",
            c->sweep_file, c->sweep_file);
    if (st == STATUS_OK)
        st = count_trainings(sweep, &trainings, e);
    if (st == STATUS_OK) {
        c->sweep_name = sweep->name;
        if (trainings < c->shards)
            fprintf(stderr, "deltasweep: the sweep has %d training%s: some of the %d shards have nothing to do\n",
                    trainings, trainings == 1 ? "" : "s", c->shards);
        st = cluster_write(c, e);
    }
    if (st == STATUS_OK && !dry)
        st = cluster_submit(c, e);
    if (st == STATUS_OK)
        tell(c, dry);
    else if (c->array_id[0] != '\0')
        fprintf(stderr,
                "deltasweep: the shards are in the queue as job %s, but nothing unites them: when they have ended, "
                "deltasweep merge %s/*.db -o %s\n",
                c->array_id, c->folder, c->db);
    if (c->array_id[0] != '\0')
        printf("array %s\n", c->array_id);
    if (c->merge_id[0] != '\0')
        printf("merge %s\n", c->merge_id);
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
    return options_no_operands(argc, argv, e) == STATUS_OK ? do_submit(&c, dry, e) : STATUS_USAGE;
}

const struct command command_submit = {
    .name = "submit",
    .summary = "do what a sweep file asks for on a cluster with Slurm",
    .usage = "SWEEP.yaml --shards N [--sbatch OPTION]... [--db FILE] [--dry-run]",
    .about =
        "Cuts the sweep into shards (parts of about equal time), and gives them to Slurm as a job array: each shard "
        "does `run --shard` with a database of "
        "its own, because SQLite does not belong on a network file system that several machines write to. A second job "
        "waits for the shards and unites their databases with `merge`. Scripts, databases and logs are in the folder "
        "FILE.shards/NAME (of the database FILE.db and the sweep NAME), which all machines must see. After a crash or "
        "a time limit the same command continues (docs/cluster.md).",
    .options = options,
    .examples = "deltasweep submit examples/demo.yaml --shards 8 --sbatch=--time=4:00:00 --sbatch=--cpus-per-task=4\n"
                "deltasweep submit bits.yaml --shards 2 --db bits.db --dry-run",
    .exits = exits,
    .run = run,
};
