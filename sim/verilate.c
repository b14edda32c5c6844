#include "sim/verilate.h"

#include "base/cache.h"
#include "base/tool.h"
#include "sim/check.h"
#include "sim/seal.h"

#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* -O1, -O2 and -O3 run within 3 % of each other, and build within 0.2 s. */
static const char optimise_flag[] = "-O2";

static const char *const mac_files[] = {"mac_plain.v", "mac_fixed_reference.v", "mac_consecutive.v"};

const char *mac_file(enum mac_variant v)
{
    return mac_files[v];
}

static double now_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int ends_in(const char *name, const char *ending)
{
    const size_t n = strlen(name), m = strlen(ending);
    return n >= m && strcmp(name + n - m, ending) == 0;
}

/* digest_rtl: every Verilog file but the other variants' tops, in the order of their names. */
static enum status digest_rtl(struct digest *d, enum mac_variant variant, struct errmsg *e)
{
    char folder[PATH_MAX], path[PATH_MAX + 256];
    struct dirent **files = NULL;
    enum status s = share_path(folder, "rtl", e);
    if (s != STATUS_OK)
        return s;
    const int n = scandir(folder, &files, NULL, alphasort);
    if (n < 0)
        return fail_errno(e, STATUS_ENVIRONMENT, "cannot list %s", folder);
    for (int i = 0; i < n; i++) {
        const char *name = files[i]->d_name;
        bool wanted = ends_in(name, ".v");
        for (int v = 0; v < (int)(sizeof mac_files / sizeof mac_files[0]); v++)
            wanted = wanted && (v == (int)variant || strcmp(name, mac_files[v]) != 0);
        if (wanted && s == STATUS_OK) {
            snprintf(path, sizeof path, "%s/%s", folder, name);
            s = digest_file(d, name, path, e);
        }
        free(files[i]);
    }
    free(files);
    return s;
}

static enum status digest_shared_file(struct digest *d, const char *name, struct errmsg *e)
{
    char path[PATH_MAX];
    const enum status s = share_path(path, name, e);
    return s != STATUS_OK ? s : digest_file(d, name, path, e);
}

static enum status check_trace_kind(const char *trace_kind, struct errmsg *e)
{
    if (trace_kind == NULL || strcmp(trace_kind, "fst") == 0 || strcmp(trace_kind, "vcd") == 0)
        return STATUS_OK;
    return fail(e, STATUS_USAGE, "there is no trace format `%s`: use fst or vcd", trace_kind);
}

/* find_tools: both are needed (and both named if both are missing), and their versions are part of every key. */
static enum status find_tools(struct errmsg *e)
{
    struct errmsg verilator, compiler;
    const bool no_verilator = tool_find("verilator", NULL, 0, &verilator) != STATUS_OK,
               no_compiler = tool_find("g++", NULL, 0, &compiler) != STATUS_OK;
    if (!no_verilator && !no_compiler)
        return STATUS_OK;
    return fail(e, STATUS_MISSING, "%s%s%s", no_verilator ? verilator.text : "",
                no_verilator && no_compiler ? "; " : "", no_compiler ? compiler.text : "");
}

static void digest_tools(struct digest *d)
{
    digest_text(d, "verilator", tool_version("verilator"));
    digest_text(d, "g++", tool_version("g++"));
    digest_text(d, "optimise", optimise_flag);
}

enum status sim_digest(const struct mac_config *c, const char *trace_kind, char hex[DIGEST_HEX_BYTES], struct errmsg *e)
{
    struct digest d;
    enum status s;

    if ((s = mac_check(c, e)) != STATUS_OK || (s = check_trace_kind(trace_kind, e)) != STATUS_OK ||
        (s = find_tools(e)) != STATUS_OK)
        return s;
    digest_init(&d);
    digest_tools(&d);
    digest_text(&d, "trace", trace_kind == NULL ? "" : trace_kind);
    digest_text(&d, "variant", mac_variant_name(c->variant));
    digest_text(&d, "multiplier", multiplier_name(c->multiplier));
    digest_int(&d, "W", c->W);
    digest_int(&d, "D", c->D);
    digest_int(&d, "shift", c->shift);
    digest_int(&d, "N", c->N);
    digest_int(&d, "P", c->P);
    if ((s = digest_rtl(&d, c->variant, e)) != STATUS_OK || (s = digest_shared_file(&d, "sim/dut.h", e)) != STATUS_OK ||
        (s = digest_shared_file(&d, "sim/dut.cpp", e)) != STATUS_OK)
        return s;
    digest_hex(&d, hex);
    return STATUS_OK;
}

/* verilator_include: the folder of Verilator's runtime sources. */
static enum status verilator_include(char path[PATH_MAX], struct errmsg *e)
{
    struct tool_output output;
    const char *const argv[] = {"verilator", "--getenv", "VERILATOR_ROOT", NULL};
    const enum status s = tool_check(argv, NULL, NULL, 0, &output, e);
    if (s != STATUS_OK)
        return s;
    snprintf(path, PATH_MAX, "%.*s/include", (int)strcspn(output.out, "\n"), output.out);
    tool_output_free(&output);
    return STATUS_OK;
}

/* An argument list for tool_check that owns its strings. */
struct arguments {
    char *list[64];
    int n;
    bool failed;
};

static void add(struct arguments *a, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void add(struct arguments *a, const char *format, ...)
{
    va_list values;
    char *text = NULL;
    va_start(values, format);
    if (a->n == (int)(sizeof a->list / sizeof a->list[0]) - 1 || vasprintf(&text, format, values) < 0)
        a->failed = true;
    else
        a->list[a->n++] = text;
    va_end(values);
}

/* run: the command, in the folder cwd; the list is freed. */
static enum status run(struct arguments *a, const char *cwd, struct errmsg *e)
{
    struct tool_output output = {0};
    const char *argv[sizeof a->list / sizeof a->list[0]];
    enum status s = STATUS_OK;
    for (int i = 0; i < a->n; i++)
        argv[i] = a->list[i];
    argv[a->n] = NULL;
    if (a->failed)
        s = fail(e, STATUS_ENVIRONMENT, "out of memory for a command");
    else
        s = tool_check(argv, cwd, NULL, 0, &output, e);
    if (s == STATUS_OK)
        tool_output_free(&output);
    for (int i = 0; i < a->n; i++)
        free(a->list[i]);
    return s;
}

static void add_compiler(struct arguments *a, const char *include)
{
    static const char *const flags[] = {"-std=c++17", "-fPIC", "-DVM_COVERAGE=0", "-DVM_SC=0", "-w"};
    add(a, "g++");
    add(a, "%s", optimise_flag);
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++)
        add(a, "%s", flags[i]);
    add(a, "-I%s", include);
    add(a, "-I%s/vltstd", include);
}

/* build_runtime: Verilator's own library, compiled once for all operators, in a cache
 * entry of its own: it takes several times as long as an operator. */
static enum status build_runtime(const char *trace_kind, const char *include, char path[PATH_MAX], struct errmsg *e)
{
    char hex[DIGEST_HEX_BYTES], trace_source[64] = "";
    struct cache_entry entry;
    struct digest d;

    digest_init(&d);
    digest_tools(&d);
    digest_text(&d, "trace", trace_kind == NULL ? "" : trace_kind);
    digest_hex(&d, hex);
    enum status s = cache_open(&entry, "verilator-runtime", hex, e);
    if (s == STATUS_OK && entry.found && !seal_intact(entry.path, "runtime.o"))
        s = cache_remake(&entry, e);
    if (s != STATUS_OK) {
        cache_close(&entry);
        return s;
    }
    if (!entry.found) {
        if (trace_kind != NULL)
            snprintf(trace_source, sizeof trace_source, "verilated_%s_c.cpp", trace_kind);
        const char *const sources[] = {"verilated.cpp", "verilated_threads.cpp", trace_source};
        for (int i = 0; i < (trace_kind == NULL ? 2 : 3) && s == STATUS_OK; i++) {
            struct arguments a = {.n = 0};
            add_compiler(&a, include);
            add(&a, "-c");
            add(&a, "%s/%s", include, sources[i]);
            add(&a, "-o");
            add(&a, "%d.o", i);
            s = run(&a, entry.draft, e);
        }
        if (s == STATUS_OK) {
            struct arguments a = {.n = 0};
            add(&a, "g++");
            add(&a, "-r");
            add(&a, "-nostdlib");
            for (int i = 0; i < (trace_kind == NULL ? 2 : 3); i++)
                add(&a, "%d.o", i);
            add(&a, "-o");
            add(&a, "runtime.o");
            s = run(&a, entry.draft, e);
        }
        if (s == STATUS_OK && (s = seal_write(entry.draft, "runtime.o", e)) == STATUS_OK)
            s = cache_publish(&entry, e);
    }
    snprintf(path, PATH_MAX, "%.*s/runtime.o", PATH_MAX - 16, entry.path);
    cache_close(&entry);
    return s;
}

enum status verilator_runtime(const char *trace_kind, char include[PATH_MAX], char object[PATH_MAX], struct errmsg *e)
{
    enum status s;
    if ((s = find_tools(e)) != STATUS_OK || (s = verilator_include(include, e)) != STATUS_OK)
        return s;
    return build_runtime(trace_kind, include, object, e);
}

/* translate: Verilator makes C++ of the RTL in the folder draft/model. */
static enum status translate(const struct mac_config *c, const char *trace_kind, const char *draft, struct errmsg *e)
{
    static const char *const flags[] = {
        "--cc",       "--prefix", "VMac",        "--top-module", "MAC",        "--Mdir",     "model",       "-O3",
        "--x-assign", "fast",     "--x-initial", "fast",         "--noassert", "-Wno-fatal", "--timescale", "1ns/1ns"};
    char folder[PATH_MAX];
    enum status s = share_path(folder, "rtl", e);
    if (s != STATUS_OK)
        return s;
    struct arguments a = {.n = 0};
    add(&a, "verilator");
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++)
        add(&a, "%s", flags[i]);
    if (trace_kind != NULL)
        add(&a, "--trace%s", strcmp(trace_kind, "fst") == 0 ? "-fst" : "");
    add(&a, "-GINPUT_BITWIDTH=%d", c->W);
    add(&a, "-GINPUT_NUM_DATA=%d", c->N);
    add(&a, "-GNUM_MULT_PARALLEL=%d", c->P);
    add(&a, "-GUSE_DSP=%d", c->multiplier == MULTIPLIER_DSP);
    if (c->variant != MAC_PLAIN) {
        add(&a, "-GINPUT_DELTAWIDTH=%d", c->D);
        add(&a, "-GDELTA_SHIFT=%d", c->shift);
    }
    add(&a, "-y");
    add(&a, "%s", folder);
    add(&a, "%s/%s", folder, mac_file(c->variant));
    return run(&a, draft, e);
}

/* write_unit: one C++ file that includes all that Verilator wrote, so that one compiler run does. */
static enum status write_unit(const char *draft, struct errmsg *e)
{
    char folder[PATH_MAX + 16], path[PATH_MAX + 16];
    struct dirent **files = NULL;
    snprintf(folder, sizeof folder, "%s/model", draft);
    snprintf(path, sizeof path, "%s/unit.cpp", draft);
    const int n = scandir(folder, &files, NULL, alphasort);
    FILE *f = n < 0 ? NULL : fopen(path, "w");
    for (int i = 0; i < n; i++) {
        if (f != NULL && ends_in(files[i]->d_name, ".cpp"))
            fprintf(f, "#include \"model/%s\"\n", files[i]->d_name);
        free(files[i]);
    }
    free(files);
    if (f == NULL || ferror(f) != 0 || fclose(f) != 0)
        return fail_errno(e, STATUS_ENVIRONMENT, "cannot write %s", path);
    return STATUS_OK;
}

static enum status compile(const struct mac_config *c, const char *trace_kind, const char *include, const char *runtime,
                           const char *draft, struct errmsg *e)
{
    char glue[PATH_MAX];
    enum status s = share_path(glue, "sim/dut.cpp", e);
    if (s != STATUS_OK || (s = write_unit(draft, e)) != STATUS_OK)
        return s;
    struct arguments a = {.n = 0};
    add_compiler(&a, include);
    add(&a, "-DDUT_VARIANT=%d", (int)c->variant);
    add(&a, "-DDUT_W=%d", c->W);
    add(&a, "-DDUT_D=%d", c->variant == MAC_PLAIN ? c->W : c->D);
    add(&a, "-DDUT_SHIFT=%d", c->shift);
    add(&a, "-DDUT_N=%d", c->N);
    add(&a, "-DDUT_P=%d", c->P);
    add(&a, "-DVM_TRACE=%d", trace_kind != NULL);
    if (trace_kind != NULL) {
        add(&a, "-DDUT_%s", strcmp(trace_kind, "fst") == 0 ? "FST" : "VCD");
        add(&a, "-DVM_TRACE_%s=1", strcmp(trace_kind, "fst") == 0 ? "FST" : "VCD");
    }
    add(&a, "-I.");
    add(&a, "-Imodel");
    add(&a, "-shared");
    /* Several simulators may be loaded in one process: each keeps to its own symbols. */
    add(&a, "-Wl,-Bsymbolic");
    add(&a, "unit.cpp");
    add(&a, "%s", glue);
    add(&a, "%s", runtime);
    add(&a, "-pthread");
    if (trace_kind != NULL)
        add(&a, "-lz");
    add(&a, "-o");
    add(&a, "mac.so");
    return run(&a, draft, e);
}

/* remove_sources: what the compiler has read is not needed any more. */
static enum status remove_sources(const char *draft, struct errmsg *e)
{
    struct arguments a = {.n = 0};
    add(&a, "rm");
    add(&a, "-r");
    add(&a, "model");
    add(&a, "unit.cpp");
    return run(&a, draft, e);
}

enum status sim_build(const struct mac_config *c, const char *trace_kind, char *so_path, unsigned so_path_bytes,
                      double *build_seconds, struct errmsg *e)
{
    char hex[DIGEST_HEX_BYTES], include[PATH_MAX], runtime[PATH_MAX];
    struct cache_entry entry;
    double started = 0;

    *build_seconds = 0;
    enum status s = sim_digest(c, trace_kind, hex, e);
    if (s != STATUS_OK || (s = cache_open(&entry, "verilated", hex, e)) != STATUS_OK)
        return s;
    if (entry.found && !seal_intact(entry.path, "mac.so") && (s = cache_remake(&entry, e)) != STATUS_OK)
        goto done;
    if (!entry.found) {
        if ((s = verilator_runtime(trace_kind, include, runtime, e)) != STATUS_OK)
            goto done;
        started = now_seconds(); /* the runtime is built once per machine, not per operator */
        if ((s = translate(c, trace_kind, entry.draft, e)) != STATUS_OK ||
            (s = compile(c, trace_kind, include, runtime, entry.draft, e)) != STATUS_OK ||
            (s = remove_sources(entry.draft, e)) != STATUS_OK ||
            (s = seal_write(entry.draft, "mac.so", e)) != STATUS_OK || (s = cache_publish(&entry, e)) != STATUS_OK)
            goto done;
        *build_seconds = now_seconds() - started;
    }
    if (snprintf(so_path, so_path_bytes, "%s/mac.so", entry.path) >= (int)so_path_bytes)
        s = fail(e, STATUS_ENVIRONMENT, "the cache's path is too long: %.200s…", entry.path);
done:
    cache_close(&entry);
    return s;
}
