#include "sim/accelerator/lockstep.h"

#include "sim/fields.h"
#include "sim/lockstep.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static enum status parse(const char *text, const struct accelerator_job *job, struct accelerator_lockstep_result *out,
                         struct errmsg *e)
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

enum status accelerator_lockstep(const struct accelerator_job *job, const char *so_path, const char *memories,
                                 struct accelerator_lockstep_result *out, struct errmsg *e)
{
    const char *const arguments[3] = {"--accelerator", so_path, memories};
    char *bytes = NULL, *text = NULL;
    size_t n_bytes = 0;

    FILE *f = open_memstream(&bytes, &n_bytes);
    if (f != NULL)
        accelerator_job_write(job, f);
    if (f == NULL || fclose(f) != 0) {
        free(bytes);
        return fail(e, STATUS_ENVIRONMENT, "out of memory for a job of %d images", job->images);
    }
    enum status s = lockstep_run(arguments, bytes, n_bytes, &text, e);
    if (s == STATUS_OK)
        s = parse(text, job, out, e);
    free(text);
    free(bytes);
    return s;
}
