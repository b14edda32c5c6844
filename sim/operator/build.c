#include "sim/operator/build.h"

#include "models/fpga/design/operator.h"
#include "sim/simulator.h"

#include <string.h>

static enum status check_trace_kind(const char *trace_kind, struct errmsg *e)
{
    if (trace_kind == NULL || strcmp(trace_kind, "fst") == 0 || strcmp(trace_kind, "vcd") == 0)
        return STATUS_OK;
    return fail(e, STATUS_USAGE, "there is no trace format `%s`: use fst or vcd", trace_kind);
}

enum status operator_sim_digest(const struct mac_config *c, const char *trace_kind, char hex[DIGEST_HEX_BYTES],
                                struct errmsg *e)
{
    static const char *const glue[] = {"sim/operator/dut.h", "sim/dut_clock.h", "sim/operator/dut.cpp", NULL};
    struct digest d;
    enum status s;

    if ((s = mac_check(c, e)) != STATUS_OK || (s = check_trace_kind(trace_kind, e)) != STATUS_OK)
        return s;
    digest_init(&d);
    digest_text(&d, "variant", mac_variant_name(c->variant));
    digest_text(&d, "multiplier", multiplier_name(c->multiplier));
    digest_int(&d, "W", c->W);
    digest_int(&d, "D", c->D);
    digest_int(&d, "shift", c->shift);
    digest_int(&d, "N", c->N);
    digest_int(&d, "P", c->P);
    digest_int(&d, "wrap", c->wrap);
    s = simulator_digest(&d, trace_kind, operator_rtl_file(c->variant), glue, e);
    digest_hex(&d, hex);
    return s;
}

enum status operator_sim_build(const struct mac_config *c, const char *trace_kind, char *so_path,
                               unsigned so_path_bytes, double *build_seconds, struct errmsg *e)
{
    char hex[DIGEST_HEX_BYTES];
    struct operator_parameter parameters[OPERATOR_PARAMETERS];
    struct simulator m = {.cache = "verilated",
                          .object = "mac.so",
                          .top = "MAC",
                          .class = "VMac",
                          .glue = "sim/operator/dut.cpp",
                          .trace_kind = trace_kind};

    *build_seconds = 0;
    const enum status s = operator_sim_digest(c, trace_kind, hex, e);
    if (s != STATUS_OK)
        return s;
    const int n = operator_parameters(c, parameters);
    for (int i = 0; i < n; i++)
        arguments_add(&m.verilog, "-G%s=%d", parameters[i].name, parameters[i].value);
    arguments_add(&m.verilog, "%s", operator_rtl_file(c->variant));
    arguments_add(&m.defines, "-DDUT_VARIANT=%d", (int)c->variant);
    arguments_add(&m.defines, "-DDUT_W=%d", c->W);
    arguments_add(&m.defines, "-DDUT_D=%d", c->variant == MAC_PLAIN ? c->W : c->D);
    arguments_add(&m.defines, "-DDUT_SHIFT=%d", c->shift);
    arguments_add(&m.defines, "-DDUT_N=%d", c->N);
    arguments_add(&m.defines, "-DDUT_P=%d", c->P);
    return simulator_build(&m, hex, so_path, so_path_bytes, build_seconds, e);
}
