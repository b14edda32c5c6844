#include "models/fpga/design/accelerator.h"

#include <assert.h>
#include <string.h>

enum { MIN_WEIGHT_BITS = 2, MAX_WEIGHT_BITS = 16, PARAMETER_BITS = 16, MAX_SIZE = (1 << PARAMETER_BITS) - 1 };

/* What one RAMB18 can be, words of bits (UG473). A RAMB36 is twice as deep or twice as wide, so that it
 * never takes less than two of them. */
static const struct {
    int words, bits;
} shapes[] = {{16384, 1}, {8192, 2}, {4096, 4}, {2048, 9}, {1024, 18}, {512, 36}};

/* UNIT divides the words of every shape, WIDEST is a multiple of all their bits. A chunk's depth is a
 * parameter, too; MAX_UNITS of them are certain to fit into the greatest number of chunks. */
enum {
    SHAPES = sizeof shapes / sizeof *shapes,
    UNIT = 512,
    WIDEST = 36,
    CHUNK_UNITS = MAX_SIZE / UNIT,
    MAX_UNITS = CHUNK_UNITS * ACCELERATOR_MAX_CHUNKS / 2,
    MAX_BLOCK_WORDS = MAX_UNITS * UNIT,
};

static const char *const memory_names[] = {"block", "lut", "both"};

const char *weight_memory_name(enum weight_memory m)
{
    return memory_names[m];
}

static int ceil_div(int a, int b)
{
    return (a + b - 1) / b;
}

/* clog2: the bits that number n things. */
static int clog2(int n)
{
    int bits = 0;
    for (n--; n > 0; n >>= 1)
        bits++;
    return bits;
}

static int most_inputs(const struct accelerator *a)
{
    int N = 0;
    for (int l = 0; l < a->n_layers; l++)
        N = a->sizes[l] > N ? a->sizes[l] : N;
    return N;
}

/* ------------------------------------------------------------------ what follows from a configuration */

int accelerator_activation_bits(const struct accelerator *a)
{
    return integer_activation_bits(a->W, a->f);
}

int accelerator_total_bits(const struct accelerator *a)
{
    return integer_total_bits(a->W, a->f, a->sizes, a->n_layers);
}

int accelerator_inputs_bits(const struct accelerator *a)
{
    return accelerator_activation_bits(a) + clog2(most_inputs(a) + 1);
}

int accelerator_acc_bits(const struct accelerator *a)
{
    return a->consecutive ? accelerator_total_bits(a) : a->D - 1 + accelerator_inputs_bits(a);
}

bool accelerator_paired(const struct accelerator *a)
{
    return a->dsp_lanes > 0 && !a->consecutive && a->D + accelerator_acc_bits(a) <= REQUANTISE_T_BITS;
}

/* DSP48E1 of a product with a factor of at most 18 bits: more than one where the other exceeds its 25. */
static int product_dsps(int bits)
{
    return bits <= 25 ? 1 : 2;
}

int accelerator_dsps(const struct accelerator *a)
{
    const int of_lanes = accelerator_paired(a) ? ceil_div(a->dsp_lanes, 2)
                         : a->consecutive      ? a->dsp_lanes * product_dsps(accelerator_inputs_bits(a))
                                               : a->dsp_lanes;
    return of_lanes + (a->reference ? product_dsps(accelerator_inputs_bits(a)) : 0) + 1;
}

int accelerator_passes(const struct accelerator *a, int l)
{
    return ceil_div(a->sizes[l + 1], a->P);
}

static int64_t count_words(const struct accelerator *a)
{
    int64_t words = 0;
    for (int l = 0; l < a->n_layers; l++)
        words += (int64_t)accelerator_passes(a, l) * a->sizes[l];
    return words;
}

int accelerator_words(const struct accelerator *a)
{
    return (int)count_words(a);
}

int accelerator_neurons(const struct accelerator *a)
{
    int neurons = 0;
    for (int l = 1; l <= a->n_layers; l++)
        neurons += a->sizes[l];
    return neurons;
}

int64_t accelerator_macs(const struct accelerator *a)
{
    int64_t n = 0;
    for (int l = 0; l < a->n_layers; l++)
        n += (int64_t)a->sizes[l] * a->sizes[l + 1];
    return n;
}

int accelerator_neuron_bits(const struct accelerator *a)
{
    return a->shift_bits + REQUANTISE_SHIFT_BITS + REQUANTISE_BIAS_BITS + REQUANTISE_MULTIPLIER_BITS + a->W;
}

int accelerator_bank_words(const struct accelerator *a)
{
    const int index_bits = clog2(a->sizes[0]);
    return 1 << (index_bits > 0 ? index_bits : 1);
}

struct accelerator_clocks accelerator_stages(const struct accelerator *a)
{
    const int digits = clog2(ceil_div(a->D, 2)); /* two bits each */
    struct accelerator_clocks s = {.product_stages = digits > 1 ? digits : 1};
    const int number = a->consecutive ? 4 : 3; /* what the lanes multiply is there */
    s.beat = number + 1 + s.product_stages;
    s.combined = s.beat + 4 + (accelerator_paired(a) ? 3 : 0) + (a->reference ? 3 : 0);
    s.done = s.combined + 8; /* requantised, written, addressed */
    return s;
}

/* The clocks of rtl/accelerator/accelerator.v, stage after stage from the issue of a beat. */
int accelerator_latency(const struct accelerator *a)
{
    return accelerator_stages(a).done;
}

/* ------------------------------------------------------------------------------------------- checks */

static enum status in_range(const char *name, int value, int lo, int hi, struct errmsg *e)
{
    if (value >= lo && value <= hi)
        return STATUS_OK;
    return fail(e, STATUS_INPUT, "the accelerator's %s is %d; it must be %d to %d", name, value, lo, hi);
}

enum status accelerator_check(const struct accelerator *a, struct errmsg *e)
{
    enum status s = in_range("number of layers", a->n_layers, 1, NETWORK_MAX_LAYERS, e);
    for (int l = 0; s == STATUS_OK && l < a->n_layers; l++)
        s = in_range(l == 0 ? "number of inputs" : "layer size", a->sizes[l], 1, MAX_SIZE, e);
    if (s != STATUS_OK ||
        (s = in_range("number of classes", a->sizes[a->n_layers], 1, ACCELERATOR_MAX_CLASSES, e)) != STATUS_OK ||
        (s = in_range("W (weight_bits)", a->W, MIN_WEIGHT_BITS, MAX_WEIGHT_BITS, e)) != STATUS_OK ||
        (s = in_range("f (frac_bits)", a->f, 0, a->W - 1, e)) != STATUS_OK ||
        (s = in_range("D (bits of a stored code)", a->D, 1, a->W, e)) != STATUS_OK ||
        (s = in_range("shift (place value of a code)", a->shift, 0, a->W - a->D, e)) != STATUS_OK ||
        (s = in_range("shift_bits (of a neuron's place value)", a->shift_bits, 0, 4, e)) != STATUS_OK ||
        (s = in_range("P (lanes)", a->P, 1, ACCELERATOR_MAX_LANES, e)) != STATUS_OK ||
        (s = in_range("dsp_lanes", a->dsp_lanes, 0, a->P, e)) != STATUS_OK ||
        (s = in_range("block_bits", a->block_bits, 0, a->P * a->D, e)) != STATUS_OK)
        return s;
    if (a->consecutive && !a->reference)
        return fail(e, STATUS_INPUT,
                    "the accelerator of a consecutive code needs references: the last weight of a row");
    if (a->shift_bits > 0 && !a->reference)
        return fail(e, STATUS_INPUT, "neurons have place values of their own only beside references");
    const int64_t words = count_words(a);
    if (words > INT32_MAX)
        return fail(e, STATUS_INPUT, "the accelerator has %lld weight words; take more lanes", (long long)words);
    if (a->block_bits > 0 && words > MAX_BLOCK_WORDS)
        return fail(e, STATUS_INPUT,
                    "the accelerator has %lld weight words, more than the %d that block RAM is cut "
                    "for; take more lanes, or weights in LUTs",
                    (long long)words, (int)MAX_BLOCK_WORDS);
    return STATUS_OK;
}

bool accelerator_runs(const struct accelerator *a, const struct integer_network *n)
{
    if (a->n_layers != n->n_layers || a->W != n->W || a->f != n->f || a->D != n->D || a->shift != n->shift ||
        a->shift_bits != n->shift_bits || a->consecutive != n->consecutive || a->reference != n->has_reference)
        return false;
    for (int l = 0; l < n->n_layers; l++)
        if (n->layers[l].D > a->D || n->layers[l].shift < a->shift ||
            n->layers[l].shift >= a->shift + (1 << a->shift_bits))
            return false;
    return memcmp(a->sizes, n->sizes, sizeof *a->sizes * ((size_t)a->n_layers + 1)) == 0;
}

/* --------------------------------------------------------------------------------------- block RAM */

/* A tool lays columns of several shapes side by side: this is the cheapest such row (Yosys 0.23 finds it,
 * or one RAMB18 less where few words are left for LUTs). Of the shapes other than the one that is cheapest
 * for a bit, less than WIDEST bits each are needed: more could be exchanged for it. */
static int cheapest_row(int depth, int bits)
{
    enum { MIXED = SHAPES * WIDEST };
    int least[MIXED + 1] = {0}, widest = INT32_MAX; /* of so many bits; of WIDEST bits in one shape */
    const int columns = bits > MIXED ? (bits - MIXED + WIDEST - 1) / WIDEST : 0;
    for (int k = 0; k < SHAPES; k++) {
        const int cost = WIDEST / shapes[k].bits * ceil_div(depth, shapes[k].words);
        widest = cost < widest ? cost : widest;
    }
    for (int b = 1; b <= bits - columns * WIDEST; b++) {
        least[b] = INT32_MAX;
        for (int k = 0; k < SHAPES; k++) {
            const int rest = b > shapes[k].bits ? least[b - shapes[k].bits] : 0;
            const int cost = rest + ceil_div(depth, shapes[k].words);
            least[b] = cost < least[b] ? cost : least[b];
        }
    }
    return columns * widest + least[bits - columns * WIDEST];
}

/* The points of a sweep ask the same again and again: answers are kept. */
struct kept {
    int a, b, blocks; /* a is 0 in an empty place */
};
enum { KEPT = 4096 };

static struct kept *kept_at(struct kept *all, int a, int b)
{
    return &all[((unsigned)a * 2654435761u + (unsigned)b * 40503u) % KEPT];
}

int accelerator_ramb18(int depth, int bits)
{
    static _Thread_local struct kept all[KEPT];
    struct kept *k = kept_at(all, depth, bits);
    if (k->a != depth || k->b != bits)
        *k = (struct kept){depth, bits, cheapest_row(depth, bits)};
    return k->blocks;
}

/* The cheapest cut of every number of units up to `units` into chunks: 32 · RAMB18 + chunks, and the units of
 * its first chunk. */
enum { BLOCK_COST = 32, CHUNK_COST = 1 };

struct cut {
    int32_t cost, first;
};

static void find_cuts(int units, int bits, struct cut *cuts)
{
    int32_t cost[CHUNK_UNITS + 1] = {0};
    for (int u = 1; u <= units && u <= CHUNK_UNITS; u++)
        cost[u] = BLOCK_COST * accelerator_ramb18(u * UNIT, bits) + CHUNK_COST;
    cuts[0] = (struct cut){0};
    for (int u = 1; u <= units; u++) {
        cuts[u] = (struct cut){.cost = INT32_MAX};
        for (int first = u < CHUNK_UNITS ? u : CHUNK_UNITS; first > 0; first--)
            if (cost[first] + cuts[u - first].cost < cuts[u].cost)
                cuts[u] = (struct cut){.cost = cost[first] + cuts[u - first].cost, .first = first};
    }
}

/* How words of bits are cut: *blocks RAMB18; returns the number of chunks. */
static int cut_words(int words, int bits, int depth[ACCELERATOR_MAX_CHUNKS], int *blocks)
{
    struct cut cuts[MAX_UNITS + 1];
    int n = 0;
    *blocks = 0;
    if (bits == 0)
        return 0;
    assert(words <= MAX_BLOCK_WORDS);
    find_cuts(ceil_div(words, UNIT), bits, cuts);
    *blocks = cuts[ceil_div(words, UNIT)].cost / BLOCK_COST;
    for (int left = words; left > 0 && n < ACCELERATOR_MAX_CHUNKS; left -= depth[n++]) {
        const int first = cuts[ceil_div(left, UNIT)].first * UNIT;
        depth[n] = first < left ? first : left;
    }
    return n;
}

int accelerator_chunks(const struct accelerator *a, int depth[ACCELERATOR_MAX_CHUNKS])
{
    int blocks;
    return cut_words(accelerator_words(a), a->block_bits, depth, &blocks);
}

/* ---------------------------------------------------------------------------------- from wish to part */

static int weight_blocks(const struct accelerator *a, int bits)
{
    static _Thread_local struct kept all[KEPT];
    const int words = accelerator_words(a);
    struct kept *k = kept_at(all, words, bits);
    if (k->a != words || k->b != bits) {
        int depth[ACCELERATOR_MAX_CHUNKS];
        *k = (struct kept){words, bits, 0};
        cut_words(words, bits, depth, &k->blocks);
    }
    return k->blocks;
}

int accelerator_pixel_blocks(const struct accelerator *a)
{
    return accelerator_ramb18(2 * accelerator_bank_words(a), accelerator_activation_bits(a));
}

int accelerator_neuron_blocks(const struct accelerator *a)
{
    return accelerator_ramb18(accelerator_neurons(a), accelerator_neuron_bits(a));
}

/* The most bits of the weight word that `blocks` RAMB18 hold: more bits never take fewer. */
static int most_block_bits(const struct accelerator *a, int blocks)
{
    int fits = 0, fails = a->P * a->D + 1;
    if (count_words(a) > MAX_BLOCK_WORDS)
        return 0;
    while (fails - fits > 1) {
        const int bits = (fits + fails) / 2;
        if (weight_blocks(a, bits) <= blocks)
            fits = bits;
        else
            fails = bits;
    }
    return fits;
}

enum status accelerator_of(const struct topology *shape, const struct code *code, const struct accelerator_wish *wish,
                           int bram36, struct accelerator *out, struct errmsg *e)
{
    *out = (struct accelerator){0};
    if (code->scheme == SCHEME_FLOAT)
        return fail(e, STATUS_VERDICT, "a float code has no accelerator: its lanes take integer weights");
    if (!topology_is_chain(shape))
        return fail(e, STATUS_VERDICT, "the accelerator has no convolutions yet");
    enum status s = topology_check(shape, e);
    if (s != STATUS_OK)
        return s;
    out->n_layers = shape->n_layers;
    memcpy(out->sizes, shape->sizes, sizeof *out->sizes * ((size_t)shape->n_layers + 1));
    struct code c = *code;
    code_canonical(&c);
    out->W = c.weight_bits;
    out->f = c.frac_bits;
    if (c.span == SPAN_BUCKET)
        return fail(e, STATUS_VERDICT, "the accelerator takes one reference for each row, not one for each bucket");
    for (int l = 0; l < shape->n_layers; l++) { /* a word has room for the widest code of all layers */
        const struct code of = code_of_layer(&c, l);
        out->D = code_stored_width(&of) > out->D ? code_stored_width(&of) : out->D;
    }
    const struct places places = integer_places(&c, shape->n_layers, accelerator_total_bits(out));
    out->shift = places.shift;
    out->shift_bits = places.shift_bits;
    out->consecutive = scheme_is_consecutive(c.scheme);
    out->reference = code_keeps_references(&c);
    out->P = wish->P;
    out->dsp_lanes = wish->dsp_lanes < wish->P ? wish->dsp_lanes : wish->P;
    s = accelerator_check(out, e);
    if (s != STATUS_OK || wish->memory == WEIGHT_MEMORY_LUT)
        return s;
    if (wish->memory == WEIGHT_MEMORY_BLOCK) {
        out->block_bits = out->P * out->D;
        out->block_pixels = true;
        out->block_neurons = true;
        return accelerator_check(out, e);
    }
    int spare = 2 * bram36;
    out->block_bits = most_block_bits(out, spare);
    spare -= weight_blocks(out, out->block_bits);
    out->block_pixels = accelerator_pixel_blocks(out) <= spare;
    spare -= out->block_pixels ? accelerator_pixel_blocks(out) : 0;
    out->block_neurons = accelerator_neuron_blocks(out) <= spare;
    return STATUS_OK;
}

/* ----------------------------------------------------------------------------------------- the top */

/* A vector of 16-bit numbers, the first in the lowest bits. */
static void write_vector(FILE *f, const char *name, const int *x, int n)
{
    fprintf(f, "        .%s(%d'h", name, PARAMETER_BITS * n);
    for (int i = n - 1; i >= 0; i--)
        fprintf(f, "%04x%s", (unsigned)x[i], i > 0 ? "_" : "),\n");
}

void accelerator_write_top(const struct accelerator *a, const char *module, FILE *f)
{
    static const int none[] = {0};
    int depth[ACCELERATOR_MAX_CHUNKS];
    const int chunks = accelerator_chunks(a, depth);
    fputs("`default_nettype none\n\n", f);
    fprintf(f, "module %s (\n", module);
    fputs("    input  wire        clk_i,\n"
          "    input  wire        rst_ni,\n"
          "    input  wire        pixel_valid_i,\n"
          "    output wire        pixel_ready_o,\n",
          f);
    const int top = accelerator_activation_bits(a) - 1;
    fprintf(f, "    input  wire [%d:0]%s pixel_data_i,\n", top, top < 10 ? " " : "");
    fputs("    output wire        result_valid_o,\n"
          "    input  wire        result_ready_i,\n"
          "    output wire [7:0]  result_class_o,\n"
          "    output wire [23:0] result_logit_o\n"
          ");\n"
          "    accelerator #(\n",
          f);
    fprintf(f, "        .LayerCount(%d),\n", a->n_layers);
    write_vector(f, "Sizes", a->sizes, a->n_layers + 1);
    fprintf(f, "        .W(%d),\n        .F(%d),\n        .D(%d),\n        .Shift(%d),\n", a->W, a->f, a->D, a->shift);
    fprintf(f, "        .ShiftBits(%d),\n        .Contents(1),\n", a->shift_bits);
    fprintf(f, "        .Consecutive(%d),\n        .Reference(%d),\n", a->consecutive, a->reference);
    fprintf(f, "        .P(%d),\n        .DspLanes(%d),\n        .BlockBits(%d),\n", a->P, a->dsp_lanes, a->block_bits);
    fprintf(f, "        .ChunkCount(%d),\n", chunks);
    write_vector(f, "ChunkDepths", chunks > 0 ? depth : none, chunks > 0 ? chunks : 1);
    fprintf(f, "        .BlockPixels(%d),\n        .BlockNeurons(%d)\n", a->block_pixels, a->block_neurons);
    fputs("    ) u_accelerator (\n"
          "        .clk_i(clk_i),\n"
          "        .rst_ni(rst_ni),\n"
          "        .pixel_valid_i(pixel_valid_i),\n"
          "        .pixel_ready_o(pixel_ready_o),\n"
          "        .pixel_data_i(pixel_data_i),\n"
          "        .result_valid_o(result_valid_o),\n"
          "        .result_ready_i(result_ready_i),\n"
          "        .result_class_o(result_class_o),\n"
          "        .result_logit_o(result_logit_o)\n"
          "    );\n"
          "endmodule\n\n"
          "`default_nettype wire\n",
          f);
}
