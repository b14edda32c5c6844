#include "base/status.h"

#undef fail /* what the analyzer sees elsewhere */
#undef fail_errno

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum status fail(struct errmsg *e, enum status s, const char *format, ...)
{
    if (e != NULL) {
        va_list args;
        va_start(args, format);
        vsnprintf(e->text, sizeof e->text, format, args);
        va_end(args);
    }
    return s;
}

enum status fail_errno(struct errmsg *e, enum status s, const char *format, ...)
{
    const int saved = errno;
    if (e != NULL) {
        va_list args;
        va_start(args, format);
        vsnprintf(e->text, sizeof e->text, format, args);
        va_end(args);
        const size_t used = strlen(e->text);
        snprintf(e->text + used, sizeof e->text - used, ": %s", strerror(saved));
    }
    return s;
}

int status_exit_code(enum status s)
{
    switch (s) {
    case STATUS_OK:
        return 0;
    case STATUS_VERDICT:
        return 1;
    case STATUS_USAGE:
    case STATUS_ENVIRONMENT:
    case STATUS_MISSING:
        return 2;
    case STATUS_INPUT:
        return 3;
    case STATUS_INTERRUPTED:
        return 130;
    }
    return 2;
}
