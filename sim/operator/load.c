#include "sim/operator/verilate.h"

#include <dlfcn.h>
#include <string.h>

enum status dut_load(struct dut_library *out, const char *so_path, const struct mac_config *c, struct errmsg *e)
{
    const struct dut_api *(*entry)(void);
    memset(out, 0, sizeof *out);
    out->handle = dlopen(so_path, RTLD_NOW | RTLD_LOCAL);
    if (out->handle == NULL)
        return fail(e, STATUS_ENVIRONMENT, "cannot load the simulator %s: %s", so_path, dlerror());
    void *symbol = dlsym(out->handle, "dut_entry");
    if (symbol == NULL) {
        dut_unload(out);
        return fail(e, STATUS_ENVIRONMENT, "%s is not a simulator of an operator", so_path);
    }
    memcpy(&entry, &symbol, sizeof entry); /* C has no cast from an object to a function pointer */
    out->api = entry();
    const struct dut_api *a = out->api;
    const int D = c->variant == MAC_PLAIN ? c->W : c->D;
    if (a->version != DUT_API_VERSION || a->variant != (int)c->variant || a->W != c->W || a->D != D ||
        a->shift != c->shift || a->N != c->N || a->P != c->P) {
        dut_unload(out);
        return fail(e, STATUS_ENVIRONMENT, "%s was built for another operator: remove its folder", so_path);
    }
    return STATUS_OK;
}

void dut_unload(struct dut_library *library)
{
    if (library->handle != NULL)
        dlclose(library->handle);
    memset(library, 0, sizeof *library);
}
