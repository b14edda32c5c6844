/* The options --max and --min: the objectives of a front. */
#pragma once

#include "base/status.h"
#include "explorer/report/dominance.h"

#include <stdbool.h>

struct objectives {
    int K;
    const char *columns[DOMINANCE_COORDINATES];
    bool maximise[DOMINANCE_COORDINATES];
};

/* objectives_add: one more, which is borrowed. STATUS_USAGE if it is given twice, or if there are too many. */
enum status objectives_add(struct objectives *o, const char *column, bool maximise, struct errmsg *e);

/* objectives_default: where none is given, accuracy against bits. */
void objectives_default(struct objectives *o);
