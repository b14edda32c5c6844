#include "models/nn/data/idx.h"

#include "models/nn/layout/topology.h"

#include <stdbool.h>

enum { MAGIC = 0x800, INTEGERS = 0xc00 }; /* unsigned bytes, 32-bit integers; the last digit: dimensions */

static uint32_t big_endian(const uint8_t *b)
{
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | (uint32_t)b[3];
}

/* Labels of 32 bits, n of them or n x m. */
static enum status parse_integers(const uint8_t *bytes, size_t n_bytes, const char *file, struct idx_view *out,
                                  struct errmsg *e)
{
    const bool rows = bytes[3] == 2;
    const size_t header = rows ? 12 : 8;
    if (n_bytes < header)
        return fail(e, STATUS_INPUT, "%s: byte offset %zu: the file ends inside its header of %zu bytes", file, n_bytes,
                    header);
    const uint32_t n = big_endian(bytes + 4), m = rows ? big_endian(bytes + 8) : 1;
    if (n < 1 || n > INT32_MAX || m < 1 || m > 1024)
        return fail(e, STATUS_INPUT, "%s: byte offset 4: %u x %u labels; there must be at least one", file, (unsigned)n,
                    (unsigned)m);
    const uint64_t expected = header + (uint64_t)n * m * 4;
    if (n_bytes != expected)
        return fail(e, STATUS_INPUT, "%s: byte offset %zu: the file ends here; its header promises %llu bytes for %u x %u labels",
                    file, n_bytes, (unsigned long long)expected, (unsigned)n, (unsigned)m);
    *out = (struct idx_view){.n = (int)n,
                             .features = 1,
                             .height = 1,
                             .width = 1,
                             .channels = 1,
                             .data = bytes + header,
                             .number_bytes = 4,
                             .stride = 4 * (int)m};
    return STATUS_OK;
}

size_t idx_label_at(const struct idx_view *labels, int i)
{
    return (size_t)i * (size_t)labels->stride;
}

int32_t idx_label(const struct idx_view *labels, int i)
{
    const uint8_t *at = labels->data + idx_label_at(labels, i);
    return labels->number_bytes == 1 ? *at : (int32_t)big_endian(at);
}

enum status idx_parse(const uint8_t *bytes, size_t n_bytes, enum idx_kind kind, const char *file, struct idx_view *out,
                      struct errmsg *e)
{
    const char *what = kind == IDX_IMAGES ? "images" : "labels";
    size_t header = kind == IDX_IMAGES ? 16 : 8;
    uint64_t size[3] = {1, 1, 1}, features = 1; /* height, width, channels */

    if (n_bytes < header)
        return fail(e, STATUS_INPUT, "%s: byte offset %zu: the file ends inside its header of %zu bytes", file, n_bytes,
                    header);
    const uint32_t magic = big_endian(bytes);
    if (kind == IDX_LABELS && (magic == INTEGERS + 1 || magic == INTEGERS + 2))
        return parse_integers(bytes, n_bytes, file, out, e);
    const bool channels = kind == IDX_IMAGES && magic == MAGIC + 4;
    if (!channels && magic != MAGIC + (kind == IDX_IMAGES ? 3u : 1u))
        return fail(e, STATUS_INPUT, "%s: byte offset 0: magic number 0x%08x; an IDX file of %s has 0x%08x%s", file,
                    (unsigned)magic, what, MAGIC + (kind == IDX_IMAGES ? 3u : 1u),
                    kind == IDX_IMAGES ? ", or 0x00000804 with channels (unsigned bytes: 0x08)" : "");
    header += channels ? 4 : 0;
    if (n_bytes < header)
        return fail(e, STATUS_INPUT, "%s: byte offset %zu: the file ends inside its header of %zu bytes", file, n_bytes,
                    header);
    const uint32_t n = big_endian(bytes + 4);
    if (n < 1 || n > INT32_MAX)
        return fail(e, STATUS_INPUT, "%s: byte offset 4: it counts %u %s; there must be at least one", file,
                    (unsigned)n, what);
    bool good = true;
    for (size_t k = 0; k < 3 && 8 + 4 * k < header; k++) {
        size[k] = big_endian(bytes + 8 + 4 * k);
        good = good && size[k] >= 1 && size[k] <= NETWORK_MAX_WIDTH;
        features *= good ? size[k] : 1;
        good = good && features <= NETWORK_MAX_WIDTH;
    }
    if (!good)
        return fail(e, STATUS_INPUT, "%s: byte offset 8: images of %u x %u x %u pixels; there must be 1 to %d pixels",
                    file, (unsigned)size[0], (unsigned)size[1], (unsigned)size[2], NETWORK_MAX_WIDTH);
    const uint64_t expected = header + n * features;
    if (n_bytes < expected)
        return fail(e, STATUS_INPUT,
                    "%s: byte offset %zu: the file ends here; its header promises %llu bytes for %u %s", file, n_bytes,
                    (unsigned long long)expected, (unsigned)n, what);
    if (n_bytes > expected)
        return fail(e, STATUS_INPUT, "%s: byte offset %llu: %zu bytes more than its header promises for %u %s", file,
                    (unsigned long long)expected, (size_t)(n_bytes - expected), (unsigned)n, what);
    *out = (struct idx_view){.n = (int)n,
                             .features = (int)features,
                             .height = (int)size[0],
                             .width = (int)size[1],
                             .channels = (int)size[2],
                             .data = bytes + header,
                             .number_bytes = 1,
                             .stride = 1};
    return STATUS_OK;
}
