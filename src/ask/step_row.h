/* ask/step_row.h -- one row of `step`: a load, the pass it comes to, and the marks around it. */
#ifndef TOKENROOF_SRC_ASK_STEP_ROW_H
#define TOKENROOF_SRC_ASK_STEP_ROW_H

#include <tokenroof/ask.h>

#include "ask/drafts.h"
#include "write/field.h"

typedef struct tr_step_row {
    const tr_problem *question;
    tr_load load;
    int fits;
    tr_error why;     /* why not, if it does not fit; or why nothing is predicted */
    tr_step step;      /* by the physics asked for; all NaN if it does not fit, but by tr_step_row_bound */
    tr_step bound;     /* likewise */
    tr_step predicted; /* a real model on a real chip, where it fits; else all NaN */
    int is_predicted;
    double floor_s;
    double ridge_flop_per_byte;
    double balance_batch_seq; /* HUGE_VAL: no batch reaches it; NaN in prefill, which has none */
    double max_batch_seq;     /* HUGE_VAL: nothing limits it */
    double weight_intensity_flop_per_byte;
    double attention_intensity_flop_per_byte;
    tr_drafts drafts; /* what they are worth, where the row fits and is asked for by itself */
} tr_step_row;

/* Errors: as tr_problem_step but TR_ENOFIT, which fills the row with fits = 0. */
tr_status tr_step_row_of(const tr_problem *question, const tr_load *load, tr_step_row *out, tr_error *err);
/* By the bound, also what does not fit: what more memory would give. Predicted is what fits. Errors: as
 * tr_bound_step. */
tr_status tr_step_row_bound(const tr_problem *question, const tr_load *load, tr_step_row *out, tr_error *err);

/* A row that has no answer, and why. */
tr_step_row tr_step_row_none(const tr_problem *question, const tr_load *load, const tr_error *why);

/* Of a row by the bound: step becomes what the question's physics says, NaN where that does not fit. */
void tr_step_row_by_physics(tr_step_row *row);

/* Figures of a row as predicted, with their 90 % interval, beside the bound; NaN where there is none. */
tr_quantity tr_step_row_time_s(const tr_step_row *row);
tr_quantity tr_step_row_token_per_s(const tr_step_row *row);
tr_quantity tr_step_row_token_per_s_per_seq(const tr_step_row *row);
tr_quantity tr_step_row_usd_per_mtoken(const tr_step_row *row); /* NaN where no price is known */
/* The same as lines of a page, under their head; nothing where nothing is predicted. */
void tr_step_row_print(const tr_step_row *row, tr_writer *out);

/* ---- getters of rows whose first member is a tr_step_row ---- */

#define TR_PASS_GETTERS(NAME)                                                                              \
    double NAME(const void *row);                                                                          \
    double NAME##_bound(const void *row);                                                                  \
    double NAME##_low(const void *row);                                                                    \
    double NAME##_high(const void *row);
TR_PASS_GETTERS(tr_pass_time)
TR_PASS_GETTERS(tr_pass_rate)
TR_PASS_GETTERS(tr_pass_each)
TR_PASS_GETTERS(tr_pass_cost)
TR_PASS_GETTERS(tr_pass_mfu)
TR_PASS_GETTERS(tr_pass_mbu)
double tr_pass_time_predicted(const void *row);
const char *tr_pass_limited_by(const void *row);
/* Shares of the peaks, with what stands beside them. */
#define TR_PASS_USE TR_B("mfu", RATIO, tr_pass_mfu), TR_B("mbu", RATIO, tr_pass_mbu)
/* What stands beside step_s, token_per_s, token_per_s_per_seq and usd_per_mtoken, which are by the physics asked for:
 * the bound, and the interval of what is predicted. */
#define TR_PASS_TIME_BESIDE                                                                                \
    TR_N("step_s_bound", SECOND, tr_pass_time_bound), TR_N("step_s_predicted", SECOND, tr_pass_time_predicted), \
        TR_N("step_s_low", SECOND, tr_pass_time_low), TR_N("step_s_high", SECOND, tr_pass_time_high)
#define TR_PASS_RATE_BESIDE TR_BESIDE("token_per_s", TOKEN_PER_S, tr_pass_rate)
#define TR_PASS_EACH_BESIDE TR_BESIDE("token_per_s_per_seq", TOKEN_PER_S, tr_pass_each)
#define TR_PASS_COST_BESIDE TR_BESIDE("usd_per_mtoken", USD_PER_MTOKEN, tr_pass_cost)
/* The time as columns for people. */
#define TR_PASS_TIME_HEADS                                                                                 \
    TR_N_HEAD("step_s_predicted", SECOND, "predicted", 9, tr_pass_time_predicted),                         \
        TR_N_HEAD("step_s_low", SECOND, "low", 8, tr_pass_time_low),                                       \
        TR_N_HEAD("step_s_high", SECOND, "high", 8, tr_pass_time_high),                                    \
        TR_N_HEAD("step_s_bound", SECOND, "bound", 8, tr_pass_time_bound)

/* The row's fields as the contract of `step` names them. */
extern const tr_fields tr_step_fields;
/* Its columns for people, with the query or without. */
const tr_fields *tr_step_columns(const tr_problem *question, int with_query);
/* How many of them, from the first, are the same in every row of a document: model, system, layout. */
extern const size_t tr_step_shared_count;

/* The loads of a scenario: every context with every query with every batch. */
typedef struct tr_loads {
    const tr_scenario *scenario;
    const double *batch_seq, *context_token, *query_token;
    size_t batch_count, context_count, query_count;
    size_t count;
} tr_loads;

/* In CSV and JSON lines any number; else errors: TR_ECAPACITY (more than a million). */
tr_status tr_loads_of(const tr_scenario *scenario, const tr_style *style, tr_loads *out, tr_error *err);
tr_load tr_loads_at(const tr_loads *loads, size_t index);
int tr_loads_have(const tr_loads *loads, tr_phase phase);

#endif
