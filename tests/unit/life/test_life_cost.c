/* Scaling laws and the cost of a life, against the lecture's numbers and by perturbation. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "life/life_cost.h"
#include "life/loss_law.h"

#define assert_near(value, expected, relative) assert_true(fabs((value) / (expected)-1.0) <= (relative))

static const tr_life_terms terms = {.rl_flop_per_param = 3,
                                    .train_mfu = 0.3,
                                    .rl_mfu = 0.1,
                                    .serve_mfu = 0.1,
                                    .chip_flop_per_s = 1e15,
                                    .chip_usd_per_s = 2.0 / 3600};

static void both_published_fits_give_their_tokens_a_parameter(void **state)
{
    (void)state;
    const double expected[2] = {92.8, 18.4}; /* at 5.88e23 FLOP */
    for (int i = 0; i < 2; i++) {
        const tr_loss_law law = tr_loss_law_of((tr_loss_fit)i);
        double param = 0, token = 0;
        assert_int_equal(tr_loss_best_of(&law, 5.88e23, &param, &token, NULL), TR_OK);
        assert_near(token / param, expected[i], 0.001);
        assert_near(6 * param * token, 5.88e23, 1e-12);
        assert_near(tr_loss_best_token(&law, param), token, 1e-9);
        /* A best split is one: either side of it is worse. */
        const double least = tr_loss_nat(&law, param, token);
        assert_true(tr_loss_nat(&law, param * 1.1, token / 1.1) > least);
        assert_true(tr_loss_nat(&law, param / 1.1, token * 1.1) > least);
        assert_near(tr_loss_needs_token(&law, param, least), token, 1e-9);
    }
    assert_true(tr_rule_token_per_param() == 20);
}

static void sixty_four_experts_at_370m_do_as_well_as_1369m(void **state)
{
    (void)state;
    const tr_routed_law law = tr_routed_law_of(TR_ROUTING_S_BASE);
    assert_near(tr_routed_log10_loss_nat(&law, 370e6, 64), 0.34796, 1e-4);
    assert_near(tr_routed_dense_param(&law, 370e6, 64), 1.369e9, 0.001);
    assert_near(tr_routed_dense_param(&law, 370e6, 64) / 370e6, 3.70, 0.001);
    assert_near(tr_routed_dense_param(&law, 370e6, 1), 370e6, 1e-9);
    for (double experts = 1; experts < 512; experts *= 2)
        assert_true(tr_routed_log10_loss_nat(&law, 370e6, 2 * experts) <
                    tr_routed_log10_loss_nat(&law, 370e6, experts));
}

static void a_third_of_the_utilisation_makes_pretraining_one_and_a_half_times_rl(void **state)
{
    (void)state;
    double rl = 0, serve = 0;
    assert_int_equal(tr_life_equal_of(150e12, &terms, &rl, &serve, NULL), TR_OK);
    assert_near(150e12 / rl, 1.5, 1e-12);
    assert_near(150e12 / serve, 1.0, 1e-12);
    const tr_life life = {100e9, 150e12, rl, serve};
    tr_life_cost cost;
    assert_int_equal(tr_life_cost_of(&life, &terms, &cost, NULL), TR_OK);
    assert_near(cost.train_share, 1.0 / 3, 1e-12);
    assert_near(cost.rl_share, 1.0 / 3, 1e-12);
    assert_near(cost.train_share + cost.rl_share + cost.serve_share, 1.0, 1e-12);
    assert_near(cost.train_chip_s, 6 * 100e9 * 150e12 / (1e15 * 0.3), 1e-12);
    assert_near(cost.total_usd, cost.total_chip_s * 2 / 3600, 1e-12);
}

static void two_months_of_traffic_are_so_many_tokens(void **state)
{
    (void)state;
    assert_near(tr_life_serve_token(5e8, 60 * 86400.0, 1), 2.592e15, 1e-12);
    assert_near(tr_life_serve_token(5e7, 60 * 86400.0, 1), 259.2e12, 1e-12);
    assert_near(tr_life_serve_token(5e7, 60 * 86400.0, 0.5), 129.6e12, 1e-12);
}

static void the_chosen_size_is_the_cheapest_and_shrinks_with_traffic(void **state)
{
    (void)state;
    for (int fit = 0; fit < TR_LOSS_FIT_COUNT; fit++) {
        const tr_loss_law law = tr_loss_law_of((tr_loss_fit)fit);
        const double loss = tr_loss_nat(&law, 100e9, 2e12);
        double last_param = HUGE_VAL, last_over = 0;
        for (double served = 1e11; served < 1e16; served *= 10) {
            tr_life_choice c;
            assert_int_equal(tr_life_choose(&law, loss, served, &terms, &c, NULL), TR_OK);
            assert_near(tr_loss_nat(&law, c.active_param, c.train_token), loss, 1e-9);
            for (double factor = 0.97; factor < 1.05; factor += 0.06)
                assert_true(tr_life_at_chip_s(&law, loss, served, &terms, c.active_param * factor) >=
                            c.chip_s * (1 - 1e-9));
            assert_true(c.active_param < last_param);
            assert_true(c.overtrain_ratio > last_over);
            assert_true(c.best_chip_s >= c.chip_s && !(c.equal_chip_s < c.chip_s * (1 - 1e-9)));
            last_param = c.active_param;
            last_over = c.overtrain_ratio;
        }
    }
}

static void chip_hours_give_the_mfu_of_published_runs(void **state)
{
    (void)state;
    /* 6 x 405.853e9 x 15.6e12 over 989.4e12 x 30.84e6 x 3600: 3.7988e25 / 1.09847e26. */
    assert_near(tr_life_train_mfu(405.8533888e9, 15.6e12, 989.4e12, 30.84e6 * 3600), 0.34583, 1e-4);
    /* 6 x 37.55e9 x 14.8e12 over 989.5e12 x 2.788e6 x 3600: 3.33444e24 / 9.93141e24. */
    assert_near(tr_life_train_mfu(37.55e9, 14.8e12, 989.5e12, 2.788e6 * 3600), 0.33575, 1e-4);
    for (double mfu = 0.1; mfu <= 1.0; mfu += 0.1) /* and back */
        assert_near(tr_life_train_mfu(1e11, 1e13, 1e15, tr_life_train_chip_s(1e11, 1e13, 1e15, mfu)), mfu, 1e-12);
    assert_true(isnan(tr_life_train_chip_s(1e11, 1e13, 1e15, 1.1)));
    assert_true(isnan(tr_life_train_mfu(1e11, 1e13, 1e15, 0)));
}

static void reinforcement_learning_is_as_busy_as_its_decoding_lets_it(void **state)
{
    (void)state;
    /* 2 / 0.05 = 40 of sampling and 1 / 0.4 = 2.5 of training: 94.1 % of the time, and 3 / 42.5. */
    assert_near(tr_life_rl_decode_share(0.05, 0.4, 3), 40.0 / 42.5, 1e-12);
    assert_near(tr_life_rl_mfu(0.05, 0.4, 40.0 / 42.5), 3.0 / 42.5, 1e-12);
    /* The lecture's 15 % is five sevenths of the time in sampling at 5 %. */
    assert_near(tr_life_rl_mfu(0.05, 0.4, 5.0 / 7.0), 0.15, 1e-12);
    assert_near(tr_life_rl_share_of_mfu(0.05, 0.4, 0.15), 5.0 / 7.0, 1e-12);
    assert_true(tr_life_rl_mfu(0.05, 0.4, 0) == 0.4 && tr_life_rl_mfu(0.05, 0.4, 1) == 0.05);
    assert_true(tr_life_rl_decode_share(0.05, 0.4, 2) == 1);
    for (double k = 2.5; k <= 6; k += 0.5) { /* more training on each sample: less of the time is sampling */
        assert_true(tr_life_rl_decode_share(0.05, 0.4, k) < tr_life_rl_decode_share(0.05, 0.4, k - 0.5));
        assert_true(tr_life_rl_decode_share(0.1, 0.4, k) < tr_life_rl_decode_share(0.05, 0.4, k));
    }
    assert_true(isnan(tr_life_rl_mfu(0, 0.4, 0.5)) && isnan(tr_life_rl_decode_share(0.05, 0.4, 1)));
}

static void what_cannot_be_is_refused_in_words(void **state)
{
    (void)state;
    const tr_loss_law law = tr_loss_law_of(TR_LOSS_FIT_EPOCH);
    tr_life_choice c;
    tr_error err;
    assert_int_equal(tr_life_choose(&law, 1.0, 1e12, &terms, &c, &err), TR_ENOFIT);
    tr_life_terms bad = terms;
    bad.serve_mfu = 1.2;
    assert_int_equal(tr_life_choose(&law, 2.0, 1e12, &bad, &c, &err), TR_EDOMAIN);
    assert_string_equal(err.field, "serve_mfu");
    assert_true(isnan(tr_loss_nat(&law, (double)NAN, 1e12)));
    assert_true(isnan(tr_life_serve_token(-1, 1, 1)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_published_fits_give_their_tokens_a_parameter),
        cmocka_unit_test(sixty_four_experts_at_370m_do_as_well_as_1369m),
        cmocka_unit_test(a_third_of_the_utilisation_makes_pretraining_one_and_a_half_times_rl),
        cmocka_unit_test(two_months_of_traffic_are_so_many_tokens),
        cmocka_unit_test(the_chosen_size_is_the_cheapest_and_shrinks_with_traffic),
        cmocka_unit_test(chip_hours_give_the_mfu_of_published_runs),
        cmocka_unit_test(reinforcement_learning_is_as_busy_as_its_decoding_lets_it),
        cmocka_unit_test(what_cannot_be_is_refused_in_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
