/* test_ask_explain.c -- equations carried by the library, and numbers put into them. */
#include "unit_ask.h"

#include <stdio.h>

#include "ask/report.h"
#include "ask/working.h"

static void every_equation_is_complete_and_found_by_its_id(void **state)
{
    (void)state;
    assert_true(tr_equation_count() >= 30);
    for (size_t i = 0; i < tr_equation_count(); i++) {
        const tr_equation *e = tr_equation_at(i);
        assert_ptr_equal(tr_equation_find(e->id), e);
        assert_true(e->title[0] && e->formula[0] && e->meaning[0] && e->derivation[0] && e->source[0]);
        assert_true(e->caveats[0] && e->test[0]);
    }
    assert_null(tr_equation_at(tr_equation_count()));
    assert_ptr_equal(tr_equation_find("r1"), tr_equation_find("R1"));
    assert_null(tr_equation_find("R999"));
}

static void workings_of(const char *const *pairs, tr_workings *out)
{
    tr_scenario *scenario = scenario_of(pairs);
    tr_problem *question = question_of(scenario);
    tr_report report;
    tr_error err;
    if (question->load.phase == TR_PHASE_DECODE) {
        assert_int_equal(tr_report_of(scenario, question, &report, &err), TR_OK);
        tr_workings_of_step(&report.point[1].row, out);
        tr_workings_add_report(&report, out);
    } else {
        tr_step_row row;
        assert_int_equal(tr_step_row_of(question, &question->load, &row, &err), TR_OK);
        tr_workings_of_step(&row, out);
    }
    free(question);
    tr_scenario_destroy(scenario);
}

static const char *const *const questions[] = {
    (const char *const[]){"model", "deepseek-v3", "system", "gb200-nvl72", NULL},
    (const char *const[]){"model", "total=8e9,kv=1e5", "system", "flops=1e15,bw=1e12,mem=80GB,usd=2", NULL},
    (const char *const[]){"model", "total=8e9,kv=1e5", "system", "flops=1e15,bw=1e12", "phase", "prefill",
                          NULL},
};

/* So that rewording a formula in the document cannot leave --explain behind. */
static void every_symbol_stands_in_its_formula(void **state)
{
    (void)state;
    for (size_t q = 0; q < 3; q++) {
        tr_workings all;
        workings_of(questions[q], &all);
        assert_true(all.count >= 6 && all.count < TR_WORKING_MAX);
        for (size_t i = 0; i < all.count; i++) {
            const tr_working *w = &all.working[i];
            const tr_equation *e = tr_equation_find(w->id);
            if (e == NULL)
                fail_msg("%s is no equation", w->id);
            assert_true(w->count < TR_SYMBOL_MAX);
            for (size_t k = 0; k < w->count; k++)
                if (strstr(e->formula, w->symbol[k].name) == NULL)
                    fail_msg("%s: '%s' is not in '%s'", w->id, w->symbol[k].name, e->formula);
        }
    }
}

static void a_formula_with_its_numbers_reads_as_worked_by_hand(void **state)
{
    (void)state;
    const tr_working w = {"R1",
                          {{"step_s", 0.06, TR_UNIT_SECOND, 1},
                           {"kv_s", 0.01, TR_UNIT_SECOND, 0},
                           {"kv", 5, TR_UNIT_SECOND, 0},
                           {"B", 8, TR_UNIT_NONE, 0}},
                          4};
    char text[128];
    tr_working_substitute(&w, "step_s = max(kv_s, f(B) * kv), infinite where B <= 0", text,
                                sizeof text);
    assert_string_equal(text, "60 ms = max(10 ms, f(8) * 5 s)");
    tr_working_substitute(&w, "step_s = kv_s, B = my_B + B_max", text, sizeof text);
    assert_string_equal(text, "60 ms = 10 ms, 8 = my_B + B_max");
    tr_working_substitute(&w, "step_s = kv_s", text, 6);
    assert_string_equal(text, "60 ms");
}

static void explain_tells_one_equation_or_lists_all(void **state)
{
    (void)state;
    char text[65536];
    tr_buffer buffer = {.data = text, .capacity = sizeof text, .length = 0};
    tr_sink sink = tr_buffer_sink(&buffer);
    const tr_style page = {.columns = 80};
    tr_error err;
    assert_int_equal(tr_answer_explain("r1", NULL, &page, &sink, &err), TR_OK);
    assert_non_null(strstr(text, "R1  The step rule"));
    assert_non_null(strstr(text, "derivation"));
    for (const char *line = text; *line != '\0';) {
        const size_t n = strcspn(line, "\n");
        assert_true(n <= 80);
        line += n + (line[n] == '\n');
    }
    assert_int_equal(tr_answer_explain("", NULL, &page, &sink, &err), TR_OK);
    assert_non_null(strstr(text, "R16"));
    assert_int_equal(tr_answer_explain("Q7", NULL, &page, &sink, &err), TR_EUNKNOWN);
    assert_non_null(strstr(err.text, "no equation 'Q7'"));
}

static void a_claim_that_takes_an_experiment_says_not_run_where_there_is_none(void **state)
{
    (void)state;
    char text[8192];
    tr_buffer buffer = {.data = text, .capacity = sizeof text, .length = 0};
    tr_sink sink = tr_buffer_sink(&buffer);
    tr_style style = {.columns = 100};
    tr_error err;
    assert_int_equal(tr_answer_explain("L109", NULL, &style, &sink, &err), TR_OK);
    assert_non_null(strstr(text, "gives     not run; must be 1.0000 to the digits written\n"));
    buffer.length = 0;
    style.format = TR_FORMAT_JSON;
    const tr_lecture_ask ask = {.word = {"L109"}, .word_count = 1, .topic = ""};
    assert_int_equal(tr_answer_lecture(&ask, NULL, &style, &sink, &err), TR_OK);
    assert_non_null(strstr(text, "\"agrees\": false"));
    assert_non_null(strstr(text, "\"value\": null"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_equation_is_complete_and_found_by_its_id),
        cmocka_unit_test(every_symbol_stands_in_its_formula),
        cmocka_unit_test(a_formula_with_its_numbers_reads_as_worked_by_hand),
        cmocka_unit_test(explain_tells_one_equation_or_lists_all),
        cmocka_unit_test(a_claim_that_takes_an_experiment_says_not_run_where_there_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
