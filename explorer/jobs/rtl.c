#include "explorer/jobs/rtl.h"

#include "base/cache.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int is_rtl(const struct dirent *entry)
{
    const char *end = strrchr(entry->d_name, '.');
    return end != NULL && (strcmp(end, ".v") == 0 || strcmp(end, ".vh") == 0 || strcmp(end, ".sv") == 0);
}

enum status rtl_digest(char hex[DIGEST_HEX_BYTES], struct errmsg *e)
{
    char folder[PATH_MAX], path[PATH_MAX + 300];
    struct dirent **files = NULL;
    struct digest d;
    enum status st = share_path(folder, "rtl", e);
    if (st != STATUS_OK)
        return st;
    const int n = scandir(folder, &files, is_rtl, alphasort);
    if (n < 0)
        return fail_errno(e, STATUS_ENVIRONMENT, "cannot list %s", folder);
    digest_init(&d);
    for (int i = 0; i < n; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, files[i]->d_name);
        digest_text(&d, "file", files[i]->d_name);
        if (st == STATUS_OK)
            st = digest_file(&d, "content", path, e);
        free(files[i]);
    }
    free(files);
    digest_hex(&d, hex);
    return st;
}
