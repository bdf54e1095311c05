/* pass/layer.c -- the matrices of a pass, layer by layer. */
#include <math.h>

#include "base/extreme.h"
#include "model/build.h"
#include "pass/work.h"
#include "shard/split.h"

/* ---- matrices ---------------------------------------------------------------------- */

/* [R19] param parameters, each multiplied with every token of `grows`; a chip has copy / tp of them. */
static void matrix(const pass_work *w, int layer, const char *name, double param, double copy, tr_part part, double n,
                   double k)
{
    const double count = layer >= 0 ? tr_pass_layer_at(w, layer)->layer_count : 1.0;
    if (!(param != 0.0) || !(count > 0.0))
        return;
    const tr_grows grows = part == TR_PART_HEAD ? TR_GROWS_HEAD_TOKEN : TR_GROWS_TOKEN;
    const pass_part *p = &w->part[part];
    const double m = tr_pass_work_amount(w, grows), mine = param * copy / w->layout.tp_rank;
    tr_op op = {.layer = layer,
                .op_class = n > 1.0 ? TR_OP_GEMM : TR_OP_ELEMENT,
                .grows = grows,
                .weight_dtype = p->weight_dtype,
                .math_dtype = p->math_dtype,
                .count = count,
                .m_row = m,
                .n_dim = n,
                .k_dim = k,
                .flop = 2.0 * m * mine,
                .weight_byte = m > 0.0 ? mine * p->byte : 0.0,
                .activation_byte = m * (n + k) * PASS_ACTIVATION_BYTE,
                .flop_copy_count = copy,
                .weight_copy_count = copy * w->layout.dp_rank,
                .kv_copy_count = 1.0,
                .flop_per_s = p->flop_per_s};
    tr_pass_emit(w, &op, name);
}

/* Numbers beside the matrices: on every chip, for every token. */
static void vector(const pass_work *w, int layer, const char *name, double param)
{
    matrix(w, layer, name, param, w->layout.tp_rank, TR_PART_OTHER, 1.0, w->model->hidden);
}

/* What has no shape of its own is split as the heads are. */
static void rest(const pass_work *w, int layer, const char *name, double param, tr_part part)
{
    const double h = w->model->hidden;
    matrix(w, layer, name, param, 1.0, part, param > h ? param / (w->layout.tp_rank * h) : 1.0, h);
}

/* ---- a layer's mixer ------------------------------------------------------------------ */

/* Matrices of latent attention; what they leave of the mixer's parameters. */
static double latent(const pass_work *w, int layer)
{
    const tr_layer *l = tr_pass_layer_at(w, layer);
    const double tp = w->layout.tp_rank, h = w->model->hidden;
    const double q_dim = l->heads * l->head_dim, row = l->kv_rank + l->rope_dim;
    const double kv_dim = l->heads * (l->head_dim - l->rope_dim + l->value_dim);
    const double q_in = l->q_rank > 0.0 ? l->q_rank : h;
    matrix(w, layer, "q-down", h * l->q_rank, tp, TR_PART_MIXER, l->q_rank, h);
    matrix(w, layer, "kv-down", h * row, tp, TR_PART_MIXER, row, h);
    matrix(w, layer, "q-up", q_in * q_dim, 1.0, TR_PART_MIXER, q_dim / tp, q_in);
    matrix(w, layer, "kv-up", l->kv_rank * kv_dim, 1.0, TR_PART_MIXER, kv_dim / tp, l->kv_rank);
    double left = l->mixer_param - h * (l->q_rank + row) - q_in * q_dim - l->kv_rank * kv_dim;
    if (l->index_heads > 0.0) {
        const double index_dim = l->index_heads * l->index_dim, beside = h * (l->index_dim + l->index_heads);
        matrix(w, layer, "index-q", l->q_rank * index_dim, tp, TR_PART_MIXER, index_dim, l->q_rank);
        matrix(w, layer, "index-k", beside, tp, TR_PART_MIXER, l->index_dim + l->index_heads, h);
        left -= l->q_rank * index_dim + beside;
    }
    return left;
}

/* Columns from the hidden state; KV heads that tp does not reach are copied. */
static double projections(const pass_work *w, int layer)
{
    const tr_layer *l = tr_pass_layer_at(w, layer);
    const double h = w->model->hidden, copy = tr_split_projection_copy(l, w->layout.tp_rank);
    matrix(w, layer, l->mixer == TR_MIXER_ATTENTION ? "qkv" : "in", h * l->in_dim, copy, TR_PART_MIXER,
           l->in_dim * copy / w->layout.tp_rank, h);
    return l->mixer_param - h * l->in_dim;
}

static void mixer(const pass_work *w, int layer)
{
    const tr_layer *l = tr_pass_layer_at(w, layer);
    const double tp = w->layout.tp_rank, h = w->model->hidden;
    double first, left = l->mixer_param;
    const double out = tr_split_out_param(l, h, &first);
    if (tr_split_mixer_known(l, h)) {
        left = l->mixer == TR_MIXER_MLA ? latent(w, layer) : projections(w, layer);
        if (l->out_rank > 0.0) {
            matrix(w, layer, "out-down", first, 1.0, TR_PART_MIXER, l->out_rank / tp, l->out_dim);
            matrix(w, layer, "out", l->out_rank * h, 1.0, TR_PART_MIXER, h, l->out_rank / tp);
        } else {
            matrix(w, layer, "out", out, 1.0, TR_PART_MIXER, h, l->out_dim / tp);
        }
        left -= out;
    }
    rest(w, layer, "mixer-rest", left, TR_PART_MIXER); /* gates, short convolutions, biases */
}

/* ---- a layer's FFN ---------------------------------------------------------------------- */

static void ffn(const pass_work *w, int layer, const char *up, const char *down, double dim, double param, tr_part part)
{
    const tr_layer *l = tr_pass_layer_at(w, layer);
    const double tp = w->layout.tp_rank, h = w->model->hidden, wide = (l->ffn_matrices - 1.0) * dim;
    if (dim > 0.0 && h * (wide + dim) <= param) {
        matrix(w, layer, up, h * wide, 1.0, part, wide / tp, h);
        matrix(w, layer, down, dim * h, 1.0, part, h, dim / tp);
        param -= h * (wide + dim);
    }
    rest(w, layer, "ffn-rest", param, part);
}

/* ---- what no layer has ---------------------------------------------------------------------- */

/* A model of numbers alone: all its weights are one matrix. */
static void numbers(const pass_work *w)
{
    const tr_model *m = w->model;
    const double chips = w->layout.tp_rank;
    const pass_part *p = &w->part[TR_PART_DENSE];
    tr_op op = {.layer = -1, .op_class = TR_OP_GEMM, .grows = TR_GROWS_TOKEN, .count = 1.0, .m_row = w->token,
                .n_dim = 1.0, .k_dim = 1.0, .weight_dtype = p->weight_dtype, .math_dtype = p->math_dtype,
                .flop = 2.0 * w->token * m->multiply_param / chips, .weight_byte = m->stream_param * p->byte / chips,
                .flop_copy_count = 1.0, .weight_copy_count = w->layout.dp_rank, .kv_copy_count = 1.0,
                .flop_per_s = p->flop_per_s};
    tr_pass_emit(w, &op, "weights");
}

/* Norms at the end; and what a model multiplies or reads besides its layers and its head. */
static void final(const pass_work *w, double head)
{
    const tr_model *m = w->model;
    const double tp = w->layout.tp_rank;
    const pass_part *p = &w->part[TR_PART_OTHER];
    double multiply = m->multiply_param - head, stream = m->stream_param - head;
    for (int i = 0; i < m->layer_kinds; i++) {
        const tr_layer *l = &m->layer[i];
        const double fixed = l->mixer_param + l->norm_param + l->dense_param + l->shared_param + l->router_param;
        const double share = l->experts > 0.0 ? l->experts_active / l->experts : 0.0;
        stream -= l->layer_count * (fixed + l->routed_param);
        multiply -= l->layer_count * (fixed + l->routed_param * share);
    }
    tr_op op = {.layer = -1, .op_class = TR_OP_ELEMENT, .grows = TR_GROWS_TOKEN, .count = 1.0, .m_row = w->token,
                .n_dim = 1.0, .k_dim = m->hidden, .weight_dtype = p->weight_dtype, .math_dtype = p->math_dtype,
                .flop = 2.0 * w->token * larger(multiply, 0.0), .weight_byte = larger(stream, 0.0) * p->byte,
                .activation_byte = 2.0 * w->token * m->hidden * PASS_ACTIVATION_BYTE, .flop_copy_count = tp,
                .weight_copy_count = tp * w->layout.dp_rank, .kv_copy_count = 1.0, .flop_per_s = p->flop_per_s};
    tr_pass_emit(w, &op, "final");
}

/* ---- a layer, and all of them --------------------------------------------------------------- */

/* All operators of one. */
static void whole_layer(const pass_work *w, int i)
{
    const tr_layer *l = tr_pass_layer_at(w, i);
    vector(w, i, "norm", l->norm_param);
    mixer(w, i);
    tr_pass_attention(w, i);
    ffn(w, i, "ffn-up", "ffn-down", l->dense_dim, l->dense_param, TR_PART_DENSE);
    if (l->experts > 0.0)
        matrix(w, i, "router", l->router_param, w->layout.tp_rank, TR_PART_OTHER, l->experts, w->model->hidden);
    else
        vector(w, i, "router", l->router_param);
    ffn(w, i, "shared-up", "shared-down", l->shared_dim, l->shared_param, TR_PART_SHARED);
    tr_pass_experts(w, i);
    tr_pass_links(w, i);
}

void tr_pass_stack(const pass_work *w)
{
    const tr_model *m = w->model;
    const double head = m->tied ? m->embedding_param : m->head_param;
    if (m->layer_kinds == 0) {
        tr_pass_attention(w, -1);
        numbers(w);
        return;
    }
    for (int i = 0; i < m->layer_kinds; i++)
        whole_layer(w, i);
    final(w, head);
    matrix(w, -1, "head", head, 1.0, TR_PART_HEAD, m->vocab / w->layout.tp_rank, m->hidden);
}

/* [R29] A prediction layer, what joins two states before it, and the model's head. */
void tr_pass_predict(const pass_work *w)
{
    const tr_model *m = w->model;
    const double head = m->tied ? m->embedding_param : m->head_param;
    rest(w, m->layer_kinds, "join", m->mtp_param / m->mtp_layers - tr_layer_param(&m->mtp_layer), TR_PART_MIXER);
    whole_layer(w, m->layer_kinds);
    matrix(w, -1, "head", head, 1.0, TR_PART_HEAD, m->vocab / w->layout.tp_rank, m->hidden);
}
