/* make_estimate: writes tests/golden/estimate.txt to standard output: accelerators and what our synthesis (Yosys,
 * OpenSTA) counts of them. Most are drawn from the seeds, small ones, for speed; the large ones are listed. A run
 * takes tens of minutes unless the cache has the syntheses. */
#include "models/fpga/device/family.h"
#include "tests/support/synth.h"
#include "tests/support/chain.h"

#include <stdio.h>
#include <string.h>

enum { SEED = 20261122, POINTS = 21, LATER_SEED = 20261129, SMALL_POINTS = 18, WIDE_POINTS = 12 };

static uint64_t state = SEED;

static int draw(int n)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (int)((state >> 20) % (uint64_t)n);
}

static int draw_from(const int *values, int n)
{
    return values[draw(n)];
}

struct wanted {
    int n_layers, sizes[NETWORK_MAX_LAYERS + 1];
    struct code code;
    struct accelerator_wish wish;
    int bram36;
};

static void draw_point(struct wanted *w)
{
    static const int inputs[] = {20, 40, 64, 100, 196, 300}, hidden[] = {8, 12, 16, 24, 32, 48, 70};
    static const int widths[] = {6, 8, 8, 8, 8, 10, 12}, deltas[] = {1, 2, 3, 3, 4, 4, 4, 5, 6, 7, 8};
    static const int lanes[] = {1, 2, 3, 4, 6, 8, 10, 12, 16, 20, 24};
#define FROM(values) draw_from(values, (int)(sizeof(values) / sizeof *(values)))
    memset(w, 0, sizeof *w);
    w->n_layers = 1 + draw(3);
    w->sizes[0] = FROM(inputs);
    for (int l = 1; l < w->n_layers; l++)
        w->sizes[l] = FROM(hidden);
    w->sizes[w->n_layers] = 3 + draw(10);
    struct code *c = &w->code;
    c->scheme = SCHEME_FIXED_POINT + draw(3);
    c->reference = draw(3);
    c->weight_bits = FROM(widths);
    c->frac_bits = c->weight_bits - 3;
    c->delta_bits = FROM(deltas);
    if (c->delta_bits > c->weight_bits)
        c->delta_bits = c->weight_bits;
    c->delta_offset = c->delta_bits < c->weight_bits ? draw(2) : 0;
    w->wish.P = FROM(lanes);
    w->wish.dsp_lanes = draw(2) == 0 ? 0 : 1 + draw(w->wish.P);
    w->wish.memory = draw(3);
    w->bram36 = 1 + draw(2);
#undef FROM
}

/* draw_small: the least accelerators that somebody may ask for, of any width. */
static void draw_small(struct wanted *w)
{
    memset(w, 0, sizeof *w);
    w->n_layers = 1 + draw(2);
    w->sizes[0] = 8 + draw(57);
    for (int l = 1; l <= w->n_layers; l++)
        w->sizes[l] = 4 + draw(13);
    struct code *c = &w->code;
    c->scheme = SCHEME_FIXED_POINT + draw(3);
    c->reference = draw(3);
    c->weight_bits = 4 + draw(13);
    c->frac_bits = c->weight_bits - 1 - draw(3);
    c->delta_bits = 2 + draw(c->weight_bits < 8 ? c->weight_bits - 1 : 7);
    w->wish.P = 1 + draw(8);
    w->wish.dsp_lanes = draw(2) == 0 ? 0 : 1 + draw(w->wish.P);
    w->wish.memory = draw(3);
    w->bram36 = 1 + draw(5);
}

/* draw_wide: sums of inputs that are wider than the 25 bits of a DSP48E1's port. */
static void draw_wide(struct wanted *w)
{
    memset(w, 0, sizeof *w);
    w->n_layers = 1 + draw(2);
    w->sizes[0] = draw(3) == 0 ? 1024 + draw(300) : 512 + draw(500);
    for (int l = 1; l <= w->n_layers; l++)
        w->sizes[l] = 4 + draw(13);
    struct code *c = &w->code;
    c->scheme = draw(4) == 0 ? SCHEME_FIXED_REFERENCE : SCHEME_CONSECUTIVE;
    c->reference = draw(3);
    c->weight_bits = 16;
    c->frac_bits = 14 + draw(2);
    c->delta_bits = 2 + draw(9);
    w->wish.P = 1 + draw(10);
    w->wish.dsp_lanes = 1 + draw(w->wish.P);
    w->wish.memory = draw(3);
    w->bram36 = 10;
}

#define NETWORK(w, f, s, d)                                                                                            \
    {                                                                                                                  \
        .scheme = (s), .reference = REFERENCE_MEAN, .weight_bits = (w), .frac_bits = (f), .delta_bits = (d)            \
    }
#define LARGE(s, d, lanes, dsp_lanes, memory)                                                                          \
    {3, {784, 96, 64, 10}, NETWORK(8, 5, s, d), {lanes, dsp_lanes, WEIGHT_MEMORY_##memory}, 10}
#define MIDDLE(s, d, memory)                                                                                           \
    {2, {200, 40, 10}, NETWORK(6, 4, s, d), {12, 4, WEIGHT_MEMORY_##memory}, 10}

static const struct wanted fit[] = {
    LARGE(SCHEME_FIXED_REFERENCE, 4, 32, 16, BOTH),
    LARGE(SCHEME_FIXED_REFERENCE, 3, 96, 8, BLOCK),
    MIDDLE(SCHEME_FIXED_POINT, 6, LUT),
    MIDDLE(SCHEME_FIXED_REFERENCE, 3, BLOCK),
};
static const struct wanted held[] = {
    LARGE(SCHEME_CONSECUTIVE, 3, 32, 8, BLOCK),
    LARGE(SCHEME_FIXED_REFERENCE, 4, 96, 36, BOTH),
};

static int row(const char *set, const struct wanted *w)
{
    struct errmsg e = {""};
    struct accelerator a;
    struct synth_result r;
    if (chain_accelerator(w->sizes, w->n_layers, &w->code, &w->wish, w->bram36, &a, &e) != STATUS_OK ||
        accel_synth_run(&series7, &a, &r, &e) != STATUS_OK) {
        fprintf(stderr, "%s\n", e.text);
        return 1;
    }
    printf("%s ", set);
    for (int l = 0; l <= a.n_layers; l++)
        printf("%s%d", l > 0 ? "-" : "", a.sizes[l]);
    printf(" %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %.3f\n", a.W, a.f, a.D, a.shift, a.consecutive,
           a.reference, a.P, a.dsp_lanes, a.block_bits, a.block_pixels, a.block_neurons, r.cells.lut, r.cells.lutram,
           r.cells.ff, r.cells.dsp, 2 * r.cells.bram36 + r.cells.bram18, r.critical_path_ns);
    fflush(stdout);
    return 0;
}

int main(void)
{
    struct wanted w;
    int failures = 0;
    printf("# Accelerators and what our synthesis counts of them: the constants of models/fpga/cost/estimate.c\n"
           "# are fitted to the rows `fit`; with the rows `held` they are tested. Written by make_estimate (seeds %d\n"
           "# and %d).\n"
           "# set sizes W f D shift consecutive reference P dsp_lanes block_bits block_pixels block_neurons"
           " lut lutram ff dsp bram18 path_ns\n", SEED, LATER_SEED);
    for (size_t i = 0; i < sizeof fit / sizeof *fit; i++)
        failures += row("fit", &fit[i]);
    for (size_t i = 0; i < sizeof held / sizeof *held; i++)
        failures += row("held", &held[i]);
    for (int i = 0; i < POINTS; i++) {
        draw_point(&w);
        failures += row(i % 3 == 2 ? "held" : "fit", &w);
    }
    state = LATER_SEED;
    for (int i = 0; i < SMALL_POINTS; i++) {
        draw_small(&w);
        failures += row(i % 3 == 0 ? "fit" : "held", &w);
    }
    for (int i = 0; i < WIDE_POINTS; i++) {
        draw_wide(&w);
        failures += row(i % 3 == 1 ? "fit" : "held", &w);
    }
    return failures > 0;
}
