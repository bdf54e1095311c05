/* ask/memory.c -- the answer of `memory`: what one chip holds, the largest batch and the longest context. */
#include <tokenroof/ask.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ask/asked.h"
#include "ask/step_row.h"
#include "write/document.h"
#include "write/print.h"
#include "write/rows.h"

typedef struct walk {
    const tr_problem *question;
    tr_loads loads;
    tr_hold row;
} walk;

static const void *row_at(void *context, size_t index, tr_error *err)
{
    walk *w = context;
    const tr_load load = tr_loads_at(&w->loads, index);
    (void)err;
    w->row = tr_hold_of(w->question, load.batch_seq, tr_held_token(&load));
    return &w->row;
}

#define NUMBER(NAME, VALUE) TR_NUMBER(tr_hold, NAME, VALUE)
#define TEXT(NAME, VALUE) TR_TEXT(tr_hold, NAME, VALUE)

static double elem_byte(const tr_problem *q) { return tr_dtype_byte(q->roof.kv_dtype); }

NUMBER(chips, row->question->system->chip_count)
TEXT(weight_dtype, tr_question_weights(row->question))
TEXT(kv_dtype, tr_dtype_name(row->question->roof.kv_dtype))
TEXT(engine, row->question->engine == NULL ? NULL : row->question->engine->title)
NUMBER(batch, row->batch_seq)
NUMBER(context, row->context_token)
NUMBER(stored, row->question->roof.store_weight_byte)
NUMBER(kv_seq, tr_model_kv_store_byte(row->question->model, row->context_token, elem_byte(row->question)))
NUMBER(kv_token, row->question->roof.kv_byte_per_token)
NUMBER(state_seq, row->question->model->state_byte_per_seq)
TR_FLAG(tr_hold, fits, row->fits)
NUMBER(max_batch, row->max_batch_seq)
NUMBER(max_context, row->max_context_token)
NUMBER(stated_context,
       row->question->model->max_context_token > 0 ? row->question->model->max_context_token : (double)NAN)

static const tr_field fields[] = {
    TR_T("model.name", tr_question_model),
    TR_N("model.max_context_token", CONTEXT, stated_context),
    TR_T("model.weight_dtype", weight_dtype),
    TR_T("model.kv_dtype", kv_dtype),
    TR_N("model.stored_weight_byte", BYTE, stored),
    TR_N("model.kv_byte_per_token", BYTE, kv_token),
    TR_N("model.kv_byte_per_seq", BYTE, kv_seq),
    TR_N("model.state_byte_per_seq", BYTE, state_seq),
    TR_T("system.name", tr_question_system),
    TR_N("system.chip_count", NONE, chips),
    TR_T("engine", engine),
    TR_QUESTION_LAYOUT,
    TR_N_HEAD("batch_seq", SEQ, "batch", 6, batch),
    TR_N_HEAD("context_token", CONTEXT, "context", 8, context),
    TR_HOLD_FIELDS,
    TR_F_HEAD("fits", "fits", 4, fits),
    TR_N_HEAD("max_batch_seq", SEQ, "max batch", 9, max_batch),
    TR_N_HEAD("max_context_token", CONTEXT, "max context", 11, max_context),
    TR_HOLD_HOST_FIELDS,
};
static const tr_fields row_fields = {fields, sizeof fields / sizeof fields[0]};

/* ---- one row as a page ------------------------------------------------------- */

static void format(double value, tr_unit unit, char *out, size_t size)
{
    (void)tr_quantity_format(value, unit, out, size);
}

/* What this load takes of the room. */
static void print_load(const tr_hold *row, tr_writer *out)
{
    char text[128], batch[48];
    format(row->batch_seq, TR_UNIT_SEQ, batch, sizeof batch);
    (void)snprintf(text, sizeof text, "on each chip, at batch %s", batch);
    tr_print_quantity(out, "KV cache", row->cache_byte, TR_UNIT_BYTE, text);
    if (!isfinite(row->question->shard.memory_byte))
        return;
    if (row->fits || row->left_byte >= 0.0) /* the host may be what lacks */
        tr_print_quantity(out, "left", row->left_byte, TR_UNIT_BYTE, NULL);
    else
        tr_print_quantity(out, "over by", -row->left_byte, TR_UNIT_BYTE, "this load does not fit");
}

static void print_limits(const tr_hold *row, tr_writer *out)
{
    const double stated_token = row->question->model->max_context_token;
    char text[128], number[64];
    if (!isfinite(row->max_batch_seq)) {
        tr_print_line(out, "largest batch", "not limited", NULL);
    } else {
        format(row->context_token, TR_UNIT_CONTEXT, number, sizeof number);
        (void)snprintf(text, sizeof text, "sequences on the whole system at %s tokens", number);
        tr_print_quantity(out, "largest batch", row->max_batch_seq, TR_UNIT_SEQ, text);
    }
    if (!isfinite(row->max_context_token)) {
        tr_print_line(out, "longest context", "not limited", NULL);
        return;
    }
    format(row->batch_seq, TR_UNIT_SEQ, number, sizeof number);
    (void)snprintf(text, sizeof text, "tokens at batch %s", number);
    if (stated_token > 0 && row->max_context_token > stated_token) {
        format(stated_token, TR_UNIT_CONTEXT, number, sizeof number);
        (void)snprintf(text + strlen(text), sizeof text - strlen(text), "; the model was made for %s",
                       number);
    }
    tr_print_quantity(out, "longest context", row->max_context_token, TR_UNIT_TOKEN, text);
}

static tr_status write_page(const tr_rows *rows, const tr_style *style, const tr_sink *sink, tr_error *err)
{
    const tr_hold *row = rows->at(rows->context, 0, err);
    char text[512];
    tr_writer out;
    tr_writer_begin(&out, sink);
    (void)snprintf(text, sizeof text, "%s on %s: what fits\n", row->question->model->name, row->question->system->name);
    tr_write_text(&out, text);
    tr_print_setting(row->question, &out);
    tr_write_char(&out, '\n');
    tr_hold_text(row, &out);
    tr_write_char(&out, '\n');
    print_load(row, &out);
    print_limits(row, &out);
    tr_notes_text(rows->notes, style->columns, &out);
    return tr_written(tr_writer_finish(&out), err);
}

static tr_status write_table(const tr_rows *rows, const tr_problem *question, const tr_style *style,
                             const tr_sink *sink, tr_error *err)
{
    char text[512];
    tr_writer out;
    tr_writer_begin(&out, sink);
    (void)snprintf(text, sizeof text, "%s on %s: what fits on each chip\n", question->model->name,
                   question->system->name);
    tr_write_text(&out, text);
    tr_print_setting(question, &out);
    tr_write_char(&out, '\n');
    const tr_status s = tr_written(tr_writer_finish(&out), err);
    return s == TR_OK ? tr_rows_write(rows, style, sink, err) : s;
}

static tr_status write_json_one(const tr_rows *rows, const tr_sink *sink, tr_error *err)
{
    tr_json json;
    tr_document_begin(&json, sink, 1, rows->scenario, NULL);
    tr_fields_json(rows->fields, rows->at(rows->context, 0, err), &json);
    tr_notes_json(rows->notes, &json);
    tr_json_close(&json);
    return tr_written(tr_json_finish(&json), err);
}

tr_status tr_answer_memory(const tr_scenario *scenario, const tr_problem *question, const tr_style *style,
                           tr_sink *sink, tr_error *err)
{
    walk w = {.question = question};
    tr_notes notes;
    tr_status s = tr_loads_of(scenario, style, &w.loads, err);
    if (s == TR_OK)
        s = tr_check_weights_fit(question, err);
    if (s != TR_OK)
        return s;
    tr_notes_of(scenario, question, &notes);
    const tr_rows rows = {.fields = &row_fields,
                          .name = "rows",
                          .count = w.loads.count,
                          .at = row_at,
                          .context = &w,
                          .scenario = scenario,
                          .notes = &notes};
    if (style->format == TR_FORMAT_TEXT)
        return rows.count == 1 ? write_page(&rows, style, sink, err) : write_table(&rows, question, style, sink, err);
    if (rows.count == 1 && style->format == TR_FORMAT_JSON)
        return write_json_one(&rows, sink, err);
    return tr_rows_write(&rows, style, sink, err);
}
