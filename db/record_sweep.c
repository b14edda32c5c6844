/* Sweeps and runs, and the transaction in which a sweep is recorded. */
#include "db/record.h"

#include "base/clock.h"
#include "db/row.h"

enum status record_begin(struct store *s, struct errmsg *e)
{
    static const char sql[] = "CREATE TEMP TABLE IF NOT EXISTS asked (run INTEGER PRIMARY KEY); DELETE FROM asked; "
                              "CREATE TEMP TABLE IF NOT EXISTS asked_jobs (digest TEXT PRIMARY KEY); "
                              "DELETE FROM asked_jobs";
    if (sqlite3_exec(store_handle(s), sql, NULL, NULL, NULL) != SQLITE_OK)
        return store_fail(store_handle(s), store_path(s), "starting to write", e);
    return row_run(s, "starting to write", "BEGIN IMMEDIATE", NULL, 0, e);
}

enum status record_commit(struct store *s, struct errmsg *e)
{
    return row_run(s, "keeping results", "COMMIT", NULL, 0, e);
}

void record_rollback(struct store *s)
{
    if (!sqlite3_get_autocommit(store_handle(s)))
        sqlite3_exec(store_handle(s), "ROLLBACK", NULL, NULL, NULL);
}

enum status record_sweep(struct store *s, const char *name, const char *file, const char *content, int64_t *id,
                         struct errmsg *e)
{
    char now[CLOCK_ISO_BYTES];
    clock_iso(clock_wall_s(), now);
    const struct field fields[] = {field_text("name", name), field_text("file", file), field_text("content", content),
                                   field_text("created", now), field_text("updated", now)};
    return ROW_UPSERT(s, "recording the sweep", "sweeps", fields,
                      "ON CONFLICT (name) DO UPDATE SET file = excluded.file, content = excluded.content, "
                      "updated = excluded.updated",
                      id, e);
}

enum status record_run(struct store *s, int64_t sweep, int64_t point, const uint64_t *seed, const char *train_job,
                       const char *check_job, struct errmsg *e)
{
    char now[CLOCK_ISO_BYTES];
    int64_t id = 0;
    clock_iso(clock_wall_s(), now);
    const struct field fields[] = {field_integer("sweep", sweep),
                                   field_integer("point", point),
                                   field_integer_if("seed", seed != NULL, seed != NULL ? (int64_t)*seed : 0),
                                   field_text("train_job", train_job),
                                   field_text("check_job", check_job),
                                   field_text("created", now)};
    enum status st = ROW_UPSERT(s, "recording the runs", "runs", fields,
                                "ON CONFLICT (sweep, point, coalesce(seed, -1)) DO UPDATE SET "
                                /* An older check counts only beside the training that it was made with. */
                                "train_job = coalesce(excluded.train_job, train_job), check_job = "
                                "coalesce(excluded.check_job, CASE WHEN excluded.train_job IS NULL OR train_job IS "
                                "excluded.train_job THEN check_job END)",
                                &id, e);
    const struct field asked[] = {field_integer("run", id)};
    if (st == STATUS_OK)
        st = ROW_RUN(s, "recording the runs", "INSERT OR IGNORE INTO temp.asked (run) VALUES (:run)", asked, e);
    return st;
}

enum status record_test_images(struct store *s, int test_images, struct errmsg *e)
{
    const struct field fields[] = {field_integer("test_images", test_images)};
    return ROW_RUN(s, "recording the size of the test set",
                   "UPDATE training SET test_images = :test_images WHERE test_images IS NULL AND job IN (SELECT digest "
                   "FROM temp.asked_jobs)",
                   fields, e);
}

enum status record_prune(struct store *s, int64_t sweep, struct errmsg *e)
{
    static const char what[] = "forgetting what is no longer asked for";
    const struct field fields[] = {field_integer("sweep", sweep)};
    enum status st = ROW_RUN(s, what,
                             "DELETE FROM runs WHERE sweep = :sweep AND id NOT IN (SELECT run FROM temp.asked) "
                             "AND NOT EXISTS (SELECT 1 FROM training t WHERE t.job = train_job)",
                             fields, e);
    if (st == STATUS_OK)
        st = row_run(s, what, "CREATE TEMP TABLE IF NOT EXISTS unasked (digest TEXT PRIMARY KEY)", NULL, 0, e);
    if (st == STATUS_OK)
        st = row_run(s, what, "DELETE FROM temp.unasked", NULL, 0, e);
    if (st == STATUS_OK)
        st = row_run(s, what,
                     "INSERT INTO temp.unasked SELECT digest FROM jobs "
                     "WHERE state <> 'done' AND digest NOT IN (SELECT digest FROM temp.asked_jobs) "
                     "AND digest NOT IN (SELECT train_job FROM runs WHERE train_job IS NOT NULL) "
                     "AND digest NOT IN (SELECT check_job FROM runs WHERE check_job IS NOT NULL) "
                     "AND digest NOT IN (SELECT build_job FROM points WHERE build_job IS NOT NULL) "
                     "AND digest NOT IN (SELECT synth_job FROM points WHERE synth_job IS NOT NULL) "
                     "AND digest NOT IN (SELECT job FROM running)", /* another run does it */
                     NULL, 0, e);
    if (st == STATUS_OK)
        st = row_run(s, what, "DELETE FROM job_outputs WHERE job IN (SELECT digest FROM temp.unasked)", NULL, 0, e);
    if (st == STATUS_OK)
        st = row_run(s, what, "DELETE FROM jobs WHERE digest IN (SELECT digest FROM temp.unasked)", NULL, 0, e);
    return st;
}
