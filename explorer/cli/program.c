#include "explorer/cli/program.h"

const struct command *program_command(int i)
{
    static const struct command *const commands[] = {
        &command_run,           &command_submit,      &command_status,     &command_list,
        &command_rename,        &command_rm,          &command_merge,      &command_compare,
        &command_query,         &command_pareto,      &command_importance, &command_plot,
        &command_report,        &command_show,        &command_train,      &command_sim,
        &command_synth,         &command_fit,         &command_export,     &command_import_report,
        &command_import_points, &command_calibration, &command_data,       &command_doctor,
        &command_cache,
        &command_completion};
    return i < (int)(sizeof commands / sizeof commands[0]) ? commands[i] : NULL;
}

const char program_about[] =
    "deltasweep finds the weight code and the datapath that give a neural network the best accuracy, "
    "speed and cost on a very small FPGA.";

const struct exit_meaning program_exits[] = {
    {0, "good"},
    {1, "the answer is no (a mismatch, nothing found, an infeasible request)"},
    {2, "usage or environment (a missing tool, a full disk)"},
    {3, "a bad input file"},
    {130, "interrupted"},
    {0, NULL},
};

const struct explained program_environment[] = {
    {"XDG_CACHE_HOME", "finished work is kept in its folder deltasweep, else in ~/.cache/deltasweep"},
    {"DELTASWEEP_DATASETS", "where data sets are"},
    {"DELTASWEEP_SHARE", "the folder with rtl/ and examples/, if it is not the one that `doctor` names"},
    {"DELTASWEEP_LOCKSTEP", "the lock-step program"},
    {"DELTASWEEP_YOSYS", "a program to take for yosys"},
    {"NO_COLOR", "print without colours"},
    {NULL, NULL},
};

const struct explained program_topics[] = {
    {"columns", "every column of the views, and what a row is"},
    {"man", "all help as a man page: deltasweep help man | man -l -"},
    {NULL, NULL},
};
