/* ask/figure_spans.c -- bars in rows, and rows of predicted figures with their intervals and bounds, as series. */
#include <math.h>
#include <stdio.h>

#include "ask/figure_parts.h"
#include "base/extreme.h"

void tr_bars_put(tr_bars bars, size_t index, double height, double half, const double end[2])
{
    for (size_t k = 0; k < 3; k++) {
        bars.x[3 * index + k] = k < 2 ? end[k] : (double)NAN;
        bars.low[3 * index + k] = height - half;
        bars.high[3 * index + k] = height + half;
    }
}

tr_series tr_bars_series(tr_bars bars, size_t count, const char *name, tr_role role)
{
    return (tr_series){.name = name, .kind = TR_SERIES_BAND, .role = role, .x = bars.x, .y = bars.low, .y2 = bars.high,
                       .n = 3 * count};
}

static tr_bars bars_of(tr_spans *s) { return (tr_bars){s->x, s->low, s->high}; }

void tr_spans_of(tr_spans *s, tr_span_at at, const void *context, size_t count, tr_unit unit, int terminal)
{
    tr_words words = {.next = 0};
    s->count = count < TR_SPANS_MAX ? count : TR_SPANS_MAX;
    s->least = HUGE_VAL;
    s->most = 0.0;
    for (size_t i = 0; i < s->count; i++) {
        const size_t y = s->count - 1 - i;
        const tr_quantity *q = at(context, i, &s->name[y]);
        const double end[3] = {q->low, q->high, q->bound};
        s->y[y] = (double)y + 1.0;
        s->predicted[y] = q->predicted;
        s->bound[y] = q->bound;
        (void)snprintf(s->text[y], sizeof s->text[0], "%s",
                       isfinite(q->predicted) ? tr_words_short(&words, q->predicted, unit) : "");
        s->label[y] = s->text[y];
        tr_bars_put(bars_of(s), i, s->y[y], terminal ? 0.2 : 0.3, end);
        for (size_t k = 0; k < 3; k++) {
            s->least = isfinite(end[k]) ? smaller(s->least, end[k]) : s->least;
            s->most = isfinite(end[k]) ? larger(s->most, end[k]) : s->most;
        }
    }
}

void tr_spans_series(tr_spans *s, tr_series *out)
{
    out[0] = tr_bars_series(bars_of(s), s->count, NULL, TR_ROLE_RESULT);
    out[1] = (tr_series){.name = "predicted", .kind = TR_SERIES_POINTS, .role = TR_ROLE_RESULT, .x = s->predicted,
                         .y = s->y, .n = s->count, .label = s->label};
    out[2] = (tr_series){.name = "bound", .kind = TR_SERIES_POINTS, .role = TR_ROLE_LIMIT, .x = s->bound, .y = s->y,
                         .n = s->count};
}
