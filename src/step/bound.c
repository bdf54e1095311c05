/* step/bound.c -- one pass by the blackboard's two equations, at datasheet peak. */
#include <tokenroof/step.h>

#include "base/fail.h"
#include "step/terms.h"

static tr_status check_load(const tr_load *load, tr_error *err)
{
    if (load == NULL)
        return tr_fail(err, TR_EMISSING, "load", 0.0, "expected a load: batch, context and phase");
    if (load->phase != TR_PHASE_DECODE && load->phase != TR_PHASE_PREFILL)
        return tr_fail(err, TR_EDOMAIN, "phase", (double)load->phase, "the phase must be decode or prefill");
    if (!(load->batch_seq >= 1.0 && load->batch_seq <= STEP_BATCH_MAX_SEQ))
        return tr_fail(err, TR_EDOMAIN, "batch_seq", load->batch_seq, "the batch must be 1 to 1e9 sequences");
    if (!(load->context_token >= 0.0 && load->context_token <= STEP_CONTEXT_MAX_TOKEN))
        return tr_fail(err, TR_EDOMAIN, "context_token", load->context_token, "the context must be 0 to 1e12 tokens");
    if (load->phase == TR_PHASE_PREFILL &&
        !(load->query_token >= 1.0 && load->query_token <= STEP_CONTEXT_MAX_TOKEN))
        return tr_fail(err, TR_EDOMAIN, "query_token", load->query_token,
                       "a prefill pass must bring 1 to 1e12 new tokens per sequence");
    return TR_OK;
}

/* Sizes for a sentence: "812 GB". */
#define AMOUNT_SIZE 32

static tr_status check_memory(const tr_roofline *roof, const tr_model *model, double batch_seq, double stored_token,
                              tr_error *err)
{
    const double need_byte = tr_resident_byte(roof, model, batch_seq, stored_token);
    if (need_byte <= roof->memory_byte)
        return TR_OK;
    char need[AMOUNT_SIZE], over[AMOUNT_SIZE], have[AMOUNT_SIZE], part[AMOUNT_SIZE], most[AMOUNT_SIZE];
    (void)tr_quantity_format(need_byte, TR_UNIT_BYTE, need, sizeof need);
    (void)tr_quantity_format(need_byte - roof->memory_byte, TR_UNIT_BYTE, over, sizeof over);
    (void)tr_quantity_format(roof->memory_byte, TR_UNIT_BYTE, have, sizeof have);
    if (roof->store_weight_byte > roof->memory_byte) {
        (void)tr_quantity_format(roof->store_weight_byte, TR_UNIT_BYTE, part, sizeof part);
        (void)tr_quantity_format(roof->store_weight_byte - roof->memory_byte, TR_UNIT_BYTE, over, sizeof over);
        return tr_fail(err, TR_ENOFIT, "memory_byte", need_byte,
                       "the weights alone take %s, which is %s more than the %s of memory: no batch fits", part, over,
                       have);
    }
    const double most_seq = tr_max_batch_seq(roof, model, stored_token);
    if (!(most_seq >= 1.0)) {
        (void)tr_quantity_format(tr_resident_byte(roof, model, 1.0, stored_token) - roof->memory_byte, TR_UNIT_BYTE,
                                 over, sizeof over);
        return tr_fail(err, TR_ENOFIT, "memory_byte", need_byte,
                       "the weights fit in the %s of memory, but even one sequence of this context does not: "
                       "%s short", have, over);
    }
    (void)tr_number_format(most_seq, most, sizeof most);
    return tr_fail(err, TR_ENOFIT, "memory_byte", need_byte,
                   "weights and KV cache take %s, which is %s more than the %s of memory: at this context the "
                   "largest batch that fits is %s", need, over, have, most);
}

/* KV bytes a prefill chunk moves per sequence: the cached rows its queries look
 * at, once (an ideal kernel reads a tile for all of them), and its own rows
 * written. A sparse query reads fewer rows than are stored, but many queries
 * together cannot read more than all of them. */
static double prefill_kv_byte(const tr_roofline *roof, const tr_model *model, double context_token, double query_token)
{
    const double elem = roof->kv_elem_byte;
    const double state = model->state_byte_per_seq;
    const double one_query = tr_model_kv_read_byte(model, context_token, elem) - state;
    const double stored = tr_model_kv_store_byte(model, context_token, elem);
    double read = one_query;
    if (one_query < stored) {
        const double all_queries = one_query * query_token;
        read = all_queries < stored ? all_queries : stored;
    }
    return read + state + tr_model_kv_store_byte(model, query_token, elem);
}

/* FLOPs of the output table: only the last token of a prefill needs its scores. */
static double head_flop(const tr_model *model)
{
    return 2.0 * (model->tied ? model->embedding_param : model->head_param);
}

tr_status tr_bound_step(const tr_roofline *roof, const tr_model *model, const tr_load *load,
                        tr_step *out, tr_error *err)
{
    tr_status status = tr_roofline_check(roof, err);
    if (status != TR_OK)
        return status;
    if (model == NULL)
        return tr_fail(err, TR_EMISSING, "model", 0.0, "expected a model");
    status = check_load(load, err);
    if (status != TR_OK)
        return status;

    const int prefill = load->phase == TR_PHASE_PREFILL;
    const double batch_seq = load->batch_seq;
    const double context_token = load->context_token;
    const double query_token = prefill ? load->query_token : 1.0;
    const double new_token = batch_seq * query_token;

    status = check_memory(roof, model, batch_seq, prefill ? context_token + query_token : context_token, err);
    if (status != TR_OK)
        return status;

    double weight_flop, attention_flop, kv_byte;
    if (prefill) {
        const double head = head_flop(model);
        weight_flop = (roof->flop_per_token - head) * query_token + head;
        attention_flop = tr_model_prefill_attention_flop(model, context_token, query_token);
        kv_byte = prefill_kv_byte(roof, model, context_token, query_token);
    } else {
        weight_flop = roof->flop_per_token;
        attention_flop = tr_model_attention_flop(model, context_token);
        kv_byte = tr_model_kv_read_byte(model, context_token, roof->kv_elem_byte);
    }
    if (!(attention_flop >= 0.0 && attention_flop <= STEP_PER_SEQ_MAX && kv_byte >= 0.0 && kv_byte <= STEP_PER_SEQ_MAX))
        return tr_fail(err, TR_EDOMAIN, "model", context_token,
                       "the model's attention FLOPs or KV bytes at this context are not usable numbers");

    tr_step step = {0};
    step.flop = step_flop(batch_seq, weight_flop, attention_flop);
    /* [R4] A token of every sequence picks its experts; what none picked is not read. */
    step.weight_read_byte = step_weight_read_byte(roof->fixed_weight_byte, roof->routed_weight_byte,
                                                  tr_expert_touched_share(roof->expert_idle_share, new_token));
    step.kv_read_byte = batch_seq * kv_byte; /* [R5] every sequence has its own: batching does not thin it */

    step.compute_s = step.flop / roof->flop_per_s; /* [R2] */
    step.weights_s = step.weight_read_byte / roof->byte_per_s;
    step.kv_s = step.kv_read_byte / roof->byte_per_s;
    step.step_s = step_time_s(step.compute_s, step.weights_s, step.kv_s);
    step.low_s = step.step_s;
    step.high_s = step.step_s;

    const double memory_s = step.weights_s + step.kv_s;
    if (step.compute_s >= memory_s)
        step.bound = TR_BOUND_COMPUTE;
    else
        step.bound = step.weights_s >= step.kv_s ? TR_BOUND_WEIGHTS : TR_BOUND_KV;

    step.token_per_s = new_token / step.step_s;
    step.token_per_s_per_seq = query_token / step.step_s;
    step.token_per_s_per_chip = step.token_per_s / roof->chip_count;
    step.usd_per_mtoken = roof->usd_per_s / step.token_per_s * 1e6; /* [K1] */
    /* [R8] Ratios of times, so that neither can pass 1 by rounding. */
    step.mfu = step.compute_s / step.step_s;
    step.mbu = memory_s / step.step_s;
    step.intensity_flop_per_byte = step.flop / (step.weight_read_byte + step.kv_read_byte);
    *out = step;
    return TR_OK;
}
