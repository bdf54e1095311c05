/* price/speed_menu.h -- what no batch shares, one by one. */
#ifndef TOKENROOF_SRC_PRICE_SPEED_MENU_H
#define TOKENROOF_SRC_PRICE_SPEED_MENU_H

#include <tokenroof/price.h>

/* What no batch of sequences can share: each one's own multiplies, and the reading of its own cache. Seconds of the
 * whole system a token; NaN out of range.  [K2] */
double tr_unshared_compute_s(const tr_roofline *roof, double context_token);
double tr_unshared_kv_s(const tr_roofline *roof, double context_token);

#endif
