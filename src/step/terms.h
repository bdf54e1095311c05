/* step/terms.h -- the three terms of a pass, written once: the one-case and the
 * array entry points share them, so that they agree to the last bit. */
#ifndef TOKENROOF_SRC_STEP_TERMS_H
#define TOKENROOF_SRC_STEP_TERMS_H

#include <tokenroof/step.h>

/* Ranges a load must lie in. Wide enough for any question, narrow enough that
 * no product of them leaves the range of a double. */
#define STEP_BATCH_MAX_SEQ 1e9
#define STEP_CONTEXT_MAX_TOKEN 1e12
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

/* [R1] Compute overlaps memory traffic, so the slower one decides (max);
 * weights and KV share one bus, so their times add (sum). */
static inline double step_time_s(double compute_s, double weights_s, double kv_s)
{
    const double memory_s = weights_s + kv_s;
    return compute_s > memory_s ? compute_s : memory_s;
}

/* Share of idle experts after whole + part tokens: linear between whole numbers. */
static inline double step_idle_after(double idle_power, double part_token, double idle_share)
{
    return idle_power * (1.0 - part_token * (1.0 - idle_share));
}

/* The same pass in another time: rates and shares move with it, cost too. Terms stay what they are. */
static inline void step_take_s(tr_step *step, double step_s)
{
    const double scale = step->step_s / step_s;
    step->step_s = step_s;
    step->token_per_s *= scale;
    step->token_per_s_per_seq *= scale;
    step->token_per_s_per_chip *= scale;
    step->usd_per_mtoken /= scale;
    step->mfu *= scale;
    step->mbu *= scale;
}

/* ---- what a load takes, shared by bound.c, balance.c and capacity.c -------- */

/* The rates and sizes are numbers one can divide by. */
tr_status tr_roofline_check(const tr_roofline *roof, tr_error *err);
/* Bytes of memory that batch_seq sequences of stored_token tokens and the weights occupy.  [R12] */
double tr_resident_byte(const tr_roofline *roof, const tr_model *model, double batch_seq, double stored_token);

#endif
