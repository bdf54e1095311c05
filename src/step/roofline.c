/* step/roofline.c -- one model on one system, boiled down to the rates and sizes both equations need. */
#include <tokenroof/step.h>

#include <math.h>

#include "base/fail.h"
#include "step/terms.h"

static int positive(double x) { return x > 0.0 && x <= 1e300; }
static int not_negative(double x) { return x >= 0.0 && x <= 1e300; }

static tr_status check_inputs(const tr_model *model, const tr_system *system, const tr_dtypes *dtypes, tr_error *err)
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
    if (!positive(system->chip.memory_byte_per_s))
        return tr_fail(err, TR_EDOMAIN, "memory_byte_per_s", system->chip.memory_byte_per_s,
                       "the chip's memory bandwidth must be above 0");
    if (!(system->chip.memory_byte > 0.0)) /* HUGE_VAL is allowed: not limited */
        return tr_fail(err, TR_EDOMAIN, "memory_byte", system->chip.memory_byte,
                       "the chip's memory must be above 0 bytes");
    if (!not_negative(system->usd_per_hour))
        return tr_fail(err, TR_EDOMAIN, "usd_per_hour", system->usd_per_hour, "the price must be 0 or more");
    if (dtypes != NULL) {
        const tr_dtype asked[3] = {dtypes->weight, dtypes->kv, dtypes->math};
        static const char *const name[3] = {"weight_dtype", "kv_dtype", "math_dtype"};
        for (int i = 0; i < 3; i++)
            if ((int)asked[i] < 0 || asked[i] >= TR_DTYPE_COUNT)
                return tr_fail(err, TR_EDOMAIN, name[i], (double)asked[i], "%s is not one of the dtypes", name[i]);
    }
    return TR_OK;
}

/* The dtype of a checkpoint that names none, by the bytes its parameters take. */
static tr_dtype dtype_of_byte(double byte)
{
    if (byte < 1.0)
        return TR_DTYPE_FP4;
    if (byte < 2.0)
        return TR_DTYPE_FP8;
    return byte < 4.0 ? TR_DTYPE_BF16 : TR_DTYPE_FP32;
}

/* The dtype math may run in when weights are stored in `weight` and `asked` is
 * wanted: never narrower than the weights, since a rate counts only where both
 * are in that dtype. TF32 is how tensor cores take FP32, so it is no narrower. */
static tr_dtype math_request(const tr_chip *chip, tr_dtype weight, tr_dtype asked)
{
    /* INT4 is unpacked before it multiplies: to BF16, or to INT8 where that is asked for. */
    const tr_dtype unpacked4 = asked == TR_DTYPE_INT8 ? TR_DTYPE_INT8 : TR_DTYPE_BF16;
    const tr_dtype stored = weight == TR_DTYPE_INT4 ? unpacked4 : weight;
    if (asked == TR_DTYPE_NATIVE) {
        /* So is FP4 where no unit takes it. FP8 would hold its values, but then the other operand
         * is rounded too: a choice of the run, to be asked for. */
        const int unpacked = weight == TR_DTYPE_FP4 && chip->flop_per_s[TR_DTYPE_FP4] == 0.0 &&
                             chip->flop_per_s[TR_DTYPE_BF16] > 0.0;
        return unpacked ? TR_DTYPE_BF16 : stored;
    }
    if (asked == TR_DTYPE_INT4)
        asked = TR_DTYPE_BF16;
    if (asked == TR_DTYPE_INT8 && (stored == TR_DTYPE_FP8 || stored == TR_DTYPE_FP4))
        return TR_DTYPE_BF16; /* float weights have no whole-number form: the common one is BF16 */
    return tr_dtype_byte(asked) < tr_dtype_byte(stored) ? stored : asked;
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

/* Parameters every pass reads that are kept apart from the big matrices: head, norms, routers. */
static double streamed_other_param(const tr_model *model)
{
    double other = model->final_param + (model->tied ? model->embedding_param : model->head_param);
    for (int i = 0; i < model->layer_kinds; i++)
        other += model->layer[i].layer_count * (model->layer[i].norm_param + model->layer[i].router_param);
    return other;
}

static void weigh(const tr_model *model, tr_dtype override, tr_roofline *roof)
{
    const double other_param = streamed_other_param(model);
    const double linear_param = model->stream_param - model->routed_param - other_param;
    const double table_param = model->total_param - model->stream_param; /* looked up in: resident, never streamed */
    if (override != TR_DTYPE_NATIVE) {
        /* Everything in one dtype, payload only: the least it could be. */
        const double byte = tr_dtype_byte(override);
        roof->weight_byte = byte;
        roof->routed_weight_byte = model->routed_param * byte;
        roof->fixed_weight_byte = (model->stream_param - model->routed_param) * byte;
        roof->store_weight_byte = model->total_param * byte;
        return;
    }
    const tr_weight_bytes *part = &model->weight;
    roof->weight_byte = tr_model_weight_byte(model);
    roof->routed_weight_byte = model->routed_param * part->routed_byte;
    /* One product where linear and other weigh the same: chalkboard totals stay literal. */
    roof->fixed_weight_byte = part->linear_byte == part->other_byte
                                  ? (model->stream_param - model->routed_param) * part->linear_byte
                                  : linear_param * part->linear_byte + other_param * part->other_byte;
    roof->store_weight_byte = roof->fixed_weight_byte + roof->routed_weight_byte + table_param * part->other_byte;
    if (model->weight_total_byte > 0.0) {
        /* The file knows better. What is streamed cannot exceed what is stored. */
        if (model->weight_total_byte < roof->store_weight_byte) {
            const double scale = model->weight_total_byte / roof->store_weight_byte;
            roof->routed_weight_byte *= scale;
            roof->fixed_weight_byte *= scale;
        }
        roof->store_weight_byte = model->weight_total_byte;
    }
}

tr_status tr_roofline_of(const tr_model *model, const tr_system *system, const tr_dtypes *dtypes,
                         tr_roofline *out, tr_error *err)
{
    tr_status status = check_inputs(model, system, dtypes, err);
    if (status != TR_OK)
        return status;
    const tr_dtypes native = {TR_DTYPE_NATIVE, TR_DTYPE_NATIVE, TR_DTYPE_NATIVE};
    const tr_dtypes *ask = dtypes == NULL ? &native : dtypes;

    tr_roofline roof = {0};
    roof.weight_dtype = ask->weight == TR_DTYPE_NATIVE ? model->weight_dtype : ask->weight;
    if (roof.weight_dtype == TR_DTYPE_NATIVE)
        roof.weight_dtype = dtype_of_byte(tr_model_weight_byte(model));
    double flop_per_s = 0.0;
    const tr_dtype math = math_request(&system->chip, roof.weight_dtype, ask->math);
    tr_error chip_err;
    status = tr_chip_math(&system->chip, math, &flop_per_s, &roof.math_dtype, &chip_err);
    if (status != TR_OK)
        return tr_fail(err, status, chip_err.field, chip_err.value, "%.240s; weights stored in such a dtype would run",
                       chip_err.text);

    roof.chip_count = system->chip_count;
    roof.flop_per_s = system->chip_count * flop_per_s;
    roof.byte_per_s = system->chip_count * system->chip.memory_byte_per_s;
    roof.memory_byte = system->chip_count * system->chip.memory_byte;
    roof.usd_per_s = system->usd_per_hour / 3600.0;
    roof.flop_per_token = 2.0 * model->multiply_param; /* [R2] a multiply and an add for each parameter */
    weigh(model, ask->weight, &roof);
    roof.expert_idle_share = idle_share(model);

    /* Chalkboard KV is given in bytes, at whatever dtype: no override rescales it. */
    const int literal_kv = model->layer_kinds == 0;
    roof.kv_dtype = literal_kv || ask->kv == TR_DTYPE_NATIVE ? model->kv_dtype : ask->kv;
    roof.kv_elem_byte = literal_kv ? 0.0 : tr_dtype_byte(roof.kv_dtype);
    roof.kv_byte_per_token = tr_model_kv_byte_per_token(model, roof.kv_elem_byte);

    status = tr_roofline_check(&roof, err);
    if (status != TR_OK)
        return status;
    *out = roof;
    return TR_OK;
}

tr_status tr_roofline_check(const tr_roofline *roof, tr_error *err)
{
    if (roof == NULL)
        return tr_fail(err, TR_EMISSING, "roofline", 0.0, "expected a roofline (tr_roofline_of builds one)");
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
        {"flop_per_token", roof->flop_per_token, positive(roof->flop_per_token)},
        {"fixed_weight_byte", roof->fixed_weight_byte, not_negative(roof->fixed_weight_byte)},
        {"routed_weight_byte", roof->routed_weight_byte, not_negative(roof->routed_weight_byte)},
        {"weight_byte", roof->weight_byte, positive(roof->weight_byte)},
        {"fixed_weight_byte", roof->fixed_weight_byte + roof->routed_weight_byte,
         positive(roof->fixed_weight_byte + roof->routed_weight_byte)},
        {"store_weight_byte", roof->store_weight_byte, positive(roof->store_weight_byte)},
        {"expert_idle_share", roof->expert_idle_share,
         roof->expert_idle_share >= 0.0 && roof->expert_idle_share < 1.0},
        {"kv_elem_byte", roof->kv_elem_byte, not_negative(roof->kv_elem_byte)},
        {"kv_byte_per_token", roof->kv_byte_per_token, not_negative(roof->kv_byte_per_token)},
    };
    for (size_t i = 0; i < sizeof check / sizeof check[0]; i++)
        if (!check[i].fine)
            return tr_fail(err, TR_EDOMAIN, check[i].field, check[i].value,
                           "the model and system give a %s that is not a usable number", check[i].field);
    return TR_OK;
}
