/* ask/figure_oracle.c -- bands of what prices imply, against what was assumed before, over the prior's median. */
#include <tokenroof/ask.h>

#include <math.h>
#include <stdio.h>

#include "ask/figure_parts.h"
#include "ask/oracle.h"
#include "base/text.h"
#include "figure/axis_map.h"

/* Two corners and a gap for each band. */
enum { ROWS = TR_UNKNOWN_COUNT, CORNERS = 3 * ROWS };

typedef struct sheet {
    double x[3][CORNERS], low[3][CORNERS], high[3][CORNERS];
    double median_x[ROWS], median_y[ROWS], truth_x[ROWS], truth_y[ROWS];
    char label[ROWS][48], short_name[ROWS][32];
    const char *labels[ROWS], *names[ROWS];
    char title[224], subtitle[200], caption[224];
} sheet;

static tr_bars bars(sheet *s, int which) { return (tr_bars){s->x[which], s->low[which], s->high[which]}; }

/* Two digits are what a band is good for. */
static void short_quantity(double value, tr_unit unit, char *out, size_t size)
{
    char text[40];
    double x = value;
    (void)snprintf(text, sizeof text, "%.1e", value);
    (void)tr_quantity_parse(text, TR_UNIT_NONE, &x, NULL);
    if (unit == TR_UNIT_NONE)
        (void)snprintf(out, size, "%.2g", x);
    else
        tr_fig_quantity(x, unit, out, size);
}

/* Where there is no room beside the dots, the value stands with a short name. */
static const char short_names[TR_UNKNOWN_COUNT][12] = {"active",      "all",    "KV",   "context", "batch", "B / B*",
                                                       "prefill MFU", "decode", "chip", "markup",  "chips"};

static int is_drawn(const tr_oracle_page *o, tr_unknown u)
{
    return !o->known[u] && tr_oracle_is_told(&o->answer, u) &&
           o->answer.posterior.band[u].max > o->answer.posterior.band[u].min;
}

static int rows_of(const tr_oracle_page *o, int narrow, int terminal, sheet *s)
{
    int n = 0, count = 0;
    for (int u = 0; u < TR_UNKNOWN_COUNT; u++)
        count += is_drawn(o, (tr_unknown)u);
    for (int u = 0; u < TR_UNKNOWN_COUNT; u++) {
        const tr_oracle_band *prior = &o->answer.prior.band[u], *posterior = &o->answer.posterior.band[u];
        const double y = count - n;
        if (!is_drawn(o, (tr_unknown)u))
            continue;
        /* A line of characters has one height. */
        static const double half[3] = {0.36, 0.26, 0.14};
        const double unit = prior->value;
        const double end[3][2] = {{prior->min / unit, prior->max / unit},
                                  {posterior->min / unit, posterior->max / unit},
                                  {posterior->low / unit, posterior->high / unit}};
        for (int k = 0; k < 3; k++)
            tr_bars_put(bars(s, k), (size_t)n, y, terminal ? 0.5 : half[k], end[k]);
        s->median_x[n] = posterior->value / prior->value;
        s->median_y[n] = y;
        short_quantity(posterior->value, tr_unknown_unit((tr_unknown)u), s->label[n], sizeof s->label[n]);
        s->labels[n] = s->label[n];
        s->truth_x[n] = o->truth[u] / prior->value;
        s->truth_y[n] = y;
        s->names[count - n - 1] = tr_unknown_title((tr_unknown)u);
        if (narrow) {
            (void)tr_text_copy(s->short_name[n], sizeof s->short_name[n], short_names[u]);
            (void)tr_text_append(s->short_name[n], sizeof s->short_name[n], " ");
            (void)tr_text_append(s->short_name[n], sizeof s->short_name[n], s->label[n]);
            s->names[count - n - 1] = s->short_name[n];
        }
        n++;
    }
    return n;
}

tr_status tr_answer_figure_oracle(const tr_scenario *scenario, const tr_model *known, const tr_system *system,
                                  const tr_figure_target *target, tr_sink *sink, tr_error *err)
{
    tr_oracle_page o;
    sheet s;
    if (tr_input_choice(scenario, TR_IN_BACKTEST) > 0)
        return tr_answer_figure_backtest(scenario, target, sink, err);
    tr_status status = tr_oracle_page_of(scenario, known, system, &o, err);
    if (status != TR_OK)
        return status;
    const int narrow = target->terminal || target->svg.width_px < 600.0;
    const int n = rows_of(&o, narrow, target->terminal, &s);
    const tr_oracle_band *active = &o.answer.posterior.band[o.known[TR_UNKNOWN_ACTIVE] ? TR_UNKNOWN_MARKUP
                                                                                      : TR_UNKNOWN_ACTIVE];
    char low[32], high[32];
    const tr_unit unit = o.known[TR_UNKNOWN_ACTIVE] ? TR_UNIT_NONE : TR_UNIT_PARAM;
    short_quantity(active->min, unit, low, sizeof low);
    short_quantity(active->max, unit, high, sizeof high);
    (void)snprintf(s.title, sizeof s.title,
                   o.known[TR_UNKNOWN_ACTIVE] ? "A price %s to %s times its cost" : "%s to %s active parameters", low,
                   high);
    (void)snprintf(s.subtitle, sizeof s.subtitle, "what %s%.100s leave open%s", o.price != NULL ? "the prices of " : "",
                   o.name, o.known[TR_UNKNOWN_ACTIVE] ? "" : ", if priced like open models");
    (void)snprintf(s.caption, sizeof s.caption,
                   "Wide: 90 %% before the evidence. Narrow: 90 and 50 %% with it; the dot is the middle, with its "
                   "value.%s",
                   o.truth_name[0] != '\0' ? " Other dots: the open model's own numbers." : "");
    const size_t rows = (size_t)n;
    const tr_series series[] = {
        tr_bars_series(bars(&s, 0), rows, "before", TR_ROLE_OTHER),
        tr_bars_series(bars(&s, 1), rows, "with the evidence", TR_ROLE_COMPUTE),
        tr_bars_series(bars(&s, 2), rows, NULL, TR_ROLE_COMPUTE),
        {.kind = TR_SERIES_POINTS, .role = TR_ROLE_COMPUTE, .x = s.median_x, .y = s.median_y,
         .n = rows, .label = narrow ? NULL : s.labels},
        {.name = "truth", .kind = TR_SERIES_POINTS, .role = TR_ROLE_LIMIT, .x = s.truth_x, .y = s.truth_y, .n = rows},
    };
    const tr_figure figure = {
        .title = s.title,
        .subtitle = s.subtitle,
        .caption = s.caption,
        .source = "learned from open models' prices [K92], importance sampling [K17]",
        .x = {.label = "times the middle of what was assumed", .unit = TR_UNIT_NONE, .scale = TR_SCALE_LOG},
        .y = {.unit = TR_UNIT_NONE, .scale = TR_SCALE_LINEAR, .min = 0.4, .max = n + 0.6},
        .series = series,
        .series_count = o.truth_name[0] != '\0' ? 5 : 4,
        .row_names = s.names,
        .row_count = rows,
    };
    return tr_figure_draw(&figure, target, sink, err);
}
