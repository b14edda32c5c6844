#include "explorer/sweep/expand.h"

#include "base/intern.h"
#include "base/stop.h"
#include "explorer/sweep/combination.h"
#include "explorer/sweep/points.h"
#include "explorer/sweep/where.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* make_point: collapses combination i to the point *m; refuses what makes no sense. digest: the point's, if it is
 * known. */
static enum status make_point(const struct sweep *s, int i, const char *digest, struct made_point *m, struct errmsg *e)
{
    struct errmsg why = {""};
    struct point *p = &m->point;
    const bool recorded = s->computed.digest[0] != '\0';
    if (combination_make(s, i, m, &why) != STATUS_OK)
        return expand_refuse(s, p, why.text, e);
    if (digest != NULL && !recorded) {
        memcpy(p->digest, digest, sizeof p->digest);
        return STATUS_OK;
    }
    point_digest(p);
    if (recorded)
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

/* --------------------------------------------------------------------------- the list */

static enum status points_new(const struct sweep *s, struct points **out, struct errmsg *e)
{
    struct points *p = *out = calloc(1, sizeof *p);
    if (p == NULL)
        return no_memory(e);
    p->sweep = s;
    p->seen = points_seen_new();
    p->made = calloc(1, sizeof *p->made);
    if (p->seen == NULL || p->made == NULL) {
        points_free(p);
        *out = NULL;
        return no_memory(e);
    }
    p->made->number = -1;
    return STATUS_OK;
}

void points_free(struct points *p)
{
    if (p == NULL)
        return;
    free(p->places);
    free(p->given);
    free(p->seen);
    free(p->made);
    free(p);
}

enum status points_given(const struct sweep *s, struct point *given, int n, struct points **out, struct errmsg *e)
{
    const enum status st = points_new(s, out, e);
    if (*out == NULL) {
        free(given);
        return st;
    }
    (*out)->given = given;
    (*out)->n = n;
    for (int i = 0; i < n; i++)
        points_see((*out)->seen, &given[i]);
    return STATUS_OK;
}

const struct point *points_at(const struct points *p, int i)
{
    struct errmsg none;
    if (p->given != NULL)
        return &p->given[i];
    if (p->made->number != p->places[i].combination)
        make_point(p->sweep, p->places[i].combination, p->places[i].digest, p->made, &none);
    return &p->made->point;
}

const char *points_digest(const struct points *p, int i)
{
    return p->given != NULL ? p->given[i].digest : p->places[i].digest;
}

void points_keep(struct points *p, const int *numbers)
{
    int kept = 0;
    for (int i = 0; i < p->n; i++) {
        if (numbers[i] < 0)
            continue;
        if (p->given != NULL)
            p->given[kept++] = p->given[i];
        else
            p->places[kept++] = p->places[i];
    }
    p->n = kept;
}

/* ------------------------------------------------------------------------- expansion */

/* What expand_sweep needs while it works. */
struct collection {
    struct points *points;
    int room;
    struct intern digests;
};

enum { DIGEST_PART = 32 }; /* hexadecimal digits: 128 bits tell points apart */

/* collect: p, of combination i, unless it is there already: combinations that have become equal are one point. */
static enum status collect(struct collection *c, int i, const struct point *p, struct errmsg *e)
{
    struct points *all = c->points;
    bool fresh = false;
    if (intern_add(&c->digests, p->digest, &fresh) < 0)
        return no_memory(e);
    if (!fresh)
        return STATUS_OK;
    if (all->n == c->room) {
        const int room = c->room == 0 ? 64 : 2 * c->room;
        struct point_place *grown = realloc(all->places, (size_t)room * sizeof *grown);
        if (grown == NULL)
            return no_memory(e);
        all->places = grown;
        c->room = room;
    }
    all->places[all->n].combination = i;
    memcpy(all->places[all->n++].digest, p->digest, sizeof p->digest);
    points_see(all->seen, p);
    return STATUS_OK;
}

static enum status collect_all(const struct sweep *s, int total, struct collection *c, struct errmsg *e)
{
    enum status st = STATUS_OK;
    unsigned char *keep = malloc((size_t)total);
    if (keep == NULL)
        return no_memory(e);
    memset(keep, s->where == NULL, (size_t)total);
    if (s->where != NULL)
        st = where_keep(s, total, keep, e);
    struct made_point *m = c->points->made;
    for (int i = 0; i < total && st == STATUS_OK; i++)
        if ((st = stop_check(e)) == STATUS_OK && keep[i] && (st = make_point(s, i, NULL, m, e)) == STATUS_OK)
            st = collect(c, i, &m->point, e);
    free(keep);
    return st;
}

enum status expand_sweep(const struct sweep *s, struct points **out, struct errmsg *e)
{
    struct collection c = {0};
    const long total = combination_count(s, POINTS_MOST);
    *out = NULL;
    if (total > POINTS_MOST)
        return fail(e, sweep_wrong(s), "%s: more than %d combinations of axis values: split the sweep", s->file,
                    POINTS_MOST);
    enum status st = points_new(s, &c.points, e);
    if (st != STATUS_OK)
        return st;
    intern_init(&c.digests, DIGEST_PART);
    st = collect_all(s, (int)total, &c, e);
    if (st == STATUS_OK && c.points->n == 0)
        st = fail(e, sweep_wrong(s), "%s: where: no combination of the axes satisfies `%.200s`", s->file, s->where);
    intern_free(&c.digests);
    if (st != STATUS_OK)
        points_free(c.points);
    else
        *out = c.points;
    return st;
}
