#include "explorer/jobs/kinds/hardware.h"

#include "db/row.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum status hardware_missing(const struct point *p, const char *to_do, struct errmsg *e)
{
    struct errmsg why = {""};
    if (p->hardware.engine != NULL)
        return STATUS_OK;
    if (p->code.scheme == SCHEME_FLOAT)
        return fail(e, STATUS_USAGE, "--scheme: float has no operator or accelerator to %s; choose another scheme",
                    to_do);
    if (point_without_rtl(p, &why))
        return fail(e, STATUS_USAGE, "there is nothing to %s: %s", to_do, why.text);
    return fail(e, STATUS_USAGE, "--engine: none has nothing to %s; choose operator or accelerator", to_do);
}

bool hardware_may_fit(const struct point *p)
{
    const struct resources least = hardware_least(&p->hardware);
    return p->code.scheme == SCHEME_FLOAT ||
           resources_fullness(p->device, &least, hardware_weight_bits(&p->hardware, p->weight_storage_bits)).fits;
}

struct hardware_samples {
    int n;
    struct {
        struct hardware_key key;
        sample_digest *of_sample;
        char hex[DIGEST_HEX_BYTES]; /* what of_sample told */
    } kept[64]; /* more than there are */
};

struct hardware_samples *hardware_samples_new(void)
{
    return calloc(1, sizeof(struct hardware_samples));
}

/* sample_of: fills hex with the digest of h's sample. */
static enum status sample_of(struct hardware_samples *all, const struct hardware *h, sample_digest *of_sample,
                             char hex[DIGEST_HEX_BYTES], struct errmsg *e)
{
    const struct hardware sample = hardware_sample(h);
    const struct hardware_key key = hardware_key(&sample);
    int i = 0;
    while (i < all->n && (all->kept[i].of_sample != of_sample || memcmp(&all->kept[i].key, &key, sizeof key) != 0))
        i++;
    if (i < all->n) {
        memcpy(hex, all->kept[i].hex, DIGEST_HEX_BYTES);
        return STATUS_OK;
    }
    const enum status st = of_sample(&sample, hex, e);
    if (st != STATUS_OK || i == (int)(sizeof all->kept / sizeof all->kept[0]))
        return st;
    all->kept[i].key = key;
    all->kept[i].of_sample = of_sample;
    memcpy(all->kept[i].hex, hex, DIGEST_HEX_BYTES);
    all->n++;
    return STATUS_OK;
}

enum status hardware_digest(struct hardware_samples *all, struct digest *d, const struct hardware *h,
                            sample_digest *of_sample, struct errmsg *e)
{
    char hex[DIGEST_HEX_BYTES];
    const struct hardware_key key = hardware_key(h);
    const enum status st = sample_of(all, h, of_sample, hex, e);
    if (st != STATUS_OK)
        return st;
    digest_text(d, "made with", hex); /* has the engine, and the family where it counts */
    digest_bytes(d, "numbers", key.number, sizeof key.number);
    return STATUS_OK;
}

void hardware_label(const struct point *p, const char *what, char *label, size_t room)
{
    const struct hardware_source source = point_source(p);
    const size_t used = (size_t)snprintf(label, room, "%s ", what);
    if (used < room)
        p->hardware.engine->label(&p->hardware, &p->wish, &source, label + used, room - used);
}

static enum status save_operator(struct store *s, const char *job, const struct engine_check *check, struct errmsg *e)
{
    const struct operator_result *c = &check->operator;
    const bool bad = c->mismatches > 0;
    const struct field row[] = {
        field_text("job", job),
        field_integer("vectors", c->vectors),
        field_integer("trained_vectors", c->trained_vectors),
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
    return ROW_INSERT(s, "keeping a check's result", "checks", row, e);
}

static enum status save_accelerator(struct store *s, const char *job, const struct engine_check *check,
                                    struct errmsg *e)
{
    const struct accelerator_result *a = &check->accelerator;
    const bool bad = a->mismatches > 0;
    const struct field row[] = {
        field_text("job", job),
        field_integer("images", a->images),
        field_integer("lockstep_images", a->lockstep_images),
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
    return ROW_INSERT(s, "keeping a check's result", "accelerator_checks", row, e);
}

/* How the check of each engine is recorded and shown. */
static const struct {
    enum status (*save)(struct store *s, const char *job, const struct engine_check *c, struct errmsg *e);
    const char *sql;
} records[ENGINE_COUNT] = {
    [ENGINE_OPERATOR] = {save_operator,
                         "SELECT vectors, trained_vectors, mismatches, cycles_per_dot, clocks, clocks_per_second, "
                         "lockstep_clocks, lockstep_clocks_per_second, first_vector, first_clock, first_where, "
                         "first_expected, first_got FROM checks WHERE job = ?1"},
    [ENGINE_ACCELERATOR] = {save_accelerator,
                            "SELECT i.images, i.mismatches, i.schedule_agrees, 1.0 * i.right / i.images AS rtl_accuracy, "
                            "i.cycles_per_inference, i.cycles_latency, i.clocks, i.clocks_per_second, "
                            "i.lockstep_images, i.lockstep_clocks, i.lockstep_clocks_per_second, i.first_image, "
                            "i.first_where FROM accelerator_checks i WHERE i.job = ?1"},
};

enum status hardware_save_check(struct store *s, const char *job, const struct engine_check *c, struct errmsg *e)
{
    return records[c->engine].save(s, job, c, e);
}

const char *hardware_check_sql(const struct point *p)
{
    return records[p->hardware.engine->kind].sql;
}
