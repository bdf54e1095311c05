/* tokenroof/laws.h -- published scaling laws: loss by parameters, tokens and experts.
 *
 * Their constants are data/laws, with sources. Pure functions: no globals, no
 * allocation, no I/O; any thread may call them. Loss is in nats, parameters
 * are those that multiply a token. [Kn] are the entries of docs/equations.md.
 * Functions that return a double give NaN out of range.
 */
#ifndef TOKENROOF_LAWS_H
#define TOKENROOF_LAWS_H

#include <tokenroof/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* loss = e + a N^-alpha + b D^-beta */
typedef struct tr_loss_law {
    double e_nat, a_ratio, b_ratio, alpha_ratio, beta_ratio; /* all > 0 */
} tr_loss_law;

typedef enum tr_loss_fit {
    TR_LOSS_FIT_HOFFMANN = 0,    /* as first published */
    TR_LOSS_FIT_EPOCH,           /* the replication that mended its constants */
    TR_LOSS_FIT_COUNT
} tr_loss_fit;
TR_API const char *tr_loss_fit_name(tr_loss_fit fit); /* "hoffmann", "epoch"; NULL past the end */
TR_API tr_loss_law tr_loss_law_of(tr_loss_fit fit);   /* past the end: all 0, which every function refuses */
/* "20 tokens a parameter", the rule of thumb. */
TR_API double tr_rule_token_per_param(void);

/* [K20] */
TR_API double tr_loss_nat(const tr_loss_law *law, double param, double token);
/* The best split of a compute budget C = 6 N D.  [K21] Errors: TR_EDOMAIN. */
TR_API tr_status tr_loss_best_of(const tr_loss_law *law, double flop, double *param, double *token, tr_error *err);
/* Tokens for which param is the best size: the law's own "20 N".  [K21] */
TR_API double tr_loss_best_token(const tr_loss_law *law, double param);
/* Tokens that bring param down to a loss; HUGE_VAL where none do.  [K22] */
TR_API double tr_loss_needs_token(const tr_loss_law *law, double param, double loss_nat);
/* The smallest size that reaches a loss, with endless tokens.  [K22] */
TR_API double tr_loss_least_param(const tr_loss_law *law, double loss_nat);

/* log10 loss = a log10 N + b log10 E + c log10 N log10 E + d, with E saturated between start and most. */
typedef struct tr_routed_law {
    double a_ratio, b_ratio, c_ratio, d_ratio, start_count, most_count;
} tr_routed_law;
typedef enum tr_routing { TR_ROUTING_S_BASE = 0, TR_ROUTING_RL_R, TR_ROUTING_HASH, TR_ROUTING_COUNT } tr_routing;
TR_API const char *tr_routing_name(tr_routing routing); /* "s-base", ...; NULL past the end */
TR_API tr_routed_law tr_routed_law_of(tr_routing routing);
/* param: of the dense model whose layers were given experts; experts >= 1.  [K23] */
TR_API double tr_routed_log10_loss_nat(const tr_routed_law *law, double param, double experts);
/* Parameters of the dense model that does as well.  [K24] */
TR_API double tr_routed_dense_param(const tr_routed_law *law, double param, double experts);

#ifdef __cplusplus
}
#endif
#endif /* TOKENROOF_LAWS_H */
