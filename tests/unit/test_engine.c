/* The two tables of engines: what every row owes, and what is derived from the rows. */
#include "models/fpga/cost/least.h"
#include "models/fpga/device/family.h"
#include "sim/engine.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct topology shape;
static struct code code;

/* made: the hardware that *wish asks for, of 784-96-64-10 and fixed-reference W8 D4 on an XC7S15. */
static struct hardware made(struct hardware_wish *wish)
{
    struct hardware h;
    struct errmsg e = {""};
    topology_chain((const int[]){784, 96, 64, 10}, 3, &shape);
    code = (struct code){.scheme = SCHEME_FIXED_REFERENCE, .reference = REFERENCE_MEAN, .span = SPAN_ROW,
                         .weight_bits = 8, .frac_bits = 5, .delta_bits = 4};
    const struct hardware_source source = {&shape, &code, device_find("xc7s15")};
    if (hardware_of(wish, &source, &h, &e) != STATUS_OK)
        fail_msg("%s", e.text);
    return h;
}

static struct hardware_wish asked(enum engine_kind kind)
{
    return (struct hardware_wish){kind, .P = 16, .N = 96, .dsp_lanes = 4, .multiplier = MULTIPLIER_LUT,
                                  .memory = WEIGHT_MEMORY_BOTH};
}

static void every_kind_but_none_has_both_rows(void **state)
{
    (void)state;
    for (int k = 0; k < ENGINE_COUNT; k++) {
        const enum engine_kind kind = (enum engine_kind)k;
        const struct engine *row = engine_at(kind);
        assert_int_equal(row == NULL, kind == ENGINE_NONE);
        assert_int_equal(engine_sim_at(kind) == NULL, kind == ENGINE_NONE);
        assert_ptr_equal(engine_find(engine_kind_name(kind)), row);
        if (row == NULL)
            continue;
        assert_int_equal(row->kind, kind);
        assert_non_null(row->of);
        assert_non_null(row->key);
        assert_non_null(row->label);
        assert_non_null(row->flow);
        struct hardware_wish wish = asked(kind);
        const struct hardware h = made(&wish);
        const struct engine_sim *sim = engine_sim_of(&h);
        assert_ptr_equal(sim, engine_sim_at(kind));
        assert_non_null(sim->digest);
        assert_non_null(sim->build);
        assert_non_null(sim->check);
        assert_non_null(sim->check_digest);
        assert_non_null(sim->explain);
        const struct hardware sample = hardware_sample(&h), again = hardware_sample(&sample);
        const struct hardware_key key = hardware_key(&h), of_sample = hardware_key(&sample), of_again = hardware_key(&again);
        assert_memory_equal(&of_sample, &of_again, sizeof of_sample);
        assert_memory_not_equal(&of_sample, &key, sizeof key); /* it is smaller */
        char hex[DIGEST_HEX_BYTES];
        struct errmsg e;
        const enum status st = sim->digest(&sample, hex, &e); /* it makes sense */
        assert_true(st == STATUS_OK || st == STATUS_MISSING);
        assert_true(row->synth_seconds(&h) > 0 && sim->build_seconds(&h) > 0);
    }
    assert_null(engine_find("abacus"));
}

static void a_wish_keeps_what_its_engine_uses(void **state)
{
    (void)state;
    struct hardware_wish unit = asked(ENGINE_OPERATOR), whole = asked(ENGINE_ACCELERATOR);
    whole.dsp_lanes = 99;
    made(&unit);
    made(&whole);
    assert_int_equal(unit.N, 96);
    assert_int_equal(unit.multiplier, MULTIPLIER_LUT);
    assert_int_equal(unit.dsp_lanes, 0);
    assert_int_equal(unit.memory, 0);
    assert_int_equal(whole.N, 0);
    assert_int_equal(whole.multiplier, 0);
    assert_int_equal(whole.dsp_lanes, 16); /* of 16 lanes */
    assert_int_equal(whole.memory, WEIGHT_MEMORY_BOTH);
}

/* refused: why there is no such hardware on a part. */
static void refused(const struct device *d, struct hardware_wish wish, enum status expected, const char *word)
{
    struct hardware h;
    struct errmsg e = {""};
    const struct hardware_source source = {&shape, &code, d};
    assert_int_equal(hardware_of(&wish, &source, &h, &e), expected);
    if (strstr(e.text, word) == NULL)
        fail_msg("%s", e.text);
}

static void a_part_may_lack_what_an_engine_needs(void **state)
{
    (void)state;
    struct hardware_wish unit = asked(ENGINE_OPERATOR);
    struct family family = *device_find("xc7s15")->family;
    struct device d = *device_find("xc7s15");
    made(&unit); /* sets shape and code */
    family.has_accelerator = false;
    d.family = &family;
    refused(&d, asked(ENGINE_ACCELERATOR), STATUS_VERDICT, "no accelerator for the family 7-series");
    d.dsp = 0;
    unit.multiplier = MULTIPLIER_DSP;
    refused(&d, unit, STATUS_INPUT, "no DSPs; use lut");
}

static bool same_key(const struct hardware *a, const struct hardware *b)
{
    const struct hardware_key x = hardware_key(a), y = hardware_key(b);
    return memcmp(&x, &y, sizeof x) == 0;
}

/* Two networks that share a key share simulator and synthesis: whatever decides those is in it. */
static void a_key_has_all_that_decides(void **state)
{
    (void)state;
    struct hardware_wish unit = asked(ENGINE_OPERATOR), whole = asked(ENGINE_ACCELERATOR);
    const struct hardware a = made(&unit), b = made(&whole);
    assert_true(same_key(&a, &a) && same_key(&b, &b));
    assert_false(same_key(&a, &b));
    struct hardware others[] = {a, a, a, a, a, a, a};
    others[0].mac.variant = MAC_PLAIN;
    others[1].mac.multiplier = MULTIPLIER_DSP;
    others[2].mac.W++;
    others[3].mac.D++;
    others[4].mac.shift++;
    others[5].mac.N++;
    others[6].mac.P++;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        assert_false(same_key(&a, &others[i]));
    struct hardware wholes[] = {b, b, b, b, b, b, b, b, b, b, b, b, b};
    wholes[0].accelerator.n_layers--;
    wholes[1].accelerator.sizes[1]++;
    wholes[2].accelerator.W++;
    wholes[3].accelerator.f++;
    wholes[4].accelerator.D++;
    wholes[5].accelerator.shift++;
    wholes[6].accelerator.P++;
    wholes[7].accelerator.dsp_lanes++;
    wholes[8].accelerator.block_bits++;
    wholes[9].accelerator.consecutive = !b.accelerator.consecutive;
    wholes[10].accelerator.reference = !b.accelerator.reference;
    wholes[11].accelerator.block_pixels = !b.accelerator.block_pixels;
    wholes[12].accelerator.block_neurons = !b.accelerator.block_neurons;
    for (size_t i = 0; i < sizeof wholes / sizeof wholes[0]; i++)
        assert_false(same_key(&b, &wholes[i]));
}

static void assert_label(struct hardware_wish wish, const char *expected)
{
    char label[128];
    const struct hardware h = made(&wish);
    const struct hardware_source source = {&shape, &code, device_find("xc7s15")};
    h.engine->label(&h, &wish, &source, label, sizeof label);
    assert_string_equal(label, expected);
}

static void labels_say_what_tells_them_apart(void **state)
{
    (void)state;
    assert_label(asked(ENGINE_OPERATOR), "fixed-reference W8 D4 N96 P16 lut");
    assert_label(asked(ENGINE_ACCELERATOR), "accelerator 784-96-64-10 fixed-reference W8 D4 P16, 4 on DSPs");
    assert_label((struct hardware_wish){ENGINE_ACCELERATOR, .P = 8},
                 "accelerator 784-96-64-10 fixed-reference W8 D4 P8, block");
}

/* The weights of an operator are beside it; of an accelerator they are part of it. */
static void a_fit_counts_the_weights_once(void **state)
{
    (void)state;
    const struct device *d = device_find("xc7s15");
    const struct hardware none = {0};
    struct hardware_wish unit = asked(ENGINE_OPERATOR), whole = asked(ENGINE_ACCELERATOR);
    const struct hardware a = made(&unit), b = made(&whole);
    const struct resources least = accelerator_least(&b.accelerator);
    struct estimate est;
    struct fullness f;
    assert_int_equal(hardware_fit(&none, d, 1000, &f), ESTIMATED_OPEN);
    assert_int_equal(hardware_fit(&a, d, 1000, &f), ESTIMATED_OPEN);
    assert_int_equal(hardware_fit(&a, d, INT64_C(10000000), &f), ESTIMATED_NO);
    assert_string_equal(f.binding_resource, "weights");
    hardware_fit(&b, d, INT64_C(10000000), &f);
    assert_true(f.weights == 0);
    assert_int_equal(hardware_least(&b).bram18, least.bram18);
    assert_int_equal(hardware_least(&a).lut, 0);
    assert_true(hardware_estimate(&b, &est) && est.lut > 0);
    assert_false(hardware_estimate(&a, &est) || hardware_estimate(&none, &est));
    assert_true(hardware_schedule(&b)->cycles_per_inference > 0);
    assert_null(hardware_schedule(&a));
}

static void what_is_wrong_is_said_in_lines(void **state)
{
    (void)state;
    char text[512];
    struct engine_check c = {.engine = ENGINE_OPERATOR, .operator = {.vectors = 448}};
    engine_sim_at(c.engine)->explain(&c, text, sizeof text);
    assert_string_equal(text, "");
    c.operator = (struct operator_result){.vectors = 448, .mismatches = 2, .first_vector = 7, .first_clock = 90,
                                       .first_where = "bulk OUT_DATA", .expected = 5, .got = -5};
    engine_sim_at(c.engine)->explain(&c, text, sizeof text);
    assert_string_equal(text,
                        "2 of 448 vectors; the first is vector 7, clock 90 (bulk OUT_DATA): expected 5, got -5");
    c = (struct engine_check){.engine = ENGINE_ACCELERATOR,
                              .accelerator = {.images = 10, .mismatches = 1, .first_image = 3, .first_where = "class",
                                              .cycles_per_inference = 20, .cycles_latency = 30}};
    engine_sim_at(c.engine)->explain(&c, text, sizeof text);
    assert_string_equal(text, "1 in 10 images; the first is image 3: class\n20 clocks per inference and a latency of 30 "
                              "are not what the schedule says");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_but_none_has_both_rows), cmocka_unit_test(a_wish_keeps_what_its_engine_uses),
        cmocka_unit_test(a_part_may_lack_what_an_engine_needs),
        cmocka_unit_test(a_key_has_all_that_decides),        cmocka_unit_test(labels_say_what_tells_them_apart),
        cmocka_unit_test(a_fit_counts_the_weights_once),     cmocka_unit_test(what_is_wrong_is_said_in_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
