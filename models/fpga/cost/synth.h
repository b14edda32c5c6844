/* Synthesis (Yosys) and static timing (OpenSTA) of one operator or of a whole accelerator. */
#ifndef DELTASWEEP_SYNTH_H
#define DELTASWEEP_SYNTH_H

#include "base/digest.h"
#include "models/fpga/device/family.h"
#include "models/fpga/design/accelerator.h"
#include "models/nn/integer/mac.h"

#include <stdbool.h>

struct synth_result {
    struct resources cells;
    bool timing_known;         /* false: no OpenSTA; the six figures below are NAN */
    double critical_path_ns;   /* estimate with routing, speed grade -1, all paths: port or register to register or
                                  port */
    double fmax_mhz;           /* 1000 / critical_path_ns */
    double critical_path_2_ns, fmax_2_mhz; /* the same netlist at speed grade -2 */
    double fmax_mhz_low, fmax_mhz_high;    /* of fmax_mhz: the error band of docs/estimates.md */
    char path_from[128], path_to[128];     /* ends of the critical path at grade -1 */
    double power_mw;           /* static and dynamic, at fmax_mhz; NAN if that is not known */
    double seconds;            /* of the run that filled the cache */
    bool from_cache;
};

/* synth_digest: the key of synth_run's result: RTL, parameters, scripts, delay model, tool versions. */
enum status synth_digest(const struct family *family, const struct mac_config *c, char hex[DIGEST_HEX_BYTES],
                         struct errmsg *e);

/* synth_run: synthesises the operator, or takes the result from the cache. STATUS_MISSING without Yosys. The cells are
 * the same for every part of the family; resources_fit compares them with one part. */
enum status synth_run(const struct family *family, const struct mac_config *c, struct synth_result *out,
                      struct errmsg *e);

/* accel_synth_digest, accel_synth_run: the same for a whole accelerator with its memories. The contents of the memories
 * are pseudo-random and follow from a alone, so that the cost does not depend on a training. */
enum status accel_synth_digest(const struct family *family, const struct accelerator *a, char hex[DIGEST_HEX_BYTES],
                               struct errmsg *e);
enum status accel_synth_run(const struct family *family, const struct accelerator *a, struct synth_result *out,
                            struct errmsg *e);

#endif
