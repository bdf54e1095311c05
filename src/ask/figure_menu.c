/* ask/figure_menu.c -- what a token costs against the speed that each sequence gets. */
#include <tokenroof/ask.h>
#include <tokenroof/price.h>

#include <math.h>
#include <stdio.h>

#include "ask/expected.h"
#include "ask/figure_band.h"
#include "ask/menu.h"

enum { PRICES = 4 };

typedef struct quote {
    double usd_per_mtoken;
    char text[96];
} quote;

/* The cheapest published output prices of the model, dearest last. */
static size_t quotes_of(const tr_problem *question, tr_words *words, quote *out)
{
    const tr_price *offer[PRICES];
    size_t count = 0;
    tr_price_offers(question->model->name, offer, PRICES, &count);
    count = count < PRICES ? count : PRICES;
    for (size_t i = 0; i < count; i++) {
        out[i].usd_per_mtoken = offer[i]->base.output_usd_per_mtoken;
        (void)snprintf(out[i].text, sizeof out[i].text, "%.24s asks %s", offer[i]->provider,
                       tr_words_short(words, out[i].usd_per_mtoken, TR_UNIT_USD));
    }
    return count;
}

/* What stands over the bound: the same batches by another physics, the slow end first, so that speed ascends; and the
 * band around them. */
typedef struct beside {
    double speed[FIGURE_POINTS], cost[FIGURE_POINTS];
    size_t n;
    tr_figure_band band;
} beside;

/* The edges of the band in the order of the batches. */
typedef struct edges {
    double slow[FIGURE_POINTS], fast[FIGURE_POINTS], cheap[FIGURE_POINTS], dear[FIGURE_POINTS];
} edges;

static void beside_of(const tr_curve *c, const tr_expected *e, double per_s, edges *edge, beside *out)
{
    size_t n = 0;
    for (; n < c->n && isfinite(e->step_s[n]); n++) {
        const double usd = per_s * 1e6 / c->at[n];
        edge->slow[n] = 1.0 / e->high_s[n];
        edge->fast[n] = 1.0 / e->low_s[n];
        edge->cheap[n] = e->low_s[n] * usd;
        edge->dear[n] = e->high_s[n] * usd;
    }
    out->n = n;
    for (size_t i = 0; i < n; i++) {
        const size_t k = n - 1 - i;
        out->speed[i] = 1.0 / e->step_s[k];
        out->cost[i] = e->step_s[k] / c->at[k] * per_s * 1e6;
    }
    out->band.n = 0;
    if (n > 0 && e->has_band)
        tr_figure_band_of(edge->slow, edge->fast, edge->cheap, edge->dear, n, &out->band);
}

/* The same batches with drafts, the slow end first; what the line and its two ends are called. */
typedef struct drafted {
    double speed[FIGURE_POINTS], cost[FIGURE_POINTS];
    size_t n;
    char name[64], end[2][64];
    double at[2][2];         /* of the ends: speed and cost */
} drafted;

/* Too many problems for one frame. */
static void drafted_of(const tr_scenario *scenario, const tr_problem *question, const tr_curve *c, tr_physics physics,
                       double per_s, tr_words *words, drafted *out)
{
    tr_menu m;
    out->n = 0;
    if (tr_menu_of(scenario, question, &m, NULL) != TR_OK || !m.has_drafts)
        return;
    for (size_t i = 0; i < c->n; i++) {
        const tr_load load = {TR_PHASE_DECODE, c->at[c->n - 1 - i], m.report.context_token, 1.0};
        tr_step step;
        if (tr_problem_step(&m.drafted, physics, &load, &step, NULL) != TR_OK)
            continue;
        out->speed[out->n] = step.token_per_s_per_seq;
        out->cost[out->n++] = per_s * 1e6 / step.token_per_s;
    }
    if (out->n == 0)
        return;
    const double token = m.drafted.formats.draft_token;
    (void)snprintf(out->name, sizeof out->name, "with %.0f drafts, %s accepted", token,
                   tr_words_short(words, floor(m.drafted.accept_share * 100.0 + 0.5) / 100.0, TR_UNIT_RATIO));
    const double batch[2] = {1.0, m.base.load.batch_seq};
    for (int k = 0; k < 2; k++) {
        const tr_load load = {TR_PHASE_DECODE, batch[k], m.report.context_token, 1.0};
        tr_step step;
        out->end[k][0] = '\0';
        if (tr_problem_step(&m.drafted, physics, &load, &step, NULL) != TR_OK)
            continue;
        (void)snprintf(out->end[k], sizeof out->end[k], "%s +%.0f: batch %s",
                       k == 0 ? "fast" : m.has_full ? "full" : "normal", token,
                       tr_words_short(words, floor(batch[k] + 0.5), TR_UNIT_SEQ));
        out->at[k][0] = step.token_per_s_per_seq;
        out->at[k][1] = per_s * 1e6 / step.token_per_s;
    }
}

static tr_status draw(const tr_scenario *scenario, const tr_problem *question, const tr_problem *asked,
                      const tr_figure_target *target, tr_sink *sink, tr_error *err)
{
    tr_report report;
    tr_curve c = {.n = 0};
    tr_words words = {.next = 0};
    char title[192], what[96], subtitle[384], point[TR_REPORT_POINTS][64];
    quote quotes[PRICES];
    drafted drafts;
    tr_mark mark[TR_REPORT_POINTS + 2 + 1 + PRICES];
    size_t marks = 0;
    const tr_status s = tr_report_of(scenario, question, &report, err);
    if (s != TR_OK)
        return s;
    const tr_roofline *roof = &question->roof;
    const int priced = roof->usd_per_s > 0.0;
    const double per_s = priced ? roof->usd_per_s : roof->chip_count;
    const tr_unit unit = priced ? TR_UNIT_USD : TR_UNIT_NONE;
    const double most = report.point[2].row.load.batch_seq < report.hold.max_batch_seq
                            ? report.point[2].row.load.batch_seq
                            : report.hold.max_batch_seq;
    const double end = 2.0 * (most > roof->copy_count ? most : roof->copy_count);
    const double places[2] = {report.normal_batch_seq, most};
    tr_curve_grid_log(&c, roof->copy_count,
                      end < report.hold.max_batch_seq ? end
                      : report.hold.max_batch_seq > roof->copy_count ? report.hold.max_batch_seq
                                                                     : 2.0 * roof->copy_count,
                      places, 2);
    tr_curve_over_batch(&c, question, report.context_token);
    tr_expected expected;
    beside over;
    edges edge;
    over.n = over.band.n = 0;
    const int more = tr_expected_over_batch(question, &c, report.context_token, 1.0, &expected);
    if (more)
        beside_of(&c, &expected, per_s, &edge, &over);
    double *const speed = c.weights_s, *const cost = c.kv_s; /* the terms are not drawn */
    for (size_t i = 0; i < c.n; i++) { /* backwards: the slow end first, so that speed ascends */
        const size_t k = c.n - 1 - i;
        speed[i] = 1.0 / c.step_s[k];
        cost[i] = c.step_s[k] / c.at[k] * per_s * 1e6;
    }
    drafted_of(scenario, asked, &c, more ? TR_PHYSICS_FITTED : TR_PHYSICS_BOUND, per_s, &words, &drafts);
    double top = cost[c.n - 1], bottom = cost[0];
    if (over.n > 0 && over.cost[over.n - 1] > top)
        top = over.cost[over.n - 1];
    const double alone_ratio = report.point[1].row.step.step_s / report.point[0].row.step.step_s;
    const double alone = report.point[1].row.step.token_per_s / report.point[0].row.step.token_per_s;
    for (size_t i = 0; i < TR_REPORT_POINTS; i++) {
        tr_step_row *row = &report.point[i].row;
        tr_step_row_by_physics(row);
        const double usd = row->step.step_s / row->load.batch_seq * per_s * 1e6;
        if (!row->fits || !isfinite(usd) || (!more && usd > top * 1.01))
            continue;
        (void)snprintf(point[i], sizeof point[i], "%s: batch %s", report.point[i].name,
                       tr_words_short(&words, floor(row->load.batch_seq + 0.5), TR_UNIT_SEQ));
        mark[marks++] = (tr_mark){.kind = TR_MARK_POINT,
                                  .role = TR_ROLE_RESULT,
                                  .x = 1.0 / row->step.step_s,
                                  .y = usd,
                                  .text = point[i]};
    }
    for (int k = 0; k < 2 && drafts.n > 0; k++)
        if (drafts.end[k][0] != '\0')
            mark[marks++] = (tr_mark){.kind = TR_MARK_POINT, .role = TR_ROLE_OTHER, .x = drafts.at[k][0],
                                      .y = drafts.at[k][1], .text = drafts.end[k]};
    const double least = priced ? report.floor_usd_per_mtoken : (double)NAN;
    if (least > 0.0) {
        mark[marks++] = (tr_mark){
            .kind = TR_MARK_HORIZONTAL, .role = TR_ROLE_LIMIT, .y = least, .text = "by the bound no batch is cheaper"};
        bottom = least < bottom ? least : bottom;
    }
    const size_t quoted = priced ? quotes_of(question, &words, quotes) : 0;
    for (size_t i = 0; i < quoted; i++) {
        mark[marks++] = (tr_mark){.kind = TR_MARK_HORIZONTAL,
                                  .role = TR_ROLE_OTHER,
                                  .y = quotes[i].usd_per_mtoken,
                                  .text = quotes[i].text};
        top = quotes[i].usd_per_mtoken > top ? quotes[i].usd_per_mtoken : top;
        bottom = quotes[i].usd_per_mtoken < bottom ? quotes[i].usd_per_mtoken : bottom;
    }
    if (over.n > 1)
        (void)snprintf(title, sizeof title,
                       "Speed costs: alone a sequence is predicted %s times as fast and a token %s times as dear as "
                       "when %s share the chips",
                       tr_words_short(&words, over.speed[over.n - 1] / over.speed[0], TR_UNIT_NONE),
                       tr_words_short(&words, over.cost[over.n - 1] / over.cost[0], TR_UNIT_NONE),
                       tr_words_short(&words, floor(c.at[over.n - 1] + 0.5), TR_UNIT_SEQ));
    else
        (void)snprintf(title, sizeof title,
                       "Speed costs: alone a sequence is %s times as fast and a token %s times as dear",
                       tr_words_short(&words, alone_ratio, TR_UNIT_NONE), tr_words_short(&words, alone, TR_UNIT_NONE));
    (void)snprintf(what, sizeof what, "decode at %s context",
                   tr_words_of(&words, report.context_token, TR_UNIT_CONTEXT));
    tr_figure_subtitle(question, what, subtitle, sizeof subtitle);
    tr_series series[4];
    size_t lines = 0;
    series[lines++] = (tr_series){.name = more ? "bound" : "a million tokens",
                                  .kind = more ? TR_SERIES_FLOOR : TR_SERIES_LINE,
                                  .role = more ? TR_ROLE_LIMIT : TR_ROLE_RESULT,
                                  .x = speed,
                                  .y = cost,
                                  .n = c.n};
    if (over.band.n > 0)
        series[lines++] = (tr_series){.kind = TR_SERIES_BAND, .role = TR_ROLE_RESULT, .x = over.band.x,
                                      .y = over.band.low, .y2 = over.band.high, .n = over.band.n};
    if (over.n > 0)
        series[lines++] = (tr_series){.name = expected.name, .role = TR_ROLE_RESULT, .x = over.speed, .y = over.cost,
                                      .n = over.n};
    if (drafts.n > 1)
        series[lines++] = (tr_series){.name = drafts.name, .role = TR_ROLE_OTHER, .x = drafts.speed, .y = drafts.cost,
                                      .n = drafts.n};
    const tr_figure figure = {
        .title = title,
        .subtitle = subtitle,
        .caption = "To the right smaller batches: each sequence is faster and shares the weights with fewer "
                   "others. To the "
                   "left the cost falls to what no batch shares: compute, or the reading of one's own cache. "
                   "The bound is of steps without drafts.",
        .source = more ? expected.source
                       : "Bound physics. Equations R1, R9, K1\xE2\x80\x93K4; prices: data/prices, output tokens.",
        .x = {.label = "tokens a second for each sequence",
              .unit = TR_UNIT_TOKEN_PER_S,
              .scale = TR_SCALE_LOG},
        .y = {.label = priced ? "dollars for a million tokens" : "chip-seconds for a million tokens",
              .unit = unit,
              .scale = TR_SCALE_LOG,
              .min = bottom / 1.6,
              .max = top * 1.6},
        .series = series,
        .series_count = lines,
        .marks = mark,
        .mark_count = marks};
    return tr_figure_draw(&figure, target, sink, err);
}

tr_status tr_answer_figure_menu(const tr_scenario *scenario, const tr_problem *question,
                                const tr_figure_target *target, tr_sink *sink, tr_error *err)
{
    tr_problem plain;
    const tr_status s = tr_problem_drafting(question, 0.0, (double)NAN, &plain, err);
    return s == TR_OK ? draw(scenario, &plain, question, target, sink, err) : s;
}
