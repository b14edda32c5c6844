#include "models/fpga/cost/least.h"

struct memory_bits accelerator_memory_bits(const struct accelerator *a)
{
    struct memory_bits m = {
        .weights = accelerator_macs(a) * a->D,
        .pixels = 2LL * a->sizes[0] * accelerator_activation_bits(a),
        .neurons = (int64_t)accelerator_neurons(a) * accelerator_neuron_bits(a),
    };
    /* The lowest block_bits of a word are in block RAM; lanes without a neuron are the highest of the last pass. */
    for (int l = 0; l < a->n_layers; l++) {
        for (int first = 0; first < a->sizes[l + 1]; first += a->P) {
            const int left = a->sizes[l + 1] - first, lanes = left < a->P ? left : a->P;
            const int64_t bits = (int64_t)lanes * a->D - a->block_bits;
            if (bits > 0)
                m.weights_in_lut += bits * a->sizes[l];
        }
    }
    return m;
}

struct resources accelerator_least(const struct accelerator *a)
{
    const struct memory_bits m = accelerator_memory_bits(a);
    struct resources r = {.dsp = accelerator_dsps(a)};
    int depth[ACCELERATOR_MAX_CHUNKS];
    const int n = accelerator_chunks(a, depth);
    for (int i = 0; i < n; i++)
        r.bram18 += accelerator_ramb18(depth[i], a->block_bits);
    if (a->block_pixels)
        r.bram18 += accelerator_pixel_blocks(a);
    else
        r.lutram = (int)(m.pixels / LUT_BITS);
    if (a->block_neurons)
        r.bram18 += accelerator_neuron_blocks(a);
    r.lut = r.lutram + (int)(m.weights_in_lut / LUT_BITS);
    return r;
}
