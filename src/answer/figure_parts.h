/* answer/figure_parts.h -- what the figures of a case share: grids, curves, and words with numbers in them.
 */
#ifndef TOKENROOF_SRC_ANSWER_FIGURE_PARTS_H
#define TOKENROOF_SRC_ANSWER_FIGURE_PARTS_H

#include <tokenroof/answer.h>

#include "figure/scale.h"

#define FIGURE_POINTS 321 /* on each curve, the marked places included */

/* The terms of decode steps along batch or context. 19 KiB: on the stack. */
typedef struct tr_curve {
    size_t n;
    double at[FIGURE_POINTS]; /* batch_seq or context_token */
    double compute_s[FIGURE_POINTS];
    double weights_s[FIGURE_POINTS];
    double kv_s[FIGURE_POINTS];
    double step_s[FIGURE_POINTS];
    double scratch[2][FIGURE_POINTS];
} tr_curve;

/* from..to with points closer together near from (by cubes) or evenly in the
 * logarithm; the finite ones of marks that lie between are points of their own. */
void tr_curve_grid_cubic(tr_curve *curve, double from, double to, const double *mark, size_t mark_count);
void tr_curve_grid_log(tr_curve *curve, double from, double to, const double *mark, size_t mark_count);

/* Decode steps at every point of the grid, capacity not asked. */
void tr_curve_over_batch(tr_curve *curve, const tr_case *question, double context_token);
void tr_curve_over_context(tr_curve *curve, const tr_case *question, double batch_seq);

/* One decode step, capacity not asked. */
tr_step tr_figure_step(const tr_case *question, double batch_seq, double context_token);

/* The batches worth marking at a context. */
typedef struct tr_batch_marks {
    double balance_seq; /* HUGE_VAL: none */
    double most_seq;    /* HUGE_VAL: memory is not limited */
    double end_seq;     /* how far a figure should reach */
} tr_batch_marks;
tr_batch_marks tr_batch_marks_of(const tr_case *question, double context_token);

/* "deepseek-v3 on gb200-nvl72 · WHAT · fp8 weights, bf16 KV cache, fp8 math" */
void tr_figure_subtitle(const tr_case *question, const char *what, char *out, size_t size);

/* Room for the texts of a few numbers: the twelve last written stay. */
typedef struct tr_words {
    char text[12][40];
    int next;
} tr_words;
const char *tr_words_of(tr_words *words, double value, tr_unit unit);
/* The same to three digits: enough for a mark that an eye places. Dollars below ten cents to two. */
const char *tr_words_short(tr_words *words, double value, tr_unit unit);

#endif
