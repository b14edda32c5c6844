#include "models/point/forecast.h"

#include "models/fpga/cost/energy.h"

#include <math.h>
#include <string.h>

/* power_mw: while it computes, at the estimated clock. */
static double power_mw(const struct forecast *f)
{
    if (!f->estimated)
        return NAN;
    const struct resources r = {
        .lut = f->estimate.lut, .ff = f->estimate.ff, .dsp = f->least.dsp, .bram18 = f->least.bram18};
    const struct energy e = energy_of(f->point->device->family, &r, f->estimate.fmax_mhz, 1.0);
    return e.static_mw + e.dynamic_mw;
}

void forecast_of(const struct point *p, struct forecast *out)
{
    struct forecast *const f = out;
    *f = (struct forecast){
        .point = p, .clocks = hardware_schedule(&p->hardware), .coded = p->code.scheme != SCHEME_FLOAT};
    f->least = hardware_least(&p->hardware);
    f->estimated = hardware_estimate(&p->hardware, &f->estimate);
    f->answer = hardware_fit(&p->hardware, p->device, p->weight_storage_bits, &f->fit);
    if (!f->coded)
        f->answer = ESTIMATED_OPEN;
#define FORECAST(name, expression) f->name = (expression);
#include "models/point/forecast.def"
#undef FORECAST
}

static const struct {
    const char *name;
    size_t offset;
} figures[] = {
#define FORECAST(its_name, expression) {#its_name, offsetof(struct forecast, its_name)},
#include "models/point/forecast.def"
#undef FORECAST
};
enum { FIGURES = sizeof figures / sizeof figures[0] };

const char *forecast_name(int i)
{
    return i < FIGURES ? figures[i].name : NULL;
}

double forecast_value(const struct forecast *f, int i)
{
    double v;
    memcpy(&v, (const char *)f + figures[i].offset, sizeof v);
    return v;
}
