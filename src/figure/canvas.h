/* figure/canvas.h -- the one table of draw functions between a laid-out figure and an output.
 *
 * Layout and drawing know only this table; SVG and the terminal each fill it
 * in. Lengths are in the canvas's own unit: a pixel in SVG, a character cell
 * in the terminal, y growing downwards. A text's place is the top left corner
 * of its line box.
 */
#ifndef TOKENROOF_SRC_FIGURE_CANVAS_H
#define TOKENROOF_SRC_FIGURE_CANVAS_H

#include <tokenroof/figure.h>

#include "figure/wrap.h"

/* What a thing is painted with. Roles follow at FIG_ROLE + role. */
enum { FIG_PAPER = 0, FIG_INK, FIG_MUTED, FIG_AXIS, FIG_GRID, FIG_ROLE };
#define FIG_PAINT_COUNT (FIG_ROLE + TR_ROLE_COUNT)

typedef enum tr_fig_dash { FIG_SOLID = 0, FIG_DASHED, FIG_DOTTED } tr_fig_dash;

typedef struct tr_fig_pen {
    int paint;
    double width;
    tr_fig_dash dash;
} tr_fig_pen;

typedef struct tr_fig_type { /* how a text is set */
    int paint;
    double size;
    int bold;
    int halo; /* a rim of paper colour, for text that may stand on lines */
} tr_fig_type;

/* What layout needs to know about an output. */
typedef struct tr_fig_metrics {
    double width, height;                       /* height 0: as tall as the content asks for */
    double title, subtitle, label, tick, small; /* text sizes */
    double line;                                /* line box height / text size */
    double pad;                                 /* paper's edge to content */
    double gap;                                 /* between neighbouring things */
    double block_gap;                           /* between blocks: head, plot, foot */
    double axis;                                /* room the axis line itself takes */
    double inset_x, inset_y; /* from the plot's edge to the first place a line can be drawn */
    double tick_length;
    double tick_gap; /* from tick to its text */
    double dot;      /* radius of a point */
    double leader;   /* distance from which a label gets a leader line */
    double snap;     /* text stands on multiples of this; 0: anywhere */
    double plot_min_height;
    double plot_aspect; /* plot height / width where the height is free */
    double tick_room_x; /* least room for one tick along an axis */
    double tick_room_y;
    double bar_row;                /* height of one bar with its gap */
    double margin_label_min_width; /* canvases at least this wide put names beside line ends */
    tr_fig_measure measure;
} tr_fig_metrics;

typedef struct tr_fig_canvas tr_fig_canvas;
typedef struct tr_fig_canvas_ops {
    void (*box)(tr_fig_canvas *canvas, double x0, double y0, double x1, double y1, int paint, double opacity);
    void (*line)(tr_fig_canvas *canvas, double x0, double y0, double x1, double y1, const tr_fig_pen *pen);
    void (*polyline_begin)(tr_fig_canvas *canvas, const tr_fig_pen *pen);
    void (*polyline_point)(tr_fig_canvas *canvas, double x, double y);
    void (*polyline_end)(tr_fig_canvas *canvas);
    /* One slice of a band, between x0 and x1: from y0a down to y0b at x0, y1a to y1b at x1. */
    void (*band_begin)(tr_fig_canvas *canvas, int paint, double opacity);
    void (*band_slice)(tr_fig_canvas *canvas, double x0, double y0a, double y0b, double x1, double y1a,
                       double y1b);
    void (*band_end)(tr_fig_canvas *canvas);
    void (*dot)(tr_fig_canvas *canvas, double x, double y, double radius, int paint, const double *data_xy);
    /* A measurement; variant 0 to 3 is the form of its ring, title may be NULL. */
    void (*ring)(tr_fig_canvas *canvas, double x, double y, double radius, int paint, int variant,
                 const double *data_xy, const char *title);
    void (*text)(tr_fig_canvas *canvas, double x, double y, const tr_fig_type *type, tr_fig_span span);
    /* Around everything that draws one series: data for programs, where the output can carry it. */
    void (*series_begin)(tr_fig_canvas *canvas, const tr_series *series);
    void (*series_end)(tr_fig_canvas *canvas);
} tr_fig_canvas_ops;

struct tr_fig_canvas {
    const tr_fig_canvas_ops *ops;
};

#endif
