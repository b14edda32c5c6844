#include "base/cache.h"
#include "base/say.h"
#include "base/tool.h"
#include "base/tool_version.h"
#include "base/version.h"
#include "explorer/cli/cli.h"
#include "explorer/cli/trials.h"
#include "base/json.h"
#include "base/share.h"
#include "explorer/jobs/runner.h"
#include "models/nn/data/dataset.h"
#include "models/nn/kernels/blas.h"
#include "models/nn/kernels/kernels.h"
#include "models/nn/kernels/product.h"
#include "sim/lockstep.h"

#include <ftw.h>
#include <limits.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

enum { QUICK = 'q' };

static const struct option_row options[] = {
    {QUICK, "quick", NULL, "only look, try nothing", NULL},
    {.id = OPTION_JSON, .help = "print the same as one object"},
    {.id = OPTION_TOOL_TIME, .help = "end a tool or a trial that takes longer, with all that it started (default: 1h)"},
    {0},
};

static const struct exit_meaning exits[] = {
    {0, "all that is required is there, and what was tried works"},
    {2, "wrong usage, or something that is required is missing or does not work"},
    {0, NULL},
};

/* What deltasweep starts, and what goes without it; the versions that the tests ran with (NULL: any will do), and what
 * another one changes. */
static const struct {
    const char *name;
    bool required;
    const char *purpose;
    const char *tested[3], *otherwise;
} tools[] = {
    {"verilator", true, "turns the RTL into the simulator of `run`, `sim`", {"5.006", NULL},
     "clocks and outputs are compared all the same; only the speed of simulation changes"},
    {"g++", true, "compiles that simulator", {NULL}, NULL},
    {"yosys", true, "counts LUTs, flip-flops, DSPs of `run`, `synth`", {"0.23", "0.70", NULL},
     "it maps to other cells: compare rows of one version (column tool_versions)"},
    {"sta", false, "critical path and clock; without it fmax_mhz is NULL", {"2.0.17", NULL},
     "the clock may change in the last digits"},
    {"gnuplot", false, "draws `plot`", {NULL}, NULL},
    {"git", false, "only when building: the revision in --version and in every row", {NULL}, NULL},
};
enum { TOOLS = sizeof tools / sizeof tools[0] };

static const char *const datasets[] = {"fashion-mnist"};
enum { DATASETS = sizeof datasets / sizeof datasets[0] };

struct found {
    bool is, broken; /* broken: there, and of no use */
    char path[PATH_MAX], version[160], remedy[256];
};

/* Files that ship with the program. */
static const struct {
    const char *name, *purpose;
    bool required;
} files[] = {
    {"rtl", "the hardware in Verilog", true},
    {"examples", "sweep files to begin with", false},
    {"docs", "the pages that README names", false},
};
enum { FILES = sizeof files / sizeof files[0] };

struct findings {
    struct found tools[TOOLS], lockstep, files[FILES], datasets[DATASETS], cache;
    struct trial trials[TRIALS];
    char kernels[256]; /* why nothing can be trained; "": it can */
    bool tried;
    int missing; /* required ones, and trials that failed */
};

static struct {
    long long bytes, entries;
} cache_size;

static int add_size(const char *path, const struct stat *s, int type, struct FTW *walk)
{
    (void)path;
    if (type == FTW_F)
        cache_size.bytes += s->st_size;
    else if (type == FTW_D && walk->level == 2) /* <kind>/<digest>/ */
        cache_size.entries++;
    return 0;
}

/* examine_dataset: reads all of it, so that what is found is known to be whole. */
static void examine_dataset(const char *name, struct found *f)
{
    struct dataset *data = NULL;
    struct errmsg e = {""};

    f->broken = dataset_find(name, f->path, sizeof f->path, &e) == STATUS_OK;
    if (!f->broken || dataset_load(name, &data, &e) != STATUS_OK) {
        snprintf(f->remedy, sizeof f->remedy, "%.250s", e.text);
        return;
    }
    f->is = true;
    f->broken = false;
    snprintf(f->version, sizeof f->version, "%d + %d images of %d pixels", data->train.n, data->test.n, data->features);
    dataset_free(data);
}

static void examine(struct findings *f)
{
    struct errmsg e = {""};

    memset(f, 0, sizeof *f);
    for (int i = 0; i < TOOLS; i++) {
        struct found *t = &f->tools[i];
        const char *package = tool_package(tools[i].name);
        const char *version;
        t->is = tool_find(tools[i].name, t->path, sizeof t->path, NULL) == STATUS_OK;
        t->broken = t->is && tool_version(tools[i].name, &version, &e) != STATUS_OK;
        if (t->broken)
            snprintf(t->remedy, sizeof t->remedy, "%.*s", (int)strcspn(e.text, "\n"), e.text);
        else if (t->is)
            snprintf(t->version, sizeof t->version, "%s", version);
        else
            snprintf(t->remedy, sizeof t->remedy, "apt-get install %s", package != NULL ? package : tools[i].name);
        t->is = t->is && !t->broken;
        f->missing += tools[i].required && !t->is;
    }
    f->lockstep.is = lockstep_program(f->lockstep.path, sizeof f->lockstep.path, &e) == STATUS_OK;
    if (!f->lockstep.is)
        snprintf(f->lockstep.remedy, sizeof f->lockstep.remedy, "%.240s", e.text);
    f->missing += !f->lockstep.is;
    for (int i = 0; i < FILES; i++) {
        struct found *t = &f->files[i];
        t->is = share_path(t->path, files[i].name, &e) == STATUS_OK;
        if (!t->is)
            snprintf(t->remedy, sizeof t->remedy, "%.240s", e.text);
        f->missing += files[i].required && !t->is;
    }
    for (int i = 0; i < DATASETS; i++) {
        examine_dataset(datasets[i], &f->datasets[i]);
        f->missing += !f->datasets[i].is;
    }
    f->cache.is = cache_root(f->cache.path, &e) == STATUS_OK && access(f->cache.path, W_OK) == 0;
    if (f->cache.is)
        nftw(f->cache.path, add_size, 16, FTW_PHYS);
    else
        snprintf(f->cache.remedy, sizeof f->cache.remedy, "%.240s",
                 e.text[0] != '\0' ? e.text : "cannot be written: set XDG_CACHE_HOME to a folder that can");
    f->missing += !f->cache.is;
    if (kernels_load(&e) != STATUS_OK)
        snprintf(f->kernels, sizeof f->kernels, "%.250s", e.text);
    f->missing += f->kernels[0] != '\0';
}

/* is_tested: whether the tests ran with this version of a tool. */
static bool is_tested(int tool, const char *version)
{
    for (int i = 0; i < 3 && tools[tool].tested[i] != NULL; i++) {
        const char *at = strstr(version, tools[tool].tested[i]);
        const size_t n = strlen(tools[tool].tested[i]);
        if (at != NULL && (at == version || at[-1] == ' ') && (at[n] == '\0' || at[n] == ' '))
            return true;
    }
    return tools[tool].tested[0] == NULL;
}

/* short_version: the version without the name that many tools put before it. */
static const char *short_version(const char *name, const char *version)
{
    const size_t n = strlen(name);
    if (strncasecmp(version, name, n) == 0 && version[n] == ' ')
        return version + n + 1;
    return version;
}

static void print_found(const char *name, const struct found *f, bool required, const char *purpose)
{
    say(stdout, "  %-14s ", name);
    if (!f->is)
        say(stdout, "%s%s: %s\n", f->broken ? "BROKEN" : "MISSING", required ? "" : " (optional)", f->remedy);
    else
        say(stdout, "%s%s%s\n", f->version[0] == '\0' ? "" : short_version(name, f->version),
            f->version[0] == '\0' ? "" : "  ", f->path);
    if (purpose != NULL)
        say(stdout, "  %-14s %s\n", "", purpose);
}

static void print_text(const struct findings *f)
{
    say(stdout, "deltasweep %s (revision %s)\n\ntools\n", version_number, version_revision);
    for (int i = 0; i < TOOLS; i++) {
        print_found(tools[i].name, &f->tools[i], tools[i].required, tools[i].purpose);
        if (f->tools[i].is && !is_tested(i, f->tools[i].version)) {
            say(stdout, "  %-14s tested with", "");
            for (int k = 0; k < 3 && tools[i].tested[k] != NULL; k++)
                say(stdout, "%s %s", k > 0 ? "," : "", tools[i].tested[k]);
            say(stdout, ". Of another version: %s\n", tools[i].otherwise);
        }
    }
    print_found("lock-step", &f->lockstep, true,
                "holds the RTL against the SystemC model, clock by clock (built with deltasweep)");
    say(stdout, "\nshipped files\n");
    for (int i = 0; i < FILES; i++)
        print_found(files[i].name, &f->files[i], files[i].required, files[i].purpose);
    say(stdout, "\ndata sets\n");
    for (int i = 0; i < DATASETS; i++)
        print_found(datasets[i], &f->datasets[i], true, NULL);
    say(stdout, "\nmachine\n  %-14s ", "cache");
    if (f->cache.is)
        say(stdout, "%s  %.1f MB in %lld entries\n", f->cache.path, 1e-6 * (double)cache_size.bytes,
            cache_size.entries);
    else
        say(stdout, "%s\n", f->cache.remedy);
    say(stdout, "  %-14s %d\n", "cores", runner_cores());
    if (f->kernels[0] != '\0')
        say(stdout, "  %-14s BROKEN: %s\n", "BLAS", f->kernels);
    else {
        char products[PRODUCT_TEXT_BYTES];
        product_text(products);
        say(stdout, "  %-14s %s kernels (OPENBLAS_CORETYPE chooses others); %s\n", "BLAS", blas_cores(), blas_build());
        say(stdout, "  %-14s of layers with at most 8 bits: %s\n", "products", products);
    }
    say(stdout, "  %-14s %s\n", "SQLite", sqlite3_libversion());
    if (f->tried)
        say(stdout, "\ntried\n");
    for (int i = 0; f->tried && i < TRIALS; i++) {
        const struct trial *t = &f->trials[i];
        say(stdout, "  %-14s ", t->name);
        if (t->good)
            say(stdout, "works (%.1f s): %s\n", t->seconds, t->purpose);
        else
            say(stdout, "%s: %s\n", t->tried ? "FAILED" : "not tried", t->said);
    }
}

static void found_json(struct json *j, const char *name, const struct found *f, bool required, const char *purpose)
{
    json_put_open(j, NULL, '{', false);
    json_put_text(j, "name", name);
    json_put_bool(j, "found", f->is);
    json_put_bool(j, "required", required);
    json_put_text(j, "version", f->is && f->version[0] != '\0' ? f->version : NULL);
    json_put_text(j, "path", f->is ? f->path : NULL);
    json_put_text(j, "purpose", purpose);
    json_put_text(j, "remedy", f->is ? NULL : f->remedy);
    json_put_close(j);
}

static void print_json(const struct findings *f)
{
    struct json j;
    json_put_begin(&j, stdout);
    json_put_open(&j, NULL, '{', false);
    json_put_text(&j, "version", version_number);
    json_put_text(&j, "revision", version_revision);
    json_put_open(&j, "tools", '[', false);
    for (int i = 0; i < TOOLS; i++)
        found_json(&j, tools[i].name, &f->tools[i], tools[i].required, tools[i].purpose);
    found_json(&j, "deltasweep-lockstep", &f->lockstep, true, "holds the RTL against the SystemC model");
    json_put_close(&j);
    json_put_open(&j, "files", '[', false);
    for (int i = 0; i < FILES; i++)
        found_json(&j, files[i].name, &f->files[i], files[i].required, files[i].purpose);
    json_put_close(&j);
    json_put_open(&j, "datasets", '[', false);
    for (int i = 0; i < DATASETS; i++)
        found_json(&j, datasets[i], &f->datasets[i], true, "images to train on");
    json_put_close(&j);
    json_put_open(&j, "cache", '{', false);
    json_put_text(&j, "path", f->cache.path);
    json_put_bool(&j, "writable", f->cache.is);
    json_put_int(&j, "bytes", cache_size.bytes);
    json_put_int(&j, "entries", cache_size.entries);
    json_put_close(&j);
    json_put_int(&j, "cores", runner_cores());
    char products[PRODUCT_TEXT_BYTES] = "";
    const bool computes = f->kernels[0] == '\0';
    if (computes)
        product_text(products);
    json_put_text(&j, "blas_kernels", computes ? blas_cores() : NULL);
    json_put_text(&j, "blas", computes ? blas_build() : NULL);
    json_put_text(&j, "products", computes ? products : NULL);
    json_put_text(&j, "sqlite", sqlite3_libversion());
    json_put_open(&j, "tried", '[', false);
    for (int i = 0; f->tried && i < TRIALS; i++) {
        const struct trial *t = &f->trials[i];
        json_put_open(&j, NULL, '{', false);
        json_put_text(&j, "name", t->name);
        json_put_text(&j, "purpose", t->purpose);
        json_put_bool(&j, "tried", t->tried);
        json_put_bool(&j, "works", t->good);
        json_put_text(&j, "message", t->said[0] != '\0' ? t->said : NULL);
        json_put_close(&j);
    }
    json_put_close(&j);
    json_put_close(&j);
}

/* try_all: what works, once all that it needs was looked for. */
static enum status try_all(struct findings *f, struct errmsg *e)
{
    say(stderr, "trying a simulation, a synthesis and a plot (about 15 s; --quick leaves this out)\n");
    const enum status s = trials_run(f->trials, e);
    f->tried = s == STATUS_OK;
    for (int i = 0; f->tried && i < TRIALS; i++)
        f->missing += f->trials[i].tried && !f->trials[i].good;
    return s;
}

static enum status run(int argc, char **argv, struct errmsg *e)
{
    struct findings *f = NULL;
    struct shared_options asked = {.db = NULL};
    bool quick = false;
    int option;

    while ((option = options_next(argc, argv, options, &asked, e)) != OPTIONS_END) {
        if (option == OPTIONS_BAD)
            return STATUS_USAGE;
        quick |= option == QUICK;
    }
    if (options_no_operands(argc, argv, e) != STATUS_OK)
        return STATUS_USAGE;
    if ((f = malloc(sizeof *f)) == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory");
    examine(f);
    enum status s = quick ? STATUS_OK : try_all(f, e);
    if (asked.format == TABLE_JSON) /* what was found is told even where nothing could be tried */
        print_json(f);
    else
        print_text(f);
    if (s == STATUS_OK && f->missing > 0)
        s = fail(e, STATUS_MISSING, "%d of what is required %s (scripts/setup.sh installs it all)", f->missing,
                 f->missing == 1 ? "is missing or does not work" : "are missing or do not work");
    free(f);
    return s;
}

const struct command command_doctor = {
    .name = "doctor",
    .summary = "which tools and data sets were found, whether they work, what to install",
    .usage = "[--quick] [--json] [--tool-time TIME]",
    .about = "Lists the tools and data sets that were found, their versions and purposes, and what to install "
             "where one is missing. It also prints the folder of cached work with its size, and how this "
             "machine computes matrix products. Then it tries what the tools are for: it builds, simulates, "
             "synthesises and plots a tiny operator.",
    .options = options,
    .examples = "deltasweep doctor\n"
             "deltasweep doctor --quick --json | grep -A4 verilator",
    .exits = exits,
    .run = run,
};
