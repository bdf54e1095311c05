/* test_lecture_step.c -- the blackboard lecture's claims that the rate room computes, from inline numbers.
 *
 * Each test carries the numbers of the claims (L001 to L143 of the project's
 * list) that it checks. Where a printed claim is wrong the corrected value is
 * asserted and the printed one is shown not to hold.
 */
#include "fixture.h"

typedef struct board {
    const tr_model *model;
    tr_roofline roof;
} board;

/* Boards of one test stand side by side; their models and systems stay where the rooflines look for them. */
static board on_board(double total_param, double active_param, double kv_byte_per_token, double weight_byte,
                      double flop_per_s, double byte_per_s)
{
    static tr_model models[8];
    static tr_system systems[8];
    static int next;
    const int i = next++ % 8;
    models[i] = plain_model(total_param, active_param, kv_byte_per_token, weight_byte);
    systems[i] = plain_system(flop_per_s, byte_per_s, 0.0, 0.0);
    return (board){&models[i], roof_of(&models[i], &systems[i])};
}

static tr_step at(const board *b, double batch_seq, double context_token)
{
    return decode(&b->roof, batch_seq, context_token);
}

static double balance(const board *b, double context_token)
{
    return tr_balance_batch_seq(&b->roof, context_token);
}

/* ---- roofline ---------------------------------------------------------------- */

static void L001_L005_step_time_is_the_larger_side_and_a_side_is_the_sum_of_its_streams(void **state)
{
    (void)state;
    const board b = on_board(671e9, 37e9, 70272.0, 1.0, 2e15, 3.35e12);
    for (double batch = 1.0; batch < 1e6; batch *= 3.0) {
        const tr_step s = at(&b, batch, 4096.0);
        const double memory_s = s.weights_s + s.kv_s;
        assert_true(s.step_s == (s.compute_s > memory_s ? s.compute_s : memory_s));
    }
}

static void L002_compute_time_counts_two_flop_a_parameter(void **state)
{
    (void)state;
    const board b = on_board(671e9, 37e9, 0.0, 1.0, 1979e12, 3.35e12);
    assert_close(at(&b, 128.0, 0.0).compute_s, 0.00478625568, 1e-8);
}

static void L003_memory_time_needs_the_bytes_of_a_weight(void **state)
{
    (void)state;
    const board b = on_board(671026419200.0, 37e9, 35136.0, 1.0, 1979e12 * 8.0, 26.8e12);
    const tr_step s = at(&b, 128.0, 8192.0);
    assert_close(s.weights_s + s.kv_s, 0.0264130293, 1e-8);
    const board wide = on_board(671026419200.0, 37e9, 35136.0, 2.0, 1979e12 * 8.0, 26.8e12);
    assert_true(at(&wide, 128.0, 8192.0).weights_s == 2.0 * s.weights_s);
}

static void L004_equal_streams_take_twice_the_time_of_one_not_once(void **state)
{
    (void)state;
    const board b = on_board(1e12, 1.0, 1e9, 1.0, 1e15, 1e12);
    const tr_step s = at(&b, 1.0, 1000.0); /* a second of weights, a second of KV */
    assert_true(s.weights_s == 1.0 && s.kv_s == 1.0);
    assert_true(s.step_s == 2.0);
}

static void L006_the_floor_reads_all_parameters_on_eight_chips_in_25_ms(void **state)
{
    (void)state;
    const board b = on_board(671026419200.0, 37e9, 0.0, 1.0, 1979e12 * 8.0, 8.0 * 3.35e12);
    assert_close(tr_floor_s(&b.roof), 0.0250382992, 1e-8);
    assert_true(at(&b, 1.0, 0.0).step_s == tr_floor_s(&b.roof));
}

static void L007_more_chips_go_below_ten_milliseconds_without_faster_memory(void **state)
{
    (void)state;
    const board b = on_board(671026419200.0, 37e9, 0.0, 1.0, 72.0 * 5e15, 72.0 * 8e12);
    assert_close(tr_floor_s(&b.roof), 0.00116497642, 1e-8);
    assert_true(tr_floor_s(&b.roof) < 0.010);
}

/* ---- the optimal batch --------------------------------------------------------- */

static void L010_L014_L017_the_balance_batch_is_300_times_total_over_active(void **state)
{
    (void)state;
    const struct {
        double total_param, active_param, batch_seq;
    } claim[] = {
        {671e9, 37e9, 5440.54054},          /* L010 */
        {671026419200.0, 37.55e9, 5361.06327}, /* L014: printed 2400, with an eighth of the experts active */
        {18.0, 1.0, 5400.0},                /* L017 */
        {8.0, 1.0, 2400.0},                 /* L014 with the sparsity as printed */
    };
    for (size_t i = 0; i < sizeof claim / sizeof claim[0]; i++) {
        const board b = on_board(claim[i].total_param, claim[i].active_param, 0.0, 1.0, 600e12, 1e12);
        assert_close(balance(&b, 0.0), claim[i].batch_seq, 1e-8);
    }
}

static void L011_L012_it_is_not_300_times_active_over_total(void **state)
{
    (void)state;
    const board b = on_board(700e9, 37e9, 0.0, 1.0, 600e12, 1e12);
    assert_close(balance(&b, 0.0), 5675.67568, 1e-8);
    assert_true(balance(&b, 0.0) > 15.8571429 * 100.0); /* what the form as printed gives */
}

static void L020_kv_raises_the_balance_batch_and_past_l_star_none_is_left(void **state)
{
    (void)state;
    const board b = on_board(671e9, 37e9, 35136.0, 1.0, 5e15, 8e12);
    const double w = 671e9 / 8e12, c = 2.0 * 37e9 / 5e15, k = 35136.0 / 8e12;
    double last = balance(&b, 0.0);
    for (double context = 100.0; context < 3369.0; context += 250.0) {
        assert_close(balance(&b, context), w / (c - k * context), 1e-12);
        assert_true(balance(&b, context) > last);
        last = balance(&b, context);
    }
    assert_true(isinf(balance(&b, 3370.0)));
}

static void L021_doubling_the_context_doubles_the_balance_batch_only_at_a_third(void **state)
{
    (void)state;
    const board b = on_board(671e9, 37e9, 35136.0, 1.0, 5e15, 8e12);
    const double l_star = tr_balance_context_token(&b.roof);
    assert_close(balance(&b, l_star / 2.0) / balance(&b, l_star / 4.0), 1.5, 1e-9);
    assert_close(balance(&b, l_star * 2.0 / 3.0) / balance(&b, l_star / 3.0), 2.0, 1e-9);
    assert_true(isinf(balance(&b, l_star * 1.0001)));
}

static void L022_L023_scale_does_not_move_the_balance_batch_and_a_dense_model_has_the_chip_s_own(void **state)
{
    (void)state;
    const board small = on_board(7e9, 7e9, 0.0, 1.0, 600e12, 1e12);
    const board large = on_board(700e9, 700e9, 0.0, 1.0, 600e12, 1e12);
    assert_close(balance(&small, 0.0), 300.0, 1e-14);
    assert_close(balance(&large, 0.0), 300.0, 1e-14);
}

static void L024_L025_L026_L142_the_300_depends_on_chip_and_dtype(void **state)
{
    (void)state;
    const struct {
        double flop_per_s, byte_per_s, weight_byte, batch_seq;
    } chip[] = {
        {989.4e12, 3.35e12, 2.0, 295.343284}, /* H100, BF16 */
        {312e12, 2.039e12, 2.0, 153.016184},  /* A100 80 GB: below the "200 to 400" */
        {9e15, 8e12, 0.5, 281.25},            /* B200, FP4 */
        {2e15, 3e12, 1.0, 333.333333},        /* the rounded H100 of a summary, its 2e15 being FP8 */
    };
    for (size_t i = 0; i < sizeof chip / sizeof chip[0]; i++) {
        const board b = on_board(70e9, 70e9, 0.0, chip[i].weight_byte, chip[i].flop_per_s, chip[i].byte_per_s);
        assert_close(balance(&b, 0.0), chip[i].batch_seq, 1e-8);
    }
}

static void L027_an_unbatched_token_costs_the_balance_batch_times_as_much(void **state)
{
    (void)state;
    const tr_model model = plain_model(8e9, 1e9, 0.0, 1.0);
    const tr_system system = plain_system(600e12, 1e12, 0.0, 2.0);
    const tr_roofline roof = roof_of(&model, &system);
    const double best = tr_balance_batch_seq(&roof, 0.0);
    assert_close(best, 2400.0, 1e-14);
    const double best_usd = decode(&roof, best, 0.0).usd_per_mtoken;
    assert_close(decode(&roof, 1.0, 0.0).usd_per_mtoken / best_usd, 2400.0, 1e-12);
    /* Past it nothing is gained. */
    assert_close(decode(&roof, 1e6, 0.0).usd_per_mtoken, best_usd, 1e-12);
}

/* ---- the train ------------------------------------------------------------------- */

static void L028_L029_memory_drains_in_its_own_time_by_chip(void **state)
{
    (void)state;
    const struct {
        double memory_byte, byte_per_s, drain_s;
    } chip[] = {
        {288e9, 20e12, 0.0144},       /* L028 */
        {80e9, 3.35e12, 0.023880597}, /* L029: H100 */
        {141e9, 4.8e12, 0.029375},    /* H200 */
        {180e9, 8e12, 0.0225},        /* B200 */
        {80e9, 2.039e12, 0.0392349},  /* A100 80 GB */
    };
    const tr_model model = plain_model(1e9, 1e9, 0.0, 1.0);
    for (size_t i = 0; i < sizeof chip / sizeof chip[0]; i++) {
        const tr_system system = plain_system(1e15, chip[i].byte_per_s, chip[i].memory_byte, 0.0);
        const tr_roofline roof = roof_of(&model, &system);
        assert_close(tr_drain_s(&roof), chip[i].drain_s, 1e-6);
    }
}

static void L033_two_thousand_sequences_every_twenty_milliseconds_are_100k_tokens_per_s(void **state)
{
    (void)state;
    const board b = on_board(160e9, 1e9, 0.0, 1.0, 1e16, 8e12); /* weights: 20 ms */
    assert_close(at(&b, 2000.0, 0.0).token_per_s, 100000.0, 1e-12);
    assert_close(at(&b, 2400.0, 0.0).token_per_s, 120000.0, 1e-12);
}

static void L041_a_slow_mode_cannot_cost_less_than_compute_or_kv(void **state)
{
    (void)state;
    const tr_model model = plain_model(671e9, 37e9, 35136.0, 1.0);
    const tr_system system = plain_system(5e15, 8e12, 0.0, 3.6);
    const tr_roofline roof = roof_of(&model, &system);
    const double compute_usd = 2.0 * 37e9 / 5e15 * 0.001 * 1e6, kv_usd = 10000.0 * 35136.0 / 8e12 * 0.001 * 1e6;
    assert_close(decode(&roof, 1e9, 100.0).usd_per_mtoken, compute_usd, 1e-6);
    assert_close(decode(&roof, 1e9, 10000.0).usd_per_mtoken, kv_usd, 1e-4);
    for (double batch = 1.0; batch < 1e9; batch *= 7.0) {
        assert_true(decode(&roof, batch, 100.0).usd_per_mtoken >= compute_usd * (1.0 - 1e-12));
        assert_true(decode(&roof, batch, 10000.0).usd_per_mtoken >= kv_usd * (1.0 - 1e-12));
    }
}

/* ---- context --------------------------------------------------------------------- */

static void L043_deepseek_v3_balances_at_3370_tokens_on_gb200_not_at_100k(void **state)
{
    (void)state;
    const board b = on_board(671e9, 37e9, 35136.0, 1.0, 5e15, 8e12);
    assert_close(tr_balance_context_token(&b.roof), 3369.76321, 1e-8);
}

static void L044_twice_the_balanced_context_halves_utilisation_without_attention(void **state)
{
    (void)state;
    const board b = on_board(37e9, 37e9, 37.0, 1.0, 5e15, 8e12); /* L* = 3.2 million: whole tokens do not matter */
    const double l_star = tr_balance_context_token(&b.roof);
    assert_close(at(&b, 1e9, l_star).mfu, 1.0, 1e-5);
    assert_close(at(&b, 1e9, 2.0 * l_star).mfu, 0.5, 1e-5);
    assert_close(at(&b, 1e9, 4.0 * l_star).mfu, 0.25, 1e-5);
}

static void
L043_L044_deepseek_v3_with_its_attention_balances_at_2720_tokens_and_keeps_69_percent_at_twice(void **state)
{
    (void)state;
    static tr_model model;
    get_model("deepseek-v3", &model);
    const tr_system system = plain_system(5e15, 8e12, 0.0, 0.0);
    const board b = {&model, roof_of(&model, &system)};
    const double l_star = tr_balance_context_token(&b.roof);
    /* By hand, of the weights' multiplies: reading 70,272 B a token takes 1 / 1668 of them, attention's own
     * 61 layers x 128 heads x (576 + 512) x 2 FLOP a token are 1 / 4312; equal at 1 / (1 / 1668 - 1 / 4312). */
    const double weights_flop = 2.0 * b.model->multiply_param, attention_flop = 61.0 * 128.0 * 1088.0 * 2.0;
    const double read_flop = 70272.0 * 5e15 / 8e12, by_hand_token = weights_flop / (read_flop - attention_flop);
    assert_close(l_star, by_hand_token, 1e-4);
    assert_close(l_star, 2720.0, 1e-3);
    assert_close(at(&b, 1e9, 2.0 * l_star).mfu,
                 (weights_flop + 2.0 * l_star * attention_flop) / (2.0 * l_star * read_flop), 1e-4);
    assert_close(at(&b, 1e9, 2.0 * l_star).mfu, 0.693, 1e-3);
}

static void L048_a_cliff_at_200k_implies_the_bytes_of_a_token(void **state)
{
    (void)state;
    /* 100e9 active. In units of one byte a weight 1/300 gives 1667 B; GB200's FP4 peak gives 800 B. */
    const board byte = on_board(100e9, 100e9, 5000.0 / 3.0, 1.0, 600e12, 1e12);
    assert_close(tr_balance_context_token(&byte.roof), 200000.0, 1e-9);
    const board fp4 = on_board(100e9, 100e9, 800.0, 0.5, 1e16, 8e12);
    assert_close(tr_balance_context_token(&fp4.roof), 200000.0, 1e-9);
    const board bf16 = on_board(100e9, 100e9, 3200.0, 2.0, 2.5e15, 8e12);
    assert_close(tr_balance_context_token(&bf16.roof), 200000.0, 1e-9);
}

static void L049_the_cliff_is_kv_against_compute_and_with_weights_it_comes_sooner(void **state)
{
    (void)state;
    const board b = on_board(671e9, 37e9, 35136.0, 1.0, 5e15, 8e12);
    assert_close(tr_cliff_context_token(&b.roof, 9600.0), 1380.46922, 1e-8);
    /* KV fetch equals weight fetch somewhere else: 671e9 / (9600 x 35136) = 1989 tokens. */
    const tr_step s = at(&b, 9600.0, 1989.0);
    assert_close(s.kv_s, s.weights_s, 1e-3);
    assert_true(s.weights_s + s.kv_s > s.compute_s);
}

static void L052_attention_equals_the_weights_at_54k_tokens_for_a_70b_model(void **state)
{
    (void)state;
    tr_model model = toy_model(0);
    model.total_param = 71.6e9;
    model.multiply_param = model.stream_param = 70.55e9;
    model.layers = model.layer[0].layer_count = 80.0;
    const tr_system system = plain_system(1e15, 1e12, 0.0, 0.0);
    const tr_roofline roof = roof_of(&model, &system);
    const double none_s = decode(&roof, 1.0, 0.0).compute_s;
    assert_close(decode(&roof, 1.0, 53825.3784).compute_s / none_s, 2.0, 1e-4);
    assert_true(decode(&roof, 1.0, 1e6).compute_s / none_s > 19.0);
}

static void L055_L057_a_fifth_of_the_balance_batch_has_memory_five_times_compute(void **state)
{
    (void)state;
    const board b = on_board(8e9, 1e9, 0.0, 1.0, 600e12, 1e12);
    const tr_step s = at(&b, 480.0, 0.0);
    assert_close(s.weights_s / s.compute_s, 5.0, 1e-14);
    assert_close(s.mfu, 0.2, 1e-14);
    /* Prefill of as many tokens runs at the compute roof: five times the tokens a second. */
    const tr_step p = prefill(&b.roof, 1.0, 0.0, 5000.0);
    assert_close(p.token_per_s / s.token_per_s, 5.0, 1e-12);
}

/* ---- the serving course's cluster ---------------------------------------------------- */

static void L113_the_ridge_of_an_h100_nvl_is_214(void **state)
{
    (void)state;
    const board b = on_board(27e9, 27e9, 0.0, 2.0, 836e12, 3.9e12);
    assert_close(tr_ridge_flop_per_byte(&b.roof), 214.358974, 1e-8);
}

static void L114_L115_batch_8_has_3_7_percent_of_the_ridge_in_either_dtype(void **state)
{
    (void)state;
    const board bf16 = on_board(27e9, 27e9, 0.0, 2.0, 836e12, 3.9e12);
    const board fp8 = on_board(27e9, 27e9, 0.0, 1.0, 2.0 * 836e12, 3.9e12);
    const board mixed = on_board(27e9, 27e9, 0.0, 1.0, 836e12, 3.9e12); /* FP8 bytes against a BF16 peak */
    assert_true(tr_weight_intensity_flop_per_byte(&bf16.roof, 8.0) == 8.0);
    assert_true(tr_weight_intensity_flop_per_byte(&fp8.roof, 8.0) == 16.0);
    assert_close(8.0 / tr_ridge_flop_per_byte(&bf16.roof), 0.0373205742, 1e-8);
    assert_close(16.0 / tr_ridge_flop_per_byte(&fp8.roof), 0.0373205742, 1e-8);
    assert_close(16.0 / tr_ridge_flop_per_byte(&mixed.roof), 0.0746411483, 1e-8); /* as printed, 4 % claimed */
    assert_close(at(&bf16, 8.0, 0.0).mfu, 0.0373205742, 1e-8);
}

static void L116_the_ridge_is_reached_at_214_or_at_107_with_one_byte_weights(void **state)
{
    (void)state;
    const board bf16 = on_board(27e9, 27e9, 0.0, 2.0, 836e12, 3.9e12);
    const board weight_only = on_board(27e9, 27e9, 0.0, 1.0, 836e12, 3.9e12);
    assert_close(balance(&bf16, 0.0), 214.358974, 1e-8);
    assert_close(balance(&weight_only, 0.0), 107.179487, 1e-8);
}

static void L120_attention_intensity_is_by_kind_and_not_always_one(void **state)
{
    (void)state;
    const struct {
        double elem, flop_per_row, intensity;
    } kind[] = {
        {2.0 * 64.0 * 128.0, 4.0 * 64.0 * 128.0, 1.0},                       /* a KV head for each query head */
        {2.0 * 8.0 * 128.0, 4.0 * 64.0 * 128.0, 8.0},                        /* eight to one */
        {512.0 + 64.0, 2.0 * 128.0 * (2.0 * 512.0 + 64.0), 241.777777778},   /* absorbed latent, 128 heads */
    };
    const tr_system system = plain_system(1e15, 1e12, 0.0, 0.0);
    for (size_t i = 0; i < sizeof kind / sizeof kind[0]; i++) {
        tr_model model = toy_model(0);
        model.layer[0].cache[0].elem = kind[i].elem;
        model.layer[0].cache[0].flop_per_row = kind[i].flop_per_row;
        const tr_roofline roof = roof_of(&model, &system);
        assert_close(tr_attention_intensity_flop_per_byte(&roof, 4096.0), kind[i].intensity, 1e-11);
    }
}

/* ---- the published simulator ------------------------------------------------------------ */

/* Its defaults: C counts multiplies, so the peak is twice C; N is taken as bytes; a token's KV is b bytes. */
static board simulator(void) { return on_board(12e9, 8e9, 2.0, 1.0, 2.0 * 80e12, 200e9); }

static void printed_as(double value, const char *format, const char *text)
{
    char out[64];
    (void)snprintf(out, sizeof out, format, value);
    assert_string_equal(out, text);
}

static void L121_L130_to_L138_the_simulator_is_reproduced_to_every_printed_digit(void **state)
{
    (void)state;
    const board b = simulator();
    const tr_step s = at(&b, 128.0, 8192.0);
    assert_true(s.compute_s == 0.0128);
    assert_true(s.weights_s == 0.06);
    assert_close(s.kv_s, 1.048576e-05, 1e-15);
    assert_close(s.step_s, 0.06001048576, 1e-15);
    assert_int_equal(s.limit, TR_LIMIT_WEIGHTS);
    printed_as(s.compute_s * 1e3, "%.1f", "12.8");
    printed_as(s.weights_s * 1e3, "%.0f", "60");
    printed_as(s.kv_s * 1e3, "%.5f", "0.01049");
    printed_as(s.step_s * 1e3, "%.2f", "60.01");
    printed_as(balance(&b, 8192.0), "%.2f", "600.49");
    printed_as(s.compute_s / (s.weights_s + s.kv_s), "%.4f", "0.2133");
    printed_as(s.kv_s / (s.weights_s + s.kv_s) * 100.0, "%.2f", "0.02");
    const tr_step next = at(&b, 129.0, 8192.0);
    printed_as((next.step_s - s.step_s) * 1e3, "%.8f", "0.00008192");
    assert_close(balance(&b, 8192.0), 600.491923, 1e-8);
    assert_close(s.mfu, 0.213296057, 1e-8);
}

static void L132_with_all_elements_of_a_token_kv_is_687_ms_not_0_01(void **state)
{
    (void)state;
    const board b = on_board(12e9, 8e9, 2.0 * 32.0 * 8.0 * 128.0 * 2.0, 1.0, 160e12, 200e9);
    const tr_step s = at(&b, 128.0, 8192.0);
    assert_close(s.kv_s, 0.687194767, 1e-8);
    assert_int_equal(s.limit, TR_LIMIT_KV);
}

static void L139_twenty_ms_of_moving_and_four_of_computing_take_twenty(void **state)
{
    (void)state;
    const board b = on_board(20e9, 2e9, 0.0, 1.0, 1e12, 1e12);
    const tr_step s = at(&b, 1.0, 0.0);
    assert_close(s.weights_s, 0.020, 1e-15);
    assert_close(s.compute_s, 0.004, 1e-15);
    assert_close(s.step_s, 0.020, 1e-15);
}

static void L143_ten_times_the_bandwidth_makes_ridge_and_balance_a_tenth(void **state)
{
    (void)state;
    const board slow = on_board(671e9, 37e9, 0.0, 1.0, 600e12, 1e12);
    const board fast = on_board(671e9, 37e9, 0.0, 1.0, 600e12, 1e13);
    assert_close(tr_ridge_flop_per_byte(&fast.roof) / tr_ridge_flop_per_byte(&slow.roof), 0.1, 1e-14);
    assert_close(balance(&fast, 0.0) / balance(&slow, 0.0), 0.1, 1e-14);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(L001_L005_step_time_is_the_larger_side_and_a_side_is_the_sum_of_its_streams),
        cmocka_unit_test(L002_compute_time_counts_two_flop_a_parameter),
        cmocka_unit_test(L003_memory_time_needs_the_bytes_of_a_weight),
        cmocka_unit_test(L004_equal_streams_take_twice_the_time_of_one_not_once),
        cmocka_unit_test(L006_the_floor_reads_all_parameters_on_eight_chips_in_25_ms),
        cmocka_unit_test(L007_more_chips_go_below_ten_milliseconds_without_faster_memory),
        cmocka_unit_test(L010_L014_L017_the_balance_batch_is_300_times_total_over_active),
        cmocka_unit_test(L011_L012_it_is_not_300_times_active_over_total),
        cmocka_unit_test(L020_kv_raises_the_balance_batch_and_past_l_star_none_is_left),
        cmocka_unit_test(L021_doubling_the_context_doubles_the_balance_batch_only_at_a_third),
        cmocka_unit_test(
            L022_L023_scale_does_not_move_the_balance_batch_and_a_dense_model_has_the_chip_s_own),
        cmocka_unit_test(L024_L025_L026_L142_the_300_depends_on_chip_and_dtype),
        cmocka_unit_test(L027_an_unbatched_token_costs_the_balance_batch_times_as_much),
        cmocka_unit_test(L028_L029_memory_drains_in_its_own_time_by_chip),
        cmocka_unit_test(L033_two_thousand_sequences_every_twenty_milliseconds_are_100k_tokens_per_s),
        cmocka_unit_test(L041_a_slow_mode_cannot_cost_less_than_compute_or_kv),
        cmocka_unit_test(L043_deepseek_v3_balances_at_3370_tokens_on_gb200_not_at_100k),
        cmocka_unit_test(L044_twice_the_balanced_context_halves_utilisation_without_attention),
        cmocka_unit_test(
            L043_L044_deepseek_v3_with_its_attention_balances_at_2720_tokens_and_keeps_69_percent_at_twice),
        cmocka_unit_test(L048_a_cliff_at_200k_implies_the_bytes_of_a_token),
        cmocka_unit_test(L049_the_cliff_is_kv_against_compute_and_with_weights_it_comes_sooner),
        cmocka_unit_test(L052_attention_equals_the_weights_at_54k_tokens_for_a_70b_model),
        cmocka_unit_test(L055_L057_a_fifth_of_the_balance_batch_has_memory_five_times_compute),
        cmocka_unit_test(L113_the_ridge_of_an_h100_nvl_is_214),
        cmocka_unit_test(L114_L115_batch_8_has_3_7_percent_of_the_ridge_in_either_dtype),
        cmocka_unit_test(L116_the_ridge_is_reached_at_214_or_at_107_with_one_byte_weights),
        cmocka_unit_test(L120_attention_intensity_is_by_kind_and_not_always_one),
        cmocka_unit_test(L121_L130_to_L138_the_simulator_is_reproduced_to_every_printed_digit),
        cmocka_unit_test(L132_with_all_elements_of_a_token_kv_is_687_ms_not_0_01),
        cmocka_unit_test(L139_twenty_ms_of_moving_and_four_of_computing_take_twenty),
        cmocka_unit_test(L143_ten_times_the_bandwidth_makes_ridge_and_balance_a_tenth),
    };
    return cmocka_run_group_tests_name("lecture: step", tests, NULL, NULL);
}
