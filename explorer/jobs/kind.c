#include "explorer/jobs/kind.h"

const struct job_kind *job_kind_at(enum job_kind_id id)
{
#define JOB_KIND_AT(number, row) [number] = &(row),
    static const struct job_kind *const rows[JOB_KIND_COUNT] = {JOB_KINDS(JOB_KIND_AT)};
#undef JOB_KIND_AT
    return rows[id];
}
