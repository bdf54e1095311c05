/* ask/tiers_working.c -- the equations behind `tiers`, with their numbers put in. */
#include "ask/tiers_row.h"

#include <math.h>

/* A place's slope and start, those of computing again among them. */
static double hold_of(const tr_tiers_place *p) { return p->tier == NULL ? 0.0 : p->cost.hold_usd_per_byte_s; }

static double fetch_of(const tr_tiers *t, const tr_tiers_place *p)
{
    return p->tier == NULL ? t->recompute_usd.predicted / t->held_byte : p->cost.fetch_usd_per_byte;
}

static double write_of(const tr_tiers_place *p) { return p->tier == NULL ? 0.0 : p->cost.write_usd_per_byte; }

static void money_workings(const tr_tiers *t, tr_workings *out)
{
    const tr_roofline *roof = &t->question->roof;
    const tr_tiers_place *own = &t->place[0];
    tr_working *w;
    if (own->counts && own->tier != NULL) {
        w = tr_working_start(out, "K5");
        tr_working_put(w, "cost", TR_UNIT_USD, tr_hold_usd(&own->cost, t->held_byte, t->hold_s[0], t->fetch_count), 1);
        tr_working_put(w, "held", TR_UNIT_BYTE, t->held_byte, 0);
        tr_working_put(w, "write", TR_UNIT_NONE, own->cost.write_usd_per_byte, 0);
        tr_working_put(w, "hold", TR_UNIT_NONE, own->cost.hold_usd_per_byte_s, 0);
        tr_working_put(w, "T", TR_UNIT_SECOND, t->hold_s[0], 0);
        tr_working_put(w, "fetch", TR_UNIT_NONE, own->cost.fetch_usd_per_byte, 0);
        tr_working_put(w, "n", TR_UNIT_NONE, t->fetch_count, 0);
    }
    w = tr_working_start(out, "K6");
    tr_working_put(w, "recompute", TR_UNIT_USD, t->recompute_usd.predicted, 1);
    tr_working_put(w, "N_mul", TR_UNIT_NONE, roof->flop_per_token / 2, 0);
    tr_working_put(w, "L", TR_UNIT_TOKEN, t->context_token, 0);
    tr_working_put(w, "attention(L)", TR_UNIT_FLOP, t->recompute_flop - roof->flop_per_token * t->context_token, 0);
    tr_working_put(w, "F", TR_UNIT_FLOP_PER_S, roof->flop_per_s, 0);
    tr_working_put(w, "mfu", TR_UNIT_NONE, t->mfu, 0);
    tr_working_put(w, "usd_per_s", TR_UNIT_USD, roof->usd_per_s, 0);
    for (size_t i = 1; i < t->cheapest_count; i++) {
        const tr_tiers_place *a = &t->place[t->cheapest[i - 1].place], *b = &t->place[t->cheapest[i].place];
        w = tr_working_start(out, "K7");
        tr_working_put(w, "T_be", TR_UNIT_SECOND, t->cheapest[i].from_s, 1);
        tr_working_put(w, "n", TR_UNIT_NONE, t->fetch_count, 0);
        tr_working_put(w, "write_b", TR_UNIT_NONE, write_of(b), 0);
        tr_working_put(w, "write_a", TR_UNIT_NONE, write_of(a), 0);
        tr_working_put(w, "fetch_b", TR_UNIT_NONE, fetch_of(t, b), 0);
        tr_working_put(w, "fetch_a", TR_UNIT_NONE, fetch_of(t, a), 0);
        tr_working_put(w, "hold_a", TR_UNIT_NONE, hold_of(a), 0);
        tr_working_put(w, "hold_b", TR_UNIT_NONE, hold_of(b), 0);
    }
}

static void price_workings(const tr_tiers *t, tr_workings *out)
{
    size_t last = t->hold_count; /* the longest hold that is worth it: its place is the cheapest then */
    while (last > 0 && (tr_tiers_cheapest(t, t->hold_s[last - 1]) < 0 ||
                        t->place[tr_tiers_cheapest(t, t->hold_s[last - 1])].tier == NULL))
        last--;
    if (last == 0)
        return;
    const double hold_s = t->hold_s[last - 1];
    const int best = tr_tiers_cheapest(t, hold_s);
    const tr_tiers_place *p = &t->place[best];
    tr_working *w = tr_working_start(out, "K56");
    tr_working_put(w, "x", TR_UNIT_NONE, tr_tiers_hit_price(t, best, hold_s).predicted, 1);
    tr_working_put(w, "cost", TR_UNIT_USD, tr_hold_usd(&p->cost, t->held_byte, hold_s, t->fetch_count), 0);
    tr_working_put(w, "n", TR_UNIT_NONE, t->fetch_count, 0);
    tr_working_put(w, "recompute", TR_UNIT_USD, t->recompute_usd.predicted, 0);
    w = tr_working_start(out, "K57");
    tr_working_put(w, "w", TR_UNIT_NONE, tr_tiers_write_premium(t, best, hold_s).predicted, 1);
    tr_working_put(w, "held", TR_UNIT_BYTE, t->held_byte, 0);
    tr_working_put(w, "write", TR_UNIT_NONE, p->cost.write_usd_per_byte, 0);
    tr_working_put(w, "hold", TR_UNIT_NONE, p->cost.hold_usd_per_byte_s, 0);
    tr_working_put(w, "T", TR_UNIT_SECOND, hold_s, 0);
    tr_working_put(w, "recompute", TR_UNIT_USD, t->recompute_usd.predicted, 0);
}

static void time_workings(const tr_tiers *t, tr_workings *out)
{
    if (t->place_count <= 2)
        return;
    const tr_tiers_place *a = &t->place[0], *b = &t->place[1];
    tr_working *w;
    w = tr_working_start(out, "K55");
    tr_working_put(w, "T_d", TR_UNIT_SECOND, a->drain_even_s, 1);
    tr_working_put(w, "drain_a", TR_UNIT_SECOND, tr_tier_drain_s(a->tier), 0);
    tr_working_put(w, "drain_b", TR_UNIT_SECOND, tr_tier_drain_s(b->tier), 0);
    if (!isfinite(b->ttft_s.predicted))
        return;
    w = tr_working_start(out, "K58");
    tr_working_put(w, "ttft", TR_UNIT_SECOND, b->ttft_s.predicted, 1);
    tr_working_put(w, "rest", TR_UNIT_SECOND, a->ttft_s.predicted, 0);
    tr_working_put(w, "stall", TR_UNIT_NONE, t->terms.stall_ratio, 0);
    tr_working_put(w, "fetch", TR_UNIT_SECOND, b->fetch_s.predicted, 0);
}

/* As many premiums as were asked for, and find room. */
static void premium_workings(const tr_tiers *t, tr_workings *out)
{
    for (size_t i = 0; i < t->premium_count && out->count < TR_WORKING_MAX; i++) {
        tr_working *w = tr_working_start(out, "K9");
        tr_working_put(w, "hits", TR_UNIT_NONE, tr_premium_hit_count(t->write_ratio[i], t->read_ratio), 1);
        tr_working_put(w, "w", TR_UNIT_NONE, t->write_ratio[i], 0);
        tr_working_put(w, "r", TR_UNIT_NONE, t->read_ratio, 0);
    }
}

void tr_tiers_workings(const tr_tiers *t, tr_workings *out)
{
    out->count = 0;
    if (t->cheapest_count > 0)
        money_workings(t, out);
    price_workings(t, out);
    time_workings(t, out);
    premium_workings(t, out);
}
