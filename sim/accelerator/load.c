#include "sim/accelerator/load.h"

#include "sim/library.h"

#include <string.h>

enum status accelerator_sim_load(struct accelerator_sim *out, const char *so_path, const char *key, struct errmsg *e)
{
    const void *api;
    const enum status s = library_open(&out->handle, &api, so_path, "accelerator_dut_entry", "an accelerator", e);
    out->api = api;
    if (s != STATUS_OK ||
        (out->api->version == ACCELERATOR_DUT_API_VERSION && (key == NULL || strcmp(out->api->key, key) == 0)))
        return s;
    accelerator_sim_unload(out);
    return fail(e, STATUS_ENVIRONMENT, "%s was built for another accelerator: remove its folder", so_path);
}

void accelerator_sim_unload(struct accelerator_sim *sim)
{
    library_close(&sim->handle);
    sim->api = NULL;
}
