/* price/price_sheet.h -- what the price sheets say beside the prices: names, sources, ratios. */
#ifndef TOKENROOF_SRC_PRICE_PRICE_SHEET_H
#define TOKENROOF_SRC_PRICE_PRICE_SHEET_H

#include <tokenroof/price.h>

/* Where a fast mode's price was read; NULL where there is none. price is one of the catalog's. */
typedef struct tr_price_fast {
    char from[12];               /* first day offered, "" = not known */
    char source[160];
    char date[12];
    char note[160];              /* "" if nothing */
    double speed_ratio;          /* its speed over the normal one's, as the provider says; NaN: it does not */
} tr_price_fast;
const tr_price_fast *tr_price_fast_of(const tr_price *price);

/* A fast mode on sale: one of a price, or a model sold beside the same with "-fast" behind its name. */
typedef struct tr_fast_mode {
    const tr_price *price;           /* the fast one's, or that which has it */
    double price_ratio;              /* output over the normal one's */
    double speed_ratio;              /* NaN: not told */
    const char *date;                /* when it was seen */
} tr_fast_mode;
/* Those in force on the day their sheet was read, the first `capacity` of them; returns how many there are. */
size_t tr_fast_modes(tr_fast_mode *out, size_t capacity);

/* 1 if text names this price: its model, the part of that after the last '/', or its model in the
 * catalog; before it may stand the provider and a '/', or the provider alone. Case is ignored. */
int tr_price_is_named(const tr_price *price, const char *text);

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
tr_price_ratios tr_price_ratios_of(const tr_price *price);

#endif
