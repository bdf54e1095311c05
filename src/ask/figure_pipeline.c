/* ask/figure_pipeline.c -- latency against throughput of a model over several boxes: in stages, and across.
 */
#include <math.h>
#include <stdio.h>

#include "ask/figure_parts.h"
#include "ask/scale.h"
#include "base/extreme.h"
#include "base/fail.h"

enum { CURVES = 6, POINTS = 33 };

typedef struct curve {
    double rate[POINTS], token_s[POINTS], low_s[POINTS], high_s[POINTS], bound_s[POINTS];
    char name[48];
    double boxes;
    int across, banded;
} curve;

typedef struct sheet {
    curve curve[CURVES];
    size_t count;
} sheet;

/* From one sequence to as many as fit; numbers alone have only the bound. */
static int sweep(const tr_scale_pipeline *p, tr_scale_stage *row, curve *c)
{
    const double most = smaller(row->max_batch_seq, larger(row->batch_seq, 1.0) * 4.0);
    const double step = tr_figure_even_ratio(most, POINTS);
    double batch = 1.0;
    for (int k = 0; k < POINTS; k++, batch *= step) {
        const double seq = k + 1 == POINTS ? floor(most) : floor(batch + 0.5);
        if (!tr_scale_stage_with(p, row, larger(seq, 1.0)))
            return k > 0;
        const int known = isfinite(row->token_s.predicted);
        c->rate[k] = known ? row->token_per_s.predicted : row->token_per_s.bound;
        c->token_s[k] = known ? row->token_s.predicted : row->token_s.bound;
        c->low_s[k] = row->token_s.low;
        c->high_s[k] = row->token_s.high;
        c->bound_s[k] = row->token_s.bound;
    }
    return 1;
}

static tr_status gather(tr_scale_pipeline *p, sheet *s, tr_error *err)
{
    size_t across = p->count;
    tr_error link = {.status = TR_OK};
    for (size_t i = 0; i < p->count; i++)
        for (int k = 0; k < (p->boxes[i] > 1.0 ? 2 : 1); k++) {
            const size_t at = k == 0 ? i : across++;
            if (s->count == CURVES || tr_scale_pipeline_at(p, at, err) == NULL)
                continue;
            if (p->row.link_unknown && p->row.fits && link.status == TR_OK)
                link = p->row.why;
            if (!p->row.runs)
                continue;
            curve *c = &s->curve[s->count];
            for (int j = 0; j < POINTS; j++)
                c->rate[j] = c->token_s[j] = c->low_s[j] = c->high_s[j] = c->bound_s[j] = (double)NAN;
            c->boxes = p->boxes[i];
            c->across = k;
            c->banded = p->boxes[i] == larger(p->need_box, 1.0) && (s->count == 0 || !c[-1].banded);
            (void)snprintf(c->name, sizeof c->name, "%.0f %s%s", c->boxes, c->boxes > 1.0 ? "boxes" : "box",
                           k == 1           ? ", across"
                           : c->boxes > 1.0 ? ", stages"
                                            : "");
            s->count += (size_t)sweep(p, &p->row, c);
        }
    if (s->count == 0 && link.status != TR_OK)
        return tr_fail(err, link.status, link.field, link.value, "nothing to draw: %.380s", link.text);
    if (s->count == 0)
        return tr_fail(
            err, TR_ENOFIT, "stages", 0.0,
            "nothing to draw: none of these numbers of boxes holds a sequence; --stages asks for others");
    return TR_OK;
}

tr_status tr_figure_pipeline(const tr_scenario *scenario, const tr_scale_terms *terms,
                             const tr_figure_target *target, tr_sink *sink, tr_error *err)
{
    static const tr_role role[] = {TR_ROLE_RESULT,  TR_ROLE_KV,   TR_ROLE_COMPUTE,
                                   TR_ROLE_WEIGHTS, TR_ROLE_COMM, TR_ROLE_FIXED};
    tr_scale_pipeline *p = NULL;
    sheet lines = {.count = 0};
    tr_series series[CURVES + 2];
    char title[200], subtitle[384];
    size_t drawn = 0, colour = 0;
    tr_status s = tr_scale_pipeline_begin(scenario, terms, &p, err);
    if (s == TR_OK)
        s = gather(p, &lines, err);
    const double need = p != NULL ? p->need_box : 0.0;
    tr_scale_pipeline_end(p);
    if (s != TR_OK)
        return s;
    for (size_t i = 0; i < lines.count; i++) {
        const curve *c = &lines.curve[i];
        colour += i > 0 && c->boxes != lines.curve[i - 1].boxes;
        const tr_role of = role[colour % (sizeof role / sizeof role[0])];
        if (c->banded && isfinite(c->low_s[0])) {
            series[drawn++] = (tr_series){.name = "90 % interval",
                                      .kind = TR_SERIES_BAND,
                                      .role = of,
                                      .x = c->rate,
                                      .y = c->low_s,
                                      .y2 = c->high_s,
                                      .n = POINTS};
            series[drawn++] = (tr_series){.name = "bound",
                                      .kind = TR_SERIES_FLOOR,
                                      .role = TR_ROLE_LIMIT,
                                      .x = c->rate,
                                      .y = c->bound_s,
                                      .n = POINTS};
        }
    }
    colour = 0;
    for (size_t i = 0; i < lines.count; i++) {
        const curve *c = &lines.curve[i];
        colour += i > 0 && c->boxes != lines.curve[i - 1].boxes;
        series[drawn++] = (tr_series){.name = c->name,
                                  .kind = c->across ? TR_SERIES_DASHED : TR_SERIES_LINE,
                                  .role = role[colour % (sizeof role / sizeof role[0])],
                                  .x = c->rate,
                                  .y = c->token_s,
                                  .n = POINTS};
    }
    const tr_problem *q = terms->question;
    if (need > 1.0)
        (void)snprintf(title, sizeof title,
                       "%.60s needs %.0f boxes: latency against throughput, in stages and across",
                       q->model->name, need);
    else
        (void)snprintf(title, sizeof title, "Latency against throughput over boxes, in stages and across");
    tr_figure_subtitle_of(q, "", "each box one stage, or all chips across", subtitle, sizeof subtitle);
    const tr_figure figure = {
        .title = title,
        .subtitle = subtitle,
        .caption = "Along a line the batch grows, to what fits. In stages a token passes every box, and as "
                   "many micro-batches "
                   "are under way; across, all chips work on each token, over the slow link.",
        .source = "Fitted physics, one walk; hops R24, memory L3. Interval and bound: of the fewest boxes "
                  "that hold it.",
        .x = {.label = "tokens a second, all boxes", .unit = TR_UNIT_NONE, .scale = TR_SCALE_LOG},
        .y = {.label = "time per output token", .unit = TR_UNIT_SECOND, .scale = TR_SCALE_LOG},
        .series = series,
        .series_count = drawn,
    };
    return tr_figure_draw(&figure, target, sink, err);
}
