/* base/quantity.h -- the units of tr_unit: their suffixes, and parsing a part of a text. */
#ifndef TOKENROOF_SRC_BASE_QUANTITY_H
#define TOKENROOF_SRC_BASE_QUANTITY_H

#include <tokenroof/base.h>

/* A suffix and what it multiplies by: factor x 10^exp10. */
typedef struct tr_suffix {
    const char *text;
    uint64_t factor;
    int exp10;
} tr_suffix;

/* Find the suffix of this kind; length 0 is the bare number. 0 if there is none. */
int tr_suffix_find(tr_unit unit, const char *text, size_t length, tr_suffix *out);
/* 1 for money: a leading $ is allowed. */
int tr_unit_is_money(tr_unit unit);

/* As tr_quantity_parse, on text[0..length). */
tr_status tr_quantity_parse_span(const char *text, size_t length, tr_unit unit, double *out, tr_error *err);

#endif
