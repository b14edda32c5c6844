/* Jobs: which ones are asked for, and how they ended. */
#include "db/record.h"

#include "base/clock.h"
#include "db/row.h"

#include <stdlib.h>
#include <string.h>

/* state_of: steps a statement that asks for one job's state. */
static int state_of(sqlite3_stmt *st, const char *digest, enum job_state *state)
{
    *state = JOB_WAITING;
    int rc = sqlite3_bind_text(st, 1, digest, -1, SQLITE_STATIC);
    if (rc != SQLITE_OK || (rc = sqlite3_step(st)) != SQLITE_ROW)
        return rc;
    const char *name = (const char *)sqlite3_column_text(st, 0);
    if (name != NULL && strcmp(name, "done") == 0)
        *state = JOB_DONE;
    else if (name != NULL && strcmp(name, "failed") == 0)
        *state = sqlite3_column_int(st, 1) ? JOB_HOPELESS : JOB_FAILED;
    return SQLITE_DONE;
}

static const char state_sql[] = "SELECT state, final FROM jobs WHERE digest = ?1";

enum status record_state(sqlite3 *db, const char *path, const char *digest, enum job_state *state, struct errmsg *e)
{
    sqlite3_stmt *st = NULL;
    int rc = sqlite3_prepare_v2(db, state_sql, -1, &st, NULL);
    if (rc == SQLITE_OK)
        rc = state_of(st, digest, state);
    const enum status result = rc == SQLITE_DONE ? STATUS_OK : store_fail(db, path, "looking for finished jobs", e);
    sqlite3_finalize(st);
    return result;
}

enum status record_job(struct store *s, const char *digest, const char *kind, const char *label, const char *pace,
                       double cost, enum job_state *state, struct errmsg *e)
{
    static const char what[] = "recording the jobs";
    const struct field fields[] = {field_text("digest", digest), field_text("kind", kind),
                                   field_text("state", "waiting"), field_text("label", label),
                                   field_text("pace", pace), field_real("cost", cost)};
    enum status st = ROW_UPSERT(s, what, "jobs", fields, /* what is done keeps the guess that its seconds belong to */
                                "ON CONFLICT (digest) DO UPDATE SET pace = excluded.pace, cost = excluded.cost "
                                "WHERE state <> 'done' AND (pace, cost) IS NOT (excluded.pace, excluded.cost)",
                                NULL, e);
    if (st == STATUS_OK)
        st = row_run(s, what, "INSERT OR IGNORE INTO temp.asked_jobs (digest) VALUES (:digest)", fields, 1, e);
    if (st != STATUS_OK)
        return st;
    sqlite3_stmt *ask = store_statement(s, state_sql);
    const int rc = ask == NULL ? SQLITE_ERROR : state_of(ask, digest, state);
    const enum status result =
        rc == SQLITE_DONE ? STATUS_OK : store_fail(store_handle(s), store_path(s), "looking for finished jobs", e);
    sqlite3_reset(ask);
    return result;
}

/* update_job: *changed: the job was there and was not done. Its lease ends in any case. */
static enum status update_job(struct store *s, const char *digest, bool done, const char *message, bool final,
                              const struct job_note *note, bool *changed, struct errmsg *e)
{
    static const char what[] = "keeping a job's outcome";
    char started[CLOCK_ISO_BYTES], finished[CLOCK_ISO_BYTES];
    clock_iso(note->finished - note->seconds, started);
    clock_iso(note->finished, finished);
    const struct field fields[] = {field_text("digest", digest),
                                   field_text("state", done ? "done" : "failed"),
                                   field_integer("done", done),
                                   field_text("started", started),
                                   field_text("finished", finished),
                                   field_real("seconds", note->seconds),
                                   field_text("message", message),
                                   field_text("git_revision", note->git_revision),
                                   field_text("tools", note->tools),
                                   field_text("rtl_digest", note->rtl_digest),
                                   field_text("host", note->host),
                                   field_integer("final", final)};
    enum status st =
        ROW_RUN(s, what,
                "UPDATE jobs SET state = :state, completions = completions + :done, attempts = attempts + 1, "
                "started = :started, finished = :finished, seconds = :seconds, message = :message, "
                "git_revision = :git_revision, tools = :tools, rtl_digest = :rtl_digest, host = :host, "
                "final = :final, ended = (SELECT coalesce(max(ended), 0) + 1 FROM jobs WHERE ended IS NOT NULL) "
                "WHERE digest = :digest AND state <> 'done'",
                fields, e);
    *changed = sqlite3_changes(store_handle(s)) > 0;
    return st == STATUS_OK ? row_run(s, what, "DELETE FROM running WHERE job = :digest", fields, 1, e) : st;
}

static enum status begin(struct store *s, struct errmsg *e)
{
    return row_run(s, "starting to write", "BEGIN IMMEDIATE", NULL, 0, e);
}

/* finish: commits if all went well, else takes everything back. */
static enum status finish(struct store *s, enum status so_far, struct errmsg *e)
{
    if (so_far == STATUS_OK)
        so_far = record_commit(s, e);
    if (so_far != STATUS_OK)
        record_rollback(s);
    return so_far;
}

/* keep_output: of the last attempt; NULL: there is none. */
static enum status keep_output(struct store *s, const char *digest, const char *output, struct errmsg *e)
{
    const struct field fields[] = {field_text("job", digest), field_text("output", output)};
    static const char what[] = "keeping the output of tools";
    if (output != NULL && output[0] != '\0')
        return ROW_REPLACE(s, what, "job_outputs", fields, NULL, e);
    return row_run(s, what, "DELETE FROM job_outputs WHERE job = :job", fields, 1, e);
}

enum status record_crash(struct store *s, const char *digest, const char *output, struct errmsg *e)
{
    const struct field fields[] = {field_text("digest", digest)};
    enum status st = begin(s, e);
    if (st != STATUS_OK)
        return st;
    st = ROW_RUN(s, "keeping a crash",
                 "UPDATE jobs SET attempts = attempts + 1 WHERE digest = :digest AND state <> 'done'", fields, e);
    if (st == STATUS_OK && sqlite3_changes(store_handle(s)) > 0)
        st = keep_output(s, digest, output, e);
    return finish(s, st, e);
}

enum status record_done(struct store *s, const char *digest, const struct job_note *note, bool crashed,
                        enum status (*save)(struct store *s, const char *digest, const void *result, struct errmsg *e),
                        const void *result, struct errmsg *e)
{
    bool changed = false;
    enum status st = begin(s, e);
    if (st != STATUS_OK)
        return st;
    st = update_job(s, digest, true, NULL, false, note, &changed, e);
    if (st == STATUS_OK && changed && !crashed)
        st = keep_output(s, digest, NULL, e);
    if (st == STATUS_OK && changed && save != NULL)
        st = save(s, digest, result, e);
    return finish(s, st, e);
}

enum status record_failed(struct store *s, const char *digest, const char *message, const char *output, bool final,
                          const struct job_note *note, struct errmsg *e)
{
    bool changed = false;
    enum status st = begin(s, e);
    if (st != STATUS_OK)
        return st;
    st = update_job(s, digest, false, message, final, note, &changed, e);
    if (st == STATUS_OK && changed)
        st = keep_output(s, digest, output, e);
    return finish(s, st, e);
}

enum status record_network(struct store *s, const char *train_job, uint8_t **bytes, size_t *n_bytes, struct errmsg *e)
{
    sqlite3 *db = store_handle(s);
    sqlite3_stmt *st = NULL;
    enum status result = STATUS_OK;
    *bytes = NULL;
    *n_bytes = 0;
    int rc = sqlite3_prepare_v2(db, "SELECT network FROM training WHERE job = ?1", -1, &st, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_bind_text(st, 1, train_job, -1, SQLITE_STATIC);
    if (rc == SQLITE_OK && (rc = sqlite3_step(st)) == SQLITE_ROW) {
        const void *held = sqlite3_column_blob(st, 0);
        *n_bytes = (size_t)sqlite3_column_bytes(st, 0);
        *bytes = malloc(*n_bytes + 1);
        if (*bytes == NULL)
            result = fail(e, STATUS_ENVIRONMENT, "out of memory for a network of %zu bytes", *n_bytes);
        else if (*n_bytes > 0)
            memcpy(*bytes, held, *n_bytes);
    } else if (rc == SQLITE_DONE) {
        result = fail(e, STATUS_ENVIRONMENT, "%s has no network for the training job %.10s", store_path(s), train_job);
    } else {
        result = store_fail(db, store_path(s), "reading a network", e);
    }
    sqlite3_finalize(st);
    return result;
}
