/* test_ask_copies.c -- replicas share no weights: N boxes side by side balance at N times the batch of one, and a token
 * costs the same, in every verb that takes a batch from the balance. */
#include <tokenroof/ask.h>
#include <tokenroof/verb.h>

#include <math.h>

#include "ask/figure_parts.h"
#include "ask/menu.h"
#include "ask/scale.h"
#include "ask/train_row.h"
#include "unit_ask.h"

enum { BOXES = 8, MENU_ROWS = 4 };

/* What one system of boxes with no link between them comes to. */
typedef struct boxes {
    tr_layout layout;
    double train_seq, train_usd, train_bound_usd, train_token_per_s;
    double normal_seq, balance_without_kv_seq, fast_usd, fast_bound_usd, normal_bound_usd, floor_s;
    double menu_seq[MENU_ROWS], menu_usd[MENU_ROWS], menu_each_token_per_s[MENU_ROWS];
    double roof_seq, roof_point_seq, roof_point_flop_per_byte;
    double sparse_seq, step_seq;
} boxes;

static boxes boxes_of(const char *model_name, const char *chip, double box_chip, double count, const char *tp)
{
    static tr_menu menu;
    static tr_model model;
    static tr_report report;
    static tr_train_row train;
    tr_system box, system;
    static tr_problem question, step;
    tr_scale_terms terms;
    tr_scale_sparse sparse;
    tr_roof_point point[ROOF_POINTS];
    tr_error err = {.status = TR_OK};
    boxes b;
    const char *const pairs[] = {"model", model_name, "system", chip, "context", "1k", tp != NULL ? "tp" : NULL, tp,
                                 NULL};
    tr_scenario *scenario = scenario_of(pairs);
    assert_int_equal(tr_model_catalog_get(model_name, &model, &err), TR_OK);
    assert_int_equal(tr_system_catalog_get(chip, &box, &err), TR_OK);
    box.chip.scaleout_byte_per_s = 0.0; /* not published: no layout crosses boxes */
    box.chip.scaleup_domain_chip = box_chip;
    assert_int_equal(tr_system_recount(&box, box_chip * count, &system, &err), TR_OK);
    const tr_verb *verb = tr_verb_find("menu"), *one = tr_verb_find("step");
    assert_true(verb != NULL && one != NULL);
    if (tr_verb_question(verb, scenario, &model, &system, &question, &err) != TR_OK ||
        tr_verb_question(one, scenario, &model, &system, &step, &err) != TR_OK ||
        tr_menu_of(scenario, &question, &menu, &err) != TR_OK ||
        tr_report_of(scenario, &question, &report, &err) != TR_OK ||
        tr_train_row_of(scenario, &question, &train, &err) != TR_OK)
        fail_msg("%s on %g of %s: %s", model_name, count, chip, err.text);
    b.layout = question.layout;
    b.train_seq = train.train.batch_seq;
    b.train_usd = train.train.predicted.usd_per_mtoken;
    b.train_bound_usd = train.train.bound.usd_per_mtoken;
    b.train_token_per_s = train.train.predicted.token_per_s;
    b.normal_seq = report.normal_batch_seq;
    b.balance_without_kv_seq = report.balance_without_kv_batch_seq;
    b.fast_usd = report.point[0].row.predicted.usd_per_mtoken;
    b.fast_bound_usd = report.point[0].row.bound.usd_per_mtoken;
    b.normal_bound_usd = report.point[1].row.bound.usd_per_mtoken;
    b.floor_s = report.point[1].row.floor_s;
    for (size_t i = 0; i < MENU_ROWS; i++) {
        const tr_menu_row *row = tr_menu_at(&menu, i, &err);
        assert_non_null(row);
        b.menu_seq[i] = row->pass.load.batch_seq;
        b.menu_usd[i] = row->pass.step.usd_per_mtoken;
        b.menu_each_token_per_s[i] = row->pass.step.token_per_s_per_seq;
    }
    assert_true(tr_roof_points_of(&question, NULL, 0, point) > 3);
    b.roof_seq = tr_balance_batch_seq(&question.roof, 0.0);
    b.roof_point_seq = point[2].batch_seq;
    b.roof_point_flop_per_byte = point[2].intensity_flop_per_byte;
    tr_scale_terms_of(scenario, &question, &terms);
    tr_scale_sparse_of(&terms, 0, &sparse);
    b.sparse_seq = sparse.balance_seq;
    b.step_seq = tr_problem_balance_batch_seq(&question, 1024.0);
    assert_true(tp == NULL || b.step_seq == tr_problem_balance_batch_seq(&step, 1024.0));
    tr_scenario_destroy(scenario);
    return b;
}

/* Equal, where whole sequences were rounded once for each box. */
#define assert_near(actual, expected, seq)                                                                            \
    assert_near_((actual), (expected), BOXES / (seq), #actual, __LINE__)
static void assert_near_(double actual, double expected, double share, const char *what, int line)
{
    if (isnan(actual) && isnan(expected))
        return;
    if (!(fabs(actual - expected) <= (share + 1e-9) * fabs(expected))) {
        print_error("%s is %.17g, expected %.17g\n", what, actual, expected);
        _fail(__FILE__, line);
    }
}

static void boxes_side_by_side_balance_at_so_many_times_the_users_and_cost_the_same(void **state)
{
    (void)state;
    static const struct {
        const char *model, *chip, *tp;
        double box_chip;
    } cases[] = {
        {"qwen3-32b", "h100-sxm", NULL, 8},    {"llama-3.1-8b", "h100-sxm", NULL, 8},
        {"gpt-oss-120b", "b200-sxm", NULL, 8}, {"deepseek-v3", "h200-sxm", NULL, 8},
        {"llama-3.1-70b", "h200-sxm", "8", 8}, {"llama-3.1-405b", "b200-sxm", "8", 8},
        {"qwen3-32b", "h100-sxm", "8", 8},     {"mixtral-8x7b", "tpu-v6e", "8", 8},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const boxes one = boxes_of(cases[i].model, cases[i].chip, cases[i].box_chip, 1, cases[i].tp);
        const boxes all = boxes_of(cases[i].model, cases[i].chip, cases[i].box_chip, BOXES, cases[i].tp);
        assert_true(all.layout.replica_count == BOXES * one.layout.replica_count);
        assert_true(all.layout.tp_rank == one.layout.tp_rank && all.layout.pp_rank == one.layout.pp_rank);
        assert_near(all.train_seq, BOXES * one.train_seq, all.train_seq);
        assert_near(all.train_usd, one.train_usd, all.train_seq);
        assert_near(all.train_bound_usd, one.train_bound_usd, all.train_seq);
        assert_near(all.train_token_per_s, BOXES * one.train_token_per_s, all.train_seq);
        assert_near(all.normal_seq, BOXES * one.normal_seq, all.normal_seq);
        assert_near(all.balance_without_kv_seq, BOXES * one.balance_without_kv_seq, 1e30);
        assert_near(all.fast_usd, one.fast_usd, 1e30);
        assert_near(all.fast_bound_usd, one.fast_bound_usd, 1e30);
        assert_near(all.normal_bound_usd, one.normal_bound_usd, all.normal_seq);
        assert_near(all.floor_s, one.floor_s, 1e30);
        for (size_t k = 0; k < MENU_ROWS; k++) { /* slow is three times what was rounded */
            const double each_seq = all.menu_seq[k] / 3.0;
            assert_near(all.menu_seq[k], BOXES * one.menu_seq[k], each_seq);
            assert_near(all.menu_usd[k], one.menu_usd[k], each_seq);
            assert_near(all.menu_each_token_per_s[k], one.menu_each_token_per_s[k], each_seq);
        }
        assert_near(all.roof_seq, BOXES * one.roof_seq, 1e30);
        assert_near(all.roof_point_seq, BOXES * one.roof_point_seq, 1e30);
        assert_near(all.roof_point_flop_per_byte, one.roof_point_flop_per_byte, 1e30);
        assert_near(all.sparse_seq, BOXES * one.sparse_seq, 1e30);
        if (isfinite(one.step_seq))
            assert_near(all.step_seq, BOXES * one.step_seq, 1e30);
    }
}

/* 1,172 users on 140 replicas, eight each, were a token at $150. */
static void a_pod_of_replicas_fills_each_of_them(void **state)
{
    (void)state;
    static tr_model model;
    static const char *const name[] = {"deepseek-v3", "llama-3.1-405b"};
    for (size_t i = 0; i < 2; i++) {
        const char *const pairs[] = {"model", name[i], "system", "tpu-v5p-pod", NULL};
        tr_scenario *scenario = scenario_of(pairs);
        tr_system system;
        tr_problem question;
        tr_train_row row;
        tr_error err;
        assert_int_equal(tr_model_catalog_get(name[i], &model, &err), TR_OK);
        assert_int_equal(tr_system_catalog_get("tpu-v5p-pod", &system, &err), TR_OK);
        assert_int_equal(tr_verb_question(tr_verb_find("scale"), scenario, &model, &system, &question, &err), TR_OK);
        assert_int_equal(tr_train_row_of(scenario, &question, &row, &err), TR_OK);
        const double copies = question.layout.replica_count;
        tr_roofline one = question.roof;
        one.copy_count = 1.0;
        assert_true(copies >= 100.0);
        assert_near_(row.train.balance_seq, copies * tr_balance_batch_seq(&one, row.terms.context_token), 0.0,
                     "balance", __LINE__);
        assert_true(row.train.batch_seq >= 100.0 * copies);
        assert_true(row.train.predicted.usd_per_mtoken < 15.0);
        tr_scenario_destroy(scenario);
    }
}

/* On the blackboard all chips are one; what is laid out by prediction, or given, is in replicas. */
static void a_bound_without_a_layout_pools_all_chips(void **state)
{
    (void)state;
    static const char *const how[][2] = {{NULL, NULL}, {"physics", "bound"}, {"physics", "ops"}};
    double balance[2][3];
    for (int given = 0; given < 2; given++)
        for (int i = 0; i < 3; i++) {
            const char *pairs[11] = {"model", "deepseek-v3", "system", "gb200-nvl72", "context", "1k"};
            size_t n = 6;
            if (given)
                pairs[n++] = "tp", pairs[n++] = "8";
            pairs[n] = how[i][0], pairs[n + 1] = how[i][1];
            tr_scenario *scenario = scenario_of(pairs);
            tr_problem *q = question_of(scenario);
            tr_step_row row;
            tr_error err;
            assert_true(q->layout.tp_rank == 8.0 && q->layout.replica_count == 9.0);
            assert_int_equal(tr_step_row_of(q, &q->load, &row, &err), TR_OK);
            balance[given][i] = row.balance_batch_seq;
            tr_roofline pooled;
            assert_int_equal(tr_roofline_of(q->model, q->system, q->engine, &q->formats, &pooled, &err), TR_OK);
            assert_true(pooled.copy_count == 1.0 && row.floor_s == tr_floor_s(&pooled));
            if (i == 1 && !given)
                assert_true(balance[0][1] == tr_balance_batch_seq(&pooled, q->load.context_token));
            free(q);
            tr_scenario_destroy(scenario);
        }
    assert_near_(balance[0][0], 9.0 * balance[0][1], 0.0, "fitted", __LINE__);
    assert_true(balance[0][2] == balance[0][0] && balance[1][0] == balance[0][0] && balance[1][1] == balance[0][0] &&
                balance[1][2] == balance[0][0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(boxes_side_by_side_balance_at_so_many_times_the_users_and_cost_the_same),
        cmocka_unit_test(a_pod_of_replicas_fills_each_of_them),
        cmocka_unit_test(a_bound_without_a_layout_pools_all_chips),
    };
    return cmocka_run_group_tests_name("ask copies", tests, NULL, NULL);
}
