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
        /* A week of (5 + 2 x 0.568) / 7 weekdays, whose busiest hour is 4/3 of their mean. */
        {"idle-pay", 4.0 / 3 * 7 / 6.136},
        {"own-discount", 1 - 6.136 / 7 * 3 / 4},
        {"which-adds", 1},           /* 0.1 s and 0.0026 s, one after the other */
        {"what-waits", 1},
        {"slow-mode", 2},            /* of 0.102 ms a token of a full train, 0.041 ms is one's own */
        {"batching-helps", 1},
        {"dense-twin", 1},
        {"ten-times-bandwidth", 2},
        {"half-price", 1},
        {"what-halves", 1},
        {"prefill-side", 1},         /* 8,192 tokens multiply for 82 ms, and 0.1 s of weights are read */
        {"weights-side", 1},
        {"what-ends-first", 1},      /* 1,627 fit, and beyond the cliff no batch balances */
        {"futile-lever", 3},
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

/* Eight replicas would read the weights eight times; the blackboard's machine reads them once, as its texts say. */
static void all_chips_are_one_machine_whatever_the_layout(void **state)
{
    (void)state;
    static const char *const pairs[] = {"model", "llama-3.1-8b", "system", "8xh100-sxm", "context", "256", NULL};
    tr_scenario *scenario = scenario_of(pairs);
    tr_problem *question = question_of(scenario);
    assert_int_equal(tr_problem_over_batches(scenario, question, NULL), TR_OK);
    assert_true(question->roof.copy_count > 1);
    const double weight_byte = question->roof.fixed_weight_byte + question->roof.routed_weight_byte;
    const double floor_s = weight_byte / question->roof.byte_per_s;
    assert_near(exercise_of(question, "floor-time").value, floor_s, 1e-12, "floor");
    assert_near(exercise_of(question, "floor-one-chip").value, 8 * floor_s, 1e-12, "one chip");
    assert_near(exercise_of(question, "balance").value, exercise_of(question, "three-hundred").value, 1e-12, "dense");
    tr_lesson_place p;
    assert_int_equal(tr_lesson_place_of(question, 100, &p, NULL), TR_OK);
    assert_near(p.bound_token_per_s, exercise_of(question, "throughput").value, 1e-12, "bound");
    tr_scenario_destroy(scenario);
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
        guess[i] = (tr_guess){.value = e.value};
        asked += e.asked != 0;
    }
    assert_int_equal(tr_lesson_summarise(question, NULL, guess, &sums, NULL), TR_OK);
    assert_true(sums.asked == asked && sums.guessed == asked && sums.hinted == 0);
    assert_true(sums.score_share == 1 && sums.median_log_error_ratio == 0 && sums.weakest_topic == NULL);
    for (size_t i = 0; i < tr_lesson_count(); i++) { /* wrong in every kind */
        assert_int_equal(tr_lesson_ask(question, i, &e, NULL), TR_OK);
        guess[i].value *= 100;
        if (e.kind != TR_LESSON_NUMBER)
            guess[i].value = e.kind == TR_LESSON_EXPLAIN ? 0 : e.value > 1 ? 1 : 2;
    }
    assert_int_equal(tr_lesson_summarise(question, &(tr_lesson_pick){.topic = ""}, guess, &sums, NULL), TR_OK);
    assert_true(sums.score_share == 0 && sums.mean_log_error_ratio == 2 && sums.weakest_topic != NULL);
    for (size_t i = 0; i < tr_lesson_count(); i++)
        guess[i] = (tr_guess){.value = (double)NAN, .hinted = 1, .reached = 1};
    assert_int_equal(tr_lesson_summarise(question, &(tr_lesson_pick){.topic = "balance"}, guess, &sums, NULL), TR_OK);
    assert_true(sums.guessed == 0 && sums.hinted == sums.asked && sums.asked >= 2 && isnan(sums.mean_log_error_ratio));
    free(question);
}

static void what_was_not_reached_does_not_count(void **state)
{
    (void)state;
    tr_problem *question = case_of("llama-3.1-70b", "8xh100-sxm", "8k");
    tr_guess guess[TR_LESSON_MAX];
    tr_lesson_summary sums;
    for (size_t i = 0; i < TR_LESSON_MAX; i++)
        guess[i] = (tr_guess){.value = (double)NAN};
    tr_exercise e;
    assert_int_equal(tr_lesson_ask(question, 0, &e, NULL), TR_OK);
    guess[0].value = e.value;
    assert_int_equal(tr_lesson_summarise(question, NULL, guess, &sums, NULL), TR_OK);
    assert_true(sums.reached == 1 && sums.asked > 30 && sums.score_share == 1);
    guess[1].reached = 1; /* passed over */
    assert_int_equal(tr_lesson_summarise(question, NULL, guess, &sums, NULL), TR_OK);
    assert_true(sums.reached == 2 && sums.guessed == 1 && sums.score_share == 0.5);
    free(question);
}

static void choices_are_letters_numbers_or_beginnings(void **state)
{
    (void)state;
    tr_problem *question = plain_question("4096");
    const tr_exercise e = exercise_of(question, "futile-lever");
    double value = 42;
    tr_grade grade;
    assert_true(e.kind == TR_LESSON_CHOICE && e.choice[3][0] != '\0');
    assert_non_null(strstr(e.question, "(d) twice the bandwidth"));
    assert_int_equal(tr_lesson_parse(&e, "e", &value, NULL), TR_EDOMAIN);
    assert_int_equal(tr_lesson_parse(&e, "more", &value, NULL), TR_EDOMAIN);
    assert_int_equal(tr_lesson_parse(&e, "", &value, NULL), TR_EDOMAIN);
    assert_true(value == 42);
    static const char *const same[] = {"c", "C", "3", "twice the F"};
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
        assert_int_equal(tr_lesson_parse(&e, same[i], &value, NULL), TR_OK);
        assert_true(value == 3);
    }
    assert_int_equal(tr_lesson_grade(&e, 3, &grade, NULL), TR_OK);
    assert_true(grade.score_share == 1 && isnan(grade.log_error_ratio));
    assert_int_equal(tr_lesson_grade(&e, 1, &grade, NULL), TR_OK);
    assert_true(grade.score_share == 0 && strcmp(grade.verdict, "wrong") == 0);
    free(question);
}

static void an_explanation_is_as_good_as_the_ideas_it_names(void **state)
{
    (void)state;
    tr_problem *question = plain_question("4096");
    const tr_exercise e = exercise_of(question, "explain-compute");
    double value = 0;
    tr_grade grade;
    assert_true(e.kind == TR_LESSON_EXPLAIN && e.idea_count == 3 && e.value == 7);
    assert_int_equal(tr_lesson_parse(&e, "Memory bandwidth: weights are read while FLOPs IDLE", &value, NULL), TR_OK);
    assert_true(value == 7);
    assert_int_equal(tr_lesson_parse(&e, "it waits for bytes", &value, NULL), TR_OK);
    assert_true(value == 5); /* the first and the third */
    assert_int_equal(tr_lesson_grade(&e, value, &grade, NULL), TR_OK);
    assert_near(grade.score_share, 2.0 / 3, 1e-12, "two of three");
    assert_string_equal(grade.verdict, "in part");
    assert_int_equal(tr_lesson_parse(&e, "no idea", &value, NULL), TR_OK);
    assert_int_equal(tr_lesson_grade(&e, value, &grade, NULL), TR_OK);
    assert_true(value == 0 && grade.score_share == 0);
    assert_int_equal(tr_lesson_grade(&e, 8, &grade, NULL), TR_EDOMAIN);
    assert_int_equal(tr_lesson_grade(&e, (double)NAN, &grade, NULL), TR_EDOMAIN);
    free(question);
}

static void chapters_follow_one_another_and_paths_are_parts_of_them(void **state)
{
    (void)state;
    tr_problem *question = case_of("deepseek-v3", "gb200-nvl72", "1k");
    int chapter = 1;
    size_t in_path[3] = {0, 0, 0};
    for (size_t i = 0; i < tr_lesson_count(); i++) {
        tr_exercise e;
        assert_int_equal(tr_lesson_ask(question, i, &e, NULL), TR_OK);
        assert_true(e.chapter == chapter || e.chapter == chapter + 1);
        chapter = e.chapter;
        for (int path = 0; path < 3; path++)
            in_path[path] += (size_t)tr_lesson_picked(i, &(tr_lesson_pick){.path = path});
    }
    assert_non_null(tr_lesson_chapter(chapter));
    assert_null(tr_lesson_chapter(chapter + 1));
    assert_true(in_path[0] == tr_lesson_count() && in_path[1] == 5 && in_path[2] >= 10 && in_path[2] <= 12);
    free(question);
}

/* Experts of a dense model, and a tiny one on a huge machine. */
static void what_does_not_apply_is_not_asked(void **state)
{
    (void)state;
    static const char *const mixtures_only[] = {"sparsity", "links", "dense-twin", "explain-rack"};
    tr_problem *dense = case_of("llama-3.1-70b", "8xh100-sxm", "8k");
    tr_problem *mixture = case_of("deepseek-v3", "gb200-nvl72", "8k");
    for (size_t i = 0; i < sizeof mixtures_only / sizeof mixtures_only[0]; i++) {
        assert_false(exercise_of(dense, mixtures_only[i]).asked);
        assert_true(exercise_of(mixture, mixtures_only[i]).asked);
    }
    free(dense);
    free(mixture);
}

/* 64 sequences at 4096 tokens: a step of 0.1026 s by the bound, 623.7 tokens/s, of 64 x 60 GFLOP and 615.7 GB. */
static void a_measured_number_is_placed_under_the_roof(void **state)
{
    (void)state;
    tr_problem *question = plain_question("4096");
    tr_lesson_place p;
    const double step_s = 0.1 + 64 * 4096e-8;
    assert_int_equal(tr_lesson_place_of(question, 320, &p, NULL), TR_OK); /* five steps a second */
    assert_near(p.bound_token_per_s, 64 / step_s, 1e-9, "bound");
    assert_near(p.bound_share, 5 * step_s, 1e-9, "share");
    assert_near(p.mfu, 5 * 64 * 60e9 / 6e15, 1e-9, "mfu");
    assert_near(p.mbu, 5 * step_s, 1e-9, "mbu: memory-bound, so that it is the share");
    assert_near(p.flop_per_s, p.intensity_flop_per_byte * p.mbu * 6e12, 1e-9, "on a ray through the origin");
    assert_true(p.room_batch_seq == 1627 && p.balance_batch_seq == HUGE_VAL);
    assert_string_equal(p.futile, "more FLOP/s");
    assert_int_equal(tr_lesson_place_of(question, 0, &p, NULL), TR_EDOMAIN);
    assert_int_equal(tr_lesson_place_of(question, (double)NAN, &p, NULL), TR_EDOMAIN);
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
        guess[i] = (tr_guess){.value = (double)NAN};
    assert_int_equal(tr_lesson_summarise(question, &(tr_lesson_pick){.chapter = 99}, guess, &sums, &err), TR_EUNKNOWN);
    const tr_lesson_pick cooking = {.topic = "cooking"};
    assert_int_equal(tr_lesson_summarise(question, &cooking, guess, &sums, &err), TR_EUNKNOWN);
    assert_non_null(strstr(err.text, "balance"));
    assert_int_equal(tr_lesson_ask(question, tr_lesson_count(), &e, &err), TR_EDOMAIN);
    assert_int_equal(tr_lesson_ask(NULL, 0, &e, &err), TR_EMISSING);
    question->load.phase = TR_PHASE_PREFILL;
    assert_int_equal(tr_lesson_ask(question, 0, &e, &err), TR_ECONFLICT);
    assert_true(sums.asked == 42 && strcmp(e.id, "none") == 0);
    assert_null(tr_lesson_topic(1000));
    assert_false(tr_lesson_picked(1000, NULL));
    free(question);
}

static tr_status lesson_with_some_guesses(const tr_scenario *scenario, const tr_problem *question,
                                          const tr_style *style, tr_sink *sink, tr_error *err)
{
    tr_guess guess[TR_LESSON_MAX];
    for (size_t i = 0; i < TR_LESSON_MAX; i++)
        guess[i] = (tr_guess){.value = i == 0 ? 0.2 : (double)NAN, .hinted = i == 0};
    tr_lesson_place place;
    const tr_status s = tr_lesson_place_of(question, 320, &place, err);
    return s == TR_OK ? tr_answer_lesson(&(tr_subject){.scenario = scenario, .question = question}, NULL, guess, &place,
                                         style, sink, err) : s;
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
    assert_near(number_at(document, "summary.reached"), 1, 0, "reached");
    assert_near(number_at(document, "measured.bound_share"), 5 * (0.1 + 64 * 4096e-8), 1e-9, "measured");
    size_t i = 0;
    const json_t *row;
    json_array_foreach((json_t *)(uintptr_t)list, i, row)
        assert_int_equal(strcmp(text_at(row, "kind"), "choice") == 0, json_is_array(json_object_get(row, "choices")));
    assert_non_null(at(document, "scenario.model"));
    json_decref(document);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_numbers_are_answered_as_by_hand),
        cmocka_unit_test(half_the_speed_is_a_step_of_twice_the_time),
        cmocka_unit_test(all_chips_are_one_machine_whatever_the_layout),
        cmocka_unit_test(what_a_case_has_no_answer_to_is_not_asked_and_says_why),
        cmocka_unit_test(every_exercise_has_its_texts_its_equation_and_its_card),
        cmocka_unit_test(every_model_can_be_asked_about_on_every_system),
        cmocka_unit_test(guesses_are_read_with_their_units_and_refused_without_sense),
        cmocka_unit_test(the_error_is_the_distance_in_powers_of_ten_either_way),
        cmocka_unit_test(knowing_everything_scores_all_and_knowing_nothing_none),
        cmocka_unit_test(what_was_not_reached_does_not_count),
        cmocka_unit_test(choices_are_letters_numbers_or_beginnings),
        cmocka_unit_test(an_explanation_is_as_good_as_the_ideas_it_names),
        cmocka_unit_test(chapters_follow_one_another_and_paths_are_parts_of_them),
        cmocka_unit_test(what_does_not_apply_is_not_asked),
        cmocka_unit_test(a_measured_number_is_placed_under_the_roof),
        cmocka_unit_test(unknown_topics_indices_and_prefill_are_refused),
        cmocka_unit_test(the_document_holds_questions_answers_and_errors),
    };
    return cmocka_run_group_tests_name("lesson", tests, NULL, NULL);
}
