/* fit/normal.h -- normal equations of least squares: a symmetric positive matrix, its factor, what it solves. */
#ifndef TOKENROOF_SRC_FIT_NORMAL_H
#define TOKENROOF_SRC_FIT_NORMAL_H

#include <stddef.h>

/* All matrices are n x n by rows, of which only the lower half is read. */

/* factor[] = the lower L of L L' = matrix. 0: the matrix is not positive. */
int fit_factor(const double *matrix, size_t n, double *factor);

/* x[] = the solution for the right side x[]. */
void fit_factor_solve(const double *factor, size_t n, double *x);

#endif
