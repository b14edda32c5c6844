#include "models/fpga/device/family.h"
#include "tests/support/synth.h"

#include "base/cache.h"
#include "base/tool.h"
#include "tests/support/folder.h"

#include <limits.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/deltasweep-synth-XXXXXX";
static char *real_path;

static const struct mac_config tiny = {
    .variant = MAC_FIXED_REFERENCE, .multiplier = MULTIPLIER_DSP, .W = 5, .D = 2, .shift = 1, .N = 4, .P = 2};

static void run(const struct mac_config *c, struct synth_result *r)
{
    struct errmsg e = {""};
    if (synth_run(&series7, c, r, &e) != STATUS_OK)
        fail_msg("%s", e.text);
}

static void assert_same(const struct synth_result *a, const struct synth_result *b)
{
    assert_memory_equal(&a->cells, &b->cells, sizeof a->cells);
    assert_int_equal(a->timing_known, b->timing_known);
    assert_true(a->critical_path_ns == b->critical_path_ns ||
                (isnan(a->critical_path_ns) && isnan(b->critical_path_ns)));
    assert_true(a->critical_path_2_ns == b->critical_path_2_ns || isnan(b->critical_path_2_ns));
    assert_string_equal(a->path_from, b->path_from);
    assert_string_equal(a->path_to, b->path_to);
}

static void skip_without(const char *tool)
{
    if (tool_find(tool, NULL, 0, NULL) != STATUS_OK) {
        print_message("%s is not installed\n", tool);
        skip();
    }
}

static void tiny_operator_is_counted_and_cached(void **state)
{
    (void)state;
    skip_without("yosys");
    skip_without("sta");
    struct synth_result first, again;
    run(&tiny, &first);
    assert_false(first.from_cache);
    assert_int_equal(first.cells.dsp, 2);
    assert_true(first.cells.lut > 10 && first.cells.lut < 200);
    assert_true(first.cells.ff > 5 && first.cells.ff < 100);
    assert_int_equal(first.cells.bram18 + first.cells.bram36, 0);
    assert_true(first.timing_known && first.critical_path_ns > 2.0 && first.critical_path_ns < 15.0);
    assert_true(fabs(first.fmax_mhz * first.critical_path_ns - 1000.0) < 1e-6);
    assert_true(first.critical_path_2_ns > 0.8 * first.critical_path_ns &&
                first.critical_path_2_ns < first.critical_path_ns);
    assert_true(fabs(first.fmax_2_mhz * first.critical_path_2_ns - 1000.0) < 1e-6);
    assert_true(first.path_from[0] != '\0' && first.path_to[0] != '\0');
    assert_true(first.seconds > 0.0);

    run(&tiny, &again);
    assert_true(again.from_cache);
    assert_same(&first, &again);
    assert_true(again.seconds == first.seconds);
}

static void keys_differ_where_results_may(void **state)
{
    (void)state;
    skip_without("yosys");
    struct mac_config other[7];
    char hex[8][DIGEST_HEX_BYTES];
    for (int i = 0; i < 7; i++)
        other[i] = tiny;
    other[0].W = 6;
    other[1].D = 3;
    other[2].shift = 0;
    other[3].N = 5;
    other[4].P = 1;
    other[5].multiplier = MULTIPLIER_LUT;
    other[6].variant = MAC_CONSECUTIVE;
    assert_int_equal(synth_digest(&series7, &tiny, hex[7], NULL), STATUS_OK);
    for (int i = 0; i < 7; i++) {
        assert_int_equal(synth_digest(&series7, &other[i], hex[i], NULL), STATUS_OK);
        for (int k = 0; k < i; k++)
            assert_string_not_equal(hex[i], hex[k]);
        assert_string_not_equal(hex[i], hex[7]);
    }
    struct mac_config bad = tiny;
    bad.P = 5;
    struct synth_result r;
    struct errmsg e = {""};
    assert_int_equal(synth_digest(&series7, &bad, hex[0], &e), STATUS_INPUT);
    assert_int_equal(synth_run(&series7, &bad, &r, &e), STATUS_INPUT);
}

static void missing_yosys_is_named(void **state)
{
    (void)state;
    struct synth_result r;
    struct errmsg e = {""};
    setenv("PATH", folder, 1);
    assert_int_equal(synth_run(&series7, &tiny, &r, &e), STATUS_MISSING);
    assert_non_null(strstr(e.text, "apt-get install yosys"));
    setenv("PATH", real_path, 1);
}

/* Yosys and its mapper alone in PATH: the cells, and no timing. */
static void missing_sta_leaves_the_timing_unknown(void **state)
{
    (void)state;
    static const char *const wanted[] = {"yosys", "berkeley-abc", "yosys-abc"};
    char program[PATH_MAX], link[PATH_MAX], tools[PATH_MAX];
    struct mac_config c = tiny;
    struct synth_result r;

    skip_without("yosys");
    c.variant = MAC_PLAIN;
    c.D = c.shift = 0;
    c.P = 1;
    snprintf(tools, sizeof tools, "%s/tools", folder);
    assert_int_equal(mkdir(tools, 0777), 0);
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        snprintf(link, sizeof link, "%.100s/tools/%s", folder, wanted[i]);
        if (tool_find(wanted[i], program, sizeof program, NULL) == STATUS_OK)
            assert_int_equal(symlink(program, link), 0);
    }
    setenv("PATH", tools, 1);
    run(&c, &r);
    assert_false(r.timing_known);
    assert_true(isnan(r.critical_path_ns) && isnan(r.fmax_mhz) && isnan(r.critical_path_2_ns) && isnan(r.fmax_2_mhz) &&
                isnan(r.fmax_mhz_low) && isnan(r.fmax_mhz_high));
    assert_int_equal(r.cells.dsp, 1);
    run(&c, &r);
    assert_true(r.from_cache && !r.timing_known && isnan(r.fmax_mhz));
    setenv("PATH", real_path, 1);
}

static int make_folder(void **state)
{
    (void)state;
    const char *path = getenv("PATH");
    real_path = strdup(path != NULL ? path : "/usr/bin:/bin");
    return real_path == NULL || mkdtemp(folder) == NULL || setenv("XDG_CACHE_HOME", folder, 1) != 0 ? -1 : 0;
}

static int remove_folder(void **state)
{
    (void)state;
    setenv("PATH", real_path, 1);
    free(real_path);
    return folder_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(missing_yosys_is_named),
        cmocka_unit_test(keys_differ_where_results_may),
        cmocka_unit_test(tiny_operator_is_counted_and_cached),
        cmocka_unit_test(missing_sta_leaves_the_timing_unknown),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
