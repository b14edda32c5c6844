#include "models/fpga/design/schedule.h"

static int64_t greatest(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* idle_after: the clocks without a beat after the last pass of layer l. */
static int64_t idle_after(const struct accelerator *a, int l)
{
    const int64_t P = a->P, before = accelerator_passes(a, l) - 1;
    if (l + 1 < a->n_layers)
        return greatest(1, accelerator_latency(a) - 1 - before * P);
    return greatest(1, a->sizes[a->n_layers] - before * P - a->sizes[0]);
}

/* steady_interval: the lanes' time for an image, or what each of the places for results is taken for, rounded up. The
 * pixels never hold a stream back: an image takes the lanes at least a clock longer than its pixels take to come, and
 * its bank is free before the lanes are. */
static int64_t steady_interval(const struct schedule *s)
{
    return greatest(s->lanes_free, (s->result + TAKE_TO_BEAT + RESULT_PLACES - 1) / RESULT_PLACES);
}

void schedule_of(const struct accelerator *a, struct schedule *out)
{
    const int last = a->n_layers - 1, n = a->sizes[a->n_layers] - (accelerator_passes(a, last) - 1) * a->P;
    int64_t beat = 0; /* the next */
    *out = (struct schedule){.load_to_beat = LOAD_TO_BEAT};
    for (int l = 0; l <= last; l++) {
        const int64_t I = a->sizes[l], passes = accelerator_passes(a, l);
        beat += passes * I + (passes - 1) * greatest(1, a->P - I);
        if (l == 0)
            out->bank_free = beat - 1 + BEAT_TO_BANK;
        if (l == last)
            out->result = beat - 1 + accelerator_latency(a) + n - 1 + RESULT_TO_VALID;
        beat += idle_after(a, l);
    }
    out->lanes_free = beat;
    out->cycles_per_inference = steady_interval(out);
    out->cycles_latency = a->sizes[0] - 1 + out->load_to_beat + out->result;
    out->efficiency = (double)accelerator_macs(a) / ((double)a->P * (double)out->cycles_per_inference);
}

void schedule_stream(const struct accelerator *a, int n, int64_t *result)
{
    struct schedule s;
    schedule_of(a, &s);
    int64_t load = 0, beat = 0; /* first pixel and first beat of the image */
    int64_t beats[2] = {0};     /* first beats of the last two images */
    for (int k = 0; k < n; k++) {
        if (k > 0)
            load += a->sizes[0];
        if (k >= 2)
            load = greatest(load, beats[k % 2] + s.bank_free);
        const int64_t earliest = k > 0 ? beat + s.lanes_free : 0;
        beat = greatest(load + a->sizes[0] - 1 + s.load_to_beat, earliest);
        if (k >= RESULT_PLACES)
            beat = greatest(beat, result[k - RESULT_PLACES] + TAKE_TO_BEAT);
        beats[k % 2] = beat;
        result[k] = beat + s.result;
    }
}
