#include "explorer/sweep/sweep.h"

#include "base/input.h"

#include "explorer/sweep/keys.h"
#include "explorer/sweep/search_keys.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum status sweep_wrong(const struct sweep *s)
{
    return s->command_line ? STATUS_USAGE : STATUS_INPUT;
}

void sweep_free(struct sweep *s)
{
    if (s == NULL)
        return;
    for (int a = 0; a < AXIS_COUNT; a++)
        values_free(&s->axes[a]);
    free(s->seeds);
    free(s->where);
    search_wish_free(s->search);
    free(s->file);
    free(s->text);
    free(s);
}

/* sweep_new: all defaults; of axes those that have one value. */
static enum status sweep_new(const char *file, const char *text, size_t bytes, struct sweep **out, struct errmsg *e)
{
    enum status st = STATUS_OK;
    struct sweep *s = *out = calloc(1, sizeof *s);
    if (s == NULL || (s->seeds = calloc(1, sizeof *s->seeds)) == NULL || (s->text = strndup(text, bytes)) == NULL ||
        (s->file = strdup(file)) == NULL)
        return fail(e, STATUS_ENVIRONMENT, "%s: out of memory", file);
    s->n_seeds = 1;
    snprintf(s->dataset, sizeof s->dataset, "fashion-mnist");
    s->devices[s->n_devices++] = device_find("xc7s15");
    for (int a = 0; a < AXIS_COUNT && st == STATUS_OK; a++)
        if (axis_at((enum axis_id)a)->kind != AXIS_NETWORKS)
            st = values_add(&s->axes[a], (struct axis_value){.number = axis_at((enum axis_id)a)->fallback}, e);
    return st;
}

enum status sweep_parse(const char *text, size_t bytes, const char *file, struct sweep **out, struct errmsg *e)
{
    struct node *root = NULL;
    struct sweep *s = NULL;
    *out = NULL;
    enum status st = yaml_read(text, bytes, file, &root, e);
    if (st == STATUS_OK && root == NULL)
        st = fail(e, STATUS_INPUT, "%s: the file is empty; `name` and `network` are needed (see examples/demo.yaml)",
                  file);
    if (st == STATUS_OK)
        st = sweep_new(file, text, bytes, &s, e);
    if (st == STATUS_OK)
        st = keys_read(s, root, e);
    yaml_node_free(root);
    if (st != STATUS_OK)
        sweep_free(s);
    else
        *out = s;
    return st;
}

enum status sweep_expand(struct sweep *s, struct errmsg *e)
{
    for (int a = 0; a < AXIS_COUNT; a++) {
        struct errmsg why = {""};
        const enum status st = values_expand((enum axis_id)a, &s->axes[a], &why);
        if (st != STATUS_OK)
            return fail(e, st == STATUS_INPUT ? sweep_wrong(s) : st, "%s: %s: %s", s->file,
                        axis_at((enum axis_id)a)->name, why.text);
    }
    return STATUS_OK;
}

enum status sweep_load(const char *path, struct sweep **out, struct errmsg *e)
{
    struct stat info;
    char *text = NULL;
    size_t bytes = 0;

    *out = NULL;
    if (stat(path, &info) == 0 && S_ISDIR(info.st_mode))
        return fail(e, STATUS_INPUT, "%s is a folder: name a sweep file (see examples/demo.yaml)", path);
    if (access(path, R_OK) != 0)
        return fail_errno(e, errno == ENOENT || errno == ENOTDIR ? STATUS_MISSING : STATUS_ENVIRONMENT, "cannot read the "
                          "sweep file %s", path);
    enum status st = input_read(path, INPUT_SWEEP, &text, &bytes, e);
    if (st == STATUS_OK)
        st = sweep_parse(text, bytes, path, out, e);
    free(text);
    return st;
}

/* ---------------------------------------------------------------------- command lines */

enum status sweep_of_command(const char *name, struct sweep **out, struct errmsg *e)
{
    struct sweep *s = NULL;
    const enum status st = sweep_new("the options", "", 0, &s, e);
    *out = NULL;
    if (st != STATUS_OK || s == NULL) {
        sweep_free(s);
        return st;
    }
    s->command_line = true;
    snprintf(s->name, sizeof s->name, "%s", name);
    *out = s;
    return STATUS_OK;
}

enum status sweep_command_check(struct sweep *s, struct errmsg *e)
{
    return keys_check(s, NULL, e);
}

bool sweep_is_single(const struct sweep *s)
{
    bool single = s->n_seeds == 1 && s->n_devices == 1;
    for (int a = 0; a < AXIS_COUNT; a++)
        single = single && s->axes[a].n == 1;
    return single;
}
