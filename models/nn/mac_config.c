#include "models/nn/code.h"
#include "models/nn/mac.h"

#include <string.h>

enum status mac_config_of(const struct code *code, int N, int P, enum multiplier m, struct mac_config *out,
                          struct errmsg *e)
{
    memset(out, 0, sizeof *out);
    switch (code->scheme) {
    case SCHEME_FIXED_POINT:
        out->variant = MAC_PLAIN;
        break;
    case SCHEME_FIXED_REFERENCE:
        out->variant = MAC_FIXED_REFERENCE;
        break;
    case SCHEME_CONSECUTIVE:
    case SCHEME_CONSECUTIVE_OPEN:
        out->variant = MAC_CONSECUTIVE;
        break;
    default:
        return fail(e, STATUS_VERDICT, "scheme %s has no operator: the operators take integer weights",
                    scheme_name(code->scheme));
    }
    if (code->span == SPAN_BUCKET && (N < 1 || code->bucket % N != 0))
        return fail(e, STATUS_VERDICT,
                    "an operator has one reference for its %d inputs, and buckets of %d weights would end within them; "
                    "take a bucket that is a multiple of operator_inputs",
                    N, code->bucket);
    out->multiplier = m;
    out->W = code->weight_bits;
    if (out->variant != MAC_PLAIN) {
        out->D = code_delta_width(code);
        out->shift = code_delta_shift(code);
    }
    out->N = N;
    out->P = P;
    return mac_check(out, e);
}
