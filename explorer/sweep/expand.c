#include "explorer/sweep/expand.h"

#include "base/intern.h"
#include "base/stop.h"
#include "explorer/sweep/combination.h"
#include "explorer/sweep/points.h"
#include "explorer/sweep/where.h"

#include <stdlib.h>
#include <string.h>

/* The points so far, and the digests of all of them. */
struct collection {
    struct point *points;
    int n, room;
    struct intern seen;
};

static enum status no_memory(struct errmsg *e)
{
    return fail(e, STATUS_ENVIRONMENT, "out of memory for the points");
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
            return fail(e, STATUS_INPUT, "%s is %s, for %d layers, but the network has %d", axis_at(axes[k])->name,
                        text, v[k].n_layers, p->shape.n_layers);
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

/* make_point: collapses c to a point; refuses what makes no sense. */
static enum status make_point(const struct sweep *s, const struct combination *c, struct point *p, struct errmsg *e)
{
    struct errmsg why = {""};
    combination_point(s, c, p);
    enum status st = set_formats(s, c, p, &why);
    code_canonical(&p->code);
    if (st == STATUS_OK)
        st = code_check(&p->code, &why);
    if (st == STATUS_OK)
        st = point_make_hardware(p, &why);
    if (st != STATUS_OK)
        return expand_refuse(s, p, why.text, e);
    p->weights = topology_weights(&p->shape);
    p->weight_storage_bits = network_storage_bits(&p->code, &p->shape);
    point_digest(p);
    return STATUS_OK;
}

enum status expand_refuse(const struct sweep *s, const struct point *p, const char *why, struct errmsg *e)
{
    char text[POINT_TEXT_BYTES];
    point_text(p, text);
    return fail(e, sweep_wrong(s), "%s: the point %s makes no sense: %s%s", s->file, text, why,
                s->command_line ? "" : " (change the axis, or drop such points with `where: \"…\"`)");
}

/* collect: p, unless it is there already: combinations that have become equal are one point. */
static enum status collect(const struct sweep *s, struct collection *c, const struct point *p, struct errmsg *e)
{
    bool fresh = false;
    if (intern_add(&c->seen, p->digest, &fresh) < 0)
        return no_memory(e);
    if (!fresh)
        return STATUS_OK;
    if (c->n == SWEEP_MAX_POINTS)
        return fail(e, sweep_wrong(s), "%s: more than %d points: split the sweep", s->file, SWEEP_MAX_POINTS);
    if (c->n == c->room) {
        const int room = c->room == 0 ? 64 : 2 * c->room;
        struct point *grown = realloc(c->points, (size_t)room * sizeof *grown);
        if (grown == NULL)
            return no_memory(e);
        c->points = grown;
        c->room = room;
    }
    c->points[c->n++] = *p;
    return STATUS_OK;
}

static enum status collect_all(const struct sweep *s, long total, struct collection *c, struct errmsg *e)
{
    enum status st = STATUS_OK;
    unsigned char *keep = malloc((size_t)total);
    if (keep == NULL)
        return no_memory(e);
    memset(keep, s->where == NULL, (size_t)total);
    if (s->where != NULL)
        st = where_keep(s, total, keep, e);
    for (long i = 0; i < total && st == STATUS_OK; i++) {
        const struct combination at = combination_at(s, i);
        struct point p;
        if ((st = stop_check(e)) == STATUS_OK && keep[i] && (st = make_point(s, &at, &p, e)) == STATUS_OK)
            st = collect(s, c, &p, e);
    }
    free(keep);
    return st;
}

enum status expand_sweep(const struct sweep *s, struct point **points, int *n, struct errmsg *e)
{
    struct collection c = {0};
    const long total = combination_count(s, SWEEP_MAX_COMBINATIONS);
    *points = NULL;
    *n = 0;
    if (total > SWEEP_MAX_COMBINATIONS)
        return fail(e, sweep_wrong(s), "%s: more than %d combinations of axis values: split the sweep", s->file,
                    SWEEP_MAX_COMBINATIONS);
    intern_init(&c.seen, DIGEST_HEX_BYTES);
    enum status st = collect_all(s, total, &c, e);
    if (st == STATUS_OK && c.n == 0)
        st = fail(e, sweep_wrong(s), "%s: where: no combination of the axes satisfies `%.200s`", s->file, s->where);
    intern_free(&c.seen);
    if (st != STATUS_OK) {
        free(c.points);
        return st;
    }
    *points = c.points;
    *n = c.n;
    return STATUS_OK;
}
