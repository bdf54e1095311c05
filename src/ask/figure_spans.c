/* ask/figure_spans.c -- rows of predicted figures with their intervals and bounds, as series. */
#include <math.h>
#include <stdio.h>

#include "ask/figure_parts.h"
#include "base/extreme.h"

void tr_spans_of(tr_spans *s, tr_span_at at, const void *context, size_t count, tr_unit unit, int terminal)
{
    tr_words words = {.next = 0};
    const double half = terminal ? 0.2 : 0.3;
    const size_t rows = count < TR_SPANS_MAX ? count : TR_SPANS_MAX;
    s->count = rows;
    s->least = HUGE_VAL;
    s->most = 0.0;
    for (size_t i = 0; i < rows; i++) {
        const size_t y = rows - 1 - i;
        const tr_quantity *q = at(context, i, &s->name[y]);
        s->y[y] = (double)y + 1.0;
        s->predicted[y] = q->predicted;
        s->bound[y] = q->bound;
        (void)snprintf(s->text[y], sizeof s->text[0], "%s",
                       isfinite(q->predicted) ? tr_words_short(&words, q->predicted, unit) : "");
        s->label[y] = s->text[y];
        const double x[3] = {q->low, q->high, (double)NAN};
        for (size_t k = 0; k < 3; k++) {
            s->x[3 * i + k] = x[k];
            s->low[3 * i + k] = s->y[y] - half;
            s->high[3 * i + k] = s->y[y] + half;
        }
        const double ends[3] = {q->low, q->high, q->bound};
        for (size_t k = 0; k < 3; k++) {
            s->least = isfinite(ends[k]) ? smaller(s->least, ends[k]) : s->least;
            s->most = isfinite(ends[k]) ? larger(s->most, ends[k]) : s->most;
        }
    }
}

void tr_spans_series(const tr_spans *s, tr_series *out)
{
    out[0] = (tr_series){.kind = TR_SERIES_BAND,
                         .role = TR_ROLE_RESULT,
                         .x = s->x,
                         .y = s->low,
                         .y2 = s->high,
                         .n = 3 * s->count};
    out[1] = (tr_series){.name = "predicted",
                         .kind = TR_SERIES_POINTS,
                         .role = TR_ROLE_RESULT,
                         .x = s->predicted,
                         .y = s->y,
                         .n = s->count,
                         .label = s->label};
    out[2] = (tr_series){.name = "bound",
                         .kind = TR_SERIES_POINTS,
                         .role = TR_ROLE_LIMIT,
                         .x = s->bound,
                         .y = s->y,
                         .n = s->count};
}
