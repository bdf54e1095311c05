/* tokenroof/figure.h -- a picture as data, drawn as SVG or in a terminal.
 *
 * A figure is axes, series, marks and notes: plain data that points into the
 * caller's arrays. One table of draw functions (src/figure/canvas.h) turns it
 * into SVG or into characters. Text goes to the caller's sink; what is allocated meanwhile is freed.
 */
#ifndef TOKENROOF_FIGURE_H
#define TOKENROOF_FIGURE_H

#include <tokenroof/base.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum tr_scale { TR_SCALE_LINEAR = 0, TR_SCALE_LOG } tr_scale;

typedef struct tr_axis {
    const char *label;           /* "batch (sequences)" */
    tr_unit unit;                /* how ticks are written */
    tr_scale scale;
    double min, max;             /* min < max; both 0: from the data; one NaN: that end from the data */
} tr_axis;

typedef enum tr_series_kind {
    TR_SERIES_LINE = 0,
    TR_SERIES_DASHED,            /* a limit, an asymptote */
    TR_SERIES_POINTS,
    TR_SERIES_BAND,              /* between y and y2 */
    TR_SERIES_BARS,              /* horizontal, one below the other, lengths in x (>= 0); y is not used.
                                  * Several such series are stacked left to right; nothing else may be beside them. */
    TR_SERIES_FLOOR,             /* a bound: a line with a hatched edge below, where nothing is */
    TR_SERIES_RINGS              /* measurements: ringed dots, another ring for each series; named in the legend */
} tr_series_kind;

/* Colour is a role, not a number: the same quantity has the same colour in every figure. */
typedef enum tr_role {
    TR_ROLE_RESULT = 0, TR_ROLE_COMPUTE, TR_ROLE_WEIGHTS, TR_ROLE_KV, TR_ROLE_COMM, TR_ROLE_FIXED,
    TR_ROLE_LIMIT, TR_ROLE_OTHER, TR_ROLE_COUNT
} tr_role;

typedef struct tr_series {
    const char *name;            /* written beside the line, or in a legend where it finds no room; NULL: nowhere.
                                  * What was found stands behind a colon: "weights: floor 1.17 ms" */
    tr_series_kind kind;
    tr_role role;
    const double *x, *y, *y2;    /* n each; y2 only for bands; NaN breaks a line, as does what cannot stand on the axis */
    size_t n;
    const char *const *label;    /* points: n short texts written beside them where there is room, or NULL; rings: what
                                  * hovering shows */
} tr_series;

typedef enum tr_mark_kind {
    TR_MARK_POINT = 0,
    TR_MARK_VERTICAL,
    TR_MARK_HORIZONTAL,
    TR_MARK_REGION               /* shaded from x to x2 (HUGE_VAL: to the end) */
} tr_mark_kind;
typedef struct tr_mark {
    tr_mark_kind kind;
    tr_role role;
    double x, y;                 /* the one that matters for a line */
    const char *text;            /* "crossover: batch 601"; NULL for none. Outside the axes: not drawn, text and all */
    double x2;                   /* regions only */
} tr_mark;

/* NULL, or one each: a whisker from low to high, and a tick where the bound is; NaN: none. */
typedef struct tr_whiskers {
    const double *low, *high, *bound;
} tr_whiskers;

typedef struct tr_figure {
    const char *title;
    const char *subtitle;        /* model, system, conditions */
    const char *caption;         /* one sentence: what to see */
    const char *source;          /* physics and equation ids, small */
    tr_axis x, y;
    const tr_series *series;
    size_t series_count;
    const tr_mark *marks;
    size_t mark_count;
    const char *const *bar_labels;   /* for TR_SERIES_BARS, n of the first bar series; else NULL */
    tr_whiskers whiskers;            /* over the whole lengths of bars */
    const tr_axis *y2;           /* NULL, or a second reading of the same heights at the right (label and unit count): */
    double y2_ratio;             /* its value is y times this, > 0 */
    const char *const *row_names;    /* NULL, or names that stand at y = 1, 2, ... instead of numbers */
    size_t row_count;
    int unnumbered;              /* 1: the axes, but none of their numbers, nor those behind bars */
} tr_figure;

#define TR_FIGURE_SERIES_MAX 24
#define TR_FIGURE_MARKS_MAX 24

typedef struct tr_svg_style {
    double width_px;             /* 320..4000 */
    double height_px;            /* 240..4000; 0: as tall as the content asks for */
    int dark;                    /* 0 light, 1 dark, 2 CSS variables of the embedding page: --tr-paper, --tr-ink,
                                  * --tr-muted, --tr-axis, --tr-grid and one a role (--tr-result, --tr-compute,
                                  * --tr-weights, --tr-kv, --tr-comm, --tr-fixed, --tr-limit, --tr-other) */
} tr_svg_style;

/* One SVG document; also fit to stand inside an HTML page (no ids). No two texts
 * overlap, none is smaller than 10 px, and the layout is made for the width
 * asked for. For programs: the root carries data-plot="x0 y0 x1 y1" (px) and
 * data-x-axis and data-y-axis="linear|log min max"; each series is a group with
 * data-series, data-role and data-kind, points have data-x and data-y, and in
 * CSS mode (the page) lines carry all their values as data-x and data-y lists.
 * Errors: TR_EDOMAIN (sizes, empty figure, nothing to draw, bars on a log axis),
 * TR_ECAPACITY (more than 24 series or marks), TR_EIO (the sink stopped), TR_ENOMEM. Text is escaped. Allocates and
 * frees. */
TR_API tr_status tr_figure_svg(const tr_figure *figure, const tr_svg_style *style, tr_sink *sink, tr_error *err);

/* columns 40..400, rows 10..200; colour 0/1 (ANSI); ascii 1 avoids braille and box characters.
 * Writes exactly rows lines, none wider than columns, blanks at line ends left out. Errors: as tr_figure_svg. */
TR_API tr_status tr_figure_terminal(const tr_figure *figure, int columns, int rows, int colour, int ascii,
                                    tr_sink *sink, tr_error *err);

/* A figure as it is shown to somebody who is to guess first, or who asked something of it. */
typedef struct tr_figure_view {
    const char *title;           /* in place of the figure's own; NULL: as it is */
    int sketch;                  /* 1: nothing of what it found: no marks, no numbers, no caption, names up to a colon */
    int hides;                   /* of a sketch: no series of this role, unless nothing else is there; -1: all */
    int keeps_marks;             /* of a sketch: the marks stay, by their names up to a colon */
    const tr_mark *mark;         /* NULL, or one more. The axes reach as far as a point; a line off them is left out */
    const char *says;            /* NULL, or a sentence before the caption where there is no such mark */
} tr_figure_view;

/* Where a figure goes, for those who draw without caring. */
typedef struct tr_figure_target {
    int terminal;                /* 0: svg counts; 1: the rest does */
    tr_svg_style svg;
    int columns, rows, colour, ascii;
    const tr_figure_view *view;  /* NULL: the figure as it is */
} tr_figure_target;
TR_API tr_status tr_figure_draw(const tr_figure *figure, const tr_figure_target *target, tr_sink *sink, tr_error *err);

#ifdef __cplusplus
}
#endif
#endif /* TOKENROOF_FIGURE_H */
