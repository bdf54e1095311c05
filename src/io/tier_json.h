/* io/tier_json.h -- memory tiers from the flat keys of a JSON file: of a chip, or of a kind of server. */
#ifndef TOKENROOF_SRC_IO_TIER_JSON_H
#define TOKENROOF_SRC_IO_TIER_JSON_H

#include <tokenroof/chip.h>

#include "io/json_flat.h"

typedef struct tr_tier_notes {
    char source[256];
    char date[12];
    char price_source[96]; /* of what the part costs; its day in price_date */
    char price_date[12];
    int line;
} tr_tier_notes;

/* One value of a list of tiers; rest is the key after "tiers.", "0.name". *count grows (it may start at -1).
 */
tr_status tr_tier_from_json(const tr_flat_entry *e, const char *rest, tr_tier *tiers, tr_tier_notes *notes,
                            size_t capacity, int *count, tr_error *err);

/* A finished list: names, sizes, fastest first, and with_source each with source and date, also its price if
 * it has one. count may be -1. */
tr_status tr_tiers_check(const tr_tier *tiers, const tr_tier_notes *notes, int count, int with_source,
                         tr_error *err);

#endif
