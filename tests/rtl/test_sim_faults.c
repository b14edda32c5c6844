/* Bugs planted in a copy of the RTL: the bench must catch each, in bulk and in lock-step. */
#include "sim/operator/bulk.h"
#include "sim/operator/lockstep.h"
#include "tests/support/sim_common.h"

struct bug {
    const char *what, *file, *edit; /* a sed script */
    enum mac_variant variant;
    bool bulk, lockstep; /* which of the two runs must see it */
};

static const struct bug bugs[] = {
    {"ready a clock too soon", "mac_control.v", "s/|| last_products_q;/|| last_operands_q;/", MAC_PLAIN, true, true},
    {"last group forgotten", "mac_control.v", "s/Groups\\[GroupBits-1:0\\] - 1'b1/Groups[GroupBits-1:0] - 2'd2/",
     MAC_PLAIN, true, true},
    {"weights not saturated", "rebuild.v", "s/^ *saturate .*/    assign weight_o = sum[W-1:0];/", MAC_FIXED_REFERENCE,
     true, true},
    {"running sum saturated too soon", "mac_consecutive.v",
     "s/ base_q + group_step\\[BaseBits-1:0\\]/ {{(BaseBits-W){weights[P*W-1]}}, weights[P*W-1-:W]}/", MAC_CONSECUTIVE,
     true, true},
    {"output not saturated", "mac_datapath.v", "s/^    saturate .*/    assign sum_o = total[2*W-1:0];/", MAC_PLAIN,
     true, true},
    {"a lane dropped", "group_select.v",
     "s/+:GroupWidth\\];/+:GroupWidth] \\& {{Width{1'b0}}, {(Lanes-1)*Width{1'b1}}};/", MAC_FIXED_REFERENCE, true,
     true},
    {"bias forgotten", "mac_datapath.v", "s/first_i ? {{.*bias_i} : sum_q/first_i ? 0 : sum_q/", MAC_PLAIN, true, true},
    {"starts on a level", "mac_control.v", "s/do_calc_i \\&\\& !do_calc_q/do_calc_i/", MAC_PLAIN, false, true},
    {"EN does not stop the sums", "mac_datapath.v", "s/if (en_i \\&\\& valid_i)/if (valid_i)/", MAC_PLAIN, false, true},
    {"reset waits for EN", "mac_control.v", "s/if (!rst_ni) begin/if (!rst_ni \\&\\& en_i) begin/", MAC_PLAIN, false,
     true},
};

static void each_bug_is_caught(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof bugs / sizeof bugs[0]; k++) {
        const struct bug *b = &bugs[k];
        const struct mac_config c = {b->variant, MULTIPLIER_DSP, 8, b->variant == MAC_PLAIN ? 0 : 4, 0, 10, 4, 0};
        char share[64], so_path[PATH_MAX];
        struct errmsg e = {""};
        struct operator_result bulk = {.first_vector = -1}, lockstep = {.first_vector = -1};

        copy_share(share);
        plant_bug(share, b->file, b->edit);
        struct operator_sim library = load_operator(&c, so_path);
        struct vector_set s = make_vectors(&c, 42, 200, 5);
        assert_int_equal(operator_bulk(library.api, &c, &s, &bulk, &e), STATUS_OK);
        if (operator_lockstep(&c, &s, s.n, so_path, NULL, &lockstep, &e) != STATUS_OK)
            fail_msg("%s: %s", b->what, e.text);
        print_message("%-32s bulk %5lld (vector %lld clock %lld: %s %lld, not %lld)  lock-step %5lld (%s)\n", b->what,
                      (long long)bulk.mismatches, (long long)bulk.first_vector, (long long)bulk.first_clock,
                      bulk.first_where, (long long)bulk.got, (long long)bulk.expected, (long long)lockstep.mismatches,
                      lockstep.first_where);
        assert_int_equal(bulk.mismatches > 0, b->bulk);
        assert_int_equal(bulk.first_vector >= 0, b->bulk);
        assert_int_equal(lockstep.mismatches > 0, b->lockstep);
        assert_int_equal(lockstep.first_vector >= 0, b->lockstep);
        if (b->bulk) /* both runs ask for the same vectors one after the other */
            assert_int_equal(lockstep.first_vector, bulk.first_vector);
        vector_set_free(&s);
        operator_sim_unload(&library);
        remove_share(share);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_bug_is_caught)};
    return cmocka_run_group_tests(tests, use_build_cache, NULL);
}
