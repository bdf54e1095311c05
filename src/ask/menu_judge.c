/* ask/menu_judge.c -- a fast mode on sale held against this model on this system: plausible, or what it would need. */
#include "ask/menu.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/extreme.h"
#include "write/print.h"

#define MOST_CHIPS_RATIO 8.0
#define ENOUGH 0.999 /* of a ratio: prices have two digits */

/* The menu's normal step, or the largest that fits. */
typedef struct normal {
    double batch_seq, each_token_per_s, usd; /* usd: what a token costs there, in any money */
} normal;

static int step_of(const tr_problem *q, double batch_seq, double context_token, tr_step *out)
{
    const tr_load load = {TR_PHASE_DECODE, batch_seq, context_token, 1.0};
    return tr_problem_step(q, q->physics, &load, out, NULL) == TR_OK;
}

static int normal_of(const tr_menu *m, normal *out)
{
    tr_step step;
    out->batch_seq = m->base.load.batch_seq;
    if (!step_of(&m->plain, out->batch_seq, m->report.context_token, &step))
        return 0;
    out->each_token_per_s = step.token_per_s_per_seq;
    out->usd = 1.0 / step.token_per_s;
    return 1;
}

/* What a price buys: the smallest batch whose token costs no more than cost_ratio times normal's, and its speed. */
static double bought(const tr_menu *m, const normal *n, double cost_ratio, double *batch_seq)
{
    double low = 0.0, high = n->batch_seq;
    tr_step step;
    while (high - low > 1.0) {
        const double here = floor(0.5 * (low + high));
        if (step_of(&m->plain, here, m->report.context_token, &step) && 1.0 / step.token_per_s <= cost_ratio * n->usd)
            high = here;
        else
            low = here;
    }
    *batch_seq = high;
    return step_of(&m->plain, high, m->report.context_token, &step) ? step.token_per_s_per_seq / n->each_token_per_s
                                                                    : (double)NAN;
}

/* What the speed costs on chips of its own, as many times as there are, laid out for one sequence. */
static double on_chips(const tr_menu *m, const normal *n, double speed_ratio, double chip_ratio, double *batch_seq)
{
    const tr_problem *q = &m->plain;
    tr_problem own;
    tr_step step;
    tr_system system;
    if (tr_system_recount(q->system, q->system->chip_count * chip_ratio, &system, NULL) != TR_OK ||
        tr_problem_of(m->scenario, q->model, &system, &own, NULL) != TR_OK ||
        tr_problem_drafting(&own, 0.0, (double)NAN, &own, NULL) != TR_OK ||
        !step_of(&own, 1.0, m->report.context_token, &step) ||
        !(step.token_per_s_per_seq >= ENOUGH * speed_ratio * n->each_token_per_s))
        return (double)NAN;
    double low = 1.0, high = n->batch_seq;
    while (high - low > 1.0) {
        const double here = floor(0.5 * (low + high));
        if (step_of(&own, here, m->report.context_token, &step) &&
            step.token_per_s_per_seq >= ENOUGH * speed_ratio * n->each_token_per_s)
            low = here;
        else
            high = here;
    }
    *batch_seq = low;
    (void)step_of(&own, low, m->report.context_token, &step);
    return chip_ratio / step.token_per_s / n->usd;
}

static const char *three(double value, char *out, size_t size)
{
    return tr_print_three(value, TR_UNIT_NONE, out, size);
}

/* What else is as fast: drafts, or chips of its own. Sets the batch and its price; 0: nothing that was tried. */
static int other_way(const tr_menu *m, const normal *n, tr_menu_judged *o, char *text, size_t size)
{
    const double wanted = ENOUGH * o->speed_ratio * n->each_token_per_s;
    const double most = isnan(o->price_ratio) ? HUGE_VAL : o->price_ratio;
    char cost[24];
    tr_step step;
    o->cost_ratio = (double)NAN;
    if (m->has_drafts && tr_menu_batch(m, 1, wanted, &o->fast_batch_seq, NULL) == TR_OK &&
        step_of(&m->drafted, o->fast_batch_seq, m->report.context_token, &step)) {
        o->cost_ratio = 1.0 / step.token_per_s / n->usd;
        (void)snprintf(text, size, "with %.0f drafts batch %.0f is, for x%s the price", m->drafted.formats.draft_token,
                       o->fast_batch_seq, three(o->cost_ratio, cost, sizeof cost));
    }
    for (double chips = 1.0; !(ENOUGH * o->cost_ratio <= most) && chips <= MOST_CHIPS_RATIO; chips *= 2.0) {
        double batch = 0.0;
        const double here = on_chips(m, n, o->speed_ratio, chips, &batch);
        if (!(here > 0.0) || here >= o->cost_ratio)
            continue;
        o->cost_ratio = here;
        o->fast_batch_seq = batch;
        o->chip_ratio = chips;
        (void)snprintf(text, size, "%.0f chips laid out for it are, at batch %.0f for x%s the price",
                       chips * m->plain.system->chip_count, batch, three(here, cost, sizeof cost));
    }
    return o->cost_ratio > 0.0;
}

/* Batches alone do not give the speed, or not at the price: `why` says which. */
static void say_need(const tr_menu *m, const normal *n, const char *why, tr_menu_judged *o)
{
    char text[160] = "";
    if (!other_way(m, n, o, text, sizeof text)) {
        o->plausible = 0;
        o->fast_batch_seq = (double)NAN;
        (void)snprintf(o->verdict, sizeof o->verdict, "not here: %s; nor do drafts or %.0f chips give it", why,
                       MOST_CHIPS_RATIO * m->plain.system->chip_count);
        return;
    }
    o->plausible = isnan(o->price_ratio) || ENOUGH * o->cost_ratio <= o->price_ratio;
    (void)snprintf(o->verdict, sizeof o->verdict, "%s: %s; %s",
                   o->plausible ? "plausible, not by batch alone" : "not here", why, text);
}

/* One sequence alone is not as fast. */
static void say_alone(const tr_menu *m, const normal *n, tr_menu_judged *o)
{
    tr_step one;
    char alone[24], why[96];
    (void)step_of(&m->plain, 1.0, m->report.context_token, &one);
    (void)snprintf(why, sizeof why, "alone a sequence is x%s as fast in this layout",
                   three(one.token_per_s_per_seq / n->each_token_per_s, alone, sizeof alone));
    say_need(m, n, why, o);
}

/* A batch gives the speed, at its price. */
static void say_speed(const tr_menu *m, const normal *n, double batch, tr_menu_judged *o)
{
    char speed[24], cost[24], price[24], buys[24], most[24], why[160];
    double other = 0.0;
    tr_step step;
    (void)step_of(&m->plain, batch, m->report.context_token, &step);
    o->fast_batch_seq = batch;
    o->cost_ratio = 1.0 / step.token_per_s / n->usd;
    (void)three(o->speed_ratio, speed, sizeof speed);
    (void)three(o->cost_ratio, cost, sizeof cost);
    (void)tr_print_three(floor(n->batch_seq), TR_UNIT_SEQ, most, sizeof most);
    if (isnan(o->price_ratio)) {
        (void)snprintf(o->verdict, sizeof o->verdict,
                       "x%s the speed takes batch %.0f in place of %s, for x%s the price", speed, batch, most, cost);
        return;
    }
    (void)three(o->price_ratio, price, sizeof price);
    o->plausible = ENOUGH * o->cost_ratio <= o->price_ratio;
    o->bought_speed_ratio = bought(m, n, o->price_ratio, &other);
    (void)three(o->bought_speed_ratio, buys, sizeof buys);
    if (o->plausible) {
        (void)snprintf(o->verdict, sizeof o->verdict,
                       "plausible: batch %.0f in place of %s is x%s as fast and costs x%s, and x%s is asked", batch,
                       most, speed, cost, price);
        return;
    }
    (void)snprintf(why, sizeof why, "x%s as fast is batch %.0f and costs x%s (x%s buys x%s, batch %.0f)", speed, batch,
                   cost, price, buys, other);
    say_need(m, n, why, o);
}

/* [K65] */
void tr_menu_judge(const tr_menu *m, double price_ratio, double speed_ratio, tr_menu_judged *out)
{
    const double nan = (double)NAN;
    tr_menu_judged o = {price_ratio, speed_ratio, -1, nan, nan, nan, nan, ""};
    normal n;
    double batch = 0.0;
    char price[24], buys[24], most[24];
    if (!normal_of(m, &n)) {
        (void)snprintf(o.verdict, sizeof o.verdict, "not judged: no batch fits");
    } else if (isnan(speed_ratio)) {
        o.bought_speed_ratio = bought(m, &n, price_ratio, &o.fast_batch_seq);
        o.cost_ratio = price_ratio;
        (void)three(price_ratio, price, sizeof price);
        (void)three(o.bought_speed_ratio, buys, sizeof buys);
        (void)tr_print_three(floor(n.batch_seq), TR_UNIT_SEQ, most, sizeof most);
        (void)snprintf(o.verdict, sizeof o.verdict, "x%s the price buys x%s, batch %.0f of %s (speed not told)", price,
                       buys, o.fast_batch_seq, most);
    } else if (tr_menu_batch(m, 0, ENOUGH * speed_ratio * n.each_token_per_s, &batch, NULL) == TR_OK) {
        say_speed(m, &n, batch, &o);
    } else {
        say_alone(m, &n, &o);
    }
    *out = o;
}
