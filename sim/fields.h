/* The key=value lines that deltasweep-lockstep prints. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* fields_text: what follows "key=" at the start of a line, to the end of the text; NULL if no line has that key. */
const char *fields_text(const char *text, const char *key);

/* fields_integer, fields_real: false if no line has that key, or if the line has no number. */
bool fields_integer(const char *text, const char *key, int64_t *value);
bool fields_real(const char *text, const char *key, double *value);
