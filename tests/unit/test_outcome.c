#include "explorer/jobs/job.h"
#include "explorer/jobs/outcome.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* verdict: the status, and that its message begins with words. */
static void verdict(const struct plan *p, const struct run_outcome *o, enum status st, const char *words)
{
    struct errmsg e = {""};
    assert_int_equal(outcome_verdict(p, o, &e), st);
    if (strncmp(e.text, words, strlen(words)) != 0)
        fail_msg("not '%s' but: %s", words, e.text);
}

static void what_is_worst_is_said(void **state)
{
    (void)state;
    const struct plan p = {.without = {[JOB_BUILD] = true}};
    struct run_outcome o = {.done = 4};
    verdict(&p, &o, STATUS_ENVIRONMENT, "simulation was left out because a tool is missing");
    o.hopeless[JOB_CHECK] = 1;
    verdict(&p, &o, STATUS_VERDICT, "1 trained network cannot be deployed (`deltasweep status`");
    o.hopeless[JOB_TRAIN] = 2;
    verdict(&p, &o, STATUS_VERDICT, "2 trainings diverged (`deltasweep status`");
    o.failed = 1;
    verdict(&p, &o, STATUS_ENVIRONMENT, "1 job failed; the messages are kept");
    o.blocked = 3;
    verdict(&p, &o, STATUS_ENVIRONMENT, "1 job failed, and 3 could not start because of that; the messages are kept");
    o.wrong[JOB_CHECK] = 1;
    verdict(&p, &o, STATUS_VERDICT, "1 check found that the RTL and the integer definition differ (`deltasweep query");
    assert_int_equal(outcome_failures(&o), 1 + 1 + 2);
}

static void what_is_left_out_is_listed(void **state)
{
    (void)state;
    const struct run_outcome o = {.done = 4};
    const struct plan none = {0};
    struct plan p = {.without = {[JOB_BUILD] = true}, .without_extra = {[JOB_SYNTH] = true}};
    verdict(&none, &o, STATUS_OK, "");
    verdict(&p, &o, STATUS_ENVIRONMENT, "simulation and the timing estimate were left out");
    p.without[JOB_BUILD] = false;
    verdict(&p, &o, STATUS_ENVIRONMENT, "the timing estimate was left out");
    p = (struct plan){.without = {[JOB_BUILD] = true, [JOB_SYNTH] = true}};
    verdict(&p, &o, STATUS_ENVIRONMENT, "simulation and synthesis were left out");
}

/* read_answer: n bytes of one value and 8 of 0 behind them, as an answer of a build. */
static enum status read_answer(size_t n, unsigned char value)
{
    static unsigned char bytes[8192];
    const struct job_kind *k = job_kind_at(JOB_BUILD);
    struct job_result r;
    struct errmsg e = {""}, why;
    enum status outcome;
    bool crashed;
    memset(bytes, 0, sizeof bytes);
    memset(bytes, value, n);
    const enum status st = job_read_answer(k, bytes, n + 8, &outcome, &crashed, &why, &r, &e);
    if (st == STATUS_OK)
        job_result_free(&r);
    return st;
}

/* No number but those of enum status is one, and both messages end: the size of an answer is found by trying. */
static void answers_that_make_no_sense_are_refused(void **state)
{
    (void)state;
    int good = 0;
    for (size_t n = 2 * sizeof(struct errmsg); n < 2 * sizeof(struct errmsg) + 256; n++) {
        good += read_answer(n, 0) == STATUS_OK;
        assert_int_equal(read_answer(n, 'A'), STATUS_ENVIRONMENT);
    }
    assert_int_equal(good, 1);
}

static void each_kind_has_its_row(void **state)
{
    (void)state;
    for (int i = 0; i < JOB_KIND_COUNT; i++) {
        const struct job_kind *k = job_kind_at((enum job_kind_id)i);
        assert_true(k->name != NULL && k->digest != NULL && k->label != NULL && k->cost != NULL);
        assert_true(k->run != NULL && k->tools != NULL);
        assert_int_equal(k->wrong.what == NULL, k->wrong_sql == NULL);
        assert_int_equal(k->extra.program == NULL, k->extra.lost == NULL);
        for (int other = 0; other < i; other++)
            assert_string_not_equal(k->name, job_kind_at((enum job_kind_id)other)->name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_worst_is_said),
        cmocka_unit_test(what_is_left_out_is_listed),
        cmocka_unit_test(answers_that_make_no_sense_are_refused),
        cmocka_unit_test(each_kind_has_its_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
