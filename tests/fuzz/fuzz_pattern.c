/* Values with braces: 784-{64..512 step 16}-10. */
#include "explorer/sweep/pattern.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes)
{
    struct pattern *p = NULL;
    struct errmsg e = {""};
    char *text = fuzz_text(bytes, n_bytes), out[1024];
    if (pattern_has(text) && fuzz_told(pattern_read(text, &p, &e), &e) && p != NULL) {
        int choice[PATTERN_MAX_WORDS];
        for (int w = 0; w < PATTERN_MAX_WORDS; w++)
            choice[w] = w < p->n_words ? pattern_choices(p, w) - 1 : 0;
        pattern_text(p, choice, out, sizeof out);
        if (pattern_count(p, 1000000) < 1)
            abort();
    }
    pattern_free(p);
    free(text);
    return 0;
}
