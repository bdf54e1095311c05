/* rate/roofline.c -- one model on one system with all chips pooled: the rates and sizes that the two equations need. */
#include <tokenroof/rate.h>

#include <math.h>

#include "base/fail.h"
#include "pass/work.h"
#include "rate/terms.h"
#include "shard/split.h"

static int positive(double x) { return x > 0.0 && x <= 1e300; }
static int not_negative(double x) { return x >= 0.0 && x <= 1e300; }

static tr_status check_inputs(const tr_model *model, const tr_system *system, tr_error *err)
{
    if (model == NULL || system == NULL)
        return tr_fail(err, TR_EMISSING, model == NULL ? "model" : "system", 0.0, "expected a model and a system");
    if (!positive(model->total_param))
        return tr_fail(err, TR_EDOMAIN, "total_param", model->total_param, "the model's total_param must be above 0");
    if (!positive(model->multiply_param))
        return tr_fail(err, TR_EDOMAIN, "multiply_param", model->multiply_param,
                       "the model's multiply_param must be above 0");
    if (!positive(model->stream_param) || !not_negative(model->routed_param) ||
        !(model->routed_param <= model->stream_param))
        return tr_fail(err, TR_EDOMAIN, "stream_param", model->stream_param,
                       "the model's stream_param must be above 0 and hold its routed experts");
    if (!(model->stream_param <= model->total_param))
        return tr_fail(err, TR_EDOMAIN, "stream_param", model->stream_param,
                       "the model streams more parameters than its total_param");
    if (!(model->layer_kinds >= 0 && model->layer_kinds <= TR_LAYER_MAX))
        return tr_fail(err, TR_EDOMAIN, "layer_kinds", (double)model->layer_kinds,
                       "the model must have 0 to %d kinds of layer", TR_LAYER_MAX);
    if (!not_negative(model->state_byte_per_seq) || !not_negative(model->weight_total_byte))
        return tr_fail(err, TR_EDOMAIN, "weight_total_byte", model->weight_total_byte,
                       "the model's byte counts must be 0 or more");
    if (!(system->chip_count >= 1.0 && system->chip_count <= 1e9))
        return tr_fail(err, TR_EDOMAIN, "chip_count", system->chip_count, "the system must have 1 to 1e9 chips");
    if (!not_negative(system->usd_per_hour))
        return tr_fail(err, TR_EDOMAIN, "usd_per_hour", system->usd_per_hour, "the price must be 0 or more");
    if (!(system->utilisation_share >= 0.0 && system->utilisation_share <= 1.0))
        return tr_fail(err, TR_EDOMAIN, "utilisation_share", system->utilisation_share,
                       "the share of the hours paid for that is used must be from 0 to 1");
    return TR_OK;
}

/* Chance that one token leaves a routed expert alone, over the layers that have experts. */
static double idle_share(const tr_model *model)
{
    double idle = 0.0, weight = 0.0;
    for (int i = 0; i < model->layer_kinds; i++) {
        const tr_layer *layer = &model->layer[i];
        if (!(layer->experts > 0.0))
            continue;
        const double param = layer->layer_count * layer->routed_param;
        const double share = (layer->experts - layer->experts_active) / layer->experts;
        if (weight == 0.0 || share == idle) { /* the usual case, one kind of mixture, stays exact */
            idle = share;
        } else {
            idle = (idle * weight + share * param) / (weight + param);
        }
        weight += param;
    }
    return idle;
}

static void weigh(void *context, const pass_work *w, const tr_op *op)
{
    tr_roofline *roof = context;
    double *fixed = op->on_host ? &roof->host_fixed_weight_byte : &roof->fixed_weight_byte;
    double *routed = op->on_host ? &roof->host_routed_weight_byte : &roof->routed_weight_byte;
    if (op->op_class == TR_OP_MOE)
        *routed += op->count * op->weight_byte * (op->experts / op->touched_count);
    else
        *fixed += op->count * op->weight_byte;
    if (op->on_host)
        roof->host_flop_per_s = w->peak_flop_per_s;
}

/* The format most parameters are in. */
static tr_dtype most_used(const tr_model *m, const tr_weights *w)
{
    if (m->layer_kinds == 0)
        return w->part[TR_PART_DENSE].dtype;
    double fixed = 0.0;
    for (int i = 0; i < m->layer_kinds; i++)
        fixed += m->layer[i].layer_count *
                 (m->layer[i].mixer_param + m->layer[i].dense_param + m->layer[i].shared_param);
    const tr_part most = m->routed_param > fixed ? TR_PART_ROUTED : TR_PART_MIXER;
    return w->part[most].dtype;
}

tr_status tr_roofline_of(const tr_model *model, const tr_system *system, const tr_engine *engine,
                         const tr_formats *formats, tr_roofline *out, tr_error *err)
{
    static const tr_layout pooled = {1.0, 1.0, 1.0, 1.0, 1.0, 0};
    const tr_pass one = {.decode_seq = 1.0, .token_per_seq = 1.0};
    tr_roofline roof = {0};
    pass_work w;
    tr_status s = check_inputs(model, system, err);
    if (s == TR_OK)
        s = tr_shard_of(model, system, NULL, &pooled, formats, &roof.pooled, err);
    if (s == TR_OK && engine != NULL && model->layer_kinds > 0)
        roof.pooled.kv_dtype = tr_engine_kv_dtype(engine, model, roof.pooled.formats.kv);
    if (s == TR_OK)
        s = tr_pass_work_of(&roof.pooled, &w, err);
    if (s == TR_OK)
        s = tr_pass_work_load(&w, &one, err);
    if (s != TR_OK)
        return s;
    tr_pass_walk(&w, weigh, &roof);
    roof.chip_count = system->chip_count;
    roof.copy_count = 1.0;
    roof.flop_per_s = system->chip_count * w.peak_flop_per_s;
    roof.math_dtype = w.peak_dtype;
    roof.byte_per_s = system->chip_count * system->chip.memory_byte_per_s;
    roof.memory_byte = system->chip_count * system->chip.memory_byte;
    /* Every dollar for work is counted from here: idle hours are paid for by the tokens of the others.  [K1] */
    const double used = system->utilisation_share > 0.0 ? system->utilisation_share : 1.0;
    roof.usd_per_s = system->usd_per_hour / 3600.0 / used;
    roof.flop_per_token = 2.0 * model->multiply_param; /* [R2] a multiply and an add for each parameter */
    roof.store_weight_byte = roof.pooled.weight_byte + roof.pooled.host_weight_byte;
    if (w.has_host)
        roof.host_byte_per_s = system->host.memory_byte_per_s * system->host_count;
    roof.host_copy_token = engine != NULL ? engine->host_copy_token : 0.0;
    roof.weight_byte = (roof.store_weight_byte - roof.pooled.draft_weight_byte) / model->total_param;
    roof.weight_dtype = most_used(model, &roof.pooled.weights);
    roof.expert_idle_share = idle_share(model);
    roof.kv_dtype = roof.pooled.kv_dtype;
    roof.kv_byte_per_token = tr_model_kv_byte_per_token(model, tr_dtype_byte(roof.kv_dtype));
    s = tr_roofline_check(&roof, err);
    if (s == TR_OK)
        *out = roof;
    return s;
}

tr_status tr_roofline_check(const tr_roofline *roof, tr_error *err)
{
    if (roof == NULL || roof->pooled.model == NULL || roof->pooled.system == NULL)
        return tr_fail(err, TR_EMISSING, "roofline", 0.0, "expected a roofline (tr_roofline_of builds one)");
    const tr_status pooled = tr_shard_range(&roof->pooled, err);
    if (pooled != TR_OK)
        return pooled;
    const struct {
        const char *field;
        double value;
        int fine;
    } check[] = {
        {"flop_per_s", roof->flop_per_s, positive(roof->flop_per_s)},
        {"byte_per_s", roof->byte_per_s, positive(roof->byte_per_s)},
        {"memory_byte", roof->memory_byte, roof->memory_byte > 0.0},
        {"usd_per_s", roof->usd_per_s, not_negative(roof->usd_per_s)},
        {"chip_count", roof->chip_count, positive(roof->chip_count)},
        {"copy_count", roof->copy_count, roof->copy_count >= 1.0 && roof->copy_count <= 1e6},
        {"flop_per_token", roof->flop_per_token, positive(roof->flop_per_token)},
        {"fixed_weight_byte", roof->fixed_weight_byte, not_negative(roof->fixed_weight_byte)},
        {"routed_weight_byte", roof->routed_weight_byte, not_negative(roof->routed_weight_byte)},
        {"weight_byte", roof->weight_byte, positive(roof->weight_byte)},
        {"fixed_weight_byte", roof->fixed_weight_byte + roof->routed_weight_byte,
         positive(roof->fixed_weight_byte + roof->routed_weight_byte + roof->host_fixed_weight_byte)},
        {"host_fixed_weight_byte", roof->host_fixed_weight_byte, not_negative(roof->host_fixed_weight_byte)},
        {"host_routed_weight_byte", roof->host_routed_weight_byte, not_negative(roof->host_routed_weight_byte)},
        {"host_flop_per_s", roof->host_flop_per_s, not_negative(roof->host_flop_per_s)},
        {"host_byte_per_s", roof->host_byte_per_s, not_negative(roof->host_byte_per_s)},
        {"host_copy_token", roof->host_copy_token, not_negative(roof->host_copy_token)},
        {"store_weight_byte", roof->store_weight_byte, positive(roof->store_weight_byte)},
        {"expert_idle_share", roof->expert_idle_share,
         roof->expert_idle_share >= 0.0 && roof->expert_idle_share < 1.0},
        {"kv_byte_per_token", roof->kv_byte_per_token, not_negative(roof->kv_byte_per_token)},
    };
    for (size_t i = 0; i < sizeof check / sizeof check[0]; i++)
        if (!check[i].fine)
            return tr_fail(err, TR_EDOMAIN, check[i].field, check[i].value,
                           "the model and system give a %s that is not a usable number", check[i].field);
    return TR_OK;
}

double tr_roofline_kv_read_byte(const tr_roofline *roof, double context_token)
{
    if (tr_roofline_check(roof, NULL) != TR_OK || !(context_token >= 0.0 && context_token < HUGE_VAL))
        return (double)NAN;
    const tr_model *m = roof->pooled.model;
    const double state_byte = m->layer_kinds > 0 ? m->state_byte_per_seq : 0.0; /* written back, too */
    return tr_model_kv_read_byte(m, context_token, tr_dtype_byte(roof->kv_dtype)) + state_byte;
}
