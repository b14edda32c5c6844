/* Texts in YAML as trees. */
#include "explorer/sweep/yaml.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes)
{
    struct node *root = NULL;
    struct errmsg e = {""};
    char path[YAML_PATH_BYTES];
    char *text = fuzz_text(bytes, n_bytes);
    if (fuzz_told(yaml_read(text, n_bytes, "a.yaml", &root, &e), &e))
        for (const struct node *n = root; n != NULL; n = n->last)
            yaml_node_path(n, path);
    yaml_node_free(root);
    free(text);
    return 0;
}
