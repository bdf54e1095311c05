/* ask/figure_rate.c -- tokens a second against batch: what reading the weights allows, and the two ceilings
 * above it. */
#include <math.h>
#include <stdio.h>

#include "ask/expected.h"

typedef struct words {
    char title[224], what[96], subtitle[384], compute[64], kv[64], even[96], wall[64];
    tr_words numbers;
} words;

/* The largest of a batch that fits, by the physics asked for. */
static double most_of(const tr_curve *c, const double *token_per_s, double most_seq)
{
    double most = 0.0;
    for (size_t i = 0; i < c->n; i++)
        if (c->at[i] <= most_seq && token_per_s[i] > most)
            most = token_per_s[i];
    return most;
}

static void write_title(const tr_batch_marks *m, double most_token_per_s, words *w)
{
    const char *rate = tr_words_short(&w->numbers, most_token_per_s, TR_UNIT_TOKEN_PER_S);
    if (m->most_seq < m->balance_seq && m->most_seq <= m->end_seq)
        (void)snprintf(w->title, sizeof w->title,
                       "Throughput grows with the batch until memory is full at %s, with %s",
                       tr_words_of(&w->numbers, m->most_seq, TR_UNIT_SEQ), rate);
    else if (m->balance_seq < HUGE_VAL)
        (void)snprintf(w->title, sizeof w->title,
                       "Throughput grows with the batch up to %s, then stays at %s",
                       tr_words_short(&w->numbers, floor(m->balance_seq + 0.5), TR_UNIT_SEQ), rate);
    else
        (void)snprintf(w->title, sizeof w->title,
                       "Throughput nears what reading the KV\xC2\xA0"
                       "cache allows, and no "
                       "batch is compute-bound");
}

/* Rates in place of times; low and high change places. */
static void to_rates(const tr_curve *c, tr_expected *e)
{
    for (size_t i = 0; i < c->n; i++) {
        const double low_s = e->low_s[i];
        e->step_s[i] = c->at[i] / e->step_s[i];
        e->low_s[i] = c->at[i] / e->high_s[i];
        e->high_s[i] = c->at[i] / low_s;
    }
}

tr_status tr_figure_rate(const tr_problem *question, const tr_figure_target *target, tr_sink *sink,
                         tr_error *err)
{
    const double context = question->load.context_token, here = question->load.batch_seq;
    const tr_status s = tr_check_figure(question, 1.0, context, err);
    if (s != TR_OK)
        return s;
    const tr_roofline *roof = &question->roof;
    const tr_batch_marks m = tr_batch_marks_of(question, context);
    words w = {.numbers = {.next = 0}};
    tr_curve c;
    tr_expected expected;
    const double places[3] = {m.balance_seq, m.most_seq, m.even_seq};
    tr_curve_grid_log(&c, 1.0, m.end_seq, places, 3);
    tr_curve_over_batch(&c, question, context);
    const int more = tr_expected_over_batch(question, &c, context, here, &expected);
    for (size_t i = 0; i < c.n; i++)
        c.step_s[i] = c.at[i] / c.step_s[i];
    if (more)
        to_rates(&c, &expected);
    const double most_token_per_s = most_of(&c, c.step_s, m.most_seq);
    /* What one sequence brings bounds the rate of any number of them. */
    const double flop = roof->flop_per_token + tr_model_attention_flop(question->model, context);
    const double kv_byte = tr_roofline_kv_read_byte(roof, context);
    const double ceiling_x[2] = {1.0, m.end_seq};
    const double compute_y[2] = {roof->flop_per_s / flop, roof->flop_per_s / flop};
    const double kv_y[2] = {roof->byte_per_s / kv_byte, roof->byte_per_s / kv_byte};
    write_title(&m, more ? most_of(&c, expected.step_s, m.most_seq) : most_token_per_s, &w);
    (void)snprintf(w.what, sizeof w.what, "decode at %s context",
                   tr_words_of(&w.numbers, context, TR_UNIT_CONTEXT));
    tr_figure_subtitle(question, w.what, w.subtitle, sizeof w.subtitle);
    (void)snprintf(w.compute, sizeof w.compute, "compute: at most %s",
                   tr_words_short(&w.numbers, compute_y[0], TR_UNIT_TOKEN_PER_S));
    (void)snprintf(w.kv, sizeof w.kv, "KV cache: at most %s",
                   tr_words_short(&w.numbers, kv_y[0], TR_UNIT_TOKEN_PER_S));
    (void)snprintf(w.wall, sizeof w.wall, "memory is full at batch %s",
                   tr_words_of(&w.numbers, m.most_seq, TR_UNIT_SEQ));
    (void)snprintf(w.even, sizeof w.even, "KV-bound from %s",
                   tr_words_short(&w.numbers, floor(m.even_seq + 0.5), TR_UNIT_SEQ));
    tr_series series[6] = {
        {.name = w.compute,
         .kind = TR_SERIES_DASHED,
         .role = TR_ROLE_COMPUTE,
         .x = ceiling_x,
         .y = compute_y,
         .n = 2},
        {.name = w.kv,
         .kind = TR_SERIES_DASHED,
         .role = TR_ROLE_KV,
         .x = ceiling_x,
         .y = kv_y,
         .n = kv_byte > 0.0 ? 2 : 0},
        {.name = more ? "bound" : "throughput",
         .role = more ? TR_ROLE_LIMIT : TR_ROLE_RESULT,
         .x = c.at,
         .y = c.step_s,
         .n = c.n},
    };
    const size_t lines = 3 + (more ? tr_expected_series(&expected, &c, series + 3) : 0);
    tr_mark mark[2];
    size_t marks = 0;
    if (m.even_seq > 1.0 && m.even_seq < m.end_seq && m.even_seq < m.balance_seq)
        mark[marks++] =
            (tr_mark){.kind = TR_MARK_VERTICAL, .role = TR_ROLE_KV, .x = m.even_seq, .text = w.even};
    if (m.most_seq < m.end_seq)
        mark[marks++] = (tr_mark){
            .kind = TR_MARK_REGION, .role = TR_ROLE_LIMIT, .x = m.most_seq, .x2 = HUGE_VAL, .text = w.wall};
    const tr_axis mfu = {.label = "MFU", .unit = TR_UNIT_RATIO};
    const double lowest = more && expected.low_s[0] < c.step_s[0] ? expected.low_s[0] : c.step_s[0];
    const double highest = kv_byte > 0.0 && kv_y[0] > compute_y[0] ? kv_y[0] : compute_y[0];
    const tr_figure figure = {
        .title = w.title,
        .subtitle = w.subtitle,
        .caption = "One read of the weights serves the whole batch, so throughput grows with it; each "
                   "sequence brings its "
                   "own multiplies and its own KV\xC2\xA0"
                   "cache, and those rates no batch passes.",
        .source = more ? expected.source
                       : "Bound physics: datasheet peaks, so nothing real is faster. Equations "
                         "R1\xE2\x80\x93R6, R8, R9, R12.",
        .x = {.label = "batch: sequences decoded together",
              .unit = TR_UNIT_SEQ,
              .scale = TR_SCALE_LOG,
              .min = 1.0,
              .max = m.end_seq},
        .y = {.label = "tokens/s, all sequences",
              .unit = TR_UNIT_NONE,
              .scale = TR_SCALE_LOG,
              .min = lowest / 1.5,
              .max = 2.0 * (highest < 100.0 * most_token_per_s ? highest : most_token_per_s)},
        .series = series,
        .series_count = lines,
        .marks = mark,
        .mark_count = marks,
        .y2 = &mfu,
        .y2_ratio = flop / roof->flop_per_s};
    return tr_figure_draw(&figure, target, sink, err);
}
