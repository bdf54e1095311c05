/* Errors of predictions against hand-worked values. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fit/score.h"

#define assert_near(value, expected, tolerance) assert_true(fabs((value) - (expected)) <= (tolerance))

static void add(tr_score *score, double measured, double predicted, double low, double high)
{
    const tr_measured row = {.line = 1,
                             .metric = TR_METRIC_TPOT,
                             .measured_s = measured,
                             .system_name = "s",
                             .model_name = "m",
                             .engine = "e",
                             .version = "",
                             .precision = "p"};
    const tr_prediction prediction = {predicted, low, high, predicted};
    assert_int_equal(tr_score_add(score, 0, &row, &prediction, NULL), TR_OK);
}

static void errors_are_relative_to_what_was_measured(void **state)
{
    (void)state;
    tr_score *score = tr_score_create();
    tr_score_line line;
    add(score, 10, 9, 8, 12);   /* -10 %, inside its band */
    add(score, 10, 13, 12, 14); /* +30 %, outside */
    add(score, 10, 5, 4, 20);   /* -50 %, inside */
    add(score, 10, 10, 9, 11);  /* exact, inside */
    assert_int_equal(tr_score_line_of(score, TR_BY_COUNT, 0, &line, NULL), TR_OK);
    assert_int_equal(line.n, 4);
    assert_near(line.mape, 0.225, 1e-12);
    assert_near(line.median_ape, 0.2, 1e-12);
    assert_near(line.bias, -0.075, 1e-12);
    assert_near(line.within_20pct, 0.5, 1e-12);
    assert_near(line.band_coverage, 0.75, 1e-12);
    tr_score_destroy(score);
}

static void the_worst_row_comes_first(void **state)
{
    (void)state;
    tr_score *score = tr_score_create();
    size_t index[8], count = 8;
    add(score, 10, 9, 9, 9);
    add(score, 10, 30, 30, 30);
    add(score, 10, 5, 5, 5);
    assert_int_equal(tr_score_worst(score, index, &count, NULL), TR_OK);
    assert_int_equal(count, 3);
    assert_int_equal(index[0], 1);
    assert_int_equal(index[1], 2);
    tr_score_destroy(score);
}

static void without_rows_there_is_no_error_and_without_bands_no_coverage(void **state)
{
    (void)state;
    tr_score *score = tr_score_create();
    tr_score_line line;
    assert_int_equal(tr_score_line_of(score, TR_BY_COUNT, 0, &line, NULL), TR_OK);
    assert_true(isnan(line.mape));
    add(score, 10, 9, 9, 9);
    assert_int_equal(tr_score_line_of(score, TR_BY_COUNT, 0, &line, NULL), TR_OK);
    assert_true(isnan(line.band_coverage));
    tr_score_destroy(score);
}

static void reasons_are_counted(void **state)
{
    (void)state;
    tr_score *score = tr_score_create();
    size_t count = 0;
    assert_int_equal(tr_score_skip(score, "no model", NULL), TR_OK);
    assert_int_equal(tr_score_skip(score, "no chip", NULL), TR_OK);
    assert_int_equal(tr_score_skip(score, "no model", NULL), TR_OK);
    assert_int_equal(tr_score_reason_count(score), 2);
    assert_string_equal(tr_score_reason(score, 0, &count), "no model");
    assert_int_equal(count, 2);
    tr_score_destroy(score);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errors_are_relative_to_what_was_measured),
        cmocka_unit_test(the_worst_row_comes_first),
        cmocka_unit_test(without_rows_there_is_no_error_and_without_bands_no_coverage),
        cmocka_unit_test(reasons_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
