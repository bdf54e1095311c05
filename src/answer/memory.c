/* answer/memory.c -- the answer of `memory`: weights, KV cache and state against the capacity. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "answer/document.h"
#include "answer/print.h"
#include "answer/rows.h"
#include "answer/step_row.h"
#include "base/fail.h"

typedef struct memory_row {
    const tr_problem *question;
    double batch_seq, context_token;
    double kv_byte_per_seq;
    double activation_byte; /* of a pass, at least; not part of used_byte */
    double used_byte;
    double max_batch_seq;     /* at this context; HUGE_VAL: nothing limits it */
    double max_context_token; /* at this batch */
} memory_row;

typedef struct walk {
    const tr_problem *question;
    tr_loads loads;
    memory_row row;
} walk;

/* The most elements of one token that a layer of this kind works on at once. */
static double layer_width(const tr_layer *layer)
{
    const double branches = layer->ffn_matrices > 2 ? 2 : 1; /* a gate runs beside the inner rows */
    const double mixer = layer->in_dim + layer->out_dim;
    const double ffn =
        branches * (layer->dense_dim + layer->experts_active * layer->expert_dim + layer->shared_dim);
    return mixer > ffn ? mixer : ffn;
}

/* [R18] Layers reuse the same memory: the widest one counts. */
static double activation_byte(const tr_model *model, const tr_load *load)
{
    const double query_token = load->phase == TR_PHASE_PREFILL ? load->query_token : 1;
    double widest = 0;
    if (model->layer_kinds == 0)
        return 0;
    for (int i = 0; i < model->layer_kinds; i++)
        if (layer_width(&model->layer[i]) > widest)
            widest = layer_width(&model->layer[i]);
    return load->batch_seq * (2 * query_token * (2 * model->hidden + widest) + 4 * model->vocab);
}

static const void *row_at(void *context, size_t index, tr_error *err)
{
    walk *w = context;
    const tr_roofline *roof = &w->question->roof;
    const tr_model *model = w->question->model;
    const tr_load load = tr_loads_at(&w->loads, index);
    (void)err;
    w->row = (memory_row){
        .question = w->question, .batch_seq = load.batch_seq, .context_token = load.context_token};
    /* At the end of the pass: a prefill's new tokens are in the cache by then. */
    const double held_token = load.context_token + (load.phase == TR_PHASE_PREFILL ? load.query_token : 0);
    w->row.kv_byte_per_seq = tr_model_kv_store_byte(model, held_token, roof->kv_elem_byte);
    w->row.activation_byte = activation_byte(model, &load);
    w->row.used_byte =
        roof->store_weight_byte + load.batch_seq * (w->row.kv_byte_per_seq + model->state_byte_per_seq);
    w->row.max_batch_seq = tr_max_batch_seq(roof, model, held_token);
    w->row.max_context_token = tr_max_context_token(roof, model, load.batch_seq);
    return &w->row;
}

#define NUMBER(NAME, VALUE) TR_NUMBER(memory_row, NAME, VALUE)
#define TEXT(NAME, VALUE) TR_TEXT(memory_row, NAME, VALUE)

TEXT(model_name, row->question->model->name)
TEXT(system_name, row->question->system->name)
NUMBER(chips, row->question->system->chip_count)
TEXT(weight_dtype, tr_dtype_name(row->question->roof.weight_dtype))
TEXT(kv_dtype, tr_dtype_name(row->question->roof.kv_dtype))
NUMBER(batch, row->batch_seq)
NUMBER(context, row->context_token)
NUMBER(capacity, row->question->roof.memory_byte)
NUMBER(weights, row->question->roof.store_weight_byte)
NUMBER(kv_seq, row->kv_byte_per_seq)
NUMBER(kv_token, row->question->roof.kv_byte_per_token)
NUMBER(state_seq, row->question->model->state_byte_per_seq)
NUMBER(kv_all, row->batch_seq * row->kv_byte_per_seq)
NUMBER(state_all, row->batch_seq * row->question->model->state_byte_per_seq)
NUMBER(activations, row->activation_byte)
NUMBER(used, row->used_byte)
NUMBER(free_byte, row->question->roof.memory_byte - row->used_byte)
NUMBER(share, row->used_byte / row->question->roof.memory_byte)
TR_FLAG(memory_row, fits, row->used_byte <= row->question->roof.memory_byte)
NUMBER(max_batch, row->max_batch_seq)
NUMBER(max_context, row->max_context_token)
NUMBER(stated_context,
       row->question->model->max_context_token > 0 ? row->question->model->max_context_token : (double)NAN)

static const tr_field fields[] = {
    TR_T("model.name", model_name),
    TR_N("model.max_context_token", CONTEXT, stated_context),
    TR_T("model.weight_dtype", weight_dtype),
    TR_T("model.kv_dtype", kv_dtype),
    TR_N("model.kv_byte_per_token", BYTE, kv_token),
    TR_T("system.name", system_name),
    TR_N("system.chip_count", NONE, chips),
    TR_N_HEAD("batch_seq", SEQ, "batch", 8, batch),
    TR_N_HEAD("context_token", CONTEXT, "context", 8, context),
    TR_N("capacity_byte", BYTE, capacity),
    TR_N_HEAD("weights_byte", BYTE, "weights", 10, weights),
    TR_N_HEAD("kv_byte_per_seq", BYTE, "kv each", 10, kv_seq),
    TR_N("state_byte_per_seq", BYTE, state_seq),
    TR_N_HEAD("kv_byte", BYTE, "kv all", 10, kv_all),
    TR_N_HEAD("state_byte", BYTE, "state all", 10, state_all),
    TR_N_HEAD("used_byte", BYTE, "used", 10, used),
    TR_N("free_byte", BYTE, free_byte),
    TR_N("activation_byte", BYTE, activations),
    TR_N_HEAD("used_share", RATIO, "share", 7, share),
    TR_F_HEAD("fits", "fits", 4, fits),
    TR_N_HEAD("max_batch_seq", SEQ, "max batch", 10, max_batch),
    TR_N_HEAD("max_context_token", CONTEXT, "max context", 11, max_context),
};
static const tr_fields row_fields = {fields, sizeof fields / sizeof fields[0]};

/* ---- one row as a page ------------------------------------------------------- */

static void format(double value, tr_unit unit, char *out, size_t size)
{
    (void)tr_quantity_format(value, unit, out, size);
}

static void print_parts(const memory_row *row, tr_writer *out)
{
    const tr_roofline *roof = &row->question->roof;
    char text[256], each[64], batch[64], token[64];
    (void)snprintf(text, sizeof text, "%s, resident once", tr_dtype_name(roof->weight_dtype));
    tr_print_quantity(out, "weights", roof->store_weight_byte, TR_UNIT_BYTE, text);
    format(row->kv_byte_per_seq, TR_UNIT_BYTE, each, sizeof each);
    format(row->batch_seq, TR_UNIT_SEQ, batch, sizeof batch);
    format(roof->kv_byte_per_token, TR_UNIT_BYTE, token, sizeof token);
    (void)snprintf(text, sizeof text, "%s x %s (one more token adds %s, %s)", batch, each, token,
                   tr_dtype_name(roof->kv_dtype));
    tr_print_quantity(out, "KV cache", row->batch_seq * row->kv_byte_per_seq, TR_UNIT_BYTE, text);
    if (row->question->model->state_byte_per_seq > 0)
        tr_print_quantity(out, "recurrent state", row->batch_seq * row->question->model->state_byte_per_seq,
                          TR_UNIT_BYTE, "fixed for each sequence");
    format(row->used_byte / roof->memory_byte, TR_UNIT_RATIO, each, sizeof each);
    (void)snprintf(text, sizeof text, "%s of the memory", each);
    tr_print_quantity(out, "together", row->used_byte, TR_UNIT_BYTE,
                      isfinite(roof->memory_byte) ? text : NULL);
    if (!isfinite(roof->memory_byte))
        return;
    if (fits(row))
        tr_print_quantity(out, "free", free_byte(row), TR_UNIT_BYTE, NULL);
    else
        tr_print_quantity(out, "too much by", -free_byte(row), TR_UNIT_BYTE, "this load does not fit");
}

static void print_reserve(const memory_row *row, tr_writer *out)
{
    tr_write_char(out, '\n');
    if (row->activation_byte > 0)
        tr_print_quantity(out, "activations", row->activation_byte, TR_UNIT_BYTE,
                          "at least, for one pass; not counted above");
    tr_write_text(out, "  Fragmentation and the serving engine take 5 to 20% more.\n");
}

static void print_limits(const memory_row *row, tr_writer *out)
{
    const double stated_token = row->question->model->max_context_token;
    char text[128], number[64];
    if (!isfinite(row->max_batch_seq)) {
        tr_print_line(out, "largest batch", "not limited", NULL);
    } else {
        format(row->context_token, TR_UNIT_CONTEXT, number, sizeof number);
        (void)snprintf(text, sizeof text, "sequences at %s tokens", number);
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
    const memory_row *row = rows->at(rows->context, 0, err);
    char text[512], memory[64];
    tr_writer out;
    tr_writer_begin(&out, sink);
    format(row->question->roof.memory_byte, TR_UNIT_BYTE, memory, sizeof memory);
    (void)snprintf(text, sizeof text, "%s on %s: what fits into %s\n\n", row->question->model->name,
                   row->question->system->name,
                   isfinite(row->question->roof.memory_byte) ? memory : "memory without limit");
    tr_write_text(&out, text);
    print_parts(row, &out);
    tr_write_char(&out, '\n');
    print_limits(row, &out);
    print_reserve(row, &out);
    tr_notes_text(rows->notes, style->columns, &out);
    return tr_written(tr_writer_finish(&out), err);
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
    tr_status s = tr_loads_of(scenario, &w.loads, err);
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
    if (rows.count == 1 && style->format == TR_FORMAT_TEXT)
        return write_page(&rows, style, sink, err);
    if (rows.count == 1 && style->format == TR_FORMAT_JSON)
        return write_json_one(&rows, sink, err);
    return tr_rows_write(&rows, style, sink, err);
}
