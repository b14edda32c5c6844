/* Has gnuplot draw a plot into a file. */
#include "explorer/report/plot.h"

#include "base/file.h"
#include "base/tool.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* fonts_for_everyone: an SVG names its font; a reader without that one should take a like one. */
static char *fonts_for_everyone(const char *svg, size_t *n_bytes)
{
    static const char one[] = "font-family=\"DejaVu Sans\"";
    static const char several[] = "font-family=\"DejaVu Sans, Verdana, Helvetica, Arial, sans-serif\"";
    char *out = NULL;
    size_t size = 0;
    FILE *f = open_memstream(&out, &size);
    if (f == NULL)
        return NULL;
    const char *end = svg + *n_bytes, *hit;
    while ((hit = memmem(svg, (size_t)(end - svg), one, strlen(one))) != NULL) {
        fwrite(svg, 1, (size_t)(hit - svg), f);
        fputs(several, f);
        svg = hit + strlen(one);
    }
    fwrite(svg, 1, (size_t)(end - svg), f);
    if (fclose(f) != 0) {
        free(out);
        return NULL;
    }
    *n_bytes = size;
    return out;
}

/* script_of: owned by the caller (free). output: see plot_script. */
static enum status script_of(const struct plot *p, enum plot_format format, const char *output, char **script,
                             size_t *n_bytes, struct errmsg *e)
{
    FILE *f = open_memstream(script, n_bytes);
    if (f == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory for the plot's script");
    plot_script(p, format, output, f);
    return fclose(f) == 0 ? STATUS_OK : fail(e, STATUS_ENVIRONMENT, "out of memory for the plot's script");
}

/* write_script: what it draws gets the name of the script, in the folder where gnuplot is called. */
static enum status write_script(const struct plot *p, const char *file, struct errmsg *e)
{
    const char *slash = strrchr(file, '/');
    char name[256];
    snprintf(name, sizeof name, "%.255s", slash != NULL ? slash + 1 : file);
    char *end = strrchr(name, '.');
    if (end != NULL)
        *end = '\0';
    char *script = NULL;
    size_t n_bytes = 0;
    enum status s = script_of(p, PLOT_SVG, name, &script, &n_bytes, e);
    if (s == STATUS_OK)
        s = file_replace(file, script, n_bytes, e);
    free(script);
    return s;
}

enum status plot_draw(const struct plot *p, enum plot_format format, const char *file, struct errmsg *e)
{
    static const char *const magics[] = {"<?xml", "\x89PNG", "%PDF"};
    const char *const argv[] = {"gnuplot", "-d", "-", NULL}; /* -d: without the user's own settings */
    struct tool_output drawn = {0};
    char *script = NULL, *svg = NULL;
    size_t script_bytes = 0, n_bytes;

    if (format == PLOT_GP)
        return write_script(p, file, e);
    enum status s = script_of(p, format, NULL, &script, &script_bytes, e);
    if (s != STATUS_OK || (s = tool_check(argv, NULL, script, script_bytes, &drawn, e)) != STATUS_OK)
        goto done;
    n_bytes = drawn.out_bytes;
    if (n_bytes < 64 || memcmp(drawn.out, magics[format], strlen(magics[format])) != 0) {
        s = fail(e, STATUS_ENVIRONMENT, "gnuplot drew nothing: %.500s", drawn.err);
        goto done;
    }
    if (format == PLOT_SVG && (svg = fonts_for_everyone(drawn.out, &n_bytes)) == NULL) {
        s = fail(e, STATUS_ENVIRONMENT, "out of memory for the plot");
        goto done;
    }
    s = file_replace(file, svg != NULL ? svg : drawn.out, n_bytes, e);
done:
    free(script);
    free(svg);
    tool_output_free(&drawn);
    return s;
}
