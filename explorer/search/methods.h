/* The methods of search by their names. */
#pragma once

#include "explorer/search/method.h"

enum { SEARCH_MAX_METHODS = 16 };

/* search_method_find: NULL if there is no such method. search_method_names: fills names, and returns how many there
 * are. */
const struct search_method *search_method_find(const char *name);
int search_method_names(const char *names[SEARCH_MAX_METHODS]);
