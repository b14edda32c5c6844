/* Networks as the words of a sweep file say them. */
#include "models/nn/layout/topology.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { MOST_WORDS = 40 };

/* The topology of words separated by blanks. */
static enum status parse(const char *text, struct topology *t, int *wrong, struct errmsg *e)
{
    char copy[512];
    const char *words[MOST_WORDS];
    int n = 0;
    snprintf(copy, sizeof copy, "%s", text);
    for (char *w = strtok(copy, " "); w != NULL; w = strtok(NULL, " "))
        words[n++] = w;
    return topology_parse(words, n, t, wrong, e);
}

static void chains_are_their_sizes(void **state)
{
    struct topology t, chain;
    struct errmsg e = {""};
    char text[TOPOLOGY_TEXT_BYTES];
    int wrong;
    (void)state;
    assert_int_equal(parse("784 96 64 10", &t, &wrong, &e), STATUS_OK);
    topology_chain((const int[]){784, 96, 64, 10}, 3, &chain);
    assert_memory_equal(&t, &chain, sizeof t);
    topology_text(&t, text);
    assert_string_equal(text, "784-96-64-10");
    assert_true(topology_is_chain(&t));
    assert_int_equal(topology_weights(&t), 784 * 96 + 96 * 64 + 64 * 10);
    assert_int_equal(topology_macs(&t), topology_weights(&t));
    /* An image of which linear layers see only the features is no other network. */
    assert_int_equal(parse("28x28 96 64 10", &t, &wrong, &e), STATUS_OK);
    assert_memory_equal(&t, &chain, sizeof t);
}

static void convolutions_have_positions(void **state)
{
    struct topology t;
    struct errmsg e = {""};
    char text[TOPOLOGY_TEXT_BYTES];
    int wrong;
    (void)state;
    assert_int_equal(parse("28x28 16c3 p2 32c3 p2 64c3 p2 96 10", &t, &wrong, &e), STATUS_OK);
    const int sizes[] = {784, 14 * 14 * 16, 7 * 7 * 32, 3 * 3 * 64, 96, 10};
    assert_int_equal(t.n_layers, 5);
    assert_memory_equal(t.sizes, sizes, sizeof sizes);
    assert_int_equal(t.layers[1].I, 9 * 16);
    assert_int_equal(t.layers[1].out_height, 14);
    assert_int_equal(t.layers[2].pool, 2);
    assert_int_equal(t.layers[3].I, 576);
    assert_int_equal(topology_weights(&t), 79440); /* as the first look counted them */
    assert_int_equal(topology_macs(&t), 144 * 784 + 4608 * 196 + 18432 * 49 + 576 * 96 + 960);
    assert_false(topology_is_chain(&t));
    topology_text(&t, text);
    assert_string_equal(text, "28x28x1-16c3-p2-32c3-p2-64c3-p2-96-10");
    assert_int_equal(parse("5x7x3 4c5s2 10", &t, &wrong, &e), STATUS_OK);
    assert_int_equal(t.layers[0].I, 75);
    assert_int_equal(t.sizes[1], 4 * 3 * 4);
    topology_text(&t, text);
    assert_string_equal(text, "5x7x3-4c5s2-10");
}

static void bad_words_are_named(void **state)
{
    static const struct {
        const char *text;
        int wrong;
        const char *says;
    } bad[] = {
        {"784", -1, "at least two"},
        {"0 10", 0, "`0`"},
        {"28x 10", 0, "`28x`"},
        {"28x28x1x1 10", 0, "not an input"},
        {"300x300 10", 0, "more than"},
        {"784 16c3 10", 1, "needs an image"},
        {"28x28 16c4 10", 1, "`16c4`"},
        {"28x28 16c3s0 10", 1, "not a layer"},
        {"28x28 p2 10", 1, "follows a convolution"},
        {"28x28 16c3 p2 p2 10", 3, "once"},
        {"8x9 16c3 p9 10", 2, "8 x 9 positions"},
        {"28x28 16c3 p17 10", 2, "at most p16"},
        {"28x28 16c3 px 10", 2, "not a pooling"},
        {"28x28 96 16c3 10", 2, "needs an image"},
        {"28x28 16c3", -1, "last layer"},
        {"28x28 16c3 10 70000", 3, "`70000`"},
        {"28x28 100c3 10", 1, "more than 65536"},
        {"4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", 17, "more than 16 layers"},
        {"784 99999999999999999999", 1, "not a layer"},
    };
    struct topology t;
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct errmsg e = {""};
        int wrong = -2;
        if (parse(bad[i].text, &t, &wrong, &e) != STATUS_INPUT || strstr(e.text, bad[i].says) == NULL ||
            wrong != bad[i].wrong)
            fail_msg("`%s`: word %d, \"%s\"", bad[i].text, wrong, e.text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chains_are_their_sizes),
        cmocka_unit_test(convolutions_have_positions),
        cmocka_unit_test(bad_words_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
