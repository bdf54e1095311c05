/* figure/labels.c -- names beside their lines, and the order in which everything finds its place. */
#include <math.h>

#include "figure/block.h"

int tr_fig_point_of(const tr_fig_layout *L, const tr_series *series, size_t i, double *x, double *y)
{
    if (!tr_fig_drawable(L->x.scale, series->x[i]) || !tr_fig_drawable(L->y.scale, series->y[i]))
        return 0;
    *x = tr_fig_place(&L->x, series->x[i]);
    *y = tr_fig_place(&L->y, series->y[i]);
    return 1;
}

static int is_line(const tr_series *series)
{
    return series->kind == TR_SERIES_LINE || series->kind == TR_SERIES_DASHED || series->kind == TR_SERIES_FLOOR;
}

static int is_points(const tr_series *series)
{
    return series->kind == TR_SERIES_POINTS || series->kind == TR_SERIES_RINGS;
}

/* ---- what is drawn on ------------------------------------------------------- */

static void ink_dot(tr_fig_layout *L, double x, double y)
{
    const double r = L->m.dot;
    tr_fig_ink_line(&L->ink, x - r, y - r, x + r, y - r);
    tr_fig_ink_line(&L->ink, x - r, y, x + r, y);
    tr_fig_ink_line(&L->ink, x - r, y + r, x + r, y + r);
}

static void ink_series(tr_fig_layout *L, const tr_series *series, uint8_t *seen)
{
    double x0 = 0.0, y0 = 0.0;
    int open = 0;
    /* A cell of ink is several pixels: every point of a fine line would say the same thing again. */
    const size_t stride = is_line(series) ? series->n / 200 + 1 : 1;
    for (size_t k = 0; k < series->n + stride - 1; k += stride) {
        const size_t i = k < series->n ? k : series->n - 1;
        double x, y;
        if (!tr_fig_point_of(L, series, i, &x, &y)) {
            open = 0;
            continue;
        }
        if (is_points(series) && tr_fig_box_inside((tr_fig_box){x, y, x, y}, L->plot)) {
            ink_dot(L, x, y);
            if (series->kind == TR_SERIES_RINGS)
                tr_fig_ink_spot(&L->ink, tr_fig_box_grow((tr_fig_box){x, y, x, y}, 1.2 * L->m.dot));
            *seen = 1;
        } else if (is_line(series) && open) {
            double a = x0, b = y0, c = x, d = y;
            if (tr_fig_clip(L->plot, &a, &b, &c, &d)) {
                tr_fig_ink_line(&L->ink, a, b, c, d);
                *seen = 1;
            }
        } else if (series->kind == TR_SERIES_BAND) {
            *seen = 1;
        }
        x0 = x;
        y0 = y;
        open = 1;
    }
}

/* seen[i]: some of series i shows. */
static void ink_all(tr_fig_layout *L, uint8_t *seen)
{
    const tr_figure *f = L->figure;
    tr_fig_ink_clear(&L->ink, L->plot);
    for (size_t i = 0; L->bar_total == 0 && i < f->series_count; i++)
        ink_series(L, &f->series[i], &seen[i]);
    for (size_t i = 0; i < f->mark_count; i++) {
        const tr_mark *mark = &f->marks[i];
        if (!tr_fig_mark_shown(L, mark))
            continue;
        double x0, x1;
        if (mark->kind == TR_MARK_POINT) {
            ink_dot(L, tr_fig_place(&L->x, mark->x), tr_fig_place(&L->y, mark->y));
        } else if (mark->kind == TR_MARK_VERTICAL) {
            const double x = tr_fig_place(&L->x, mark->x);
            tr_fig_ink_line(&L->ink, x, L->plot.y0, x, L->plot.y1);
        } else if (mark->kind == TR_MARK_HORIZONTAL) {
            const double y = tr_fig_place(&L->y, mark->y);
            tr_fig_ink_line(&L->ink, L->plot.x0, y, L->plot.x1, y);
        } else if (tr_fig_region_of(L, mark, &x0, &x1)) {
            tr_fig_ink_line(&L->ink, x0, L->plot.y0, x0, L->plot.y1);
        }
    }
    tr_fig_ink_finish(&L->ink);
}

/* ---- names of series ------------------------------------------------------------ */

/* The last place a line is seen, and whether that is the plot's right edge. */
static int ends_right(const tr_fig_layout *L, const tr_series *series, double *y)
{
    double x;
    for (size_t i = series->n; i-- > 0;)
        if (tr_fig_point_of(L, series, i, &x, y)) {
            const double place = (x - tr_fig_place(&L->x, L->x.min)) /
                                 (tr_fig_place(&L->x, L->x.max) - tr_fig_place(&L->x, L->x.min));
            return place > 0.985 && place < 1.0001 && series->y[i] >= L->y.min && series->y[i] <= L->y.max;
        }
    return 0;
}

static double margin_limit(const tr_fig_layout *L) { return 0.24 * L->m.width; }

static int goes_in_margin(const tr_fig_layout *L, size_t i, double *y)
{
    const tr_series *series = &L->figure->series[i];
    return is_line(series) && series->name != NULL && !L->series_key[i] && ends_right(L, series, y) &&
           L->m.measure(tr_fig_span_of(series->name), L->m.label, series->role == TR_ROLE_RESULT) <=
               margin_limit(L);
}

double tr_fig_labels_margin(const tr_fig_layout *L)
{
    double w = 0.0, y;
    if (L->m.width < L->m.margin_label_min_width || L->figure->y2 != NULL || L->bar_total > 0)
        return 0.0;
    for (size_t i = 0; i < L->figure->series_count; i++) {
        const tr_series *series = &L->figure->series[i];
        if (!goes_in_margin(L, i, &y))
            continue;
        const double t =
            L->m.measure(tr_fig_span_of(series->name), L->m.label, series->role == TR_ROLE_RESULT);
        if (t > w)
            w = t;
    }
    return w;
}

/* Names in the margin, each as near to its line's end as the others let it. done[i] is set. */
static void place_margin(tr_fig_layout *L, uint8_t *done)
{
    const tr_figure *f = L->figure;
    size_t order[TR_FIGURE_SERIES_MAX], n = 0;
    double end[TR_FIGURE_SERIES_MAX], place[TR_FIGURE_SERIES_MAX], height[TR_FIGURE_SERIES_MAX];
    const double h = tr_fig_line_height(L, L->m.label);
    if (tr_fig_labels_margin(L) == 0.0)
        return;
    for (size_t i = 0; i < f->series_count; i++) {
        double y;
        if (!goes_in_margin(L, i, &y))
            continue;
        size_t k = n++;
        for (; k > 0 && end[order[k - 1]] > y; k--)
            order[k] = order[k - 1];
        order[k] = i;
        end[i] = y;
    }
    for (size_t k = 0; k < n; k++) {
        place[k] = end[order[k]] - h / 2.0;
        height[k] = h;
    }
    if (!tr_fig_spread(place, height, n, L->plot.y0 - h / 2.0, L->plot.y1 + h / 2.0))
        return;
    if (L->m.snap > 0.0) { /* whole rows, in order, none twice */
        for (size_t k = 0; k < n; k++) {
            place[k] = tr_fig_snap(L, place[k]);
            if (k > 0 && place[k] < place[k - 1] + h)
                place[k] = place[k - 1] + h;
        }
        for (size_t k = n; k-- > 0;) {
            const double last = k + 1 < n ? place[k + 1] - h : L->plot.y1 - h;
            if (place[k] > last)
                place[k] = last;
        }
    }
    const double x = L->plot.x1 + L->m.gap;
    for (size_t k = 0; k < n; k++) {
        const tr_series *series = &f->series[order[k]];
        const tr_fig_type type = {FIG_ROLE + (int)series->role, L->m.label, series->role == TR_ROLE_RESULT,
                                  0};
        const tr_fig_span name = tr_fig_span_of(series->name);
        tr_fig_add_label(L, name, x, place[k], L->m.measure(name, type.size, type.bold), &type);
        const double middle = place[k] + h / 2.0, y = end[order[k]];
        if (fabs(middle - y) > 0.35 * h && L->m.snap == 0.0 && L->leader_count < FIG_LEADER_MAX)
            L->leader[L->leader_count++] =
                (tr_fig_leader){L->plot.x1 + 0.15 * L->m.gap, y, x - 0.2 * L->m.gap, middle, type.paint};
        done[order[k]] = 1;
    }
}

/* Beside one place of a line or one point of a series. */
static void try_beside(const tr_fig_layout *L, const tr_fig_block *b, tr_series_kind kind, double x, double y,
                       tr_fig_spot *best)
{
    const double cell = L->m.snap > 0.0 ? 1.0 : 0.0;
    const double off = cell > 0.0 ? 0.0 : L->m.gap * 0.3;
    const double gap = kind == TR_SERIES_POINTS ? L->m.dot + off : off;
    const double dislike = 3.0 * fabs((x - L->plot.x0) / (L->plot.x1 - L->plot.x0) - 0.75);
    if (cell > 0.0) {
        x = floor(x);
        y = floor(y);
    }
    const double above = y - gap - b->height, below = y + cell + gap;
    for (int k = 0; k < 5; k++) {
        const double shift = b->width * k / 4.0;
        tr_fig_consider(L, b, x - shift, above, dislike + (k == 2 ? 0.0 : 0.2), 0, best);
        tr_fig_consider(L, b, x - shift, below, dislike + (k == 2 ? 0.3 : 0.5), 0, best);
    }
    const double side = gap + L->m.gap * 0.3, middle = y + cell / 2.0 - b->height / 2.0;
    tr_fig_consider(L, b, x + cell + side, middle, dislike + 0.6, 0, best);
    tr_fig_consider(L, b, x - side - b->width, middle, dislike + 0.6, 0, best);
}

static void try_in_band(const tr_fig_layout *L, const tr_fig_block *b, const tr_series *series,
                        tr_fig_spot *best)
{
    for (size_t i = 0; i < series->n; i += series->n / 40 + 1) {
        double x, y;
        if (!tr_fig_point_of(L, series, i, &x, &y) || !tr_fig_drawable(L->y.scale, series->y2[i]))
            continue;
        const double y2 = tr_fig_place(&L->y, series->y2[i]);
        if (fabs(y2 - y) > b->height + 0.6 * L->m.gap)
            tr_fig_consider(L, b, x - b->width / 2.0, (y + y2 - b->height) / 2.0,
                            3.0 * fabs((x - L->plot.x0) / (L->plot.x1 - L->plot.x0) - 0.75), 0, best);
    }
}

/* Along a line: forty places of it, however its points are spread; or every point. */
static void try_along(const tr_fig_layout *L, const tr_fig_block *b, const tr_series *series,
                      tr_fig_spot *best)
{
    const double step = (L->plot.x1 - L->plot.x0) / 40.0;
    double x0 = 0.0, y0 = 0.0, next = L->plot.x0;
    int known = 0;
    for (size_t i = 0; i < series->n; i++) {
        double x, y;
        if (!tr_fig_point_of(L, series, i, &x, &y)) {
            known = 0;
            continue;
        }
        if (series->kind == TR_SERIES_POINTS && tr_fig_box_inside((tr_fig_box){x, y, x, y}, L->plot))
            try_beside(L, b, series->kind, x, y, best);
        while (series->kind != TR_SERIES_POINTS && known && next < x && next < L->plot.x1) {
            const double at = y0 + (y - y0) * (next - x0) / (x - x0);
            if (next >= x0 && at >= L->plot.y0 && at <= L->plot.y1)
                try_beside(L, b, series->kind, next, at, best);
            next += step;
        }
        x0 = x;
        y0 = y;
        known = 1;
    }
}

static int place_name(tr_fig_layout *L, const tr_series *series)
{
    const tr_fig_block b = tr_fig_block_of(L, series->name, 0.55 * (L->plot.x1 - L->plot.x0),
                                           FIG_ROLE + (int)series->role, series->role == TR_ROLE_RESULT);
    tr_fig_spot best = FIG_NOWHERE;
    if (!tr_fig_block_is_whole(&b))
        return 0;
    if (series->kind == TR_SERIES_BAND)
        try_in_band(L, &b, series, &best);
    else
        try_along(L, &b, series, &best);
    if (!(best.cost < FIG_TOLERABLE))
        return 0;
    tr_fig_block_set(L, &b, &best);
    return 1;
}

/* The block of a point's label and its place; 0 if it has none. */
static int point_block(const tr_fig_layout *L, const tr_series *series, size_t i, tr_fig_block *b, double *x,
                       double *y)
{
    if (series->label[i] == NULL || !tr_fig_point_of(L, series, i, x, y) ||
        !tr_fig_box_inside((tr_fig_box){*x, *y, *x, *y}, L->plot))
        return 0;
    *b = tr_fig_block_of(L, series->label[i], 0.4 * (L->plot.x1 - L->plot.x0), FIG_ROLE + (int)series->role,
                         0);
    return b->count == 1;
}

/* The side on which most labels of a series stand free: a row of them reads best on one side. */
static int best_side(const tr_fig_layout *L, const tr_series *series)
{
    double least = HUGE_VAL;
    int best = 0;
    for (int way = 0; way < 4; way++) { /* the four corners */
        double cost = 0.0;
        for (size_t i = 0; i < series->n; i++) {
            tr_fig_block b;
            double x, y;
            tr_fig_spot spot = FIG_NOWHERE;
            if (!point_block(L, series, i, &b, &x, &y))
                continue;
            spot.cost = FIG_TOLERABLE;
            tr_fig_try_around(L, &b, x, y, 1, way, &spot);
            cost += spot.cost;
        }
        if (cost < least - 1e-9) {
            least = cost;
            best = way;
        }
    }
    return best;
}

/* Short texts beside points; one that finds no room is left out: the others place it. */
static void place_point_labels(tr_fig_layout *L, const tr_series *series)
{
    const int side = best_side(L, series);
    for (size_t i = 0; i < series->n && L->label_count + 48 < FIG_LABEL_MAX; i++) {
        tr_fig_block b;
        double x, y;
        tr_fig_spot best = FIG_NOWHERE;
        if (!point_block(L, series, i, &b, &x, &y))
            continue;
        tr_fig_try_around(L, &b, x, y, 1, side, &best);
        if (best.cost < FIG_TOLERABLE)
            tr_fig_block_set(L, &b, &best);
    }
}

/* ---- all of them -------------------------------------------------------------- */

static int has_text(const char *text) { return text != NULL && text[0] != '\0'; }

size_t tr_fig_labels_place(tr_fig_layout *L)
{
    const tr_figure *f = L->figure;
    uint8_t done[TR_FIGURE_SERIES_MAX] = {0}, seen[TR_FIGURE_SERIES_MAX] = {0};
    size_t failed = 0;
    ink_all(L, seen);
    place_margin(L, done);
    static const tr_mark_kind ORDER[4] = {TR_MARK_REGION, TR_MARK_VERTICAL, TR_MARK_POINT,
                                          TR_MARK_HORIZONTAL};
    for (int o = 0; o < 4; o++)
        for (size_t i = 0; i < f->mark_count; i++) {
            const tr_mark *mark = &f->marks[i];
            if (mark->kind != ORDER[o] || L->mark_key[i] || !has_text(mark->text) ||
                !tr_fig_mark_shown(L, mark))
                continue;
            if (!tr_fig_mark_place(L, mark)) {
                L->mark_key[i] = 1;
                failed++;
            }
        }
    if (L->bar_total > 0)
        return failed;
    for (size_t i = 0; i < f->series_count; i++)
        if (f->series[i].kind == TR_SERIES_POINTS && f->series[i].label != NULL)
            place_point_labels(L, &f->series[i]);
    for (size_t i = 0; i < f->series_count; i++) {
        if (done[i] || !seen[i] || L->series_key[i] || !has_text(f->series[i].name) || f->series[i].n == 0)
            continue;
        if (!place_name(L, &f->series[i])) {
            L->series_key[i] = 1;
            failed++;
        }
    }
    return failed;
}
