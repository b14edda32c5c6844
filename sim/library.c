#include "sim/library.h"

#include <dlfcn.h>
#include <string.h>

enum status library_open(void **handle, const void **api, const char *so_path, const char *entry, const char *design,
                         struct errmsg *e)
{
    const void *(*function)(void);
    *api = NULL;
    *handle = dlopen(so_path, RTLD_NOW | RTLD_LOCAL);
    if (*handle == NULL)
        return fail(e, STATUS_ENVIRONMENT, "cannot load the simulator %s: %s", so_path, dlerror());
    void *symbol = dlsym(*handle, entry);
    if (symbol == NULL) {
        library_close(handle);
        return fail(e, STATUS_ENVIRONMENT, "%s is not a simulator of %s", so_path, design);
    }
    memcpy(&function, &symbol, sizeof function); /* C has no cast from an object to a function pointer */
    *api = function();
    return STATUS_OK;
}

void library_close(void **handle)
{
    if (*handle != NULL)
        dlclose(*handle);
    *handle = NULL;
}
