/* The delay library of grade -2, figure by figure against the published ones, and end to end through OpenSTA. */
#include "models/fpga/device/family.h"
#include "models/fpga/device/speed.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* figures: those of the table of this kind that follows mark in text, at most room of them. */
static int figures(const char *text, const char *mark, const char *kind, double *out, int room)
{
    const char *at = strstr(text, mark);
    assert_non_null(at);
    at = strstr(at, kind);
    assert_non_null(at);
    at = strstr(at, "values(\"");
    assert_non_null(at);
    int n = 0;
    for (const char *p = at + strlen("values(\""); n < room; p++) {
        char *end;
        out[n++] = strtod(p, &end);
        p = end;
        if (*p == '"')
            break;
    }
    return n;
}

static void speed2_has_the_published_figures(void **state)
{
    (void)state;
    static const struct {
        const char *cell, *kind;
        int index;
        double low, high; /* as published; equal where there is one figure */
    } cases[] = {
        {"cell(LUT6)", "cell_rise", 0, 0.105, 0.105},
        {"cell(LUT6)", "cell_rise", 2, 0.105 + 0.63, 0.105 + 0.63}, /* and one routed sink */
        {"cell(LUT6)", "cell_rise", 7, 0.105 + 1.70, 0.105 + 1.70}, /* and 70 of them */
        {"cell(INV)", "cell_fall", 0, 0.105, 0.105},
        {"cell(MUXF7)", "cell_rise", 0, 0.178, 0.182},
        {"cell(MUXF8)", "cell_rise", 0, 0.077, 0.081},
        {"cell(FDRE)", "cell_rise", 0, 0.348 + 0.63, 0.433 + 0.63},
        {"cell(FDRE)", "rise_constraint", 0, 0.030, 0.034},
        {"cell(XC7_RAMB_PORT)", "cell_rise", 0, 2.13 + 0.63, 2.13 + 0.63},
        {"cell(XC7_RAMB_PORT)", "rise_constraint", 0, 0.49, 0.49},
        {"cell(XC7_RAMB_PORT_REG)", "cell_rise", 0, 0.74 + 0.63, 0.74 + 0.63},
        {"cell(XC7_RAMB_PORT_REG)", "cell_rise", 6, 0.74 + 1.70, 0.74 + 1.70},
        {"cell(IN_PORT)", "cell_rise", 0, 0.0, 0.0},
        {"cell(IN_PORT)", "cell_rise", 6, 1.70 - 0.63, 1.70 - 0.63},
        {"cell(DSP_MULT)", "cell_rise", 0, 1.627 * 105 / 124, 1.627 * 105 / 124},
    };
    char *text;
    assert_int_equal(speed_library(&series7, SPEED_2, &text, NULL), STATUS_OK);
    assert_non_null(strstr(text, "library(xc7_speed2)"));
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        double values[16] = {0};
        assert_true(figures(text, cases[i].cell, cases[i].kind, values, 16) > cases[i].index);
        const double got = values[cases[i].index];
        if (!(got > cases[i].low - 6e-4 && got < cases[i].high + 6e-4))
            fail_msg("%s %s [%d]: %.4f, expected %.4f to %.4f", cases[i].cell, cases[i].kind, cases[i].index, got,
                     cases[i].low, cases[i].high);
    }
    free(text);
}

/* Every arc of -1 is there at -2, none slower but the extra of a port's long net over a short one, which is 0.05 ns
 * faster while long nets are equal; and none faster than 0.75 of it. */
static void every_arc_is_scaled(void **state)
{
    (void)state;
    char *one, *two;
    int n = 0;
    assert_int_equal(speed_library(&series7, SPEED_1, &one, NULL), STATUS_OK);
    assert_int_equal(speed_library(&series7, SPEED_2, &two, NULL), STATUS_OK);
    const char *p = one, *q = two, mark[] = "values(\"";
    while ((p = strstr(p, mark)) != NULL) {
        q = strstr(q, mark);
        assert_non_null(q);
        p += strlen(mark) - 1;
        q += strlen(mark) - 1;
        do {
            char *p_end, *q_end;
            const double was = strtod(p + 1, &p_end), is = strtod(q + 1, &q_end);
            if (!(is <= was + 0.0501 && is >= 0.75 * was - 5e-5))
                fail_msg("%.4f became %.4f: %.60s", was, is, p);
            assert_int_equal(*p_end, *q_end);
            p = p_end;
            q = q_end;
            n++;
        } while (*p == ',');
    }
    assert_null(strstr(q, mark));
    assert_true(n > 1000);
    free(one);
    free(two);
}

static void damaged_figures_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "cell(LUT1) { cell_rise(near) { values(\"x\"); } }",
        "cell(LUT1) { cell_rise(near) { values(\"0.1, \"); } }",
        "cell(LUT1) { cell_rise(near) { values(\"0.1; 0.2\"); } }",
        "cell(LUT1) { cell_rise(near) { values(\"0.1",
        "cell(LUT1) { cell_rise(near) { values(\"nan\"); } }",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct errmsg e = {""};
        char *text = NULL;
        assert_int_equal(speed_scale(&series7, bad[i], &text, &e), STATUS_ENVIRONMENT);
        assert_null(text);
        assert_non_null(strstr(e.text, "LUT1"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(speed2_has_the_published_figures),
        cmocka_unit_test(every_arc_is_scaled),
        cmocka_unit_test(damaged_figures_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
