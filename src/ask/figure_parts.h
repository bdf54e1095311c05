/* ask/figure_parts.h -- what the figures of a case share: grids, curves, and words with numbers in them.
 */
#ifndef TOKENROOF_SRC_ASK_FIGURE_PARTS_H
#define TOKENROOF_SRC_ASK_FIGURE_PARTS_H

#include <tokenroof/ask.h>

#include "ask/along.h"
#include "figure/axis_map.h"

#define FIGURE_POINTS 169 /* on each curve, the marked places included: a bend every six pixels at most */

/* The terms of decode steps along batch or context. 7 KiB: on the stack. */
typedef struct tr_curve {
    size_t n;
    double at[FIGURE_POINTS]; /* batch_seq or context_token */
    double compute_s[FIGURE_POINTS];
    double weights_s[FIGURE_POINTS];
    double kv_s[FIGURE_POINTS];
    double step_s[FIGURE_POINTS];
} tr_curve;

/* from..to with points closer together near from (by cubes) or evenly in the
 * logarithm; the finite ones of marks that lie between are points of their own. */
void tr_curve_grid_cubic(tr_curve *curve, double from, double to, const double *mark, size_t mark_count);
void tr_curve_grid_log(tr_curve *curve, double from, double to, const double *mark, size_t mark_count);

/* By what each of count points, at least 2, is multiplied so that the last is range times the first. By comparisons and
 * multiplications alone: the same bits on every machine. */
double tr_figure_even_ratio(double range, size_t count);

/* Decode steps at every point of the grid, capacity not asked. */
void tr_curve_over_batch(tr_curve *curve, const tr_problem *question, double context_token);
void tr_curve_over_context(tr_curve *curve, const tr_problem *question, double batch_seq);

void tr_curve_along(tr_curve *curve, const tr_along *along);

/* One decode step, capacity not asked. */
tr_step tr_figure_step(const tr_problem *question, double batch_seq, double context_token);

/* Is there anything to draw? The weights fit with this batch of this context.
 * Errors: TR_ENOFIT; TR_ECONFLICT (a prefill case). */
tr_status tr_check_figure(const tr_problem *question, double batch_seq, double context_token, tr_error *err);

/* The same of passes along an input: is there a first? Along the query a prefill case is fine. */
tr_status tr_check_along(const tr_along *along, tr_error *err);

/* The batches worth marking at a context. */
typedef struct tr_batch_marks {
    double balance_seq; /* HUGE_VAL: none */
    double most_seq;    /* HUGE_VAL: memory is not limited */
    double even_seq;    /* reading the KV cache takes as long as the weights; HUGE_VAL: never */
    double end_seq;     /* how far a figure should reach */
} tr_batch_marks;
tr_batch_marks tr_batch_marks_of(const tr_problem *question, double context_token);

/* The contexts worth marking at a batch. */
typedef struct tr_context_marks {
    double cliff_token; /* from here on memory sets the pace; 0: always, HUGE_VAL: never */
    double even_token;  /* reading the KV cache takes as long as the weights; HUGE_VAL: never */
    double most_token;  /* that fit the memory; HUGE_VAL: not limited */
    double limit_token; /* the model's own, 0 if not stated */
    double end_token;   /* how far a figure should reach */
} tr_context_marks;
tr_context_marks tr_context_marks_of(const tr_problem *question, double batch_seq);

/* The lengths of a pass worth marking. */
typedef struct tr_query_marks {
    double ridge_token;  /* from here on compute bounds the pass; 1: always, HUGE_VAL: never */
    double most_token;   /* that fit the memory; HUGE_VAL: not limited */
    double limit_token;  /* what the model's own limit leaves, 0 if not stated */
    double end_token;    /* how far a figure should reach */
} tr_query_marks;
tr_query_marks tr_query_marks_of(const tr_problem *question, double batch_seq, double context_token);

/* The batch at which to look over contexts where none was asked for: twice
 * the balance of short contexts, where a cliff can be seen, or what fits. */
double tr_context_batch_seq(const tr_problem *question);

/* tr_answer_figure_context at another batch than the case's own. */
tr_status tr_figure_context_at(const tr_problem *question, double batch_seq, const tr_figure_target *target,
                               tr_sink *sink, tr_error *err);

/* Tokens a second over batch; shares of the peaks along any input; the cost of a token along the query. Errors: as
 * tr_answer_figure_batch. */
tr_status tr_figure_rate(const tr_problem *question, const tr_figure_target *target, tr_sink *sink, tr_error *err);
tr_status tr_figure_use(const tr_along *along, const tr_figure_target *target, tr_sink *sink, tr_error *err);
tr_status tr_figure_query(const tr_along *along, const tr_figure_target *target, tr_sink *sink, tr_error *err);

/* What a second of the chips costs: dollars, or chip-seconds where no price is known. */
typedef struct tr_second {
    double per_s;
    tr_unit unit;
    const char *axis;            /* "dollars for a million tokens" */
} tr_second;
tr_second tr_second_of(const tr_roofline *roof);
/* Of a million tokens, for step_s seconds of the system and token of them. */
double tr_second_cost(const tr_second *second, double step_s, double token);

/* A figure in the terminal as a page of this style has it. */
tr_figure_target tr_figure_target_of(const tr_style *style);

/* A place under the roof. */
typedef struct tr_roof_point {
    const tr_problem *question;
    const char *kind;   /* "weights", "attention", "prefill"; "step": a whole pass, by ops or fitted physics;
                         * "ceiling": the corner of the roof in math_dtype, and the batch at which the weights as
                         * stored get there */
    tr_dtype math_dtype;
    double batch_seq;   /* NaN: any */
    double query_token; /* NaN: decode */
    double intensity_flop_per_byte;
    double flop_per_s;
    double low_flop_per_s, high_flop_per_s; /* band of a step; NaN: none */
    int fits;
} tr_roof_point;
#define ROOF_BATCHES 24
#define ROOF_CEILINGS 4
#define ROOF_POINTS (2 * ROOF_BATCHES + 2 + ROOF_CEILINGS)
/* Weight multiplies at these batches (none: 1, 2, 4 ... for each replica, as far as they fit and
 * say something new), attention if it has an intensity, prefill if it fits.
 * Where the case's physics is not the bound, also its steps at those batches, if they fit. Of a real chip last the
 * ceilings of every format that it multiplies in for itself. Returns how many points; those of the weights come
 * first. */
size_t tr_roof_points_of(const tr_problem *question, const double *batch_seq, size_t batch_count,
                         tr_roof_point *out);

/* "deepseek-v3 on gb200-nvl72 · WHAT · tp 8, replicas 9 · fp8 weights, bf16 KV cache, fp8 math" */
void tr_figure_subtitle(const tr_problem *question, const char *what, char *out, size_t size);
/* The same with other words for the layout; "": none. */
void tr_figure_subtitle_of(const tr_problem *question, const char *layout, const char *what, char *out, size_t size);
/* The same of what no layout matters to. */
void tr_figure_subtitle_pooled(const tr_problem *question, const char *what, char *out, size_t size);

/* Bars beside one another in rows, as a band draws them: two corners and a gap each. Room for three times as many. */
typedef struct tr_bars {
    double *x, *low, *high;
} tr_bars;
/* The index-th, about a height, between two values. */
void tr_bars_put(tr_bars bars, size_t index, double height, double half, const double end[2]);
tr_series tr_bars_series(tr_bars bars, size_t count, const char *name, tr_role role);

/* Figures with their interval and bound as rows, the first on top: bars are intervals, dots what is predicted. Clear it
 * with {.count = 0}; 8 KiB. */
enum { TR_SPANS_MAX = 48, TR_SPANS_SERIES = 3 };
typedef struct tr_spans {
    size_t count;
    double least, most;          /* of all that is drawn */
    double y[TR_SPANS_MAX], predicted[TR_SPANS_MAX], bound[TR_SPANS_MAX];
    double x[3 * TR_SPANS_MAX], low[3 * TR_SPANS_MAX], high[3 * TR_SPANS_MAX]; /* bars */
    const char *name[TR_SPANS_MAX], *label[TR_SPANS_MAX];
    char text[TR_SPANS_MAX][40];
} tr_spans;
/* Takes count rows, of which at says the index-th; what is beyond the maximum is left out. Names must outlive it. */
typedef const tr_quantity *(*tr_span_at)(const void *context, size_t index, const char **name);
void tr_spans_of(tr_spans *out, tr_span_at at, const void *context, size_t count, tr_unit unit, int terminal);
/* TR_SPANS_SERIES of them. */
void tr_spans_series(tr_spans *spans, tr_series *out);

/* Room for the texts of a few numbers: the twelve last written stay. */
typedef struct tr_words {
    char text[12][40];
    int next;
} tr_words;
const char *tr_words_of(tr_words *words, double value, tr_unit unit);
/* The same to three digits: enough for a mark that an eye places. Dollars below ten cents to two. */
const char *tr_words_short(tr_words *words, double value, tr_unit unit);

#endif
