/* test_step_capacity.c -- what fits, and how long the memory takes to read. */
#include "fixture.h"

static void the_largest_batch_fits_and_one_more_does_not(void **state)
{
    (void)state;
    /* 80 GB - 50 GB = 30 GB; 10,000 tokens x 100 kB = 1 GB a sequence: exactly 30 */
    const tr_model model = chalk_model(50e9, 50e9, 100e3, 1.0);
    const tr_system system = chalk_system(1e15, 4e12, 80e9, 0.0);
    const tr_roofline roof = roof_of(&model, &system);
    assert_true(tr_max_batch_seq(&roof, &model, 10000.0) == 30.0);
    assert_true(tr_max_batch_seq(&roof, &model, 10001.0) == 29.0);
    assert_true(tr_max_batch_seq(&roof, &model, 300000.0) == 1.0);
    assert_true(tr_max_batch_seq(&roof, &model, 300001.0) == 0.0);
    for (double context = 1.0; context < 3e5; context = floor(context * 1.07) + 3.0) {
        const double most = tr_max_batch_seq(&roof, &model, context);
        tr_load load = {TR_PHASE_DECODE, most, context, 1.0};
        tr_step step;
        assert_int_equal(tr_bound_step(&roof, &model, &load, &step, NULL), TR_OK);
        load.batch_seq = most + 1.0;
        assert_int_equal(tr_bound_step(&roof, &model, &load, &step, NULL), TR_ENOFIT);
    }
}

static void the_largest_batch_agrees_with_the_step_where_quotients_round(void **state)
{
    (void)state;
    /* Tenths are not exact in binary, so memory / cache lands on either side of a whole number. */
    for (int tenths = 1; tenths <= 5000; tenths++) {
        const double weight_byte = 0.1 * (1 + tenths % 60);
        const double edge_byte = weight_byte + 0.1 * tenths;
        const double memory_byte = tenths % 2 ? edge_byte : edge_byte * (1.0 - 0x1p-53); /* on it, or a hair below */
        const tr_model model = chalk_model(1.0, 1.0, 0.1, weight_byte);
        const tr_system system = chalk_system(1e15, 4e12, memory_byte, 0.0);
        const tr_roofline roof = roof_of(&model, &system);
        const double most = tr_max_batch_seq(&roof, &model, 1.0);
        tr_load load = {TR_PHASE_DECODE, most, 1.0, 1.0};
        tr_step step;
        if (most >= 1.0)
            assert_int_equal(tr_bound_step(&roof, &model, &load, &step, NULL), TR_OK);
        load.batch_seq = most + 1.0;
        assert_int_equal(tr_bound_step(&roof, &model, &load, &step, NULL), TR_ENOFIT);
    }
}

static void weights_that_do_not_fit_leave_no_batch_and_no_context(void **state)
{
    (void)state;
    const tr_model model = chalk_model(90e9, 90e9, 100e3, 1.0);
    const tr_system system = chalk_system(1e15, 4e12, 80e9, 0.0);
    const tr_roofline roof = roof_of(&model, &system);
    assert_true(tr_max_batch_seq(&roof, &model, 0.0) == 0.0);
    assert_true(tr_max_context_token(&roof, &model, 1.0) == 0.0);
}

static void without_a_limit_nothing_limits(void **state)
{
    (void)state;
    const tr_model model = chalk_model(90e9, 90e9, 100e3, 1.0);
    const tr_system system = chalk_system(1e15, 4e12, 0.0, 0.0);
    const tr_roofline roof = roof_of(&model, &system);
    assert_true(isinf(tr_max_batch_seq(&roof, &model, 1e6)));
    assert_true(isinf(tr_max_context_token(&roof, &model, 1e6)));
    assert_true(isinf(tr_drain_s(&roof)));
    /* Nor does KV of no bytes. */
    const tr_model light = chalk_model(9e9, 9e9, 0.0, 1.0);
    const tr_system small = chalk_system(1e15, 4e12, 80e9, 0.0);
    const tr_roofline b = roof_of(&light, &small);
    assert_true(isinf(tr_max_batch_seq(&b, &light, 1e6)));
}

static void the_longest_context_fits_and_one_token_more_does_not(void **state)
{
    (void)state;
    const tr_model model = chalk_model(50e9, 50e9, 100e3, 1.0);
    const tr_system system = chalk_system(1e15, 4e12, 80e9, 0.0);
    const tr_roofline roof = roof_of(&model, &system);
    assert_true(tr_max_context_token(&roof, &model, 1.0) == 300000.0);
    assert_true(tr_max_context_token(&roof, &model, 7.0) == 42857.0); /* 300000 / 7 = 42857.14 */
    assert_true(tr_max_context_token(&roof, &model, 300000.0) == 1.0);
    assert_true(tr_max_context_token(&roof, &model, 300001.0) == 0.0);
}

static void a_window_caps_what_is_stored(void **state)
{
    (void)state;
    tr_model model = toy_model(0);
    model.layer[0].cache[0].row_cap = 1024.0; /* 10 x 1024 x 4096 B = 41.94 MB a sequence, never more */
    const tr_system system = toy_system(1.0);
    const tr_roofline roof = roof_of(&model, &system);
    /* (100e9 - 2.2e9) / 41943040 = 2331.73 */
    assert_true(tr_max_batch_seq(&roof, &model, 1e6) == 2331.0);
    assert_true(isinf(tr_max_context_token(&roof, &model, 2331.0)));
    /* One sequence more, and 97.8e9 / 2332 = 41938250.4 B hold 1023 rows of 40960 B (41902080), not 1024. */
    assert_true(tr_max_context_token(&roof, &model, 2332.0) == 1023.0);
}

static void recurrent_state_is_kept_for_every_sequence(void **state)
{
    (void)state;
    tr_model model = toy_model(0);
    model.layer[0].state_byte = 1e8; /* ten layers: 1 GB a sequence */
    model.state_byte_per_seq = 1e9;
    const tr_system system = toy_system(1.0);
    const tr_roofline roof = roof_of(&model, &system);
    assert_true(tr_max_batch_seq(&roof, &model, 0.0) == 97.0); /* 97.8 GB left */
    assert_true(tr_max_context_token(&roof, &model, 98.0) == 0.0);
}

static void the_memory_drains_in_capacity_over_bandwidth(void **state)
{
    (void)state;
    /* Datasheet capacity and bandwidth; the number of chips cancels. */
    const struct {
        double memory_byte, byte_per_s, drain_ms;
    } chip[] = {
        {288e9, 20e12, 14.4},     /* as the lecture rounds Rubin */
        {288e9, 22e12, 13.0909},  /* Rubin as announced */
        {80e9, 2.039e12, 39.2349}, /* A100 80 GB */
        {80e9, 3.35e12, 23.8806}, /* H100 SXM */
        {141e9, 4.8e12, 29.375},  /* H200 */
        {180e9, 8e12, 22.5},      /* B200 */
        {288e9, 8e12, 36.0},      /* GB300 by its nominal capacity */
    };
    const tr_model model = chalk_model(1e9, 1e9, 0.0, 1.0);
    for (size_t i = 0; i < sizeof chip / sizeof chip[0]; i++) {
        tr_system system = chalk_system(1e15, chip[i].byte_per_s, chip[i].memory_byte, 0.0);
        for (double count = 1.0; count <= 8.0; count += 7.0) {
            system.chip_count = count;
            const tr_roofline roof = roof_of(&model, &system);
            assert_close(tr_drain_s(&roof) * 1e3, chip[i].drain_ms, 1e-5);
        }
    }
}

static void nan_and_out_of_range_give_nan(void **state)
{
    (void)state;
    const tr_model model = toy_model(0);
    const tr_system system = toy_system(1.0);
    const tr_roofline roof = roof_of(&model, &system);
    assert_true(isnan(tr_max_batch_seq(&roof, &model, (double)NAN)));
    assert_true(isnan(tr_max_batch_seq(&roof, &model, -1.0)));
    assert_true(isnan(tr_max_batch_seq(NULL, &model, 1.0)));
    assert_true(isnan(tr_max_batch_seq(&roof, NULL, 1.0)));
    assert_true(isnan(tr_max_context_token(&roof, &model, (double)NAN)));
    assert_true(isnan(tr_max_context_token(&roof, &model, 0.0)));
    assert_true(isnan(tr_drain_s(NULL)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_largest_batch_fits_and_one_more_does_not),
        cmocka_unit_test(the_largest_batch_agrees_with_the_step_where_quotients_round),
        cmocka_unit_test(weights_that_do_not_fit_leave_no_batch_and_no_context),
        cmocka_unit_test(without_a_limit_nothing_limits),
        cmocka_unit_test(the_longest_context_fits_and_one_token_more_does_not),
        cmocka_unit_test(a_window_caps_what_is_stored),
        cmocka_unit_test(recurrent_state_is_kept_for_every_sequence),
        cmocka_unit_test(the_memory_drains_in_capacity_over_bandwidth),
        cmocka_unit_test(nan_and_out_of_range_give_nan),
    };
    return cmocka_run_group_tests_name("step capacity", tests, NULL, NULL);
}
