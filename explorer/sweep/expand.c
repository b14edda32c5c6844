#include "explorer/sweep/expand.h"

#include "base/intern.h"
#include "base/stop.h"
#include "explorer/sweep/combination.h"
#include "explorer/sweep/points.h"
#include "explorer/sweep/where.h"

#include <stdio.h>
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

/* keep_names: p is the point of the database that s was made from, or trains the same: it keeps the names of the row. */
static void keep_names(const struct sweep *s, struct point *p)
{
    char training[POINT_NAME_BYTES];
    point_training_name(p, training);
    if (strcmp(p->digest, s->computed.digest) == 0)
        snprintf(p->digest, sizeof p->digest, "%s", s->recorded.digest);
    if (strcmp(training, s->computed.training) == 0)
        snprintf(p->training, sizeof p->training, "%s", s->recorded.training);
}

/* make_point: collapses c to a point; refuses what makes no sense. */
static enum status make_point(const struct sweep *s, const struct combination *c, struct point *p, struct errmsg *e)
{
    struct errmsg why = {""};
    if (combination_whole(s, c, p, &why) != STATUS_OK)
        return expand_refuse(s, p, why.text, e);
    point_digest(p);
    if (s->computed.digest[0] != '\0')
        keep_names(s, p);
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
