/* The clocks of an accelerator without simulating it, from the rules of docs/accelerator.md. */
#pragma once

#include "models/fpga/design/accelerator.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What the handshakes of rtl/accelerator/accelerator.v take, in clocks. All else follows from the configuration. */
enum {
    RESULT_PLACES = 4,   /* images that may be between their first beat and the taking of their result */
    LOAD_TO_BEAT = 2,    /* transfer of an image's last pixel to its first beat */
    BEAT_TO_BANK = 1,    /* last beat of the first layer to the transfer that may overwrite its pixels */
    TAKE_TO_BEAT = 2,    /* transfer of a result to the first beat of an image that waited for its place */
    RESULT_TO_VALID = 2, /* first beat that could read the last logit, were it an activation, to result_valid_o */
};

/* Clocks after the first beat of an image (0). */
struct schedule {
    int64_t bank_free;    /* its pixel bank takes the next but one image's first pixel */
    int64_t lanes_free;   /* first beat of the next image, if its pixels are there */
    int64_t result;       /* result_valid_o, if no earlier result is in the way */
    int64_t load_to_beat; /* from the clock of an image's last pixel transfer to its first beat, lanes free */
    /* Of a steady stream of images, pixels always valid and results always taken: */
    int64_t cycles_per_inference; /* initiation interval; rounded up where it is not the same for every image */
    int64_t cycles_latency;       /* one image alone, from the clock of its first pixel to that of its result */
    double efficiency;            /* MACs / (P · cycles_per_inference) */
};

void schedule_of(const struct accelerator *a, struct schedule *out);

/* schedule_stream: the clock in which each of n results is taken, pixels always valid and results
 * always taken; the first pixel is taken in clock 0. */
void schedule_stream(const struct accelerator *a, int n, int64_t *result);

#ifdef __cplusplus
}
#endif
