#include "base/tool_version.h"

#include "base/tool.h"
#include "base/tool_table.h"

#include <stdio.h>
#include <string.h>

struct answer {
    char name[32], version[160];
    enum status outcome;
    struct errmsg why;
};

/* ask: has the tool print its version. */
static void ask(struct answer *a)
{
    const char *const argv[] = {a->name, tool_known(a->name)->version_flag, NULL};
    struct tool_output output = {0};
    struct errmsg why = {""};
    a->outcome = tool_ask(argv, &output, &why);
    if (a->outcome == STATUS_OK) {
        const char *text = output.out_bytes > 0 ? output.out : output.err;
        text += strspn(text, " \t\r\n");
        snprintf(a->version, sizeof a->version, "%.*s", (int)strcspn(text, "\r\n"), text);
        if (a->version[0] == '\0')
            a->outcome = fail(&why, STATUS_ENVIRONMENT, "`%s %s` says nothing", argv[0], argv[1]);
        tool_output_free(&output);
    }
    if (a->outcome == STATUS_MISSING)
        a->why = why;
    else if (a->outcome == STATUS_INTERRUPTED)
        fail(&a->why, a->outcome, "%.1900s", why.text);
    else if (a->outcome != STATUS_OK)
        fail(&a->why, a->outcome, "the version of %s is not known, and results have names with versions: %.1900s",
             a->name, why.text);
}

enum status tool_version(const char *name, const char **version, struct errmsg *e)
{
    enum { TOOLS = 16 };
    static struct answer answers[TOOLS];
    static int n;
    int i = 0;

    *version = "";
    while (i < n && strcmp(answers[i].name, name) != 0)
        i++;
    if (i == TOOLS)
        return fail(e, STATUS_ENVIRONMENT, "too many tools were asked for their version, %s after them", name);
    if (i == n) {
        snprintf(answers[i].name, sizeof answers[i].name, "%s", name);
        ask(&answers[i]);
        n++;
    }
    if (answers[i].outcome != STATUS_OK)
        return fail(e, answers[i].outcome, "%s", answers[i].why.text);
    *version = answers[i].version;
    return STATUS_OK;
}
