/* base/root.h -- where a function of one variable is zero, or least.
 *
 * Brent's two methods (Algorithms for Minimization without Derivatives, 1973).
 * Only + - * / and comparisons are used on top of the callback.
 */
#ifndef TOKENROOF_SRC_BASE_ROOT_H
#define TOKENROOF_SRC_BASE_ROOT_H

#include <tokenroof/base.h>

typedef double (*tr_function)(double x, const void *context);

/* A root between low and high, where f must differ in sign (or be zero at an
 * end): to about tolerance * |x| + the smallest step there is; tolerance 0
 * goes to the last bits. On error *out is untouched.
 * Errors: TR_EDOMAIN (a bound or a value of f is not finite, low > high,
 * tolerance negative), TR_ENOFIT (no change of sign). */
tr_status tr_root_brent(tr_function f, const void *context, double low, double high, double tolerance,
                        double *out, tr_error *err);

/* A local minimum of f between low and high: x to about tolerance * |x| (not
 * below 1e-8: a minimum is flat). *least, if not NULL, gets f there.
 * Errors: TR_EDOMAIN as above. */
tr_status tr_minimum_brent(tr_function f, const void *context, double low, double high, double tolerance,
                           double *out, double *least, tr_error *err);

#endif
