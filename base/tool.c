#include "base/tool.h"

#include "base/clock.h"
#include "base/disk.h"
#include "base/environment.h"
#include "base/machine.h"
#include "base/scratch.h"
#include "base/stop.h"
#include "base/tool_exchange.h"
#include "base/tool_table.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Far beyond all honest work: see tool_limit, tool_ask and struct known_tool. */
static const double DAY_SECONDS = 86400, ASK_SECONDS = 60;
enum { KEPT_BYTES = 64 << 20 };

const char *tool_package(const char *name)
{
    return tool_known(name)->package;
}

/* tool_chosen: the program that the environment names for a tool, and its variable; NULL: none. */
static const char *tool_chosen(const char *name, const char **variable)
{
    if ((*variable = tool_known(name)->variable) == NULL)
        return NULL;
    const char *program = getenv(*variable);
    return program != NULL && program[0] != '\0' && strcmp(program, name) != 0 ? program : NULL;
}

static bool is_program(const char *path)
{
    struct stat s;
    return stat(path, &s) == 0 && S_ISREG(s.st_mode) && access(path, X_OK) == 0;
}

enum status tool_find(const char *name, char *path, size_t path_bytes, struct errmsg *e)
{
    char candidate[PATH_MAX];
    const char *search = getenv("PATH"), *variable, *chosen = tool_chosen(name, &variable);
    if (chosen != NULL && tool_find(chosen, path, path_bytes, NULL) == STATUS_OK)
        return STATUS_OK;
    if (chosen != NULL)
        return fail(e, STATUS_MISSING, "%s is set to `%.200s`, which is not a program", variable, chosen);
    if (search == NULL)
        search = "/usr/local/bin:/usr/bin:/bin";
    if (strchr(name, '/') != NULL) {
        if (is_program(name) && realpath(name, candidate) != NULL) { /* it may run in another folder */
            if (path != NULL)
                snprintf(path, path_bytes, "%s", name[0] == '/' ? name : candidate);
            return STATUS_OK;
        }
        return fail(e, STATUS_MISSING, "%s is not a program", name);
    }
    while (*search != '\0') {
        const size_t n = strcspn(search, ":");
        const int length = snprintf(candidate, sizeof candidate, "%.*s/%s", (int)n, search, name);
        if (length > 0 && (size_t)length < sizeof candidate && is_program(candidate)) {
            if (path != NULL)
                snprintf(path, path_bytes, "%s", candidate);
            return STATUS_OK;
        }
        search += n;
        if (*search == ':')
            search++;
    }
    const char *package = tool_package(name);
    if (package != NULL)
        return fail(e, STATUS_MISSING, "%s is not installed: apt-get install %s", name, package);
    return fail(e, STATUS_MISSING, "%s is not installed (not found in PATH)", name);
}

static void close_pair(int pair[2])
{
    for (int i = 0; i < 2; i++)
        if (pair[i] >= 0)
            close(pair[i]);
}

static void child_main(const char *const argv[], char *const *environment, const char *path, const char *cwd, int in,
                       int out, int err)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGPIPE, SIG_DFL);
    dup2(in, STDIN_FILENO);
    dup2(out, STDOUT_FILENO);
    dup2(err, STDERR_FILENO);
    if (cwd != NULL && chdir(cwd) != 0)
        _exit(126);
    execve(path, (char *const *)argv, environment);
    _exit(127);
}

/* What tool_worker and tool_limit asked for. */
static struct {
    bool in_worker, marked, crashed;
    int log_fd;
    struct tool_limits limits;
} settings = {.log_fd = -1};

void tool_worker(int log_fd)
{
    settings.in_worker = true;
    settings.log_fd = log_fd;
}

void tool_limit(const struct tool_limits *limits)
{
    settings.limits = *limits;
}

bool tool_crashed(void)
{
    return settings.crashed;
}

/* end_tool: with all that it started. */
static void end_tool(pid_t child)
{
    const char *mark = getenv(MACHINE_MARK);
    if (settings.in_worker)
        machine_end_tree(getpid(), mark, false);
    else
        machine_end_tree(child, mark, true);
}

enum { LOG_MAX_BYTES = 64 << 20, LOG_PART_BYTES = 1 << 20 };

/* put_stream: what a tool printed on one stream; of a lot of text the beginning and the end. Bytes that are no text are
 * only counted. */
static void put_stream(const char *name, const char *bytes, size_t n, size_t lost)
{
    const size_t part = LOG_PART_BYTES;
    if (n == 0)
        return;
    if (memchr(bytes, '\0', n) != NULL)
        dprintf(settings.log_fd, "(%zu bytes on %s that are no text)\n", n, name);
    else if (n > 2 * part)
        dprintf(settings.log_fd, "%.*s\n[%.1f MB on %s are left out here]\n%.*s\n", (int)part, bytes,
                1e-6 * (double)(n - 2 * part + lost), name, (int)part, bytes + n - part);
    else
        dprintf(settings.log_fd, "%.*s%s", (int)n, bytes, bytes[n - 1] == '\n' ? "" : "\n");
}

/* log_command: before it starts, so that a crash shows which one it was. */
static void log_command(const char *const argv[], const char *cwd)
{
    if (settings.log_fd < 0)
        return;
    dprintf(settings.log_fd, "$");
    for (int i = 0; argv[i] != NULL; i++)
        dprintf(settings.log_fd, " %s", argv[i]);
    dprintf(settings.log_fd, "%s%s\n", cwd != NULL ? "    # in " : "", cwd != NULL ? cwd : "");
}

static void log_end(const struct tool_output *o, enum exchange_end how)
{
    static const char *const ends[] = {[EXCHANGE_LEFT] = "what it started held its output open, and was ended",
                                       [EXCHANGE_LATE] = "ended: it took longer than the limit for a tool",
                                       [EXCHANGE_HEAVY] = "ended: it used more memory than the limit for a tool",
                                       [EXCHANGE_STOPPED] = "ended: stopped by the user",
                                       [EXCHANGE_FAILED] = "ended: its output was lost"};
    if (settings.log_fd < 0 || lseek(settings.log_fd, 0, SEEK_END) > LOG_MAX_BYTES)
        return;
    put_stream("standard output", o->out, o->out_bytes, o->out_lost);
    put_stream("standard error", o->err, o->err_bytes, o->err_lost);
    if (how != EXCHANGE_DONE)
        dprintf(settings.log_fd, "[%s]\n", ends[how]);
    if (how == EXCHANGE_DONE || how == EXCHANGE_LEFT)
        dprintf(settings.log_fd, "[exit code %d after %.1f s]\n", o->exit_code, o->seconds);
}

/* limits_of: those of the tool where nothing else was asked for. */
static struct tool_limits limits_of(const char *tool)
{
    struct tool_limits l = settings.limits;
    const double seconds = tool_known(tool)->seconds;
    if (l.seconds <= 0)
        l.seconds = seconds > 0 ? seconds : DAY_SECONDS;
    if (l.bytes <= 0 && !settings.in_worker)
        l.bytes = machine_memory_bytes();
    return l;
}

/* say_end: why a tool did not end by itself. */
static enum status say_end(enum exchange_end how, const char *tool, const struct tool_limits *l, struct errmsg *e)
{
    const char *remedy = l->remedy != NULL ? l->remedy : "", *comma = l->remedy != NULL ? "; " : "";
    switch (how) {
    case EXCHANGE_LATE:
        return fail(e, STATUS_ENVIRONMENT, "%s was ended after %.3g s, the limit for a tool%s%s", tool, l->seconds,
                    comma, remedy);
    case EXCHANGE_HEAVY:
        return fail(e, STATUS_ENVIRONMENT,
                    "%s was ended when it used more than %.0f MB of memory, the limit for a tool", tool,
                    l->bytes / (1 << 20));
    case EXCHANGE_STOPPED:
        return stop_check(e);
    case EXCHANGE_FAILED:
        return fail_errno(e, STATUS_ENVIRONMENT, "lost the output of %s", tool);
    default:
        return STATUS_OK;
    }
}

/* start: the tool at path, with pipes; *x gets this program's ends of them. temporary: a folder for its files. */
static enum status start(const char *const argv[], const char *path, const char *cwd, const char *temporary,
                         struct exchange *x, struct errmsg *e)
{
    int in[2] = {-1, -1}, out[2] = {-1, -1}, err[2] = {-1, -1};
    char mark[MACHINE_MARK_BYTES];
    if (!settings.marked && !settings.in_worker) {
        machine_new_mark(mark);
        settings.marked = setenv(MACHINE_MARK, mark, 1) == 0;
    }
    char *const *environment = environment_of_tools(temporary);
    if (environment == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory for %s", argv[0]);
    if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0 || pipe2(err, O_CLOEXEC) != 0) {
        const enum status s = fail_errno(e, STATUS_ENVIRONMENT, "cannot make a pipe for %s", argv[0]);
        close_pair(in), close_pair(out), close_pair(err);
        return s;
    }
    x->child = fork();
    if (x->child == 0)
        child_main(argv, environment, path, cwd, in[0], out[1], err[1]);
    if (x->child < 0) {
        const enum status s = fail_errno(e, STATUS_ENVIRONMENT, "cannot start %s", argv[0]);
        close_pair(in), close_pair(out), close_pair(err);
        return s;
    }
    close(in[0]), close(out[1]), close(err[1]);
    fcntl(in[1], F_SETFL, O_NONBLOCK);
    x->in = in[1];
    x->out.fd = out[0];
    x->err.fd = err[0];
    return STATUS_OK;
}

/* run_within: tool_run with these limits. */
static enum status run_within(const struct tool_limits *limits, const char *const argv[], const char *cwd,
                              const char *input, size_t input_bytes, struct tool_output *output, struct errmsg *e)
{
    char path[PATH_MAX];
    struct scratch temporary = {.lock_fd = -1};
    const double started = clock_monotonic_s();
    const size_t most = tool_known(argv[0])->out_bytes;
    struct exchange x = {.input = input,
                         .input_bytes = input_bytes,
                         .out.most = most > 0 ? most : KEPT_BYTES,
                         .err.most = KEPT_BYTES,
                         .end = started + limits->seconds,
                         .most_memory = limits->bytes,
                         .stops = !settings.in_worker};

    memset(output, 0, sizeof *output);
    enum status s = tool_find(argv[0], path, sizeof path, e);
    if (s != STATUS_OK)
        return s;
    log_command(argv, cwd);
    settings.crashed = false;
    /* What a killed tool leaves goes with this folder. Without one it shares the folder of all. */
    const bool own = !tool_known(argv[0])->leaves && scratch_open(&temporary, SCRATCH_TOOL, NULL) == STATUS_OK;
    if ((s = start(argv, path, cwd, own ? temporary.path : NULL, &x, e)) != STATUS_OK) {
        scratch_close(&temporary);
        return s;
    }
    void (*old_pipe)(int) = signal(SIGPIPE, SIG_IGN);
    const enum exchange_end how = exchange_run(&x);
    signal(SIGPIPE, old_pipe);
    s = say_end(how, argv[0], limits, e);
    if (how != EXCHANGE_DONE)
        end_tool(x.child);
    int wait_status = 0;
    while (waitpid(x.child, &wait_status, 0) < 0 && errno == EINTR)
        ;
    const bool out_ended = stream_end(&x.out), err_ended = stream_end(&x.err);
    if (!(out_ended && err_ended) && s == STATUS_OK)
        s = fail(e, STATUS_ENVIRONMENT, "out of memory for the output of %s", argv[0]);
    const bool exited = WIFEXITED(wait_status);
    *output = (struct tool_output){.exit_code = exited ? WEXITSTATUS(wait_status) : 128 + WTERMSIG(wait_status),
                                   .out = x.out.bytes,
                                   .out_bytes = x.out.used,
                                   .out_lost = x.out.lost,
                                   .err = x.err.bytes,
                                   .err_bytes = x.err.used,
                                   .err_lost = x.err.lost,
                                   .seconds = clock_monotonic_s() - started};
    settings.crashed = (how == EXCHANGE_DONE || how == EXCHANGE_LEFT) && WIFSIGNALED(wait_status);
    log_end(output, how);
    scratch_close(&temporary);
    if (s != STATUS_OK)
        tool_output_free(output);
    return s;
}

enum status tool_run(const char *const argv[], const char *cwd, const char *input, size_t input_bytes,
                     struct tool_output *output, struct errmsg *e)
{
    const struct tool_limits limits = limits_of(argv[0]);
    return run_within(&limits, argv, cwd, input, input_bytes, output, e);
}

/* last_lines: where the last n non-empty lines of text begin. */
static const char *last_lines(const char *text, int n)
{
    const char *p = text + strlen(text);
    while (p > text && p[-1] == '\n')
        p--;
    while (p > text && (p[-1] != '\n' || --n > 0))
        p--;
    return p;
}

/* telling_lines: n lines from the first one that mentions an error (later ones often only follow from it), or else
 * the last n lines. *bytes is their length. */
static const char *telling_lines(const char *text, int n, int *bytes)
{
    const char *start = strcasestr(text, "error"), *end;
    if (start == NULL)
        start = last_lines(text, n);
    while (start > text && start[-1] != '\n')
        start--;
    for (end = start; *end != '\0' && n > 0; end++)
        n -= *end == '\n';
    while (end > start && end[-1] == '\n')
        end--;
    *bytes = end - start > 1200 ? 1200 : (int)(end - start);
    return start;
}

/* check: STATUS_ENVIRONMENT, and no output, unless the tool succeeded. */
static enum status check(const char *const argv[], const char *cwd, struct tool_output *output, struct errmsg *e)
{
    const char *const folders[] = {cwd != NULL ? cwd : ".", scratch_folder(), NULL};
    char command[512] = "";
    if (output->exit_code == 0 && output->out_lost == 0)
        return STATUS_OK;
    for (int i = 0; argv[i] != NULL; i++) {
        const size_t used = strlen(command);
        snprintf(command + used, sizeof command - used, "%s%s", i == 0 ? "" : " ", argv[i]);
    }
    int bytes = 0;
    const char *said = telling_lines(output->err_bytes > 0 ? output->err : output->out, 8, &bytes);
    const int signal_number = output->exit_code - 128;
    enum status failed;
    if (settings.crashed)
        failed = fail(e, STATUS_ENVIRONMENT, "`%s` was ended by signal %d (%s):\n%.*s", command, signal_number,
                      strsignal(signal_number), bytes, said);
    else if (output->exit_code != 0)
        failed = fail(e, STATUS_ENVIRONMENT, "`%s` failed with exit code %d:\n%.*s", command, output->exit_code, bytes,
                      said);
    else
        failed = fail(e, STATUS_ENVIRONMENT, "`%s` printed %.0f MB, far more than it should:\n%.*s", command,
                      (double)(output->out_bytes + output->out_lost) / (1 << 20), bytes, said);
    disk_blame(folders, output->err, e);
    tool_output_free(output);
    return failed;
}

enum status tool_check(const char *const argv[], const char *cwd, const char *input, size_t input_bytes,
                       struct tool_output *output, struct errmsg *e)
{
    const enum status s = tool_run(argv, cwd, input, input_bytes, output, e);
    return s == STATUS_OK ? check(argv, cwd, output, e) : s;
}

enum status tool_ask(const char *const argv[], struct tool_output *output, struct errmsg *e)
{
    struct tool_limits limits = limits_of(argv[0]);
    if (limits.seconds > ASK_SECONDS)
        limits = (struct tool_limits){.seconds = ASK_SECONDS, .bytes = limits.bytes};
    const enum status s = run_within(&limits, argv, NULL, NULL, 0, output, e);
    return s == STATUS_OK ? check(argv, NULL, output, e) : s;
}

void tool_output_free(struct tool_output *output)
{
    free(output->out);
    free(output->err);
    output->out = output->err = NULL;
}
