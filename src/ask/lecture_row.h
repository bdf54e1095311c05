/* ask/lecture_row.h -- a claim of the lecture with its verdict and its numbers, as text; one claim in full. */
#ifndef TOKENROOF_SRC_ASK_LECTURE_ROW_H
#define TOKENROOF_SRC_ASK_LECTURE_ROW_H

#include <tokenroof/claims.h>
#include <tokenroof/write.h>

#include "write/field.h"

enum { TR_LECTURE_TEXT = 1024 };

/* Of a claim with parts: its own words, and no numbers. */
typedef struct tr_lecture_row {
    const tr_claim *claim;
    size_t index;
    tr_claim_experiment experiment;
    tr_verdict verdict;
    char numbers[256];              /* what is said of the case farthest off, and what is computed: "700 B -> 671 B" */
    char computed[TR_LECTURE_TEXT]; /* each number with its case */
    tr_claim_line line;             /* the first question's */
    const char *equation;           /* the first question's, "" if none */
    int agrees;                     /* all numbers come out as they must */
} tr_lecture_row;

tr_status tr_lecture_row_of(size_t index, tr_claim_experiment experiment, tr_lecture_row *out, tr_error *err);

/* A number with the unit of its answer; "not run" for NaN. */
void tr_lecture_number(double value, tr_unit unit, char *out, size_t size);
/* What a claim says, in that unit: "15 ms to 20 ms", "at least 10 ms". */
void tr_lecture_says(const tr_claim_check *check, tr_unit unit, char *out, size_t size);

/* The row's members in JSON, and its columns. */
extern const tr_fields tr_lecture_fields;

/* One claim in full, with its parts. */
tr_status tr_lecture_card_text(const tr_lecture_row *row, const tr_style *style, tr_sink *sink, tr_error *err);
tr_status tr_lecture_card_json(const tr_lecture_row *row, tr_sink *sink, tr_error *err);

#endif
