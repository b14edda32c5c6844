/* A row of the table `points`, which a database of others may hold, as the sweep that it describes. Bytes: the number
 * of an axis, what type its value has, the value. */
#include "explorer/cli/stored.h"
#include "db/store.h"
#include "explorer/report/query.h"
#include "explorer/sweep/sweep.h"
#include "tests/fuzz/fuzz.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char row[] =
    "INSERT INTO points (digest, point, dataset, network, train_mode, epochs, batch, optimiser, lr, lr_decay, shuffle,"
    " scheme, reference, span, codec, rounding, weight_bits, frac_bits, delta_bits, delta_offset, engine, parallelism,"
    " multiplier, operator_inputs, device, weights, weight_storage_bits, compression_ratio)"
    " VALUES ('ab12', 'pab12', 'fashion-mnist', '784-32-10', 'standard', 3, 512, 'adam', 0.001, 'none', 1,"
    " 'fixed-reference', 'mean', 'row', 'exact', 'nearest', 8, 5, 4, 0, 'operator', 8, 'dsp', 152, 'xc7s15', 1, 1, 1)";

static struct store *database(void)
{
    static struct store *s;
    char path[PATH_MAX];
    struct errmsg e = {""};
    if (s != NULL)
        return s;
    snprintf(path, sizeof path, "%s/a.db", fuzz_folder());
    if (store_open(path, NULL, &s, &e) != STATUS_OK ||
        sqlite3_exec(store_handle(s), row, NULL, NULL, NULL) != SQLITE_OK) {
        fprintf(stderr, "%s%s\n", e.text, s != NULL ? sqlite3_errmsg(store_handle(s)) : "");
        abort();
    }
    return s;
}

static void bind(sqlite3_stmt *q, uint8_t type, const uint8_t *bytes, size_t n)
{
    uint64_t bits = 0;
    double real;
    memcpy(&bits, bytes, n < sizeof bits ? n : sizeof bits);
    memcpy(&real, &bits, sizeof real);
    if (type % 4 == 0)
        sqlite3_bind_int64(q, 1, (sqlite3_int64)bits);
    else if (type % 4 == 1)
        sqlite3_bind_double(q, 1, real);
    else if (type % 4 == 2)
        sqlite3_bind_text(q, 1, (const char *)bytes, (int)n, SQLITE_TRANSIENT);
    else
        sqlite3_bind_blob(q, 1, bytes, (int)n, SQLITE_TRANSIENT);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes)
{
    struct store *s = database();
    struct sweep *sweep = NULL;
    struct errmsg e = {""};
    char sql[128];
    if (n_bytes < 2)
        return 0;
    sqlite3_exec(store_handle(s), "SAVEPOINT before", NULL, NULL, NULL);
    snprintf(sql, sizeof sql, "UPDATE points SET %s = ?", axis_at((enum axis_id)(bytes[0] % AXIS_COUNT))->column);
    sqlite3_stmt *q = store_statement(s, sql);
    if (q != NULL) {
        bind(q, bytes[1], bytes + 2, n_bytes - 2);
        (void)sqlite3_step(q);
        sqlite3_reset(q);
    }
    fuzz_told(stored_sweep(store_handle(s), "pab12", "fit", &sweep, &e), &e);
    sweep_free(sweep);
    sqlite3_exec(store_handle(s), "ROLLBACK TO before; RELEASE before", NULL, NULL, NULL);
    return 0;
}
