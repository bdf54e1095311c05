/* Lines through sellers' prices, by hand; who may teach the oracle, and who may not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <math.h>

#include <cmocka.h>

#include "price/oracle_learn.h"

#define CLOSE(a, b, relative) assert_true(fabs((a) - (b)) <= (relative)*fabs(b))
#define NOT_KNOWN ((double)NAN)

static tr_fit_rows rows;

static void put(int group, double x, double y)
{
    const size_t i = rows.count++;
    rows.x[i][0] = 1.0;
    rows.x[i][1] = x;
    rows.y[i] = y;
    rows.group[i] = group;
}

/* ---- lines ------------------------------------------------------------------------ */

/* Two sellers, one 0.4 above the line 1 + 2 x and one 0.4 below; rows 0.1 to either side of their seller's
 * level. */
static void two_sellers(double outlier)
{
    rows.count = 0;
    for (int i = 0; i < 6; i++) {
        put(0, i, 1.0 + 2.0 * i + 0.4 + (i % 2 == 0 ? 0.1 : -0.1));
        put(1, i, 1.0 + 2.0 * i - 0.4 - (i % 2 == 0 ? 0.1 : -0.1) + (i == 3 ? outlier : 0.0));
    }
}

static void a_line_through_two_sellers_is_found_and_so_are_their_levels(void **state)
{
    (void)state;
    tr_fit fit;
    two_sellers(0.0);
    assert_int_equal(tr_fit_line(&rows, 2, 0, &fit), 1);
    CLOSE(fit.coefficient_nat[0], 1.0, 0.05);
    CLOSE(fit.coefficient_nat[1], 2.0, 0.005);
    assert_true(fit.own_shift_nat > 0.3 && fit.own_shift_nat <= 0.4); /* drawn towards the line */
    assert_true(fit.between_nat > fit.within_nat);
    assert_true(fit.own_variance_nat < 0.3 * fit.between_nat); /* a seller that is known is nearly settled */
    assert_int_equal(tr_fit_line(&rows, 2, -1, &fit), 1);
    assert_true(fit.own_shift_nat == 0.0 && fit.own_variance_nat == fit.between_nat);
}

static void one_price_that_is_a_mistake_moves_little(void **state)
{
    (void)state;
    tr_fit right, wrong;
    two_sellers(0.0);
    assert_int_equal(tr_fit_line(&rows, 2, -1, &right), 1);
    two_sellers(-5.0);
    assert_int_equal(tr_fit_line(&rows, 2, -1, &wrong), 1);
    assert_true(fabs(wrong.coefficient_nat[1] - right.coefficient_nat[1]) <
                0.15); /* plain least squares: 0.43 lower at the end */
    assert_true(rows.weight_ratio[7] < 0.2);
    for (size_t i = 0; i < rows.count; i++)
        assert_true(i == 7 || rows.weight_ratio[i] > 0.5);
}

static void density_is_students_with_five_degrees(void **state)
{
    (void)state;
    const tr_fit fit = {.term_count = 2,
                        .coefficient_nat = {1, 2},
                        .within_nat = 0.16,
                        .between_nat = 0.09,
                        .own_variance_nat = 0.09};
    const double x[2] = {1, 3};
    double v;
    CLOSE(tr_fit_nat(&fit, x, &v), 7.0, 1e-15);
    CLOSE(v, 0.25, 1e-15);
    CLOSE(tr_fit_density_ratio(&fit, x, 7.0), 2.0, 1e-15);               /* 1 / deviation */
    CLOSE(tr_fit_density_ratio(&fit, x, 8.0), 2.0 / pow(1.8, 3), 1e-12); /* two deviations: (1 + 4 / 5)^-3 */
}

static void too_few_rows_or_rows_at_one_place_are_no_line(void **state)
{
    (void)state;
    tr_fit fit = {.term_count = 42};
    rows.count = 0;
    for (int i = 0; i < 5; i++)
        put(0, i, i);
    assert_int_equal(tr_fit_line(&rows, 2, -1, &fit), 0);
    rows.count = 0;
    for (int i = 0; i < 20; i++)
        put(i % 3, 1.0, i);
    assert_int_equal(tr_fit_line(&rows, 2, -1, &fit), 0);
    assert_int_equal(fit.term_count, 42);
}

/* ---- who teaches --------------------------------------------------------------------- */

static tr_open_rows open;

static tr_lessons learn(const char *price, const char *sibling)
{
    static tr_fit_rows scratch;
    static const tr_price *siblings[TR_ORACLE_SIBLING_MAX];
    tr_lessons l;
    tr_learn_ask ask = {.sibling = siblings,
                        .with_siblings = sibling != NULL,
                        .launch_year = NOT_KNOWN,
                        .context_token = NOT_KNOWN};
    siblings[0] = NULL;
    assert_int_equal(tr_open_rows_of(&open, NULL), TR_OK);
    if (price != NULL)
        assert_int_equal(tr_price_named(price, &ask.price, NULL), TR_OK);
    if (sibling != NULL)
        assert_int_equal(tr_price_named(sibling, &siblings[0], NULL), TR_OK);
    assert_int_equal(tr_learn(&open, &ask, &scratch, &l, NULL), TR_OK);
    return l;
}

static void an_open_models_seller_and_its_weights_elsewhere_do_not_teach(void **state)
{
    (void)state;
    const tr_lessons all = learn(NULL, NULL), one = learn("deepseek/deepseek-chat", NULL);
    assert_int_equal(all.learned.row_count, open.count);
    assert_int_equal(all.learned.left_provider_count + all.learned.left_weight_count + all.learned.own_count,
                     0);
    assert_int_equal(one.learned.left_provider_count, 8);
    assert_int_equal(one.learned.left_weight_count,
                     2); /* Fireworks sells DeepSeek-V3 and R1: the same weights' sizes */
    assert_int_equal(one.learned.row_count, open.count - 10);
    assert_int_equal(one.learned.provider_count, all.learned.provider_count - 1);
    /* And indeed: with other prices of its own nothing that is learned changes. */
    for (size_t i = 0; i < open.count; i++)
        if (strcmp(open.row[i].price->provider, "deepseek") == 0)
            open.row[i].active_nat += 3;
    static tr_fit_rows scratch;
    const tr_price *none[TR_ORACLE_SIBLING_MAX] = {NULL};
    tr_learn_ask ask = {.sibling = none, .launch_year = NOT_KNOWN, .context_token = NOT_KNOWN};
    tr_lessons again;
    assert_int_equal(tr_price_named("deepseek/deepseek-chat", &ask.price, NULL), TR_OK);
    assert_int_equal(tr_learn(&open, &ask, &scratch, &again, NULL), TR_OK);
    assert_true(again.learned.usd_per_mtoken == one.learned.usd_per_mtoken &&
                again.learned.power_ratio == one.learned.power_ratio);
}

static void a_closed_model_learns_from_its_sellers_open_ones_and_from_siblings(void **state)
{
    (void)state;
    const tr_lessons closed = learn("mistral/pixtral-large", NULL);
    assert_true(closed.learned.own_count >= 5);
    assert_int_equal(closed.learned.row_count, open.count);
    assert_true(closed.input.own_variance_nat < closed.input.between_nat);
    const tr_lessons sibling = learn(NULL, "groq/qwen/qwen3-32b");
    assert_int_equal(sibling.learned.own_count, 1);
    assert_int_equal(sibling.learned.row_count, open.count);
    assert_true(sibling.input.own_shift_nat < 0.0); /* Groq sells it for less than others sell that size */
}

static void price_goes_up_with_size_and_size_comes_back_from_price(void **state)
{
    (void)state;
    const tr_lessons l = learn(NULL, NULL);
    double v, before = -HUGE_VAL;
    for (double active = 1e9; active < 1e12; active *= 3) {
        const double at = tr_lesson_input_nat(&l, log(active), &v);
        assert_true(at > before && v > 0.0);
        before = at;
        CLOSE(tr_lesson_active_nat(&l, at), log(active), 1e-9);
    }
    assert_true(l.learned.power_ratio > 0.7 && l.learned.power_ratio < 1.3);
    assert_true(l.dense_share > 0.2 && l.dense_share < 0.7);
}

static void a_launch_is_a_day_a_month_or_a_year(void **state)
{
    (void)state;
    double year = 0;
    const tr_price *price;
    tr_error err;
    assert_int_equal(tr_launch_year_parse("2025", &year, NULL), TR_OK);
    CLOSE(year, 2025.0, 0);
    assert_int_equal(tr_launch_year_parse("2025-07", &year, NULL), TR_OK);
    CLOSE(year, 2025.5, 1e-15);
    assert_int_equal(tr_launch_year_parse("2025-01-11", &year, NULL), TR_OK);
    CLOSE(year, 2025.0 + 10 / 365.0, 1e-15);
    static const char bad[][12] = {"", "25", "2025-13", "2025-1", "2025-01-32", "2025/01", "soon"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(tr_launch_year_parse(bad[i], &year, &err), TR_EPARSE);
    assert_int_equal(tr_launch_year_parse("1999", &year, &err), TR_EDOMAIN);
    assert_int_equal(tr_price_named("anthropic/claude-opus-4-6", &price, NULL), TR_OK);
    assert_string_equal(tr_launch_of(price)->date, "2026-02-05");
    assert_null(tr_launch_of(NULL));
}

/* Every open model that is priced has a launch with a source: evidence that all of them have. */
static void every_open_model_has_its_launch(void **state)
{
    (void)state;
    assert_int_equal(tr_open_rows_of(&open, NULL), TR_OK);
    assert_true(open.count >= 75);
    for (size_t i = 0; i < open.count; i++)
        if (isnan(open.row[i].launch_year))
            fail_msg("%s", open.row[i].price->catalog_model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_through_two_sellers_is_found_and_so_are_their_levels),
        cmocka_unit_test(one_price_that_is_a_mistake_moves_little),
        cmocka_unit_test(density_is_students_with_five_degrees),
        cmocka_unit_test(too_few_rows_or_rows_at_one_place_are_no_line),
        cmocka_unit_test(an_open_models_seller_and_its_weights_elsewhere_do_not_teach),
        cmocka_unit_test(a_closed_model_learns_from_its_sellers_open_ones_and_from_siblings),
        cmocka_unit_test(price_goes_up_with_size_and_size_comes_back_from_price),
        cmocka_unit_test(a_launch_is_a_day_a_month_or_a_year),
        cmocka_unit_test(every_open_model_has_its_launch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
