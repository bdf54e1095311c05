/* test_input_set.c -- inputs set from text and numbers, refused, copied and put back. */
#include "unit_input.h"

static void a_range_that_doubles_gives_rows(void **state)
{
    (void)state;
    tr_scenario *s = fresh();
    size_t count = 0;
    set(s, "batch", "1..4096x2");
    const double *batch_seq = tr_scenario_list(s, "batch_seq", &count);
    assert_int_equal(count, 13);
    assert_true(batch_seq[0] == 1 && batch_seq[1] == 2 && batch_seq[12] == 4096);
    assert_true(tr_scenario_number(s, "batch_seq") == 1);
    tr_scenario_destroy(s);
}

static void k_is_1024_in_a_context_and_1000_in_a_batch(void **state)
{
    (void)state;
    tr_scenario *s = fresh();
    set(s, "context", "128k");
    set(s, "batch", "2k");
    assert_true(tr_scenario_number(s, "context_token") == 131072);
    assert_true(tr_scenario_number(s, "batch_seq") == 2000);
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
    assert_true(tr_scenario_number(s, "batch_seq") == 8);
    assert_false(tr_scenario_is_set(s, "chip_count"));
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
    assert_int_equal(tr_scenario_choice(s, "weight_dtype"), TR_DTYPE_NATIVE);
    set(s, "weights", "float8_e4m3fn");
    assert_int_equal(tr_scenario_choice(s, "weight_dtype"), TR_DTYPE_FP8);
    set(s, "weights", "native");
    assert_int_equal(tr_scenario_choice(s, "weight_dtype"), TR_DTYPE_NATIVE);
    refuse(tr_scenario_set(s, "kv", "fp7", &err), TR_EPARSE, &err, "fp8, int8, fp4 or int4, not 'fp7'");
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
    assert_int_equal(tr_scenario_choice(s, "json"), 1);
    tr_scenario_destroy(s);
}

static void a_prefill_starts_with_an_empty_context_unless_told(void **state)
{
    (void)state;
    tr_scenario *s = fresh();
    assert_true(tr_scenario_number(s, "context_token") == 4096);
    set(s, "phase", "prefill");
    assert_true(tr_scenario_number(s, "context_token") == 0);
    set(s, "context", "1k");
    assert_true(tr_scenario_number(s, "context_token") == 1024);
    set(s, "phase", "decode");
    assert_true(tr_scenario_number(s, "context_token") == 1024);
    tr_scenario_unset(s, "context_token");
    assert_true(tr_scenario_number(s, "context_token") == 4096);
    set(s, "phase", "prefill");
    tr_scenario_unset(s, "phase");
    assert_true(tr_scenario_number(s, "context_token") == 4096);
    tr_scenario_destroy(s);
}

static void a_list_takes_numbers_and_only_a_list_takes_several(void **state)
{
    (void)state;
    tr_scenario *s = fresh();
    tr_error err;
    const double two[] = {4, 9};
    size_t count = 0;
    assert_int_equal(tr_scenario_set_list(s, "batch_seq", two, 2, &err), TR_OK);
    assert_true(tr_scenario_list(s, "batch_seq", &count)[1] == 9 && count == 2);
    refuse(tr_scenario_set_list(s, "chip_count", two, 2, &err), TR_ECAPACITY, &err, "one number, not 2");
    refuse(tr_scenario_set_list(s, "batch_seq", two, 0, &err), TR_ECAPACITY, &err,
           "1 to 4096 numbers, not 0");
    refuse(tr_scenario_set(s, "batch", "1..5000", &err), TR_ECAPACITY, &err, "batch");
    assert_int_equal((tr_scenario_list(s, "batch_seq", &count), count), 2);
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
    assert_true(tr_scenario_list(b, "batch_seq", &count)[2] == 3 && count == 3);
    assert_string_equal(tr_scenario_text(b, "model"), "some-model");
    tr_scenario_destroy(a);
    assert_true(tr_scenario_number(b, "batch_seq") == 1);
    tr_scenario_destroy(b);
    tr_scenario_destroy(NULL);
}

static void asking_for_the_wrong_kind_is_no_answer_and_no_crash(void **state)
{
    (void)state;
    tr_scenario *s = fresh();
    size_t count = 9;
    assert_true(isnan(tr_scenario_number(s, "model")));
    assert_true(isnan(tr_scenario_number(s, "chip_count")));
    assert_true(isnan(tr_scenario_number(s, "nothing")));
    assert_null(tr_scenario_list(s, "model", &count));
    assert_int_equal(count, 0);
    assert_string_equal(tr_scenario_text(s, "batch_seq"), "");
    assert_string_equal(tr_scenario_text(s, "nothing"), "");
    assert_int_equal(tr_scenario_choice(s, "batch_seq"), -1);
    assert_int_equal(tr_scenario_choice(s, "preset"), -1);
    tr_scenario_unset(s, "nothing");
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
    assert_string_equal(tr_scenario_text(s, "model"), text);
    tr_scenario_destroy(s);
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
        cmocka_unit_test(a_choice_lists_its_words),
        cmocka_unit_test(a_prefill_starts_with_an_empty_context_unless_told),
        cmocka_unit_test(a_list_takes_numbers_and_only_a_list_takes_several),
        cmocka_unit_test(a_copy_is_a_scenario_of_its_own),
        cmocka_unit_test(asking_for_the_wrong_kind_is_no_answer_and_no_crash),
        cmocka_unit_test(a_text_has_a_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
