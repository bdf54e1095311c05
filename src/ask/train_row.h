/* ask/train_row.h -- a machine's train: asked once, written alike by every verb that names it. */
#ifndef TOKENROOF_SRC_ASK_TRAIN_ROW_H
#define TOKENROOF_SRC_ASK_TRAIN_ROW_H

#include <tokenroof/life.h>
#include <tokenroof/problem.h>

#include "life/seat_queue.h"
#include "write/field.h"

typedef struct tr_train_row {
    const tr_problem *question;
    tr_train_terms terms;
    tr_train train;
    tr_seat_wait place;          /* for a place; NaN where all are taken: that queue has no end */
} tr_train_row;

/* Batch (1: a full train), answers and world as the scenario says; NULL: a full train of
 * answers of one token, and no world. Errors: as tr_train_of. */
tr_status tr_train_row_of(const tr_scenario *scenario, const tr_problem *question, tr_train_row *out, tr_error *err);

/* A figure of a tr_train that grows with its period, AT the physics asked or predicted, with its interval and
 * bound; and one that falls with it. */
#define TR_TRAIN_QUANTITY(TRAIN, AT, FIELD)                                                                \
    ((tr_quantity){(TRAIN)->AT.FIELD, (TRAIN)->low.FIELD, (TRAIN)->high.FIELD, (TRAIN)->bound.FIELD})
#define TR_TRAIN_FALLING(TRAIN, AT, FIELD)                                                                 \
    ((tr_quantity){(TRAIN)->AT.FIELD, (TRAIN)->high.FIELD, (TRAIN)->low.FIELD, (TRAIN)->bound.FIELD})

/* The fields of a tr_train_row, all below "train". */
extern const tr_fields tr_train_fields;
extern const tr_fields tr_train_row_fields; /* the same behind the question's names */
void tr_train_row_text(const tr_train_row *row, tr_writer *out);
struct tr_workings; /* ask/working.h */
/* Its equations; of its seats alone. Nothing of what does not fit. */
void tr_train_row_workings(const tr_train_row *row, struct tr_workings *out);
void tr_train_row_seats(const tr_train_row *row, struct tr_workings *out);

#endif
