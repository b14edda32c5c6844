/* Tables with any texts and numbers in them, in every form in which they are printed; and texts as JSON, which is JSON
 * whatever they are. A cell: a byte for its type, then 8 bytes of a number, or a length and a text. */
#include "explorer/report/table.h"
#include "tests/fuzz/fuzz.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS = 3 };

/* take: at most n of the bytes that are left. */
static size_t take(const uint8_t **at, size_t *left, size_t n, const uint8_t **taken)
{
    n = n < *left ? n : *left;
    *taken = *at;
    *at += n;
    *left -= n;
    return n;
}

static void fill(struct cell *c, const uint8_t **at, size_t *left)
{
    const uint8_t *b = NULL;
    uint64_t bits = 0;
    const uint8_t type = take(at, left, 1, &b) == 1 ? *b : 0;
    if (type % 4 == 0)
        return;
    if (type % 4 == 3) {
        const size_t n = take(at, left, type / 4, &b);
        *c = (struct cell){.type = CELL_TEXT, .integer = (int64_t)n, .text = fuzz_text(b, n)};
        return;
    }
    const size_t n = take(at, left, sizeof bits, &b);
    memcpy(&bits, b, n);
    c->type = type % 4 == 1 ? CELL_INT : CELL_REAL;
    memcpy(&c->integer, &bits, sizeof bits);
    memcpy(&c->real, &bits, sizeof bits);
}

static void print(const struct table *t, enum table_format format)
{
    struct errmsg e = {""};
    char *text = NULL;
    size_t n = 0;
    FILE *f = open_memstream(&text, &n);
    if (f == NULL)
        return;
    fuzz_told(table_print(t, NULL, f, format, &e), &e);
    fclose(f);
    if (format == TABLE_JSON) {
        json_t *root = json_loadb(text, n, JSON_ALLOW_NUL, NULL);
        if (root == NULL)
            abort();
        json_decref(root);
    }
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes)
{
    static const char *const names[COLUMNS] = {"a", "b", "c"};
    struct table *t = NULL;
    struct errmsg e = {""};
    if (table_make(names, COLUMNS, &t, &e) != STATUS_OK || t == NULL)
        return 0;
    while (n_bytes > 0) {
        struct cell *row = table_add(t);
        for (int k = 0; k < COLUMNS && row != NULL; k++)
            fill(&row[k], &bytes, &n_bytes);
    }
    for (int format = TABLE_TEXT; format <= TABLE_MARKDOWN; format++)
        print(t, (enum table_format)format);
    table_free(t);
    return 0;
}
