#include "models/fpga/vivado/text.h"

#include <math.h>
#include <string.h>

enum { FIELDS_MOST = 12, CLOCKS_MOST = 64, PERIOD_MOST_NS = 1000000 };

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
        const double slack = vivado_plain_real(v, &end);
        p->worst = fabs(slack - out->wns_ns) < 0.0006 && strncmp(end, "ns", 2) == 0;
    } else if (p->worst && (v = path_value(line, "Source")) != NULL) {
        vivado_copy_text(out->path_from, VIVADO_NAME_BYTES, v, strcspn(v, " "));
    } else if (p->worst && (v = path_value(line, "Destination")) != NULL) {
        vivado_copy_text(out->path_to, VIVADO_NAME_BYTES, v, strcspn(v, " "));
    } else if (p->worst && (v = path_value(line, "Path Group")) != NULL) {
        vivado_copy_text(group, VIVADO_NAME_BYTES, v, strcspn(v, " "));
        p->done = true;
    }
}

/* All that is read of a report but the slacks. */
struct found {
    struct clock clocks[CLOCKS_MOST];
    int n_clocks;
    struct path path;
    char group[VIVADO_NAME_BYTES]; /* the clock of the worst path; "" if that is not listed */
    bool known, unconstrained;     /* the slacks are there; there are none, for want of a clock */
};

static void read_lines(struct vivado_reader *r, struct found *f, struct vivado_timing *out)
{
    double numbers[FIELDS_MOST];
    enum section section = ELSEWHERE;
    while (vivado_read_line(r)) {
        section = section_of(r->line, section);
        if (vivado_has_word(r->line, "There are no user specified timing constraints"))
            f->unconstrained = true;
        if (section == DESIGN_SUMMARY && !f->known) {
            const int n = number_row(r->line, numbers);
            f->known = n >= 4 && !isnan(numbers[0]);
            f->unconstrained |= n >= 4 && !f->known;
            out->wns_ns = f->known ? numbers[0] : 0.0;
            out->whs_ns = f->known && n >= 8 ? numbers[4] : (double)NAN;
        } else if (section == CLOCK_SUMMARY && f->n_clocks < CLOCKS_MOST) {
            f->n_clocks += read_clock(r->line, &f->clocks[f->n_clocks]);
        } else if (section == MAX_PATHS && f->known) {
            read_path_line(r->line, &f->path, out, f->group);
        }
    }
}

/* clock_of_worst: NULL if the report does not say which it is. */
static const struct clock *clock_of_worst(const struct found *f)
{
    if (f->n_clocks == 1)
        return &f->clocks[0];
    for (int i = 0; i < f->n_clocks; i++)
        if (strcmp(f->clocks[i].name, f->group) == 0)
            return &f->clocks[i];
    return NULL;
}

enum status vivado_read_timing(const char *text, size_t bytes, struct vivado_timing *out, struct errmsg *e)
{
    struct vivado_reader r = {.next = text, .end = text + bytes};
    struct found f = {.n_clocks = 0};
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
    if (clock == NULL)
        return fail(e, STATUS_INPUT,
                    "the design has %d clocks and the report does not list the worst path, so its clock is unknown: "
                    "use report_timing_summary -max_paths 1",
                    f.n_clocks);
    if (!(out->wns_ns < clock->period_ns) || out->wns_ns < -PERIOD_MOST_NS)
        return fail(e, STATUS_INPUT, "a slack of %.3f ns cannot be at a clock of %.3f ns", out->wns_ns,
                    clock->period_ns);
    memcpy(out->clock, clock->name, sizeof out->clock);
    out->period_ns = clock->period_ns;
    out->fmax_mhz = 1000.0 / (out->period_ns - out->wns_ns);
    if (!f.path.done)
        out->path_from[0] = out->path_to[0] = '\0';
    return STATUS_OK;
}
