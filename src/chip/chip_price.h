/* chip/chip_price.h -- inside the library: a chip's quotes and the price that is used. */
#ifndef TOKENROOF_SRC_CHIP_PRICE_H
#define TOKENROOF_SRC_CHIP_PRICE_H

#include <tokenroof/chip.h>

/* By the name it has today or had in earlier files; TR_PRICE_NONE if unknown. */
tr_price_kind tr_price_kind_find(const char *name);

/* The chip's price from now on; a price of 0 is none. */
void tr_chip_use_price(tr_chip *chip, const tr_chip_quote *quote);

/* The first kind that the chip has a quote of. Without one nothing changes. */
void tr_chip_default_price(tr_chip *chip);

/* The whole system's price: its chip's, chip_count times. */
void tr_system_price_of_chip(tr_system *system);

/* Errors: TR_EDOMAIN, TR_ECONFLICT. */
tr_status tr_quote_check(const tr_chip_quote *quote, tr_price_kind kind, tr_error *err);

#endif
