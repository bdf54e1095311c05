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
    tr_place cost;                   /* all NaN for "recompute" */
    int counts;                      /* has a price, and room */
    char why[160];                   /* why not */
    double usd_per_gb;               /* what the part costs to buy; NaN: not known, or the chip's own */
    char price_source[112];
    double hold_usd_per_mtoken_hour;
    double fetch_usd_per_mtoken;     /* of one fetch, or of computing again once */
    double fetch_s;                  /* of a whole sequence, by all chips at once */
    double even_s;                   /* hold time whose cost equals that of one fetch */
    double recompute_break_even_s;   /* holding longer costs more than computing again */
    double from_s, to_s;             /* where it is cheapest; NaN: nowhere */
} tr_tiers_place;

typedef struct tr_tiers {
    const tr_problem *question;      /* first: tr_question_* read it */
    double context_token;
    double held_byte;                /* of one sequence: KV cache and state */
    double held_byte_per_token;
    double recompute_flop;           /* of one sequence */
    double recompute_s, recompute_usd;
    int is_predicted;                /* these two, with their interval; else at a share of the peak that was given */
    double recompute_low_s, recompute_high_s; /* NaN where they are not predicted */
    double recompute_bound_s;        /* at the peak and the bandwidth of the datasheet */
    double mfu, fetch_count;
    tr_hold_terms terms;
    tr_tiers_place place[TR_TIER_MAX + 1];
    int place_count;                 /* the last one is "recompute" */
    tr_cheapest cheapest[TR_TIER_MAX + 1];
    size_t cheapest_count;
    double hold_s[TR_TIERS_HOLDS];
    size_t hold_count;
    double write_ratio[TR_TIERS_PREMIUMS], read_ratio;
    size_t premium_count;
} tr_tiers;

/* Errors: TR_EMISSING (no price of the chip), TR_ECONFLICT (several contexts, or a price of a tier that is not
 * there), TR_EDOMAIN (an empty context), TR_ECAPACITY (more than 64 hold times). */
tr_status tr_tiers_of(const tr_scenario *scenario, const tr_problem *question, tr_tiers *out, tr_error *err);

/* Dollars for a million tokens at a place. NaN where it is not known. */
double tr_tiers_usd_per_mtoken(const tr_tiers *tiers, int place, double hold_s);
/* Index of the cheapest place at a hold time. */
int tr_tiers_cheapest(const tr_tiers *tiers, double hold_s);

#endif
