/* base/check.c -- range checks: every comparison is true only for good numbers, so NaN falls through. */
#include "base/check.h"

#include "base/fail.h"

static const double WHOLE_MAX = 9007199254740992.0; /* 2^53 */

int tr_is_finite(double value) { return value - value == 0.0; }
int tr_is_positive(double value) { return value > 0.0 && value <= TR_FINITE_MAX; }
int tr_is_nonnegative(double value) { return value >= 0.0 && value <= TR_FINITE_MAX; }
int tr_is_between(double value, double min, double max) { return value >= min && value <= max; }

int tr_is_whole(double value)
{
    return value >= -WHOLE_MAX && value <= WHOLE_MAX && (double)(int64_t)value == value;
}

static const char *too_large(double value)
{
    return tr_is_finite(value) && value > 0.0 ? ", at most 1e+150" : "";
}

tr_status tr_check_positive(const char *field, double value, tr_error *err)
{
    if (tr_is_positive(value))
        return TR_OK;
    char got[32];
    (void)tr_number_format(value, got, sizeof got);
    return tr_fail(err, TR_EDOMAIN, field, value, "%s is %s; expected a number greater than 0%s", field,
                   tr_is_finite(value) ? got : "not finite", too_large(value));
}

tr_status tr_check_nonnegative(const char *field, double value, tr_error *err)
{
    if (tr_is_nonnegative(value))
        return TR_OK;
    char got[32];
    (void)tr_number_format(value, got, sizeof got);
    return tr_fail(err, TR_EDOMAIN, field, value, "%s is %s; expected 0 or more%s", field,
                   tr_is_finite(value) ? got : "not finite", too_large(value));
}

static tr_status outside(const char *field, double value, double min, double max, const char *kind,
                         tr_error *err)
{
    char got[32];
    char low[32];
    char high[32];
    (void)tr_number_format(value, got, sizeof got);
    (void)tr_number_format(min, low, sizeof low);
    (void)tr_number_format(max, high, sizeof high);
    return tr_fail(err, TR_EDOMAIN, field, value, "%s is %s; expected %s from %s to %s", field,
                   tr_is_finite(value) ? got : "not finite", kind, low, high);
}

tr_status tr_check_between(const char *field, double value, double min, double max, tr_error *err)
{
    return tr_is_between(value, min, max) ? TR_OK : outside(field, value, min, max, "a number", err);
}

tr_status tr_check_whole_between(const char *field, double value, double min, double max, tr_error *err)
{
    if (tr_is_between(value, min, max) && tr_is_whole(value))
        return TR_OK;
    return outside(field, value, min, max, "a whole number", err);
}
