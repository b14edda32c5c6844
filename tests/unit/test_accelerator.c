/* The configuration of an accelerator: what follows from it, how its weights are cut, and its files. */
#include "models/nn/integer/deploy.h"
#include "tests/support/folder.h"
#include "models/fpga/design/accelerator.h"
#include "tests/support/random_network.h"
#include "tests/support/toy.h"
#include "tests/support/chain.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static const int net_sizes[] = {784, 96, 64, 10};
static const struct code delta4 = {.scheme = SCHEME_FIXED_REFERENCE,
                                   .reference = REFERENCE_MEAN,
                                   .span = SPAN_ROW,
                                   .weight_bits = 8,
                                   .frac_bits = 5,
                                   .delta_bits = 4};

static struct accelerator accelerator_with(const struct code *c, int P, int dsp_lanes, enum weight_memory m, int bram36)
{
    const struct accelerator_wish wish = {.P = P, .dsp_lanes = dsp_lanes, .memory = m};
    struct accelerator a;
    struct errmsg e;
    if (chain_accelerator(net_sizes, 3, c, &wish, bram36, &a, &e) != STATUS_OK)
        fail_msg("%s", e.text);
    return a;
}

static void figures_of_a_configuration(void **state)
{
    (void)state;
    struct accelerator a = accelerator_with(&delta4, 32, 0, WEIGHT_MEMORY_LUT, 10);
    assert_int_equal(accelerator_activation_bits(&a), 7);
    assert_int_equal(accelerator_total_bits(&a), 24);
    assert_int_equal(accelerator_acc_bits(&a), 4 + 7 - 1 + 10);
    assert_int_equal(accelerator_passes(&a, 0), 3);
    assert_int_equal(accelerator_passes(&a, 2), 1);
    assert_int_equal(accelerator_words(&a), 3 * 784 + 2 * 96 + 64);
    assert_int_equal(accelerator_neurons(&a), 170);
    assert_int_equal(accelerator_macs(&a), 784 * 96 + 96 * 64 + 64 * 10);
    assert_false(accelerator_paired(&a));
    assert_int_equal(accelerator_dsps(&a), 2);         /* reference and requantisation */
    assert_int_equal(accelerator_latency(&a), 17 + 3); /* two digits of two bits: one stage */
    assert_true(a.reference && !a.consecutive && a.D == 4 && a.shift == 0);

    a = accelerator_with(&delta4, 32, 9, WEIGHT_MEMORY_LUT, 10);
    assert_true(accelerator_paired(&a)); /* 4 + 20 bits */
    assert_int_equal(accelerator_dsps(&a), 5 + 2);
    assert_int_equal(accelerator_latency(&a), 17 + 3 + 3);

    struct code c = delta4;
    c.delta_bits = 5;
    c.reference = REFERENCE_ZERO;
    a = accelerator_with(&c, 32, 99, WEIGHT_MEMORY_LUT, 10);
    assert_int_equal(a.dsp_lanes, 32);
    assert_false(accelerator_paired(&a)); /* 5 + 21 bits */
    assert_int_equal(accelerator_dsps(&a), 33);
    assert_int_equal(accelerator_latency(&a), 17 + 1); /* three digits: two stages */

    c = (struct code){
        .scheme = SCHEME_CONSECUTIVE, .weight_bits = 8, .frac_bits = 5, .delta_bits = 2, .delta_offset = 1};
    a = accelerator_with(&c, 10, 4, WEIGHT_MEMORY_LUT, 10);
    assert_true(a.consecutive && a.reference && a.D == 2 && a.shift == 1 && !accelerator_paired(&a));
    assert_int_equal(accelerator_acc_bits(&a), 24);
    assert_int_equal(accelerator_dsps(&a), 4 + 2);
    assert_int_equal(accelerator_latency(&a), 17 + 3 + 1);

    c = (struct code){.scheme = SCHEME_FIXED_POINT, .weight_bits = 16, .frac_bits = 15};
    a = accelerator_with(&c, 10, 4, WEIGHT_MEMORY_LUT, 10);
    assert_true(!a.reference && a.D == 16 && a.shift == 0);
    assert_int_equal(accelerator_latency(&a), 17 + 2); /* eight digits: three stages */
    c = (struct code){.scheme = SCHEME_CONSECUTIVE_OPEN,
                      .codec = CODEC_PAPER,
                      .weight_bits = 16,
                      .frac_bits = 15,
                      .delta_bits = 3,
                      .delta_offset = 2};
    a = accelerator_with(&c, 10, 4, WEIGHT_MEMORY_LUT, 10);
    assert_true(a.D == 5 && a.shift == 0);
    assert_int_equal(accelerator_dsps(&a), 2 * 4 + 2 + 1); /* sums of inputs have 26 bits: two DSP48E1 a product */
}

static void an_accelerator_runs_its_networks(void **state)
{
    (void)state;
    struct rng r;
    struct errmsg e;
    int ran = 0;
    rng_init(&r, test_seed(), RNG_TEST);
    for (int trial = 0; trial < 500; trial++) {
        struct code c = random_lane_code(&r);
        int sizes[NETWORK_MAX_LAYERS + 1];
        struct network *net;
        struct integer_network *n;
        struct accelerator a;
        const int n_layers = random_sizes(&r, sizes, 3, 20);
        const struct accelerator_wish wish = {.P = 1 + (int)rng_below(&r, 30),
                                              .dsp_lanes = (int)rng_below(&r, 40),
                                              .memory = (enum weight_memory)(trial % 3)};
        random_formats(&r, &c, n_layers, rng_below(&r, 2) == 0);
        assert_int_equal(chain_accelerator(sizes, n_layers, &c, &wish, 10, &a, &e), STATUS_OK);
        assert_int_equal(accelerator_check(&a, &e), STATUS_OK);
        assert_int_equal(chain_new(&net, sizes, n_layers, &c, 1, &e), STATUS_OK);
        if (deploy(net, &n, &e) == STATUS_OK) {
            ran++;
            assert_true(accelerator_runs(&a, n));
            a.sizes[n_layers]++;
            assert_false(accelerator_runs(&a, n));
            a.sizes[n_layers]--;
            a.shift++;
            assert_false(accelerator_runs(&a, n));
            a.shift--;
            a.D++;
            assert_false(accelerator_runs(&a, n));
            a.D--;
            a.reference = !a.reference;
            assert_false(accelerator_runs(&a, n));
            a.reference = !a.reference;
            n->n_layers--;
            assert_false(accelerator_runs(&a, n));
            n->n_layers++;
        }
        integer_network_free(n);
        network_free(net);
    }
    assert_true(ran > 400);
}

static void parameters_are_checked_by_name(void **state)
{
    (void)state;
    static const struct accelerator good = {.n_layers = 2,
                                            .sizes = {784, 96, 10},
                                            .W = 8,
                                            .f = 5,
                                            .D = 4,
                                            .shift = 1,
                                            .reference = true,
                                            .P = 16,
                                            .dsp_lanes = 16,
                                            .block_bits = 64};
    struct errmsg e;
    struct accelerator a = good;
    assert_int_equal(accelerator_check(&a, &e), STATUS_OK);
#define REFUSES(change, says)                                                                                          \
    do {                                                                                                               \
        a = good;                                                                                                      \
        change;                                                                                                        \
        assert_int_equal(accelerator_check(&a, &e), STATUS_INPUT);                                                     \
        if (strstr(e.text, says) == NULL)                                                                              \
            fail_msg("\"%s\" does not say \"%s\"", e.text, says);                                                      \
    } while (0)
    REFUSES(a.n_layers = 0, "layers is 0; it must be 1 to 16");
    REFUSES(a.n_layers = 17, "layers is 17");
    REFUSES(a.sizes[0] = 65536, "inputs is 65536; it must be 1 to 65535");
    REFUSES(a.sizes[1] = 0, "layer size is 0");
    REFUSES(a.sizes[2] = 257, "classes is 257; it must be 1 to 256");
    REFUSES(a.W = 17, "W (weight_bits) is 17");
    REFUSES(a.f = 8, "f (frac_bits) is 8; it must be 0 to 7");
    REFUSES(a.D = 9, "D (bits of a stored code) is 9; it must be 1 to 8");
    REFUSES(a.shift = 5, "is 5; it must be 0 to 4");
    REFUSES(a.P = 0, "P (lanes) is 0");
    REFUSES(a.P = 513, "P (lanes) is 513; it must be 1 to 512");
    REFUSES(a.dsp_lanes = 17, "dsp_lanes is 17; it must be 0 to 16");
    REFUSES(a.block_bits = 65, "block_bits is 65; it must be 0 to 64");
    REFUSES(a.block_bits = -1, "block_bits is -1");
    REFUSES((a.consecutive = true, a.reference = false), "needs references");
    REFUSES((a.sizes[1] = 65535, a.P = 1, a.dsp_lanes = 0, a.block_bits = 1), "take more lanes");
    REFUSES((a.sizes[0] = 65535, a.sizes[1] = 65535, a.P = 1, a.dsp_lanes = 0, a.block_bits = 0), "take more lanes");
#undef REFUSES

    /* The same through accelerator_of, which must not compute with what it has not checked. */
    const struct code f = {.scheme = SCHEME_FLOAT};
    struct accelerator_wish wish = {.P = 0};
    assert_int_equal(chain_accelerator(net_sizes, 3, &delta4, &wish, 10, &a, &e), STATUS_INPUT);
    wish.P = 4;
    assert_int_equal(chain_accelerator(net_sizes, 0, &delta4, &wish, 10, &a, &e), STATUS_INPUT);
    assert_int_equal(chain_accelerator(net_sizes, 3, &f, &wish, 10, &a, &e), STATUS_VERDICT);
    assert_non_null(strstr(e.text, "float"));
    wish.dsp_lanes = -1;
    assert_int_equal(chain_accelerator(net_sizes, 3, &delta4, &wish, 10, &a, &e), STATUS_INPUT);
    /* More words than block RAM is cut for: `both` puts them into LUTs, `block` says no. */
    const int wide[] = {65535, 60, 10};
    wish = (struct accelerator_wish){.P = 1, .memory = WEIGHT_MEMORY_BOTH};
    assert_int_equal(chain_accelerator(wide, 2, &delta4, &wish, 10, &a, &e), STATUS_OK);
    assert_int_equal(a.block_bits, 0);
    wish.memory = WEIGHT_MEMORY_BLOCK;
    assert_int_equal(chain_accelerator(wide, 2, &delta4, &wish, 10, &a, &e), STATUS_INPUT);

    static const char *const names[] = {"block", "lut", "both"};
    for (int m = 0; m < 3; m++)
        assert_string_equal(weight_memory_name((enum weight_memory)m), names[m]);
}

/* A temporary folder, folder_remove'd and freed by the caller. */
static char *folder_new(void)
{
    char *folder = strdup("/tmp/accelerator_XXXXXX");
    assert_non_null(folder);
    assert_non_null(mkdtemp(folder));
    return folder;
}

static void folder_end(char *folder)
{
    assert_int_equal(folder_remove(folder), 0);
    free(folder);
}

/* An accelerator of words words of bits, all in block RAM: one layer of P = bits neurons, D = 1. */
static struct accelerator flat(int words, int bits)
{
    const struct accelerator a = {
        .n_layers = 1, .sizes = {words, bits}, .W = 8, .f = 5, .D = 1, .P = bits, .block_bits = bits};
    return a;
}

static int ceil_of(int a, int b)
{
    return (a + b - 1) / b;
}

/* RAMB18 of a memory at the least, its columns of any shapes: tried without skill. */
static int least_ramb18(int depth, int bits)
{
    static const int words[] = {512, 1024, 2048, 4096, 8192, 16384}, width[] = {36, 18, 9, 4, 2, 1};
    int *least = calloc((size_t)bits + 1, sizeof *least);
    assert_non_null(least);
    for (int b = 1; b <= bits; b++)
        for (int k = 0; k < 6; k++) {
            const int cost = ceil_of(depth, words[k]) + (b > width[k] ? least[b - width[k]] : 0);
            least[b] = k == 0 || cost < least[b] ? cost : least[b];
        }
    const int result = least[bits];
    free(least);
    return result;
}

/* 32 · RAMB18 + chunks at the least, for chunks of 512 words or any multiple. */
static int least_cost(int words, int bits)
{
    enum { MOST = 64 };
    int least[MOST + 1] = {0};
    const int units = ceil_of(words, 512);
    assert_true(units <= MOST);
    for (int u = 1; u <= units; u++)
        for (int first = 1; first <= u; first++) {
            const int cost = 32 * least_ramb18(first * 512, bits) + 1 + least[u - first];
            least[u] = first == 1 || cost < least[u] ? cost : least[u];
        }
    return least[units];
}

static int blocks_of(const struct accelerator *a)
{
    int depth[ACCELERATOR_MAX_CHUNKS], sum = 0;
    const int n = accelerator_chunks(a, depth);
    for (int i = 0; i < n; i++)
        sum += accelerator_ramb18(depth[i], a->block_bits);
    return sum;
}

/* What Yosys 0.23 makes of a read-only memory in block RAM (synth_xilinx -family xc7; a RAMB36 is two). */
static void a_memory_takes_what_yosys_says(void **state)
{
    (void)state;
    static const struct {
        int depth, bits, ramb18;
    } cases[] = {{512, 36, 1},    {512, 128, 4},  {1024, 18, 1},   {1024, 19, 2},   {2048, 117, 13}, {2048, 128, 15},
                 {560, 117, 7},   {560, 128, 8},  {560, 130, 8},   {1728, 256, 29}, {944, 360, 20},  {944, 370, 21},
                 {1868, 180, 20}, {2608, 128, 22}, {3000, 20, 4},  {3636, 90, 20},  {4096, 13, 3},   {4096, 63, 14},
                 {5000, 11, 4},   {6144, 54, 18}, {8192, 30, 14},  {8192, 31, 14},  {8192, 32, 15},  {16384, 15, 14},
                 {16384, 16, 15}, {2112, 30, 5},  {2560, 9, 2},    {1100, 30, 3},   {244, 54, 2}};
    struct rng r;
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
        assert_int_equal(accelerator_ramb18(cases[k].depth, cases[k].bits), cases[k].ramb18);
    rng_init(&r, test_seed(), RNG_TEST);
    for (int trial = 0; trial < 2000; trial++) {
        const int depth = 1 + (int)rng_below(&r, trial % 2 == 0 ? 5000 : 70000), bits = 1 + (int)rng_below(&r, 1200);
        assert_int_equal(accelerator_ramb18(depth, bits), least_ramb18(depth, bits));
    }
}

static void chunks_need_the_fewest_blocks(void **state)
{
    (void)state;
    struct rng r;
    int saved = 0;
    rng_init(&r, test_seed(), RNG_TEST);
    for (int trial = 0; trial < 200; trial++) {
        const int words = 1 + (int)rng_below(&r, trial % 4 == 0 ? 20000 : 6000);
        const int bits = 1 + (int)rng_below(&r, 1 + 400000 / (unsigned)words % 500);
        const struct accelerator a = flat(words, bits);
        int depth[ACCELERATOR_MAX_CHUNKS], sum = 0;
        const int n = accelerator_chunks(&a, depth), alone = accelerator_ramb18(words, bits), blocks = blocks_of(&a);
        for (int i = 0; i < n; i++) {
            assert_true(depth[i] >= 1 && depth[i] <= 65535);
            sum += depth[i];
        }
        assert_int_equal(sum, words);
        assert_int_equal(32 * blocks + n, least_cost(words, bits));
        assert_true(blocks <= alone && (n == 1 || blocks < alone)); /* a cut that saves nothing is not made */
        saved += blocks < alone;
    }
    print_message("%d of 200 saved\n", saved);
    assert_true(saved > 5);

    /* 784-96-64-10 on an XC7S15, 8 lanes of 4 bits: in one memory it takes 21 of the 20 RAMB18. */
    struct accelerator a = flat(10304, 32);
    int depth[ACCELERATOR_MAX_CHUNKS];
    assert_int_equal(accelerator_ramb18(10304, 32), 21);
    assert_int_equal(accelerator_chunks(&a, depth), 2);
    assert_int_equal(depth[0], 10240);
    assert_int_equal(depth[1], 64);
    assert_int_equal(blocks_of(&a), 20);
    a.block_bits = 0;
    assert_int_equal(accelerator_chunks(&a, depth), 0);
    /* The greatest memory that is allowed. */
    a = (struct accelerator){.n_layers = 1, .sizes = {65024, 8}, .W = 8, .f = 5, .D = 8, .P = 1, .block_bits = 8};
    assert_int_equal(accelerator_check(&a, NULL), STATUS_OK);
    a.sizes[1] = 9;
    assert_int_equal(accelerator_check(&a, NULL), STATUS_INPUT);
    a.sizes[1] = 8;
    for (a.block_bits = 1; a.block_bits < 8; a.block_bits++)
        assert_true(accelerator_chunks(&a, depth) <= ACCELERATOR_MAX_CHUNKS);
    const int n = accelerator_chunks(&a, depth);
    int64_t sum = 0;
    for (int i = 0; i < n; i++) {
        assert_true(depth[i] >= 1 && depth[i] <= 65535);
        sum += depth[i];
    }
    assert_int_equal(sum, accelerator_words(&a));
}

static void both_fills_the_part(void **state)
{
    (void)state;
    static const struct code wide = {.scheme = SCHEME_FIXED_POINT, .weight_bits = 16, .frac_bits = 15};
    struct rng r;
    rng_init(&r, test_seed(), RNG_TEST);
    for (int trial = 0; trial < 200; trial++) {
        const int P = 1 + (int)rng_below(&r, 200), bram36 = (int)rng_below(&r, 50);
        const struct code *c = trial % 2 == 0 ? &delta4 : &wide;
        struct accelerator a = accelerator_with(c, P, 0, WEIGHT_MEMORY_BOTH, bram36);
        const int pixels = trial % 2 == 0 ? 1 : 2; /* 2 · 1024 words of 7 or 16 bits */
        int used = blocks_of(&a);
        assert_true(used <= 2 * bram36);
        if (a.block_bits < P * a.D) {
            a.block_bits++;
            assert_true(blocks_of(&a) > 2 * bram36); /* not one bit more */
        }
        assert_int_equal(a.block_pixels, used + pixels <= 2 * bram36);
        used += a.block_pixels ? pixels : 0;
        assert_int_equal(a.block_neurons, used + 2 <= 2 * bram36); /* 170 words of 63 or 71 bits */
    }
    const struct accelerator block = accelerator_with(&delta4, 64, 0, WEIGHT_MEMORY_BLOCK, 0);
    assert_true(block.block_bits == 256 && block.block_pixels && block.block_neurons);
    const struct accelerator lut = accelerator_with(&delta4, 64, 0, WEIGHT_MEMORY_LUT, 99);
    assert_true(lut.block_bits == 0 && !lut.block_pixels && !lut.block_neurons);
}

/* A memory file: lines of hexadecimal digits, all leading zeros there. */
static char *file_text(const char *folder, const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "rb");
    if (f == NULL)
        return NULL;
    assert_int_equal(fseek(f, 0, SEEK_END), 0);
    const long n = ftell(f);
    rewind(f);
    char *text = malloc((size_t)n + 1);
    assert_int_equal(fread(text, 1, (size_t)n, f), n);
    text[n] = '\0';
    fclose(f);
    return text;
}

/* Bit i of line `line` of a file whose words have bits bits. */
static int bit_of(const char *text, int bits, int line, int i)
{
    const int digits = (bits + 3) / 4;
    const char c = text[(size_t)line * (size_t)(digits + 1) + (size_t)(digits - 1 - i / 4)];
    const int value = c >= 'a' ? c - 'a' + 10 : c - '0';
    return value >> (i % 4) & 1;
}

static int64_t field_of(const char *text, int bits, int line, int at, int width)
{
    uint64_t value = 0;
    for (int i = 0; i < width; i++)
        value |= (uint64_t)bit_of(text, bits, line, at + i) << i;
    return (int64_t)(value << (64 - width)) >> (64 - width);
}

static void check_length(const char *text, int bits, int words)
{
    const size_t line = (size_t)(bits + 3) / 4 + 1;
    assert_int_equal(strlen(text), line * (size_t)words);
    for (int w = 0; w < words; w++) {
        assert_int_equal(text[(size_t)(w + 1) * line - 1], '\n');
        for (int i = bits; i < (bits + 3) / 4 * 4; i++) /* unused bits of the first digit */
            assert_int_equal(bit_of(text, bits, w, i), 0);
    }
}

struct files {
    char *chunk[ACCELERATOR_MAX_CHUNKS], *lut, *neurons;
    int depth[ACCELERATOR_MAX_CHUNKS], n;
};

static void files_read(const struct accelerator *a, const char *folder, struct files *f)
{
    const int width = a->P * a->D;
    char name[64];
    *f = (struct files){.lut = file_text(folder, "weights_l.hex"), .neurons = file_text(folder, "neurons.hex")};
    f->n = accelerator_chunks(a, f->depth);
    for (int i = 0; i <= f->n && i < ACCELERATOR_MAX_CHUNKS; i++) {
        snprintf(name, sizeof name, "weights_b%d.hex", i);
        f->chunk[i] = file_text(folder, name);
        assert_int_equal(f->chunk[i] != NULL, i < f->n);
        if (i < f->n)
            check_length(f->chunk[i], a->block_bits, f->depth[i]);
    }
    assert_int_equal(f->lut != NULL, a->block_bits < width);
    if (f->lut != NULL)
        check_length(f->lut, width - a->block_bits, accelerator_words(a));
    assert_non_null(f->neurons);
    check_length(f->neurons, accelerator_neuron_bits(a), accelerator_neurons(a));
}

static void files_free(struct files *f)
{
    for (int i = 0; i < ACCELERATOR_MAX_CHUNKS; i++)
        free(f->chunk[i]);
    free(f->lut);
    free(f->neurons);
}

/* The stored D bits of a lane in a weight word, wherever they lie. */
static int32_t stored_code(const struct accelerator *a, const struct files *f, int word, int lane)
{
    int chunk = 0, line = word;
    while (chunk < f->n && line >= f->depth[chunk])
        line -= f->depth[chunk++];
    uint32_t value = 0;
    for (int i = 0; i < a->D; i++) {
        const int column = lane * a->D + i;
        const int bit = column < a->block_bits
                            ? bit_of(f->chunk[chunk], a->block_bits, line, column)
                            : bit_of(f->lut, a->P * a->D - a->block_bits, word, column - a->block_bits);
        value |= (uint32_t)bit << i;
    }
    return (int32_t)value;
}

static void check_files(const struct accelerator *a, const struct integer_network *n, const char *folder)
{
    struct files f;
    int word = 0, neuron = 0;
    files_read(a, folder, &f);
    for (int l = 0; l < a->n_layers; l++) {
        const struct integer_layer *layer = &n->layers[l];
        for (int pass = 0; pass < accelerator_passes(a, l); pass++)
            for (int i = 0; i < layer->I; i++, word++)
                for (int lane = 0; lane < a->P; lane++) {
                    const int o = pass * a->P + lane;
                    int32_t expected = 0;
                    if (o < layer->O) {
                        expected = layer->code[o * layer->I + i] & ((1 << a->D) - 1);
                        if (accelerator_paired(a) && lane < a->dsp_lanes && lane % 2 == 0)
                            expected ^= 1 << (a->D - 1);
                    }
                    assert_int_equal(stored_code(a, &f, word, lane), expected);
                }
        for (int o = 0; o < layer->O; o++, neuron++) {
            const int bits = 55 + a->W + a->shift_bits;
            assert_int_equal(field_of(f.neurons, bits, neuron, 0, a->W), layer->reference[o]);
            assert_int_equal(field_of(f.neurons, bits, neuron, a->W, 18), layer->q[o].multiplier);
            assert_int_equal(field_of(f.neurons, bits, neuron, a->W + 18, 32), layer->q[o].bias);
            assert_int_equal(field_of(f.neurons, bits, neuron, a->W + 50, 5) & 31, layer->q[o].shift - 9);
            if (a->shift_bits > 0)
                assert_int_equal(field_of(f.neurons, bits, neuron, a->W + 55, a->shift_bits) &
                                     ((1 << a->shift_bits) - 1),
                                 layer->shift - a->shift);
        }
    }
    assert_int_equal(word, accelerator_words(a));
    files_free(&f);
}

static void memories_hold_the_network(void **state)
{
    (void)state;
    struct rng r;
    struct errmsg e;
    int paired = 0, mixed = 0, chunked = 0;
    rng_init(&r, test_seed(), RNG_TEST);
    for (int trial = 0; trial < 120; trial++) {
        struct code c = random_lane_code(&r);
        int sizes[NETWORK_MAX_LAYERS + 1];
        struct network *net;
        struct integer_network *n;
        struct accelerator a;
        char *folder = folder_new();
        const bool deep = trial % 8 == 0;
        int n_layers = random_sizes(&r, sizes, 3, 25);
        struct accelerator_wish wish = {.P = 1 + (int)rng_below(&r, 20),
                                        .dsp_lanes = (int)rng_below(&r, 20),
                                        .memory = (enum weight_memory)(trial % 3)};
        random_formats(&r, &c, n_layers, rng_below(&r, 2) == 0);
        if (deep) { /* two chunks */
            c = delta4;
            n_layers = 1;
            sizes[0] = 10241 + (int)rng_below(&r, 500);
            sizes[1] = 1 + (int)rng_below(&r, 8);
            wish = (struct accelerator_wish){.P = 8, .dsp_lanes = trial, .memory = WEIGHT_MEMORY_BLOCK};
        }
        assert_int_equal(chain_accelerator(sizes, n_layers, &c, &wish, 1, &a, &e), STATUS_OK);
        if (trial % 2 == 1)
            a.block_bits = (int)rng_below(&r, (uint64_t)(a.P * a.D) + 1);
        assert_int_equal(chain_new(&net, sizes, n_layers, &c, 1, &e), STATUS_OK);
        network_shake(&r, net);
        if (deploy(net, &n, &e) == STATUS_OK) {
            assert_int_equal(accelerator_write_memories(&a, n, folder, &e), STATUS_OK);
            check_files(&a, n, folder);
            int depth[ACCELERATOR_MAX_CHUNKS];
            paired += accelerator_paired(&a);
            mixed += a.block_bits > 0 && a.block_bits < a.P * a.D;
            chunked += accelerator_chunks(&a, depth) > 1;
        }
        folder_end(folder);
        integer_network_free(n);
        network_free(net);
    }
    assert_true(paired > 5 && mixed > 20 && chunked > 5);
}

/* Without a network: the same files every time, the right size, nothing in lanes without a neuron. */
static void memories_without_a_network(void **state)
{
    (void)state;
    const int sizes[] = {30, 7, 3};
    const struct accelerator_wish wish = {.P = 5, .dsp_lanes = 3, .memory = WEIGHT_MEMORY_LUT};
    struct accelerator a;
    struct errmsg e;
    for (int k = 0; k < 2; k++) {
        struct code c = delta4;
        c.scheme = k == 0 ? SCHEME_FIXED_REFERENCE : SCHEME_CONSECUTIVE;
        c.reference = k == 0 ? REFERENCE_ZERO : REFERENCE_FIRST;
        char *folder[2] = {folder_new(), folder_new()};
        struct files f[2];
        int set = 0, bits = 0;
        assert_int_equal(chain_accelerator(sizes, 2, &c, &wish, 10, &a, &e), STATUS_OK);
        a.block_bits = 7;
        for (int i = 0; i < 2; i++) {
            assert_int_equal(accelerator_write_memories(&a, NULL, folder[i], &e), STATUS_OK);
            files_read(&a, folder[i], &f[i]);
        }
        assert_string_equal(f[0].lut, f[1].lut);
        assert_string_equal(f[0].chunk[0], f[1].chunk[0]);
        assert_string_equal(f[0].neurons, f[1].neurons);
        for (int w = 30; w < 60; w++) /* the second pass has neurons in two lanes of five */
            for (int lane = 2; lane < 5; lane++)
                assert_int_equal(stored_code(&a, &f[0], w, lane), 0);
        for (int w = 0; w < 30; w++)
            for (int i = 0; i < 20; i++, bits++)
                set += stored_code(&a, &f[0], w, i / 4) >> (i % 4) & 1;
        assert_true(set > bits / 3 && set < bits * 2 / 3);
        for (int lane = 0; lane < 5; lane++) /* d[0] of a consecutive row is 0 */
            assert_true(k == 0 || stored_code(&a, &f[0], 0, lane) == 0);
        for (int o = 0; o < 10; o++) /* no reference */
            assert_true(k == 1 || field_of(f[0].neurons, 63, o, 0, 8) == 0);
        for (int i = 0; i < 2; i++) {
            files_free(&f[i]);
            folder_end(folder[i]);
        }
    }
}

static void memories_that_cannot_be_written(void **state)
{
    (void)state;
    struct accelerator a = accelerator_with(&delta4, 4, 0, WEIGHT_MEMORY_BLOCK, 10);
    int depth[ACCELERATOR_MAX_CHUNKS];
    a.block_bits--;
    assert_int_equal(accelerator_chunks(&a, depth), 2);
    struct errmsg e;
    struct network *net;
    struct integer_network *n;
    assert_int_equal(accelerator_write_memories(&a, NULL, "/nonexistent/folder", &e), STATUS_ENVIRONMENT);
    assert_non_null(strstr(e.text, "/nonexistent/folder/weights_l.hex"));
    char path[5000];
    memset(path, 'x', sizeof path);
    path[sizeof path - 1] = '\0';
    assert_int_equal(accelerator_write_memories(&a, NULL, path, &e), STATUS_ENVIRONMENT);
    assert_non_null(strstr(e.text, "too long"));
    /* No room for the last byte of each of the files. */
    static const char *const names[] = {"weights_b0.hex", "weights_b1.hex", "weights_l.hex", "neurons.hex"};
    char *folder = folder_new();
    struct rlimit before, few;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(accelerator_write_memories(&a, NULL, folder, &e), STATUS_OK);
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        struct stat file;
        snprintf(path, sizeof path, "%s/%s", folder, names[k]);
        assert_int_equal(stat(path, &file), 0);
        few = (struct rlimit){.rlim_cur = (rlim_t)file.st_size - 1, .rlim_max = before.rlim_max};
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &few), 0);
        const enum status written = accelerator_write_memories(&a, NULL, folder, &e);
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
        assert_int_equal(written, STATUS_ENVIRONMENT);
        assert_non_null(strstr(e.text, folder));
        assert_int_equal(accelerator_write_memories(&a, NULL, folder, &e), STATUS_OK); /* so the sizes stay known */
    }
    folder_end(folder);
    const int other[] = {784, 96, 64, 11};
    assert_int_equal(chain_new(&net, other, 3, &delta4, 1, &e), STATUS_OK);
    assert_int_equal(deploy(net, &n, &e), STATUS_OK);
    assert_int_equal(accelerator_write_memories(&a, n, "/nonexistent", &e), STATUS_INPUT);
    integer_network_free(n);
    network_free(net);
}

static void the_top_has_the_parameters(void **state)
{
    (void)state;
    static const char *const says[] = {"`default_nettype none\n",
                                       "module top (\n",
                                       "input  wire [6:0]  pixel_data_i,",
                                       ".LayerCount(3),",
                                       ".Sizes(64'h000a_0040_0060_0310),",
                                       ".W(8),",
                                       ".F(5),",
                                       ".D(4),",
                                       ".Shift(0),",
                                       ".Consecutive(0),",
                                       ".Reference(1),",
                                       ".P(8),",
                                       ".DspLanes(6),",
                                       ".BlockBits(32),",
                                       ".ChunkCount(2),",
                                       ".ChunkDepths(32'h0040_2800),",
                                       ".BlockPixels(0),",
                                       ".BlockNeurons(0)\n",
                                       "endmodule\n\n`default_nettype wire\n"};
    struct accelerator a = accelerator_with(&delta4, 8, 6, WEIGHT_MEMORY_BOTH, 10);
    char *text = NULL;
    size_t n = 0;
    FILE *f = open_memstream(&text, &n);
    assert_non_null(f);
    accelerator_write_top(&a, "top", f);
    assert_int_equal(fclose(f), 0);
    assert_non_null(text);
    const char *at = text;
    for (size_t k = 0; k < sizeof says / sizeof *says; k++) { /* in this order */
        const char *found = strstr(at, says[k]);
        if (found == NULL)
            fail_msg("the top has no \"%s\" there:\n%s", says[k], text);
        else
            at = found + 1;
    }
    free(text);
    a = accelerator_with(&delta4, 32, 6, WEIGHT_MEMORY_LUT, 10);
    f = open_memstream(&text, &n);
    assert_non_null(f);
    accelerator_write_top(&a, "top", f);
    assert_int_equal(fclose(f), 0);
    assert_non_null(text);
    assert_non_null(strstr(text, ".ChunkCount(0),\n        .ChunkDepths(16'h0000),"));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(figures_of_a_configuration),
        cmocka_unit_test(an_accelerator_runs_its_networks),
        cmocka_unit_test(parameters_are_checked_by_name),
        cmocka_unit_test(a_memory_takes_what_yosys_says),
        cmocka_unit_test(chunks_need_the_fewest_blocks),
        cmocka_unit_test(both_fills_the_part),
        cmocka_unit_test(memories_hold_the_network),
        cmocka_unit_test(memories_without_a_network),
        cmocka_unit_test(memories_that_cannot_be_written),
        cmocka_unit_test(the_top_has_the_parameters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
