/* test_input_set.c -- inputs set from text and numbers, refused, copied and put back. */
#include "unit_input.h"

static void a_range_that_doubles_gives_rows(void **state)
{
    (void)state;
    tr_scenario *s = fresh();
    size_t count = 0;
    set(s, "batch", "1..4096x2");
    const double *batch_seq = tr_input_list(s, TR_IN_BATCH, &count);
    assert_int_equal(count, 13);
    assert_true(batch_seq[0] == 1 && batch_seq[1] == 2 && batch_seq[12] == 4096);
    assert_true(tr_input_number(s, TR_IN_BATCH) == 1);
    tr_scenario_destroy(s);
}

static void k_is_1024_in_a_context_and_1000_in_a_batch(void **state)
{
    (void)state;
    tr_scenario *s = fresh();
    set(s, "context", "128k");
    set(s, "batch", "2k");
    assert_true(tr_input_number(s, TR_IN_CONTEXT) == 131072);
    assert_true(tr_input_number(s, TR_IN_BATCH) == 2000);
    tr_scenario_destroy(s);
}

static void a_misspelt_input_gets_a_suggestion(void **state)
{
    (void)state;
    tr_scenario *s = fresh();
    tr_error err;
    refuse(tr_scenario_set(s, "bach", "1", &err), TR_EUNKNOWN, &err, "did you mean 'batch'?");
    refuse(tr_scenario_set(s, "contxt_token", "1", &err), TR_EUNKNOWN, &err, "context");
    refuse(tr_scenario_set(s, "zzzzzz", "1", &err), TR_EUNKNOWN, &err, "unknown input 'zzzzzz'");
    refuse(tr_scenario_set_number(s, "phse", 1, &err), TR_EUNKNOWN, &err, "did you mean 'phase'?");
    tr_scenario_destroy(s);
}

static void what_is_out_of_range_leaves_the_value_alone(void **state)
{
    (void)state;
    tr_scenario *s = fresh();
    tr_error err;
    set(s, "batch", "8");
    refuse(tr_scenario_set(s, "batch", "0", &err), TR_EDOMAIN, &err, "expected 1 to");
    refuse(tr_scenario_set(s, "batch", "1,0", &err), TR_EDOMAIN, &err, "expected 1 to");
    refuse(tr_scenario_set(s, "batch", "-3", &err), TR_EDOMAIN, &err, "not -3");
    refuse(tr_scenario_set(s, "batch", "many", &err), TR_EPARSE, &err, "batch: ");
    refuse(tr_scenario_set(s, "count", "0.5", &err), TR_EDOMAIN, &err, "count: expected 1 to");
    assert_true(tr_input_number(s, TR_IN_BATCH) == 8);
    assert_false(tr_input_is_set(s, TR_IN_CHIP_COUNT));
    tr_scenario_destroy(s);
}

static void nan_and_infinity_are_refused(void **state)
{
    (void)state;
    tr_scenario *s = fresh();
    tr_error err;
    const double bad[] = {(double)NAN, HUGE_VAL, -HUGE_VAL};
    for (size_t i = 0; i < 3; i++) {
        refuse(tr_scenario_set_number(s, "batch_seq", bad[i], &err), TR_EDOMAIN, &err, "not finite");
        refuse(tr_scenario_set_number(s, "chip_usd_per_hour", bad[i], &err), TR_EDOMAIN, &err, "not finite");
    }
    refuse(tr_scenario_set(s, "batch", "nan", &err), TR_EDOMAIN, &err, "batch");
    tr_scenario_destroy(s);
}

static void a_number_format_has_many_names(void **state)
{
    (void)state;
    tr_scenario *s = fresh();
    tr_error err;
    assert_int_equal(tr_input_choice(s, TR_IN_WEIGHT_DTYPE), TR_WEIGHT_FORMAT_NATIVE);
    set(s, "weights", "float8_e4m3fn");
    assert_int_equal(tr_input_choice(s, TR_IN_WEIGHT_DTYPE), TR_WEIGHT_FORMAT_FP8);
    set(s, "weights", "q4_k_m");
    assert_string_equal(tr_weight_format_name(tr_input_choice(s, TR_IN_WEIGHT_DTYPE)), "q4_k_m");
    set(s, "weights", "native");
    assert_int_equal(tr_input_choice(s, TR_IN_WEIGHT_DTYPE), TR_WEIGHT_FORMAT_NATIVE);
    set(s, "kv", "float8_e4m3fn");
    assert_int_equal(tr_input_choice(s, TR_IN_KV_DTYPE), TR_DTYPE_FP8);
    refuse(tr_scenario_set(s, "kv", "fp7", &err), TR_EPARSE, &err, "q4_1, q4_0 or iq4_nl, not 'fp7'");
    tr_scenario_destroy(s);
}

static void a_choice_lists_its_words(void **state)
{
    (void)state;
    tr_scenario *s = fresh();
    tr_error err;
    refuse(tr_scenario_set(s, "phase", "train", &err), TR_EPARSE, &err,
           "phase: expected decode or prefill, not 'train'");
    refuse(tr_scenario_set(s, "json", "perhaps", &err), TR_EPARSE, &err, "json: expected on or off");
    refuse(tr_scenario_set_number(s, "phase", 1, &err), TR_EPARSE, &err, "one of its words, not a number");
    refuse(tr_scenario_set_number(s, "model", 1, &err), TR_EPARSE, &err, "a text, not a number");
    set(s, "json", "yes");
    assert_int_equal(tr_input_choice(s, TR_IN_JSON), 1);
    tr_scenario_destroy(s);
}

static void a_prefill_starts_with_an_empty_context_unless_told(void **state)
{
    (void)state;
    tr_scenario *s = fresh();
    assert_true(tr_input_number(s, TR_IN_CONTEXT) == 4096);
    set(s, "phase", "prefill");
    assert_true(tr_input_number(s, TR_IN_CONTEXT) == 0);
    set(s, "context", "1k");
    assert_true(tr_input_number(s, TR_IN_CONTEXT) == 1024);
    set(s, "phase", "decode");
    assert_true(tr_input_number(s, TR_IN_CONTEXT) == 1024);
    assert_int_equal(tr_scenario_unset(s, "context_token", NULL), TR_OK);
    assert_true(tr_input_number(s, TR_IN_CONTEXT) == 4096);
    set(s, "phase", "prefill");
    assert_int_equal(tr_scenario_unset(s, "phase", NULL), TR_OK);
    assert_true(tr_input_number(s, TR_IN_CONTEXT) == 4096);
    tr_scenario_destroy(s);
}

static void any_number_may_be_a_list(void **state)
{
    (void)state;
    tr_scenario *s = fresh();
    tr_error err;
    const double two[] = {4, 9};
    size_t count = 0;
    assert_int_equal(tr_scenario_set_list(s, "batch_seq", two, 2, &err), TR_OK);
    assert_true(tr_input_list(s, TR_IN_BATCH, &count)[1] == 9 && count == 2);
    assert_int_equal(tr_scenario_set_list(s, "chip_count", two, 2, &err), TR_OK);
    assert_true(tr_input_list(s, TR_IN_CHIP_COUNT, &count)[1] == 9 && count == 2);
    set(s, "tp", "1..8x2");
    assert_true(tr_input_list(s, TR_IN_TP, &count)[3] == 8 && count == 4 && tr_input_number(s, TR_IN_TP) == 1);
    set(s, "tp", "8");
    assert_true(tr_input_list(s, TR_IN_TP, &count)[0] == 8 && count == 1);
    set(s, "batch", "1..1048576"); /* the longest list there is */
    assert_true(tr_input_list(s, TR_IN_BATCH, &count)[4095] == 4096 && count == TR_LIST_MAX);
    set(s, "batch", "4,9");
    refuse(tr_scenario_set(s, "batch", "1..1048577", &err), TR_ECAPACITY, &err, "batch");
    refuse(tr_scenario_set_list(s, "batch_seq", two, 0, &err), TR_ECAPACITY, &err,
           "1 to 1048576 numbers, not 0");
    refuse(tr_scenario_set(s, "batch", "1..2M", &err), TR_ECAPACITY, &err, "batch");
    assert_int_equal((tr_input_list(s, TR_IN_BATCH, &count), count), 2);
    tr_scenario_destroy(s);
}

static void a_list_that_makes_no_rows_is_refused_and_not_cut_to_its_first_value(void **state)
{
    (void)state;
    tr_scenario *s = fresh();
    tr_error err;
    static const tr_input_id rows[] = {TR_IN_CONTEXT, TR_IN_BATCH};
    assert_int_equal(tr_input_check_lists(s, NULL, 0, &err), TR_OK); /* defaults that are lists are nobody's wish */
    set(s, "batch", "1,64");
    set(s, "context", "8k");
    assert_int_equal(tr_input_check_lists(s, rows, 2, &err), TR_OK);
    refuse(tr_input_check_lists(s, rows, 1, &err), TR_ECONFLICT, &err, "batch: expected one value here, not 2");
    refuse(tr_input_check_lists(s, NULL, 0, &err), TR_ECONFLICT, &err, "batch");
    set(s, "batch", "64");
    assert_int_equal(tr_input_check_lists(s, NULL, 0, &err), TR_OK);
    tr_scenario_destroy(s);
}

static void a_default_follows_the_input_it_depends_on(void **state)
{
    (void)state;
    tr_scenario *s = fresh();
    assert_true(tr_input_number(s, TR_IN_RL_MFU) == 0.4 / 3.0 && tr_input_number(s, TR_IN_SERVE_MFU) == 0.4 / 3.0);
    set(s, "train-mfu", "0.6");
    set(s, "rl-mfu", "0.1");
    assert_true(tr_input_number(s, TR_IN_RL_MFU) == 0.1 && tr_input_number(s, TR_IN_SERVE_MFU) == 0.6 / 3.0);
    assert_false(tr_input_is_set(s, TR_IN_SERVE_MFU));
    assert_int_equal(tr_scenario_unset(s, "rl_mfu", NULL), TR_OK);
    assert_true(tr_input_number(s, TR_IN_RL_MFU) == 0.6 / 3.0);
    assert_int_equal(tr_scenario_unset(s, "train_mfu", NULL), TR_OK);
    assert_true(tr_input_number(s, TR_IN_RL_MFU) == 0.4 / 3.0);
    assert_true(isnan(tr_input_number(s, TR_IN_RL_TOKEN))); /* depends on what training costs */
    tr_scenario_destroy(s);
}

static void an_input_is_set_by_its_id_as_by_its_name(void **state)
{
    (void)state;
    tr_scenario *s = fresh();
    tr_error err;
    assert_int_equal(tr_input_set(s, TR_IN_BATCH, "8,16", &err), TR_OK);
    assert_true(tr_input_is_set(s, TR_IN_BATCH) && tr_input_number(s, TR_IN_BATCH) == 8);
    assert_int_equal(tr_input_set(s, TR_IN_PHASE, "prefill", &err), TR_OK);
    assert_true(tr_input_number(s, TR_IN_CONTEXT) == 0);
    refuse(tr_input_set(s, TR_IN_BATCH, "0", &err), TR_EDOMAIN, &err, "batch: expected 1 to");
    set(s, "tensor_parallel_size", "4");
    assert_true(tr_input_number(s, TR_IN_TP) == 4);
    tr_scenario_destroy(s);
}

static void a_copy_is_a_scenario_of_its_own(void **state)
{
    (void)state;
    tr_scenario *a = fresh(), *b = fresh();
    set(a, "batch", "1,2,3");
    set(a, "model", "some-model");
    assert_int_equal(tr_scenario_copy(b, a), TR_OK);
    assert_int_equal(tr_scenario_copy(b, b), TR_OK);
    set(a, "batch", "7");
    size_t count = 0;
    assert_true(tr_input_list(b, TR_IN_BATCH, &count)[2] == 3 && count == 3);
    assert_string_equal(tr_input_text(b, TR_IN_MODEL), "some-model");
    tr_scenario_destroy(a);
    assert_true(tr_input_number(b, TR_IN_BATCH) == 1);
    tr_scenario_destroy(b);
    tr_scenario_destroy(NULL);
}

static void asking_for_the_wrong_kind_is_no_answer_and_no_crash(void **state)
{
    (void)state;
    tr_scenario *s = fresh();
    size_t count = 9;
    assert_true(isnan(tr_input_number(s, TR_IN_MODEL)));
    assert_true(isnan(tr_input_number(s, TR_IN_CHIP_COUNT)));
    assert_null(tr_input_list(s, TR_IN_MODEL, &count));
    assert_int_equal(count, 0);
    assert_string_equal(tr_input_text(s, TR_IN_BATCH), "");
    assert_int_equal(tr_input_choice(s, TR_IN_BATCH), -1);
    assert_int_equal(tr_input_choice(s, TR_IN_PRESET), -1);
    assert_int_equal(tr_scenario_unset(s, "nothing", NULL), TR_EUNKNOWN);
    tr_scenario_destroy(s);
}

static void a_text_has_a_limit(void **state)
{
    (void)state;
    tr_scenario *s = fresh();
    tr_error err;
    char text[TR_TEXT_MAX + 1];
    memset(text, 'x', sizeof text);
    text[TR_TEXT_MAX] = '\0';
    refuse(tr_scenario_set(s, "model", text, &err), TR_ECAPACITY, &err, "longer than 511 bytes");
    text[TR_TEXT_MAX - 1] = '\0';
    set(s, "model", text);
    assert_string_equal(tr_input_text(s, TR_IN_MODEL), text);
    tr_scenario_destroy(s);
}

static void formats_of_weights_may_be_several(void **state)
{
    tr_weight_format format[4] = {0};
    tr_error err;
    tr_scenario *s = tr_scenario_create(), *copy = tr_scenario_create();
    (void)state;
    assert_int_equal(tr_input_formats(s, TR_IN_WEIGHT_DTYPE, format, 4), 1); /* native */
    assert_int_equal(tr_scenario_set(s, "weights", "q4_k_m,q8_0,bf16", &err), TR_OK);
    assert_int_equal(tr_scenario_copy(copy, s), TR_OK);
    assert_int_equal(tr_input_formats(copy, TR_IN_WEIGHT_DTYPE, format, 4), 3);
    assert_string_equal(tr_weight_format_name(format[0]), "q4_k_m");
    assert_string_equal(tr_weight_format_name(format[1]), "q8_0");
    assert_string_equal(tr_weight_format_name(format[2]), "bf16");
    assert_int_equal(tr_input_choice(copy, TR_IN_WEIGHT_DTYPE), format[0]);
    assert_int_equal(tr_input_formats(copy, TR_IN_KV_DTYPE, format, 4), 0);
    assert_int_equal(tr_input_check_lists(copy, NULL, 0, &err), TR_ECONFLICT); /* where no rows are made of them */
    refuse(tr_scenario_set(s, "weights", "q4_k_m,q9", &err), TR_EPARSE, &err, "'q9'");
    assert_int_equal(tr_input_formats(s, TR_IN_WEIGHT_DTYPE, format, 4), 3); /* as it was */
    tr_scenario_destroy(s);
    tr_scenario_destroy(copy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_range_that_doubles_gives_rows),
        cmocka_unit_test(k_is_1024_in_a_context_and_1000_in_a_batch),
        cmocka_unit_test(a_misspelt_input_gets_a_suggestion),
        cmocka_unit_test(what_is_out_of_range_leaves_the_value_alone),
        cmocka_unit_test(nan_and_infinity_are_refused),
        cmocka_unit_test(a_number_format_has_many_names),
        cmocka_unit_test(formats_of_weights_may_be_several),
        cmocka_unit_test(a_choice_lists_its_words),
        cmocka_unit_test(a_prefill_starts_with_an_empty_context_unless_told),
        cmocka_unit_test(any_number_may_be_a_list),
        cmocka_unit_test(a_list_that_makes_no_rows_is_refused_and_not_cut_to_its_first_value),
        cmocka_unit_test(a_default_follows_the_input_it_depends_on),
        cmocka_unit_test(an_input_is_set_by_its_id_as_by_its_name),
        cmocka_unit_test(a_copy_is_a_scenario_of_its_own),
        cmocka_unit_test(asking_for_the_wrong_kind_is_no_answer_and_no_crash),
        cmocka_unit_test(a_text_has_a_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
