/* The cache: what is not sealed, not whole or not one's own is not used; what is in use is not removed. */
#include "base/cache.h"
#include "base/cache_list.h"
#include "base/cache_lock.h"
#include "base/file.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { NOBODY = 65534 };
static char root[] = "/tmp/deltasweep-cache-XXXXXX";

static int enter(void **state)
{
    (void)state;
    umask(0); /* new folders and files are for one user, whatever it says */
    return mkdtemp(root) == NULL || chdir(root) != 0 || setenv("XDG_CACHE_HOME", root, 1) != 0 ? -1 : 0;
}

static int leave(void **state)
{
    (void)state;
    return chdir("/") != 0 || file_remove_all(root) != 0 ? -1 : 0;
}

static void write_in(const char *folder, const char *name, const char *text)
{
    char path[PATH_MAX];
    struct errmsg e;
    assert_int_equal(file_path(path, folder, name, &e), STATUS_OK);
    assert_int_equal(file_write(path, text, &e), STATUS_OK);
}

/* make: an entry with two files. */
static void make(const char *digest)
{
    struct cache_entry entry;
    struct errmsg e = {""};
    if (cache_open(&entry, "kind", digest, &e) != STATUS_OK)
        fail_msg("%s", e.text);
    assert_false(entry.found);
    write_in(entry.draft, "program", "good");
    assert_int_equal(mkdir(strcat(entry.draft, "/in"), 0777), 0);
    write_in(entry.draft, "data", "1");
    entry.draft[strlen(entry.draft) - 3] = '\0';
    assert_int_equal(cache_publish(&entry, &e), STATUS_OK);
    cache_close(&entry);
}

/* found: whether the entry is there and good. */
static bool found(const char *digest)
{
    struct cache_entry entry;
    struct errmsg e = {""};
    if (cache_open(&entry, "kind", digest, &e) != STATUS_OK)
        fail_msg("%s", e.text);
    const bool is = entry.found;
    cache_close(&entry);
    return is;
}

static void refused(const char *word)
{
    struct cache_entry entry;
    struct errmsg e = {""};
    assert_int_equal(cache_open(&entry, "kind", "a", &e), STATUS_ENVIRONMENT);
    if (strstr(e.text, word) == NULL)
        fail_msg("`%s` is not in: %s", word, e.text);
    cache_close(&entry);
}

/* told: the note names the entry and what is wrong. */
static void told(const char *word)
{
    struct errmsg note;
    assert_true(cache_take_note(&note));
    assert_non_null(strstr(note.text, "kind/a in the cache was damaged"));
    if (strstr(note.text, word) == NULL)
        fail_msg("`%s` is not in: %s", word, note.text);
    assert_false(cache_take_note(&note));
}

static mode_t mode_of(const char *path)
{
    struct stat s;
    if (stat(path, &s) != 0)
        fail_msg("no %s", path);
    return s.st_mode & 0777;
}

static void new_folders_and_files_are_for_one_user(void **state)
{
    (void)state;
    make("a");
    assert_int_equal(mode_of("deltasweep"), 0700);
    assert_int_equal(mode_of("deltasweep/kind"), 0700);
    assert_int_equal(mode_of("deltasweep/kind/a"), 0700);
    assert_int_equal(mode_of("deltasweep/kind/a/program"), 0644);
    assert_int_equal(mode_of("deltasweep/kind/a/seal"), 0600);
    assert_true(found("a"));
    assert_int_not_equal(access("deltasweep/kind/a.lock", F_OK), 0);
}

static void damage_is_noticed(void **state)
{
    (void)state;
    static const struct {
        const char *what, *told;
    } cases[] = {
        {"printf x >>program", "program is not what it was"},
        {"printf bood >program", "program is not what it was"},
        {"rm program", "program is missing"},
        {"rm in/data", "in/data is missing"},
        {"rm seal", "seal is missing, as in caches of earlier versions"},
        {": >seal", "seal is"},
        {"sed -i 2s/.../000/ seal", "is not what it was"},
        {"echo nonsense >>seal", "seal is damaged"},
        {"truncate -s -1 seal", "seal is damaged"},
        {"truncate -s 2M seal", "seal is damaged"},
        {"sed -i 's/ program/ ..\\/b/' seal", "seal is damaged"},
        {"sed -i s,kind/a,kind/b, seal", "seal is that of something else"},
        {"rm program; mkdir program", "program is no file"},
        {"rm program; ln -s /bin/true program", "program cannot be opened"},
        {"rm program; mkfifo program", "program is no file"},
        {"rm -r ../a; echo mistake >../a", "it is no folder"},
        {"rm -r ../a; ln -s /tmp ../a", "it is no folder"},
    };
    char command[256];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (!found("a"))
            make("a");
        snprintf(command, sizeof command, "cd deltasweep/kind/a && { %s; }", cases[i].what);
        assert_int_equal(system(command), 0); /* NOLINT: a test's own command */
        assert_false(found("a"));
        told(cases[i].told);
        assert_int_not_equal(access("deltasweep/kind/a", F_OK), 0);
        make("a");
        assert_true(found("a"));
    }
}

/* An entry that others could have put there is neither used nor taken away. */
static void what_others_may_write_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        mode_t bad;
    } open[] = {{"deltasweep", 0777},
                {"deltasweep", 01777},
                {"deltasweep", 0702},
                {"deltasweep/kind", 0777},
                {"deltasweep/kind", 01777},
                {"deltasweep/kind/a", 0707},
                {"deltasweep/kind/a/program", 0646},
                {"deltasweep/kind/a/seal", 0606}};
    static const char *const whole[] = {"deltasweep",
                                        "deltasweep/kind",
                                        "deltasweep/kind/a",
                                        "deltasweep/kind/a/program",
                                        "deltasweep/kind/a/in/data",
                                        "deltasweep/kind/a/seal"};
    if (!found("a"))
        make("a");
    for (size_t i = 0; i < sizeof open / sizeof open[0]; i++) {
        const mode_t good = mode_of(open[i].path);
        assert_int_equal(chmod(open[i].path, open[i].bad), 0);
        refused("XDG_CACHE_HOME");
        assert_int_equal(chmod(open[i].path, good), 0);
        assert_true(found("a"));
    }
    if (geteuid() != 0)
        return; /* only root can give files away */
    for (size_t i = 0; i < sizeof whole / sizeof whole[0]; i++) {
        assert_int_equal(chown(whole[i], NOBODY, 0), 0);
        refused("another user");
        assert_int_equal(chown(whole[i], 0, NOBODY) + chmod(whole[i], mode_of(whole[i]) | 020), 0);
        refused("XDG_CACHE_HOME"); /* a group that is not root's */
        assert_int_equal(chown(whole[i], 0, 0), 0);
        assert_true(found("a"));
    }
    assert_int_equal(rename("deltasweep", "theirs"), 0);
    assert_int_equal(symlink("theirs", "deltasweep"), 0);
    assert_true(found("a")); /* a link of one's own */
    assert_int_equal(unlink("deltasweep") + rename("theirs", "deltasweep"), 0);
}

static void a_file_in_place_of_a_folder_is_told(void **state)
{
    (void)state;
    assert_int_equal(rename("deltasweep", "away"), 0);
    assert_int_equal(file_write("deltasweep", "x", NULL), STATUS_OK);
    refused("is no folder");
    assert_int_equal(unlink("deltasweep") + mkdir("deltasweep", 0700), 0);
    assert_int_equal(file_write("deltasweep/kind", "x", NULL), STATUS_OK);
    refused("deltasweep/kind is no folder");
    assert_int_equal(file_remove_all("deltasweep") + rename("away", "deltasweep"), 0);
}

static void other_files_are_checked(void **state)
{
    (void)state;
    struct cache_file file, second;
    struct errmsg e;
    assert_int_equal(cache_file_open(&file, "training", "x", &e), STATUS_OK);
    assert_int_equal(cache_file_open(&second, "training", "x", &e), STATUS_OK); /* two may have it */
    assert_int_equal(file_write(file.path, "state", &e), STATUS_OK);
    assert_int_equal(chmod(file.path, 0600), 0);
    cache_file_close(&second);
    assert_int_equal(cache_try_lock(file.path), -1); /* still in use */
    cache_file_close(&file);
    assert_int_equal(chmod("deltasweep/training/x", 0666), 0);
    assert_int_equal(cache_file_open(&file, "training", "x", &e), STATUS_ENVIRONMENT);
    assert_non_null(strstr(e.text, "a file that others may write: remove it"));
    cache_file_close(&file);
    assert_int_equal(unlink("deltasweep/training/x") + mkdir("deltasweep/training/x", 0700), 0);
    assert_int_equal(cache_file_open(&file, "training", "x", &e), STATUS_ENVIRONMENT);
    assert_non_null(strstr(e.text, "no file: remove it"));
    cache_file_close(&file);
    assert_int_equal(file_remove_all("deltasweep/training"), 0);
}

static int count(void)
{
    struct cache_list list;
    struct errmsg e;
    assert_int_equal(cache_list_read(&list, &e), STATUS_OK);
    const int n = list.n;
    cache_list_free(&list);
    return n;
}

static const struct cache_item item_a = {.kind = "kind", .name = "a"}, item_b = {.kind = "kind", .name = "b"};

/* in_child: a process that has opened entry a, and waits. */
static pid_t in_child(const char *digest)
{
    int ready[2];
    char byte = 0;
    assert_int_equal(pipe(ready), 0);
    const pid_t child = fork();
    if (child == 0) {
        struct cache_entry entry;
        if (cache_open(&entry, "kind", digest, NULL) != STATUS_OK)
            _exit(1);
        if (entry.found)
            cache_close(&entry); /* a user keeps what it opened; a maker goes on */
        if (write(ready[1], "x", 1) == 1)
            pause();
        _exit(0);
    }
    close(ready[1]);
    assert_true(child > 0 && read(ready[0], &byte, 1) == 1);
    close(ready[0]);
    return child;
}

static void end(pid_t child)
{
    assert_true(kill(child, SIGKILL) == 0 && waitpid(child, NULL, 0) == child);
}

static void what_is_in_use_stays(void **state)
{
    (void)state;
    file_remove_all("deltasweep");
    const pid_t maker = in_child("a");
    assert_int_equal(count(), 0); /* a draft is no entry */
    assert_int_equal(cache_remove(&item_a, false), CACHE_IN_USE);
    assert_int_equal(cache_remove_left(false), 0);
    assert_int_equal(access("deltasweep/kind/a.draft", F_OK), 0);
    end(maker);
    assert_int_equal(cache_remove_left(true), 2); /* its draft and its lock */
    assert_int_equal(access("deltasweep/kind/a.draft", F_OK), 0);
    assert_int_equal(cache_remove_left(false), 2);
    assert_int_not_equal(access("deltasweep/kind/a.draft", F_OK), 0);
    assert_int_not_equal(access("deltasweep/kind/a.lock", F_OK), 0);

    const pid_t other_maker = fork(); /* what this process made it has in use itself */
    if (other_maker == 0) {
        make("a");
        make("b");
        _exit(0);
    }
    assert_true(waitpid(other_maker, NULL, 0) == other_maker);
    const pid_t user = in_child("a");
    assert_int_equal(count(), 2);
    assert_int_equal(cache_remove(&item_a, true), CACHE_IN_USE);
    assert_int_equal(cache_remove(&item_a, false), CACHE_IN_USE);
    assert_int_equal(cache_remove(&item_b, true), CACHE_REMOVED);
    assert_int_equal(count(), 2);
    assert_int_equal(cache_remove(&item_b, false), CACHE_REMOVED);
    assert_int_equal(count(), 1);
    end(user);
    assert_int_equal(cache_remove(&item_a, false), CACHE_REMOVED);
    assert_int_equal(count(), 0);
    assert_false(found("a"));
    assert_int_equal(system("test -z \"$(ls deltasweep/kind)\""), 0); /* NOLINT: a test's own command */
}

/* Several processes make, use and remove one entry; each user sees a whole one. */
static void removal_and_use_do_not_disturb(void **state)
{
    (void)state;
    enum { PROCESSES = 4, ROUNDS = 150 };
    pid_t children[PROCESSES];
    for (int i = 0; i < PROCESSES; i++)
        if ((children[i] = fork()) == 0) {
            for (int k = 0; k < ROUNDS; k++) {
                struct cache_entry entry;
                struct errmsg e;
                char path[PATH_MAX + 8], *text = NULL;
                if (i == 0) {
                    cache_remove(&item_a, false);
                    cache_remove_left(false);
                    continue;
                }
                if (cache_open(&entry, "kind", "a", &e) != STATUS_OK)
                    _exit(1);
                if (!entry.found) {
                    snprintf(path, sizeof path, "%s/f", entry.draft);
                    if (file_write(path, "whole", &e) != STATUS_OK || cache_publish(&entry, &e) != STATUS_OK)
                        _exit(2);
                }
                snprintf(path, sizeof path, "%s/f", entry.path);
                if (file_read(path, &text, &e) != STATUS_OK || strcmp(text, "whole") != 0)
                    _exit(3);
                free(text);
                close(entry.use_fd); /* not kept any longer, so that it can be removed */
                entry.use_fd = -1;
                cache_close(&entry);
            }
            _exit(0);
        }
    for (int i = 0; i < PROCESSES; i++) {
        int how = 0;
        assert_true(waitpid(children[i], &how, 0) == children[i]);
        assert_int_equal(how, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(new_folders_and_files_are_for_one_user),
        cmocka_unit_test(damage_is_noticed),
        cmocka_unit_test(what_others_may_write_is_refused),
        cmocka_unit_test(a_file_in_place_of_a_folder_is_told),
        cmocka_unit_test(other_files_are_checked),
        cmocka_unit_test(what_is_in_use_stays),
        cmocka_unit_test(removal_and_use_do_not_disturb),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}
