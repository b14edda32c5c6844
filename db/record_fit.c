#include "db/record_fit.h"

#include "db/row.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* read_cells: those of the row that a statement stands on, by the names of its columns. */
static void read_cells(sqlite3_stmt *st, struct resources *r)
{
    int n;
    const struct cell_kind *kinds = cell_kinds(&n);
    for (int column = 0; column < sqlite3_column_count(st); column++)
        for (int i = 0; i < n; i++)
            if (strcmp(kinds[i].name, sqlite3_column_name(st, column)) == 0)
                cell_set(r, &kinds[i], sqlite3_column_int(st, column));
}

/* cells_of: what the synthesis counted that the row of a point names: it may be an older one, if this time there is no
 * Yosys. *found is false if there is none. */
static enum status cells_of(struct store *s, int64_t point, struct resources *r, bool *found, struct errmsg *e)
{
    sqlite3_stmt *st =
        store_statement(s, "SELECT y.* FROM points p JOIN syntheses y ON y.job = p.synth_job WHERE p.id = ?1");
    int rc = st == NULL ? SQLITE_ERROR : sqlite3_bind_int64(st, 1, point);
    if (rc == SQLITE_OK)
        rc = sqlite3_step(st);
    *found = rc == SQLITE_ROW;
    if (*found)
        read_cells(st, r);
    const enum status result =
        *found || rc == SQLITE_DONE ? STATUS_OK : store_fail(store_handle(s), store_path(s), "reading cells", e);
    sqlite3_reset(st);
    return result;
}

/* What a point takes of a device. */
struct footprint {
    const struct resources *logic;
    bool synthesised;            /* else logic is the least that it can be */
    const struct engine *engine; /* NULL: none */
    int64_t weight_bits;
};

static enum status replace_fit(struct store *s, int64_t point, const struct device *d, const struct footprint *p,
                               struct errmsg *e)
{
    enum { ROOM = 32, NAME_BYTES = 48 };
    const bool within = p->engine != NULL && p->engine->weights_in_logic;
    const struct fullness f = resources_fullness(d, p->logic, within ? 0 : p->weight_bits);
    const struct fullness alone = resources_fullness(d, NULL, p->weight_bits), *weights = within ? &alone : &f;
    const bool known = p->synthesised;
    /* What is too much settles it; what is not leaves it open until the logic is known. */
    const bool decided = known || !f.fits;
    char names[ROOM][NAME_BYTES];
    struct field fields[ROOM] = {
        field_integer("point", point),
        field_integer("logic_known", known),
        field_integer_if("fits", decided, f.fits),
        field_integer("weights_fit_bram", weights->weights_fit_bram),
        field_integer("weights_fit_lutram", weights->weights_fit_lutram),
        field_integer("weights_fit", alone.fits),
        field_real("weights_utilisation", weights->weights),
        field_text("binding_resource", decided ? f.binding_resource : NULL),
    };
    int n = 0, n_kinds;
    while (fields[n].column != NULL)
        n++;
    const struct share_kind *kinds = share_kinds(&n_kinds);
    for (int i = 0; i < n_kinds && n < ROOM; i++, n++) {
        snprintf(names[n], NAME_BYTES, "%s_utilisation", kinds[i].name);
        fields[n] = field_real(names[n], known ? share_of(&f, &kinds[i]) : NAN);
    }
    return row_replace(s, "recording what fits", "fits", fields, n, NULL, e);
}

enum status record_fit(struct store *s, const struct point *p, int64_t id, struct errmsg *e)
{
    struct resources cells = {0};
    bool found = false;
    if (p->code.scheme == SCHEME_FLOAT)
        return STATUS_OK;
    const enum status st = cells_of(s, id, &cells, &found, e);
    if (st != STATUS_OK)
        return st;
    if (!found)
        cells = hardware_least(&p->hardware);
    const struct footprint f = {&cells, found, p->hardware.engine, p->weight_storage_bits};
    return replace_fit(s, id, p->device, &f, e);
}

enum status record_cells(struct store *s, const char *synth_job, const struct resources *cells, struct errmsg *e)
{
    sqlite3 *db = store_handle(s);
    sqlite3_stmt *points = NULL;
    enum status st = STATUS_OK;
    int rc = sqlite3_prepare_v2(db,
                                "SELECT id, device, weight_storage_bits, engine FROM points WHERE synth_job = ?1", -1,
                                &points, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_bind_text(points, 1, synth_job, -1, SQLITE_STATIC);
    while (rc == SQLITE_OK && st == STATUS_OK && (rc = sqlite3_step(points)) == SQLITE_ROW) {
        const struct device *d = device_find((const char *)sqlite3_column_text(points, 1));
        const char *engine = (const char *)sqlite3_column_text(points, 3);
        const struct footprint f = {cells, true, engine != NULL ? engine_find(engine) : NULL,
                                    sqlite3_column_int64(points, 2)};
        if (d != NULL)
            st = replace_fit(s, sqlite3_column_int64(points, 0), d, &f, e);
        rc = SQLITE_OK;
    }
    if (st == STATUS_OK && rc != SQLITE_DONE)
        st = store_fail(db, store_path(s), "reading points", e);
    sqlite3_finalize(points);
    return st;
}
