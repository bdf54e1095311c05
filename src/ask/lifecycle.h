/* ask/lifecycle.h -- what `lifecycle` answers, gathered before it is written or drawn. */
#ifndef TOKENROOF_SRC_ASK_LIFECYCLE_H
#define TOKENROOF_SRC_ASK_LIFECYCLE_H

#include <tokenroof/ask.h>

#include "life/life_cost.h"
#include "life/loss_law.h"

typedef struct tr_lifecycle {
    const tr_problem *question;
    tr_life_terms terms;
    tr_life_terms peak; /* the same at the datasheet's peak throughout: the lower bound, which assumes no share */
    tr_life life; /* as asked */
    tr_life_cost cost, bound; /* by terms, by peak */
    double rate_token_per_s, life_s, ship_share;
    double equal_rl_token, equal_serve_token;
    tr_loss_fit fit;
    tr_loss_law law;
    double loss_nat; /* what the law gives this model at its tokens */
    double overtrain_rule, overtrain_hoffmann,
        overtrain_epoch; /* tokens over each one's best for this size */
} tr_lifecycle;

/* Errors: TR_EDOMAIN, TR_ECONFLICT (several models of a list). */
tr_status tr_lifecycle_of(const tr_scenario *scenario, const tr_problem *question, tr_lifecycle *out,
                          tr_error *err);
/* Serving rates asked for; at least one. */
size_t tr_lifecycle_rates(const tr_scenario *scenario, const double **rate);
/* The cheapest size of the same loss for a rate. Errors: as tr_life_choose. */
tr_status tr_lifecycle_choice(const tr_lifecycle *life, double rate_token_per_s, tr_life_choice *out,
                              tr_error *err);

#endif
