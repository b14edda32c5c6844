/* The expressions of `where` and of constraints, for one combination. */
#include "explorer/sweep/combination.h"
#include "explorer/sweep/rule.h"
#include "explorer/sweep/sweep.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

static const char text[] = "name: a\nnetwork: [64, 8, 4]\naxes: {delta_bits: 2..4, lr: 0.1}\n";

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes)
{
    static struct sweep *s;
    struct rule *r = NULL;
    struct errmsg e = {""};
    if (s == NULL && sweep_parse(text, strlen(text), "a.yaml", &s, &e) != STATUS_OK)
        abort();
    char *rule = fuzz_text(bytes, n_bytes);
    if (fuzz_told(rule_new(rule, &r, &e), &e) && r != NULL) {
        const struct combination c = combination_at(s, 1);
        bool keeps = false;
        rule_allow(r, 1);
        fuzz_told(rule_test(r, s, &c, NULL, &keeps, &e), &e);
    }
    rule_free(r);
    free(rule);
    return 0;
}
