/* An exported folder stands alone: its own test bench runs it, in Icarus Verilog and in Verilator, and notices whatever
 * is wrong with it. */
#include "explorer/cli/export/export.h"

#include "base/file.h"
#include "base/tool.h"
#include "models/nn/integer/deploy.h"
#include "models/nn/network/network.h"
#include "tests/support/folder.h"
#include "tests/support/toy.h"
#include "tests/support/chain.h"

#include <limits.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/deltasweep-export-XXXXXX";

enum { IMAGES = 6 };
static const int sizes[] = {TOY_FEATURES, 9, 6, TOY_CLASSES};

/* One accelerator with a random network and random images. */
struct fixture {
    struct accelerator accelerator;
    struct integer_network *network;
    struct dataset *data;
    struct synth_result estimate;
    struct export_job job;
};

static void fixture_make(struct fixture *x, const struct code *code, const struct accelerator_wish *wish, uint64_t seed)
{
    struct network *net = NULL;
    struct errmsg e = {""};
    struct rng r;
    memset(x, 0, sizeof *x);
    rng_init(&r, seed, RNG_TEST);
    if (chain_new(&net, sizes, 3, code, seed, &e) != STATUS_OK)
        fail_msg("%s", e.text);
    for (int l = 0; l < 3; l++)
        for (int o = 0; o < sizes[l + 1]; o++) {
            net->layers[l].gamma[o] = 0.25f * (float)(1 + rng_below(&r, 8)) * (rng_below(&r, 2) != 0 ? 1.0f : -1.0f);
            net->layers[l].beta[o] = 0.125f * (float)rng_below(&r, 8) - 0.5f;
            net->layers[l].var[o] = 0.2f * (float)(1 + rng_below(&r, 9));
        }
    x->data = toy_new(seed, 4, IMAGES, false);
    assert_non_null(x->data);
    if (deploy(net, &x->network, &e) != STATUS_OK ||
        chain_accelerator(sizes, 3, code, wish, device_find("xc7s15")->bram36, &x->accelerator, &e) != STATUS_OK)
        fail_msg("%s", e.text);
    network_free(net);
    x->estimate = (struct synth_result){
        .cells = {.lut = 1234, .ff = 567, .dsp = 3},
        .timing_known = true,
        .critical_path_ns = 6.25,
        .fmax_mhz = 160.0,
        .critical_path_2_ns = 5.0,
        .fmax_2_mhz = 200.0,
        .fmax_mhz_low = 120.0,
        .fmax_mhz_high = 190.0,
        .path_from = "from_q[3]",
        .path_to = "to_q[5]",
    };
    x->job = (struct export_job){
        .point = "0123456789",
        .device = device_find("xc7s15"),
        .accelerator = &x->accelerator,
        .network = x->network,
        .data = x->data,
        .n_images = IMAGES,
        .speed_grade = 1,
        .estimate = &x->estimate,
        .about = "Made up for a test.\n",
    };
}

static void fixture_free(struct fixture *x)
{
    integer_network_free(x->network);
    dataset_free(x->data);
}

static const struct code reference_code = {.scheme = SCHEME_FIXED_REFERENCE,
                                           .reference = REFERENCE_MEAN,
                                           .span = SPAN_ROW,
                                           .rounding = ROUNDING_NEAREST,
                                           .weight_bits = 8,
                                           .frac_bits = 5,
                                           .delta_bits = 4};
static const struct code consecutive_code = {.scheme = SCHEME_CONSECUTIVE,
                                             .rounding = ROUNDING_NEAREST,
                                             .weight_bits = 8,
                                             .frac_bits = 5,
                                             .delta_bits = 4,
                                             .delta_offset = 1};
static const struct code plain_code = {
    .scheme = SCHEME_FIXED_POINT, .rounding = ROUNDING_NEAREST, .weight_bits = 5, .frac_bits = 3};

/* bench: what the folder's test bench prints in a simulator; the caller's (free). Its exit code must be this. */
static char *bench(const char *path, const char *simulator, int exit_code)
{
    const char *const argv[] = {"timeout", "3600", "bash", "./run.sh", simulator, NULL};
    struct tool_output out;
    struct errmsg e = {""};
    if (tool_run(argv, path, NULL, 0, &out, &e) != STATUS_OK)
        fail_msg("%s", e.text);
    if (out.exit_code != exit_code)
        fail_msg("%s in %s: exit code %d, not %d: %s%s", simulator, path, out.exit_code, exit_code, out.out, out.err);
    char *said = strdup(out.out);
    assert_non_null(said);
    tool_output_free(&out);
    return said;
}

static void passes(const char *path, const char *simulator)
{
    char *said = bench(path, simulator, 0);
    if (strstr(said, "PASS: 6 images, without stalls and with: 12 results as expected") == NULL)
        fail_msg("%s: %s", simulator, said);
    free(said);
}

static void export_to(const struct fixture *x, const char *path)
{
    struct errmsg e = {""};
    if (export_write(&x->job, path, &e) != STATUS_OK)
        fail_msg("%s", e.text);
}

static void bench_passes_in_both_simulators(void **state)
{
    (void)state;
    const struct {
        const struct code *code;
        struct accelerator_wish wish;
        bool verilator;
    } cases[] = {
        {&reference_code, {7, 4, WEIGHT_MEMORY_BLOCK}, true},
        {&consecutive_code, {5, 2, WEIGHT_MEMORY_BOTH}, false},
        {&plain_code, {16, 0, WEIGHT_MEMORY_LUT}, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fixture x;
        char path[PATH_MAX];
        snprintf(path, sizeof path, "%s/good%zu", folder, i);
        fixture_make(&x, cases[i].code, &cases[i].wish, test_seed() + i);
        export_to(&x, path);
        passes(path, "iverilog");
        if (cases[i].verilator)
            passes(path, "verilator");
        fixture_free(&x);
    }
}

/* damage: changes one digit, counted from the last, in a line of a file. */
static void damage(const char *path, const char *name, int line, int digit)
{
    char file[PATH_MAX + 64], *text = NULL;
    struct errmsg e = {""};
    snprintf(file, sizeof file, "%s/%s", path, name);
    if (file_read(file, &text, &e) != STATUS_OK)
        fail_msg("%s", e.text);
    char *p = text;
    for (; line > 0; line--)
        p = strchr(p, '\n') + 1;
    p += strcspn(p, "\n") - 1 - (size_t)digit;
    *p = *p == '1' ? '0' : '1';
    assert_int_equal(file_write(file, text, &e), STATUS_OK);
    free(text);
}

/* sabotage: another text in a file, where there is just one of the old. */
static void sabotage(const char *path, const char *name, const char *old, const char *new)
{
    char file[PATH_MAX + 64], *text = NULL, *changed = NULL;
    struct errmsg e = {""};
    snprintf(file, sizeof file, "%s/%s", path, name);
    if (file_read(file, &text, &e) != STATUS_OK)
        fail_msg("%s", e.text);
    const char *p = strstr(text, old);
    assert_non_null(p);
    assert_true(asprintf(&changed, "%.*s%s%s", (int)(p - text), text, new, p + strlen(old)) > 0);
    assert_int_equal(file_write(file, changed, &e), STATUS_OK);
    free(changed);
    free(text);
}

static void bench_fails_on_bad_handshakes(void **state)
{
    (void)state;
    static const char *const cases[][3] = {
        {".result_ready_i(result_ready_i)", ".result_ready_i(1'b1)", "no result for"}, /* results are dropped */
        {".rst_ni(rst_ni)", ".rst_ni(1'b1)", "FAIL"},
        {".pixel_valid_i(pixel_valid_i)", ".pixel_valid_i(1'b1)", "image 0"}, /* pixels come twice */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct accelerator_wish wish = {7, 4, WEIGHT_MEMORY_BLOCK};
        struct fixture x;
        char path[PATH_MAX];
        snprintf(path, sizeof path, "%s/rude%zu", folder, i);
        fixture_make(&x, &reference_code, &wish, test_seed());
        export_to(&x, path);
        sabotage(path, "rtl/deltasweep_top.v", cases[i][0], cases[i][1]);
        char *said = bench(path, "iverilog", 1);
        if (strstr(said, "FAIL: ") == NULL || strstr(said, cases[i][2]) == NULL)
            fail_msg("%s: \"%s\" not in %s", cases[i][1], cases[i][2], said);
        free(said);
        fixture_free(&x);
    }
}

static void bench_fails_on_any_difference(void **state)
{
    (void)state;
    static const struct {
        const char *file;
        int line, digit, lines;
        const char *word;
    } cases[] = {
        {"sim/expected.hex", IMAGES - 1, 0, 1, "image 5: class"},
        {"sim/schedule.hex", 2, 0, 1, "image 2: result after"},
        {"rtl/neurons.hex", 15, 5, TOY_CLASSES, "expected class"}, /* the multipliers of the last layer */
        {"rtl/weights_b0.hex", 3, 0, 1, "expected class"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct accelerator_wish wish = {7, 4, WEIGHT_MEMORY_BLOCK};
        struct fixture x;
        char path[PATH_MAX];
        snprintf(path, sizeof path, "%s/bad%zu", folder, i);
        fixture_make(&x, &reference_code, &wish, test_seed());
        export_to(&x, path);
        for (int line = 0; line < cases[i].lines; line++)
            damage(path, cases[i].file, cases[i].line + line, cases[i].digit);
        char *said = bench(path, "iverilog", 1);
        if (strstr(said, "FAIL: ") == NULL || strstr(said, cases[i].word) == NULL)
            fail_msg("%s: \"%s\" not in %s", cases[i].file, cases[i].word, said);
        free(said);
        fixture_free(&x);
    }
}

/* has: the file of the folder has these words. */
static void has(const char *path, const char *name, const char *words)
{
    char file[PATH_MAX + 64], *text = NULL;
    struct errmsg e = {""};
    snprintf(file, sizeof file, "%s/%s", path, name);
    if (file_read(file, &text, &e) != STATUS_OK)
        fail_msg("%s", e.text);
    if (strstr(text, words) == NULL)
        fail_msg("\"%s\" not in %s: %s", words, name, text);
    free(text);
}

static void scripts_say_part_and_clock(void **state)
{
    (void)state;
    const struct accelerator_wish wish = {4, 0, WEIGHT_MEMORY_BLOCK};
    struct fixture x;
    char path[PATH_MAX];
    fixture_make(&x, &plain_code, &wish, 1);
    snprintf(path, sizeof path, "%s/grade1", folder);
    export_to(&x, path);
    has(path, "settings.tcl", "set part xc7s15ftgb196-1 ");
    has(path, "constraints.xdc", "create_clock -name clk -period 8.334 "); /* 120 MHz, rounded up */
    has(path, "README.md", "| LUT | 1234 | 8000 |");
    has(path, "README.md", "| its error band, MHz | 120.0 to 190.0 |");
    has(path, "README.md", "deltasweep import-report 0123456789 ");
    has(path, "README.md", "Made up for a test.");
    has(path, "vivado.tcl", "-mode out_of_context");

    x.job.speed_grade = 2;
    x.job.device = device_find("xc7a35t");
    snprintf(path, sizeof path, "%s/grade2/", folder); /* a slash at the end does no harm */
    export_to(&x, path);
    has(path, "settings.tcl", "set part xc7a35tcpg236-2 ");
    has(path, "constraints.xdc", "-period 6.667 "); /* 120 · 200 / 160 MHz */

    x.job.estimate = NULL;
    snprintf(path, sizeof path, "%s/unknown", folder);
    export_to(&x, path);
    has(path, "constraints.xdc", "-period 10.000 ");
    has(path, "README.md", "was not synthesised");
    fixture_free(&x);
}

static void every_device_has_a_part(void **state)
{
    (void)state;
    int n;
    char room[32];
    const struct device *d = device_list(&n);
    for (int i = 0; i < n; i++)
        assert_non_null(export_part(&d[i], 1, room));
}

static void folder_is_whole_or_not_there(void **state)
{
    (void)state;
    const struct accelerator_wish wish = {4, 0, WEIGHT_MEMORY_BLOCK};
    struct fixture x;
    struct errmsg e = {""};
    char path[PATH_MAX], file[PATH_MAX + 8];
    struct stat info;
    fixture_make(&x, &plain_code, &wish, 1);

    snprintf(path, sizeof path, "%s/full", folder);
    snprintf(file, sizeof file, "%s/mine", path);
    assert_int_equal(mkdir(path, 0777), 0);
    assert_int_equal(file_write(file, "mine", &e), STATUS_OK);
    assert_int_equal(export_write(&x.job, path, &e), STATUS_USAGE);
    assert_non_null(strstr(e.text, "not empty"));
    assert_int_equal(export_write(&x.job, file, &e), STATUS_USAGE);
    assert_non_null(strstr(e.text, "no folder"));
    assert_int_equal(unlink(file), 0);
    export_to(&x, path); /* an empty one is taken */
    has(path, "README.md", "# Inference engine 24-9-6-4 for the xc7s15");

    snprintf(path, sizeof path, "%s/none/deeper", folder);
    assert_int_equal(export_write(&x.job, path, &e), STATUS_ENVIRONMENT);
    assert_non_null(strstr(e.text, "none/deeper: No such file"));

    /* RTL that is not there: nothing stays behind. */
    snprintf(path, sizeof path, "%s/alone/failed", folder);
    snprintf(file, sizeof file, "%s/alone", folder);
    assert_int_equal(mkdir(file, 0777), 0);
    setenv("DELTASWEEP_SHARE", folder, 1);
    assert_int_equal(export_write(&x.job, path, &e), STATUS_ENVIRONMENT);
    unsetenv("DELTASWEEP_SHARE");
    assert_int_equal(stat(path, &info), -1);
    assert_int_equal(rmdir(file), 0);

    /* An accelerator for another network. */
    x.accelerator.sizes[1]++;
    snprintf(path, sizeof path, "%s/other", folder);
    assert_int_equal(export_write(&x.job, path, &e), STATUS_INPUT);
    assert_int_equal(stat(path, &info), -1);
    fixture_free(&x);
}

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) != NULL ? 0 : -1;
}

static int drop_folder(void **state)
{
    (void)state;
    return folder_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bench_passes_in_both_simulators), cmocka_unit_test(bench_fails_on_any_difference),
        cmocka_unit_test(bench_fails_on_bad_handshakes),   cmocka_unit_test(scripts_say_part_and_clock),
        cmocka_unit_test(every_device_has_a_part),         cmocka_unit_test(folder_is_whole_or_not_there),
    };
    return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
