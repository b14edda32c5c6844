#include "models/nn/data/dataset.h"
#include "models/nn/data/idx.h"
#include "base/rng.h"

#include <setjmp.h>
#include <stdbool.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include <cmocka.h>

enum { SIDE = 3, TRAIN = 20, TEST = 7 };

static char folder[64];
static const char *const files[] = {"train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte",
                                    "t10k-labels-idx1-ubyte"};

static void put(uint8_t *to, uint32_t x)
{
    for (int i = 0; i < 4; i++)
        to[i] = (uint8_t)(x >> (24 - 8 * i));
}

/* A good file of the set: pixels count up, labels go 0, 1, 2, 0, … */
static size_t content(int file, uint8_t *to)
{
    const uint32_t n = file < 2 ? TRAIN : TEST;
    if (file % 2 == 0) {
        put(to, 0x803);
        put(to + 4, n);
        put(to + 8, SIDE);
        put(to + 12, SIDE);
        for (uint32_t i = 0; i < n * SIDE * SIDE; i++)
            to[16 + i] = (uint8_t)i;
        return 16 + n * SIDE * SIDE;
    }
    put(to, 0x801);
    put(to + 4, n);
    for (uint32_t i = 0; i < n; i++)
        to[8 + i] = (uint8_t)(i % 3);
    return 8 + n;
}

static void path_of(int file, const char *suffix, char path[128])
{
    snprintf(path, 128, "%s/%s%s", folder, files[file], suffix);
}

static void write_file(const char *path, const uint8_t *bytes, size_t n)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
}

/* The four files, whole; every other one gz if gz. */
static void write_good(bool gz)
{
    uint8_t bytes[1024];
    char path[128], other[128];
    for (int i = 0; i < 4; i++) {
        const size_t n = content(i, bytes);
        path_of(i, ".gz", path);
        path_of(i, "", other);
        unlink(path);
        unlink(other);
        if (!gz || i % 2) {
            write_file(other, bytes, n);
            continue;
        }
        gzFile f = gzopen(path, "wb");
        assert_non_null(f);
        assert_int_equal(gzwrite(f, bytes, (unsigned)n), (int)n);
        assert_int_equal(gzclose(f), Z_OK);
    }
}

static void expect(enum status s, const char *says, const char *where)
{
    struct dataset *d;
    struct errmsg e = {""};
    const enum status got = dataset_load(folder, &d, &e);
    if (got != s || strstr(e.text, says) == NULL || strstr(e.text, where) == NULL || d != NULL)
        fail_msg("status %d instead of %d, or \"%s\" does not say \"%s\" and \"%s\"", got, s, e.text, says, where);
}

static int set_up(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/deltasweep-dataset-XXXXXX");
    return mkdtemp(folder) != NULL ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    char path[128];
    for (int i = 0; i < 4; i++) {
        path_of(i, "", path);
        unlink(path);
        path_of(i, ".gz", path);
        unlink(path);
    }
    return rmdir(folder);
}

static void good_files_load(void **state)
{
    (void)state;
    char digest[2][65];
    for (int gz = 0; gz < 2; gz++) {
        struct dataset *d;
        struct errmsg e;
        write_good(gz);
        assert_int_equal(dataset_load(folder, &d, &e), STATUS_OK);
        assert_int_equal(d->features, SIDE * SIDE);
        assert_int_equal(d->classes, 3);
        assert_int_equal(d->train.n, TRAIN);
        assert_int_equal(d->test.n, TEST);
        for (int i = 0; i < TRAIN * SIDE * SIDE; i++)
            assert_int_equal(d->train.pixels[i], (uint8_t)i);
        for (int i = 0; i < TEST; i++)
            assert_int_equal(d->test.labels[i], i % 3);
        memcpy(digest[gz], d->digest, 65);
        dataset_free(d);
    }
    assert_string_equal(digest[0], digest[1]);
    uint8_t bytes[1024];
    char path[128];
    struct dataset *d;
    struct errmsg e;
    const size_t n = content(3, bytes);
    bytes[n - 1] ^= 1; /* other data, other digest */
    path_of(3, "", path);
    write_file(path, bytes, n);
    assert_int_equal(dataset_load(folder, &d, &e), STATUS_OK);
    assert_string_not_equal(digest[0], d->digest);
    dataset_free(d);
}

static void bad_files_are_named(void **state)
{
    (void)state;
    uint8_t bytes[1024];
    char path[128];
    for (int i = 0; i < 4; i++) {
        const size_t n = content(i, bytes);
        path_of(i, "", path);

        write_good(false);
        write_file(path, bytes, n - 1);
        char offset[64];
        snprintf(offset, sizeof offset, "byte offset %zu", n - 1);
        expect(STATUS_INPUT, offset, path);
        write_file(path, bytes, 5);
        expect(STATUS_INPUT, "byte offset 5", path);
        write_file(path, bytes, 0);
        expect(STATUS_INPUT, "byte offset 0", path);

        bytes[n] = 0;
        write_file(path, bytes, n + 1);
        snprintf(offset, sizeof offset, "byte offset %zu", n);
        expect(STATUS_INPUT, offset, path);

        bytes[2] = 9;
        write_file(path, bytes, n);
        expect(STATUS_INPUT, "magic", path);

        content(i, bytes);
        bytes[7]--;
        write_file(path, bytes, n - (i % 2 ? 1 : SIDE * SIDE));
        expect(STATUS_INPUT, "counts", files[i / 2 * 2 + 1]);

        unlink(path);
        expect(STATUS_MISSING, files[i], folder);
    }
    write_good(false);
    content(3, bytes);
    bytes[8 + 4] = 3; /* no training image has it */
    path_of(3, "", path);
    write_file(path, bytes, 8 + TEST);
    expect(STATUS_INPUT, "byte offset 12: label 3", path);

    write_good(false);
    content(1, bytes);
    bytes[8 + 6] = 200; /* among labels 0 to 2 */
    path_of(1, "", path);
    write_file(path, bytes, 8 + TRAIN);
    expect(STATUS_INPUT, "byte offset 14: label 200", path);

    write_good(false);
    put(bytes, 0x803);
    put(bytes + 4, TEST);
    put(bytes + 8, 1);
    put(bytes + 12, SIDE);
    path_of(2, "", path);
    write_file(path, bytes, 16 + TEST * SIDE);
    expect(STATUS_INPUT, "pixels", "t10k");
    put(bytes + 8, 0x10000);
    put(bytes + 12, 0x10000);
    write_file(path, bytes, 16 + TEST * SIDE);
    expect(STATUS_INPUT, "byte offset 8", path);
}

static void damaged_gz_is_named(void **state)
{
    (void)state;
    char path[128];
    uint8_t bytes[1024];
    write_good(true);
    path_of(0, ".gz", path);
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    const size_t n = fread(bytes, 1, sizeof bytes, f);
    fclose(f);
    write_file(path, bytes, n - 9);
    expect(STATUS_INPUT, "ends too early", path);
    bytes[n - 6] ^= 0x55; /* its checksum */
    write_file(path, bytes, n);
    expect(STATUS_INPUT, "damaged", path);
    expect(STATUS_INPUT, "(uncompressed): incorrect data check", path); /* the file is named once */
}

static void what_is_missing_is_named(void **state)
{
    (void)state;
    struct dataset *d;
    struct errmsg e;
    char path[256];
    assert_int_equal(dataset_load("/no/such/folder", &d, &e), STATUS_MISSING);
    assert_non_null(strstr(e.text, "/no/such/folder"));
    setenv("DELTASWEEP_DATASETS", "/no/such/root", 1);
    assert_int_equal(dataset_find("fashion-mnist", path, sizeof path, &e), STATUS_MISSING);
    assert_non_null(strstr(e.text, "dataset-fashion-mnist"));
    assert_non_null(strstr(e.text, "/no/such/root/fashion-mnist"));
    unsetenv("DELTASWEEP_DATASETS");
}

static void fashion_mnist_is_whole(void **state)
{
    (void)state;
    struct dataset *d;
    struct errmsg e;
    int count[10] = {0};
    assert_int_equal(dataset_load("fashion-mnist", &d, &e), STATUS_OK);
    assert_int_equal(d->features, 784);
    assert_int_equal(d->classes, 10);
    assert_int_equal(d->train.n, 60000);
    assert_int_equal(d->test.n, 10000);
    for (int i = 0; i < d->train.n; i++)
        count[d->train.labels[i]]++;
    for (int c = 0; c < 10; c++)
        assert_int_equal(count[c], 6000); /* as its authors say */
    dataset_free(d);
}

/* Random damage to a header never reads outside the bytes (the sanitizers watch). */
static void any_bytes_parse(void **state)
{
    (void)state;
    struct rng r;
    struct errmsg e;
    rng_init(&r, 20261122, RNG_TEST);
    for (int trial = 0; trial < 20000; trial++) {
        uint8_t bytes[1024];
        struct idx_view v;
        const int file = trial % 4;
        size_t n = content(file, bytes);
        for (uint64_t k = rng_below(&r, 4); k > 0; k--)
            bytes[rng_below(&r, 16)] = (uint8_t)rng_next(&r);
        if (trial % 3 == 0)
            n = (size_t)rng_below(&r, n);
        uint8_t *exact = malloc(n > 0 ? n : 1); /* its own block: a sanitizer sees a read past its end */
        memcpy(exact, bytes, n);
        if (idx_parse(exact, n, file % 2 ? IDX_LABELS : IDX_IMAGES, "fuzz", &v, &e) == STATUS_OK) {
            unsigned sum = 0;
            for (size_t i = 0; i < (size_t)v.n * (size_t)v.features; i++)
                sum += v.data[i];
            assert_true(sum < 256u * 1024u);
        }
        free(exact);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_files_load),        cmocka_unit_test(bad_files_are_named),
        cmocka_unit_test(damaged_gz_is_named),    cmocka_unit_test(what_is_missing_is_named),
        cmocka_unit_test(fashion_mnist_is_whole), cmocka_unit_test(any_bytes_parse),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
