/* ask/lifecycle.h -- what `lifecycle` answers, gathered before it is written or drawn. */
#ifndef TOKENROOF_SRC_ASK_LIFECYCLE_H
#define TOKENROOF_SRC_ASK_LIFECYCLE_H

#include <tokenroof/ask.h>

#include "life/life_cost.h"
#include "life/loss_law.h"
#include "write/field.h"

/* What decoding reaches on the system, and so what reinforcement learning does. */
typedef struct tr_lifecycle_rl {
    tr_error why;                /* why decoding has no answer; status TR_OK: it has */
    double batch_seq, context_token;
    tr_quantity decode_mfu;      /* bound: the most that is possible */
    tr_quantity flop_share;      /* of the time, by the FLOPs that are sampled */
    tr_quantity flop_mfu;        /* what it then reaches */
    int share_given;
    double given_share;
    tr_quantity given_mfu;       /* what it reaches at that share; NaN: none was given */
    tr_quantity used_share;      /* of the time, at the MFU in use */
} tr_lifecycle_rl;

typedef struct tr_lifecycle {
    const tr_problem *question;
    tr_life_terms terms;
    tr_life_terms peak; /* the same at the datasheet's peak throughout: the lower bound, which assumes no share */
    tr_life life; /* as asked */
    tr_life_cost cost, bound; /* by terms, by peak */
    double rate_token_per_s, life_s, ship_share;
    double equal_rl_token, equal_serve_token;
    tr_lifecycle_rl rl;
    const char *mfu_from;        /* the option that pre-training's MFU comes from */
    tr_loss_fit fit;
    tr_loss_law law;
    double loss_nat; /* what the law gives this model at its tokens */
    double overtrain_rule, overtrain_hoffmann,
        overtrain_epoch; /* tokens over each one's best for this size */
} tr_lifecycle;

/* Errors: TR_EDOMAIN, TR_ECONFLICT (several models of a list). */
tr_status tr_lifecycle_of(const tr_scenario *scenario, const tr_problem *question, tr_lifecycle *out,
                          tr_error *err);
/* Pre-training's MFU from what it took, and reinforcement learning's from decoding; terms and life are filled but for
 * those. Errors: TR_ECONFLICT (two that say the same), TR_EDOMAIN (more than the peak), TR_ENOFIT (a share of decoding,
 * and no decoding). */
tr_status tr_lifecycle_mfu(const tr_scenario *scenario, tr_lifecycle *life, tr_error *err);
extern const tr_fields tr_lifecycle_mfu_fields;      /* of a tr_lifecycle: "train" and "rl" */
void tr_lifecycle_mfu_text(const tr_lifecycle *life, const tr_style *style, tr_writer *out);
struct tr_workings; /* ask/working.h */
void tr_lifecycle_mfu_workings(const tr_lifecycle *life, struct tr_workings *out);
/* Serving rates asked for; at least one. */
size_t tr_lifecycle_rates(const tr_scenario *scenario, const double **rate);
/* The cheapest size of the same loss for a rate. Errors: as tr_life_choose. */
tr_status tr_lifecycle_choice(const tr_lifecycle *life, double rate_token_per_s, tr_life_choice *out,
                              tr_error *err);

#endif
