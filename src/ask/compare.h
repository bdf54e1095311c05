/* ask/compare.h -- what `predict` answers of several questions side by side, and how sure their differences are. */
#ifndef TOKENROOF_SRC_ASK_COMPARE_H
#define TOKENROOF_SRC_ASK_COMPARE_H

#include "ask/predict_row.h"
#include "ask/quantity_ratio.h"

/* What answers are compared in. */
enum { TR_METRIC_COUNT = 6 };
typedef struct tr_metric {
    const char *words;           /* "time per output token" */
    tr_unit unit;
    int more_is_better;
} tr_metric;
const tr_metric *tr_metric_at(size_t index);
/* Of a row; all NaN where nothing is predicted. */
tr_quantity tr_metric_of(const tr_predict_row *row, size_t index);

/* 1 where the interval of a ratio says on which side of 1 it is. */
int tr_ratio_is_certain(const tr_quantity *ratio);

/* One case, with what it is to the first. */
typedef struct tr_side {
    tr_predict_row row;          /* first: predict's fields read it */
    tr_predict_walk *walk;       /* what row points into; NULL where the case does not fit */
    const tr_scenario *scenario; /* with its defaults in place */
    char name[4];                /* "A" */
    tr_quantity metric[TR_METRIC_COUNT];
    tr_quantity ratio[TR_METRIC_COUNT]; /* to the first */
    double difference[TR_METRIC_COUNT];
    double used_byte, memory_byte; /* of a chip that decodes */
} tr_side;

typedef struct tr_comparison {
    size_t count;
    tr_side side[TR_CASE_MAX];
} tr_comparison;

/* Free it with tr_comparison_end. Errors: TR_EMISSING (fewer than two), TR_ECAPACITY, TR_ENOMEM, TR_ENOFIT (none fits),
 * those of tr_predict_walk_begin; the text names the case. */
tr_status tr_comparison_begin(const tr_case *cases, size_t count, tr_comparison **out, tr_error *err);
void tr_comparison_end(tr_comparison *comparison); /* NULL is fine */

/* The page for people: ask/compare_page.c. */
tr_status tr_comparison_page(const tr_comparison *comparison, const tr_style *style, tr_sink *sink, tr_error *err);

#endif
