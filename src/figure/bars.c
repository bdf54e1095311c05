/* figure/bars.c -- names before bars and values behind them. */
#include <math.h>

#include "figure/axes.h"

double tr_fig_bar_name_width(const tr_fig_layout *L)
{
    double w = 0.0;
    for (size_t i = 0; i < L->bar_total && i < 64; i++) {
        const double t = L->m.measure(tr_fig_span_of(L->figure->bar_labels[i]), L->m.label, 0);
        if (t > w)
            w = t;
    }
    const double most = 0.42 * (L->m.width - 2.0 * L->m.pad);
    return w < most ? w : most;
}

static double bar_sum(const tr_fig_layout *L, size_t i)
{
    double sum = 0.0;
    for (size_t s = 0; s < L->figure->series_count; s++)
        sum += L->figure->series[s].x[i];
    return sum;
}

double tr_fig_bar_value_width(tr_fig_layout *L)
{
    double w = 0.0;
    for (size_t i = 0; i < L->bar_total && i < 64; i++) {
        char *text = L->bar_value + i * FIG_TICK_TEXT;
        tr_fig_quantity(bar_sum(L, i), L->figure->x.unit, text, FIG_TICK_TEXT);
        if (L->figure->unnumbered)
            text[0] = '\0';
        const double t = L->m.measure(tr_fig_span_of(text), L->m.label, 0);
        if (t > w)
            w = t;
    }
    return w;
}

void tr_fig_bars_label(tr_fig_layout *L, double label_width)
{
    const tr_fig_type name = {FIG_INK, L->m.label, 0, 0}, value = {FIG_MUTED, L->m.label, 0, 0};
    const double h = tr_fig_line_height(L, L->m.label),
                 row = (L->plot.y1 - L->plot.y0) / (double)L->bar_count,
                 gap = L->m.snap > 0.0 && row > 1.0 ? 1.0 : 0.0; /* in characters, the blank row below a bar */
    for (size_t i = 0; i < L->bar_count; i++) {
        const double y = tr_fig_snap(L, L->plot.y0 + (double)i * row + (row - gap - h) / 2.0);
        const tr_fig_span span =
            tr_fig_fit(L->m.measure, tr_fig_span_of(L->figure->bar_labels[i]), L->m.label, 0, label_width);
        const double w = L->m.measure(span, L->m.label, 0);
        tr_fig_add_label(L, span, tr_fig_snap(L, L->plot.x0 - L->m.axis - L->m.gap / 2.0 - w), y, w, &name);
        const tr_fig_span text = tr_fig_span_of(L->bar_value + i * FIG_TICK_TEXT);
        double end = tr_fig_place(&L->x, bar_sum(L, i));
        if (L->m.snap == 0.0 && L->figure->whiskers.high != NULL && L->figure->whiskers.high[i] > bar_sum(L, i))
            end = tr_fig_place(&L->x, L->figure->whiskers.high[i]); /* in characters the whisker has a row of its own */
        if (end > L->plot.x1)
            end = L->plot.x1;
        tr_fig_add_label(L, text, L->m.snap > 0.0 ? ceil(end) + 1.0 : end + L->m.gap / 2.0, y,
                         L->m.measure(text, L->m.label, 0), &value);
    }
}
