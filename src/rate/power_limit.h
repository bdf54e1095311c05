/* rate/power_limit.h -- a card held to less power than its own. */
#ifndef TOKENROOF_SRC_RATE_POWER_LIMIT_H
#define TOKENROOF_SRC_RATE_POWER_LIMIT_H

#include <tokenroof/calibration.h>

/* The share of its own power that a graphics card is held to by a change of its name (power=300W), at most 1; 1 for
 * other chips, of which no scan was read. */
double tr_power_limit_of(const tr_chip *chip);
/* What is left of multiplies and of reading at such a share, 0 to 1. */
void tr_power_limit_shares(double power_share, double *flop_share, double *byte_share);
/* Shares of the datasheet at that power, and wider intervals. */
void tr_power_limit_apply(double power_share, tr_calibration *calibration);

#endif
