#include "base/digest.h"

#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void digest_init(struct digest *d)
{
    sha256_init(&d->context);
}

static void header(struct digest *d, const char *label, uint64_t n_bytes)
{
    char number[TEXT_INTEGER_BYTES + 2] = " ";
    size_t n = 1 + text_of_integer((long long)n_bytes, number + 1);
    number[n++] = '\n';
    sha256_update(&d->context, strlen(label), (const uint8_t *)label);
    sha256_update(&d->context, n, (const uint8_t *)number);
}

void digest_bytes(struct digest *d, const char *label, const void *bytes, size_t n_bytes)
{
    header(d, label, n_bytes);
    sha256_update(&d->context, n_bytes, bytes);
}

void digest_text(struct digest *d, const char *label, const char *text)
{
    digest_bytes(d, label, text, strlen(text));
}

void digest_int(struct digest *d, const char *label, long long value)
{
    char text[TEXT_INTEGER_BYTES];
    text_of_integer(value, text);
    digest_text(d, label, text);
}

void digest_real(struct digest *d, const char *label, double value)
{
    static _Thread_local struct {
        uint64_t bits; /* of the value */
        char text[64];
    } last; /* points that follow each other often have the same number */
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    if (last.text[0] == '\0' || last.bits != bits) {
        last.bits = bits;
        snprintf(last.text, sizeof last.text, "%a", value);
    }
    digest_text(d, label, last.text);
}

bool digest_stream(struct digest *d, const char *label, int fd)
{
    uint8_t block[65536];
    uint64_t total = 0;
    ssize_t n;
    while ((n = read(fd, block, sizeof block)) > 0 || (n < 0 && errno == EINTR)) {
        if (n < 0)
            continue;
        sha256_update(&d->context, (size_t)n, block);
        total += (uint64_t)n;
    }
    header(d, label, total); /* the length is known only now; it still separates the fields */
    return n == 0;
}

enum status digest_file(struct digest *d, const char *label, const char *path, struct errmsg *e)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return fail_errno(e, STATUS_ENVIRONMENT, "cannot read %s", path);
    const bool good = digest_stream(d, label, fd);
    close(fd);
    return good ? STATUS_OK : fail(e, STATUS_ENVIRONMENT, "cannot read %s to its end", path);
}

void digest_hex(struct digest *d, char hex[DIGEST_HEX_BYTES])
{
    uint8_t sum[SHA256_DIGEST_SIZE];
    sha256_digest(&d->context, sizeof sum, sum);
    for (size_t i = 0; i < sizeof sum; i++) {
        hex[2 * i] = "0123456789abcdef"[sum[i] >> 4];
        hex[2 * i + 1] = "0123456789abcdef"[sum[i] & 15];
    }
    hex[2 * sizeof sum] = '\0';
}
