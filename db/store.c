#include "db/store.h"

#include "base/machine.h"
#include "db/checkpoint.h"
#include "db/lock.h"
#include "db/migrate.h"
#include "db/schema_check.h"
#include "db/views.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { KEPT_STATEMENTS = 48 }; /* more than there are in db/ */

struct store {
    sqlite3 *db;
    sqlite3_stmt *kept[KEPT_STATEMENTS];
    int lock_fd; /* see lock.h. Closed last: closing it earlier would drop SQLite's own locks on the file */
    struct patience patience;
    struct checkpoint checkpoint;
    char *path;
};

enum status store_fail(sqlite3 *db, const char *path, const char *what, struct errmsg *e)
{
    const int code = db == NULL ? SQLITE_NOMEM : sqlite3_extended_errcode(db);
    const char *text = db == NULL ? "out of memory" : sqlite3_errmsg(db);
    switch (code & 0xff) {
    case SQLITE_NOTADB:
        return fail(e, STATUS_ENVIRONMENT, "%s is not a database: name another file with --db", path);
    case SQLITE_FULL:
        return fail(e, STATUS_ENVIRONMENT,
                    "%s: the disk is full while %s; finished results are kept: free some space and run again", path,
                    what);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return fail(e, STATUS_ENVIRONMENT,
                    "%s is locked by another program while %s: close that program and run again, or wait longer "
                    "(--lock-timeout)",
                    path, what);
    case SQLITE_READONLY:
        return fail(e, STATUS_ENVIRONMENT,
                    "%s cannot be written (%s): check the permissions of the file and its folder, or name another "
                    "file with --db",
                    path, text);
    case SQLITE_CANTOPEN:
        return fail(e, STATUS_ENVIRONMENT,
                    "%s cannot be opened (%s): check the path and its permissions, or name another file with --db",
                    path, text);
    case SQLITE_CORRUPT:
        return fail(e, STATUS_ENVIRONMENT,
                    "%s is damaged (%s): restore a copy, or move it away and run again", path, text);
    case SQLITE_IOERR:
        if (code == SQLITE_IOERR_WRITE || code == SQLITE_IOERR_SHMSIZE || code == SQLITE_IOERR_TRUNCATE)
            return fail(e, STATUS_ENVIRONMENT,
                        "%s cannot grow (%s while %s): look for a quota, `ulimit -f`, or a failing disk; finished "
                        "results are kept: make room and run again",
                        path, text, what);
        return fail(e, STATUS_ENVIRONMENT, "%s: input/output error while %s (%s): check the disk", path, what, text);
    default:
        return fail(e, STATUS_ENVIRONMENT, "%s: %s while %s", path, text, what);
    }
}

static int pragma_int(sqlite3 *db, const char *sql, int *value)
{
    sqlite3_stmt *st = NULL;
    int rc = sqlite3_prepare_v2(db, sql, -1, &st, NULL);
    if (rc == SQLITE_OK && (rc = sqlite3_step(st)) == SQLITE_ROW) {
        *value = sqlite3_column_int(st, 0);
        rc = SQLITE_OK;
    }
    sqlite3_finalize(st);
    return rc;
}

/* identify: whether deltasweep made the database, and its format. *version is 0 if it has no table yet. */
static enum status identify(sqlite3 *db, const char *path, int *version, struct errmsg *e)
{
    int application = 0, tables = 0;
    *version = 0;
    if (pragma_int(db, "PRAGMA application_id", &application) != SQLITE_OK ||
        pragma_int(db, "PRAGMA user_version", version) != SQLITE_OK ||
        pragma_int(db, "SELECT count(*) FROM sqlite_schema", &tables) != SQLITE_OK)
        return store_fail(db, path, "reading its header", e);
    if (application == 0 && *version == 0 && tables == 0)
        return STATUS_OK;
    if (application != STORE_APPLICATION_ID)
        return fail(e, STATUS_ENVIRONMENT,
                    "%s is another program's database (application id %d, deltasweep's is %d): name another file with "
                    "--db",
                    path, application, STORE_APPLICATION_ID);
    if (*version > migrate_newest())
        return fail(e, STATUS_ENVIRONMENT,
                    "%s has format %d, from a newer deltasweep; this one knows formats up to %d: update deltasweep, or "
                    "name another file with --db",
                    path, *version, migrate_newest());
    if (*version < 1)
        return fail(e, STATUS_ENVIRONMENT, "%s has format %d, which no deltasweep wrote: name another file with --db",
                    path, *version);
    return schema_check(db, path, e);
}

/* wait_for_lock: SQLite's busy handler, of writers and readers. */
static int wait_for_lock(struct patience *p, const char *path, int tries)
{
    char line[400];
    snprintf(line, sizeof line, "%.300s is locked by another program: waiting until it is free", path);
    if (tries == 0)
        patience_begin(p);
    return patience_wait(p, line);
}

static int writer_waits(void *context, int tries)
{
    struct store *s = context;
    return wait_for_lock(&s->patience, s->path, tries);
}

static int reader_waits(void *db, int tries)
{
    static struct patience p = {.timeout_s = -1};
    return wait_for_lock(&p, sqlite3_db_filename(db, "main"), tries);
}

void store_tell(struct store *s, void (*say)(void *context, const char *line), void *context)
{
    s->patience.say = say;
    s->patience.context = context;
}

/* check_kind: refuses a path that is there and is no plain file: a pipe would hang, and a device would fail later. */
static enum status check_kind(const char *path, struct errmsg *e)
{
    struct stat info;
    if (path[0] == '\0')
        return fail(e, STATUS_ENVIRONMENT, "the database's name is empty: name a file with --db");
    if (stat(path, &info) != 0 || S_ISREG(info.st_mode))
        return STATUS_OK;
    return fail(e, STATUS_ENVIRONMENT, "%s is %s: name a file with --db", path,
                S_ISDIR(info.st_mode) ? "a folder" : "not a plain file");
}

/* open_file: opens the file that path names. To SQLite itself `:memory:` and `file:…` mean something else. One thread
 * uses the connection: SQLite need not lock it for each value that is read. */
static int open_file(const char *path, sqlite3 **db, int flags)
{
    char *plain = NULL;
    flags |= SQLITE_OPEN_NOMUTEX;
    if (asprintf(&plain, "%s%s", path[0] == '/' ? "" : "./", path) < 0)
        return SQLITE_NOMEM;
    const int rc = sqlite3_open_v2(plain, db, flags, NULL);
    free(plain);
    if (rc == SQLITE_OK)
        schema_distrust(*db);
    return rc;
}

/* remove_files: removes the files of a database that could not be made; nothing was kept in it. */
static void remove_files(const char *path)
{
    static const char *const endings[] = {"-wal", "-shm", ""};
    char *name = NULL;
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++)
        if (asprintf(&name, "%s%s", path, endings[i]) >= 0) {
            unlink(name);
            free(name);
        }
}

/* is_current: whether nothing needs to be changed before the database can be written to as it is. */
static bool is_current(sqlite3 *db, int version)
{
    sqlite3_stmt *st = NULL;
    bool wal = false;
    if (version < migrate_newest() || !views_current(db))
        return false;
    if (sqlite3_prepare_v2(db, "PRAGMA journal_mode", -1, &st, NULL) == SQLITE_OK && sqlite3_step(st) == SQLITE_ROW)
        wal = strcmp((const char *)sqlite3_column_text(st, 0), "wal") == 0;
    sqlite3_finalize(st);
    return wal;
}

/* make_current: its format, its views and its journal, while nobody else writes. */
static enum status make_current(struct store *s, int *version, struct errmsg *e)
{
    const enum status st = identify(s->db, s->path, version, e);
    if (st != STATUS_OK)
        return st;
    if (sqlite3_exec(s->db, "PRAGMA journal_mode = WAL", NULL, NULL, NULL) != SQLITE_OK)
        return store_fail(s->db, s->path, "turning on its write-ahead log", e);
    return is_current(s->db, *version) ? STATUS_OK : migrate(s->db, s->path, *version, e);
}

/* connect: opens the file with SQLite. */
static enum status connect(struct store *s, struct errmsg *e)
{
    if (open_file(s->path, &s->db, SQLITE_OPEN_READWRITE) != SQLITE_OK)
        return store_fail(s->db, s->path, "opening it", e);
    sqlite3_busy_handler(s->db, writer_waits, s);
    sqlite3_extended_result_codes(s->db, 1);
    return STATUS_OK;
}

/* settle: what holds for a connection that writes. */
static enum status settle(struct store *s, struct errmsg *e)
{
    static const char sql[] = "PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY";
    if (sqlite3_exec(s->db, sql, NULL, NULL, NULL) != SQLITE_OK)
        return store_fail(s->db, s->path, "setting up the connection", e);
    checkpoint_begin(&s->checkpoint, s->db);
    return STATUS_OK;
}

/* bring_up_to_date: until the database is as this program wants it, by this process or by another one that began a
 * moment before. *version: as it was found. */
static enum status bring_up_to_date(struct store *s, int *version, struct errmsg *e)
{
    struct patience p = s->patience;
    enum status st = STATUS_OK;
    patience_begin(&p);
    while ((st = identify(s->db, s->path, version, e)) == STATUS_OK && !is_current(s->db, *version)) {
        if (lock_try(s->lock_fd, true)) {
            st = make_current(s, version, e);
            return st == STATUS_OK ? lock_change(s->lock_fd, s->path, false, &s->patience, e) : st;
        }
        /* Whoever waits holds no lock, or two that wait would keep each other out. */
        lock_drop(s->lock_fd);
        if (!lock_wait(s->path, &p, e))
            return STATUS_ENVIRONMENT;
        if ((st = lock_change(s->lock_fd, s->path, false, &s->patience, e)) != STATUS_OK)
            return st;
    }
    return st;
}

/* open_current: opens a database that may have to be made or changed first. *version: as it was found. */
static enum status open_current(struct store *s, bool alone, int *version, struct errmsg *e)
{
    enum status st = connect(s, e);
    if (st == STATUS_OK)
        st = alone ? make_current(s, version, e) : bring_up_to_date(s, version, e);
    return st == STATUS_OK ? settle(s, e) : st;
}

static enum status open_writer(const char *path, const struct store_wait *wait, bool alone, struct store **out,
                               struct errmsg *e)
{
    bool created = false;
    int version = 0;
    struct store *s = calloc(1, sizeof *s);

    *out = NULL;
    if (s == NULL || (s->path = strdup(path)) == NULL) {
        free(s);
        return fail(e, STATUS_ENVIRONMENT, "out of memory");
    }
    s->patience.stop = wait != NULL ? wait->stop : NULL;
    s->patience.timeout_s = wait != NULL && wait->limited ? wait->timeout_s : -1;
    s->lock_fd = -1;
    enum status st = check_kind(path, e);
    if (st == STATUS_OK)
        st = lock_open(path, alone, &s->patience, &s->lock_fd, &created, e);
    if (st == STATUS_OK)
        st = open_current(s, alone, &version, e);
    if (st != STATUS_OK) {
        sqlite3_close(s->db);
        s->db = NULL;
        if (created && version == 0)
            remove_files(path);
        store_close(s);
    } else {
        *out = s;
    }
    return st;
}

enum status store_open(const char *path, const struct store_wait *wait, struct store **out, struct errmsg *e)
{
    return open_writer(path, wait, false, out, e);
}

enum status store_open_alone(const char *path, const struct store_wait *wait, struct store **out, struct errmsg *e)
{
    return open_writer(path, wait, true, out, e);
}

void store_close(struct store *s)
{
    if (s == NULL)
        return;
    for (int i = 0; i < KEPT_STATEMENTS; i++)
        sqlite3_finalize(s->kept[i]);
    sqlite3_close(s->db);
    if (s->lock_fd >= 0)
        close(s->lock_fd);
    free(s->path);
    free(s);
}

void store_detach(struct store *s)
{
    if (s != NULL && s->lock_fd >= 0)
        close(s->lock_fd);
}

bool store_mark(struct store *s, int64_t number)
{
    return lock_mark(s->lock_fd, number);
}

bool store_marked(const struct store *s, int64_t number)
{
    return lock_marked(s->lock_fd, number);
}

enum status store_check_there(struct store *s, struct errmsg *e)
{
    int moved = 0;
    if (sqlite3_file_control(s->db, "main", SQLITE_FCNTL_HAS_MOVED, &moved) != SQLITE_OK || moved == 0)
        return STATUS_OK;
    return fail(e, STATUS_ENVIRONMENT,
                "%s was deleted, moved or replaced while it was written to: what was done is in the file of before, if "
                "that still has a name; put it back, and the same command goes on",
                s->path);
}

sqlite3 *store_handle(struct store *s)
{
    return s->db;
}

sqlite3_stmt *store_statement(struct store *s, const char *sql)
{
    int i = 0;
    while (i < KEPT_STATEMENTS && s->kept[i] != NULL && strcmp(sqlite3_sql(s->kept[i]), sql) != 0)
        i++;
    if (i == KEPT_STATEMENTS) { /* the last place serves all that find none */
        i = KEPT_STATEMENTS - 1;
        sqlite3_finalize(s->kept[i]);
        s->kept[i] = NULL;
    }
    if (s->kept[i] == NULL)
        sqlite3_prepare_v3(s->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &s->kept[i], NULL);
    return s->kept[i];
}

const char *store_path(const struct store *s)
{
    return s->path;
}

/* file_uri: path as a URI that asks for an immutable database; NULL when out of memory. */
static char *file_uri(const char *path)
{
    char *uri = malloc(3 * strlen(path) + 64), *end = uri;
    if (uri == NULL)
        return NULL;
    end += sprintf(end, "file:%s", path[0] == '/' ? "" : "./");
    for (const char *p = path; *p != '\0'; p++)
        if (*p == '%' || *p == '?' || *p == '#')
            end += sprintf(end, "%%%02X", (unsigned)(unsigned char)*p);
        else
            *end++ = *p;
    sprintf(end, "?immutable=1");
    return uri;
}

/* check_format: whether this program can read the database as it is. */
static enum status check_format(const char *path, int version, struct errmsg *e)
{
    if (version == 0)
        return fail(e, STATUS_ENVIRONMENT, "%s is empty: `deltasweep run SWEEP.yaml --db %s` fills it", path, path);
    if (version < migrate_newest())
        return fail(
            e, STATUS_ENVIRONMENT,
            "%s has format %d, from an older deltasweep: `deltasweep run SWEEP.yaml --db %s` (or train, sim, synth) "
            "brings it to format %d, and keeps what it has",
            path, version, path, migrate_newest());
    return STATUS_OK;
}

enum status store_open_readonly(const char *path, sqlite3 **out, struct errmsg *e)
{
    struct stat info;
    int version = 0;
    sqlite3 *db = NULL;
    char *uri = NULL, wal[4200];

    *out = NULL;
    if (path[0] != '\0' && stat(path, &info) != 0 && errno == ENOENT)
        return fail(e, STATUS_ENVIRONMENT,
                    "there is no database %s: `deltasweep run SWEEP.yaml --db %s` makes one, or name another with --db",
                    path, path);
    enum status st = check_kind(path, e);
    if (st != STATUS_OK)
        return st;
    if (open_file(path, &db, SQLITE_OPEN_READONLY) != SQLITE_OK) {
        st = store_fail(db, path, "opening it", e);
        goto done;
    }
    sqlite3_busy_handler(db, reader_waits, db);
    st = identify(db, path, &version, e);
    snprintf(wal, sizeof wal, "%s-wal", path);
    const int code = sqlite3_errcode(db) & 0xff;
    if (st != STATUS_OK && (code == SQLITE_CANTOPEN || code == SQLITE_READONLY) && access(wal, F_OK) != 0) {
        /* In a folder that cannot be written the log's index cannot be made. With no log
         * there is nothing to miss in the file itself. */
        sqlite3_close(db);
        db = NULL;
        uri = file_uri(path);
        if (uri == NULL || sqlite3_open_v2(uri, &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, NULL) != SQLITE_OK) {
            st = store_fail(db, path, "opening it", e);
            goto done;
        }
        schema_distrust(db);
        st = identify(db, path, &version, e);
    }
    if (st == STATUS_OK)
        st = check_format(path, version, e);
done:
    free(uri);
    if (st != STATUS_OK)
        sqlite3_close(db);
    else
        *out = db;
    return st;
}
