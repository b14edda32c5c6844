/* Networks that are saved, loaded and gone on with. */
#include "tests/support/folder.h"
#include "models/nn/io/network_file.h"
#include "models/nn/train/train.h"
#include "tests/support/toy.h"
#include "tests/support/chain.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

enum { LAYERS = 2, TRAIN = 1000, TEST = 400 };
static const int sizes[LAYERS + 1] = {TOY_FEATURES, 16, TOY_CLASSES};
static const struct code deltas = {.scheme = SCHEME_FIXED_REFERENCE,
                                   .reference = REFERENCE_MEAN,
                                   .span = SPAN_ROW,
                                   .rounding = ROUNDING_NEAREST,
                                   .weight_bits = 8,
                                   .frac_bits = 6,
                                   .delta_bits = 4};
static const struct code whole = {
    .scheme = SCHEME_FIXED_POINT, .rounding = ROUNDING_NEAREST, .weight_bits = 8, .frac_bits = 6};

static char folder[] = "/tmp/network_file_XXXXXX";

static int set_up(void **state)
{
    (void)state;
    return mkdtemp(folder) == NULL ? -1 : 0;
}

static int tear_down(void **state)
{
    (void)state;
    return folder_remove(folder);
}

static const char *in_folder(const char *name)
{
    static char path[4][128];
    static int next;
    char *out = path[next++ % 4];
    snprintf(out, sizeof path[0], "%s/%s", folder, name);
    return out;
}

static struct train_result train(const struct dataset *d, const struct code *code, int epochs, uint64_t seed,
                                 const struct network *start, struct network **net)
{
    const struct train_config c = {
        .epochs = epochs, .batch = 50, .lr = 0.01, .decay = LR_DECAY_COSINE, .shuffle = true};
    struct topology shape;
    struct train_result r;
    struct errmsg e = {""};
    const struct train_request q = {.data = d,
                                    .shape = topology_chain(sizes, LAYERS, &shape),
                                    .code = code,
                                    .config = &c,
                                    .start = start,
                                    .seed = seed};
    if (train_run(&q, net, &r, &e) != STATUS_OK)
        fail_msg("%s", e.text);
    return r;
}

static struct network *load(const char *path, const struct code *code)
{
    struct topology shape;
    struct network *net;
    struct errmsg e = {""};
    if (network_file_load(path, NULL, topology_chain(sizes, LAYERS, &shape), code, &net, NULL, &e) != STATUS_OK)
        fail_msg("%s: %s", path, e.text);
    return net;
}

/* All three kinds of file; without epochs, what comes out is what was saved. */
static void saved_networks_are_as_good(void **state)
{
    (void)state;
    static const char *const names[] = {"net.dsn", "net.safetensors", "net/"};
    struct dataset *d = toy_new(test_seed(), TRAIN, TEST, false);
    struct network *net, *again;
    struct errmsg e = {""};
    struct train_result r = train(d, &deltas, 3, 1, NULL, &net);
    assert_true(r.test_accuracy > 0.6);
    for (int i = 0; i < 3; i++) {
        char digest[2][DIGEST_HEX_BYTES];
        const char *path = in_folder(names[i]);
        assert_int_equal(network_file_save_check(path, &e), STATUS_OK);
        if (network_file_save(net, path, NULL, &e) != STATUS_OK)
            fail_msg("%s: %s", names[i], e.text);
        assert_int_equal(network_file_digest(path, NULL, digest[0], &e), STATUS_OK);
        struct network *loaded = load(path, &deltas);
        /* Its own statistics, or new ones that are better on the validation images. */
        struct train_result same = train(d, &deltas, 0, 1, loaded, &again);
        assert_int_equal(same.n_epochs, 0);
        assert_true(same.validation_accuracy >= r.validation_accuracy);
        assert_true(isnan(same.train_accuracy) && isfinite(same.deployed_accuracy));
        for (int l = 0; l < LAYERS; l++)
            assert_memory_equal(net->layers[l].coded.delta, again->layers[l].coded.delta,
                                sizeof(int32_t) * (size_t)sizes[l] * (size_t)sizes[l + 1]);
        if (same.validation_accuracy == r.validation_accuracy)
            assert_true(same.test_accuracy == r.test_accuracy && same.deployed_accuracy == r.deployed_accuracy);
        network_free(again);
        train_result_free(&same);

        /* With another code; and with training the loaded weights are ahead of random ones. */
        same = train(d, &whole, 0, 1, loaded, &again);
        assert_int_equal(again->code.scheme, SCHEME_FIXED_POINT);
        assert_true(same.test_accuracy > r.test_accuracy - 0.1);
        network_free(again);
        train_result_free(&same);
        struct train_result more = train(d, &deltas, 1, 7, loaded, &again), fresh;
        network_free(again);
        fresh = train(d, &deltas, 1, 7, NULL, &again);
        assert_true(more.epochs[0].loss < fresh.epochs[0].loss - 0.1);
        network_free(again);
        train_result_free(&more);
        train_result_free(&fresh);
        network_free(loaded);
        assert_int_equal(network_file_digest(path, NULL, digest[1], &e), STATUS_OK);
        assert_string_equal(digest[0], digest[1]);
    }
    /* A file is replaced, and its digest with it; a folder with arrays is not. */
    char before[DIGEST_HEX_BYTES], after[DIGEST_HEX_BYTES];
    assert_int_equal(network_file_digest(in_folder("net.dsn"), NULL, before, &e), STATUS_OK);
    net->layers[0].gamma[0] += 1;
    for (int i = 0; i < 2; i++)
        assert_int_equal(network_file_save(net, in_folder(names[i]), NULL, &e), STATUS_OK);
    assert_int_equal(network_file_digest(in_folder("net.dsn"), NULL, after, &e), STATUS_OK);
    assert_string_not_equal(before, after);
    assert_int_equal(network_file_save_check(in_folder("net/"), &e), STATUS_ENVIRONMENT);
    assert_non_null(strstr(e.text, "not empty"));
    assert_int_equal(network_file_save(net, in_folder("net/"), NULL, &e), STATUS_ENVIRONMENT);
    assert_non_null(strstr(e.text, "new or empty"));
    network_free(net);
    train_result_free(&r);
    dataset_free(d);
}

static void wrong_files_are_named(void **state)
{
    (void)state;
    struct topology shape, other;
    struct network *net, *none;
    struct errmsg e = {""};
    char digest[DIGEST_HEX_BYTES];
    const int wide[] = {TOY_FEATURES, 17, TOY_CLASSES};
    topology_chain(sizes, LAYERS, &shape);
    topology_chain(wide, LAYERS, &other);
    assert_int_equal(network_new(&net, &shape, &deltas, 1, &e), STATUS_OK);
    assert_int_equal(network_file_save(net, in_folder("a.dsn"), NULL, &e), STATUS_OK);
    assert_int_equal(network_file_save(net, in_folder("a.safetensors"), NULL, &e), STATUS_OK);

    assert_int_equal(network_file_load(in_folder("nowhere.dsn"), NULL, &shape, &deltas, &none, NULL, &e), STATUS_MISSING);
    assert_non_null(strstr(e.text, "nowhere.dsn"));
    assert_int_equal(network_file_load(in_folder("nowhere/"), NULL, &shape, &deltas, &none, NULL, &e), STATUS_MISSING);
    assert_int_equal(network_file_digest(in_folder("nowhere.dsn"), NULL, digest, &e), STATUS_MISSING);
    assert_int_equal(network_file_load(in_folder("a.dsn"), NULL, &other, &deltas, &none, NULL, &e), STATUS_INPUT);
    assert_non_null(strstr(e.text, "24-16-4"));
    assert_non_null(strstr(e.text, "24-17-4"));
    assert_int_equal(network_file_load(in_folder("a.safetensors"), NULL, &other, &deltas, &none, NULL, &e), STATUS_INPUT);
    assert_null(none);

    FILE *f = fopen(in_folder("a.dsn"), "r+b");
    assert_non_null(f);
    assert_int_equal(fseek(f, 150, SEEK_SET), 0);
    assert_int_not_equal(fputc(0x55, f), EOF);
    fclose(f);
    assert_int_equal(network_file_load(in_folder("a.dsn"), NULL, &shape, &deltas, &none, NULL, &e), STATUS_INPUT);
    assert_non_null(strstr(e.text, "damaged"));

    /* What cannot be written leaves nothing behind. */
    static const char *const bad[] = {"no/such/a.dsn", "no/such/a.safetensors", "no/such/folder/", "taken"};
    assert_int_equal(mkdir(in_folder("taken"), 0777), 0);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(network_file_save_check(in_folder(bad[i]), &e), STATUS_ENVIRONMENT);
        assert_int_equal(network_file_save(net, in_folder(bad[i]), NULL, &e), STATUS_ENVIRONMENT);
        assert_non_null(strstr(e.text, "cannot write"));
    }
    assert_int_equal(access(in_folder("no"), F_OK), -1);
    network_free(net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(saved_networks_are_as_good),
        cmocka_unit_test(wrong_files_are_named),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
