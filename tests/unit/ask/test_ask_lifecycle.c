/* test_ask_lifecycle.c -- utilisation from hours and tokens a second and back, and of reinforcement learning. */
#include "unit_ask.h"

#include <stdio.h>

static double of(const json_t *document, const char *path)
{
    const json_t *value = at(document, path);
    return json_is_number(value) ? json_number_value(value) : (double)NAN;
}

static void hours_tokens_a_second_and_mfu_are_one(void **state)
{
    (void)state;
    static const char *const hours[] = {"model", "llama-3.1-405b", "system", "h100-sxm", "train_token", "15.6e12",
                                        "train_chip_hour", "30.84e6", NULL};
    json_t *a = json_of(tr_answer_lifecycle, hours);
    assert_true(fabs(of(a, "train.mfu") - 0.3458) < 5e-5);
    assert_true(fabs(of(a, "train.chip_hour") / 30.84e6 - 1) < 1e-12);
    assert_true(fabs(of(a, "train.token_per_s_per_chip") * 30.84e6 * 3600 / 15.6e12 - 1) < 1e-12);
    assert_true(fabs(of(a, "life.train_chip_s") / 3600 / 30.84e6 - 1) < 1e-12);
    char rate[40], mfu[40];
    (void)snprintf(rate, sizeof rate, "%.17g", of(a, "train.token_per_s"));
    (void)snprintf(mfu, sizeof mfu, "%.17g", of(a, "train.mfu"));
    const char *const by_rate[] = {"model", "llama-3.1-405b", "system", "h100-sxm", "train_token", "15.6e12",
                                   "train_token_per_s", rate, NULL};
    const char *const by_mfu[] = {"model", "llama-3.1-405b", "system", "h100-sxm", "train_token", "15.6e12",
                                  "train_mfu", mfu, NULL};
    json_t *b = json_of(tr_answer_lifecycle, by_rate), *c = json_of(tr_answer_lifecycle, by_mfu);
    assert_true(fabs(of(b, "train.mfu") / of(a, "train.mfu") - 1) < 1e-12);
    assert_true(fabs(of(c, "train.chip_hour") / 30.84e6 - 1) < 1e-12);
    assert_true(fabs(of(b, "life.rl_chip_s") / of(c, "life.rl_chip_s") - 1) < 1e-12); /* a third of either */
    json_decref(a);
    json_decref(b);
    json_decref(c);
}

static void sampling_decides_what_reinforcement_learning_reaches(void **state)
{
    (void)state;
    static const char *const half[] = {"model", "deepseek-v3", "system", "8xh200-sxm", "rl_decode_share", "0.5",
                                       "batch_seq", "1024", NULL};
    json_t *d = json_of(tr_answer_lifecycle, half);
    const double decode = of(d, "rl.decode_mfu.predicted"), train = of(d, "train.mfu");
    assert_true(fabs(of(d, "rl.mfu") - (decode + train) / 2) < 1e-12);
    assert_true(of(d, "rl.mfu_given.low") < of(d, "rl.mfu") && of(d, "rl.mfu") < of(d, "rl.mfu_given.high"));
    assert_true(of(d, "rl.mfu_given.high") <= of(d, "rl.mfu_given.bound"));
    assert_true(decode > 0 && of(d, "rl.decode_mfu.high") <= of(d, "rl.decode_mfu.bound"));
    assert_true(fabs(of(d, "rl.mfu_by_flop.predicted") - 3 / (2 / decode + 1 / train)) < 1e-12);
    /* The lecture's 15 % lies in the interval. */
    assert_true(of(d, "rl.mfu_by_flop.low") < 0.15 && 0.15 < of(d, "rl.mfu_by_flop.high"));
    json_decref(d);
}

static tr_status refused(const char *const *pairs, tr_error *err)
{
    char text[1 << 16];
    tr_scenario *scenario = scenario_of(pairs);
    tr_problem *question = question_of(scenario);
    tr_buffer buffer = {.data = text, .capacity = sizeof text, .length = 0};
    tr_sink sink = tr_buffer_sink(&buffer);
    const tr_style style = {.format = TR_FORMAT_TEXT, .columns = 100};
    const tr_status s = tr_answer_lifecycle(scenario, question, &style, &sink, err);
    free(question);
    tr_scenario_destroy(scenario);
    return s;
}

static void what_cannot_be_told_together_is_refused(void **state)
{
    (void)state;
    tr_error err;
    static const char *const twice[] = {"model", "llama-3.1-8b", "system", "h100-sxm", "train_mfu", "0.4",
                                        "train_chip_hour", "1.46e6", NULL};
    static const char *const both[] = {"model", "llama-3.1-8b", "system", "h100-sxm", "rl_mfu", "0.1",
                                       "rl_decode_share", "0.5", NULL};
    static const char *const fast[] = {"model", "llama-3.1-8b", "system", "h100-sxm", "train_token_per_s", "1e6", NULL};
    static const char *const none[] = {"model", "llama-3.1-405b", "system", "h100-sxm", "rl_decode_share", "0.5", NULL};
    assert_int_equal(refused(twice, &err), TR_ECONFLICT);
    assert_int_equal(refused(both, &err), TR_ECONFLICT);
    assert_int_equal(refused(fast, &err), TR_EDOMAIN); /* 6 x 7.5e9 x 1e6 FLOP/s are 45 times the peak */
    assert_int_equal(refused(none, &err), TR_ENOFIT);
}

/* A chip without a price costs nothing that anybody knows: null, not 0. */
static void what_has_no_price_has_no_dollars(void **state)
{
    (void)state;
    static const char *const pairs[] = {"model", "deepseek-v3", "system", "h800-sxm", NULL};
    json_t *d = json_of(tr_answer_lifecycle, pairs);
    assert_true(json_is_null(at(d, "life.usd")) && json_is_null(at(d, "life.usd_bound")));
    assert_true(json_is_null(json_object_get(json_array_get(at(d, "choices"), 0), "usd")));
    json_decref(d);
    const tr_style style = {.format = TR_FORMAT_TEXT, .columns = 100};
    char *text = answer_of(tr_answer_lifecycle, pairs, &style);
    assert_null(strstr(text, "$0"));
    assert_non_null(strstr(text, "no price"));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hours_tokens_a_second_and_mfu_are_one),
        cmocka_unit_test(sampling_decides_what_reinforcement_learning_reaches),
        cmocka_unit_test(what_cannot_be_told_together_is_refused),
        cmocka_unit_test(what_has_no_price_has_no_dollars),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
