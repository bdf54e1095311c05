/* ask/compare.c -- the answer of `compare`: a page, or predict's rows with differences and ratios. */
#include "ask/compare.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "input/echo.h"
#include "write/rows.h"

TR_TEXT(tr_side, case_name, row->name)
TR_NUMBER(tr_side, used_byte, row->used_byte)
TR_NUMBER(tr_side, memory_byte, row->memory_byte)
#define METRIC(NAME, INDEX)                                                                                \
    TR_NUMBER(tr_side, NAME##_difference, row->difference[INDEX])                                          \
    TR_NUMBER(tr_side, NAME##_ratio, row->ratio[INDEX].predicted)                                          \
    TR_NUMBER(tr_side, NAME##_ratio_low, row->ratio[INDEX].low)                                            \
    TR_NUMBER(tr_side, NAME##_ratio_high, row->ratio[INDEX].high)                                          \
    TR_NUMBER(tr_side, NAME##_ratio_bound, row->ratio[INDEX].bound)                                        \
    TR_FLAG(tr_side, NAME##_certain,                                                                       \
            isfinite(row->ratio[INDEX].predicted) ? tr_ratio_is_certain(&row->ratio[INDEX]) : -1)
METRIC(ttft, 0)
METRIC(tpot, 1)
METRIC(e2e, 2)
METRIC(per_user, 3)
METRIC(output, 4)
METRIC(cost, 5)

#define RATIO_FIELDS(PATH, NAME)                                                                           \
    TR_N("ratio." PATH ".predicted", NONE, NAME##_ratio), TR_N("ratio." PATH ".low", NONE, NAME##_ratio_low), \
        TR_N("ratio." PATH ".high", NONE, NAME##_ratio_high),                                              \
        TR_N("ratio." PATH ".bound", NONE, NAME##_ratio_bound), TR_F("ratio." PATH ".certain", NAME##_certain)

static const tr_field head_fields[] = {TR_T("case", case_name)};
static const tr_field tail_fields[] = {
    TR_N("chip.used_byte", BYTE, used_byte),
    TR_N("chip.memory_byte", BYTE, memory_byte),
    TR_N("difference.ttft_s", SECOND, ttft_difference),
    TR_N("difference.tpot_s", SECOND, tpot_difference),
    TR_N("difference.e2e_s", SECOND, e2e_difference),
    TR_N("difference.token_per_s_per_user", NONE, per_user_difference),
    TR_N("difference.output_token_per_s", NONE, output_difference),
    TR_N("difference.usd_per_mtoken_output", USD, cost_difference),
    RATIO_FIELDS("ttft_s", ttft),
    RATIO_FIELDS("tpot_s", tpot),
    RATIO_FIELDS("e2e_s", e2e),
    RATIO_FIELDS("token_per_s_per_user", per_user),
    RATIO_FIELDS("output_token_per_s", output),
    RATIO_FIELDS("usd_per_mtoken_output", cost),
};
enum { NAME_WIDTH = 16 };
enum { HEAD = sizeof head_fields / sizeof head_fields[0], TAIL = sizeof tail_fields / sizeof tail_fields[0] };

static const void *side_at(void *context, size_t index, tr_error *err)
{
    (void)err;
    return &((const tr_comparison *)context)->side[index];
}

/* What was asked of each, and what to mind. */
static void write_more(const void *row, tr_json *json)
{
    const tr_side *side = row;
    tr_notes notes;
    tr_json_key(json, "scenario");
    tr_json_object_inline(json);
    tr_scenario_echo(side->scenario, NULL, json);
    tr_json_close(json);
    tr_notes_of(side->scenario, side->row.question, &notes);
    tr_notes_json(&notes, json);
}

static tr_status write_rows(tr_comparison *c, const tr_style *style, tr_sink *sink, tr_error *err)
{
    const size_t predicted = tr_predict_fields.count;
    tr_field *field = malloc((HEAD + predicted + TAIL) * sizeof *field);
    if (field == NULL)
        return tr_fail(err, TR_ENOMEM, "", 0.0, "out of memory");
    memcpy(field, head_fields, sizeof head_fields);
    memcpy(field + HEAD, tr_predict_fields.field, predicted * sizeof *field);
    memcpy(field + HEAD + predicted, tail_fields, sizeof tail_fields);
    for (size_t i = HEAD; i < HEAD + predicted; i++) /* a table of cases says of what each row is */
        if (strcmp(field[i].path, "model") == 0 || strcmp(field[i].path, "system") == 0) {
            field[i].head = field[i].path;
            field[i].width = NAME_WIDTH;
        }
    const tr_fields fields = {field, HEAD + predicted + TAIL};
    const tr_rows rows = {.fields = &fields, .name = "rows", .count = c->count, .at = side_at, .context = c,
                          .more = write_more};
    const tr_status s = tr_rows_write(&rows, style, sink, err);
    free(field);
    return s;
}

tr_status tr_answer_compare(const tr_case *cases, size_t count, const tr_style *style, tr_sink *sink, tr_error *err)
{
    tr_comparison *c = NULL;
    tr_status s = tr_comparison_begin(cases, count, &c, err);
    if (s != TR_OK)
        return s;
    s = style->format == TR_FORMAT_TEXT ? tr_comparison_page(c, style, sink, err)
                                        : write_rows(c, style, sink, err);
    tr_comparison_end(c);
    return s;
}
