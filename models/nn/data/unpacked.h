/* Whole files, gz or not: what data sets are read with. */
#ifndef DELTASWEEP_UNPACKED_H
#define DELTASWEEP_UNPACKED_H

#include "base/status.h"

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct unpacked {
    char path[PATH_MAX]; /* of the file that was read */
    uint8_t *bytes;      /* its content, uncompressed; owned: unpacked_free */
    size_t n_bytes;
};

/* unpacked_there: whether folder has the file name.gz or name. */
bool unpacked_there(const char *folder, const char *name);

/* unpacked_read: all of folder/name.gz or, if there is none, of folder/name. STATUS_MISSING if there is neither;
 * remedy: what to do about that, for the message. STATUS_INPUT if the file is damaged or larger than 1 GiB. */
enum status unpacked_read(const char *folder, const char *name, const char *remedy, struct unpacked *out,
                          struct errmsg *e);
void unpacked_free(struct unpacked *u);

#endif
