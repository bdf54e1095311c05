/* base/extreme.h -- the larger and the smaller of two numbers: comparisons alone, so that all machines agree.
 * The second where either is NaN. */
#ifndef TOKENROOF_SRC_BASE_EXTREME_H
#define TOKENROOF_SRC_BASE_EXTREME_H

static inline double larger(double a, double b) { return a > b ? a : b; }
static inline double smaller(double a, double b) { return a < b ? a : b; }

#endif
