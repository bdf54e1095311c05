/* ask/quantity_ratio.h -- predicted figures over one another, and times a number. */
#ifndef TOKENROOF_SRC_ASK_QUANTITY_RATIO_H
#define TOKENROOF_SRC_ASK_QUANTITY_RATIO_H

#include <math.h>

#include <tokenroof/serve.h>

/* a over b with its 90 % interval: the two errors are taken as independent, which is more than they are where both
 * come of one calibration. bound is the ratio of the bounds.  [F21] */
tr_quantity tr_quantity_ratio(const tr_quantity *a, const tr_quantity *b);

/* What is not known; so many times a figure; an amount over it, which is low where the figure is high. */
#define TR_NO_QUANTITY ((tr_quantity){(double)NAN, (double)NAN, (double)NAN, (double)NAN})
tr_quantity tr_quantity_times(const tr_quantity *q, double factor);
tr_quantity tr_quantity_under(double amount, const tr_quantity *q);

#endif
