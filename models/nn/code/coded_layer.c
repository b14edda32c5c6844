#include "models/nn/code/coded_layer.h"

#include <assert.h>
#include <limits.h>
#include <stdlib.h>

enum status coded_layer_new(struct coded_layer *out, const struct code *c, int O, int I, struct errmsg *e)
{
    assert(c->scheme != SCHEME_FLOAT && O > 0 && I > 0);
    const struct spans cut = code_spans(c, O, I);
    *out = (struct coded_layer){.O = O, .I = I, .n_spans = cut.n <= INT_MAX ? (int)cut.n : 0};
    if (out->n_spans > 0) {
        out->reference = calloc(cut.n, sizeof *out->reference);
        out->delta = calloc((size_t)O * (size_t)I, sizeof *out->delta);
    }
    if (out->reference == NULL || out->delta == NULL) {
        coded_layer_free(out);
        return fail(e, STATUS_ENVIRONMENT, "out of memory for a layer of %d x %d weights", O, I);
    }
    return STATUS_OK;
}

void coded_layer_free(struct coded_layer *layer)
{
    free(layer->reference);
    free(layer->delta);
    *layer = (struct coded_layer){0};
}
