#include "models/nn/integer/integer_network.h"

#include <stdlib.h>

void integer_network_free(struct integer_network *n)
{
    if (n == NULL)
        return;
    for (int l = 0; l < n->n_layers; l++) {
        free(n->layers[l].weight);
        free(n->layers[l].code);
        free(n->layers[l].reference);
        free(n->layers[l].q);
    }
    free(n);
}

/* The bits that hold the numbers 0..n. */
static int bits_of(int n)
{
    int bits = 0;
    for (; n > 0; n >>= 1)
        bits++;
    return bits;
}

static int least_of(int a, int b)
{
    return a < b ? a : b;
}

static int most_of(int a, int b)
{
    return a > b ? a : b;
}

struct places integer_places(const struct code *c, int n_layers, int total_bits)
{
    int least = c->weight_bits, most = 0, widest = 1;
    if (c->span == SPAN_BUCKET) /* lanes take the weights themselves */
        return (struct places){0};
    for (int l = 0; l < n_layers; l++) {
        const struct code of = code_of_layer(c, l);
        const bool chosen = code_chooses_offset(c);
        const int D = code_stored_width(&of), shift = code_delta_shift(&of);
        widest = most_of(widest, D);
        least = least_of(least, chosen ? 0 : shift);
        most = most_of(most, chosen ? c->weight_bits - D : shift);
    }
    if (least >= most)
        return (struct places){.shift = least};
    if (scheme_is_consecutive(c->scheme) || code_keeps_references(c))
        return (struct places){.shift = least, .shift_bits = bits_of(most - least)};
    /* So far up that the cut of the sum to t costs no bit of it. */
    const int cut = most_of(0, total_bits - REQUANTISE_T_BITS);
    return (struct places){.shift = least_of(cut, c->weight_bits - widest), .folded = true};
}

int integer_activation_bits(int W, int f)
{
    return W < f + 2 ? W : f + 2;
}

int integer_total_bits(int W, int f, const int *inputs, int n_layers)
{
    int N = 0;
    for (int l = 0; l < n_layers; l++)
        N = inputs[l] > N ? inputs[l] : N;
    return W + integer_activation_bits(W, f) - 1 + bits_of(N);
}

int integer_network_total_bits(const struct integer_network *n)
{
    int inputs[NETWORK_MAX_LAYERS];
    for (int l = 0; l < n->n_layers; l++)
        inputs[l] = n->layers[l].I;
    return integer_total_bits(n->W, n->f, inputs, n->n_layers);
}
