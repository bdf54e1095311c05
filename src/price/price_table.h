/* price/price_table.h -- the shape of the price sheets that tools/embed_prices writes from data/ while building.
 *
 * No pointers: plain numbers and characters stay in read-only memory wherever the library is loaded.
 */
#ifndef TOKENROOF_SRC_PRICE_PRICE_TABLE_H
#define TOKENROOF_SRC_PRICE_PRICE_TABLE_H

#include "price/price_sheet.h"

typedef struct tr_price_fast_row {
    uint32_t price;              /* index of the price */
    tr_price_fast fast;
} tr_price_fast_row;

extern const uint32_t tr_price_table_count, tr_price_provider_table_count, tr_price_fast_table_count;
extern const tr_price tr_price_table[];                    /* by provider, model, from */
extern const tr_price_provider tr_price_provider_table[];  /* sorted by name */
extern const tr_price_fast_row tr_price_fast_table[];      /* sorted by price */

#endif
