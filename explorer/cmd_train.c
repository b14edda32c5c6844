#include "explorer/cli.h"
#include "explorer/onepoint.h"

#include <stdio.h>

static const char help[] = "usage: deltasweep train [OPTION]...\n"
                           "\n"
                           "Trains one point with its weight code in the loop and prints the metrics of every\n"
                           "epoch, and at last the accuracy of the integer network that is deployed. The result is\n"
                           "recorded; the same options again only print it.\n"
                           "\n" ONEPOINT_HELP "\n"
                           "examples:\n"
                           "  deltasweep train --scheme fixed-reference --delta-bits 4 --epochs 3\n"
                           "  deltasweep train --mode paper --network 784,150,16,400,120,84,10 --scheme fixed-point\n"
                           "                   --frac-bits 6 --rounding cut --epochs 10\n"
                           "\n"
                           "exit codes: 0 good; 2 usage, a missing data set, a failed job, a database that cannot be\n"
                           "  used; 3 a damaged data set; 130 interrupted\n";

/* The network is evaluated as it is deployed once, after the last epoch. */
static const char sql[] =
    "SELECT e.epoch, e.loss, e.train_accuracy, e.validation_accuracy, e.test_accuracy, "
    "iif(e.epoch = max(e.epoch) OVER (), t.deployed_accuracy, NULL) AS deployed_accuracy, e.seconds "
    "FROM epochs e JOIN training t ON t.job = e.job WHERE e.job = ?1 ORDER BY e.epoch";

static enum status run(int argc, char **argv, struct errmsg *e)
{
    static const struct stages stages = {.train = true};
    struct onepoint o;
    struct plan *plan = NULL;
    enum status st = onepoint_read(argc, argv, ONEPOINT_PLAIN, &o, e);
    if (st != STATUS_OK)
        return st;
    const struct work_options work = {.db = o.db};
    st = work_do(o.sweep, &stages, &work, &plan, e);
    const char *job = onepoint_job(plan, JOB_TRAIN);
    if (job != NULL && st == STATUS_OK)
        st = onepoint_print(&o, sql, job, e);
    plan_free(plan);
    onepoint_free(&o);
    return st;
}

const struct command command_train = {"train", "train one point, and print every epoch", help, run};
