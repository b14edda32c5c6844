/* A network as bytes, all little endian: a header (models/nn/io/pack_header.c), zlib data of the payload, and
 * a u32 CRC-32 of all before. Payload, layer after layer: for a float code the weights as IEEE singles;
 * else the references (W bits each) and the deltas (their width each) as two's complement, packed from
 * the least significant bit, the last byte filled with zeros; then gamma, beta, mean, var. */
#include "models/nn/io/pack.h"
#include "models/nn/io/pack_header.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { CRC_BYTES = 4, DEFLATE_BEST = 1032 };

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

static void put_layer(struct cursor *c, const struct layer *a)
{
    const struct code *code = &a->code;
    const size_t O = (size_t)a->O, weights = O * (size_t)a->I;
    if (code->scheme == SCHEME_FLOAT) {
        put_floats(c, a->w, weights);
    } else {
        const int width = code_stored_width(code);
        for (int s = 0; s < a->coded.n_spans; s++)
            put_bits(c, a->coded.reference[s], code->weight_bits);
        for (size_t i = 0; i < weights; i++)
            put_bits(c, a->coded.delta[i], width);
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
    if (a->code.scheme == SCHEME_FLOAT) {
        good = get_floats(c, a->w, weights);
    } else {
        const int width = code_stored_width(&a->code);
        const float unit = 1.0f / (float)(1 << a->code.frac_bits);
        for (int s = 0; s < a->coded.n_spans; s++)
            a->coded.reference[s] = get_bits(c, a->code.weight_bits);
        for (size_t i = 0; i < weights; i++)
            a->coded.delta[i] = get_bits(c, width);
        get_rest(c);
        network_rebuilt(n, l, a->w);
        for (int s = 0; a->reference != NULL && s < a->coded.n_spans; s++)
            a->reference[s] = (float)a->coded.reference[s] * unit;
    }
    good = get_floats(c, a->gamma, O) && good;
    good = get_floats(c, a->beta, O) && good;
    good = get_floats(c, a->mean, O) && good;
    good = get_floats(c, a->var, O) && good;
    for (size_t o = 0; o < O; o++)
        good = good && a->var[o] >= 0;
    return good;
}

enum status pack_write(const struct network *n, uint8_t **bytes, size_t *n_bytes, struct errmsg *e)
{
    enum status s = STATUS_OK;
    struct pack_header h;
    uint8_t head[PACK_HEADER_MOST_BYTES];
    pack_header_of(n, &h);
    const size_t header = pack_header_write(&h, head);
    uLongf packed = compressBound((uLong)h.payload_bytes);
    uint8_t *raw = malloc((size_t)h.payload_bytes + 1), *out = malloc(header + packed + CRC_BYTES);
    *bytes = NULL;
    *n_bytes = 0;
    if (raw == NULL || out == NULL) {
        s = fail(e, STATUS_ENVIRONMENT, "out of memory for packing a network");
        goto done;
    }
    struct cursor cursor = {.at = raw, .end = raw + h.payload_bytes};
    for (int l = 0; l < n->shape.n_layers; l++)
        put_layer(&cursor, &n->layers[l]);
    assert(cursor.at == cursor.end);

    memcpy(out, head, header);
    if (compress2(out + header, &packed, raw, (uLong)h.payload_bytes, Z_DEFAULT_COMPRESSION) != Z_OK) {
        s = fail(e, STATUS_ENVIRONMENT, "zlib cannot compress a network of %llu bytes",
                 (unsigned long long)h.payload_bytes);
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

/* A network of a header, still without its weights. */
static enum status network_of_header(const struct pack_header *h, struct network **out, struct errmsg *e)
{
    enum status s = network_new(out, &h->shape, &h->code, 0, e);
    if (s != STATUS_OK)
        return s;
    struct network *n = *out;
    n->mode = h->mode;
    for (int l = 0; l < n->shape.n_layers; l++) {
        n->layers[l].code = h->layers[l].code;
        if ((uint64_t)n->layers[l].coded.n_spans != h->layers[l].n_spans) {
            fail(e, STATUS_ENVIRONMENT,
                 "a stored network has %llu references in layer %d, where its code has %d; train it again",
                 (unsigned long long)h->layers[l].n_spans, l, n->layers[l].coded.n_spans);
            network_free(n);
            *out = NULL;
            return STATUS_ENVIRONMENT; /* in plain sight of the static analyser, which does not know fail */
        }
    }
    return STATUS_OK;
}

static bool checksum_is_right(const uint8_t *bytes, size_t n_bytes)
{
    return n_bytes <= UINT32_MAX &&
           crc32(0, bytes, (uInt)(n_bytes - CRC_BYTES)) == get_unsigned(bytes + n_bytes - CRC_BYTES, 4);
}

bool pack_is_whole(const uint8_t *bytes, size_t n_bytes)
{
    struct pack_header h;
    size_t header = 0;
    return pack_header_read(bytes, n_bytes, &h, &header) && n_bytes - header >= CRC_BYTES &&
           checksum_is_right(bytes, n_bytes);
}

/* The payload of n_bytes of zlib data; *raw is the caller's. */
static enum status payload_of(const struct pack_header *h, const uint8_t *bytes, size_t n_bytes, uint8_t **raw,
                              struct errmsg *e)
{
    uLongf length = (uLongf)h->payload_bytes;
    /* Deflate cannot do better than this, so a header cannot claim memory that its bytes do not pay for. */
    if (h->payload_bytes / DEFLATE_BEST > n_bytes)
        return fail(e, STATUS_ENVIRONMENT, "a stored network claims %llu bytes in %zu; train it again",
                    (unsigned long long)h->payload_bytes, n_bytes);
    *raw = malloc((size_t)h->payload_bytes);
    if (*raw == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory for a stored network");
    if (uncompress(*raw, &length, bytes, (uLong)n_bytes) != Z_OK || length != h->payload_bytes)
        return fail(e, STATUS_ENVIRONMENT, "a stored network does not decompress from %zu bytes; train it again",
                    n_bytes);
    return STATUS_OK;
}

enum status pack_read(const uint8_t *bytes, size_t n_bytes, struct network **out, struct errmsg *e)
{
    enum status s = STATUS_OK;
    struct pack_header h;
    struct network *n = NULL;
    size_t header = 0;
    uint8_t *raw = NULL;
    *out = NULL;

    if (!pack_header_read(bytes, n_bytes, &h, &header) || n_bytes - header < CRC_BYTES) {
        s = fail(e, STATUS_ENVIRONMENT, "a stored network of %zu bytes has a damaged or foreign header; train it again",
                 n_bytes);
        goto done;
    }
    if (!checksum_is_right(bytes, n_bytes)) {
        s = fail(e, STATUS_ENVIRONMENT, "a stored network of %zu bytes is damaged (checksum); train it again", n_bytes);
        goto done;
    }
    s = payload_of(&h, bytes + header, n_bytes - header - CRC_BYTES, &raw, e);
    if (s != STATUS_OK)
        goto done;
    s = network_of_header(&h, &n, e);
    if (s != STATUS_OK)
        goto done;
    struct cursor cursor = {.at = raw, .end = raw + h.payload_bytes};
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
