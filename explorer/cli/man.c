#include "explorer/cli/man.h"

#include "base/version.h"
#include "explorer/cli/program.h"

#include <string.h>

/* put_text: text that roff does not take for requests: no line begins with a dot or a quote, and dashes are those that
 * people type. An empty line begins a paragraph. */
static void put_text(const char *text, FILE *f)
{
    bool line_begins = true;
    for (; *text != '\0'; text++) {
        if (line_begins && (*text == '.' || *text == '\''))
            fputs("\\&", f);
        if (*text == '\n' && line_begins)
            fputs(".PP", f);
        line_begins = *text == '\n';
        if (*text == '\\')
            fputs("\\e", f);
        else if (*text == '-')
            fputs("\\-", f);
        else
            fputc(*text, f);
    }
    fputc('\n', f);
}

/* put_tagged: what is typed, in bold, and beside it what it means. */
static void put_tagged(const char *typed, const char *meaning, FILE *f)
{
    fputs(".TP\n\\fB", f);
    for (; *typed != '\0'; typed++)
        fprintf(f, *typed == '-' || *typed == '\\' ? "\\%c" : "%c", *typed == '\\' ? 'e' : *typed);
    fputs("\\fR\n", f);
    put_text(meaning, f);
}

static void put_preformatted(const char *text, FILE *f)
{
    fputs(".PP\n.EX\n", f);
    put_text(text, f);
    fputs(".EE\n", f);
}

static void put_exits(const struct exit_meaning *x, FILE *f)
{
    for (; x->meaning != NULL; x++) {
        char code[16];
        snprintf(code, sizeof code, "%d", x->code);
        put_tagged(code, x->meaning, f);
    }
}

static void put_explained(const struct explained *x, FILE *f)
{
    for (; x->word != NULL; x++)
        put_tagged(x->word, x->meaning, f);
}

/* A list of options that is being printed. */
struct options {
    FILE *f;
    bool of_point; /* the options of a point alone; else the others, and a word where these belong */
    bool pointed;  /* that word is printed */
};

static void put_option(const struct option_line *line, void *context)
{
    struct options *o = context;
    if (line->of_point && !o->of_point) {
        if (!o->pointed)
            put_tagged("--dataset, --scheme, --delta-bits, ...", "the point: see OPTIONS OF A POINT", o->f);
        o->pointed = true;
        return;
    }
    if (line->heading != NULL)
        fprintf(o->f, ".SS %s\n", line->heading);
    put_tagged(line->typed, line->row.help, o->f);
}

static void put_command(const struct command *c, FILE *f)
{
    struct options own = {.f = f};
    fprintf(f, ".SS %s\n", c->name);
    put_text(c->summary, f);
    fprintf(f, ".PP\n.EX\ndeltasweep %s ", c->name);
    put_text(c->usage, f);
    fputs(".EE\n", f);
    fputs(".PP\n", f);
    put_text(c->about, f);
    options_visit(c->options, put_option, &own);
    fputs(".PP\nExamples:\n", f);
    put_preformatted(c->examples, f);
    fputs(".PP\nExit codes:\n", f);
    put_exits(c->exits, f);
}

void man_print(FILE *f)
{
    static const struct option_row point[] = {{.id = OPTIONS_OF_POINT}, {0}};
    struct options of_point = {.f = f, .of_point = true};
    fprintf(f, ".TH DELTASWEEP 1 %s \"deltasweep %s\" \"deltasweep\"\n.SH NAME\n", version_date, version_number);
    fputs("deltasweep \\- explore neural networks with delta\\-coded weights on small FPGAs\n", f);
    fputs(".SH SYNOPSIS\n.B deltasweep\n.I COMMAND\n[\\fIOPTION\\fR]...\n.SH DESCRIPTION\n", f);
    put_text(program_about, f);
    fputs(".PP\nStandard output is data; progress and messages go to standard error.\n.SH COMMANDS\n", f);
    for (int i = 0; program_command(i) != NULL; i++)
        put_command(program_command(i), f);
    fputs(".SS help\nWithout a word: the commands. With one: a command\\(aqs help, or\n", f);
    put_explained(program_topics, f);
    fputs(".SH OPTIONS OF A POINT\nThe default of each option stands in brackets.\n", f);
    options_visit(point, put_option, &of_point);
    fputs(".SH EXIT STATUS\n", f);
    put_exits(program_exits, f);
    fputs(".SH ENVIRONMENT\n", f);
    put_explained(program_environment, f);
}
