/* Reads whole files, compressed with gzip or not. */
#pragma once

#include "base/status.h"

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct whole_file {
    char path[PATH_MAX]; /* of the file that was read */
    uint8_t *bytes;      /* its content, uncompressed; owned: whole_file_free */
    size_t n_bytes;
};

/* whole_file_is_there: whether the folder has a file NAME.gz or NAME. */
bool whole_file_is_there(const char *folder, const char *name);

/* whole_file_read: all bytes of FOLDER/NAME.gz or FOLDER/NAME. STATUS_MISSING if there is neither, STATUS_INPUT if both
 * are there and differ, or if a file is damaged or larger than INPUT_DATA allows (base/input.h). */
enum status whole_file_read(const char *folder, const char *name, struct whole_file *out, struct errmsg *e);
void whole_file_free(struct whole_file *f);
