#include "models/fpga/cost/timing.h"

#include "base/file.h"
#include "base/share.h"
#include "base/tool.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double LEAST_NS = 0.01, MOST_NS = 1e6; /* of a path; one cell takes more than a tenth of a ns */

/* find_line: the rest of the line that begins with key and a space; its length in *n. */
static const char *find_line(const char *text, const char *key, size_t *n)
{
    const size_t length = strlen(key);
    for (const char *line = text; *line != '\0';) {
        const size_t bytes = strcspn(line, "\n");
        if (bytes > length && strncmp(line, key, length) == 0 && line[length] == ' ') {
            *n = bytes - length - 1;
            return line + length + 1;
        }
        line += bytes + (line[bytes] == '\n');
    }
    return NULL;
}

/* get_name: an end of the path. The netlist calls a register wire\TYPE/PIN and a part of a DSP
 * wire_DSP48E1_P.part/PIN: the wire is what a person knows, and of a DSP the part. */
static bool get_name(const char *text, const char *key, char *out, size_t out_bytes)
{
    static const char dsp[] = "_DSP48E1_";
    char whole[1024];
    size_t n;

    const char *name = find_line(text, key, &n);
    if (name == NULL)
        return false;
    snprintf(whole, sizeof whole, "%.*s", (int)(n < sizeof whole ? n : sizeof whole), name);
    char *end = strchr(whole, '\\');
    if (end != NULL && end > whole)
        *end = '\0';
    char *type = strstr(whole, dsp), *part = type == NULL ? NULL : strchr(type, '.');
    if (part != NULL) {
        memmove(type, part, strlen(part) + 1);
        type[strcspn(type, "/")] = '\0';
    }
    snprintf(out, out_bytes, "%.*s", (int)out_bytes - 1, whole);
    return out[0] != '\0';
}

enum status timing_parse(const char *text, const char *errors, struct timing *out, struct errmsg *e)
{
    char number[32];
    size_t n;

    memset(out, 0, sizeof *out);
    /* A netlist line that OpenSTA cannot read is an error on its standard error only; the rest is timed as if nothing
     * were wrong. So are cells that the library lacks. */
    const char *wrong = strstr(errors, "Error: ");
    if (wrong == NULL && (wrong = find_line(text, "error", &n)) == NULL)
        wrong = strstr(text, "Error: ");
    if (wrong != NULL)
        return fail(e, STATUS_ENVIRONMENT, "OpenSTA could not time the netlist: %.*s", (int)strcspn(wrong, "\n"),
                    wrong);

    const char *delay = find_line(text, "critical_path_ns", &n);
    if (delay == NULL || n >= sizeof number)
        return fail(e, STATUS_ENVIRONMENT, "OpenSTA gave no critical path; it said: %.200s", errors);
    snprintf(number, sizeof number, "%.*s", (int)n, delay);
    char *end;
    out->critical_path_ns = strtod(number, &end);
    if (end == number || *end != '\0' || !(out->critical_path_ns >= LEAST_NS) || !(out->critical_path_ns <= MOST_NS))
        return fail(e, STATUS_ENVIRONMENT,
                    "OpenSTA gave `%s` for the critical path, which is no time in ns from %g to %g", number, LEAST_NS,
                    MOST_NS);
    if (!get_name(text, "path_from", out->path_from, sizeof out->path_from) ||
        !get_name(text, "path_to", out->path_to, sizeof out->path_to))
        return fail(e, STATUS_ENVIRONMENT, "OpenSTA did not say where the critical path of %s ns begins and ends",
                    number);
    return STATUS_OK;
}

enum status timing_run(const struct family *family, const char *folder, const char *module, const char *clock,
                       enum speed_grade grade, struct timing *out, struct errmsg *e)
{
    char script[PATH_MAX], commands[PATH_MAX + 512], path[PATH_MAX], *library;
    const char *const argv[] = {"sta", "-no_init", "-no_splash", "-exit", "timing_setup.tcl", NULL};
    struct tool_output output;
    enum status s;

    if ((s = share_path(script, "rtl/synth/timing.tcl", e)) != STATUS_OK ||
        (s = file_path(path, folder, "timing.lib", e)) != STATUS_OK ||
        (s = speed_library(family, grade, &library, e)) != STATUS_OK)
        return s;
    s = file_write(path, library, e);
    free(library);
    const int length = snprintf(commands, sizeof commands,
                                "set net_ns %.3f\nset module {%s}\nset clock {%s}\nsource {%s}\n",
                                speed_net_ns(family, grade), module, clock, script);
    if (s == STATUS_OK && (length < 0 || (size_t)length >= sizeof commands))
        s = fail(e, STATUS_ENVIRONMENT, "the path of %s is too long", script);
    if (s != STATUS_OK || (s = file_path(path, folder, "timing_setup.tcl", e)) != STATUS_OK ||
        (s = file_write(path, commands, e)) != STATUS_OK)
        return s;
    if ((s = tool_check(argv, folder, NULL, 0, &output, e)) != STATUS_OK)
        return s;
    s = timing_parse(output.out, output.err, out, e);
    tool_output_free(&output);
    return s;
}
