/* ask/scale_write.c -- the answer of `scale` as a page, a document or rows of one part. */
#include "ask/scale.h"

#include <tokenroof/ask.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ask/asked.h"
#include "ask/day_row.h"
#include "ask/working.h"
#include "base/fail.h"
#include "write/document.h"
#include "write/print.h"
#include "write/rows.h"

enum { ALL = 0, TRAIN, DOMAIN_, MOE, PIPELINE, SPARSITY, WALL, DAY };

typedef struct scale {
    const tr_scenario *scenario;
    tr_scale_terms terms;
    tr_train_row train;
    int has_train, has_day;  /* they are asked for: one sequence must fit then */
    tr_day_row day;
    tr_scale_moe moe;
    tr_scale_domain domain[TR_SCALE_ROWS];
    tr_scale_wall wall[TR_SCALE_WALLS];
    size_t domains, walls;
    tr_scale_stage stage;
    double experts;
} scale;

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

ROW(tr_scale_stage, stage_count, row->stages)
ROW(tr_scale_stage, stage_weights, row->weight_byte_per_chip)
ROW(tr_scale_stage, stage_kv, row->kv_byte_per_chip)
ROW(tr_scale_stage, stage_all, row->byte_per_chip)
ROW(tr_scale_stage, stage_memory, finite_or_nan(row->memory_byte))
ROW(tr_scale_stage, stage_flight, row->in_flight_seq)
ROW(tr_scale_stage, stage_hops, row->hops_s)
ROW(tr_scale_stage, stage_bubble, row->bubble_share)
ROW(tr_scale_stage, stage_idle, row->idle_share)
TR_FLAG(tr_scale_stage, stage_fits, row->fits)
static const tr_field stage_list[] = {
    TR_N_HEAD("stages", NONE, "stages", 6, stage_count),
    TR_N_HEAD("weight_byte_per_chip", BYTE, "weights", 10, stage_weights),
    TR_N_HEAD("kv_byte_per_chip", BYTE, "KV cache", 10, stage_kv),
    TR_N_HEAD("byte_per_chip", BYTE, "a chip", 10, stage_all),
    TR_N("memory_byte_per_chip", BYTE, stage_memory),
    TR_F_HEAD("fits", "fits", 4, stage_fits),
    TR_N_HEAD("in_flight_seq", SEQ, "in flight", 9, stage_flight),
    TR_N_HEAD("hops_s", SECOND, "hops", 8, stage_hops),
    TR_N_HEAD("train_bubble_share", RATIO, "bubble", 8, stage_bubble),
    TR_N_HEAD("one_batch_idle_share", RATIO, "idle alone", 10, stage_idle),
};
static const tr_fields stage_fields = {stage_list, sizeof stage_list / sizeof stage_list[0]};

static tr_routed_law routed(void) { return tr_routed_law_of(TR_ROUTING_S_BASE); }
static double dense_param(double param, double experts)
{
    const tr_routed_law law = routed();
    return tr_routed_dense_param(&law, param, experts);
}
static double log_loss(double param, double experts)
{
    const tr_routed_law law = routed();
    return tr_routed_log10_loss_nat(&law, param, experts);
}
#define ACTIVE(ROW_) ((ROW_)->terms.question->model->active_param)
/* Half of a model's layers were given experts, two thirds of whose parameters are the FFN: a third of all is
 * copied. */
static double stored_param(const scale *row) { return ACTIVE(row) * (1.0 + (row->experts - 1.0) / 3.0); }
static double stored_byte(const scale *row) { return stored_param(row) * row->terms.question->roof.weight_byte; }
OF(sparse_experts, row->experts)
OF(sparse_loss, log_loss(ACTIVE(row), row->experts))
OF(sparse_dense, dense_param(ACTIVE(row), row->experts))
OF(sparse_gain, dense_param(ACTIVE(row), row->experts) / ACTIVE(row))
OF(sparse_store, stored_param(row))
OF(sparse_byte, stored_byte(row))
TR_FLAG(scale, sparse_fits,
        stored_byte(row) <= row->terms.question->roof.chip_count * tr_scale_room_byte(row->terms.question))
static const tr_field sparse_list[] = {
    TR_N_HEAD("experts", NONE, "experts", 7, sparse_experts),
    TR_N_HEAD("log10_loss", NONE, "log10 loss", 11, sparse_loss),
    TR_N_HEAD("dense_param", PARAM, "as good as", 11, sparse_dense),
    TR_N_HEAD("gain_ratio", NONE, "gain x", 8, sparse_gain),
    TR_N_HEAD("stored_param", PARAM, "stored", 10, sparse_store),
    TR_N_HEAD("weight_byte", BYTE, "memory", 10, sparse_byte),
    TR_F_HEAD("fits", "fits", 4, sparse_fits),
};
static const tr_fields sparse_fields = {sparse_list, sizeof sparse_list / sizeof sparse_list[0]};

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

static const void *stage_at(void *context, size_t index, tr_error *err)
{
    scale *s = context;
    size_t count = 0;
    const double *given = tr_input_list(s->scenario, TR_IN_STAGES, &count);
    (void)err;
    s->stage = tr_scale_stage_of(&s->terms, given[index]);
    return &s->stage;
}

static const void *sparse_at(void *context, size_t index, tr_error *err)
{
    scale *s = context;
    (void)err;
    s->experts = (double)(1U << index);
    return s;
}

static const void *wall_at(void *context, size_t index, tr_error *err)
{
    (void)err;
    return &((scale *)context)->wall[index];
}

static tr_rows rows_of(scale *s, int part)
{
    size_t stages = 0;
    (void)tr_input_list(s->scenario, TR_IN_STAGES, &stages);
    tr_rows rows = {.context = s, .scenario = s->scenario};
    switch (part) {
    case DOMAIN_:
        rows.fields = &domain_fields, rows.name = "domains", rows.count = s->domains, rows.at = domain_at;
        break;
    case PIPELINE:
        rows.fields = &stage_fields, rows.name = "stages", rows.count = stages, rows.at = stage_at;
        break;
    case SPARSITY:
        rows.fields = &sparse_fields, rows.name = "sparsity", rows.count = 10, rows.at = sparse_at;
        break;
    case WALL:
        rows.fields = &wall_fields, rows.name = "walls", rows.count = s->walls, rows.at = wall_at;
        break;
    case DAY: return tr_day_rows(&s->day);
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
    const tr_scale_stage stage = tr_scale_stage_of(&s->terms, 4.0);
    w = tr_working_start(out, "K36");
    tr_working_put(w, "W", TR_UNIT_BYTE, s->terms.question->roof.store_weight_byte, 0);
    tr_working_put(w, "E", TR_UNIT_NONE, s->terms.question->roof.chip_count, 0);
    tr_working_put(w, "P", TR_UNIT_NONE, 4.0, 0);
    tr_working_put(w, "B", TR_UNIT_SEQ, s->terms.batch_seq, 0);
    tr_working_put(w, "kv", TR_UNIT_BYTE,
                   stage.kv_byte_per_chip * s->terms.question->roof.chip_count / s->terms.batch_seq, 0);
    tr_working_put(w, "byte", TR_UNIT_BYTE, stage.byte_per_chip, 1);
    w = tr_working_start(out, "K38");
    tr_working_put(w, "P", TR_UNIT_NONE, 4.0, 0);
    tr_working_put(w, "M", TR_UNIT_NONE, s->terms.micro_batch_count >= 1.0 ? s->terms.micro_batch_count : 4.0, 0);
    tr_working_put(w, "bubble", TR_UNIT_RATIO, stage.bubble_share, 1);
    tr_working_put(w, "M_d", TR_UNIT_NONE, 1.0, 0);
    tr_working_put(w, "idle", TR_UNIT_RATIO, stage.idle_share, 1);
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
    (void)snprintf(text, sizeof text, "for %.0f sequences over all %.0f layers", s->terms.batch_seq,
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
        if (part == DOMAIN_ && s->domain[i].chips < 2 && i > 20)
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
                                        "Scale-up domains: time to read the weights once",
                                        "Experts inside one domain",
                                        "Pipeline stages of this system",
                                        "Sparsity: this size with experts, by the routed scaling law",
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
    static const int order[] = {TRAIN, DAY, DOMAIN_, MOE, PIPELINE, SPARSITY, WALL};
    for (size_t i = 0; i < sizeof order / sizeof order[0] && status == TR_OK; i++) {
        const int p = order[i];
        if (part != ALL && part != p)
            continue;
        tr_print_heading(&out, style, title[p]);
        if (p == TRAIN)
            tr_train_row_text(&s->train, &out);
        else if (p == DAY)
            tr_day_row_text(&s->day, style, &out);
        else if (p == MOE)
            print_moe(s, style, &out);
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
    if (part == ALL || part == TRAIN)
        tr_fields_json(&tr_train_fields, &s->train, &json);
    if ((part == ALL || part == MOE) && s->moe.is_mixture)
        tr_fields_json(&moe_fields, s, &json);
    else if (part == ALL || part == MOE)
        tr_json_key_null(&json, "moe");
    if (s->has_day)
        tr_fields_json(&tr_day_fields, &s->day, &json);
    for (int p = DOMAIN_; p <= DAY; p++) {
        const tr_rows rows = rows_of(s, p);
        if (rows.fields == NULL || (part != ALL && part != p))
            continue;
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

static tr_status gather(scale *s, tr_error *err)
{
    const tr_problem *question = s->terms.question;
    tr_status status = TR_OK;
    if (s->has_train || s->has_day) {
        status = tr_check_fits(question, 1.0, s->terms.context_token, err);
        if (status == TR_OK)
            status = tr_train_row_of(s->scenario, question, &s->train, err);
    }
    if (status == TR_OK && s->has_day)
        status = tr_day_row_of(s->scenario, &s->train, &s->day, err);
    if (status == TR_OK)
        status = tr_scale_walls(s->scenario, &s->terms, s->wall, &s->walls, err);
    if (status != TR_OK)
        return status;
    s->domains = tr_scale_domains(&s->terms, s->domain, TR_SCALE_ROWS);
    tr_scale_moe_of(&s->terms, &s->moe);
    return TR_OK;
}

static tr_status write_answer(scale *s, int part, const tr_style *style, tr_sink *sink, tr_error *err)
{
    tr_workings workings;
    workings_of(s, &workings);
    if (style->format == TR_FORMAT_TEXT)
        return write_text(s, part, &workings, style, sink, err);
    if (style->format == TR_FORMAT_JSON)
        return write_json(s, part, &workings, style, sink, err);
    const tr_rows rows = rows_of(s, part);
    if (rows.fields == NULL)
        return tr_fail(err, TR_ECONFLICT, "part", (double)NAN,
                       "rows are of one part: --part domain, pipeline, sparsity, wall or day");
    return tr_rows_write(&rows, style, sink, err);
}

tr_status tr_answer_scale(const tr_scenario *scenario, const tr_problem *question, const tr_style *style,
                          tr_sink *sink, tr_error *err)
{
    scale s = {.scenario = scenario};
    const int part = tr_input_choice(scenario, TR_IN_PART);
    tr_scale_terms_of(scenario, question, &s.terms);
    s.has_train = part == ALL || part == TRAIN;
    s.has_day = part == ALL || part == DAY;
    const tr_status status = gather(&s, err);
    return status == TR_OK ? write_answer(&s, part, style, sink, err) : status;
}
