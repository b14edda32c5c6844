#include "models/fpga/vivado/text.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

bool vivado_read_line(struct vivado_reader *r)
{
    if (r->next == r->end)
        return false;
    const char *stop = memchr(r->next, '\n', (size_t)(r->end - r->next));
    const char *from = r->next, *to = stop != NULL ? stop : r->end;
    r->next = stop != NULL ? stop + 1 : r->end;
    while (from < to && isspace((unsigned char)*from))
        from++;
    while (to > from && isspace((unsigned char)to[-1]))
        to--;
    const size_t n = (size_t)(to - from) < VIVADO_LINE_BYTES - 1 ? (size_t)(to - from) : VIVADO_LINE_BYTES - 1;
    memcpy(r->line, from, n);
    r->line[n] = '\0';
    return true;
}

void vivado_copy_text(char *to, size_t room, const char *from, size_t n)
{
    size_t i = 0;
    for (; i < n && i + 1 < room && from[i] != '\0'; i++)
        to[i] = (char)(from[i] >= 32 && from[i] < 127 ? from[i] : '?');
    to[i] = '\0';
}

int vivado_cut_cells(const char *line, char cells[VIVADO_CELLS_MOST][VIVADO_CELL_BYTES])
{
    int n = 0;
    if (*line != '|')
        return 0;
    for (const char *p = line + 1, *bar; n < VIVADO_CELLS_MOST && (bar = strchr(p, '|')) != NULL; p = bar + 1, n++) {
        const char *to = bar;
        while (p < to && *p == ' ')
            p++;
        while (to > p && to[-1] == ' ')
            to--;
        vivado_copy_text(cells[n], VIVADO_CELL_BYTES, p, (size_t)(to - p));
    }
    return n;
}

double vivado_plain_real(const char *text, const char **end)
{
    const char *p = text + (*text == '-' || *text == '+');
    const size_t whole = strspn(p, "0123456789");
    size_t n = whole;
    if (p[n] == '.')
        n += 1 + strspn(p + n + 1, "0123456789");
    *end = p + n;
    return whole == 0 || n > 20 ? (double)NAN : strtod(text, NULL);
}

bool vivado_has_word(const char *text, const char *word)
{
    return strcasestr(text, word) != NULL;
}
