/* What a simulation prints: lines of KEY=VALUE. */
#include "sim/fields.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes)
{
    char *text = fuzz_text(bytes, n_bytes);
    int64_t integer = 0;
    double real = 0;
    (void)fields_text(text, "name");
    (void)fields_integer(text, "cycles", &integer);
    (void)fields_real(text, "seconds", &real);
    free(text);
    return 0;
}
