#include "models/nn/io/safetensors.h"

#include "base/output.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The format allows headers of 100 MB, which take twenty times as much memory as JSON. The 4096 tensors of the longest
 * chain of layers have some 400 kB. */
enum { LENGTH_BYTES = 8, ALIGNMENT = 8, FORMAT_HEADER_BYTES = 100000000, MAX_HEADER_BYTES = 4 << 20 };

/* One file being read. */
struct parse {
    const char *file;
    const uint8_t *data; /* what offsets count from */
    size_t n_data;
    struct errmsg *e;
};

static enum status wrong(const struct parse *p, const char *tensor, const char *what)
{
    return fail(p->e, STATUS_INPUT, "%s: tensor `%.100s`: %s; write the file again with safetensors' save_file",
                p->file, tensor, what);
}

/* A whole number from 0 on. */
static bool read_size(const json_t *value, size_t *size)
{
    if (!json_is_integer(value) || json_integer_value(value) < 0)
        return false;
    *size = (size_t)json_integer_value(value);
    return true;
}

static enum status read_dtype(const struct parse *p, const char *name, const json_t *value, enum dtype *t)
{
    const char *word = json_string_value(value);
    if (word == NULL)
        return wrong(p, name, "its dtype is missing");
    for (int k = 0; k < DTYPE_COUNT; k++)
        if (strcmp(word, dtype_name((enum dtype)k)) == 0) {
            *t = (enum dtype)k;
            return STATUS_OK;
        }
    return fail(p->e, STATUS_INPUT,
                "%s: tensor `%.100s`: numbers of type `%.20s`; F32, F16, BF16, F64, BOOL and whole numbers can be read: "
                "convert with .float()",
                p->file, name, word);
}

static enum status read_tensor(const struct parse *p, const char *name, const json_t *value, struct named_array *out)
{
    const json_t *shape = json_object_get(value, "shape"), *offsets = json_object_get(value, "data_offsets");
    struct array_view *a = &out->array;
    size_t begin, end, bytes;
    char text[192];
    if (!json_is_object(value))
        return wrong(p, name, "its entry is not an object");
    const enum status s = read_dtype(p, name, json_object_get(value, "dtype"), &a->dtype);
    if (s != STATUS_OK)
        return s;
    if (!json_is_array(shape) || json_array_size(shape) > ARRAY_MAX_DIMENSIONS)
        return wrong(p, name, "its shape is missing or has more than 8 dimensions");
    a->n_dimensions = (int)json_array_size(shape);
    for (int k = 0; k < a->n_dimensions; k++)
        if (!read_size(json_array_get(shape, (size_t)k), &a->shape[k]))
            return wrong(p, name, "a size of its shape is not a whole number");
    if (json_array_size(offsets) != 2 || !read_size(json_array_get(offsets, 0), &begin) ||
        !read_size(json_array_get(offsets, 1), &end) || begin > end)
        return wrong(p, name, "its data_offsets are not two rising whole numbers");
    if (end > p->n_data)
        return fail(
            p->e, STATUS_INPUT,
            "%s: tensor `%.100s`: its data ends at byte %zu after the header, but the file has %zu there; it is "
            "cut off: copy it again",
            p->file, name, end, p->n_data);
    array_shape_text(a->n_dimensions, a->shape, text, sizeof text);
    if (!array_size(a->dtype, a->n_dimensions, a->shape, &a->count, &bytes) || bytes != end - begin)
        return fail(p->e, STATUS_INPUT,
                    "%s: tensor `%.100s`: its data_offsets give it %zu bytes, which is not what %s of type %s take; "
                    "write the file again with safetensors' save_file",
                    p->file, name, end - begin, text, dtype_name(a->dtype));
    a->data = p->data + begin;
    out->place = begin;
    out->name = strdup(name);
    return out->name != NULL ? STATUS_OK : fail(p->e, STATUS_ENVIRONMENT, "%s: out of memory", p->file);
}

static int compare_places(const void *a, const void *b)
{
    const struct array_view *x = a, *y = b;
    const uint8_t *x_end = x->data + x->count * (size_t)dtype_bytes(x->dtype),
                  *y_end = y->data + y->count * (size_t)dtype_bytes(y->dtype);
    if (x->data != y->data)
        return x->data < y->data ? -1 : 1;
    return x_end < y_end ? -1 : x_end > y_end;
}

/* The tensors, one after the other, are the whole of the data. */
static enum status check_cover(const struct parse *p, const struct safetensors *s)
{
    const size_t n = (size_t)s->n;
    const uint8_t *at = p->data;
    const char *what = NULL;
    struct array_view *place = malloc((n + 1) * sizeof *place);
    if (place == NULL)
        return fail(p->e, STATUS_ENVIRONMENT, "%s: out of memory", p->file);
    for (size_t k = 0; k < n; k++)
        place[k] = s->tensors[k].array;
    qsort(place, n, sizeof *place, compare_places);
    for (size_t k = 0; k < n && what == NULL; k++) {
        if (place[k].data != at)
            what = place[k].data < at ? "two tensors overlap" : "bytes that belong to no tensor";
        else
            at += place[k].count * (size_t)dtype_bytes(place[k].dtype);
    }
    if (what == NULL && at != p->data + p->n_data)
        what = "bytes that belong to no tensor";
    free(place);
    if (what == NULL)
        return STATUS_OK;
    return fail(p->e, STATUS_INPUT,
                "%s: byte %zu after the header: %s here; write the file again with safetensors' save_file", p->file,
                (size_t)(at - p->data), what);
}

/* __metadata__ is an object of texts; what else it holds is nobody's. */
static enum status read_notes(const struct parse *p, json_t *value, struct safetensors *out)
{
    const char *key;
    json_t *text;
    const size_t n = json_object_size(value);
    out->notes = calloc(n + 1, sizeof *out->notes);
    if (out->notes == NULL)
        return fail(p->e, STATUS_ENVIRONMENT, "%s: out of memory", p->file);
    json_object_foreach(value, key, text)
    {
        if (!json_is_string(text))
            continue;
        struct safetensors_note *x = &out->notes[out->n_notes++];
        x->key = strdup(key);
        x->value = strdup(json_string_value(text));
        if (x->key == NULL || x->value == NULL)
            return fail(p->e, STATUS_ENVIRONMENT, "%s: out of memory", p->file);
    }
    return STATUS_OK;
}

static enum status read_entries(const struct parse *p, json_t *header, struct safetensors *out)
{
    const char *name;
    json_t *value;
    const size_t n = json_object_size(header);
    out->tensors = calloc(n + 1, sizeof *out->tensors);
    if (out->tensors == NULL)
        return fail(p->e, STATUS_ENVIRONMENT, "%s: out of memory", p->file);
    json_object_foreach(header, name, value)
    {
        const bool notes = strcmp(name, "__metadata__") == 0;
        const enum status s =
            notes ? read_notes(p, value, out) : read_tensor(p, name, value, &out->tensors[out->n]);
        if (s != STATUS_OK)
            return s;
        out->n += !notes;
    }
    return check_cover(p, out);
}

enum status safetensors_parse(const uint8_t *bytes, size_t n_bytes, const char *file, struct safetensors *out,
                              struct errmsg *e)
{
    struct parse p = {.file = file, .e = e};
    uint64_t length = 0;
    json_error_t error;
    *out = (struct safetensors){0};

    if (n_bytes < LENGTH_BYTES)
        return fail(e, STATUS_INPUT, "%s: byte offset %zu: the file ends inside its first 8 bytes, the header's length",
                    file, n_bytes);
    for (int k = LENGTH_BYTES - 1; k >= 0; k--)
        length = length << 8 | bytes[k];
    if (length > MAX_HEADER_BYTES && length <= FORMAT_HEADER_BYTES && length <= n_bytes - LENGTH_BYTES)
        return fail(e, STATUS_INPUT,
                    "%s: a header of %llu bytes; at most %d are read: save the tensors of the layers alone, without "
                    "much metadata",
                    file, (unsigned long long)length, MAX_HEADER_BYTES);
    if (length > MAX_HEADER_BYTES || length > n_bytes - LENGTH_BYTES)
        return fail(e, STATUS_INPUT,
                    "%s: byte offset 0: a header of %llu bytes in a file of %zu; this is not a safetensors file, or it "
                    "is cut off",
                    file, (unsigned long long)length, n_bytes);
    if (length == 0 || bytes[LENGTH_BYTES] != '{')
        return fail(e, STATUS_INPUT, "%s: byte offset 8: a safetensors header starts with `{`", file);
    p.data = bytes + LENGTH_BYTES + (size_t)length;
    p.n_data = n_bytes - LENGTH_BYTES - (size_t)length;
    json_t *header = json_loadb((const char *)bytes + LENGTH_BYTES, (size_t)length, JSON_REJECT_DUPLICATES, &error);
    if (header == NULL) {
        if (json_error_code(&error) == json_error_out_of_memory)
            return fail(e, STATUS_ENVIRONMENT, "%s: out of memory", file);
        return fail(e, STATUS_INPUT, "%s: byte offset %zu: the header is not good JSON: %s", file,
                    LENGTH_BYTES + (size_t)(error.position > 0 ? error.position : 0), error.text);
    }
    const enum status s = read_entries(&p, header, out);
    json_decref(header);
    return s;
}

void safetensors_free(struct safetensors *s)
{
    for (int k = 0; k < s->n; k++)
        free(s->tensors[k].name);
    for (int k = 0; k < s->n_notes; k++) {
        free(s->notes[k].key);
        free(s->notes[k].value);
    }
    free(s->notes);
    free(s->tensors);
    *s = (struct safetensors){0};
}

static bool write_floats(FILE *f, const float *x, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint32_t bits;
        memcpy(&bits, &x[i], sizeof bits);
        const uint8_t le[] = {(uint8_t)bits, (uint8_t)(bits >> 8), (uint8_t)(bits >> 16), (uint8_t)(bits >> 24)};
        if (fwrite(le, sizeof le, 1, f) != 1)
            return false;
    }
    return true;
}

/* The header as JSON text without its padding; the caller's to free, NULL without memory. */
static char *header_of(const struct named_floats *tensors, int n, const struct safetensors_note *notes, int n_notes,
                       size_t *counts)
{
    json_t *header = json_object(), *metadata = json_pack("{s:s}", "format", "pt");
    size_t at = 0;
    bool good = header != NULL && metadata != NULL;
    for (int k = 0; good && k < n_notes; k++)
        good = json_object_set_new(metadata, notes[k].key, json_string(notes[k].value)) == 0;
    good = good && json_object_set(header, "__metadata__", metadata) == 0;
    json_decref(metadata);
    for (int k = 0; good && k < n; k++) {
        size_t bytes;
        json_t *shape = json_array();
        good = shape != NULL && array_size(DTYPE_F32, tensors[k].n_dimensions, tensors[k].shape, &counts[k], &bytes);
        for (int d = 0; good && d < tensors[k].n_dimensions; d++)
            good = json_array_append_new(shape, json_integer((json_int_t)tensors[k].shape[d])) == 0;
        if (!good) {
            json_decref(shape);
            break;
        }
        const size_t end = at + bytes;
        json_t *entry = json_pack("{s:s, s:o, s:[I, I]}", "dtype", "F32", "shape", shape, "data_offsets",
                                  (json_int_t)at, (json_int_t)end);
        good = json_object_set_new(header, tensors[k].name, entry) == 0;
        at = end;
    }
    char *text = good ? json_dumps(header, JSON_COMPACT) : NULL;
    json_decref(header);
    return text;
}

enum status safetensors_write(const char *path, const struct named_floats *tensors, int n,
                              const struct safetensors_note *notes, int n_notes, struct errmsg *e)
{
    enum status s = STATUS_OK;
    size_t *counts = calloc((size_t)n + 1, sizeof *counts);
    char *text = counts != NULL ? header_of(tensors, n, notes, n_notes, counts) : NULL;
    struct output o = {.f = NULL};
    if (text == NULL) {
        s = fail(e, STATUS_ENVIRONMENT, "%s: out of memory", path);
        goto done;
    }
    s = output_open(&o, path, e);
    if (s != STATUS_OK || o.f == NULL)
        goto done;
    const size_t used = strlen(text), length = (used + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    for (int k = 0; k < LENGTH_BYTES; k++)
        fputc((int)((uint64_t)length >> 8 * k & 255), o.f);
    fputs(text, o.f);
    for (size_t k = used; k < length; k++)
        fputc(' ', o.f);
    bool good = !ferror(o.f);
    for (int k = 0; good && k < n; k++)
        good = write_floats(o.f, tensors[k].x, counts[k]);
    s = output_close(&o, STATUS_OK, e); /* it knows of failed writes */
done:
    free(counts);
    free(text);
    return s;
}
