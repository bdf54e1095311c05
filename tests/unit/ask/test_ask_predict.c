/* test_ask_predict.c -- the first question: its contract, its arithmetic, its lists, what it refuses. */
#include "unit_ask.h"

#include <stdio.h>

static const char *const asked[] = {"model", "llama-3.1-70b", "system", "8xh100-sxm", "engine", "vllm",
                                    "isl",   "4k",            "osl",    "512",        "concurrency", "64", NULL};

/* The names other programs rely on; a change here breaks them. */
static const char *const contract[] = {
    "model", "system", "engine", "layout.tp", "layout.ep", "layout.pp", "layout.dp", "layout.replicas", "weight_dtype",
    "kv_dtype", "isl", "osl", "concurrency_seq", "request_per_s", "prefix_hit_share", "draft_token", "batch_seq",
    "kv_used_share", "saturated", "max_request_per_s", "limited_by", "levers", "meets_slo", "calibration.name",
    "calibration.distance", "price.usd_per_hour"};
static const char *const quantities[] = {"ttft_s", "tpot_s", "itl_s", "e2e_s", "output_token_per_s",
                                         "token_per_s_per_user", "usd_per_mtoken_output", "usd_per_mtoken_input",
                                         "usd_per_mtoken"};

static const json_t *first(const json_t *document) { return json_array_get(json_object_get(document, "rows"), 0); }

static double quantity(const json_t *row, const char *name, const char *part)
{
    char path[96];
    (void)snprintf(path, sizeof path, "%s.%s", name, part);
    return number_at(row, path);
}

static void a_row_holds_every_key_of_the_contract(void **state)
{
    (void)state;
    json_t *d = json_of(tr_answer_predict, asked);
    for (size_t i = 0; i < sizeof contract / sizeof contract[0]; i++)
        assert_non_null(at(first(d), contract[i]));
    for (size_t i = 0; i < sizeof quantities / sizeof quantities[0]; i++) {
        const int rate = strstr(quantities[i], "token_per_s") != NULL;
        const double predicted = quantity(first(d), quantities[i], "predicted");
        const double bound = quantity(first(d), quantities[i], "bound");
        assert_true(quantity(first(d), quantities[i], "low") <= predicted);
        assert_true(quantity(first(d), quantities[i], "high") >= predicted);
        assert_true(rate ? bound >= predicted : bound <= predicted && bound > 0);
    }
    json_decref(d);
}

static void a_request_costs_what_its_tokens_do(void **state)
{
    (void)state;
    json_t *d = json_of(tr_answer_predict, asked);
    const json_t *row = first(d);
    const double in = quantity(row, "usd_per_mtoken_input", "predicted") * number_at(row, "isl");
    const double out = quantity(row, "usd_per_mtoken_output", "predicted") * number_at(row, "osl");
    const double request = quantity(row, "usd_per_request", "predicted");
    assert_true(fabs((in + out) / 1e6 / request - 1) < 1e-9);
    const double hour = 8 * number_at(row, "price.usd_per_hour") / number_at(row, "request_per_s") / 3600;
    assert_true(fabs(hour / request - 1) < 1e-9);
    json_decref(d);
}

static void little_law_holds_of_clients_and_of_arrivals(void **state)
{
    (void)state;
    json_t *d = json_of(tr_answer_predict, asked);
    const double cycle = quantity(first(d), "e2e_s", "predicted") + quantity(first(d), "tpot_s", "predicted");
    assert_true(fabs(number_at(first(d), "request_per_s") * cycle / 64 - 1) < 0.01);
    json_decref(d);
    const char *const rate[] = {"model", "llama-3.1-70b", "system", "8xh100-sxm", "engine", "vllm",
                                "isl",   "4k",            "osl",    "512",        "rate",   "2", NULL};
    d = json_of(tr_answer_predict, rate);
    assert_true(number_at(first(d), "request_per_s") == 2);
    assert_true(quantity(first(d), "output_token_per_s", "low") == quantity(first(d), "output_token_per_s", "high"));
    json_decref(d);
}

static void more_arrivals_than_hold_say_the_most_that_does(void **state)
{
    (void)state;
    const char *const flood[] = {"model", "llama-3.1-70b", "system", "8xh100-sxm", "isl", "4k",
                                 "osl",   "512",           "rate",   "1000",       NULL};
    json_t *d = json_of(tr_answer_predict, flood);
    assert_true(json_is_true(at(first(d), "saturated")));
    assert_true(json_is_null(at(first(d), "ttft_s.predicted")));
    const double most = number_at(first(d), "max_request_per_s");
    assert_true(most > 0.1 && most < 1000);
    json_decref(d);
}

static void more_arrivals_than_a_large_system_answers_saturate_it(void **state)
{
    (void)state;
    const char *const flood[] = {"model", "llama-3.1-8b", "system", "64xh100-sxm", "rate", "1e6", NULL};
    json_t *d = json_of(tr_answer_predict, flood);
    assert_true(json_is_true(at(first(d), "saturated")));
    assert_true(number_at(first(d), "request_per_s") < 1e5);
    json_decref(d);
}

static void fewer_than_one_request_at_a_time_is_said(void **state)
{
    (void)state;
    const char *const trickle[] = {"model", "llama-3.1-8b", "system", "h100-sxm", "rate", "0.001", NULL};
    json_t *d = json_of(tr_answer_predict, trickle);
    const double cycle = quantity(first(d), "e2e_s", "predicted") + quantity(first(d), "tpot_s", "predicted");
    assert_true(fabs(number_at(first(d), "concurrency_seq") / (0.001 * cycle) - 1) < 1e-6);
    assert_true(number_at(first(d), "batch_seq") < 0.1 && number_at(first(d), "kv_used_share") < 1e-3);
    json_decref(d);
}

static void clients_who_wait_for_prefill_chips_wait_in_the_first_token(void **state)
{
    (void)state;
    const char *const crowd[] = {"model", "deepseek-v3", "system", "gb200-nvl72", "isl", "8k", "osl", "1k",
                                 "concurrency", "4096", "disagg", "1:3", NULL};
    json_t *d = json_of(tr_answer_predict, crowd);
    const double cycle = quantity(first(d), "e2e_s", "predicted") + quantity(first(d), "tpot_s", "predicted");
    assert_true(json_is_true(at(first(d), "saturated")));
    assert_true(fabs(number_at(first(d), "request_per_s") * cycle / 4096 - 1) < 0.01);
    json_decref(d);
}

static void no_more_run_at_once_than_was_said(void **state)
{
    (void)state;
    const char *const few[] = {"model", "llama-3.1-8b", "system", "h100-sxm", "concurrency", "1000", "max-seqs",
                               "64",  NULL};
    json_t *d = json_of(tr_answer_predict, few);
    assert_true(number_at(first(d), "batch_seq") <= 64 && json_is_true(at(first(d), "saturated")));
    json_decref(d);
}

static void lists_make_rows_and_none_is_dropped(void **state)
{
    (void)state;
    const char *const lists[] = {"model", "llama-3.1-70b", "system", "8xh100-sxm", "tp",  "2,4,8", "isl",
                                 "1k,8k", "concurrency",   "1,16",   "price",      "2,3", NULL};
    json_t *d = json_of(tr_answer_predict, lists);
    const json_t *rows = json_object_get(d, "rows");
    assert_int_equal(json_array_size(rows), 3 * 2 * 2 * 2);
    int differ = 0;
    for (size_t i = 1; i < json_array_size(rows); i++)
        differ += quantity(json_array_get(rows, i), "usd_per_mtoken", "predicted") !=
                  quantity(json_array_get(rows, i - 1), "usd_per_mtoken", "predicted");
    assert_int_equal(differ, json_array_size(rows) - 1);
    json_decref(d);
}

static void what_is_promised_is_marked(void **state)
{
    (void)state;
    const char *const slo[] = {"model", "llama-3.1-70b", "system", "8xh100-sxm", "slo", "ttft:p95<10s,tpot<30ms",
                               "concurrency", "1,4096", NULL};
    json_t *d = json_of(tr_answer_predict, slo);
    assert_true(json_is_true(at(first(d), "meets_slo")));
    assert_true(json_is_false(at(json_array_get(json_object_get(d, "rows"), 1), "meets_slo")));
    json_decref(d);
}

static void refuse(const char *const *pairs, tr_status expected, const char *words)
{
    tr_error err = {.status = TR_OK};
    const tr_style style = {.columns = 100};
    tr_sink sink = {.write = NULL};
    tr_scenario *scenario = scenario_of(pairs);
    tr_problem *question = question_of(scenario);
    assert_int_equal(tr_answer_predict(scenario, question, &style, &sink, &err), expected);
    if (strstr(err.text, words) == NULL)
        fail_msg("'%s' does not say '%s'", err.text, words);
    free(question);
    tr_scenario_destroy(scenario);
}

static void a_question_that_says_two_things_is_refused(void **state)
{
    (void)state;
    const char *const both[] = {"model", "llama-3.1-8b", "system", "h100-sxm", "rate", "1", "users", "4", NULL};
    const char *const think[] = {"model", "llama-3.1-8b", "system", "h100-sxm", "think", "5s", NULL};
    const char *const slo[] = {"model", "llama-3.1-8b", "system", "h100-sxm", "slo", "ttfb<1s", NULL};
    const char *const split[] = {"model", "llama-3.1-8b", "system", "8xh100-sxm", "disagg", "1:2", NULL};
    const char *const large[] = {"model", "llama-3.1-405b", "system", "h100-sxm", NULL};
    const char *const numbers[] = {"model", "total=8e9", "system", "flops=1e15,bw=3e12", NULL};
    refuse(both, TR_ECONFLICT, "--users");
    refuse(think, TR_ECONFLICT, "--users");
    refuse(slo, TR_EPARSE, "ttft:p95<1s");
    refuse(split, TR_EDOMAIN, "whole chips");
    refuse(large, TR_ENOFIT, "");
    refuse(numbers, TR_ECONFLICT, "tokenroof step");
}

static void what_helps_is_tried_and_helps(void **state)
{
    (void)state;
    json_t *d = json_of(tr_answer_predict, asked);
    const json_t *levers = at(first(d), "levers");
    assert_true(json_array_size(levers) >= 1 && json_array_size(levers) <= 3);
    double last = 1e9;
    for (size_t i = 0; i < json_array_size(levers); i++) {
        const double gain = number_at(json_array_get(levers, i), "gain");
        assert_true(gain > 0 && gain <= last);
        last = gain;
    }
    json_decref(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_row_holds_every_key_of_the_contract),
        cmocka_unit_test(a_request_costs_what_its_tokens_do),
        cmocka_unit_test(little_law_holds_of_clients_and_of_arrivals),
        cmocka_unit_test(more_arrivals_than_hold_say_the_most_that_does),
        cmocka_unit_test(more_arrivals_than_a_large_system_answers_saturate_it),
        cmocka_unit_test(fewer_than_one_request_at_a_time_is_said),
        cmocka_unit_test(clients_who_wait_for_prefill_chips_wait_in_the_first_token),
        cmocka_unit_test(no_more_run_at_once_than_was_said),
        cmocka_unit_test(lists_make_rows_and_none_is_dropped),
        cmocka_unit_test(what_is_promised_is_marked),
        cmocka_unit_test(a_question_that_says_two_things_is_refused),
        cmocka_unit_test(what_helps_is_tried_and_helps),
    };
    return cmocka_run_group_tests_name("ask predict", tests, NULL, NULL);
}
