/* figure/palette.h -- the colours: one a role, the same in every figure. */
#ifndef TOKENROOF_SRC_FIGURE_PALETTE_H
#define TOKENROOF_SRC_FIGURE_PALETTE_H

#include <stdint.h>

#include "figure/canvas.h"

/* After Okabe and Ito's colour-blind-safe set, moved apart in lightness and far
 * enough from the paper that text in them can be read (contrast 4.5 or more). */
extern const uint32_t tr_fig_colour[2][FIG_PAINT_COUNT];      /* 0xRRGGBB; [0] light, [1] dark paper */
extern const char *const tr_fig_colour_name[FIG_PAINT_COUNT]; /* "ink", "compute": CSS variables --tr-NAME */

const char *tr_fig_role_name(tr_role role);

#endif
