/* ask/price_ratio.c -- the price of output over input at equal margin: from a load, and back from a published
 * ratio. */
#include "ask/price_ratio.h"

#include <math.h>
#include <stdio.h>

#include "ask/asked.h"
#include "ask/compare.h"
#include "write/print.h"

static const double NONE = (double)NAN;

static double token_of(const tr_load *load)
{
    return load->batch_seq * (load->phase == TR_PHASE_PREFILL ? load->query_token : 1.0);
}

tr_quantity tr_pass_token_s(const tr_step_row *row)
{
    const double token = token_of(&row->load);
    const tr_quantity time_s = tr_step_row_time_s(row);
    return (tr_quantity){time_s.predicted / token, time_s.low / token, time_s.high / token,
                         time_s.bound / token};
}

tr_quantity tr_pass_price_ratio(const tr_step_row *output, const tr_step_row *input)
{
    const tr_quantity out_s = tr_pass_token_s(output), in_s = tr_pass_token_s(input);
    tr_quantity ratio = tr_quantity_ratio(&out_s, &in_s); /* how sure */
    ratio.predicted = tr_output_input_ratio(out_s.predicted, 1.0, in_s.predicted, 1.0);
    ratio.bound = tr_output_input_ratio(out_s.bound, 1.0, in_s.bound, 1.0);
    if (input->load.phase == TR_PHASE_DECODE)
        ratio.low = ratio.high = ratio.predicted;
    return ratio;
}

/* ---- back ----------------------------------------------------------------------------- */

static double decode_token_s(const tr_problem *question, tr_physics physics, double batch_seq,
                             double context_token)
{
    const tr_load load = {TR_PHASE_DECODE, batch_seq, context_token, 1.0};
    tr_step step;
    return tr_problem_step(question, physics, &load, &step, NULL) == TR_OK ? step.step_s / batch_seq : NONE;
}

/* The smallest whole batch of those that fit in which a token of decode takes no more than token_s: its share
 * of the step only falls with the batch. NaN: none. */
static double batch_for(const tr_problem *question, tr_physics physics, double context_token, double token_s)
{
    const double most = tr_shard_max_batch_seq(&question->shard, context_token);
    token_s *= 1.0 + 1e-9; /* the very batch of a ratio that was worked out from one */
    double low = 0.0, high = most < 1e9 ? most : 1e9;
    if (!(token_s > 0.0) || !(high >= 1.0) ||
        !(decode_token_s(question, physics, high, context_token) <= token_s))
        return NONE;
    while (high - low > 1.0) {
        const double middle = floor(0.5 * (low + high));
        if (decode_token_s(question, physics, middle, context_token) <= token_s)
            high = middle;
        else
            low = middle;
    }
    return high;
}

static void read_back(tr_price_ratio *r, double context_token)
{
    const tr_roofline *roof = &r->question->roof;
    const double published = r->published_ratio;
    tr_weights_balance weights;
    tr_weights_balance_of(roof, 1.0, 0.0, &weights);
    const tr_quantity in_s = tr_pass_token_s(&r->input), *ratio = &r->ratio;
    r->balance_batch_seq = weights.batch_seq;
    r->weights_batch_seq = weights.batch_seq / published;
    r->memory_batch_seq = tr_memory_ratio_batch_seq(roof, context_token, published);
    /* The interval of the ratio is a factor, whatever the batch. */
    const double target_s = published * in_s.predicted;
    r->batch_seq = (tr_quantity){
        batch_for(r->question, TR_PHYSICS_FITTED, context_token, target_s),
        batch_for(r->question, TR_PHYSICS_FITTED, context_token, target_s * (ratio->predicted / ratio->low)),
        batch_for(r->question, TR_PHYSICS_FITTED, context_token, target_s * (ratio->predicted / ratio->high)),
        batch_for(r->question, TR_PHYSICS_BOUND, context_token, published * in_s.bound)};
}

tr_status tr_price_ratio_of(const tr_along *along, double query_token, double published_ratio,
                            tr_price_ratio *out, tr_error *err)
{
    const tr_load decode = {TR_PHASE_DECODE, along->batch_seq, along->context_token, 1.0};
    tr_load prompt = decode;
    prompt.phase = query_token > 1.0 ? TR_PHASE_PREFILL : TR_PHASE_DECODE;
    prompt.query_token = query_token;
    *out = (tr_price_ratio){.question = along->question, .published_ratio = published_ratio};
    tr_status s = tr_step_row_of(along->question, &decode, &out->output, err);
    if (s == TR_OK)
        s = tr_step_row_of(along->question, &prompt, &out->input, err);
    if (s != TR_OK)
        return s;
    out->ratio = tr_pass_price_ratio(&out->output, &out->input);
    out->memory_ratio =
        (out->output.bound.weights_s + out->output.bound.kv_s) / out->output.bound.compute_s; /* [K10] */
    out->ridge_query_token =
        tr_ridge_query_token(&along->question->roof, along->batch_seq, along->context_token);
    read_back(out, along->context_token);
    return TR_OK;
}

/* ---- its forms ------------------------------------------------------------------------- */

static void quantity_json(tr_json *json, const char *key, const tr_quantity *q)
{
    tr_json_key(json, key);
    tr_json_object_inline(json);
    tr_json_key_number(json, "predicted", q->predicted);
    tr_json_key_number(json, "low", q->low);
    tr_json_key_number(json, "high", q->high);
    tr_json_key_number(json, "bound", q->bound);
    tr_json_close(json);
}

static tr_quantity dollars(const tr_problem *question, const tr_quantity *token_s)
{
    const double usd = question->roof.usd_per_s > 0.0 ? question->roof.usd_per_s * 1e6 : NONE;
    return (tr_quantity){token_s->predicted * usd, token_s->low * usd, token_s->high * usd,
                         token_s->bound * usd};
}

void tr_price_ratio_json(const tr_price_ratio *r, tr_json *json)
{
    const tr_quantity out_s = tr_pass_token_s(&r->output), in_s = tr_pass_token_s(&r->input);
    const tr_quantity output = dollars(r->question, &out_s), input = dollars(r->question, &in_s);
    tr_json_key_object(json, "price_ratio");
    tr_json_key_number(json, "batch_seq", r->output.load.batch_seq);
    tr_json_key_number(json, "context_token", r->output.load.context_token);
    tr_json_key_number(json, "query_token", r->input.load.query_token);
    quantity_json(json, "output_usd_per_mtoken", &output);
    quantity_json(json, "input_usd_per_mtoken", &input);
    quantity_json(json, "output_input_ratio", &r->ratio);
    tr_json_key_string(json, "reason", r->input.fits ? NULL : r->input.why.text);
    tr_json_key_number(json, "memory_compute_ratio", r->memory_ratio);
    tr_json_key_object(json, "back");
    tr_json_key_number(json, "output_input_ratio", r->published_ratio);
    tr_json_key_number(json, "balance_batch_seq", r->balance_batch_seq);
    tr_json_key_number(json, "weights_batch_seq", r->weights_batch_seq);
    tr_json_key_number(json, "memory_batch_seq", r->memory_batch_seq);
    quantity_json(json, "batch_seq", &r->batch_seq);
    tr_json_close(json);
    tr_json_close(json);
}

static void print_forward(const tr_price_ratio *r, tr_writer *out)
{
    const tr_quantity out_s = tr_pass_token_s(&r->output), in_s = tr_pass_token_s(&r->input);
    const tr_quantity output = dollars(r->question, &out_s), input = dollars(r->question, &in_s);
    const int priced = r->question->roof.usd_per_s > 0.0;
    char text[96], number[48];
    tr_print_predicted_head(out);
    tr_print_predicted(out, priced ? "$ per million output" : "time of an output token",
                       priced ? &output : &out_s, priced ? TR_UNIT_USD : TR_UNIT_SECOND, NULL);
    tr_print_predicted(out, priced ? "$ per million input" : "time of an input token",
                       priced ? &input : &in_s, priced ? TR_UNIT_USD : TR_UNIT_SECOND, NULL);
    tr_print_predicted(out, "output over input", &r->ratio, TR_UNIT_NONE, NULL);
    if (!r->input.fits)
        tr_print_line(out, "no price of input", "does not fit", r->input.why.text);
    if (priced) {
        tr_write_text(out, "  ");
        tr_print_any_price(r->question, out);
    }
    tr_print_line(out, "memory over compute",
                  tr_print_three(r->memory_ratio, TR_UNIT_NONE, text, sizeof text),
                  "of the decode step, by the bound: the ratio where compute bounds prefill");
    if (r->ridge_query_token < HUGE_VAL)
        tr_print_line(out, "ridge", tr_print_three(r->ridge_query_token, TR_UNIT_NONE, number, sizeof number),
                      "new tokens of each sequence, from which compute bounds a pass");
    else
        tr_print_line(out, "ridge", "none", "no pass of this batch on this context is bound by compute");
}

/* "104", or that no batch which fits is as cheap. */
static const char *batch_text(double batch_seq, char *out, size_t size)
{
    if (batch_seq >= 1.0)
        (void)tr_quantity_format(batch_seq, TR_UNIT_SEQ, out, size);
    else
        (void)snprintf(out, size, "more than fit");
    return out;
}

static void print_sold(const tr_price_ratio *r, tr_writer *out)
{
    char text[256], value[48], low[48], high[48], bound[48];
    const tr_quantity *b = &r->batch_seq;
    (void)batch_text(b->bound, bound, sizeof bound);
    if (!r->input.fits) {
        tr_print_line(out, "batch that sells so", "not known", "without a price of input");
        return;
    }
    if (!r->input.is_predicted) {
        tr_print_line(out, "batch that sells so", bound,
                      "by the bound: the smallest in which output costs so little");
        return;
    }
    (void)snprintf(text, sizeof text, "the smallest as predicted; 90 %% interval %s to %s; by the bound %s",
                   batch_text(b->low, low, sizeof low), batch_text(b->high, high, sizeof high), bound);
    tr_print_line(out, "batch that sells so", batch_text(b->predicted, value, sizeof value), text);
}

static void print_back(const tr_price_ratio *r, const tr_style *style, tr_writer *out)
{
    char text[160], number[48], other[48];
    (void)snprintf(text, sizeof text, "Back from output at %.4g times input (--ratio)", r->published_ratio);
    tr_print_heading(out, style, text);
    (void)tr_print_three(r->published_ratio, TR_UNIT_NONE, number, sizeof number);
    tr_print_line(out, "memory over compute", number, "decode waits so many times as long as it multiplies");
    (void)snprintf(text, sizeof text, "a wait for weights alone; %s at balance",
                   tr_print_batch(r->balance_batch_seq, number, sizeof number));
    tr_print_line(out, "batch, without KV", tr_print_batch(r->weights_batch_seq, other, sizeof other), text);
    if (isfinite(r->memory_batch_seq))
        tr_print_line(out, "batch, with KV", tr_print_batch(r->memory_batch_seq, number, sizeof number),
                      "a wait for weights and KV cache, attention counted");
    else
        tr_print_line(out, "batch, with KV", "none",
                      "reading the KV cache alone takes longer than that, in any batch");
    print_sold(r, out);
}

void tr_price_ratio_text(const tr_price_ratio *r, const tr_style *style, tr_writer *out)
{
    char text[256], batch[48], context[48], query[48];
    (void)tr_quantity_format(r->output.load.batch_seq, TR_UNIT_SEQ, batch, sizeof batch);
    (void)tr_quantity_format(r->output.load.context_token, TR_UNIT_CONTEXT, context, sizeof context);
    (void)tr_quantity_format(r->input.load.query_token, TR_UNIT_CONTEXT, query, sizeof query);
    (void)snprintf(
        text, sizeof text,
        "Output over input at equal margin: decode of batch %s at %s, prompts read %s a sequence and pass",
        batch, context, query);
    tr_print_heading(out, style, text);
    print_forward(r, out);
    print_back(r, style, out);
}
