#include "models/nn/kernels/kernels.h"

#include "models/nn/kernels/blas.h"
#ifdef DELTASWEEP_ONEDNN
#include "models/nn/kernels/onednn.h"
#endif

#include <dlfcn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

enum status kernels_load(struct errmsg *e)
{
    const enum status s = blas_load(e);
#ifdef DELTASWEEP_ONEDNN
    return s == STATUS_OK ? onednn_load(e) : s;
#else
    return s;
#endif
}

/* there_is: whether so much memory can be had (ulimit -v, ulimit -d). None of it is touched. */
static bool there_is(unsigned long bytes)
{
    void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED)
        return false;
    munmap(p, bytes);
    return true;
}

enum status kernels_open(const char *name, const char *package, unsigned long bytes, void **library, struct errmsg *e)
{
    if (!there_is(bytes))
        return fail(
            e, STATUS_ENVIRONMENT,
            "too little memory to train: %s needs %lu MB of address space besides what is in use (see `ulimit -v`)",
            name, bytes >> 20);
    *library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (*library != NULL)
        return STATUS_OK;
    return fail(e, STATUS_MISSING, "training needs %s, which cannot be loaded: %s (apt-get install %s)", name,
                dlerror(), package);
}

void *kernels_function(void *library, const char *name, struct errmsg *e)
{
    void *function = dlsym(library, name);
    if (function == NULL)
        fail(e, STATUS_MISSING, "a library of another kind is installed: %s", dlerror());
    return function;
}

void kernels_must(enum status s, const struct errmsg *e)
{
    if (s == STATUS_OK)
        return;
    fprintf(stderr, "deltasweep: %s\n", e->text);
    abort();
}
