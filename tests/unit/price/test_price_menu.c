/* The menu: ratios of a fast mode worked by hand, batches that have them, and the round trip. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <tokenroof/price.h>

static void assert_near(double got, double expected, double tolerance)
{
    assert_true(fabs(got - expected) <= tolerance * fabs(expected));
}

/* 100 GB of weights on 10 TB/s: 10 ms; 1 MB a token at 1000 tokens: 0.1 ms a sequence; compute 0.02 ms a
 * token, so that KV outgrows compute and memory bounds every batch. */
static struct {
    tr_model model;
    tr_system system;
    tr_roofline roof;
    tr_shard shard;
} on;

static void board(double kv_byte_per_token, double memory_byte)
{
    const tr_model_numbers m = {.total_param = 100e9, .active_param = 10e9, .kv_byte_per_token = kv_byte_per_token,
                                .weight_byte = 1};
    const tr_chip_numbers c = {.flop_per_s = 1e15, .memory_byte_per_s = 10e12, .memory_byte = memory_byte,
                               .usd_per_hour = 3.6};
    const tr_layout one = {1, 1, 1, 1, 1, 0};
    assert_int_equal(tr_model_from_numbers(&m, &on.model, NULL), TR_OK);
    assert_int_equal(tr_system_from_numbers(&c, &on.system, NULL), TR_OK);
    assert_int_equal(tr_roofline_of(&on.model, &on.system, NULL, NULL, &on.roof, NULL), TR_OK);
    assert_int_equal(tr_shard_of(&on.model, &on.system, NULL, &one, NULL, &on.shard, NULL), TR_OK);
}

static tr_step pass(double batch_seq)
{
    const tr_load load = {.phase = TR_PHASE_DECODE, .batch_seq = batch_seq, .context_token = 1000, .query_token = 1};
    tr_step step;
    assert_int_equal(tr_bound_step(&on.roof, &load, &step, NULL), TR_OK);
    return step;
}

/* L038, L039: 6x the price for 2.5x the speed. */
static void six_times_the_price_for_two_and_a_half_times_the_speed_is_a_batch_ratio_of_fifteen(void **state)
{
    (void)state;
    tr_menu_ratio r;
    assert_int_equal(tr_menu_ratio_of(6, 2.5, &r, NULL), TR_OK);
    assert_near(r.batch_ratio, 15, 1e-12);
    assert_near(r.fast_kv_ratio, 0.12, 1e-12);
    assert_near(r.normal_kv_share, 0.642857142857, 1e-9);
    assert_near(r.fast_kv_share, 0.12 / 1.12, 1e-12);
}

static void impossible_ratios_are_refused_and_leave_the_answer_alone(void **state)
{
    (void)state;
    const double bad[][2] = {{1, 2}, {0.5, 2}, {6, 0.9}, {(double)NAN, 2}, {6, (double)NAN}, {HUGE_VAL, 2}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        tr_menu_ratio r = {.batch_ratio = 42};
        assert_int_equal(tr_menu_ratio_of(bad[i][0], bad[i][1], &r, NULL), TR_EDOMAIN);
        assert_true(r.batch_ratio == 42);
    }
}

static void the_batches_of_a_menu_have_its_ratios(void **state)
{
    (void)state;
    board(1e6, 10e12);
    for (double price = 2; price <= 8; price += 1.5)
        for (double speed = 1.5; speed <= 4; speed += 0.5) {
            tr_menu_ratio r;
            double fast_seq = 0, normal_seq = 0;
            assert_int_equal(tr_menu_ratio_of(price, speed, &r, NULL), TR_OK);
            assert_int_equal(tr_menu_batches(&on.roof, &on.shard, 1000, &r, &fast_seq, &normal_seq, NULL), TR_OK);
            const tr_step fast = pass(fast_seq), normal = pass(normal_seq);
            assert_near(normal.step_s / fast.step_s, speed, 1e-9);
            assert_near(fast.usd_per_mtoken / normal.usd_per_mtoken, price, 1e-9);
            assert_near(normal.kv_s / normal.step_s, r.normal_kv_share, 1e-9);
        }
}

static void a_menu_needs_kv_memory_and_a_memory_bound_normal_mode(void **state)
{
    (void)state;
    tr_menu_ratio r;
    tr_error err;
    double fast_seq = -1, normal_seq = -1;
    assert_int_equal(tr_menu_ratio_of(6, 2.5, &r, NULL), TR_OK);
    board(0, 10e12);
    assert_int_equal(tr_menu_batches(&on.roof, &on.shard, 1000, &r, &fast_seq, &normal_seq, &err), TR_ENOFIT);
    assert_non_null(strstr(err.text, "without a KV cache"));
    board(1e6, 200e9); /* 12 and 180 sequences; 100 fit */
    assert_int_equal(tr_menu_batches(&on.roof, &on.shard, 1000, &r, &fast_seq, &normal_seq, &err), TR_ENOFIT);
    assert_non_null(strstr(err.text, "the memory holds 100"));
    board(1e5, 10e12); /* 0.01 ms of KV against 0.02 ms of compute: balance at 1,000 */
    assert_int_equal(tr_menu_batches(&on.roof, &on.shard, 1000, &r, &fast_seq, &normal_seq, &err), TR_ENOFIT);
    assert_non_null(strstr(err.text, "compute bounds it"));
    assert_true(fast_seq == -1 && normal_seq == -1);
}

static void the_batch_for_a_speed_is_the_last_one_that_reaches_it(void **state)
{
    (void)state;
    board(1e6, 10e12);
    double batch_seq = 0;
    /* 10 ms + 0.1 ms x B <= 20 ms */
    assert_int_equal(tr_batch_for_speed(&on.roof, &on.shard, 1000, 49.99, &batch_seq, NULL), TR_OK);
    assert_true(batch_seq == 100);
    for (double speed = 5; speed < 99; speed *= 1.3) {
        assert_int_equal(tr_batch_for_speed(&on.roof, &on.shard, 1000, speed, &batch_seq, NULL), TR_OK);
        assert_true(pass(batch_seq).token_per_s_per_seq >= speed);
        assert_true(pass(batch_seq + 1).token_per_s_per_seq < speed);
    }
}

static void a_speed_that_one_sequence_alone_misses_is_refused(void **state)
{
    (void)state;
    tr_error err;
    double batch_seq = -1;
    board(1e6, 10e12);
    assert_int_equal(tr_batch_for_speed(&on.roof, &on.shard, 1000, 100, &batch_seq, &err), TR_ENOFIT);
    assert_non_null(strstr(err.text, "one sequence alone gets 99.01"));
    assert_int_equal(tr_batch_for_speed(&on.roof, &on.shard, 1000, (double)NAN, &batch_seq, &err), TR_EDOMAIN);
    assert_int_equal(tr_batch_for_speed(&on.roof, &on.shard, (double)NAN, 10, &batch_seq, &err), TR_EDOMAIN);
    assert_int_equal(tr_batch_for_speed(&on.roof, &on.shard, 1000, 0, &batch_seq, &err), TR_EDOMAIN);
    assert_true(batch_seq == -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(six_times_the_price_for_two_and_a_half_times_the_speed_is_a_batch_ratio_of_fifteen),
        cmocka_unit_test(impossible_ratios_are_refused_and_leave_the_answer_alone),
        cmocka_unit_test(the_batches_of_a_menu_have_its_ratios),
        cmocka_unit_test(a_menu_needs_kv_memory_and_a_memory_bound_normal_mode),
        cmocka_unit_test(the_batch_for_a_speed_is_the_last_one_that_reaches_it),
        cmocka_unit_test(a_speed_that_one_sequence_alone_misses_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
