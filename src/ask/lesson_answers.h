/* ask/lesson_answers.h -- the functions that answer the exercises. */
#ifndef TOKENROOF_SRC_ASK_LESSON_ANSWERS_H
#define TOKENROOF_SRC_ASK_LESSON_ANSWERS_H

#include "ask/lesson.h"

tr_lesson_answer tr_lesson_floor, tr_lesson_one_chip_floor, tr_lesson_lone_speed, tr_lesson_ridge,
    tr_lesson_dense_balance, tr_lesson_intensity, tr_lesson_ridge_share, tr_lesson_attention_intensity,
    tr_lesson_sparsity, tr_lesson_balance, tr_lesson_balance_here, tr_lesson_lone_penalty,
    tr_lesson_kv_share, tr_lesson_step, tr_lesson_throughput, tr_lesson_mfu, tr_lesson_drain,
    tr_lesson_full_train, tr_lesson_worst_wait, tr_lesson_kv_per_token, tr_lesson_kv_per_seq, tr_lesson_most_users,
    tr_lesson_longest, tr_lesson_chips_to_hold, tr_lesson_cliff, tr_lesson_beyond_cliff,
    tr_lesson_kv_from_cliff, tr_lesson_fast_batches, tr_lesson_fast_kv, tr_lesson_half_speed,
    tr_lesson_lone_cost, tr_lesson_cost_floor, tr_lesson_prefill, tr_lesson_prefill_ratio,
    tr_lesson_ddr_drain, tr_lesson_flash_drain, tr_lesson_hold, tr_lesson_premium, tr_lesson_long_premium,
    tr_lesson_world, tr_lesson_links, tr_lesson_bubble, tr_lesson_stage_cache, tr_lesson_train_flop,
    tr_lesson_train_time, tr_lesson_reinforcement, tr_lesson_overtraining, tr_lesson_kept, tr_lesson_again,
    tr_lesson_reversible_saving, tr_lesson_no_cache, tr_lesson_avalanche,
    tr_lesson_idle_pay, tr_lesson_own_discount;

#endif
