/* test_ask_tiers.c -- `tiers` on models and systems of many kinds: costs, break-evens and first tokens that agree. */
#include "unit_ask.h"

#include "ask/tiers.h"

static const char *const asked[][6] = {
    {"model", "llama-3.1-8b", "system", "h100-sxm", "context", "4k"},
    {"model", "deepseek-v3", "system", "8xh200-sxm", "context", "32k"},          /* MLA, a mixture */
    {"model", "granite-4.0-h-small", "system", "h100-sxm", "context", "64k"},    /* state beside the cache */
    {"model", "llama-3.1-70b", "system", "gb200-nvl72", "context", "8k"},        /* replicas */
    {"model", "llama-3.1-405b", "system", "h100-sxm", "context", "8k"},          /* does not fit */
    {"model", "gpt-oss-20b", "system", "rtx-4090", "context", "16k"},
};
enum { ASKED = sizeof asked / sizeof asked[0] };

typedef void look(const tr_tiers *tiers);

static void each(const char *key, const char *value, look *look_at)
{
    for (size_t i = 0; i < ASKED; i++) {
        const char *pairs[9] = {asked[i][0], asked[i][1], asked[i][2], asked[i][3], asked[i][4], asked[i][5],
                                key, value, NULL};
        tr_scenario *scenario = scenario_of(pairs);
        tr_problem *question = question_of(scenario);
        tr_tiers *tiers = malloc(sizeof *tiers);
        tr_error err = {.text = ""};
        assert_non_null(tiers);
        if (tr_tiers_of(scenario, question, tiers, &err) != TR_OK)
            fail_msg("%s on %s: %s", asked[i][1], asked[i][3], err.text);
        look_at(tiers);
        free(tiers);
        free(question);
        tr_scenario_destroy(scenario);
    }
}

static void ordered(const char *name, const tr_quantity *q)
{
    if (isnan(q->predicted))
        return;
    if (!(q->bound <= q->low * (1 + 1e-12) && q->low <= q->predicted && q->predicted <= q->high))
        fail_msg("%s: %g, %g to %g, bound %g", name, q->predicted, q->low, q->high, q->bound);
}

static void intervals_stand(const tr_tiers *t)
{
    if (t->is_predicted) {
        ordered("computing again", &t->recompute_s);
        ordered("its dollars", &t->recompute_usd);
    }
    double last_s = 0.0;
    for (int i = 0; i < t->place_count; i++) {
        const tr_tiers_place *p = &t->place[i];
        ordered(p->name, &p->ttft_s);
        assert_true(p->ttft_s.bound > 0);
        if (p->tier == NULL)
            continue;
        ordered(p->name, &p->fetch_s);
        assert_true(p->cost.fetch_usd_per_byte > 0 && p->cost.hold_usd_per_byte_s > 0);
        if (isfinite(p->ttft_s.predicted)) /* from slower tiers never sooner */
            assert_true(p->ttft_s.predicted >= last_s);
        last_s = p->ttft_s.predicted;
    }
}

/* At every hold time the envelope is the least of all places, and it never falls. */
static void the_cheapest_is_the_least(const tr_tiers *t)
{
    double last = 0.0;
    for (double hold_s = 1e-3; hold_s < 1e10; hold_s *= 1.7) {
        const double won = tr_tiers_usd_per_mtoken(t, tr_tiers_cheapest(t, hold_s), hold_s);
        for (int i = 0; i < t->place_count; i++)
            if (t->place[i].counts)
                assert_true(won <= tr_tiers_usd_per_mtoken(t, i, hold_s) * (1 + 1e-12));
        assert_true(won >= last);
        last = won;
    }
    /* Places follow one another from fast to slow, and computing again is last. */
    for (size_t i = 1; i < t->cheapest_count; i++)
        assert_true(t->cheapest[i].place > t->cheapest[i - 1].place);
}

/* Where holding gives way to computing again a hit is worth what input is, and the premium is one over it less a fetch. */
static void prices_meet_at_the_break_even(const tr_tiers *t)
{
    for (int i = 0; i + 1 < t->place_count; i++) {
        const tr_quantity *even = &t->place[i].recompute_even_s;
        if (!t->place[i].counts || !(even->predicted > 0) || !isfinite(even->predicted))
            continue;
        const tr_quantity x = tr_tiers_hit_price(t, i, even->predicted);
        assert_true(fabs(x.predicted - 1) < 1e-9);
        const double fetch = t->place[i].cost.fetch_usd_per_byte * t->held_byte / t->recompute_usd.predicted;
        assert_true(fabs(tr_tiers_write_premium(t, i, even->predicted).predicted - (2 - fetch)) < 1e-9);
        if (isfinite(x.low))
            assert_true(x.low <= x.predicted && x.predicted <= x.high);
    }
}

/* Hidden behind other work a fetch costs the part alone, so that it is worth holding for the drain time: the lecture. */
static void the_rule_of_drain_times_holds(const tr_tiers *t)
{
    for (int i = 0; i + 1 < t->place_count; i++) {
        const double drain_s = tr_tier_drain_s(t->place[i].tier);
        assert_true(fabs(t->place[i].even_s - drain_s) <= 1e-9 * drain_s);
    }
}

static void every_interval_holds_its_figure(void **state)
{
    (void)state;
    each("hits", "1", intervals_stand);
    each("stall", "0", intervals_stand);
}
static void the_envelope_is_the_least_of_all_places(void **state)
{
    (void)state;
    each("hits", "1", the_cheapest_is_the_least);
    each("hits", "20", the_cheapest_is_the_least);
}
static void a_hit_is_worth_input_where_holding_ends(void **state)
{
    (void)state;
    each("stall", "0.3", prices_meet_at_the_break_even);
}
static void a_hidden_fetch_is_worth_the_drain_time(void **state)
{
    (void)state;
    each("stall", "0", the_rule_of_drain_times_holds);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_interval_holds_its_figure),
        cmocka_unit_test(the_envelope_is_the_least_of_all_places),
        cmocka_unit_test(a_hit_is_worth_input_where_holding_ends),
        cmocka_unit_test(a_hidden_fetch_is_worth_the_drain_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
