/* step/op_work.c -- one pass of a model in a layout, made ready to be taken apart into operators. */
#include "step/op_work.h"

#include <math.h>
#include <string.h>

#include "base/fail.h"
#include "step/terms.h"

static double smaller(double a, double b) { return a < b ? a : b; }

/* Weights that take 2 bytes or more multiply in BF16 and those of one in FP8, on the roof of the whole at most:
 * the two equations hold every multiply to that. */
static op_part part_of(const tr_chip *chip, const tr_roofline *roof, double byte, int told)
{
    const double all = roof->flop_per_s / roof->chip_count;
    op_part part = {byte, all, roof->weight_dtype, roof->math_dtype};
    double rate;
    tr_dtype used, wanted = TR_DTYPE_NATIVE;
    if (told)
        return part;
    if (byte >= 1.9)
        wanted = byte >= 3.9 ? TR_DTYPE_FP32 : TR_DTYPE_BF16;
    else if (byte >= 0.9 && roof->math_dtype == TR_DTYPE_FP4)
        wanted = TR_DTYPE_FP8;
    if (wanted == TR_DTYPE_NATIVE)
        return part;
    part.weight_dtype = wanted;
    if (tr_chip_math(chip, wanted, &rate, &used, NULL) == TR_OK && rate < all) {
        part.flop_per_s = rate;
        part.math_dtype = used;
    }
    return part;
}

tr_status tr_op_work_of(const tr_model *model, const tr_system *system, const tr_layout *layout,
                        const tr_dtypes *dtypes, op_work *out, tr_error *err)
{
    tr_layout usual;
    op_work *w = out;
    memset(w, 0, sizeof *w);
    tr_status s = tr_roofline_of(model, system, dtypes, &w->roof, err);
    if (s == TR_OK && layout == NULL) {
        s = tr_layout_default(model, system, dtypes, &usual, err);
        layout = &usual;
    }
    if (s == TR_OK)
        s = tr_layout_check(model, system, layout, err);
    if (s != TR_OK)
        return s;
    w->model = model;
    w->system = system;
    w->layout = *layout;
    const int told = dtypes != NULL && dtypes->weight != TR_DTYPE_NATIVE;
    const double byte = told ? tr_dtype_byte(dtypes->weight) : 0.0;
    const tr_chip *chip = &system->chip;
    w->linear = part_of(chip, &w->roof, told ? byte : model->weight.linear_byte, told);
    w->routed = part_of(chip, &w->roof, told ? byte : model->weight.routed_byte, told);
    w->other = part_of(chip, &w->roof, told ? byte : model->weight.other_byte, told);
    /* Scores and values are BF16, or FP8 where the cache is. */
    w->attention = part_of(chip, &w->roof, w->roof.kv_dtype == TR_DTYPE_FP8 ? 1.0 : 2.0, model->layer_kinds == 0);
    w->repeat = layout->overlap ? 2.0 : 1.0;
    w->batch_share = 1.0 / (layout->replica_count * layout->dp_rank * layout->pp_rank * w->repeat);
    return TR_OK;
}

static tr_status check(const tr_pass *p, tr_error *err)
{
    const struct {
        const char *field;
        double value, low, high;
    } range[] = {{"decode_seq", p->decode_seq, 0.0, STEP_BATCH_MAX_SEQ},
                 {"decode_context_token", p->decode_context_token, 0.0, STEP_CONTEXT_MAX_TOKEN},
                 {"token_per_seq", p->token_per_seq, 1.0, 1024.0},
                 {"prefill_seq", p->prefill_seq, 0.0, STEP_BATCH_MAX_SEQ},
                 {"prefill_query_token", p->prefill_query_token, p->prefill_seq > 0.0 ? 1.0 : 0.0,
                  STEP_CONTEXT_MAX_TOKEN},
                 {"prefill_context_token", p->prefill_context_token, 0.0, STEP_CONTEXT_MAX_TOKEN},
                 {"routing_skew_ratio", p->routing_skew_ratio, 0.0, 8.0}};
    for (size_t i = 0; i < sizeof range / sizeof range[0]; i++)
        if (!(range[i].value >= range[i].low && range[i].value <= range[i].high))
            return tr_fail(err, TR_EDOMAIN, range[i].field, range[i].value, "%s must be %g to %g", range[i].field,
                           range[i].low, range[i].high);
    if (!(p->decode_seq + p->prefill_seq > 0.0))
        return tr_fail(err, TR_EDOMAIN, "decode_seq", 0.0, "a pass needs a sequence that decodes or one that prefills");
    return TR_OK;
}

/* A rank has its share of the sequences, the busiest one at least. */
static double share_of(double seq, double share)
{
    return seq > 0.0 ? (seq * share > 1.0 ? seq * share : smaller(seq, 1.0)) : 0.0;
}

tr_status tr_op_work_pass(op_work *w, const tr_pass *pass, tr_error *err)
{
    if (pass == NULL)
        return tr_fail(err, TR_EMISSING, "pass", 0.0, "expected a pass");
    const tr_status s = check(pass, err);
    if (s != TR_OK)
        return s;
    w->pass = *pass;
    w->decode_seq = share_of(pass->decode_seq, w->batch_share);
    w->prefill_seq = share_of(pass->prefill_seq, w->batch_share);
    w->decode_token = w->decode_seq * pass->token_per_seq;
    w->prefill_token = pass->prefill_seq > 0.0 ? w->prefill_seq * pass->prefill_query_token : 0.0;
    w->token = w->decode_token + w->prefill_token;
    w->head_token = w->decode_token + w->prefill_seq;
    w->prefill_read = 0;
    if (pass->prefill_seq > 0.0) {
        /* As the two equations take it: many sparse queries read their own rows each, and never more than all. */
        const double elem = w->roof.kv_elem_byte, context = pass->prefill_context_token;
        const double one = tr_model_kv_read_byte(w->model, context, elem) - w->model->state_byte_per_seq;
        const double stored = tr_model_kv_store_byte(w->model, context, elem);
        if (one < stored)
            w->prefill_read = one * pass->prefill_query_token < stored ? 1 : 2;
    }
    return TR_OK;
}

tr_status tr_pass_of(const tr_load *load, tr_pass *out, tr_error *err)
{
    if (load == NULL)
        return tr_fail(err, TR_EMISSING, "load", 0.0, "expected a load: batch, context and phase");
    tr_pass p = {.token_per_seq = 1.0};
    if (load->phase == TR_PHASE_PREFILL) {
        p.prefill_seq = load->batch_seq;
        p.prefill_query_token = load->query_token;
        p.prefill_context_token = load->context_token;
    } else {
        p.decode_seq = load->batch_seq;
        p.decode_context_token = load->context_token;
    }
    const tr_status s = check(&p, err);
    if (s == TR_OK)
        *out = p;
    return s;
}
