/* test_ask_step.c -- the document of `step` keeps its contract in every form. */
#include "unit_ask.h"

#include <stdio.h>

static const char *const toy[] = {"model",  "total=671e9,active=37e9,kv=70272,weight=1",
                                  "system", "flops=2e15,bw=3.35TB/s,mem=80GB,usd=2.5",
                                  "count",  "16",
                                  "batch",  "8",
                                  NULL};

/* The names other programs rely on; a change here breaks them. */
static const char *const contract[] = {"tokenroof.version",
                                       "tokenroof.commit",
                                       "tokenroof.data",
                                       "scenario.model",
                                       "scenario.system",
                                       "model.name",
                                       "model.total_param",
                                       "model.active_param",
                                       "model.weight_byte",
                                       "model.kv_byte_per_token",
                                       "system.name",
                                       "system.chip_count",
                                       "layout.tp",
                                       "layout.ep",
                                       "layout.pp",
                                       "layout.dp",
                                       "layout.replicas",
                                       "layout.chosen",
                                       "batch_seq",
                                       "context_token",
                                       "phase",
                                       "physics",
                                       "terms.compute_s",
                                       "terms.weights_s",
                                       "terms.kv_s",
                                       "terms.comm_s",
                                       "terms.fixed_s",
                                       "step_s",
                                       "step_s_bound",
                                       "step_s_predicted",
                                       "step_s_low",
                                       "step_s_high",
                                       "limited_by",
                                       "token_per_s",
                                       "token_per_s_bound",
                                       "token_per_s_low",
                                       "token_per_s_high",
                                       "token_per_s_per_seq",
                                       "token_per_s_per_seq_bound",
                                       "token_per_s_per_seq_low",
                                       "token_per_s_per_seq_high",
                                       "token_per_s_per_chip",
                                       "usd_per_mtoken",
                                       "usd_per_mtoken_bound",
                                       "usd_per_mtoken_low",
                                       "usd_per_mtoken_high",
                                       "mfu",
                                       "mbu",
                                       "floor_s",
                                       "balance_batch_seq",
                                       "max_batch_seq",
                                       "intensity_flop_per_byte",
                                       "ridge_flop_per_byte"};

static void one_row_holds_every_key_of_the_contract(void **state)
{
    (void)state;
    json_t *d = json_of(tr_answer_step, toy);
    for (size_t i = 0; i < sizeof contract / sizeof contract[0]; i++)
        (void)at(d, contract[i]);
    assert_null(json_object_get(d, "rows"));
    json_decref(d);
}

static void every_row_of_a_list_holds_every_key_of_the_contract(void **state)
{
    (void)state;
    const char *const pairs[] = {"model", toy[1],   "system",  toy[3],  "count", "16",
                                 "batch", "1,8,64", "context", "1k,2k", NULL};
    json_t *d = json_of(tr_answer_step, pairs);
    assert_int_equal(json_array_size(at(d, "rows")), 6);
    for (size_t row = 0; row < 6; row++)
        for (size_t i = 5; i < sizeof contract / sizeof contract[0]; i++) {
            char path[96];
            (void)snprintf(path, sizeof path, "rows.%zu.%s", row, contract[i]);
            (void)at(d, path);
        }
    assert_true(number_at(d, "rows.1.batch_seq") == 8 && number_at(d, "rows.1.context_token") == 1024);
    assert_true(number_at(d, "rows.3.batch_seq") == 1 && number_at(d, "rows.3.context_token") == 2048);
    assert_true(number_at(d, "model.total_param") == 671e9);
    json_decref(d);
}

static void the_numbers_are_those_worked_by_hand(void **state)
{
    (void)state;
    json_t *d = json_of(tr_answer_step, toy);
    /* 671e9 B / (16 x 3.35e12 B/s) = 12.5187 ms; 8 x 4096 x 70272 B / 53.6e12 = 42.96 us */
    assert_true(fabs(number_at(d, "terms.weights_s") - 671e9 / 53.6e12) < 1e-12);
    assert_true(fabs(number_at(d, "terms.kv_s") - 8.0 * 4096 * 70272 / 53.6e12) < 1e-15);
    assert_true(fabs(number_at(d, "terms.compute_s") - 8.0 * 2 * 37e9 / 32e15) < 1e-15);
    const double step_s = 671e9 / 53.6e12 + 8.0 * 4096 * 70272 / 53.6e12;
    assert_true(fabs(number_at(d, "step_s") - step_s) < 1e-12);
    assert_true(fabs(number_at(d, "usd_per_mtoken") - 40.0 / 3600 / (8 / step_s) * 1e6) < 1e-9);
    assert_string_equal(text_at(d, "limited_by"), "weights");
    assert_true(number_at(d, "max_batch_seq") == floor((1280e9 - 671e9) / (4096.0 * 70272)));
    assert_true(number_at(d, "ridge_flop_per_byte") == 2e15 / 3.35e12);
    assert_true(json_is_null(at(d, "balance_batch_seq")));
    json_decref(d);
}

static void what_is_not_known_is_null_and_not_zero(void **state)
{
    (void)state;
    const char *const pairs[] = {"model", "total=8e9", "system", "flops=1e15,bw=1e12", NULL};
    json_t *d = json_of(tr_answer_step, pairs);
    assert_true(json_is_null(at(d, "usd_per_mtoken")));
    assert_true(json_is_null(at(d, "system.usd_per_hour")));
    assert_true(json_is_null(at(d, "system.memory_byte")));
    assert_true(json_is_null(at(d, "max_batch_seq")));
    assert_true(fabs(number_at(d, "balance_batch_seq") - 1000) < 1e-9);
    assert_int_equal(json_array_size(at(d, "notes")), 3);
    json_decref(d);
}

static void a_row_that_does_not_fit_says_so_among_those_that_do(void **state)
{
    (void)state;
    const char *const pairs[] = {"model", toy[1], "system", toy[3], "count", "16", "batch", "8,4096", NULL};
    json_t *d = json_of(tr_answer_step, pairs);
    assert_true(json_is_true(at(d, "rows.0.fits")) && json_is_null(at(d, "rows.0.reason")));
    assert_true(json_is_false(at(d, "rows.1.fits")) && json_is_null(at(d, "rows.1.step_s")));
    assert_true(json_is_null(at(d, "rows.1.limited_by")) && json_is_null(at(d, "rows.1.terms.kv_s")));
    assert_non_null(strstr(text_at(d, "rows.1.reason"), "2115"));
    assert_true(number_at(d, "rows.1.max_batch_seq") == 2115);
    json_decref(d);
}

static tr_status answer_fails(const char *const *pairs, tr_error *err, size_t *written)
{
    tr_scenario *scenario = scenario_of(pairs);
    tr_problem *question = question_of(scenario);
    const tr_style style = {.columns = 100};
    char text[256];
    tr_buffer buffer = {.data = text, .capacity = sizeof text, .length = 0};
    tr_sink sink = tr_buffer_sink(&buffer);
    const tr_status s = tr_answer_step(scenario, question, &style, &sink, err);
    *written = buffer.length;
    free(question);
    tr_scenario_destroy(scenario);
    return s;
}

static void what_does_not_fit_says_what_would_have_to_change(void **state)
{
    (void)state;
    const char *const weights[] = {"model", toy[1], "system", toy[3], NULL};
    const char *const batch[] = {"model", toy[1],  "system",    toy[3], "count",
                                 "16",    "batch", "4096,8192", NULL};
    size_t written = 1;
    tr_error err;
    assert_int_equal(answer_fails(weights, &err, &written), TR_ENOFIT);
    assert_non_null(strstr(err.text, "it needs 9 such chips"));
    assert_int_equal(written, 0);
    assert_int_equal(answer_fails(batch, &err, &written), TR_ENOFIT);
    assert_non_null(strstr(err.text, "2115"));
    assert_int_equal(written, 0);
}

static void too_many_rows_are_refused(void **state)
{
    (void)state;
    const char *const pairs[] = {"model", toy[1],    "system",  toy[3],    "count", "16",
                                 "batch", "1..4000", "context", "1..4000", NULL};
    size_t written = 1;
    tr_error err;
    assert_int_equal(answer_fails(pairs, &err, &written), TR_ECAPACITY);
    assert_non_null(strstr(err.text, "million rows"));
}

static void csv_has_a_line_a_row_and_a_name_a_column(void **state)
{
    (void)state;
    const char *const pairs[] = {
        "model", "total=8e9,name=a \"b\"", "system", "flops=1e15,bw=1e12", "batch", "1,2", NULL};
    const tr_style style = {.format = TR_FORMAT_CSV, .columns = 100};
    char *text = answer_of(tr_answer_step, pairs, &style);
    size_t lines = 0;
    for (const char *c = text; *c != '\0'; c++)
        lines += *c == '\n';
    assert_int_equal(lines, 3);
    assert_memory_equal(text, "model.name,model.total_param,", 29);
    assert_non_null(strstr(text, ",terms.compute_s,terms.weights_s,"));
    assert_non_null(strstr(text, "\n\"a \"\"b\"\"\",8000000000,"));
    free(text);
}

static void json_lines_are_flat_by_the_names_of_the_csv(void **state)
{
    (void)state;
    const char *const pairs[] = {"model", "total=8e9", "system", "flops=1e15,bw=1e12",
                                 "batch", "1,2",       "phase",  "prefill",
                                 "query", "64,128",    NULL};
    const tr_style style = {.format = TR_FORMAT_JSONL, .columns = 100};
    char *text = answer_of(tr_answer_step, pairs, &style);
    size_t lines = 0;
    for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n"), lines++) {
        json_t *d = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
        assert_non_null(d);
        assert_true(json_number_value(json_object_get(d, "batch_seq")) == 1 + (double)(lines % 2));
        assert_true(json_number_value(json_object_get(d, "query_token")) == (lines < 2 ? 64 : 128));
        assert_true(json_number_value(json_object_get(d, "terms.compute_s")) > 0);
        const char *key;
        json_t *value;
        json_object_foreach(d, key, value)
            assert_false(json_is_object(value) || json_is_array(value));
        json_decref(d);
    }
    assert_int_equal(lines, 4);
    free(text);
}

static void the_simulators_page_and_the_note_come_with_its_preset(void **state)
{
    (void)state;
    const char *const pairs[] = {"preset", "relearning-02", NULL};
    const tr_style style = {.columns = 100};
    static const char *const digits[] = {"12.8 ms", "60 ms",  "0.01049 ms", "60.01 ms", "8.192e-5 ms",
                                         "600.49",  "0.2133", "0.02 %",     "687 ms"};
    char *text = answer_of(tr_answer_step, pairs, &style);
    for (size_t i = 0; i < sizeof digits / sizeof digits[0]; i++)
        if (strstr(text, digits[i]) == NULL)
            fail_msg("no %s", digits[i]);
    free(text);
    json_t *d = json_of(tr_answer_step, pairs);
    assert_true(fabs(number_at(d, "published.balance_batch_seq") - 600.4919) < 1e-4);
    assert_string_equal(text_at(d, "scenario.preset"), "relearning-02");
    json_decref(d);
}

static void the_lessons_4_percent_is_said_in_both_conventions(void **state)
{
    (void)state;
    const char *const pairs[] = {"preset", "lesson-11", NULL};
    const tr_style style = {.columns = 100};
    char *text = answer_of(tr_answer_step, pairs, &style);
    assert_non_null(strstr(text, "214.4 FLOP/byte"));
    assert_non_null(strstr(text, "3.7 % of the ridge (8 of 214.4)"));
    assert_non_null(strstr(text, "3.7 % of the ridge (16 of 428.7)"));
    assert_non_null(strstr(text, "7.5 % of the ridge (16 of 214.4)"));
    free(text);
}

static int refuse_write(void *context, const char *text, size_t length)
{
    (void)context;
    (void)text;
    (void)length;
    return 1;
}

static void a_sink_that_stops_is_an_error_in_every_form(void **state)
{
    (void)state;
    tr_scenario *scenario = scenario_of(toy);
    tr_problem *question = question_of(scenario);
    tr_sink sink = {.write = refuse_write, .context = NULL};
    for (int format = TR_FORMAT_TEXT; format <= TR_FORMAT_CSV; format++) {
        const tr_style style = {.format = (tr_format)format, .columns = 100};
        tr_error err;
        assert_int_equal(tr_answer_step(scenario, question, &style, &sink, &err), TR_EIO);
        assert_int_equal(tr_answer_report(scenario, question, &style, &sink, &err), TR_EIO);
        assert_int_equal(tr_answer_memory(scenario, question, &style, &sink, &err), TR_EIO);
        assert_int_equal(tr_answer_explain("R1", NULL, &style, &sink, &err), TR_EIO);
    }
    free(question);
    tr_scenario_destroy(scenario);
}

/* The three physics of one question, in the same layout: each no faster than the one before. */
static void bound_is_below_operators_and_operators_below_what_is_predicted(void **state)
{
    (void)state;
    static const char *const cases[][3] = {
        {"llama-3.1-70b", "8xh200-sxm", "decode"}, {"deepseek-v3", "8xb200-sxm", "decode"},
        {"gpt-oss-120b", "4xh100-sxm", "prefill"}, {"qwen3-32b", "2xh100-sxm", "decode"},
        {"olmo-2-7b", "8xb200-sxm", "prefill"},    {"llama-3.1-8b", "rtx-5090", "decode"}};
    static const char *const batches[] = {"1", "8", "16"};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (int b = 0; b < 3; b++) {
            double last_s = 0;
            for (int physics = 0; physics < 3; physics++) {
                const char *const asked[] = {"model", cases[i][0], "system",  cases[i][1],
                                             "phase", cases[i][2], "batch",   batches[b],
                                             "query", cases[i][2][0] == 'p' ? "512" : "1", "physics", tr_physics_name((tr_physics)physics),
                                             NULL};
                json_t *d = json_of(tr_answer_step, asked);
                const double step_s = number_at(d, "step_s");
                assert_true(step_s >= last_s * (1 - 1e-9));
                assert_true(number_at(d, "step_s_bound") <= step_s * (1 + 1e-9));
                assert_true(number_at(d, "step_s_low") <= number_at(d, "step_s_predicted") &&
                            number_at(d, "step_s_high") >= number_at(d, "step_s_predicted"));
                last_s = step_s;
                json_decref(d);
            }
        }
}

/* Untold, a real model on a real chip is predicted, and plain numbers stay the bound. */
static void the_default_is_the_prediction_with_the_bound_and_its_interval_beside(void **state)
{
    (void)state;
    const char *const real[] = {"model", "llama-3.1-70b", "system", "8xh100-sxm", "batch", "64", NULL};
    const char *const bound[] = {"model", "llama-3.1-70b", "system",  "8xh100-sxm", "batch",
                                 "64",    "physics",       "bound", NULL};
    json_t *d = json_of(tr_answer_step, real), *b = json_of(tr_answer_step, bound);
    json_t *plain = json_of(tr_answer_step, toy);
    assert_string_equal(text_at(d, "physics"), "fitted");
    assert_true(number_at(d, "step_s") == number_at(d, "step_s_predicted"));
    assert_true(number_at(b, "step_s") == number_at(b, "step_s_bound"));
    assert_true(number_at(d, "step_s_bound") == number_at(b, "step_s"));
    assert_true(number_at(b, "step_s_predicted") == number_at(d, "step_s"));
    assert_true(number_at(d, "token_per_s_low") < number_at(d, "token_per_s") &&
                number_at(d, "token_per_s") < number_at(d, "token_per_s_high"));
    assert_true(number_at(d, "token_per_s_high") < number_at(d, "token_per_s_bound"));
    assert_true(fabs(number_at(d, "usd_per_mtoken_low") * number_at(d, "token_per_s_high") -
                     number_at(d, "usd_per_mtoken") * number_at(d, "token_per_s")) < 1e-9);
    assert_string_equal(text_at(plain, "physics"), "bound");
    assert_true(number_at(plain, "step_s") == number_at(plain, "step_s_bound"));
    assert_true(json_is_null(at(plain, "step_s_predicted")) && json_is_null(at(plain, "step_s_low")));
    json_decref(d);
    json_decref(b);
    json_decref(plain);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_row_holds_every_key_of_the_contract),
        cmocka_unit_test(every_row_of_a_list_holds_every_key_of_the_contract),
        cmocka_unit_test(the_numbers_are_those_worked_by_hand),
        cmocka_unit_test(what_is_not_known_is_null_and_not_zero),
        cmocka_unit_test(a_row_that_does_not_fit_says_so_among_those_that_do),
        cmocka_unit_test(what_does_not_fit_says_what_would_have_to_change),
        cmocka_unit_test(too_many_rows_are_refused),
        cmocka_unit_test(csv_has_a_line_a_row_and_a_name_a_column),
        cmocka_unit_test(json_lines_are_flat_by_the_names_of_the_csv),
        cmocka_unit_test(the_simulators_page_and_the_note_come_with_its_preset),
        cmocka_unit_test(the_lessons_4_percent_is_said_in_both_conventions),
        cmocka_unit_test(a_sink_that_stops_is_an_error_in_every_form),
        cmocka_unit_test(bound_is_below_operators_and_operators_below_what_is_predicted),
        cmocka_unit_test(the_default_is_the_prediction_with_the_bound_and_its_interval_beside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
