/* What is odd about a data set, though it can be read: constant inputs, a test set on another scale, pixels of a small
 * range, columns that one value spoils, classes without images. */
#pragma once

#include "models/nn/data/dataset.h"

#include <stddef.h>

/* remarks_find: sentences for a user, one a line (no line at all where nothing is odd); what has no room is cut. They
 * hold for every code of weights. A request to stop (base/stop.h) ends the search for more of them. */
void remarks_find(const struct dataset *d, char *text, size_t text_bytes);
