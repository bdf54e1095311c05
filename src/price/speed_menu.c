/* price/speed_menu.c -- cost against speed: a batch for a speed, and what a fast mode's two ratios imply. */
#include "price/speed_menu.h"

#include <math.h>

#include "base/fail.h"

#define RATIO_MAX 1e6
#define BATCH_MAX_SEQ 1e9

tr_status tr_menu_ratio_of(double price_ratio, double speed_ratio, tr_menu_ratio *out, tr_error *err)
{
    if (!(speed_ratio >= 1.0 && speed_ratio <= RATIO_MAX))
        return tr_fail(err, TR_EDOMAIN, "speed_ratio", speed_ratio,
                       "a fast mode is 1 to 1e6 times as fast as the normal one");
    if (!(price_ratio > 1.0 && price_ratio <= RATIO_MAX))
        return tr_fail(err, TR_EDOMAIN, "price_ratio", price_ratio,
                       "a fast mode's token costs more than 1 and at most 1e6 times the normal one");
    /* [K3] Price is step over batch, so the batches differ by price x speed; with T = w + k B the
     * speeds then fix how much KV there must be. */
    const double batch_ratio = price_ratio * speed_ratio;
    const double kv_ratio = (speed_ratio - 1.0) / (speed_ratio * (price_ratio - 1.0));
    *out = (tr_menu_ratio){
        .batch_ratio = batch_ratio,
        .fast_kv_ratio = kv_ratio,
        .fast_kv_share = kv_ratio / (1.0 + kv_ratio),
        .normal_kv_share = batch_ratio * kv_ratio / (1.0 + batch_ratio * kv_ratio),
    };
    return TR_OK;
}

static tr_status check(const tr_roofline *roof, const tr_shard *shard, double context_token, tr_error *err)
{
    if (roof == NULL || shard == NULL)
        return tr_fail(err, TR_EMISSING, roof == NULL ? "roof" : "shard", 0.0, "expected a roofline and a shard");
    if (!(context_token >= 0.0 && context_token <= 1e12))
        return tr_fail(err, TR_EDOMAIN, "context_token", context_token, "the context must be 0 to 1e12 tokens");
    return TR_OK;
}

tr_status tr_menu_batches(const tr_roofline *roof, const tr_shard *shard, double context_token,
                          const tr_menu_ratio *ratio, double *fast_batch_seq, double *normal_batch_seq, tr_error *err)
{
    const tr_status status = check(roof, shard, context_token, err);
    if (status != TR_OK)
        return status;
    if (ratio == NULL || !(ratio->batch_ratio > 1.0 && ratio->fast_kv_ratio >= 0.0))
        return tr_fail(err, TR_EDOMAIN, "ratio", 0.0, "expected the ratios of a fast mode");
    const double weights_s = tr_floor_s(roof);
    const double kv_s = tr_roofline_kv_read_byte(roof, context_token) / roof->byte_per_s;
    if (!(kv_s > 0.0))
        return tr_fail(err, TR_ENOFIT, "context_token", context_token,
                       "without a KV cache every batch below balance has the same speed: no fast mode exists");
    const double fast_seq = ratio->fast_kv_ratio * weights_s / kv_s;
    const double normal_seq = fast_seq * ratio->batch_ratio;
    const double each_seq = fast_seq / roof->copy_count;
    if (!(each_seq >= 1.0))
        return tr_fail(err, TR_ENOFIT, "speed_ratio", each_seq,
                       "the fast mode would run %.3g of a sequence: one alone already reads too much KV", each_seq);
    if (!(normal_seq <= tr_shard_max_batch_seq(shard, context_token)))
        return tr_fail(err, TR_ENOFIT, "memory_byte", normal_seq,
                       "the normal mode would need a batch of %.4g, and the memory holds %.4g", normal_seq,
                       tr_shard_max_batch_seq(shard, context_token));
    if (normal_seq > tr_balance_batch_seq(roof, context_token))
        return tr_fail(err, TR_ENOFIT, "price_ratio", normal_seq,
                       "the normal mode would need a batch of %.4g, where compute bounds it: it would be slower, "
                       "not cheaper", normal_seq);
    *fast_batch_seq = fast_seq;
    *normal_batch_seq = normal_seq;
    return TR_OK;
}

tr_status tr_batch_for_speed(const tr_roofline *roof, const tr_shard *shard, double context_token,
                             double token_per_s, double *batch_seq, tr_error *err)
{
    tr_status status = check(roof, shard, context_token, err);
    if (status != TR_OK)
        return status;
    if (!(token_per_s > 0.0 && token_per_s <= 1e12))
        return tr_fail(err, TR_EDOMAIN, "token_per_s", token_per_s, "a speed is above 0 and at most 1e12 tokens/s");
    tr_load load = {.phase = TR_PHASE_DECODE, .batch_seq = 1.0, .context_token = context_token, .query_token = 1.0};
    tr_step step;
    status = tr_bound_step(roof, &load, &step, err);
    if (status != TR_OK)
        return status;
    if (!(step.token_per_s_per_seq >= token_per_s))
        return tr_fail(err, TR_ENOFIT, "token_per_s", token_per_s,
                       "one sequence alone gets %.4g tokens/s: no batch reaches %.4g", step.token_per_s_per_seq,
                       token_per_s);
    /* [K4] The step only grows with the batch, so halving finds the last one that is fast enough. */
    double low = 1.0, high = tr_shard_max_batch_seq(shard, context_token);
    if (!(high <= BATCH_MAX_SEQ))
        high = BATCH_MAX_SEQ;
    while (low < high) {
        const double middle = low + floor((high - low + 1.0) / 2.0);
        load.batch_seq = middle;
        status = tr_bound_step(roof, &load, &step, err);
        if (status != TR_OK)
            return status;
        if (step.token_per_s_per_seq >= token_per_s)
            low = middle;
        else
            high = middle - 1.0;
    }
    *batch_seq = low;
    return TR_OK;
}

/* ---- the floor ------------------------------------------------------------------- */

/* [K2] Cost a token falls as 1 / B and flattens at the larger of the two. */
double tr_unshared_compute_s(const tr_roofline *roof, double context_token)
{
    return (roof->flop_per_token + tr_model_attention_flop(roof->pooled.model, context_token)) / roof->flop_per_s;
}

double tr_unshared_kv_s(const tr_roofline *roof, double context_token)
{
    return tr_roofline_kv_read_byte(roof, context_token) / roof->byte_per_s;
}

double tr_floor_usd_per_mtoken(const tr_roofline *roof, double context_token)
{
    const double compute_s = tr_unshared_compute_s(roof, context_token);
    const double kv_s = tr_unshared_kv_s(roof, context_token);
    if (!(roof->usd_per_s > 0.0) || isnan(compute_s) || isnan(kv_s))
        return (double)NAN;
    return roof->usd_per_s * (compute_s > kv_s ? compute_s : kv_s) * 1e6;
}
