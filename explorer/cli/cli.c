#include "explorer/cli/cli.h"

#include "base/text.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_OPTIONS = 64 };

/* unknown_option: the message, with the nearest option that the command has. */
static void unknown_option(const char *command, const char *given, const struct option *options, struct errmsg *e)
{
    const char *names[MAX_OPTIONS + 1];
    char word[64];
    int n = 0;

    for (const struct option *o = options; o->name != NULL && n < MAX_OPTIONS; o++)
        names[n++] = o->name;
    names[n++] = "help";
    while (*given == '-')
        given++;
    snprintf(word, sizeof word, "%.*s", (int)strcspn(given, "="), given);
    int fits = 0;
    for (int i = 0; i < n; i++)
        fits += strncmp(names[i], word, strlen(word)) == 0;
    const char *nearest = text_nearest(word, names, n);
    if (fits > 1)
        fail(e, STATUS_USAGE, "--%s could be several options; write it in full (see `deltasweep %s --help`)", word,
             command);
    else if (nearest != NULL)
        fail(e, STATUS_USAGE, "unknown option --%s: did you mean --%s?", word, nearest);
    else
        fail(e, STATUS_USAGE, "unknown option --%s (see `deltasweep %s --help`)", word, command);
}

/* option_text: how the user would write the option whose val is v. */
static const char *option_text(int v, const struct option *options, char text[64])
{
    snprintf(text, 64, "-%c", v);
    for (const struct option *o = options; o->name != NULL; o++)
        if (o->val == v)
            snprintf(text, 64, "--%s", o->name);
    return text;
}

int cli_next(int argc, char **argv, const char *letters, const struct option *options, struct errmsg *e)
{
    char with_colon[32], text[64];

    snprintf(with_colon, sizeof with_colon, ":%s", letters);
    opterr = 0;
    const int v = getopt_long(argc, argv, with_colon, options, NULL);
    if (v == ':')
        fail(e, STATUS_USAGE, "%s needs a value (see `deltasweep %s --help`)", option_text(optopt, options, text),
             argv[0]);
    else if (v == '?' && optopt == 0)
        unknown_option(argv[0], argv[optind - 1], options, e);
    else if (v == '?' && strncmp(argv[optind - 1], "--", 2) == 0 && strchr(argv[optind - 1], '=') != NULL)
        fail(e, STATUS_USAGE, "%s takes no value (see `deltasweep %s --help`)", option_text(optopt, options, text),
             argv[0]);
    else if (v == '?')
        fail(e, STATUS_USAGE, "unknown option -%c (see `deltasweep %s --help`)", optopt, argv[0]);
    else
        return v;
    return CLI_BAD;
}

enum status cli_no_operands(int argc, char **argv, struct errmsg *e)
{
    if (optind < argc)
        return fail(e, STATUS_USAGE, "`%s` takes no `%s` (see `deltasweep %s --help`)", argv[0], argv[optind], argv[0]);
    return STATUS_OK;
}

enum status cli_int(const char *option, const char *text, long low, long high, long *out, struct errmsg *e)
{
    char *end;
    errno = 0;
    const long v = strtol(text, &end, 10);
    if (end == text || *end != '\0' || errno != 0 || v < low || v > high)
        return fail(e, STATUS_USAGE, "--%s must be a whole number from %ld to %ld, not `%s`", option, low, high, text);
    *out = v;
    return STATUS_OK;
}

enum status cli_real(const char *option, const char *text, double low, double high, double *out, struct errmsg *e)
{
    char *end;
    errno = 0;
    const double v = strtod(text, &end);
    if (end == text || *end != '\0' || errno != 0 || !(v >= low && v <= high))
        return fail(e, STATUS_USAGE, "--%s must be a number from %g to %g, not `%s`", option, low, high, text);
    *out = v;
    return STATUS_OK;
}

bool cli_colour(int fd)
{
    const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
    return isatty(fd) && (no == NULL || no[0] == '\0') && term != NULL && strcmp(term, "dumb") != 0;
}

enum status cli_finish_output(struct errmsg *e)
{
    /* An earlier write may have failed and its errno be gone; an empty buffer then flushes well. */
    const int lost = ferror(stdout);
    errno = 0;
    if (fflush(stdout) == 0 && !lost)
        return STATUS_OK;
    const int error = errno;
    struct pollfd p = {STDOUT_FILENO, POLLOUT, 0};
    const int ready = poll(&p, 1, 0);
    if (e != NULL)
        e->text[0] = '\0';
    if (error == EPIPE || (ready > 0 && (p.revents & POLLERR) != 0))
        return STATUS_ENVIRONMENT;
    errno = error;
    if (error == 0)
        return fail(e, STATUS_ENVIRONMENT, "cannot write to standard output: some of it was lost (disk full?)");
    return fail_errno(e, STATUS_ENVIRONMENT, "cannot write to standard output");
}
