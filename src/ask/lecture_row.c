/* ask/lecture_row.c -- a claim of the lecture as a row: its numbers as text, and its fields. */
#include "ask/lecture_row.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/extreme.h"
#include "base/text.h"

void tr_lecture_number(double value, tr_unit unit, char *out, size_t size)
{
    if (isnan(value))
        (void)snprintf(out, size, "not run");
    else if (unit == TR_UNIT_NONE)
        (void)snprintf(out, size, "%.4g", value);
    else
        (void)tr_quantity_format(value, unit, out, size);
}

void tr_lecture_says(const tr_claim_check *check, tr_unit unit, char *out, size_t size)
{
    tr_claim_span span;
    char low[64], high[64];
    out[0] = '\0';
    if (!tr_claim_written(check->says, &span))
        return;
    const char *to = strstr(check->says, " to ");
    tr_lecture_number(span.value, unit, low, sizeof low);
    if (span.single) {
        (void)snprintf(out, size, "%s", low);
    } else if (to == NULL) {
        (void)snprintf(out, size, "%s %s", check->says[0] == '>' ? "at least" : "at most", low);
    } else {
        tr_claim_span end;
        (void)tr_claim_written(to + 4, &end);
        tr_lecture_number(end.value, unit, high, sizeof high);
        (void)snprintf(out, size, "%s to %s", low, high);
    }
}

/* What is judged of a claim: the case farthest off, and the least and most of all cases of which the same is said. */
typedef struct judged {
    const tr_claim_check *check;
    tr_agreement agreement;
    tr_unit unit;
    double least, most;
} judged;

static void judge(const tr_claim_check *check, const tr_claim_answer *answer, judged *out)
{
    const tr_agreement a = tr_claim_judge(check->says, answer->value);
    if (check->asks[0] == '\0' || a == TR_AGREE_NOT_JUDGED)
        return;
    const int same = out->check != NULL && strcmp(out->check->says, check->says) == 0;
    if (!same && out->check != NULL && a <= out->agreement)
        return;
    if (!same)
        *out = (judged){check, a, answer->unit, answer->value, answer->value};
    out->agreement = a > out->agreement ? a : out->agreement;
    out->least = smaller(out->least, answer->value);
    out->most = larger(out->most, answer->value);
}

static void numbers_of(const judged *j, char *out, size_t size)
{
    char says[96], least[48], most[48];
    if (j->check == NULL)
        return;
    tr_lecture_says(j->check, j->unit, says, sizeof says);
    tr_lecture_number(j->least, j->unit, least, sizeof least);
    tr_lecture_number(j->most, j->unit, most, sizeof most);
    const int one = strcmp(least, most) == 0;
    (void)snprintf(out, size, "%s -> %s%s%s", says, least, one ? "" : " to ", one ? "" : most);
}

static void append(char *out, const tr_claim_check *check, const tr_claim_answer *answer)
{
    char value[64];
    tr_lecture_number(answer->value, answer->unit, value, sizeof value);
    if (out[0] != '\0')
        (void)tr_text_append(out, TR_LECTURE_TEXT, "; ");
    if (check->what[0] != '\0') {
        (void)tr_text_append(out, TR_LECTURE_TEXT, check->what);
        (void)tr_text_append(out, TR_LECTURE_TEXT, ": ");
    }
    (void)tr_text_append(out, TR_LECTURE_TEXT, value);
}

tr_status tr_lecture_row_of(size_t index, tr_claim_experiment experiment, tr_lecture_row *out, tr_error *err)
{
    judged j = {.check = NULL};
    *out = (tr_lecture_row){
        .claim = tr_claim_at(index), .index = index, .experiment = experiment, .equation = "", .agrees = 1};
    tr_status s = tr_claim_verdict(index, experiment, &out->verdict, err);
    for (size_t i = 0; s == TR_OK && i < out->claim->check_count; i++) {
        const tr_claim_check *check = tr_claim_check_at(index, i);
        tr_claim_answer answer;
        s = tr_claim_compute(index, i, experiment, &answer, err);
        if (s != TR_OK || check->asks[0] == '\0')
            continue;
        append(out->computed, check, &answer);
        judge(check, &answer, &j);
        if (out->line.command[0] == '\0') {
            tr_claim_command(check, 0, &out->line);
            out->equation = answer.equation;
        }
        out->agrees = out->agrees && tr_claim_judge(check->gives, answer.value) == TR_AGREES;
    }
    numbers_of(&j, out->numbers, sizeof out->numbers);
    return s;
}

static const char *or_null(const char *text) { return text[0] != '\0' ? text : NULL; }

#define TEXT(NAME, VALUE) TR_TEXT(tr_lecture_row, NAME, VALUE)
TEXT(id, row->claim->id)
TEXT(topic, row->claim->topic)
TEXT(said, row->claim->claim)
TEXT(source, row->claim->source)
TEXT(date, row->claim->date)
TEXT(printed, or_null(row->claim->printed))
TEXT(numbers, or_null(row->numbers))
TEXT(computed, or_null(row->computed))
TEXT(verdict, tr_verdict_name(row->verdict))
TEXT(reason, row->claim->reason)
TEXT(command, or_null(row->line.command))
TEXT(key, or_null(row->line.key))
TEXT(equation, or_null(row->equation))
TR_FLAG(tr_lecture_row, agrees, row->agrees)

static const tr_field fields[] = {
    TR_T("id", id),
    TR_T("topic", topic),
    TR_T("verdict", verdict),
    TR_T("claim", said),
    TR_T("source", source),
    TR_T("date", date),
    TR_T("printed", printed),
    TR_T("numbers", numbers),
    TR_T("computed", computed),
    TR_T("reason", reason),
    TR_T("command", command),
    TR_T("key", key),
    TR_T("equation", equation),
    TR_F("agrees", agrees),
};
const tr_fields tr_lecture_fields = {fields, sizeof fields / sizeof fields[0]};
