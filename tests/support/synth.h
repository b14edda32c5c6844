/* Synthesis of a configuration that no point has. */
#pragma once

#include "models/fpga/engine/engine.h"

static inline struct hardware synth_operator(const struct family *family, const struct mac_config *c)
{
    return (struct hardware){.engine = engine_at(ENGINE_OPERATOR), .family = family, .mac = *c};
}

static inline struct hardware synth_accelerator(const struct family *family, const struct accelerator *a)
{
    return (struct hardware){.engine = engine_at(ENGINE_ACCELERATOR), .family = family, .accelerator = *a};
}

static inline enum status synth_digest(const struct family *family, const struct mac_config *c,
                                       char hex[DIGEST_HEX_BYTES], struct errmsg *e)
{
    const struct hardware h = synth_operator(family, c);
    return hardware_synth_digest(&h, hex, e);
}

static inline enum status synth_run(const struct family *family, const struct mac_config *c, struct synth_result *out,
                                    struct errmsg *e)
{
    const struct hardware h = synth_operator(family, c);
    return hardware_synth_run(&h, out, e);
}

static inline enum status accel_synth_digest(const struct family *family, const struct accelerator *a,
                                             char hex[DIGEST_HEX_BYTES], struct errmsg *e)
{
    const struct hardware h = synth_accelerator(family, a);
    return hardware_synth_digest(&h, hex, e);
}

static inline enum status accel_synth_run(const struct family *family, const struct accelerator *a,
                                          struct synth_result *out, struct errmsg *e)
{
    const struct hardware h = synth_accelerator(family, a);
    return hardware_synth_run(&h, out, e);
}
