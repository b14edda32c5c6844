#include "models/nn/data/remarks.h"

#include "base/stop.h"

#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    FEW_IMAGES = 8,     /* of fewer, neither mean nor range says much */
    MANY_FEATURES = 16, /* so many have a mean and a deviation together, image by image */
    SAMPLE = 1000,      /* numbers of a column that tell its median */
    SMALL_RANGE = 64,   /* of pixels: a quarter of 0 to 255 */
};

struct remarks {
    char *text;
    size_t used, room;
};

static void say(struct remarks *r, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void say(struct remarks *r, const char *format, ...)
{
    va_list arguments;
    if (r->used + 2 >= r->room)
        return;
    if (r->used > 0)
        r->text[r->used++] = '\n';
    va_start(arguments, format);
    const int n = vsnprintf(r->text + r->used, r->room - r->used, format, arguments);
    va_end(arguments);
    r->used += n < 0 ? 0 : (size_t)n < r->room - r->used ? (size_t)n : r->room - r->used - 1;
}

/* Of numbers: the range, and what their distribution is like. */
struct numbers {
    double least, greatest, mean, deviation;
};

static double number_at(const struct images *x, size_t i)
{
    return x->pixels != NULL ? x->pixels[i] : (double)x->values[i];
}

/* Of n pixels in a row: there are many, but of 256 kinds. */
static struct numbers measure_pixels(const uint8_t *pixels, size_t n)
{
    struct numbers r = {.least = 255};
    size_t counts[256] = {0};
    double sum = 0, squares = 0;
    for (size_t i = 0; i < n; i++)
        counts[pixels[i]]++;
    for (int v = 0; v < 256; v++) {
        if (counts[v] == 0)
            continue;
        r.least = fmin(r.least, v);
        r.greatest = v;
        sum += (double)v * (double)counts[v];
        squares += (double)v * v * (double)counts[v];
    }
    r.mean = sum / (double)n;
    r.deviation = sqrt(fmax(0, squares / (double)n - r.mean * r.mean));
    return r;
}

/* Of n numbers from the first on, each step further. */
static struct numbers measure(const struct images *x, size_t first, size_t n, size_t step)
{
    struct numbers r = {.least = INFINITY, .greatest = -INFINITY};
    double sum = 0, squares = 0;
    const double shift = number_at(x, first); /* near the numbers, so that their squares keep their digits */
    for (size_t i = first, k = 0; k < n; k++, i += step) {
        const double v = number_at(x, i);
        r.least = fmin(r.least, v);
        r.greatest = fmax(r.greatest, v);
        sum += v - shift;
        squares += (v - shift) * (v - shift);
    }
    r.mean = shift + sum / (double)n;
    r.deviation = sqrt(fmax(0, squares / (double)n - sum / (double)n * (sum / (double)n)));
    return r;
}

static struct numbers measure_all(const struct dataset *d, const struct images *x)
{
    const size_t n = (size_t)x->n * (size_t)d->features;
    return x->pixels != NULL ? measure_pixels(x->pixels, n) : measure(x, 0, n, 1);
}

static bool is_flat(const struct dataset *d)
{
    return d->height == 1 && d->width == 1;
}

/* ------------------------------------------------------------------------------ one set */

/* Whether every image of the training set is the same. */
static bool is_constant(const struct dataset *d)
{
    const size_t features = (size_t)d->features;
    for (size_t i = 1; i < (size_t)d->train.n; i++)
        for (size_t k = 0; k < features; k++)
            if (number_at(&d->train, i * features + k) != number_at(&d->train, k))
                return false;
    return true;
}

static void say_constant(struct remarks *r, const struct dataset *d)
{
    if (d->train.n > 1 && is_constant(d))
        say(r,
            "all %d inputs are the same in every %s of the training set, so there is nothing to learn from: look "
            "how the data was written",
            d->features, d->columns != NULL ? "line" : "image");
}

static void say_small_pixels(struct remarks *r, const struct dataset *d, const struct numbers *train)
{
    const double range = train->greatest - train->least;
    if (d->train.pixels != NULL && range > 0 && range < SMALL_RANGE)
        say(r,
            "the pixels are %g to %g, but pixels are meant to be 0 to 255; as inputs from -1 to 1 they hardly "
            "differ: multiply both sets by %g, or write numbers from -1 to 1 as an array of float32",
            train->least, train->greatest, floor(255 / fmax(train->greatest, 1)));
}

static int compare(const void *a, const void *b)
{
    const float x = *(const float *)a, y = *(const float *)b;
    return x < y ? -1 : x > y;
}

/* Whether nearly all numbers of a column stand so close together that few steps of 2^-5 tell them apart. One wrong
 * number does that: it widens the deviation by which all are scaled. A number that most lines have, as the 0 of rare
 * things, is not meant. *close: the fraction of such numbers. */
static bool is_spoilt(const struct images *set, size_t k, size_t features, double *close)
{
    const float window = 2.0f / 32, *x = set->values + k;
    const size_t n = (size_t)set->n, m = n < SAMPLE ? n : SAMPLE;
    float sample[SAMPLE] = {0};
    size_t same = 0, most = 0, near = 0;
    for (size_t i = 0; i < m; i++)
        sample[i] = x[i * n / m * features];
    qsort(sample, m, sizeof *sample, compare);
    for (size_t i = 0; i < m; i++) {
        same = i > 0 && sample[i] == sample[i - 1] ? same + 1 : 1;
        most = same > most ? same : most;
    }
    for (size_t i = 0; i < n; i++)
        near += fabsf(x[i * features] - sample[m / 2]) <= window;
    *close = (double)near / (double)n;
    return near<n && * close> 0.9 && most <= m / 2;
}

static void say_spoilt(struct remarks *r, const struct dataset *d)
{
    const size_t features = (size_t)d->features, n = (size_t)d->train.n;
    int spoilt = 0;
    for (size_t k = 0; d->columns != NULL && k < features && stop_requested == 0; k++) {
        const struct feature_column *c = &d->columns[k];
        double close;
        if (c->is_category || n < FEW_IMAGES || !is_spoilt(&d->train, k, features, &close) || spoilt++ > 2)
            continue;
        const struct numbers x = measure(&d->train, k, n, features);
        say(r,
            "column `%.60s`: its numbers reach from %.5g to %.5g, and %.2f %% of them are so close together that "
            "hardly 5 inputs tell them apart: look for a wrong or missing value (-999), or take the logarithm",
            c->name, x.least * 2 * c->deviation + c->mean, x.greatest * 2 * c->deviation + c->mean, 100 * close);
    }
    if (spoilt > 3)
        say(r, "so it is in %d more columns", spoilt - 3);
}

/* ----------------------------------------------------------------------------- both sets */

/* Whether a feature of the test set is on another scale than in the training set. */
static bool is_elsewhere(const struct dataset *d, size_t k, const struct numbers *a, struct numbers *b)
{
    const size_t features = (size_t)d->features, n = (size_t)d->test.n;
    const double width = a->greatest - a->least;
    size_t beyond = 0;
    *b = measure(&d->test, k, n, features);
    if (!(width > 0))
        return false;
    for (size_t i = 0; i < n; i++) {
        const double v = number_at(&d->test, i * features + k);
        beyond += v < a->least - width / 2 || v > a->greatest + width / 2;
    }
    return (double)beyond > 0.1 * (double)n || (b->deviation > 0 && 8 * b->deviation < a->deviation);
}

/* Feature by feature, where each has a scale of its own. */
static void say_features_elsewhere(struct remarks *r, const struct dataset *d)
{
    const size_t features = (size_t)d->features, n = (size_t)d->train.n;
    struct numbers a, b, first[2] = {{0}};
    size_t at = 0;
    int found = 0;
    for (size_t k = 0; k < features && stop_requested == 0; k++) {
        double close;
        if (d->columns != NULL && (d->columns[k].is_category || is_spoilt(&d->train, k, features, &close)))
            continue;
        a = measure(&d->train, k, n, features);
        if (!is_elsewhere(d, k, &a, &b) || found++ > 0)
            continue;
        first[0] = a;
        first[1] = b;
        at = k;
    }
    if (found == 0 || (d->columns == NULL && found <= 0.02 * d->features))
        return;
    char name[80];
    const struct feature_column *c = d->columns != NULL ? &d->columns[at] : NULL;
    const double scale = c != NULL && c->deviation > 0 ? 2 * c->deviation : 1, mean = c != NULL ? c->mean : 0;
    if (c != NULL)
        snprintf(name, sizeof name, "column `%.60s`", c->name);
    else
        snprintf(name, sizeof name, "feature %zu", at);
    say(r,
        "the test set is on another scale than the training set in %d of %d %s: %s is %.5g to %.5g in training and "
        "%.5g to %.5g in the test; scale both sets in the same way",
        found, d->features, c != NULL ? "columns" : "features", name, first[0].least * scale + mean,
        first[0].greatest * scale + mean, first[1].least * scale + mean, first[1].greatest * scale + mean);
}

/* All numbers together, as those of images. */
static void say_set_elsewhere(struct remarks *r, const struct dataset *d, const struct numbers *a)
{
    const struct numbers b = measure_all(d, &d->test);
    if (!(a->deviation > 0))
        return;
    if (fabs(a->mean - b.mean) < 0.75 * a->deviation && b.deviation < 1.7 * a->deviation &&
        1.7 * b.deviation > a->deviation)
        return;
    say(r,
        "the test set is on another scale than the training set: %.5g to %.5g (mean %.4g, deviation %.4g) in "
        "training, %.5g to %.5g (mean %.4g, deviation %.4g) in the test; scale both sets in the same way",
        a->least, a->greatest, a->mean, a->deviation, b.least, b.greatest, b.mean, b.deviation);
}

static void say_classes(struct remarks *r, const struct dataset *d)
{
    int counts[2][256] = {{0}}, found = 0, tested = 0, first = -1, least = -1;
    for (int k = 0; k < 2; k++) {
        const struct images *x = k == 0 ? &d->train : &d->test;
        for (int i = 0; i < x->n; i++)
            counts[k][x->labels[i]]++;
    }
    for (int k = 0; k < d->classes; k++) {
        const bool none = counts[0][k] == 0;
        first = none && first < 0 ? k : first;
        least = !none && least < 0 ? k : least;
        found += none;
        tested += none ? counts[1][k] : 0;
    }
    if (found == 0)
        return;
    char more[48] = "", test[80] = "";
    if (found > 1)
        snprintf(more, sizeof more, ", nor of %d other classes", found - 1);
    if (tested > 0)
        snprintf(test, sizeof test, "; %d of the test set cannot be right for that", tested);
    say(r, "no %s of the training set is of class %d%s: %s never learned%s%s", d->columns != NULL ? "line" : "image",
        first, more, found > 1 ? "they are" : "it is", test,
        least == found && first == 0 ? "; number the labels from 0 on" : "");
}

void remarks_find(const struct dataset *d, char *text, size_t text_bytes)
{
    struct remarks r = {.text = text, .room = text_bytes};
    text[0] = '\0';
    if (d->train.n < 1 || d->features < 1)
        return;
    const struct numbers train = measure_all(d, &d->train);
    say_constant(&r, d);
    say_small_pixels(&r, d, &train);
    say_spoilt(&r, d);
    if (d->test.n >= FEW_IMAGES && d->train.n >= FEW_IMAGES) {
        if (is_flat(d))
            say_features_elsewhere(&r, d);
        else if (d->features >= MANY_FEATURES)
            say_set_elsewhere(&r, d, &train);
    }
    say_classes(&r, d);
}
