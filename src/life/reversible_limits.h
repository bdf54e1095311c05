/* life/reversible_limits.h -- what algebra alone says of reversible layers and of a cipher of their form. */
#ifndef TOKENROOF_SRC_LIFE_REVERSIBLE_LIMITS_H
#define TOKENROOF_SRC_LIFE_REVERSIBLE_LIMITS_H

#include <tokenroof/life.h>

/* A stack of reversible layers y1 = x1 + F(x2), y2 = x2 + G(y1), trained. One stream: a row of numbers for each row of
 * the batch; layers is 1 and up. */

/* Layers between the checkpoints that keep least; 0 for no layers. */
size_t tr_stack_segment_layer(size_t layers);
/* Streams of work area that a way takes: states and slopes are two each, and a layer's backward pass asks for four.
 * 0 for no layers or no way.  [K53] */
size_t tr_stack_train_streams(size_t layers, tr_keep keep);
/* By how much a layer can stretch a difference in the mean, if its weights are drawn with a variance of
 * gain_ratio^2 / width.  [K54] NaN below 0. */
double tr_stack_growth_ratio(double gain_ratio);
/* Mean share of a message's bits that differ after so many rounds of a Feistel network between messages that begin one
 * bit apart, if a round function is as good as random: 1/2 from the third round on.  [K51]
 * size: bytes of a block. NaN for a size below 2 or rounds below 0. */
double tr_feistel_ideal_share(size_t size, int rounds);

#endif
