#include "explorer/cli/cli.h"
#include "explorer/cli/onepoint.h"
#include "explorer/jobs/kinds/hardware.h"

#include <stdio.h>
#include <string.h>

static const struct option_row options[] = {
    {.id = OPTION_JSON},       {.id = OPTION_DB},        {.id = OPTION_LOCK_TIMEOUT}, {.id = OPTION_JOB_TIME},
    {.id = OPTION_JOB_MEMORY}, {.id = OPTION_TOOL_TIME}, {.id = OPTIONS_OF_POINT},    {0},
};

static const struct exit_meaning exits[] = {
    {0, "good, also if the point does not fit (see the column fits)"},
    {2, "wrong usage, no Yosys, a failed job, or a database that cannot be used"},
    {130, "interrupted; the same command continues"},
    {0, NULL},
};

static enum status run(int argc, char **argv, struct errmsg *e)
{
    static const struct stages stages = {.synth = true};
    struct onepoint o;
    struct plan *plan = NULL;
    enum status st = onepoint_read(argc, argv, options, &o, e);
    if (st != STATUS_OK)
        return st;
    const struct work_options work = {
        .db = o.shared.db, .hardware = "synthesise", .wait = options_wait(&o.shared), .limits = o.shared.limits};
    st = work_do(o.sweep, &stages, &work, &plan, e);
    const char *job = onepoint_job(plan, JOB_SYNTH);
    if (job != NULL) {
        const struct point *p = plan_point(plan, 0);
        char sql[1024] = "SELECT ";
        int n = 0;
        const struct cell_kind *cells = cell_kinds(&n);
        size_t used = strlen(sql);
        for (int i = 0; i < n; i++)
            used += (size_t)snprintf(sql + used, sizeof sql - used, "y.%s, ", cells[i].name);
        snprintf(sql + used, sizeof sql - used,
                 "y.critical_path_ns, y.fmax_mhz, y.fmax_mhz_low, y.fmax_mhz_high, y.fmax_2_mhz, y.power_mw, "
                 "p.weight_storage_bits, %sf.fits, f.binding_resource "
                 "FROM syntheses y JOIN points p ON p.synth_job = y.job AND p.digest = '%s' "
                 "LEFT JOIN accelerators a ON a.point = p.id LEFT JOIN fits f ON f.point = p.id WHERE y.job = ?1",
                 hardware_schedule(&p->hardware) != NULL ? "a.schedule_cycles, " : "", p->digest);
        st = onepoint_print(&o, sql, job, e);
    }
    plan_free(plan);
    onepoint_free(&o);
    return st;
}

const struct command command_synth = {
    .name = "synth",
    .summary = "synthesise one point's operator or accelerator",
    .usage = "[OPTION]...",
    .about = "Synthesises the operator of one point with Yosys (with --engine accelerator the whole network, "
             "its weights included), estimates its timing with OpenSTA, and says whether it fits the device "
             "together with the weights. The result is recorded.",
    .options = options,
    .examples = "deltasweep synth --scheme fixed-reference --operator-inputs 32 --parallelism 8\n"
             "deltasweep synth --scheme fixed-point --multiplier lut --device xc7s6 --json\n"
             "deltasweep synth --engine accelerator --delta-bits 4 --parallelism 32 --dsp-lanes 16",
    .exits = exits,
    .run = run,
};
