/* test_ask_figure_predict.c -- the figures of `predict`: legible at any load, with the interval, the bound, what was
 * asked and what was measured, and nothing measured where it is not the same. */
#include "unit_ask.h"

#include <math.h>

#include "../figure/unit_figure.h"

typedef tr_status (*figure_fn)(const tr_scenario *scenario, const tr_problem *question, const tr_figure_target *target,
                               tr_sink *sink, tr_error *err);
static const figure_fn FIGURES[] = {tr_answer_figure_predict_tpot, tr_answer_figure_predict_ttft,
                                    tr_answer_figure_predict_cost};
enum { FIGURE_KINDS = sizeof FIGURES / sizeof FIGURES[0] };
static char picture[PICTURE_MAX];

static tr_status draw(figure_fn figure, const char *const *pairs, const tr_figure_target *target, tr_error *err)
{
    tr_buffer buffer = {picture, sizeof picture, 0};
    tr_sink sink = tr_buffer_sink(&buffer);
    tr_scenario *scenario = scenario_of(pairs);
    tr_problem *question = question_of(scenario);
    const tr_status s = figure(scenario, question, target, &sink, err);
    assert_true(buffer.length < sizeof picture);
    free(question);
    tr_scenario_destroy(scenario);
    return s;
}

static const char *drawn(figure_fn figure, const char *const *pairs, double width_px)
{
    const tr_figure_target target = {.svg = {width_px, 0.0, 0}};
    tr_error err;
    if (draw(figure, pairs, &target, &err) != TR_OK)
        fail_msg("%s", err.text);
    return picture;
}

static size_t count_of(const char *text, const char *word)
{
    size_t n = 0;
    for (const char *p = text; (p = strstr(p, word)) != NULL; p++)
        n++;
    return n;
}

static const char *const DEEPSEEK[] = {"model", "deepseek-v3", "system", "8xb200-sxm", "isl", "8k",
                                       "osl",   "1k",          "concurrency", "64",  NULL};

static void they_are_legible_at_every_load_and_width(void **state)
{
    (void)state;
    static const char *const MODEL[] = {"deepseek-v3", "llama-3.1-70b", "qwen3-8b", "gpt-oss-120b"};
    static const char *const SYSTEM[] = {"8xb200-sxm", "8xh100-sxm", "2xmi300x"};
    static const char *const LOAD[][2] = {{"concurrency", "1"}, {"concurrency", "5000"}, {"rate", "2"}, {"rate", "1e4"},
                                          {"users", "300"}, {"concurrency", "1,8,64"}};
    static const char *const SLO[] = {"", "ttft<2s,tpot<50ms", "tpot<1us"};
    int pictures = 0;
    for (size_t i = 0; i < 4 * 3 * 6; i++) {
        const char *const pairs[] = {"model", MODEL[i % 4], "system", SYSTEM[i / 4 % 3], LOAD[i / 12][0], LOAD[i / 12][1],
                                     "slo", SLO[i % 3], "isl", i % 2 ? "8k" : "1k", NULL};
        for (size_t f = 0; f < FIGURE_KINDS; f++) {
            const tr_figure_target target = {.svg = {i % 2 ? 390.0 : 960.0, 0.0, (int)(i % 3)}};
            tr_error err = {.status = TR_OK};
            if (draw(FIGURES[f], pairs, &target, &err) != TR_OK) {
                assert_int_equal(err.status, TR_ENOFIT);
                continue;
            }
            assert_string_equal(xml_fault(picture), "");
            assert_true(svg_numbers_are_sane(picture));
            if (svg_text_faults(picture) != 0 || strstr(picture, "\xE2\x80\xA6") != NULL)
                fail_msg("a text of %s on %s, %s %s, figure %zu", pairs[1], pairs[3], pairs[4], pairs[5], f);
            pictures++;
        }
    }
    assert_true(pictures > 150);
}

static void a_prediction_has_its_band_above_its_floor(void **state)
{
    (void)state;
    for (size_t f = 0; f < FIGURE_KINDS; f++) {
        const char *svg = drawn(FIGURES[f], DEEPSEEK, 960.0);
        assert_int_equal(count_of(svg, "data-kind=\"floor\""), 1);
        assert_int_equal(count_of(svg, "data-kind=\"band\""), 1);
        assert_non_null(strstr(svg, "data-series=\"predicted\""));
        assert_non_null(strstr(svg, ">64\xC2\xA0" "clients: "));
        assert_non_null(strstr(svg, ">knee: "));
    }
}

static void they_say_what_the_page_says(void **state)
{
    (void)state;
    json_t *d = json_of(tr_answer_predict, DEEPSEEK);
    const json_t *row = json_array_get(at(d, "rows"), 0);
    char want[3][64];
    (void)snprintf(want[0], sizeof want[0], "%.3g\xC2\xA0ms", 1e3 * number_at(row, "tpot_s.predicted"));
    (void)snprintf(want[1], sizeof want[1], "%.3g\xC2\xA0s", number_at(row, "ttft_s.predicted"));
    (void)snprintf(want[2], sizeof want[2], "$%.2f", number_at(row, "usd_per_mtoken_output.predicted"));
    for (size_t f = 0; f < FIGURE_KINDS; f++)
        assert_non_null(strstr(drawn(FIGURES[f], DEEPSEEK, 960.0), want[f]));
    json_decref(d);
}

static void only_the_same_deployment_and_lengths_are_shown_as_measured(void **state)
{
    (void)state;
    const char *svg = drawn(tr_answer_figure_predict_tpot, DEEPSEEK, 960.0);
    assert_int_equal(count_of(svg, "data-kind=\"rings\""), 2);
    assert_non_null(strstr(svg, "<title>64 clients: TTFT "));
    assert_non_null(strstr(svg, "deepseek-r1, 8 x b200-sxm, fp8, TensorRT-LLM "));
    static const char *const OTHER[][2] = {{"isl", "16k"}, {"osl", "4k"}, {"weights", "fp4"}, {"system", "8xh100-sxm"},
                                           {"system", "4xb200-sxm"}, {"system", "8xb200-sxm,bw=2x"}, {"rate", "2"}};
    for (size_t i = 0; i < sizeof OTHER / sizeof OTHER[0]; i++) {
        const char *pairs[16];
        size_t n = 0;
        for (size_t k = 0; DEEPSEEK[k] != NULL; k += 2) {
            const int load = strcmp(OTHER[i][0], "rate") == 0 && strcmp(DEEPSEEK[k], "concurrency") == 0;
            if (strcmp(DEEPSEEK[k], OTHER[i][0]) != 0 && !load) {
                pairs[n++] = DEEPSEEK[k];
                pairs[n++] = DEEPSEEK[k + 1];
            }
        }
        pairs[n++] = OTHER[i][0];
        pairs[n++] = OTHER[i][1];
        pairs[n] = NULL;
        const tr_figure_target target = {.svg = {960.0, 0.0, 0}};
        tr_error err;
        if (draw(tr_answer_figure_predict_tpot, pairs, &target, &err) == TR_OK && strcmp(OTHER[i][0], "weights") != 0)
            assert_int_equal(count_of(picture, "data-kind=\"rings\""), 0);
        if (strcmp(OTHER[i][0], "weights") == 0)
            assert_int_equal(count_of(picture, "fp8, TensorRT-LLM"), 0);
    }
}

static void an_objective_divides_the_loads(void **state)
{
    (void)state;
    static const char *const PROMISE[] = {"model", "deepseek-v3", "system", "8xb200-sxm", "isl", "8k",
                                          "slo",   "tpot<40ms",   NULL};
    static const char *const NEVER[] = {"model", "deepseek-v3", "system", "8xb200-sxm", "slo", "tpot<1us", NULL};
    assert_non_null(strstr(drawn(tr_answer_figure_predict_tpot, PROMISE, 960.0), ">objective met up"));
    const char *svg = drawn(tr_answer_figure_predict_cost, PROMISE, 960.0);
    assert_non_null(strstr(svg, "data-series=\"objective met\""));
    assert_non_null(strstr(svg, "data-series=\"objective missed\""));
    assert_non_null(strstr(drawn(tr_answer_figure_predict_ttft, NEVER, 960.0), "No load meets the objective."));
}

static void arrivals_end_where_they_queue_without_end(void **state)
{
    (void)state;
    static const char *const RATE[] = {"model", "llama-3.1-70b", "system", "8xh100-sxm", "rate", "1", NULL};
    static const char *const FLOOD[] = {"model", "llama-3.1-70b", "system", "8xh100-sxm", "rate", "1000", NULL};
    assert_non_null(strstr(drawn(tr_answer_figure_predict_ttft, RATE, 960.0), ">at most "));
    assert_non_null(strstr(drawn(tr_answer_figure_predict_ttft, FLOOD, 960.0), "queue without end"));
}

static void without_a_price_cost_is_in_chip_seconds(void **state)
{
    (void)state;
    static const char *const HOME[] = {"model", "qwen3-8b", "system", "m4-max", "engine", "llamacpp", NULL};
    assert_non_null(strstr(drawn(tr_answer_figure_predict_cost, HOME, 390.0), "chip-seconds"));
}

static void the_terminal_has_them_too(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++)
        for (size_t f = 0; f < FIGURE_KINDS; f++) {
            const tr_figure_target target = {.terminal = 1, .columns = i % 2 ? 60 : 100, .rows = 24, .ascii = i / 2};
            tr_error err;
            assert_int_equal(draw(FIGURES[f], DEEPSEEK, &target, &err), TR_OK);
            assert_int_equal(count_of(picture, "\n"), 24);
            assert_non_null(strstr(picture, i / 2 ? "@" : "\xE2\x97\x89"));
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(they_are_legible_at_every_load_and_width),
        cmocka_unit_test(a_prediction_has_its_band_above_its_floor),
        cmocka_unit_test(they_say_what_the_page_says),
        cmocka_unit_test(only_the_same_deployment_and_lengths_are_shown_as_measured),
        cmocka_unit_test(an_objective_divides_the_loads),
        cmocka_unit_test(arrivals_end_where_they_queue_without_end),
        cmocka_unit_test(without_a_price_cost_is_in_chip_seconds),
        cmocka_unit_test(the_terminal_has_them_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
