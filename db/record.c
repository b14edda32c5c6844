#include "db/record.h"

#include "base/clock.h"
#include "models/fpga/cost/energy.h"
#include "models/fpga/cost/estimate.h"
#include "models/fpga/cost/least.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *job_kind_name(enum job_kind k)
{
    static const char *const names[JOB_KIND_COUNT] = {"train", "build", "check", "synth"};
    return names[k];
}

void job_result_free(struct job_result *r)
{
    train_result_free(&r->train);
    free(r->network);
    memset(r, 0, sizeof *r);
}

/* A value to bind; a NAN real is kept as NULL, as is a NULL text. */
struct value {
    enum { TEXT, INTEGER, REAL, BLOB, NOTHING } type;
    const void *bytes;
    size_t n_bytes;
    int64_t integer;
    double real;
};

static struct value text(const char *t)
{
    return (struct value){.type = t == NULL ? NOTHING : TEXT, .bytes = t};
}

static struct value integer(int64_t i)
{
    return (struct value){.type = INTEGER, .integer = i};
}

static struct value integer_if(bool known, int64_t i)
{
    return known ? integer(i) : (struct value){.type = NOTHING};
}

static struct value real(double r)
{
    return (struct value){.type = isfinite(r) ? REAL : NOTHING, .real = r};
}

static struct value blob(const void *bytes, size_t n)
{
    return (struct value){.type = BLOB, .bytes = bytes, .n_bytes = n};
}

/* run_sql: one statement with its values. *id, if not NULL, is column 0 of its row. */
static enum status run_sql(struct store *s, const char *what, const char *sql, const struct value *values, int n,
                           int64_t *id, struct errmsg *e)
{
    sqlite3 *db = store_handle(s);
    sqlite3_stmt *st = store_statement(s, sql);
    int rc = st == NULL ? SQLITE_ERROR : SQLITE_OK;
    for (int i = 0; i < n && rc == SQLITE_OK; i++) {
        const struct value *v = &values[i];
        switch (v->type) {
        case TEXT:
            rc = sqlite3_bind_text(st, i + 1, v->bytes, -1, SQLITE_STATIC);
            break;
        case INTEGER:
            rc = sqlite3_bind_int64(st, i + 1, v->integer);
            break;
        case REAL:
            rc = sqlite3_bind_double(st, i + 1, v->real);
            break;
        case BLOB:
            rc = sqlite3_bind_blob64(st, i + 1, v->bytes, v->n_bytes, SQLITE_STATIC);
            break;
        case NOTHING:
            rc = sqlite3_bind_null(st, i + 1);
            break;
        }
    }
    if (rc == SQLITE_OK) {
        while ((rc = sqlite3_step(st)) == SQLITE_ROW)
            if (id != NULL)
                *id = sqlite3_column_int64(st, 0);
        if (rc == SQLITE_DONE)
            rc = SQLITE_OK;
    }
    const enum status result = rc == SQLITE_OK ? STATUS_OK : store_fail(db, store_path(s), what, e);
    if (st != NULL) {
        sqlite3_reset(st);
        sqlite3_clear_bindings(st); /* texts and blobs are the caller's and may go */
    }
    return result;
}

#define RUN_SQL(s, what, sql, id, e, ...)                                                                              \
    run_sql(s, what, sql, (const struct value[]){__VA_ARGS__},                                                         \
            (int)(sizeof((const struct value[]){__VA_ARGS__}) / sizeof(struct value)), id, e)

static enum status begin(struct store *s, struct errmsg *e)
{
    return run_sql(s, "starting to write", "BEGIN IMMEDIATE", NULL, 0, NULL, e);
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

enum status record_begin(struct store *s, struct errmsg *e)
{
    static const char sql[] = "CREATE TEMP TABLE IF NOT EXISTS asked (run INTEGER PRIMARY KEY); DELETE FROM asked";
    if (sqlite3_exec(store_handle(s), sql, NULL, NULL, NULL) != SQLITE_OK)
        return store_fail(store_handle(s), store_path(s), "starting to write", e);
    return begin(s, e);
}

enum status record_commit(struct store *s, struct errmsg *e)
{
    return run_sql(s, "keeping results", "COMMIT", NULL, 0, NULL, e);
}

void record_rollback(struct store *s)
{
    if (!sqlite3_get_autocommit(store_handle(s)))
        sqlite3_exec(store_handle(s), "ROLLBACK", NULL, NULL, NULL);
}

enum status record_sweep(struct store *s, const char *name, const char *file, const char *content, int64_t *id,
                         struct errmsg *e)
{
    char now[40];
    clock_iso(clock_wall_s(), now);
    return RUN_SQL(s, "recording the sweep",
                   "INSERT INTO sweeps (name, file, content, created, updated) VALUES (?1, ?2, ?3, ?4, ?4) "
                   "ON CONFLICT (name) DO UPDATE SET file = ?2, content = ?3, updated = ?4 RETURNING id",
                   id, e, text(name), text(file), text(content), text(now));
}

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

enum status record_job(struct store *s, const char *digest, enum job_kind kind, const char *label,
                       enum job_state *state, struct errmsg *e)
{
    const enum status st = RUN_SQL(s, "recording the jobs",
                                   "INSERT INTO jobs (digest, kind, state, label) VALUES (?1, ?2, 'waiting', ?3) "
                                   "ON CONFLICT (digest) DO NOTHING",
                                   NULL, e, text(digest), text(job_kind_name(kind)), text(label));
    if (st != STATUS_OK)
        return st;
    sqlite3_stmt *ask = store_statement(s, state_sql);
    const int rc = ask == NULL ? SQLITE_ERROR : state_of(ask, digest, state);
    const enum status result =
        rc == SQLITE_DONE ? STATUS_OK : store_fail(store_handle(s), store_path(s), "looking for finished jobs", e);
    sqlite3_reset(ask);
    return result;
}

/* cells_of: what synthesis counted for a job. *found is false if it is not done. */
static enum status cells_of(struct store *s, const char *synth_job, struct resources *r, bool *found, struct errmsg *e)
{
    sqlite3 *db = store_handle(s);
    sqlite3_stmt *st = NULL;
    *found = false;
    int rc = sqlite3_prepare_v2(db,
                                "SELECT lut, lutram, ff, carry4, muxf7, muxf8, dsp, bram18, bram36 "
                                "FROM syntheses WHERE job = ?1",
                                -1, &st, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_bind_text(st, 1, synth_job, -1, SQLITE_STATIC);
    if (rc == SQLITE_OK && (rc = sqlite3_step(st)) == SQLITE_ROW) {
        int *const cells[] = {&r->lut, &r->lutram, &r->ff, &r->carry4, &r->muxf7, &r->muxf8, &r->dsp, &r->bram18,
                              &r->bram36};
        for (int i = 0; i < 9; i++)
            *cells[i] = sqlite3_column_int(st, i);
        *found = true;
        rc = SQLITE_DONE;
    }
    const enum status result = rc == SQLITE_DONE ? STATUS_OK : store_fail(db, store_path(s), "reading cells", e);
    sqlite3_finalize(st);
    return result;
}

/* What is held against a part. */
struct footprint {
    const struct resources *logic; /* NULL: nothing is known of it */
    bool synthesised;              /* else logic, if any, is the least that it can be */
    bool with_weights;             /* the weights are in logic */
    int64_t weight_bits;
};

static enum status record_fit(struct store *s, int64_t point, const struct device *d, const struct footprint *p,
                              struct errmsg *e)
{
    const struct fit f = device_fit(d, p->logic, p->with_weights ? 0 : p->weight_bits);
    const struct fit alone = device_fit(d, NULL, p->weight_bits), *weights = p->with_weights ? &alone : &f;
    const bool known = p->synthesised;
    /* What is too much settles it; what is not leaves it open until the logic is known. */
    const bool decided = known || !f.fits;
    return RUN_SQL(s, "recording what fits", "INSERT OR REPLACE INTO fits VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)", NULL,
                   e, integer(point), integer(known), integer_if(decided, f.fits), integer(weights->weights_fit_bram),
                   integer(weights->weights_fit_lutram), real(known ? f.lut : NAN), real(known ? f.ff : NAN),
                   real(known ? f.carry4 : NAN), real(known ? f.muxf7 : NAN), real(known ? f.muxf8 : NAN),
                   real(known ? f.dsp : NAN), real(known ? f.bram : NAN), real(known ? f.lutram : NAN),
                   real(weights->weights), text(decided ? f.binding_resource : NULL), integer(alone.fits));
}

/* record_estimate: what needs no synthesis. */
static enum status record_estimate(struct store *s, const struct point *p, int64_t id, struct errmsg *e)
{
    struct estimate est;
    struct fit f;
    estimate_of(&p->accelerator, &est);
    const enum estimated_fit fits = estimate_fit(&p->accelerator, &est, p->device, &f);
    return RUN_SQL(s, "recording the points", "INSERT OR REPLACE INTO estimates VALUES (?,?,?,?,?,?,?)", NULL, e,
                   integer(id), integer(est.lut), integer(est.lutram), integer(est.ff), real(est.fmax_mhz),
                   integer_if(fits != ESTIMATED_OPEN, fits == ESTIMATED_YES), text(f.binding_resource));
}

/* fit_of_point: from the synthesis that the point's row names, if it is done. */
static enum status fit_of_point(struct store *s, const struct point *p, int64_t id, struct errmsg *e)
{
    /* The row may hold an older synthesis if this time there is no Yosys: it still counts. */
    struct resources cells = {0};
    char held[DIGEST_HEX_BYTES] = "";
    bool found = false;
    sqlite3_stmt *held_job = NULL;
    sqlite3 *db = store_handle(s);
    if (sqlite3_prepare_v2(db, "SELECT synth_job FROM points WHERE id = ?1", -1, &held_job, NULL) == SQLITE_OK &&
        sqlite3_bind_int64(held_job, 1, id) == SQLITE_OK && sqlite3_step(held_job) == SQLITE_ROW &&
        sqlite3_column_type(held_job, 0) == SQLITE_TEXT)
        snprintf(held, sizeof held, "%s", (const char *)sqlite3_column_text(held_job, 0));
    sqlite3_finalize(held_job);
    const enum status st = held[0] != '\0' ? cells_of(s, held, &cells, &found, e) : STATUS_OK;
    if (st != STATUS_OK)
        return st;
    const bool whole = p->has_accelerator;
    if (!found && whole)
        cells = accelerator_least(&p->accelerator);
    const struct footprint f = {found || whole ? &cells : NULL, found, whole, p->weight_storage_bits};
    return record_fit(s, id, p->device, &f, e);
}

/* The columns of points beside those of the axes. */
enum { POINT_FIELDS = 11, POINT_VALUES = POINT_FIELDS + 2 * AXIS_COUNT };
static const char *const point_fields[POINT_FIELDS] = {"digest",  "point",     "dataset",   "device", "weights",
                                                       "macs",    "weight_storage_bits", "compression_ratio",
                                                       "build_job", "synth_job", "loaded"};

/* insert_point: the statement that record_point's values are for; made once. */
static const char *insert_point(void)
{
    static char sql[4096];
    char names[1536] = "", marks[2 * POINT_VALUES] = "?";
    size_t used = 0;
    int n = POINT_FIELDS;
    if (sql[0] != '\0')
        return sql;
    for (int i = 0; i < POINT_FIELDS; i++)
        used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", i == 0 ? "" : ", ", point_fields[i]);
    for (int a = 0; a < AXIS_COUNT; a++) {
        const struct axis_spec *spec = axis_spec((enum axis)a);
        used += (size_t)snprintf(names + used, sizeof names - used, ", %s", spec->column);
        n++;
        if (spec->kind == AXIS_FORMATS) {
            used += (size_t)snprintf(names + used, sizeof names - used, ", %s_layers", spec->column);
            n++;
        }
    }
    for (int i = 1; i < n; i++)
        memcpy(marks + 2 * i - 1, ",?", 3);
    snprintf(sql, sizeof sql,
             "INSERT INTO points (%s) VALUES (%s) ON CONFLICT (digest) DO UPDATE SET "
             "build_job = coalesce(excluded.build_job, build_job), "
             "synth_job = coalesce(excluded.synth_job, synth_job) RETURNING id",
             names, marks);
    return sql;
}

/* axis_values: what p says of an axis, for its columns; texts is where their texts are. */
static int axis_values(const struct point *p, enum axis a, char texts[AXIS_TEXT_BYTES], struct value out[2])
{
    const struct axis_spec *spec = axis_spec(a);
    const bool used = axis_used(p, a);
    const struct axis_value v = axis_get(p, a);
    const bool in_words = spec->kind == AXIS_WORDS || spec->kind == AXIS_NETWORKS;
    axis_text(a, &v, texts);
    if (in_words)
        out[0] = text(used ? texts : NULL);
    else if (spec->kind == AXIS_REALS)
        out[0] = real(used ? v.number : (double)NAN);
    else
        out[0] = integer_if(used, (int64_t)v.number);
    out[1] = text(used && v.n_layers > 0 ? texts : NULL);
    return spec->kind == AXIS_FORMATS ? 2 : 1;
}

enum status record_point(struct store *s, const struct point *p, const char *build_job, const char *synth_job,
                         int64_t *id, struct errmsg *e)
{
    char name[POINT_NAME_DIGITS + 1], texts[AXIS_COUNT][AXIS_TEXT_BYTES];
    const bool coded = p->code.scheme != SCHEME_FLOAT, whole = p->has_accelerator;
    const double ratio = coded ? (double)p->weights * p->code.weight_bits / (double)p->weight_storage_bits : 1;
    snprintf(name, sizeof name, "%.*s", POINT_NAME_DIGITS, p->digest);
    struct value values[POINT_VALUES] = {text(p->digest),
                                         text(name),
                                         text(p->dataset),
                                         text(p->device->name),
                                         integer(p->weights),
                                         integer(topology_macs(&p->shape)),
                                         integer(p->weight_storage_bits),
                                         real(ratio),
                                         text(build_job),
                                         text(synth_job),
                                         text(p->loaded)};
    int n = POINT_FIELDS;
    for (int a = 0; a < AXIS_COUNT; a++)
        n += axis_values(p, (enum axis)a, texts[a], &values[n]);
    enum status st = run_sql(s, "recording the points", insert_point(), values, n, id, e);
    if (st == STATUS_OK && whole)
        st = RUN_SQL(s, "recording the points", "INSERT OR REPLACE INTO accelerators VALUES (?,?,?,?)", NULL, e,
                     integer(*id), integer(p->accelerator.block_bits), integer(p->schedule.cycles_per_inference),
                     integer(p->schedule.cycles_latency));
    if (st == STATUS_OK && whole)
        st = record_estimate(s, p, *id, e);
    return st == STATUS_OK && coded ? fit_of_point(s, p, *id, e) : st;
}

enum status record_run(struct store *s, int64_t sweep, int64_t point, const uint64_t *seed, const char *train_job,
                       const char *check_job, struct errmsg *e)
{
    char now[40];
    int64_t id = 0;
    clock_iso(clock_wall_s(), now);
    enum status st = RUN_SQL(s, "recording the runs",
                             "INSERT INTO runs (sweep, point, seed, train_job, check_job, created) "
                             "VALUES (?1, ?2, ?3, ?4, ?5, ?6) "
                             "ON CONFLICT (sweep, point, coalesce(seed, -1)) DO UPDATE SET "
                             /* An older check counts only beside the training that it was made with. */
                             "train_job = coalesce(?4, train_job), check_job = coalesce(?5, CASE WHEN ?4 IS NULL OR "
                             "train_job IS ?4 THEN check_job END) RETURNING id",
                             &id, e, integer(sweep), integer(point),
                             integer_if(seed != NULL, seed != NULL ? (int64_t)*seed : 0), text(train_job),
                             text(check_job), text(now));
    if (st == STATUS_OK)
        st = RUN_SQL(s, "recording the runs", "INSERT OR IGNORE INTO temp.asked VALUES (?1)", NULL, e, integer(id));
    return st;
}

enum status record_prune(struct store *s, int64_t sweep, struct errmsg *e)
{
    enum status st = RUN_SQL(s, "forgetting what is no longer asked for",
                             "DELETE FROM runs WHERE sweep = ?1 AND id NOT IN (SELECT run FROM temp.asked) "
                             "AND NOT EXISTS (SELECT 1 FROM training t WHERE t.job = train_job)",
                             NULL, e, integer(sweep));
    if (st == STATUS_OK)
        st = run_sql(s, "forgetting what is no longer asked for",
                     "DELETE FROM jobs WHERE state <> 'done' "
                     "AND digest NOT IN (SELECT train_job FROM runs WHERE train_job IS NOT NULL) "
                     "AND digest NOT IN (SELECT check_job FROM runs WHERE check_job IS NOT NULL) "
                     "AND digest NOT IN (SELECT build_job FROM points WHERE build_job IS NOT NULL) "
                     "AND digest NOT IN (SELECT synth_job FROM points WHERE synth_job IS NOT NULL)",
                     NULL, 0, NULL, e);
    return st;
}

static enum status insert_training(struct store *s, const char *digest, const struct job_result *r, struct errmsg *e)
{
    const struct train_result *t = &r->train;
    enum status st =
        RUN_SQL(s, "keeping a training result", "INSERT INTO training VALUES (?,?,?,?,?,?,?,?,?,?)", NULL, e,
                text(digest), real(t->train_accuracy), real(t->validation_accuracy), real(t->test_accuracy),
                real(t->seconds), blob(r->network, r->network_bytes), real(t->deployed_accuracy),
                integer_if(t->best_epoch > 0, t->best_epoch), real(r->code_entropy_bits),
                text(r->layer_formats[0] != '\0' ? r->layer_formats : NULL));
    for (int i = 0; i < t->n_epochs && st == STATUS_OK; i++) {
        const struct epoch_metrics *m = &t->epochs[i];
        st = RUN_SQL(s, "keeping a training result", "INSERT INTO epochs VALUES (?,?,?,?,?,?,?)", NULL, e,
                     text(digest), integer(m->epoch), real(m->loss), real(m->train_accuracy),
                     real(m->validation_accuracy), real(m->test_accuracy), real(m->seconds));
    }
    return st;
}

static enum status insert_check(struct store *s, const char *digest, const struct job_result *r, struct errmsg *e)
{
    const struct operator_result *c = &r->check;
    const bool bad = c->mismatches > 0;
    return RUN_SQL(s, "keeping a check's result", "INSERT INTO checks VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)", NULL, e,
                   text(digest), integer(c->vectors), integer(r->trained_vectors), integer(c->mismatches),
                   integer(c->cycles_per_dot), integer_if(bad, c->first_vector), integer_if(bad, c->first_clock),
                   integer_if(bad, c->expected), integer_if(bad, c->got), text(bad ? c->first_where : NULL),
                   integer(c->clocks), integer(c->lockstep_clocks), real(c->clocks_per_second),
                   real(c->lockstep_clocks_per_second));
}

static enum status insert_accelerator_check(struct store *s, const char *digest, const struct job_result *r,
                                            struct errmsg *e)
{
    const struct accelerator_result *a = &r->accel;
    const bool bad = a->mismatches > 0;
    return RUN_SQL(s, "keeping a check's result", "INSERT INTO accelerator_checks VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
                   NULL, e, text(digest), integer(a->images), integer(r->lockstep_images), integer(a->mismatches),
                   integer(a->right), integer(a->cycles_per_inference), integer(a->cycles_latency),
                   integer(a->schedule_agrees), integer_if(bad, a->first_image), text(bad ? a->first_where : NULL),
                   integer(a->clocks), integer(a->lockstep_clocks), real(a->clocks_per_second),
                   real(a->lockstep_clocks_per_second));
}

/* refit: every point with this hardware now knows its logic. */
static enum status refit(struct store *s, const char *synth_job, const struct resources *cells, struct errmsg *e)
{
    sqlite3 *db = store_handle(s);
    sqlite3_stmt *points = NULL;
    enum status st = STATUS_OK;
    int rc = sqlite3_prepare_v2(db,
                                "SELECT id, device, weight_storage_bits, engine = 'accelerator' FROM points "
                                "WHERE synth_job = ?1",
                                -1, &points, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_bind_text(points, 1, synth_job, -1, SQLITE_STATIC);
    while (rc == SQLITE_OK && st == STATUS_OK && (rc = sqlite3_step(points)) == SQLITE_ROW) {
        const struct device *d = device_find((const char *)sqlite3_column_text(points, 1));
        const struct footprint f = {cells, true, sqlite3_column_int(points, 3) != 0, sqlite3_column_int64(points, 2)};
        if (d != NULL)
            st = record_fit(s, sqlite3_column_int64(points, 0), d, &f, e);
        rc = SQLITE_OK;
    }
    if (st == STATUS_OK && rc != SQLITE_DONE)
        st = store_fail(db, store_path(s), "reading points", e);
    sqlite3_finalize(points);
    return st;
}

/* power_mw: of the cells at the clock that they can have; NAN where that is not known. */
static double power_mw(const struct synth_result *y)
{
    const struct energy a_second = energy_of(&y->cells, y->timing_known ? y->fmax_mhz : NAN, 1);
    return a_second.static_mw + a_second.dynamic_mw;
}

static enum status insert_synth(struct store *s, const char *digest, const struct job_result *r, struct errmsg *e)
{
    const struct synth_result *y = &r->synth;
    const struct resources *c = &y->cells;
    const bool timed = y->timing_known;
    const enum status st =
        RUN_SQL(s, "keeping a synthesis", "INSERT INTO syntheses VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
                NULL, e, text(digest), integer(c->lut), integer(c->lutram), integer(c->ff), integer(c->carry4),
                integer(c->muxf7), integer(c->muxf8), integer(c->dsp), integer(c->bram18), integer(c->bram36),
                real(timed ? y->critical_path_ns : NAN), real(timed ? y->fmax_mhz : NAN),
                text(timed ? y->path_from : NULL), text(timed ? y->path_to : NULL), real(y->seconds),
                real(timed ? y->critical_path_2_ns : NAN), real(timed ? y->fmax_2_mhz : NAN),
                real(timed ? y->fmax_mhz_low : NAN), real(timed ? y->fmax_mhz_high : NAN), real(power_mw(y)));
    return st != STATUS_OK ? st : refit(s, digest, c, e);
}

static enum status update_job(struct store *s, const char *digest, bool done, const char *message, bool final,
                              const struct job_note *note, struct errmsg *e)
{
    char started[40], finished[40];
    clock_iso(note->started, started);
    clock_iso(note->finished, finished);
    return RUN_SQL(s, "keeping a job's outcome",
                   "UPDATE jobs SET state = ?2, completions = completions + ?3, attempts = attempts + 1, "
                   "started = ?4, finished = ?5, seconds = ?6, message = ?7, git_revision = ?8, tools = ?9, "
                   "rtl_digest = ?10, host = ?11, final = ?12 WHERE digest = ?1",
                   NULL, e, text(digest), text(done ? "done" : "failed"), integer(done ? 1 : 0), text(started),
                   text(finished), real(note->finished - note->started), text(message), text(note->git_revision),
                   text(note->tools), text(note->rtl_digest), text(note->host), integer(final));
}

enum status record_done(struct store *s, const char *digest, const struct job_result *r, const struct job_note *note,
                        struct errmsg *e)
{
    enum status st = begin(s, e);
    if (st != STATUS_OK)
        return st;
    st = update_job(s, digest, true, NULL, false, note, e);
    if (st == STATUS_OK) {
        switch (r->kind) {
        case JOB_TRAIN:
            st = insert_training(s, digest, r, e);
            break;
        case JOB_BUILD:
            st = RUN_SQL(s, "keeping a build's result", "INSERT INTO builds VALUES (?, ?)", NULL, e, text(digest),
                         real(r->build_seconds));
            break;
        case JOB_CHECK:
            st = r->of_accelerator ? insert_accelerator_check(s, digest, r, e) : insert_check(s, digest, r, e);
            break;
        case JOB_SYNTH:
            st = insert_synth(s, digest, r, e);
            break;
        case JOB_KIND_COUNT:
            break;
        }
    }
    return finish(s, st, e);
}

enum status record_failed(struct store *s, const char *digest, const char *message, bool final,
                          const struct job_note *note, struct errmsg *e)
{
    enum status st = begin(s, e);
    if (st != STATUS_OK)
        return st;
    return finish(s, update_job(s, digest, false, message, final, note, e), e);
}

enum status record_vivado(struct store *s, int64_t point, const struct vivado_report *r, int64_t *id, struct errmsg *e)
{
    const struct vivado_utilisation *u = &r->utilisation;
    const struct vivado_timing *t = &r->timing;
    const struct vivado_power *p = &r->power;
    const bool cells = r->has_utilisation, clock = r->has_timing, power = r->has_power;
    char now[40];
    clock_iso(clock_wall_s(), now);
    return RUN_SQL(s, "keeping a report",
                   "INSERT OR REPLACE INTO vivado_reports (point, imported, tool_version, part, speed_grade, design, lut, "
                   "lutram, ff, muxf7, muxf8, dsp, bram18, bram36, period_ns, wns_ns, whs_ns, fmax_mhz, path_from, path_to, "
                   "power_mw, dynamic_mw, static_mw) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?) RETURNING id",
                   id, e, integer(point), text(now), text(r->tool_version), text(r->part), text(r->speed_grade),
                   text(r->design), integer_if(cells, u->lut), integer_if(cells, u->lut_memory), integer_if(cells, u->ff),
                   integer_if(cells, u->muxf7), integer_if(cells, u->muxf8), integer_if(cells, u->dsp),
                   integer_if(cells, u->bram18), integer_if(cells, u->bram36), real(clock ? t->period_ns : NAN),
                   real(clock ? t->wns_ns : NAN), real(clock ? t->whs_ns : NAN), real(clock ? t->fmax_mhz : NAN),
                   text(clock && t->path_from[0] != '\0' ? t->path_from : NULL),
                   text(clock && t->path_to[0] != '\0' ? t->path_to : NULL), real(power ? 1e3 * p->total_w : NAN),
                   real(power ? 1e3 * p->dynamic_w : NAN), real(power ? 1e3 * p->static_w : NAN));
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
