/* test_pass_experts.c -- which share of the experts a pass touches. */
#include "fixture.h"

#include "pass/experts.h"

static void the_touched_share_is_one_minus_idle_to_the_tokens(void **state)
{
    (void)state;
    const double idle = 248.0 / 256.0; /* 8 of 256 */
    assert_true(tr_expert_touched_share(idle, 0.0) == 0.0);
    assert_true(tr_expert_touched_share(idle, 1.0) == 8.0 / 256.0);
    assert_true(tr_expert_touched_share(idle, 2.0) == 1.0 - idle * idle);
    /* 1 - 0.96875^128 = 1 - exp(128 ln 0.96875) = 0.98282... */
    assert_close(tr_expert_touched_share(idle, 128.0), 1.0 - pow(idle, 128.0), 1e-13);
    for (double n = 1.0; n < 5e4; n = floor(n * 1.37) + 1.0)
        assert_close(1.0 - tr_expert_touched_share(idle, n) + 1.0, 1.0 + pow(idle, n), 1e-13);
}

static void a_fractional_batch_lies_on_the_line_between_whole_ones(void **state)
{
    (void)state;
    const double idle = 0.875;
    const double a = tr_expert_touched_share(idle, 5.0), b = tr_expert_touched_share(idle, 6.0);
    assert_close(tr_expert_touched_share(idle, 5.25), a + 0.25 * (b - a), 1e-14);
    assert_close(tr_expert_touched_share(idle, 5.5), a + 0.5 * (b - a), 1e-14);
}

static void more_tokens_never_touch_fewer_experts(void **state)
{
    (void)state;
    double last = 0.0;
    for (double n = 0.0; n < 3000.0; n += 0.25) {
        const double share = tr_expert_touched_share(0.996, n);
        assert_true(share >= last - 1e-15 && share <= 1.0);
        last = share;
    }
    assert_true(tr_expert_touched_share(0.996, 2147483648.0) == 1.0);
    assert_true(tr_expert_touched_share(0.996, 1e300) == 1.0);
}

static void without_idle_experts_all_are_touched(void **state)
{
    (void)state;
    assert_true(tr_expert_touched_share(0.0, 1.0) == 1.0);
    assert_true(tr_expert_touched_share(0.0, 1000.0) == 1.0);
}

static void a_share_or_count_out_of_range_gives_nan(void **state)
{
    (void)state;
    assert_true(isnan(tr_expert_touched_share((double)NAN, 4.0)));
    assert_true(isnan(tr_expert_touched_share(0.5, (double)NAN)));
    assert_true(isnan(tr_expert_touched_share(-0.1, 4.0)));
    assert_true(isnan(tr_expert_touched_share(1.0, 4.0)));
    assert_true(isnan(tr_expert_touched_share(0.5, -1.0)));
}

static void the_table_holds_the_same_bits_as_the_product(void **state)
{
    (void)state;
    const double idle = 0.9921875;
    tr_expert_table table;
    tr_expert_table_init(&table, idle);
    tr_expert_table_fill(&table, EXPERT_GROUPS);
    for (uint32_t n = 0; n < 2147483648u - 70001u; n = n < 70000u ? n + 1u : n + n / 7u) {
        const double looked_up = table.power[0][n & 255u] * table.power[1][n >> 8 & 255u] *
                                 table.power[2][n >> 16 & 255u] * table.power[3][n >> 24];
        assert_true(looked_up == tr_expert_idle_power(idle, n));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_touched_share_is_one_minus_idle_to_the_tokens),
        cmocka_unit_test(a_fractional_batch_lies_on_the_line_between_whole_ones),
        cmocka_unit_test(more_tokens_never_touch_fewer_experts),
        cmocka_unit_test(without_idle_experts_all_are_touched),
        cmocka_unit_test(a_share_or_count_out_of_range_gives_nan),
        cmocka_unit_test(the_table_holds_the_same_bits_as_the_product),
    };
    return cmocka_run_group_tests_name("pass experts", tests, NULL, NULL);
}
