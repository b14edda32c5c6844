/* The contents of the accelerator's memories as $readmemh reads them. */
#include "models/fpga/design/accelerator.h"
#include "base/file.h"
#include "base/rng.h"

#include <stdlib.h>
#include <string.h>

enum { CELL_BITS = 64, PATH_BYTES = 4096 };

/* A word is an array of cells, the lowest bits first. */
static void put_field(uint64_t *word, int at, int width, uint64_t value)
{
    value &= (UINT64_C(1) << width) - 1;
    const int offset = at % CELL_BITS;
    word[at / CELL_BITS] |= value << offset;
    if (offset > 0 && offset + width > CELL_BITS)
        word[at / CELL_BITS + 1] |= value >> (CELL_BITS - offset);
}

/* Bits at..at+3 of a word that ends at end. */
static unsigned digit(const uint64_t *word, int at, int end)
{
    unsigned value = 0;
    for (int i = at; i < at + 4 && i < end; i++)
        value |= (unsigned)(word[i / CELL_BITS] >> (i % CELL_BITS) & 1) << (i - at);
    return value;
}

/* Bits first..end-1 as a line of hexadecimal digits; failures show in close_file. */
static void write_word(FILE *f, const uint64_t *word, int first, int end)
{
    for (int at = first + (end - first - 1) / 4 * 4; at >= first; at -= 4)
        putc("0123456789abcdef"[digit(word, at, end)], f);
    putc('\n', f);
}

static enum status open_file(const char *folder, const char *name, FILE **f, struct errmsg *e)
{
    char path[PATH_BYTES];
    *f = NULL;
    if ((size_t)snprintf(path, sizeof path, "%s/%s", folder, name) >= sizeof path)
        return fail(e, STATUS_ENVIRONMENT, "the path of a memory file is too long: %s", folder);
    return file_new(path, f, e);
}

/* Closes *f, if it is open. */
static enum status close_file(const char *folder, FILE **f, struct errmsg *e)
{
    FILE *file = *f;
    *f = NULL;
    if (file == NULL)
        return STATUS_OK;
    const bool good = !ferror(file);
    if (fclose(file) == 0 && good)
        return STATUS_OK;
    return fail_errno(e, STATUS_ENVIRONMENT, "%s: a memory file could not be written to its end", folder);
}

/* What the words are made from: a network's numbers, or random ones. */
struct source {
    const struct accelerator *a;
    const struct integer_network *n; /* NULL: random */
    struct rng rng;
};

/* The bits of the code of input i of neuron o, as lane `lane` has them stored. */
static uint64_t stored_code(struct source *s, int l, int o, int i, int lane)
{
    const struct accelerator *a = s->a;
    uint64_t code;
    if (s->n != NULL)
        code = (uint64_t)(int64_t)s->n->layers[l].code[(size_t)o * (size_t)a->sizes[l] + (size_t)i];
    else
        code = a->consecutive && i == 0 ? 0 : rng_next(&s->rng);
    const bool shared = accelerator_paired(a) && lane < a->dsp_lanes;
    return shared && lane % 2 == 0 ? code ^ UINT64_C(1) << (a->D - 1) : code;
}

static enum status write_weights(struct source *s, const char *folder, struct errmsg *e)
{
    const struct accelerator *a = s->a;
    const int width = a->P * a->D, cells = width / CELL_BITS + 1;
    int depth[ACCELERATOR_MAX_CHUNKS], chunk = -1, left = 0;
    FILE *block = NULL, *lut = NULL;
    enum status st = STATUS_OK, closed;
    uint64_t *word = malloc((size_t)cells * sizeof *word);
    if (word == NULL) {
        st = fail(e, STATUS_ENVIRONMENT, "out of memory for a weight word of %d bits", width);
        goto done;
    }
    accelerator_chunks(a, depth);
    if (a->block_bits < width && (st = open_file(folder, "weights_l.hex", &lut, e)) != STATUS_OK)
        goto done;
    for (int l = 0; l < a->n_layers; l++)
        for (int first = 0; first < a->sizes[l + 1]; first += a->P)
            for (int i = 0; i < a->sizes[l]; i++, left--) {
                memset(word, 0, (size_t)cells * sizeof *word);
                for (int lane = 0; lane < a->P && first + lane < a->sizes[l + 1]; lane++)
                    put_field(word, lane * a->D, a->D, stored_code(s, l, first + lane, i, lane));
                if (a->block_bits > 0 && left == 0) {
                    char name[32];
                    snprintf(name, sizeof name, "weights_b%d.hex", ++chunk);
                    left = depth[chunk];
                    if ((st = close_file(folder, &block, e)) != STATUS_OK ||
                        (st = open_file(folder, name, &block, e)) != STATUS_OK)
                        goto done;
                }
                if (block != NULL)
                    write_word(block, word, 0, a->block_bits);
                if (lut != NULL)
                    write_word(lut, word, a->block_bits, width);
            }
done:
    closed = close_file(folder, &block, st == STATUS_OK ? e : NULL);
    st = st == STATUS_OK ? closed : st;
    closed = close_file(folder, &lut, st == STATUS_OK ? e : NULL);
    free(word);
    return st == STATUS_OK ? closed : st;
}

static enum status write_neurons(struct source *s, const char *folder, struct errmsg *e)
{
    const struct accelerator *a = s->a;
    FILE *f;
    const enum status st = open_file(folder, "neurons.hex", &f, e);
    if (st != STATUS_OK)
        return st;
    for (int l = 0; l < a->n_layers; l++)
        for (int o = 0; o < a->sizes[l + 1]; o++) {
            uint64_t fields[5] = {rng_next(&s->rng), rng_next(&s->rng), rng_next(&s->rng), rng_next(&s->rng)};
            if (a->shift_bits > 0)
                fields[4] = rng_next(&s->rng);
            if (s->n != NULL) {
                const struct integer_layer *layer = &s->n->layers[l];
                const struct requantise *q = &layer->q[o];
                fields[0] = (uint64_t)(int64_t)layer->reference[o];
                fields[1] = (uint64_t)(int64_t)q->multiplier;
                fields[2] = (uint64_t)(int64_t)q->bias;
                fields[3] = (uint64_t)(q->shift - REQUANTISE_LEAST_SHIFT);
                fields[4] = (uint64_t)(layer->shift - a->shift);
            }
            if (!a->reference)
                fields[0] = 0;
            const int bits[5] = {a->W, REQUANTISE_MULTIPLIER_BITS, REQUANTISE_BIAS_BITS, REQUANTISE_SHIFT_BITS,
                                 a->shift_bits};
            uint64_t word[3] = {0};
            int at = 0;
            for (int k = 0; k < 5; at += bits[k++])
                put_field(word, at, bits[k], fields[k]);
            write_word(f, word, 0, at);
        }
    return close_file(folder, &f, e);
}

enum status accelerator_write_memories(const struct accelerator *a, const struct integer_network *n, const char *folder,
                                       struct errmsg *e)
{
    struct source s = {.a = a, .n = n};
    if (n != NULL && !accelerator_runs(a, n))
        return fail(e, STATUS_INPUT, "the accelerator is made for a network of another shape or code");
    rng_init(&s.rng, 1, RNG_INIT); /* whatever the seed: a synthesis is to be repeatable */
    const enum status st = write_weights(&s, folder, e);
    return st == STATUS_OK ? write_neurons(&s, folder, e) : st;
}
