/* The configuration of one accelerator, and what follows from it. Words: docs/accelerator.md. */
#pragma once

#include "models/nn/integer/deploy.h"

#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

enum weight_memory { WEIGHT_MEMORY_BLOCK, WEIGHT_MEMORY_LUT, WEIGHT_MEMORY_BOTH };

enum { ACCELERATOR_MAX_LANES = 512, ACCELERATOR_MAX_CHUNKS = 16, ACCELERATOR_MAX_CLASSES = 256 };

struct accelerator {
    int n_layers, sizes[NETWORK_MAX_LAYERS + 1];
    int W, f;
    int D, shift;
    int shift_bits;        /* of what a neuron's place value is above shift (struct places); 0: nothing */
    int P;                 /* lanes */
    int dsp_lanes;         /* the first lanes, 0..P, on DSP48E1 */
    int block_bits;        /* 0..P · D: of a weight word, the lowest in block RAM */
    bool consecutive, reference; /* of the code */
    bool block_pixels;     /* pixel banks in block RAM, else LUT RAM */
    bool block_neurons;    /* neurons' words in block RAM, else LUTs */
};

/* What a sweep may say about one; the rest comes from network, code and device. */
struct accelerator_wish {
    int P, dsp_lanes;      /* dsp_lanes is clamped to P */
    enum weight_memory memory;
};

/* accelerator_of: the accelerator for a network of linear layers and a code. bram36 is how many the device has. With
 * weight memory `both`, as many bits of the weight word as fit are in block RAM. Pixels and neurons are in the block
 * RAM that is left, or else in LUTs. STATUS_VERDICT with the reason for what it does not compute (a float code,
 * convolutions, buckets), STATUS_INPUT as accelerator_check. */
enum status accelerator_of(const struct topology *shape, const struct code *code, const struct accelerator_wish *wish,
                           int bram36, struct accelerator *out, struct errmsg *e);

/* accelerator_check: STATUS_INPUT when a parameter is outside its range, named. */
enum status accelerator_check(const struct accelerator *a, struct errmsg *e);

/* accelerator_runs: whether a computes networks of n's shape and code. */
bool accelerator_runs(const struct accelerator *a, const struct integer_network *n);

int accelerator_activation_bits(const struct accelerator *a);
int accelerator_total_bits(const struct accelerator *a);
int accelerator_acc_bits(const struct accelerator *a);
bool accelerator_paired(const struct accelerator *a); /* two lanes of dsp_lanes share a DSP48E1 */
int accelerator_dsps(const struct accelerator *a);    /* of lanes, reference and requantisation */
int accelerator_passes(const struct accelerator *a, int l);
int accelerator_words(const struct accelerator *a);   /* weight words: beats of an image */
int accelerator_neurons(const struct accelerator *a);
int64_t accelerator_macs(const struct accelerator *a); /* of one inference */
int accelerator_inputs_bits(const struct accelerator *a); /* of a sum of a layer's inputs */
int accelerator_neuron_bits(const struct accelerator *a); /* of a neuron's word: docs/arithmetic.md */
int accelerator_bank_words(const struct accelerator *a);  /* pixels that one of the two banks has places for */

/* The clocks from the issue of a beat until something is there. */
struct accelerator_clocks {
    int product_stages; /* of these, in delta_product */
    int beat;           /* the product is at its accumulator */
    int combined;       /* the neuron's sum is complete */
    int done;           /* the activation is written, and can be read: L */
};
struct accelerator_clocks accelerator_stages(const struct accelerator *a);
int accelerator_latency(const struct accelerator *a); /* L */

/* accelerator_chunks: cuts the block part of the weights into chunks. Returns how many there are (0 if block_bits is
 * 0); depth has the words of each. It is the cut with the fewest RAMB18, and of equal ones the one with the fewest
 * chunks. accelerator_ramb18: how many RAMB18 a memory of `depth` words with `bits` bits each takes. */
int accelerator_chunks(const struct accelerator *a, int depth[ACCELERATOR_MAX_CHUNKS]);
int accelerator_ramb18(int depth, int bits);
/* The RAMB18 of both pixel banks, and of the neurons' words, if they are in block RAM. */
int accelerator_pixel_blocks(const struct accelerator *a);
int accelerator_neuron_blocks(const struct accelerator *a);

/* accelerator_write_top: writes a Verilog module of this name: the accelerator with its parameters. Its ports are those
 * of docs/accelerator.md. */
void accelerator_write_top(const struct accelerator *a, const char *module, FILE *f);

/* accelerator_write_memories: writes the memory files of docs/arithmetic.md into folder. n NULL: their contents are
 * pseudo-random, for a synthesis that does not depend on a training. STATUS_ENVIRONMENT if a file cannot be written. */
enum status accelerator_write_memories(const struct accelerator *a, const struct integer_network *n,
                                       const char *folder, struct errmsg *e);

const char *weight_memory_name(enum weight_memory m); /* "block", "lut", "both" */

#ifdef __cplusplus
}
#endif
