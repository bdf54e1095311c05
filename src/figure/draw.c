/* figure/draw.c -- a laid-out figure onto a canvas, from the back to the front. */
#include <math.h>

#include "figure/arrange.h"

static double clamp(double v, double low, double high) { return v < low ? low : v > high ? high : v; }

static void draw_grid(const tr_fig_layout *L, tr_fig_canvas *c)
{
    const tr_fig_pen grid = {FIG_GRID, 1.0, FIG_SOLID}, axis = {FIG_AXIS, 1.0, FIG_SOLID};
    const double half = L->m.axis / 2.0; /* the axis runs through the middle of its room */
    const double bottom = L->plot.y1 + half, left = L->plot.x0 - half;
    const int bars = L->bar_total > 0;
    for (size_t i = 0; i < L->y_ticks.count; i++) {
        const double y = tr_fig_place(&L->y, L->y_ticks.tick[i].value);
        if (y < L->plot.y1 - L->m.gap / 4.0 || L->m.axis > 0.0)
            c->ops->line(c, L->plot.x0, y, L->plot.x1, y, &grid);
        if (L->m.axis > 0.0)
            c->ops->line(c, left - L->m.tick_length - half, y, left, y, &axis);
    }
    for (size_t i = 0; i < L->y2_ticks.count && L->m.axis > 0.0; i++) {
        const double y = tr_fig_place(&L->y, L->y2_ticks.tick[i].value / L->figure->y2_ratio);
        c->ops->line(c, L->plot.x1 + half, y, L->plot.x1 + L->m.axis + L->m.tick_length, y, &axis);
    }
    for (size_t i = 0; i < L->x_ticks.count; i++) {
        const double x = tr_fig_place(&L->x, L->x_ticks.tick[i].value);
        if (bars && L->m.axis == 0.0)
            c->ops->line(c, x, L->plot.y0, x, L->plot.y1, &grid);
        if (!bars || L->m.axis > 0.0)
            c->ops->line(c, x, bottom, x, bottom + half + L->m.tick_length, &axis);
    }
    if (!bars || L->m.axis > 0.0)
        c->ops->line(c, L->m.axis > 0.0 ? left : L->plot.x0, bottom, L->plot.x1, bottom, &axis);
    if (L->m.axis > 0.0)
        c->ops->line(c, left, L->plot.y0, left, bottom, &axis);
    if (L->m.axis > 0.0 && L->figure->y2 != NULL)
        c->ops->line(c, L->plot.x1 + half, L->plot.y0, L->plot.x1 + half, bottom, &axis);
}

static void draw_line(const tr_fig_layout *L, const tr_series *series, tr_fig_canvas *c)
{
    const tr_fig_pen pen = {FIG_ROLE + (int)series->role, series->role == TR_ROLE_RESULT ? 2.6 : 1.8,
                            series->kind == TR_SERIES_DASHED ? FIG_DASHED : FIG_SOLID};
    double x0 = 0.0, y0 = 0.0;
    int known = 0, open = 0;
    for (size_t i = 0; i < series->n; i++) {
        double x = 0.0, y = 0.0;
        const int good = tr_fig_point_of(L, series, i, &x, &y);
        if (good && known) {
            double a = x0, b = y0, p = x, q = y;
            const int seen = tr_fig_clip(L->plot, &a, &b, &p, &q);
            if (seen && !open) {
                c->ops->polyline_begin(c, &pen);
                c->ops->polyline_point(c, clamp(a, L->plot.x0, L->plot.x1), clamp(b, L->plot.y0, L->plot.y1));
            }
            if (seen)
                c->ops->polyline_point(c, clamp(p, L->plot.x0, L->plot.x1), clamp(q, L->plot.y0, L->plot.y1));
            /* A clipped end is an end: the line comes back elsewhere. */
            if ((open || seen) && (!seen || p != x || q != y))
                c->ops->polyline_end(c);
            open = seen && p == x && q == y;
        } else if (!good && open) {
            c->ops->polyline_end(c);
            open = 0;
        }
        x0 = x;
        y0 = y;
        known = good;
    }
    if (open)
        c->ops->polyline_end(c);
}

static void draw_band(const tr_fig_layout *L, const tr_series *series, tr_fig_canvas *c)
{
    double x0 = 0.0, a0 = 0.0, b0 = 0.0;
    int known = 0, open = 0;
    for (size_t i = 0; i < series->n; i++) {
        double x = 0.0, a = 0.0;
        const int good = tr_fig_point_of(L, series, i, &x, &a) && tr_fig_drawable(L->y.scale, series->y2[i]);
        const double b = good ? tr_fig_place(&L->y, series->y2[i]) : 0.0;
        if (good && known && x > x0 && x > L->plot.x0 && x0 < L->plot.x1) {
            const double from = clamp((L->plot.x0 - x0) / (x - x0), 0.0, 1.0);
            const double to = clamp((L->plot.x1 - x0) / (x - x0), 0.0, 1.0);
            if (!open)
                c->ops->band_begin(c, FIG_ROLE + (int)series->role, 0.16);
            open = 1;
            c->ops->band_slice(c, x0 + from * (x - x0), clamp(a0 + from * (a - a0), L->plot.y0, L->plot.y1),
                               clamp(b0 + from * (b - b0), L->plot.y0, L->plot.y1), x0 + to * (x - x0),
                               clamp(a0 + to * (a - a0), L->plot.y0, L->plot.y1),
                               clamp(b0 + to * (b - b0), L->plot.y0, L->plot.y1));
        } else if (open) {
            c->ops->band_end(c);
            open = 0;
        }
        x0 = x;
        a0 = a;
        b0 = b;
        known = good;
    }
    if (open)
        c->ops->band_end(c);
}

/* One stroke of the hatch of a line that runs (right, down), as far as the plot goes, and back: to the line's lower
 * side, right of where it is upright, and a little backwards. */
static void draw_tooth(const tr_fig_layout *L, double x, double y, double right, double down, tr_fig_canvas *c)
{
    const double size = 0.6 * L->m.gap / sqrt(right * right + down * down) *
                        (right < 0.0 || (!(right > 0.0) && down > 0.0) ? -1.0 : 1.0);
    double a = x, b = y, p = x - (down + 0.7 * right) * size, q = y + (right - 0.7 * down) * size;
    const tr_fig_box inner = {L->plot.x0, L->plot.y0, L->plot.x1, L->plot.y1 - L->m.inset_y};
    c->ops->polyline_point(c, x, y);
    if (!tr_fig_clip(inner, &a, &b, &p, &q))
        return;
    c->ops->polyline_point(c, clamp(p, inner.x0, inner.x1), clamp(q, inner.y0, inner.y1));
    c->ops->polyline_point(c, x, y);
}

/* The edge of a floor: a comb along the line, whose own stroke is drawn like any other. */
static void draw_hatch(const tr_fig_layout *L, const tr_series *series, tr_fig_canvas *c)
{
    const tr_fig_pen pen = {FIG_ROLE + (int)series->role, 0.9, FIG_SOLID};
    const double step = L->m.snap > 0.0 ? 1.0 : 0.6 * L->m.gap;
    double x0 = 0.0, y0 = 0.0, way = 0.0;
    int known = 0, open = 0;
    for (size_t i = 0; i < series->n; i++) {
        double x = 0.0, y = 0.0;
        const int good = tr_fig_point_of(L, series, i, &x, &y);
        double a = x0, b = y0, p = x, q = y;
        const int seen = good && known && tr_fig_clip(L->plot, &a, &b, &p, &q);
        const double length = seen ? sqrt((p - a) * (p - a) + (q - b) * (q - b)) : 0.0;
        if (open && !seen)
            c->ops->polyline_end(c);
        open = open && seen;
        for (; way < length; way += step) {
            if (!open)
                c->ops->polyline_begin(c, &pen);
            open = 1;
            draw_tooth(L, clamp(a + (p - a) * way / length, L->plot.x0, L->plot.x1),
                       clamp(b + (q - b) * way / length, L->plot.y0, L->plot.y1), p - a, q - b, c);
        }
        way -= length;
        x0 = x;
        y0 = y;
        known = good;
    }
    if (open)
        c->ops->polyline_end(c);
}

/* Of the series of measurements, the how manieth. */
static int ring_of(const tr_fig_layout *L, const tr_series *series)
{
    int before = 0;
    for (const tr_series *s = L->figure->series; s < series; s++)
        before += s->kind == TR_SERIES_RINGS;
    return before % 4;
}

static void draw_points(const tr_fig_layout *L, const tr_series *series, tr_fig_canvas *c)
{
    const int paint = FIG_ROLE + (int)series->role;
    for (size_t i = 0; i < series->n; i++) {
        double x, y;
        const double value[2] = {series->x[i], series->y[i]};
        if (!tr_fig_point_of(L, series, i, &x, &y) || !tr_fig_box_inside((tr_fig_box){x, y, x, y}, L->plot))
            continue;
        if (series->kind == TR_SERIES_RINGS)
            c->ops->ring(c, x, y, L->m.dot, paint, ring_of(L, series), value,
                         series->label != NULL ? series->label[i] : NULL);
        else
            c->ops->dot(c, x, y, L->m.dot, paint, value);
    }
}

/* NaN: there is none. In characters, a whole cell. */
static double whisker_x(const tr_fig_layout *L, const double *value, size_t i)
{
    if (value == NULL || !isfinite(value[i]))
        return (double)NAN;
    const double x = clamp(tr_fig_place(&L->x, value[i]), L->plot.x0, L->plot.x1);
    return L->m.snap > 0.0 ? floor(x < L->plot.x1 ? x : L->plot.x1 - 1.0) : x;
}

/* Through the middle of a bar with a cap at both ends; the bound as a dashed tick across it. */
static void draw_whisker(const tr_fig_layout *L, tr_fig_canvas *c, size_t i, double y, double thick)
{
    static const tr_fig_pen pen = {FIG_INK, 1.2, FIG_SOLID}, limit = {FIG_INK, 1.6, FIG_DASHED};
    const double middle = y + thick / 2.0, cap = thick * 0.22;
    const tr_whiskers *w = &L->figure->whiskers;
    const double x0 = whisker_x(L, w->low, i), x1 = whisker_x(L, w->high, i), x = whisker_x(L, w->bound, i);
    if (isfinite(x0) && isfinite(x1)) {
        c->ops->line(c, x0, middle, x1, middle, &pen);
        c->ops->line(c, x0, middle - cap, x0, middle + cap, &pen);
        c->ops->line(c, x1, middle - cap, x1, middle + cap, &pen);
    }
    if (isfinite(x))
        c->ops->line(c, x, y - thick * 0.12, x, y + thick * 1.12, &limit);
}

/* In characters, in the blank row below a bar: |----| and ^. */
static void type_whisker(const tr_fig_layout *L, tr_fig_canvas *c, size_t i, double y)
{
    const tr_fig_type type = {FIG_INK, L->m.label, 0, 0};
    const tr_whiskers *w = &L->figure->whiskers;
    const double x0 = whisker_x(L, w->low, i), x1 = whisker_x(L, w->high, i), x = whisker_x(L, w->bound, i);
    if (isfinite(x0) && isfinite(x1))
        for (double at = x0; at <= x1; at += 1.0)
            c->ops->text(c, at, y, &type, tr_fig_span_of(at > x0 && at < x1 ? "-" : "|"));
    if (isfinite(x))
        c->ops->text(c, x, y, &type, tr_fig_span_of("^"));
}

static void draw_bars(const tr_fig_layout *L, tr_fig_canvas *c)
{
    const tr_figure *f = L->figure;
    const double row = (L->plot.y1 - L->plot.y0) / (double)L->bar_count;
    const double thick = L->m.snap > 0.0 ? (row > 1.0 ? row - 1.0 : 1.0) : row * 0.66;
    for (size_t s = 0; s < f->series_count; s++) {
        const tr_series *series = &f->series[s];
        c->ops->series_begin(c, series);
        for (size_t i = 0; i < L->bar_count; i++) {
            double before = 0.0;
            for (size_t k = 0; k < s; k++)
                before += f->series[k].x[i];
            const double x0 = clamp(tr_fig_place(&L->x, before), L->plot.x0, L->plot.x1);
            const double x1 = clamp(tr_fig_place(&L->x, before + series->x[i]), L->plot.x0, L->plot.x1);
            const double y = L->plot.y0 + (double)i * row + (L->m.snap > 0.0 ? 0.0 : (row - thick) / 2.0);
            if (x1 > x0)
                c->ops->box(c, x0, y, x1, y + thick, FIG_ROLE + (int)series->role, 1.0);
        }
        c->ops->series_end(c);
    }
    for (size_t i = 0; i < L->bar_count; i++) {
        const double y = L->plot.y0 + (double)i * row;
        if (L->m.snap == 0.0)
            draw_whisker(L, c, i, y + (row - thick) / 2.0, thick);
        else if (row > thick)
            type_whisker(L, c, i, y + thick);
    }
}

static void draw_mark_lines(const tr_fig_layout *L, tr_fig_canvas *c)
{
    for (size_t i = 0; i < L->figure->mark_count; i++) {
        const tr_mark *mark = &L->figure->marks[i];
        const tr_fig_pen pen = {FIG_ROLE + (int)mark->role, 1.2, FIG_DOTTED};
        if (!tr_fig_mark_shown(L, mark))
            continue;
        double x0, x1;
        if (mark->kind == TR_MARK_VERTICAL) {
            const double x = tr_fig_place(&L->x, mark->x);
            c->ops->line(c, x, L->plot.y0, x, L->plot.y1, &pen);
        } else if (mark->kind == TR_MARK_HORIZONTAL) {
            const double y = tr_fig_place(&L->y, mark->y);
            c->ops->line(c, L->plot.x0, y, L->plot.x1, y, &pen);
        } else if (mark->kind == TR_MARK_REGION && tr_fig_region_of(L, mark, &x0, &x1)) {
            c->ops->box(c, x0, L->plot.y0, x1, L->plot.y1, FIG_ROLE + (int)mark->role, 0.09);
            if (mark->x > L->x.min)
                c->ops->line(c, x0, L->plot.y0, x0, L->plot.y1, &pen);
            if (mark->x2 < L->x.max)
                c->ops->line(c, x1, L->plot.y0, x1, L->plot.y1, &pen);
        }
    }
}

static void draw_key_hatch(double x0, double x1, double y, double size, int paint, tr_fig_canvas *c)
{
    const tr_fig_pen pen = {paint, 0.9, FIG_SOLID};
    for (double x = x0 + 0.7 * size; x <= x1; x += size)
        c->ops->line(c, x, y, x - 0.7 * size, y + size, &pen);
}

static void draw_keys(const tr_fig_layout *L, tr_fig_canvas *c)
{
    for (size_t i = 0; i < L->key_count; i++) {
        const tr_fig_key *key = &L->key[i];
        const double y = (key->box.y0 + key->box.y1) / 2.0, x0 = key->box.x0, x1 = key->box.x1;
        const int role =
            key->is_mark ? (int)L->figure->marks[key->index].role : (int)L->figure->series[key->index].role;
        const int paint = FIG_ROLE + role;
        const int is_point = key->is_mark ? L->figure->marks[key->index].kind == TR_MARK_POINT
                                          : L->figure->series[key->index].kind == TR_SERIES_POINTS;
        const int is_area = key->is_mark ? L->figure->marks[key->index].kind == TR_MARK_REGION
                                         : L->figure->series[key->index].kind == TR_SERIES_BAND;
        const int is_bar = !key->is_mark && L->figure->series[key->index].kind == TR_SERIES_BARS;
        const int is_floor = !key->is_mark && L->figure->series[key->index].kind == TR_SERIES_FLOOR;
        const int dashed = !key->is_mark && L->figure->series[key->index].kind == TR_SERIES_DASHED;
        const tr_fig_pen pen = {paint, role == TR_ROLE_RESULT ? 2.6 : 1.8,
                                key->is_mark ? FIG_DOTTED
                                : dashed     ? FIG_DASHED
                                             : FIG_SOLID};
        const double inset = L->m.snap > 0.0 ? 0.0 : (key->box.y1 - key->box.y0) * 0.22;
        if (!key->is_mark && L->figure->series[key->index].kind == TR_SERIES_RINGS) {
            c->ops->ring(c, (x0 + x1) / 2.0, y, L->m.dot, paint, ring_of(L, &L->figure->series[key->index]), NULL,
                         NULL);
        } else if (is_point) {
            c->ops->dot(c, (x0 + x1) / 2.0, y, L->m.dot, paint, NULL);
        } else if (is_area || is_bar) {
            c->ops->box(c, x0, key->box.y0 + inset, x1, key->box.y1 - inset, paint, is_bar ? 1.0 : 0.25);
        } else {
            c->ops->polyline_begin(c, &pen);
            c->ops->polyline_point(c, x0, y);
            c->ops->polyline_point(c, x1, y);
            c->ops->polyline_end(c);
            if (is_floor && !(L->m.snap > 0.0))
                draw_key_hatch(x0, x1, y, 0.6 * L->m.gap, paint, c);
        }
    }
}

/* Later series lie on top; the result lies on all. */
static void draw_series(const tr_fig_layout *L, tr_fig_canvas *c, tr_series_kind kind, int result)
{
    for (size_t i = 0; i < L->figure->series_count; i++) {
        const tr_series *series = &L->figure->series[i];
        if (series->kind != kind || (series->role == TR_ROLE_RESULT) != result || series->n == 0)
            continue;
        c->ops->series_begin(c, series);
        if (kind == TR_SERIES_BAND)
            draw_band(L, series, c);
        else if (kind == TR_SERIES_POINTS || kind == TR_SERIES_RINGS)
            draw_points(L, series, c);
        else
            draw_line(L, series, c);
        if (kind == TR_SERIES_FLOOR)
            draw_hatch(L, series, c);
        c->ops->series_end(c);
    }
}

void tr_fig_layout_draw(const tr_fig_layout *L, tr_fig_canvas *c)
{
    draw_grid(L, c);
    if (L->bar_total > 0) {
        draw_bars(L, c);
        draw_mark_lines(L, c);
    } else {
        static const tr_series_kind ORDER[] = {TR_SERIES_FLOOR, TR_SERIES_DASHED, TR_SERIES_LINE, TR_SERIES_POINTS,
                                               TR_SERIES_RINGS};
        draw_series(L, c, TR_SERIES_BAND, 0);
        draw_series(L, c, TR_SERIES_BAND, 1);
        draw_mark_lines(L, c);
        for (size_t o = 0; o < sizeof ORDER / sizeof ORDER[0]; o++)
            for (int result = 0; result < 2; result++)
                draw_series(L, c, ORDER[o], result);
    }
    for (size_t i = 0; i < L->leader_count; i++) {
        const tr_fig_leader *l = &L->leader[i];
        const tr_fig_pen pen = {l->paint, 0.8, FIG_SOLID};
        c->ops->line(c, l->x0, l->y0, l->x1, l->y1, &pen);
    }
    for (size_t i = 0; i < L->figure->mark_count; i++) {
        const tr_mark *mark = &L->figure->marks[i];
        const double value[2] = {mark->x, mark->y};
        if (mark->kind == TR_MARK_POINT && tr_fig_mark_shown(L, mark))
            c->ops->dot(c, tr_fig_place(&L->x, mark->x), tr_fig_place(&L->y, mark->y), L->m.dot * 1.15,
                        FIG_ROLE + (int)mark->role, value);
    }
    draw_keys(L, c);
    for (size_t i = 0; i < L->label_count; i++)
        c->ops->text(c, L->label[i].box.x0, L->label[i].box.y0, &L->label[i].type, L->label[i].span);
}
