#include "explorer/report/factors.h"

#include "base/text.h"
#include "db/columns.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FEW_CODES = 16, MOST_CODES = 64, ROWS_PER_CODE = 8 };

/* most_codes: of numbers; more are put together by rank, so that each has some rows. */
static int most_codes(int n_rows)
{
    const int n = n_rows / ROWS_PER_CODE;
    return n < FEW_CODES ? FEW_CODES : n > MOST_CODES ? MOST_CODES : n;
}

/* A value of a row: a number, a word, or none. The word is not ended by a 0. */
struct value {
    double number; /* NAN: a word or none */
    const char *word;
    int n_bytes; /* -1: none */
    int row;     /* number of the row, 0 to n_rows - 1 */
};

/* What the values of a factor are read from. */
struct source {
    const struct table *t;
    const int *rows;
    int n_rows;
    int column, layers; /* layers: the column with a part for each layer, or -1 */
    int parts;          /* of each row; 1: the whole text */
};

static int rank_of(const struct value *v)
{
    return v->n_bytes < 0 ? 0 : isnan(v->number) ? 2 : 1; /* none, numbers, words */
}

static int compare_values(const struct value *a, const struct value *b)
{
    if (rank_of(a) != rank_of(b))
        return rank_of(a) - rank_of(b);
    if (rank_of(a) == 1)
        return (a->number > b->number) - (a->number < b->number);
    if (rank_of(a) == 0)
        return 0;
    const int n = a->n_bytes < b->n_bytes ? a->n_bytes : b->n_bytes;
    const int order = memcmp(a->word, b->word, (size_t)n);
    return order != 0 ? order : a->n_bytes - b->n_bytes;
}

static int by_value(const void *a, const void *b)
{
    return compare_values(a, b);
}

/* value_of_word: also a number that is written as a text is one. */
static struct value value_of_word(const char *word, int n_bytes)
{
    char text[32], *end = text;
    struct value v = {.number = NAN, .word = word, .n_bytes = n_bytes};
    if (n_bytes > 0 && n_bytes < (int)sizeof text && strchr("0123456789.", word[0]) != NULL) {
        snprintf(text, sizeof text, "%.*s", n_bytes, word);
        const double number = strtod(text, &end);
        if (*end == '\0' && isfinite(number))
            v.number = number;
    }
    return v;
}

static struct value value_of_cell(const struct cell *c)
{
    if (c->type == CELL_TEXT)
        return (struct value){.number = NAN, .word = c->text, .n_bytes = (int)c->integer};
    const double number = cell_number(c);
    return (struct value){.number = number, .n_bytes = isnan(number) ? -1 : 0};
}

/* text_of: the text with a part for each layer, or NULL. */
static const char *text_of(const struct source *s, int i)
{
    const struct cell *c = table_cell(s->t, s->rows[i], s->layers);
    return c->type == CELL_TEXT ? c->text : NULL;
}

static struct value value_at(const struct source *s, int i, int part)
{
    const char *text = s->layers >= 0 ? text_of(s, i) : NULL;
    if (text == NULL)
        return value_of_cell(table_cell(s->t, s->rows[i], s->column));
    if (s->parts == 1)
        return value_of_word(text, (int)strlen(text));
    for (int k = 0; k < part; k++)
        text += strcspn(text, "-") + 1;
    return value_of_word(text, (int)strcspn(text, "-"));
}

/* count_parts: of all rows that have a text of layers; 1 if they differ. */
static int count_parts(const struct source *s)
{
    int parts = 0;
    for (int i = 0; i < s->n_rows && s->layers >= 0; i++) {
        const char *text = text_of(s, i);
        int n = text != NULL;
        for (const char *p = text; p != NULL && (p = strchr(p, '-')) != NULL; p++)
            n++;
        if (n > 0 && parts > 0 && n != parts)
            return 1;
        parts = n > 0 ? n : parts;
    }
    return parts > 1 ? parts : 1;
}

/* put_together: numbers of many different values, by rank, so that each code has about as many rows. */
static int put_together(int *codes, const struct value *sorted, int n_rows, int most)
{
    int n = 0, last = -1;
    for (int i = 0; i < n_rows;) {
        int to = i + 1;
        while (to < n_rows && compare_values(&sorted[i], &sorted[to]) == 0)
            to++;
        const int share = (int)((long)i * most / n_rows);
        n += share != last;
        last = share;
        for (; i < to; i++)
            codes[sorted[i].row] = n - 1;
    }
    return n;
}

/* encode: the codes of one part. */
static enum status encode(const struct source *s, int part, struct factor *f, struct errmsg *e)
{
    struct value *values = malloc((size_t)s->n_rows * sizeof *values + 1);
    int *codes = malloc((size_t)s->n_rows * sizeof *codes + 1), n = 0;
    if (values == NULL || codes == NULL) {
        free(values);
        free(codes);
        return fail(e, STATUS_ENVIRONMENT, "out of memory for %d rows", s->n_rows);
    }
    f->words = false;
    for (int i = 0; i < s->n_rows; i++) {
        values[i] = value_at(s, i, part);
        values[i].row = i;
        f->words |= rank_of(&values[i]) == 2;
    }
    qsort(values, (size_t)s->n_rows, sizeof *values, by_value);
    for (int i = 0; i < s->n_rows; i++) {
        n += i == 0 || compare_values(&values[i - 1], &values[i]) != 0;
        codes[values[i].row] = n - 1;
    }
    const int most = most_codes(s->n_rows);
    if (n > most && !f->words)
        n = put_together(codes, values, s->n_rows, most);
    free(values);
    f->column = (struct forest_column){.n_codes = n, .ordered = !f->words, .codes = codes};
    return STATUS_OK;
}

static void append_name(char *list, size_t n_bytes, const char *name)
{
    static const char more[] = ", …";
    const size_t used = strlen(list);
    if (used + strlen(name) + 2 + sizeof more < n_bytes)
        snprintf(list + used, n_bytes - used, "%s%s", used > 0 ? ", " : "", name);
    else if (!text_ends_with(list, more) && used + sizeof more <= n_bytes)
        snprintf(list + used, n_bytes - used, "%s", more);
}

/* same_groups: whether the rows that are alike in one are alike in the other. */
static bool same_groups(const struct factor *a, const struct factor *b, int n_rows)
{
    int to[MOST_CODES];
    if (a->column.n_codes != b->column.n_codes || a->column.n_codes > MOST_CODES)
        return false;
    for (int i = 0; i < MOST_CODES; i++)
        to[i] = -1;
    for (int i = 0; i < n_rows; i++) {
        int *code = &to[a->column.codes[i]];
        if (*code >= 0 && *code != b->column.codes[i])
            return false;
        *code = b->column.codes[i];
    }
    return true; /* as many codes: so the other way round, too */
}

/* keep: the factor, unless an earlier one always changes with it. */
static enum status keep(struct factors *out, const struct factor *f, int n_rows, struct errmsg *e)
{
    for (int k = 0; k < out->n; k++) {
        struct factor *twin = &out->at[k];
        if (!same_groups(twin, f, n_rows))
            continue;
        const size_t used = strlen(twin->name);
        if (used + strlen(f->name) + 8 < sizeof twin->name)
            text_append(twin->name, sizeof twin->name, text_append(twin->name, sizeof twin->name, used, " with "),
                        f->name);
        twin->several = true;
        free((int *)f->column.codes);
        return STATUS_OK;
    }
    struct factor *at = realloc(out->at, (size_t)(out->n + 1) * sizeof *at);
    if (at == NULL) {
        free((int *)f->column.codes);
        return fail(e, STATUS_ENVIRONMENT, "out of memory for the axes");
    }
    out->at = at;
    out->at[out->n++] = *f;
    return STATUS_OK;
}

static void name_part(const char *axis, bool network, int parts, int part, char out[IMPORTANCE_NAME_BYTES])
{
    if (parts == 1)
        snprintf(out, IMPORTANCE_NAME_BYTES, "%s", axis);
    else if (network && part == 0)
        snprintf(out, IMPORTANCE_NAME_BYTES, "%s, input", axis);
    else
        snprintf(out, IMPORTANCE_NAME_BYTES, "%s, layer %d", axis, part + !network);
}

static bool varies(const struct table *t, int column)
{
    for (int i = 1; i < t->n_rows; i++)
        if (!cell_equal(table_cell(t, 0, column), table_cell(t, i, column)))
            return true;
    return false;
}

/* add_axis: one factor, or one for each part that varies. */
static enum status add_axis(const struct source *s, struct factors *out, struct errmsg *e)
{
    const char *axis = s->t->names[s->column];
    const bool network = s->layers == s->column;
    bool any = false;
    for (int part = 0; part < s->parts; part++) {
        struct factor f = {.several = false};
        enum status st = encode(s, part, &f, e);
        if (st != STATUS_OK)
            return st;
        name_part(axis, network, s->parts, part, f.name);
        any |= f.column.n_codes > 1;
        if (f.column.n_codes < 2)
            free((int *)f.column.codes);
        else if ((st = keep(out, &f, s->n_rows, e)) != STATUS_OK)
            return st;
    }
    if (!any && table_has_value(s->t, s->column, s->rows, s->n_rows))
        append_name(out->same, sizeof out->same, axis);
    return STATUS_OK;
}

/* layers_of: the column that has a part for each layer, or -1. */
static int layers_of(const struct table *t, int column)
{
    char name[IMPORTANCE_NAME_BYTES];
    if (strcmp(t->names[column], "network") == 0)
        return column;
    snprintf(name, sizeof name, "%s_layers", t->names[column]);
    return table_column(t, name);
}

enum status factors_of(const struct table *t, const int *rows, int n_rows, bool trainings, struct factors *out,
                       struct errmsg *e)
{
    enum status s = STATUS_OK;
    *out = (struct factors){.n = 0};
    for (int column = 0; column < t->n_columns && s == STATUS_OK; column++) {
        const struct view_column *known = column_find(t->names[column]);
        if (known == NULL || known->kind != COLUMN_AXIS || text_ends_with(known->name, "_layers"))
            continue;
        if (trainings && !column_in_trainings(known)) {
            if (varies(t, column))
                append_name(out->passed, sizeof out->passed, known->name);
            continue;
        }
        struct source from = {t, rows, n_rows, column, layers_of(t, column), 1};
        from.parts = count_parts(&from);
        s = add_axis(&from, out, e);
    }
    return s;
}

void factors_free(struct factors *f)
{
    for (int i = 0; i < f->n; i++)
        free((int *)f->at[i].column.codes);
    free(f->at);
    *f = (struct factors){.n = 0};
}

double factors_association(const struct factor *a, const struct factor *b, int n_rows)
{
    const int A = a->column.n_codes, B = b->column.n_codes, n = n_rows;
    double *both = calloc((size_t)A * (size_t)B, sizeof *both), squares = 0.0;
    double *of_a = calloc((size_t)A, sizeof *of_a), *of_b = calloc((size_t)B, sizeof *of_b), v = -1.0;
    if (both != NULL && of_a != NULL && of_b != NULL && n > 1) {
        for (int i = 0; i < n; i++) {
            both[(size_t)a->column.codes[i] * (size_t)B + (size_t)b->column.codes[i]]++;
            of_a[a->column.codes[i]]++;
            of_b[b->column.codes[i]]++;
        }
        for (int i = 0; i < A; i++)
            for (int k = 0; k < B; k++)
                squares += both[(size_t)i * (size_t)B + (size_t)k] * both[(size_t)i * (size_t)B + (size_t)k] /
                           (of_a[i] * of_b[k]);
        const double phi = fmax(0.0, squares - 1.0 - (A - 1.0) * (B - 1.0) / (n - 1.0));
        const double rows = A - (A - 1.0) * (A - 1.0) / (n - 1.0), columns = B - (B - 1.0) * (B - 1.0) / (n - 1.0);
        const double least = fmin(rows, columns) - 1.0;
        v = least > 0.0 ? fmin(1.0, sqrt(phi / least)) : 0.0;
    }
    free(both);
    free(of_a);
    free(of_b);
    return v;
}
