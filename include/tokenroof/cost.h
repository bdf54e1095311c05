/* tokenroof/cost.h -- what a speed costs: batches for speeds, and what price and speed ratios imply.
 *
 * Pure functions: no globals, no allocation, no I/O; any thread may call
 * them. [Kn] are the entries of docs/equations.md. On error outputs are untouched.
 */
#ifndef TOKENROOF_COST_H
#define TOKENROOF_COST_H

#include <tokenroof/base.h>
#include <tokenroof/model.h>
#include <tokenroof/step.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a fast mode says about its provider: a token at price_ratio times the
 * normal price and speed_ratio times the normal speed. Holds where memory bounds
 * both modes, T = w + k B.  [K3] */
typedef struct tr_menu_ratio {
    double batch_ratio;      /* normal batch over fast batch: price x speed */
    double fast_kv_ratio;    /* KV time over weight time in the fast step, >= 0 */
    double fast_kv_share;    /* of the fast step */
    double normal_kv_share;  /* of the normal step */
} tr_menu_ratio;

/* price_ratio > 1, speed_ratio >= 1 and both <= 1e6. Errors: TR_EDOMAIN. */
TR_API tr_status tr_menu_ratio_of(double price_ratio, double speed_ratio, tr_menu_ratio *out, tr_error *err);

/* The two batches with those ratios on a machine, if it has them: both fit the memory, are at least one
 * sequence, and memory bounds them. Real numbers, since ratios are.  [K3]
 * Errors: TR_ENOFIT (the text says which of these fails), TR_EDOMAIN. */
TR_API tr_status tr_menu_batches(const tr_roofline *roof, const tr_model *model, double context_token,
                                 const tr_menu_ratio *ratio, double *fast_batch_seq, double *normal_batch_seq,
                                 tr_error *err);

/* The largest whole batch in which a sequence still gets token_per_s, within the memory.  [K4]
 * Errors: TR_ENOFIT (not even one sequence alone; or it does not fit), TR_EDOMAIN. */
TR_API tr_status tr_batch_for_speed(const tr_roofline *roof, const tr_model *model, double context_token,
                                    double token_per_s, double *batch_seq, tr_error *err);

/* What no batch of sequences can share: each one's own multiplies, and the reading of its own cache. Seconds of the
 * whole system a token; NaN out of range.  [K2] */
TR_API double tr_unshared_compute_s(const tr_roofline *roof, const tr_model *model, double context_token);
TR_API double tr_unshared_kv_s(const tr_roofline *roof, const tr_model *model, double context_token);
/* Their larger one in dollars for a million tokens: no batch is cheaper. NaN without a price.  [K2] */
TR_API double tr_floor_usd_per_mtoken(const tr_roofline *roof, const tr_model *model, double context_token);

#ifdef __cplusplus
}
#endif
#endif /* TOKENROOF_COST_H */
