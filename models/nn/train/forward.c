#include "models/nn/train/forward.h"
#include "models/nn/integer/integer_network.h"

#include <math.h>

struct norm_shape forward_norm_shape(const struct network *net, int l)
{
    const bool last = l == net->shape.n_layers - 1, fixed = net->code.scheme != SCHEME_FLOAT,
               paper = net->mode == TRAIN_PAPER;
    struct norm_shape s = {.before_on = fixed && paper, .after_on = fixed && (paper || !last), .clip = !last};
    if (fixed) {
        s.before = fixed_make(net->code.weight_bits, net->code.frac_bits, net->code.rounding);
        s.after = fixed_make(net->code.weight_bits, net->code.frac_bits, paper ? net->code.rounding : ROUNDING_NEAREST);
    }
    return s;
}

bool forward_input_format(const struct network *net, struct fixed *q)
{
    if (net->code.scheme == SCHEME_FLOAT || net->mode == TRAIN_PAPER)
        return false;
    const int W = net->code.weight_bits, f = net->code.frac_bits;
    *q = fixed_make(integer_activation_bits(W, f), f, ROUNDING_NEAREST);
    return true;
}

bool forward_has_8_bits(const struct network *net)
{
    return net->code.scheme != SCHEME_FLOAT && net->code.weight_bits <= 8;
}

bool forward_int8(const struct network *net, int l, const struct images *set)
{
    /* Unquantised pixels have no integer for the zeros around an image. */
    const bool pixels = set->pixels != NULL && net->layers[l].shape.kernel == 0;
    return forward_has_8_bits(net) && (l > 0 || net->mode == TRAIN_STANDARD || pixels);
}

struct activations forward_activations(const struct network *net, int l, const int8_t *at)
{
    const bool pixels = l == 0 && net->mode == TRAIN_PAPER;
    return (struct activations){.at = at, .unit = pixels ? 1.0f : ldexpf(1.0f, -net->code.frac_bits), .pixels = pixels};
}

float forward_weight_unit(const struct network *net, int l)
{
    return ldexpf(1.0f, -net->layers[l].code.frac_bits);
}
