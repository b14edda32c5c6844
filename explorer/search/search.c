#include "explorer/search/search.h"

#include "base/intern.h"
#include "base/say.h"
#include "base/stop.h"
#include "db/record.h"
#include "db/sweeps.h"
#include "explorer/jobs/data.h"
#include "explorer/jobs/kinds/train.h"
#include "explorer/search/ledger.h"
#include "explorer/search/found.h"
#include "explorer/search/space.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { USUAL_BATCH = 16 };

struct search {
    const struct sweep *sweep;
    const struct search_wish *wish;
    const struct work_options *options;
    struct search_share *share; /* NULL: all of it is done here */
    bool paused;                /* the others have their share of this round to do before it goes on */
    struct run_log *log;        /* NULL: none */
    struct dataset *data;
    struct space *space;
    struct store *store;
    struct ledger ledger;
    struct found *found;
    struct search_problem problem;
    struct round so_far;
    struct intern charged_points; /* digests */
    struct intern trainings;      /* digests, in the order in which they were first asked for */
    int warm, own;                /* purchases that cost nothing; of the others those that an earlier run paid */
    bool told_warm, told_data;
    struct run_outcome outcome; /* of all rounds together */
    enum status verdict;        /* what came of the search, or of this share of a round, with its message: */
    struct errmsg why;
};

static enum status no_memory(struct errmsg *e)
{
    return fail(e, STATUS_ENVIRONMENT, "out of memory for the search");
}

/* --------------------------------------------------------------------------- buying */

/* rung_epochs: how many of `all` epochs rung r of n has: a third of the next one's. */
static int rung_epochs(int all, int r, int n)
{
    int share = 1;
    for (int i = r; i + 1 < n; i++)
        share *= 3;
    return (all + share - 1) / share;
}

/* What is bought in one round. */
struct basket {
    int n;      /* asked for */
    int bought; /* the first so many: the budget has no more */
    struct purchase *purchases;
    struct point *points;
    struct wanted *wanted;
};

static void basket_free(struct basket *b)
{
    free(b->purchases);
    free(b->points);
    free(b->wanted);
}

static enum status basket_new(struct basket *b, int n, struct errmsg *e)
{
    const size_t room = (size_t)n + 1;
    *b = (struct basket){.n = n,
                         .purchases = calloc(room, sizeof *b->purchases),
                         .points = calloc(room, sizeof *b->points),
                         .wanted = calloc(room, sizeof *b->wanted)};
    return b->purchases == NULL || b->points == NULL || b->wanted == NULL ? no_memory(e) : STATUS_OK;
}

static bool spent(const struct search *x)
{
    return x->so_far.points >= x->wish->points || x->so_far.trainings >= x->wish->trainings ||
           x->so_far.hours >= x->wish->hours;
}

/* charge: what p costs of points and trainings. Hours are known when it is done. */
static enum status charge(struct search *x, const struct purchase *p, struct errmsg *e)
{
    bool fresh = false;
    const int all = p->all_epochs > 0 ? p->all_epochs : 1, epochs = p->all_epochs > 0 ? p->epochs : 1;
    const int known = p->known_epochs < epochs ? p->known_epochs : epochs;
    if (known == epochs) {
        x->warm++;
        return STATUS_OK;
    }
    x->own += p->recorded;
    x->so_far.trainings += (double)(epochs - known) / all;
    if (intern_add(&x->charged_points, p->point, &fresh) < 0)
        return no_memory(e);
    x->so_far.points += fresh;
    return STATUS_OK;
}

static bool is_shard(const struct search *x)
{
    return x->share != NULL && x->share->shard > 0;
}

static enum status not_planned(const struct search *x, struct errmsg *e)
{
    return fail(e, STATUS_ENVIRONMENT,
                "%s has no round that asks for what the search asks for here. Either nothing has planned this round "
                "(`deltasweep submit` does), or this machine computes other bits than the one that planned it: let "
                "Slurm choose nodes of one kind (--sbatch=--constraint=NAME)",
                x->options->from);
}

/* ask: fills in purchase i of the basket, and what is known of it. */
static enum status ask(struct search *x, struct basket *b, int i, const struct search_purchase *asked, struct errmsg *e)
{
    struct purchase *p = &b->purchases[i];
    struct errmsg why = {""};
    bool hopeless = false, fresh = false;
    if (space_point(x->space, asked->choice, &b->points[i], &why) != STATUS_OK)
        return fail(e, STATUS_ENVIRONMENT, "the method `%s` bought a point that makes no sense: %s",
                    x->wish->method->name, why.text);
    const struct point *at = &b->points[i];
    *p = (struct purchase){.number = x->so_far.purchases + i,
                           .round = x->so_far.round,
                           .seed = x->sweep->seeds[asked->seed],
                           .all_epochs = at->train.epochs,
                           .epochs = rung_epochs(at->train.epochs, asked->rung, x->problem.n_rungs)};
    snprintf(p->point, sizeof p->point, "%s", at->digest);
    training_digest(at, x->data->digest, p->seed, p->training);
    enum status st = ledger_recall(&x->ledger, p, e);
    if (st == STATUS_OK && intern_add(&x->trainings, p->training, &fresh) < 0)
        st = no_memory(e);
    if (st == STATUS_OK && is_shard(x) && !p->recorded)
        st = not_planned(x, e);
    if (st == STATUS_OK && isnan(p->accuracy))
        st = ledger_answer(&x->ledger, p, &hopeless, e);
    const bool whole = p->epochs == p->all_epochs;
    b->wanted[i] = (struct wanted){.point = at,
                                   .seed = p->seed,
                                   .epochs = whole                             ? 0
                                             : hopeless || !isnan(p->accuracy) ? -1
                                                                               : p->epochs,
                                   .known_epochs = p->known_epochs};
    return st;
}

static void add_outcome(struct run_outcome *sum, const struct run_outcome *o)
{
    sum->done += o->done;
    sum->failed += o->failed;
    sum->blocked += o->blocked;
    for (int k = 0; k < JOB_KIND_COUNT; k++)
        sum->hopeless[k] += o->hopeless[k];
    sum->seconds += o->seconds;
}

/* record: makes the plan of what is wanted, and records it. */
static enum status record(struct search *x, const struct stages *stages, const struct wanted *wanted, int n,
                          struct plan **plan, struct errmsg *e)
{
    int taken = 0;
    enum status st = plan_make_wanted(x->sweep, x->data, stages, wanted, n, plan, e);
    if (st == STATUS_OK && !x->told_data) {
        x->told_data = true;
        st = data_check(*plan, e);
        work_say((*plan)->notes);
    }
    if (st == STATUS_OK && is_shard(x))
        st = work_take_results(*plan, x->store, x->options->from, &taken, e);
    return st == STATUS_OK ? plan_record(*plan, x->store, false, e) : st;
}

static int jobs_left(const struct plan *p)
{
    int n = 0;
    for (int i = 0; i < p->n_jobs; i++)
        n += p->jobs[i].state != JOB_DONE && p->jobs[i].state != JOB_HOPELESS;
    return n;
}

/* keep_share: leaves in wanted what this shard does, and returns how many. The trainings are dealt to the shards in the
 * order in which the search first asked for them, so that one is in the same shard in every round: its checkpoint is
 * there. What is wanted of its points goes with it. */
static int keep_share(const struct search *x, struct wanted *wanted, int n)
{
    int kept = 0;
    for (int i = 0; i < n; i++) {
        char training[DIGEST_HEX_BYTES];
        training_digest(wanted[i].point, x->data->digest, wanted[i].seed, training);
        if (intern_find(&x->trainings, training) % x->share->shards == x->share->shard - 1)
            wanted[kept++] = wanted[i];
    }
    return kept;
}

/* share: a round that has jobs without a result is the one to be done: of it the plan is this shard's share. */
static enum status share(struct search *x, const struct stages *stages, struct wanted *wanted, int n,
                         struct plan **plan, struct errmsg *e)
{
    x->share->left = jobs_left(*plan);
    x->paused = x->share->left > 0;
    if (!x->paused || !is_shard(x))
        return STATUS_OK;
    plan_free(*plan);
    return record(x, stages, wanted, keep_share(x, wanted, n), plan, e);
}

/* work: records what is wanted, and does it, or this shard's share of it; wanted is then that share. *plan is the
 * caller's. */
static enum status work(struct search *x, const struct stages *stages, struct wanted *wanted, int n, struct plan **plan,
                        struct run_outcome *outcome, struct errmsg *e)
{
    enum status st = record(x, stages, wanted, n, plan, e);
    if (st == STATUS_OK && x->share != NULL)
        st = share(x, stages, wanted, n, plan, e);
    const struct run_options how = {.workers = x->options->workers > 0 ? x->options->workers : runner_cores(),
                                    .quiet = x->options->quiet,
                                    .limits = x->options->limits,
                                    .log = x->log};
    if (st != STATUS_OK || (x->paused && !is_shard(x)))
        return st;
    st = runner_run(*plan, x->store, &how, outcome, e);
    if (st == STATUS_OK)
        add_outcome(&x->outcome, outcome);
    if (st == STATUS_OK && x->paused)
        x->verdict = outcome_verdict(*plan, outcome, &x->why);
    return st;
}

/* answer: after the work: the answers, what they cost, and the trainings that are now known. */
static enum status answer(struct search *x, struct basket *b, const struct search_purchase *asked,
                          double *accuracies, struct errmsg *e)
{
    enum status st = STATUS_OK;
    for (int i = 0; i < b->n && st == STATUS_OK; i++) {
        struct purchase *p = &b->purchases[i];
        bool hopeless = false;
        accuracies[i] = NAN;
        if (i >= b->bought)
            continue;
        if (isnan(p->accuracy))
            st = ledger_answer(&x->ledger, p, &hopeless, e);
        accuracies[i] = p->accuracy;
        x->so_far.hours += isnan(p->charged_seconds) ? 0 : p->charged_seconds / 3600;
        if (st == STATUS_OK && p->epochs == p->all_epochs && !isnan(p->accuracy))
            st = found_trained(x->found, x->space, asked[i].choice, asked[i].seed, p->accuracy, e);
    }
    x->so_far.purchases += b->bought;
    return st;
}

static void tell_warm(struct search *x)
{
    if (x->told_warm || x->options->quiet || x->warm + x->own == 0)
        return;
    say(stderr,
        "%s: goes on after %d purchase%s: %d that the database had from other sweeps, and %d of an earlier run of "
        "this search\n",
        x->sweep->name, x->warm + x->own, x->warm + x->own == 1 ? "" : "s", x->warm, x->own);
    x->told_warm = true;
}

static void say_round(const struct search *x)
{
    const struct round *r = &x->so_far;
    say(stderr, "%s: round %d: %d purchase%s, %.4g trainings, %.3g hours; %d on the front, hypervolume %.4f\n",
        x->sweep->name, r->round, r->purchases, r->purchases == 1 ? "" : "s", r->trainings, r->hours, r->front,
        r->hypervolume);
}

/* train: does what of the basket is not known, and keeps what is bought, in the transaction in which it was asked for.
 * The rows come before the work, so that what is trained for the search is known to be its own. */
static enum status train(struct search *x, struct basket *b, const struct search_purchase *asked,
                         double *accuracies, struct errmsg *e)
{
    static const struct stages trainings = {.train = true};
    struct run_outcome outcome = {0};
    struct plan *plan = NULL;
    bool all_known = true;
    for (int i = 0; i < b->bought; i++)
        all_known = all_known && b->wanted[i].epochs <= 0 && !isnan(b->purchases[i].accuracy);
    if (!all_known)
        tell_warm(x);
    enum status st = ledger_keep(&x->ledger, b->purchases, b->bought, e);
    if (st == STATUS_OK)
        st = work(x, &trainings, b->wanted, b->bought, &plan, &outcome, e);
    plan_free(plan);
    if (st != STATUS_OK || x->paused)
        return st;
    st = answer(x, b, asked, accuracies, e);
    if (st == STATUS_OK)
        st = ledger_begin(&x->ledger, e);
    if (st == STATUS_OK)
        st = ledger_keep(&x->ledger, b->purchases, b->bought, e);
    if (st == STATUS_OK)
        st = found_measure(x->found, x->space, &x->so_far, e);
    if (st == STATUS_OK)
        st = ledger_round(&x->ledger, &x->so_far, e);
    if (st == STATUS_OK && !all_known && !x->options->quiet)
        say_round(x);
    return st;
}

static enum status buy(void *context, const struct search_purchase *purchases, int n, double *accuracies,
                       bool *over, struct errmsg *e)
{
    struct search *x = context;
    struct basket b;
    enum status st = basket_new(&b, n, e);
    x->so_far.round++;
    if (x->share != NULL)
        x->share->round = x->so_far.round;
    if (st == STATUS_OK)
        st = ledger_begin(&x->ledger, e);
    for (int i = 0; i < n && st == STATUS_OK && !spent(x); i++) {
        if ((st = stop_check(e)) == STATUS_OK && (st = ask(x, &b, i, &purchases[i], e)) == STATUS_OK)
            st = charge(x, &b.purchases[i], e);
        b.bought = i + 1;
    }
    if (st == STATUS_OK)
        st = train(x, &b, purchases, accuracies, e);
    else
        record_rollback(x->store);
    basket_free(&b);
    *over = spent(x) || x->paused;
    return st;
}

static enum status look(void *context, const int *choice, struct search_candidate *out, struct errmsg *e)
{
    struct search *x = context;
    return space_look(x->space, choice, out, e);
}

static void features(void *context, int training, double *out)
{
    struct search *x = context;
    space_describe(x->space, training, out);
}

/* -------------------------------------------------------------------------- the end */

/* finish_front: the points on the front get the stages that a grid gives to all: the last round. */
static enum status finish_front(struct search *x, struct errmsg *e)
{
    static const struct stages all = {.train = true, .check = true, .synth = true, .trained_vectors = true};
    struct run_outcome outcome = {0};
    struct plan *plan = NULL;
    struct point *points = NULL;
    struct wanted *wanted = NULL;
    int n = 0;
    enum status st = found_front(x->found, x->space, x->sweep, &points, &wanted, &n, e);
    if (x->share != NULL)
        x->share->round = x->so_far.round + 1;
    if (st == STATUS_OK && n > 0)
        st = work(x, &all, wanted, n, &plan, &outcome, e);
    if (st == STATUS_OK && plan != NULL)
        work_say(plan->missing);
    if (st == STATUS_OK && plan != NULL && !x->paused) {
        memcpy(x->outcome.wrong, outcome.wrong, sizeof outcome.wrong);
        x->verdict = outcome_verdict(plan, &x->outcome, &x->why);
    }
    plan_free(plan);
    free(points);
    free(wanted);
    return st;
}

static void tell(void *context, const char *text)
{
    const struct search *x = context;
    if (!x->options->quiet && !x->paused)
        say(stderr, "%s: %s\n", x->sweep->name, text);
}

static void summary(const struct search *x)
{
    const struct round *r = &x->so_far;
    const double size = space_size(x->space);
    say(stderr,
        "%s: %s of %.6g combinations: %d round%s, %d purchase%s; charged: %d point%s (%.3g %%), %.4g trainings, "
        "%.3g hours; %d point%s on the front, hypervolume %.4f; results are in %s\n",
        x->sweep->name, x->wish->method->name, size, r->round, r->round == 1 ? "" : "s", r->purchases,
        r->purchases == 1 ? "" : "s", r->points, r->points == 1 ? "" : "s", 100 * r->points / size, r->trainings,
        r->hours, r->front, r->front == 1 ? "" : "s", r->hypervolume, x->options->db);
}

/* say_share: what this shard did of a round. */
static void say_share(const struct search *x)
{
    say(stderr, "%s: round %d: shard %d of %d did %d of %d jobs; the search goes on when all shards are united\n",
        x->sweep->name, x->share->round, x->share->shard, x->share->shards, x->outcome.done, x->share->left);
}

/* ------------------------------------------------------------------------ beginning */

/* identity: of all that decides what the search asks for. Its budget does not: more of it goes on. */
static void identity(const struct search *x, char hex[DIGEST_HEX_BYTES])
{
    const struct search_wish *w = x->wish;
    struct digest d;
    digest_init(&d);
    digest_text(&d, "what", "deltasweep search 1");
    digest_text(&d, "method", w->method->name);
    digest_int(&d, "seed", (long long)w->seed);
    digest_text(&d, "data", x->data->digest);
    for (int k = 0; k < w->n_objectives; k++)
        digest_text(&d, w->objectives[k].maximise ? "max" : "min", w->objectives[k].name);
    for (int i = 0; i < w->n_rules; i++)
        digest_text(&d, "constraint", w->rules[i]);
    digest_text(&d, "where", x->sweep->where != NULL ? x->sweep->where : "");
    digest_int(&d, "rungs", x->problem.n_rungs);
    digest_int(&d, "batch", x->problem.batch);
    for (int i = 0; i < x->sweep->n_seeds; i++)
        digest_int(&d, "seed", (long long)x->sweep->seeds[i]);
    space_identify(x->space, &d);
    digest_hex(&d, hex);
}

static void make_problem(struct search *x)
{
    const struct search_wish *w = x->wish;
    struct search_problem *p = &x->problem;
    p->n_variables = space_variables(x->space, &p->n_values);
    p->n_objectives = w->n_objectives;
    for (int k = 0; k < w->n_objectives; k++)
        if (w->objectives[k].source == OBJECTIVE_ACCURACY)
            p->accuracy = k;
    p->n_rungs = w->rungs > 0 ? w->rungs : w->method->rungs > 0 ? w->method->rungs : 1;
    p->n_seeds = x->sweep->n_seeds;
    p->batch = w->batch > 0 ? w->batch : USUAL_BATCH;
    p->n_features = space_features(x->space);
    p->look = look;
    p->features = features;
    p->buy = buy;
    p->tell = tell;
    p->context = x;
}

/* prepare: data, space and problem. */
static enum status prepare(struct search *x, const struct sweep *s, struct errmsg *e)
{
    x->sweep = s;
    x->wish = s->search;
    intern_init(&x->charged_points, DIGEST_HEX_BYTES);
    intern_init(&x->trainings, DIGEST_HEX_BYTES);
    enum status st = dataset_load(s->dataset, &x->data, e);
    if (st == STATUS_OK)
        st = space_new(s, x->data, &x->space, e);
    if (st == STATUS_OK)
        make_problem(x);
    if (st == STATUS_OK)
        st = found_new(x->space, &x->problem, &x->found, e);
    return st;
}

static void clear(struct search *x)
{
    store_close(x->store);
    found_free(x->found);
    run_log_close(x->log);
    space_free(x->space);
    dataset_free(x->data);
    intern_free(&x->charged_points);
    intern_free(&x->trainings);
}

/* begin: opens the database, and the ledger: that of the database which planned the round. */
static enum status begin(struct search *x, struct errmsg *e)
{
    char digest[DIGEST_HEX_BYTES];
    enum status st = STATUS_OK;
    if (x->options->log_json != NULL)
        st = run_log_open(x->options->log_json, x->options->db, &x->log, e);
    if (st == STATUS_OK)
        st = store_open(x->options->db, &x->options->wait, &x->store, e);
    if (st != STATUS_OK)
        return st;
    identity(x, digest);
    st = ledger_open(&x->ledger, x->store, x->sweep, digest, space_size(x->space), e);
    return st == STATUS_OK && is_shard(x) ? sweeps_take_search(x->store, x->options->from, x->ledger.search, e) : st;
}

/* finish: after the last round. */
static enum status finish(struct search *x, struct errmsg *e)
{
    tell_warm(x);
    enum status st = finish_front(x, e);
    if (st != STATUS_OK || x->paused)
        return st;
    st = ledger_end(&x->ledger, &x->so_far, e);
    if (st == STATUS_OK && !x->options->quiet)
        summary(x);
    return st;
}

enum status search_do(const struct sweep *s, const struct work_options *options, struct search_share *share,
                      struct errmsg *e)
{
    struct search x = {.options = options, .share = share};
    stop_catch_signals();
    enum status st = prepare(&x, s, e);
    if (st == STATUS_OK)
        st = begin(&x, e);
    if (st == STATUS_OK)
        st = s->search->method->run(&x.problem, s->search->seed, e);
    if (st == STATUS_OK && !x.paused)
        st = finish(&x, e);
    if (st == STATUS_OK && x.paused && is_shard(&x) && !options->quiet)
        say_share(&x);
    if (st == STATUS_OK && x.verdict != STATUS_OK)
        st = fail(e, x.verdict, "%s", x.why.text);
    if (st == STATUS_ENVIRONMENT && stop_requested != 0)
        st = stop_check(e);
    clear(&x);
    return st;
}

/* budget: "100 trainings, 2 hours". */
static void budget_text(const struct search_wish *w, char *out, size_t room)
{
    const struct {
        const char *what;
        double most;
    } bounds[] = {{"points", w->points}, {"trainings", w->trainings}, {"hours", w->hours}};
    size_t used = 0;
    out[0] = '\0';
    for (int i = 0; i < 3; i++)
        if (isfinite(bounds[i].most) && used < room)
            used += (size_t)snprintf(out + used, room - used, "%s%.6g %s", used == 0 ? "" : ", ", bounds[i].most,
                                     bounds[i].what);
}

static void describe(const struct search *x)
{
    const struct search_wish *w = x->wish;
    const struct search_problem *p = &x->problem;
    char text[512];
    say(stdout, "search %s: %s\nseed %llu\n", w->method->name, w->method->what, (unsigned long long)w->seed);
    for (int v = 0; v < p->n_variables; v++) {
        space_name(x->space, v, text, sizeof text);
        say(stdout, "choose %s\n", text);
    }
    say(stdout, "combinations %.6g, %.3g %% of them feasible (of %d that were drawn)\n", space_size(x->space),
        100 * found_feasible(x->found), FOUND_DRAWN);
    for (int k = 0; k < w->n_objectives; k++)
        say(stdout, "objective %s %s\n", w->objectives[k].maximise ? "max" : "min", w->objectives[k].name);
    for (int i = 0; i < w->n_rules; i++)
        say(stdout, "constraint %s\n", w->rules[i]);
    budget_text(w, text, sizeof text);
    if (isfinite(w->trainings)) {
        char time[32];
        progress_duration(w->trainings * found_seconds(x->found), time);
        say(stdout, "time of these trainings very roughly %s on one core\n", time);
    }
    say(stdout, "budget %s\nbatch %d\nseeds %d\nrungs %d:", text, p->batch, p->n_seeds, p->n_rungs);
    for (int i = 0; i < x->sweep->axes[AXIS_EPOCHS].n; i++) {
        const int epochs = (int)x->sweep->axes[AXIS_EPOCHS].values[i].number;
        for (int r = 0; r < p->n_rungs; r++)
            say(stdout, "%s%d", r == 0 ? " " : ", ", rung_epochs(epochs, r, p->n_rungs));
        say(stdout, " epochs%s", i + 1 < x->sweep->axes[AXIS_EPOCHS].n ? " or" : "\n");
    }
}

enum status search_describe(const struct sweep *s, struct errmsg *e)
{
    struct search x = {.wish = s->search};
    const enum status st = prepare(&x, s, e);
    if (st == STATUS_OK)
        describe(&x);
    clear(&x);
    return st;
}
