/* What may come next on a command line; for the completion of shells. */
#pragma once

#include <stdio.h>

/* complete_print: prints what words[n - 1], which the user has begun to type, may become; the words before it follow
 * the name of the program. n is 1 or more. A line is a word, a tab, and what the word means; or, where a file belongs
 * there,
 * ":files" with the end of its name, if that is known (":files.yaml"), or ":folders". What follows from a database (its
 * sweeps and points) is left out if the database cannot be read at once. */
void complete_print(char *const *words, int n, FILE *f);
