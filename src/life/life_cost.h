/* life/life_cost.h -- equal shares of a life, tokens of a life, and the cost of any size. */
#ifndef TOKENROOF_SRC_LIFE_LIFE_COST_H
#define TOKENROOF_SRC_LIFE_LIFE_COST_H

#include <tokenroof/life.h>

/* Tokens of reinforcement learning and of serving that cost as much as train_token of pre-training.  [K26]
 * Errors: TR_EDOMAIN. */
tr_status tr_life_equal_of(double train_token, const tr_life_terms *terms, double *rl_token,
                           double *serve_token, tr_error *err);

/* Share of the peak that a training run reached: from the chip seconds it took for its tokens, and back.  [K61] */
double tr_life_train_mfu(double active_param, double token, double chip_flop_per_s, double chip_s);
double tr_life_train_chip_s(double active_param, double token, double chip_flop_per_s, double mfu);

/* Reinforcement learning samples for a share of its time at one utilisation and trains for the rest at another: what
 * it reaches, which share that is at so many FLOP a parameter and token (2 of them sampled), and which share would
 * reach an MFU (below 0 or above 1: none does). Utilisations in (0, 1].  [K62] */
double tr_life_rl_mfu(double decode_mfu, double train_mfu, double decode_share);
double tr_life_rl_decode_share(double decode_mfu, double train_mfu, double rl_flop_per_param);
double tr_life_rl_share_of_mfu(double decode_mfu, double train_mfu, double rl_mfu);

/* Tokens served over a life: rate x time, times the chance that the model ships at all. NaN out of range.  [K27] */
double tr_life_serve_token(double token_per_s, double life_s, double ship_share);

/* Chip seconds of training to the loss and serving, at a size; HUGE_VAL where it cannot reach it.  [K28] */
double tr_life_at_chip_s(const tr_loss_law *law, double loss_nat, double serve_token,
                         const tr_life_terms *terms, double param);

#endif
