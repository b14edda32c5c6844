#include "sim/operator/load.h"

#include "sim/library.h"

#include <stdbool.h>
#include <stddef.h>

static bool is_for(const struct operator_dut_api *a, const struct mac_config *c)
{
    const int D = c->variant == MAC_PLAIN ? c->W : c->D;
    return a->version == OPERATOR_DUT_API_VERSION && a->variant == (int)c->variant && a->W == c->W && a->D == D &&
           a->shift == c->shift && a->N == c->N && a->P == c->P;
}

enum status operator_sim_load(struct operator_sim *out, const char *so_path, const struct mac_config *c,
                              struct errmsg *e)
{
    const void *api;
    const enum status s = library_open(&out->handle, &api, so_path, "operator_dut_entry", "an operator", e);
    out->api = api;
    if (s != STATUS_OK || is_for(out->api, c))
        return s;
    operator_sim_unload(out);
    return fail(e, STATUS_ENVIRONMENT, "%s was built for another operator: remove its folder", so_path);
}

void operator_sim_unload(struct operator_sim *sim)
{
    library_close(&sim->handle);
    sim->api = NULL;
}
