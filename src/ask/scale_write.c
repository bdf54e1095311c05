/* ask/scale_write.c -- the answer of `scale`: gathered part by part, as a page, a document or rows of one
 * part. */
#include "ask/scale.h"

#include <tokenroof/ask.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "ask/asked.h"
#include "ask/working.h"
#include "base/fail.h"
#include "write/document.h"
#include "write/print.h"
#include "write/rows.h"

typedef tr_scale_answer scale;

/* ---- walls, whose rows no other file has ------------------------------------------------------ */

#define WALL(NAME, VALUE) TR_NUMBER(tr_scale_wall, NAME, VALUE)
TR_TEXT(tr_scale_wall, wall_name, row->name)
TR_TEXT(tr_scale_wall, wall_kind, row->attention)
WALL(wall_bandwidth, row->bandwidth_token)
WALL(wall_capacity, row->capacity_token)
WALL(wall_compute, row->compute_token)
WALL(wall_limit, row->limit_token)
static const tr_field wall_list[] = {
    TR_T_HEAD("model", "model", 22, wall_name),
    TR_T_HEAD("attention", "attention", 17, wall_kind),
    TR_N_HEAD("bandwidth_token", TOKEN, "bandwidth", 11, wall_bandwidth),
    TR_N_HEAD("capacity_token", TOKEN, "capacity", 11, wall_capacity),
    TR_N_HEAD("compute_token", TOKEN, "compute", 11, wall_compute),
    TR_N_HEAD("limit_token", TOKEN, "model's own", 11, wall_limit),
};
static const tr_fields wall_fields = {wall_list, sizeof wall_list / sizeof wall_list[0]};

/* ---- the rows of each part -------------------------------------------------------------------- */

#define AT(NAME, VALUE)                                                                                      \
    static const void *NAME(void *context, size_t index, tr_error *err)                                      \
    {                                                                                                        \
        scale *s = context;                                                                                  \
        (void)err;                                                                                           \
        return VALUE;                                                                                        \
    }
AT(train_at, ((void)index, &s->train))
AT(double_at, &s->doubles->row[index])
AT(domain_at, &s->domain[index])
AT(wall_at, &s->wall[index])
AT(sparse_at, (tr_scale_sparse_of(&s->terms, index, &s->sparse), &s->sparse))
AT(experts_at, (tr_scale_experts_of(&s->moe, s->moe.batch[index], &s->experts), &s->experts))

static tr_rows rows_of(scale *s, int part)
{
    tr_rows rows = {.context = s, .scenario = s->scenario};
#define ROWS(FIELDS, NAME, COUNT, READ)                                                                      \
    rows.fields = (FIELDS), rows.name = (NAME), rows.count = (COUNT), rows.at = (READ)
    switch (part) {
    case TR_SCALE_TRAIN: ROWS(&tr_train_row_fields, NULL, 1, train_at); break;
    case TR_SCALE_DOMAIN: ROWS(&tr_scale_double_fields, "doublings", s->doubles->count, double_at); break;
    case TR_SCALE_SYSTEMS:
        ROWS(s->part == part ? &tr_scale_served_fields : &tr_scale_domain_fields, "domains", s->domains,
             domain_at);
        break;
    case TR_SCALE_MOE:
        ROWS(&tr_scale_experts_fields, "moe_batches", s->moe.batches, experts_at);
        rows.columns = &tr_scale_experts_columns;
        break;
    case TR_SCALE_PIPELINE:
        ROWS(&tr_scale_stage_fields, "stages", s->pipeline->rows, tr_scale_pipeline_at);
        rows.context = s->pipeline;
        break;
    case TR_SCALE_SPARSITY:
        ROWS(&tr_scale_sparse_fields, "sparsity", tr_scale_sparse_count(), sparse_at);
        break;
    case TR_SCALE_ATTENTION:
        ROWS(&tr_scale_look_fields, "attention",
             s->attention != NULL ? s->attention->contexts * TR_SCALE_WAYS : 0, tr_scale_attention_at);
        rows.context = s->attention;
        break;
    case TR_SCALE_WALL: ROWS(&wall_fields, "walls", s->walls, wall_at); break;
    case TR_SCALE_DAY: return tr_day_rows(&s->day);
    default: break;
    }
#undef ROWS
    return rows;
}

/* ---- the page ------------------------------------------------------------------------------------- */

static tr_status write_part(scale *s, int p, const tr_style *style, tr_writer *out, tr_error *err)
{
    const tr_error *none = p == TR_SCALE_ATTENTION && s->attention == NULL ? &s->no_attention
                           : (p == TR_SCALE_TRAIN && !s->has_train) || (p == TR_SCALE_DAY && !s->has_day)
                               ? &s->no_train
                               : NULL;
    if (none != NULL) {
        tr_print_wrapped(out, "  ", "  ", none->text, style->columns);
        return TR_OK;
    }
    switch (p) {
    case TR_SCALE_TRAIN: tr_train_row_text(&s->train, out); return TR_OK;
    case TR_SCALE_DAY: tr_day_row_text(&s->day, style, out); return TR_OK;
    case TR_SCALE_MOE: tr_scale_moe_text(&s->moe, s->part == p, style->columns, out); return TR_OK;
    case TR_SCALE_DOMAIN: tr_scale_doubles_text(s->doubles, style->columns, out); return TR_OK;
    case TR_SCALE_SYSTEMS:
        tr_scale_domains_text(s->domain, s->domains, s->part == p, style->columns, out);
        return TR_OK;
    case TR_SCALE_SPARSITY: tr_scale_sparse_text(&s->terms, style->columns, out); return TR_OK;
    case TR_SCALE_ATTENTION: tr_scale_attention_text(s->attention, out); return TR_OK;
    case TR_SCALE_PIPELINE: return tr_scale_pipeline_text(s->pipeline, out, err);
    default: break;
    }
    tr_fields_table_head(&wall_fields, out);
    for (size_t i = 0; i < s->walls; i++)
        tr_fields_table_row(&wall_fields, &s->wall[i], out);
    return TR_OK;
}

static tr_status write_text(scale *s, const tr_workings *workings, const tr_style *style, tr_sink *sink,
                            tr_error *err)
{
    static const struct {
        int part;
        const char *title;
    } heading[] = {{TR_SCALE_TRAIN, "Batch schedule: batches leave one after another (the lecture's trains)"},
                   {TR_SCALE_DAY, "Over a week: places idle, who pays for them, and work that may wait"},
                   {TR_SCALE_DOMAIN, "Twice the domain, its bandwidth, memory, links or FLOP/s"},
                   {TR_SCALE_SYSTEMS, "Scale-up domains: time to read the weights once"},
                   {TR_SCALE_MOE, "Experts inside one domain"},
                   {TR_SCALE_PIPELINE, "Pipeline stages of this system"},
                   {TR_SCALE_SPARSITY, "Sparsity: this size with experts, by the routed scaling law"},
                   {TR_SCALE_ATTENTION, "Attention over context: dense, sparse by an index, compressed"},
                   {TR_SCALE_WALL, "Limits of context length, in tokens, for 64 sequences or --batch"}};
    char text[200];
    tr_writer out;
    tr_status status = TR_OK;
    tr_writer_begin(&out, sink);
    (void)snprintf(text, sizeof text, "%.90s on %.60s\n", s->terms.question->model->name,
                   s->terms.question->system->name);
    tr_write_text(&out, text);
    tr_print_setting(s->terms.question, &out);
    tr_print_price(s->terms.question, &out);
    for (size_t i = 0; i < sizeof heading / sizeof heading[0] && status == TR_OK; i++) {
        if (!tr_scale_asks(s->part, heading[i].part))
            continue;
        tr_print_heading(&out, style, heading[i].title);
        status = write_part(s, heading[i].part, style, &out, err);
    }
    if (status != TR_OK)
        return status;
    if (style->explain)
        tr_workings_text(workings, style, &out);
    return tr_written(tr_writer_finish(&out), err);
}

/* ---- the document, and rows -------------------------------------------------------------------------- */

static tr_status write_json(scale *s, const tr_workings *workings, const tr_style *style, tr_sink *sink,
                            tr_error *err)
{
    tr_json json;
    tr_document_begin(&json, sink, 1, s->scenario, NULL);
    tr_json_key_string(&json, "model", s->terms.question->model->name);
    tr_json_key_string(&json, "system", s->terms.question->system->name);
    tr_question_json(s->terms.question, &json);
    if (s->has_train)
        tr_fields_json(&tr_train_fields, &s->train, &json);
    else if (s->part == TR_SCALE_ALL) {
        tr_json_key_null(&json, "train");
        tr_json_key_string(&json, "train_reason", s->no_train.text);
    }
    if (tr_scale_asks(s->part, TR_SCALE_MOE) && s->moe.is_mixture)
        tr_fields_json(&tr_scale_moe_fields, &s->moe, &json);
    else if (tr_scale_asks(s->part, TR_SCALE_MOE))
        tr_json_key_null(&json, "moe");
    if (s->has_day)
        tr_fields_json(&tr_day_fields, &s->day, &json);
    for (int p = TR_SCALE_DOMAIN; p <= TR_SCALE_DAY; p++) {
        if (!tr_scale_asks(s->part, p) || (p == TR_SCALE_MOE && s->part != p) ||
            (p == TR_SCALE_DAY && !s->has_day))
            continue;
        if (p == TR_SCALE_ATTENTION && s->attention == NULL)
            tr_json_key_string(&json, "attention_reason", s->no_attention.text);
        const tr_rows rows = rows_of(s, p);
        tr_json_key_array(&json, rows.name);
        const tr_status status = tr_rows_json(&rows, &json, err);
        if (status != TR_OK)
            return status;
        tr_json_close(&json);
    }
    if (style->explain)
        tr_workings_json(workings, &json);
    tr_json_close(&json);
    return tr_written(tr_json_finish(&json), err);
}

static tr_status write_rows(scale *s, const tr_style *style, tr_sink *sink, tr_error *err)
{
    if (s->part == TR_SCALE_ALL)
        return tr_fail(err, TR_ECONFLICT, "part", (double)NAN,
                       "rows are of one part: --part train, domain, systems, moe, pipeline, sparsity, "
                       "attention, wall or "
                       "day");
    if (s->part == TR_SCALE_MOE && !s->moe.is_mixture)
        return tr_fail(err, TR_EMISSING, "model", (double)NAN, "%.60s has no experts: nothing is dispatched",
                       s->terms.question->model->name);
    if (s->part == TR_SCALE_MOE && s->moe.batches == 0)
        return tr_check_fits(s->terms.question, 1.0, s->terms.context_token, err);
    const tr_rows rows = rows_of(s, s->part);
    return tr_rows_write(&rows, style, sink, err);
}

/* ---- what is asked for ------------------------------------------------------------------------------- */

/* A part that has no answer is refused where it alone is asked for, and says why where all are. */
static tr_status or_reason(int part, tr_status status, const tr_error *why, tr_error *err)
{
    if (status == TR_OK || (part == TR_SCALE_ALL && (status == TR_ENOFIT || status == TR_EMISSING)))
        return TR_OK;
    if (err != NULL)
        *err = *why;
    return status;
}

static tr_status gather_train(scale *s, tr_error *err)
{
    const tr_problem *question = s->terms.question;
    const tr_status fits = tr_check_fits(question, 1.0, s->terms.context_token, &s->no_train);
    s->has_train = fits == TR_OK && tr_scale_asks(s->part, TR_SCALE_TRAIN);
    s->has_day = fits == TR_OK && tr_scale_asks(s->part, TR_SCALE_DAY);
    tr_status status = fits == TR_OK ? tr_train_row_of(s->scenario, question, &s->train, err)
                                     : or_reason(s->part, fits, &s->no_train, err);
    if (status == TR_OK && s->has_day)
        status = tr_day_row_of(s->scenario, &s->train, &s->day, err);
    return status;
}

static tr_status gather(scale *s, tr_error *err)
{
    tr_status status = TR_OK;
    if (tr_scale_asks(s->part, TR_SCALE_TRAIN) || tr_scale_asks(s->part, TR_SCALE_DAY))
        status = gather_train(s, err);
    if (status == TR_OK && tr_scale_asks(s->part, TR_SCALE_WALL))
        status = tr_scale_walls(s->scenario, &s->terms, s->wall, &s->walls, err);
    if (status == TR_OK && tr_scale_asks(s->part, TR_SCALE_DOMAIN))
        status = tr_scale_doubles_of(s->scenario, &s->terms, &s->doubles, err);
    if (status == TR_OK && tr_scale_asks(s->part, TR_SCALE_PIPELINE))
        status = tr_scale_pipeline_begin(s->scenario, &s->terms, &s->pipeline, err);
    if (status == TR_OK && tr_scale_asks(s->part, TR_SCALE_ATTENTION))
        status = or_reason(s->part,
                           tr_scale_attention_begin(s->scenario, &s->terms, &s->attention, &s->no_attention),
                           &s->no_attention, err);
    if (status == TR_OK && tr_scale_asks(s->part, TR_SCALE_SYSTEMS))
        status = tr_scale_domains(&s->terms, &s->domain, &s->domains, err);
    for (size_t i = 0; status == TR_OK && s->part == TR_SCALE_SYSTEMS && i < s->domains; i++)
        status = tr_scale_domain_serve(s->scenario, &s->domain[i], err);
    tr_scale_moe_of(&s->terms, &s->moe);
    return status;
}

tr_status tr_answer_scale(const tr_scenario *scenario, const tr_problem *question, const tr_style *style,
                          tr_sink *sink, tr_error *err)
{
    scale *s = calloc(1, sizeof *s);
    tr_workings workings = {.count = 0};
    if (s == NULL)
        return tr_fail(err, TR_ENOMEM, "", 0.0, "out of memory");
    s->scenario = scenario;
    s->part = tr_input_choice(scenario, TR_IN_PART);
    tr_scale_terms_of(scenario, question, &s->terms);
    tr_status status = gather(s, err);
    if (status == TR_OK && style->explain)
        tr_scale_workings(s, &workings);
    if (status == TR_OK)
        status = style->format == TR_FORMAT_TEXT   ? write_text(s, &workings, style, sink, err)
                 : style->format == TR_FORMAT_JSON ? write_json(s, &workings, style, sink, err)
                                                   : write_rows(s, style, sink, err);
    free(s->domain);
    free(s->doubles);
    free(s->attention);
    tr_scale_pipeline_end(s->pipeline);
    free(s);
    return status;
}
