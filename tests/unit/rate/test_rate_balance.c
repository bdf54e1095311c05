/* test_rate_balance.c -- where the lines cross. */
#include "fixture.h"

static void the_floor_is_all_weights_once_through_memory(void **state)
{
    (void)state;
    const tr_model model = chalk_model(671026419200.0, 37e9, 70272.0, 1.0);
    const tr_system system = chalk_system(1e15, 72.0 * 8e12, 0.0, 0.0);
    const tr_roofline roof = roof_of(&model, &system);
    assert_close(tr_floor_s(&roof), 0.00116497642, 1e-8);
    /* A mixture's floor counts all experts, though one sequence is faster. */
    const tr_model mixture = toy_model(1);
    const tr_system toys = toy_system(1.0);
    const tr_roofline mixed = roof_of(&mixture, &toys);
    assert_close(tr_floor_s(&mixed), 6.1e9 / 4e12, 1e-15);
    assert_true(decode(&mixed, 1.0, 0.0).step_s < tr_floor_s(&mixed));
    assert_close(decode(&mixed, 5000.0, 0.0).weights_s, tr_floor_s(&mixed), 1e-12);
}

static void the_ridge_is_peak_over_bandwidth(void **state)
{
    (void)state;
    const tr_model model = chalk_model(70e9, 70e9, 0.0, 2.0);
    const tr_system system = chalk_system(836e12, 3.9e12, 0.0, 0.0);
    const tr_roofline roof = roof_of(&model, &system);
    assert_close(tr_ridge_flop_per_byte(&roof), 214.358974359, 1e-11);
    const tr_model toy = toy_model(0);
    const tr_system one = toy_system(1.0), eight = toy_system(8.0);
    const tr_roofline a = roof_of(&toy, &one), b = roof_of(&toy, &eight);
    assert_true(tr_ridge_flop_per_byte(&a) == 250.0);
    assert_true(tr_ridge_flop_per_byte(&b) == 250.0);
}

static void the_balance_batch_is_the_ridge_times_sparsity(void **state)
{
    (void)state;
    /* F b / (2 BW) = 300 at a byte a weight: B* = 300 N / N_a */
    const tr_system system = chalk_system(600e12, 1e12, 0.0, 0.0);
    const tr_model sparse = chalk_model(671e9, 37e9, 1000.0, 1.0), dense = chalk_model(70e9, 70e9, 1000.0, 1.0);
    const tr_roofline a = roof_of(&sparse, &system), b = roof_of(&dense, &system);
    assert_close(tr_balance_batch_seq(&a, 0.0), 5440.54054, 1e-8);
    assert_close(tr_balance_batch_seq(&b, 0.0), 300.0, 1e-14);
    /* At the balance both sides take the same time. */
    const tr_step at = decode(&a, tr_balance_batch_seq(&a, 4000.0), 4000.0);
    assert_close(at.compute_s, at.weights_s + at.kv_s, 1e-12);
}

static void beyond_the_balanced_context_no_batch_is_compute_bound(void **state)
{
    (void)state;
    const tr_model model = chalk_model(671e9, 37e9, 35136.0, 1.0);
    const tr_system system = chalk_system(5e15, 8e12, 0.0, 0.0);
    const tr_roofline roof = roof_of(&model, &system);
    const double most = tr_balance_context_token(&roof);
    assert_true(tr_balance_batch_seq(&roof, floor(most)) > 1e6);
    assert_true(isinf(tr_balance_batch_seq(&roof, ceil(most))));
    assert_int_equal(decode(&roof, 1e9, ceil(most)).limit, TR_LIMIT_KV);
    assert_int_equal(decode(&roof, 1e9, floor(most) - 1.0).limit, TR_LIMIT_COMPUTE);
}

static void the_balanced_context_is_where_kv_reading_equals_compute(void **state)
{
    (void)state;
    /* 2 x 37e9 x 8e12 / (5e15 x 35136) = 3369.763 */
    const tr_model model = chalk_model(671e9, 37e9, 35136.0, 1.0);
    const tr_system system = chalk_system(5e15, 8e12, 0.0, 0.0);
    const tr_roofline roof = roof_of(&model, &system);
    assert_close(tr_balance_context_token(&roof), 3369.76321, 1e-8);
    /* With attention: 2.1e9/1e15 + L 327680/1e15 = L 40960/4e12 -> L = 2.1e-6 / (1.024e-8 - 3.2768e-10) */
    const tr_model toy = toy_model(0);
    const tr_system one = toy_system(1.0);
    const tr_roofline a = roof_of(&toy, &one);
    assert_close(tr_balance_context_token(&a), 2.1e-6 / (1.024e-8 - 3.2768e-10), 1e-9);
}

static void without_kv_the_balanced_context_is_infinite(void **state)
{
    (void)state;
    const tr_model model = chalk_model(70e9, 70e9, 0.0, 1.0);
    const tr_system system = chalk_system(1e15, 1e12, 0.0, 0.0);
    const tr_roofline roof = roof_of(&model, &system);
    assert_true(isinf(tr_balance_context_token(&roof)));
    assert_true(isinf(tr_cliff_context_token(&roof, 1e6)));
}

static void a_window_can_keep_kv_below_compute_for_ever(void **state)
{
    (void)state;
    tr_model model = toy_model(0); /* crosses near 212 tokens */
    const tr_system system = toy_system(1.0);
    model.layer[0].cache[0].row_cap = 128.0;
    tr_roofline roof = roof_of(&model, &system);
    assert_true(isinf(tr_balance_context_token(&roof)));
    assert_true(tr_balance_batch_seq(&roof, 1e6) < HUGE_VAL);
    /* Nine windowed layers and a full one: 9 x 128 + L rows of 4096 B against 2.1e-6 s + their FLOPs */
    model.layer[1] = model.layer[0];
    model.layer_kinds = 2;
    model.layer[0].layer_count = 9.0;
    model.layer[1].layer_count = 1.0;
    model.layer[1].cache[0].row_cap = 0.0;
    roof = roof_of(&model, &system);
    const double row_s = 4096.0 / 4e12 - 32768.0 / 1e15;
    assert_close(tr_balance_context_token(&roof), 2.1e-6 / row_s - 9.0 * 128.0, 1e-9);
}

static void the_first_of_two_crossings_is_found_between_powers_of_two(void **state)
{
    (void)state;
    /* Nine windowed layers pull memory up until they are full at 1,500 tokens; then one layer whose attention
     * is mostly math pulls it down again: memory is the longer side only from about 1,450 to 1,700 tokens. */
    tr_model model = toy_model(0);
    const tr_system system = toy_system(1.0);
    model.layer[1] = model.layer[0];
    model.layer_kinds = 2;
    model.layer[0].layer_count = 9.0;
    model.layer[1].layer_count = 1.0;
    model.layer[0].cache[0].row_cap = 1500.0;
    model.layer[1].cache[0].elem = 16.0;
    const double window_s = 9.0 * (4096.0 / 4e12 - 32768.0 / 1e15); /* excess a row */
    model.layer[1].cache[0].flop_per_row = 2e6;
    const double full_s = 32.0 / 4e12 - 2e6 / 1e15;
    model.multiply_param = 0.5 * 1450.0 * (window_s + full_s) * 1e15;
    const tr_roofline roof = roof_of(&model, &system);
    assert_close(tr_balance_context_token(&roof), 1450.0, 1e-9);
    assert_true(tr_balance_batch_seq(&roof, 1024.0) < HUGE_VAL);
    assert_true(isinf(tr_balance_batch_seq(&roof, 1500.0)));
    assert_true(tr_balance_batch_seq(&roof, 2048.0) < HUGE_VAL);
}

static void attention_that_outruns_its_bytes_never_balances(void **state)
{
    (void)state;
    tr_model model = toy_model(0);
    model.layer[0].cache[0].elem = 64.0; /* one latent for all heads: 256 FLOP/byte, above the ridge of 250 */
    const tr_system system = toy_system(1.0);
    const tr_roofline roof = roof_of(&model, &system);
    assert_close(tr_attention_intensity_flop_per_byte(&roof, 1000.0), 256.0, 1e-15);
    assert_true(isinf(tr_balance_context_token(&roof)));
}

static void the_cliff_keeps_the_weights_and_tends_to_the_balanced_context(void **state)
{
    (void)state;
    const tr_model model = chalk_model(671e9, 37e9, 35136.0, 1.0);
    const tr_system system = chalk_system(5e15, 8e12, 0.0, 0.0);
    const tr_roofline roof = roof_of(&model, &system);
    assert_close(tr_cliff_context_token(&roof, 9600.0), 1380.46922, 1e-8);
    assert_close(tr_cliff_context_token(&roof, 1e9), tr_balance_context_token(&roof), 1e-4);
    assert_true(tr_cliff_context_token(&roof, 100.0) == 0.0); /* below the balance batch: always memory */
    /* On either side of it the bound differs. */
    assert_int_equal(decode(&roof, 9600.0, 1380.0).limit, TR_LIMIT_COMPUTE);
    assert_true(decode(&roof, 9600.0, 1381.0).limit != TR_LIMIT_COMPUTE);
}

static void the_weight_intensity_walks_up_with_the_batch(void **state)
{
    (void)state;
    const tr_system system = chalk_system(836e12, 3.9e12, 0.0, 0.0);
    const tr_model fp8 = chalk_model(27e9, 27e9, 0.0, 1.0), bf16 = chalk_model(27e9, 27e9, 0.0, 2.0);
    const tr_roofline a = roof_of(&fp8, &system), b = roof_of(&bf16, &system);
    assert_true(tr_weight_intensity_flop_per_byte(&a, 8.0) == 16.0);
    assert_true(tr_weight_intensity_flop_per_byte(&b, 8.0) == 8.0);
    const tr_model mixture = toy_model(1);
    const tr_system one = toy_system(1.0);
    const tr_roofline m = roof_of(&mixture, &one);
    assert_close(tr_weight_intensity_flop_per_byte(&m, 1.0), 1.14e9 / 1.14e9, 1e-15);
    assert_true(tr_weight_intensity_flop_per_byte(&m, 8.0) < 8.0 * tr_weight_intensity_flop_per_byte(&m, 1.0));
}

static void attention_stands_still_whatever_the_batch(void **state)
{
    (void)state;
    const tr_model model = toy_model(0);
    const tr_system system = toy_system(1.0);
    const tr_roofline roof = roof_of(&model, &system);
    /* 2 x (64/8) heads a KV head / 2 B = 8 FLOP/byte */
    assert_close(tr_attention_intensity_flop_per_byte(&roof, 1000.0), 8.0, 1e-15);
    assert_close(tr_attention_intensity_flop_per_byte(&roof, 100000.0), 8.0, 1e-15);
    assert_true(tr_attention_intensity_flop_per_byte(&roof, 0.0) == 0.0);
    const tr_model chalk = chalk_model(70e9, 70e9, 1e5, 1.0);
    const tr_roofline literal = roof_of(&chalk, &system);
    assert_true(tr_attention_intensity_flop_per_byte(&literal, 1000.0) == 0.0);
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
    const tr_model model = toy_model(1);
    const tr_system system = toy_system(1.0);
    const tr_roofline roof = roof_of(&model, &system);
    tr_roofline broken = roof;
    broken.flop_per_s = (double)NAN;
    const double none = (double)NAN;
    assert_true(isnan(tr_floor_s(&broken)));
    assert_true(isnan(tr_ridge_flop_per_byte(&broken)));
    assert_true(isnan(tr_balance_context_token(&broken)));
    assert_true(isnan(tr_balance_batch_seq(&broken, 1.0)));
    assert_true(isnan(tr_balance_batch_seq(&roof, none)));
    assert_true(isnan(tr_balance_batch_seq(&roof, -1.0)));
    assert_true(isnan(tr_cliff_context_token(&roof, none)));
    assert_true(isnan(tr_cliff_context_token(&roof, 0.5)));
    assert_true(isnan(tr_weight_intensity_flop_per_byte(&roof, none)));
    assert_true(isnan(tr_attention_intensity_flop_per_byte(&roof, none)));
    assert_true(isnan(tr_floor_s(NULL)));
    assert_true(isnan(tr_balance_batch_seq(NULL, 1.0)));
    assert_true(isnan(tr_roofline_kv_read_byte(NULL, 1.0)));
    assert_true(isnan(tr_roofline_kv_read_byte(&roof, none)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_floor_is_all_weights_once_through_memory),
        cmocka_unit_test(the_ridge_is_peak_over_bandwidth),
        cmocka_unit_test(the_balance_batch_is_the_ridge_times_sparsity),
        cmocka_unit_test(beyond_the_balanced_context_no_batch_is_compute_bound),
        cmocka_unit_test(the_balanced_context_is_where_kv_reading_equals_compute),
        cmocka_unit_test(without_kv_the_balanced_context_is_infinite),
        cmocka_unit_test(a_window_can_keep_kv_below_compute_for_ever),
        cmocka_unit_test(the_first_of_two_crossings_is_found_between_powers_of_two),
        cmocka_unit_test(attention_that_outruns_its_bytes_never_balances),
        cmocka_unit_test(the_cliff_keeps_the_weights_and_tends_to_the_balanced_context),
        cmocka_unit_test(the_weight_intensity_walks_up_with_the_batch),
        cmocka_unit_test(attention_stands_still_whatever_the_batch),
        cmocka_unit_test(the_memory_drains_in_capacity_over_bandwidth),
        cmocka_unit_test(nan_and_out_of_range_give_nan),
    };
    return cmocka_run_group_tests_name("rate balance", tests, NULL, NULL);
}
