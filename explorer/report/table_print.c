/* The five printed forms of a table. */
#include "base/say.h"
#include "base/text.h"
#include "explorer/report/table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

static const struct table_view everything;

static int view_columns(const struct table *t, const struct table_view *v)
{
    return v->columns == NULL ? t->n_columns : v->n_columns;
}

static int view_column(const struct table_view *v, int i)
{
    return v->columns == NULL ? i : v->columns[i];
}

static int view_rows(const struct table *t, const struct table_view *v)
{
    return v->rows == NULL ? t->n_rows : v->n_rows;
}

static const struct cell *view_cell(const struct table *t, const struct table_view *v, int row, int i)
{
    return table_cell(t, v->rows == NULL ? row : v->rows[row], view_column(v, i));
}

/* How a column of the text form is written. */
struct plan {
    bool right;   /* holds numbers only */
    int decimals; /* of its reals; -1: each its own, five significant digits or all of a large number */
    int width;    /* terminal columns */
};

enum { DIGITS = 5, MOST_DECIMALS = 6 };
static const double MOST_PLAIN = 1e15; /* greater ones have an exponent */

/* decimals_for: decimals that show the largest of the column's reals with DIGITS
 * significant digits, fewer if all of them end in zeros; -1 if the smallest would
 * lose its digits that way. */
static int decimals_for(double largest, double smallest)
{
    if (largest == 0.0)
        return 1;
    int decimals = DIGITS - 1 - (int)floor(log10(largest));
    if (decimals < 0)
        decimals = 0;
    if (decimals > MOST_DECIMALS || largest >= MOST_PLAIN || smallest < 5.0 * pow(10.0, -decimals))
        return -1;
    return decimals;
}

/* ends_in_zeros: whether v prints the same value with one decimal less. */
static bool ends_in_zero(double v, int decimals)
{
    char text[400];
    snprintf(text, sizeof text, "%.*f", decimals, v);
    return text[strlen(text) - 1] == '0';
}

static void plan_column(const struct table *t, const struct table_view *v, int i, struct plan *p)
{
    const int rows = view_rows(t, v);
    double largest = 0.0, smallest = INFINITY;
    bool reals = false, infinite = false;

    p->right = true;
    p->decimals = 0;
    for (int r = 0; r < rows; r++) {
        const struct cell *c = view_cell(t, v, r, i);
        if (c->type == CELL_TEXT || c->type == CELL_BLOB)
            p->right = false;
        if (c->type != CELL_REAL)
            continue;
        const double size = fabs(c->real);
        reals = true;
        infinite |= !isfinite(size);
        if (size > largest)
            largest = size;
        if (size > 0.0 && size < smallest)
            smallest = size;
    }
    if (!reals)
        return;
    p->decimals = infinite ? -1 : decimals_for(largest, smallest);
    for (bool shorter = true; shorter && p->decimals > 1; p->decimals -= shorter)
        for (int r = 0; r < rows && shorter; r++) {
            const struct cell *c = view_cell(t, v, r, i);
            shorter = c->type != CELL_REAL || ends_in_zero(c->real, p->decimals);
        }
}

int table_put_text(const char *text, size_t n_bytes, FILE *f)
{
    int width = 0;
    while (n_bytes > 0) {
        char escape[TEXT_ESCAPE_BYTES];
        const size_t length = (size_t)text_shown(text, n_bytes, escape);
        wchar_t wide = 0;
        mbstate_t state = {0};
        int columns = (int)strlen(escape);
        if (columns == 0 && mbrtowc(&wide, text, length, &state) == length)
            columns = wcwidth(wide) > 0 ? wcwidth(wide) : 0; /* a character of no known width shows itself */
        if (f != NULL)
            fwrite(escape[0] != '\0' ? escape : text, 1, escape[0] != '\0' ? strlen(escape) : length, f);
        width += columns;
        text += length;
        n_bytes -= length;
    }
    return width;
}

/* put_cell: writes the cell as plan says; f may be NULL. Returns its width. */
static int put_cell(const struct cell *c, const struct plan *p, FILE *f)
{
    char text[400] = "";
    switch (c->type) {
    case CELL_NULL:
        break;
    case CELL_INT:
        snprintf(text, sizeof text, "%lld", (long long)c->integer);
        break;
    case CELL_REAL:
        if (p->decimals < 0 && fabs(c->real) >= pow(10.0, DIGITS) && fabs(c->real) < MOST_PLAIN)
            snprintf(text, sizeof text, "%.0f", c->real);
        else if (p->decimals < 0)
            snprintf(text, sizeof text, "%.*g", DIGITS, c->real);
        else
            snprintf(text, sizeof text, "%.*f", p->decimals, c->real);
        break;
    case CELL_TEXT:
        return table_put_text(c->text, (size_t)c->integer, f);
    case CELL_BLOB:
        snprintf(text, sizeof text, "(%lld bytes)", (long long)c->integer);
        break;
    }
    if (f != NULL)
        fputs(text, f);
    return (int)strlen(text);
}

static void put_spaces(int n, FILE *f)
{
    for (int i = 0; i < n; i++)
        putc(' ', f);
}

static enum status print_text(const struct table *t, const struct table_view *v, FILE *f, struct errmsg *e)
{
    const int columns = view_columns(t, v), rows = view_rows(t, v);
    struct plan *plans = calloc((size_t)columns + 1, sizeof *plans);

    if (plans == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory for a table");
    for (int i = 0; i < columns; i++) {
        const char *name = t->names[view_column(v, i)];
        plan_column(t, v, i, &plans[i]);
        plans[i].width = table_put_text(name, strlen(name), NULL);
        for (int r = 0; r < rows; r++) {
            const int width = put_cell(view_cell(t, v, r, i), &plans[i], NULL);
            if (width > plans[i].width)
                plans[i].width = width;
        }
    }
    if (v->bold)
        fputs("\033[1m", f);
    for (int i = 0; i < columns; i++) {
        const char *name = t->names[view_column(v, i)];
        const int space = plans[i].width - table_put_text(name, strlen(name), NULL);
        put_spaces((i > 0 ? 2 : 0) + (plans[i].right ? space : 0), f);
        table_put_text(name, strlen(name), f);
        put_spaces(plans[i].right || i + 1 == columns ? 0 : space, f);
    }
    fputs(v->bold ? "\033[0m\n" : "\n", f);
    for (int i = 0; i < columns; i++) {
        put_spaces(i > 0 ? 2 : 0, f);
        for (int k = 0; k < plans[i].width; k++)
            putc('-', f);
    }
    putc('\n', f);
    for (int r = 0; r < rows; r++) {
        for (int i = 0; i < columns; i++) {
            const struct cell *c = view_cell(t, v, r, i);
            const int space = plans[i].width - put_cell(c, &plans[i], NULL);
            put_spaces((i > 0 ? 2 : 0) + (plans[i].right ? space : 0), f);
            put_cell(c, &plans[i], f);
            put_spaces(plans[i].right || i + 1 == columns ? 0 : space, f);
        }
        putc('\n', f);
    }
    free(plans);
    return STATUS_OK;
}

/* A | inside a cell would end it. */
static void put_piped(const char *text, size_t n_bytes, FILE *f)
{
    const char *end = text + n_bytes;
    for (const char *pipe; (pipe = memchr(text, '|', (size_t)(end - text))) != NULL; text = pipe + 1) {
        table_put_text(text, (size_t)(pipe - text), f);
        fputs("\\|", f);
    }
    table_put_text(text, (size_t)(end - text), f);
}

static enum status print_markdown(const struct table *t, const struct table_view *v, FILE *f, struct errmsg *e)
{
    const int columns = view_columns(t, v), rows = view_rows(t, v);
    struct plan *plans = calloc((size_t)columns + 1, sizeof *plans);
    if (plans == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory for a table");
    for (int i = 0; i < columns; i++) {
        const char *name = t->names[view_column(v, i)];
        fputs("| ", f);
        put_piped(name, strlen(name), f);
        putc(' ', f);
    }
    fputs("|\n", f);
    for (int i = 0; i < columns; i++) {
        plan_column(t, v, i, &plans[i]);
        fputs(plans[i].right ? "| ---: " : "| --- ", f);
    }
    fputs("|\n", f);
    for (int r = 0; r < rows; r++) {
        for (int i = 0; i < columns; i++) {
            const struct cell *c = view_cell(t, v, r, i);
            fputs("| ", f);
            if (c->type == CELL_TEXT)
                put_piped(c->text, (size_t)c->integer, f);
            else
                put_cell(c, &plans[i], f);
            putc(' ', f);
        }
        fputs("|\n", f);
    }
    free(plans);
    return STATUS_OK;
}

/* put_csv_text: its very bytes, but for a terminal, which would obey some of them. */
static void put_csv_text(const char *text, size_t n_bytes, bool terminal, FILE *f)
{
    bool quote = n_bytes == 0;
    for (size_t i = 0; i < n_bytes && !quote; i++)
        quote = strchr(",\"\r\n", text[i]) != NULL; /* also finds a 0 byte */
    if (quote)
        putc('"', f);
    for (size_t used = 0; n_bytes > 0; text += used, n_bytes -= used) {
        const char *mark = quote ? memchr(text, '"', n_bytes) : NULL;
        used = mark != NULL ? (size_t)(mark - text) + 1 : n_bytes;
        if (terminal)
            say_bytes(f, text, used);
        else
            fwrite(text, 1, used, f);
        if (mark != NULL)
            putc('"', f);
    }
    if (quote)
        putc('"', f);
}

static void put_csv_cell(const struct cell *c, bool terminal, FILE *f)
{
    char text[32];
    switch (c->type) {
    case CELL_NULL:
        break;
    case CELL_INT:
        fprintf(f, "%lld", (long long)c->integer);
        break;
    case CELL_REAL:
        text_of_real(c->real, text);
        fputs(text, f);
        break;
    case CELL_TEXT:
        put_csv_text(c->text, (size_t)c->integer, terminal, f);
        break;
    case CELL_BLOB:
        fprintf(f, "(%lld bytes)", (long long)c->integer);
        break;
    }
}

static void print_csv(const struct table *t, const struct table_view *v, FILE *f)
{
    const int columns = view_columns(t, v), rows = view_rows(t, v);
    const bool terminal = isatty(fileno(f)) == 1;
    for (int i = 0; i < columns; i++) {
        const char *name = t->names[view_column(v, i)];
        if (i > 0)
            putc(',', f);
        put_csv_text(name, strlen(name), terminal, f);
    }
    putc('\n', f);
    for (int r = 0; r < rows; r++) {
        for (int i = 0; i < columns; i++) {
            if (i > 0)
                putc(',', f);
            put_csv_cell(view_cell(t, v, r, i), terminal, f);
        }
        putc('\n', f);
    }
}

static void put_json_cell(struct json *j, const char *name, const struct cell *c)
{
    char text[48];
    switch (c->type) {
    case CELL_NULL:
        json_put_null(j, name);
        break;
    case CELL_INT:
        json_put_int(j, name, c->integer);
        break;
    case CELL_REAL:
        json_put_real(j, name, c->real);
        break;
    case CELL_TEXT:
        json_put_text_bytes(j, name, c->text, (size_t)c->integer);
        break;
    case CELL_BLOB:
        snprintf(text, sizeof text, "(%lld bytes)", (long long)c->integer);
        json_put_text(j, name, text);
        break;
    }
}

static void put_json_row(const struct table *t, const struct table_view *v, int row, struct json *j)
{
    json_put_open(j, NULL, '{', true);
    for (int i = 0; i < view_columns(t, v); i++)
        put_json_cell(j, t->names[view_column(v, i)], view_cell(t, v, row, i));
    json_put_close(j);
}

static void put_json(const struct table *t, const struct table_view *v, const char *key, struct json *j)
{
    json_put_open(j, key, '[', false);
    for (int r = 0; r < view_rows(t, v); r++)
        put_json_row(t, v, r, j);
    json_put_close(j);
}

static void print_json_lines(const struct table *t, const struct table_view *v, struct json *j)
{
    for (int r = 0; r < view_rows(t, v); r++)
        put_json_row(t, v, r, j);
}

void table_put_json(const struct table *t, const char *key, struct json *j)
{
    put_json(t, &everything, key, j);
}

enum status table_print(const struct table *t, const struct table_view *view, FILE *f, enum table_format format,
                        struct errmsg *e)
{
    struct json j;

    if (view == NULL)
        view = &everything;
    if (format == TABLE_TEXT)
        return print_text(t, view, f, e);
    if (format == TABLE_CSV) {
        print_csv(t, view, f);
        return STATUS_OK;
    }
    if (format == TABLE_MARKDOWN)
        return print_markdown(t, view, f, e);
    json_put_begin(&j, f);
    if (format == TABLE_JSON_LINES)
        print_json_lines(t, view, &j);
    else
        put_json(t, view, NULL, &j);
    return STATUS_OK;
}
