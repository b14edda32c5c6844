/* Which jobs of a plan can start: those whose needs are done, in the order of their turns. */
#pragma once

#include "explorer/jobs/plan.h"

struct queue {
    const struct plan *plan;
    int *waits_for; /* of each job: how many jobs it needs that are not done */
    bool *over;     /* of each job: done, or it will not be done in this run */
    int *first_user, *users; /* the jobs that need job i are users[first_user[i] .. first_user[i + 1]) */
    int *ready, n_ready;     /* a heap */
    int *later, n_later;     /* to be ready when nothing else is, see queue_later */
};

/* queue_init: from the states of the plan's jobs; jobs that are not done and need nothing more are ready. plan is
 * borrowed. queue_free also after a failure, or for a queue of zeros. */
enum status queue_init(struct queue *q, const struct plan *plan, struct errmsg *e);
void queue_free(struct queue *q);

/* queue_next: takes the ready job whose turn is first; -1 if none is ready. */
int queue_next(struct queue *q);

/* queue_again: puts a job back that was taken. */
void queue_again(struct queue *q, int job);

/* queue_done: the job is done, by whomever; jobs that waited only for it become ready. */
void queue_done(struct queue *q, int job);

/* queue_drop: the job will not be done in this run. The jobs that need it are queue_users. */
void queue_drop(struct queue *q, int job);
const int *queue_users(const struct queue *q, int job, int *n);

/* queue_later: puts a job back that was taken, to be tried again at the end. queue_recall makes all of these ready, and
 * returns how many there were. */
void queue_later(struct queue *q, int job);
int queue_recall(struct queue *q);
