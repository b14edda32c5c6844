/* The man page. */
#pragma once

#include <stdio.h>

/* man_print: deltasweep(1) in the macros of man(7), from the same rows as the help. */
void man_print(FILE *f);
