/* An accelerator as a folder that builds without deltasweep: RTL, memories, test bench, scripts for Vivado. */
#pragma once

#include "models/fpga/device/device.h"
#include "models/fpga/cost/synth.h"
#include "models/fpga/design/accelerator.h"
#include "models/nn/data/dataset.h"
#include "models/nn/integer/deploy.h"

#define EXPORT_TOP "deltasweep_top" /* the top module */

enum { EXPORT_IMAGES = 16 };

/* What goes into the folder. Everything is borrowed. */
struct export_job {
    const char *point; /* its name, for the commands in the README */
    const struct device *device;
    const struct accelerator *accelerator;
    const struct integer_network *network; /* accelerator_runs it */
    const struct dataset *data;            /* golden vectors are made of the first of its test set */
    int n_images;                          /* how many, 1 to data->test.n */
    int speed_grade;                       /* 1 or 2 */
    const struct synth_result *estimate;   /* NULL: not synthesised; its clock may be unknown too */
    const char *db;                        /* for the commands in the README; NULL: the usual database */
    const char *about;                     /* a paragraph for the README: what was trained; ends with a newline */
};

/* export_write: makes the folder, whole or not at all: it is written beside its place and then renamed. STATUS_USAGE
 * when folder is there and not empty, STATUS_ENVIRONMENT when it cannot be written. */
enum status export_write(const struct export_job *x, const char *folder, struct errmsg *e);

/* export_part: the full name of a part: the device in a usual package ("xc7s15ftgb196-1"). Any other
 * package does as well, since no pin is used. */
const char *export_part(const struct device *d, int speed_grade, char room[32]);

/* export_clock_mhz: what the constraints ask for: the lower end of the estimate's band at the speed grade.
 * export_period_ns: the period of that clock, in whole picoseconds. */
double export_clock_mhz(const struct export_job *x);
double export_period_ns(const struct export_job *x);
