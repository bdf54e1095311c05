/* test_chip_system.c -- a count of chips, and a chip from plain numbers. */
#include "chip_test.h"

static void eight_h100_cost_eight_times_one_and_share_one_domain(void **state)
{
    (void)state;
    tr_system system;
    assert_int_equal(tr_system_of(chip_named("h100-sxm"), 8.0, &system, NULL), TR_OK);
    assert_string_equal(system.name, "8xh100-sxm");
    assert_same(system.chip_count, 8.0);
    assert_same(system.domain_chip, 8.0);
    assert_near(system.usd_per_hour, 23.6, 1e-12); /* on demand */
    assert_same(system.chip.memory_byte, 85520809984.0); /* the chip stays one chip */
}

static void more_chips_than_the_fast_link_reaches_make_several_domains(void **state)
{
    (void)state;
    tr_system system;
    assert_int_equal(tr_system_of(chip_named("h100-sxm"), 32.0, &system, NULL), TR_OK);
    assert_same(system.domain_chip, 8.0);
    assert_int_equal(tr_system_of(chip_named("gb200"), 32.0, &system, NULL), TR_OK);
    assert_same(system.domain_chip, 32.0);
    assert_int_equal(tr_system_of(chip_named("l4"), 12.0, &system, NULL), TR_OK);
    assert_same(system.domain_chip, 8.0); /* of one host */
    assert_int_equal(tr_system_of(chip_named("m4-max"), 4.0, &system, NULL), TR_OK);
    assert_same(system.domain_chip, 1.0);
}

static void one_chip_keeps_its_own_name(void **state)
{
    (void)state;
    tr_system system;
    assert_int_equal(tr_system_of(chip_named("rtx-4080"), 1.0, &system, NULL), TR_OK);
    assert_string_equal(system.name, "rtx-4080");
    assert_same(system.usd_per_hour, 0.0); /* no price known */
}

static void a_count_is_a_whole_number_of_at_least_one(void **state)
{
    (void)state;
    const double bad[] = { 0.0, -1.0, 1.5, 8.000001, 1e10, HUGE_VAL, -HUGE_VAL, (double)NAN };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        tr_system system;
        tr_error err;
        memset(&system, 7, sizeof system);
        const tr_system before = system;
        assert_int_equal(tr_system_of(chip_named("h100"), bad[i], &system, &err), TR_EDOMAIN);
        assert_string_equal(err.field, "chip_count");
        assert_memory_equal(&system, &before, sizeof system);
    }
}

static void a_chip_without_figures_makes_no_system(void **state)
{
    (void)state;
    tr_system system;
    tr_error err;
    assert_int_equal(tr_system_of(chip_named("matx-one"), 1.0, &system, &err), TR_EMISSING);
    assert_non_null(strstr(err.text, "memory"));
}

static void inline_numbers_are_one_chip_equal_in_every_dtype(void **state)
{
    (void)state;
    const tr_chip_numbers numbers = { 80e12, 200e9, 0.0, 0.0 };
    tr_system system;
    assert_int_equal(tr_system_from_numbers(&numbers, &system, NULL), TR_OK);
    assert_string_equal(system.name, "inline");
    assert_same(system.chip_count, 1.0);
    assert_same(system.domain_chip, 1.0);
    assert_true(system.chip.memory_byte >= HUGE_VAL); /* 0 = not limited */
    for (int d = TR_DTYPE_FP32; d < TR_DTYPE_COUNT; d++) {
        double flop_per_s = 0.0;
        tr_dtype used;
        assert_int_equal(tr_chip_math(&system.chip, (tr_dtype)d, &flop_per_s, &used, NULL), TR_OK);
        assert_same(flop_per_s, 80e12);
    }
    assert_int_equal(tr_chip_check(&system.chip, NULL), TR_OK);
    tr_system many;
    assert_int_equal(tr_system_of(&system.chip, 4.0, &many, NULL), TR_OK);
    assert_string_equal(many.name, "4xinline");
}

static void inline_numbers_out_of_range_are_refused_by_name(void **state)
{
    (void)state;
    static const struct { tr_chip_numbers numbers; const char *field; } bad[] = {
        { { 0.0, 1e12, 0.0, 0.0 }, "flop_per_s" },
        { { -1.0, 1e12, 0.0, 0.0 }, "flop_per_s" },
        { { 1e15, 0.0, 0.0, 0.0 }, "memory_byte_per_s" },
        { { 1e15, 1e12, -1.0, 0.0 }, "memory_byte" },
        { { 1e15, 1e12, 0.0, -0.01 }, "usd_per_hour" },
        { { 1e30, 1e12, 0.0, 0.0 }, "flop_per_s" },
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        tr_system system;
        tr_error err;
        assert_int_equal(tr_system_from_numbers(&bad[i].numbers, &system, &err), TR_EDOMAIN);
        assert_string_equal(err.field, bad[i].field);
    }
    for (int i = 0; i < 4; i++) { /* NaN in each place */
        double value[4] = { 1e15, 1e12, 80e9, 2.0 };
        value[i] = (double)NAN;
        const tr_chip_numbers numbers = { value[0], value[1], value[2], value[3] };
        tr_system system;
        assert_int_equal(tr_system_from_numbers(&numbers, &system, NULL), TR_EDOMAIN);
    }
}

int main(void)
{
    TESTS(tests) = {
        CASE(eight_h100_cost_eight_times_one_and_share_one_domain),
        CASE(more_chips_than_the_fast_link_reaches_make_several_domains),
        CASE(one_chip_keeps_its_own_name),
        CASE(a_count_is_a_whole_number_of_at_least_one),
        CASE(a_chip_without_figures_makes_no_system),
        CASE(inline_numbers_are_one_chip_equal_in_every_dtype),
        CASE(inline_numbers_out_of_range_are_refused_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
