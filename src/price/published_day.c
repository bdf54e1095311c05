/* price/published_day.c -- a provider's published day: its cost, its revenue, and the batch its speeds imply. */
#include "price/published_day.h"

#include "base/check.h"
#include "base/fail.h"

#define DAY_S 86400.0

static tr_status check(const tr_fleet_day *d, tr_error *err)
{
    const struct {
        char name[28];
        double value;
    } positive[] = {
        {"node_count", d->node_count},
        {"node_chip", d->node_chip},
        {"chip_usd_per_hour", d->chip_usd_per_hour},
        {"input_token", d->input_token},
        {"output_token", d->output_token},
        {"prefill_node_token_per_s", d->prefill_node_token_per_s},
        {"decode_node_token_per_s", d->decode_node_token_per_s},
        {"seq_token_per_s", d->seq_token_per_s},
        {"unit_chip", d->unit_chip},
        {"balance_batch_seq", d->balance_batch_seq},
        {"input_usd_per_mtoken", d->input_usd_per_mtoken},
        {"output_usd_per_mtoken", d->output_usd_per_mtoken},
    };
    for (size_t i = 0; i < sizeof positive / sizeof positive[0]; i++) {
        const tr_status s = tr_check_positive(positive[i].name, positive[i].value, err);
        if (s != TR_OK)
            return s;
    }
    tr_status s = tr_check_nonnegative("cached_token", d->cached_token, err);
    if (s == TR_OK)
        s = tr_check_nonnegative("cached_usd_per_mtoken", d->cached_usd_per_mtoken, err);
    if (s == TR_OK && d->cached_token > d->input_token)
        s = tr_fail(err, TR_ECONFLICT, "cached_token", d->cached_token, "cached tokens are a part of the input tokens");
    return s;
}

tr_status tr_fleet_day_of(const tr_fleet_day *d, tr_fleet_answer *out, tr_error *err)
{
    if (d == NULL)
        return tr_fail(err, TR_EMISSING, "day", 0.0, "expected a published day");
    const tr_status s = check(d, err);
    if (s != TR_OK)
        return s;
    /* [K18] */
    const double node_usd_per_s = d->node_chip * d->chip_usd_per_hour / 3600.0;
    tr_fleet_answer a = {
        .cost_usd = d->node_count * node_usd_per_s * DAY_S,
        .revenue_usd = ((d->input_token - d->cached_token) * d->input_usd_per_mtoken +
                        d->cached_token * d->cached_usd_per_mtoken + d->output_token * d->output_usd_per_mtoken) /
                       1e6,
        .prefill_node_count = d->input_token / (d->prefill_node_token_per_s * DAY_S),
        .decode_node_count = d->output_token / (d->decode_node_token_per_s * DAY_S),
        .chip_token_per_s = d->decode_node_token_per_s / d->node_chip,
        .prefill_usd_per_mtoken = node_usd_per_s / d->prefill_node_token_per_s * 1e6,
        .decode_usd_per_mtoken = node_usd_per_s / d->decode_node_token_per_s * 1e6,
    };
    a.margin_ratio = (a.revenue_usd - a.cost_usd) / a.cost_usd;
    a.needed_node_count = a.prefill_node_count + a.decode_node_count;
    a.chip_seq = a.chip_token_per_s / d->seq_token_per_s;
    a.unit_seq = a.chip_seq * d->unit_chip;
    a.batch_balance_ratio = a.unit_seq / d->balance_batch_seq;
    a.decode_prefill_ratio = a.decode_usd_per_mtoken / a.prefill_usd_per_mtoken;
    *out = a;
    return TR_OK;
}
