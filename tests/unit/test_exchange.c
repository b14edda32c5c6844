#include "base/file.h"
#include "models/nn/train/evaluator.h"
#include "models/nn/io/exchange.h"
#include "models/nn/io/network_file.h"
#include "models/nn/io/npy.h"
#include "models/nn/io/safetensors.h"
#include "models/nn/layout/simd.h"
#include "models/nn/io/tensors.h"
#include "tests/support/folder.h"
#include "tests/support/parser_cases.h"
#include "tests/support/random_network.h"
#include "tests/support/toy.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/support/archive.h"

static char folder[64], file[128];

static int set_up(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/deltasweep-exchange-XXXXXX");
    if (mkdtemp(folder) == NULL)
        return -1;
    snprintf(file, sizeof file, "%s/net.safetensors", folder);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    return folder_remove(folder);
}

static struct topology topology_of(const char *text)
{
    char words[256], *word = words;
    const char *list[20];
    struct topology t;
    struct errmsg e = {""};
    int n = 0, wrong;
    snprintf(words, sizeof words, "%s", text);
    while (word != NULL)
        list[n++] = strsep(&word, "-");
    if (topology_parse(list, n, &t, &wrong, &e) != STATUS_OK)
        fail_msg("%s: %s", text, e.text);
    return t;
}

static const struct code float_code = {.scheme = SCHEME_FLOAT};

static struct network *network_of(const char *text, const struct code *code)
{
    const struct topology t = topology_of(text);
    struct network *n = NULL;
    struct errmsg e = {""};
    if (network_new(&n, &t, code, 7, &e) != STATUS_OK) {
        fail_msg("%s: %s", text, e.text);
        abort(); /* cmocka has not told the compiler that it does not come back */
    }
    return n;
}

static bool same_floats(const float *a, const float *b, size_t n)
{
    return memcmp(a, b, n * sizeof *a) == 0;
}

/* Export, then import: the same weights, batch norm and, but for open loops, codes. Both formats, every code, chains
 * and convolutions. */
static void there_and_back(void **state)
{
    (void)state;
    struct rng r;
    int references = 0, convolutions = 0;
    rng_init(&r, test_seed(), RNG_TEST);
    for (int trial = 0; trial < 200; trial++) {
        struct topology t;
        struct errmsg e = {""};
        struct network *net = NULL, *back = NULL;
        char path[160];
        struct code c = trial % 10 == 0 ? float_code : random_integer_code(&r);
        if (c.scheme != SCHEME_FLOAT)
            c.step = (enum step)rng_below(&r, STEP_COUNT);
        code_canonical(&c);
        random_topology(&r, &t, 12);
        if (trial % 3 == 0)
            t = topology_of("31-7-12-5");
        convolutions += !topology_is_chain(&t);
        assert_int_equal(network_new(&net, &t, &c, 1, &e), STATUS_OK);
        assert_int_equal(network_new(&back, &t, &c, 2, &e), STATUS_OK);
        network_shake(&r, net);
        /* Formats that training might have chosen, and no import would. */
        for (int l = 0; l < t.n_layers && c.step != STEP_FIXED && c.scheme != SCHEME_FLOAT; l++) {
            struct code *of = &net->layers[l].code;
            of->frac_bits = (int)rng_below(&r, CODE_MOST_FRAC_BITS + 1);
            if (scheme_is_delta(of->scheme))
                of->delta_offset = (int)rng_below(&r, (uint64_t)(of->weight_bits - of->delta_bits) + 1);
        }
        network_encode(net);
        snprintf(path, sizeof path, "%s/%d%s", folder, trial, trial % 2 ? ".safetensors" : "");
        if (exchange_export(net, path, NULL, &e) != STATUS_OK || exchange_import(back, path, NULL, NULL, &e) != STATUS_OK)
            fail_msg("trial %d: %s", trial, e.text);
        for (int l = 0; l < t.n_layers; l++) {
            const struct layer *a = &net->layers[l], *b = &back->layers[l];
            const size_t O = (size_t)a->O, n = O * (size_t)a->I;
            float *x = calloc(n, sizeof *x), *y = calloc(n, sizeof *y);
            network_rebuilt(net, l, x);
            network_rebuilt(back, l, y);
            assert_true(same_floats(x, b->w, n));
            if (c.scheme != SCHEME_CONSECUTIVE_OPEN)
                assert_true(same_floats(x, y, n));
            if (c.scheme != SCHEME_FLOAT && scheme_has_reference(c.scheme)) {
                references++;
                assert_int_equal(a->code.frac_bits, b->code.frac_bits);
                assert_int_equal(a->code.delta_offset, b->code.delta_offset);
                assert_memory_equal(a->coded.reference, b->coded.reference,
                                    (size_t)a->coded.n_spans * sizeof *a->coded.reference);
            }
            assert_true(same_floats(a->gamma, b->gamma, O) && same_floats(a->beta, b->beta, O) &&
                        same_floats(a->mean, b->mean, O) && same_floats(a->var, b->var, O));
            free(x);
            free(y);
        }
        network_free(net);
        network_free(back);
    }
    assert_true(references > 30 && convolutions > 20);
}

/* A module's tensors of a file that is written by hand. */
struct builder {
    struct named_floats tensors[64];
    char names[64][64];
    float *numbers[64];
    int n;
    struct rng r;
};

static const float *put(struct builder *b, const char *name, int n_dimensions, size_t n0, size_t n1, size_t n2,
                        size_t n3)
{
    const size_t shape[] = {n0, n1, n2, n3};
    struct named_floats *t = &b->tensors[b->n];
    size_t count = 1;
    for (int k = 0; k < n_dimensions; k++)
        count *= shape[k];
    float *x = calloc(count, sizeof *x);
    for (size_t i = 0; i < count; i++)
        x[i] = (float)(rng_unit(&b->r) - 0.4);
    snprintf(b->names[b->n], sizeof b->names[0], "%s", name);
    *t = (struct named_floats){.name = b->names[b->n], .n_dimensions = n_dimensions, .x = x};
    memcpy(t->shape, shape, sizeof shape);
    b->numbers[b->n++] = x;
    return x;
}

/* The same tensors as a folder of .npy files, or as an archive of them. */
static void builder_write_arrays(const struct builder *b, const char *path)
{
    struct errmsg e = {""};
    char npy[256];
    assert_int_equal(mkdir(path, 0777), 0);
    for (int k = 0; k < b->n; k++) {
        snprintf(npy, sizeof npy, "%s/%s.npy", path, b->names[k]);
        const struct named_floats *t = &b->tensors[k];
        assert_int_equal(npy_write(npy, t->x, t->n_dimensions, t->shape, &e), STATUS_OK);
    }
}

static void builder_write_archive(const struct builder *b, const char *arrays, const char *path, int method,
                                  const char *password)
{
    struct errmsg e = {""};
    struct archive_file files[64];
    char names[64][70], npy[512], *bytes[64];
    for (int k = 0; k < b->n; k++) {
        snprintf(names[k], sizeof names[k], "%s.npy", b->names[k]);
        snprintf(npy, sizeof npy, "%s/%.69s", arrays, names[k]);
        assert_int_equal(file_read_bytes(npy, &bytes[k], &files[k].n, &e), STATUS_OK);
        files[k].name = names[k];
        files[k].bytes = bytes[k];
    }
    archive_write(path, files, b->n, method, password);
    for (int k = 0; k < b->n; k++)
        free(bytes[k]);
}

static void builder_free(struct builder *b)
{
    for (int k = 0; k < b->n; k++)
        free(b->numbers[k]);
}

static void builder_write(const struct builder *b)
{
    struct errmsg e = {""};
    if (safetensors_write(file, b->tensors, b->n, NULL, 0, &e) != STATUS_OK)
        fail_msg("%s", e.text);
}

struct norm {
    const float *weight, *bias, *mean, *var;
};

static struct norm put_norm(struct builder *b, const char *name, size_t n)
{
    char text[64];
    struct norm x;
    snprintf(text, sizeof text, "%s.weight", name);
    x.weight = put(b, text, 1, n, 0, 0, 0);
    snprintf(text, sizeof text, "%s.bias", name);
    x.bias = put(b, text, 1, n, 0, 0, 0);
    snprintf(text, sizeof text, "%s.running_mean", name);
    x.mean = put(b, text, 1, n, 0, 0, 0);
    snprintf(text, sizeof text, "%s.running_var", name);
    x.var = put(b, text, 1, n, 0, 0, 0);
    for (size_t k = 0; k < n; k++)
        b->numbers[b->n - 1][k] = x.var[k] + 1;
    snprintf(text, sizeof text, "%s.num_batches_tracked", name);
    put(b, text, 0, 0, 0, 0, 0);
    return x;
}

static double normed(const struct norm *n, int o, double z)
{
    return n->weight == NULL ? z : (z - n->mean[o]) / sqrt(n->var[o] + 1e-5) * n->weight[o] + n->bias[o];
}

static double hardtanh(double x)
{
    return fmin(fmax(x, -1), 1);
}

/* As PyTorch does it: images as C x H x W; convolution with zeros around, batch norm, HardTanh, max pooling. */
static void torch_conv(const double *x, int C, int H, int W, const float *w, const float *bias, int O, int k,
                       int stride, const struct norm *norm, int pool, double *out)
{
    const int h = (H + stride - 1) / stride, v = (W + stride - 1) / stride;
    double *z = calloc((size_t)O * (size_t)h * (size_t)v, sizeof *z);
    for (int o = 0; o < O; o++)
        for (int y = 0; y < h; y++)
            for (int u = 0; u < v; u++) {
                double sum = bias != NULL ? bias[o] : 0;
                for (int c = 0; c < C; c++)
                    for (int ky = 0; ky < k; ky++)
                        for (int kx = 0; kx < k; kx++) {
                            const int yy = y * stride + ky - k / 2, xx = u * stride + kx - k / 2;
                            if (yy >= 0 && yy < H && xx >= 0 && xx < W)
                                sum += x[(c * H + yy) * W + xx] * w[((o * C + c) * k + ky) * k + kx];
                        }
                z[(o * h + y) * v + u] = hardtanh(normed(norm, o, sum));
            }
    const int ph = h / pool, pv = v / pool;
    for (int o = 0; o < O; o++)
        for (int y = 0; y < ph; y++)
            for (int u = 0; u < pv; u++) {
                double best = -INFINITY;
                for (int dy = 0; dy < pool; dy++)
                    for (int dx = 0; dx < pool; dx++)
                        best = fmax(best, z[(o * h + y * pool + dy) * v + u * pool + dx]);
                out[(o * ph + y) * pv + u] = best;
            }
    free(z);
}

static void torch_linear(const double *x, int I, const float *w, const float *bias, int O, const struct norm *norm,
                         bool last, double *out)
{
    for (int o = 0; o < O; o++) {
        double sum = bias != NULL ? bias[o] : 0;
        for (int i = 0; i < I; i++)
            sum += x[i] * w[o * I + i];
        out[o] = normed(norm, o, sum);
        if (!last)
            out[o] = hardtanh(out[o]);
    }
}

/* A network by PyTorch's names, with biases and without a last batch norm, computes what PyTorch would. `features` and
 * `classifier` stand for every name that is not in the order of the layers. */
static void a_network_of_pytorch(void **state)
{
    (void)state;
    enum { H = 6, W = 8, C = 2, CLASSES = 3, IMAGES = 5 };
    static const char *const names[2][7] = {
        {"conv1", "bn1", "conv2", "bn2", "fc1", "bn3", "fc2"},
        {"features.0", "features.1", "features.4", "features.10", "classifier.1", "classifier.2", "classifier.10"}};
    for (int k = 0; k < 2; k++) {
        struct builder b = {.n = 0};
        struct evaluator ev;
        struct errmsg e = {""};
        char text[7][2][32];
        rng_init(&b.r, test_seed(), RNG_TEST);
        for (int i = 0; i < 7; i++) {
            snprintf(text[i][0], sizeof text[i][0], "%s.weight", names[k][i]);
            snprintf(text[i][1], sizeof text[i][1], "%s.bias", names[k][i]);
        }
        const float *fc2 = put(&b, text[6][0], 2, CLASSES, 7, 0, 0),
                    *fc2_bias = put(&b, text[6][1], 1, CLASSES, 0, 0, 0),
                    *fc1 = put(&b, text[4][0], 2, 7, 5 * 3 * 2, 0, 0);
        const struct norm bn3 = put_norm(&b, names[k][5], 7), bn1 = put_norm(&b, names[k][1], 4),
                          bn2 = put_norm(&b, names[k][3], 5), none = {NULL, NULL, NULL, NULL};
        const float *conv2 = put(&b, text[2][0], 4, 5, 4, 3, 3), *conv2_bias = put(&b, text[2][1], 1, 5, 0, 0, 0),
                    *conv1 = put(&b, text[0][0], 4, 4, C, 5, 5);
        builder_write(&b);
        struct network *net = network_of("6x8x2-4c5-p2-5c3-7-3", &float_code);
        /* 6 x 8 pooled to 3 x 4; the second convolution keeps that: no pooling, so 5 channels of 3 x 4. */
        if (exchange_import(net, file, NULL, NULL, &e) == STATUS_OK)
            fail_msg("a linear layer of 30 inputs was taken for one of 60");
        if (strstr(e.text, k == 0 ? "fc1.weight" : "classifier.1.weight") == NULL)
            fail_msg("%s", e.text);
        assert_non_null(strstr(e.text, "is 7 x 30; layer 3 of the network, linear, needs 7 x 60"));
        network_free(net);

        net = network_of("6x8x2-4c5s1-p2-5c3s2-7-3", &float_code); /* 3 x 4 with stride 2: 2 x 2 */
        assert_int_equal(exchange_import(net, file, NULL, NULL, &e), STATUS_INPUT);
        network_free(net);
        net = network_of("6x12x2-4c5-p2-5c3s2-7-3", &float_code); /* 3 x 6 with stride 2: 2 x 3 */
        if (exchange_import(net, file, NULL, NULL, &e) != STATUS_OK)
            fail_msg("%s", e.text);

        float values[IMAGES * H * 12 * C];
        const struct images set = {.n = IMAGES, .values = values};
        for (size_t i = 0; i < sizeof values / sizeof *values; i++)
            values[i] = (float)(2 * rng_unit(&b.r) - 1);
        assert_int_equal(evaluator_new(&ev, net, IMAGES, &e), STATUS_OK);
        evaluator_load(&ev);
        evaluator_run(&ev, &set, 0, NULL, IMAGES, 4);
        for (int i = 0; i < IMAGES; i++) {
            double x[C * H * 12], y[4 * 3 * 6], z[5 * 2 * 3], u[7], logits[CLASSES];
            for (int c = 0; c < C; c++)
                for (int p = 0; p < H * 12; p++)
                    x[c * H * 12 + p] = values[(i * H * 12 + p) * C + c];
            torch_conv(x, C, H, 12, conv1, NULL, 4, 5, 1, &bn1, 2, y);
            torch_conv(y, 4, 3, 6, conv2, conv2_bias, 5, 3, 2, &bn2, 1, z);
            torch_linear(z, 30, fc1, NULL, 7, &bn3, false, u);
            torch_linear(u, 7, fc2, fc2_bias, CLASSES, &none, true, logits);
            for (int c = 0; c < CLASSES; c++) {
                const double got = (double)ev.x[4][i * nn_padded(CLASSES) + c];
                if (fabs(got - logits[c]) > 1e-4)
                    fail_msg("image %d, class %d: %g instead of %g", i, c, got, logits[c]);
            }
        }
        evaluator_free(&ev);
        network_free(net);
        builder_free(&b);
    }
}

/* fc10 comes after fc2; a batch norm without weight and bias has those of 1 and 0. */
static void names_in_their_natural_order(void **state)
{
    (void)state;
    struct builder b = {.n = 0};
    struct errmsg e = {""};
    char name[32];
    const float *w[11];
    rng_init(&b.r, test_seed(), RNG_TEST);
    for (int l = 10; l >= 0; l--) {
        snprintf(name, sizeof name, "fc%d.weight", l);
        w[l] = put(&b, name, 2, 2, 2, 0, 0);
        snprintf(name, sizeof name, "bn%02d.running_mean", l); /* zeros before it do not matter */
        put(&b, name, 1, 2, 0, 0, 0);
        b.numbers[b.n - 1][0] = (float)l;
        snprintf(name, sizeof name, "bn%02d.running_var", l);
        put(&b, name, 1, 2, 0, 0, 0);
        b.numbers[b.n - 1][0] = b.numbers[b.n - 1][1] = 2;
    }
    builder_write(&b);
    struct network *net = network_of("2-2-2-2-2-2-2-2-2-2-2-2", &float_code);
    if (exchange_import(net, file, NULL, NULL, &e) != STATUS_OK)
        fail_msg("%s", e.text);
    for (int l = 0; l <= 10; l++) {
        assert_true(same_floats(net->layers[l].w, w[l], 4));
        assert_true(net->layers[l].mean[0] == (float)l && net->layers[l].var[1] == 2);
        assert_true(net->layers[l].gamma[0] == 1 && net->layers[l].beta[1] == 0);
    }
    network_free(net);
    builder_free(&b);
    assert_true(tensors_order("a2b", "a10a") < 0 && tensors_order("a02", "a2") == 0 && tensors_order("b1", "a2") > 0 &&
                tensors_order("a", "a1") < 0 && tensors_order("a.1", "a.1.w") < 0);
}

/* One module of three layers of a chain 4-4-4-2, the first two of which have one shape: what became layer 1, or -1 and
 * the message. */
static int first_of_two(const char *const names[3], const char *order, struct exchange_names *found, struct errmsg *e)
{
    struct builder b = {.n = 0};
    const float *w[3];
    int first = -1;
    rng_init(&b.r, test_seed(), RNG_TEST);
    for (int k = 0; k < 3; k++) {
        char name[64];
        snprintf(name, sizeof name, "%s.weight", names[k]);
        w[k] = put(&b, name, 2, strcmp(names[k], "out") == 0 ? 2 : 4, 4, 0, 0);
    }
    builder_write(&b);
    struct network *net = network_of("4-4-4-2", &float_code);
    if (exchange_import(net, file, order, found, e) == STATUS_OK)
        for (int k = 0; k < 3; k++)
            first = strcmp(names[k], "out") != 0 && same_floats(net->layers[0].w, w[k], 16) ? k : first;
    network_free(net);
    builder_free(&b);
    return first;
}

/* Shapes tell the order, then numbers, then the file, if it is in an order of its own; else the user has to. */
static void the_order_of_layers(void **state)
{
    (void)state;
    static const struct {
        const char *names[3], *order;
        int first; /* which of the names; -1: refused */
        const char *says;
    } cases[] = {
        {{"hidden", "inp", "out"}, NULL, -1, "`hidden` and `inp` are both 4 x 4"},
        {{"hidden", "inp", "out"}, NULL, -1, "--load-order hidden,inp,out"},
        {{"hidden", "inp", "out"}, "inp,hidden,out", 1, "in the order given"},
        {{"hidden", "inp", "out"}, "inp.weight,hidden.weight,out.weight", 1, "in the order given"},
        {{"hidden", "inp", "out"}, "inp,hidden", -1, "it names 2 of 3 layers"},
        {{"hidden", "inp", "out"}, "inp,hidden,inp", -1, "`inp` is there twice"},
        {{"hidden", "inp", "out"}, "inp,hidden,exit", -1, "is called `exit`"},
        {{"hidden", "inp", "out"}, "out,inp,hidden", -1, "tensor `out.weight` is 2 x 4; layer 1"},
        {{"inp", "hidden", "out"}, NULL, 0, "layer 1 is inp.weight (4 x 4), layer 2 is hidden.weight (4 x 4), layer 3 is "
                                            "out.weight (2 x 4), by shapes and the order in the file"},
        {{"out", "fc", "fc2"}, NULL, 1, "numbers in the names"},
        {{"out", "l_10", "l_9"}, NULL, 2, "numbers in the names"},
        {{"dense", "dense_1", "out"}, NULL, 0, "numbers in the names"},
        {{"b0", "a1", "out"}, NULL, 0, "the order in the file"},
        {{"a1", "b0", "out"}, NULL, -1, "neither their names nor the file"},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        struct errmsg e = {""};
        struct exchange_names found = {.n_left_out = 0};
        char text[512] = "";
        const struct topology t = topology_of("4-4-4-2");
        const int first = first_of_two(cases[k].names, cases[k].order, &found, &e);
        if (first >= 0)
            exchange_names_text(&found, &t, text, sizeof text);
        if (first != cases[k].first || strstr(first >= 0 ? text : e.text, cases[k].says) == NULL)
            fail_msg("case %zu: %d, \"%s\"", k, first, first >= 0 ? text : e.text);
    }
}

/* Shapes alone: names in the wrong order, batch norms too. */
static void shapes_decide(void **state)
{
    (void)state;
    struct builder b = {.n = 0};
    struct errmsg e = {""};
    struct exchange_names found;
    rng_init(&b.r, test_seed(), RNG_TEST);
    const float *last = put(&b, "a.weight", 2, 2, 5, 0, 0);
    put_norm(&b, "b", 5);
    put_norm(&b, "c", 3);
    put(&b, "d.weight", 2, 5, 3, 0, 0);
    const float *first = put(&b, "e.weight", 2, 3, 4, 0, 0);
    builder_write(&b);
    struct network *net = network_of("4-3-5-2", &float_code);
    if (exchange_import(net, file, NULL, &found, &e) != STATUS_OK)
        fail_msg("%s", e.text);
    assert_true(same_floats(net->layers[0].w, first, 12) && same_floats(net->layers[2].w, last, 10));
    assert_string_equal(found.layers[0].norm, "c");
    assert_string_equal(found.layers[1].norm, "b");
    assert_true(!found.layers[2].has_norm && found.layers[0].affine);
    network_free(net);
    builder_free(&b);
}

/* What came from another program goes back with its names and no others, so that load_state_dict takes it; a layer
 * without a batch norm has what training put into one in its weights and its bias. */
static void names_go_back(void **state)
{
    (void)state;
    static const char *const expected[] = {"body.bn.bias", "body.bn.running_mean", "body.bn.running_var",
                                           "body.bn.weight", "body.fc.bias", "body.fc.weight", "head.bias",
                                           "head.weight"};
    for (int trained = 0; trained < 2; trained++) {
        struct builder b = {.n = 0};
        struct errmsg e = {""};
        struct exchange_names names;
        struct tensors t;
        rng_init(&b.r, test_seed(), RNG_TEST);
        put(&b, "body.fc.weight", 2, 5, 4, 0, 0);
        put(&b, "body.fc.bias", 1, 5, 0, 0, 0);
        put_norm(&b, "body.bn", 5);
        put(&b, "head.weight", 2, 2, 5, 0, 0);
        put(&b, "head.bias", 1, 2, 0, 0, 0);
        builder_write(&b);
        struct network *net = network_of("4-5-2", &float_code), *back = network_of("4-5-2", &float_code);
        const struct layer *x = &net->layers[1], *y = &back->layers[1];
        assert_int_equal(exchange_import(net, file, NULL, &names, &e), STATUS_OK);
        for (int o = 0; o < 2 && trained; o++) {
            x->gamma[o] = 0.5f + (float)o;
            x->beta[o] = 0.3f;
            x->mean[o] = -0.7f;
            x->var[o] = 2;
        }
        assert_int_equal(exchange_export(net, file, &names, &e), STATUS_OK);
        assert_int_equal(tensors_read(file, &t, &e), STATUS_OK);
        assert_int_equal(t.n, 8);
        for (int k = 0; k < 8; k++)
            assert_string_equal(t.list[k].name, expected[k]);
        for (size_t o = 0; o < 5; o++)
            assert_true(array_number(&t.list[4].array, o) == 0); /* it is in the mean */
        tensors_free(&t);
        assert_int_equal(exchange_import(back, file, NULL, NULL, &e), STATUS_OK);
        assert_true(same_floats(net->layers[0].w, back->layers[0].w, 20) &&
                    same_floats(net->layers[0].mean, back->layers[0].mean, 5));
        for (size_t o = 0; o < 2; o++) {
            const double f = (double)(x->gamma[o] / sqrtf(x->var[o] + 1e-5f)), bias = (double)x->beta[o] - (double)x->mean[o] * f;
            assert_true(fabs(-(double)y->mean[o] - bias) < 1e-6);
            for (size_t i = 0; i < 5; i++)
                assert_true(fabs((double)y->w[o * 5 + i] - (double)x->w[o * 5 + i] * f) < 1e-6);
            assert_true(trained || same_floats(x->w + o * 5, y->w + o * 5, 5));
        }
        network_free(net);
        network_free(back);
        builder_free(&b);
    }
}

/* Without names of its own a network has those of an nn.Sequential. */
static void names_of_a_sequential(void **state)
{
    (void)state;
    static const struct {
        const char *network, *layers[4], *norms[4];
    } cases[] = {
        {"4-5-2", {"0", "3"}, {"1", "4"}},
        {"6x8x2-4c5-p2-5c3-7-3", {"0", "4", "8", "11"}, {"1", "5", "9", "12"}}, /* MaxPool2d is 3, Flatten 7 */
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        const struct topology t = topology_of(cases[k].network);
        struct exchange_names names;
        exchange_sequential(&t, &names);
        for (int l = 0; l < t.n_layers; l++) {
            assert_string_equal(names.layers[l].layer, cases[k].layers[l]);
            assert_string_equal(names.layers[l].norm, cases[k].norms[l]);
        }
    }
}

/* save_model of safetensors keeps one of several tied weights, and says in the metadata what the others are. */
static void tied_weights(void **state)
{
    (void)state;
    struct builder b = {.n = 0};
    struct errmsg e = {""};
    struct network *net = network_of("4-4-4-2", &float_code);
    const struct safetensors_note notes[] = {{(char *)"l2.weight", (char *)"l1.weight"},
                                             {(char *)"best", (char *)"l1.weight"},
                                             {(char *)"l4.weight", (char *)"no tensor"}};
    rng_init(&b.r, test_seed(), RNG_TEST);
    const float *w = put(&b, "l1.weight", 2, 4, 4, 0, 0);
    put(&b, "l3.weight", 2, 2, 4, 0, 0);
    assert_int_equal(safetensors_write(file, b.tensors, b.n, notes, 3, &e), STATUS_OK);
    if (exchange_import(net, file, NULL, NULL, &e) != STATUS_OK)
        fail_msg("%s", e.text);
    assert_true(same_floats(net->layers[0].w, w, 16) && same_floats(net->layers[1].w, w, 16));
    /* What is not there is named, with the metadata that promise it: missing, itself, or one that refers back. */
    static const struct safetensors_note bad[][2] = {
        {{(char *)"l2.weight", (char *)"l1.weight"}, {(char *)"l4.weight", (char *)"l5.weight"}},
        {{(char *)"l2.weight", (char *)"l2.weight"}, {(char *)"format", (char *)"pt"}},
        {{(char *)"l2.weight", (char *)"l4.weight"}, {(char *)"l4.weight", (char *)"l2.weight"}}};
    static const char *const says[] = {"`l4.weight` is the tensor `l5.weight`, which is not in the file",
                                       "`l2.weight` is the tensor `l2.weight`, itself",
                                       "`l2.weight` is the tensor `l4.weight`, which is not in the file"};
    for (size_t k = 0; k < 3; k++) {
        assert_int_equal(safetensors_write(file, b.tensors, b.n, bad[k], 2, &e), STATUS_OK);
        assert_int_equal(exchange_import(net, file, NULL, NULL, &e), STATUS_INPUT);
        if (strstr(e.text, says[k]) == NULL)
            fail_msg("\"%s\" does not say \"%s\"", e.text, says[k]);
    }
    network_free(net);
    builder_free(&b);
}

/* Damage anywhere in a file: a network, or a message. */
static enum status import_bytes(const uint8_t *bytes, size_t n, struct errmsg *e)
{
    struct network *net = network_of("4x4x1-2c3-p2-3", &float_code);
    unlink(file); /* writing over a file may wait for the disk */
    FILE *f = fopen(file, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
    const enum status s = exchange_import(net, file, NULL, NULL, e);
    network_free(net);
    return s;
}

/* Brevitas and PyTorch's quantisation-aware training leave tensors of quantisers; no layer is taken for one. */
static void quantisers_are_left_out(void **state)
{
    (void)state;
    static const char *const others[] = {"0.weight_quant.tensor_quant.scaling_impl.value", "0.weight_fake_quant.scale",
                                         "2.act_quant.fused_activation_quant_proxy.tensor_quant.scaling_impl.value",
                                         "1.activation_post_process.min_val", "0.weight_fake_quant.observer_enabled"};
    struct builder b = {.n = 0};
    struct errmsg e = {""};
    struct exchange_names names;
    char text[512];
    const struct topology t = topology_of("3-4-2");
    rng_init(&b.r, test_seed(), RNG_TEST);
    put(&b, "quant_model.0.weight", 2, 4, 3, 0, 0);
    put(&b, "quant_model.1.weight", 2, 2, 4, 0, 0);
    for (size_t k = 0; k < sizeof others / sizeof *others; k++)
        put(&b, others[k], k == 1 ? 1 : 0, 1, 0, 0, 0);
    builder_write(&b);
    struct network *net = network_of("3-4-2", &float_code);
    if (exchange_import(net, file, NULL, &names, &e) != STATUS_OK)
        fail_msg("%s", e.text);
    exchange_names_text(&names, &t, text, sizeof text);
    assert_non_null(strstr(text, "left out: 5 tensors of quantisers ("));

    /* Weights that are whole numbers need the scale. */
    static const char header[] = "{\"0.weight\":{\"dtype\":\"I8\",\"shape\":[2,2],\"data_offsets\":[0,4]},"
                                 "\"0.weight_quant.scale\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[4,8]}}";
    uint8_t bytes[8 + sizeof header - 1 + 8] = {sizeof header - 1};
    memcpy(bytes + 8, header, sizeof header - 1);
    assert_int_equal(import_bytes(bytes, sizeof bytes, &e), STATUS_INPUT);
    assert_non_null(strstr(e.text, "tensor `0.weight_quant.scale` looks like a part of quantised weights"));
    network_free(net);
    builder_free(&b);
}

/* What is imported into a network with a code is stored in that code. */
static void imported_weights_are_encoded(void **state)
{
    (void)state;
    const struct code c = {
        .scheme = SCHEME_FIXED_POINT, .rounding = ROUNDING_NEAREST, .weight_bits = 8, .frac_bits = 5};
    struct builder b = {.n = 0};
    struct errmsg e = {""};
    float w[6];
    rng_init(&b.r, test_seed(), RNG_TEST);
    const float *theirs = put(&b, "weight", 2, 2, 3, 0, 0); /* a model that is one layer */
    builder_write(&b);
    struct network *net = network_of("3-2", &c);
    if (exchange_import(net, file, NULL, NULL, &e) != STATUS_OK)
        fail_msg("%s", e.text);
    network_rebuilt(net, 0, w);
    for (int i = 0; i < 6; i++)
        assert_true(w[i] == roundf(theirs[i] * 32) / 32 && net->layers[0].w[i] == theirs[i]);
    network_free(net);
    builder_free(&b);
}

/* An .npz archive has the weights of a folder of its arrays, and an order that a folder has not. */
static void archives_of_weights(void **state)
{
    (void)state;
    struct builder b = {.n = 0};
    struct errmsg e = {""};
    struct exchange_names names;
    char arrays[128], archive[128], beside[160], digests[3][DIGEST_HEX_BYTES];
    rng_init(&b.r, test_seed(), RNG_TEST);
    snprintf(arrays, sizeof arrays, "%s/arrays", folder);
    snprintf(archive, sizeof archive, "%s/net.npz", folder);
    const float *w[] = {put(&b, "inp.weight", 2, 4, 4, 0, 0), put(&b, "hidden.weight", 2, 4, 4, 0, 0),
                        put(&b, "out.weight", 2, 2, 4, 0, 0)};
    builder_write_arrays(&b, arrays);
    struct network *net = network_of("4-4-4-2", &float_code);
    assert_int_equal(exchange_import(net, arrays, NULL, NULL, &e), STATUS_INPUT);
    assert_non_null(strstr(e.text, "--load-order"));
    for (int k = 0; k < 2; k++) {
        builder_write_archive(&b, arrays, archive, k == 0 ? ZIP_CM_STORE : ZIP_CM_DEFLATE, NULL);
        for (int i = 0; i < 3; i++)
            memset(net->layers[i].w, 0, 8 * sizeof(float));
        if (exchange_import(net, archive, NULL, &names, &e) != STATUS_OK)
            fail_msg("%s", e.text);
        assert_true(same_floats(net->layers[0].w, w[0], 16) && same_floats(net->layers[1].w, w[1], 16) &&
                    same_floats(net->layers[2].w, w[2], 8));
        assert_string_equal(names.layers[1].layer, "hidden");
        assert_int_equal(network_file_digest(archive, NULL, digests[k], &e), STATUS_OK);
    }
    struct network *loaded;
    assert_int_equal(network_file_load(archive, "hidden,inp,out", &net->shape, &float_code, &loaded, NULL, &e),
                     STATUS_OK);
    assert_true(same_floats(loaded->layers[0].w, w[1], 16));
    network_free(loaded);
    assert_int_equal(network_file_save_check(archive, &e), STATUS_USAGE);
    assert_non_null(strstr(e.text, "no format `.npz` is written"));

    b.numbers[2][7] += 1; /* another weight: other content */
    snprintf(beside, sizeof beside, "%s/out.weight.npy", arrays);
    assert_int_equal(npy_write(beside, w[2], 2, b.tensors[2].shape, &e), STATUS_OK);
    builder_write_archive(&b, arrays, archive, ZIP_CM_DEFLATE, NULL);
    assert_int_equal(network_file_digest(archive, NULL, digests[2], &e), STATUS_OK);
    assert_string_not_equal(digests[1], digests[2]);

    builder_write_archive(&b, arrays, archive, ZIP_CM_STORE, "secret");
    assert_int_equal(exchange_import(net, archive, NULL, NULL, &e), STATUS_INPUT);
    assert_non_null(strstr(e.text, "net.npz: array inp.weight: it is encrypted"));
    builder_write_archive(&b, arrays, archive, ZIP_CM_BZIP2, NULL);
    assert_int_equal(exchange_import(net, archive, NULL, NULL, &e), STATUS_INPUT);
    assert_non_null(strstr(e.text, "compressed by method 12"));
    builder_write_archive(&b, arrays, archive, ZIP_CM_STORE, NULL);
    assert_int_equal(truncate(archive, 700), 0);
    assert_int_equal(exchange_import(net, archive, NULL, NULL, &e), STATUS_INPUT);
    assert_non_null(strstr(e.text, "net.npz: damaged or cut short"));
    assert_int_equal(exchange_import(net, "/no/such/net.npz", NULL, NULL, &e), STATUS_MISSING);

    snprintf(beside, sizeof beside, "%s/net.npz", arrays);
    builder_write_archive(&b, arrays, beside, ZIP_CM_STORE, NULL);
    assert_int_equal(exchange_import(net, arrays, NULL, NULL, &e), STATUS_INPUT);
    assert_non_null(strstr(e.text, "arrays: it holds .npy files and net.npz; give "));
    network_free(net);
    builder_free(&b);
}

static void wrong_files_are_explained(void **state)
{
    (void)state;
    static const struct {
        struct {
            const char *name;
            int n_dimensions;
            size_t shape[4];
        } tensors[6];
        const char *says;
    } cases[] = {
        {{{"a.weight", 2, {4, 3}}}, "0 convolutions and 1 linear layers (a.weight), but the network has 0 and 2"},
        {{{"a.weight", 2, {4, 3}}, {"b.weight", 4, {2, 4, 1, 1}}},
         "1 convolutions and 1 linear layers (b.weight, a.weight)"},
        {{{"a.weight", 2, {3, 4}}, {"b.weight", 2, {2, 4}}},
         "tensor `a.weight` is 3 x 4; layer 1 of the network, linear, needs 4 x 3; it looks transposed"},
        {{{"a.weight", 2, {4, 3}}, {"b.weight", 2, {2, 4}}, {"b.bias", 1, {4}}},
         "tensor `b.bias` is 4; layer 2 of the network, linear, needs 2"},
        {{{"a.weight", 2, {4, 3}}, {"b.weight", 2, {2, 4}}, {"c.weight", 1, {4}}, {"c.bias", 1, {4}}},
         "module `c` has `weight` and `bias`, but no running_mean and running_var, as LayerNorm"},
        {{{"a.weight", 2, {4, 3}}, {"b.weight", 2, {2, 4}}, {"c.weight", 1, {1}}}, "nn.Hardtanh() in place of PReLU"},
        {{{"a.weight_orig", 2, {4, 3}}, {"a.weight_mask", 2, {4, 3}}, {"b.weight", 2, {2, 4}}}, "prune.remove"},
        {{{"a.weight_g", 2, {4, 1}}, {"a.weight_v", 2, {4, 3}}, {"b.weight", 2, {2, 4}}}, "remove_weight_norm"},
        {{{"a.weight", 2, {4, 3}}, {"b.weight", 2, {2, 4}}, {"c.weight", 3, {4, 1, 1}}},
         "tensor `c.weight` (4 x 1 x 1)"},
        {{{"a.weight", 2, {4, 3}}, {"b.weight", 2, {2, 4}}, {"a.scale", 1, {4}}}, "tensor `a.scale` looks like a part of quantised weights"},
        {{{"a.weight", 2, {4, 3}}, {"b.weight", 2, {2, 4}}, {"a.weight_zero_point", 1, {4}}}, "(weight - zero_point) * scale"},
        {{{"a.weight", 2, {4, 3}}, {"b.weight", 2, {2, 4}}, {"a.qweight", 2, {4, 3}}}, "tensor `a.qweight` looks like"},
        {{{"a.weight", 2, {4, 3}}, {"b.weight", 2, {2, 4}}, {"c.running_mean", 1, {2}}, {"c.running_var", 1, {4}}},
         "tensor `c.running_mean` is 2; layer 1"},
        {{{"a.weight", 2, {4, 3}}, {"b.weight", 2, {2, 4}}, {"c.running_var", 1, {4}}, {"a.running_mean", 1, {4}}},
         "tensor `a.running_mean`"},
    };
    struct errmsg e;
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        struct builder b = {.n = 0};
        rng_init(&b.r, 1, RNG_TEST);
        for (int i = 0; i < 6 && cases[k].tensors[i].name != NULL; i++)
            put(&b, cases[k].tensors[i].name, cases[k].tensors[i].n_dimensions, cases[k].tensors[i].shape[0],
                cases[k].tensors[i].shape[1], cases[k].tensors[i].shape[2], cases[k].tensors[i].shape[3]);
        builder_write(&b);
        struct network *net = network_of("3-4-2", &float_code);
        if (exchange_import(net, file, NULL, NULL, &e) != STATUS_INPUT || strstr(e.text, cases[k].says) == NULL ||
            strstr(e.text, file) == NULL)
            fail_msg("case %zu: \"%s\" does not say \"%s\"", k, e.text, cases[k].says);
        network_free(net);
        builder_free(&b);
    }
    struct builder keras = {.n = 0}; /* height x width x inputs x outputs */
    put(&keras, "a.weight", 4, 3, 3, 1, 2);
    put(&keras, "b.weight", 2, 3, 8, 0, 0);
    builder_write(&keras);
    struct network *convolution = network_of("4x4x1-2c3-p2-3", &float_code);
    assert_int_equal(exchange_import(convolution, file, NULL, NULL, &e), STATUS_INPUT);
    assert_non_null(strstr(e.text, "save transpose(3, 2, 0, 1)"));
    network_free(convolution);
    builder_free(&keras);
    struct network *net = network_of("3-4-2", &float_code);
    assert_int_equal(exchange_import(net, "/no/such/net.safetensors", NULL, NULL, &e), STATUS_MISSING);
    assert_int_equal(exchange_import(net, "/dev/null", NULL, NULL, &e), STATUS_INPUT);
    assert_non_null(strstr(e.text, "save_file(model.state_dict()"));
    net->layers[0].var[2] = -1;
    assert_int_equal(exchange_export(net, file, NULL, &e), STATUS_OK);
    assert_int_equal(exchange_import(net, file, NULL, NULL, &e), STATUS_INPUT);
    assert_non_null(strstr(e.text, "tensor `1.running_var`: the variance at index [2] is -1"));
    net->layers[0].var[2] = 1;
    net->layers[1].w[5] = NAN;
    assert_int_equal(exchange_export(net, file, NULL, &e), STATUS_OK);
    assert_int_equal(exchange_import(net, file, NULL, NULL, &e), STATUS_INPUT);
    assert_non_null(strstr(e.text, "tensor `3.weight`: the number at index [1][1] is"));
    net->layers[1].w[5] = 0;

    char arrays[160];
    snprintf(arrays, sizeof arrays, "%s/arrays", folder);
    assert_int_equal(mkdir(arrays, 0777), 0);
    assert_int_equal(exchange_import(net, arrays, NULL, NULL, &e), STATUS_INPUT);
    assert_non_null(strstr(e.text, "there are no tensors in it"));
    assert_int_equal(exchange_export(net, arrays, NULL, &e), STATUS_OK); /* an empty folder will do */
    assert_int_equal(exchange_export(net, arrays, NULL, &e), STATUS_ENVIRONMENT);
    assert_non_null(strstr(e.text, "name a new folder"));
    assert_int_equal(exchange_export(net, "/no/such/folder/x", NULL, &e), STATUS_ENVIRONMENT);
    assert_int_equal(exchange_export(net, "/dev/null", NULL, &e), STATUS_ENVIRONMENT);
    network_free(net);
}

static void damaged_files_are_refused(void **state)
{
    (void)state;
    struct network *net = network_of("4x4x1-2c3-p2-3", &float_code);
    struct errmsg e;
    char *bytes;
    size_t n;
    assert_int_equal(exchange_export(net, file, NULL, &e), STATUS_OK);
    assert_int_equal(file_read_bytes(file, &bytes, &n, &e), STATUS_OK);
    assert_true(parser_damages(import_bytes, (const uint8_t *)bytes, n, n - 40 * sizeof(float), 1000));
    free(bytes);
    network_free(net);
}

int main(void)
{
#define IN_A_FOLDER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        IN_A_FOLDER(there_and_back),
        IN_A_FOLDER(a_network_of_pytorch),
        IN_A_FOLDER(names_in_their_natural_order),
        IN_A_FOLDER(the_order_of_layers),
        IN_A_FOLDER(shapes_decide),
        IN_A_FOLDER(names_go_back),
        IN_A_FOLDER(names_of_a_sequential),
        IN_A_FOLDER(tied_weights),
        IN_A_FOLDER(quantisers_are_left_out),
        IN_A_FOLDER(imported_weights_are_encoded),
        IN_A_FOLDER(archives_of_weights),
        IN_A_FOLDER(wrong_files_are_explained),
        IN_A_FOLDER(damaged_files_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
