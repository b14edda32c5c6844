/* SQL of `query`, and expressions of --where, over an empty database. The first byte says which of the two. */
#include "db/store.h"
#include "explorer/report/query.h"
#include "tests/fuzz/fuzz.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

static sqlite3 *database(void)
{
    static sqlite3 *db;
    char path[PATH_MAX];
    struct store *made = NULL;
    struct errmsg e = {""};
    if (db != NULL)
        return db;
    snprintf(path, sizeof path, "%s/a.db", fuzz_folder());
    if (store_open(path, NULL, &made, &e) != STATUS_OK)
        abort();
    store_close(made);
    if (query_open(path, &db, &e) != STATUS_OK)
        abort();
    return db;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes)
{
    struct table *t = NULL;
    struct errmsg e = {""};
    sqlite3 *db = database();
    if (n_bytes == 0)
        return 0;
    char *sql = fuzz_text(bytes + 1, n_bytes - 1);
    const enum status s = bytes[0] & 1 ? query_rows(db, "points", sql, &t, &e)
                                       : query_guarded(db, sql, NULL, NULL, &t, &e);
    if (fuzz_told(s, &e))
        table_free(t);
    free(sql);
    return 0;
}
