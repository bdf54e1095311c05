/* price/published_day.h -- a provider's published day of serving. */
#ifndef TOKENROOF_SRC_PRICE_PUBLISHED_DAY_H
#define TOKENROOF_SRC_PRICE_PUBLISHED_DAY_H

#include <tokenroof/base.h>

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
tr_status tr_fleet_day_of(const tr_fleet_day *day, tr_fleet_answer *out, tr_error *err);

#endif
