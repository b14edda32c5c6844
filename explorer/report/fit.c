#include "explorer/report/fit.h"

#include <stdio.h>
#include <string.h>

enum status fit_on(const struct point *p, const struct device *d, struct point *out, struct errmsg *e)
{
    *out = *p;
    out->device = d;
    return p->hardware.engine != NULL ? point_make_hardware(out, e) : STATUS_OK;
}

/* The rows are collected in a table of SQLite, so that they come out as every other table of the program does. An
 * estimate of the logic has its columns at the end, named as such. */
static const char make_sql[] =
    "CREATE TABLE fit ("
    "point TEXT, network TEXT, scheme TEXT, reference TEXT, weight_bits INTEGER, delta_bits INTEGER, engine TEXT, parallelism "
    "INTEGER, "
    "dsp_lanes INTEGER, weight_memory TEXT, device TEXT, "
    "fits TEXT, "             /* no, yes: outside the band of the estimate; open: inside, or nothing is estimated */
    "binds TEXT, fill REAL, " /* what is fullest, and how full: a fraction of the device */
    "weight_storage_bits INTEGER, weights_fit INTEGER, bram_bits INTEGER, lutram_bits INTEGER, " /* the last two: of the device */
    "block_bits INTEGER, "                                                  /* of a weight word, in block RAM */
    "ramb18 INTEGER, ramb18_device INTEGER, dsp INTEGER, dsp_device INTEGER, "
    "memory_lut INTEGER, lut_device INTEGER, " /* LUTs that memories fill, at the least */
    "cycles_per_inference INTEGER, cycles_latency INTEGER, cycle_efficiency REAL, "
    "estimated_lut INTEGER, estimated_lutram INTEGER, estimated_ff INTEGER, ff_device INTEGER, "
    "estimated_fmax_mhz REAL)";

static const char insert_sql[] =
    "INSERT INTO fit VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)";

/* A row being filled: values are bound from the left. rc: of the first that failed. */
struct row {
    sqlite3_stmt *statement;
    int next, rc;
};

static void note(struct row *r, int rc)
{
    if (r->rc == SQLITE_OK)
        r->rc = rc;
}

static void put_text(struct row *r, const char *text)
{
    note(r, sqlite3_bind_text(r->statement, ++r->next, text, -1, SQLITE_TRANSIENT)); /* NULL is NULL */
}

static void put_int(struct row *r, bool known, int64_t value)
{
    r->next++;
    note(r, known ? sqlite3_bind_int64(r->statement, r->next, value) : sqlite3_bind_null(r->statement, r->next));
}

static void put_real(struct row *r, bool known, double value)
{
    r->next++;
    note(r, known ? sqlite3_bind_double(r->statement, r->next, value) : sqlite3_bind_null(r->statement, r->next));
}

static void put_axes(struct row *r, const struct point *p)
{
    const struct code *c = &p->code;
    char name[POINT_NAME_DIGITS + 1], network[TOPOLOGY_TEXT_BYTES];
    snprintf(name, sizeof name, "%.*s", POINT_NAME_DIGITS, p->digest);
    topology_text(&p->shape, network);
    put_text(r, name);
    put_text(r, network);
    put_text(r, scheme_name(c->scheme));
    put_text(r, scheme_has_reference(c->scheme) ? reference_name(c->reference) : NULL);
    put_int(r, c->scheme != SCHEME_FLOAT, c->weight_bits);
    put_int(r, scheme_is_delta(c->scheme), c->delta_bits);
    put_text(r, p->hardware.engine != NULL ? p->hardware.engine->name : NULL);
    put_int(r, axis_used(p, AXIS_PARALLELISM), p->wish.P);
    put_int(r, axis_used(p, AXIS_DSP_LANES), p->wish.dsp_lanes);
    put_text(r, axis_used(p, AXIS_WEIGHT_MEMORY) ? weight_memory_name(p->wish.memory) : NULL);
    put_text(r, p->device->name);
}

/* put_point: *open is whether it may fit. */
static void put_point(struct row *r, const struct point *p, bool *open)
{
    static const char *const words[] = {[ESTIMATED_NO] = "no", [ESTIMATED_YES] = "yes", [ESTIMATED_OPEN] = "open"};
    const struct device *d = p->device;
    const struct hardware *h = &p->hardware;
    const struct resources least = hardware_least(h);
    const struct schedule none = {0}, *clocks = hardware_schedule(h);
    struct estimate est;
    struct fit f;
    const bool coded = p->code.scheme != SCHEME_FLOAT, estimated = hardware_estimate(h, &est);
    const bool whole = clocks != NULL;
    const enum estimated_fit fits = hardware_fit(h, d, p->weight_storage_bits, &f);
    if (!whole)
        clocks = &none;
    *open = !coded || fits != ESTIMATED_NO;
    put_axes(r, p);
    put_text(r, coded ? words[fits] : NULL);
    put_text(r, coded ? f.binding_resource : NULL);
    put_real(r, coded, f.fullest);
    put_int(r, true, p->weight_storage_bits);
    put_int(r, coded, resources_fit(d, NULL, p->weight_storage_bits).fits);
    put_int(r, true, d->bram_bits);
    put_int(r, true, d->lutram_bits);
    put_int(r, whole, h->accelerator.block_bits);
    put_int(r, whole, least.bram18);
    put_int(r, true, 2LL * d->bram36);
    put_int(r, whole, least.dsp);
    put_int(r, true, d->dsp);
    put_int(r, whole, least.lut);
    put_int(r, true, d->lut);
    put_int(r, whole, clocks->cycles_per_inference);
    put_int(r, whole, clocks->cycles_latency);
    put_real(r, whole, clocks->efficiency);
    put_int(r, estimated, est.lut);
    put_int(r, estimated, est.lutram);
    put_int(r, estimated, est.ff);
    put_int(r, true, d->ff);
    put_real(r, estimated, est.fmax_mhz);
}

enum status fit_table(const struct point *points, int n, struct table **out, int *may_fit, struct errmsg *e)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *insert = NULL, *select = NULL;
    enum status st = STATUS_OK;
    int rc = sqlite3_open(":memory:", &db);

    *out = NULL;
    *may_fit = 0;
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(db, make_sql, NULL, NULL, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_prepare_v2(db, insert_sql, -1, &insert, NULL);
    for (int i = 0; i < n && rc == SQLITE_OK; i++) {
        struct row row = {insert, 0, SQLITE_OK};
        bool open = false;
        put_point(&row, &points[i], &open);
        *may_fit += open;
        rc = row.rc;
        if (rc == SQLITE_OK)
            rc = sqlite3_step(insert) == SQLITE_DONE ? sqlite3_reset(insert) : SQLITE_ERROR;
    }
    if (rc == SQLITE_OK)
        rc = sqlite3_prepare_v2(db, "SELECT * FROM fit ORDER BY rowid", -1, &select, NULL);
    st = rc == SQLITE_OK ? table_read(select, out, e) : fail(e, STATUS_ENVIRONMENT, "out of memory for the table");
    sqlite3_finalize(select);
    sqlite3_finalize(insert);
    sqlite3_close(db);
    return st;
}
