#include "explorer/columns.h"

#include <stddef.h>
#include <string.h>

static const struct column columns[] = {
    {"point", COLUMN_NAME, 0, NULL, "point", "name of the combination of axes (for `show`)"},
    {"sweep", COLUMN_NAME, 0, NULL, "sweep", "name of the sweep that asked for it"},
    {"dataset", COLUMN_AXIS, 0, NULL, "data set", "name or folder"},
    {"network", COLUMN_AXIS, 0, NULL, "network", "layer sizes, from input to output"},
    {"train_mode", COLUMN_AXIS, 0, NULL, "training mode",
     "standard (held-out images, test set once) or paper (test set every epoch)"},
    {"epochs", COLUMN_AXIS, 0, "", "epochs", "passes over the training images"},
    {"scheme", COLUMN_AXIS, 0, NULL, "scheme",
     "weight code: float, fixed-point, fixed-reference, consecutive (closed loop), consecutive-open (paper)"},
    {"reference", COLUMN_AXIS, 0, NULL, "reference", "what deltas are taken from: first, mean, zero"},
    {"span", COLUMN_AXIS, 0, NULL, "span", "weights that share a reference: layer, row"},
    {"codec", COLUMN_AXIS, 0, NULL, "codec", "exact (deltas fit their bits) or paper"},
    {"rounding", COLUMN_AXIS, 0, NULL, "rounding", "cut (toward zero) or nearest"},
    {"weight_bits", COLUMN_AXIS, 0, "bit", "weight bits W", "bits of a weight, with its sign"},
    {"frac_bits", COLUMN_AXIS, 0, "bit", "fraction bits f", "bits behind the binary point, of weight_bits"},
    {"delta_bits", COLUMN_AXIS, 0, "bit", "delta bits D", "bits of a stored delta"},
    {"delta_offset", COLUMN_AXIS, 0, "bit", "delta offset o", "a delta's step is 2^o"},
    {"parallelism", COLUMN_AXIS, 0, "", "parallel multipliers P", "multipliers of the operator"},
    {"multiplier", COLUMN_AXIS, 0, NULL, "multiplier", "dsp or lut"},
    {"operator_inputs", COLUMN_AXIS, 0, "", "operator inputs N", "weights of one dot product of the operator"},
    {"device", COLUMN_AXIS, 0, NULL, "device", "the part that the budgets are of"},
    {"seed", COLUMN_NAME, 0, "", "seed", "of the initial weights and of shuffling (results only)"},
    {"n", COLUMN_NAME, 0, "", "seeds n", "seeds that are trained (designs only)"},
    {"train_accuracy", COLUMN_RESULT, 1, "fraction", "training accuracy",
     "on the training images, after the last epoch; designs: mean over seeds"},
    {"validation_accuracy", COLUMN_RESULT, 1, "fraction", "validation accuracy",
     "on held-out training images; NULL in mode paper; designs: mean"},
    {"test_accuracy", COLUMN_RESULT, 1, "fraction", "test accuracy", "on the test images; designs: mean over seeds"},
    {"test_accuracy_sd", COLUMN_RESULT, -1, "fraction", "test accuracy, deviation",
     "standard deviation over seeds; NULL for one seed (designs only)"},
    {"test_accuracy_low", COLUMN_RESULT, 1, "fraction", "test accuracy, lower bound",
     "lower end of the 95 % interval of the mean, Student's t (designs only)"},
    {"test_accuracy_high", COLUMN_RESULT, 1, "fraction", "test accuracy, upper bound",
     "upper end of the 95 % interval (designs only)"},
    {"weight_storage_bits", COLUMN_RESULT, -1, "bit", "weight storage",
     "all that is stored of the network's weights: deltas or weights, and references"},
    {"compression_ratio", COLUMN_RESULT, 1, "", "compression ratio", "weights times weight_bits / weight_storage_bits"},
    {"cycles_per_dot", COLUMN_RESULT, -1, "clocks", "clocks per dot product", "counted in the simulated RTL"},
    {"rtl_mismatches", COLUMN_RESULT, -1, "", "RTL mismatches",
     "outputs or clocks in which the RTL differed from the integer definition; 0 or it is a failure"},
    {"lut", COLUMN_RESULT, -1, "", "LUTs", "of the operator, as logic and as memory (synthesis)"},
    {"ff", COLUMN_RESULT, -1, "", "flip-flops", "of the operator (synthesis)"},
    {"dsp", COLUMN_RESULT, -1, "", "DSP48E1", "of the operator (synthesis)"},
    {"bram18", COLUMN_RESULT, -1, "", "RAMB18", "of the operator (synthesis)"},
    {"lutram", COLUMN_RESULT, -1, "", "LUTs as memory", "of the operator, part of lut (synthesis)"},
    {"fits", COLUMN_RESULT, 1, "", "fits", "1: logic and weights both fit the device; 0: they do not"},
    {"binding_resource", COLUMN_RESULT, 0, NULL, "binding resource", "the resource that is fullest"},
    {"train_seconds", COLUMN_RESULT, -1, "s", "training time", "wall clock of training; designs: mean"},
    {"sim_clocks_per_second", COLUMN_RESULT, 1, "clocks/s", "simulation speed",
     "simulated clocks per second, Verilator alone; designs: mean"},
    {"fmax_mhz", COLUMN_RESULT, 1, "MHz", "highest clock", "estimate: 1000 / critical_path_ns"},
    {"critical_path_ns", COLUMN_RESULT, -1, "ns", "critical path",
     "estimate by static timing with routing, speed grade -1"},
    {"macs_per_second", COLUMN_RESULT, 1, "MAC/s", "throughput", "operator_inputs / cycles_per_dot at fmax_mhz"},
    {"macs_per_second_at_1mhz", COLUMN_RESULT, 1, "MAC/s", "throughput at 1 MHz",
     "operator_inputs / cycles_per_dot at 1 MHz: needs no timing estimate"},
    {"carry4", COLUMN_RESULT, -1, "", "CARRY4", "of the operator (synthesis)"},
    {"muxf7", COLUMN_RESULT, -1, "", "MUXF7", "of the operator (synthesis)"},
    {"muxf8", COLUMN_RESULT, -1, "", "MUXF8", "of the operator (synthesis)"},
    {"bram36", COLUMN_RESULT, -1, "", "RAMB36", "of the operator (synthesis)"},
    {"lut_utilisation", COLUMN_RESULT, -1, "fraction", "LUT utilisation", "of the device"},
    {"ff_utilisation", COLUMN_RESULT, -1, "fraction", "flip-flop utilisation", "of the device"},
    {"carry4_utilisation", COLUMN_RESULT, -1, "fraction", "CARRY4 utilisation", "of the device"},
    {"muxf7_utilisation", COLUMN_RESULT, -1, "fraction", "MUXF7 utilisation", "of the device"},
    {"muxf8_utilisation", COLUMN_RESULT, -1, "fraction", "MUXF8 utilisation", "of the device"},
    {"dsp_utilisation", COLUMN_RESULT, -1, "fraction", "DSP utilisation", "of the device"},
    {"bram_utilisation", COLUMN_RESULT, -1, "fraction", "block RAM utilisation", "of the device, by the logic"},
    {"lutram_utilisation", COLUMN_RESULT, -1, "fraction", "LUT RAM utilisation", "of the device, by the logic"},
    {"weights_utilisation", COLUMN_RESULT, -1, "fraction", "weight memory utilisation",
     "weight_storage_bits over the memory of the device that can hold them"},
    {"weights_fit_bram", COLUMN_RESULT, 1, "", "weights fit block RAM", "1: all weights do"},
    {"weights_fit_lutram", COLUMN_RESULT, 1, "", "weights fit LUT RAM", "1: all weights do"},
    {"weights", COLUMN_RESULT, 0, "", "weights", "weights of the network"},
    {"batch", COLUMN_AXIS, 0, "", "batch", "images per training step"},
    {"optimiser", COLUMN_AXIS, 0, NULL, "optimiser", "adam or sgd"},
    {"lr", COLUMN_AXIS, 0, "", "learning rate", "at the start"},
    {"lr_decay", COLUMN_AXIS, 0, NULL, "learning rate decay", "none or cosine"},
    {"shuffle", COLUMN_AXIS, 0, "", "shuffle", "1: the images come in a new order every epoch"},
    {"check_vectors", COLUMN_RESULT, 0, "", "dot products checked",
     "that the RTL was held against the definition with"},
    {"lockstep_clocks_per_second", COLUMN_RESULT, 1, "clocks/s", "lock-step simulation speed",
     "SystemC model and RTL side by side"},
    {"build_seconds", COLUMN_RESULT, -1, "s", "simulator build time", "0: it was in the cache"},
    {"synth_seconds", COLUMN_RESULT, -1, "s", "synthesis time", "of the run that filled the cache"},
    {"git_revision", COLUMN_ORIGIN, 0, NULL, "git revision", "of the program that made the row (results only)"},
    {"rtl_digest", COLUMN_ORIGIN, 0, NULL, "RTL digest", "SHA-256 of the RTL sources (results only)"},
    {"tool_versions", COLUMN_ORIGIN, 0, NULL, "tool versions", "of the tools that made the row (results only)"},
    {"created", COLUMN_ORIGIN, 0, NULL, "created", "when the run was first asked for, UTC (results only)"},
};

enum { COLUMNS = sizeof columns / sizeof columns[0] };

const struct column *column_find(const char *name)
{
    for (int i = 0; i < COLUMNS; i++)
        if (strcmp(columns[i].name, name) == 0)
            return &columns[i];
    return NULL;
}

const struct column *column_list(int *n)
{
    *n = COLUMNS;
    return columns;
}
