#include "explorer/report/points_file.h"

#include "base/text.h"
#include "db/columns.h"
#include "explorer/sweep/values.h"
#include "models/fpga/device/device.h"

#include <csv.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_FIELDS = 256 };

/* What libcsv's callbacks share. After the first failure they do nothing. */
struct parse {
    struct table *t;
    const char *file;
    struct errmsg *e;
    enum status status;
    int line, field;
    char *header[MOST_FIELDS];
    int n_header;
    struct cell *row; /* the one that is read; NULL: none yet */
};

static void wrong(struct parse *p, const char *what, const char *text)
{
    p->status = fail(p->e, STATUS_INPUT, "%s:%d: %s `%.60s`", p->file, p->line, what, text);
}

static void no_memory(struct parse *p)
{
    p->status = fail(p->e, STATUS_ENVIRONMENT, "%s:%d: out of memory", p->file, p->line);
}

/* nearest_column: of those that a point may have. */
static const char *nearest_column(const char *name)
{
    const char *names[MOST_FIELDS];
    int n, used = 0;
    const struct view_column *columns = column_list(&n);
    for (int i = 0; i < n && used < MOST_FIELDS - 3; i++)
        if (column_may_be_published(&columns[i]))
            names[used++] = columns[i].name;
    names[used++] = "name";
    names[used++] = "source";
    names[used++] = "note";
    return text_nearest(name, names, used);
}

static bool is_own(const char *name)
{
    return strcmp(name, "name") == 0 || strcmp(name, "source") == 0 || strcmp(name, "note") == 0;
}

static void header_field(struct parse *p, const char *name)
{
    const struct view_column *known = column_find(name);
    if (p->n_header == MOST_FIELDS) {
        wrong(p, "too many columns, from", name);
        return;
    }
    for (int i = 0; i < p->n_header; i++)
        if (strcmp(p->header[i], name) == 0) {
            wrong(p, "two columns are called", name);
            return;
        }
    if (!is_own(name) && (known == NULL || !column_may_be_published(known))) {
        const char *meant = nearest_column(name);
        if (strpbrk(name, ";\t") != NULL)
            p->status = fail(p->e, STATUS_INPUT, "%s:%d: fields are separated by commas, not as in `%.60s`", p->file,
                             p->line, name);
        else if (meant != NULL)
            p->status = fail(p->e, STATUS_INPUT, "%s:%d: a point has no column `%.60s`: did you mean `%s`?", p->file,
                             p->line, name, meant);
        else
            p->status = fail(p->e, STATUS_INPUT,
                             "%s:%d: a point has no column `%.60s`: there are name, source, note, and the axes and "
                             "results of `deltasweep help columns`",
                             p->file, p->line, name);
        return;
    }
    p->header[p->n_header] = strdup(name);
    if (p->header[p->n_header] == NULL)
        no_memory(p);
    else
        p->n_header++;
}

static void end_header(struct parse *p)
{
    bool name = false, source = false;
    for (int i = 0; i < p->n_header; i++) {
        name |= strcmp(p->header[i], "name") == 0;
        source |= strcmp(p->header[i], "source") == 0;
    }
    if (!name || !source) {
        p->status = fail(p->e, STATUS_INPUT,
                         "%s:%d: the first line has no column `%s`; it names the columns: name, source, and those of "
                         "`deltasweep help columns` (examples/published.csv is such a file)",
                         p->file, p->line, name ? "source" : "name");
        return;
    }
    p->status = table_make((const char *const *)p->header, p->n_header, &p->t, p->e);
}

/* is_cells: whether the column counts cells of a part. */
static bool is_cells(const char *name)
{
    static const char *const cells[] = {
#define CELL(member, title, description) #member,
#define SHARE(...)
#include "models/fpga/device/resources.def"
#undef CELL
#undef SHARE
    };
    for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++)
        if (strcmp(name, cells[i]) == 0)
            return true;
    return false;
}

/* check_count: cells and the numbers of an axis are whole. Others may publish more than the axes allow here, but no
 * weight has more than 64 bits, and no part 1e9 cells. */
static void check_count(struct parse *p, const struct view_column *c, const char *text, double v)
{
    const int a = axis_find(c->name);
    const enum axis_kind kind = a >= 0 ? axis_at((enum axis_id)a)->kind : AXIS_WORDS;
    const bool numbers = kind == AXIS_NUMBERS || kind == AXIS_FORMATS;
    const double most = strcmp(c->unit, "bit") == 0 ? 64 : 1e9;
    if ((numbers || is_cells(c->name)) && (v != floor(v) || fabs(v) > most))
        p->status = fail(p->e, STATUS_INPUT, "%s:%d: `%s` is `%.40s`: a whole number of at most %.0f is expected",
                         p->file, p->line, c->name, text, most);
}

/* check_size: a figure that nobody measures is a slip of the keyboard, and what follows from it (a sum, 1000 / MHz) may
 * be no number. A figure may be 0. */
static void check_size(struct parse *p, const struct view_column *c, const char *text, double v)
{
    static const double LEAST = 1e-18;
    static const struct {
        const char *unit;
        double most;
    } bounds[] = {{"MHz", 1e5}, {"ns", 1e9}, {"us", 1e12}, {"s", 1e9}, {"mW", 1e6}, {"fraction", 1e6}};
    double most = 1e18;
    for (size_t i = 0; i < sizeof bounds / sizeof bounds[0]; i++)
        if (strcmp(c->unit, bounds[i].unit) == 0)
            most = bounds[i].most;
    if (fabs(v) > most || (v != 0.0 && fabs(v) < LEAST))
        p->status = fail(p->e, STATUS_INPUT, "%s:%d: `%s` is `%.40s`%s%s: 0, or a number from %g to %g is expected",
                         p->file, p->line, c->name, text, c->unit[0] != '\0' ? " " : "", c->unit, LEAST, most);
}

/* check_word: a word of an axis is one that the axis has; a device is one whose budgets are known. */
static void check_word(struct parse *p, const char *name, const char *text)
{
    const int a = axis_find(name);
    struct axis_values v = {0};
    struct errmsg why = {""};
    if (strcmp(name, "device") == 0 && device_find(text) == NULL)
        p->status = fail(p->e, STATUS_INPUT,
                         "%s:%d: there is no device `%.40s`: leave "
                         "`device` empty, and name another part in `note`",
                         p->file, p->line, text);
    else if (a >= 0 && axis_at((enum axis_id)a)->kind == AXIS_WORDS &&
             values_read((enum axis_id)a, text, false, &v, &why) != STATUS_OK)
        p->status = fail(p->e, STATUS_INPUT, "%s:%d: %s: %s; leave it empty, and name another in `note`", p->file,
                         p->line, name, why.text);
    values_free(&v);
}

static void take_number(struct parse *p, const struct view_column *c, const char *text, struct cell *cell)
{
    char *end;
    const double v = strtod(text, &end);
    const bool decimal = text[strspn(text, "+-.0123456789eE")] == '\0';
    if (!decimal || end == text || *end != '\0' || !isfinite(v))
        p->status =
            fail(p->e, STATUS_INPUT, "%s:%d: `%s` is `%.40s`, not a number (decimal, with a point, without a unit%s%s)",
                 p->file, p->line, c->name, text, c->unit[0] != '\0' ? "; it is in " : "",
                 strcmp(c->unit, "fraction") == 0 ? "fractions of 1" : c->unit);
    else if (strcmp(c->unit, "fraction") == 0 && text_ends_with(c->name, "accuracy") && v > 1.0)
        p->status = fail(p->e, STATUS_INPUT, "%s:%d: `%s` is a fraction of 1: write %.10g for %.10g %%", p->file,
                         p->line, c->name, v / 100.0, v);
    else if (c->kind == COLUMN_RESULT && v < 0.0)
        p->status =
            fail(p->e, STATUS_INPUT, "%s:%d: `%s` is %s, and cannot be below 0", p->file, p->line, c->name, text);
    else
        check_count(p, c, text, v);
    if (p->status == STATUS_OK)
        check_size(p, c, text, v);
    *cell = (struct cell){.type = CELL_REAL, .real = v};
}

static void body_field(struct parse *p, const char *text, size_t n)
{
    if (p->field == 0 && (p->row = table_add(p->t)) == NULL)
        no_memory(p);
    if (p->status != STATUS_OK || p->row == NULL || p->field >= p->n_header)
        return;
    const char *name = p->header[p->field];
    const struct view_column *known = is_own(name) ? NULL : column_find(name);
    struct cell *cell = &p->row[p->field];
    if (memchr(text, '\0', n) != NULL) {
        wrong(p, "a byte of 0 in", name);
    } else if (n == 0 && (strcmp(name, "name") == 0 || strcmp(name, "source") == 0)) {
        wrong(p, "a point without its", name);
    } else if (known != NULL && known->unit != NULL && n > 0) {
        take_number(p, known, text, cell);
    } else if (n > 0) {
        check_word(p, name, text);
        *cell = (struct cell){.type = CELL_TEXT, .integer = (int64_t)n, .text = strdup(text)};
        if (cell->text == NULL)
            no_memory(p);
    }
}

static void on_field(void *text, size_t n, void *context)
{
    struct parse *p = context;
    if (p->status == STATUS_OK && p->t == NULL)
        header_field(p, text);
    else if (p->status == STATUS_OK)
        body_field(p, text, n);
    p->field++;
}

/* check_row: that the row is whole, says something, and is of a point that no earlier row is of. */
static void check_row(struct parse *p)
{
    const struct table *t = p->t;
    const int name = table_column(t, "name"), source = table_column(t, "source"), last = t->n_rows - 1;
    if (p->field != p->n_header) {
        p->status = fail(p->e, STATUS_INPUT,
                         "%s:%d: %d fields, but the first line has %d; quote a field that has a comma in it", p->file,
                         p->line, p->field, p->n_header);
        return;
    }
    bool says = false;
    for (int i = 0; i < p->n_header; i++)
        says |= !is_own(p->header[i]) && p->row[i].type != CELL_NULL;
    if (!says)
        wrong(p, "nothing but a name is said of", p->row[name].text);
    for (int i = 0; i < last && p->status == STATUS_OK; i++)
        if (strcmp(table_cell(t, i, name)->text, p->row[name].text) == 0 &&
            strcmp(table_cell(t, i, source)->text, p->row[source].text) == 0)
            wrong(p, "this source has an earlier point called", p->row[name].text);
}

static void on_row(int terminator, void *context)
{
    struct parse *p = context;
    (void)terminator;
    if (p->status == STATUS_OK && p->t == NULL)
        end_header(p);
    else if (p->status == STATUS_OK)
        check_row(p);
    p->field = 0;
}

/* feed: a line at a time, so that the callbacks know which it is. */
static void feed(struct parse *p, struct csv_parser *csv, const char *text, size_t n_bytes)
{
    static const char mark[] = "\xef\xbb\xbf";
    size_t at = n_bytes >= 3 && memcmp(text, mark, 3) == 0 ? 3 : 0;
    for (; at < n_bytes && p->status == STATUS_OK; p->line++) {
        const char *end = memchr(text + at, '\n', n_bytes - at);
        const size_t n = end != NULL ? (size_t)(end - text) + 1 - at : n_bytes - at;
        if (csv_parse(csv, text + at, n, on_field, on_row, p) != n && p->status == STATUS_OK)
            p->status = fail(p->e, STATUS_INPUT, "%s:%d: a stray quote; write \"\" for a quote inside of quotes",
                             p->file, p->line);
        at += n;
    }
    if (p->status == STATUS_OK && csv_fini(csv, on_field, on_row, p) != 0)
        p->status = fail(p->e, STATUS_INPUT, "%s: a quote is not closed", p->file);
}

/* check_text: that it is UTF-8, as the database and the plots have it. */
static void check_text(struct parse *p, const char *text, size_t n_bytes)
{
    if (n_bytes >= 2 && (memcmp(text, "\xff\xfe", 2) == 0 || memcmp(text, "\xfe\xff", 2) == 0)) {
        p->status = fail(p->e, STATUS_INPUT, "%s: this is UTF-16: save it as UTF-8", p->file);
        return;
    }
    int line = 1;
    for (size_t i = 0; i < n_bytes;) {
        const int n = text[i] == '\0' ? 1 : text_utf8_length(text + i, n_bytes - i);
        if (n == 0) {
            p->status = fail(p->e, STATUS_INPUT, "%s:%d: this is not UTF-8 (a byte %02x): save the file as UTF-8",
                             p->file, line, (unsigned char)text[i]);
            return;
        }
        line += text[i] == '\n';
        i += (size_t)n;
    }
}

enum status points_parse(const char *text, size_t n_bytes, const char *file, struct table **out, struct errmsg *e)
{
    struct parse p = {.file = file, .e = e, .line = 1};
    struct csv_parser csv;
    *out = NULL;
    if (text_is_utf_16(text, n_bytes))
        return fail(e, STATUS_INPUT, "%s: this is UTF-16; save it as UTF-8: iconv -f UTF-16 -t UTF-8 FILE", file);
    if (csv_init(&csv, CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL) != 0)
        return fail(e, STATUS_ENVIRONMENT, "%s: cannot start to read it", file);
    check_text(&p, text, n_bytes);
    feed(&p, &csv, text, n_bytes);
    csv_free(&csv);
    for (int i = 0; i < p.n_header; i++)
        free(p.header[i]);
    if (p.status == STATUS_OK && p.t == NULL)
        p.status = fail(e, STATUS_INPUT, "%s: it is empty; examples/published.csv shows what belongs in it", file);
    else if (p.status == STATUS_OK && p.t != NULL && p.t->n_rows == 0)
        p.status = fail(e, STATUS_INPUT, "%s: it names columns, and has no point", file);
    if (p.status != STATUS_OK)
        table_free(p.t);
    else
        *out = p.t;
    return p.status;
}
