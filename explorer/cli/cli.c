#include "explorer/cli/cli.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void exits_help(const struct exit_meaning *x, FILE *f)
{
    for (; x->meaning != NULL; x++) {
        fprintf(f, "  %-3d  ", x->code);
        options_wrap(x->meaning, 7, f);
    }
}

void command_help(const struct command *c, FILE *f)
{
    fprintf(f, "usage: deltasweep %s ", c->name);
    for (const char *p = c->usage; *p != '\0'; p++) {
        fputc(*p, f);
        if (*p == '\n')
            fprintf(f, "%*s", (int)(sizeof "usage: deltasweep " + strlen(c->name)), "");
    }
    fputs("\n\n", f);
    options_wrap(c->about, 0, f);
    fputc('\n', f);
    options_help(c->options, f);
    fputs("\nexamples:\n  ", f);
    for (const char *p = c->examples; *p != '\0'; p++)
        fprintf(f, *p == '\n' ? "%c  " : "%c", *p);
    fputs("\n\nexit codes:\n", f);
    exits_help(c->exits, f);
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
    __fpurge(stdout); /* what is lost is told once, also where a command and main both ask */
    clearerr(stdout);
    if (error == EPIPE || (ready > 0 && (p.revents & POLLERR) != 0))
        return STATUS_ENVIRONMENT;
    errno = error;
    if (error == 0)
        return fail(e, STATUS_ENVIRONMENT, "cannot write to standard output: some of it was lost (disk full?)");
    return fail_errno(e, STATUS_ENVIRONMENT, "cannot write to standard output");
}
