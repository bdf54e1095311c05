/* ask/tiers.h -- what `tiers` answers, gathered before it is written or drawn. */
#ifndef TOKENROOF_SRC_ASK_TIERS_H
#define TOKENROOF_SRC_ASK_TIERS_H

#include <tokenroof/ask.h>

#include "price/cache_place.h"

enum { TR_TIERS_HOLDS = 64, TR_TIERS_PREMIUMS = 16 };

/* One place: a tier of the chip, or (the last one) to compute again. */
typedef struct tr_tiers_place {
    const tr_tier *tier;             /* NULL: to compute again */
    const char *name;                /* "hbm", ..., "recompute" */
    tr_place cost;                   /* all NaN for "recompute", and where a price is missing */
    int counts;                      /* has a price, and room */
    char why[160];                   /* why not */
    double usd_per_gb;               /* what the part costs to buy; NaN: not known, or the chip's own */
    char price_source[112];
    tr_quantity fetch_s;             /* of a whole sequence; of "recompute" the prefill; 0 in the chip's own memory */
    tr_quantity ttft_s;              /* of a request whose held part comes from here */
    double even_s;                   /* hold time whose cost equals that of one fetch */
    double drain_even_s;             /* to the next tier, by drain times alone */
    double next_even_s;              /* to the next tier, by money */
    tr_quantity recompute_even_s;    /* holding longer costs more than computing again */
    double from_s, to_s;             /* where it is cheapest; NaN: nowhere */
} tr_tiers_place;

typedef struct tr_tiers {
    const tr_problem *question;      /* first: tr_question_* read it */
    double context_token, new_token; /* held, and new after it */
    double held_byte;                /* of one sequence: KV cache and state */
    double held_byte_per_token;
    double recompute_flop;           /* of one sequence */
    tr_quantity recompute_s;         /* low and high NaN where it is not predicted */
    tr_quantity recompute_usd;       /* the bound: at the whole peak; NaN without a price of the chip */
    int is_predicted;                /* these two; else at a share of the peak that was given */
    double seq_chip;                 /* chips that one sequence is spread over */
    char no_ttft[200];               /* why no time to the first token is predicted; "" if it is */
    double mfu, fetch_count;
    tr_hold_terms terms;             /* chip_usd_per_s 0: no price is known */
    tr_tiers_place place[TR_TIER_MAX + 1];
    int place_count;                 /* the last one is "recompute" */
    tr_cheapest cheapest[TR_TIER_MAX + 1];
    size_t cheapest_count;           /* 0 without a price of the chip */
    double hold_s[TR_TIERS_HOLDS];
    size_t hold_count;
    double write_ratio[TR_TIERS_PREMIUMS], read_ratio;
    size_t premium_count;
} tr_tiers;

/* Errors: TR_ECONFLICT (a price of a tier that is not there), TR_EDOMAIN (an empty context),
 * TR_ECAPACITY (more than 64 hold times). */
tr_status tr_tiers_of(const tr_scenario *scenario, const tr_problem *question, tr_tiers *out, tr_error *err);

/* What a place costs at a hold time, at each of the times and prices that computing again may take. NaN where it is
 * not known. */
double tr_tiers_usd_per_mtoken(const tr_tiers *tiers, int place, double hold_s);
double tr_tiers_per_mtoken(const tr_tiers *tiers, double usd);       /* of one sequence */
/* Low and high by recompute_usd's. */
tr_quantity tr_tiers_hit_price(const tr_tiers *tiers, int place, double hold_s);
tr_quantity tr_tiers_write_premium(const tr_tiers *tiers, int place, double hold_s);
/* Index of the cheapest place at a hold time; -1 without a price of the chip. */
int tr_tiers_cheapest(const tr_tiers *tiers, double hold_s);
/* 1 where two prices that are weighed against each other are more than a year apart. */
int tr_tiers_prices_apart(const tr_tiers *tiers);

#endif
