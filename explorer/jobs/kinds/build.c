/* The job of kind build: the simulator of one hardware. */
#include "base/tool_version.h"
#include "db/row.h"
#include "explorer/jobs/kinds/hardware.h"
#include "explorer/jobs/kind.h"
#include "explorer/jobs/plan.h"

#include <limits.h>
#include <stdio.h>

static enum status digest(const struct plan *p, struct planned_job *job, struct errmsg *e)
{
    const struct hardware *h = &plan_point(p, job->point)->hardware;
    struct digest d;
    digest_init(&d);
    digest_text(&d, "what", "deltasweep build 2");
    const enum status st = hardware_digest(p->samples, &d, h, engine_sim_of(h)->digest, e);
    digest_hex(&d, job->digest);
    return st;
}

static void label(const struct plan *p, const struct planned_job *job, char *out, size_t room)
{
    hardware_label(plan_point(p, job->point), "build", out, room);
}

static double cost(const struct plan *p, const struct planned_job *job)
{
    const struct hardware *h = &plan_point(p, job->point)->hardware;
    return engine_sim_of(h)->build_seconds(h);
}

static enum status run(const struct job_work *w, struct pool_link *link, struct job_result *r, struct errmsg *e)
{
    const struct hardware *h = &plan_point(w->plan, w->job->point)->hardware;
    char path[PATH_MAX];
    (void)link;
    return engine_sim_of(h)->build(h, path, sizeof path, r->what, e);
}

static enum status save(struct store *s, const char *job, const void *result, struct errmsg *e)
{
    const struct job_result *r = result;
    const struct field row[] = {field_text("job", job), field_real("seconds", *(const double *)r->what)};
    return ROW_INSERT(s, "keeping a build's result", "builds", row, e);
}

static enum status tools(char *out, size_t room, struct errmsg *e)
{
    const char *verilator, *compiler;
    enum status st;
    if ((st = tool_version("verilator", &verilator, e)) != STATUS_OK ||
        (st = tool_version("g++", &compiler, e)) != STATUS_OK)
        return st;
    snprintf(out, room, "%s; %s", verilator, compiler);
    return STATUS_OK;
}

const struct job_kind job_build = {
    .name = "build",
    .digest = digest,
    .label = label,
    .cost = cost,
    .lost = "simulation",
    .run = run,
    .result_bytes = sizeof(double), /* s, that the build took */
    .save = save,
    .tools = tools,
    .most_hours = 24,
    .uses_rtl = true,
};
