#include "sim/fields.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const char *fields_text(const char *text, const char *key)
{
    const size_t n = strlen(key);
    for (const char *line = text; line != NULL; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, key, n) == 0 && line[n] == '=')
            return line + n + 1;
    }
    return NULL;
}

bool fields_integer(const char *text, const char *key, int64_t *value)
{
    const char *p = fields_text(text, key);
    return p != NULL && sscanf(p, "%" SCNd64, value) == 1;
}

bool fields_real(const char *text, const char *key, double *value)
{
    const char *p = fields_text(text, key);
    return p != NULL && sscanf(p, "%lf", value) == 1;
}
