/* Weights of other programs as a safetensors file, for one network. The first byte says which scheme they become. */
#include "models/nn/io/exchange.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/chain.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes)
{
    static const int sizes[] = {3, 2, 2};
    static const struct code codes[] = {
        {.scheme = SCHEME_FLOAT},
        {.scheme = SCHEME_FIXED_REFERENCE, .weight_bits = 8, .frac_bits = 6, .delta_bits = 4}};
    struct topology shape;
    struct exchange_names names;
    struct network *net = NULL;
    struct errmsg e = {""};
    if (n_bytes == 0 || network_new(&net, topology_chain(sizes, 2, &shape), &codes[bytes[0] & 1], 1, &e) != STATUS_OK)
        return 0;
    const char *path = fuzz_named("a.safetensors", bytes + 1, n_bytes - 1);
    if (fuzz_told(exchange_import(net, path, bytes[0] & 2 ? "a,b" : NULL, &names, &e), &e)) {
        char text[512];
        exchange_names_text(&names, &net->shape, text, sizeof text);
    }
    network_free(net);
    return 0;
}
