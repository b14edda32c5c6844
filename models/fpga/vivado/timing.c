#include "models/fpga/vivado/text.h"

#include <math.h>
#include <string.h>

enum { FIELDS_MOST = 12, CLOCKS_MOST = 64, PERIOD_MOST_NS = 1000000 };

#define NEAR_NS 0.0015 /* reports round to 0.001 ns */
#define PERIOD_LEAST_NS 0.1 /* no part of these families counts at 10 GHz */

struct clock {
    char name[VIVADO_NAME_BYTES];
    double period_ns;
    double shortest_ns; /* the period that its pulse width checks need; 0: none is listed */
};

/* number_row: the numbers of a line that has nothing else (NAN for NA and inf); 0 if there is anything else. */
static int number_row(const char *line, double numbers[FIELDS_MOST])
{
    int n = 0;
    for (; *line != '\0' && n < FIELDS_MOST; n++) {
        const size_t length = strcspn(line, " ");
        const char *end = line + length;
        const bool none = (length == 2 && strncmp(line, "NA", 2) == 0) || (length == 3 && strncmp(line, "inf", 3) == 0);
        numbers[n] = none ? (double)NAN : vivado_plain_real(line, &end);
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
    vivado_copy_text(c->name, sizeof c->name, line, (size_t)(to - line));
    end += 1 + strspn(end + 1, " ");
    c->period_ns = vivado_plain_real(end, &end);
    end += strspn(end, " ");
    const double mhz = vivado_plain_real(end, &end);
    return c->name[0] != '\0' && *end == '\0' && c->period_ns > 0.0 && c->period_ns <= PERIOD_MOST_NS &&
           fabs(mhz * c->period_ns - 1000.0) < 0.001 * (c->period_ns + mhz);
}

/* What of the text a line belongs to. */
enum section { ELSEWHERE, DESIGN_SUMMARY, CLOCK_SUMMARY, MAX_PATHS, PULSE_WIDTHS };

static enum section section_of(const char *line, enum section now)
{
    return strcmp(line, "| Design Timing Summary") == 0 ? DESIGN_SUMMARY
           : strcmp(line, "| Clock Summary") == 0       ? CLOCK_SUMMARY
           : strcmp(line, "Max Delay Paths") == 0       ? MAX_PATHS
           : strcmp(line, "Pulse Width Checks") == 0    ? PULSE_WIDTHS
           : strcmp(line, "Min Delay Paths") == 0 || strcmp(line, "| Intra Clock Table") == 0 ||
                   strcmp(line, "| Timing Details") == 0
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

/* The first path whose slack is the design's. */
struct path {
    bool worst;            /* the path that is being read is it */
    bool listed;           /* its group was read */
    double requirement_ns; /* NAN: not listed */
    char group[VIVADO_NAME_BYTES];
    char source[VIVADO_NAME_BYTES], clock[VIVADO_NAME_BYTES]; /* clocks of source and destination; "": not listed */
};

/* "(… clocked by clk {…})", "(recovery check against rising-edge clock clk {…})" */
static const char *const clock_words[] = {"clocked by ", "-edge clock "};

/* read_path_line: takes what is known of the worst path. */
static void read_path_line(const char *line, struct path *p, struct vivado_timing *out)
{
    const char *v, *end;
    if ((v = path_value(line, "Slack")) != NULL) {
        const double slack = vivado_plain_real(v, &end);
        p->worst = !p->listed && fabs(slack - out->wns_ns) < 0.0006 && strncmp(end, "ns", 2) == 0;
    } else if (!p->worst) {
        return;
    } else if ((v = path_value(line, "Source")) != NULL) {
        vivado_copy_text(out->path_from, VIVADO_NAME_BYTES, v, strcspn(v, " "));
    } else if ((v = path_value(line, "Destination")) != NULL) {
        vivado_copy_text(out->path_to, VIVADO_NAME_BYTES, v, strcspn(v, " "));
    } else if ((v = path_value(line, "Path Group")) != NULL) {
        vivado_copy_text(p->group, VIVADO_NAME_BYTES, v, strcspn(v, " "));
        p->listed = true;
    } else if ((v = path_value(line, "Requirement")) != NULL) {
        p->requirement_ns = vivado_plain_real(v, &end);
    } else if (out->path_from[0] != '\0') {
        char *clock = out->path_to[0] != '\0' ? p->clock : p->source;
        for (size_t i = 0; i < 2 && clock[0] == '\0'; i++)
            if ((v = strstr(line, clock_words[i])) != NULL)
                vivado_copy_text(clock, VIVADO_NAME_BYTES, v + strlen(clock_words[i]),
                                 strcspn(v + strlen(clock_words[i]), " )"));
    }
}

/* All that is read of a report but the slacks. */
struct found {
    struct clock clocks[CLOCKS_MOST];
    int n_clocks;
    struct clock *pulses; /* the clock whose pulse widths are being read */
    struct path path;
    bool known, unconstrained; /* the slacks are there; there are none, for want of a clock */
    bool routed;               /* routed nets are listed */
    bool estimated;            /* nets are listed whose delay is a guess */
};

static struct clock *find_clock(struct found *f, const char *name)
{
    for (int i = 0; i < f->n_clocks; i++)
        if (strcmp(f->clocks[i].name, name) == 0)
            return &f->clocks[i];
    return NULL;
}

/* read_pulse_line: a row of checks ends in the needed width, the actual one, and their difference. Both shrink with the
 * period, so the check is met at period * needed / actual. */
static void read_pulse_line(const char *line, struct found *f)
{
    const char *name = path_value(line, "Clock Name");
    if (name != NULL)
        f->pulses = find_clock(f, name);
    if (f->pulses == NULL || (strncmp(line, "Min Period", 10) != 0 && strncmp(line, "Low Pulse Width", 15) != 0 &&
                              strncmp(line, "High Pulse Width", 16) != 0))
        return;
    double last[3] = {NAN, NAN, NAN};
    for (const char *p = line, *end; *p != '\0'; p += strcspn(p, " "), p += strspn(p, " ")) {
        const double number = vivado_plain_real(p, &end);
        if (isnan(number) || (*end != ' ' && *end != '\0'))
            continue;
        last[0] = last[1], last[1] = last[2], last[2] = number;
        if (last[0] > 0.0 && last[1] > 0.0 && fabs(last[1] - last[0] - last[2]) < 0.0015)
            f->pulses->shortest_ns = fmax(f->pulses->shortest_ns, f->pulses->period_ns * last[0] / last[1]);
    }
}

/* read_net_line: "net (fo=3, routed)"; others are unplaced or estimated, and a port's own is unset. */
static void read_net_line(const char *line, struct found *f)
{
    const char *net = strstr(line, "net (fo=");
    const char *comma = net != NULL ? strchr(net, ',') : NULL;
    if (comma == NULL)
        return;
    f->routed |= strncmp(comma, ", routed)", 9) == 0;
    f->estimated |= strncmp(comma, ", unplaced)", 11) == 0 || strncmp(comma, ", estimated)", 12) == 0;
}

static void read_summary(const char *line, struct found *f, struct vivado_timing *out)
{
    double numbers[FIELDS_MOST];
    const int n = number_row(line, numbers);
    f->known = n >= 4 && !isnan(numbers[0]);
    f->unconstrained |= n >= 4 && !f->known;
    out->wns_ns = f->known ? numbers[0] : 0.0;
    out->whs_ns = f->known && n >= 8 ? numbers[4] : (double)NAN;
    out->wpws_ns = f->known && n >= 12 ? numbers[8] : (double)NAN;
}

static void read_lines(struct vivado_reader *r, struct found *f, struct vivado_timing *out)
{
    enum section section = ELSEWHERE;
    while (vivado_read_line(r)) {
        section = section_of(r->line, section);
        read_net_line(r->line, f);
        if (vivado_has_word(r->line, "There are no user specified timing constraints"))
            f->unconstrained = true;
        if (section == DESIGN_SUMMARY && !f->known)
            read_summary(r->line, f, out);
        else if (section == CLOCK_SUMMARY && f->n_clocks < CLOCKS_MOST)
            f->n_clocks += read_clock(r->line, &f->clocks[f->n_clocks]);
        else if (section == MAX_PATHS && f->known)
            read_path_line(r->line, &f->path, out);
        else if (section == PULSE_WIDTHS)
            read_pulse_line(r->line, f);
    }
}

/* clock_of_worst: NULL if the report does not say which it is. The group is a clock, but for **async_default**
 * (recovery) and groups of the user's own. */
static const struct clock *clock_of_worst(struct found *f)
{
    const struct clock *clock = find_clock(f, f->path.group);
    if (f->n_clocks == 1)
        return &f->clocks[0];
    if (clock == NULL && f->path.clock[0] != '\0')
        clock = find_clock(f, f->path.clock);
    for (int i = 0; i < f->n_clocks && clock == NULL && f->path.listed; i++)
        if (fabs(f->clocks[i].period_ns - f->path.requirement_ns) < NEAR_NS)
            clock = &f->clocks[i];
    return clock;
}

/* check_nets: whether the figures are those of routed nets. state_known: the header says that the design is routed. */
static enum status check_nets(const struct found *f, bool state_known, struct errmsg *e)
{
    if (f->estimated)
        return fail(e, STATUS_INPUT,
                    "the delays of nets in this report are estimates (unplaced or unrouted), so its slacks are not "
                    "final: run report_timing_summary after route_design");
    if (!f->routed && !state_known)
        return fail(e, STATUS_INPUT,
                    "this report does not say whether the design is routed: it has neither a line `Design State` nor "
                    "paths with routed nets. Run report_timing_summary -max_paths 1 after route_design");
    return STATUS_OK;
}

/* check_clock: whether the worst path tells which period the clock can have. */
static enum status check_clock(const struct found *f, const struct clock *clock, const struct vivado_timing *t,
                               struct errmsg *e)
{
    if (clock == NULL && f->path.listed)
        return fail(e, STATUS_INPUT,
                    "the design has %d clocks, and the worst path is in the group %s, which is none of them: give a "
                    "report of one clock, report_timing_summary -max_paths 1 with the other clocks removed",
                    f->n_clocks, f->path.group);
    if (clock == NULL)
        return fail(e, STATUS_INPUT,
                    "the design has %d clocks and the report does not list the worst path, so its clock is unknown: "
                    "use report_timing_summary -max_paths 1",
                    f->n_clocks);
    if (f->path.source[0] != '\0' && f->path.clock[0] != '\0' && strcmp(f->path.source, f->path.clock) != 0)
        return fail(e, STATUS_INPUT,
                    "the worst path goes from the clock %s to the clock %s, so it does not tell which clock the design "
                    "reaches. Constrain it (set_clock_groups -asynchronous, set_false_path), route and report again",
                    f->path.source, f->path.clock);
    if (fabs(f->path.requirement_ns - clock->period_ns) >= NEAR_NS)
        return fail(e, STATUS_INPUT,
                    "the worst path has %.3f ns (`Requirement`), not the %.3f ns of the clock %s: it crosses clocks "
                    "or is no path of one clock, so it does not tell which clock the design reaches. Constrain it "
                    "(set_clock_groups -asynchronous, set_false_path, set_multicycle_path), route and report again",
                    f->path.requirement_ns, clock->period_ns, clock->name);
    if (!(t->wns_ns < clock->period_ns) || t->wns_ns < -PERIOD_MOST_NS)
        return fail(e, STATUS_INPUT, "a slack of %.3f ns cannot be at a clock of %.3f ns", t->wns_ns, clock->period_ns);
    if (t->wpws_ns < -PERIOD_MOST_NS)
        return fail(e, STATUS_INPUT, "a pulse width slack of %.3f ns cannot be", t->wpws_ns);
    return STATUS_OK;
}

/* shortest_period: what paths and pulse widths allow. Where a check of a pulse width fails and no clock lists it, it may
 * be of half a period. */
static double shortest_period(const struct found *f, const struct clock *clock, const struct vivado_timing *t)
{
    bool listed = false;
    for (int i = 0; i < f->n_clocks; i++)
        listed |= f->clocks[i].shortest_ns > f->clocks[i].period_ns;
    const double ns = fmax(clock->period_ns - t->wns_ns, clock->shortest_ns);
    return t->wpws_ns < 0.0 && !listed ? fmax(ns, clock->period_ns - 2.0 * t->wpws_ns) : ns;
}

enum status vivado_read_timing(const char *text, size_t bytes, bool state_known, struct vivado_timing *out,
                               struct errmsg *e)
{
    struct vivado_reader r = {.next = text, .end = text + bytes};
    struct found f = {.path.requirement_ns = NAN};
    read_lines(&r, &f, out);
    if (f.unconstrained && !f.known)
        return fail(e, STATUS_INPUT,
                    "the design was routed without a clock, so there is no slack: read the constraints (create_clock) "
                    "before synth_design");
    if (!f.known)
        return fail(e, STATUS_INPUT, "the report is cut: it has no figures under `Design Timing Summary`");
    if (f.n_clocks == 0)
        return fail(e, STATUS_INPUT,
                    "the report is cut: it has no clock with period and frequency under `Clock Summary`");
    const struct clock *clock = clock_of_worst(&f);
    enum status s = check_nets(&f, state_known, e);
    if (s == STATUS_OK)
        s = check_clock(&f, clock, out, e);
    if (s != STATUS_OK || clock == NULL) /* check_clock refuses a report without a clock */
        return s;
    memcpy(out->clock, clock->name, sizeof out->clock);
    out->period_ns = clock->period_ns;
    out->n_clocks = f.n_clocks;
    const double shortest = shortest_period(&f, clock, out);
    if (!(shortest >= PERIOD_LEAST_NS))
        return fail(e, STATUS_INPUT,
                    "the paths allow a clock of %.3g ns, which no part reaches: the report is not one of routed "
                    "paths",
                    shortest);
    out->fmax_mhz = out->whs_ns < 0.0 ? (double)NAN : 1000.0 / shortest;
    if (!f.path.listed)
        out->path_from[0] = out->path_to[0] = '\0';
    return STATUS_OK;
}
