/* Reads tests/golden/mac.txt, one operator after the other. For tests only. */
#pragma once

#include "models/nn/integer/mac.h"

#include <stdio.h>
#include <string.h>

enum { GOLDEN_INPUTS = 64, GOLDEN_VECTORS = 64 };

struct golden_mac {
    struct mac_config config;
    int n;
    int32_t bias[GOLDEN_VECTORS], initial[GOLDEN_VECTORS];
    int32_t weights[GOLDEN_VECTORS * GOLDEN_INPUTS], data[GOLDEN_VECTORS * GOLDEN_INPUTS]; /* n · N, no gaps */
    int64_t out[GOLDEN_VECTORS];
};

/* golden_mac_open: NULL unless the file begins with the right header. */
static inline FILE *golden_mac_open(const char *path)
{
    char line[128] = "";
    FILE *f = fopen(path, "r");
    if (f == NULL)
        return NULL;
    if (fgets(line, sizeof line, f) == NULL || strcmp(line, "deltasweep-golden mac 1\n") != 0 ||
        fgets(line, sizeof line, f) == NULL || strncmp(line, "generator ", 10) != 0 ||
        fgets(line, sizeof line, f) == NULL || strncmp(line, "seed ", 5) != 0) {
        fclose(f);
        return NULL;
    }
    return f;
}

static inline int golden_mac_numbers(FILE *f, int32_t *into, int n)
{
    int read = 0;
    while (read < n && fscanf(f, "%d", &into[read]) == 1)
        read++;
    return read == n;
}

/* golden_mac_next: 1 and the next operator, 0 at the end of the file, -1 if it is damaged. */
static inline int golden_mac_next(FILE *f, struct golden_mac *g)
{
    int variant = 0;
    long long out = 0;
    memset(g, 0, sizeof *g);
    struct mac_config *c = &g->config;
    const int got = fscanf(f, " operator %d %d %d %d %d %d vectors %d", &variant, &c->W, &c->D, &c->shift, &c->N, &c->P,
                           &g->n);
    if (got == EOF)
        return 0;
    c->variant = (enum mac_variant)variant;
    if (got != 7 || c->N < 1 || c->N > GOLDEN_INPUTS || g->n < 1 || g->n > GOLDEN_VECTORS)
        return -1;
    for (int v = 0; v < g->n; v++) {
        if (!golden_mac_numbers(f, &g->bias[v], 1) || !golden_mac_numbers(f, &g->initial[v], 1) ||
            !golden_mac_numbers(f, g->weights + v * c->N, c->N) || !golden_mac_numbers(f, g->data + v * c->N, c->N) ||
            fscanf(f, "%lld", &out) != 1)
            return -1;
        g->out[v] = out;
    }
    return 1;
}
