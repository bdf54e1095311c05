/* step/operators.c -- the operators of a pass on the busiest chip, each with its work. */
#include <tokenroof/operators.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/text.h"
#include "step/experts.h"
#include "step/op_work.h"
#include "step/terms.h"

const char *tr_op_class_name(tr_op_class op_class)
{
    static const char name[][20] = {"gemm",       "moe",   "decode-attention", "prefill-attention", "decode-mla",
                                    "prefill-mla", "index", "state",            "element",           "all-reduce",
                                    "all-gather", "all-to-all", "send"};
    return (int)op_class >= 0 && op_class < TR_OP_CLASS_COUNT ? name[op_class] : NULL;
}

static double larger(double a, double b) { return a > b ? a : b; }

void tr_op_emit(const op_work *w, tr_op *op)
{
    op->byte_per_s = w->system->chip.memory_byte_per_s;
    op->launch_count = 1.0;
    w->visit(w->context, w, op);
}

static void name_of(tr_op *op, const char *name) { (void)tr_text_copy(op->name, sizeof op->name, name); }

/* ---- matrices ---------------------------------------------------------------------- */

/* [R19] param parameters of a layer, each multiplied with m tokens; a chip has copy / tp of them. */
static void matrix(const op_work *w, int index, const char *name, double count, double param, double copy,
                   const op_part *part, double m, double n, double k)
{
    if (!(param != 0.0) || !(count > 0.0))
        return;
    const double tp = w->layout.tp_rank, mine = param * copy / tp;
    tr_op op = {.layer = index,
                .op_class = n > 1.0 ? TR_OP_GEMM : TR_OP_ELEMENT,
                .weight_dtype = part->weight_dtype,
                .math_dtype = part->math_dtype,
                .count = count,
                .m_row = m,
                .n_dim = n,
                .k_dim = k,
                .flop = 2.0 * m * mine,
                .weight_byte = mine * part->byte,
                .activation_byte = m * (n + k) * OP_ACTIVATION_BYTE,
                .flop_copy_count = copy,
                .weight_copy_count = copy * w->layout.dp_rank,
                .kv_copy_count = 1.0,
                .flop_per_s = part->flop_per_s};
    name_of(&op, name);
    tr_op_emit(w, &op);
}

/* Numbers beside the matrices: on every chip, for every token. */
static void vector(const op_work *w, int index, const char *name, double count, double param, const op_part *part)
{
    matrix(w, index, name, count, param, w->layout.tp_rank, part, w->token, 1.0, w->model->hidden);
}

/* ---- a layer's mixer ------------------------------------------------------------------ */

static double smaller(double a, double b) { return a < b ? a : b; }

/* Matrices of latent attention; what they leave of the mixer's parameters. */
static double latent(const op_work *w, int index)
{
    const tr_layer *l = &w->model->layer[index];
    const double tp = w->layout.tp_rank, n = l->layer_count, h = w->model->hidden;
    const double q_dim = l->heads * l->head_dim, row = l->kv_rank + l->rope_dim;
    const double kv_dim = l->heads * (l->head_dim - l->rope_dim + l->value_dim);
    const double q_in = l->q_rank > 0.0 ? l->q_rank : h;
    matrix(w, index, "q-down", n, h * l->q_rank, tp, &w->linear, w->token, l->q_rank, h);
    matrix(w, index, "kv-down", n, h * row, tp, &w->linear, w->token, row, h);
    matrix(w, index, "q-up", n, q_in * q_dim, 1.0, &w->linear, w->token, q_dim / tp, q_in);
    matrix(w, index, "kv-up", n, l->kv_rank * kv_dim, 1.0, &w->linear, w->token, kv_dim / tp, l->kv_rank);
    double left = l->mixer_param - h * (l->q_rank + row) - q_in * q_dim - l->kv_rank * kv_dim;
    if (l->index_heads > 0.0) {
        const double index_dim = l->index_heads * l->index_dim, beside = h * (l->index_dim + l->index_heads);
        matrix(w, index, "index-q", n, l->q_rank * index_dim, tp, &w->linear, w->token, index_dim, l->q_rank);
        matrix(w, index, "index-k", n, beside, tp, &w->linear, w->token, l->index_dim + l->index_heads, h);
        left -= l->q_rank * index_dim + beside;
    }
    return left;
}

/* Columns from the hidden state; KV heads that tp does not reach are copied. */
static double projections(const op_work *w, int index)
{
    const tr_layer *l = &w->model->layer[index];
    const double tp = w->layout.tp_rank, h = w->model->hidden;
    double copy = 1.0;
    if (l->mixer == TR_MIXER_ATTENTION && l->kv_heads > 0.0 && l->kv_heads < tp && l->in_dim > 0.0) {
        const double wide = l->kv_heads * (l->head_dim + l->value_dim);
        const double kv = smaller(wide, larger(l->in_dim - l->heads * l->head_dim, 0.0));
        copy = (l->in_dim - kv + kv * (tp / l->kv_heads)) / l->in_dim; /* [L8] */
    }
    matrix(w, index, l->mixer == TR_MIXER_ATTENTION ? "qkv" : "in", l->layer_count, h * l->in_dim, copy, &w->linear,
           w->token, l->in_dim * copy / tp, h);
    return l->mixer_param - h * l->in_dim;
}

static void mixer(const op_work *w, int index)
{
    const tr_layer *l = &w->model->layer[index];
    const double tp = w->layout.tp_rank, n = l->layer_count, h = w->model->hidden;
    const double first = l->out_rank > 0.0 ? l->out_dim * l->out_rank / larger(l->out_groups_count, 1.0) : 0.0;
    const double out = l->out_rank > 0.0 ? first + l->out_rank * h : l->out_dim * h;
    const double whole = l->mixer == TR_MIXER_MLA
                             ? h * (l->q_rank + l->kv_rank + l->rope_dim) + l->kv_rank * l->heads * l->value_dim
                             : h * l->in_dim;
    double left = l->mixer_param;
    /* A mixer whose shape says more than it has is one matrix of what it has. */
    if (l->mixer != TR_MIXER_NONE && whole + out <= l->mixer_param) {
        left = l->mixer == TR_MIXER_MLA ? latent(w, index) : projections(w, index);
        if (l->out_rank > 0.0) {
            matrix(w, index, "out-down", n, first, 1.0, &w->linear, w->token, l->out_rank / tp, l->out_dim);
            matrix(w, index, "out", n, l->out_rank * h, 1.0, &w->linear, w->token, h, l->out_rank / tp);
        } else {
            matrix(w, index, "out", n, out, 1.0, &w->linear, w->token, h, l->out_dim / tp);
        }
        left -= out;
    }
    /* Gates, short convolutions, biases: split as the heads are. */
    matrix(w, index, "mixer-rest", n, left, 1.0, &w->linear, w->token, left > h ? left / (tp * h) : 1.0, h);
}

/* ---- a layer's FFN ---------------------------------------------------------------------- */

static void ffn(const op_work *w, int index, const char *up, const char *down, double dim, double param)
{
    const tr_layer *l = &w->model->layer[index];
    const double tp = w->layout.tp_rank, n = l->layer_count, h = w->model->hidden;
    const double wide = (l->ffn_matrices - 1.0) * dim;
    if (dim > 0.0 && h * (wide + dim) <= param) {
        matrix(w, index, up, n, h * wide, 1.0, &w->linear, w->token, wide / tp, h);
        matrix(w, index, down, n, dim * h, 1.0, &w->linear, w->token, h, dim / tp);
        param -= h * (wide + dim);
    }
    matrix(w, index, "ffn-rest", n, param, 1.0, &w->linear, w->token, param > h ? param / (tp * h) : 1.0, h);
}

/* x^-s for s >= 0 by repeated roots, to 1/4096 in s. */
static double power_down(double x, double s)
{
    double product = 1.0, root = x, part = s;
    for (; part >= 1.0; part -= 1.0)
        product *= x;
    for (int i = 0; i < 12; i++) {
        root = sqrt(root);
        part *= 2.0;
        if (part >= 1.0) {
            product *= root;
            part -= 1.0;
        }
    }
    return 1.0 / product;
}

op_routed tr_op_routed(const op_work *w, const tr_layer *l, double group_token)
{
    const double ep = w->layout.ep_rank, skew = w->pass.routing_skew_ratio;
    op_routed r = {.slots = ceil(l->experts / ep), .load = 1.0};
    if (!(skew > 0.0) || l->experts_active >= l->experts) {
        r.touched = tr_expert_touched_share(w->roof.expert_idle_share, group_token);
        return r;
    }
    /* [R22] Experts by falling popularity, dealt to the ranks in turn: the first rank has the most of all. */
    double all = 0.0, load = 0.0, touched = 0.0;
    for (double i = 1.0; i <= l->experts; i += 1.0)
        all += power_down(i, skew);
    for (double i = 1.0; i <= l->experts; i += ep) {
        const double wanted = l->experts_active * power_down(i, skew) / all;
        const double chance = smaller(wanted, 1.0);
        load += chance;
        touched += tr_expert_touched_share(1.0 - chance, group_token);
    }
    r.load = larger(load * ep / l->experts_active, 1.0);
    r.touched = touched / r.slots;
    return r;
}

/* [R21] Routed experts: every rank's tokens meet the experts of this chip. */
static void experts(const op_work *w, int index)
{
    const tr_layer *l = &w->model->layer[index];
    const tr_layout *layout = &w->layout;
    const double group = layout->tp_rank * layout->dp_rank, ep = layout->ep_rank, slices = group / ep;
    const double group_token = w->token * layout->dp_rank, each = l->routed_param / l->experts;
    const op_routed r = tr_op_routed(w, l, group_token);
    tr_op op = {.layer = index,
                .op_class = TR_OP_MOE,
                .weight_dtype = w->routed.weight_dtype,
                .math_dtype = w->routed.math_dtype,
                .count = l->layer_count,
                .m_row = group_token * l->experts_active / ep * r.load,
                .n_dim = l->expert_dim / slices,
                .k_dim = l->expert_in_dim,
                .experts = r.slots,
                .touched_count = r.slots * r.touched,
                .flop = 2.0 * group_token * (each * l->experts_active) / group * r.load,
                .weight_byte = r.slots * each * w->routed.byte * r.touched / slices,
                .flop_copy_count = 1.0,
                .weight_copy_count = r.slots * ep / l->experts,
                .kv_copy_count = 1.0,
                .flop_per_s = w->routed.flop_per_s};
    op.activation_byte = op.m_row * 2.0 * l->expert_in_dim * OP_ACTIVATION_BYTE;
    name_of(&op, "experts");
    tr_op_emit(w, &op);
}

/* ---- links ------------------------------------------------------------------------------- */

static void collective(const op_work *w, int index, const char *name, tr_op_class op_class, double count,
                       double group, double message_byte)
{
    tr_collective c;
    if (!(count > 0.0) ||
        tr_collective_of(w->system, tr_op_collective_kind(op_class), group, message_byte, &c, NULL) != TR_OK)
        return;
    tr_op op = {.layer = index,
                .op_class = op_class,
                .weight_dtype = TR_DTYPE_BF16,
                .math_dtype = TR_DTYPE_BF16,
                .count = count,
                .m_row = w->token,
                .group_chip = group,
                .message_byte = message_byte,
                .scaleout = c.scaleout,
                .link_byte = c.link_byte,
                .flop_copy_count = 1.0,
                .weight_copy_count = 1.0,
                .kv_copy_count = 1.0,
                .flop_per_s = w->attention.flop_per_s};
    name_of(&op, name);
    tr_op_emit(w, &op);
}

/* [R23] Two sums a layer under tp; under dp the experts' tokens go out and come back. */
static void links(const op_work *w, int index)
{
    const tr_layer *l = &w->model->layer[index];
    const tr_layout *layout = &w->layout;
    const double tp = layout->tp_rank, dp = layout->dp_rank, ep = layout->ep_rank, n = l->layer_count;
    const double row = w->model->hidden * OP_ACTIVATION_BYTE;
    const int has_ffn = l->dense_param > 0.0 || l->experts > 0.0, spread = l->experts > 0.0 && dp > 1.0;
    if (tp > 1.0 && l->mixer != TR_MIXER_NONE)
        collective(w, index, "mixer-sum", TR_OP_ALL_REDUCE, n, tp, w->token * row);
    if (tp > 1.0 && has_ffn && (!spread || l->dense_param > 0.0 || l->shared_param > 0.0))
        collective(w, index, "ffn-sum", TR_OP_ALL_REDUCE, n, tp, w->token * row);
    if (!spread)
        return;
    /* Out in FP8 where the experts multiply in FP8 or below, back in BF16. */
    const double width = l->expert_in_dim > 0.0 ? l->expert_in_dim : w->model->hidden;
    const double out = width * smaller(larger(tr_dtype_byte(w->routed.math_dtype), 1.0), OP_ACTIVATION_BYTE);
    const double back = width * OP_ACTIVATION_BYTE;
    if (ep > 1.0) {
        /* Other groups that a token's k experts lie in, each sent one copy: (G - 1) (1 - (1 - 1/G)^k). */
        const double ranks = (ep - 1.0) * tr_expert_touched_share((ep - 1.0) / ep, l->experts_active);
        const double rows = w->token / tp * ranks * (tp * dp / ep);
        collective(w, index, "dispatch", TR_OP_ALL_TO_ALL, n, tp * dp, rows * out);
        collective(w, index, "combine", TR_OP_ALL_TO_ALL, n, tp * dp, rows * back);
    } else {
        collective(w, index, "gather", TR_OP_ALL_GATHER, n, tp * dp, w->token * dp * out);
        collective(w, index, "scatter", TR_OP_ALL_GATHER, n, tp * dp, w->token * dp * back);
    }
}

/* ---- the pass ------------------------------------------------------------------------------ */

/* What no layer has: the head, what stands outside, and all of a model without layers. */
static void outside(const op_work *w)
{
    const tr_model *m = w->model;
    const double tp = w->layout.tp_rank, head = m->tied ? m->embedding_param : m->head_param;
    double multiply = m->multiply_param - head, stream = m->stream_param - head;
    for (int i = 0; i < m->layer_kinds; i++) {
        const tr_layer *l = &m->layer[i];
        const double fixed = l->mixer_param + l->norm_param + l->dense_param + l->shared_param + l->router_param;
        const double share = l->experts > 0.0 ? l->experts_active / l->experts : 0.0;
        stream -= l->layer_count * (fixed + l->routed_param);
        multiply -= l->layer_count * (fixed + l->routed_param * share);
    }
    if (m->layer_kinds == 0) {
        tr_op op = {.layer = -1, .op_class = TR_OP_GEMM, .count = 1.0, .m_row = w->token, .n_dim = 1.0, .k_dim = 1.0,
                    .weight_dtype = w->linear.weight_dtype, .math_dtype = w->linear.math_dtype,
                    .flop = 2.0 * w->token * multiply / tp,
                    .weight_byte = (w->roof.fixed_weight_byte +
                                    w->roof.routed_weight_byte *
                                        tr_expert_touched_share(w->roof.expert_idle_share, w->token)) / tp,
                    .flop_copy_count = 1.0, .weight_copy_count = w->layout.dp_rank, .kv_copy_count = 1.0,
                    .flop_per_s = w->linear.flop_per_s};
        name_of(&op, "weights");
        tr_op_emit(w, &op);
    } else {
        /* Norms at the end; and what a model multiplies or reads besides its layers. */
        tr_op op = {.layer = -1, .op_class = TR_OP_ELEMENT, .count = 1.0, .m_row = w->token, .n_dim = 1.0,
                    .k_dim = m->hidden, .weight_dtype = w->other.weight_dtype, .math_dtype = w->other.math_dtype,
                    .flop = 2.0 * w->token * larger(multiply, 0.0),
                    .weight_byte = larger(stream, 0.0) * w->other.byte,
                    .activation_byte = 2.0 * w->token * m->hidden * OP_ACTIVATION_BYTE,
                    .flop_copy_count = tp, .weight_copy_count = tp * w->layout.dp_rank, .kv_copy_count = 1.0,
                    .flop_per_s = w->other.flop_per_s};
        name_of(&op, "final");
        tr_op_emit(w, &op);
    }
    matrix(w, -1, "head", 1.0, head, 1.0, &w->other, w->head_token, m->vocab / tp, m->hidden);
    /* [R24] A hop for each cut. */
    if (w->layout.pp_rank > 1.0)
        collective(w, -1, "stage", TR_OP_SEND, w->layout.pp_rank - 1.0, 2.0 * tp * w->layout.dp_rank,
                   w->token * m->hidden * OP_ACTIVATION_BYTE / tp);
}

void tr_op_walk(op_work *w, op_visit visit, void *context)
{
    w->visit = visit;
    w->context = context;
    for (int i = 0; i < w->model->layer_kinds; i++) {
        const tr_layer *l = &w->model->layer[i];
        vector(w, i, "norm", l->layer_count, l->norm_param, &w->other);
        mixer(w, i);
        tr_op_attention(w, i);
        ffn(w, i, "ffn-up", "ffn-down", l->dense_dim, l->dense_param);
        if (l->experts > 0.0) {
            matrix(w, i, "router", l->layer_count, l->router_param, w->layout.tp_rank, &w->other, w->token, l->experts,
                   w->model->hidden);
            ffn(w, i, "shared-up", "shared-down", l->shared_dim, l->shared_param);
            experts(w, i);
        } else {
            ffn(w, i, "shared-up", "shared-down", l->shared_dim, l->shared_param);
            vector(w, i, "router", l->layer_count, l->router_param, &w->other);
        }
        links(w, i);
    }
    if (w->model->layer_kinds == 0)
        tr_op_attention(w, -1);
    outside(w);
}

typedef struct collected {
    tr_op *ops;
    size_t capacity, count;
} collected;

static void collect(void *context, const op_work *work, const tr_op *op)
{
    collected *c = context;
    (void)work;
    if (c->count < c->capacity)
        c->ops[c->count] = *op;
    c->count++;
}

tr_status tr_operator_list(const tr_model *model, const tr_system *system, const tr_layout *layout,
                           const tr_dtypes *dtypes, const tr_pass *pass, tr_op *ops, size_t capacity, size_t *count,
                           tr_error *err)
{
    op_work w;
    if (count == NULL || (ops == NULL && capacity > 0))
        return tr_fail(err, TR_EMISSING, "ops", 0.0, "expected a place for the operators and their count");
    tr_status s = tr_op_work_of(model, system, layout, dtypes, &w, err);
    if (s == TR_OK)
        s = tr_op_work_pass(&w, pass, err);
    if (s != TR_OK)
        return s;
    collected c = {ops, capacity, 0};
    tr_op_walk(&w, collect, &c);
    *count = c.count;
    if (c.count > capacity)
        return tr_fail(err, TR_ECAPACITY, "ops", (double)c.count, "the pass has %zu operators, room is for %zu",
                       c.count, capacity);
    return TR_OK;
}
