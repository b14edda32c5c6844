#include "explorer/jobs/job.h"

#include "base/cache.h"
#include "base/tool.h"
#include "explorer/jobs/plan.h"

#include <stdlib.h>
#include <string.h>

/* An answer: this, then after STATUS_OK the kind's struct, then the tail. Both ends are one program and one
 * machine, and the pool adds a checksum. */
struct answer {
    int outcome; /* an enum status */
    int crashed; /* 1: a tool was ended by a signal */
    struct errmsg why, note;
    size_t tail_bytes;
};

/* makes_sense: that what came is what job_do sends: no other number is a status, and a message has an end. */
static bool makes_sense(const struct answer *a)
{
    return a->outcome <= STATUS_OK && a->outcome >= STATUS_INTERRUPTED && (a->crashed == 0 || a->crashed == 1) &&
           memchr(a->why.text, '\0', sizeof a->why.text) != NULL &&
           memchr(a->note.text, '\0', sizeof a->note.text) != NULL;
}

void job_result_free(struct job_result *r)
{
    free(r->what);
    free(r->tail);
    *r = (struct job_result){0};
}

void job_tell(struct pool_link *link, const struct job_news *news)
{
    pool_note(link, news, sizeof *news);
}

static void send(struct pool_link *link, enum status outcome, const struct errmsg *why, const struct job_result *r,
                 size_t what_bytes)
{
    struct answer a;
    memset(&a, 0, sizeof a);
    a.outcome = outcome;
    a.crashed = outcome != STATUS_OK && tool_crashed();
    a.why = *why;
    cache_take_note(&a.note);
    a.tail_bytes = r->tail_bytes;
    if (outcome != STATUS_OK)
        what_bytes = a.tail_bytes = 0;
    const size_t total = sizeof a + what_bytes + a.tail_bytes;
    unsigned char *bytes = malloc(total);
    if (bytes == NULL)
        return; /* no answer: the pool reports the worker as lost */
    memcpy(bytes, &a, sizeof a);
    if (what_bytes > 0)
        memcpy(bytes + sizeof a, r->what, what_bytes);
    if (a.tail_bytes > 0)
        memcpy(bytes + sizeof a + what_bytes, r->tail, a.tail_bytes);
    pool_answer(link, bytes, total);
    free(bytes);
}

void job_do(void *work, struct pool_link *link)
{
    const struct job_work *w = work;
    const struct job_kind *k = job_kind_at(w->job->kind);
    struct job_result r = {.what = calloc(1, k->result_bytes + 1)};
    struct errmsg e = {""};
    if (r.what == NULL)
        return; /* no answer: the pool reports the worker as lost */
    tool_worker(pool_log(link));
    const enum status st = k->run(w, link, &r, &e);
    send(link, st, &e, &r, k->result_bytes);
    job_result_free(&r);
}

/* copy: n bytes in memory of their own. */
static void *copy(const unsigned char *bytes, size_t n)
{
    void *out = malloc(n + 1);
    return out == NULL ? NULL : memcpy(out, bytes, n);
}

enum status job_read_answer(const struct job_kind *k, const unsigned char *bytes, size_t n, enum status *outcome,
                            bool *crashed, struct errmsg *why, struct job_result *result, struct errmsg *e)
{
    struct answer a;
    *result = (struct job_result){0};
    *crashed = false;
    if (n < sizeof a)
        return fail(e, STATUS_ENVIRONMENT, "a worker's answer is too short");
    memcpy(&a, bytes, sizeof a);
    if (!makes_sense(&a))
        return fail(e, STATUS_ENVIRONMENT, "a worker's answer makes no sense");
    const size_t what_bytes = a.outcome == STATUS_OK ? k->result_bytes : 0;
    if (a.tail_bytes > n || n != sizeof a + what_bytes + a.tail_bytes)
        return fail(e, STATUS_ENVIRONMENT, "a worker's answer has the wrong length");
    *outcome = (enum status)a.outcome;
    *crashed = a.crashed != 0;
    *why = a.why;
    result->note = a.note;
    result->what = copy(bytes + sizeof a, what_bytes);
    result->tail = copy(bytes + sizeof a + what_bytes, a.tail_bytes);
    result->tail_bytes = a.tail_bytes;
    if (result->what == NULL || result->tail == NULL) {
        job_result_free(result);
        return fail(e, STATUS_ENVIRONMENT, "out of memory for a result");
    }
    return STATUS_OK;
}
