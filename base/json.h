/* Writes JSON to a stream as it goes: valid UTF-8 whatever the text, and the shortest
 * number that reads back as the same double. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { JSON_DEPTH = 16 };

struct json {
    FILE *f;
    int depth;
    char close[JSON_DEPTH]; /* what ends each open level */
    bool flat[JSON_DEPTH];  /* the level is written on one line */
    bool filled[JSON_DEPTH];
};

void json_put_begin(struct json *j, FILE *f);
/* json_put_open: a new object ('{') or array ('['). key: NULL at the top and in arrays. flat:
 * all on one line. json_put_close ends it; the top level ends with a newline. */
void json_put_open(struct json *j, const char *key, char bracket, bool flat);
void json_put_close(struct json *j);

void json_put_null(struct json *j, const char *key);
void json_put_bool(struct json *j, const char *key, bool v);
void json_put_int(struct json *j, const char *key, int64_t v);
/* json_put_real: not a number and the infinities are null. */
void json_put_real(struct json *j, const char *key, double v);
/* json_put_text: NULL is null; a byte that is not UTF-8 becomes U+FFFD. */
void json_put_text(struct json *j, const char *key, const char *text);
void json_put_text_bytes(struct json *j, const char *key, const char *text, size_t n_bytes);

/* real_text: the shortest decimal that reads back as v, with a '.' or an exponent. */
void real_text(double v, char text[32]);

/* utf8_length: bytes of the valid UTF-8 character at s (at most n_bytes long), 0 if none is there. */
int utf8_length(const char *s, size_t n_bytes);
