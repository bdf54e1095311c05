/* ask/oracle_backtest.c -- every open model with a price asked as if it were closed: bands, truth, how often
 * they hold. */
#include "ask/oracle_backtest.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ask/figure_parts.h"
#include "ask/oracle.h"
#include "base/explog.h"
#include "base/fail.h"
#include "base/sort.h"
#include "base/text.h"
#include "write/print.h"
#include "write/rows.h"

/* One row draws a tenth of what one answer does. */
#define ROW_SHARE 10

static double width(const tr_oracle_band *b) { return b->max / b->min; }

/* ---- asking ------------------------------------------------------------------------------ */

static tr_oracle_question question_of(const tr_open_row *row, uint64_t sample_count, uint64_t seed)
{
    const double none = (double)NAN;
    return (tr_oracle_question){.active_param = none,
                                .total_param = none,
                                .kv_byte_per_token = none,
                                .chip_usd_per_hour = none,
                                .launch_year = row->launch_year,
                                .price = row->price,
                                .sample_count = sample_count,
                                .seed = seed};
}

/* Input and output alone. */
static void strip(tr_oracle_question *q)
{
    tr_price_evidence *e = &q->evidence;
    q->launch_year = (double)NAN;
    e->cached_read_usd_per_mtoken = e->write_5m_usd_per_mtoken = e->write_1h_usd_per_mtoken = (double)NAN;
    e->long_above_token = e->long_input_ratio = e->long_output_ratio = (double)NAN;
    e->fast_price_ratio = e->fast_speed_ratio = e->batch_price_ratio = e->context_token = (double)NAN;
}

/* What its size is sold for elsewhere: the line of the others, at the truth. */
static double elsewhere_usd(const tr_oracle_learned *l, double active_param)
{
    return l->usd_per_mtoken *
           tr_exp(l->power_ratio * tr_log((active_param + l->fixed_param) / (30e9 + l->fixed_param)));
}

static tr_status ask(const tr_open_row *row, uint64_t sample_count, uint64_t seed, tr_oracle_answer *scratch,
                     tr_backtest_row *out, tr_oracle_band *plain, tr_error *err)
{
    tr_oracle_question q = question_of(row, sample_count, seed);
    tr_status s = tr_price_evidence_of(row->price, &q.evidence, err);
    if (s == TR_OK)
        s = tr_oracle_posterior(&q, scratch, err);
    if (s != TR_OK)
        return s;
    *out = (tr_backtest_row){.price = row->price,
                             .active_param = tr_exp(row->active_nat),
                             .total_param = tr_exp(row->total_nat),
                             .kv_byte_per_token = tr_exp(row->kv_nat),
                             .active = scratch->posterior.band[TR_UNKNOWN_ACTIVE],
                             .total = scratch->posterior.band[TR_UNKNOWN_TOTAL],
                             .kv = scratch->posterior.band[TR_UNKNOWN_KV]};
    out->over_size_ratio =
        q.evidence.input_usd_per_mtoken / elsewhere_usd(&scratch->learned, out->active_param);
    strip(&q);
    s = tr_oracle_posterior(&q, scratch, err);
    *plain = scratch->posterior.band[TR_UNKNOWN_ACTIVE];
    return s;
}

static double middle(double *values, size_t count)
{
    double scratch[TR_FIT_ROW_MAX];
    tr_sort_double(values, count, scratch);
    return count == 0 ? (double)NAN : 0.5 * (values[(count - 1) / 2] + values[count / 2]);
}

static tr_status ask_all(const tr_open_rows *rows, uint64_t sample_count, uint64_t seed,
                         tr_oracle_answer *scratch, tr_backtest *out, tr_error *err)
{
    double wide[3][TR_FIT_ROW_MAX];
    tr_backtest_sum *sum = &out->sum;
    memset(out, 0, sizeof *out);
    for (size_t i = 0; i < rows->count; i++) {
        tr_backtest_row *row = &out->row[i];
        tr_oracle_band plain;
        const tr_status s = ask(&rows->row[i], sample_count, seed, scratch, row, &plain, err);
        if (s != TR_OK)
            return s;
        const double truth = row->active_param;
        sum->inside += (size_t)tr_oracle_holds(&row->active, truth);
        sum->half_inside += truth >= row->active.low && truth <= row->active.high;
        sum->total_inside += (size_t)tr_oracle_holds(&row->total, row->total_param);
        sum->kv_inside += (size_t)tr_oracle_holds(&row->kv, row->kv_byte_per_token);
        sum->plain_inside += (size_t)tr_oracle_holds(&plain, truth);
        wide[0][i] = width(&row->active);
        wide[1][i] = width(&row->total);
        wide[2][i] = width(&plain);
        out->count++;
    }
    sum->median_width_ratio = middle(wide[0], out->count);
    sum->total_width_ratio = middle(wide[1], out->count);
    sum->plain_width_ratio = middle(wide[2], out->count);
    return TR_OK;
}

tr_status tr_backtest_of(uint64_t sample_count, uint64_t seed, tr_backtest *out, tr_error *err)
{
    tr_open_rows *rows = malloc(sizeof *rows);
    tr_oracle_answer *scratch = malloc(sizeof *scratch);
    tr_status s = rows == NULL || scratch == NULL ? tr_fail(err, TR_ENOMEM, "", 0.0, "out of memory")
                                                  : tr_open_rows_of(rows, err);
    if (s == TR_OK)
        s = ask_all(rows, sample_count, seed, scratch, out, err);
    free(scratch);
    free(rows);
    return s;
}

static tr_status backtest_of(const tr_scenario *scenario, tr_backtest **out, tr_error *err)
{
    const uint64_t asked = (uint64_t)tr_input_number(scenario, TR_IN_SAMPLES) / ROW_SHARE;
    if (tr_input_text(scenario, TR_IN_PRICES)[0] != '\0')
        return tr_fail(
            err, TR_ECONFLICT, "backtest", 0.0,
            "--backtest asks about every open model: leave out the prices, or leave out --backtest");
    *out = malloc(sizeof **out);
    if (*out == NULL)
        return tr_fail(err, TR_ENOMEM, "", 0.0, "out of memory");
    const tr_status s = tr_backtest_of(asked < 1000 ? 1000 : asked,
                                       (uint64_t)tr_input_number(scenario, TR_IN_DRAW_SEED), *out, err);
    if (s != TR_OK) {
        free(*out);
        *out = NULL;
    }
    return s;
}

/* ---- rows ------------------------------------------------------------------------------------ */

#define NUMBER(NAME, VALUE) TR_NUMBER(tr_backtest_row, NAME, VALUE)
TR_TEXT(tr_backtest_row, provider, row->price->provider)
TR_TEXT(tr_backtest_row, model, row->price->model)
TR_TEXT(tr_backtest_row, catalog_model, row->price->catalog_model)
NUMBER(input, row->price->base.input_usd_per_mtoken)
NUMBER(output, row->price->base.output_usd_per_mtoken)
NUMBER(active, row->active_param)
NUMBER(active_05, row->active.min)
NUMBER(active_25, row->active.low)
NUMBER(active_50, row->active.value)
NUMBER(active_75, row->active.high)
NUMBER(active_95, row->active.max)
NUMBER(active_width, width(&row->active))
NUMBER(over_size, row->over_size_ratio)
TR_FLAG(tr_backtest_row, inside, tr_oracle_holds(&row->active, row->active_param))
NUMBER(total, row->total_param)
NUMBER(total_05, row->total.min)
NUMBER(total_50, row->total.value)
NUMBER(total_95, row->total.max)
TR_FLAG(tr_backtest_row, total_inside, tr_oracle_holds(&row->total, row->total_param))
NUMBER(kv, row->kv_byte_per_token)
NUMBER(kv_05, row->kv.min)
NUMBER(kv_50, row->kv.value)
NUMBER(kv_95, row->kv.max)
TR_FLAG(tr_backtest_row, kv_inside, tr_oracle_holds(&row->kv, row->kv_byte_per_token))

static const tr_field all_field[] = {
    TR_T("provider", provider),
    TR_T("model", model),
    TR_T("catalog_model", catalog_model),
    TR_N("input_usd_per_mtoken", USD_PER_MTOKEN, input),
    TR_N("output_usd_per_mtoken", USD_PER_MTOKEN, output),
    TR_N("active_param.truth", PARAM, active),
    TR_N("active_param.p05", PARAM, active_05),
    TR_N("active_param.p25", PARAM, active_25),
    TR_N("active_param.p50", PARAM, active_50),
    TR_N("active_param.p75", PARAM, active_75),
    TR_N("active_param.p95", PARAM, active_95),
    TR_N("active_param.width_ratio", NONE, active_width),
    TR_F("active_param.inside", inside),
    TR_N("price_over_size_ratio", NONE, over_size),
    TR_N("total_param.truth", PARAM, total),
    TR_N("total_param.p05", PARAM, total_05),
    TR_N("total_param.p50", PARAM, total_50),
    TR_N("total_param.p95", PARAM, total_95),
    TR_F("total_param.inside", total_inside),
    TR_N("kv_byte_per_token.truth", BYTE, kv),
    TR_N("kv_byte_per_token.p05", BYTE, kv_05),
    TR_N("kv_byte_per_token.p50", BYTE, kv_50),
    TR_N("kv_byte_per_token.p95", BYTE, kv_95),
    TR_F("kv_byte_per_token.inside", kv_inside),
};
static const tr_fields all_fields = {all_field, sizeof all_field / sizeof all_field[0]};

static const void *row_at(void *context, size_t index, tr_error *err)
{
    const tr_backtest *b = context;
    (void)err;
    return &b->row[index];
}

/* ---- for people --------------------------------------------------------------------------------- */

static void cell(tr_writer *out, double value, tr_unit unit, size_t columns)
{
    char text[40];
    tr_print_right(out, tr_print_three(value, unit, text, sizeof text), columns);
}

static void print_row(const tr_backtest_row *r, tr_writer *out)
{
    char name[64], text[96];
    const char *slash = strrchr(r->price->model, '/');
    (void)snprintf(name, sizeof name, "%.12s %.36s", r->price->provider,
                   slash != NULL ? slash + 1 : r->price->model);
    (void)snprintf(text, sizeof text, "%-44s%7.4g%7.4g", name, r->price->base.input_usd_per_mtoken,
                   r->price->base.output_usd_per_mtoken);
    tr_write_text(out, text);
    cell(out, r->active_param, TR_UNIT_PARAM, 9);
    cell(out, r->active.min, TR_UNIT_PARAM, 9);
    cell(out, r->active.value, TR_UNIT_PARAM, 9);
    cell(out, r->active.max, TR_UNIT_PARAM, 9);
    if (!tr_oracle_holds(&r->active, r->active_param)) {
        (void)snprintf(text, sizeof text, "  OUTSIDE: x%.2g of what its size sells for", r->over_size_ratio);
        tr_write_text(out, text);
    }
    tr_write_char(out, '\n');
}

static void sentence(char *out, size_t size, const tr_backtest *b)
{
    const tr_backtest_sum *s = &b->sum;
    const double n = (double)b->count / 100.0;
    (void)snprintf(
        out, size,
        "active parameters: bands of 90 %% hold %zu of %zu (%.0f %%), of 50 %% %zu (%.0f %%); the middle "
        "band "
        "is x%.3g wide. All parameters: %.0f %% at x%.3g; KV bytes a token: %.0f %%. Input and output price "
        "alone: %.0f %% at x%.3g.",
        s->inside, b->count, (double)s->inside / n, s->half_inside, (double)s->half_inside / n,
        s->median_width_ratio, (double)s->total_inside / n, s->total_width_ratio, (double)s->kv_inside / n,
        (double)s->plain_inside / n, s->plain_width_ratio);
}

static tr_status print(const tr_backtest *b, const tr_style *style, const tr_sink *sink, tr_error *err)
{
    char text[480];
    tr_writer out;
    tr_writer_begin(&out, sink);
    tr_write_text(&out,
                  "Every open model asked as if it were closed: its seller and its weights left out\n\n");
    tr_write_text(&out, "price                                           $/M in    out    active       5 %"
                        "     50 %      95 %\n");
    for (size_t i = 0; i < b->count; i++)
        print_row(&b->row[i], &out);
    sentence(text, sizeof text, b);
    tr_write_char(&out, '\n');
    tr_print_wrapped(&out, "", "", text, style->columns);
    return tr_written(tr_writer_finish(&out), err);
}

tr_status tr_answer_oracle_backtest(const tr_scenario *scenario, const tr_style *style, tr_sink *sink,
                                    tr_error *err)
{
    tr_backtest *b = NULL;
    tr_notes notes = {.count = 0};
    char text[480];
    tr_status s = backtest_of(scenario, &b, err);
    if (s != TR_OK)
        return s;
    sentence(text, sizeof text, b);
    notes.text[notes.count++] = text;
    const tr_rows rows = {.fields = &all_fields,
                          .name = "open_models",
                          .count = b->count,
                          .at = row_at,
                          .context = b,
                          .scenario = scenario,
                          .notes = &notes};
    s = style->format == TR_FORMAT_TEXT ? print(b, style, sink, err) : tr_rows_write(&rows, style, sink, err);
    free(b);
    return s;
}

/* ---- a figure ----------------------------------------------------------------------------------- */

enum { CORNERS = 3 * TR_FIT_ROW_MAX };

typedef struct sheet {
    double x[2][CORNERS], low[2][CORNERS], high[2][CORNERS];
    double truth_x[2][TR_FIT_ROW_MAX], truth_y[2][TR_FIT_ROW_MAX];
    size_t order[TR_FIT_ROW_MAX];
    size_t truths[2]; /* inside, outside */
    char subtitle[160];
} sheet;

static tr_bars bars(sheet *s, int which) { return (tr_bars){s->x[which], s->low[which], s->high[which]}; }

/* By the middle of the bands, the smallest first. */
static void order_of(const tr_backtest *b, sheet *s)
{
    for (size_t i = 0; i < b->count; i++) {
        size_t at = i;
        for (; at > 0 && b->row[s->order[at - 1]].active.value > b->row[i].active.value; at--)
            s->order[at] = s->order[at - 1];
        s->order[at] = i;
    }
}

static void fill(const tr_backtest *b, sheet *s)
{
    order_of(b, s);
    s->truths[0] = s->truths[1] = 0;
    for (size_t i = 0; i < b->count; i++) {
        const tr_backtest_row *r = &b->row[s->order[i]];
        const double y = (double)i + 1.0;
        const int outside = !tr_oracle_holds(&r->active, r->active_param);
        tr_bars_put(bars(s, 0), i, y, 0.4, (const double[]){r->active.min, r->active.max});
        tr_bars_put(bars(s, 1), i, y, 0.4, (const double[]){r->active.low, r->active.high});
        s->truth_x[outside][s->truths[outside]] = r->active_param;
        s->truth_y[outside][s->truths[outside]++] = y;
    }
}

static tr_status draw(const tr_backtest *b, sheet *s, const tr_figure_target *target, tr_sink *sink, tr_error *err)
{
    const tr_series series[] = {
        tr_bars_series(bars(s, 0), b->count, "90 %", TR_ROLE_OTHER),
        tr_bars_series(bars(s, 1), b->count, "50 %", TR_ROLE_COMPUTE),
        {.name = "truth, inside",
         .kind = TR_SERIES_POINTS,
         .role = TR_ROLE_RESULT,
         .x = s->truth_x[0],
         .y = s->truth_y[0],
         .n = s->truths[0]},
        {.name = "outside",
         .kind = TR_SERIES_POINTS,
         .role = TR_ROLE_KV,
         .x = s->truth_x[1],
         .y = s->truth_y[1],
         .n = s->truths[1]},
    };
    const tr_figure figure = {
        .title = "Active parameters of open models, from their prices",
        .subtitle = s->subtitle,
        .caption =
            "A line a price, by the middle of its band: each asked with its seller and its weights left out.",
        .source = "learned from data/prices [K92], bands by importance sampling [K17]",
        .x = {.label = "active parameters", .unit = TR_UNIT_PARAM, .scale = TR_SCALE_LOG},
        .y = {.label = "prices of open models",
              .unit = TR_UNIT_NONE,
              .scale = TR_SCALE_LINEAR,
              .min = 0.0,
              .max = (double)b->count + 1.0},
        .series = series,
        .series_count = 4,
    };
    return tr_figure_draw(&figure, target, sink, err);
}

tr_status tr_answer_figure_backtest(const tr_scenario *scenario, const tr_figure_target *target,
                                    tr_sink *sink, tr_error *err)
{
    tr_backtest *b = NULL;
    sheet *s = malloc(sizeof *s);
    tr_status status =
        s == NULL ? tr_fail(err, TR_ENOMEM, "", 0.0, "out of memory") : backtest_of(scenario, &b, err);
    if (status == TR_OK) {
        fill(b, s);
        (void)snprintf(s->subtitle, sizeof s->subtitle,
                       "bands of 90 %% hold %zu of %zu, the middle one is x%.3g wide", b->sum.inside,
                       b->count, b->sum.median_width_ratio);
        status = draw(b, s, target, sink, err);
    }
    free(b);
    free(s);
    return status;
}
