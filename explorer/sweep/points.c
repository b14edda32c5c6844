#include "explorer/sweep/points.h"

#include "base/text.h"
#include "base/intern.h"
#include "explorer/jobs/plan.h"
#include "base/stop.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A combination: for each axis the number of its value; the last is the device's. */
enum { DEVICE = AXIS_COUNT, CHOICES = AXIS_COUNT + 1 };
struct combination {
    int at[CHOICES];
};

static enum status no_memory(struct errmsg *e)
{
    return fail(e, STATUS_ENVIRONMENT, "out of memory for the points");
}

/* wrong: what a bad combination is: a bad file, or a bad command line. */
static enum status wrong(const struct sweep *s)
{
    return s->command_line ? STATUS_USAGE : STATUS_INPUT;
}

static int axis_count(const struct sweep *s, int axis)
{
    return axis == DEVICE ? s->n_devices : s->axes[axis].n;
}

/* combination_at: number i of all combinations; the last axis changes fastest. */
static struct combination combination_at(const struct sweep *s, long i)
{
    struct combination c;
    for (int a = CHOICES - 1; a >= 0; a--) {
        const int n = axis_count(s, a);
        c.at[a] = (int)(i % n);
        i /= n;
    }
    return c;
}

/* value_at: what c says of an axis. p has the axes that a default follows from. */
static struct axis_value value_at(const struct sweep *s, const struct combination *c, enum axis_id a,
                                  const struct point *p)
{
    struct axis_value v = s->axes[a].values[c->at[a]];
    if (isnan(v.number))
        v.number = axis_default(p, a);
    return v;
}

/* choose: the point that c describes, as the file says it. */
static void choose(const struct sweep *s, const struct combination *c, struct point *p)
{
    static const enum axis_id first[] = {AXIS_NETWORK, AXIS_MODE}; /* of the others some have defaults by them */
    memset(p, 0, sizeof *p);
    p->dataset = s->dataset;
    p->loaded = s->load[0] != '\0' ? s->load : NULL;
    snprintf(p->loaded_digest, sizeof p->loaded_digest, "%s", s->load_digest);
    p->device = s->devices[c->at[DEVICE]];
    for (int k = 0; k < AXIS_COUNT + 2; k++) {
        const enum axis_id a = k < 2 ? first[k] : (enum axis_id)(k - 2);
        const struct axis_value v = value_at(s, c, a, p);
        axis_set(p, a, &v);
    }
    p->hardware.engine = p->code.scheme == SCHEME_FLOAT ? NULL : engine_at(p->wish.engine);
}

/* ------------------------------------------------------------------------ where */

/* only_reads: the expression may compute and look at the axes, and do nothing else. */
static int only_reads(void *context, int action, const char *a, const char *b, const char *c, const char *d)
{
    (void)context, (void)a, (void)b, (void)c, (void)d;
    return action == SQLITE_SELECT || action == SQLITE_READ || action == SQLITE_FUNCTION ? SQLITE_OK : SQLITE_DENY;
}

static int too_long(void *context)
{
    long *left = context;
    return --*left < 0 || stop_requested != 0;
}

static enum status bad_where(const struct sweep *s, const char *why, struct errmsg *e)
{
    const char *names[CHOICES], *nearest = NULL;
    static const char no_column[] = "no such column: ";
    for (int a = 0; a < AXIS_COUNT; a++)
        names[a] = axis_at((enum axis_id)a)->name;
    names[DEVICE] = "device";
    if (strncmp(why, no_column, sizeof no_column - 1) == 0)
        nearest = text_nearest(why + sizeof no_column - 1, names, CHOICES);
    return fail(e, wrong(s), "%s: where: %s%s%s%s in `%.200s` (an SQL expression over the axes, for example "
                "`scheme = 'fixed-point' OR delta_bits < weight_bits`)",
                s->file, why, nearest == NULL ? "" : "; did you mean `", nearest == NULL ? "" : nearest,
                nearest == NULL ? "" : "`?", s->where);
}

/* make_table: the table `axes`, one row per combination, in the words of a sweep file. Formats of layers are their
 * greatest number, as in the database, and a text in a column of their own. */
static int make_table(sqlite3 *db, const struct sweep *s, long n)
{
    char sql[2048] = "CREATE TABLE axes (id INTEGER PRIMARY KEY, device TEXT", marks[3 * 2 * AXIS_COUNT] = "";
    int columns = 2;
    for (int a = 0; a < AXIS_COUNT; a++) {
        const struct axis *spec = axis_at((enum axis_id)a);
        size_t used = strlen(sql);
        const bool is_text = spec->kind == AXIS_WORDS || spec->kind == AXIS_NETWORKS;
        used += (size_t)snprintf(sql + used, sizeof sql - used, ", %s %s", spec->name,
                                 is_text ? "TEXT" : spec->kind == AXIS_REALS ? "REAL" : "INTEGER");
        columns++;
        if (spec->kind == AXIS_FORMATS) {
            snprintf(sql + used, sizeof sql - used, ", %s_layers TEXT", spec->name);
            columns++;
        }
    }
    snprintf(sql + strlen(sql), sizeof sql - strlen(sql), ")");
    int rc = sqlite3_exec(db, sql, NULL, NULL, NULL);
    sqlite3_stmt *st = NULL;
    for (int i = 0; i < columns; i++)
        snprintf(marks + strlen(marks), sizeof marks - strlen(marks), "%s?", i == 0 ? "" : ",");
    snprintf(sql, sizeof sql, "INSERT INTO axes VALUES (%s)", marks);
    if (rc == SQLITE_OK)
        rc = sqlite3_prepare_v2(db, sql, -1, &st, NULL);
    for (long i = 0; i < n && rc == SQLITE_OK; i++) {
        const struct combination c = combination_at(s, i);
        struct point p;
        choose(s, &c, &p);
        sqlite3_bind_int64(st, 1, i);
        sqlite3_bind_text(st, 2, p.device->name, -1, SQLITE_STATIC);
        for (int a = 0, column = 3; a < AXIS_COUNT; a++) {
            const struct axis *spec = axis_at((enum axis_id)a);
            const struct axis_value v = value_at(s, &c, (enum axis_id)a, &p);
            char text[AXIS_TEXT_BYTES] = "";
            if (spec->kind == AXIS_NETWORKS || v.n_layers > 0)
                axis_text((enum axis_id)a, &v, text);
            if (spec->kind == AXIS_WORDS)
                sqlite3_bind_text(st, column++, spec->word((int)v.number), -1, SQLITE_STATIC);
            else if (spec->kind == AXIS_NETWORKS)
                sqlite3_bind_text(st, column++, text, -1, SQLITE_TRANSIENT);
            else if (spec->kind == AXIS_REALS)
                sqlite3_bind_double(st, column++, v.number);
            else
                sqlite3_bind_int64(st, column++, (sqlite3_int64)v.number);
            if (spec->kind == AXIS_FORMATS)
                sqlite3_bind_text(st, column++, v.n_layers > 0 ? text : NULL, -1, SQLITE_TRANSIENT);
        }
        rc = sqlite3_step(st) == SQLITE_DONE ? sqlite3_reset(st) : SQLITE_ERROR;
    }
    sqlite3_finalize(st);
    return rc;
}

/* keep_where: keep[i] = whether combination i satisfies the sweep's expression. SQLite
 * does the parsing and the arithmetic, on a table in memory that nothing can change. */
static enum status keep_where(const struct sweep *s, long n, unsigned char *keep, struct errmsg *e)
{
    enum status result = STATUS_OK;
    sqlite3 *db = NULL;
    sqlite3_stmt *st = NULL;
    const char *tail = "";
    long steps_left = 20000 + n;
    const size_t room = strlen(s->where) + 64;
    char *sql = malloc(room);

    if (sql == NULL || sqlite3_open(":memory:", &db) != SQLITE_OK || make_table(db, s, n) != SQLITE_OK) {
        result = no_memory(e);
        goto done;
    }
    sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DML, 0, NULL); /* "word" is a column, never a text */
    sqlite3_limit(db, SQLITE_LIMIT_LENGTH, 1 << 20);
    sqlite3_limit(db, SQLITE_LIMIT_EXPR_DEPTH, 200);
    sqlite3_set_authorizer(db, only_reads, NULL);
    sqlite3_progress_handler(db, 1000, too_long, &steps_left);
    snprintf(sql, room, "SELECT CASE WHEN (%s\n) THEN id END FROM axes", s->where);
    int rc = sqlite3_prepare_v2(db, sql, -1, &st, &tail);
    if (rc == SQLITE_NOMEM) {
        result = no_memory(e);
        goto done;
    }
    if (rc != SQLITE_OK || st == NULL || tail[strspn(tail, " \n\t;")] != '\0') {
        result = bad_where(s, rc != SQLITE_OK ? sqlite3_errmsg(db) : "more than one expression", e);
        goto done;
    }
    while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
        const sqlite3_int64 id = sqlite3_column_int64(st, 0);
        if (sqlite3_column_type(st, 0) == SQLITE_INTEGER && id >= 0 && id < n)
            keep[id] = 1;
    }
    if (rc == SQLITE_NOMEM)
        result = no_memory(e);
    else if (rc != SQLITE_DONE)
        result = bad_where(s, rc == SQLITE_INTERRUPT ? "this takes too long" : sqlite3_errmsg(db), e);
done:
    sqlite3_finalize(st);
    sqlite3_close(db);
    free(sql);
    return result;
}

/* --------------------------------------------------------------------------- hardware */

void points_lacking(const struct point *points, int n, char *out, size_t room)
{
    enum { REASONS = 16 };
    struct {
        struct errmsg why;
        int points;
    } reasons[REASONS];
    int n_reasons = 0;
    for (int i = 0; i < n; i++) {
        struct errmsg why = {""};
        int k = 0;
        if (!point_without_rtl(&points[i], &why))
            continue;
        while (k < n_reasons && strcmp(reasons[k].why.text, why.text) != 0)
            k++;
        if (k == REASONS)
            continue;
        if (k == n_reasons) {
            reasons[n_reasons].why = why;
            reasons[n_reasons++].points = 0;
        }
        reasons[k].points++;
    }
    size_t used = 0;
    out[0] = '\0';
    for (int k = 0; k < n_reasons && used < room; k++) {
        const bool one = reasons[k].points == 1;
        used += (size_t)snprintf(out + used, room - used, "%s%d point%s no RTL yet: %s; %s hardware columns stay NULL",
                                 k == 0 ? "" : "\n", reasons[k].points, one ? " has" : "s have", reasons[k].why.text,
                                 one ? "its" : "their");
    }
}

/* --------------------------------------------------------------- from a combination */

/* set_formats: the format of each layer, where the file gives any axis as one. */
static enum status set_formats(const struct sweep *s, const struct combination *c, struct point *p, struct errmsg *e)
{
    static const enum axis_id axes[3] = {AXIS_FRAC_BITS, AXIS_DELTA_BITS, AXIS_DELTA_OFFSET};
    struct axis_value v[3];
    int n = 0;
    for (int k = 0; k < 3; k++) {
        v[k] = value_at(s, c, axes[k], p);
        if (!axis_used(p, axes[k]))
            v[k].n_layers = 0;
        if (v[k].n_layers > 0 && v[k].n_layers != p->shape.n_layers) {
            char text[AXIS_TEXT_BYTES];
            axis_text(axes[k], &v[k], text);
            return fail(e, STATUS_INPUT, "%s is %s, for %d layers, but the network has %d", axis_at(axes[k])->name,
                        text, v[k].n_layers, p->shape.n_layers);
        }
        n = v[k].n_layers > 0 ? v[k].n_layers : n;
    }
    p->code.n_formats = n;
    for (int l = 0; l < n; l++) {
        int number[3];
        for (int k = 0; k < 3; k++)
            number[k] = v[k].n_layers > 0 ? v[k].layers[l] : (int)v[k].number;
        p->code.formats[l] = (struct layer_format){number[0], number[1], number[2]};
    }
    /* Those of the whole code are the activations', which need a sign. */
    if (v[0].n_layers > 0 && p->code.frac_bits >= p->code.weight_bits)
        p->code.frac_bits = p->code.weight_bits - 1;
    return STATUS_OK;
}

/* make_point: collapses c to a point; refuses what makes no sense. */
static enum status make_point(const struct sweep *s, const struct combination *c, struct point *p, struct errmsg *e)
{
    struct errmsg why = {""};
    choose(s, c, p);
    enum status st = set_formats(s, c, p, &why);
    code_canonical(&p->code);
    if (st == STATUS_OK)
        st = code_check(&p->code, &why);
    if (st == STATUS_OK)
        st = point_make_hardware(p, &why);
    if (st != STATUS_OK)
        return point_refuse(s, p, why.text, e);
    p->weights = topology_weights(&p->shape);
    p->weight_storage_bits = network_storage_bits(&p->code, &p->shape);
    point_digest(p);
    return STATUS_OK;
}

enum status point_refuse(const struct sweep *s, const struct point *p, const char *why, struct errmsg *e)
{
    char text[POINT_TEXT_BYTES];
    point_text(p, text);
    return fail(e, wrong(s), "%s: the point %s makes no sense: %s%s", s->file, text, why,
                s->command_line ? "" : " (change the axis, or drop such points with `where: \"…\"`)");
}

enum status points_of(const struct sweep *s, struct point **points, int *n, struct errmsg *e)
{
    enum status st = STATUS_OK;
    struct intern seen;
    unsigned char *keep = NULL;
    long total = 1;
    int room = 0;

    *points = NULL;
    *n = 0;
    intern_init(&seen, DIGEST_HEX_BYTES);
    for (int a = 0; a < CHOICES; a++) {
        total *= axis_count(s, a);
        if (total > PLAN_MAX_COMBINATIONS)
            return fail(e, wrong(s), "%s: more than %d combinations of axis values: split the sweep", s->file,
                        PLAN_MAX_COMBINATIONS);
    }
    keep = malloc((size_t)total);
    if (keep == NULL) {
        st = no_memory(e);
        goto done;
    }
    memset(keep, s->where == NULL, (size_t)total);
    if (s->where != NULL && (st = keep_where(s, total, keep, e)) != STATUS_OK)
        goto done;
    for (long i = 0; i < total; i++) {
        struct point p;
        if ((st = stop_check(e)) != STATUS_OK)
            goto done;
        if (!keep[i])
            continue;
        const struct combination c = combination_at(s, i);
        if ((st = make_point(s, &c, &p, e)) != STATUS_OK)
            goto done;
        bool fresh = false;
        if (intern_add(&seen, p.digest, &fresh) < 0) { /* combinations that have become equal are one point */
            st = no_memory(e);
            goto done;
        }
        if (!fresh)
            continue;
        if (*n == PLAN_MAX_POINTS) {
            st = fail(e, wrong(s), "%s: more than %d points: split the sweep", s->file, PLAN_MAX_POINTS);
            goto done;
        }
        if (*n == room) {
            room = room == 0 ? 64 : 2 * room;
            struct point *grown = realloc(*points, (size_t)room * sizeof *grown);
            if (grown == NULL) {
                st = no_memory(e);
                goto done;
            }
            *points = grown;
        }
        (*points)[(*n)++] = p;
    }
    if (*n == 0)
        st = fail(e, wrong(s), "%s: where: no combination of the axes satisfies `%.200s`", s->file, s->where);
done:
    intern_free(&seen);
    free(keep);
    if (st != STATUS_OK) {
        free(*points);
        *points = NULL;
        *n = 0;
    }
    return st;
}
