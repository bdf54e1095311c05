/* ask/figure_parts.c -- what the figures of a case share: grids, curves, and words with numbers in them.
 */
#include "ask/figure_parts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ask/asked.h"
#include "base/fail.h"
#include "base/text.h"

/* ---- grids -------------------------------------------------------------------- */

static void insert(tr_curve *curve, double value)
{
    size_t i = curve->n;
    if (curve->n == FIGURE_POINTS || !(value > curve->at[0] && value < curve->at[curve->n - 1]))
        return;
    for (; i > 0 && curve->at[i - 1] > value; i--)
        curve->at[i] = curve->at[i - 1];
    curve->at[i] = value;
    curve->n++;
}

static void insert_marks(tr_curve *curve, const double *mark, size_t mark_count)
{
    for (size_t i = 0; i < mark_count; i++)
        if (mark[i] < HUGE_VAL)
            insert(curve, mark[i]);
}

void tr_curve_grid_cubic(tr_curve *curve, double from, double to, const double *mark, size_t mark_count)
{
    curve->n = FIGURE_POINTS - 8;
    for (size_t i = 0; i < curve->n; i++) {
        const double t = (double)i / (double)(curve->n - 1);
        curve->at[i] = from + (to - from) * t * t * t;
    }
    insert_marks(curve, mark, mark_count);
}

void tr_curve_grid_log(tr_curve *curve, double from, double to, const double *mark, size_t mark_count)
{
    /* The 128th root by seven square roots: the same bits on every machine. */
    double ratio = to / from;
    for (int i = 0; i < 7; i++)
        ratio = sqrt(ratio);
    curve->n = 129;
    curve->at[0] = from;
    for (size_t i = 1; i < 128; i++)
        curve->at[i] = curve->at[i - 1] * ratio;
    curve->at[128] = to;
    insert_marks(curve, mark, mark_count);
}

double tr_figure_even_ratio(double range, size_t count)
{
    double ratio = 1.0, from = 1.0, to = 64.0;
    for (int i = 0; i < 60; i++) { /* ratio^(count - 1) = range */
        double power = 1.0;
        ratio = (from + to) / 2.0;
        for (size_t k = 1; k < count; k++)
            power *= ratio;
        *(power < range ? &from : &to) = ratio;
    }
    return ratio;
}

/* ---- curves ------------------------------------------------------------------- */

/* One by one: no closed form holds with layers on a host. */
static void put(tr_curve *curve, size_t i, const tr_roofline *roof, const tr_load *load)
{
    tr_step step;
    const int fine = tr_bound_step(roof, load, &step, NULL) == TR_OK;
    curve->compute_s[i] = fine ? step.compute_s : (double)NAN;
    curve->weights_s[i] = fine ? step.weights_s : (double)NAN;
    curve->kv_s[i] = fine ? step.kv_s : (double)NAN;
    curve->step_s[i] = fine ? step.step_s : (double)NAN;
}

static void evaluate(tr_curve *curve, const tr_problem *question, const double *batch_seq,
                     const double *kv_read_byte, const double *attention_flop)
{
    tr_bound_step_array(&question->roof, curve->n, batch_seq, kv_read_byte, attention_flop, curve->compute_s,
                        curve->weights_s, curve->kv_s, curve->step_s);
}

void tr_curve_over_batch(tr_curve *curve, const tr_problem *question, double context_token)
{
    if (tr_shard_has_host(&question->shard)) {
        for (size_t i = 0; i < curve->n; i++)
            put(curve, i, &question->roof, &(tr_load){TR_PHASE_DECODE, curve->at[i], context_token, 1.0});
        return;
    }
    const double read = tr_roofline_kv_read_byte(&question->roof, context_token);
    const double flop = tr_model_attention_flop(question->model, context_token);
    double reads[FIGURE_POINTS], flops[FIGURE_POINTS];
    for (size_t i = 0; i < curve->n; i++) {
        reads[i] = read;
        flops[i] = flop;
    }
    evaluate(curve, question, curve->at, reads, flops);
}

void tr_curve_over_context(tr_curve *curve, const tr_problem *question, double batch_seq)
{
    if (tr_shard_has_host(&question->shard)) {
        for (size_t i = 0; i < curve->n; i++)
            put(curve, i, &question->roof, &(tr_load){TR_PHASE_DECODE, batch_seq, curve->at[i], 1.0});
        return;
    }
    double batch[FIGURE_POINTS], reads[FIGURE_POINTS], flops[FIGURE_POINTS];
    for (size_t i = 0; i < curve->n; i++) {
        batch[i] = batch_seq;
        reads[i] = tr_roofline_kv_read_byte(&question->roof, curve->at[i]);
        flops[i] = tr_model_attention_flop(question->model, curve->at[i]);
    }
    evaluate(curve, question, batch, reads, flops);
}

void tr_curve_along(tr_curve *curve, const tr_along *along)
{
    if (along->input == TR_ALONG_BATCH)
        tr_curve_over_batch(curve, along->question, along->context_token);
    if (along->input == TR_ALONG_CONTEXT)
        tr_curve_over_context(curve, along->question, along->batch_seq);
    for (size_t i = 0; along->input == TR_ALONG_QUERY && i < curve->n; i++) {
        const tr_load load = tr_along_load(along, curve->at[i]);
        put(curve, i, &along->question->roof, &load);
    }
}

tr_step tr_figure_step(const tr_problem *question, double batch_seq, double context_token)
{
    const double read = tr_roofline_kv_read_byte(&question->roof, context_token);
    const double flop = tr_model_attention_flop(question->model, context_token);
    tr_step step = {0};
    if (tr_shard_has_host(&question->shard)) {
        const tr_load load = {TR_PHASE_DECODE, batch_seq, context_token, 1.0};
        (void)tr_bound_step(&question->roof, &load, &step, NULL);
        return step;
    }
    tr_bound_step_array(&question->roof, 1, &batch_seq, &read, &flop, &step.compute_s, &step.weights_s,
                        &step.kv_s, &step.step_s);
    return step;
}

/* Batch at which reading the KV cache takes as long as reading the weights, of which a
 * small batch of a mixture reads few; one for each replica if that is enough, HUGE_VAL if no batch is. */
static double even_batch_seq(const tr_problem *question, double context_token)
{
    const tr_step one = tr_figure_step(question, 1.0, context_token);
    if (!(one.kv_s > 0.0))
        return HUGE_VAL;
    const double least = question->roof.copy_count;
    double low = least, high = least * tr_floor_s(&question->roof) / one.kv_s; /* with all weights read */
    if (high > 1e9)
        return HUGE_VAL;
    if (high <= least || one.kv_s >= one.weights_s)
        return least;
    for (int i = 0; i < 60; i++) {
        const double middle = (low + high) / 2.0;
        const tr_step step = tr_figure_step(question, middle, context_token);
        if (step.kv_s >= step.weights_s)
            high = middle;
        else
            low = middle;
    }
    return high;
}

tr_batch_marks tr_batch_marks_of(const tr_problem *question, double context_token)
{
    const tr_roofline *roof = &question->roof;
    tr_batch_marks m;
    m.balance_seq = tr_balance_batch_seq(roof, context_token);
    m.most_seq = tr_shard_max_batch_seq(&question->shard, context_token);
    m.even_seq = even_batch_seq(question, context_token);
    /* Without a balance, show where the KV cache has left the weights behind, and the memory's end if it is
     * near. */
    const int balanced = m.balance_seq < 1e9;
    double end = balanced ? 2.2 * m.balance_seq : m.even_seq < HUGE_VAL ? 3.0 * m.even_seq : 1024.0;
    if (m.most_seq < (balanced ? end : 3.0 * end))
        end = 1.25 * m.most_seq;
    /* A balance beyond the memory is still worth seeing where it is not far. */
    if (m.most_seq < m.balance_seq && m.balance_seq < 3.0 * m.most_seq && end < 1.2 * m.balance_seq)
        end = 1.2 * m.balance_seq;
    m.end_seq = end < 8.0 ? 8.0 : end > 1e8 ? 1e8 : end;
    return m;
}

tr_status tr_check_figure(const tr_problem *question, double batch_seq, double context_token, tr_error *err)
{
    if (question->load.phase == TR_PHASE_PREFILL)
        return tr_fail(err, TR_ECONFLICT, "phase", (double)question->load.phase,
                       "curves and rooflines are of decode steps: leave --phase prefill out");
    return tr_check_fits(question, batch_seq, context_token, err);
}

tr_status tr_check_along(const tr_along *along, tr_error *err)
{
    const tr_load first = tr_along_load(along, along->input == TR_ALONG_CONTEXT ? 0.0 : 1.0);
    if (along->input == TR_ALONG_QUERY)
        return tr_check_fits(along->question, first.batch_seq, tr_held_token(&first), err);
    return tr_check_figure(along->question, first.batch_seq, first.context_token, err);
}

/* Context at which reading the KV cache takes as long as reading the weights; HUGE_VAL if it never does. */
static double even_context_token(const tr_problem *question, double batch_seq)
{
    double low = 0.0, high = 1024.0;
    for (;;) {
        const tr_step step = tr_figure_step(question, batch_seq, high);
        if (step.kv_s >= step.weights_s)
            break;
        low = high;
        high *= 2.0;
        if (high > 1e10)
            return HUGE_VAL;
    }
    while (high - low > 1.0) {
        const double middle = floor((low + high) / 2.0);
        const tr_step step = tr_figure_step(question, batch_seq, middle);
        if (step.kv_s >= step.weights_s)
            high = middle;
        else
            low = middle;
    }
    return high;
}

/* How far to look so that the event is seen, without running far past a wall or the model's limit. */
static double end_of(double event, double wall, double limit, double here)
{
    /* Nobody's context: millions of tokens that no model is known to take. */
    if (!(limit > 0.0) && event > 4194304.0)
        event = HUGE_VAL;
    double end = event < HUGE_VAL ? 2.2 * event : limit > 0.0 ? limit : 131072.0;
    if (limit > 0.0 && end > 1.15 * limit)
        end = event < 3.0 * limit && event > limit ? 1.2 * event : 1.15 * limit;
    if (wall >= 1.0 && wall < end)
        end = event < 2.5 * wall && event > wall ? 1.2 * event : 1.25 * wall;
    if (end < 1.15 * here && here <= wall)
        end = 1.15 * here;
    return end < 64.0 ? 64.0 : end;
}

tr_context_marks tr_context_marks_of(const tr_problem *question, double batch_seq)
{
    const tr_roofline *roof = &question->roof;
    tr_context_marks m;
    m.cliff_token = tr_cliff_context_token(roof, batch_seq);
    m.even_token = even_context_token(question, batch_seq);
    m.most_token = tr_shard_max_context_token(&question->shard, batch_seq);
    m.limit_token = question->model->max_context_token;
    m.end_token = end_of(m.cliff_token <= 0.0 ? m.even_token : m.cliff_token, m.most_token, m.limit_token,
                         question->load.context_token);
    return m;
}

tr_query_marks tr_query_marks_of(const tr_problem *question, double batch_seq, double context_token)
{
    const double limit = question->model->max_context_token - context_token;
    tr_query_marks m = {.ridge_token = tr_ridge_query_token(&question->roof, batch_seq, context_token),
                        .most_token = tr_shard_max_context_token(&question->shard, batch_seq) - context_token,
                        .limit_token = limit > 0.0 ? limit : 0.0,
                        .end_token = 8192.0};
    while (m.ridge_token < 1e7 && m.end_token < 8.0 * m.ridge_token)
        m.end_token *= 2.0;
    if (m.limit_token > 64.0 && m.limit_token < m.end_token)
        m.end_token = m.limit_token;
    if (m.most_token < m.end_token)
        m.end_token = m.most_token > 16.0 ? 1.25 * m.most_token : 16.0;
    return m;
}

double tr_context_batch_seq(const tr_problem *question)
{
    const double twice = 2.0 * tr_balance_batch_seq(&question->roof, 0.0);
    const double most = tr_shard_max_batch_seq(&question->shard, question->load.context_token);
    const double batch = twice < most ? twice : most;
    if (!(batch >= 1.0 && batch <= 1e9))
        return 1.0;
    double unit = 1.0; /* a round number: two digits of it */
    while (batch >= 100.0 * unit)
        unit *= 10.0;
    return floor(batch / unit) * unit;
}

tr_second tr_second_of(const tr_roofline *roof)
{
    if (roof->usd_per_s > 0.0)
        return (tr_second){roof->usd_per_s, TR_UNIT_USD, "dollars for a million tokens"};
    return (tr_second){roof->chip_count, TR_UNIT_NONE, "chip-seconds for a million tokens"};
}

double tr_second_cost(const tr_second *second, double step_s, double token)
{
    return step_s / token * second->per_s * 1e6;
}

tr_figure_target tr_figure_target_of(const tr_style *style)
{
    const int columns = style->columns < 40 ? 40 : style->columns > 120 ? 120 : style->columns;
    return (tr_figure_target){.terminal = 1,
                              .columns = columns,
                              .rows = columns < 80 ? 24 : 28,
                              .colour = style->colour,
                              .ascii = style->ascii};
}

/* ---- words -------------------------------------------------------------------- */

const char *tr_words_of(tr_words *words, double value, tr_unit unit)
{
    char *out = words->text[words->next];
    words->next = (words->next + 1) % 12;
    tr_fig_quantity(value, unit, out, sizeof words->text[0]);
    return out;
}

const char *tr_words_short(tr_words *words, double value, tr_unit unit)
{
    if (value > 0.0 && value < 1e200) {
        const double most = unit == TR_UNIT_USD && value < 0.1 ? 100.0 : 1000.0;
        double scale = 1.0;
        while (value / scale >= most)
            scale *= 10.0;
        while (value / scale < most / 10.0)
            scale /= 10.0;
        value = floor(value / scale + 0.5) * scale;
    }
    if (unit == TR_UNIT_CONTEXT && value >= 1e6) /* a rounded million is no multiple of 1024 */
        unit = TR_UNIT_NONE;
    return tr_words_of(words, value, unit);
}

/* A dot between two facts, glued to the first so that no line begins with it. */
#define DOT "\xC2\xA0\xC2\xB7 "

/* "tp 8, dp 2": no line ends between a word and its number. */
static void glue_numbers(const char *text, char *out, size_t size)
{
    size_t n = 0;
    for (; *text != '\0' && n + 3 < size; text++) {
        const int is_glue = *text == ' ' && text[1] >= '0' && text[1] <= '9';
        if (is_glue)
            out[n++] = '\xC2';
        out[n++] = is_glue ? '\xA0' : *text;
    }
    out[n] = '\0';
}

void tr_figure_subtitle_of(const tr_problem *question, const char *layout, const char *what, char *out, size_t size)
{
    const tr_roofline *roof = &question->roof;
    const char *model = question->model->name, *system = question->system->name;
    char who[sizeof question->model->name + sizeof question->system->name + 8], formats[96] = "", glued[224];
    if (strcmp(model, system) == 0) /* a preset is both */
        (void)tr_text_copy(who, sizeof who, model);
    else
        (void)snprintf(who, sizeof who, "%s on %s", model, system);
    if (question->model->layer_kinds > 0)
        (void)snprintf(formats, sizeof formats,
                       DOT "%s weights, %s KV\xC2\xA0"
                           "cache, %s math",
                       tr_question_weights(question), tr_dtype_name(roof->kv_dtype),
                       tr_dtype_name(roof->math_dtype));
    glue_numbers(layout, glued, sizeof glued);
    (void)snprintf(out, size, "%s" DOT "%s%s%s%s", who, what, layout[0] != '\0' ? DOT : "", glued, formats);
}

void tr_figure_subtitle(const tr_problem *question, const char *what, char *out, size_t size)
{
    char layout[96] = "";
    if (!question->blackboard)
        (void)tr_layout_format(&question->layout, layout, sizeof layout);
    tr_figure_subtitle_of(question, layout, what, out, size);
}

void tr_figure_subtitle_pooled(const tr_problem *question, const char *what, char *out, size_t size)
{
    tr_figure_subtitle_of(question, "", what, out, size);
}
