/* Runs that are stopped and go on give what runs give that were never stopped, bit for bit; and damaged checkpoints are
 * not used. */
#include "tests/support/folder.h"
#include "models/nn/io/pack.h"
#include "models/nn/train/train.h"
#include "tests/support/toy.h"
#include "tests/support/chain.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include <cmocka.h>

enum { TRAIN = 230, TEST = 60, EPOCHS = 4, RECIPES = 16 };

static char folder[] = "/tmp/checkpoint_XXXXXX", path[64];

static int set_up(void **state)
{
    (void)state;
    if (mkdtemp(folder) == NULL)
        return -1;
    snprintf(path, sizeof path, "%s/run", folder);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    return folder_remove(folder);
}

static struct dataset *images(bool noise)
{
    struct dataset *d = toy_new(test_seed(), TRAIN, TEST, noise);
    d->channels = 1;
    d->height = 4;
    d->width = 6;
    return d;
}

struct stop {
    int after; /* epochs of one go; 0: never */
    int seen;
};

static int stop_after(void *context, const struct epoch_metrics *m)
{
    struct stop *s = context;
    (void)m;
    return ++s->seen == s->after;
}

/* What a run gave. */
struct outcome {
    struct network *net;
    struct train_result r;
    int goes, resumed;
};

/* Goes until it is done, each stopped after so many epochs. */
static struct outcome run(struct train_request *q, int after, double seconds)
{
    struct outcome o = {0};
    struct errmsg e = {""};
    enum status s;
    q->checkpoint_seconds = seconds;
    do {
        struct stop stop = {after, 0};
        q->on_epoch = stop_after;
        q->context = &stop;
        s = train_run(q, &o.net, &o.r, &e);
        o.goes++;
        o.resumed += o.r.resumed_epochs > 0;
        if (s == STATUS_INTERRUPTED) {
            assert_string_equal(o.r.note, "");
            train_result_free(&o.r);
        }
        q->context = NULL;
    } while (s == STATUS_INTERRUPTED && o.goes < 100);
    if (s != STATUS_OK)
        fail_msg("status %d: %s", s, e.text);
    return o;
}

static void outcome_free(struct outcome *o)
{
    network_free(o->net);
    train_result_free(&o->r);
}

static bool same_figure(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

static void assert_same_outcome(const struct outcome *a, const struct outcome *b)
{
    uint8_t *x, *y;
    size_t n_x, n_y;
    struct errmsg e;
    assert_int_equal(pack_write(a->net, &x, &n_x, &e), STATUS_OK);
    assert_int_equal(pack_write(b->net, &y, &n_y, &e), STATUS_OK);
    assert_int_equal(n_x, n_y);
    assert_memory_equal(x, y, n_x);
    free(x);
    free(y);
    for (int l = 0; l < a->net->shape.n_layers; l++)
        assert_memory_equal(a->net->layers[l].w, b->net->layers[l].w,
                            sizeof(float) * (size_t)a->net->layers[l].O * (size_t)a->net->layers[l].I);
    assert_int_equal(a->r.n_epochs, b->r.n_epochs);
    assert_int_equal(a->r.best_epoch, b->r.best_epoch);
    for (int i = 0; i < a->r.n_epochs; i++) {
        const struct epoch_metrics *m = &a->r.epochs[i], *n = &b->r.epochs[i];
        assert_true(m->epoch == n->epoch && m->loss == n->loss && m->train_accuracy == n->train_accuracy);
        assert_true(same_figure(m->validation_accuracy, n->validation_accuracy) &&
                    same_figure(m->test_accuracy, n->test_accuracy));
    }
    assert_true(same_figure(a->r.train_accuracy, b->r.train_accuracy) &&
                same_figure(a->r.validation_accuracy, b->r.validation_accuracy) &&
                same_figure(a->r.test_accuracy, b->r.test_accuracy) &&
                same_figure(a->r.deployed_accuracy, b->r.deployed_accuracy));
}

static const struct code deltas = {.scheme = SCHEME_FIXED_REFERENCE,
                                   .reference = REFERENCE_MEAN,
                                   .span = SPAN_ROW,
                                   .rounding = ROUNDING_NEAREST,
                                   .weight_bits = 8,
                                   .frac_bits = 6,
                                   .delta_bits = 4};

static void stopped_runs_give_the_same(void **state)
{
    (void)state;
    static const char *const chain[] = {"24", "12", "4"}, *const image[] = {"4x6", "3c3", "p2", "4"};
    const struct train_config base = {
        .epochs = EPOCHS, .batch = 32, .lr = 0.01, .decay = LR_DECAY_COSINE, .shuffle = true};
    struct dataset *clear = images(false), *noise = images(true);
    int done = 0;
    for (int k = 0; k < RECIPES; k++) {
        struct train_config c = base;
        struct code code = deltas;
        struct topology shape;
        struct errmsg e;
        int wrong;
        const struct dataset *d = clear;
        switch (k) {
        case 0:
            break;
        case 1:
            c.average = 0.9;
            c.weight_decay = 0.1;
            c.warmup = 1.5;
            break;
        case 2: /* the best epoch is an early one */
            c.epochs = 20;
            c.patience = 3;
            c.average = 0.8;
            c.decay = LR_DECAY_NONE;
            d = noise;
            break;
        case 3:
            c.optimiser = OPTIMISER_SGD;
            c.decay = LR_DECAY_LINEAR;
            c.weight_decay = 0.5;
            break;
        case 4:
            c.mode = TRAIN_PAPER;
            c.shuffle = false;
            break;
        case 5:
            c.mirror = true;
            break;
        case 6:
            c.clamp_gradient = CLAMP_GRADIENT_ZERO;
            c.patience = 1;
            break;
        case 7:
            code = (struct code){.scheme = SCHEME_FLOAT};
            c.average = 0.5;
            break;
        case 8:
            code.scheme = SCHEME_CONSECUTIVE;
            code.reference = REFERENCE_FIRST;
            break;
        case 9:
            c.mirror = true;
            c.average = 0.9;
            c.patience = 2;
            break; /* of a convolutional network */
        case 10:
            c.gradients = GRADIENTS_SINGLE;
            break;
        case 11:
            code.rounding = ROUNDING_STOCHASTIC;
            c.patience = 2;
            break;
        case 12:
            code.step = STEP_LEARNED;
            c.average = 0.9;
            c.patience = 2;
            break;
        case 14:
            code.step = STEP_AUTO;
            code.codec = CODEC_TERNARY;
            code.span = SPAN_BUCKET;
            code.bucket = 5;
            code.rounding = ROUNDING_STOCHASTIC;
            break;
        case 13:
            code.reference = REFERENCE_LEARNED;
            code.span = SPAN_BUCKET;
            code.bucket = 5;
            c.average = 0.9;
            c.patience = 2;
            break;
        case 15:
            code.step = STEP_AUTO;
            c.patience = 2;
            c.smoothing = 0.1;
            break;
        }
        code_canonical(&code);
        assert_int_equal(code_check(&code, &e), STATUS_OK);
        done++;
        assert_int_equal(topology_parse(k == 9 ? image : chain, k == 9 ? 4 : 3, &shape, &wrong, &e), STATUS_OK);
        struct train_request q = {.data = d, .shape = &shape, .code = &code, .config = &c, .seed = 5};
        struct outcome whole = run(&q, 0, 0);
        assert_int_equal(whole.goes, 1);
        for (int way = 0; way < 3; way++) { /* stopped after each epoch, after each second one, kept only then */
            q.checkpoint = path;
            struct outcome o = run(&q, way == 0 ? 1 : 2, way == 2 ? 1e9 : 0);
            assert_int_equal(o.resumed, o.goes - 1);
            assert_true(o.goes > 1);
            assert_same_outcome(&whole, &o);
            assert_int_not_equal(access(path, F_OK), 0);
            outcome_free(&o);
        }
        outcome_free(&whole);
    }
    assert_int_equal(done, RECIPES);
    dataset_free(clear);
    dataset_free(noise);
}

static size_t read_file(uint8_t **bytes)
{
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    assert_int_equal(fseek(f, 0, SEEK_END), 0);
    const size_t n = (size_t)ftell(f);
    rewind(f);
    *bytes = malloc(n);
    assert_int_equal(fread(*bytes, 1, n, f), n);
    fclose(f);
    return n;
}

static void write_file(const uint8_t *bytes, size_t n)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
}

/* Codes of layers that no training chooses, behind a good checksum: the fields of every code, with every way in which a
 * place value is found. What shifts by them has to be reached by none. */
static void damaged_codes_are_not_used(void **state)
{
    (void)state;
    static const int sizes[] = {TOY_FEATURES, 6, TOY_CLASSES};
    static const int32_t wrong[] = {-1, 17, 31, 32, 64, 1 << 20, INT32_MAX, INT32_MIN};
    struct topology shape;
    struct dataset *d = images(false);
    int found = 0;
    for (int trial = 0; trial < STEP_COUNT * 4; trial++) {
        struct code code = deltas;
        code.scheme = (const enum scheme[]){SCHEME_FIXED_POINT, SCHEME_FIXED_REFERENCE, SCHEME_CONSECUTIVE,
                                            SCHEME_CONSECUTIVE_OPEN}[trial % 4];
        code.step = (enum step)(trial / 4);
        code_canonical(&code);
        const struct train_config c = {.epochs = 2, .batch = 64, .lr = 0.01, .patience = 2, .shuffle = true};
        struct stop stop = {1, 0};
        struct train_request q = {.data = d,
                                  .shape = topology_chain(sizes, 2, &shape),
                                  .code = &code,
                                  .config = &c,
                                  .seed = 5,
                                  .checkpoint = path,
                                  .on_epoch = stop_after,
                                  .context = &stop};
        struct network *net;
        struct train_result r;
        struct errmsg e = {""};
        uint8_t *bytes;
        if (code_check(&code, &e) != STATUS_OK)
            continue;
        assert_int_equal(train_run(&q, &net, &r, &e), STATUS_INTERRUPTED);
        train_result_free(&r);
        const size_t n = read_file(&bytes);
        uint8_t *copy = malloc(n);
        assert_non_null(copy);
        /* The code of a layer begins with its scheme, reference, span, codec, rounding and weight_bits. */
        const struct code of = code_of_layer(&code, 0);
        for (size_t at = 0; at + sizeof of < n; at++) {
            if (memcmp(bytes + at, &of, offsetof(struct code, frac_bits)) != 0)
                continue;
            found++;
            for (size_t k = 0; k < offsetof(struct code, formats) / sizeof(int32_t); k++)
                for (size_t w = 0; w < sizeof wrong / sizeof *wrong; w++) {
                    memcpy(copy, bytes, n);
                    memcpy(copy + at + k * sizeof(int32_t), &wrong[w], sizeof wrong[w]);
                    const uint32_t crc = (uint32_t)crc32_z(0, copy, n - 4);
                    memcpy(copy + n - 4, &crc, 4);
                    write_file(copy, n);
                    stop = (struct stop){0, 0};
                    const enum status s = train_run(&q, &net, &r, &e);
                    assert_true(s == STATUS_OK || s == STATUS_VERDICT);
                    if (strstr(r.note, "holds what no run can be in") == NULL)
                        fail_msg("field %zu, %d: note \"%s\"", k, (int)wrong[w], r.note);
                    network_free(net);
                    train_result_free(&r);
                }
            break;
        }
        free(copy);
        free(bytes);
        unlink(path);
    }
    assert_true(found >= 8);
    dataset_free(d);
}

static void damaged_checkpoints_are_not_used(void **state)
{
    (void)state;
    static const int sizes[] = {TOY_FEATURES, 6, TOY_CLASSES};
    const struct train_config c = {
        .epochs = 2, .batch = 64, .lr = 0.01, .average = 0.9, .patience = 2, .shuffle = true};
    struct topology shape;
    struct dataset *d = images(false);
    struct train_request q = {.data = d,
                              .shape = topology_chain(sizes, 2, &shape),
                              .code = &deltas,
                              .config = &c,
                              .seed = 5,
                              .checkpoint = path};
    struct train_request other = q;
    struct network *net;
    struct train_result r;
    struct errmsg e = {""};
    struct stop stop = {1, 0};
    uint8_t *bytes;
    struct outcome whole = run(&q, 0, 0);
    q.on_epoch = stop_after;
    q.context = &stop;
    assert_int_equal(train_run(&q, &net, &r, &e), STATUS_INTERRUPTED);
    train_result_free(&r);
    const size_t n = read_file(&bytes);
    uint8_t *copy = malloc(n);
    for (size_t at = 0; at < n; at += 97)
        for (int cut = 0; cut < 2; cut++) {
            memcpy(copy, bytes, n);
            copy[at] ^= 0x41;
            write_file(copy, cut ? at : n);
            struct outcome o = run(&q, 0, 1e9);
            if (o.resumed != 0 || strstr(o.r.note, "begins anew") == NULL)
                fail_msg("byte %zu: note \"%s\"", at, o.r.note);
            assert_same_outcome(&whole, &o);
            outcome_free(&o);
        }
    /* Whoever repairs the checksum gets what he wrote, or nothing; but no crash. */
    struct rng rng;
    rng_init(&rng, 5, RNG_TEST);
    for (int trial = 0; trial < 300; trial++) {
        memcpy(copy, bytes, n);
        copy[rng_below(&rng, trial % 2 ? n : 200)] ^= (uint8_t)(1 + rng_below(&rng, 255));
        const uint32_t crc = (uint32_t)crc32_z(0, copy, n - 4);
        memcpy(copy + n - 4, &crc, 4);
        write_file(copy, n);
        stop = (struct stop){0, 0};
        q.context = &stop;
        const enum status s = train_run(&q, &net, &r, &e);
        assert_true(s == STATUS_OK || s == STATUS_VERDICT);
        network_free(net);
        train_result_free(&r);
    }
    /* The whole file is of this run, but of no other. */
    write_file(bytes, n);
    other.seed = 6;
    struct outcome o = run(&other, 0, 1e9);
    assert_int_equal(o.resumed, 0);
    assert_non_null(strstr(o.r.note, "another run"));
    outcome_free(&o);
    write_file(bytes, n);
    o = run(&q, 0, 1e9);
    assert_int_equal(o.r.resumed_epochs, 1);
    assert_string_equal(o.r.note, "");
    assert_same_outcome(&whole, &o);
    outcome_free(&o);
    /* Where nothing can be written, training goes on. */
    q.checkpoint = "/proc/nowhere/run";
    o = run(&q, 0, 0);
    assert_non_null(strstr(o.r.note, "not kept"));
    assert_same_outcome(&whole, &o);
    outcome_free(&o);
    outcome_free(&whole);
    free(copy);
    free(bytes);
    dataset_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stopped_runs_give_the_same),
        cmocka_unit_test(damaged_codes_are_not_used),
        cmocka_unit_test(damaged_checkpoints_are_not_used),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
