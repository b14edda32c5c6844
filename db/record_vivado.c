/* Reports of Vivado. The figures of one design are one row, however many calls bring them. */
#include "db/record.h"

#include "base/clock.h"
#include "db/row.h"

#include <math.h>
#include <string.h>

/* The rows that may be of the same design. A report of power need not say the speed grade. */
#define SAME_DESIGN                                                                                                    \
    "point = :point AND tool_version = :tool_version AND design = :design AND "                                        \
    "(speed_grade = :speed_grade OR speed_grade = '' OR :speed_grade = '') "

/* Reports of one build are written within a day; NULL: unknown. */
#define SAME_BUILD "AND coalesce(abs(julianday(reported) - julianday(:reported)) < 1, 1) "

/* Of the fields of a row: those of SAME_DESIGN come first, and the figures last. */
enum { KEYS = 4, FIGURES = 7 };

static const char what[] = "keeping a report";

/* update: adds the figures to the newest row of the design that lacks them or has the same. *id stays if there is
 * none. */
static enum status update(struct store *s, const struct field *fields, int n, int64_t *id, struct errmsg *e)
{
    sqlite3_str *sql = sqlite3_str_new(NULL);
    sqlite3_str_appendall(sql, "UPDATE vivado_reports SET imported = :imported, "
                               "part = CASE WHEN length(:part) > length(part) THEN :part ELSE part END, "
                               "speed_grade = coalesce(nullif(:speed_grade, ''), speed_grade), "
                               "reported = coalesce(max(reported, :reported), reported, :reported)");
    for (int i = FIGURES; i < n; i++)
        sqlite3_str_appendf(sql, ", %s = coalesce(:%s, %s)", fields[i].column, fields[i].column, fields[i].column);
    sqlite3_str_appendall(sql, " WHERE id = (SELECT max(id) FROM vivado_reports WHERE " SAME_DESIGN SAME_BUILD);
    for (int i = FIGURES; i < n; i++)
        sqlite3_str_appendf(sql, " AND (%s IS NULL OR :%s IS NULL OR %s = :%s)", fields[i].column, fields[i].column,
                            fields[i].column, fields[i].column);
    sqlite3_str_appendall(sql, ") RETURNING id");
    char *text = sqlite3_str_finish(sql);
    const enum status st = text == NULL ? fail(e, STATUS_ENVIRONMENT, "out of memory while %s", what)
                                        : row_run_id(s, what, text, fields, n, id, e);
    sqlite3_free(text);
    return st;
}

/* drop_replaced: the row id replaces others of this period that have no kind of figures that it lacks. */
static enum status drop_replaced(struct store *s, const struct field *fields, int64_t id, struct errmsg *e)
{
    static const char sql[] =
        "DELETE FROM vivado_reports AS old WHERE id <> :id AND " SAME_DESIGN
        "AND EXISTS (SELECT 1 FROM vivado_reports new WHERE new.id = :id AND old.period_ns IS new.period_ns "
        "AND (old.lut IS NULL OR new.lut IS NOT NULL) AND (old.power_mw IS NULL OR new.power_mw IS NOT NULL))";
    struct field keys[KEYS + 1];
    memcpy(keys, fields, KEYS * sizeof keys[0]);
    keys[KEYS] = field_integer("id", id);
    return ROW_RUN(s, what, sql, keys, e);
}

enum status record_vivado(struct store *s, int64_t point, const struct vivado_report *r, int64_t *id, struct errmsg *e)
{
    const struct vivado_utilisation *u = &r->utilisation;
    const struct vivado_timing *t = &r->timing;
    const struct vivado_power *p = &r->power;
    const bool cells = r->has_utilisation, clock = r->has_timing, power = r->has_power;
    char now[CLOCK_ISO_BYTES];
    clock_iso(clock_wall_s(), now);
    const struct field fields[] = {
        field_integer("point", point),
        field_text("tool_version", r->tool_version),
        field_text("design", r->design),
        field_text("speed_grade", r->speed_grade),
        field_text("imported", now),
        field_text("part", r->part),
        field_text("reported", r->date[0] != '\0' ? r->date : NULL),
        field_integer_if("lut", cells, u->lut),
        field_integer_if("lutram", cells, u->lut_memory),
        field_integer_if("ff", cells, u->ff),
        field_integer_if("muxf7", cells, u->muxf7),
        field_integer_if("muxf8", cells, u->muxf8),
        field_integer_if("dsp", cells, u->dsp),
        field_integer_if("bram18", cells, u->bram18),
        field_integer_if("bram36", cells, u->bram36),
        field_real("period_ns", clock ? t->period_ns : NAN),
        field_real("wns_ns", clock ? t->wns_ns : NAN),
        field_real("whs_ns", clock ? t->whs_ns : NAN),
        field_real("wpws_ns", clock ? t->wpws_ns : NAN),
        field_real("fmax_mhz", clock ? t->fmax_mhz : NAN),
        field_text("path_from", clock && t->path_from[0] != '\0' ? t->path_from : NULL),
        field_text("path_to", clock && t->path_to[0] != '\0' ? t->path_to : NULL),
        field_real("power_mw", power ? 1e3 * p->total_w : NAN),
        field_real("dynamic_mw", power ? 1e3 * p->dynamic_w : NAN),
        field_real("static_mw", power ? 1e3 * p->static_w : NAN),
    };
    enum status st = row_run(s, what, "BEGIN IMMEDIATE", NULL, 0, e);
    *id = 0;
    if (st == STATUS_OK)
        st = update(s, fields, ROW_COUNT(fields), id, e);
    if (st == STATUS_OK && *id == 0)
        st = ROW_UPSERT(s, what, "vivado_reports", fields, "", id, e);
    if (st == STATUS_OK)
        st = drop_replaced(s, fields, *id, e);
    if (st == STATUS_OK)
        st = record_commit(s, e);
    if (st != STATUS_OK)
        record_rollback(s);
    return st;
}
