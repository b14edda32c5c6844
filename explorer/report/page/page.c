#include "explorer/report/page/page.h"

#include "base/clock.h"
#include "base/version.h"
#include "db/columns.h"
#include "explorer/report/page/page_parts.h"
#include "explorer/report/query.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What is read beside the designs. Of training and seed: only that of the designs that the page shows. */
enum part { DESIGNS, TRAININGS, CURVES, SWEEPS, ROUNDS, MADE, FAILED, PARTS };
static const struct {
    const char *name, *sql;
    bool of_training;
} parts[PARTS] = {
    [DESIGNS] = {"designs", NULL, false},
    [TRAININGS] = {"trainings", "SELECT training, seed%s FROM trainings",
                   true}, /* and what differs from seed to seed */
    [CURVES] = {"curves",
                "SELECT j.training, j.seed, e.epoch, e.loss, e.train_accuracy, e.validation_accuracy, e.test_accuracy "
                "FROM training_jobs j JOIN epochs e ON e.job = j.job ORDER BY j.run, e.epoch",
                true},
    [SWEEPS] = {"sweeps", "SELECT name, file, created, updated, content FROM sweeps ORDER BY id", false},
    [ROUNDS] = {"rounds",
                "SELECT q.id AS search, s.name || ', ' || q.method || ', seed ' || q.seed AS title, q.objectives, "
                "r.round, r.points, r.trainings, r.hours, r.front, r.hypervolume FROM search_rounds r "
                "JOIN searches q ON q.id = r.search JOIN sweeps s ON s.id = q.sweep ORDER BY q.id, r.round",
                false},
    [MADE] = {"made",
              "SELECT kind, count(*) AS jobs, sum(seconds) AS seconds, git_revision, tools, "
              "substr(rtl_digest, 1, 12) AS rtl, host, min(finished) AS first, max(finished) AS last FROM jobs "
              "WHERE state = 'done' GROUP BY kind, git_revision, tools, rtl_digest, host ORDER BY kind, first",
              false},
    [FAILED] = {"failed",
                "SELECT kind, label, message, finished FROM jobs WHERE state = 'failed' ORDER BY finished LIMIT 200",
                false},
};

/* A sorted list of texts that belong to a table. */
struct names {
    const char **text;
    int n;
};

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static enum status names_of(const struct table *t, const char *column, struct names *out, struct errmsg *e)
{
    const int c = table_column(t, column);
    *out = (struct names){.text = malloc((size_t)t->n_rows * sizeof *out->text + 1)};
    if (out->text == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory for %d rows of the page", t->n_rows);
    for (int i = 0; i < t->n_rows && c >= 0; i++)
        if (table_cell(t, i, c)->type == CELL_TEXT)
            out->text[out->n++] = table_cell(t, i, c)->text;
    qsort(out->text, (size_t)out->n, sizeof *out->text, compare_names);
    return STATUS_OK;
}

/* put_part: of a table of trainings, the rows of those that the designs have. */
static enum status put_part(enum part part, const struct table *t, const struct names *trainings, struct json *j,
                            struct errmsg *e)
{
    if (!parts[part].of_training)
        return page_put_table(t, NULL, t->n_rows, parts[part].name, j, e);
    const int column = table_column(t, "training");
    int n = 0, *rows = malloc((size_t)t->n_rows * sizeof *rows + 1);
    if (rows == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory for %d rows of the page", t->n_rows);
    for (int i = 0; i < t->n_rows; i++) {
        const char *name = table_cell(t, i, column)->text;
        if (name != NULL && bsearch(&name, trainings->text, (size_t)trainings->n, sizeof name, compare_names) != NULL)
            rows[n++] = i;
    }
    const enum status s = page_put_table(t, rows, n, parts[part].name, j, e);
    free(rows);
    return s;
}

/* As those of `deltasweep pareto`; of the figure the first is the horizontal axis. */
const char *const page_objectives[] = {"weight_storage_bits", "test_accuracy", NULL};

/* put_roles: the columns that the page treats in a way of their own; it knows none by its name. */
static void put_roles(struct json *j)
{
    json_put_open(j, "roles", '{', true);
    json_put_text(j, "point", "point");
    json_put_text(j, "training", "training");
    json_put_text(j, "task", "dataset"); /* figures of two data sets are not compared */
    json_put_text(j, "device", "device");
    json_put_text(j, "seed", "seed");
    json_put_text(j, "seeds", "n");
    json_put_text(j, "epoch", "epoch");
    json_put_text(j, "sweeps", "sweeps");
    json_put_text(j, "fits", "fits");
    json_put_text(j, "binds", "binding_resource");
    json_put_close(j);
    json_put_open(j, "objectives", '[', true);
    for (int k = 0; page_objectives[k] != NULL; k++)
        json_put_text(j, NULL, page_objectives[k]);
    json_put_close(j);
}

static void put_about(const struct page_request *r, struct json *j)
{
    char now[CLOCK_ISO_BYTES], host[256] = "";
    clock_iso(clock_wall_s(), now);
    gethostname(host, sizeof host - 1);
    json_put_open(j, "about", '{', true);
    json_put_text(j, "database", r->database);
    json_put_text(j, "sweep", r->sweep);
    json_put_text(j, "where", r->where);
    json_put_text(j, "made", now);
    json_put_text(j, "host", host);
    json_put_text(j, "version", version_number);
    json_put_text(j, "revision", version_revision);
    json_put_close(j);
}

static enum status put_data(struct table *const t[PARTS], const struct page_request *r, FILE *f, struct errmsg *e)
{
    struct json j;
    struct names trainings = {NULL, 0};
    enum status s = names_of(t[DESIGNS], "training", &trainings, e);
    json_put_begin(&j, f);
    json_put_open(&j, NULL, '{', false);
    put_about(r, &j);
    put_roles(&j);
    json_put_open(&j, "columns", '{', false);
    page_put_columns(t[DESIGNS], &j);
    json_put_close(&j);
    json_put_open(&j, "columns_of_seeds", '{', false);
    page_put_columns(t[TRAININGS], &j);
    json_put_close(&j);
    json_put_open(&j, "columns_of_epochs", '{', false);
    page_put_columns(t[CURVES], &j);
    json_put_close(&j);
    json_put_open(&j, "columns_of_rounds", '{', false);
    page_put_columns(t[ROUNDS], &j);
    json_put_close(&j);
    if (s == STATUS_OK)
        s = page_put_budgets(t[DESIGNS], &j, e);
    if (s == STATUS_OK)
        s = page_put_importance(t[DESIGNS], &j, e);
    for (int i = 0; i < PARTS && s == STATUS_OK; i++)
        s = put_part((enum part)i, t[i], &trainings, &j, e);
    if (s == STATUS_OK)
        json_put_close(&j);
    free(trainings.text);
    return s;
}

/* of_seeds: the columns of a training that differ from seed to seed, for a SELECT; sqlite3_free. */
static char *of_seeds(void)
{
    sqlite3_str *out = sqlite3_str_new(NULL);
    int n;
    const struct view_column *c = column_list(&n);
    for (int i = 0; i < n; i++)
        if (c[i].seeds == SEEDS_MEAN && column_of_training(&c[i]))
            sqlite3_str_appendf(out, ", %s", c[i].name);
    return sqlite3_str_finish(out);
}

static enum status read_part(sqlite3 *db, const char *sql, struct table **t, struct errmsg *e)
{
    char *columns = of_seeds(), *whole = columns != NULL ? sqlite3_mprintf(sql, columns) : NULL;
    const enum status s =
        whole != NULL ? query_table(db, whole, t, e) : fail(e, STATUS_ENVIRONMENT, "out of memory for a query");
    sqlite3_free(whole);
    sqlite3_free(columns);
    return s;
}

static enum status read_parts(sqlite3 *db, const struct page_request *r, struct table *t[PARTS], struct errmsg *e)
{
    enum status s = query_rows_of(db, "designs", r->sweep, r->where, &t[DESIGNS], e);
    if (s == STATUS_OK && t[DESIGNS]->n_rows == 0)
        s = fail(e, STATUS_VERDICT, "there is no design to show%s", r->where != NULL ? ": --where holds for none" : "");
    for (int i = DESIGNS + 1; i < PARTS && s == STATUS_OK; i++)
        s = read_part(db, parts[i].sql, &t[i], e);
    return s;
}

/* put_harmless: JSON as the content of a script element. `<` begins what would end it, and comes in texts alone. */
static void put_harmless(const char *json, size_t n_bytes, FILE *f)
{
    for (const char *end = json + n_bytes; json < end;) {
        const char *hit = memchr(json, '<', (size_t)(end - json));
        fwrite(json, 1, (size_t)((hit != NULL ? hit : end) - json), f);
        if (hit == NULL)
            return;
        fputs("\\u003c", f);
        json = hit + 1;
    }
}

/* fill_template: the data in the place of its mark. */
static enum status fill_template(const char *json, size_t n_json, char **html, size_t *n_bytes, struct errmsg *e)
{
    static const char mark[] = "@DATA@";
    const char *place = strstr(page_template, mark);
    if (place == NULL)
        return fail(e, STATUS_ENVIRONMENT, "the page of this build has no place for data: build deltasweep again");
    FILE *f = open_memstream(html, n_bytes);
    if (f == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory for the page");
    fwrite(page_template, 1, (size_t)(place - page_template), f);
    put_harmless(json, n_json, f);
    fputs(place + strlen(mark), f);
    if (fclose(f) == 0)
        return STATUS_OK;
    free(*html);
    *html = NULL;
    return fail(e, STATUS_ENVIRONMENT, "out of memory for the page");
}

enum status page_make(sqlite3 *db, const struct page_request *r, char **html, size_t *n_bytes, int *designs,
                      struct errmsg *e)
{
    struct table *t[PARTS] = {NULL};
    char *json = NULL;
    size_t n_json = 0;

    *html = NULL;
    enum status s = read_parts(db, r, t, e);
    if (s == STATUS_OK) {
        FILE *f = open_memstream(&json, &n_json);
        s = f == NULL ? fail(e, STATUS_ENVIRONMENT, "out of memory for the page") : put_data(t, r, f, e);
        if (f != NULL && fclose(f) != 0 && s == STATUS_OK)
            s = fail(e, STATUS_ENVIRONMENT, "out of memory for the page");
        *designs = t[DESIGNS]->n_rows;
    }
    for (int i = 0; i < PARTS; i++)
        table_free(t[i]);
    if (s == STATUS_OK)
        s = fill_template(json, n_json, html, n_bytes, e);
    free(json);
    return s;
}
