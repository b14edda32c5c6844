/* A network as bytes, all little endian:
 *   "DSNET" version mode scheme reference span codec rounding W f D o layers   (one byte each after the magic)
 *   u32 sizes[layers + 1]   u64 payload bytes   zlib data of the payload   u32 CRC-32 of all before
 * Payload, layer after layer: for a float code the weights as IEEE singles; else the
 * references (W bits each) and the deltas (their width each) as two's complement, packed from
 * the least significant bit, the last byte filled with zeros; then gamma, beta, mean, var. */
#include "models/nn/network.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static const char magic[5] = {'D', 'S', 'N', 'E', 'T'};
enum { VERSION = 1, FIXED_BYTES = sizeof magic + 12, CRC_BYTES = 4, DEFLATE_BEST = 1032 };

struct cursor {
    uint8_t *at, *end;
    uint32_t bits; /* not yet whole bytes, n_bits of them */
    int n_bits;
};

static void put_bits(struct cursor *c, int32_t value, int width)
{
    uint64_t bits = c->bits | (uint64_t)((uint32_t)value & (UINT32_MAX >> (32 - width))) << c->n_bits;
    for (c->n_bits += width; c->n_bits >= 8; c->n_bits -= 8, bits >>= 8)
        *c->at++ = (uint8_t)bits;
    c->bits = (uint32_t)bits;
}

static void put_rest(struct cursor *c)
{
    if (c->n_bits > 0)
        put_bits(c, 0, 8 - c->n_bits);
}

/* The sign-extended number of the next width bits; the caller has checked the length. */
static int32_t get_bits(struct cursor *c, int width)
{
    uint64_t bits = c->bits;
    for (; c->n_bits < width; c->n_bits += 8)
        bits |= (uint64_t)*c->at++ << c->n_bits;
    const uint32_t field = (uint32_t)bits & (UINT32_MAX >> (32 - width)), sign = UINT32_C(1) << (width - 1);
    c->bits = (uint32_t)(bits >> width);
    c->n_bits -= width;
    return (int32_t)(field ^ sign) - (int32_t)sign;
}

static void get_rest(struct cursor *c)
{
    c->bits = 0;
    c->n_bits = 0;
}

static void put_unsigned(uint8_t *to, uint64_t x, int bytes)
{
    for (int i = 0; i < bytes; i++)
        to[i] = (uint8_t)(x >> (8 * i));
}

static uint64_t get_unsigned(const uint8_t *from, int bytes)
{
    uint64_t x = 0;
    for (int i = 0; i < bytes; i++)
        x |= (uint64_t)from[i] << (8 * i);
    return x;
}

static void put_floats(struct cursor *c, const float *x, size_t n)
{
    for (size_t i = 0; i < n; i++, c->at += 4) {
        uint32_t bits;
        memcpy(&bits, &x[i], sizeof bits);
        put_unsigned(c->at, bits, 4);
    }
}

/* False if one of them is not finite. */
static bool get_floats(struct cursor *c, float *x, size_t n)
{
    bool finite = true;
    for (size_t i = 0; i < n; i++, c->at += 4) {
        const uint32_t bits = (uint32_t)get_unsigned(c->at, 4);
        memcpy(&x[i], &bits, sizeof bits);
        finite = finite && isfinite(x[i]);
    }
    return finite;
}

static uint64_t payload_bytes(const struct code *c, const int *sizes, int n_layers)
{
    uint64_t bytes = 0;
    for (int l = 0; l < n_layers; l++) {
        const uint64_t O = (uint64_t)sizes[l + 1], weights = O * (uint64_t)sizes[l];
        const uint64_t references = c->span == SPAN_ROW ? O : 1;
        if (c->scheme == SCHEME_FLOAT)
            bytes += 4 * weights;
        else
            bytes += (references * (uint64_t)c->weight_bits + weights * (uint64_t)code_stored_width(c) + 7) / 8;
        bytes += 4 * 4 * O;
    }
    return bytes;
}

static void put_layer(struct cursor *c, const struct code *code, const struct layer *a)
{
    const size_t O = (size_t)a->O, weights = O * (size_t)a->I;
    if (code->scheme == SCHEME_FLOAT) {
        put_floats(c, a->w, weights);
    } else {
        for (int s = 0; s < a->coded.n_spans; s++)
            put_bits(c, a->coded.reference[s], code->weight_bits);
        for (size_t i = 0; i < weights; i++)
            put_bits(c, a->coded.delta[i], code_stored_width(code));
        put_rest(c);
    }
    put_floats(c, a->gamma, O);
    put_floats(c, a->beta, O);
    put_floats(c, a->mean, O);
    put_floats(c, a->var, O);
}

static bool get_layer(struct cursor *c, const struct network *n, int l)
{
    const struct layer *a = &n->layers[l];
    const size_t O = (size_t)a->O, weights = O * (size_t)a->I;
    bool good = true;
    if (n->code.scheme == SCHEME_FLOAT) {
        good = get_floats(c, a->w, weights);
    } else {
        for (int s = 0; s < a->coded.n_spans; s++)
            a->coded.reference[s] = get_bits(c, n->code.weight_bits);
        for (size_t i = 0; i < weights; i++)
            a->coded.delta[i] = get_bits(c, code_stored_width(&n->code));
        get_rest(c);
        network_rebuilt(n, l, a->w);
    }
    good = get_floats(c, a->gamma, O) && good;
    good = get_floats(c, a->beta, O) && good;
    good = get_floats(c, a->mean, O) && good;
    good = get_floats(c, a->var, O) && good;
    for (size_t o = 0; o < O; o++)
        good = good && a->var[o] >= 0;
    return good;
}

enum status network_pack(const struct network *n, uint8_t **bytes, size_t *n_bytes, struct errmsg *e)
{
    enum status s = STATUS_OK;
    const struct code *c = &n->code;
    const uint64_t raw_bytes = payload_bytes(c, n->shape.sizes, n->shape.n_layers);
    const size_t header = FIXED_BYTES + 4 * ((size_t)n->shape.n_layers + 1) + 8;
    uLongf packed = compressBound((uLong)raw_bytes);
    uint8_t *raw = malloc((size_t)raw_bytes + 1), *out = malloc(header + packed + CRC_BYTES);
    *bytes = NULL;
    *n_bytes = 0;
    if (raw == NULL || out == NULL) {
        s = fail(e, STATUS_ENVIRONMENT, "out of memory for packing a network");
        goto done;
    }
    struct cursor cursor = {.at = raw, .end = raw + raw_bytes};
    for (int l = 0; l < n->shape.n_layers; l++)
        put_layer(&cursor, c, &n->layers[l]);

    const int fields[] = {VERSION,      (int)n->mode,  (int)c->scheme,   (int)c->reference,
                          (int)c->span, (int)c->codec, (int)c->rounding, c->weight_bits,
                          c->frac_bits, c->delta_bits, c->delta_offset,  n->shape.n_layers};
    memcpy(out, magic, sizeof magic);
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        out[sizeof magic + i] = (uint8_t)fields[i];
    for (int l = 0; l <= n->shape.n_layers; l++)
        put_unsigned(out + FIXED_BYTES + 4 * l, (uint64_t)n->shape.sizes[l], 4);
    put_unsigned(out + header - 8, raw_bytes, 8);
    if (compress2(out + header, &packed, raw, (uLong)raw_bytes, Z_DEFAULT_COMPRESSION) != Z_OK) {
        s = fail(e, STATUS_ENVIRONMENT, "zlib cannot compress a network of %llu bytes", (unsigned long long)raw_bytes);
        goto done;
    }
    put_unsigned(out + header + packed, crc32(0, out, (uInt)(header + packed)), CRC_BYTES);
    *n_bytes = header + packed + CRC_BYTES;
    *bytes = out;
    out = NULL;
done:
    free(raw);
    free(out);
    return s;
}

/* The fields of a header as a network without weights; false if they make no sense. */
static bool header_read(const uint8_t *bytes, size_t n_bytes, struct network *h, uint64_t *raw_bytes, size_t *header)
{
    struct code *c = &h->code;
    const uint8_t *f = bytes + sizeof magic;
    if (n_bytes < FIXED_BYTES + CRC_BYTES || memcmp(bytes, magic, sizeof magic) != 0 || f[0] != VERSION)
        return false;
    if (f[1] > TRAIN_PAPER || f[2] >= SCHEME_COUNT || f[3] >= REFERENCE_COUNT || f[4] >= SPAN_COUNT ||
        f[5] >= CODEC_COUNT || f[6] > ROUNDING_NEAREST || f[11] < 1 || f[11] > NETWORK_MAX_LAYERS)
        return false;
    h->mode = (enum train_mode)f[1];
    *c = (struct code){.scheme = (enum scheme)f[2],
                       .reference = (enum reference)f[3],
                       .span = (enum span)f[4],
                       .codec = (enum codec)f[5],
                       .rounding = (enum rounding)f[6],
                       .weight_bits = f[7],
                       .frac_bits = f[8],
                       .delta_bits = f[9],
                       .delta_offset = f[10]};
    struct code canonical = *c;
    code_canonical(&canonical);
    if (code_check(c, NULL) != STATUS_OK || memcmp(&canonical, c, sizeof canonical) != 0)
        return false;
    const int n_layers = f[11];
    int sizes[NETWORK_MAX_LAYERS + 1];
    *header = FIXED_BYTES + 4 * ((size_t)n_layers + 1) + 8;
    if (n_bytes < *header + CRC_BYTES)
        return false;
    for (int l = 0; l <= n_layers; l++) {
        const uint64_t size = get_unsigned(bytes + FIXED_BYTES + 4 * l, 4);
        if (size < 1 || size > NETWORK_MAX_WIDTH)
            return false;
        sizes[l] = (int)size;
    }
    topology_chain(sizes, n_layers, &h->shape);
    *raw_bytes = get_unsigned(bytes + *header - 8, 8);
    return *raw_bytes == payload_bytes(c, h->shape.sizes, h->shape.n_layers);
}

enum status network_unpack(const uint8_t *bytes, size_t n_bytes, struct network **out, struct errmsg *e)
{
    enum status s = STATUS_OK;
    struct network h = {0}, *n = NULL;
    uint64_t raw_bytes = 0;
    size_t header = 0;
    uint8_t *raw = NULL;
    *out = NULL;

    if (!header_read(bytes, n_bytes, &h, &raw_bytes, &header)) {
        s = fail(e, STATUS_ENVIRONMENT, "a stored network of %zu bytes has a damaged or foreign header; train it again",
                 n_bytes);
        goto done;
    }
    const size_t packed = n_bytes - header - CRC_BYTES;
    if (n_bytes > UINT32_MAX ||
        crc32(0, bytes, (uInt)(n_bytes - CRC_BYTES)) != get_unsigned(bytes + n_bytes - CRC_BYTES, 4)) {
        s = fail(e, STATUS_ENVIRONMENT, "a stored network of %zu bytes is damaged (checksum); train it again", n_bytes);
        goto done;
    }
    /* Deflate cannot do better than this, so a header cannot claim memory that its bytes do not pay for. */
    if (raw_bytes / DEFLATE_BEST > packed) {
        s = fail(e, STATUS_ENVIRONMENT, "a stored network claims %llu bytes in %zu; train it again",
                 (unsigned long long)raw_bytes, packed);
        goto done;
    }
    raw = malloc((size_t)raw_bytes);
    if (raw == NULL) {
        s = fail(e, STATUS_ENVIRONMENT, "out of memory for a stored network");
        goto done;
    }
    uLongf length = (uLongf)raw_bytes;
    if (uncompress(raw, &length, bytes + header, (uLong)packed) != Z_OK || length != raw_bytes) {
        s = fail(e, STATUS_ENVIRONMENT, "a stored network of %zu bytes does not decompress; train it again", n_bytes);
        goto done;
    }
    s = network_new(&n, &h.shape, &h.code, 0, e);
    if (s != STATUS_OK)
        goto done;
    n->mode = h.mode;
    struct cursor cursor = {.at = raw, .end = raw + raw_bytes};
    for (int l = 0; l < n->shape.n_layers; l++)
        if (!get_layer(&cursor, n, l)) {
            s = fail(e, STATUS_ENVIRONMENT,
                     "a stored network has numbers in layer %d that are not finite; train it again", l);
            goto done;
        }
    *out = n;
    n = NULL;
done:
    free(raw);
    network_free(n);
    return s;
}
