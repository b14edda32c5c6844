/* Measures training on one core: seconds per epoch of the paper's network with 4-bit fixed-reference deltas at batch
 * 512, the rate of its matrix products alone beside this machine's peaks, evaluation, memory, two runs at once, and
 * what the paper's study would take. Medians over RUNS runs. Rates are per second of processor time, so that another
 * program on the core does not count; both times are shown.
 * bench_train [DATASET] */
#include "models/nn/train/evaluator.h"
#include "base/clock.h"
#include "models/nn/kernels/product.h"
#include "models/nn/layout/simd.h"
#include "tests/support/chain.h"

#include <cblas.h>
#undef I
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    LAYERS = 6,
    BATCH = 512,
    EPOCHS = 3,
    RUNS = 5,
    SQUARE = 1536,
    PRODUCT_STEPS = 118,
    PAIR_EPOCHS = 10,
    BLOCK = 500
}; /* images at a time in evaluation, as in training */
enum { STUDY_SCHEMES = 3, STUDY_FORMATS = 8, STUDY_RUNS = 100, STUDY_EPOCHS = 100 }; /* of the paper */
static const int sizes[LAYERS + 1] = {784, 150, 16, 400, 120, 84, 10};

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
        const double start = clock_thread_s();
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, SQUARE, SQUARE, SQUARE, 1, a, SQUARE, b, SQUARE, 0, c,
                    SQUARE);
        if (r >= 0)
            seconds[r] = clock_thread_s() - start;
    }
    free(a);
    free(b);
    free(c);
    return 2.0 * SQUARE * SQUARE * SQUARE / median(seconds, RUNS) * 1e-9;
}

/* A product of SQUARE rows and columns: forward, or backward both ways, with the conversions that belong to it. */
static double integer_gflops(bool backward)
{
    struct product *p = NULL;
    struct errmsg e;
    int8_t *x = calloc(SQUARE, SQUARE);
    float *w = calloc((size_t)SQUARE * SQUARE, sizeof *w), *z = noise((size_t)SQUARE * SQUARE),
          *dw = noise((size_t)SQUARE * SQUARE), *dx = noise((size_t)SQUARE * SQUARE);
    double seconds[RUNS] = {0};
    if (x == NULL || w == NULL || z == NULL || dw == NULL || dx == NULL ||
        product_new(&p, SQUARE, SQUARE, SQUARE, SQUARE, SQUARE, product_paths(), backward, &e) != STATUS_OK)
        exit(2);
    for (size_t i = 0; i < (size_t)SQUARE * SQUARE; i++) {
        x[i] = (int8_t)(rand() % 65 - 32);
        w[i] = (float)(rand() % 16 - 8) / 32.0f;
    }
    const struct activations a = {.at = x, .unit = 1.0f / 32};
    product_load(p, w, 1.0f / 32);
    for (int r = -1; r < RUNS; r++) {
        const double start = clock_thread_s();
        if (backward)
            product_backward(p, z, &a, dw, dx, SQUARE);
        else
            product_forward(p, &a, z, SQUARE);
        if (r >= 0)
            seconds[r] = clock_thread_s() - start;
    }
    product_free(p);
    free(x);
    free(w);
    free(z);
    free(dw);
    free(dx);
    return (backward ? 4.0 : 2.0) * SQUARE * SQUARE * SQUARE / median(seconds, RUNS) * 1e-9;
}

/* The products alone of PRODUCT_STEPS steps on full batches, with their conversions. */
static double product_gflops(void)
{
    struct product *p[LAYERS];
    struct activations x[LAYERS];
    int8_t *at[LAYERS];
    float *w[LAYERS], *dw[LAYERS], *z[LAYERS + 1];
    double seconds[RUNS] = {0};
    struct errmsg e;
    for (int l = 0; l <= LAYERS; l++)
        z[l] = noise((size_t)BATCH * (size_t)nn_padded(sizes[l]));
    for (int l = 0; l < LAYERS; l++) {
        const int I = sizes[l], O = sizes[l + 1], x_ld = nn_padded(I);
        at[l] = calloc(BATCH, (size_t)x_ld);
        w[l] = calloc((size_t)I * (size_t)O, sizeof(float));
        dw[l] = calloc((size_t)I * (size_t)O, sizeof(float));
        if (at[l] == NULL || w[l] == NULL || dw[l] == NULL ||
            product_new(&p[l], BATCH, I, O, x_ld, nn_padded(O), product_paths(), true, &e) != STATUS_OK)
            exit(2);
        for (int i = 0; i < BATCH * x_ld; i++)
            at[l][i] = (int8_t)(rand() % 65 - 32);
        for (int i = 0; i < I * O; i++)
            w[l][i] = (float)(rand() % 16 - 8) / 32.0f;
        x[l] = (struct activations){.at = at[l], .unit = l == 0 ? 1.0f : 1.0f / 32, .pixels = l == 0};
    }
    for (int r = -1; r < RUNS; r++) {
        const double start = clock_thread_s();
        for (int i = 0; i < PRODUCT_STEPS; i++) {
            for (int l = 0; l < LAYERS; l++) {
                product_load(p[l], w[l], 1.0f / 32);
                product_forward(p[l], &x[l], z[l + 1], BATCH);
            }
            for (int l = LAYERS - 1; l >= 0; l--)
                product_backward(p[l], z[l + 1], &x[l], dw[l], l > 0 ? z[l] : NULL, BATCH);
        }
        if (r >= 0)
            seconds[r] = clock_thread_s() - start;
    }
    for (int l = 0; l <= LAYERS; l++)
        free(z[l]);
    for (int l = 0; l < LAYERS; l++) {
        product_free(p[l]);
        free(at[l]);
        free(w[l]);
        free(dw[l]);
    }
    return flop_per_image() * BATCH * PRODUCT_STEPS / median(seconds, RUNS) * 1e-9;
}

/* Of one training run. */
struct run {
    double epochs[PAIR_EPOCHS], whole, processor; /* seconds: of each epoch's training; of an epoch with everything */
};

static enum status train(const struct dataset *data, enum scheme scheme, int epochs, uint64_t seed, struct run *out,
                         struct network **net, struct errmsg *e)
{
    const struct code code = {.scheme = scheme, .weight_bits = 8, .frac_bits = 5, .delta_bits = 4};
    const struct train_config config = {.mode = TRAIN_PAPER, .epochs = epochs, .batch = BATCH, .lr = 0.001};
    struct train_result result;
    const double start = clock_thread_s();
    const enum status s = chain_train(data, sizes, LAYERS, &code, &config, seed, NULL, NULL, net, &result, e);
    for (int i = 0; i < result.n_epochs; i++)
        out->epochs[i] = result.epochs[i].seconds;
    out->whole = result.seconds / epochs;
    out->processor = (clock_thread_s() - start) / epochs;
    train_result_free(&result);
    return s;
}

/* Seconds of an epoch when n processes train at once. */
static double epoch_of_several(const struct dataset *data, int n)
{
    struct run *runs = mmap(NULL, (size_t)n * sizeof *runs, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    double sum = 0;
    if (runs == MAP_FAILED)
        exit(2);
    fflush(stdout);
    for (int k = 0; k < n; k++) {
        const pid_t pid = fork();
        if (pid != 0)
            continue;
        struct network *net;
        struct errmsg e;
        _exit(train(data, SCHEME_FIXED_REFERENCE, PAIR_EPOCHS, (uint64_t)k, &runs[k], &net, &e) == STATUS_OK ? 0 : 1);
    }
    int status;
    while (wait(&status) > 0)
        if (status != 0)
            exit(2);
    for (int k = 0; k < n; k++)
        sum += median(runs[k].epochs, PAIR_EPOCHS);
    munmap(runs, (size_t)n * sizeof *runs);
    return sum / n;
}

static double evaluation_seconds(const struct dataset *data, const struct network *net)
{
    struct evaluator ev;
    struct errmsg e;
    double seconds[RUNS] = {0};
    if (evaluator_new(&ev, net, BLOCK, &e) != STATUS_OK)
        exit(2);
    for (int r = -1; r < RUNS; r++) {
        const double start = clock_thread_s();
        evaluator_load(&ev);
        evaluator_accuracy(&ev, &data->test, NULL, data->test.n);
        if (r >= 0)
            seconds[r] = clock_thread_s() - start;
    }
    evaluator_free(&ev);
    return median(seconds, RUNS);
}

int main(int argc, char **argv)
{
    static const enum scheme schemes[STUDY_SCHEMES] = {SCHEME_FIXED_POINT, SCHEME_FIXED_REFERENCE, SCHEME_CONSECUTIVE};
    struct errmsg e;
    struct dataset *data = NULL;
    struct network *net = NULL;
    enum status s = dataset_load(argc > 1 ? argv[1] : "fashion-mnist", &data, &e);
    double epochs[RUNS * EPOCHS] = {0}, whole[RUNS] = {0}, busy[RUNS] = {0}, study = 0;
    for (int r = 0; r < RUNS && s == STATUS_OK; r++) {
        struct run run = {0};
        network_free(net);
        s = train(data, SCHEME_FIXED_REFERENCE, EPOCHS, (uint64_t)r, &run, &net, &e);
        for (int i = 0; i < EPOCHS; i++)
            epochs[r * EPOCHS + i] = run.epochs[i];
        busy[r] = run.processor;
        whole[r] = run.whole;
    }
    struct rusage usage; /* before the peaks of products, which take memory of their own */
    getrusage(RUSAGE_SELF, &usage);
    for (int k = 0; k < STUDY_SCHEMES && s == STATUS_OK; k++) {
        struct run run = {0};
        struct network *other = NULL;
        s = train(data, schemes[k], PAIR_EPOCHS, 1, &run, &other, &e);
        network_free(other);
        study += run.whole * STUDY_FORMATS * STUDY_RUNS * STUDY_EPOCHS;
    }
    if (s != STATUS_OK) {
        fprintf(stderr, "bench_train: %s\n", e.text);
        network_free(net);
        dataset_free(data);
        return status_exit_code(s);
    }
    openblas_set_num_threads(1);
    const struct product_paths have = product_paths();
    const double epoch = median(epochs, RUNS * EPOCHS), flop = flop_per_image() * data->train.n,
                 products = product_gflops(), one = epoch_of_several(data, 1), two = epoch_of_several(data, 2);
    printf("training, 784-150-16-400-120-84-10, fixed-reference D 4, batch %d, one core (%s), median of %d runs\n",
           BATCH, openblas_get_corename(), RUNS);
    printf("  products: forward %s, backward %s\n", have.int8 ? "8 bit" : "single precision",
           have.bfloat16 ? "bfloat16" : "single precision");
    printf("  seconds per epoch                                %8.3f\n", epoch);
    printf("  with its start and its tests                     %8.3f\n", median(whole, RUNS));
    printf("  with its start and its tests, processor time     %8.3f\n", median(busy, RUNS));
    printf("  matrix products of the epoch, processor time     %8.3f\n", flop / products * 1e-9);
    printf("  GFLOP/s of the matrix products                   %8.1f\n", products);
    printf("  GFLOP/s of SGEMM, %4d x %4d                    %8.1f\n", SQUARE, SQUARE, square_gflops());
    printf("  GFLOP/s of the forward product, the same size    %8.1f\n", integer_gflops(false));
    printf("  GFLOP/s of the backward ones, the same size      %8.1f\n", integer_gflops(true));
    printf("  evaluation of %d images, ms                   %8.1f\n", data->test.n,
           1e3 * evaluation_seconds(data, net));
    printf("  two runs on two cores, epoch over that of one    %8.2f\n", two / one);
    printf("  peak memory, MB                                  %8.0f\n", (double)usage.ru_maxrss / 1024);
    printf("  the paper's study, hours on one core             %8.1f\n", study / 3600);
    network_free(net);
    dataset_free(data);
    return 0;
}
