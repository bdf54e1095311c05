/* answer/figure_roof.c -- the roofline: weight multiplies walk up the slope with the batch, attention stands
 * still, prefill is on the roof, and memory runs out somewhere on the way. */
#include <math.h>
#include <stdio.h>

#include "answer/figure_parts.h"
#include "answer/step_row.h"

#define BATCHES 24

typedef struct words {
    char title[192], what[96], subtitle[384], memory[64], compute[64], ridge[96], wall[64], prefill[64],
        y_label[64];
    char batch[BATCHES][24];
    tr_words numbers;
} words;

static double on_roof(const tr_roofline *roof, double intensity_flop_per_byte)
{
    const double slope = intensity_flop_per_byte * roof->byte_per_s;
    return slope < roof->flop_per_s ? slope : roof->flop_per_s;
}

/* Batches 1, 2, 4 ... that fit the memory and are not yet far beyond the ridge. */
static size_t walk(const tr_case *question, double most_seq, words *w, double *x, double *y,
                   const char **label)
{
    const double ridge = tr_ridge_flop_per_byte(&question->roof);
    size_t n = 0;
    for (double batch = 1.0; n < BATCHES && batch <= most_seq; batch *= 2.0) {
        x[n] = tr_weight_intensity_flop_per_byte(&question->roof, batch);
        if (x[n] > 5.0 * ridge)
            break;
        y[n] = on_roof(&question->roof, x[n]);
        (void)snprintf(w->batch[n], sizeof w->batch[n], n == 0 ? "batch\xC2\xA0%s" : "%s",
                       tr_words_of(&w->numbers, batch, TR_UNIT_SEQ));
        label[n] = w->batch[n];
        n++;
    }
    return n;
}

tr_status tr_answer_figure_roof(const tr_case *question, const tr_figure_target *target, tr_sink *sink,
                                tr_error *err)
{
    const tr_status s = tr_check_weights_fit(question, err);
    if (s != TR_OK)
        return s;
    const tr_roofline *roof = &question->roof;
    const double context = question->load.context_token > 0.0 ? question->load.context_token : 4096.0;
    const double ridge = tr_ridge_flop_per_byte(roof),
                 most = tr_max_batch_seq(roof, &question->model, context);
    const double balance = tr_balance_batch_seq(roof, &question->model, 0.0);
    words w = {.numbers = {.next = 0}};
    double x[BATCHES], y[BATCHES];
    const char *label[BATCHES];
    const size_t n = walk(question, most, &w, x, y, label);

    /* Attention: one place whatever the batch. Prefill: a prompt multiplies the weights once a token. */
    const double attention_x = tr_attention_intensity_flop_per_byte(roof, &question->model, context);
    const double attention_y = attention_x > 0.0 ? on_roof(roof, attention_x) : (double)NAN;
    const tr_load prompt = {TR_PHASE_PREFILL, 1.0, 0.0,
                            question->load.phase == TR_PHASE_PREFILL ? question->load.query_token : 8192.0};
    tr_step prefill;
    const int has_prefill = tr_bound_step(roof, &question->model, &prompt, &prefill, NULL) == TR_OK;
    const double prefill_x = has_prefill ? prefill.intensity_flop_per_byte : (double)NAN;
    const double prefill_y = has_prefill ? prefill.flop / prefill.step_s : (double)NAN;

    double left = n > 0 && x[0] < ridge ? x[0] : ridge, right = 6.0 * ridge;
    if (attention_x > 0.0 && attention_x < left)
        left = attention_x;
    if (prefill_x > right)
        right = prefill_x < 1e3 * ridge ? prefill_x : 1e3 * ridge;
    left /= 2.5;
    right *= 2.0;
    const double slope_x[2] = {left, ridge}, slope_y[2] = {left * roof->byte_per_s, roof->flop_per_s};
    const double flat_x[2] = {ridge, right}, flat_y[2] = {roof->flop_per_s, roof->flop_per_s};

    const int given = question->model.layer_kinds == 0; /* by numbers: formats are not part of it */
    const char *ridge_batch = tr_words_short(&w.numbers, floor(balance + 0.5), TR_UNIT_SEQ);
    if (most < balance && most < HUGE_VAL)
        (void)snprintf(w.title, sizeof w.title,
                       "Batch lifts the weights up the slope, but memory is full at %s",
                       tr_words_of(&w.numbers, most, TR_UNIT_SEQ));
    else if (balance < HUGE_VAL)
        (void)snprintf(w.title, sizeof w.title, "Batch lifts the weights to the roof at %s%s", ridge_batch,
                       attention_x > 0.0 ? "; attention never moves" : "");
    else
        (void)snprintf(w.title, sizeof w.title, "Batch lifts the weights towards the roof");
    (void)snprintf(w.what, sizeof w.what, "decode at %s context",
                   tr_words_of(&w.numbers, context, TR_UNIT_CONTEXT));
    tr_figure_subtitle(question, w.what, w.subtitle, sizeof w.subtitle);
    (void)snprintf(w.memory, sizeof w.memory, "memory: %s",
                   tr_words_short(&w.numbers, roof->byte_per_s, TR_UNIT_BYTE_PER_S));
    (void)snprintf(w.compute, sizeof w.compute, "compute: %s%s%s",
                   tr_words_short(&w.numbers, roof->flop_per_s, TR_UNIT_FLOP_PER_S), given ? "" : " in ",
                   given ? "" : tr_dtype_name(roof->math_dtype));
    (void)snprintf(w.ridge, sizeof w.ridge, "ridge: %s",
                   tr_words_short(&w.numbers, ridge, TR_UNIT_FLOP_PER_BYTE));
    (void)snprintf(w.wall, sizeof w.wall, "memory is full at batch\xC2\xA0%s",
                   tr_words_of(&w.numbers, most, TR_UNIT_SEQ));
    (void)snprintf(w.prefill, sizeof w.prefill, "prefill of %s",
                   tr_words_of(&w.numbers, prompt.query_token, TR_UNIT_CONTEXT));
    if (roof->chip_count > 1.0)
        (void)snprintf(w.y_label, sizeof w.y_label, "FLOP/s of all %s chips",
                       tr_words_of(&w.numbers, roof->chip_count, TR_UNIT_SEQ));
    else
        (void)snprintf(w.y_label, sizeof w.y_label, "FLOP/s");

    const tr_series series[] = {
        {.name = w.memory, .role = TR_ROLE_OTHER, .x = slope_x, .y = slope_y, .n = 2},
        {.name = w.compute, .role = TR_ROLE_OTHER, .x = flat_x, .y = flat_y, .n = 2},
        {.name = "weight multiplies, by batch",
         .kind = TR_SERIES_POINTS,
         .role = TR_ROLE_WEIGHTS,
         .x = x,
         .y = y,
         .n = n,
         .label = label},
    };
    tr_mark mark[4];
    size_t count = 0;
    mark[count++] = (tr_mark){
        .kind = TR_MARK_POINT, .role = TR_ROLE_OTHER, .x = ridge, .y = roof->flop_per_s, .text = w.ridge};
    if (attention_x > 0.0)
        mark[count++] = (tr_mark){.kind = TR_MARK_POINT,
                                  .role = TR_ROLE_KV,
                                  .x = attention_x,
                                  .y = attention_y,
                                  .text = "attention, at any batch"};
    if (has_prefill)
        mark[count++] = (tr_mark){.kind = TR_MARK_POINT,
                                  .role = TR_ROLE_COMPUTE,
                                  .x = prefill_x,
                                  .y = prefill_y,
                                  .text = w.prefill};
    if (most < 1e9 && tr_weight_intensity_flop_per_byte(roof, most) < right)
        mark[count++] = (tr_mark){.kind = TR_MARK_VERTICAL,
                                  .role = TR_ROLE_LIMIT,
                                  .x = tr_weight_intensity_flop_per_byte(roof, most),
                                  .text = w.wall};
    const tr_figure figure = {.title = w.title,
                              .subtitle = w.subtitle,
                              .caption = "Left of the ridge memory decides, right of it compute. One read of "
                                         "the weights serves the whole batch, so their "
                                         "multiplies climb; each sequence reads its own KV\xC2\xA0"
                                         "cache, so attention stays where it is.",
                              .source = "Bound physics: datasheet peaks. Equations R7, R12, R15, R16.",
                              .x = {.label = "intensity: FLOP for each byte read",
                                    .unit = TR_UNIT_NONE,
                                    .scale = TR_SCALE_LOG,
                                    .min = left,
                                    .max = right},
                              .y = {.label = w.y_label,
                                    .unit = TR_UNIT_FLOP_PER_S,
                                    .scale = TR_SCALE_LOG,
                                    .min = left * roof->byte_per_s,
                                    .max = 2.5 * roof->flop_per_s},
                              .series = series,
                              .series_count = 3,
                              .marks = mark,
                              .mark_count = count};
    return tr_figure_draw(&figure, target, sink, err);
}
