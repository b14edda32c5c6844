/* The job of kind build: the simulator of one hardware. */
#include "base/tool.h"
#include "db/row.h"
#include "explorer/jobs/kinds/hardware.h"
#include "explorer/jobs/kind.h"
#include "explorer/jobs/plan.h"

#include <limits.h>
#include <stdio.h>

static enum status digest(const struct plan *p, struct planned_job *job, struct errmsg *e)
{
    struct digest d;
    const enum status st = hardware_build_digest(&p->points[job->point].point, job->key, e);
    if (st != STATUS_OK)
        return st;
    digest_init(&d);
    digest_text(&d, "what", "deltasweep build 1");
    digest_text(&d, "simulator", job->key);
    digest_hex(&d, job->digest);
    return STATUS_OK;
}

static void label(const struct plan *p, const struct planned_job *job, char *out, size_t room)
{
    hardware_label(&p->points[job->point].point, "build", out, room);
}

static double cost(const struct plan *p, const struct planned_job *job)
{
    return hardware_build_cost(&p->points[job->point].point);
}

static enum status run(const struct job_work *w, struct pool_link *link, struct job_result *r, struct errmsg *e)
{
    (void)link;
    return hardware_build(&w->plan->points[w->job->point].point, r->what, e);
}

static enum status save(struct store *s, const char *job, const void *result, struct errmsg *e)
{
    const struct job_result *r = result;
    const struct field row[] = {field_text("job", job), field_real("seconds", *(const double *)r->what)};
    return ROW_INSERT(s, "keeping a build's result", "builds", row, e);
}

static void tools(char *out, size_t room)
{
    snprintf(out, room, "%s; %s", tool_version("verilator"), tool_version("g++"));
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
    .uses_rtl = true,
};
