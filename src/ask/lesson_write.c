/* ask/lesson_write.c -- a lesson as a page or a document: questions, what was guessed, what is so, and cards. */
#include <tokenroof/ask.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ask/lesson.h"
#include "base/fail.h"
#include "base/text.h"
#include "write/print.h"
#include "write/rows.h"

/* ---- one exercise as text ----------------------------------------------------------- */

static tr_status write_paragraph(const char *first, const char *next, const char *text, const tr_style *style,
                                 tr_sink *sink, tr_error *err)
{
    tr_writer out;
    tr_writer_begin(&out, sink);
    tr_print_wrapped(&out, first, next, text, style->columns);
    return tr_written(tr_writer_finish(&out), err);
}

tr_status tr_lesson_write_question(const tr_exercise *e, size_t number, const tr_style *style, tr_sink *sink,
                                   tr_error *err)
{
    char first[16];
    (void)snprintf(first, sizeof first, "\n%2zu  ", number);
    return write_paragraph(first, "    ", e->question, style, sink, err);
}

tr_status tr_lesson_write_hint(const tr_exercise *e, const tr_style *style, tr_sink *sink, tr_error *err)
{
    return write_paragraph("    hint: ", "          ", e->hint, style, sink, err);
}

static void print_grade(const tr_exercise *e, const tr_guess *guess, const tr_grade *grade, tr_writer *out)
{
    char text[256], said[128];
    const double times = guess->value > e->value ? guess->value / e->value : e->value / guess->value;
    (void)tr_lesson_value_text(e, guess->value, said, sizeof said);
    if (e->kind != TR_LESSON_NUMBER || times < 1.005)
        (void)snprintf(text, sizeof text, "    you said %s: %s\n", said, grade->verdict);
    else
        (void)snprintf(text, sizeof text, "    you said %s, %.3g times too %s: %s (%.3g powers of ten)\n", said, times,
                       guess->value > e->value ? "much" : "little", grade->verdict, grade->log_error_ratio);
    tr_write_text(out, text);
}

/* The first word of each idea that was not named. */
static void print_missing(const tr_exercise *e, double value, const tr_style *style, tr_writer *out)
{
    char text[256] = "";
    unsigned bit = 1;
    for (const char *at = e->ideas; *at != '\0'; bit <<= 1) {
        char word[48];
        (void)tr_text_copy_span(word, sizeof word, at, strcspn(at, ",;"));
        if (((unsigned)value & bit) == 0) {
            (void)tr_text_append(text, sizeof text, text[0] != '\0' ? ", " : "");
            (void)tr_text_append(text, sizeof text, word);
        }
        at += strcspn(at, ";");
        at += *at == ';';
    }
    if (text[0] != '\0')
        tr_print_wrapped(out, "    not named: ", "               ", text, style->columns);
}

tr_status tr_lesson_write_reveal(const tr_exercise *e, const tr_guess *guess, const tr_style *style, tr_sink *sink,
                                 tr_error *err)
{
    char text[1400], answer[128];
    tr_grade grade;
    tr_writer out;
    const tr_equation *equation = tr_equation_find(e->equation);
    tr_writer_begin(&out, sink);
    if (!isnan(guess->value) && tr_lesson_grade(e, guess->value, &grade, NULL) == TR_OK) {
        print_grade(e, guess, &grade, &out);
        if (e->kind == TR_LESSON_EXPLAIN)
            print_missing(e, guess->value, style, &out);
    }
    if (e->kind != TR_LESSON_EXPLAIN) {
        tr_write_text(&out, style->colour ? "    \033[1m= " : "    = ");
        tr_write_text(&out, tr_lesson_value_text(e, e->value, answer, sizeof answer));
        tr_write_text(&out, style->colour ? "\033[0m\n" : "\n");
    }
    if (equation != NULL)
        (void)snprintf(text, sizeof text, "%s (%s: %s)", e->reveal, e->equation, equation->formula);
    else
        (void)snprintf(text, sizeof text, "%s (claim %s)", e->reveal, e->equation);
    tr_print_wrapped(&out, "    ", "    ", text, style->columns);
    return tr_written(tr_writer_finish(&out), err);
}

tr_status tr_lesson_write_summary(const tr_lesson_summary *sums, const tr_style *style, tr_sink *sink, tr_error *err)
{
    char text[192], times[32];
    double factor = 1.0; /* 10^median, a tenth of a power at a time, is enough for a sentence */
    tr_writer out;
    tr_writer_begin(&out, sink);
    tr_print_heading(&out, style, "How it went");
    (void)snprintf(text, sizeof text, "%zu of %zu, %zu with a hint", sums->guessed, sums->reached, sums->hinted);
    (void)snprintf(times, sizeof times, "%zu more", sums->asked - sums->reached);
    tr_print_line(&out, "answered", text, NULL);
    if (sums->asked > sums->reached)
        tr_print_line(&out, "not reached", times, "they do not count");
    if (!isnan(sums->median_log_error_ratio)) {
        for (double left = sums->median_log_error_ratio; left > 0.0; left -= 0.05)
            factor *= left >= 0.05 ? 1.1220184543019633 : 1.0 + (1.1220184543019633 - 1.0) * left / 0.05;
        (void)snprintf(times, sizeof times, "%.3g", sums->median_log_error_ratio);
        (void)snprintf(text, sizeof text, "powers of ten in the median: a factor of %.2g", factor);
        tr_print_line(&out, "error", times, text);
        (void)snprintf(times, sizeof times, "%.3g", sums->mean_log_error_ratio);
        tr_print_line(&out, "", times, "in the mean");
    }
    if (sums->guessed > 0)
        tr_print_quantity(&out, "score", sums->score_share, TR_UNIT_RATIO,
                          "of what was reached: 1 for the answer, 0 from a factor of ten on");
    if (sums->weakest_topic != NULL) {
        (void)snprintf(text, sizeof text, "again: --topic %s, --cards", sums->weakest_topic);
        tr_print_line(&out, "furthest off", sums->weakest_topic, text);
    }
    return tr_written(tr_writer_finish(&out), err);
}

/* ---- a whole lesson ------------------------------------------------------------------- */

typedef struct lesson_row {
    tr_exercise e;
    tr_guess guess;
    tr_grade grade; /* NaN without a guess */
} lesson_row;

typedef struct walk {
    const tr_subject *subject;
    const tr_problem *question;
    const tr_lesson_pick *pick;
    const tr_guess *guess;
    const tr_lesson_place *place;
    size_t index[TR_LESSON_MAX]; /* of the exercises in the topic */
    size_t count;
    lesson_row row;
} walk;

static const void *row_at(void *context, size_t index, tr_error *err)
{
    walk *w = context;
    lesson_row *row = &w->row;
    if (tr_lesson_ask(w->question, w->index[index], &row->e, err) != TR_OK)
        return NULL;
    row->guess = w->guess[w->index[index]];
    row->grade = (tr_grade){(double)NAN, (double)NAN, NULL};
    if (row->e.asked && !isnan(row->guess.value) &&
        tr_lesson_grade(&row->e, row->guess.value, &row->grade, err) != TR_OK)
        return NULL;
    return row;
}

#define TEXT(NAME, VALUE) TR_TEXT(lesson_row, NAME, VALUE)
#define NUMBER(NAME, VALUE) TR_NUMBER(lesson_row, NAME, VALUE)
TEXT(id, row->e.id)
TEXT(kind, tr_lesson_kind_name(row->e.kind))
TEXT(chapter_title, tr_lesson_chapter(row->e.chapter))
NUMBER(chapter, row->e.chapter)
TEXT(figure, row->e.figure)
TEXT(figure_part, row->e.figure_part)
TEXT(topic, row->e.topic)
TEXT(question, row->e.question)
TEXT(unit, row->e.kind == TR_LESSON_NUMBER ? tr_lesson_unit_word(row->e.unit) : NULL)
TEXT(hint, row->e.hint)
TEXT(equation, row->e.equation)
TEXT(reveal, row->e.reveal)
TEXT(verdict, row->grade.verdict)
static double shown(const tr_exercise *e, double value)
{
    return e->kind == TR_LESSON_EXPLAIN && !isnan(value) ? (double)tr_lesson_ideas_in(value) : value;
}
NUMBER(answer, shown(&row->e, row->e.value))
NUMBER(guessed, shown(&row->e, row->guess.value))
NUMBER(log_error, row->grade.log_error_ratio)
NUMBER(score, row->grade.score_share)
TR_FLAG(lesson_row, asked, row->e.asked)
TR_FLAG(lesson_row, hinted, row->guess.hinted)
TR_FLAG(lesson_row, was_reached, row->guess.reached || !isnan(row->guess.value))
static const tr_field list[] = {
    TR_T("id", id),
    TR_N("chapter", NONE, chapter),
    TR_T("chapter_title", chapter_title),
    TR_T("topic", topic),
    TR_T("kind", kind),
    TR_T("question", question),
    TR_T("unit", unit),
    TR_T("figure", figure),
    TR_T("figure_part", figure_part),
    TR_F("asked", asked),
    TR_F("reached", was_reached),
    TR_N("answer", NONE, answer),
    TR_N("guess", NONE, guessed),
    TR_N("log10_error", NONE, log_error),
    TR_T("verdict", verdict),
    TR_N("score", NONE, score),
    TR_F("hinted", hinted),
    TR_T("hint", hint),
    TR_T("reveal", reveal),
    TR_T("equation", equation),
};
static const tr_fields fields = {list, sizeof list / sizeof list[0]};

/* What a page needs to ask it: the choices, and the ideas of an explanation, each by its words. */
static void more_json(const void *p, tr_json *json)
{
    const lesson_row *row = p;
    if (row->e.kind == TR_LESSON_CHOICE) {
        tr_json_key_array(json, "choices");
        for (int i = 0; i < TR_LESSON_CHOICES && row->e.choice[i][0] != '\0'; i++)
            tr_json_string(json, row->e.choice[i]);
        tr_json_close(json);
    }
    if (row->e.kind == TR_LESSON_EXPLAIN)
        tr_json_key_string(json, "ideas", row->e.ideas);
}

#define PLACE(NAME, VALUE) TR_NUMBER(tr_lesson_place, place_##NAME, VALUE)
PLACE(rate, row->token_per_s)
PLACE(batch, row->batch_seq)
PLACE(context, row->context_token)
PLACE(bound, row->bound_token_per_s)
PLACE(share, row->bound_share)
PLACE(mfu, row->mfu)
PLACE(mbu, row->mbu)
PLACE(intensity, row->intensity_flop_per_byte)
PLACE(ridge, row->ridge_flop_per_byte)
PLACE(flop, row->flop_per_s)
PLACE(balance, row->balance_batch_seq)
PLACE(room, row->room_batch_seq)
TR_TEXT(tr_lesson_place, place_futile, row->futile)
static const tr_field place_list[] = {
    TR_N("measured.token_per_s", TOKEN_PER_S, place_rate),
    TR_N("measured.batch_seq", SEQ, place_batch),
    TR_N("measured.context_token", CONTEXT, place_context),
    TR_N("measured.bound_token_per_s", TOKEN_PER_S, place_bound),
    TR_N("measured.bound_share", RATIO, place_share),
    TR_N("measured.mfu", RATIO, place_mfu),
    TR_N("measured.mbu", RATIO, place_mbu),
    TR_N("measured.intensity_flop_per_byte", FLOP_PER_BYTE, place_intensity),
    TR_N("measured.ridge_flop_per_byte", FLOP_PER_BYTE, place_ridge),
    TR_N("measured.flop_per_s", FLOP_PER_S, place_flop),
    TR_N("measured.balance_batch_seq", SEQ, place_balance),
    TR_N("measured.max_batch_seq", SEQ, place_room),
    TR_T("measured.futile", place_futile),
};
static const tr_fields place_fields = {place_list, sizeof place_list / sizeof place_list[0]};

tr_status tr_lesson_write_chapter(int chapter, const tr_style *style, tr_sink *sink, tr_error *err)
{
    char text[96];
    tr_writer out;
    tr_writer_begin(&out, sink);
    (void)snprintf(text, sizeof text, "%d. %s", chapter, tr_lesson_chapter(chapter));
    tr_print_heading(&out, style, text);
    return tr_written(tr_writer_finish(&out), err);
}

/* The exercises are asked all the same: they are of equations, which know no memory. */
static void write_unfit(const tr_problem *q, const tr_style *style, tr_writer *out)
{
    const tr_lesson_case c = tr_lesson_case_of(q);
    const double most = tr_shard_max_batch_seq(&q->shard, c.context_token);
    char text[256] = "the model does not fit this machine: every answer is of a larger memory of the same speed";
    if (most >= c.batch_seq)
        return;
    if (most >= 1.0)
        (void)snprintf(text, sizeof text,
                       "memory holds %.0f sequences at this context: answers for a batch of %.0f are of a larger "
                       "memory of the same speed",
                       floor(most), c.batch_seq);
    tr_print_wrapped(out, "note: ", "      ", text, style->columns);
}

tr_status tr_lesson_write_intro(const tr_problem *question, const tr_style *style, tr_sink *sink, tr_error *err)
{
    const tr_lesson_case c = tr_lesson_case_of(question);
    char text[512];
    tr_writer out;
    tr_writer_begin(&out, sink);
    tr_lesson_render(&c, "{model} on {system} at {context} tokens of context: predict, then look.", text, sizeof text);
    tr_print_wrapped(&out, "", "", text, style->columns);
    tr_print_wrapped(&out, "", "",
                     "Times are the two equations' at datasheet peaks, all chips one machine: nothing real is faster.",
                     style->columns);
    write_unfit(question, style, &out);
    return tr_written(tr_writer_finish(&out), err);
}

static tr_status write_text(walk *w, const tr_lesson_summary *sums, const tr_style *style, tr_sink *sink, tr_error *err)
{
    char text[512];
    size_t number = 0;
    int chapter = 0;
    tr_status s = tr_lesson_write_intro(w->question, style, sink, err);
    for (size_t i = 0; s == TR_OK && i < w->count; i++) {
        const lesson_row *row = row_at(w, i, err);
        if (row == NULL)
            return err != NULL ? err->status : TR_EDOMAIN;
        if (row->e.chapter != chapter)
            s = tr_lesson_write_chapter(chapter = row->e.chapter, style, sink, err);
        if (s != TR_OK)
            return s;
        if (!row->e.asked) {
            (void)snprintf(text, sizeof text, "(%s is not asked: %.300s)", row->e.id, row->e.reveal);
            s = write_paragraph("\n    ", "    ", text, style, sink, err);
            continue;
        }
        s = tr_lesson_write_question(&row->e, ++number, style, sink, err);
        if (s == TR_OK && row->guess.hinted)
            s = tr_lesson_write_hint(&row->e, style, sink, err);
        if (s == TR_OK && row->guess.drawn)
            s = tr_lesson_write_figure(w->subject, &row->e, 0, NULL, style, sink, err);
        if (s == TR_OK)
            s = tr_lesson_write_reveal(&row->e, &row->guess, style, sink, err);
        if (s == TR_OK && row->guess.drawn)
            s = tr_lesson_write_figure(w->subject, &row->e, 1, NULL, style, sink, err);
    }
    if (s == TR_OK && w->place != NULL)
        s = tr_lesson_write_place(w->place, style, sink, err);
    return s == TR_OK ? tr_lesson_write_summary(sums, style, sink, err) : s;
}

static tr_status write_json(const tr_rows *rows, const tr_lesson_place *place, const tr_lesson_summary *sums,
                            tr_sink *sink, tr_error *err)
{
    tr_json json;
    tr_document_begin(&json, sink, 1, rows->scenario, NULL);
    tr_json_key_array(&json, "exercises");
    const tr_status s = tr_rows_json(rows, &json, err);
    if (s != TR_OK)
        return s;
    tr_json_close(&json);
    if (place != NULL)
        tr_fields_json(&place_fields, place, &json);
    tr_json_key_object(&json, "summary");
    tr_json_key_number(&json, "asked", (double)sums->asked);
    tr_json_key_number(&json, "reached", (double)sums->reached);
    tr_json_key_number(&json, "guessed", (double)sums->guessed);
    tr_json_key_number(&json, "hinted", (double)sums->hinted);
    tr_json_key_number(&json, "mean_log10_error", sums->mean_log_error_ratio);
    tr_json_key_number(&json, "median_log10_error", sums->median_log_error_ratio);
    tr_json_key_number(&json, "score", sums->score_share);
    tr_json_key_string(&json, "weakest_topic", sums->weakest_topic);
    tr_json_close(&json);
    tr_json_close(&json);
    return tr_written(tr_json_finish(&json), err);
}

tr_status tr_answer_lesson(const tr_subject *subject, const tr_lesson_pick *pick, const tr_guess *guess,
                           const tr_lesson_place *place, const tr_style *style, tr_sink *sink, tr_error *err)
{
    tr_lesson_summary sums;
    const tr_status s = tr_lesson_summarise(subject->question, pick, guess, &sums, err);
    if (s != TR_OK)
        return s;
    walk w = {.subject = subject, .question = subject->question, .pick = pick, .guess = guess, .place = place};
    for (size_t i = 0; i < tr_lesson_count() && i < TR_LESSON_MAX; i++)
        if (tr_lesson_picked(i, pick))
            w.index[w.count++] = i;
    const tr_rows rows = {.fields = &fields,
                          .name = "exercises",
                          .count = w.count,
                          .at = row_at,
                          .context = &w,
                          .more = more_json,
                          .scenario = subject->scenario};
    if (style->format == TR_FORMAT_TEXT)
        return write_text(&w, &sums, style, sink, err);
    if (style->format == TR_FORMAT_JSON)
        return write_json(&rows, place, &sums, sink, err);
    return tr_rows_write(&rows, style, sink, err);
}

/* ---- cards ---------------------------------------------------------------------------- */

TR_TEXT(tr_lesson_row, card_topic, row->topic)
TR_TEXT(tr_lesson_row, card_front, row->card_front)
TR_TEXT(tr_lesson_row, card_back, row->card_back)
TR_TEXT(tr_lesson_row, card_equation, row->equation)
static const tr_field card_list[] = {
    TR_T("topic", card_topic),
    TR_T("front", card_front),
    TR_T("back", card_back),
    TR_T("equation", card_equation),
};
static const tr_fields card_fields = {card_list, sizeof card_list / sizeof card_list[0]};

static const void *card_at(void *context, size_t index, tr_error *err)
{
    const walk *w = context;
    (void)err;
    return tr_lesson_row_at(w->index[index]);
}

static tr_status write_cards(const walk *w, const tr_style *style, tr_sink *sink, tr_error *err)
{
    char text[512];
    const char *topic = "";
    tr_writer out;
    tr_writer_begin(&out, sink);
    tr_write_text(&out, "Cover what is indented, and say it first.\n");
    for (size_t i = 0; i < w->count; i++) {
        const tr_lesson_row *row = tr_lesson_row_at(w->index[i]);
        if (strcmp(topic, row->topic) != 0)
            tr_print_heading(&out, style, row->topic);
        topic = row->topic;
        tr_print_wrapped(&out, "  ", "  ", row->card_front, style->columns);
        (void)snprintf(text, sizeof text, "%.400s [%s]", row->card_back, row->equation);
        tr_print_wrapped(&out, "        ", "        ", text, style->columns);
    }
    return tr_written(tr_writer_finish(&out), err);
}

tr_status tr_answer_cards(const tr_lesson_pick *pick, const tr_style *style, tr_sink *sink, tr_error *err)
{
    walk w = {.pick = pick};
    const tr_status s = tr_lesson_check_pick(pick, err);
    for (size_t i = 0; i < tr_lesson_count() && i < TR_LESSON_MAX; i++)
        if (tr_lesson_picked(i, pick))
            w.index[w.count++] = i;
    if (s != TR_OK)
        return s;
    const tr_rows rows = {.fields = &card_fields, .name = "cards", .count = w.count, .at = card_at, .context = &w};
    return style->format == TR_FORMAT_TEXT ? write_cards(&w, style, sink, err) : tr_rows_write(&rows, style, sink, err);
}
