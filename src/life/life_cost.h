/* life/life_cost.h -- equal shares of a life, tokens of a life, and the cost of any size. */
#ifndef TOKENROOF_SRC_LIFE_LIFE_COST_H
#define TOKENROOF_SRC_LIFE_LIFE_COST_H

#include <tokenroof/life.h>

/* Tokens of reinforcement learning and of serving that cost as much as train_token of pre-training.  [K26]
 * Errors: TR_EDOMAIN. */
tr_status tr_life_equal_of(double train_token, const tr_life_terms *terms, double *rl_token,
                           double *serve_token, tr_error *err);

/* Tokens served over a life: rate x time, times the chance that the model ships at all. NaN out of range.  [K27] */
double tr_life_serve_token(double token_per_s, double life_s, double ship_share);

/* Chip seconds of training to the loss and serving, at a size; HUGE_VAL where it cannot reach it.  [K28] */
double tr_life_at_chip_s(const tr_loss_law *law, double loss_nat, double serve_token,
                         const tr_life_terms *terms, double param);

#endif
