/* test_ask_menu.c -- rows of the menu with drafts and without, what does not fit, and fast modes judged. */
#include "ask/menu.h"
#include "unit_ask.h"

static tr_menu menu;

/* The menu of a question, which the caller frees. */
static tr_problem *menu_of(const char *const *pairs, tr_scenario **scenario)
{
    tr_error err;
    *scenario = scenario_of(pairs);
    tr_problem *question = question_of(*scenario);
    if (tr_menu_of(*scenario, question, &menu, &err) != TR_OK)
        fail_msg("%s", err.text);
    return question;
}

static void end(tr_problem *question, tr_scenario *scenario)
{
    free(question);
    tr_scenario_destroy(scenario);
}

static const tr_menu_row *row(size_t index)
{
    const tr_menu_row *found = tr_menu_at(&menu, index, NULL);
    assert_non_null(found);
    return found;
}

static const char *const pairs[] = {"model", "llama-3.1-70b", "system", "8xh100-sxm", "tp", "8", "context", "4096",
                                    "batch", "64", "draft", "4", "accept", "0.8", "speed", "150", NULL};

static void no_row_has_a_speed_of_a_batch_that_cannot_be(void **state)
{
    (void)state;
    tr_scenario *scenario;
    tr_problem *q = menu_of(pairs, &scenario);
    int unfit = 0;
    for (size_t i = 0; i < tr_menu_count(&menu); i++) {
        const tr_menu_row *r = row(i);
        const int there = r->reached && r->pass.fits;
        assert_true(there == !isnan(r->pass.bound.step_s) && there == !isnan(r->pass.predicted.step_s));
        assert_true(there == !isnan(r->speed_ratio) && there == !isnan(r->bound_price_ratio));
        assert_true(there || r->why.text[0] != '\0');
        unfit += !there;
    }
    assert_true(unfit >= 2); /* slow and practice: 885 and 737 sequences where 349 fit */
    assert_string_equal(row(2)->room, "no: largest is 349");
    end(q, scenario);
}

static void drafts_are_a_second_way_to_be_fast(void **state)
{
    (void)state;
    tr_scenario *scenario;
    tr_problem *q = menu_of(pairs, &scenario);
    /* fast, normal, slow, practice, the batch asked for, fast and normal with drafts, the speed without and with */
    assert_true(tr_menu_count(&menu) == 9);
    const double fast = row(0)->pass.step.token_per_s, batch = row(4)->pass.load.batch_seq;
    assert_true(batch == 64);
    const tr_menu_row *drafted = row(5);
    assert_string_equal(drafted->words, "fast +4");
    assert_true(drafted->pass.question->formats.draft_token == 4);
    assert_true(drafted->pass.step.token_per_s > 2 * fast);
    assert_true(row(1)->pass.question->formats.draft_token == 0);
    assert_false(row(7)->reached); /* 150/s is more than one alone gets */
    const tr_menu_row *wanted = row(8);
    assert_true(wanted->reached && wanted->pass.step.token_per_s_per_seq >= 150);
    assert_true(wanted->pass.load.batch_seq > 1);
    end(q, scenario);
}

static double usd(double batch)
{
    const tr_load load = {TR_PHASE_DECODE, batch, 4096, 1};
    tr_step step;
    assert_int_equal(tr_problem_step(&menu.plain, TR_PHYSICS_FITTED, &load, &step, NULL), TR_OK);
    return 1 / step.token_per_s;
}

static double each(double batch)
{
    const tr_load load = {TR_PHASE_DECODE, batch, 4096, 1};
    tr_step step;
    assert_int_equal(tr_problem_step(&menu.plain, TR_PHYSICS_FITTED, &load, &step, NULL), TR_OK);
    return step.token_per_s_per_seq;
}

static void a_fast_mode_is_plausible_where_its_batch_costs_no_more_than_is_asked(void **state)
{
    (void)state;
    tr_scenario *scenario;
    tr_problem *q = menu_of(pairs, &scenario);
    const double normal = menu.base.load.batch_seq;
    tr_menu_judged j;
    tr_menu_judge(&menu, 6, 2.5, &j);
    assert_int_equal(j.plausible, 1);
    assert_true(each(j.fast_batch_seq) >= 0.998 * 2.5 * each(normal));
    assert_true(each(j.fast_batch_seq + 1) < 2.5 * each(normal));
    assert_true(fabs(j.cost_ratio - usd(j.fast_batch_seq) / usd(normal)) < 1e-9 && j.cost_ratio < 6);
    assert_non_null(strstr(j.verdict, "plausible"));
    /* Of the price alone: the smallest batch that costs no more. */
    tr_menu_judge(&menu, 6, NAN, &j);
    assert_int_equal(j.plausible, -1);
    assert_true(usd(j.fast_batch_seq) <= 6 * usd(normal) && usd(j.fast_batch_seq - 1) > 6 * usd(normal));
    assert_true(fabs(j.bought_speed_ratio - each(j.fast_batch_seq) / each(normal)) < 1e-9);
    /* More speed never costs less. */
    double last = 0;
    for (double s = 1.2; s < 4; s += 0.4) {
        tr_menu_judge(&menu, NAN, s, &j);
        assert_true(j.cost_ratio >= last);
        last = j.cost_ratio;
    }
    end(q, scenario);
}

static void what_batches_do_not_give_drafts_or_chips_may(void **state)
{
    (void)state;
    tr_scenario *scenario;
    tr_problem *q = menu_of(pairs, &scenario);
    tr_menu_judged j;
    const double alone = each(1) / each(menu.base.load.batch_seq);
    tr_menu_judge(&menu, 6, 1.5 * alone, &j);
    assert_non_null(strstr(j.verdict, "with 4 drafts batch"));
    tr_menu_judge(&menu, 6, 1000, &j);
    assert_int_equal(j.plausible, 0);
    assert_true(isnan(j.cost_ratio) && isnan(j.fast_batch_seq));
    assert_non_null(strstr(j.verdict, "nor do drafts or 64 chips give it"));
    end(q, scenario);
}

static void fast_modes_on_sale_have_their_ratios(void **state)
{
    (void)state;
    tr_fast_mode mode[64];
    const size_t count = tr_fast_modes(mode, 64);
    int opus = 0, sold_beside = 0;
    assert_true(count > 8 && count <= 64);
    for (size_t i = 0; i < count; i++) {
        assert_true(mode[i].price_ratio > 1 && mode[i].date[0] != '\0');
        if (strcmp(mode[i].price->model, "claude-opus-4-6") == 0) { /* $150 over $25, up to 2.5 times as fast */
            assert_true(mode[i].price_ratio == 6 && mode[i].speed_ratio == 2.5);
            opus++;
        }
        if (strcmp(mode[i].price->model, "glm-5p1-fast") == 0) { /* $8.80 over $4.40 */
            assert_true(fabs(mode[i].price_ratio - 2) < 1e-12 && isnan(mode[i].speed_ratio));
            sold_beside++;
        }
    }
    assert_true(opus == 1 && sold_beside == 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_row_has_a_speed_of_a_batch_that_cannot_be),
        cmocka_unit_test(drafts_are_a_second_way_to_be_fast),
        cmocka_unit_test(a_fast_mode_is_plausible_where_its_batch_costs_no_more_than_is_asked),
        cmocka_unit_test(what_batches_do_not_give_drafts_or_chips_may),
        cmocka_unit_test(fast_modes_on_sale_have_their_ratios),
    };
    return cmocka_run_group_tests_name("ask menu", tests, NULL, NULL);
}
