/* ask/figure_band.h -- the band around a line that is uncertain along both axes: a speed and what it costs. */
#ifndef TOKENROOF_SRC_ASK_FIGURE_BAND_H
#define TOKENROOF_SRC_ASK_FIGURE_BAND_H

#include <stddef.h>

#include "ask/figure_parts.h"

enum { FIGURE_BAND_POINTS = FIGURE_POINTS, FIGURE_BAND_EDGE = 2 * FIGURE_BAND_POINTS + 2 };

typedef struct tr_figure_band {
    size_t n;
    double x[FIGURE_BAND_EDGE], low[FIGURE_BAND_EDGE], high[FIGURE_BAND_EDGE];
} tr_figure_band;

/* Of n points (1 to FIGURE_BAND_POINTS) in the order of falling x: a point is anywhere from fast and cheap (x_high,
 * y_low) to slow and dear (x_low, y_high), and the band lies between those two lines, closed at its ends. */
void tr_figure_band_of(const double *x_low, const double *x_high, const double *y_low, const double *y_high, size_t n,
                       tr_figure_band *out);

#endif
