#include "base/file.h"
#include "models/nn/io/safetensors.h"
#include "tests/support/parser_cases.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <unistd.h>

#include <cmocka.h>

static size_t make(uint8_t *to, const char *header, const void *data, size_t n_data)
{
    const size_t n = strlen(header);
    memset(to, 0, 8);
    to[0] = (uint8_t)n;
    to[1] = (uint8_t)(n >> 8);
    for (size_t k = 0; k < n; k++)
        to[8 + k] = (uint8_t)header[k];
    memcpy(to + 8 + n, data, n_data);
    return 8 + n + n_data;
}

static enum status parse_and_use(const uint8_t *bytes, size_t n, struct errmsg *e)
{
    struct safetensors s;
    enum status status = safetensors_parse(bytes, n, "x.safetensors", &s, e);
    for (int k = 0; k < s.n && status == STATUS_OK; k++) {
        const struct array_view *a = &s.tensors[k].array;
        float *x = malloc((a->count + 1) * sizeof *x);
        status = array_floats(a, s.tensors[k].name, x, e);
        free(x);
    }
    safetensors_free(&s);
    return status;
}

/* Two tensors by hand, out of the order of their data, of the types that PyTorch writes. */
static void a_file_is_read(void **state)
{
    (void)state;
    static const char header[] =
        "{\"__metadata__\":{\"format\":\"pt\"},\"b\":{\"dtype\":\"BF16\",\"shape\":[2],\"data_offsets\":[8,12]},"
        "\"a\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[0,8]},"
        "\"n\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[12,20]},"
        "\"z\":{\"dtype\":\"F16\",\"shape\":[0,3],\"data_offsets\":[20,20]}}   ";
    static const uint8_t data[] = {0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0, 0xc0, 0x3f, 0x80, 0xbf, 5, 0, 0, 0, 0, 0, 0, 0};
    uint8_t file[512];
    struct safetensors s;
    struct errmsg e = {""};
    const size_t n = make(file, header, data, sizeof data);
    if (safetensors_parse(file, n, "x", &s, &e) != STATUS_OK)
        fail_msg("%s", e.text);
    assert_int_equal(s.n, 4);
    assert_string_equal(s.tensors[0].name, "b");
    assert_true(array_number(&s.tensors[0].array, 0) == 1.5 && array_number(&s.tensors[0].array, 1) == -1);
    assert_string_equal(s.tensors[1].name, "a");
    assert_int_equal(s.tensors[1].array.n_dimensions, 2);
    assert_true(array_number(&s.tensors[1].array, 0) == 1 && array_number(&s.tensors[1].array, 1) == -2);
    assert_int_equal(s.tensors[2].array.n_dimensions, 0);
    assert_true(array_number(&s.tensors[2].array, 0) == 5);
    assert_int_equal(s.tensors[3].array.count, 0);
    safetensors_free(&s);
    assert_true(parser_truncations(parse_and_use, file, n, n));
    assert_true(parser_damages(parse_and_use, file, n, n - sizeof data, 20000));
}

static void wrong_files_are_explained(void **state)
{
    (void)state;
    static const struct {
        const char *header, *says;
    } cases[] = {
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,12]}}", "tensor `a`: its data ends at byte 12"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}}", "not what 3 of type F32 take"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}",
         "byte 4 after the header: bytes that belong"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}",
         "byte 0 after the header: bytes that belong"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
         "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}",
         "two tensors overlap"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,0]}}", "two rising"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0]}}", "two rising"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}}", "whole number"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,8]}}", "not what"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1,1,1,1,1,1,1,1,2],\"data_offsets\":[0,8]}}", "8 dimensions"},
        {"{\"a\":{\"dtype\":\"F8_E4M3\",\"shape\":[8],\"data_offsets\":[0,8]}}", "type `F8_E4M3`"},
        {"{\"a\":{\"shape\":[2],\"data_offsets\":[0,8]}}", "dtype is missing"},
        {"{\"a\":7}", "not an object"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
         "\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}",
         "not good JSON"},
        {"{\"a\":", "not good JSON"},
        {"[1]", "starts with `{`"},
        {"", "starts with `{`"},
    };
    static const uint8_t data[8] = {0};
    struct errmsg e;
    uint8_t file[512];
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        const size_t n = make(file, cases[k].header, data, sizeof data);
        if (parser_on_copy(parse_and_use, file, n, &e) != STATUS_INPUT || strstr(e.text, cases[k].says) == NULL)
            fail_msg("%s: \"%s\" does not say \"%s\"", cases[k].header, e.text, cases[k].says);
    }
    memset(file, 0xff, 8);
    assert_int_equal(parser_on_copy(parse_and_use, file, 100, &e), STATUS_INPUT);
    assert_non_null(strstr(e.text, "a header of 18446744073709551615 bytes"));
}

static void what_is_written_is_read(void **state)
{
    (void)state;
    char path[] = "/tmp/deltasweep-safetensors-XXXXXX", *bytes;
    static const float x[] = {0, -1.5f, 3e-40f, 1e30f, 0.1f, -0.0f};
    static const struct named_floats tensors[] = {
        {"layers.0.weight", 2, {2, 3}, x}, {"a \"quoted\" name", 1, {6}, x}, {"one", 0, {0}, x + 3}};
    struct safetensors s;
    struct errmsg e;
    size_t n;
    const int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    assert_int_equal(safetensors_write(path, tensors, 3, NULL, 0, &e), STATUS_OK);
    assert_int_equal(file_read_bytes(path, &bytes, &n, &e), STATUS_OK);
    assert_int_equal(safetensors_parse((const uint8_t *)bytes, n, path, &s, &e), STATUS_OK);
    assert_int_equal((size_t)((const char *)s.tensors[0].array.data - bytes) % 8, 0);
    assert_int_equal(s.n, 3);
    for (int k = 0; k < 3; k++) {
        float y[6];
        assert_string_equal(s.tensors[k].name, tensors[k].name);
        assert_int_equal(s.tensors[k].array.n_dimensions, tensors[k].n_dimensions);
        assert_int_equal(array_floats(&s.tensors[k].array, "", y, &e), STATUS_OK);
        assert_memory_equal(y, tensors[k].x, s.tensors[k].array.count * sizeof *y);
    }
    safetensors_free(&s);
    free(bytes);
    unlink(path);
    assert_int_equal(safetensors_write("/no/such/folder/x", tensors, 3, NULL, 0, &e), STATUS_ENVIRONMENT);
    assert_int_equal(safetensors_write("/dev/full", tensors, 3, NULL, 0, &e), STATUS_ENVIRONMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_read),
        cmocka_unit_test(wrong_files_are_explained),
        cmocka_unit_test(what_is_written_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
