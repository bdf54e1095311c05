/* tokenroof/lifecycle.h -- what a model's life costs: pre-training, reinforcement learning, serving.
 *
 * Pure functions: no globals, no allocation, no I/O; any thread may call them.
 * [Kn] are the entries of docs/equations.md. On error outputs are untouched.
 */
#ifndef TOKENROOF_LIFECYCLE_H
#define TOKENROOF_LIFECYCLE_H

#include <tokenroof/laws.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How work becomes chip time: FLOPs a parameter and token, over the share of the peak that each kind reaches. */
typedef struct tr_life_terms {
    double rl_flop_per_param;    /* 2 (samples only) to 6 (all of them trained on) */
    double train_mfu, rl_mfu, serve_mfu; /* (0, 1] */
    double chip_flop_per_s;      /* datasheet peak, > 0 */
    double chip_usd_per_s;       /* >= 0 */
} tr_life_terms;

/* A life in tokens. */
typedef struct tr_life {
    double active_param;
    double train_token, rl_token, serve_token; /* >= 0 */
} tr_life;

typedef struct tr_life_cost {
    double train_chip_s, rl_chip_s, serve_chip_s, total_chip_s;
    double train_share, rl_share, serve_share; /* of the total; 0 where that is 0 */
    double total_usd;
} tr_life_cost;

/* [K25] Errors: TR_EDOMAIN. */
TR_API tr_status tr_life_cost_of(const tr_life *life, const tr_life_terms *terms, tr_life_cost *out, tr_error *err);

/* Tokens of reinforcement learning and of serving that cost as much as train_token of pre-training.  [K26]
 * Errors: TR_EDOMAIN. */
TR_API tr_status tr_life_equal_of(double train_token, const tr_life_terms *terms, double *rl_token,
                                  double *serve_token, tr_error *err);

/* Tokens served over a life: rate x time, times the chance that the model ships at all. NaN out of range.  [K27] */
TR_API double tr_life_serve_token(double token_per_s, double life_s, double ship_share);

/* The size a lab would choose: of all models with the same loss, the cheapest to train and serve. */
typedef struct tr_life_choice {
    double active_param, train_token;
    double chip_s;               /* training and serving */
    double serve_share;
    double best_param, best_token; /* of that loss with the least training compute: nobody served */
    double best_chip_s;          /* what that one would cost, served as much */
    double equal_param;          /* where training costs as much as serving; NaN if nowhere */
    double equal_chip_s;
    double overtrain_ratio;      /* tokens a parameter over the law's own best for that size */
} tr_life_choice;

/* Minimise 6 N D(N) / mfu + 2 N serve / mfu over N at a fixed loss.  [K28]
 * Errors: TR_EDOMAIN; TR_ENOFIT (a loss that no size reaches). */
TR_API tr_status tr_life_choose(const tr_loss_law *law, double loss_nat, double serve_token,
                                const tr_life_terms *terms, tr_life_choice *out, tr_error *err);
/* Chip seconds of training to the loss and serving, at a size; HUGE_VAL where it cannot reach it.  [K28] */
TR_API double tr_life_at_chip_s(const tr_loss_law *law, double loss_nat, double serve_token,
                                const tr_life_terms *terms, double param);

#ifdef __cplusplus
}
#endif
#endif /* TOKENROOF_LIFECYCLE_H */
