#include "explorer/report/chart_unit.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* How the views write a unit; base and power of ten of what a plot writes. */
struct unit {
    const char *written, *base;
    int power;
    bool rises, falls; /* whether prefixes above and below the written one make sense */
};
static const struct unit units[] = {
    {"bit", "bit", 0, true, false}, {"MAC/s", " MAC/s", 0, true, false}, {"clocks/s", " clocks/s", 0, true, false},
    {"MHz", "Hz", 6, true, true},   {"ns", "s", -9, true, false},        {"us", "s", -6, true, true},
    {"s", "s", 0, false, true},     {"mW", "W", -3, true, true},         {"uJ", "J", -6, true, true},
};
static const struct {
    int power;
    const char *prefix, *word, *of_rate;
} prefixes[] = {{-9, "n", "", ""},
                {-6, "µ", "", ""},
                {-3, "m", "", ""},
                {0, "", "", "1"},
                {3, "k", "thousands", "1000"},
                {6, "M", "millions", "10⁶"},
                {9, "G", "billions", "10⁹"}};
enum { PREFIXES = sizeof prefixes / sizeof prefixes[0], PLAIN = 3 };

static const double LOG_FROM = 30.0; /* largest over smallest value, from which an axis is logarithmic */

/* prefix_for: the one of `from` up to `to` under which 10^power · v has one to three digits before the point. */
static int prefix_for(double v, int power, int from, int to)
{
    const double size = log10(fabs(v)) + power;
    int best = from;
    for (int i = from; i <= to; i++)
        if (size >= prefixes[i].power - 1e-9)
            best = i;
    return best;
}

static int index_of(int power)
{
    int i = 0;
    while (prefixes[i].power != power)
        i++;
    return i;
}

bool chart_logarithmic(const struct view_column *known, double low, double high)
{
    const bool sized =
        known != NULL && known->unit != NULL && strcmp(known->unit, "fraction") != 0 && known->kind != COLUMN_NAME;
    return sized && low > 0.0 && high / low > LOG_FROM;
}

double chart_unit(const struct view_column *known, const char *title, double typical, char *label, size_t n_bytes)
{
    const char *unit = known != NULL && known->unit != NULL ? known->unit : "";
    const bool scaled = known != NULL && known->kind == COLUMN_RESULT && isfinite(typical) && typical != 0.0;
    if (strcmp(unit, "fraction") == 0) {
        snprintf(label, n_bytes, "%s (%%)", title);
        return 100.0;
    }
    for (size_t k = 0; k < sizeof units / sizeof units[0]; k++) {
        const struct unit *u = &units[k];
        if (strcmp(unit, u->written) != 0)
            continue;
        const int own = index_of(u->power);
        const int p = scaled ? prefix_for(typical, u->power, u->falls ? 0 : own, u->rises ? PREFIXES - 1 : own) : own;
        const bool gap = u->base[0] == ' ';
        snprintf(label, n_bytes, "%s (%s%s)", title, prefixes[p].prefix, u->base + (gap && p == PLAIN));
        return pow(10.0, u->power - prefixes[p].power);
    }
    /* Counts and rates of counts keep their numbers up to five digits. */
    const int p = scaled && fabs(typical) >= 1e5 ? prefix_for(typical, 0, PLAIN, PREFIXES - 1) : PLAIN;
    if (strcmp(unit, "1/s") == 0)
        snprintf(label, n_bytes, "%s (%s/s)", title, prefixes[p].of_rate);
    else if (p == PLAIN)
        snprintf(label, n_bytes, unit[0] != '\0' ? "%s (%s)" : "%s", title, unit);
    else
        snprintf(label, n_bytes, unit[0] != '\0' ? "%s (%s %s)" : "%s (%s)", title, prefixes[p].word, unit);
    return pow(10.0, -prefixes[p].power);
}
