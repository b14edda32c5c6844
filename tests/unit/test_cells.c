#include "models/fpga/device/family.h"
#include "models/fpga/cost/cells.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Yosys 0.23, `stat -json -tech xilinx`, of a small operator; RAM and shift register cells added. */
static const char good[] =
    "{\n   \"creator\": \"Yosys 0.23 (git sha1 7ce5011c24b)\",\n   \"invocation\": \"stat -json -tech xilinx \",\n"
    "   \"modules\": {\n      \"\\\\MAC\": {\n         \"num_cells\":         467,\n         \"num_cells_by_type\": {\n"
    "            \"CARRY4\": 8\n         },\n         \"estimated_num_lc\": 259\n      }\n   },\n"
    "      \"design\": {\n         \"num_wires\":         403,\n         \"num_cells\":         467,\n"
    "         \"num_cells_by_type\": {\n            \"CARRY4\": 8,\n            \"DSP48E1\": 8,\n"
    "            \"FDRE\": 46,\n"
    "            \"FDSE\": 1,\n            \"INV\": 6,\n            \"LUT2\": 28,\n            \"LUT3\": 27,\n"
    "            \"LUT4\": 195,\n            \"LUT5\": 3,\n            \"LUT6\": 34,\n            \"MUXF7\": 111,\n"
    "            \"MUXF8\": 2,\n            \"RAM64M\": 3,\n            \"RAM64X1D\": 1,\n"
    "            \"RAMB18E1\": 5,\n            \"RAMB36E1\": 4,\n            \"SRL16E\": 7\n         },\n"
    "         \"estimated_num_lc\": 259\n      }\n}\n";

static void good_text_is_counted(void **state)
{
    (void)state;
    struct resources r;
    struct errmsg e = {""};
    assert_int_equal(cells_parse(&series7, good, &r, &e), STATUS_OK);
    assert_int_equal(r.lut, 6 + 28 + 27 + 195 + 3 + 34 + 3 * 4 + 2 + 7);
    assert_int_equal(r.lutram, 3 * 4 + 2 + 7);
    assert_int_equal(r.ff, 47);
    assert_int_equal(r.carry4, 8);
    assert_int_equal(r.muxf7, 111);
    assert_int_equal(r.muxf8, 2);
    assert_int_equal(r.dsp, 8);
    assert_int_equal(r.bram18, 5);
    assert_int_equal(r.bram36, 4);
}

static void cells_of_the_ecp5_are_counted(void **state)
{
    static const char text[] =
        "{\"modules\": {\"\\\\MAC\": {}}, \"design\": {\"num_cells_by_type\": {\"CCU2C\": 29, \"L6MUX21\": 64, "
        "\"LUT4\": 554, \"MULT18X18D\": 4, \"PFUMX\": 134, \"TRELLIS_FF\": 134, \"TRELLIS_DPR16X4\": 2, "
        "\"DP16KD\": 3}}}";
    struct resources r;
    struct errmsg e = {""};
    (void)state;
    assert_int_equal(cells_parse(&ecp5, text, &r, &e), STATUS_OK);
    assert_int_equal(r.lut, 2 * 29 + 554 + 2 * 6);
    assert_int_equal(r.lutram, 2 * 4);
    assert_int_equal(r.ff, 134);
    assert_int_equal(r.dsp, 4);
    assert_int_equal(r.bram18, 3);
    assert_int_equal(r.carry4 + r.muxf7 + r.muxf8 + r.bram36, 0);
    assert_int_equal(cells_parse(&ecp5, good, &r, &e), STATUS_INPUT); /* cells of the 7 series */
    assert_non_null(strstr(e.text, "ECP5"));
}

/* A current Yosys does not count a module that `flatten` left as a cell: its registers would be missing, in silence. */
static void a_netlist_of_several_modules_is_refused(void **state)
{
    (void)state;
    static const char *const hierarchical[] = {
        "{\"modules\": {\"\\\\T\": {}, \"\\\\pick_bit\": {}}, \"design\": {\"num_cells_by_type\": {\"FDRE\": 1025}}}",
        "{\"modules\": {\"\\\\T\": {}}, \"design\": {\"num_submodules\": 3, \"num_cells_by_type\": {\"FDRE\": 1025}}}",
    };
    struct resources r;
    for (size_t i = 0; i < sizeof hierarchical / sizeof hierarchical[0]; i++) {
        struct errmsg e = {""};
        assert_int_equal(cells_parse(&series7, hierarchical[i], &r, &e), STATUS_INPUT);
        assert_non_null(strstr(e.text, "not flat"));
    }
}

static enum status parse(const char *cells, struct resources *r, struct errmsg *e)
{
    char text[512];
    snprintf(text, sizeof text, "{\"design\": {\"num_cells_by_type\": %s}}", cells);
    return cells_parse(&series7, text, r, e);
}

static void unknown_cells_are_named(void **state)
{
    (void)state;
    struct resources r;
    struct errmsg e = {""};
    assert_int_equal(parse("{}", &r, &e), STATUS_OK);
    assert_int_equal(r.lut, 0);
    assert_int_equal(parse("{\"LUT6\": 1, \"$_DFF_P_\": 3}", &r, &e), STATUS_INPUT);
    assert_non_null(strstr(e.text, "$_DFF_P_"));
    assert_int_equal(parse("{\"mac_control\": 1}", &r, &e), STATUS_INPUT);
    assert_non_null(strstr(e.text, "mac_control"));
}

static void senseless_counts_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "{\"LUT6\": -1}", "{\"LUT6\": 1.5}", "{\"LUT6\": \"1\"}", "{\"LUT6\": null}", "{\"LUT6\": 4000000000}",
        "{\"LUT6\": 99999999999999999999}", "{\"LUT5\": 99999999, \"LUT6\": 99999999}", "[]", "1", "null",
        "{\"LUT6\": 1, \"LUT6\": 2}", "{\"LUT1\": 1, \"LUT2\": 9223372036854775807}",
    };
    struct resources r;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct errmsg e = {""};
        assert_int_equal(parse(bad[i], &r, &e), STATUS_INPUT);
        assert_true(e.text[0] != '\0');
    }
    assert_int_equal(cells_parse(&series7, "", &r, NULL), STATUS_INPUT);
    assert_int_equal(cells_parse(&series7, "[1]", &r, NULL), STATUS_INPUT);
    assert_int_equal(cells_parse(&series7, "{\"design\": 3}", &r, NULL), STATUS_INPUT);
}

/* Every truncation fails, and no damage by one byte crashes or yields a negative count. */
static void damaged_text_does_no_harm(void **state)
{
    (void)state;
    static char text[sizeof good];
    struct resources r;

    const char *end = strrchr(good, '}');
    for (size_t n = 0; n < (size_t)(end - good); n++) {
        memcpy(text, good, n);
        text[n] = '\0';
        assert_int_equal(cells_parse(&series7, text, &r, NULL), STATUS_INPUT);
    }
    for (size_t at = 0; at + 1 < sizeof good; at++)
        for (const char *c = "\"{}9-,\x80"; *c != '\0'; c++) {
            memcpy(text, good, sizeof good);
            text[at] = *c;
            if (cells_parse(&series7, text, &r, NULL) == STATUS_OK)
                assert_true(r.lut >= 0 && r.ff >= 0 && r.lutram <= r.lut);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_text_is_counted),
        cmocka_unit_test(cells_of_the_ecp5_are_counted),
        cmocka_unit_test(a_netlist_of_several_modules_is_refused),
        cmocka_unit_test(unknown_cells_are_named),
        cmocka_unit_test(senseless_counts_are_refused),
        cmocka_unit_test(damaged_text_does_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
