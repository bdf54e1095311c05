/* fit/normal.c -- normal equations of least squares, solved by Cholesky's factor. */
#include "fit/normal.h"

#include <math.h>

static double dot(const double *a, const double *b, size_t n)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

int fit_factor(const double *matrix, size_t n, double *factor)
{
    for (size_t i = 0; i < n; i++) {
        double *row = factor + i * n;
        for (size_t j = 0; j < i; j++)
            row[j] = (matrix[i * n + j] - dot(row, factor + j * n, j)) / factor[j * n + j];
        const double left = matrix[i * n + i] - dot(row, row, i);
        if (!(left > 0.0))
            return 0;
        row[i] = sqrt(left);
    }
    return 1;
}

void fit_factor_solve(const double *factor, size_t n, double *x)
{
    for (size_t i = 0; i < n; i++)
        x[i] = (x[i] - dot(factor + i * n, x, i)) / factor[i * n + i];
    for (size_t i = n; i-- > 0;) {
        x[i] /= factor[i * n + i];
        for (size_t j = 0; j < i; j++)
            x[j] -= factor[i * n + j] * x[i];
    }
}
