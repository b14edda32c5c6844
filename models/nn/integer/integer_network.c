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
