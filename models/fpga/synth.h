/* Synthesis (Yosys) and static timing (OpenSTA) of one operator. */
#ifndef DELTASWEEP_SYNTH_H
#define DELTASWEEP_SYNTH_H

#include "base/digest.h"
#include "models/fpga/device.h"
#include "models/nn/mac.h"

#include <stdbool.h>

struct synth_result {
    struct resources cells;
    bool timing_known;        /* false: no OpenSTA; the two figures below are NAN */
    double critical_path_ns;  /* estimate with routing, speed grade -1, all paths: port or register to register or
                                 port */
    double fmax_mhz;          /* 1000 / critical_path_ns */
    char path_from[128], path_to[128];
    double seconds;           /* of the run that filled the cache */
    bool from_cache;
};

/* synth_digest: the key of synth_run's result: RTL, parameters, scripts, delay model, tool versions. */
enum status synth_digest(const struct mac_config *c, char hex[DIGEST_HEX_BYTES], struct errmsg *e);

/* synth_run: cached. STATUS_MISSING without Yosys. The cells do not depend on which
 * series-7 part is meant; hold them against one with device_fit. */
enum status synth_run(const struct mac_config *c, struct synth_result *out, struct errmsg *e);

#endif
