/* test_input_table.c -- the table of inputs keeps its own promises. */
#include "unit_input.h"

#include <stdio.h>

static int is_numeric(const tr_input *input)
{
    return input->kind == TR_INPUT_NUMBER || input->kind == TR_INPUT_LIST;
}

static void every_default_parses_and_lies_in_its_range(void **state)
{
    (void)state;
    tr_scenario *scenario = fresh();
    for (size_t i = 0; i < TR_IN_COUNT; i++) {
        const tr_input *input = tr_input_at(i);
        size_t count = 0;
        const double *list = tr_input_list(scenario, input->id, &count);
        assert_int_equal(input->id, i);
        assert_false(tr_input_is_set(scenario, input->id));
        if (is_numeric(input)) {
            assert_true(count > 0 || input->fallback == NULL);
            assert_true(count == 0 || input->fallback != NULL || input->follows != NULL);
            for (size_t k = 0; k < count; k++)
                assert_true(list[k] >= input->min && list[k] <= input->max);
        } else if (input->kind == TR_INPUT_TEXT) {
            assert_string_equal(tr_input_text(scenario, input->id), input->fallback == NULL ? "" : input->fallback);
        } else {
            assert_int_equal(tr_input_choice(scenario, input->id) >= 0,
                             input->fallback != NULL || input->kind == TR_INPUT_SWITCH);
        }
    }
    tr_scenario_destroy(scenario);
}

static void every_default_can_be_typed(void **state)
{
    (void)state;
    tr_scenario *scenario = fresh();
    for (size_t i = 0; i < TR_IN_COUNT; i++)
        if (tr_input_at(i)->fallback != NULL) {
            set(scenario, tr_input_at(i)->option, tr_input_at(i)->fallback);
            assert_true(tr_input_is_set(scenario, tr_input_at(i)->id));
        }
    tr_scenario_destroy(scenario);
}

static void the_defaults_are_what_the_lecture_and_the_docs_say(void **state)
{
    (void)state;
    static const struct {
        tr_input_id id;
        double expected[6]; /* ends at the first 0 after the first */
    } rows[] = {
        {TR_IN_BATCH, {1}},
        {TR_IN_CONTEXT, {4096}},
        {TR_IN_QUERY, {1}},
        {TR_IN_DRAFT, {0}},
        {TR_IN_CHUNK, {0}},
        {TR_IN_SKEW, {0}},
        {TR_IN_MARGIN, {2.5}},
        {TR_IN_SAMPLES, {200e3}},
        {TR_IN_DRAW_SEED, {1}},
        {TR_IN_STATE_BYTE, {16}},
        {TR_IN_ACTIVATION_BYTE, {2}},
        {TR_IN_SEQUENCE, {4096}},
        {TR_IN_BLOCK, {16}},
        {TR_IN_ROUNDS, {16}},
        {TR_IN_KEY, {1}},
        {TR_IN_STACK_LAYERS, {32}},
        {TR_IN_STACK_DIM, {64}},
        {TR_IN_STACK_ROWS, {8}},
        {TR_IN_STACK_GAIN, {0.5}},
        {TR_IN_SERVE_RATE, {50e6}},
        {TR_IN_LIFE, {60.0 * 86400}},
        {TR_IN_TRAIN_TOKEN, {15e12}},
        {TR_IN_RL_FLOP, {3}},
        {TR_IN_TRAIN_MFU, {0.4}},
        {TR_IN_SHIP, {1}},
        {TR_IN_WORLD, {128e6}},
        {TR_IN_STAGES, {1, 2, 4, 8}},
        {TR_IN_RACKS, {2}},
        {TR_IN_HOLD, {1, 60, 300, 3600, 86400, 604800}},
        {TR_IN_HITS, {1}},
        {TR_IN_RECOMPUTE_MFU, {0.5}},
        {TR_IN_STALL, {1}},
        {TR_IN_TIER_LIFE, {5 * 365.25 * 86400}},
        {TR_IN_WRITE_RATIO, {1.25, 2}},
        {TR_IN_READ_RATIO, {0.1}},
    };
    tr_scenario *scenario = fresh();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t count = 0, expected = 1;
        const double *list = tr_input_list(scenario, rows[i].id, &count);
        while (expected < 6 && rows[i].expected[expected] > 0)
            expected++;
        if (count != expected || memcmp(list, rows[i].expected, count * sizeof *list) != 0)
            fail_msg("%s", tr_input_at(rows[i].id)->key);
    }
    assert_int_equal(tr_input_choice(scenario, TR_IN_LOSS_FIT), 1); /* epoch */
    assert_int_equal(tr_input_choice(scenario, TR_IN_PART), 0);     /* all */
    tr_scenario_destroy(scenario);
}

static void no_doc_tells_a_default_in_prose(void **state)
{
    (void)state;
    for (size_t i = 0; i < TR_IN_COUNT; i++)
        if (strstr(tr_input_at(i)->doc, "default") != NULL)
            fail_msg("%s: %s", tr_input_at(i)->key, tr_input_at(i)->doc);
}

/* Each name finds its row, and no two rows share one. */
static void a_key_an_option_and_an_alias_name_one_input(void **state)
{
    (void)state;
    for (size_t i = 0; i < TR_IN_COUNT; i++) {
        const tr_input *input = tr_input_at(i);
        assert_ptr_equal(tr_input_find(input->key), input);
        assert_ptr_equal(tr_input_find(input->option), input);
        for (size_t k = 0; input->alias[k] != NULL; k++) {
            assert_ptr_equal(tr_input_find(input->alias[k]), input);
            assert_null(strchr(input->alias[k], '_'));
        }
        assert_null(strchr(input->option, '_'));
    }
    assert_null(tr_input_at(TR_IN_COUNT));
    assert_null(tr_input_find("no such input"));
    assert_null(tr_input_find(NULL));
}

static void an_engines_flag_finds_the_input_it_means(void **state)
{
    (void)state;
    assert_ptr_equal(tr_input_find("tensor-parallel-size"), tr_input_at(TR_IN_TP));
    assert_ptr_equal(tr_input_find("tensor_parallel_size"), tr_input_at(TR_IN_TP));
    assert_ptr_equal(tr_input_find("tp_size"), tr_input_at(TR_IN_TP));
    assert_ptr_equal(tr_input_find("pipeline-parallel-size"), tr_input_at(TR_IN_PP));
    assert_ptr_equal(tr_input_find("data-parallel-size"), tr_input_at(TR_IN_DP));
    assert_ptr_equal(tr_input_find("ep-size"), tr_input_at(TR_IN_EP));
    assert_ptr_equal(tr_input_find("kv-cache-dtype"), tr_input_at(TR_IN_KV_DTYPE));
    assert_ptr_equal(tr_input_find("quantization"), tr_input_at(TR_IN_WEIGHT_DTYPE));
    assert_ptr_equal(tr_input_find("chunked-prefill-size"), tr_input_at(TR_IN_CHUNK));
    assert_null(tr_input_find("tensor-parallel"));
    assert_null(tr_input_find("tp-sizes"));
}

static void every_slider_stays_within_what_is_allowed(void **state)
{
    (void)state;
    for (size_t i = 0; i < TR_IN_COUNT; i++) {
        const tr_input *input = tr_input_at(i);
        if (!is_numeric(input))
            continue;
        assert_true(input->min < input->max);
        assert_true(input->slider.min >= input->min && input->slider.max <= input->max);
        assert_true(input->slider.min < input->slider.max && input->slider.step >= 0);
        assert_true(!input->slider.log || input->slider.min > 0);
    }
}

static void every_row_says_what_it_is(void **state)
{
    (void)state;
    for (size_t i = 0; i < TR_IN_COUNT; i++) {
        const tr_input *input = tr_input_at(i);
        assert_true(strlen(input->doc) > 10 && tr_group_name(input->group) != NULL);
        assert_int_equal(input->choices != NULL,
                         input->kind == TR_INPUT_CHOICE || input->kind == TR_INPUT_DTYPE ||
                             input->kind == TR_INPUT_WEIGHTS || i == TR_IN_PRICE || i == TR_IN_DAY ||
                             i == TR_IN_GPU_LAYERS); /* a number, or a word that stands for one */
        assert_null(strchr(input->doc, '\n'));
    }
}

static void every_group_has_a_name_and_those_of_the_answer_say_so(void **state)
{
    (void)state;
    for (int g = 0; g < TR_GROUP_COUNT; g++) {
        assert_non_null(tr_group_name((tr_group)g));
        assert_int_equal(strncmp(tr_group_name((tr_group)g), "output", 6) == 0, g >= TR_GROUP_OUTPUT);
    }
    assert_null(tr_group_name(TR_GROUP_COUNT));
    assert_true(TR_GROUP_COUNT <= 64); /* a set of them is a uint64_t */
}

static void near(const char *name, uint64_t groups, const char *expected)
{
    const char *got = tr_input_near(name, groups);
    if (got == NULL || strcmp(got, expected) != 0)
        fail_msg("%s: %s, not %s", name, got == NULL ? "nothing" : got, expected);
}

static void a_slip_suggests_by_spelling(void **state)
{
    (void)state;
    near("bach", TR_GROUP_ALL, "batch");
    near("tensor-paralel-size", TR_GROUP_ALL, "tensor-parallel-size");
    near("contxt_token", TR_GROUP_ALL, "context_token");
    near("sequenc", TR_GROUP_ALL, "sequence");
    assert_null(tr_input_near("zzzzzz", TR_GROUP_ALL));
    assert_null(tr_input_near("", TR_GROUP_ALL));
}

static void another_word_of_the_field_suggests_by_meaning(void **state)
{
    (void)state;
    near("concurrency", TR_GROUP_ALL & ~TR_GROUP_BIT(SERVICE), "batch");
    near("users", TR_GROUP_ALL & ~TR_GROUP_BIT(SERVICE), "batch");
    near("max-num-seqs", TR_GROUP_BIT(LOAD), "batch");
    near("max_num_seqs", TR_GROUP_BIT(LOAD), "batch");
    near("max-model-len", TR_GROUP_ALL, "context");
    near("num-gpus", TR_GROUP_ALL, "count");
    near("gpu", TR_GROUP_ALL, "system");
    near("context-length", TR_GROUP_ALL, "context");
    near("cost", TR_GROUP_ALL, "price"); /* not --count, two slips away */
}

static void a_suggestion_stays_within_the_groups_that_are_asked(void **state)
{
    (void)state;
    near("sequences", TR_GROUP_BIT(LOAD), "batch");
    near("sequenc", TR_GROUP_BIT(REVERSIBLE) | TR_GROUP_BIT(LOAD), "sequence");
    assert_null(tr_input_near("sequenc", TR_GROUP_BIT(PRICE)));
    assert_null(tr_input_near("users", TR_GROUP_BIT(PRICE)));
    assert_null(tr_input_near("batch", 0));
}

static void the_choices_of_a_number_format_are_the_number_formats(void **state)
{
    (void)state;
    char expected[160] = "native";
    for (int d = TR_DTYPE_FP32; d < TR_DTYPE_COUNT; d++) {
        (void)strcat(expected, "|");
        (void)strcat(expected, tr_dtype_name((tr_dtype)d));
    }
    for (size_t i = 0; i < TR_IN_COUNT; i++)
        if (tr_input_at(i)->kind == TR_INPUT_DTYPE && i != TR_IN_KV_DTYPE)
            assert_string_equal(tr_input_at(i)->choices, expected);
    /* of a cache: what some engine can keep it in, llama.cpp's blocks among them */
    char cache[160] = "native";
    for (int d = TR_DTYPE_FP32; d < TR_DTYPE_STORED_END; d++)
        if (d != TR_DTYPE_TF32 && d != TR_DTYPE_COUNT) {
            (void)strcat(cache, "|");
            (void)strcat(cache, tr_dtype_name((tr_dtype)d));
        }
    assert_string_equal(tr_input_at(TR_IN_KV_DTYPE)->choices, cache);
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
    assert_string_equal(tr_input_at(TR_IN_PRESET)->choices, expected);
    assert_null(tr_preset_doc(99));
    assert_null(tr_preset_note(99));
}

/* The words of --weights are every format there is, in its order. */
static void the_choices_of_weights_are_all_formats(void **state)
{
    (void)state;
    const char *at = tr_input_at(TR_IN_WEIGHT_DTYPE)->choices;
    for (tr_weight_format i = 0; tr_weight_format_name(i) != NULL; i++) {
        const char *name = tr_weight_format_name(i);
        assert_true(strncmp(at, name, strlen(name)) == 0);
        at += strlen(name);
        assert_true(*at == (tr_weight_format_name(i + 1) != NULL ? '|' : '\0'));
        at += *at == '|';
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_default_parses_and_lies_in_its_range),
        cmocka_unit_test(every_default_can_be_typed),
        cmocka_unit_test(the_defaults_are_what_the_lecture_and_the_docs_say),
        cmocka_unit_test(no_doc_tells_a_default_in_prose),
        cmocka_unit_test(a_key_an_option_and_an_alias_name_one_input),
        cmocka_unit_test(an_engines_flag_finds_the_input_it_means),
        cmocka_unit_test(every_slider_stays_within_what_is_allowed),
        cmocka_unit_test(every_row_says_what_it_is),
        cmocka_unit_test(every_group_has_a_name_and_those_of_the_answer_say_so),
        cmocka_unit_test(a_slip_suggests_by_spelling),
        cmocka_unit_test(another_word_of_the_field_suggests_by_meaning),
        cmocka_unit_test(a_suggestion_stays_within_the_groups_that_are_asked),
        cmocka_unit_test(the_choices_of_a_number_format_are_the_number_formats),
        cmocka_unit_test(the_choices_of_the_preset_are_the_presets),
        cmocka_unit_test(the_choices_of_weights_are_all_formats),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
