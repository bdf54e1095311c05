/* figure/marks.c -- words beside marks: each where it reads best and hides least. */
#include <math.h>

#include "figure/block.h"

int tr_fig_mark_shown(const tr_fig_layout *L, const tr_mark *mark)
{
    const int x_in = mark->x >= L->x.min && mark->x <= L->x.max;
    const int y_in = L->bar_total == 0 && mark->y >= L->y.min && mark->y <= L->y.max;
    switch (mark->kind) {
    case TR_MARK_POINT: return x_in && y_in;
    case TR_MARK_VERTICAL: return x_in;
    case TR_MARK_HORIZONTAL: return y_in;
    case TR_MARK_REGION: {
        double x0, x1;
        return tr_fig_region_of(L, mark, &x0, &x1);
    }
    }
    return 0;
}

int tr_fig_region_of(const tr_fig_layout *L, const tr_mark *mark, double *x0, double *x1)
{
    if (!(mark->x < L->x.max && mark->x2 > L->x.min && mark->x < mark->x2))
        return 0;
    *x0 = mark->x <= L->x.min ? L->plot.x0 : tr_fig_place(&L->x, mark->x);
    *x1 = mark->x2 >= L->x.max ? L->plot.x1 : tr_fig_place(&L->x, mark->x2);
    return 1;
}

static double wrap_width(const tr_fig_layout *L, int narrow)
{
    const double plot = L->plot.x1 - L->plot.x0;
    const double wide = (narrow ? 9.0 : 17.0) * (L->m.snap > 0.0 ? 1.6 : L->m.label * 0.75);
    return wide < 0.6 * plot ? wide : 0.6 * plot;
}

/* Beside an upright line, rather high up. sides: 1 right only, 2 left only, 3 both. */
static void try_upright(const tr_fig_layout *L, const tr_fig_block *b, double x, int sides, double dislike,
                        tr_fig_spot *best)
{
    const double room = L->plot.y1 - L->plot.y0 - b->height, off = L->m.gap * 0.6;
    const double right = L->m.snap > 0.0 ? floor(x) + 2.0 : x + off,
                 left = L->m.snap > 0.0 ? floor(x) - 1.0 : x - off;
    for (int i = 0; i <= 16; i++) {
        const double y = L->plot.y0 + L->m.gap * 0.25 + (room - L->m.gap * 0.5) * i / 16.0;
        const double cost = dislike + 0.35 * i;
        if (sides & 1)
            tr_fig_consider(L, b, right, y, cost, -1, best);
        if (sides & 2)
            tr_fig_consider(L, b, left - b->width, y, cost + 0.5, 1, best);
    }
}

static void try_level(const tr_fig_layout *L, const tr_fig_block *b, double y, tr_fig_spot *best)
{
    const double room = L->plot.x1 - L->plot.x0 - b->width - L->m.gap,
                 off = L->m.snap > 0.0 ? 0.0 : L->m.gap * 0.3;
    for (int i = 0; i <= 12; i++) {
        const double x = L->plot.x0 + L->m.gap / 2.0 + room * i / 12.0;
        const double edge = i > 6 ? 12 - i : i + 0.5;
        const double line = L->m.snap > 0.0 ? floor(y) : y;
        tr_fig_consider(L, b, x, line - off - b->height, 0.3 * edge, i < 5 ? -1 : i > 7 ? 1 : 0, best);
        tr_fig_consider(L, b, x, line + off + (L->m.snap > 0.0 ? 1.0 : 0.0), 0.3 * edge + 1.0,
                        i < 5   ? -1
                        : i > 7 ? 1
                                : 0,
                        best);
    }
}

static void try_region(const tr_fig_layout *L, const tr_fig_block *b, double x0, double x1, tr_fig_spot *best)
{
    const double off = L->m.snap > 0.0 ? 1.0 : L->m.gap * 0.6;
    if (x1 - x0 >= b->width + 2.0 * off)
        try_upright(L, b, x0, 1, 0.0, best);
    else
        try_upright(L, b, x0, 2, 1.0, best);
}

int tr_fig_mark_place(tr_fig_layout *L, const tr_mark *mark)
{
    tr_fig_block chosen = tr_fig_block_of(L, mark->text, 1.0, 0, 0);
    tr_fig_spot best = FIG_NOWHERE;
    double px = 0.0, py = 0.0, x0 = 0.0, x1 = 0.0;
    if (mark->kind == TR_MARK_POINT || mark->kind == TR_MARK_VERTICAL)
        px = tr_fig_place(&L->x, mark->x);
    if (mark->kind == TR_MARK_POINT || mark->kind == TR_MARK_HORIZONTAL)
        py = tr_fig_place(&L->y, mark->y);
    if (mark->kind == TR_MARK_REGION)
        (void)tr_fig_region_of(L, mark, &x0, &x1);
    for (int shape = 0; shape < 3; shape++) {
        const double width = shape == 0   ? wrap_width(L, 0)
                             : shape == 1 ? wrap_width(L, 1)
                                          : 0.9 * (L->plot.x1 - L->plot.x0);
        const tr_fig_block b = tr_fig_block_of(L, mark->text, width, FIG_ROLE + (int)mark->role, 0);
        if (!tr_fig_block_is_whole(&b))
            continue;
        tr_fig_spot s = {0.0, 0.0, best.cost - (shape == 0 ? 0.0 : 1.5), -1};
        const double before = s.cost;
        switch (mark->kind) {
        case TR_MARK_POINT: tr_fig_try_around(L, &b, px, py, 4, -1, &s); break;
        case TR_MARK_VERTICAL: try_upright(L, &b, px, 3, 0.0, &s); break;
        case TR_MARK_HORIZONTAL: try_level(L, &b, py, &s); break;
        case TR_MARK_REGION: try_region(L, &b, x0, x1, &s); break;
        }
        if (s.cost < before) {
            best = s;
            best.cost += shape == 0 ? 0.0 : 1.5;
            chosen = b;
        }
    }
    if (!(best.cost < 1e8))
        return 0;
    tr_fig_block_set(L, &chosen, &best);
    if (mark->kind == TR_MARK_POINT)
        tr_fig_leader_set(L, &chosen, &best, px, py);
    return 1;
}
