#include "models/fpga/cost/flow.h"

#include <stdio.h>

static const char *const tops[] = {"mac_plain.v", "mac_fixed_reference.v", "mac_consecutive.v"};

enum status operator_flow(struct flow *f, const struct family *family, const struct mac_config *c, struct errmsg *e)
{
    char delta[80] = "";
    enum status s;

    f->top = NULL;
    if ((s = mac_check(c, e)) != STATUS_OK || (s = flow_find(f, family, tops[c->variant], e)) != STATUS_OK)
        return s;
    if (c->variant != MAC_PLAIN)
        snprintf(delta, sizeof delta, " -set INPUT_DELTAWIDTH %d -set DELTA_SHIFT %d", c->D, c->shift);
    snprintf(f->elaborate, sizeof f->elaborate,
             "chparam -set INPUT_BITWIDTH %d -set INPUT_NUM_DATA %d -set NUM_MULT_PARALLEL %d -set USE_DSP %d%s MAC\n",
             c->W, c->N, c->P, c->multiplier == MULTIPLIER_DSP ? 1 : 0, delta);
    f->module = "MAC";
    f->clock = "CLK_SYS";
    f->no_dsp = c->multiplier == MULTIPLIER_LUT;
    return STATUS_OK;
}
