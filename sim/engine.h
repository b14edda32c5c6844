/* How the hardware of each engine (models/fpga/engine) is simulated and checked: a table with a row for each. */
#pragma once

#include "models/fpga/engine/engine.h"
#include "models/nn/data/dataset.h"
#include "models/nn/network/network.h"
#include "sim/accelerator/check.h"
#include "sim/operator/check.h"

/* What a check found: the result of the engine's own check. */
struct engine_check {
    enum engine_kind engine;
    int64_t wrong; /* outputs and clocks that are not as defined; 0 or it is a failure */
    union {
        struct operator_result operator;
        struct accelerator_result accelerator;
    };
};

struct engine_sim {
    /* digest: the key of the simulator. build: makes it, or finds it in the cache; *seconds is 0 then. STATUS_MISSING
     * without Verilator or a C++ compiler. */
    enum status (*digest)(const struct hardware *h, char hex[DIGEST_HEX_BYTES], struct errmsg *e);
    enum status (*build)(const struct hardware *h, char *so_path, unsigned so_path_bytes, double *seconds,
                         struct errmsg *e);
    double (*build_seconds)(const struct hardware *h); /* a rough guess */

    /* check: the RTL against its definition. net: a trained network, whose weights it is fed; NULL: none, which an
     * engine with the weights in its logic does not take. data: what net was trained with, NULL without net. What the
     * check found wrong is STATUS_OK: the caller judges. */
    enum status (*check)(const struct hardware *h, const struct network *net, const struct dataset *data,
                         struct engine_check *out, struct errmsg *e);
    /* check_digest: adds to d what check is fed beside the simulator and the network. */
    void (*check_digest)(struct digest *d, bool trained, const struct dataset *data);
    double (*check_seconds)(const struct hardware *h, const struct dataset *data); /* a rough guess */
    /* explain: what was found wrong, one line for each thing; "" if nothing was. */
    void (*explain)(const struct engine_check *c, char *out, size_t room);

    /* trace: a waveform of random and extreme inputs, FILE.fst or FILE.vcd. NULL: the engine has none. */
    enum status (*trace)(const struct hardware *h, const char *file, struct errmsg *e);
};

/* engine_sim_at: the row of a kind; NULL for ENGINE_NONE. engine_sim_of: of hardware, whose engine is not NULL. */
const struct engine_sim *engine_sim_at(enum engine_kind kind);
const struct engine_sim *engine_sim_of(const struct hardware *h);

/* The rows, for the table alone. */
extern const struct engine_sim engine_sim_operator, engine_sim_accelerator;
