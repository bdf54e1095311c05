/* ask/meeting.c -- where compute and memory take the same time: batch, cliff and balanced context, with
 * attention's multiplies counted and without. */
#include "ask/meeting.h"

#include <math.h>
#include <stdio.h>

#include "price/oracle_parts.h"
#include "write/print.h"

/* With attention's multiplies and without, of what it runs along. */
typedef struct meeting {
    double with, without;          /* the balance batch, or the cliff of the batch */
    double slopes, slopes_without; /* the balanced context, of any batch */
} meeting;

static meeting meeting_of(const tr_along *along)
{
    const tr_roofline *roof = &along->question->roof;
    const int batch = along->input == TR_ALONG_BATCH;
    tr_weights_balance weights;
    tr_weights_balance_of(roof, along->batch_seq, along->context_token, &weights);
    return (meeting){batch ? tr_balance_batch_seq(roof, along->context_token)
                           : tr_cliff_context_token(roof, along->batch_seq),
                     batch ? weights.batch_seq : weights.cliff_token, tr_balance_context_token(roof),
                     weights.context_token};
}

double tr_meeting_without(const tr_along *along) { return meeting_of(along).without; }

/* KV bytes a token with which compute and memory would meet at a context, in any batch.  [K12] */
static double kv_for_context(const tr_along *along, double context_token)
{
    const tr_roofline *roof = &along->question->roof;
    return tr_implied_kv_byte_per_token(roof->flop_per_token / 2.0, roof->flop_per_s, roof->byte_per_s,
                                        context_token, 0.0);
}

void tr_meeting_json(const tr_along *along, tr_json *json)
{
    const meeting m = meeting_of(along);
    const char *const key[2][2] = {{"balance_batch_seq", "weights_balance_batch_seq"},
                                   {"cliff_context_token", "weights_cliff_context_token"}};
    const int context = along->input == TR_ALONG_CONTEXT;
    tr_json_key_object(json, "balance");
    tr_json_key_number(json, key[context][0], m.with);
    tr_json_key_number(json, key[context][1], m.without);
    tr_json_key_number(json, "balance_context_token", m.slopes);
    tr_json_key_number(json, "weights_balance_context_token", m.slopes_without);
    tr_json_key_number(json, "kv_byte_per_token", along->question->roof.kv_byte_per_token);
    tr_json_key_number(json, "kv_byte_per_token_at_100k", kv_for_context(along, 1e5));
    tr_json_key_number(json, "kv_byte_per_token_at_200k", kv_for_context(along, 2e5));
    tr_json_close(json);
}

/* "1.2k", "none": where a crossing lies. */
static const char *place(double at, const char *never, const char *always, tr_unit unit, char *out,
                         size_t size)
{
    if (!(at < HUGE_VAL))
        (void)snprintf(out, size, "%s", never);
    else if (at <= 0.0)
        (void)snprintf(out, size, "%s", always);
    else
        (void)tr_print_three(at, unit, out, size);
    return out;
}

void tr_meeting_text(const tr_along *along, const tr_style *style, tr_writer *out)
{
    const meeting m = meeting_of(along);
    const int batch = along->input == TR_ALONG_BATCH;
    const tr_unit unit = batch ? TR_UNIT_SEQ : TR_UNIT_TOKEN;
    char text[192], with[64], without[64], low[48], high[48];
    tr_print_heading(out, style, "Where compute and memory take the same time");
    (void)place(m.with, batch ? "at no batch" : "compute always", "memory always", unit, with, sizeof with);
    (void)place(m.without, batch ? "at no batch" : "compute always", "memory always", unit, without,
                sizeof without);
    (void)snprintf(text, sizeof text, "%s, attention's multiplies counted; without them %s",
                   batch ? "batch at this context" : "context of this batch", without);
    tr_print_line(out, batch ? "balance batch" : "cliff", with, text);
    (void)place(m.slopes, "compute always", "memory always", TR_UNIT_TOKEN, with, sizeof with);
    (void)place(m.slopes_without, "compute always", "memory always", TR_UNIT_TOKEN, without, sizeof without);
    (void)snprintf(text, sizeof text, "of any large batch, attention's multiplies counted; without them %s",
                   without);
    tr_print_line(out, "balanced context", with, text);
    if (!(along->question->roof.kv_byte_per_token > 0.0))
        return;
    (void)tr_print_three(kv_for_context(along, 1e5), TR_UNIT_BYTE, high, sizeof high);
    (void)tr_print_three(kv_for_context(along, 2e5), TR_UNIT_BYTE, low, sizeof low);
    (void)tr_print_three(along->question->roof.kv_byte_per_token, TR_UNIT_BYTE, with, sizeof with);
    (void)snprintf(text, sizeof text,
                   "of KV a token; at 100,000 to 200,000 tokens they would meet with %s to %s", high, low);
    tr_print_line(out, "KV cache", with, text);
}
