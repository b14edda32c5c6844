#include "explorer/cli/cli.h"
#include "explorer/jobs/job.h"
#include "explorer/cli/onepoint.h"
#include "explorer/sweep/points.h"

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

static const char operator_sql[] =
    "SELECT vectors, trained_vectors, mismatches, cycles_per_dot, clocks, clocks_per_second, lockstep_clocks, "
    "lockstep_clocks_per_second, first_vector, first_clock, first_where, first_expected, first_got "
    "FROM checks WHERE job = ?1";

static const char accelerator_sql[] =
    "SELECT i.images, i.mismatches, i.schedule_agrees, 1.0 * i.right / i.images AS rtl_accuracy, "
    "i.cycles_per_inference, i.cycles_latency, i.clocks, i.clocks_per_second, i.lockstep_images, i.lockstep_clocks, "
    "i.lockstep_clocks_per_second, i.first_image, i.first_where "
    "FROM accelerator_checks i WHERE i.job = ?1";

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

/* write_trace: once more, with a simulator that writes waveforms. Not a job: nothing of
 * it is recorded. */
static enum status write_trace(const struct plan *p, const char *file, struct errmsg *e)
{
    const struct mac_config *m = &p->points[0].point.mac;
    struct vector_set vectors;
    struct operator_result result;
    int trained = 0;
    signal(SIGINT, SIG_DFL); /* nothing to keep: an interrupt just ends it */
    signal(SIGTERM, SIG_DFL);
    enum status st = job_check_vectors(m, NULL, NULL, &vectors, &trained, e);
    if (st != STATUS_OK)
        return st;
    st = operator_sim_check(m, &vectors, 0, file, &result, e);
    if (st == STATUS_OK)
        fprintf(stderr, "wrote %s\n", file);
    vector_set_free(&vectors);
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
        enum status printed = onepoint_print(&o, whole ? accelerator_sql : operator_sql, job, &why);
        if (printed == STATUS_OK && o.trace != NULL)
            printed = write_trace(plan, o.trace, &why);
        if (printed != STATUS_OK && st == STATUS_OK)
            st = fail(e, printed, "%s", why.text);
    } else if (st == STATUS_OK && plan != NULL && plan->points[0].point.code.scheme == SCHEME_FLOAT) {
        st = fail(e, STATUS_USAGE, "--scheme: float has no operator or accelerator to simulate; choose another scheme");
    } else if (st == STATUS_OK && plan != NULL && point_without_rtl(&plan->points[0].point, &why)) {
        st = fail(e, STATUS_USAGE, "there is nothing to simulate: %s", why.text);
    } else if (st == STATUS_OK && plan != NULL && !plan->points[0].point.has_operator &&
               !plan->points[0].point.has_accelerator) {
        st = fail(e, STATUS_USAGE, "--engine: none has nothing to simulate; choose operator or accelerator");
    }
    plan_free(plan);
    onepoint_free(&o);
    return st;
}

const struct command command_sim = {"sim", "simulate one point's operator or accelerator against its definition", help,
                                    run};
