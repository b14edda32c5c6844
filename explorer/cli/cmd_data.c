#include "base/say.h"
#include "explorer/cli/cli.h"
#include "base/json.h"
#include "models/nn/data/remarks.h"
#include "models/nn/data/spread.h"
#include "models/nn/integer/integer_network.h"
#include "models/point/axis.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct option_row options[] = {
    {OPERAND, "DATASET", NULL, "`fashion-mnist`, or a folder; after a colon the column with the labels, or a "
         "prefix of file names (docs/data.md)", NULL},
    {.id = OPTION_JSON, .help = "print the same as one object"},
    {0},
};

static const struct exit_meaning exits[] = {
    {0, "good"},
    {2, "wrong usage, or the data set does not exist"},
    {3, "the data set is damaged or malformed"},
    {0, NULL},
};

/* The format of inputs that the default code has, which `data` judges by. */
static struct fixed usual_inputs(void)
{
    const int W = (int)axis_at(AXIS_WEIGHT_BITS)->fallback, f = (int)axis_at(AXIS_FRAC_BITS)->fallback;
    return fixed_make(integer_activation_bits(W, f), f, ROUNDING_NEAREST);
}

static void count_labels(const struct images *set, int counts[256])
{
    for (int i = 0; i < set->n; i++)
        counts[set->labels[i]]++;
}

/* The label of class k; room for a number. */
static const char *label_of(const struct dataset *d, int k, char room[16])
{
    if (d->class_names != NULL)
        return d->class_names[k];
    snprintf(room, 16, "%d", k);
    return room;
}

static const char *kind_of(const struct dataset *d)
{
    return d->columns != NULL ? "table" : d->train.pixels != NULL ? "pixels" : "values";
}

/* What the training set's numbers are as inputs, and how to scale them where they do not fit. */
static void print_spread(const struct dataset *d, const struct spread *s)
{
    const struct fixed q = usual_inputs();
    const double middle = ((double)s->least + (double)s->greatest) / 2, half = ((double)s->greatest - (double)s->least) / 2;
    char text[256];
    say(stdout,
        "\ninputs of the network: %.4g to %.4g; %.2f %% of them beyond -2 or 2, where an integer network saturates; "
        "%.2f %% of those that are not 0 become 0 with %d fraction bits\n",
        (double)s->least + 0.0, (double)s->greatest + 0.0, 100 * s->saturated, 100 * s->vanished,
        (int)axis_at(AXIS_FRAC_BITS)->fallback);
    if (d->columns != NULL || !spread_is_bad(s))
        return;
    say(stdout, "This loses much: %s.\n", spread_text(s, &q, text, sizeof text));
    if (s->uneven && d->height == 1 && d->width == 1)
        say(stdout,
            "The ranges of the features differ: scale each by its mean and deviation, with the data set "
            "%s:standardise.\n",
            d->name);
    else
        say(stdout, "Scale the arrays to -1 to 1, both sets in the same way: (x %c %.5g) / %.5g%s%s%s\n",
            middle < 0 ? '+' : '-', fabs(middle), half,
            d->height == 1 && d->width == 1 ? "; or give the data set " : ".",
            d->height == 1 && d->width == 1 ? d->name : "", d->height == 1 && d->width == 1 ? ":standardise." : "");
}

/* Pixels are 0 to 255 by definition; which of them the training set has is worth a line. */
static void print_pixels(const struct dataset *d)
{
    const size_t n = (size_t)d->train.n * (size_t)d->features;
    int least = 255, greatest = 0;
    for (size_t i = 0; i < n; i++) {
        least = d->train.pixels[i] < least ? d->train.pixels[i] : least;
        greatest = d->train.pixels[i] > greatest ? d->train.pixels[i] : greatest;
    }
    say(stdout, "\npixels of the training set: %d to %d\n", least, greatest);
}

static void print_text(const struct dataset *d, int counts[2][256], const struct spread *spread, const char *remarks)
{
    char room[16];
    say(stdout, "data set  %s\nkind      %s\ntraining  %d\ntest      %d\n", d->name, kind_of(d), d->train.n, d->test.n);
    say(stdout, "features  %d (height %d, width %d, channels %d)\nclasses   %d\ndigest    %s\n", d->features, d->height,
        d->width, d->channels, d->classes, d->digest);
    say(stdout, "\n%5s  %8s  %8s  %s\n", "class", "training", "test", "label");
    for (int k = 0; k < d->classes; k++)
        say(stdout, "%5d  %8d  %8d  %s\n", k, counts[0][k], counts[1][k], label_of(d, k, room));
    if (d->columns != NULL)
        say(stdout, "\n%5s  %12s  %12s  %s\n", "input", "mean", "deviation", "column");
    for (int k = 0; d->columns != NULL && k < d->features; k++)
        say(stdout, "%5d  %12.6g  %12.6g  %s\n", k, d->columns[k].mean, d->columns[k].deviation, d->columns[k].name);
    if (spread != NULL)
        print_spread(d, spread);
    else
        print_pixels(d);
    for (const char *at = remarks; *at != '\0'; at += strcspn(at, "\n"), at += *at == '\n')
        say(stdout, "note: %.*s\n", (int)strcspn(at, "\n"), at);
}

static void print_json(const struct dataset *d, int counts[2][256], const struct spread *s, char *remarks)
{
    struct json j;
    char room[16];
    json_put_begin(&j, stdout);
    json_put_open(&j, NULL, '{', false);
    json_put_text(&j, "dataset", d->name);
    json_put_text(&j, "kind", kind_of(d));
    json_put_int(&j, "training", d->train.n);
    json_put_int(&j, "test", d->test.n);
    json_put_int(&j, "features", d->features);
    json_put_int(&j, "height", d->height);
    json_put_int(&j, "width", d->width);
    json_put_int(&j, "channels", d->channels);
    json_put_text(&j, "digest", d->digest);
    json_put_open(&j, "classes", '[', false);
    for (int k = 0; k < d->classes; k++) {
        json_put_open(&j, NULL, '{', true);
        json_put_text(&j, "label", label_of(d, k, room));
        json_put_int(&j, "training", counts[0][k]);
        json_put_int(&j, "test", counts[1][k]);
        json_put_close(&j);
    }
    json_put_close(&j);
    if (d->columns != NULL) {
        json_put_open(&j, "columns", '[', false);
        for (int k = 0; k < d->features; k++) {
            json_put_open(&j, NULL, '{', true);
            json_put_text(&j, "column", d->columns[k].name);
            json_put_real(&j, "mean", d->columns[k].mean);
            json_put_real(&j, "deviation", d->columns[k].deviation);
            json_put_close(&j);
        }
        json_put_close(&j);
    }
    if (s != NULL) {
        json_put_real(&j, "least", (double)s->least);
        json_put_real(&j, "greatest", (double)s->greatest);
        json_put_real(&j, "outside", s->saturated);
        json_put_real(&j, "vanished", s->vanished);
        json_put_int(&j, "varying_features", s->varying);
        json_put_int(&j, "features_with_few_values", s->few);
    }
    json_put_open(&j, "notes", '[', false);
    for (char *at = strtok(remarks, "\n"); at != NULL; at = strtok(NULL, "\n"))
        json_put_text(&j, NULL, at);
    json_put_close(&j);
    json_put_close(&j);
}

static enum status run(int argc, char **argv, struct errmsg *e)
{
    struct dataset *d = NULL;
    int counts[2][256] = {{0}};
    struct shared_options asked = {.db = NULL};

    if (options_shared(argc, argv, options, &asked, e) != STATUS_OK)
        return STATUS_USAGE;
    if (optind + 1 != argc)
        return fail(e, STATUS_USAGE, "%s: deltasweep data fashion-mnist",
                    optind == argc ? "which data set" : "one data set at a time");
    const enum status s = dataset_load(argv[optind], &d, e);
    if (s != STATUS_OK)
        return s;
    struct spread measured = {0};
    char remarks[2048];
    const struct fixed q = usual_inputs();
    const struct spread *spread = d->train.values != NULL ? &measured : NULL;
    if (spread_measure(d, &q, &measured, e) != STATUS_OK) {
        dataset_free(d);
        return STATUS_ENVIRONMENT;
    }
    remarks_find(d, remarks, sizeof remarks);
    count_labels(&d->train, counts[0]);
    count_labels(&d->test, counts[1]);
    if (asked.format == TABLE_JSON)
        print_json(d, counts, spread, remarks);
    else
        print_text(d, counts, spread, remarks);
    dataset_free(d);
    return STATUS_OK;
}

const struct command command_data = {
    .name = "data",
    .summary = "what is in a data set, and whether it is whole",
    .usage = "DATASET [--json]",
    .about = "Reads a whole data set as a training does, and prints what it holds: images or lines, features, "
             "how often each class occurs, the mean and standard deviation by which each column of a table is "
             "scaled, how many numbers are too great or too small for the inputs of an integer network, and a scale "
             "that fits them. What is odd follows as notes: constant inputs, a test set on another scale, columns that one "
             "wrong value spoils, classes without images.",
    .options = options,
    .examples = "deltasweep data fashion-mnist\n"
             "deltasweep data iris:species --json",
    .exits = exits,
    .run = run,
};
