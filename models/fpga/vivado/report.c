#include "models/fpga/vivado/text.h"

#include "models/fpga/device/device.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

enum kind { NO_KIND, UTILISATION, TIMING, POWER };

static const char *const kind_commands[] = {"", "report_utilization", "report_timing_summary", "report_power"};

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
        if (strncmp(devices[i].name, "xc", 2) != 0)
            continue;
        const char *name = devices[i].name + 2;
        const size_t length = strlen(name);
        if (strncasecmp(part, name, length) == 0 && !isdigit((unsigned char)part[length]))
            return devices[i].name;
    }
    return "";
}

static void take_grade(struct vivado_report *out, const char *text)
{
    if (text[0] == '-' && isdigit((unsigned char)text[1]))
        vivado_copy_text(out->speed_grade, sizeof out->speed_grade, text, 1 + strspn(text + 1, "0123456789LIECQ"));
}

static void read_header_line(const char *line, struct header *h, struct vivado_report *out)
{
    const char *v;
    if ((v = header_value(line, "Tool Version")) != NULL) {
        vivado_copy_text(h->tool, sizeof h->tool, v, strlen(v));
        h->vivado = strncmp(v, "Vivado v.", 9) == 0 && isdigit((unsigned char)v[9]);
        if (h->vivado)
            vivado_copy_text(out->tool_version, sizeof out->tool_version, v + 9, strcspn(v + 9, " "));
    } else if ((v = header_value(line, "Command")) != NULL) {
        vivado_copy_text(h->command, sizeof h->command, v, strcspn(v, " "));
    } else if ((v = header_value(line, "Date")) != NULL) {
        struct tm when = {0};
        if (strptime(v, "%a %b %d %H:%M:%S %Y", &when) != NULL)
            strftime(out->date, sizeof out->date, "%Y-%m-%d %H:%M:%S", &when);
    } else if ((v = header_value(line, "Design State")) != NULL) {
        vivado_copy_text(h->state, sizeof h->state, v, strlen(v));
    } else if ((v = header_value(line, "Design")) != NULL) {
        vivado_copy_text(out->design, sizeof out->design, v, strlen(v));
    } else if ((v = header_value(line, "Speed File")) != NULL) {
        take_grade(out, v);
    } else if ((v = header_value(line, "Device")) != NULL) {
        vivado_copy_text(out->part, sizeof out->part, v, strcspn(v, " "));
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
    struct vivado_reader r = {.next = text, .end = text + bytes};
    while (vivado_read_line(&r)) {
        const enum kind kind = title_kind(r.line);
        if (kind != NO_KIND) {
            h->several |= h->kind != NO_KIND;
            h->kind = kind;
        } else if (h->kind == NO_KIND) {
            read_header_line(r.line, h, out);
        }
    }
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
    const bool whole = !vivado_has_word(h->state, "un") && !vivado_has_word(h->state, "not ") &&
                       !vivado_has_word(h->state, "partial");
    const bool routed = whole && (vivado_has_word(h->state, "routed") || vivado_has_word(h->state, "postRoute"));
    const bool placed =
        routed || (whole && (vivado_has_word(h->state, "placed") || vivado_has_word(h->state, "postPlace")));
    if (h->state[0] == '\0' ? h->kind != TIMING : !(h->kind == UTILISATION ? placed : routed))
        return fail(e, STATUS_INPUT,
                    "this report is of a design in the state `%s`, whose figures are not final: run %s after %s",
                    h->state[0] != '\0' ? h->state : "unknown", command,
                    h->kind == UTILISATION ? "place_design" : "route_design");
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
        s = h.kind == UTILISATION ? vivado_read_utilisation(text, bytes, &out->utilisation, e)
            : h.kind == TIMING    ? vivado_read_timing(text, bytes, h.state[0] != '\0', &out->timing, e)
                                  : vivado_read_power(text, bytes, &out->power, e);
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
    if (strcmp(from->date, into->date) > 0)
        memcpy(into->date, from->date, sizeof into->date);
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
