/* figure/place.c -- where text can stand: never on other text, rarely on a line. */
#include "figure/place.h"

#include <math.h>
#include <string.h>

void tr_fig_ink_clear(tr_fig_ink *ink, tr_fig_box plot)
{
    memset(ink, 0, sizeof *ink);
    ink->plot = plot;
}

static int column_of(const tr_fig_ink *ink, double x)
{
    const double c = (x - ink->plot.x0) / (ink->plot.x1 - ink->plot.x0) * FIG_INK_COLUMNS;
    return c <= 0.0 ? 0 : c >= FIG_INK_COLUMNS ? FIG_INK_COLUMNS - 1 : (int)c;
}

static int row_of(const tr_fig_ink *ink, double y)
{
    const double r = (y - ink->plot.y0) / (ink->plot.y1 - ink->plot.y0) * FIG_INK_ROWS;
    return r <= 0.0 ? 0 : r >= FIG_INK_ROWS ? FIG_INK_ROWS - 1 : (int)r;
}

void tr_fig_ink_line(tr_fig_ink *ink, double x0, double y0, double x1, double y1)
{
    const int c0 = column_of(ink, x0), c1 = column_of(ink, x1);
    const int r0 = row_of(ink, y0), r1 = row_of(ink, y1);
    const int columns = c1 > c0 ? c1 - c0 : c0 - c1, rows = r1 > r0 ? r1 - r0 : r0 - r1;
    const int steps = columns > rows ? columns : rows;
    for (int i = 0; i <= steps; i++) {
        const int c = steps == 0 ? c0 : c0 + (c1 - c0) * i / steps;
        const int r = steps == 0 ? r0 : r0 + (r1 - r0) * i / steps;
        ink->cell[r + 1][c + 1] = 1;
    }
}

void tr_fig_ink_spot(tr_fig_ink *ink, tr_fig_box box)
{
    for (int r = row_of(ink, box.y0); r <= row_of(ink, box.y1); r++)
        for (int c = column_of(ink, box.x0); c <= column_of(ink, box.x1); c++)
            ink->cell[r + 1][c + 1] = 4;
}

void tr_fig_ink_finish(tr_fig_ink *ink)
{
    for (int r = 0; r < FIG_INK_ROWS; r++) {
        unsigned row = 0;
        for (int c = 0; c < FIG_INK_COLUMNS; c++) {
            row += ink->cell[r + 1][c + 1];
            ink->cell[r + 1][c + 1] = (uint16_t)(ink->cell[r][c + 1] + row);
        }
    }
}

double tr_fig_ink_share(const tr_fig_ink *ink, tr_fig_box box)
{
    const int c0 = column_of(ink, box.x0), c1 = column_of(ink, box.x1) + 1;
    const int r0 = row_of(ink, box.y0), r1 = row_of(ink, box.y1) + 1;
    const int on = ink->cell[r1][c1] - ink->cell[r0][c1] - ink->cell[r1][c0] + ink->cell[r0][c0];
    return (double)on / (double)((c1 - c0) * (r1 - r0));
}

int tr_fig_box_overlap(tr_fig_box a, tr_fig_box b)
{
    return a.x0 < b.x1 && b.x0 < a.x1 && a.y0 < b.y1 && b.y0 < a.y1;
}

int tr_fig_box_inside(tr_fig_box inner, tr_fig_box outer)
{
    return inner.x0 >= outer.x0 && inner.x1 <= outer.x1 && inner.y0 >= outer.y0 && inner.y1 <= outer.y1;
}

tr_fig_box tr_fig_box_grow(tr_fig_box box, double by)
{
    return (tr_fig_box){box.x0 - by, box.y0 - by, box.x1 + by, box.y1 + by};
}

/* Liang and Barsky: narrow the segment's parameter range edge by edge. */
int tr_fig_clip(tr_fig_box box, double *x0, double *y0, double *x1, double *y1)
{
    const double dx = *x1 - *x0, dy = *y1 - *y0;
    const double p[4] = {-dx, dx, -dy, dy};
    const double q[4] = {*x0 - box.x0, box.x1 - *x0, *y0 - box.y0, box.y1 - *y0};
    double from = 0.0, to = 1.0;
    for (int i = 0; i < 4; i++) {
        if (p[i] == 0.0) {
            if (!(q[i] >= 0.0))
                return 0;
            continue;
        }
        const double t = q[i] / p[i];
        if (p[i] < 0.0 && t > from)
            from = t;
        if (p[i] > 0.0 && t < to)
            to = t;
    }
    if (!(from <= to))
        return 0;
    const double x = *x0, y = *y0;
    if (to < 1.0) {
        *x1 = x + to * dx;
        *y1 = y + to * dy;
    }
    if (from > 0.0) {
        *x0 = x + from * dx;
        *y0 = y + from * dy;
    }
    return 1;
}

int tr_fig_spread(double *place, const double *height, size_t n, double low, double high)
{
    double total = 0.0;
    for (size_t i = 0; i < n; i++)
        total += height[i];
    if (!(total <= high - low))
        return 0;
    /* Push down what overlaps, then share the push among the neighbours by
     * relaxing: n is a handful, so a few rounds settle it. */
    for (int round = 0; round < 64; round++) {
        int moved = 0;
        for (size_t i = 0; i + 1 < n; i++) {
            const double over = place[i] + height[i] - place[i + 1];
            if (over > 1e-6) {
                place[i] -= over / 2.0;
                place[i + 1] += over / 2.0;
                moved = 1;
            }
        }
        if (n > 0 && place[0] < low)
            place[0] = low;
        if (n > 0 && place[n - 1] + height[n - 1] > high)
            place[n - 1] = high - height[n - 1];
        if (!moved)
            break;
    }
    /* Whatever is left is settled exactly: down from the top, then up from the bottom. */
    double top = low;
    for (size_t i = 0; i < n; i++) {
        if (place[i] < top)
            place[i] = top;
        top = place[i] + height[i];
    }
    double bottom = high;
    for (size_t i = n; i-- > 0;) {
        if (place[i] + height[i] > bottom)
            place[i] = bottom - height[i];
        bottom = place[i];
    }
    return 1;
}
