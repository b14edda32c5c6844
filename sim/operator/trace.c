#include "sim/operator/trace.h"

#include "base/output.h"
#include "base/scratch.h"
#include "sim/operator/lockstep.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum status trace_kind(const char *file, const char **kind, struct errmsg *e)
{
    const char *dot = strrchr(file, '.');
    *kind = dot == NULL ? "" : dot + 1;
    if (strcmp(*kind, "fst") == 0 || strcmp(*kind, "vcd") == 0)
        return STATUS_OK;
    return fail(e, STATUS_USAGE, "the trace %s must end in .fst or .vcd", file);
}

/* is_whole: whether an FST file is a row of blocks up to its end, of which the first is its header: a byte of type, and
 * 8 bytes of length, the most significant first, which count themselves. Its writer does not notice a disk that is
 * full. A VCD is text; its writer notices. */
static bool is_whole(FILE *f, const char *kind)
{
    unsigned char head[9];
    long at = 0, blocks = 0;
    if (fseek(f, 0, SEEK_END) != 0)
        return false;
    const long bytes = ftell(f);
    if (strcmp(kind, "fst") != 0)
        return bytes > 0;
    while (at < bytes && fseek(f, at, SEEK_SET) == 0 && fread(head, 1, sizeof head, f) == sizeof head) {
        uint64_t length = 0;
        for (int i = 1; i < 9; i++)
            length = length << 8 | head[i];
        if (length < 8 || length > (uint64_t)(bytes - at) || (blocks == 0 && head[0] != 0))
            return false;
        at += 1 + (long)length;
        blocks++;
    }
    return at == bytes && blocks > 2;
}

/* copy: what is in `from` becomes the file. */
static enum status copy(FILE *from, const char *file, struct errmsg *e)
{
    char bytes[65536];
    struct output o;
    size_t n;
    enum status s = output_open(&o, file, e);
    if (s != STATUS_OK)
        return s;
    rewind(from);
    while ((n = fread(bytes, 1, sizeof bytes, from)) > 0 && fwrite(bytes, 1, n, o.f) == n)
        ;
    if (ferror(from))
        s = fail_errno(e, STATUS_ENVIRONMENT, "cannot read what is to become %s", file);
    return output_close(&o, s, e);
}

enum status trace_write(const struct mac_config *c, const struct vector_set *vectors, int n, const char *so_path,
                        const char *file, struct operator_result *out, struct errmsg *e)
{
    const char *kind;
    char path[PATH_MAX + 16];
    struct scratch folder;
    FILE *f = NULL;
    enum status s = trace_kind(file, &kind, e);
    if (s != STATUS_OK)
        return s;
    if ((s = scratch_open(&folder, SCRATCH_TRACE, e)) != STATUS_OK)
        goto done;
    snprintf(path, sizeof path, "%s/trace.%s", folder.path, kind);
    if ((s = operator_lockstep(c, vectors, n, so_path, path, out, e)) != STATUS_OK)
        goto done;
    f = fopen(path, "rb");
    if (f == NULL || !is_whole(f, kind))
        s = fail(e, STATUS_ENVIRONMENT,
                 "the waveform in %s is not whole: is the disk full? TMPDIR names another folder", folder.path);
    else
        s = copy(f, file, e);
done:
    if (f != NULL)
        fclose(f);
    scratch_close(&folder);
    return s;
}
