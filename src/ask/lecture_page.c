/* ask/lecture_page.c -- docs/lecture.md: every claim of the lecture in a table, with its question and its equation. */
#include <tokenroof/ask.h>

#include <stdio.h>

#include "ask/lecture_row.h"
#include "write/print.h"
#include "write/rows.h"

/* A bar would end the cell. */
static void escaped(const char *text, tr_writer *out)
{
    for (const char *c = text; *c != '\0'; c++) {
        if (*c == '|')
            tr_write_char(out, '\\');
        tr_write_char(out, *c);
    }
}

static void cell(const char *text, tr_writer *out)
{
    tr_write_char(out, ' ');
    escaped(text, out);
    tr_write_text(out, " |");
}

/* "GB200: 20 ms -> 23.25 ms, near" for each number. */
static tr_status numbers_cell(const tr_lecture_row *row, tr_writer *out, tr_error *err)
{
    const char *before = " ";
    for (size_t i = 0; i < row->claim->check_count; i++) {
        const tr_claim_check *check = tr_claim_check_at(row->index, i);
        char says[96], value[64];
        tr_claim_answer answer;
        const tr_status s = tr_claim_compute(row->index, i, row->experiment, &answer, err);
        if (s != TR_OK)
            return s;
        tr_lecture_says(check, answer.unit, says, sizeof says);
        tr_lecture_number(answer.value, answer.unit, value, sizeof value);
        tr_write_text(out, before);
        before = "; ";
        escaped(check->what, out);
        tr_write_text(out, check->what[0] != '\0' ? ": " : "");
        tr_write_text(out, says);
        if (check->asks[0] == '\0')
            continue;
        tr_write_text(out, says[0] != '\0' ? " -> " : "");
        tr_write_text(out, value);
        tr_write_text(out, says[0] != '\0' ? ", " : "");
        tr_write_text(out, tr_agreement_name(tr_claim_judge(check->says, answer.value)));
    }
    tr_write_text(out, " |");
    return TR_OK;
}

static void question_cell(const tr_lecture_row *row, tr_writer *out)
{
    tr_write_char(out, ' ');
    if (row->line.command[0] != '\0') {
        tr_write_char(out, '`');
        escaped(row->line.command, out);
        tr_write_char(out, '`');
    }
    tr_write_text(out, " |");
    cell(row->equation, out);
}

static tr_status totals(tr_claim_experiment experiment, tr_writer *out, tr_error *err)
{
    static const char *const words[TR_VERDICT_COUNT] = {"right", "sloppy", "contradicted", "stated"};
    size_t count[TR_VERDICT_COUNT] = {0}, claims = 0, judged = 0, beside = 0;
    char text[160];
    for (size_t i = 0; i < tr_claim_count(); i++) {
        tr_verdict verdict = TR_VERDICT_STATED;
        const tr_status s = tr_claim_verdict(i, experiment, &verdict, err);
        if (s != TR_OK)
            return s;
        if (tr_claim_at(i)->part_count > 0)
            continue;
        claims++;
        count[verdict]++;
        for (size_t k = 0; k < tr_claim_at(i)->check_count; k++) {
            const tr_claim_check *check = tr_claim_check_at(i, k);
            judged += check->says[0] != '\0' && check->asks[0] != '\0';
            beside += check->says[0] == '\0';
        }
    }
    (void)snprintf(text, sizeof text, "%zu assertions, judged by %zu numbers, with %zu more beside them: ", claims,
                   judged, beside);
    tr_write_text(out, text);
    for (size_t v = 0; v < TR_VERDICT_COUNT; v++) {
        (void)snprintf(text, sizeof text, "%s%zu %s", v > 0 ? ", " : "", count[v], words[v]);
        tr_write_text(out, text);
    }
    tr_write_text(out, ".\n\n");
    return TR_OK;
}

static const char *const opening =
    "# The lecture, claim by claim\n\n"
    "Every number of Reiner Pope's blackboard lecture and of the documents written after it, computed by\n"
    "tokenroof's own functions. Written by `scripts/lecture` from `data/lecture/`; do not edit. `tokenroof\n"
    "lecture L048` shows one claim with each question, to type, and its equation; `tokenroof lecture flash` and\n"
    "`tokenroof lecture --topic tiers` find claims. The sources are named in `data/lecture/sources.json`.\n\n";

static const char *const rule =
    "One tolerance holds for all of them (`tr_claim_judge`): a computed number *agrees* if it rounds to the number\n"
    "as written, or lies in the range written; it is *near* if one number was written and the two are within a\n"
    "factor of 1.3; else it is *off*. A range or a limit says itself how far it reaches, and nothing is near it. A\n"
    "claim is *right* if all of its numbers agree, *contradicted* if all are off, else *sloppy*: a digit, a unit or\n"
    "a condition is missing. A claim of several assertions is split, L067a and L067b, and L067 follows from its\n"
    "parts. *Stated* is what nothing here computes; a number that only reads back what a source or an option says is\n"
    "no check and does not count. Numbers without an arrow stand beside the claim and are not judged by it.\n\n"
    "| id | claim | source | case: says -> computed | verdict | reason | question | equation |\n"
    "|---|---|---|---|---|---|---|---|\n";

tr_status tr_answer_lecture_markdown(tr_claim_experiment experiment, tr_sink *sink, tr_error *err)
{
    tr_lecture_row row;
    tr_writer out;
    tr_writer_begin(&out, sink);
    tr_write_text(&out, opening);
    tr_status s = totals(experiment, &out, err);
    tr_write_text(&out, rule);
    for (size_t i = 0; s == TR_OK && i < tr_claim_count(); i++) {
        s = tr_lecture_row_of(i, experiment, &row, err);
        if (s != TR_OK)
            break;
        tr_write_char(&out, '|');
        cell(row.claim->id, &out);
        cell(row.claim->claim, &out);
        cell(row.claim->source, &out);
        s = numbers_cell(&row, &out, err);
        cell(tr_verdict_name(row.verdict), &out);
        cell(row.claim->reason, &out);
        question_cell(&row, &out);
        tr_write_char(&out, '\n');
    }
    return s == TR_OK ? tr_written(tr_writer_finish(&out), err) : s;
}
