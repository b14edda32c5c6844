/* The job of kind synth: the cells and the timing of one hardware. */
#include "base/tool_version.h"
#include "db/record.h"
#include "db/row.h"
#include "explorer/jobs/kinds/hardware.h"
#include "explorer/jobs/kind.h"
#include "explorer/jobs/plan.h"

#include <math.h>
#include <stdio.h>

static enum status digest(const struct plan *p, struct planned_job *job, struct errmsg *e)
{
    const struct hardware *h = &plan_point(p, job->point)->hardware;
    struct digest d;
    digest_init(&d);
    digest_text(&d, "what", "deltasweep synth 3");
    const enum status st = hardware_digest(p->samples, &d, h, hardware_synth_digest, e);
    digest_hex(&d, job->digest);
    return st;
}

static void label(const struct plan *p, const struct planned_job *job, char *out, size_t room)
{
    hardware_label(plan_point(p, job->point), "synth", out, room);
}

static double cost(const struct plan *p, const struct planned_job *job)
{
    const struct hardware *h = &plan_point(p, job->point)->hardware;
    return h->engine->synth_seconds(h);
}

static enum status run(const struct job_work *w, struct pool_link *link, struct job_result *r, struct errmsg *e)
{
    const struct hardware *h = &plan_point(w->plan, w->job->point)->hardware;
    (void)link;
    return hardware_synth_run(h, r->what, e);
}

static enum status save(struct store *s, const char *job, const void *result, struct errmsg *e)
{
    const struct job_result *r = result;
    const struct synth_result *y = r->what;
    const bool timed = y->timing_known;
    struct field row[32] = {
        field_text("job", job),
        field_real("critical_path_ns", timed ? y->critical_path_ns : (double)NAN),
        field_real("fmax_mhz", timed ? y->fmax_mhz : (double)NAN),
        field_text("path_from", timed ? y->path_from : NULL),
        field_text("path_to", timed ? y->path_to : NULL),
        field_real("seconds", y->seconds),
        field_real("critical_path_2_ns", timed ? y->critical_path_2_ns : (double)NAN),
        field_real("fmax_2_mhz", timed ? y->fmax_2_mhz : (double)NAN),
        field_real("fmax_mhz_low", timed ? y->fmax_mhz_low : (double)NAN),
        field_real("fmax_mhz_high", timed ? y->fmax_mhz_high : (double)NAN),
        field_real("power_mw", y->power_mw),
    };
    int n = 0, cells = 0;
    while (row[n].column != NULL)
        n++;
    const struct cell_kind *cell = cell_kinds(&cells);
    for (int i = 0; i < cells; i++)
        row[n++] = field_integer(cell[i].name, cell_count(&y->cells, &cell[i]));
    const enum status st = row_insert(s, "keeping a synthesis", "syntheses", row, n, e);
    return st == STATUS_OK ? record_cells(s, job, &y->cells, e) : st;
}

static void figures(const struct job_result *result, struct json *j)
{
    const struct synth_result *y = result->what;
    int cells = 0;
    const struct cell_kind *cell = cell_kinds(&cells);
    for (int i = 0; i < cells; i++)
        json_put_int(j, cell[i].name, cell_count(&y->cells, &cell[i]));
    json_put_real(j, "fmax_mhz", y->timing_known ? y->fmax_mhz : (double)NAN);
}

static enum status tools(char *out, size_t room, struct errmsg *e)
{
    const char *yosys, *timing;
    enum status st = tool_version("yosys", &yosys, e);
    if (st != STATUS_OK)
        return st;
    st = tool_version("sta", &timing, e);
    if (st != STATUS_OK && st != STATUS_MISSING)
        return st;
    snprintf(out, room, "%s%s%s", yosys, st == STATUS_OK ? "; OpenSTA " : "", timing);
    return STATUS_OK;
}

const struct job_kind job_synth = {
    .name = "synth",
    .digest = digest,
    .label = label,
    .cost = cost,
    .lost = "synthesis",
    .extra = {"sta", "the timing estimate", "there is no timing estimate, fmax_mhz stays NULL"},
    .run = run,
    .result_bytes = sizeof(struct synth_result),
    .save = save,
    .figures = figures,
    .tools = tools,
    .most_hours = 48,
    .uses_rtl = true,
};
