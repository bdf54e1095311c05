/* test_input_table.c -- the table of inputs keeps its own promises. */
#include "unit_input.h"

#include <stdio.h>

static void every_default_parses_and_lies_in_its_range(void **state)
{
    (void)state;
    tr_scenario *scenario = fresh();
    for (size_t i = 0; i < tr_input_count(); i++) {
        const tr_input *input = tr_input_at(i);
        size_t count = 0;
        const double *list = tr_scenario_list(scenario, input->key, &count);
        assert_false(tr_scenario_is_set(scenario, input->key));
        if (input->kind == TR_INPUT_NUMBER || input->kind == TR_INPUT_LIST) {
            assert_int_equal(count, input->fallback[0] != '\0');
            assert_true(count == 0 || (list[0] >= input->min && list[0] <= input->max));
        } else if (input->kind == TR_INPUT_TEXT) {
            assert_string_equal(tr_scenario_text(scenario, input->key), input->fallback);
        } else {
            assert_int_equal(tr_scenario_choice(scenario, input->key) >= 0, input->fallback[0] != '\0');
        }
    }
    tr_scenario_destroy(scenario);
}

static void every_default_can_be_typed(void **state)
{
    (void)state;
    tr_scenario *scenario = fresh();
    for (size_t i = 0; i < tr_input_count(); i++)
        if (tr_input_at(i)->fallback[0] != '\0') {
            set(scenario, tr_input_at(i)->option, tr_input_at(i)->fallback);
            assert_true(tr_scenario_is_set(scenario, tr_input_at(i)->key));
        }
    tr_scenario_destroy(scenario);
}

static void a_key_and_an_option_name_one_input(void **state)
{
    (void)state;
    for (size_t i = 0; i < tr_input_count(); i++) {
        const tr_input *a = tr_input_at(i);
        assert_ptr_equal(tr_input_find(a->key), a);
        assert_ptr_equal(tr_input_find(a->option), a);
        for (size_t k = 0; k < i; k++) {
            const tr_input *b = tr_input_at(k);
            assert_true(strcmp(a->key, b->key) != 0 && strcmp(a->option, b->option) != 0);
            assert_true(strcmp(a->key, b->option) != 0 && strcmp(a->option, b->key) != 0);
        }
    }
    assert_null(tr_input_at(tr_input_count()));
    assert_null(tr_input_find("no such input"));
    assert_null(tr_input_find(NULL));
}

static void every_slider_stays_within_what_is_allowed(void **state)
{
    (void)state;
    for (size_t i = 0; i < tr_input_count(); i++) {
        const tr_input *input = tr_input_at(i);
        if (input->kind != TR_INPUT_NUMBER && input->kind != TR_INPUT_LIST)
            continue;
        assert_true(input->min < input->max);
        assert_true(input->slider_min >= input->min && input->slider_max <= input->max);
        assert_true(input->slider_min < input->slider_max && input->slider_step >= 0);
        assert_true(!input->slider_log || input->slider_min > 0);
    }
}

static void every_row_says_what_it_is(void **state)
{
    (void)state;
    for (size_t i = 0; i < tr_input_count(); i++) {
        const tr_input *input = tr_input_at(i);
        assert_true(strlen(input->doc) > 10 && input->group[0] != '\0');
        assert_int_equal(input->choices != NULL,
                         input->kind == TR_INPUT_CHOICE || input->kind == TR_INPUT_DTYPE);
        assert_null(strchr(input->doc, '\n'));
    }
}

static void the_choices_of_a_number_format_are_the_number_formats(void **state)
{
    (void)state;
    char expected[160] = "native";
    for (int d = TR_DTYPE_FP32; d < TR_DTYPE_COUNT; d++) {
        (void)strcat(expected, "|");
        (void)strcat(expected, tr_dtype_name((tr_dtype)d));
    }
    for (size_t i = 0; i < tr_input_count(); i++)
        if (tr_input_at(i)->kind == TR_INPUT_DTYPE)
            assert_string_equal(tr_input_at(i)->choices, expected);
}

static void the_choices_of_the_preset_are_the_presets(void **state)
{
    (void)state;
    char expected[160] = "";
    for (size_t i = 0; tr_preset_name(i) != NULL; i++) {
        (void)strcat(expected, i > 0 ? "|" : "");
        (void)strcat(expected, tr_preset_name(i));
        assert_true(strlen(tr_preset_doc(i)) > 10 && strlen(tr_preset_note(i)) > 10);
    }
    assert_string_equal(tr_input_find("preset")->choices, expected);
    assert_null(tr_preset_doc(99));
    assert_null(tr_preset_note(99));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_default_parses_and_lies_in_its_range),
        cmocka_unit_test(every_default_can_be_typed),
        cmocka_unit_test(a_key_and_an_option_name_one_input),
        cmocka_unit_test(every_slider_stays_within_what_is_allowed),
        cmocka_unit_test(every_row_says_what_it_is),
        cmocka_unit_test(the_choices_of_a_number_format_are_the_number_formats),
        cmocka_unit_test(the_choices_of_the_preset_are_the_presets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
