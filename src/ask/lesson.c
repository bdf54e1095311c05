/* ask/lesson.c -- exercises for a case: texts with its numbers, guesses read and graded, and what they sum to. */
#include "ask/lesson.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/quantile.h"
#include "base/text.h"
#include "figure/axis_map.h"

const char *tr_lesson_kind_name(tr_lesson_kind kind)
{
    static const char *const name[] = {"number", "choice", "explain"};
    return (int)kind >= 0 && (size_t)kind < sizeof name / sizeof name[0] ? name[kind] : NULL;
}


static tr_status check(const tr_problem *question, tr_error *err)
{
    if (question == NULL)
        return tr_fail(err, TR_EMISSING, "question", 0.0, "expected a model and a system");
    if (question->load.phase != TR_PHASE_DECODE)
        return tr_fail(err, TR_ECONFLICT, "phase", 0.0, "a lesson covers both phases: leave out --phase prefill");
    return TR_OK;
}

/* The choices, and the question with them behind it. */
static void ask_choices(const tr_lesson_case *c, const tr_lesson_row *row, tr_exercise *e)
{
    char all[384];
    size_t at = 0;
    tr_lesson_render(c, row->choices, all, sizeof all);
    for (int i = 0; i < TR_LESSON_CHOICES; i++) {
        const size_t length = strcspn(all + at, "|");
        char letter[8];
        (void)tr_text_copy_span(e->choice[i], sizeof e->choice[i], all + at, length);
        at += length + (all[at + length] == '|');
        if (length == 0)
            break;
        (void)snprintf(letter, sizeof letter, " (%c) ", 'a' + i);
        (void)tr_text_append(e->question, sizeof e->question, letter);
        (void)tr_text_append(e->question, sizeof e->question, e->choice[i]);
    }
}

static int ideas_of(const char *ideas)
{
    int count = ideas != NULL;
    for (; ideas != NULL && *ideas != '\0'; ideas++)
        count += *ideas == ';';
    return count;
}

tr_status tr_lesson_ask(const tr_problem *question, size_t index, tr_exercise *out, tr_error *err)
{
    const tr_status s = check(question, err);
    const tr_lesson_row *row = tr_lesson_row_at(index);
    if (s != TR_OK)
        return s;
    if (row == NULL || out == NULL)
        return tr_fail(err, TR_EDOMAIN, "index", (double)index, "there are %zu exercises", tr_lesson_count());
    const tr_problem pooled = tr_lesson_pooled(question);
    const tr_lesson_case c = tr_lesson_case_of(&pooled);
    tr_exercise e = {.kind = row->kind,
                     .id = row->id,
                     .chapter = tr_lesson_chapter_of(row->topic),
                     .ideas = row->ideas,
                     .idea_count = ideas_of(row->ideas),
                     .topic = row->topic,
                     .equation = row->equation,
                     .unit = row->unit,
                     .value = (double)NAN,
                     .card_front = row->card_front,
                     .card_back = row->card_back};
    double value = (double)NAN;
    e.asked = row->answer(&c, &value, NULL) == TR_OK && value > 0.0 && value < HUGE_VAL;
    if (e.asked)
        e.value = row->kind == TR_LESSON_EXPLAIN ? (double)((1U << e.idea_count) - 1U) : value;
    tr_lesson_name_figure(&c, &e);
    tr_lesson_render(&c, row->question, e.question, sizeof e.question);
    if (row->kind == TR_LESSON_CHOICE)
        ask_choices(&c, row, &e);
    tr_lesson_render(&c, row->hint, e.hint, sizeof e.hint);
    tr_lesson_render(&c, e.asked ? row->reveal : row->otherwise, e.reveal, sizeof e.reveal);
    *out = e;
    return TR_OK;
}

/* ---- guesses ---------------------------------------------------------------------- */

/* "b", "2", or how the choice begins. */
static tr_status parse_choice(const tr_exercise *e, const char *text, double *value, tr_error *err)
{
    int count = 0, found = 0;
    while (count < TR_LESSON_CHOICES && e->choice[count][0] != '\0')
        count++;
    const char first = tr_text_lower(text[0]);
    if (text[0] != '\0' && text[1] == '\0')
        found = first >= 'a' && first < 'a' + count ? first - 'a' + 1
                : first >= '1' && first < '1' + count ? first - '0'
                                                      : 0;
    for (int i = 0; i < count && found == 0 && text[0] != '\0' && text[1] != '\0'; i++)
        if (tr_text_starts(e->choice[i], text))
            found = i + 1;
    if (found == 0)
        return tr_fail(err, TR_EDOMAIN, e->id, 0.0, "expected a letter from a to %c, not '%.40s'", 'a' + count - 1,
                       text);
    *value = found;
    return TR_OK;
}

/* An idea is named where one of its words is in the text, whatever comes before or behind it. */
static double ideas_named(const tr_exercise *e, const char *text)
{
    unsigned named = 0, bit = 1;
    char word[48];
    for (const char *at = e->ideas; *at != '\0';) {
        const size_t length = strcspn(at, ",;");
        (void)tr_text_copy_span(word, sizeof word, at, length);
        if (tr_text_holds(text, word))
            named |= bit;
        at += length;
        if (*at == ';')
            bit <<= 1;
        at += *at != '\0';
    }
    return (double)named;
}

tr_status tr_lesson_parse(const tr_exercise *exercise, const char *text, double *value, tr_error *err)
{
    double guess = 0;
    if (exercise->kind == TR_LESSON_CHOICE)
        return parse_choice(exercise, text, value, err);
    if (exercise->kind == TR_LESSON_EXPLAIN) {
        *value = ideas_named(exercise, text);
        return TR_OK;
    }
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

static tr_status grade_choice(const tr_exercise *e, double value, tr_grade *out, tr_error *err)
{
    if (!(value >= 1.0 && value <= TR_LESSON_CHOICES && floor(value) == value))
        return tr_fail(err, TR_EDOMAIN, e->id, value, "a choice is from 1 to %d", TR_LESSON_CHOICES);
    const int right = value == e->value;
    *out = (tr_grade){(double)NAN, right ? 1.0 : 0.0, right ? "right" : "wrong"};
    return TR_OK;
}

static tr_status grade_ideas(const tr_exercise *e, double value, tr_grade *out, tr_error *err)
{
    if (!(value >= 0.0 && value <= e->value && floor(value) == value))
        return tr_fail(err, TR_EDOMAIN, e->id, value, "there are %d ideas, a bit each", e->idea_count);
    int named = 0;
    for (unsigned left = (unsigned)value; left != 0; left >>= 1)
        named += (int)(left & 1U);
    *out = (tr_grade){(double)NAN, (double)named / e->idea_count,
                      named == e->idea_count ? "complete" : named > 0 ? "in part" : "not yet"};
    return TR_OK;
}

tr_status tr_lesson_grade(const tr_exercise *exercise, double value, tr_grade *out, tr_error *err)
{
    if (!exercise->asked || !(exercise->value > 0.0))
        return tr_fail(err, TR_EDOMAIN, exercise->id, 0.0, "%s was not asked here", exercise->id);
    if (exercise->kind == TR_LESSON_CHOICE)
        return grade_choice(exercise, value, out, err);
    if (exercise->kind == TR_LESSON_EXPLAIN)
        return grade_ideas(exercise, value, out, err);
    if (!(value > 0.0 && value < HUGE_VAL))
        return tr_fail(err, TR_EDOMAIN, exercise->id, value, "a guess is a number above 0");
    const double error = fabs(tr_fig_log10(value) - tr_fig_log10(exercise->value));
    const double rounded = floor(error * 1000.0 + 0.5) / 1000.0;
    *out = (tr_grade){.log_error_ratio = rounded,
                      .score_share = rounded < 1.0 ? 1.0 - rounded : 0.0,
                      .verdict = verdict_of(rounded)};
    return TR_OK;
}

/* ---- the sum ------------------------------------------------------------------------- */

tr_status tr_lesson_summarise(const tr_problem *question, const tr_lesson_pick *pick, const tr_guess *guess,
                              tr_lesson_summary *out, tr_error *err)
{
    double errors[TR_LESSON_MAX], scratch[TR_LESSON_MAX], sum = 0.0, score = 0.0, weakest = 0.5;
    size_t numbers = 0;
    tr_lesson_summary sums = {.mean_log_error_ratio = (double)NAN, .median_log_error_ratio = (double)NAN};
    tr_status s = tr_lesson_check_pick(pick, err);
    tr_exercise e;
    for (size_t i = 0; s == TR_OK && i < tr_lesson_count() && i < TR_LESSON_MAX; i++) {
        tr_grade grade;
        if (!tr_lesson_picked(i, pick))
            continue;
        s = tr_lesson_ask(question, i, &e, err);
        if (s != TR_OK || !e.asked)
            continue;
        sums.asked++;
        sums.hinted += guess[i].hinted != 0;
        sums.reached += guess[i].reached || !isnan(guess[i].value);
        if (isnan(guess[i].value))
            continue;
        s = tr_lesson_grade(&e, guess[i].value, &grade, err);
        if (s != TR_OK)
            return s;
        sums.guessed++;
        score += grade.score_share;
        if (!isnan(grade.log_error_ratio)) {
            errors[numbers++] = grade.log_error_ratio;
            sum += grade.log_error_ratio;
        }
        /* The right size is well known; of those beyond it the furthest off. */
        const double off = isnan(grade.log_error_ratio) ? 1.0 - grade.score_share : grade.log_error_ratio + 0.199;
        if (off > weakest) {
            weakest = off;
            sums.weakest_topic = e.topic;
        }
    }
    if (s != TR_OK)
        return s;
    if (numbers > 0) {
        sums.mean_log_error_ratio = sum / (double)numbers;
        sums.median_log_error_ratio = tr_quantile(errors, numbers, 0.5, scratch);
    }
    sums.score_share = sums.reached > 0 ? score / (double)sums.reached : 0.0;
    *out = sums;
    return TR_OK;
}
