/* ask/figure_roof.c -- the roofline: weight multiplies walk up the slope with the batch, attention stands
 * still, prefill is on the roof, and memory runs out somewhere on the way. */
#include <tokenroof/ask.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ask/asked.h"
#include "ask/expected.h"

typedef struct words {
    char title[192], what[96], subtitle[384], memory[64], compute[64], ridge[96], wall[64], prefill[64],
        y_label[64], source[320];
    char batch[ROOF_BATCHES][24], ceiling[ROOF_CEILINGS][64];
    tr_words numbers;
} words;

static double on_roof(const tr_roofline *roof, double intensity_flop_per_byte)
{
    const double slope = intensity_flop_per_byte * roof->byte_per_s;
    return slope < roof->flop_per_s ? slope : roof->flop_per_s;
}

/* Attention of a context of nothing has no intensity: show a short one. */
static double context_of(const tr_problem *question)
{
    return question->load.context_token > 0.0 ? question->load.context_token : 4096.0;
}

static tr_roof_point weights_at(const tr_problem *question, double batch_seq)
{
    const tr_roofline *roof = &question->roof;
    const double x = tr_weight_intensity_flop_per_byte(roof, batch_seq);
    return (tr_roof_point){.question = question,
                           .kind = "weights",
                           .math_dtype = roof->math_dtype,
                           .batch_seq = batch_seq,
                           .query_token = (double)NAN,
                           .intensity_flop_per_byte = x,
                           .flop_per_s = on_roof(roof, x),
                           .low_flop_per_s = (double)NAN,
                           .high_flop_per_s = (double)NAN,
                           .fits =
                               batch_seq <= tr_shard_max_batch_seq(&question->shard, context_of(question))};
}

/* A whole pass by the case's physics. 0: it does not fit. */
static int step_at(const tr_problem *question, double batch_seq, tr_roof_point *out)
{
    const tr_load load = {TR_PHASE_DECODE, batch_seq, context_of(question), 1.0};
    tr_step bound, step;
    if (tr_bound_step(&question->roof, &load, &bound, NULL) != TR_OK ||
        tr_problem_step(question, question->physics, &load, &step, NULL) != TR_OK)
        return 0;
    const int band = question->physics == TR_PHYSICS_FITTED;
    *out = (tr_roof_point){.question = question,
                           .kind = "step",
                           .math_dtype = question->roof.math_dtype,
                           .batch_seq = batch_seq,
                           .query_token = (double)NAN,
                           .intensity_flop_per_byte = bound.intensity_flop_per_byte,
                           .flop_per_s = bound.flop / step.step_s,
                           .low_flop_per_s = band ? bound.flop / step.high_s : (double)NAN,
                           .high_flop_per_s = band ? bound.flop / step.low_s : (double)NAN,
                           .fits = 1};
    return 1;
}

/* Formats that weights come in, each with its own rate; FP8 and INT8 where they differ, FP32 where there is nothing
 * else.  [C3] */
static size_t ceilings_of(const tr_problem *question, tr_roof_point *out)
{
    static const tr_dtype format[] = {TR_DTYPE_BF16, TR_DTYPE_FP8, TR_DTYPE_INT8, TR_DTYPE_FP4};
    const double *rate = question->system->chip.flop_per_s;
    size_t n = 0;
    for (size_t i = 0; !question->blackboard && i < sizeof format / sizeof format[0]; i++) {
        tr_roofline roof = question->roof;
        if (!(rate[format[i]] > 0.0) || (format[i] == TR_DTYPE_INT8 && rate[TR_DTYPE_INT8] == rate[TR_DTYPE_FP8]))
            continue;
        roof.flop_per_s = roof.chip_count * rate[format[i]];
        out[n++] = (tr_roof_point){.question = question,
                                   .kind = "ceiling",
                                   .math_dtype = format[i],
                                   .batch_seq = tr_balance_batch_seq(&roof, 0.0),
                                   .query_token = (double)NAN,
                                   .intensity_flop_per_byte = tr_ridge_flop_per_byte(&roof),
                                   .flop_per_s = roof.flop_per_s,
                                   .low_flop_per_s = (double)NAN,
                                   .high_flop_per_s = (double)NAN,
                                   .fits = 1};
    }
    return n;
}

size_t tr_roof_points_of(const tr_problem *question, const double *batch_seq, size_t batch_count,
                         tr_roof_point *out)
{
    const tr_roofline *roof = &question->roof;
    size_t n = 0;
    for (size_t i = 0; i < batch_count && n < ROOF_BATCHES; i++)
        out[n++] = weights_at(question, batch_seq[i]);
    for (double batch = roof->copy_count; batch_count == 0 && n < ROOF_BATCHES; batch *= 2.0) {
        out[n] = weights_at(question, batch);
        if (!out[n].fits || out[n].intensity_flop_per_byte > 5.0 * tr_ridge_flop_per_byte(roof))
            break;
        n++;
    }
    const double attention =
        tr_attention_intensity_flop_per_byte(roof, context_of(question));
    if (attention > 0.0)
        out[n++] = (tr_roof_point){.question = question,
                                   .kind = "attention",
                                   .math_dtype = roof->math_dtype,
                                   .batch_seq = (double)NAN,
                                   .query_token = (double)NAN,
                                   .intensity_flop_per_byte = attention,
                                   .flop_per_s = on_roof(roof, attention),
                                   .low_flop_per_s = (double)NAN,
                                   .high_flop_per_s = (double)NAN,
                                   .fits = 1};
    /* A prompt multiplies the weights once a token; one for each replica. */
    const tr_load prompt = {TR_PHASE_PREFILL, roof->copy_count, 0.0,
                            question->load.query_token > 1.0 ? question->load.query_token : 8192.0};
    tr_step prefill;
    if (tr_problem_step(question, TR_PHYSICS_BOUND, &prompt, &prefill, NULL) == TR_OK)
        out[n++] = (tr_roof_point){.question = question,
                                   .kind = "prefill",
                                   .math_dtype = roof->math_dtype,
                                   .batch_seq = prompt.batch_seq,
                                   .query_token = prompt.query_token,
                                   .intensity_flop_per_byte = prefill.intensity_flop_per_byte,
                                   .flop_per_s = prefill.flop / prefill.step_s,
                                   .low_flop_per_s = (double)NAN,
                                   .high_flop_per_s = (double)NAN,
                                   .fits = 1};
    for (size_t i = 0, batches = n; question->physics != TR_PHYSICS_BOUND && i < batches; i++)
        if (strcmp(out[i].kind, "weights") == 0 && step_at(question, out[i].batch_seq, &out[n]))
            n++;
    return n + ceilings_of(question, out + n);
}

static void write_title(double most_seq, double ridge_seq, int has_attention, words *w)
{
    if (most_seq < ridge_seq && most_seq < HUGE_VAL)
        (void)snprintf(w->title, sizeof w->title,
                       "Batch lifts the weights up the slope, but memory is full at %s",
                       tr_words_of(&w->numbers, most_seq, TR_UNIT_SEQ));
    else if (ridge_seq < HUGE_VAL)
        (void)snprintf(w->title, sizeof w->title, "Batch lifts the weights to the roof at %s%s",
                       tr_words_short(&w->numbers, floor(ridge_seq + 0.5), TR_UNIT_SEQ),
                       has_attention ? "; attention never moves" : "");
    else
        (void)snprintf(w->title, sizeof w->title, "Batch lifts the weights towards the roof");
}

static void write_words(const tr_problem *question, double most_seq, words *w)
{
    const tr_roofline *roof = &question->roof;
    const int given = question->model->layer_kinds == 0; /* by numbers: formats are not part of it */
    (void)snprintf(w->what, sizeof w->what, "decode at %s context",
                   tr_words_of(&w->numbers, context_of(question), TR_UNIT_CONTEXT));
    tr_figure_subtitle(question, w->what, w->subtitle, sizeof w->subtitle);
    (void)snprintf(w->memory, sizeof w->memory, "memory: %s",
                   tr_words_short(&w->numbers, roof->byte_per_s, TR_UNIT_BYTE_PER_S));
    (void)snprintf(w->compute, sizeof w->compute, "compute: %s%s%s",
                   tr_words_short(&w->numbers, roof->flop_per_s, TR_UNIT_FLOP_PER_S), given ? "" : " in ",
                   given ? "" : tr_dtype_name(roof->math_dtype));
    (void)snprintf(w->ridge, sizeof w->ridge, "ridge: %s",
                   tr_words_short(&w->numbers, tr_ridge_flop_per_byte(roof), TR_UNIT_FLOP_PER_BYTE));
    (void)snprintf(w->wall, sizeof w->wall, "memory is full at batch\xC2\xA0%s",
                   tr_words_of(&w->numbers, most_seq, TR_UNIT_SEQ));
    if (roof->chip_count > 1.0)
        (void)snprintf(w->y_label, sizeof w->y_label, "FLOP/s of all %s chips",
                       tr_words_of(&w->numbers, roof->chip_count, TR_UNIT_SEQ));
    else
        (void)snprintf(w->y_label, sizeof w->y_label, "FLOP/s");
    if (question->physics == TR_PHYSICS_BOUND)
        (void)snprintf(w->source, sizeof w->source, "Bound physics: datasheet peaks. Equations R7, R12, R15, R16.");
    else
        (void)snprintf(w->source, sizeof w->source,
                       "Roof: datasheet peaks, equations R7, R12, R15, R16. Steps: %s%s.",
                       question->physics == TR_PHYSICS_FITTED ? "fitted physics, calibration "
                                                              : "ops physics, equations R25, R27",
                       question->physics == TR_PHYSICS_FITTED ? question->calibration.origin : "");
}

tr_status tr_answer_figure_roof(const tr_problem *question, const tr_figure_target *target, tr_sink *sink,
                                tr_error *err)
{
    const tr_status s = tr_check_fits(question, 1.0, context_of(question), err);
    if (s != TR_OK)
        return s;
    const tr_roofline *roof = &question->roof;
    const double ridge = tr_ridge_flop_per_byte(roof);
    const double most = tr_shard_max_batch_seq(&question->shard, context_of(question));
    words w = {.numbers = {.next = 0}};
    tr_roof_point point[ROOF_POINTS];
    double x[ROOF_BATCHES], y[ROOF_BATCHES], step_x[ROOF_BATCHES], step_y[3][ROOF_BATCHES];
    const char *label[ROOF_BATCHES];
    size_t steps = 0;
    double lowest = HUGE_VAL;
    char here[64];
    const size_t count = tr_roof_points_of(question, NULL, 0, point);
    const int fitted = question->physics == TR_PHYSICS_FITTED;
    tr_mark mark[5] = {
        {.kind = TR_MARK_POINT, .role = TR_ROLE_OTHER, .x = ridge, .y = roof->flop_per_s, .text = w.ridge}};
    const tr_roof_point *other[ROOF_CEILINGS];
    size_t n = 0, marks = 1, others = 0;
    double left = ridge, right = 6.0 * ridge;
    for (size_t i = 0; i < count; i++) {
        const tr_roof_point *p = &point[i];
        if (p->intensity_flop_per_byte < left)
            left = p->intensity_flop_per_byte;
        if (p->intensity_flop_per_byte > right)
            right = p->intensity_flop_per_byte < 1e3 * ridge ? p->intensity_flop_per_byte : 1e3 * ridge;
        if (strcmp(p->kind, "weights") == 0) {
            x[n] = p->intensity_flop_per_byte;
            y[n] = p->flop_per_s;
            (void)snprintf(w.batch[n], sizeof w.batch[n], n == 0 ? "batch\xC2\xA0%s" : "%s",
                           tr_words_of(&w.numbers, p->batch_seq, TR_UNIT_SEQ));
            label[n] = w.batch[n];
            n++;
            continue;
        }
        if (strcmp(p->kind, "step") == 0) {
            step_x[steps] = p->intensity_flop_per_byte;
            step_y[0][steps] = p->flop_per_s;
            step_y[1][steps] = p->low_flop_per_s;
            step_y[2][steps] = p->high_flop_per_s;
            const double low = fitted ? p->low_flop_per_s : p->flop_per_s;
            lowest = low < lowest ? low : lowest;
            steps++;
            continue;
        }
        if (strcmp(p->kind, "ceiling") == 0) {
            other[others++] = p;
            continue;
        }
        const int prefill = strcmp(p->kind, "prefill") == 0;
        if (prefill)
            (void)snprintf(w.prefill, sizeof w.prefill, "prefill of %s",
                           tr_words_of(&w.numbers, p->query_token, TR_UNIT_CONTEXT));
        mark[marks++] = (tr_mark){.kind = TR_MARK_POINT,
                                  .role = prefill ? TR_ROLE_COMPUTE : TR_ROLE_KV,
                                  .x = p->intensity_flop_per_byte,
                                  .y = p->flop_per_s,
                                  .text = prefill ? w.prefill : "attention, at any batch"};
    }
    left /= 2.5;
    right *= 2.0;
    /* The batch asked for, between the powers of two. */
    if (question->load.batch_seq > 1.0 && question->load.batch_seq <= most) {
        const tr_roof_point own = weights_at(question, question->load.batch_seq);
        (void)snprintf(here, sizeof here, "your batch\xC2\xA0%s",
                       tr_words_of(&w.numbers, question->load.batch_seq, TR_UNIT_SEQ));
        mark[marks++] = (tr_mark){.kind = TR_MARK_POINT,
                                  .role = TR_ROLE_RESULT,
                                  .x = own.intensity_flop_per_byte,
                                  .y = own.flop_per_s,
                                  .text = here};
        right = own.intensity_flop_per_byte > right / 2.0 ? 2.0 * own.intensity_flop_per_byte : right;
    }
    /* The slope goes on to the highest ceiling. */
    double top = roof->flop_per_s, ceiling_x[ROOF_CEILINGS][2], ceiling_y[ROOF_CEILINGS][2];
    for (size_t i = 0; i < others; i++)
        top = other[i]->flop_per_s > top ? other[i]->flop_per_s : top;
    right = top / roof->byte_per_s > right / 4.0 ? 4.0 * top / roof->byte_per_s : right;
    const double slope_x[2] = {left, top / roof->byte_per_s}, slope_y[2] = {left * roof->byte_per_s, top};
    const double flat_x[2] = {ridge, right}, flat_y[2] = {roof->flop_per_s, roof->flop_per_s};
    if (most < 1e9 && tr_weight_intensity_flop_per_byte(roof, most) < right)
        mark[marks++] = (tr_mark){.kind = TR_MARK_VERTICAL,
                                  .role = TR_ROLE_LIMIT,
                                  .x = tr_weight_intensity_flop_per_byte(roof, most),
                                  .text = w.wall};
    write_words(question, most, &w);
    write_title(most, tr_balance_batch_seq(roof, 0.0),
                count > n && strcmp(point[n].kind, "attention") == 0, &w);
    tr_series series[5 + ROOF_CEILINGS] = {
        {.name = w.memory, .role = TR_ROLE_OTHER, .x = slope_x, .y = slope_y, .n = 2},
        {.name = w.compute, .role = TR_ROLE_OTHER, .x = flat_x, .y = flat_y, .n = 2},
        {.name = "weight multiplies, by batch",
         .kind = TR_SERIES_POINTS,
         .role = TR_ROLE_WEIGHTS,
         .x = x,
         .y = y,
         .n = n,
         .label = label},
        {.kind = TR_SERIES_BAND, .role = TR_ROLE_RESULT, .x = step_x, .y = step_y[1], .y2 = step_y[2],
         .n = fitted ? steps : 0},
        {.name = fitted ? "whole steps, predicted" : "whole steps, by operators", .role = TR_ROLE_RESULT, .x = step_x,
         .y = step_y[0], .n = steps},
    };
    size_t lines = steps > 0 ? 5 : 3;
    for (size_t i = 0; i < others; i++) {
        if (other[i]->math_dtype == roof->math_dtype)
            continue;
        ceiling_x[i][0] = other[i]->intensity_flop_per_byte;
        ceiling_x[i][1] = right;
        ceiling_y[i][0] = ceiling_y[i][1] = other[i]->flop_per_s;
        (void)snprintf(w.ceiling[i], sizeof w.ceiling[i], "%s: %s, ridge %s", tr_dtype_name(other[i]->math_dtype),
                       tr_words_short(&w.numbers, other[i]->flop_per_s, TR_UNIT_FLOP_PER_S),
                       tr_words_short(&w.numbers, other[i]->intensity_flop_per_byte, TR_UNIT_NONE));
        series[lines++] = (tr_series){.name = w.ceiling[i],
                                      .kind = TR_SERIES_DASHED,
                                      .role = TR_ROLE_COMPUTE,
                                      .x = ceiling_x[i],
                                      .y = ceiling_y[i],
                                      .n = 2};
    }
    const tr_figure figure = {.title = w.title,
                              .subtitle = w.subtitle,
                              .caption = "Left of the ridge memory decides, right of it compute. One read of "
                                         "the weights serves the whole batch, "
                                         "so their multiplies climb; each sequence reads its own KV\xC2\xA0"
                                         "cache, so attention stays where it is.",
                              .source = w.source,
                              .x = {.label = "intensity: FLOP for each byte read",
                                    .unit = TR_UNIT_NONE,
                                    .scale = TR_SCALE_LOG,
                                    .min = left,
                                    .max = right},
                              .y = {.label = w.y_label,
                                    .unit = TR_UNIT_FLOP_PER_S,
                                    .scale = TR_SCALE_LOG,
                                    .min = lowest / 2.0 < left * roof->byte_per_s ? lowest / 2.0
                                                                                  : left * roof->byte_per_s,
                                    .max = 2.5 * top},
                              .series = series,
                              .series_count = lines,
                              .marks = mark,
                              .mark_count = marks};
    return tr_figure_draw(&figure, target, sink, err);
}
