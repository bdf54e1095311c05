/* price/cache_price.c -- what a held cache is worth: premiums, the price of a hit, the tier by drain time, the TTFT. */
#include "price/cache_place.h"

#include <math.h>

#include "base/extreme.h"
#include "price/constant.h"

double tr_premium_hit_count(double write_ratio, double read_ratio)
{
    if (!(write_ratio >= 0.0 && read_ratio >= 0.0 && write_ratio < HUGE_VAL && read_ratio < HUGE_VAL))
        return (double)NAN;
    if (write_ratio <= 1.0)
        return 0.0;
    return read_ratio < 1.0 ? (write_ratio - 1.0) / (1.0 - read_ratio) : HUGE_VAL; /* [K9] */
}

double tr_hit_price_ratio(double hold_usd, double recompute_usd, double fetch_count)
{
    if (!(hold_usd >= 0.0 && recompute_usd > 0.0 && fetch_count > 0.0))
        return (double)NAN;
    return hold_usd / (recompute_usd * fetch_count); /* [K56] */
}

double tr_hold_premium_ratio(const tr_place *place, double held_byte, double hold_s, double recompute_usd)
{
    if (!(recompute_usd > 0.0))
        return (double)NAN;
    return 1.0 + tr_hold_usd(place, held_byte, hold_s, 0.0) / recompute_usd; /* [K57] */
}

double tr_drain_break_even_s(const tr_tier *a, const tr_tier *b)
{
    return sqrt(tr_tier_drain_s(a) * tr_tier_drain_s(b)); /* [K55] */
}

void tr_fetch_time(double held_byte, double byte_per_s, tr_quantity *out)
{
    const double bound_s = held_byte / byte_per_s;
    *out = (tr_quantity){.predicted = bound_s / tr_price_constant("fetch.rate_share"),
                         .low = bound_s / tr_price_constant("fetch.high_rate_share"),
                         .high = bound_s / tr_price_constant("fetch.low_rate_share"),
                         .bound = bound_s};
}

/* Two times that err on their own err together by the root of the sum of squares. */
static double together(double a, double b) { return sqrt(a * a + b * b); }

void tr_hit_ttft(const tr_quantity *rest_s, const tr_quantity *fetch_s, double stall_ratio, tr_quantity *out)
{
    const tr_quantity r = *rest_s, f = *fetch_s;
    const double mean_s = r.predicted + stall_ratio * f.predicted;
    /* [K58] What is not known (NaN) stays so: larger gives its second then. */
    *out = (tr_quantity){
        .predicted = larger(f.predicted, mean_s),
        .low = larger(f.low, mean_s - together(r.predicted - r.low, stall_ratio * (f.predicted - f.low))),
        .high = larger(f.high, mean_s + together(r.high - r.predicted, stall_ratio * (f.high - f.predicted))),
        .bound = larger(f.bound, r.bound)};
}
