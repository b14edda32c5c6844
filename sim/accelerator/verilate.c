#include "sim/accelerator/verilate.h"

#include "base/file.h"
#include "sim/simulator.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char top_module[] = "accelerator_top", top_file[] = "accelerator_top.v";

/* top_text: the generated module, which has all parameters; the caller's to free. NULL: out of memory. */
static char *top_text(const struct accelerator *a)
{
    char *text = NULL;
    size_t bytes = 0;
    FILE *f = open_memstream(&text, &bytes);
    if (f == NULL)
        return NULL;
    accelerator_write_top(a, top_module, f);
    if (fclose(f) == 0)
        return text;
    free(text);
    return NULL;
}

static enum status no_memory(struct errmsg *e)
{
    return fail(e, STATUS_ENVIRONMENT, "out of memory for an accelerator's top module");
}

static enum status write_top(const void *context, const char *folder, struct errmsg *e)
{
    char path[PATH_MAX + 32], *text = top_text(context);
    if (text == NULL)
        return no_memory(e);
    snprintf(path, sizeof path, "%s/%s", folder, top_file);
    const enum status s = file_write(path, text, e);
    free(text);
    return s;
}

enum status accel_digest(const struct accelerator *a, char hex[DIGEST_HEX_BYTES], struct errmsg *e)
{
    static const char *const glue[] = {"sim/accelerator/dut.h", "sim/dut_clock.h", "sim/accelerator/dut.cpp", NULL};
    struct digest d;
    enum status s = accelerator_check(a, e);
    if (s != STATUS_OK)
        return s;
    char *text = top_text(a);
    if (text == NULL)
        return no_memory(e);
    digest_init(&d);
    digest_text(&d, "top", text);
    free(text);
    s = simulator_digest(&d, NULL, "accelerator.v", glue, e);
    digest_hex(&d, hex);
    return s;
}

enum status accel_build(const struct accelerator *a, char *so_path, unsigned so_path_bytes, double *build_seconds,
                        struct errmsg *e)
{
    char hex[DIGEST_HEX_BYTES];
    struct simulator m = {.cache = "verilated-accelerator",
                          .object = "accelerator.so",
                          .top = top_module,
                          .class = "VAccelerator",
                          .glue = "sim/accelerator/dut.cpp",
                          .write = write_top,
                          .context = a};
    *build_seconds = 0;
    const enum status s = accel_digest(a, hex, e);
    if (s != STATUS_OK)
        return s;
    arguments_add(&m.verilog, "%s", top_file);
    arguments_add(&m.defines, "-DACCEL_X=%d", accelerator_activation_bits(a));
    arguments_add(&m.defines, "-DACCEL_KEY=\"%s\"", hex);
    return simulator_build(&m, hex, so_path, so_path_bytes, build_seconds, e);
}

enum status accel_load(struct accel_library *out, const char *so_path, const char *key, struct errmsg *e)
{
    const struct accel_dut_api *(*entry)(void);
    memset(out, 0, sizeof *out);
    out->handle = dlopen(so_path, RTLD_NOW | RTLD_LOCAL);
    if (out->handle == NULL)
        return fail(e, STATUS_ENVIRONMENT, "cannot load the simulator %s: %s", so_path, dlerror());
    void *symbol = dlsym(out->handle, "accel_dut_entry");
    if (symbol == NULL) {
        accel_unload(out);
        return fail(e, STATUS_ENVIRONMENT, "%s is not a simulator of an accelerator", so_path);
    }
    memcpy(&entry, &symbol, sizeof entry); /* C has no cast from an object to a function pointer */
    out->api = entry();
    if (out->api->version != ACCEL_DUT_API_VERSION || (key != NULL && strcmp(out->api->key, key) != 0)) {
        accel_unload(out);
        return fail(e, STATUS_ENVIRONMENT, "%s was built for another accelerator: remove its folder", so_path);
    }
    return STATUS_OK;
}

void accel_unload(struct accel_library *library)
{
    if (library->handle != NULL)
        dlclose(library->handle);
    memset(library, 0, sizeof *library);
}
