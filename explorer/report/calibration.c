#include "explorer/report/calibration.h"

#include "db/store.h"
#include "explorer/report/query.h"
#include "models/fpga/cost/energy.h"
#include "models/fpga/cost/validation.h"

#include <math.h>
#include <stdio.h>

static const char make_sql[] =
    "CREATE TABLE errors (design TEXT, source TEXT, metric TEXT, vivado REAL, ours REAL, error_percent REAL)";

static const char insert_sql[] =
    "INSERT INTO errors (design, source, metric, vivado, ours, error_percent) VALUES (?, ?, ?, ?, ?, ?)";

static const char rows_sql[] = "SELECT design, source, metric, vivado, ours, error_percent FROM errors ORDER BY rowid";

/* Sizes of errors are ranked within each metric, and all together. */
static const char summary_sql[] =
    "WITH every AS (SELECT rowid AS id, metric, design, error_percent AS error FROM errors WHERE error_percent IS NOT "
    "NULL "
    "UNION ALL SELECT rowid, 'all', design || ', ' || metric, error_percent FROM errors WHERE error_percent IS NOT "
    "NULL), "
    "ranked AS (SELECT *, count(*) OVER (PARTITION BY metric) AS n, "
    "row_number() OVER (PARTITION BY metric ORDER BY abs(error), id) AS size_rank, "
    "row_number() OVER (PARTITION BY metric ORDER BY error, id) AS rank FROM every) "
    "SELECT metric, n, avg(abs(error)) FILTER (WHERE size_rank IN ((n + 1) / 2, (n + 2) / 2)) AS median_percent, "
    "avg(abs(error)) AS mean_percent, avg(error) FILTER (WHERE rank IN ((n + 1) / 2, (n + 2) / 2)) AS bias_percent, "
    "max(error) FILTER (WHERE size_rank = n) AS worst_percent, max(design) FILTER (WHERE size_rank = n) AS "
    "worst_design "
    "FROM ranked GROUP BY metric ORDER BY metric = 'all', min(id)";

/* The imported reports beside the estimates of their points; the critical path at the report's grade, the power at its
 * clock. Block RAM in RAMB36, of which a RAMB18 is half. */
static const char reports_sql[] =
    "SELECT point || ', ' || part, 'Vivado ' || tool_version || ', ' || substr(imported, 1, 10), vivado_lut, lut, "
    "vivado_lutram, lutram, vivado_ff, ff, vivado_dsp, dsp, vivado_ramb18 / 2.0, ramb18 / 2.0, 1000 / vivado_fmax_mhz, "
    "1000 / fmax_mhz, vivado_dynamic_mw, vivado_clock_mhz, "
    "(SELECT device FROM points p WHERE p.point = vivado.point) FROM vivado WHERE ?1 = 0 OR id = ?1 ORDER BY id";

/* The pairs of columns of reports_sql from column 2 on: Vivado's figure, and the estimate. */
static const char *const metrics[] = {"lut", "lutram", "ff", "dsp", "bram36", "critical_path_ns"};
enum { METRICS = sizeof metrics / sizeof metrics[0], FIRST = 2, POWER = FIRST + 2 * METRICS, CLOCK, DEVICE };

/* The in-memory database in which the errors are collected. */
struct collection {
    sqlite3 *db;
    sqlite3_stmt *insert;
    int rc;
};

static void add(struct collection *c, const char *design, const char *source, const char *metric, double theirs,
                double ours)
{
    if (c->rc != SQLITE_OK || isnan(theirs) || isnan(ours))
        return;
    const char *const texts[] = {design, source, metric};
    for (int i = 0; i < 3; i++) {
        if (texts[i] == NULL || sqlite3_bind_text(c->insert, i + 1, texts[i], -1, SQLITE_STATIC) != SQLITE_OK) {
            c->rc = SQLITE_NOMEM; /* none of them is NULL in the database */
            return;
        }
    }
    sqlite3_bind_double(c->insert, 4, theirs);
    sqlite3_bind_double(c->insert, 5, ours);
    if (theirs > 0.0)
        sqlite3_bind_double(c->insert, 6, 100.0 * (ours / theirs - 1.0));
    else
        sqlite3_bind_null(c->insert, 6);
    c->rc = sqlite3_step(c->insert) == SQLITE_DONE ? sqlite3_reset(c->insert) : SQLITE_ERROR;
}

static double number_at(sqlite3_stmt *q, int column)
{
    return sqlite3_column_type(q, column) == SQLITE_NULL ? (double)NAN : sqlite3_column_double(q, column);
}

/* dynamic_mw: our estimate at the report's clock; NAN without a synthesis. */
static double dynamic_mw(sqlite3_stmt *q)
{
    const double mhz = number_at(q, CLOCK);
    const char *part = (const char *)sqlite3_column_text(q, DEVICE);
    const struct device *device = part != NULL ? device_find(part) : NULL;
    if (device == NULL || isnan(mhz) || sqlite3_column_type(q, FIRST + 1) == SQLITE_NULL)
        return (double)NAN;
    double ours[METRICS];
    for (int i = 0; i < METRICS; i++)
        ours[i] = sqlite3_column_double(q, FIRST + 2 * i + 1);
    const struct resources r = {
        .lut = (int)ours[0], .ff = (int)ours[2], .dsp = (int)ours[3], .bram18 = (int)(2.0 * ours[4])};
    return energy_of(device->family, &r, mhz, 1.0).dynamic_mw;
}

static enum status add_reports(struct collection *c, sqlite3 *db, long long report, struct errmsg *e)
{
    sqlite3_stmt *q = NULL;
    int rc;
    enum status s = query_prepare(db, reports_sql, &q, e);
    if (s != STATUS_OK)
        return s;
    sqlite3_bind_int64(q, 1, report);
    while ((rc = sqlite3_step(q)) == SQLITE_ROW) {
        const char *design = (const char *)sqlite3_column_text(q, 0), *source = (const char *)sqlite3_column_text(q, 1);
        for (int i = 0; i < METRICS; i++)
            add(c, design, source, metrics[i], number_at(q, FIRST + 2 * i), number_at(q, FIRST + 2 * i + 1));
        add(c, design, source, "dynamic_mw", number_at(q, POWER), dynamic_mw(q));
    }
    if (rc != SQLITE_DONE)
        s = store_fail(db, sqlite3_db_filename(db, "main"), "reading the reports", e);
    sqlite3_finalize(q);
    return s;
}

static enum status read_table(struct collection *c, const char *sql, struct table **out, struct errmsg *e)
{
    sqlite3_stmt *q = NULL;
    const enum status s = sqlite3_prepare_v2(c->db, sql, -1, &q, NULL) == SQLITE_OK
                              ? table_read(q, out, e)
                              : fail(e, STATUS_ENVIRONMENT, "cannot summarise the errors: %s", sqlite3_errmsg(c->db));
    sqlite3_finalize(q);
    return s;
}

enum status calibration_tables(sqlite3 *db, long long report, struct table **rows, struct table **summary,
                               struct errmsg *e)
{
    struct collection c = {NULL, NULL, SQLITE_OK};
    enum status s = STATUS_OK;
    int n = 0;

    *rows = *summary = NULL;
    c.rc = sqlite3_open(":memory:", &c.db);
    if (c.rc == SQLITE_OK)
        c.rc = sqlite3_exec(c.db, make_sql, NULL, NULL, NULL);
    if (c.rc == SQLITE_OK)
        c.rc = sqlite3_prepare_v2(c.db, insert_sql, -1, &c.insert, NULL);
    if (report == 0) {
        const struct validation_row *published = validation_rows(&n);
        for (int i = 0; i < n; i++)
            add(&c, published[i].name, published[i].source, published[i].metric, published[i].published,
                published[i].ours);
    }
    if (db != NULL && c.rc == SQLITE_OK)
        s = add_reports(&c, db, report, e);
    if (s == STATUS_OK && c.rc != SQLITE_OK)
        s = fail(e, STATUS_ENVIRONMENT, "out of memory for the errors");
    if (s == STATUS_OK && (s = read_table(&c, rows_sql, rows, e)) == STATUS_OK)
        s = read_table(&c, summary_sql, summary, e);
    if (s != STATUS_OK) {
        table_free(*rows);
        *rows = NULL;
    }
    sqlite3_finalize(c.insert);
    sqlite3_close(c.db);
    return s;
}
