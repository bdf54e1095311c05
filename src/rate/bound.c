/* rate/bound.c -- one pass by the blackboard's two equations: all chips pooled, at datasheet peak. */
#include <tokenroof/rate.h>

#include "base/extreme.h"
#include "base/fail.h"
#include "pass/work.h"
#include "rate/terms.h"
#include "rate/step.h"

void tr_step_rates(tr_step *step, const tr_roofline *roof, const tr_pass *pass, double step_s)
{
    const double seq = pass->decode_seq + pass->prefill_seq;
    const double kept = pass->kept_per_seq > 0.0 ? pass->kept_per_seq : pass->token_per_seq;
    const double token = pass->decode_seq * kept + pass->prefill_seq * pass->prefill_query_token;
    const double byte = step->weight_read_byte + step->kv_read_byte;
    step->step_s = step->low_s = step->high_s = step_s;
    step->token_per_s = token / step_s;
    step->token_per_s_per_seq = step->token_per_s / seq;
    step->token_per_s_per_chip = step->token_per_s / roof->chip_count;
    step->usd_per_mtoken = roof->usd_per_s * 1e6 / step->token_per_s; /* [K1] */
    /* [R8] shares of the peaks that the work itself needs */
    step->mfu = step->flop / roof->flop_per_s / step_s;
    step->mbu = byte / roof->byte_per_s / step_s;
    step->intensity_flop_per_byte = byte > 0.0 ? step->flop / byte : 0.0;
}

/* The work of a pass: all of it, and the host's. */
typedef struct summed {
    tr_step step;
    double host_flop, host_weight_byte, host_kv_byte;
    double least_s;              /* of what is the host's, each operator there or copied, whichever is less */
} summed;

static void add(void *context, const pass_work *w, const tr_op *op)
{
    summed *sum = context;
    tr_step *step = &sum->step;
    step->flop += op->count * op->flop;
    step->weight_read_byte += op->count * op->weight_byte;
    step->kv_read_byte += op->count * op->kv_byte;
    if (op->op_class == TR_OP_CROSS)
        step->crossing_s += op->count * op->message_byte / op->copy.link_byte_per_s;
    if (!op->on_host)
        return;
    sum->host_flop += op->count * op->flop;
    sum->host_weight_byte += op->count * op->weight_byte;
    sum->host_kv_byte += op->count * op->kv_byte;
    sum->least_s += op->count * smaller(op->flop / w->peak_flop_per_s,
                                        (op->weight_byte + op->kv_byte) / op->copy.link_byte_per_s);
}

/* [R44] A pass of one token goes through the layers of both sides one after another. Several tokens may take turns, one
 * part on the chip while another is on the host: each side then reads its weights twice at least, and the busier side
 * decides. From where the engine copies weights, chip, host and link may all work at once. */
static double both_sides_s(const tr_roofline *roof, const tr_pass *one, double copies, const summed *sum, tr_step *step)
{
    const double token = one->decode_seq * one->token_per_seq + one->prefill_seq * one->prefill_query_token;
    const double chip_s = step_time_s(step->compute_s, step->weights_s, step->kv_s);
    const double compute_s = sum->host_flop > 0.0 ? sum->host_flop / roof->host_flop_per_s : 0.0;
    const double memory_s = (sum->host_weight_byte + sum->host_kv_byte) / roof->host_byte_per_s;
    const double alone_s = larger(compute_s, memory_s);
    step->host_s = copies * alone_s; /* copies of the weights take turns on the host */
    const double in_turn_s = larger(chip_s + alone_s + step->crossing_s, step->host_s);
    if (!(token > 1.0))
        return in_turn_s;
    if (roof->host_copy_token > 0.0 && token >= roof->host_copy_token) { /* of two that share the work, one has half */
        step->crossing_s = 0.0;
        step->host_s = copies * larger(memory_s, 0.5 * sum->least_s);
        return larger(chip_s, step->host_s);
    }
    const double again_s = roof->fixed_weight_byte / (roof->byte_per_s / roof->copy_count);
    const double host_again_s = roof->host_fixed_weight_byte / roof->host_byte_per_s;
    return smaller(in_turn_s, larger(step_time_s(step->compute_s, step->weights_s + again_s, step->kv_s),
                                     copies * larger(compute_s, memory_s + host_again_s)));
}

/* Copies of the weights that have work. */
static double busy_copies(const tr_roofline *roof, const tr_pass *pass)
{
    const double seq = pass->decode_seq + pass->prefill_seq;
    return seq >= roof->copy_count ? roof->copy_count : seq > 1.0 ? seq : 1.0;
}

tr_status tr_bound_pass(const tr_roofline *roof, const tr_pass *pass, tr_step *out, tr_error *err)
{
    pass_work w;
    summed sum = {.step = {0}};
    tr_status s = tr_roofline_check(roof, err);
    if (s == TR_OK)
        s = tr_pass_work_of(&roof->pooled, &w, err);
    if (s == TR_OK)
        s = tr_pass_work_load(&w, pass, err);
    if (s != TR_OK)
        return s;
    const double copies = busy_copies(roof, pass), busy_share = copies / roof->copy_count;
    tr_pass one = *pass; /* of one copy: they are alike */
    one.decode_seq /= copies;
    one.prefill_seq /= copies;
    s = tr_pass_work_load(&w, &one, err);
    if (s != TR_OK)
        return s;
    tr_pass_walk(&w, add, &sum);
    tr_step step = sum.step;
    const double byte_per_s = roof->byte_per_s * busy_share;
    step.flop *= copies;
    step.weight_read_byte *= copies;
    step.kv_read_byte *= copies;
    if (!(step.flop >= 0.0 && step.flop <= 1e300 && step.kv_read_byte >= 0.0 && step.kv_read_byte <= 1e300))
        return tr_fail(err, TR_EDOMAIN, "model", step.flop,
                       "the model's FLOPs or KV bytes at this context are not usable numbers");
    step.compute_s = (step.flop - copies * sum.host_flop) / (roof->flop_per_s * busy_share); /* [R2] */
    step.weights_s = (step.weight_read_byte - copies * sum.host_weight_byte) / byte_per_s;
    /* [R5] every sequence has its own: batching does not thin it */
    step.kv_s = (step.kv_read_byte - copies * sum.host_kv_byte) / byte_per_s;
    const double memory_s = step.weights_s + step.kv_s;
    step.limit = step.compute_s >= memory_s        ? TR_LIMIT_COMPUTE
                 : step.weights_s >= step.kv_s     ? TR_LIMIT_WEIGHTS
                                                   : TR_LIMIT_KV;
    const double chip_s = step_time_s(step.compute_s, step.weights_s, step.kv_s);
    const double step_s = w.has_host ? both_sides_s(roof, &one, copies, &sum, &step) : chip_s;
    if (step.host_s > chip_s)
        step.limit = TR_LIMIT_HOST;
    tr_step_rates(&step, roof, pass, step_s);
    *out = step;
    return TR_OK;
}

tr_status tr_bound_step(const tr_roofline *roof, const tr_load *load, tr_step *out, tr_error *err)
{
    tr_pass pass;
    const tr_status s = tr_pass_of(load, &pass, err);
    return s == TR_OK ? tr_bound_pass(roof, &pass, out, err) : s;
}
