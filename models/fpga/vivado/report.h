/* Vivado's figures of a placed and routed design, read from the text of its reports. */
#pragma once

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>

enum { VIVADO_NAME_BYTES = 160 };

/* report_utilization, after placement. */
struct vivado_utilisation {
    int lut, lut_logic, lut_memory; /* slice LUTs; of these as logic, as memory */
    int ff, muxf7, muxf8;           /* slice registers, F7 and F8 multiplexers */
    int bram36, bram18, dsp;
};

/* report_timing_summary, after routing. */
struct vivado_timing {
    double wns_ns;    /* worst set-up slack; negative: the clock is missed */
    double whs_ns;    /* worst hold slack; negative: it works at no clock; NAN: not reported */
    double wpws_ns;   /* worst pulse width slack; negative: the period is too short for a cell; NAN: not reported */
    double period_ns; /* of the clock of the worst path, which has just this time */
    double fmax_mhz;  /* 1000 / (period_ns - wns_ns), or what the pulse widths allow if that is less; NAN: whs_ns < 0 */
    int n_clocks;     /* of the design */
    char clock[VIVADO_NAME_BYTES];
    char path_from[VIVADO_NAME_BYTES], path_to[VIVADO_NAME_BYTES]; /* pins of the worst path; "": not listed */
};

/* report_power. */
struct vivado_power {
    double total_w, dynamic_w, static_w; /* on-chip */
};

/* One report, or several of one design (vivado_report_join). Texts are printable ASCII, cut if longer. */
struct vivado_report {
    char tool_version[16];          /* "2024.2" */
    char part[48];                  /* as the report spells it: "xc7s15ftgb196-1", "7s15-ftgb196" */
    char device[16];                /* name of struct device, "xc7s15"; "" if it is none of them */
    char speed_grade[8];            /* "-1", "-1L"; "" if the report does not say */
    char design[VIVADO_NAME_BYTES]; /* top module */
    char date[24];                  /* "2026-11-22 10:00:00"; "" if the report does not say */
    bool has_utilisation, has_timing, has_power;
    struct vivado_utilisation utilisation;
    struct vivado_timing timing;
    struct vivado_power power;
};

/* vivado_report_parse: one report of report_utilization, report_timing_summary or report_power, of Vivado 2018 to
 * 2024 (text; \r\n too; text needs no 0 at its end). Fields of other reports are 0 or "". STATUS_INPUT, with what is
 * wrong and how to get a good one, for anything else: another tool's text, another report, one that is cut, of an
 * earlier step (a synthesised design has no final LUTs), or with impossible figures. */
enum status vivado_report_parse(const char *text, size_t bytes, struct vivado_report *out, struct errmsg *e);

/* vivado_report_join: adds what one more report says. STATUS_INPUT if `into` has such a report already, or if
 * design, device, speed grade or version differ. An `into` of zeros takes anything. */
enum status vivado_report_join(struct vivado_report *into, const struct vivado_report *from, struct errmsg *e);
