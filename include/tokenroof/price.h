/* tokenroof/price.h -- what a token costs, what providers ask for it, and what their prices say about them.
 *
 * The price sheets are compiled in from data/prices. Prices are dollars for a
 * million tokens; NaN: not offered, or not known. Pure functions: no globals,
 * no I/O; any thread may call them; only tr_oracle_infer allocates. [Kn] are
 * the entries of docs/equations.md. On error outputs are untouched.
 */
#ifndef TOKENROOF_PRICE_H
#define TOKENROOF_PRICE_H

#include <tokenroof/base.h>
#include <tokenroof/chip.h>
#include <tokenroof/rate.h>
#include <tokenroof/serve.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- cost against speed ------------------------------------------------------- */

/* What a fast mode says about its provider: a token at price_ratio times the
 * normal price and speed_ratio times the normal speed. Holds where memory bounds
 * both modes, T = w + k B.  [K3] */
typedef struct tr_menu_ratio {
    double batch_ratio;      /* normal batch over fast batch: price x speed */
    double fast_kv_ratio;    /* KV time over weight time in the fast step, >= 0 */
    double fast_kv_share;    /* of the fast step */
    double normal_kv_share;  /* of the normal step */
} tr_menu_ratio;

/* price_ratio > 1, speed_ratio >= 1 and both <= 1e6. Errors: TR_EDOMAIN. */
TR_API tr_status tr_menu_ratio_of(double price_ratio, double speed_ratio, tr_menu_ratio *out, tr_error *err);

/* The two batches with those ratios on a machine, if it has them: both fit the memory, are at least one
 * sequence, and memory bounds them. Real numbers, since ratios are.  [K3]
 * Errors: TR_ENOFIT (the text says which of these fails), TR_EDOMAIN. */
TR_API tr_status tr_menu_batches(const tr_roofline *roof, const tr_shard *shard, double context_token,
                                 const tr_menu_ratio *ratio, double *fast_batch_seq, double *normal_batch_seq,
                                 tr_error *err);

/* The largest whole batch in which a sequence still gets token_per_s, within the memory.  [K4]
 * Errors: TR_ENOFIT (not even one sequence alone; or it does not fit), TR_EDOMAIN. */
TR_API tr_status tr_batch_for_speed(const tr_roofline *roof, const tr_shard *shard, double context_token,
                                    double token_per_s, double *batch_seq, tr_error *err);

/* What a token costs at least, in dollars for a million: no batch of sequences can share each one's own multiplies and
 * the reading of its own cache, and the larger of the two remains. NaN without a price.  [K2] */
TR_API double tr_floor_usd_per_mtoken(const tr_roofline *roof, double context_token);

/* What requests cost on a system that is paid for by the second, in dollars; NaN without a price. Each side
 * pays for its share of the chips' time, so that prompt_token x input + output_token x output is a request's
 * cost; low and high as of the time that a request takes up.  [K60] */
typedef struct tr_service_cost {
    tr_quantity request_usd;
    tr_quantity usd_per_mtoken;         /* all cost over all tokens, of prompts and answers */
    tr_quantity input_usd_per_mtoken;
    tr_quantity output_usd_per_mtoken;
} tr_service_cost;
TR_API void tr_service_cost_of(const tr_service *service, const tr_clients *clients, double usd_per_s,
                               tr_service_cost *out);

/* The price of an output token over that of an input token at equal margin: chips' time of each, over its tokens. NaN
 * where a number is not above 0.  [K73] */
TR_API double tr_output_input_ratio(double output_s, double output_token, double input_s, double input_token);

/* ---- energy ------------------------------------------------------------------------ */

/* What a chip does, of what it could: R8's mfu and mbu of a step, at the time it takes. */
typedef struct tr_power_load {
    double compute_share;        /* 0 to 1: of the peak in the dtype of its math */
    double memory_share;         /* 0 to 1: of the bandwidth */
    double weight_byte;          /* bytes of a weight: 1 and less draws more for the same shares */
} tr_power_load;

typedef struct tr_power {        /* of one chip's board; idle_w <= low_w <= predicted_w <= high_w <= cap_w */
    double predicted_w;
    double low_w, high_w;        /* 90 % interval */
    double idle_w;               /* the floor: measured, else a share of the cap */
    double cap_w;                /* board power, which no load exceeds */
} tr_power;

/* Errors: TR_EMISSING (a chip whose power is not known), TR_EDOMAIN.  [K40] */
TR_API tr_status tr_power_of(const tr_chip *chip, const tr_power_load *load, tr_power *out, tr_error *err);

typedef struct tr_energy_terms {
    double chip_count;           /* >= 1 */
    double pue_ratio;            /* >= 1: what the site draws over what its machines draw */
    double usd_per_kwh;          /* >= 0 */
    double utilisation_share;    /* (0, 1]: idle hours draw idle_w */
} tr_energy_terms;

/* Of a second of work, idle seconds and cooling counted in: over tokens/s they are joules and dollars a token. It is
 * a part of every price but one that was given (tr_price_kind_words says what each includes), not on top of it. */
typedef struct tr_energy {
    double site_w, low_site_w, high_site_w;
    double usd_per_s, low_usd_per_s, high_usd_per_s;
} tr_energy;

/* Errors: TR_EDOMAIN.  [K41] */
TR_API tr_status tr_energy_of(const tr_power *power, const tr_energy_terms *terms, tr_energy *out, tr_error *err);

/* What is taken where nobody says: data/laws/power.json. */
TR_API double tr_default_pue_ratio(void);
TR_API double tr_default_usd_per_kwh(void);

/* ---- price sheets --------------------------------------------------------------- */

typedef struct tr_price_rates {
    double input_usd_per_mtoken;
    double cached_read_usd_per_mtoken;  /* a prompt's beginning that the provider still holds */
    double write_5m_usd_per_mtoken;     /* an input token that is kept for five minutes; holds the input price */
    double write_1h_usd_per_mtoken;     /* for an hour */
    double output_usd_per_mtoken;
} tr_price_rates;

/* One model at one provider in one period. */
typedef struct tr_price {
    char provider[16];           /* "anthropic" */
    char model[80];              /* as the provider calls it; may hold '/' */
    char catalog_model[64]; /* the same model in the catalog of models; "" = not there, or its weights are not
                               public */
    char date[12];               /* when it was seen: the sheet's date */
    char from[12];               /* first day of the period; "" = since the sheet began */
    char daily_from_utc[8];      /* "00:30": holds only in these hours of a day; "" = all day */
    char daily_to_utc[8];
    double context_token;        /* longest prompt, NaN = not known */
    tr_price_rates base;         /* input and output are always known */
    double long_above_token; /* prompts longer than this pay long_rates for all of their tokens; NaN = no such
                                tier */
    tr_price_rates long_rates;
    tr_price_rates fast;         /* the same model, faster; output NaN = no such mode, or no price of it published */
    double batch_price_ratio;    /* price of work that may wait a day, over the normal one; NaN = not offered */
    double hold_usd_per_mtoken_hour; /* for keeping cached tokens, where that is charged by the hour; NaN = it is not */
} tr_price;

/* The catalog compiled in: by provider, then model, then from old to new; static storage. */
TR_API size_t tr_price_count(void);
TR_API const tr_price *tr_price_at(size_t index);       /* NULL past the end */

/* What providers ask for the same model: of each the one price in force on the day its sheet was read, the cheapest
 * output first. Of each in `capacity`; *count: how many there are in all. */
TR_API void tr_price_offers(const char *catalog_model, const tr_price **out, size_t capacity, size_t *count);

/* Who sells, and where the sheet was read. */
typedef struct tr_price_provider {
    char name[16];
    char title[64];              /* "Anthropic" */
    char source[160];            /* of the prices of this sheet */
    char date[12];
    char batch_source[160];      /* of the batch price, "" where none is offered */
    char batch_date[12];
} tr_price_provider;
TR_API const tr_price_provider *tr_price_provider_find(const char *name);       /* case ignored; NULL if unknown */

/* One price: "claude-opus-4-6", "anthropic/claude-opus-4-6", "claude-sonnet-5@2026-10-01". The period
 * is the one in force on that day (a year or a month: on its first), without a day on the day the sheet
 * was read; of prices that change with the hour, the one that holds longer. Errors: TR_EUNKNOWN (with a
 * "did you mean"; or nothing in force by then), TR_ECONFLICT (several providers, or models, have it: the
 * text says which), TR_EPARSE (a date). */
TR_API tr_status tr_price_named(const char *text, const tr_price **out, tr_error *err);

/* ---- where to keep a KV cache between requests ------------------------------------
 *
 * A place is a memory tier beside the chips. Holding a byte costs its share of
 * the place for as long as it is held; writing it once and fetching it each
 * time cost the place's own busy time, and a fetch also the time for which the
 * chips wait; computing it again costs the chips' time alone. */

/* What turns a tier into costs; all of one chip, since a tier is the share of one chip. */
typedef struct tr_hold_terms {
    double chip_usd_per_s;   /* > 0 */
    double stall_ratio;      /* 0..1: share of a fetch for which the chip waits */
    double life_s;           /* > 0: how long a part that was bought serves */
} tr_hold_terms;

/* One place. A place that also computes again has no tier: see tr_recompute_usd. */
typedef struct tr_place {
    double hold_usd_per_byte_s;  /* NaN: nobody knows what the tier costs, nor then what follows */
    double fetch_usd_per_byte;   /* busy + stall, > 0 */
    double busy_usd_per_byte;    /* the place's own time while it is read; of the chip's own memory the chip's */
    double stall_usd_per_byte;   /* the chip's time while it waits */
    double write_usd_per_byte;   /* once; 0 in the chip's own memory, where a prefill leaves it */
} tr_place;

/* A tier's costs: held bytes by usd_per_byte_s, else by usd_per_byte over its life, else NaN; the chip's own
 * memory by its share of the chip's price. A tier whose write rate is not known is written as fast as read.  [K5]
 * own: the tier is the chip's own memory. Errors: TR_EDOMAIN (terms or tier out of range). */
TR_API tr_status tr_place_of(const tr_tier *tier, int own, const tr_hold_terms *terms, tr_place *out, tr_error *err);

/* Dollars for flop of work at a share mfu (0, 1] of flop_per_s that costs usd_per_s. NaN out of range.  [K6] */
TR_API double tr_recompute_usd(double flop, double flop_per_s, double mfu, double usd_per_s);

/* Dollars to write held_byte, hold them for hold_s and fetch them fetch_count times in it. NaN where an input is
 * negative, NaN or unknown.  [K5] */
TR_API double tr_hold_usd(const tr_place *place, double held_byte, double hold_s, double fetch_count);

/* A stretch of hold times over which one place is cheapest. */
typedef struct tr_cheapest {
    int place;               /* its index; -1: to compute again */
    double from_s, to_s;     /* the first begins at 0, the last ends at HUGE_VAL */
} tr_cheapest;
#define TR_PLACE_MAX 16

/* The cheapest over all hold times, in order, without gaps; a tie goes to what holds more cheaply. Places
 * without a price are left out.  [K8]
 * Errors: TR_EDOMAIN (more than TR_PLACE_MAX places, a number out of range), TR_ECAPACITY (more stretches than
 * capacity; places + 1 are always enough). */
TR_API tr_status tr_cheapest_of(const tr_place *places, size_t place_count, double held_byte, double recompute_usd,
                                double fetch_count, tr_cheapest *out, size_t capacity, size_t *count, tr_error *err);

/* ---- backwards: what prices say about the model and the machines behind them -------
 *
 * A price sheet is evidence. What open models of known size are sold for says how price goes with size (learned each
 * time from data/prices, never from the model asked about); what the machines behind it are is drawn from stated
 * priors (data/priors) and weighed by what they explain. */

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
    double batch_price_ratio;            /* price of work that may wait a day, over the normal one, in (0, 1] */
    double context_token;                /* the longest prompt that is sold */
} tr_price_evidence;

/* Of a published price; no sheet states a fast mode's speed, so that one is left NaN.
 * Errors: TR_EDOMAIN, TR_ECONFLICT (cached read dearer than input; a surcharge without its threshold). */
TR_API tr_status tr_price_evidence_of(const tr_price *price, tr_price_evidence *out, tr_error *err);
/* "input=0.27,output=1.10,cached=0.07,write_5m=,write_1h=,threshold=200k,long_input=,long_output=,
 * fast_price=,fast_speed=,batch=0.5,context=128k" in any order; tokens count 1k as 1000, as prices do.
 * Errors: TR_EPARSE, TR_EUNKNOWN (a key, with a "did you mean"), TR_EMISSING, and as above. */
TR_API tr_status tr_price_evidence_inline(const char *text, tr_price_evidence *out, tr_error *err);

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
    TR_UNKNOWN_CHIPS,            /* chips that hold one copy of the model */
    TR_UNKNOWN_COUNT
} tr_unknown;

/* Pieces of evidence, each with what it says. */
typedef enum tr_evidence_kind {
    TR_EVIDENCE_LEVEL = 0,       /* the input price */
    TR_EVIDENCE_RATIO,           /* output over input */
    TR_EVIDENCE_THRESHOLD,       /* where long prompts begin */
    TR_EVIDENCE_CACHED,          /* a cached read pays for its fetch */
    TR_EVIDENCE_HOLD,            /* a cache is held where its time suits */
    TR_EVIDENCE_FAST,            /* a fast mode's two ratios */
    TR_EVIDENCE_BATCH,           /* work that may wait is sold cheaper, and still pays */
    TR_EVIDENCE_LAUNCH,          /* when it was launched: chips, formats and kinds of model that existed */
    TR_EVIDENCE_LENGTH,          /* the longest prompt */
    TR_EVIDENCE_TOTAL,           /* all parameters, stated */
    TR_EVIDENCE_SIBLING,         /* open models of the same seller, with their prices */
    TR_EVIDENCE_SPEED,           /* measured tokens/s */
    TR_EVIDENCE_TTFT,            /* measured time to first token */
    TR_EVIDENCE_COUNT
} tr_evidence_kind;

/* One measurement by a user of the service, with nobody else's share in it known. */
typedef struct tr_oracle_measure {
    double value;                /* tokens/s of one sequence, or seconds to its first token */
    double context_token;        /* in the cache as it was measured; of a first token: the prompt's length */
} tr_oracle_measure;

enum { TR_ORACLE_MEASURE_MAX = 4, TR_ORACLE_SIBLING_MAX = 4 };

typedef struct tr_oracle_question {
    tr_price_evidence evidence;
    double active_param;         /* known ones: fixed instead of drawn; NaN = not known */
    double total_param;          /* >= active; with active NaN: stated, and evidence */
    double kv_byte_per_token;
    double chip_usd_per_hour;
    double launch_year;          /* 2025.25: the end of March 2025; NaN = not known */
    const tr_price *price;       /* whose price it is: its seller's other prices and, of an open model, what must not be
                                    learned from; NULL: typed */
    const tr_price *sibling[TR_ORACLE_SIBLING_MAX];  /* open models taken as the same seller's; NULL past the last */
    tr_oracle_measure speed[TR_ORACLE_MEASURE_MAX], ttft[TR_ORACLE_MEASURE_MAX]; /* value 0 past the last */
    const tr_chip *chip;         /* NULL: one of the priors' chips */
    tr_dtype weight_dtype;       /* TR_DTYPE_NATIVE: bf16, fp8 or fp4 */
    const tr_progress *progress; /* is told of draws, each view's sample_count; NULL: nobody */
    uint64_t sample_count;       /* 1000 to 1e9; up to four times as many where few of them count */
    uint64_t seed;
} tr_oracle_question;

/* 5, 25, 50, 75 and 95 % points. */
typedef struct tr_oracle_band {
    double min, low, value, high, max;
} tr_oracle_band;

enum { TR_ORACLE_CHIP_MAX = 16, TR_ORACLE_DTYPE_COUNT = 3, TR_ORACLE_TIER_MAX = TR_TIER_MAX };

/* What all evidence, or all but one piece, says. */
typedef struct tr_oracle_view {
    tr_oracle_band band[TR_UNKNOWN_COUNT];
    double chip_share[TR_ORACLE_CHIP_MAX];
    double dtype_share[TR_ORACLE_DTYPE_COUNT];   /* bf16, fp8, fp4 */
    double tier_share[TR_ORACLE_TIER_MAX];       /* where caches are kept: of the answer's tiers */
    double effective_count;                      /* samples that count: (sum w)^2 / sum w^2 */
} tr_oracle_view;

/* What was learned, and from what. */
typedef struct tr_oracle_learned {
    size_t row_count, provider_count;   /* prices learned from, and of how many sellers */
    size_t left_provider_count;         /* left out: the same seller's, since it is an open model that is asked about */
    size_t left_weight_count;           /* left out: the same weights at other sellers */
    size_t own_count;                   /* of them the same seller's, or siblings */
    double usd_per_mtoken;              /* input price of a model of 30e9 active parameters */
    double power_ratio;                       /* input price goes with (active + fixed_param)^power */
    double fixed_param;
    double scatter_nat;                     /* standard deviation of ln price around it, a new seller's included */
} tr_oracle_learned;

typedef struct tr_oracle_answer {
    uint64_t sample_count;
    tr_oracle_learned learned;
    tr_oracle_view prior, posterior;
    int given[TR_EVIDENCE_COUNT];
    tr_oracle_view without[TR_EVIDENCE_COUNT];   /* where given: the posterior without this piece */
    size_t chip_count;
    char chip[TR_ORACLE_CHIP_MAX][64];
    size_t tier_count;
    char tier[TR_ORACLE_TIER_MAX][24];
} tr_oracle_answer;

/* Below this many effective samples bands are rough. */
#define TR_ORACLE_FEW_COUNT 400.0

/* What a provider is taken to pay for a chip: a three-year contract where one is known and the chip's price
 * is what it has by default, since list prices are not what a steady load costs; else the chip's price. */
TR_API double tr_oracle_chip_usd_per_hour(const tr_chip *chip);

/* Learn, draw, weigh, sort: deterministic by seed, the same bits on every machine. Once for the priors, once with all
 * evidence, and once without each piece. Allocates less than a megabyte while it runs and frees it.  [K17] [K92]
 * Errors: TR_EDOMAIN, TR_ECONFLICT, TR_EMISSING (a chip without a price, and none given), TR_ENOFIT (no draw
 * explains the prices at all), TR_ENOMEM. */
TR_API tr_status tr_oracle_infer(const tr_oracle_question *question, tr_oracle_answer *out, tr_error *err);

#ifdef __cplusplus
}
#endif
#endif /* TOKENROOF_PRICE_H */
