/* ask/quantity_ratio.h -- one predicted figure over another, and how sure that is. */
#ifndef TOKENROOF_SRC_ASK_QUANTITY_RATIO_H
#define TOKENROOF_SRC_ASK_QUANTITY_RATIO_H

#include <tokenroof/serve.h>

/* a over b with its 90 % interval: the two errors are taken as independent, which is more than they are where both
 * come of one calibration. bound is the ratio of the bounds.  [F21] */
tr_quantity tr_quantity_ratio(const tr_quantity *a, const tr_quantity *b);

#endif
