/* Checkpoints of trainings, which go on from them. The first byte says of which recipe; the others are the state that
 * the file holds, as far as they go, and are framed here as a whole file: whoever writes one can do so, too. */
#include "base/digest.h"
#include "base/file.h"
#include "models/nn/layout/topology.h"
#include "models/nn/train/train.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/toy.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { HEAD_BYTES = 8 + DIGEST_HEX_BYTES + 8, CRC_BYTES = 4, RECIPES = 2 };

static const struct code codes[RECIPES] = {
    {.scheme = SCHEME_FIXED_REFERENCE, .weight_bits = 8, .frac_bits = 6, .delta_bits = 4},
    {.scheme = SCHEME_CONSECUTIVE, .weight_bits = 8, .frac_bits = 6, .delta_bits = 3, .step = STEP_AUTO}};
static const struct train_config configs[RECIPES] = {
    {.epochs = 2, .batch = 16, .lr = 0.01, .average = 0.9, .patience = 2, .shuffle = true},
    {.epochs = 2, .batch = 16, .lr = 0.01, .shuffle = true}};

static int stop_at_once(void *context, const struct epoch_metrics *m)
{
    (void)context, (void)m;
    return 1;
}

/* A request with the checkpoint that it leaves when it is stopped. */
struct run {
    struct topology shape;
    struct train_request q;
    char path[PATH_MAX];
    uint8_t *file;
    size_t n;
};

static void train(const struct train_request *q)
{
    struct network *net = NULL;
    struct train_result r = {.n_epochs = 0};
    struct errmsg e = {""};
    fuzz_told(train_run(q, &net, &r, &e), &e);
    network_free(net);
    train_result_free(&r);
}

static void prepare(struct run *r, int k)
{
    static const int sizes[] = {TOY_FEATURES, 3, TOY_CLASSES};
    struct errmsg e = {""};
    snprintf(r->path, sizeof r->path, "%s/run-%d", fuzz_folder(), k);
    r->q = (struct train_request){.data = toy_new(1, 40, 8, false),
                                  .shape = topology_chain(sizes, 2, &r->shape),
                                  .code = &codes[k],
                                  .config = &configs[k],
                                  .seed = 1,
                                  .checkpoint = r->path,
                                  .on_epoch = stop_at_once};
    train(&r->q);
    r->q.on_epoch = NULL;
    if (file_read_bytes(r->path, (char **)&r->file, &r->n, &e) != STATUS_OK)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes)
{
    static struct run runs[RECIPES];
    if (n_bytes == 0)
        return 0;
    const int k = bytes[0] % RECIPES;
    struct run *r = &runs[k];
    char name[16];
    if (r->file == NULL)
        prepare(r, k);
    uint8_t *file = malloc(r->n);
    if (file == NULL)
        return 0;
    memcpy(file, r->file, r->n);
    const size_t room = r->n - HEAD_BYTES - CRC_BYTES;
    memcpy(file + HEAD_BYTES, bytes + 1, n_bytes - 1 < room ? n_bytes - 1 : room);
    const uint32_t crc = (uint32_t)crc32_z(0, file, r->n - CRC_BYTES);
    memcpy(file + r->n - CRC_BYTES, &crc, CRC_BYTES);
    snprintf(name, sizeof name, "run-%d", k);
    fuzz_named(name, file, r->n);
    train(&r->q);
    free(file);
    return 0;
}
