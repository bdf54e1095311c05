/* test_ask_layout.c -- every answer is of one layout, says which, and takes from it what fits. */
#include "unit_ask.h"

static void the_terms_of_operators_and_of_predictions_add_up_to_the_step(void **state)
{
    (void)state;
    static const char *const physics[] = {"ops", "fitted"};
    static const char *const term[] = {"terms.compute_s", "terms.weights_s", "terms.kv_s", "terms.comm_s",
                                       "terms.fixed_s"};
    for (int i = 0; i < 2; i++) {
        const char *const pairs[] = {"model", "deepseek-v3", "system", "8xh200-sxm", "batch", "64",
                                     "physics", physics[i], NULL};
        json_t *d = json_of(tr_answer_step, pairs);
        double sum_s = 0;
        for (int k = 0; k < 5; k++)
            sum_s += number_at(d, term[k]);
        assert_true(fabs(sum_s / number_at(d, "step_s") - 1) < 1e-12);
        json_decref(d);
    }
}

static void what_fits_and_the_largest_batch_are_one_answer_under_every_physics(void **state)
{
    (void)state;
    static const char *const physics[] = {"bound", "ops", "fitted"};
    double most_seq = 0;
    for (int i = 0; i < 3; i++) {
        const char *const pairs[] = {"model", "deepseek-v3", "system", "8xh200-sxm", "batch", "64,300,3000",
                                     "tp", "8", "physics", physics[i], NULL};
        json_t *d = json_of(tr_answer_step, pairs);
        for (size_t r = 0; r < 3; r++) {
            const json_t *row = json_array_get(at(d, "rows"), r);
            const double most = number_at(row, "max_batch_seq");
            assert_true(json_is_true(at(row, "fits")) == (number_at(row, "batch_seq") <= most));
            assert_true(most_seq == 0 || most == most_seq);
            most_seq = most;
        }
        json_decref(d);
    }
    const char *const memory[] = {"model", "deepseek-v3", "system", "8xh200-sxm", "tp", "8", NULL};
    json_t *d = json_of(tr_answer_memory, memory);
    assert_true(number_at(d, "max_batch_seq") == most_seq);
    json_decref(d);
}

static void a_layout_that_is_given_moves_the_memory_of_the_bound_and_not_its_time(void **state)
{
    (void)state;
    static const char *const tp[] = {"4", "8"};
    double step_s[2], most_seq[2];
    for (int i = 0; i < 2; i++) {
        const char *const pairs[] = {"model", "llama-3.1-70b", "system", "8xh100-sxm", "batch", "8", "tp", tp[i], NULL};
        json_t *d = json_of(tr_answer_step, pairs);
        step_s[i] = number_at(d, "step_s_bound");
        most_seq[i] = number_at(d, "max_batch_seq");
        assert_true(number_at(d, "layout.tp") * number_at(d, "layout.replicas") == 8);
        assert_true(json_is_false(at(d, "layout.chosen")));
        json_decref(d);
    }
    assert_true(step_s[0] == step_s[1] && most_seq[0] < most_seq[1]); /* two copies of the weights */
}

static void the_prediction_stands_beside_every_bound_that_fits(void **state)
{
    (void)state;
    static const char *const system[] = {"8xh200-sxm", "gb200-nvl72", "8xmi300x"};
    for (int i = 0; i < 3; i++) {
        const char *const bound[] = {"model", "deepseek-r1", "system", system[i], "batch", "64", "context", "32k",
                                     "physics", "bound", NULL};
        json_t *d = json_of(tr_answer_step, bound);
        const char *const untold[] = {"model", "deepseek-r1", "system", system[i], "batch", "64", "context", "32k",
                                      NULL};
        json_t *f = json_of(tr_answer_step, untold);
        assert_string_equal(text_at(f, "physics"), "fitted");
        assert_true(number_at(d, "step_s_predicted") == number_at(f, "step_s"));
        assert_true(number_at(d, "step_s_low") == number_at(f, "step_s_low"));
        assert_string_equal(text_at(d, "calibration"), text_at(f, "calibration"));
        assert_true(number_at(d, "step_s_predicted") >= number_at(d, "step_s"));
        json_decref(d);
        json_decref(f);
    }
    const char *const board[] = {"model", "total=8e9", "system", "8xh200-sxm", NULL};
    json_t *d = json_of(tr_answer_step, board); /* numbers alone predict nothing */
    assert_true(json_is_null(at(d, "calibration")) && json_is_null(at(d, "step_s_predicted")));
    json_decref(d);
}

static void rows_of_every_verb_name_model_system_and_layout(void **state)
{
    (void)state;
    static const answer_fn verb[] = {tr_answer_step, tr_answer_curve, tr_answer_roof, tr_answer_memory, tr_answer_menu,
                                     tr_answer_layout, tr_answer_report};
    static const char *const column[] = {"model.name", "system.name", "layout.tp", "layout.ep", "layout.pp",
                                         "layout.dp", "layout.replicas"};
    const char *const pairs[] = {"model", "gpt-oss-120b", "system", "8xh100-sxm", "physics", "fitted", NULL};
    for (size_t v = 0; v < sizeof verb / sizeof verb[0]; v++) {
        const tr_style style = {.format = TR_FORMAT_CSV, .columns = 100};
        char *text = answer_of(verb[v], pairs, &style);
        *strchr(text, '\n') = '\0';
        for (size_t k = 0; k < sizeof column / sizeof column[0]; k++)
            if (strstr(text, column[k]) == NULL)
                fail_msg("verb %zu has no column %s: %s", v, column[k], text);
        free(text);
    }
}

static void a_heading_says_which_layout_and_what_for(void **state)
{
    (void)state;
    static const answer_fn verb[] = {tr_answer_step, tr_answer_memory, tr_answer_report, tr_answer_layout};
    const tr_style style = {.columns = 100};
    for (size_t v = 0; v < sizeof verb / sizeof verb[0]; v++) {
        const char *const chosen[] = {"model", "llama-3.1-70b", "system", "8xh100-sxm", "batch", "64",
                                      "physics", "fitted", NULL};
        const char *const given[] = {"model", "llama-3.1-70b", "system", "8xh100-sxm", "batch", "64", "tp", "4",
                                     "physics", "fitted", NULL};
        char *text = answer_of(verb[v], chosen, &style);
        assert_non_null(strstr(text, "\nlayout tp 8: best of those that fit for batch 64 at 4k\n"));
        free(text);
        text = answer_of(verb[v], given, &style);
        assert_non_null(strstr(text, "\nlayout tp 4, replicas 2\n"));
        free(text);
    }
}

static void where_no_layout_has_room_the_closest_is_named_with_what_it_lacks(void **state)
{
    (void)state;
    const char *const pairs[] = {"model", "deepseek-v3", "system", "8xh100-sxm", NULL};
    tr_scenario *scenario = scenario_of(pairs);
    tr_problem *question = question_of(scenario);
    const tr_style style = {.columns = 100};
    char text[64];
    tr_buffer buffer = {.data = text, .capacity = sizeof text, .length = 0};
    tr_sink sink = tr_buffer_sink(&buffer);
    static const answer_fn verb[] = {tr_answer_step, tr_answer_memory, tr_answer_report, tr_answer_curve};
    assert_int_equal(question->layout_status, TR_ENOFIT);
    for (size_t v = 0; v < sizeof verb / sizeof verb[0]; v++) {
        tr_error err;
        assert_int_equal(verb[v](scenario, question, &style, &sink, &err), TR_ENOFIT);
        assert_non_null(strstr(err.text, "no layout fits; the closest is tp 8: the weights ("));
        assert_non_null(strstr(err.text, "it needs 9 such chips"));
    }
    free(question);
    tr_scenario_destroy(scenario);
}

static void layouts_are_ranked_by_what_is_predicted_and_those_without_room_come_last(void **state)
{
    (void)state;
    const char *const pairs[] = {"model", "qwen3-30b-a3b", "system", "8xh100-sxm", "batch", "1000",
                                 "physics", "fitted", NULL};
    json_t *d = json_of(tr_answer_layout, pairs);
    const json_t *rows = at(d, "layouts");
    double last_s = 0;
    size_t without = 0;
    assert_true(json_array_size(rows) > 10);
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);
        if (json_is_false(at(row, "fits"))) {
            assert_true(text_at(row, "reason")[0] != '\0' && number_at(row, "max_batch_seq") < 1000);
            without++;
            continue;
        }
        assert_int_equal(without, 0);
        const double s = number_at(row, "step_s_predicted");
        const double ops_s = number_at(row, "step_s_ops");
        assert_true(number_at(row, "step_s_bound") <= ops_s && ops_s <= s && last_s <= s);
        last_s = s;
    }
    assert_true(without > 0);
    json_decref(d);
}

static void a_report_shows_the_batch_that_was_asked_for(void **state)
{
    (void)state;
    const char *const pairs[] = {"model", "llama-3.1-70b", "system", "8xh100-sxm", "batch", "32", NULL};
    json_t *d = json_of(tr_answer_report, pairs);
    const json_t *rows = at(d, "steps.rows");
    int found = 0;
    for (size_t i = 0; i < json_array_size(rows); i++)
        found += number_at(json_array_get(rows, i), "batch_seq") == 32;
    assert_int_equal(found, 1);
    json_decref(d);
}

static void who_looks_over_batches_lays_out_for_the_batch_that_hides_the_weights(void **state)
{
    (void)state;
    const char *const one[] = {"model", "deepseek-v3", "system", "gb200-nvl72", NULL};
    const char *const many[] = {"model", "deepseek-v3", "system", "gb200-nvl72", "batch", "8", NULL};
    const char *const given[] = {"model", "deepseek-v3", "system", "gb200-nvl72", "tp", "8", NULL};
    const char *const small[] = {"model", "deepseek-v3", "system", "8xh200-sxm", "context", "64k", NULL};
    const char *const *const cases[] = {one, many, given, small};
    for (int i = 0; i < 4; i++) {
        tr_scenario *scenario = scenario_of(cases[i]);
        tr_problem *question = question_of(scenario);
        tr_problem over = *question;
        tr_error err;
        assert_int_equal(tr_problem_over_batches(scenario, &over, &err), TR_OK);
        const double before = tr_shard_max_batch_seq(&question->shard, question->load.context_token);
        const double after = tr_shard_max_batch_seq(&over.shard, over.load.context_token);
        if (i == 1 || i == 2) { /* asked for, or given */
            assert_memory_equal(&over.layout, &question->layout, sizeof over.layout);
        } else {
            assert_true(over.layout_load.batch_seq > 1 && question->layout_load.batch_seq == 1);
            assert_true(over.layout_status == (after >= over.layout_load.batch_seq ? TR_OK : TR_ENOFIT));
            assert_true(after > before);
        }
        assert_true(over.load.batch_seq == question->load.batch_seq);
        free(question);
        tr_scenario_destroy(scenario);
    }
}

static void keys_of_a_config_that_nobody_reads_are_named_in_a_note(void **state)
{
    (void)state;
    const char *const pairs[] = {"model", "llama-3.1-8b", "system", "h100-sxm", NULL};
    tr_scenario *scenario = scenario_of(pairs);
    tr_problem *question = question_of(scenario);
    tr_model *model = malloc(sizeof *model);
    assert_non_null(model);
    *model = *question->model;
    question->model = model;
    model->unread_count = 5;
    for (int i = 0; i < TR_UNREAD_MAX; i++)
        (void)strcpy(model->unread[i], i == 0 ? "sliding_window_pattern" : "other_dim");
    static const answer_fn verb[] = {tr_answer_step, tr_answer_memory};
    static char text[1 << 16];
    const tr_style style = {.format = TR_FORMAT_JSON, .columns = 100};
    for (int v = 0; v < 3; v++) {
        tr_buffer buffer = {.data = text, .capacity = sizeof text, .length = 0};
        tr_sink sink = tr_buffer_sink(&buffer);
        tr_error err;
        assert_int_equal(v < 2 ? verb[v](scenario, question, &style, &sink, &err)
                               : tr_answer_model(scenario, model, &style, &sink, &err), TR_OK);
        assert_non_null(strstr(text, "sliding_window_pattern, other_dim, other_dim, other_dim and more"));
    }
    free(model);
    free(question);
    tr_scenario_destroy(scenario);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_terms_of_operators_and_of_predictions_add_up_to_the_step),
        cmocka_unit_test(what_fits_and_the_largest_batch_are_one_answer_under_every_physics),
        cmocka_unit_test(a_layout_that_is_given_moves_the_memory_of_the_bound_and_not_its_time),
        cmocka_unit_test(the_prediction_stands_beside_every_bound_that_fits),
        cmocka_unit_test(rows_of_every_verb_name_model_system_and_layout),
        cmocka_unit_test(a_heading_says_which_layout_and_what_for),
        cmocka_unit_test(where_no_layout_has_room_the_closest_is_named_with_what_it_lacks),
        cmocka_unit_test(layouts_are_ranked_by_what_is_predicted_and_those_without_room_come_last),
        cmocka_unit_test(a_report_shows_the_batch_that_was_asked_for),
        cmocka_unit_test(who_looks_over_batches_lays_out_for_the_batch_that_hides_the_weights),
        cmocka_unit_test(keys_of_a_config_that_nobody_reads_are_named_in_a_note),
    };
    return cmocka_run_group_tests_name("answer: layout", tests, NULL, NULL);
}
