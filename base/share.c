#include "base/share.h"

#include "base/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* share_folder: where the shipped files are: what the user says, the place where an installed program has them
 * (bin/../share/deltasweep), or the source tree. */
static const char *share_folder(char room[PATH_MAX])
{
    char self[PATH_MAX];
    const char *given = getenv("DELTASWEEP_SHARE");
    if (given != NULL && given[0] != '\0')
        return given;
    const ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    if (n > 0) {
        self[n] = '\0';
        *strrchr(self, '/') = '\0';
        if (snprintf(room, PATH_MAX, "%s/../share/deltasweep", self) < PATH_MAX && file_is_folder(room))
            return room;
    }
    return DELTASWEEP_SHARE_DIR;
}

enum status share_path(char path[PATH_MAX], const char *name, struct errmsg *e)
{
    char room[PATH_MAX];
    if (snprintf(path, PATH_MAX, "%s/%s", share_folder(room), name) >= PATH_MAX)
        return fail(e, STATUS_ENVIRONMENT, "the path of %s is too long", name);
    if (access(path, R_OK) != 0)
        return fail_errno(e, STATUS_ENVIRONMENT,
                          "cannot read %s (it ships with deltasweep; set DELTASWEEP_SHARE to the folder that has rtl/)",
                          path);
    return STATUS_OK;
}
