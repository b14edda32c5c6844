#include "models/fpga/device/resources.h"

#include "models/fpga/device/family.h"

#include <string.h>

static const struct cell_kind cells[] = {
#define CELL(member, its_title, its_description)                                                                       \
    {.name = #member, .title = (its_title), .description = (its_description), .offset = offsetof(struct resources, member)},
#define SHARE(...)
#include "models/fpga/device/resources.def"
#undef CELL
#undef SHARE
};

#define CELL(...)
/* NOLINTBEGIN(bugprone-macro-parentheses): expressions of a row, returned as they are */
#define SHARE(member, its_used, its_budget, ...)                                                                       \
    static int64_t member##_used(const struct resources *r)                                                            \
    {                                                                                                                  \
        return its_used;                                                                                               \
    }                                                                                                                  \
    static int64_t member##_budget(const struct device *d)                                                             \
    {                                                                                                                  \
        return its_budget;                                                                                             \
    }
/* NOLINTEND(bugprone-macro-parentheses) */
#include "models/fpga/device/resources.def"
#undef SHARE

static const struct share_kind shares[] = {
#define SHARE(member, its_used, its_budget, its_title, its_column, its_description)                                    \
    {.name = #member,                                                                                                  \
     .title = (its_title),                                                                                             \
     .column = (its_column),                                                                                           \
     .description = (its_description),                                                                                 \
     .offset = offsetof(struct fullness, member),                                                                      \
     .used = member##_used,                                                                                            \
     .budget = member##_budget},
#include "models/fpga/device/resources.def"
#undef CELL
#undef SHARE
};

enum { CELLS = sizeof cells / sizeof cells[0], SHARES = sizeof shares / sizeof shares[0] };

const struct cell_kind *cell_kinds(int *n)
{
    *n = CELLS;
    return cells;
}

int cell_count(const struct resources *r, const struct cell_kind *kind)
{
    int count;
    memcpy(&count, (const char *)r + kind->offset, sizeof count);
    return count;
}

void cell_set(struct resources *r, const struct cell_kind *kind, int count)
{
    memcpy((char *)r + kind->offset, &count, sizeof count);
}

const struct share_kind *share_kinds(int *n)
{
    *n = SHARES;
    return shares;
}

double share_of(const struct fullness *f, const struct share_kind *kind)
{
    double share;
    memcpy(&share, (const char *)f + kind->offset, sizeof share);
    return share;
}

/* portion: used of available; something of nothing is more than all of it. */
static double portion(int64_t used, int64_t available)
{
    if (used <= 0)
        return 0.0;
    return available > 0 ? (double)used / (double)available : 1.0 + (double)used;
}

static int64_t at_least_0(int64_t x)
{
    return x > 0 ? x : 0;
}

/* fit_logic: the shares of the logic, and which of them and of the weights binds. */
static void fit_logic(struct fullness *f, const struct device *d, const struct resources *r)
{
    f->logic_fits = true;
    f->fullest = f->weights;
    f->binding_resource = "weights";
    for (int i = 0; i < SHARES; i++) {
        const int64_t used = shares[i].used(r), budget = shares[i].budget(d);
        const double share = portion(used, budget);
        memcpy((char *)f + shares[i].offset, &share, sizeof share);
        f->logic_fits = f->logic_fits && used <= budget; /* as integers: a share of 1 + 1e-17 would be rounded to a fit */
        if (share > f->fullest) {
            f->fullest = share;
            f->binding_resource = shares[i].name;
        }
    }
}

struct fullness resources_fullness(const struct device *d, const struct resources *logic, int64_t weight_bits)
{
    static const struct resources none;
    const struct resources *r = logic != NULL ? logic : &none;
    /* Weights as memory take LUTs too: what is left is bounded by the LUTs that are free at all. */
    const int64_t bram_left = at_least_0(bram_budget(d) - bram_used(r)) * d->family->bram18_bits;
    const int64_t memory_luts_left = at_least_0(lutram_budget(d) - r->lutram);
    const int64_t luts_left = at_least_0(lut_budget(d) - r->lut);
    const int64_t lutram_left = (luts_left < memory_luts_left ? luts_left : memory_luts_left) * d->family->lutram_bits;
    struct fullness f = {.weights = portion(weight_bits, bram_left + lutram_left),
                    .weights_fit_bram = weight_bits <= bram_left,
                    .weights_fit_lutram = weight_bits <= lutram_left};
    fit_logic(&f, d, r);
    f.fits = f.logic_fits && weight_bits <= bram_left + lutram_left;
    return f;
}
