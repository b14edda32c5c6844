#include "models/fpga/cost/vivado_report.h"

#include "models/fpga/device/device.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    LINE_BYTES = 1024,
    CELLS_MOST = 8,
    CELL_BYTES = 64,
    FIELDS_MOST = 12,
    CLOCKS_MOST = 64,
    PERIOD_MOST_NS = 1000000
};

enum kind { NO_KIND, UTILISATION, TIMING, POWER };

static const char *const kind_commands[] = {"", "report_utilization", "report_timing_summary", "report_power"};

/* The text, line by line. */
struct reader {
    const char *next, *end;
    char line[LINE_BYTES]; /* trimmed; longer ones are cut */
};

static bool read_line(struct reader *r)
{
    if (r->next == r->end)
        return false;
    const char *stop = memchr(r->next, '\n', (size_t)(r->end - r->next));
    const char *from = r->next, *to = stop != NULL ? stop : r->end;
    r->next = stop != NULL ? stop + 1 : r->end;
    while (from < to && isspace((unsigned char)*from))
        from++;
    while (to > from && isspace((unsigned char)to[-1]))
        to--;
    const size_t n = (size_t)(to - from) < LINE_BYTES - 1 ? (size_t)(to - from) : LINE_BYTES - 1;
    memcpy(r->line, from, n);
    r->line[n] = '\0';
    return true;
}

/* copy_text: n bytes as printable ASCII; anything else becomes '?'. */
static void copy_text(char *to, size_t room, const char *from, size_t n)
{
    size_t i = 0;
    for (; i < n && i + 1 < room && from[i] != '\0'; i++)
        to[i] = (char)(from[i] >= 32 && from[i] < 127 ? from[i] : '?');
    to[i] = '\0';
}

/* cut_cells: "| a | b |" into its trimmed cells; how many. A last cell without its closing bar is dropped: a file that
 * ends there may have lost digits. */
static int cut_cells(const char *line, char cells[CELLS_MOST][CELL_BYTES])
{
    int n = 0;
    if (*line != '|')
        return 0;
    for (const char *p = line + 1, *bar; n < CELLS_MOST && (bar = strchr(p, '|')) != NULL; p = bar + 1, n++) {
        const char *to = bar;
        while (p < to && *p == ' ')
            p++;
        while (to > p && to[-1] == ' ')
            to--;
        copy_text(cells[n], CELL_BYTES, p, (size_t)(to - p));
    }
    return n;
}

/* whole_count: a cell as a count, -1 if it is none. */
static int whole_count(const char *cell)
{
    const size_t n = strspn(cell, "0123456789");
    return n > 0 && n < 10 && cell[n] == '\0' ? (int)strtol(cell, NULL, 10) : -1;
}

/* plain_real: the decimal number that text begins with, and where it ends. NAN if there is none. No exponents,
 * infinities or hexadecimals: Vivado writes none. */
static double plain_real(const char *text, const char **end)
{
    const char *p = text + (*text == '-' || *text == '+');
    const size_t whole = strspn(p, "0123456789");
    size_t n = whole;
    if (p[n] == '.')
        n += 1 + strspn(p + n + 1, "0123456789");
    *end = p + n;
    return whole == 0 || n > 20 ? (double)NAN : strtod(text, NULL);
}

/* ---- the header ---- */

struct header {
    enum kind kind;
    bool several;  /* titles of more than one report */
    bool vivado;   /* a line `Tool Version : Vivado v.…` */
    char tool[64]; /* what that line says, of whatever tool */
    char command[64], state[48];
};

/* header_value: what follows the colon of "| key : value", NULL if the line has another key. */
static const char *header_value(const char *line, const char *key)
{
    const size_t n = strlen(key);
    if (*line++ != '|')
        return NULL;
    line += strspn(line, " ");
    if (strncmp(line, key, n) != 0)
        return NULL;
    line += n;
    line += strspn(line, " ");
    if (*line++ != ':')
        return NULL;
    return line + strspn(line, " ");
}

/* known_device: the name of the device whose part this is, "" if none. "7s15-ftgb196" is an xc7s15. */
static const char *known_device(const char *part)
{
    int n;
    const struct device *devices = device_list(&n);
    if (strncasecmp(part, "xc", 2) == 0)
        part += 2;
    for (int i = 0; i < n; i++) {
        const char *name = devices[i].name + 2; /* without xc */
        const size_t length = strlen(name);
        if (strncasecmp(part, name, length) == 0 && !isdigit((unsigned char)part[length]))
            return devices[i].name;
    }
    return "";
}

static void take_grade(struct vivado_report *out, const char *text)
{
    if (text[0] == '-' && isdigit((unsigned char)text[1]))
        copy_text(out->speed_grade, sizeof out->speed_grade, text, 1 + strspn(text + 1, "0123456789LIECQ"));
}

static void read_header_line(const char *line, struct header *h, struct vivado_report *out)
{
    const char *v;
    if ((v = header_value(line, "Tool Version")) != NULL) {
        copy_text(h->tool, sizeof h->tool, v, strlen(v));
        h->vivado = strncmp(v, "Vivado v.", 9) == 0 && isdigit((unsigned char)v[9]);
        if (h->vivado)
            copy_text(out->tool_version, sizeof out->tool_version, v + 9, strcspn(v + 9, " "));
    } else if ((v = header_value(line, "Command")) != NULL) {
        copy_text(h->command, sizeof h->command, v, strcspn(v, " "));
    } else if ((v = header_value(line, "Design State")) != NULL) {
        copy_text(h->state, sizeof h->state, v, strlen(v));
    } else if ((v = header_value(line, "Design")) != NULL) {
        copy_text(out->design, sizeof out->design, v, strlen(v));
    } else if ((v = header_value(line, "Speed File")) != NULL) {
        take_grade(out, v);
    } else if ((v = header_value(line, "Device")) != NULL) {
        copy_text(out->part, sizeof out->part, v, strcspn(v, " "));
        snprintf(out->device, sizeof out->device, "%s", known_device(out->part));
        const char *dash = strrchr(out->part, '-');
        if (dash != NULL && out->speed_grade[0] == '\0')
            take_grade(out, dash);
    }
}

static enum kind title_kind(const char *line)
{
    return strcmp(line, "Utilization Design Information") == 0 ? UTILISATION
           : strcmp(line, "Timing Summary Report") == 0        ? TIMING
           : strcmp(line, "Power Report") == 0                 ? POWER
                                                               : NO_KIND;
}

static void read_header(const char *text, size_t bytes, struct header *h, struct vivado_report *out)
{
    struct reader r = {.next = text, .end = text + bytes};
    while (read_line(&r)) {
        const enum kind kind = title_kind(r.line);
        if (kind != NO_KIND) {
            h->several |= h->kind != NO_KIND;
            h->kind = kind;
        } else if (h->kind == NO_KIND) {
            read_header_line(r.line, h, out);
        }
    }
}

static bool has_word(const char *text, const char *word)
{
    return strcasestr(text, word) != NULL;
}

/* check_header: whether this is a report that can be read, of a design that is finished. */
static enum status check_header(const struct header *h, const struct vivado_report *out, struct errmsg *e)
{
    if (!h->vivado && h->tool[0] != '\0')
        return fail(e, STATUS_INPUT, "this is a report of another tool (Tool Version: %s), not of Vivado", h->tool);
    if (!h->vivado)
        return fail(e, STATUS_INPUT, "this is no report of Vivado: it has no line `| Tool Version : Vivado v.…`");
    if (h->kind == NO_KIND)
        return fail(e, STATUS_INPUT,
                    "this is a report of Vivado%s%s, or its beginning, but none of report_utilization, "
                    "report_timing_summary or report_power: give the whole text that one of these writes with -file",
                    h->command[0] != '\0' ? " by " : "", h->command);
    if (h->several)
        return fail(e, STATUS_INPUT, "there are several reports in one file: give each as a file of its own");
    const char *command = kind_commands[h->kind];
    if (out->part[0] == '\0' || out->design[0] == '\0')
        return fail(e, STATUS_INPUT, "the header of this report has no line `| %s`: give the whole text of %s",
                    out->part[0] == '\0' ? "Device" : "Design", command);
    const bool routed = has_word(h->state, "routed") || has_word(h->state, "postRoute");
    const bool placed = routed || has_word(h->state, "placed") || has_word(h->state, "postPlace");
    if (h->state[0] == '\0' ? h->kind != TIMING : !(h->kind == UTILISATION ? placed : routed))
        return fail(e, STATUS_INPUT,
                    "this report is of a design in the state `%s`, whose figures are not final: run %s after %s",
                    h->state[0] != '\0' ? h->state : "unknown", command,
                    h->kind == UTILISATION ? "place_design" : "route_design");
    return STATUS_OK;
}

/* ---- report_utilization ---- */

static enum status read_utilisation(const char *text, size_t bytes, struct vivado_utilisation *out, struct errmsg *e)
{
    const struct {
        const char *name, *other; /* of the row, without the * that some versions put behind it for a footnote */
        int *value;
    } rows[] = {
        {"Slice LUTs", "CLB LUTs", &out->lut},
        {"LUT as Logic", NULL, &out->lut_logic},
        {"LUT as Memory", NULL, &out->lut_memory},
        {"Slice Registers", "CLB Registers", &out->ff},
        {"F7 Muxes", NULL, &out->muxf7},
        {"F8 Muxes", NULL, &out->muxf8},
        {"RAMB36/FIFO", NULL, &out->bram36},
        {"RAMB18", NULL, &out->bram18},
        {"DSPs", NULL, &out->dsp},
    };
    enum { ROWS = sizeof rows / sizeof rows[0] };
    struct reader r = {.next = text, .end = text + bytes};
    char cells[CELLS_MOST][CELL_BYTES];
    int available = -1; /* the column of that name: there are five or six columns */

    for (int i = 0; i < ROWS; i++)
        *rows[i].value = -1;
    while (read_line(&r)) {
        const int n = cut_cells(r.line, cells);
        if (n >= 2 && strcmp(cells[1], "Used") == 0) {
            available = -1;
            for (int k = 2; k < n; k++)
                if (strcmp(cells[k], "Available") == 0)
                    available = k;
        }
        char *star = n >= 2 ? strchr(cells[0], '*') : NULL;
        if (star != NULL && star[1] == '\0')
            *star = '\0';
        for (int i = 0; n >= 2 && i < ROWS; i++) {
            if (strcmp(cells[0], rows[i].name) != 0 && (rows[i].other == NULL || strcmp(cells[0], rows[i].other) != 0))
                continue;
            if (*rows[i].value >= 0)
                break; /* the distribution over slices repeats some of the rows */
            *rows[i].value = whole_count(cells[1]);
            if (*rows[i].value < 0)
                return fail(e, STATUS_INPUT, "`%s` has `%s` where a count should be", cells[0], cells[1]);
            const int most = available > 0 && available < n ? whole_count(cells[available]) : -1;
            if (most >= 0 && *rows[i].value > most)
                return fail(e, STATUS_INPUT, "`%s` says %d used of %d: no placed design does", cells[0], *rows[i].value,
                            most);
        }
    }
    for (int i = 0; i < ROWS; i++)
        if (*rows[i].value < 0)
            return fail(e, STATUS_INPUT,
                        "the report is cut, or not the plain one: it has no row `%s` (use report_utilization without "
                        "-hierarchical, and give all of its text)",
                        rows[i].name);
    if (out->lut_logic > out->lut || out->lut_memory > out->lut)
        return fail(e, STATUS_INPUT, "%d LUTs as logic and %d as memory are not of %d LUTs", out->lut_logic,
                    out->lut_memory, out->lut);
    return STATUS_OK;
}

/* ---- report_timing_summary ---- */

struct clock {
    char name[VIVADO_NAME_BYTES];
    double period_ns;
};

/* number_row: the numbers of a line that has nothing else (NAN for NA and inf); 0 if there is anything else. */
static int number_row(const char *line, double numbers[FIELDS_MOST])
{
    int n = 0;
    for (; *line != '\0' && n < FIELDS_MOST; n++) {
        const size_t length = strcspn(line, " ");
        const char *end = line + length;
        const bool none = (length == 2 && strncmp(line, "NA", 2) == 0) || (length == 3 && strncmp(line, "inf", 3) == 0);
        numbers[n] = none ? (double)NAN : plain_real(line, &end);
        if (end != line + length || (!none && isnan(numbers[n])))
            return 0;
        line = end + strspn(end, " ");
    }
    return n;
}

/* read_clock: a row "name {0.000 5.000} 10.000 100.000" of the clock summary. Period and frequency must agree: one of
 * a cut line does not. */
static bool read_clock(const char *line, struct clock *c)
{
    const char *p = strstr(line, " {"), *end;
    if (p == NULL || (end = strchr(p, '}')) == NULL)
        return false;
    const char *to = p;
    while (to > line && to[-1] == ' ')
        to--;
    copy_text(c->name, sizeof c->name, line, (size_t)(to - line));
    end += 1 + strspn(end + 1, " ");
    c->period_ns = plain_real(end, &end);
    end += strspn(end, " ");
    const double mhz = plain_real(end, &end);
    return c->name[0] != '\0' && *end == '\0' && c->period_ns > 0.0 && c->period_ns <= PERIOD_MOST_NS &&
           fabs(mhz * c->period_ns - 1000.0) < 0.001 * (c->period_ns + mhz);
}

/* What of the text a line belongs to. */
enum section { ELSEWHERE, DESIGN_SUMMARY, CLOCK_SUMMARY, MAX_PATHS };

static enum section section_of(const char *line, enum section now)
{
    return strcmp(line, "| Design Timing Summary") == 0 ? DESIGN_SUMMARY
           : strcmp(line, "| Clock Summary") == 0       ? CLOCK_SUMMARY
           : strcmp(line, "Max Delay Paths") == 0       ? MAX_PATHS
           : strcmp(line, "Min Delay Paths") == 0 || strcmp(line, "Pulse Width Checks") == 0 ||
                   strcmp(line, "| Intra Clock Table") == 0 || strcmp(line, "| Timing Details") == 0
               ? ELSEWHERE
               : now;
}

/* path_value: what follows "key:" in a line of a path, NULL if it is another line. */
static const char *path_value(const char *line, const char *key)
{
    const size_t n = strlen(key);
    if (strncmp(line, key, n) != 0)
        return NULL;
    const char *colon = strchr(line + n, ':');
    if (colon == NULL || strspn(line + n, " ()METVIOLATD") != (size_t)(colon - line) - n)
        return NULL;
    return colon + 1 + strspn(colon + 1, " ");
}

/* What is known of the path that is being read, and of the worst one. */
struct path {
    bool worst; /* its slack is the design's */
    bool done;
};

/* read_path_line: takes the endpoints and the clock group of the first path whose slack is the worst. */
static void read_path_line(const char *line, struct path *p, struct vivado_timing *out, char group[VIVADO_NAME_BYTES])
{
    const char *v, *end;
    if (p->done)
        return;
    if ((v = path_value(line, "Slack")) != NULL) {
        const double slack = plain_real(v, &end);
        p->worst = fabs(slack - out->wns_ns) < 0.0006 && strncmp(end, "ns", 2) == 0;
    } else if (p->worst && (v = path_value(line, "Source")) != NULL) {
        copy_text(out->path_from, VIVADO_NAME_BYTES, v, strcspn(v, " "));
    } else if (p->worst && (v = path_value(line, "Destination")) != NULL) {
        copy_text(out->path_to, VIVADO_NAME_BYTES, v, strcspn(v, " "));
    } else if (p->worst && (v = path_value(line, "Path Group")) != NULL) {
        copy_text(group, VIVADO_NAME_BYTES, v, strcspn(v, " "));
        p->done = true;
    }
}

static enum status read_timing(const char *text, size_t bytes, struct vivado_timing *out, struct errmsg *e)
{
    struct reader r = {.next = text, .end = text + bytes};
    struct clock clocks[CLOCKS_MOST];
    struct path path = {false, false};
    char group[VIVADO_NAME_BYTES] = "";
    double numbers[FIELDS_MOST];
    enum section section = ELSEWHERE;
    bool known = false, unconstrained = false;
    int n_clocks = 0;

    while (read_line(&r)) {
        section = section_of(r.line, section);
        if (has_word(r.line, "There are no user specified timing constraints"))
            unconstrained = true;
        if (section == DESIGN_SUMMARY && !known) {
            const int n = number_row(r.line, numbers);
            known = n >= 4 && !isnan(numbers[0]);
            unconstrained |= n >= 4 && !known;
            out->wns_ns = known ? numbers[0] : 0.0;
            out->whs_ns = known && n >= 8 ? numbers[4] : (double)NAN;
        } else if (section == CLOCK_SUMMARY && n_clocks < CLOCKS_MOST) {
            n_clocks += read_clock(r.line, &clocks[n_clocks]);
        } else if (section == MAX_PATHS && known) {
            read_path_line(r.line, &path, out, group);
        }
    }
    if (unconstrained && !known)
        return fail(e, STATUS_INPUT,
                    "the design was routed without a clock, so there is no slack: read the constraints (create_clock) "
                    "before synth_design");
    if (!known)
        return fail(e, STATUS_INPUT, "the report is cut: it has no figures under `Design Timing Summary`");
    if (n_clocks == 0)
        return fail(e, STATUS_INPUT,
                    "the report is cut: it has no clock with period and frequency under `Clock "
                    "Summary`");
    const struct clock *clock = n_clocks == 1 ? &clocks[0] : NULL;
    for (int i = 0; i < n_clocks && clock == NULL; i++)
        if (strcmp(clocks[i].name, group) == 0)
            clock = &clocks[i];
    if (clock == NULL)
        return fail(e, STATUS_INPUT,
                    "the design has %d clocks and the report does not list the worst path, so its clock is unknown: "
                    "use report_timing_summary -max_paths 1",
                    n_clocks);
    if (!(out->wns_ns < clock->period_ns) || out->wns_ns < -PERIOD_MOST_NS)
        return fail(e, STATUS_INPUT, "a slack of %.3f ns cannot be at a clock of %.3f ns", out->wns_ns,
                    clock->period_ns);
    memcpy(out->clock, clock->name, sizeof out->clock);
    out->period_ns = clock->period_ns;
    out->fmax_mhz = 1000.0 / (out->period_ns - out->wns_ns);
    if (!path.done)
        out->path_from[0] = out->path_to[0] = '\0';
    return STATUS_OK;
}

/* ---- report_power ---- */

static enum status read_power(const char *text, size_t bytes, struct vivado_power *out, struct errmsg *e)
{
    const struct {
        const char *name;
        double *value;
    } rows[] = {
        {"Total On-Chip Power (W)", &out->total_w},
        {"Dynamic (W)", &out->dynamic_w},
        {"Device Static (W)", &out->static_w},
    };
    enum { ROWS = sizeof rows / sizeof rows[0] };
    struct reader r = {.next = text, .end = text + bytes};
    char cells[CELLS_MOST][CELL_BYTES];
    bool found[ROWS] = {false};

    while (read_line(&r)) {
        const int n = cut_cells(r.line, cells);
        for (int i = 0; n == 2 && i < ROWS; i++) {
            if (strcmp(cells[0], rows[i].name) != 0 || found[i])
                continue;
            const char *end;
            *rows[i].value = plain_real(cells[1] + (cells[1][0] == '<'), &end);
            found[i] = *rows[i].value >= 0.0 && (*end == '\0' || strncmp(end, " (", 2) == 0);
            if (!found[i])
                return fail(e, STATUS_INPUT, "`%s` has `%s` where watts should be", cells[0], cells[1]);
        }
    }
    for (int i = 0; i < ROWS; i++)
        if (!found[i])
            return fail(e, STATUS_INPUT, "the report is cut: it has no row `%s`", rows[i].name);
    if (out->dynamic_w + out->static_w > out->total_w + 0.0021)
        return fail(e, STATUS_INPUT, "%.3f W dynamic and %.3f W static are more than the %.3f W in all", out->dynamic_w,
                    out->static_w, out->total_w);
    return STATUS_OK;
}

enum status vivado_report_parse(const char *text, size_t bytes, struct vivado_report *out, struct errmsg *e)
{
    struct header h = {.kind = NO_KIND};
    memset(out, 0, sizeof *out);
    if (bytes == 0)
        return fail(e, STATUS_INPUT, "the file is empty");
    if (memchr(text, 0, bytes) != NULL)
        return fail(e, STATUS_INPUT,
                    "this is not plain text (UTF-16 or binary?): give the text that Vivado's -file "
                    "writes");
    read_header(text, bytes, &h, out);
    enum status s = check_header(&h, out, e);
    if (s == STATUS_OK)
        s = h.kind == UTILISATION ? read_utilisation(text, bytes, &out->utilisation, e)
            : h.kind == TIMING    ? read_timing(text, bytes, &out->timing, e)
                                  : read_power(text, bytes, &out->power, e);
    out->has_utilisation = h.kind == UTILISATION;
    out->has_timing = h.kind == TIMING;
    out->has_power = h.kind == POWER;
    if (s != STATUS_OK)
        memset(out, 0, sizeof *out);
    return s;
}

enum status vivado_report_join(struct vivado_report *into, const struct vivado_report *from, struct errmsg *e)
{
    if (!into->has_utilisation && !into->has_timing && !into->has_power) {
        *into = *from;
        return STATUS_OK;
    }
    const enum kind twice = into->has_utilisation && from->has_utilisation ? UTILISATION
                            : into->has_timing && from->has_timing         ? TIMING
                            : into->has_power && from->has_power           ? POWER
                                                                           : NO_KIND;
    if (twice != NO_KIND)
        return fail(e, STATUS_INPUT, "there are two reports of %s: give one of each kind, of one design",
                    kind_commands[twice]);
    const struct {
        const char *what, *a, *b;
    } same[] = {
        {"top module", into->design, from->design},
        {"version", into->tool_version, from->tool_version},
        {"device", into->device, from->device},
        {"speed grade", into->speed_grade, from->speed_grade},
    };
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++)
        if (strcmp(same[i].a, same[i].b) != 0 && same[i].a[0] != '\0' && same[i].b[0] != '\0')
            return fail(e, STATUS_INPUT, "the reports are of different designs: %s %s and %s", same[i].what, same[i].a,
                        same[i].b);
    if (into->speed_grade[0] == '\0')
        memcpy(into->speed_grade, from->speed_grade, sizeof into->speed_grade);
    if (strlen(from->part) > strlen(into->part)) /* report_timing_summary leaves the grade out */
        memcpy(into->part, from->part, sizeof into->part);
    if (from->has_utilisation)
        into->utilisation = from->utilisation;
    if (from->has_timing)
        into->timing = from->timing;
    if (from->has_power)
        into->power = from->power;
    into->has_utilisation |= from->has_utilisation;
    into->has_timing |= from->has_timing;
    into->has_power |= from->has_power;
    return STATUS_OK;
}
