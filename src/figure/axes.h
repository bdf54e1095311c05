/* figure/axes.h -- ranges, ticks and bar names: what layout asks for on its way. */
#ifndef TOKENROOF_SRC_FIGURE_AXES_H
#define TOKENROOF_SRC_FIGURE_AXES_H

#include "figure/arrange.h"

/* Both axes' ranges into the two maps, whose places are still 0..1. Errors: TR_EDOMAIN (nothing to draw). */
tr_status tr_fig_ranges_find(tr_fig_layout *layout, tr_error *err);

/* The most ticks whose texts stand clear of each other. vertical: along y. */
void tr_fig_ticks_choose(const tr_fig_layout *layout, const tr_fig_map *map, tr_unit unit, int vertical,
                         tr_fig_ticks *out);
/* Names at 1, 2, ... in place of numbers. */
void tr_fig_ticks_name(const char *const *names, size_t count, tr_fig_ticks *out);
double tr_fig_ticks_width(const tr_fig_layout *layout, const tr_fig_ticks *ticks); /* of the widest text */
void tr_fig_ticks_label_y(tr_fig_layout *layout, const tr_fig_ticks *ticks, double y_factor, int right);
void tr_fig_ticks_label_x(tr_fig_layout *layout);

double tr_fig_bar_name_width(const tr_fig_layout *layout);
double tr_fig_bar_value_width(tr_fig_layout *layout); /* also writes the values */
void tr_fig_bars_label(tr_fig_layout *layout, double name_width);

#endif
