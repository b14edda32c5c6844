/* Where a search spends further seeds: on trainings of which their seeds do not tell whether they are on the front. */
#include "explorer/search/doubt.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { MOST = 8, SEEDS = 3, SECONDS = 9 };

/* Trainings of one point each. Number t costs t, and has accuracy[t][seed] in the end. */
struct few {
    struct search_problem problem;
    struct notes notes;
    int values[1];
    double accuracy[MOST][SEEDS];
};

static enum status look(void *context, const int *choice, struct search_candidate *out, struct errmsg *e)
{
    (void)context, (void)e;
    *out = (struct search_candidate){.feasible = true, .training = choice[0], .seconds = SECONDS};
    out->costs[0] = NAN;
    out->costs[1] = choice[0];
    return STATUS_OK;
}

static enum status buy(void *context, const struct search_purchase *purchases, int n, double *accuracies, bool *over,
                       struct errmsg *e)
{
    const struct few *f = context;
    (void)e;
    for (int i = 0; i < n; i++)
        accuracies[i] = f->accuracy[purchases[i].choice[0]][purchases[i].seed] -
                        (purchases[i].rung < f->problem.n_rungs - 1 ? 0.1 : 0);
    *over = false;
    return STATUS_OK;
}

static void open_few(struct few *f, int n, const double *accuracies)
{
    struct errmsg e;
    *f = (struct few){.values = {n}};
    f->problem = (struct search_problem){.n_variables = 1,
                                         .n_values = f->values,
                                         .n_objectives = 2,
                                         .accuracy = 0,
                                         .n_rungs = 2,
                                         .n_seeds = SEEDS,
                                         .batch = 4,
                                         .look = look,
                                         .buy = buy,
                                         .context = f};
    assert_int_equal(notes_open(&f->notes, &f->problem, &e), STATUS_OK);
    for (int t = 0; t < n; t++) {
        int at = 0;
        assert_int_equal(notes_look(&f->notes, &t, &at, &e), STATUS_OK);
        for (int s = 0; s < SEEDS; s++)
            f->accuracy[t][s] = accuracies[t];
    }
}

static void train(struct few *f, int training, int rung, int seed)
{
    struct errmsg e;
    const struct wish w = {training, rung, seed};
    assert_int_equal(notes_buy(&f->notes, &w, 1, &e), STATUS_OK);
}

/* next: the training in doubt, or -1; *seed = its next one. */
static int next(const struct few *f, double seed_sd, int *seed)
{
    double accuracies[MOST], before[MOST];
    struct errmsg e;
    int training = 0;
    for (int t = 0; t < f->notes.n_trainings; t++)
        before[t] = accuracies[t] = notes_accuracy(&f->notes, t);
    assert_int_equal(doubt_next(&f->notes, accuracies, 0.5, seed_sd, &training, seed, &e), STATUS_OK);
    assert_memory_equal(accuracies, before, (size_t)f->notes.n_trainings * sizeof *before);
    return training;
}

/* Training 2 is ahead of 1 by 0.001, 4 ahead of 2 by 0.002; the others are off by 0.05 and more. */
static const double close[] = {0.80, 0.85, 0.851, 0.70, 0.853};

static void the_nearest_to_the_edge_comes_first(void **state)
{
    (void)state;
    struct few f;
    int seed = 0;
    open_few(&f, 5, close);
    assert_int_equal(next(&f, 0.01, &seed), -1); /* nothing is trained */
    for (int t = 0; t < 5; t++)
        train(&f, t, 1, 0);
    assert_int_equal(next(&f, 0.01, &seed), 2);
    assert_int_equal(seed, 1);
    assert_int_equal(next(&f, 0.0004, &seed), -1); /* two standard errors are 0.0008 */
    assert_int_equal(next(&f, 0.0006, &seed), 2);
    notes_close(&f.notes);
}

static void the_fewest_seeds_come_first(void **state)
{
    (void)state;
    struct few f;
    int seed = 0;
    open_few(&f, 5, close);
    for (int t = 0; t < 5; t++)
        train(&f, t, 1, 0);
    train(&f, 2, 1, 1);
    assert_int_equal(next(&f, 0.01, &seed), 4); /* farther from the edge than 2, which has two seeds */
    assert_int_equal(seed, 1);
    train(&f, 4, 1, 1);
    assert_int_equal(next(&f, 0.01, &seed), 2);
    assert_int_equal(seed, 2);
    train(&f, 2, 1, 2);
    assert_int_equal(next(&f, 0.01, &seed), 4);
    train(&f, 4, 1, 2);
    assert_int_equal(next(&f, 0.01, &seed), -1); /* both have all seeds, and the others are in no doubt */
    notes_close(&f.notes);
}

/* More seeds make an interval narrower: 0.002 is within 2 · 0.00125 of the edge, and not within 2 · 0.00125 / sqrt(2).
 */
static void more_seeds_end_a_doubt(void **state)
{
    (void)state;
    static const double two[] = {0.8, 0.802};
    struct few f;
    int seed = 0;
    open_few(&f, 2, two);
    train(&f, 0, 1, 0);
    train(&f, 1, 1, 0);
    assert_int_equal(next(&f, 0.00125, &seed), 1);
    train(&f, 1, 1, 1);
    assert_int_equal(next(&f, 0.00125, &seed), -1);
    notes_close(&f.notes);
}

static void unfinished_and_failed_trainings_are_in_no_doubt(void **state)
{
    (void)state;
    struct few f;
    int seed = 0;
    open_few(&f, 5, close);
    train(&f, 1, 1, 0);
    train(&f, 2, 0, 0); /* its first rung alone */
    assert_int_equal(next(&f, 0.01, &seed), -1);
    train(&f, 2, 1, 0);
    assert_int_equal(next(&f, 0.01, &seed), 2);
    f.accuracy[2][1] = NAN;
    train(&f, 2, 1, 1);
    assert_int_equal(next(&f, 0.01, &seed), -1);
    notes_close(&f.notes);
}

static void further_seeds_are_timed(void **state)
{
    (void)state;
    struct few f;
    open_few(&f, 5, close);
    train(&f, 1, 1, 0);
    assert_true(doubt_seconds(&f.notes) == 0);
    train(&f, 1, 1, 1);
    train(&f, 2, 0, 2); /* a third of the epochs */
    assert_true(fabs(doubt_seconds(&f.notes) - SECONDS - SECONDS / 3.0) < 1e-9);
    notes_close(&f.notes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_nearest_to_the_edge_comes_first),
        cmocka_unit_test(the_fewest_seeds_come_first),
        cmocka_unit_test(more_seeds_end_a_doubt),
        cmocka_unit_test(unfinished_and_failed_trainings_are_in_no_doubt),
        cmocka_unit_test(further_seeds_are_timed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
