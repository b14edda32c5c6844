/* The C face of one Verilated operator: what its shared object exports. Every object
 * is built for one set of parameters (sim/operator/build.h). */
#pragma once

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { OPERATOR_DUT_API_VERSION = 1 };

/* A trace has the first rising edge of CLK_SYS at 0 ns, and a clock of 10 ns. */
enum { DUT_CLOCK_NS = 10 };

struct operator_dut;

struct operator_dut_api {
    int version;           /* OPERATOR_DUT_API_VERSION of the object */
    int variant;           /* enum mac_variant */
    int W, D, shift, N, P; /* parameters it was built with; D = W, shift = 0 for plain */
    struct operator_dut *(*create)(void); /* NULL: out of memory. All inputs are 0. */
    void (*destroy)(struct operator_dut *d);
    /* Inputs; each takes effect at the next edge. Numbers are cut to their port's width. */
    void (*set_bias)(struct operator_dut *d, int32_t bias);
    void (*set_initial)(struct operator_dut *d, int32_t initial); /* nothing for plain */
    void (*set_weights)(struct operator_dut *d, const int32_t *weights); /* N */
    void (*set_data)(struct operator_dut *d, const int32_t *data);       /* N */
    void (*set_control)(struct operator_dut *d, int rstn, int en, int do_calc);
    /* clock: one rising and one falling edge of CLK_SYS; returns DATA_RDY. */
    int (*clock)(struct operator_dut *d);
    /* edge: CLK_SYS goes to level (0 or 1), half a clock after the last edge. */
    void (*edge)(struct operator_dut *d, int level);
    int (*data_rdy)(const struct operator_dut *d);
    int64_t (*out_data)(const struct operator_dut *d);
    /* trace_open: a waveform of all ports and registers into path from here on; -1 if
     * the object was built without (or the file cannot be written). Ends with destroy. */
    int (*trace_open)(struct operator_dut *d, const char *path);
};

const struct operator_dut_api *operator_dut_entry(void);

#ifdef __cplusplus
}
#endif
