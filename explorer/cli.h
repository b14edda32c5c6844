/* One command of the program; main.c has the list. */
#ifndef DELTASWEEP_CLI_H
#define DELTASWEEP_CLI_H

#include "base/status.h"

struct command {
    const char *name;
    const char *summary; /* one line for `deltasweep --help` */
    const char *help;    /* usage, options, two worked examples; printed by `deltasweep NAME --help` */
    /* argv[0] is the command's name. Data goes to standard output; a failure's message
     * goes into e, and main prints it to standard error and exits with status_exit_code. */
    enum status (*run)(int argc, char **argv, struct errmsg *e);
};

extern const struct command command_run, command_status, command_query, command_pareto, command_plot,
    command_show, command_train, command_sim, command_synth, command_doctor;

#define DEFAULT_DATABASE "deltasweep.db"

#endif
