#include "models/fpga/device/family.h"
#include "models/fpga/cost/timing.h"

#include "base/share.h"
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
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/deltasweep-timing-XXXXXX";

static const char answer[] = "critical_path_ns 6.885\npath_from control.group_q[4]\\FDRE/Q\npath_to OUT_DATA[3]\n"
                             "Startpoint: control.group_q[4]\\FDRE\n";

static void answer_is_read(void **state)
{
    (void)state;
    struct timing t;
    struct errmsg e = {""};
    assert_int_equal(timing_parse(answer, "", &t, &e), STATUS_OK);
    assert_true(t.critical_path_ns == 6.885);
    assert_string_equal(t.path_from, "control.group_q[4]");
    assert_string_equal(t.path_to, "OUT_DATA[3]");

    static const char dsp[] = "critical_path_ns 5\npath_from sum.product_DSP48E1_P.mreg/Q\n"
                              "path_to q_DSP48E1_P.in_a/A[3]\n";
    assert_int_equal(timing_parse(dsp, "", &t, &e), STATUS_OK);
    assert_string_equal(t.path_from, "sum.product.mreg");
    assert_string_equal(t.path_to, "q.in_a");
}

static void no_answer_is_refused(void **state)
{
    (void)state;
    static const char *const bad[][2] = {
        {"", ""},
        {"critical_path_ns\npath_from a\npath_to b\n", ""},
        {"critical_path_ns -1.0\npath_from a\npath_to b\n", ""},
        {"critical_path_ns 0\npath_from a\npath_to b\n", ""},
        {"critical_path_ns nan\npath_from a\npath_to b\n", ""},
        {"critical_path_ns inf\npath_from a\npath_to b\n", ""},
        {"critical_path_ns 1.0 2\npath_from a\npath_to b\n", ""},
        {"critical_path_ns 1.0\npath_from a\n", ""},
        {"critical_path_ns 1.0\npath_from \npath_to b\n", ""},
        {"  critical_path_ns 1.0\npath_from a\npath_to b\n", ""},
        {"error invalid command name \"set_load\"\n", ""},
        {"critical_path_ns 1.0\npath_from a\npath_to b\n", "Error: timing.v, line 7 module X not found.\n"},
        {"critical_path_ns 1111111111111111111111111111111111111111\npath_from a\npath_to b\n", ""},
        {"critical_path_ns 1e-301\npath_from a\npath_to b\n", ""},
        {"critical_path_ns 0.009\npath_from a\npath_to b\n", ""},
        {"critical_path_ns 1e300\npath_from a\npath_to b\n", ""},
    };
    struct timing t;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct errmsg e = {""};
        assert_int_equal(timing_parse(bad[i][0], bad[i][1], &t, &e), STATUS_ENVIRONMENT);
        assert_true(e.text[0] != '\0');
    }
    struct errmsg e = {""};
    timing_parse(bad[11][0], bad[11][1], &t, &e);
    assert_non_null(strstr(e.text, "module X"));
}

static void damaged_answer_does_no_harm(void **state)
{
    (void)state;
    char text[sizeof answer];
    struct timing t;
    const size_t whole = (size_t)(strstr(answer, "OUT_DATA") - answer) + 1;
    for (size_t n = 0; n < sizeof answer; n++) {
        memcpy(text, answer, n);
        text[n] = '\0';
        assert_int_equal(timing_parse(text, "", &t, NULL), n < whole ? STATUS_ENVIRONMENT : STATUS_OK);
    }
    for (size_t at = 0; at + 1 < sizeof answer; at++)
        for (const char *c = "\n 9-.\\\x80"; *c != '\0'; c++) {
            memcpy(text, answer, sizeof answer);
            text[at] = *c;
            if (timing_parse(text, "", &t, NULL) == STATUS_OK)
                assert_true(t.critical_path_ns > 0 && t.path_from[0] != '\0' && t.path_to[0] != '\0');
        }
    static char long_name[600] = "critical_path_ns 1.0\npath_to b\npath_from ";
    memset(long_name + strlen(long_name), 'x', 500);
    assert_int_equal(timing_parse(long_name, "", &t, NULL), STATUS_OK);
    assert_int_equal(strlen(t.path_from), sizeof t.path_from - 1);
}

static void put(const char *name, const char *text)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

/* time_netlist: the critical path of the flat netlist body, with scalar ports clk, i and o. */
static double time_netlist(const char *body)
{
    static char text[65536];
    struct timing t;
    struct errmsg e = {""};
    snprintf(text, sizeof text, "module T(clk, i, o);\ninput clk;\ninput i;\noutput o;\n%s\nendmodule\n", body);
    put("timing.v", text);
    if (timing_run(&series7, folder, "T", "clk", SPEED_1, &t, &e) != STATUS_OK)
        fail_msg("%s", e.text);
    return t.critical_path_ns;
}

static const char ff_in[] = "FDRE a (.C(clk), .CE(1'b1), .R(1'b0), .D(i), .Q(n0));\n";

/* Two registers with k LUTs between them, each net with the given fanout. */
static double time_chain(int k, int fanout)
{
    static char text[60000];
    size_t used = (size_t)snprintf(text, sizeof text, "%s", ff_in);
    for (int n = 0; n < k; n++) {
        used += (size_t)snprintf(text + used, sizeof text - used, "LUT2 l%d (.I0(n%d), .I1(1'b1), .O(n%d));\n", n, n,
                                 n + 1);
        for (int j = 1; j < fanout; j++)
            used += (size_t)snprintf(text + used, sizeof text - used, "LUT1 x%d_%d (.I0(n%d), .O(x%d_%d));\n", n, j, n,
                                     n, j);
    }
    snprintf(text + used, sizeof text - used, "FDRE b (.C(clk), .CE(1'b1), .R(1'b0), .D(n%d), .Q(o));\n", k);
    return time_netlist(text);
}

static void assert_ns(double got, double expected)
{
    if (!(fabs(got - expected) < 0.0015))
        fail_msg("%.4f ns, expected %.4f", got, expected);
}

static void skip_without(const char *tool)
{
    if (tool_find(tool, NULL, 0, NULL) != STATUS_OK) {
        print_message("%s is not installed\n", tool);
        skip();
    }
}

/* Clock to Q 0.456, k routed nets, k LUTs, the last in the register's slice, set-up 0.04. */
static void luts_cost_what_the_library_says(void **state)
{
    (void)state;
    skip_without("sta");
    for (int k = 1; k <= 12; k += 3)
        assert_ns(time_chain(k, 1), 0.456 + k * (0.68 + 0.124) + 0.04);
    assert_ns(time_chain(3, 5), 0.456 + 3 * (0.68 + 0.124) + 0.04);
    assert_ns(time_chain(3, 10), 0.456 + 3 * (0.83 + 0.124) + 0.04);
    assert_ns(time_chain(3, 40), 0.456 + 3 * (0.83 + 0.124) + 0.04);
    assert_ns(time_chain(3, 70), 0.456 + 3 * (1.70 + 0.124) + 0.04);
    assert_ns(time_chain(3, 90), 0.456 + 3 * (1.70 + 0.124) + 0.04);
    const double between = time_chain(3, 55);
    assert_true(between > time_chain(3, 40) && between < time_chain(3, 70));
}

/* es-ude/elastic-ai.hw-measurements: ten LUT levels between registers, routed by Vivado for the XC7S15-2, need
 * 7.870 ns (1.43 logic, 6.44 route). Grade -2 is 0.85 of -1 in logic and 0.93 in routing (fpga-facts: 0.105 / 0.124 and
 * 0.63 / 0.68), which makes 1.43 / 0.85 + 6.44 / 0.93 = 8.61 at -1. */
static void the_published_path_is_met(void **state)
{
    (void)state;
    skip_without("sta");
    const double published = 1.43 / (0.105 / 0.124) + 6.44 / (0.63 / 0.68), ours = time_chain(10, 3);
    print_message("published %.3f ns at -1, ours %.3f\n", published, ours);
    assert_true(fabs(ours / published - 1.0) < 0.05);
}

/* One bit of each CARRY4 of a chain of n, entered at S0 of the first. */
static double time_carry(int n)
{
    char text[4096];
    size_t used = (size_t)snprintf(text, sizeof text, "%sLUT1 s (.I0(n0), .O(s));\n", ff_in);
    for (int c = 0; c < n; c++) {
        char before[16] = "1'b0";
        if (c > 0)
            snprintf(before, sizeof before, "c%d", c - 1);
        used += (size_t)snprintf(text + used, sizeof text - used,
                                 "XC7_CARRY4 k%d (.CI(%s), .CYINIT(1'b0), .S0(%s), .S1(1'b1), .S2(1'b1), .S3(1'b1),\n"
                                 ".DI0(1'b0), .DI1(1'b0), .DI2(1'b0), .DI3(1'b0), .CO3(c%d), .O3(o%d));\n",
                                 c, before, c == 0 ? "s" : "1'b1", c, c);
    }
    snprintf(text + used, sizeof text - used, "FDRE b (.C(clk), .CE(1'b1), .R(1'b0), .D(o%d), .Q(o));\n", n - 1);
    return time_netlist(text);
}

static void carries_chain_without_routing(void **state)
{
    (void)state;
    skip_without("sta");
    const double entry = 0.456 + 0.68 + 0.124; /* and S0 is in the LUT's slice */
    assert_ns(time_carry(1), entry + 0.584 + 0.04);
    assert_ns(time_carry(2), entry + 0.508 + 0.315 + 0.04);
    assert_ns(time_carry(6), entry + 0.508 + 4 * 0.117 + 0.315 + 0.04);
}

static void unknown_cells_are_an_error(void **state)
{
    (void)state;
    skip_without("sta");
    struct timing t;
    struct errmsg e = {""};
    put("timing.v", "module T(clk, i, o);\ninput clk;\ninput i;\noutput o;\nwire n;\nLUT1 l (.I0(i), .O(n));\n"
                    "MYSTERY m (.I(n), .O(o));\nendmodule\n");
    assert_int_equal(timing_run(&series7, folder, "T", "clk", SPEED_1, &t, &e), STATUS_ENVIRONMENT);
    assert_non_null(strstr(e.text, "MYSTERY"));
    put("timing.v", "module T(clk, i, o);\ninput clk;\ninput i;\noutput o;\nLUT1 l (.I0(i), .O(\n");
    assert_int_equal(timing_run(&series7, folder, "T", "clk", SPEED_1, &t, &e), STATUS_ENVIRONMENT);
    put("timing.v", "module T(clk, i, o);\ninput clk;\ninput i;\noutput o;\nLUT1 l (.I0(i), .WRONG(o));\nendmodule\n");
    assert_int_equal(timing_run(&series7, folder, "T", "clk", SPEED_1, &t, &e), STATUS_ENVIRONMENT);
    assert_int_equal(timing_run(&series7, "/nonexistent", "T", "clk", SPEED_1, &t, &e), STATUS_ENVIRONMENT);
}

/* time_verilog: through Yosys, report.ys and timing_map.v: module T with instances of series-7 cells. */
static double time_verilog(const char *text)
{
    static const char *const argv[] = {"yosys", "-q", "-s", "t.ys", NULL};
    struct tool_output output;
    struct timing t;
    struct errmsg e = {""};
    put("t.v", text);
    put("t.ys", "read_verilog -lib +/xilinx/cells_sim.v\nread_verilog t.v\nhierarchy -check -top T\nproc\n"
                "script rtl/synth/report.ys\n");
    if (tool_check(argv, folder, NULL, 0, &output, &e) != STATUS_OK)
        fail_msg("%s", e.text);
    tool_output_free(&output);
    if (timing_run(&series7, folder, "T", "clk", SPEED_1, &t, &e) != STATUS_OK)
        fail_msg("%s\n%s", text, e.text);
    return t.critical_path_ns;
}

/* time_dsp: a DSP48E1 with 8-bit operands, given as parameters and ports, between the module's ports. Both its nets at
 * the ports are routed: 0.68 each. */
static double time_dsp(const char *parameters, const char *ports, const char *more)
{
    static const char off[] = ".AREG(0), .BREG(0), .CREG(0), .DREG(0), .ADREG(0), .MREG(0), .PREG(0), .ACASCREG(0),"
                              " .BCASCREG(0), .ALUMODEREG(0), .CARRYINREG(0), .CARRYINSELREG(0), .INMODEREG(0),"
                              " .OPMODEREG(0)";
    char text[4096], all[1024];

    /* Each default in off that parameters names again is taken out. */
    size_t used = 0;
    for (const char *p = off; *p != '\0';) {
        const size_t n = strcspn(p, ")") + 1, name = strcspn(p, "(") + 1;
        char key[32];
        snprintf(key, sizeof key, "%.*s", (int)name, p);
        if (strstr(parameters, key) == NULL)
            used += (size_t)snprintf(all + used, sizeof all - used, "%.*s, ", (int)n, p);
        p += n;
        p += strspn(p, ", ");
    }
    snprintf(text, sizeof text,
             "module T(input clk, input [7:0] i, output [7:0] o);\nwire [47:0] cascade;\nDSP48E1 #(%s%s) d (.CLK(clk), "
             ".CEA2(1'b1), .CEB2(1'b1), .CEC(1'b1), .CED(1'b1), .CEAD(1'b1), .CEM(1'b1), .CEP(1'b1), .RSTA(1'b0), "
             ".RSTB(1'b0), .RSTC(1'b0), .RSTD(1'b0), .RSTM(1'b0), .RSTP(1'b0), .ALUMODE(4'd0), %s);\n%s\nendmodule\n",
             all, parameters, ports, more);
    return time_verilog(text);
}

#define MULTIPLY ".OPMODE(7'b0000101), .INMODE(5'd0)"
#define BOTH ".USE_MULT(\"MULTIPLY\"), .USE_DPORT(\"FALSE\")"
#define A8 ".A({{22{i[7]}}, i}), .B(18'd3), .C(48'd0), .PCIN(48'd0), .P(o), " MULTIPLY
#define B8 ".A(30'd3), .B({{10{i[7]}}, i}), .C(48'd0), .PCIN(48'd0), .P(o), " MULTIPLY
#define C8 ".A(30'd3), .B(18'd3), .C({{40{i[7]}}, i}), .PCIN(48'd0), .P(o), .OPMODE(7'b0110101), .INMODE(5'd0)"
#define D8                                                                                                             \
    ".A(30'd3), .B(18'd3), .C(48'd0), .D({{17{i[7]}}, i}), .PCIN(48'd0), .P(o), .OPMODE(7'b0000101), .INMODE(5'd4)"

/* The figures are those of prjxray-db's DSP_L.sdf for whole configurations. */
static void dsp_costs_what_its_configuration_costs(void **state)
{
    (void)state;
    skip_without("sta");
    skip_without("yosys");
    static const struct {
        const char *parameters, *ports;
        double ns, nets;
    } cases[] = {
        {BOTH, A8, 3.841, 2},                                  /* A to P */
        {BOTH, B8, 3.656, 2},                                  /* B to P */
        {BOTH, C8, 1.820, 2},                                  /* C to P */
        {BOTH ", .AREG(1)", A8, 4.009, 1},                     /* AREG to P */
        {BOTH ", .BREG(1)", B8, 3.813, 1},                     /* BREG to P */
        {BOTH ", .CREG(1)", C8, 2.291, 1},                     /* CREG to P */
        {BOTH ", .MREG(1)", A8, 2.305, 1},                     /* MREG to P */
        {BOTH ", .MREG(1), .PREG(1)", A8, 1.928, 1},           /* A to MREG */
        {BOTH ", .MREG(1), .PREG(1)", B8, 1.743, 1},           /* B to MREG */
        {BOTH ", .PREG(1)", A8, 3.722, 1},                     /* A to PREG */
        {BOTH ", .PREG(1)", C8, 1.701, 1},                     /* C to PREG */
        {".USE_DPORT(\"TRUE\")", D8, 5.070, 2},                /* D to P through the pre-adder */
        {".USE_DPORT(\"TRUE\"), .MREG(1), .PREG(1)", D8, 3.158, 1},
        {".USE_DPORT(\"TRUE\"), .ADREG(1)", D8, 3.684, 1},     /* ADREG to P */
        {BOTH ", .AREG(1), .BREG(1), .PREG(1)", A8, 3.890, 0}, /* AREG to PREG: 257 MHz */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const double got = time_dsp(cases[i].parameters, cases[i].ports, "") - 0.68 * cases[i].nets;
        if (!(fabs(got - cases[i].ns) < 0.01))
            fail_msg("%s: %.3f ns, expected %.3f", cases[i].parameters, got, cases[i].ns);
    }
}

/* Two slices in cascade: C to PCOUT 2.016, then PCIN to P 1.518. Without that arc a sum over lanes looks free. */
static void cascades_are_timed(void **state)
{
    (void)state;
    skip_without("sta");
    skip_without("yosys");
    static const char first[] = ".A(30'd3), .B(18'd3), .C({{40{i[7]}}, i}), .PCIN(48'd0), .PCOUT(cascade),"
                                " .OPMODE(7'b0110101), .INMODE(5'd0)";
    static const char second[] =
        "DSP48E1 #(.AREG(0), .BREG(0), .CREG(0), .DREG(0), .ADREG(0), .MREG(0), .PREG(0), .ACASCREG(0), .BCASCREG(0),"
        ".ALUMODEREG(0), .CARRYINREG(0), .CARRYINSELREG(0), .INMODEREG(0), .OPMODEREG(0)) e (.CLK(clk), .A(30'd3),"
        ".B(18'd3), .C(48'd0), .PCIN(cascade), .P(o), .ALUMODE(4'd0), .OPMODE(7'b0010101), .INMODE(5'd0));";
    const double got = time_dsp(BOTH, first, second) - 2 * 0.68;
    if (!(fabs(got - (2.016 + 1.518)) < 0.01))
        fail_msg("%.3f ns, expected 3.534", got);
}

/* Clock to output and one routed net: DS189 and the slice's figures. Each output bit twice: ports may share a net. */
static void memories_are_timed(void **state)
{
    (void)state;
    skip_without("sta");
    skip_without("yosys");
    static const char bram[] =
        "module T(input clk, input [9:0] i, output [3:0] o);\nwire [15:0] q;\nassign o = {q[0], q[0], q[1], q[1]};\n"
        "RAMB18E1 #(.RAM_MODE(\"SDP\"), .DOA_REG(%d), .DOB_REG(%d), .INIT_00(256'd7), .READ_WIDTH_A(36)) m "
        "(.CLKARDCLK(clk), .CLKBWRCLK(clk), .ADDRARDADDR({i, 4'd0}), .ADDRBWRADDR({i, 4'd0}), .DIADI({6'd0, i}), "
        ".WEBWE(4'd15), .ENARDEN(1'b1), .ENBWREN(1'b1), .REGCEAREGCE(1'b1), .DO%sDO(q));\nendmodule\n";
    char text[2048];
    snprintf(text, sizeof text, bram, 0, 0, "A");
    assert_ns(time_verilog(text), 2.46 + 0.68);
    snprintf(text, sizeof text, bram, 0, 0, "B"); /* the upper half of a simple dual-port memory */
    assert_ns(time_verilog(text), 2.46 + 0.68);
    snprintf(text, sizeof text, bram, 1, 1, "A");
    assert_ns(time_verilog(text), 0.89 + 0.68);
    assert_ns(time_verilog("module T(input clk, input i, output o);\nSRL16E s (.CLK(clk), .CE(1'b1), .D(i), .A0(1'b1), "
                           ".A1(1'b1), .A2(1'b0), .A3(1'b0), .Q(o));\nendmodule\n"),
              1.472 + 0.68);
    assert_ns(time_verilog("module T(input clk, input [4:0] i, output [1:0] o);\nRAM32M r (.WCLK(clk), .WE(i[0]), "
                           ".ADDRA(i), .ADDRB(i), .ADDRC(i), .ADDRD(i), .DIA(i[1:0]), .DIB(i[1:0]), .DIC(i[1:0]), "
                           ".DID(i[1:0]), .DOA(o));\nendmodule\n"),
              1.153 + 0.68);
}

static int make_folder(void **state)
{
    (void)state;
    char rtl[PATH_MAX], link[PATH_MAX];
    if (mkdtemp(folder) == NULL || share_path(rtl, "rtl", NULL) != STATUS_OK)
        return -1;
    snprintf(link, sizeof link, "%s/rtl", folder);
    return symlink(rtl, link);
}

static int remove_folder(void **state)
{
    (void)state;
    return folder_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answer_is_read),
        cmocka_unit_test(no_answer_is_refused),
        cmocka_unit_test(damaged_answer_does_no_harm),
        cmocka_unit_test(luts_cost_what_the_library_says),
        cmocka_unit_test(the_published_path_is_met),
        cmocka_unit_test(carries_chain_without_routing),
        cmocka_unit_test(unknown_cells_are_an_error),
        cmocka_unit_test(dsp_costs_what_its_configuration_costs),
        cmocka_unit_test(cascades_are_timed),
        cmocka_unit_test(memories_are_timed),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
