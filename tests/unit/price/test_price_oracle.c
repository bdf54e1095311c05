/* Single deductions from prices, by hand and back from a known step; evidence typed, taken and refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <math.h>

#include <cmocka.h>

#include "price/oracle_parts.h"

#define CLOSE(a, b, relative) assert_true(fabs((a) - (b)) <= (relative) * fabs(b))
#define NOT_GIVEN ((double)NAN)

static void output_at_five_times_input_is_a_wait_of_five_and_a_fifth_of_the_batch(void **state)
{
    (void)state;
    const double r = tr_implied_memory_ratio(25.0 / 5.0, 1.0);
    CLOSE(r, 5.0, 1e-15);
    CLOSE(tr_implied_batch_seq(r, 0.0, 2400.0), 480.0, 1e-15);
    CLOSE(tr_implied_batch_seq(r, 3.0, 2400.0), 1200.0, 1e-15);    /* KV takes three of the five */
    assert_true(tr_implied_batch_seq(r, 5.0, 2400.0) == HUGE_VAL); /* KV takes all of them */
    CLOSE(tr_implied_memory_ratio(4.0, 0.5), 2.0, 1e-15);
}

static void a_threshold_gives_kv_bytes_by_active_parameters_chip_and_dtype(void **state)
{
    (void)state;
    const double l = 200e3, n = 100e9, bw = 8e12;
    CLOSE(tr_implied_kv_byte_per_token(n, 1e16, bw, l, 0), 800.0, 1e-12);    /* FP4 of a GB200 */
    CLOSE(tr_implied_kv_byte_per_token(n, 5e15, bw, l, 0), 1600.0, 1e-12);   /* FP8 */
    CLOSE(tr_implied_kv_byte_per_token(n, 2.5e15, bw, l, 0), 3200.0, 1e-12); /* BF16 */
    CLOSE(tr_implied_kv_byte_per_token(n, 600.0, 1.0, l, 0), 5000.0 / 3.0, 1e-12); /* the blackboard's 300 */
    /* Weights kept: at 9600 sequences they take w / (9600 c) of the time, and the cliff comes at 1380 tokens. */
    const double share = 671e9 / (9600.0 * 8e12) / (2 * 37e9 / 5e15);
    CLOSE(tr_implied_kv_byte_per_token(37e9, 5e15, bw, 1380.469, share), 35136.0, 1e-5);
}

static void a_surcharge_of_half_is_a_context_of_one_and_a_half_thresholds(void **state)
{
    (void)state;
    CLOSE(tr_implied_context_token(200e3, 1.5), 300e3, 1e-15);
}

static void five_minutes_suit_flash_and_a_day_a_disk(void **state)
{
    (void)state;
    const tr_chip *chip = tr_chip_catalog_find("h100-sxm");
    assert_non_null(chip);
    const size_t n = (size_t)chip->tier_count;
    assert_string_equal(chip->tier[tr_implied_tier(chip->tier, n, 0.02)].name, "hbm");
    assert_string_equal(chip->tier[tr_implied_tier(chip->tier, n, 3)].name, "ddr");
    assert_string_equal(chip->tier[tr_implied_tier(chip->tier, n, 300)].name, "flash");
    assert_string_equal(chip->tier[tr_implied_tier(chip->tier, n, 3600)].name, "flash-qlc");
    assert_string_equal(chip->tier[tr_implied_tier(chip->tier, n, 86400)].name, "disk");
    assert_int_equal(tr_implied_tier(chip->tier, 0, 300), -1);
    assert_int_equal(tr_implied_tier(chip->tier, n, NOT_GIVEN), -1);
}

static void a_cached_read_pays_for_so_many_bytes(void **state)
{
    (void)state;
    /* $0.36/M is 3.6e-7 a token; at $3.60/h a chip-millisecond costs 1e-6, so 0.36 ms of 63 GB/s. */
    CLOSE(tr_affordable_kv_byte_per_token(0.36, 63e9, 3.6 / 3600, 1), 22.68e6, 1e-12);
    CLOSE(tr_affordable_kv_byte_per_token(0.36, 63e9, 3.6 / 3600, 0.5), 45.36e6, 1e-12);
}

static void a_price_over_its_cost_is_a_margin_and_a_share_of_busy_hours(void **state)
{
    (void)state;
    tr_price_level level;
    /* 37e9 active at half of 2e15 and $2/h: $0.0411/M. */
    assert_int_equal(tr_price_level_of(0.27, 37e9, 2e15, 0.5, 2.0 / 3600, &level, NULL), TR_OK);
    CLOSE(level.cost_usd_per_mtoken, 0.0411111, 1e-5);
    CLOSE(level.over_cost_ratio, 6.567568, 1e-6);
    CLOSE(level.margin_share, 1 - 1 / 6.567568, 1e-6);
    CLOSE(level.break_even_busy_share, 0.1522634, 1e-5);
    assert_int_equal(tr_price_level_of(0.27, 37e9, 2e15, 1.5, 2.0 / 3600, &level, NULL), TR_EDOMAIN);
}

/* ---- back from a known step ------------------------------------------------------- */

static void prices_of_a_known_step_give_its_batch_its_kv_bytes_and_its_share_back(void **state)
{
    (void)state;
    const tr_model_numbers numbers = {671e9, 37e9, 35136, 1};
    const tr_chip_numbers chip = {2e15, 3.35e12, 0, 2};
    static tr_model model;
    tr_system system;
    tr_roofline roof;
    assert_int_equal(tr_model_from_numbers(&numbers, &model, NULL), TR_OK);
    assert_int_equal(tr_system_from_numbers(&chip, &system, NULL), TR_OK);
    assert_int_equal(tr_roofline_of(&model, &system, NULL, NULL, &roof, NULL), TR_OK);
    const double balance_seq = tr_balance_batch_seq(&roof, 0), cliff = tr_balance_context_token(&roof);
    CLOSE(tr_implied_kv_byte_per_token(37e9, 2e15, 3.35e12, cliff, 0), 35136.0, 1e-12);
    for (double batch = 2; batch <= 512; batch *= 4) {
        for (double context = 0; context <= 3000; context += 1000) {
            const tr_load load = {TR_PHASE_DECODE, batch, context, 1};
            tr_step step;
            assert_int_equal(tr_bound_step(&roof, &load, &step, NULL), TR_OK);
            const double input = 2 * 37e9 / 2e15 * (2.0 / 3600) * 1e6;
            const double r = tr_implied_memory_ratio(step.usd_per_mtoken / input, 1);
            CLOSE(r, (step.weights_s + step.kv_s) / step.compute_s, 1e-12);
            CLOSE(tr_implied_batch_seq(r, context / cliff, balance_seq), batch, 1e-9);
            /* And a fast mode at an eighth of the batch: its two ratios give the share of KV back. */
            const tr_load few = {TR_PHASE_DECODE, batch / 2, context, 1};
            tr_step fast;
            tr_menu_ratio menu;
            assert_int_equal(tr_bound_step(&roof, &few, &fast, NULL), TR_OK);
            if (context > 0) {
                assert_int_equal(tr_menu_ratio_of(fast.usd_per_mtoken / step.usd_per_mtoken, step.step_s / fast.step_s,
                                                  &menu, NULL), TR_OK);
                CLOSE(menu.batch_ratio, 2.0, 1e-9);
                CLOSE(menu.normal_kv_share, step.kv_s / step.step_s, 1e-6);
            }
        }
    }
}

/* ---- evidence ----------------------------------------------------------------------- */

static void typed_prices_are_read(void **state)
{
    (void)state;
    tr_price_evidence e;
    assert_int_equal(
        tr_price_evidence_inline(" input = $5, output=25,cached=0.5,write_5m=6.25,write_1h=10,threshold=200k,"
                                 "long_output=1.5,fast_price=6,fast_speed=2.5,batch=0.5,context=1M",
                                 &e, NULL),
        TR_OK);
    CLOSE(e.input_usd_per_mtoken, 5.0, 0);
    CLOSE(e.write_1h_usd_per_mtoken, 10.0, 0);
    CLOSE(e.long_above_token, 200e3, 0);
    assert_true(isnan(e.long_input_ratio));
    const tr_oracle_question q = {.evidence = e, .active_param = NOT_GIVEN, .total_param = NOT_GIVEN};
    for (int i = 0; i <= TR_EVIDENCE_LENGTH; i++)
        assert_true(tr_evidence_is_given(&q, (tr_evidence_kind)i) == (i != TR_EVIDENCE_LAUNCH));
    CLOSE(e.batch_price_ratio, 0.5, 0);
    CLOSE(e.context_token, 1e6, 0);
}

static void every_price_of_the_catalog_is_evidence_or_says_why_not(void **state)
{
    (void)state;
    size_t taken = 0;
    for (size_t i = 0; i < tr_price_count(); i++) {
        tr_price_evidence e;
        tr_error err = {.status = TR_OK};
        if (tr_price_evidence_of(tr_price_at(i), &e, &err) == TR_OK)
            taken++;
        else
            assert_true(err.text[0] != '\0');
    }
    assert_true(taken * 10 > tr_price_count() * 9);
}

static void bad_prices_are_refused_in_a_sentence(void **state)
{
    (void)state;
    static const struct {
        char text[64];
        tr_status status;
        char says[48];
    } bad[] = {
        {"input=1", TR_EDOMAIN, "a price is missing"},
        {"input=1,output=0", TR_EDOMAIN, "what costs nothing explains nothing"},
        {"input=-1,output=5", TR_EDOMAIN, "above $0"},
        {"input=1,output=5,cached=2", TR_ECONFLICT, "cannot cost more than input"},
        {"input=1,output=5,long_output=1.5", TR_ECONFLICT, "needs the threshold"},
        {"input=1,output=5,fast_speed=2", TR_ECONFLICT, "fast_price"},
        {"input=1,output=5,fast_price=1,fast_speed=2", TR_EDOMAIN, "above 1"},
        {"input=1,output=5,threshold=0", TR_EDOMAIN, "1 to 1e9 tokens"},
        {"input=1,outptu=5", TR_EUNKNOWN, "did you mean 'output'"},
        {"input=1,output=5,batch=1.5", TR_EDOMAIN, "at most 1"},
        {"input=1,output=5,context=0", TR_EDOMAIN, "1 to 1e9 tokens"},
        {"input=1,input=2,output=5", TR_ECONFLICT, "given twice"},
        {"input=1;output=5", TR_EPARSE, "input"},
        {"five", TR_EPARSE, "expected key=price"},
        {"", TR_EPARSE, "expected key=price"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        tr_price_evidence e = {.input_usd_per_mtoken = 42};
        tr_error err = {.status = TR_OK};
        if (tr_price_evidence_inline(bad[i].text, &e, &err) != bad[i].status || strstr(err.text, bad[i].says) == NULL)
            fail_msg("%s: %d %s", bad[i].text, err.status, err.text);
        CLOSE(e.input_usd_per_mtoken, 42.0, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(output_at_five_times_input_is_a_wait_of_five_and_a_fifth_of_the_batch),
        cmocka_unit_test(a_threshold_gives_kv_bytes_by_active_parameters_chip_and_dtype),
        cmocka_unit_test(a_surcharge_of_half_is_a_context_of_one_and_a_half_thresholds),
        cmocka_unit_test(five_minutes_suit_flash_and_a_day_a_disk),
        cmocka_unit_test(a_cached_read_pays_for_so_many_bytes),
        cmocka_unit_test(a_price_over_its_cost_is_a_margin_and_a_share_of_busy_hours),
        cmocka_unit_test(prices_of_a_known_step_give_its_batch_its_kv_bytes_and_its_share_back),
        cmocka_unit_test(typed_prices_are_read),
        cmocka_unit_test(every_price_of_the_catalog_is_evidence_or_says_why_not),
        cmocka_unit_test(bad_prices_are_refused_in_a_sentence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
