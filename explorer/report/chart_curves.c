/* Curves: the epochs of a training, mean over its seeds, as a line. */
#include "explorer/report/chart_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A point of the plot with the training that it belongs to. */
struct step {
    const char *training;
    const struct plot_point *point;
};

static int by_training(const void *a, const void *b)
{
    const struct step *x = a, *y = b;
    const int order = strcmp(x->training, y->training);
    if (order != 0)
        return order;
    return (x->point->x > y->point->x) - (x->point->x < y->point->x);
}

/* take_corner: the steps of one training at one x, from i on, as a corner: the mean, with the least and the greatest as
 * edges. Returns how many steps these are. */
static int take_corner(const struct step *steps, int n, int i, struct plot_corner *corner)
{
    double sum = 0, low = INFINITY, high = -INFINITY;
    int k = 0;
    for (; i + k < n && by_training(&steps[i], &steps[i + k]) == 0; k++) {
        const double y = steps[i + k].point->y;
        sum += y;
        low = fmin(low, y);
        high = fmax(high, y);
    }
    *corner = (struct plot_corner){steps[i].point->x, sum / k, low, high};
    return k;
}

static void make_lines(const struct step *steps, int n, struct chart *c)
{
    struct plot_line *line = NULL;
    int corners = 0;
    for (int i = 0; i < n;) {
        if (line == NULL || strcmp(steps[i].training, steps[i - 1].training) != 0) {
            line = &c->lines[c->plot.n_lines++];
            *line = (struct plot_line){
                .panel = steps[i].point->panel, .colour = steps[i].point->colour, .shape = steps[i].point->shape, .corners = &c->corners[corners]};
        }
        const int k = take_corner(steps, n, i, &c->corners[corners++]);
        c->n_seeds = k > c->n_seeds ? k : c->n_seeds;
        line->n++;
        i += k;
    }
}

enum status chart_curves(const struct table *t, struct chart *c, struct errmsg *e)
{
    const int column = table_column(t, "training"), n = c->plot.n;
    struct step *steps = malloc((size_t)n * sizeof *steps);
    c->corners = malloc((size_t)n * sizeof *c->corners);
    c->lines = malloc((size_t)n * sizeof *c->lines);
    if (steps == NULL || c->corners == NULL || c->lines == NULL) {
        free(steps);
        return fail(e, STATUS_ENVIRONMENT, "out of memory for %d epochs", n);
    }
    for (int i = 0; i < n; i++)
        steps[i] = (struct step){table_cell(t, c->rows[i], column)->text, &c->points[i]};
    qsort(steps, (size_t)n, sizeof *steps, by_training);
    make_lines(steps, n, c);
    free(steps);
    c->plot.lines = c->lines;
    return STATUS_OK;
}
