#include "explorer/sweep/combination.h"

#include <math.h>
#include <string.h>

enum { DEVICE = AXIS_COUNT, CHOICES };

static int choices(const struct sweep *s, int axis)
{
    return axis == DEVICE ? s->n_devices : s->axes[axis].n;
}

long combination_count(const struct sweep *s, long max)
{
    long total = 1;
    for (int a = 0; a < CHOICES && total <= max; a++)
        total *= choices(s, a);
    return total;
}

struct combination combination_at(const struct sweep *s, long i)
{
    struct combination c;
    for (int a = CHOICES - 1; a >= 0; a--) {
        const int n = choices(s, a);
        c.at[a] = n > 1 ? (int)(i % n) : 0; /* most axes have one value, and a division takes long */
        i = n > 1 ? i / n : i;
    }
    return c;
}

struct axis_value combination_value(const struct sweep *s, const struct combination *c, enum axis_id a,
                                    const struct point *p)
{
    struct axis_value v = s->axes[a].values[c->at[a]];
    if (isnan(v.number))
        v.number = axis_default(p, a);
    return v;
}

static void set_axis(const struct sweep *s, const struct combination *c, enum axis_id a, struct point *p)
{
    const struct axis_value *v = &s->axes[a].values[c->at[a]];
    if (isnan(v->number))
        axis_set(p, a, &(struct axis_value){.number = axis_default(p, a)});
    else
        axis_set(p, a, v);
}

void combination_point(const struct sweep *s, const struct combination *c, struct point *p)
{
    static const enum axis_id first[] = {AXIS_NETWORK, AXIS_MODE}; /* some defaults of the others follow from them */
    memset(p, 0, sizeof *p);
    p->dataset = s->dataset;
    p->loaded = s->load[0] != '\0' ? s->load : NULL;
    p->load_order = s->load_order[0] != '\0' ? s->load_order : NULL;
    memcpy(p->loaded_digest, s->load_digest, sizeof p->loaded_digest);
    p->device = s->devices[c->at[DEVICE]];
    for (int k = 0; k < 2; k++)
        set_axis(s, c, first[k], p);
    for (int a = 0; a < AXIS_COUNT; a++)
        set_axis(s, c, (enum axis_id)a, p);
    p->hardware.engine = p->code.scheme == SCHEME_FLOAT ? NULL : engine_at(p->wish.engine);
}

/* set_formats: the format of each layer, where the sweep gives any axis as one for each. */
static enum status set_formats(const struct sweep *s, const struct combination *c, struct point *p, struct errmsg *e)
{
    static const enum axis_id axes[3] = {AXIS_FRAC_BITS, AXIS_DELTA_BITS, AXIS_DELTA_OFFSET};
    struct axis_value v[3];
    int n = 0;
    for (int k = 0; k < 3; k++) {
        v[k] = combination_value(s, c, axes[k], p);
        if (!axis_used(p, axes[k]))
            v[k].n_layers = 0;
        if (v[k].n_layers > 0 && v[k].n_layers != p->shape.n_layers) {
            char text[AXIS_TEXT_BYTES];
            axis_text(axes[k], &v[k], text);
            return fail(e, STATUS_INPUT, "%s is %s, for %d layer%s, but the network has %d", axis_at(axes[k])->name,
                        text, v[k].n_layers, v[k].n_layers == 1 ? "" : "s", p->shape.n_layers);
        }
        n = v[k].n_layers > 0 ? v[k].n_layers : n;
    }
    p->code.n_formats = n;
    for (int l = 0; l < n; l++) {
        int number[3];
        for (int k = 0; k < 3; k++)
            number[k] = v[k].n_layers > 0 ? v[k].layers[l] : (int)v[k].number;
        p->code.formats[l] = (struct layer_format){number[0], number[1], number[2]};
    }
    /* Those of the whole code are the activations', which need a sign. */
    if (v[0].n_layers > 0 && p->code.frac_bits >= p->code.weight_bits)
        p->code.frac_bits = p->code.weight_bits - 1;
    return STATUS_OK;
}

enum status combination_whole(const struct sweep *s, const struct combination *c, struct point *p, struct errmsg *why)
{
    combination_point(s, c, p);
    enum status st = set_formats(s, c, p, why);
    code_canonical(&p->code);
    if (st == STATUS_OK)
        st = code_check(&p->code, why);
    if (st == STATUS_OK)
        st = point_make_hardware(p, why);
    if (st != STATUS_OK)
        return st;
    p->weights = topology_weights(&p->shape);
    p->weight_storage_bits = network_storage_bits(&p->code, &p->shape);
    return STATUS_OK;
}

/* is_near: whether a point of a becomes that of b where only those axes are set that differ: those of training, which
 * neither formats nor hardware depend on, but for the mode, which defaults follow from. */
static bool is_near(const struct combination *a, const struct combination *b)
{
    for (int i = 0; i < CHOICES; i++)
        if (a->at[i] != b->at[i] &&
            (i == DEVICE || i == AXIS_MODE || axis_at((enum axis_id)i)->group != GROUP_TRAINING))
            return false;
    return true;
}

enum status combination_make(const struct sweep *s, long i, struct made_point *m, struct errmsg *why)
{
    const struct combination c = combination_at(s, i);
    enum status st = STATUS_OK;
    if (m->number >= 0 && is_near(&m->of, &c)) {
        for (int a = 0; a < AXIS_COUNT; a++)
            if (m->of.at[a] != c.at[a])
                set_axis(s, &c, (enum axis_id)a, &m->point);
        m->point.training[0] = '\0'; /* that was the name of another training */
    } else {
        st = combination_whole(s, &c, &m->point, why);
    }
    m->of = c;
    m->number = st == STATUS_OK ? i : -1;
    return st;
}
