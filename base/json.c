#include "base/json.h"

#include "base/text.h"

#include <assert.h>
#include <math.h>
#include <string.h>

static void write_text(FILE *f, const char *s, size_t n_bytes)
{
    putc('"', f);
    while (n_bytes > 0) {
        const unsigned char c = (unsigned char)*s;
        char escape[TEXT_ESCAPE_BYTES]; /* JSON's own, but for "\\xNN" */
        const int length = text_shown(s, n_bytes, escape);
        if (c == '"' || c == '\\')
            fprintf(f, "\\%c", c);
        else if (escape[0] == '\0')
            fwrite(s, 1, (size_t)length, f);
        else if (escape[1] != 'x')
            fputs(escape, f);
        else if (c < 0x80)
            fprintf(f, "\\u%04x", c);
        else
            fputs("\xef\xbf\xbd", f); /* no UTF-8 */
        s += length;
        n_bytes -= (size_t)length;
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
    char text[TEXT_INTEGER_BYTES];
    item(j, key);
    text_of_integer(v, text);
    fputs(text, j->f);
}

void json_put_real(struct json *j, const char *key, double v)
{
    char text[32];
    if (!isfinite(v)) {
        json_put_null(j, key);
        return;
    }
    text_of_real(v, text);
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
