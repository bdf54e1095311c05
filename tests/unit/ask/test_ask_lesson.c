/* test_ask_lesson.c -- the exercises: worked by hand on plain numbers, asked of the catalog, graded in powers of ten. */
#include "unit_ask.h"

#include <stdio.h>

#include <tokenroof/claims.h>
#include <tokenroof/lesson.h>

static void assert_near(double got, double expected, double tolerance, const char *what)
{
    if (!(fabs(got - expected) <= tolerance * fabs(expected)))
        fail_msg("%s: got %.17g, expected %.17g", what, got, expected);
}

static tr_problem *case_of(const char *model, const char *system, const char *context)
{
    const char *const pairs[] = {"model", model, "system", system, "context", context, NULL};
    tr_scenario *scenario = scenario_of(pairs);
    tr_problem *question = question_of(scenario);
    tr_scenario_destroy(scenario);
    return question;
}

/* 600 GB of weights at 6 TB/s, 30e9 active at 6 PFLOP/s, 60 kB a token, 1 TB, $3.60/h: round numbers. */
static tr_problem *plain_question(const char *context)
{
    return case_of("total=600e9,active=30e9,kv=60000,weight=1", "flops=6e15,bw=6e12,mem=1e12,usd=3.6", context);
}

static tr_exercise exercise_of(const tr_problem *question, const char *id)
{
    tr_exercise e;
    for (size_t i = 0; i < tr_lesson_count(); i++) {
        assert_int_equal(tr_lesson_ask(question, i, &e, NULL), TR_OK);
        if (strcmp(e.id, id) == 0)
            return e;
    }
    fail_msg("no exercise %s", id);
    return e;
}

static void plain_numbers_are_answered_as_by_hand(void **state)
{
    (void)state;
    static const struct {
        const char *id;
        double answer;
    } hand[] = {
        {"floor-time", 0.1},
        {"ridge", 1000},
        {"three-hundred", 500},
        {"intensity-of-8", 8 * 60e9 / 600e9},
        {"share-of-8", 0.0008},
        {"sparsity", 20},
        {"balance", 10000},
        {"lone-penalty", 10000},
        {"step-time", 0.1 + 64 * 4096e-8},
        {"kv-share", 64 * 4096e-8 / (0.1 + 64 * 4096e-8)},
        {"throughput", 64 / (0.1 + 64 * 4096e-8)},
        {"mfu", 64e-5 / (0.1 + 64 * 4096e-8)},
        {"drain", 1.0 / 6},
        {"full-train", 1627},
        {"worst-wait", 2 * (0.1 + 1627 * 4096e-8)},
        {"kv-per-token", 60e3},
        {"kv-per-sequence", 245.76e6},
        {"most-users", 1627},
        {"longest-context", 6666666},
        {"chips-to-hold", 1},
        {"cliff", 1000},
        {"beyond-the-cliff", 0.5},
        {"kv-from-the-cliff", 300},
        {"fast-batches", 15},
        {"fast-kv", 1.8 / 2.8},
        {"lone-speed", 1 / (0.1 + 4096e-8)},
        {"lone-cost", 1000 * (0.1 + 4096e-8)},
        {"cost-floor", 0.04096},
        {"again", 4.0 / 3},
        {"premium", 0.25 / 0.9},
        {"premium-for-long", 1 / 0.9},
        {"bubble", 3.0 / 11},
        {"stage-cache", 64 * 245.76e6},
        {"world", 128e6 / (1627 / (0.1 + 1627 * 4096e-8))},
        {"train-flop", 1.08e23},
        {"train-time", 4.5e7},
        {"reinforcement", 1.5},
        {"overtraining", 432},
    };
    tr_problem *question = plain_question("4096");
    for (size_t i = 0; i < sizeof hand / sizeof hand[0]; i++) {
        const tr_exercise e = exercise_of(question, hand[i].id);
        assert_true(e.asked);
        assert_near(e.value, hand[i].answer, 1e-12, hand[i].id);
    }
    free(question);
}

/* Half of the lone user's speed: the step may take 0.20008 s, of which 0.1 s are weights. */
static void half_the_speed_is_a_step_of_twice_the_time(void **state)
{
    (void)state;
    tr_problem *question = plain_question("4096");
    assert_true(exercise_of(question, "half-speed").value == 1627); /* memory is full before that */
    free(question);
    question = case_of("total=600e9,active=30e9,kv=60000,weight=1", "flops=6e15,bw=6e12", "4096");
    assert_true(exercise_of(question, "half-speed").value == floor((2 * (0.1 + 4096e-8) - 0.1) / 4096e-8));
    free(question);
}

static void what_a_case_has_no_answer_to_is_not_asked_and_says_why(void **state)
{
    (void)state;
    tr_problem *question = plain_question("4096");
    tr_exercise e = exercise_of(question, "balance-here"); /* beyond the cliff */
    assert_true(!e.asked && isnan(e.value) && strstr(e.reveal, "every batch is memory-bound") != NULL);
    assert_false(exercise_of(question, "kept").asked);
    assert_false(exercise_of(question, "flash-drain").asked);
    tr_grade grade = {.score_share = 42};
    assert_int_equal(tr_lesson_grade(&e, 100, &grade, NULL), TR_EDOMAIN);
    assert_true(grade.score_share == 42);
    free(question);
    question = plain_question("500");
    e = exercise_of(question, "balance-here");
    assert_near(e.value, 20000, 1e-12, "balance at half the cliff"); /* c - k = c / 2 */
    free(question);
}

static void every_exercise_has_its_texts_its_equation_and_its_card(void **state)
{
    (void)state;
    tr_problem *question = case_of("deepseek-v3", "gb200-nvl72", "1k");
    assert_true(tr_lesson_count() >= 20 && tr_lesson_count() <= TR_LESSON_MAX);
    for (size_t i = 0; i < tr_lesson_count(); i++) {
        tr_exercise e, other;
        assert_int_equal(tr_lesson_ask(question, i, &e, NULL), TR_OK);
        if (!e.asked)
            fail_msg("%s is not asked of deepseek-v3 on a gb200-nvl72", e.id);
        assert_true(tr_equation_find(e.equation) != NULL || tr_claim_find(e.equation) != NULL);
        assert_true(strlen(e.question) > 20 && strlen(e.hint) > 10 && strlen(e.reveal) > 10);
        assert_true(strlen(e.question) + 1 < sizeof e.question && strlen(e.hint) + 1 < sizeof e.hint);
        assert_true(strlen(e.reveal) + 1 < sizeof e.reveal);
        assert_true(e.card_front[strlen(e.card_front) - 1] == '?' && strlen(e.card_back) > 20);
        assert_null(strchr(e.question, '{'));
        assert_null(strchr(e.hint, '{'));
        assert_null(strchr(e.reveal, '{'));
        for (size_t k = 0; k < i; k++) {
            assert_int_equal(tr_lesson_ask(question, k, &other, NULL), TR_OK);
            assert_string_not_equal(other.id, e.id);
        }
    }
    free(question);
}

/* Whatever the model and the machine: an answer above 0, or a reason. */
static void every_model_can_be_asked_about_on_every_system(void **state)
{
    (void)state;
    static const char *const systems[] = {"h100-sxm", "8xh200-sxm", "gb200-nvl72", "flops=1e15,bw=2e12"};
    for (size_t m = 0; m < tr_model_catalog_count(); m++)
        for (size_t s = 0; s < sizeof systems / sizeof systems[0]; s++) {
            tr_problem *question = case_of(tr_model_catalog_name(m), systems[s], "32k");
            size_t asked = 0;
            for (size_t i = 0; i < tr_lesson_count(); i++) {
                tr_exercise e;
                assert_int_equal(tr_lesson_ask(question, i, &e, NULL), TR_OK);
                assert_true(e.asked ? e.value > 0 && e.value < HUGE_VAL : isnan(e.value) && e.reveal[0] != '\0');
                asked += e.asked != 0;
            }
            assert_true(asked >= 15);
            free(question);
        }
}

static void guesses_are_read_with_their_units_and_refused_without_sense(void **state)
{
    (void)state;
    tr_problem *question = plain_question("4096");
    const tr_exercise time = exercise_of(question, "floor-time"), share = exercise_of(question, "kv-share");
    const tr_exercise bytes = exercise_of(question, "kv-per-token");
    double value = 42;
    tr_error err;
    assert_int_equal(tr_lesson_parse(&time, "0", &value, &err), TR_EDOMAIN);
    assert_int_equal(tr_lesson_parse(&time, "-3ms", &value, &err), TR_EDOMAIN);
    assert_int_equal(tr_lesson_parse(&time, "soon", &value, &err), TR_EPARSE);
    assert_int_equal(tr_lesson_parse(&bytes, "12ms", &value, &err), TR_EPARSE);
    assert_true(value == 42);
    assert_int_equal(tr_lesson_parse(&time, "12ms", &value, &err), TR_OK);
    assert_near(value, 0.012, 1e-15, "12ms");
    assert_int_equal(tr_lesson_parse(&bytes, "35 kB", &value, &err), TR_OK);
    assert_near(value, 35e3, 1e-15, "35 kB");
    assert_int_equal(tr_lesson_parse(&share, "40%", &value, &err), TR_OK);
    assert_near(value, 0.4, 1e-15, "40%");
    free(question);
}

static void the_error_is_the_distance_in_powers_of_ten_either_way(void **state)
{
    (void)state;
    tr_problem *question = plain_question("4096");
    const tr_exercise e = exercise_of(question, "floor-time"); /* 0.1 s */
    static const struct {
        double guess, error;
        const char *verdict;
    } cases[] = {{0.1, 0, "spot on"},     {0.12, 0.079, "close"}, {0.05, 0.301, "the right size"},
                 {0.2, 0.301, "the right size"}, {0.5, 0.699, "off"}, {1, 1, "off"}, {1e-3, 2, "far off"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        tr_grade grade;
        assert_int_equal(tr_lesson_grade(&e, cases[i].guess, &grade, NULL), TR_OK);
        assert_near(grade.log_error_ratio + 1, cases[i].error + 1, 1e-12, cases[i].verdict);
        assert_near(grade.score_share + 1, 2 - (cases[i].error < 1 ? cases[i].error : 1), 1e-12, cases[i].verdict);
        assert_string_equal(grade.verdict, cases[i].verdict);
    }
    tr_grade grade = {.score_share = 42};
    const double bad[] = {0, -1, HUGE_VAL, (double)NAN};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(tr_lesson_grade(&e, bad[i], &grade, NULL), TR_EDOMAIN);
    assert_true(grade.score_share == 42);
    free(question);
}

static void knowing_everything_scores_all_and_knowing_nothing_none(void **state)
{
    (void)state;
    tr_problem *question = case_of("llama-3.1-70b", "8xh100-sxm", "8k");
    tr_guess guess[TR_LESSON_MAX];
    tr_lesson_summary sums;
    tr_exercise e;
    size_t asked = 0;
    for (size_t i = 0; i < tr_lesson_count(); i++) {
        assert_int_equal(tr_lesson_ask(question, i, &e, NULL), TR_OK);
        guess[i] = (tr_guess){e.value, 0};
        asked += e.asked != 0;
    }
    assert_int_equal(tr_lesson_summarise(question, NULL, guess, &sums, NULL), TR_OK);
    assert_true(sums.asked == asked && sums.guessed == asked && sums.hinted == 0);
    assert_true(sums.score_share == 1 && sums.median_log_error_ratio == 0 && sums.weakest_topic == NULL);
    for (size_t i = 0; i < tr_lesson_count(); i++)
        guess[i].value *= 100;
    assert_int_equal(tr_lesson_summarise(question, "", guess, &sums, NULL), TR_OK);
    assert_true(sums.score_share == 0 && sums.mean_log_error_ratio == 2 && sums.weakest_topic != NULL);
    for (size_t i = 0; i < tr_lesson_count(); i++)
        guess[i] = (tr_guess){(double)NAN, 1};
    assert_int_equal(tr_lesson_summarise(question, "balance", guess, &sums, NULL), TR_OK);
    assert_true(sums.guessed == 0 && sums.hinted == sums.asked && sums.asked >= 2 && isnan(sums.mean_log_error_ratio));
    free(question);
}

static void unknown_topics_indices_and_prefill_are_refused(void **state)
{
    (void)state;
    tr_problem *question = plain_question("4096");
    tr_guess guess[TR_LESSON_MAX];
    tr_lesson_summary sums = {.asked = 42};
    tr_exercise e = {.id = "none"};
    tr_error err;
    for (size_t i = 0; i < TR_LESSON_MAX; i++)
        guess[i] = (tr_guess){(double)NAN, 0};
    assert_int_equal(tr_lesson_summarise(question, "cooking", guess, &sums, &err), TR_EUNKNOWN);
    assert_non_null(strstr(err.text, "balance"));
    assert_int_equal(tr_lesson_ask(question, tr_lesson_count(), &e, &err), TR_EDOMAIN);
    assert_int_equal(tr_lesson_ask(NULL, 0, &e, &err), TR_EMISSING);
    question->load.phase = TR_PHASE_PREFILL;
    assert_int_equal(tr_lesson_ask(question, 0, &e, &err), TR_ECONFLICT);
    assert_true(sums.asked == 42 && strcmp(e.id, "none") == 0);
    assert_null(tr_lesson_topic(1000));
    assert_false(tr_lesson_in_topic(1000, ""));
    free(question);
}

static tr_status lesson_with_some_guesses(const tr_scenario *scenario, const tr_problem *question,
                                          const tr_style *style, tr_sink *sink, tr_error *err)
{
    tr_guess guess[TR_LESSON_MAX];
    for (size_t i = 0; i < TR_LESSON_MAX; i++)
        guess[i] = (tr_guess){i == 0 ? 0.2 : (double)NAN, i == 0};
    return tr_answer_lesson(scenario, question, "", guess, style, sink, err);
}

static void the_document_holds_questions_answers_and_errors(void **state)
{
    (void)state;
    static const char *const pairs[] = {"model",  "total=600e9,active=30e9,kv=60000,weight=1",
                                        "system", "flops=6e15,bw=6e12,mem=1e12,usd=3.6", NULL};
    json_t *document = json_of(lesson_with_some_guesses, pairs);
    const json_t *list = at(document, "exercises");
    assert_int_equal(json_array_size(list), tr_lesson_count());
    const json_t *first = json_array_get(list, 0);
    assert_string_equal(text_at(first, "id"), "floor-time");
    assert_near(number_at(first, "answer"), 0.1, 1e-12, "answer");
    assert_near(number_at(first, "guess"), 0.2, 1e-12, "guess");
    assert_near(number_at(first, "log10_error"), 0.301, 1e-12, "error");
    assert_string_equal(text_at(first, "unit"), "s");
    assert_true(json_is_true(at(first, "hinted")));
    assert_near(number_at(document, "summary.guessed"), 1, 0, "guessed");
    assert_non_null(at(document, "scenario.model"));
    json_decref(document);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_numbers_are_answered_as_by_hand),
        cmocka_unit_test(half_the_speed_is_a_step_of_twice_the_time),
        cmocka_unit_test(what_a_case_has_no_answer_to_is_not_asked_and_says_why),
        cmocka_unit_test(every_exercise_has_its_texts_its_equation_and_its_card),
        cmocka_unit_test(every_model_can_be_asked_about_on_every_system),
        cmocka_unit_test(guesses_are_read_with_their_units_and_refused_without_sense),
        cmocka_unit_test(the_error_is_the_distance_in_powers_of_ten_either_way),
        cmocka_unit_test(knowing_everything_scores_all_and_knowing_nothing_none),
        cmocka_unit_test(unknown_topics_indices_and_prefill_are_refused),
        cmocka_unit_test(the_document_holds_questions_answers_and_errors),
    };
    return cmocka_run_group_tests_name("lesson", tests, NULL, NULL);
}
