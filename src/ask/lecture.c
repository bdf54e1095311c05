/* ask/lecture.c -- the lecture's claims as an answer: a list by words or topic, one claim, and the page of docs/. */
#include <tokenroof/ask.h>

#include <stdio.h>
#include <string.h>

#include "ask/lecture_row.h"
#include "base/fail.h"
#include "base/text.h"
#include "write/print.h"
#include "write/rows.h"

/* ---- which claims ---------------------------------------------------------------- */

static int check_holds(const tr_claim_check *check, const char *word)
{
    return tr_text_holds_word(check->what, word) || tr_text_holds_word(check->asks, word) ||
           tr_text_holds_word(check->with, word) || tr_text_holds_word(check->against_with, word);
}

static int holds(size_t index, const char *word)
{
    const tr_claim *c = tr_claim_at(index);
    const char *const texts[] = {c->id, c->topic, c->claim, c->source, c->printed, c->reason};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (tr_text_holds_word(texts[i], word))
            return 1;
    for (size_t i = 0; i < c->check_count; i++)
        if (check_holds(tr_claim_check_at(index, i), word))
            return 1;
    return 0;
}

/* A claim with parts is listed as these. */
static int is_listed(size_t index, const tr_lecture_ask *ask)
{
    const tr_claim *c = tr_claim_at(index);
    if (c->part_count > 0 || !tr_text_holds(c->topic, ask->topic))
        return 0;
    for (size_t w = 0; w < ask->word_count; w++)
        if (!holds(index, ask->word[w]))
            return 0;
    return 1;
}

static size_t count_listed(const tr_lecture_ask *ask)
{
    size_t count = 0;
    for (size_t i = 0; i < tr_claim_count(); i++)
        count += is_listed(i, ask) != 0;
    return count;
}

static size_t listed_at(const tr_lecture_ask *ask, size_t n)
{
    size_t i = 0;
    while (!is_listed(i, ask) || n-- > 0)
        i++;
    return i;
}

static const char *id_at(size_t index, const void *context)
{
    (void)context;
    return index < tr_claim_count() ? tr_claim_at(index)->id : NULL;
}

static int looks_like_an_id(const char *word)
{
    return tr_text_lower(word[0]) == 'l' && tr_text_is_digit(word[1]);
}

static tr_status nothing_found(const tr_lecture_ask *ask, tr_error *err)
{
    char topics[400] = "";
    if (ask->word_count == 1 && looks_like_an_id(ask->word[0])) {
        const char *near = tr_near_name(ask->word[0], id_at, NULL);
        return tr_fail(err, TR_EUNKNOWN, "id", 0, "no claim '%.40s'%s%s%s `tokenroof lecture` lists them",
                       ask->word[0], near != NULL ? ": did you mean '" : "", near != NULL ? near : "",
                       near != NULL ? "'?" : ";");
    }
    for (size_t i = 0; i < tr_claim_count(); i++) {
        const char *topic = tr_claim_at(i)->topic;
        if (tr_text_holds(topics, topic))
            continue;
        (void)tr_text_append(topics, sizeof topics, topics[0] != '\0' ? ", " : "");
        (void)tr_text_append(topics, sizeof topics, topic);
    }
    if (ask->word_count == 0)
        return tr_fail(err, TR_EUNKNOWN, "topic", 0, "no topic '%.40s': there are %s", ask->topic, topics);
    return tr_fail(err, TR_EUNKNOWN, "word", 0, "no claim holds '%.40s'%s; --topic takes one of %s", ask->word[0],
                   ask->word_count > 1 ? " and the words behind it" : "", topics);
}

/* ---- the list --------------------------------------------------------------------- */

typedef struct claim_list {
    const tr_lecture_ask *ask;
    tr_claim_experiment experiment;
    size_t one; /* of one claim: its index, else TR_NONE */
    tr_lecture_row row;
} claim_list;

#define TR_NONE ((size_t)-1)

static const void *row_at(void *context, size_t index, tr_error *err)
{
    claim_list *list = context;
    const size_t at = list->one != TR_NONE ? list->one : listed_at(list->ask, index);
    return tr_lecture_row_of(at, list->experiment, &list->row, err) == TR_OK ? &list->row : NULL;
}

enum { CLAIM_COLUMN = 52 };

static void line_text(const tr_lecture_row *row, int columns, tr_writer *out)
{
    char blank[CLAIM_COLUMN + 1], head[sizeof row->numbers + CLAIM_COLUMN + 64];
    memset(blank, ' ', CLAIM_COLUMN);
    blank[CLAIM_COLUMN] = '\0';
    const int length = snprintf(head, sizeof head, "%-6s%-14s%-31s ", row->claim->id, tr_verdict_name(row->verdict),
                                row->numbers[0] != '\0' ? row->numbers : row->claim->printed);
    if (length > CLAIM_COLUMN) { /* the claim on a line of its own */
        head[length - 1] = '\n';
        tr_write_text(out, head);
        tr_print_wrapped(out, blank, blank, row->claim->claim, columns);
    } else {
        tr_print_wrapped(out, head, blank, row->claim->claim, columns);
    }
}

static tr_status list_text(claim_list *list, const tr_style *style, tr_sink *sink, tr_error *err)
{
    const size_t count = count_listed(list->ask);
    char line[160];
    tr_writer out;
    tr_writer_begin(&out, sink);
    (void)snprintf(line, sizeof line, "%-6s%-14s%-31s %s\n", "id", "verdict", "says -> computed", "claim");
    tr_write_text(&out, line);
    for (size_t i = 0; i < count; i++) {
        const tr_lecture_row *row = row_at(list, i, err);
        if (row == NULL)
            return err != NULL ? err->status : TR_EDOMAIN;
        line_text(row, style->columns, &out);
    }
    (void)snprintf(line, sizeof line, "\n%zu claim%s; `tokenroof lecture %s`: its questions, to type, and equations\n",
                   count, count == 1 ? "" : "s", tr_claim_at(listed_at(list->ask, 0))->id);
    tr_write_text(&out, line);
    return tr_written(tr_writer_finish(&out), err);
}

tr_status tr_answer_lecture(const tr_lecture_ask *ask, tr_claim_experiment experiment, const tr_style *style,
                            tr_sink *sink, tr_error *err)
{
    claim_list list = {.ask = ask, .experiment = experiment, .one = TR_NONE};
    for (size_t i = 0; ask->word_count == 1 && i < tr_claim_count(); i++)
        if (tr_text_same(tr_claim_at(i)->id, ask->word[0]))
            list.one = i;
    if (list.one == TR_NONE && count_listed(ask) == 0)
        return nothing_found(ask, err);
    if (list.one != TR_NONE && (style->format == TR_FORMAT_TEXT || style->format == TR_FORMAT_JSON)) {
        const tr_status s = tr_lecture_row_of(list.one, experiment, &list.row, err);
        if (s != TR_OK)
            return s;
        return style->format == TR_FORMAT_TEXT ? tr_lecture_card_text(&list.row, style, sink, err)
                                               : tr_lecture_card_json(&list.row, sink, err);
    }
    if (style->format == TR_FORMAT_TEXT)
        return list_text(&list, style, sink, err);
    const tr_rows rows = {.fields = &tr_lecture_fields,
                          .name = "claims",
                          .count = list.one != TR_NONE ? 1 : count_listed(ask),
                          .at = row_at,
                          .context = &list};
    return tr_rows_write(&rows, style, sink, err);
}
