#include "explorer/search/ledger.h"

#include "base/clock.h"
#include "db/record.h"
#include "db/row.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char what_keep[] = "recording the search", what_look[] = "looking for what the search has bought";

static enum status bad(const struct ledger *l, struct errmsg *e)
{
    return store_fail(store_handle(l->store), store_path(l->store), what_look, e);
}

static struct field bound(const char *column, double v)
{
    return field_real(column, v); /* INFINITY is NULL */
}

static void objectives_text(const struct search_wish *w, char *out, size_t room)
{
    size_t used = 0;
    out[0] = '\0';
    for (int k = 0; k < w->n_objectives && used < room; k++)
        used += (size_t)snprintf(out + used, room - used, "%s%s %s", k == 0 ? "" : ", ",
                                 w->objectives[k].maximise ? "max" : "min", w->objectives[k].name);
}

enum status ledger_open(struct ledger *l, struct store *s, const struct sweep *sweep, const char *digest,
                        double combinations, struct errmsg *e)
{
    const struct search_wish *w = sweep->search;
    char now[CLOCK_ISO_BYTES], objectives[1024];
    int64_t id = 0;
    *l = (struct ledger){.store = s};
    clock_iso(clock_wall_s(), now);
    objectives_text(w, objectives, sizeof objectives);
    enum status st = record_begin(s, e);
    if (st != STATUS_OK)
        return st;
    st = record_sweep(s, sweep->name, sweep->file, sweep->text, &id, e);
    const struct field fields[] = {field_integer("sweep", id),
                                   field_text("digest", digest),
                                   field_text("method", w->method->name),
                                   field_integer("seed", (int64_t)w->seed),
                                   field_text("objectives", objectives),
                                   field_real("combinations", combinations),
                                   bound("budget_points", w->points),
                                   bound("budget_trainings", w->trainings),
                                   bound("budget_hours", w->hours),
                                   field_text("started", now)};
    if (st == STATUS_OK)
        st = ROW_UPSERT(
            s, what_keep, "searches", fields,
            "ON CONFLICT (sweep, digest) DO UPDATE SET budget_points = excluded.budget_points, "
            "budget_trainings = excluded.budget_trainings, budget_hours = excluded.budget_hours, ended = NULL",
            &l->search, e);
    if (st == STATUS_OK)
        st = record_commit(s, e);
    if (st != STATUS_OK)
        record_rollback(s);
    return st;
}

/* column_real: NAN for NULL. */
static double column_real(sqlite3_stmt *st, int i)
{
    return sqlite3_column_type(st, i) == SQLITE_NULL ? NAN : sqlite3_column_double(st, i);
}

/* same: whether the row is p. */
static bool same(sqlite3_stmt *st, const struct purchase *p)
{
    return strcmp((const char *)sqlite3_column_text(st, 0), p->point) == 0 &&
           (uint64_t)sqlite3_column_int64(st, 1) == p->seed && sqlite3_column_int(st, 2) == p->epochs &&
           strcmp((const char *)sqlite3_column_text(st, 7), p->training) == 0;
}

/* known_epochs: of the training, as many as are done at most, but not more than are asked for. */
static enum status known_epochs(struct ledger *l, struct purchase *p, struct errmsg *e)
{
    static const char sql[] = "SELECT CASE WHEN EXISTS (SELECT 1 FROM training WHERE job = ?1) THEN ?2 ELSE "
                              "coalesce((SELECT max(epochs) FROM rungs WHERE training = ?1), 0) END";
    sqlite3_stmt *st = store_statement(l->store, sql);
    if (st == NULL)
        return bad(l, e);
    sqlite3_bind_text(st, 1, p->training, -1, SQLITE_STATIC);
    sqlite3_bind_int(st, 2, p->epochs);
    const int rc = sqlite3_step(st);
    const int known = rc == SQLITE_ROW ? sqlite3_column_int(st, 0) : 0;
    sqlite3_reset(st);
    p->known_epochs = known < p->epochs ? known : p->epochs;
    return rc == SQLITE_ROW ? STATUS_OK : bad(l, e);
}

/* forget: the purchase and all that came after it. */
static enum status forget(struct ledger *l, const struct purchase *p, struct errmsg *e)
{
    const struct field purchases[] = {field_integer("search", l->search), field_integer("number", p->number)};
    const struct field rounds[] = {field_integer("search", l->search), field_integer("round", p->round)};
    const enum status st = ROW_RUN(
        l->store, what_keep, "DELETE FROM search_purchases WHERE search = :search AND number >= :number", purchases, e);
    return st == STATUS_OK ? ROW_RUN(l->store, what_keep,
                                     "DELETE FROM search_rounds WHERE search = :search AND round >= :round", rounds, e)
                           : st;
}

enum status ledger_recall(struct ledger *l, struct purchase *p, struct errmsg *e)
{
    static const char sql[] = "SELECT point, seed, epochs, known_epochs, accuracy, seconds, charged_seconds, "
                              "training FROM search_purchases WHERE search = ?1 AND number = ?2";
    sqlite3_stmt *st = store_statement(l->store, sql);
    p->accuracy = p->seconds = p->charged_seconds = NAN;
    p->recorded = false;
    if (st == NULL)
        return bad(l, e);
    sqlite3_bind_int64(st, 1, l->search);
    sqlite3_bind_int(st, 2, p->number);
    const int rc = sqlite3_step(st);
    if (rc == SQLITE_ROW && same(st, p)) {
        p->recorded = true;
        p->known_epochs = sqlite3_column_int(st, 3);
        p->accuracy = column_real(st, 4);
        p->seconds = column_real(st, 5);
        p->charged_seconds = column_real(st, 6);
    }
    sqlite3_reset(st);
    if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        return bad(l, e);
    if (p->recorded)
        return STATUS_OK;
    const enum status forgotten = rc == SQLITE_ROW ? forget(l, p, e) : STATUS_OK;
    return forgotten == STATUS_OK ? known_epochs(l, p, e) : forgotten;
}

/* The job whose epochs answer a purchase. */
struct source {
    char job[DIGEST_HEX_BYTES];
    bool whole;                         /* it is the training */
    double whole_accuracy, all_seconds; /* of the network that the training kept; of all epochs of the job */
};

/* find_source: of those that have all the epochs the shortest. The whole training is asked only for itself, and where
 * no rung has them. */
static enum status find_source(struct ledger *l, const struct purchase *p, struct source *out, bool *found,
                               struct errmsg *e)
{
    static const char sql[] =
        "SELECT job, 1, validation_accuracy, seconds, ?2 + 1 AS epochs FROM training WHERE job = ?1 "
        "UNION ALL SELECT job, 0, NULL, seconds, epochs FROM rungs WHERE training = ?1 AND epochs >= ?2 AND ?2 < ?3 "
        "ORDER BY epochs LIMIT 1";
    sqlite3_stmt *st = store_statement(l->store, sql);
    *found = false;
    if (st == NULL)
        return bad(l, e);
    sqlite3_bind_text(st, 1, p->training, -1, SQLITE_STATIC);
    sqlite3_bind_int(st, 2, p->epochs);
    sqlite3_bind_int(st, 3, p->all_epochs);
    const int rc = sqlite3_step(st);
    if (rc == SQLITE_ROW) {
        *found = true;
        snprintf(out->job, sizeof out->job, "%s", (const char *)sqlite3_column_text(st, 0));
        out->whole = sqlite3_column_int(st, 1) != 0;
        out->whole_accuracy = column_real(st, 2);
        out->all_seconds = column_real(st, 3);
    }
    sqlite3_reset(st);
    return rc == SQLITE_ROW || rc == SQLITE_DONE ? STATUS_OK : bad(l, e);
}

/* read_epochs: the answer from the epochs of the source. Its seconds hold more than the epochs alone, the validation
 * after each: the epochs asked for have their share of them. */
static enum status read_epochs(struct ledger *l, struct purchase *p, const struct source *from, struct errmsg *e)
{
    static const char sql[] =
        "SELECT epoch, validation_accuracy, coalesce(seconds, 0) FROM epochs WHERE job = ?1 ORDER "
        "BY epoch";
    double all = 0, asked = 0, charged = 0, last = NAN, best = NAN;
    int n = 0, rc;
    sqlite3_stmt *st = store_statement(l->store, sql);
    if (st == NULL)
        return bad(l, e);
    sqlite3_bind_text(st, 1, from->job, -1, SQLITE_STATIC);
    while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
        const int epoch = sqlite3_column_int(st, 0);
        const double accuracy = column_real(st, 1), seconds = sqlite3_column_double(st, 2);
        all += seconds;
        if (epoch > p->epochs)
            continue;
        n = epoch;
        last = accuracy;
        best = best >= accuracy ? best : accuracy;
        asked += seconds;
        charged += epoch > p->known_epochs ? seconds : 0;
    }
    sqlite3_reset(st);
    if (rc != SQLITE_DONE)
        return bad(l, e);
    p->accuracy = from->whole && p->epochs >= p->all_epochs ? from->whole_accuracy
                  : n < p->epochs                           ? best /* patience ended it */
                                                            : last;
    p->seconds = all > 0 ? from->all_seconds * asked / all : from->all_seconds;
    p->charged_seconds = all > 0                            ? from->all_seconds * charged / all
                         : p->known_epochs >= p->all_epochs ? 0
                                                            : from->all_seconds;
    return STATUS_OK;
}

enum status ledger_answer(struct ledger *l, struct purchase *p, bool *hopeless, struct errmsg *e)
{
    struct source from = {.whole = false};
    enum job_state state = JOB_WAITING;
    bool found = false;
    *hopeless = false;
    enum status st = find_source(l, p, &from, &found, e);
    if (st == STATUS_OK && found)
        return read_epochs(l, p, &from, e);
    if (st == STATUS_OK)
        st = record_state(store_handle(l->store), store_path(l->store), p->training, &state, e);
    *hopeless = state == JOB_HOPELESS;
    return st;
}

enum status ledger_begin(struct ledger *l, struct errmsg *e)
{
    return row_run(l->store, what_keep, "BEGIN IMMEDIATE", NULL, 0, e);
}

enum status ledger_keep(struct ledger *l, const struct purchase *p, int n, struct errmsg *e)
{
    enum status st = STATUS_OK;
    for (int i = 0; i < n && st == STATUS_OK; i++) {
        const struct field row[] = {field_integer("search", l->search),
                                    field_integer("number", p[i].number),
                                    field_integer("round", p[i].round),
                                    field_text("point", p[i].point),
                                    field_integer("seed", (int64_t)p[i].seed),
                                    field_integer("epochs", p[i].epochs),
                                    field_integer("known_epochs", p[i].known_epochs),
                                    field_text("training", p[i].training),
                                    field_real("accuracy", p[i].accuracy),
                                    field_real("seconds", p[i].seconds),
                                    field_real("charged_seconds", p[i].charged_seconds)};
        st = ROW_REPLACE(l->store, what_keep, "search_purchases", row, NULL, e);
    }
    if (st == STATUS_OK)
        st = record_commit(l->store, e);
    if (st != STATUS_OK)
        record_rollback(l->store);
    return st;
}

enum status ledger_round(struct ledger *l, const struct round *r, struct errmsg *e)
{
    const struct field row[] = {field_integer("search", l->search),       field_integer("round", r->round),
                                field_integer("purchases", r->purchases), field_integer("points", r->points),
                                field_real("trainings", r->trainings),    field_real("hours", r->hours),
                                field_integer("front", r->front),         field_real("hypervolume", r->hypervolume)};
    return ROW_REPLACE(l->store, what_keep, "search_rounds", row, NULL, e);
}

enum status ledger_end(struct ledger *l, const struct round *last, struct errmsg *e)
{
    const struct field rounds[] = {field_integer("search", l->search), field_integer("round", last->round)};
    char now[CLOCK_ISO_BYTES];
    clock_iso(clock_wall_s(), now);
    const enum status st = ROW_RUN(l->store, what_keep,
                                   "DELETE FROM search_rounds WHERE search = :search AND round > :round", rounds, e);
    if (st != STATUS_OK)
        return st;
    const struct field fields[] = {field_integer("search", l->search), field_text("ended", now)};
    return ROW_RUN(l->store, what_keep, "UPDATE searches SET ended = :ended WHERE id = :search", fields, e);
}
