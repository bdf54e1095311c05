/* The fit finds what made its data, and the calibrations that ship are what the published measurements give. */
#define _POSIX_C_SOURCE 200809L
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "fit/fit.h"
#include "fit/kernel_fit.h"
#include "fit/normal.h"
#include "fit/predict.h"
#include "fit/solve.h"
#include "io/file.h"
#include "truth.h"

/* Servers of two chips and two engines, of models of every kind, timed by known constants. */
static void invent(fit_data *data, const double *constant)
{
    static const char *const models[] = {"llama-3.1-8b", "qwen3-32b", "deepseek-v3", "qwen3-235b-a22b"};
    static const char *const chips[] = {"h200-sxm", "b200-sxm"};
    memset(data, 0, sizeof *data);
    data->row = calloc(1024, sizeof *data->row);
    assert_non_null(data->row);
    data->capacity = 1024;
    for (int m = 0; m < 4; m++) {
        data->model[m] = calloc(1, sizeof *data->model[m]);
        assert_non_null(data->model[m]);
        assert_int_equal(tr_model_catalog_get(models[m], data->model[m], NULL), TR_OK);
    }
    data->models = 4;
    for (int c = 0; c < 2; c++)
        data->chip[c] = tr_chip_catalog_find(chips[c]);
    data->chips = 2;
    data->engine[0] = "vllm";
    data->engine[1] = "sglang";
    data->engines = 2;
    data->files = 1;
    for (int m = 0; m < 4; m++)
        for (int c = 0; c < 2; c++)
            for (int e = 0; e < 2; e++)
                for (double clients = 1; clients <= 128; clients *= 2)
                    for (int shape = 0; shape < 3; shape++) {
                        fit_row *row = &data->row[data->count++];
                        row->model = m;
                        row->chip = c;
                        row->engine = e;
                        tr_system system;
                        tr_measured as_run = {.metric = TR_METRIC_TPOT, .engine = "", .version = "", .precision = "",
                                              .model = data->model[m], .system = &system};
                        as_run.serving = (tr_serving){.concurrency_seq = clients,
                                                      .input_token = shape == 1 ? 4096 : 512,
                                                      .output_token = shape == 2 ? 128 : 1024,
                                                      .tp = m < 2 && shape > 0 ? 4 : 8,
                                                      .pp = 1,
                                                      .dp = 1,
                                                      .ep = 1};
                        assert_int_equal(tr_system_of(data->chip[c], as_run.serving.tp, &system, NULL), TR_OK);
                        row->run = calloc(1, sizeof *row->run);
                        assert_non_null(row->run);
                        assert_int_equal(fit_run_of(&as_run, row->run, NULL), TR_OK);
                        row->tpot_s = fit_predict(row, constant, FIT_TPOT);
                        row->ttft_s = fit_predict(row, constant, FIT_TTFT);
                        assert_true(row->tpot_s > 0 && row->ttft_s > 0);
                    }
}

static void a_fit_of_its_own_predictions_finds_them_again(void **state)
{
    (void)state;
    fit_data data;
    static fit_result result;
    double constant[TR_CONSTANT_COUNT];
    tr_calibration start;
    assert_int_equal(tr_calibration_find(tr_chip_catalog_find("gaudi3"), "", NULL, &start, NULL), TR_OK);
    for (int k = 0; k < TR_CONSTANT_COUNT; k++)
        constant[k] = log(start.value[k]);
    constant[TR_CONSTANT_LINEAR_BYTE] = log(0.7);
    constant[TR_CONSTANT_LAYER_S] = log(60e-6);
    constant[TR_CONSTANT_MLA_S] = log(50e-6);
    invent(&data, constant);
    tr_error err;
    if (fit_serving(&data, &result, &err) != TR_OK)
        fail_msg("%s", err.text);
    assert_true(result.error[TR_INTERVAL_TPOT][FIT_FITTED].mape_ratio < 0.015);
    assert_true(result.error[TR_INTERVAL_TPOT][FIT_FAMILY].mape_ratio < 0.15);
    /* what two chips and two engines share is told from their own only by priors, so their sums are looked at */
    for (int chip = 0; chip < 2; chip++)
        for (int engine = 0; engine < 2; engine++) {
            tr_calibration c;
            fit_calibration(&data, &result, chip, engine, &c);
            assert_true(fabs(c.value[TR_CONSTANT_LINEAR_BYTE] / 0.7 - 1) < 0.1);
            assert_true(fabs(c.value[TR_CONSTANT_LAYER_S] / 60e-6 - 1) < 0.25);
            assert_true(c.error_ratio[TR_CONSTANT_LAYER_S] > 0 && c.error_ratio[TR_CONSTANT_LAYER_S] < 0.5);
        }
    fit_data_free(&data);
}

static void a_factor_solves_what_it_was_made_of(void **state)
{
    (void)state;
    const double matrix[] = {4, -1, -1, 2, 5, -1, 0, 1, 10}, flat[] = {1, 0, 1, 1}; /* the upper half is not read */
    double factor[9], x[] = {8, 15, 32};
    assert_true(fit_factor(matrix, 3, factor)); /* 4 x + 2 y = 8, 2 x + 5 y + z = 15, y + 10 z = 32 */
    fit_factor_solve(factor, 3, x);
    assert_true(fabs(4 * x[0] + 2 * x[1] - 8) < 1e-12 && fabs(2 * x[0] + 5 * x[1] + x[2] - 15) < 1e-12 &&
                fabs(x[1] + 10 * x[2] - 32) < 1e-12);
    assert_false(fit_factor(flat, 2, factor));
}

static void a_row_tells_of_the_constants_that_its_model_meets_and_of_no_others(void **state)
{
    (void)state;
    fit_data data;
    static fit_result result;
    double constant[TR_CONSTANT_COUNT];
    tr_calibration start;
    tr_error err;
    assert_int_equal(tr_calibration_find(tr_chip_catalog_find("gaudi3"), "", NULL, &start, NULL), TR_OK);
    for (int k = 0; k < TR_CONSTANT_COUNT; k++)
        constant[k] = log(start.value[k]);
    invent(&data, constant);
    data.count = 24; /* of llama-3.1-8b on one chip under one engine */
    if (fit_serving(&data, &result, &err) != TR_OK)
        fail_msg("%s", err.text);
    for (size_t i = 0; i < data.count; i++) {
        const uint64_t tells = data.row[i].tells;
        assert_true(tells >> TR_CONSTANT_LAYER_S & 1U && tells >> TR_CONSTANT_KV_BYTE & 1U &&
                    tells >> TR_CONSTANT_FIRST_S & 1U);
        assert_false(tells >> TR_CONSTANT_MLA_S & 1U || tells >> TR_CONSTANT_EXPERT_BYTE & 1U ||
                     tells >> TR_CONSTANT_BALANCE & 1U);
    }
    /* what no row tells stays where it began */
    tr_calibration c;
    fit_calibration(&data, &result, 0, 0, &c);
    assert_true(fabs(c.value[TR_CONSTANT_MLA_S] / fit_value(TR_CONSTANT_MLA_S, result.prior[TR_CONSTANT_MLA_S].at) - 1) <
                1e-6);
    for (size_t i = data.count; data.row[i].run != NULL; i++)
        free(data.row[i].run);
    fit_data_free(&data);
}

static void a_run_without_clients_holds_what_is_admitted_and_sends_no_token(void **state)
{
    (void)state;
    static tr_model model;
    tr_system system;
    tr_prediction whole, mean;
    const tr_engine *engine;
    assert_int_equal(tr_model_catalog_get("llama-3.1-405b", &model, NULL), TR_OK);
    assert_int_equal(tr_system_catalog_get("8xh100-sxm", &system, NULL), TR_OK);
    assert_int_equal(tr_engine_find("trtllm", &engine, NULL), TR_OK);
    assert_true(engine->whole_answer);
    tr_engine less = *engine;
    less.whole_answer = 0;
    tr_measured row = {.metric = TR_METRIC_OUTPUT, .engine = "trtllm", .version = "", .precision = "", .model = &model,
                       .system = &system, .known_engine = engine};
    row.dtypes.weight = TR_WEIGHT_FORMAT_FP8;
    row.serving = (tr_serving){.input_token = 128, .output_token = 4096, .tp = 8, .pp = 1, .dp = 1, .ep = 1,
                               .memory_share = 0.9, .spread_ratio = 1};
    assert_int_equal(tr_predict(&row, TR_PHYSICS_FITTED, &whole, NULL), TR_OK);
    row.known_engine = &less;
    assert_int_equal(tr_predict(&row, TR_PHYSICS_FITTED, &mean, NULL), TR_OK);
    assert_true(whole.predicted_s > 1.1 * mean.predicted_s); /* about half as many in flight */
}

static void no_rows_are_no_fit(void **state)
{
    (void)state;
    fit_data data;
    static fit_result result;
    tr_error err;
    memset(&data, 0, sizeof data);
    assert_int_equal(fit_serving(&data, &result, &err), TR_EMISSING);
}

/* Families, engines and chips left out in turn: nine in ten of all, and eight in ten of each bucket. */
static void the_intervals_hold(const fit_result *r)
{
    for (int q = 0; q < TR_INTERVAL_COUNT; q++) {
        double inside = 0, rows = 0;
        for (int fold = FIT_FAMILY; fold <= FIT_CHIP; fold++) {
            inside += r->coverage_share[q][fold] * (double)r->error[q][fold].rows;
            rows += (double)r->error[q][fold].rows;
        }
        if (!(rows > 200 && inside >= 0.85 * rows && inside <= 0.95 * rows))
            fail_msg("%s: %.3f of %.0f rows left out are inside", tr_interval_name((tr_interval)q), inside / rows, rows);
    }
    int named = 0;
    for (int i = 0; i < r->buckets; i++) {
        const fit_bucket *b = &r->bucket[i];
        if (b->tpot.rows >= 20 && b->tpot_coverage_share < 0.8)
            fail_msg("%s: %.2f of TPOT inside", b->name, b->tpot_coverage_share);
        if (b->ttft.rows >= 20 && b->ttft_coverage_share < 0.8)
            named++;
        assert_false(b->ttft.rows >= 20 && b->ttft_coverage_share < 0.7);
    }
    assert_true(named <= 1); /* docs/accuracy.md has it in bold */
}

static void the_calibrations_that_ship_are_what_the_measurements_give(void **state)
{
    (void)state;
#ifdef SANITIZED
    print_message("SKIP: the whole fit takes minutes under sanitizers\n");
    skip();
#endif
    char path[TR_PATH_MAX], shipped[TR_PATH_MAX], made[] = "/tmp/tokenroof-fit-XXXXXX";
    fit_data data;
    static fit_result result;
    tr_error err;
    memset(&data, 0, sizeof data);
    for (size_t i = 0; fit_all_file(i) != NULL; i++) {
        truth_file(fit_all_file(i), path, sizeof path);
        if (fit_read(path, &data, &err) != TR_OK)
            fail_msg("%s", err.text);
    }
    if (fit_serving(&data, &result, &err) != TR_OK)
        fail_msg("%s", err.text);
    the_intervals_hold(&result);
    assert_non_null(mkdtemp(made));
    if (fit_write(&data, &result, made, &err) != TR_OK)
        fail_msg("%s", err.text);
    kernel_data kernels;
    memset(&kernels, 0, sizeof kernels);
    for (size_t i = 0; kernel_all_file(i) != NULL; i++) {
        truth_file(kernel_all_file(i), path, sizeof path);
        if (kernel_read(path, &kernels, &err) != TR_OK)
            fail_msg("%s", err.text);
    }
    if (kernel_fit(&kernels, &err) != TR_OK || kernel_write(&kernels, made, &err) != TR_OK)
        fail_msg("%s", err.text);
    kernel_data_free(&kernels);
    (void)snprintf(shipped, sizeof shipped, "%s/data/calibration", root_folder());
    char **names = NULL, **again = NULL;
    size_t count = 0, made_count = 0;
    assert_int_equal(tr_folder_list(shipped, ".json", &names, &count, &err), TR_OK);
    assert_int_equal(tr_folder_list(made, ".json", &again, &made_count, &err), TR_OK);
    size_t seen = 0;
    for (size_t i = 0; i < count; i++) {
        size_t a = 0, b = 0;
        if (strstr(names[i], "-llamacpp.json") != NULL || strstr(names[i], "-mlx.json") != NULL) /* test_fit_stream.c */
            continue;
        assert_true(seen < made_count);
        assert_string_equal(names[i], again[seen]);
        char *was = bytes_of(shipped, names[i], &a), *now = bytes_of(made, again[seen], &b);
        if (a != b || memcmp(was, now, a) != 0)
            fail_msg("%s is not what `tokenroof fit --all` gives", names[i]);
        free(was);
        free(now);
        assert_int_equal(tr_path_join(path, sizeof path, made, again[seen++], NULL), TR_OK);
        (void)unlink(path);
    }
    assert_int_equal(seen, made_count);
    (void)rmdir(made);
    free(names);
    free(again);
    fit_data_free(&data);
}

static void arrivals_at_a_rate_keep_what_littles_law_says_in_flight(void **state)
{
    (void)state;
    static tr_model model;
    tr_system system;
    tr_prediction at_rate, closed, first;
    assert_int_equal(tr_model_catalog_get("llama-3.1-8b", &model, NULL), TR_OK);
    assert_int_equal(tr_system_catalog_get("h100-sxm", &system, NULL), TR_OK);
    tr_measured row = {.metric = TR_METRIC_TPOT, .engine = "vllm", .version = "", .precision = "", .model = &model,
                       .system = &system};
    row.serving = (tr_serving){
        .request_per_s = 8, .spread_ratio = 0.8, .input_token = 512, .output_token = 256, .tp = 1, .pp = 1, .dp = 1, .ep = 1};
    assert_int_equal(tr_predict(&row, TR_PHYSICS_FITTED, &at_rate, NULL), TR_OK);
    row.metric = TR_METRIC_TTFT;
    assert_int_equal(tr_predict(&row, TR_PHYSICS_FITTED, &first, NULL), TR_OK);
    row.metric = TR_METRIC_TPOT;
    row.serving.concurrency_seq = 8 * (first.predicted_s + 256 * at_rate.predicted_s);
    row.serving.request_per_s = 0;
    assert_int_equal(tr_predict(&row, TR_PHYSICS_FITTED, &closed, NULL), TR_OK);
    if (!(fabs(closed.predicted_s / at_rate.predicted_s - 1) < 1e-3))
        fail_msg("%.6g s by rate, %.6g s by what is then in flight", at_rate.predicted_s, closed.predicted_s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fit_of_its_own_predictions_finds_them_again),
        cmocka_unit_test(a_factor_solves_what_it_was_made_of),
        cmocka_unit_test(a_row_tells_of_the_constants_that_its_model_meets_and_of_no_others),
        cmocka_unit_test(a_run_without_clients_holds_what_is_admitted_and_sends_no_token),
        cmocka_unit_test(no_rows_are_no_fit),
        cmocka_unit_test(the_calibrations_that_ship_are_what_the_measurements_give),
        cmocka_unit_test(arrivals_at_a_rate_keep_what_littles_law_says_in_flight),
    };
    return cmocka_run_group_tests_name("fit serving", tests, NULL, NULL);
}
