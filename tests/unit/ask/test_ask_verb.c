/* test_ask_verb.c -- the table of verbs: rows that hold together, and answers and pictures from a row alone. */
#include "unit_ask.h"

#include <stdio.h>

#include <tokenroof/verb.h>

enum { ANSWER_SIZE = 1 << 22 };

static const tr_style json_style = {.format = TR_FORMAT_JSON, .columns = 100};

/* What all verbs of a question are asked here. */
typedef struct asked {
    tr_scenario *scenario;
    tr_model model;
    tr_system system;
    tr_problem question;
    tr_subject subject;
} asked;

static tr_status ask(const tr_verb *verb, const char *const *pairs, asked *out, tr_error *err)
{
    out->scenario = scenario_of(pairs);
    tr_status s = tr_verb_prepare(verb, out->scenario, err);
    assert_int_equal(tr_model_catalog_get("deepseek-v3", &out->model, NULL), TR_OK);
    assert_int_equal(tr_system_catalog_get("8xh200-sxm", &out->system, NULL), TR_OK);
    if (s == TR_OK)
        s = tr_verb_question(verb, out->scenario, &out->model, &out->system, &out->question, err);
    out->subject = (tr_subject){.scenario = out->scenario, .question = &out->question};
    return s;
}

static void names_are_words_of_their_own_and_found_again(void **state)
{
    (void)state;
    for (size_t i = 0; i < tr_verb_count(); i++) {
        const tr_verb *verb = tr_verb_at(i);
        assert_true(verb == tr_verb_find(verb->name)); /* the first of its name */
        assert_true(verb->doc[0] != '\0' && verb->topic[0] != '\0' && verb->examples != NULL);
        for (size_t k = 0; k < verb->list_count; k++)
            assert_true(tr_verb_takes(verb, tr_input_at(verb->lists[k])));
        for (size_t k = 0; k < verb->figure_count; k++)
            assert_true((verb->figures[k].draw == NULL) != (verb->figures[k].show == NULL));
        assert_true(verb->answer == NULL || verb->tell == NULL);
    }
    assert_null(tr_verb_at(tr_verb_count()));
    assert_null(tr_verb_find("stpe"));
    assert_string_equal(tr_verb_near("stpe"), "step");
}

static void every_verb_of_a_question_answers_and_draws_from_its_row(void **state)
{
    (void)state;
    const char *const pairs[] = {"model", "deepseek-v3", "system", "8xh200-sxm", "price", "2", "utilisation", "0.5", NULL};
    char *text = malloc(ANSWER_SIZE);
    asked *a = malloc(sizeof *a);
    size_t answers = 0, pictures = 0;
    assert_true(text != NULL && a != NULL);
    for (size_t i = 0; i < tr_verb_count(); i++) {
        const tr_verb *verb = tr_verb_at(i);
        tr_error err = {.text = ""};
        if (verb->answer == NULL)
            continue;
        if (ask(verb, pairs, a, &err) != TR_OK)
            fail_msg("%s: %s", verb->name, err.text);
        tr_buffer buffer = {.data = text, .capacity = ANSWER_SIZE, .length = 0};
        tr_sink sink = tr_buffer_sink(&buffer);
        if (tr_verb_answer(verb, &a->subject, &json_style, &sink, &err) != TR_OK)
            fail_msg("%s: %s", verb->name, err.text);
        json_t *document = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
        assert_string_equal(text_at(document, "scenario.model"), "deepseek-v3");
        json_decref(document);
        answers++;
        for (size_t k = 0; k < verb->figure_count; k++) {
            const tr_figure_target target = {.svg = {.width_px = 600}};
            buffer.length = 0;
            if (k > 0 && !tr_verb_has_figure(verb, k, a->scenario)) /* of inputs that were not given */
                continue;
            if (tr_verb_draw(verb, k, &a->subject, &target, &sink, &err) != TR_OK)
                fail_msg("%s: %s", verb->name, err.text);
            assert_non_null(strstr(text, "<svg"));
            pictures++;
        }
        tr_scenario_destroy(a->scenario);
    }
    assert_true(answers >= 10 && pictures >= 11);
    free(a);
    free(text);
}

static void catalogs_and_equations_are_told_without_a_question(void **state)
{
    (void)state;
    static const char *const name[] = {"models", "chips", "prices", "explain"};
    char *text = malloc(ANSWER_SIZE);
    tr_scenario *scenario = tr_scenario_create();
    assert_true(text != NULL && scenario != NULL);
    for (size_t i = 0; i < sizeof name / sizeof name[0]; i++) {
        tr_buffer buffer = {.data = text, .capacity = ANSWER_SIZE, .length = 0};
        tr_sink sink = tr_buffer_sink(&buffer);
        const tr_subject subject = {.scenario = scenario};
        assert_int_equal(tr_verb_answer(tr_verb_find(name[i]), &subject, &json_style, &sink, NULL), TR_OK);
        json_t *document = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
        assert_non_null(document);
        json_decref(document);
    }
    tr_scenario_destroy(scenario);
    free(text);
}

static void a_verb_says_what_it_would_not_answer(void **state)
{
    (void)state;
    static const struct {
        const char *verb, *key, *text, *says;
    } wrong[] = {{"step", "skew", "2", "--by operator"}, {"step", "accept", "0.7", "--draft"}};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        const char *const pairs[] = {wrong[i].key, wrong[i].text, NULL};
        tr_scenario *scenario = scenario_of(pairs);
        tr_error err;
        assert_int_equal(tr_verb_prepare(tr_verb_find(wrong[i].verb), scenario, &err), TR_ECONFLICT);
        assert_non_null(strstr(err.text, wrong[i].says));
        tr_scenario_destroy(scenario);
    }
    const tr_subject nothing = {0};
    tr_sink sink = {0};
    assert_int_equal(tr_verb_answer(tr_verb_find("step"), &nothing, &json_style, &sink, NULL), TR_EMISSING);
    assert_int_equal(tr_verb_answer(tr_verb_find("fit"), &nothing, &json_style, &sink, NULL), TR_EUNKNOWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_words_of_their_own_and_found_again),
        cmocka_unit_test(every_verb_of_a_question_answers_and_draws_from_its_row),
        cmocka_unit_test(catalogs_and_equations_are_told_without_a_question),
        cmocka_unit_test(a_verb_says_what_it_would_not_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
