/* price/oracle_fit.c -- the line through several sellers' prices: weighted least squares, sellers' levels
 * random. */
#include "price/oracle_fit.h"

#include <math.h>
#include <string.h>

#include "base/explog.h"

enum { ROUNDS = 12, TERMS = TR_FIT_TERM_MAX };

/* Variance between sellers over that within, tried one by one. */
static const double ratios[] = {0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0};

typedef struct sums { /* of one seller's rows, by weight */
    double weight, y, x[TERMS];
} sums;

/* In place by Gauss and Jordan, without exchanging rows: the matrices here are positive definite. The
 * determinant's log, or NaN where there is none. */
static double invert(double a[TERMS][TERMS], int n)
{
    double log_det = 0.0;
    for (int c = 0; c < n; c++) {
        const double pivot = a[c][c];
        if (!(pivot > 1e-12))
            return (double)NAN;
        log_det += tr_log(pivot);
        a[c][c] = 1.0;
        for (int k = 0; k < n; k++)
            a[c][k] /= pivot;
        for (int r = 0; r < n; r++) {
            const double f = a[r][c];
            if (r == c)
                continue;
            a[r][c] = 0.0;
            for (int k = 0; k < n; k++)
                a[r][k] -= f * a[c][k];
        }
    }
    return log_det;
}

static void sum_up(const tr_fit_rows *rows, int n, sums *group)
{
    memset(group, 0, TR_FIT_GROUP_MAX * sizeof *group);
    for (size_t i = 0; i < rows->count; i++) {
        sums *g = &group[rows->group[i]];
        g->weight += rows->weight_ratio[i];
        g->y += rows->weight_ratio[i] * rows->y[i];
        for (int k = 0; k < n; k++)
            g->x[k] += rows->weight_ratio[i] * rows->x[i][k];
    }
}

static double residual(const tr_fit_rows *rows, size_t i, const tr_fit *fit)
{
    double y = rows->y[i];
    for (int k = 0; k < fit->term_count; k++)
        y -= rows->x[i][k] * fit->coefficient_nat[k];
    return y;
}

/* The line for one ratio of the variances; 0 if rows do not determine it. */
static int fit_at_ratio(const tr_fit_rows *rows, const sums *group, double ratio, tr_fit *out)
{
    const int n = out->term_count;
    double a[TERMS][TERMS] = {{0.0}}, b[TERMS] = {0.0}, log_sum = 0.0, square = 0.0;
    for (size_t i = 0; i < rows->count; i++) {
        log_sum -= tr_log(rows->weight_ratio[i]);
        for (int r = 0; r < n; r++) {
            b[r] += rows->weight_ratio[i] * rows->x[i][r] * rows->y[i];
            for (int c = 0; c < n; c++)
                a[r][c] += rows->weight_ratio[i] * rows->x[i][r] * rows->x[i][c];
        }
    }
    for (int g = 0; g < TR_FIT_GROUP_MAX; g++) {
        const double share = ratio / (1.0 + group[g].weight * ratio);
        log_sum += tr_log(1.0 + group[g].weight * ratio);
        for (int r = 0; r < n; r++) {
            b[r] -= share * group[g].x[r] * group[g].y;
            for (int c = 0; c < n; c++)
                a[r][c] -= share * group[g].x[r] * group[g].x[c];
        }
    }
    const double log_det = invert(a, n);
    if (isnan(log_det))
        return 0;
    for (int r = 0; r < n; r++) {
        out->coefficient_nat[r] = 0.0;
        for (int c = 0; c < n; c++)
            out->coefficient_nat[r] += a[r][c] * b[c];
    }
    for (size_t i = 0; i < rows->count; i++) {
        const double e = residual(rows, i, out);
        square += rows->weight_ratio[i] * e * e;
    }
    for (int g = 0; g < TR_FIT_GROUP_MAX; g++) {
        double e = group[g].y;
        for (int k = 0; k < n; k++)
            e -= group[g].x[k] * out->coefficient_nat[k];
        square -= ratio / (1.0 + group[g].weight * ratio) * e * e;
    }
    const double free = (double)rows->count - n;
    out->within_nat = square / free;
    out->between_nat = ratio * out->within_nat;
    out->likelihood_nat = -0.5 * (free * tr_log(out->within_nat) + log_sum + log_det);
    for (int r = 0; r < n; r++)
        for (int c = 0; c < n; c++)
            out->covariance_nat[r][c] = out->within_nat * a[r][c];
    return out->within_nat > 0.0;
}

/* What a seller's rows say of its level: the mean of what is left, drawn towards 0. */
static double shift_of(const sums *group, const tr_fit *fit)
{
    double e = group->y;
    for (int k = 0; k < fit->term_count; k++)
        e -= group->x[k] * fit->coefficient_nat[k];
    return fit->between_nat * e / (fit->within_nat + group->weight * fit->between_nat);
}

int tr_fit_line(tr_fit_rows *rows, int term_count, int own, tr_fit *out)
{
    sums group[TR_FIT_GROUP_MAX];
    tr_fit best;
    if (rows->count < (size_t)term_count + 4)
        return 0;
    for (size_t i = 0; i < rows->count; i++)
        rows->weight_ratio[i] = 1.0;
    for (int round = 0; round < ROUNDS; round++) { /* [K91] */
        int found = 0;
        sum_up(rows, term_count, group);
        for (size_t k = 0; k < sizeof ratios / sizeof ratios[0]; k++) {
            tr_fit fit = {.term_count = term_count};
            if (fit_at_ratio(rows, group, ratios[k], &fit) &&
                (!found || fit.likelihood_nat > best.likelihood_nat)) {
                best = fit;
                found = 1;
            }
        }
        if (!found)
            return 0;
        for (size_t i = 0; i < rows->count && round + 1 < ROUNDS; i++) {
            const double e = residual(rows, i, &best) - shift_of(&group[rows->group[i]], &best);
            rows->weight_ratio[i] = (TR_FIT_FREEDOM + 1.0) / (TR_FIT_FREEDOM + e * e / best.within_nat);
        }
    }
    *out = best;
    out->own_shift_nat = own >= 0 ? shift_of(&group[own], &best) : 0.0;
    out->own_variance_nat =
        own >= 0 ? best.between_nat / (1.0 + group[own].weight * best.between_nat / best.within_nat)
                 : best.between_nat;
    return 1;
}

double tr_fit_nat(const tr_fit *fit, const double *x, double *variance_nat)
{
    double y = fit->own_shift_nat, v = fit->within_nat + fit->own_variance_nat;
    for (int r = 0; r < fit->term_count; r++) {
        y += x[r] * fit->coefficient_nat[r];
        for (int c = 0; c < fit->term_count; c++)
            v += x[r] * fit->covariance_nat[r][c] * x[c];
    }
    *variance_nat = v;
    return y;
}

double tr_fit_density_ratio(const tr_fit *fit, const double *x, double y)
{
    double v;
    const double e = y - tr_fit_nat(fit, x, &v);
    const double a = 1.0 + e * e / (v * TR_FIT_FREEDOM); /* to the power of (freedom + 1) / 2 = 3 */
    return 1.0 / (a * a * a * sqrt(v));
}
