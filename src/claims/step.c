/* claims/step.c -- questions about one pass and about the roof it runs under. */
#include "claims/question.h"

TR_CLAIM_CASE(floor_s, tr_floor_s(&q->roof))
TR_CLAIM_CASE(ridge, tr_ridge_flop_per_byte(&q->roof))
TR_CLAIM_CASE(balance_batch, tr_balance_batch_seq(&q->roof, q->load.context_token))
TR_CLAIM_CASE(balance_context, tr_balance_context_token(&q->roof))
TR_CLAIM_CASE(cliff_context, tr_cliff_context_token(&q->roof, q->load.batch_seq))
TR_CLAIM_CASE(max_context, tr_shard_max_context_token(&q->shard, q->load.batch_seq))
TR_CLAIM_CASE(max_batch, tr_shard_max_batch_seq(&q->shard, q->load.context_token))
TR_CLAIM_CASE(drain_s, tr_drain_s(&q->roof))
TR_CLAIM_CASE(weight_intensity, tr_weight_intensity_flop_per_byte(&q->roof, q->load.batch_seq))
TR_CLAIM_CASE(attention_intensity, tr_attention_intensity_flop_per_byte(&q->roof, q->load.context_token))
TR_CLAIM_CASE(roof_flop, q->roof.flop_per_s)
TR_CLAIM_CASE(roof_bandwidth, q->roof.byte_per_s)
TR_CLAIM_CASE(roof_memory, q->roof.memory_byte)
TR_CLAIM_CASE(weight_byte, q->roof.store_weight_byte)
TR_CLAIM_CASE(kv_byte, q->roof.kv_byte_per_token)
TR_CLAIM_CASE(active_param, q->model->active_param)
TR_CLAIM_CASE(batch, q->load.batch_seq)
TR_CLAIM_CASE(context, q->load.context_token)

static tr_status balance_margin(const char *with, double *out, tr_error *err)
{
    double margin_ratio = 0, batch_seq = 0;
    tr_status s = tr_claim_number(with, "margin", &margin_ratio, err);
    if (s == TR_OK)
        s = balance_batch(with, &batch_seq, err);
    if (s == TR_OK)
        *out = batch_seq * margin_ratio;
    return s;
}

TR_CLAIM_PASS(compute_s, step.compute_s)
TR_CLAIM_PASS(weights_s, step.weights_s)
TR_CLAIM_PASS(kv_s, step.kv_s)
TR_CLAIM_PASS(memory_s, step.weights_s + step.kv_s)
TR_CLAIM_PASS(step_s, step.step_s)
TR_CLAIM_PASS(token_rate, step.token_per_s)
TR_CLAIM_PASS(seq_token_rate, step.token_per_s_per_seq)
TR_CLAIM_PASS(usd, step.usd_per_mtoken)
TR_CLAIM_PASS(mfu, step.mfu)
TR_CLAIM_PASS(kv_share, step.kv_s / (step.weights_s + step.kv_s))

#define STEP "step * --physics bound"

static const tr_claim_question questions[] = {
    {"floor_s", TR_UNIT_SECOND, "tr_floor_s", "R6", STEP, "floor_s", floor_s},
    {"ridge_flop_per_byte", TR_UNIT_FLOP_PER_BYTE, "tr_ridge_flop_per_byte", "R7", STEP,
     "ridge_flop_per_byte", ridge},
    {"balance_batch_seq", TR_UNIT_SEQ, "tr_balance_batch_seq", "R9", STEP, "balance_batch_seq",
     balance_batch},
    {"balance_margin_batch_seq", TR_UNIT_SEQ, "tr_balance_batch_seq", "R9", "menu * --physics bound",
     "modes.practice.batch_seq", balance_margin},
    {"balance_context_token", TR_UNIT_TOKEN, "tr_balance_context_token", "R10", "report *",
     "balanced_context_token", balance_context},
    {"cliff_context_token", TR_UNIT_TOKEN, "tr_cliff_context_token", "R11",
     "curve * --over context --physics bound", NULL, cliff_context},
    {"max_context_token", TR_UNIT_TOKEN, "tr_shard_max_context_token", "R13", "memory *",
     "max_context_token", max_context},
    {"max_batch_seq", TR_UNIT_SEQ, "tr_shard_max_batch_seq", "R12", "memory *", "max_batch_seq", max_batch},
    {"drain_s", TR_UNIT_SECOND, "tr_drain_s", "R14", "report *", "drain_s", drain_s},
    {"weight_intensity_flop_per_byte", TR_UNIT_FLOP_PER_BYTE, "tr_weight_intensity_flop_per_byte", "R15",
     STEP, "weight_intensity_flop_per_byte", weight_intensity},
    {"attention_intensity_flop_per_byte", TR_UNIT_FLOP_PER_BYTE, "tr_attention_intensity_flop_per_byte",
     "R16", STEP, "attention_intensity_flop_per_byte", attention_intensity},
    {"flop_per_s", TR_UNIT_FLOP_PER_S, "tr_roofline_of", "C3", STEP, "system.flop_per_s", roof_flop},
    {"byte_per_s", TR_UNIT_BYTE_PER_S, "tr_roofline_of", "", STEP, "system.byte_per_s", roof_bandwidth},
    {"memory_byte", TR_UNIT_BYTE, "tr_roofline_of", "", STEP, "system.memory_byte", roof_memory},
    {"weight_byte", TR_UNIT_BYTE, "tr_roofline_of", "M10", STEP, "model.stored_weight_byte", weight_byte},
    {"kv_byte_per_token", TR_UNIT_BYTE, "tr_roofline_of", "M7", STEP, "model.kv_byte_per_token", kv_byte},
    {"model_active_param", TR_UNIT_PARAM, "tr_problem_of", "M2", STEP, "model.active_param", active_param},
    {"batch_seq", TR_UNIT_SEQ, "tr_problem_of", "", STEP, "batch_seq", batch},
    {"context_token", TR_UNIT_TOKEN, "tr_problem_of", "", STEP, "context_token", context},
    {"compute_s", TR_UNIT_SECOND, "tr_bound_step", "R2", STEP, "terms.compute_s", compute_s},
    {"weights_s", TR_UNIT_SECOND, "tr_bound_step", "R3", STEP, "terms.weights_s", weights_s},
    {"kv_s", TR_UNIT_SECOND, "tr_bound_step", "R5", STEP, "terms.kv_s", kv_s},
    {"memory_s", TR_UNIT_SECOND, "tr_bound_step", "R1", STEP, "terms.weights_s+terms.kv_s", memory_s},
    {"step_s", TR_UNIT_SECOND, "tr_bound_step", "R1", STEP, "step_s", step_s},
    {"token_per_s", TR_UNIT_TOKEN_PER_S, "tr_bound_step", "R1", STEP, "token_per_s", token_rate},
    {"token_per_s_per_seq", TR_UNIT_TOKEN_PER_S, "tr_bound_step", "R1", STEP, "token_per_s_per_seq",
     seq_token_rate},
    {"usd_per_mtoken", TR_UNIT_USD_PER_MTOKEN, "tr_bound_step", "R1", STEP, "usd_per_mtoken", usd},
    {"mfu", TR_UNIT_RATIO, "tr_bound_step", "R8", STEP, "mfu", mfu},
    {"kv_share", TR_UNIT_RATIO, "tr_bound_step", "R5", STEP, NULL, kv_share},
};
TR_CLAIM_QUESTIONS(tr_claim_step_questions, questions);
