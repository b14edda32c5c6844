#include "models/fpga/cost/flow.h"

#include <stdio.h>
#include <stdlib.h>

static enum status write_memories(const void *subject, const char *folder, struct errmsg *e)
{
    return accelerator_write_memories(subject, NULL, folder, e);
}

enum status accelerator_flow(struct flow *f, const struct family *family, const struct accelerator *a,
                             struct errmsg *e)
{
    static const char module[] = "deltasweep_accelerator";
    size_t bytes;
    enum status s;

    f->top = NULL;
    if ((s = accelerator_check(a, e)) != STATUS_OK || (s = flow_find(f, family, "accelerator.v", e)) != STATUS_OK)
        return s;
    FILE *text = open_memstream(&f->top, &bytes);
    if (text != NULL)
        accelerator_write_top(a, module, text);
    if (text == NULL || fclose(text) != 0 || f->top == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory for the Verilog of an accelerator");
    f->module = module;
    f->clock = "clk_i";
    f->prepare = write_memories;
    f->subject = a;
    return STATUS_OK;
}
