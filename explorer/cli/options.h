/* The options of commands: one table of those that several commands share, and what is made from a command's rows: the
 * reading of its command line and the lines of its help. */
#pragma once

#include "base/status.h"
#include "db/store.h"
#include "explorer/jobs/limits.h"
#include "explorer/report/table.h"

#include <getopt.h>
#include <stdio.h>

/* The ids of options. A command's own options have letters that are not here. */
enum {
    OPTION_DB = 'D',
    OPTION_JSON = 'J',
    OPTION_JSON_LINES = 'N',
    OPTION_CSV = 'C',
    OPTION_MARKDOWN = 'K',
    OPTION_WHERE = 'w',
    OPTION_VIEW = 'v',
    OPTION_SWEEP = 'W',
    OPTION_LOCK_TIMEOUT = '1', /* of every command that writes */
    OPTION_JOB_TIME = '2',     /* these of every command that does jobs */
    OPTION_JOB_MEMORY = '3',
    OPTION_TOOL_TIME = '4',
    OPERAND = 1,       /* no option, but a word of the command line that the help explains */
    OPERAND_POINT,     /* such a word: a point of the database */
    OPTIONS_OF_POINT,  /* one for each key that describes a point: axes, data set, device, … */
    OPTION_MAX = 1024 + 'M', /* the objectives of a front, see objectives.h */
    OPTION_MIN = 1024 + 'm',
    OPTION_KEY = 256,  /* + i: that of options_key(i) */
    OPTION_MANY = 1024, /* + a letter: an option that may be given several times. Of all others a second value is refused */
    OPTIONS_END = -1,
    OPTIONS_BAD = -2,
};

/* A row of a command's list, which ends with {0}. A shared option needs its id alone; what a row gives besides takes the
 * place of what the shared table has. */
struct option_row {
    int id;
    const char *name;     /* without dashes */
    const char *argument; /* "FILE"; NULL: the option takes none */
    const char *help;     /* of any length */
    const char *letter;   /* the id once more, "j", where it is a short option too; or NULL */
};

/* What the shared options of a command line say. */
struct shared_options {
    const char *db, *where, *view, *sweep; /* as they were before where the option is not given */
    enum table_format format;
    const char *lock_timeout; /* a number of seconds; NULL: as long as it takes */
    struct job_limits limits;
};

/* options_wait: how long the store of a command is waited for, also until the user asks to stop. */
struct store_wait options_wait(const struct shared_options *shared);

/* options_next: getopt_long with messages. It takes shared options into `shared` and returns the id of the command's next
 * own option (its argument is in optarg), OPTIONS_END (the operands are argv[optind] on), or OPTIONS_BAD with a message
 * that names the option and the nearest one there is (return STATUS_USAGE). Start with optind 0, as main does. */
int options_next(int argc, char **argv, const struct option_row *rows, struct shared_options *shared,
                 struct errmsg *e);

/* options_shared: all options of a command that has none of its own. */
enum status options_shared(int argc, char **argv, const struct option_row *rows, struct shared_options *shared,
                           struct errmsg *e);

/* options_time: "90s", "30m", "2h", "7d" as seconds; options_size: "800M", "4G" as bytes. STATUS_USAGE, with the option's
 * name in the message, for anything else. */
enum status options_time(const char *option, const char *text, double *seconds, struct errmsg *e);
enum status options_size(const char *option, const char *text, double *bytes, struct errmsg *e);

/* options_no_operands: STATUS_USAGE if anything is left at argv[optind]. */
enum status options_no_operands(int argc, char **argv, struct errmsg *e);

/* options_key: the name of key i (0, 1, …) of a point; NULL after the last. */
const char *options_key(int i);

/* What somebody may write after a command: an option or an operand. */
struct option_line {
    struct option_row row;  /* with what the shared table says; of an option of a point its default is in the help */
    const char *heading;    /* stands before the first option of a group of a point's; NULL: none */
    const char *typed;      /* "-j, --jobs N", "SWEEP.yaml" */
    bool is_operand, of_point;
    int axis;               /* enum axis_id; -1: it is no axis */
};

/* options_visit: calls see for each line of the rows, in the order of the help; what line points to lives as long as the
 * call. The help, the man page and the completion of shells come from here. */
void options_visit(const struct option_row *rows, void (*see)(const struct option_line *line, void *context),
                   void *context);

/* options_help: a line or more for each row. options_wrap: text, broken into lines of at most 92 columns, with so many
 * spaces before the second and later ones. */
void options_help(const struct option_row *rows, FILE *f);
void options_wrap(const char *text, int indent, FILE *f);
