/* The inference against public truth, against itself, and against truths drawn from its own priors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <math.h>

#include <cmocka.h>

#include "price/oracle_parts.h"

#define CLOSE(a, b, relative) assert_true(fabs((a) - (b)) <= (relative) * fabs(b))
#define NOT_KNOWN ((double)NAN)

static tr_oracle_question ask(const char *prices, uint64_t sample_count)
{
    tr_oracle_question q = {.active_param = NOT_KNOWN,
                            .total_param = NOT_KNOWN,
                            .kv_byte_per_token = NOT_KNOWN,
                            .chip_usd_per_hour = NOT_KNOWN,
                            .launch_year = NOT_KNOWN,
                            .sample_count = sample_count,
                            .seed = 1};
    const tr_price *price;
    if (strchr(prices, '=') != NULL) {
        assert_int_equal(tr_price_evidence_inline(prices, &q.evidence, NULL), TR_OK);
    } else {
        assert_int_equal(tr_price_named(prices, &price, NULL), TR_OK);
        assert_int_equal(tr_price_evidence_of(price, &q.evidence, NULL), TR_OK);
        q.price = price;
        q.launch_year = tr_launch_year(price);
    }
    return q;
}

static void run(const tr_oracle_question *q, tr_oracle_answer *out)
{
    tr_error err;
    if (tr_oracle_infer(q, out, &err) != TR_OK)
        fail_msg("%s", err.text);
}

static int holds(const tr_oracle_answer *a, tr_unknown u, double truth)
{
    return truth >= a->posterior.band[u].min && truth <= a->posterior.band[u].max;
}

/* ---- public truth ------------------------------------------------------------------ */

static void deepseeks_own_prices_hold_deepseek_v3(void **state)
{
    (void)state;
    tr_oracle_answer a;
    for (int i = 0; i < 2; i++) {
        const tr_oracle_question q = ask(i == 0 ? "deepseek/deepseek-chat" : "deepseek/deepseek-reasoner", 200000);
        run(&q, &a);
        assert_true(a.posterior.effective_count > TR_ORACLE_FEW_COUNT);
        assert_true(holds(&a, TR_UNKNOWN_ACTIVE, 37e9));
        assert_true(holds(&a, TR_UNKNOWN_TOTAL, 671e9));
        assert_true(holds(&a, TR_UNKNOWN_KV, 70272)); /* in bf16, as its file says */
        assert_true(holds(&a, TR_UNKNOWN_CONTEXT, 4989));
        assert_true(holds(&a, TR_UNKNOWN_BALANCE, 2.40));
        assert_true(holds(&a, TR_UNKNOWN_CHIP_PRICE, 2.0));
        assert_true(holds(&a, TR_UNKNOWN_MARKUP, 6.45));
    }
}

/* ---- itself -------------------------------------------------------------------------- */

static void a_known_model_sold_at_five_times_its_cost_gives_its_machine_back(void **state)
{
    (void)state;
    static tr_model model;
    tr_system system;
    tr_roofline roof;
    tr_step step;
    static tr_oracle_answer a;
    assert_int_equal(tr_model_from_numbers(&(tr_model_numbers){300e9, 20e9, 40e3, 1}, &model, NULL), TR_OK);
    assert_int_equal(tr_system_catalog_get("h100-sxm", &system, NULL), TR_OK);
    const double chip_usd_per_s = 2.0 / 3600;
    const tr_formats fp8 = {.weight = TR_WEIGHT_FORMAT_FP8, .kv = TR_DTYPE_FP8, .math = TR_DTYPE_FP8};
    assert_int_equal(tr_roofline_of(&model, &system, NULL, &fp8, &roof, NULL), TR_OK);
    roof.memory_byte = HUGE_VAL; /* as many chips as it takes; costs a token do not change with their number */
    const tr_load load = {TR_PHASE_DECODE, 3000, 4000, 1};
    assert_int_equal(tr_bound_step(&roof, &load, &step, NULL), TR_OK);
    tr_oracle_question q = ask("input=1,output=1", 100000);
    q.evidence.input_usd_per_mtoken = 5 * 2 * 20e9 / (roof.flop_per_s * 0.4) * chip_usd_per_s * 1e6;
    q.evidence.output_usd_per_mtoken = 5 * step.step_s / 3000 / 0.5 * chip_usd_per_s * 1e6;
    q.active_param = 20e9;
    q.total_param = 300e9;
    q.kv_byte_per_token = 40e3;
    run(&q, &a);
    const double balance_seq = tr_balance_batch_seq(&roof, 0);
    assert_true(holds(&a, TR_UNKNOWN_CONTEXT, 4000));
    assert_true(holds(&a, TR_UNKNOWN_BATCH, 3000) && holds(&a, TR_UNKNOWN_BALANCE, 3000 / balance_seq));
    assert_true(holds(&a, TR_UNKNOWN_PREFILL_MFU, 0.4) && holds(&a, TR_UNKNOWN_DECODE, 0.5));
    assert_true(holds(&a, TR_UNKNOWN_CHIP_PRICE, 2) && holds(&a, TR_UNKNOWN_MARKUP, 5));
}

static void the_same_seed_gives_the_same_bits_and_another_the_same_band(void **state)
{
    (void)state;
    static tr_oracle_answer a, b;
    tr_oracle_question q = ask("deepseek/deepseek-chat", 100000);
    run(&q, &a);
    run(&q, &b);
    assert_memory_equal(&a, &b, sizeof a);
    q.seed = 2;
    run(&q, &b);
    for (int u = 0; u < TR_UNKNOWN_COUNT; u++) {
        CLOSE(a.posterior.band[u].value, b.posterior.band[u].value, 0.08);
        CLOSE(a.posterior.band[u].min, b.posterior.band[u].min, 0.08);
        CLOSE(a.posterior.band[u].max, b.posterior.band[u].max, 0.08);
    }
}

static void what_no_evidence_is_about_stays_as_it_was_stated(void **state)
{
    (void)state;
    static tr_oracle_answer a;
    const tr_oracle_question q = ask("input=1,output=4", 100000);
    run(&q, &a);
    const tr_prior *p = tr_prior_find("context_token");
    CLOSE(a.prior.band[TR_UNKNOWN_CONTEXT].value, sqrt(p->min * p->max), 0.05);
    CLOSE(a.posterior.band[TR_UNKNOWN_CONTEXT].value, sqrt(p->min * p->max), 0.08);
    assert_false(tr_oracle_is_told(&a, TR_UNKNOWN_CONTEXT));
    assert_true(tr_oracle_is_told(&a, TR_UNKNOWN_ACTIVE) && tr_oracle_is_told(&a, TR_UNKNOWN_TOTAL));
    p = tr_prior_find("decode_ratio");
    CLOSE(a.prior.band[TR_UNKNOWN_DECODE].max, p->min * pow(p->max / p->min, 0.95), 0.03);
}

static void bands_lie_within_each_other(void **state)
{
    (void)state;
    static tr_oracle_answer a;
    const tr_oracle_question q = ask("input=1,output=4,cached=0.1,threshold=200k,batch=0.5,context=1M", 20000);
    run(&q, &a);
    for (int u = 0; u < TR_UNKNOWN_COUNT; u++) {
        const tr_oracle_band *b = &a.posterior.band[u];
        assert_true(b->min <= b->low && b->low <= b->value && b->value <= b->high && b->high <= b->max);
    }
}

static void leaving_a_piece_out_is_the_inference_without_it(void **state)
{
    (void)state;
    static tr_oracle_answer with, without;
    const tr_oracle_question all = ask("input=1,output=4,threshold=200k", 50000);
    const tr_oracle_question less = ask("input=1,output=4", 50000);
    run(&all, &with);
    run(&less, &without);
    assert_memory_equal(with.without[TR_EVIDENCE_THRESHOLD].band, without.posterior.band,
                        sizeof without.posterior.band);
    tr_oracle_shift shift;
    assert_int_equal(tr_oracle_shift_of(&with, TR_EVIDENCE_LEVEL, TR_UNKNOWN_ACTIVE, &shift, NULL), TR_OK);
    CLOSE(shift.median_ratio, with.posterior.band[TR_UNKNOWN_ACTIVE].value /
                                  with.without[TR_EVIDENCE_LEVEL].band[TR_UNKNOWN_ACTIVE].value, 1e-12);
    assert_true(shift.width_ratio < 0.8); /* the input price is about the active parameters */
    assert_int_equal(tr_oracle_shift_of(&with, TR_EVIDENCE_RATIO, TR_UNKNOWN_TOTAL, &shift, NULL), TR_OK);
    assert_true(shift.width_ratio < 0.9); /* and output over input about all of them */
    assert_int_equal(tr_oracle_shift_of(&with, TR_EVIDENCE_FAST, TR_UNKNOWN_KV, &shift, NULL), TR_OK);
    assert_true(isnan(shift.median_ratio));
}

static void dearer_input_means_a_larger_model_and_a_later_cliff_less_kv(void **state)
{
    (void)state;
    double active = 0, kv = HUGE_VAL;
    tr_oracle_answer a;
    for (int i = 0; i < 4; i++) {
        tr_oracle_question q = ask("input=0.1,output=0.4", 100000);
        q.evidence.input_usd_per_mtoken *= pow(4, i);
        q.evidence.output_usd_per_mtoken *= pow(4, i);
        run(&q, &a);
        assert_true(a.posterior.band[TR_UNKNOWN_ACTIVE].value > active);
        active = a.posterior.band[TR_UNKNOWN_ACTIVE].value;
        q = ask("input=1,output=4,threshold=500", 100000);
        q.evidence.long_above_token *= pow(2, i); /* within what full attention would have */
        run(&q, &a);
        assert_true(a.posterior.band[TR_UNKNOWN_KV].value < kv);
        kv = a.posterior.band[TR_UNKNOWN_KV].value;
    }
}

static void what_is_known_stays_and_narrows_the_rest(void **state)
{
    (void)state;
    static tr_oracle_answer open, known;
    tr_oracle_question q = ask("deepseek/deepseek-chat", 100000);
    run(&q, &open);
    q.active_param = 37e9;
    q.total_param = 671e9;
    q.kv_byte_per_token = 35136;
    q.weight_dtype = TR_DTYPE_FP8;
    q.chip = tr_chip_catalog_find("h800-sxm");
    q.chip_usd_per_hour = 2;
    run(&q, &known);
    CLOSE(known.posterior.band[TR_UNKNOWN_ACTIVE].min, 37e9, 1e-12);
    CLOSE(known.posterior.band[TR_UNKNOWN_TOTAL].max, 671e9, 1e-12);
    CLOSE(known.posterior.band[TR_UNKNOWN_CHIP_PRICE].value, 2.0, 1e-12);
    CLOSE(known.posterior.dtype_share[1], 1.0, 1e-12);
    assert_true(holds(&known, TR_UNKNOWN_MARKUP, 0.27 / 0.0603)); /* over the published cost of a prefill token */
    const tr_oracle_band *a = &open.posterior.band[TR_UNKNOWN_MARKUP], *b = &known.posterior.band[TR_UNKNOWN_MARKUP];
    assert_true(b->max / b->min < a->max / a->min);
}

/* ---- each further piece ------------------------------------------------------------------ */

static double width(const tr_oracle_answer *a, tr_unknown u)
{
    return a->posterior.band[u].max / a->posterior.band[u].min;
}

static void a_stated_total_holds_and_narrows_the_active_parameters(void **state)
{
    (void)state;
    static tr_oracle_answer open, stated;
    tr_oracle_question q = ask("deepseek/deepseek-reasoner", 50000);
    run(&q, &open);
    q.total_param = 671e9;
    run(&q, &stated);
    CLOSE(stated.posterior.band[TR_UNKNOWN_TOTAL].min, 671e9, 1e-9);
    CLOSE(stated.posterior.band[TR_UNKNOWN_TOTAL].max, 671e9, 1e-9);
    assert_true(stated.given[TR_EVIDENCE_TOTAL] && holds(&stated, TR_UNKNOWN_ACTIVE, 37.6e9));
    assert_true(width(&stated, TR_UNKNOWN_ACTIVE) < 0.7 * width(&open, TR_UNKNOWN_ACTIVE));
}

static void a_slower_stream_and_a_later_first_token_mean_a_larger_model(void **state)
{
    (void)state;
    static tr_oracle_answer a;
    double active = 0;
    for (int i = 0; i < 3; i++) {
        tr_oracle_question q = ask("input=1,output=4", 100000);
        q.speed[0] = (tr_oracle_measure){800 / pow(4, i), 1000};
        run(&q, &a);
        assert_true(a.posterior.band[TR_UNKNOWN_TOTAL].value > active);
        active = a.posterior.band[TR_UNKNOWN_TOTAL].value;
    }
    active = 0;
    for (int i = 0; i < 3; i++) {
        tr_oracle_question q = ask("input=1,output=4", 100000);
        q.ttft[0] = (tr_oracle_measure){pow(4, i), 1e5};
        run(&q, &a);
        assert_true(a.posterior.band[TR_UNKNOWN_ACTIVE].value > active);
        active = a.posterior.band[TR_UNKNOWN_ACTIVE].value;
    }
}

static void a_launch_rules_out_chips_that_were_not_there_and_dense_models_that_no_longer_were(void **state)
{
    (void)state;
    static tr_oracle_answer a, b;
    tr_oracle_question q = ask("input=1,output=4", 20000);
    q.launch_year = 2023.5;
    run(&q, &a);
    q.launch_year = 2026.2;
    run(&q, &b);
    for (size_t i = 0; i < a.chip_count; i++)
        if (tr_chip_catalog_find(a.chip[i])->year > 2023)
            assert_true(a.posterior.chip_share[i] == 0.0);
    assert_true(b.posterior.band[TR_UNKNOWN_TOTAL].value > 1.5 * a.posterior.band[TR_UNKNOWN_TOTAL].value);
}

static void a_batch_price_rules_out_machines_that_would_lose_by_it_and_not_sizes(void **state)
{
    (void)state;
    static tr_oracle_answer a, b;
    const tr_oracle_question q = ask("input=0.05,output=0.1", 50000),
                             half = ask("input=0.05,output=0.1,batch=0.5", 50000);
    run(&q, &a);
    run(&half, &b);
    assert_true(b.posterior.band[TR_UNKNOWN_MARKUP].min > 1.3 * a.posterior.band[TR_UNKNOWN_MARKUP].min);
    CLOSE(b.posterior.band[TR_UNKNOWN_ACTIVE].value, a.posterior.band[TR_UNKNOWN_ACTIVE].value, 0.06);
}

static void a_sibling_says_how_dear_its_seller_sells(void **state)
{
    (void)state;
    static tr_oracle_answer a, cheap, dear;
    tr_oracle_question q = ask("input=1,output=1", 20000);
    run(&q, &a);
    assert_int_equal(a.learned.own_count, 0);
    assert_int_equal(tr_price_named("deepseek/deepseek-v4-pro", &q.sibling[0], NULL), TR_OK);
    assert_int_equal(tr_price_named("deepseek/deepseek-v3.2", &q.sibling[1], NULL), TR_OK);
    run(&q, &cheap);
    assert_int_equal(cheap.learned.own_count, 2);
    assert_int_equal(tr_price_named("fireworks/glm-5p1", &q.sibling[0], NULL), TR_OK);
    assert_int_equal(tr_price_named("fireworks/deepseek-r1-0528", &q.sibling[1], NULL), TR_OK);
    run(&q, &dear);
    /* The same price of a cheap seller is a larger model. */
    assert_true(cheap.posterior.band[TR_UNKNOWN_ACTIVE].value > a.posterior.band[TR_UNKNOWN_ACTIVE].value);
    assert_true(a.posterior.band[TR_UNKNOWN_ACTIVE].value > dear.posterior.band[TR_UNKNOWN_ACTIVE].value);
}

static void impossible_questions_are_refused_in_a_sentence(void **state)
{
    (void)state;
    static tr_oracle_answer a;
    tr_error err;
    tr_oracle_question q = ask("input=1,output=4", 10);
    assert_int_equal(tr_oracle_infer(&q, &a, &err), TR_EDOMAIN); /* too few samples */
    q = ask("input=1,output=4", 1000);
    q.active_param = 1e9; /* without all of them */
    assert_int_equal(tr_oracle_infer(&q, &a, &err), TR_ECONFLICT);
    q.total_param = 5e8;
    assert_int_equal(tr_oracle_infer(&q, &a, &err), TR_ECONFLICT);
    q = ask("input=1,output=4", 1000);
    q.total_param = 1e6; /* nothing of that size is sold */
    assert_int_equal(tr_oracle_infer(&q, &a, &err), TR_EDOMAIN);
    q = ask("input=1,output=4", 1000);
    q.launch_year = 1999;
    assert_int_equal(tr_oracle_infer(&q, &a, &err), TR_EDOMAIN);
    q = ask("input=1,output=4", 1000);
    q.speed[0] = (tr_oracle_measure){-3, 1000};
    assert_int_equal(tr_oracle_infer(&q, &a, &err), TR_EDOMAIN);
    q = ask("input=1,output=4", 1000);
    q.chip = tr_chip_catalog_find("h800-sxm"); /* nobody published its price */
    assert_int_equal(tr_oracle_infer(&q, &a, &err), TR_EMISSING);
    q = ask("input=1000000,output=0.000001", 1000);
    assert_int_equal(tr_oracle_infer(&q, &a, &err), TR_ENOFIT);
    assert_non_null(strstr(err.text, "no draw"));
    q = ask("input=1,output=4", 1000);
    q.weight_dtype = TR_DTYPE_INT4;
    assert_int_equal(tr_oracle_infer(&q, &a, &err), TR_EDOMAIN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(deepseeks_own_prices_hold_deepseek_v3),
        cmocka_unit_test(a_known_model_sold_at_five_times_its_cost_gives_its_machine_back),
        cmocka_unit_test(the_same_seed_gives_the_same_bits_and_another_the_same_band),
        cmocka_unit_test(what_no_evidence_is_about_stays_as_it_was_stated),
        cmocka_unit_test(bands_lie_within_each_other),
        cmocka_unit_test(leaving_a_piece_out_is_the_inference_without_it),
        cmocka_unit_test(dearer_input_means_a_larger_model_and_a_later_cliff_less_kv),
        cmocka_unit_test(what_is_known_stays_and_narrows_the_rest),
        cmocka_unit_test(a_stated_total_holds_and_narrows_the_active_parameters),
        cmocka_unit_test(a_slower_stream_and_a_later_first_token_mean_a_larger_model),
        cmocka_unit_test(a_launch_rules_out_chips_that_were_not_there_and_dense_models_that_no_longer_were),
        cmocka_unit_test(a_batch_price_rules_out_machines_that_would_lose_by_it_and_not_sizes),
        cmocka_unit_test(a_sibling_says_how_dear_its_seller_sells),
        cmocka_unit_test(impossible_questions_are_refused_in_a_sentence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
