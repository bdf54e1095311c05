/* fit/score.h -- how far predictions are from measurements: overall, by group, and the worst. Native. */
#ifndef TOKENROOF_SRC_FIT_SCORE_H
#define TOKENROOF_SRC_FIT_SCORE_H

#include "fit/measured.h"
#include "fit/predict.h"

typedef enum tr_by {
    TR_BY_PHASE = 0,
    TR_BY_SYSTEM,
    TR_BY_MODEL,
    TR_BY_BACKEND,
    TR_BY_PRECISION,
    TR_BY_CONCURRENCY,
    TR_BY_COUNT
} tr_by;
const char *tr_by_name(tr_by by);

/* One prediction beside its measurement. */
typedef struct tr_judged {
    int file, line; /* file: index of the order given */
    tr_metric metric;
    double measured_s, predicted_s, low_s, high_s, bound_s;
    int group[TR_BY_COUNT]; /* indices of names */
} tr_judged;

/* Errors of a set of predictions, each relative to its measurement. NaN where n is 0. */
typedef struct tr_score_line {
    size_t n;
    double mape, median_ape, p90_ape;
    double bias;          /* mean of predicted / measured - 1 */
    double median_ratio;  /* of measured / predicted */
    double within_20pct;  /* share */
    double band_coverage; /* share of measurements inside low_s .. high_s; NaN if there is no band */
} tr_score_line;

typedef struct tr_score tr_score;
tr_score *tr_score_create(void); /* NULL if out of memory */
void tr_score_destroy(tr_score *score);
/* Errors: TR_ENOMEM, TR_ECAPACITY (more than 65,536 names of a group). */
tr_status tr_score_add(tr_score *score, int file, const tr_measured *row, const tr_prediction *prediction,
                       tr_error *err);
tr_status tr_score_skip(tr_score *score, const char *reason, tr_error *err);

size_t tr_score_count(const tr_score *score);
const tr_judged *tr_score_at(const tr_score *score, size_t index);
const char *tr_score_group_name(const tr_score *score, tr_by by, int group);
size_t tr_score_group_count(const tr_score *score, tr_by by);
size_t tr_score_reason_count(const tr_score *score);
const char *tr_score_reason(const tr_score *score, size_t index, size_t *count);

/* by TR_BY_COUNT: overall. Errors: TR_ENOMEM. */
tr_status tr_score_line_of(const tr_score *score, tr_by by, int group, tr_score_line *out, tr_error *err);
/* Indices of the rows with the largest error, worst first; *count says how many are wanted and how many came.
 */
tr_status tr_score_worst(const tr_score *score, size_t *index, size_t *count, tr_error *err);

#endif
