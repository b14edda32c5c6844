/* Little endian: "DSNET", one byte for the version, then in version 2
 *   u16 sections, each u16 name, u16 count and count i32 in ascending order of the names:
 *     1 network: mode, channels, height, width; of each layer O, kernel, stride, pool
 *     2 code: the fields of struct code, without formats
 *     3 formats: of each layer frac_bits, delta_bits, delta_offset; left out if there are none
 *     4 layers: of each layer's own code frac_bits, delta_bits, delta_offset; spans
 *   u64 payload bytes
 * and in version 1, which knew linear layers and one code for all of them,
 *   mode scheme reference span codec rounding W f D o layers (one byte each), u32 sizes[layers + 1],
 *   u64 payload bytes. */
#include "models/nn/io/pack_header.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static const uint8_t magic[5] = {'D', 'S', 'N', 'E', 'T'};
enum { VERSION_BYTES = sizeof magic + 1, VERSION = 2 };
enum { SECTION_NETWORK = 1, SECTION_CODE, SECTION_FORMATS, SECTION_LAYERS, SECTION_END };
enum { MOST_FIELDS = 4 + 4 * NETWORK_MAX_LAYERS, CODE_FIELDS = 12 };

/* The references and codes of a layer, its batch norm, all layers. */
static uint64_t payload_bytes(const struct pack_header *h)
{
    uint64_t bytes = 0;
    for (int l = 0; l < h->shape.n_layers; l++) {
        const struct code *c = &h->layers[l].code;
        const uint64_t O = (uint64_t)h->shape.layers[l].O, weights = O * (uint64_t)h->shape.layers[l].I;
        if (c->scheme == SCHEME_FLOAT)
            bytes += 4 * weights;
        else
            bytes +=
                (h->layers[l].n_spans * (uint64_t)c->weight_bits + weights * (uint64_t)code_stored_width(c) + 7) / 8;
        bytes += 4 * 4 * O;
    }
    return bytes;
}

void pack_header_of(const struct network *n, struct pack_header *h)
{
    *h = (struct pack_header){.mode = n->mode, .shape = n->shape, .code = n->code};
    for (int l = 0; l < n->shape.n_layers; l++)
        h->layers[l] = (struct pack_layer){n->layers[l].code, (uint64_t)n->layers[l].coded.n_spans};
    h->payload_bytes = payload_bytes(h);
}

static size_t put_section(uint8_t *out, int name, const int32_t *x, int n)
{
    put_unsigned(out, (uint64_t)name, 2);
    put_unsigned(out + 2, (uint64_t)n, 2);
    for (int i = 0; i < n; i++)
        put_unsigned(out + 4 + 4 * i, (uint32_t)x[i], 4);
    return 4 + 4 * (size_t)n;
}

size_t pack_header_write(const struct pack_header *h, uint8_t out[PACK_HEADER_MOST_BYTES])
{
    const struct topology *t = &h->shape;
    const struct code *c = &h->code;
    int32_t x[MOST_FIELDS] = {(int32_t)h->mode, t->channels, t->height, t->width};
    int n = 4;
    size_t at = VERSION_BYTES + 2;
    memcpy(out, magic, sizeof magic);
    out[sizeof magic] = VERSION;
    put_unsigned(out + VERSION_BYTES, c->n_formats > 0 ? 4 : 3, 2);
    for (int l = 0; l < t->n_layers; l++) {
        x[n++] = t->layers[l].O;
        x[n++] = t->layers[l].kernel;
        x[n++] = t->layers[l].stride;
        x[n++] = t->layers[l].pool;
    }
    at += put_section(out + at, SECTION_NETWORK, x, n);

    const int32_t code[CODE_FIELDS] = {(int32_t)c->scheme, (int32_t)c->reference, (int32_t)c->span,
                                       (int32_t)c->codec,  (int32_t)c->rounding,  c->weight_bits,
                                       c->frac_bits,       c->delta_bits,         c->delta_offset,
                                       c->bucket,          (int32_t)c->step,      c->n_formats};
    at += put_section(out + at, SECTION_CODE, code, CODE_FIELDS);

    n = 0;
    for (int l = 0; l < c->n_formats; l++) {
        x[n++] = c->formats[l].frac_bits;
        x[n++] = c->formats[l].delta_bits;
        x[n++] = c->formats[l].delta_offset;
    }
    if (n > 0)
        at += put_section(out + at, SECTION_FORMATS, x, n);

    n = 0;
    for (int l = 0; l < t->n_layers; l++) {
        const struct pack_layer *a = &h->layers[l];
        x[n++] = a->code.frac_bits;
        x[n++] = a->code.delta_bits;
        x[n++] = a->code.delta_offset;
        x[n++] = (int32_t)(uint32_t)a->n_spans;
    }
    at += put_section(out + at, SECTION_LAYERS, x, n);
    put_unsigned(out + at, h->payload_bytes, 8);
    assert(at + 8 <= PACK_HEADER_MOST_BYTES);
    return at + 8;
}

static bool code_makes_sense(const struct code *c)
{
    struct code canonical = *c;
    if (code_check(c, NULL) != STATUS_OK)
        return false;
    code_canonical(&canonical);
    return memcmp(&canonical, c, sizeof canonical) == 0;
}

/* The enumerations, before anything asks what they mean. */
static bool code_names_exist(const uint32_t *scheme_to_rounding)
{
    return scheme_to_rounding[0] < SCHEME_COUNT && scheme_to_rounding[1] < REFERENCE_COUNT &&
           scheme_to_rounding[2] < SPAN_COUNT && scheme_to_rounding[3] < CODEC_COUNT &&
           scheme_to_rounding[4] <= ROUNDING_STOCHASTIC;
}

/* code_of: the fields that both versions have, in their order. */
static struct code code_of(const uint32_t *x)
{
    return (struct code){.scheme = (enum scheme)x[0],
                         .reference = (enum reference)x[1],
                         .span = (enum span)x[2],
                         .codec = (enum codec)x[3],
                         .rounding = (enum rounding)x[4],
                         .weight_bits = (int)x[5],
                         .frac_bits = (int)x[6],
                         .delta_bits = (int)x[7],
                         .delta_offset = (int)x[8]};
}

/* ------------------------------------------------------------------------ version 1 */

static bool read_version_1(const uint8_t *bytes, size_t n_bytes, struct pack_header *h, size_t *used)
{
    enum { BYTE_FIELDS = 11, FIXED_BYTES = VERSION_BYTES + BYTE_FIELDS };
    uint32_t f[BYTE_FIELDS];
    int sizes[NETWORK_MAX_LAYERS + 1];
    if (n_bytes < FIXED_BYTES)
        return false;
    for (int i = 0; i < BYTE_FIELDS; i++)
        f[i] = bytes[VERSION_BYTES + i];
    const uint32_t n_layers = f[10];
    if (f[0] > TRAIN_PAPER || !code_names_exist(f + 1) || n_layers < 1 || n_layers > NETWORK_MAX_LAYERS)
        return false;
    h->mode = (enum train_mode)f[0];
    h->code = code_of(f + 1);
    *used = FIXED_BYTES + 4 * ((size_t)n_layers + 1) + 8;
    if (!code_makes_sense(&h->code) || h->code.span == SPAN_BUCKET || n_bytes < *used)
        return false;
    for (uint32_t l = 0; l <= n_layers; l++) {
        const uint64_t size = get_unsigned(bytes + FIXED_BYTES + 4 * l, 4);
        if (size < 1 || size > NETWORK_MAX_WIDTH)
            return false;
        sizes[l] = (int)size;
    }
    topology_chain(sizes, (int)n_layers, &h->shape);
    for (int l = 0; l < h->shape.n_layers; l++)
        h->layers[l] = (struct pack_layer){h->code, h->code.scheme == SCHEME_FLOAT ? 0
                                                    : h->code.span == SPAN_ROW     ? (uint64_t)sizes[l + 1]
                                                                                   : 1};
    h->payload_bytes = get_unsigned(bytes + *used - 8, 8);
    return h->payload_bytes == payload_bytes(h);
}

/* ------------------------------------------------------------------------ version 2 */

struct section {
    int n;
    uint32_t x[MOST_FIELDS];
};

static bool read_sections(const uint8_t *bytes, size_t n_bytes, struct section *s, size_t *used)
{
    size_t at = VERSION_BYTES + 2;
    if (n_bytes < at)
        return false;
    uint64_t last = 0;
    for (uint64_t left = get_unsigned(bytes + VERSION_BYTES, 2); left > 0; left--) {
        if (n_bytes - at < 4)
            return false;
        const uint64_t name = get_unsigned(bytes + at, 2), n = get_unsigned(bytes + at + 2, 2);
        at += 4;
        if (name <= last || name >= SECTION_END || n > MOST_FIELDS || n_bytes - at < 4 * n)
            return false;
        last = name;
        s[name].n = (int)n;
        for (uint64_t i = 0; i < n; i++, at += 4)
            s[name].x[i] = (uint32_t)get_unsigned(bytes + at, 4);
    }
    *used = at;
    return true;
}

static bool read_network(const struct section *s, struct pack_header *h)
{
    enum { WORD_BYTES = 64, MOST_WORDS = 1 + 2 * NETWORK_MAX_LAYERS };
    char text[MOST_WORDS][WORD_BYTES];
    const char *words[MOST_WORDS];
    int n = 0, wrong;
    if (s->n < 8 || s->n % 4 != 0)
        return false;
    for (int i = 1; i < s->n; i++) /* beyond this nothing is a dimension; kernel is 0 in a linear layer */
        if (s->x[i] > NETWORK_MAX_WIDTH)
            return false;
    if (s->x[0] > TRAIN_PAPER)
        return false;
    h->mode = (enum train_mode)s->x[0];
    /* The words of a sweep file, so that whatever they check is checked here. */
    bool images = false;
    for (int i = 4; i < s->n; i += 4)
        images = images || s->x[i + 1] > 0;
    if (images)
        snprintf(text[n++], WORD_BYTES, "%ux%ux%u", s->x[2], s->x[3], s->x[1]);
    else
        snprintf(text[n++], WORD_BYTES, "%u", s->x[1]);
    for (int i = 4; i < s->n; i += 4) {
        const uint32_t *a = s->x + i;
        if (a[1] == 0)
            snprintf(text[n++], WORD_BYTES, "%u", a[0]);
        else
            snprintf(text[n++], WORD_BYTES, "%uc%us%u", a[0], a[1], a[2]);
        if (a[3] != 1)
            snprintf(text[n++], WORD_BYTES, "p%u", a[3]);
    }
    for (int i = 0; i < n; i++)
        words[i] = text[i];
    if (topology_parse(words, n, &h->shape, &wrong, NULL) != STATUS_OK)
        return false;
    return (uint32_t)h->shape.height == s->x[2] && (uint32_t)h->shape.width == s->x[3];
}

static bool read_code(const struct section *s, struct pack_header *h)
{
    const struct section *code = &s[SECTION_CODE], *formats = &s[SECTION_FORMATS];
    const uint32_t *x = code->x;
    if (code->n != CODE_FIELDS || !code_names_exist(x) || x[10] >= STEP_COUNT)
        return false;
    if (x[11] != 0 && x[11] != (uint32_t)h->shape.n_layers)
        return false;
    if (formats->n != 3 * (int)x[11])
        return false;
    h->code = code_of(x);
    h->code.bucket = (int)x[9];
    h->code.step = (enum step)x[10];
    h->code.n_formats = (int)x[11];
    for (int l = 0; l < h->code.n_formats; l++)
        h->code.formats[l] =
            (struct layer_format){(int)formats->x[3 * l], (int)formats->x[3 * l + 1], (int)formats->x[3 * l + 2]};
    return code_makes_sense(&h->code);
}

/* Where training does not choose, a layer's code is what the whole code says. */
static bool read_layers(const struct section *s, struct pack_header *h)
{
    const int n_layers = h->shape.n_layers;
    struct code chosen = h->code;
    if (s->n != 4 * n_layers)
        return false;
    chosen.n_formats = n_layers;
    for (int l = 0; l < n_layers; l++) {
        const uint32_t *x = s->x + 4 * l;
        const struct layer_shape *shape = &h->shape.layers[l];
        chosen.formats[l] = (struct layer_format){(int)x[0], (int)x[1], (int)x[2]};
        h->layers[l] = (struct pack_layer){code_of_layer(&chosen, l), x[3]};
        struct code canonical = h->layers[l].code;
        const struct code given = code_of_layer(&h->code, l);
        code_canonical(&canonical);
        if (memcmp(&canonical, &h->layers[l].code, sizeof canonical) != 0 ||
            (h->code.step == STEP_FIXED && memcmp(&given, &canonical, sizeof canonical) != 0))
            return false;
        if (h->code.scheme == SCHEME_FLOAT ? x[3] != 0 : x[3] < 1 || x[3] > (uint64_t)shape->O * (uint64_t)shape->I)
            return false;
    }
    return h->code.step == STEP_FIXED || code_check(&chosen, NULL) == STATUS_OK;
}

bool pack_header_read(const uint8_t *bytes, size_t n_bytes, struct pack_header *h, size_t *used)
{
    struct section s[SECTION_END] = {0};
    memset(h, 0, sizeof *h);
    if (n_bytes < VERSION_BYTES || memcmp(bytes, magic, sizeof magic) != 0)
        return false;
    if (bytes[sizeof magic] == 1)
        return read_version_1(bytes, n_bytes, h, used);
    if (bytes[sizeof magic] != VERSION || !read_sections(bytes, n_bytes, s, used) ||
        !read_network(&s[SECTION_NETWORK], h) || !read_code(s, h) || !read_layers(&s[SECTION_LAYERS], h) ||
        n_bytes - *used < 8)
        return false;
    h->payload_bytes = get_unsigned(bytes + *used, 8);
    *used += 8;
    return h->payload_bytes == payload_bytes(h);
}
