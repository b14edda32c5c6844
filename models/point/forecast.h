/* What the configuration of a point says of its cells, clocks, speed and energy, before any work. */
#pragma once

#include "models/point/point.h"

struct forecast {
    const struct point *point;     /* borrowed */
    const struct schedule *clocks; /* in the point; NULL: it has none */
    bool coded, estimated;         /* not a float network; there is an estimate of the logic */
    struct resources least;
    struct estimate estimate;
    struct fullness fit;
    enum estimated_fit answer; /* OPEN for a float network */
#define FORECAST(name, expression) double name;
#include "models/point/forecast.def"
#undef FORECAST
};

/* forecast_of: of a point with its hardware. */
void forecast_of(const struct point *p, struct forecast *out);

/* The figures of forecast.def by their number. forecast_name: NULL after the last. */
const char *forecast_name(int i);
double forecast_value(const struct forecast *f, int i);
