#include "base/disk.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>

static const double FULL_BYTES = 1 << 20, LITTLE_BYTES = 16 << 20; /* a simulator needs some MB while it is built */

/* free_bytes: for this user; 0 where no file can be made any more, INFINITY where it is unknown. */
static double free_bytes(const char *folder)
{
    struct statvfs s;
    if (statvfs(folder, &s) != 0 || s.f_blocks == 0)
        return (double)INFINITY;
    return s.f_files > 0 && s.f_favail == 0 ? 0 : (double)s.f_bavail * (double)s.f_frsize;
}

void disk_blame(const char *const *folders, const char *said, struct errmsg *e)
{
    const bool told = strstr(said, strerror(ENOSPC)) != NULL || strstr(said, strerror(EDQUOT)) != NULL;
    const char *least = NULL;
    double bytes = (double)INFINITY;
    if (e == NULL)
        return;
    for (; *folders != NULL; folders++)
        if (free_bytes(*folders) < bytes) {
            least = *folders;
            bytes = free_bytes(least);
        }
    if (least == NULL || (!told && bytes >= LITTLE_BYTES))
        return;
    const size_t used = strlen(e->text);
    if (told || bytes < FULL_BYTES)
        snprintf(e->text + used, sizeof e->text - used, "\nThe disk is full: %.1f MB are free in %.300s", 1e-6 * bytes,
                 least);
    else
        snprintf(e->text + used, sizeof e->text - used, "\nOnly %.1f MB are free in %.300s, which may be why",
                 1e-6 * bytes, least);
}
