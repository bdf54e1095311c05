/* rate/balance.c -- where the lines cross: floor, ridge, balance batch, balanced context, cliff. */
#include <tokenroof/rate.h>

#include <math.h>

#include "model/context.h"
#include "pass/work.h"
#include "rate/terms.h"

#define SEARCH_MAX_TOKEN 9007199254740992.0 /* 2^53: whole numbers are exact up to here */

/* With a host there are two sides of compute and memory each, and no crossing of the two. */
static int has_host(const tr_roofline *roof) { return roof->host_byte_per_s > 0.0; }
static int has_balance(const tr_roofline *roof) { return tr_roofline_check(roof, NULL) == TR_OK && !has_host(roof); }

double tr_floor_s(const tr_roofline *roof)
{
    if (tr_roofline_check(roof, NULL) != TR_OK)
        return (double)NAN;
    /* [R6] A large batch reads every expert, so all streamed weights, once. */
    const double chips_s = step_weight_read_byte(roof->fixed_weight_byte, roof->routed_weight_byte, 1.0) /
                           (roof->byte_per_s / roof->copy_count); /* [K110] */
    if (!has_host(roof))
        return chips_s;
    const double host_s = step_weight_read_byte(roof->host_fixed_weight_byte, roof->host_routed_weight_byte, 1.0) /
                          (roof->host_byte_per_s / roof->copy_count);
    return host_s > chips_s ? host_s : chips_s;
}

double tr_ridge_flop_per_byte(const tr_roofline *roof)
{
    if (tr_roofline_check(roof, NULL) != TR_OK)
        return (double)NAN;
    return roof->flop_per_s / roof->byte_per_s; /* [R7] */
}

/* Seconds that one more sequence of this context adds to either side. With weights_only, attention's multiplies are
 * left out, as on the blackboard. */
static double compute_per_seq_s(const tr_roofline *roof, double context_token, int weights_only)
{
    const double attention = weights_only ? 0.0 : tr_model_attention_flop(roof->pooled.model, context_token);
    return (roof->flop_per_token + attention) / roof->flop_per_s;
}

static double kv_per_seq_s(const tr_roofline *roof, double context_token)
{
    return tr_roofline_kv_read_byte(roof, context_token) / roof->byte_per_s;
}

/* [R9] w + B k = m B c: the weights' time is shared out over sequences that each bring m times their compute and their
 * own KV traffic; if the traffic is no less, more of them never helps. */
static double memory_ratio_batch_seq(const tr_roofline *roof, double context_token, double memory_ratio,
                                     int weights_only)
{
    const double gain_s = memory_ratio * compute_per_seq_s(roof, context_token, weights_only) -
                          kv_per_seq_s(roof, context_token);
    return gain_s > 0.0 ? tr_floor_s(roof) / gain_s : HUGE_VAL;
}

static int is_context(const tr_roofline *roof, double context_token)
{
    return has_balance(roof) && context_token >= 0.0 && context_token <= PASS_CONTEXT_MAX_TOKEN;
}

double tr_balance_batch_seq(const tr_roofline *roof, double context_token)
{
    return is_context(roof, context_token) ? memory_ratio_batch_seq(roof, context_token, 1.0, 0) : (double)NAN;
}

double tr_memory_ratio_batch_seq(const tr_roofline *roof, double context_token, double memory_ratio)
{
    if (!is_context(roof, context_token) || !(memory_ratio > 0.0 && memory_ratio < HUGE_VAL))
        return (double)NAN;
    return memory_ratio_batch_seq(roof, context_token, memory_ratio, 0); /* [K74] */
}

/* Memory time less compute time of one sequence's share of a pass: with the weights' time for each, at a context. */
typedef struct balance {
    const tr_roofline *roof;
    double weights_per_seq_s;
    int weights_only;
} balance;

static double excess_s(const balance *b, double context_token)
{
    return b->weights_per_seq_s + kv_per_seq_s(b->roof, context_token) -
           compute_per_seq_s(b->roof, context_token, b->weights_only);
}

/* The next context above `from` where the search looks: twice as far, but not
 * past a window that fills up or a top-k that saturates, since between those
 * the excess is straight and cannot cross zero twice. */
static double next_look(const tr_model *model, double from)
{
    double next = from < 1.0 ? 1.0 : 2.0 * from;
    for (int i = 0; i < model->layer_kinds; i++) {
        const tr_layer *layer = &model->layer[i];
        for (int j = 0; j < layer->cache_count && j < TR_CACHE_MAX; j++) {
            const tr_cache *cache = &layer->cache[j];
            const double bend[2] = {ceil(cache->row_cap * cache->token_per_row),
                                    ceil(cache->read_cap * cache->token_per_row)};
            for (int b = 0; b < 2; b++)
                if (bend[b] > from && bend[b] < next)
                    next = bend[b];
        }
    }
    return next;
}

/* Smallest context at which memory time reaches compute time: whole tokens by
 * bisection, then straight between the last two. */
static double crossing_token(const balance *b)
{
    double below = 0.0;
    double excess_below = excess_s(b, below);
    if (!(excess_below < 0.0))
        return 0.0;
    double above = next_look(b->roof->pooled.model, below);
    double excess_above = excess_s(b, above);
    while (excess_above < 0.0) {
        below = above;
        excess_below = excess_above;
        above = next_look(b->roof->pooled.model, below);
        if (above > SEARCH_MAX_TOKEN)
            return HUGE_VAL;
        excess_above = excess_s(b, above);
    }
    while (above - below > 1.0) {
        const double middle = floor(0.5 * (below + above));
        const double excess_middle = excess_s(b, middle);
        if (excess_middle < 0.0) {
            below = middle;
            excess_below = excess_middle;
        } else {
            above = middle;
            excess_above = excess_middle;
        }
    }
    const double rise = excess_above - excess_below;
    return rise > 0.0 ? below + (above - below) * (-excess_below / rise) : above;
}

/* What one copy of the weights reads for its share of a batch. */
static double copy_read_byte(const tr_roofline *roof, double copy_seq)
{
    return step_weight_read_byte(roof->fixed_weight_byte, roof->routed_weight_byte,
                                 tr_expert_touched_share(roof->expert_idle_share, copy_seq));
}

/* Share of the weights' time that each sequence of a batch bears. */
static double weights_per_seq_s(const tr_roofline *roof, double batch_seq)
{
    const double copy_seq = step_copy_seq(roof, batch_seq);
    return copy_read_byte(roof, copy_seq) / roof->byte_per_s / copy_seq;
}

double tr_balance_context_token(const tr_roofline *roof)
{
    const balance b = {.roof = roof}; /* [R10] weights shared out over so many that only the slopes count */
    return has_balance(roof) ? crossing_token(&b) : (double)NAN;
}

static int is_batch(const tr_roofline *roof, double batch_seq)
{
    return has_balance(roof) && batch_seq >= 1.0 && batch_seq <= PASS_BATCH_MAX_SEQ;
}

double tr_cliff_context_token(const tr_roofline *roof, double batch_seq)
{
    if (!is_batch(roof, batch_seq))
        return (double)NAN;
    /* [R11] The same crossing with this batch's share of the weights on the memory side. */
    const balance b = {.roof = roof, .weights_per_seq_s = weights_per_seq_s(roof, batch_seq)};
    return crossing_token(&b);
}

/* [R31] */
void tr_weights_balance_of(const tr_roofline *roof, double batch_seq, double context_token, tr_weights_balance *out)
{
    const double none = (double)NAN;
    *out = (tr_weights_balance){none, none, none};
    if (!is_batch(roof, batch_seq) || !is_context(roof, context_token))
        return;
    const balance slopes = {.roof = roof, .weights_only = 1};
    const balance cliff = {
        .roof = roof, .weights_per_seq_s = weights_per_seq_s(roof, batch_seq), .weights_only = 1};
    *out = (tr_weights_balance){memory_ratio_batch_seq(roof, context_token, 1.0, 1), crossing_token(&slopes),
                                crossing_token(&cliff)};
}

/* Memory time less compute time of a pass of query_token new tokens a sequence. */
static double pass_excess_s(const tr_roofline *roof, double batch_seq, double context_token, double query_token)
{
    const tr_load load = {TR_PHASE_PREFILL, batch_seq, context_token, query_token};
    tr_step step;
    if (tr_bound_step(roof, &load, &step, NULL) != TR_OK)
        return (double)NAN;
    return step.weights_s + step.kv_s - step.compute_s;
}

/* [R30] Weights are read once however many tokens a pass has: doubling finds a length that compute bounds, halving the
 * first. */
double tr_ridge_query_token(const tr_roofline *roof, double batch_seq, double context_token)
{
    if (!is_batch(roof, batch_seq) || !is_context(roof, context_token))
        return (double)NAN;
    double below = 1.0, above = 1.0;
    while (pass_excess_s(roof, batch_seq, context_token, above) > 0.0) {
        below = above;
        above *= 2.0;
        if (above > 1e9)
            return HUGE_VAL;
    }
    for (int i = 0; i < 60 && above > below; i++) {
        const double middle = 0.5 * (below + above);
        if (pass_excess_s(roof, batch_seq, context_token, middle) > 0.0)
            below = middle;
        else
            above = middle;
    }
    return above;
}

double tr_weight_intensity_flop_per_byte(const tr_roofline *roof, double batch_seq)
{
    if (tr_roofline_check(roof, NULL) != TR_OK || !(batch_seq >= 1.0 && batch_seq <= PASS_BATCH_MAX_SEQ))
        return (double)NAN;
    /* [R15] Every sequence multiplies the weights again; reading them is shared. */
    const double copy_seq = step_copy_seq(roof, batch_seq);
    return copy_seq * roof->flop_per_token / copy_read_byte(roof, copy_seq);
}

double tr_attention_intensity_flop_per_byte(const tr_roofline *roof, double context_token)
{
    if (tr_roofline_check(roof, NULL) != TR_OK ||
        !(context_token >= 0.0 && context_token <= PASS_CONTEXT_MAX_TOKEN))
        return (double)NAN;
    /* [R16] Both grow with the sequence's own context: batching moves neither. */
    const double byte = tr_roofline_kv_read_byte(roof, context_token);
    return byte > 0.0 ? tr_model_attention_flop(roof->pooled.model, context_token) / byte : 0.0;
}

double tr_drain_s(const tr_roofline *roof)
{
    if (tr_roofline_check(roof, NULL) != TR_OK)
        return (double)NAN;
    return roof->memory_byte / roof->byte_per_s; /* [R14] */
}
