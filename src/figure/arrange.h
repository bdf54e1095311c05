/* figure/arrange.h -- a figure with every text and axis given its place on a canvas. */
#ifndef TOKENROOF_SRC_FIGURE_ARRANGE_H
#define TOKENROOF_SRC_FIGURE_ARRANGE_H

#include "figure/canvas.h"
#include "figure/place.h"
#include "figure/axis_map.h"

#define FIG_LABEL_MAX 256
#define FIG_LEADER_MAX 48
#define FIG_KEY_MAX (TR_FIGURE_SERIES_MAX + TR_FIGURE_MARKS_MAX)
#define FIG_BLOCK_LINES 4

typedef struct tr_fig_label {
    tr_fig_span span;
    tr_fig_box box;
    tr_fig_type type;
} tr_fig_label;

typedef struct tr_fig_leader {
    double x0, y0, x1, y1;
    int paint;
} tr_fig_leader;

/* The sample of a line, dot or shade before a name in the legend. */
typedef struct tr_fig_key {
    int is_mark;
    size_t index;
    tr_fig_box box;
} tr_fig_key;

typedef struct tr_fig_layout {
    const tr_figure *figure;
    tr_fig_metrics m;
    double height;
    tr_fig_box plot;
    tr_fig_map x, y;
    tr_fig_ticks x_ticks, y_ticks, y2_ticks;
    tr_fig_label label[FIG_LABEL_MAX]; /* every text of the picture */
    size_t label_count;
    size_t label_inside; /* those from here on stand in the plot */
    tr_fig_leader leader[FIG_LEADER_MAX];
    size_t leader_count;
    tr_fig_key key[FIG_KEY_MAX];
    size_t key_count;
    size_t bar_count; /* bars shown; 0: not a bar figure */
    size_t bar_total;
    uint8_t series_key[TR_FIGURE_SERIES_MAX]; /* named in the legend */
    uint8_t mark_key[TR_FIGURE_MARKS_MAX];
    char rest[48]; /* "and 12 more" */
    char bar_value[FIG_TICK_TEXT * 64];
    tr_fig_ink ink;
} tr_fig_layout;

/* Check a figure from outside. */
tr_status tr_fig_check(const tr_figure *figure, tr_error *err);

/* Errors: TR_EDOMAIN where the canvas is too small for a plot. */
tr_status tr_fig_layout_make(tr_fig_layout *layout, const tr_figure *figure, const tr_fig_metrics *metrics,
                             tr_error *err);

/* Names, marks and point labels: labels.c. Sets series_key and mark_key for
 * those that find no place; returns how many are new. */
size_t tr_fig_labels_place(tr_fig_layout *layout);
/* Widest name that goes beside the line ends, 0 if none does. */
double tr_fig_labels_margin(const tr_fig_layout *layout);

/* Write a mark's words; 0 if there is no place for them. */
int tr_fig_mark_place(tr_fig_layout *layout, const tr_mark *mark);

void tr_fig_layout_draw(const tr_fig_layout *layout, tr_fig_canvas *canvas);

/* One line of text put at its place: typeset.c, which all that writes stands on. */
void tr_fig_add_label(tr_fig_layout *layout, tr_fig_span span, double x, double y, double width,
                      const tr_fig_type *type);
double tr_fig_line_height(const tr_fig_layout *layout, double size);
double tr_fig_snap(const tr_fig_layout *layout, double v); /* to where text can stand */

/* Where a mark and a point stand: marks.c, labels.c, for drawing too. */
int tr_fig_mark_shown(const tr_fig_layout *layout, const tr_mark *mark);
int tr_fig_point_of(const tr_fig_layout *layout, const tr_series *series, size_t i, double *x, double *y);
/* The part of a region that lies in the plot; 0 if none does. */
int tr_fig_region_of(const tr_fig_layout *layout, const tr_mark *mark, double *x0, double *x1);

#endif
