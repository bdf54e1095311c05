/* parity.c -- one case is a random model on a random system under a random load, and everything the model
 * path says about it. Compiled three ways (gcc -O2, gcc -O3 -march=native, WebAssembly), the values must
 * agree in every bit. Inputs are made of integer steps and exact operations only, so they agree by
 * construction. A NaN is one value here: its bits are not the program's doing.
 */
#include "parity.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <tokenroof/calibration.h>
#include <tokenroof/chip.h>
#include <tokenroof/engine.h>
#include <tokenroof/model.h>
#include <tokenroof/pass.h>
#include <tokenroof/price.h>
#include <tokenroof/rate.h>
#include <tokenroof/serve.h>
#include <tokenroof/shard.h>

#include "base/rng.h"

#define VALUE_MAX 160
#define FORMATS 40 /* of weights; past the last there is none, and that is compared, too */
#define ORACLE_EVERY 1000 /* cases: an inference takes as long as a thousand steps */
#define LAYOUT_EVERY 50 /* cases: as many steps as there are layouts */
#define ARRAY_MAX 37
#define RANDOM_SEED 0x70617269ULL

static struct {
    tr_model *catalog;
    size_t catalog_count;
    tr_model model;
    tr_system system;
    double value[VALUE_MAX];
    const char *name[VALUE_MAX];
    size_t count;
} shared;

/* ---- random input ------------------------------------------------------------ */

/* 2^low <= result < 2^high, evenly by octave: an exponent and 52 random bits. */
static double octaves(tr_rng *rng, int low, int high)
{
    const uint64_t exponent = (uint64_t)(1023 + low) + tr_rng_below(rng, (uint64_t)(high - low));
    const uint64_t bits = exponent << 52 | tr_rng_next(rng) >> 12;
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static double whole(tr_rng *rng, int low, int high) { return (double)(uint64_t)octaves(rng, low, high); }
static int one_in(tr_rng *rng, uint64_t n) { return tr_rng_below(rng, n) == 0; }

static void random_layer(tr_rng *rng, tr_layer *layer)
{
    memset(layer, 0, sizeof *layer);
    layer->layer_count = whole(rng, 0, 6);
    layer->mixer = (tr_mixer)tr_rng_below(rng, 5);
    memcpy(layer->attention, "random", 7);
    layer->heads = whole(rng, 0, 8);
    layer->kv_heads = whole(rng, 0, 4);
    layer->head_dim = whole(rng, 5, 9);
    layer->value_dim = whole(rng, 5, 9);
    if (layer->mixer == TR_MIXER_MLA) {
        layer->q_rank = whole(rng, 8, 12);
        layer->kv_rank = whole(rng, 7, 10);
        layer->rope_dim = whole(rng, 5, 7);
    }
    layer->cache_count = (int)tr_rng_below(rng, TR_CACHE_MAX + 1);
    for (int i = 0; i < layer->cache_count; i++) {
        tr_cache *cache = &layer->cache[i];
        cache->kind = (tr_cache_kind)tr_rng_below(rng, 2);
        cache->shared = one_in(rng, 8);
        cache->elem = whole(rng, 5, 14);
        cache->token_per_row = one_in(rng, 3) ? whole(rng, 0, 8) : 1.0;
        cache->row_cap = one_in(rng, 3) ? whole(rng, 7, 14) : 0.0;
        cache->read_cap = one_in(rng, 4) ? whole(rng, 7, 12) : 0.0;
        cache->flop_per_row = whole(rng, 8, 18);
    }
    if (layer->mixer == TR_MIXER_LINEAR || layer->mixer == TR_MIXER_MAMBA) {
        layer->state_byte = whole(rng, 12, 24);
        layer->state_flop = whole(rng, 12, 26);
    }
    layer->mixer_param = whole(rng, 16, 28);
    layer->norm_param = whole(rng, 8, 15);
    layer->dense_param = whole(rng, 16, 30);
    if (one_in(rng, 2)) {
        layer->experts = whole(rng, 3, 10);
        layer->experts_active = 1.0 + (double)tr_rng_below(rng, (uint64_t)layer->experts);
        layer->routed_param = layer->experts * whole(rng, 16, 26);
        layer->router_param = whole(rng, 10, 20);
    }
}

/* A shape nobody would train, but whole in itself. */
static void random_model(tr_rng *rng, tr_model *model)
{
    memset(model, 0, sizeof *model);
    memcpy(model->name, "random", 7);
    model->layer_kinds = 1 + (int)tr_rng_below(rng, 6);
    model->hidden = whole(rng, 8, 15);
    model->vocab = whole(rng, 10, 18);
    model->embedding_param = model->hidden * model->vocab;
    model->tied = one_in(rng, 2);
    model->head_param = model->tied ? 0.0 : model->embedding_param;
    double stack = 0.0;
    double idle = 0.0;
    for (int i = 0; i < model->layer_kinds; i++) {
        tr_layer *layer = &model->layer[i];
        random_layer(rng, layer);
        model->layers += layer->layer_count;
        stack += layer->layer_count *
                 (layer->mixer_param + layer->norm_param + layer->dense_param + layer->router_param +
                  layer->routed_param);
        model->routed_param += layer->layer_count * layer->routed_param;
        if (layer->experts > 0.0)
            idle += layer->layer_count * layer->routed_param * (1.0 - layer->experts_active / layer->experts);
        model->state_byte_per_seq += layer->layer_count * layer->state_byte;
    }
    model->total_param = stack + model->embedding_param + model->head_param;
    model->active_param = model->total_param - idle;
    model->multiply_param = model->active_param - (model->tied ? 0.0 : model->embedding_param);
    model->stream_param = model->total_param - (model->tied ? 0.0 : model->embedding_param);
    model->weight_dtype = TR_DTYPE_BF16;
    model->kv_dtype = TR_DTYPE_BF16;
    static const double WEIGHT_BYTE[] = {0.5, 0.53125, 1.0, 1.0009765625, 2.0, 4.0};
    for (int part = 0; part < TR_PART_COUNT; part++)
        model->weight.part[part] = (tr_part_format){WEIGHT_BYTE[tr_rng_below(rng, 6)], TR_DTYPE_BF16};
}

static const tr_model *pick_model(tr_rng *rng)
{
    const uint64_t kind = tr_rng_below(rng, 3);
    if (kind == 0 && shared.catalog_count > 0)
        return &shared.catalog[tr_rng_below(rng, shared.catalog_count)];
    if (kind == 1) {
        const double total = whole(rng, 20, 42);
        const tr_model_numbers numbers = {
            .total_param = total,
            .active_param = one_in(rng, 3) ? 0.0 : total / (1.0 + (double)tr_rng_below(rng, 32)),
            .kv_byte_per_token = whole(rng, 8, 22),
            .weight_byte = octaves(rng, -1, 2),
        };
        if (tr_model_from_numbers(&numbers, &shared.model, NULL) == TR_OK)
            return &shared.model;
    }
    random_model(rng, &shared.model);
    return &shared.model;
}

static const tr_system *pick_system(tr_rng *rng)
{
    const size_t count = tr_system_catalog_count();
    if (count > 0 && one_in(rng, 2) &&
        tr_system_catalog_get(tr_system_catalog_name((size_t)tr_rng_below(rng, count)), &shared.system, NULL) ==
            TR_OK)
        return &shared.system;
    const tr_chip_numbers numbers = {
        .flop_per_s = octaves(rng, 38, 58),
        .memory_byte_per_s = octaves(rng, 33, 48),
        .memory_byte = one_in(rng, 4) ? 0.0 : octaves(rng, 33, 46),
        .usd_per_hour = one_in(rng, 3) ? 0.0 : octaves(rng, -2, 8),
    };
    memset(&shared.system, 0, sizeof shared.system);
    (void)tr_system_from_numbers(&numbers, &shared.system, NULL);
    return &shared.system;
}

/* ---- what is compared ------------------------------------------------------------ */

static void put(const char *name, double value)
{
    shared.name[shared.count] = name;
    shared.value[shared.count++] = value;
}

static void put_status(const char *name, tr_status status, const tr_error *err)
{
    put(name, (double)status);
    put("error value", status == TR_OK ? 0.0 : err->value);
}

static void put_roof(const tr_roofline *r)
{
    put("flop_per_s", r->flop_per_s);
    put("byte_per_s", r->byte_per_s);
    put("memory_byte", r->memory_byte);
    put("usd_per_s", r->usd_per_s);
    put("chip_count", r->chip_count);
    put("flop_per_token", r->flop_per_token);
    put("fixed_weight_byte", r->fixed_weight_byte);
    put("routed_weight_byte", r->routed_weight_byte);
    put("expert_idle_share", r->expert_idle_share);
    put("store_weight_byte", r->store_weight_byte);
    put("weight_byte", r->weight_byte);
    put("kv_byte_per_token", r->kv_byte_per_token);
    put("dtypes", (double)(100 * (int)r->weight_dtype + 10 * (int)r->kv_dtype + (int)r->math_dtype));
}

static void put_step(const tr_step *s)
{
    put("compute_s", s->compute_s);
    put("weights_s", s->weights_s);
    put("kv_s", s->kv_s);
    put("comm_s", s->comm_s);
    put("fixed_s", s->fixed_s);
    put("step_s", s->step_s);
    put("low_s", s->low_s);
    put("high_s", s->high_s);
    put("limit", (double)s->limit);
    put("token_per_s", s->token_per_s);
    put("token_per_s_per_seq", s->token_per_s_per_seq);
    put("token_per_s_per_chip", s->token_per_s_per_chip);
    put("usd_per_mtoken", s->usd_per_mtoken);
    put("mfu", s->mfu);
    put("mbu", s->mbu);
    put("intensity_flop_per_byte", s->intensity_flop_per_byte);
    put("flop", s->flop);
    put("weight_read_byte", s->weight_read_byte);
    put("kv_read_byte", s->kv_read_byte);
}

static void put_model(const tr_model *model, double context_token, double query_token, double kv_byte)
{
    put("kv_store_byte", tr_model_kv_store_byte(model, context_token, kv_byte));
    put("kv_read_byte of the model", tr_model_kv_read_byte(model, context_token, kv_byte));
    put("kv_byte_per_token of the model", tr_model_kv_byte_per_token(model, kv_byte));
    put("attention_flop", tr_model_attention_flop(model, context_token));
    put("prefill_attention_flop", tr_model_prefill_attention_flop(model, context_token, query_token));
    put("weight_byte of the model", tr_model_weight_byte(model));
}

static void put_limits(const tr_roofline *roof, const tr_load *load)
{
    put("floor_s", tr_floor_s(roof));
    put("ridge_flop_per_byte", tr_ridge_flop_per_byte(roof));
    put("balance_batch_seq", tr_balance_batch_seq(roof, load->context_token));
    put("balance_context_token", tr_balance_context_token(roof));
    put("cliff_context_token", tr_cliff_context_token(roof, load->batch_seq));
    put("kv_read_byte of the roof", tr_roofline_kv_read_byte(roof, load->context_token));
    put("drain_s", tr_drain_s(roof));
    put("weight_intensity", tr_weight_intensity_flop_per_byte(roof, load->batch_seq));
    put("attention_intensity", tr_attention_intensity_flop_per_byte(roof, load->context_token));
    put("expert_touched_share", tr_expert_touched_share(roof->expert_idle_share, load->batch_seq));
}

/* Batches up from the load's own, some fractional: every element counts, by a sum of bits in two halves. */
static void put_array(tr_rng *rng, const tr_roofline *roof, const tr_model *model, const tr_load *load)
{
    static double batch[ARRAY_MAX];
    static double kv[ARRAY_MAX];
    static double attention[ARRAY_MAX];
    static double out[4][ARRAY_MAX];
    const size_t n = 1 + (size_t)tr_rng_below(rng, ARRAY_MAX);
    for (size_t i = 0; i < n; i++) {
        batch[i] = load->batch_seq + (double)i * (one_in(rng, 4) ? 0.5 : 3.0);
        kv[i] = tr_roofline_kv_read_byte(roof, load->context_token + 17.0 * (double)i);
        attention[i] = tr_model_attention_flop(model, load->context_token + 17.0 * (double)i);
    }
    tr_bound_step_array(roof, n, batch, kv, attention, out[0], out[1], out[2], out[3]);
    uint64_t sum = 0;
    for (size_t k = 0; k < 4; k++) {
        for (size_t i = 0; i < n; i++) {
            uint64_t bits = 0;
            if (out[k][i] == out[k][i])
                memcpy(&bits, &out[k][i], sizeof bits);
            sum = sum * 0x100000001B3ULL + bits;
        }
    }
    put("array, last step_s", out[3][n - 1]);
    put("array, high bits", (double)(sum >> 32));
    put("array, low bits", (double)(sum & 0xFFFFFFFFU));
}

/* A price sheet of the catalog, or random, and what the inference makes of it: exp and log are the core's own. */
static void put_oracle(tr_rng *rng)
{
    static tr_oracle_answer answer;
    const double none = (double)NAN;
    tr_oracle_question q = {.active_param = none, .total_param = none, .kv_byte_per_token = none,
                            .chip_usd_per_hour = none, .sample_count = 2000, .seed = tr_rng_next(rng)};
    q.launch_year = none;
    q.evidence =
        (tr_price_evidence){octaves(rng, -4, 4), 0, none, none, none, none, none, none, none, none, none, none};
    q.evidence.output_usd_per_mtoken = q.evidence.input_usd_per_mtoken * octaves(rng, 0, 3);
    if (one_in(rng, 2))
        q.evidence.cached_read_usd_per_mtoken = q.evidence.input_usd_per_mtoken * octaves(rng, -6, 0);
    if (one_in(rng, 2))
        q.evidence.long_above_token = whole(rng, 14, 20);
    if (one_in(rng, 2))
        (void)tr_price_evidence_of(tr_price_at((size_t)tr_rng_below(rng, tr_price_count())), &q.evidence, NULL);
    if (one_in(rng, 2))
        q.speed[0] = (tr_oracle_measure){octaves(rng, 3, 8), whole(rng, 8, 16)};
    put("oracle status", (double)tr_oracle_infer(&q, &answer, NULL));
    put("oracle, draws that count", answer.posterior.effective_count);
    put("oracle, active", answer.posterior.band[TR_UNKNOWN_ACTIVE].value);
    put("oracle, kv", answer.posterior.band[TR_UNKNOWN_KV].max);
    put("oracle, batch", answer.posterior.band[TR_UNKNOWN_BATCH].min);
    put("oracle, markup", answer.without[TR_EVIDENCE_RATIO].band[TR_UNKNOWN_MARKUP].value);
}

/* A layout that may not be legal: the refusal is compared, too. */
static tr_layout random_layout(tr_rng *rng)
{
    const double tp = one_in(rng, 2) ? 1.0 : 2.0 * (1.0 + (double)tr_rng_below(rng, 4));
    const double dp = one_in(rng, 3) ? 2.0 : 1.0, ep = one_in(rng, 2) ? tp * dp : 1.0, pp = one_in(rng, 3) ? 2.0 : 1.0;
    return (tr_layout){tp, dp, ep, pp, one_in(rng, 3) ? 2.0 : 1.0, one_in(rng, 4)};
}

/* What one chip holds, and what fits. */
static void put_shard(const tr_shard *shard, const tr_load *load)
{
    tr_error err = {.value = 0.0};
    put("shard weight_byte", shard->weight_byte);
    put("shard activation_byte", shard->activation_byte);
    put("shard reserve_byte", shard->reserve_byte);
    put("shard cache_room_byte", shard->cache_room_byte);
    put("shard seq_byte", tr_shard_seq_byte(shard, load->context_token));
    put("shard used_byte", tr_shard_used_byte(shard, load->batch_seq, load->context_token));
    put("max_batch_seq", tr_shard_max_batch_seq(shard, load->context_token));
    put("max_context_token", tr_shard_max_context_token(shard, load->batch_seq));
    put_status("fits", tr_shard_check(shard, load->batch_seq, load->context_token, &err), &err);
}

/* The list of a mixed pass, its step by ops and fitted, and points of what it boils down to. */
static void put_pass(tr_rng *rng, const tr_shard *shard, const tr_roofline *roof, const tr_calibration *calibration,
                     const tr_load *load)
{
    static tr_op ops[TR_OP_LIST_MAX];
    static tr_timing timing;
    const double skew = one_in(rng, 8) ? octaves(rng, -3, 2) : 0.0;
    const tr_pass pass = {.decode_seq = load->batch_seq, .decode_context_token = load->context_token,
                          .token_per_seq = 1.0 + shard->formats.draft_token, .prefill_seq = one_in(rng, 3) ? 2.0 : 0.0,
                          .prefill_query_token = 512.0, .prefill_context_token = 128.0, .routing_skew_ratio = skew};
    size_t count = 0;
    tr_step step;
    tr_terms terms;
    double flop = 0.0, byte = 0.0, link_byte = 0.0, point_s = 0.0;
    const tr_status listed = tr_operator_list(shard, &pass, ops, TR_OP_LIST_MAX, &count, NULL);
    put("list status", (double)listed);
    for (size_t i = 0; listed == TR_OK && i < count; i++) {
        flop += ops[i].count * ops[i].flop;
        byte += ops[i].count * (ops[i].weight_byte + ops[i].kv_byte + ops[i].activation_byte);
        link_byte += ops[i].count * (ops[i].message_byte + ops[i].across_byte);
    }
    put("list flop", flop);
    put("list byte", byte);
    put("list link_byte", link_byte);
    for (int fitted = 0; fitted < 2; fitted++) {
        const tr_calibration *by = fitted ? calibration : NULL;
        memset(&step, 0, sizeof step);
        memset(&terms, 0, sizeof terms);
        put("pass status", (double)tr_pass_step(shard, roof, by, TR_DISTANCE_MODEL, &pass, &step, NULL));
        put("pass step_s", step.step_s);
        put("pass comm_s", step.comm_s);
        put("pass fixed_s", step.fixed_s);
        put("pass high_s", step.high_s);
        const tr_status boiled = tr_timing_of(shard, by, &pass, &timing, NULL);
        put("timing status", (double)boiled);
        if (boiled == TR_OK) {
            tr_timing_array(&timing, 1, &load->batch_seq, &point_s);
            tr_timing_rank(&timing, 3.0, 0.25, &terms);
        }
        put("timing step_s", point_s);
        put("timing terms", terms.step_s);
    }
}

static void put_quantity(const char *name, const tr_quantity *q)
{
    put(name, q->predicted);
    put("low", q->low);
    put("high", q->high);
    put("bound", q->bound);
}

static void put_service(tr_rng *rng, const tr_shard *shard, const tr_roofline *roof, const tr_calibration *calibration)
{
    tr_service service;
    tr_clients clients = {.concurrency_seq = whole(rng, 0, 9),
                          .prompt_token = whole(rng, 0, 14),
                          .output_token = whole(rng, 0, 12),
                          .request_per_s = one_in(rng, 4) ? octaves(rng, -4, 4) : 0.0,
                          .fixed_lengths = one_in(rng, 3),
                          .request_per_client = one_in(rng, 3) ? whole(rng, 0, 5) : 0.0,
                          .prefill_first = (int)tr_rng_below(rng, 3) - 1,
                          .whole_prompt = one_in(rng, 4),
                          .prefill_apart = one_in(rng, 4)};
    if (one_in(rng, 3)) {
        clients.draft_token = 3.0;
        clients.token_per_step = 1.0 + 3.0 * tr_rng_uniform(rng);
    }
    memset(&service, 0, sizeof service);
    put("service status", (double)tr_serve(shard, roof, one_in(rng, 4) ? NULL : calibration, TR_DISTANCE_CHIP, &clients,
                                           &service, NULL));
    put_quantity("tpot_s", &service.tpot_s);
    put_quantity("ttft_s", &service.ttft_s);
    put_quantity("e2e_s", &service.e2e_s);
    put_quantity("output_token_per_s", &service.output_token_per_s);
    put("service batch_seq", service.batch_seq);
    put("service room_seq", service.room_seq);
    put("service decode_s", service.decode_s);
}

/* One chip of a layout, what it does, and how that is served; and now and then the best layout. */
static void put_layout(tr_rng *rng, const tr_model *model, const tr_system *system, const tr_formats *formats,
                       const tr_roofline *roof, const tr_load *load)
{
    tr_system wide = *system;
    tr_shard shard;
    tr_collective collective;
    const tr_engine *engine = one_in(rng, 2) ? NULL : tr_engine_at((size_t)tr_rng_below(rng, tr_engine_count()));
    const tr_calibration *calibration = tr_calibration_at((size_t)tr_rng_below(rng, tr_calibration_count()));
    const tr_layout layout = random_layout(rng);
    tr_error err = {.value = 0.0};
    wide.chip_count = 32.0;
    if (one_in(rng, 2))
        wide.chip.memory_byte *= 64.0;
    const tr_status made = tr_shard_of(model, &wide, engine, &layout, formats, &shard, &err);
    put_status("shard status", made, &err);
    if (made == TR_OK) {
        put_shard(&shard, load);
        put_pass(rng, &shard, roof, calibration, load);
        put_service(rng, &shard, roof, calibration);
    }
    if (one_in(rng, LAYOUT_EVERY)) {
        tr_layout best = layout;
        put("best layout status",
            (double)tr_layout_best(model, system, engine, formats, calibration, load, &best, NULL));
        put("best layout", best.tp_rank + 1e3 * best.dp_rank + 1e6 * best.ep_rank + 1e9 * best.pp_rank);
    }
    memset(&collective, 0, sizeof collective);
    const tr_collective_kind kind = (tr_collective_kind)tr_rng_below(rng, 4);
    const double group_chip = whole(rng, 0, 10), message_byte = octaves(rng, 0, 40), across_byte = octaves(rng, 0, 30);
    put("collective status",
        (double)tr_collective_of(system, kind, group_chip, message_byte, across_byte, &collective, NULL));
    put("collective time_s", collective.time_s);
}

int parity_begin(void)
{
    shared.catalog_count = tr_model_catalog_count();
    if (shared.catalog_count == 0)
        return 1;
    shared.catalog = malloc(shared.catalog_count * sizeof shared.catalog[0]);
    if (shared.catalog == NULL)
        return 0;
    size_t kept = 0;
    for (size_t i = 0; i < shared.catalog_count; i++)
        if (tr_model_catalog_get(tr_model_catalog_name(i), &shared.catalog[kept], NULL) == TR_OK)
            kept++;
    shared.catalog_count = kept;
    return 1;
}

const double *parity_case(uint32_t index)
{
    tr_rng rng;
    tr_rng_seed(&rng, RANDOM_SEED + index);
    shared.count = 0;
    const tr_model *model = pick_model(&rng);
    const tr_system *system = pick_system(&rng);
    const tr_formats formats = {
        .weight = one_in(&rng, 2) ? TR_WEIGHT_FORMAT_NATIVE : (tr_weight_format)tr_rng_below(&rng, FORMATS),
        .kv = one_in(&rng, 2) ? TR_DTYPE_NATIVE : (tr_dtype)tr_rng_below(&rng, TR_DTYPE_COUNT),
        .math = one_in(&rng, 2) ? TR_DTYPE_NATIVE : (tr_dtype)tr_rng_below(&rng, TR_DTYPE_COUNT),
        .draft_token = one_in(&rng, 4) ? 3.0 : 0.0,
    };
    const tr_load load = {
        .phase = (tr_phase)tr_rng_below(&rng, 2),
        .batch_seq = one_in(&rng, 8) ? octaves(&rng, 0, 14) : whole(&rng, 0, 14),
        .context_token = one_in(&rng, 16) ? 0.0 : whole(&rng, 0, 23),
        .query_token = whole(&rng, 0, 15),
    };
    tr_error err = {.value = 0.0};
    tr_roofline roof;
    memset(&roof, 0, sizeof roof);
    const tr_status made = tr_roofline_of(model, system, NULL, &formats, &roof, &err);
    put_status("roofline status", made, &err);
    put_roof(&roof);
    put_model(model, load.context_token, load.query_token, tr_dtype_byte(formats.kv));
    if (made == TR_OK) {
        tr_step step;
        memset(&step, 0, sizeof step);
        put_status("step status", tr_bound_step(&roof, &load, &step, &err), &err);
        put_step(&step);
        put_limits(&roof, &load);
        put_array(&rng, &roof, model, &load);
        put_layout(&rng, model, system, &formats, &roof, &load);
    }
    if (index % ORACLE_EVERY == 0)
        put_oracle(&rng);
    while (shared.count < VALUE_MAX)
        put("", 0.0);
    return shared.value;
}

size_t parity_value_count(void) { return VALUE_MAX; }
const char *parity_value_name(size_t index) { return index < VALUE_MAX ? shared.name[index] : ""; }

uint64_t parity_hash(uint32_t first, uint32_t count)
{
    static const uint64_t ONE_NAN = 0x7FF8000000000000ULL;
    uint64_t hash = 0xCBF29CE484222325ULL;
    for (uint32_t i = 0; i < count; i++) {
        const double *value = parity_case(first + i);
        for (size_t k = 0; k < VALUE_MAX; k++) {
            uint64_t bits = ONE_NAN;
            if (value[k] == value[k])
                memcpy(&bits, &value[k], sizeof bits);
            for (int byte = 0; byte < 8; byte++)
                hash = (hash ^ (bits >> (8 * byte) & 0xFF)) * 0x100000001B3ULL;
        }
    }
    return hash;
}
