/* ask/tiers_row.h -- the fields of the rows of `tiers`: a place, and a place held for a time. */
#ifndef TOKENROOF_SRC_ASK_TIERS_ROW_H
#define TOKENROOF_SRC_ASK_TIERS_ROW_H

#include "ask/asked.h"
#include "ask/tiers.h"
#include "ask/working.h"
#include "write/document.h"
#include "write/field.h"

typedef struct tr_tiers_row {
    const tr_problem *question; /* first: it names the row */
    const tr_tiers *tiers;
    const tr_tiers_place *place;
    double hold_s; /* NaN: of the place itself */
} tr_tiers_row;

extern const tr_fields tr_tiers_place_fields;
extern const tr_fields tr_tiers_hold_fields;
extern const tr_fields tr_tiers_priced_fields; /* of the document, read from a tr_tiers */

/* tiers_working.c: the equations, with numbers. */
void tr_tiers_workings(const tr_tiers *tiers, tr_workings *out);

/* tiers_document.c: the answer for programs. */
tr_status tr_tiers_document(const tr_scenario *scenario, const tr_tiers *tiers, const tr_notes *notes,
                            const tr_workings *workings, const tr_style *style, const tr_sink *sink, tr_error *err);

#endif
