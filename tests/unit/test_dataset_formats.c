/* Folders of every format that dataset_load knows, and every way in which they can be wrong. */
#include "base/digest.h"
#include "base/file.h"
#include "base/stop.h"
#include "tests/support/folder.h"
#include "tests/support/parser_cases.h"
#include "models/nn/data/dataset_format.h"
#include "models/nn/data/remarks.h"
#include "models/nn/data/spread.h"
#include "models/nn/io/npy.h"

#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/support/archive.h"

static char folder[64];

static int set_up(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/deltasweep-formats-XXXXXX");
    return mkdtemp(folder) != NULL ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    return folder_remove(folder);
}

static void write_bytes(const char *name, const void *bytes, size_t n)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
}

static void write_text(const char *name, const char *text)
{
    write_bytes(name, text, strlen(text));
}

static void take_away(const char *name)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    assert_int_equal(unlink(path), 0);
}

/* The data set of the folder; after: what its name says beside that, ":species". */
static struct dataset *load(const char *after)
{
    char name[128];
    struct dataset *d;
    struct errmsg e = {""};
    snprintf(name, sizeof name, "%s%s", folder, after);
    if (dataset_load(name, &d, &e) != STATUS_OK) {
        fail_msg("%s", e.text);
        abort(); /* cmocka has not told the compiler that it does not come back */
    }
    return d;
}

static void expect(const char *after, enum status s, const char *says)
{
    char name[128];
    struct dataset *d;
    struct errmsg e = {""};
    snprintf(name, sizeof name, "%s%s", folder, after);
    const enum status got = dataset_load(name, &d, &e);
    if (got != s || strstr(e.text, says) == NULL || d != NULL)
        fail_msg("status %d instead of %d, or \"%s\" does not say \"%s\"", got, s, e.text, says);
}

/* An IDX file of n images of these sizes (0: not there), or of labels; its numbers count up from first. */
static void write_idx(const char *name, int n, int height, int width, int channels, int first)
{
    uint8_t bytes[4096] = {0, 0, 8, 1};
    const int sizes[] = {n, height, width, channels};
    size_t count = 1, at = 4;
    for (int k = 0; k < 4 && sizes[k] > 0; k++) {
        bytes[3] = (uint8_t)(k + 1);
        bytes[at + 2] = (uint8_t)(sizes[k] >> 8);
        bytes[at + 3] = (uint8_t)sizes[k];
        at += 4;
        count *= (size_t)sizes[k];
    }
    assert_true(at + count <= sizeof bytes);
    for (size_t i = 0; i < count; i++)
        bytes[at + i] = (uint8_t)((height > 0 ? (int)i : (int)i % 3) + first);
    write_bytes(name, bytes, at + count);
}

static void write_set(const char *images[2], const char *labels[2], int channels, int first)
{
    for (int k = 0; k < 2; k++) {
        write_idx(images[k], 6 - 2 * k, 2, 3, channels, first);
        write_idx(labels[k], 6 - 2 * k, 0, 0, 0, 0);
    }
}

static void check_pixels(const char *after, int channels, int first)
{
    struct dataset *d = load(after);
    assert_int_equal(d->features, 6 * channels);
    assert_int_equal(d->height, 2);
    assert_int_equal(d->width, 3);
    assert_int_equal(d->channels, channels);
    assert_int_equal(d->classes, 3);
    assert_int_equal(d->train.n, 6);
    assert_int_equal(d->test.n, 4);
    assert_null(d->train.values);
    for (int i = 0; i < 4 * d->features; i++)
        assert_int_equal(d->test.pixels[i], i + first);
    dataset_free(d);
}

static void idx_files_of_any_name(void **state)
{
    (void)state;
    static const char *names[][4] = {
        {"train-images.idx3-ubyte", "t10k-images.idx3-ubyte", "train-labels.idx1-ubyte", "t10k-labels.idx1-ubyte"},
        {"emnist-letters-train-images-idx3-ubyte", "emnist-letters-test-images-idx3-ubyte",
         "emnist-letters-train-labels-idx1-ubyte", "emnist-letters-test-labels-idx1-ubyte"},
        {"train-images-idx4-ubyte", "test-images-idx4-ubyte", "train-labels-idx1-ubyte", "test-labels-idx1-ubyte"},
        {"emnist-digits-train-images-idx3-ubyte", "emnist-digits-test-images-idx3-ubyte",
         "emnist-digits-train-labels-idx1-ubyte", "emnist-digits-test-labels-idx1-ubyte"},
    };
    expect("", STATUS_MISSING, "train-images-idx3-ubyte");
    expect("", STATUS_MISSING, "train.csv");
    for (int k = 0; k < 3; k++) {
        write_set((const char *[]){names[k][0], names[k][1]}, (const char *[]){names[k][2], names[k][3]},
                  k == 2 ? 3 : 0, k);
        write_text("train-images-idx3-ubyte.md5", "not an image");
        check_pixels("", k == 2 ? 3 : 1, k);
        if (k == 1)
            break;
        for (int i = 0; i < 4; i++)
            take_away(names[k][i]);
    }
    /* EMNIST's own archive: several sets in one folder. */
    write_set((const char *[]){names[3][0], names[3][1]}, (const char *[]){names[3][2], names[3][3]}, 0, 77);
    expect("", STATUS_INPUT, "FOLDER:PREFIX");
    check_pixels(":emnist-letters", 1, 1);
    check_pixels(":emnist-digits", 1, 77);
    expect(":emnist-balanced", STATUS_MISSING, "starts with emnist-balanced");
    take_away(names[3][3]);
    expect(":emnist-digits", STATUS_MISSING, "t10k-labels-idx1-ubyte");
}

/* QMNIST: the labels are rows of eight 32-bit integers, of which the first is the class. */
static void labels_of_integers(void **state)
{
    (void)state;
    for (int m = 8; m >= 1; m -= 7)
        for (int k = 0; k < 2; k++) {
            const int n = 6 - 2 * k;
            uint8_t bytes[256] = {0, 0, 12, (uint8_t)(m > 1 ? 2 : 1), 0, 0, 0, (uint8_t)n, 0, 0, 0, (uint8_t)m};
            const size_t header = m > 1 ? 12 : 8;
            if (m == 1)
                memset(bytes + 8, 0, 4);
            for (int i = 0; i < n * m; i++)
                bytes[header + 4 * (size_t)i + 3] = (uint8_t)(i % m == 0 ? i / m % 3 : 200);
            const char *names[2][2] = {{"qmnist-train-labels-idx2-int", "qmnist-test-labels-idx2-int"},
                                       {"qmnist-train-labels-idx1-int", "qmnist-test-labels-idx1-int"}};
            write_bytes(names[m == 1][k], bytes, header + 4 * (size_t)(n * m));
            write_idx(k == 0 ? "qmnist-train-images-idx3-ubyte" : "qmnist-test-images-idx3-ubyte", n, 2, 3, 0, 5);
            if (m == 1)
                take_away(names[0][k]);
            if (k == 1)
                check_pixels("", 1, 5);
        }
    struct dataset *d = load("");
    assert_memory_equal(d->train.labels, ((const uint8_t[]){0, 1, 2, 0, 1, 2}), 6);
    dataset_free(d);
    uint8_t far[32] = {0, 0, 12, 1, 0, 0, 0, 6, 0, 0, 3, 232};
    write_bytes("qmnist-train-labels-idx1-int", far, sizeof far);
    expect("", STATUS_INPUT, "byte offset 8: label 1000; labels are whole numbers from 0 to 255");
    memset(far + 8, 255, 4);
    write_bytes("qmnist-train-labels-idx1-int", far, sizeof far);
    expect("", STATUS_INPUT, "label -1; labels are whole numbers from 0 to 255");
    write_bytes("qmnist-train-labels-idx1-int", ((const uint8_t[]){0, 0, 12, 1, 0, 0, 0, 6, 0, 0}), 10);
    expect("", STATUS_INPUT, "its header promises 32 bytes for 6 x 1 labels");
}

/* A training set of one data set and a test set of another, or labels of another: their names say so. */
static void files_of_two_sets(void **state)
{
    (void)state;
    static const char *const train[] = {"train-images-idx3-ubyte", "train-labels-idx1-ubyte"};
    static const char *const tests[][2] = {{"emnist-test-images-idx3-ubyte", "emnist-test-labels-idx1-ubyte"},
                                           {"t10k-images-idx3-ubyte", "t10k-letters-labels-idx1-ubyte"}};
    write_idx(train[0], 6, 2, 3, 0, 0);
    write_idx(train[1], 6, 0, 0, 0, 0);
    for (int k = 0; k < 2; k++) {
        write_idx(tests[k][0], 4, 2, 3, 0, 0);
        write_idx(tests[k][1], 4, 0, 0, 0, 0);
        expect("", STATUS_INPUT, "are not of one data set, by their names");
        take_away(tests[k][0]);
        take_away(tests[k][1]);
    }
}

/* A pipe has no end that a reader could wait for. */
static void pipes_are_refused(void **state)
{
    (void)state;
    char path[256];
    write_text("test.csv", "label,x\n0,1\n1,2\n");
    snprintf(path, sizeof path, "%s/train.csv", folder);
    assert_int_equal(mkfifo(path, 0666), 0);
    expect("", STATUS_INPUT, "train.csv: it is a pipe or a device, no file");
}

/* Two files that could be meant: one is taken if both say the same, else none is. */
static void two_files_of_one_kind(void **state)
{
    (void)state;
    static const char *images[] = {"train-images-idx3-ubyte", "t10k-images-idx3-ubyte"},
                      *labels[] = {"train-labels-idx1-ubyte", "t10k-labels-idx1-ubyte"};
    write_set(images, labels, 0, 0);
    write_idx("t10k-images-idx3-ubyte.gz", 4, 2, 3, 0, 0); /* zlib reads what is not compressed, too */
    check_pixels("", 1, 0);
    write_idx("t10k-images-idx3-ubyte.gz", 4, 2, 3, 0, 1);
    expect("", STATUS_INPUT, "t10k-images-idx3-ubyte are both there and differ; keep the one that is meant");
    take_away("t10k-images-idx3-ubyte.gz");
    write_idx("test-images.idx3-ubyte", 4, 2, 3, 0, 0);
    check_pixels("", 1, 0);
    write_idx("test-images.idx3-ubyte", 4, 2, 3, 0, 1);
    expect("", STATUS_INPUT, "both t10k-images-idx3-ubyte and test-images.idx3-ubyte could be it, and they differ");
    take_away("test-images.idx3-ubyte");
    for (int k = 0; k < 2; k++)
        take_away(images[k]), take_away(labels[k]);
    write_text("train.csv", "label,x\n0,1\n1,2\n");
    write_text("test.csv", "label,x\n0,1\n1,2\n");
    write_text("test.csv.gz", "label,x\n0,1\n1,3\n");
    expect("", STATUS_INPUT, "test.csv are both there and differ");
}

static void images_with_channels(void **state)
{
    (void)state;
    static const char *images[] = {"train-images-idx4-ubyte", "test-images-idx4-ubyte"},
                      *labels[] = {"train-labels-idx1-ubyte", "test-labels-idx1-ubyte"};
    write_set(images, labels, 3, 0);
    check_pixels("", 3, 0);
    write_idx(images[1], 4, 3, 2, 3, 0);
    expect("", STATUS_INPUT, "2 x 3 x 3 pixels");
    write_idx(images[1], 4, 2, 3, 0, 0);
    expect("", STATUS_INPUT, "of 2 x 3 x 1");
}

static const char *const train_csv = "a,species,b,c\n1,setosa,10,5\n2,virginica,30,5\n3,setosa,20,5\n6,setosa,20,5\n";
static const char *const test_csv = "a,species,b,c\n3,virginica,20,7\n1000,setosa,-5,5\n";

static void tables_are_standardised(void **state)
{
    (void)state;
    write_text("train.csv", train_csv);
    write_text("test.csv", test_csv);
    struct dataset *d = load(":species");
    assert_int_equal(d->features, 3);
    assert_int_equal(d->channels, 3);
    assert_true(d->height == 1 && d->width == 1);
    assert_int_equal(d->classes, 2);
    assert_int_equal(d->train.n, 4);
    assert_int_equal(d->test.n, 2);
    assert_null(d->train.pixels);
    const double sa = sqrt((4 + 1 + 0 + 9) / 4.0), sb = sqrt((100 + 100) / 4.0);
    const double expected[2][12] = {{-2 / sa / 2, -10 / sb / 2, 0, -1 / sa / 2, 10 / sb / 2, 0, 0, 0, 0, 3 / sa / 2},
                                    {0, 0, 0, 997 / sa / 2, -25 / sb / 2, 0}};
    for (int i = 0; i < 12; i++)
        assert_true(d->train.values[i] == (float)expected[0][i]);
    for (int i = 0; i < 6; i++)
        assert_true(d->test.values[i] == (float)expected[1][i]);
    assert_memory_equal(d->train.labels, ((const uint8_t[]){0, 1, 0, 0}), 4);
    assert_memory_equal(d->test.labels, ((const uint8_t[]){1, 0}), 2);
    assert_string_equal(d->class_names[1], "virginica");
    assert_string_equal(d->columns[1].name, "b");
    assert_true(d->columns[1].mean == 20 && fabs(d->columns[1].deviation - sb) < 1e-12);
    assert_true(d->columns[2].mean == 5 && d->columns[2].deviation == 0);
    dataset_free(d);

    /* Whole numbers are classes as they are; a label by the usual name needs no telling. */
    write_text("train.csv", "label,x\n7,1\n2,2\n2,4\n");
    write_text("test.csv", "label,x\n2,3\n");
    d = load("");
    assert_int_equal(d->classes, 8);
    assert_memory_equal(d->train.labels, ((const uint8_t[]){7, 2, 2}), 3);
    assert_null(d->class_names);
    dataset_free(d);
    /* Numbers whose squares no double holds. */
    write_text("train.csv", "label,x,y\n0,1e300,1e-300\n1,-1e300,-1e-300\n");
    write_text("test.csv", "label,x,y\n0,3e300,1e300\n");
    d = load("");
    assert_true(d->train.values[0] == 0.5f && d->train.values[1] == 0.5f && d->train.values[2] == -0.5f);
    assert_true(fabsf(d->test.values[0] - 1.5f) < 1e-6f && d->test.values[1] > 1e38f && isfinite(d->test.values[1]));
    dataset_free(d);
    write_text("train.csv", "label,x\n-1,1\n1,2\n1,4\n");
    write_text("test.csv", "label,x\n1,3\n");
    d = load("");
    assert_int_equal(d->classes, 2);
    assert_memory_equal(d->train.labels, ((const uint8_t[]){0, 1, 1}), 3);
    dataset_free(d);
}

static void wrong_tables_are_explained(void **state)
{
    (void)state;
    write_text("train.csv", train_csv);
    expect(":species", STATUS_MISSING, "test.csv");
    write_text("test.csv", test_csv);
    expect("", STATUS_INPUT, "train.csv:1: no column is called `label`");
    expect(":spezies", STATUS_INPUT, "FOLDER:species");
    write_text("test.csv", "a,species,b\n3,virginica,20\n");
    expect(":species", STATUS_INPUT, "test.csv:1: 2 columns of numbers, but");
    write_text("test.csv", "a,species,c,b\n3,virginica,20,1\n");
    expect(":species", STATUS_INPUT, "test.csv:1: column of numbers 2 is `c`, but in");
    write_text("test.csv", "a,species,b,c\n3,virginica,20,1\n3,versicolor,20,1\n");
    expect(":species", STATUS_INPUT, "test.csv:3: no line of");
    write_text("test.csv", "a,species,b,c\n3,virginica,20,NA\n");
    expect(":species", STATUS_INPUT, "test.csv:2: column `c`: a missing value (`NA`)");
    write_text("train-x.npy", "");
    expect("", STATUS_INPUT, "keep one kind of files in a folder");
}

/* The bytes of an .npy file; how many they are. */
static size_t npy(uint8_t to[4096], const char *descr, const char *shape, const void *data, size_t n_data)
{
    memcpy(to, ((const uint8_t[]){0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, 100, 0}), 10);
    const int n =
        snprintf((char *)to + 10, 100, "{'descr': '%s', 'fortran_order': False, 'shape': (%s), }", descr, shape);
    memset(to + 10 + n, ' ', (size_t)(100 - n));
    memcpy(to + 110, data, n_data);
    return 110 + n_data;
}

static void put(const char *name, const char *descr, const char *shape, const void *data, size_t n_data)
{
    uint8_t file[4096];
    write_bytes(name, file, npy(file, descr, shape, data, n_data));
}

static const float floats[24] = {0, 0.5f, -1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22};
static const uint8_t bytes[24] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 255};
static const int64_t labels[4] = {2, 0, 1, 2};

static void arrays_are_taken_as_they_are(void **state)
{
    (void)state;
    static const struct {
        const char *train, *test;
        int height, width, channels;
    } shapes[] = {{"4, 6", "2, 6", 1, 1, 6}, {"4, 2, 3", "2, 2, 3", 2, 3, 1}, {"4, 1, 2, 3", "2, 1, 2, 3", 1, 2, 3}};
    char digests[6][65];
    for (int k = 0; k < 6; k++) {
        const bool pixels = k >= 3;
        const size_t size = pixels ? 1 : sizeof *floats;
        const void *data = pixels ? (const void *)bytes : floats;
        put("train-x.npy", pixels ? "|u1" : "<f4", shapes[k % 3].train, data, 24 * size);
        put("test-x.npy", pixels ? "|u1" : "<f4", shapes[k % 3].test, data, 12 * size);
        put("train-y.npy", "<i8", "4,", labels, sizeof labels);
        put("test-y.npy", "<i8", k % 2 ? "2, 1" : "2,", labels, 2 * sizeof *labels);
        struct dataset *d = load("");
        assert_int_equal(d->features, 6);
        assert_int_equal(d->height, shapes[k % 3].height);
        assert_int_equal(d->width, shapes[k % 3].width);
        assert_int_equal(d->channels, shapes[k % 3].channels);
        assert_int_equal(d->classes, 3);
        assert_int_equal(d->train.n, 4);
        assert_int_equal(d->test.n, 2);
        if (pixels) {
            assert_null(d->train.values);
            assert_memory_equal(d->train.pixels, bytes, 24);
        } else {
            assert_null(d->train.pixels);
            assert_memory_equal(d->train.values, floats, sizeof floats);
            assert_memory_equal(d->test.values, floats, 12 * sizeof *floats);
        }
        assert_memory_equal(d->train.labels, ((const uint8_t[]){2, 0, 1, 2}), 4);
        memcpy(digests[k], d->digest, sizeof digests[k]);
        dataset_free(d);
        for (int j = 0; j < k; j++) /* values or geometry differ */
            assert_string_not_equal(digests[j], digests[k]);
    }
}

/* FOLDER:standardise scales an array as a table is scaled: the numbers are those of a table of the same columns. */
static void arrays_are_standardised(void **state)
{
    (void)state;
    static const double train[] = {1, 1.6e9, 5, 2, 1.6e9 + 1, 5, 3, 1.6e9 + 1, 5, 6, 1.6e9 + 2, 5},
                        test[] = {1000, 1.6e9, 7, 0, 1.6e9 + 3, 5};
    put("train-x.npy", "<f8", "4, 3", train, sizeof train);
    put("test-x.npy", "<f8", "2, 3", test, sizeof test);
    put("train-y.npy", "<i8", "4,", labels, sizeof labels);
    put("test-y.npy", "<i8", "2,", labels, 2 * sizeof *labels);
    struct dataset *d = load(":standardise");
    float got[2][12];
    memcpy(got[0], d->train.values, sizeof got[0]);
    memcpy(got[1], d->test.values, 6 * sizeof(float));
    assert_string_equal(d->columns[2].name, "x2");
    assert_true(d->columns[0].mean == 3 && d->columns[2].mean == 5 && d->columns[2].deviation == 0);
    dataset_free(d);
    expect(":standardized", STATUS_INPUT, ":standardise");
    put("train-x.npy", "<f8", "4, 3, 1", train, sizeof train);
    expect(":standardise", STATUS_INPUT, "only n x features are standardised");
    for (int k = 0; k < 4; k++)
        take_away((const char *[]){"train-x.npy", "train-y.npy", "test-x.npy", "test-y.npy"}[k]);

    write_text("train.csv", "label,a,b,c\n2,1,1600000000,5\n0,2,1600000001,5\n1,3,1600000001,5\n2,6,1600000002,5\n");
    write_text("test.csv", "label,a,b,c\n2,1000,1600000000,7\n0,0,1600000003,5\n");
    d = load("");
    assert_memory_equal(d->train.values, got[0], sizeof got[0]);
    assert_memory_equal(d->test.values, got[1], 6 * sizeof(float));
    dataset_free(d);
}

/* What saturates and what vanishes, in the inputs of W = 8, f = 5: -2 to 1.97 in steps of 1/32. */
static void inputs_that_do_not_fit(void **state)
{
    (void)state;
    static const struct {
        float x[8]; /* 4 lines of two features */
        double saturated, vanished;
        int varying, few;
        bool bad, uneven;
    } cases[] = {
        {{-1, 0, 1, 0.5f, 0.25f, -0.5f, 0.75f, 1}, 0, 0, 2, 0, false, false},
        {{255, 0, 128, 200, 0, 64, 3, 255}, 0.75, 0, 2, 0, true, false},
        {{0.001f, 0, 0.002f, 0.001f, 0.004f, 0.001f, 0.002f, 0.003f}, 0, 1, 2, 2, true, false},
        {{-1, 1000, 1, 1001, 0, 1003, 0.5f, 1100}, 0.5, 0, 2, 1, true, true},
        {{-1, 3, 1, 3, 0, 3, 0.5f, 3}, 0.5, 0, 1, 0, true, false},
        {{0, 0, 0, 0, 0, 0, 0, 0}, 0, 0, 0, 0, false, false},
    };
    const struct fixed q = fixed_make(7, 5, ROUNDING_NEAREST);
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        float x[8];
        char text[256];
        struct spread s;
        struct errmsg e = {""};
        memcpy(x, cases[k].x, sizeof x);
        const struct dataset d = {.features = 2, .train = {.n = 4, .values = x}};
        assert_int_equal(spread_measure(&d, &q, &s, &e), STATUS_OK);
        if (s.saturated != cases[k].saturated || s.vanished != cases[k].vanished || s.varying != cases[k].varying ||
            s.few != cases[k].few || spread_is_bad(&s) != cases[k].bad || s.uneven != cases[k].uneven)
            fail_msg("case %zu: %g saturated, %g vanished, %d varying, %d few, %d bad, %d uneven", k, s.saturated,
                     s.vanished, s.varying, s.few, spread_is_bad(&s), s.uneven);
        if (cases[k].bad && spread_text(&s, &q, text, sizeof text)[0] == '\0')
            fail_msg("case %zu: nothing is said", k);
    }
}

/* A data set of n images a set, of 2 x 8 numbers or one line of 4: numbers from -1 to 1 in no order, labels 0, 1, 2. */
enum { ODD_N = 60, ODD_MOST = 16 };
struct odd {
    float x[2][ODD_N * ODD_MOST];
    uint8_t pixels[2][ODD_N * ODD_MOST], labels[2][ODD_N];
    struct feature_column columns[4];
    struct dataset d;
};

static void odd_make(struct odd *o, bool pixels, bool table)
{
    const int features = table ? 4 : 16;
    *o = (struct odd){.d = {.features = features, .classes = 3, .channels = table ? features : 1,
                            .height = table ? 1 : 2, .width = table ? 1 : 8}};
    for (int k = 0; k < 2; k++) {
        struct images *x = k == 0 ? &o->d.train : &o->d.test;
        for (int i = 0; i < ODD_N * features; i++) {
            const int v = (i * 7919 + k * 31) % 256;
            o->pixels[k][i] = (uint8_t)v;
            o->x[k][i] = (float)v / 128 - 1;
        }
        for (int i = 0; i < ODD_N; i++)
            o->labels[k][i] = (uint8_t)(i % 3);
        *x = (struct images){.n = ODD_N, .labels = o->labels[k]};
        if (pixels)
            x->pixels = o->pixels[k];
        else
            x->values = o->x[k];
    }
    for (int k = 0; k < 4; k++)
        o->columns[k] = (struct feature_column){.name = (char *)(const char *[]){"a", "b", "c", "d"}[k], .deviation = 0.5};
    o->d.columns = table ? o->columns : NULL;
}

static void odd_says(const struct odd *o, const char *words)
{
    char text[2048];
    remarks_find(&o->d, text, sizeof text);
    if (words == NULL ? text[0] != '\0' : strstr(text, words) == NULL)
        fail_msg("\"%s\" is said, not \"%s\"", text, words != NULL ? words : "");
}

static void odd_data_is_noted(void **state)
{
    (void)state;
    struct odd o;
    for (int k = 0; k < 3; k++) {
        odd_make(&o, k == 1, k == 2);
        odd_says(&o, NULL);
    }
    odd_make(&o, false, false); /* the test set from 28 to 232 */
    for (int i = 0; i < ODD_N * 16; i++)
        o.x[1][i] = 130 + 102 * o.x[1][i];
    odd_says(&o, "the test set is on another scale");
    odd_make(&o, true, false);
    for (int i = 0; i < ODD_N * 16; i++)
        o.pixels[1][i] /= 16;
    odd_says(&o, "0 to 15 (mean");
    for (int i = 0; i < ODD_N * 16; i++)
        o.pixels[0][i] /= 128, o.pixels[1][i] /= 8;
    odd_says(&o, "the pixels are 0 to 1, but");
    memset(o.pixels[0], 7, sizeof o.pixels[0]);
    odd_says(&o, "all 16 inputs are the same in every image");
    odd_make(&o, false, true);
    for (int i = 0; i < ODD_N; i++)
        o.x[1][i * 4 + 2] *= 25.4f;
    odd_says(&o, "in 1 of 4 columns: column `c`");
    odd_make(&o, false, true); /* one -999 among 60: the deviation is 128 */
    for (int i = 0; i < ODD_N; i++)
        o.x[0][i * 4 + 1] = o.x[0][i * 4 + 1] / 256 + 0.06f;
    o.x[0][9] = -3.9f;
    o.columns[1].deviation = 128;
    odd_says(&o, "column `b`: its numbers reach from -998.4");
    stop_requested = SIGINT; /* no time for remarks */
    odd_says(&o, NULL);
    stop_requested = 0;
    for (int i = 0; i < ODD_N; i++)
        o.x[0][i * 4 + 1] = i == 2 ? 3.9f : 0.0f; /* a rare 1 is no wrong number */
    odd_says(&o, NULL);
    odd_make(&o, false, false);
    o.d.classes = 4;
    for (int i = 0; i < ODD_N; i++)
        o.labels[0][i]++, o.labels[1][i] = 0;
    odd_says(&o, "no image of the training set is of class 0: it is never learned; 60 of the test set cannot be right for "
                 "that; number the labels from 0 on");
}

static void wrong_arrays_are_explained(void **state)
{
    (void)state;
    put("train-x.npy", "<f4", "4, 6", floats, sizeof floats);
    expect("", STATUS_MISSING, "train-y.npy");
    put("train-y.npy", "<i8", "4,", labels, sizeof labels);
    put("test-y.npy", "<i8", "2,", labels, 2 * sizeof *labels);
    expect("", STATUS_MISSING, "test-x.npy");
    put("test-x.npy", "<f4", "2, 2, 3", floats, 12 * sizeof *floats);
    expect("", STATUS_INPUT, "train-x.npy has images of 1 x 1 x 6 (numbers), test-x.npy of 2 x 3 x 1 (numbers)");
    put("test-x.npy", "|u1", "2, 6", bytes, 12);
    expect("", STATUS_INPUT, "test-x.npy of 1 x 1 x 6 (pixels)");
    expect(":label", STATUS_INPUT, "only a table has columns");
    put("test-x.npy", "<f4", "12,", floats, 12 * sizeof *floats);
    expect("", STATUS_INPUT, "test-x.npy: an array of 12; n x features");
    put("test-x.npy", "<f4", "0, 6", floats, 0);
    expect("", STATUS_INPUT, "at least one image");
    put("test-x.npy", "<f4", "1, 2, 3, 1, 2", floats, 12 * sizeof *floats);
    expect("", STATUS_INPUT, "an array of 1 x 2 x 3 x 1 x 2");
    float bad[12] = {0};
    bad[7] = NAN;
    put("test-x.npy", "<f4", "2, 6", bad, sizeof bad);
    expect("", STATUS_INPUT, "test-x.npy: the number at index [1][1] is");
    put("test-x.npy", "<f4", "2, 6", floats, 12 * sizeof *floats);
    put("test-y.npy", "<i8", "3,", labels, 3 * sizeof *labels);
    expect("", STATUS_INPUT, "test-y.npy: labels of 3; one for each of 2 images");
    put("test-y.npy", "<i8", "2,", ((const int64_t[]){0, 3}), 16);
    expect("", STATUS_INPUT, "test-y.npy: the label at index [1] is 3; labels are whole numbers from 0 to 2, as in");
    put("test-y.npy", "<i8", "2,", ((const int64_t[]){-1, 2}), 16);
    expect("", STATUS_INPUT, "the label at index [0] is -1");
    put("test-y.npy", "<f4", "2,", ((const float[]){0, 0.5f}), 8);
    expect("", STATUS_INPUT, "the label at index [1] is 0.5");
}

/* An archive of the arrays of 4 and 2 images that have these names; extra: one more name of the last. */
static void write_archive(const char *name, const char *const names[4], const char *extra, int method,
                          const char *password)
{
    uint8_t files[4][4096];
    char path[128], entries[5][64];
    struct archive_file members[5] = {
        {.n = npy(files[0], "<f4", "4, 6", floats, sizeof floats)}, {.n = npy(files[1], "<i8", "4,", labels, 32)},
        {.n = npy(files[2], "<f4", "2, 6", floats, 48)}, {.n = npy(files[3], "<i8", "2,", labels, 16)}};
    const int n = extra != NULL ? 5 : 4;
    for (int k = 0; k < n; k++) {
        snprintf(entries[k], sizeof entries[k], "%s.npy", k < 4 ? names[k] : extra);
        members[k].n = k < 4 ? members[k].n : members[3].n;
        members[k].name = entries[k];
        members[k].bytes = files[k < 4 ? k : 3];
    }
    snprintf(path, sizeof path, "%s/%s", folder, name);
    archive_write(path, members, n, method, password);
}

static const char *const keras[] = {"x_train", "y_train", "x_test", "y_test"};

/* An archive is the same data as a folder of its arrays. */
static void archives_of_arrays(void **state)
{
    (void)state;
    static const char *const names[][4] = {{"x_train", "y_train", "x_test", "y_test"},
                                           {"train-x", "train-y", "test-x", "test-y"},
                                           {"X_train", "y_train", "X_test", "y_test"},
                                           {"train_images", "train_labels", "test_images", "test_labels"}};
    static const char *const after[] = {"", "/set.npz", ":standardise", "/set.npz:standardise"};
    char digests[2][65];
    struct dataset *d;
    put("train-x.npy", "<f4", "4, 6", floats, sizeof floats);
    put("test-x.npy", "<f4", "2, 6", floats, 48);
    put("train-y.npy", "<i8", "4,", labels, sizeof labels);
    put("test-y.npy", "<i8", "2,", labels, 2 * sizeof *labels);
    for (int k = 0; k < 2; k++) {
        d = load(after[2 * k]);
        memcpy(digests[k], d->digest, sizeof digests[k]);
        dataset_free(d);
    }
    write_archive("weights.npz", (const char *const[]){"a", "b", "c", "d"}, NULL, ZIP_CM_STORE, NULL);
    expect("/weights.npz", STATUS_INPUT, "there is no array `x_train` in it (there is a, b, c, d)");
    d = load(""); /* the archive cannot be meant */
    dataset_free(d);
    write_archive("set.npz", keras, NULL, ZIP_CM_STORE, NULL);
    expect("", STATUS_INPUT, "it holds arrays (npy) and archives (npz): keep one kind of files in a folder");
    for (int k = 0; k < 4; k++)
        take_away((const char *[]){"train-x.npy", "train-y.npy", "test-x.npy", "test-y.npy"}[k]);
    for (int k = 0; k < 8; k++) {
        write_archive("set.npz", names[k / 2], "x_val", k % 2 ? ZIP_CM_DEFLATE : ZIP_CM_STORE, NULL);
        for (int i = 0; i < 4; i++) {
            d = load(after[i]);
            assert_string_equal(d->digest, digests[i / 2]);
            dataset_free(d);
        }
    }
    expect("/set.npz:label", STATUS_INPUT, "set.npz:standardise");
    write_archive("zwei.npz", keras, NULL, ZIP_CM_STORE, NULL);
    expect("", STATUS_INPUT, "zwei.npz could be meant; give the one that is");
}

static void wrong_archives_are_explained(void **state)
{
    (void)state;
    write_archive("set.npz", (const char *const[]){"x_train", "y_train", "x_test", "labels"}, NULL, ZIP_CM_STORE, NULL);
    expect("", STATUS_INPUT, "set.npz: there is no array `y_test` in it (there is x_train, y_train, x_test, labels)");
    write_archive("set.npz", keras, "test_y", ZIP_CM_STORE, NULL);
    expect("", STATUS_INPUT, "both `y_test` and `test_y` could be meant");
    write_archive("set.npz", keras, "Y_TEST", ZIP_CM_STORE, NULL);
    expect("", STATUS_INPUT, "both `y_test` and `Y_TEST` could be meant");
    write_archive("set.npz", keras, "z_test", ZIP_CM_STORE, NULL);
    archive_patch(folder, "set.npz", "z_test", "y_test", 6);
    expect("", STATUS_INPUT, "set.npz: it has two arrays `y_test`");
    write_archive("set.npz", keras, NULL, ZIP_CM_STORE, "secret");
    expect("", STATUS_INPUT, "set.npz: array x_train: it is encrypted; decrypt the archive");
    write_archive("set.npz", keras, NULL, ZIP_CM_BZIP2, NULL);
    expect("", STATUS_INPUT, "set.npz: array x_train: compressed by method 12 of zip; stored and deflated arrays");
    /* Sizes that an array claims: 206 bytes are there. */
    for (int k = 0; k < 2; k++) {
        write_archive("set.npz", keras, NULL, k == 0 ? ZIP_CM_STORE : ZIP_CM_DEFLATE, NULL);
        archive_patch(folder, "set.npz", "\xce\0\0\0", "\xff\xff\xff\xfe", 4);
        expect("", STATUS_INPUT, "of an archive are read");
        write_archive("set.npz", keras, NULL, k == 0 ? ZIP_CM_STORE : ZIP_CM_DEFLATE, NULL);
        archive_patch(folder, "set.npz", "\xce\0\0\0", "\xce\0\0\x10", 4);
        expect("", STATUS_INPUT, "set.npz: array x_train: damaged");
    }
    write_archive("set.npz", keras, NULL, ZIP_CM_STORE, NULL);
    archive_patch(folder, "set.npz", "\0\0\xa0\x41", "\0\0\xa1\x41", 4); /* a number of the array */
    expect("", STATUS_INPUT, "set.npz: array x_train: damaged or cut short");
    for (int k = 0; k < 2; k++) {
        write_text("set.npz", k == 0 ? "" : "PK");
        expect("", STATUS_INPUT, "set.npz: damaged or cut short, or not a zip archive (Not a zip archive); copy the file");
    }
}

static char whole_digest[65];

/* A damaged archive: the same data, or a message. */
static enum status load_archive(const uint8_t *file, size_t n, struct errmsg *e)
{
    char path[128];
    struct dataset *d;
    snprintf(path, sizeof path, "%s/set.npz", folder);
    unlink(path);
    write_bytes("set.npz", file, n);
    const enum status s = dataset_load(path, &d, e);
    if (s == STATUS_OK)
        assert_string_equal(d->digest, whole_digest);
    dataset_free(d);
    return s;
}

static void damaged_archives_are_refused(void **state)
{
    (void)state;
    struct errmsg e;
    for (int k = 0; k < 2; k++) {
        char path[128], *file;
        size_t n;
        write_archive("set.npz", keras, NULL, k == 0 ? ZIP_CM_STORE : ZIP_CM_DEFLATE, NULL);
        struct dataset *d = load("");
        memcpy(whole_digest, d->digest, sizeof whole_digest);
        dataset_free(d);
        snprintf(path, sizeof path, "%s/set.npz", folder);
        assert_int_equal(file_read_bytes(path, &file, &n, &e), STATUS_OK);
        assert_true(parser_truncations(load_archive, (const uint8_t *)file, n, n));
        assert_true(parser_damages(load_archive, (const uint8_t *)file, n, n, 1000));
        free(file);
    }
}

static void images_digest(struct digest *digest, const struct images *x, size_t features)
{
    digest_int(digest, "images", x->n);
    digest_bytes(digest, "pixels", x->pixels, (size_t)x->n * features);
    digest_bytes(digest, "labels", x->labels, (size_t)x->n);
}

/* The digest of square images is what it always was: results that are stored under it are found again. Labels, values
 * and geometry are in every digest. */
static void digests_cover_everything(void **state)
{
    (void)state;
    struct dataset *d;
    struct errmsg e;
    struct digest digest;
    char hex[DIGEST_HEX_BYTES], other[DIGEST_HEX_BYTES];
    assert_int_equal(dataset_load("fashion-mnist", &d, &e), STATUS_OK);
    assert_string_equal(d->digest, "bdb601a128acc12fca9f14c801dee20fba97fce0467eb5b65a2a56578f39268d");
    assert_true(d->height == 28 && d->width == 28 && d->channels == 1);
    dataset_free(d);

    for (int k = 0; k < 2; k++) {
        write_idx(k == 0 ? "train-images-idx3-ubyte" : "t10k-images-idx3-ubyte", 5, 2, 2, 0, k);
        write_idx(k == 0 ? "train-labels-idx1-ubyte" : "t10k-labels-idx1-ubyte", 5, 0, 0, 0, 0);
    }
    d = load("");
    digest_init(&digest);
    digest_int(&digest, "features", 4);
    images_digest(&digest, &d->train, 4);
    images_digest(&digest, &d->test, 4);
    digest_hex(&digest, hex);
    assert_string_equal(d->digest, hex);
    dataset_free(d);
    for (int k = 0; k < 2; k++)
        write_idx(k == 0 ? "train-images-idx3-ubyte" : "t10k-images-idx3-ubyte", 5, 1, 4, 0, k);
    d = load("");
    assert_string_not_equal(d->digest, hex); /* the same bytes, in one row */
    memcpy(other, d->digest, sizeof other);
    dataset_free(d);
    write_idx("t10k-labels-idx1-ubyte", 5, 0, 0, 0, 0);
    write_idx("train-labels-idx1-ubyte", 5, 0, 0, 0, 1);
    d = load("");
    assert_string_not_equal(d->digest, other);
    dataset_free(d);
}

/* A file of each format in one folder, one after the other: only the first is a data set, and messages know them all.
 */
static void every_format_is_listed(void **state)
{
    (void)state;
    static const struct {
        const struct dataset_format *format;
        const char *file;
    } rows[] = {
        {&dataset_idx, "t10k-labels-idx1-ubyte"}, {&dataset_tables, "test.csv"}, {&dataset_arrays, "test-y.npy"},
        {&dataset_archives, "set.npz"}};
    enum { N = sizeof rows / sizeof *rows };
    const struct dataset_format *found;
    struct errmsg e = {""};
    char *docs, text[512] = "";
    assert_int_equal(file_read(DELTASWEEP_SOURCE_DIR "/docs/data.md", &docs, &e), STATUS_OK);
    assert_int_equal(dataset_format_find(folder, &found, &e), STATUS_MISSING);
    for (int k = 0; k < N; k++) {
        snprintf(text, sizeof text, "\n| %s", rows[k].format->name);
        assert_non_null(strstr(docs, text));
        expect("", STATUS_MISSING, rows[k].format->files);
        assert_ptr_equal(dataset_formats[k], rows[k].format);
        write_text(rows[k].file, "");
        assert_int_equal(dataset_format_find(folder, &found, &e), STATUS_OK);
        assert_ptr_equal(found, rows[k].format);
        take_away(rows[k].file);
    }
    assert_null(dataset_formats[N]);
    free(docs);
    for (int k = 0; k < N; k++)
        write_text(rows[k].file, "");
    expect("", STATUS_INPUT, "keep one kind of files in a folder");
    for (int k = 0; k < N; k++)
        expect("", STATUS_INPUT, rows[k].format->name);
}

int main(void)
{
#define IN_A_FOLDER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        IN_A_FOLDER(idx_files_of_any_name),        IN_A_FOLDER(images_with_channels),
        IN_A_FOLDER(tables_are_standardised),      IN_A_FOLDER(wrong_tables_are_explained),
        IN_A_FOLDER(arrays_are_taken_as_they_are), IN_A_FOLDER(wrong_arrays_are_explained),
        IN_A_FOLDER(archives_of_arrays),         IN_A_FOLDER(wrong_archives_are_explained),
        IN_A_FOLDER(damaged_archives_are_refused),
        IN_A_FOLDER(labels_of_integers),         IN_A_FOLDER(two_files_of_one_kind),      IN_A_FOLDER(arrays_are_standardised),
        IN_A_FOLDER(inputs_that_do_not_fit),     IN_A_FOLDER(odd_data_is_noted),         IN_A_FOLDER(files_of_two_sets),        IN_A_FOLDER(pipes_are_refused),          IN_A_FOLDER(digests_cover_everything),     IN_A_FOLDER(every_format_is_listed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
