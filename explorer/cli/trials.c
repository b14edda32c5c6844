#include "explorer/cli/trials.h"

#include "base/clock.h"
#include "base/scratch.h"
#include "base/tool.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define TINY "--scheme", "fixed-reference", "--operator-inputs", "4", "--parallelism", "2"

static const struct {
    const char *name, *purpose;
    const char *tools[2];      /* those that it cannot do without */
    const char *arguments[12]; /* of deltasweep; they work in a folder that all trials share */
    const char *file;          /* that it must have written */
} rows[TRIALS] = {
    {"simulation",
     "an operator of two lanes: built, run, and compared clock by clock",
     {"verilator", "g++"},
     {"sim", TINY, "--db", "d.db"},
     "d.db"},
    {"synthesis", "the same operator: cells counted", {"yosys", "yosys"}, {"synth", TINY, "--db", "d.db"}, "d.db"},
    {"plot",
     "one of its columns over another, as PNG",
     {"gnuplot", "gnuplot"},
     {"plot", "--x", "parallelism", "--y", "weight_storage_bits", "--db", "d.db", "-o", "plot.png"},
     "plot.png"},
};

/* one_line: what a run of deltasweep said, from the message of its failed job on. */
static void one_line(const char *text, char *to, size_t room)
{
    const char *failed = strstr(text, "FAILED: ");
    snprintf(to, room, "%s", failed != NULL ? failed + strlen("FAILED: ") : text);
    for (char *p = to; *p != '\0'; p++)
        *p = *p == '\n' ? ' ' : *p;
}

static void try_one(struct trial *t, int i, const char *folder)
{
    const char *argv[sizeof rows[i].arguments / sizeof rows[i].arguments[0] + 2] = {"/proc/self/exe"};
    char file[PATH_MAX + 32];
    struct tool_output output = {0};
    struct errmsg e = {""};
    struct stat s;

    for (size_t k = 0; k < 2; k++) {
        if (tool_find(rows[i].tools[k], NULL, 0, NULL) != STATUS_OK) {
            snprintf(t->said, sizeof t->said, "%s is missing", rows[i].tools[k]);
            return;
        }
    }
    memcpy(argv + 1, rows[i].arguments, sizeof rows[i].arguments);
    const double start = clock_monotonic_s();
    t->tried = true;
    if (tool_run(argv, folder, NULL, 0, &output, &e) != STATUS_OK) {
        snprintf(t->said, sizeof t->said, "%.250s", e.text);
        return;
    }
    t->seconds = clock_monotonic_s() - start;
    snprintf(file, sizeof file, "%s/%s", folder, rows[i].file);
    t->good = output.exit_code == 0 && stat(file, &s) == 0 && s.st_size > 0;
    if (!t->good)
        one_line(output.err_bytes > 0 ? output.err : output.out, t->said, sizeof t->said);
    tool_output_free(&output);
}

enum status trials_run(struct trial trials[TRIALS], struct errmsg *e)
{
    struct scratch folder;
    enum status s = scratch_open(&folder, SCRATCH_DOCTOR, e);
    /* Work that is in the user's cache would prove nothing. */
    if (s == STATUS_OK && setenv("XDG_CACHE_HOME", folder.path, 1) != 0)
        s = fail(e, STATUS_ENVIRONMENT, "out of memory");
    for (int i = 0; i < TRIALS; i++) {
        trials[i] = (struct trial){.name = rows[i].name, .purpose = rows[i].purpose};
        if (s == STATUS_OK)
            try_one(&trials[i], i, folder.path);
    }
    scratch_close(&folder);
    return s;
}
