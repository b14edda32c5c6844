#include "models/fpga/cost/flow.h"

#include "base/cache.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/share.h"
#include "base/tool.h"
#include "base/tool_version.h"
#include "models/fpga/cost/cells.h"
#include "models/fpga/cost/energy.h"
#include "models/fpga/device/speed.h"
#include "models/fpga/cost/synth_result.h"
#include "models/fpga/cost/timing.h"

#include <jansson.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SCRIPT_BYTES = 16384 };

enum status flow_find(struct flow *f, const struct family *family, const char *top_file, struct errmsg *e)
{
    char folder[PATH_MAX];
    memset(f, 0, sizeof *f);
    f->family = family;
    const enum status s = share_path(folder, "rtl", e);
    return s != STATUS_OK ? s : rtl_files_find(&f->files, folder, top_file, e);
}

void flow_free(struct flow *f)
{
    free(f->top);
    f->top = NULL;
}

static void append(char *script, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void append(char *script, const char *format, ...)
{
    const size_t used = strlen(script);
    va_list args;
    va_start(args, format);
    vsnprintf(script + used, SCRIPT_BYTES - used, format, args);
    va_end(args);
}

/* make_script: Yosys's script. The names in it are relative, so that no folder needs quoting. No file is elaborated
 * with its default parameters (-defer). ABC maps to LUTs, which a Yosys of today does only by a script of ours. One
 * netlist gives both the counts and the timing. Modules marked keep_hierarchy are mapped once each, however many there
 * are of them, and flattened after that; every register whose reset is inverted has an inverter of its own until they
 * are merged. A $scopeinfo cell only says where a module was. */
static enum status make_script(const struct flow *f, char *script, struct errmsg *e)
{
    const struct family *family = f->family;
    script[0] = '\0';
    for (int i = 0; i < f->files.n; i++)
        append(script, "read_verilog -defer -sv rtl/%s\n", f->files.file[i].name);
    append(script, "%shierarchy -check -top %s%s\n", f->top != NULL ? "read_verilog -sv top.v\n" : "", f->module,
           f->elaborate);
    append(script,
           "rename -top %s\n"
           "%s%s -top %s -run :map_luts\n"
           "script rtl/%s\n"
           "opt_merge -share_all t:INV\n"
           "setattr -mod -unset keep_hierarchy *\n"
           "setattr -unset keep_hierarchy */*\n"
           "flatten\n"
           "delete t:$scopeinfo\n"
           "rename -top %s\n"
           "script rtl/%s\n",
           f->module, family->synth, f->no_dsp ? family->no_dsp : "", f->module, family->map_luts, f->module,
           family->report);
    return strlen(script) + 1 < SCRIPT_BYTES ? STATUS_OK
                                             : fail(e, STATUS_ENVIRONMENT, "the script for Yosys is too long");
}

static enum status digest_synth_file(struct digest *d, const char *name, struct errmsg *e)
{
    char relative[160], path[PATH_MAX];
    snprintf(relative, sizeof relative, "rtl/%s", name);
    const enum status s = share_path(path, relative, e);
    return s != STATUS_OK ? s : digest_file(d, name, path, e);
}

/* digest_tools: adds the versions. Without OpenSTA there is no timing, which is another result. */
static enum status digest_tools(struct digest *d, struct errmsg *e)
{
    const char *yosys, *sta;
    enum status s = tool_version("yosys", &yosys, e);
    if (s != STATUS_OK)
        return s;
    s = tool_version("sta", &sta, e);
    digest_text(d, "yosys", yosys);
    digest_text(d, "sta", sta);
    return s == STATUS_MISSING ? STATUS_OK : s;
}

static enum status make_digest(const struct flow *f, const char *script, char hex[DIGEST_HEX_BYTES], struct errmsg *e)
{
    /* What ships in rtl/ and decides the result; the delay library goes in as the text of each speed grade. */
    const bool timed = f->family->library != NULL;
    const char *const scripts[] = {f->family->map_luts, f->family->report, "synth/timing.tcl", f->family->map};
    const size_t n = timed ? sizeof scripts / sizeof scripts[0] : 2;
    struct digest d;

    digest_init(&d);
    digest_int(&d, "format", SYNTH_RESULT_FORMAT);
    enum status s = digest_tools(&d, e);
    if (s != STATUS_OK)
        return s;
    digest_text(&d, "script", script);
    digest_text(&d, "top", f->top != NULL ? f->top : "");
    s = rtl_files_digest(&f->files, &d, e);
    for (size_t i = 0; i < n && s == STATUS_OK; i++)
        s = digest_synth_file(&d, scripts[i], e);
    for (enum speed_grade g = SPEED_1; timed && g <= SPEED_2 && s == STATUS_OK; g++) {
        char *library;
        if ((s = speed_library(f->family, g, &library, e)) == STATUS_OK)
            digest_text(&d, speed_name(g), library);
        free(library);
    }
    digest_hex(&d, hex);
    return s;
}

enum status flow_digest(const struct flow *f, char hex[DIGEST_HEX_BYTES], struct errmsg *e)
{
    char script[SCRIPT_BYTES];
    enum status s;
    if ((s = tool_find("yosys", NULL, 0, e)) != STATUS_OK || (s = make_script(f, script, e)) != STATUS_OK)
        return s;
    return make_digest(f, script, hex, e);
}

static enum status write_text(const char *folder, const char *name, const char *text, struct errmsg *e)
{
    char path[PATH_MAX];
    const enum status s = file_path(path, folder, name, e);
    return s != STATUS_OK ? s : file_write(path, text, e);
}

static enum status count_cells(const struct family *family, const char *folder, struct resources *cells,
                               struct errmsg *e)
{
    char path[PATH_MAX];
    enum status s = file_path(path, folder, "stat.json", e);
    if (s != STATUS_OK)
        return s;
    json_error_t where;
    json_t *root = json_load_file(path, 0, &where);
    char *text = root == NULL ? NULL : json_dumps(root, JSON_COMPACT);
    if (text == NULL)
        s = fail(e, STATUS_ENVIRONMENT, "Yosys left no cell counts in %s: %s", path, where.text);
    else
        s = cells_parse(family, text, cells, e);
    free(text);
    json_decref(root);
    return s;
}

/* time_netlist: the one netlist at both speed grades. */
static enum status time_netlist(const struct flow *f, const char *folder, struct synth_result *r, struct errmsg *e)
{
    struct timing speed1, speed2;
    enum status s;
    if ((s = timing_run(f->family, folder, f->module, f->clock, SPEED_1, &speed1, e)) != STATUS_OK ||
        (s = timing_run(f->family, folder, f->module, f->clock, SPEED_2, &speed2, e)) != STATUS_OK)
        return s;
    synth_result_set_paths(r, speed1.critical_path_ns, speed2.critical_path_ns);
    memcpy(r->path_from, speed1.path_from, sizeof r->path_from);
    memcpy(r->path_to, speed1.path_to, sizeof r->path_to);
    return STATUS_OK;
}

/* copy_file: the text file at path `from` as folder/name. */
static enum status copy_file(const char *from, const char *folder, const char *name, struct errmsg *e)
{
    char *text = NULL;
    enum status s = file_read(from, &text, e);
    if (s == STATUS_OK)
        s = write_text(folder, name, text, e);
    free(text);
    return s;
}

static enum status make_folder(const char *path, struct errmsg *e)
{
    return mkdir(path, 0777) == 0 ? STATUS_OK : fail_errno(e, STATUS_ENVIRONMENT, "cannot make %s", path);
}

/* synth_files: those in rtl/synth that the flow of a family reads; how many there are. */
enum { SYNTH_FILES = 4 };
static size_t synth_files(const struct family *family, const char *files[SYNTH_FILES])
{
    files[0] = family->map_luts;
    files[1] = family->report;
    files[2] = family->library;
    files[3] = family->map;
    return family->library != NULL ? SYNTH_FILES : 2;
}

/* copy_rtl: a folder rtl/ with all files of the design side by side, and synth/. They are copies: a Yosys that is
 * shut into its working folder (that of WebAssembly) follows no link out of it. */
static enum status copy_rtl(const struct flow *f, const char *folder, struct errmsg *e)
{
    char rtl[PATH_MAX], synth[PATH_MAX], from[PATH_MAX], relative[160];
    const char *files[SYNTH_FILES];
    const size_t n = synth_files(f->family, files);
    enum status s;
    if ((s = file_path(rtl, folder, "rtl", e)) != STATUS_OK || (s = make_folder(rtl, e)) != STATUS_OK ||
        (s = file_path(synth, rtl, "synth", e)) != STATUS_OK || (s = make_folder(synth, e)) != STATUS_OK)
        return s;
    for (int i = 0; i < f->files.n && s == STATUS_OK; i++)
        if ((s = rtl_file_path(&f->files, i, from, e)) == STATUS_OK)
            s = copy_file(from, rtl, f->files.file[i].name, e);
    for (size_t i = 0; i < n && s == STATUS_OK; i++) {
        snprintf(relative, sizeof relative, "rtl/%s", files[i]);
        if ((s = share_path(from, relative, e)) == STATUS_OK)
            s = copy_file(from, rtl, files[i], e);
    }
    return s;
}

static void unlink_in(const char *folder, const char *name)
{
    char path[PATH_MAX];
    if (file_path(path, folder, name, NULL) == STATUS_OK)
        remove(path);
}

/* remove_inputs: what the tools have read is not worth its place in the cache. */
static void remove_inputs(const struct flow *f, const char *folder)
{
    static const char *const passing[] = {"rtl/synth", "rtl", "timing.v", "timing_setup.tcl", "timing.lib"};
    const char *files[SYNTH_FILES];
    const size_t n = synth_files(f->family, files);
    char rtl[PATH_MAX];
    if (file_path(rtl, folder, "rtl", NULL) == STATUS_OK) {
        for (int i = 0; i < f->files.n; i++)
            unlink_in(rtl, f->files.file[i].name);
        for (size_t i = 0; i < n; i++)
            unlink_in(rtl, files[i]);
    }
    for (size_t i = 0; i < sizeof passing / sizeof passing[0]; i++)
        unlink_in(folder, passing[i]);
}

/* run_tools: the whole work, in the empty folder. What is left there is the result and what helps to understand it. */
static enum status run_tools(const struct flow *f, const char *folder, const char *script, const char *hex,
                             struct synth_result *r, struct errmsg *e)
{
    static const char *const argv[] = {"yosys", "-q", "-s", "synth.ys", NULL};
    const double started = clock_monotonic_s();
    char path[PATH_MAX];
    struct tool_output output;
    enum status s;

    synth_result_clear(r);
    if ((s = copy_rtl(f, folder, e)) != STATUS_OK ||
        (f->top != NULL && (s = write_text(folder, "top.v", f->top, e)) != STATUS_OK) ||
        (f->prepare != NULL && (s = f->prepare(f->subject, folder, e)) != STATUS_OK) ||
        (s = write_text(folder, "synth.ys", script, e)) != STATUS_OK ||
        (s = tool_check(argv, folder, NULL, 0, &output, e)) != STATUS_OK)
        return s;
    tool_output_free(&output);
    if ((s = count_cells(f->family, folder, &r->cells, e)) != STATUS_OK ||
        (f->family->library != NULL && tool_find("sta", NULL, 0, NULL) == STATUS_OK &&
         (s = time_netlist(f, folder, r, e)) != STATUS_OK))
        return s;
    remove_inputs(f, folder);
    r->seconds = clock_monotonic_s() - started;
    if ((s = file_path(path, folder, "result.json", e)) != STATUS_OK)
        return s;
    return synth_result_write(path, hex, r, e);
}

enum status flow_run(const struct flow *f, struct synth_result *out, struct errmsg *e)
{
    char script[SCRIPT_BYTES], hex[DIGEST_HEX_BYTES], path[PATH_MAX];
    struct cache_entry entry;
    enum status s;

    if ((s = tool_find("yosys", NULL, 0, e)) != STATUS_OK || (s = make_script(f, script, e)) != STATUS_OK ||
        (s = make_digest(f, script, hex, e)) != STATUS_OK || (s = cache_open(&entry, "synth", hex, e)) != STATUS_OK)
        return s;
    s = file_path(path, entry.path, "result.json", e);
    if (s == STATUS_OK && entry.found) {
        const bool good = synth_result_read(path, hex, out);
        out->from_cache = good;
        if (!good)
            s = cache_remake(&entry, e); /* damaged, or written by something else */
    }
    if (s == STATUS_OK && !entry.found && (s = run_tools(f, entry.draft, script, hex, out, e)) == STATUS_OK)
        s = cache_publish(&entry, e);
    if (s == STATUS_OK) {
        const struct energy a_second = energy_of(f->family, &out->cells, out->fmax_mhz, 1);
        out->power_mw = a_second.static_mw + a_second.dynamic_mw;
    }
    cache_close(&entry);
    return s;
}
