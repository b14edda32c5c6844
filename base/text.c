#include "base/text.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { WORD = 63 };

static int fold(const char *s, char out[WORD + 1])
{
    int n = 0;
    for (; n < WORD && s[n] != '\0'; n++)
        out[n] = s[n] == '_' ? '-' : (char)tolower((unsigned char)s[n]);
    out[n] = '\0';
    return n;
}

static int least(int a, int b)
{
    return a < b ? a : b;
}

int text_distance(const char *a, const char *b)
{
    char x[WORD + 1], y[WORD + 1];
    int row[3][WORD + 1]; /* the last three rows of the table of edits */
    const int m = fold(a, x), n = fold(b, y);

    for (int j = 0; j <= n; j++)
        row[0][j] = j;
    for (int i = 1; i <= m; i++) {
        int *now = row[i % 3], *last = row[(i + 2) % 3], *before = row[(i + 1) % 3];
        now[0] = i;
        for (int j = 1; j <= n; j++) {
            now[j] = least(least(last[j], now[j - 1]) + 1, last[j - 1] + (x[i - 1] != y[j - 1]));
            if (i > 1 && j > 1 && x[i - 1] == y[j - 2] && x[i - 2] == y[j - 1])
                now[j] = least(now[j], before[j - 2] + 1);
        }
    }
    return row[m % 3][n];
}

const char *text_nearest(const char *word, const char *const *words, int n)
{
    const char *best = NULL, *begun = NULL;
    const int length = (int)strlen(word);
    int fewest = WORD + 1, n_begun = 0;

    for (int i = 0; i < n; i++) {
        const int other = (int)strlen(words[i]);
        const int edits = text_distance(word, words[i]);
        if (edits < fewest && edits <= (least(length > other ? length : other, WORD) + 2) / 3) {
            fewest = edits;
            best = words[i];
        }
        if (length >= 3 && strncasecmp(word, words[i], (size_t)length) == 0) {
            begun = words[i];
            n_begun++;
        }
    }
    if (best == NULL && n_begun == 1)
        best = begun;
    return best;
}

/* is_number: whether the whole text is a number. */
static bool is_number(const char *text, double *v)
{
    char *end;
    *v = strtod(text, &end);
    return end != text && *end == '\0' && isfinite(*v);
}

int text_compare(const char *a, const char *b)
{
    double x, y;
    const bool number = is_number(a, &x), other = is_number(b, &y);
    if (number && other && x != y)
        return x < y ? -1 : 1;
    if (number != other)
        return number ? -1 : 1;
    const int order = strverscmp(a, b);
    return order != 0 ? order : strcmp(a, b);
}

bool text_lists(const char *list, const char *word)
{
    const size_t n = strlen(word);
    for (const char *p = list; *p != '\0'; p += strcspn(p, ",") + (p[strcspn(p, ",")] == ','))
        if (strcspn(p, ",") == n && strncmp(p, word, n) == 0)
            return true;
    return false;
}

bool text_ends_with(const char *text, const char *end)
{
    const size_t n = strlen(text), m = strlen(end);
    return n >= m && strcmp(text + n - m, end) == 0;
}

int text_utf8_length(const char *s, size_t n_bytes)
{
    const unsigned char *u = (const unsigned char *)s;
    if (n_bytes == 0)
        return 0;
    if (u[0] < 0x80)
        return 1;
    const int length = u[0] >= 0xc2 && u[0] < 0xe0   ? 2
                       : (u[0] & 0xf0) == 0xe0       ? 3
                       : u[0] >= 0xf0 && u[0] < 0xf5 ? 4
                                                     : 0;
    if (length == 0 || (size_t)length > n_bytes)
        return 0;
    for (int i = 1; i < length; i++)
        if ((u[i] & 0xc0) != 0x80)
            return 0;
    /* Overlong forms, surrogates, and what lies past U+10FFFF. */
    if ((u[0] == 0xe0 && u[1] < 0xa0) || (u[0] == 0xed && u[1] >= 0xa0) || (u[0] == 0xf0 && u[1] < 0x90) ||
        (u[0] == 0xf4 && u[1] >= 0x90))
        return 0;
    return length;
}

/* code_point: of the valid character of two or three bytes at s. */
static unsigned code_point(const char *s, int length)
{
    const unsigned char *u = (const unsigned char *)s;
    return length == 2 ? (u[0] & 0x1fu) << 6 | (u[1] & 0x3fu)
                       : (u[0] & 0x0fu) << 12 | (u[1] & 0x3fu) << 6 | (u[2] & 0x3fu);
}

/* is_obeyed: whether a terminal may obey the character beyond ASCII, or hide it. */
static bool is_obeyed(unsigned c)
{
    static const unsigned ranges[][2] = {{0x80, 0x9f},     {0x61c, 0x61c},   {0x200e, 0x200f},
                                         {0x2028, 0x202e}, {0x2066, 0x2069}, {0xfeff, 0xfeff}};
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++)
        if (c >= ranges[i][0] && c <= ranges[i][1])
            return true;
    return false;
}

int text_shown(const char *s, size_t n_bytes, char escape[TEXT_ESCAPE_BYTES])
{
    const unsigned char c = (unsigned char)*s;
    const int length = text_utf8_length(s, n_bytes);
    escape[0] = '\0';
    if (c == '\n' || c == '\t' || c == '\r')
        snprintf(escape, TEXT_ESCAPE_BYTES, "\\%c", c == '\n' ? 'n' : c == '\t' ? 't' : 'r');
    else if (length == 0 || c < 0x20 || c == 0x7f)
        snprintf(escape, TEXT_ESCAPE_BYTES, "\\x%02x", c);
    else if ((length == 2 || length == 3) && is_obeyed(code_point(s, length)))
        snprintf(escape, TEXT_ESCAPE_BYTES, "\\u%04x", code_point(s, length));
    return length > 0 ? length : 1;
}

size_t text_of_integer(long long v, char out[TEXT_INTEGER_BYTES])
{
    char back[TEXT_INTEGER_BYTES];
    unsigned long long left = v < 0 ? -(unsigned long long)v : (unsigned long long)v;
    size_t n = 0, used = 0;
    do
        back[n++] = (char)('0' + left % 10);
    while ((left /= 10) > 0);
    if (v < 0)
        out[used++] = '-';
    while (n > 0)
        out[used++] = back[--n];
    out[used] = '\0';
    return used;
}

size_t text_append(char *out, size_t room, size_t used, const char *text)
{
    const bool fits = used < room;
    for (; *text != '\0'; text++, used++)
        if (used + 1 < room)
            out[used] = *text;
    if (fits)
        out[used < room ? used : room - 1] = '\0';
    return used;
}

void text_of_real(double v, char text[32])
{
    int digits = 15;
    do
        snprintf(text, 32, "%.*g", digits, v);
    while (strtod(text, NULL) != v && ++digits <= 17);
    if (isfinite(v) && strpbrk(text, ".e") == NULL)
        snprintf(text, 32, "%.1f", v); /* a whole number of at most 17 digits */
}

bool text_is_utf_16(const void *bytes, size_t n)
{
    const unsigned char *b = bytes;
    if (n >= 2 && ((b[0] == 0xff && b[1] == 0xfe) || (b[0] == 0xfe && b[1] == 0xff)))
        return true;
    return n >= 4 && ((b[0] == 0) != (b[1] == 0)) && (b[0] == 0) == (b[2] == 0) && (b[1] == 0) == (b[3] == 0);
}
