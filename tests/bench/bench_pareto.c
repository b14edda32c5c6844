/* bench_pareto [ROWS]: how long the front of so many rows takes (default: a million), with 2 to 6 objectives. */
#include "explorer/report/pareto.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { MOST_K = 6 };

static double uniform(unsigned *seed)
{
    return (double)rand_r(seed) / RAND_MAX;
}

/* draw: independent rows, or rows whose objectives rise together. */
static void draw(double *values, int n, int K, bool correlated, unsigned *seed)
{
    for (int i = 0; i < n; i++) {
        const double common = correlated ? 5 * uniform(seed) : 0;
        for (int k = 0; k < K; k++)
            values[(size_t)i * (size_t)K + (size_t)k] = common + uniform(seed);
    }
}

static int count(const bool *on, int n)
{
    int found = 0;
    for (int i = 0; i < n; i++)
        found += on[i];
    return found;
}

int main(int argc, char **argv)
{
    const int n = argc > 1 ? atoi(argv[1]) : 1000000;
    static const bool minimise[MOST_K] = {false};
    double *values = malloc((size_t)n * MOST_K * sizeof *values + 1);
    bool *on = malloc((size_t)n * sizeof *on + 1);
    struct errmsg e;
    for (int correlated = 0; correlated < 2 && values != NULL && on != NULL; correlated++)
        for (int K = 2; K <= MOST_K; K++) {
            unsigned seed = 7;
            draw(values, n, K, correlated != 0, &seed);
            const clock_t start = clock();
            if (pareto_front(values, n, K, minimise, on, &e) != STATUS_OK) {
                fprintf(stderr, "%s\n", e.text);
                return 1;
            }
            printf("front of %d %s rows, %d objectives: %.2f s, %d on it\n", n, correlated ? "correlated" : "independent",
                   K, (double)(clock() - start) / CLOCKS_PER_SEC, count(on, n));
        }
    free(values);
    free(on);
    return 0;
}
