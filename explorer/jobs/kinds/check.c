/* The job of kind check: compares the RTL of one hardware with the integer definition, with or without trained weights.
 * It needs the build of its simulator first, and then the training whose weights it takes, if any. */
#include "base/tool.h"
#include "db/record.h"
#include "explorer/jobs/kinds/hardware.h"
#include "explorer/jobs/kind.h"
#include "explorer/jobs/plan.h"
#include "models/nn/io/pack.h"

#include <stdio.h>
#include <string.h>

/* training_of: the training that the check needs, NULL if it goes without. */
static const struct planned_job *training_of(const struct plan *p, const struct planned_job *job)
{
    return job->n_needs < 2 ? NULL : &p->jobs[job->needs[1]];
}

static enum status digest(const struct plan *p, struct planned_job *job, struct errmsg *e)
{
    const struct planned_job *training = training_of(p, job);
    struct digest d;
    (void)e;
    digest_init(&d);
    digest_text(&d, "what", "deltasweep check 2");
    digest_text(&d, "build", p->jobs[job->needs[0]].digest);
    digest_text(&d, "training", training != NULL ? training->digest : "");
    engine_sim_of(&plan_point(p, job->point)->hardware)->check_digest(&d, training != NULL, p->data);
    digest_hex(&d, job->digest);
    return STATUS_OK;
}

static void label(const struct plan *p, const struct planned_job *job, char *out, size_t room)
{
    hardware_label(plan_point(p, job->point), "check", out, room);
    const size_t used = strlen(out);
    if (training_of(p, job) != NULL)
        snprintf(out + used, room - used, " seed %llu", (unsigned long long)job->seed);
}

static double cost(const struct plan *p, const struct planned_job *job)
{
    const struct hardware *h = &plan_point(p, job->point)->hardware;
    return engine_sim_of(h)->check_seconds(h, p->data);
}

static enum status fetch(struct store *s, const struct plan *p, const struct planned_job *job, uint8_t **input,
                         size_t *input_bytes, struct errmsg *e)
{
    const struct planned_job *training = training_of(p, job);
    return training == NULL ? STATUS_OK : record_network(s, training->digest, input, input_bytes, e);
}

static enum status run(const struct job_work *w, struct pool_link *link, struct job_result *r, struct errmsg *e)
{
    const struct hardware *h = &plan_point(w->plan, w->job->point)->hardware;
    struct network *net = NULL;
    (void)link;
    enum status st = w->input == NULL ? STATUS_OK : pack_read(w->input, w->input_bytes, &net, e);
    if (st == STATUS_OK)
        st = engine_sim_of(h)->check(h, net, w->plan->data, r->what, e);
    network_free(net);
    return st;
}

static enum status save(struct store *s, const char *job, const void *result, struct errmsg *e)
{
    const struct job_result *r = result;
    return hardware_save_check(s, job, r->what, e);
}

static void say(const char *name, const struct job_result *r, struct progress *progress)
{
    const struct engine_check *c = r->what;
    char lines[1024];
    engine_sim_at(c->engine)->explain(c, lines, sizeof lines);
    for (char *line = lines, *end; *line != '\0'; line = end) {
        end = line + strcspn(line, "\n");
        progress_say(progress, "MISMATCH: %s: %.*s", name, (int)(end - line), line);
        end += *end == '\n';
    }
}

static enum status tools(char *out, size_t room, struct errmsg *e)
{
    return job_build.tools(out, room, e);
}

const struct job_kind job_check = {
    .name = "check",
    .digest = digest,
    .label = label,
    .cost = cost,
    .fetch = fetch,
    .run = run,
    .result_bytes = sizeof(struct engine_check),
    .save = save,
    .say = say,
    .tools = tools,
    .most_hours = 48,
    .uses_rtl = true,
    .hopeless = {"trained network", "cannot be deployed (`deltasweep status` says why)"},
    .wrong = {"check", "found that the RTL and the integer definition differ (`deltasweep query \"SELECT point, seed, "
                       "rtl_mismatches FROM results WHERE rtl_mismatches > 0\"`)"},
    .wrong_sql = "SELECT mismatches FROM checks WHERE job = ?1 UNION ALL "
                 "SELECT mismatches + (NOT schedule_agrees) FROM accelerator_checks WHERE job = ?1",
};
