/* Networks as bytes: files of deltasweep's own, and those that the database keeps. */
#include "models/nn/io/pack.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes)
{
    struct network *net = NULL;
    struct errmsg e = {""};
    uint8_t *again = NULL;
    size_t n_again = 0;
    if (fuzz_told(pack_read(bytes, n_bytes, &net, &e), &e) && net != NULL)
        fuzz_told(pack_write(net, &again, &n_again, &e), &e);
    free(again);
    network_free(net);
    return 0;
}
