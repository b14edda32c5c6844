/* The key=value lines that deltasweep-lockstep prints. */
#ifndef DELTASWEEP_FIELDS_H
#define DELTASWEEP_FIELDS_H

#include <stdbool.h>
#include <stdint.h>

/* fields_text: what follows "key=" on a line of its own, up to the end of all; NULL if there is none. */
const char *fields_text(const char *text, const char *key);

/* fields_integer, fields_real: false if there is no such line, or no number on it. */
bool fields_integer(const char *text, const char *key, int64_t *value);
bool fields_real(const char *text, const char *key, double *value);

#endif
