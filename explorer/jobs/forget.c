#include "explorer/jobs/forget.h"

#include "base/intern.h"

#include <stdio.h>
#include <string.h>

/* A run, whichever sweep asks for it. */
struct run_key {
    char point[DIGEST_HEX_BYTES];
    long long seed; /* -1: not to be trained */
};

static struct run_key key_of(const char *point, long long seed)
{
    struct run_key key;
    memset(&key, 0, sizeof key); /* its padding is part of the key */
    snprintf(key.point, sizeof key.point, "%s", point);
    key.seed = seed;
    return key;
}

/* asked_runs: those of the plan. */
static bool asked_runs(const struct plan *p, struct intern *asked)
{
    bool fresh = false;
    for (int i = 0; i < p->n_runs; i++) {
        const struct planned_run *r = &p->runs[i];
        const struct run_key key = key_of(points_digest(p->list, r->point), r->has_seed ? (long long)r->seed : -1);
        if (intern_add(asked, &key, &fresh) < 0)
            return false;
    }
    return true;
}

static void note(struct forgotten *out, const char *point, sqlite3_stmt *st)
{
    enum { NAMED = 5 };
    const size_t used = strlen(out->names);
    if (out->runs == NAMED)
        snprintf(out->names + used, sizeof out->names - used, ", …");
    else if (out->runs < NAMED && sqlite3_column_type(st, 1) != SQLITE_NULL)
        snprintf(out->names + used, sizeof out->names - used, "%s%s seed %lld", used == 0 ? "" : ", ", point,
                 (long long)sqlite3_column_int64(st, 1));
    else if (out->runs < NAMED)
        snprintf(out->names + used, sizeof out->names - used, "%s%s", used == 0 ? "" : ", ", point);
    out->runs++;
}

enum status forget_list(const struct plan *p, sqlite3 *db, const char *path, struct forgotten *out, struct errmsg *e)
{
    static const char sql[] =
        "SELECT p.digest, r.seed, p.point FROM runs r JOIN sweeps s ON s.id = r.sweep JOIN points p ON p.id = r.point "
        "WHERE s.name = ?1 AND NOT EXISTS (SELECT 1 FROM training t WHERE t.job = r.train_job) ORDER BY r.id";
    struct intern asked;
    sqlite3_stmt *st = NULL;
    int rc;
    memset(out, 0, sizeof *out);
    intern_init(&asked, sizeof(struct run_key));
    if (!asked_runs(p, &asked)) {
        intern_free(&asked);
        return fail(e, STATUS_ENVIRONMENT, "out of memory for the runs");
    }
    rc = sqlite3_prepare_v2(db, sql, -1, &st, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_bind_text(st, 1, p->sweep->name, -1, SQLITE_STATIC);
    while (rc == SQLITE_OK && (rc = sqlite3_step(st)) == SQLITE_ROW) {
        const long long seed = sqlite3_column_type(st, 1) == SQLITE_NULL ? -1 : sqlite3_column_int64(st, 1);
        const struct run_key key = key_of((const char *)sqlite3_column_text(st, 0), seed);
        bool fresh = false;
        if (intern_add(&asked, &key, &fresh) >= 0 && fresh)
            note(out, (const char *)sqlite3_column_text(st, 2), st);
        rc = SQLITE_OK;
    }
    const enum status result = rc == SQLITE_DONE ? STATUS_OK : store_fail(db, path, "looking for earlier runs", e);
    sqlite3_finalize(st);
    intern_free(&asked);
    return result;
}
