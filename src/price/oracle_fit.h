/* price/oracle_fit.h -- a straight line through the prices of several sellers, each with a level of its own.
 */
#ifndef TOKENROOF_SRC_PRICE_ORACLE_FIT_H
#define TOKENROOF_SRC_PRICE_ORACLE_FIT_H

#include <stddef.h>

enum { TR_FIT_ROW_MAX = 256, TR_FIT_TERM_MAX = 3, TR_FIT_GROUP_MAX = 64 };

typedef struct tr_fit_rows {
    size_t count;
    double x[TR_FIT_ROW_MAX][TR_FIT_TERM_MAX]; /* the first of them 1 */
    double y[TR_FIT_ROW_MAX];
    int group[TR_FIT_ROW_MAX];           /* the seller, 0 to TR_FIT_GROUP_MAX - 1 */
    double weight_ratio[TR_FIT_ROW_MAX]; /* set by the fit: under 1 for what lies far out */
} tr_fit_rows;

typedef struct tr_fit {
    int term_count;
    double coefficient_nat[TR_FIT_TERM_MAX];
    double covariance_nat[TR_FIT_TERM_MAX][TR_FIT_TERM_MAX];
    double within_nat,
        between_nat; /* variances: of a row about its seller's level, of a seller's level about the line */
    double own_shift_nat;    /* level of the seller asked about; 0 where none of its rows is known */
    double own_variance_nat; /* of that level: `between_nat` where none is known */
    double likelihood_nat;   /* log, restricted: to choose between lines with the same terms */
} tr_fit;

/* Degrees of freedom of the scatter: tails wider than a normal's, since a price now and then is a mistake. */
#define TR_FIT_FREEDOM 5.0

/* Least squares by restricted likelihood with Student's scatter, reweighted twelve times.  [K91]
 * own: the group asked about, -1 if none. 0 if there are too few rows, or they do not determine the line. */
int tr_fit_line(tr_fit_rows *rows, int term_count, int own, tr_fit *out);

/* The middle of what the line says of x, and the variance about it. */
double tr_fit_nat(const tr_fit *fit, const double *x, double *variance_nat);

/* Density of y, relative to that of the middle at a variance of 1. */
double tr_fit_density_ratio(const tr_fit *fit, const double *x, double y);

#endif
