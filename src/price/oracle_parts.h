/* price/oracle_parts.h -- what the oracle is made of: single deductions, priors, names, and what moved what. */
#ifndef TOKENROOF_SRC_PRICE_ORACLE_PARTS_H
#define TOKENROOF_SRC_PRICE_ORACLE_PARTS_H

#include <tokenroof/price.h>

/* Errors: TR_EDOMAIN, TR_ECONFLICT (cached read dearer than input; a surcharge without its threshold). */
tr_status tr_price_evidence_check(const tr_price_evidence *evidence, tr_error *err);

/* ---- one deduction at a time. NaN for NaN or out of range --------------------- */

/* Where output costs r times input and prefill is bound by compute: how many times as long decode waits for
 * memory as it multiplies. It is r itself, times what decode reaches of the roof over what prefill does
 * (efficiency_ratio; 1 at datasheet peak).  [K10] */
double tr_implied_memory_ratio(double output_input_ratio, double efficiency_ratio);
/* The batch with that ratio of memory to compute time, balance_batch_seq being the one at which weights and
 * compute balance; context_ratio is L / L*, the context over the balanced one, 0 for no KV cache: B* / (r - L/L*).
 * HUGE_VAL where KV alone takes that long.  [K11] */
double tr_implied_batch_seq(double memory_ratio, double context_ratio, double balance_batch_seq);
/* KV bytes a token such that reading them at cliff_token takes as long as the multiplies. All chips, or one:
 * flop_per_s and byte_per_s of the same. weight_share: weight time over compute time in the batch, in [0, 1):
 * 0 where a large batch pays for the weights, else B* / B.  [K12] */
double tr_implied_kv_byte_per_token(double active_param, double flop_per_s, double byte_per_s,
                                    double cliff_token, double weight_share);
/* Mean context of those who pay long_output_ratio above long_above_token, if KV bounds them: cost grows in
 * proportion to context beyond the cliff.  [K13] */
double tr_implied_context_token(double long_above_token, double long_output_ratio);
/* The tier whose drain time is nearest to hold_s, by ratio; -1 if none is known.  [K14] */
int tr_implied_tier(const tr_tier *tiers, size_t count, double hold_s);
/* The largest KV bytes a token whose fetch a cached read pays for, at a chip that waits stall_ratio of it.  [K15] */
double tr_affordable_kv_byte_per_token(double cached_read_usd_per_mtoken, double read_byte_per_s,
                                       double chip_usd_per_s, double stall_ratio);

/* A price over the cost of the computing behind it.  [K16] */
typedef struct tr_price_level {
    double cost_usd_per_mtoken;
    double over_cost_ratio;          /* price over cost */
    double margin_share;             /* of the price that is not cost, were every chip always busy: 1 - 1 / ratio */
    double break_even_busy_share;    /* share of the time chips must be busy for the price to cover them; > 1: never */
} tr_price_level;
/* Input: the multiplies of a token at a share mfu in (0, 1] of the peak.  [K16] Errors: TR_EDOMAIN. */
tr_status tr_price_level_of(double usd_per_mtoken, double active_param, double flop_per_s, double mfu,
                            double usd_per_s, tr_price_level *out, tr_error *err);

/* ---- the unknowns, the evidence, the priors ----------------------------------- */

const char *tr_unknown_name(tr_unknown unknown);      /* "active_param", as in JSON; "" if none */
const char *tr_unknown_title(tr_unknown unknown);     /* "active parameters" */
tr_unit tr_unknown_unit(tr_unknown unknown);

const char *tr_evidence_name(tr_evidence_kind kind);
const char *tr_evidence_title(tr_evidence_kind kind);
int tr_evidence_is_given(const tr_oracle_question *question, tr_evidence_kind kind);

/* A stated prior: a range, even in the logarithm; a share; or the width of a likelihood (sigma, in log units). */
typedef struct tr_prior {
    char name[32];               /* "active_param", "dense_share", "sigma.ratio" */
    double min, max;             /* equal for a share or a width */
    char note[200];              /* why */
    char source[160];
    char date[12];
} tr_prior;
size_t tr_prior_count(void);
const tr_prior *tr_prior_at(size_t index);            /* NULL past the end */
const tr_prior *tr_prior_find(const char *name);      /* NULL if unknown */
const char *tr_prior_chip_at(size_t index);           /* chips that may be behind a price; NULL past the end */

/* When a model was first offered. */
typedef struct tr_launch {
    char name[96];               /* a model of the catalog, or PROVIDER/MODEL */
    char date[12];               /* a day, month or year */
    char source[160];
} tr_launch;
const tr_launch *tr_launch_of(const tr_price *price);  /* NULL if not known */
double tr_launch_year(const tr_price *price);       /* 2025.25; NaN if not known */
/* Errors: TR_EPARSE (no day, month or year such as 2025-03-24), TR_EDOMAIN (before 2015, after 2100). */
tr_status tr_launch_year_parse(const char *text, double *year, tr_error *err);

/* ---- what moved what ------------------------------------------------------------- */

/* How far a piece of evidence moves an unknown: the median with it over the median without it, and the band's
 * width in log units with it over that without it. NaN where the unknown is known or the piece not given.  [K19] */
typedef struct tr_oracle_shift {
    double median_ratio;
    double width_ratio;
} tr_oracle_shift;
tr_status tr_oracle_shift_of(const tr_oracle_answer *answer, tr_evidence_kind kind, tr_unknown unknown,
                             tr_oracle_shift *out, tr_error *err);

/* As tr_oracle_infer, but the posterior and what was learned alone: for one model after another. */
tr_status tr_oracle_posterior(const tr_oracle_question *question, tr_oracle_answer *out, tr_error *err);

/* Whether the evidence says anything of an unknown: its band is a tenth narrower, in log units, than before, or its
 * middle a fifth away from where it was.  [K19] */
int tr_oracle_is_told(const tr_oracle_answer *answer, tr_unknown unknown);

#endif
