/* serve/bound_steps.c -- decode steps at their bound, and a step divided into drafting and verifying. */
#include "serve/bound_steps.h"

#include "base/extreme.h"

#define ROUNDING 1e-12

/* Without drafts in closed form: many loads are asked. */
void tr_bound_steps_of(const tr_roofline *roof, const tr_clients *c, const double batch_seq[2], tr_bound_steps *out)
{
    const double kv = tr_roofline_kv_read_byte(roof, c->prompt_token);
    const double attention = tr_model_attention_flop(roof->pooled.model, c->prompt_token);
    const double kv_byte[] = {kv, kv}, attention_flop[] = {attention, attention};
    tr_bound_step_array(roof, 2, batch_seq, kv_byte, attention_flop, out->compute_s, out->weights_s, out->kv_s,
                        out->step_s);
    for (size_t i = 0; i < 2 && (c->draft_token > 0.0 || roof->host_byte_per_s > 0.0); i++) {
        const tr_pass pass = {.decode_seq = batch_seq[i], .decode_context_token = c->prompt_token,
                              .token_per_seq = 1.0 + c->draft_token};
        tr_step step;
        if (tr_bound_pass(roof, &pass, &step, NULL) != TR_OK)
            continue;
        out->compute_s[i] = step.compute_s;
        out->weights_s[i] = step.weights_s;
        out->kv_s[i] = step.kv_s;
        out->step_s[i] = step.step_s;
    }
}

/* [F23] The step without what drafts is what verifies; the rest drafts. */
tr_status tr_split_step(const tr_shard *shard, const tr_roofline *roof, const tr_calibration *calibration,
                        tr_distance distance, const tr_clients *c, tr_service *o, tr_error *err)
{
    tr_shard verify = *shard;
    tr_roofline bare = *roof;
    tr_timing timing;
    tr_terms terms;
    tr_step step;
    const double step_s = o->decode_terms.step_s;
    double verify_s = step_s, bound_s = o->itl_s.bound;
    if (c->draft_token > 0.0) {
        tr_pass pass = {.decode_seq = 1.0, .decode_context_token = c->prompt_token + 0.5 * c->output_token,
                        .token_per_seq = 1.0 + c->draft_token};
        verify.formats.draft_token = bare.pooled.formats.draft_token = 0.0;
        tr_status s = tr_timing_of(&verify, calibration, &pass, &timing, err);
        pass.decode_seq = larger(o->batch_seq, 1.0);
        pass.decode_context_token = c->prompt_token;
        if (s == TR_OK)
            s = tr_bound_pass(&bare, &pass, &step, err);
        if (s != TR_OK)
            return s;
        tr_timing_rank(&timing, o->batch_seq / o->rank_count, 0.0, &terms);
        verify_s = step_s - terms.step_s > ROUNDING * step_s ? terms.step_s : step_s;
        bound_s = step.step_s;
    }
    o->verify_s.predicted = larger(verify_s, bound_s);
    o->verify_s.bound = bound_s;
    o->draft_s.predicted = larger(step_s - verify_s, 0.0);
    o->draft_s.bound = larger(o->itl_s.bound - bound_s, 0.0);
    tr_interval_put(&o->verify_s, calibration, TR_INTERVAL_DECODE, distance);
    tr_interval_put(&o->draft_s, calibration, TR_INTERVAL_DECODE, distance);
    o->verify_s.low = larger(o->verify_s.low, smaller(o->verify_s.bound, o->verify_s.predicted));
    o->draft_s.low = larger(o->draft_s.low, smaller(o->draft_s.bound, o->draft_s.predicted));
    return TR_OK;
}
