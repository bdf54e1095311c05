/* pass/side.c -- which operators are the chips' and which the host's; what copying weights to the chip takes. */
#include <math.h>

#include "pass/work.h"
#include "shard/split.h"

/* From so many tokens in a chunk the engine copies weights; 0: never. */
static double from_token(const tr_shard *s) { return s->engine != NULL ? s->engine->host_copy_token : 0.0; }

/* [R43] Full ones, and a rest that is worth it: what is too few for that is done on the host meanwhile. */
double tr_pass_chunk_count(const tr_shard *s, double token)
{
    const double own = s->engine != NULL ? s->engine->chunk_token : 0.0;
    const double chunk = s->formats.host_chunk_token > 0.0 ? s->formats.host_chunk_token : own;
    if (!(chunk > 0.0 && token > chunk))
        return 1.0;
    const double full = floor(token / chunk), rest = token - full * chunk;
    return full + (from_token(s) > 0.0 && rest >= from_token(s) ? 1.0 : 0.0);
}

int tr_pass_copies(const tr_shard *s, double token)
{
    return from_token(s) > 0.0 && token / tr_pass_chunk_count(s, token) >= from_token(s);
}

/* What the chip multiplies the same weights at. */
static double chip_flop_per_s(const pass_work *w, const tr_op *op)
{
    if (!(op->op_class == TR_OP_GEMM || op->op_class == TR_OP_MOE || op->op_class == TR_OP_ELEMENT))
        return w->chips->attention.flop_per_s;
    int i = 0;
    while (i + 1 < TR_PART_COUNT &&
           !(w->part[i].weight_dtype == op->weight_dtype && w->chips->part[i].flop_per_s > 0.0))
        i++;
    return w->chips->part[i].flop_per_s;
}

/* [R40] */
void tr_pass_place(const pass_work *w, tr_op *op)
{
    const tr_model *m = w->model;
    if (op->layer >= 0 && op->layer < m->layer_kinds) {
        const double all = m->layer[op->layer].layer_count;
        const double host = tr_split_host_layers(m, &w->shard->formats, op->layer, op->op_class == TR_OP_MOE);
        op->count *= (w->on_host ? host : all - host) / all;
    } else if (tr_split_host_head(m, &w->shard->formats) != w->on_host) {
        op->count = 0.0;
    }
    if (!w->on_host)
        return;
    const int of_seq = op->grows == TR_GROWS_DECODE_SEQ || op->grows == TR_GROWS_PREFILL_SEQ;
    const double token = of_seq ? w->token : tr_pass_work_amount(w, op->grows);
    op->on_host = 1;
    op->copy = (tr_copy){.chunk_weight_byte = op->weight_byte + op->kv_byte, .link_byte_per_s = w->link_byte_per_s,
                         .flop_per_s = chip_flop_per_s(w, op), .byte_per_s = w->chips->byte_per_s};
    if (!tr_pass_copies(w->shard, token))
        return;
    op->copy.chunk_count = tr_pass_chunk_count(w->shard, token);
    if (op->op_class == TR_OP_MOE && op->touched_count > 0.0) /* only the experts that the chunk chose */
        op->copy.chunk_weight_byte *= tr_expert_touched_share(tr_pass_idle_share(w, op),
                                                              token / op->copy.chunk_count) *
                                      op->experts / op->touched_count;
}
