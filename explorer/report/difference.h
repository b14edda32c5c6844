/* The difference between two figures that were measured with several seeds, and its 95 % interval. */
#pragma once

#include <sqlite3.h>
#include <stdint.h>

/* One value, and the seed that it was measured with. */
struct observation {
    int64_t seed;
    double value;
};

struct difference {
    double a, b; /* means; NAN: no value */
    int n_a, n_b;
    double mean, ci95; /* b - a, and half of its interval; NAN: unknown */
    int n;             /* values that the difference is of: equal seeds if it is paired, else of the smaller side */
    /* PAIRED: Student's t of the differences seed by seed, over the seeds that both have, two or more. WELCH: Student's t of the
     * two means, whose spreads need not be equal (B. L. Welch, Biometrika 34, 1947), where there are two values or more
     * on each side. ONE: no interval. */
    enum { DIFFERENCE_ONE, DIFFERENCE_PAIRED, DIFFERENCE_WELCH } how;
};

/* difference_of: of two lists; no seed comes twice in a list. db has the quantiles. */
struct difference difference_of(const struct observation *a, int n_a, const struct observation *b, int n_b, sqlite3 *db);

/* difference_ci95: half of Student's 95 % interval of the mean of n values; NAN for less than two. */
double difference_ci95(const double *values, int n, sqlite3 *db);
