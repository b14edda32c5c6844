#include "models/fpga/design/operator.h"

#include <string.h>

enum status operator_of(const struct code *code, int N, int P, enum multiplier m, struct mac_config *out,
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
        const int layers = code->n_formats > 0 ? code->n_formats : 1;
        bool differ = code_chooses_offset(code);
        for (int l = 0; l < layers; l++) { /* room for the widest delta of all layers */
            const struct code of = code_of_layer(code, l);
            differ = differ || (l > 0 && code_delta_shift(&of) != out->shift);
            out->D = code_delta_width(&of) > out->D ? code_delta_width(&of) : out->D;
            out->shift = code_delta_shift(&of);
        }
        if (differ && out->variant == MAC_FIXED_REFERENCE && !code_keeps_references(code))
            out->shift = 0; /* what follows the sum takes the layer's place value */
        else if (differ)
            return fail(e, STATUS_VERDICT,
                        "an operator has one delta_offset for the deltas of all layers, and here %s; take engine "
                        "accelerator, delta_offset instead of step auto, or reference zero",
                        code->step == STEP_AUTO ? "step auto gives each layer its own" : "the layers' differ");
    }
    out->N = N;
    out->P = P;
    return mac_check(out, e);
}

const char *operator_rtl_file(enum mac_variant v)
{
    static const char *const files[] = {"mac_plain.v", "mac_fixed_reference.v", "mac_consecutive.v"};
    return files[v];
}

int operator_parameters(const struct mac_config *c, struct operator_parameter out[OPERATOR_PARAMETERS])
{
    const struct operator_parameter all[OPERATOR_PARAMETERS] = {
        {"INPUT_BITWIDTH", c->W},
        {"INPUT_NUM_DATA", c->N},
        {"NUM_MULT_PARALLEL", c->P},
        {"USE_DSP", c->multiplier == MULTIPLIER_DSP},
        {"INPUT_DELTAWIDTH", c->D}, /* the plain operator has neither this nor the next */
        {"DELTA_SHIFT", c->shift},
        {"WRAP", c->wrap}, /* of consecutive alone */
    };
    static const int of_variant[] = {OPERATOR_PARAMETERS - 3, OPERATOR_PARAMETERS - 1, OPERATOR_PARAMETERS};
    memcpy(out, all, sizeof all);
    return of_variant[c->variant];
}
