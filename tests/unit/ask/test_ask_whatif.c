/* test_ask_whatif.c -- one input changed: the same as asking for it by name, the most gain first, and named questions. */
#include "unit_ask.h"

#include <stdio.h>

#include "ask/whatif.h"

static const char *const asked[] = {"model", "llama-3.1-70b", "system", "8xh100-sxm", "isl", "4k",
                                    "osl",   "512",           "concurrency", "64", NULL};

static const json_t *row_of(const json_t *document, const char *input, double factor)
{
    size_t i;
    const json_t *row;
    json_array_foreach(json_object_get(document, "rows"), i, row)
        if (strcmp(text_at(row, "input"), input) == 0 && number_at(row, "factor") == factor)
            return row;
    fail_msg("no row of %s x%g", input, factor);
    return NULL;
}

static void a_change_is_the_question_that_it_says_to_type(void **state)
{
    static const struct {
        const char *input, *how;
        double factor;
        const char *pairs[11];
    } typed[] = {
        {"bandwidth", "8xh100-sxm,bw=10x", 10,
         {"model", "llama-3.1-70b", "system", "8xh100-sxm,bw=10x", "isl", "4k", "osl", "512", "concurrency", "64", NULL}},
        {"layers", "llama-3.1-70b,layers=40", 0.5,
         {"model", "llama-3.1-70b,layers=40", "system", "8xh100-sxm", "isl", "4k", "osl", "512", "concurrency", "64",
          NULL}},
        {"chips", "--count 16", 2,
         {"model", "llama-3.1-70b", "system", "16xh100-sxm", "isl", "4k", "osl", "512", "concurrency", "64", NULL}},
        {"isl", "--isl 8192", 2,
         {"model", "llama-3.1-70b", "system", "8xh100-sxm", "isl", "8k", "osl", "512", "concurrency", "64", NULL}},
        {"price", "8xh100-sxm,price=2x", 2,
         {"model", "llama-3.1-70b", "system", "8xh100-sxm,price=2x", "isl", "4k", "osl", "512", "concurrency", "64",
          NULL}},
    };
    (void)state;
    json_t *d = json_of(tr_answer_whatif, asked);
    for (size_t i = 0; i < sizeof typed / sizeof typed[0]; i++) {
        const json_t *row = row_of(d, typed[i].input, typed[i].factor);
        json_t *alone = json_of(tr_answer_predict, typed[i].pairs);
        const json_t *predicted = json_array_get(json_object_get(alone, "rows"), 0);
        assert_string_equal(text_at(row, "how"), typed[i].how);
        assert_true(number_at(row, "tpot_s.predicted") == number_at(predicted, "tpot_s.predicted"));
        assert_true(number_at(row, "ttft_s.bound") == number_at(predicted, "ttft_s.bound"));
        assert_true(number_at(row, "usd_per_mtoken_output.predicted") ==
                    number_at(predicted, "usd_per_mtoken_output.predicted"));
        json_decref(alone);
    }
    json_decref(d);
}

static void rows_stand_by_their_gain_and_every_input_is_tried_three_ways(void **state)
{
    (void)state;
    json_t *d = json_of(tr_answer_whatif, asked);
    const json_t *rows = json_object_get(d, "rows"), *row;
    double last = HUGE_VAL;
    size_t i, fitting = 0;
    json_array_foreach(rows, i, row) {
        if (!json_is_true(at(row, "fits")))
            continue;
        assert_true(number_at(row, "gain") <= last);
        last = number_at(row, "gain");
        fitting++;
    }
    assert_true(fitting > 25);
    const double factors[] = {2, 10, 0.5};
    for (i = 0; i < 3; i++) {
        (void)row_of(d, "flops", factors[i]);
        assert_true(fabs(number_at(row_of(d, "price", factors[i]), "ratio.usd_per_mtoken_output.predicted") /
                         factors[i] - 1) < 1e-9);
    }
    assert_true(number_at(row_of(d, "memory", 2), "ratio.tpot_s.predicted") == 1); /* there is room enough */
    json_decref(d);
}

static void a_dense_model_has_no_experts_to_change_and_one_chip_no_links(void **state)
{
    (void)state;
    const char *const one[] = {"model", "llama-3.1-8b", "system", "h100-sxm", NULL};
    json_t *d = json_of(tr_answer_whatif, one);
    const json_t *row;
    size_t i;
    json_array_foreach(json_object_get(d, "rows"), i, row) {
        assert_null(strstr(text_at(row, "input"), "experts"));
        assert_string_not_equal(text_at(row, "input"), "link");
        assert_string_not_equal(text_at(row, "input"), "domain");
    }
    json_decref(d);
}

static void requests_at_a_rate_are_changed_in_their_rate(void **state)
{
    (void)state;
    const char *const open[] = {"model", "llama-3.1-70b", "system", "8xh100-sxm", "rate", "1", NULL};
    json_t *d = json_of(tr_answer_whatif, open);
    assert_string_equal(text_at(row_of(d, "rate", 0.5), "how"), "--rate 0.5");
    json_decref(d);
}

static void a_named_question_stands_beside_the_case_as_it_is(void **state)
{
    (void)state;
    for (size_t i = 0; tr_named_change_at(i) != NULL; i++) {
        const char *const pairs[] = {"model", "deepseek-v3", "system", "8xh200-sxm", "question",
                                     tr_named_change_at(i)->name, NULL};
        json_t *d = json_of(tr_answer_whatif, pairs);
        const json_t *rows = json_object_get(d, "rows");
        assert_int_equal(json_array_size(rows), 2);
        assert_true(number_at(json_array_get(rows, 1), "ratio.tpot_s.predicted") != 1);
        json_decref(d);
    }
    const char *const domain[] = {"model", "deepseek-v3", "system", "8xh200-sxm", "question", "double-domain", NULL};
    json_t *d = json_of(tr_answer_whatif, domain);
    assert_string_equal(text_at(json_array_get(json_object_get(d, "rows"), 1), "system"), "16xh200-sxm,domain=16");
    json_decref(d);
}

static void the_choices_of_the_option_are_the_named_questions(void **state)
{
    char choices[256] = "";
    (void)state;
    for (size_t i = 0; tr_named_change_at(i) != NULL; i++) {
        (void)strcat(choices, i > 0 ? "|" : "");
        (void)strcat(choices, tr_named_change_at(i)->name);
    }
    assert_string_equal(choices, tr_input_at(TR_IN_QUESTION)->choices);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_change_is_the_question_that_it_says_to_type),
        cmocka_unit_test(rows_stand_by_their_gain_and_every_input_is_tried_three_ways),
        cmocka_unit_test(a_dense_model_has_no_experts_to_change_and_one_chip_no_links),
        cmocka_unit_test(requests_at_a_rate_are_changed_in_their_rate),
        cmocka_unit_test(a_named_question_stands_beside_the_case_as_it_is),
        cmocka_unit_test(the_choices_of_the_option_are_the_named_questions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
