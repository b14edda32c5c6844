/* What stands below a search: braces, the space, rungs. The methods have tests of their own. */
#include "explorer/search/found.h"
#include "explorer/search/search.h"
#include "explorer/search/space.h"
#include "tests/support/tiny_data.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define SEARCH                                                                                                         \
    "search: {method: random, objectives: [max validation_accuracy, min weight_storage_bits], budget: {points: "       \
    "9}%s}\n"

static char folder[64], db[96];

static int make_folder(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/deltasweep-search-XXXXXX");
    if (mkdtemp(folder) == NULL || !tiny_data(folder, 600, 100, 1))
        return -1;
    snprintf(db, sizeof db, "%s/a.db", folder);
    setenv("XDG_CACHE_HOME", folder, 1);
    setenv("DELTASWEEP_CHECKPOINT_SECONDS", "1000", 1);
    return 0;
}

static int remove_folder(void **state)
{
    char command[160];
    (void)state;
    snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command);
}

static struct sweep *sweep_of(const char *text, const char *more)
{
    char whole[4096], search[1024];
    struct errmsg e = {""};
    struct sweep *s = NULL;
    snprintf(search, sizeof search, more == NULL ? "%s" : SEARCH, more == NULL ? "" : more);
    snprintf(whole, sizeof whole, "name: a\ndataset: %s\n%s%s", folder, text, search);
    if (sweep_parse(whole, strlen(whole), "x.yaml", &s, &e) != STATUS_OK)
        fail_msg("%s", e.text);
    return s;
}

/* A space with what it needs. */
struct spaced {
    struct sweep *sweep;
    struct dataset *data;
    struct space *space;
    const int *n_values;
    int n;
};

static struct spaced space_of(const char *text, const char *more)
{
    struct spaced x = {.sweep = sweep_of(text, more)};
    struct errmsg e = {""};
    if (dataset_load(folder, &x.data, &e) != STATUS_OK || space_new(x.sweep, x.data, &x.space, &e) != STATUS_OK)
        fail_msg("%s", e.text);
    x.n = space_variables(x.space, &x.n_values);
    return x;
}

static void release(struct spaced *x)
{
    space_free(x->space);
    dataset_free(x->data);
    sweep_free(x->sweep);
}

static void braces_are_read(void **state)
{
    static const struct {
        const char *text;
        long n;
        const char *first, *last;
    } good[] = {{"784-{64..512 step 16}-{32..256}-10", 29L * 225, "784-64-32-10", "784-512-256-10"},
                {"784-{32, 64}-10", 2, "784-32-10", "784-64-10"},
                {"28x28-{8..16/4}c3-p2-10", 3, "28x28-8c3-p2-10", "28x28-16c3-p2-10"},
                {"{3,2,3,2}-4", 2, "2-4", "3-4"},
                {"5", 1, "5", "5"}};
    static const char *const bad[] = {"{",         "}",    "784-{}-10",     "784-{4-10",     "784-4}-10",  "{1}{2}",
                                      "{{1}}",     "{a}",  "{5..4}",        "{1..9 step 0}", "{1..99999}", "{-1}",
                                      "{1..2..3}", "{1,}", "{1..9 stop 2}", "{01234567890}"};
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        struct pattern *p = NULL;
        struct errmsg e = {""};
        char text[256];
        int choice[PATTERN_MAX_WORDS] = {0};
        assert_int_equal(pattern_read(good[i].text, &p, &e), STATUS_OK);
        assert_int_equal(pattern_count(p, 1000000), good[i].n);
        pattern_text(p, choice, text, sizeof text);
        assert_string_equal(text, good[i].first);
        for (int w = 0; w < p->n_words; w++)
            choice[w] = pattern_choices(p, w) - 1;
        pattern_text(p, choice, text, sizeof text);
        assert_string_equal(text, good[i].last);
        pattern_free(p);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct pattern *p = NULL;
        struct errmsg e = {""};
        if (pattern_read(bad[i], &p, &e) != STATUS_INPUT || e.text[0] == '\0')
            fail_msg("%s: %s", bad[i], e.text);
        assert_null(p);
    }
}

static void a_grid_tries_all_of_braces(void **state)
{
    struct sweep *s = sweep_of("axes:\n  network: [\"64-{8..24 step 8}-{4, 6}-4\", 64-5-4]\n"
                               "  delta_bits: [[{2..4}, {2,3}, 4], 3]\n",
                               NULL);
    char text[AXIS_TEXT_BYTES];
    (void)state;
    assert_int_equal(s->axes[AXIS_NETWORK].n, 7);
    axis_text(AXIS_NETWORK, &s->axes[AXIS_NETWORK].values[1], text);
    assert_string_equal(text, "64-8-6-4");
    axis_text(AXIS_NETWORK, &s->axes[AXIS_NETWORK].values[6], text);
    assert_string_equal(text, "64-5-4");
    assert_int_equal(s->axes[AXIS_DELTA_BITS].n, 7);
    axis_text(AXIS_DELTA_BITS, &s->axes[AXIS_DELTA_BITS].values[5], text);
    assert_string_equal(text, "4-3-4");
    sweep_free(s);
}

/* Each pair of braces is a variable; what the code does not use is not another training; hardware neither. */
static void choices_share_trainings(void **state)
{
    struct spaced x =
        space_of("network: 64-{8..32 step 8}-{4, 6}-4\n"
                 "axes: {scheme: [fixed-point, fixed-reference], delta_bits: [2, 3], parallelism: [1, 2], "
                 "engine: accelerator, weight_bits: 4, frac_bits: 2}\n",
                 "");
    struct search_candidate a, b;
    struct errmsg e = {""};
    (void)state;
    assert_int_equal(x.n, 5);
    assert_true(space_size(x.space) == 2.0 * 2 * 2 * 4 * 2);
    const int one[] = {0, 0, 0, 1, 1}, other_delta[] = {0, 1, 0, 1, 1}, other_lanes[] = {0, 0, 1, 1, 1};
    const int other_scheme[] = {1, 0, 0, 1, 1}, other_width[] = {0, 0, 0, 1, 0};
    assert_int_equal(space_look(x.space, one, &a, &e), STATUS_OK);
    assert_true(a.feasible);
    assert_int_equal(a.training, 0);
    assert_true(isnan(a.costs[0]));
    assert_true(a.costs[1] > 0);
    assert_int_equal(space_look(x.space, other_delta, &b, &e), STATUS_OK);
    assert_int_equal(b.training, 0);
    assert_int_equal(space_look(x.space, other_lanes, &b, &e), STATUS_OK);
    assert_int_equal(b.training, 0);
    assert_int_equal(space_look(x.space, other_scheme, &b, &e), STATUS_OK);
    assert_int_equal(b.training, 1);
    assert_int_equal(space_look(x.space, other_width, &b, &e), STATUS_OK);
    assert_int_equal(b.training, 2);
    assert_int_equal(space_look(x.space, one, &b, &e), STATUS_OK);
    assert_int_equal(b.training, 0);
    assert_int_equal(space_looked(x.space), 5);
    release(&x);
}

static void features_are_within_0_and_1(void **state)
{
    struct spaced x =
        space_of("axes:\n  network: [\"64-{8..32 step 8}-{4, 6}-4\", \"64-{4..16}-4\"]\n"
                 "  scheme: [fixed-point, fixed-reference]\n  delta_bits: 2..4\n  lr: [0.001, 0.01, 0.1]\n",
                 "");
    const int n = space_features(x.space);
    double *f = calloc((size_t)n, sizeof *f);
    srand(1);
    (void)state;
    for (int i = 0; i < 500; i++) {
        int choice[SPACE_MAX_VARIABLES];
        struct search_candidate c;
        struct errmsg e = {""};
        for (int v = 0; v < x.n; v++)
            choice[v] = rand() % x.n_values[v];
        assert_int_equal(space_look(x.space, choice, &c, &e), STATUS_OK);
        space_describe(x.space, c.training, f);
        for (int k = 0; k < n; k++)
            if (!(f[k] >= -0.01 && f[k] <= 1.01))
                fail_msg("feature %d is %g", k, f[k]);
    }
    free(f);
    release(&x);
}

/* Formats for three layers make no sense for two: a search passes them by. */
static void what_makes_no_sense_is_not_feasible(void **state)
{
    struct spaced x = space_of("axes:\n  network: [64-8-4-4, 64-8-4]\n  delta_bits: [[{2..4}, 2, 2]]\n  engine: none\n",
                               ", constraints: [\"delta_bits < 4\"]");
    (void)state;
    for (int i = 0; i < 6; i++) {
        const int choice[] = {i % 3, i / 3};
        struct search_candidate c;
        struct errmsg e = {""};
        assert_int_equal(space_look(x.space, choice, &c, &e), STATUS_OK);
        assert_int_equal(c.feasible, i < 2);
    }
    release(&x);
}

/* A space that nobody can enumerate is looked at as fast as any. */
static void looking_is_fast(void **state)
{
    enum { LOOKS = 20000 };
    struct spaced x =
        space_of("network: 64-{8..64}-{8..64}-{8..64}-{4..64}-4\n"
                 "axes: {scheme: [fixed-point, fixed-reference], weight_bits: 4..8, frac_bits: 2, "
                 "delta_bits: [[{2..4}, {2..4}, {2..4}, {2..4}, {2..4}]], parallelism: 1..32, engine: accelerator}\n",
                 ", constraints: [fits, \"weights < 1000000\"]");
    struct timespec a, b;
    (void)state;
    assert_true(space_size(x.space) > 1e9);
    srand(1);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &a);
    for (int i = 0; i < LOOKS; i++) {
        int choice[SPACE_MAX_VARIABLES];
        struct search_candidate c;
        struct errmsg e = {""};
        for (int v = 0; v < x.n; v++)
            choice[v] = rand() % x.n_values[v];
        assert_int_equal(space_look(x.space, choice, &c, &e), STATUS_OK);
    }
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &b);
    const double us = ((double)(b.tv_sec - a.tv_sec) * 1e6 + (double)(b.tv_nsec - a.tv_nsec) / 1e3) / LOOKS;
    printf("%.2f us a look\n", us);
    assert_true(us < 1000); /* some 10, and more under the sanitizers */
    release(&x);
}

/* ------------------------------------------------------------------------------ rungs */

static double answers[8];
static bool turned; /* the climber begins with the other choice */

/* climb: rung 0 of two choices, rung 1 of one of them, at once with its rung 0, and the whole training. */
static enum status climb(const struct search_problem *p, uint64_t seed, struct errmsg *e)
{
    static const int a[] = {0}, b[] = {1};
    const struct search_purchase first[] = {{a, 0, 0}, {b, 0, 0}}, second[] = {{b, 1, 0}, {b, 0, 0}},
                                 last[] = {{b, 2, 0}};
    struct search_candidate c;
    bool over = false;
    (void)seed;
    enum status st = p->look(p->context, a, &c, e);
    if (st == STATUS_OK)
        st = p->look(p->context, b, &c, e);
    if (st == STATUS_OK)
        st = p->buy(p->context, turned ? first + 1 : first, turned ? 1 : 2, answers, &over, e);
    if (st == STATUS_OK)
        st = p->buy(p->context, second, 2, answers + 2, &over, e);
    return st == STATUS_OK ? p->buy(p->context, last, 1, answers + 4, &over, e) : st;
}

static const struct search_method climber = {"climber", "for this test", climb, 3};

/* ask: a number from a database. */
static double ask(const char *path, const char *sql)
{
    sqlite3 *base = NULL;
    sqlite3_stmt *st = NULL;
    if (sqlite3_open(path, &base) != SQLITE_OK || sqlite3_prepare_v2(base, sql, -1, &st, NULL) != SQLITE_OK ||
        sqlite3_step(st) != SQLITE_ROW)
        fail_msg("%s: %s", sql, sqlite3_errmsg(base));
    const double v = sqlite3_column_type(st, 0) == SQLITE_NULL ? NAN : sqlite3_column_double(st, 0);
    sqlite3_finalize(st);
    sqlite3_close(base);
    return v;
}

#define RECIPE "train: {epochs: 9, batch: 50, decay: cosine, seeds: [3]}\nnetwork: 64-8-4\n"
#define AXES "axes: {scheme: fixed-point, weight_bits: [3, 5], frac_bits: 2, engine: none}\n"

static void climb_with(struct sweep *s)
{
    const struct work_options options = {.db = db, .workers = 2, .quiet = true};
    struct errmsg e = {""};
    s->search->method = &climber;
    if (search_do(s, &options, NULL, &e) != STATUS_OK)
        fail_msg("%s", e.text);
}

static void rungs_are_the_training_itself(void **state)
{
    struct sweep *s = sweep_of(RECIPE AXES, "");
    double before[5];
    (void)state;
    climb_with(s);
    for (int i = 0; i < 5; i++)
        assert_true(isfinite(answers[i]));
    assert_true(answers[3] == answers[1]);
    assert_true(ask(db, "SELECT count(*) FROM rungs") == 3);
    assert_true(ask(db, "SELECT count(*) FROM training") == 1);
    assert_true(ask(db, "SELECT max(known_epochs) FROM search_purchases") == 3);
    assert_true(fabs(ask(db, "SELECT max(trainings) FROM search_rounds") - (1.0 / 9 + 1)) < 1e-9);
    /* The epochs of a rung are those of the training, to the last bit. */
    assert_true(
        ask(db, "SELECT count(*) FROM epochs a JOIN rungs r ON r.job = a.job JOIN epochs b ON b.job = r.training AND "
                "b.epoch = a.epoch WHERE (a.loss, a.validation_accuracy) IS (b.loss, b.validation_accuracy)") == 4);
    memcpy(before, answers, sizeof before);

    /* Done again, nothing is trained, and the answers are the same. */
    const double attempts = ask(db, "SELECT sum(attempts) FROM jobs");
    climb_with(s);
    assert_memory_equal(before, answers, sizeof before);
    assert_true(ask(db, "SELECT sum(attempts) FROM jobs") == attempts);

    /* Another program that asks for something else forgets the rows from there on, and trains what is new. */
    turned = true;
    climb_with(s);
    turned = false;
    assert_true(ask(db, "SELECT count(*) FROM search_purchases") == 4);
    assert_true(ask(db, "SELECT sum(attempts) FROM jobs") == attempts);
    assert_true(ask(db, "SELECT max(trainings) FROM search_rounds") == 0);
    sweep_free(s);
}

/* The network that went from rung to rung is that of a grid, in a database and a cache of its own. */
static void a_grid_gives_the_same_network(void **state)
{
    static const struct stages trainings = {.train = true};
    struct sweep *s =
        sweep_of(RECIPE "axes: {scheme: fixed-point, weight_bits: 5, frac_bits: 2, engine: none}\n", NULL);
    char grid[96], sql[512], cache[96];
    struct errmsg e = {""};
    (void)state;
    snprintf(grid, sizeof grid, "%s/grid.db", folder);
    snprintf(cache, sizeof cache, "%s/other", folder);
    setenv("XDG_CACHE_HOME", cache, 1);
    const struct work_options options = {.db = grid, .workers = 1, .quiet = true};
    if (work_do(s, &trainings, &options, NULL, &e) != STATUS_OK)
        fail_msg("%s", e.text);
    setenv("XDG_CACHE_HOME", folder, 1);
    snprintf(sql, sizeof sql, "ATTACH '%s' AS g; ", db);
    sqlite3 *base = NULL;
    assert_int_equal(sqlite3_open(grid, &base), SQLITE_OK);
    assert_int_equal(sqlite3_exec(base, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_stmt *st = NULL;
    assert_int_equal(sqlite3_prepare_v2(base,
                                        "SELECT count(*) FROM main.training a JOIN g.training b ON b.job = a.job WHERE "
                                        "a.network = b.network",
                                        -1, &st, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_step(st), SQLITE_ROW);
    assert_int_equal(sqlite3_column_int(st, 0), 1);
    sqlite3_finalize(st);
    sqlite3_close(base);
    sweep_free(s);
}

/* A finished training of another sweep answers every rung of itself. */
static void a_finished_training_answers_its_rungs(void **state)
{
    static const struct stages trainings = {.train = true};
    struct sweep *grid = sweep_of("train: {epochs: 9, batch: 60, seeds: [3]}\nnetwork: 64-8-4\n" AXES, NULL);
    struct sweep *s = sweep_of("train: {epochs: 9, batch: 60, seeds: [3]}\nnetwork: 64-8-4\n" AXES, "");
    struct errmsg e = {""};
    (void)state;
    snprintf(db, sizeof db, "%s/warm.db", folder);
    const struct work_options options = {.db = db, .workers = 2, .quiet = true};
    snprintf(grid->name, sizeof grid->name, "grid");
    if (work_do(grid, &trainings, &options, NULL, &e) != STATUS_OK)
        fail_msg("%s", e.text);
    climb_with(s);
    assert_true(ask(db, "SELECT count(*) FROM rungs") == 0);
    assert_true(ask(db, "SELECT max(trainings) FROM search_rounds") == 0);
    assert_true(answers[2] ==
                ask(db, "SELECT e.validation_accuracy FROM epochs e JOIN search_purchases p ON p.training "
                        "= e.job WHERE p.number = 2 AND e.epoch = 3"));
    sweep_free(grid);
    sweep_free(s);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(braces_are_read),
        cmocka_unit_test(a_grid_tries_all_of_braces),
        cmocka_unit_test(choices_share_trainings),
        cmocka_unit_test(features_are_within_0_and_1),
        cmocka_unit_test(what_makes_no_sense_is_not_feasible),
        cmocka_unit_test(looking_is_fast),
        cmocka_unit_test(rungs_are_the_training_itself),
        cmocka_unit_test(a_grid_gives_the_same_network),
        cmocka_unit_test(a_finished_training_answers_its_rungs),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
