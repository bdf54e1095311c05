/* test_ask_report.c -- the page that tells everything, and its document. */
#include "unit_ask.h"

#include <stdio.h>

/* KV is nothing here: balance 1000 x 1e15 / 1e12 x 2 / 2. */
static const char *const plain[] = {
    "model", "total=8e9,weight=2", "system", "flops=1e15,bw=1e12,mem=80GB,usd=3.6", "context", "0", NULL};
/* KV outgrows compute at 2 x 8e9 / 1e15 x 1e12 / 1e5 = 160 tokens. */
static const char *const heavy[] = {"model", "total=8e9,weight=2,kv=1e5", "system",
                                    "flops=1e15,bw=1e12,mem=80GB,usd=3.6", NULL};

static void the_points_are_alone_at_balance_and_three_times_that(void **state)
{
    (void)state;
    json_t *d = json_of(tr_answer_report, plain);
    assert_true(number_at(d, "points.0.batch_seq") == 1);
    assert_true(number_at(d, "points.1.batch_seq") == 1000);
    assert_true(fabs(number_at(d, "balance_batch_seq") - 1000) < 1e-9);
    assert_true(number_at(d, "points.2.batch_seq") == 3000);
    /* 16 ms of weights; one sequence computes 16 us */
    assert_true(fabs(number_at(d, "points.0.step_s") - 16e-3) < 1e-15);
    assert_true(fabs(number_at(d, "points.1.step_s") - 16e-3) < 1e-15);
    assert_true(fabs(number_at(d, "points.2.step_s") - 48e-3) < 1e-15);
    assert_string_equal(text_at(d, "points.2.limited_by"), "compute");
    json_decref(d);
}

static void the_menu_is_a_thousand_times_dearer_for_one_alone(void **state)
{
    (void)state;
    json_t *d = json_of(tr_answer_report, plain);
    assert_true(fabs(number_at(d, "points.0.price_ratio") - 1000) < 1e-9);
    assert_true(number_at(d, "points.0.speed_ratio") == 1 && number_at(d, "points.1.price_ratio") == 1);
    assert_true(fabs(number_at(d, "points.2.price_ratio") - 1) < 1e-12);
    assert_true(fabs(number_at(d, "points.2.speed_ratio") - 1.0 / 3) < 1e-12);
    json_decref(d);
}

static void a_request_waits_a_step_and_a_half_on_average_and_two_at_worst(void **state)
{
    (void)state;
    json_t *d = json_of(tr_answer_report, plain);
    assert_true(number_at(d, "train.period_s") == number_at(d, "points.1.step_s"));
    assert_true(number_at(d, "train.mean_wait_s") == 1.5 * number_at(d, "points.1.step_s"));
    assert_true(number_at(d, "train.worst_wait_s") == 2 * number_at(d, "points.1.step_s"));
    json_decref(d);
}

static void no_batch_is_cheaper_than_the_floor(void **state)
{
    (void)state;
    const char *const *const cases[] = {plain, heavy};
    for (int i = 0; i < 2; i++) {
        tr_scenario *scenario = scenario_of(cases[i]);
        tr_problem *question = question_of(scenario);
        json_t *d = json_of(tr_answer_report, cases[i]);
        const double floor_usd = number_at(d, "floor_usd_per_mtoken");
        tr_load load = question->load;
        double nearest = HUGE_VAL;
        for (load.batch_seq = 1; load.batch_seq < 1e9; load.batch_seq *= 2) {
            tr_step step;
            assert_int_equal(tr_bound_step(&question->roof, &load, &step, NULL), TR_OK);
            assert_true(step.usd_per_mtoken >= floor_usd * (1 - 1e-12));
            nearest = step.usd_per_mtoken / floor_usd - 1;
        }
        assert_true(nearest < 1e-4); /* and it is no lower than it must be */
        json_decref(d);
        free(question);
        tr_scenario_destroy(scenario);
    }
}

static void beyond_the_cliff_the_balance_without_kv_stands_in(void **state)
{
    (void)state;
    json_t *d = json_of(tr_answer_report, heavy);
    assert_true(json_is_null(at(d, "balance_batch_seq")));
    assert_true(fabs(number_at(d, "balance_without_kv_batch_seq") - 1000) < 1e-9);
    assert_true(number_at(d, "points.1.batch_seq") == 1000);
    assert_true(fabs(number_at(d, "balanced_context_token") - 160) < 1e-6);
    assert_true(json_is_false(at(d, "points.1.fits"))); /* 1000 x 4096 x 1e5 B = 410 GB */
    assert_true(number_at(d, "points.1.terms.kv_s") > 0);
    assert_true(number_at(d, "max_batch_seq") == floor(64e9 / 409.6e6));
    assert_true(number_at(d, "train.batch_seq") == number_at(d, "max_batch_seq")); /* the train is full */
    json_decref(d);
}

static void the_page_names_everything_the_blackboard_knows(void **state)
{
    (void)state;
    const char *const pairs[] = {"model", "deepseek-v3", "system", "gb200-nvl72", NULL};
    static const char *const parts[] = {"ridge",
                                        "balance",
                                        "cliff",
                                        "floor",
                                        "drain time",
                                        "KV cache",
                                        "$ per million tokens",
                                        "price against normal",
                                        "largest batch",
                                        "longest context",
                                        "departs every",
                                        "at worst",
                                        "cost floor"};
    const tr_style style = {.columns = 100};
    char *text = answer_of(tr_answer_report, pairs, &style);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (strstr(text, parts[i]) == NULL)
            fail_msg("no '%s' on the page", parts[i]);
    free(text);
}

static void a_price_that_is_not_known_is_not_invented(void **state)
{
    (void)state;
    const char *const pairs[] = {"model", "total=8e9", "system", "flops=1e15,bw=1e12", NULL};
    json_t *d = json_of(tr_answer_report, pairs);
    assert_true(json_is_null(at(d, "points.1.usd_per_mtoken")) &&
                json_is_null(at(d, "floor_usd_per_mtoken")));
    assert_true(json_is_null(at(d, "drain_s")) && json_is_null(at(d, "max_batch_seq")));
    json_decref(d);
    const tr_style style = {.columns = 100};
    char *text = answer_of(tr_answer_report, pairs, &style);
    assert_null(strstr(text, "$ per million"));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_points_are_alone_at_balance_and_three_times_that),
        cmocka_unit_test(the_menu_is_a_thousand_times_dearer_for_one_alone),
        cmocka_unit_test(a_request_waits_a_step_and_a_half_on_average_and_two_at_worst),
        cmocka_unit_test(no_batch_is_cheaper_than_the_floor),
        cmocka_unit_test(beyond_the_cliff_the_balance_without_kv_stands_in),
        cmocka_unit_test(the_page_names_everything_the_blackboard_knows),
        cmocka_unit_test(a_price_that_is_not_known_is_not_invented),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
