#include "models/fpga/cost/estimate.h"

#include "models/fpga/cost/least.h"

#include <limits.h>
#include <math.h>
#include <string.h>

/* A sum of LUTs and registers. Real: constants are fitted. */
struct cost {
    double lut, lutram, ff;
};

/* What rtl/accelerator/accelerator.v derives from its parameters, under the same names. */
struct shape {
    const struct accelerator *a;
    int X, inputs, total, acc, U, index_bits, lane_bits, stages, beat, drain, combined;
    int selected;          /* bits of a lane's sum that somebody reads */
    bool paired, adds;     /* adds: sums of inputs are needed after the lanes */
    bool wide, wide_lanes; /* inputs, and the number of DSP lanes, take more than a port of a DSP48E1 */
};

/* Corrections: what synthesis counts beyond the sum over the modules. They were fitted to the rows `fit` of
 * tests/golden/estimate.txt by least squares; a row weighs 1 / its LUTs, or 1 / its registers. A negative one is what
 * Yosys saves across modules. The critical paths are medians of those rows, one for each kind (path_ns). */
static const double LUT_BASE = -82.3, LUT_OF_LAYER = 12.6, LUT_OF_REFERENCE = 21.7, LUT_OF_NEURON_ROM = -13;
static const double LUT_OF_ROM_PAGE_BIT = 0.103, LUT_OF_BANK_PAGE_BIT = 0.42;
static const double FF_BASE = -51.6, FF_OF_LAYER = 18.2, FF_OF_REFERENCE = -11;
static const double PATH_NS = 3.94, ROM_PATH_NS = 3.97, WIDE_PATH_NS = 5.60, WIDE_LANE_PATH_NS = 6.39;

enum {
    PAGE = 64,     /* words of a LUT */
    LOW_PART = 17, /* bits of a wide product that the first of its two DSPs completes */
    DSP_STAGES = 2 /* registers before a DSP48E1 that move into it */
};

static int clog2(int64_t n)
{
    int bits = 0;
    for (n--; n > 0; n >>= 1)
        bits++;
    return bits;
}

static int index_bits(int64_t n)
{
    return n > 1 ? clog2(n) : 1;
}

static int64_t ceil_div(int64_t a, int64_t b)
{
    return (a + b - 1) / b;
}

static int at_least_0(int x)
{
    return x > 0 ? x : 0;
}

static int lesser(int a, int b)
{
    return a < b ? a : b;
}

static int greater(int a, int b)
{
    return a > b ? a : b;
}

/* round_up_4: bits of a carry chain, which comes in fours. */
static int round_up_4(int bits)
{
    return (bits + 3) / 4 * 4;
}

static void add(struct cost *sum, double lut, double ff)
{
    sum->lut += lut;
    sum->ff += ff;
}

static void add_lutram(struct cost *sum, double lut)
{
    sum->lut += lut;
    sum->lutram += lut;
}

/* add_chain: a delay of so many clocks: registers, or from 3 on shift registers. */
static void add_chain(double bits, int stages, struct cost *c)
{
    enum { SHORTEST = 3 };
    if (stages >= SHORTEST)
        add_lutram(c, bits);
    else
        add(c, 0, stages > 0 ? stages * bits : 0);
}

/* multiplexer: the LUTs of one bit out of n, from 4:1 multiplexers, one LUT6 each. */
static double multiplexer(int64_t n)
{
    double luts = 0;
    while (n > 1) {
        const int64_t quads = n / 4, rest = n % 4;
        luts += n <= 4 ? 1 : (double)quads + (rest == 3 || (rest == 2 && quads > 1));
        n = n <= 4 ? 1 : ceil_div(n, 4);
    }
    return luts;
}

static struct shape shape_of(const struct accelerator *a)
{
    int most = 1;
    for (int l = 0; l < a->n_layers; l++)
        most = greater(most, a->sizes[l]);
    struct shape s = {.a = a, .X = accelerator_activation_bits(a), .total = accelerator_total_bits(a)};
    const struct accelerator_clocks stages = accelerator_stages(a);
    s.inputs = accelerator_inputs_bits(a);
    s.acc = accelerator_acc_bits(a);
    s.U = a->consecutive ? s.inputs : s.X;
    s.paired = accelerator_paired(a);
    s.adds = a->reference || s.paired;
    s.wide = s.inputs > REQUANTISE_T_BITS;
    s.wide_lanes = a->dsp_lanes > 0 && s.U > REQUANTISE_T_BITS;
    s.selected = s.acc - (a->reference ? 0 : lesser(s.acc - 1, at_least_0(s.total - REQUANTISE_T_BITS - a->shift)));
    s.index_bits = index_bits(most);
    s.lane_bits = index_bits(a->P);
    s.stages = stages.product_stages;
    s.beat = stages.beat;
    s.drain = s.beat + 2;
    s.combined = stages.combined;
    return s;
}

/* ------------------------------------------------------------------------------------------- lanes */

/* Half of a sum of 2^level rows from row `first` on: its bits, no more than the product has left. */
static int row_sum_bits(const struct shape *s, int level, int first)
{
    const int rows = (s->a->D + 1) / 2;
    return lesser(lesser(s->U + (2 << level), s->U + 2 * rows - 2 * first), s->acc - 2 * first);
}

/* lut_lane: delta_product and the accumulator, one lane. */
static struct cost lut_lane(const struct shape *s)
{
    const int D = s->a->D, rows = (D + 1) / 2;
    struct cost c = {.lut = s->acc, .ff = 2 * s->acc};
    if (rows == 1) {
        add(&c, 1, D);
        return c;
    }
    int below = rows;
    for (int level = 1; below > 1; level++) {
        for (int i = 0; 2 * i < below; i++) {
            const int first = i << level, bits = row_sum_bits(s, level, first), shift = 1 << level;
            const bool pair = 2 * i + 1 < below, top = level == 1 && 2 * i + 2 >= rows;
            const int single = top && D % 2 != 0; /* the top row has one bit of the code */
            if (level == 1 && pair)
                add(&c, 2 * (s->U + 2) + 2 - 3 * single, bits);
            else if (level == 1)
                add(&c, s->U + 2 - single, bits);
            else
                add(&c, pair ? bits - shift : 0, bits);
        }
        below = (below + 1) / 2;
    }
    return c;
}

/* in_logic: Yosys makes products of one bit, or of fewer than 9, from LUTs. */
static bool in_logic(const struct shape *s)
{
    return !s->paired && (s->a->D < 2 || s->a->D + s->U < 9);
}

static void add_lanes(const struct shape *s, struct cost *c)
{
    enum { GROUP = 8 };
    const struct accelerator *a = s->a;
    const int lut_lanes = a->P - a->dsp_lanes, groups = (int)ceil_div(lut_lanes, GROUP), of_dsp = s->paired ? 2 : 1;
    const int slices = (int)ceil_div(a->dsp_lanes, of_dsp);
    const bool delayed = s->stages > 1; /* the idle flag is a shift register, codes wait */
    const struct cost lane = lut_lane(s);
    const int idle = delayed ? 0 : 2;
    add(c, lut_lanes * lane.lut, lut_lanes * lane.ff);
    add(c, 0, groups * (s->U + (a->D > 2 ? s->U + 2 : s->U) + 1 + idle));
    if (in_logic(s)) /* product and accumulator, with the number's register */
        add(c, slices * (s->acc + s->U), slices * (s->acc + a->D + 2 * s->U));
    add(c, 0, slices * (of_dsp * s->acc + 1 + idle + (delayed && s->paired ? of_dsp * a->D : 0)));
    if (s->wide_lanes) /* a product's two parts and the sum are added up in LUTs */
        add(c, slices * round_up_4(s->acc), slices * (round_up_4(s->acc) + LOW_PART));
    if (delayed)
        add_lutram(c, groups + slices);
    /* the number for all lanes, its triple and, for consecutive codes, the sum before it */
    const bool triple = lut_lanes > 0 && a->D > 2;
    add(c, triple ? s->U + 2 : 0, s->U + (triple ? s->U + 2 : 0));
    if (a->consecutive)
        add(c, s->U, s->U);
    if (s->adds || a->consecutive)
        add(c, s->inputs, s->inputs);
}

/* --------------------------------------------------------------------------------------- memories */

/* Two banks of LUT RAM: RAM32M has 6 bits, RAM64M 3 in 4 LUTs. */
static void add_banks(int depth, int width, struct cost *c)
{
    const int pages = (int)ceil_div(depth, PAGE), cells = (int)ceil_div(width, depth <= 32 ? 6 : 3);
    add_lutram(c, 2.0 * pages * cells * 4);
    const double page_bits = 2.0 * pages * width;
    add(c, 2.0 * pages + width * multiplexer(2 * (int64_t)pages) + LUT_OF_BANK_PAGE_BIT * page_bits, page_bits);
    add(c, 0, width + 1 + (pages > 1 ? clog2(pages) : 0));
}

/* add_rom: of LUTs, 64 words a page: LUT, register and multiplexer input for each page and bit that is not 0. */
static void add_rom(double page_bits, double bits, int64_t pages, struct cost *c)
{
    const double each = bits > 0 ? page_bits / bits : 0;
    const int64_t low = (int64_t)floor(each);
    const double share = each - (double)low;
    const double select = multiplexer(low) * (1 - share) + multiplexer(low + 1) * share;
    add(c, (1 + LUT_OF_ROM_PAGE_BIT) * page_bits + bits * select, page_bits + bits + (pages > 1 ? clog2(pages) : 0));
}

/* weight_page_bits: of the word's bits in LUTs, summed over the pages, those that are used: pages that lanes without a
 * neuron fill alone are all 0. */
static double weight_page_bits(const struct accelerator *a)
{
    double sum = 0;
    int64_t at = 0, done = 0; /* words; pages that are counted */
    int most = 0;             /* bits, in the page that is not yet full */
    for (int l = 0; l < a->n_layers; l++) {
        const int passes = accelerator_passes(a, l), last = a->sizes[l + 1] - (passes - 1) * a->P;
        for (int part = 0; part < 2; part++) {
            const int lanes = part == 0 ? a->P : last;
            const int64_t words = part == 0 ? (int64_t)(passes - 1) * a->sizes[l] : a->sizes[l];
            const int bits = at_least_0(lanes * a->D - a->block_bits);
            if (words == 0)
                continue;
            at += words;
            most = greater(most, bits);
            if (at / PAGE > done) { /* the first page that ends here has the most of all, the others these bits */
                const int64_t full = at / PAGE;
                sum += most + (double)(full - done - 1) * bits;
                done = full;
                most = at % PAGE != 0 ? bits : 0;
            }
        }
    }
    return sum + most;
}

/* step_registers: a multiplexer of more than `most` takes two steps, with a register for every `most` between them. */
static double step_registers(int64_t n, int most)
{
    return n > most ? (double)ceil_div(n, most) : 0;
}

static void add_weights(const struct shape *s, struct cost *c)
{
    const struct accelerator *a = s->a;
    const int64_t words = accelerator_words(a);
    const int address = index_bits(words), bits_in_lut = a->P * a->D - a->block_bits;
    if (a->block_bits > 0) {
        int depth[ACCELERATOR_MAX_CHUNKS];
        const int chunks = accelerator_chunks(a, depth);
        add(c, address + 4.0 * chunks + a->block_bits * multiplexer(chunks), address + a->block_bits);
        add(c, 0, (chunks > 1 ? 2.0 * clog2(chunks) : 0) + a->block_bits * step_registers(chunks, 4));
    }
    if (bits_in_lut > 0) {
        const int64_t pages = ceil_div(words, PAGE);
        add(c, address + 3, address + bits_in_lut * step_registers(pages, 16));
        add_rom(weight_page_bits(a), bits_in_lut, pages, c);
    }
}

static void add_neurons(const struct shape *s, struct cost *c)
{
    const struct accelerator *a = s->a;
    const int64_t neurons = accelerator_neurons(a), pages = ceil_div(neurons, PAGE);
    const int references = a->reference ? a->W : 0;
    const int bits = accelerator_neuron_bits(a) - a->W + references;
    const bool one_page = !a->block_neurons && pages == 1;
    add(c, index_bits(neurons) + 2, index_bits(neurons));
    /* Columns of a few bits are often equal, and kept once. */
    const double patterns = neurons < 16 ? (double)(1 << neurons) : HUGE_VAL;
    const double once = neurons < 16 ? patterns * -expm1(-bits / patterns) / bits : 1;
    if (!a->block_neurons)
        add(c, LUT_OF_NEURON_ROM + once * bits * ((double)pages + multiplexer(pages)),
            pages > 1 ? (double)pages * bits + clog2(pages) : 0);
    const int before = one_page ? 2 : 1, delayed = s->combined - s->drain - 2;
    add_chain(once * REQUANTISE_BIAS_BITS, before + delayed + 1, c);
    add_chain(once * REQUANTISE_MULTIPLIER_BITS, before + delayed + 1 - DSP_STAGES, c);
    add_chain(REQUANTISE_SHIFT_BITS, before + delayed + 2, c);
    add_chain(references, before + (s->paired ? 3 : 0) + 1 - DSP_STAGES, c);
    if (a->shift_bits > 0) { /* the place value of the sum */
        add_chain(a->shift_bits, before + (s->paired ? 3 : 0), c);
        add(c, (s->acc + (1 << a->shift_bits)) * multiplexer(1 << a->shift_bits), 0);
    }
}

static void add_memories(const struct shape *s, struct cost *c)
{
    const struct accelerator *a = s->a;
    const int pixel_bits = index_bits(a->sizes[0]);
    int hidden = 0;
    for (int l = 1; l < a->n_layers; l++)
        hidden = greater(hidden, a->sizes[l]);
    add(c, pixel_bits + 10, 7 + 2 * pixel_bits + s->X);
    if (a->block_pixels)
        add(c, 0, s->X);
    else
        add_banks(a->sizes[0], s->X, c);
    if (hidden > 0)
        add_banks(hidden, s->X, c);
    add_weights(s, c);
    add_neurons(s, c);
}

/* -------------------------------------------------------------------------- from lanes to a class */

static void add_selection(const struct shape *s, struct cost *c)
{
    enum { OF = 16 };
    const struct accelerator *a = s->a;
    const int groups = (int)ceil_div(a->P, OF);
    /* lane_select maps a bit alone: one of 16, however many lanes the group has */
    add(c, groups * s->selected * multiplexer(OF), groups > 1 || s->paired ? groups * s->selected : 0);
    add(c, s->selected * multiplexer(groups), groups > 1 ? clog2(groups) : 0);
    /* the selected sum waits until the reference's product or the multiplier takes it */
    const int waits = (groups == 1) + 1 + (a->reference ? 1 : -1);
    if (s->paired)
        add(c, 0, s->acc * (a->reference ? 2 : 1));
    else
        add_chain(s->selected, waits, c);
    if (s->wide && a->reference) /* the reference's product comes from two DSPs */
        add(c, s->total, LOW_PART);
    /* the tags of a pass and its counters */
    add(c, 2 * s->lane_bits + 8, (s->lane_bits + 3) * (s->beat + 1) + 2 * s->lane_bits + 6);
    if (s->adds) {
        add_chain(s->inputs, s->beat - 2, c);
        add(c, 0, (s->paired ? 3 : 2) * s->inputs);
    }
    if (s->paired) {
        const int wide = greater(s->inputs + a->D - 1, s->acc) + 1;
        add(c, 2 * s->acc + wide, 3 * s->acc + wide + 9);
    }
}

static void add_requantisation(const struct shape *s, struct cost *c)
{
    const int T = lesser(s->total, 25), V = greater(greater(T + 18, 40) + 1 - 9, 24);
    const int done = s->combined + 7 - s->drain;
    add(c, V + 2.0 * V + 12 + s->X + 24, 32 + 5 + 3 + 2 * V + 24 + 4 + s->X + 24);
    add(c, 8, 4.0 * (done - 1) + 2 + 2 + 10);
    /* arg max, its queue, the count of images in flight */
    add(c, 60, 68);
    add(c, 32 + 12, 136);
    add(c, 6, 5);
}

static void add_sequencer(const struct shape *s, struct cost *c)
{
    const struct accelerator *a = s->a;
    int passes = 1;
    for (int l = 0; l < a->n_layers; l++)
        passes = greater(passes, accelerator_passes(a, l));
    const int gap = index_bits(greater(a->P, accelerator_latency(a)));
    const int counters = 2 * s->index_bits + s->lane_bits + clog2(a->n_layers) + clog2((int64_t)passes + 1) + gap;
    add(c, 2.0 * counters + 10, counters + 10);
    /* delays of beats: what the lanes see, 6 flags; when a sum is complete */
    add(c, 0, 6 + (s->beat - s->stages - 2) + 1 + s->beat);
}

/* path_ns: the critical path. A product of more than 25 bits passes two DSPs in cascade in one clock; in a lane of one
 * product stage the code has no register of the DSP, and its way there comes on top. */
static double path_ns(const struct shape *s)
{
    if (s->wide_lanes && s->stages == 1)
        return WIDE_LANE_PATH_NS;
    if (s->wide && s->a->reference)
        return WIDE_PATH_NS;
    return s->a->block_bits < s->a->P * s->a->D ? ROM_PATH_NS : PATH_NS;
}

void estimate_of(const struct accelerator *a, struct estimate *out)
{
    const struct shape s = shape_of(a);
    struct cost c = {.lut = LUT_BASE + a->n_layers * LUT_OF_LAYER + a->reference * LUT_OF_REFERENCE,
                     .ff = FF_BASE + a->n_layers * FF_OF_LAYER + a->reference * FF_OF_REFERENCE};
    add_lanes(&s, &c);
    add_memories(&s, &c);
    add_selection(&s, &c);
    add_requantisation(&s, &c);
    add_sequencer(&s, &c);
    memset(out, 0, sizeof *out);
    out->dsp = accelerator_dsps(a) - (in_logic(&s) ? a->dsp_lanes : 0);
    out->bram18 = accelerator_least(a).bram18;
    out->fmax_mhz = 1000 / path_ns(&s);
    out->lut = (int)lround(fmin(c.lut, INT_MAX));
    out->lutram = (int)lround(fmin(c.lutram, INT_MAX));
    out->ff = (int)lround(fmin(c.ff, INT_MAX));
}

/* What synthesis may count more than the estimate, or less: a share of the count and some on top, by the errors of the
 * rows of tests/golden/estimate.txt. DSPs and block RAM are what the accelerator is built with. */
static const double BAND_SHARE = 0.10, BAND_CELLS = 40;

static struct resources at_edge(const struct resources *middle, double sign)
{
    struct resources r = *middle;
    int *const counts[] = {&r.lut, &r.lutram, &r.ff};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
        *counts[i] = (int)fmax(0, fmin(INT_MAX, *counts[i] * (1 + sign * BAND_SHARE) + sign * BAND_CELLS));
    return r;
}

enum estimated_fit estimate_fit(const struct estimate *est, const struct resources *least, const struct device *d,
                                struct fullness *fit)
{
    *fit = resources_fullness(d, least, 0);
    if (!fit->fits)
        return ESTIMATED_NO;
    const struct resources middle = {
        .lut = est->lut, .lutram = est->lutram, .ff = est->ff, .dsp = least->dsp, .bram18 = least->bram18};
    const struct resources low = at_edge(&middle, -1), high = at_edge(&middle, 1);
    *fit = resources_fullness(d, &middle, 0);
    if (resources_fullness(d, &high, 0).fits)
        return ESTIMATED_YES;
    return resources_fullness(d, &low, 0).fits ? ESTIMATED_OPEN : ESTIMATED_NO;
}
