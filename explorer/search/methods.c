#include "explorer/search/methods.h"

#include <stddef.h>
#include <string.h>

#define SEARCH_METHOD_AT(row) &(row),
static const struct search_method *const methods[] = {SEARCH_METHODS(SEARCH_METHOD_AT)};
#undef SEARCH_METHOD_AT
enum { METHODS = sizeof methods / sizeof methods[0] };
_Static_assert((int)METHODS <= (int)SEARCH_MAX_METHODS, "search_method_names has room for all");

const struct search_method *search_method_find(const char *name)
{
    for (int i = 0; i < METHODS; i++)
        if (strcmp(methods[i]->name, name) == 0)
            return methods[i];
    return NULL;
}

int search_method_names(const char *names[SEARCH_MAX_METHODS])
{
    for (int i = 0; i < METHODS; i++)
        names[i] = methods[i]->name;
    return METHODS;
}
