/* test_chip_math.c -- ceilings by dtype, the balance of a chip, drain times and the price of holding. */
#include "chip_test.h"

static void expect_math(const char *name, tr_dtype dtype, double flop_per_s, tr_dtype in)
{
    double have = 0.0;
    tr_dtype used = TR_DTYPE_NATIVE;
    assert_int_equal(tr_chip_math(chip_named(name), dtype, &have, &used, NULL), TR_OK);
    assert_same(have, flop_per_s);
    assert_int_equal(used, in);
}

static void a_dtype_with_hardware_runs_at_its_own_rate(void **state)
{
    (void)state;
    expect_math("h100-sxm", TR_DTYPE_BF16, 989.4e12, TR_DTYPE_BF16);
    expect_math("h100-sxm", TR_DTYPE_FP8, 1978.9e12, TR_DTYPE_FP8);
    expect_math("h100-sxm", TR_DTYPE_TF32, 494.5e12, TR_DTYPE_TF32);
    expect_math("h100-sxm", TR_DTYPE_FP32, 67e12, TR_DTYPE_FP32);
    expect_math("gb200", TR_DTYPE_FP4, 10000e12, TR_DTYPE_FP4);
    expect_math("a100-sxm-80gb", TR_DTYPE_INT8, 624e12, TR_DTYPE_INT8);
}

static void a_dtype_without_hardware_runs_at_the_next_wider_rate(void **state)
{
    (void)state;
    expect_math("h100-sxm", TR_DTYPE_FP4, 1978.9e12, TR_DTYPE_FP8);
    expect_math("a100-sxm-80gb", TR_DTYPE_FP8, 312e12, TR_DTYPE_BF16);
    expect_math("a100-sxm-80gb", TR_DTYPE_FP4, 312e12, TR_DTYPE_BF16);
    expect_math("gb200", TR_DTYPE_INT4, 2500e12, TR_DTYPE_BF16);
    expect_math("tpu-v7", TR_DTYPE_INT8, 2307e12,
                TR_DTYPE_BF16); /* not at the FP8 rate: FP8 does not hold INT8 */
    expect_math("m2-ultra", TR_DTYPE_FP8, 27.2e12, TR_DTYPE_BF16);
}

static void cut_down_int8_runs_at_the_bf16_rate(void **state)
{
    (void)state;
    assert_same(chip_named("b300-sxm")->flop_per_s[TR_DTYPE_INT8], 154e12);
    expect_math("b300-sxm", TR_DTYPE_INT8, 2250e12, TR_DTYPE_BF16);
    expect_math("gb300", TR_DTYPE_INT8, 2500e12, TR_DTYPE_BF16);
}

static void a_tie_goes_to_the_narrower_dtype(void **state)
{
    (void)state;
    expect_math("gaudi3", TR_DTYPE_FP8, 1677e12, TR_DTYPE_FP8);
    expect_math("trainium3", TR_DTYPE_FP4, 2517e12, TR_DTYPE_FP4);
}

static void a_chip_with_only_a_narrow_rate_cannot_do_wide_math(void **state)
{
    (void)state;
    double flop_per_s = -1.0;
    tr_dtype used = TR_DTYPE_COUNT;
    tr_error err;
    assert_int_equal(tr_chip_math(chip_named("rubin-ultra"), TR_DTYPE_BF16, &flop_per_s, &used, &err),
                     TR_ENOFIT);
    assert_string_equal(err.field, "dtype");
    assert_non_null(strstr(err.text, "fp4"));
    assert_same(flop_per_s, -1.0);
    assert_int_equal(used, TR_DTYPE_COUNT);
    assert_int_equal(tr_chip_math(chip_named("groq-3-lpu"), TR_DTYPE_INT8, &flop_per_s, &used, NULL),
                     TR_ENOFIT);
    assert_int_equal(tr_chip_math(chip_named("tpu-v5e"), TR_DTYPE_FP32, &flop_per_s, &used, NULL), TR_ENOFIT);
    assert_int_equal(tr_chip_math(chip_named("matx-one"), TR_DTYPE_FP4, &flop_per_s, &used, &err), TR_ENOFIT);
    assert_non_null(strstr(err.text, "none"));
}

static void blocks_are_unpacked_and_multiply_in_bf16(void **state)
{
    (void)state;
    for (int d = TR_DTYPE_Q8_0; d < TR_DTYPE_STORED_END; d++)
        expect_math("h100", (tr_dtype)d, 989.4e12, TR_DTYPE_BF16); /* although it has INT8 */
}

static void native_is_a_request_and_never_a_dtype_to_compute_in(void **state)
{
    (void)state;
    double flop_per_s = 0.0;
    tr_dtype used = TR_DTYPE_NATIVE;
    const tr_chip *h100 = chip_named("h100");
    assert_int_equal(tr_chip_math(h100, TR_DTYPE_NATIVE, &flop_per_s, &used, NULL), TR_EDOMAIN);
    assert_int_equal(tr_chip_math(h100, TR_DTYPE_COUNT, &flop_per_s, &used, NULL), TR_EDOMAIN);
    assert_int_equal(tr_chip_math(h100, (tr_dtype)99, &flop_per_s, &used, NULL), TR_EDOMAIN);
    assert_same(tr_chip_balance_token(h100, TR_DTYPE_NATIVE), 0.0);
    assert_same(tr_chip_balance_token(h100, (tr_dtype)99), 0.0);
}

static void wider_operands_never_run_faster(void **state)
{
    (void)state;
    static const tr_dtype chain[][2] = {
        { TR_DTYPE_FP4, TR_DTYPE_FP8 }, { TR_DTYPE_FP8, TR_DTYPE_BF16 }, { TR_DTYPE_INT8, TR_DTYPE_BF16 },
        { TR_DTYPE_INT4, TR_DTYPE_BF16 }, { TR_DTYPE_BF16, TR_DTYPE_TF32 }, { TR_DTYPE_TF32, TR_DTYPE_FP32 },
    };
    for (size_t i = 0; i < tr_chip_catalog_count(); i++)
        for (size_t k = 0; k < sizeof chain / sizeof chain[0]; k++) {
            double narrow = 0.0, wide = 0.0;
            tr_dtype used;
            (void)tr_chip_math(tr_chip_catalog_at(i), chain[k][0], &narrow, &used, NULL);
            (void)tr_chip_math(tr_chip_catalog_at(i), chain[k][1], &wide, &used, NULL);
            assert_true(narrow >= wide);
        }
}

static void the_300_of_the_lecture_is_295_on_an_h100_and_293_on_a_b200(void **state)
{
    (void)state;
    /* 989.4e12 x 2 / (2 x 3.35e12) */
    assert_near(tr_chip_balance_token(chip_named("h100-sxm"), TR_DTYPE_BF16), 295.343, 1e-5);
    assert_near(tr_chip_balance_token(chip_named("h100-sxm"), TR_DTYPE_FP8), 295.358, 1e-5);
    assert_near(tr_chip_balance_token(chip_named("b200"), TR_DTYPE_BF16), 2250.0 / 7.672, 1e-12);
    assert_near(tr_chip_balance_token(chip_named("gb200"), TR_DTYPE_FP4), 312.5, 1e-12);
    assert_near(tr_chip_balance_token(chip_named("gb300"), TR_DTYPE_FP4), 468.75, 1e-12);
    assert_near(tr_chip_balance_token(chip_named("h20"), TR_DTYPE_BF16), 37.0, 1e-12);
    assert_near(tr_chip_balance_token(chip_named("tpu-v5e"), TR_DTYPE_BF16), 240.537, 1e-5);
    assert_same(tr_chip_balance_token(chip_named("matx-one"), TR_DTYPE_BF16), 0.0);
    assert_same(tr_chip_balance_token(chip_named("rubin-ultra"), TR_DTYPE_BF16), 0.0);
}

static void each_tier_drains_in_its_own_order_of_magnitude(void **state)
{
    (void)state;
    const tr_chip *h100 = chip_named("h100-sxm");
    static const struct { const char *name; double drain_s;
    } want[] = {
        {"hbm", 0.02552860},       {"ddr", 4.063492},      {"flash", 548.571429},
        {"flash-qlc", 8777.142857}, {"disk", 84210.526316},
    };
    assert_int_equal(h100->tier_count, 5);
    for (int i = 0; i < 5; i++) {
        assert_string_equal(h100->tier[i].name, want[i].name);
        assert_near(tr_tier_drain_s(&h100->tier[i]), want[i].drain_s, 1e-5);
    }
    assert_near(tr_tier_drain_s(&chip_named("rubin")->tier[0]), 0.0130909, 1e-5);
    assert_near(tr_tier_drain_s(&chip_named("gb200")->tier[1]), 1.25, 1e-12); /* LPDDR5X of Grace, 384 GB/s */
    const tr_chip inline_chip = plain_chip();
    assert_near(tr_tier_drain_s(&inline_chip.tier[0]), 80e9 / 3e12, 1e-15);
    const tr_tier endless = { .name = "hbm", .capacity_byte = HUGE_VAL, .read_byte_per_s = 1e12 };
    assert_true(tr_tier_drain_s(&endless) >= HUGE_VAL);
}

static void a_byte_held_for_a_second_costs_its_share_of_the_chip(void **state)
{
    (void)state;
    /* $2 an hour over 80 GB: 2 / 3600 / 80e9 */
    const tr_chip chip = plain_chip();
    assert_near(chip.tier[0].usd_per_byte_s, 6.9444444e-15, 1e-7);
    const tr_chip *h100 = chip_named("h100-sxm");
    assert_near(h100->tier[0].usd_per_byte_s * h100->memory_byte * 3600.0, h100->usd_per_hour, 1e-12);
    assert_same(h100->tier[1].usd_per_byte_s, 0.0); /* what it costs to buy is known, not for how long it serves */
    assert_near(h100->tier[1].usd_per_byte, 885.0 / 68.719476736e9, 1e-3);
    assert_near(h100->tier[2].usd_per_byte * 1e12, 365.0, 1e-12);
    assert_true(strlen(h100->tier[2].price_source) > 10);
    assert_near(chip_named("l4")->tier[0].usd_per_byte_s * chip_named("l4")->memory_byte * 3600.0, 1.0, 1e-15);
    assert_same(chip_named("h20")->tier[0].usd_per_byte_s, 0.0); /* no price known */
}

int main(void)
{
    TESTS(tests) = {
        CASE(a_dtype_with_hardware_runs_at_its_own_rate),
        CASE(a_dtype_without_hardware_runs_at_the_next_wider_rate),
        CASE(cut_down_int8_runs_at_the_bf16_rate),
        CASE(a_tie_goes_to_the_narrower_dtype),
        CASE(a_chip_with_only_a_narrow_rate_cannot_do_wide_math),
        CASE(blocks_are_unpacked_and_multiply_in_bf16),
        CASE(native_is_a_request_and_never_a_dtype_to_compute_in),
        CASE(wider_operands_never_run_faster),
        CASE(the_300_of_the_lecture_is_295_on_an_h100_and_293_on_a_b200),
        CASE(each_tier_drains_in_its_own_order_of_magnitude),
        CASE(a_byte_held_for_a_second_costs_its_share_of_the_chip),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
