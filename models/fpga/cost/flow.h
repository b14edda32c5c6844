/* From Verilog to cell counts and a clock, by Yosys and OpenSTA: docs/estimates.md. Each engine describes its design in
 * a struct flow. */
#ifndef DELTASWEEP_FLOW_H
#define DELTASWEEP_FLOW_H

#include "models/fpga/design/rtl_files.h"
#include "models/fpga/cost/synth.h"
#include "models/fpga/device/family.h"

struct flow {
    const struct family *family;
    struct rtl_files files;      /* those of rtl/ that the design needs */
    const char *module, *clock;  /* the top, and its clock port */
    char elaborate[512];         /* Yosys commands between reading files and synthesis */
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

/* flow_digest, flow_run: what synth_digest and synth_run (models/fpga/cost/synth.h) do, for any design. */
enum status flow_digest(const struct flow *f, char hex[DIGEST_HEX_BYTES], struct errmsg *e);
enum status flow_run(const struct flow *f, struct synth_result *out, struct errmsg *e);

#endif
