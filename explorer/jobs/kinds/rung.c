/* The job of kind rung: the first epochs of a training, for a search. It stops with a checkpoint, from which a later
 * rung or the whole training goes on: these are the epochs of that training, bit for bit. */
#include "db/row.h"
#include "explorer/jobs/kinds/train.h"
#include "explorer/jobs/plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a rung brings; its epochs are the tail of the job's result. */
struct rung {
    char training[DIGEST_HEX_BYTES]; /* the job of the whole training */
    int epochs;                      /* that were asked for */
    int n_epochs;                    /* in the tail; fewer where patience ended the training */
    double seconds;                  /* of these epochs, whichever job did them */
    char note[512];
};

static enum status digest(const struct plan *p, struct planned_job *job, struct errmsg *e)
{
    char training[DIGEST_HEX_BYTES];
    struct digest d;
    (void)e;
    training_digest(plan_point(p, job->point), p->data->digest, job->seed, training);
    digest_init(&d);
    digest_text(&d, "what", "deltasweep rung 1");
    digest_text(&d, "training", training);
    digest_int(&d, "epochs", job->epochs);
    digest_hex(&d, job->digest);
    return STATUS_OK;
}

static void label(const struct plan *p, const struct planned_job *job, char *out, size_t room)
{
    char before[48];
    snprintf(before, sizeof before, "train up to epoch %d:", job->epochs);
    training_label(p, job, before, out, room);
}

static double cost(const struct plan *p, const struct planned_job *job)
{
    return training_cost(plan_point(p, job->point), p->data->train.n, job->epochs - job->known_epochs);
}

/* keep_asked: drops the epochs beyond those asked for, which a checkpoint of another run may have: what a rung brings,
 * and so what a search pays for the next one, must not depend on what lies in the cache. */
static void keep_asked(struct rung *rung, const struct epoch_metrics *epochs)
{
    double all = 0, asked = 0;
    for (int i = 0; i < rung->n_epochs; i++) {
        all += epochs[i].seconds;
        asked += i < rung->epochs ? epochs[i].seconds : 0;
    }
    if (rung->n_epochs <= rung->epochs)
        return;
    rung->n_epochs = rung->epochs;
    rung->seconds *= all > 0 ? asked / all : 1;
}

static enum status run(const struct job_work *w, struct pool_link *link, struct job_result *r, struct errmsg *e)
{
    struct rung *rung = r->what;
    struct training t;
    struct network *net = NULL;
    memset(&t, 0, sizeof t);
    enum status st = training_run(w, link, w->job->epochs, &t, &net, e);
    if (st == STATUS_OK) {
        training_digest(plan_point(w->plan, w->job->point), w->plan->data->digest, w->job->seed, rung->training);
        rung->n_epochs = t.result.n_epochs;
        rung->epochs = w->job->epochs;
        rung->seconds = t.result.seconds;
        keep_asked(rung, t.result.epochs);
        snprintf(rung->note, sizeof rung->note, "%s", t.result.note);
        r->tail_bytes = (size_t)rung->n_epochs * sizeof *t.result.epochs;
        r->tail = (unsigned char *)t.result.epochs;
        t.result.epochs = NULL;
    }
    free(t.result.epochs);
    network_free(net);
    return st;
}

static enum status save(struct store *s, const char *job, const void *result, struct errmsg *e)
{
    const struct job_result *r = result;
    const struct rung *rung = r->what;
    const struct field row[] = {
        field_text("job", job),
        field_text("training", rung->training),
        field_integer("epochs", rung->epochs),
        field_real("seconds", rung->seconds),
    };
    const struct epoch_metrics *epochs = (const struct epoch_metrics *)(const void *)r->tail; /* malloc aligns it */
    const enum status st = ROW_INSERT(s, "keeping a rung of a training", "rungs", row, e);
    return st == STATUS_OK ? training_save_epochs(s, job, epochs, rung->n_epochs, e) : st;
}

static void say(const char *name, const struct job_result *result, struct progress *progress)
{
    const struct rung *rung = result->what;
    if (rung->note[0] != '\0')
        progress_say(progress, "%s: %s", name, rung->note);
}

const struct job_kind job_rung = {
    .name = "rung",
    .digest = digest,
    .label = label,
    .cost = cost,
    .run = run,
    .result_bytes = sizeof(struct rung),
    .save = save,
    .say = say,
    .tools = training_tools,
    .most_hours = 7 * 24,
    .trains = true,
    .of_search = true,
    .hopeless = TRAINING_HOPELESS,
};
