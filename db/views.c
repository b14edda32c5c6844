#include "db/views.h"

#include "db/columns.h"
#include "sql.h"

#include <string.h>

enum view { RESULTS, TRAININGS, DESIGNS };

static void put_column(sqlite3_str *out, const struct view_column *c, enum view view);

/* put_expression: the column's sql, with what stands in braces put in. */
static void put_expression(sqlite3_str *out, const struct view_column *c, enum view view)
{
    const size_t length = strlen(c->sql);
    if (c->sql[length - 1] == '.') {
        sqlite3_str_appendf(out, "%s%s", c->sql, c->name);
        return;
    }
    for (const char *at = c->sql; *at != '\0';) {
        const size_t plain = strcspn(at, "{");
        sqlite3_str_append(out, at, (int)plain);
        at += plain;
        if (*at == '\0')
            break;
        char name[64];
        sqlite3_snprintf(sizeof name, name, "%.*s", (int)strcspn(at, "}") - 1, at + 1);
        put_column(out, column_find(name), view);
        at += strcspn(at, "}") + 1;
    }
}

static bool over_seeds(const struct view_column *c)
{
    return c->seeds == SEEDS_MEAN || c->seeds == SEEDS_GREATEST || c->seeds == SEEDS_SUM;
}

/* put_column: what the view has of a column; `designs` finds what it has of several seeds in its rows g, of trainings, and h,
 * of checks. */
static void put_column(sqlite3_str *out, const struct view_column *c, enum view view)
{
    if (view == DESIGNS && over_seeds(c))
        sqlite3_str_appendf(out, "%s.%s", column_of_training(c) ? "g" : "h", c->name);
    else
        put_expression(out, c, view);
}

static bool has_column(enum view view, const struct view_column *c)
{
    return view == TRAININGS ? column_in_trainings(c) : c->seeds != (view == RESULTS ? SEEDS_ONLY : SEEDS_APART);
}

static void put_columns(sqlite3_str *out, enum view view)
{
    int n, listed = 0;
    const struct view_column *columns = column_list(&n);
    for (int i = 0; i < n; i++) {
        if (!has_column(view, &columns[i]))
            continue;
        sqlite3_str_appendall(out, listed++ == 0 ? "" : ",\n       ");
        put_column(out, &columns[i], view);
        sqlite3_str_appendf(out, " AS %s", columns[i].name);
    }
}

/* in_curves: what `trainings` says of a training before it is done: names and axes, and what follows from these. */
static bool in_curves(const struct view_column *c)
{
    return column_in_trainings(c) && !column_of_training(c) && c->group != SHOW_ACCURACY && c->kind != COLUMN_ORIGIN;
}

static void put_curves(sqlite3_str *out)
{
    int n, listed = 0;
    const struct view_column *columns = column_list(&n);
    for (int i = 0; i < n; i++) {
        if (in_curves(&columns[i]))
            sqlite3_str_appendf(out, "%st.%s", listed++ == 0 ? "" : ", ", columns[i].name);
    }
}

/* put_published: every axis and result, from the rows that name it. */
static void put_published(sqlite3_str *out)
{
    int n, listed = 0;
    const struct view_column *columns = column_list(&n);
    for (int i = 0; i < n; i++)
        if (column_may_be_published(&columns[i]))
            sqlite3_str_appendf(out, "%s\n       max(CASE v.column_name WHEN '%s' THEN v.value END) AS %s",
                                listed++ == 0 ? "" : ",", columns[i].name, columns[i].name);
}

/* put_described: a row of the view `columns` for each column. */
static void put_described(sqlite3_str *out)
{
    static const char *const kinds[] = {
        [COLUMN_NAME] = "name", [COLUMN_AXIS] = "axis", [COLUMN_RESULT] = "result", [COLUMN_ORIGIN] = "origin"};
    int n;
    const struct view_column *columns = column_list(&n);
    for (int i = 0; i < n; i++) {
        const struct view_column *c = &columns[i];
        const char *better = c->direction > 0 ? "more" : c->direction < 0 ? "less" : NULL;
        sqlite3_str_appendf(out, "%s(%Q, %Q, %Q, %Q, %Q, %Q, %d, %d, %d, %d, %d)", i == 0 ? "" : ",\n       ", c->name, kinds[c->kind],
                            c->unit, better, c->title, c->description, has_column(DESIGNS, c), has_column(TRAININGS, c),
                            has_column(RESULTS, c), in_curves(c), column_may_be_published(c));
    }
}

/* put_seeds: the columns that `designs` gathers over the seeds of a point: those of trainings, which stand in the view
 * `trainings`, or those of checks. */
static void put_seeds(sqlite3_str *out, bool of_training)
{
    static const char *const functions[] = {[SEEDS_MEAN] = "avg", [SEEDS_GREATEST] = "max", [SEEDS_SUM] = "sum"};
    int n;
    const struct view_column *columns = column_list(&n);
    for (int i = 0; i < n; i++)
        if (over_seeds(&columns[i]) && column_of_training(&columns[i]) == of_training) {
            sqlite3_str_appendf(out, ",\n           %s(", functions[columns[i].seeds]);
            if (of_training)
                sqlite3_str_appendall(out, columns[i].name);
            else
                put_expression(out, &columns[i], RESULTS);
            sqlite3_str_appendf(out, ") AS %s", columns[i].name);
        }
}

/* put_word: what stands for a word in braces. */
static void put_word(sqlite3_str *out, const char *word)
{
    if (strncmp(word, "{results}", 9) == 0)
        put_columns(out, RESULTS);
    else if (strncmp(word, "{trainings}", 11) == 0)
        put_columns(out, TRAININGS);
    else if (strncmp(word, "{designs}", 9) == 0)
        put_columns(out, DESIGNS);
    else if (strncmp(word, "{curves}", 8) == 0)
        put_curves(out);
    else if (strncmp(word, "{published}", 11) == 0)
        put_published(out);
    else if (strncmp(word, "{columns}", 9) == 0)
        put_described(out);
    else
        put_seeds(out, strncmp(word, "{trained}", 9) == 0);
}

/* script: views.sql with its columns; sqlite3_free. NULL: no memory. */
static char *script(void)
{
    sqlite3_str *out = sqlite3_str_new(NULL);
    for (const char *at = views_sql; *at != '\0';) {
        const size_t plain = strcspn(at, "{");
        sqlite3_str_append(out, at, (int)plain);
        at += plain;
        if (*at == '{')
            put_word(out, at);
        at += strcspn(at, "}") + (*at != '\0');
    }
    return sqlite3_str_finish(out);
}

int views_make(sqlite3 *db)
{
    char *sql = script();
    const int rc = sql == NULL ? SQLITE_NOMEM : sqlite3_exec(db, sql, NULL, NULL, NULL);
    sqlite3_free(sql);
    return rc;
}

/* count_views: how many views the script makes. */
static int count_views(const char *sql)
{
    int n = 0;
    while ((sql = strstr(sql, "CREATE VIEW ")) != NULL) {
        sql++;
        n++;
    }
    return n;
}

bool views_current(sqlite3 *db)
{
    sqlite3_stmt *same = NULL;
    char *sql = script();
    const bool current =
        sql != NULL &&
        sqlite3_prepare_v2(db, "SELECT count(*) FROM sqlite_schema WHERE type = 'view' AND instr(?1, sql || ';') > 0",
                           -1, &same, NULL) == SQLITE_OK &&
        sqlite3_bind_text(same, 1, sql, -1, SQLITE_STATIC) == SQLITE_OK && sqlite3_step(same) == SQLITE_ROW &&
        sqlite3_column_int(same, 0) == count_views(sql);
    sqlite3_finalize(same);
    sqlite3_free(sql);
    return current;
}
