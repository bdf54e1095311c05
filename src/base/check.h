/* base/check.h -- range checks written so that NaN fails. */
#ifndef TOKENROOF_SRC_BASE_CHECK_H
#define TOKENROOF_SRC_BASE_CHECK_H

#include <tokenroof/base.h>

/* Larger than any quantity that means something here; leaves room to multiply. */
#define TR_FINITE_MAX 1e150

int tr_is_finite(double value);
int tr_is_positive(double value);       /* 0 < value <= TR_FINITE_MAX */
int tr_is_nonnegative(double value);    /* 0 <= value <= TR_FINITE_MAX */
int tr_is_between(double value, double min, double max);    /* both ends allowed */
int tr_is_whole(double value);          /* a whole number of magnitude <= 2^53 */

/* TR_OK, or TR_EDOMAIN with the field, the value and the range in words. */
tr_status tr_check_positive(const char *field, double value, tr_error *err);
tr_status tr_check_nonnegative(const char *field, double value, tr_error *err);
tr_status tr_check_between(const char *field, double value, double min, double max, tr_error *err);
tr_status tr_check_whole_between(const char *field, double value, double min, double max, tr_error *err);

#endif
