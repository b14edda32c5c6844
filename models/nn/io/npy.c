#include "models/nn/io/npy.h"

#include "base/output.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static const uint8_t magic[] = {0x93, 'N', 'U', 'M', 'P', 'Y'};
enum { VERSION_BYTES = 2, PREFIX_1 = 10, PREFIX_2 = 12, ALIGNMENT = 64 };

/* The dictionary, read from front to back; at never passes end. */
struct reader {
    const uint8_t *begin, *at, *end; /* of the file, of what is unread, of the dictionary */
    const char *file;
    struct errmsg *e;
};

/* What the dictionary says. */
struct header {
    bool has_descr, has_order, has_shape, fortran;
    struct array_view array;
};

static enum status wrong(const struct reader *r, const char *expected)
{
    return fail(r->e, STATUS_INPUT,
                "%s: byte offset %zu: the header of an .npy file has %s here; write the file again with numpy.save",
                r->file, (size_t)(r->at - r->begin), expected);
}

static void skip_space(struct reader *r)
{
    while (r->at < r->end && isspace(*r->at))
        r->at++;
}

/* Takes c, if it is next. */
static bool take(struct reader *r, char c)
{
    skip_space(r);
    if (r->at == r->end || *r->at != (uint8_t)c)
        return false;
    r->at++;
    return true;
}

/* A quoted word without escapes into word. */
static enum status read_string(struct reader *r, char *word, size_t word_bytes)
{
    skip_space(r);
    const char quote = r->at < r->end && *r->at == '"' ? '"' : '\'';
    size_t n = 0;
    if (!take(r, quote))
        return wrong(r, "a quoted word");
    while (r->at < r->end && *r->at != (uint8_t)quote && *r->at != '\\' && n + 1 < word_bytes)
        word[n++] = (char)*r->at++;
    word[n] = '\0';
    return take(r, quote) ? STATUS_OK : wrong(r, "the end of a short word");
}

static enum status read_descr(struct reader *r, struct header *h)
{
    static const struct {
        const char *name;
        enum dtype dtype;
    } known[] = {{"b1", DTYPE_BOOL}, {"u1", DTYPE_U8},  {"i1", DTYPE_I8},  {"u2", DTYPE_U16},
                 {"i2", DTYPE_I16},  {"u4", DTYPE_U32}, {"i4", DTYPE_I32}, {"u8", DTYPE_U64},
                 {"i8", DTYPE_I64},  {"f2", DTYPE_F16}, {"f4", DTYPE_F32}, {"f8", DTYPE_F64}};
    char word[32] = "";
    skip_space(r);
    const size_t offset = (size_t)(r->at - r->begin);
    if (r->at < r->end && *r->at == '[')
        return fail(r->e, STATUS_INPUT,
                    "%s: byte offset %zu: an array of records; save each field as an array of its own", r->file,
                    offset);
    const enum status s = read_string(r, word, sizeof word);
    if (s != STATUS_OK)
        return s;
    for (size_t k = 0; k < sizeof known / sizeof *known; k++)
        if (word[0] != '\0' && strchr("<>|=", word[0]) != NULL && strcmp(word + 1, known[k].name) == 0) {
            h->array.dtype = known[k].dtype;
            h->array.big_endian = word[0] == '>';
            h->has_descr = true;
            return STATUS_OK;
        }
    return fail(r->e, STATUS_INPUT,
                "%s: byte offset %zu: numbers of type `%s`; b1, u1 to u8, i1 to i8, f2, f4 and f8 can be read: convert with "
                "x.astype('float32')",
                r->file, offset, word);
}

static enum status read_order(struct reader *r, struct header *h)
{
    skip_space(r);
    const size_t left = (size_t)(r->end - r->at);
    if (left >= 4 && memcmp(r->at, "True", 4) == 0) {
        h->fortran = true;
        r->at += 4;
    } else if (left >= 5 && memcmp(r->at, "False", 5) == 0) {
        r->at += 5;
    } else {
        return wrong(r, "True or False");
    }
    h->has_order = true;
    return STATUS_OK;
}

static enum status read_shape(struct reader *r, struct header *h)
{
    struct array_view *a = &h->array;
    if (!take(r, '('))
        return wrong(r, "a shape in parentheses");
    while (!take(r, ')')) {
        size_t n = 0;
        if (a->n_dimensions == ARRAY_MAX_DIMENSIONS)
            return fail(r->e, STATUS_INPUT, "%s: byte offset %zu: more than %d dimensions; reshape the array", r->file,
                        (size_t)(r->at - r->begin), ARRAY_MAX_DIMENSIONS);
        skip_space(r);
        if (r->at == r->end || !isdigit(*r->at))
            return wrong(r, "a size or `)`");
        for (; r->at < r->end && isdigit(*r->at); r->at++)
            if (__builtin_mul_overflow(n, (size_t)10, &n) || __builtin_add_overflow(n, (size_t)(*r->at - '0'), &n))
                return wrong(r, "a size that fits 64 bits");
        take(r, 'L'); /* as Python 2 wrote it */
        a->shape[a->n_dimensions++] = n;
        if (!take(r, ',') && (skip_space(r), r->at == r->end || *r->at != ')'))
            return wrong(r, "`,` or `)`");
    }
    h->has_shape = true;
    return STATUS_OK;
}

static enum status read_pair(struct reader *r, struct header *h)
{
    char key[32];
    enum status s = read_string(r, key, sizeof key);
    if (s != STATUS_OK)
        return s;
    if (!take(r, ':'))
        return wrong(r, "`:`");
    if (strcmp(key, "descr") == 0 && !h->has_descr)
        return read_descr(r, h);
    if (strcmp(key, "fortran_order") == 0 && !h->has_order)
        return read_order(r, h);
    if (strcmp(key, "shape") == 0 && !h->has_shape)
        return read_shape(r, h);
    return wrong(r, "the keys descr, fortran_order and shape, each once, and no other before what is");
}

static enum status read_dictionary(struct reader *r, struct header *h)
{
    if (!take(r, '{'))
        return wrong(r, "a dictionary");
    while (!take(r, '}')) {
        const enum status s = read_pair(r, h);
        if (s != STATUS_OK)
            return s;
        if (!take(r, ',') && (skip_space(r), r->at == r->end || *r->at != '}'))
            return wrong(r, "`,` or `}`");
    }
    skip_space(r);
    if (r->at != r->end)
        return wrong(r, "nothing more than spaces");
    if (!h->has_descr || !h->has_order || !h->has_shape)
        return wrong(r, "the keys descr, fortran_order and shape before what is");
    return STATUS_OK;
}

/* Where the dictionary begins and ends. */
static enum status find_dictionary(struct reader *r, size_t n_bytes)
{
    const uint8_t *b = r->begin;
    if (n_bytes < sizeof magic || memcmp(b, magic, sizeof magic) != 0)
        return fail(r->e, STATUS_INPUT, "%s: byte offset 0: this is not an .npy file; write one with numpy.save",
                    r->file);
    if (n_bytes < PREFIX_1)
        return fail(r->e, STATUS_INPUT, "%s: byte offset %zu: the file ends inside its header; copy it again", r->file,
                    n_bytes);
    const int major = b[sizeof magic], minor = b[sizeof magic + 1];
    if (major < 1 || major > 3 || minor != 0)
        return fail(r->e, STATUS_INPUT, "%s: byte offset %zu: version %d.%d of .npy; 1.0, 2.0 and 3.0 can be read",
                    r->file, sizeof magic, major, minor);
    const size_t prefix = major == 1 ? PREFIX_1 : PREFIX_2;
    size_t length = 0;
    if (n_bytes >= prefix)
        for (size_t k = prefix; k > sizeof magic + VERSION_BYTES; k--)
            length = length << 8 | b[k - 1];
    if (n_bytes < prefix || n_bytes - prefix < length)
        return fail(r->e, STATUS_INPUT,
                    "%s: byte offset %zu: the file ends inside its header of %zu bytes; copy it again", r->file,
                    n_bytes, prefix + length);
    r->at = b + prefix;
    r->end = r->at + length;
    return STATUS_OK;
}

enum status npy_parse(const uint8_t *bytes, size_t n_bytes, const char *file, struct array_view *out, struct errmsg *e)
{
    struct reader r = {.begin = bytes, .at = bytes, .end = bytes, .file = file, .e = e};
    struct header h = {0};
    struct array_view *a = &h.array;
    size_t expected;
    char text[192];
    enum status s = find_dictionary(&r, n_bytes);
    if (s != STATUS_OK || (s = read_dictionary(&r, &h)) != STATUS_OK)
        return s;
    a->fortran = h.fortran && a->n_dimensions > 1;
    array_shape_text(a->n_dimensions, a->shape, text, sizeof text);
    const size_t header = (size_t)(r.end - bytes), left = n_bytes - header;
    if (!array_size(a->dtype, a->n_dimensions, a->shape, &a->count, &expected))
        return fail(e, STATUS_INPUT, "%s: byte offset %zu: a shape of %s is more than memory can hold", file, header,
                    text);
    if (left < expected)
        return fail(e, STATUS_INPUT,
                    "%s: byte offset %zu: the file ends here; a shape of %s takes %zu bytes after the header, and %zu "
                    "are there: copy it again",
                    file, n_bytes, text, expected, left);
    if (left > expected)
        return fail(e, STATUS_INPUT, "%s: byte offset %zu: %zu bytes more than a shape of %s takes; one array a file",
                    file, header + expected, left - expected, text);
    a->data = bytes + header;
    *out = *a;
    return STATUS_OK;
}

enum status npy_write(const char *path, const float *x, int n_dimensions, const size_t *shape, struct errmsg *e)
{
    char header[512] = "";
    size_t count, bytes, used;
    if (n_dimensions > ARRAY_MAX_DIMENSIONS || !array_size(DTYPE_F32, n_dimensions, shape, &count, &bytes))
        return fail(e, STATUS_INPUT, "%s: an array of too many dimensions or numbers", path);
    used = (size_t)snprintf(header, sizeof header, "{'descr': '<f4', 'fortran_order': False, 'shape': (");
    for (int k = 0; k < n_dimensions; k++)
        used += (size_t)snprintf(header + used, sizeof header - used, k == 0 ? "%zu" : ", %zu", shape[k]);
    used += (size_t)snprintf(header + used, sizeof header - used, n_dimensions == 1 ? ",), }" : "), }");
    const size_t length = (PREFIX_1 + used + ALIGNMENT) / ALIGNMENT * ALIGNMENT - PREFIX_1; /* and its line feed */
    memset(header + used, ' ', length - used);
    header[length - 1] = '\n';

    struct output o;
    const enum status s = output_open(&o, path, e);
    if (s != STATUS_OK || o.f == NULL)
        return s;
    const uint8_t prefix[] = {1, 0, (uint8_t)length, (uint8_t)(length >> 8)};
    bool good = fwrite(magic, sizeof magic, 1, o.f) == 1 && fwrite(prefix, sizeof prefix, 1, o.f) == 1 &&
                fwrite(header, length, 1, o.f) == 1;
    for (size_t i = 0; good && i < count; i++) {
        uint32_t bits;
        memcpy(&bits, &x[i], sizeof bits);
        const uint8_t le[] = {(uint8_t)bits, (uint8_t)(bits >> 8), (uint8_t)(bits >> 16), (uint8_t)(bits >> 24)};
        good = fwrite(le, sizeof le, 1, o.f) == 1;
    }
    return output_close(&o, STATUS_OK, e); /* it knows of failed writes */
}
