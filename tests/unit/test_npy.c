#include "base/file.h"
#include "models/nn/io/npy.h"
#include "tests/support/parser_cases.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <unistd.h>

#include <cmocka.h>

/* A file of version 1.0 with this dictionary and data; returns its length. */
static size_t make(uint8_t *to, const char *dictionary, const void *data, size_t n_data)
{
    const size_t n = strlen(dictionary);
    static const uint8_t magic[] = {0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};
    memcpy(to, magic, sizeof magic);
    to[8] = (uint8_t)n;
    to[9] = (uint8_t)(n >> 8);
    for (size_t k = 0; k < n; k++)
        to[10 + k] = (uint8_t)dictionary[k];
    memcpy(to + 10 + n, data, n_data);
    return 10 + n + n_data;
}

static enum status parse_and_use(const uint8_t *bytes, size_t n, struct errmsg *e)
{
    struct array_view a;
    enum status s = npy_parse(bytes, n, "x.npy", &a, e);
    if (s != STATUS_OK)
        return s;
    float *x = malloc((a.count + 1) * sizeof *x);
    s = array_floats(&a, "x.npy", x, e);
    free(x);
    return s;
}

/* The numbers of every type, both ways round, are what they say. */
static void every_type_is_read(void **state)
{
    (void)state;
    static const struct {
        const char *descr;
        uint8_t bytes[16];
        double values[2];
        int n;
    } cases[] = {
        {"|u1", {0, 255}, {0, 255}, 2},
        {"|i1", {0x80, 0x7f}, {-128, 127}, 2},
        {"|b1", {0, 1}, {0, 1}, 2},
        {"<u2", {0xff, 0xff, 1, 0}, {65535, 1}, 4},
        {"<i2", {0xfe, 0xff, 0, 1}, {-2, 256}, 4},
        {">i2", {0xff, 0xfe, 1, 0}, {-2, 256}, 4},
        {"<u4", {0xff, 0xff, 0xff, 0xff, 1}, {4294967295.0, 1}, 8},
        {"<u8", {0, 0, 0, 0, 1, 0, 0, 0, 3}, {4294967296.0, 3}, 16},
        {"<i4", {0xfe, 0xff, 0xff, 0xff, 0, 0, 1, 0}, {-2, 65536}, 8},
        {">i4", {0xff, 0xff, 0xff, 0xfe, 0, 1, 0, 0}, {-2, 65536}, 8},
        {"<i8", {0xfd, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 1}, {-3, 256}, 16},
        {">i8", {0, 0, 0, 0, 0, 0, 0, 7, 0x80}, {7, -9223372036854775808.0}, 16},
        {"<f2", {0x00, 0x3c, 0x01, 0x80}, {1, -0x1p-24}, 4},
        {">f2", {0x7b, 0xff, 0x04, 0x00}, {65504, 0x1p-14}, 4},
        {"<f4", {0, 0, 0x80, 0x3f, 0, 0, 0x20, 0xc1}, {1, -10}, 8},
        {">f4", {0x3f, 0x80, 0, 0, 0xc1, 0x20, 0, 0}, {1, -10}, 8},
        {"<f8", {0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0, 0, 0, 0, 0, 0, 0x24, 0xc0}, {1, -10}, 16},
        {">f8", {0x3f, 0xf0, 0, 0, 0, 0, 0, 0, 0xc0, 0x24}, {1, -10}, 16},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        uint8_t file[256];
        char dictionary[128];
        struct array_view a;
        struct errmsg e = {""};
        float x[2];
        snprintf(dictionary, sizeof dictionary, "{'descr': '%s', 'fortran_order': False, 'shape': (2,), }\n",
                 cases[k].descr);
        const size_t n = make(file, dictionary, cases[k].bytes, (size_t)cases[k].n);
        if (npy_parse(file, n, "x.npy", &a, &e) != STATUS_OK)
            fail_msg("%s: %s", cases[k].descr, e.text);
        assert_int_equal(a.n_dimensions, 1);
        assert_int_equal(a.count, 2);
        assert_int_equal(array_floats(&a, "x.npy", x, &e), STATUS_OK);
        for (size_t i = 0; i < 2; i++)
            if (array_number(&a, i) != cases[k].values[i] || (double)x[i] != (double)(float)cases[k].values[i])
                fail_msg("%s: number %zu is %g and %g", cases[k].descr, i, array_number(&a, i), (double)x[i]);
    }
}

/* In Fortran order the first index runs fastest; what is read is in C order all the same. */
static void fortran_order_is_read(void **state)
{
    (void)state;
    enum { A = 2, B = 3, C = 4, N = A * B * C };
    uint8_t file[256], memory[N];
    struct array_view a;
    struct errmsg e = {""};
    float x[N];
    for (int i = 0; i < A; i++)
        for (int j = 0; j < B; j++)
            for (int k = 0; k < C; k++)
                memory[i + A * (j + B * k)] = (uint8_t)(100 * i + 10 * j + k);
    size_t n = make(file, "{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3, 4), }\n", memory, N);
    assert_int_equal(npy_parse(file, n, "x.npy", &a, &e), STATUS_OK);
    assert_int_equal(array_floats(&a, "x.npy", x, &e), STATUS_OK);
    for (int i = 0; i < A; i++)
        for (int j = 0; j < B; j++)
            for (int k = 0; k < C; k++)
                assert_true(x[(i * B + j) * C + k] == (float)(100 * i + 10 * j + k));
    n = make(file, "{'descr': '<f4', 'fortran_order': True, 'shape': (0, 3), }\n", memory, 0);
    assert_int_equal(npy_parse(file, n, "x.npy", &a, &e), STATUS_OK);
    assert_int_equal(array_floats(&a, "x.npy", x, &e), STATUS_OK);
}

/* All halves, against arithmetic. */
static void halves_are_read(void **state)
{
    (void)state;
    for (unsigned bits = 0; bits < 65536; bits++) {
        const uint8_t bytes[] = {(uint8_t)bits, (uint8_t)(bits >> 8)};
        const struct array_view a = {.dtype = DTYPE_F16, .count = 1, .data = bytes};
        const int exponent = bits >> 10 & 31;
        const double fraction = (bits & 1023) / 1024.0, sign = bits >> 15 ? -1 : 1, got = array_number(&a, 0);
        if (exponent == 31)
            assert_true(fraction > 0 ? isnan(got) : got == sign * INFINITY);
        else
            assert_true(got == sign * (exponent == 0 ? fraction * exp2(-14) : (1 + fraction) * exp2(exponent - 15)));
    }
}

static void dictionaries_of_every_writer(void **state)
{
    (void)state;
    static const struct {
        const char *dictionary;
        int n_dimensions;
        size_t shape[3];
    } cases[] = {
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2, 3), }      \n", 3, {1, 2, 3}},
        {"{\"shape\":(6,),\"descr\":\"<f4\",\"fortran_order\":False}", 1, {6}},
        {" { 'shape' : ( 3L , 2L ) , 'fortran_order' : False , 'descr' : '=f4' , } ", 2, {3, 2}},
        {"{'descr': '<f4', 'fortran_order': True, 'shape': (6,), }\n", 1, {6}}, /* either order is the same */
    };
    static const uint8_t data[24] = {0};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
        for (int version = 1; version <= 3; version++) {
            uint8_t file[256], longer[256];
            struct array_view a;
            struct errmsg e = {""};
            size_t n = make(file, cases[k].dictionary, data, sizeof data);
            memcpy(longer, file, 10);
            longer[6] = (uint8_t)version;
            longer[10] = longer[11] = 0;
            const size_t extra = version > 1 ? 2 : 0;
            memcpy(longer + 10 + extra, file + 10, n - 10);
            n += extra;
            if (npy_parse(longer, n, "x.npy", &a, &e) != STATUS_OK)
                fail_msg("version %d, %s: %s", version, cases[k].dictionary, e.text);
            assert_int_equal(a.n_dimensions, cases[k].n_dimensions);
            assert_memory_equal(a.shape, cases[k].shape, (size_t)a.n_dimensions * sizeof *a.shape);
            assert_ptr_equal(a.data, longer + n - sizeof data);
        }
}

static void wrong_files_are_explained(void **state)
{
    (void)state;
    static const struct {
        const char *dictionary, *says;
    } cases[] = {
        {"{'descr': '<c8', 'fortran_order': False, 'shape': (3,), }", "byte offset 20: numbers of type `<c8`"},
        {"{'descr': 'f4', 'fortran_order': False, 'shape': (6,), }", "astype('float32')"},
        {"{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (6,), }", "records"},
        {"{'descr': '<f4', 'fortran_order': Maybe, 'shape': (6,), }",
         "byte offset 44: the header of an .npy file has True"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (-6,), }", "a size"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }", "64 bits"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296, 0), }", "more than memory"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (1,1,1,1,1,1,1,1,6), }", "more than 8 dimensions"},
        {"{'descr': '<f4', 'fortran_order': False, }", "the keys"},
        {"{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (6,), }", "each once"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (7,), }", "the file ends here"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (5,), }", "4 bytes more"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (6,), } x", "nothing more"},
        {"['descr']", "a dictionary"},
    };
    static const uint8_t data[24] = {0};
    uint8_t file[512];
    struct errmsg e;
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        const size_t n = make(file, cases[k].dictionary, data, sizeof data);
        if (parser_on_copy(parse_and_use, file, n, &e) != STATUS_INPUT || strstr(e.text, cases[k].says) == NULL ||
            strstr(e.text, "x.npy") == NULL)
            fail_msg("%s: \"%s\" does not say \"%s\"", cases[k].dictionary, e.text, cases[k].says);
    }
    const size_t n = make(file, "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", data, sizeof data);
    file[n - 1] = 0x7f;
    file[n - 2] = 0x80; /* infinite */
    assert_int_equal(parser_on_copy(parse_and_use, file, n, &e), STATUS_INPUT);
    assert_non_null(strstr(e.text, "index [1][2] is inf"));
    file[6] = 4;
    assert_int_equal(parser_on_copy(parse_and_use, file, n, &e), STATUS_INPUT);
    assert_non_null(strstr(e.text, "byte offset 6: version 4.0"));
    file[0] = 0;
    assert_int_equal(parser_on_copy(parse_and_use, file, n, &e), STATUS_INPUT);
    assert_non_null(strstr(e.text, "not an .npy file"));
}

static void any_bytes_are_safe(void **state)
{
    (void)state;
    static const uint8_t data[24] = {0};
    uint8_t file[256];
    const size_t n = make(file, "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }\n", data, sizeof data);
    assert_true(parser_truncations(parse_and_use, file, n, n));
    assert_true(parser_damages(parse_and_use, file, n, n - sizeof data, 20000));
}

static void what_is_written_is_read(void **state)
{
    (void)state;
    char path[] = "/tmp/deltasweep-npy-XXXXXX", *bytes;
    static const float x[] = {0, -1.5f, 3e-40f, 1e30f, 0.1f, -0.0f};
    static const size_t shapes[][3] = {{0}, {6}, {2, 3}, {1, 3, 2}};
    struct errmsg e;
    const int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    for (int n_dimensions = 0; n_dimensions <= 3; n_dimensions++) {
        struct array_view a;
        float y[6];
        size_t n;
        assert_int_equal(npy_write(path, x, n_dimensions, shapes[n_dimensions], &e), STATUS_OK);
        assert_int_equal(file_read_bytes(path, &bytes, &n, &e), STATUS_OK);
        assert_int_equal(npy_parse((const uint8_t *)bytes, n, path, &a, &e), STATUS_OK);
        assert_int_equal(a.n_dimensions, n_dimensions);
        assert_int_equal(a.count, n_dimensions == 0 ? 1 : 6);
        assert_int_equal((a.data - (const uint8_t *)bytes) % 64, 0);
        assert_int_equal(array_floats(&a, path, y, &e), STATUS_OK);
        assert_memory_equal(x, y, a.count * sizeof *x);
        free(bytes);
    }
    unlink(path);
    assert_int_equal(npy_write("/no/such/folder/x.npy", x, 1, shapes[1], &e), STATUS_ENVIRONMENT);
    assert_non_null(strstr(e.text, "/no/such/folder/x.npy"));
    assert_int_equal(npy_write("/dev/full", x, 1, shapes[1], &e), STATUS_ENVIRONMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type_is_read),           cmocka_unit_test(fortran_order_is_read),
        cmocka_unit_test(halves_are_read),
        cmocka_unit_test(dictionaries_of_every_writer), cmocka_unit_test(wrong_files_are_explained),
        cmocka_unit_test(any_bytes_are_safe),           cmocka_unit_test(what_is_written_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
