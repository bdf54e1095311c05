/* ask/tiers_row.c -- the fields of the rows of `tiers`: a place, and a place held for a time. */
#include "ask/tiers_row.h"

#include <math.h>

static double of_tier(const tr_tiers_row *row, double value) { return row->place->tier != NULL ? value : (double)NAN; }

static int index_of(const tr_tiers_row *row) { return (int)(row->place - row->tiers->place); }

/* Of a million tokens held. */
static double per_mtoken(const tr_tiers_row *row, double usd_per_byte)
{
    return usd_per_byte * row->tiers->held_byte_per_token * 1e6;
}

/* The chip's own memory is written by the prefill, and no chip waits for it but as its own time. */
static double beside(const tr_tiers_row *row, double usd_per_byte)
{
    return index_of(row) == 0 ? (double)NAN : per_mtoken(row, usd_per_byte);
}

static double fetch_usd(const tr_tiers_row *row)
{
    return row->place->tier != NULL ? per_mtoken(row, row->place->cost.fetch_usd_per_byte)
                                    : tr_tiers_per_mtoken(row->tiers, row->tiers->recompute_usd.predicted);
}

static double written(const tr_tiers_row *row)
{
    const tr_tier *tier = row->place->tier;
    return tier != NULL && tier->write_byte_per_s > 0.0 ? tier->write_byte_per_s : (double)NAN;
}

#define NUMBER(NAME, VALUE) TR_NUMBER(tr_tiers_row, NAME, VALUE)
#define TEXT(NAME, VALUE) TR_TEXT(tr_tiers_row, NAME, VALUE)
TEXT(name, row->place->name)
NUMBER(capacity, row->place->tier != NULL ? row->place->tier->capacity_byte : (double)NAN)
NUMBER(read_rate, row->place->tier != NULL ? row->place->tier->read_byte_per_s : (double)NAN)
NUMBER(write_rate, written(row))
NUMBER(drain, row->place->tier != NULL ? tr_tier_drain_s(row->place->tier) : (double)NAN)
NUMBER(part, row->place->usd_per_gb)
TEXT(part_source, row->place->price_source[0] != '\0' ? row->place->price_source : NULL)
NUMBER(hold_rate, per_mtoken(row, row->place->cost.hold_usd_per_byte_s * 3600.0))
NUMBER(write_once, beside(row, row->place->cost.write_usd_per_byte))
NUMBER(busy, per_mtoken(row, row->place->cost.busy_usd_per_byte))
NUMBER(stall, beside(row, row->place->cost.stall_usd_per_byte))
NUMBER(fetch, fetch_usd(row))
TR_QUANTITY(tr_tiers_row, fetch_time, row->place->fetch_s)
TR_QUANTITY(tr_tiers_row, ttft, row->place->ttft_s)
NUMBER(even, row->place->even_s)
NUMBER(drain_even, row->place->drain_even_s)
NUMBER(next_even, row->place->next_even_s)
NUMBER(until, row->place->recompute_even_s.predicted)
NUMBER(until_low, row->place->recompute_even_s.low)
NUMBER(until_high, row->place->recompute_even_s.high)
NUMBER(from, row->place->from_s)
NUMBER(to, row->place->to_s)
TR_FLAG(tr_tiers_row, counts, row->place->counts)
TEXT(why, row->place->why[0] != '\0' ? row->place->why : NULL)
NUMBER(hold, row->hold_s)
NUMBER(cost, tr_tiers_usd_per_mtoken(row->tiers, index_of(row), row->hold_s))
NUMBER(hit_price, of_tier(row, tr_tiers_hit_price(row->tiers, index_of(row), row->hold_s).predicted))
NUMBER(hit_price_low, of_tier(row, tr_tiers_hit_price(row->tiers, index_of(row), row->hold_s).low))
NUMBER(hit_price_high, of_tier(row, tr_tiers_hit_price(row->tiers, index_of(row), row->hold_s).high))
NUMBER(premium, of_tier(row, tr_tiers_write_premium(row->tiers, index_of(row), row->hold_s).predicted))
NUMBER(premium_low, of_tier(row, tr_tiers_write_premium(row->tiers, index_of(row), row->hold_s).low))
NUMBER(premium_high, of_tier(row, tr_tiers_write_premium(row->tiers, index_of(row), row->hold_s).high))
TR_FLAG(tr_tiers_row, cheapest, tr_tiers_cheapest(row->tiers, row->hold_s) == index_of(row))

static const tr_field place_field[] = {
    TR_T_HEAD("place", "place", 9, name),
    TR_N_HEAD("capacity_byte", BYTE, "a chip's", 8, capacity),
    TR_N_HEAD("read_byte_per_s", BYTE_PER_S, "read", 9, read_rate),
    TR_N_HEAD("write_byte_per_s", BYTE_PER_S, "written", 9, write_rate),
    TR_N("drain_s", SECOND, drain),
    TR_N("usd_per_gb", USD, part),
    TR_T("price_source", part_source),
    TR_N_HEAD("hold_usd_per_mtoken_hour", USD, "hold, an hour", 13, hold_rate),
    TR_N_HEAD("write_usd_per_mtoken", USD, "write once", 10, write_once),
    TR_N_HEAD("busy_usd_per_mtoken", USD, "fetch: drive", 12, busy),
    TR_N_HEAD("stall_usd_per_mtoken", USD, "chip", 10, stall),
    TR_N("fetch_usd_per_mtoken", USD, fetch),
    TR_Q("fetch_s", SECOND, fetch_time),
    TR_Q("ttft_s", SECOND, ttft),
    TR_N("even_s", SECOND, even),
    TR_N("next_even_s", SECOND, next_even),
    TR_N("next_drain_even_s", SECOND, drain_even),
    TR_N("recompute_break_even_s.predicted", SECOND, until),
    TR_N("recompute_break_even_s.low", SECOND, until_low),
    TR_N("recompute_break_even_s.high", SECOND, until_high),
    TR_N("cheapest_from_s", SECOND, from),
    TR_N("cheapest_to_s", SECOND, to),
    TR_F("counts", counts),
    TR_T("reason", why),
};
const tr_fields tr_tiers_place_fields = {place_field, sizeof place_field / sizeof place_field[0]};

static const tr_field hold_field[] = {
    TR_QUESTION_PRICED,
    TR_N("hold_s", SECOND, hold),
    TR_T("place", name),
    TR_N("usd_per_mtoken", USD_PER_MTOKEN, cost),
    TR_F("cheapest", cheapest),
    TR_N("cheapest_from_s", SECOND, from),
    TR_N("cheapest_to_s", SECOND, to),
    TR_N("hit_price_ratio.predicted", RATIO, hit_price),
    TR_N("hit_price_ratio.low", RATIO, hit_price_low),
    TR_N("hit_price_ratio.high", RATIO, hit_price_high),
    TR_N("write_premium_ratio.predicted", RATIO, premium),
    TR_N("write_premium_ratio.low", RATIO, premium_low),
    TR_N("write_premium_ratio.high", RATIO, premium_high),
    TR_N("hold_usd_per_mtoken_hour", USD, hold_rate),
    TR_N("write_usd_per_mtoken", USD, write_once),
    TR_N("busy_usd_per_mtoken", USD, busy),
    TR_N("stall_usd_per_mtoken", USD, stall),
    TR_N("drain_s", SECOND, drain),
    TR_Q("fetch_s", SECOND, fetch_time),
    TR_Q("ttft_s", SECOND, ttft),
    TR_T("price_source", part_source),
    TR_T("reason", why),
};
const tr_fields tr_tiers_hold_fields = {hold_field, sizeof hold_field / sizeof hold_field[0]};

static const tr_field priced_field[] = {TR_QUESTION_PRICED};
const tr_fields tr_tiers_priced_fields = {priced_field, sizeof priced_field / sizeof priced_field[0]};
