/* ask/working.h -- the equations behind an answer, with their numbers put in. */
#ifndef TOKENROOF_SRC_ASK_WORKING_H
#define TOKENROOF_SRC_ASK_WORKING_H

#include <tokenroof/ask.h>

#include "ask/report.h"
#include "ask/step_row.h"

/* A symbol of an equation's formula and what it stands for here. */
typedef struct tr_symbol {
    const char *name; /* as the formula writes it: "compute_s", "kv_read(L)" */
    double value;
    tr_unit unit;
    int is_result;
} tr_symbol;

#define TR_SYMBOL_MAX 11
typedef struct tr_working {
    const char *id;
    tr_symbol symbol[TR_SYMBOL_MAX];
    size_t count;
} tr_working;

#define TR_WORKING_MAX 32
typedef struct tr_workings {
    tr_working working[TR_WORKING_MAX];
    size_t count;
} tr_workings;

/* One more equation, and one more symbol of it; what is beyond the maxima replaces the last, or is left out. */
tr_working *tr_working_start(tr_workings *out, const char *id);
void tr_working_put(tr_working *working, const char *name, tr_unit unit, double value, int is_result);

/* A pass by the bound (R1), and as predicted (F3) where it is; one of them may be NULL, or NaN. */
void tr_working_pass(tr_workings *out, const tr_step *bound, const tr_step *predicted);
/* A million tokens (K1); nothing where there is no price. */
void tr_working_cost(tr_workings *out, double usd_per_s, double token_per_s);
/* The balance batch of one copy of the weights (R9), and of several (K110). */
void tr_working_balance(tr_workings *out, const tr_roofline *roof, double context_token, double copy_count);
/* Memory of a chip (L3); nothing where it has no end. */
void tr_working_room(tr_workings *out, const tr_shard *shard, double held_token);
/* Where one more sequence costs as much cache traffic as multiplies (R10); nothing where there is no such context. */
void tr_working_context(tr_workings *out, const tr_model *model, const tr_roofline *roof);

/* The equations behind one row of `step`. */
void tr_workings_of_step(const tr_step_row *row, tr_workings *out);
/* Further ones about the system and the model as a whole: the balanced
 * context, the drain time, the floor of the cost. */
void tr_workings_add_report(const tr_report *report, tr_workings *out);

/* The formula with each symbol replaced by its number, up to a trailing clause
 * ("..., infinite where"), cut to size. */
void tr_working_substitute(const tr_working *working, const char *formula, char *out, size_t size);

void tr_workings_json(const tr_workings *workings, tr_json *json); /* "explain": [...] */
void tr_workings_text(const tr_workings *workings, const tr_style *style, tr_writer *out);

#endif
