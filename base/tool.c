#include "base/tool.h"

#include "base/clock.h"
#include "base/environment.h"
#include "base/machine.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct {
    const char *tool, *package, *version_flag;
    const char *variable; /* of the environment: the program to take in its place */
} known_tools[] = {
    {"verilator", "verilator", "--version", NULL}, {"yosys", "yosys", "-V", "DELTASWEEP_YOSYS"},
    {"sta", "opensta", "-version", NULL},          {"gnuplot", "gnuplot-nox", "--version", NULL},
    {"g++", "g++", "--version", NULL},             {"git", "git", "--version", NULL},
    {"iverilog", "iverilog", "-V", NULL},
};

const char *tool_package(const char *name)
{
    for (size_t i = 0; i < sizeof known_tools / sizeof known_tools[0]; i++)
        if (strcmp(known_tools[i].tool, name) == 0)
            return known_tools[i].package;
    return NULL;
}

/* tool_chosen: the program that the environment names for a tool, and its variable; NULL: none. */
static const char *tool_chosen(const char *name, const char **variable)
{
    for (size_t i = 0; i < sizeof known_tools / sizeof known_tools[0]; i++)
        if (known_tools[i].variable != NULL && strcmp(known_tools[i].tool, name) == 0) {
            const char *program = getenv(*variable = known_tools[i].variable);
            return program != NULL && program[0] != '\0' && strcmp(program, name) != 0 ? program : NULL;
        }
    return NULL;
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

/* What is read from one pipe, growing as need be; a 0 follows the last byte. */
struct sink {
    int fd;
    char *bytes;
    size_t used, room;
};

static int sink_read(struct sink *s)
{
    if (s->room - s->used < 4097) {
        const size_t room = s->room == 0 ? 16384 : s->room * 2;
        char *grown = realloc(s->bytes, room);
        if (grown == NULL)
            return -1;
        s->bytes = grown;
        s->room = room;
        s->bytes[s->used] = '\0'; /* should nothing come at all */
    }
    const ssize_t got = read(s->fd, s->bytes + s->used, s->room - s->used - 1);
    if (got < 0 && (errno == EINTR || errno == EAGAIN))
        return 1;
    if (got <= 0) {
        close(s->fd);
        s->fd = -1;
        return got == 0 ? 0 : -1;
    }
    s->used += (size_t)got;
    s->bytes[s->used] = '\0';
    return 1;
}

/* sink_end: closes the pipe; false if there is no memory for an empty text. */
static bool sink_end(struct sink *s)
{
    if (s->fd >= 0)
        close(s->fd);
    if (s->bytes == NULL)
        s->bytes = calloc(1, 1);
    return s->bytes != NULL;
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
    bool in_worker, crashed;
    int log_fd;
    double limit_s; /* 0: none */
    const char *remedy;
} settings = {.log_fd = -1, .limit_s = 86400};

void tool_worker(int log_fd)
{
    settings.in_worker = true;
    settings.log_fd = log_fd;
}

void tool_limit(double seconds, const char *remedy)
{
    settings.limit_s = seconds;
    settings.remedy = remedy;
}

bool tool_crashed(void)
{
    return settings.crashed;
}

/* end_tool: with all that it started. */
static void end_tool(pid_t child)
{
    if (settings.in_worker)
        machine_end_tree(getpid(), false);
    else
        machine_end_tree(child, true);
}

/* milliseconds_to: a moment of clock_monotonic_s, for poll; -1: never. */
static int milliseconds_to(double moment)
{
    return isinf(moment) ? -1 : (int)fmin(fmax(1000 * (moment - clock_monotonic_s()), 0), INT_MAX / 2);
}

/* exchange: feeds input and drains both outputs until the child has closed them; -1 after an error, 1 if that was not
 * before `end`. */
static int exchange(int in, const char *input, size_t input_bytes, struct sink *out, struct sink *err, double end)
{
    size_t sent = 0;
    int result = 0;
    while (out->fd >= 0 || err->fd >= 0) {
        if (in >= 0 && sent == input_bytes) {
            close(in);
            in = -1;
        }
        struct pollfd p[3] = {{out->fd, POLLIN, 0}, {err->fd, POLLIN, 0}, {in, POLLOUT, 0}};
        if (poll(p, 3, milliseconds_to(end)) < 0 && errno != EINTR) {
            result = -1;
            break;
        }
        if (clock_monotonic_s() >= end) {
            result = 1;
            break;
        }
        if (p[2].revents != 0) {
            const ssize_t n = write(in, input + sent, input_bytes - sent);
            if (n > 0)
                sent += (size_t)n;
            else if (n < 0 && errno != EINTR && errno != EAGAIN)
                sent = input_bytes; /* the child does not want the rest */
        }
        if ((p[0].revents != 0 && sink_read(out) < 0) || (p[1].revents != 0 && sink_read(err) < 0)) {
            result = -1;
            break;
        }
    }
    if (in >= 0)
        close(in);
    return result;
}

enum { LOG_MAX_BYTES = 64 << 20 };

/* put_stream: what a tool printed on one stream. Bytes that are no text are only counted. */
static void put_stream(const char *name, const char *bytes, size_t n)
{
    if (n == 0)
        return;
    if (memchr(bytes, '\0', n) != NULL || n > LOG_MAX_BYTES)
        dprintf(settings.log_fd, "(%zu bytes on %s that are no text)\n", n, name);
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

static void log_end(const struct tool_output *o, bool limited)
{
    if (settings.log_fd < 0 || lseek(settings.log_fd, 0, SEEK_END) > LOG_MAX_BYTES)
        return;
    put_stream("standard output", o->out, o->out_bytes);
    put_stream("standard error", o->err, o->err_bytes);
    if (limited)
        dprintf(settings.log_fd, "[ended after %.1f s, the limit for a tool]\n", o->seconds);
    else
        dprintf(settings.log_fd, "[exit code %d after %.1f s]\n", o->exit_code, o->seconds);
}

enum status tool_run(const char *const argv[], const char *cwd, const char *input, size_t input_bytes,
                     struct tool_output *output, struct errmsg *e)
{
    char path[PATH_MAX];
    int in[2] = {-1, -1}, out[2] = {-1, -1}, err[2] = {-1, -1};
    struct sink out_sink = {-1, NULL, 0, 0}, err_sink = {-1, NULL, 0, 0};
    const double started = clock_monotonic_s();

    memset(output, 0, sizeof *output);
    enum status s = tool_find(argv[0], path, sizeof path, e);
    if (s != STATUS_OK)
        return s;
    if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0 || pipe2(err, O_CLOEXEC) != 0) {
        s = fail_errno(e, STATUS_ENVIRONMENT, "cannot make a pipe for %s", argv[0]);
        close_pair(in), close_pair(out), close_pair(err);
        return s;
    }
    log_command(argv, cwd);
    settings.crashed = false;
    const double end = settings.limit_s > 0 ? started + settings.limit_s : (double)INFINITY;
    char *const *environment = environment_of_tools();
    const pid_t child = environment == NULL ? -1 : fork();
    if (child == 0)
        child_main(argv, environment, path, cwd, in[0], out[1], err[1]);
    if (child < 0) {
        s = fail_errno(e, STATUS_ENVIRONMENT, "cannot start %s", argv[0]);
        close_pair(in), close_pair(out), close_pair(err);
        return s;
    }
    close(in[0]), close(out[1]), close(err[1]);
    out_sink.fd = out[0];
    err_sink.fd = err[0];
    fcntl(in[1], F_SETFL, O_NONBLOCK);
    void (*old_pipe)(int) = signal(SIGPIPE, SIG_IGN);
    const int exchanged = exchange(in[1], input, input_bytes, &out_sink, &err_sink, end);
    signal(SIGPIPE, old_pipe);
    if (exchanged < 0)
        s = fail_errno(e, STATUS_ENVIRONMENT, "lost the output of %s", argv[0]);
    else if (exchanged > 0)
        s = fail(e, STATUS_ENVIRONMENT, "%s was ended after %.3g s, the limit for a tool%s%s", argv[0],
                 settings.limit_s, settings.remedy != NULL ? "; " : "", settings.remedy != NULL ? settings.remedy : "");
    if (exchanged != 0)
        end_tool(child);
    int wait_status = 0;
    while (waitpid(child, &wait_status, 0) < 0 && errno == EINTR)
        ;
    const bool out_ended = sink_end(&out_sink), err_ended = sink_end(&err_sink);
    if (!(out_ended && err_ended) && s == STATUS_OK)
        s = fail(e, STATUS_ENVIRONMENT, "out of memory for the output of %s", argv[0]);
    output->out = out_sink.bytes, output->out_bytes = out_sink.used;
    output->err = err_sink.bytes, output->err_bytes = err_sink.used;
    output->exit_code = WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : 128 + WTERMSIG(wait_status);
    output->seconds = clock_monotonic_s() - started;
    settings.crashed = exchanged == 0 && WIFSIGNALED(wait_status);
    log_end(output, exchanged > 0);
    if (s != STATUS_OK)
        tool_output_free(output);
    return s;
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

enum status tool_check(const char *const argv[], const char *cwd, const char *input, size_t input_bytes,
                       struct tool_output *output, struct errmsg *e)
{
    const enum status s = tool_run(argv, cwd, input, input_bytes, output, e);
    if (s != STATUS_OK || output->exit_code == 0)
        return s;
    char command[512] = "";
    for (int i = 0; argv[i] != NULL; i++) {
        const size_t used = strlen(command);
        snprintf(command + used, sizeof command - used, "%s%s", i == 0 ? "" : " ", argv[i]);
    }
    int bytes = 0;
    const char *said = telling_lines(output->err_bytes > 0 ? output->err : output->out, 8, &bytes);
    const int signal_number = output->exit_code - 128;
    const enum status failed = settings.crashed ? fail(e, STATUS_ENVIRONMENT, "`%s` was ended by signal %d (%s):\n%.*s",
                                                       command, signal_number, strsignal(signal_number), bytes, said)
                                                : fail(e, STATUS_ENVIRONMENT, "`%s` failed with exit code %d:\n%.*s",
                                                       command, output->exit_code, bytes, said);
    tool_output_free(output);
    return failed;
}

void tool_output_free(struct tool_output *output)
{
    free(output->out);
    free(output->err);
    output->out = output->err = NULL;
}

const char *tool_version(const char *name)
{
    enum { TOOLS = 16 };
    static struct {
        char name[32], version[160];
    } remembered[TOOLS];
    static int n;

    for (int i = 0; i < n; i++)
        if (strcmp(remembered[i].name, name) == 0)
            return remembered[i].version;
    if (n == TOOLS)
        return "";
    const char *flag = "--version";
    for (size_t i = 0; i < sizeof known_tools / sizeof known_tools[0]; i++)
        if (strcmp(known_tools[i].tool, name) == 0)
            flag = known_tools[i].version_flag;
    struct tool_output output;
    const char *const argv[] = {name, flag, NULL};
    snprintf(remembered[n].name, sizeof remembered[n].name, "%s", name);
    if (tool_run(argv, NULL, NULL, 0, &output, NULL) == STATUS_OK) {
        const char *text = output.out_bytes > 0 ? output.out : output.err;
        snprintf(remembered[n].version, sizeof remembered[n].version, "%.*s", (int)strcspn(text, "\n"), text);
        tool_output_free(&output);
    }
    return remembered[n++].version;
}
