/* figure/axes.c -- which ticks stand on an axis, and their texts. */
#include "figure/axes.h"

#include <math.h>

#include "base/text.h"

static double tick_width(const tr_fig_layout *L, const tr_fig_tick *tick)
{
    return L->m.measure(tr_fig_span_of(tick->text), L->m.tick, 0);
}

/* The most ticks whose texts stand clear of each other. vertical: along y. */
static void choose(const tr_fig_layout *L, const tr_fig_map *map, tr_unit unit, int vertical, tr_fig_ticks *out)
{
    tr_fig_ticks ticks;
    out->count = 0;
    const double clear = vertical ? tr_fig_line_height(L, L->m.tick) + L->m.gap / 2.0 : 2.0 * L->m.gap;
    const double room = vertical ? L->m.tick_room_y : L->m.tick_room_x;
    for (int level = 0;; level++) {
        const int found = tr_fig_ticks_at(map->scale, unit, map->min, map->max, level, &ticks);
        if (found < 0)
            continue;
        if (found == 0) { /* a very short axis: its ends are better than nothing */
            const size_t n = out->count;
            if (n > 1 && fabs(tr_fig_place(map, out->tick[n - 1].value) -
                              tr_fig_place(map, out->tick[0].value)) > clear) {
                out->tick[1] = out->tick[n - 1];
                out->count = 2;
            } else {
                out->count = 0;
            }
            return;
        }
        tr_fig_ticks_trim(&ticks, unit);
        int fits = 1;
        for (size_t i = 0; i + 1 < ticks.count; i++) {
            const double apart =
                fabs(tr_fig_place(map, ticks.tick[i + 1].value) - tr_fig_place(map, ticks.tick[i].value));
            const double text =
                vertical ? 0.0 : (tick_width(L, &ticks.tick[i]) + tick_width(L, &ticks.tick[i + 1])) / 2.0;
            if (apart < room || apart < text + clear)
                fits = 0;
        }
        *out = ticks;
        if (fits)
            return;
    }
}

void tr_fig_ticks_choose(const tr_fig_layout *L, const tr_fig_map *map, tr_unit unit, int vertical, tr_fig_ticks *out)
{
    choose(L, map, unit, vertical, out);
    for (size_t i = 0; L->figure->unnumbered && i < out->count; i++)
        out->tick[i].text[0] = '\0';
}

void tr_fig_ticks_name(const char *const *names, size_t count, tr_fig_ticks *out)
{
    out->count = count < FIG_TICK_MAX ? count : FIG_TICK_MAX;
    for (size_t i = 0; i < out->count; i++) {
        out->tick[i].value = (double)(i + 1);
        (void)tr_text_copy(out->tick[i].text, sizeof out->tick[i].text, names[i]);
    }
}

double tr_fig_ticks_width(const tr_fig_layout *L, const tr_fig_ticks *ticks)
{
    double w = 0.0;
    for (size_t i = 0; i < ticks->count; i++) {
        const double t = tick_width(L, &ticks->tick[i]);
        if (t > w)
            w = t;
    }
    return w;
}

void tr_fig_ticks_label_y(tr_fig_layout *L, const tr_fig_ticks *ticks, double y_factor, int right)
{
    const tr_fig_type type = {FIG_MUTED, L->m.tick, 0, 0};
    for (size_t i = 0; i < ticks->count; i++) {
        const double w = tick_width(L, &ticks->tick[i]), h = tr_fig_line_height(L, L->m.tick);
        const double y = tr_fig_snap(L, tr_fig_place(&L->y, ticks->tick[i].value * y_factor) - h / 2.0);
        const double x =
            right ? L->plot.x1 + L->m.axis + L->m.tick_gap : L->plot.x0 - L->m.axis - L->m.tick_gap - w;
        tr_fig_add_label(L, tr_fig_span_of(ticks->tick[i].text), tr_fig_snap(L, x), y, w, &type);
    }
}

void tr_fig_ticks_label_x(tr_fig_layout *L)
{
    const tr_fig_type type = {FIG_MUTED, L->m.tick, 0, 0};
    const double y = tr_fig_snap(L, L->plot.y1 + L->m.axis + L->m.tick_length + L->m.tick_gap);
    double taken = -HUGE_VAL;
    for (size_t i = 0; i < L->x_ticks.count; i++) {
        tr_fig_tick *tick = &L->x_ticks.tick[i];
        const double w = tick_width(L, tick);
        double x = tr_fig_snap(L, tr_fig_place(&L->x, tick->value) - w / 2.0);
        if (x < L->m.pad)
            x = L->m.pad;
        if (x > L->m.width - L->m.pad - w)
            x = tr_fig_snap(L, L->m.width - L->m.pad - w);
        if (x < taken)
            continue; /* pushed in from the edge onto its neighbour */
        tr_fig_add_label(L, tr_fig_span_of(tick->text), x, y, w, &type);
        taken = x + w + L->m.gap / 2.0;
    }
}
