/* Words for people, in which there may be any bytes: what is printed is UTF-8, and has no character that a terminal
 * obeys but new lines and tabs. */
#include "base/say.h"
#include "base/text.h"
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>

/* is_obeyed: a control character, also of C1, or one that turns the direction of text. s is a character of n bytes. */
static int is_obeyed(const unsigned char *s, int n)
{
    const int two = n == 2 ? (s[0] & 31) << 6 | (s[1] & 63) : 0,
              three = n == 3 ? (s[0] & 15) << 12 | (s[1] & 63) << 6 | (s[2] & 63) : 0;
    return (n == 1 && (s[0] < 32 || s[0] == 127) && s[0] != '\n' && s[0] != '\t') || (two >= 0x80 && two < 0xa0) ||
           (three >= 0x202a && three <= 0x202e) || (three >= 0x2066 && three <= 0x2069);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes)
{
    char *text = NULL;
    size_t n = 0;
    FILE *f = open_memstream(&text, &n);
    if (f == NULL)
        return 0;
    say_bytes(f, (const char *)bytes, n_bytes);
    fclose(f);
    for (size_t i = 0; i < n;) {
        const int length = text_utf8_length(text + i, n - i);
        if (length == 0 || is_obeyed((const unsigned char *)text + i, length))
            abort();
        i += (size_t)length;
    }
    free(text);
    return 0;
}
