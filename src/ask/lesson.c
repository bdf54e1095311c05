/* ask/lesson.c -- exercises for a case: texts with its numbers, guesses read and graded, and what they sum to. */
#include "ask/lesson.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/quantile.h"
#include "base/text.h"
#include "figure/axis_map.h"

enum { USUAL_BATCH_SEQ = 64 };

size_t tr_lesson_count(void) { return tr_lesson_row_count; }

/* ---- texts ---------------------------------------------------------------------- */

typedef struct fact {
    const char *name;
    tr_unit unit;
    double value;
    const char *text; /* instead of a number */
} fact;

/* What stands for {name...; 0 if nobody knows it. */
static int fact_text(const fact *list, size_t count, const char *name, size_t length, char *out, size_t size)
{
    for (size_t i = 0; i < count; i++) {
        if (strlen(list[i].name) != length || memcmp(list[i].name, name, length) != 0)
            continue;
        if (list[i].text != NULL)
            (void)tr_text_copy(out, size, list[i].text);
        else
            (void)tr_quantity_format(list[i].value, list[i].unit, out, size);
        return 1;
    }
    return 0;
}

static void render(const tr_lesson_case *c, const char *text, char *out, size_t size)
{
    const tr_roofline *roof = &c->question->roof;
    const tr_model *model = c->question->model;
    const tr_shard *shard = &c->question->shard;
    char layout[96];
    (void)tr_layout_format(&shard->layout, layout, sizeof layout);
    const fact facts[] = {
        {"model", TR_UNIT_NONE, 0, model->name},
        {"system", TR_UNIT_NONE, 0, c->question->system->name},
        {"context", TR_UNIT_CONTEXT, c->context_token, NULL},
        {"batch", TR_UNIT_SEQ, c->batch_seq, NULL},
        {"chips", TR_UNIT_NONE, roof->chip_count, NULL},
        {"active", TR_UNIT_PARAM, model->active_param, NULL},
        {"total", TR_UNIT_PARAM, model->total_param, NULL},
        {"weights", TR_UNIT_BYTE, roof->fixed_weight_byte + roof->routed_weight_byte, NULL},
        {"stored", TR_UNIT_BYTE, roof->store_weight_byte, NULL},
        {"bandwidth", TR_UNIT_BYTE_PER_S, roof->byte_per_s, NULL},
        {"flops", TR_UNIT_FLOP_PER_S, roof->flop_per_s, NULL},
        {"memory", TR_UNIT_BYTE, roof->memory_byte, isfinite(roof->memory_byte) ? NULL : "all memory"},
        {"kv", TR_UNIT_BYTE, roof->kv_byte_per_token, NULL},
        {"cache", TR_UNIT_BYTE, tr_model_kv_store_byte(model, c->context_token, tr_dtype_byte(roof->kv_dtype)), NULL},
        {"layout", TR_UNIT_NONE, 0, layout},
        {"room", TR_UNIT_BYTE, shard->cache_room_byte, isfinite(shard->cache_room_byte) ? NULL : "any amount"},
        {"part", TR_UNIT_BYTE, tr_shard_seq_byte(shard, c->context_token), NULL},
        {"ranks", TR_UNIT_NONE, shard->layout.dp_rank * shard->layout.replica_count, NULL},
        {"ridge", TR_UNIT_FLOP_PER_BYTE, tr_ridge_flop_per_byte(roof), NULL},
        {"price", TR_UNIT_USD_PER_HOUR, c->question->system->usd_per_hour, NULL},
    };
    (void)tr_text_copy(out, size, "");
    for (const char *at = text; *at != '\0';) {
        char part[TR_NAME_MAX] = {*at, '\0'};
        const char *end = *at == '{' ? strchr(at, '}') : NULL;
        if (end != NULL &&
            fact_text(facts, sizeof facts / sizeof facts[0], at + 1, (size_t)(end - at - 1), part, sizeof part))
            at = end + 1;
        else
            at++;
        (void)tr_text_append(out, size, part);
    }
}

static tr_lesson_case case_of(const tr_problem *question)
{
    tr_lesson_case c = {question, question->load.context_token, question->load.batch_seq};
    if (!(c.batch_seq > 1)) {
        const double most = tr_shard_max_batch_seq(&question->shard, c.context_token);
        c.batch_seq = most < USUAL_BATCH_SEQ ? most : USUAL_BATCH_SEQ;
        if (!(c.batch_seq >= 1))
            c.batch_seq = 1;
    }
    return c;
}

static tr_status check(const tr_problem *question, tr_error *err)
{
    if (question == NULL)
        return tr_fail(err, TR_EMISSING, "question", 0.0, "expected a model and a system");
    if (question->load.phase != TR_PHASE_DECODE)
        return tr_fail(err, TR_ECONFLICT, "phase", 0.0, "a lesson covers both phases: leave out --phase prefill");
    return TR_OK;
}

tr_status tr_lesson_ask(const tr_problem *question, size_t index, tr_exercise *out, tr_error *err)
{
    const tr_status s = check(question, err);
    if (s != TR_OK)
        return s;
    if (index >= tr_lesson_row_count || out == NULL)
        return tr_fail(err, TR_EDOMAIN, "index", (double)index, "there are %zu exercises", tr_lesson_row_count);
    const tr_lesson_row *row = &tr_lesson_rows[index];
    const tr_lesson_case c = case_of(question);
    tr_exercise e = {.id = row->id,
                     .topic = row->topic,
                     .equation = row->equation,
                     .unit = row->unit,
                     .value = (double)NAN,
                     .card_front = row->card_front,
                     .card_back = row->card_back};
    double value = (double)NAN;
    e.asked = row->answer(&c, &value, NULL) == TR_OK && value > 0.0 && value < HUGE_VAL;
    if (e.asked)
        e.value = value;
    render(&c, row->question, e.question, sizeof e.question);
    render(&c, row->hint, e.hint, sizeof e.hint);
    render(&c, e.asked ? row->reveal : row->otherwise, e.reveal, sizeof e.reveal);
    *out = e;
    return TR_OK;
}

/* ---- guesses ---------------------------------------------------------------------- */

tr_status tr_lesson_parse(const tr_exercise *exercise, const char *text, double *value, tr_error *err)
{
    double guess = 0;
    const tr_status s = tr_quantity_parse(text, exercise->unit, &guess, err);
    if (s != TR_OK)
        return s;
    if (!(guess > 0.0))
        return tr_fail(err, TR_EDOMAIN, exercise->id, guess,
                       "a guess is above 0: its error is counted in powers of ten");
    *value = guess;
    return TR_OK;
}

static const char *verdict_of(double log_error)
{
    return log_error <= 0.021   ? "spot on"        /* 5% */
           : log_error <= 0.097 ? "close"          /* 25% */
           : log_error <= 0.301 ? "the right size" /* twice */
           : log_error <= 1.0   ? "off"
                                : "far off";
}

tr_status tr_lesson_grade(const tr_exercise *exercise, double value, tr_grade *out, tr_error *err)
{
    if (!exercise->asked || !(exercise->value > 0.0))
        return tr_fail(err, TR_EDOMAIN, exercise->id, 0.0, "%s was not asked here", exercise->id);
    if (!(value > 0.0 && value < HUGE_VAL))
        return tr_fail(err, TR_EDOMAIN, exercise->id, value, "a guess is a number above 0");
    const double error = fabs(tr_fig_log10(value) - tr_fig_log10(exercise->value));
    const double rounded = floor(error * 1000.0 + 0.5) / 1000.0;
    *out = (tr_grade){.log_error_ratio = rounded,
                      .score_share = rounded < 1.0 ? 1.0 - rounded : 0.0,
                      .verdict = verdict_of(rounded)};
    return TR_OK;
}

/* ---- topics, and the sum ------------------------------------------------------------- */

const char *tr_lesson_topic(size_t index)
{
    for (size_t i = 0; i < tr_lesson_row_count; i++) {
        int seen = 0;
        for (size_t k = 0; k < i; k++)
            seen |= strcmp(tr_lesson_rows[k].topic, tr_lesson_rows[i].topic) == 0;
        if (!seen && index-- == 0)
            return tr_lesson_rows[i].topic;
    }
    return NULL;
}

int tr_lesson_in_topic(size_t index, const char *topic)
{
    return index < tr_lesson_row_count &&
           (topic == NULL || topic[0] == '\0' || tr_text_same(topic, tr_lesson_rows[index].topic));
}

static tr_status check_topic(const char *topic, tr_error *err)
{
    char known[256] = "";
    if (topic == NULL || topic[0] == '\0')
        return TR_OK;
    for (size_t i = 0; tr_lesson_topic(i) != NULL; i++) {
        if (tr_text_same(topic, tr_lesson_topic(i)))
            return TR_OK;
        (void)tr_text_append(known, sizeof known, i > 0 ? ", " : "");
        (void)tr_text_append(known, sizeof known, tr_lesson_topic(i));
    }
    return tr_fail(err, TR_EUNKNOWN, "topic", 0.0, "no topic '%.40s': there are %s", topic, known);
}

tr_status tr_lesson_summarise(const tr_problem *question, const char *topic, const tr_guess *guess,
                              tr_lesson_summary *out, tr_error *err)
{
    double errors[TR_LESSON_MAX], scratch[TR_LESSON_MAX], sum = 0.0, score = 0.0, weakest = -1.0;
    tr_lesson_summary sums = {0, 0, 0, (double)NAN, (double)NAN, 0.0, NULL};
    tr_status s = check_topic(topic, err);
    tr_exercise e;
    for (size_t i = 0; s == TR_OK && i < tr_lesson_row_count && i < TR_LESSON_MAX; i++) {
        tr_grade grade;
        if (!tr_lesson_in_topic(i, topic))
            continue;
        s = tr_lesson_ask(question, i, &e, err);
        if (s != TR_OK || !e.asked)
            continue;
        sums.asked++;
        sums.hinted += guess[i].hinted != 0;
        if (isnan(guess[i].value))
            continue;
        s = tr_lesson_grade(&e, guess[i].value, &grade, err);
        if (s != TR_OK)
            return s;
        errors[sums.guessed++] = grade.log_error_ratio;
        sum += grade.log_error_ratio;
        score += grade.score_share;
        if (grade.log_error_ratio > weakest && grade.log_error_ratio > 0.301) {
            weakest = grade.log_error_ratio;
            sums.weakest_topic = e.topic;
        }
    }
    if (s != TR_OK)
        return s;
    if (sums.guessed > 0) {
        sums.mean_log_error_ratio = sum / (double)sums.guessed;
        sums.median_log_error_ratio = tr_quantile(errors, sums.guessed, 0.5, scratch);
    }
    sums.score_share = sums.asked > 0 ? score / (double)sums.asked : 0.0;
    *out = sums;
    return TR_OK;
}
