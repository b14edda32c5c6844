/* Networks of linear layers by their sizes, as most tests want them. */
#pragma once

#include "models/fpga/design/accelerator.h"
#include "models/nn/train/train.h"

static inline enum status chain_new(struct network **out, const int *sizes, int n_layers, const struct code *code,
                                    uint64_t seed, struct errmsg *e)
{
    struct topology shape;
    return network_new(out, topology_chain(sizes, n_layers, &shape), code, seed, e);
}

static inline enum status chain_train(const struct dataset *data, const int *sizes, int n_layers,
                                      const struct code *code, const struct train_config *config, uint64_t seed,
                                      int (*on_epoch)(void *context, const struct epoch_metrics *m), void *context,
                                      struct network **net, struct train_result *result, struct errmsg *e)
{
    struct topology shape;
    const struct train_request q = {.data = data,
                                    .shape = topology_chain(sizes, n_layers, &shape),
                                    .code = code,
                                    .config = config,
                                    .seed = seed,
                                    .on_epoch = on_epoch,
                                    .context = context};
    return train_run(&q, net, result, e);
}

static inline int64_t chain_storage_bits(const struct code *code, const int *sizes, int n_layers)
{
    struct topology shape;
    return network_storage_bits(code, topology_chain(sizes, n_layers, &shape));
}

static inline enum status chain_accelerator(const int *sizes, int n_layers, const struct code *code,
                                            const struct accelerator_wish *wish, int bram36, struct accelerator *out,
                                            struct errmsg *e)
{
    struct topology shape;
    return accelerator_of(topology_chain(sizes, n_layers, &shape), code, wish, bram36, out, e);
}
