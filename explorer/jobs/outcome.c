#include "explorer/jobs/outcome.h"

#include <stdio.h>

/* count_wrong: for the jobs of one kind, whose wrong_sql is st. */
static int count_wrong(const struct plan *p, enum job_kind_id kind, sqlite3_stmt *st, int *count)
{
    int rc = SQLITE_OK;
    for (int i = 0; i < p->n_jobs && rc == SQLITE_OK; i++) {
        if (p->jobs[i].kind != kind || p->jobs[i].state != JOB_DONE)
            continue;
        sqlite3_bind_text(st, 1, p->jobs[i].digest, -1, SQLITE_STATIC);
        if (sqlite3_step(st) == SQLITE_ROW && sqlite3_column_int64(st, 0) > 0)
            (*count)++;
        rc = sqlite3_reset(st);
    }
    return rc;
}

enum status outcome_count_wrong(const struct plan *p, struct store *s, struct run_outcome *o, struct errmsg *e)
{
    sqlite3 *db = store_handle(s);
    int rc = SQLITE_OK;
    for (int i = 0; i < JOB_KIND_COUNT && rc == SQLITE_OK; i++) {
        const struct job_kind *k = job_kind_at((enum job_kind_id)i);
        sqlite3_stmt *st = NULL;
        if (k->wrong_sql == NULL)
            continue;
        rc = sqlite3_prepare_v2(db, k->wrong_sql, -1, &st, NULL);
        if (rc == SQLITE_OK)
            rc = count_wrong(p, (enum job_kind_id)i, st, &o->wrong[i]);
        sqlite3_finalize(st);
    }
    return rc == SQLITE_OK ? STATUS_OK : store_fail(db, store_path(s), "counting mismatches", e);
}

int outcome_failures(const struct run_outcome *o)
{
    int n = o->failed;
    for (int i = 0; i < JOB_KIND_COUNT; i++)
        n += o->hopeless[i];
    return n;
}

/* found: "3 trainings diverged (…)". */
static enum status found(int n, const struct job_finding *f, struct errmsg *e)
{
    return fail(e, STATUS_VERDICT, "%d %s%s %s", n, f->noun, n == 1 ? "" : "s", f->what);
}

static enum status jobs_failed(const struct run_outcome *o, struct errmsg *e)
{
    char blocked[64] = "";
    if (o->blocked > 0)
        snprintf(blocked, sizeof blocked, ", and %d could not start because of that", o->blocked);
    return fail(e, STATUS_ENVIRONMENT,
                "%d job%s failed%s; the messages are kept (`deltasweep status`), and the same command tries again",
                o->failed, o->failed == 1 ? "" : "s", blocked);
}

/* tools_missing: STATUS_OK if none is. */
static enum status tools_missing(const struct plan *p, struct errmsg *e)
{
    const char *lost[2 * JOB_KIND_COUNT];
    char list[256] = "";
    size_t used = 0;
    int n = 0;
    for (int i = 0; i < JOB_KIND_COUNT; i++) {
        if (p->without[i])
            lost[n++] = job_kind_at((enum job_kind_id)i)->lost;
        if (p->without_extra[i])
            lost[n++] = job_kind_at((enum job_kind_id)i)->extra.lost;
    }
    for (int i = 0; i < n && used < sizeof list; i++)
        used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", i == 0 ? "" : i == n - 1 ? " and " : ", ",
                                 lost[i]);
    return n == 0 ? STATUS_OK
                  : fail(e, STATUS_ENVIRONMENT, "%s %s left out because a tool is missing, and the columns stay NULL: "
                         "install what is named above, and the same command fills them in",
                         list, n == 1 ? "was" : "were");
}

enum status outcome_verdict(const struct plan *p, const struct run_outcome *o, struct errmsg *e)
{
    for (int i = 0; i < JOB_KIND_COUNT; i++)
        if (o->wrong[i] > 0)
            return found(o->wrong[i], &job_kind_at((enum job_kind_id)i)->wrong, e);
    if (o->failed > 0)
        return jobs_failed(o, e);
    for (int i = 0; i < JOB_KIND_COUNT; i++)
        if (o->hopeless[i] > 0)
            return found(o->hopeless[i], &job_kind_at((enum job_kind_id)i)->hopeless, e);
    return tools_missing(p, e);
}
