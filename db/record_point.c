/* Points, and the figures that follow from their configuration alone. */
#include "db/record.h"

#include "db/record_fit.h"
#include "db/row.h"
#include "models/point/forecast.h"

#include <math.h>
#include <stdio.h>

static const char recording[] = "recording the points";

/* replace_schedule: the clocks of an inference, where the engine has them. */
static enum status replace_schedule(struct store *s, const struct point *p, int64_t id, struct errmsg *e)
{
    const struct schedule *clocks = hardware_schedule(&p->hardware);
    if (clocks == NULL)
        return STATUS_OK;
    const struct field fields[] = {
        field_integer("point", id),
        field_integer("block_bits", p->hardware.accelerator.block_bits),
        field_integer("schedule_cycles", clocks->cycles_per_inference),
        field_integer("schedule_latency", clocks->cycles_latency),
    };
    return ROW_REPLACE(s, recording, "accelerators", fields, NULL, e);
}

/* replace_estimate: of the logic, where the engine has one. */
static enum status replace_estimate(struct store *s, const struct point *p, int64_t id, struct errmsg *e)
{
    struct forecast f;
    forecast_of(p, &f);
    if (!f.estimated)
        return STATUS_OK;
    const struct field fields[] = {
        field_integer("point", id),
        field_integer("lut", f.estimate.lut),
        field_integer("lutram", f.estimate.lutram),
        field_integer("ff", f.estimate.ff),
        field_real("fmax_mhz", f.estimate.fmax_mhz),
        field_integer_if("fits", f.answer != ESTIMATED_OPEN, f.answer == ESTIMATED_YES),
        field_text("binding_resource", f.fit.binding_resource),
        field_real("power_mw", f.estimated_power_mw),
    };
    return ROW_REPLACE(s, recording, "estimates", fields, NULL, e);
}

/* The columns of an axis, with their texts. */
struct axis_fields {
    struct field fields[2];
    char text[AXIS_TEXT_BYTES], layers_column[64];
};

/* axis_fields: what p says of an axis, NULL where p does not use it. Returns how many columns it has. */
static int axis_fields(const struct point *p, enum axis_id a, struct axis_fields *out)
{
    const struct axis *x = axis_at(a);
    const bool used = axis_used(p, a);
    const struct axis_value v = axis_get(p, a);
    axis_text(a, &v, out->text);
    if (x->kind == AXIS_WORDS || x->kind == AXIS_NETWORKS)
        out->fields[0] = field_text(x->column, used ? out->text : NULL);
    else if (x->kind == AXIS_REALS)
        out->fields[0] = field_real(x->column, used ? v.number : NAN);
    else
        out->fields[0] = field_integer_if(x->column, used, (int64_t)v.number);
    if (x->kind != AXIS_FORMATS)
        return 1;
    snprintf(out->layers_column, sizeof out->layers_column, "%s_layers", x->column);
    out->fields[1] = field_text(out->layers_column, used && v.n_layers > 0 ? out->text : NULL);
    return 2;
}

/* upsert_point: *id is its row. */
static enum status upsert_point(struct store *s, const struct point *p, const char *build_job, const char *synth_job,
                                int64_t *id, struct errmsg *e)
{
    enum { OTHERS = 15 };
    const bool coded = p->code.scheme != SCHEME_FLOAT;
    const double ratio = coded ? (double)p->weights * p->code.weight_bits / (double)p->weight_storage_bits : 1;
    const int per_dot = hardware_cycles_per_dot(&p->hardware);
    char name[POINT_NAME_BYTES], training[POINT_NAME_BYTES];
    struct axis_fields axes[AXIS_COUNT];
    point_name(p->digest, name);
    point_training_name(p, training);
    struct field fields[OTHERS + 2 * AXIS_COUNT] = {
        field_text("digest", p->digest),
        field_text("point", name),
        field_text("dataset", p->dataset),
        field_text("device", p->device->name),
        field_integer("weights", p->weights),
        field_integer("macs", topology_macs(&p->shape)),
        field_integer("weight_storage_bits", p->weight_storage_bits),
        field_real("compression_ratio", ratio),
        field_text("build_job", build_job),
        field_text("synth_job", synth_job),
        field_text("loaded", p->loaded),
        field_text("loaded_digest", p->loaded != NULL ? p->loaded_digest : NULL),
        field_text("load_order", p->loaded != NULL ? p->load_order : NULL),
        field_text("training", training),
        field_integer_if("schedule_cycles_per_dot", per_dot > 0, per_dot),
    };
    int n = OTHERS;
    for (int a = 0; a < AXIS_COUNT; a++) {
        const int columns = axis_fields(p, (enum axis_id)a, &axes[a]);
        for (int i = 0; i < columns; i++)
            fields[n++] = axes[a].fields[i];
    }
    return row_upsert(s, recording, "points", fields, n,
                      "ON CONFLICT (digest) DO UPDATE SET build_job = coalesce(excluded.build_job, build_job), "
                      "synth_job = coalesce(excluded.synth_job, synth_job), training = excluded.training, "
                      "loaded_digest = excluded.loaded_digest, load_order = excluded.load_order",
                      id, e);
}

enum status record_point(struct store *s, const struct point *p, const char *build_job, const char *synth_job,
                         int64_t *id, struct errmsg *e)
{
    enum status st = upsert_point(s, p, build_job, synth_job, id, e);
    if (st == STATUS_OK)
        st = replace_schedule(s, p, *id, e);
    if (st == STATUS_OK)
        st = replace_estimate(s, p, *id, e);
    return st == STATUS_OK ? record_fit(s, p, *id, e) : st;
}
