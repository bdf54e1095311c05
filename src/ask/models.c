/* ask/models.c -- the catalog of models as rows, and one model with what it is made of. */
#include <tokenroof/ask.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/text.h"
#include "write/document.h"
#include "write/print.h"
#include "write/rows.h"

enum { ATTENTION_WIDTH = 21 }; /* what the other columns of the list leave of a page */

/* A model and the dtype its cache is asked for in. */
typedef struct model_row {
    const tr_model *model;
    double kv_byte_per_elem; /* 0: the model's own */
    char attention[96];      /* "window x 30, full x 6" */
    char attention_short[ATTENTION_WIDTH + 1]; /* the same where it fits the list, else "compressed-sparse +2" */
} model_row;

/* ---- what a list of layers says ------------------------------------------------ */

/* The layer that names the model's attention: the first with heads. */
static const tr_layer *attention_layer(const tr_model *model)
{
    for (int i = 0; i < model->layer_kinds; i++)
        if (model->layer[i].heads > 0)
            return &model->layer[i];
    return NULL;
}

static const tr_layer *expert_layer(const tr_model *model)
{
    for (int i = 0; i < model->layer_kinds; i++)
        if (model->layer[i].experts > 0)
            return &model->layer[i];
    return NULL;
}

static double heads_of(const tr_model *model)
{
    const tr_layer *layer = attention_layer(model);
    return layer == NULL ? 0 : layer->heads;
}

static double kv_heads_of(const tr_model *model)
{
    const tr_layer *layer = attention_layer(model);
    return layer == NULL ? 0 : layer->kv_heads;
}

static double experts_of(const tr_model *model)
{
    const tr_layer *layer = expert_layer(model);
    return layer == NULL ? 0 : layer->experts;
}

static double experts_active_of(const tr_model *model)
{
    const tr_layer *layer = expert_layer(model);
    return layer == NULL ? 0 : layer->experts_active;
}

/* Shared experts as a number of experts of the routed width; some families count one wide one. */
static double experts_shared_of(const tr_model *model)
{
    const tr_layer *layer = expert_layer(model);
    return layer == NULL || !(layer->shared_dim > 0) || !(layer->expert_dim > 0)
               ? 0
               : layer->shared_dim / layer->expert_dim;
}

/* The index-th distinct attention kind and how many layers have it; NULL past the last. */
static const char *kind_at(const tr_model *model, size_t index, double *layer_count)
{
    for (int i = 0; i < model->layer_kinds; i++) {
        const char *kind = model->layer[i].attention;
        int seen = 0;
        for (int k = 0; k < i; k++)
            seen |= strcmp(model->layer[k].attention, kind) == 0;
        if (seen || index-- > 0)
            continue;
        *layer_count = 0;
        for (int k = i; k < model->layer_kinds; k++)
            if (strcmp(model->layer[k].attention, kind) == 0)
                *layer_count += model->layer[k].layer_count;
        return kind;
    }
    return NULL;
}

static void describe_attention(const tr_model *model, char *out, size_t size)
{
    double count = 0;
    const char *kind;
    out[0] = '\0';
    for (size_t i = 0; (kind = kind_at(model, i, &count)) != NULL; i++) {
        char one[64];
        (void)snprintf(one, sizeof one, "%s%s x%.0f", i > 0 ? ", " : "", kind, count);
        (void)tr_text_append(out, size, one);
    }
}

/* The kind of most layers, and how many kinds there are beside it, where all of them are too long for the list. */
static void shorten_attention(const tr_model *model, model_row *row)
{
    double count = 0, most = 0;
    const char *kind, *first = "";
    size_t kinds = 0;
    for (; (kind = kind_at(model, kinds, &count)) != NULL; kinds++)
        if (count > most) {
            most = count;
            first = kind;
        }
    if (strlen(row->attention) <= ATTENTION_WIDTH)
        (void)snprintf(row->attention_short, sizeof row->attention_short, "%s", row->attention);
    else
        (void)snprintf(row->attention_short, sizeof row->attention_short, "%.*s +%zu", ATTENTION_WIDTH - 3, first,
                       kinds - 1);
}

static void fill(model_row *row, const tr_scenario *scenario, const tr_model *model)
{
    const int dtype = tr_input_choice(scenario, TR_IN_KV_DTYPE);
    row->model = model;
    row->kv_byte_per_elem = dtype > 0 ? tr_dtype_byte((tr_dtype)dtype) : 0;
    describe_attention(model, row->attention, sizeof row->attention);
    shorten_attention(model, row);
}

/* ---- fields ---------------------------------------------------------------------- */

#define NUMBER(NAME, VALUE) TR_NUMBER(model_row, NAME, VALUE)
#define TEXT(NAME, VALUE) TR_TEXT(model_row, NAME, VALUE)

TEXT(name, row->model->name)
TEXT(hf_id, row->model->hf_id[0] != '\0' ? row->model->hf_id : NULL)
TEXT(family, row->model->family)
NUMBER(layers, row->model->layers)
NUMBER(hidden, row->model->hidden)
NUMBER(heads, heads_of(row->model))
NUMBER(kv_heads, kv_heads_of(row->model))
TEXT(attention, row->attention)
TEXT(attention_short, row->attention_short)
NUMBER(experts_total, experts_of(row->model))
NUMBER(experts_active, experts_active_of(row->model))
NUMBER(experts_shared, experts_shared_of(row->model))
NUMBER(total, row->model->total_param)
NUMBER(active, row->model->active_param)
NUMBER(embedding, row->model->embedding_param)
NUMBER(mtp, row->model->mtp_param)
NUMBER(multiply, row->model->multiply_param)
NUMBER(vocab, row->model->vocab)
TEXT(weight_dtype, tr_dtype_name(row->model->weight_dtype))
TEXT(kv_dtype, tr_dtype_name(row->model->kv_dtype))
NUMBER(weight_byte, tr_model_weight_byte(row->model))
NUMBER(kv_byte, tr_model_kv_byte_per_token(row->model, row->kv_byte_per_elem))
NUMBER(state_byte, row->model->state_byte_per_seq)
NUMBER(max_context, row->model->max_context_token > 0 ? row->model->max_context_token : (double)NAN)

/* Before and after what is no plain field: attention, an object in JSON. */
static const tr_field head_field[] = {
    TR_T("name", name),
    TR_T("hf_id", hf_id),
    TR_T("family", family),
    TR_N("layers", NONE, layers),
    TR_N("hidden", NONE, hidden),
    TR_N("heads", NONE, heads),
    TR_N("kv_heads", NONE, kv_heads),
};
static const tr_field tail_field[] = {
    TR_N("experts.total", NONE, experts_total),
    TR_N("experts.active", NONE, experts_active),
    TR_N("experts.shared", NONE, experts_shared),
    TR_N("total_param", PARAM, total),
    TR_N("active_param", PARAM, active),
    TR_N("embedding_param", PARAM, embedding),
    TR_N("mtp_param", PARAM, mtp),
    TR_N("multiply_param", PARAM, multiply),
    TR_N("vocab", NONE, vocab),
    TR_T("weight_dtype", weight_dtype),
    TR_T("kv_dtype", kv_dtype),
    TR_N("weight_byte", BYTE, weight_byte),
    TR_N("kv_byte_per_token", BYTE, kv_byte),
    TR_N("state_byte_per_seq", BYTE, state_byte),
    TR_N("max_context_token", CONTEXT, max_context),
};
static const tr_fields head_fields = {head_field, sizeof head_field / sizeof head_field[0]};
static const tr_fields tail_fields = {tail_field, sizeof tail_field / sizeof tail_field[0]};

static const tr_field list_field[] = {
    TR_T("name", name),
    TR_T("hf_id", hf_id),
    TR_T("family", family),
    TR_N("total_param", PARAM, total),
    TR_N("active_param", PARAM, active),
    TR_N("layers", NONE, layers),
    TR_N("kv_byte_per_token", BYTE, kv_byte),
    TR_N("max_context_token", CONTEXT, max_context),
    TR_T("weight_dtype", weight_dtype),
    TR_T("attention", attention),
};
static const tr_fields list_fields = {list_field, sizeof list_field / sizeof list_field[0]};
/* As much of it as a page is wide. */
static const tr_field list_column[] = {
    TR_T_HEAD("name", "model", 36, name),
    TR_N_HEAD("total_param", PARAM, "total", 7, total),
    TR_N_HEAD("active_param", PARAM, "active", 7, active),
    TR_N_HEAD("kv_byte_per_token", BYTE, "kv/token", 8, kv_byte),
    TR_N_HEAD("max_context_token", CONTEXT, "ctx", 5, max_context),
    TR_T_HEAD("weight_dtype", "type", 4, weight_dtype),
    TR_T_HEAD("attention", "attention", 0, attention_short),
};
static const tr_fields list_columns = {list_column, sizeof list_column / sizeof list_column[0]};

/* ---- one model --------------------------------------------------------------------- */

static tr_status write_json(const tr_scenario *scenario, const model_row *row, int pretty,
                            const tr_sink *sink, tr_error *err)
{
    tr_json json;
    tr_notes notes;
    double count = 0;
    const char *kind;
    tr_document_begin(&json, sink, pretty, scenario, NULL);
    tr_fields_json(&head_fields, row, &json);
    tr_json_key(&json, "attention");
    tr_json_object_inline(&json);
    for (size_t i = 0; (kind = kind_at(row->model, i, &count)) != NULL; i++)
        tr_json_key_number(&json, kind, count);
    tr_json_close(&json);
    tr_fields_json(&tail_fields, row, &json);
    tr_json_key_array(&json, "sources");
    tr_json_string(&json, row->model->source);
    tr_json_close(&json);
    tr_notes_of_model(row->model, &notes);
    tr_notes_json(&notes, &json);
    tr_json_close(&json);
    return tr_written(tr_json_finish(&json), err);
}

static void print_param(tr_writer *out, const char *label, double param, const char *remark)
{
    char number[32], text[96];
    (void)tr_number_format(param, number, sizeof number);
    (void)snprintf(text, sizeof text, "%s%s%s", number, remark[0] != '\0' ? "   " : "", remark);
    tr_print_quantity(out, label, param, TR_UNIT_PARAM, text);
}

static void print_shape(const model_row *row, tr_writer *out)
{
    const tr_model *m = row->model;
    char text[192];
    if (m->layer_kinds == 0)
        return;
    (void)snprintf(text, sizeof text, "%.0f, %.0f wide", m->layers, m->hidden);
    tr_print_line(out, "layers", text, NULL);
    (void)snprintf(text, sizeof text, "%s; %.0f heads, %.0f KV heads", row->attention, heads_of(m),
                   kv_heads_of(m));
    tr_print_line(out, "attention", text, NULL);
    if (experts_of(m) > 0) {
        (void)snprintf(text, sizeof text, "%.0f of %.0f routed, %g shared", experts_active_of(m),
                       experts_of(m), experts_shared_of(m));
        tr_print_line(out, "experts", text, NULL);
    }
    (void)snprintf(text, sizeof text, "%.0f%s", m->vocab, m->tied ? ", one table for input and output" : "");
    tr_print_line(out, "vocabulary", text, NULL);
}

static tr_status write_card(const model_row *row, const tr_style *style, const tr_sink *sink, tr_error *err)
{
    const tr_model *m = row->model;
    char text[256];
    tr_writer out;
    tr_writer_begin(&out, sink);
    (void)snprintf(text, sizeof text, "%s (%s)\n\n", m->name, m->family);
    tr_write_text(&out, text);
    print_shape(row, &out);
    print_param(&out, "parameters", m->total_param, "");
    print_param(&out, "active per token", m->active_param, "embedding counted");
    print_param(&out, "multiplied per token", m->multiply_param, "an untied input table is only looked up");
    if (m->mtp_param > 0)
        print_param(&out, "MTP layers", m->mtp_param, "beyond the total");
    (void)snprintf(text, sizeof text, "%s as published",
                   m->weight_name[0] != '\0' ? m->weight_name : tr_dtype_name(m->weight_dtype));
    tr_print_quantity(&out, "bytes a weight", tr_model_weight_byte(m), TR_UNIT_BYTE, text);
    (void)snprintf(text, sizeof text, "for each token of a long context, %s",
                   row->kv_byte_per_elem > 0 ? "in the dtype asked for" : tr_dtype_name(m->kv_dtype));
    tr_print_quantity(&out, "KV cache", kv_byte(row), TR_UNIT_BYTE, text);
    if (m->state_byte_per_seq > 0)
        tr_print_quantity(&out, "recurrent state", m->state_byte_per_seq, TR_UNIT_BYTE, "for each sequence");
    if (m->max_context_token > 0)
        tr_print_quantity(&out, "made for a context of", m->max_context_token, TR_UNIT_CONTEXT, NULL);
    if (m->source[0] != '\0') {
        tr_write_char(&out, '\n');
        tr_print_wrapped(&out, "  source: ", "          ", m->source, style->columns);
    }
    tr_notes notes;
    tr_notes_of_model(m, &notes);
    tr_notes_text(&notes, style->columns, &out);
    return tr_written(tr_writer_finish(&out), err);
}

tr_status tr_answer_model(const tr_scenario *scenario, const tr_model *model, const tr_style *style,
                          tr_sink *sink, tr_error *err)
{
    model_row row;
    fill(&row, scenario, model);
    if (style->format == TR_FORMAT_TEXT)
        return write_card(&row, style, sink, err);
    if (style->format < TR_FORMAT_CSV) {
        const tr_status s = write_json(scenario, &row, style->format == TR_FORMAT_JSON, sink, err);
        if (s == TR_OK && style->format == TR_FORMAT_JSONL && sink->write(sink->context, "\n", 1) != 0)
            return tr_written(TR_EIO, err);
        return s;
    }
    return tr_row_write(&list_fields, "models", &row, style, sink, err);
}

/* ---- all models --------------------------------------------------------------------- */

typedef struct walk {
    const tr_scenario *scenario;
    const tr_model_list *list;
    tr_model *model;
    model_row row;
} walk;

static const void *row_at(void *context, size_t index, tr_error *err)
{
    walk *w = context;
    if (w->list->at(w->list->context, index, w->model, err) != TR_OK)
        return NULL;
    fill(&w->row, w->scenario, w->model);
    return &w->row;
}

static tr_status catalog_at(void *context, size_t index, tr_model *out, tr_error *err)
{
    (void)context;
    return tr_model_catalog_get(tr_model_catalog_name(index), out, err);
}

tr_status tr_answer_models(const tr_scenario *scenario, const tr_model_list *list, const tr_style *style,
                           tr_sink *sink, tr_error *err)
{
    const tr_model_list catalog = {.count = tr_model_catalog_count(), .at = catalog_at, .context = NULL};
    walk w = {.scenario = scenario, .list = list != NULL ? list : &catalog, .model = malloc(sizeof *w.model)};
    if (w.model == NULL)
        return tr_fail(err, TR_ENOMEM, "", 0.0, "out of memory");
    const tr_rows rows = {.fields = &list_fields,
                          .columns = &list_columns,
                          .name = "models",
                          .count = w.list->count,
                          .at = row_at,
                          .context = &w,
                          .scenario = scenario};
    const tr_status s = tr_rows_write(&rows, style, sink, err);
    free(w.model);
    return s;
}
