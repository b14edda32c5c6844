/* A grid that was trained whole, as a problem of search that answers at once. scripts/grid_table.sh prints its table.
 */
#pragma once

#include "explorer/report/hypervolume.h"
#include "explorer/search/method.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { GRID_MOST = 32, GRID_TRAININGS = 512, GRID_EPOCHS = 64, GRID_VALUES = 256 };

struct grid_training {
    char name[32];
    double x[GRID_MOST], accuracy[GRID_EPOCHS], seconds[GRID_EPOCHS]; /* seconds: up to that epoch */
    int bought;                                                       /* epochs */
    int number;                                                       /* as the method sees it, or -1 */
};

struct grid_point {
    int value[GRID_MOST]; /* -1: any */
    int training;
    bool feasible;
    double costs[SEARCH_MAX_OBJECTIVES]; /* the accuracy is the first */
};

struct grid {
    struct search_problem problem;
    int n_values[GRID_MOST], n_points, n_trainings, n_epochs, n_x, seen[GRID_TRAININGS], n_seen;
    bool is_number[GRID_MOST];
    char values[GRID_MOST][GRID_VALUES][48];
    struct grid_training trainings[GRID_TRAININGS];
    struct grid_point points[8 * GRID_TRAININGS];
    int *table;                                               /* the point of each choice, or -1 */
    double reference[SEARCH_MAX_OBJECTIVES], volume, seconds; /* of the whole grid */
    double spent, limit;                                      /* s; the budget */
    void (*bought)(struct grid *g, void *context);            /* after each purchase; may be NULL */
    void *context;
};

static inline size_t grid_index(const struct grid *g, const int *choice)
{
    size_t index = 0;
    for (int v = 0; v < g->problem.n_variables; v++)
        index = index * (size_t)g->n_values[v] + (size_t)choice[v];
    return index;
}

static inline enum status grid_look(void *context, const int *choice, struct search_candidate *out, struct errmsg *e)
{
    struct grid *g = context;
    const int at = g->table[grid_index(g, choice)];
    (void)e;
    *out = (struct search_candidate){.feasible = at >= 0 && g->points[at].feasible};
    if (at < 0)
        return STATUS_OK;
    struct grid_training *t = &g->trainings[g->points[at].training];
    if (t->number < 0) {
        t->number = g->n_seen;
        g->seen[g->n_seen++] = g->points[at].training;
    }
    out->training = t->number;
    memcpy(out->costs, g->points[at].costs, sizeof out->costs);
    out->seconds = g->seconds / g->n_trainings;
    return STATUS_OK;
}

static inline void grid_features(void *context, int training, double *out)
{
    const struct grid *g = context;
    memcpy(out, g->trainings[g->seen[training]].x, (size_t)g->n_x * sizeof *out);
}

static inline int grid_rung_epochs(const struct grid *g, int rung)
{
    int epochs = g->n_epochs;
    for (int r = rung; r < g->problem.n_rungs - 1; r++)
        epochs /= 3;
    return epochs;
}

static inline enum status grid_buy(void *context, const struct search_purchase *purchases, int n,
                                   double *accuracies, bool *over, struct errmsg *e)
{
    struct grid *g = context;
    (void)e;
    for (int i = 0; i < n; i++) {
        const int at = g->table[grid_index(g, purchases[i].choice)];
        assert(at >= 0 && g->points[at].feasible);
        struct grid_training *t = &g->trainings[g->points[at].training];
        const int epochs = grid_rung_epochs(g, purchases[i].rung);
        if (epochs > t->bought) {
            g->spent += t->seconds[epochs - 1] - (t->bought > 0 ? t->seconds[t->bought - 1] : 0);
            t->bought = epochs;
        }
        accuracies[i] = t->accuracy[epochs - 1];
        if (g->bought != NULL)
            g->bought(g, g->context);
    }
    *over = g->spent >= g->limit;
    return STATUS_OK;
}

/* grid_volume: of the points whose training is bought whole; all: of all points. */
static inline double grid_volume(const struct grid *g, bool all)
{
    const int K = g->problem.n_objectives;
    double *costs = malloc(((size_t)g->n_points + 1) * (size_t)K * sizeof *costs), volume = NAN;
    int n = 0;
    struct errmsg e;
    for (int i = 0; i < g->n_points && costs != NULL; i++)
        if (g->points[i].feasible && (all || g->trainings[g->points[i].training].bought == g->n_epochs))
            memcpy(costs + (size_t)K * (size_t)n++, g->points[i].costs, (size_t)K * sizeof *costs);
    if (costs == NULL || hypervolume(costs, n, K, g->reference, &volume, &e) != STATUS_OK)
        abort();
    free(costs);
    return volume;
}

/* grid_reset: nothing is bought. */
static inline void grid_reset(struct grid *g)
{
    g->spent = 0;
    g->n_seen = 0;
    for (int t = 0; t < g->n_trainings; t++) {
        g->trainings[t].bought = 0;
        g->trainings[t].number = -1;
    }
}

/* ------------------------------------------------------------------------------------------- reading */

/* grid_numbers: the numbers of a text; returns how many. */
static inline int grid_numbers(const char *text, double *out)
{
    int n = 0;
    for (char *end; n < GRID_EPOCHS; text = end) {
        const double v = strtod(text, &end);
        if (end == text)
            break;
        out[n++] = v;
    }
    return n;
}

static inline int grid_value(struct grid *g, int variable, const char *text)
{
    if (text[0] == '\0')
        return -1;
    for (int i = 0; i < g->n_values[variable]; i++)
        if (strcmp(g->values[variable][i], text) == 0)
            return i;
    const int i = g->n_values[variable]++;
    char *end;
    assert(i < GRID_VALUES);
    snprintf(g->values[variable][i], sizeof g->values[variable][i], "%s", text);
    strtod(text, &end);
    g->is_number[variable] = (i == 0 || g->is_number[variable]) && *end == '\0';
    return i;
}

/* grid_split: the fields of a line of CSV without commas and quotes in fields. */
static inline int grid_split(char *line, char **fields)
{
    int n = 0;
    line[strcspn(line, "\r\n")] = '\0';
    for (char *p = line; p != NULL && n < GRID_MOST;) {
        char *comma = strchr(p, ',');
        if (comma != NULL)
            *comma = '\0';
        if (*p == '"') {
            p++;
            p[strcspn(p, "\"")] = '\0';
        }
        fields[n++] = p;
        p = comma == NULL ? NULL : comma + 1;
    }
    return n;
}

static inline void grid_row(struct grid *g, char **names, char **fields, int n)
{
    struct grid_point *p = &g->points[g->n_points];
    int v = 0, k = 1, x = 0, t = 0;
    while (t < g->n_trainings && strcmp(g->trainings[t].name, fields[0]) != 0)
        t++;
    struct grid_training *training = &g->trainings[t];
    assert(t < GRID_TRAININGS && g->n_points < (int)(sizeof g->points / sizeof *g->points));
    g->n_trainings = t == g->n_trainings ? t + 1 : g->n_trainings;
    snprintf(training->name, sizeof training->name, "%s", fields[0]);
    *p = (struct grid_point){.training = t, .feasible = true};
    for (int i = 1; i < n; i++) {
        const char kind = names[i][0];
        if (kind == 'v') {
            p->value[v] = grid_value(g, v, fields[i]);
            v++;
        } else if (kind == 'x') {
            training->x[x++] = log(strtod(fields[i], NULL));
        } else if (kind == '-' || kind == '+') {
            p->costs[k++] = (kind == '-' ? 1 : -1) * strtod(fields[i], NULL);
        } else if (strcmp(names[i], "fits") == 0) {
            p->feasible = strcmp(fields[i], "1") == 0;
        } else if (strcmp(names[i], "accuracies") == 0) {
            if (fields[i][0] != '\0')
                g->n_epochs = grid_numbers(fields[i], training->accuracy);
        } else if (strcmp(names[i], "seconds") == 0) {
            const int epochs = grid_numbers(fields[i], training->seconds);
            for (int j = 1; j < epochs; j++)
                training->seconds[j] += training->seconds[j - 1];
        }
    }
    p->costs[0] = -training->accuracy[g->n_epochs - 1];
    g->problem.n_variables = v;
    g->problem.n_objectives = k;
    g->n_x = x;
    g->n_points++;
}

/* grid_scale: the features to 0 to 1; those of the variables follow the given ones: a number as it is, a word as one
 * feature for each value. A network has none: its sizes are given. */
static inline void grid_describe(struct grid *g, char names[GRID_MOST][48])
{
    for (int v = 0; v < g->problem.n_variables; v++) {
        if (strcmp(names[v], "v:network") == 0 || strcmp(names[v], "v:parallelism") == 0)
            continue;
        for (int i = 0; i < g->n_points; i++) {
            double *x = g->trainings[g->points[i].training].x + g->n_x;
            const int value = g->points[i].value[v];
            if (g->is_number[v])
                *x = value < 0 ? NAN : log(strtod(g->values[v][value], NULL));
            else
                for (int j = 0; j < g->n_values[v]; j++)
                    x[j] = value == j;
        }
        g->n_x += g->is_number[v] ? 1 : g->n_values[v];
        assert(g->n_x < GRID_MOST);
    }
    for (int x = 0; x < g->n_x; x++) {
        double lo = INFINITY, hi = -INFINITY;
        for (int t = 0; t < g->n_trainings; t++) {
            lo = fmin(lo, g->trainings[t].x[x]);
            hi = fmax(hi, g->trainings[t].x[x]);
        }
        for (int t = 0; t < g->n_trainings; t++) {
            double *at = &g->trainings[t].x[x];
            *at = isnan(*at) || !(hi > lo) ? 0 : (*at - lo) / (hi - lo);
        }
    }
}

/* grid_fill: writes a point into all choices that are it. */
static inline void grid_fill(struct grid *g, int point, int variable, int *choice)
{
    if (variable == g->problem.n_variables) {
        g->table[grid_index(g, choice)] = point;
        return;
    }
    const int value = g->points[point].value[variable];
    for (int i = value < 0 ? 0 : value; i < (value < 0 ? g->n_values[variable] : value + 1); i++) {
        choice[variable] = i;
        grid_fill(g, point, variable + 1, choice);
    }
}

/* grid_load: free with grid_free. The reference is the worst known cost, and an accuracy that is so much below the
 * best. */
static inline struct grid *grid_load(const char *file, double accuracy_range)
{
    struct grid *g = calloc(1, sizeof *g);
    FILE *f = fopen(file, "r");
    char line[8192], header[1024], *names[GRID_MOST], *fields[GRID_MOST], variables[GRID_MOST][48];
    int n_variables = 0, choice[GRID_MOST] = {0};
    if (g == NULL || f == NULL || fgets(header, sizeof header, f) == NULL)
        abort();
    const int n = grid_split(header, names);
    for (int i = 0; i < n; i++)
        if (names[i][0] == 'v')
            snprintf(variables[n_variables++], sizeof variables[0], "%s", names[i]);
    while (fgets(line, sizeof line, f) != NULL)
        if (grid_split(line, fields) == n)
            grid_row(g, names, fields, n);
    fclose(f);
    grid_describe(g, variables);
    size_t cells = 1;
    for (int v = 0; v < g->problem.n_variables; v++)
        cells *= (size_t)g->n_values[v];
    g->table = malloc(cells * sizeof *g->table);
    if (g->table == NULL)
        abort();
    memset(g->table, -1, cells * sizeof *g->table);
    for (int i = 0; i < g->n_points; i++)
        grid_fill(g, i, 0, choice);
    for (int k = 0; k < g->problem.n_objectives; k++) {
        double best = INFINITY, worst = -INFINITY;
        for (int i = 0; i < g->n_points; i++)
            if (g->points[i].feasible) {
                best = fmin(best, g->points[i].costs[k]);
                worst = fmax(worst, g->points[i].costs[k]);
            }
        g->reference[k] = k == 0 ? best + accuracy_range : worst;
    }
    for (int t = 0; t < g->n_trainings; t++)
        g->seconds += g->trainings[t].seconds[g->n_epochs - 1];
    g->problem.n_values = g->n_values;
    g->problem.n_rungs = g->n_epochs >= 9 ? 3 : 1;
    g->problem.n_seeds = 1;
    g->problem.batch = 1;
    g->problem.n_features = g->n_x;
    g->problem.look = grid_look;
    g->problem.features = grid_features;
    g->problem.buy = grid_buy;
    g->problem.context = g;
    g->volume = grid_volume(g, true);
    g->limit = g->seconds;
    grid_reset(g);
    return g;
}

static inline void grid_free(struct grid *g)
{
    free(g->table);
    free(g);
}
