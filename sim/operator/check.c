#include "sim/operator/check.h"

#include "sim/operator/bulk.h"
#include "sim/operator/lockstep.h"
#include "sim/operator/trace.h"

#include <limits.h>
#include <math.h>
#include <string.h>

/* So many vectors go into a waveform when no lock-step run limits it. */
enum { MAX_TRACED = 64 };

enum status operator_sim_check(const struct mac_config *c, const struct vector_set *vectors, int lockstep_vectors,
                               const char *trace_file, struct operator_result *out, struct errmsg *e)
{
    char so_path[PATH_MAX], traced_path[PATH_MAX];
    struct operator_sim library = {0};
    const char *kind = NULL;
    double traced_seconds;
    const int most = vectors->n < MAX_TRACED ? vectors->n : MAX_TRACED;
    const int traced = lockstep_vectors > 0 ? lockstep_vectors : most;
    enum status s;

    memset(out, 0, sizeof *out);
    out->first_vector = -1;
    out->clocks_per_second = out->lockstep_clocks_per_second = NAN;
    if ((s = mac_check(c, e)) != STATUS_OK ||
        (trace_file != NULL && (s = trace_kind(trace_file, &kind, e)) != STATUS_OK))
        return s;
    if (vectors->N != c->N || vectors->n < 1 || lockstep_vectors > vectors->n)
        return fail(e, STATUS_INPUT, "%d vectors of %d inputs, %d of them in lock-step, do not suit an operator of %d",
                    vectors->n, vectors->N, lockstep_vectors, c->N);
    if ((s = operator_sim_build(c, NULL, so_path, sizeof so_path, &out->build_seconds, e)) != STATUS_OK ||
        (kind != NULL &&
         (s = operator_sim_build(c, kind, traced_path, sizeof traced_path, &traced_seconds, e)) != STATUS_OK))
        return s;
    if ((s = operator_sim_load(&library, so_path, c, e)) != STATUS_OK ||
        (s = operator_bulk(library.api, c, vectors, out, e)) != STATUS_OK)
        goto done;
    if (kind != NULL)
        s = trace_write(c, vectors, traced, traced_path,
                        trace_file, out, e);
    else if (lockstep_vectors > 0)
        s = operator_lockstep(c, vectors, lockstep_vectors, so_path, NULL, out, e);
done:
    operator_sim_unload(&library);
    return s;
}
