/* The shards of a plan: together they are the whole, none has another's training, and they take about as long. */
#include "explorer/jobs/plan.h"
#include "tests/support/tiny_data.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[64], head[256];

static int make_folder(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/deltasweep-shard-XXXXXX");
    if (mkdtemp(folder) == NULL || !tiny_data(folder, 200, 100, 1))
        return -1;
    snprintf(head, sizeof head, "name: a\ndataset: %s\n", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    char command[160];
    snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command);
}

/* A sweep and a shard of its plan. */
struct shard {
    struct sweep *sweep;
    struct plan *plan;
};

static struct shard make(const char *text, int shard, int shards)
{
    const struct stages stages = {
        .train = true, .check = true, .synth = true, .trained_vectors = true, .shard = shard, .shards = shards};
    struct shard p = {NULL, NULL};
    struct errmsg e = {""};
    char whole[4096];
    snprintf(whole, sizeof whole, "%s%s", head, text);
    if (sweep_parse(whole, strlen(whole), "x.yaml", &p.sweep, &e) != STATUS_OK ||
        plan_make(p.sweep, &stages, &p.plan, &e) != STATUS_OK)
        fail_msg("%s", e.text);
    return p;
}

static void release(struct shard *p)
{
    plan_free(p->plan);
    sweep_free(p->sweep);
}

static const char *digest_of(const struct plan *p, int job)
{
    return job < 0 ? "" : p->jobs[job].digest;
}

static int find_run(const struct plan *p, const struct planned_run *run, const char *digest)
{
    for (int i = 0; i < p->n_runs; i++)
        if (p->runs[i].seed == run->seed && strcmp(points_digest(p->list, p->runs[i].point), digest) == 0)
            return i;
    fail_msg("a shard has a run that the whole has not: point %.10s", digest);
    return -1;
}

static int find_job(const struct plan *p, const char *digest)
{
    for (int i = 0; i < p->n_jobs; i++)
        if (strcmp(p->jobs[i].digest, digest) == 0)
            return i;
    fail_msg("a shard has a job that the whole has not: %.10s", digest);
    return -1;
}

/* check_run: the run of the shard has what it has in the whole. */
static void check_run(const struct plan *whole, const struct plan *shard, const struct planned_run *run, int *seen)
{
    const struct planned_point *point = &shard->points[run->point];
    const int i = find_run(whole, run, points_digest(shard->list, run->point));
    const struct planned_run *same = &whole->runs[i];
    seen[i]++;
    assert_string_equal(digest_of(shard, run->train_job), digest_of(whole, same->train_job));
    assert_string_equal(digest_of(shard, run->check_job), digest_of(whole, same->check_job));
    assert_string_equal(digest_of(shard, point->build_job), digest_of(whole, whole->points[same->point].build_job));
    assert_string_equal(digest_of(shard, point->synth_job), digest_of(whole, whole->points[same->point].synth_job));
}

/* check_jobs: what the shard's jobs need is there; seen counts them, and the result is how long the trainings take. */
static double check_jobs(const struct plan *whole, const struct plan *shard, int *seen)
{
    double cost = 0;
    for (int i = 0; i < shard->n_jobs; i++) {
        const struct planned_job *job = &shard->jobs[i];
        const int k = find_job(whole, job->digest);
        seen[k]++;
        assert_in_range(job->point, 0, shard->n_points - 1);
        assert_int_equal(job->n_needs, whole->jobs[k].n_needs);
        for (int n = 0; n < job->n_needs; n++)
            assert_string_equal(digest_of(shard, job->needs[n]), digest_of(whole, whole->jobs[k].needs[n]));
        cost += job->kind == JOB_TRAIN ? job->cost : 0;
    }
    return cost;
}

/* try: cuts the sweep into so many shards. The result is how many jobs are in more than one. */
static int try(const char *text, int shards)
{
    struct shard whole = make(text, 0, 0);
    int *runs = calloc((size_t)whole.plan->n_runs + 1, sizeof *runs);
    int *jobs = calloc((size_t)whole.plan->n_jobs + 1, sizeof *jobs), twice = 0;
    double total = 0, longest = 0, slowest = 0;
    for (int i = 1; i <= shards; i++) {
        struct shard shard = make(text, i, shards);
        for (int k = 0; k < shard.plan->n_runs; k++)
            check_run(whole.plan, shard.plan, &shard.plan->runs[k], runs);
        const double cost = check_jobs(whole.plan, shard.plan, jobs);
        longest = cost > longest ? cost : longest;
        release(&shard);
    }
    for (int i = 0; i < whole.plan->n_runs; i++)
        assert_int_equal(runs[i], 1);
    for (int i = 0; i < whole.plan->n_jobs; i++) {
        const struct planned_job *job = &whole.plan->jobs[i];
        assert_true(jobs[i] >= 1);
        if (job->kind == JOB_TRAIN || job->kind == JOB_CHECK)
            assert_int_equal(jobs[i], 1);
        twice += jobs[i] - 1;
        if (job->kind == JOB_TRAIN) {
            total += job->cost;
            slowest = job->cost > slowest ? job->cost : slowest;
        }
    }
    if (longest > total / shards + 1.1 * slowest)
        fail_msg("%d shards: one takes %g s of %g s, and a training %g s", shards, longest, total, slowest);
    free(runs);
    free(jobs);
    release(&whole);
    return twice;
}

static void parts_are_the_whole(void **state)
{
    (void)state;
    static const char *const sweeps[] = {
        ("network: [64, 16, 10]\ntrain: {seeds: [0, 1, 2]}\n"
         "axes: {scheme: [fixed-point, consecutive], delta_bits: [2, 3, 4], parallelism: [1, 4]}\n"),
        ("train: {seeds: [5, 4]}\n"
         "axes: {network: [64-16-10, 64-300-10, 64-8-8-10], engine: [none, accelerator], epochs: [1, 9]}\n"),
        "network: [64, 16, 10]\ntrain: {seeds: [0, 1, 2, 3, 4, 5, 6]}\naxes: {engine: none}\n",
    };
    for (size_t i = 0; i < sizeof sweeps / sizeof sweeps[0]; i++)
        for (int n = 1; n <= 10; n += 3)
            try(sweeps[i], n);
}

static void little_is_done_twice(void **state)
{
    (void)state;
    /* 24 operators, each with a build and a synthesis: a cut goes through one of them at most. */
    const int twice = try("network: [64, 16, 10]\ntrain: {seeds: [0, 1, 2]}\naxes: {delta_bits: [1, 2, 3, 4, 5, 6], "
                          "parallelism: [1, 2, 4, 8]}\n",
                          4);
    if (twice > 2 * 4 * 3)
        fail_msg("%d jobs are done twice", twice);
}

static void a_single_training_is_one_part(void **state)
{
    (void)state;
    const char *text = "network: [64, 16, 10]\ntrain: {epochs: 1}\naxes: {engine: none}\n";
    int with_points = 0;
    for (int i = 1; i <= 5; i++) {
        struct shard p = make(text, i, 5);
        with_points += p.plan->n_points;
        assert_int_equal(p.plan->n_jobs, p.plan->n_points);
        release(&p);
    }
    assert_int_equal(with_points, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_are_the_whole),
        cmocka_unit_test(little_is_done_twice),
        cmocka_unit_test(a_single_training_is_one_part),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
