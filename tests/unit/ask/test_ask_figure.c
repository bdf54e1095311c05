/* test_ask_figure.c -- the four figures of a case: every model of the catalog, legible at screen and phone
 * width, and saying what the numbers say. */
#include "unit_ask.h"

#include "../figure/unit_figure.h"
#include "ask/figure_parts.h"

typedef tr_status (*figure_fn)(const tr_problem *question, const tr_figure_target *target, tr_sink *sink,
                               tr_error *err);

/* Along an input, at the case's own batch and context. */
static tr_status use_along(const tr_problem *question, tr_along_input input, const tr_figure_target *target, tr_sink *sink,
                           tr_error *err)
{
    const tr_along along = {question, input, question->load.batch_seq, question->load.context_token};
    return tr_figure_use(&along, target, sink, err);
}

static tr_status use_over_batch(const tr_problem *question, const tr_figure_target *target, tr_sink *sink, tr_error *err)
{
    return use_along(question, TR_ALONG_BATCH, target, sink, err);
}

static tr_status use_over_context(const tr_problem *question, const tr_figure_target *target, tr_sink *sink,
                                  tr_error *err)
{
    return use_along(question, TR_ALONG_CONTEXT, target, sink, err);
}

static tr_status use_over_query(const tr_problem *question, const tr_figure_target *target, tr_sink *sink, tr_error *err)
{
    return use_along(question, TR_ALONG_QUERY, target, sink, err);
}

static tr_status cost_over_query(const tr_problem *question, const tr_figure_target *target, tr_sink *sink,
                                 tr_error *err)
{
    const tr_along along = {question, TR_ALONG_QUERY, question->load.batch_seq, question->load.context_token};
    return tr_figure_query(&along, target, sink, err);
}

enum { FIGURE_KINDS = 11 };
static const figure_fn FIGURES[FIGURE_KINDS] = {
    tr_answer_figure_batch, tr_answer_figure_cost, tr_answer_figure_context, tr_answer_figure_roof,
    tr_answer_figure_room,  tr_figure_rate,        tr_answer_figure_overlap, use_over_batch,
    use_over_context,       use_over_query,        cost_over_query};
static char picture[PICTURE_MAX];

static tr_status draw(figure_fn figure, const tr_problem *question, double width_px, int dark, tr_error *err)
{
    tr_buffer buffer = {picture, sizeof picture, 0};
    tr_sink sink = tr_buffer_sink(&buffer);
    const tr_figure_target target = {.svg = {width_px, 0.0, dark}};
    const tr_status s = figure(question, &target, &sink, err);
    assert_true(buffer.length < sizeof picture);
    return s;
}

static const char *drawn(figure_fn figure, const char *const *pairs, double width_px)
{
    tr_scenario *scenario = scenario_of(pairs);
    tr_problem *question = question_of(scenario);
    tr_error err;
    if (draw(figure, question, width_px, 0, &err) != TR_OK)
        fail_msg("%s", err.text);
    free(question);
    tr_scenario_destroy(scenario);
    return picture;
}

/* 1 if it could be drawn; what cannot be is refused for want of memory or ceilings, in words. */
static int check(figure_fn figure, const tr_problem *question, double width_px, int dark)
{
    tr_error err = {.status = TR_OK};
    if (draw(figure, question, width_px, dark, &err) != TR_OK) {
        if (figure != tr_answer_figure_room || err.status != TR_ECONFLICT) /* nothing limits the batch */
            assert_int_equal(err.status, TR_ENOFIT);
        assert_true(strlen(err.text) > 20);
        return 0;
    }
    assert_string_equal(xml_fault(picture), "");
    assert_true(svg_numbers_are_sane(picture));
    if (svg_text_faults(picture) != 0)
        fail_msg("%s on %s", question->model->name, question->system->name);
    if (strstr(picture, "\xE2\x80\xA6") != NULL)
        fail_msg("a text of %s on %s is cut", question->model->name, question->system->name);
    return 1;
}

static void every_model_makes_legible_figures_under_every_physics(void **state)
{
    (void)state;
    static const char *const SYSTEM[3] = {"gb200-nvl72", "8xh100-sxm", "rtx-4090"};
    static const char *const CONTEXT[3] = {"1k", "8k", "100k"};
    static const char *const BATCH[3] = {"1", "64", "3000"};
    static const char *const PHYSICS[3] = {"bound", "ops", "fitted"};
    int figures = 0;
    for (size_t i = 0; i < tr_model_catalog_count(); i++) {
        const size_t k = i % 3;
        const char *const pairs[] = {
            "model", tr_model_catalog_name(i), "system", SYSTEM[(i / 3) % 3], "context", CONTEXT[k],
            "batch", BATCH[(i / 9) % 3],       "physics", PHYSICS[(i / 2) % 3], NULL};
        tr_scenario *scenario = scenario_of(pairs);
        tr_problem *question = question_of(scenario);
        for (int f = 0; f < FIGURE_KINDS; f++)
            figures += check(FIGURES[f], question, i % 2 ? 390.0 : 960.0, (int)(i % 3));
        free(question);
        tr_scenario_destroy(scenario);
    }
    assert_true(figures > 200);
}

/* The widest and narrowest numbers that inline models and systems may have. */
static void any_plain_numbers_make_legible_figures(void **state)
{
    (void)state;
    tr_rng rng;
    tr_rng_seed(&rng, 77);
    int figures = 0;
    tr_scenario *defaults = tr_scenario_create();
    tr_model *made = malloc(sizeof *made);
    tr_system system;
    tr_problem question;
    assert_true(defaults != NULL && made != NULL);
    for (int i = 0; i < 300; i++) {
        tr_error err;
        const double total = tr_rng_log_uniform(&rng, 1e3, 1e13);
        const tr_model_numbers model = {total, total * tr_rng_log_uniform(&rng, 1e-3, 1.0),
                                        tr_rng_below(&rng, 4) == 0 ? 0.0
                                                                   : tr_rng_log_uniform(&rng, 1e-2, 1e8),
                                        tr_rng_log_uniform(&rng, 0.25, 8.0)};
        const tr_chip_numbers chip = {
            tr_rng_log_uniform(&rng, 1e9, 1e19), tr_rng_log_uniform(&rng, 1e8, 1e16),
            tr_rng_below(&rng, 2) ? 0.0 : total * tr_rng_log_uniform(&rng, 1.0, 1e6),
            tr_rng_below(&rng, 2) ? 0.0 : tr_rng_log_uniform(&rng, 1e-3, 1e5)};
        assert_int_equal(tr_model_from_numbers(&model, made, &err), TR_OK);
        assert_int_equal(tr_system_from_numbers(&chip, &system, &err), TR_OK);
        assert_int_equal(tr_problem_of(defaults, made, &system, &question, &err), TR_OK);
        question.load = (tr_load){TR_PHASE_DECODE, floor(tr_rng_log_uniform(&rng, 1.0, 1e5)),
                                  floor(tr_rng_log_uniform(&rng, 1.0, 1e7)), 1.0};
        for (int f = 0; f < FIGURE_KINDS; f++)
            figures += check(FIGURES[f], &question, i % 2 ? 390.0 : 1000.0, i % 3);
    }
    free(made);
    tr_scenario_destroy(defaults);
    assert_true(figures > 800);
}

static void the_batch_figure_names_the_balance_and_the_floor(void **state)
{
    (void)state;
    static const char *const PRESET[] = {"preset", "relearning-02", NULL};
    const char *svg = drawn(tr_answer_figure_batch, PRESET, 960.0);
    assert_non_null(strstr(svg, "Memory sets the pace up to batch 600, then compute takes over"));
    assert_non_null(strstr(svg, "weights: floor 60\xC2\xA0ms"));
    assert_non_null(strstr(svg, "batch\xC2\xA0"
                                "128: 60\xC2\xA0ms"));
}

/* 1e9 parameters of a byte, 2e12 FLOP/s, 1e9 B/s, 36 $/h: compute 1 ms and $10 a million tokens, weights 1 s.
 */
static const char *const BOARD[] = {"model", "total=1e9,active=1e9,kv=0,weight=1", "system",
                                    "flops=2e12,bw=1e9,mem=0,usd=36", NULL};

static void the_cost_figure_has_the_floor_that_no_batch_passes(void **state)
{
    (void)state;
    const char *svg = drawn(tr_answer_figure_cost, BOARD, 960.0);
    assert_non_null(strstr(svg, "compute: floor $10.00"));
    assert_non_null(strstr(svg, "from batch\xC2\xA0"
                                "1,000 on"));
}

static void without_a_price_cost_is_in_chip_seconds(void **state)
{
    (void)state;
    static const char *const PRESET[] = {"preset", "relearning-02", NULL};
    const char *svg = drawn(tr_answer_figure_cost, PRESET, 960.0);
    assert_non_null(strstr(svg, "chip-seconds for a million tokens"));
    assert_null(strchr(strstr(svg, "<desc>"), '$'));
}

/* TPOT of requests is a step's time where answers are as long as prompts, and only then. */
static void measured_runs_are_drawn_where_a_step_can_be_compared(void **state)
{
    (void)state;
    static const char *const NEAR[] = {"model", "llama-3.1-70b", "system", "8xh100-sxm", "weights", "fp8",
                                       "context", "1.5k", NULL};
    static const char *const LONG[] = {"model", "llama-3.1-70b", "system", "8xh100-sxm", "weights", "fp8",
                                       "context", "8704", NULL}; /* half way through 8,192 in and 1,024 out */
    const figure_fn figure[] = {tr_answer_figure_batch, tr_answer_figure_cost};
    for (size_t i = 0; i < 2; i++) {
        const char *svg = drawn(figure[i], NEAR, 390.0);
        assert_non_null(strstr(svg, "<title>64 clients: TTFT "));
        assert_non_null(strstr(svg, ">vLLM, measured 2025-10-29<"));
        assert_null(strstr(drawn(figure[i], LONG, 390.0), "data-kind=\"rings\""));
    }
}

static void the_roof_has_no_attention_where_no_attention_is_known(void **state)
{
    (void)state;
    const char *svg = drawn(tr_answer_figure_roof, BOARD, 960.0);
    assert_null(strstr(svg, "attention, at any batch"));
    assert_non_null(strstr(svg, "ridge: 2,000"));
}

static void a_figure_of_what_does_not_fit_is_refused(void **state)
{
    (void)state;
    static const char *const BIG[] = {"model", "total=1e12,kv=1e5,weight=1", "system",
                                      "flops=1e15,bw=1e12,mem=80GB", NULL};
    static const char *const LONG[] = {
        "model", "total=1e9,kv=1e6,weight=1", "system", "flops=1e15,bw=1e12,mem=80GB", "context", "1M", NULL};
    const char *const *const CASES[2] = {BIG, LONG};
    for (int i = 0; i < 2; i++) {
        tr_scenario *scenario = scenario_of(CASES[i]);
        tr_problem *question = question_of(scenario);
        tr_error err = {.status = TR_OK};
        assert_int_equal(draw(tr_answer_figure_batch, question, 960.0, 0, &err), TR_ENOFIT);
        assert_non_null(strstr(err.text, i == 0 ? "the weights (1 TB of" : "not one sequence"));
        free(question);
        tr_scenario_destroy(scenario);
    }
}

static int is_of_decode(figure_fn figure)
{
    return figure != tr_answer_figure_roof && figure != tr_answer_figure_overlap && figure != use_over_query &&
           figure != cost_over_query;
}

static void a_prefill_case_is_refused_where_only_decode_is_drawn(void **state)
{
    (void)state;
    static const char *const PREFILL[] = {"preset", "relearning-02", "phase", "prefill", NULL};
    tr_scenario *scenario = scenario_of(PREFILL);
    tr_problem *question = question_of(scenario);
    tr_error err = {.status = TR_OK};
    for (int f = 0; f < FIGURE_KINDS; f++)
        assert_int_equal(draw(FIGURES[f], question, 960.0, 0, &err), is_of_decode(FIGURES[f]) ? TR_ECONFLICT : TR_OK);
    free(question);
    tr_scenario_destroy(scenario);
}

/* ---- the documents behind the figures ---------------------------------------------- */

static const json_t *marked(const json_t *document, const char *mark)
{
    const json_t *rows = at(document, "rows");
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i), *m = json_object_get(row, "mark");
        if (json_is_string(m) && strcmp(json_string_value(m), mark) == 0)
            return row;
    }
    fail_msg("no row is marked %s", mark);
    return NULL;
}

static void a_curve_has_its_crossings_as_rows(void **state)
{
    (void)state;
    /* w = 1 s, k = 1e6 B x 1000 / 1e9 = 1 s a sequence, c = 1 ms: no balance; KV = weights at batch 1; 10e9 -
     * 1e9 holds 9. */
    static const char *const KV_BOUND[] = {
        "model", "total=1e9,kv=1e6,weight=1", "system", "flops=2e12,bw=1e9,mem=10GB", "context", "1000",
        NULL};
    json_t *d = json_of(tr_answer_curve, KV_BOUND);
    assert_true(json_is_null(at(d, "marks.balance_batch_seq")));
    assert_true(number_at(d, "marks.even_batch_seq") == 1.0);
    assert_true(number_at(d, "marks.max_batch_seq") == 9.0);
    assert_true(number_at(d, "marks.floor_s") == 1.0);
    assert_true(number_at(marked(d, "memory full"), "step_s") == 10.0);
    assert_string_equal(text_at(d, "over"), "batch");
    json_decref(d);
    d = json_of(tr_answer_curve, BOARD);
    const json_t *balance = marked(d, "balance");
    assert_true(number_at(balance, "batch_seq") == 1000.0);
    assert_true(number_at(balance, "terms.compute_s") == number_at(balance, "terms.weights_s"));
    json_decref(d);
}

static void a_curve_over_context_marks_the_cliff(void **state)
{
    (void)state;
    /* Batch 2000: compute 2 s; memory 1 s + 2000 x L x 10 / 1e9 = 2 s at L = 50000; KV = weights there as
     * well. */
    static const char *const CLIFF[] = {"model",  "total=1e9,kv=10,weight=1",
                                        "system", "flops=2e12,bw=1e9",
                                        "over",   "context",
                                        "batch",  "2000",
                                        NULL};
    json_t *d = json_of(tr_answer_curve, CLIFF);
    assert_true(fabs(number_at(d, "marks.cliff_context_token") - 50000.0) < 1.0);
    assert_true(fabs(number_at(d, "marks.even_context_token") - 50000.0) <= 1.0);
    assert_true(json_is_null(at(d, "marks.max_context_token")));
    assert_true(number_at(marked(d, "cliff"), "batch_seq") == 2000.0);
    json_decref(d);
}

static void rows_of_a_curve_rise(void **state)
{
    (void)state;
    static const char *const LIST[] = {"model", "llama-3.1-70b", "system", "8xh100-sxm",
                                       "batch", "64,1,500,8",    NULL};
    json_t *d = json_of(tr_answer_curve, LIST);
    const json_t *rows = at(d, "rows");
    for (size_t i = 1; i < json_array_size(rows); i++)
        assert_true(number_at(json_array_get(rows, i), "batch_seq") >
                    number_at(json_array_get(rows, i - 1), "batch_seq"));
    assert_true(json_is_false(json_object_get(json_array_get(rows, json_array_size(rows) - 1), "fits")));
    json_decref(d);
}

static void the_roof_says_where_each_part_stands(void **state)
{
    (void)state;
    static const char *const LLAMA[] = {"model", "llama-3.1-70b", "system", "h100-sxm", "count", "8", NULL};
    json_t *d = json_of(tr_answer_roof, LLAMA);
    const json_t *points = at(d, "points");
    assert_true(number_at(json_array_get(points, 0), "intensity_flop_per_byte") ==
                1.0); /* 2 FLOP on 2 bytes */
    for (size_t i = 0; i < json_array_size(points); i++) {
        const json_t *p = json_array_get(points, i);
        if (strcmp(text_at(p, "kind"), "attention") == 0)
            assert_true(number_at(p, "intensity_flop_per_byte") ==
                        8.0); /* 2 x 64 heads / 8 KV heads / 2 bytes */
        assert_true(strcmp(text_at(p, "kind"), "ceiling") == 0 ||
                    number_at(p, "flop_per_s") <= number_at(d, "flop_per_s"));
    }
    json_decref(d);
}

/* H100: 989.4 TFLOP/s in BF16, twice that in FP8, INT8 as FP8, no FP4; 3.35 TB/s. A100: INT8 and no FP8. BF16 weights
 * read 2 bytes for 2 FLOP, so the batch is the ridge. */
static void the_roof_has_a_ceiling_for_every_format(void **state)
{
    (void)state;
    static const struct {
        const char *system;
        size_t count;
        const char *format[3];
        double ridge[3];
    } cases[] = {{"8xh100-sxm", 2, {"bf16", "fp8"}, {989.4 / 3.35, 1978.9 / 3.35}},
                 {"8xa100-sxm-80gb", 2, {"bf16", "int8"}, {312.0 / 2.039, 624.0 / 2.039}},
                 {"gb200-nvl72", 3, {"bf16", "fp8", "fp4"}, {312.5, 625.0, 1250.0}}};
    for (size_t c = 0; c < 3; c++) {
        const char *const pairs[] = {"model", "llama-3.1-70b", "system", cases[c].system, NULL};
        json_t *d = json_of(tr_answer_roof, pairs);
        const json_t *points = at(d, "points");
        size_t found = 0;
        for (size_t i = 0; i < json_array_size(points); i++) {
            const json_t *p = json_array_get(points, i);
            if (strcmp(text_at(p, "kind"), "ceiling") != 0)
                continue;
            assert_true(found < cases[c].count);
            assert_string_equal(text_at(p, "math_dtype"), cases[c].format[found]);
            assert_true(fabs(number_at(p, "intensity_flop_per_byte") / cases[c].ridge[found] - 1.0) < 1e-3);
            assert_true(fabs(number_at(p, "batch_seq") / cases[c].ridge[found] - 1.0) < 1e-3);
            found++;
        }
        assert_int_equal(found, cases[c].count);
        json_decref(d);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_model_makes_legible_figures_under_every_physics),
        cmocka_unit_test(any_plain_numbers_make_legible_figures),
        cmocka_unit_test(the_batch_figure_names_the_balance_and_the_floor),
        cmocka_unit_test(the_cost_figure_has_the_floor_that_no_batch_passes),
        cmocka_unit_test(without_a_price_cost_is_in_chip_seconds),
        cmocka_unit_test(measured_runs_are_drawn_where_a_step_can_be_compared),
        cmocka_unit_test(the_roof_has_no_attention_where_no_attention_is_known),
        cmocka_unit_test(a_figure_of_what_does_not_fit_is_refused),
        cmocka_unit_test(a_prefill_case_is_refused_where_only_decode_is_drawn),
        cmocka_unit_test(a_curve_has_its_crossings_as_rows),
        cmocka_unit_test(a_curve_over_context_marks_the_cliff),
        cmocka_unit_test(rows_of_a_curve_rise),
        cmocka_unit_test(the_roof_says_where_each_part_stands),
        cmocka_unit_test(the_roof_has_a_ceiling_for_every_format),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
