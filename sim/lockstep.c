#include "sim/lockstep.h"

#include "base/tool.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum status lockstep_program(char *path, unsigned path_bytes, struct errmsg *e)
{
    static const char *const places[] = {"deltasweep-lockstep", "sim/deltasweep-lockstep",
                                         "../sim/deltasweep-lockstep"};
    char self[PATH_MAX];

    const char *given = getenv("DELTASWEEP_LOCKSTEP");
    if (given != NULL && given[0] != '\0') {
        if ((unsigned)snprintf(path, path_bytes, "%s", given) < path_bytes && access(path, X_OK) == 0)
            return STATUS_OK;
        return fail(e, STATUS_MISSING, "DELTASWEEP_LOCKSTEP is %s, which is not a program", given);
    }
    const ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    if (n < 0)
        return fail_errno(e, STATUS_ENVIRONMENT, "cannot read /proc/self/exe");
    self[n] = '\0';
    *strrchr(self, '/') = '\0';
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        if ((unsigned)snprintf(path, path_bytes, "%s/%s", self, places[i]) < path_bytes && access(path, X_OK) == 0)
            return STATUS_OK;
    return fail(e, STATUS_MISSING,
                "deltasweep-lockstep is neither in %s nor in its folder sim or ../sim: build it "
                "(cmake --build), or set DELTASWEEP_LOCKSTEP",
                self);
}

enum status lockstep_run(const char *const arguments[3], const void *job, size_t job_bytes, char **text,
                         struct errmsg *e)
{
    char program[PATH_MAX];
    const char *const argv[] = {program, arguments[0], arguments[1], arguments[2], NULL};
    struct tool_output output;

    *text = NULL;
    enum status s = lockstep_program(program, sizeof program, e);
    if (s != STATUS_OK || (s = tool_check(argv, NULL, job, job_bytes, &output, e)) != STATUS_OK)
        return s;
    *text = output.out;
    output.out = NULL;
    tool_output_free(&output);
    return STATUS_OK;
}
