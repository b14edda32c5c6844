#include "sim/arguments.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void arguments_add(struct arguments *a, const char *format, ...)
{
    va_list values;
    char *text = NULL;
    va_start(values, format);
    if (a->n == (int)(sizeof a->list / sizeof a->list[0]) - 1 || vasprintf(&text, format, values) < 0)
        a->failed = true;
    else
        a->list[a->n++] = text;
    va_end(values);
}

void arguments_free(struct arguments *a)
{
    for (int i = 0; i < a->n; i++)
        free(a->list[i]);
    a->n = 0;
}
