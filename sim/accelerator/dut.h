/* The C face of one Verilated accelerator: what its shared object exports. Every object is
 * built for one configuration (sim/accelerator/build.h); weights are loaded when an instance starts. */
#pragma once

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { ACCELERATOR_DUT_API_VERSION = 2 };

struct accelerator_dut;

/* A run in bulk: from reset, pixels always valid and results always taken. Clock 0 is the first after reset. */
struct accelerator_stream {
    int images, features;
    const int16_t *pixels; /* images · features activations */
    int64_t patience;      /* clocks without a transfer after which it ends */
    /* Results, in the order in which they came: room for images of each. */
    int32_t *result_class, *logit;
    int64_t *clock;
    int64_t results;     /* that came, even if there are more than images */
    int64_t first_pixel; /* clock of its transfer; -1 if there was none */
    int64_t clocks;      /* of the whole run */
};

struct accelerator_dut_api {
    int version;     /* ACCELERATOR_DUT_API_VERSION of the object */
    const char *key; /* accelerator_sim_digest of what it was built for */
    /* create: with the files of the folder memories, in reset, all inputs 0. NULL: out of memory, or the folder
     * has no neurons.hex. */
    struct accelerator_dut *(*create)(const char *memories);
    void (*destroy)(struct accelerator_dut *d);
    /* Inputs; each takes effect at the next edge. data is cut to the port's width. */
    void (*set_reset)(struct accelerator_dut *d, int rst_ni);
    void (*set_pixel)(struct accelerator_dut *d, int valid, int32_t data);
    void (*set_result_ready)(struct accelerator_dut *d, int ready);
    void (*clock)(struct accelerator_dut *d);           /* one rising and one falling edge */
    void (*edge)(struct accelerator_dut *d, int level); /* clk_i goes to level */
    int (*pixel_ready)(const struct accelerator_dut *d);
    int (*result_valid)(const struct accelerator_dut *d);
    int32_t (*result_class)(const struct accelerator_dut *d);
    int32_t (*result_logit)(const struct accelerator_dut *d);
    /* stream: ends when all results have come and no other came for some clocks, or patience is lost. */
    void (*stream)(struct accelerator_dut *d, struct accelerator_stream *s);
};

const struct accelerator_dut_api *accelerator_dut_entry(void);

#ifdef __cplusplus
}
#endif
