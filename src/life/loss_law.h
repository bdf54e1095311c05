/* life/loss_law.h -- published scaling laws, the parts that the rest of the tree asks for. */
#ifndef TOKENROOF_SRC_LIFE_LOSS_LAW_H
#define TOKENROOF_SRC_LIFE_LOSS_LAW_H

#include <tokenroof/life.h>

const char *tr_loss_fit_name(tr_loss_fit fit); /* "hoffmann", "epoch"; NULL past the end */
/* "20 tokens a parameter", the rule of thumb. */
double tr_rule_token_per_param(void);
/* Tokens for which param is the best size: the law's own "20 N".  [K21] */
double tr_loss_best_token(const tr_loss_law *law, double param);
/* Tokens that bring param down to a loss; HUGE_VAL where none do.  [K22] */
double tr_loss_needs_token(const tr_loss_law *law, double param, double loss_nat);
/* The smallest size that reaches a loss, with endless tokens.  [K22] */
double tr_loss_least_param(const tr_loss_law *law, double loss_nat);

/* log10 loss = a log10 N + b log10 E + c log10 N log10 E + d, with E saturated between start and most. */
typedef struct tr_routed_law {
    double a_ratio, b_ratio, c_ratio, d_ratio, start_count, most_count;
} tr_routed_law;
typedef enum tr_routing { TR_ROUTING_S_BASE = 0, TR_ROUTING_RL_R, TR_ROUTING_HASH, TR_ROUTING_COUNT } tr_routing;
const char *tr_routing_name(tr_routing routing); /* "s-base", ...; NULL past the end */
tr_routed_law tr_routed_law_of(tr_routing routing);
/* What the law was fitted to, and where its experts stop to help. */
typedef struct tr_routed_range {
    double expert_count, train_token; /* at most, and on how many */
    double cutoff_param;
} tr_routed_range;
tr_routed_range tr_routed_range_of(tr_routing routing);
/* Experts as the law counts them, saturated between start and most; and by how much the loss falls with the size at
 * so many counted.  [K23] [K24] */
double tr_routed_expert_count(const tr_routed_law *law, double experts);
double tr_routed_exponent_ratio(const tr_routed_law *law, double counted_count);
/* param: of the dense model whose layers were given experts; experts >= 1.  [K23] */
double tr_routed_log10_loss_nat(const tr_routed_law *law, double param, double experts);
/* Parameters of the dense model that does as well.  [K24] */
double tr_routed_dense_param(const tr_routed_law *law, double param, double experts);

#endif
