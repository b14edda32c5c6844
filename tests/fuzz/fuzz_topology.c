/* The words of a network: 784-96-10, 28x28-16c3-p2-10. What is taken reads back as the same. */
#include "models/nn/layout/topology.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_WORDS = 2 * NETWORK_MAX_LAYERS + 2 };

static enum status parse(char *text, struct topology *t, struct errmsg *e)
{
    const char *words[MOST_WORDS];
    int n = 0, wrong;
    for (char *rest = text; rest != NULL && n < MOST_WORDS;)
        words[n++] = strsep(&rest, "-");
    return topology_parse(words, n, t, &wrong, e);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes)
{
    static struct topology t, again;
    struct errmsg e = {""};
    char *text = fuzz_text(bytes, n_bytes), written[TOPOLOGY_TEXT_BYTES];
    if (fuzz_told(parse(text, &t, &e), &e)) {
        fuzz_told(topology_check(&t, &e), &e);
        topology_text(&t, written);
        if (parse(written, &again, &e) != STATUS_OK || memcmp(&t, &again, sizeof t) != 0)
            abort();
    }
    free(text);
    return 0;
}
