/* figure/block.h -- a few words that stand together, and the best spot for them. */
#ifndef TOKENROOF_SRC_FIGURE_BLOCK_H
#define TOKENROOF_SRC_FIGURE_BLOCK_H

#include "figure/arrange.h"

/* Words that belong together: up to four lines below each other. */
typedef struct tr_fig_block {
    tr_fig_span line[FIG_BLOCK_LINES];
    size_t count;
    double width, height;
    tr_fig_type type;
    int paint; /* of a leader */
} tr_fig_block;

typedef struct tr_fig_spot {
    double x, y; /* top left corner */
    double cost;
    int align; /* of the lines in the block: -1 left, 0 centre, 1 right */
} tr_fig_spot;

/* Where a search begins, and what cost still reads well: a third of the text on lines. */
#define FIG_NOWHERE ((tr_fig_spot){0.0, 0.0, 1e9, -1})
#define FIG_TOLERABLE 30.0

tr_fig_block tr_fig_block_of(const tr_fig_layout *layout, const char *text, double width, int paint,
                             int bold);
int tr_fig_block_is_whole(const tr_fig_block *block); /* not cut to fit */

/* Consider standing at (x, y): kept in *best if nothing is in the way and it
 * hides less, or is liked better, than what was found before. */
void tr_fig_consider(const tr_fig_layout *layout, const tr_fig_block *block, double x, double y,
                     double dislike, int align, tr_fig_spot *best);
/* Around a point: eight directions, nearer first; one of them (-1: none) is liked best. */
#define FIG_WAYS 8
void tr_fig_try_around(const tr_fig_layout *layout, const tr_fig_block *block, double x, double y, int rings,
                       int liked, tr_fig_spot *best);
void tr_fig_block_set(tr_fig_layout *layout, const tr_fig_block *block, const tr_fig_spot *at);
/* A thin line from the block to the place it speaks of, where that is not obvious. */
void tr_fig_leader_set(tr_fig_layout *layout, const tr_fig_block *block, const tr_fig_spot *at, double x,
                       double y);

#endif
