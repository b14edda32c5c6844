/* make_arrays FOLDER TRAIN TEST SCALE: a data set of .npy arrays for the tests of the commands: 8 features from 0 to
 * SCALE, three classes that the first three features tell apart. */
#include "base/rng.h"
#include "models/nn/io/npy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { FEATURES = 8, CLASSES = 3, MOST = 1000 };

static bool write_set(const char *folder, const char *set, size_t n, float scale, struct rng *r)
{
    static float x[MOST * FEATURES], y[MOST];
    char path[512];
    struct errmsg e;
    for (size_t i = 0; i < n; i++) {
        const int class = (int)rng_below(r, CLASSES);
        y[i] = (float)class;
        for (int k = 0; k < FEATURES; k++)
            x[i * FEATURES + (size_t)k] =
                scale * (float)((k == class ? 0.6 : 0) + (k < CLASSES ? 0.4 : 1) * rng_unit(r));
    }
    snprintf(path, sizeof path, "%s/%s-x.npy", folder, set);
    bool good = npy_write(path, x, 2, (const size_t[]){n, FEATURES}, &e) == STATUS_OK;
    snprintf(path, sizeof path, "%s/%s-y.npy", folder, set);
    return good && npy_write(path, y, 1, &n, &e) == STATUS_OK;
}

int main(int argc, char **argv)
{
    struct rng r;
    if (argc != 5)
        return 2;
    const size_t train = strtoul(argv[2], NULL, 10), test = strtoul(argv[3], NULL, 10);
    const float scale = strtof(argv[4], NULL);
    mkdir(argv[1], 0777);
    rng_init(&r, 1, RNG_TEST);
    return train <= MOST && test <= MOST && write_set(argv[1], "train", train, scale, &r) &&
                   write_set(argv[1], "test", test, scale, &r)
               ? 0
               : 1;
}
