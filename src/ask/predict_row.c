/* ask/predict_row.c -- fills a row of `predict` and lists its fields, once for JSON, CSV and the table. */
#include "ask/predict_row.h"

#include <math.h>

#include "ask/asked.h"
#include "ask/quantity_ratio.h"

#define NUMBER(NAME, VALUE) TR_NUMBER(tr_predict_row, NAME, VALUE)
#define TEXT(NAME, VALUE) TR_TEXT(tr_predict_row, NAME, VALUE)
#define FLAG(NAME, VALUE) TR_FLAG(tr_predict_row, NAME, VALUE)

double tr_time_share(const tr_service *service, tr_time_part part)
{
    const tr_terms *t = &service->decode_terms;
    const double term_s[] = {t->compute_s, t->weights_s, t->kv_s, t->comm_s, t->fixed_s, t->host_s, t->crossing_s};
    return part == TR_TIME_PREFILL ? service->prompt_share : term_s[part] / t->step_s * (1.0 - service->prompt_share);
}

static const tr_layout *layout_of(const tr_predict_row *row) { return &row->deployment->shard.layout; }

/* Of a queue without end no wait is predicted. */
static tr_quantity waited(const tr_predict_row *row, const tr_quantity *wait_s)
{
    tr_quantity q = row->fits && !row->endless ? *wait_s : TR_NO_QUANTITY;
    q.bound = row->fits ? wait_s->bound : (double)NAN;
    return q;
}

#define QUANTITY(NAME, VALUE) TR_QUANTITY(tr_predict_row, NAME, row->fits ? (VALUE) : TR_NO_QUANTITY)

TEXT(model, row->question->model->name)
TEXT(system, row->question->system->name)
TEXT(engine, row->question->engine == NULL || row->question->engine->name[0] == '\0' ? NULL
                                                                                      : row->question->engine->name)
TEXT(version, row->question->engine == NULL || row->question->engine->version[0] == '\0'
                  ? NULL
                  : row->question->engine->version)
#define PLACED(NAME, VALUE) NUMBER(NAME, row->deployment->problem != NULL ? (VALUE) : (double)NAN)
PLACED(tp, layout_of(row)->tp_rank)
PLACED(ep, layout_of(row)->ep_rank)
PLACED(pp, layout_of(row)->pp_rank)
PLACED(dp, layout_of(row)->dp_rank)
PLACED(replicas, layout_of(row)->replica_count)
PLACED(host_layers, row->deployment->formats.host_layer_count)
PLACED(host_experts, row->deployment->formats.host_expert_layer_count)
static const tr_layout *prefill_of(const tr_predict_row *row) { return &row->deployment->prefill_shard.layout; }
#define PREFILL(NAME, VALUE) NUMBER(NAME, row->deployment->apart ? (VALUE) : (double)NAN)
PREFILL(prefill_chips, row->deployment->prefill_system.chip_count)
PREFILL(prefill_tp, prefill_of(row)->tp_rank)
PREFILL(prefill_ep, prefill_of(row)->ep_rank)
PREFILL(prefill_pp, prefill_of(row)->pp_rank)
PREFILL(prefill_dp, prefill_of(row)->dp_rank)
PREFILL(prefill_replicas, prefill_of(row)->replica_count)
TEXT(weight_dtype, tr_question_weights(row->question))
TEXT(kv_dtype, tr_dtype_name(row->question->roof.kv_dtype))
NUMBER(isl, row->clients.prompt_token)
NUMBER(osl, row->clients.output_token)
static int is_open(const tr_predict_row *row) { return row->clients.request_per_s > 0; }
static int has_users(const tr_predict_row *row) { return isfinite(row->users); }
int tr_predict_has_tpot(const tr_predict_row *row) { return row->clients.output_token > 1.0; }
NUMBER(concurrency, !is_open(row) && !has_users(row) ? row->clients.concurrency_seq
                    : row->fits                      ? row->in_system_seq
                                                     : (double)NAN)
NUMBER(users, row->users)
NUMBER(think, has_users(row) ? row->clients.think_s : (double)NAN)
NUMBER(asked_rate, is_open(row) ? row->clients.request_per_s : (double)NAN)
NUMBER(prefix_hit, row->prefix_hit_share)
NUMBER(draft, row->clients.draft_token)
NUMBER(accept, row->clients.draft_token > 0 ? row->accept_share : (double)NAN)
NUMBER(token_per_step, row->clients.token_per_step)
NUMBER(chunk, row->clients.chunk_token > 0 ? row->clients.chunk_token : row->question->engine->chunk_token)
NUMBER(max_seqs, row->clients.max_seq > 0          ? row->clients.max_seq
                 : row->question->engine->max_seq > 0 ? row->question->engine->max_seq
                                                   : (double)NAN)
TR_QUANTITY(tr_predict_row, ttft, waited(row, &row->service.ttft_s))
TR_QUANTITY(tr_predict_row, e2e, waited(row, &row->service.e2e_s))
QUANTITY(tpot, row->service.tpot_s)
QUANTITY(itl, row->service.itl_s)
QUANTITY(output, row->service.output_token_per_s)
QUANTITY(per_user, row->per_user)
QUANTITY(out_cost, row->cost.output_usd_per_mtoken)
QUANTITY(in_cost, row->cost.input_usd_per_mtoken)
QUANTITY(all_cost, row->cost.usd_per_mtoken)
QUANTITY(request_cost, row->cost.request_usd)
#define POWERED(NAME, VALUE) NUMBER(NAME, row->fits && row->has_power ? (VALUE) : (double)NAN)
POWERED(power, row->energy.site_w)
POWERED(power_low, row->energy.low_site_w)
POWERED(power_high, row->energy.high_site_w)
POWERED(chip_power, row->power.predicted_w)
POWERED(chip_power_low, row->power.low_w)
POWERED(chip_power_high, row->power.high_w)
POWERED(joule, row->energy.site_w / row->service.output_token_per_s.predicted)
POWERED(energy_cost, row->energy.usd_per_s / row->service.output_token_per_s.predicted * 1e6)
#define SERVED(NAME, VALUE) NUMBER(NAME, row->fits ? (VALUE) : (double)NAN)
SERVED(rate, row->service.request_per_s)
SERVED(most_rate, row->max_request_per_s)
SERVED(mfu, row->service.compute_share)
SERVED(mbu, row->service.memory_share)
SERVED(batch, row->service.batch_seq)
SERVED(room, row->service.room_seq)
SERVED(kv_used, row->service.kv_used_share)
SERVED(wait, row->endless ? (double)NAN : row->service.wait_s)
SERVED(prefill_busy, row->deployment->apart ? row->service.prefill_busy_share : (double)NAN)
SERVED(send, row->deployment->apart ? row->service.send_s : (double)NAN)
SERVED(share_compute, tr_time_share(&row->service, TR_TIME_COMPUTE))
SERVED(share_weights, tr_time_share(&row->service, TR_TIME_WEIGHTS))
SERVED(share_kv, tr_time_share(&row->service, TR_TIME_KV))
SERVED(share_comm, tr_time_share(&row->service, TR_TIME_COMM))
SERVED(share_fixed, tr_time_share(&row->service, TR_TIME_FIXED))
SERVED(share_host, tr_time_share(&row->service, TR_TIME_HOST))
SERVED(share_crossing, tr_time_share(&row->service, TR_TIME_CROSSING))
SERVED(share_prefill, tr_time_share(&row->service, TR_TIME_PREFILL))
TR_DRAFT_GETTERS(tr_predict_row, row->drafts)
TEXT(limited_by, row->fits ? row->limit : NULL)
FLAG(meets, !row->promised ? -1 : row->fits && row->holds)
FLAG(saturated, row->fits && row->service.saturated)
FLAG(fits, row->fits)
TEXT(reason, !row->fits                  ? row->why.text
             : !tr_predict_has_tpot(row) ? "one token out: no time between tokens"
                                         : NULL)
TEXT(calibration, row->question->calibration.origin)
TEXT(distance, tr_distance_name(row->question->distance))
NUMBER(pue, row->question->pue_ratio)
NUMBER(kwh, row->question->usd_per_kwh)
static int is_priced(const tr_predict_row *row) { return row->question->roof.usd_per_s > 0; }
NUMBER(price, is_priced(row) ? row->question->system->usd_per_hour / row->question->system->chip_count : (double)NAN)
TEXT(price_kind, is_priced(row) ? tr_price_kind_name(row->question->system->price_kind) : NULL)
TEXT(price_date, is_priced(row) && row->question->system->price_date[0] != '\0' ? row->question->system->price_date
                                                                                : NULL)
TEXT(price_source, is_priced(row) && row->question->system->price_source[0] != '\0'
                       ? row->question->system->price_source
                       : NULL)

static const tr_field fields[] = {
    TR_T("model", model),
    TR_T("system", system),
    TR_T("engine", engine),
    TR_T("engine_version", version),
    TR_N("layout.tp", NONE, tp),
    TR_N("layout.ep", NONE, ep),
    TR_N("layout.pp", NONE, pp),
    TR_N("layout.dp", NONE, dp),
    TR_N("layout.replicas", NONE, replicas),
    TR_F("layout.chosen", tr_question_chosen),
    TR_N("prefill_layout.chips", NONE, prefill_chips),
    TR_N("prefill_layout.tp", NONE, prefill_tp),
    TR_N("prefill_layout.ep", NONE, prefill_ep),
    TR_N("prefill_layout.pp", NONE, prefill_pp),
    TR_N("prefill_layout.dp", NONE, prefill_dp),
    TR_N("prefill_layout.replicas", NONE, prefill_replicas),
    TR_T("weight_dtype", weight_dtype),
    TR_T("kv_dtype", kv_dtype),
    TR_N_HEAD("isl", CONTEXT, "ISL", 5, isl),
    TR_N_HEAD("osl", CONTEXT, "OSL", 5, osl),
    TR_N_HEAD("concurrency_seq", SEQ, "clients", 7, concurrency),
    TR_N("user_count", SEQ, users),
    TR_N("think_s", SECOND, think),
    TR_N("asked_request_per_s", NONE, asked_rate),
    TR_N_HEAD("request_per_s", NONE, "req/s", 7, rate),
    TR_N("prefix_hit_share", RATIO, prefix_hit),
    TR_N("draft_token", NONE, draft),
    TR_N("accept_share", RATIO, accept),
    TR_N("token_per_step", NONE, token_per_step),
    TR_DRAFT_FIELDS,
    TR_N("chunk_token", CONTEXT, chunk),
    TR_N("max_running_seq", SEQ, max_seqs),
    TR_Q_FIRST("ttft_s", SECOND, "TTFT", 8, ttft),
    TR_Q_HEAD("tpot_s", SECOND, "TPOT", 8, tpot),
    TR_Q("itl_s", SECOND, itl),
    TR_Q("e2e_s", SECOND, e2e),
    TR_Q_FIRST("output_token_per_s", NONE, "tokens/s", 8, output),
    TR_Q("token_per_s_per_user", NONE, per_user),
    TR_Q_FIRST("usd_per_mtoken_output", USD, "$/M out", 7, out_cost),
    TR_Q("usd_per_mtoken_input", USD, in_cost),
    TR_Q("usd_per_mtoken", USD, all_cost),
    TR_Q("usd_per_request", USD, request_cost),
    TR_N("site_w.predicted", WATT, power),
    TR_N("site_w.low", WATT, power_low),
    TR_N("site_w.high", WATT, power_high),
    TR_N("chip_w.predicted", WATT, chip_power),
    TR_N("chip_w.low", WATT, chip_power_low),
    TR_N("chip_w.high", WATT, chip_power_high),
    TR_N("energy_j_per_output_token", JOULE, joule),
    TR_N("energy_usd_per_mtoken_output", USD, energy_cost),
    TR_N("mfu", RATIO, mfu),
    TR_N("mbu", RATIO, mbu),
    TR_N("batch_seq", SEQ, batch),
    TR_N("max_batch_seq", SEQ, room),
    TR_N("kv_used_share", RATIO, kv_used),
    TR_N("wait_s", SECOND, wait),
    TR_N("prefill_busy_share", RATIO, prefill_busy),
    TR_N("kv_send_s", SECOND, send),
    TR_N("time_share.compute", RATIO, share_compute),
    TR_N("time_share.weights", RATIO, share_weights),
    TR_N("time_share.kv", RATIO, share_kv),
    TR_N("time_share.comm", RATIO, share_comm),
    TR_N("time_share.fixed", RATIO, share_fixed),
    TR_N("time_share.host", RATIO, share_host),
    TR_N("time_share.crossing", RATIO, share_crossing),
    TR_N("time_share.prefill", RATIO, share_prefill),
    TR_F("saturated", saturated),
    TR_N("max_request_per_s", NONE, most_rate),
    TR_T("limited_by", limited_by),
    TR_F("meets_slo", meets),
    TR_F("fits", fits),
    TR_T("reason", reason),
    TR_T("calibration.name", calibration),
    TR_T("calibration.distance", distance),
    TR_N("price.usd_per_hour", USD_PER_HOUR, price),
    TR_T("price.kind", price_kind),
    TR_T("price.date", price_date),
    TR_T("price.source", price_source),
    TR_N("price.usd_per_kwh", USD_PER_KWH, kwh),
    TR_N("price.pue_ratio", NONE, pue),
    TR_N("host.layer_count", NONE, host_layers),
    TR_N("host.expert_layer_count", NONE, host_experts),
};
const tr_fields tr_predict_fields = {fields, sizeof fields / sizeof fields[0]};

/* What a list of these tells apart; of the rest of what clients are asked the table has a column always. */
static const struct {
    tr_input_id id;
    tr_field column;
} listed[] = {
    {TR_IN_CHUNK, TR_N_HEAD("chunk_token", CONTEXT, "chunk", 5, chunk)},
    {TR_IN_MAX_SEQS, TR_N_HEAD("max_running_seq", SEQ, "max seqs", 8, max_seqs)},
    {TR_IN_PREFIX_HIT, TR_N_HEAD("prefix_hit_share", RATIO, "prefix hit", 10, prefix_hit)},
    {TR_IN_USERS, TR_N_HEAD("user_count", SEQ, "users", 6, users)},
    {TR_IN_THINK, TR_N_HEAD("think_s", SECOND, "think", 7, think)},
};

size_t tr_predict_columns(const tr_scenario *scenario, tr_field *out)
{
    size_t n = 0, count = 0;
    for (size_t i = 0; i < sizeof listed / sizeof listed[0]; i++)
        if (tr_input_list(scenario, listed[i].id, &count) != NULL && count > 1)
            out[n++] = listed[i].column;
    static const tr_field held = TR_F_HEAD("meets_slo", "SLO met", 7, meets);
    for (size_t i = 0; i < sizeof fields / sizeof fields[0] && n < TR_PREDICT_COLUMNS; i++)
        if (fields[i].head != NULL)
            out[n++] = fields[i];
    if (tr_input_text(scenario, TR_IN_SLO)[0] != '\0' && n < TR_PREDICT_COLUMNS)
        out[n++] = held;
    return n;
}

void tr_predict_row_more(const void *p, tr_json *json)
{
    const tr_predict_row *row = p;
    tr_json_key_array(json, "levers");
    for (size_t i = 0; i < row->lever_count; i++) {
        const tr_lever *l = &row->lever[i];
        tr_json_object_inline(json);
        tr_json_key_string(json, "input", l->input);
        tr_json_key_string(json, "from", l->from);
        tr_json_key_string(json, "to", l->to);
        tr_json_key_number(json, "gain", l->throughput_ratio - 1.0);
        tr_json_key_number(json, "ttft_ratio", l->ttft_ratio);
        tr_json_key_number(json, "tpot_ratio", l->tpot_ratio);
        tr_json_key_number(json, "cost_ratio", l->cost_ratio);
        tr_json_close(json);
    }
    tr_json_close(json);
    tr_offers_json(row->question->model, json);
}
