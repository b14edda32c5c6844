/* What a design takes of a part, and whether it fits. resources.def has a row for each kind of cell and for each
 * budget; all that counts, stores or prints them goes over these rows. */
#pragma once

#include "models/fpga/device/device.h"

#include <stddef.h>

/* Counted by synthesis. lut: LUTs as logic and as memory; lutram: of these, LUTs as memory. */
struct resources {
#define CELL(member, ...) int member;
#define SHARE(...)
#include "models/fpga/device/resources.def"
#undef CELL
#undef SHARE
};

/* A row of cells. */
struct cell_kind {
    const char *name; /* of the member, and of the column: "carry4" */
    const char *title, *description;
    size_t offset;    /* in struct resources, an int */
};
const struct cell_kind *cell_kinds(int *n);
int cell_count(const struct resources *r, const struct cell_kind *kind);
void cell_set(struct resources *r, const struct cell_kind *kind, int count);

/* Whether logic and weights fit, and what is fullest. Shares are fractions of the part. */
struct fullness {
    bool fits, logic_fits, weights_fit_bram, weights_fit_lutram;
    double weights; /* stored weights of the memory that the logic leaves */
#define CELL(...)
#define SHARE(member, ...) double member;
#include "models/fpga/device/resources.def"
#undef CELL
#undef SHARE
    double fullest;               /* the greatest of all shares */
    const char *binding_resource; /* whose it is: "lut", "dsp", "bram", "weights", … */
};

/* A row of budgets. */
struct share_kind {
    const char *name;   /* of the member; the column is NAME_utilisation: "carry4" */
    const char *title;  /* "CARRY4" */
    const char *column; /* of the figure of which it is the share; NULL: none */
    const char *description;
    size_t offset;      /* in struct fullness, a double */
    int64_t (*used)(const struct resources *r);
    int64_t (*budget)(const struct device *d);
};
const struct share_kind *share_kinds(int *n);
double share_of(const struct fullness *f, const struct share_kind *kind);

/* resources_fullness: whether logic and weights fit d. logic NULL: it is not known, and the weights alone count.
 * Weights may be split over the block RAM and the LUT RAM that the logic leaves. */
struct fullness resources_fullness(const struct device *d, const struct resources *logic, int64_t weight_bits);
