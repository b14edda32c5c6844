/* The paper's multiply-accumulate operator as integers: the definition with which the RTL in rtl/mac/mac_*.v and its
 * SystemC model are compared. */
#pragma once

#include "base/status.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum mac_variant { MAC_PLAIN, MAC_FIXED_REFERENCE, MAC_CONSECUTIVE };
enum multiplier { MULTIPLIER_DSP, MULTIPLIER_LUT };

/* Parameters of one operator, as its Verilog module has them. */
struct mac_config {
    enum mac_variant variant;
    enum multiplier multiplier;
    int W;     /* INPUT_BITWIDTH, bits of data, bias and rebuilt weights: 2..16 */
    int D;     /* INPUT_DELTAWIDTH, bits of a stored delta: 1..W; 0 for plain */
    int shift; /* DELTA_SHIFT: a delta d stands for d · 2^shift: 0..W-D; 0 for plain */
    int N;     /* INPUT_NUM_DATA, inputs of a dot product: 1..65536 */
    int P;     /* NUM_MULT_PARALLEL, multipliers: 1..N */
    int wrap;  /* WRAP: weights that leave W bits wrap (1) or saturate (0); 0 but for consecutive */
};

/* One request. All numbers are signed and fit their widths; nothing is owned. */
struct mac_vector {
    int32_t bias;           /* W bits */
    int32_t initial;        /* W bits; unused by plain */
    const int32_t *weights; /* N, of D bits (W bits for plain) */
    const int32_t *data;    /* N, of W bits */
};

/* mac_check: STATUS_INPUT when a parameter is outside its range, named. */
enum status mac_check(const struct mac_config *c, struct errmsg *e);

/* mac_rebuild: the N weights that the operator multiplies with: W-bit integers;
 * running sums are exact and each weight is saturated to W bits at the end, or with wrap taken modulo 2^W. */
void mac_rebuild(const struct mac_config *c, const struct mac_vector *v, int32_t *w);

/* mac_dot: saturate_2W(bias + Σ w[i] · data[i]); the sum itself is exact. */
int64_t mac_dot(const struct mac_config *c, const struct mac_vector *v);

/* mac_cycles: clock edges from the one that first sees DO_CALC high (edge 1) to the
 * one after which DATA_RDY is high again: ceil(N / P) + 2. */
int mac_cycles(const struct mac_config *c);

const char *mac_variant_name(enum mac_variant v);   /* "plain", "fixed-reference", "consecutive" */
const char *multiplier_name(enum multiplier m);     /* "dsp", "lut" */

#ifdef __cplusplus
}
#endif
