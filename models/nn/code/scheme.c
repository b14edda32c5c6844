#include "models/nn/code/scheme.h"

static const struct {
    const char *name;
    bool is_delta, has_reference, is_consecutive;
} schemes[SCHEME_COUNT] = {
    [SCHEME_FLOAT] = {.name = "float"},
    [SCHEME_FIXED_POINT] = {.name = "fixed-point"},
    [SCHEME_FIXED_REFERENCE] = {.name = "fixed-reference", .is_delta = true, .has_reference = true},
    [SCHEME_CONSECUTIVE] = {.name = "consecutive", .is_delta = true, .is_consecutive = true},
    [SCHEME_CONSECUTIVE_OPEN] = {.name = "consecutive-open", .is_delta = true, .is_consecutive = true},
};

const char *scheme_name(enum scheme s)
{
    return schemes[s].name;
}
bool scheme_is_delta(enum scheme s)
{
    return schemes[s].is_delta;
}
bool scheme_has_reference(enum scheme s)
{
    return schemes[s].has_reference;
}
bool scheme_is_consecutive(enum scheme s)
{
    return schemes[s].is_consecutive;
}
