/* deltasweep: finds the command, runs it, turns its status into the exit code. */
#include "base/cache.h"
#include "base/environment.h"
#include "base/say.h"
#include "base/text.h"
#include "base/version.h"
#include "explorer/cli/man.h"
#include "explorer/cli/program.h"
#include "db/columns.h"

#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void print_help(FILE *f)
{
    options_wrap(program_about, 0, f);
    fputs("\nusage: deltasweep COMMAND [OPTION]...\n\n", f);
    for (int i = 0; program_command(i) != NULL; i++)
        fprintf(f, "  %-14s %s\n", program_command(i)->name, program_command(i)->summary);
    fputs("\n  deltasweep COMMAND --help    a command's options, and two examples\n", f);
    for (const struct explained *x = program_topics; x->word != NULL; x++)
        fprintf(f, "  deltasweep help %-11s  %s\n", x->word, x->meaning);
    fputs("  deltasweep --version         the version and the git revision it was built from\n"
          "\n"
          "examples:\n"
          "  deltasweep pareto --max test_accuracy --min weight_storage_bits\n"
          "  deltasweep query \"SELECT point, seed, test_accuracy FROM results WHERE fits\"\n"
          "\n"
          "Standard output is data; progress and messages go to standard error.\n"
          "\n"
          "exit codes:\n",
          f);
    exits_help(program_exits, f);
    fputs("\nenvironment:\n", f);
    for (const struct explained *x = program_environment; x->word != NULL; x++) {
        fprintf(f, "  %-22s ", x->word);
        options_wrap(x->meaning, 25, f);
    }
}

/* print_column: its name, what it is, [its unit], what `designs` has of it, (+) or (-), (T). */
static void print_column(const struct view_column *c)
{
    static const char *const seeds[] = {[SEEDS_SAME] = "",
                                        [SEEDS_MEAN] = "; designs: mean over seeds",
                                        [SEEDS_GREATEST] = "; designs: greatest of all seeds",
                                        [SEEDS_SUM] = "; designs: sum over seeds",
                                        [SEEDS_APART] = " (not in designs)",
                                        [SEEDS_ONLY] = " (designs only)"};
    const bool has_unit = c->unit != NULL && c->unit[0] != '\0';
    say(stdout, "  %-27s %s%s%s%s%s%s%s\n", c->name, c->description, seeds[c->seeds], has_unit ? " [" : "",
        has_unit ? c->unit : "", has_unit ? "]" : "",
        c->direction > 0   ? " (+)"
        : c->direction < 0 ? " (-)"
                           : "",
        column_in_trainings(c) ? " (T)" : "");
}

static void print_columns(void)
{
    static const char *const kinds[] = {"which row", "axes and settings", "results", "origin"};
    int n;
    const struct view_column *columns = column_list(&n);

    puts("A row of the view `designs` is a point, with means over its seeds, whichever sweeps asked for it.\n"
         "A row of the view `trainings` is a training with one seed, however many points have it.\n"
         "A row of the view `results` is a sweep, a point and a seed. Points that differ in hardware alone\n"
         "repeat their training there: for statistics of accuracies take `trainings` or `designs`.\n"
         "`training` joins the views. What was not measured is NULL. (+): more is better; (-): less is\n"
         "better; (T): in `trainings` too.");
    for (int kind = COLUMN_NAME; kind <= COLUMN_ORIGIN; kind++) {
        say(stdout, "\n%s\n", kinds[kind]);
        for (int i = 0; i < n; i++)
            if ((int)columns[i].kind == kind)
                print_column(&columns[i]);
    }
    puts("\nother views\n"
         "`learning_curves` has a row for each training, seed and epoch: epoch, loss, train_accuracy,\n"
         "validation_accuracy, test_accuracy, seconds, and the axes of the training. `published` has a row for\n"
         "each point of `import-points`: name, source, note, axes and results. `vivado` has a row for each\n"
         "report of `import-report`, beside the estimate. `search_progress` has a row for each round of a\n"
         "search: what it bought so far, its front and its hypervolume.");
}

/* near_enough: a slip of the finger. A word that is merely like another one was meant as it stands. */
static bool near_enough(const char *word, const char *meant)
{
    const size_t n = strlen(word);
    return text_distance(word, meant) <= (n >= 8 ? 2 : 1) || (n >= 3 && strncmp(word, meant, n) == 0);
}

/* synonym: what other programs call a command of this one; NULL if nothing. */
static const char *synonym(const char *word)
{
    static const char *const words[][2] = {
        {"ls", "list"}, {"sweeps", "list"}, {"remove", "rm"}, {"delete", "rm"}, {"del", "rm"}, {"mv", "rename"},
        {"move", "rename"}, {"combine", "merge"}, {"join", "merge"}, {"results", "query"},
        {"sql", "query"}, {"select", "query"}, {"table", "query"}, {"front", "pareto"}, {"best", "pareto"},
        {"graph", "plot"}, {"chart", "plot"}, {"draw", "plot"}, {"simulate", "sim"}, {"synthesise", "synth"},
        {"synthesize", "synth"}, {"info", "show"}, {"describe", "show"}, {"progress", "status"}, {"start", "run"},
        {"sweep", "run"}, {"resume", "run"}, {"continue", "run"}, {"import", "import-report"}, {"dataset", "data"},
        {"check", "doctor"}, {"version", "--version"}, {"diff", "compare"}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(words[i][0], word) == 0)
            return words[i][1];
    return NULL;
}

static const struct command *find_command(const char *name, struct errmsg *e)
{
    const char *names[64];
    int n = 0;
    for (; n < 63 && program_command(n) != NULL; n++) {
        names[n] = program_command(n)->name;
        if (strcmp(names[n], name) == 0)
            return program_command(n);
    }
    names[n++] = "help";
    const char *nearest = text_nearest(name, names, n);
    if (nearest != NULL && !near_enough(name, nearest))
        nearest = NULL;
    if (synonym(name) != NULL)
        nearest = synonym(name);
    if (nearest != NULL)
        fail(e, STATUS_USAGE, "unknown command `%s`: did you mean `%s`?", name, nearest);
    else
        fail(e, STATUS_USAGE, "unknown command `%s` (see `deltasweep --help`)", name);
    return NULL;
}

static bool asks_for_help(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return true;
    return false;
}

/* run_help: `deltasweep help [COMMAND|TOPIC]`. */
static enum status run_help(int argc, char **argv, struct errmsg *e)
{
    if (argc > 2)
        return fail(e, STATUS_USAGE, "help is for one command at a time: deltasweep help %s", argv[1]);
    if (argc < 2) {
        print_help(stdout);
        return STATUS_OK;
    }
    if (strcmp(argv[1], "columns") == 0) {
        print_columns();
        return STATUS_OK;
    }
    if (strcmp(argv[1], "man") == 0) {
        man_print(stdout);
        return STATUS_OK;
    }
    const struct command *c = find_command(argv[1], e);
    if (c == NULL)
        return STATUS_USAGE;
    command_help(c, stdout);
    return STATUS_OK;
}

static enum status dispatch(int argc, char **argv, struct errmsg *e)
{
    if (argc < 2) {
        print_help(stderr);
        return fail(e, STATUS_USAGE, "which command?");
    }
    if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0) {
        say(stdout, "deltasweep %s (revision %s)\n", version_number, version_revision);
        return STATUS_OK;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        print_help(stdout);
        return STATUS_OK;
    }
    if (strcmp(argv[1], "help") == 0)
        return run_help(argc - 1, argv + 1, e);
    const struct command *c = find_command(argv[1], e);
    if (c == NULL)
        return STATUS_USAGE;
    if (asks_for_help(argc - 1, argv + 1)) {
        command_help(c, stdout);
        return STATUS_OK;
    }
    optind = 0; /* GNU: starts getopt afresh */
    return c->run(argc - 1, argv + 1, e);
}

/* open_standard_files: a closed standard input, output or error must not become the
 * descriptor of a file opened later. Writing to such an output still fails. */
static void open_standard_files(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDONLY) != fd)
            _exit(2);
}

int main(int argc, char **argv)
{
    struct errmsg e = {""}, output = {""}, note;

    open_standard_files();
    environment_settle();
    setlocale(LC_CTYPE, "C.UTF-8"); /* widths of UTF-8 text; numbers stay as in C */
    signal(SIGPIPE, SIG_IGN);       /* a closed pipe is seen as a failed write, */
    signal(SIGXFSZ, SIG_IGN);       /* and so is a file that may not grow */
    const enum status s = dispatch(argc, argv, &e);
    if (cache_take_note(&note))
        say(stderr, "%s\n", note.text);
    if (s != STATUS_OK && e.text[0] != '\0')
        say(stderr, "deltasweep: %s\n", e.text);
    const enum status written = cli_finish_output(&output);
    if (written != STATUS_OK && output.text[0] != '\0')
        say(stderr, "deltasweep: %s\n", output.text);
    return status_exit_code(s != STATUS_OK ? s : written);
}
