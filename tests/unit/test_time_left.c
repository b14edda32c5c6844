#include "explorer/jobs/time_left.h"
#include "explorer/jobs/progress.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A plan of jobs without needs: "pace cost". */
static struct plan plan_of(struct planned_job *jobs, int n)
{
    for (int i = 0; i < n; i++)
        jobs[i].turn = i;
    return (struct plan){.jobs = jobs, .n_jobs = n};
}

static double left(struct time_left *f, double now)
{
    bool known;
    return time_left_seconds(f, now, &known);
}

/* Four trainings guessed at 1 ms took 10 ms each; a build of 8 s is left: 8 s, not 80. */
static void each_pace_learns_for_itself(void **state)
{
    (void)state;
    struct planned_job jobs[6] = {[4] = {.pace = "build", .cost = 8}, [5] = {.pace = "train", .cost = 0.1}};
    for (int i = 0; i < 4; i++)
        jobs[i] = (struct planned_job){.pace = "train", .cost = 0.001};
    const struct plan p = plan_of(jobs, 6);
    struct time_left *f = NULL;
    struct errmsg e;
    bool known = true;
    assert_int_equal(time_left_new(&p, 1, &f, &e), STATUS_OK);
    for (int i = 0; i < 4; i++) {
        time_left_started(f, i, 0);
        time_left_done(f, i, 0.01);
    }
    assert_float_equal(time_left_seconds(f, 0, &known), 9, 0.1); /* the last training: 1 s */
    assert_false(known);                                     /* nothing is known of builds */
    time_left_learn(f, "build", 8, 4);
    assert_float_equal(time_left_seconds(f, 0, &known), 5, 1e-6);
    assert_true(known);
    time_left_dropped(f, 4);
    assert_float_equal(left(f, 0), 1, 1e-6);
    time_left_started(f, 5, 100);
    assert_float_equal(left(f, 100.75), 0.25, 1e-6);
    time_left_part(f, 5, 0, 0.5, 2, 102); /* it is slower than thought */
    assert_true(left(f, 102) > 0.6);
    time_left_back(f, 5);
    assert_true(left(f, 200) > 1.5);
    time_left_free(f);
}

/* Three jobs of 4 s on two workers take 8 s, not 6; a check waits for its build. */
/* A job guessed at 4 s runs for a minute: the time left grows, and never says that it is about to end. */
static void a_late_job_is_not_about_to_end(void **state)
{
    (void)state;
    struct planned_job job = {.pace = "build", .cost = 4};
    const struct plan p = plan_of(&job, 1);
    struct time_left *f = NULL;
    struct errmsg e;
    assert_int_equal(time_left_new(&p, 1, &f, &e), STATUS_OK);
    time_left_started(f, 0, 100);
    assert_float_equal(left(f, 101), 3, 1e-9);
    assert_float_equal(left(f, 104), 0.4, 1e-9);
    for (int t = 5; t < 60; t++)
        assert_true(left(f, 100 + t) > left(f, 100 + t - 1));
    assert_true(left(f, 160) > 12 && left(f, 160) < 20);
    time_left_free(f);
}

static void workers_and_needs_count(void **state)
{
    (void)state;
    struct planned_job jobs[5] = {{.pace = "a", .cost = 4}, {.pace = "a", .cost = 4}, {.pace = "a", .cost = 4}};
    struct plan p = plan_of(jobs, 3);
    struct time_left *f = NULL;
    struct errmsg e;
    assert_int_equal(time_left_new(&p, 2, &f, &e), STATUS_OK);
    assert_float_equal(left(f, 0), 8, 1e-6);
    time_left_free(f);
    jobs[1].needs[0] = 0;
    jobs[1].n_needs = 1;
    jobs[2].needs[0] = 1;
    jobs[2].n_needs = 1;
    assert_int_equal(time_left_new(&p, 3, &f, &e), STATUS_OK);
    assert_float_equal(left(f, 0), 12, 1e-6);
    time_left_started(f, 0, 10);
    assert_float_equal(left(f, 11), 11, 1e-6);
    time_left_done(f, 0, 4);
    time_left_started(f, 1, 14);
    assert_float_equal(left(f, 14), 8, 1e-6);
    time_left_free(f);
}

/* Results that lie in the cache take no time, and say nothing of the others' speed. */
static void cached_results_do_not_spoil_the_rate(void **state)
{
    (void)state;
    struct planned_job jobs[20];
    for (int i = 0; i < 20; i++)
        jobs[i] = (struct planned_job){.pace = "synth", .cost = 10};
    const struct plan p = plan_of(jobs, 20);
    struct time_left *f = NULL;
    struct errmsg e;
    assert_int_equal(time_left_new(&p, 1, &f, &e), STATUS_OK);
    for (int i = 0; i < 10; i++) {
        time_left_started(f, i, 0);
        time_left_done(f, i, 0.1);
    }
    assert_true(left(f, 0) < 15); /* of 100 s: one in eleven is not in the cache, as far as is known */
    time_left_started(f, 10, 0);
    time_left_done(f, 10, 20);
    assert_true(left(f, 0) > 20 && left(f, 0) < 60);
    time_left_free(f);
}

/* ------------------------------------------------------------------- recorded sweeps */

enum { MOST_JOBS = 200 };
struct recorded {
    struct planned_job jobs[MOST_JOBS];
    char paces[MOST_JOBS][48];
    double seconds[MOST_JOBS];
    int n;
};

static void read_recorded(const char *name, struct recorded *r)
{
    char line[256], title[64];
    int n = 0, take = 0;
    FILE *f = fopen(DELTASWEEP_SOURCE_DIR "/tests/golden/recorded_sweeps.txt", "r");
    assert_non_null(f);
    memset(r, 0, sizeof *r);
    while (fgets(line, sizeof line, f) != NULL) {
        struct planned_job *j = &r->jobs[r->n];
        if (sscanf(line, "sweep %63s %d", title, &n) == 2)
            take = strcmp(title, name) == 0;
        else if (take && line[0] != '#') {
            assert_true(r->n < MOST_JOBS);
            assert_int_equal(
                sscanf(line, "%47[^|]|%lf|%lf|%d|%d", r->paces[r->n], &j->cost, &r->seconds[r->n], &j->needs[0], &j->needs[1]),
                5);
            j->pace = r->paces[r->n];
            j->n_needs = (j->needs[0] >= 0) + (j->needs[1] >= 0);
            j->turn = r->n++;
        }
    }
    fclose(f);
    assert_true(r->n > 10);
}

/* ready: the job whose turn is first of those that can start; -1: none. */
static int ready(const struct recorded *r, const int *state)
{
    for (int i = 0; i < r->n; i++) {
        bool can = state[i] == 0;
        for (int k = 0; k < r->jobs[i].n_needs; k++)
            can = can && state[r->jobs[i].needs[k]] == 2;
        if (can)
            return i;
    }
    return -1;
}

/* run_through: does the jobs in the time that they took, and calls look at the start and after each job. Returns how
 * long it took all. */
static double run_through(const struct recorded *r, int workers, struct time_left *f,
                          void (*look)(struct time_left *f, double now, double whole), double whole)
{
    int state[MOST_JOBS] = {0}, on[8]; /* 0 waits, 1 runs, 2 is done */
    double end[8], now = 0;
    int busy = 0, job;
    for (;;) {
        while (busy < workers && (job = ready(r, state)) >= 0) {
            state[job] = 1;
            on[busy] = job;
            end[busy++] = now + r->seconds[job];
            if (f != NULL)
                time_left_started(f, job, now);
        }
        if (look != NULL)
            look(f, now, whole);
        if (busy == 0)
            return now;
        int first = 0;
        for (int i = 1; i < busy; i++)
            first = end[i] < end[first] ? i : first;
        now = end[first];
        state[on[first]] = 2;
        if (f != NULL)
            time_left_done(f, on[first], r->seconds[on[first]]);
        on[first] = on[--busy];
        end[first] = end[busy];
    }
}

static double worst; /* the greatest error, as a part of the time left, from a third of the way on */

/* Of the last seconds nobody can ask for 20 %: 2 % of the whole are allowed besides. */
static void look_at(struct time_left *f, double now, double whole)
{
    bool known;
    const double truly = whole - now, told = time_left_seconds(f, now, &known);
    if (now >= whole / 3)
        worst = fmax(worst, (fabs(told - truly) - 0.02 * whole) / fmax(truly, 1e-9));
}

static void recorded_sweeps_are_foretold(void **state)
{
    (void)state;
    static const char *const names[] = {"operators", "accelerators"};
    for (int s = 0; s < 2; s++)
        for (int workers = 1; workers <= 2; workers++)
            for (int remembered = 0; remembered < 2; remembered++) {
                static struct recorded r;
                struct time_left *f = NULL;
                struct errmsg e;
                read_recorded(names[s], &r);
                const struct plan p = {.jobs = r.jobs, .n_jobs = r.n};
                const double whole = run_through(&r, workers, NULL, NULL, 0);
                assert_int_equal(time_left_new(&p, workers, &f, &e), STATUS_OK);
                for (int i = 0; i < r.n && remembered; i++)
                    time_left_learn(f, r.jobs[i].pace, r.jobs[i].cost, r.seconds[i]);
                bool known = false;
                const double first = time_left_seconds(f, 0, &known);
                assert_int_equal(known, remembered);
                worst = -1;
                run_through(&r, workers, f, look_at, whole);
                print_message("%s, %d workers, %s: %.0f s; told at the start %.0f s; worst error %.0f %%\n", names[s],
                              workers, remembered ? "remembered" : "new", whole, first, 100 * worst);
                assert_true(worst < 0.2);
                if (remembered)
                    assert_true(fabs(first - whole) < 0.2 * whole);
                time_left_free(f);
            }
}

static void a_rate_agrees_with_the_forecast(void **state)
{
    (void)state;
    /* 57 jobs/min beside 26 jobs in 3 min 40 s: those are of another kind. */
    assert_true(isnan(progress_rate(57, 26, 60, 220)));
    assert_true(isnan(progress_rate(26, 57, 220, 60)));
    assert_true(isnan(progress_rate(10, 20, 10, 0)));
    assert_true(progress_rate(57, 57, 60, 70) == 57);
    assert_true(progress_rate(57, 57, 60, NAN) == 57); /* nothing contradicts it */
    assert_true(progress_rate(57, 0, 60, 0) == 57);
    assert_true(isnan(progress_rate(0, 57, 60, NAN)) && isnan(progress_rate(5, 57, 0.5, NAN)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_pace_learns_for_itself),          cmocka_unit_test(a_late_job_is_not_about_to_end),
        cmocka_unit_test(workers_and_needs_count),
        cmocka_unit_test(cached_results_do_not_spoil_the_rate), cmocka_unit_test(recorded_sweeps_are_foretold),
        cmocka_unit_test(a_rate_agrees_with_the_forecast),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
