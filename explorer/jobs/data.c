#include "explorer/jobs/data.h"

#include "explorer/sweep/expand.h"
#include "models/nn/io/network_file.h"

#include <string.h>

/* check_shape: whether the network takes the images of the data set and has an output for each of its classes. */
static enum status check_shape(const struct plan *p, const struct topology *t, struct errmsg *e)
{
    const struct sweep *s = p->sweep;
    const struct dataset *d = p->data;
    const enum status wrong = s->command_line ? STATUS_USAGE : STATUS_INPUT;
    if (!topology_is_chain(t) && (t->height != d->height || t->width != d->width || t->channels != d->channels))
        return fail(e, wrong, "%s: network: its images are %dx%dx%d, but those of %s are %dx%dx%d (height, width, "
                    "channels)", s->file, t->height, t->width, t->channels, s->dataset, d->height, d->width,
                    d->channels);
    if (t->sizes[0] != d->features)
        return fail(e, wrong, "%s: network: its first layer has %d inputs, but %s has %d features (pixels, columns)",
                    s->file, t->sizes[0], s->dataset, d->features);
    if (t->sizes[t->n_layers] < d->classes)
        return fail(e, wrong, "%s: network: its last layer has %d outputs, but %s has %d classes", s->file,
                    t->sizes[t->n_layers], s->dataset, d->classes);
    return STATUS_OK;
}

/* load_start: the file that the point's training begins with; *start is kept from point to point, as most have the same
 * topology. */
static enum status load_start(const struct plan *p, const struct point *at, struct network **start, struct errmsg *e)
{
    static const struct code any = {.scheme = SCHEME_FLOAT};
    struct errmsg why = {""};
    if (at->loaded == NULL || (*start != NULL && memcmp(&(*start)->shape, &at->shape, sizeof at->shape) == 0))
        return STATUS_OK;
    network_free(*start);
    const enum status st = network_file_load(at->loaded, &at->shape, &any, start, &why);
    return st == STATUS_OK ? st : fail(e, st, "%s: load: %s", p->sweep->file, why.text);
}

enum status data_load(struct plan *p, struct errmsg *e)
{
    struct network *start = NULL;
    enum status st = dataset_load(p->sweep->dataset, &p->data, e);
    for (int i = 0; i < p->n_points && st == STATUS_OK; i++) {
        const struct point *at = &p->points[i].point;
        struct errmsg why = {""};
        if ((st = check_shape(p, &at->shape, e)) != STATUS_OK || (st = load_start(p, at, &start, e)) != STATUS_OK)
            break;
        const struct train_request q = {
            .data = p->data, .shape = &at->shape, .code = &at->code, .config = &at->train, .start = start};
        if (train_check(&q, &why) != STATUS_OK)
            st = expand_refuse(p->sweep, at, why.text, e);
    }
    network_free(start);
    return st;
}
