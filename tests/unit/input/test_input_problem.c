/* test_input_problem.c -- inline numbers, presets, and the problem they make. */
#include "unit_input.h"

static void a_model_is_typed_as_numbers(void **state)
{
    (void)state;
    static tr_model m;
    tr_error err;
    assert_int_equal(tr_model_inline("total=671e9,active=37e9,kv=70272,weight=1", &m, &err), TR_OK);
    assert_true(m.total_param == 671e9 && m.active_param == 37e9);
    assert_true(tr_model_kv_byte_per_token(&m, 0) == 70272);
    assert_true(tr_model_weight_byte(&m) == 1);
    assert_string_equal(m.name, "inline");
    assert_int_equal(tr_model_inline(" name=my toy , total = 8B , weight=fp4 ", &m, &err), TR_OK);
    assert_string_equal(m.name, "my toy");
    assert_true(m.total_param == 8e9 && m.active_param == 8e9);
    assert_true(tr_model_weight_byte(&m) == 0.5 && tr_model_kv_byte_per_token(&m, 0) == 0);
    assert_int_equal(tr_model_inline("total=1e9", &m, &err), TR_OK);
    assert_true(tr_model_weight_byte(&m) == 2);
    assert_true(tr_is_inline("total=1") && !tr_is_inline("deepseek-v3"));
}

static void a_system_is_typed_as_numbers(void **state)
{
    (void)state;
    tr_system s;
    tr_error err;
    assert_int_equal(tr_system_inline("flops=2e15,bw=3.35TB/s,mem=80GB,usd=2.5", &s, &err), TR_OK);
    assert_true(s.chip.flop_per_s[TR_DTYPE_FP8] == 2e15 && s.chip.memory_byte_per_s == 3.35e12);
    assert_true(s.chip.memory_byte == 80e9 && s.usd_per_hour == 2.5 && s.chip_count == 1);
    assert_int_equal(tr_system_inline("flops=2 PFLOP/s,bw=1e12", &s, &err), TR_OK);
    assert_true(s.chip.flop_per_s[TR_DTYPE_BF16] == 2e15 && !isfinite(s.chip.memory_byte) &&
                s.usd_per_hour == 0);
}

static void inline_numbers_that_make_no_sense_are_refused(void **state)
{
    (void)state;
    static tr_model m;
    tr_system s;
    tr_error err;
    refuse(tr_model_inline("active=37e9", &m, &err), TR_EMISSING, &err, "total is missing");
    refuse(tr_model_inline("total=1e9,total=2e9", &m, &err), TR_ECONFLICT, &err, "total is given twice");
    refuse(tr_model_inline("total=1e9,actve=2e9", &m, &err), TR_EUNKNOWN, &err, "did you mean 'active'?");
    refuse(tr_model_inline("total=1e9,shoe=2", &m, &err), TR_EUNKNOWN, &err, "unknown key 'shoe'");
    refuse(tr_model_inline("total=1e9,kv", &m, &err), TR_EPARSE, &err, "key=number");
    refuse(tr_model_inline("total=", &m, &err), TR_EPARSE, &err, "total");
    refuse(tr_model_inline("total=12TB/s", &m, &err), TR_EPARSE, &err, "total");
    refuse(tr_model_inline("total=1e9,name=a,name=b", &m, &err), TR_ECONFLICT, &err, "name is given twice");
    refuse(tr_model_inline("total=1e9,active=2e9", &m, &err), TR_ECONFLICT, &err, "active");
    refuse(tr_model_inline("total=-1", &m, &err), TR_EDOMAIN, &err, "total");
    refuse(tr_model_inline("total=0", &m, &err), TR_EDOMAIN, &err, "total");
    refuse(tr_system_inline("flops=2e15", &s, &err), TR_EMISSING, &err, "bw is missing");
    refuse(tr_system_inline("bw=2e12", &s, &err), TR_EMISSING, &err, "flops is missing");
    refuse(tr_system_inline("flops=0,bw=1", &s, &err), TR_EDOMAIN, &err, "flop");
    refuse(tr_system_inline("flops=1e15,bw=1e12,mem=nan", &s, &err), TR_EDOMAIN, &err, "mem");
}

/* What a scenario of inline numbers asks; the system as it became stands beside it. */
static const tr_problem *problem_of(tr_scenario *scenario, tr_status expected, tr_error *err)
{
    static tr_model model;
    static tr_system system;
    static tr_problem made;
    assert_int_equal(tr_model_inline(tr_input_text(scenario, TR_IN_MODEL), &model, err), TR_OK);
    assert_int_equal(tr_system_inline(tr_input_text(scenario, TR_IN_SYSTEM), &system, err), TR_OK);
    tr_status s = tr_problem_system(scenario, &system, err);
    if (s == TR_OK)
        s = tr_problem_of(scenario, &model, &system, &made, err);
    assert_int_equal(s, expected);
    return &made;
}

static void count_and_price_change_the_system(void **state)
{
    (void)state;
    tr_scenario *s = fresh();
    tr_error err;
    set(s, "model", "total=8e9,weight=2");
    set(s, "system", "flops=1e15,bw=1e12,mem=80GB,usd=2");
    const tr_problem *p = problem_of(s, TR_OK, &err);
    assert_true(p->roof.flop_per_s == 1e15 && p->roof.usd_per_s == 2.0 / 3600.0);
    set(s, "count", "8");
    p = problem_of(s, TR_OK, &err);
    assert_true(p->roof.flop_per_s == 8e15 && p->roof.byte_per_s == 8e12 && p->roof.memory_byte == 640e9);
    assert_true(p->system->usd_per_hour == 16);
    set(s, "price", "$3/h");
    p = problem_of(s, TR_OK, &err);
    assert_true(p->system->usd_per_hour == 24 && p->roof.usd_per_s == 24.0 / 3600.0);
    tr_scenario_destroy(s);
}

static void a_kind_of_price_is_looked_up_for_the_chip(void **state)
{
    (void)state;
    tr_scenario *s = fresh(), *copy = fresh();
    tr_system system;
    tr_error err;
    /* The words of the input are the kinds of price, in their order. */
    const char *words = tr_input_at(TR_IN_PRICE)->choices;
    for (int kind = TR_PRICE_ON_DEMAND; kind < TR_PRICE_KIND_COUNT; kind++) {
        const size_t n = strlen(tr_price_kind_name((tr_price_kind)kind));
        assert_int_equal(strncmp(words, tr_price_kind_name((tr_price_kind)kind), n), 0);
        assert_int_equal(words[n], kind + 1 < TR_PRICE_KIND_COUNT ? '|' : '\0');
        words += n + 1;
    }
    assert_int_equal(tr_input_choice(s, TR_IN_PRICE), -1);
    set(s, "price", "3yr");
    set(s, "count", "4");
    assert_int_equal(tr_system_catalog_get("h100-sxm", &system, NULL), TR_OK);
    assert_int_equal(tr_problem_system(s, &system, NULL), TR_OK);
    assert_true(system.usd_per_hour == 4 * 1.3 && system.price_kind == TR_PRICE_3YR);
    assert_true(tr_input_is_set(s, TR_IN_PRICE) && isnan(tr_input_number(s, TR_IN_PRICE)));
    assert_int_equal(tr_scenario_copy(copy, s), TR_OK);
    assert_int_equal(tr_input_choice(copy, TR_IN_PRICE), TR_PRICE_3YR - TR_PRICE_ON_DEMAND);
    assert_int_equal(tr_system_catalog_get("p40", &system, NULL), TR_OK);
    refuse(tr_problem_system(s, &system, &err), TR_EMISSING, &err, "p40 has no 3yr price; give a number");
    assert_int_equal(tr_scenario_set_number(s, "chip_usd_per_hour", 2.0, NULL), TR_OK);
    assert_int_equal(tr_input_choice(s, TR_IN_PRICE), -1);
    assert_int_equal(tr_problem_system(s, &system, NULL), TR_OK);
    assert_true(system.usd_per_hour == 8 && system.price_kind == TR_PRICE_GIVEN);
    refuse(tr_scenario_set(s, "price", "spott", &err), TR_EPARSE, &err, "or on-demand, reserved, 3yr");
    assert_true(tr_input_number(s, TR_IN_PRICE) == 2.0);
    set(s, "price", "spot");
    assert_int_equal(tr_scenario_unset(s, "price", NULL), TR_OK);
    assert_true(tr_input_choice(s, TR_IN_PRICE) == -1 && !tr_input_is_set(s, TR_IN_PRICE));
    tr_scenario_destroy(s);
    tr_scenario_destroy(copy);
}

static void idle_hours_are_paid_for_by_the_tokens_of_the_others(void **state)
{
    (void)state;
    tr_scenario *s = fresh();
    tr_error err;
    tr_step busy, half;
    set(s, "model", "total=8e9,weight=2");
    set(s, "system", "flops=1e15,bw=1e12,mem=80GB,usd=2");
    const tr_problem *p = problem_of(s, TR_OK, &err);
    assert_int_equal(tr_problem_step(p, TR_PHYSICS_BOUND, &p->load, &busy, NULL), TR_OK);
    set(s, "utilization", "50%");
    p = problem_of(s, TR_OK, &err);
    assert_true(p->system->usd_per_hour == 2 && p->roof.usd_per_s == 4.0 / 3600.0);
    assert_int_equal(tr_problem_step(p, TR_PHYSICS_BOUND, &p->load, &half, NULL), TR_OK);
    assert_true(half.usd_per_mtoken == 2 * busy.usd_per_mtoken && half.step_s == busy.step_s);
    refuse(tr_scenario_set(s, "utilisation", "0", &err), TR_EDOMAIN, &err, "utilisation");
    refuse(tr_scenario_set(s, "utilisation", "1.2", &err), TR_EDOMAIN, &err, "utilisation");
    tr_scenario_destroy(s);
}

static void energy_follows_the_pace_and_the_site(void **state)
{
    (void)state;
    static tr_model model;
    tr_scenario *s = fresh();
    tr_system system;
    tr_problem p;
    tr_power rest, busy;
    tr_energy little, much, dear;
    tr_error err;
    assert_int_equal(tr_model_catalog_get("llama-3.1-8b", &model, NULL), TR_OK);
    assert_int_equal(tr_system_catalog_get("h100-sxm", &system, NULL), TR_OK);
    assert_int_equal(tr_problem_of(s, &model, &system, &p, &err), TR_OK);
    assert_true(p.pue_ratio == tr_default_pue_ratio() && p.usd_per_kwh == tr_default_usd_per_kwh());
    assert_int_equal(tr_problem_energy(&p, 0.01, 0.01, &rest, &little, NULL), TR_OK);
    assert_int_equal(tr_problem_energy(&p, 0.1, 0.5, &busy, &much, NULL), TR_OK);
    assert_true(busy.predicted_w > 1.5 * rest.predicted_w && little.site_w < much.site_w && busy.predicted_w < 700);
    assert_true(much.site_w == 1.25 * busy.predicted_w);
    set(s, "pue", "1.5");
    set(s, "electricity", "$0.30/kWh");
    assert_int_equal(tr_problem_of(s, &model, &system, &p, &err), TR_OK);
    assert_int_equal(tr_problem_energy(&p, 0.1, 0.5, &busy, &dear, NULL), TR_OK);
    assert_true(fabs(dear.usd_per_s / (1.5 * busy.predicted_w * 0.3 / 3.6e6) - 1) < 1e-12);
    assert_int_equal(tr_problem_energy(&p, (double)NAN, 0.5, &busy, &dear, &err), TR_EDOMAIN);
    assert_int_equal(tr_problem_energy(&p, 0.5, 1.2, &busy, &dear, &err), TR_OK); /* a prediction's margin */
    refuse(tr_scenario_set(s, "pue", "0.9", &err), TR_EDOMAIN, &err, "pue");
    tr_scenario_destroy(s);
}

static void the_load_is_the_first_of_each_list(void **state)
{
    (void)state;
    tr_scenario *s = fresh();
    tr_error err;
    set(s, "model", "total=8e9");
    set(s, "system", "flops=1e15,bw=1e12");
    set(s, "batch", "3,5");
    set(s, "context", "1k,2k");
    const tr_problem *p = problem_of(s, TR_OK, &err);
    assert_true(p->load.batch_seq == 3 && p->load.context_token == 1024 && p->load.query_token == 1);
    set(s, "phase", "prefill");
    set(s, "query", "7,9");
    p = problem_of(s, TR_OK, &err);
    assert_true(p->load.query_token == 7 && p->load.phase == TR_PHASE_PREFILL);
    tr_scenario_destroy(s);
}

static void a_query_of_one_is_a_decode_step_and_a_longer_one_a_prefill(void **state)
{
    (void)state;
    tr_scenario *s = fresh();
    tr_error err;
    set(s, "model", "total=8e9");
    set(s, "system", "flops=1e15,bw=1e12");
    set(s, "query", "1,64");
    const tr_problem *p = problem_of(s, TR_OK, &err);
    assert_true(p->load.phase == TR_PHASE_DECODE && p->load.query_token == 1 && p->load.context_token == 4096);
    assert_true(p->layout_load.phase == TR_PHASE_DECODE && p->layout_load.context_token == 4096 + 63);
    set(s, "query", "64");
    p = problem_of(s, TR_OK, &err);
    assert_true(p->load.phase == TR_PHASE_PREFILL && p->load.query_token == 64 && p->load.context_token == 4096);
    assert_true(p->layout_load.phase == TR_PHASE_PREFILL && p->layout_load.query_token == 64);
    set(s, "phase", "prefill");
    set(s, "query", "1");
    assert_int_equal(problem_of(s, TR_OK, &err)->load.phase, TR_PHASE_PREFILL);
    set(s, "phase", "decode");
    assert_int_equal(problem_of(s, TR_OK, &err)->load.phase, TR_PHASE_DECODE);
    set(s, "query", "1,64");
    (void)problem_of(s, TR_ECONFLICT, &err);
    assert_string_equal(err.field, "query_token");
    tr_scenario_destroy(s);
}

static void a_count_that_is_no_whole_number_is_refused(void **state)
{
    (void)state;
    tr_scenario *s = fresh();
    tr_error err;
    set(s, "model", "total=8e9");
    set(s, "system", "flops=1e15,bw=1e12");
    set(s, "count", "2.5");
    (void)problem_of(s, TR_EDOMAIN, &err);
    assert_non_null(strstr(err.text, "whole"));
    tr_scenario_destroy(s);
}

static void the_published_simulator_comes_out_to_the_digit(void **state)
{
    (void)state;
    tr_scenario *s = fresh();
    tr_error err;
    tr_step step;
    assert_int_equal(tr_scenario_preset(s, "relearning-02", &err), TR_OK);
    const tr_problem *p = problem_of(s, TR_OK, &err);
    assert_int_equal(tr_problem_step(p, TR_PHYSICS_BOUND, &p->load, &step, &err), TR_OK);
    /* 12.8 ms, 60 ms, 0.01049 ms, 60.01 ms, slope 8.192e-5 ms, B* 600.49, ratio 0.2133, share 0.02 % */
    assert_true(fabs(step.compute_s - 12.8e-3) < 1e-12);
    assert_true(fabs(step.weights_s - 60e-3) < 1e-12);
    assert_true(fabs(step.kv_s - 0.01048576e-3) < 1e-15);
    assert_true(fabs(step.step_s - 60.01048576e-3) < 1e-12);
    assert_true(fabs(step.kv_s / 128 - 8.192e-8) < 1e-18);
    assert_true(fabs(tr_balance_batch_seq(&p->roof, 8192) - 600.4919) < 1e-4);
    assert_true(fabs(step.compute_s / step.step_s - 0.2133) < 5e-5);
    assert_true(fabs(step.kv_s / step.step_s - 0.000175) < 5e-7);
    tr_scenario_destroy(s);
}

static void the_lessons_ridge_is_836_over_3_9(void **state)
{
    (void)state;
    tr_scenario *s = fresh();
    tr_error err;
    assert_int_equal(tr_scenario_preset(s, "lesson-11", &err), TR_OK);
    const tr_problem *p = problem_of(s, TR_OK, &err);
    assert_true(fabs(tr_ridge_flop_per_byte(&p->roof) - 214.358974) < 1e-6);
    assert_true(tr_weight_intensity_flop_per_byte(&p->roof, 8) == 16);
    tr_scenario_destroy(s);
}

static void a_preset_is_a_start_that_other_inputs_change(void **state)
{
    (void)state;
    tr_scenario *s = fresh();
    tr_error err;
    assert_int_equal(tr_scenario_preset(s, "relearning-02", &err), TR_OK);
    assert_int_equal(tr_input_choice(s, TR_IN_PRESET), 0);
    set(s, "batch", "601");
    assert_true(tr_input_number(s, TR_IN_BATCH) == 601 && tr_input_number(s, TR_IN_CONTEXT) == 8192);
    refuse(tr_scenario_preset(s, "relearning-2", &err), TR_EUNKNOWN, &err, "did you mean 'relearning-02'?");
    refuse(tr_scenario_preset(s, "", &err), TR_EUNKNOWN, &err, "'relearning-02' and 'lesson-11'");
    tr_scenario_destroy(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_model_is_typed_as_numbers),
        cmocka_unit_test(a_system_is_typed_as_numbers),
        cmocka_unit_test(inline_numbers_that_make_no_sense_are_refused),
        cmocka_unit_test(count_and_price_change_the_system),
        cmocka_unit_test(a_kind_of_price_is_looked_up_for_the_chip),
        cmocka_unit_test(energy_follows_the_pace_and_the_site),
        cmocka_unit_test(idle_hours_are_paid_for_by_the_tokens_of_the_others),
        cmocka_unit_test(the_load_is_the_first_of_each_list),
        cmocka_unit_test(a_query_of_one_is_a_decode_step_and_a_longer_one_a_prefill),
        cmocka_unit_test(a_count_that_is_no_whole_number_is_refused),
        cmocka_unit_test(the_published_simulator_comes_out_to_the_digit),
        cmocka_unit_test(the_lessons_ridge_is_836_over_3_9),
        cmocka_unit_test(a_preset_is_a_start_that_other_inputs_change),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
