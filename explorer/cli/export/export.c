#include "explorer/cli/export/export.h"

#include "base/file.h"
#include "base/share.h"
#include "models/fpga/design/rtl_files.h"
#include "models/nn/integer/infer.h"
#include "models/fpga/design/schedule.h"

#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TOP "deltasweep_top"

enum { STALL_SEED = 20261122 };
static const double clock_without_estimate_mhz = 100.0;

const char *export_part(const struct device *d, int speed_grade, char room[32])
{
    snprintf(room, 32, "%s%s-%d", d->name, d->package, speed_grade);
    return room;
}

/* ---- files ---- */

/* A folder under way: files go into draft. */
struct writer {
    const struct export_job *x;
    char draft[PATH_MAX];
    FILE *f; /* the file that is being written */
    char path[PATH_MAX];
};

static enum status open_file(struct writer *w, const char *name, struct errmsg *e)
{
    const enum status s = file_path(w->path, w->draft, name, e);
    if (s != STATUS_OK)
        return s;
    w->f = fopen(w->path, "we");
    return w->f != NULL ? STATUS_OK : fail_errno(e, STATUS_ENVIRONMENT, "cannot write %s", w->path);
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
    const enum status s = file_path(path, w->draft, name, e);
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
    if (s == STATUS_OK && (s = open_file(w, "rtl/" TOP ".v", e)) == STATUS_OK) {
        accelerator_write_top(w->x->accelerator, TOP, w->f);
        s = close_file(w, e);
    }
    if (s == STATUS_OK)
        s = file_path(memories, w->draft, "rtl", e);
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

/* clock_mhz: what the constraints ask for: the lower end of the estimate's band at the speed grade. */
static double clock_mhz(const struct export_job *x)
{
    const struct synth_result *y = x->estimate;
    if (y == NULL || !y->timing_known)
        return clock_without_estimate_mhz;
    const double low = isnan(y->fmax_mhz_low) ? y->fmax_mhz : y->fmax_mhz_low;
    return x->speed_grade == 2 && y->fmax_2_mhz > 0.0 ? low * y->fmax_2_mhz / y->fmax_mhz : low;
}

/* period_ns: of that clock, in whole picoseconds. */
static double period_ns(const struct export_job *x)
{
    return ceil(1e6 / clock_mhz(x)) / 1000.0;
}

static enum status write_vivado(struct writer *w, const char *part, struct errmsg *e)
{
    enum status s = open_file(w, "settings.tcl", e);
    if (s != STATUS_OK)
        return s;
    fprintf(w->f, "set part %s ;# any other package of the %s does as well\n", part, w->x->device->name);
    fprintf(w->f, "set top " TOP "\nset point %s\n", w->x->point);
    if ((s = close_file(w, e)) != STATUS_OK || (s = open_file(w, "constraints.xdc", e)) != STATUS_OK)
        return s;
    fprintf(w->f, "# %s\n",
            w->x->estimate != NULL && w->x->estimate->timing_known
                ? "The lower end of the estimate's band. What the reports say of the slack tells the fastest clock."
                : "No estimate was there: a guess. What the reports say of the slack tells the fastest clock.");
    fprintf(w->f, "create_clock -name clk -period %.3f [get_ports clk_i]\n", period_ns(w->x));
    s = close_file(w, e);
    return s == STATUS_OK ? copy_shared(w, "explorer/cli/export/vivado.tcl", "vivado.tcl", false, e) : s;
}

/* ---- README ---- */

static void put_sizes(const struct accelerator *a, FILE *f)
{
    for (int l = 0; l <= a->n_layers; l++)
        fprintf(f, "%s%d", l > 0 ? "-" : "", a->sizes[l]);
}

static void put_estimate(const struct export_job *x, const struct schedule *schedule, FILE *f)
{
    const struct synth_result *y = x->estimate;
    const double mhz = clock_mhz(x);
    fputs("\n## What to expect\n", f);
    fprintf(
        f,
        "By the schedule, which the test bench holds the RTL to: %lld clocks an image in a stream, %lld from first\n"
        "pixel to result; %.3f of the clocks of all lanes are multiplications.\n\n",
        (long long)schedule->cycles_per_inference, (long long)schedule->cycles_latency, schedule->efficiency);
    if (y == NULL) {
        fprintf(f,
                "This point was not synthesised, so there is no estimate of cells and clock; constraints.xdc asks for\n"
                "%.0f MHz, a guess.\n",
                mhz);
        return;
    }
    fputs("Estimates of deltasweep: cells by Yosys, clock by OpenSTA with nets by their fanout; not placed, not "
          "Vivado.\n\n"
          "| figure | estimate | of the part |\n| --- | --- | --- |\n",
          f);
    const struct resources *c = &y->cells;
    const struct device *d = x->device;
    fprintf(f, "| LUT | %d | %d |\n| of these as memory | %d | %d |\n| flip-flops | %d | %d |\n", c->lut, d->lut,
            c->lutram, d->lutram_luts, c->ff, d->ff);
    fprintf(f, "| DSP48E1 | %d | %d |\n| RAMB36, a RAMB18 being half | %.1f | %d |\n", c->dsp, d->dsp,
            c->bram36 + 0.5 * c->bram18, d->bram36);
    if (!y->timing_known)
        return;
    fprintf(f, "| clock at speed grade -1, MHz | %.1f | |\n", y->fmax_mhz);
    if (!isnan(y->fmax_mhz_low))
        fprintf(f, "| its error band, MHz | %.1f to %.1f | |\n", y->fmax_mhz_low, y->fmax_mhz_high);
    if (!isnan(y->fmax_2_mhz))
        fprintf(f, "| clock at speed grade -2, MHz | %.1f | |\n", y->fmax_2_mhz);
    fprintf(f,
            "\nThe critical path by the estimate: from `%s`\nto `%s`.\nAt the %.1f MHz of constraints.xdc: %.0f images "
            "a second.\n",
            y->path_from, y->path_to, mhz, 1e6 * mhz / (double)schedule->cycles_per_inference);
}

/* How an activation comes from what a user has. */
static const char *activation_of(const struct dataset *d)
{
    return d->train.pixels != NULL
               ? "a pixel p of 0 to 255 is the nearest to p / 255 * 2 - 1"
               : "the nearest to the value x that was trained on, the greatest or least where it is beyond";
}

/* put_format: which bits of weights and activations are fraction: layers may have some of their own. */
static void put_format(const struct export_job *x, FILE *f)
{
    const struct accelerator *a = x->accelerator;
    const struct integer_network *n = x->network;
    bool same = true;
    for (int l = 0; l < n->n_layers; l++)
        same = same && n->layers[l].f == a->f;
    fprintf(f, "Weights of %d bits, ", a->W);
    if (same)
        fprintf(f, "%d of them fraction", a->f);
    for (int l = 0; l < n->n_layers && !same; l++)
        fprintf(f, "%s%d", l == 0 ? "with a fraction of " : l + 1 < n->n_layers ? ", " : " and ", n->layers[l].f);
    fprintf(f, "%s, stored as codes of %d bits.\n", same ? "" : " bits in the layers", a->D);
}

/* put_use: how to simulate the folder, and how to build it with Vivado. */
static void put_use(const struct export_job *x, const char *part, FILE *f)
{
    fprintf(
        f,
        "\n## Try it\n"
        "    ./run.sh iverilog     # Icarus Verilog, slow\n"
        "    ./run.sh verilator    # Verilator 5.006 or later\n\n"
        "%d images of the test set with the class and the logit that the integer model gives, as fast as they go in\n"
        "and with random stalls, and a reset in the middle; the last line says PASS or FAIL.\n",
        x->n_images);
    fprintf(
        f,
        "\n## Build it\n"
        "    vivado -mode batch -source vivado.tcl\n\n"
        "places and routes for %s (settings.tcl) with the clock of constraints.xdc (%.3f ns) and\n"
        "leaves `reports/`. Pins are yours to choose: the engine is implemented out of context and no bitstream is\n"
        "written; for a board, put `" TOP "` into a top module of yours and keep `rtl/*.hex` in Vivado's working\n"
        "folder, where $readmemh looks for them.\n\n"
        "Bring the figures home, beside the estimates:\n\n"
        "    deltasweep import-report %s reports/utilization.rpt reports/timing_summary.rpt reports/power.rpt\n"
        "    deltasweep calibration\n",
        part, period_ns(x), x->point);
}

static void put_ports(const struct export_job *x, FILE *f)
{
    const struct accelerator *a = x->accelerator;
    fprintf(
        f,
        "\n## Ports\n"
        "| port | bits | |\n| --- | --- | --- |\n"
        "| `clk_i`, `rst_ni` | 1 | clock; reset, low, synchronous |\n"
        "| `pixel_valid_i`, `pixel_ready_o`, `pixel_data_i` | 1, 1, %d | %d activations an image, signed, of 2^-%d: "
        "%s |\n"
        "| `result_valid_o`, `result_ready_i`, `result_class_o`, `result_logit_o` | 1, 1, 8, 24 | the class, and its "
        "logit, signed |\n\n"
        "A transfer happens at a rising edge with valid and ready. `sim/pixels.hex` has examples.\n",
        accelerator_activation_bits(a), a->sizes[0], a->f, activation_of(x->data));
    if (x->data->columns != NULL)
        fputs(
            "\n`inputs.csv` has the activations in their order, each from a column of the table: x = (number - mean) / "
            "(2 deviation),\nboth of the training set, and 0 where the deviation is 0.\n",
            f);
    if (x->data->class_names != NULL)
        fputs("`classes.csv` has the label of each class.\n", f);
}

static enum status write_readme(struct writer *w, const char *part, const struct schedule *schedule, struct errmsg *e)
{
    const struct export_job *x = w->x;
    const struct accelerator *a = x->accelerator;
    enum status s = open_file(w, "README.md", e);
    if (s != STATUS_OK)
        return s;
    fputs("# Inference engine ", w->f);
    put_sizes(a, w->f);
    fprintf(w->f, " for the %s\n\nPoint %s of deltasweep. ", x->device->name, x->point);
    fputs(x->about, w->f);
    fprintf(w->f, "\n%d lanes, %d of them on DSP48E1. ", a->P, a->dsp_lanes);
    put_format(x, w->f);
    fprintf(w->f, "Of the %d bits of a weight word %d lie in block RAM, %d in LUTs.\n", a->P * a->D, a->block_bits,
            a->P * a->D - a->block_bits);
    put_estimate(x, schedule, w->f);
    put_use(x, part, w->f);
    put_ports(x, w->f);
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

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *walk)
{
    (void)info, (void)type, (void)walk;
    return remove(path);
}

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

/* make_draft: an empty folder beside the place. */
static enum status make_draft(struct writer *w, const char *folder, struct errmsg *e)
{
    size_t n = strlen(folder);
    while (n > 1 && folder[n - 1] == '/')
        n--;
    if (n == 0 || n + 16 > sizeof w->draft)
        return fail(e, STATUS_USAGE, "`%s` cannot be a folder's name", folder);
    snprintf(w->draft, sizeof w->draft, "%.*s.draft-XXXXXX", (int)n, folder);
    if (mkdtemp(w->draft) == NULL) {
        w->draft[0] = '\0';
        return fail_errno(e, STATUS_ENVIRONMENT, "cannot make a folder beside %s (does the one above it exist?)",
                          folder);
    }
    const mode_t mask = umask(0);
    umask(mask);
    return chmod(w->draft, 0777 & ~mask) == 0 ? STATUS_OK
                                              : fail_errno(e, STATUS_ENVIRONMENT, "cannot use %s", w->draft);
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
    if (s != STATUS_OK || (s = make_draft(&w, folder, e)) != STATUS_OK)
        goto done;
    schedule_of(x->accelerator, &schedule);
    if ((s = make_folder(&w, "rtl", e)) != STATUS_OK || (s = make_folder(&w, "sim", e)) != STATUS_OK ||
        (s = write_rtl(&w, e)) != STATUS_OK || (s = write_bench(&w, &schedule, e)) != STATUS_OK ||
        (s = write_vivado(&w, part, e)) != STATUS_OK || (s = write_tables(&w, e)) != STATUS_OK ||
        (s = write_readme(&w, part, &schedule, e)) != STATUS_OK)
        goto done;
    if (rename(w.draft, folder) != 0)
        s = fail_errno(e, STATUS_ENVIRONMENT, "cannot move %s to its place, %s", w.draft, folder);
done:
    if (w.f != NULL)
        fclose(w.f);
    if (s != STATUS_OK && w.draft[0] != '\0')
        nftw(w.draft, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    return s;
}
