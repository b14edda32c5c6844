#include "db/runners.h"

#include "base/clock.h"
#include "base/machine.h"
#include "db/lock.h"
#include "db/record.h"
#include "db/row.h"

#include <stdlib.h>
#include <string.h>

/* A run of another machine: when its beats last changed. */
struct watched {
    int64_t id, beats;
    int since; /* own beats */
};

enum { MAX_WATCHED = 256 }; /* of more runs of other machines at once, those beyond are taken to live */

struct runners {
    struct store *store;
    int64_t id;
    int64_t told;   /* `ended` of the newest job that runners_news has seen */
    int64_t joined; /* the same when the run joined */
    char boot[MACHINE_BOOT_BYTES];
    bool remote; /* other machines may have the file open */
    int others, other_workers;
    struct watched watched[MAX_WATCHED];
    int n_watched;
};

static const char what[] = "sharing the jobs with other runs";

/* ------------------------------------------------------------------------- who lives */

/* beats_on: whether a run of another machine goes on. */
static bool beats_on(struct runners *all, int64_t id, int64_t beats)
{
    struct watched *w = all->watched;
    while (w < all->watched + all->n_watched && w->id != id)
        w++;
    if (w == all->watched + MAX_WATCHED)
        return true;
    if (w == all->watched + all->n_watched || w->beats != beats) {
        all->n_watched += w == all->watched + all->n_watched;
        *w = (struct watched){.id = id, .beats = beats};
    }
    return w->since < RUNNERS_PATIENCE;
}

static bool lives(struct runners *all, int64_t id, const char *boot, int64_t beats)
{
    if (strcmp(boot, all->boot) == 0)
        return store_marked(all->store, id);
    return all->remote && beats_on(all, id, beats); /* else it was before this machine was last started */
}

enum life runners_life(int fd, const char *path, int64_t id, const char *boot)
{
    char here[MACHINE_BOOT_BYTES];
    machine_boot(here);
    if (strcmp(boot, here) == 0)
        return lock_marked(fd, id) ? LIFE_GOES_ON : LIFE_OVER;
    return machine_file_is_remote(path) ? LIFE_UNKNOWN : LIFE_OVER;
}

/* bury: a run is over: its jobs are free. forget: its row goes, too. */
static enum status bury(struct runners *all, int64_t id, bool forget, struct errmsg *e)
{
    const struct field fields[] = {field_integer("id", id)};
    const enum status st = ROW_RUN(all->store, what, "DELETE FROM running WHERE runner = :id", fields, e);
    return st == STATUS_OK && forget ? ROW_RUN(all->store, what, "DELETE FROM runners WHERE id = :id", fields, e) : st;
}

/* look_around: takes the leases of runs that are over away, and counts those that live. Within a transaction. */
static enum status look_around(struct runners *all, bool forget, struct errmsg *e)
{
    enum { MOST = 1024 };
    int64_t over[MOST];
    int n = 0, rc;
    sqlite3_stmt *st =
        store_statement(all->store, "SELECT id, boot, beats, workers, ended FROM runners WHERE id <> ?1");
    if (st == NULL)
        return store_fail(store_handle(all->store), store_path(all->store), what, e);
    all->others = all->other_workers = 0;
    sqlite3_bind_int64(st, 1, all->id);
    while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
        const int64_t id = sqlite3_column_int64(st, 0);
        const bool ended = sqlite3_column_type(st, 4) != SQLITE_NULL;
        if (!ended && lives(all, id, (const char *)sqlite3_column_text(st, 1), sqlite3_column_int64(st, 2))) {
            all->others++;
            all->other_workers += sqlite3_column_int(st, 3);
        } else if (n < MOST) {
            over[n++] = id;
        }
    }
    sqlite3_reset(st);
    enum status result =
        rc == SQLITE_DONE ? STATUS_OK : store_fail(store_handle(all->store), store_path(all->store), what, e);
    for (int i = 0; i < n && result == STATUS_OK; i++)
        result = bury(all, over[i], forget, e);
    return result;
}

/* --------------------------------------------------------------------- joining, beats */

/* within: runs work in a transaction of its own. */
#define WITHIN(all, st, e, work)                                                                                       \
    do {                                                                                                               \
        (st) = row_run((all)->store, what, "BEGIN IMMEDIATE", NULL, 0, e);                                             \
        if ((st) == STATUS_OK) {                                                                                       \
            (st) = (work);                                                                                             \
            if ((st) == STATUS_OK)                                                                                     \
                (st) = record_commit((all)->store, e);                                                                 \
            if ((st) != STATUS_OK)                                                                                     \
                record_rollback((all)->store);                                                                         \
        }                                                                                                              \
    } while (0)

/* put: the row of the run, a new one if it has none. */
static enum status put(struct runners *all, const struct runner *r, struct errmsg *e)
{
    char seen[CLOCK_ISO_BYTES], started[CLOCK_ISO_BYTES];
    const double now = clock_wall_s();
    clock_iso(now, seen);
    clock_iso(now - r->seconds, started);
    const struct field row[] = {field_integer_if("id", all->id > 0, all->id),
                                field_text("sweep", r->sweep),
                                field_integer("pid", r->pid),
                                field_text("host", r->host),
                                field_text("boot", all->boot),
                                field_integer("workers", r->workers),
                                field_text("started", started),
                                field_text("seen", seen),
                                field_text("ended", r->ended ? seen : NULL),
                                field_integer("interrupted", r->interrupted),
                                field_real("seconds", r->seconds),
                                field_integer("jobs", r->jobs),
                                field_integer("done", r->done),
                                field_integer("failed", r->failed),
                                field_integer("done_before", r->done_before),
                                field_real("seconds_left", r->seconds_left)};
    return ROW_UPSERT(all->store, what, "runners", row,
                      "ON CONFLICT (id) DO UPDATE SET beats = beats + 1, seen = excluded.seen, ended = excluded.ended, "
                      "interrupted = excluded.interrupted, seconds = excluded.seconds, jobs = excluded.jobs, "
                      "done = excluded.done, failed = excluded.failed, seconds_left = excluded.seconds_left",
                      &all->id, e);
}

/* join: within a transaction. The rows of runs that are over go. */
static enum status join(struct runners *all, const struct runner *r, struct errmsg *e)
{
    enum status st = look_around(all, true, e);
    if (st == STATUS_OK)
        st = row_run_id(all->store, what, "SELECT coalesce(max(ended), 0) FROM jobs WHERE ended IS NOT NULL", NULL, 0,
                        &all->joined, e);
    if (st == STATUS_OK)
        st = put(all, r, e);
    if (st == STATUS_OK && !store_mark(all->store, all->id))
        st = fail_errno(e, STATUS_ENVIRONMENT, "%s cannot be locked", store_path(all->store));
    all->told = all->joined;
    return st;
}

enum status runners_join(struct store *s, const struct runner *r, struct runners **out, struct errmsg *e)
{
    enum status st = STATUS_OK;
    struct runners *all = calloc(1, sizeof *all);
    *out = NULL;
    if (all == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory");
    all->store = s;
    all->remote = machine_file_is_remote(store_path(s));
    machine_boot(all->boot);
    WITHIN(all, st, e, join(all, r, e));
    if (st == STATUS_OK)
        *out = all;
    else
        free(all);
    return st;
}

void runners_free(struct runners *all)
{
    free(all);
}

/* renew: what the run does now. */
static enum status renew(struct runners *all, const struct running_job *job, struct errmsg *e)
{
    const struct field row[] = {field_text("job", job->digest),
                                field_integer("runner", all->id),
                                field_integer_if("pid", job->pid > 0, job->pid),
                                field_real("seconds", job->seconds),
                                field_real("part", job->part),
                                field_integer_if("step", job->steps > 0, job->step),
                                field_integer_if("steps", job->steps > 0, job->steps)};
    return ROW_RUN(all->store, what,
                   "UPDATE running SET pid = :pid, seconds = :seconds, part = :part, step = :step, steps = :steps "
                   "WHERE job = :job AND runner = :runner",
                   row, e);
}

static enum status beat(struct runners *all, const struct runner *r, const struct running_job *running, int n,
                        struct errmsg *e)
{
    enum status st = put(all, r, e);
    for (int i = 0; i < all->n_watched; i++)
        all->watched[i].since++;
    if (st == STATUS_OK)
        st = look_around(all, false, e);
    for (int i = 0; i < n && st == STATUS_OK; i++)
        st = renew(all, &running[i], e);
    return st == STATUS_OK && r->ended ? bury(all, all->id, false, e) : st;
}

enum status runners_beat(struct runners *all, const struct runner *r, const struct running_job *running, int n,
                         struct errmsg *e)
{
    enum status st = store_check_there(all->store, e);
    if (st == STATUS_OK)
        WITHIN(all, st, e, beat(all, r, running, n, e));
    return st;
}

int runners_others(const struct runners *all, int *workers)
{
    *workers = all->other_workers;
    return all->others;
}

/* ---------------------------------------------------------------------------- leases */

/* outcome_of: of a job that has ended in another run. */
static enum claim outcome_of(const char *state, bool final)
{
    return strcmp(state, "done") == 0 ? CLAIM_DONE : final ? CLAIM_HOPELESS : CLAIM_FAILED;
}

/* look_up: how it stands with a job, and whether a run has it. Within a transaction. */
static enum status look_up(struct runners *all, const char *digest, enum claim *out, struct errmsg *e)
{
    sqlite3_stmt *st =
        store_statement(all->store, "SELECT state, final, ended > ?2, r.runner FROM jobs LEFT JOIN running r "
                                    "ON r.job = digest WHERE digest = ?1");
    if (st == NULL)
        return store_fail(store_handle(all->store), store_path(all->store), what, e);
    sqlite3_bind_text(st, 1, digest, -1, SQLITE_STATIC);
    sqlite3_bind_int64(st, 2, all->joined);
    const int rc = sqlite3_step(st);
    *out = CLAIM_GONE;
    if (rc == SQLITE_ROW) {
        const char *state = (const char *)sqlite3_column_text(st, 0);
        const bool since = sqlite3_column_int(st, 2) == 1;
        *out = CLAIM_MINE;
        if (strcmp(state, "done") == 0 || (strcmp(state, "failed") == 0 && since))
            *out = outcome_of(state, sqlite3_column_int(st, 1) != 0);
        else if (sqlite3_column_type(st, 3) != SQLITE_NULL && sqlite3_column_int64(st, 3) != all->id)
            *out = CLAIM_ELSEWHERE;
    }
    sqlite3_reset(st);
    return rc == SQLITE_ROW || rc == SQLITE_DONE
               ? STATUS_OK
               : store_fail(store_handle(all->store), store_path(all->store), what, e);
}

static enum status claim(struct runners *all, const char *digest, enum claim *out, struct errmsg *e)
{
    const struct field row[] = {field_text("job", digest), field_integer("runner", all->id), field_real("seconds", 0)};
    const enum status st = look_up(all, digest, out, e);
    return st == STATUS_OK && *out == CLAIM_MINE ? ROW_REPLACE(all->store, what, "running", row, NULL, e) : st;
}

enum status runners_claim(struct runners *all, const char *digest, enum claim *out, struct errmsg *e)
{
    enum status st = STATUS_OK;
    WITHIN(all, st, e, claim(all, digest, out, e));
    return st;
}

enum status runners_release(struct runners *all, const char *digest, struct errmsg *e)
{
    const struct field row[] = {field_text("job", digest), field_integer("runner", all->id)};
    return ROW_RUN(all->store, what, "DELETE FROM running WHERE job = :job AND runner = :runner", row, e);
}

enum status runners_news(struct runners *all, void (*tell)(void *context, const char *digest, enum claim claim),
                         void *context, struct errmsg *e)
{
    sqlite3_stmt *st = store_statement(
        all->store,
        "SELECT ended, digest, state, final FROM jobs WHERE ended > ?1 AND ended IS NOT NULL ORDER BY ended");
    int rc = SQLITE_ERROR;
    if (st != NULL) {
        sqlite3_bind_int64(st, 1, all->told);
        while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
            all->told = sqlite3_column_int64(st, 0);
            tell(context, (const char *)sqlite3_column_text(st, 1),
                 outcome_of((const char *)sqlite3_column_text(st, 2), sqlite3_column_int(st, 3) != 0));
        }
        sqlite3_reset(st);
    }
    return rc == SQLITE_DONE ? STATUS_OK : store_fail(store_handle(all->store), store_path(all->store), what, e);
}
