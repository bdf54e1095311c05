/* ask/lesson_answers.c -- the exercises' answers: each asks the rooms below, none is stored. */
#include "ask/lesson_answers.h"

#include <math.h>
#include <string.h>

#include "ask/train_row.h"
#include "base/fail.h"
#include "life/life_cost.h"
#include "life/loss_law.h"
#include "life/racks.h"
#include "life/reversible_limits.h"
#include "life/train_memory.h"
#include "life/week.h"
#include "price/cache_place.h"
#include "price/speed_menu.h"

static const tr_roofline *roof(const tr_lesson_case *c) { return &c->question->roof; }
static const tr_shard *shard(const tr_lesson_case *c) { return &c->question->shard; }
static const tr_model *model(const tr_lesson_case *c) { return c->question->model; }

tr_status tr_lesson_decode(const tr_lesson_case *c, double batch_seq, double context_token, tr_step *out,
                           tr_error *err)
{
    const tr_load load = {
        .phase = TR_PHASE_DECODE, .batch_seq = batch_seq, .context_token = context_token, .query_token = 1};
    return tr_bound_step(roof(c), &load, out, err);
}

static tr_status prefill(const tr_lesson_case *c, double query_token, tr_step *out, tr_error *err)
{
    const tr_load load = {.phase = TR_PHASE_PREFILL, .batch_seq = 1, .context_token = 0, .query_token = query_token};
    return tr_bound_step(roof(c), &load, out, err);
}

static double kv_byte(const tr_lesson_case *c)
{
    return tr_model_kv_store_byte(model(c), c->context_token, tr_dtype_byte(roof(c)->kv_dtype));
}

/* An answer read from what a call puts into `it`. */
#define ANSWER(NAME, TYPE, CALL, EXPRESSION)                                                               \
    tr_status NAME(const tr_lesson_case *c, double *out, tr_error *err)                                    \
    {                                                                                                      \
        TYPE it;                                                                                           \
        (void)c;                                                                                           \
        (void)err;                                                                                         \
        const tr_status s = (CALL);                                                                        \
        if (s == TR_OK)                                                                                    \
            *out = (EXPRESSION);                                                                           \
        return s;                                                                                          \
    }

/* An answer that is one call, or one quotient of calls. */
#define VALUE(NAME, EXPRESSION)                                                                            \
    tr_status NAME(const tr_lesson_case *c, double *out, tr_error *err)                                    \
    {                                                                                                      \
        (void)c;                                                                                           \
        (void)err;                                                                                         \
        *out = (EXPRESSION);                                                                               \
        return TR_OK;                                                                                      \
    }

/* Read from one decode pass. */
#define STEP(NAME, BATCH, CONTEXT, EXPRESSION)                                                             \
    ANSWER(NAME, tr_step, tr_lesson_decode(c, BATCH, CONTEXT, &it, err), EXPRESSION)

VALUE(tr_lesson_floor, tr_floor_s(roof(c)))
VALUE(tr_lesson_ridge, tr_ridge_flop_per_byte(roof(c)))
VALUE(tr_lesson_intensity, tr_weight_intensity_flop_per_byte(roof(c), 8))
VALUE(tr_lesson_ridge_share, tr_weight_intensity_flop_per_byte(roof(c), 8) / tr_ridge_flop_per_byte(roof(c)))
VALUE(tr_lesson_attention_intensity, tr_attention_intensity_flop_per_byte(roof(c), c->context_token))
VALUE(tr_lesson_dense_balance, tr_ridge_flop_per_byte(roof(c)) * roof(c)->weight_byte / 2)
VALUE(tr_lesson_balance, tr_balance_batch_seq(roof(c), 0))
VALUE(tr_lesson_balance_here, tr_balance_batch_seq(roof(c), c->context_token))
VALUE(tr_lesson_drain, tr_drain_s(roof(c)))
VALUE(tr_lesson_kv_per_token, roof(c)->kv_byte_per_token)
VALUE(tr_lesson_kv_per_seq, kv_byte(c))
VALUE(tr_lesson_most_users, tr_shard_max_batch_seq(shard(c), c->context_token))
VALUE(tr_lesson_longest, tr_shard_max_context_token(shard(c), 1))
VALUE(tr_lesson_chips_to_hold, ceil(roof(c)->store_weight_byte * roof(c)->chip_count / roof(c)->memory_byte))
VALUE(tr_lesson_cost_floor, tr_floor_usd_per_mtoken(roof(c), c->context_token))
VALUE(tr_lesson_cliff, tr_balance_context_token(roof(c)))
VALUE(tr_lesson_again, tr_keep_compute_ratio(TR_KEEP_NOTHING))
VALUE(tr_lesson_premium, tr_premium_hit_count(1.25, 0.1))
VALUE(tr_lesson_long_premium, tr_premium_hit_count(2, 0.1))
VALUE(tr_lesson_avalanche, tr_feistel_ideal_share(16, 2))

/* A dense model stores what it uses. */
VALUE(tr_lesson_sparsity, model(c)->total_param > model(c)->active_param * 1.001
                              ? model(c)->total_param / model(c)->active_param
                              : (double)NAN)

STEP(tr_lesson_lone_speed, 1, c->context_token, it.token_per_s_per_seq)
STEP(tr_lesson_kv_share, c->batch_seq, c->context_token, it.kv_s / (it.weights_s + it.kv_s))
STEP(tr_lesson_step, c->batch_seq, c->context_token, it.step_s)
STEP(tr_lesson_throughput, c->batch_seq, c->context_token, it.token_per_s)
STEP(tr_lesson_mfu, c->batch_seq, c->context_token, it.mfu)
STEP(tr_lesson_lone_cost, 1, c->context_token, it.usd_per_mtoken)

tr_status tr_lesson_one_chip_floor(const tr_lesson_case *c, double *out, tr_error *err)
{
    tr_system one;
    tr_roofline alone;
    if (!(roof(c)->chip_count > 1))
        return TR_ENOFIT;
    tr_status s = tr_system_of(&c->question->system->chip, 1, &one, err);
    if (s == TR_OK)
        s = tr_roofline_of(model(c), &one, c->question->engine, &c->question->formats, &alone, err);
    if (s == TR_OK)
        *out = tr_floor_s(&alone);
    return s;
}

/* Without KV, so that it is the weights alone that are shared. */
tr_status tr_lesson_lone_penalty(const tr_lesson_case *c, double *out, tr_error *err)
{
    const double balance_seq = tr_balance_batch_seq(roof(c), 0);
    tr_step one, balanced;
    if (!(balance_seq >= 1 && balance_seq <= 1e9))
        return TR_ENOFIT;
    tr_status s = tr_lesson_decode(c, 1, 0, &one, err);
    if (s == TR_OK)
        s = tr_lesson_decode(c, balance_seq, 0, &balanced, err);
    if (s == TR_OK)
        *out = balanced.token_per_s / one.token_per_s;
    return s;
}

/* Share of the peak with a batch so large that the weights are for nothing. */
tr_status tr_lesson_beyond_cliff(const tr_lesson_case *c, double *out, tr_error *err)
{
    const double twice = 2 * tr_balance_context_token(roof(c));
    (void)err;
    if (!(twice > 0 && twice <= 1e12))
        return TR_ENOFIT;
    *out = tr_unshared_compute_s(roof(c), twice) / tr_unshared_kv_s(roof(c), twice);
    return TR_OK;
}

/* [R10] turned around, for a cache that grows evenly and attention that costs nothing. */
tr_status tr_lesson_kv_from_cliff(const tr_lesson_case *c, double *out, tr_error *err)
{
    (void)err;
    *out = roof(c)->flop_per_token / (tr_ridge_flop_per_byte(roof(c)) * 200e3);
    return TR_OK;
}

ANSWER(tr_lesson_fast_batches, tr_menu_ratio, tr_menu_ratio_of(6, 2.5, &it, err), it.batch_ratio)
ANSWER(tr_lesson_fast_kv, tr_menu_ratio, tr_menu_ratio_of(6, 2.5, &it, err), it.normal_kv_share)

tr_status tr_lesson_half_speed(const tr_lesson_case *c, double *out, tr_error *err)
{
    double lone_token_per_s = 0;
    const tr_status s = tr_lesson_lone_speed(c, &lone_token_per_s, err);
    return s == TR_OK
               ? tr_batch_for_speed(roof(c), shard(c), c->context_token, lone_token_per_s / 2, out, err)
               : s;
}

ANSWER(tr_lesson_prefill, tr_step, prefill(c, 8192, &it, err), it.step_s)

tr_status tr_lesson_prefill_ratio(const tr_lesson_case *c, double *out, tr_error *err)
{
    tr_step in, made;
    tr_status s = prefill(c, 8192, &in, err);
    if (s == TR_OK)
        s = tr_lesson_decode(c, c->batch_seq, c->context_token, &made, err);
    if (s == TR_OK)
        *out = in.token_per_s / made.token_per_s;
    return s;
}

static tr_status tier_drain(const tr_lesson_case *c, const char *name, double *out)
{
    const tr_chip *chip = &c->question->system->chip;
    for (int i = 0; i < chip->tier_count; i++)
        if (strcmp(chip->tier[i].name, name) == 0) {
            *out = tr_tier_drain_s(&chip->tier[i]);
            return TR_OK;
        }
    return TR_ENOFIT;
}

ANSWER(tr_lesson_ddr_drain, double, tier_drain(c, "ddr", &it), it)
ANSWER(tr_lesson_flash_drain, double, tier_drain(c, "flash", &it), it)

/* In the chips' own memory, fetched once and computed again at half of the peak. */
tr_status tr_lesson_hold(const tr_lesson_case *c, double *out, tr_error *err)
{
    const tr_chip *chip = &c->question->system->chip;
    const tr_hold_terms terms = {
        .chip_usd_per_s = roof(c)->usd_per_s / roof(c)->chip_count, .stall_ratio = 1, .life_s = 1};
    const double held_byte =
        kv_byte(c) + model(c)->state_byte_per_seq;
    const double again_flop = roof(c)->flop_per_token * c->context_token +
                              tr_model_prefill_attention_flop(model(c), 0, c->context_token);
    tr_place place;
    if (chip->tier_count < 1 || !(roof(c)->usd_per_s > 0) || !(held_byte > 0))
        return TR_ENOFIT;
    const tr_status s = tr_place_of(&chip->tier[0], 1, &terms, &place, err);
    if (s == TR_OK)
        *out = tr_recompute_break_even_s(
            &place, held_byte, tr_recompute_usd(again_flop, roof(c)->flop_per_s, 0.5, roof(c)->usd_per_s), 1);
    return s;
}

/* The schedule of this machine by the two equations, every seat taken that pays and fits. */
static tr_status train(const tr_lesson_case *c, tr_train *out, tr_error *err)
{
    tr_train_row row;
    const tr_status s = tr_train_row_of(NULL, c->question, &row, err);
    if (s == TR_OK)
        *out = row.train;
    return s != TR_OK || row.train.fits ? s : TR_ENOFIT;
}

ANSWER(tr_lesson_full_train, tr_train, train(c, &it, err), it.batch_seq)
ANSWER(tr_lesson_worst_wait, tr_train, train(c, &it, err), it.bound.worst_wait_s)
ANSWER(tr_lesson_world, tr_train, train(c, &it, err), tr_rack_count(128e6, it.bound.token_per_s))

/* A published day of conversations, on a machine just large enough for it. */
static tr_status week(tr_week *out, tr_error *err)
{
    tr_week_terms terms = {.swing = tr_swing_of(1), .work_ratio = (double)NAN, .work_price_ratio = 1.0};
    terms.utilisation_share = tr_swing_mean_share(&terms.swing);
    return tr_week_of(&terms, out, err);
}

ANSWER(tr_lesson_idle_pay, tr_week, week(&it, err), it.alone_ratio)
ANSWER(tr_lesson_own_discount, tr_week, week(&it, err), it.own_discount_share)

tr_status tr_lesson_links(const tr_lesson_case *c, double *out, tr_error *err)
{
    const tr_chip *chip = &c->question->system->chip;
    (void)err;
    *out = chip->scaleup_byte_per_s / chip->scaleout_byte_per_s; /* not finite where either is not known */
    return chip->scaleout_byte_per_s > 0 && model(c)->routed_param > 0 ? TR_OK : TR_ENOFIT;
}

VALUE(tr_lesson_bubble, tr_train_bubble_share(4, 8))

/* The cache alone, in two stages of a machine each: the stages cancel. */
VALUE(tr_lesson_stage_cache,
      tr_stage_byte_per_chip(0, kv_byte(c),
                             roof(c)->chip_count, 2, c->batch_seq))

/* The rule of thumb: 20 tokens for each active parameter. */
static double rule_token(const tr_lesson_case *c) { return tr_rule_token_per_param() * model(c)->active_param; }

/* A life of this model: [K25] at these utilisations of the system. */
static tr_status life(const tr_lesson_case *c, double train_token, double rl_token, double serve_token,
                      double train_mfu, tr_life_cost *out)
{
    const tr_life tokens = {model(c)->active_param, train_token, rl_token, serve_token};
    const tr_life_terms terms = {.rl_flop_per_param = 3,
                                 .train_mfu = train_mfu,
                                 .rl_mfu = train_mfu / 3,
                                 .serve_mfu = train_mfu / 3,
                                 .chip_flop_per_s = roof(c)->flop_per_s / roof(c)->chip_count};
    return tr_life_cost_of(&tokens, &terms, out, NULL) == TR_OK ? TR_OK : TR_ENOFIT;
}

ANSWER(tr_lesson_train_flop, tr_life_cost, life(c, rule_token(c), 0, 0, 1, &it),
       it.train_chip_s * roof(c)->flop_per_s / roof(c)->chip_count)
ANSWER(tr_lesson_train_time, tr_life_cost, life(c, rule_token(c), 0, 0, 0.4, &it),
       it.train_chip_s / roof(c)->chip_count)
ANSWER(tr_lesson_reinforcement, tr_life_cost, life(c, 1, 1, 0, 1, &it), it.rl_chip_s / it.train_chip_s)

/* [K26] An equal share for pre-training and serving: served tokens at what one costs over a trained one. */
ANSWER(tr_lesson_overtraining, tr_life_cost, life(c, 1, 0, 1, 1, &it),
       tr_life_serve_token(50e6, 60 * 86400.0, 1) * it.serve_chip_s / it.train_chip_s / rule_token(c))

/* Training in two-byte numbers; what the optimizer takes does not matter for what a token keeps. */
static tr_status training(const tr_lesson_case *c, tr_train_memory *out)
{
    const tr_train_numbers numbers = {
        .state_byte_per_param = 16, .activation_elem_byte = 2, .sequence_token = 4096, .memory_byte = HUGE_VAL};
    return tr_train_memory_of(model(c), &numbers, out, NULL) == TR_OK ? TR_OK : TR_ENOFIT;
}

ANSWER(tr_lesson_kept, tr_train_memory, training(c, &it), it.kept_byte_per_token[TR_KEEP_ALL])
ANSWER(tr_lesson_reversible_saving, tr_train_memory, training(c, &it),
       it.kept_byte_per_token[TR_KEEP_ALL] / it.kept_byte_per_token[TR_KEEP_NOTHING])

static tr_status mirror_of(const tr_lesson_case *c, tr_kv_mirror *out)
{
    const double elem_byte = tr_dtype_byte(roof(c)->kv_dtype);
    return tr_kv_mirror_of(model(c), c->context_token, elem_byte, out, NULL) == TR_OK ? TR_OK : TR_ENOFIT;
}

ANSWER(tr_lesson_no_cache, tr_kv_mirror, mirror_of(c, &it), it.compute_ratio)
