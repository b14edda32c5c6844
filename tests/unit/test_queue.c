#include "explorer/jobs/queue.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* A build, two trainings, and a check that needs the build and the second training. */
enum { BUILD, CHEAP, DEAR, CHECK, N };

static struct planned_job jobs[N];
static struct plan plan;

static void make(struct queue *q)
{
    struct errmsg e;
    jobs[BUILD] = (struct planned_job){.kind = JOB_BUILD, .turn = 1};
    jobs[CHEAP] = (struct planned_job){.kind = JOB_TRAIN, .turn = 3};
    jobs[DEAR] = (struct planned_job){.kind = JOB_TRAIN, .turn = 0};
    jobs[CHECK] = (struct planned_job){.kind = JOB_CHECK, .turn = 2, .needs = {BUILD, DEAR}, .n_needs = 2};
    plan = (struct plan){.jobs = jobs, .n_jobs = N};
    assert_int_equal(queue_init(q, &plan, &e), STATUS_OK);
}

static void turns_decide_and_needs_come_before_users(void **state)
{
    (void)state;
    struct queue q;
    make(&q);
    assert_int_equal(queue_next(&q), DEAR);
    assert_int_equal(queue_next(&q), BUILD);
    queue_done(&q, BUILD);
    queue_done(&q, DEAR);
    assert_int_equal(queue_next(&q), CHECK); /* before the training that was ready all the time */
    assert_int_equal(queue_next(&q), CHEAP);
    assert_int_equal(queue_next(&q), -1);
    queue_free(&q);
}

static void what_is_done_or_hopeless_is_not_done_again(void **state)
{
    (void)state;
    struct queue q;
    struct errmsg e;
    make(&q);
    queue_free(&q);
    jobs[BUILD].state = JOB_DONE;
    jobs[CHEAP].state = JOB_HOPELESS;
    jobs[DEAR].state = JOB_FAILED; /* in an earlier run: it is tried again */
    assert_int_equal(queue_init(&q, &plan, &e), STATUS_OK);
    assert_int_equal(queue_next(&q), DEAR);
    assert_int_equal(queue_next(&q), -1);
    queue_done(&q, DEAR);
    assert_int_equal(queue_next(&q), CHECK);
    queue_free(&q);
}

static void a_dropped_job_never_becomes_ready(void **state)
{
    (void)state;
    struct queue q;
    int n = 0;
    make(&q);
    const int *users = queue_users(&q, DEAR, &n);
    assert_int_equal(n, 1);
    assert_int_equal(users[0], CHECK);
    queue_users(&q, CHEAP, &n);
    assert_int_equal(n, 0);
    while (queue_next(&q) >= 0)
        ;
    queue_drop(&q, CHECK);
    queue_done(&q, BUILD);
    queue_done(&q, DEAR);
    assert_int_equal(queue_next(&q), -1);
    queue_free(&q);
}

static void a_job_put_back_waits_for_the_end(void **state)
{
    (void)state;
    struct queue q;
    make(&q);
    assert_int_equal(queue_next(&q), DEAR);
    queue_later(&q, DEAR);
    assert_int_equal(queue_next(&q), BUILD);
    assert_int_equal(queue_next(&q), CHEAP);
    assert_int_equal(queue_next(&q), -1);
    assert_int_equal(queue_recall(&q), 1);
    assert_int_equal(queue_next(&q), DEAR);
    assert_int_equal(queue_recall(&q), 0);
    queue_free(&q);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(turns_decide_and_needs_come_before_users),
        cmocka_unit_test(what_is_done_or_hopeless_is_not_done_again),
        cmocka_unit_test(a_dropped_job_never_becomes_ready),
        cmocka_unit_test(a_job_put_back_waits_for_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
