#include "explorer/report/compare.h"

#include "base/digest.h"
#include "base/intern.h"
#include "base/text.h"
#include "db/columns.h"
#include "explorer/report/difference.h"
#include "explorer/report/query.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_AXES = 64, CELL_BYTES = 128 };

struct side {
    struct table *rows; /* of `results`: one for each point and seed, by point */
    int *first;         /* n_points + 1: the first row of each point, and the end */
    int n_points;
    int *match; /* n_points: the other side's point; -1: none */
};

enum use { SAME, DIFFERS, VARIES };

struct work {
    const char *column;
    struct side sides[2];
    const char *axes[MOST_AXES];
    enum use use[MOST_AXES];
    bool shown[MOST_AXES]; /* of those that vary: not one that is only there or not, as the scheme has it */
    int n_axes;
    sqlite3 *db; /* for quantiles */
};

static void cell_words(const struct cell *c, char out[CELL_BYTES])
{
    out[0] = '\0';
    if (c->type == CELL_TEXT)
        snprintf(out, CELL_BYTES, "%s", c->text);
    else if (c->type == CELL_INT)
        snprintf(out, CELL_BYTES, "%lld", (long long)c->integer);
    else if (c->type == CELL_REAL)
        text_of_real(c->real, out);
}

static void words_at(const struct table *t, int row, const char *column, char out[CELL_BYTES])
{
    cell_words(table_cell(t, row, table_column(t, column)), out);
}

static bool same_at(const struct table *a, int i, const struct table *b, int k, const char *column)
{
    char x[CELL_BYTES], y[CELL_BYTES];
    words_at(a, i, column, x);
    words_at(b, k, column, y);
    return strcmp(x, y) == 0;
}

/* -------------------------------------------------------------------------- reading */

static enum status no_memory(struct errmsg *e)
{
    return fail(e, STATUS_ENVIRONMENT, "out of memory for the comparison");
}

/* find_points: where each point's rows begin. */
static enum status find_points(struct side *s, struct errmsg *e)
{
    s->first = malloc(((size_t)s->rows->n_rows + 1) * sizeof *s->first);
    s->match = calloc((size_t)s->rows->n_rows + 1, sizeof *s->match);
    if (s->first == NULL || s->match == NULL)
        return no_memory(e);
    for (int i = 0; i < s->rows->n_rows; i++)
        if (i == 0 || !same_at(s->rows, i - 1, s->rows, i, "point")) {
            s->match[s->n_points] = -1;
            s->first[s->n_points++] = i;
        }
    s->first[s->n_points] = s->rows->n_rows;
    return STATUS_OK;
}

static enum status read_side(const struct compare_side *from, const char *column, struct side *s, struct errmsg *e)
{
    char *sql = sqlite3_mprintf("SELECT * FROM results WHERE (%Q IS NULL OR sweep = %Q) AND (%Q IS NULL OR point = %Q) "
                                "GROUP BY point, seed ORDER BY point, seed", from->sweep, from->sweep, from->point, from->point);
    if (sql == NULL)
        return no_memory(e);
    enum status st = query_table(from->db, sql, &s->rows, e);
    sqlite3_free(sql);
    if (st != STATUS_OK)
        return st;
    if (s->rows->n_rows == 0)
        return from->sweep == NULL
                   ? fail(e, STATUS_USAGE, "there is no sweep at all in one of the databases")
                   : fail(e, STATUS_USAGE, "there is no sweep `%s` (`deltasweep list` prints them)", from->sweep);
    if (table_column(s->rows, column) < 0)
        return fail(e, STATUS_USAGE, "there is no column `%s` in `results` (see `deltasweep help columns`)", column);
    return find_points(s, e);
}

/* constant: whether a column has one value in all rows. */
static bool constant(const struct table *t, const char *column)
{
    for (int i = 1; i < t->n_rows; i++)
        if (!same_at(t, 0, t, i, column))
            return false;
    return true;
}

/* two_values: whether a column has two values in a and b together, NULL not counted. */
static bool two_values(const struct table *a, const struct table *b, const char *column)
{
    char first[CELL_BYTES] = "", word[CELL_BYTES];
    for (int i = 0; i < a->n_rows + b->n_rows; i++) {
        words_at(i < a->n_rows ? a : b, i < a->n_rows ? i : i - a->n_rows, column, word);
        if (first[0] == '\0')
            snprintf(first, sizeof first, "%s", word);
        else if (word[0] != '\0' && strcmp(first, word) != 0)
            return true;
    }
    return false;
}

static void sort_axes(struct work *w)
{
    int n = 0;
    const struct view_column *columns = column_list(&n);
    const struct table *a = w->sides[0].rows, *b = w->sides[1].rows;
    for (int i = 0; i < n && w->n_axes < MOST_AXES; i++) {
        const char *name = columns[i].name;
        if (columns[i].kind != COLUMN_AXIS || table_column(a, name) < 0 || table_column(b, name) < 0)
            continue;
        const bool both = constant(a, name) && constant(b, name);
        w->use[w->n_axes] = !both ? VARIES : same_at(a, 0, b, 0, name) ? SAME : DIFFERS;
        w->shown[w->n_axes] = w->use[w->n_axes] == VARIES && two_values(a, b, name);
        w->axes[w->n_axes++] = name;
    }
}

/* ------------------------------------------------------------------------ statistics */

/* observe: the values that a point has of a column, one for each seed; free. */
static struct observation *observe(const struct side *s, int point, const char *column, int *n)
{
    const int value = table_column(s->rows, column), seed = table_column(s->rows, "seed");
    struct observation *out = malloc(((size_t)(s->first[point + 1] - s->first[point]) + 1) * sizeof *out);
    *n = 0;
    for (int i = s->first[point]; out != NULL && i < s->first[point + 1]; i++) {
        const double v = cell_number(table_cell(s->rows, i, value));
        if (!isnan(v))
            out[(*n)++] = (struct observation){table_cell(s->rows, i, seed)->integer, v};
    }
    return out;
}

/* difference: of points i and k, b - a. db: for the interval; NULL: without it. */
static enum status difference(const struct work *w, int i, int k, const char *column, sqlite3 *db,
                              struct difference *out, struct errmsg *e)
{
    int n_a = 0, n_b = 0;
    struct observation *a = observe(&w->sides[0], i, column, &n_a), *b = observe(&w->sides[1], k, column, &n_b);
    const enum status st = a == NULL || b == NULL ? no_memory(e) : STATUS_OK;
    if (st == STATUS_OK)
        *out = difference_of(a, n_a, b, n_b, db);
    free(a);
    free(b);
    return st;
}

/* -------------------------------------------------------------------------- results */

static bool put_text(struct cell *c, const char *text)
{
    c->type = CELL_TEXT;
    c->text = strdup(text);
    c->integer = (int64_t)strlen(text);
    return c->text != NULL;
}

static void put_real(struct cell *c, double v)
{
    if (isfinite(v))
        *c = (struct cell){.type = CELL_REAL, .real = v};
}

static bool put_copy(struct cell *c, const struct cell *from)
{
    if (from->type == CELL_TEXT)
        return put_text(c, from->text);
    if (from->type == CELL_INT || from->type == CELL_REAL)
        *c = *from;
    return true;
}

static enum status list_differing(const struct work *w, struct table **out, struct errmsg *e)
{
    static const char *const names[] = {"axis", "a", "b"};
    enum status st = table_make(names, 3, out, e);
    for (int x = 0; x < w->n_axes && st == STATUS_OK; x++) {
        if (w->use[x] != DIFFERS)
            continue;
        struct cell *row = table_add(*out);
        if (row == NULL || !put_text(&row[0], w->axes[x]))
            return no_memory(e);
        for (int k = 0; k < 2; k++) {
            const struct table *t = w->sides[k].rows;
            if (!put_copy(&row[1 + k], table_cell(t, 0, table_column(t, w->axes[x]))))
                return no_memory(e);
        }
    }
    return st;
}

/* put_point: its name and what varies, in the first cells of a row. Returns how many, or -1. */
static int put_point(const struct work *w, int side, int point, struct cell *row, int from)
{
    const struct table *t = w->sides[side].rows;
    int n = from, row_of = w->sides[side].first[point];
    if (from == 1 && !put_copy(&row[0], table_cell(t, row_of, table_column(t, "point"))))
        return -1;
    for (int x = 0; x < w->n_axes; x++)
        if (w->shown[x] && !put_copy(&row[n++], table_cell(t, row_of, table_column(t, w->axes[x]))))
            return -1;
    return n;
}

/* names_of: the names of the columns: `first`, the axes that vary, `last`. */
static int names_of(const struct work *w, const char *const *first, int n_first, const char *const *last, int n_last,
                    const char **out)
{
    int n = 0;
    for (int i = 0; i < n_first; i++)
        out[n++] = first[i];
    for (int x = 0; x < w->n_axes; x++)
        if (w->shown[x])
            out[n++] = w->axes[x];
    for (int i = 0; i < n_last; i++)
        out[n++] = last[i];
    return n;
}

/* key_of: equal for points that agree in all axes that vary. */
static void key_of(const struct work *w, int side, int point, char key[DIGEST_HEX_BYTES])
{
    const struct side *s = &w->sides[side];
    char word[CELL_BYTES];
    struct digest d;
    digest_init(&d);
    for (int x = 0; x < w->n_axes; x++) {
        if (w->use[x] != VARIES)
            continue;
        words_at(s->rows, s->first[point], w->axes[x], word);
        digest_text(&d, w->axes[x], word);
    }
    digest_hex(&d, key);
}

/* match_all: each point of a gets the first one of b that agrees in all axes that do not differ throughout, and is not
 * taken. first, next: for each key the points of b that have it, in their order. */
static enum status match_all(struct work *w, struct errmsg *e)
{
    struct side *a = &w->sides[0], *b = &w->sides[1];
    char key[DIGEST_HEX_BYTES];
    struct intern keys;
    bool fresh = false;
    const size_t room = (size_t)b->n_points + 1;
    int *first = calloc(room, sizeof *first), *next = calloc(room, sizeof *next);
    enum status st = first == NULL || next == NULL ? no_memory(e) : STATUS_OK;
    intern_init(&keys, sizeof key);
    for (int k = b->n_points - 1; k >= 0 && first != NULL && next != NULL && st == STATUS_OK; k--) {
        key_of(w, 1, k, key);
        const int at = intern_add(&keys, key, &fresh);
        if (at < 0) {
            st = no_memory(e);
            break;
        }
        next[k] = fresh ? -1 : first[at];
        first[at] = k;
    }
    for (int i = 0; i < a->n_points && first != NULL && next != NULL && st == STATUS_OK; i++) {
        key_of(w, 0, i, key);
        const int at = intern_find(&keys, key);
        if (at < 0 || first[at] < 0)
            continue;
        a->match[i] = first[at];
        b->match[first[at]] = i;
        first[at] = next[first[at]];
    }
    intern_free(&keys);
    free(first);
    free(next);
    return st;
}

static enum status put_pair(const struct work *w, int i, int k, struct table *pairs, double *mean, struct errmsg *e)
{
    struct cell *row = table_add(pairs);
    const struct table *a = w->sides[0].rows, *b = w->sides[1].rows;
    struct difference d;
    if (row == NULL || !put_copy(&row[0], table_cell(a, w->sides[0].first[i], table_column(a, "point"))) ||
        !put_copy(&row[1], table_cell(b, w->sides[1].first[k], table_column(b, "point"))))
        return no_memory(e);
    const int at = put_point(w, 0, i, row, 2);
    if (at < 0 || difference(w, i, k, w->column, w->db, &d, e) != STATUS_OK)
        return no_memory(e);
    put_real(&row[at], d.a);
    put_real(&row[at + 1], d.b);
    row[at + 2] = (struct cell){.type = CELL_INT, .integer = d.n_a};
    row[at + 3] = (struct cell){.type = CELL_INT, .integer = d.n_b};
    put_real(&row[at + 4], d.mean);
    put_real(&row[at + 5], d.ci95);
    *mean = d.mean;
    return STATUS_OK;
}

static double mean_of(const double *values, int n)
{
    double sum = 0;
    for (int i = 0; i < n; i++)
        sum += values[i];
    return n > 0 ? sum / n : NAN;
}

static enum status pair_all(const struct work *w, struct comparison *out, struct errmsg *e)
{
    static const char *const first[] = {"point_a", "point_b"};
    char figure_a[80], figure_b[80];
    const char *last[] = {figure_a, figure_b, "n_a", "n_b", "difference", "ci95"}, *names[MOST_AXES + 8];
    double *means = calloc((size_t)w->sides[0].n_points + 1, sizeof *means), mean = NAN;
    snprintf(figure_a, sizeof figure_a, "%.70s_a", w->column);
    snprintf(figure_b, sizeof figure_b, "%.70s_b", w->column);
    enum status st = means == NULL ? no_memory(e)
                                   : table_make(names, names_of(w, first, 2, last, 6, names), &out->pairs, e);
    for (int i = 0; i < w->sides[0].n_points && st == STATUS_OK; i++) {
        if (w->sides[0].match[i] < 0)
            continue;
        st = put_pair(w, i, w->sides[0].match[i], out->pairs, &mean, e);
        if (st == STATUS_OK && isfinite(mean))
            means[out->n++] = mean;
    }
    if (st == STATUS_OK) {
        out->mean = mean_of(means, out->n);
        out->ci95 = difference_ci95(means, out->n, w->db);
    }
    free(means);
    return st;
}

/* over_of: what the interval of one pair is over. */
static const char *over_of(const struct view_column *c, const struct difference *d)
{
    static const char *const words[] = {
        [DIFFERENCE_ONE] = "one value", [DIFFERENCE_PAIRED] = "equal seeds", [DIFFERENCE_WELCH] = "Welch"};
    return c->seeds == SEEDS_SAME ? "exact" : words[d->how];
}

/* put_figure: a row of `figures`, unless no pair has the column on both sides. room: 3 values for each point of a. */
static enum status put_figure(const struct work *w, const struct view_column *c, double *room, struct table *figures,
                              struct errmsg *e)
{
    const int most = w->sides[0].n_points;
    double *of_a = room, *of_b = room + most, *means = room + 2 * most;
    struct difference d = {0}, last = {0};
    int n = 0, last_at = 0;
    for (int i = 0; i < most; i++) {
        if (w->sides[0].match[i] < 0)
            continue;
        if (difference(w, i, w->sides[0].match[i], c->name, NULL, &d, e) != STATUS_OK)
            return STATUS_ENVIRONMENT;
        if (!isfinite(d.mean))
            continue;
        of_a[n] = d.a;
        of_b[n] = d.b;
        means[n++] = d.mean;
        last_at = i;
    }
    struct cell *row = n > 0 ? table_add(figures) : NULL;
    if (n == 0)
        return STATUS_OK;
    const bool one = n == 1, exact = one && c->seeds == SEEDS_SAME;
    if (one && difference(w, last_at, w->sides[0].match[last_at], c->name, w->db, &last, e) != STATUS_OK)
        return STATUS_ENVIRONMENT;
    if (row == NULL || !put_text(&row[0], c->name) || !put_text(&row[1], c->unit != NULL ? c->unit : "") ||
        !put_text(&row[7], one ? over_of(c, &last) : "points"))
        return no_memory(e);
    put_real(&row[2], mean_of(of_a, n));
    put_real(&row[3], mean_of(of_b, n));
    put_real(&row[4], mean_of(means, n));
    put_real(&row[5], exact ? NAN : one ? last.ci95 : difference_ci95(means, n, w->db));
    row[6] = (struct cell){.type = CELL_INT, .integer = exact ? 1 : one ? last.n : n};
    return STATUS_OK;
}

static enum status list_figures(const struct work *w, struct table **out, struct errmsg *e)
{
    static const char *const names[] = {"figure", "unit", "a", "b", "difference", "ci95", "n", "over"};
    int n = 0;
    const struct view_column *columns = column_list(&n);
    double *room = malloc((3 * (size_t)w->sides[0].n_points + 1) * sizeof *room);
    enum status st = room == NULL ? no_memory(e) : table_make(names, 8, out, e);
    for (int i = 0; i < n && st == STATUS_OK; i++)
        if (columns[i].kind == COLUMN_RESULT && table_column(w->sides[0].rows, columns[i].name) >= 0 &&
            table_column(w->sides[1].rows, columns[i].name) >= 0)
            st = put_figure(w, &columns[i], room, *out, e);
    free(room);
    return st;
}

static enum status list_alone(const struct work *w, int side, struct table **out, struct errmsg *e)
{
    static const char *const first[] = {"point"};
    const char *names[MOST_AXES + 2];
    enum status st = table_make(names, names_of(w, first, 1, NULL, 0, names), out, e);
    for (int i = 0; i < w->sides[side].n_points && st == STATUS_OK; i++) {
        if (w->sides[side].match[i] >= 0)
            continue;
        struct cell *row = table_add(*out);
        if (row == NULL || put_point(w, side, i, row, 1) < 0)
            st = no_memory(e);
    }
    return st;
}

static enum status compare_all(struct work *w, struct comparison *out, struct errmsg *e)
{
    sort_axes(w);
    enum status st = match_all(w, e);
    if (st == STATUS_OK)
        st = list_differing(w, &out->differs, e);
    if (st == STATUS_OK)
        st = pair_all(w, out, e);
    if (st == STATUS_OK)
        st = list_figures(w, &out->figures, e);
    if (st == STATUS_OK)
        st = list_alone(w, 0, &out->only_a, e);
    return st == STATUS_OK ? list_alone(w, 1, &out->only_b, e) : st;
}

enum status compare_sides(const struct compare_side *a, const struct compare_side *b, const char *column,
                          struct comparison *out, struct errmsg *e)
{
    struct work w = {.column = column, .db = a->db};
    *out = (struct comparison){0};
    enum status st = read_side(a, column, &w.sides[0], e);
    if (st == STATUS_OK)
        st = read_side(b, column, &w.sides[1], e);
    if (st == STATUS_OK && w.sides[0].first != NULL && w.sides[1].first != NULL)
        st = compare_all(&w, out, e);
    for (int i = 0; i < 2; i++) {
        table_free(w.sides[i].rows);
        free(w.sides[i].first);
        free(w.sides[i].match);
    }
    if (st != STATUS_OK)
        compare_free(out);
    return st;
}

void compare_free(struct comparison *c)
{
    table_free(c->differs);
    table_free(c->pairs);
    table_free(c->figures);
    table_free(c->only_a);
    table_free(c->only_b);
    *c = (struct comparison){0};
}
