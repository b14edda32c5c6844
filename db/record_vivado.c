/* Reports of Vivado. */
#include "db/record.h"

#include "base/clock.h"
#include "db/row.h"

#include <math.h>

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
        field_text("imported", now),
        field_text("tool_version", r->tool_version),
        field_text("part", r->part),
        field_text("speed_grade", r->speed_grade),
        field_text("design", r->design),
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
        field_real("fmax_mhz", clock ? t->fmax_mhz : NAN),
        field_text("path_from", clock && t->path_from[0] != '\0' ? t->path_from : NULL),
        field_text("path_to", clock && t->path_to[0] != '\0' ? t->path_to : NULL),
        field_real("power_mw", power ? 1e3 * p->total_w : NAN),
        field_real("dynamic_mw", power ? 1e3 * p->dynamic_w : NAN),
        field_real("static_mw", power ? 1e3 * p->static_w : NAN),
    };
    return ROW_REPLACE(s, "keeping a report", "vivado_reports", fields, id, e);
}
