/* test_rate_operator.c -- one operator at datasheet peak and at measured shares, and what a calibration is. */
#include "fixture.h"

static tr_model model;
static tr_op ops[TR_OP_LIST_MAX];

static tr_op_time time_of(const tr_op *op, const tr_system *system, const tr_calibration *c)
{
    tr_op_time t;
    tr_error err;
    if (tr_operator_time(op, system, c, &t, &err) != TR_OK)
        fail_msg("%s: %s", op->name, err.text);
    return t;
}

/* 3 s of reading at half the bandwidth is 6 s beside 8 s of multiplies: 8 s at the roof, 10 s measured. */
static void an_operator_is_the_longer_of_its_sides_and_measured_the_root_of_squares(void **state)
{
    (void)state;
    const tr_system system = toy_system(1.0);
    const tr_op op = {.name = "qkv", .op_class = TR_OP_GEMM, .count = 2.0, .math_dtype = TR_DTYPE_BF16, .flop = 8e15,
                      .weight_byte = 3e12, .flop_per_s = 1e15, .byte_per_s = 1e12};
    tr_op_time t = time_of(&op, &system, NULL);
    assert_true(t.compute_s == 8.0 && t.memory_s == 3.0 && t.time_s == 8.0 && t.total_s == 16.0);
    assert_int_equal(t.limit, TR_LIMIT_COMPUTE);
    tr_calibration c = ideal_calibration();
    c.value[TR_CONSTANT_LINEAR_BYTE] = 0.5;
    t = time_of(&op, &system, &c);
    assert_close(t.time_s, 10.0, 1e-15);
    c.value[TR_CONSTANT_LINEAR_FLOP] = 0.8;
    assert_close(time_of(&op, &system, &c).compute_s, 10.0, 1e-15);
}

static void each_class_has_its_own_share(void **state)
{
    (void)state;
    const tr_system system = toy_system(1.0);
    tr_op op = {.count = 1.0, .math_dtype = TR_DTYPE_BF16, .flop = 1e15, .kv_byte = 1e12, .flop_per_s = 1e15,
                .byte_per_s = 1e12};
    const struct {
        tr_op_class op_class;
        tr_constant flop, byte;
    } of[] = {{TR_OP_GEMM, TR_CONSTANT_LINEAR_FLOP, TR_CONSTANT_LINEAR_BYTE},
              {TR_OP_ELEMENT, TR_CONSTANT_LINEAR_FLOP, TR_CONSTANT_LINEAR_BYTE},
              {TR_OP_MOE, TR_CONSTANT_EXPERT_FLOP, TR_CONSTANT_EXPERT_BYTE},
              {TR_OP_DECODE_ATTENTION, TR_CONSTANT_ATTENTION_FLOP, TR_CONSTANT_KV_BYTE},
              {TR_OP_DECODE_MLA, TR_CONSTANT_ATTENTION_FLOP, TR_CONSTANT_KV_BYTE},
              {TR_OP_INDEX, TR_CONSTANT_ATTENTION_FLOP, TR_CONSTANT_KV_BYTE},
              {TR_OP_STATE, TR_CONSTANT_ATTENTION_FLOP, TR_CONSTANT_KV_BYTE},
              {TR_OP_PREFILL_ATTENTION, TR_CONSTANT_PROMPT_FLOP, TR_CONSTANT_KV_BYTE},
              {TR_OP_PREFILL_MLA, TR_CONSTANT_PROMPT_FLOP, TR_CONSTANT_KV_BYTE}};
    for (size_t i = 0; i < sizeof of / sizeof of[0]; i++) {
        tr_calibration c = ideal_calibration();
        c.value[of[i].flop] = 0.25;
        c.value[of[i].byte] = 0.5;
        op.op_class = of[i].op_class;
        assert_close(time_of(&op, &system, &c).compute_s, 4.0, 1e-15);
        assert_close(time_of(&op, &system, &c).memory_s, 2.0, 1e-15);
    }
}

static void narrow_multiplies_reach_less_of_a_doubled_peak(void **state)
{
    (void)state;
    const tr_system system = toy_system(1.0);
    tr_op op = {.count = 1.0, .flop = 1e15, .flop_per_s = 1e15, .byte_per_s = 1e12};
    tr_calibration c = ideal_calibration();
    c.value[TR_CONSTANT_FP8_FLOP] = 0.5;
    c.value[TR_CONSTANT_FP4_FLOP] = 0.25;
    c.value[TR_CONSTANT_EXPERT_FP8] = 0.2;
    c.value[TR_CONSTANT_EXPERT_FP4] = 0.1;
    static const tr_dtype math[] = {TR_DTYPE_BF16, TR_DTYPE_FP8, TR_DTYPE_INT8, TR_DTYPE_FP4};
    static const double dense_s[] = {1.0, 2.0, 2.0, 4.0}, expert_s[] = {1.0, 5.0, 5.0, 10.0};
    for (int i = 0; i < 4; i++) {
        op.math_dtype = math[i];
        op.op_class = TR_OP_GEMM;
        assert_close(time_of(&op, &system, &c).compute_s, dense_s[i], 1e-15);
        op.op_class = TR_OP_MOE;
        assert_close(time_of(&op, &system, &c).compute_s, expert_s[i], 1e-15);
    }
}

static void rows_are_padded_up_to_tiles(void **state)
{
    (void)state;
    const tr_system system = toy_system(1.0);
    tr_op op = {.op_class = TR_OP_MOE, .count = 1.0, .m_row = 64.0, .experts = 32.0, .touched_count = 16.0,
                      .flop = 1e15, .flop_per_s = 1e15, .byte_per_s = 1e12};
    tr_calibration c = ideal_calibration();
    c.value[TR_CONSTANT_EXPERT_TILE] = 8.0;
    assert_close(time_of(&op, &system, &c).compute_s, 1.0 + 8.0 * 16 / 64, 1e-15);
    assert_close(time_of(&op, &system, NULL).compute_s, 1.0, 1e-15);
    op.op_class = TR_OP_GEMM;
    c.value[TR_CONSTANT_LINEAR_TILE] = 16.0;
    assert_close(time_of(&op, &system, &c).compute_s, 1.25, 1e-15);
}

static void bytes_that_memory_carries_between_operators_hide_behind_nothing(void **state)
{
    (void)state;
    const tr_system system = toy_system(1.0);
    const tr_op op = {.op_class = TR_OP_GEMM, .count = 1.0, .flop = 1e15, .activation_byte = 2e12, .flop_per_s = 1e15,
                      .byte_per_s = 1e12};
    tr_calibration c = ideal_calibration();
    c.value[TR_CONSTANT_MOVE] = 1.5;
    assert_close(time_of(&op, &system, &c).time_s, 1.0 + 3.0, 1e-15);
    assert_close(time_of(&op, &system, NULL).time_s, 1.0, 1e-15); /* at the roof they stay on the chip */
}

static void a_collective_costs_its_start_its_wire_and_the_root_between(void **state)
{
    (void)state;
    tr_system system = toy_system(2.0);
    system.chip.scaleup_byte_per_s = 1.0; /* a byte a second: two-shot between two sends n bytes */
    const tr_op op = {.op_class = TR_OP_ALL_REDUCE, .count = 3.0, .group_chip = 2.0, .message_byte = 4.0};
    tr_calibration c = ideal_calibration();
    c.value[TR_CONSTANT_LINK_S] = 2.0;
    c.value[TR_CONSTANT_LINK_BYTE] = 0.5;
    c.value[TR_CONSTANT_LINK_MID_S] = 9.0;
    const tr_op_time t = time_of(&op, &system, &c);
    assert_close(t.link_s, 8.0 + 6.0, 1e-12); /* 4 s at half the rate, and the root of 4 x 9 */
    assert_close(t.fixed_s, 2.0, 1e-5);
    assert_close(t.time_s, t.link_s + t.fixed_s, 1e-15);
    assert_int_equal(t.limit, TR_LIMIT_COMM);
    assert_close(time_of(&op, &system, NULL).link_s, 4.0, 1e-12);
}

static void a_calibration_makes_operators_slower_and_never_faster(void **state)
{
    (void)state;
    const tr_system system = get_system("8xh200-sxm");
    get_model("deepseek-v3", &model);
    const tr_shard shard = shard_of(&model, &system, (tr_layout){4, 2, 8, 1, 1, 0});
    const tr_pass pass = {.decode_seq = 64, .decode_context_token = 4096, .token_per_seq = 1, .prefill_seq = 2,
                          .prefill_query_token = 2048};
    size_t count = 0;
    assert_int_equal(tr_operator_list(&shard, &pass, ops, TR_OP_LIST_MAX, &count, NULL), TR_OK);
    for (size_t k = 0; k < tr_calibration_count(); k++)
        for (size_t i = 0; i < count; i++)
            assert_true(time_of(&ops[i], &system, tr_calibration_at(k)).time_s >=
                        time_of(&ops[i], &system, NULL).time_s);
}

static void an_operator_that_is_no_work_is_refused(void **state)
{
    (void)state;
    const tr_system system = toy_system(1.0);
    const tr_op good = {.op_class = TR_OP_GEMM, .count = 1.0, .flop = 1.0, .flop_per_s = 1.0, .byte_per_s = 1.0};
    tr_op_time t, before;
    tr_error err;
    memset(&t, 0x5a, sizeof t);
    before = t;
    assert_int_equal(tr_operator_time(NULL, &system, NULL, &t, &err), TR_EMISSING);
    assert_int_equal(tr_operator_time(&good, NULL, NULL, &t, &err), TR_EMISSING);
    assert_int_equal(tr_operator_time(&good, &system, NULL, NULL, &err), TR_EMISSING);
    tr_op bad = good;
    bad.flop = (double)NAN;
    assert_int_equal(tr_operator_time(&bad, &system, NULL, &t, &err), TR_EDOMAIN);
    bad = good;
    bad.byte_per_s = 0.0;
    assert_int_equal(tr_operator_time(&bad, &system, NULL, &t, &err), TR_EDOMAIN);
    bad = good;
    bad.op_class = TR_OP_CLASS_COUNT;
    assert_int_equal(tr_operator_time(&bad, &system, NULL, &t, &err), TR_EDOMAIN);
    tr_calibration c = ideal_calibration();
    c.value[TR_CONSTANT_LINEAR_BYTE] = (double)NAN;
    assert_int_equal(tr_operator_time(&good, &system, &c, &t, &err), TR_EDOMAIN);
    assert_memory_equal(&t, &before, sizeof t);
}

static void a_chip_nobody_measured_gets_its_generations_constants_and_says_so(void **state)
{
    (void)state;
    const tr_calibration own = get_calibration("h100-sxm", "vllm"), lent = get_calibration("h200-sxm", "vllm");
    assert_int_equal(own.distance, TR_DISTANCE_NEAR);
    assert_int_equal(lent.distance, TR_DISTANCE_CHIP);
    assert_int_equal(get_calibration("h100-sxm", "").distance, TR_DISTANCE_ENGINE);
    tr_calibration other_model;
    get_model("mistral-large-2407", &model);
    assert_int_equal(tr_calibration_find(tr_chip_catalog_find("h100-sxm"), "vllm", &model, &other_model, NULL), TR_OK);
    assert_int_equal(other_model.distance, TR_DISTANCE_MODEL);
    assert_string_equal(lent.origin, "h200-sxm from h100-sxm, vllm");
    assert_memory_equal(own.value, lent.value, sizeof own.value);
    assert_string_equal(get_calibration("b300-sxm", "").chip, "b200-sxm");
    const tr_calibration other = get_calibration("gaudi3", "vllm");
    assert_int_equal(other.distance, TR_DISTANCE_GENERIC);
    assert_string_equal(other.origin, "gaudi3 from all chips measured, vllm");
    for (int of = 0; of < TR_INTERVAL_COUNT; of++) {
        assert_true(strlen(tr_interval_name((tr_interval)of)) > 2);
        for (int d = 1; d < TR_DISTANCE_COUNT; d++) {
            assert_true(own.band[of][d].low_ratio <= own.band[of][d - 1].low_ratio);
            assert_true(own.band[of][d].high_ratio >= own.band[of][d - 1].high_ratio);
        }
    }
    assert_null(tr_interval_name(TR_INTERVAL_COUNT));
}

/* What was measured on a chip says nothing certain of one that is faster; its memory and its price decide no time. */
static void a_chip_with_other_speeds_by_its_name_was_not_measured(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        tr_distance distance;
    } row[] = {
        {"h100-sxm,mem=141GB", TR_DISTANCE_NEAR},  {"8xh100-sxm,price=2.5,power=0.5x", TR_DISTANCE_NEAR},
        {"h100-sxm,bw=1x", TR_DISTANCE_NEAR},      {"h100-sxm,bw=2x", TR_DISTANCE_CHIP},
        {"h100-sxm,flops=1.5x", TR_DISTANCE_CHIP}, {"h100-sxm,fp8=2x", TR_DISTANCE_CHIP},
        {"8xh100-sxm,link=2x", TR_DISTANCE_CHIP},  {"h100-sxm,bw=100x", TR_DISTANCE_GENERIC},
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        const tr_system changed = get_system(row[i].name);
        tr_calibration c;
        assert_int_equal(tr_calibration_find(&changed.chip, "vllm", NULL, &c, NULL), TR_OK);
        if (c.distance != row[i].distance)
            fail_msg("%s: %s", row[i].name, tr_distance_name(c.distance));
    }
    const tr_system twice = get_system("8xh100-sxm,bw=2x");
    tr_calibration c;
    assert_int_equal(tr_calibration_find(&twice.chip, "vllm", NULL, &c, NULL), TR_OK);
    assert_non_null(strstr(c.origin, "h100-sxm,bw=2x from "));
    get_model("deepseek-v3", &model);
    assert_true(tr_calibration_has_model(&model));
    get_model("deepseek-v3,layers=30", &model);
    assert_false(tr_calibration_has_model(&model));
}

static void a_model_nobody_measured_is_told_from_one_that_was(void **state)
{
    (void)state;
    get_model("llama-3.1-8b", &model);
    assert_true(tr_calibration_has_model(&model));
    get_model("mistral-large-2407", &model);
    assert_false(tr_calibration_has_model(&model));
}

static void an_engine_nobody_measured_is_refused_with_those_that_were(void **state)
{
    (void)state;
    tr_calibration c;
    tr_error err;
    memset(&c, 0x5a, sizeof c);
    const tr_calibration before = c;
    assert_int_equal(tr_calibration_find(tr_chip_catalog_find("h100-sxm"), "orca", NULL, &c, &err), TR_EUNKNOWN);
    assert_non_null(strstr(err.text, "vllm"));
    assert_memory_equal(&c, &before, sizeof c);
    assert_int_equal(tr_calibration_find(NULL, "vllm", NULL, &c, &err), TR_EMISSING);
}

static void every_constant_has_a_name_a_unit_and_a_meaning(void **state)
{
    (void)state;
    for (int i = 0; i < TR_CONSTANT_COUNT; i++) {
        assert_non_null(tr_constant_name((tr_constant)i));
        assert_non_null(tr_constant_doc((tr_constant)i));
        if (tr_constant_unit((tr_constant)i) == TR_UNIT_NONE) /* a ratio that may pass 1, or steps */
            assert_true(strstr(tr_constant_name((tr_constant)i), "_ratio") != NULL ||
                        strstr(tr_constant_name((tr_constant)i), "_step") != NULL);
    }
    assert_null(tr_constant_name(TR_CONSTANT_COUNT));
    for (size_t i = 0; i < tr_calibration_count(); i++) {
        const tr_calibration *c = tr_calibration_at(i);
        assert_int_equal(tr_calibration_check(c, NULL), TR_OK);
        assert_true(c->value[TR_CONSTANT_LINEAR_BYTE] <= 1.0 && c->value[TR_CONSTANT_KV_BYTE] <= 1.0);
    }
    assert_null(tr_calibration_at(tr_calibration_count()));
    assert_non_null(tr_calibration_engine(0));
}

/* What makes a fitted pass no faster than its operators' roofs: no share is above 1, and no time below 0. */
static void a_calibration_above_the_datasheet_is_refused(void **state)
{
    (void)state;
    tr_error err;
    for (int i = 0; i < TR_CONSTANT_COUNT; i++) {
        tr_calibration c = ideal_calibration();
        c.value[i] = -1e-3;
        assert_int_equal(tr_calibration_check(&c, &err), TR_EDOMAIN);
        c.value[i] = (double)NAN;
        assert_int_equal(tr_calibration_check(&c, &err), TR_EDOMAIN);
        if (i > TR_CONSTANT_EXPERT_FP4)
            continue;
        c.value[i] = 1.01;
        assert_int_equal(tr_calibration_check(&c, &err), TR_EDOMAIN);
        assert_string_equal(err.field, tr_constant_name((tr_constant)i));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_operator_is_the_longer_of_its_sides_and_measured_the_root_of_squares),
        cmocka_unit_test(each_class_has_its_own_share),
        cmocka_unit_test(narrow_multiplies_reach_less_of_a_doubled_peak),
        cmocka_unit_test(rows_are_padded_up_to_tiles),
        cmocka_unit_test(bytes_that_memory_carries_between_operators_hide_behind_nothing),
        cmocka_unit_test(a_collective_costs_its_start_its_wire_and_the_root_between),
        cmocka_unit_test(a_calibration_makes_operators_slower_and_never_faster),
        cmocka_unit_test(an_operator_that_is_no_work_is_refused),
        cmocka_unit_test(a_chip_nobody_measured_gets_its_generations_constants_and_says_so),
        cmocka_unit_test(a_chip_with_other_speeds_by_its_name_was_not_measured),
        cmocka_unit_test(a_model_nobody_measured_is_told_from_one_that_was),
        cmocka_unit_test(an_engine_nobody_measured_is_refused_with_those_that_were),
        cmocka_unit_test(every_constant_has_a_name_a_unit_and_a_meaning),
        cmocka_unit_test(a_calibration_above_the_datasheet_is_refused),
    };
    return cmocka_run_group_tests_name("rate operator", tests, NULL, NULL);
}
