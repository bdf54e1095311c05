/* ask/expected.h -- curves of the physics that is asked for, to draw beside the bound. */
#ifndef TOKENROOF_SRC_ASK_EXPECTED_H
#define TOKENROOF_SRC_ASK_EXPECTED_H

#include "ask/figure_parts.h"

/* Lines beside the bound's. Points that do not fit the layout's memory are NaN. */
typedef struct tr_expected {
    double step_s[FIGURE_POINTS], low_s[FIGURE_POINTS], high_s[FIGURE_POINTS];
    const char *name;        /* of the line: "predicted", "by operators" */
    int has_band;
    char title[192];
    const char *caption;
    char source[320];
} tr_expected;

/* What the case's physics says along the curve, over batch (context_token held) or over context (batch_seq held);
 * its title is of the point `at`, or of the last before it that fits. 0: bound physics, nothing to add. */
int tr_expected_over_batch(const tr_problem *question, const tr_curve *curve, double context_token, double at,
                           tr_expected *out);
int tr_expected_over_context(const tr_problem *question, const tr_curve *curve, double batch_seq, double at,
                             tr_expected *out);
int tr_expected_along(const tr_along *along, const tr_curve *curve, double at, tr_expected *out);

/* The bound's own line: the result, named `alone`, unless there is more beside it. */
tr_series tr_expected_bound(const tr_curve *curve, const char *alone, int more);

/* Its band, if it has one, and its line, in the units of the arrays. Returns how many series were written: 1 or 2. */
size_t tr_expected_series(const tr_expected *expected, const tr_curve *curve, tr_series *out);

#endif
