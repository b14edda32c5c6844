#include "models/point/point.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

enum purpose { FOR_PEOPLE, FOR_NAME, FOR_TRAINING };

static bool is_included(const struct point *p, enum axis_id a, enum purpose purpose)
{
    const struct axis *s = axis_at(a);
    if ((s->say == SAY_APART && purpose == FOR_NAME) || (s->group == GROUP_HARDWARE && purpose == FOR_TRAINING) ||
        (s->kind == AXIS_NETWORKS && purpose == FOR_PEOPLE) || !axis_used(p, a))
        return false;
    if (s->say == SAY_ALWAYS || (s->say == SAY_APART && purpose == FOR_TRAINING))
        return true;
    const struct axis_value v = axis_get(p, a);
    return v.number != axis_default(p, a) || v.n_layers > 0;
}

/* add: " name=value" to the used characters of a text. */
static size_t add(char out[POINT_TEXT_BYTES], size_t used, const char *name, const char *value)
{
    used = text_append(out, POINT_TEXT_BYTES, used, used == 0 ? "" : " ");
    used = text_append(out, POINT_TEXT_BYTES, used, name);
    used = text_append(out, POINT_TEXT_BYTES, used, "=");
    return text_append(out, POINT_TEXT_BYTES, used, value);
}

static void describe(const struct point *p, enum purpose purpose, char out[POINT_TEXT_BYTES])
{
    size_t used = 0;
    out[0] = '\0';
    for (int a = 0; a < AXIS_COUNT; a++) {
        char text[AXIS_TEXT_BYTES];
        if (!is_included(p, (enum axis_id)a, purpose))
            continue;
        const struct axis_value v = axis_get(p, (enum axis_id)a);
        axis_text((enum axis_id)a, &v, text);
        used = add(out, used, axis_at((enum axis_id)a)->name, text);
    }
    if (purpose == FOR_PEOPLE && p->loaded != NULL)
        used = add(out, used, "loaded", p->loaded);
    if (purpose == FOR_PEOPLE && p->load_order != NULL)
        used = add(out, used, "load_order", p->load_order);
    if (purpose != FOR_TRAINING)
        add(out, used, "device", p->device->name);
}

void point_text(const struct point *p, char out[POINT_TEXT_BYTES])
{
    describe(p, FOR_PEOPLE, out);
}

void point_training_text(const struct point *p, char out[POINT_TEXT_BYTES])
{
    describe(p, FOR_TRAINING, out);
}

/* The fields before `axes` are those that a point had before there were axes of recipes and networks: a point keeps
 * its name for ever. */
void point_digest(struct point *p)
{
    char text[POINT_TEXT_BYTES];
    struct digest d;
    digest_init(&d);
    digest_text(&d, "what", "deltasweep point 1");
    digest_text(&d, "dataset", p->dataset);
    digest_int(&d, "layers", p->shape.n_layers);
    for (int l = 0; l <= p->shape.n_layers; l++)
        digest_int(&d, "size", p->shape.sizes[l]);
    if (!topology_is_chain(&p->shape)) {
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
    describe(p, FOR_NAME, text);
    digest_text(&d, "axes", text);
    if (p->loaded != NULL)
        digest_text(&d, "loaded", p->loaded_digest);
    digest_hex(&d, p->digest);
}

void point_name(const char *digest, char out[POINT_NAME_BYTES])
{
    out[0] = 'p';
    memcpy(out + 1, digest, POINT_NAME_DIGITS);
    out[POINT_NAME_BYTES - 1] = '\0';
}

void training_name(const char *dataset, const char *axes, const char *loaded, char out[POINT_NAME_BYTES])
{
    char hex[DIGEST_HEX_BYTES];
    struct digest d;
    digest_init(&d);
    digest_text(&d, "what", "deltasweep training 1");
    digest_text(&d, "dataset", dataset);
    digest_text(&d, "axes", axes);
    if (loaded != NULL)
        digest_text(&d, "loaded", loaded);
    digest_hex(&d, hex);
    snprintf(out, POINT_NAME_BYTES, "t%.*s", POINT_NAME_DIGITS, hex);
}

void point_training_name(const struct point *p, char out[POINT_NAME_BYTES])
{
    char axes[POINT_TEXT_BYTES];
    if (p->training[0] != '\0') {
        snprintf(out, POINT_NAME_BYTES, "%s", p->training);
        return;
    }
    point_training_text(p, axes);
    training_name(p->dataset, axes, p->loaded != NULL ? p->loaded_digest : NULL, out);
}

void training_add_axis(enum axis_id a, const char *value, char text[POINT_TEXT_BYTES])
{
    const struct axis *x = axis_at(a);
    const struct axis_value usual = {.number = x->fallback};
    const size_t used = strlen(text);
    char fallback[AXIS_TEXT_BYTES] = "";
    if (x->say == SAY_ODD)
        axis_text(a, &usual, fallback);
    if (x->group != GROUP_HARDWARE && strcmp(value, fallback) != 0)
        snprintf(text + used, POINT_TEXT_BYTES - used, "%s%s=%s", used == 0 ? "" : " ", x->name, value);
}

struct hardware_source point_source(const struct point *p)
{
    return (struct hardware_source){&p->shape, &p->code, p->device};
}

enum status point_make_hardware(struct point *p, struct errmsg *e)
{
    const struct hardware_source source = point_source(p);
    struct errmsg why = {""};
    const enum status s = hardware_of(&p->wish, &source, &p->hardware, &why);
    if (s == STATUS_VERDICT) /* whatever was asked for: all such points are one */
        p->wish = (struct hardware_wish){.engine = p->wish.engine == ENGINE_NONE ? ENGINE_NONE : ENGINE_OPERATOR};
    else if (s != STATUS_OK)
        return fail(e, s, "%s", why.text);
    return STATUS_OK;
}

/* refuses: whether an engine does not compute p, whatever its size. */
static bool refuses(enum engine_kind kind, const struct point *p, struct errmsg *why)
{
    const struct hardware_source source = point_source(p);
    struct hardware_wish smallest = {.engine = kind, .P = 1, .N = 1};
    struct hardware ignored;
    return engine_at(kind) != NULL && hardware_of(&smallest, &source, &ignored, why) == STATUS_VERDICT;
}

bool point_without_rtl(const struct point *p, struct errmsg *why)
{
    if (p->hardware.engine != NULL || p->code.scheme == SCHEME_FLOAT)
        return false;
    int engines = 0, refusals = 0;
    for (int k = 0; k < ENGINE_COUNT; k++) {
        engines += engine_at((enum engine_kind)k) != NULL;
        refusals += refuses((enum engine_kind)k, p, why); /* the last reason stays */
    }
    /* It is no longer known which engine was asked for. Of a point that asked for none only what no engine computes
     * counts. */
    return p->wish.engine == ENGINE_NONE ? refusals == engines : refusals > 0;
}
