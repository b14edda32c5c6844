#include "base/output.h"

#include "base/file.h"
#include "base/trust.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* After the name of the place, of which so many bytes are taken: a file's name has at most 255. */
#define SUFFIX ".part-XXXXXX"
enum { MOST_NAME = 200, SUFFIX_BYTES = sizeof SUFFIX - 1 };

/* ------------------------------------------------------------------------ signals */

/* What would end the program in the middle of an output is done at its end. A mask would not do: other threads, those
 * of the products, would take the signal. */
static const int ending[] = {SIGINT, SIGTERM, SIGHUP};
enum { ENDING = sizeof ending / sizeof ending[0] };
static struct {
    int outputs; /* open ones */
    volatile sig_atomic_t came;
    struct sigaction before[ENDING];
    bool caught[ENDING];
} signals;

static void note_signal(int number)
{
    signals.came = number;
}

static void hold_signals(void)
{
    struct sigaction action = {.sa_handler = note_signal, .sa_flags = SA_RESTART};
    if (signals.outputs++ > 0)
        return;
    sigemptyset(&action.sa_mask);
    signals.came = 0;
    for (int i = 0; i < ENDING; i++) {
        const bool known = sigaction(ending[i], NULL, &signals.before[i]) == 0;
        signals.caught[i] = known && signals.before[i].sa_handler == SIG_DFL;
        if (signals.caught[i])
            sigaction(ending[i], &action, NULL);
    }
}

static void give_signals(void)
{
    if (--signals.outputs > 0)
        return;
    for (int i = 0; i < ENDING; i++)
        if (signals.caught[i])
            sigaction(ending[i], &signals.before[i], NULL);
    if (signals.came != 0)
        raise(signals.came);
}

/* ----------------------------------------------------------------------- what is left */

bool output_left(const char *name, size_t *n)
{
    const size_t length = strlen(name);
    if (length <= SUFFIX_BYTES || strncmp(name + length - SUFFIX_BYTES, SUFFIX, SUFFIX_BYTES - 6) != 0)
        return false;
    *n = length - SUFFIX_BYTES;
    return true;
}

/* folder_of: the folder of place, and where in place its name begins. */
static const char *folder_of(const char *place, char folder[PATH_MAX])
{
    const char *slash = strrchr(place, '/');
    snprintf(folder, PATH_MAX, "%.*s",
             slash == NULL    ? 1
             : slash == place ? 1
                              : (int)(slash - place),
             slash == NULL ? "." : place);
    return slash == NULL ? place : slash + 1;
}

/* remove_if_left: removes what this user owns and nobody has locked. */
static bool remove_if_left(const char *path, bool dry)
{
    struct stat s;
    const int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return false;
    const bool left = fstat(fd, &s) == 0 && s.st_uid == geteuid() && (S_ISREG(s.st_mode) || S_ISDIR(s.st_mode)) &&
                      flock(fd, LOCK_EX | LOCK_NB) == 0;
    if (left && !dry)
        file_remove_all(path);
    close(fd);
    return left;
}

int output_remove_left(const char *folder, const char *place, bool dry)
{
    char path[PATH_MAX], unused[PATH_MAX];
    const char *name = place == NULL ? NULL : folder_of(place, unused);
    const size_t wanted = name == NULL ? 0 : strnlen(name, MOST_NAME);
    size_t n;
    int removed = 0;
    DIR *d = opendir(folder);
    if (d == NULL)
        return 0;
    for (const struct dirent *f = readdir(d); f != NULL; f = readdir(d))
        if (output_left(f->d_name, &n) && (name == NULL || (n == wanted && strncmp(f->d_name, name, n) == 0)) &&
            file_path(path, folder, f->d_name, NULL) == STATUS_OK)
            removed += remove_if_left(path, dry);
    closedir(d);
    return removed;
}

/* ------------------------------------------------------------------------ beginning */

/* lock_beside: false if another process took what was made for left, and removed it. Where the file system has no
 * locks, nobody can take it for left. */
static bool lock_beside(int fd, const char *path)
{
    struct stat mine, there;
    const bool mine_alone = flock(fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK;
    return mine_alone && fstat(fd, &mine) == 0 && lstat(path, &there) == 0 && mine.st_ino == there.st_ino &&
           mine.st_dev == there.st_dev;
}

/* make_beside: the locked file or folder beside the place, for nobody but this user. */
static enum status make_beside(struct output *o, struct errmsg *e)
{
    char folder[PATH_MAX], beside[PATH_MAX];
    const char *name = folder_of(o->place, folder);
    output_remove_left(folder, o->place, false);
    for (int tries = 0; tries < 100; tries++) {
        if (snprintf(beside, sizeof beside, "%.*s%.*s" SUFFIX, (int)(name - o->place), o->place, MOST_NAME, name) >=
            (int)sizeof beside)
            return fail(e, STATUS_ENVIRONMENT, "cannot write %.200s…: the name is too long", o->path);
        if (o->folder)
            o->lock_fd = mkdtemp(beside) == NULL ? -1 : open(beside, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        else
            o->lock_fd = mkostemp(beside, O_CLOEXEC);
        if (o->lock_fd < 0)
            return fail_errno(e, STATUS_ENVIRONMENT, "cannot write %s", o->path);
        if (lock_beside(o->lock_fd, beside)) {
            memcpy(o->beside, beside, sizeof beside);
            return STATUS_OK;
        }
        close(o->lock_fd);
        o->lock_fd = -1;
    }
    return fail(e, STATUS_ENVIRONMENT, "cannot write %s: another process removes what is made beside it", o->path);
}

/* is_database: whether the file begins as those of SQLite do. */
static bool is_database(const char *path)
{
    static const char magic[16] = "SQLite format 3";
    char head[sizeof magic];
    FILE *f = fopen(path, "rbe");
    const bool database =
        f != NULL && fread(head, 1, sizeof head, f) == sizeof head && memcmp(head, magic, sizeof head) == 0;
    if (f != NULL)
        fclose(f);
    return database;
}

/* check_owner: what another user may have put at the place is not written to. */
static enum status check_owner(const char *path, const char *place, const struct stat *there, bool *closed,
                               struct errmsg *e)
{
    char name[PATH_MAX];
    struct stat folder;
    folder_of(place, name);
    const bool known = stat(name, &folder) == 0;
    *closed = known && trust_closed(&folder);
    if (!*closed && !trust_owned(there) && !(known && trust_shared(&folder, there)))
        return fail(
            e, STATUS_ENVIRONMENT,
            "cannot write %s: it belongs to another user (%u), and others may write in its folder; name another "
            "file",
            path, (unsigned)there->st_uid);
    return STATUS_OK;
}

enum status output_check(const char *path, struct errmsg *e)
{
    char place[PATH_MAX];
    struct stat there;
    bool closed = true;
    enum status s = trust_way(path, place, e);
    if (s != STATUS_OK || stat(path, &there) != 0 || (s = check_owner(path, place, &there, &closed, e)) != STATUS_OK)
        return s;
    if (!closed && S_ISREG(there.st_mode) && there.st_nlink > 1) /* another user may have made a name of it there */
        return fail(e, STATUS_ENVIRONMENT,
                    "cannot write %s: the file has other names, and others may write in its folder; name another file",
                    path);
    return STATUS_OK;
}

/* check_there: whether what is at the place may be replaced or written to. */
static enum status check_there(const struct output *o, const struct stat *there, struct errmsg *e)
{
    bool closed;
    const enum status s = check_owner(o->path, o->place, there, &closed, e);
    if (s != STATUS_OK)
        return s;
    if (!S_ISREG(there->st_mode))
        return STATUS_OK;
    if (is_database(o->place))
        return fail(e, STATUS_ENVIRONMENT, "%s is a database, and is not replaced: name another file", o->path);
    if (faccessat(AT_FDCWD, o->place, W_OK, AT_EACCESS) != 0)
        return fail_errno(e, STATUS_ENVIRONMENT, "cannot write %s", o->path);
    return STATUS_OK;
}

/* keep_owner: gives the file the owner and the permissions of the one that it replaces. Where the group cannot be kept,
 * it may do no more than everybody. */
static bool keep_owner(int fd, const struct stat *old)
{
    mode_t mode = old->st_mode & 0777;
    struct stat s;
    if (fstat(fd, &s) != 0)
        return false;
    if ((s.st_uid != old->st_uid || s.st_gid != old->st_gid) && fchown(fd, old->st_uid, old->st_gid) != 0 &&
        fchown(fd, (uid_t)-1, old->st_gid) != 0)
        mode = (mode & ~(mode_t)070) | (mode & 07) << 3;
    return fchmod(fd, mode) == 0;
}

static mode_t usual_mode(mode_t all)
{
    const mode_t mask = umask(0);
    umask(mask);
    return all & ~mask;
}

/* open_through: what has no content that could be replaced. */
static enum status open_through(struct output *o, struct errmsg *e)
{
    struct stat s;
    const int fd = open(o->path, O_WRONLY | O_NOCTTY | O_CLOEXEC);
    if (fd < 0)
        return fail_errno(e, STATUS_ENVIRONMENT, "cannot write %s", o->path);
    o->f = fstat(fd, &s) == 0 && !S_ISREG(s.st_mode) ? fdopen(fd, "wb") : NULL;
    if (o->f != NULL)
        return STATUS_OK;
    close(fd);
    return fail(e, STATUS_ENVIRONMENT, "cannot write %s: it has changed meanwhile", o->path);
}

/* descriptor_of: the number in the name of an open file of this process; -1: another name. */
static int descriptor_of(const char *path)
{
    static const char *const folders[] = {"/dev/fd/", "/proc/self/fd/"};
    if (strcmp(path, "/dev/stdout") == 0)
        return STDOUT_FILENO;
    if (strcmp(path, "/dev/stderr") == 0)
        return STDERR_FILENO;
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        const size_t n = strlen(folders[i]);
        if (strncmp(path, folders[i], n) == 0 && path[n] != '\0' && strspn(path + n, "0123456789") == strlen(path + n))
            return (int)strtol(path + n, NULL, 10);
    }
    return -1;
}

/* open_descriptor: what the shell opened is written on from where it is: the file may have lines before and behind. A
 * descriptor that ends with an exec is none that the shell gave: it may be that of a database. */
static enum status open_descriptor(struct output *o, int shell, struct errmsg *e)
{
    const int flags = fcntl(shell, F_GETFD);
    errno = EBADF;
    const int fd = flags < 0 || (flags & FD_CLOEXEC) != 0 ? -1 : fcntl(shell, F_DUPFD_CLOEXEC, 0);
    o->f = fd < 0 ? NULL : fdopen(fd, "wb");
    if (o->f == NULL && fd >= 0)
        close(fd);
    return o->f != NULL ? STATUS_OK : fail_errno(e, STATUS_ENVIRONMENT, "cannot write %s", o->path);
}

/* open_beside: a file that takes the place of `old`, or of nothing (NULL). */
static enum status open_beside(struct output *o, const struct stat *old, mode_t mode, struct errmsg *e)
{
    const enum status s = make_beside(o, e);
    if (s != STATUS_OK)
        return s;
    const bool good = old != NULL ? keep_owner(o->lock_fd, old) : fchmod(o->lock_fd, usual_mode(mode)) == 0;
    const int fd = good ? fcntl(o->lock_fd, F_DUPFD_CLOEXEC, 0) : -1;
    o->f = fd < 0 ? NULL : fdopen(fd, "wb");
    if (o->f == NULL && fd >= 0)
        close(fd);
    return o->f != NULL ? STATUS_OK : fail_errno(e, STATUS_ENVIRONMENT, "cannot write %s", o->path);
}

/* give_up: after a failed beginning. */
static enum status give_up(struct output *o, enum status why)
{
    if (o->beside[0] != '\0')
        file_remove_all(o->beside);
    if (o->lock_fd >= 0)
        close(o->lock_fd);
    o->lock_fd = -1;
    give_signals();
    return why;
}

static enum status open_mode(struct output *o, const char *path, mode_t mode, struct errmsg *e)
{
    struct stat there;
    const int shell = descriptor_of(path);
    *o = (struct output){.path = path, .lock_fd = -1};
    if (shell >= 0)
        return open_descriptor(o, shell, e);
    enum status s = trust_way(path, o->place, e);
    if (s != STATUS_OK)
        return s;
    const bool is_there = stat(path, &there) == 0;
    if (is_there && S_ISDIR(there.st_mode)) {
        errno = EISDIR;
        return fail_errno(e, STATUS_ENVIRONMENT, "cannot write %s", path);
    }
    if (is_there && (s = check_there(o, &there, e)) != STATUS_OK)
        return s;
    if (is_there && !S_ISREG(there.st_mode))
        return open_through(o, e);
    hold_signals();
    s = open_beside(o, is_there ? &there : NULL, mode, e);
    return s == STATUS_OK ? s : give_up(o, s);
}

enum status output_open(struct output *o, const char *path, struct errmsg *e)
{
    return open_mode(o, path, 0666, e);
}

enum status output_private(struct output *o, const char *path, struct errmsg *e)
{
    return open_mode(o, path, 0600, e);
}

enum status output_folder(struct output *o, const char *path, struct errmsg *e)
{
    *o = (struct output){.path = path, .folder = true, .lock_fd = -1};
    enum status s = trust_way(path, o->place, e);
    if (s != STATUS_OK)
        return s;
    for (size_t n = strlen(o->place); n > 1 && o->place[n - 1] == '/'; n--)
        o->place[n - 1] = '\0';
    hold_signals();
    s = make_beside(o, e);
    return s == STATUS_OK ? s : give_up(o, s);
}

/* --------------------------------------------------------------------------- ending */

static int sync_one(const char *path, const struct stat *s, int type, struct FTW *walk)
{
    (void)s, (void)walk;
    const int fd = type == FTW_F || type == FTW_DP ? open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC) : -1;
    const bool good = fd < 0 || fsync(fd) == 0 || errno == EINVAL;
    if (fd >= 0)
        close(fd);
    return good ? 0 : -1;
}

/* sync_all: the whole folder is on the disk before its name is. */
static bool sync_all(const char *folder)
{
    return nftw(folder, sync_one, 16, FTW_DEPTH | FTW_PHYS) == 0;
}

/* close_file: whether all that was written went to the disk; *why: the errno. */
static bool close_file(struct output *o, int *why)
{
    bool good = !ferror(o->f);
    if (!good)
        *why = errno != 0 ? errno : EIO;
    if (good && fflush(o->f) != 0) {
        good = false;
        *why = errno;
    }
    if (good && fsync(fileno(o->f)) != 0 && errno != EINVAL && errno != ENOTSUP && errno != EROFS) {
        good = false;
        *why = errno;
    }
    if (fclose(o->f) != 0 && good) {
        good = false;
        *why = errno;
    }
    o->f = NULL;
    return good;
}

/* sync_folder: that the new name is on the disk, too; where this cannot be done, it comes there later. */
static void sync_folder(const char *place)
{
    char folder[PATH_MAX];
    folder_of(place, folder);
    const int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return;
    fsync(fd);
    close(fd);
}

/* put: renames what was written; 0, or the errno. */
static int put(const struct output *o)
{
    struct stat old;
    if (o->folder && (!sync_all(o->beside) ||
                      chmod(o->beside, lstat(o->place, &old) == 0 ? old.st_mode & 0777 : usual_mode(0777)) != 0))
        return errno;
    if (rename(o->beside, o->place) != 0)
        return errno;
    sync_folder(o->place);
    return 0;
}

enum status output_close(struct output *o, enum status good, struct errmsg *e)
{
    int why = 0;
    const bool written = o->f == NULL || close_file(o, &why);
    if (good == STATUS_OK && written && o->beside[0] != '\0')
        why = put(o);
    const bool in_place = good == STATUS_OK && written && why == 0;
    if (!in_place && o->beside[0] != '\0')
        file_remove_all(o->beside);
    if (o->lock_fd >= 0)
        close(o->lock_fd);
    o->lock_fd = -1;
    errno = why;
    if (good == STATUS_OK && !in_place)
        good = fail_errno(e, STATUS_ENVIRONMENT, "cannot write %s%s", o->path,
                          o->folder && (why == ENOTEMPTY || why == EEXIST) ? " (it must be new or empty)" : "");
    if (o->beside[0] != '\0')
        give_signals();
    return good;
}
