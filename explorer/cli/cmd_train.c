#include "explorer/cli/cli.h"
#include "explorer/cli/onepoint.h"
#include "explorer/report/query.h"
#include "models/nn/io/pack.h"
#include "models/nn/io/network_file.h"

#include <stdio.h>

static const struct option_row options[] = {
    {ONEPOINT_SAVE, "save", "FILE",
     "write the trained network: NET.dsn with all that deltasweep knows about "
     "it; for PyTorch NET.safetensors, or FOLDER/ of .npy files",
     NULL},
    {.id = OPTION_JSON},
    {.id = OPTION_DB},
    {.id = OPTION_LOCK_TIMEOUT},
    {.id = OPTION_JOB_TIME},
    {.id = OPTION_JOB_MEMORY},
    {.id = OPTION_TOOL_TIME},
    {.id = OPTIONS_OF_POINT},
    {0},
};

static const struct exit_meaning exits[] = {
    {0, "good"},
    {1, "the training diverged"},
    {2, "wrong usage, a missing data set, a failed job, or a database that cannot be used"},
    {3, "a damaged data set, or damaged weights (--load)"},
    {130, "interrupted; the same command continues"},
    {0, NULL},
};

/* The network that was taken is evaluated as it is deployed. Loaded weights that were not trained have no epoch. */
static const char sql[] =
    "SELECT e.epoch, e.loss, e.train_accuracy, e.validation_accuracy, e.test_accuracy, "
    "iif(e.epoch = t.best_epoch, t.deployed_accuracy, NULL) AS deployed_accuracy, e.seconds "
    "FROM epochs e JOIN training t ON t.job = e.job WHERE e.job = ?1 "
    "UNION ALL SELECT 0, NULL, train_accuracy, validation_accuracy, test_accuracy, deployed_accuracy, seconds "
    "FROM training WHERE job = ?1 AND NOT EXISTS (SELECT 1 FROM epochs WHERE job = ?1) ORDER BY 1";

/* save: the network of a job that is done, to a file. */
static enum status save(const struct onepoint *o, const char *job, struct errmsg *e)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *statement = NULL;
    struct network *net = NULL;
    struct exchange_names names;
    const struct sweep *s = o->sweep;
    const bool named = s->load[0] != '\0' && !network_file_is_own(s->load);
    enum status st = query_open(o->shared.db, &db, e);
    if (st == STATUS_OK)
        st = query_prepare(db, "SELECT network FROM training WHERE job = ?1", &statement, e);
    if (st == STATUS_OK && (sqlite3_bind_text(statement, 1, job, -1, SQLITE_STATIC) != SQLITE_OK ||
                            sqlite3_step(statement) != SQLITE_ROW))
        st = store_fail(db, o->shared.db, "reading the network", e);
    if (st == STATUS_OK)
        st = pack_read(sqlite3_column_blob(statement, 0), (size_t)sqlite3_column_bytes(statement, 0), &net, e);
    if (st == STATUS_OK && named) /* what came from another program goes back to it */
        st = exchange_read_names(s->load, s->load_order, &net->shape, &names, e);
    if (st == STATUS_OK)
        st = network_file_save(net, o->save, named ? &names : NULL, e);
    network_free(net);
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return st;
}

static enum status run(int argc, char **argv, struct errmsg *e)
{
    static const struct stages stages = {.train = true};
    struct onepoint o;
    struct plan *plan = NULL;
    enum status st = onepoint_read(argc, argv, options, &o, e);
    if (st != STATUS_OK)
        return st;
    if (o.save != NULL && (st = network_file_save_check(o.save, e)) != STATUS_OK) {
        onepoint_free(&o);
        return st;
    }
    const struct work_options work = {.db = o.shared.db, .wait = options_wait(&o.shared), .limits = o.shared.limits};
    st = work_do(o.sweep, &stages, &work, &plan, e);
    const char *job = onepoint_job(plan, JOB_TRAIN);
    if (job != NULL && st == STATUS_OK)
        st = onepoint_print(&o, sql, job, e);
    if (job != NULL && st == STATUS_OK && o.save != NULL)
        st = save(&o, job, e);
    plan_free(plan);
    onepoint_free(&o);
    return st;
}

const struct command command_train = {
    .name = "train",
    .summary = "train one point, and print every epoch",
    .usage = "[--save FILE] [OPTION]...",
    .about = "Trains one point with its weight code in the loop. Prints the figures of every epoch, and those "
             "of the integer network that is deployed. The result is recorded; the same options again only "
             "print it.",
    .options = options,
    .examples = "deltasweep train --scheme fixed-reference --delta-bits 4 --epochs 3\n"
             "deltasweep train --mode paper --network 784-150-16-400-120-84-10 --scheme fixed-point\n"
             "                 --frac-bits 6 --rounding cut --epochs 10\n"
             "deltasweep train --network 784-128-10 --load mine.safetensors --epochs 0 --delta-bits 3\n"
             "deltasweep train --delta-bits 3 --epochs 20 --patience 5 --save net.dsn",
    .exits = exits,
    .run = run,
};
