/* price/oracle_deduce.c -- single deductions from a price: one equation each, solved for what it hides. */
#include "price/oracle_parts.h"

#include <math.h>

#include "base/check.h"
#include "base/fail.h"

#define NONE ((double)NAN)

double tr_implied_memory_ratio(double output_input_ratio, double efficiency_ratio)
{
    if (!tr_is_positive(output_input_ratio) || !tr_is_positive(efficiency_ratio))
        return NONE;
    return output_input_ratio * efficiency_ratio; /* [K10] */
}

double tr_implied_batch_seq(double memory_ratio, double context_ratio, double balance_batch_seq)
{
    if (!tr_is_positive(memory_ratio) || !tr_is_nonnegative(context_ratio) || !tr_is_positive(balance_batch_seq))
        return NONE;
    /* [K11] Weights take what KV leaves of the waiting. */
    const double weights = memory_ratio - context_ratio;
    return weights > 0.0 ? balance_batch_seq / weights : HUGE_VAL;
}

double tr_implied_kv_byte_per_token(double active_param, double flop_per_s, double byte_per_s, double cliff_token,
                                    double weight_share)
{
    if (!tr_is_positive(active_param) || !tr_is_positive(flop_per_s) || !tr_is_positive(byte_per_s) ||
        !tr_is_positive(cliff_token) || !(weight_share >= 0.0 && weight_share < 1.0))
        return NONE;
    /* [K12] */
    return 2.0 * active_param * byte_per_s / (flop_per_s * cliff_token) * (1.0 - weight_share);
}

double tr_implied_context_token(double long_above_token, double long_output_ratio)
{
    if (!tr_is_positive(long_above_token) || !(long_output_ratio >= 1.0 && long_output_ratio <= TR_FINITE_MAX))
        return NONE;
    return long_above_token * long_output_ratio; /* [K13] */
}

int tr_implied_tier(const tr_tier *tiers, size_t count, double hold_s)
{
    int best = -1;
    double best_ratio = HUGE_VAL;
    if (!tr_is_positive(hold_s) || tiers == NULL)
        return -1;
    for (size_t i = 0; i < count && i < TR_TIER_MAX; i++) {
        /* [K14] How far apart the two times are, as a ratio of at least 1. */
        const double drain_s = tr_tier_drain_s(&tiers[i]);
        const double ratio = drain_s > hold_s ? drain_s / hold_s : hold_s / drain_s;
        if (tr_is_positive(drain_s) && ratio < best_ratio) {
            best = (int)i;
            best_ratio = ratio;
        }
    }
    return best;
}

double tr_affordable_kv_byte_per_token(double cached_read_usd_per_mtoken, double read_byte_per_s, double chip_usd_per_s,
                                       double stall_ratio)
{
    if (!tr_is_positive(cached_read_usd_per_mtoken) || !tr_is_positive(read_byte_per_s) ||
        !tr_is_positive(chip_usd_per_s) || !(stall_ratio > 0.0 && stall_ratio <= 1.0))
        return NONE;
    /* [K15] Seconds of a chip that the price of one token buys, times what is read in them. */
    return cached_read_usd_per_mtoken / 1e6 / (chip_usd_per_s * stall_ratio) * read_byte_per_s;
}

tr_status tr_price_level_of(double usd_per_mtoken, double active_param, double flop_per_s, double mfu, double usd_per_s,
                            tr_price_level *out, tr_error *err)
{
    tr_status s = tr_check_positive("usd_per_mtoken", usd_per_mtoken, err);
    if (s == TR_OK)
        s = tr_check_positive("active_param", active_param, err);
    if (s == TR_OK)
        s = tr_check_positive("flop_per_s", flop_per_s, err);
    if (s == TR_OK)
        s = tr_check_positive("usd_per_s", usd_per_s, err);
    if (s == TR_OK && !(mfu > 0.0 && mfu <= 1.0))
        s = tr_fail(err, TR_EDOMAIN, "mfu", mfu, "a share of the peak is above 0 and at most 1");
    if (s != TR_OK)
        return s;
    /* [K16] */
    const double cost = 2.0 * active_param / (flop_per_s * mfu) * usd_per_s * 1e6;
    const double ratio = usd_per_mtoken / cost;
    *out = (tr_price_level){cost, ratio, 1.0 - 1.0 / ratio, 1.0 / ratio};
    return TR_OK;
}
