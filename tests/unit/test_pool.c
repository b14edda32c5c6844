#include "explorer/jobs/pool.h"

#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static volatile sig_atomic_t stop;

static void on_signal(int number)
{
    stop = number;
}

static struct pool *new_pool(int workers)
{
    struct pool *p;
    struct errmsg e;
    stop = 0;
    assert_int_equal(pool_new(workers, &stop, &p, &e), STATUS_OK);
    return p;
}

static void start(struct pool *p, int id, void (*work)(void *context, struct pool_link *link), void *context)
{
    struct errmsg e = {""};
    if (pool_start(p, id, work, context, &e) != STATUS_OK)
        fail_msg("%s", e.text);
}

/* next: the next event that is not "nothing yet". */
static struct pool_event next(struct pool *p)
{
    struct pool_event event;
    struct errmsg e = {""};
    const double end = clock_monotonic_s() + 20;
    do {
        if (pool_wait(p, 1000, &event, &e) != STATUS_OK)
            fail_msg("%s", e.text);
    } while (event.type == POOL_NOTHING && clock_monotonic_s() < end);
    return event;
}

static void answers_square(void *context, struct pool_link *link)
{
    const int x = *(int *)context, y = x * x;
    pool_note(link, &x, sizeof x);
    pool_answer(link, &y, sizeof y);
}

static void all_answers_come(void **state)
{
    (void)state;
    enum { JOBS = 50 };
    struct pool *p = new_pool(4);
    bool seen[JOBS] = {false};
    int started = 0, done = 0, notes = 0;
    while (done < JOBS) {
        while (started < JOBS && !pool_full(p)) {
            start(p, started, answers_square, &started);
            started++;
        }
        const struct pool_event event = next(p);
        int value;
        assert_int_equal(event.n_bytes, sizeof value);
        memcpy(&value, event.bytes, sizeof value);
        if (event.type == POOL_NOTE) {
            notes++;
            assert_int_equal(value, event.id);
            continue;
        }
        assert_int_equal(event.type, POOL_ANSWER);
        assert_int_equal(value, event.id * event.id);
        assert_false(seen[event.id]);
        seen[event.id] = true;
        done++;
    }
    assert_int_equal(notes, JOBS);
    assert_int_equal(pool_running(p), 0);
    pool_free(p);
}

static void answers_much(void *context, struct pool_link *link)
{
    const size_t n = *(size_t *)context;
    unsigned char *bytes = malloc(n);
    for (size_t i = 0; bytes != NULL && i < n; i++)
        bytes[i] = (unsigned char)(i * 7 >> 3);
    pool_answer(link, bytes, n);
    free(bytes);
}

static void a_large_answer_comes_whole(void **state)
{
    (void)state;
    struct pool *p = new_pool(1);
    size_t n = 5000000;
    start(p, 1, answers_much, &n);
    const struct pool_event event = next(p);
    assert_int_equal(event.type, POOL_ANSWER);
    assert_int_equal(event.n_bytes, n);
    for (size_t i = 0; i < n; i += 997)
        assert_int_equal(event.bytes[i], (unsigned char)(i * 7 >> 3));
    pool_free(p);
}

static void crashes(void *context, struct pool_link *link)
{
    (void)context, (void)link;
    raise(SIGKILL);
}
static void aborts_after_answer(void *context, struct pool_link *link)
{
    (void)context;
    pool_answer(link, "x", 1);
    signal(SIGSEGV, SIG_DFL); /* not the test library's */
    raise(SIGSEGV);
}
static void exits_early(void *context, struct pool_link *link)
{
    (void)context, (void)link;
    _exit(7);
}
static void says_nothing(void *context, struct pool_link *link)
{
    (void)context, (void)link;
}
static void writes_garbage(void *context, struct pool_link *link)
{
    (void)context;
    /* The link begins with its descriptor: write around the protocol. */
    const int fd = *(const int *)(const void *)link;
    char garbage[100];
    memset(garbage, 'g', sizeof garbage);
    if (write(fd, garbage, sizeof garbage) < 0)
        _exit(1);
    sleep(60); /* and it does not leave of its own accord */
}
static void answers_half(void *context, struct pool_link *link)
{
    /* A frame that promises 100 bytes, of which 10 come. */
    (void)context;
    const int fd = *(const int *)(const void *)link;
    int copy[2];
    unsigned char frame[24 + 10];
    if (pipe(copy) != 0)
        _exit(1);
    struct pool_link *aside = (struct pool_link *)(void *)&copy[1];
    unsigned char hundred[100] = {0};
    pool_answer(aside, hundred, sizeof hundred);
    if (read(copy[0], frame, sizeof frame) != (ssize_t)sizeof frame || write(fd, frame, sizeof frame) < 0)
        _exit(1);
}
static void answers_damaged(void *context, struct pool_link *link)
{
    (void)context;
    const int fd = *(const int *)(const void *)link;
    int copy[2];
    unsigned char frame[24 + 100];
    if (pipe(copy) != 0)
        _exit(1);
    struct pool_link *aside = (struct pool_link *)(void *)&copy[1];
    unsigned char hundred[100] = {0};
    pool_answer(aside, hundred, sizeof hundred);
    if (read(copy[0], frame, sizeof frame) != (ssize_t)sizeof frame)
        _exit(1);
    frame[60] ^= 1;
    if (write(fd, frame, sizeof frame) < 0)
        _exit(1);
}

static void a_lost_worker_costs_its_own_work_only(void **state)
{
    (void)state;
    static const struct {
        void (*work)(void *context, struct pool_link *link);
        const char *why;
    } cases[] = {
        {crashes, "killed by signal 9"},        {aborts_after_answer, "killed by signal 11"},
        {exits_early, "exit code 7"},           {says_nothing, "no result"},
        {writes_garbage, "not a message"},      {answers_half, "no result"},
        {answers_damaged, "came damaged"},
    };
    enum { CASES = sizeof cases / sizeof cases[0] };
    struct pool *p = new_pool(CASES + 1);
    int three = 3, lost = 0, answered = 0;
    for (int i = 0; i < CASES; i++)
        start(p, i, cases[i].work, NULL);
    start(p, 3 + CASES, answers_square, &three);
    while (pool_running(p) > 0) {
        const struct pool_event event = next(p);
        if (event.type == POOL_LOST) {
            assert_in_range(event.id, 0, CASES - 1);
            if (strstr(event.why.text, cases[event.id].why) == NULL)
                fail_msg("case %d: '%s' not in: %s", event.id, cases[event.id].why, event.why.text);
            lost++;
        } else if (event.type == POOL_ANSWER) {
            assert_int_equal(event.id, 3 + CASES);
            answered++;
        } else {
            assert_int_equal(event.type, POOL_NOTE);
        }
    }
    assert_int_equal(lost, CASES);
    assert_int_equal(answered, 1);
    pool_free(p);
}

/* starts_a_tool: a worker with a child and a grandchild, whose ids it reports. */
static void starts_a_tool(void *context, struct pool_link *link)
{
    (void)context;
    int fds[2];
    pid_t ids[2] = {0, 0};
    if (pipe(fds) != 0)
        _exit(1);
    ids[0] = fork();
    if (ids[0] == 0) {
        pid_t grandchild = fork();
        if (grandchild > 0 && write(fds[1], &grandchild, sizeof grandchild) < 0)
            _exit(1);
        pause();
        _exit(0);
    }
    if (read(fds[0], &ids[1], sizeof ids[1]) != (ssize_t)sizeof ids[1])
        _exit(1);
    pool_note(link, ids, sizeof ids);
    pause();
}

/* gone: whether a process has ended (or is a zombie that its reaper has not met yet) within 2 s. */
static bool gone(pid_t pid)
{
    for (int i = 0; i < 200; i++) {
        char path[64], line[256] = "";
        snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
        FILE *f = fopen(path, "r");
        if (f == NULL)
            return true;
        const char *end = fgets(line, sizeof line, f) == NULL ? NULL : strrchr(line, ')');
        fclose(f);
        if (end == NULL || end[2] == 'Z')
            return true;
        usleep(10000);
    }
    return false;
}

static void freeing_kills_the_whole_group(void **state)
{
    (void)state;
    struct pool *p = new_pool(2);
    pid_t ids[2];
    start(p, 0, starts_a_tool, NULL);
    const struct pool_event event = next(p);
    assert_int_equal(event.type, POOL_NOTE);
    memcpy(ids, event.bytes, sizeof ids);
    const double before = clock_monotonic_s();
    pool_free(p);
    assert_true(clock_monotonic_s() - before < 1);
    assert_true(gone(ids[0]));
    assert_true(gone(ids[1]));
}

static void a_killed_parent_leaves_nobody_behind(void **state)
{
    (void)state;
    int fds[2];
    pid_t ids[2];
    assert_int_equal(pipe(fds), 0);
    const pid_t parent = fork();
    if (parent == 0) {
        struct pool *p = new_pool(1);
        start(p, 0, starts_a_tool, NULL);
        const struct pool_event event = next(p);
        if (write(fds[1], event.bytes, sizeof ids) < 0)
            _exit(1);
        pause();
        _exit(0);
    }
    assert_int_equal(read(fds[0], ids, sizeof ids), sizeof ids);
    assert_int_equal(kill(parent, SIGKILL), 0);
    waitpid(parent, NULL, 0);
    assert_true(gone(ids[0]));
    assert_true(gone(ids[1]));
}

static void a_signal_ends_the_wait(void **state)
{
    (void)state;
    struct sigaction action = {.sa_handler = on_signal}, old;
    struct pool *p = new_pool(1);
    struct pool_event event;
    struct errmsg e;
    sigaction(SIGINT, &action, &old);
    start(p, 0, starts_a_tool, NULL);
    assert_int_equal(next(p).type, POOL_NOTE);
    const pid_t self = getpid(), child = fork();
    if (child == 0) {
        usleep(100000);
        kill(self, SIGINT);
        _exit(0);
    }
    const double before = clock_monotonic_s();
    assert_int_equal(pool_wait(p, 10000, &event, &e), STATUS_OK);
    assert_int_equal(event.type, POOL_STOP);
    assert_true(clock_monotonic_s() - before < 1);
    waitpid(child, NULL, 0);
    pool_free(p);
    /* A signal that came before the wait counts as well. */
    p = new_pool(1);
    raise(SIGINT);
    assert_int_equal(pool_wait(p, 10000, &event, &e), STATUS_OK);
    assert_int_equal(event.type, POOL_STOP);
    pool_free(p);
    sigaction(SIGINT, &old, NULL);
}

/* says_who: what a worker that serves answers: its process and the sum of its input. A piece from SLOW on takes longer. */
enum { SLOW = 1000 };
struct who {
    pid_t pid;
    unsigned sum;
    size_t n;
};

static void says_who(void *context, int id, const void *input, size_t n, struct pool_link *link)
{
    struct who who = {.pid = getpid(), .n = n};
    for (size_t i = 0; i < n; i++)
        who.sum += ((const unsigned char *)input)[i];
    who.sum += (unsigned)id + *(unsigned *)context;
    if (id >= SLOW)
        usleep(250000);
    pool_answer(link, &who, sizeof who);
}

/* give: the answer to piece id. */
static struct who give(struct pool *p, int id, const void *input, size_t n)
{
    struct errmsg e = {""};
    struct who who;
    if (pool_give(p, id, input, n, &e) != STATUS_OK)
        fail_msg("%s", e.text);
    const struct pool_event event = next(p);
    assert_int_equal(event.type, POOL_ANSWER);
    assert_int_equal(event.id, id);
    assert_int_equal(event.n_bytes, sizeof who);
    memcpy(&who, event.bytes, sizeof who);
    assert_int_equal(pool_running(p), 0);
    return who;
}

static void a_quick_worker_is_kept_and_a_slow_one_is_not(void **state)
{
    (void)state;
    enum { MUCH = 3000000 };
    struct pool *p = new_pool(1);
    unsigned seven = 7;
    unsigned char *much = malloc(MUCH);
    assert_non_null(much);
    memset(much, 1, MUCH);
    pool_keep(p, says_who, &seven);
    const struct who first = give(p, 1, "", 0), second = give(p, 2, much, MUCH);
    assert_int_equal(first.sum, 1 + 7);
    assert_int_equal(second.sum, 2 + 7 + MUCH);
    assert_int_equal(second.n, MUCH);
    assert_int_equal(first.pid, second.pid);
    assert_int_equal(give(p, SLOW, much, 3).pid, first.pid);
    assert_true(gone(first.pid)); /* it worked long */
    const struct who third = give(p, 3, "ab", 2);
    assert_int_not_equal(third.pid, first.pid);
    assert_int_equal(third.sum, 3 + 7 + 'a' + 'b');
    assert_int_equal(kill(third.pid, SIGKILL), 0); /* while it waits for the next piece */
    assert_true(gone(third.pid));
    const struct who fourth = give(p, 4, "", 0);
    assert_int_not_equal(fourth.pid, third.pid);
    start(p, 5, answers_square, &seven); /* a piece of the other kind takes the place of a worker that waits */
    assert_int_equal(next(p).type, POOL_NOTE);
    assert_int_equal(next(p).type, POOL_ANSWER);
    assert_true(gone(fourth.pid));
    const struct who last = give(p, 6, "", 0);
    pool_free(p);
    assert_true(gone(last.pid));
    free(much);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_quick_worker_is_kept_and_a_slow_one_is_not),
        cmocka_unit_test(all_answers_come),
        cmocka_unit_test(a_large_answer_comes_whole),
        cmocka_unit_test(a_lost_worker_costs_its_own_work_only),
        cmocka_unit_test(freeing_kills_the_whole_group),
        cmocka_unit_test(a_killed_parent_leaves_nobody_behind),
        cmocka_unit_test(a_signal_ends_the_wait),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
