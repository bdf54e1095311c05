/* rate/array.c -- many decode steps at once: structure of arrays, written for the compiler's vectoriser.
 *
 * The loops have no branch and no call. What is out of range is replaced by
 * NaN without one, so that one bad element costs its neighbours nothing.
 */
#include <tokenroof/rate.h>

#include <math.h>
#include <stdint.h>

#include "pass/experts.h"
#include "pass/work.h"
#include "rate/terms.h"

#define BLOCK 128      /* elements: fits the first cache and a small stack with room to spare */
#define TABLE_MIN 48   /* fewer than this and filling a table costs more than it saves */

/* 0 where the whole element is in range, else NaN: added to a term it changes
 * nothing or everything, and costs one instruction where a branch would cost the loop. */
static inline double poison(double batch_seq, double kv_byte, double attention_flop)
{
    const int fine = (batch_seq >= 1.0) & (batch_seq <= PASS_BATCH_MAX_SEQ) & (kv_byte >= 0.0) &
                     (kv_byte <= STEP_PER_SEQ_MAX) & (attention_flop >= 0.0) & (attention_flop <= STEP_PER_SEQ_MAX);
    return fine ? 0.0 : (double)NAN;
}

/* No experts: the weights' time is the same for every element. */
static void dense_block(const tr_roofline *roof, size_t n, const double *restrict batch_seq,
                        const double *restrict kv_byte, const double *restrict attention_flop,
                        double *restrict compute_s, double *restrict weights_s, double *restrict kv_s,
                        double *restrict step_s)
{
    const double flop_per_s = roof->flop_per_s / roof->copy_count, byte_per_s = roof->byte_per_s / roof->copy_count;
    const double token_flop = roof->flop_per_token;
    const double all_byte = step_weight_read_byte(roof->fixed_weight_byte, roof->routed_weight_byte, 1.0);
    const double all_weights_s = all_byte / byte_per_s;
    for (size_t i = 0; i < n; i++) {
        const double bad = poison(batch_seq[i], kv_byte[i], attention_flop[i]);
        const double batch = batch_seq[i] + bad;
        const double compute = step_flop(batch, token_flop, attention_flop[i]) / flop_per_s;
        const double weights = all_weights_s + bad;
        const double kv = batch * kv_byte[i] / byte_per_s;
        compute_s[i] = compute;
        weights_s[i] = weights;
        kv_s[i] = kv;
        step_s[i] = step_time_s(compute, weights, kv);
    }
}

/* Experts: the same with the idle experts' power looked up beforehand. */
static void expert_block(const tr_roofline *roof, size_t n, const double *restrict batch_seq,
                         const double *restrict kv_byte, const double *restrict attention_flop,
                         const double *restrict idle_power, const double *restrict part_token,
                         double *restrict compute_s, double *restrict weights_s, double *restrict kv_s,
                         double *restrict step_s)
{
    const double flop_per_s = roof->flop_per_s / roof->copy_count, byte_per_s = roof->byte_per_s / roof->copy_count;
    const double token_flop = roof->flop_per_token;
    const double fixed = roof->fixed_weight_byte, routed = roof->routed_weight_byte, idle = roof->expert_idle_share;
    for (size_t i = 0; i < n; i++) {
        const double bad = poison(batch_seq[i], kv_byte[i], attention_flop[i]);
        const double batch = batch_seq[i] + bad;
        const double touched = 1.0 - expert_idle_after(idle_power[i], part_token[i], idle);
        const double compute = step_flop(batch, token_flop, attention_flop[i]) / flop_per_s;
        const double weights = step_weight_read_byte(fixed, routed, touched) / byte_per_s + bad;
        const double kv = batch * kv_byte[i] / byte_per_s;
        compute_s[i] = compute;
        weights_s[i] = weights;
        kv_s[i] = kv;
        step_s[i] = step_time_s(compute, weights, kv);
    }
}

/* Split batches into whole and part and look up idle^whole. Out-of-range ones count as 1: they become NaN later. */
static void look_up(tr_expert_table *table, double idle_share, size_t n, size_t total, const double *restrict batch_seq,
                    double *restrict idle_power, double *restrict part_token)
{
    uint32_t whole[BLOCK];
    uint32_t bits = 0;
    for (size_t i = 0; i < n; i++) {
        const int fine = (batch_seq[i] >= 1.0) & (batch_seq[i] <= PASS_BATCH_MAX_SEQ);
        const double b = fine ? batch_seq[i] : 1.0;
        const int32_t w = (int32_t)b; /* below 2^31 by the range above; signed converts in one instruction */
        whole[i] = (uint32_t)w;
        part_token[i] = b - (double)w;
        bits |= (uint32_t)w;
    }
    if (total < TABLE_MIN) {
        for (size_t i = 0; i < n; i++)
            idle_power[i] = tr_expert_idle_power(idle_share, whole[i]);
        return;
    }
    const int groups = bits >> 24 ? 4 : bits >> 16 ? 3 : bits >> 8 ? 2 : 1;
    tr_expert_table_fill(table, groups);
    const double *restrict low = table->power[0], *restrict mid = table->power[1];
    if (groups == 1) {
        for (size_t i = 0; i < n; i++)
            idle_power[i] = low[whole[i]];
    } else {
        for (size_t i = 0; i < n; i++)
            idle_power[i] = low[whole[i] & 255u] * mid[whole[i] >> 8 & 255u];
        for (int g = 2; g < groups; g++)
            for (size_t i = 0; i < n; i++)
                idle_power[i] *= table->power[g][whole[i] >> (8 * g) & 255u];
    }
}

void tr_bound_step_array(const tr_roofline *roof, size_t n,
                         const double *batch_seq, const double *kv_read_byte, const double *attention_flop,
                         double *compute_s, double *weights_s, double *kv_s, double *step_s)
{
    double spare[4][BLOCK]; /* for outputs the caller does not want */
    double idle_power[BLOCK], part_token[BLOCK], copy_seq[BLOCK];
    tr_expert_table table;
    if (tr_roofline_check(roof, NULL) != TR_OK || roof->host_byte_per_s > 0.0) {
        double *const out[4] = {compute_s, weights_s, kv_s, step_s};
        for (int k = 0; k < 4; k++)
            for (size_t i = 0; out[k] != NULL && i < n; i++)
                out[k][i] = (double)NAN;
        return;
    }
    const int experts = roof->expert_idle_share > 0.0 && roof->routed_weight_byte > 0.0;
    tr_expert_table_init(&table, roof->expert_idle_share);
    for (size_t at = 0; at < n; at += BLOCK) {
        const size_t count = n - at < BLOCK ? n - at : BLOCK;
        double *compute = compute_s != NULL ? compute_s + at : spare[0];
        double *weights = weights_s != NULL ? weights_s + at : spare[1];
        double *kv = kv_s != NULL ? kv_s + at : spare[2];
        double *step = step_s != NULL ? step_s + at : spare[3];
        const double *batch = batch_seq + at;
        if (roof->copy_count > 1.0) { /* copies are alike: what one of them does */
            for (size_t i = 0; i < count; i++)
                copy_seq[i] = step_copy_seq(roof, batch[i]);
            batch = copy_seq;
        }
        if (experts) {
            look_up(&table, roof->expert_idle_share, count, n, batch, idle_power, part_token);
            expert_block(roof, count, batch, kv_read_byte + at, attention_flop + at, idle_power,
                         part_token, compute, weights, kv, step);
        } else {
            dense_block(roof, count, batch, kv_read_byte + at, attention_flop + at, compute, weights, kv,
                        step);
        }
    }
}
