/* The file `seal` of a finished folder: the size and the SHA-256 of each file in it. What was damaged later (by a full
 * disk, a crash, a hand) is noticed before it is used. The seal is no secret: that nobody else has written the folder
 * is what trust.h says. */
#pragma once

#include "base/status.h"

enum seal {
    SEAL_INTACT,
    SEAL_BROKEN,  /* something is missing, or is not what was sealed */
    SEAL_FOREIGN, /* another user owns a file, or may write it */
};

/* seal_write: seals the folder under this name; a folder that is moved to another name is broken. Takes from others the
 * right to write its files. STATUS_ENVIRONMENT if something in it is neither a file nor a folder, or cannot be read. */
enum status seal_write(const char *folder, const char *name, struct errmsg *e);

/* seal_check: whether all files of the folder are what was sealed under this name. Files that came later do not count.
 * *why says what is wrong. */
enum seal seal_check(const char *folder, const char *name, struct errmsg *why);
