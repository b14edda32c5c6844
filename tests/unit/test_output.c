/* Files and folders that appear whole or not at all, and whose places others cannot choose. */
#include "base/file.h"
#include "base/output.h"
#include "base/trust.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char root[] = "/tmp/deltasweep-output-XXXXXX";
enum { NOBODY = 65534 };

static int enter(void **state)
{
    (void)state;
    umask(022);
    return mkdtemp(root) == NULL || chdir(root) != 0 ? -1 : 0;
}

static int leave(void **state)
{
    (void)state;
    return chdir("/") != 0 || file_remove_all(root) != 0 ? -1 : 0;
}

static void put(const char *path, const char *text)
{
    struct errmsg e = {""};
    if (file_replace(path, text, strlen(text), &e) != STATUS_OK)
        fail_msg("%s", e.text);
}

static void has(const char *path, const char *text)
{
    char *got = NULL;
    assert_int_equal(file_read(path, &got, NULL), STATUS_OK);
    assert_string_equal(got, text);
    free(got);
}

static void refused(const char *path, const char *why)
{
    struct errmsg e = {""};
    assert_int_equal(file_replace(path, "new", 3, &e), STATUS_ENVIRONMENT);
    if (strstr(e.text, why) == NULL)
        fail_msg("`%s` is not in: %s", why, e.text);
}

static mode_t mode_of(const char *path)
{
    struct stat s;
    assert_int_equal(stat(path, &s), 0);
    return s.st_mode & 07777;
}

/* left: how many files beside their places there are. */
static int left(void)
{
    int n = 0;
    size_t length;
    DIR *d = opendir(".");
    assert_non_null(d);
    for (const struct dirent *f = readdir(d); f != NULL; f = readdir(d))
        n += output_left(f->d_name, &length);
    closedir(d);
    return n;
}

static void permissions_stay(void **state)
{
    (void)state;
    put("a", "1");
    assert_int_equal(mode_of("a"), 0644);
    assert_int_equal(chmod("a", 0600), 0);
    put("a", "2");
    assert_int_equal(mode_of("a"), 0600);
    umask(027);
    put("b", "1");
    umask(022);
    assert_int_equal(mode_of("b"), 0640);
    if (geteuid() == 0) { /* root does not take a user's file away */
        struct stat s;
        assert_int_equal(chown("a", NOBODY, NOBODY), 0);
        put("a", "3");
        assert_true(stat("a", &s) == 0 && s.st_uid == NOBODY && s.st_gid == NOBODY && (s.st_mode & 0777) == 0600);
    }
    assert_int_equal(left(), 0);
}

static void what_is_no_file_stays(void **state)
{
    (void)state;
    assert_int_equal(mkdir("folder", 0777), 0);
    refused("folder", "Is a directory");
    refused("no/where", "cannot write no/where: No such file");
    put("db", "SQLite format 3");
    assert_int_equal(file_replace("db", "SQLite format 3", 16, NULL), STATUS_OK);
    refused("db", "is a database");
    put("/dev/null", "gone");
    if (geteuid() == 0 && mknod("device", S_IFCHR | 0666, 1 << 8 | 3) == 0) {
        struct stat s;
        put("device", "gone");
        assert_true(lstat("device", &s) == 0 && S_ISCHR(s.st_mode));
    }
    assert_int_equal(left(), 0);
}

/* What the shell opened keeps what is in it, and the shell writes on behind. */
static void files_of_the_shell_are_written_on(void **state)
{
    (void)state;
    char name[32];
    put("log", "before");
    for (int i = 0; i < 2; i++) {
        const int fd = open("log", O_WRONLY | (i == 0 ? O_TRUNC : O_APPEND));
        assert_true(fd > 0 && write(fd, "head ", 5) == 5);
        snprintf(name, sizeof name, "%s/fd/%d", i == 0 ? "/dev" : "/proc/self", fd);
        put(name, "body ");
        assert_int_equal(write(fd, "tail\n", 5), 5);
        assert_int_equal(fcntl(fd, F_SETFD, FD_CLOEXEC), 0); /* as those that the program opened itself */
        refused(name, "Bad file descriptor");
        close(fd);
    }
    has("log", "head body tail\nhead body tail\n");
    refused("/dev/fd/999", "Bad file descriptor");
    assert_int_equal(left(), 0);
}

enum { LAB = 64100, MEMBER = 64101 };

/* can_write: whether a user of the group LAB (or of another one) may replace the file and open it as a database. */
static bool can_write(const char *path, gid_t group)
{
    int how = 0;
    const pid_t child = fork();
    if (child == 0) {
        struct errmsg e;
        if (setgroups(1, &group) != 0 ||
            setresgid(MEMBER, MEMBER, MEMBER) + setresuid(MEMBER, MEMBER, MEMBER) != 0)
            _exit(9);
        _exit(output_check(path, &e) == STATUS_OK ? file_replace(path, "new", 3, &e) != STATUS_OK : 2);
    }
    assert_true(child > 0 && waitpid(child, &how, 0) == child && WIFEXITED(how) && WEXITSTATUS(how) != 9);
    return WEXITSTATUS(how) == 0;
}

/* Users of a group who share a folder share the files in it that the group may write, and no others. */
static void groups_share_files(void **state)
{
    (void)state;
    struct stat s;
    if (geteuid() != 0)
        skip(); /* there is no other user */
    assert_int_equal(chmod(root, 0711) + mkdir("lab", 0777) + chown("lab", 0, LAB) + chmod("lab", 02775), 0);
    for (int i = 0; i < 5; i++) {
        put("lab/theirs", "x");
        assert_int_equal(chown("lab/theirs", NOBODY, i == 2 ? NOBODY : LAB), 0);
        assert_int_equal(chmod("lab/theirs", i == 1 ? 0644 : 0664), 0);
        assert_int_equal(chmod("lab", i == 3 ? 02777 : 02775), 0);
        assert_int_equal(can_write("lab/theirs", i == 4 ? MEMBER : LAB), i == 0);
        assert_int_equal(stat("lab/theirs", &s), 0);
        assert_int_equal(s.st_uid, i == 0 ? MEMBER : NOBODY);
        assert_int_equal(unlink("lab/theirs"), 0);
    }
    assert_int_equal(chmod(root, 0700), 0);
}

/* Some file systems of clusters have no locks (ENOSYS): a file is written there all the same. */
static bool no_locks;

int flock(int fd, int how)
{
    if (!no_locks)
        return (int)syscall(SYS_flock, fd, how);
    errno = ENOSYS;
    return -1;
}

static void locks_are_not_needed(void **state)
{
    (void)state;
    no_locks = true;
    put("unlocked", "old");
    put("unlocked", "new");
    no_locks = false;
    has("unlocked", "new");
    assert_int_equal(left(), 0);
}

/* A folder in which everybody may write, with what another user has planted there. */
static void planted_links_are_not_followed(void **state)
{
    (void)state;
    char name[64], place[PATH_MAX];
    struct errmsg e;
    if (geteuid() != 0)
        skip(); /* nobody else can make files here */
    put("victim", "precious");
    assert_int_equal(mkdir("common", 0777) + chmod("common", 01777), 0);
    assert_int_equal(mkdir("safe", 0777), 0);
    assert_int_equal(symlink("../victim", "common/link"), 0);
    assert_int_equal(symlink("../safe", "common/dir"), 0);
    assert_int_equal(symlink("../victim", "common/own"), 0);
    assert_int_equal(link("victim", "common/hard"), 0);
    assert_int_equal(lchown("common/link", NOBODY, NOBODY) + lchown("common/dir", NOBODY, NOBODY), 0);
    refused("common/link", "is a link that another user (65534) made");
    refused("common/dir/x", "is a link that another user (65534) made");
    assert_int_equal(output_check("common/hard", &e), STATUS_ENVIRONMENT);
    assert_non_null(strstr(e.text, "other names"));
    put("common/hard", "mine"); /* the name alone is replaced */
    has("victim", "precious");
    put("common/theirs", "x");
    assert_int_equal(chown("common/theirs", NOBODY, NOBODY), 0);
    refused("common/theirs", "belongs to another user (65534)");
    /* What is made beside a file had a name that anybody could foresee. */
    for (int pid = getpid() - 5; pid < getpid() + 5; pid++) {
        snprintf(name, sizeof name, "common/plot.%d.part", pid);
        assert_int_equal(symlink("../victim", name), 0);
        assert_int_equal(lchown(name, NOBODY, NOBODY), 0);
    }
    put("common/plot", "drawn");
    has("common/plot", "drawn");
    has("victim", "precious");
    assert_int_equal(trust_way("common/own", place, &e), STATUS_OK);
    assert_string_equal(place, "common/../victim");
    put("common/own", "own");
    has("victim", "own");
    assert_int_equal(left(), 0);
}

static void ways_are_followed_to_their_end(void **state)
{
    (void)state;
    char place[PATH_MAX];
    struct errmsg e;
    assert_int_equal(mkdir("one", 0777) + mkdir("one/two", 0777), 0);
    assert_int_equal(symlink("one/two", "short") + symlink("short/", "shorter") + symlink("loop", "loop"), 0);
    assert_int_equal(symlink("/", "top"), 0);
    assert_int_equal(trust_way("shorter//new/file", place, &e), STATUS_OK);
    assert_string_equal(place, "one/two/new/file");
    assert_int_equal(trust_way("top/no/file", place, &e), STATUS_OK);
    assert_string_equal(place, "/no/file");
    assert_int_equal(trust_way("x", place, &e), STATUS_OK);
    assert_string_equal(place, "x");
    assert_int_equal(trust_way("/", place, &e), STATUS_OK);
    assert_string_equal(place, "/");
    assert_int_equal(trust_way("loop", place, &e), STATUS_ENVIRONMENT);
    assert_non_null(strstr(e.text, "in a circle"));
}

static void folders_that_others_may_write_are_not_trusted(void **state)
{
    (void)state;
    struct errmsg e;
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/closed", root);
    assert_int_equal(mkdir("closed", 0755), 0);
    assert_int_equal(trust_folder(path, &e), STATUS_OK); /* /tmp is sticky */
    for (int i = 0; i < 3; i++) {
        static const mode_t open[] = {0777, 01777, 0757};
        assert_int_equal(chmod("closed", open[i]), 0);
        assert_int_equal(trust_folder(path, &e), STATUS_ENVIRONMENT);
        assert_non_null(strstr(e.text, "other users may write in"));
    }
    assert_int_equal(mkdir("closed/in", 0755), 0);
    snprintf(path, sizeof path, "%s/closed/in", root);
    assert_int_equal(trust_folder(path, &e), STATUS_ENVIRONMENT); /* it may be moved away, and another put there */
    assert_int_equal(chmod("closed", 01777), 0);
    assert_int_equal(trust_folder(path, &e), STATUS_OK);
    put("closed/file", "x");
    snprintf(path, sizeof path, "%s/closed/file", root);
    assert_int_equal(trust_folder(path, &e), STATUS_ENVIRONMENT);
    assert_non_null(strstr(e.text, "is no folder"));
    if (geteuid() != 0)
        return;
    snprintf(path, sizeof path, "%s/closed/in", root);
    assert_int_equal(chown("closed/in", NOBODY, 0), 0);
    assert_int_equal(trust_folder(path, &e), STATUS_ENVIRONMENT);
    assert_non_null(strstr(e.text, "belongs to another user (65534)"));
    assert_int_equal(chown("closed/in", 0, NOBODY) + chmod("closed/in", 0775), 0);
    assert_int_equal(trust_folder(path, &e), STATUS_ENVIRONMENT);
}

/* sandboxed: trust_folder of path to a user alone in a namespace of users; -1 where there are no such namespaces. */
static int sandboxed(const char *path, uid_t id)
{
    int how = 0;
    const pid_t child = fork();
    if (child == 0) {
        struct errmsg e;
        char map[64];
        snprintf(map, sizeof map, "%u %u 1", (unsigned)id, (unsigned)id);
        if (setresuid(id, id, id) != 0 || prctl(PR_SET_DUMPABLE, 1) != 0 || unshare(CLONE_NEWUSER) != 0)
            _exit(9);
        const int fd = open("/proc/self/uid_map", O_WRONLY | O_CLOEXEC);
        if (fd < 0 || write(fd, map, strlen(map)) < 0)
            _exit(9);
        _exit(trust_folder(path, &e) == STATUS_OK ? 0 : 1);
    }
    assert_true(child > 0 && waitpid(child, &how, 0) == child && WIFEXITED(how));
    return WEXITSTATUS(how) == 9 ? -1 : WEXITSTATUS(how);
}

/* In a sandbox, root's folders belong to nobody that is known. */
static void sandboxes_have_caches(void **state)
{
    (void)state;
    const uid_t id = geteuid() == 0 ? MEMBER : geteuid();
    char path[PATH_MAX];
    assert_int_equal(chmod(root, 0711) + mkdir("above", 0755) + mkdir("above/mine", 0700), 0);
    assert_int_equal(geteuid() == 0 ? chown("above/mine", id, (gid_t)-1) : 0, 0);
    snprintf(path, sizeof path, "%s/above/mine", root);
    const int good = sandboxed(path, id);
    if (good < 0)
        skip();
    assert_int_equal(good, 0);
    assert_int_equal(chmod("above", 0777), 0);
    assert_int_equal(sandboxed(path, id), 1);
    assert_int_equal(chmod("above", 0755), 0);
    snprintf(path, sizeof path, "%s/above", root);
    assert_int_equal(sandboxed(path, id), geteuid() == 0); /* the last folder has to be the user's */
    assert_int_equal(chmod(root, 0700), 0);
}

static void a_failed_write_leaves_the_old_file(void **state)
{
    (void)state;
    enum { BYTES = 1 << 20 };
    struct rlimit before, few = {.rlim_cur = 4096};
    char *big = calloc(1, BYTES);
    assert_non_null(big);
    put("limited", "old");
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    few.rlim_max = before.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &few), 0);
    struct errmsg e = {""};
    const enum status s = file_replace("limited", big, BYTES, &e);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(s, STATUS_ENVIRONMENT);
    assert_non_null(strstr(e.text, "cannot write limited: File too large"));
    has("limited", "old");
    assert_int_equal(left(), 0);
    free(big);
}

/* ended: how the child ended that begins an output, gets a signal, and goes on. */
static int ended(const char *path, int number)
{
    int how = 0;
    const pid_t child = fork();
    if (child == 0) {
        struct output o;
        struct errmsg e;
        if (output_open(&o, path, &e) != STATUS_OK)
            _exit(9);
        fputs("first half, ", o.f);
        raise(number);
        fputs("second half", o.f);
        _exit(output_close(&o, STATUS_OK, &e) == STATUS_OK ? 0 : 8);
    }
    assert_true(child > 0 && waitpid(child, &how, 0) == child);
    return WIFSIGNALED(how) ? WTERMSIG(how) : -WEXITSTATUS(how);
}

static void a_signal_leaves_the_whole_or_nothing(void **state)
{
    (void)state;
    assert_int_equal(ended("killed", SIGINT), SIGINT);
    has("killed", "first half, second half");
    assert_int_equal(left(), 0);
    assert_int_equal(ended("dead", SIGKILL), SIGKILL);
    assert_int_not_equal(access("dead", F_OK), 0);
    assert_int_equal(left(), 1);
    put("dea", "x"); /* another file: what is beside `dead` is not its business */
    assert_int_equal(left(), 1);
    put("dead", "x"); /* the next one takes away what the killed one left */
    assert_int_equal(left(), 0);
    assert_int_equal(ended("dead", SIGKILL), SIGKILL);
    struct output o; /* what is in use stays */
    assert_int_equal(output_open(&o, "used", NULL), STATUS_OK);
    assert_int_equal(left(), 2);
    assert_int_equal(output_remove_left(".", NULL, true), 1);
    assert_int_equal(left(), 2);
    assert_int_equal(output_remove_left(".", NULL, false), 1);
    assert_int_equal(left(), 1);
    assert_int_equal(output_close(&o, STATUS_INPUT, NULL), STATUS_INPUT);
    assert_int_equal(left(), 0);
    assert_int_not_equal(access("used", F_OK), 0);
}

static void folders_appear_whole(void **state)
{
    (void)state;
    char file[PATH_MAX];
    struct output o;
    struct errmsg e;
    assert_int_equal(mkdir("full", 0777), 0);
    put("full/x", "x");
    static const char *const names[] = {"new/", "empty", "full", "bad"};
    assert_int_equal(mkdir("empty", 0700), 0);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(output_folder(&o, names[i], &e), STATUS_OK);
        assert_int_equal(mode_of(o.beside), 0700);
        assert_int_equal(file_path(file, o.beside, "y", &e), STATUS_OK);
        assert_int_equal(file_write(file, "y", &e), STATUS_OK);
        const enum status s = output_close(&o, i == 3 ? STATUS_INPUT : STATUS_OK, &e);
        assert_int_equal(s, i < 2 ? STATUS_OK : i == 2 ? STATUS_ENVIRONMENT : STATUS_INPUT);
    }
    assert_non_null(strstr(e.text, "full (it must be new or empty)"));
    has("new/y", "y");
    assert_int_equal(mode_of("new"), 0755);
    has("empty/y", "y");
    assert_int_equal(mode_of("empty"), 0700);
    assert_int_not_equal(access("full/y", F_OK), 0);
    assert_int_not_equal(access("bad", F_OK), 0);
    assert_int_equal(left(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(permissions_stay),
        cmocka_unit_test(what_is_no_file_stays),
        cmocka_unit_test(files_of_the_shell_are_written_on),
        cmocka_unit_test(groups_share_files),
        cmocka_unit_test(locks_are_not_needed),
        cmocka_unit_test(planted_links_are_not_followed),
        cmocka_unit_test(ways_are_followed_to_their_end),
        cmocka_unit_test(folders_that_others_may_write_are_not_trusted),
        cmocka_unit_test(sandboxes_have_caches),
        cmocka_unit_test(a_failed_write_leaves_the_old_file),
        cmocka_unit_test(a_signal_leaves_the_whole_or_nothing),
        cmocka_unit_test(folders_appear_whole),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}
