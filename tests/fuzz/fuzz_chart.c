/* What is asked of a chart, over the rows of a table. Bytes: x, y, colour, shape, panels, --log, --xrange, --yrange,
 * the title and the columns of parallel coordinates, each ended by a 0 and left out if it is empty; then the rows, as a
 * file of published points. */
#include "explorer/report/chart.h"
#include "explorer/report/plot.h"
#include "explorer/report/points_file.h"
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXTS = 10 };

static void draw(const struct table *t, const char *const text[TEXTS])
{
    const struct chart_request r = {.view = "designs", .x = text[0], .y = text[1], .color = text[2], .shape = text[3],
                                    .facet = text[4], .log = text[5], .x_range = text[6], .y_range = text[7],
                                    .title = text[8], .parallel = text[9]};
    struct chart *c = NULL;
    struct errmsg e = {""};
    char *script = NULL;
    size_t n = 0;
    if ((r.parallel == NULL && (r.x == NULL || r.y == NULL)) || !fuzz_told(chart_new(t, &r, &c, &e), &e))
        return;
    FILE *f = open_memstream(&script, &n);
    if (f != NULL) {
        plot_script(chart_plot(c), PLOT_SVG, NULL, f);
        fclose(f);
    }
    free(script);
    (void)chart_note(c);
    chart_free(c);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes)
{
    struct table *t = NULL;
    struct errmsg e = {""};
    const char *text[TEXTS] = {NULL};
    char *all = fuzz_text(bytes, n_bytes), *at = all, *const end = all + n_bytes;
    for (int k = 0; k < TEXTS && at < end; k++) {
        text[k] = *at != '\0' ? at : NULL;
        at += strlen(at) + 1;
    }
    if (at < end && points_parse(at, (size_t)(end - at), "rows.csv", &t, &e) == STATUS_OK && t != NULL)
        draw(t, text);
    table_free(t);
    free(all);
    return 0;
}
