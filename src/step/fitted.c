/* step/fitted.c -- one pass under a calibration: each part at its achieved share, and the times no datasheet
 * lists. */
#include <tokenroof/calibration.h>

#include <math.h>
#include <string.h>

#include "base/fail.h"
#include "step/fitted.h"
#include "step/op_work.h"
#include "step/terms.h"

#define WIRE_FALLBACK_BYTE_PER_S 25e9 /* where a chip's links are not known: a fast network card's 200 Gbit/s */

/* ---- what a rank holds ------------------------------------------------------- */

typedef struct rank_bytes {
    double routed_byte, linear_byte, other_byte, latent_byte;
} rank_bytes;

/* Bytes a parameter as engines store it: block scales counted, tables kept in BF16. */
static rank_bytes stored_bytes(const tr_model *model, const tr_dtypes *dtypes)
{
    if (dtypes->weight == TR_DTYPE_NATIVE) {
        const tr_weight_bytes *w = &model->weight;
        return (rank_bytes){w->routed_byte, w->linear_byte, w->other_byte, w->linear_byte};
    }
    double byte = tr_dtype_byte(dtypes->weight);
    if (dtypes->weight == TR_DTYPE_FP4 || dtypes->weight == TR_DTYPE_INT4)
        byte += 1.0 / 16.0; /* one byte of scale for 16 elements */
    const double other = byte > 2.0 ? byte : 2.0;
    /* Checkpoints in FP4 leave latent attention in FP8. */
    return (rank_bytes){byte, byte, other, dtypes->weight == TR_DTYPE_FP4 ? 1.0 : byte};
}

static double larger(double a, double b) { return a > b ? a : b; }
static double smaller(double a, double b) { return a < b ? a : b; }

/* Parameters of a layer's mixer on one of tp ranks: what has no head to split by is copied. */
static double mixer_param(const tr_model *model, const tr_layer *layer, double tp)
{
    double copied = 0.0;
    if (layer->mixer == TR_MIXER_MLA)
        copied = model->hidden * (layer->q_rank + layer->kv_rank + layer->rope_dim) * (1.0 - 1.0 / tp);
    else if (layer->mixer == TR_MIXER_ATTENTION && layer->kv_heads > 0.0 && layer->kv_heads < tp)
        copied = model->hidden * 2.0 * layer->kv_heads * layer->head_dim * (1.0 / layer->kv_heads - 1.0 / tp);
    return layer->mixer_param / tp + copied;
}

/* [F1] Share of a sequence's cache on one rank: heads are split, a latent is copied. */
static double kv_share(const tr_model *model, double tp)
{
    double all = 0.0, rank = 0.0;
    for (int i = 0; i < model->layer_kinds; i++) {
        const tr_layer *layer = &model->layer[i];
        double elem = layer->state_byte;
        for (int k = 0; k < layer->cache_count; k++)
            elem += layer->cache[k].elem;
        double share = 1.0 / tp;
        if (layer->mixer == TR_MIXER_MLA)
            share = 1.0;
        else if (layer->mixer == TR_MIXER_ATTENTION && layer->kv_heads > 0.0 && layer->kv_heads < tp)
            share = 1.0 / layer->kv_heads;
        all += layer->layer_count * elem;
        rank += layer->layer_count * elem * share;
    }
    return all > 0.0 ? rank / all : 1.0 / tp;
}

static void take_layers(const tr_model *model, const rank_bytes *byte, const tr_layout *layout, tr_fitted *f)
{
    const double tp = layout->tp_rank, group = layout->tp_rank * layout->dp_rank;
    double linear = 0.0;
    for (int i = 0; i < model->layer_kinds; i++) {
        const tr_layer *layer = &model->layer[i];
        const double n = layer->layer_count;
        const double mixer = mixer_param(model, layer, tp);
        const double ffn = (layer->dense_param + layer->shared_param) / tp;
        const double mixer_byte = layer->mixer == TR_MIXER_MLA ? byte->latent_byte : byte->linear_byte;
        f->linear_byte += n * (mixer * mixer_byte + ffn * byte->linear_byte +
                               (layer->norm_param + layer->router_param) * byte->other_byte);
        linear += n * (mixer + ffn + layer->router_param);
        if (layer->experts > 0.0) {
            f->routed_byte += n * layer->routed_param * byte->routed_byte / group;
            f->routed_flop_per_token += n * 2.0 * layer->routed_param * (layer->experts_active / layer->experts) / tp;
        }
    }
    f->linear_flop_per_token = 2.0 * linear;
    const double head = (model->tied ? model->embedding_param : model->head_param) / group;
    f->head_flop_per_seq = 2.0 * head;
    f->linear_byte += head * byte->other_byte;
    const double table = (model->tied ? 0.0 : model->embedding_param) + model->lookup_param;
    f->store_byte = f->linear_byte + f->routed_byte + table * byte->other_byte / tp;
}

/* A chalkboard model has totals only. */
static void take_totals(const tr_model *model, const tr_layout *layout, tr_fitted *f)
{
    const double group = layout->tp_rank * layout->dp_rank;
    f->linear_byte = f->roof.fixed_weight_byte / group;
    f->routed_byte = f->roof.routed_weight_byte / group;
    f->store_byte = f->roof.store_weight_byte / group;
    f->linear_flop_per_token = 2.0 * model->multiply_param / layout->tp_rank;
}

/* ---- the times that do not depend on the load ---------------------------------- */

static void take_fixed(const tr_model *model, const tr_layout *layout, tr_fitted *f)
{
    const double *value = f->calibration.value;
    const tr_dtype math = f->roof.math_dtype;
    double each = value[TR_CONSTANT_LAYER_S];
    if (math == TR_DTYPE_FP8 || math == TR_DTYPE_INT8)
        each += value[TR_CONSTANT_FP8_S];
    else if (math == TR_DTYPE_FP4)
        each += value[TR_CONSTANT_FP4_S];
    double fixed = value[TR_CONSTANT_STEP_S], mixtures = 0.0, layers = 0.0, active = 0.0;
    for (int i = 0; i < model->layer_kinds; i++) {
        const tr_layer *layer = &model->layer[i];
        double time = each;
        /* A config that counts a mixer and an FFN as two layers pays once for the pair. */
        if (layer->mixer == TR_MIXER_NONE || (layer->dense_param <= 0.0 && layer->experts <= 0.0))
            time *= 0.5;
        if (layer->mixer == TR_MIXER_MLA)
            time += value[TR_CONSTANT_MLA_S];
        else if (layer->mixer == TR_MIXER_LINEAR || layer->mixer == TR_MIXER_MAMBA)
            time += value[TR_CONSTANT_STATE_S];
        if (layer->experts > 0.0) {
            time += value[TR_CONSTANT_MOE_S];
            if (layout->ep_rank > 1.0)
                time += value[TR_CONSTANT_GROUP_S];
            mixtures += layer->layer_count;
            active = larger(active, layer->experts_active);
        }
        fixed += layer->layer_count * time;
        layers += layer->layer_count;
    }
    f->step_fixed_s = fixed;
    f->mixture_count = mixtures;
    /* [F2] Two all-reduces a layer under TP; a token's row to the experts' ranks and back under DP. */
    const double tp = layout->tp_rank, group = tp * layout->dp_rank;
    const double row_byte = 2.0 * model->hidden;
    if (tp > 1.0) {
        f->reduce_count = 2.0 * layers;
        f->reduce_byte_per_token = f->reduce_count * row_byte * 2.0 * (tp - 1.0) / tp;
    }
    if (layout->dp_rank > 1.0 && mixtures > 0.0) {
        f->exchange_count = 2.0 * mixtures;
        /* To each expert's rank in FP8, back in BF16. */
        f->exchange_byte_per_token = 1.5 * mixtures * row_byte * smaller(active, group - 1.0);
    }
}

static double link_of(const tr_system *system, double group)
{
    if (group <= 1.0)
        return 0.0;
    const tr_chip *chip = &system->chip;
    const double domain = system->domain_chip >= 1.0 ? system->domain_chip : 1.0;
    double link = group <= domain ? chip->scaleup_byte_per_s : chip->scaleout_byte_per_s;
    if (!(link > 0.0))
        link = group <= domain || !(chip->scaleup_byte_per_s > 0.0) ? WIRE_FALLBACK_BYTE_PER_S
                                                                     : smaller(chip->scaleup_byte_per_s, 50e9);
    return link;
}

/* ---- a model on a system --------------------------------------------------------- */

tr_status tr_fitted_of(const tr_calibration *calibration, const tr_model *model, const tr_system *system,
                       const tr_dtypes *dtypes, const tr_layout *layout, tr_fitted *out, tr_error *err)
{
    const tr_dtypes native = {TR_DTYPE_NATIVE, TR_DTYPE_NATIVE, TR_DTYPE_NATIVE};
    tr_fitted f;
    memset(&f, 0, sizeof f);
    tr_status s = tr_calibration_check(calibration, err);
    if (s == TR_OK)
        s = tr_roofline_of(model, system, dtypes, &f.roof, err);
    if (s != TR_OK)
        return s;
    f.calibration = *calibration;
    s = layout == NULL ? tr_layout_default(model, system, dtypes, &f.layout, err) : tr_layout_range(layout, err);
    if (s != TR_OK)
        return s;
    if (layout != NULL)
        f.layout = *layout;
    const tr_layout *y = &f.layout;
    const double group = y->tp_rank * y->dp_rank, ranks = group * y->pp_rank * y->replica_count;
    if (ranks > system->chip_count)
        return tr_fail(err, TR_EDOMAIN, "tp_rank", ranks,
                       "tp x pp x dp and its replicas ask for more ranks than the system's %.0f chips",
                       system->chip_count);
    if (y->ep_rank > group)
        return tr_fail(err, TR_EDOMAIN, "ep_rank", y->ep_rank, "experts cannot spread over more than tp x dp ranks");

    const tr_chip *chip = &system->chip;
    f.byte_per_s = chip->memory_byte_per_s;
    f.flop_per_s = f.roof.flop_per_s / system->chip_count;
    f.memory_byte = chip->memory_byte;
    tr_dtype used;
    if (tr_chip_math(chip, TR_DTYPE_BF16, &f.attention_flop_per_s, &used, NULL) != TR_OK)
        f.attention_flop_per_s = f.flop_per_s;
    f.reduce_link_byte_per_s = link_of(system, y->tp_rank);
    f.exchange_link_byte_per_s = link_of(system, group);
    const rank_bytes byte = stored_bytes(model, dtypes == NULL ? &native : dtypes);
    if (model->layer_kinds > 0)
        take_layers(model, &byte, y, &f);
    else
        take_totals(model, y, &f);
    f.kv_share = kv_share(model, y->tp_rank);
    take_fixed(model, y, &f);
    f.store_byte /= y->pp_rank;
    f.distance = calibration->distance;
    if (f.distance == TR_DISTANCE_NEAR && !tr_calibration_has_model(model))
        f.distance = TR_DISTANCE_MODEL;
    if (model->layer_kinds == 0)
        f.distance = TR_DISTANCE_GENERIC;
    *out = f;
    return TR_OK;
}

/* ---- one pass ---------------------------------------------------------------------- */

/* Two times that overlap in part: the longer alone if the other is small, 1.4 times if they are even. */
static double blend_s(double a_s, double b_s) { return sqrt(a_s * a_s + b_s * b_s); }

/* Narrow formats double the peak and not what kernels reach. */
static double narrow_ratio(const tr_fitted *f)
{
    const tr_dtype math = f->roof.math_dtype;
    if (math == TR_DTYPE_FP8 || math == TR_DTYPE_INT8)
        return f->calibration.value[TR_CONSTANT_FP8_FLOP];
    return math == TR_DTYPE_FP4 ? f->calibration.value[TR_CONSTANT_FP4_FLOP] : 1.0;
}

/* [F4] A collective: its start, its wire time, and the root of wire time and a constant between them. */
static double collectives_s(const double *value, double count, double all_byte, double link_byte_per_s)
{
    if (!(count > 0.0))
        return 0.0;
    const double wire_s = all_byte / (count * link_byte_per_s);
    return count * (value[TR_CONSTANT_LINK_S] + wire_s / value[TR_CONSTANT_LINK_BYTE] +
                    sqrt(wire_s * value[TR_CONSTANT_LINK_MID_S]));
}

fitted_terms tr_fitted_pass_terms(const tr_fitted *f, const fitted_pass *pass)
{
    const double *value = f->calibration.value;
    const double token = pass->decode_seq + pass->prompt_token;
    fitted_terms t;
    /* [F3] */
    const double dense_flop =
        token * f->linear_flop_per_token + (pass->decode_seq + pass->prompt_seq) * f->head_flop_per_seq;
    const double peak_flop_per_s = f->flop_per_s * narrow_ratio(f);
    const double dense_s = dense_flop / (value[TR_CONSTANT_LINEAR_FLOP] * peak_flop_per_s);
    const double dense_read_s = f->linear_byte / (value[TR_CONSTANT_LINEAR_BYTE] * f->byte_per_s);
    double expert_s = 0.0, expert_read_s = 0.0;
    if (f->routed_byte > 0.0) {
        const double touched = tr_expert_touched_share(f->roof.expert_idle_share, token * f->layout.dp_rank);
        expert_s = token * f->routed_flop_per_token / (value[TR_CONSTANT_EXPERT_FLOP] * peak_flop_per_s);
        expert_read_s = touched * f->routed_byte / (value[TR_CONSTANT_EXPERT_BYTE] * f->byte_per_s);
    }
    const double attention = value[TR_CONSTANT_ATTENTION_FLOP] * f->attention_flop_per_s * f->layout.tp_rank;
    const double score_s = pass->attention_flop / attention;
    const double prompt_s = pass->prompt_flop / attention;
    const double cache_byte = (pass->kv_byte + pass->prompt_kv_byte) * f->kv_share;
    const double read_s = cache_byte / (value[TR_CONSTANT_KV_BYTE] * f->byte_per_s);
    const double comm_s =
        collectives_s(value, f->reduce_count, token * f->reduce_byte_per_token, f->reduce_link_byte_per_s) +
        collectives_s(value, f->exchange_count, token * f->exchange_byte_per_token, f->exchange_link_byte_per_s);
    t.compute_s = dense_s + expert_s + score_s + prompt_s;
    t.weights_s = dense_read_s + expert_read_s;
    t.kv_s = read_s;
    t.comm_s = comm_s;
    t.fixed_s = f->step_fixed_s + value[TR_CONSTANT_SEQ_S] * pass->decode_seq;
    t.step_s = blend_s(dense_s, dense_read_s) + blend_s(expert_s, expert_read_s) + blend_s(score_s, read_s) + prompt_s +
               comm_s + t.fixed_s;
    return t;
}

static tr_bound largest(const fitted_terms *t)
{
    const double term[] = {t->compute_s, t->weights_s, t->kv_s, t->comm_s, t->fixed_s};
    int most = 0;
    for (int i = 1; i < 5; i++)
        if (term[i] > term[most])
            most = i;
    return (tr_bound)most;
}

/* The pooled memory of the bound is not enough where a rank keeps copies. */
static tr_status check_rank(const tr_fitted *f, const tr_model *model, double batch_seq, double stored_token,
                            tr_error *err)
{
    const double seq_byte =
        (tr_model_kv_store_byte(model, stored_token, f->roof.kv_elem_byte) + model->state_byte_per_seq) * f->kv_share;
    const double need_byte = f->store_byte + batch_seq * seq_byte;
    if (need_byte <= f->memory_byte)
        return TR_OK;
    char need[32], have[32], most[32];
    const double left_byte = f->memory_byte - f->store_byte;
    const double each = left_byte > 0.0 && seq_byte > 0.0 ? floor(left_byte / seq_byte) : 0.0;
    (void)tr_quantity_format(need_byte, TR_UNIT_BYTE, need, sizeof need);
    (void)tr_quantity_format(f->memory_byte, TR_UNIT_BYTE, have, sizeof have);
    const tr_layout *y = &f->layout;
    (void)tr_quantity_format(each * y->dp_rank * y->pp_rank * y->replica_count, TR_UNIT_SEQ, most, sizeof most);
    return tr_fail(err, TR_ENOFIT, "memory_byte", need_byte,
                   "with tp %.0f, dp %.0f a chip would hold %s of weights and cache and has %s: at this context the "
                   "largest batch of this layout is %s", y->tp_rank, y->dp_rank, need, have, most);
}

tr_status tr_fitted_step(const tr_fitted *fitted, const tr_model *model, const tr_load *load, tr_step *out,
                         tr_error *err)
{
    tr_step step;
    if (fitted == NULL)
        return tr_fail(err, TR_EMISSING, "fitted", 0.0, "expected a fitted model (tr_fitted_of makes one)");
    const tr_status s = tr_bound_step(&fitted->roof, model, load, &step, err);
    if (s != TR_OK)
        return s;
    /* Micro-batches fill the stages of a pipeline: each stage sees its share of the batch. */
    const tr_layout *y = &fitted->layout;
    const double ranks = y->dp_rank * y->pp_rank * y->replica_count;
    const double batch = larger(load->batch_seq / ranks, 1.0); /* the busiest rank has one at least */
    const double spread_kv = batch / load->batch_seq;
    const double stored = load->context_token + (load->phase == TR_PHASE_PREFILL ? load->query_token : 0.0);
    const tr_status fits = check_rank(fitted, model, batch, stored, err);
    if (fits != TR_OK)
        return fits;
    fitted_pass pass = {0};
    if (load->phase == TR_PHASE_DECODE) {
        pass.decode_seq = batch;
        pass.kv_byte = step.kv_read_byte * spread_kv;
        pass.attention_flop = batch * tr_model_attention_flop(model, load->context_token);
    } else {
        pass.prompt_token = batch * load->query_token;
        pass.prompt_seq = batch;
        pass.prompt_flop = batch * tr_model_prefill_attention_flop(model, load->context_token, load->query_token);
        pass.prompt_kv_byte = step.kv_read_byte * spread_kv;
    }
    const fitted_terms t = tr_fitted_pass_terms(fitted, &pass);
    if (!(t.step_s > 0.0 && t.step_s <= 1e300))
        return tr_fail(err, TR_EDOMAIN, "fitted", t.step_s, "the calibration gives a time that is not a usable number");
    const double bound_s = step.step_s;
    const tr_band *band = &fitted->calibration.step[fitted->distance];
    step.compute_s = t.compute_s;
    step.weights_s = t.weights_s;
    step.kv_s = t.kv_s;
    step.comm_s = t.comm_s;
    step.fixed_s = t.fixed_s;
    step_take_s(&step, larger(t.step_s, bound_s)); /* nothing real is faster than the bound */
    step.low_s = larger(step.step_s * band->low_ratio, bound_s);
    step.high_s = step.step_s * band->high_ratio;
    step.bound = largest(&t);
    *out = step;
    return TR_OK;
}
