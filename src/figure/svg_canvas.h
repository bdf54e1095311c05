/* figure/svg_canvas.h -- the canvas that writes SVG elements. */
#ifndef TOKENROOF_SRC_FIGURE_SVG_CANVAS_H
#define TOKENROOF_SRC_FIGURE_SVG_CANVAS_H

#include "base/sink.h"
#include "figure/canvas.h"

typedef struct tr_fig_svg {
    tr_fig_canvas canvas;
    tr_writer out;
    int style;            /* tr_svg_style.dark */
    long long at_x, at_y; /* the pen, in tenths */
    /* Points of a line are held back while one straight stroke passes within a
     * twentieth of a pixel of them all. */
    int has_held, started;
    double from_x, from_y, held_x, held_y, slope_low, slope_high;
    /* The lower edge of a band comes back after the upper one. */
    double band_x[256], band_y[256];
    size_t band_count;
    int band_paint;
    double band_opacity;
} tr_fig_svg;

extern const tr_fig_canvas_ops tr_fig_svg_ops;

void tr_fig_svg_tenths(tr_fig_svg *svg, const char *name, double v); /* an attribute, to a tenth of a pixel */
void tr_fig_svg_escaped(tr_writer *out, tr_fig_span span);

#endif
