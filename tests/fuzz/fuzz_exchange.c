/* Weights of other programs as a safetensors file, for one network. The first byte says which scheme they become, and
 * whether the order of the layers is given: then it comes before the file, ended by a 0. */
#include "models/nn/io/exchange.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/chain.h"

#include <stdlib.h>
#include <string.h>

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
    char *order = fuzz_text(bytes + 1, bytes[0] & 2 ? n_bytes - 1 : 0);
    const size_t before = bytes[0] & 2 ? strlen(order) + 2 : 1, left = before < n_bytes ? n_bytes - before : 0;
    const char *path = fuzz_named("a.safetensors", bytes + n_bytes - left, left);
    if (fuzz_told(exchange_import(net, path, order, &names, &e), &e)) {
        char text[512];
        exchange_names_text(&names, &net->shape, text, sizeof text);
    }
    free(order);
    network_free(net);
    return 0;
}
