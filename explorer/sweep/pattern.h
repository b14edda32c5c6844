/* A value with braces stands for many: 784-{64..512 step 16}-{32, 64}-10. Its words stand between dashes, and each may
 * have one pair of braces with whole numbers. */
#pragma once

#include "base/status.h"

#include <stdbool.h>

enum { PATTERN_MAX_WORDS = 40, PATTERN_MAX_NUMBERS = 4096 };

struct pattern {
    int n_words;
    struct pattern_word {
        char before[32], after[32]; /* what stands around the number; without braces all of the word is `before` */
        int n, *numbers;            /* ascending, distinct; n is 0 without braces; owned */
    } words[PATTERN_MAX_WORDS];
};

/* pattern_has: whether text has braces. pattern_read: STATUS_INPUT says what is wrong; *out is the caller's. */
bool pattern_has(const char *text);
enum status pattern_read(const char *text, struct pattern **out, struct errmsg *e);
void pattern_free(struct pattern *p);

/* pattern_choices: of how many numbers word w is one; 1 without braces. pattern_count: how many values p stands for;
 * above max some number above max. pattern_text: the value with number choice[w] (from 0) in word w, at most room
 * bytes. */
int pattern_choices(const struct pattern *p, int w);
long pattern_count(const struct pattern *p, long max);
void pattern_text(const struct pattern *p, const int *choice, char *out, unsigned room);
