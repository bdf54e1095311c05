/* test_step_operators.c -- the operator list is the work of the two equations taken apart, nothing more or less. */
#include "fixture.h"

#include <tokenroof/operators.h>

static tr_op ops[TR_OP_LIST_MAX];

static tr_system system_named(const char *name)
{
    tr_system system;
    tr_error err;
    if (tr_system_catalog_get(name, &system, &err) != TR_OK)
        fail_msg("%s: %s", name, err.text);
    return system;
}

static void model_named(const char *name, tr_model *model)
{
    tr_error err;
    if (tr_model_catalog_get(name, model, &err) != TR_OK)
        fail_msg("%s: %s", name, err.text);
}

/* A chip no model is too large for. */
static tr_system endless(double count)
{
    tr_system system = chalk_system(1e15, 3e12, 0, 0);
    system.chip_count = system.domain_chip = count;
    return system;
}

typedef struct totals {
    double flop, weight_byte, kv_byte;
} totals;

/* Over all chips, copies counted once. */
static totals totals_of(const tr_model *model, const tr_system *system, const tr_layout *layout, const tr_pass *pass)
{
    size_t count = 0;
    tr_error err;
    if (tr_operator_list(model, system, layout, NULL, pass, ops, TR_OP_LIST_MAX, &count, &err) != TR_OK)
        fail_msg("%s: %s", model->name, err.text);
    totals sum = {0, 0, 0};
    const double chips = layout->tp_rank * layout->dp_rank;
    for (size_t i = 0; i < count; i++) {
        const tr_op *op = &ops[i];
        sum.flop += op->count * op->flop * chips / op->flop_copy_count;
        sum.weight_byte += op->count * op->weight_byte * chips / op->weight_copy_count;
        sum.kv_byte += op->count * op->kv_byte * chips / op->kv_copy_count;
    }
    return sum;
}

static void compare_with_bound(const tr_model *model, const tr_system *system, const tr_layout *layout,
                               const tr_load *load, double share)
{
    tr_pass pass;
    tr_error err;
    assert_int_equal(tr_pass_of(load, &pass, &err), TR_OK);
    const tr_roofline roof = roof_of(model, system);
    tr_step step;
    if (tr_bound_step(&roof, model, load, &step, &err) != TR_OK)
        fail_msg("%s: %s", model->name, err.text);
    const totals sum = totals_of(model, system, layout, &pass);
    if (!(fabs(sum.flop - step.flop) <= share * step.flop))
        fail_msg("%s: flop %.17g, bound %.17g", model->name, sum.flop, step.flop);
    if (!(fabs(sum.weight_byte - step.weight_read_byte) <= 1e-12 * step.weight_read_byte))
        fail_msg("%s: weights %.17g, bound %.17g", model->name, sum.weight_byte, step.weight_read_byte);
    if (!(fabs(sum.kv_byte - step.kv_read_byte) <= 1e-12 * step.kv_read_byte))
        fail_msg("%s: kv %.17g, bound %.17g", model->name, sum.kv_byte, step.kv_read_byte);
}

static const tr_load loads[] = {{TR_PHASE_DECODE, 1, 0, 1},       {TR_PHASE_DECODE, 64, 4096, 1},
                                {TR_PHASE_DECODE, 7, 131072, 1},  {TR_PHASE_PREFILL, 1, 0, 2048},
                                {TR_PHASE_PREFILL, 3, 8192, 17},  {TR_PHASE_PREFILL, 2, 100000, 4096}};

static void the_list_sums_to_the_two_equations_for_every_model_of_the_catalog(void **state)
{
    (void)state;
    static tr_model model;
    const tr_system system = endless(1);
    const tr_layout one = {1, 1, 1, 1, 1, 0};
    for (size_t i = 0; tr_model_catalog_name(i) != NULL; i++) {
        model_named(tr_model_catalog_name(i), &model);
        for (size_t k = 0; k < sizeof loads / sizeof loads[0]; k++)
            compare_with_bound(&model, &system, &one, &loads[k], 1e-12);
    }
}

static void flops_of_one_decoded_token_are_equal_to_the_last_digit(void **state)
{
    (void)state;
    static tr_model model;
    const tr_system system = endless(1);
    const tr_layout one = {1, 1, 1, 1, 1, 0};
    static const char *const name[] = {"llama-3.1-70b", "deepseek-v3", "qwen3-235b-a22b"};
    for (size_t i = 0; i < sizeof name / sizeof name[0]; i++) {
        model_named(name[i], &model);
        compare_with_bound(&model, &system, &one, &loads[0], 0.0);
        compare_with_bound(&model, &system, &one, &loads[1], 0.0);
    }
}

static void copies_named_the_sums_hold_in_every_layout_of_eight_chips(void **state)
{
    (void)state;
    static tr_model model;
    const tr_system system = endless(8);
    static const char *const name[] = {"llama-3.1-70b", "deepseek-v3", "qwen3-235b-a22b", "gpt-oss-120b"};
    const tr_load load = {TR_PHASE_DECODE, 64, 4096, 1};
    for (size_t i = 0; i < sizeof name / sizeof name[0]; i++) {
        tr_layout all[64];
        size_t count = 0;
        int tried = 0;
        tr_error err;
        model_named(name[i], &model);
        assert_int_equal(tr_layout_list(&model, &system, all, 64, &count, &err), TR_OK);
        for (size_t k = 0; k < count; k++)
            if (all[k].pp_rank < 2.0 && all[k].replica_count < 2.0) {
                compare_with_bound(&model, &system, &all[k], &load, 1e-12);
                tried++;
            }
        assert_true(tried >= 1);
    }
}

static void operators_are_never_faster_than_the_bound(void **state)
{
    (void)state;
    static tr_model model;
    static const char *const chip[] = {"8xh100-sxm", "gb200-nvl72", "8xmi300x", "16xh200-sxm", "a100-sxm-80gb"};
    size_t answered = 0;
    for (size_t i = 0; tr_model_catalog_name(i) != NULL; i++) {
        model_named(tr_model_catalog_name(i), &model);
        for (size_t c = 0; c < sizeof chip / sizeof chip[0]; c++) {
            tr_system system;
            if (tr_system_catalog_get(chip[c], &system, NULL) != TR_OK)
                continue;
            tr_roofline roof;
            tr_layout layout;
            if (tr_roofline_of(&model, &system, NULL, &roof, NULL) != TR_OK ||
                tr_layout_default(&model, &system, NULL, &layout, NULL) != TR_OK)
                continue;
            for (double batch = 1; batch <= 4096; batch *= 8)
                for (int prefill = 0; prefill < 2; prefill++) {
                    const tr_load load = {prefill ? TR_PHASE_PREFILL : TR_PHASE_DECODE, batch, prefill ? 0 : 4096, 1024};
                    tr_step bound, step;
                    tr_error err;
                    const tr_status s = tr_operator_step(&model, &system, &layout, NULL, &load, &step, &err);
                    if (s == TR_ENOFIT)
                        continue;
                    if (s != TR_OK)
                        fail_msg("%s on %s: %s", model.name, chip[c], err.text);
                    assert_int_equal(tr_bound_step(&roof, &model, &load, &bound, &err), TR_OK);
                    if (!(step.step_s >= bound.step_s))
                        fail_msg("%s on %s: %g below %g", model.name, chip[c], step.step_s, bound.step_s);
                    /* Not only what the step makes of it: each term's sum, so that the sum of maxima is no less. */
                    const double slack = 1 - 1e-9;
                    if (!(step.compute_s >= bound.compute_s * slack && step.weights_s >= bound.weights_s * slack &&
                          step.kv_s >= bound.kv_s * slack))
                        fail_msg("%s on %s: less work than the bound", model.name, chip[c]);
                    answered++;
                }
        }
    }
    assert_true(answered > 1000);
}

static void copied_kv_heads_are_read_by_every_chip_that_copies_them(void **state)
{
    (void)state;
    static tr_model model;
    model_named("llama-3.1-70b", &model); /* 8 KV heads */
    const tr_system system = endless(16);
    const tr_layout layout = {16, 1, 1, 1, 1, 0};
    const tr_pass pass = {.decode_seq = 4, .decode_context_token = 1000, .token_per_seq = 1};
    size_t count = 0;
    tr_error err;
    assert_int_equal(tr_operator_list(&model, &system, &layout, NULL, &pass, ops, TR_OP_LIST_MAX, &count, &err), TR_OK);
    for (size_t i = 0; i < count; i++)
        if (ops[i].op_class == TR_OP_DECODE_ATTENTION) {
            /* One head of 128 in keys and values, BF16. */
            assert_close(ops[i].kv_byte, 4.0 * 1000 * 1 * 256 * 2, 0);
            assert_close(ops[i].kv_copy_count, 2, 0);
            return;
        }
    fail_msg("no attention in the list");
}

static void a_verified_draft_reads_the_cache_once_and_multiplies_for_each_token(void **state)
{
    (void)state;
    static tr_model model;
    model_named("llama-3.1-8b", &model);
    const tr_system system = endless(1);
    const tr_layout one = {1, 1, 1, 1, 1, 0};
    const tr_pass plain = {.decode_seq = 8, .decode_context_token = 4096, .token_per_seq = 1};
    tr_pass wide = plain;
    wide.token_per_seq = 4;
    const totals a = totals_of(&model, &system, &one, &plain), b = totals_of(&model, &system, &one, &wide);
    assert_close(b.flop, 4 * a.flop, 1e-12);
    assert_close(b.kv_byte, a.kv_byte, 0);
    assert_close(b.weight_byte, a.weight_byte, 0);
}

static void a_mixed_pass_reads_weights_once_for_both_phases(void **state)
{
    (void)state;
    static tr_model model;
    model_named("llama-3.1-8b", &model);
    const tr_system system = endless(1);
    const tr_layout one = {1, 1, 1, 1, 1, 0};
    const tr_pass decode_only = {.decode_seq = 8, .decode_context_token = 4096, .token_per_seq = 1};
    const tr_pass prefill_only = {.token_per_seq = 1, .prefill_seq = 2, .prefill_query_token = 512};
    tr_pass both = decode_only;
    both.prefill_seq = 2;
    both.prefill_query_token = 512;
    const totals d = totals_of(&model, &system, &one, &decode_only), p = totals_of(&model, &system, &one, &prefill_only);
    const totals m = totals_of(&model, &system, &one, &both);
    assert_close(m.flop, d.flop + p.flop, 1e-12);
    assert_close(m.kv_byte, d.kv_byte + p.kv_byte, 1e-12);
    assert_close(m.weight_byte, d.weight_byte, 0);
}

static void skewed_routing_loads_the_busiest_rank_more_and_touches_fewer_experts(void **state)
{
    (void)state;
    static tr_model model;
    model_named("deepseek-v3", &model);
    const tr_system system = endless(8);
    const tr_layout layout = {1, 8, 8, 1, 1, 0};
    tr_pass pass = {.decode_seq = 512, .decode_context_token = 1000, .token_per_seq = 1};
    double flop[2] = {0, 0}, touched[2] = {0, 0};
    for (int k = 0; k < 2; k++) {
        size_t count = 0;
        pass.routing_skew_ratio = k == 0 ? 0 : 1.2;
        assert_int_equal(tr_operator_list(&model, &system, &layout, NULL, &pass, ops, TR_OP_LIST_MAX, &count, NULL), TR_OK);
        for (size_t i = 0; i < count; i++)
            if (ops[i].op_class == TR_OP_MOE) {
                flop[k] = ops[i].flop;
                touched[k] = ops[i].touched_count;
            }
    }
    assert_true(flop[1] > 1.2 * flop[0]);
    assert_true(touched[1] < touched[0]);
    assert_true(touched[0] > 31.9);
}

static void the_plan_agrees_with_the_step_at_every_point(void **state)
{
    (void)state;
    static tr_model model;
    static tr_plan plan;
    static const char *const name[] = {"deepseek-v3", "llama-3.1-70b", "gpt-oss-120b", "gemma-3-27b"};
    for (size_t i = 0; i < sizeof name / sizeof name[0]; i++) {
        tr_error err;
        if (tr_model_catalog_get(name[i], &model, &err) != TR_OK)
            continue;
        tr_system system = system_named("8xb200-sxm");
        system.chip.memory_byte = 1e15; /* points are not held to the memory */
        tr_layout layout;
        assert_int_equal(tr_layout_default(&model, &system, NULL, &layout, &err), TR_OK);
        for (int overlap = 0; overlap < 2; overlap++) {
            layout.overlap = overlap;
            assert_int_equal(tr_plan_of(&model, &system, &layout, NULL, &plan, &err), TR_OK);
            for (double batch = 1; batch < 5000; batch *= 3)
                for (double context = 0; context < 200000; context = context * 5 + 100) {
                    const tr_load load = {TR_PHASE_DECODE, batch, context, 1};
                    tr_step step;
                    double step_s;
                    assert_int_equal(tr_operator_step(&model, &system, &layout, NULL, &load, &step, &err), TR_OK);
                    tr_plan_step_array(&plan, 1, &batch, &context, &step_s);
                    assert_close(step_s, step.step_s, 1e-9);
                }
        }
        const double bad = NAN, one = 1;
        double out = 0;
        tr_plan_step_array(&plan, 1, &bad, &one, &out);
        assert_true(isnan(out));
    }
}

static void a_calibration_makes_operators_slower_and_never_faster(void **state)
{
    (void)state;
    static tr_model model;
    model_named("deepseek-v3", &model);
    const tr_system system = system_named("8xh200-sxm");
    const tr_pass pass = {.decode_seq = 64, .decode_context_token = 4096, .token_per_seq = 1};
    const tr_calibration *calibration = tr_calibration_at(0);
    size_t count = 0;
    tr_error err;
    assert_int_equal(tr_operator_list(&model, &system, NULL, NULL, &pass, ops, TR_OP_LIST_MAX, &count, &err), TR_OK);
    for (size_t i = 0; i < count; i++) {
        tr_op_time roof, fitted, none;
        assert_int_equal(tr_op_roof_time(&ops[i], &system, &roof, &err), TR_OK);
        assert_int_equal(tr_op_fitted_time(&ops[i], &system, NULL, &none, &err), TR_OK);
        assert_int_equal(tr_op_fitted_time(&ops[i], &system, calibration, &fitted, &err), TR_OK);
        assert_close(none.time_s, roof.time_s, 0);
        assert_true(fitted.time_s >= roof.time_s);
    }
    assert_int_equal(tr_op_roof_time(NULL, &system, NULL, &err), TR_EMISSING);
}

static void a_pass_of_nothing_or_of_nan_is_refused(void **state)
{
    (void)state;
    static tr_model model;
    model_named("llama-3.1-8b", &model);
    const tr_system system = endless(1);
    const tr_pass good = {.decode_seq = 1, .token_per_seq = 1};
    tr_pass bad = good;
    size_t count = 99;
    tr_error err;
    bad.decode_seq = 0;
    assert_int_equal(tr_operator_list(&model, &system, NULL, NULL, &bad, ops, 8, &count, &err), TR_EDOMAIN);
    bad = good;
    bad.routing_skew_ratio = NAN;
    assert_int_equal(tr_operator_list(&model, &system, NULL, NULL, &bad, ops, 8, &count, &err), TR_EDOMAIN);
    bad = good;
    bad.token_per_seq = NAN;
    assert_int_equal(tr_operator_list(&model, &system, NULL, NULL, &bad, ops, 8, &count, &err), TR_EDOMAIN);
    assert_int_equal(count, 99);
    assert_int_equal(tr_operator_list(&model, &system, NULL, NULL, &good, NULL, 0, &count, &err), TR_ECAPACITY);
    assert_true(count > 5 && count < 99);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_list_sums_to_the_two_equations_for_every_model_of_the_catalog),
        cmocka_unit_test(flops_of_one_decoded_token_are_equal_to_the_last_digit),
        cmocka_unit_test(copies_named_the_sums_hold_in_every_layout_of_eight_chips),
        cmocka_unit_test(operators_are_never_faster_than_the_bound),
        cmocka_unit_test(copied_kv_heads_are_read_by_every_chip_that_copies_them),
        cmocka_unit_test(a_verified_draft_reads_the_cache_once_and_multiplies_for_each_token),
        cmocka_unit_test(a_mixed_pass_reads_weights_once_for_both_phases),
        cmocka_unit_test(skewed_routing_loads_the_busiest_rank_more_and_touches_fewer_experts),
        cmocka_unit_test(the_plan_agrees_with_the_step_at_every_point),
        cmocka_unit_test(a_calibration_makes_operators_slower_and_never_faster),
        cmocka_unit_test(a_pass_of_nothing_or_of_nan_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
