/* Reports of Vivado in its own layout, with figures made up for these tests: what is read, and what is refused. */
#include "models/fpga/vivado/report.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char utilisation[] =
    "Copyright 1986-2022 Xilinx, Inc. All Rights Reserved.\n"
    "--------------------------------------------------\n"
    "| Tool Version : Vivado v.2024.2 (lin64) Build 1234567 Fri Nov 08 22:34:34 MST 2024\n"
    "| Date         : Sun Nov 22 10:00:00 2026\n"
    "| Host         : somewhere running 64-bit Linux\n"
    "| Command      : report_utilization -file reports/utilization.rpt\n"
    "| Design       : deltasweep_top\n"
    "| Device       : xc7s15ftgb196-1\n"
    "| Speed File   : -1\n"
    "| Design State : Fully Placed\n"
    "--------------------------------------------------\n"
    "\n"
    "Utilization Design Information\n"
    "\n"
    "1. Slice Logic\n"
    "--------------\n"
    "\n"
    "+----------------------------+------+-------+------------+-----------+-------+\n"
    "|          Site Type         | Used | Fixed | Prohibited | Available | Util% |\n"
    "+----------------------------+------+-------+------------+-----------+-------+\n"
    "| Slice LUTs                 | 3120 |     0 |          0 |      8000 | 39.00 |\n"
    "|   LUT as Logic             | 2900 |     0 |          0 |      8000 | 36.25 |\n"
    "|   LUT as Memory            |  220 |     0 |          0 |      2400 |  9.17 |\n"
    "|     LUT as Distributed RAM |  200 |     0 |            |           |       |\n"
    "| Slice Registers            | 4100 |     0 |          0 |     16000 | 25.63 |\n"
    "|   Register as Flip Flop    | 4100 |     0 |          0 |     16000 | 25.63 |\n"
    "| F7 Muxes                   |   31 |     0 |          0 |      4000 |  0.78 |\n"
    "| F8 Muxes                   |    7 |     0 |          0 |      2000 |  0.35 |\n"
    "+----------------------------+------+-------+------------+-----------+-------+\n"
    "\n"
    "2. Slice Logic Distribution\n"
    "---------------------------\n"
    "\n"
    "|                 Site Type                 | Used | Fixed | Prohibited | Available | Util% |\n"
    "| Slice                                     | 1100 |     0 |          0 |      2000 | 55.00 |\n"
    "| LUT as Logic                              | 1111 |     0 |          0 |      8000 | 13.89 |\n"
    "\n"
    "3. Memory\n"
    "---------\n"
    "\n"
    "+-------------------+------+-------+------------+-----------+-------+\n"
    "|     Site Type     | Used | Fixed | Prohibited | Available | Util% |\n"
    "+-------------------+------+-------+------------+-----------+-------+\n"
    "| Block RAM Tile    |  8.5 |     0 |          0 |        10 | 85.00 |\n"
    "|   RAMB36/FIFO*    |    7 |     0 |          0 |        10 | 70.00 |\n"
    "|     RAMB36E1 only |    7 |       |            |           |       |\n"
    "|   RAMB18          |    3 |     0 |          0 |        20 | 15.00 |\n"
    "|     RAMB18E1 only |    3 |       |            |           |       |\n"
    "+-------------------+------+-------+------------+-----------+-------+\n"
    "\n"
    "4. DSP\n"
    "------\n"
    "\n"
    "+----------------+------+-------+------------+-----------+-------+\n"
    "|    Site Type   | Used | Fixed | Prohibited | Available | Util% |\n"
    "+----------------+------+-------+------------+-----------+-------+\n"
    "| DSPs           |   19 |     0 |          0 |        20 | 95.00 |\n"
    "|   DSP48E1 only |   19 |       |            |           |       |\n"
    "+----------------+------+-------+------------+-----------+-------+\n";

static const char timing[] =
    "| Tool Version : Vivado v.2024.2 (lin64) Build 1234567 Fri Nov 08 22:34:34 MST 2024\n"
    "| Command      : report_timing_summary -file reports/timing_summary.rpt\n"
    "| Design       : deltasweep_top\n"
    "| Device       : 7s15-ftgb196\n"
    "| Speed File   : -1  PRODUCTION 1.23 2018-06-13\n"
    "| Design State : Routed\n"
    "\n"
    "Timing Summary Report\n"
    "\n"
    "------------------------------------------------\n"
    "| Design Timing Summary\n"
    "| ---------------------\n"
    "------------------------------------------------\n"
    "\n"
    "    WNS(ns)      TNS(ns)  TNS Failing Endpoints  TNS Total Endpoints      WHS(ns)      THS(ns)  THS Failing "
    "Endpoints  THS Total Endpoints     WPWS(ns)     TPWS(ns)  TPWS Failing Endpoints  TPWS Total Endpoints  \n"
    "    -------      -------  ---------------------  -------------------      -------      -------  "
    "---------------------  -------------------     --------     --------  ----------------------  "
    "--------------------  \n"
    "     -0.347       -2.101                     12                 9000        0.041        0.000                 "
    "     0                 9000        2.100        0.000                       0                  4200  \n"
    "\n"
    "Timing constraints are not met.\n"
    "\n"
    "------------------------------------------------\n"
    "| Clock Summary\n"
    "| -------------\n"
    "------------------------------------------------\n"
    "\n"
    "Clock  Waveform(ns)       Period(ns)      Frequency(MHz)\n"
    "-----  ------------       ----------      --------------\n"
    "clk    {0.000 2.750}      5.500           181.818         \n"
    "\n"
    "------------------------------------------------\n"
    "| Intra Clock Table\n"
    "| -----------------\n"
    "------------------------------------------------\n"
    "\n"
    "Clock             WNS(ns)      TNS(ns)  TNS Failing Endpoints\n"
    "clk                -0.347       -2.101                     12\n"
    "\n"
    "Max Delay Paths\n"
    "--------------------------------------------------------------------------------------\n"
    "Slack (MET) :             0.001ns  (required time - arrival time)\n"
    "  Source:                 not/the/worst_reg/C\n"
    "  Destination:            nor/this_reg/D\n"
    "  Path Group:             clk\n"
    "\n"
    "Slack (VIOLATED) :        -0.347ns  (required time - arrival time)\n"
    "  Source:                 engine/lanes/sum_q_reg[3][2]/C\n"
    "                            (rising edge-triggered cell FDRE clocked by clk  {rise@0.000ns fall@2.750ns "
    "period=5.500ns})\n"
    "  Destination:            engine/lanes/sum_q_reg[3][17]/D\n"
    "                            (rising edge-triggered cell FDRE clocked by clk)\n"
    "  Path Group:             clk\n"
    "  Path Type:              Setup (Max at Slow Process Corner)\n"
    "  Requirement:            5.500ns  (clk rise@5.500ns - clk rise@0.000ns)\n"
    "    Destination Clock Delay (DCD):    4.870ns = ( 10.370 - 5.500 ) \n"
    "                         net (fo=3, routed)           0.800     6.170    engine/lanes/sum_q[3][2]\n"
    "\n"
    "Min Delay Paths\n"
    "Slack (MET) :             0.041ns  (arrival time - required time)\n"
    "  Source:                 hold_reg/C\n"
    "  Path Group:             clk\n"
    "\n"
    "Pulse Width Checks\n"
    "--------------------------------------------------------------------------------------\n"
    "Clock Name:         clk\n"
    "Waveform(ns):       { 0.000 2.750 }\n"
    "Period(ns):         5.500\n"
    "\n"
    "Check Type        Corner  Lib Pin             Reference Pin  Required(ns)  Actual(ns)  Slack(ns)  Location\n"
    "Min Period        n/a     RAMB18E1/CLKARDCLK  n/a            2.576         5.500       2.924      RAMB18_X0Y12\n"
    "Max Period        n/a     MMCME2_ADV/CLKIN1   n/a            52.633        5.500       47.133     MMCME2_X0Y0\n"
    "Low Pulse Width   Slow    RAMD32/CLK          n/a            0.650         2.750       2.100      SLICE_X6Y9\n";

static const char power[] = "| Tool Version     : Vivado v.2024.2 (lin64) Build 1234567\n"
                            "| Command          : report_power -file reports/power.rpt\n"
                            "| Design           : deltasweep_top\n"
                            "| Device           : xc7s15ftgb196-1\n"
                            "| Design State     : routed\n"
                            "| Grade            : commercial\n"
                            "\n"
                            "Power Report\n"
                            "\n"
                            "+--------------------------+--------------+\n"
                            "| Total On-Chip Power (W)  | 0.153        |\n"
                            "| Design Power Budget (W)  | Unspecified* |\n"
                            "| Dynamic (W)              | 0.121        |\n"
                            "| Device Static (W)        | 0.032        |\n"
                            "| Confidence Level         | Medium       |\n"
                            "+--------------------------+--------------+\n"
                            "| On-Chip        | Power (W) | Used     | Available | Utilization (%) |\n"
                            "| Static Power   |     0.032 |          |           |                 |\n";

static const char *const all[] = {utilisation, timing, power};

/* edited: text with every `from` replaced; the caller's (free). */
static char *edited(const char *text, const char *from, const char *to)
{
    char *result = NULL;
    size_t bytes = 0;
    int times = 0;
    FILE *f = open_memstream(&result, &bytes);
    assert_non_null(f);
    for (const char *p; (p = strstr(text, from)) != NULL; text = p + strlen(from), times++)
        fprintf(f, "%.*s%s", (int)(p - text), text, to);
    fputs(text, f);
    fclose(f);
    assert_true(times > 0);
    return result;
}

/* refused: the text so edited is an input error whose message has the word. */
static void refused(const char *text, const char *from, const char *to, const char *word)
{
    struct vivado_report r;
    struct errmsg e = {""};
    char *bad = edited(text, from, to);
    const enum status s = vivado_report_parse(bad, strlen(bad), &r, &e);
    if (s != STATUS_INPUT || strstr(e.text, word) == NULL)
        fail_msg("\"%s\" → \"%s\": status %d, `%s` has no \"%s\"", from, to, (int)s, e.text, word);
    free(bad);
}

/* accepted: the text so edited is read. */
static void accepted(const char *text, const char *from, const char *to, struct vivado_report *r)
{
    struct errmsg e = {""};
    char *good = edited(text, from, to);
    if (vivado_report_parse(good, strlen(good), r, &e) != STATUS_OK)
        fail_msg("\"%s\" → \"%s\": %s", from, to, e.text);
    free(good);
}

static void utilisation_is_read(void **state)
{
    (void)state;
    struct vivado_report r;
    assert_int_equal(vivado_report_parse(utilisation, sizeof utilisation - 1, &r, NULL), STATUS_OK);
    assert_true(r.has_utilisation && !r.has_timing && !r.has_power);
    assert_string_equal(r.tool_version, "2024.2");
    assert_string_equal(r.part, "xc7s15ftgb196-1");
    assert_string_equal(r.device, "xc7s15");
    assert_string_equal(r.speed_grade, "-1");
    assert_string_equal(r.design, "deltasweep_top");
    assert_int_equal(r.utilisation.lut, 3120);
    assert_int_equal(r.utilisation.lut_logic, 2900);
    assert_int_equal(r.utilisation.lut_memory, 220);
    assert_int_equal(r.utilisation.ff, 4100);
    assert_int_equal(r.utilisation.muxf7, 31);
    assert_int_equal(r.utilisation.muxf8, 7);
    assert_int_equal(r.utilisation.bram36, 7);
    assert_int_equal(r.utilisation.bram18, 3);
    assert_int_equal(r.utilisation.dsp, 19);
}

static void timing_is_read(void **state)
{
    (void)state;
    struct vivado_report r;
    assert_int_equal(vivado_report_parse(timing, sizeof timing - 1, &r, NULL), STATUS_OK);
    assert_true(!r.has_utilisation && r.has_timing && !r.has_power);
    assert_string_equal(r.device, "xc7s15");
    assert_string_equal(r.speed_grade, "-1");
    assert_true(r.timing.wns_ns == -0.347 && r.timing.whs_ns == 0.041 && r.timing.period_ns == 5.5);
    assert_true(fabs(r.timing.fmax_mhz - 1000.0 / 5.847) < 1e-9);
    assert_string_equal(r.timing.clock, "clk");
    assert_string_equal(r.timing.path_from, "engine/lanes/sum_q_reg[3][2]/C");
    assert_string_equal(r.timing.path_to, "engine/lanes/sum_q_reg[3][17]/D");
}

static void power_is_read(void **state)
{
    (void)state;
    struct vivado_report r;
    assert_int_equal(vivado_report_parse(power, sizeof power - 1, &r, NULL), STATUS_OK);
    assert_true(!r.has_utilisation && !r.has_timing && r.has_power);
    assert_true(r.power.total_w == 0.153 && r.power.dynamic_w == 0.121 && r.power.static_w == 0.032);
    assert_string_equal(r.speed_grade, "-1");
    accepted(power, "0.121        |", "<0.001       |", &r);
    assert_true(r.power.dynamic_w == 0.001);
    accepted(power, "0.153        |", "0.153 (Junction temp exceeded!) |", &r);
    assert_true(r.power.total_w == 0.153);
}

static void other_versions_are_read(void **state)
{
    (void)state;
    struct vivado_report r;
    /* 2018: no column `Prohibited`, no `Speed File`, the device without xc and with its grade. */
    char *a = edited(utilisation, "          0 | ", ""), *b = edited(a, "Prohibited | ", "");
    char *c = edited(b, "| Speed File   : -1\n", "");
    accepted(c, "xc7s15ftgb196-1", "7s15ftgb196-1", &r);
    assert_int_equal(r.utilisation.lut, 3120);
    assert_string_equal(r.device, "xc7s15");
    assert_string_equal(r.speed_grade, "-1");
    free(a), free(b), free(c);
    accepted(utilisation, "\n", "\r\n", &r);
    assert_int_equal(r.utilisation.dsp, 19);
    accepted(utilisation, "Slice LUTs ", "Slice LUTs*", &r);
    accepted(utilisation, "RAMB36/FIFO*", "RAMB36/FIFO ", &r);
    accepted(utilisation, "Fully Placed", "Routed", &r);
    accepted(utilisation, "Fully Placed", "Physopt postRoute", &r);
    accepted(utilisation, "| Command      : report_utilization -file reports/utilization.rpt\n", "", &r);
    accepted(timing, "| Design State : Routed\n", "| Temperature Grade : C\n", &r);
    accepted(timing, "-1  PRODUCTION", "-2L  PRODUCTION", &r);
    assert_string_equal(r.speed_grade, "-2L");
    accepted(timing, "7s15-ftgb196", "7a35ti-csg324", &r);
    assert_string_equal(r.device, "xc7a35t");
    accepted(timing, "7s15-ftgb196", "7s6-cpga196", &r);
    assert_string_equal(r.device, "xc7s6");
    accepted(timing, "7s15-ftgb196", "xc7s100fgga676", &r);
    assert_string_equal(r.device, "xc7s100");
    accepted(timing, "7s15-ftgb196", "7z020-clg400", &r);
    assert_string_equal(r.device, "");
    /* The set-up side alone, and a report without paths. */
    accepted(timing, "0.041        0.000                      0                 9000        2.100",
             "   NA           NA                     NA                   NA        2.100", &r);
    assert_true(r.timing.wns_ns == -0.347 && isnan(r.timing.whs_ns));
    accepted(timing, "Max Delay Paths", "Paths", &r);
    assert_string_equal(r.timing.path_from, "");
    assert_true(r.timing.period_ns == 5.5);
}

/* A cell needs 5.0 of the 5.5 ns, or 3.0 of their half; or a check fails that the report does not list. */
static void pulse_widths_bound_the_clock(void **state)
{
    (void)state;
    struct vivado_report r;
    char *slack = edited(timing, "     -0.347       -2.101 ", "      1.500        0.000 ");
    char *met = edited(slack, "-0.347ns", "1.500ns");
    free(slack);
    accepted(met, "fo=3", "fo=4", &r);
    assert_true(r.timing.wpws_ns == 2.1 && fabs(r.timing.fmax_mhz - 250.0) < 1e-9);
    accepted(met, "2.576         5.500       2.924", "5.000         5.500       0.500", &r);
    assert_true(fabs(r.timing.fmax_mhz - 200.0) < 1e-9);
    accepted(met, "0.650         2.750       2.100", "3.000         2.750       -0.250", &r);
    assert_true(fabs(r.timing.fmax_mhz - 1000.0 / 6.0) < 1e-9);
    char *failed = edited(met, "2.100        0.000 ", "-0.155       -0.155 ");
    char *others = edited(failed, "Clock Summary\n", "Clock Summary\nfast {0.000 1.000} 2.000 500.000\n");
    accepted(others, "Clock Name:         clk\n", "Clock Name: fast\nMin Period n/a RAMB18E1/CLKARDCLK n/a 2.155 2.000 -0.155\n"
             "Clock Name:         clk\n", &r);
    assert_true(fabs(r.timing.fmax_mhz - 250.0) < 1e-9 && r.timing.n_clocks == 2); /* not this clock's */
    free(failed), free(others);
    accepted(met, "2.100        0.000 ", "-0.155       -0.155 ", &r);
    assert_true(r.timing.wpws_ns == -0.155 && fabs(r.timing.fmax_mhz - 1000.0 / 5.81) < 1e-9);
    free(met);
}

static void held_too_short_is_no_clock(void **state)
{
    (void)state;
    struct vivado_report r;
    accepted(timing, "0.041        0.000", "-0.250       -1.000", &r);
    assert_true(r.timing.whs_ns == -0.25 && isnan(r.timing.fmax_mhz));
}

static void only_routed_nets_count(void **state)
{
    (void)state;
    struct vivado_report r;
    char *no_state = edited(timing, "| Design State : Routed\n", "");
    accepted(no_state, "fo=3", "fo=4", &r);
    refused(no_state, ", routed)", ", unplaced)", "after route_design");
    refused(no_state, ", routed)", ", estimated)", "after route_design");
    char *port = edited(timing, "routed)", "routed)           0.800     6.170    x\n net (fo=569, unset)");
    accepted(port, "| Design State : Routed\n", "", &r); /* the net of the clock's port, out of context */
    free(port);
    static const char *const unfinished[] = {"Unrouted", "Partially Routed", "Not Routed"};
    for (size_t i = 0; i < 3; i++) {
        char line[64];
        snprintf(line, sizeof line, "Design State : %s", unfinished[i]);
        refused(timing, "Design State : Routed", line, "after route_design");
    }
    refused(utilisation, "Fully Placed", "Partially Placed", "after place_design");
    refused(utilisation, "Fully Placed", "Unplaced", "after place_design");
    refused(no_state, "net (fo=3, routed)", "", "neither a line `Design State` nor paths");
    free(no_state);
}

static void clock_of_the_worst_path_is_taken(void **state)
{
    (void)state;
    struct vivado_report r;
    const char *two = "clk    {0.000 2.750}      5.500           181.818         \n"
                      "  fast {0.000 1.000}      2.000           500.000         \n";
    accepted(timing, "clk    {0.000 2.750}      5.500           181.818         \n", two, &r);
    assert_true(r.timing.period_ns == 5.5);
    char *both = edited(timing, "clk    {0.000 2.750}      5.500           181.818         \n", two);
    /* From another clock, with just the period of its own. */
    refused(both, "FDRE clocked by clk  {rise", "FDRE clocked by fast  {rise", "from the clock fast to the clock clk");
    char *fast = edited(both, "Requirement:            5.500ns", "Requirement:            2.000ns");
    accepted(fast, "Path Group:             clk\n", "Path Group:             fast\n", &r);
    free(fast);
    assert_true(r.timing.period_ns == 2.0);
    assert_string_equal(r.timing.clock, "fast");
    refused(both, "Max Delay Paths", "Paths", "2 clocks");
    /* A recovery check has a group of its own: its end point or its requirement tells the clock. */
    accepted(both, "Path Group:             clk\n", "Path Group:             **async_default**\n", &r);
    assert_string_equal(r.timing.clock, "clk");
    char *bare = edited(both, " clocked by clk", "");
    accepted(bare, "Path Group:             clk\n", "Path Group:             **async_default**\n", &r);
    assert_string_equal(r.timing.clock, "clk");
    char *odd = edited(bare, "Requirement:            5.500ns", "Requirement:            3.000ns");
    refused(odd, "Path Group:             clk\n", "Path Group:             **async_default**\n", "in the group **async");
    refused(odd, "fo=3", "fo=4", "3.000 ns (`Requirement`), not the 5.500 ns of the clock clk");
    free(both), free(bare), free(odd);
}

static void nonsense_is_refused(void **state)
{
    (void)state;
    struct vivado_report r;
    struct errmsg e = {""};
    assert_int_equal(vivado_report_parse("", 0, &r, &e), STATUS_INPUT);
    assert_non_null(strstr(e.text, "empty"));
    assert_int_equal(vivado_report_parse("| T\0o", 5, &r, &e), STATUS_INPUT);
    assert_non_null(strstr(e.text, "plain text"));
    assert_int_equal(vivado_report_parse("Info: Max frequency\n", 20, &r, &e), STATUS_INPUT);
    assert_non_null(strstr(e.text, "no report of Vivado"));

    refused(utilisation, "Vivado v.2024.2", "Quartus 21.1", "another tool (Tool Version: Quartus 21.1");
    refused(utilisation, "Vivado v.2024.2", "Vivado v.", "another tool");
    refused(utilisation, "Utilization Design Information", "Timing Report", "none of report_utilization");
    refused(utilisation, "4. DSP\n", "Power Report\n", "several reports");
    refused(utilisation, "Fully Placed", "Synthesized",
            "`Synthesized`, whose figures are not final: run "
            "report_utilization after place_design");
    refused(utilisation, "| Design State : Fully Placed\n", "", "unknown");
    refused(utilisation, "| Device       : xc7s15ftgb196-1\n", "", "no line `| Device`");
    refused(utilisation, "| Design       : deltasweep_top\n", "", "no line `| Design`");
    refused(utilisation, "| 3120 |", "| 8001 |", "8001 used of 8000");
    refused(utilisation, "| 3120 |", "| 31.5 |", "`31.5` where a count");
    refused(utilisation, "| 3120 |", "|   -1 |", "where a count");
    refused(utilisation, "| 3120 |", "| 99999999999 |", "where a count");
    refused(utilisation, "| 3120 |", "| 2100 |", "not of 2100 LUTs");
    refused(utilisation, "Slice LUTs ", "Slice LUT? ", "no row `Slice LUTs`");
    refused(utilisation, "| DSPs   ", "| Dsps   ", "no row `DSPs`");
    refused(utilisation, "RAMB18  ", "RAMB17  ", "no row `RAMB18`");

    refused(timing, "| Design State : Routed", "| Design State : Fully Placed", "after route_design");
    refused(timing, "     -0.347       -2.101                     12",
            "         NA           NA                     NA", "without a clock");
    refused(timing, "     -0.347       -2.101                     12",
            "      0x1p0       -2.101                     12", "no figures under");
    refused(timing, "     -0.347       -2.101 ", "      5.500       -2.101 ", "a slack of 5.500 ns");
    /* without its checks of pulse widths, which need more */
    char *paths = strndup(timing, (size_t)(strstr(timing, "Pulse Width Checks") - timing));
    refused(paths, "     -0.347       -2.101 ", "      5.499       -2.101 ", "which no part reaches");
    free(paths);
    refused(timing, "     -0.347       -2.101 ", "  -99999999.0     -2.101 ", "a slack of");
    refused(timing, "5.500           181.818", "5.50           -1.0", "no clock with period");
    refused(timing, "5.500           181.818", "5.500           18", "no clock with period");
    refused(timing, "5.500           181.818", "0.000           181.818", "no clock with period");

    refused(power, "| 0.153 ", "| lots  ", "`lots` where watts");
    refused(power, "| 0.153 ", "| nan   ", "where watts");
    refused(power, "| 0.153 ", "| 0.100 ", "more than the 0.100 W");
    refused(power, "Device Static (W)", "Device (W)", "no row `Device Static (W)`");
    refused(power, "Design State     : routed", "Design State     : Synthesized", "after route_design");
}

/* A report that is cut anywhere is refused, or gives what the whole one gives. */
static void cut_reports_give_no_wrong_figure(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        struct vivado_report whole, r;
        int good = 0;
        const size_t bytes = strlen(all[i]);
        assert_int_equal(vivado_report_parse(all[i], bytes, &whole, NULL), STATUS_OK);
        for (size_t n = 0; n < bytes; n++) {
            struct errmsg e = {""};
            char *exact = malloc(n + 1); /* no byte after the n-th: the sanitizer sees a read past it */
            assert_non_null(exact);
            char *cut = realloc(exact, n > 0 ? n : 1);
            assert_non_null(cut);
            memcpy(cut, all[i], n);
            const enum status s = vivado_report_parse(cut, n, &r, &e);
            free(cut);
            if (s == STATUS_OK) {
                good++;
                assert_memory_equal(&r.utilisation, &whole.utilisation, sizeof r.utilisation);
                assert_memory_equal(&r.power, &whole.power, sizeof r.power);
                assert_true(r.timing.wns_ns == whole.timing.wns_ns && r.timing.period_ns == whole.timing.period_ns);
                assert_true(r.timing.path_to[0] == '\0' || strcmp(r.timing.path_to, whole.timing.path_to) == 0);
            } else {
                assert_int_equal(s, STATUS_INPUT);
                assert_true(e.text[0] != '\0');
            }
        }
        assert_true(good > 0);
    }
}

static uint64_t random_state;

static uint32_t draw(uint32_t below)
{
    random_state = random_state * 6364136223846793005ULL + 1442695040888963407ULL;
    return (uint32_t)(((random_state >> 33) * below) >> 31);
}

/* Bytes changed, taken out, doubled: never a crash, and figures that are read are in their ranges. */
static void damaged_reports_do_no_harm(void **state)
{
    (void)state;
    const char *given = getenv("SEED");
    const uint64_t seed = given != NULL ? strtoull(given, NULL, 10) : 20261122;
    print_message("SEED=%llu\n", (unsigned long long)seed);
    random_state = seed;
    for (int round = 0; round < 20000; round++) {
        const char *text = all[draw(3)];
        const size_t whole = strlen(text);
        size_t n = whole;
        char *bad = malloc(2 * whole);
        struct vivado_report r;
        struct errmsg e = {""};
        assert_non_null(bad);
        memcpy(bad, text, whole); /* NOLINT(bugprone-not-null-terminated-result): the parser is given its length */
        for (uint32_t k = 1 + draw(4); k > 0; k--) {
            const size_t at = draw((uint32_t)n), some = draw(60) < n - at ? draw(60) % (n - at) : 0;
            switch (draw(4)) {
            case 0:
                bad[at] = (char)(1 + draw(255));
                break;
            case 1:
                memmove(bad + at, bad + at + some, n - at - some), n -= some;
                break;
            case 2:
                bad[at] = "0123456789.-|:\n"[draw(15)];
                break;
            default:
                if (n + some < 2 * whole)
                    memmove(bad + at + some, bad + at, n - at), n += some;
            }
        }
        const enum status s = vivado_report_parse(bad, n, &r, &e);
        assert_true(s == STATUS_OK || (s == STATUS_INPUT && e.text[0] != '\0'));
        if (s == STATUS_OK && r.has_timing)
            assert_true(r.timing.whs_ns < 0.0 ? isnan(r.timing.fmax_mhz) : r.timing.fmax_mhz > 0.0 && isfinite(r.timing.fmax_mhz));
        if (s == STATUS_OK && r.has_utilisation)
            assert_true(r.utilisation.lut >= 0 && r.utilisation.dsp >= 0 &&
                        r.utilisation.lut_logic <= r.utilisation.lut);
        free(bad);
    }
}

static void reports_of_one_design_join(void **state)
{
    (void)state;
    struct vivado_report sum = {.has_utilisation = false}, r, before;
    struct errmsg e = {""};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(vivado_report_parse(all[2 - i], strlen(all[2 - i]), &r, NULL), STATUS_OK);
        assert_int_equal(vivado_report_join(&sum, &r, NULL), STATUS_OK);
    }
    assert_true(sum.has_utilisation && sum.has_timing && sum.has_power);
    assert_true(sum.utilisation.dsp == 19 && sum.timing.period_ns == 5.5 && sum.power.total_w == 0.153);
    assert_string_equal(sum.timing.clock, "clk");
    assert_string_equal(sum.part, "xc7s15ftgb196-1");
    before = sum;
    assert_int_equal(vivado_report_join(&sum, &r, &e), STATUS_INPUT);
    assert_non_null(strstr(e.text, "two reports of report_utilization"));
    assert_memory_equal(&sum, &before, sizeof sum);

    static const char *const other[][3] = {
        {"deltasweep_top", "another_top", "top module deltasweep_top and another_top"},
        {"v.2024.2", "v.2023.1", "version"},
        {"xc7s15ftgb196-1", "xc7s25ftgb196-1", "device xc7s15 and xc7s25"},
        {"xc7s15ftgb196-1", "xc7s15ftgb196-2", "speed grade -1 and -2"},
    };
    for (size_t i = 0; i < sizeof other / sizeof other[0]; i++) {
        assert_int_equal(vivado_report_parse(timing, strlen(timing), &sum, NULL), STATUS_OK);
        accepted(power, other[i][0], other[i][1], &r);
        assert_int_equal(vivado_report_join(&sum, &r, &e), STATUS_INPUT);
        assert_non_null(strstr(e.text, other[i][2]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(utilisation_is_read),
        cmocka_unit_test(timing_is_read),
        cmocka_unit_test(power_is_read),
        cmocka_unit_test(other_versions_are_read),
        cmocka_unit_test(pulse_widths_bound_the_clock),
        cmocka_unit_test(held_too_short_is_no_clock),
        cmocka_unit_test(only_routed_nets_count),
        cmocka_unit_test(clock_of_the_worst_path_is_taken),
        cmocka_unit_test(nonsense_is_refused),
        cmocka_unit_test(cut_reports_give_no_wrong_figure),
        cmocka_unit_test(damaged_reports_do_no_harm),
        cmocka_unit_test(reports_of_one_design_join),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
