#include "explorer/search/surrogate.h"

#include "models/nn/kernels/blas.h"
#include "models/nn/kernels/kernels.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Logarithms of the parameters beside the lengths. MAIN, OWN and NOISE are standard deviations, in those of the
 * observations; the reaches are in rungs. SPREAD is not a logarithm. */
enum { MAIN, OWN, NOISE, MAIN_REACH, OWN_REACH, SPREAD, FEW, MAX_PARAMETERS = FEW + SURROGATE_MAX_FEATURES };

/* What is thought of them before anything is observed: a mean and a standard deviation. Wide: a factor of two either
 * way. */
static const struct {
    double mean, sd;
} prior[FEW] = {[MAIN] = {0, 0.7},         [OWN] = {-1, 0.7},      [NOISE] = {-1.5, 0.7},
                [MAIN_REACH] = {1.5, 0.7}, [OWN_REACH] = {1, 0.7}, [SPREAD] = {0.3, 0.3}};
static const double LENGTH_SD = 0.8;
static const double SEEDS_ALIKE = 0.5; /* share of the own part that all seeds of a training have */
static const double OFFSET = 10;       /* standard deviation of a rung's offset: unknown */
static const double WORST = 3;         /* what is worse than the median by so many quartile ranges is taken for that */
enum { ROUNDS = 3 };                   /* of the look for parameters, each time */

struct surrogate {
    int d, n_rungs, n_parameters, n;
    double parameters[MAX_PARAMETERS], step[MAX_PARAMETERS];
    double main[SEARCH_MAX_RUNGS][SEARCH_MAX_RUNGS], own[SEARCH_MAX_RUNGS][SEARCH_MAX_RUNGS]; /* by rungs */
    double inverse[SURROGATE_MAX_FEATURES];                                                   /* 1 / length² */
    double centre, scale;                                                                     /* of the observations */
    double *x;                                                                                /* n · d */
    int *training, *seed, *rung;
    double *y, *weights, *factor; /* n, n, n · n (Cholesky, lower triangle, row-major) */
};

static enum status no_memory(struct errmsg *e)
{
    return fail(e, STATUS_ENVIRONMENT, "out of memory for the model of a search");
}

static double length_mean(const struct surrogate *g)
{
    return 0.5 * log(g->d > 0 ? g->d : 1);
}

enum status surrogate_new(int d, int n_rungs, struct surrogate **out, struct errmsg *e)
{
    assert(d >= 0 && d <= SURROGATE_MAX_FEATURES && n_rungs >= 1 && n_rungs <= SEARCH_MAX_RUNGS);
    struct surrogate *g = calloc(1, sizeof *g);
    *out = g;
    if (g == NULL)
        return no_memory(e);
    g->d = d;
    g->n_rungs = n_rungs;
    g->n_parameters = FEW + d;
    for (int i = 0; i < g->n_parameters; i++) {
        g->parameters[i] = i < FEW ? prior[i].mean : length_mean(g);
        g->step[i] = 0.5;
    }
    return STATUS_OK;
}

static void drop_observations(struct surrogate *g)
{
    free(g->x);
    free(g->training);
    free(g->seed);
    free(g->rung);
    free(g->y);
    free(g->weights);
    free(g->factor);
    g->x = g->y = g->weights = g->factor = NULL;
    g->training = g->seed = g->rung = NULL;
    g->n = 0;
}

void surrogate_free(struct surrogate *g)
{
    if (g != NULL)
        drop_observations(g);
    free(g);
}

/* set_tables: what follows from the parameters. */
static void set_tables(struct surrogate *g)
{
    const double *p = g->parameters;
    for (int i = 0; i < g->d; i++)
        g->inverse[i] = exp(-2 * p[FEW + i]);
    for (int a = 0; a < g->n_rungs; a++)
        for (int b = 0; b < g->n_rungs; b++) {
            const double spread = exp(p[SPREAD] * (2 * (g->n_rungs - 1) - a - b));
            g->main[a][b] = spread * exp(2 * p[MAIN] - abs(a - b) / exp(p[MAIN_REACH]));
            g->own[a][b] = spread * exp(2 * p[OWN] - abs(a - b) / exp(p[OWN_REACH]));
        }
}

double surrogate_likeness(const struct surrogate *g, const double *x, const double *y)
{
    double square = 0;
    for (int i = 0; i < g->d; i++)
        square += (x[i] - y[i]) * (x[i] - y[i]) * g->inverse[i];
    const double r = sqrt(5 * square);
    return (1 + r + r * r / 3) * exp(-r);
}

/* covariance: of observation j with one of a training and seed at a rung, without noise. */
static double covariance(const struct surrogate *g, int j, const double *x, int training, int seed, int rung)
{
    double c = surrogate_likeness(g, x, g->x + (size_t)j * (size_t)g->d) * g->main[rung][g->rung[j]];
    if (training == g->training[j])
        c += g->own[rung][g->rung[j]] * (seed == g->seed[j] ? 1 : SEEDS_ALIKE);
    return rung == g->rung[j] ? c + OFFSET * OFFSET : c;
}

/* factorise: false where rounding leaves no positive matrix. */
static bool factorise(struct surrogate *g)
{
    const size_t n = (size_t)g->n;
    const double noise = exp(2 * g->parameters[NOISE]) + 1e-8;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j <= i; j++)
            g->factor[i * n + j] =
                covariance(g, (int)j, g->x + i * (size_t)g->d, g->training[i], g->seed[i], g->rung[i]);
        g->factor[i * n + i] += noise;
    }
    return blas_cholesky(g->n, g->factor);
}

/* solve: weights of the observations, for the mean. Returns the logarithm of the probability of the observations, but
 * for a constant. */
static double solve(struct surrogate *g)
{
    double log_p = 0;
    memcpy(g->weights, g->y, (size_t)g->n * sizeof *g->y);
    blas_solve_lower(CblasNoTrans, g->n, g->factor, g->weights);
    for (int i = 0; i < g->n; i++)
        log_p -= 0.5 * g->weights[i] * g->weights[i] + log(g->factor[(size_t)i * (size_t)g->n + (size_t)i]);
    blas_solve_lower(CblasTrans, g->n, g->factor, g->weights);
    return log_p;
}

/* log_posterior: of the parameters. */
static double log_posterior(struct surrogate *g)
{
    double log_p = 0;
    set_tables(g);
    if (!factorise(g))
        return -INFINITY;
    for (int i = 0; i < g->n_parameters; i++) {
        const double z = i < FEW ? (g->parameters[i] - prior[i].mean) / prior[i].sd
                                 : (g->parameters[i] - length_mean(g)) / LENGTH_SD;
        log_p -= 0.5 * z * z;
    }
    return log_p + solve(g);
}

/* learn: one parameter after the other goes up or down by its step, which grows with success and shrinks without. */
static void learn_parameters(struct surrogate *g)
{
    double best = log_posterior(g);
    for (int round = 0; round < ROUNDS; round++)
        for (int i = 0; i < g->n_parameters; i++) {
            const double old = g->parameters[i];
            bool better = false;
            for (int way = 1; way >= -1 && !better; way -= 2) {
                g->parameters[i] = old + way * g->step[i];
                const double log_p = log_posterior(g);
                better = log_p > best;
                best = better ? log_p : best;
            }
            if (!better)
                g->parameters[i] = old;
            g->step[i] = better ? 1.5 * g->step[i] : fmax(0.5 * g->step[i], 0.05);
        }
}

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* standardise: y from the accuracies. A training that went wrong, far below all others, would hide the differences
 * between these: it counts as just bad. */
static void standardise(struct surrogate *g, const struct observation *all, double *sorted)
{
    const int n = g->n;
    double sum = 0, square = 0, floor;
    for (int i = 0; i < n; i++)
        sorted[i] = all[i].accuracy;
    qsort(sorted, (size_t)n, sizeof *sorted, by_value);
    floor = sorted[n / 2] - WORST * fmax(sorted[(3 * n) / 4] - sorted[n / 4], 0.005);
    for (int i = 0; i < n; i++) {
        g->y[i] = fmax(all[i].accuracy, floor);
        sum += g->y[i];
    }
    g->centre = sum / n;
    for (int i = 0; i < n; i++)
        square += (g->y[i] - g->centre) * (g->y[i] - g->centre);
    g->scale = fmax(sqrt(square / n), 1e-4);
    for (int i = 0; i < n; i++)
        g->y[i] = (g->y[i] - g->centre) / g->scale;
}

static bool copy_observations(struct surrogate *g, const struct observation *all, int n)
{
    const size_t m = (size_t)n, d = (size_t)g->d;
    drop_observations(g);
    g->x = malloc(m * d * sizeof *g->x + 1);
    g->training = malloc(m * sizeof *g->training);
    g->seed = malloc(m * sizeof *g->seed);
    g->rung = malloc(m * sizeof *g->rung);
    g->y = malloc(m * sizeof *g->y);
    g->weights = malloc(m * sizeof *g->weights);
    g->factor = malloc(m * m * sizeof *g->factor);
    if (g->x == NULL || g->training == NULL || g->seed == NULL || g->rung == NULL || g->y == NULL ||
        g->weights == NULL || g->factor == NULL)
        return false;
    g->n = n;
    for (size_t i = 0; i < m; i++) {
        memcpy(g->x + i * d, all[i].x, d * sizeof *g->x);
        g->training[i] = all[i].training;
        g->seed[i] = all[i].seed;
        g->rung[i] = all[i].rung;
    }
    return true;
}

enum status surrogate_fit(struct surrogate *g, const struct observation *all, int n, bool learn, struct errmsg *e)
{
    assert(n >= 1 && n <= SURROGATE_MAX_OBSERVATIONS);
    const enum status s = kernels_load(e);
    if (s != STATUS_OK)
        return s;
    if (!copy_observations(g, all, n))
        return no_memory(e);
    standardise(g, all, g->weights);
    if (learn)
        learn_parameters(g);
    if (log_posterior(g) == -INFINITY)
        return fail(e, STATUS_ENVIRONMENT,
                    "the model of %d trainings cannot be solved: their accuracies are no numbers", n);
    return STATUS_OK;
}

void surrogate_predict(const struct surrogate *g, const double *x, int training, int seed, double *room, double *mean,
                       double *sd)
{
    const int last = g->n_rungs - 1;
    const double noise = exp(2 * g->parameters[NOISE]);
    double m = 0, variance = g->main[last][last] + g->own[last][last] + OFFSET * OFFSET + noise;
    for (int j = 0; j < g->n; j++) {
        room[j] = covariance(g, j, x, training, seed, last);
        m += room[j] * g->weights[j];
    }
    blas_solve_lower(CblasNoTrans, g->n, g->factor, room);
    for (int j = 0; j < g->n; j++)
        variance -= room[j] * room[j];
    *mean = g->centre + g->scale * m;
    *sd = g->scale * sqrt(fmax(variance, noise));
}

double surrogate_seed_sd(const struct surrogate *g)
{
    const int last = g->n_rungs - 1;
    return g->scale * sqrt((1 - SEEDS_ALIKE) * g->own[last][last] + exp(2 * g->parameters[NOISE]));
}
