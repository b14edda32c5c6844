#include "sim/seal.h"

#include "base/digest.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

enum { PATH_BYTES = PATH_MAX + 64 };

static enum status digest_of(const char *folder, const char *name, char hex[DIGEST_HEX_BYTES], struct errmsg *e)
{
    char path[PATH_BYTES];
    struct digest d;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    digest_init(&d);
    const enum status s = digest_file(&d, name, path, e);
    digest_hex(&d, hex);
    return s;
}

static FILE *open_seal(const char *folder, const char *name, const char *mode)
{
    char path[PATH_BYTES];
    snprintf(path, sizeof path, "%s/%s.sha256", folder, name);
    return fopen(path, mode);
}

enum status seal_write(const char *folder, const char *name, struct errmsg *e)
{
    char hex[DIGEST_HEX_BYTES];
    const enum status s = digest_of(folder, name, hex, e);
    if (s != STATUS_OK)
        return s;
    FILE *f = open_seal(folder, name, "w");
    const bool written = f != NULL && fputs(hex, f) >= 0;
    if (f == NULL || fclose(f) != 0 || !written)
        return fail_errno(e, STATUS_ENVIRONMENT, "cannot write %s/%s.sha256", folder, name);
    return STATUS_OK;
}

bool seal_intact(const char *folder, const char *name)
{
    char hex[DIGEST_HEX_BYTES], sealed[DIGEST_HEX_BYTES] = "";
    FILE *f = open_seal(folder, name, "r");
    if (f == NULL)
        return false;
    const bool read = fgets(sealed, sizeof sealed, f) != NULL;
    fclose(f);
    return read && digest_of(folder, name, hex, NULL) == STATUS_OK && strcmp(hex, sealed) == 0;
}
