#include "explorer/cli/cli.h"
#include "explorer/cli/onepoint.h"
#include "explorer/sweep/points.h"

#include <stdio.h>

static const char help[] =
    "usage: deltasweep synth [OPTION]...\n"
    "\n"
    "Synthesises the operator of one point (with --engine accelerator the whole network, its\n"
    "weights included) with Yosys, estimates its timing with OpenSTA, and holds it and the\n"
    "network's weights against the part. The result is recorded.\n"
    "\n" ONEPOINT_HELP "\n"
    "examples:\n"
    "  deltasweep synth --scheme fixed-reference --operator-inputs 32 --parallelism 8\n"
    "  deltasweep synth --scheme fixed-point --multiplier lut --device xc7s6 --json\n"
    "  deltasweep synth --engine accelerator --delta-bits 4 --parallelism 32 --dsp-lanes 16\n"
    "\n"
    "exit codes: 0 good (also when the point does not fit: see the column fits); 2 usage, Yosys\n"
    "  is missing, a failed job, a database that cannot be used; 130 interrupted\n";

static enum status run(int argc, char **argv, struct errmsg *e)
{
    static const struct stages stages = {.synth = true};
    struct onepoint o;
    struct plan *plan = NULL;
    enum status st = onepoint_read(argc, argv, ONEPOINT_PLAIN, &o, e);
    if (st != STATUS_OK)
        return st;
    const struct work_options work = {.db = o.db};
    st = work_do(o.sweep, &stages, &work, &plan, e);
    const char *job = onepoint_job(plan, JOB_SYNTH);
    struct errmsg why = {""};
    if (job != NULL) {
        char sql[1024];
        snprintf(sql, sizeof sql,
                 "SELECT y.lut, y.ff, y.carry4, y.muxf7, y.muxf8, y.dsp, y.bram18, y.bram36, y.lutram, "
                 "y.critical_path_ns, y.fmax_mhz, y.fmax_mhz_low, y.fmax_mhz_high, y.fmax_2_mhz, y.power_mw, "
                 "p.weight_storage_bits, %s f.fits, f.binding_resource "
                 "FROM syntheses y JOIN points p ON p.synth_job = y.job AND p.digest = '%s' "
                 "LEFT JOIN accelerators a ON a.point = p.id LEFT JOIN fits f ON f.point = p.id WHERE y.job = ?1",
                 hardware_schedule(&plan->points[0].point.hardware) != NULL ? "a.schedule_cycles," : "", plan->points[0].point.digest);
        st = onepoint_print(&o, sql, job, e);
    } else if (st == STATUS_OK && plan != NULL && plan->points[0].point.code.scheme == SCHEME_FLOAT) {
        st = fail(e, STATUS_USAGE,
                  "--scheme: float has no operator or accelerator to synthesise; choose another scheme");
    } else if (st == STATUS_OK && plan != NULL && point_without_rtl(&plan->points[0].point, &why)) {
        st = fail(e, STATUS_USAGE, "there is nothing to synthesise: %s", why.text);
    } else if (st == STATUS_OK && plan != NULL && plan->points[0].point.hardware.engine == NULL) {
        st = fail(e, STATUS_USAGE, "--engine: none has nothing to synthesise; choose operator or accelerator");
    }
    plan_free(plan);
    onepoint_free(&o);
    return st;
}

const struct command command_synth = {"synth", "synthesise one point's operator or accelerator", help, run};
