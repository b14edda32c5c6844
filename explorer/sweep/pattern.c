#include "explorer/sweep/pattern.h"

#include "base/text.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { GREATEST = 1000000 };

bool pattern_has(const char *text)
{
    return strchr(text, '{') != NULL;
}

void pattern_free(struct pattern *p)
{
    for (int w = 0; p != NULL && w < p->n_words; w++)
        free(p->words[w].numbers);
    free(p);
}

int pattern_choices(const struct pattern *p, int w)
{
    return p->words[w].n > 0 ? p->words[w].n : 1;
}

long pattern_count(const struct pattern *p, long max)
{
    long n = 1;
    for (int w = 0; w < p->n_words && n <= max; w++)
        n *= pattern_choices(p, w);
    return n;
}

void pattern_text(const struct pattern *p, const int *choice, char *out, unsigned room)
{
    size_t used = 0;
    out[0] = '\0';
    for (int w = 0; w < p->n_words; w++) {
        const struct pattern_word *word = &p->words[w];
        char number[TEXT_INTEGER_BYTES] = "";
        if (word->n > 0)
            text_of_integer(word->numbers[choice[w]], number);
        used = text_append(out, room, used, w == 0 ? "" : "-");
        used = text_append(out, room, used, word->before);
        used = text_append(out, room, used, number);
        used = text_append(out, room, used, word->after);
    }
}

static int ascending(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

static bool add_numbers(struct pattern_word *w, int first, int last, int step)
{
    for (int i = first; i <= last; i += step) {
        if (w->n == PATTERN_MAX_NUMBERS)
            return false;
        w->numbers[w->n++] = i;
    }
    return true;
}

/* read_item: "64", "32..256", "64..512 step 16" or "64..512/16", without blanks around it. */
static enum status read_item(struct pattern_word *w, const char *item, struct errmsg *e)
{
    int first = 0, last = 0, step = 1, n = 0;
    char word[5] = "";
    if (sscanf(item, "%7d%n", &first, &n) == 1 && item[n] == '\0' && isdigit((unsigned char)item[0]))
        last = first;
    else if (!((sscanf(item, "%7d..%7d%n", &first, &last, &n) == 2 && item[n] == '\0') ||
               (sscanf(item, "%7d..%7d/%7d%n", &first, &last, &step, &n) == 3 && item[n] == '\0') ||
               (sscanf(item, "%7d..%7d %4s %7d%n", &first, &last, word, &step, &n) == 4 && item[n] == '\0' &&
                strcmp(word, "step") == 0)))
        return fail(e, STATUS_INPUT,
                    "`%.64s` in braces is neither a whole number nor a range such as 64..512 or 64..512 "
                    "step 16",
                    item);
    if (first < 0 || first > last || last > GREATEST || step < 1)
        return fail(e, STATUS_INPUT, "the range `%.64s` is empty, or not within 0 to %d", item, GREATEST);
    return add_numbers(w, first, last, step)
               ? STATUS_OK
               : fail(e, STATUS_INPUT, "more than %d numbers in a pair of braces", PATTERN_MAX_NUMBERS);
}

/* read_braces: the numbers of text, which ends where the braces end. It is cut into its items. */
static enum status read_braces(struct pattern_word *w, char *text, struct errmsg *e)
{
    enum status st = STATUS_OK;
    w->numbers = calloc(PATTERN_MAX_NUMBERS, sizeof *w->numbers);
    if (w->numbers == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory");
    for (char *item; (item = strsep(&text, ",")) != NULL && st == STATUS_OK;) {
        item += strspn(item, " ");
        size_t n = strlen(item);
        while (n > 0 && item[n - 1] == ' ')
            item[--n] = '\0';
        st = read_item(w, item, e);
    }
    if (st != STATUS_OK)
        return st;
    qsort(w->numbers, (size_t)w->n, sizeof *w->numbers, ascending);
    int kept = 0;
    for (int i = 0; i < w->n; i++)
        if (kept == 0 || w->numbers[i] != w->numbers[kept - 1])
            w->numbers[kept++] = w->numbers[i];
    w->n = kept;
    return STATUS_OK;
}

static enum status read_word(struct pattern_word *w, char *text, struct errmsg *e)
{
    char *open = strchr(text, '{'), *close = strchr(text, '}');
    const bool braces = open != NULL || close != NULL;
    if (braces && (open == NULL || close == NULL || close < open || strpbrk(open + 1, "{") != NULL ||
                   strchr(close + 1, '}') != NULL))
        return fail(e, STATUS_INPUT,
                    "`%.64s` has braces that do not fit together: a word has one pair, such as "
                    "{64..512 step 16}",
                    text);
    const size_t before = open != NULL ? (size_t)(open - text) : strlen(text);
    const char *after = close != NULL ? close + 1 : "";
    if (before >= sizeof w->before || strlen(after) >= sizeof w->after)
        return fail(e, STATUS_INPUT, "`%.64s` is too long", text);
    snprintf(w->before, sizeof w->before, "%.*s", (int)before, text);
    snprintf(w->after, sizeof w->after, "%s", after);
    if (open == NULL || close == NULL)
        return STATUS_OK;
    *close = '\0';
    return read_braces(w, open + 1, e);
}

/* next_word: cuts the text after its first word. A dash in braces cuts nothing. */
static char *next_word(char *text)
{
    bool inside = false;
    for (; *text != '\0'; text++) {
        inside = *text == '{' || (inside && *text != '}');
        if (*text == '-' && !inside) {
            *text = '\0';
            return text + 1;
        }
    }
    return NULL;
}

enum status pattern_read(const char *text, struct pattern **out, struct errmsg *e)
{
    struct pattern *p = calloc(1, sizeof *p);
    char *copy = strdup(text), *rest = copy;
    enum status st = p == NULL || copy == NULL ? fail(e, STATUS_ENVIRONMENT, "out of memory") : STATUS_OK;
    *out = NULL;
    while (rest != NULL && p != NULL && st == STATUS_OK) {
        char *word = rest;
        rest = next_word(rest);
        if (p->n_words == PATTERN_MAX_WORDS)
            st = fail(e, STATUS_INPUT, "more than %d words", PATTERN_MAX_WORDS);
        else
            st = read_word(&p->words[p->n_words++], word, e);
    }
    free(copy);
    if (st != STATUS_OK)
        pattern_free(p);
    else
        *out = p;
    return st;
}
