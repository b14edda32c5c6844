#include "base/input.h"
#include "base/say.h"
#include "db/record.h"
#include "explorer/cli/cli.h"
#include "explorer/report/points_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct option_row options[] = {
    {OPERAND, "FILE.csv", NULL, "the points; examples/published.csv has those of the paper and others", NULL},
    {'r', "replace", NULL, "forget all published points that are recorded, and keep those of the file alone", NULL},
    {.id = OPTION_DB},
    {.id = OPTION_LOCK_TIMEOUT},
    {0},
};

static const struct exit_meaning exits[] = {
    {0, "good"},
    {2, "wrong usage, or the file or the database cannot be read or written"},
    {3, "the file is wrong; nothing of it was recorded"},
    {0, NULL},
};

/* values_of: all that the table says, one value after the other; *out is the caller's (free), texts are the table's. */
static enum status values_of(const struct table *t, struct published_value **out, int *n, struct errmsg *e)
{
    const int name = table_column(t, "name"), source = table_column(t, "source");
    *n = 0;
    *out = malloc((size_t)t->n_rows * (size_t)t->n_columns * sizeof **out + 1);
    if (*out == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory for %d points", t->n_rows);
    for (int i = 0; i < t->n_rows; i++)
        for (int k = 0; k < t->n_columns; k++) {
            const struct cell *c = table_cell(t, i, k);
            if (k == name || k == source || c->type == CELL_NULL)
                continue;
            (*out)[(*n)++] = (struct published_value){.source = table_cell(t, i, source)->text,
                                                      .name = table_cell(t, i, name)->text,
                                                      .column = t->names[k],
                                                      .text = c->text,
                                                      .number = c->real};
        }
    return STATUS_OK;
}

static enum status record(const struct shared_options *asked, const struct table *t, bool replace_all, struct errmsg *e)
{
    struct published_value *values = NULL;
    struct store *store = NULL;
    const struct store_wait wait = options_wait(asked);
    int n = 0;
    enum status s = values_of(t, &values, &n, e);
    if (s == STATUS_OK && (s = store_open(asked->db, &wait, &store, e)) == STATUS_OK)
        s = record_published(store, values, n, replace_all, e);
    store_close(store);
    free(values);
    return s;
}

static enum status run(int argc, char **argv, struct errmsg *e)
{
    struct shared_options asked = {.db = DEFAULT_DATABASE};
    struct table *t = NULL;
    char *text = NULL;
    size_t n_bytes = 0;
    bool replace_all = false;
    int v;

    while ((v = options_next(argc, argv, options, &asked, e)) != OPTIONS_END) {
        if (v == OPTIONS_BAD)
            return STATUS_USAGE;
        replace_all = true;
    }
    if (argc - optind != 1)
        return fail(e, STATUS_USAGE, "import-points takes one file (see `deltasweep import-points --help`)");
    enum status s = input_read(argv[optind], INPUT_POINTS, &text, &n_bytes, e);
    if (s == STATUS_OK)
        s = points_parse(text, n_bytes, argv[optind], &t, e);
    if (s == STATUS_OK)
        s = record(&asked, t, replace_all, e);
    if (s == STATUS_OK)
        say(stderr, "%s: %d point%s recorded in %s; `plot --published` draws them, the view `published` has them\n",
            argv[optind], t->n_rows, t->n_rows == 1 ? "" : "s", asked.db);
    table_free(t);
    free(text);
    return s;
}

const struct command command_import_points = {
    .name = "import-points",
    .summary = "points that others published, for plots and queries",
    .usage = "FILE.csv [--replace] [--db FILE]",
    .about = "Records points that others published, so that `plot --published` draws them beside one's own and `query` "
             "finds "
             "them in the view `published`. The first line of the file names its columns: `name` and `source`, then "
             "any axes and "
             "results of `deltasweep help columns`, and `note`. Figures are in the units of these columns: an accuracy "
             "is a fraction of 1. An empty field means that it was not published. A point that is recorded already, by "
             "the same name and source, is replaced.",
    .options = options,
    .examples = "deltasweep import-points examples/published.csv\n"
                "deltasweep query \"SELECT name, lut, fmax_mhz, source FROM published WHERE device = 'xc7s15'\"",
    .exits = exits,
    .run = run,
};
