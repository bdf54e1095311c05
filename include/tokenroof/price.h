/* tokenroof/price.h -- what providers ask for a token: published price sheets with their dates.
 *
 * The catalog is compiled in from data/prices. Pure functions: no globals, no
 * allocation, no I/O; any thread may call them. Prices are dollars for a
 * million tokens; NaN: not offered, or not known.
 */
#ifndef TOKENROOF_PRICE_H
#define TOKENROOF_PRICE_H

#include <tokenroof/base.h>

#ifdef __cplusplus
extern "C" {
#endif

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
    char catalog_model[64];      /* the same model in the catalog of models; "" = not there, or its weights are not public */
    char date[12];               /* when it was seen: the sheet's date */
    char from[12];               /* first day of the period; "" = since the sheet began */
    char daily_from_utc[8];      /* "00:30": holds only in these hours of a day; "" = all day */
    char daily_to_utc[8];
    double context_token;        /* longest prompt, NaN = not known */
    tr_price_rates base;         /* input and output are always known */
    double long_above_token;     /* prompts longer than this pay long_rates for all of their tokens; NaN = no such tier */
    tr_price_rates long_rates;
    tr_price_rates fast;         /* the same model, faster; output NaN = no such mode, or no price of it published */
    double batch_price_ratio;    /* price of work that may wait a day, over the normal one; NaN = not offered */
    double hold_usd_per_mtoken_hour; /* for keeping cached tokens, where that is charged by the hour; NaN = it is not */
} tr_price;

/* ---- the catalog compiled in: by provider, then model, then from old to new; static storage ---- */

TR_API size_t tr_price_count(void);
TR_API const tr_price *tr_price_at(size_t index);       /* NULL past the end */

/* Who sells, and where the sheet was read. Sorted by name. */
typedef struct tr_price_provider {
    char name[16];
    char title[64];              /* "Anthropic" */
    char source[160];            /* of the prices of this sheet */
    char date[12];
    char batch_source[160];      /* of the batch price, "" where none is offered */
    char batch_date[12];
} tr_price_provider;
TR_API size_t tr_price_provider_count(void);
TR_API const tr_price_provider *tr_price_provider_at(size_t index);             /* NULL past the end */
TR_API const tr_price_provider *tr_price_provider_find(const char *name);       /* case ignored; NULL if unknown */

/* Where a fast mode's price was read; NULL where there is none. price is one of the catalog's. */
typedef struct tr_price_fast {
    char from[12];               /* first day offered, "" = not known */
    char source[160];
    char date[12];
    char note[160];              /* "" if nothing */
} tr_price_fast;
TR_API const tr_price_fast *tr_price_fast_of(const tr_price *price);

/* 1 if text names this price: its model, the part of that after the last '/', or its model in the
 * catalog; before it may stand the provider and a '/', or the provider alone. Case is ignored. */
TR_API int tr_price_is_named(const tr_price *price, const char *text);

/* One price: "claude-opus-4-6", "anthropic/claude-opus-4-6", "claude-sonnet-5@2026-10-01". The period
 * is the one in force on that day (a year or a month: on its first), without a day on the day the sheet
 * was read; of prices that change with the hour, the one that holds longer. Errors: TR_EUNKNOWN (with a
 * "did you mean"; or nothing in force by then), TR_ECONFLICT (several providers, or models, have it: the
 * text says which), TR_EPARSE (a date). */
TR_API tr_status tr_price_named(const char *text, const tr_price **out, tr_error *err);

/* Prices over prices, NaN where one is not known. */
typedef struct tr_price_ratios {
    double output_input_ratio;
    double input_cached_ratio;       /* how many times cheaper a cached read is */
    double write_5m_input_ratio;     /* 1.25: a premium of a quarter */
    double write_1h_input_ratio;
    double long_input_ratio;         /* a long prompt's input over a short one's */
    double long_output_ratio;
    double fast_output_ratio;        /* the fast mode's output over the normal one's */
} tr_price_ratios;
TR_API tr_price_ratios tr_price_ratios_of(const tr_price *price);

#ifdef __cplusplus
}
#endif
#endif /* TOKENROOF_PRICE_H */
