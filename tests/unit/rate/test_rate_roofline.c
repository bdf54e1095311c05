/* test_rate_roofline.c -- a model and a system boiled down: formats, bytes by part, refusals. */
#include "fixture.h"

static tr_roofline roof_with(const tr_model *model, const tr_system *system, tr_weight_format weight,
                             tr_dtype kv, tr_dtype math)
{
    const tr_formats formats = {.weight = weight, .kv = kv, .math = math};
    tr_roofline roof;
    tr_error err;
    if (tr_roofline_of(model, system, NULL, &formats, &roof, &err) != TR_OK)
        fail_msg("roofline: %s", err.text);
    return roof;
}

static void rates_and_sizes_add_up_over_the_chips(void **state)
{
    (void)state;
    const tr_model model = toy_model(0);
    const tr_system system = toy_system(8.0);
    const tr_roofline roof = roof_of(&model, &system);
    assert_true(roof.chip_count == 8.0);
    assert_true(roof.flop_per_s == 8e15);
    assert_true(roof.byte_per_s == 32e12);
    assert_true(roof.memory_byte == 800e9);
    assert_close(roof.usd_per_s, 28.8 / 3600.0, 1e-15);
    assert_true(roof.flop_per_token == 2.1e9);
    assert_true(roof.fixed_weight_byte == 2.1e9);
    assert_true(roof.routed_weight_byte == 0.0);
    assert_true(roof.store_weight_byte == 2.2e9); /* with the input table */
    assert_true(roof.expert_idle_share == 0.0);
    assert_true(roof.kv_byte_per_token == 40960.0);
    assert_true(roof.weight_byte == 2.0);
}

/* Head, embedding and norms stay in BF16. */
static void store_linear_in_one_byte(tr_model *model)
{
    for (int part = TR_PART_MIXER; part <= TR_PART_ROUTED; part++)
        model->weight.part[part] = (tr_part_format){1.0, TR_DTYPE_FP8};
}

static void a_mixture_is_split_into_what_every_pass_reads_and_what_tokens_choose(void **state)
{
    (void)state;
    tr_model model = toy_model(1);
    model.weight_dtype = TR_DTYPE_FP8;
    store_linear_in_one_byte(&model);
    const tr_system system = toy_system(1.0);
    const tr_roofline roof = roof_of(&model, &system);
    assert_close(roof.routed_weight_byte, 2.56e9, 1e-15);
    assert_close(roof.fixed_weight_byte, 0.44e9 + 2.0 * 50e6, 1e-15);
    assert_close(roof.store_weight_byte, 2.56e9 + 0.54e9 + 0.1e9, 1e-15);
    assert_true(roof.expert_idle_share == 248.0 / 256.0);
    assert_int_equal(roof.weight_dtype, TR_DTYPE_FP8);
    assert_int_equal(roof.math_dtype, TR_DTYPE_FP8);
    assert_true(roof.flop_per_s == 2e15);
}

static void a_tied_table_is_stored_once_and_streamed_as_the_head(void **state)
{
    (void)state;
    tr_model model = toy_model(0);
    model.tied = 1;
    model.head_param = 0.0;
    model.total_param = model.active_param = 1.05e9;
    const tr_system system = toy_system(1.0);
    const tr_roofline roof = roof_of(&model, &system);
    assert_true(roof.fixed_weight_byte == 2.1e9);
    assert_true(roof.store_weight_byte == 2.1e9);
    /* Linear parts in FP8, the table in BF16: 1.0e9 x 1 + 50e6 x 2. */
    store_linear_in_one_byte(&model);
    const tr_roofline fp8 = roof_of(&model, &system);
    assert_close(fp8.fixed_weight_byte, 1.1e9, 1e-15);
    assert_close(fp8.store_weight_byte, 1.1e9, 1e-15);
}

static void layers_with_other_mixtures_are_averaged_by_their_parameters(void **state)
{
    (void)state;
    tr_model model = toy_model(1);
    model.layer[1] = model.layer[0];
    model.layer_kinds = 2;
    model.layer[0].layer_count = 5.0;
    model.layer[1].layer_count = 5.0;
    const tr_system system = toy_system(1.0);
    assert_true(roof_of(&model, &system).expert_idle_share == 248.0 / 256.0);
    model.layer[1].experts_active = 16.0;
    assert_close(roof_of(&model, &system).expert_idle_share, 244.0 / 256.0, 1e-15);
    model.layer[1].experts = 0.0; /* a dense layer has no say */
    assert_true(roof_of(&model, &system).expert_idle_share == 248.0 / 256.0);
}

static void low_precision_rates_need_low_precision_weights_and_math(void **state)
{
    (void)state;
    const tr_model model = toy_model(0); /* published in BF16 */
    tr_system system = toy_system(1.0);
    system.chip.flop_per_s[TR_DTYPE_INT8] = 4e15;
    const struct {
        tr_weight_format weight;
        tr_dtype math, used;
        double flop_per_s;
    } cases[] = {
        {TR_WEIGHT_FORMAT_NATIVE, TR_DTYPE_NATIVE, TR_DTYPE_BF16, 1e15},
        {TR_WEIGHT_FORMAT_NATIVE, TR_DTYPE_FP8, TR_DTYPE_BF16, 1e15},  /* weights are wider than the wish */
        {TR_WEIGHT_FORMAT_FP8, TR_DTYPE_NATIVE, TR_DTYPE_FP8, 2e15},
        {TR_WEIGHT_FORMAT_FP8, TR_DTYPE_FP8, TR_DTYPE_FP8, 2e15},
        {TR_WEIGHT_FORMAT_FP8, TR_DTYPE_BF16, TR_DTYPE_BF16, 1e15},    /* weight-only FP8 */
        {TR_WEIGHT_FORMAT_FP8, TR_DTYPE_FP4, TR_DTYPE_FP8, 2e15},
        {TR_WEIGHT_FORMAT_FP8, TR_DTYPE_INT8, TR_DTYPE_BF16, 1e15},    /* no common 8-bit form */
        {TR_WEIGHT_FORMAT_FP4, TR_DTYPE_NATIVE, TR_DTYPE_BF16, 1e15},  /* no FP4 units: unpacked, as INT4 is */
        {TR_WEIGHT_FORMAT_FP4, TR_DTYPE_FP8, TR_DTYPE_FP8, 2e15},      /* FP8 math only where it is asked for */
        {TR_WEIGHT_FORMAT_FP4, TR_DTYPE_BF16, TR_DTYPE_BF16, 1e15},
        {TR_WEIGHT_FORMAT_INT4, TR_DTYPE_NATIVE, TR_DTYPE_BF16, 1e15}, /* weight-only */
        {TR_WEIGHT_FORMAT_INT4, TR_DTYPE_FP8, TR_DTYPE_BF16, 1e15},
        {TR_WEIGHT_FORMAT_INT4, TR_DTYPE_INT8, TR_DTYPE_INT8, 4e15},   /* unpacked to whole numbers, as asked */
        {TR_WEIGHT_FORMAT_BF16, TR_DTYPE_INT4, TR_DTYPE_BF16, 1e15},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const tr_roofline roof = roof_with(&model, &system, cases[i].weight, TR_DTYPE_NATIVE, cases[i].math);
        assert_int_equal(roof.math_dtype, cases[i].used);
        assert_true(roof.flop_per_s == cases[i].flop_per_s);
    }
}

static void a_chip_without_the_math_is_refused(void **state)
{
    (void)state;
    tr_model model = toy_model(0);
    tr_system system = toy_system(1.0);
    system.chip.flop_per_s[TR_DTYPE_BF16] = 0.0; /* FP8 only: BF16 weights cannot run */
    tr_roofline roof;
    tr_error err;
    assert_int_equal(tr_roofline_of(&model, &system, NULL, NULL, &roof, &err), TR_ENOFIT);
    assert_non_null(strstr(err.text, "it has fp8; weights stored in such a format would run"));
    /* A checkpoint in FP8 keeps its head in BF16; plain numbers of a byte have no other part. */
    const tr_formats fp8 = {.weight = TR_WEIGHT_FORMAT_FP8, .kv = TR_DTYPE_NATIVE, .math = TR_DTYPE_NATIVE};
    assert_int_equal(tr_roofline_of(&model, &system, NULL, &fp8, &roof, &err), TR_ENOFIT);
    model = plain_model(1e9, 1e9, 1e3, 1.0);
    assert_true(roof_of(&model, &system).flop_per_s == 2e15);
}

static void an_override_counts_its_scales_and_leaves_tables_and_norms(void **state)
{
    (void)state;
    tr_model model = toy_model(1);
    store_linear_in_one_byte(&model);
    model.weight_total_byte = 3.3e9;
    const tr_system system = toy_system(1.0);
    const tr_roofline roof = roof_with(&model, &system, TR_WEIGHT_FORMAT_FP4, TR_DTYPE_FP8, TR_DTYPE_NATIVE);
    /* Half a byte and a byte of scale for 16; head and embedding in BF16. */
    assert_close(roof.routed_weight_byte, 0.5625 * 2.56e9, 1e-15);
    assert_close(roof.fixed_weight_byte, 0.5625 * 0.44e9 + 2.0 * 50e6, 1e-15);
    assert_close(roof.store_weight_byte, 0.5625 * 3e9 + 4.0 * 50e6, 1e-15);
    assert_close(roof.weight_byte, roof.store_weight_byte / 3.1e9, 1e-15);
    assert_int_equal(roof.kv_dtype, TR_DTYPE_FP8);
    assert_true(roof.kv_byte_per_token == 20480.0);
    assert_true(roof.flop_per_token == 2.0 * 0.57e9);
}

static void a_file_s_exact_bytes_are_what_is_stored(void **state)
{
    (void)state;
    tr_model model = toy_model(0); /* by parts: 2.2e9 stored, 2.1e9 streamed */
    const tr_system system = toy_system(1.0);
    model.weight_total_byte = 2.3e9; /* more tensors than the main stack */
    tr_roofline roof = roof_of(&model, &system);
    assert_true(roof.store_weight_byte == 2.3e9);
    assert_true(roof.fixed_weight_byte == 2.1e9);
    model.weight_total_byte = 1.1e9; /* packed tighter than the parts say: half */
    roof = roof_of(&model, &system);
    assert_true(roof.store_weight_byte == 1.1e9);
    assert_close(roof.fixed_weight_byte, 1.05e9, 1e-15);
}

static void plain_numbers_are_taken_literally(void **state)
{
    (void)state;
    const tr_model model = plain_model(671e9, 37e9, 70272.0, 1.0);
    const tr_system system = plain_system(2e15, 3.35e12, 0.0, 2.0);
    const tr_roofline roof = roof_of(&model, &system);
    assert_true(roof.flop_per_token == 74e9);
    assert_true(roof.fixed_weight_byte == 671e9);
    assert_true(roof.routed_weight_byte == 0.0);
    assert_true(roof.expert_idle_share == 0.0);
    assert_true(roof.kv_byte_per_token == 70272.0);
    assert_true(roof.weight_byte == 1.0);
    assert_true(isinf(roof.memory_byte));
    /* Bytes given as bytes are not rescaled by a KV dtype. */
    const tr_roofline fp8 = roof_with(&model, &system, TR_WEIGHT_FORMAT_NATIVE, TR_DTYPE_FP8, TR_DTYPE_NATIVE);
    const tr_roofline bf16 = roof_with(&model, &system, TR_WEIGHT_FORMAT_NATIVE, TR_DTYPE_BF16, TR_DTYPE_NATIVE);
    assert_true(fp8.kv_byte_per_token == 70272.0);
    assert_true(bf16.kv_byte_per_token == 70272.0);
    assert_true(decode(&bf16, 3.0, 1000.0).kv_read_byte == 3.0 * 1000.0 * 70272.0);
}

static void an_odd_number_of_bytes_a_weight_is_fine_in_plain_numbers(void **state)
{
    (void)state;
    const tr_model model = plain_model(100e9, 100e9, 0.0, 0.5625); /* 4-bit with a scale each 16 */
    const tr_system system = toy_system(1.0);
    const tr_roofline roof = roof_of(&model, &system);
    assert_close(roof.fixed_weight_byte, 56.25e9, 1e-15);
    assert_true(roof.flop_per_s == 1e15 || roof.flop_per_s == 2e15);
}

static void bad_models_and_systems_are_refused_and_the_answer_left_alone(void **state)
{
    (void)state;
    tr_roofline roof, before;
    memset(&roof, 0x5a, sizeof roof);
    before = roof;
    tr_error err;
    const double wrong[] = {(double)NAN, -1.0, 0.0};
    for (size_t i = 0; i < 3; i++) {
        tr_model model = toy_model(0);
        tr_system system = toy_system(1.0);
        model.multiply_param = wrong[i];
        assert_int_equal(tr_roofline_of(&model, &system, NULL, NULL, &roof, &err), TR_EDOMAIN);
        assert_string_equal(err.field, "multiply_param");
        model = toy_model(0);
        model.stream_param = wrong[i];
        assert_int_equal(tr_roofline_of(&model, &system, NULL, NULL, &roof, &err), TR_EDOMAIN);
        assert_string_equal(err.field, "stream_param");
        model = toy_model(0);
        system.chip.memory_byte_per_s = wrong[i];
        assert_int_equal(tr_roofline_of(&model, &system, NULL, NULL, &roof, &err), TR_EDOMAIN);
        assert_string_equal(err.field, "memory_byte_per_s");
        system = toy_system(1.0);
        system.chip.memory_byte = wrong[i];
        assert_int_equal(tr_roofline_of(&model, &system, NULL, NULL, &roof, &err), TR_EDOMAIN);
        assert_string_equal(err.field, "memory_byte");
        system = toy_system(1.0);
        system.chip_count = wrong[i];
        assert_int_equal(tr_roofline_of(&model, &system, NULL, NULL, &roof, &err), TR_EDOMAIN);
        assert_string_equal(err.field, "chip_count");
    }
    tr_model model = toy_model(0);
    tr_system system = toy_system(1.0);
    system.usd_per_hour = (double)NAN;
    assert_int_equal(tr_roofline_of(&model, &system, NULL, NULL, &roof, &err), TR_EDOMAIN);
    system = toy_system(1.0);
    const tr_formats formats = {.kv = TR_DTYPE_COUNT};
    assert_int_equal(tr_roofline_of(&model, &system, NULL, &formats, &roof, &err), TR_EDOMAIN);
    assert_string_equal(err.field, "kv_dtype");
    assert_int_equal(tr_roofline_of(NULL, &system, NULL, NULL, &roof, &err), TR_EMISSING);
    assert_int_equal(tr_roofline_of(&model, NULL, NULL, NULL, &roof, NULL), TR_EMISSING);
    assert_memory_equal(&roof, &before, sizeof roof);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rates_and_sizes_add_up_over_the_chips),
        cmocka_unit_test(a_mixture_is_split_into_what_every_pass_reads_and_what_tokens_choose),
        cmocka_unit_test(a_tied_table_is_stored_once_and_streamed_as_the_head),
        cmocka_unit_test(layers_with_other_mixtures_are_averaged_by_their_parameters),
        cmocka_unit_test(low_precision_rates_need_low_precision_weights_and_math),
        cmocka_unit_test(a_chip_without_the_math_is_refused),
        cmocka_unit_test(an_override_counts_its_scales_and_leaves_tables_and_norms),
        cmocka_unit_test(a_file_s_exact_bytes_are_what_is_stored),
        cmocka_unit_test(plain_numbers_are_taken_literally),
        cmocka_unit_test(an_odd_number_of_bytes_a_weight_is_fine_in_plain_numbers),
        cmocka_unit_test(bad_models_and_systems_are_refused_and_the_answer_left_alone),
    };
    return cmocka_run_group_tests_name("rate roofline", tests, NULL, NULL);
}
