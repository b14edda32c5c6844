#include "sim/simulator.h"

#include "base/cache.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/share.h"
#include "base/text.h"
#include "base/tool.h"
#include "base/tool_version.h"
#include "models/fpga/design/rtl_files.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* For operators -O1, -O2 and -O3 run within 3 % of each other, and build within 0.2 s. */
static const char optimise_flag[] = "-O2";

/* add_words: one argument for each word of a text. */
static void add_words(struct arguments *a, const char *words)
{
    for (int n; *words != '\0'; words += n + (words[n] == ' ')) {
        n = (int)strcspn(words, " ");
        arguments_add(a, "%.*s", n, words);
    }
}

/* run: runs the command in the folder cwd, and frees its arguments. */
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
    arguments_free(a);
    return s;
}

/* add_all: adds the arguments of another list. */
static void add_all(struct arguments *a, const struct arguments *more)
{
    for (int i = 0; i < more->n; i++)
        arguments_add(a, "%s", more->list[i]);
    a->failed = a->failed || more->failed;
}

/* Both tools are needed (and both named if both are missing), and their versions are part of every key. */
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

static enum status digest_tools(struct digest *d, const char *trace_kind, struct errmsg *e)
{
    const char *verilator, *compiler;
    enum status s;
    if ((s = tool_version("verilator", &verilator, e)) != STATUS_OK ||
        (s = tool_version("g++", &compiler, e)) != STATUS_OK)
        return s;
    digest_text(d, "verilator", verilator);
    digest_text(d, "g++", compiler);
    digest_text(d, "optimise", optimise_flag);
    digest_text(d, "trace", trace_kind == NULL ? "" : trace_kind);
    return STATUS_OK;
}

static enum status digest_shared_file(struct digest *d, const char *name, struct errmsg *e)
{
    char path[PATH_MAX];
    const enum status s = share_path(path, name, e);
    return s != STATUS_OK ? s : digest_file(d, strrchr(name, '/') + 1, path, e);
}

/* digest_rtl: adds the Verilog file top and all files that it uses. */
static enum status digest_rtl(struct digest *d, const char *top, struct errmsg *e)
{
    char root[PATH_MAX];
    struct rtl_files files;
    enum status s;
    if ((s = share_path(root, "rtl", e)) != STATUS_OK || (s = rtl_files_find(&files, root, top, e)) != STATUS_OK)
        return s;
    return rtl_files_digest(&files, d, e);
}

enum status simulator_digest(struct digest *d, const char *trace_kind, const char *top_file, const char *const *glue,
                             struct errmsg *e)
{
    enum status s;
    if ((s = find_tools(e)) != STATUS_OK || (s = digest_tools(d, trace_kind, e)) != STATUS_OK)
        return s;
    s = digest_rtl(d, top_file, e);
    for (; s == STATUS_OK && *glue != NULL; glue++)
        s = digest_shared_file(d, *glue, e);
    return s;
}

/* verilator_include: the folder of Verilator's runtime sources. */
static enum status verilator_include(char path[PATH_MAX], struct errmsg *e)
{
    struct tool_output output;
    const char *const argv[] = {"verilator", "--getenv", "VERILATOR_ROOT", NULL};
    enum status s = tool_ask(argv, &output, e);
    if (s != STATUS_OK)
        return s;
    if (output.out[0] != '/')
        s = fail(e, STATUS_ENVIRONMENT, "`verilator --getenv VERILATOR_ROOT` names no folder: `%.200s`", output.out);
    snprintf(path, PATH_MAX, "%.*s/include", (int)strcspn(output.out, "\n"), output.out);
    tool_output_free(&output);
    return s;
}

static void add_compiler(struct arguments *a, const char *include)
{
    arguments_add(a, "g++");
    arguments_add(a, "%s", optimise_flag);
    add_words(a, "-std=c++17 -fPIC -DVM_COVERAGE=0 -DVM_SC=0 -w");
    arguments_add(a, "-I%s", include);
    arguments_add(a, "-I%s/vltstd", include);
}

/* build_runtime: Verilator's own library, compiled once for all simulators, in a cache
 * entry of its own: it takes several times as long as an operator. */
static enum status build_runtime(const char *trace_kind, const char *include, char path[PATH_MAX], struct errmsg *e)
{
    char hex[DIGEST_HEX_BYTES], trace_source[64] = "";
    struct cache_entry entry;
    struct digest d;

    digest_init(&d);
    enum status s = digest_tools(&d, trace_kind, e);
    if (s != STATUS_OK)
        return s;
    digest_hex(&d, hex);
    s = cache_open(&entry, "verilator-runtime", hex, e);
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
            arguments_add(&a, "-c");
            arguments_add(&a, "%s/%s", include, sources[i]);
            arguments_add(&a, "-o");
            arguments_add(&a, "%d.o", i);
            s = run(&a, entry.draft, e);
        }
        if (s == STATUS_OK) {
            struct arguments a = {.n = 0};
            add_words(&a, "g++ -r -nostdlib");
            for (int i = 0; i < (trace_kind == NULL ? 2 : 3); i++)
                arguments_add(&a, "%d.o", i);
            add_words(&a, "-o runtime.o");
            s = run(&a, entry.draft, e);
        }
        if (s == STATUS_OK)
            s = cache_publish(&entry, e);
    }
    snprintf(path, PATH_MAX, "%.*s/runtime.o", PATH_MAX - 16, entry.path);
    cache_close(&entry);
    return s;
}

enum status simulator_runtime(const char *trace_kind, char include[PATH_MAX], char object[PATH_MAX], struct errmsg *e)
{
    enum status s;
    if ((s = find_tools(e)) != STATUS_OK || (s = verilator_include(include, e)) != STATUS_OK)
        return s;
    return build_runtime(trace_kind, include, object, e);
}

/* translate: has Verilator write C++ for the RTL into the folder draft/model. */
static enum status translate(const struct simulator *m, const char *draft, struct errmsg *e)
{
    char root[PATH_MAX];
    enum status s = share_path(root, "rtl", e);
    if (s != STATUS_OK)
        return s;
    struct arguments a = {.n = 0};
    add_words(&a, "verilator --cc --Mdir model -O3 --x-assign fast --x-initial fast --noassert -Wno-fatal "
                  "--timescale 1ns/1ns --prefix");
    arguments_add(&a, "%s", m->class);
    arguments_add(&a, "--top-module");
    arguments_add(&a, "%s", m->top);
    if (m->trace_kind != NULL)
        arguments_add(&a, "--trace%s", strcmp(m->trace_kind, "fst") == 0 ? "-fst" : "");
    for (int i = 0; rtl_folders[i] != NULL; i++) {
        arguments_add(&a, "-y");
        arguments_add(&a, "%s/%s", root, rtl_folders[i]);
    }
    add_all(&a, &m->verilog);
    return run(&a, draft, e);
}

/* write_unit: one C++ file that includes all that Verilator wrote, so that one compiler run does. */
static enum status write_unit(const char *draft, struct errmsg *e)
{
    char folder[PATH_MAX + 16], path[PATH_MAX + 16];
    struct dirent **files = NULL;
    snprintf(folder, sizeof folder, "%s/model", draft);
    snprintf(path, sizeof path, "%s/unit.cpp", draft);
    FILE *f = NULL;
    const int n = scandir(folder, &files, NULL, alphasort);
    enum status s = n >= 0 ? file_new(path, &f, e) : fail_errno(e, STATUS_ENVIRONMENT, "cannot list %s", folder);
    for (int i = 0; i < n; i++) {
        if (f != NULL && text_ends_with(files[i]->d_name, ".cpp"))
            fprintf(f, "#include \"model/%s\"\n", files[i]->d_name);
        free(files[i]);
    }
    free(files);
    const bool written = f == NULL || !ferror(f);
    if (f != NULL && (fclose(f) != 0 || !written))
        s = fail_errno(e, STATUS_ENVIRONMENT, "cannot write %s", path);
    return s;
}

static enum status compile(const struct simulator *m, const char *include, const char *runtime, const char *draft,
                           struct errmsg *e)
{
    char glue[PATH_MAX];
    enum status s = share_path(glue, m->glue, e);
    if (s != STATUS_OK || (s = write_unit(draft, e)) != STATUS_OK)
        return s;
    struct arguments a = {.n = 0};
    add_compiler(&a, include);
    add_all(&a, &m->defines);
    arguments_add(&a, "-DVM_TRACE=%d", m->trace_kind != NULL);
    if (m->trace_kind != NULL) {
        arguments_add(&a, "-DDUT_%s", strcmp(m->trace_kind, "fst") == 0 ? "FST" : "VCD");
        arguments_add(&a, "-DVM_TRACE_%s=1", strcmp(m->trace_kind, "fst") == 0 ? "FST" : "VCD");
    }
    /* Several simulators may be loaded in one process: with -Bsymbolic each keeps to its own symbols. */
    add_words(&a, "-I. -Imodel -shared -Wl,-Bsymbolic unit.cpp");
    arguments_add(&a, "%s", glue);
    arguments_add(&a, "%s", runtime);
    arguments_add(&a, "-pthread");
    if (m->trace_kind != NULL)
        arguments_add(&a, "-lz");
    arguments_add(&a, "-o");
    arguments_add(&a, "%s", m->object);
    return run(&a, draft, e);
}

/* remove_sources: what the compiler has read is not needed any more. */
static enum status remove_sources(const char *draft, struct errmsg *e)
{
    struct arguments a = {.n = 0};
    add_words(&a, "rm -r model unit.cpp");
    return run(&a, draft, e);
}

/* make: makes the object in draft. */
static enum status make(const struct simulator *m, const char *include, const char *runtime, const char *draft,
                        struct errmsg *e)
{
    enum status s;
    if ((m->write != NULL && (s = m->write(m->context, draft, e)) != STATUS_OK) ||
        (s = translate(m, draft, e)) != STATUS_OK || (s = compile(m, include, runtime, draft, e)) != STATUS_OK)
        return s;
    return remove_sources(draft, e);
}

enum status simulator_build(struct simulator *m, const char hex[DIGEST_HEX_BYTES], char *so_path,
                            unsigned so_path_bytes, double *build_seconds, struct errmsg *e)
{
    char include[PATH_MAX], runtime[PATH_MAX];
    struct cache_entry entry;

    *build_seconds = 0;
    enum status s = cache_open(&entry, m->cache, hex, e);
    if (s != STATUS_OK)
        goto done;
    if (!entry.found) {
        if ((s = simulator_runtime(m->trace_kind, include, runtime, e)) != STATUS_OK)
            goto done;
        const double started = clock_monotonic_s(); /* the runtime is built once per machine, not per simulator */
        if ((s = make(m, include, runtime, entry.draft, e)) != STATUS_OK || (s = cache_publish(&entry, e)) != STATUS_OK)
            goto done;
        *build_seconds = clock_monotonic_s() - started;
    }
    if (snprintf(so_path, so_path_bytes, "%s/%s", entry.path, m->object) >= (int)so_path_bytes)
        s = fail(e, STATUS_ENVIRONMENT, "the cache's path is too long: %.200s…", entry.path);
done:
    cache_close(&entry);
    arguments_free(&m->verilog);
    arguments_free(&m->defines);
    return s;
}
