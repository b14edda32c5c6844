#include "sim/operator/trained.h"

#include "models/nn/train/evaluator.h"
#include "models/nn/train/train.h"

#include <assert.h>
#include <stdlib.h>

int trained_layer(const struct network *net, int N)
{
    int first = -1;
    for (int l = 0; l < net->shape.n_layers; l++) {
        if (net->shape.layers[l].kernel > 0)
            continue;
        if (net->shape.sizes[l] == N)
            return l;
        first = first < 0 ? l : first;
    }
    return first;
}

/* initial_weight: what the weights from flat index `at` on start from. */
static int32_t initial_weight(const struct code *code, const struct coded_layer *coded, size_t at)
{
    const struct spans cut = code_spans(code, coded->O, coded->I);
    const size_t s = spans_find(cut, at);
    int64_t sum = coded->reference[s];
    if (scheme_is_consecutive(code->scheme))
        for (size_t i = spans_begin(cut, s); i < at; i++)
            sum += (int64_t)coded->delta[i] * (INT64_C(1) << code_delta_shift(code));
    return (int32_t)fixed_saturate(sum, code->weight_bits);
}

enum status vector_set_trained(struct vector_set *s, const struct mac_config *c, const struct network *net,
                               const struct dataset *data, int first, int n, struct errmsg *e)
{
    const int l = trained_layer(net, c->N), N = c->N;
    const struct coded_layer *coded = &net->layers[l].coded;
    const int O = coded->O, I = coded->I, pieces = (I + N - 1) / N, units = O * pieces;
    const int images = n < data->test.n ? n : data->test.n;
    enum status status = STATUS_OK;

    assert(s->N == N && first >= 0 && first + n <= s->n);
    int32_t *x = malloc((size_t)images * (size_t)I * sizeof *x);
    if (x == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory for the inputs of layer %d for %d images", l + 1, images);
    status = evaluator_activations(net, data, 0, images, l, x, e);
    if (status != STATUS_OK)
        goto done;
    for (int k = 0; k < n; k++) {
        const int unit = n < units ? (int)((int64_t)k * units / n) : k % units;
        const int o = unit / pieces, begin = unit % pieces * N, count = I - begin < N ? I - begin : N;
        const size_t row = (size_t)(first + k) * (size_t)N;
        const int32_t *image = x + (size_t)(k % images) * (size_t)I + begin;
        const size_t at = (size_t)o * (size_t)I + (size_t)begin;
        s->bias[first + k] = 0;
        s->initial[first + k] = initial_weight(&net->layers[l].code, coded, at);
        for (int i = 0; i < N; i++) {
            s->weights[row + (size_t)i] = i < count ? coded->delta[at + (size_t)i] : 0;
            s->data[row + (size_t)i] = i < count ? image[i] : 0;
        }
    }
done:
    free(x);
    return status;
}
