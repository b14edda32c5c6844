#include "sim/accelerator/build.h"

#include "base/file.h"
#include "sim/simulator.h"

#include <stdio.h>
#include <stdlib.h>

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

enum status accelerator_sim_digest(const struct accelerator *a, char hex[DIGEST_HEX_BYTES], struct errmsg *e)
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

enum status accelerator_sim_build(const struct accelerator *a, char *so_path, unsigned so_path_bytes,
                                  double *build_seconds, struct errmsg *e)
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
    const enum status s = accelerator_sim_digest(a, hex, e);
    if (s != STATUS_OK)
        return s;
    arguments_add(&m.verilog, "%s", top_file);
    arguments_add(&m.defines, "-DDUT_X=%d", accelerator_activation_bits(a));
    arguments_add(&m.defines, "-DDUT_KEY=\"%s\"", hex);
    return simulator_build(&m, hex, so_path, so_path_bytes, build_seconds, e);
}
