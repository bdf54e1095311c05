/* ask/oracle_write.c -- the answer of `oracle` as a document or rows, and what its page is given. */
#include <tokenroof/ask.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ask/oracle.h"
#include "ask/working.h"
#include "base/fail.h"
#include "write/document.h"
#include "write/rows.h"

/* ---- rows: one an unknown ------------------------------------------------------------------ */

typedef struct unknown_row {
    const tr_oracle_page *page;
    tr_unknown unknown;
    const tr_oracle_band *prior, *posterior;
    double truth;
} unknown_row;

#define NUMBER(NAME, VALUE) TR_NUMBER(unknown_row, NAME, VALUE)
TR_TEXT(unknown_row, name, tr_unknown_name(row->unknown))
NUMBER(prior_05, row->prior->min)
NUMBER(prior_25, row->prior->low)
NUMBER(prior_50, row->prior->value)
NUMBER(prior_75, row->prior->high)
NUMBER(prior_95, row->prior->max)
NUMBER(posterior_05, row->posterior->min)
NUMBER(posterior_25, row->posterior->low)
NUMBER(posterior_50, row->posterior->value)
NUMBER(posterior_75, row->posterior->high)
NUMBER(posterior_95, row->posterior->max)
NUMBER(truth, row->truth)
TR_FLAG(unknown_row, known, row->page->known[row->unknown])
TR_FLAG(unknown_row, told, tr_oracle_is_told(&row->page->answer, row->unknown))
TR_TEXT(unknown_row, inside, isnan(row->truth) ? NULL
                             : tr_oracle_holds(row->posterior, row->truth) ? "yes" : "no")

static const tr_field unknown_field[] = {
    TR_T("unknown", name),
    TR_N("prior.p05", NONE, prior_05),
    TR_N("prior.p25", NONE, prior_25),
    TR_N("prior.p50", NONE, prior_50),
    TR_N("prior.p75", NONE, prior_75),
    TR_N("prior.p95", NONE, prior_95),
    TR_N("posterior.p05", NONE, posterior_05),
    TR_N("posterior.p25", NONE, posterior_25),
    TR_N("posterior.p50", NONE, posterior_50),
    TR_N("posterior.p75", NONE, posterior_75),
    TR_N("posterior.p95", NONE, posterior_95),
    TR_F("known", known),
    TR_F("has_evidence", told),
    TR_N("truth", NONE, truth),
    TR_T("truth_inside", inside),
};
static const tr_fields unknown_fields = {unknown_field, sizeof unknown_field / sizeof unknown_field[0]};

static unknown_row row_of(const tr_oracle_page *o, tr_unknown u)
{
    return (unknown_row){o, u, &o->answer.prior.band[u], &o->answer.posterior.band[u], o->truth[u]};
}

typedef struct walk {
    const tr_oracle_page *page;
    unknown_row row;
} walk;

static const void *unknown_at(void *context, size_t index, tr_error *err)
{
    walk *w = context;
    (void)err;
    w->row = row_of(w->page, (tr_unknown)index);
    return &w->row;
}

/* ---- the equations, with numbers -------------------------------------------------------------- */

static void workings_of(const tr_oracle_page *o, tr_workings *out)
{
    const tr_price_evidence *e = &o->question.evidence;
    out->count = 0;
    tr_working *w = tr_working_start(out, "K10");
    tr_working_put(w, "t_memory / t_compute", TR_UNIT_NONE, o->memory_ratio, 1);
    tr_working_put(w, "r", TR_UNIT_NONE, e->output_usd_per_mtoken / e->input_usd_per_mtoken, 0);
    tr_working_put(w, "e", TR_UNIT_NONE, 1.0, 0);
    w = tr_working_start(out, "K11");
    tr_working_put(w, "B", TR_UNIT_SEQ, o->dense_batch_seq * o->sparsity_ratio, 1);
    tr_working_put(w, "B*", TR_UNIT_SEQ, o->balance_token * o->sparsity_ratio, 0);
    tr_working_put(w, "m", TR_UNIT_NONE, o->memory_ratio, 0);
    tr_working_put(w, "L / L*", TR_UNIT_NONE, 0.0, 0);
    if (o->cells > 0) {
        w = tr_working_start(out, "K12");
        tr_working_put(w, "kv", TR_UNIT_BYTE, o->cell[o->cells > 1 ? 1 : 0].kv_byte_per_token[0], 1);
        tr_working_put(w, "N_a", TR_UNIT_PARAM, o->size_param[0], 0);
        tr_working_put(w, "BW", TR_UNIT_BYTE_PER_S, o->chip.memory_byte_per_s, 0);
        tr_working_put(w, "F", TR_UNIT_FLOP_PER_S, o->flop_per_s, 0);
        tr_working_put(w, "L", TR_UNIT_TOKEN, e->long_above_token, 0);
        tr_working_put(w, "s", TR_UNIT_NONE, 0.0, 0);
    }
    if (isfinite(o->long_context_token) && o->cells > 0) {
        w = tr_working_start(out, "K13");
        tr_working_put(w, "L", TR_UNIT_TOKEN, o->long_context_token, 1);
        tr_working_put(w, "u", TR_UNIT_NONE, e->long_output_ratio, 0);
        tr_working_put(w, "L_0", TR_UNIT_TOKEN, e->long_above_token, 0);
    }
    if (o->usd_per_hour > 0.0) {
        w = tr_working_start(out, "K16");
        tr_working_put(w, "ratio", TR_UNIT_NONE, o->level[0].over_cost_ratio, 1);
        tr_working_put(w, "margin", TR_UNIT_RATIO, o->level[0].margin_share, 1);
        tr_working_put(w, "busy", TR_UNIT_RATIO, o->level[0].break_even_busy_share, 1);
        tr_working_put(w, "p", TR_UNIT_USD, e->input_usd_per_mtoken, 0);
        tr_working_put(w, "N_a", TR_UNIT_PARAM, o->size_param[0], 0);
        tr_working_put(w, "F", TR_UNIT_FLOP_PER_S, o->flop_per_s, 0);
        tr_working_put(w, "MFU", TR_UNIT_NONE, o->mfu, 0);
        tr_working_put(w, "usd_per_s", TR_UNIT_USD, o->usd_per_hour / 3600.0, 0);
    }
    if (o->has_fast) {
        w = tr_working_start(out, "K3");
        tr_working_put(w, "B / B_fast", TR_UNIT_NONE, o->fast.batch_ratio, 1);
        tr_working_put(w, "p", TR_UNIT_NONE, e->fast_price_ratio, 0);
        tr_working_put(w, "s", TR_UNIT_NONE, e->fast_speed_ratio, 0);
        tr_working_put(w, "x", TR_UNIT_NONE, o->fast.fast_kv_ratio, 1);
        tr_working_put(w, "share", TR_UNIT_RATIO, o->fast.normal_kv_share, 1);
    }
}

/* ---- notes ---------------------------------------------------------------------------------------- */

static void notes_of(const tr_oracle_page *o, tr_notes *notes)
{
    notes->count = 0;
    if (o->answer.posterior.effective_count < TR_ORACLE_FEW_COUNT)
        notes->text[notes->count++] = "few draws count: bands are rough, --samples makes them firmer";
    notes->text[notes->count++] = o->known[TR_UNKNOWN_ACTIVE]
                                      ? "the priors of the machine, each with its source, are in --json"
                                      : "the bands hold for a model that is priced like open ones: `tokenroof oracle "
                                        "--backtest` shows how often they held; a closed one may be sold dearer";
}

/* ---- a document ------------------------------------------------------------------------------------ */

static void json_measures(const char *key, const char *value_key, const tr_oracle_measure *m, tr_json *json)
{
    tr_json_key_array(json, key);
    for (int i = 0; i < TR_ORACLE_MEASURE_MAX && m[i].value > 0.0; i++) {
        tr_json_object_inline(json);
        tr_json_key_number(json, value_key, m[i].value);
        tr_json_key_number(json, "context_token", m[i].context_token);
        tr_json_close(json);
    }
    tr_json_close(json);
}

static void json_learned(const tr_oracle_page *o, tr_json *json)
{
    const tr_oracle_learned *l = &o->answer.learned;
    tr_json_key_object(json, "learned");
    tr_json_key_number(json, "price_count", (double)l->row_count);
    tr_json_key_number(json, "provider_count", (double)l->provider_count);
    tr_json_key_number(json, "left_out_provider_count", (double)l->left_provider_count);
    tr_json_key_number(json, "left_out_weights_count", (double)l->left_weight_count);
    tr_json_key_number(json, "own_count", (double)l->own_count);
    tr_json_key_number(json, "usd_per_mtoken_at_30b", l->usd_per_mtoken);
    tr_json_key_number(json, "power", l->power_ratio);
    tr_json_key_number(json, "fixed_param", l->fixed_param);
    tr_json_key_number(json, "log_scatter", l->scatter_nat);
    tr_json_close(json);
}

static void json_prices(const tr_oracle_page *o, tr_json *json)
{
    const tr_price_evidence *e = &o->question.evidence;
    tr_json_key_object(json, "evidence");
    tr_json_key_string(json, "price", o->price != NULL ? o->name : NULL);
    tr_json_key_string(json, "from", o->price != NULL && o->price->from[0] != '\0' ? o->price->from : NULL);
    tr_json_key_number(json, "input_usd_per_mtoken", e->input_usd_per_mtoken);
    tr_json_key_number(json, "output_usd_per_mtoken", e->output_usd_per_mtoken);
    tr_json_key_number(json, "cached_read_usd_per_mtoken", e->cached_read_usd_per_mtoken);
    tr_json_key_number(json, "write_5m_usd_per_mtoken", e->write_5m_usd_per_mtoken);
    tr_json_key_number(json, "write_1h_usd_per_mtoken", e->write_1h_usd_per_mtoken);
    tr_json_key_number(json, "long_above_token", e->long_above_token);
    tr_json_key_number(json, "long_input_ratio", e->long_input_ratio);
    tr_json_key_number(json, "long_output_ratio", e->long_output_ratio);
    tr_json_key_number(json, "fast_price_ratio", e->fast_price_ratio);
    tr_json_key_number(json, "fast_speed_ratio", e->fast_speed_ratio);
    tr_json_key_number(json, "batch_price_ratio", e->batch_price_ratio);
    tr_json_key_number(json, "context_token", e->context_token);
    tr_json_key_string(json, "launch_date", o->launch[0] != '\0' ? o->launch : NULL);
    tr_json_key_number(json, "total_param", isnan(o->question.active_param) ? o->question.total_param : (double)NAN);
    tr_json_key_array(json, "siblings");
    for (int i = 0; i < TR_ORACLE_SIBLING_MAX && o->question.sibling[i] != NULL; i++) {
        tr_json_object_inline(json);
        tr_json_key_string(json, "provider", o->question.sibling[i]->provider);
        tr_json_key_string(json, "model", o->question.sibling[i]->model);
        tr_json_close(json);
    }
    tr_json_close(json);
    json_measures("measured_speed", "token_per_s", o->question.speed, json);
    json_measures("measured_ttft", "first_token_s", o->question.ttft, json);
    tr_json_close(json);
}

static void json_alone(const tr_oracle_page *o, tr_json *json)
{
    tr_json_key_object(json, "alone");
    tr_json_key_string(json, "chip", o->chip.name);
    tr_json_key_string(json, "dtype", tr_dtype_name(o->math));
    tr_json_key_number(json, "chip_usd_per_hour", o->usd_per_hour);
    tr_json_key_number(json, "prefill_mfu", o->mfu);
    tr_json_key_number(json, "memory_compute_ratio", o->memory_ratio);
    tr_json_key_number(json, "total_active_ratio", o->sparsity_ratio);
    tr_json_key_number(json, "balance_batch_seq", o->balance_token * o->sparsity_ratio);
    tr_json_key_number(json, "batch_seq", o->dense_batch_seq * o->sparsity_ratio);
    tr_json_key_number(json, "long_context_token", o->long_context_token > 0.0 ? o->long_context_token : (double)NAN);
    tr_json_key_number(json, "fast_batch_ratio", o->has_fast ? o->fast.batch_ratio : (double)NAN);
    tr_json_key_number(json, "normal_kv_share", o->has_fast ? o->fast.normal_kv_share : (double)NAN);
    tr_json_key_string(json, "tier_5m", o->tier_5m >= 0 ? o->chip.tier[o->tier_5m].name : NULL);
    tr_json_key_string(json, "tier_1h", o->tier_1h >= 0 ? o->chip.tier[o->tier_1h].name : NULL);
    tr_json_key_array(json, "cached_read_buys");
    for (int i = 0; i < o->chip.tier_count && o->question.evidence.cached_read_usd_per_mtoken > 0.0; i++) {
        tr_json_object_inline(json);
        tr_json_key_string(json, "tier", o->chip.tier[i].name);
        tr_json_key_number(json, "kv_byte_per_token", o->affordable_byte[i]);
        tr_json_close(json);
    }
    tr_json_close(json);
    tr_json_key_array(json, "levels");
    for (int i = 0; i < o->sizes && o->usd_per_hour > 0.0; i++) {
        tr_json_object_inline(json);
        tr_json_key_number(json, "active_param", o->size_param[i]);
        tr_json_key_number(json, "cost_usd_per_mtoken", o->level[i].cost_usd_per_mtoken);
        tr_json_key_number(json, "price_cost_ratio", o->level[i].over_cost_ratio);
        tr_json_key_number(json, "margin_share", o->level[i].margin_share);
        tr_json_key_number(json, "break_even_busy_share", o->level[i].break_even_busy_share);
        tr_json_close(json);
    }
    tr_json_close(json);
    tr_json_key_array(json, "threshold_kv");
    for (int c = 0; c < o->cells; c++)
        for (int i = 0; i < o->sizes; i++) {
            tr_json_object_inline(json);
            tr_json_key_string(json, "chip", o->cell[c].chip);
            tr_json_key_string(json, "dtype", tr_dtype_name(o->cell[c].dtype));
            tr_json_key_number(json, "active_param", o->size_param[i]);
            tr_json_key_number(json, "kv_byte_per_token", o->cell[c].kv_byte_per_token[i]);
            tr_json_close(json);
        }
    tr_json_close(json);
    tr_json_close(json);
}

static void json_shares(const char *key, const char *name_key, const char *names, size_t stride, const double *prior,
                        const double *posterior, size_t count, tr_json *json)
{
    tr_json_key_array(json, key);
    for (size_t i = 0; i < count; i++) {
        tr_json_object_inline(json);
        tr_json_key_string(json, name_key, names + i * stride);
        tr_json_key_number(json, "prior_share", prior[i]);
        tr_json_key_number(json, "posterior_share", posterior[i]);
        tr_json_close(json);
    }
    tr_json_close(json);
}

static void json_moves(const tr_oracle_page *o, tr_json *json)
{
    tr_json_key_array(json, "pieces");
    for (int k = 0; k < TR_EVIDENCE_COUNT; k++) {
        if (!o->answer.given[k])
            continue;
        tr_json_object(json);
        tr_json_key_string(json, "piece", tr_evidence_name((tr_evidence_kind)k));
        tr_json_key_number(json, "effective_count_without", o->answer.without[k].effective_count);
        tr_json_key_array(json, "moves");
        for (int u = 0; u < TR_UNKNOWN_COUNT; u++) {
            tr_oracle_shift shift;
            if (tr_oracle_shift_of(&o->answer, (tr_evidence_kind)k, (tr_unknown)u, &shift, NULL) != TR_OK ||
                isnan(shift.median_ratio))
                continue;
            tr_json_object_inline(json);
            tr_json_key_string(json, "unknown", tr_unknown_name((tr_unknown)u));
            tr_json_key_number(json, "median_ratio", shift.median_ratio);
            tr_json_key_number(json, "width_ratio", shift.width_ratio);
            tr_json_close(json);
        }
        tr_json_close(json);
        tr_json_close(json);
    }
    tr_json_close(json);
}

static void json_priors(tr_json *json)
{
    tr_json_key_array(json, "priors");
    for (size_t i = 0; i < tr_prior_count(); i++) {
        const tr_prior *p = tr_prior_at(i);
        tr_json_object_inline(json);
        tr_json_key_string(json, "name", p->name);
        tr_json_key_number(json, "min", p->min);
        tr_json_key_number(json, "max", p->max);
        tr_json_key_string(json, "note", p->note[0] != '\0' ? p->note : NULL);
        tr_json_key_string(json, "source", p->source);
        tr_json_key_string(json, "date", p->date);
        tr_json_close(json);
    }
    tr_json_close(json);
}

static tr_status write_document(const tr_oracle_page *o, const tr_notes *notes, const tr_workings *workings,
                                const tr_style *style, const tr_sink *sink, tr_error *err)
{
    const tr_oracle_answer *a = &o->answer;
    tr_json json;
    tr_document_begin(&json, sink, 1, o->scenario, NULL);
    json_prices(o, &json);
    json_alone(o, &json);
    json_learned(o, &json);
    tr_json_key_number(&json, "sample_count", (double)a->sample_count);
    tr_json_key_number(&json, "effective_count", a->posterior.effective_count);
    tr_json_key_string(&json, "truth", o->truth_name[0] != '\0' ? o->truth_name : NULL);
    tr_json_key_array(&json, "unknowns");
    for (int u = 0; u < TR_UNKNOWN_COUNT; u++) {
        const unknown_row row = row_of(o, (tr_unknown)u);
        tr_json_object_inline(&json);
        tr_fields_json(&unknown_fields, &row, &json);
        tr_json_close(&json);
    }
    tr_json_close(&json);
    json_shares("chips", "chip", a->chip[0], sizeof a->chip[0], a->prior.chip_share, a->posterior.chip_share,
                a->chip_count, &json);
    json_shares("weight_dtypes", "dtype", tr_oracle_dtype_names[0], sizeof tr_oracle_dtype_names[0],
                a->prior.dtype_share,
                a->posterior.dtype_share, TR_ORACLE_DTYPE_COUNT, &json);
    json_shares("tiers", "tier", a->tier[0], sizeof a->tier[0], a->prior.tier_share, a->posterior.tier_share,
                a->tier_count, &json);
    json_moves(o, &json);
    json_priors(&json);
    tr_notes_json(notes, &json);
    if (style->explain)
        tr_workings_json(workings, &json);
    tr_json_close(&json);
    return tr_written(tr_json_finish(&json), err);
}

static tr_status write(const tr_oracle_page *o, const tr_style *style, tr_sink *sink, tr_error *err)
{
    tr_notes notes;
    tr_workings workings;
    notes_of(o, &notes);
    workings_of(o, &workings);
    if (style->format == TR_FORMAT_TEXT)
        return tr_oracle_page_write(o, &notes, &workings, style, sink, err);
    if (style->format == TR_FORMAT_JSON)
        return write_document(o, &notes, &workings, style, sink, err);
    walk w = {.page = o};
    const tr_rows rows = {.fields = &unknown_fields,
                          .name = "unknowns",
                          .count = TR_UNKNOWN_COUNT,
                          .at = unknown_at,
                          .context = &w,
                          .scenario = o->scenario};
    return tr_rows_write(&rows, style, sink, err);
}

tr_status tr_answer_oracle(const tr_scenario *scenario, const tr_model *known, const tr_system *system,
                           const tr_style *style, tr_sink *sink, tr_error *err)
{
    if (tr_input_choice(scenario, TR_IN_BACKTEST) > 0)
        return tr_answer_oracle_backtest(scenario, style, sink, err);
    tr_oracle_page *o = malloc(sizeof *o);
    tr_status s = o == NULL ? tr_fail(err, TR_ENOMEM, "", 0.0, "out of memory")
                            : tr_oracle_page_of(scenario, known, system, o, err);
    if (s == TR_OK)
        s = write(o, style, sink, err);
    free(o);
    return s;
}
