/* Runs other programs (Yosys, Verilator, gnuplot, …) without a shell. */
#pragma once

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>

struct tool_output {
    int exit_code;    /* of the program; 128 + signal if a signal ended it */
    char *out, *err;  /* standard output and error, each terminated by a 0; owned, see tool_output_free */
    size_t out_bytes, err_bytes;
    size_t out_lost, err_lost; /* bytes in the middle that were left out, because there were so many; a line says so */
    double seconds;   /* wall clock */
};

/* tool_run: runs argv (argv[0] looked up in PATH, the list ended by NULL) in the
 * environment of environment.h, in the directory cwd (NULL: here) with input on its standard input (NULL: none), waits,
 * and captures what it prints. A program that ran and returned an error is STATUS_OK
 * with its exit_code; STATUS_MISSING if it is not installed; STATUS_ENVIRONMENT if it
 * could not be started, or was ended because of its limits; STATUS_INTERRUPTED if the user asked to stop (not in a
 * worker). Both end it with all that it started. So does its own end what it leaves behind with its pipes open. The child
 * is killed if this process dies. */
enum status tool_run(const char *const argv[], const char *cwd, const char *input, size_t input_bytes,
                     struct tool_output *output, struct errmsg *e);

/* tool_check: as tool_run, but an exit code other than 0 is STATUS_ENVIRONMENT with
 * the command and the last lines of its standard error (or output) in the message, and so is an output of which bytes
 * were lost. tool_ask: the same for a question that is answered at once (a version): it has a minute at most. */
enum status tool_check(const char *const argv[], const char *cwd, const char *input, size_t input_bytes,
                       struct tool_output *output, struct errmsg *e);
enum status tool_ask(const char *const argv[], struct tool_output *output, struct errmsg *e);

/* tool_worker: from here on this process is one that leads a process group of its own, in which nothing is but the
 * tools that it runs and what these start. All that they print is appended to the file log_fd (-1: nowhere), with each
 * command and its end. */
void tool_worker(int log_fd);

/* tool_limit: from here on a tool that takes longer, or that uses more memory with all that it started, is ended, with
 * these; its failure is STATUS_ENVIRONMENT. In a worker the memory is that of the job, which its parent looks at. */
struct tool_limits {
    double seconds;     /* 0: what the tool's row in tool_table.c says */
    double bytes;       /* 0: all that the machine has */
    const char *remedy; /* said in the message ("--tool-time gives it more"); borrowed; or NULL */
};
void tool_limit(const struct tool_limits *limits);

/* tool_crashed: whether the last tool that ran was ended by a signal that this program did not send. */
bool tool_crashed(void);

void tool_output_free(struct tool_output *output);

/* tool_find: the full path of name in PATH, or STATUS_MISSING with a message that
 * names the Debian package to install (if known). path may be NULL. DELTASWEEP_YOSYS names another program for yosys,
 * by its path or by a name in PATH. */
enum status tool_find(const char *name, char *path, size_t path_bytes, struct errmsg *e);

/* tool_package: the Debian package that has the tool, or NULL if unknown. */
const char *tool_package(const char *name);
