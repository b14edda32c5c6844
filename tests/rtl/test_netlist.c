/* The netlist whose cells and delays are counted computes what the RTL computes: both run side by side in Icarus
 * Verilog, with Yosys's own models of the series-7 cells. */
#include "models/fpga/device/family.h"
#include "tests/support/synth.h"
#include "models/fpga/design/operator.h"

#include "base/cache.h"
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

static char folder[] = "/tmp/deltasweep-netlist-XXXXXX";

/* shell: for this test's own files; its output is in *out. */
static void shell(const char *command, struct tool_output *out)
{
    struct errmsg e = {""};
    const char *const argv[] = {"sh", "-ec", command, NULL};
    if (tool_check(argv, folder, NULL, 0, out, &e) != STATUS_OK)
        fail_msg("%s", e.text);
}

/* make_netlist: gate.v in folder, with the very script of synth_run, which its cache entry keeps. */
static void make_netlist(const struct mac_config *c)
{
    char hex[DIGEST_HEX_BYTES], root[PATH_MAX], rtl[PATH_MAX], command[4 * PATH_MAX + 512];
    struct synth_result r;
    struct tool_output output;
    struct errmsg e = {""};
    if (synth_run(&series7, c, &r, &e) != STATUS_OK || synth_digest(&series7, c, hex, &e) != STATUS_OK ||
        cache_root(root, &e) != STATUS_OK || share_path(rtl, "rtl", &e) != STATUS_OK)
        fail_msg("%s", e.text);
    snprintf(command, sizeof command,
             "mkdir -p rtl; cp -r '%s'/mac/*.v '%s'/parts/*.v '%s'/synth rtl; "
             "sed '/report.ys/d' '%s/synth/%s/synth.ys' > gate.ys; "
             "printf 'rename MAC MAC_gate\\nwrite_verilog -noattr gate.v\\n' >> gate.ys; "
             "\"${DELTASWEEP_YOSYS:-yosys}\" -q -s gate.ys",
             rtl, rtl, rtl, root, hex);
    shell(command, &output);
    tool_output_free(&output);
}

/* compare: requests and mismatches of the netlist in folder against the RTL of c. */
static void compare(const struct mac_config *c, int *requests, int *mismatches)
{
    char command[2048];
    struct tool_output output;
    snprintf(command, sizeof command,
             "iverilog -g2012 -o bench.vvp -s netlist_bench %s -Pnetlist_bench.W=%d -Pnetlist_bench.D=%d "
             "-Pnetlist_bench.SHIFT=%d -Pnetlist_bench.N=%d -Pnetlist_bench.P=%d -Pnetlist_bench.DSP=%d "
             "'" DELTASWEEP_SOURCE_DIR "/tests/rtl/netlist_bench.v' gate.v rtl/%s "
             "$(ls rtl/*.v | grep -v -e mac_plain -e mac_fixed_reference -e mac_consecutive) "
             "\"$(dirname $(readlink -f $(command -v yosys)))/../share/yosys/xilinx/cells_sim.v\"; vvp -n bench.vvp",
             c->variant == MAC_PLAIN ? "-DPLAIN" : "", c->W, c->variant == MAC_PLAIN ? c->W : c->D, c->shift, c->N,
             c->P, c->multiplier == MULTIPLIER_DSP ? 1 : 0, operator_rtl_file(c->variant));
    shell(command, &output);
    const char *answer = strstr(output.out, "requests ");
    if (answer == NULL || sscanf(answer, "requests %d mismatches %d", requests, mismatches) != 2)
        fail_msg("the bench said: %.500s", output.out);
    tool_output_free(&output);
}

static const struct mac_config configs[] = {
    {.variant = MAC_PLAIN, .multiplier = MULTIPLIER_DSP, .W = 8, .N = 13, .P = 4},
    {.variant = MAC_FIXED_REFERENCE, .multiplier = MULTIPLIER_DSP, .W = 8, .D = 4, .shift = 2, .N = 16, .P = 8},
    {.variant = MAC_CONSECUTIVE, .multiplier = MULTIPLIER_DSP, .W = 8, .D = 3, .N = 11, .P = 3},
    {.variant = MAC_CONSECUTIVE, .multiplier = MULTIPLIER_LUT, .W = 6, .D = 2, .shift = 1, .N = 9, .P = 2},
};

static void netlists_answer_as_the_rtl(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof configs / sizeof configs[0]; i++) {
        int requests = 0, mismatches = -1;
        make_netlist(&configs[i]);
        compare(&configs[i], &requests, &mismatches);
        print_message("%s %s P %d: %d requests, %d mismatches\n", mac_variant_name(configs[i].variant),
                      multiplier_name(configs[i].multiplier), configs[i].P, requests, mismatches);
        assert_int_equal(requests, 100);
        assert_int_equal(mismatches, 0);
    }
}

/* The bench sees a netlist that is not the RTL's: one with another shift. */
static void another_netlist_is_caught(void **state)
{
    (void)state;
    struct mac_config other = configs[1];
    int requests = 0, mismatches = 0;
    make_netlist(&configs[1]);
    other.shift = 1;
    compare(&other, &requests, &mismatches);
    assert_int_equal(requests, 100);
    assert_true(mismatches > 50);
}

static int make_folder(void **state)
{
    (void)state;
    setenv("XDG_CACHE_HOME", DELTASWEEP_SOURCE_DIR "/build/test-cache", 1);
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
        cmocka_unit_test(netlists_answer_as_the_rtl),
        cmocka_unit_test(another_netlist_is_caught),
    };
    if (tool_find("yosys", NULL, 0, NULL) != STATUS_OK || tool_find("iverilog", NULL, 0, NULL) != STATUS_OK) {
        print_message("yosys or iverilog is not installed: nothing was tested\n");
        return 77;
    }
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
