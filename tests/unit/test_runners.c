#include "db/record.h"
#include "db/runners.h"

#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* The linker puts this in the place of machine_file_is_remote. */
static bool remote;
bool __wrap_machine_file_is_remote(const char *path);
bool __wrap_machine_file_is_remote(const char *path)
{
    (void)path;
    return remote;
}

static char folder[64], path[128];
static struct store *store, *second;
static struct errmsg e;
static const struct job_note note = {"rev", "tool 1.0", NULL, "host", 1002.5, 2.5};
static const struct runner me = {.sweep = "s", .host = "h", .pid = 1, .workers = 2, .jobs = 4, .seconds_left = NAN};

#define GOOD(call)                                                                                                     \
    do {                                                                                                               \
        if ((call) != STATUS_OK)                                                                                       \
            fail_msg("%s", e.text);                                                                                    \
    } while (0)

static int open_stores(void **state)
{
    (void)state;
    remote = false;
    snprintf(folder, sizeof folder, "/tmp/deltasweep-runners-XXXXXX");
    if (mkdtemp(folder) == NULL)
        return -1;
    snprintf(path, sizeof path, "%s/a.db", folder);
    if (store_open(path, NULL, &store, &e) != STATUS_OK || store_open(path, NULL, &second, &e) != STATUS_OK)
        return -1;
    enum job_state job_state;
    if (record_begin(store, &e) != STATUS_OK)
        return -1;
    for (char job[] = "a"; job[0] <= 'd'; job[0]++)
        if (record_job(store, job, "train", job, "p", 1, &job_state, &e) != STATUS_OK)
            return -1;
    return record_commit(store, &e);
}

static int close_stores(void **state)
{
    (void)state;
    char command[160];
    store_close(second);
    store_close(store);
    snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command);
}

static void claims(struct runners *all, const char *job, enum claim expected)
{
    enum claim got = CLAIM_GONE;
    GOOD(runners_claim(all, job, &got, &e));
    assert_int_equal(got, expected);
}

static void beat(struct runners *all, int expected_others)
{
    int workers = 0;
    GOOD(runners_beat(all, &me, NULL, 0, &e));
    assert_int_equal(runners_others(all, &workers), expected_others);
    assert_int_equal(workers, expected_others * me.workers);
}

static void a_job_has_one_run(void **state)
{
    (void)state;
    struct runners *one, *two;
    GOOD(runners_join(store, &me, &one, &e));
    GOOD(runners_join(second, &me, &two, &e));
    claims(one, "a", CLAIM_MINE);
    claims(one, "a", CLAIM_MINE); /* a second try */
    claims(two, "a", CLAIM_ELSEWHERE);
    claims(two, "b", CLAIM_MINE);
    claims(two, "unknown", CLAIM_GONE);
    beat(one, 1);
    GOOD(runners_release(one, "a", &e));
    claims(two, "a", CLAIM_MINE);
    GOOD(runners_release(one, "a", &e)); /* not one's own: it stays */
    claims(one, "a", CLAIM_ELSEWHERE);
    GOOD(record_done(second, "a", &note, false, NULL, NULL, &e));
    claims(one, "a", CLAIM_DONE);
    GOOD(record_failed(second, "b", "why", NULL, false, &note, &e));
    claims(one, "b", CLAIM_FAILED);
    GOOD(record_failed(second, "c", "why", NULL, true, &note, &e));
    claims(one, "c", CLAIM_HOPELESS);
    struct runner over = me;
    over.ended = true;
    claims(two, "d", CLAIM_MINE);
    GOOD(runners_beat(two, &over, NULL, 0, &e)); /* its lease ends with it */
    claims(one, "d", CLAIM_MINE);
    runners_free(two);
    GOOD(runners_join(second, &me, &two, &e));
    claims(two, "b", CLAIM_MINE); /* what failed before a run joined is tried again */
    runners_free(one);
    runners_free(two);
}

/* What a run did whose process was killed is free, and its row says that it was killed. */
static void a_killed_run_leaves_its_jobs(void **state)
{
    (void)state;
    struct runners *one;
    int ready[2];
    char byte;
    assert_int_equal(pipe(ready), 0);
    GOOD(runners_join(store, &me, &one, &e));
    const pid_t child = fork();
    if (child == 0) {
        struct store *own;
        struct runners *all;
        enum claim got = CLAIM_GONE;
        store_detach(store);
        store_detach(second);
        if (store_open(path, NULL, &own, &e) == STATUS_OK && runners_join(own, &me, &all, &e) == STATUS_OK &&
            runners_claim(all, "a", &got, &e) == STATUS_OK && got == CLAIM_MINE && write(ready[1], "x", 1) == 1)
            pause();
        _exit(1);
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    beat(one, 1);
    claims(one, "a", CLAIM_ELSEWHERE);
    kill(child, SIGSTOP); /* it lives, however long it says nothing */
    for (int i = 0; i < 2 * RUNNERS_PATIENCE; i++)
        beat(one, 1);
    claims(one, "a", CLAIM_ELSEWHERE);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    beat(one, 0);
    claims(one, "a", CLAIM_MINE);
    runners_free(one);
    close(ready[0]);
    close(ready[1]);
}

static void execute(const char *sql)
{
    if (sqlite3_exec(store_handle(store), sql, NULL, NULL, NULL) != SQLITE_OK)
        fail_msg("%s", sqlite3_errmsg(store_handle(store)));
}

/* A run of another machine, which has leased the job b. */
static void add_run_of_another_machine(void)
{
    execute(
        "INSERT INTO runners (id, sweep, pid, host, boot, workers, started, seen, seconds, jobs, done, failed) VALUES "
        "(77, 's', 1, 'far', 'another', 2, '', '2999-01-01', 0, 1, 0, 0); INSERT INTO running (job, runner, seconds) "
        "VALUES ('b', 77, 0)");
}

/* Nothing is compared with a clock: only beats count. */
static void a_run_of_another_machine_is_given_up_when_it_is_silent(void **state)
{
    (void)state;
    struct runners *one;
    remote = true;
    add_run_of_another_machine();
    GOOD(runners_join(store, &me, &one, &e));
    for (int i = 0; i < RUNNERS_PATIENCE - 1; i++)
        beat(one, 1);
    claims(one, "b", CLAIM_ELSEWHERE);
    execute("UPDATE runners SET beats = beats + 1 WHERE id = 77");
    for (int i = 0; i < RUNNERS_PATIENCE; i++)
        beat(one, 1);
    claims(one, "b", CLAIM_ELSEWHERE);
    beat(one, 0);
    claims(one, "b", CLAIM_MINE);
    /* It wakes, and is too late. */
    execute("UPDATE runners SET beats = beats + 1 WHERE id = 77");
    GOOD(record_done(store, "b", &note, false, NULL, NULL, &e));
    GOOD(record_done(second, "b", &note, false, NULL, NULL, &e));
    claims(one, "b", CLAIM_DONE);
    runners_free(one);
}

/* On a disk of this machine, a run of another kernel is one from before the last start, or of a copied file. */
static void a_run_from_before_the_last_start_is_over(void **state)
{
    (void)state;
    struct runners *one;
    add_run_of_another_machine();
    GOOD(runners_join(store, &me, &one, &e));
    claims(one, "b", CLAIM_MINE);
    runners_free(one);
}

static char heard[64];
static void hear(void *context, const char *digest, enum claim how)
{
    const size_t used = strlen(heard);
    (void)context;
    snprintf(heard + used, sizeof heard - used, "%s%s ", digest,
             how == CLAIM_DONE     ? " done"
             : how == CLAIM_FAILED ? " failed"
                                   : " hopeless");
}

static void news_comes_once(void **state)
{
    (void)state;
    struct runners *one;
    GOOD(record_done(second, "a", &note, false, NULL, NULL, &e));
    GOOD(runners_join(store, &me, &one, &e));
    GOOD(record_failed(second, "c", "why", NULL, false, &note, &e));
    GOOD(record_done(second, "b", &note, false, NULL, NULL, &e));
    heard[0] = '\0';
    GOOD(runners_news(one, hear, NULL, &e));
    assert_string_equal(heard, "c failed b done ");
    GOOD(record_failed(second, "d", "why", NULL, true, &note, &e));
    heard[0] = '\0';
    GOOD(runners_news(one, hear, NULL, &e));
    assert_string_equal(heard, "d hopeless ");
    runners_free(one);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, open_stores, close_stores)
    const struct CMUnitTest tests[] = {
        CASE(a_job_has_one_run),
        CASE(a_killed_run_leaves_its_jobs),
        CASE(a_run_of_another_machine_is_given_up_when_it_is_silent),
        CASE(a_run_from_before_the_last_start_is_over),
        CASE(news_comes_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
