/* base/root.c -- Brent's root (bisection, secant, inverse quadratic) and minimum (golden, parabola). */
#include "base/root.h"

#include <float.h>
#include <math.h>

#include "base/check.h"
#include "base/fail.h"

/* Plain bisection of all doubles needs some 1100 halvings. */
#define ROOT_ROUND_MAX 2200
#define MINIMUM_ROUND_MAX 500

static tr_status check_bounds(double low, double high, double tolerance, tr_error *err)
{
    if (!tr_is_finite(low) || !tr_is_finite(high) || !(low <= high))
        return tr_fail(err, TR_EDOMAIN, "low", low, "the search needs finite bounds with low <= high");
    if (!(tolerance >= 0.0 && tolerance < 1.0))
        return tr_fail(err, TR_EDOMAIN, "tolerance", tolerance, "the tolerance must be from 0 to below 1");
    return TR_OK;
}

static tr_status not_finite(double x, tr_error *err)
{
    return tr_fail(err, TR_EDOMAIN, "x", x, "the function has no finite value inside the bounds");
}

tr_status tr_root_brent(tr_function f, const void *context, double low, double high, double tolerance,
                        double *out, tr_error *err)
{
    const tr_status s = check_bounds(low, high, tolerance, err);
    if (s != TR_OK)
        return s;
    double a = low;
    double b = high;
    double fa = f(a, context);
    double fb = f(b, context);
    if (!tr_is_finite(fa) || !tr_is_finite(fb))
        return not_finite(tr_is_finite(fa) ? b : a, err);
    if (fa == 0.0 || fb == 0.0) {
        *out = fa == 0.0 ? a : b;
        return TR_OK;
    }
    if ((fa > 0.0) == (fb > 0.0))
        return tr_fail(err, TR_ENOFIT, "low", fa, "the function has the same sign at both bounds");

    double c = a; /* [b, c] always holds the root; b is the best so far, a the one before */
    double fc = fa;
    double step = b - a;
    double step_before = step;
    for (int round = 0; round < ROOT_ROUND_MAX; round++) {
        if (fabs(fc) < fabs(fb)) {
            a = b;
            b = c;
            c = a;
            fa = fb;
            fb = fc;
            fc = fa;
        }
        const double near = 2.0 * DBL_EPSILON * fabs(b) + 0.5 * tolerance * fabs(b) + DBL_MIN;
        const double half = 0.5 * c - 0.5 * b; /* c - b may overflow */
        if (fb == 0.0 || fabs(half) <= near)
            break;
        if (fabs(step_before) < near || fabs(fa) <= fabs(fb)) {
            step = half;
            step_before = half;
        } else {
            const double ratio = fb / fa;
            double p;
            double q;
            if (a == c) { /* two points: secant */
                p = 2.0 * half * ratio;
                q = 1.0 - ratio;
            } else { /* three points: inverse quadratic */
                const double u = fa / fc;
                const double v = fb / fc;
                p = ratio * (2.0 * half * u * (u - v) - (b - a) * (v - 1.0));
                q = (u - 1.0) * (v - 1.0) * (ratio - 1.0);
            }
            if (p > 0.0)
                q = -q;
            else
                p = -p;
            if (2.0 * p < 3.0 * half * q - fabs(near * q) && p < fabs(0.5 * step_before * q)) {
                step_before = step;
                step = p / q;
            } else {
                step = half;
                step_before = half;
            }
        }
        a = b;
        fa = fb;
        b += fabs(step) > near ? step : half > 0.0 ? near : -near;
        fb = f(b, context);
        if (!tr_is_finite(fb))
            return not_finite(b, err);
        if ((fb > 0.0) == (fc > 0.0)) {
            c = a;
            fc = fa;
            step = b - a;
            step_before = step;
        }
    }
    *out = b;
    return TR_OK;
}

tr_status tr_minimum_brent(tr_function f, const void *context, double low, double high, double tolerance,
                           double *out, double *least, tr_error *err)
{
    static const double GOLDEN = 0.38196601125010515; /* (3 - sqrt 5) / 2 */
    const tr_status s = check_bounds(low, high, tolerance, err);
    if (s != TR_OK)
        return s;
    const double relative = tolerance > 1e-8 ? tolerance : 1e-8;
    double a = low;
    double b = high;
    double x = a + GOLDEN * (b - a); /* best, second best, and the second best before that */
    double w = x;
    double v = x;
    double fx = f(x, context);
    double fw = fx;
    double fv = fx;
    double step = 0.0;
    double step_before = 0.0;
    if (!tr_is_finite(fx))
        return not_finite(x, err);
    for (int round = 0; round < MINIMUM_ROUND_MAX; round++) {
        const double middle = 0.5 * a + 0.5 * b;
        const double near = relative * fabs(x) + 1e-300;
        if (fabs(x - middle) <= 2.0 * near - 0.5 * (b - a))
            break;
        int golden = 1;
        if (fabs(step_before) > near) { /* a parabola through x, w, v */
            const double r = (x - w) * (fx - fv);
            double q = (x - v) * (fx - fw);
            double p = (x - v) * q - (x - w) * r;
            q = 2.0 * (q - r);
            if (q > 0.0)
                p = -p;
            else
                q = -q;
            if (fabs(p) < fabs(0.5 * q * step_before) && p > q * (a - x) && p < q * (b - x)) {
                step_before = step;
                step = p / q;
                const double u = x + step;
                if (u - a < 2.0 * near || b - u < 2.0 * near)
                    step = x < middle ? near : -near;
                golden = 0;
            }
        }
        if (golden) {
            step_before = x < middle ? b - x : a - x;
            step = GOLDEN * step_before;
        }
        const double u = x + (fabs(step) >= near ? step : step > 0.0 ? near : -near);
        const double fu = f(u, context);
        if (!tr_is_finite(fu))
            return not_finite(u, err);
        if (fu <= fx) {
            if (u < x)
                b = x;
            else
                a = x;
            v = w;
            fv = fw;
            w = x;
            fw = fx;
            x = u;
            fx = fu;
        } else {
            if (u < x)
                a = u;
            else
                b = u;
            if (fu <= fw || w == x) {
                v = w;
                fv = fw;
                w = u;
                fw = fu;
            } else if (fu <= fv || v == x || v == w) {
                v = u;
                fv = fu;
            }
        }
    }
    *out = x;
    if (least != NULL)
        *least = fx;
    return TR_OK;
}
