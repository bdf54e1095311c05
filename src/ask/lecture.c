/* ask/lecture.c -- the lecture's claims as an answer: rows, one claim in full, and the page of docs/. */
#include <tokenroof/ask.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/text.h"
#include "write/print.h"
#include "write/rows.h"

enum { ANSWERS_SIZE = 1024 };

/* A claim with its answers as text. */
typedef struct claim_row {
    const tr_claim *claim;
    size_t index;
    tr_claim_experiment experiment;
    char computed[ANSWERS_SIZE];  /* of printed and example checks */
    char corrected[ANSWERS_SIZE];
    int agrees;                   /* all of its checks */
} claim_row;

/* "H100 295.3, GB200 312.5": the answer with its case. */
static void append(char *out, const tr_claim_check *check, const tr_claim_answer *answer)
{
    char value[64];
    if (isnan(answer->value))
        (void)snprintf(value, sizeof value, "not run");
    else if (answer->unit == TR_UNIT_NONE)
        (void)snprintf(value, sizeof value, "%.6g", answer->value);
    else
        (void)tr_quantity_format(answer->value, answer->unit, value, sizeof value);
    if (out[0] != '\0')
        (void)tr_text_append(out, ANSWERS_SIZE, "; ");
    if (check->what[0] != '\0') {
        (void)tr_text_append(out, ANSWERS_SIZE, check->what);
        (void)tr_text_append(out, ANSWERS_SIZE, ": ");
    }
    (void)tr_text_append(out, ANSWERS_SIZE, value);
}

/* An answer that takes an experiment nobody has here is not a number. */
static tr_status answer_of(size_t index, size_t check, tr_claim_experiment experiment, tr_claim_answer *out,
                           tr_error *err)
{
    tr_error failed;
    const tr_status s = tr_claim_compute(index, check, experiment, out, &failed);
    if (s == TR_EMISSING && strcmp(failed.field, "experiment") == 0) {
        *out = (tr_claim_answer){(double)NAN, TR_UNIT_NONE, "", ""};
        return TR_OK;
    }
    if (s != TR_OK && err != NULL)
        *err = failed;
    return s;
}

static tr_status row_of(size_t index, tr_claim_experiment experiment, claim_row *row, tr_error *err)
{
    *row = (claim_row){.claim = tr_claim_at(index), .index = index, .experiment = experiment, .agrees = 1};
    for (size_t i = 0; i < row->claim->check_count; i++) {
        const tr_claim_check *check = tr_claim_check_at(index, i);
        tr_claim_answer answer;
        const tr_status s = answer_of(index, i, experiment, &answer, err);
        if (s != TR_OK)
            return s;
        append(check->kind == TR_CHECK_CORRECTED ? row->corrected : row->computed, check, &answer);
        row->agrees = row->agrees && tr_claim_agrees(check, &answer);
    }
    return TR_OK;
}

typedef struct claim_list {
    size_t first;
    tr_claim_experiment experiment;
    claim_row row;
} claim_list;

static const void *row_at(void *context, size_t index, tr_error *err)
{
    claim_list *list = context;
    return row_of(list->first + index, list->experiment, &list->row, err) == TR_OK ? &list->row : NULL;
}

#define TEXT(NAME, VALUE) TR_TEXT(claim_row, NAME, VALUE)
TEXT(id, row->claim->id)
TEXT(topic, row->claim->topic)
TEXT(said, row->claim->claim)
TEXT(source, row->claim->source)
TEXT(date, row->claim->date)
TEXT(printed, row->claim->printed[0] != '\0' ? row->claim->printed : NULL)
TEXT(computed, row->computed[0] != '\0' ? row->computed : NULL)
TEXT(corrected, row->corrected[0] != '\0' ? row->corrected : NULL)
TEXT(verdict, tr_verdict_name(row->claim->verdict))
TEXT(reason, row->claim->reason[0] != '\0' ? row->claim->reason : NULL)
TR_FLAG(claim_row, agrees, row->agrees)

static const tr_field fields[] = {
    TR_T_HEAD("id", "id", 4, id),
    TR_T("topic", topic),
    TR_T_HEAD("verdict", "verdict", 12, verdict),
    TR_T_HEAD("claim", "claim", 0, said),
    TR_T("source", source),
    TR_T("date", date),
    TR_T("printed", printed),
    TR_T("computed", computed),
    TR_T("corrected", corrected),
    TR_T("reason", reason),
    TR_F("agrees", agrees),
};
static const tr_fields row_fields = {fields, sizeof fields / sizeof fields[0]};

/* ---- one claim in full --------------------------------------------------------- */

static void check_text(const tr_claim_check *check, const tr_claim_answer *answer, int columns, tr_writer *out)
{
    char text[ANSWERS_SIZE] = "", line[2 * ANSWERS_SIZE], expected[32];
    append(text, check, answer);
    tr_write_char(out, '\n');
    (void)snprintf(line, sizeof line, "  %-9s   ", tr_check_kind_name(check->kind));
    tr_print_wrapped(out, line, "              ", text, columns);
    (void)snprintf(line, sizeof line, "%s: %s", check->asks, check->with);
    tr_print_wrapped(out, "    asked     ", "              ", line, columns);
    if (check->against[0] != '\0') {
        (void)snprintf(line, sizeof line, "%s: %s", check->against_asks, check->against_with);
        (void)snprintf(expected, sizeof expected, "    %-10s", check->against);
        tr_print_wrapped(out, expected, "              ", line, columns);
    }
    (void)tr_number_format(check->value, expected, sizeof expected);
    char near[32] = "";
    if (check->tolerance_ratio > 1e-8)
        (void)snprintf(near, sizeof near, " within %.2g%%", 100.0 * check->tolerance_ratio);
    if (isnan(answer->value))
        (void)snprintf(text, sizeof text, "not run");
    else
        (void)snprintf(text, sizeof text, "%.9g", answer->value);
    (void)snprintf(line, sizeof line, "%s; expected %s%s", text, expected, near);
    tr_print_wrapped(out, "    gives     ", "              ", line, columns);
    if (answer->function[0] != '\0') {
        const tr_equation *e = answer->equation[0] != '\0' ? tr_equation_find(answer->equation) : NULL;
        (void)snprintf(line, sizeof line, "%s%s%s%s%s", answer->function, e != NULL ? " [" : "",
                       e != NULL ? e->id : "", e != NULL ? "] " : "", e != NULL ? e->formula : "");
        tr_print_wrapped(out, "    by        ", "              ", line, columns);
    }
}

static tr_status card_text(const claim_row *row, const tr_style *style, tr_sink *sink, tr_error *err)
{
    const tr_claim *c = row->claim;
    tr_writer out;
    tr_writer_begin(&out, sink);
    tr_write_text(&out, style->colour ? "\033[1m" : "");
    tr_write_text(&out, c->id);
    tr_write_text(&out, "  ");
    tr_write_text(&out, tr_verdict_name(c->verdict));
    tr_write_text(&out, style->colour ? "\033[0m\n\n" : "\n\n");
    tr_print_wrapped(&out, "    ", "    ", c->claim, style->columns);
    tr_write_char(&out, '\n');
    tr_print_wrapped(&out, "  source      ", "              ", c->source, style->columns);
    if (c->printed[0] != '\0')
        tr_print_wrapped(&out, "  printed     ", "              ", c->printed, style->columns);
    if (c->reason[0] != '\0')
        tr_print_wrapped(&out, "  reason      ", "              ", c->reason, style->columns);
    for (size_t i = 0; i < c->check_count; i++) {
        tr_claim_answer answer;
        const tr_status s = answer_of(row->index, i, row->experiment, &answer, err);
        if (s != TR_OK)
            return s;
        check_text(tr_claim_check_at(row->index, i), &answer, style->columns, &out);
    }
    return tr_written(tr_writer_finish(&out), err);
}

static tr_status card_json(const claim_row *row, int pretty, tr_sink *sink, tr_error *err)
{
    tr_json json;
    tr_document_begin(&json, sink, pretty, NULL, NULL);
    tr_fields_json(&row_fields, row, &json);
    tr_json_key(&json, "checks");
    tr_json_array(&json);
    for (size_t i = 0; i < row->claim->check_count; i++) {
        const tr_claim_check *check = tr_claim_check_at(row->index, i);
        tr_claim_answer answer;
        const tr_status s = answer_of(row->index, i, row->experiment, &answer, err);
        if (s != TR_OK)
            return s;
        tr_json_object(&json);
        tr_json_key_string(&json, "kind", tr_check_kind_name(check->kind));
        tr_json_key_string(&json, "what", check->what);
        tr_json_key_string(&json, "asks", check->asks);
        tr_json_key_string(&json, "with", check->with);
        if (check->against[0] != '\0') {
            tr_json_key_string(&json, "against", check->against);
            tr_json_key_string(&json, "against_asks", check->against_asks);
            tr_json_key_string(&json, "against_with", check->against_with);
        }
        tr_json_key_string(&json, "function", answer.function);
        tr_json_key_string(&json, "equation", answer.equation);
        tr_json_key(&json, "value");
        tr_json_number(&json, answer.value);
        tr_json_key(&json, "expected");
        tr_json_number(&json, check->value);
        tr_json_key(&json, "tolerance_ratio");
        tr_json_number(&json, check->tolerance_ratio);
        tr_json_close(&json);
    }
    tr_json_close(&json);
    tr_json_close(&json);
    return tr_written(tr_json_finish(&json), err);
}

static const char *id_at(size_t index, const void *context)
{
    (void)context;
    return index < tr_claim_count() ? tr_claim_at(index)->id : NULL;
}

static tr_status index_of(const char *id, size_t *index, tr_error *err)
{
    for (size_t i = 0; i < tr_claim_count(); i++)
        if (tr_text_same(tr_claim_at(i)->id, id)) {
            *index = i;
            return TR_OK;
        }
    const char *near = tr_near_name(id, id_at, NULL);
    return tr_fail(err, TR_EUNKNOWN, "id", 0, "no claim '%.40s'%s%s%s; `tokenroof lecture` lists them", id,
                   near != NULL ? ": did you mean '" : "", near != NULL ? near : "", near != NULL ? "'?" : "");
}

tr_status tr_answer_lecture(const char *id, tr_claim_experiment experiment, const tr_style *style, tr_sink *sink,
                            tr_error *err)
{
    claim_list list = {.first = 0, .experiment = experiment};
    const int one = id != NULL && id[0] != '\0';
    tr_status s = one ? index_of(id, &list.first, err) : TR_OK;
    if (s != TR_OK)
        return s;
    if (one && (style->format == TR_FORMAT_TEXT || style->format == TR_FORMAT_JSON)) {
        s = row_of(list.first, experiment, &list.row, err);
        if (s != TR_OK)
            return s;
        return style->format == TR_FORMAT_TEXT ? card_text(&list.row, style, sink, err)
                                               : card_json(&list.row, 1, sink, err);
    }
    const tr_rows rows = {.fields = &row_fields,
                          .name = "claims",
                          .count = one ? 1 : tr_claim_count(),
                          .at = row_at,
                          .context = &list};
    return tr_rows_write(&rows, style, sink, err);
}

/* ---- the page ---------------------------------------------------------------------- */

/* A bar would end the cell. */
static void cell(const char *text, tr_writer *out)
{
    tr_write_text(out, " ");
    for (const char *c = text; *c != '\0'; c++) {
        if (*c == '|')
            tr_write_char(out, '\\');
        tr_write_char(out, *c);
    }
    tr_write_text(out, " |");
}

static void totals(tr_writer *out)
{
    static const char *const words[TR_VERDICT_COUNT] = {"right as printed", "sloppy", "contradicted", "stated"};
    size_t count[TR_VERDICT_COUNT] = {0}, checks = 0;
    char text[160];
    for (size_t i = 0; i < tr_claim_count(); i++) {
        count[tr_claim_at(i)->verdict]++;
        checks += tr_claim_at(i)->check_count;
    }
    (void)snprintf(text, sizeof text, "%zu claims, %zu numbers: ", tr_claim_count(), checks);
    tr_write_text(out, text);
    for (size_t v = 0; v < TR_VERDICT_COUNT; v++) {
        (void)snprintf(text, sizeof text, "%s%zu %s", v > 0 ? ", " : "", count[v], words[v]);
        tr_write_text(out, text);
    }
    tr_write_text(out, ".\n\n");
}

tr_status tr_answer_lecture_markdown(tr_claim_experiment experiment, tr_sink *sink, tr_error *err)
{
    claim_row row;
    tr_writer out;
    tr_writer_begin(&out, sink);
    tr_write_text(
        &out,
        "# The lecture, claim by claim\n\n"
        "Every number of Reiner Pope's blackboard lecture and of the documents written after it, computed by\n"
        "tokenroof's own functions. Written by `scripts/lecture` from `data/lecture/`; do not edit. `tokenroof\n"
        "explain L048` shows one claim with each question asked, its equation and its tolerance. The sources are\n"
        "named in `data/lecture/sources.json`.\n\n");
    totals(&out);
    tr_write_text(&out, "*Right*: the printed number comes out, to its digits. *Sloppy*: right in kind, but a unit, a "
                        "factor or a\ncondition is missing. *Contradicted*: wrong as printed. *Stated*: a fact that "
                        "nothing here computes.\n\n"
                        "| id | claim | source | printed | computed | corrected | verdict | reason |\n"
                        "|---|---|---|---|---|---|---|---|\n");
    for (size_t i = 0; i < tr_claim_count(); i++) {
        const tr_status s = row_of(i, experiment, &row, err);
        if (s != TR_OK)
            return s;
        tr_write_char(&out, '|');
        cell(row.claim->id, &out);
        cell(row.claim->claim, &out);
        cell(row.claim->source, &out);
        cell(row.claim->printed, &out);
        cell(row.computed, &out);
        cell(row.corrected, &out);
        cell(tr_verdict_name(row.claim->verdict), &out);
        cell(row.claim->reason, &out);
        tr_write_char(&out, '\n');
    }
    return tr_written(tr_writer_finish(&out), err);
}
