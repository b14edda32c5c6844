#include "models/nn/data/scale.h"

#include "base/stop.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

/* A column's mean and standard deviation in the training set, of its numbers times unit, a power of two by which none
 * of them is so great or small that its square is lost. deviation 0: all numbers are equal. */
struct scale {
    double unit, mean, deviation;
};

static struct scale measure(const double *x, size_t n, size_t step)
{
    struct scale s = {.unit = 1};
    int exponent = 0;
    bool constant = true;
    double greatest = 0, sum = 0, squares = 0;
    for (size_t i = 0; i < n; i++) {
        constant = constant && x[i * step] == x[0];
        greatest = fmax(greatest, fabs(x[i * step]));
    }
    if (constant) {
        s.mean = x[0];
        return s;
    }
    frexp(greatest, &exponent);
    s.unit = ldexp(1, -(exponent > -1000 ? exponent : -1000));
    for (size_t i = 0; i < n; i++)
        sum += x[i * step] * s.unit;
    s.mean = sum / (double)n;
    for (size_t i = 0; i < n; i++) {
        const double d = x[i * step] * s.unit - s.mean;
        squares += d * d;
    }
    s.deviation = sqrt(squares / (double)n);
    return s;
}

static void apply(const struct scale *s, const double *x, size_t n, size_t step, float *to)
{
    for (size_t i = 0; i < n; i++) {
        const double v = s->deviation > 0 ? (x[i * step] * s->unit - s->mean) / (2 * s->deviation) : 0;
        to[i * step] = (float)fmax(fmin(v, (double)FLT_MAX), -(double)FLT_MAX);
    }
}

enum status scale_features(struct dataset *d, const double *const numbers[2], struct errmsg *e)
{
    struct images *sets[] = {&d->train, &d->test};
    const size_t features = (size_t)d->features;
    for (int k = 0; k < 2; k++) {
        sets[k]->values = malloc((size_t)sets[k]->n * features * sizeof *sets[k]->values + 1);
        if (sets[k]->values == NULL)
            return fail(e, STATUS_ENVIRONMENT, "out of memory for the numbers of %s", d->name);
    }
    for (size_t c = 0; c < features; c++) {
        const enum status st = stop_check(e);
        if (st != STATUS_OK)
            return st;
        struct scale s = {.unit = 1, .deviation = 0.5};
        if (!d->columns[c].is_category)
            s = measure(numbers[0] + c, (size_t)d->train.n, features);
        d->columns[c].mean = s.mean / s.unit;
        d->columns[c].deviation = s.deviation / s.unit;
        for (int k = 0; k < 2; k++)
            apply(&s, numbers[k] + c, (size_t)sets[k]->n, features, sets[k]->values + c);
    }
    return STATUS_OK;
}
