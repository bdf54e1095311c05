/* base/quantile.h -- exact summaries of a sample. NaN stands for "no answer": an empty sample, a bad q. */
#ifndef TOKENROOF_SRC_BASE_QUANTILE_H
#define TOKENROOF_SRC_BASE_QUANTILE_H

#include <stddef.h>

/* The q-quantile (0 <= q <= 1) of an ascending sample, linear between order
 * statistics (Hyndman-Fan type 7, what numpy and R do by default). */
double tr_quantile_sorted(const double *sorted, size_t count, double q);

/* Sorts value in place (scratch holds count doubles), then as above. */
double tr_quantile(double *value, size_t count, double q, double *scratch);

/* Sum with a carried correction (Neumaier), so that order hardly matters; mean over it. */
double tr_sum(const double *value, size_t count);
double tr_mean(const double *value, size_t count);

#endif
