#include "explorer/search/gain.h"

#include "explorer/report/hypervolume.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The reference lies beyond the worst known costs, by this share of their range, so that these cover a little. */
static const double MARGIN = 0.01;

static enum status no_memory(struct errmsg *e)
{
    return fail(e, STATUS_ENVIRONMENT, "out of memory for the front of a search");
}

/* known: the k-th objective but the accuracy. */
static int known(const struct search_problem *p, int k)
{
    return k < p->accuracy ? k : k + 1;
}

/* set_reference: from the worst costs of all feasible choices. */
static void set_reference(struct gain *g)
{
    const struct notes *n = g->notes;
    for (int k = 0; k < g->K; k++) {
        double lo = INFINITY, hi = -INFINITY;
        for (int i = 0; i < n->n_choices; i++)
            if (n->choices[i].candidate.feasible) {
                const double c = n->choices[i].candidate.costs[known(n->problem, k)];
                lo = c < lo ? c : lo;
                hi = c > hi ? c : hi;
            }
        g->scale[k] = hi > lo ? hi - lo : 1;
        g->reference[k] = hi / g->scale[k] + MARGIN;
    }
}

/* rows_of: writes the known costs of the points of a training; returns how many. rows NULL: only counts them. */
static int rows_of(const struct gain *g, int training, double *rows)
{
    int n = 0;
    for (int i = g->notes->trainings[training].first; i >= 0; i = g->notes->choices[i].next, n++)
        for (int k = 0; k < g->K && rows != NULL; k++)
            rows[n * g->K + k] = g->notes->choices[i].candidate.costs[known(g->notes->problem, k)] / g->scale[k];
    return n;
}

/* volume: in the known objectives. Without any, a training covers all that there is: 1. */
static enum status volume_of(const struct gain *g, const double *rows, int n, double *volume, struct errmsg *e)
{
    if (g->K > 0)
        return hypervolume(rows, n, g->K, g->reference, volume, e);
    *volume = n > 0;
    return STATUS_OK;
}

static int by_accuracy(const void *a, const void *b)
{
    const struct gain_step *x = a, *y = b;
    if (x->accuracy != y->accuracy)
        return x->accuracy > y->accuracy ? -1 : 1;
    return x->training - y->training;
}

/* set_steps: from the best accuracy down; a training that covers nothing new is not on the front. */
static enum status set_steps(struct gain *g, int n_finished, struct errmsg *e)
{
    enum status s = STATUS_OK;
    double before = 0;
    qsort(g->steps, (size_t)n_finished, sizeof *g->steps, by_accuracy);
    for (int i = 0; i < n_finished && s == STATUS_OK; i++) {
        struct gain_step step = g->steps[i];
        double volume = 0;
        const int rows = rows_of(g, step.training, g->covered + (size_t)g->n_rows * (size_t)g->K);
        s = volume_of(g, g->covered, g->n_rows + rows, &volume, e);
        if (s != STATUS_OK || volume <= before)
            continue;
        g->n_rows += rows;
        step.n_covered = g->n_rows;
        step.covered_volume = before = volume;
        g->steps[g->n_steps++] = step;
    }
    return s;
}

enum status gain_open(struct gain *g, const struct notes *notes, const double *accuracies, double worst_accuracy,
                      struct errmsg *e)
{
    *g = (struct gain){.notes = notes, .K = notes->problem->n_objectives - 1, .worst_accuracy = worst_accuracy};
    int n_finished = 0, n_rows = 0, most_rows = 0;
    for (int t = 0; t < notes->n_trainings; t++) {
        const int rows = rows_of(g, t, NULL);
        n_rows += isnan(accuracies[t]) ? 0 : rows;
        n_finished += !isnan(accuracies[t]);
        most_rows = rows > most_rows ? rows : most_rows;
    }
    g->steps = malloc((size_t)(n_finished + 1) * sizeof *g->steps);
    g->covered = malloc(((size_t)n_rows + (size_t)most_rows + 1) * (size_t)(g->K + 1) * sizeof *g->covered);
    if (g->steps == NULL || g->covered == NULL)
        return no_memory(e);
    set_reference(g);
    n_finished = 0;
    for (int t = 0; t < notes->n_trainings; t++)
        if (!isnan(accuracies[t]))
            g->steps[n_finished++] = (struct gain_step){.accuracy = accuracies[t], .training = t};
    return set_steps(g, n_finished, e);
}

void gain_close(struct gain *g)
{
    free(g->steps);
    free(g->covered);
    *g = (struct gain){0};
}

/* area_gain: what the rows of a training (n, at the end of covered) add in the known objectives to those of the first
 * steps. */
static enum status area_gain(const struct gain *g, int n_steps, int training, double *area, struct errmsg *e)
{
    const int n_covered = n_steps > 0 ? g->steps[n_steps - 1].n_covered : 0;
    const double before = n_steps > 0 ? g->steps[n_steps - 1].covered_volume : 0;
    double volume = 0;
    const int m = rows_of(g, training, NULL);
    double *rows = malloc(((size_t)n_covered + (size_t)m + 1) * (size_t)(g->K + 1) * sizeof *rows);
    if (rows == NULL)
        return no_memory(e);
    memcpy(rows, g->covered, (size_t)n_covered * (size_t)g->K * sizeof *rows);
    rows_of(g, training, rows + (size_t)n_covered * (size_t)g->K);
    const enum status s = volume_of(g, rows, n_covered + m, &volume, e);
    free(rows);
    *area = volume > before ? volume - before : 0;
    return s;
}

/* excess: the expected part of a standard normal number above z. */
static double excess(double z)
{
    const double e = exp(-0.5 * z * z) / sqrt(2 * 3.14159265358979323846) - z * 0.5 * erfc(z / sqrt(2));
    return e > 0 ? e : 0;
}

/* An accuracy a adds the integral over all levels t up to a of what the training's points add, in the known objectives,
 * to those of the trainings that reach t. That area is constant between the accuracies of the front, so that the
 * expectation of the integral is a sum of areas times the expected length of the accuracy within each interval. */
enum status gain_expected(const struct gain *g, int training, double mean, double sd, double *expected, double *least,
                          struct errmsg *e)
{
    enum status s = STATUS_OK;
    double high = INFINITY;
    *expected = 0;
    *least = INFINITY;
    for (int i = 0; i <= g->n_steps && s == STATUS_OK && high > g->worst_accuracy; i++) {
        const double low = i < g->n_steps ? fmax(g->steps[i].accuracy, g->worst_accuracy) : g->worst_accuracy;
        double area = 0;
        s = area_gain(g, i, training, &area, e);
        if (area <= 0)
            break;
        *least = low;
        *expected += area * sd * (excess((low - mean) / sd) - (high < INFINITY ? excess((high - mean) / sd) : 0));
        high = low;
    }
    return s;
}
