/* pass/host.c -- layers that the host beside the chips holds: its operators, and what passes between the two. */
#include "pass/work.h"
#include "shard/split.h"

#define CROSSING_BYTE 4.0 /* of an activation: llama.cpp hands FP32 from one backend to another */

/* [R42] The stream of activations, where one side hands over to the other. */
static void cross(const pass_work *w, const char *name, double count, double wide)
{
    tr_op op = {.layer = -1, .op_class = TR_OP_CROSS, .grows = TR_GROWS_TOKEN, .weight_dtype = TR_DTYPE_FP32,
                .math_dtype = TR_DTYPE_FP32, .count = count, .m_row = w->token, .group_chip = 2.0,
                .message_byte = w->token * wide * CROSSING_BYTE, .flop_copy_count = 1.0, .weight_copy_count = 1.0,
                .kv_copy_count = 1.0, .flop_per_s = w->attention.flop_per_s, .byte_per_s = w->byte_per_s,
                .launch_count = 1.0, .copy = {.link_byte_per_s = w->link_byte_per_s}};
    if (tr_pass_copies(w->shard, w->token)) /* the weights come instead */
        op.copy.chunk_count = tr_pass_chunk_count(w->shard, w->token);
    op.name = name;
    if (count > 0.0)
        w->visit(w->context, w, &op);
}

static void crossings(const pass_work *w)
{
    const tr_model *m = w->model;
    const tr_formats *f = &w->shard->formats;
    if (f->host_layer_count > 0.0 && !tr_split_host_head(m, f))
        cross(w, "to-chip", 1.0, m->hidden);
    for (int i = 0; i < m->layer_kinds; i++) {
        const tr_layer *l = &m->layer[i];
        const double n = tr_split_host_layers(m, f, i, 1) - tr_split_host_layers(m, f, i, 0);
        if (!(l->experts > 0.0))
            continue;
        const double wide = l->expert_in_dim > 0.0 ? l->expert_in_dim : m->hidden;
        cross(w, "to-host", n, wide);
        cross(w, "to-chip", n, wide * l->experts_active); /* each expert's row: they are weighted and added there */
    }
}

void tr_pass_host(const pass_work *w)
{
    pass_work host;
    if (tr_pass_host_side(w, &host, NULL) != TR_OK) /* it was, with the pass */
        return;
    tr_pass_stack(&host);
    crossings(&host);
}
