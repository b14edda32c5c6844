#include "models/fpga/device/speed.h"

#include "base/file.h"
#include "base/share.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

double speed_net_ns(const struct family *family, enum speed_grade grade)
{
    return family->near_ns[grade];
}

const char *speed_name(enum speed_grade grade)
{
    return grade == SPEED_1 ? "-1" : "-2";
}

static const struct speed_factor *find_factor(const struct family *family, const char *cell)
{
    const struct speed_factor *f = family->factors;
    while (strncmp(cell, f->cell, strlen(f->cell)) != 0)
        f++;
    return f;
}

/* scale_net: a net's delay at -2; what lies between the two means is a straight line in both grades. */
static double scale_net(const struct family *family, double ns)
{
    const double *near_net = family->near_ns, *far_net = family->far_ns;
    if (ns <= near_net[SPEED_1])
        return ns * near_net[SPEED_2] / near_net[SPEED_1];
    return near_net[SPEED_2] +
           (ns - near_net[SPEED_1]) * (far_net[SPEED_2] - near_net[SPEED_2]) / (far_net[SPEED_1] - near_net[SPEED_1]);
}

/* scale_table: the figures of one table from p, up to its closing quotation mark, to out. The tables near and beside
 * begin with the cell's delay without a net; away with that and the net to one sink, but for IN_PORT, which has only
 * what a net to more sinks needs on top of that; the second of beside has a net and a LUT on top. Returns where it
 * stopped; NULL if that is no figure. */
static const char *scale_table(const struct family *family, FILE *out, const char *p, const char *table,
                               const struct speed_factor *f, bool setup)
{
    const double *near_net = family->near_ns;
    const bool away = strcmp(table, "away") == 0, beside = strcmp(table, "beside") == 0;
    double own = 0.0, left_out = 0.0;

    for (int i = 0;; i++) {
        char *end;
        const double ns = strtod(p, &end);
        if (end == p || !isfinite(ns))
            return NULL;
        if (i == 0 && away && ns < near_net[SPEED_1])
            left_out = 1.0;
        else if (i == 0)
            own = away ? ns - near_net[SPEED_1] : ns;
        double scaled;
        if (setup || strcmp(table, "scalar") == 0)
            scaled = ns * (setup ? f->setup : f->delay);
        else if (beside && i == 1)
            scaled = own * f->delay + near_net[SPEED_2] +
                     (ns - own - near_net[SPEED_1]) * find_factor(family, "LUT")->delay;
        else
            scaled = own * f->delay + scale_net(family, ns - own + left_out * near_net[SPEED_1]) -
                     left_out * near_net[SPEED_2];
        fprintf(out, "%s%.4f", i > 0 ? ", " : "", scaled);
        p = end;
        if (*p == '"')
            return p;
        if (*p++ != ',')
            return NULL;
    }
}

/* copy_until: writes text from p up to end, and returns end. */
static const char *copy_until(FILE *out, const char *p, const char *end)
{
    fwrite(p, 1, (size_t)(end - p), out);
    return end;
}

/* word_at: the letters from p up to one of stops. */
static void word_at(const char *p, const char *stops, char *word, size_t room)
{
    snprintf(word, room, "%.*s", (int)strcspn(p, stops), p);
}

/* What of a library was read last: the cell, and the table whose figures come next (none: ""). */
struct place {
    char cell[64], table[16];
    bool setup;
};

/* note_place: takes the name of a cell or of a table that stands at p. */
static void note_place(const char *p, struct place *at)
{
    static const char rise[] = "cell_rise(", fall[] = "cell_fall(", constraint[] = "_constraint(", cell[] = "cell(";
    if (strncmp(p, cell, strlen(cell)) == 0)
        word_at(p + strlen(cell), ")", at->cell, sizeof at->cell);
    else if (strncmp(p, rise, strlen(rise)) == 0 || strncmp(p, fall, strlen(fall)) == 0) {
        word_at(p + strlen(rise), ")", at->table, sizeof at->table);
        at->setup = false;
    } else if (strncmp(p, constraint, strlen(constraint)) == 0) {
        word_at(p + strlen(constraint), ")", at->table, sizeof at->table);
        at->setup = true;
    }
}

enum status speed_scale(const struct family *family, const char *speed1, char **text, struct errmsg *e)
{
    static const char values[] = "values(\"", comment[] = "/*", name[] = "library(xc7_speed1)";
    struct place at = {.cell = ""};
    size_t bytes;
    enum status s = STATUS_OK;

    *text = NULL;
    FILE *out = open_memstream(text, &bytes);
    if (out == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory for the delay library");
    for (const char *p = speed1; *p != '\0' && s == STATUS_OK;) {
        if (strncmp(p, comment, strlen(comment)) == 0) {
            const char *end = strstr(p, "*/");
            p = end == NULL ? p + strlen(p) : end + 2; /* they explain the figures of -1 */
            continue;
        }
        note_place(p, &at);
        if (strncmp(p, name, strlen(name)) == 0) {
            fputs("library(xc7_speed2)", out);
            p += strlen(name);
        } else if (at.table[0] != '\0' && strncmp(p, values, strlen(values)) == 0) {
            p = copy_until(out, p, p + strlen(values));
            const char *end = scale_table(family, out, p, at.table, find_factor(family, at.cell), at.setup);
            if (end == NULL)
                s = fail(e, STATUS_ENVIRONMENT, "the delay library has `%.20s` for a delay of %s", p, at.cell);
            else
                p = end;
            at.table[0] = '\0';
        } else {
            p = copy_until(out, p, p + 1);
        }
    }
    if (fclose(out) != 0 && s == STATUS_OK)
        s = fail(e, STATUS_ENVIRONMENT, "out of memory for the delay library");
    if (s != STATUS_OK) {
        free(*text);
        *text = NULL;
    }
    return s;
}

enum status speed_library(const struct family *family, enum speed_grade grade, char **text, struct errmsg *e)
{
    char relative[160], path[4096], *speed1 = NULL;
    *text = NULL;
    snprintf(relative, sizeof relative, "rtl/%s", family->library);
    enum status s = share_path(path, relative, e);
    if (s == STATUS_OK)
        s = file_read(path, &speed1, e);
    if (s == STATUS_OK && grade == SPEED_2) {
        s = speed_scale(family, speed1, text, e);
        free(speed1);
    } else {
        *text = speed1;
    }
    return s;
}
