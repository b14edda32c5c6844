/* NumPy's .npz archives: zip files of .npy files, as savez (stored) and savez_compressed (deflated) write them. */
#pragma once

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

enum { NPZ_MAX_ARRAYS = 4096 };

/* An open archive. Nothing on the disk changes. */
struct npz {
    const char *path; /* of the caller, who keeps it */
    struct zip *zip;
    int n;
    struct npz_array {
        char *name; /* without .npy */
        uint64_t entry;
    } * arrays;   /* n, in the order of the archive; files of other kinds are left out */
    size_t bytes; /* read so far */
};

/* npz_open: opens the archive and lists its arrays. STATUS_MISSING if it is not there; STATUS_INPUT, with the file and
 * what to do, if it is no archive, cut short, has two arrays of one name or more than NPZ_MAX_ARRAYS. path must live as
 * long as *out. *out: npz_close, also after a failure. */
enum status npz_open(const char *path, struct npz *out, struct errmsg *e);

/* npz_read: the whole .npy file of array k; *bytes is the caller's to free, NULL after a failure. STATUS_INPUT if it is
 * damaged (its checksum is wrong), encrypted, compressed in another way than deflate, or if all that is read of the
 * archive is more than 2 GiB. */
enum status npz_read(struct npz *z, int k, uint8_t **bytes, size_t *n_bytes, struct errmsg *e);
void npz_close(struct npz *z);
