#include "explorer/cli/export/readme.h"

#include <math.h>
#include <string.h>

static void put_sizes(const struct accelerator *a, FILE *f)
{
    for (int l = 0; l <= a->n_layers; l++)
        fprintf(f, "%s%d", l > 0 ? "-" : "", a->sizes[l]);
}

static void put_estimate(const struct export_job *x, const struct schedule *schedule, FILE *f)
{
    const struct synth_result *y = x->estimate;
    const double mhz = export_clock_mhz(x);
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

/* put_db: the option that names another database than the usual one, quoted for a shell. */
static void put_db(const struct export_job *x, FILE *f)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+./,:@%";
    if (x->db == NULL)
        return;
    const bool quoted = x->db[strspn(x->db, plain)] != '\0';
    fputs(quoted ? " --db '" : " --db ", f);
    for (const char *p = x->db; *p != '\0'; p++)
        fputs(*p == '\'' ? "'\\''" : (const char[]){*p, '\0'}, f);
    fputs(quoted ? "'" : "", f);
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
        "written; for a board, put `" EXPORT_TOP "` into a top module of yours and keep "
        "`rtl/*.hex` in Vivado's working\n"
        "folder, where $readmemh looks for them.\n\n"
        "Bring the figures home, beside the estimates:\n\n"
        "    deltasweep import-report %s reports/utilization.rpt reports/timing_summary.rpt reports/power.rpt",
        part, export_period_ns(x), x->point);
    put_db(x, f);
    fputs("\n    deltasweep calibration", f);
    put_db(x, f);
    fputc('\n', f);
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

void readme_write(const struct export_job *x, const char *part, const struct schedule *schedule, FILE *f)
{
    const struct accelerator *a = x->accelerator;
    fputs("# Inference engine ", f);
    put_sizes(a, f);
    fprintf(f, " for the %s\n\nPoint %s of deltasweep. ", x->device->name, x->point);
    fputs(x->about, f);
    fprintf(f, "\n%d lanes, %d of them on DSP48E1. ", a->P, a->dsp_lanes);
    put_format(x, f);
    fprintf(f, "Of the %d bits of a weight word %d lie in block RAM, %d in LUTs.\n", a->P * a->D, a->block_bits,
            a->P * a->D - a->block_bits);
    put_estimate(x, schedule, f);
    put_use(x, part, f);
    put_ports(x, f);
}
