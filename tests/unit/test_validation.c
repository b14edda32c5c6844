/* The delay model on published worst paths, rebuilt cell by cell, and what the table of errors says of them. */
#include "models/fpga/device/family.h"
#include "models/fpga/cost/validation.h"

#include "base/tool.h"
#include "models/fpga/cost/timing.h"
#include "tests/support/folder.h"

#include <limits.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char folder[] = "/tmp/deltasweep-validation-XXXXXX";

/* A path as its report lists it: cells, each with the fanout of the net behind it. F a register, B a block RAM
 * without output register, L a LUT, M a MUXF7, A a read of a LUT RAM, Cn a chain of n CARRY4 entered at S0 and left at
 * CO2; then the pin it ends at, D or R of a register. */
static const struct {
    const char *name;
    enum speed_grade grade;
    const char *path;
} paths[] = {
    {"path: LUT multiplier, XC7S15-2", SPEED_2, "F3 L3 L3 L3 L3 L3 L3 L3 L3 L3 L1 D"}, /* only the levels are known */
    {"path: LUT multiplier, XC7S50-1", SPEED_1, "F27 L8 L5 L4 L5 L5 L3 L4 L2 L2 L1 D"},
    {"path: LUT multiplier, XC7A35T-1L", SPEED_1, "F3 L3 L3 L3 L3 L3 L3 L3 L3 L3 L1 D"}, /* as above */
    {"path: pipelined CPU, XC7A35T-1", SPEED_1, "B2 L35 L4 L1 C3:16 L35 L3 L34 R"},
    {"path: CPU with 4-lane dot product, XC7A35T-1", SPEED_1, "B5 L5 L3 L1 L1 C3:18 L38 L3 L3 L8 L64 R"},
    {"path: vector GPU, XC7A35T-1", SPEED_1, "F63 A6 L64 L1 M7 L1 C2:1 L1 L1 M1 L8 D"},
};

static const struct validation_row *find_row(const char *name)
{
    int n;
    const struct validation_row *rows = validation_rows(&n);
    for (int i = 0; i < n; i++)
        if (strcmp(rows[i].name, name) == 0)
            return &rows[i];
    fail_msg("no row %s", name);
    return NULL;
}

/* write_netlist: the path as timing.v in folder. Net k is behind cell k; what else hangs at it is LUTs without output,
 * but registers behind the last one. */
static void write_netlist(const char *path)
{
    char name[PATH_MAX];
    snprintf(name, sizeof name, "%s/timing.v", folder);
    FILE *f = fopen(name, "w");
    assert_non_null(f);
    fputs("module T(clk, i, o);\ninput clk;\ninput i;\noutput o;\n", f);
    int k = 0;
    char before[32] = "i";
    for (const char *p = path; *p != '\0';) {
        const char cell = *p++;
        char *end = (char *)p;
        const long first = strtol(p, &end, 10);
        long fanout = first;
        p = end;
        if (*p == ':') {
            fanout = strtol(p + 1, &end, 10);
            p = end;
        }
        p += *p == ' ';
        k++;
        switch (cell) {
        case 'F':
            fprintf(f, "FDRE c%d (.C(clk), .CE(1'b1), .R(1'b0), .D(%s), .Q(n%d));\n", k, before, k);
            break;
        case 'B':
            fprintf(f, "XC7_RAMB_PORT c%d (.C(clk), .DO({71'bz, n%d}));\n", k, k);
            break;
        case 'L':
            fprintf(f, "LUT2 c%d (.I0(%s), .I1(1'b1), .O(n%d));\n", k, before, k);
            break;
        case 'M':
            fprintf(f, "MUXF7 c%d (.I0(%s), .I1(1'b0), .S(1'b0), .O(n%d));\n", k, before, k);
            break;
        case 'A':
            fprintf(f, "XC7_LUTRAM_READ c%d (.C(clk), .ADDR({7'b0, %s}), .O(n%d));\n", k, before, k);
            break;
        case 'C':
            for (int j = 0; j < first; j++) {
                char carry[32] = "1'b0", out[32];
                if (j > 0)
                    snprintf(carry, sizeof carry, "n%d_%d", k, j - 1);
                if (j == first - 1)
                    snprintf(out, sizeof out, ".CO2(n%d)", k);
                else
                    snprintf(out, sizeof out, ".CO3(n%d_%d)", k, j);
                fprintf(f,
                        "XC7_CARRY4 c%d_%d (.CI(%s), .CYINIT(1'b0), .S0(%s), .S1(1'b1), .S2(1'b1), .S3(1'b1), "
                        ".DI0(1'b0), .DI1(1'b0), .DI2(1'b0), .DI3(1'b0), %s);\n",
                        k, j, carry, j == 0 ? before : "1'b1", out);
            }
            break;
        default: /* the end */
            fprintf(f, "FDRE c%d (.C(clk), .CE(1'b1), .R(%s), .D(%s), .Q(o));\nendmodule\n", k,
                    cell == 'R' ? before : "1'b0", cell == 'D' ? before : "1'b0");
            assert_int_equal(fclose(f), 0);
            return;
        }
        for (long j = 1; j < fanout; j++)
            if (*p == 'D')
                fprintf(f, "FDRE x%d_%ld (.C(clk), .CE(1'b1), .R(1'b0), .D(n%d));\n", k, j, k);
            else
                fprintf(f, "LUT1 x%d_%ld (.I0(n%d));\n", k, j, k);
        snprintf(before, sizeof before, "n%d", k);
    }
    fail_msg("%s has no end", path);
}

static void published_paths_are_as_recorded(void **state)
{
    (void)state;
    if (tool_find("sta", NULL, 0, NULL) != STATUS_OK) {
        print_message("sta is not installed\n");
        skip();
    }
    int wrong = 0;
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        struct timing t;
        struct errmsg e = {""};
        const struct validation_row *row = find_row(paths[i].name);
        write_netlist(paths[i].path);
        if (timing_run(&series7, folder, "T", "clk", paths[i].grade, &t, &e) != STATUS_OK)
            fail_msg("%s: %s", paths[i].path, e.text);
        print_message("%s: published %.3f ns, ours %.3f (recorded %.3f), %+.1f %%\n", row->name, row->published,
                      t.critical_path_ns, row->ours, 100 * (t.critical_path_ns / row->published - 1));
        wrong += !(fabs(t.critical_path_ns - row->ours) < 0.0015);
    }
    assert_int_equal(wrong, 0); /* rows of models/fpga/cost/validation.c that say otherwise */
}

/* The band is what the rows say: from the least to the greatest of published over estimated clock. */
static void the_band_spans_the_rows(void **state)
{
    (void)state;
    int n;
    const struct validation_row *rows = validation_rows(&n);
    double low = INFINITY, high = 0;
    int clocks = 0;
    for (int i = 0; i < n; i++) {
        assert_true(rows[i].name[0] != '\0' && rows[i].source[0] != '\0' && rows[i].published > 0);
        assert_true(fabs(rows[i].error - (rows[i].ours / rows[i].published - 1)) < 1e-12);
        if (strcmp(rows[i].metric, "critical_path_ns") != 0)
            continue;
        low = fmin(low, rows[i].ours / rows[i].published);
        high = fmax(high, rows[i].ours / rows[i].published);
        clocks++;
    }
    print_message("%d rows: %.3f to %.3f\n", clocks, low, high);
    assert_true(clocks >= 10);
    assert_true(fabs(VALIDATION_FMAX_LOW - low) < 0.005 && fabs(VALIDATION_FMAX_HIGH - high) < 0.005);
}

static int make_folder(void **state)
{
    (void)state;
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
        cmocka_unit_test(published_paths_are_as_recorded),
        cmocka_unit_test(the_band_spans_the_rows),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
