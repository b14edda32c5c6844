#include "explorer/points.h"

#include "base/text.h"
#include "explorer/intern.h"
#include "explorer/plan.h"
#include "explorer/stop.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One combination as its axes' values; the last is the index of the device. */
enum { DEVICE = AXIS_COUNT, KEY_VALUES = AXIS_COUNT + 1 };
struct combination {
    int value[KEY_VALUES];
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
    for (int a = KEY_VALUES - 1; a >= 0; a--) {
        const int n = axis_count(s, a);
        c.value[a] = a == DEVICE ? (int)(i % n) : s->axes[a].values[i % n];
        i /= n;
    }
    return c;
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
    const char *names[AXIS_COUNT + 1], *nearest = NULL;
    static const char no_column[] = "no such column: ";
    for (int a = 0; a < AXIS_COUNT; a++)
        names[a] = axis_name((enum axis)a);
    names[AXIS_COUNT] = "device";
    if (strncmp(why, no_column, sizeof no_column - 1) == 0)
        nearest = text_nearest(why + sizeof no_column - 1, names, AXIS_COUNT + 1);
    return fail(e, wrong(s), "%s: where: %s%s%s%s in `%.200s` (an SQL expression over the axes, for example "
                "`scheme = 'fixed-point' OR delta_bits < weight_bits`)",
                s->file, why, nearest == NULL ? "" : "; did you mean `", nearest == NULL ? "" : nearest,
                nearest == NULL ? "" : "`?", s->where);
}

/* make_table: the table `axes`, one row per combination, words as texts. */
static int make_table(sqlite3 *db, const struct sweep *s, long n)
{
    char sql[1024] = "CREATE TABLE axes (id INTEGER PRIMARY KEY";
    for (int a = 0; a < AXIS_COUNT; a++)
        snprintf(sql + strlen(sql), sizeof sql - strlen(sql), ", %s %s", axis_name((enum axis)a),
                 axis_value_name((enum axis)a, 0) == NULL ? "INTEGER" : "TEXT");
    snprintf(sql + strlen(sql), sizeof sql - strlen(sql), ", device TEXT)");
    int rc = sqlite3_exec(db, sql, NULL, NULL, NULL);
    sqlite3_stmt *st = NULL;
    _Static_assert(AXIS_COUNT + 2 == 17, "a value for each column");
    if (rc == SQLITE_OK)
        rc = sqlite3_prepare_v2(db, "INSERT INTO axes VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)", -1, &st, NULL);
    for (long i = 0; i < n && rc == SQLITE_OK; i++) {
        const struct combination c = combination_at(s, i);
        sqlite3_bind_int64(st, 1, i);
        for (int a = 0; a < AXIS_COUNT; a++) {
            const char *word = axis_value_name((enum axis)a, c.value[a]);
            if (word != NULL)
                sqlite3_bind_text(st, a + 2, word, -1, SQLITE_STATIC);
            else
                sqlite3_bind_int(st, a + 2, c.value[a]);
        }
        sqlite3_bind_text(st, AXIS_COUNT + 2, s->devices[c.value[DEVICE]]->name, -1, SQLITE_STATIC);
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

/* --------------------------------------------------------------- from a combination */

void point_text(const struct point *p, char *out, size_t room)
{
    const struct code *c = &p->code;
    size_t used = (size_t)snprintf(out, room, "scheme=%s", scheme_name(c->scheme));
#define ADD(...)                                                                                                       \
    do {                                                                                                               \
        if (used < room)                                                                                               \
            used += (size_t)snprintf(out + used, room - used, __VA_ARGS__);                                            \
    } while (0)
    if (scheme_has_reference(c->scheme))
        ADD(" reference=%s", reference_name(c->reference));
    if (scheme_is_delta(c->scheme))
        ADD(" span=%s codec=%s", span_name(c->span), codec_name(c->codec));
    if (c->scheme != SCHEME_FLOAT)
        ADD(" weight_bits=%d frac_bits=%d", c->weight_bits, c->frac_bits);
    if (scheme_is_delta(c->scheme))
        ADD(" delta_bits=%d delta_offset=%d", c->delta_bits, c->delta_offset);
    if (c->scheme != SCHEME_FLOAT)
        ADD(" rounding=%s", rounding_name(c->rounding));
    if (p->has_operator)
        ADD(" parallelism=%d multiplier=%s operator_inputs=%d", p->mac.P, multiplier_name(p->mac.multiplier),
            p->mac.N);
    if (p->has_accelerator)
        ADD(" engine=%s parallelism=%d dsp_lanes=%d weight_memory=%s", engine_name(ENGINE_ACCELERATOR),
            p->accelerator.P, p->accelerator.dsp_lanes, weight_memory_name(p->memory));
    ADD(" device=%s", p->device->name);
#undef ADD
}

static void digest_point(struct point *p)
{
    struct digest d;
    digest_init(&d);
    digest_text(&d, "what", "deltasweep point 1");
    digest_text(&d, "dataset", p->dataset);
    digest_int(&d, "layers", p->shape.n_layers);
    for (int l = 0; l <= p->shape.n_layers; l++)
        digest_int(&d, "size", p->shape.sizes[l]);
    if (!topology_is_chain(&p->shape)) {
        char text[TOPOLOGY_TEXT_BYTES];
        topology_text(&p->shape, text);
        digest_text(&d, "network", text);
    }
    digest_text(&d, "mode", train_mode_name(p->train.mode));
    digest_int(&d, "epochs", p->train.epochs);
    digest_int(&d, "batch", p->train.batch);
    digest_text(&d, "optimiser", optimiser_name(p->train.optimiser));
    digest_real(&d, "lr", p->train.lr);
    digest_text(&d, "decay", lr_decay_name(p->train.decay));
    digest_int(&d, "shuffle", p->train.shuffle);
    char axes[512];
    point_text(p, axes, sizeof axes); /* every axis that counts, by name */
    digest_text(&d, "axes", axes);
    digest_hex(&d, p->digest);
}

/* name_hardware: what is asked for, as point_text shows it. */
static void name_hardware(const struct combination *c, struct point *p)
{
    p->has_accelerator = p->code.scheme != SCHEME_FLOAT && c->value[AXIS_ENGINE] == ENGINE_ACCELERATOR;
    p->has_operator = p->code.scheme != SCHEME_FLOAT && !p->has_accelerator;
    if (p->has_operator) {
        p->mac.N = c->value[AXIS_OPERATOR_INPUTS];
        p->mac.P = c->value[AXIS_PARALLELISM];
        p->mac.multiplier = (enum multiplier)c->value[AXIS_MULTIPLIER];
    }
    if (p->has_accelerator) {
        p->accelerator.P = c->value[AXIS_PARALLELISM];
        p->accelerator.dsp_lanes = c->value[AXIS_DSP_LANES];
        p->memory = (enum weight_memory)c->value[AXIS_WEIGHT_MEMORY];
    }
}

/* make_hardware: the operator or the accelerator that name_hardware has named, of p's code. */
static enum status make_hardware(struct point *p, struct errmsg *e)
{
    const struct mac_config mac = p->mac;
    const struct accelerator_wish wish = {p->accelerator.P, p->accelerator.dsp_lanes, p->memory};
    if (p->has_operator)
        return mac_config_of(&p->code, mac.N, mac.P, mac.multiplier, &p->mac, e);
    if (!p->has_accelerator)
        return STATUS_OK;
    const enum status st =
        accelerator_of(&p->shape, &p->code, &wish, p->device->bram36, &p->accelerator, e);
    if (st == STATUS_OK)
        schedule_of(&p->accelerator, &p->schedule);
    return st;
}

/* make_point: collapses c to a point; refuses what makes no sense. */
static enum status make_point(const struct sweep *s, const struct combination *c, struct point *p, struct errmsg *e)
{
    struct errmsg why = {""};
    memset(p, 0, sizeof *p);
    p->dataset = s->dataset;
    p->shape = s->shape;
    p->train = s->train;
    p->code = (struct code){.scheme = (enum scheme)c->value[AXIS_SCHEME],
                            .reference = (enum reference)c->value[AXIS_REFERENCE],
                            .span = (enum span)c->value[AXIS_SPAN],
                            .codec = (enum codec)c->value[AXIS_CODEC],
                            .rounding = (enum rounding)c->value[AXIS_ROUNDING],
                            .weight_bits = c->value[AXIS_WEIGHT_BITS],
                            .frac_bits = c->value[AXIS_FRAC_BITS],
                            .delta_bits = c->value[AXIS_DELTA_BITS],
                            .delta_offset = c->value[AXIS_DELTA_OFFSET]};
    code_canonical(&p->code);
    p->device = s->devices[c->value[DEVICE]];
    p->weights = topology_weights(&p->shape);
    name_hardware(c, p);
    enum status st = code_check(&p->code, &why);
    if (st == STATUS_OK)
        st = make_hardware(p, &why);
    if (st != STATUS_OK) {
        char text[512];
        name_hardware(c, p); /* again, as the file says it */
        point_text(p, text, sizeof text);
        return fail(e, wrong(s), "%s: the point %s makes no sense: %s%s", s->file, text, why.text,
                    s->command_line ? "" : " (change the axis, or drop such points with `where: \"…\"`)");
    }
    p->weight_storage_bits = network_storage_bits(&p->code, &p->shape);
    return STATUS_OK;
}

/* ------------------------------------------------------------------------ distinct */

/* key_of: what of a combination is left once it has collapsed. */
static struct combination key_of(const struct combination *c, const struct point *p)
{
    return (struct combination){.value = {
                                    [AXIS_SCHEME] = (int)p->code.scheme,
                                    [AXIS_REFERENCE] = (int)p->code.reference,
                                    [AXIS_SPAN] = (int)p->code.span,
                                    [AXIS_CODEC] = (int)p->code.codec,
                                    [AXIS_WEIGHT_BITS] = p->code.weight_bits,
                                    [AXIS_FRAC_BITS] = p->code.frac_bits,
                                    [AXIS_DELTA_BITS] = p->code.delta_bits,
                                    [AXIS_DELTA_OFFSET] = p->code.delta_offset,
                                    [AXIS_ROUNDING] = (int)p->code.rounding,
                                    [AXIS_ENGINE] = p->has_accelerator,
                                    [AXIS_PARALLELISM] = p->has_accelerator ? p->accelerator.P : p->mac.P,
                                    [AXIS_MULTIPLIER] = (int)p->mac.multiplier,
                                    [AXIS_OPERATOR_INPUTS] = p->mac.N,
                                    [AXIS_DSP_LANES] = p->accelerator.dsp_lanes,
                                    [AXIS_WEIGHT_MEMORY] = (int)p->memory,
                                    [DEVICE] = c->value[DEVICE],
                                }};
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
    intern_init(&seen, sizeof(struct combination));
    for (int a = 0; a < KEY_VALUES; a++) {
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
        const struct combination key = key_of(&c, &p);
        bool fresh = false;
        if (intern_add(&seen, &key, &fresh) < 0) {
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
        digest_point(&p);
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
