/* claims/schedule.c -- questions about trains of tokens, experts over chips, and pipelines. */
#include <math.h>

#include "claims/question.h"
#include "life/racks.h"

/* A request comes at any moment: it waits for the train, then rides for an interval. */
TR_CLAIM_FORMULA(worst_wait, tr_train_worst_wait_s(v[0]), "interval_s")
TR_CLAIM_FORMULA(mean_wait, tr_train_mean_wait_s(v[0]), "interval_s")
TR_CLAIM_FORMULA(rack_count, tr_rack_count(v[0], v[1]), "world_token_per_s", "rack_token_per_s")

TR_CLAIM_FORMULA(share_ratio, v[0] / v[1], "share", "best_share")
TR_CLAIM_FORMULA(experts_per_chip, v[0] / v[1], "experts", "chips")
/* Experts spread evenly: a token's copies go anywhere. */
TR_CLAIM_FORMULA(leaving_share, tr_leaving_share(v[0]), "racks")
/* Time of a stage's dispatch and combine inside the rack over that of one hop to the next rack. */
TR_CLAIM_FORMULA(stage_over_hop, tr_stage_over_hop_ratio(v[0], v[1], v[2]), "link_ratio", "copies", "layers")

/* A step in training waits for the pipeline to fill and to drain; in decode micro-batches go round and round. */
TR_CLAIM_FORMULA(training_bubble, tr_train_bubble_share(v[0], v[1]), "stages", "micro_batches")
TR_CLAIM_FORMULA(decode_idle, tr_decode_idle_share(v[0], v[1]), "stages", "micro_batches")

/* The fewest micro-batches that leave no stage of a decode idle. */
static double full_pipeline_of(double stages)
{
    double micro_batches = 1;
    while (micro_batches < 1e4 && tr_decode_idle_share(stages, micro_batches) > 0.0)
        micro_batches++;
    return micro_batches;
}
TR_CLAIM_FORMULA(full_pipeline, full_pipeline_of(v[0]), "stages")
TR_CLAIM_FORMULA(hops_s, tr_hops_s(v[0], v[1]), "stages", "hop_s")

/* ---- what a chip holds, from the case ------------------------------------------------ */

static double kv_byte(const tr_problem *q)
{
    return q->load.batch_seq * tr_model_kv_store_byte(q->model, q->load.context_token, tr_dtype_byte(q->roof.kv_dtype));
}

TR_CLAIM_CASE(chip_load, (q->roof.store_weight_byte + kv_byte(q)) / q->roof.chip_count)
TR_CLAIM_CASE(chip_kv, kv_byte(q) / q->roof.chip_count)
/* Systems in a row until weights and cache fit all of their memory, as on a blackboard: the stages of a pipeline that
 * memory asks for. */
TR_CLAIM_CASE(stages_to_fit, ceil((q->roof.store_weight_byte + kv_byte(q)) / q->roof.memory_byte))

static const tr_claim_question questions[] = {
    {"worst_wait_s", TR_UNIT_SECOND, "tr_train_worst_wait_s", "K30", NULL, NULL, worst_wait},
    {"mean_wait_s", TR_UNIT_SECOND, "tr_train_mean_wait_s", "K30", NULL, NULL, mean_wait},
    {"rack_count", TR_UNIT_NONE, "tr_rack_count", "K31", NULL, NULL, rack_count},
    {"share_ratio", TR_UNIT_NONE, "share / best_share", "", NULL, NULL, share_ratio},
    {"experts_per_chip_count", TR_UNIT_NONE, "experts / chips", "", NULL, NULL, experts_per_chip},
    {"leaving_share", TR_UNIT_RATIO, "tr_leaving_share", "K34", NULL, NULL, leaving_share},
    {"stage_over_hop_ratio", TR_UNIT_NONE, "tr_stage_over_hop_ratio", "K35", NULL, NULL, stage_over_hop},
    {"training_bubble_share", TR_UNIT_RATIO, "tr_train_bubble_share", "K38", NULL, NULL, training_bubble},
    {"decode_idle_share", TR_UNIT_RATIO, "tr_decode_idle_share", "K38", NULL, NULL, decode_idle},
    {"full_pipeline_count", TR_UNIT_NONE, "tr_decode_idle_share", "K38", NULL, NULL, full_pipeline},
    {"hops_s", TR_UNIT_SECOND, "tr_hops_s", "K37", NULL, NULL, hops_s},
    {"chip_load_byte", TR_UNIT_BYTE, "tr_roofline_of", "M5", NULL, NULL, chip_load},
    {"chip_kv_byte", TR_UNIT_BYTE, "tr_model_kv_store_byte", "M5", NULL, NULL, chip_kv},
    {"stages_to_fit_count", TR_UNIT_NONE, "ceil((weights + batch x cache) / memory)", "", NULL, NULL,
     stages_to_fit},
};
TR_CLAIM_QUESTIONS(tr_claim_schedule_questions, questions);
