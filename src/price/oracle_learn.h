/* price/oracle_learn.h -- what the prices of open models say about how price goes with size. */
#ifndef TOKENROOF_SRC_PRICE_ORACLE_LEARN_H
#define TOKENROOF_SRC_PRICE_ORACLE_LEARN_H

#include "price/oracle_fit.h"
#include "price/oracle_parts.h"

/* A price of a model whose weights are public, and that model's numbers. */
typedef struct tr_open_row {
    const tr_price *price;
    double active_nat, total_nat, kv_nat;
    double context_token; /* the longest its configuration allows, 0 = not stated */
    double launch_year;   /* NaN = not known */
    int is_fast;
} tr_open_row;

typedef struct tr_open_rows {
    size_t count;
    tr_open_row row[TR_FIT_ROW_MAX];
} tr_open_rows;

/* Every price of an open model once: the same seller's same price of the same model is one row. Allocates a
 * model while it runs. Errors: TR_ENOMEM, and a model that the catalog does not have. */
tr_status tr_open_rows_of(tr_open_rows *out, tr_error *err);

/* What it asks with: which rows may be learned from, and what is known of the model asked about. */
typedef struct tr_learn_ask {
    const tr_price *price;          /* NULL: typed */
    const tr_price *const *sibling; /* TR_ORACLE_SIBLING_MAX of them, NULL past the last */
    int with_siblings;
    double launch_year, context_token; /* NaN = not known, or not to be used */
    int is_fast;
} tr_learn_ask;

/* The lines, and what open models are like. */
typedef struct tr_lessons {
    tr_oracle_learned learned;
    tr_fit input;  /* ln input price over 1, ln (active + fixed), whether it is a fast mode */
    tr_fit ratio;  /* ln output over input, over 1, ln total over active */
    tr_fit cached; /* ln cached read over input, over 1, ln KV bytes */
    int has_cached;
    tr_fit kv; /* ln KV bytes, over 1, ln active, ln context where that is known */
    double active_mean_nat, active_deviation_nat; /* of ln active parameters */
    double dense_share;
    double sparse_mean_nat, sparse_deviation_nat; /* of ln total over active, of those that are not dense */
    double fixed_param;
    double context_nat; /* that the line of KV bytes is taken at; NaN: it has no such term */
    double fast_share;
} tr_lessons;

/* scratch: for one fit after another. Errors: TR_ENOFIT (too few rows are left). */
tr_status tr_learn(const tr_open_rows *rows, const tr_learn_ask *ask, tr_fit_rows *scratch, tr_lessons *out,
                   tr_error *err);

/* Middle and variance of ln input price, and densities of what is published, for logs of what is not. */
double tr_lesson_input_nat(const tr_lessons *l, double active_nat, double *variance_nat);
double tr_lesson_input_density_ratio(const tr_lessons *l, double active_nat, double input_nat);
double tr_lesson_ratio_density_ratio(const tr_lessons *l, double sparsity_nat, double log_ratio);
double tr_lesson_cached_density_ratio(const tr_lessons *l, double kv_nat, double log_cached_ratio);
double tr_lesson_kv_nat(const tr_lessons *l, double active_nat, double *variance_nat);
double tr_lesson_kv_density_ratio(const tr_lessons *l, double active_nat, double kv_nat);

/* ln of the active parameters whose middle price this is. */
double tr_lesson_active_nat(const tr_lessons *l, double input_nat);

/* Sold as a faster mode of a model under a name of its own (data/priors/serving.json). */
int tr_price_is_fast(const tr_price *price);

#endif
