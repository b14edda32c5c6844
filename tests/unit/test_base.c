#include "base/cache.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/input.h"
#include "base/intern.h"
#include "base/scratch.h"
#include "base/tool.h"
#include "tests/support/folder.h"

#include <fcntl.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

static void tool_captures_both_outputs(void **state)
{
    (void)state;
    struct tool_output o;
    struct errmsg e;
    const char *const argv[] = {"sh", "-c", "cat; echo err >&2; exit 3", NULL};
    assert_int_equal(tool_run(argv, NULL, "hello", 5, &o, &e), STATUS_OK);
    assert_int_equal(o.exit_code, 3);
    assert_string_equal(o.out, "hello");
    assert_string_equal(o.err, "err\n");
    tool_output_free(&o);
}

static void tool_moves_more_than_a_pipe_holds(void **state)
{
    (void)state;
    enum { BYTES = 3 * 1000 * 1000 };
    char *big = malloc(BYTES);
    struct tool_output o;
    struct errmsg e;
    const char *const argv[] = {"cat", NULL};
    memset(big, 'x', BYTES);
    assert_int_equal(tool_run(argv, "/", big, BYTES, &o, &e), STATUS_OK);
    assert_int_equal(o.out_bytes, BYTES);
    assert_memory_equal(o.out, big, BYTES);
    tool_output_free(&o);
    free(big);
}

static void tool_survives_a_child_that_reads_nothing(void **state)
{
    (void)state;
    char input[200000];
    struct tool_output o;
    struct errmsg e;
    const char *const argv[] = {"true", NULL};
    memset(input, 'x', sizeof input);
    assert_int_equal(tool_run(argv, NULL, input, sizeof input, &o, &e), STATUS_OK);
    assert_int_equal(o.exit_code, 0);
    tool_output_free(&o);
}

static void tool_that_says_nothing_gives_empty_texts(void **state)
{
    (void)state;
    const char *const loud[] = {"sh", "-c", "echo words; echo more >&2", NULL}, *const silent[] = {"true", NULL};
    struct tool_output o;
    struct errmsg e;
    for (int i = 0; i < 8; i++) {
        assert_int_equal(tool_run(loud, NULL, NULL, 0, &o, &e), STATUS_OK);
        tool_output_free(&o);
        assert_int_equal(tool_run(silent, NULL, NULL, 0, &o, &e), STATUS_OK);
        assert_string_equal(o.out, "");
        assert_string_equal(o.err, "");
        tool_output_free(&o);
    }
}

static void tool_names_what_is_missing(void **state)
{
    (void)state;
    struct tool_output o;
    struct errmsg e;
    const char *const none[] = {"no-such-tool-here", NULL};
    assert_int_equal(tool_run(none, NULL, NULL, 0, &o, &e), STATUS_MISSING);
    assert_non_null(strstr(e.text, "no-such-tool-here"));
    const char *const bad[] = {"sh", "-c", "echo first; echo why >&2; exit 9", NULL};
    assert_int_equal(tool_check(bad, NULL, NULL, 0, &o, &e), STATUS_ENVIRONMENT);
    assert_non_null(strstr(e.text, "exit code 9"));
    assert_non_null(strstr(e.text, "why"));
}

/* A compiler says what is wrong first, and then much more. */
static void tool_shows_where_the_error_is(void **state)
{
    (void)state;
    static const char script[] = "echo hello >&2; echo '%Error: a.v:3: it is wrong' >&2;"
                                 "for i in 1 2 3 4 5 6 7 8 9 10 11 12; do echo more $i >&2; done; exit 1";
    static const char silent[] = "for i in 1 2 3 4 5 6 7 8 9 10 11 12; do echo more $i; done; exit 1";
    const char *const early[] = {"sh", "-c", script, NULL}, *const none[] = {"sh", "-c", silent, NULL};
    struct tool_output o;
    struct errmsg e;
    assert_int_equal(tool_check(early, NULL, NULL, 0, &o, &e), STATUS_ENVIRONMENT);
    assert_non_null(strstr(e.text, "exit code 1:\n%Error: a.v:3: it is wrong\nmore 1\n"));
    assert_non_null(strstr(e.text, "more 7"));
    assert_null(strstr(e.text, "more 8\n"));
    assert_int_equal(tool_check(none, NULL, NULL, 0, &o, &e), STATUS_ENVIRONMENT);
    assert_non_null(strstr(e.text, "more 5\n"));
    assert_null(strstr(e.text, "more 4\n"));
    assert_string_equal(strrchr(e.text, '\n'), "\nmore 12"); /* and no empty line after it */
}

/* lives: whether a process has this text in its command line. */
static bool lives(const char *text)
{
    const char *const argv[] = {"pgrep", "-f", text, NULL};
    struct tool_output o;
    assert_int_equal(tool_run(argv, NULL, NULL, 0, &o, NULL), STATUS_OK);
    const bool found = o.exit_code == 0;
    tool_output_free(&o);
    return found;
}

/* What a tool leaves behind holds its pipes open. The tool's own end counts. */
static void tool_that_leaves_processes_has_ended(void **state)
{
    (void)state;
    static const char script[] = "sleep 86396 & (setsid sleep 86396 &); echo result; exit 3";
    const char *const argv[] = {"sh", "-c", script, NULL};
    const double before = clock_monotonic_s();
    struct tool_output o;
    struct errmsg e;
    assert_int_equal(tool_run(argv, NULL, NULL, 0, &o, &e), STATUS_OK);
    assert_true(clock_monotonic_s() - before < 5);
    assert_int_equal(o.exit_code, 3);
    assert_string_equal(o.out, "result\n");
    tool_output_free(&o);
    assert_false(lives("^sleep 86396$"));
}

static void tool_that_takes_too_much_is_ended(void **state)
{
    (void)state;
    static const char *const scripts[] = {"trap '' TERM; sleep 86396", "exec >&- 2>&-; sleep 86396",
                                          "x=$(head -c 100000000 /dev/zero | tr '\\0' x); sleep 86396"};
    static const char *const told[] = {"sh was ended after 0.3 s", "sh was ended after 0.3 s", "more than 50 MB of memory"};
    for (int i = 0; i < 3; i++) {
        const char *const argv[] = {"sh", "-c", scripts[i], NULL};
        struct tool_output o;
        struct errmsg e = {""};
        tool_limit(&(struct tool_limits){i < 2 ? 0.3 : 60, i < 2 ? 0 : 50 << 20, "there is more"});
        assert_int_equal(tool_run(argv, NULL, NULL, 0, &o, &e), STATUS_ENVIRONMENT);
        assert_non_null(strstr(e.text, told[i]));
        assert_false(lives("^sleep 86396$"));
    }
    tool_limit(&(struct tool_limits){0});
}

/* Of much output the beginning and the end are kept, and whoever needs all of it is told. */
static void tool_that_prints_without_end_keeps_its_ends(void **state)
{
    (void)state;
    const char *const argv[] = {"sh", "-c", "echo first; head -c 200000000 /dev/zero | tr '\\0' x; echo; echo last", NULL};
    struct tool_output o;
    struct errmsg e = {""};
    assert_int_equal(tool_run(argv, NULL, NULL, 0, &o, &e), STATUS_OK);
    assert_true(o.out_bytes < 80000000);
    const char *mark = strstr(o.out, "bytes are left out here]");
    assert_non_null(mark);
    while (mark[-1] != '[')
        mark--;
    assert_int_equal(strtoul(mark, NULL, 10), o.out_lost);
    assert_int_equal(o.out_bytes - strcspn(mark, "\n") - 3 + o.out_lost, strlen("first\n") + 200000000 + strlen("\nlast\n"));
    assert_int_equal(strncmp(o.out, "first\nxxx", 9), 0);
    assert_string_equal(o.out + o.out_bytes - 9, "xxx\nlast\n");
    tool_output_free(&o);
    assert_int_equal(tool_check(argv, NULL, NULL, 0, &o, &e), STATUS_ENVIRONMENT);
    assert_non_null(strstr(e.text, "printed 191 MB, far more than it should"));
}

/* A linker that has no room says that something else went wrong. */
static void tool_that_fails_on_a_full_disk_says_so(void **state)
{
    (void)state;
    static const char script[] = "echo 'ld: final link failed: No space left on device' >&2;"
                                 "echo 'collect2: error: ld returned 1 exit status' >&2; exit 1";
    const char *const full[] = {"sh", "-c", script, NULL}, *const other[] = {"sh", "-c", "echo error >&2; exit 1", NULL};
    struct tool_output o;
    struct errmsg e;
    assert_int_equal(tool_check(full, "/usr", NULL, 0, &o, &e), STATUS_ENVIRONMENT);
    assert_non_null(strstr(e.text, "ld returned 1 exit status\nThe disk is full: "));
    assert_int_equal(tool_check(other, "/usr", NULL, 0, &o, &e), STATUS_ENVIRONMENT);
    assert_null(strstr(e.text, "disk"));
    assert_int_equal(tool_check(other, "/proc/sys", NULL, 0, &o, &e), STATUS_ENVIRONMENT); /* it is no disk */
    assert_null(strstr(e.text, "disk"));
}

static void digest_separates_fields(void **state)
{
    (void)state;
    struct digest a, b;
    char ha[DIGEST_HEX_BYTES], hb[DIGEST_HEX_BYTES];
    digest_init(&a);
    digest_text(&a, "x", "ab");
    digest_text(&a, "y", "c");
    digest_hex(&a, ha);
    digest_init(&b);
    digest_text(&b, "x", "a");
    digest_text(&b, "y", "bc");
    digest_hex(&b, hb);
    assert_string_not_equal(ha, hb);
    assert_int_equal(strlen(ha), 64);
}

/* Tools see nothing of what a shell may have set for them, but what they need to run. */
static void tools_have_a_clean_environment(void **state)
{
    (void)state;
    static const char *const set[] = {"GNUTERM", "CXX", "CXXFLAGS", "CPATH", "MAKEFLAGS", "VERILATOR_ROOT", "BASH_ENV",
                                      "PERL5OPT", "LC_ALL", "LANG", "GNUPLOT_LIB", "POSIXLY_CORRECT", "YOSYS_NOVERIFIC",
                                      "SOURCE_DATE_EPOCH", "GCC_EXEC_PREFIX", "LS_COLORS"};
    static const char *const argv[] = {"env", NULL};
    struct tool_output o;
    struct errmsg e;
    char *old[sizeof set / sizeof set[0]];
    for (size_t i = 0; i < sizeof set / sizeof set[0]; i++) {
        old[i] = getenv(set[i]) != NULL ? strdup(getenv(set[i])) : NULL;
        setenv(set[i], "wrong", 1);
    }
    setenv("DELTASWEEP_TEST", "kept", 1);
    const char *folder = getenv("TMPDIR");
    char *old_folder = folder != NULL ? strdup(folder) : NULL;
    setenv("TMPDIR", "/nonexistent", 1); /* some tools end there with a riddle */
    assert_int_equal(tool_run(argv, NULL, NULL, 0, &o, &e), STATUS_OK);
    assert_null(strstr(o.out, "=wrong"));
    assert_non_null(strstr(o.out, "LC_ALL=C.UTF-8\n"));
    assert_non_null(strstr(o.out, "DELTASWEEP_TEST=kept\n"));
    assert_non_null(strstr(o.out, "PATH="));
    assert_non_null(strstr(o.out, "\nTMPDIR=/tmp\n"));
    tool_output_free(&o);
    setenv("TMPDIR", "/tmp", 1); /* a tool has a folder of its own there, which goes with it */
    assert_int_equal(tool_run(argv, NULL, NULL, 0, &o, &e), STATUS_OK);
    char *own = strstr(o.out, "TMPDIR=/tmp/deltasweep-scratch-tool-");
    assert_non_null(own);
    *strchr(own, '\n') = '\0';
    assert_int_not_equal(access(own + strlen("TMPDIR="), F_OK), 0);
    tool_output_free(&o);
    unsetenv("TMPDIR");
    if (old_folder != NULL)
        setenv("TMPDIR", old_folder, 1);
    free(old_folder);
    unsetenv("DELTASWEEP_TEST");
    for (size_t i = 0; i < sizeof set / sizeof set[0]; i++) {
        unsetenv(set[i]);
        if (old[i] != NULL)
            setenv(set[i], old[i], 1);
        free(old[i]);
    }
}

static void cache_appears_whole_or_not_at_all(void **state)
{
    (void)state;
    char root[] = "/tmp/deltasweep-test-XXXXXX", file[PATH_MAX + 32];
    struct cache_entry entry;
    struct errmsg e;
    assert_non_null(mkdtemp(root));
    setenv("XDG_CACHE_HOME", root, 1);

    assert_int_equal(cache_open(&entry, "kind", "abc", &e), STATUS_OK);
    assert_false(entry.found);
    snprintf(file, sizeof file, "%s/half", entry.draft);
    FILE *f = fopen(file, "w");
    assert_non_null(f);
    fclose(f);
    cache_close(&entry); /* abandoned */
    assert_int_not_equal(access(file, F_OK), 0);

    assert_int_equal(cache_open(&entry, "kind", "abc", &e), STATUS_OK);
    assert_false(entry.found);
    assert_int_equal(cache_publish(&entry, &e), STATUS_OK);
    cache_close(&entry);
    assert_int_equal(cache_open(&entry, "kind", "abc", &e), STATUS_OK);
    assert_true(entry.found);

    /* Its content turned out to be damaged: it is made again, and gone if that is abandoned. */
    assert_int_equal(cache_remake(&entry, &e), STATUS_OK);
    assert_false(entry.found);
    assert_int_not_equal(access(entry.path, F_OK), 0);
    assert_int_equal(access(entry.draft, W_OK), 0);
    assert_int_equal(cache_publish(&entry, &e), STATUS_OK);
    cache_close(&entry);
    assert_int_equal(cache_open(&entry, "kind", "abc", &e), STATUS_OK);
    assert_true(entry.found);
    assert_int_equal(cache_remake(&entry, &e), STATUS_OK);
    cache_close(&entry);
    assert_int_equal(cache_open(&entry, "kind", "abc", &e), STATUS_OK);
    assert_false(entry.found);
    cache_close(&entry);

    assert_int_equal(folder_remove(root), 0);
}

/* A file is replaced whole, and so is what a link points to; a pipe stays a pipe. */
static void files_are_replaced_as_what_they_are(void **state)
{
    (void)state;
    char root[] = "/tmp/deltasweep-base-XXXXXX", file[64], link[64], pipe[64], got[8] = "";
    char *text = NULL;
    struct stat s;
    assert_non_null(mkdtemp(root));
    snprintf(file, sizeof file, "%s/file", root);
    snprintf(link, sizeof link, "%s/link", root);
    snprintf(pipe, sizeof pipe, "%s/pipe", root);
    assert_int_equal(file_replace(file, "old", 3, NULL), STATUS_OK);
    assert_int_equal(symlink(file, link), 0);
    assert_int_equal(file_replace(link, "new", 3, NULL), STATUS_OK);
    assert_true(lstat(link, &s) == 0 && S_ISLNK(s.st_mode));
    assert_int_equal(file_read(file, &text, NULL), STATUS_OK);
    assert_string_equal(text, "new");
    free(text);
    assert_int_equal(mkfifo(pipe, 0600), 0);
    const int fd = open(pipe, O_RDWR | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(file_replace(pipe, "sent", 4, NULL), STATUS_OK);
    assert_true(lstat(pipe, &s) == 0 && S_ISFIFO(s.st_mode));
    assert_int_equal(read(fd, got, 4), 4);
    assert_string_equal(got, "sent");
    close(fd);
    folder_remove(root);
}

static void cache_that_cannot_be_written_says_so(void **state)
{
    (void)state;
    struct cache_entry entry;
    struct errmsg e;
    setenv("XDG_CACHE_HOME", "/proc/no", 1);
    assert_int_equal(cache_open(&entry, "kind", "abc", &e), STATUS_ENVIRONMENT);
    assert_non_null(strstr(e.text, "XDG_CACHE_HOME"));
    cache_close(&entry);
}

static bool there(const char *path)
{
    return access(path, F_OK) == 0;
}

static void clocks_tell_their_time(void **state)
{
    (void)state;
    char text[CLOCK_ISO_BYTES];
    clock_iso(1795345112.125, text);
    assert_string_equal(text, "2026-11-22T10:58:32.125Z");
    clock_iso(0, text);
    assert_string_equal(text, "1970-01-01T00:00:00.000Z");
    const double started = clock_monotonic_s(), used = clock_thread_s();
    usleep(20000);
    assert_true(clock_monotonic_s() - started >= 0.02);
    assert_true(clock_thread_s() - used < 0.02); /* sleeping costs no processor time */
    assert_true(fabs(clock_wall_s() - (double)time(NULL)) < 2);
}

static void scratch_of_every_use_is_removed_when_it_is_left(void **state)
{
    (void)state;
    char root[] = "/tmp/deltasweep-test-XXXXXX";
    struct scratch s;
    struct errmsg e;
    assert_non_null(mkdtemp(root));
    setenv("TMPDIR", root, 1);
    for (int use = 0; use < SCRATCH_USES; use++) {
        assert_int_equal(scratch_open(&s, (enum scratch_use)use, &e), STATUS_OK);
        close(s.lock_fd); /* as the kernel does when the process is killed */
        assert_int_equal(scratch_remove_left(false), 1);
        assert_false(there(s.path));
    }
    assert_int_equal(rmdir(root), 0);
    unsetenv("TMPDIR");
}

/* A later process takes away what a killed one has left, but nothing that is in use or another program's. */
static void scratch_does_not_outlive_its_process(void **state)
{
    (void)state;
    char root[] = "/tmp/deltasweep-test-XXXXXX", dead[64], other[64], inside[80];
    struct scratch held, s;
    struct errmsg e;
    assert_non_null(mkdtemp(root));
    setenv("TMPDIR", root, 1);
    assert_int_equal(scratch_open(&held, SCRATCH_TOOL, &e), STATUS_OK);
    assert_true(there(held.path));
    snprintf(dead, sizeof dead, "%s/deltasweep-scratch-memories-dead00", root);
    snprintf(other, sizeof other, "%s/deltasweep-trace-dead00", root); /* somebody's own, of a name close to ours */
    snprintf(inside, sizeof inside, "%s/x", dead);
    assert_int_equal(mkdir(dead, 0700) + mkdir(inside, 0700) + mkdir(other, 0700), 0);
    assert_int_equal(scratch_remove_left(true), 1);
    assert_true(there(inside));
    assert_int_equal(scratch_remove_left(false), 1);
    assert_true(!there(dead) && there(other) && there(held.path));
    assert_int_equal(scratch_open(&s, SCRATCH_TOOL, &e), STATUS_OK);
    assert_string_not_equal(s.path, held.path);
    char path[PATH_MAX];
    memcpy(path, s.path, sizeof path);
    scratch_close(&s);
    assert_false(there(path));
    scratch_close(&s);
    scratch_close(&held);
    assert_int_equal(rmdir(other), 0);
    assert_int_equal(rmdir(root), 0);
    assert_int_equal(scratch_open(&s, SCRATCH_TOOL, &e), STATUS_ENVIRONMENT);
    assert_non_null(strstr(e.text, "set TMPDIR"));
    scratch_close(&s);
    unsetenv("TMPDIR");
}

/* Keys that differ in their first and last bytes, of a length that is no multiple of a word; each comes twice. */
static void interned_keys_are_numbered_as_they_come(void **state)
{
    (void)state;
    enum { KEYS = 3000, BYTES = 11 };
    struct intern set;
    intern_init(&set, BYTES);
    for (int i = 0; i < 2 * KEYS; i++) {
        const int k = i % KEYS;
        const unsigned char key[BYTES] = {[0] = (unsigned char)(k % 256), [BYTES - 1] = (unsigned char)(k / 256)};
        bool fresh = false;
        assert_int_equal(intern_find(&set, key), i < KEYS ? -1 : k);
        assert_int_equal(intern_add(&set, key, &fresh), k);
        assert_int_equal(fresh, i < KEYS);
    }
    assert_int_equal(set.n, KEYS);
    intern_free(&set);
}

/* The documentation has the bound of each kind of input. */
static void bounds_are_documented(void **state)
{
    (void)state;
    char *docs = NULL, row[200];
    assert_int_equal(file_read(DELTASWEEP_SOURCE_DIR "/docs/trust.md", &docs, NULL), STATUS_OK);
    for (int k = 0; k < INPUT_COUNT; k++) {
        snprintf(row, sizeof row, "\n| %s | %zu MiB | %s |", input_what((enum input)k),
                 input_bytes((enum input)k) >> 20, input_is_text((enum input)k) ? "yes" : "no");
        if (strstr(docs, row) == NULL)
            fail_msg("docs/trust.md has no row%s", row);
    }
    free(docs);
}

/* One byte more than the bound is refused, of a file and of a pipe; what is as long as the bound is read whole. */
static void inputs_are_bounded(void **state)
{
    (void)state;
    const size_t most = input_most(INPUT_SWEEP);
    char file[] = "/tmp/deltasweep-input-XXXXXX", *text = NULL;
    size_t n = 0;
    struct errmsg e = {""};
    const int fd = mkstemp(file);
    assert_true(fd >= 0);
    assert_int_equal(ftruncate(fd, (off_t)most), 0);
    assert_int_equal(input_read(file, INPUT_SWEEP, &text, &n, &e), STATUS_OK);
    assert_int_equal(n, most);
    assert_int_equal(text[most], '\0');
    free(text);
    assert_int_equal(ftruncate(fd, (off_t)most + 1), 0);
    assert_int_equal(input_read(file, INPUT_SWEEP, &text, &n, &e), STATUS_INPUT);
    assert_null(text);
    assert_non_null(strstr(e.text, "more than 1 MiB"));
    assert_int_equal(input_check(file, INPUT_SWEEP, &e), STATUS_INPUT);
    assert_int_equal(input_check("/dev/null", INPUT_SWEEP, &e), STATUS_INPUT);
    assert_int_equal(input_check("/nowhere", INPUT_SWEEP, &e), STATUS_OK);
    assert_int_equal(input_read("/nowhere", INPUT_SWEEP, &text, &n, &e), STATUS_ENVIRONMENT);
    assert_int_equal(unlink(file), 0);
    close(fd);
    /* A pipe is good for a text alone. Its bytes come in pieces. */
    int ends[2];
    char path[64];
    assert_int_equal(pipe(ends), 0);
    snprintf(path, sizeof path, "/dev/fd/%d", ends[0]);
    assert_int_equal(input_read(path, INPUT_NETWORK, &text, &n, &e), STATUS_INPUT);
    const pid_t child = fork();
    if (child == 0) {
        usleep(100000);
        const bool good = write(ends[1], "ab", 2) == 2;
        usleep(100000);
        _exit(good && write(ends[1], "c", 1) == 1 ? 0 : 1);
    }
    close(ends[1]);
    assert_int_equal(input_read(path, INPUT_SWEEP, &text, &n, &e), STATUS_OK);
    assert_string_equal(text, "abc");
    free(text);
    close(ends[0]);
    waitpid(child, NULL, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bounds_are_documented),
        cmocka_unit_test(inputs_are_bounded),
        cmocka_unit_test(tool_captures_both_outputs),
        cmocka_unit_test(tool_moves_more_than_a_pipe_holds),
        cmocka_unit_test(tool_survives_a_child_that_reads_nothing),
        cmocka_unit_test(tool_that_says_nothing_gives_empty_texts),
        cmocka_unit_test(tool_names_what_is_missing),
        cmocka_unit_test(tool_shows_where_the_error_is),
        cmocka_unit_test(tool_that_leaves_processes_has_ended),
        cmocka_unit_test(tool_that_takes_too_much_is_ended),
        cmocka_unit_test(tool_that_prints_without_end_keeps_its_ends),
        cmocka_unit_test(tool_that_fails_on_a_full_disk_says_so),
        cmocka_unit_test(digest_separates_fields),
        cmocka_unit_test(tools_have_a_clean_environment),
        cmocka_unit_test(cache_appears_whole_or_not_at_all),
        cmocka_unit_test(files_are_replaced_as_what_they_are),
        cmocka_unit_test(cache_that_cannot_be_written_says_so),
        cmocka_unit_test(clocks_tell_their_time),
        cmocka_unit_test(interned_keys_are_numbered_as_they_come),
        cmocka_unit_test(scratch_of_every_use_is_removed_when_it_is_left),
        cmocka_unit_test(scratch_does_not_outlive_its_process),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
