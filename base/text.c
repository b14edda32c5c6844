#include "base/text.h"

#include <ctype.h>
#include <stddef.h>
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

bool text_ends_with(const char *text, const char *end)
{
    const size_t n = strlen(text), m = strlen(end);
    return n >= m && strcmp(text + n - m, end) == 0;
}
