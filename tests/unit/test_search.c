/* The methods of search on problems whose front is known. */
#include "explorer/search/method.h"

#include "base/rng.h"
#include "explorer/report/hypervolume.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { SIDE = 12, LANES = 4, MOST_BOUGHT = 20000, RUNGS = 3, SEEDS = 2, MOST_TRAININGS = 1 << 17 };

enum { METHODS = 3 };
static const struct search_method *const methods[METHODS] = {&search_random, &search_nsga2, &search_front};

/* A made-up sweep: two sizes a and b that make the training, and lanes. */
struct toy {
    struct search_problem problem;
    int values[32];
    double limit, spent; /* in whole trainings */
    double failed;       /* of that, for trainings that failed */
    int n_over;          /* purchases after the budget was spent */
    bool nothing_fits, fails, all_fail;
    double harder; /* by so much the accuracies of every training are lower with the second seed */
    int n_trainings, a[MOST_TRAININGS], b[MOST_TRAININGS]; /* in the order in which they were seen */
    int number[SIDE][SIDE];
    int n_bought;
    struct search_purchase bought[MOST_BOUGHT]; /* choice: NULL */
    int of[MOST_BOUGHT];                        /* their trainings */
    int epochs_ninths[SIDE][SIDE][SEEDS];
};

static double accuracy(int a, int b, int rung, int seed)
{
    struct rng r;
    rng_init(&r, (uint64_t)(a * SIDE + b) * 8 + (uint64_t)seed, RNG_TEST);
    return 0.9 - 0.3 * exp(-(a + 1.5 * b) / 5) - 0.05 * (RUNGS - 1 - rung) + 0.002 * rng_unit(&r);
}

static enum status look(void *context, const int *choice, struct search_candidate *out, struct errmsg *e)
{
    struct toy *t = context;
    const int a = choice[0], b = choice[1], lanes = 1 + choice[2];
    (void)e;
    *out = (struct search_candidate){.feasible = !t->nothing_fits && a + b < 2 * SIDE - 4 && lanes * b < 3 * SIDE};
    for (int v = 3; v < t->problem.n_variables; v++) /* a large space, of which little is feasible */
        out->feasible &= v > 4 || choice[v] == 7;
    if (t->number[a][b] < 0) {
        t->number[a][b] = t->n_trainings;
        t->a[t->n_trainings] = a;
        t->b[t->n_trainings++] = b;
    }
    out->training = t->number[a][b];
    out->costs[0] = NAN;
    out->costs[1] = a + 2 * b + 1;
    out->costs[2] = (a + b + 4.0) / lanes;
    out->seconds = 9;
    return STATUS_OK;
}

static void features(void *context, int training, double *out)
{
    const struct toy *t = context;
    out[0] = t->a[training] / (double)SIDE;
    out[1] = t->b[training] / (double)SIDE;
}

static bool has_failed(const struct toy *t, int a, int b)
{
    return t->all_fail || (t->fails && a > 7 && b > 2);
}

static enum status buy(void *context, const struct search_purchase *purchases, int n, double *accuracies, bool *over,
                       struct errmsg *e)
{
    struct toy *t = context;
    (void)e;
    assert_in_range(n, 1, t->problem.batch);
    for (int i = 0; i < n; i++) {
        const struct search_purchase *p = &purchases[i];
        const int a = p->choice[0], b = p->choice[1];
        struct search_candidate c;
        look(t, p->choice, &c, e);
        assert_true(c.feasible);
        assert_in_range(p->rung, 0, t->problem.n_rungs - 1);
        assert_in_range(p->seed, 0, t->problem.n_seeds - 1);
        t->n_over += t->spent >= t->limit;
        const int ninths = (int)(9 / pow(3, t->problem.n_rungs - 1 - p->rung) + 0.5);
        if (ninths > t->epochs_ninths[a][b][p->seed]) {
            const double cost = (ninths - t->epochs_ninths[a][b][p->seed]) / 9.0;
            t->spent += cost;
            t->failed += has_failed(t, a, b) ? cost : 0;
            t->epochs_ninths[a][b][p->seed] = ninths;
        }
        assert_true(t->n_bought < MOST_BOUGHT);
        t->of[t->n_bought] = t->number[a][b];
        t->bought[t->n_bought] = *p;
        t->bought[t->n_bought++].choice = NULL;
        accuracies[i] =
            has_failed(t, a, b) ? NAN : accuracy(a, b, RUNGS - t->problem.n_rungs + p->rung, p->seed) - t->harder * p->seed;
    }
    *over = t->spent >= t->limit;
    return STATUS_OK;
}

static struct toy *toy_new(void)
{
    struct toy *t = calloc(1, sizeof *t);
    assert_non_null(t);
    t->limit = INFINITY;
    memset(t->number, -1, sizeof t->number);
    for (int v = 0; v < 32; v++)
        t->values[v] = v < 2 ? SIDE : v == 2 ? LANES : 16;
    t->problem = (struct search_problem){.n_variables = 3,
                                         .n_values = t->values,
                                         .n_objectives = 3,
                                         .accuracy = 0,
                                         .n_rungs = RUNGS,
                                         .n_seeds = 1,
                                         .batch = 2,
                                         .n_features = 2,
                                         .look = look,
                                         .features = features,
                                         .buy = buy,
                                         .context = t};
    return t;
}

static void search(struct toy *t, const struct search_method *m, uint64_t seed)
{
    struct errmsg e = {""};
    const enum status s = m->run(&t->problem, seed, &e);
    if (s != STATUS_OK)
        fail_msg("%s: %s", m->name, e.text);
}

/* share: of the hypervolume of all feasible choices, that of those whose training was bought whole. */
static double share(const struct toy *t)
{
    const int K = t->problem.n_objectives;
    static double costs[2][SIDE * SIDE * LANES * 3];
    static const double reference[] = {-0.6, 3 * SIDE, 2 * SIDE + 4};
    int n[2] = {0, 0};
    double volume[2];
    struct errmsg e;
    struct toy fresh = {.problem = t->problem, .nothing_fits = false};
    memset(fresh.number, -1, sizeof fresh.number);
    for (int a = 0; a < t->values[0]; a++)
        for (int b = 0; b < t->values[1]; b++)
            for (int lanes = 0; lanes < t->values[2]; lanes++) {
                const int choice[32] = {a, b, lanes, 7, 7};
                struct search_candidate c;
                look(&fresh, choice, &c, &e);
                for (int all = 0; all < 2 && c.feasible && !has_failed(t, a, b); all++)
                    if (all || t->epochs_ninths[a][b][0] == 9) {
                        double *row = &costs[all][K * n[all]++];
                        memcpy(row, c.costs, (size_t)K * sizeof *row);
                        row[0] = -accuracy(a, b, RUNGS - 1, 0);
                    }
            }
    for (int all = 0; all < 2; all++)
        assert_int_equal(hypervolume(costs[all], n[all], K, reference, &volume[all], &e), STATUS_OK);
    return volume[0] / volume[1];
}

static double whole_space(void)
{
    int n = 0;
    for (int a = 0; a < SIDE; a++)
        for (int b = 0; b < SIDE; b++)
            n += a + b < 2 * SIDE - 4 && b < 3 * SIDE;
    return n;
}

static void without_a_budget_the_front_is_found(void **state)
{
    (void)state;
    for (int m = 0; m < METHODS; m++) {
        struct toy *t = toy_new();
        t->problem.n_objectives = 2;
        search(t, methods[m], 1);
        printf("%s: %.5f of the volume after %.1f of %.0f trainings\n", methods[m]->name, share(t), t->spent,
               whole_space());
        assert_true(share(t) > (m < 2 ? 1 - 1e-12 : 0.998));
        if (m < 2)
            assert_true(fabs(t->spent - whole_space()) < 1e-9);
        else
            assert_true(t->spent < 0.7 * whole_space()); /* what can add nothing is not trained */
        free(t);
    }
}

static void front_needs_few_trainings(void **state)
{
    (void)state;
    double mean[METHODS] = {0};
    enum { TRIES = 5 };
    for (int m = 0; m < METHODS; m++) {
        for (int s = 0; s < TRIES; s++) {
            struct toy *t = toy_new();
            t->limit = 20;
            search(t, methods[m], (uint64_t)s);
            mean[m] += share(t) / TRIES;
            free(t);
        }
        printf("%s: %.4f after 20 trainings\n", methods[m]->name, mean[m]);
    }
    assert_true(mean[2] > 0.97 && mean[2] > mean[0] + 0.02 && mean[2] > mean[1] + 0.02);
}

static void equal_seeds_buy_alike(void **state)
{
    (void)state;
    for (int m = 0; m < METHODS; m++) {
        struct toy *t[3];
        for (int i = 0; i < 3; i++) {
            t[i] = toy_new();
            t[i]->limit = 15;
            search(t[i], methods[m], i < 2 ? 7 : 8);
        }
        assert_int_equal(t[0]->n_bought, t[1]->n_bought);
        assert_memory_equal(t[0]->bought, t[1]->bought, (size_t)t[0]->n_bought * sizeof *t[0]->bought);
        assert_memory_equal(t[0]->epochs_ninths, t[1]->epochs_ninths, sizeof t[0]->epochs_ninths);
        assert_memory_not_equal(t[0]->epochs_ninths, t[2]->epochs_ninths, sizeof t[0]->epochs_ninths);
        for (int i = 0; i < 3; i++)
            free(t[i]);
    }
}

/* A seed that is harder for every training changes nothing that is bought, and seeds are bought where they can tell. */
static void a_harder_seed_is_no_reason(void **state)
{
    (void)state;
    struct toy *t[2];
    int seeds = 0;
    for (int i = 0; i < 2; i++) {
        t[i] = toy_new();
        t[i]->problem.n_seeds = SEEDS;
        t[i]->limit = 20;
        t[i]->harder = 0.03 * i;
        search(t[i], &search_front, 5);
    }
    assert_int_equal(t[0]->n_bought, t[1]->n_bought);
    for (int i = 0; i < t[0]->n_bought; i++) {
        const struct search_purchase *p = &t[0]->bought[i], *q = &t[1]->bought[i];
        assert_true(t[0]->of[i] == t[1]->of[i] && p->rung == q->rung && p->seed == q->seed);
        seeds += p->seed;
    }
    assert_in_range(seeds, 1, t[0]->limit / 3);
    free(t[0]);
    free(t[1]);
}

static void a_spent_budget_ends_it(void **state)
{
    (void)state;
    for (int m = 0; m < METHODS; m++)
        for (int limit = 0; limit < 12; limit += 5) {
            struct toy *t = toy_new();
            t->limit = limit;
            search(t, methods[m], 3);
            assert_true(t->spent >= limit && t->spent <= limit + 2);
            assert_true(t->n_over <= t->problem.batch);
            free(t);
        }
}

static void where_nothing_is_feasible_nothing_is_bought(void **state)
{
    (void)state;
    for (int m = 0; m < METHODS; m++) {
        struct toy *t = toy_new();
        t->nothing_fits = true;
        search(t, methods[m], 3);
        assert_int_equal(t->n_bought, 0);
        free(t);
    }
}

static void one_choice_is_trained(void **state)
{
    (void)state;
    for (int m = 0; m < METHODS; m++) {
        struct toy *t = toy_new();
        t->values[0] = t->values[1] = t->values[2] = 1;
        search(t, methods[m], 3);
        assert_true(fabs(t->spent - 1) < 1e-9);
        free(t);
    }
}

static void one_objective_is_a_search_for_the_best(void **state)
{
    (void)state;
    for (int m = 0; m < METHODS; m++) {
        struct toy *t = toy_new();
        t->problem.n_objectives = 1;
        search(t, methods[m], 3);
        printf("%s: %.5f of the best after %.1f trainings\n", methods[m]->name, share(t), t->spent);
        assert_true(share(t) > 0.995);
        free(t);
    }
}

/* Failed trainings are told by NAN. No method stops there, and front stays away from what is like them. */
static void failed_trainings_are_learnt(void **state)
{
    (void)state;
    double failed[METHODS] = {0};
    for (int m = 0; m < METHODS; m++)
        for (int s = 0; s < 3; s++) {
            struct toy *t = toy_new();
            t->fails = true;
            t->limit = 30;
            search(t, methods[m], (uint64_t)s);
            printf("%s: %.1f of %.1f trainings failed, %.4f of the volume\n", methods[m]->name, t->failed, t->spent,
                   share(t));
            failed[m] += t->failed;
            assert_true(t->spent >= 30);
            free(t);
        }
    assert_true(failed[2] < 0.5 * failed[0]);
}

static void where_everything_fails_all_is_tried_once(void **state)
{
    (void)state;
    for (int m = 0; m < METHODS; m++) {
        struct toy *t = toy_new();
        t->all_fail = true;
        t->values[0] = t->values[1] = 4;
        search(t, methods[m], 3);
        assert_true(t->n_bought >= (m < 2 ? 16 : 1) && t->n_bought <= 4 * 16);
        free(t);
    }
}

/* 2^140 choices, of which one in 256 is feasible. */
static void a_space_too_large_to_list_is_sampled(void **state)
{
    (void)state;
    for (int m = 0; m < METHODS; m++) {
        struct toy *t = toy_new();
        t->problem.n_variables = 32;
        t->limit = 12;
        search(t, methods[m], 3);
        printf("%s: %.4f of the volume after %.1f trainings\n", methods[m]->name, share(t), t->spent);
        assert_true(t->spent >= 12);
        free(t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_budget_the_front_is_found),
        cmocka_unit_test(front_needs_few_trainings),
        cmocka_unit_test(equal_seeds_buy_alike),
        cmocka_unit_test(a_harder_seed_is_no_reason),
        cmocka_unit_test(a_spent_budget_ends_it),
        cmocka_unit_test(where_nothing_is_feasible_nothing_is_bought),
        cmocka_unit_test(one_choice_is_trained),
        cmocka_unit_test(one_objective_is_a_search_for_the_best),
        cmocka_unit_test(failed_trainings_are_learnt),
        cmocka_unit_test(where_everything_fails_all_is_tried_once),
        cmocka_unit_test(a_space_too_large_to_list_is_sampled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
