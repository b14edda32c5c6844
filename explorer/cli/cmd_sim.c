#include "base/output.h"
#include "base/say.h"
#include "explorer/cli/cli.h"
#include "explorer/cli/onepoint.h"
#include "explorer/jobs/kinds/hardware.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct option_row options[] = {
    {ONEPOINT_TRAINED, "trained", NULL,
     "train the point first, and simulate its trained weights with real "
     "images too; without this option an operator gets random and extreme vectors only. An accelerator is "
     "always trained",
     NULL},
    {ONEPOINT_TRACE, "trace", "FILE",
     "write a waveform of the extreme and random vectors: FILE.fst or FILE.vcd "
     "(operators only)",
     NULL},
    {.id = OPTION_JSON},
    {.id = OPTION_DB},
    {.id = OPTION_LOCK_TIMEOUT},
    {.id = OPTION_JOB_TIME},
    {.id = OPTION_JOB_MEMORY},
    {.id = OPTION_TOOL_TIME},
    {.id = OPTIONS_OF_POINT},
    {0},
};

static const struct exit_meaning exits[] = {
    {0, "good"},
    {1, "the RTL and the integer definition differ, or the training diverged"},
    {2, "wrong usage, a missing tool or data set, a failed job, or a database that cannot be used"},
    {3, "a damaged data set, or damaged weights (--load)"},
    {130, "interrupted; the same command continues"},
    {0, NULL},
};

/* can_write: whether the trace can be written, said before minutes of work rather than after. */
static enum status can_write(const char *file, struct errmsg *e)
{
    const bool there = access(file, F_OK) == 0;
    struct errmsg why = {""};
    const enum status st = output_check(file, &why);
    if (st != STATUS_OK)
        return fail(e, st, "--trace: %s", why.text);
    const int fd = open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    if (fd < 0)
        return fail_errno(e, STATUS_ENVIRONMENT, "--trace: cannot write %s", file);
    close(fd);
    if (!there)
        unlink(file);
    return STATUS_OK;
}

/* check_trace: whether the engine (NULL: none) can write a waveform into the file. */
static enum status check_trace(const char *file, const struct engine *engine, struct errmsg *e)
{
    const char *end = strrchr(file, '.');
    if (end == NULL || (strcmp(end, ".fst") != 0 && strcmp(end, ".vcd") != 0))
        return fail(e, STATUS_USAGE, "--trace: `%s` ends neither in .fst nor in .vcd", file);
    const enum status st = can_write(file, e);
    if (st == STATUS_OK && engine != NULL && engine_sim_at(engine->kind)->trace == NULL)
        return fail(e, STATUS_USAGE, "--trace: %s has none; leave out --trace or choose another --engine", engine->name);
    return st;
}

/* write_trace: once more, with a simulator that writes waveforms. It is not a job, and nothing of it is recorded. */
static enum status write_trace(const struct plan *p, const char *file, struct errmsg *e)
{
    const struct hardware *h = &plan_point(p, 0)->hardware;
    const enum status st = engine_sim_of(h)->trace(h, file, e);
    if (st == STATUS_OK)
        say(stderr, "wrote %s\n", file);
    return st;
}

static enum status run(int argc, char **argv, struct errmsg *e)
{
    struct onepoint o;
    struct plan *plan = NULL;
    enum status st = onepoint_read(argc, argv, options, &o, e);
    if (st != STATUS_OK)
        return st;
    const struct engine *engine = engine_at((enum engine_kind)o.sweep->axes[AXIS_ENGINE].values[0].number);
    const bool whole = engine != NULL && engine->weights_in_logic;
    if (o.trace != NULL && (st = check_trace(o.trace, engine, e)) != STATUS_OK)
        goto done;
    const bool trained = o.trained || whole;
    const struct stages stages = {.train = trained, .check = true, .trained_vectors = trained};
    const struct work_options work = {
        .db = o.shared.db, .hardware = "simulate", .wait = options_wait(&o.shared), .limits = o.shared.limits};
    st = work_do(o.sweep, &stages, &work, &plan, e);
    const char *job = onepoint_job(plan, JOB_CHECK);
    struct errmsg why = {""};
    if (job != NULL) {
        enum status printed = onepoint_print(&o, hardware_check_sql(plan_point(plan, 0)), job, &why);
        if (printed == STATUS_OK && o.trace != NULL)
            printed = write_trace(plan, o.trace, &why);
        if (printed != STATUS_OK && st == STATUS_OK)
            st = fail(e, printed, "%s", why.text);
    }
done:
    plan_free(plan);
    onepoint_free(&o);
    return st;
}

const struct command command_sim = {
    .name = "sim",
    .summary = "simulate one point's operator or accelerator against its definition",
    .usage = "[--trained] [--trace FILE] [OPTION]...",
    .about = "Simulates the operator of one point in RTL (Verilator), compares it with the integer definition "
             "and with the SystemC cycle model, and prints clocks, mismatches and speed. With --engine "
             "accelerator the network is trained and deployed, and the whole test set runs through the RTL, "
             "some of it in lock-step with SystemC. The result is recorded.",
    .options = options,
    .examples = "deltasweep sim --scheme consecutive --operator-inputs 32 --parallelism 4 --trace mac.fst\n"
             "deltasweep sim --scheme fixed-reference --trained --epochs 1 --json\n"
             "deltasweep sim --engine accelerator --parallelism 32 --epochs 1",
    .exits = exits,
    .run = run,
};
