/* figure/place.h -- where text can stand: never on other text, rarely on a line. */
#ifndef TOKENROOF_SRC_FIGURE_PLACE_H
#define TOKENROOF_SRC_FIGURE_PLACE_H

#include <stddef.h>
#include <stdint.h>

#define FIG_INK_COLUMNS 128
#define FIG_INK_ROWS 64

typedef struct tr_fig_box {
    double x0, y0, x1, y1;
} tr_fig_box;

/* Which cells of the plot are drawn on; once finished, how many of the cells
 * above and left are, so that any box is asked in four looks. */
typedef struct tr_fig_ink {
    tr_fig_box plot;
    uint16_t cell[FIG_INK_ROWS + 1][FIG_INK_COLUMNS + 1]; /* row and column 0 stay 0 */
} tr_fig_ink;

void tr_fig_ink_clear(tr_fig_ink *ink, tr_fig_box plot);
void tr_fig_ink_line(tr_fig_ink *ink, double x0, double y0, double x1, double y1);
/* What must not be hidden: counts four times. */
void tr_fig_ink_spot(tr_fig_ink *ink, tr_fig_box box);
void tr_fig_ink_finish(tr_fig_ink *ink);
/* Share of a box that is drawn on: 0..1, up to 4 with spots. */
double tr_fig_ink_share(const tr_fig_ink *ink, tr_fig_box box);

int tr_fig_box_overlap(tr_fig_box a, tr_fig_box b);
int tr_fig_box_inside(tr_fig_box inner, tr_fig_box outer);
tr_fig_box tr_fig_box_grow(tr_fig_box box, double by);

/* Clip a segment to a box; 0 if nothing is left. */
int tr_fig_clip(tr_fig_box box, double *x0, double *y0, double *x1, double *y1);

/* Move n intervals of the given heights as little as possible so that none
 * overlap and all lie in [low, high], keeping their order. place holds the
 * wished tops on entry, sorted, and the given tops on return. 0 if they do not fit. */
int tr_fig_spread(double *place, const double *height, size_t n, double low, double high);

#endif
