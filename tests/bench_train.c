/* Measures training on one core: seconds per epoch of the paper's network with 4-bit
 * fixed-reference deltas at batch 512, the rate of its matrix products alone, and this
 * machine's own SGEMM peak. Medians over RUNS runs. Rates are per second of processor
 * time, so that another program on the core does not count; both times are shown.
 * bench_train [DATASET] */
#include "models/nn/layers.h"
#include "models/nn/simd.h"
#include "models/nn/train.h"
#include "tests/chain.h"

#include <cblas.h>
#undef I
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { LAYERS = 6, BATCH = 512, EPOCHS = 3, RUNS = 5, SQUARE = 1536, PRODUCT_STEPS = 118 };
static const int sizes[LAYERS + 1] = {784, 150, 16, 400, 120, 84, 10};

/* Processor time of this thread, the only one that works. */
static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *x, int n)
{
    qsort(x, (size_t)n, sizeof *x, by_value);
    return n % 2 ? x[n / 2] : (x[n / 2 - 1] + x[n / 2]) / 2;
}

static float *noise(size_t n)
{
    float *x = malloc(n * sizeof *x);
    for (size_t i = 0; x != NULL && i < n; i++)
        x[i] = (float)rand() / (float)RAND_MAX - 0.5f;
    return x;
}

/* Floating-point operations of one image's forward, dW and dX products; the first layer has no dX. */
static double flop_per_image(void)
{
    double flop = 0;
    for (int l = 0; l < LAYERS; l++)
        flop += 2.0 * sizes[l] * sizes[l + 1] * (l == 0 ? 2 : 3);
    return flop;
}

static double square_gflops(void)
{
    float *a = noise(SQUARE * SQUARE), *b = noise(SQUARE * SQUARE), *c = noise(SQUARE * SQUARE);
    double seconds[RUNS] = {0};
    for (int r = -1; r < RUNS; r++) { /* run -1 warms up */
        const double start = now();
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, SQUARE, SQUARE, SQUARE, 1, a, SQUARE, b, SQUARE, 0, c,
                    SQUARE);
        if (r >= 0)
            seconds[r] = now() - start;
    }
    free(a);
    free(b);
    free(c);
    return 2.0 * SQUARE * SQUARE * SQUARE / median(seconds, RUNS) * 1e-9;
}

/* The products alone of as many steps, on full batches; every number is made anew from
 * the first layer's inputs, so that none grows. */
static double product_gflops(void)
{
    float *x[LAYERS + 1], *w[LAYERS], *dw[LAYERS];
    double seconds[RUNS] = {0};
    for (int l = 0; l <= LAYERS; l++) {
        x[l] = noise((size_t)BATCH * (size_t)nn_padded(sizes[l]));
        if (l < LAYERS) {
            w[l] = noise((size_t)sizes[l] * (size_t)sizes[l + 1]);
            dw[l] = noise((size_t)sizes[l] * (size_t)sizes[l + 1]);
        }
    }
    for (int r = -1; r < RUNS; r++) {
        const double start = now();
        for (int i = 0; i < PRODUCT_STEPS; i++) {
            for (int l = 0; l < LAYERS; l++)
                linear_forward(x[l], nn_padded(sizes[l]), w[l], x[l + 1], nn_padded(sizes[l + 1]), BATCH, sizes[l],
                               sizes[l + 1]);
            for (int l = LAYERS - 1; l >= 0; l--) {
                const int ld = nn_padded(sizes[l + 1]), x_ld = nn_padded(sizes[l]);
                linear_backward_weights(x[l + 1], ld, x[l], x_ld, dw[l], BATCH, sizes[l], sizes[l + 1]);
                if (l > 0)
                    linear_backward_inputs(x[l + 1], ld, w[l], x[l], x_ld, BATCH, sizes[l], sizes[l + 1]);
            }
        }
        if (r >= 0)
            seconds[r] = now() - start;
    }
    for (int l = 0; l <= LAYERS; l++) {
        free(x[l]);
        if (l < LAYERS) {
            free(w[l]);
            free(dw[l]);
        }
    }
    return flop_per_image() * BATCH * PRODUCT_STEPS / median(seconds, RUNS) * 1e-9;
}

int main(int argc, char **argv)
{
    struct errmsg e;
    struct dataset *data = NULL;
    enum status s = dataset_load(argc > 1 ? argv[1] : "fashion-mnist", &data, &e);
    if (s != STATUS_OK) {
        fprintf(stderr, "bench_train: %s\n", e.text);
        return status_exit_code(s);
    }
    const struct code code = {.scheme = SCHEME_FIXED_REFERENCE, .weight_bits = 8, .frac_bits = 5, .delta_bits = 4};
    double epochs[RUNS * EPOCHS] = {0}, whole[RUNS] = {0}, busy[RUNS] = {0};
    int n = 0;
    for (int r = 0; r < RUNS && s == STATUS_OK; r++) {
        const struct train_config config = {.mode = TRAIN_PAPER, .epochs = EPOCHS, .batch = BATCH, .lr = 0.001};
        struct train_result result;
        struct network *net = NULL;
        const double start = now();
        s = chain_train(data, sizes, LAYERS, &code, &config, (uint64_t)r, NULL, NULL, &net, &result, &e);
        for (int i = 0; i < result.n_epochs; i++)
            epochs[n++] = result.epochs[i].seconds;
        busy[r] = (now() - start) / EPOCHS;
        whole[r] = result.seconds / EPOCHS;
        train_result_free(&result);
        network_free(net);
    }
    if (s != STATUS_OK) {
        fprintf(stderr, "bench_train: %s\n", e.text);
        dataset_free(data);
        return status_exit_code(s);
    }
    openblas_set_num_threads(1);
    const double epoch = median(epochs, n), with_tests = median(whole, RUNS), processor = median(busy, RUNS),
                 peak = square_gflops(), products = product_gflops(), flop = flop_per_image() * data->train.n;
    printf("training, 784-150-16-400-120-84-10, fixed-reference D 4, batch %d, one core (%s), median of %d runs\n",
           BATCH, openblas_get_corename(), RUNS);
    printf("  seconds per epoch                                %8.3f\n", epoch);
    printf("  with its start and its tests                     %8.3f\n", with_tests);
    printf("  with its start and its tests, processor time     %8.3f\n", processor);
    printf("  matrix products of the epoch, processor time     %8.3f\n", flop / products * 1e-9);
    printf("  GFLOP/s of the matrix products                   %8.1f\n", products);
    printf("  GFLOP/s of SGEMM, %4d x %4d                    %8.1f\n", SQUARE, SQUARE, peak);
    dataset_free(data);
    return 0;
}
