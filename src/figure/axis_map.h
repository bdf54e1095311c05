/* figure/axis_map.h -- from values to places along an axis, and where its ticks stand. */
#ifndef TOKENROOF_SRC_FIGURE_AXIS_MAP_H
#define TOKENROOF_SRC_FIGURE_AXIS_MAP_H

#include <tokenroof/figure.h>

#define FIG_TICK_MAX 24
#define FIG_TICK_TEXT 24

/* Values outside this range are not drawn: room for every sum made here. */
#define FIG_VALUE_MAX 1e290
#define FIG_VALUE_MIN 1e-290

typedef struct tr_fig_map {
    tr_scale scale;
    double min, max;       /* values at the two ends */
    double offset, factor; /* place = offset + factor * (value or its log10) */
} tr_fig_map;

typedef struct tr_fig_tick {
    double value;
    char text[FIG_TICK_TEXT];
} tr_fig_tick;

typedef struct tr_fig_ticks {
    tr_fig_tick tick[FIG_TICK_MAX];
    size_t count;
} tr_fig_ticks;

/* log10 from + - * / alone, so that a figure has the same bytes everywhere. v is drawable. */
double tr_fig_log10(double v);
double tr_fig_pow10(int exponent);

/* Can v be drawn on this scale? */
int tr_fig_drawable(tr_scale scale, double v);

tr_fig_map tr_fig_map_of(tr_scale scale, double min, double max, double place_min, double place_max);
double tr_fig_place(const tr_fig_map *map, double value);

/* Candidate ticks of an axis within [min, max], from many (level 0) to few.
 * Returns 1; -1 where this level has none but a later one may; 0 past the last level. */
int tr_fig_ticks_at(tr_scale scale, tr_unit unit, double min, double max, int level, tr_fig_ticks *out);

/* tr_quantity_format as a figure shows it: 12,800, and 10 us with its sign on one line. */
void tr_fig_quantity(double value, tr_unit unit, char *out, size_t size);

/* Widen a range to values that make good axis ends. */
void tr_fig_range_widen(tr_scale scale, tr_unit unit, double *min, double *max);

/* Where every tick carries the same unit, leave it only on the last one; zero needs none. */
void tr_fig_ticks_trim(tr_fig_ticks *ticks, tr_unit unit);

#endif
