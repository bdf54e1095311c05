/* ask/roof.c -- the answer of `roof`: where weight multiplies, attention and prefill stand under the
 * roofline. */
#include <tokenroof/ask.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ask/asked.h"
#include "ask/figure_parts.h"
#include "ask/published.h"
#include "write/print.h"
#include "write/rows.h"

typedef struct walk {
    tr_roof_point point[ROOF_POINTS];
    size_t count;
} walk;

static const void *row_at(void *context, size_t index, tr_error *err)
{
    (void)err;
    return &((const walk *)context)->point[index];
}

#define NUMBER(NAME, VALUE) TR_NUMBER(tr_roof_point, NAME, row->VALUE)
NUMBER(batch, batch_seq)
NUMBER(query, query_token)
NUMBER(intensity, intensity_flop_per_byte)
NUMBER(rate, flop_per_s)
NUMBER(share, flop_per_s / row->question->roof.flop_per_s)
/* What the roof allows at this intensity. */
static double roof_rate(const void *p)
{
    const tr_roof_point *row = p;
    if (strcmp(row->kind, "ceiling") == 0)
        return row->flop_per_s;
    const double by_memory = row->intensity_flop_per_byte * row->question->roof.byte_per_s;
    return by_memory < row->question->roof.flop_per_s ? by_memory : row->question->roof.flop_per_s;
}
NUMBER(low, low_flop_per_s)
NUMBER(high, high_flop_per_s)
TR_TEXT(tr_roof_point, kind, row->kind)
TR_TEXT(tr_roof_point, math, tr_dtype_name(row->math_dtype))
TR_TEXT(tr_roof_point, side,
        strcmp(row->kind, "ceiling") == 0 ? NULL
        : row->intensity_flop_per_byte < tr_ridge_flop_per_byte(&row->question->roof) ? "memory" : "compute")
TR_FLAG(tr_roof_point, fits, row->fits)

static const tr_field fields[] = {
    TR_QUESTION_FIELDS,
    TR_T_HEAD("kind", "what", 9, kind),
    TR_N_HEAD("batch_seq", SEQ, "batch", 8, batch),
    TR_N_HEAD("query_token", CONTEXT, "prompt", 8, query),
    TR_F_HEAD("fits", "fits", 4, fits),
    TR_N_HEAD("intensity_flop_per_byte", FLOP_PER_BYTE, "intensity", 16, intensity),
    TR_N_HEAD("flop_per_s", FLOP_PER_S, "under the roof", 14, rate),
    TR_N("flop_per_s_bound", FLOP_PER_S, roof_rate),
    TR_N_HEAD("peak_share", RATIO, "of peak", 8, share),
    TR_N("flop_per_s_low", FLOP_PER_S, low),
    TR_N("flop_per_s_high", FLOP_PER_S, high),
    TR_T_HEAD("side", "side", 7, side),
    TR_T("math_dtype", math),
};
static const tr_fields row_fields = {fields, sizeof fields / sizeof fields[0]};

/* What is asked of decode: the query is the prompt's. */
static tr_load decode_of(const tr_problem *question)
{
    return (tr_load){TR_PHASE_DECODE, question->load.batch_seq, question->load.context_token, 1.0};
}

static tr_status write_json(const tr_rows *rows, const tr_problem *question, const tr_sink *sink, tr_error *err)
{
    const tr_roofline *roof = &question->roof;
    tr_json json;
    tr_document_begin(&json, sink, 1, rows->scenario, NULL);
    tr_json_key_string(&json, "physics", tr_physics_name(question->physics));
    tr_question_json(question, &json);
    if (!question->blackboard && !question->layout_given) {
        tr_json_key_object(&json, "layout_chosen_for");
        tr_json_key_number(&json, "batch_seq", question->layout_load.batch_seq);
        tr_json_key_number(&json, "context_token", question->layout_load.context_token);
        tr_json_key_bool(&json, "fits", question->layout_status == TR_OK);
        tr_json_close(&json);
    }
    tr_json_key_number(&json, "flop_per_s", roof->flop_per_s);
    tr_json_key_string(&json, "math_dtype", tr_dtype_name(roof->math_dtype));
    tr_json_key_number(&json, "byte_per_s", roof->byte_per_s);
    tr_json_key_number(&json, "ridge_flop_per_byte", tr_ridge_flop_per_byte(roof));
    tr_json_key_number(&json, "ridge_batch_seq", tr_balance_batch_seq(roof, 0.0));
    tr_json_key_number(&json, "max_batch_seq",
                       tr_shard_max_batch_seq(&question->shard, question->load.context_token));
    tr_json_key_array(&json, rows->name);
    const tr_status s = tr_rows_json(rows, &json, err);
    if (s != TR_OK)
        return s;
    tr_json_close(&json);
    tr_step_row row;
    const tr_load load = decode_of(question);
    if (tr_step_row_of(question, &load, &row, NULL) == TR_OK)
        tr_published_json(rows->scenario, &row, &json);
    tr_notes_json(rows->notes, &json);
    tr_json_close(&json);
    return tr_written(tr_json_finish(&json), err);
}

/* A share of the ridge, as "7.464% of the ridge". */
static void print_intensity(tr_writer *out, const char *label, double flop_per_byte,
                            double ridge_flop_per_byte)
{
    char share[64], text[96];
    (void)tr_quantity_format(flop_per_byte / ridge_flop_per_byte, TR_UNIT_RATIO, share, sizeof share);
    (void)snprintf(text, sizeof text, "%s of the ridge", share);
    tr_print_quantity(out, label, flop_per_byte, TR_UNIT_FLOP_PER_BYTE, text);
}

/* What the pass really multiplies a second, beside what the roof allows at its intensity. */
static void print_step(const tr_step_row *row, tr_writer *out)
{
    char text[192], mfu[48], mbu[48], label[64], batch[48];
    if (row->question->physics == TR_PHYSICS_BOUND || !row->fits)
        return;
    (void)tr_quantity_format(row->load.batch_seq, TR_UNIT_SEQ, batch, sizeof batch);
    (void)tr_quantity_format(row->step.mfu, TR_UNIT_RATIO, mfu, sizeof mfu);
    (void)tr_quantity_format(row->step.mbu, TR_UNIT_RATIO, mbu, sizeof mbu);
    (void)snprintf(label, sizeof label, "a step at batch %s", batch);
    (void)snprintf(text, sizeof text, "%s of peak compute, %s of peak bandwidth", mfu, mbu);
    tr_print_quantity(out, label, row->step.flop / row->step.step_s, TR_UNIT_FLOP_PER_S, text);
    if (!row->is_predicted)
        return;
    const tr_step *p = &row->predicted;
    const double t_flop = p->flop / 1e12;
    const tr_quantity rate = {t_flop / p->step_s, t_flop / p->high_s, t_flop / p->low_s, t_flop / row->bound.step_s};
    tr_write_char(out, '\n');
    tr_step_row_print(row, out);
    tr_print_predicted(out, "TFLOP/s", &rate, TR_UNIT_NONE, NULL);
    if (!(row->question->roof.usd_per_s > 0.0))
        return;
    tr_write_text(out, "  ");
    tr_print_any_price(row->question, out);
}

/* Every format the chip multiplies in, the one that is used among them. */
static void print_ceilings(const walk *w, tr_writer *out)
{
    for (size_t i = 0; i < w->count; i++) {
        const tr_roof_point *p = &w->point[i];
        char label[48], value[64], text[256], flop[64], bandwidth[64], batch[48];
        if (strcmp(p->kind, "ceiling") != 0)
            continue;
        (void)snprintf(label, sizeof label, "ridge in %s%s", tr_dtype_name(p->math_dtype),
                       p->math_dtype == p->question->roof.math_dtype ? ", used" : "");
        (void)tr_quantity_format(p->intensity_flop_per_byte, TR_UNIT_FLOP_PER_BYTE, value, sizeof value);
        (void)tr_quantity_format(p->flop_per_s, TR_UNIT_FLOP_PER_S, flop, sizeof flop);
        (void)tr_quantity_format(p->question->roof.byte_per_s, TR_UNIT_BYTE_PER_S, bandwidth, sizeof bandwidth);
        (void)snprintf(text, sizeof text, "%s over %s; the weights as stored get there at batch %s", flop, bandwidth,
                       tr_print_three(p->batch_seq, TR_UNIT_SEQ, batch, sizeof batch));
        tr_print_line(out, label, value, text);
    }
}

static void print_figures(const tr_step_row *row, const walk *w, tr_writer *out)
{
    char text[256], flop[64], bandwidth[64];
    const tr_roofline *roof = &row->question->roof;
    (void)tr_quantity_format(roof->flop_per_s, TR_UNIT_FLOP_PER_S, flop, sizeof flop);
    (void)tr_quantity_format(roof->byte_per_s, TR_UNIT_BYTE_PER_S, bandwidth, sizeof bandwidth);
    (void)snprintf(text, sizeof text, "%s in %s over %s", flop, tr_dtype_name(roof->math_dtype), bandwidth);
    if (row->question->blackboard)
        tr_print_quantity(out, "ridge", row->ridge_flop_per_byte, TR_UNIT_FLOP_PER_BYTE, text);
    print_ceilings(w, out);
    (void)tr_quantity_format(row->load.batch_seq, TR_UNIT_SEQ, flop, sizeof flop);
    (void)snprintf(text, sizeof text, "weights at batch %s", flop);
    print_intensity(out, text, row->weight_intensity_flop_per_byte, row->ridge_flop_per_byte);
    if (row->attention_intensity_flop_per_byte > 0)
        print_intensity(out, "attention", row->attention_intensity_flop_per_byte, row->ridge_flop_per_byte);
    print_step(row, out);
}

/* The picture, then its figures to the digit. */
static tr_status write_page(const tr_rows *rows, const tr_problem *question, const tr_style *style,
                            tr_sink *sink, tr_error *err)
{
    const tr_figure_target target = tr_figure_target_of(style);
    const tr_load load = decode_of(question);
    tr_step_row row;
    tr_writer out;
    tr_status s = tr_answer_figure_roof(question, &target, sink, err);
    if (s == TR_OK)
        s = tr_step_row_of(question, &load, &row, err);
    if (s != TR_OK)
        return s;
    tr_writer_begin(&out, sink);
    tr_write_char(&out, '\n');
    tr_print_layout(question, &out);
    print_figures(&row, rows->context, &out);
    tr_published_text(rows->scenario, &row, style, &out);
    tr_notes_text(rows->notes, style->columns, &out);
    return tr_written(tr_writer_finish(&out), err);
}

tr_status tr_answer_roof(const tr_scenario *scenario, const tr_problem *question, const tr_style *style,
                         tr_sink *sink, tr_error *err)
{
    walk w;
    tr_notes notes;
    size_t count = 0;
    const double *batch = tr_input_list(scenario, TR_IN_BATCH, &count);
    const tr_status s = tr_check_fits(question, 1.0, question->load.context_token, err);
    if (s != TR_OK)
        return s;
    w.count = tr_roof_points_of(question, batch, tr_input_is_set(scenario, TR_IN_BATCH) ? count : 0, w.point);
    tr_notes_of(scenario, question, &notes);
    const tr_rows rows = {.fields = &row_fields,
                          .name = "points",
                          .count = w.count,
                          .at = row_at,
                          .context = &w,
                          .scenario = scenario,
                          .notes = &notes};
    if (style->format == TR_FORMAT_JSON)
        return write_json(&rows, question, sink, err);
    if (style->format == TR_FORMAT_TEXT)
        return write_page(&rows, question, style, sink, err);
    return tr_rows_write(&rows, style, sink, err);
}
