#include "models/nn/idx.h"

#include "models/nn/network.h"

enum { MAGIC_IMAGES = 0x803, MAGIC_LABELS = 0x801 }; /* unsigned bytes, 3 or 1 dimensions */

static uint32_t big_endian(const uint8_t *b)
{
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | (uint32_t)b[3];
}

enum status idx_parse(const uint8_t *bytes, size_t n_bytes, enum idx_kind kind, const char *file, struct idx_view *out,
                      struct errmsg *e)
{
    const uint32_t magic = kind == IDX_IMAGES ? MAGIC_IMAGES : MAGIC_LABELS;
    const size_t header = kind == IDX_IMAGES ? 16 : 8;
    const char *what = kind == IDX_IMAGES ? "images" : "labels";

    if (n_bytes < header)
        return fail(e, STATUS_INPUT, "%s: byte offset %zu: the file ends inside its header of %zu bytes", file, n_bytes,
                    header);
    if (big_endian(bytes) != magic)
        return fail(e, STATUS_INPUT, "%s: byte offset 0: magic number 0x%08x; an IDX file of %s has 0x%08x", file,
                    (unsigned)big_endian(bytes), what, (unsigned)magic);
    const uint32_t n = big_endian(bytes + 4);
    if (n < 1 || n > INT32_MAX)
        return fail(e, STATUS_INPUT, "%s: byte offset 4: it counts %u %s; there must be at least one", file,
                    (unsigned)n, what);
    uint64_t features = 1;
    if (kind == IDX_IMAGES) {
        const uint64_t rows = big_endian(bytes + 8), columns = big_endian(bytes + 12);
        features = rows * columns;
        if (rows < 1 || columns < 1 || rows > NETWORK_MAX_WIDTH || columns > NETWORK_MAX_WIDTH ||
            features > NETWORK_MAX_WIDTH)
            return fail(e, STATUS_INPUT, "%s: byte offset 8: images of %u x %u pixels; there must be 1 to %d pixels",
                        file, (unsigned)rows, (unsigned)columns, NETWORK_MAX_WIDTH);
    }
    const uint64_t expected = header + n * features;
    if (n_bytes < expected)
        return fail(e, STATUS_INPUT,
                    "%s: byte offset %zu: the file ends here; its header promises %llu bytes for %u %s", file, n_bytes,
                    (unsigned long long)expected, (unsigned)n, what);
    if (n_bytes > expected)
        return fail(e, STATUS_INPUT, "%s: byte offset %llu: %zu bytes more than its header promises for %u %s", file,
                    (unsigned long long)expected, (size_t)(n_bytes - expected), (unsigned)n, what);
    *out = (struct idx_view){.n = (int)n, .features = (int)features, .data = bytes + header};
    return STATUS_OK;
}
