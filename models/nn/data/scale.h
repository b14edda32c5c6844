/* Scales features by the mean and the standard deviation that they have in the training set. */
#pragma once

#include "models/nn/data/dataset.h"

/* scale_features: values of both sets become (number - mean) / (2 deviation), 0 where the deviation is 0; mean and
 * deviation go to d->columns, which has all features, their names, and which of them are categories. numbers[0] and [1]
 * are those of the training and of the test set, n · features each. Both sets' values are made here; STATUS_ENVIRONMENT
 * without memory, STATUS_INTERRUPTED if the user asked to stop. */
enum status scale_features(struct dataset *d, const double *const numbers[2], struct errmsg *e);
