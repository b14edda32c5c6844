#include "explorer/jobs/work.h"

#include "base/say.h"
#include "base/stop.h"
#include "db/sweeps.h"
#include "explorer/jobs/kinds/hardware.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void work_say(const char *lines)
{
    for (const char *line = lines; *line != '\0'; line += strspn(line, "\n")) {
        const int n = (int)strcspn(line, "\n");
        say(stderr, "deltasweep: %.*s\n", n, line);
        line += n;
    }
}

void work_warn(const struct plan *p)
{
    work_say(p->notes);
    work_say(p->missing);
    work_say(p->unused);
    work_say(p->lacking);
}

static void summary(const struct plan *p, const struct run_outcome *o, const char *db)
{
    say(stderr, "%s: %d point%s, %d run%s; %d job%s done in %.1f s, %d done before", p->sweep->name, p->n_points,
        p->n_points == 1 ? "" : "s", p->n_runs, p->n_runs == 1 ? "" : "s", o->done, o->done == 1 ? "" : "s", o->seconds,
        o->cached);
    if (o->elsewhere > 0)
        say(stderr, ", %d by other runs", o->elsewhere);
    const int failed = outcome_failures(o);
    if (failed + o->blocked > 0)
        say(stderr, ", %d failed, %d not started", failed, o->blocked);
    say(stderr, "; results are in %s\n", db);
}

enum status work_take_results(const struct plan *p, struct store *store, const char *from, int *taken, struct errmsg *e)
{
    const char **digests = malloc(((size_t)p->n_jobs + 1) * sizeof *digests);
    if (digests == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory for the jobs");
    for (int i = 0; i < p->n_jobs; i++)
        digests[i] = p->jobs[i].digest;
    const enum status st = sweeps_take_results(store, from, digests, p->n_jobs, taken, e);
    free(digests);
    return st;
}

static enum status take_results(const struct plan *p, struct store *store, const char *from, struct errmsg *e)
{
    int taken = 0;
    const enum status st = work_take_results(p, store, from, &taken, e);
    if (st == STATUS_OK)
        say(stderr, "%s: %d result%s taken from %s\n", p->sweep->name, taken, taken == 1 ? "" : "s", from);
    return st;
}

enum status work_do(const struct sweep *sweep, const struct stages *stages, const struct work_options *options,
                    struct plan **plan, struct errmsg *e)
{
    struct store *store = NULL;
    struct plan *p = NULL;
    struct run_outcome outcome;
    struct run_log *log = NULL;
    bool ran = false;

    stop_catch_signals();
    if (plan != NULL)
        *plan = NULL;
    enum status st = STATUS_OK;
    if (options->log_json != NULL && (st = run_log_open(options->log_json, options->db, &log, e)) != STATUS_OK)
        goto done;
    if ((st = plan_make(sweep, stages, &p, e)) != STATUS_OK)
        goto done;
    if (options->hardware != NULL && (st = hardware_missing(plan_point(p, 0), options->hardware, e)) != STATUS_OK)
        goto done;
    work_warn(p);
    if ((st = store_open(options->db, &options->wait, &store, e)) != STATUS_OK)
        goto done;
    if (options->from != NULL && (st = take_results(p, store, options->from, e)) != STATUS_OK)
        goto done;
    if ((st = plan_record(p, store, options->prune, e)) != STATUS_OK)
        goto done;
    const struct run_options how = {.workers = options->workers > 0 ? options->workers : runner_cores(),
                                    .quiet = options->quiet,
                                    .limits = options->limits,
                                    .log = log};
    st = runner_run(p, store, &how, &outcome, e);
    if (st != STATUS_OK)
        goto done;
    ran = true;
    if (!options->quiet)
        summary(p, &outcome, options->db);
    st = outcome_verdict(p, &outcome, e);
done:
    if (!ran && stop_requested != 0) /* whatever the signal cut short */
        st = stop_check(e);
    store_close(store);
    run_log_close(log);
    if (ran && plan != NULL)
        *plan = p;
    else
        plan_free(p);
    return st;
}
