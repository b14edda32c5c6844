/* Gradients of references and steps; their derivation is in docs/arithmetic.md. */
#include "models/nn/code/codec.h"
#include "models/nn/code/compress.h"

#include <assert.h>
#include <math.h>

/* Sums run in NN_LANES fixed lanes, so that they vectorise and are the same everywhere. */
NN_CLONES static double clamped_sum(const float *restrict g, const float *restrict reach, size_t n)
{
    double lane[NN_LANES] = {0}, sum = 0;
    size_t i = 0;
    for (; i + NN_LANES <= n; i += NN_LANES)
        for (int j = 0; j < NN_LANES; j++)
            lane[j] += (double)(g[i + (size_t)j] * (1.0f - reach[i + (size_t)j]));
    for (int j = 0; i < n; i++, j++)
        lane[j] += (double)(g[i] * (1.0f - reach[i]));
    for (int j = 0; j < NN_LANES; j++)
        sum += lane[j];
    return sum;
}

void codec_reference_gradients(const struct code *c, int O, int I, const float *g, const float *reach, float *out)
{
    const struct spans cut = code_spans(c, O, I);
    for (size_t s = 0; s < cut.n; s++) {
        const size_t begin = spans_begin(cut, s);
        out[s] = (float)clamped_sum(g + begin, reach + begin, spans_size(cut, s));
    }
}

/* What weight i moves by when the step grows by its e-th part: itself, less what its gradient moves with it. */
NN_INLINE float pull(const struct fixed q, float w, float rebuilt, float reach, float reference)
{
    const float held = fixed_inside(q, w) ? w : 0.0f;
    return rebuilt - (reach != 0 ? held : reference);
}

NN_CLONES static double pulls(struct fixed q, const float *restrict w, const float *restrict rebuilt,
                              const float *restrict reach, float reference, const float *restrict g, size_t n)
{
    double lane[NN_LANES] = {0}, sum = 0;
    size_t i = 0;
    for (; i + NN_LANES <= n; i += NN_LANES)
        for (int j = 0; j < NN_LANES; j++) {
            const size_t at = i + (size_t)j;
            lane[j] += (double)(g[at] * pull(q, w[at], rebuilt[at], reach[at], reference));
        }
    for (int j = 0; i < n; i++, j++)
        lane[j] += (double)(g[i] * pull(q, w[i], rebuilt[i], reach[i], reference));
    for (int j = 0; j < NN_LANES; j++)
        sum += lane[j];
    return sum;
}

/* Of a chain each sum moves with the one before it, unless a closed loop reached its weight. */
static double pulls_of_chain(struct fixed q, bool closed, const float *w, const float *rebuilt, const float *reach,
                             const float *g, size_t n)
{
    double sum = 0;
    float moves = 0, last = 0, last_held = 0;
    for (size_t i = 0; i < n; i++) {
        const float held = fixed_inside(q, w[i]) ? w[i] : 0.0f;
        if (reach[i] != 0 && (closed || i == 0))
            moves = rebuilt[i] - held;
        else
            moves += rebuilt[i] - last - (reach[i] != 0 ? held - last_held : 0.0f);
        last = rebuilt[i];
        last_held = held;
        sum += (double)(g[i] * moves);
    }
    return sum;
}

double codec_step_gradient(const struct code *c, const float *w, int O, int I, const struct coded_layer *scratch,
                           const float *rebuilt, const float *reach, const float *g)
{
    const struct fixed q = fixed_make(c->weight_bits, c->frac_bits, c->rounding);
    const struct spans cut = code_spans(c, O, I);
    double sum = 0;
    assert(c->scheme != SCHEME_FLOAT);
    for (size_t s = 0; s < cut.n; s++) {
        const size_t at = spans_begin(cut, s), n = spans_size(cut, s);
        if (scheme_is_consecutive(c->scheme))
            sum += pulls_of_chain(q, c->scheme == SCHEME_CONSECUTIVE, w + at, rebuilt + at, reach + at, g + at, n);
        else
            sum += pulls(q, w + at, rebuilt + at, reach + at, (float)scratch->reference[s] * q.step, g + at, n);
    }
    return sum;
}
