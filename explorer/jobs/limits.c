#include "explorer/jobs/limits.h"

#include "base/machine.h"

struct job_limits limits_complete(struct job_limits given)
{
    static const double DAY = 86400;
    if (given.job_seconds <= 0)
        given.job_seconds = 7 * DAY;
    if (given.job_bytes <= 0)
        given.job_bytes = machine_memory_bytes();
    if (given.tool_seconds <= 0)
        given.tool_seconds = DAY;
    return given;
}
