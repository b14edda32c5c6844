/* Answers of workers. The first byte is the kind of the job. */
#include "explorer/jobs/job.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes)
{
    struct job_result r;
    struct errmsg e = {""}, why = {""};
    enum status outcome = STATUS_OK;
    bool crashed = false;
    if (n_bytes == 0)
        return 0;
    const struct job_kind *k = job_kind_at((enum job_kind_id)(bytes[0] % JOB_KIND_COUNT));
    if (fuzz_told(job_read_answer(k, bytes + 1, n_bytes - 1, &outcome, &crashed, &why, &r, &e), &e)) {
        (void)strlen(why.text);
        (void)status_exit_code(outcome);
        job_result_free(&r);
    }
    return 0;
}
