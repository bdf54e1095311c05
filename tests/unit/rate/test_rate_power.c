/* A graphics card held to less power than its own: what prompts and answers lose. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <tokenroof/rate.h>

#include "rate/power_limit.h"

static tr_calibration of(const char *name)
{
    tr_system system;
    tr_calibration c = {.name = ""};
    tr_error err;
    if (tr_system_catalog_get(name, &system, &err) != TR_OK ||
        tr_calibration_find(&system.chip, "llamacpp", NULL, &c, &err) != TR_OK)
        fail_msg("%s: %s", name, err.text);
    assert_int_equal(tr_calibration_check(&c, &err), TR_OK);
    return c;
}

static void a_card_at_seven_tenths_reads_nearly_as_fast_and_multiplies_less(void **state)
{
    (void)state;
    const tr_calibration all = of("rtx-3090"), less = of("rtx-3090,power=250W");
    assert_true(fabs(less.value[TR_CONSTANT_LINEAR_FLOP] / all.value[TR_CONSTANT_LINEAR_FLOP] - 0.853) < 1e-12);
    assert_true(fabs(less.value[TR_CONSTANT_LINEAR_BYTE] / all.value[TR_CONSTANT_LINEAR_BYTE] - 0.974) < 1e-12);
    assert_true(less.value[TR_CONSTANT_LAYER_S] >= all.value[TR_CONSTANT_LAYER_S] &&
                less.value[TR_CONSTANT_LAYER_S] <= all.value[TR_CONSTANT_LAYER_S]);
}

static void other_cards_scans_lie_inside_what_is_left_open(void **state)
{
    (void)state;
    double flop, byte;
    /* RTX 5060 Ti at 150 of 180 W: 80.4 of 81.2 tokens/s; RTX 3090 at 280 of 350 W: less than 1 % lost; RTX 4090 at 70 %
     * of its limit: 93.4 % of its tokens, prompts among them. */
    tr_power_limit_shares(150.0 / 180.0, &flop, &byte);
    assert_true(80.4 / 81.2 >= byte && byte > 0.98);
    tr_power_limit_shares(280.0 / 350.0, &flop, &byte);
    assert_true(byte > 0.98);
    tr_power_limit_shares(0.7, &flop, &byte);
    assert_true(flop < 0.934 && 0.934 < byte);
}

static void below_half_its_power_a_card_collapses(void **state)
{
    (void)state;
    double flop, byte, before = 0.0;
    for (double p = 0.01; p <= 1.0; p += 0.01) {
        tr_power_limit_shares(p, &flop, &byte);
        assert_true(flop > before && flop <= 1.0 && byte > 0.0 && byte <= 1.0);
        before = flop;
    }
    tr_power_limit_shares(100.0 / 350.0, &flop, &byte);
    assert_true(byte < 0.2);
}

static void intervals_grow_and_hold_a_card_that_loses_nothing(void **state)
{
    (void)state;
    const tr_calibration all = of("rtx-4090"), less = of("rtx-4090,power=300W");
    for (int q = 0; q < TR_INTERVAL_COUNT; q++)
        for (int d = 0; d < TR_DISTANCE_COUNT; d++)
            assert_true(less.band[q][d].low_ratio < all.band[q][d].low_ratio &&
                        less.band[q][d].high_ratio > all.band[q][d].high_ratio);
}

static void more_power_and_servers_chips_stay_as_they_are(void **state)
{
    (void)state;
    static const char *const pair[][2] = {{"rtx-4090,power=600W", "rtx-4090"},
                                          {"a100-pcie-80gb,power=200W", "a100-pcie-80gb"}};
    for (size_t i = 0; i < 2; i++) {
        const tr_calibration a = of(pair[i][0]), b = of(pair[i][1]);
        assert_memory_equal(a.value, b.value, sizeof a.value);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_card_at_seven_tenths_reads_nearly_as_fast_and_multiplies_less),
        cmocka_unit_test(other_cards_scans_lie_inside_what_is_left_open),
        cmocka_unit_test(below_half_its_power_a_card_collapses),
        cmocka_unit_test(intervals_grow_and_hold_a_card_that_loses_nothing),
        cmocka_unit_test(more_power_and_servers_chips_stay_as_they_are),
    };
    return cmocka_run_group_tests_name("rate power", tests, NULL, NULL);
}
