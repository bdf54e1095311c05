/* io/price_json.h -- one provider's price sheet from data/prices: models, periods, tiers, dates and sources.
 *
 *   { "name": "openai", "title": "OpenAI", "source": "...", "date": "2026-08-21",
 *     "batch": {"price_ratio": 0.5, "source": "...", "date": "..."},
 *     "models": [ {"name": "gpt-5.4", "catalog": "its name in data/models, if it is there",
 *         "context_token": 1050000, "prices": [
 *         {"from": "2026-03-05", "daily": {"from_utc": "00:30", "to_utc": "16:30"},
 *          "usd_per_mtoken": {"input", "cached_read", "write_5m", "write_1h", "output"},
 *          "long": {"above_token": 272000, "usd_per_mtoken": {...}},
 *          "fast": {"usd_per_mtoken": {...}, "from", "speed_ratio", "note", "source", "date"}} ]} ],
 *     "cache_storage": [ {"family": "pro", "usd_per_mtoken_hour": 4.5, "source", "date"} ] }
 *
 * Prices are dollars for a million tokens; an absent one is 0, not known. A
 * period without "from" holds since the sheet began; one with "daily" holds
 * only in those hours and goes before one without.
 */
#ifndef TOKENROOF_SRC_IO_PRICE_JSON_H
#define TOKENROOF_SRC_IO_PRICE_JSON_H

#include <tokenroof/base.h>

#include "io/json_flat.h"

typedef struct tr_rates {                     /* 0 = not offered or not known */
    double input_usd_per_mtoken;
    double cached_read_usd_per_mtoken;
    double write_5m_usd_per_mtoken;           /* into a cache held five minutes */
    double write_1h_usd_per_mtoken;
    double output_usd_per_mtoken;
} tr_rates;

typedef struct tr_price_period {
    char from[12];                            /* first day, "" = since the sheet began */
    char daily_from_utc[8], daily_to_utc[8];  /* "00:30"; "" = all day */
    tr_rates base;
    double long_above_token; /* prompts longer than this pay the rates of the long tier; 0 = no tier */
    tr_rates above;
    tr_rates fast;                            /* output 0 = no fast mode */
    double fast_speed_ratio;                  /* 0 = not told */
    char fast_from[12], fast_date[12], fast_source[160], fast_note[160];
} tr_price_period;

typedef struct tr_price_model {
    char name[80];
    char catalog[64];                         /* the same model in data/models, "" = not there */
    double context_token;                     /* 0 = not known */
    size_t first_period, period_count;        /* in the sheet's periods */
} tr_price_model;

typedef struct tr_cache_storage {             /* a price for keeping a cache, by the hour */
    char family[32];
    double usd_per_mtoken_hour;
    char source[160], date[12];
} tr_cache_storage;

typedef struct tr_price_sheet {
    char name[32], title[64], source[160], date[12];
    double batch_price_ratio; /* price of work that may wait a day, over the normal one; 0 = not offered */
    char batch_source[160], batch_date[12];
    tr_price_model *models;
    size_t model_count;
    tr_price_period *periods;
    size_t period_count;
    tr_cache_storage storage[4];
    size_t storage_count;
} tr_price_sheet;

/* Errors, with the line: TR_EUNKNOWN (a key), TR_EPARSE, TR_EDOMAIN (a price below 0 or above 10,000, a
 * date), TR_EMISSING (name, source, date; input and output of a period; source and date of a fast mode),
 * TR_ECONFLICT (a model twice; periods out of order; a long tier cheaper than the base), TR_ECAPACITY,
 * TR_ENOMEM. */
tr_status tr_price_sheet_from_json(const tr_flat *flat, tr_price_sheet **out, tr_error *err);
tr_status tr_price_sheet_read(const char *path, tr_price_sheet **out, tr_error *err);   /* also TR_EIO */
void tr_price_sheet_destroy(tr_price_sheet *sheet);   /* NULL is fine */

#endif
