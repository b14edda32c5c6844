#include "models/fpga/vivado/text.h"

#include <stdlib.h>
#include <string.h>

/* whole_count: a cell as a count, -1 if it is none. */
static int whole_count(const char *cell)
{
    const size_t n = strspn(cell, "0123456789");
    return n > 0 && n < 10 && cell[n] == '\0' ? (int)strtol(cell, NULL, 10) : -1;
}

/* A row that is looked for. */
struct row {
    const char *name, *other; /* without the * that some versions put behind it for a footnote */
    int *value;               /* -1: not found yet */
};

/* available_column: of a line with the names of the columns, of which there are five or six; -1 if it has none. */
static int available_column(int n, char cells[VIVADO_CELLS_MOST][VIVADO_CELL_BYTES])
{
    for (int k = n - 1; k >= 2; k--)
        if (strcmp(cells[k], "Available") == 0)
            return k;
    return -1;
}

/* read_row: the count of a row, which is at most `most` unless that is -1. */
static enum status read_row(const struct row *row, const char *name, const char *used, int most, struct errmsg *e)
{
    *row->value = whole_count(used);
    if (*row->value < 0)
        return fail(e, STATUS_INPUT, "`%s` has `%s` where a count should be", name, used);
    if (most >= 0 && *row->value > most)
        return fail(e, STATUS_INPUT, "`%s` says %d used of %d: no placed design does", name, *row->value, most);
    return STATUS_OK;
}

/* read_rows: what of the rows stands in the text; the distribution over slices repeats some, and the first counts. */
static enum status read_rows(struct vivado_reader *r, const struct row *rows, int n_rows, struct errmsg *e)
{
    char cells[VIVADO_CELLS_MOST][VIVADO_CELL_BYTES];
    enum status s = STATUS_OK;
    int available = -1;
    while (s == STATUS_OK && vivado_read_line(r)) {
        const int n = vivado_cut_cells(r->line, cells);
        if (n < 2)
            continue;
        if (strcmp(cells[1], "Used") == 0)
            available = available_column(n, cells);
        char *star = strchr(cells[0], '*');
        if (star != NULL && star[1] == '\0')
            *star = '\0';
        const int most = available > 0 && available < n ? whole_count(cells[available]) : -1;
        for (int i = 0; s == STATUS_OK && i < n_rows; i++)
            if (*rows[i].value < 0 && (strcmp(cells[0], rows[i].name) == 0 ||
                                       (rows[i].other != NULL && strcmp(cells[0], rows[i].other) == 0)))
                s = read_row(&rows[i], cells[0], cells[1], most, e);
    }
    return s;
}

enum status vivado_read_utilisation(const char *text, size_t bytes, struct vivado_utilisation *out, struct errmsg *e)
{
    const struct row rows[] = {
        {"Slice LUTs", "CLB LUTs", &out->lut},
        {"LUT as Logic", NULL, &out->lut_logic},
        {"LUT as Memory", NULL, &out->lut_memory},
        {"Slice Registers", "CLB Registers", &out->ff},
        {"F7 Muxes", NULL, &out->muxf7},
        {"F8 Muxes", NULL, &out->muxf8},
        {"RAMB36/FIFO", NULL, &out->bram36},
        {"RAMB18", NULL, &out->bram18},
        {"DSPs", NULL, &out->dsp},
    };
    enum { ROWS = sizeof rows / sizeof rows[0] };
    struct vivado_reader r = {.next = text, .end = text + bytes};
    for (int i = 0; i < ROWS; i++)
        *rows[i].value = -1;
    const enum status s = read_rows(&r, rows, ROWS, e);
    if (s != STATUS_OK)
        return s;
    for (int i = 0; i < ROWS; i++)
        if (*rows[i].value < 0)
            return fail(e, STATUS_INPUT,
                        "the report is cut, or not the plain one: it has no row `%s` (use report_utilization without "
                        "-hierarchical, and give all of its text)",
                        rows[i].name);
    if (out->lut_logic > out->lut || out->lut_memory > out->lut)
        return fail(e, STATUS_INPUT, "%d LUTs as logic and %d as memory are not of %d LUTs", out->lut_logic,
                    out->lut_memory, out->lut);
    return STATUS_OK;
}
