/* test_ask_curve.c -- curves along batch, context and query: the price of output over input, shares of the
 * peaks, and regions, with what every row must hold. */
#include "unit_ask.h"

/* Close to a share of the expected value. */
static void near(double actual, double expected, double share)
{
    if (!(fabs(actual - expected) <= share * fabs(expected)))
        fail_msg("%.17g, expected %.17g", actual, expected);
}

static const json_t *row(const json_t *document, size_t index)
{
    return json_array_get(json_object_get(document, "rows"), index);
}

/* Llama-3.1-70B on eight H100, BF16: at batch 16 on 4k tokens a step reads 139.0 GB of weights and 16 x 1.342
 * GB of KV at 26.8 TB/s; a token multiplies 139.0 GFLOP and 4096 x 2.62 MFLOP of attention at 7.915 PFLOP/s.
 */
static void output_over_input_of_llama_is_its_steps_over_its_multiplies(void **state)
{
    (void)state;
    static const char *const pairs[] = {"model",   "llama-3.1-70b", "system", "8xh100-sxm", "over",
                                        "query",   "batch",         "16",     "query",      "1..8192x2",
                                        "physics", "bound",         NULL};
    json_t *d = json_of(tr_answer_curve, pairs);
    const double weights_s = 139006050304.0 / 26.8e12, kv_s = 16.0 * 4096.0 * 327680.0 / 26.8e12;
    const double token_s = (139006050304.0 + 4096.0 * 2621440.0) / 7.9152e15;
    near(number_at(d, "price_ratio.memory_compute_ratio"), (weights_s + kv_s) / (16.0 * token_s), 1e-3);
    near(number_at(row(d, 0), "step_s"), weights_s + kv_s, 1e-3);
    /* Prefill of 512 on 4k is bound by compute: its tokens look back on 4096 to 4607. */
    const double prompt_s = (139006050304.0 + (4096.0 + 256.5) * 2621440.0) / 7.9152e15;
    near(number_at(row(d, 10), "query_token"), 512.0, 0.0);
    near(number_at(row(d, 10), "output_input_ratio"), (weights_s + kv_s) / 16.0 / prompt_s, 0.02);
    /* Scores are needed of a prompt's last token only: 1.5 % less to multiply. */
    near(number_at(d, "marks.ridge_query_token"), (weights_s + kv_s) / (16.0 * token_s), 0.02);
    json_decref(d);
}

/* The lecture's machine: B* = 2400, and output at five times input. */
static void output_at_five_times_input_reads_back_to_480(void **state)
{
    (void)state;
    static const char *const pairs[] = {"model",   "total=800e9,active=100e9,weight=1",
                                        "system",  "flops=2.4e15,bw=4TB/s",
                                        "over",    "query",
                                        "context", "0",
                                        "ratio",   "5",
                                        "query",   "1,2400,24000",
                                        NULL};
    json_t *d = json_of(tr_answer_curve, pairs);
    near(number_at(d, "price_ratio.back.balance_batch_seq"), 2400.0, 1e-9);
    near(number_at(d, "price_ratio.back.weights_batch_seq"), 480.0, 1e-9);
    near(number_at(d, "price_ratio.back.memory_batch_seq"), 480.0, 1e-9);
    near(number_at(d, "price_ratio.back.batch_seq.bound"), 480.0, 1e-9);
    near(number_at(d, "price_ratio.output_input_ratio.bound"), 2400.0, 1e-9);
    near(number_at(d, "marks.ridge_query_token"), 2400.0, 1e-9);
    json_decref(d);
}

/* The batch that a ratio is read back to sells at that ratio. */
static void a_ratio_read_back_is_the_ratio_of_its_batch(void **state)
{
    (void)state;
    static const char *const cases[3][4] = {{"llama-3.1-70b", "8xh100-sxm", "16", "bound"},
                                            {"deepseek-v3", "gb200-nvl72", "1024", "fitted"},
                                            {"qwen3-32b", "4xh200-sxm", "8", "fitted"}};
    for (int i = 0; i < 3; i++) {
        const char *pairs[] = {"model",   cases[i][0], "system",    cases[i][1], "over",
                               "query",   "batch",     cases[i][2], "query",     "1,2048",
                               "physics", cases[i][3], "ratio",     NULL,        NULL};
        char ratio[32], key[64];
        pairs[13] = "5";
        json_t *d = json_of(tr_answer_curve, pairs);
        const char *const kind = strcmp(cases[i][3], "bound") == 0 ? "bound" : "predicted";
        (void)snprintf(key, sizeof key, "price_ratio.output_input_ratio.%s", kind);
        (void)snprintf(ratio, sizeof ratio, "%.9g", number_at(d, key) * (1.0 + 1e-8));
        json_decref(d);
        pairs[13] = ratio;
        d = json_of(tr_answer_curve, pairs);
        (void)snprintf(key, sizeof key, "price_ratio.back.batch_seq.%s", kind);
        near(number_at(d, key), atof(cases[i][2]), 0.0);
        json_decref(d);
    }
}

static const char *const models[][2] = {{"llama-3.1-70b", "8xh100-sxm"},
                                        {"deepseek-v3", "gb200-nvl72"},
                                        {"gpt-oss-120b", "4xh100-sxm"},
                                        {"nemotron-3-nano-30b-a3b", "8xh200-sxm"},
                                        {"qwen3-0.6b", "rtx-4090"}};
static const char *const inputs[3] = {"batch", "context", "query"};

static void hold_of_row(const json_t *r)
{
    static const char *const share[2] = {"mfu", "mbu"};
    char key[32];
    double most = 0.0;
    if (!json_is_true(json_object_get(r, "fits")))
        return;
    for (int k = 0; k < 2; k++) {
        (void)snprintf(key, sizeof key, "%s_bound", share[k]);
        const double bound = number_at(r, key);
        const double predicted = number_at(r, share[k]);
        (void)snprintf(key, sizeof key, "%s_low", share[k]);
        const double low = number_at(r, key);
        (void)snprintf(key, sizeof key, "%s_high", share[k]);
        assert_true(bound >= 0.0 && bound <= 1.0 + 1e-12);
        assert_true(low >= 0.0 && low <= predicted && predicted <= number_at(r, key));
        assert_true(predicted <= bound * (1.0 + 1e-9));
        most = bound > most ? bound : most;
    }
    near(most, 1.0, 1e-12); /* at the bound one of the two is used up */
}

/* The region that a row lies in is what limits it at the bound. */
static void hold_of_regions(const json_t *d, const char *input)
{
    const json_t *regions = json_object_get(d, "regions");
    char key[32];
    double end = strcmp(input, "context") == 0 ? 0.0 : 1.0;
    assert_true(json_array_size(regions) >= 1);
    for (size_t i = 0; i < json_array_size(regions); i++) {
        const json_t *r = json_array_get(regions, i);
        near(number_at(r, "from"), end, 1e-12);
        assert_true(i + 1 < json_array_size(regions) || json_is_null(json_object_get(r, "to")));
        end = json_number_value(json_object_get(r, "to"));
        assert_true(strlen(text_at(r, "rule")) > 30);
    }
    (void)snprintf(key, sizeof key, "%s_%s", input, strcmp(input, "batch") == 0 ? "seq" : "token");
    for (size_t i = 0; i < json_array_size(json_object_get(d, "rows")); i++) {
        const double at = number_at(row(d, i), key);
        for (size_t k = 0; k < json_array_size(regions); k++) {
            const json_t *r = json_array_get(regions, k), *to = json_object_get(r, "to");
            if (at > number_at(r, "from") * (1.0 + 1e-9) &&
                (json_is_null(to) || at < json_number_value(to) * (1.0 - 1e-9)) &&
                json_is_true(json_object_get(row(d, i), "fits")))
                assert_string_equal(text_at(row(d, i), "limited_by"), text_at(r, "limit"));
        }
    }
}

static void shares_of_the_peaks_and_regions_hold_along_every_input(void **state)
{
    (void)state;
    for (size_t m = 0; m < sizeof models / sizeof models[0]; m++)
        for (int i = 0; i < 3; i++)
            for (int bound = 0; bound < 2; bound++) {
                const char *const pairs[] = {"model", models[m][0], "system",  models[m][1],
                                             "over",  inputs[i],    "physics", bound ? "bound" : "fitted",
                                             NULL};
                json_t *d = json_of(tr_answer_curve, pairs);
                for (size_t k = 0; k < json_array_size(json_object_get(d, "rows")); k++)
                    if (!bound)
                        hold_of_row(row(d, k));
                if (bound)
                    hold_of_regions(d, inputs[i]);
                json_decref(d);
            }
}

/* Past the ridge a token costs its multiplies; a batch that is bound by compute sells both at one price. */
static void the_ratio_tends_to_the_wait_of_decode_and_to_one_in_a_large_batch(void **state)
{
    (void)state;
    static const char *const batch[3] = {"1", "100", "5000"};
    for (int i = 0; i < 3; i++) {
        const char *const pairs[] = {"model",   "total=70e9,kv=1000,weight=2",
                                     "system",  "flops=1e15,bw=2e12",
                                     "over",    "query",
                                     "batch",   batch[i],
                                     "context", "1k",
                                     "query",   "1..1048576x2",
                                     NULL};
        json_t *d = json_of(tr_answer_curve, pairs);
        const size_t rows = json_array_size(json_object_get(d, "rows"));
        double last = 1.0;
        near(number_at(row(d, 0), "output_input_ratio"), 1.0, 1e-12);
        for (size_t k = 0; k < rows; k++) {
            const double ratio = number_at(row(d, k), "output_input_ratio");
            assert_true(ratio >= last * (1.0 - 1e-9));
            last = ratio;
        }
        const double wait = number_at(d, "price_ratio.memory_compute_ratio");
        near(last, wait > 1.0 ? wait : 1.0, 1e-6);
        json_decref(d);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(output_over_input_of_llama_is_its_steps_over_its_multiplies),
        cmocka_unit_test(output_at_five_times_input_reads_back_to_480),
        cmocka_unit_test(a_ratio_read_back_is_the_ratio_of_its_batch),
        cmocka_unit_test(shares_of_the_peaks_and_regions_hold_along_every_input),
        cmocka_unit_test(the_ratio_tends_to_the_wait_of_decode_and_to_one_in_a_large_batch),
    };
    return cmocka_run_group_tests_name("ask curve", tests, NULL, NULL);
}
