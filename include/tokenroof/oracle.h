/* tokenroof/oracle.h -- backwards: what public prices say about the model and the machines behind them.
 *
 * A price sheet is evidence. Each piece alone gives a number by one equation;
 * together they are an inference: machines and models are drawn from stated
 * priors and weighed by how well they explain every price. [Kn] are the entries
 * of docs/equations.md. Functions are pure, thread-safe and without I/O; only
 * tr_oracle_infer allocates. On error outputs are untouched.
 */
#ifndef TOKENROOF_ORACLE_H
#define TOKENROOF_ORACLE_H

#include <tokenroof/base.h>
#include <tokenroof/chip.h>
#include <tokenroof/price.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- the evidence: one price sheet's row ------------------------------------- */

/* Dollars for a million tokens. NaN = not given, but for input and output. */
typedef struct tr_price_evidence {
    double input_usd_per_mtoken;         /* > 0 */
    double output_usd_per_mtoken;        /* > 0 */
    double cached_read_usd_per_mtoken;   /* > 0, <= input */
    double write_5m_usd_per_mtoken;      /* to write a token to the cache for five minutes, its input included */
    double write_1h_usd_per_mtoken;
    double long_above_token;             /* where prompts begin to cost more */
    double long_input_ratio;             /* times the input price above it, >= 1 */
    double long_output_ratio;            /* times the output price above it, >= 1 */
    double fast_price_ratio;             /* a fast mode's output over the normal one's, > 1; with fast_speed_ratio */
    double fast_speed_ratio;             /* its speed over the normal one's, >= 1 */
} tr_price_evidence;

/* Errors: TR_EDOMAIN, TR_ECONFLICT (cached read dearer than input; a surcharge without its threshold). */
TR_API tr_status tr_price_evidence_check(const tr_price_evidence *evidence, tr_error *err);
/* Of a published price; no sheet states a fast mode's speed, so that one is left NaN. Errors: as above. */
TR_API tr_status tr_price_evidence_of(const tr_price *price, tr_price_evidence *out, tr_error *err);
/* "input=0.27,output=1.10,cached=0.07,write_5m=,write_1h=,threshold=200k,long_input=,long_output=,
 * fast_price=,fast_speed=" in any order; a threshold counts 1k as 1000, as prices do.
 * Errors: TR_EPARSE, TR_EUNKNOWN (a key, with a "did you mean"), TR_EMISSING, and those of the check. */
TR_API tr_status tr_price_evidence_inline(const char *text, tr_price_evidence *out, tr_error *err);

/* ---- one deduction at a time. NaN for NaN or out of range --------------------- */

/* Where output costs r times input and prefill is bound by compute: how many times as long decode waits for
 * memory as it multiplies. It is r itself, times what decode reaches of the roof over what prefill does
 * (efficiency_ratio; the chalkboard has 1).  [K10] */
TR_API double tr_implied_memory_ratio(double output_input_ratio, double efficiency_ratio);
/* The batch with that ratio of memory to compute time, balance_batch_seq being the one at which weights and
 * compute balance; context_ratio is L / L*, the context over the balanced one, 0 for no KV cache: B* / (r - L/L*).
 * HUGE_VAL where KV alone takes that long.  [K11] */
TR_API double tr_implied_batch_seq(double memory_ratio, double context_ratio, double balance_batch_seq);
/* KV bytes a token such that reading them at cliff_token takes as long as the multiplies. All chips, or one:
 * flop_per_s and byte_per_s of the same. weight_share: weight time over compute time in the batch, in [0, 1):
 * 0 where a large batch pays for the weights, else B* / B.  [K12] */
TR_API double tr_implied_kv_byte_per_token(double active_param, double flop_per_s, double byte_per_s,
                                           double cliff_token, double weight_share);
/* Mean context of those who pay long_output_ratio above long_above_token, if KV bounds them: cost grows in
 * proportion to context beyond the cliff.  [K13] */
TR_API double tr_implied_context_token(double long_above_token, double long_output_ratio);
/* The tier whose drain time is nearest to hold_s, by ratio; -1 if none is known.  [K14] */
TR_API int tr_implied_tier(const tr_tier *tiers, size_t count, double hold_s);
/* The largest KV bytes a token whose fetch a cached read pays for, at a chip that waits stall_ratio of it.  [K15] */
TR_API double tr_affordable_kv_byte_per_token(double cached_read_usd_per_mtoken, double read_byte_per_s,
                                              double chip_usd_per_s, double stall_ratio);

/* A price over the cost of the computing behind it.  [K16] */
typedef struct tr_price_level {
    double cost_usd_per_mtoken;
    double over_cost_ratio;          /* price over cost */
    double margin_share;             /* of the price that is not cost, were every chip always busy: 1 - 1 / ratio */
    double break_even_busy_share;    /* share of the time chips must be busy for the price to cover them; > 1: never */
} tr_price_level;
/* Input: the multiplies of a token at a share mfu in (0, 1] of the peak.  [K16] Errors: TR_EDOMAIN. */
TR_API tr_status tr_price_level_of(double usd_per_mtoken, double active_param, double flop_per_s, double mfu,
                                   double usd_per_s, tr_price_level *out, tr_error *err);

/* ---- a published day ---------------------------------------------------------- */

/* What a provider published of one day.  [K18] */
typedef struct tr_fleet_day {
    double node_count;               /* in use, mean over the day */
    double node_chip;                /* chips a node */
    double chip_usd_per_hour;
    double input_token;              /* of the day; cached ones among them */
    double cached_token;
    double output_token;
    double prefill_node_token_per_s; /* a node, cached ones counted */
    double decode_node_token_per_s;
    double seq_token_per_s;          /* speed of one reader */
    double unit_chip;                /* chips that decode together */
    double balance_batch_seq;        /* of the unit, from the step rule */
    double input_usd_per_mtoken;
    double cached_usd_per_mtoken;
    double output_usd_per_mtoken;
} tr_fleet_day;

typedef struct tr_fleet_answer {
    double cost_usd;                 /* of the day */
    double revenue_usd;              /* were everything billed */
    double margin_ratio;             /* (revenue - cost) / cost */
    double prefill_node_count;       /* that the tokens need at the stated rates */
    double decode_node_count;
    double needed_node_count;
    double chip_token_per_s;         /* decode */
    double chip_seq;                 /* sequences that a chip decodes */
    double unit_seq;
    double batch_balance_ratio;      /* of the unit's batch to balance */
    double prefill_usd_per_mtoken;   /* cost */
    double decode_usd_per_mtoken;
    double decode_prefill_ratio;     /* of those costs */
} tr_fleet_answer;
/* Errors: TR_EDOMAIN, TR_ECONFLICT (more cached than input). */
TR_API tr_status tr_fleet_day_of(const tr_fleet_day *day, tr_fleet_answer *out, tr_error *err);

/* ---- the priors, from data/priors --------------------------------------------- */

/* What a price cannot say alone. The first are drawn, the rest follow from them. */
typedef enum tr_unknown {
    TR_UNKNOWN_ACTIVE = 0,       /* active parameters */
    TR_UNKNOWN_TOTAL,            /* all parameters */
    TR_UNKNOWN_KV,               /* KV bytes a token */
    TR_UNKNOWN_CONTEXT,          /* tokens read for each new one, mean */
    TR_UNKNOWN_BATCH,            /* sequences that decode together */
    TR_UNKNOWN_BALANCE,          /* that batch over the one at which weights and compute balance */
    TR_UNKNOWN_PREFILL_MFU,      /* share of the peak in prefill */
    TR_UNKNOWN_DECODE,           /* share of the roofline's throughput in decode */
    TR_UNKNOWN_CHIP_PRICE,       /* dollars for a chip and hour */
    TR_UNKNOWN_MARKUP,           /* price over cost */
    TR_UNKNOWN_COUNT
} tr_unknown;
TR_API const char *tr_unknown_name(tr_unknown unknown);      /* "active_param", as in JSON; "" if none */
TR_API const char *tr_unknown_title(tr_unknown unknown);     /* "active parameters" */
TR_API tr_unit tr_unknown_unit(tr_unknown unknown);

typedef enum tr_evidence_kind {
    TR_EVIDENCE_LEVEL = 0,       /* the input price */
    TR_EVIDENCE_RATIO,           /* output over input */
    TR_EVIDENCE_THRESHOLD,       /* where long prompts begin */
    TR_EVIDENCE_CACHED,          /* a cached read pays for its fetch */
    TR_EVIDENCE_HOLD,            /* a cache is held where its time suits */
    TR_EVIDENCE_FAST,            /* a fast mode's two ratios */
    TR_EVIDENCE_COUNT
} tr_evidence_kind;
TR_API const char *tr_evidence_name(tr_evidence_kind kind);
TR_API const char *tr_evidence_title(tr_evidence_kind kind);
TR_API int tr_evidence_is_given(const tr_price_evidence *evidence, tr_evidence_kind kind);

/* A stated prior: a range, even in the logarithm; a share; or the width of a likelihood (sigma, in log units). */
typedef struct tr_prior {
    char name[32];               /* "active_param", "dense_share", "sigma.ratio" */
    double min, max;             /* equal for a share or a width */
    char note[200];              /* why */
    char source[160];
    char date[12];
} tr_prior;
TR_API size_t tr_prior_count(void);
TR_API const tr_prior *tr_prior_at(size_t index);            /* NULL past the end */
TR_API const tr_prior *tr_prior_find(const char *name);      /* NULL if unknown */
TR_API const char *tr_prior_chip_at(size_t index);           /* chips that may be behind a price; NULL past the end */

/* ---- the inference ------------------------------------------------------------ */

typedef struct tr_oracle_question {
    tr_price_evidence evidence;
    double active_param;         /* known ones: fixed instead of drawn; NaN = not known */
    double total_param;          /* >= active; needs active */
    double kv_byte_per_token;
    double chip_usd_per_hour;
    const tr_chip *chip;         /* NULL: one of the priors' chips */
    tr_dtype weight_dtype;       /* TR_DTYPE_NATIVE: bf16, fp8 or fp4 */
    uint64_t sample_count;       /* 1000 to 1e9 */
    uint64_t seed;
} tr_oracle_question;

/* 5 %, 50 % and 95 % points. */
typedef struct tr_oracle_band {
    double min, value, max;
} tr_oracle_band;

enum { TR_ORACLE_CHIP_MAX = 16, TR_ORACLE_DTYPE_COUNT = 3, TR_ORACLE_TIER_MAX = TR_TIER_MAX };

/* What all evidence, or all but one piece, says. */
typedef struct tr_oracle_view {
    tr_oracle_band band[TR_UNKNOWN_COUNT];
    double chip_share[TR_ORACLE_CHIP_MAX];
    double dtype_share[TR_ORACLE_DTYPE_COUNT];   /* bf16, fp8, fp4 */
    double tier_share[TR_ORACLE_TIER_MAX];       /* of tr_oracle_tier_chip's tiers: where caches are kept */
    double effective_count;                      /* samples that count: (sum w)^2 / sum w^2 */
} tr_oracle_view;

typedef struct tr_oracle_answer {
    uint64_t sample_count;
    tr_oracle_view prior, posterior;
    int given[TR_EVIDENCE_COUNT];
    tr_oracle_view without[TR_EVIDENCE_COUNT];   /* where given: the posterior without this piece */
    double agreement_ratio[TR_EVIDENCE_COUNT];   /* mean likelihood of this piece under all others, 1 = they expect just this */
    size_t chip_count;
    char chip[TR_ORACLE_CHIP_MAX][64];
    size_t tier_count;
    char tier[TR_ORACLE_TIER_MAX][24];
} tr_oracle_answer;

/* Below this many effective samples bands are rough. */
#define TR_ORACLE_FEW_COUNT 400.0

/* Draw, weigh, sort: deterministic by seed, the same bits on every machine. Allocates about a megabyte while it
 * runs and frees it.  [K17]
 * Errors: TR_EDOMAIN, TR_ECONFLICT, TR_EMISSING (a chip without a price, and none given), TR_ENOFIT (no draw
 * explains the prices at all), TR_ENOMEM. */
TR_API tr_status tr_oracle_infer(const tr_oracle_question *question, tr_oracle_answer *out, tr_error *err);

/* How far a piece of evidence moves an unknown: the median with it over the median without it, and the band's
 * width in log units with it over that without it. NaN where the unknown is known or the piece not given.  [K19] */
typedef struct tr_oracle_shift {
    double median_ratio;
    double width_ratio;
} tr_oracle_shift;
TR_API tr_status tr_oracle_shift_of(const tr_oracle_answer *answer, tr_evidence_kind kind, tr_unknown unknown,
                                    tr_oracle_shift *out, tr_error *err);

#ifdef __cplusplus
}
#endif
#endif /* TOKENROOF_ORACLE_H */
