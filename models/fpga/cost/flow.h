/* From Verilog to cell counts and a clock, by Yosys and OpenSTA: docs/estimates.md. Each engine describes its design in
 * a struct flow. */
#pragma once

#include "base/digest.h"
#include "models/fpga/cost/synth.h"
#include "models/fpga/design/accelerator.h"
#include "models/fpga/design/rtl_files.h"
#include "models/fpga/device/family.h"
#include "models/nn/integer/mac.h"

struct flow {
    const struct family *family;
    struct rtl_files files;      /* those of rtl/ that the design needs */
    const char *module, *clock;  /* the top, and its clock port */
    char elaborate[512];         /* the top's parameters, as options of Yosys's `hierarchy`; "": none */
    bool no_dsp;                 /* multipliers go to LUTs */
    char *top;                   /* the text of top.v, which is read after files; NULL: none. flow_free frees it */
    /* prepare: writes further files that synthesis reads into the working folder; it is given subject. NULL: there are
     * none. The key does not include these files, so their content must follow from top. */
    enum status (*prepare)(const void *subject, const char *folder, struct errmsg *e);
    const void *subject;
};

/* flow_find: sets f->files to the Verilog files that top_file in rtl/ needs, and the rest of f to 0. */
enum status flow_find(struct flow *f, const struct family *family, const char *top_file, struct errmsg *e);
void flow_free(struct flow *f);

/* operator_flow, accelerator_flow: those of the engines; STATUS_INPUT for a configuration outside its range. The memories
 * of an accelerator are part of it. Their contents are pseudo-random, a function of a alone: the cost depends on no
 * training. flow_free also after a failure. */
enum status operator_flow(struct flow *f, const struct family *family, const struct mac_config *c, struct errmsg *e);
enum status accelerator_flow(struct flow *f, const struct family *family, const struct accelerator *a,
                             struct errmsg *e);

/* flow_digest: the key of flow_run's result: RTL, parameters, scripts, delay model, tool versions. flow_run: cached. The
 * cells are the same for every part of the family; resources_fullness compares them with one. Both are STATUS_MISSING
 * without Yosys. */
enum status flow_digest(const struct flow *f, char hex[DIGEST_HEX_BYTES], struct errmsg *e);
enum status flow_run(const struct flow *f, struct synth_result *out, struct errmsg *e);
