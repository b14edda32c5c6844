#include "models/fpga/cost/flow.h"
#include "models/fpga/design/operator.h"

#include <stdio.h>

enum status operator_flow(struct flow *f, const struct family *family, const struct mac_config *c, struct errmsg *e)
{
    struct operator_parameter parameters[OPERATOR_PARAMETERS];
    const size_t room = sizeof f->elaborate;
    enum status s;

    f->top = NULL;
    if ((s = mac_check(c, e)) != STATUS_OK || (s = flow_find(f, family, operator_rtl_file(c->variant), e)) != STATUS_OK)
        return s;
    size_t used = 0;
    const int n = operator_parameters(c, parameters);
    for (int i = 0; i < n; i++)
        used += (size_t)snprintf(f->elaborate + used, room - used, " -chparam %s %d", parameters[i].name,
                                 parameters[i].value);
    f->module = "MAC";
    f->clock = "CLK_SYS";
    f->no_dsp = c->multiplier == MULTIPLIER_LUT;
    return STATUS_OK;
}
