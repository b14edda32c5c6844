/* Every allocation of models/nn fails once, each in a run of its own: a clear status, no
 * crash, nothing lost (the sanitizer build looks for leaks). */
#include "tests/support/folder.h"
#include "models/fpga/design/accelerator.h"
#include "models/nn/io/pack.h"
#include "models/nn/train/evaluator.h"
#include "models/nn/integer/deploy.h"
#include "models/nn/io/exchange.h"
#include "models/nn/integer/infer.h"
#include "models/nn/network/network.h"
#include "models/nn/io/network_file.h"
#include "models/nn/io/npy.h"
#include "models/nn/kernels/product.h"
#include "models/nn/train/train.h"
#include "tests/support/toy.h"
#include "tests/support/chain.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* The linker sends the libraries' calls here (--wrap). */
void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);

static long calls, failing; /* the call to fail, from 1; 0: none */

static bool fails(void)
{
    return ++calls == failing;
}

void *__wrap_malloc(size_t n)
{
    return fails() ? NULL : __real_malloc(n);
}

void *__wrap_calloc(size_t n, size_t size)
{
    return fails() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *p, size_t n)
{
    return fails() ? NULL : __real_realloc(p, n);
}

static const int sizes[] = {TOY_FEATURES, 6, TOY_CLASSES};
static const struct code code = {
    .scheme = SCHEME_FIXED_REFERENCE, .reference = REFERENCE_LEARNED, .span = SPAN_ROW,
    .weight_bits = 8, .frac_bits = 5, .delta_bits = 4, .step = STEP_LEARNED};

static char folder[] = "/tmp/nn_memory_XXXXXX";

/* Deploys, infers both ways and writes the memories. */
static enum status as_integers(const struct network *net, const struct dataset *d, struct errmsg *e)
{
    const struct accelerator_wish wish = {.P = 5, .memory = WEIGHT_MEMORY_BOTH};
    const int32_t x[TOY_FEATURES] = {1, 2, 3};
    struct accelerator a;
    struct verdict v[4];
    struct integer_network *n;
    int right;
    enum status s = deploy(net, &n, e);
    if (s == STATUS_OK)
        s = infer(n, x, 1, v, NULL, e);
    if (s == STATUS_OK)
        s = infer_naive(n, x, 1, v, NULL, e);
    if (s == STATUS_OK)
        s = infer_set(n, &d->test, d->features, 4, v, &right, e);
    if (s == STATUS_OK)
        s = chain_accelerator(sizes, 2, &code, &wish, 1, &a, e);
    if (s == STATUS_OK)
        s = accelerator_write_memories(&a, n, folder, e);
    integer_network_free(n);
    return s;
}

/* Saves, loads and evaluates. */
static enum status through_file(const struct network *net, const struct dataset *d, struct errmsg *e)
{
    const struct train_config c = {.mode = TRAIN_STANDARD, .batch = 32, .lr = 0.01};
    struct network *loaded = NULL, *out = NULL;
    struct train_result r = {0};
    char path[64];
    snprintf(path, sizeof path, "%s/net.dsn", folder);
    enum status s = network_file_save(net, path, NULL, e);
    if (s == STATUS_OK)
        s = network_file_load(path, NULL, &net->shape, &code, &loaded, NULL, e);
    const struct train_request q = {
        .data = d, .shape = &net->shape, .code = &code, .config = &c, .start = loaded, .seed = 1};
    if (s == STATUS_OK)
        s = train_run(&q, &out, &r, e);
    train_result_free(&r);
    network_free(loaded);
    network_free(out);
    return s;
}

/* Trains, packs, unpacks, asks for activations and goes on with integers; the first status that is not good. */
static enum status everything(const struct dataset *d, struct errmsg *e)
{
    const struct train_config c = {.mode = TRAIN_STANDARD,
                                   .epochs = 2,
                                   .batch = 32,
                                   .lr = 0.01,
                                   .clamp_gradient = CLAMP_GRADIENT_ZERO,
                                   .average = 0.9,
                                   .patience = 1,
                                   .shuffle = true};
    struct train_result r;
    struct network *net = NULL, *copy = NULL;
    uint8_t *bytes = NULL;
    size_t n_bytes;
    int32_t x[6 * 4];
    enum status s = chain_train(d, sizes, 2, &code, &c, 1, NULL, NULL, &net, &r, e);
    if (s == STATUS_OK)
        s = pack_write(net, &bytes, &n_bytes, e);
    if (s == STATUS_OK)
        s = pack_read(bytes, n_bytes, &copy, e);
    if (s == STATUS_OK)
        s = evaluator_activations(copy, d, 0, 4, 1, x, e);
    if (s == STATUS_OK)
        s = as_integers(copy, d, e);
    if (s == STATUS_OK)
        s = through_file(copy, d, e);
    train_result_free(&r);
    network_free(net);
    network_free(copy);
    free(bytes);
    return s;
}

/* The same images as pictures: convolutions trained, and both inferences. */
static enum status convolutions(const struct dataset *d, struct errmsg *e)
{
    static const char *const words[] = {"4x6", "5c3", "p2", "16c3s2", "4"};
    const struct train_config c = {.mode = TRAIN_STANDARD, .epochs = 1, .batch = 32, .lr = 0.01, .mirror = true};
    const int32_t x[TOY_FEATURES] = {1, 2, 3};
    struct topology shape;
    struct train_result r = {0};
    struct verdict v;
    struct network *net = NULL;
    struct integer_network *n = NULL;
    int wrong;
    enum status s = topology_parse(words, 5, &shape, &wrong, e);
    const struct train_request q = {.data = d, .shape = &shape, .code = &code, .config = &c, .seed = 1};
    if (s == STATUS_OK)
        s = train_run(&q, &net, &r, e);
    if (s == STATUS_OK)
        s = deploy(net, &n, e);
    if (s == STATUS_OK)
        s = infer(n, x, 1, &v, NULL, e);
    if (s == STATUS_OK)
        s = infer_naive(n, x, 1, &v, NULL, e);
    train_result_free(&r);
    network_free(net);
    integer_network_free(n);
    return s;
}

static void allocations_fail(const struct dataset *d, enum status (*work)(const struct dataset *d, struct errmsg *e))
{
    struct errmsg e;
    calls = 0;
    failing = 0;
    assert_int_equal(work(d, &e), STATUS_OK);
    const long total = calls;
    assert_true(total > 50);
    long without = 0; /* plain loops do without a library's code */
    for (long i = 1; i <= total; i++) {
        calls = 0;
        failing = i;
        e.text[0] = '\0';
        const enum status s = work(d, &e);
        failing = 0;
        if (s == STATUS_OK)
            without++;
        else if (s != STATUS_ENVIRONMENT || e.text[0] == '\0')
            fail_msg("allocation %ld of %ld: status %d, \"%s\"", i, total, s, e.text);
    }
    assert_true(without <= (product_paths().int8 || product_paths().bfloat16 ? total / 8 : 0));
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    struct dataset *d = toy_new(test_seed(), 100, 20, false);
    assert_non_null(mkdtemp(folder));
    allocations_fail(d, everything);
    d->channels = 1;
    d->height = 4;
    d->width = 6;
    allocations_fail(d, convolutions);
    dataset_free(d);
    assert_int_equal(folder_remove(folder), 0);
}

/* dataset_load with zlib's own allocations left alone (they are not wrapped). */
static void a_data_set_that_does_not_fit(void **state)
{
    (void)state;
    struct dataset *d;
    struct errmsg e;
    long total;
    calls = 0;
    failing = 0;
    assert_int_equal(dataset_load("fashion-mnist", &d, &e), STATUS_OK);
    total = calls;
    dataset_free(d);
    assert_true(total > 8);
    /* The first few: each run reads up to the failure. */
    for (long i = 1; i <= 9; i++) {
        calls = 0;
        failing = i;
        assert_int_equal(dataset_load("fashion-mnist", &d, &e), STATUS_ENVIRONMENT);
        failing = 0;
        assert_null(d);
        assert_non_null(strstr(e.text, "memory"));
    }
}

static void write_file(const char *in, const char *name, const void *bytes, size_t n)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", in, name);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
}

/* Tables and arrays: every allocation of theirs. */
static void data_sets_of_other_kinds(void **state)
{
    (void)state;
    static const char csv[] = "a,b,label\n1,2,x\n2,3,y\n4,4,x\n";
    static const float x[6] = {1, 2, 3, 4, 5, 6}, y[2] = {0, 1};
    char tables[] = "/tmp/nn_memory_XXXXXX", arrays[] = "/tmp/nn_memory_XXXXXX", path[256];
    struct dataset *d;
    struct errmsg e;
    failing = 0;
    assert_non_null(mkdtemp(tables));
    assert_non_null(mkdtemp(arrays));
    write_file(tables, "train.csv", csv, sizeof csv - 1);
    write_file(tables, "test.csv", csv, sizeof csv - 1);
    for (int k = 0; k < 4; k++) {
        snprintf(path, sizeof path, "%s/%s-%s.npy", arrays, k < 2 ? "train" : "test", k % 2 ? "y" : "x");
        assert_int_equal(npy_write(path, k % 2 ? y : x, 2 - k % 2, ((const size_t[]){2, 3}), &e), STATUS_OK);
    }
    for (int k = 0; k < 2; k++) {
        const char *name = k == 0 ? tables : arrays;
        calls = 0;
        failing = 0;
        assert_int_equal(dataset_load(name, &d, &e), STATUS_OK);
        const long total = calls;
        dataset_free(d);
        assert_true(total > 8);
        for (long i = 1; i <= total; i++) {
            calls = 0;
            failing = i;
            const enum status s = dataset_load(name, &d, &e);
            failing = 0;
            if (s != STATUS_ENVIRONMENT || d != NULL || strstr(e.text, "memory") == NULL)
                fail_msg("%s, allocation %ld of %ld: status %d, \"%s\"", name, i, total, s, e.text);
        }
        assert_int_equal(folder_remove(name), 0);
    }
}

/* Export and import, both ways of storing them. */
static void weights_from_and_to_files(void **state)
{
    (void)state;
    static const struct code learned = {.scheme = SCHEME_FIXED_REFERENCE,
                                        .reference = REFERENCE_MEAN,
                                        .span = SPAN_ROW,
                                        .weight_bits = 8,
                                        .frac_bits = 5,
                                        .delta_bits = 4};
    char path[64] = "/tmp/nn_memory_XXXXXX", part[128];
    struct network *net;
    struct errmsg e;
    failing = 0;
    assert_int_equal(chain_new(&net, sizes, 2, &learned, 1, &e), STATUS_OK);
    assert_non_null(mkdtemp(path));
    for (int k = 0; k < 2; k++) {
        long total = 1;
        for (long i = 0; i <= total; i++) {
            snprintf(part, sizeof part, "%s/%ld%s", path, i, k == 0 ? ".safetensors" : "");
            calls = 0;
            failing = i;
            e.text[0] = '\0';
            enum status s = exchange_export(net, part, NULL, &e);
            if (s == STATUS_OK)
                s = exchange_import(net, part, NULL, NULL, &e);
            failing = 0;
            if (i == 0)
                total = calls;
            if (i == 0 ? s != STATUS_OK : s != STATUS_ENVIRONMENT || strstr(e.text, "memory") == NULL)
                fail_msg("allocation %ld of %ld: status %d, \"%s\"", i, total, s, e.text);
        }
        assert_true(total > 15);
    }
    network_free(net);
    assert_int_equal(folder_remove(path), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(a_data_set_that_does_not_fit),
        cmocka_unit_test(data_sets_of_other_kinds),
        cmocka_unit_test(weights_from_and_to_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
