#include "explorer/jobs/limits.h"

#include "base/machine.h"
#include "explorer/jobs/kind.h"

struct job_limits limits_of_kind(const struct job_kind *k, struct job_limits given)
{
    static const double HOUR = 3600;
    if (given.tool_seconds <= 0)
        given.tool_seconds = given.job_seconds > 0 ? given.job_seconds : k->most_hours * HOUR;
    if (given.job_seconds <= 0)
        given.job_seconds = k->most_hours * HOUR;
    if (given.job_bytes <= 0)
        given.job_bytes = machine_memory_bytes();
    return given;
}
