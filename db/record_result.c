#include "db/record_result.h"

#include "db/row.h"
#include "models/fpga/cost/energy.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void job_result_free(struct job_result *r)
{
    train_result_free(&r->train);
    free(r->network);
    memset(r, 0, sizeof *r);
}

static enum status insert_training(struct store *s, const char *digest, const struct job_result *r, struct errmsg *e)
{
    static const char what[] = "keeping a training result";
    const struct train_result *t = &r->train;
    const struct field fields[] = {
        field_text("job", digest),
        field_real("train_accuracy", t->train_accuracy),
        field_real("validation_accuracy", t->validation_accuracy),
        field_real("test_accuracy", t->test_accuracy),
        field_real("seconds", t->seconds),
        field_blob("network", r->network, r->network_bytes),
        field_real("deployed_accuracy", t->deployed_accuracy),
        field_integer_if("best_epoch", t->best_epoch > 0, t->best_epoch),
        field_real("code_entropy_bits", r->code_entropy_bits),
        field_text("layer_formats", r->layer_formats[0] != '\0' ? r->layer_formats : NULL),
    };
    enum status st = ROW_INSERT(s, what, "training", fields, e);
    for (int i = 0; i < t->n_epochs && st == STATUS_OK; i++) {
        const struct epoch_metrics *m = &t->epochs[i];
        const struct field epoch[] = {
            field_text("job", digest),
            field_integer("epoch", m->epoch),
            field_real("loss", m->loss),
            field_real("train_accuracy", m->train_accuracy),
            field_real("validation_accuracy", m->validation_accuracy),
            field_real("test_accuracy", m->test_accuracy),
            field_real("seconds", m->seconds),
        };
        st = ROW_INSERT(s, what, "epochs", epoch, e);
    }
    return st;
}

static enum status insert_build(struct store *s, const char *digest, const struct job_result *r, struct errmsg *e)
{
    const struct field fields[] = {field_text("job", digest), field_real("seconds", r->build_seconds)};
    return ROW_INSERT(s, "keeping a build's result", "builds", fields, e);
}

static enum status insert_check(struct store *s, const char *digest, const struct job_result *r, struct errmsg *e)
{
    const struct operator_result *c = &r->check;
    const bool bad = c->mismatches > 0;
    const struct field fields[] = {
        field_text("job", digest),
        field_integer("vectors", c->vectors),
        field_integer("trained_vectors", r->trained_vectors),
        field_integer("mismatches", c->mismatches),
        field_integer("cycles_per_dot", c->cycles_per_dot),
        field_integer_if("first_vector", bad, c->first_vector),
        field_integer_if("first_clock", bad, c->first_clock),
        field_integer_if("first_expected", bad, c->expected),
        field_integer_if("first_got", bad, c->got),
        field_text("first_where", bad ? c->first_where : NULL),
        field_integer("clocks", c->clocks),
        field_integer("lockstep_clocks", c->lockstep_clocks),
        field_real("clocks_per_second", c->clocks_per_second),
        field_real("lockstep_clocks_per_second", c->lockstep_clocks_per_second),
    };
    return ROW_INSERT(s, "keeping a check's result", "checks", fields, e);
}

static enum status insert_accelerator_check(struct store *s, const char *digest, const struct job_result *r,
                                            struct errmsg *e)
{
    const struct accelerator_result *a = &r->accel;
    const bool bad = a->mismatches > 0;
    const struct field fields[] = {
        field_text("job", digest),
        field_integer("images", a->images),
        field_integer("lockstep_images", r->lockstep_images),
        field_integer("mismatches", a->mismatches),
        field_integer("right", a->right),
        field_integer("cycles_per_inference", a->cycles_per_inference),
        field_integer("cycles_latency", a->cycles_latency),
        field_integer("schedule_agrees", a->schedule_agrees),
        field_integer_if("first_image", bad, a->first_image),
        field_text("first_where", bad ? a->first_where : NULL),
        field_integer("clocks", a->clocks),
        field_integer("lockstep_clocks", a->lockstep_clocks),
        field_real("clocks_per_second", a->clocks_per_second),
        field_real("lockstep_clocks_per_second", a->lockstep_clocks_per_second),
    };
    return ROW_INSERT(s, "keeping a check's result", "accelerator_checks", fields, e);
}

/* power_mw: of the cells at the clock that they can have; NAN where that is not known. */
static double power_mw(const struct synth_result *y)
{
    const struct energy a_second = energy_of(&y->cells, y->timing_known ? y->fmax_mhz : NAN, 1);
    return a_second.static_mw + a_second.dynamic_mw;
}

static enum status insert_synth(struct store *s, const char *digest, const struct job_result *r, struct errmsg *e)
{
    enum { ROOM = 64 };
    const struct synth_result *y = &r->synth;
    const bool timed = y->timing_known;
    struct field fields[ROOM] = {
        field_text("job", digest),
        field_real("critical_path_ns", timed ? y->critical_path_ns : NAN),
        field_real("fmax_mhz", timed ? y->fmax_mhz : NAN),
        field_text("path_from", timed ? y->path_from : NULL),
        field_text("path_to", timed ? y->path_to : NULL),
        field_real("seconds", y->seconds),
        field_real("critical_path_2_ns", timed ? y->critical_path_2_ns : NAN),
        field_real("fmax_2_mhz", timed ? y->fmax_2_mhz : NAN),
        field_real("fmax_mhz_low", timed ? y->fmax_mhz_low : NAN),
        field_real("fmax_mhz_high", timed ? y->fmax_mhz_high : NAN),
        field_real("power_mw", power_mw(y)),
    };
    int n = 0, n_kinds;
    while (fields[n].column != NULL)
        n++;
    const struct cell_kind *kinds = cell_kinds(&n_kinds);
    for (int i = 0; i < n_kinds && n < ROOM; i++)
        fields[n++] = field_integer(kinds[i].name, cell_count(&y->cells, &kinds[i]));
    const enum status st = row_insert(s, "keeping a synthesis", "syntheses", fields, n, e);
    return st != STATUS_OK ? st : record_cells(s, digest, &y->cells, e);
}

enum status record_result(struct store *s, const char *digest, const struct job_result *r, struct errmsg *e)
{
    switch (r->kind) {
    case JOB_TRAIN:
        return insert_training(s, digest, r, e);
    case JOB_BUILD:
        return insert_build(s, digest, r, e);
    case JOB_CHECK:
        return r->of_accelerator ? insert_accelerator_check(s, digest, r, e) : insert_check(s, digest, r, e);
    case JOB_SYNTH:
        return insert_synth(s, digest, r, e);
    case JOB_KIND_COUNT:
        break;
    }
    return STATUS_OK;
}
