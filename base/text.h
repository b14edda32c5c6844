/* Small help with words: what did the user mean? */
#pragma once

#include <stdbool.h>

/* text_distance: the edits (insert, delete, replace, swap of neighbours) that turn a
 * into b; case does not count, and '-' equals '_'. Words are cut at 63 characters. */
int text_distance(const char *a, const char *b);

/* text_nearest: which of words[0..n-1] word was probably meant to be: the one with the
 * fewest edits (the first of equals), if these are at most a third of the longer word,
 * rounded up; else the only one that word begins (three characters or more); else
 * NULL. The result is one of words. */
const char *text_nearest(const char *word, const char *const *words, int n);

/* text_ends_with: whether the last characters of text are end. */
bool text_ends_with(const char *text, const char *end);
