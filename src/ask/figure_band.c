/* ask/figure_band.c -- the band around a line that is uncertain along both axes. */
#include "ask/figure_band.h"

#include <math.h>

/* A line through the plane, speed never falling. */
typedef struct path {
    size_t n;
    double x[FIGURE_BAND_POINTS + 1], y[FIGURE_BAND_POINTS + 1];
} path;

static void add(path *p, double x, double y)
{
    if (p->n <= FIGURE_BAND_POINTS && isfinite(x) && isfinite(y)) {
        p->x[p->n] = x;
        p->y[p->n++] = y;
    }
}

/* Height at x, in the logarithms; of several there, the first from this end. */
static double height(const path *p, double x, int from_right)
{
    for (size_t k = 0; k + 1 < p->n; k++) {
        const size_t i = from_right ? p->n - 2 - k : k;
        if (x < p->x[i] || x > p->x[i + 1])
            continue;
        if (!(p->x[i + 1] > p->x[i]))
            return from_right ? p->y[i + 1] : p->y[i];
        const double share = (x - p->x[i]) / (p->x[i + 1] - p->x[i]);
        return p->y[i] + share * (p->y[i + 1] - p->y[i]);
    }
    return (double)NAN;
}

void tr_figure_band_of(const double *x_low, const double *x_high, const double *y_low, const double *y_high, size_t n,
                       tr_figure_band *out)
{
    path low = {.n = 0}, high = {.n = 0};
    add(&low, x_low[n - 1], y_high[n - 1]);
    for (size_t i = n; i-- > 0;) {
        add(&low, x_high[i], y_low[i]);
        add(&high, x_low[i], y_high[i]);
    }
    add(&high, x_high[0], y_low[0]);
    size_t a = 0, b = 0;
    out->n = 0;
    while (a < low.n || b < high.n) { /* both are in order */
        const double x = b == high.n || (a < low.n && low.x[a] <= high.x[b]) ? low.x[a++] : high.x[b++];
        if (out->n > 0 && !(x > out->x[out->n - 1]))
            continue;
        out->x[out->n] = x;
        out->low[out->n] = height(&low, x, 0);
        out->high[out->n++] = height(&high, x, 1);
    }
}
