/* What synth_run does with tools and cache entries that misbehave. Yosys and OpenSTA are small shell scripts here, so
 * that each fault can be made at will. */
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

static char folder[] = "/tmp/deltasweep-faults-XXXXXX";
static char *real_path;

static const struct mac_config config = {.variant = MAC_PLAIN, .multiplier = MULTIPLIER_DSP, .W = 8, .N = 4, .P = 2};

static const char good_stat[] = "{\"design\": {\"num_cells_by_type\": {\"LUT6\": 30, \"FDRE\": 20, \"DSP48E1\": 2}}}";
static const char good_sta[] = "critical_path_ns 5.500\\npath_from a\\npath_to b\\n";

static void put(const char *name, const char *text)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
    assert_int_equal(chmod(path, 0777), 0);
}

/* put_yosys: one that runs the given commands in the working directory, and counts its runs. */
static void put_yosys(const char *commands)
{
    char text[2048];
    snprintf(text, sizeof text,
             "#!/bin/sh\n[ \"$1\" = -V ] && { echo 'Yosys of the test'; exit 0; }\necho run >> %s/runs\n%s\n", folder,
             commands);
    put("bin/yosys", text);
}

static void put_good_yosys(void)
{
    char commands[1024];
    snprintf(commands, sizeof commands, "echo '%s' > stat.json; echo netlist > timing.v", good_stat);
    put_yosys(commands);
}

static void put_sta(const char *output, const char *errors)
{
    char text[1024];
    snprintf(text, sizeof text,
             "#!/bin/sh\n[ \"$1\" = -version ] && { echo 2.0; exit 0; }\nprintf '%s'\nprintf '%s' >&2\n", output,
             errors);
    put("bin/sta", text);
}

static int runs(void)
{
    char path[PATH_MAX], line[16];
    int n = 0;
    snprintf(path, sizeof path, "%s/runs", folder);
    FILE *f = fopen(path, "r");
    if (f == NULL)
        return 0;
    while (fgets(line, sizeof line, f) != NULL)
        n++;
    fclose(f);
    return n;
}

/* entry: the path of name in the cache entry of config. */
static void entry(const char *name, char path[PATH_MAX])
{
    char hex[DIGEST_HEX_BYTES];
    assert_int_equal(synth_digest(&series7, &config, hex, NULL), STATUS_OK);
    snprintf(path, PATH_MAX, "%s/deltasweep/synth/%s/%s", folder, hex, name);
}

static void forget_entry(void)
{
    char path[PATH_MAX];
    entry("", path);
    const char *const argv[] = {"/bin/rm", "-rf", path, NULL};
    struct tool_output output;
    assert_int_equal(tool_check(argv, NULL, NULL, 0, &output, NULL), STATUS_OK);
    tool_output_free(&output);
}

static void assert_good(const struct synth_result *r)
{
    assert_int_equal(r->cells.lut, 30);
    assert_int_equal(r->cells.ff, 20);
    assert_int_equal(r->cells.dsp, 2);
    assert_true(r->timing_known && r->critical_path_ns == 5.5 && fabs(r->fmax_mhz - 1000.0 / 5.5) < 1e-9);
    assert_true(r->critical_path_2_ns == 5.5 && fabs(r->fmax_2_mhz - 1000.0 / 5.5) < 1e-9);
    assert_true(r->fmax_mhz_low < r->fmax_mhz && r->fmax_mhz < r->fmax_mhz_high);
    assert_string_equal(r->path_from, "a");
    assert_string_equal(r->path_to, "b");
}

static void run_good(struct synth_result *r)
{
    struct errmsg e = {""};
    if (synth_run(&series7, &config, r, &e) != STATUS_OK)
        fail_msg("%s", e.text);
    assert_good(r);
}

static void damaged_entries_are_made_again(void **state)
{
    (void)state;
    static char text[4096], damaged[4096];
    char path[PATH_MAX];
    struct synth_result r;
    put_good_yosys();
    put_sta(good_sta, "");
    run_good(&r);
    assert_false(r.from_cache);
    run_good(&r);
    assert_true(r.from_cache);
    assert_int_equal(runs(), 1);

    entry("result.json", path);
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    const size_t n = fread(text, 1, sizeof text - 1, f);
    fclose(f);
    assert_true(n > 200 && n < sizeof text - 1);

    /* Truncated anywhere, the file is not believed; once remade it is whole. */
    int expected = 1;
    for (size_t cut = 0; cut < n - 1; cut += 37) {
        f = fopen(path, "w");
        assert_non_null(f);
        assert_int_equal(fwrite(text, 1, cut, f), cut);
        fclose(f);
        run_good(&r);
        assert_false(r.from_cache);
        assert_int_equal(runs(), ++expected);
    }

    /* Neither is one of another key, or one that lacks a figure. */
    static const char *const changes[][2] = {
        {"\"digest\": \"", "\"digest\": \"x"}, {"\"format\": 2", "\"format\": 1"},   {"\"lut\": 30", "\"lut\": -1"},
        {"\"lut\": 30", "\"lut\": \"30\""},    {"\"ff\"", "\"no\""},                 {"5.5", "-5.5"},
        {"\"path_to\"", "\"path_xx\""},        {"\"timing_known\"", "\"timing_no\""},
        {"critical_path_2_ns", "critical_path_3_ns"}, {"critical_path_ns", "critical_path_no"},
    };
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        const char *at = strstr(text, changes[i][0]);
        assert_non_null(at);
        snprintf(damaged, sizeof damaged, "%.*s%s%s", (int)(at - text), text, changes[i][1],
                 at + strlen(changes[i][0]));
        f = fopen(path, "w");
        assert_non_null(f);
        assert_true(fputs(damaged, f) >= 0);
        fclose(f);
        run_good(&r);
        assert_false(r.from_cache);
        assert_int_equal(runs(), ++expected);
    }
    assert_int_equal(unlink(path), 0);
    run_good(&r);
    assert_false(r.from_cache);
    run_good(&r);
    assert_true(r.from_cache);
}

/* A failure is told, leaves no entry behind, and the next run begins anew. */
static void failing_tools_leave_nothing(void **state)
{
    (void)state;
    static const struct {
        const char *yosys, *sta_output, *sta_errors, *word;
    } cases[] = {
        {"echo 'ERROR: no module' >&2; exit 1", good_sta, "", "no module"},
        {"exit 0", good_sta, "", "stat.json"},
        {"echo '{' > stat.json", good_sta, "", "stat.json"},
        {"echo '{\"design\": {\"num_cells_by_type\": {\"$mul\": 1}}}' > stat.json", good_sta, "", "$mul"},
        {"kill -9 $$", good_sta, "", "signal 9"},
        {NULL, "", "", "critical path"},
        {NULL, "critical_path_ns 5.5\\n", "", "begins"},
        {NULL, good_sta, "Error: module FDXX not found", "FDXX"},
    };
    char path[PATH_MAX];
    struct synth_result r;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct errmsg e = {""};
        forget_entry();
        if (cases[i].yosys != NULL)
            put_yosys(cases[i].yosys);
        else
            put_good_yosys();
        put_sta(cases[i].sta_output, cases[i].sta_errors);
        const enum status s = synth_run(&series7, &config, &r, &e);
        assert_true(s == STATUS_ENVIRONMENT || s == STATUS_INPUT);
        if (strstr(e.text, cases[i].word) == NULL)
            fail_msg("case %d does not name %s: %s", (int)i, cases[i].word, e.text);
        entry("", path);
        assert_int_not_equal(access(path, F_OK), 0);
        path[strlen(path) - 1] = '\0';
        strncat(path, ".draft", sizeof path - strlen(path) - 1);
        assert_int_not_equal(access(path, F_OK), 0);
    }
    put_good_yosys();
    put_sta(good_sta, "");
    run_good(&r);
    assert_false(r.from_cache);
}

static void entries_are_small(void **state)
{
    (void)state;
    static const char *const gone[] = {"rtl", "timing.v", "timing.lib", "timing_setup.tcl"};
    char path[PATH_MAX];
    struct synth_result r;
    struct stat info;
    put_good_yosys();
    put_sta(good_sta, "");
    forget_entry();
    run_good(&r);
    for (size_t i = 0; i < sizeof gone / sizeof gone[0]; i++) {
        entry(gone[i], path);
        assert_int_not_equal(lstat(path, &info), 0);
    }
    entry("synth.ys", path);
    assert_int_equal(stat(path, &info), 0);
    assert_true(info.st_size < 16384);
}

static int make_folder(void **state)
{
    (void)state;
    char bin[PATH_MAX];
    const char *path = getenv("PATH");
    real_path = strdup(path != NULL ? path : "/usr/bin:/bin");
    if (real_path == NULL || mkdtemp(folder) == NULL)
        return -1;
    snprintf(bin, sizeof bin, "%s/bin", folder);
    return mkdir(bin, 0777) != 0 || setenv("XDG_CACHE_HOME", folder, 1) != 0 || setenv("PATH", bin, 1) != 0 ? -1 : 0;
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
        cmocka_unit_test(damaged_entries_are_made_again),
        cmocka_unit_test(failing_tools_leave_nothing),
        cmocka_unit_test(entries_are_small),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
