#include "base/digest.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

void digest_init(struct digest *d)
{
    SHA256Init(&d->context);
}

static void header(struct digest *d, const char *label, uint64_t n_bytes)
{
    char text[256];
    const int n = snprintf(text, sizeof text, "%s %" PRIu64 "\n", label, n_bytes);
    SHA256Update(&d->context, (const uint8_t *)text, n < (int)sizeof text ? (size_t)n : sizeof text - 1);
}

void digest_bytes(struct digest *d, const char *label, const void *bytes, size_t n_bytes)
{
    header(d, label, n_bytes);
    SHA256Update(&d->context, bytes, n_bytes);
}

void digest_text(struct digest *d, const char *label, const char *text)
{
    digest_bytes(d, label, text, strlen(text));
}

void digest_int(struct digest *d, const char *label, long long value)
{
    char text[32];
    snprintf(text, sizeof text, "%lld", value);
    digest_text(d, label, text);
}

void digest_real(struct digest *d, const char *label, double value)
{
    char text[64];
    snprintf(text, sizeof text, "%a", value);
    digest_text(d, label, text);
}

enum status digest_file(struct digest *d, const char *label, const char *path, struct errmsg *e)
{
    uint8_t block[65536];
    uint64_t total = 0;
    size_t n;
    FILE *f = fopen(path, "rb");
    if (f == NULL)
        return fail_errno(e, STATUS_ENVIRONMENT, "cannot read %s", path);
    while ((n = fread(block, 1, sizeof block, f)) > 0) {
        SHA256Update(&d->context, block, n);
        total += n;
    }
    const int bad = ferror(f);
    fclose(f);
    if (bad)
        return fail(e, STATUS_ENVIRONMENT, "cannot read %s to its end", path);
    header(d, label, total); /* the length is known only now; it still separates the fields */
    return STATUS_OK;
}

void digest_hex(struct digest *d, char hex[DIGEST_HEX_BYTES])
{
    SHA256End(&d->context, hex);
}
