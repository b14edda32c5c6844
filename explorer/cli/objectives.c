#include "explorer/cli/objectives.h"

#include <string.h>

enum status objectives_add(struct objectives *o, const char *column, bool maximise, struct errmsg *e)
{
    for (int k = 0; k < o->K; k++)
        if (strcmp(o->columns[k], column) == 0)
            return fail(e, STATUS_USAGE, "the objective `%s` is given twice", column);
    if (o->K == DOMINANCE_COORDINATES)
        return fail(e, STATUS_USAGE, "at most %d objectives", (int)DOMINANCE_COORDINATES);
    o->columns[o->K] = column;
    o->maximise[o->K++] = maximise;
    return STATUS_OK;
}

void objectives_default(struct objectives *o)
{
    if (o->K == 0)
        *o = (struct objectives){.K = 2, .columns = {"test_accuracy", "weight_storage_bits"}, .maximise = {true, false}};
}
