/* ask/asked.c -- what every answer says of its question: in which layout, and what one chip then holds. */
#include "ask/asked.h"

#include <math.h>
#include <stdio.h>

#include "base/fail.h"
#include "base/text.h"
#include "write/print.h"

static const tr_problem *of(const void *row) { return *(const tr_problem *const *)row; }

const char *tr_question_model(const void *row) { return of(row)->model->name; }
const char *tr_question_system(const void *row) { return of(row)->system->name; }
double tr_question_tp(const void *row) { return of(row)->layout.tp_rank; }
double tr_question_ep(const void *row) { return of(row)->layout.ep_rank; }
double tr_question_pp(const void *row) { return of(row)->layout.pp_rank; }
double tr_question_dp(const void *row) { return of(row)->layout.dp_rank; }
double tr_question_replicas(const void *row) { return of(row)->layout.replica_count; }
double tr_question_host_layers(const void *row) { return of(row)->formats.host_layer_count; }
double tr_question_host_experts(const void *row) { return of(row)->formats.host_expert_layer_count; }
int tr_question_chosen(const void *row) { return !of(row)->layout_given; }

static const char *said(const char *text) { return text[0] != '\0' ? text : NULL; }
double tr_question_usd_per_hour(const void *row)
{
    return of(row)->roof.usd_per_s > 0.0 ? of(row)->system->usd_per_hour : (double)NAN;
}
const char *tr_question_price_kind(const void *row) { return said(tr_price_kind_name(of(row)->system->price_kind)); }
const char *tr_question_price_date(const void *row) { return said(of(row)->system->price_date); }

int tr_layout_as_told(const tr_scenario *scenario, const tr_model *model, const tr_layout *y)
{
    static const tr_input_id id[] = {TR_IN_TP, TR_IN_EP, TR_IN_PP, TR_IN_DP};
    const double rank[] = {y->tp_rank, y->ep_rank, y->pp_rank,
                           model->routed_param > 0.0 ? y->dp_rank : y->replica_count};
    for (int i = 0; i < 4; i++)
        if (tr_input_is_set(scenario, id[i]) && tr_input_number(scenario, id[i]) != rank[i])
            return 0;
    return 1;
}

tr_status tr_question_in(const tr_problem *question, const tr_system *system, const tr_layout *layout, tr_problem *out,
                         tr_error *err)
{
    tr_status s = TR_OK;
    *out = *question;
    out->system = system;
    out->layout = *layout;
    if (system != question->system)
        s = tr_roofline_of(question->model, system, question->engine, &question->formats, &out->roof, err);
    out->roof.copy_count = out->by_copy ? layout->replica_count : 1.0;
    return s == TR_OK ? tr_shard_of(question->model, system, question->engine, layout, &question->formats, &out->shard,
                                    err)
                      : s;
}

const char *tr_question_rests_on(const tr_problem *question)
{
    static const char *const rests_on[TR_DISTANCE_COUNT] = {
        "chip, engine and model were measured", "chip and engine were measured, this model was not",
        "the chip was measured, no engine was named", "from the nearest chip that was measured",
        "neither this chip nor this engine was measured"};
    if (tr_shard_has_host(&question->shard))
        return "no run with layers on the host is among those measured";
    return rests_on[question->distance];
}

void tr_question_json(const tr_problem *question, tr_json *json)
{
    static const tr_field field[] = {TR_QUESTION_LAYOUT};
    const tr_fields fields = {field, sizeof field / sizeof field[0]};
    tr_fields_json(&fields, &question, json);
}

/* ---- what does not fit -------------------------------------------------------------- */

/* No layout would do: say that the one named is the closest, not the only one looked at. */
static tr_status refuse(const tr_problem *question, const tr_error *why, const char *more, tr_error *err)
{
    const int none = !question->layout_given && !question->blackboard && question->layout_status == TR_ENOFIT &&
                     question->system->chip_count > 1.0;
    if (!none && more[0] == '\0') { /* nothing to add: rows of a million may say it */
        if (err != NULL)
            *err = *why;
        return TR_ENOFIT;
    }
    return tr_fail(err, TR_ENOFIT, why->field, why->value, "%s%.300s%s",
                   none ? "no layout fits; the closest is " : "", why->text, more);
}

double tr_held_token(const tr_load *load)
{
    return load->context_token + (load->phase == TR_PHASE_PREFILL ? load->query_token : 0.0);
}

tr_status tr_check_fits(const tr_problem *question, double batch_seq, double context_token, tr_error *err)
{
    tr_error why;
    const tr_status s = tr_check_weights_fit(question, err);
    if (s != TR_OK || tr_shard_check(&question->shard, batch_seq, context_token, &why) == TR_OK)
        return s;
    return refuse(question, &why, "", err);
}

tr_status tr_check_weights_fit(const tr_problem *question, tr_error *err)
{
    const tr_shard *shard = &question->shard;
    tr_error why;
    char more[96] = "";
    if (!(shard->cache_room_byte < 0.0) || tr_shard_check(shard, 1.0, 0.0, &why) == TR_OK)
        return TR_OK;
    const double held = shard->activation_byte + shard->buffer_byte + shard->reserve_byte;
    const double room = shard->memory_byte - held, chips = ceil(question->roof.store_weight_byte / room);
    if (room > 0.0 && chips > question->system->chip_count)
        (void)snprintf(more, sizeof more,
                       "; it needs %.0f such chips (--count) at least, or fewer bytes a weight (--weights)", chips);
    return refuse(question, &why, more, err);
}

/* ---- what one chip holds -------------------------------------------------------------- */

tr_hold tr_hold_of(const tr_problem *question, double batch_seq, double context_token)
{
    const tr_shard *shard = &question->shard;
    tr_hold h = {.question = question, .batch_seq = batch_seq, .context_token = context_token};
    h.seq_byte = tr_shard_seq_byte(shard, context_token);
    h.used_byte = tr_shard_used_byte(shard, batch_seq, context_token);
    h.cache_byte = h.used_byte - shard->weight_byte - shard->activation_byte - shard->buffer_byte;
    h.left_byte = shard->cache_room_byte - h.cache_byte;
    h.max_batch_seq = tr_shard_max_batch_seq(shard, context_token);
    h.max_context_token = tr_shard_max_context_token(shard, batch_seq);
    h.host_cache_byte = tr_shard_host_used_byte(shard, batch_seq, context_token) -
                        shard->layout.replica_count * shard->host_weight_byte;
    h.fits = tr_shard_check(shard, batch_seq, context_token, NULL) == TR_OK;
    return h;
}

#define HOLD(NAME, VALUE)                                                                                  \
    double NAME(const void *p)                                                                             \
    {                                                                                                      \
        const tr_hold *row = p;                                                                            \
        return VALUE;                                                                                      \
    }
HOLD(tr_hold_memory, row->question->shard.memory_byte)
HOLD(tr_hold_weights, row->question->shard.weight_byte)
HOLD(tr_hold_drafts, row->question->shard.draft_weight_byte)
HOLD(tr_hold_activations, row->question->shard.activation_byte)
HOLD(tr_hold_buffers, row->question->shard.buffer_byte)
HOLD(tr_hold_reserve, row->question->shard.reserve_byte)
HOLD(tr_hold_room, row->question->shard.cache_room_byte)
HOLD(tr_hold_seq, row->seq_byte)
HOLD(tr_hold_cache, row->cache_byte)
HOLD(tr_hold_used, row->used_byte)
HOLD(tr_hold_left, row->left_byte)
static double of_host(const tr_hold *row, double value)
{
    return tr_shard_has_host(&row->question->shard) ? value : (double)NAN;
}
static double host_copies(const tr_hold *row) { return row->question->shard.layout.replica_count; }
HOLD(tr_hold_host_memory, of_host(row, row->question->shard.host_memory_byte * host_copies(row)))
HOLD(tr_hold_host_weights, of_host(row, row->question->shard.host_weight_byte * host_copies(row)))
HOLD(tr_hold_host_cache, of_host(row, row->host_cache_byte))
HOLD(tr_hold_host_left, of_host(row, row->question->shard.host_room_byte * host_copies(row) - row->host_cache_byte))

void tr_hold_json(const tr_hold *hold, tr_json *json)
{
    static const tr_field field[] = {TR_HOLD_FIELDS, TR_HOLD_HOST_FIELDS};
    const tr_fields fields = {field, sizeof field / sizeof field[0]};
    tr_fields_json(&fields, hold, json);
}

static const char *show(double value, tr_unit unit, char *out, size_t size)
{
    (void)tr_quantity_format(value, unit, out, size);
    return out;
}

static void print_reserve(const tr_problem *q, tr_writer *out)
{
    const tr_shard *shard = &q->shard;
    char text[128], share[32];
    if (q->engine == NULL || !(shard->reserve_byte > 0.0))
        return;
    (void)snprintf(text, sizeof text, "%s of the memory, which %s leaves alone",
                   show(shard->reserve_byte / shard->memory_byte, TR_UNIT_RATIO, share, sizeof share),
                   q->engine->name[0] != '\0' ? q->engine->title : "an engine");
    tr_print_quantity(out, "reserve", shard->reserve_byte, TR_UNIT_BYTE, text);
}

/* What lies in the memory of the CPUs beside the chips. */
static void print_host_memory(const tr_hold *hold, tr_writer *out)
{
    const tr_system *system = hold->question->system;
    const double left = tr_hold_host_left(hold);
    char text[160];
    if (!tr_shard_has_host(&hold->question->shard))
        return;
    (void)snprintf(text, sizeof text, "of %.0f x %s, with what else runs there", system->host_count, system->host.name);
    tr_print_quantity(out, "host memory", tr_hold_host_memory(hold), TR_UNIT_BYTE, text);
    tr_print_quantity(out, "weights on the host", tr_hold_host_weights(hold), TR_UNIT_BYTE,
                      "its layers, and the table of tokens");
    tr_print_quantity(out, "KV cache there", tr_hold_host_cache(hold), TR_UNIT_BYTE, "of its whole layers");
    tr_print_quantity(out, left >= 0.0 ? "left on the host" : "over by on the host", left >= 0.0 ? left : -left,
                      TR_UNIT_BYTE, left >= 0.0 ? NULL : "this load does not fit");
}

void tr_hold_text(const tr_hold *hold, tr_writer *out)
{
    const tr_problem *q = hold->question;
    const tr_shard *shard = &q->shard;
    const int limited = isfinite(shard->memory_byte);
    char text[256], number[48];
    if (limited)
        tr_print_quantity(out, "memory", shard->memory_byte, TR_UNIT_BYTE,
                          q->blackboard ? "of one chip" : "of one chip, as its driver reports it");
    (void)snprintf(text, sizeof text, "%s, on each chip", tr_question_weights(q));
    tr_print_quantity(out, "weights", shard->weight_byte, TR_UNIT_BYTE, text);
    if (shard->draft_weight_byte > 0.0)
        tr_print_quantity(out, "of them to draft", shard->draft_weight_byte, TR_UNIT_BYTE,
                          q->model->draft_model != NULL ? q->model->draft_model->name : "its MTP layers");
    if (shard->activation_byte > 0.0) {
        (void)snprintf(text, sizeof text, "of a pass of %s tokens",
                       show(q->engine->chunk_token, TR_UNIT_CONTEXT, number, sizeof number));
        tr_print_quantity(out, "activations", shard->activation_byte, TR_UNIT_BYTE, text);
    }
    if (shard->buffer_byte > 0.0)
        tr_print_quantity(out, "buffers", shard->buffer_byte, TR_UNIT_BYTE, "of collectives and graphs");
    print_reserve(q, out);
    if (limited && shard->cache_room_byte >= 0.0)
        tr_print_quantity(out, "space for KV cache", shard->cache_room_byte, TR_UNIT_BYTE, NULL);
    else if (limited)
        tr_print_quantity(out, "over by", -shard->cache_room_byte, TR_UNIT_BYTE, "the weights do not fit");
    (void)snprintf(text, sizeof text, "at %s tokens: KV cache in %s%s",
                   show(hold->context_token, TR_UNIT_CONTEXT, number, sizeof number), tr_dtype_name(shard->kv_dtype),
                   q->model->state_byte_per_seq > 0.0 ? " and recurrent state" : "");
    tr_print_quantity(out, "a sequence takes", hold->seq_byte, TR_UNIT_BYTE, text);
    print_host_memory(hold, out);
}

/* ---- what the answer was computed with ------------------------------------------- */

const char *tr_host_words(const tr_shard *shard, char *out, size_t size)
{
    const tr_system *system = shard->system;
    const double whole = shard->formats.host_layer_count, experts = shard->formats.host_expert_layer_count;
    const double layers = shard->model->layers;
    char part[96] = "", more[96] = "", byte[32];
    (void)tr_text_copy(out, size, "");
    if (!tr_shard_has_host(shard))
        return out;
    if (whole > layers)
        (void)snprintf(part, sizeof part, "all %.0f layers and the output layer", layers);
    else if (whole > 0.0)
        (void)snprintf(part, sizeof part, "%.0f of %.0f layers", whole, layers);
    if (experts > whole)
        (void)snprintf(more, sizeof more, "%sthe routed experts of %.0f of %.0f layers", whole > 0.0 ? " and " : "",
                       experts, layers);
    (void)snprintf(out, size, "on the host (%.0f x %s): %s%s, with the table of tokens %s", system->host_count,
                   system->host.name, part, more, show(shard->host_weight_byte, TR_UNIT_BYTE, byte, sizeof byte));
    return out;
}

/* Nothing where all is pooled, numbers on a blackboard. */
void tr_print_layout(const tr_problem *question, tr_writer *out)
{
    char layout[96], batch[48], context[48], chosen[192] = "", text[320], host[256];
    if (question->blackboard)
        return;
    (void)tr_layout_format(&question->layout, layout, sizeof layout);
    (void)tr_quantity_format(question->layout_load.batch_seq, TR_UNIT_SEQ, batch, sizeof batch);
    (void)tr_quantity_format(question->layout_load.context_token, TR_UNIT_CONTEXT, context, sizeof context);
    if (!question->layout_given && question->system->chip_count > 1.0)
        (void)snprintf(chosen, sizeof chosen,
                       question->layout_status == TR_ENOFIT
                           ? ": none fits batch %s at %s, this one comes closest"
                           : ": best of those that fit for batch %s at %s",
                       batch, context);
    (void)snprintf(text, sizeof text, "layout %s%s%s\n", layout,
                   question->layout.overlap ? ", two micro-batches" : "", chosen);
    tr_write_text(out, text);
    if (tr_shard_has_host(&question->shard)) {
        (void)snprintf(text, sizeof text, "%s\n", tr_host_words(&question->shard, host, sizeof host));
        tr_write_text(out, text);
    }
}

const char *tr_question_weights(const tr_problem *question)
{
    const tr_weight_format format = question->formats.weight;
    if (format != TR_WEIGHT_FORMAT_NATIVE)
        return tr_weight_format_name(format);
    return question->model->weight_name[0] != '\0' ? question->model->weight_name
                                                   : tr_dtype_name(question->roof.weight_dtype);
}

const char *tr_balance_words(const tr_problem *question, double balance_seq, const char *words, char *out, size_t size)
{
    const double copies = tr_problem_copy_count(question);
    char each[48], count[48];
    if (!(copies > 1.0))
        return words;
    (void)tr_quantity_format(copies, TR_UNIT_NONE, count, sizeof count);
    (void)snprintf(out, size, "%s; %s for each of %s replicas, which read weights of their own", words,
                   tr_print_three(balance_seq / copies, TR_UNIT_SEQ, each, sizeof each), count);
    return out;
}

void tr_print_chips(const tr_problem *question, tr_writer *out)
{
    const tr_roofline *roof = &question->roof;
    char text[512], chips[64], flop[64], bandwidth[64], memory[64];
    (void)tr_quantity_format(roof->chip_count, TR_UNIT_NONE, chips, sizeof chips);
    (void)tr_quantity_format(roof->flop_per_s, TR_UNIT_FLOP_PER_S, flop, sizeof flop);
    (void)tr_quantity_format(roof->byte_per_s, TR_UNIT_BYTE_PER_S, bandwidth, sizeof bandwidth);
    (void)tr_quantity_format(roof->memory_byte, TR_UNIT_BYTE, memory, sizeof memory);
    (void)snprintf(text, sizeof text, "%s chip%s: %s in %s, %s, %s; weights %s, KV cache %s; physics %s\n",
                   chips, roof->chip_count > 1 ? "s" : "", flop, tr_dtype_name(roof->math_dtype), bandwidth,
                   isfinite(roof->memory_byte) ? memory : "memory not limited",
                   tr_question_weights(question), tr_dtype_name(roof->kv_dtype), tr_physics_name(question->physics));
    tr_write_text(out, text);
}

const char *tr_price_text(const tr_problem *question, char *out, size_t size)
{
    const tr_system *system = question->system;
    const int is_named = system->price_kind > TR_PRICE_GIVEN;
    char price[48];
    (void)snprintf(out, size, "%s a chip, %s%s%s%s",
                   show(system->usd_per_hour / system->chip_count, TR_UNIT_USD_PER_HOUR, price, sizeof price),
                   tr_price_kind_words(system->price_kind), is_named ? " (" : "", system->price_date,
                   is_named ? ")" : "");
    return out;
}

/* "; 50% of the hours paid for are used", if they are not all. */
static const char *partial_text(const tr_system *system, char *out, size_t size)
{
    char share[24];
    (void)tr_text_copy(out, size, "");
    if (system->utilisation_share > 0.0)
        (void)snprintf(out, size, "; %s of the hours paid for are used",
                       show(system->utilisation_share, TR_UNIT_RATIO, share, sizeof share));
    return out;
}

static int is_worth_telling(const tr_system *system)
{
    return system->usd_per_hour > 0.0 && (system->price_kind > TR_PRICE_GIVEN || system->utilisation_share > 0.0);
}

void tr_question_price(const tr_problem *question, char *out, size_t size)
{
    const tr_system *system = question->system;
    char price[128], partial[80];
    (void)tr_text_copy(out, size, "");
    if (is_worth_telling(system))
        (void)snprintf(out, size, "%s is priced at %s%s", system->name, tr_price_text(question, price, sizeof price),
                       partial_text(system, partial, sizeof partial));
}

void tr_print_any_price(const tr_problem *question, tr_writer *out)
{
    char text[256], price[128], partial[80];
    (void)snprintf(text, sizeof text, "priced at %s%s\n", tr_price_text(question, price, sizeof price),
                   partial_text(question->system, partial, sizeof partial));
    tr_write_text(out, text);
}

void tr_print_price(const tr_problem *question, tr_writer *out)
{
    if (is_worth_telling(question->system))
        tr_print_any_price(question, out);
}

enum { OFFER_MAX = 64, OFFER_SHOWN = 3 };

void tr_offers_text(const tr_model *model, tr_writer *out)
{
    const tr_price *offer[OFFER_SHOWN];
    size_t count = 0;
    tr_price_offers(model->name, offer, OFFER_SHOWN, &count);
    for (size_t i = 0; i < count && i < OFFER_SHOWN; i++) {
        char text[160], input[32], output[32];
        (void)snprintf(text, sizeof text, "  %-24s%s in, %s out, %s (%s)\n", i == 0 ? "$ per million, sold" : "",
                       show(offer[i]->base.input_usd_per_mtoken, TR_UNIT_USD, input, sizeof input),
                       show(offer[i]->base.output_usd_per_mtoken, TR_UNIT_USD, output, sizeof output),
                       offer[i]->provider, offer[i]->date);
        tr_write_text(out, text);
    }
    if (count > OFFER_SHOWN)
        tr_write_text(out, "                          and more: `tokenroof prices` lists them\n");
}

void tr_offers_json(const tr_model *model, tr_json *json)
{
    const tr_price *offer[OFFER_MAX];
    size_t count = 0;
    tr_price_offers(model->name, offer, OFFER_MAX, &count);
    tr_json_key_array(json, "offers");
    for (size_t i = 0; i < count && i < OFFER_MAX; i++) {
        tr_json_object_inline(json);
        tr_json_key_string(json, "provider", offer[i]->provider);
        tr_json_key_string(json, "model", offer[i]->model);
        tr_json_key_number(json, "input_usd_per_mtoken", offer[i]->base.input_usd_per_mtoken);
        tr_json_key_number(json, "output_usd_per_mtoken", offer[i]->base.output_usd_per_mtoken);
        tr_json_key_string(json, "date", offer[i]->date);
        tr_json_close(json);
    }
    tr_json_close(json);
}

void tr_print_setting(const tr_problem *question, tr_writer *out)
{
    tr_print_chips(question, out);
    tr_print_layout(question, out);
}
