/* Importance of axes, on tables whose truth is known. */
#include "base/rng.h"
#include "explorer/report/forest.h"
#include "explorer/report/importance.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void put_text(struct cell *c, const char *text)
{
    *c = (struct cell){.type = CELL_TEXT, .integer = (int64_t)strlen(text), .text = strdup(text)};
    assert_non_null(c->text);
}

static void put_int(struct cell *c, int v)
{
    *c = (struct cell){.type = CELL_INT, .integer = v};
}

static void put_real(struct cell *c, double v)
{
    *c = (struct cell){.type = CELL_REAL, .real = v};
}

/* noise: about normal, variance 1. */
static double noise(struct rng *r)
{
    double sum = 0.0;
    for (int i = 0; i < 12; i++)
        sum += rng_unit(r);
    return sum - 6.0;
}

static struct table *make(const char *const *names, int n)
{
    struct errmsg e;
    struct table *t = NULL;
    assert_int_equal(table_make(names, n, &t, &e), STATUS_OK);
    return t;
}

static struct cell *add(struct table *t)
{
    struct cell *row = table_add(t);
    assert_non_null(row);
    return row;
}

/* of: the importance for the last column. */
static struct importance of(const struct table *t, bool pairs)
{
    struct errmsg e;
    struct importance i;
    const struct importance_options o = {.pairs = pairs};
    assert_int_equal(importance_of(t, t->n_columns - 1, &o, &i, &e), STATUS_OK);
    return i;
}

static const struct importance_factor *find(const struct importance *i, const char *name)
{
    for (int k = 0; k < i->n_factors; k++)
        if (strcmp(i->factors[k].name, name) == 0)
            return &i->factors[k];
    fail_msg("there is no factor %s", name);
    return NULL;
}

static void assert_share(double share, double error, double truth, double more)
{
    if (fabs(share - truth) > error + more)
        fail_msg("%.3f ± %.3f, and it is %.3f", share, error, truth);
}

/* A grid of four axes: the epochs add, two others act together alone, one does nothing, and there is noise.
 * Variances: epochs 2 · (0, 1, 2, 3): 5; delta_bits · weight_bits (both ±1, times 2): 4; noise 1. */
static const char *const grid_names[] = {"epochs", "delta_bits", "weight_bits", "rounding", "test_accuracy"};

static struct table *make_grid(uint64_t seed)
{
    static const char *const words[] = {"cut", "nearest", "stochastic"};
    struct rng r;
    struct table *t = make(grid_names, 5);
    rng_init(&r, seed, RNG_TEST);
    for (int i = 0; i < 4 * 2 * 2 * 3 * 4; i++) {
        const int a = i % 4, b = i / 4 % 2, c = i / 8 % 2, d = i / 16 % 3;
        struct cell *row = add(t);
        put_int(&row[0], a);
        put_int(&row[1], 3 + b);
        put_int(&row[2], 7 + c);
        put_text(&row[3], words[d]);
        put_real(&row[4], 2.0 * a + 2.0 * (2 * b - 1) * (2 * c - 1) + noise(&r));
    }
    return t;
}

static void shares_are_those_of_the_anova(void **state)
{
    (void)state;
    struct table *t = make_grid(1);
    struct importance i = of(t, true);
    assert_string_equal(i.silent, "");
    assert_int_equal(i.n_factors, 4);
    assert_share(i.explained, i.explained_error, 0.9, 0.03);
    const struct importance_factor *a = find(&i, "epochs"), *b = find(&i, "delta_bits"), *d = find(&i, "rounding");
    assert_share(a->share, a->share_error, 0.5, 0.02);
    assert_share(a->alone, a->alone_error, 0.5, 0.0);
    assert_share(b->share, b->share_error, 0.4, 0.02);
    assert_share(b->alone, b->alone_error, 0.0, 0.0);
    assert_true(d->share <= d->share_error && strcmp(d->note, "no influence seen") == 0);
    assert_int_equal(i.n_pairs, 1);
    assert_share(i.pairs[0].share, i.pairs[0].error, 0.4, 0.02);
    const char *first = i.factors[i.pairs[0].a].name, *second = i.factors[i.pairs[0].b].name;
    assert_true((strcmp(first, "delta_bits") == 0 && strcmp(second, "weight_bits") == 0) ||
                (strcmp(second, "delta_bits") == 0 && strcmp(first, "weight_bits") == 0));
    importance_free(&i);
    table_free(t);
}

static void the_same_rows_give_the_same_figures(void **state)
{
    (void)state;
    struct table *t = make_grid(2);
    struct importance a = of(t, true), b = of(t, true);
    assert_int_equal(a.n_factors, b.n_factors);
    assert_memory_equal(a.factors, b.factors, (size_t)a.n_factors * sizeof *a.factors);
    assert_int_equal(a.n_pairs, b.n_pairs);
    importance_free(&a);
    importance_free(&b);
    table_free(t);
}

/* Over many draws of the noise the truth is inside the interval about as often as it says. Half of a share's error is
 * what the forest smooths away, hence a little less often. */
static void intervals_hold_the_truth(void **state)
{
    (void)state;
    enum { DRAWS = 40 };
    int alone = 0, share = 0, idle = 0;
    for (int k = 0; k < DRAWS; k++) {
        struct table *t = make_grid(100 + (uint64_t)k);
        struct importance i = of(t, false);
        const struct importance_factor *a = find(&i, "epochs"), *d = find(&i, "rounding");
        alone += fabs(a->alone - 0.5) <= a->alone_error;
        share += fabs(a->share - 0.5) <= a->share_error;
        idle += d->share <= d->share_error && d->alone <= d->alone_error;
        importance_free(&i);
        table_free(t);
    }
    print_message("alone %d, share %d, idle %d of %d\n", alone, share, idle, (int)DRAWS);
    assert_true(alone >= 36 && share >= 34 && idle >= 34);
}

/* Of noise nothing is said. */
static void noise_is_silence(void **state)
{
    (void)state;
    enum { DRAWS = 40 };
    static const char *const names[] = {"epochs", "delta_bits", "lr", "test_accuracy"};
    int silent = 0;
    for (int k = 0; k < DRAWS; k++) {
        struct rng r;
        struct table *t = make(names, 4);
        rng_init(&r, 200 + (uint64_t)k, RNG_TEST);
        for (int i = 0; i < 80; i++) {
            struct cell *row = add(t);
            put_int(&row[0], (int)rng_below(&r, 4));
            put_int(&row[1], (int)rng_below(&r, 3));
            put_real(&row[2], rng_unit(&r));
            put_real(&row[3], noise(&r));
        }
        struct importance i = of(t, false);
        silent += i.silent[0] != '\0' && i.n_factors == 0;
        importance_free(&i);
        table_free(t);
    }
    print_message("%d of %d silent\n", silent, (int)DRAWS);
    assert_true(silent >= 38);
}

/* Axes that always change together have one figure; of an axis that another decides none is given. */
static void confounded_axes_are_named(void **state)
{
    (void)state;
    static const char *const names[] = {"weight_bits", "frac_bits", "scheme", "epochs", "test_accuracy"};
    struct rng r;
    struct table *t = make(names, 5);
    rng_init(&r, 3, RNG_TEST);
    for (int i = 0; i < 120; i++) {
        const int a = i % 4, b = i / 4 % 5;
        struct cell *row = add(t);
        put_int(&row[0], a);
        put_int(&row[1], 10 + a);
        put_text(&row[2], a < 2 ? "fixed-point" : "consecutive");
        put_int(&row[3], b);
        put_real(&row[4], 3.0 * (a < 2) + b + 0.3 * noise(&r));
    }
    struct importance i = of(t, true);
    assert_int_equal(i.n_factors, 3);
    const struct importance_factor *both = find(&i, "weight_bits with frac_bits"), *scheme = find(&i, "scheme");
    assert_non_null(strstr(both->note, "goes together with `scheme`"));
    assert_true(both->share <= both->share_error); /* where the scheme stays the same they do nothing */
    assert_true(isnan(scheme->share));
    assert_string_equal(scheme->note, "follows from `weight_bits with frac_bits`: a share of its own cannot be told");
    assert_true(scheme->alone > 0.4);
    assert_true(find(&i, "epochs")->share > 0.35);
    importance_free(&i);
    table_free(t);
}

/* Layers have a figure each; one value says nothing; hardware has none in a training, which counts once. */
static void rows_become_factors(void **state)
{
    (void)state;
    static const char *const names[] = {"training",          "network",     "delta_bits", "delta_bits_layers",
                                        "parallelism", "lr", "test_accuracy"};
    struct table *t = make(names, 7);
    for (int i = 0; i < 64; i++) {
        char text[32];
        const int a = i % 4, b = i / 4 % 4, P = i / 16 % 4;
        struct cell *row = add(t);
        snprintf(text, sizeof text, "p%d", i % 16);
        put_text(&row[0], text);
        put_text(&row[1], "784-32-10");
        put_int(&row[2], a > b ? a : b);
        snprintf(text, sizeof text, "%d-%d", a, b);
        if (a != b)
            put_text(&row[3], text);
        put_int(&row[4], 1 << P);
        put_real(&row[5], 0.001);
        put_real(&row[6], a + 0.1 * b);
    }
    struct importance i = of(t, false);
    assert_int_equal(i.n_rows, 16);
    assert_int_equal(i.n_factors, 2);
    assert_string_equal(i.factors[0].name, "delta_bits, layer 1");
    assert_true(find(&i, "delta_bits, layer 1")->share > find(&i, "delta_bits, layer 2")->share);
    assert_int_equal(i.n_remarks, 2);
    assert_non_null(strstr(i.remarks[0], "network, lr"));
    assert_string_equal(i.remarks[1], "a training does not depend on the hardware: parallelism");
    importance_free(&i);
    table_free(t);
}

static void silence_has_a_reason(void **state)
{
    (void)state;
    static const char *const names[] = {"epochs", "test_accuracy"};
    static const struct {
        int n, values;
        double slope;
        const char *reason;
    } cases[] = {
        {0, 1, 0, "0 rows have a value, and at least 12 are needed"},
        {11, 11, 1, "11 rows have a value, and at least 12 are needed"},
        {40, 4, 0, "all 40 rows have the same value"},
        {40, 1, 1, "no axis varies in its 40 rows"},
    };
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        struct table *t = make(names, 2);
        for (int i = 0; i < cases[k].n; i++) {
            struct cell *row = add(t);
            put_int(&row[0], i % cases[k].values);
            put_real(&row[1], 0.1 + cases[k].slope * i);
        }
        struct importance i = of(t, true);
        assert_string_equal(i.silent, cases[k].reason);
        assert_int_equal(i.n_factors, 0);
        importance_free(&i);
        table_free(t);
    }
}

static void words_are_no_objective(void **state)
{
    (void)state;
    static const char *const names[] = {"epochs", "scheme"};
    const struct importance_options o = {.pairs = false};
    struct importance i;
    struct errmsg e;
    struct table *t = make(names, 2);
    struct cell *row = add(t);
    put_text(&row[1], "float");
    assert_int_equal(importance_of(t, 1, &o, &i, &e), STATUS_USAGE);
    assert_non_null(strstr(e.text, "`scheme` holds words"));
    importance_free(&i);
    table_free(t);
}

/* Of many rows some are drawn, and said so. */
static void many_rows_are_drawn_from(void **state)
{
    (void)state;
    static const char *const names[] = {"epochs", "test_accuracy"};
    struct table *t = make(names, 2);
    for (int i = 0; i < 5000; i++) {
        struct cell *row = add(t);
        put_int(&row[0], i % 7);
        put_real(&row[1], i % 7);
    }
    struct importance i = of(t, false);
    assert_int_equal(i.n_rows, 2000);
    assert_string_equal(i.remarks[0], "2000 of 5000 rows, drawn by chance");
    assert_true(i.factors[0].share > 0.95 && i.factors[0].alone > 0.999);
    importance_free(&i);
    table_free(t);
}

/* Words are split by their means, in whatever order their codes are; numbers are not. */
static void a_forest_finds_words(void **state)
{
    (void)state;
    enum { N = 200 };
    double y[N], out[N];
    int codes[N];
    struct rng r;
    struct errmsg e;
    rng_init(&r, 4, RNG_TEST);
    for (int i = 0; i < N; i++) {
        codes[i] = (int)rng_below(&r, 8);
        y[i] = codes[i] % 2 == 0 ? 1.0 : -1.0;
    }
    const struct forest_column column = {.n_codes = 8, .ordered = false, .codes = codes};
    const struct forest_data data = {N, 1, y, &column};
    struct forest *f = NULL;
    assert_int_equal(forest_grow(&data, 50, 1, &f, &e), STATUS_OK);
    forest_predict(f, NULL, NULL, out);
    for (int i = 0; i < N; i++)
        assert_true(fabs(out[i] - y[i]) < 0.2);
    forest_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shares_are_those_of_the_anova),
        cmocka_unit_test(the_same_rows_give_the_same_figures),
        cmocka_unit_test(intervals_hold_the_truth),
        cmocka_unit_test(noise_is_silence),
        cmocka_unit_test(confounded_axes_are_named),
        cmocka_unit_test(rows_become_factors),
        cmocka_unit_test(silence_has_a_reason),
        cmocka_unit_test(words_are_no_objective),
        cmocka_unit_test(many_rows_are_drawn_from),
        cmocka_unit_test(a_forest_finds_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
