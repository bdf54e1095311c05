/* ask/scale_write.c -- the answer of `scale` as a page, a document or rows of one part. */
#include "ask/scale.h"

#include <tokenroof/ask.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "ask/asked.h"
#include "ask/day_row.h"
#include "ask/working.h"
#include "base/fail.h"
#include "write/document.h"
#include "write/print.h"
#include "write/rows.h"

typedef struct scale {
    const tr_scenario *scenario;
    tr_scale_terms terms;
    tr_train_row train;
    int has_train, has_day;      /* they are asked for, and one sequence fits */
    tr_error no_train;           /* else why not */
    tr_day_row day;
    tr_scale_moe moe;
    tr_scale_domain domain[TR_SCALE_ROWS];
    tr_scale_wall wall[TR_SCALE_WALLS];
    size_t domains, walls;
    tr_scale_doubles *doubles;   /* where that part is asked for; so are the next */
    tr_scale_pipeline *pipeline;
    tr_scale_attention *attention; /* NULL also where no cache grows */
    tr_error no_attention;       /* then why */
    tr_scale_sparse sparse;      /* the row looked at last */
} scale;

static int asks(int part, int of) { return part == TR_SCALE_ALL || part == of; }

static double finite_or_nan(double x) { return isfinite(x) ? x : (double)NAN; }

/* ---- the parts that are one object ------------------------------------------------------- */

#define OF(NAME, VALUE) TR_NUMBER(scale, NAME, VALUE)
OF(moe_experts, row->moe.experts)
OF(moe_active, row->moe.experts_active)
OF(moe_layers, row->moe.layers)
OF(moe_group, row->moe.group_chip)
OF(moe_each, row->moe.experts_per_chip)
OF(moe_byte, row->moe.token_byte)
OF(moe_up, row->moe.scaleup_s)
OF(moe_out, row->moe.scaleout_s)
OF(moe_ratio, row->moe.link_ratio)
OF(moe_leaving, row->moe.leaving_share)
OF(moe_stage, row->moe.stage_over_hop_ratio)

static const tr_field moe_list[] = {
    TR_N("moe.experts", NONE, moe_experts),
    TR_N("moe.experts_active", NONE, moe_active),
    TR_N("moe.layers", NONE, moe_layers),
    TR_N("moe.group_chip", NONE, moe_group),
    TR_N("moe.experts_per_chip", NONE, moe_each),
    TR_N("moe.byte_per_token_layer", BYTE, moe_byte),
    TR_N("moe.scaleup_s", SECOND, moe_up),
    TR_N("moe.scaleout_s", SECOND, moe_out),
    TR_N("moe.scaleup_over_scaleout", NONE, moe_ratio),
    TR_N("moe.leaving_share", RATIO, moe_leaving),
    TR_N("moe.stage_over_hop", NONE, moe_stage),
};
static const tr_fields moe_fields = {moe_list, sizeof moe_list / sizeof moe_list[0]};

/* ---- the parts that are rows ---------------------------------------------------------------- */

#define ROW(TYPE, NAME, VALUE) TR_NUMBER(TYPE, NAME, VALUE)
TR_TEXT(tr_scale_domain, domain_name, row->name)
ROW(tr_scale_domain, domain_chips, row->chips)
ROW(tr_scale_domain, domain_rate, row->byte_per_s)
ROW(tr_scale_domain, domain_memory, row->memory_byte)
ROW(tr_scale_domain, domain_fetch, row->fetch_s)
ROW(tr_scale_domain, domain_year, row->year > 0 ? row->year : (double)NAN)
TR_FLAG(tr_scale_domain, domain_holds, row->holds)
static const tr_field domain_list[] = {
    TR_T_HEAD("system", "system", 22, domain_name),
    TR_N("year", NONE, domain_year),
    TR_N_HEAD("domain_chip", NONE, "domain", 7, domain_chips),
    TR_N_HEAD("byte_per_s", BYTE_PER_S, "bandwidth", 11, domain_rate),
    TR_N_HEAD("memory_byte", BYTE, "memory", 9, domain_memory),
    TR_N_HEAD("fetch_s", SECOND, "read in", 9, domain_fetch),
    TR_F_HEAD("holds", "holds", 5, domain_holds),
};
static const tr_fields domain_fields = {domain_list, sizeof domain_list / sizeof domain_list[0]};

TR_TEXT(tr_scale_wall, wall_name, row->name)
TR_TEXT(tr_scale_wall, wall_kind, row->attention)
ROW(tr_scale_wall, wall_bandwidth, finite_or_nan(row->bandwidth_token))
ROW(tr_scale_wall, wall_capacity, finite_or_nan(row->capacity_token))
ROW(tr_scale_wall, wall_compute, finite_or_nan(row->compute_token))
ROW(tr_scale_wall, wall_limit, row->limit_token)
static const tr_field wall_list[] = {
    TR_T_HEAD("model", "model", 22, wall_name),
    TR_T_HEAD("attention", "attention", 17, wall_kind),
    TR_N_HEAD("bandwidth_token", TOKEN, "bandwidth", 11, wall_bandwidth),
    TR_N_HEAD("capacity_token", TOKEN, "capacity", 11, wall_capacity),
    TR_N_HEAD("compute_token", TOKEN, "compute", 11, wall_compute),
    TR_N_HEAD("limit_token", TOKEN, "model's own", 11, wall_limit),
};
static const tr_fields wall_fields = {wall_list, sizeof wall_list / sizeof wall_list[0]};

static const void *domain_at(void *context, size_t index, tr_error *err)
{
    (void)err;
    return &((scale *)context)->domain[index];
}

static const void *double_at(void *context, size_t index, tr_error *err)
{
    (void)err;
    return &((scale *)context)->doubles->row[index];
}

static const void *sparse_at(void *context, size_t index, tr_error *err)
{
    scale *s = context;
    (void)err;
    tr_scale_sparse_of(&s->terms, index, &s->sparse);
    return &s->sparse;
}

static const void *wall_at(void *context, size_t index, tr_error *err)
{
    (void)err;
    return &((scale *)context)->wall[index];
}

static tr_rows rows_of(scale *s, int part)
{
    tr_rows rows = {.context = s, .scenario = s->scenario};
    switch (part) {
    case TR_SCALE_DOMAIN:
        rows.fields = &tr_scale_double_fields, rows.name = "doublings", rows.count = s->doubles->count;
        rows.at = double_at;
        break;
    case TR_SCALE_SYSTEMS:
        rows.fields = &domain_fields, rows.name = "domains", rows.count = s->domains, rows.at = domain_at;
        break;
    case TR_SCALE_PIPELINE:
        rows.fields = &tr_scale_stage_fields, rows.name = "stages", rows.at = tr_scale_pipeline_at;
        rows.count = s->pipeline->rows, rows.context = s->pipeline;
        break;
    case TR_SCALE_SPARSITY:
        rows.fields = &tr_scale_sparse_fields, rows.name = "sparsity", rows.at = sparse_at;
        rows.count = tr_scale_sparse_count();
        break;
    case TR_SCALE_ATTENTION:
        rows.fields = &tr_scale_look_fields, rows.name = "attention", rows.at = tr_scale_attention_at;
        rows.count = s->attention != NULL ? s->attention->contexts * TR_SCALE_WAYS : 0, rows.context = s->attention;
        break;
    case TR_SCALE_WALL:
        rows.fields = &wall_fields, rows.name = "walls", rows.count = s->walls, rows.at = wall_at;
        break;
    case TR_SCALE_DAY: return tr_day_rows(&s->day);
    default: break;
    }
    return rows;
}

/* ---- the equations, with numbers ---------------------------------------------------------------- */

static void workings_of(const scale *s, tr_workings *out)
{
    tr_working *w;
    out->count = 0;
    if (s->has_train)
        tr_train_row_workings(&s->train, out);
    if (s->has_day)
        tr_day_row_workings(&s->day, out);
    if (s->moe.is_mixture) {
        w = tr_working_start(out, "K33");
        tr_working_put(w, "k", TR_UNIT_NONE, s->moe.experts_active, 0);
        tr_working_put(w, "h", TR_UNIT_NONE, s->terms.question->model->hidden, 0);
        tr_working_put(w, "E", TR_UNIT_NONE, s->moe.group_chip, 0);
        tr_working_put(w, "dispatch", TR_UNIT_BYTE, TR_DISPATCH_BYTE, 0);
        tr_working_put(w, "combine", TR_UNIT_BYTE, TR_COMBINE_BYTE, 0);
        tr_working_put(w, "byte", TR_UNIT_BYTE, s->moe.token_byte, 1);
    }
    if (s->pipeline != NULL)
        tr_scale_pipeline_workings(s->pipeline, out);
    const double equal_token = s->wall[0].compute_token;
    if (!isfinite(equal_token))
        return;
    w = tr_working_start(out, "K39");
    tr_working_put(w, "L", TR_UNIT_TOKEN, equal_token, 1);
    tr_working_put(w, "N_mul", TR_UNIT_NONE, s->terms.question->roof.flop_per_token / 2, 0);
}

/* ---- the page ------------------------------------------------------------------------------------- */

static void print_moe(const scale *s, const tr_style *style, tr_writer *out)
{
    if (!s->moe.is_mixture) {
        tr_print_wrapped(out, "  ", "  ", "this model has no experts: nothing is dispatched", style->columns);
        return;
    }
    char text[160];
    (void)snprintf(text, sizeof text, "%.0f experts over a domain of %.0f chips", s->moe.experts,
                   s->moe.group_chip);
    tr_print_quantity(out, "experts a chip", s->moe.experts_per_chip, TR_UNIT_NONE, text);
    tr_print_quantity(out, "a token and layer moves", s->moe.token_byte, TR_UNIT_BYTE,
                      "dispatched in FP8, combined in BF16");
    (void)snprintf(text, sizeof text, "for %.0f sequences over all %.0f layers", s->terms.domain_seq,
                   s->moe.layers);
    if (s->moe.scaleup_s > 0)
        tr_print_quantity(out, "on the scale-up links", s->moe.scaleup_s, TR_UNIT_SECOND, text);
    if (s->moe.scaleout_s > 0) {
        tr_print_quantity(out, "on the scale-out links", s->moe.scaleout_s, TR_UNIT_SECOND,
                          "if each chip were a domain of its own");
        tr_print_quantity(out, "links' ratio", s->moe.link_ratio, TR_UNIT_NONE, "scale-up over scale-out");
        tr_print_quantity(out, "one layer over a hop", s->moe.stage_over_hop_ratio, TR_UNIT_NONE,
                          s->moe.stage_over_hop_ratio >= 1 ? "a pipeline stage of one layer hides its hop"
                                                           : "a stage needs more layers to hide its hop");
    }
    (void)snprintf(text, sizeof text, "if the experts are spread over %.0f domains", s->terms.rack_count);
    tr_print_quantity(out, "leaves the domain", s->moe.leaving_share, TR_UNIT_RATIO, text);
}

static tr_status print_rows(scale *s, int part, tr_writer *out, tr_error *err)
{
    const tr_rows rows = rows_of(s, part);
    tr_fields_table_head(rows.fields, out);
    for (size_t i = 0; i < rows.count; i++) {
        if (part == TR_SCALE_SYSTEMS && s->domain[i].chips < 2 && i > 20)
            continue; /* the page is for people; --json and --csv have them all */
        const void *row = rows.at(rows.context, i, err);
        if (row == NULL)
            return err != NULL ? err->status : TR_EDOMAIN;
        tr_fields_table_row(rows.fields, row, out);
    }
    return TR_OK;
}

static tr_status write_text(scale *s, int part, const tr_workings *workings, const tr_style *style,
                            tr_sink *sink, tr_error *err)
{
    static const char *const title[] = {"",
                                        "Batch schedule: batches leave one after another (the lecture's trains)",
                                        "Twice the domain, its bandwidth, memory, links or FLOP/s",
                                        "Scale-up domains: time to read the weights once",
                                        "Experts inside one domain",
                                        "Pipeline stages of this system",
                                        "Sparsity: this size with experts, by the routed scaling law",
                                        "Attention over context: dense, sparse by an index, compressed",
                                        "Limits of context length, in tokens, for 64 sequences or --batch",
                                        "Over a week: places idle, who pays for them, and work that may wait"};
    char text[200];
    tr_writer out;
    tr_status status = TR_OK;
    tr_writer_begin(&out, sink);
    (void)snprintf(text, sizeof text, "%.90s on %.60s\n", s->terms.question->model->name,
                   s->terms.question->system->name);
    tr_write_text(&out, text);
    tr_print_setting(s->terms.question, &out);
    tr_print_price(s->terms.question, &out);
    static const int order[] = {TR_SCALE_TRAIN,     TR_SCALE_DAY, TR_SCALE_DOMAIN,
                                TR_SCALE_SYSTEMS,   TR_SCALE_MOE, TR_SCALE_PIPELINE,
                                TR_SCALE_SPARSITY,  TR_SCALE_ATTENTION, TR_SCALE_WALL};
    for (size_t i = 0; i < sizeof order / sizeof order[0] && status == TR_OK; i++) {
        const int p = order[i];
        if (!asks(part, p))
            continue;
        tr_print_heading(&out, style, title[p]);
        if ((p == TR_SCALE_TRAIN && !s->has_train) || (p == TR_SCALE_DAY && !s->has_day))
            tr_print_wrapped(&out, "  ", "  ", s->no_train.text, style->columns);
        else if (p == TR_SCALE_TRAIN)
            tr_train_row_text(&s->train, &out);
        else if (p == TR_SCALE_DAY)
            tr_day_row_text(&s->day, style, &out);
        else if (p == TR_SCALE_MOE)
            print_moe(s, style, &out);
        else if (p == TR_SCALE_DOMAIN)
            tr_scale_doubles_text(s->doubles, style->columns, &out);
        else if (p == TR_SCALE_SPARSITY)
            tr_scale_sparse_text(&s->terms, style->columns, &out);
        else if (p == TR_SCALE_ATTENTION && s->attention != NULL)
            tr_scale_attention_text(s->attention, &out);
        else if (p == TR_SCALE_ATTENTION)
            tr_print_wrapped(&out, "  ", "  ", s->no_attention.text, style->columns);
        else if (p == TR_SCALE_PIPELINE)
            status = tr_scale_pipeline_text(s->pipeline, &out, err);
        else
            status = print_rows(s, p, &out, err);
    }
    if (status != TR_OK)
        return status;
    if (style->explain)
        tr_workings_text(workings, style, &out);
    return tr_written(tr_writer_finish(&out), err);
}

static tr_status write_json(scale *s, int part, const tr_workings *workings, const tr_style *style,
                            tr_sink *sink, tr_error *err)
{
    tr_json json;
    tr_document_begin(&json, sink, 1, s->scenario, NULL);
    tr_json_key_string(&json, "model", s->terms.question->model->name);
    tr_json_key_string(&json, "system", s->terms.question->system->name);
    tr_question_json(s->terms.question, &json);
    if (s->has_train)
        tr_fields_json(&tr_train_fields, &s->train, &json);
    else if (part == TR_SCALE_ALL) {
        tr_json_key_null(&json, "train");
        tr_json_key_string(&json, "train_reason", s->no_train.text);
    }
    if ((part == TR_SCALE_ALL || part == TR_SCALE_MOE) && s->moe.is_mixture)
        tr_fields_json(&moe_fields, s, &json);
    else if (part == TR_SCALE_ALL || part == TR_SCALE_MOE)
        tr_json_key_null(&json, "moe");
    if (s->has_day)
        tr_fields_json(&tr_day_fields, &s->day, &json);
    for (int p = TR_SCALE_DOMAIN; p <= TR_SCALE_DAY; p++) {
        if (p == TR_SCALE_MOE || !asks(part, p) || (p == TR_SCALE_DAY && !s->has_day))
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

/* A part that has no answer is refused where it alone is asked for, and says why where all are. */
static tr_status or_reason(int part, tr_status status, const tr_error *why, tr_error *err)
{
    if (status == TR_OK || (part == TR_SCALE_ALL && (status == TR_ENOFIT || status == TR_EMISSING)))
        return TR_OK;
    if (err != NULL)
        *err = *why;
    return status;
}

static tr_status gather(scale *s, int part, tr_error *err)
{
    const tr_problem *question = s->terms.question;
    tr_status status = TR_OK;
    if (asks(part, TR_SCALE_TRAIN) || asks(part, TR_SCALE_DAY)) {
        const tr_status fits = tr_check_fits(question, 1.0, s->terms.context_token, &s->no_train);
        s->has_train = fits == TR_OK && asks(part, TR_SCALE_TRAIN);
        s->has_day = fits == TR_OK && asks(part, TR_SCALE_DAY);
        status = fits == TR_OK ? tr_train_row_of(s->scenario, question, &s->train, err)
                               : or_reason(part, fits, &s->no_train, err);
    }
    if (status == TR_OK && s->has_day)
        status = tr_day_row_of(s->scenario, &s->train, &s->day, err);
    if (status == TR_OK)
        status = tr_scale_walls(s->scenario, &s->terms, s->wall, &s->walls, err);
    if (status == TR_OK && asks(part, TR_SCALE_DOMAIN))
        status = tr_scale_doubles_of(s->scenario, &s->terms, &s->doubles, err);
    if (status == TR_OK && asks(part, TR_SCALE_PIPELINE))
        status = tr_scale_pipeline_begin(s->scenario, &s->terms, &s->pipeline, err);
    if (status == TR_OK && asks(part, TR_SCALE_ATTENTION))
        status = or_reason(part, tr_scale_attention_begin(s->scenario, &s->terms, &s->attention, &s->no_attention),
                           &s->no_attention, err);
    s->domains = tr_scale_domains(&s->terms, s->domain, TR_SCALE_ROWS);
    tr_scale_moe_of(&s->terms, &s->moe);
    return status;
}

static tr_status write_answer(scale *s, int part, const tr_style *style, tr_sink *sink, tr_error *err)
{
    tr_workings workings;
    workings_of(s, &workings);
    if (style->format == TR_FORMAT_TEXT)
        return write_text(s, part, &workings, style, sink, err);
    if (style->format == TR_FORMAT_JSON)
        return write_json(s, part, &workings, style, sink, err);
    if (part == TR_SCALE_ALL || part == TR_SCALE_TRAIN || part == TR_SCALE_MOE)
        return tr_fail(err, TR_ECONFLICT, "part", (double)NAN,
                       "rows are of one part: --part domain, systems, pipeline, sparsity, attention, wall or day");
    const tr_rows rows = rows_of(s, part);
    return tr_rows_write(&rows, style, sink, err);
}

tr_status tr_answer_scale(const tr_scenario *scenario, const tr_problem *question, const tr_style *style,
                          tr_sink *sink, tr_error *err)
{
    scale s = {.scenario = scenario};
    const int part = tr_input_choice(scenario, TR_IN_PART);
    tr_scale_terms_of(scenario, question, &s.terms);
    tr_status status = gather(&s, part, err);
    if (status == TR_OK)
        status = write_answer(&s, part, style, sink, err);
    free(s.doubles);
    free(s.attention);
    tr_scale_pipeline_end(s.pipeline);
    return status;
}
