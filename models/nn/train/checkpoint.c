/* "DSCHECK1", the digest in hexadecimal and its 0, u64 bytes of the state, the state, u32 CRC-32 of all before. The
 * length of the state is the same for all checkpoints of a run. */
#include "models/nn/train/checkpoint.h"

#include "base/file.h"
#include "base/input.h"
#include "base/output.h"
#include "base/version.h"
#include "models/nn/kernels/blas.h"
#include "models/nn/kernels/product.h"
#include "models/nn/layout/simd.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

static const char magic[8] = {'D', 'S', 'C', 'H', 'E', 'C', 'K', '1'};
enum { HEAD_BYTES = sizeof magic + DIGEST_HEX_BYTES + sizeof(uint64_t), CRC_BYTES = sizeof(uint32_t) };

void checkpoint_digest(const struct train_request *q, char hex[DIGEST_HEX_BYTES])
{
    const struct product_paths paths = product_paths();
    struct digest d;
    digest_init(&d);
    digest_text(&d, "program", version_number);
    digest_text(&d, "revision", version_revision);
    digest_text(&d, "blas", blas_build());
    digest_text(&d, "kernels", blas_cores());
    digest_int(&d, "int8", paths.int8);
    digest_int(&d, "bfloat16", paths.bfloat16);
    digest_text(&d, "data", q->data->digest);
    digest_int(&d, "images", q->data->train.n);
    digest_int(&d, "test images", q->data->test.n);
    digest_bytes(&d, "network", q->shape, sizeof *q->shape);
    digest_bytes(&d, "code", q->code, sizeof *q->code);
#define RECIPE(type, member) digest_real(&d, #member, (double)q->config->member);
#include "models/nn/train/recipe.def"
#undef RECIPE
    digest_int(&d, "seed", (long long)q->seed);
    for (int l = 0; q->start != NULL && l < q->start->shape.n_layers; l++) {
        const struct layer *a = &q->start->layers[l];
        const size_t neurons = sizeof(float) * (size_t)a->O;
        digest_bytes(&d, "start", a->w, (size_t)a->I * neurons);
        digest_bytes(&d, "gamma", a->gamma, neurons);
        digest_bytes(&d, "beta", a->beta, neurons);
        digest_bytes(&d, "mean", a->mean, neurons);
        digest_bytes(&d, "var", a->var, neurons);
    }
    digest_hex(&d, hex);
}

/* One walk over the state counts, writes and reads it. */
struct stream {
    enum { COUNT, WRITE, READ } way;
    uint8_t *at;
    size_t n;
};

static void pass(struct stream *s, void *x, size_t n)
{
    if (s->way == WRITE)
        memcpy(s->at + s->n, x, n);
    else if (s->way == READ)
        memcpy(x, s->at + s->n, n);
    s->n += n;
}

static void pass_floats(struct stream *s, float *x, size_t n)
{
    pass(s, x, n * sizeof *x);
}

static void pass_norm(struct stream *s, struct layer *a)
{
    const size_t O = (size_t)a->O;
    pass(s, &a->code, sizeof a->code);
    pass_floats(s, a->mean, O);
    pass_floats(s, a->var, O);
}

static void pass_best(struct stream *s, struct network *best)
{
    for (int l = 0; l < best->shape.n_layers; l++) {
        struct layer *a = &best->layers[l];
        pass_norm(s, a);
        pass_floats(s, a->w, (size_t)a->O * (size_t)a->I);
        pass_floats(s, a->gamma, (size_t)a->O);
        pass_floats(s, a->beta, (size_t)a->O);
        if (a->reference != NULL)
            pass_floats(s, a->reference, (size_t)a->coded.n_spans);
    }
}

static void pass_state(struct stream *s, struct checkpoint *c)
{
    struct trainer *t = c->t;
    struct train_result *r = c->result;
    struct parameter p[LAYER_PARAMETERS];
    pass(s, &c->seconds, sizeof c->seconds);
    pass(s, &t->steps, sizeof t->steps);
    pass(s, &t->shuffle, sizeof t->shuffle);
    pass(s, t->order, (size_t)t->data->train.n * sizeof *t->order);
    for (int l = 0; l < t->net->shape.n_layers; l++) {
        const int n = trainer_parameters(t, l, p); /* before a code comes in that may be damaged */
        pass_norm(s, &t->net->layers[l]);
        for (int i = 0; i < n; i++) {
            pass_floats(s, *p[i].p, p[i].n);
            pass_floats(s, p[i].x->m, p[i].n);
            pass_floats(s, p[i].x->v, p[i].n);
            if (p[i].x->average != NULL)
                pass_floats(s, p[i].x->average, p[i].n);
        }
    }
    pass(s, &r->n_epochs, sizeof r->n_epochs);
    pass(s, &r->best_epoch, sizeof r->best_epoch);
    pass(s, r->epochs, (size_t)t->config->epochs * sizeof *r->epochs);
    if (c->best != NULL)
        pass_best(s, c->best);
}

static size_t state_bytes(struct checkpoint *c)
{
    struct stream s = {.way = COUNT};
    pass_state(&s, c);
    return s.n;
}

enum status checkpoint_write(const char *path, const char *digest, struct checkpoint *c, struct errmsg *e)
{
    const uint64_t n = state_bytes(c);
    const size_t before_crc = HEAD_BYTES + n, total = before_crc + CRC_BYTES;
    uint8_t *bytes = malloc(total);
    if (bytes == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory for a checkpoint of %zu bytes", total);
    struct stream s = {.way = WRITE, .at = bytes + HEAD_BYTES};
    memcpy(bytes, magic, sizeof magic);
    memcpy(bytes + sizeof magic, digest, DIGEST_HEX_BYTES);
    memcpy(bytes + sizeof magic + DIGEST_HEX_BYTES, &n, sizeof n);
    pass_state(&s, c);
    const uint32_t crc = (uint32_t)crc32_z(0, bytes, before_crc);
    memcpy(bytes + before_crc, &crc, sizeof crc);
    struct output o;
    enum status st = output_private(&o, path, e);
    if (st == STATUS_OK && o.f != NULL) {
        fwrite(bytes, 1, total, o.f); /* what goes wrong shows at the end */
        st = output_close(&o, STATUS_OK, e);
    }
    free(bytes);
    return st;
}

/* Whether what was read can be gone on from: a checksum does not say who wrote it. */
static bool makes_sense(const struct checkpoint *c)
{
    const struct trainer *t = c->t;
    const struct train_result *r = c->result;
    if (t->steps < 0 || t->steps > t->total_steps || r->n_epochs < 1 || r->n_epochs >= t->config->epochs ||
        r->best_epoch < 1 || r->best_epoch > r->n_epochs)
        return false;
    for (int i = 0; i < t->data->train.n; i++)
        if (t->order[i] < 0 || t->order[i] >= t->data->train.n)
            return false;
    return true;
}

/* The code of a layer that was read: that of the run, but for what training chooses. */
static bool codes_make_sense(const struct network *n)
{
    struct code chosen = n->code;
    chosen.n_formats = n->shape.n_layers;
    for (int l = 0; l < n->shape.n_layers; l++) {
        const struct code given = code_of_layer(&n->code, l), *own = &n->layers[l].code;
        chosen.formats[l] = (struct layer_format){own->frac_bits, own->delta_bits, own->delta_offset};
        const struct code same = code_of_layer(&chosen, l);
        struct code canonical = *own;
        if (memcmp(n->code.step == STEP_FIXED ? &given : &same, own, sizeof *own) != 0)
            return false;
        code_canonical(&canonical); /* what the scheme does not use is 0: code_check does not look at it */
        if (memcmp(&canonical, own, sizeof *own) != 0)
            return false;
    }
    return n->code.step == STEP_FIXED || code_check(&chosen, NULL) == STATUS_OK;
}

enum status checkpoint_read(const char *path, const char *digest, struct checkpoint *c, struct errmsg *e)
{
    char *bytes = NULL;
    size_t total = 0;
    uint64_t n = 0;
    uint32_t crc = 0;
    if (access(path, F_OK) != 0)
        return fail_errno(e, errno == ENOENT ? STATUS_MISSING : STATUS_ENVIRONMENT, "cannot read %s", path);
    enum status s = input_read(path, INPUT_CHECKPOINT, &bytes, &total, e);
    if (s != STATUS_OK)
        return s;
    if (total < HEAD_BYTES + CRC_BYTES || memcmp(bytes, magic, sizeof magic) != 0) {
        s = fail(e, STATUS_INPUT, "%s is no checkpoint of this deltasweep, or cut short", path);
        goto done;
    }
    memcpy(&n, bytes + sizeof magic + DIGEST_HEX_BYTES, sizeof n);
    memcpy(&crc, bytes + total - CRC_BYTES, sizeof crc);
    if (n != total - HEAD_BYTES - CRC_BYTES || crc != crc32_z(0, (const uint8_t *)bytes, total - CRC_BYTES)) {
        s = fail(e, STATUS_INPUT, "the checkpoint %s is damaged", path);
        goto done;
    }
    if (memcmp(bytes + sizeof magic, digest, DIGEST_HEX_BYTES) != 0 || n != state_bytes(c)) {
        s = fail(e, STATUS_INPUT, "the checkpoint %s is of another run, program or processor", path);
        goto done;
    }
    struct stream in = {.way = READ, .at = (uint8_t *)bytes + HEAD_BYTES};
    pass_state(&in, c);
    if (!makes_sense(c) || !codes_make_sense(c->t->net) || (c->best != NULL && !codes_make_sense(c->best))) {
        s = fail(e, STATUS_INPUT, "the checkpoint %s holds what no run can be in", path);
        goto done;
    }
    if (c->best != NULL)
        network_encode(c->best);
done:
    free(bytes);
    return s;
}
