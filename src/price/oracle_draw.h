/* price/oracle_draw.h -- one machine with one model, drawn and weighed. */
#ifndef TOKENROOF_SRC_PRICE_ORACLE_DRAW_H
#define TOKENROOF_SRC_PRICE_ORACLE_DRAW_H

#include "base/rng.h"
#include "price/oracle_learn.h"

/* A chip with weights in one dtype, as logarithms. */
typedef struct tr_oracle_machine {
    int ok;
    double weight_byte;
    double log_flop_per_s;
    double log_dense_token; /* weight bytes x F / (2 BW): the batch of a dense model at balance */
    double cliff_nat;       /* 2 BW / F: times active over KV bytes it is the balanced context */
} tr_oracle_machine;

/* An even range of a logarithm. */
typedef struct tr_log_range {
    double low, width_nat;
} tr_log_range;

/* What every draw of one inference has in common. */
typedef struct tr_oracle_deck {
    const tr_oracle_question *question;
    tr_lessons lessons;
    int is_known; /* the model: nothing is learned about it, only about its machines */
    int given[TR_EVIDENCE_COUNT];
    double inverse_ratio[TR_EVIDENCE_COUNT]; /* one over each sigma, where it is stated */
    double input_nat, log_ratio, cached_nat, threshold_nat, batch_nat, log_speed_ratio, fast_batch_ratio;
    double speed_nat[TR_ORACLE_MEASURE_MAX], ttft_nat[TR_ORACLE_MEASURE_MAX];
    double threshold_share;
    size_t chip_count;
    tr_oracle_machine machine[TR_ORACLE_CHIP_MAX][TR_ORACLE_DTYPE_COUNT];
    double price_nat[TR_ORACLE_CHIP_MAX]; /* dollars an hour */
    double byte_per_s[TR_ORACLE_CHIP_MAX], memory_byte[TR_ORACLE_CHIP_MAX];
    size_t tier_count;
    double hold_nat[TR_ORACLE_TIER_MAX]; /* of the hold's likelihood */
    tr_log_range active, sparsity, kv;   /* of what is drawn; a width of 0: known */
    tr_log_range context, balance, mfu, decode, price, markup, chips, overhead, draft, first_token;
} tr_oracle_deck;

typedef struct tr_oracle_draw {
    size_t chip, tier;
    int dtype;
    double share; /* the prior's density over that of where the draw came from */
    double nat[TR_UNKNOWN_COUNT];
    double balance_ratio;   /* batch over B* */
    double kv_ratio;        /* KV over compute time, L / L* */
    double log_cliff_token; /* of L* */
    double log_step_ratio;  /* of output over input, before what decode reaches of the roof */
    double cost_nat;        /* of a million input tokens, in dollars */
    double overhead_s, draft_ratio, first_token_s;
} tr_oracle_draw;

/* Draws; share is 0 where the priors rule it out. */
void tr_oracle_draw_one(const tr_oracle_deck *deck, tr_rng *rng, tr_oracle_draw *x);

/* How well the draw explains what is given: a likelihood, of any scale, the same for all draws of a deck. */
double tr_oracle_likelihood_ratio(const tr_oracle_deck *deck, const tr_oracle_draw *x);

#endif
