/* tokenroof/figure.h -- a picture as data, drawn as SVG or in a terminal.
 *
 * A figure is axes, series, marks and notes: plain data that points into the
 * caller's arrays. One table of draw functions (src/figure/canvas.h) turns it
 * into SVG or into characters. No allocation; text goes to the caller's sink.
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
    double min, max;             /* min < max; both 0: from the data */
} tr_axis;

typedef enum tr_series_kind {
    TR_SERIES_LINE = 0,
    TR_SERIES_DASHED,            /* a limit, an asymptote */
    TR_SERIES_POINTS,
    TR_SERIES_BAND,              /* between y and y2 */
    TR_SERIES_BARS
} tr_series_kind;

/* Colour is a role, not a number: the same quantity has the same colour in every figure. */
typedef enum tr_role {
    TR_ROLE_RESULT = 0, TR_ROLE_COMPUTE, TR_ROLE_WEIGHTS, TR_ROLE_KV, TR_ROLE_COMM, TR_ROLE_FIXED,
    TR_ROLE_LIMIT, TR_ROLE_OTHER, TR_ROLE_COUNT
} tr_role;

typedef struct tr_series {
    const char *name;            /* legend; also written beside the line's end */
    tr_series_kind kind;
    tr_role role;
    const double *x, *y, *y2;    /* n each; y2 only for bands; NaN breaks a line */
    size_t n;
} tr_series;

typedef enum tr_mark_kind { TR_MARK_POINT = 0, TR_MARK_VERTICAL, TR_MARK_HORIZONTAL } tr_mark_kind;
typedef struct tr_mark {
    tr_mark_kind kind;
    tr_role role;
    double x, y;                 /* the one that matters for a line */
    const char *text;            /* "crossover: batch 601" */
} tr_mark;

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
} tr_figure;

typedef struct tr_svg_style {
    double width_px, height_px;  /* 320..4000 */
    int dark;                    /* 0 light, 1 dark, 2 CSS variables of the embedding page */
} tr_svg_style;

/* Errors: TR_EDOMAIN (sizes, empty figure, nothing finite), TR_EIO (the sink stopped). Text is escaped. */
TR_API tr_status tr_figure_svg(const tr_figure *figure, const tr_svg_style *style, tr_sink *sink, tr_error *err);

/* columns 40..400, rows 10..200; colour 0/1 (ANSI); ascii 1 avoids braille and box characters. */
TR_API tr_status tr_figure_terminal(const tr_figure *figure, int columns, int rows, int colour, int ascii,
                                    tr_sink *sink, tr_error *err);

#ifdef __cplusplus
}
#endif
#endif /* TOKENROOF_FIGURE_H */
