#include "db/checkpoint.h"
#include "db/migrate.h"
#include "db/store.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[64], path[128];

static int make_folder(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/deltasweep-store-XXXXXX");
    if (mkdtemp(folder) == NULL)
        return -1;
    snprintf(path, sizeof path, "%s/a%%b?.db", folder); /* a name that a careless URI would break */
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    char command[160];
    snprintf(command, sizeof command, "chmod -R u+w %s; rm -r %s", folder, folder);
    return system(command);
}

static void make_with(const char *sql)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "PRAGMA synchronous = OFF", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static void refused(enum status expected, const char *word)
{
    struct store *s;
    struct errmsg e = {""};
    assert_int_equal(store_open(path, NULL, &s, &e), expected);
    assert_null(s);
    if (strstr(e.text, word) == NULL)
        fail_msg("'%s' not in: %s", word, e.text);
}

static void refused_to_readers(const char *word)
{
    sqlite3 *db;
    struct errmsg e = {""};
    assert_int_equal(store_open_readonly(path, &db, &e), STATUS_ENVIRONMENT);
    assert_null(db);
    if (strstr(e.text, word) == NULL)
        fail_msg("'%s' not in: %s", word, e.text);
}

static void opens_makes_and_reopens(void **state)
{
    (void)state;
    struct store *s;
    struct errmsg e;
    for (int i = 0; i < 2; i++) {
        assert_int_equal(store_open(path, NULL, &s, &e), STATUS_OK);
        assert_int_equal(sqlite3_exec(store_handle(s), "SELECT * FROM results; SELECT * FROM designs", NULL, NULL, NULL),
                         SQLITE_OK);
        store_close(s);
    }
    sqlite3 *db;
    assert_int_equal(store_open_readonly(path, &db, &e), STATUS_OK);
    assert_int_equal(sqlite3_exec(db, "DELETE FROM jobs", NULL, NULL, NULL), SQLITE_READONLY);
    sqlite3_close(db);
}

static void readers_see_a_running_writer(void **state)
{
    (void)state;
    struct store *s;
    struct errmsg e;
    sqlite3 *db;
    assert_int_equal(store_open(path, NULL, &s, &e), STATUS_OK);
    assert_int_equal(sqlite3_exec(store_handle(s), "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(store_open_readonly(path, &db, &e), STATUS_OK);
    assert_int_equal(sqlite3_exec(db, "SELECT count(*) FROM results", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    store_close(s);
}

/* Many write at a time, but none beside one that is alone. */
static void writers_share_unless_one_is_alone(void **state)
{
    (void)state;
    const struct store_wait at_once = {.limited = true};
    struct store *s, *other;
    struct errmsg e;
    assert_int_equal(store_open(path, NULL, &s, &e), STATUS_OK);
    assert_int_equal(store_open(path, &at_once, &other, &e), STATUS_OK);
    store_close(other);
    assert_int_equal(store_open_alone(path, &at_once, &other, &e), STATUS_ENVIRONMENT);
    assert_non_null(strstr(e.text, "in use by another deltasweep"));
    store_close(s);
    assert_int_equal(store_open_alone(path, &at_once, &s, &e), STATUS_OK);
    assert_int_equal(store_open(path, &at_once, &other, &e), STATUS_ENVIRONMENT);
    assert_int_equal(store_open_alone(path, &at_once, &other, &e), STATUS_ENVIRONMENT);
    store_close(s);
    assert_int_equal(store_open(path, NULL, &s, &e), STATUS_OK);
    store_close(s);
}

static void missing_is_not_made_by_a_reader(void **state)
{
    (void)state;
    refused_to_readers("deltasweep run");
    assert_int_not_equal(access(path, F_OK), 0);
}

static void foreign_files_are_refused(void **state)
{
    (void)state;
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    for (int i = 0; i < 1000; i++)
        fputs("not a database\n", f);
    fclose(f);
    refused(STATUS_ENVIRONMENT, "is not a database");
    refused_to_readers("is not a database");
    unlink(path);

    make_with("CREATE TABLE t (x)");
    refused(STATUS_ENVIRONMENT, "another program's");
    refused_to_readers("another program's");
    unlink(path);

    make_with("PRAGMA application_id = 42");
    refused(STATUS_ENVIRONMENT, "another program's database (application id 42");
    unlink(path);

    assert_int_equal(mkdir(path, 0777), 0);
    refused(STATUS_ENVIRONMENT, "is a folder");
    refused_to_readers("is a folder");
    rmdir(path);
}

static void a_newer_format_is_refused_with_both_versions(void **state)
{
    (void)state;
    struct store *s;
    struct errmsg e;
    assert_int_equal(store_open(path, NULL, &s, &e), STATUS_OK);
    store_close(s);
    char newer[64], named[32], known[32];
    snprintf(newer, sizeof newer, "PRAGMA user_version = %d", migrate_newest() + 1);
    snprintf(named, sizeof named, "format %d", migrate_newest() + 1);
    snprintf(known, sizeof known, "up to %d", migrate_newest());
    make_with(newer);
    refused(STATUS_ENVIRONMENT, named);
    refused(STATUS_ENVIRONMENT, known);
    refused_to_readers(named);
}

/* answer_of: what sql says of a file, as text; the caller's (sqlite3_free). */
static char *answer_of(const char *file, const char *sql)
{
    sqlite3 *db;
    sqlite3_stmt *st;
    assert_int_equal(sqlite3_open(file, &db), SQLITE_OK);
    if (sqlite3_prepare_v2(db, sql, -1, &st, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    assert_int_equal(sqlite3_step(st), SQLITE_ROW);
    char *text = sqlite3_mprintf("%s", (const char *)sqlite3_column_text(st, 0));
    sqlite3_finalize(st);
    sqlite3_close(db);
    return text;
}

/* shape_of: every column of every table and view, in order; the caller's (sqlite3_free). */
static char *shape_of(const char *file)
{
    return answer_of(
        file, "SELECT group_concat(m.type || ' ' || m.name || '.' || i.cid || ' ' || i.name || ' ' || i.type || "
              "i.\"notnull\" || i.pk, char(10)) "
              "FROM (SELECT type, name FROM sqlite_schema WHERE type IN ('table', 'view') ORDER BY name) m, "
              "pragma_table_info(m.name) i");
}

/* fresh_shape: of a database that is made new; the caller's (sqlite3_free). */
static char *fresh_shape(void)
{
    struct store *s;
    struct errmsg e = {""};
    char fresh[160];
    snprintf(fresh, sizeof fresh, "%s/fresh.db", folder);
    unlink(fresh);
    assert_int_equal(store_open(fresh, NULL, &s, &e), STATUS_OK);
    store_close(s);
    return shape_of(fresh);
}

/* run_file: the SQL of the file STEM<version>.sql, after that of before; false if there is no such file. */
static bool run_file(const char *before, const char *stem, int version)
{
    static char text[65536];
    char name[512];
    snprintf(name, sizeof name, "%s/%s%d.sql", DELTASWEEP_SOURCE_DIR, stem, version);
    FILE *f = fopen(name, "r");
    if (f == NULL)
        return false;
    const size_t used = (size_t)snprintf(text, sizeof text, "%s", before);
    const size_t n = fread(text + used, 1, sizeof text - 1 - used, f);
    fclose(f);
    text[used + n] = '\0';
    make_with(text);
    return true;
}

/* make_format: tables and views as an older deltasweep made them. A format of which nothing is kept is made from the
 * one before it by its migration. */
static void make_format(int version)
{
    char sql[96];
    if (!run_file("", "tests/golden/format_", version)) {
        make_format(version - 1);
        assert_true(run_file("PRAGMA legacy_alter_table = ON;", "db/migrations/", version));
    }
    snprintf(sql, sizeof sql, "PRAGMA application_id = 1685288816; PRAGMA user_version = %d", version);
    make_with(sql);
}

/* fill: with an operator and a float network, both trained. */
static void fill(void)
{
    make_with(
        "INSERT INTO sweeps VALUES (1, 's', 's.yaml', 'name: s', 'then', 'then');"
        "INSERT INTO jobs (digest, kind, state, label) VALUES ('t', 'train', 'done', 'l'), ('c', 'check', 'done', 'l');"
        "INSERT INTO points (digest, point, dataset, network, train_mode, epochs, batch, optimiser, lr, lr_decay, "
        "shuffle, scheme, parallelism, operator_inputs, device, weights, weight_storage_bits, compression_ratio) "
        "VALUES ('a', 'a', 'd', '4-2', 'standard', 1, 1, 'adam', 1, 'none', 1, 'fixed-point', 2, 4, 'xc7s15', 8, 64, "
        "1), "
        "('b', 'b', 'd', '4-2', 'standard', 1, 1, 'adam', 1, 'none', 1, 'float', NULL, NULL, 'xc7s15', 8, 256, 1);"
        "INSERT INTO training (job, train_accuracy, validation_accuracy, test_accuracy, seconds, network) "
        "VALUES ('t', 0.5, 0.5, 0.75, 1, x'00');"
        "INSERT INTO fits (point, logic_known, weights_fit_bram, weights_fit_lutram, weights_utilisation) "
        "VALUES (1, 0, 0, 0, 1.5);"
        "INSERT INTO checks (job, vectors, trained_vectors, mismatches, cycles_per_dot, clocks, lockstep_clocks) "
        "VALUES ('c', 9, 0, 3, 4, 36, 0);"
        "INSERT INTO runs VALUES (1, 1, 1, 0, 't', 'c', 'then'), (2, 1, 2, 0, 't', NULL, 'then');");
}

/* make_older: a database with rows of each format that there was. Format 2 is 3 without the table of estimates. */
static void make_older(int version)
{
    unlink(path);
    make_format(version == 2 ? 3 : version);
    if (version < 4)
        fill();
    if (version == 2)
        make_with("DROP VIEW vivado; DROP VIEW designs; DROP VIEW results; DROP TABLE estimates;"
                  "CREATE VIEW vivado AS SELECT 1; CREATE VIEW designs AS SELECT 1;"
                  "CREATE VIEW results AS SELECT 1; PRAGMA user_version = 2");
}

static void open_and_close(void)
{
    struct store *s;
    struct errmsg e = {""};
    if (store_open(path, NULL, &s, &e) != STATUS_OK)
        fail_msg("%s", e.text);
    store_close(s);
}

/* contents_sql: SQL that answers with all values of a view of the database, column by column as it has them now, except
 * those that format 7 changed. */
static char *contents_sql(const char *view)
{
    char sql[512];
    snprintf(sql, sizeof sql,
             "SELECT 'SELECT group_concat(' || group_concat('quote(\"' || name || '\")', ' || ''|'' || ') || "
             "', char(10)) FROM %s' FROM pragma_table_info('%s') WHERE name NOT IN ('point', 'git_revision', "
             "'macs_per_second_at_1mhz')",
             view, view);
    return answer_of(path, sql);
}

static void older_formats_become_the_newest_with_all_rows(void **state)
{
    (void)state;
    static const char *const views[] = {"results", "vivado"};
    char *expected = fresh_shape();
    for (int version = 1; version < migrate_newest(); version++) {
        char name[32], *sql[2], *before[2];
        make_older(version);
        snprintf(name, sizeof name, "has format %d, from", version);
        refused_to_readers(name);
        const int n = version == 1 ? 1 : version == 2 ? 0 : 2;
        char *points = answer_of(path, "SELECT group_concat(ltrim(point, 'p') || ' p' || ltrim(point, 'p'), ' ') FROM points");
        for (int i = 0; i < n; i++) {
            sql[i] = contents_sql(views[i]);
            before[i] = answer_of(path, sql[i]);
        }
        open_and_close();
        char *got = shape_of(path);
        assert_string_equal(got, expected);
        sqlite3_free(got);
        /* The names have a letter in front, and every training has one. */
        char *renamed = answer_of(path, "SELECT group_concat(substr(point, 2) || ' ' || point, ' ') FROM (SELECT * FROM "
                                        "points WHERE length(training) = 11 AND training GLOB 't*' ORDER BY id)");
        assert_string_equal(renamed, points);
        sqlite3_free(renamed);
        sqlite3_free(points);
        char *designs = answer_of(path, "SELECT count(*) - (SELECT count(DISTINCT point) FROM runs) FROM designs");
        assert_string_equal(designs, "0"); /* one for each point, however many sweeps have it */
        sqlite3_free(designs);
        for (int i = 0; i < n; i++) {
            char *after = answer_of(path, sql[i]);
            assert_string_equal(after, before[i]);
            sqlite3_free(after);
            sqlite3_free(before[i]);
            sqlite3_free(sql[i]);
        }
        sqlite3 *db;
        struct errmsg e;
        assert_int_equal(store_open_readonly(path, &db, &e), STATUS_OK);
        sqlite3_close(db);
    }
    sqlite3_free(expected);
}

static void assert_answer(const char *sql, const char *expected)
{
    char *got = answer_of(path, sql);
    assert_string_equal(got, expected);
    sqlite3_free(got);
}

static void older_formats_gain_what_is_known_of_them(void **state)
{
    (void)state;
    make_older(1);
    open_and_close();
    assert_answer("SELECT group_concat(coalesce(engine, 'none') || test_accuracy || coalesce(deployed_accuracy, "
                  "'unknown') || coalesce(rtl_mismatches, '?')) FROM results",
                  "operator0.75unknown3,none0.75unknown?");
    for (int version = 2; version <= 3; version++) {
        make_older(version);
        open_and_close();
        assert_answer("SELECT group_concat(network || macs || coalesce(step, '-') || warmup || clamp_gradient "
                      "|| test_accuracy || coalesce(weights_fit, '-'), ' ') FROM results",
                      "4-28fixed0.0paper0.750 4-28-0.0paper0.75-");
    }
    make_with("INSERT INTO jobs (digest, kind, state, label) VALUES ('n', 'a new kind', 'waiting', 'l')");
}

static void an_upgrade_that_fails_changes_nothing(void **state)
{
    (void)state;
    make_older(1);
    make_with("CREATE TABLE accelerators (x)"); /* in the way of the new tables */
    char *before = shape_of(path);
    refused(STATUS_ENVIRONMENT, "bringing it up to date");
    char *after = shape_of(path);
    assert_string_equal(after, before);
    sqlite3_free(before);
    sqlite3_free(after);
    refused_to_readers("has format 1");
}

static int statements_left; /* of a process that is to be killed */

static int count_statement(unsigned event, void *context, void *statement, void *text)
{
    (void)event, (void)context, (void)statement, (void)text;
    if (statements_left-- == 0)
        raise(SIGKILL);
    return 0;
}

static int count_statements(sqlite3 *db, char **problem, const struct sqlite3_api_routines *api)
{
    (void)problem, (void)api;
    return sqlite3_trace_v2(db, SQLITE_TRACE_STMT, count_statement, NULL);
}

/* upgraded_until: upgrades in a process that is killed before its n-th statement; whether it lived to the end. */
static bool upgraded_until(int n)
{
    const pid_t child = fork();
    if (child == 0) {
        struct store *s;
        struct errmsg e;
        statements_left = n;
        sqlite3_auto_extension((void (*)(void))count_statements);
        _exit(store_open(path, NULL, &s, &e) == STATUS_OK ? 0 : 1);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    if (WIFSIGNALED(status))
        return false;
    assert_int_equal(WEXITSTATUS(status), 0);
    return true;
}

static void an_upgrade_that_is_killed_leaves_old_or_new_whole(void **state)
{
    (void)state;
    static const char version_sql[] = "SELECT user_version FROM pragma_user_version";
    char *new_shape = fresh_shape();
    make_older(1);
    char *old_shape = shape_of(path);
    int old = 0, kills = 0;
    for (bool lived = false; !lived; kills++) {
        make_older(1);
        lived = upgraded_until(kills);
        char *version = answer_of(path, version_sql), *shape = shape_of(path);
        const bool is_old = strcmp(version, "1") == 0;
        old += is_old;
        assert_string_equal(shape, is_old ? old_shape : new_shape);
        assert_answer("SELECT group_concat(test_accuracy) FROM results", "0.75,0.75");
        sqlite3_free(version);
        sqlite3_free(shape);
    }
    assert_true(old > 40 && old < kills);
    sqlite3_free(old_shape);
    sqlite3_free(new_shape);
}

static void an_upgrade_keeps_views_of_the_user(void **state)
{
    (void)state;
    make_older(3);
    make_with("CREATE VIEW mine AS SELECT j.kind, r.sweep FROM jobs j JOIN results r");
    open_and_close();
    assert_answer("SELECT count(*) FROM mine", "4");
}

static void views_of_another_program_are_made_again(void **state)
{
    (void)state;
    char *expected = fresh_shape();
    open_and_close();
    make_with("DROP VIEW designs; CREATE VIEW designs AS SELECT 1 AS x");
    open_and_close();
    char *got = shape_of(path);
    assert_string_equal(got, expected);
    sqlite3_free(got);
    sqlite3_free(expected);
}

/* What works by itself in a file is refused; what comes while the file is open does nothing. */
static void a_schema_that_acts_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *plant, *remove, *word;
    } of[] = {{"CREATE TRIGGER helpful AFTER INSERT ON jobs BEGIN DELETE FROM points; END", "DROP TRIGGER helpful",
               "the trigger `helpful`"},
              {"CREATE VIRTUAL TABLE words USING fts5(x)", "DROP TABLE words", "the virtual table `words`"},
              {"ALTER TABLE sweeps ADD COLUMN twice TEXT AS (name || name)", "ALTER TABLE sweeps DROP COLUMN twice",
               "the generated column `sweeps.twice`"}};
    static const char insert[] =
        "INSERT INTO sweeps (name, file, content, created, updated) VALUES ('a', '', '', '', '')";
    struct store *s;
    struct errmsg e = {""};
    open_and_close();
    for (size_t i = 0; i < sizeof of / sizeof of[0]; i++) {
        make_with(of[i].plant);
        refused(STATUS_ENVIRONMENT, of[i].word);
        refused_to_readers(of[i].word);
        make_with(of[i].remove);
    }
    assert_int_equal(store_open(path, NULL, &s, &e), STATUS_OK);
    make_with(
        "CREATE TABLE seen (x); CREATE TRIGGER helpful AFTER INSERT ON sweeps BEGIN INSERT INTO seen VALUES (1); END");
    assert_int_equal(sqlite3_exec(store_handle(s), insert, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(
        sqlite3_exec(store_handle(s), "PRAGMA writable_schema = ON; DELETE FROM sqlite_schema", NULL, NULL, NULL),
        SQLITE_ERROR);
    store_close(s);
    make_with("DROP TRIGGER helpful");
    assert_answer("SELECT count(*) FROM sweeps", "1");
    assert_answer("SELECT count(*) FROM seen", "0");
}

static void references_to_nothing_stop_an_upgrade(void **state)
{
    (void)state;
    make_older(4);
    make_with("DELETE FROM jobs WHERE kind = 'train'");
    refused(STATUS_ENVIRONMENT, "of jobs that is not there");
    refused_to_readers("has format 4");
}

static void an_empty_file_is_filled_but_not_read(void **state)
{
    (void)state;
    struct store *s;
    struct errmsg e;
    fclose(fopen(path, "w"));
    refused_to_readers("is empty");
    assert_int_equal(store_open(path, NULL, &s, &e), STATUS_OK);
    store_close(s);
}

/* let_go: the other program ends what it does as soon as somebody is told of the wait. */
static int told;
static void let_go(void *other, const char *line)
{
    assert_non_null(strstr(line, "is locked by another program: waiting"));
    assert_int_equal(sqlite3_exec(other, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
    told++;
}

static void a_locked_database_is_waited_for(void **state)
{
    (void)state;
    struct store *s;
    struct errmsg e;
    sqlite3 *other;
    assert_int_equal(store_open(path, NULL, &s, &e), STATUS_OK);
    assert_int_equal(sqlite3_open(path, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    store_tell(s, let_go, other);
    told = 0;
    assert_int_equal(sqlite3_exec(store_handle(s), "BEGIN IMMEDIATE; ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(told, 1);
    sqlite3_close(other);
    store_close(s);
}

static void a_wait_for_a_lock_ends_when_asked(void **state)
{
    (void)state;
    static volatile sig_atomic_t stop = 1;
    const struct store_wait wait = {.stop = &stop};
    struct store *s;
    struct errmsg e;
    sqlite3 *other;
    assert_int_equal(store_open(path, &wait, &s, &e), STATUS_OK);
    assert_int_equal(sqlite3_open(path, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    /* Not stopped, it would wait for ever. */
    assert_int_equal(sqlite3_exec(store_handle(s), "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_BUSY);
    assert_int_equal(store_fail(store_handle(s), path, "keeping results", &e), STATUS_ENVIRONMENT);
    assert_non_null(strstr(e.text, "is locked by another program"));
    sqlite3_close(other);
    store_close(s);
}

static void a_full_disk_says_so_and_keeps_what_is_there(void **state)
{
    (void)state;
    struct store *s;
    struct errmsg e;
    assert_int_equal(store_open(path, NULL, &s, &e), STATUS_OK);
    sqlite3 *db = store_handle(s);
    const char *insert = "INSERT INTO sweeps (name, file, content, created, updated) "
                         "VALUES (random(), '', hex(randomblob(20000)), '', '')";
    assert_int_equal(sqlite3_exec(db, insert, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_exec(db, "PRAGMA max_page_count = 60", NULL, NULL, NULL);
    int rc = SQLITE_OK;
    for (int i = 0; i < 50 && rc == SQLITE_OK; i++)
        rc = sqlite3_exec(db, insert, NULL, NULL, NULL);
    assert_int_equal(rc, SQLITE_FULL);
    assert_int_equal(store_fail(db, path, "keeping results", &e), STATUS_ENVIRONMENT);
    assert_non_null(strstr(e.text, "the disk is full while keeping results; finished results are kept"));
    store_close(s);
    assert_int_equal(store_open_readonly(path, &db, &e), STATUS_OK);
    sqlite3_stmt *st;
    assert_int_equal(sqlite3_prepare_v2(db, "SELECT count(*) FROM sweeps", -1, &st, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(st), SQLITE_ROW);
    assert_true(sqlite3_column_int(st, 0) >= 1);
    sqlite3_finalize(st);
    sqlite3_close(db);
}

/* SQLite itself takes these for databases in memory: the results would be gone at the end. */
static void names_special_to_sqlite_are_files(void **state)
{
    (void)state;
    static const char *const names[] = {":memory:", "file:a.db?mode=memory"};
    char before[4096];
    struct store *s;
    struct errmsg e;
    struct stat info;
    sqlite3 *db;
    assert_non_null(getcwd(before, sizeof before));
    assert_int_equal(chdir(folder), 0);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        assert_int_equal(store_open(names[i], NULL, &s, &e), STATUS_OK);
        store_close(s);
        assert_int_equal(stat(names[i], &info), 0);
        assert_true(info.st_size > 0);
        assert_int_equal(store_open_readonly(names[i], &db, &e), STATUS_OK);
        assert_int_equal(sqlite3_exec(db, "SELECT * FROM results", NULL, NULL, NULL), SQLITE_OK);
        sqlite3_close(db);
    }
    assert_int_equal(chdir(before), 0);
}

static void what_is_no_plain_file_is_refused(void **state)
{
    (void)state;
    assert_int_equal(mkfifo(path, 0600), 0);
    refused(STATUS_ENVIRONMENT, "not a plain file");
    refused_to_readers("not a plain file"); /* and does not wait for a writer to the pipe */
    path[0] = '\0';
    refused(STATUS_ENVIRONMENT, "name is empty");
    refused_to_readers("name is empty");
}

/* Room for the log's beginning, but not for all tables: nothing is left behind. */
static void a_database_that_could_not_be_made_leaves_nothing(void **state)
{
    (void)state;
    const pid_t child = fork();
    if (child == 0) {
        struct store *s;
        struct errmsg e;
        const struct rlimit small = {33000, 33000};
        signal(SIGXFSZ, SIG_IGN);
        if (setrlimit(RLIMIT_FSIZE, &small) != 0)
            _exit(9);
        _exit(store_open(path, NULL, &s, &e) == STATUS_ENVIRONMENT ? 0 : 1);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_int_equal(rmdir(folder), 0);
    assert_int_equal(mkdir(folder, 0700), 0);
}

/* The superuser may write anything, so these run as nobody, in a child. */
static void as_nobody(void (*work)(void))
{
    const pid_t child = fork();
    if (child == 0) {
        if (geteuid() == 0 && setuid(65534) != 0)
            _exit(99);
        work();
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void readonly_work(void)
{
    struct store *s;
    struct errmsg e;
    sqlite3 *db;
    if (store_open(path, NULL, &s, &e) != STATUS_ENVIRONMENT || strstr(e.text, "cannot be written") == NULL)
        _exit(1);
    if (store_open_readonly(path, &db, &e) != STATUS_OK) /* reading needs no right to write */
        _exit(2);
    if (sqlite3_exec(db, "SELECT * FROM results", NULL, NULL, NULL) != SQLITE_OK)
        _exit(3);
    sqlite3_close(db);
}

static void a_read_only_file_is_refused_to_a_writer_only(void **state)
{
    (void)state;
    struct store *s;
    struct errmsg e;
    assert_int_equal(store_open(path, NULL, &s, &e), STATUS_OK);
    store_close(s);
    assert_int_equal(chmod(path, 0444), 0);
    assert_int_equal(chmod(folder, 0555), 0);
    as_nobody(readonly_work);
}

static void write_rows(sqlite3 *db, int n)
{
    for (int i = 0; i < n; i++)
        assert_int_equal(sqlite3_exec(db, "INSERT INTO x VALUES (randomblob(3000))", NULL, NULL, NULL), SQLITE_OK);
}

static long log_bytes(void)
{
    char log[140];
    struct stat info;
    snprintf(log, sizeof log, "%s-wal", path);
    assert_int_equal(stat(log, &info), 0);
    return (long)info.st_size;
}

/* As long as a reader looks at an old state the log grows, and is looked through a few times only, not at each commit.
 * Then it begins anew. */
static void a_reader_of_an_old_state_does_not_slow_the_writer(void **state)
{
    (void)state;
    enum { COMMITS = 8000 };
    struct checkpoint c;
    sqlite3 *db, *reader;
    make_with("PRAGMA journal_mode = WAL; CREATE TABLE x (a)");
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "PRAGMA synchronous = NORMAL", NULL, NULL, NULL), SQLITE_OK);
    checkpoint_begin(&c, db);
    assert_int_equal(sqlite3_open(path, &reader), SQLITE_OK);
    assert_int_equal(sqlite3_exec(reader, "BEGIN; SELECT count(*) FROM x", NULL, NULL, NULL), SQLITE_OK);
    write_rows(db, COMMITS);
    assert_in_range(c.tries, 2, 12);
    assert_true(log_bytes() > 3000L * COMMITS);
    sqlite3_close(reader);
    const int before = c.tries;
    write_rows(db, COMMITS);
    assert_true(c.tries > before);
    write_rows(db, 100);
    assert_true(log_bytes() <= 64L << 20); /* it was cut, and is used again from its start */
    sqlite3_close(db);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, make_folder, remove_folder)
    const struct CMUnitTest tests[] = {
        CASE(opens_makes_and_reopens),
        CASE(readers_see_a_running_writer),
        CASE(writers_share_unless_one_is_alone),
        CASE(a_reader_of_an_old_state_does_not_slow_the_writer),
        CASE(missing_is_not_made_by_a_reader),
        CASE(foreign_files_are_refused),
        CASE(a_newer_format_is_refused_with_both_versions),
        CASE(older_formats_become_the_newest_with_all_rows),
        CASE(older_formats_gain_what_is_known_of_them),
        CASE(an_upgrade_that_fails_changes_nothing),
        CASE(an_upgrade_that_is_killed_leaves_old_or_new_whole),
        CASE(an_upgrade_keeps_views_of_the_user),
        CASE(views_of_another_program_are_made_again),
        CASE(a_schema_that_acts_is_refused),
        CASE(references_to_nothing_stop_an_upgrade),
        CASE(an_empty_file_is_filled_but_not_read),
        CASE(a_locked_database_is_waited_for),
        CASE(a_wait_for_a_lock_ends_when_asked),
        CASE(a_full_disk_says_so_and_keeps_what_is_there),
        CASE(a_read_only_file_is_refused_to_a_writer_only),
        CASE(names_special_to_sqlite_are_files),
        CASE(what_is_no_plain_file_is_refused),
        CASE(a_database_that_could_not_be_made_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
