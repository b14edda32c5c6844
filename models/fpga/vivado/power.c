#include "models/fpga/vivado/text.h"

#include <string.h>

enum status vivado_read_power(const char *text, size_t bytes, struct vivado_power *out, struct errmsg *e)
{
    const struct {
        const char *name;
        double *value;
    } rows[] = {
        {"Total On-Chip Power (W)", &out->total_w},
        {"Dynamic (W)", &out->dynamic_w},
        {"Device Static (W)", &out->static_w},
    };
    enum { ROWS = sizeof rows / sizeof rows[0] };
    struct vivado_reader r = {.next = text, .end = text + bytes};
    char cells[VIVADO_CELLS_MOST][VIVADO_CELL_BYTES];
    bool found[ROWS] = {false};

    while (vivado_read_line(&r)) {
        const int n = vivado_cut_cells(r.line, cells);
        for (int i = 0; n == 2 && i < ROWS; i++) {
            if (strcmp(cells[0], rows[i].name) != 0 || found[i])
                continue;
            const char *end;
            *rows[i].value = vivado_plain_real(cells[1] + (cells[1][0] == '<'), &end);
            found[i] = *rows[i].value >= 0.0 && (*end == '\0' || strncmp(end, " (", 2) == 0);
            if (!found[i])
                return fail(e, STATUS_INPUT, "`%s` has `%s` where watts should be", cells[0], cells[1]);
        }
    }
    for (int i = 0; i < ROWS; i++)
        if (!found[i])
            return fail(e, STATUS_INPUT, "the report is cut: it has no row `%s`", rows[i].name);
    if (out->dynamic_w + out->static_w > out->total_w + 0.0021)
        return fail(e, STATUS_INPUT, "%.3f W dynamic and %.3f W static are more than the %.3f W in all", out->dynamic_w,
                    out->static_w, out->total_w);
    return STATUS_OK;
}
