/* One command of the program; main.c has the list. And what commands share: numbers, colours, standard output. */
#pragma once

#include "base/status.h"
#include "explorer/cli/options.h"

#include <stdbool.h>
#include <stdio.h>

/* What an exit code of a command means. */
struct exit_meaning {
    int code;
    const char *meaning;
};

struct command {
    const char *name;
    const char *summary;                /* one line for `deltasweep --help` */
    const char *usage;                  /* what follows the name, perhaps on several lines */
    const char *about;                  /* what it does, in paragraphs */
    const struct option_row *options;   /* up to {0} */
    const char *examples;               /* two lines or more */
    const struct exit_meaning *exits;   /* up to {0, NULL} */
    /* argv[0] is the command's name. Data goes to standard output; a failure's message
     * goes into e, and main prints it to standard error and exits with status_exit_code. */
    enum status (*run)(int argc, char **argv, struct errmsg *e);
};

extern const struct command command_run, command_status, command_query, command_pareto, command_plot, command_show,
    command_train, command_sim, command_synth, command_fit, command_export, command_import_report,
    command_import_points, command_calibration, command_data, command_doctor, command_report,
    command_importance, command_list, command_rm, command_rename, command_merge, command_compare, command_completion,
    command_submit, command_cache;

enum { MAX_SHARDS = 1000 }; /* see explorer/jobs/shard.h; Slurm's own default limit of an array */
#define DEFAULT_DATABASE "deltasweep.db"

/* command_help: all that `deltasweep NAME --help` prints. exits_help: a line or more for each exit code. */
void command_help(const struct command *c, FILE *f);
void exits_help(const struct exit_meaning *x, FILE *f);

/* cli_int: the whole of text as a number in [low, high]; option (without dashes) is named in the message. */
enum status cli_int(const char *option, const char *text, long low, long high, long *out, struct errmsg *e);

/* cli_colour: whether f is a terminal that may be coloured (NO_COLOR and TERM=dumb say no). */
bool cli_colour(int fd);

/* cli_finish_output: flushes standard output. STATUS_ENVIRONMENT if anything written to it
 * was lost: with a message, but for a closed pipe with an empty one (nobody listens). */
enum status cli_finish_output(struct errmsg *e);
