#include "explorer/cli/export/readme.h"

#include "base/file.h"
#include "base/output.h"
#include "base/share.h"
#include "models/fpga/design/rtl_files.h"
#include "models/nn/integer/infer.h"
#include "models/fpga/design/schedule.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { STALL_SEED = 20261122 };
static const double clock_without_estimate_mhz = 100.0;

const char *export_part(const struct device *d, int speed_grade, char room[32])
{
    snprintf(room, 32, "%s%s-%d", d->name, d->package, speed_grade);
    return room;
}

/* ---- files ---- */

/* A folder under way: files go into out.beside. */
struct writer {
    const struct export_job *x;
    struct output out;
    FILE *f; /* the file that is being written */
    char path[PATH_MAX];
};

static enum status open_file(struct writer *w, const char *name, struct errmsg *e)
{
    const enum status s = file_path(w->path, w->out.beside, name, e);
    if (s != STATUS_OK)
        return s;
    return file_new(w->path, &w->f, e);
}

static enum status close_file(struct writer *w, struct errmsg *e)
{
    const bool lost = ferror(w->f) != 0;
    const bool closed = fclose(w->f) == 0;
    w->f = NULL;
    return closed && !lost ? STATUS_OK : fail_errno(e, STATUS_ENVIRONMENT, "cannot write %s", w->path);
}

static enum status make_folder(const struct writer *w, const char *name, struct errmsg *e)
{
    char path[PATH_MAX];
    const enum status s = file_path(path, w->out.beside, name, e);
    if (s != STATUS_OK)
        return s;
    return mkdir(path, 0777) == 0 ? STATUS_OK : fail_errno(e, STATUS_ENVIRONMENT, "cannot make %s", path);
}

/* copy_shared: a file that ships with the program, under another name. */
static enum status copy_shared(struct writer *w, const char *shared, const char *name, bool program, struct errmsg *e)
{
    char from[PATH_MAX], *text = NULL;
    enum status s = share_path(from, shared, e);
    if (s == STATUS_OK && (s = file_read(from, &text, e)) == STATUS_OK && (s = open_file(w, name, e)) == STATUS_OK) {
        fputs(text, w->f);
        s = close_file(w, e);
        if (s == STATUS_OK && program) {
            struct stat info;
            if (stat(w->path, &info) != 0 || chmod(w->path, info.st_mode | ((info.st_mode >> 2) & 0111)) != 0)
                s = fail_errno(e, STATUS_ENVIRONMENT, "cannot make %s a program", w->path);
        }
    }
    free(text);
    return s;
}

/* ---- the RTL ---- */

static enum status write_rtl(struct writer *w, struct errmsg *e)
{
    char root[PATH_MAX], from[RTL_NAME_BYTES + 32], to[RTL_NAME_BYTES + 8], memories[PATH_MAX];
    struct rtl_files files;
    enum status s = share_path(root, "rtl", e);
    if (s != STATUS_OK || (s = rtl_files_find(&files, root, "accelerator.v", e)) != STATUS_OK)
        return s;
    for (int i = 0; i < files.n && s == STATUS_OK; i++) {
        snprintf(from, sizeof from, "rtl/%s/%s", files.file[i].folder, files.file[i].name);
        snprintf(to, sizeof to, "rtl/%s", files.file[i].name);
        s = copy_shared(w, from, to, false, e);
    }
    if (s == STATUS_OK && (s = open_file(w, "rtl/" EXPORT_TOP ".v", e)) == STATUS_OK) {
        accelerator_write_top(w->x->accelerator, EXPORT_TOP, w->f);
        s = close_file(w, e);
    }
    if (s == STATUS_OK)
        s = file_path(memories, w->out.beside, "rtl", e);
    return s == STATUS_OK ? accelerator_write_memories(w->x->accelerator, w->x->network, memories, e) : s;
}

/* ---- the test bench ---- */

static int features_of(const struct export_job *x)
{
    return x->accelerator->sizes[0];
}

static enum status write_pixels(struct writer *w, struct errmsg *e)
{
    const struct export_job *x = w->x;
    const int bits = accelerator_activation_bits(x->accelerator), features = features_of(x);
    const size_t n = (size_t)x->n_images * (size_t)features;
    int16_t *inputs = calloc(n + 1, sizeof *inputs);
    if (inputs == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory for the inputs of %d images", x->n_images);
    enum status s = open_file(w, "sim/pixels.hex", e);
    if (s == STATUS_OK) {
        infer_inputs(x->network, &x->data->test, 0, x->n_images, inputs, (size_t)features);
        for (size_t i = 0; i < n; i++)
            fprintf(w->f, "%0*x\n", (bits + 3) / 4, (unsigned)inputs[i] & ((1u << bits) - 1));
        s = close_file(w, e);
    }
    free(inputs);
    return s;
}

static enum status write_expected(struct writer *w, struct errmsg *e)
{
    const struct export_job *x = w->x;
    struct verdict *verdicts = calloc((size_t)x->n_images, sizeof *verdicts);
    int right = 0;
    if (verdicts == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory for %d images", x->n_images);
    enum status s = infer_set(x->network, &x->data->test, features_of(x), x->n_images, verdicts, &right, e);
    if (s == STATUS_OK && (s = open_file(w, "sim/expected.hex", e)) == STATUS_OK) {
        for (int i = 0; i < x->n_images; i++)
            fprintf(w->f, "%02x%06x\n", (unsigned)verdicts[i].class & 0xff, (unsigned)verdicts[i].logit & 0xffffff);
        s = close_file(w, e);
    }
    free(verdicts);
    return s;
}

static enum status write_schedule(struct writer *w, struct errmsg *e)
{
    const struct export_job *x = w->x;
    int64_t *result = calloc((size_t)x->n_images, sizeof *result);
    if (result == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory for %d images", x->n_images);
    enum status s = open_file(w, "sim/schedule.hex", e);
    if (s == STATUS_OK) {
        schedule_stream(x->accelerator, x->n_images, result);
        for (int i = 0; i < x->n_images; i++)
            fprintf(w->f, "%08x\n", (unsigned)result[i]);
        s = close_file(w, e);
    }
    free(result);
    return s;
}

static enum status write_bench(struct writer *w, const struct schedule *schedule, struct errmsg *e)
{
    const struct export_job *x = w->x;
    enum status s = write_pixels(w, e);
    if (s != STATUS_OK || (s = write_expected(w, e)) != STATUS_OK || (s = write_schedule(w, e)) != STATUS_OK ||
        (s = open_file(w, "sim/golden.vh", e)) != STATUS_OK)
        return s;
    fprintf(w->f, "localparam XBits = %d;               // of a pixel\n", accelerator_activation_bits(x->accelerator));
    fprintf(w->f, "localparam Pixels = %d;            // of an image\n", features_of(x));
    fprintf(w->f, "localparam Images = %d;\n", x->n_images);
    fprintf(w->f, "localparam CyclesPerInference = %lld; // in a long stream\n",
            (long long)schedule->cycles_per_inference);
    fprintf(w->f, "localparam CyclesLatency = %lld;      // of one image alone\n", (long long)schedule->cycles_latency);
    fprintf(w->f, "localparam [31:0] Seed = 32'd%d; // of the stalls\n", STALL_SEED);
    s = close_file(w, e);
    if (s == STATUS_OK)
        s = copy_shared(w, "explorer/cli/export/testbench.v", "sim/testbench.v", false, e);
    if (s == STATUS_OK)
        s = copy_shared(w, "explorer/cli/export/pick.v", "sim/pick.v", false, e);
    return s == STATUS_OK ? copy_shared(w, "explorer/cli/export/run.sh", "run.sh", true, e) : s;
}

/* ---- Vivado ---- */

double export_clock_mhz(const struct export_job *x)
{
    const struct synth_result *y = x->estimate;
    if (y == NULL || !y->timing_known)
        return clock_without_estimate_mhz;
    const double low = isnan(y->fmax_mhz_low) ? y->fmax_mhz : y->fmax_mhz_low;
    return x->speed_grade == 2 && y->fmax_2_mhz > 0.0 ? low * y->fmax_2_mhz / y->fmax_mhz : low;
}

double export_period_ns(const struct export_job *x)
{
    return ceil(1e6 / export_clock_mhz(x)) / 1000.0;
}

static enum status write_vivado(struct writer *w, const char *part, struct errmsg *e)
{
    enum status s = open_file(w, "settings.tcl", e);
    if (s != STATUS_OK)
        return s;
    fprintf(w->f, "set part %s ;# any other package of the %s does as well\n", part, w->x->device->name);
    fprintf(w->f, "set top " EXPORT_TOP "\nset point %s\n", w->x->point);
    if ((s = close_file(w, e)) != STATUS_OK || (s = open_file(w, "constraints.xdc", e)) != STATUS_OK)
        return s;
    fprintf(w->f, "# %s\n",
            w->x->estimate != NULL && w->x->estimate->timing_known
                ? "The lower end of the estimate's band. What the reports say of the slack tells the fastest clock."
                : "No estimate was there: a guess. What the reports say of the slack tells the fastest clock.");
    fprintf(w->f, "create_clock -name clk -period %.3f [get_ports clk_i]\n", export_period_ns(w->x));
    s = close_file(w, e);
    return s == STATUS_OK ? copy_shared(w, "explorer/cli/export/vivado.tcl", "vivado.tcl", false, e) : s;
}

/* ---- README and tables ---- */

static enum status write_readme(struct writer *w, const char *part, const struct schedule *schedule, struct errmsg *e)
{
    const enum status s = open_file(w, "README.md", e);
    if (s != STATUS_OK)
        return s;
    readme_write(w->x, part, schedule, w->f);
    return close_file(w, e);
}

/* A field of a CSV file, quoted. */
static void put_field(const char *text, FILE *f)
{
    fputc('"', f);
    for (; *text != '\0'; text++) {
        if (*text == '"')
            fputc('"', f);
        fputc(*text, f);
    }
    fputc('"', f);
}

/* What a table's numbers become, and what its classes stand for. */
static enum status write_tables(struct writer *w, struct errmsg *e)
{
    const struct dataset *d = w->x->data;
    enum status s = STATUS_OK;
    if (d->columns != NULL && (s = open_file(w, "inputs.csv", e)) == STATUS_OK) {
        fputs("input,column,mean,deviation\n", w->f);
        for (int k = 0; k < d->features; k++) {
            fprintf(w->f, "%d,", k);
            put_field(d->columns[k].name, w->f);
            fprintf(w->f, ",%.17g,%.17g\n", d->columns[k].mean, d->columns[k].deviation);
        }
        s = close_file(w, e);
    }
    if (s != STATUS_OK || d->class_names == NULL || (s = open_file(w, "classes.csv", e)) != STATUS_OK)
        return s;
    fputs("class,label\n", w->f);
    for (int k = 0; k < d->classes; k++) {
        fprintf(w->f, "%d,", k);
        put_field(d->class_names[k], w->f);
        fputc('\n', w->f);
    }
    return close_file(w, e);
}

/* ---- the folder ---- */

/* check_place: that folder is not there, or is an empty folder (which rename replaces). */
static enum status check_place(const char *folder, struct errmsg *e)
{
    struct stat info;
    if (lstat(folder, &info) != 0)
        return errno == ENOENT ? STATUS_OK : fail_errno(e, STATUS_ENVIRONMENT, "cannot look at %s", folder);
    if (!S_ISDIR(info.st_mode))
        return fail(e, STATUS_USAGE, "%s is there already and is no folder: name another", folder);
    DIR *d = opendir(folder);
    if (d == NULL)
        return fail_errno(e, STATUS_ENVIRONMENT, "cannot look into %s", folder);
    int n = 0;
    while (readdir(d) != NULL)
        n++;
    closedir(d);
    return n <= 2 ? STATUS_OK : fail(e, STATUS_USAGE, "the folder %s is not empty: name another, or empty it", folder);
}

enum status export_write(const struct export_job *x, const char *folder, struct errmsg *e)
{
    struct writer w = {.x = x};
    struct schedule schedule;
    char room[32];
    const char *part = export_part(x->device, x->speed_grade, room);

    if (!accelerator_runs(x->accelerator, x->network))
        return fail(e, STATUS_INPUT, "point %s: its accelerator is for another network than the trained one", x->point);
    enum status s = check_place(folder, e);
    if (s != STATUS_OK || (s = output_folder(&w.out, folder, e)) != STATUS_OK)
        return s;
    schedule_of(x->accelerator, &schedule);
    if ((s = make_folder(&w, "rtl", e)) != STATUS_OK || (s = make_folder(&w, "sim", e)) != STATUS_OK ||
        (s = write_rtl(&w, e)) != STATUS_OK || (s = write_bench(&w, &schedule, e)) != STATUS_OK ||
        (s = write_vivado(&w, part, e)) != STATUS_OK || (s = write_tables(&w, e)) != STATUS_OK ||
        (s = write_readme(&w, part, &schedule, e)) != STATUS_OK) {
        if (w.f != NULL)
            fclose(w.f);
    }
    return output_close(&w.out, s, e);
}
