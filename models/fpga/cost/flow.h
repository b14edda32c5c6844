/* From Verilog to cell counts and a clock, by Yosys and OpenSTA: docs/estimates.md. Each engine describes its design in a
 * struct flow. */
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
    /* prepare: writes into the working folder what else synthesis reads; it gets subject. NULL: nothing. These files do
     * not count for the key, so they must follow from top. */
    enum status (*prepare)(const void *subject, const char *folder, struct errmsg *e);
    const void *subject;
};

/* flow_find: finds the files of a design, whose top file in rtl/ is given; the rest of f is 0. */
enum status flow_find(struct flow *f, const struct family *family, const char *top_file, struct errmsg *e);
void flow_free(struct flow *f);

/* flow_digest, flow_run: the work of synth_digest and synth_run (models/fpga/cost/synth.h). */
enum status flow_digest(const struct flow *f, char hex[DIGEST_HEX_BYTES], struct errmsg *e);
enum status flow_run(const struct flow *f, struct synth_result *out, struct errmsg *e);

#endif
