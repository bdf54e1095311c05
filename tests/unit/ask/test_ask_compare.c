/* test_ask_compare.c -- questions side by side: what each says alone, what it is to the first, and what is refused. */
#include "unit_ask.h"

#include <stdio.h>

#include "ask/compare.h"

enum { TEXT_SIZE = 1 << 20 };

static const char *const small[] = {"model", "llama-3.1-70b", "system", "8xh100-sxm", "isl", "4k",
                                    "osl",   "512",           "concurrency", "64", NULL};
static const char *const fast[] = {"model", "llama-3.1-70b", "system", "8xb200-sxm", "isl", "4k",
                                   "osl",   "512",           "concurrency", "64", NULL};
static const char *const large[] = {"model", "llama-3.1-405b", "system", "h100-sxm", NULL};

/* Questions that are freed together. */
typedef struct asked {
    tr_scenario *scenario[9];
    tr_problem *question[9];
    tr_case list[9];
    size_t count;
} asked;

static asked ask(const char *const *const *pairs, size_t count)
{
    asked a = {.count = count};
    for (size_t i = 0; i < count; i++) {
        a.scenario[i] = scenario_of(pairs[i]);
        a.question[i] = question_of(a.scenario[i]);
        a.list[i] = (tr_case){a.scenario[i], a.question[i]};
    }
    return a;
}

static void end(asked *a)
{
    for (size_t i = 0; i < a->count; i++) {
        free(a->question[i]);
        tr_scenario_destroy(a->scenario[i]);
    }
}

static json_t *compare_of(const asked *a)
{
    const tr_style style = {.format = TR_FORMAT_JSON, .columns = 100};
    tr_buffer buffer = {.data = malloc(TEXT_SIZE), .capacity = TEXT_SIZE, .length = 0};
    tr_sink sink = tr_buffer_sink(&buffer);
    tr_error err;
    if (tr_answer_compare(a->list, a->count, &style, &sink, &err) != TR_OK)
        fail_msg("%s", err.text);
    json_t *d = json_loadb(buffer.data, buffer.length, 0, NULL);
    assert_non_null(d);
    free(buffer.data);
    return d;
}

static const json_t *row_of(const json_t *document, size_t index)
{
    return json_array_get(json_object_get(document, "rows"), index);
}

/* 4 from 2 to 8 over 1 from 0.5 to 2: a factor of 2 either way for each, so exp(ln 2 root 2) for their ratio. */
static void a_ratio_is_as_uncertain_as_its_two_predictions_together(void **state)
{
    (void)state;
    const tr_quantity a = {4, 2, 8, 3}, b = {1, 0.5, 2, 1.5};
    const tr_quantity r = tr_quantity_ratio(&a, &b);
    assert_true(r.predicted == 4 && r.bound == 2);
    assert_true(fabs(r.high - 4 * 2.66514414) < 1e-6);
    assert_true(fabs(r.low - 4 / 2.66514414) < 1e-6);
    assert_true(tr_ratio_is_certain(&r));
    const tr_quantity near = {1.5, 0.75, 3, 1};
    const tr_quantity unsure = tr_quantity_ratio(&near, &b);
    assert_false(tr_ratio_is_certain(&unsure));
    const tr_quantity sure = {1.5, 1.5, 1.5, 1}, one = {1, 1, 1, 1};
    const tr_quantity given = tr_quantity_ratio(&sure, &one);
    assert_true(given.low == given.high && tr_ratio_is_certain(&given));
}

static void a_case_says_what_predict_says_of_it_alone(void **state)
{
    static const char *const keys[] = {"ttft_s.predicted", "tpot_s.low", "e2e_s.high", "output_token_per_s.bound",
                                       "usd_per_mtoken_output.predicted", "layout.tp"};
    (void)state;
    asked a = ask((const char *const *const[]){small, fast}, 2);
    json_t *d = compare_of(&a);
    json_t *alone[2] = {json_of(tr_answer_predict, small), json_of(tr_answer_predict, fast)};
    for (size_t i = 0; i < 2; i++) {
        for (size_t k = 0; k < sizeof keys / sizeof keys[0]; k++)
            assert_true(number_at(row_of(d, i), keys[k]) == number_at(row_of(alone[i], 0), keys[k]));
        json_decref(alone[i]);
    }
    json_decref(d);
    end(&a);
}

static void differences_and_ratios_are_those_of_the_rows(void **state)
{
    static const char *const names[] = {"ttft_s", "tpot_s", "e2e_s", "token_per_s_per_user", "output_token_per_s",
                                        "usd_per_mtoken_output"};
    (void)state;
    asked a = ask((const char *const *const[]){small, fast}, 2);
    json_t *d = compare_of(&a);
    for (size_t k = 0; k < sizeof names / sizeof names[0]; k++) {
        char path[96];
        (void)snprintf(path, sizeof path, "%s.predicted", names[k]);
        const double first = number_at(row_of(d, 0), path), second = number_at(row_of(d, 1), path);
        (void)snprintf(path, sizeof path, "difference.%s", names[k]);
        assert_true(number_at(row_of(d, 1), path) == second - first);
        assert_true(number_at(row_of(d, 0), path) == 0);
        (void)snprintf(path, sizeof path, "ratio.%s.predicted", names[k]);
        assert_true(number_at(row_of(d, 1), path) == second / first);
        (void)snprintf(path, sizeof path, "ratio.%s.low", names[k]);
        assert_true(number_at(row_of(d, 1), path) < second / first);
        assert_true(number_at(row_of(d, 0), path) == 1);
    }
    assert_string_equal(text_at(row_of(d, 1), "case"), "B");
    assert_string_equal(text_at(row_of(d, 1), "scenario.system"), "8xb200-sxm");
    json_decref(d);
    end(&a);
}

static void a_case_that_does_not_fit_says_why_beside_one_that_does(void **state)
{
    (void)state;
    asked a = ask((const char *const *const[]){small, large}, 2);
    json_t *d = compare_of(&a);
    assert_true(json_is_true(at(row_of(d, 0), "fits")) && json_is_false(at(row_of(d, 1), "fits")));
    assert_non_null(strstr(text_at(row_of(d, 1), "reason"), "weights"));
    assert_true(json_is_null(at(row_of(d, 1), "ratio.tpot_s.predicted")));
    assert_true(json_is_null(at(row_of(d, 1), "ratio.tpot_s.certain")));
    json_decref(d);
    end(&a);
}

static void refuse(const char *const *const *pairs, size_t count, tr_status expected)
{
    tr_error err = {.status = TR_OK};
    const tr_style style = {.columns = 100};
    tr_sink sink = {.write = NULL};
    asked a = ask(pairs, count);
    assert_int_equal(tr_answer_compare(a.list, a.count, &style, &sink, &err), expected);
    assert_true(err.text[0] != '\0');
    end(&a);
}

static void one_question_nine_questions_and_none_that_fits_are_refused(void **state)
{
    (void)state;
    refuse((const char *const *const[]){small}, 1, TR_EMISSING);
    refuse((const char *const *const[]){small, small, small, small, small, small, small, small, small}, 9,
           TR_ECAPACITY);
    refuse((const char *const *const[]){large, large}, 2, TR_ENOFIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_ratio_is_as_uncertain_as_its_two_predictions_together),
        cmocka_unit_test(a_case_says_what_predict_says_of_it_alone),
        cmocka_unit_test(differences_and_ratios_are_those_of_the_rows),
        cmocka_unit_test(a_case_that_does_not_fit_says_why_beside_one_that_does),
        cmocka_unit_test(one_question_nine_questions_and_none_that_fits_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
