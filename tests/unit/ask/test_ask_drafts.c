/* test_ask_drafts.c -- where drafts stop paying, found by trying; what a step with drafts answers. */
#include "ask/drafts.h"
#include "unit_ask.h"

/* A step of 1 + B / 100 that verifies in 1 + 5 B / 100 and keeps 1 + 2 a tokens. */
static double dense(const void *context, double seq, double accept_share)
{
    (void)context;
    return (1 + seq / 100) / (1 + 5 * seq / 100) * (1 + 2 * accept_share);
}

/* Gains by 1.2 from 8 to 200 sequences alone. */
static double mixture(const void *context, double seq, double accept_share)
{
    (void)context;
    (void)accept_share;
    return seq < 8 || seq > 200 ? 0.9 : 1.2;
}

static double never(const void *context, double seq, double accept_share)
{
    (void)context;
    return 0.5 + 0.4 * accept_share - 0 * seq;
}

/* (1 + B/100) 2 = 1 + B/20 at a = 0.5: B = 100 / 3. At B = 10: 1.5 = 1.1 (1 + 2 a), a = 0.1818. */
static void the_break_even_is_where_the_gain_is_one(void **state)
{
    (void)state;
    assert_true(tr_draft_last_seq(dense, NULL, 0.5, 1000) == 33);
    assert_true(fabs(tr_draft_least_share(dense, NULL, 10) - (1.5 / 1.1 - 1) / 2) < 1e-9);
    assert_true(tr_draft_last_seq(dense, NULL, 0.5, 20) == HUGE_VAL); /* no more fit */
    assert_true(tr_draft_last_seq(never, NULL, 0.5, 1000) == 0);
    assert_true(isnan(tr_draft_least_share(never, NULL, 10)));
}

static void drafts_of_a_mixture_may_pay_only_from_a_batch_on(void **state)
{
    (void)state;
    assert_true(tr_draft_last_seq(mixture, NULL, 0.5, 4096) == 200);
}

static void a_step_says_what_its_drafts_are_worth(void **state)
{
    (void)state;
    static const char *const pairs[] = {"model", "llama-3.1-70b", "system", "8xh100-sxm", "draft", "4", "accept", "0.8",
                                        "batch", "8", "tp", "8", NULL};
    static const char *const none[] = {"model", "llama-3.1-70b", "system", "8xh100-sxm", "batch", "8", NULL};
    tr_drafts d;
    tr_scenario *scenario = scenario_of(pairs);
    tr_problem *q = question_of(scenario);
    tr_drafts_of_step(q, &q->load, &d);
    assert_non_null(d.question);
    assert_true(d.draft_s.predicted < 1e-12 * d.verify_s.predicted); /* nothing drafts */
    assert_true(d.speed_ratio.bound == q->token_per_step);
    assert_true(d.speed_ratio.predicted > 2 && d.speed_ratio.predicted < d.speed_ratio.bound);
    assert_true(d.verify_s.predicted > d.alone_tpot_s.predicted);
    free(q);
    tr_scenario_destroy(scenario);
    scenario = scenario_of(none);
    q = question_of(scenario);
    tr_drafts_of_step(q, &q->load, &d);
    assert_null(d.question);
    free(q);
    tr_scenario_destroy(scenario);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_break_even_is_where_the_gain_is_one),
        cmocka_unit_test(drafts_of_a_mixture_may_pay_only_from_a_batch_on),
        cmocka_unit_test(a_step_says_what_its_drafts_are_worth),
    };
    return cmocka_run_group_tests_name("ask drafts", tests, NULL, NULL);
}
