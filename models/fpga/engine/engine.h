/* The engines: what a design point can be as hardware. Each is a row of a table with functions; a new engine is a file
 * with its row, a word in enum engine_kind, and its member of struct hardware. How one is simulated: sim/engine.h. */
#pragma once

#include "models/fpga/cost/estimate.h"
#include "models/fpga/cost/flow.h"
#include "models/fpga/design/accelerator.h"
#include "models/fpga/design/schedule.h"
#include "models/fpga/device/resources.h"
#include "models/nn/integer/mac.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One multiply-accumulate unit, the whole network, or nothing: a point that is only trained. */
enum engine_kind { ENGINE_OPERATOR, ENGINE_ACCELERATOR, ENGINE_NONE, ENGINE_COUNT };
const char *engine_kind_name(enum engine_kind kind); /* "operator", "accelerator", "none" */

/* What a point asks for; 0 where its engine does not use the field. */
struct hardware_wish {
    enum engine_kind engine;
    int P, N, dsp_lanes;
    enum multiplier multiplier;
    enum weight_memory memory;
};
/* The fields that not every engine uses. */
enum wish_field { WISH_N = 1, WISH_DSP_LANES = 2, WISH_MULTIPLIER = 4, WISH_MEMORY = 8 };

/* The hardware of one point: an engine, and its own member; the others are 0. */
struct hardware {
    const struct engine *engine; /* NULL: none */
    const struct family *family; /* of its device */
    struct mac_config mac;
    struct accelerator accelerator;
    struct schedule schedule; /* of the accelerator */
};

/* All that hardware is made from, borrowed. */
struct hardware_source {
    const struct topology *shape;
    const struct code *code; /* canonical */
    const struct device *device;
};

enum { HARDWARE_KEY_NUMBERS = 13 + NETWORK_MAX_LAYERS + 1 };

struct engine {
    enum engine_kind kind;
    const char *name;      /* as the axis `engine` has it */
    unsigned uses;         /* enum wish_field, or-ed */
    bool weights_in_logic; /* its synthesis includes the weights, and it is simulated with trained ones only */

    /* of: fills its member of *out for what *wish asks for, and lowers dsp_lanes to what is possible. STATUS_VERDICT
     * with the reason for what the engine does not compute, STATUS_INPUT for a wish outside its range. */
    enum status (*of)(struct hardware_wish *wish, const struct hardware_source *source, struct hardware *out,
                      struct errmsg *e);
    /* key: writes the numbers that simulator and synthesis depend on; out is all 0 before. */
    void (*key)(const struct hardware *h, int out[HARDWARE_KEY_NUMBERS]);
    /* sample: makes h, which has this engine, a small hardware of the same files and tools. */
    void (*sample)(struct hardware *h);
    /* label: for people: "consecutive W8 D4 N96 P8 dsp". */
    void (*label)(const struct hardware *h, const struct hardware_wish *wish, const struct hardware_source *source,
                  char *out, size_t room);

    /* Known without a tool; NULL if the engine has none. */
    struct resources (*least)(const struct hardware *h);
    const struct schedule *(*schedule)(const struct hardware *h);
    void (*estimate)(const struct hardware *h, struct estimate *out);
    int (*cycles_per_dot)(const struct hardware *h); /* of an engine that computes dot products one by one */

    /* flow: how it is synthesised (models/fpga/cost/flow.h); flow_free also after a failure. */
    enum status (*flow)(const struct hardware *h, struct flow *out, struct errmsg *e);
    double (*synth_seconds)(const struct hardware *h); /* a rough guess */
};

/* engine_at: the row of a kind; NULL for ENGINE_NONE. engine_find: by its name; NULL if there is none. */
const struct engine *engine_at(enum engine_kind kind);
const struct engine *engine_find(const char *name);
/* engine_uses: false for a NULL engine, which uses nothing. */
bool engine_uses(const struct engine *engine, enum wish_field field);

/* hardware_of: makes the hardware that *wish asks for, and sets the fields of *wish that its engine does not use to 0.
 * A float code and ENGINE_NONE have no hardware, which is STATUS_VERDICT, too; otherwise as `of`. *out has no engine
 * after STATUS_VERDICT, and the engine that was asked for after STATUS_INPUT. */
enum status hardware_of(struct hardware_wish *wish, const struct hardware_source *source, struct hardware *out,
                        struct errmsg *e);

/* Equal keys: equal simulators and equal syntheses. */
struct hardware_key {
    char family[16];
    int engine, number[HARDWARE_KEY_NUMBERS];
};
struct hardware_key hardware_key(const struct hardware *h);

/* hardware_sample: all that two pieces of hardware are made with (RTL files, scripts, tools) is the same if their samples
 * have one key. h has an engine. */
struct hardware hardware_sample(const struct hardware *h);

/* hardware_synth_digest, hardware_synth_run: flow_digest and flow_run of h, which has an engine. */
enum status hardware_synth_digest(const struct hardware *h, char hex[DIGEST_HEX_BYTES], struct errmsg *e);
enum status hardware_synth_run(const struct hardware *h, struct synth_result *out, struct errmsg *e);

/* All that follows also takes hardware without an engine. */

/* hardware_least: the least that any synthesis would count; all 0 where nothing is known. */
struct resources hardware_least(const struct hardware *h);
/* hardware_weight_bits: how many bits of weights need room beside the logic: stored_bits, or 0 if they are in it. */
int64_t hardware_weight_bits(const struct hardware *h, int64_t stored_bits);
/* hardware_schedule: the clocks of an inference; NULL if it has none. */
const struct schedule *hardware_schedule(const struct hardware *h);
/* hardware_cycles_per_dot: the clocks of one dot product; 0 if it computes none by itself. */
int hardware_cycles_per_dot(const struct hardware *h);
/* hardware_estimate: false if there is no estimate of the logic; *out is 0 then. */
bool hardware_estimate(const struct hardware *h, struct estimate *out);
/* hardware_fit: whether it may fit the device, from what is known without synthesis; *fit is of the estimate, or of the
 * least that is needed. ESTIMATED_YES only where there is an estimate. */
enum estimated_fit hardware_fit(const struct hardware *h, const struct device *d, int64_t stored_bits,
                                struct fullness *fit);
