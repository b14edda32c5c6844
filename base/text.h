/* Texts: which word a user meant, the shortest text of a number, the bytes of a character, what people may be shown. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* text_distance: the edits (insert, delete, replace, swap of neighbours) that turn a
 * into b; case does not count, and '-' equals '_'. Words are cut at 63 characters. */
int text_distance(const char *a, const char *b);

/* text_nearest: which of words[0..n-1] the user probably meant. It is the one with the fewest edits (of equal ones the
 * first), if these are at most a third of the longer word's length, rounded up. If there is none, it is the only word
 * that begins with `word`, if `word` has three characters or more. Else NULL. The result is one of words. */
const char *text_nearest(const char *word, const char *const *words, int n);

/* text_compare: as strcmp, but numbers in texts count as numbers: "784-32-10" is before "784-200-10", "-10" before
 * "-2". */
int text_compare(const char *a, const char *b);

/* text_lists: whether a list "A,B,C" has the word. */
bool text_lists(const char *list, const char *word);

/* text_ends_with: whether the last characters of text are end. */
bool text_ends_with(const char *text, const char *end);

/* text_of_integer: its decimal digits; returns how many characters. text_append: adds text to the used characters of out,
 * which has room for so many bytes; returns used with the length of text, as snprintf counts what had no room. Both are
 * much faster than snprintf, which counts where there are millions. */
enum { TEXT_INTEGER_BYTES = 24 };
size_t text_of_integer(long long v, char out[TEXT_INTEGER_BYTES]);
size_t text_append(char *out, size_t room, size_t used, const char *text);

/* text_of_real: the shortest decimal that reads back as v, with a '.' or an exponent. */
void text_of_real(double v, char text[32]);

/* text_is_utf_16: whether the bytes are text of two bytes a character, as some spreadsheets and editors save it. */
bool text_is_utf_16(const void *bytes, size_t n);

/* text_utf8_length: bytes of the valid UTF-8 character at s (at most n_bytes long), 0 if none is there. */
int text_utf8_length(const char *s, size_t n_bytes);

/* text_shown: the bytes of the character at s (1 where none is valid; n_bytes is not 0), and in escape what people are
 * shown in its place: "" if it shows itself; "\\n", "\\t", "\\r", "\\x1b" (a control character, or a byte that is not
 * UTF-8), "\\u202e" (what a terminal may obey or hide beyond ASCII: the controls U+0080 to U+009F, the marks that turn
 * the direction of writing, U+2028, U+2029, U+FEFF). */
enum { TEXT_ESCAPE_BYTES = 8 };
int text_shown(const char *s, size_t n_bytes, char escape[TEXT_ESCAPE_BYTES]);
