#include "models/point/point.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 1000000 };

static const char *scheme_word(int v) { return scheme_name((enum scheme)v); }
static const char *reference_word(int v) { return reference_name((enum reference)v); }
static const char *span_word(int v) { return span_name((enum span)v); }
static const char *codec_word(int v) { return codec_name((enum codec)v); }
static const char *rounding_word(int v) { return rounding_name((enum rounding)v); }
static const char *step_word(int v) { return step_name((enum step)v); }
static const char *engine_word(int v) { return engine_name((enum engine)v); }
static const char *multiplier_word(int v) { return multiplier_name((enum multiplier)v); }
static const char *memory_word(int v) { return weight_memory_name((enum weight_memory)v); }
static const char *mode_word(int v) { return train_mode_name((enum train_mode)v); }
static const char *optimiser_word(int v) { return optimiser_name((enum optimiser)v); }
static const char *decay_word(int v) { return lr_decay_name((enum lr_decay)v); }
static const char *gradients_word(int v) { return gradients_name((enum gradients)v); }
static const char *clamp_word(int v) { return clamp_gradient_name((enum clamp_gradient)v); }

const char *engine_name(enum engine v)
{
    static const char *const names[ENGINE_COUNT] = {"operator", "accelerator", "none"};
    return names[v];
}

/* NOLINTBEGIN(bugprone-macro-parentheses): members cannot be put in parentheses */
#define AT(member) .offset = offsetof(struct point, member)
/* NOLINTEND(bugprone-macro-parentheses) */
#define WORDS(function, n, which) .kind = AXIS_WORDS, .word = (function), .n_words = (n), .fallback = (which)
#define WHOLE(least, greatest, which) .kind = AXIS_NUMBERS, .lo = (least), .hi = (greatest), .fallback = (which)
#define FORMAT(which) .kind = AXIS_FORMATS, .lo = -MOST, .hi = MOST, .fallback = (which)
#define REAL(least, greatest, which) .kind = AXIS_REALS, .lo = (least), .hi = (greatest), .fallback = (which)
#define OLD_RECIPE .recipe = true, .say = SAY_APART
#define RECIPE .recipe = true, .say = SAY_ODD

static const struct axis_spec specs[AXIS_COUNT] = {
    [AXIS_SCHEME] = {"scheme", "scheme", WORDS(scheme_word, SCHEME_COUNT, SCHEME_FIXED_REFERENCE), AT(code.scheme)},
    [AXIS_REFERENCE] = {"reference", "reference", WORDS(reference_word, REFERENCE_COUNT, REFERENCE_MEAN),
                        AT(code.reference), .use = USE_REFERENCE},
    [AXIS_SPAN] = {"span", "span", WORDS(span_word, SPAN_COUNT, SPAN_ROW), AT(code.span), .use = USE_DELTA},
    [AXIS_CODEC] = {"codec", "codec", WORDS(codec_word, CODEC_COUNT, CODEC_EXACT), AT(code.codec), .use = USE_DELTA},
    [AXIS_WEIGHT_BITS] = {"weight_bits", "weight_bits", WHOLE(-MOST, MOST, 8), AT(code.weight_bits), .use = USE_FIXED},
    [AXIS_FRAC_BITS] = {"frac_bits", "frac_bits", FORMAT(5), AT(code.frac_bits), .use = USE_FIXED},
    [AXIS_DELTA_BITS] = {"delta_bits", "delta_bits", FORMAT(4), AT(code.delta_bits), .use = USE_DELTA},
    [AXIS_DELTA_OFFSET] = {"delta_offset", "delta_offset", FORMAT(0), AT(code.delta_offset), .use = USE_DELTA},
    [AXIS_ROUNDING] = {"rounding", "rounding", WORDS(rounding_word, ROUNDING_STOCHASTIC + 1, ROUNDING_NEAREST),
                       AT(code.rounding), .use = USE_FIXED},
    [AXIS_BUCKET] = {"bucket", "bucket", WHOLE(1, NETWORK_MAX_WIDTH, 16), AT(code.bucket), .use = USE_BUCKET},
    [AXIS_STEP] = {"step", "step", WORDS(step_word, STEP_COUNT, STEP_FIXED), AT(code.step), .use = USE_FIXED,
                   .say = SAY_ODD},
    [AXIS_ENGINE] = {"engine", "engine", WORDS(engine_word, ENGINE_COUNT, ENGINE_OPERATOR), AT(wish.engine),
                     .use = USE_HARDWARE, .say = SAY_ODD},
    [AXIS_PARALLELISM] = {"parallelism", "parallelism", WHOLE(-MOST, MOST, 8), AT(wish.P), .use = USE_HARDWARE},
    [AXIS_MULTIPLIER] = {"multiplier", "multiplier", WORDS(multiplier_word, MULTIPLIER_LUT + 1, MULTIPLIER_DSP),
                         AT(wish.multiplier), .use = USE_OPERATOR},
    [AXIS_OPERATOR_INPUTS] = {"operator_inputs", "operator_inputs", WHOLE(-MOST, MOST, NAN), AT(wish.N),
                              .use = USE_OPERATOR},
    [AXIS_DSP_LANES] = {"dsp_lanes", "dsp_lanes", WHOLE(-MOST, MOST, 0), AT(wish.dsp_lanes), .use = USE_ACCELERATOR},
    [AXIS_WEIGHT_MEMORY] = {"weight_memory", "weight_memory",
                            WORDS(memory_word, WEIGHT_MEMORY_BOTH + 1, WEIGHT_MEMORY_BOTH), AT(wish.memory),
                            .use = USE_ACCELERATOR},
    [AXIS_NETWORK] = {"network", "network", .kind = AXIS_NETWORKS, AT(shape), .say = SAY_APART},
    [AXIS_MODE] = {"mode", "train_mode", WORDS(mode_word, TRAIN_PAPER + 1, TRAIN_STANDARD), AT(train.mode), OLD_RECIPE},
    [AXIS_EPOCHS] = {"epochs", "epochs", WHOLE(0, 100000, 10), AT(train.epochs), OLD_RECIPE},
    [AXIS_BATCH] = {"batch", "batch", WHOLE(1, MOST, 512), AT(train.batch), OLD_RECIPE},
    [AXIS_OPTIMISER] = {"optimiser", "optimiser", WORDS(optimiser_word, OPTIMISER_SGD + 1, OPTIMISER_ADAM),
                        AT(train.optimiser), OLD_RECIPE},
    [AXIS_LR] = {"lr", "lr", REAL(1e-300, 1e300, 0.001), AT(train.lr), OLD_RECIPE},
    [AXIS_DECAY] = {"decay", "lr_decay", WORDS(decay_word, LR_DECAY_COUNT, LR_DECAY_NONE), AT(train.decay),
                    OLD_RECIPE},
    [AXIS_WARMUP] = {"warmup", "warmup", REAL(0, 100000, 0), AT(train.warmup), RECIPE},
    [AXIS_WEIGHT_DECAY] = {"weight_decay", "weight_decay", REAL(0, 1e6, 0), AT(train.weight_decay), RECIPE},
    [AXIS_SMOOTHING] = {"smoothing", "smoothing", REAL(0, 1, 0), AT(train.smoothing), RECIPE},
    [AXIS_CLAMP_GRADIENT] = {"clamp_gradient", "clamp_gradient",
                             WORDS(clamp_word, CLAMP_GRADIENT_COUNT, CLAMP_GRADIENT_PAPER), AT(train.clamp_gradient),
                             RECIPE},
    [AXIS_AVERAGE] = {"average", "average", REAL(0, 1, 0), AT(train.average), RECIPE},
    [AXIS_PATIENCE] = {"patience", "patience", WHOLE(0, 100000, 0), AT(train.patience), RECIPE},
    [AXIS_SHUFFLE] = {"shuffle", "shuffle", .kind = AXIS_FLAGS, .fallback = NAN, AT(train.shuffle), OLD_RECIPE},
    [AXIS_MIRROR] = {"mirror", "mirror", .kind = AXIS_FLAGS, AT(train.mirror), RECIPE},
    [AXIS_GRADIENTS] = {"gradients", "gradients", WORDS(gradients_word, GRADIENTS_COUNT, GRADIENTS_AUTO),
                        AT(train.gradients), RECIPE},
};

const struct axis_spec *axis_spec(enum axis a)
{
    return &specs[a];
}

double axis_default(const struct point *p, enum axis a)
{
    if (!isnan(specs[a].fallback))
        return specs[a].fallback;
    return a == AXIS_SHUFFLE ? p->train.mode == TRAIN_STANDARD : p->shape.sizes[p->shape.n_layers > 1 ? 1 : 0];
}

bool axis_used(const struct point *p, enum axis a)
{
    switch (specs[a].use) {
    case USE_FIXED:
        return p->code.scheme != SCHEME_FLOAT;
    case USE_DELTA:
        return scheme_is_delta(p->code.scheme);
    case USE_REFERENCE:
        return scheme_has_reference(p->code.scheme);
    case USE_BUCKET:
        return scheme_is_delta(p->code.scheme) && p->code.span == SPAN_BUCKET;
    case USE_HARDWARE:
        return p->has_operator || p->has_accelerator;
    case USE_OPERATOR:
        return p->has_operator;
    case USE_ACCELERATOR:
        return p->has_accelerator;
    case USE_ALWAYS:
        break;
    }
    return true;
}

/* The fields are reached by their offset; an enum is stored as an int. */
_Static_assert(sizeof(enum scheme) == sizeof(int) && sizeof(enum engine) == sizeof(int), "enums are ints");

void axis_set(struct point *p, enum axis a, const struct axis_value *v)
{
    char *field = (char *)p + specs[a].offset;
    const int whole = (int)v->number;
    const bool flag = v->number != 0;
    switch (specs[a].kind) {
    case AXIS_WORDS:
    case AXIS_NUMBERS:
    case AXIS_FORMATS:
        memcpy(field, &whole, sizeof whole);
        break;
    case AXIS_REALS:
        memcpy(field, &v->number, sizeof v->number);
        break;
    case AXIS_FLAGS:
        memcpy(field, &flag, sizeof flag);
        break;
    case AXIS_NETWORKS:
        memcpy(field, v->network, sizeof *v->network);
        break;
    }
}

static int format_of(const struct layer_format *f, enum axis a)
{
    return a == AXIS_FRAC_BITS ? f->frac_bits : a == AXIS_DELTA_BITS ? f->delta_bits : f->delta_offset;
}

struct axis_value axis_get(const struct point *p, enum axis a)
{
    const char *field = (const char *)p + specs[a].offset;
    struct axis_value v = {0};
    int whole = 0;
    bool flag = false;
    switch (specs[a].kind) {
    case AXIS_WORDS:
    case AXIS_NUMBERS:
    case AXIS_FORMATS:
        memcpy(&whole, field, sizeof whole);
        v.number = whole;
        break;
    case AXIS_REALS:
        memcpy(&v.number, field, sizeof v.number);
        break;
    case AXIS_FLAGS:
        memcpy(&flag, field, sizeof flag);
        v.number = flag;
        break;
    case AXIS_NETWORKS:
        v.network = &p->shape;
        break;
    }
    if (specs[a].kind == AXIS_FORMATS)
        for (int l = 0; l < p->code.n_formats; l++) {
            v.layers[l] = format_of(&p->code.formats[l], a);
            if (v.layers[l] != whole)
                v.n_layers = p->code.n_formats;
        }
    return v;
}

void axis_text(enum axis a, const struct axis_value *v, char out[AXIS_TEXT_BYTES])
{
    size_t used = 0;
    switch (specs[a].kind) {
    case AXIS_WORDS:
        snprintf(out, AXIS_TEXT_BYTES, "%s", specs[a].word((int)v->number));
        break;
    case AXIS_NUMBERS:
    case AXIS_FORMATS:
        if (v->n_layers == 0)
            snprintf(out, AXIS_TEXT_BYTES, "%d", (int)v->number);
        for (int l = 0; l < v->n_layers && used < AXIS_TEXT_BYTES; l++)
            used += (size_t)snprintf(out + used, AXIS_TEXT_BYTES - used, "%s%d", l == 0 ? "" : "-", v->layers[l]);
        break;
    case AXIS_REALS:
        for (int digits = 6; digits <= 17; digits++) { /* the shortest that is the very number */
            snprintf(out, AXIS_TEXT_BYTES, "%.*g", digits, v->number);
            if (strtod(out, NULL) == v->number)
                break;
        }
        break;
    case AXIS_FLAGS:
        snprintf(out, AXIS_TEXT_BYTES, "%s", v->number != 0 ? "true" : "false");
        break;
    case AXIS_NETWORKS:
        topology_text(v->network, out);
        break;
    }
}

/* ------------------------------------------------------------------- names and digests */

enum purpose { FOR_PEOPLE, FOR_NAME, FOR_TRAINING };

static bool is_said(const struct point *p, enum axis a, enum purpose purpose)
{
    const struct axis_spec *s = &specs[a];
    const bool of_hardware = s->use == USE_HARDWARE || s->use == USE_OPERATOR || s->use == USE_ACCELERATOR;
    if (!axis_used(p, a) || (s->say == SAY_APART && purpose == FOR_NAME) || (of_hardware && purpose == FOR_TRAINING) ||
        (s->kind == AXIS_NETWORKS && purpose == FOR_PEOPLE))
        return false;
    if (s->say == SAY_ALWAYS || (s->say == SAY_APART && purpose == FOR_TRAINING))
        return true;
    const struct axis_value v = axis_get(p, a);
    return v.number != axis_default(p, a) || v.n_layers > 0;
}

static void describe(const struct point *p, enum purpose purpose, char out[POINT_TEXT_BYTES])
{
    size_t used = 0;
    out[0] = '\0';
    for (int a = 0; a < AXIS_COUNT; a++) {
        char text[AXIS_TEXT_BYTES];
        if (!is_said(p, (enum axis)a, purpose))
            continue;
        const struct axis_value v = axis_get(p, (enum axis)a);
        axis_text((enum axis)a, &v, text);
        if (used < POINT_TEXT_BYTES)
            used += (size_t)snprintf(out + used, POINT_TEXT_BYTES - used, "%s%s=%s", used == 0 ? "" : " ",
                                     specs[a].name, text);
    }
    if (purpose == FOR_PEOPLE && p->loaded != NULL && used < POINT_TEXT_BYTES)
        used += (size_t)snprintf(out + used, POINT_TEXT_BYTES - used, " loaded=%s", p->loaded);
    if (purpose != FOR_TRAINING && used < POINT_TEXT_BYTES)
        snprintf(out + used, POINT_TEXT_BYTES - used, " device=%s", p->device->name);
}

void point_text(const struct point *p, char out[POINT_TEXT_BYTES])
{
    describe(p, FOR_PEOPLE, out);
}

void point_training_text(const struct point *p, char out[POINT_TEXT_BYTES])
{
    describe(p, FOR_TRAINING, out);
}

/* The fields before `axes` are those that a point had before there were axes of recipes and networks: a point keeps
 * its name for ever. */
void point_digest(struct point *p)
{
    char text[POINT_TEXT_BYTES];
    struct digest d;
    digest_init(&d);
    digest_text(&d, "what", "deltasweep point 1");
    digest_text(&d, "dataset", p->dataset);
    digest_int(&d, "layers", p->shape.n_layers);
    for (int l = 0; l <= p->shape.n_layers; l++)
        digest_int(&d, "size", p->shape.sizes[l]);
    if (!topology_is_chain(&p->shape)) {
        topology_text(&p->shape, text);
        digest_text(&d, "network", text);
    }
    digest_text(&d, "mode", train_mode_name(p->train.mode));
    digest_int(&d, "epochs", p->train.epochs);
    digest_int(&d, "batch", p->train.batch);
    digest_text(&d, "optimiser", optimiser_name(p->train.optimiser));
    digest_real(&d, "lr", p->train.lr);
    digest_text(&d, "decay", lr_decay_name(p->train.decay));
    digest_int(&d, "shuffle", p->train.shuffle);
    describe(p, FOR_NAME, text);
    digest_text(&d, "axes", text);
    if (p->loaded != NULL)
        digest_text(&d, "loaded", p->loaded_digest);
    digest_hex(&d, p->digest);
}
