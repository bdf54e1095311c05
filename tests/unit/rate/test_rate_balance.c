/* test_rate_balance.c -- where the lines cross. */
#include "fixture.h"

static void the_floor_is_all_weights_once_through_memory(void **state)
{
    (void)state;
    const tr_model model = plain_model(671026419200.0, 37e9, 70272.0, 1.0);
    const tr_system system = plain_system(1e15, 72.0 * 8e12, 0.0, 0.0);
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
    const tr_model model = plain_model(70e9, 70e9, 0.0, 2.0);
    const tr_system system = plain_system(836e12, 3.9e12, 0.0, 0.0);
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
    const tr_system system = plain_system(600e12, 1e12, 0.0, 0.0);
    const tr_model sparse = plain_model(671e9, 37e9, 1000.0, 1.0), dense = plain_model(70e9, 70e9, 1000.0, 1.0);
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
    const tr_model model = plain_model(671e9, 37e9, 35136.0, 1.0);
    const tr_system system = plain_system(5e15, 8e12, 0.0, 0.0);
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
    const tr_model model = plain_model(671e9, 37e9, 35136.0, 1.0);
    const tr_system system = plain_system(5e15, 8e12, 0.0, 0.0);
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
    const tr_model model = plain_model(70e9, 70e9, 0.0, 1.0);
    const tr_system system = plain_system(1e15, 1e12, 0.0, 0.0);
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
    const tr_model model = plain_model(671e9, 37e9, 35136.0, 1.0);
    const tr_system system = plain_system(5e15, 8e12, 0.0, 0.0);
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
    const tr_system system = plain_system(836e12, 3.9e12, 0.0, 0.0);
    const tr_model fp8 = plain_model(27e9, 27e9, 0.0, 1.0), bf16 = plain_model(27e9, 27e9, 0.0, 2.0);
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
    const tr_model plain = plain_model(70e9, 70e9, 1e5, 1.0);
    const tr_roofline literal = roof_of(&plain, &system);
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
    const tr_model model = plain_model(1e9, 1e9, 0.0, 1.0);
    for (size_t i = 0; i < sizeof chip / sizeof chip[0]; i++) {
        tr_system system = plain_system(1e15, chip[i].byte_per_s, chip[i].memory_byte, 0.0);
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

/* w = 140e9 / 2e12 = 70 ms; a token 2 * 70e9 / 1e15 = 140 us: 500 tokens; with 1e5 bytes of KV a token (50 ns) on a
 * context of 1000: (70 ms + 50 us) / (140 us - 50 ns) = 500.536. */
static void the_ridge_of_a_pass_is_where_its_tokens_share_the_weights_out(void **state)
{
    (void)state;
    const tr_model model = plain_model(70e9, 70e9, 0.0, 2.0), cached = plain_model(70e9, 70e9, 1e5, 2.0);
    const tr_system system = plain_system(1e15, 2e12, 0.0, 0.0);
    const tr_roofline roof = roof_of(&model, &system), with_kv = roof_of(&cached, &system);
    assert_close(tr_ridge_query_token(&roof, 1.0, 0.0), 500.0, 1e-9);
    assert_close(tr_ridge_query_token(&roof, 50.0, 0.0), 10.0, 1e-9);
    assert_true(tr_ridge_query_token(&roof, 500.0, 0.0) == 1.0);
    assert_true(tr_ridge_query_token(&roof, 4000.0, 0.0) == 1.0);
    assert_close(tr_ridge_query_token(&with_kv, 1.0, 1000.0), (70e-3 + 50e-6) / (140e-6 - 50e-9), 1e-9);
    assert_true(isnan(tr_ridge_query_token(&roof, 0.0, 0.0)));
    assert_true(isnan(tr_ridge_query_token(&roof, 1.0, (double)NAN)));
    assert_true(isnan(tr_ridge_query_token(NULL, 1.0, 0.0)));
    /* A pass on the ridge takes as long to multiply as to read. */
    const tr_load load = {TR_PHASE_PREFILL, 1.0, 1000.0, tr_ridge_query_token(&with_kv, 1.0, 1000.0)};
    tr_step step;
    assert_int_equal(tr_bound_step(&with_kv, &load, &step, NULL), TR_OK);
    assert_close(step.compute_s, step.weights_s + step.kv_s, 1e-9);
}

/* B* = 2400: an output price of five times input is a fifth of that, 480; KV counted, w / (5 c - k). */
static void a_wait_of_five_is_a_fifth_of_the_balance_batch(void **state)
{
    (void)state;
    const tr_model model = plain_model(800e9, 100e9, 0.0, 1.0), cached = plain_model(800e9, 100e9, 2000.0, 1.0);
    const tr_system system = plain_system(2.4e15, 4e12, 0.0, 0.0);
    const tr_roofline roof = roof_of(&model, &system), with_kv = roof_of(&cached, &system);
    assert_close(tr_memory_ratio_batch_seq(&roof, 0.0, 1.0), 2400.0, 1e-12);
    assert_close(tr_memory_ratio_batch_seq(&roof, 0.0, 5.0), 480.0, 1e-12);
    /* c = 2e11 / 2.4e15 = 83.3 us; k = 1e5 * 2000 / 4e12 = 50 us; w = 200 ms */
    assert_close(tr_memory_ratio_batch_seq(&with_kv, 1e5, 5.0), 0.2 / (5.0 * 2e11 / 2.4e15 - 50e-6), 1e-12);
    assert_true(tr_memory_ratio_batch_seq(&with_kv, 1e5, 0.5) == HUGE_VAL);
    assert_true(isnan(tr_memory_ratio_batch_seq(&roof, 0.0, 0.0)));
    assert_true(isnan(tr_memory_ratio_batch_seq(&roof, 0.0, (double)NAN)));
    const double context[3] = {0.0, 1e4, 1.2e5};
    for (int i = 0; i < 3; i++) {
        assert_true(tr_memory_ratio_batch_seq(&with_kv, context[i], 1.0) == tr_balance_batch_seq(&with_kv, context[i]));
        const tr_step step = decode(&with_kv, tr_memory_ratio_batch_seq(&with_kv, context[i], 5.0), context[i]);
        assert_close((step.weights_s + step.kv_s) / step.compute_s, 5.0, 1e-9);
    }
}

/* Llama-3.1-70B on H100: F / BW = 989.4e12 / 3.35e12 = 295.34; a token of context reads 327680 bytes and multiplies
 * 4 * 80 layers * 64 heads * 128 = 2,621,440. L* = 2 N_mul / (327680 * 295.34 - 2,621,440), or without the last term.
 * DeepSeek-V3 on GB200 in FP8: F / BW = 625; 70272 bytes and 2 * 61 * 128 * (2 * 512 + 64) = 16,990,208. */
static void attention_moves_the_balance_of_a_latent_cache_by_two_thirds_and_of_grouped_heads_hardly(void **state)
{
    (void)state;
    const struct {
        const char *model, *system;
        double ridge, kv_byte, attention_flop, with, without;
    } cases[] = {{"llama-3.1-70b", "8xh100-sxm", 989.4e12 / 3.35e12, 327680.0, 2621440.0, 1476.4, 1436.4},
                 {"deepseek-v3", "gb200-nvl72", 625.0, 70272.0, 16990208.0, 2720.1, 1667.8}};
    for (int i = 0; i < 2; i++) {
        tr_model model;
        get_model(cases[i].model, &model);
        const tr_system system = get_system(cases[i].system);
        const tr_roofline roof = roof_of(&model, &system);
        tr_weights_balance weights;
        tr_weights_balance_of(&roof, 1e6, 0.0, &weights);
        const double kv_flop = cases[i].kv_byte * cases[i].ridge;
        assert_close(weights.context_token, roof.flop_per_token / kv_flop, 1e-6);
        assert_close(tr_balance_context_token(&roof), roof.flop_per_token / (kv_flop - cases[i].attention_flop), 1e-6);
        assert_close(weights.context_token, cases[i].without, 1e-3);
        assert_close(tr_balance_context_token(&roof), cases[i].with, 1e-3);
        assert_close(weights.batch_seq, tr_balance_batch_seq(&roof, 0.0), 1e-12); /* no context, no attention */
        assert_true(weights.cliff_token < tr_cliff_context_token(&roof, 1e6));
        assert_true(weights.cliff_token < weights.context_token);
    }
    tr_weights_balance none;
    tr_weights_balance_of(NULL, 1.0, 0.0, &none);
    assert_true(isnan(none.batch_seq) && isnan(none.context_token) && isnan(none.cliff_token));
}

/* Eight copies on eight chips are eight systems of one chip. */
static void copies_of_the_weights_are_systems_of_their_own(void **state)
{
    (void)state;
    for (int mixture = 0; mixture < 2; mixture++) {
        const tr_model model = toy_model(mixture);
        const tr_system one = toy_system(1.0), all = toy_system(8.0);
        const tr_roofline a = roof_of(&model, &one);
        tr_roofline b = roof_of(&model, &all);
        const tr_roofline pooled = b;
        b.copy_count = 8.0;
        assert_true(pooled.copy_count == 1.0 && tr_balance_batch_seq(&pooled, 100.0) == tr_balance_batch_seq(&a, 100.0));
        assert_close(tr_floor_s(&b), tr_floor_s(&a), 1e-15);
        assert_close(tr_balance_batch_seq(&b, 100.0), 8.0 * tr_balance_batch_seq(&a, 100.0), 1e-12);
        assert_close(tr_memory_ratio_batch_seq(&b, 100.0, 5.0), 8.0 * tr_memory_ratio_batch_seq(&a, 100.0, 5.0), 1e-12);
        assert_close(tr_balance_context_token(&b), tr_balance_context_token(&a), 1e-12);
        assert_close(tr_ridge_flop_per_byte(&b), tr_ridge_flop_per_byte(&a), 1e-15);
        for (double seq = 1.0; seq <= 4096.0; seq *= 4.0) {
            const tr_step small = decode(&a, seq, 100.0), large = decode(&b, 8.0 * seq, 100.0);
            assert_close(large.step_s, small.step_s, 1e-12);
            assert_close(large.compute_s, small.compute_s, 1e-12);
            assert_close(large.weights_s, small.weights_s, 1e-12);
            assert_close(large.kv_s, small.kv_s, 1e-12);
            assert_close(large.token_per_s, 8.0 * small.token_per_s, 1e-12);
            assert_close(large.mbu, small.mbu, 1e-12);
            assert_close(tr_weight_intensity_flop_per_byte(&b, 8.0 * seq), tr_weight_intensity_flop_per_byte(&a, seq),
                         1e-12);
            assert_close(tr_cliff_context_token(&b, 8.0 * seq), tr_cliff_context_token(&a, seq), 1e-9);
            assert_true(decode(&pooled, 8.0 * seq, 100.0).step_s <= large.step_s * (1.0 + 1e-12));
            const double batch = 8.0 * seq, kv = tr_roofline_kv_read_byte(&b, 100.0);
            const double flop = tr_model_attention_flop(&model, 100.0);
            double step_s = 0.0;
            tr_bound_step_array(&b, 1, &batch, &kv, &flop, NULL, NULL, NULL, &step_s);
            assert_close(step_s, large.step_s, 1e-12);
        }
        /* Fewer sequences than copies leave copies idle. */
        assert_close(decode(&b, 3.0, 100.0).step_s, decode(&a, 1.0, 100.0).step_s, 1e-12);
        assert_close(decode(&b, 3.0, 100.0).mbu, 3.0 / 8.0 * decode(&a, 1.0, 100.0).mbu, 1e-12);
        b.copy_count = 0.5;
        assert_true(isnan(tr_balance_batch_seq(&b, 100.0)));
    }
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
        cmocka_unit_test(the_ridge_of_a_pass_is_where_its_tokens_share_the_weights_out),
        cmocka_unit_test(a_wait_of_five_is_a_fifth_of_the_balance_batch),
        cmocka_unit_test(attention_moves_the_balance_of_a_latent_cache_by_two_thirds_and_of_grouped_heads_hardly),
        cmocka_unit_test(copies_of_the_weights_are_systems_of_their_own),
        cmocka_unit_test(nan_and_out_of_range_give_nan),
    };
    return cmocka_run_group_tests_name("rate balance", tests, NULL, NULL);
}
