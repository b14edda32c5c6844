/* Units of the axes of a plot: a prefix that gives numbers of few digits. */
#pragma once

#include "db/columns.h"

#include <stdbool.h>
#include <stddef.h>

/* chart_logarithmic: whether an axis of values from low to high is better logarithmic: sizes, counts and speeds that span
 * more than a factor of 30. */
bool chart_logarithmic(const struct view_column *known, double low, double high);

/* chart_unit: writes "title (unit)" and returns the factor from the column's unit to the one written: bit to kbit, us
 * to µs, MAC/s to G MAC/s, fractions to %, large counts to thousands. typical: a value whose number should have one to
 * three digits before the point. */
double chart_unit(const struct view_column *known, const char *title, double typical, char *label, size_t n_bytes);
