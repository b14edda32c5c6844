/* The methods of search in grids that were trained whole (tests/grids), as if nothing were trained yet.
 * `test_replay SEEDS BATCH` prints, for each grid, method and seed, when which share of the grid's hypervolume was
 * reached if so many trainings are bought at once (scripts/replay.sh makes the curves of docs/search.md from that). */
#include "explorer/search/method.h"

#include "tests/support/grid.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { MOST_STEPS = 1024, METHODS = 3, GRIDS = 3, SEEDS = 3 };
static const struct search_method *const methods[METHODS] = {&search_random, &search_nsga2, &search_front};
static const char *const grids[GRIDS] = {"layers", "codes", "sizes"};

/* Accuracies more than 5 points below the best of the grid are worth nothing. */
static const double RANGE = 0.05;

/* The curve of one search: share of the grid's hypervolume over share of its training time. */
struct curve {
    int n;
    double time[MOST_STEPS], share[MOST_STEPS];
};

static void add_step(struct grid *g, void *context)
{
    struct curve *c = context;
    const double share = grid_volume(g, false) / g->volume;
    if (c->n < MOST_STEPS && (c->n == 0 || share > c->share[c->n - 1])) {
        c->time[c->n] = g->spent / g->seconds;
        c->share[c->n++] = share;
    }
}

static double time_to(const struct curve *c, double share)
{
    for (int i = 0; i < c->n; i++)
        if (c->share[i] >= share)
            return c->time[i];
    return 1;
}

static struct grid *load(const char *name)
{
    char file[4096];
    snprintf(file, sizeof file, "%s/tests/grids/%s.csv", DELTASWEEP_SOURCE_DIR, name);
    return grid_load(file, RANGE);
}

static void search(struct grid *g, const struct search_method *m, int seed, double share_of_time, struct curve *c)
{
    struct errmsg e = {""};
    grid_reset(g);
    *c = (struct curve){0};
    g->bought = add_step;
    g->context = c;
    g->limit = share_of_time * g->seconds;
    if (m->run(&g->problem, (uint64_t)seed, &e) != STATUS_OK)
        fail_msg("%s: %s", m->name, e.text);
}

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void front_needs_a_fifth_of_the_time(void **state)
{
    (void)state;
    static struct curve c;
    for (int i = 0; i < GRIDS; i++) {
        struct grid *g = load(grids[i]);
        double median[METHODS];
        assert_true(g->n_trainings >= 200);
        for (int m = 0; m < METHODS; m++) {
            double time[SEEDS];
            for (int s = 0; s < SEEDS; s++) {
                search(g, methods[m], s, 0.25, &c);
                time[s] = time_to(&c, 0.98);
            }
            qsort(time, SEEDS, sizeof *time, by_value);
            median[m] = time[SEEDS / 2];
            printf("%s, %s: 98 %% of the hypervolume at %.3f of the time%s\n", grids[i], methods[m]->name, median[m],
                   median[m] == 1 ? " or earlier, but not by 0.25" : "");
        }
        assert_true(median[2] <= 0.2);
        assert_true(median[2] < median[0] && median[2] < median[1]);
        grid_free(g);
    }
}

static void print_curves(int seeds, int batch)
{
    static struct curve c;
    puts("grid,method,seed,time,share");
    for (int i = 0; i < GRIDS; i++) {
        struct grid *g = load(grids[i]);
        g->problem.batch = batch;
        for (int m = 0; m < METHODS; m++)
            for (int s = 0; s < seeds; s++) {
                search(g, methods[m], s, 0.4, &c);
                for (int step = 0; step < c.n; step++)
                    printf("%s,%s,%d,%.5f,%.5f\n", grids[i], methods[m]->name, s, c.time[step], c.share[step]);
                fflush(stdout);
            }
        grid_free(g);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(front_needs_a_fifth_of_the_time)};
    if (argc > 2) {
        print_curves(atoi(argv[1]), atoi(argv[2]));
        return 0;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
