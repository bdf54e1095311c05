/* ask/lecture_card.c -- one claim of the lecture in full: each number with its question, to type, and its equation. */
#include "ask/lecture_row.h"

#include <math.h>
#include <stdio.h>

#include <tokenroof/ask.h>

#include "write/document.h"
#include "write/print.h"
#include "write/rows.h"

static const char *const margin = "              ";

static void question_text(const tr_claim_check *check, int second, int columns, tr_writer *out)
{
    tr_claim_line ask;
    char line[TR_LECTURE_TEXT], first[16];
    (void)snprintf(first, sizeof first, "    %-10s", second ? check->against : "asked");
    (void)snprintf(line, sizeof line, "%s: %s", second ? check->against_asks : check->asks,
                   second ? check->against_with : check->with);
    tr_print_wrapped(out, first, margin, line, columns);
    tr_claim_command(check, second, &ask);
    if (ask.command[0] == '\0')
        return;
    (void)snprintf(line, sizeof line, "%s%s%s%s", ask.command, ask.key[0] != '\0' ? "   # " : "", ask.key,
                   ask.key[0] != '\0' ? " of --json" : "");
    tr_print_wrapped(out, "    type      ", margin, line, columns);
}

static void check_text(const tr_claim_check *check, const tr_claim_answer *answer, int columns, tr_writer *out)
{
    char says[96], value[64], line[TR_LECTURE_TEXT];
    const tr_agreement agreement = tr_claim_judge(check->says, answer->value);
    tr_lecture_says(check, answer->unit, says, sizeof says);
    tr_lecture_number(answer->value, answer->unit, value, sizeof value);
    tr_write_char(out, '\n');
    if (check->asks[0] == '\0') {
        tr_print_wrapped(out, "  says        ", margin, says, columns);
        return;
    }
    if (says[0] != '\0')
        (void)snprintf(line, sizeof line, "%s -> %s%s%s", says, value, isnan(answer->value) ? "" : ": ",
                       tr_agreement_name(agreement));
    else
        (void)snprintf(line, sizeof line, "%s", value);
    tr_print_wrapped(out, says[0] != '\0' ? "  says        " : "  beside it   ", margin, line, columns);
    if (check->what[0] != '\0')
        tr_print_wrapped(out, "    of        ", margin, check->what, columns);
    question_text(check, 0, columns, out);
    if (check->against[0] != '\0')
        question_text(check, 1, columns, out);
    if (!isnan(answer->value))
        (void)snprintf(value, sizeof value, "%.9g", answer->value);
    (void)snprintf(line, sizeof line, "%s; must be %s to the digits written", value, check->gives);
    tr_print_wrapped(out, "    gives     ", margin, line, columns);
    const tr_equation *e = answer->equation[0] != '\0' ? tr_equation_find(answer->equation) : NULL;
    if (e != NULL)
        (void)snprintf(line, sizeof line, "%s: %s   # tokenroof explain %s", answer->function, e->formula, e->id);
    else
        (void)snprintf(line, sizeof line, "%s", answer->function);
    if (answer->function[0] != '\0')
        tr_print_wrapped(out, "    by        ", margin, line, columns);
}

static tr_status one_text(const tr_lecture_row *row, const tr_style *style, tr_writer *out, tr_error *err)
{
    const tr_claim *c = row->claim;
    tr_write_text(out, style->colour ? "\033[1m" : "");
    tr_write_text(out, c->id);
    tr_write_text(out, "  ");
    tr_write_text(out, tr_verdict_name(row->verdict));
    tr_write_text(out, style->colour ? "\033[0m\n\n" : "\n\n");
    tr_print_wrapped(out, "    ", "    ", c->claim, style->columns);
    tr_write_char(out, '\n');
    tr_print_wrapped(out, "  topic       ", margin, c->topic, style->columns);
    tr_print_wrapped(out, "  source      ", margin, c->source, style->columns);
    if (c->printed[0] != '\0')
        tr_print_wrapped(out, "  printed     ", margin, c->printed, style->columns);
    tr_print_wrapped(out, "  reason      ", margin, c->reason, style->columns);
    tr_status s = TR_OK;
    for (size_t i = 0; s == TR_OK && i < c->check_count; i++) {
        tr_claim_answer answer;
        s = tr_claim_compute(row->index, i, row->experiment, &answer, err);
        if (s == TR_OK)
            check_text(tr_claim_check_at(row->index, i), &answer, style->columns, out);
    }
    return s;
}

tr_status tr_lecture_card_text(const tr_lecture_row *row, const tr_style *style, tr_sink *sink, tr_error *err)
{
    tr_writer out;
    tr_writer_begin(&out, sink);
    tr_status s = one_text(row, style, &out, err);
    for (size_t p = 1; s == TR_OK && p <= row->claim->part_count; p++) {
        tr_lecture_row part;
        s = tr_lecture_row_of(row->index + p, row->experiment, &part, err);
        tr_write_char(&out, '\n');
        if (s == TR_OK)
            s = one_text(&part, style, &out, err);
    }
    return s == TR_OK ? tr_written(tr_writer_finish(&out), err) : s;
}

static void question_json(const tr_claim_check *check, int second, tr_json *json)
{
    tr_claim_line ask;
    tr_claim_command(check, second, &ask);
    tr_json_key_string(json, "asks", second ? check->against_asks : check->asks);
    tr_json_key_string(json, "with", second ? check->against_with : check->with);
    tr_json_key_string(json, "command", ask.command);
    tr_json_key_string(json, "key", ask.key);
}

static tr_status checks_json(const tr_lecture_row *row, tr_json *json, tr_error *err)
{
    tr_json_key(json, "checks");
    tr_json_array(json);
    for (size_t i = 0; i < row->claim->check_count; i++) {
        const tr_claim_check *check = tr_claim_check_at(row->index, i);
        tr_claim_answer answer;
        const tr_status s = tr_claim_compute(row->index, i, row->experiment, &answer, err);
        if (s != TR_OK)
            return s;
        tr_json_object(json);
        tr_json_key_string(json, "what", check->what);
        tr_json_key_string(json, "says", check->says);
        tr_json_key_string(json, "agreement", tr_agreement_name(tr_claim_judge(check->says, answer.value)));
        question_json(check, 0, json);
        if (check->against[0] != '\0') {
            tr_json_key(json, check->against);
            tr_json_object(json);
            question_json(check, 1, json);
            tr_json_close(json);
        }
        tr_json_key_string(json, "function", answer.function);
        tr_json_key_string(json, "equation", answer.equation);
        tr_json_key(json, "value");
        tr_json_number(json, answer.value);
        tr_json_key_string(json, "gives", check->gives);
        tr_json_close(json);
    }
    tr_json_close(json);
    return TR_OK;
}

tr_status tr_lecture_card_json(const tr_lecture_row *row, tr_sink *sink, tr_error *err)
{
    tr_json json;
    tr_document_begin(&json, sink, 1, NULL, NULL);
    tr_fields_json(&tr_lecture_fields, row, &json);
    tr_status s = checks_json(row, &json, err);
    tr_json_key(&json, "parts");
    tr_json_array(&json);
    for (size_t p = 1; s == TR_OK && p <= row->claim->part_count; p++) {
        tr_lecture_row part;
        s = tr_lecture_row_of(row->index + p, row->experiment, &part, err);
        if (s != TR_OK)
            break;
        tr_json_object(&json);
        tr_fields_json(&tr_lecture_fields, &part, &json);
        s = checks_json(&part, &json, err);
        tr_json_close(&json);
    }
    tr_json_close(&json);
    tr_json_close(&json);
    return s == TR_OK ? tr_written(tr_json_finish(&json), err) : s;
}
