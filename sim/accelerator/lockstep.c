#include "sim/accelerator/lockstep.h"

#include "base/tool.h"
#include "sim/fields.h"
#include "sim/operator/lockstep.h"

#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static enum status parse(const char *text, const struct accel_job *job, struct accel_lockstep *out, struct errmsg *e)
{
    double seconds = 0;
    const char *where = fields_text(text, "where");
    memset(out, 0, sizeof *out);
    if (!fields_integer(text, "images", &out->delivered) || !fields_integer(text, "clocks", &out->clocks) ||
        !fields_integer(text, "mismatches", &out->mismatches) || !fields_integer(text, "resets", &out->resets) ||
        !fields_integer(text, "first_pixel", &out->first_pixel) ||
        !fields_integer(text, "last_result", &out->last_result) ||
        !fields_integer(text, "first_image", &out->first_image) || !fields_real(text, "seconds", &seconds) ||
        where == NULL)
        return fail(e, STATUS_ENVIRONMENT, "deltasweep-lockstep printed no result: %.200s", text);
    snprintf(out->first_where, sizeof out->first_where, "%.*s", (int)strcspn(where, "\n"), where);
    out->clocks_per_second = seconds > 0 ? (double)out->clocks / seconds : NAN;
    const int64_t lost = job->images - out->delivered;
    if (lost > 0 && out->mismatches == 0) {
        out->first_image = out->delivered;
        snprintf(out->first_where, sizeof out->first_where, "%" PRId64 " results of %d images", out->delivered,
                 job->images);
    }
    if (lost > 0)
        out->mismatches += lost;
    return STATUS_OK;
}

enum status accel_lockstep_run(const struct accel_job *job, const char *so_path, const char *memories,
                               struct accel_lockstep *out, struct errmsg *e)
{
    char program[PATH_MAX], *bytes = NULL;
    size_t n_bytes = 0;
    struct tool_output output;

    enum status s = lockstep_program(program, sizeof program, e);
    if (s != STATUS_OK)
        return s;
    FILE *f = open_memstream(&bytes, &n_bytes);
    if (f != NULL)
        accel_job_write(job, f);
    if (f == NULL || fclose(f) != 0) {
        free(bytes);
        return fail(e, STATUS_ENVIRONMENT, "out of memory for a job of %d images", job->images);
    }
    const char *const argv[] = {program, "--accelerator", so_path, memories, NULL};
    s = tool_check(argv, NULL, bytes, n_bytes, &output, e);
    if (s == STATUS_OK) {
        s = parse(output.out, job, out, e);
        tool_output_free(&output);
    }
    free(bytes);
    return s;
}
