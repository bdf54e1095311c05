/* figure/arrange.c -- head, axes and foot of a figure given their places; the plot gets the rest. */
#include "figure/arrange.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "figure/axes.h"

/* What a canvas too low for everything leaves out, in this order. */
enum { DROP_NOTHING = 0, DROP_SOURCE, DROP_CAPTION, DROP_SUBTITLE, DROP_LEGEND, DROP_COUNT };

/* Lines of text below each other from y; returns where the next thing may stand. */
static double add_lines(tr_fig_layout *L, const tr_fig_span *line, size_t count, double x, double y,
                        const tr_fig_type *type)
{
    for (size_t i = 0; i < count; i++) {
        tr_fig_add_label(L, line[i], x, y, L->m.measure(line[i], type->size, type->bold), type);
        y += tr_fig_line_height(L, type->size);
    }
    return y;
}

/* ---- blocks ---------------------------------------------------------------- */

static double add_text(tr_fig_layout *L, const char *text, const tr_fig_type *type, double y,
                       size_t max_lines)
{
    tr_fig_span line[8];
    const size_t n =
        tr_fig_wrap(L->m.measure, text, type->size, type->bold, L->m.width - 2.0 * L->m.pad, line, max_lines);
    return add_lines(L, line, n, L->m.pad, y, type);
}

static double text_height(const tr_fig_layout *L, const char *text, double size, size_t max_lines)
{
    tr_fig_span line[8];
    return (double)tr_fig_wrap(L->m.measure, text, size, 0, L->m.width - 2.0 * L->m.pad, line, max_lines) *
           tr_fig_line_height(L, size);
}

static double add_legend(tr_fig_layout *L, double y)
{
    const tr_figure *f = L->figure;
    const tr_fig_type type = {FIG_INK, L->m.label, 0, 0};
    const double h = tr_fig_line_height(L, L->m.label), sample = L->m.snap > 0.0 ? 2.0 : 1.6 * L->m.label;
    const double right = L->m.width - L->m.pad;
    double x = L->m.pad;
    const double start = y;
    for (size_t i = 0; i < f->series_count + f->mark_count; i++) {
        const int is_mark = i >= f->series_count;
        const size_t k = is_mark ? i - f->series_count : i;
        if (is_mark ? !L->mark_key[k] : !L->series_key[k])
            continue;
        const tr_fig_span name =
            tr_fig_fit(L->m.measure, tr_fig_span_of(is_mark ? f->marks[k].text : f->series[k].name),
                       L->m.label, 0, right - L->m.pad - sample - L->m.gap);
        const double w = L->m.measure(name, L->m.label, 0);
        if (x > L->m.pad && x + sample + L->m.gap + w > right) {
            x = L->m.pad;
            y += h;
        }
        L->key[L->key_count++] = (tr_fig_key){is_mark, k, {x, y, x + sample, y + h}};
        x = tr_fig_snap(L, x + sample + L->m.gap);
        tr_fig_add_label(L, name, x, y, w, &type);
        x = tr_fig_snap(L, x + w + 2.0 * L->m.gap);
    }
    return x > L->m.pad ? y + h + L->m.gap / 2.0 : start;
}

/* The names of the axes that stand up, over their ends. */
static double add_y_names(tr_fig_layout *L, double y)
{
    const tr_fig_type type = {FIG_MUTED, L->m.tick, 0, 0};
    const tr_figure *f = L->figure;
    const double room = L->m.width - 2.0 * L->m.pad, h = tr_fig_line_height(L, L->m.tick);
    tr_fig_span left[2], right[2] = {{NULL, 0, 0}, {NULL, 0, 0}};
    const int two = f->y2 != NULL && f->y2->label != NULL;
    const double share = two ? room / 2.0 - L->m.gap : room;
    const size_t n = tr_fig_wrap(L->m.measure, f->y.label, L->m.tick, 0, share, left, 2);
    const size_t m = two ? tr_fig_wrap(L->m.measure, f->y2->label, L->m.tick, 0, share, right, 2) : 0;
    const size_t lines = n > m ? n : m;
    (void)add_lines(L, left, n, L->m.pad, y + (double)(lines - n) * h, &type);
    for (size_t i = 0; i < m; i++) {
        const double w = L->m.measure(right[i], L->m.tick, 0);
        tr_fig_add_label(L, right[i], tr_fig_snap(L, L->m.width - L->m.pad - w),
                         y + (double)(lines - m + i) * h, w, &type);
    }
    return lines > 0 ? y + (double)lines * h + L->m.tick_gap : y;
}

/* ---- the whole -------------------------------------------------------------- */

static double foot_height(const tr_fig_layout *L, int drop, size_t caption_lines, size_t source_lines)
{
    const tr_figure *f = L->figure;
    double h = L->m.axis + L->m.tick_length + L->m.tick_gap + tr_fig_line_height(L, L->m.tick);
    if (f->x.label != NULL)
        h += tr_fig_line_height(L, L->m.tick) + L->m.tick_gap;
    double foot = 0.0;
    if (drop < DROP_CAPTION)
        foot += text_height(L, f->caption, L->m.label, caption_lines);
    if (drop < DROP_SOURCE)
        foot += text_height(L, f->source, L->m.small, source_lines) + (foot > 0.0 ? L->m.tick_gap : 0.0);
    return h + (foot > 0.0 ? L->m.block_gap + foot : 0.0) + L->m.pad;
}

static void add_foot(tr_fig_layout *L, int drop, size_t caption_lines, size_t source_lines)
{
    const tr_figure *f = L->figure;
    const tr_fig_type axis = {FIG_MUTED, L->m.tick, 0, 0}, caption = {FIG_INK, L->m.label, 0, 0},
                      source = {FIG_MUTED, L->m.small, 0, 0};
    double y = L->plot.y1 + L->m.axis + L->m.tick_length + L->m.tick_gap + tr_fig_line_height(L, L->m.tick);
    if (f->x.label != NULL) {
        const tr_fig_span name =
            tr_fig_fit(L->m.measure, tr_fig_span_of(f->x.label), L->m.tick, 0, L->m.width - 2.0 * L->m.pad);
        const double w = L->m.measure(name, L->m.tick, 0);
        double x = (L->plot.x0 + L->plot.x1 - w) / 2.0;
        if (x + w > L->m.width - L->m.pad)
            x = L->m.width - L->m.pad - w;
        y += L->m.tick_gap;
        tr_fig_add_label(L, name, tr_fig_snap(L, x < L->m.pad ? L->m.pad : x), tr_fig_snap(L, y), w, &axis);
        y += tr_fig_line_height(L, L->m.tick);
    }
    y += L->m.block_gap;
    const double before = y;
    if (drop < DROP_CAPTION)
        y = add_text(L, f->caption, &caption, tr_fig_snap(L, y), caption_lines);
    if (drop < DROP_SOURCE)
        (void)add_text(L, f->source, &source, y > before ? y + L->m.tick_gap : y, source_lines);
}

/* One attempt; 0 if the plot would be too low. */
static int build(tr_fig_layout *L, int drop)
{
    const tr_figure *f = L->figure;
    const tr_fig_type title = {FIG_INK, L->m.title, 1, 0}, subtitle = {FIG_MUTED, L->m.subtitle, 0, 0};
    const int bars = L->bar_total > 0, tight = L->m.snap > 0.0;
    const size_t caption_lines = tight ? 2 : 5, source_lines = tight ? 1 : 3;
    L->label_count = L->leader_count = L->key_count = 0;

    double y = L->m.pad;
    y = add_text(L, f->title, &title, y, drop >= DROP_LEGEND ? 1 : tight ? 2 : 3);
    if (drop < DROP_SUBTITLE) {
        const double above = y;
        y = add_text(L, f->subtitle, &subtitle, y + L->m.tick_gap, tight ? 2 : 3);
        if (y == above + L->m.tick_gap)
            y = above;
    }
    y += L->m.block_gap;
    if (drop < DROP_LEGEND)
        y = add_legend(L, y);
    if (!bars)
        y = add_y_names(L, y) + (tight ? 0.0 : tr_fig_line_height(L, L->m.tick) / 2.0);
    const double foot = foot_height(L, drop, caption_lines, source_lines);

    /* Side margins need the ticks, ticks need the height, a free height needs the width: a guess settles it.
     */
    double plot_height = L->m.height - y - foot;
    if (L->m.height == 0.0)
        plot_height =
            bars ? L->m.bar_row * (double)L->bar_total : L->m.plot_aspect * (L->m.width - 6.0 * L->m.pad);
    if (L->m.height == 0.0 && plot_height < L->m.plot_min_height && !bars)
        plot_height = L->m.plot_min_height;
    if (plot_height < (bars                 ? tr_fig_line_height(L, L->m.label)
                       : L->m.height == 0.0 ? 0.0
                                            : L->m.plot_min_height))
        return 0;
    if (L->m.height == 0.0 && y + plot_height + foot > 4000.0)
        plot_height = 4000.0 - y - foot;
    if (L->m.height == 0.0) /* a picture ends on a whole pixel */
        plot_height += ceil(y + plot_height + foot) - (y + plot_height + foot);
    L->height = y + plot_height + foot;
    L->plot.y0 = tr_fig_snap(L, y);
    L->plot.y1 = tr_fig_snap(L, y + plot_height);

    double label_width = 0.0;
    if (bars) {
        const int below = tight && (f->whiskers.low != NULL || f->whiskers.bound != NULL); /* a row for the whisker */
        const double row = tr_fig_line_height(L, L->m.label) * (below ? 2.0 : 1.0);
        L->bar_count = L->bar_total;
        if ((double)L->bar_count * row > plot_height)
            L->bar_count = (size_t)(plot_height / row);
        if (L->bar_count > 64)
            L->bar_count = 64;
        if (tight) /* whole rows to each bar */
            L->plot.y1 = L->plot.y0 + floor(plot_height / (double)L->bar_count) * (double)L->bar_count;
        label_width = tr_fig_bar_name_width(L);
        L->plot.x0 = tr_fig_snap(L, L->m.pad + label_width + L->m.gap / 2.0 + L->m.axis);
        L->plot.x1 = tr_fig_snap(L, L->m.width - L->m.pad - tr_fig_bar_value_width(L) - L->m.gap);
        L->y_ticks.count = 0;
    } else {
        L->y = tr_fig_map_of(L->y.scale, L->y.min, L->y.max, L->plot.y1 - L->m.inset_y,
                             L->plot.y0 + L->m.inset_y);
        if (f->row_names != NULL)
            tr_fig_ticks_name(f->row_names, f->row_count, &L->y_ticks);
        else
            tr_fig_ticks_choose(L, &L->y, f->y.unit, 1, &L->y_ticks);
        L->plot.x0 =
            tr_fig_snap(L, L->m.pad + tr_fig_ticks_width(L, &L->y_ticks) + L->m.tick_gap + L->m.axis);
        double right = L->m.pad;
        L->y2_ticks.count = 0;
        if (f->y2 != NULL) {
            const tr_fig_map y2 = tr_fig_map_of(L->y.scale, L->y.min * f->y2_ratio, L->y.max * f->y2_ratio,
                                                L->plot.y1 - L->m.inset_y, L->plot.y0 + L->m.inset_y);
            tr_fig_ticks_choose(L, &y2, f->y2->unit, 1, &L->y2_ticks);
            right += tr_fig_ticks_width(L, &L->y2_ticks) + L->m.tick_gap + L->m.axis;
        }
        const double names = tr_fig_labels_margin(L);
        if (names > 0.0)
            right += names + L->m.gap;
        L->plot.x1 = tr_fig_snap(L, L->m.width - right);
    }
    if (!(L->plot.x1 - L->plot.x0 > 0.25 * L->m.width))
        return 0;
    L->x =
        tr_fig_map_of(L->x.scale, L->x.min, L->x.max, L->plot.x0 + L->m.inset_x, L->plot.x1 - L->m.inset_x);
    tr_fig_ticks_choose(L, &L->x, f->x.unit, 0, &L->x_ticks);

    tr_fig_ticks_label_y(L, &L->y_ticks, 1.0, 0);
    if (f->y2 != NULL)
        tr_fig_ticks_label_y(L, &L->y2_ticks, 1.0 / f->y2_ratio, 1);
    tr_fig_ticks_label_x(L);
    add_foot(L, drop, caption_lines, source_lines);
    L->label_inside = L->label_count;
    if (bars) {
        tr_fig_bars_label(L, label_width);
        if (L->bar_count < L->bar_total) {
            const tr_fig_type type = {FIG_MUTED, L->m.tick, 0, 0};
            (void)snprintf(L->rest, sizeof L->rest, "+%zu more", L->bar_total - L->bar_count);
            const tr_fig_span rest = tr_fig_fit(L->m.measure, tr_fig_span_of(L->rest), L->m.tick, 0,
                                                L->plot.x0 - L->m.pad - 2.0 * L->m.gap);
            (void)add_lines(L, &rest, 1, L->m.pad,
                            tr_fig_snap(L, L->plot.y1 + L->m.axis + L->m.tick_length + L->m.tick_gap), &type);
        }
    }
    return 1;
}

tr_status tr_fig_layout_make(tr_fig_layout *L, const tr_figure *figure, const tr_fig_metrics *metrics,
                             tr_error *err)
{
    tr_status s = tr_fig_check(figure, err);
    if (s != TR_OK)
        return s;
    memset(L, 0, sizeof *L);
    L->figure = figure;
    L->m = *metrics;
    s = tr_fig_ranges_find(L, err);
    if (s != TR_OK)
        return s;
    for (size_t i = 0; i < figure->series_count; i++) /* a name beside one of many rings would seem to be its own */
        L->series_key[i] = figure->series[i].kind == TR_SERIES_RINGS && figure->series[i].name != NULL;
    if (L->bar_total > 0 && figure->series_count > 1)
        for (size_t i = 0; i < figure->series_count; i++)
            L->series_key[i] = figure->series[i].name != NULL;
    int drop = DROP_NOTHING;
    for (;;) {
        while (drop < DROP_COUNT && !build(L, drop))
            drop++;
        if (drop == DROP_COUNT)
            return tr_fail(err, TR_EDOMAIN, "height_px", metrics->height,
                           "the picture is too small to hold a plot");
        /* Names that found no place beside their line move to the legend, which
         * takes room and may push out others: at most each of them once. */
        if (tr_fig_labels_place(L) == 0 || drop >= DROP_LEGEND)
            return TR_OK;
    }
}
