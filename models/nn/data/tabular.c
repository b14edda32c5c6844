#include "models/nn/data/tabular.h"
#include "models/nn/network/network.h"

#include "base/stop.h"
#include "base/text.h"

#include <csv.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* What libcsv's callbacks share. After the first failure they do nothing. */
struct parse {
    struct tabular *t;
    const char *file, *label;
    const struct tabular_wish *wish;
    char separator;
    struct errmsg *e;
    enum status status;
    int line;        /* of the file, from 1 */
    int field;       /* of this row, from 0 */
    int n_fields;    /* of the header; 0: it is being read */
    int label_field; /* -1: not found yet */
    int row_room, field_room;
};

static bool out_of_memory(struct parse *p)
{
    p->status = fail(p->e, STATUS_ENVIRONMENT, "%s:%d: out of memory", p->file, p->line);
    return false;
}

/* The name of field f, which the header has. */
static const char *name_of(const struct parse *p, int f)
{
    if (f == p->label_field)
        return p->label;
    return p->t->columns[f - (p->label_field >= 0 && f > p->label_field)];
}

static bool is_missing(const char *text)
{
    static const char *const words[] = {"", "NA", "N/A", "NaN", "null", "none", "?"};
    text += strspn(text, " \t");
    for (size_t k = 0; k < sizeof words / sizeof *words; k++)
        if (strcasecmp(text, words[k]) == 0)
            return true;
    return false;
}

static char *copy_of(const char *text, size_t n)
{
    char *copy = malloc(n + 1);
    if (copy != NULL) {
        memcpy(copy, text, n);
        copy[n] = '\0';
    }
    return copy;
}

static void two_of_a_name(struct parse *p, const char *name)
{
    p->status = fail(p->e, STATUS_INPUT, "%s:%d: two columns are called `%.60s`; rename one", p->file, p->line, name);
}

static void header_field(struct parse *p, const char *text, size_t n)
{
    struct tabular *t = p->t;
    if (memchr(text, '\0', n) != NULL || n == 0) {
        p->status = fail(p->e, STATUS_INPUT,
                         "%s:%d: column %d has no name; a table starts with a line of names (from pandas: "
                         "to_csv(…, index=False))",
                         p->file, p->line, p->field + 1);
        return;
    }
    if (strcmp(text, p->label) == 0) {
        if (p->label_field >= 0)
            two_of_a_name(p, text);
        p->label_field = p->field;
        return;
    }
    if (t->n_columns == NETWORK_MAX_WIDTH) {
        p->status =
            fail(p->e, STATUS_INPUT, "%s:%d: more than %d columns of numbers", p->file, p->line, NETWORK_MAX_WIDTH);
        return;
    }
    if (t->n_columns == p->field_room) {
        const int room = p->field_room == 0 ? 16 : 2 * p->field_room;
        char **grown = realloc(t->columns, (size_t)room * sizeof *grown);
        if (grown == NULL) {
            out_of_memory(p);
            return;
        }
        t->columns = grown;
        struct tabular_words **words = realloc(t->words, (size_t)room * sizeof(void *));
        if (words == NULL) {
            out_of_memory(p);
            return;
        }
        t->words = words;
        p->field_room = room;
    }
    t->words[t->n_columns] = NULL;
    t->columns[t->n_columns] = copy_of(text, n);
    if (t->columns[t->n_columns] == NULL)
        out_of_memory(p);
    else
        t->n_columns++;
}

static bool rows_grow(struct parse *p)
{
    struct tabular *t = p->t;
    if (t->n_rows < p->row_room)
        return true;
    if (p->row_room >= 1 << 29)
        return out_of_memory(p);
    const int room = p->row_room == 0 ? 64 : 2 * p->row_room;
    double *numbers = realloc(t->numbers, (size_t)room * (size_t)t->n_columns * sizeof *numbers);
    if (numbers != NULL)
        t->numbers = numbers;
    uint8_t *labels = realloc(t->labels, (size_t)room);
    if (labels != NULL)
        t->labels = labels;
    int *lines = realloc(t->lines, (size_t)room * sizeof *lines);
    if (lines != NULL)
        t->lines = lines;
    if (numbers == NULL || labels == NULL || lines == NULL)
        return out_of_memory(p);
    p->row_room = room;
    return true;
}

/* The place of a label among the sorted names, which it joins if it is new: the labels after it move. */
static void label_field(struct parse *p, const char *text, size_t n)
{
    struct tabular *t = p->t;
    int lo = 0, hi = t->n_names;
    while (lo < hi) {
        const int middle = (lo + hi) / 2;
        if (strcmp(t->names[middle], text) < 0)
            lo = middle + 1;
        else
            hi = middle;
    }
    if (lo == t->n_names || strcmp(t->names[lo], text) != 0) {
        if (t->n_names == TABULAR_MAX_NAMES) {
            p->status = fail(p->e, STATUS_INPUT,
                             "%s:%d: column `%.60s`: `%.60s` is label number %d; %d are possible: is this the column "
                             "of labels?",
                             p->file, p->line, p->label, text, TABULAR_MAX_NAMES + 1, TABULAR_MAX_NAMES);
            return;
        }
        char *copy = copy_of(text, n);
        if (copy == NULL) {
            out_of_memory(p);
            return;
        }
        memmove(t->names + lo + 1, t->names + lo, (size_t)(t->n_names - lo) * sizeof *t->names);
        t->names[lo] = copy;
        t->n_names++;
        for (int i = 0; i < t->n_rows; i++)
            t->labels[i] = (uint8_t)(t->labels[i] + (t->labels[i] >= lo));
    }
    t->labels[t->n_rows] = (uint8_t)lo;
}

/* Decimal only: strtod alone would take hexadecimal, infinities and NaN, too. */
static bool parse_number(const char *text, size_t n, double *x)
{
    char *end;
    if (memchr(text, '\0', n) != NULL)
        return false;
    text += strspn(text, " \t");
    const size_t digits = strspn(text, "+-.0123456789eE");
    *x = strtod(text, &end);
    return end != text && end <= text + digits && end[strspn(end, " \t")] == '\0' && isfinite(*x);
}

static void no_number(struct parse *p, const char *text)
{
    if (is_missing(text))
        p->status = fail(p->e, STATUS_INPUT,
                         "%s:%d: column `%.60s`: a missing value (`%.20s`); fill it in, or leave the line out", p->file,
                         p->line, name_of(p, p->field), text);
    else
        p->status = fail(p->e, STATUS_INPUT,
                         "%s:%d: column `%.60s`: `%.40s` is not a number (decimal, with a point); every column but the "
                         "labels', `%.60s`, must be one: recode it, name the column of labels as FOLDER:COLUMN, or add `,onehot` to make inputs of 0 and "
                         "1 from words",
                         p->file, p->line, name_of(p, p->field), text, p->label);
}

/* Whether a column is one of words, when its first field is read. */
static bool wants_words(const struct parse *p, int column, const char *text, size_t n)
{
    const struct tabular *like = p->wish->like;
    const char *list = p->wish->words, *name = p->t->columns[column];
    double x;
    if (like != NULL)
        return column < like->n_columns && like->words[column] != NULL;
    if (list == NULL || list[0] == '\0')
        return list != NULL && !parse_number(text, n, &x) && !is_missing(text);
    for (size_t length; *list != '\0'; list += length + (list[length] == '+')) {
        length = strcspn(list, "+");
        if (strlen(name) == length && strncmp(name, list, length) == 0)
            return true;
    }
    return false;
}

/* A field of a column of words: its place among them. They are sorted when all are known. */
static void word_field(struct parse *p, struct tabular_words *w, const char *text, size_t n, double *x)
{
    int k = 0;
    while (k < w->n && strcmp(w->names[k], text) != 0)
        k++;
    if (is_missing(text)) {
        no_number(p, text);
    } else if (k == TABULAR_MAX_NAMES) {
        p->status = fail(p->e, STATUS_INPUT, "%s:%d: column `%.60s`: `%.60s` is word number %d; %d are possible", p->file,
                         p->line, name_of(p, p->field), text, TABULAR_MAX_NAMES + 1, TABULAR_MAX_NAMES);
    } else {
        if (k == w->n && (w->names[w->n] = copy_of(text, n)) == NULL) {
            out_of_memory(p);
            return;
        }
        w->n += k == w->n;
        *x = k;
    }
}

static void body_field(struct parse *p, const char *text, size_t n)
{
    struct tabular *t = p->t;
    if (p->field >= p->n_fields) /* too many: said at the end of the line, which knows how many */
        return;
    if (p->field == 0 && !rows_grow(p))
        return;
    if (p->field != p->label_field) {
        const int column = p->field - (p->field > p->label_field);
        double *x = &t->numbers[(size_t)t->n_rows * (size_t)t->n_columns + (size_t)column];
        if (t->n_rows == 0 && wants_words(p, column, text, n) &&
            (t->words[column] = calloc(1, sizeof *t->words[column])) == NULL)
            out_of_memory(p);
        else if (t->words[column] != NULL)
            word_field(p, t->words[column], text, n, x);
        else if (!parse_number(text, n, x))
            no_number(p, text);
    } else if (is_missing(text)) {
        no_number(p, text);
    } else if (memchr(text, '\0', n) != NULL) {
        p->status = fail(p->e, STATUS_INPUT, "%s:%d: column `%.60s`: a label with a byte of 0 in it; is this text?",
                         p->file, p->line, p->label);
    } else {
        label_field(p, text, n);
    }
}

static void on_field(void *text, size_t n, void *context)
{
    struct parse *p = context;
    if (p->status == STATUS_OK) {
        if (p->n_fields == 0)
            header_field(p, text, n);
        else
            body_field(p, text, n);
    }
    p->field++;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void check_names_differ(struct parse *p)
{
    const struct tabular *t = p->t;
    const size_t n = (size_t)t->n_columns;
    if (n < 2)
        return;
    char **sorted = malloc(n * sizeof *sorted);
    if (sorted == NULL) {
        out_of_memory(p);
        return;
    }
    memcpy(sorted, t->columns, n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, compare_names);
    for (size_t k = 1; k < n && p->status == STATUS_OK; k++)
        if (strcmp(sorted[k - 1], sorted[k]) == 0)
            two_of_a_name(p, sorted[k]);
    free(sorted);
}

/* The header has no column of labels: which columns it has, or what else it might be. */
static void no_label(struct parse *p)
{
    const struct tabular *t = p->t;
    const char *near = text_nearest(p->label, (const char *const *)t->columns, t->n_columns);
    char names[256] = "", hint[128] = "";
    size_t used = 0;
    if (p->n_fields == 1 && strpbrk(t->columns[0], "| ") != NULL) {
        p->status = fail(p->e, STATUS_INPUT,
                         "%s:%d: one column, `%.60s`; fields are separated by commas, semicolons or tabs", p->file,
                         p->line, t->columns[0]);
        return;
    }
    for (int k = 0; k < t->n_columns && used < sizeof names; k++)
        used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", k > 0 ? ", " : "", t->columns[k]);
    if (near != NULL)
        snprintf(hint, sizeof hint, "; did you mean FOLDER:%.60s?", near);
    p->status = fail(p->e, STATUS_INPUT,
                     "%s:%d: no column is called `%.60s`; name that of the labels as FOLDER:COLUMN%s (columns: %s%s)",
                     p->file, p->line, p->label, hint, names, used < sizeof names ? "" : "…");
}

/* Every column that is to be one of words is one of the table's. */
static void check_words(struct parse *p)
{
    const struct tabular *t = p->t;
    for (const char *at = p->wish->words != NULL ? p->wish->words : ""; *at != '\0' && p->status == STATUS_OK;) {
        const size_t n = strcspn(at, "+");
        bool found = false;
        for (int k = 0; k < t->n_columns; k++)
            found = found || (strlen(t->columns[k]) == n && strncmp(t->columns[k], at, n) == 0);
        if (!found)
            p->status = fail(p->e, STATUS_INPUT, "%s:%d: onehot: no column is called `%.*s`", p->file, p->line,
                             (int)(n < 60 ? n : 60), at);
        at += n + (at[n] == '+');
    }
}

static void end_header(struct parse *p)
{
    const struct tabular *t = p->t;
    p->n_fields = p->field;
    check_names_differ(p);
    if (p->status == STATUS_OK)
        check_words(p);
    if (p->status != STATUS_OK)
        return;
    if (p->label_field < 0) {
        no_label(p);
    } else if (t->n_columns == 0) {
        p->status =
            fail(p->e, STATUS_INPUT, "%s:%d: no column but that of the labels, `%.60s`", p->file, p->line, p->label);
    }
}

static void on_row(int terminator, void *context)
{
    struct parse *p = context;
    (void)terminator;
    if (p->status == STATUS_OK && p->n_fields == 0) {
        end_header(p);
    } else if (p->status == STATUS_OK && p->field != p->n_fields) {
        p->status =
            fail(p->e, STATUS_INPUT, "%s:%d: %d fields, but the header has %d; quote a field that has a %s in it",
                 p->file, p->line, p->field, p->n_fields,
                 p->separator == ',' ? "comma" : p->separator == ';' ? "semicolon" : "tab");
    } else if (p->status == STATUS_OK) {
        p->t->lines[p->t->n_rows++] = p->line;
    }
    p->field = 0;
}

static enum status library_failed(struct parse *p, struct csv_parser *csv, size_t column)
{
    if (csv_error(csv) == CSV_ENOMEM)
        return fail(p->e, STATUS_ENVIRONMENT, "%s:%d: out of memory", p->file, p->line);
    return fail(p->e, STATUS_INPUT, "%s:%d:%zu: a stray or unclosed quote; write \"\" for a quote inside of quotes",
                p->file, p->line, column);
}

/* The bytes of the first line with its end: LF, CR LF or CR. */
static size_t line_bytes(const uint8_t *bytes, size_t n)
{
    size_t k = 0;
    while (k < n && bytes[k] != '\n' && bytes[k] != '\r')
        k++;
    if (k + 1 < n && bytes[k] == '\r' && bytes[k + 1] == '\n')
        k++;
    return k < n ? k + 1 : n;
}

/* Whether the first line has the label as a whole field between these separators; *n: how many there are, outside of
 * quotes. */
static bool header_has(const char *line, size_t n, char separator, const char *label, int *found)
{
    const size_t length = strlen(label);
    bool quoted = false, has = false;
    size_t begin = 0;
    *found = 0;
    for (size_t k = 0; k <= n; k++) {
        if (k < n && line[k] == '"')
            quoted = !quoted;
        if (k < n && (quoted || line[k] != separator))
            continue;
        const size_t quote = k - begin >= 2 && line[begin] == '"' && line[k - 1] == '"';
        has = has || (k - begin - 2 * quote == length && strncmp(line + begin + quote, label, length) == 0);
        *found += k < n;
        begin = k + 1;
    }
    return has;
}

/* The separator of a header: the one between which the label stands, else the one that is there most often. */
static char choose_separator(const uint8_t *bytes, size_t n_bytes, const char *label)
{
    static const char separators[] = {',', ';', '\t'};
    size_t n = line_bytes(bytes, n_bytes);
    char best = ',';
    int most = 0;
    while (n > 0 && (bytes[n - 1] == '\n' || bytes[n - 1] == '\r'))
        n--;
    for (size_t k = 0; k < sizeof separators; k++) {
        int found;
        const bool has = header_has((const char *)bytes, n, separators[k], label, &found);
        if (has && found > 0)
            return separators[k];
        if (found > most) {
            most = found;
            best = separators[k];
        }
    }
    return best;
}

enum status tabular_parse(const uint8_t *bytes, size_t n_bytes, const struct tabular_wish *wish, const char *file,
                          struct tabular *out, struct errmsg *e)
{
    static const uint8_t mark[] = {0xef, 0xbb, 0xbf};
    struct parse p = {
        .t = out, .file = file, .label = wish->label, .wish = wish, .e = e, .line = 1, .label_field = -1};
    struct csv_parser csv;
    size_t at = n_bytes >= sizeof mark && memcmp(bytes, mark, sizeof mark) == 0 ? sizeof mark : 0;

    *out = (struct tabular){0};
    if (text_is_utf_16(bytes, n_bytes))
        return fail(e, STATUS_INPUT, "%s: this is UTF-16; save it as UTF-8: iconv -f UTF-16 -t UTF-8 FILE", file);
    if (csv_init(&csv, CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL) != 0)
        return fail(e, STATUS_ENVIRONMENT, "%s: cannot start to read it", file);
    p.separator = choose_separator(bytes + at, n_bytes - at, wish->label);
    csv_set_delim(&csv, (unsigned char)p.separator);
    /* A line at a time, so that the callbacks know which it is. */
    while (at < n_bytes && p.status == STATUS_OK) {
        const size_t n = line_bytes(bytes + at, n_bytes - at);
        const size_t read = csv_parse(&csv, bytes + at, n, on_field, on_row, &p);
        if (read != n && p.status == STATUS_OK)
            p.status = library_failed(&p, &csv, read + 1);
        at += n;
        p.line += p.status == STATUS_OK && at < n_bytes;
        if (p.status == STATUS_OK)
            p.status = stop_check(e);
    }
    if (p.status == STATUS_OK && csv_fini(&csv, on_field, on_row, &p) != 0)
        p.status = library_failed(&p, &csv, 1);
    if (p.status == STATUS_OK && p.n_fields == 0)
        p.status = fail(e, STATUS_INPUT, "%s:1: the file is empty; a table starts with a line of names", file);
    if (p.status == STATUS_OK && out->n_rows == 0)
        p.status = fail(e, STATUS_INPUT, "%s:%d: the table has names, but no lines of numbers", file, p.line);
    csv_free(&csv);
    return p.status;
}

static void words_free(struct tabular_words *w)
{
    for (int k = 0; w != NULL && k < w->n; k++)
        free(w->names[k]);
    free(w);
}

void tabular_free(struct tabular *t)
{
    for (int k = 0; k < t->n_columns; k++) {
        free(t->columns[k]);
        if (t->words != NULL)
            words_free(t->words[k]);
    }
    free(t->words);
    for (int k = 0; k < t->n_names; k++)
        free(t->names[k]);
    free(t->columns);
    free(t->numbers);
    free(t->labels);
    free(t->lines);
    *t = (struct tabular){0};
}

void tabular_take(struct tabular *t, char **columns, double *numbers, int n)
{
    for (int k = 0; k < t->n_columns; k++) {
        free(t->columns[k]);
        words_free(t->words[k]);
    }
    free(t->columns);
    free(t->numbers);
    t->columns = columns;
    t->numbers = numbers;
    t->n_columns = n;
    free(t->words);
    t->words = NULL; /* nobody asks any more */
}
