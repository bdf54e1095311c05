/* figure/range.c -- from where to where the axes run. */
#include <math.h>

#include "base/fail.h"
#include "figure/axes.h"

static void extend(double v, double *min, double *max)
{
    if (v < *min)
        *min = v;
    if (v > *max)
        *max = v;
}

static int is_auto(const tr_axis *axis, double end)
{
    return isnan(end) || (axis->min == 0.0 && axis->max == 0.0);
}

/* A range of no width gets one. */
static void open_range(tr_scale scale, double *min, double *max)
{
    if (scale == TR_SCALE_LOG) {
        if (*max < *min * (1.0 + 1e-6)) {
            *min /= 2.0;
            *max *= 2.0;
        }
    } else {
        const double size = fabs(*min) > fabs(*max) ? fabs(*min) : fabs(*max);
        if (!(*max - *min > size * 1e-9)) {
            *min -= size > 0.0 ? size / 2.0 : 1.0;
            *max += size > 0.0 ? size / 2.0 : 1.0;
        }
    }
}

static tr_status ranges_of_bars(tr_fig_layout *L, double *x_max, tr_error *err)
{
    const tr_figure *f = L->figure;
    *x_max = 0.0;
    for (size_t i = 0; i < f->series[0].n; i++) {
        double sum = 0.0;
        for (size_t s = 0; s < f->series_count; s++)
            sum += f->series[s].x[i];
        if (sum > *x_max)
            *x_max = sum;
        if (f->whiskers.high != NULL && f->whiskers.high[i] > *x_max)
            *x_max = f->whiskers.high[i];
    }
    L->bar_total = f->series[0].n;
    if (L->bar_total == 0)
        return tr_fail(err, TR_EDOMAIN, "series", 0.0, "the figure has nothing to draw");
    if (!is_auto(&f->x, f->x.max))
        *x_max = f->x.max;
    if (!(*x_max > 0.0))
        *x_max = 1.0;
    return TR_OK;
}

/* Both axes' ranges into the two maps, whose places are still 0..1. */
tr_status tr_fig_ranges_find(tr_fig_layout *L, tr_error *err)
{
    const tr_figure *f = L->figure;
    if (f->series[0].kind == TR_SERIES_BARS) {
        double x_max;
        const tr_status s = ranges_of_bars(L, &x_max, err);
        if (s != TR_OK)
            return s;
        L->x = tr_fig_map_of(TR_SCALE_LINEAR, 0.0, x_max, 0.0, 1.0);
        L->y = tr_fig_map_of(TR_SCALE_LINEAR, 0.0, (double)L->bar_total, 0.0, 1.0);
        return TR_OK;
    }
    double x0 = HUGE_VAL, x1 = -HUGE_VAL, y0 = HUGE_VAL, y1 = -HUGE_VAL;
    for (int axis = 0; axis < 2; axis++) {
        for (size_t s = 0; s < f->series_count; s++) {
            const tr_series *series = &f->series[s];
            for (size_t i = 0; i < series->n; i++) {
                const double x = series->x[i], y = series->y[i];
                if (!tr_fig_drawable(f->x.scale, x) || !tr_fig_drawable(f->y.scale, y))
                    continue;
                if (axis == 0) {
                    extend(x, &x0, &x1);
                } else if (x >= x0 && x <= x1) {
                    extend(y, &y0, &y1);
                    if (series->kind == TR_SERIES_BAND && tr_fig_drawable(f->y.scale, series->y2[i]))
                        extend(series->y2[i], &y0, &y1);
                }
            }
        }
        if (axis == 0) {
            if (!is_auto(&f->x, f->x.min))
                x0 = f->x.min;
            if (!is_auto(&f->x, f->x.max))
                x1 = f->x.max;
        }
    }
    if (!(y0 <= y1) || !(x0 <= x1))
        return tr_fail(err, TR_EDOMAIN, "series", 0.0,
                       "the figure has nothing to draw: no point has two finite places on its axes");
    if (f->y.scale == TR_SCALE_LINEAR && y0 > 0.0 && y0 < 0.6 * y1)
        y0 = 0.0; /* lengths compare only from zero */
    const int fixed0 = !is_auto(&f->y, f->y.min), fixed1 = !is_auto(&f->y, f->y.max);
    open_range(f->x.scale, &x0, &x1);
    open_range(f->y.scale, &y0, &y1);
    tr_fig_range_widen(f->y.scale, f->y.unit, &y0, &y1);
    if (fixed0)
        y0 = f->y.min;
    if (fixed1)
        y1 = f->y.max;
    if (!(y0 < y1) || !(x0 < x1))
        return tr_fail(err, TR_EDOMAIN, "y", y0,
                       "the axis limits asked for leave out everything there is to draw");
    L->x = tr_fig_map_of(f->x.scale, x0, x1, 0.0, 1.0);
    L->y = tr_fig_map_of(f->y.scale, y0, y1, 0.0, 1.0);
    return TR_OK;
}
