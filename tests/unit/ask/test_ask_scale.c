/* test_ask_scale.c -- boxes that a model needs, what doubling gives, sparsity, attention over context. */
#include "unit_ask.h"

static double of(const json_t *row, const char *path)
{
    const json_t *value = at(row, path);
    return json_is_number(value) ? json_number_value(value) : (double)NAN;
}

static int flag(const json_t *row, const char *path) { return json_is_true(at(row, path)); }

/* The row of so many boxes. */
static const json_t *boxes(const json_t *document, double count, const char *cut)
{
    const json_t *rows = at(document, "stages");
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);
        if (of(row, "stages") == count && strcmp(text_at(row, "cut"), cut) == 0)
            return row;
    }
    fail_msg("no row of %g boxes, %s", count, cut);
    return NULL;
}

#define PIPELINE(MODEL, SYSTEM, ...)                                                                       \
    (const char *const[]) { "model", MODEL, "system", SYSTEM, "part", "pipeline", __VA_ARGS__ NULL }

static void a_model_that_does_not_fit_gets_the_boxes_it_needs(void **state)
{
    (void)state;
    json_t *d = json_of(tr_answer_scale, PIPELINE("llama-3.1-405b", "8xh100-sxm", ));
    const json_t *one = boxes(d, 1, "one box"), *two = boxes(d, 2, "stages"), *across = boxes(d, 2, "across");
    /* 405.85e9 parameters of 2 bytes are 811.7e9 over 8 chips of 85.5e9. */
    assert_false(flag(one, "fits") || flag(one, "needed"));
    assert_true(isnan(of(one, "token_s.predicted")) && isnan(of(one, "token_per_s.bound")));
    assert_true(flag(two, "fits") && flag(two, "needed"));
    assert_string_equal(text_at(two, "system.name"), "16xh100-sxm");
    assert_string_equal(text_at(two, "layout.text"), "tp 8, pp 2");
    assert_string_equal(text_at(two, "hop_link"), "scale-out");
    assert_true(of(across, "layout.pp") == 1 && of(across, "layout.tp") == 16);
    json_decref(d);
    d = json_of(tr_answer_scale, PIPELINE("deepseek-v3", "8xh100-sxm", "weight_dtype", "bf16", "stage_count", "1,2,3", ));
    assert_false(flag(boxes(d, 2, "stages"), "fits")); /* 1.342e12 bytes over 16 x 85.5e9: nothing is left */
    assert_true(flag(boxes(d, 3, "stages"), "needed"));
    json_decref(d);
}

static void no_row_that_does_not_fit_has_a_time(void **state)
{
    (void)state;
    static const char *const model[] = {"llama-3.1-405b", "deepseek-v3", "llama-3.1-8b", "qwen3-235b-a22b", "mixtral-8x7b"};
    static const char *const system[] = {"8xh100-sxm", "rtx-4090", "gb200-nvl72", "h100-sxm", "tpu-v5e"};
    for (size_t i = 0; i < 5; i++)
        for (size_t k = 0; k < 5; k++) {
            json_t *d = json_of(tr_answer_scale, PIPELINE(model[i], system[k], "context_token", "65536", ));
            const json_t *rows = at(d, "stages");
            for (size_t r = 0; r < json_array_size(rows); r++) {
                const json_t *row = json_array_get(rows, r);
                const double predicted = of(row, "token_s.predicted"), bound = of(row, "token_s.bound");
                /* Or one that fits, over a link that is not published. */
                if (!json_is_null(at(row, "reason"))) {
                    assert_true(isnan(predicted) && isnan(bound) && isnan(of(row, "token_per_s.predicted")));
                    assert_true(strlen(text_at(row, "reason")) > 10);
                    assert_true(flag(row, "fits") == (strstr(text_at(row, "reason"), ",net=") != NULL));
                    continue;
                }
                assert_true(flag(row, "fits") && bound <= of(row, "token_s.low") && of(row, "token_s.low") <= predicted &&
                            predicted <= of(row, "token_s.high"));
                assert_true(of(row, "byte_per_chip") <= of(row, "memory_byte_per_chip") * (1 + 1e-9));
                assert_true(fabs(of(row, "token_per_s.predicted") * predicted / of(row, "in_flight_seq") - 1) < 1e-12);
            }
            json_decref(d);
        }
}

static void stages_divide_the_weights_of_a_chip_and_not_its_cache(void **state)
{
    (void)state;
    json_t *d = json_of(tr_answer_scale, PIPELINE("llama-3.1-70b", "8xh100-sxm", "batch_seq", "64", "stage_count", "1,2,4,5", ));
    const json_t *one = boxes(d, 1, "one box");
    for (double p = 2; p <= 5; p += p == 4 ? 1 : 2) {
        const json_t *row = boxes(d, p, "stages");
        /* 80 layers divide evenly; the busiest stage has one of two tables of 2.1e9 bytes / 8. */
        const double even = of(one, "weight_byte_per_chip") / p;
        assert_true(of(row, "weight_byte_per_chip") >= even && of(row, "weight_byte_per_chip") < even + 2.1e9 / 8);
        assert_true(fabs(of(row, "kv_byte_per_chip") / of(one, "kv_byte_per_chip") - 1) < 1e-9);
        assert_true(of(row, "in_flight_seq") == 64 * p);
        /* Each stage does its part of the same work; hops and one table are all that is added. */
        assert_true(fabs((of(row, "token_s.predicted") - of(row, "hops_s")) / of(one, "token_s.predicted") - 1) < 0.01);
        assert_true(fabs(of(row, "train_bubble_share") - (p - 1) / (2 * p - 1)) < 1e-12);
        assert_true(of(row, "one_batch_idle_share") == 1 - 1 / p);
    }
    json_decref(d);
}

/* The lecture's: four stages of 2 ms are 8 ms of a token's way. */
static void a_hop_that_is_given_takes_as_long(void **state)
{
    (void)state;
    json_t *d = json_of(tr_answer_scale, PIPELINE("llama-3.1-70b", "8xh100-sxm", "batch_seq", "64", "stage_count", "4", ));
    json_t *slow = json_of(tr_answer_scale, PIPELINE("llama-3.1-70b", "8xh100-sxm", "batch_seq", "64", "stage_count", "4",
                                                     "hop_s", "2ms", ));
    const json_t *a = boxes(d, 4, "stages"), *b = boxes(slow, 4, "stages");
    assert_true(fabs(of(b, "hops_s") - 8e-3) < 1e-15);
    assert_true(fabs(of(b, "token_s.predicted") - of(a, "token_s.predicted") - (8e-3 - of(a, "hops_s"))) < 1e-12);
    assert_true(of(boxes(d, 4, "across"), "token_s.predicted") == of(boxes(slow, 4, "across"), "token_s.predicted"));
    json_decref(d);
    json_decref(slow);
}

/* No rate is published for a link between Macs: what a chip holds is known all the same, and a rate gives the time. */
static void an_unknown_link_hides_the_time_and_not_what_fits(void **state)
{
    (void)state;
    json_t *d = json_of(tr_answer_scale, PIPELINE("gpt-oss-20b", "m4-max", ));
    json_t *told = json_of(tr_answer_scale, PIPELINE("gpt-oss-20b", "m4-max,net=10GB/s", ));
    for (double count = 2; count <= 8; count *= 2) {
        const json_t *row = boxes(d, count, "stages"), *with = boxes(told, count, "stages");
        assert_true(flag(row, "fits") && flag(with, "fits"));
        assert_non_null(strstr(text_at(row, "reason"), "m4-max,net="));
        assert_true(isnan(of(row, "token_s.predicted")) && isnan(of(row, "token_per_s.bound")) &&
                    isnan(of(row, "hops_s")));
        assert_true(of(with, "token_s.predicted") > of(with, "token_s.bound") && of(with, "hops_s") > 0);
        assert_true(of(row, "max_in_flight_seq") == of(with, "max_in_flight_seq"));
        assert_true(json_is_null(at(with, "reason")));
    }
    json_decref(d);
    json_decref(told);
    d = json_of(tr_answer_scale, PIPELINE("llama-3.1-405b", "m4-max", "stage_count", "4,8", ));
    assert_false(flag(boxes(d, 4, "stages"), "fits"));
    assert_non_null(strstr(text_at(boxes(d, 4, "stages"), "reason"), "weights"));
    json_decref(d);
}

/* Stages copy a table and round layers up; across, the same boxes may hold what they do not. */
static void the_boxes_that_are_needed_are_the_fewest_of_both_ways(void **state)
{
    (void)state;
    json_t *d = json_of(tr_answer_scale, PIPELINE("llama-3.1-405b", "m4-max,net=10GB/s", ));
    assert_false(flag(boxes(d, 8, "stages"), "fits") || flag(boxes(d, 8, "stages"), "needed"));
    assert_true(flag(boxes(d, 8, "across"), "fits") && flag(boxes(d, 8, "across"), "needed"));
    json_decref(d);
}

/* ---- experts, and systems ---------------------------------------------------------------------- */

static void a_batch_touches_experts_before_it_fills_them(void **state)
{
    (void)state;
    json_t *d = json_of(tr_answer_scale,
                        (const char *const[]){"model", "deepseek-v3", "system", "gb200-nvl72", "part", "moe",
                                              "ep_rank", "72", "dp_rank", "72", NULL});
    const json_t *rows = at(d, "moe_batches");
    double share = 0, usd = HUGE_VAL;
    assert_true(json_array_size(rows) > 6);
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);
        const double batch = of(row, "at_batch_seq"), untouched = 1 - 8.0 / 256;
        double none = 1;
        for (double n = 0; n < batch && none > 1e-18; n++)
            none *= untouched;
        assert_true(fabs(of(row, "touched_share") - (1 - none)) < 1e-9 && of(row, "touched_share") >= share);
        assert_true(fabs(of(row, "token_per_expert") - batch / 32) < 1e-9);
        assert_true(of(row, "step_s.bound") <= of(row, "step_s.low") &&
                    of(row, "step_s.low") <= of(row, "step_s.predicted") &&
                    of(row, "step_s.predicted") <= of(row, "step_s.high"));
        assert_true(of(row, "weights_s_bound") <= of(row, "step_s.bound") * (1 + 1e-12));
        assert_true(of(row, "usd_per_mtoken.predicted") < usd); /* no larger batch makes a token dearer here */
        share = of(row, "touched_share");
        usd = of(row, "usd_per_mtoken.predicted");
    }
    json_decref(d);
    d = json_of(tr_answer_scale, (const char *const[]){"model", "deepseek-v3", "system", "gb200-nvl72", "part", "moe",
                                                       "batch_seq", "512", NULL});
    json_t *step = json_of(tr_answer_step, (const char *const[]){"model", "deepseek-v3", "system", "gb200-nvl72",
                                                                 "batch_seq", "512", NULL});
    assert_int_equal(json_array_size(at(d, "moe_batches")), 1);
    const json_t *only = json_array_get(at(d, "moe_batches"), 0);
    assert_true(fabs(of(only, "step_s.predicted") / of(step, "step_s") - 1) < 1e-12);
    assert_true(fabs(of(only, "usd_per_mtoken.predicted") / of(step, "usd_per_mtoken") - 1) < 1e-12);
    assert_true(fabs(of(only, "exchange_s") / of(at(d, "moe"), "scaleup_s") - 1) < 1e-12);
    json_decref(step);
    json_decref(d);
}

/* The system asked stands among them once, and gives what the batch schedule says. */
static void every_domain_is_priced_by_itself(void **state)
{
    (void)state;
    static const char *const price[] = {"9", "on-demand"};
    for (size_t k = 0; k < 2; k++) {
        const char *const ask[] = {"model", "llama-3.1-70b", "system", "8xh100-sxm", "part", "systems",
                                   "chip_usd_per_hour", price[k], "tp_rank", "8", NULL};
        const char *const schedule[] = {"model", "llama-3.1-70b", "system", "8xh100-sxm", "part", "train",
                                        "chip_usd_per_hour", price[k], "tp_rank", "8", NULL};
        json_t *d = json_of(tr_answer_scale, ask), *train = json_of(tr_answer_scale, schedule);
        const json_t *rows = at(d, "domains");
        size_t own = 0, served = 0;
        double last = 0, twin = 0;
        for (size_t i = 0; i < json_array_size(rows); i++) {
            const json_t *row = json_array_get(rows, i);
            assert_true(of(row, "fetch_s") >= last);
            last = of(row, "fetch_s");
            twin = strcmp(text_at(row, "system"), "dgx-h100") == 0 ? of(row, "usd_per_mtoken.predicted") : twin;
            if (!json_is_null(at(row, "reason"))) {
                assert_true(json_is_null(at(row, "batch_seq")) && json_is_null(at(row, "token_s.bound")));
                continue;
            }
            served++;
            assert_true(of(row, "token_s.bound") <= of(row, "token_s.low") * (1 + 1e-12) &&
                        of(row, "token_s.low") <= of(row, "token_s.predicted"));
            assert_true(flag(row, "holds"));
            if (!flag(row, "own"))
                continue;
            own++;
            assert_true(of(row, "batch_seq") == of(train, "train.batch_seq"));
            assert_true(of(row, "token_s.predicted") == of(train, "train.period_s"));
            assert_true(of(row, "usd_per_mtoken.high") == of(train, "train.usd_per_mtoken_high"));
        }
        assert_true(own == 1 && served > 10);
        /* A price that is typed is of the system asked. */
        assert_true(k == 1 ? fabs(twin / of(train, "train.usd_per_mtoken") - 1) < 0.05 /* its own best layout */
                           : of(train, "train.usd_per_mtoken") > 2 * twin);
        json_decref(train);
        json_decref(d);
    }
}

/* ---- doubling -------------------------------------------------------------------------------------- */

static const json_t *doubled(const json_t *d, const char *change)
{
    const json_t *rows = at(d, "doublings");
    for (size_t i = 0; i < json_array_size(rows); i++)
        if (strcmp(text_at(json_array_get(rows, i), "change"), change) == 0)
            return json_array_get(rows, i);
    fail_msg("no %s", change);
    return NULL;
}

static int sign(double ratio) { return ratio > 1.005 ? 1 : ratio < 0.995 ? -1 : 0; }

static void doubling_agrees_with_the_bound_or_says_why_not(void **state)
{
    (void)state;
    static const char *const cases[][7] = {
        {"model", "llama-3.1-70b", "system", "8xh100-sxm", "context_token", "32768", NULL},
        {"model", "deepseek-v3", "system", "gb200-nvl72", "context_token", "8192", NULL},
        {"model", "llama-3.1-8b", "system", "rtx-4090", "context_token", "4096", NULL},
        {"model", "gpt-oss-120b", "system", "8xb200-sxm", "context_token", "131072", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        json_t *d = json_of(tr_answer_scale, cases[i]);
        const json_t *rows = at(d, "doublings"), *base = json_array_get(rows, 0);
        for (size_t k = 1; k < json_array_size(rows); k++) {
            const json_t *row = json_array_get(rows, k);
            if (!flag(row, "fits")) {
                assert_true(strlen(text_at(row, "reason")) > 5);
                continue;
            }
            assert_true(of(row, "token_s.bound") <= of(row, "token_s.low"));
            const int same = sign(of(row, "token_per_s_ratio.predicted")) == sign(of(row, "token_per_s_ratio.bound")) &&
                             sign(of(row, "usd_ratio.predicted")) == sign(of(row, "usd_ratio.bound"));
            assert_true(flag(row, "agrees") == same);
            assert_true(same ? json_is_null(at(row, "why")) : strlen(text_at(row, "why")) > 20);
            assert_true(of(row, "max_batch_seq") >= of(base, "max_batch_seq"));
        }
        json_decref(d);
    }
}

/* 43 sequences of 32k hold all of the memory: reading decides, so twice the bandwidth is twice the bound. */
static void twice_the_bandwidth_doubles_what_reading_bounds(void **state)
{
    (void)state;
    static const char *const pairs[] = {"model", "llama-3.1-70b", "system", "8xh100-sxm", "part", "domain",
                                        "context_token", "32768", NULL};
    json_t *d = json_of(tr_answer_scale, pairs);
    assert_true(fabs(of(doubled(d, "bandwidth x2"), "token_per_s_ratio.bound") - 2) < 1e-9);
    assert_true(of(doubled(d, "bandwidth x2"), "token_per_s_ratio.predicted") < 2);
    assert_true(of(doubled(d, "bandwidth x2"), "batch_seq") == of(doubled(d, "as it is"), "batch_seq"));
    assert_true(of(doubled(d, "memory x2"), "max_batch_seq") > 2 * of(doubled(d, "as it is"), "max_batch_seq"));
    assert_true(of(doubled(d, "link x2"), "token_per_s_ratio.bound") == 1);
    json_decref(d);
}

/* One box is the system as it is, cut into stages too where that gives more: both parts say the same of it. */
static void one_box_is_the_system_as_it_is(void **state)
{
    (void)state;
    static const char *const cases[][7] = {
        {"model", "llama-3.1-70b", "system", "8xh100-sxm", "context_token", "32768", NULL},
        {"model", "llama-3.1-405b", "system", "tpu-v5e-pod", "context_token", "4096", NULL},
        {"model", "deepseek-v3", "system", "8xh200-sxm", "context_token", "8192", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        json_t *d = json_of(tr_answer_scale, cases[i]);
        const json_t *one = boxes(d, 1, "one box"), *base = doubled(d, "as it is");
        assert_true(of(one, "token_per_s.predicted") == of(base, "token_per_s.predicted"));
        assert_true(of(one, "in_flight_seq") == of(base, "batch_seq"));
        assert_true(of(one, "usd_per_mtoken.bound") == of(base, "usd_per_mtoken.bound"));
        json_decref(d);
    }
}

/* ---- sparsity and attention --------------------------------------------------------------------------- */

/* Llama-3.1-8B in BF16 on an H100: one parameter read is 2 bytes over 3.35e12, and 2 FLOP over 989.4e12 for a user: 295
 * users, but that 0.525e9 of the 8.03e9 parameters are a table that multiplies nothing: 316. */
static void a_machine_with_more_experts_needs_more_users(void **state)
{
    (void)state;
    static const char *const pairs[] = {"model", "llama-3.1-8b", "system", "h100-sxm", "part", "sparsity", NULL};
    json_t *d = json_of(tr_answer_scale, pairs);
    const json_t *rows = at(d, "sparsity"), *one = json_array_get(rows, 0);
    assert_true(fabs(of(one, "balance_seq") - 989.4e12 / 3.35e12 * 8.03e9 / (8.03e9 - 0.5253e9)) < 0.5);
    assert_true(fabs(of(one, "gain_ratio") - 1) < 1e-9);
    for (size_t i = 1; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i), *before = json_array_get(rows, i - 1);
        assert_true(of(row, "balance_seq") > of(before, "balance_seq"));
        assert_true(fabs(of(row, "balance_seq") / of(one, "balance_seq") / (of(row, "stored_param") / of(one, "stored_param")) -
                         1) < 1e-9);
        assert_true(of(row, "room_seq") <= of(before, "room_seq"));
        assert_true(of(row, "gain_ratio") > of(before, "gain_ratio"));
    }
    json_decref(d);
}

static void its_own_attention_takes_what_step_says(void **state)
{
    (void)state;
    static const char *const asked[] = {"model", "deepseek-v3.2", "system", "8xb200-sxm", "part", "attention",
                                        "batch_seq", "16", "context_token", "65536", NULL};
    static const char *const stepped[] = {"model", "deepseek-v3.2", "system", "8xb200-sxm", "batch_seq", "16",
                                          "context_token", "65536", NULL};
    json_t *d = json_of(tr_answer_scale, asked), *s = json_of(tr_answer_step, stepped);
    const json_t *rows = at(d, "attention");
    double last[3] = {0, 0, 0};
    int found = 0;
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);
        const char *way = text_at(row, "attention");
        const int k = way[0] == 'd' ? 0 : way[0] == 's' ? 1 : 2;
        assert_true(flag(row, "own") == (k == 1));
        assert_true(of(row, "read_byte_per_seq") > last[k]);
        last[k] = of(row, "read_byte_per_seq");
        assert_true(of(row, "read_byte_per_seq") <= of(row, "store_byte_per_seq"));
        if (k == 1 && of(row, "at_context_token") == 65536) {
            found = 1;
            assert_true(of(row, "step_s.predicted") == number_at(s, "step_s"));
            assert_true(of(row, "step_s.bound") == number_at(s, "step_s_bound"));
        }
    }
    assert_true(found && last[0] > last[1] && last[1] > last[2]);
    json_decref(d);
    json_decref(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_model_that_does_not_fit_gets_the_boxes_it_needs),
        cmocka_unit_test(no_row_that_does_not_fit_has_a_time),
        cmocka_unit_test(stages_divide_the_weights_of_a_chip_and_not_its_cache),
        cmocka_unit_test(a_hop_that_is_given_takes_as_long),
        cmocka_unit_test(an_unknown_link_hides_the_time_and_not_what_fits),
        cmocka_unit_test(the_boxes_that_are_needed_are_the_fewest_of_both_ways),
        cmocka_unit_test(a_batch_touches_experts_before_it_fills_them),
        cmocka_unit_test(every_domain_is_priced_by_itself),
        cmocka_unit_test(doubling_agrees_with_the_bound_or_says_why_not),
        cmocka_unit_test(twice_the_bandwidth_doubles_what_reading_bounds),
        cmocka_unit_test(one_box_is_the_system_as_it_is),
        cmocka_unit_test(a_machine_with_more_experts_needs_more_users),
        cmocka_unit_test(its_own_attention_takes_what_step_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
