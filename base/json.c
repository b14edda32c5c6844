#include "base/json.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

int utf8_length(const char *s, size_t n_bytes)
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

void real_text(double v, char text[32])
{
    int digits = 15;
    do
        snprintf(text, 32, "%.*g", digits, v);
    while (strtod(text, NULL) != v && ++digits <= 17);
    if (isfinite(v) && strpbrk(text, ".e") == NULL)
        snprintf(text, 32, "%.1f", v); /* a whole number of at most 17 digits */
}

static void write_text(FILE *f, const char *s, size_t n_bytes)
{
    putc('"', f);
    while (n_bytes > 0) {
        const unsigned char c = (unsigned char)*s;
        const int length = utf8_length(s, n_bytes);
        if (length == 0)
            fputs("\xef\xbf\xbd", f);
        else if (c == '"' || c == '\\')
            fprintf(f, "\\%c", c);
        else if (c == '\n')
            fputs("\\n", f);
        else if (c == '\t')
            fputs("\\t", f);
        else if (c < 0x20 || c == 0x7f)
            fprintf(f, "\\u%04x", c);
        else
            fwrite(s, 1, (size_t)length, f);
        s += length > 0 ? length : 1;
        n_bytes -= length > 0 ? (size_t)length : 1;
    }
    putc('"', f);
}

static void new_line(struct json *j)
{
    putc('\n', j->f);
    for (int i = 0; i < 2 * j->depth; i++)
        putc(' ', j->f);
}

/* item: what comes before a value: comma, line, key. */
static void item(struct json *j, const char *key)
{
    if (j->depth > 0) {
        const int level = j->depth - 1;
        if (j->filled[level])
            fputs(j->flat[level] ? ", " : ",", j->f);
        if (!j->flat[level])
            new_line(j);
        j->filled[level] = true;
    }
    if (key != NULL) {
        write_text(j->f, key, strlen(key));
        fputs(": ", j->f);
    }
}

void json_put_begin(struct json *j, FILE *f)
{
    memset(j, 0, sizeof *j);
    j->f = f;
}

void json_put_open(struct json *j, const char *key, char bracket, bool flat)
{
    assert(j->depth < JSON_DEPTH);
    item(j, key);
    putc(bracket, j->f);
    j->close[j->depth] = bracket == '{' ? '}' : ']';
    j->flat[j->depth] = flat || (j->depth > 0 && j->flat[j->depth - 1]);
    j->filled[j->depth] = false;
    j->depth++;
}

void json_put_close(struct json *j)
{
    assert(j->depth > 0);
    j->depth--;
    if (j->filled[j->depth] && !j->flat[j->depth])
        new_line(j);
    putc(j->close[j->depth], j->f);
    if (j->depth == 0)
        putc('\n', j->f);
}

void json_put_null(struct json *j, const char *key)
{
    item(j, key);
    fputs("null", j->f);
}

void json_put_bool(struct json *j, const char *key, bool v)
{
    item(j, key);
    fputs(v ? "true" : "false", j->f);
}

void json_put_int(struct json *j, const char *key, int64_t v)
{
    item(j, key);
    fprintf(j->f, "%lld", (long long)v);
}

void json_put_real(struct json *j, const char *key, double v)
{
    char text[32];
    if (!isfinite(v)) {
        json_put_null(j, key);
        return;
    }
    real_text(v, text);
    item(j, key);
    fputs(text, j->f);
}

void json_put_text_bytes(struct json *j, const char *key, const char *text, size_t n_bytes)
{
    item(j, key);
    write_text(j->f, text, n_bytes);
}

void json_put_text(struct json *j, const char *key, const char *text)
{
    if (text == NULL)
        json_put_null(j, key);
    else
        json_put_text_bytes(j, key, text, strlen(text));
}
