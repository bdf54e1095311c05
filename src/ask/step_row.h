/* ask/step_row.h -- one row of `step`: a load, the pass it comes to, and the marks around it. */
#ifndef TOKENROOF_SRC_ASK_STEP_ROW_H
#define TOKENROOF_SRC_ASK_STEP_ROW_H

#include <tokenroof/ask.h>

#include "write/field.h"

typedef struct tr_step_row {
    const tr_problem *question;
    tr_load load;
    int fits;
    tr_error why;     /* why not, if it does not fit; or why nothing is predicted */
    tr_step step;     /* all NaN if it does not fit */
    int beside;       /* a prediction stands beside, whatever physics: a real model on a real chip, and it fits */
    int predicted;    /* and it has an answer */
    tr_step expected; /* all NaN without one */
    double floor_s;
    double ridge_flop_per_byte;
    double balance_batch_seq; /* HUGE_VAL: no batch reaches it; NaN in prefill, which has none */
    double max_batch_seq;     /* HUGE_VAL: nothing limits it */
    double weight_intensity_flop_per_byte;
    double attention_intensity_flop_per_byte;
} tr_step_row;

/* Errors: as tr_problem_step but TR_ENOFIT, which fills the row with fits = 0. */
tr_status tr_step_row_of(const tr_problem *question, const tr_load *load, tr_step_row *out, tr_error *err);
/* By the bound, also what does not fit: what more memory would give. Errors: as tr_bound_step. */
tr_status tr_step_row_bound(const tr_problem *question, const tr_load *load, tr_step_row *out, tr_error *err);

/* The row's fields as the contract of `step` names them. */
extern const tr_fields tr_step_fields;
/* How many of them, from the first, are the same in every row of a document: model, system, layout. */
extern const size_t tr_step_shared_count;

/* The loads of a scenario: every context with every query with every batch. */
typedef struct tr_loads {
    tr_phase phase;
    const double *batch_seq, *context_token, *query_token;
    size_t batch_count, context_count, query_count;
    size_t count;
} tr_loads;

/* In CSV and JSON lines any number; else errors: TR_ECAPACITY (more than a million). */
tr_status tr_loads_of(const tr_scenario *scenario, const tr_style *style, tr_loads *out, tr_error *err);
tr_load tr_loads_at(const tr_loads *loads, size_t index);

#endif
