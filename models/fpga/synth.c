#include "models/fpga/synth.h"

#include "base/cache.h"
#include "base/tool.h"
#include "models/fpga/cells.h"
#include "models/fpga/rtl_files.h"
#include "models/fpga/timing.h"

#include <jansson.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { SCRIPT_BYTES = 16384, RESULT_FORMAT = 1 };

static const char *const mac_tops[] = {"mac_plain.v", "mac_fixed_reference.v", "mac_consecutive.v"};

/* What ships in rtl/synth and decides the result. */
static const char *const synth_files[] = {"synth/report.ys", "synth/timing.tcl", "synth/timing_map.v",
                                          "synth/xc7_speed1.lib"};

/* make_script: Yosys's script for c. The names in it are relative, so that no folder needs quoting. One netlist gives
 * both the counts and the timing. -nowidelut needs 7 % fewer LUTs over our operators at the same speed, and no MUXF;
 * -abc9 makes wrong netlists of cascaded DSPs (docs/estimates.md). */
static enum status make_script(const struct mac_config *c, const struct rtl_files *files, char *script,
                               struct errmsg *e)
{
    char delta[80] = "";
    size_t used = 0;

    if (c->variant != MAC_PLAIN)
        snprintf(delta, sizeof delta, " -set INPUT_DELTAWIDTH %d -set DELTA_SHIFT %d", c->D, c->shift);
    for (int i = 0; i < files->n && used < SCRIPT_BYTES; i++)
        used += (size_t)snprintf(script + used, SCRIPT_BYTES - used, "read_verilog -sv rtl/%s\n", files->name[i]);
    if (used < SCRIPT_BYTES)
        used += (size_t)snprintf(script + used, SCRIPT_BYTES - used,
                                 "chparam -set INPUT_BITWIDTH %d -set INPUT_NUM_DATA %d -set NUM_MULT_PARALLEL %d"
                                 " -set USE_DSP %d%s MAC\n"
                                 "synth_xilinx -family xc7 -flatten -noiopad -noclkbuf -nowidelut%s -top MAC\n"
                                 "rename -top MAC\n"
                                 "script rtl/synth/report.ys\n",
                                 c->W, c->N, c->P, c->multiplier == MULTIPLIER_DSP ? 1 : 0, delta,
                                 c->multiplier == MULTIPLIER_LUT ? " -nodsp" : "");
    return used < SCRIPT_BYTES ? STATUS_OK : fail(e, STATUS_ENVIRONMENT, "the script for Yosys is too long");
}

/* find_inputs: the RTL of c and the script that goes with it. */
static enum status find_inputs(const struct mac_config *c, struct rtl_files *files, char *script, struct errmsg *e)
{
    char folder[PATH_MAX];
    enum status s;
    if ((s = share_path(folder, "rtl", e)) != STATUS_OK ||
        (s = rtl_files_find(files, folder, mac_tops[c->variant], e)) != STATUS_OK)
        return s;
    return make_script(c, files, script, e);
}

static enum status digest_rtl_file(struct digest *d, const char *name, struct errmsg *e)
{
    char relative[160], path[PATH_MAX];
    snprintf(relative, sizeof relative, "rtl/%s", name);
    const enum status s = share_path(path, relative, e);
    return s != STATUS_OK ? s : digest_file(d, name, path, e);
}

static enum status make_digest(const struct rtl_files *files, const char *script, char hex[DIGEST_HEX_BYTES],
                               struct errmsg *e)
{
    struct digest d;
    enum status s = STATUS_OK;

    digest_init(&d);
    digest_int(&d, "format", RESULT_FORMAT);
    digest_text(&d, "yosys", tool_version("yosys"));
    digest_text(&d, "sta", tool_version("sta"));
    digest_text(&d, "script", script);
    for (int i = 0; i < files->n && s == STATUS_OK; i++)
        s = digest_rtl_file(&d, files->name[i], e);
    for (size_t i = 0; i < sizeof synth_files / sizeof synth_files[0] && s == STATUS_OK; i++)
        s = digest_rtl_file(&d, synth_files[i], e);
    digest_hex(&d, hex);
    return s;
}

enum status synth_digest(const struct mac_config *c, char hex[DIGEST_HEX_BYTES], struct errmsg *e)
{
    char script[SCRIPT_BYTES];
    struct rtl_files files;
    enum status s;

    if ((s = mac_check(c, e)) != STATUS_OK || (s = tool_find("yosys", NULL, 0, e)) != STATUS_OK ||
        (s = find_inputs(c, &files, script, e)) != STATUS_OK)
        return s;
    return make_digest(&files, script, hex, e);
}

/* join: folder/name; STATUS_ENVIRONMENT if that is too long. */
static enum status join(char path[PATH_MAX], const char *folder, const char *name, struct errmsg *e)
{
    if (snprintf(path, PATH_MAX, "%s/%s", folder, name) >= PATH_MAX)
        return fail(e, STATUS_ENVIRONMENT, "the path of %s is too long", name);
    return STATUS_OK;
}

static enum status write_text(const char *path, const char *text, struct errmsg *e)
{
    FILE *f = fopen(path, "w");
    if (f == NULL)
        return fail_errno(e, STATUS_ENVIRONMENT, "cannot write %s", path);
    const bool written = fputs(text, f) >= 0;
    if (fclose(f) != 0 || !written)
        return fail_errno(e, STATUS_ENVIRONMENT, "cannot write %s", path);
    return STATUS_OK;
}

/* The fields of struct resources by the names that a result file has. */
static const struct {
    const char *name;
    size_t offset;
} fields[] = {
    {"lut", offsetof(struct resources, lut)},       {"lutram", offsetof(struct resources, lutram)},
    {"ff", offsetof(struct resources, ff)},         {"carry4", offsetof(struct resources, carry4)},
    {"muxf7", offsetof(struct resources, muxf7)},   {"muxf8", offsetof(struct resources, muxf8)},
    {"dsp", offsetof(struct resources, dsp)},       {"bram18", offsetof(struct resources, bram18)},
    {"bram36", offsetof(struct resources, bram36)},
};

static int *field_of(struct resources *r, size_t i)
{
    return (int *)(void *)((char *)r + fields[i].offset);
}

/* write_result: the figures of a run, with the key that they belong to. */
static enum status write_result(const char *path, const char *hex, const struct synth_result *r, struct errmsg *e)
{
    struct resources cells = r->cells;
    json_t *root = json_pack("{s:i, s:s, s:f, s:b}", "format", RESULT_FORMAT, "digest", hex, "seconds", r->seconds,
                             "timing_known", r->timing_known);
    json_t *counts = json_object();
    char *text = NULL;
    enum status s = STATUS_ENVIRONMENT;
    bool good = root != NULL && counts != NULL;

    for (size_t i = 0; i < sizeof fields / sizeof fields[0] && good; i++)
        good = json_object_set_new(counts, fields[i].name, json_integer(*field_of(&cells, i))) == 0;
    good = good && json_object_set(root, "cells", counts) == 0;
    if (good && r->timing_known)
        good = json_object_set_new(root, "critical_path_ns", json_real(r->critical_path_ns)) == 0 &&
               json_object_set_new(root, "path_from", json_string(r->path_from)) == 0 &&
               json_object_set_new(root, "path_to", json_string(r->path_to)) == 0;
    if (good)
        text = json_dumps(root, JSON_INDENT(1) | JSON_SORT_KEYS);
    if (text == NULL)
        fail(e, s, "cannot put the result of the synthesis into words (out of memory?)");
    else
        s = write_text(path, text, e);
    free(text);
    json_decref(counts);
    json_decref(root);
    return s;
}

/* read_string: a text field of a result file into out; false if it is missing or too long. */
static bool read_string(const json_t *root, const char *key, char *out, size_t out_bytes)
{
    const char *value = json_string_value(json_object_get(root, key));
    return value != NULL && (size_t)snprintf(out, out_bytes, "%s", value) < out_bytes;
}

/* read_result: true if path is a whole result file for the key hex; anything else is not believed. */
static bool read_result(const char *path, const char *hex, struct synth_result *r)
{
    char digest[DIGEST_HEX_BYTES];
    json_t *root = json_load_file(path, JSON_REJECT_DUPLICATES, NULL);
    const json_t *cells = json_object_get(root, "cells"), *seconds = json_object_get(root, "seconds");
    const json_t *known = json_object_get(root, "timing_known");

    memset(r, 0, sizeof *r);
    bool good = json_integer_value(json_object_get(root, "format")) == RESULT_FORMAT &&
                read_string(root, "digest", digest, sizeof digest) && strcmp(digest, hex) == 0 &&
                json_is_number(seconds) && json_number_value(seconds) >= 0.0 && json_is_boolean(known);
    for (size_t i = 0; i < sizeof fields / sizeof fields[0] && good; i++) {
        const json_t *count = json_object_get(cells, fields[i].name);
        const json_int_t n = json_integer_value(count);
        good = json_is_integer(count) && n >= 0 && n <= INT_MAX;
        if (good)
            *field_of(&r->cells, i) = (int)n;
    }
    r->seconds = json_number_value(seconds);
    r->timing_known = json_is_true(known);
    r->critical_path_ns = r->fmax_mhz = NAN;
    if (good && r->timing_known) {
        r->critical_path_ns = json_number_value(json_object_get(root, "critical_path_ns"));
        r->fmax_mhz = 1000.0 / r->critical_path_ns;
        good = r->critical_path_ns > 0.0 && read_string(root, "path_from", r->path_from, sizeof r->path_from) &&
               read_string(root, "path_to", r->path_to, sizeof r->path_to);
    }
    json_decref(root);
    return good;
}

static enum status count_cells(const char *folder, struct resources *cells, struct errmsg *e)
{
    char path[PATH_MAX];
    enum status s = join(path, folder, "stat.json", e);
    if (s != STATUS_OK)
        return s;
    json_error_t where;
    json_t *root = json_load_file(path, 0, &where);
    char *text = root == NULL ? NULL : json_dumps(root, JSON_COMPACT);
    if (text == NULL)
        s = fail(e, STATUS_ENVIRONMENT, "Yosys left no cell counts in %s: %s", path, where.text);
    else
        s = cells_parse(text, cells, e);
    free(text);
    json_decref(root);
    return s;
}

static double seconds_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* run_tools: the whole work, in the empty folder. What is left there is the result and what helps to understand it. */
static enum status run_tools(const char *folder, const char *script, const char *hex, struct synth_result *r,
                             struct errmsg *e)
{
    static const char *const argv[] = {"yosys", "-q", "-s", "synth.ys", NULL};
    static const char *const passing[] = {"rtl", "timing.v", "timing_setup.tcl"};
    const double started = seconds_now();
    char rtl[PATH_MAX], path[PATH_MAX];
    struct tool_output output;
    struct timing timing;
    enum status s;

    memset(r, 0, sizeof *r);
    r->critical_path_ns = r->fmax_mhz = NAN;
    if ((s = share_path(rtl, "rtl", e)) != STATUS_OK || (s = join(path, folder, "rtl", e)) != STATUS_OK)
        return s;
    if (symlink(rtl, path) != 0)
        return fail_errno(e, STATUS_ENVIRONMENT, "cannot make %s", path);
    if ((s = join(path, folder, "synth.ys", e)) != STATUS_OK || (s = write_text(path, script, e)) != STATUS_OK ||
        (s = tool_check(argv, folder, NULL, 0, &output, e)) != STATUS_OK)
        return s;
    tool_output_free(&output);
    if ((s = count_cells(folder, &r->cells, e)) != STATUS_OK)
        return s;
    if (tool_find("sta", NULL, 0, NULL) == STATUS_OK) {
        if ((s = timing_run(folder, "MAC", "CLK_SYS", &timing, e)) != STATUS_OK)
            return s;
        r->timing_known = true;
        r->critical_path_ns = timing.critical_path_ns;
        r->fmax_mhz = 1000.0 / timing.critical_path_ns;
        memcpy(r->path_from, timing.path_from, sizeof r->path_from);
        memcpy(r->path_to, timing.path_to, sizeof r->path_to);
    }
    for (size_t i = 0; i < sizeof passing / sizeof passing[0]; i++)
        if (join(path, folder, passing[i], NULL) == STATUS_OK)
            unlink(path);
    r->seconds = seconds_now() - started;
    if ((s = join(path, folder, "result.json", e)) != STATUS_OK)
        return s;
    return write_result(path, hex, r, e);
}

enum status synth_run(const struct mac_config *c, struct synth_result *out, struct errmsg *e)
{
    char script[SCRIPT_BYTES], hex[DIGEST_HEX_BYTES], path[PATH_MAX];
    struct rtl_files files;
    struct cache_entry entry;
    enum status s;

    if ((s = mac_check(c, e)) != STATUS_OK || (s = tool_find("yosys", NULL, 0, e)) != STATUS_OK ||
        (s = find_inputs(c, &files, script, e)) != STATUS_OK ||
        (s = make_digest(&files, script, hex, e)) != STATUS_OK ||
        (s = cache_open(&entry, "synth", hex, e)) != STATUS_OK)
        return s;
    s = join(path, entry.path, "result.json", e);
    if (s == STATUS_OK && entry.found) {
        out->from_cache = read_result(path, hex, out);
        if (!out->from_cache)
            s = cache_remake(&entry, e); /* damaged, or not ours */
    }
    if (s == STATUS_OK && !entry.found && (s = run_tools(entry.draft, script, hex, out, e)) == STATUS_OK)
        s = cache_publish(&entry, e);
    cache_close(&entry);
    return s;
}
