#include "base/say.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

/* is_plain: the characters that need no look. */
static bool is_plain(char c)
{
    return (c >= 0x20 && c < 0x7f) || c == '\n' || c == '\t';
}

void say_bytes(FILE *f, const char *text, size_t n)
{
    for (size_t plain = 0; n > 0; text += plain, n -= plain) {
        char escape[TEXT_ESCAPE_BYTES];
        for (plain = 0; plain < n && is_plain(text[plain]);)
            plain++;
        if (plain > 0) {
            fwrite(text, 1, plain, f);
            continue;
        }
        plain = (size_t)text_shown(text, n, escape);
        if (escape[0] != '\0')
            fputs(escape, f);
        else
            fwrite(text, 1, plain, f);
    }
}

void say_list(FILE *f, const char *format, va_list args)
{
    char room[1024], *text = room;
    va_list again;
    va_copy(again, args);
    int n = vsnprintf(room, sizeof room, format, args);
    if (n >= (int)sizeof room && vasprintf(&text, format, again) < 0) { /* no memory: its beginning */
        text = room;
        n = (int)strlen(room);
    }
    va_end(again);
    if (n > 0)
        say_bytes(f, text, (size_t)n);
    if (text != room)
        free(text);
}

void say(FILE *f, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say_list(f, format, args);
    va_end(args);
}
