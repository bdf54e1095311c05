/* rate/terms.h -- the three terms of a pass by the two equations, written once: the one-case and the array entry
 * points share them. */
#ifndef TOKENROOF_SRC_RATE_TERMS_H
#define TOKENROOF_SRC_RATE_TERMS_H

#include <tokenroof/rate.h>

#include "pass/work.h"

#define STEP_PER_SEQ_MAX 1e30 /* bytes or FLOPs per sequence */

/* FLOPs of batch_seq sequences whose weight multiplies and attention are these. */
static inline double step_flop(double batch_seq, double weight_flop_per_seq, double attention_flop_per_seq)
{
    return batch_seq * (weight_flop_per_seq + attention_flop_per_seq);
}

/* [R3] Weights are read once for the whole pass, experts only where a token went. */
static inline double step_weight_read_byte(double fixed_byte, double routed_byte, double touched_share)
{
    return fixed_byte + routed_byte * touched_share;
}

/* [R1] Compute overlaps memory traffic, so the slower one decides (max); weights and KV share one bus, so their times
 * add (sum). */
static inline double step_time_s(double compute_s, double weights_s, double kv_s)
{
    const double memory_s = weights_s + kv_s;
    return compute_s > memory_s ? compute_s : memory_s;
}

/* [K110] Sequences of one copy of the weights that has any: fewer than there are copies leave copies idle. */
static inline double step_copy_seq(const tr_roofline *roof, double batch_seq)
{
    if (!(batch_seq >= 1.0 && batch_seq <= PASS_BATCH_MAX_SEQ)) /* out of range it stays, for whoever checks */
        return batch_seq;
    return batch_seq > roof->copy_count ? batch_seq / roof->copy_count : 1.0;
}

/* The rates and sizes are numbers one can divide by. */
tr_status tr_roofline_check(const tr_roofline *roof, tr_error *err);

/* One of the distances. Errors: TR_EDOMAIN. */
tr_status tr_distance_check(tr_distance distance, tr_error *err);

#endif
