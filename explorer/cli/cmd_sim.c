#include "explorer/cli/cli.h"
#include "explorer/cli/onepoint.h"
#include "explorer/jobs/kinds/hardware.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char help[] =
    "usage: deltasweep sim [--trained] [--trace FILE] [OPTION]...\n"
    "\n"
    "Runs the operator of one point in RTL (Verilator) against the integer definition and\n"
    "the SystemC cycle model, and prints clocks, mismatches and speed. The result is\n"
    "recorded. With --engine accelerator the network is trained and deployed, and the whole\n"
    "test set goes through the RTL, some of it in lock-step with SystemC.\n"
    "\n"
    "  --trained    first train the point (options as for train), then also feed the trained\n"
    "               weights and real images; without it random and extreme vectors alone\n"
    "               (an accelerator is always trained)\n"
    "  --trace FILE write a waveform of the extreme and random vectors, FILE.fst or FILE.vcd\n"
    "               (of an operator)\n" ONEPOINT_HELP "\n"
    "examples:\n"
    "  deltasweep sim --scheme consecutive --operator-inputs 32 --parallelism 4 --trace mac.fst\n"
    "  deltasweep sim --scheme fixed-reference --trained --epochs 1 --json\n"
    "  deltasweep sim --engine accelerator --parallelism 32 --epochs 1\n"
    "\n"
    "exit codes: 0 good; 1 a mismatch; 2 usage, a missing tool, a failed job, a database that\n"
    "  cannot be used; 130 interrupted\n";

/* can_write: whether the trace can be written, said before minutes of work rather than after. */
static enum status can_write(const char *file, struct errmsg *e)
{
    const bool there = access(file, F_OK) == 0;
    const int fd = open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    if (fd < 0)
        return fail_errno(e, STATUS_ENVIRONMENT, "--trace: cannot write %s", file);
    close(fd);
    if (!there)
        unlink(file);
    return STATUS_OK;
}

/* write_trace: once more, with a simulator that writes waveforms. It is not a job, and nothing of it is recorded. */
static enum status write_trace(const struct plan *p, const char *file, struct errmsg *e)
{
    signal(SIGINT, SIG_DFL); /* nothing to keep: an interrupt just ends it */
    signal(SIGTERM, SIG_DFL);
    const enum status st = hardware_trace(&p->points[0].point, file, e);
    if (st == STATUS_OK)
        fprintf(stderr, "wrote %s\n", file);
    return st;
}

static enum status run(int argc, char **argv, struct errmsg *e)
{
    struct onepoint o;
    struct plan *plan = NULL;
    enum status st = onepoint_read(argc, argv, ONEPOINT_SIM, &o, e);
    if (st != STATUS_OK)
        return st;
    const char *end = o.trace == NULL ? NULL : strrchr(o.trace, '.');
    if (o.trace != NULL && (end == NULL || (strcmp(end, ".fst") != 0 && strcmp(end, ".vcd") != 0))) {
        onepoint_free(&o);
        return fail(e, STATUS_USAGE, "--trace: `%s` ends neither in .fst nor in .vcd", o.trace);
    }
    if (o.trace != NULL && (st = can_write(o.trace, e)) != STATUS_OK) {
        onepoint_free(&o);
        return st;
    }
    const bool whole = (int)o.sweep->axes[AXIS_ENGINE].values[0].number == ENGINE_ACCELERATOR;
    if (o.trace != NULL && whole) {
        onepoint_free(&o);
        return fail(e, STATUS_USAGE, "--trace: only an operator has one; leave out --trace or --engine accelerator");
    }
    const bool trained = o.trained || whole;
    const struct stages stages = {.train = trained, .check = true, .trained_vectors = trained};
    const struct work_options work = {.db = o.db};
    st = work_do(o.sweep, &stages, &work, &plan, e);
    const char *job = onepoint_job(plan, JOB_CHECK);
    struct errmsg why = {""};
    if (job != NULL) {
        enum status printed = onepoint_print(&o, hardware_check_sql(&plan->points[0].point), job, &why);
        if (printed == STATUS_OK && o.trace != NULL)
            printed = write_trace(plan, o.trace, &why);
        if (printed != STATUS_OK && st == STATUS_OK)
            st = fail(e, printed, "%s", why.text);
    } else if (st == STATUS_OK && plan != NULL) {
        st = hardware_missing(&plan->points[0].point, "simulate", e);
    }
    plan_free(plan);
    onepoint_free(&o);
    return st;
}

const struct command command_sim = {"sim", "simulate one point's operator or accelerator against its definition", help,
                                    run};
