/* From what is asked for to the rows that have it. */
#include "explorer/report/chart_parts.h"

#include "base/text.h"
#include "explorer/report/query.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

const char *chart_asked(const struct chart_request *r, enum chart_slot slot)
{
    const char *const asked[SLOTS] = {r->x, r->y, r->color, r->shape, r->facet};
    return asked[slot];
}

const char *chart_slot_name(enum chart_slot slot)
{
    static const char *const names[SLOTS] = {"plot_x", "plot_y", "plot_color", "plot_shape", "plot_facet"};
    return names[slot];
}

static const char *skip_blanks(const char *text)
{
    while (isspace((unsigned char)*text))
        text++;
    return text;
}

static void strip(char *text)
{
    size_t n = strlen(text);
    while (n > 0 && isspace((unsigned char)text[n - 1]))
        text[--n] = '\0';
    if (n > 1 && text[0] == text[n - 1] && strchr("'\"`", text[0]) != NULL) {
        memmove(text, text + 1, n - 2);
        text[n - 2] = '\0';
    }
}

/* find_as: the last ` AS ` that no bracket and no quotation is behind or around; NULL: none. */
static const char *find_as(const char *asked)
{
    const char *hit = NULL;
    int depth = 0;
    char quote = '\0';
    for (const char *p = asked; *p != '\0'; p++) {
        if (quote != '\0')
            quote = *p == quote ? '\0' : quote;
        else if (strchr("'\"`", *p) != NULL)
            quote = *p;
        else if (*p == '(' || *p == ')')
            depth += *p == '(' ? 1 : -1;
        else if (depth == 0 && p > asked && isspace((unsigned char)p[-1]) && strncasecmp(p, "as", 2) == 0 &&
                 isspace((unsigned char)p[2]))
            hit = p;
    }
    return hit;
}

void chart_split(const char *asked, char *expression, size_t n_bytes, char title[CHART_TITLE_BYTES])
{
    asked = skip_blanks(asked);
    const char *as = find_as(asked);
    title[0] = '\0';
    if (as != NULL) {
        snprintf(title, CHART_TITLE_BYTES, "%.*s", CHART_TITLE_BYTES - 1, skip_blanks(as + 2));
        strip(title);
    }
    snprintf(expression, n_bytes, "%.*s", as != NULL ? (int)(as - asked) : (int)strlen(asked), asked);
    for (size_t n = strlen(expression); n > 0 && isspace((unsigned char)expression[n - 1]);)
        expression[--n] = '\0';
}

bool chart_is_name(const char *expression)
{
    if (!isalpha((unsigned char)*expression) && *expression != '_')
        return false;
    while (isalnum((unsigned char)*expression) || *expression == '_')
        expression++;
    return *expression == '\0';
}

bool chart_names(const char *expression, bool (*is)(const struct view_column *))
{
    for (const char *p = expression; *p != '\0';) {
        char name[CHART_TITLE_BYTES];
        int n = 0;
        while (isalnum((unsigned char)p[n]) || p[n] == '_')
            n++;
        snprintf(name, sizeof name, "%.*s", n, p);
        const struct view_column *c = column_find(name);
        if (c != NULL && is(c))
            return true;
        p += n > 0 ? n : 1;
    }
    return false;
}

/* check_rowwise: an expression has a value for each row. One that makes a single value of all rows (max(lut), count(*))
 * is refused by SQLite in a condition. */
static enum status check_rowwise(sqlite3 *db, const char *view, const char *expression, struct errmsg *e)
{
    sqlite3_stmt *s = NULL;
    char *sql = sqlite3_mprintf("SELECT 1 FROM %w WHERE (%s\n)", view, expression);
    if (sql == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory for a query");
    const bool misuse = sqlite3_prepare_v2(db, sql, -1, &s, NULL) != SQLITE_OK &&
                        strncmp(sqlite3_errmsg(db), "misuse of ", 10) == 0;
    sqlite3_finalize(s);
    sqlite3_free(sql);
    return !misuse ? STATUS_OK
                   : fail(e, STATUS_USAGE,
                          "`%s` makes one value of all rows, and a plot needs one for each: draw the column, or ask "
                          "`deltasweep query`",
                          expression);
}

/* check_all_rowwise: of the first slots. */
static enum status check_all_rowwise(sqlite3 *db, const struct chart_request *r, const char *view, int slots,
                                     struct errmsg *e)
{
    enum status s = STATUS_OK;
    for (int k = 0; k < slots && s == STATUS_OK; k++) {
        const char *asked = chart_asked(r, (enum chart_slot)k);
        char title[CHART_TITLE_BYTES], *expression = asked != NULL ? malloc(strlen(asked) + 1) : NULL;
        if (asked != NULL && expression == NULL)
            return fail(e, STATUS_ENVIRONMENT, "out of memory for an expression");
        if (expression != NULL)
            chart_split(asked, expression, strlen(asked) + 1, title);
        if (expression != NULL && !chart_is_name(expression))
            s = check_rowwise(db, view, expression, e);
        free(expression);
    }
    return s;
}

/* put_expressions: those of the slots from first on that are no names of columns, as columns. */
static void put_expressions(sqlite3_str *sql, const struct chart_request *r, int slots)
{
    for (int k = 0; k < slots; k++) {
        const char *asked = chart_asked(r, (enum chart_slot)k);
        if (asked == NULL)
            continue;
        const size_t n_bytes = strlen(asked) + 1;
        char title[CHART_TITLE_BYTES], *expression = malloc(n_bytes);
        if (expression == NULL)
            continue; /* the column is then missing, and said to be */
        chart_split(asked, expression, n_bytes, title);
        /* The new line ends a comment that the expression may end in. */
        if (!chart_is_name(expression))
            sqlite3_str_appendf(sql, ", (%s\n) AS %s", expression, chart_slot_name((enum chart_slot)k));
        free(expression);
    }
}

/* is_bound: name is `of` with _low or _high behind it. */
static bool is_bound(const char *name, const char *of)
{
    const size_t n = strlen(of);
    return strncmp(name, of, n) == 0 && (strcmp(name + n, "_low") == 0 || strcmp(name + n, "_high") == 0);
}

/* is_needed: what the request names, the bounds of the axes, and what every chart looks at: data sets and parts, what the
 * line below the title says, which training a curve is of, its other accuracy. */
static bool is_needed(const struct chart_request *r, const char *name)
{
    static const char always[] = "training,dataset,device,sweep,sweeps,n,test_accuracy_interval";
    if (text_lists(always, name) || (r->parallel != NULL && text_lists(r->parallel, name)) ||
        (r->curves && strcmp(name, "test_accuracy") == 0))
        return true;
    for (int k = 0; k < SLOTS; k++) {
        char asked[CHART_TITLE_BYTES], title[CHART_TITLE_BYTES];
        if (chart_asked(r, (enum chart_slot)k) == NULL)
            continue;
        chart_split(chart_asked(r, (enum chart_slot)k), asked, sizeof asked, title);
        if (strcmp(name, asked) == 0 || (k <= SLOT_Y && is_bound(name, asked)))
            return true;
    }
    return false;
}

/* check_names: that the view has the columns that are asked for by name. */
static enum status check_names(const struct table *all, const struct chart_request *r, struct errmsg *e)
{
    int columns[PLOT_DIMS], n = 0;
    enum status s = r->parallel != NULL ? query_columns(r->view, all, r->parallel, columns, PLOT_DIMS, &n, e) : STATUS_OK;
    for (int k = 0; k < SLOTS && s == STATUS_OK; k++) {
        char asked[CHART_TITLE_BYTES], title[CHART_TITLE_BYTES];
        if (chart_asked(r, (enum chart_slot)k) == NULL)
            continue;
        chart_split(chart_asked(r, (enum chart_slot)k), asked, sizeof asked, title);
        if (chart_is_name(asked))
            s = query_column(r->view, all, asked, columns, e);
    }
    return s;
}

/* list_columns: the columns of a SELECT, sqlite3_free: those that are needed, or all. A million rows of all would take
 * gigabytes. */
static enum status list_columns(sqlite3 *db, const struct chart_request *r, const char *view, int slots, bool all,
                                char **out, struct errmsg *e)
{
    struct table *t = NULL;
    enum status s = query_rows(db, view, "0", &t, e);
    if (s == STATUS_OK && !all)
        s = check_names(t, r, e);
    if (s == STATUS_OK) {
        sqlite3_str *list = sqlite3_str_new(NULL);
        for (int i = 0; i < t->n_columns; i++)
            if (all || is_needed(r, t->names[i]))
                sqlite3_str_appendf(list, "%s\"%w\"", sqlite3_str_length(list) > 0 ? ", " : "", t->names[i]);
        put_expressions(list, r, slots);
        *out = sqlite3_str_finish(list);
        s = *out != NULL ? STATUS_OK : fail(e, STATUS_ENVIRONMENT, "out of memory for a query");
    }
    table_free(t);
    return s;
}

/* select_rows: the columns that the chart needs, and the expressions; of the published points all, of every source. */
static enum status select_rows(sqlite3 *db, const struct chart_request *r, const char *view, int slots, bool all,
                               struct table **out, struct errmsg *e)
{
    char *columns = NULL;
    *out = NULL;
    enum status s = check_all_rowwise(db, r, view, slots, e);
    if (s == STATUS_OK && (s = list_columns(db, r, view, slots, all, &columns, e)) == STATUS_OK)
        s = query_select(db, columns, view, all ? NULL : r->sweep, all ? NULL : r->where, out, e);
    sqlite3_free(columns);
    return s;
}

/* check_made: a file of an older version, which was only read since, lacks the view. */
static enum status check_made(sqlite3 *db, const char *view, struct errmsg *e)
{
    struct table *t = NULL;
    char sql[128];
    snprintf(sql, sizeof sql, "SELECT name FROM sqlite_schema WHERE type = 'view' AND name = '%s'", view);
    enum status s = query_table(db, sql, &t, e);
    if (s == STATUS_OK && t->n_rows == 0)
        s = fail(e, STATUS_ENVIRONMENT,
                 "the database was made by an older deltasweep and has no `%s` yet: any command that writes to it "
                 "(`run`, `import-points`) brings it up to date",
                 view);
    table_free(t);
    return s;
}

enum status chart_rows(sqlite3 *db, const struct chart_request *r, struct table **out, struct errmsg *e)
{
    *out = NULL;
    const enum status s = r->curves ? check_made(db, "learning_curves", e) : STATUS_OK;
    return s != STATUS_OK ? s : select_rows(db, r, r->curves ? "learning_curves" : r->view, SLOTS, false, out, e);
}

enum status chart_published(sqlite3 *db, const struct chart_request *r, struct table **out, struct errmsg *e)
{
    *out = NULL;
    const enum status s = check_made(db, "published", e);
    return s != STATUS_OK ? s : select_rows(db, r, "published", SLOT_COLOR, true, out, e);
}

enum status chart_column(const struct table *t, const struct chart_request *r, enum chart_slot slot,
                         struct chart_column *out, struct errmsg *e)
{
    enum status s = STATUS_OK;
    chart_split(chart_asked(r, slot), out->name, sizeof out->name, out->title);
    out->known = NULL;
    out->column = table_column(t, chart_slot_name(slot));
    if (chart_is_name(out->name)) {
        s = query_column(r->view, t, out->name, &out->column, e);
        out->known = column_find(out->name);
    } else if (out->column < 0) {
        s = fail(e, STATUS_ENVIRONMENT, "out of memory for the expression %s", out->name);
    }
    if (out->title[0] == '\0')
        snprintf(out->title, sizeof out->title, "%.*s", CHART_TITLE_BYTES - 1,
                 out->known != NULL ? out->known->title : out->name);
    return s;
}
