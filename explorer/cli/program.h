/* What the help and the man page say about the program as a whole, and its commands. */
#pragma once

#include "explorer/cli/cli.h"

/* program_command: command i (0, 1, …) in the order of the help; NULL after the last. */
const struct command *program_command(int i);

/* A word, and what it stands for. Lists of them end with {NULL, NULL}. */
struct explained {
    const char *word, *meaning;
};
extern const char program_about[];
extern const struct exit_meaning program_exits[];
extern const struct explained program_environment[]; /* variables that the program reads */
extern const struct explained program_topics[];      /* of `deltasweep help`, beside the commands */
