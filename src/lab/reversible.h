/* lab/reversible.h -- what the page, the document and the figures of `reversible` are made of. */
#ifndef TOKENROOF_SRC_LAB_REVERSIBLE_H
#define TOKENROOF_SRC_LAB_REVERSIBLE_H

#include "write/field.h"
#include "lab/lab.h"
#include "life/train_memory.h"

typedef struct tr_reversible {
    const tr_problem *question; /* NULL: the experiment alone */
    const tr_lab *lab;       /* NULL: the model alone */
    tr_train_numbers numbers;
    double context_token;
    tr_train_memory memory;
    tr_kv_mirror mirror;
} tr_reversible;

/* Errors: TR_EMISSING, TR_EDOMAIN. */
tr_status tr_reversible_of(const tr_scenario *scenario, const tr_problem *question, const tr_lab *lab,
                           tr_reversible *out, tr_error *err);

/* The ways to train, then (with a model) a KV cache and none. */
enum { TR_WAY_CACHED = TR_KEEP_COUNT, TR_WAY_AGAIN, TR_WAY_COUNT };
typedef struct tr_way_row {
    const char *name;
    double kept_byte_per_token, compute_ratio, batch_seq, depth_layer; /* NaN without a model */
    double predicted_byte, counted_byte, flop_ratio, time_s, time_ratio, gradient_error_ratio; /* NaN: not of the lab */
} tr_way_row;
tr_way_row tr_way_row_of(const tr_reversible *answer, int way);

typedef struct tr_drift_row {
    double layers;
    const double *drift_ratio; /* by form */
} tr_drift_row;

typedef struct tr_spread_row {
    double rounds, flip_share, ideal_share, local_flip_share, apart_share, apart_limit_share; /* NaN past the end */
} tr_spread_row;
tr_spread_row tr_spread_row_of(const tr_lab *lab, int round);

extern const tr_fields tr_way_fields;       /* everything, for programs */
extern const tr_fields tr_way_model_fields; /* for people: what a model keeps */
extern const tr_fields tr_way_lab_fields;   /* for people: what the stack did */
extern const tr_fields tr_drift_fields;
extern const tr_fields tr_spread_fields;
extern const tr_fields tr_reversible_fields; /* of a tr_reversible with a model */

#endif
