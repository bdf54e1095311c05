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

#define TR_WORKING_MAX 22
typedef struct tr_workings {
    tr_working working[TR_WORKING_MAX];
    size_t count;
} tr_workings;

/* One more equation, and one more symbol of it; what is beyond the maxima replaces the last, or is left out. */
tr_working *tr_working_start(tr_workings *out, const char *id);
void tr_working_put(tr_working *working, const char *name, tr_unit unit, double value, int is_result);

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
