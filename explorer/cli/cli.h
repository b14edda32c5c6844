/* One command of the program; main.c has the list. And what commands share: options,
 * messages, standard output. */
#ifndef DELTASWEEP_CLI_H
#define DELTASWEEP_CLI_H

#include "base/status.h"

#include <getopt.h>
#include <stdbool.h>

struct command {
    const char *name;
    const char *summary; /* one line for `deltasweep --help` */
    const char *help;    /* usage, options, two worked examples; printed by `deltasweep NAME --help` */
    /* argv[0] is the command's name. Data goes to standard output; a failure's message
     * goes into e, and main prints it to standard error and exits with status_exit_code. */
    enum status (*run)(int argc, char **argv, struct errmsg *e);
};

extern const struct command command_run, command_status, command_query, command_pareto, command_plot, command_show,
    command_train, command_sim, command_synth, command_fit, command_export, command_import, command_calibration,
    command_data, command_doctor;

#define DEFAULT_DATABASE "deltasweep.db"

enum { CLI_END = -1, CLI_BAD = -2 };

/* cli_next: getopt_long with messages: the val of the next option (its argument in
 * optarg), CLI_END (the operands are argv[optind] on), or CLI_BAD with a message that
 * names the option and the nearest one there is (return STATUS_USAGE). letters: the short
 * options, as for getopt. Start with optind 0, as main does. */
int cli_next(int argc, char **argv, const char *letters, const struct option *options, struct errmsg *e);

/* cli_no_operands: STATUS_USAGE if anything is left at argv[optind]. */
enum status cli_no_operands(int argc, char **argv, struct errmsg *e);

/* cli_int, cli_real: the whole of text as a number in [low, high]; option (without
 * dashes) is named in the message. */
enum status cli_int(const char *option, const char *text, long low, long high, long *out, struct errmsg *e);
enum status cli_real(const char *option, const char *text, double low, double high, double *out, struct errmsg *e);

/* cli_colour: whether f is a terminal that may be coloured (NO_COLOR and TERM=dumb say no). */
bool cli_colour(int fd);

/* cli_finish_output: flushes standard output. STATUS_ENVIRONMENT if anything written to it
 * was lost: with a message, but for a closed pipe with an empty one (nobody listens). */
enum status cli_finish_output(struct errmsg *e);

#endif
