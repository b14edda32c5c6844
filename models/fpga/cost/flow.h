/* The one way from Verilog to cells and clock, for operators and accelerators alike: docs/estimates.md. */
#ifndef DELTASWEEP_FLOW_H
#define DELTASWEEP_FLOW_H

#include "models/fpga/design/rtl_files.h"
#include "models/fpga/cost/synth.h"
#include "models/fpga/device/family.h"

struct flow {
    const struct family *family;
    struct rtl_files files;      /* of rtl/ that the design needs */
    const char *module, *clock;  /* the top, and its clock port */
    char elaborate[512];         /* Yosys commands between reading files and synth_xilinx */
    bool no_dsp;                 /* multipliers go to LUTs */
    char *top;                   /* the text of top.v, read after files; NULL: none. Owned, see flow_free */
    /* prepare: what else the working folder needs, NULL: nothing; subject is its. Its contents count for the key only
     * through top. */
    enum status (*prepare)(const void *subject, const char *folder, struct errmsg *e);
    const void *subject;
};

/* flow_find: the files of a design whose top file in rtl/ is given; the rest of f is zero. */
enum status flow_find(struct flow *f, const struct family *family, const char *top_file, struct errmsg *e);
void flow_free(struct flow *f);

/* flow_digest, flow_run: as synth_digest and synth_run promise. */
enum status flow_digest(const struct flow *f, char hex[DIGEST_HEX_BYTES], struct errmsg *e);
enum status flow_run(const struct flow *f, struct synth_result *out, struct errmsg *e);

#endif
