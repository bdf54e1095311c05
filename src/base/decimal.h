/* base/decimal.h -- between doubles and decimal digits, correctly rounded, whatever the locale. */
#ifndef TOKENROOF_SRC_BASE_DECIMAL_H
#define TOKENROOF_SRC_BASE_DECIMAL_H

#include <stddef.h>

/* 768 digits decide any double; a few more leave room for a unit's factor. */
#define TR_DECIMAL_DIGIT_MAX 800

/* The double nearest to digits x 10^exp10. digits are '0'..'9', any number of
 * them, not terminated. Overflow gives HUGE_VAL, underflow 0. */
double tr_decimal_read(const char *digits, size_t count, long exp10);

/* value, which must be finite and > 0, rounded to significant digits (1..17):
 * value ~ 0.d1d2d3... x 10^(exp10 + 1), that is d1 has weight 10^exp10.
 * Writes exactly `significant` digits, not terminated. */
void tr_decimal_write(double value, int significant, char *digits, int *exp10);

#endif
