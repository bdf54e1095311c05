/* fit/form_kernel.c -- tables of kernels: multiplies, attention, experts, elementwise, each with the least it
 * can do. */
#include <math.h>
#include <string.h>

#include "base/text.h"
#include "fit/form.h"
#include "fit/kernel_time.h"

/* Both chips and names of a kernel's row. */
static tr_status emit(tr_record *r, tr_measured *row, double measured_s)
{
    row->metric = TR_METRIC_KERNEL;
    row->measured_s = measured_s;
    row->system = tr_names_system(r->names, row->system_name, 1);
    if (row->system == NULL)
        return tr_record_skip(r, "a chip that is not in the catalog");
    return tr_record_measured(r, row);
}

static int positive(double a, double b, double c) { return a >= 1 && b >= 1 && c >= 1 && a * b * c <= 1e30; }

/* ---- multiplies -------------------------------------------------------------------- */

enum {
    GEMM_SYSTEM,
    GEMM_DTYPE,
    GEMM_M,
    GEMM_N,
    GEMM_K,
    GEMM_LATENCY,
    GEMM_BACKEND,
    GEMM_VERSION,
    GEMM_SOURCE
};

static tr_status read_gemm(tr_record *r)
{
    tr_measured row = {.system_name = tr_record_text(r, GEMM_SYSTEM),
                       .engine = tr_record_text(r, GEMM_BACKEND),
                       .version = tr_record_text(r, GEMM_VERSION),
                       .precision = tr_record_text(r, GEMM_DTYPE)};
    tr_kernel *kernel = &row.kernel;
    kernel->kind = TR_KERNEL_GEMM;
    (void)tr_text_copy(kernel->source, sizeof kernel->source, tr_record_text(r, GEMM_SOURCE));
    kernel->m = tr_record_number(r, GEMM_M, 0);
    kernel->n = tr_record_number(r, GEMM_N, 0);
    kernel->k = tr_record_number(r, GEMM_K, 0);
    kernel->weight_dtype = tr_names_dtype(row.precision);
    if (kernel->weight_dtype == TR_DTYPE_NATIVE)
        return tr_record_skip(r, "a number format that is not known");
    const int weight_only = tr_text_holds(row.precision, "_wo") || kernel->weight_dtype == TR_DTYPE_INT4;
    kernel->math_dtype = weight_only ? TR_DTYPE_BF16 : kernel->weight_dtype;
    kernel->quantised = kernel->math_dtype == TR_DTYPE_FP8 || kernel->math_dtype == TR_DTYPE_FP4;
    if (!positive(kernel->m, kernel->n, kernel->k))
        return tr_record_skip(r, "no shape");
    kernel_gemm_work(kernel);
    return emit(r, &row, tr_record_number(r, GEMM_LATENCY, 0) * 1e-6);
}

/* ---- attention --------------------------------------------------------------------- */

enum {
    ATT_SYSTEM,
    ATT_BATCH,
    ATT_HEADS,
    ATT_KV_HEADS,
    ATT_DIM,
    ATT_LATENCY,
    ATT_LENGTH,
    ATT_DTYPE,
    ATT_KV_DTYPE,
    ATT_WINDOW,
    ATT_BACKEND,
    ATT_VERSION
};

static tr_status attention_row(tr_record *r, tr_measured *row)
{
    tr_kernel *kernel = &row->kernel;
    kernel->batch_seq = tr_record_number(r, ATT_BATCH, 0);
    kernel->heads = tr_record_number(r, ATT_HEADS, 0);
    kernel->kv_heads = tr_record_number(r, ATT_KV_HEADS, 0);
    kernel->head_dim = tr_record_number(r, ATT_DIM, 0);
    kernel->window_token = tr_record_number(r, ATT_WINDOW, 0);
    kernel->math_dtype = tr_names_dtype(tr_record_text(r, ATT_DTYPE));
    kernel->kv_dtype = tr_names_dtype(tr_record_text(r, ATT_KV_DTYPE));
    kernel->weight_dtype = kernel->kv_dtype;
    return kernel->math_dtype == TR_DTYPE_NATIVE || kernel->kv_dtype == TR_DTYPE_NATIVE ? TR_EUNKNOWN : TR_OK;
}

static tr_status read_decode_attention(tr_record *r)
{
    tr_measured row = {.system_name = tr_record_text(r, ATT_SYSTEM),
                       .engine = tr_record_text(r, ATT_BACKEND),
                       .version = tr_record_text(r, ATT_VERSION),
                       .precision = tr_record_text(r, ATT_KV_DTYPE)};
    tr_kernel *kernel = &row.kernel;
    kernel->kind = TR_KERNEL_DECODE_ATTENTION;
    if (attention_row(r, &row) != TR_OK)
        return tr_record_skip(r, "a number format that is not known");
    kernel->query_token = 1;
    kernel->context_token = tr_record_number(r, ATT_LENGTH, 0);
    if (kernel->window_token > 0 && kernel->window_token < kernel->context_token)
        kernel->context_token = kernel->window_token;
    if (!positive(kernel->batch_seq, kernel->heads, kernel->context_token) || !(kernel->kv_heads >= 1))
        return tr_record_skip(r, "no shape");
    const double pair = kernel->batch_seq * kernel->context_token;
    kernel->flop = 4 * pair * kernel->heads * kernel->head_dim;
    kernel->kv_byte = 2 * pair * kernel->kv_heads * kernel->head_dim * tr_dtype_byte(kernel->kv_dtype);
    kernel->activation_byte = 2 * kernel->batch_seq * kernel->heads * kernel->head_dim * 2;
    return emit(r, &row, tr_record_number(r, ATT_LATENCY, 0) * 1e-6);
}

/* Query-key pairs of a causal pass over length tokens that sees at most window of them (0: all). */
static double causal_pairs(double length, double window)
{
    const double all = length * (length + 1) / 2;
    if (!(window > 0) || window >= length)
        return all;
    const double before = length - window; /* each of these rows is cut to the window */
    return window * (window + 1) / 2 + before * window;
}

static tr_status read_prefill_attention(tr_record *r)
{
    tr_measured row = {.system_name = tr_record_text(r, ATT_SYSTEM),
                       .engine = tr_record_text(r, ATT_BACKEND),
                       .version = tr_record_text(r, ATT_VERSION),
                       .precision = tr_record_text(r, ATT_DTYPE)};
    tr_kernel *kernel = &row.kernel;
    kernel->kind = TR_KERNEL_PREFILL_ATTENTION;
    if (attention_row(r, &row) != TR_OK)
        return tr_record_skip(r, "a number format that is not known");
    kernel->query_token = tr_record_number(r, ATT_LENGTH, 0);
    if (!positive(kernel->batch_seq, kernel->heads, kernel->query_token) || !(kernel->kv_heads >= 1))
        return tr_record_skip(r, "no shape");
    const double token = kernel->batch_seq * kernel->query_token;
    const double pair =
        kernel->batch_seq * causal_pairs(kernel->query_token, kernel->window_token);
    kernel->flop = 4 * pair * kernel->heads * kernel->head_dim;
    kernel->kv_byte = 2 * token * kernel->kv_heads * kernel->head_dim * tr_dtype_byte(kernel->kv_dtype);
    kernel->activation_byte =
        2 * token * kernel->heads * kernel->head_dim * tr_dtype_byte(kernel->math_dtype);
    return emit(r, &row, tr_record_number(r, ATT_LATENCY, 0) * 1e-6);
}

/* ---- multi-head latent attention of DeepSeek-V3's shape ------------------------------ */

enum {
    MLA_SYSTEM,
    MLA_TABLE,
    MLA_HEADS,
    MLA_BATCH,
    MLA_ISL,
    MLA_STEP,
    MLA_LATENCY,
    MLA_DTYPE,
    MLA_KV_DTYPE,
    MLA_GEMM,
    MLA_BACKEND,
    MLA_VERSION
};

static tr_status read_mla(tr_record *r)
{
    tr_measured row = {.system_name = tr_record_text(r, MLA_SYSTEM),
                       .engine = tr_record_text(r, MLA_BACKEND),
                       .version = tr_record_text(r, MLA_VERSION),
                       .precision = tr_record_text(r, MLA_KV_DTYPE)};
    tr_kernel *kernel = &row.kernel;
    const char *table = tr_record_text(r, MLA_TABLE);
    const int decode = tr_text_holds(table, "generation");
    const int module = tr_text_holds(table, "module");
    const tr_model *shape = tr_names_model(r->names, "deepseek-v3");
    const tr_layer *layer = shape == NULL ? NULL : &shape->layer[0];
    if (layer == NULL)
        return tr_record_skip(r, "the catalog has no deepseek-v3 to take the shape from");
    const double isl = tr_record_number(r, MLA_ISL, 0), step = tr_record_number(r, MLA_STEP, 0);
    kernel->kind = decode ? TR_KERNEL_DECODE_MLA : TR_KERNEL_PREFILL_MLA;
    (void)tr_text_copy(kernel->source, sizeof kernel->source, table);
    kernel->batch_seq = tr_record_number(r, MLA_BATCH, 0);
    kernel->heads = tr_record_number(r, MLA_HEADS, 0);
    kernel->kv_heads = 1;
    kernel->head_dim = layer->head_dim;
    kernel->query_token = decode ? 1 : isl;
    kernel->context_token = decode ? isl + step : step;
    kernel->math_dtype = tr_names_dtype(tr_record_text(r, MLA_DTYPE));
    kernel->kv_dtype = tr_names_dtype(tr_record_text(r, MLA_KV_DTYPE));
    kernel->weight_dtype = module ? tr_names_dtype(tr_record_text(r, MLA_GEMM)) : kernel->math_dtype;
    if (kernel->math_dtype == TR_DTYPE_NATIVE || kernel->kv_dtype == TR_DTYPE_NATIVE)
        return tr_record_skip(r, "a number format that is not known");
    if (!positive(kernel->batch_seq, kernel->heads, kernel->query_token) || !(kernel->context_token >= 0))
        return tr_record_skip(r, "no shape");
    /* A latent kept in FP8 is multiplied in FP8 where decoding. */
    if (decode && kernel->kv_dtype == TR_DTYPE_FP8)
        kernel->math_dtype = TR_DTYPE_FP8;
    const double latent = layer->kv_rank + layer->rope_dim;
    const double token = kernel->batch_seq * kernel->query_token;
    if (decode) { /* scores and values against the latent itself */
        const double pair = kernel->batch_seq * kernel->context_token;
        kernel->flop = 2 * pair * kernel->heads * (latent + layer->kv_rank);
        kernel->kv_byte = pair * latent * tr_dtype_byte(kernel->kv_dtype);
    } else { /* expanded heads */
        const double pair = token * kernel->context_token + kernel->batch_seq * causal_pairs(isl, 0);
        kernel->flop = 2 * pair * kernel->heads * (layer->head_dim + layer->value_dim);
        kernel->kv_byte =
            (token + kernel->batch_seq * kernel->context_token) * latent * tr_dtype_byte(kernel->kv_dtype);
    }
    if (module) { /* the projections around it; heads are split, the latents are not */
        const double weight =
            shape->hidden * (layer->q_rank + latent) + layer->q_rank * kernel->heads * layer->head_dim +
            layer->kv_rank * kernel->heads * (layer->head_dim - layer->rope_dim + layer->value_dim) +
            kernel->heads * layer->value_dim * shape->hidden;
        kernel->flop += 2 * token * weight;
        kernel->weight_byte = weight * tr_dtype_byte(kernel->weight_dtype);
    }
    return emit(r, &row, tr_record_number(r, MLA_LATENCY, 0) * 1e-6);
}

/* ---- routed experts on one rank ------------------------------------------------------ */

enum {
    MOE_SYSTEM,
    MOE_TOKENS,
    MOE_HIDDEN,
    MOE_INNER,
    MOE_TOPK,
    MOE_EXPERTS,
    MOE_LATENCY,
    MOE_TP,
    MOE_EP,
    MOE_DTYPE,
    MOE_DISTRIBUTION,
    MOE_SOURCE,
    MOE_BACKEND,
    MOE_VERSION
};

static tr_status read_moe(tr_record *r)
{
    tr_measured row = {.system_name = tr_record_text(r, MOE_SYSTEM),
                       .engine = tr_record_text(r, MOE_BACKEND),
                       .version = tr_record_text(r, MOE_VERSION),
                       .precision = tr_record_text(r, MOE_DTYPE)};
    tr_kernel *kernel = &row.kernel;
    const char *distribution = tr_record_text(r, MOE_DISTRIBUTION);
    kernel->kind = TR_KERNEL_MOE;
    (void)tr_text_copy(kernel->source, sizeof kernel->source, tr_record_text(r, MOE_SOURCE));
    kernel->m = tr_record_number(r, MOE_TOKENS, 0);
    kernel->hidden = tr_record_number(r, MOE_HIDDEN, 0);
    kernel->inner = tr_record_number(r, MOE_INNER, 0);
    kernel->experts = tr_record_number(r, MOE_EXPERTS, 0);
    kernel->experts_active = tr_record_number(r, MOE_TOPK, 0);
    kernel->expert_tp = tr_record_number(r, MOE_TP, 1);
    kernel->expert_ep = tr_record_number(r, MOE_EP, 1);
    kernel->weight_dtype = tr_names_dtype(row.precision);
    kernel->math_dtype =
        kernel->weight_dtype == TR_DTYPE_FP4 && tr_text_holds(row.precision, "a16")  ? TR_DTYPE_BF16
        : kernel->weight_dtype == TR_DTYPE_FP4 && tr_text_holds(row.precision, "a8") ? TR_DTYPE_FP8
                                                                                     : kernel->weight_dtype;
    if (kernel->weight_dtype == TR_DTYPE_NATIVE)
        return tr_record_skip(r, "a number format that is not known");
    if (!positive(kernel->m, kernel->hidden, kernel->inner) ||
        !positive(kernel->experts, kernel->experts_active, kernel->expert_tp) || !(kernel->expert_ep >= 1) ||
        kernel->experts_active > kernel->experts)
        return tr_record_skip(r, "no shape");
    if (tr_text_starts(distribution, "power_law_") &&
        tr_quantity_parse(distribution + strlen("power_law_"), TR_UNIT_NONE, &kernel->skew, NULL) != TR_OK)
        return tr_record_skip(r, "an unknown routing");
    const double matrices = tr_text_holds(kernel->source, "nongated") ? 2 : 3;
    const double expert_param = matrices * kernel->hidden * kernel->inner / kernel->expert_tp;
    const double row_token = kernel->m * kernel->experts_active / kernel->expert_ep; /* of an average rank */
    /* A skewed router touches fewer experts than an even one: at least those of one token. */
    const double share =
        kernel->skew > 0 ? kernel->experts_active / kernel->experts
                         : tr_expert_touched_share(1 - kernel->experts_active / kernel->experts, kernel->m);
    kernel->flop = 2 * row_token * expert_param;
    kernel->weight_byte =
        share * (kernel->experts / kernel->expert_ep) * expert_param * tr_dtype_byte(kernel->weight_dtype);
    kernel->activation_byte = row_token * kernel->hidden * tr_dtype_byte(kernel->math_dtype);
    return emit(r, &row, tr_record_number(r, MOE_LATENCY, 0) * 1e-6);
}

/* ---- A100 layers, operator by operator ------------------------------------------------ */

enum {
    LAYER_DEVICE,
    LAYER_OP,
    LAYER_TP,
    LAYER_TOKENS,
    LAYER_HEADS,
    LAYER_KV_HEADS,
    LAYER_HIDDEN,
    LAYER_INNER,
    LAYER_GATED,
    LAYER_MEDIAN,
    LAYER_MODEL
};

/* read_count rows of width elements become one, 2 bytes an element. */
static void element_work(tr_kernel *kernel, double width, double read_count)
{
    kernel->kind = TR_KERNEL_ELEMENT;
    kernel->n = width;
    kernel->activation_byte = (read_count + 1) * kernel->m * width * 2;
}

static tr_status read_layer(tr_record *r)
{
    tr_measured row = {.system_name = tr_record_text(r, LAYER_DEVICE),
                       .model_name = tr_record_text(r, LAYER_MODEL),
                       .precision = "bf16"};
    tr_kernel *kernel = &row.kernel;
    const char *op = tr_record_text(r, LAYER_OP);
    const double tp = tr_record_number(r, LAYER_TP, 1), heads = tr_record_number(r, LAYER_HEADS, 0);
    const double kv_heads = tr_record_number(r, LAYER_KV_HEADS, 0),
                 hidden = tr_record_number(r, LAYER_HIDDEN, 0);
    const double inner = tr_record_number(r, LAYER_INNER, 0);
    const double head_dim = hidden / heads;
    const double gates = tr_text_same(tr_record_text(r, LAYER_GATED), "true") ? 2 : 1;
    (void)tr_text_copy(kernel->source, sizeof kernel->source, op);
    kernel->m = tr_record_number(r, LAYER_TOKENS, 0);
    if (!positive(kernel->m, heads, hidden) || !positive(kv_heads, inner, tp))
        return tr_record_skip(r, "no shape");
    kernel->weight_dtype = kernel->math_dtype = TR_DTYPE_BF16;
    kernel->kind = TR_KERNEL_GEMM;
    if (strcmp(op, "attn_pre_proj") == 0) {
        kernel->n = (heads + 2 * kv_heads) * head_dim / tp;
        kernel->k = hidden;
    } else if (strcmp(op, "attn_post_proj") == 0) {
        kernel->n = hidden;
        kernel->k = heads * head_dim / tp;
    } else if (strcmp(op, "mlp_up_proj") == 0) {
        kernel->n = gates * inner / tp;
        kernel->k = hidden;
    } else if (strcmp(op, "mlp_down_proj") == 0) {
        kernel->n = hidden;
        kernel->k = inner / tp;
    } else if (strcmp(op, "attn_rope") == 0) {
        element_work(kernel, (heads + kv_heads) * head_dim / tp, 1);
    } else if (strcmp(op, "mlp_act") == 0) {
        element_work(kernel, inner / tp, gates);
    } else if (strcmp(op, "add") == 0 || strcmp(op, "input_layernorm") == 0) {
        element_work(kernel, hidden, strcmp(op, "add") == 0 ? 2 : 1);
    } else {
        return tr_record_skip(r, "an operator that is not known");
    }
    if (kernel->kind == TR_KERNEL_GEMM)
        kernel_gemm_work(kernel);
    return emit(r, &row, tr_record_number(r, LAYER_MEDIAN, 0) * 1e-3);
}

const tr_form tr_forms_kernel[] = {
    {"matrix multiplies",
     6,
     {"system", "dtype", "m", "n", "k", "latency_us", "backend", "version", "kernel_source"},
     read_gemm},
    {"decode attention",
     7,
     {"system", "batch_size", "num_heads", "num_key_value_heads", "head_dim", "latency_us", "seq_kv",
      "attn_dtype", "kv_cache_dtype", "window_size", "backend", "version"},
     read_decode_attention},
    {"prefill attention",
     7,
     {"system", "batch_size", "num_heads", "num_key_value_heads", "head_dim", "latency_us", "seq",
      "attn_dtype", "kv_cache_dtype", "window_size", "backend", "version"},
     read_prefill_attention},
    {"latent attention",
     7,
     {"system", "table", "num_heads", "batch_size", "isl", "step", "latency_us", "mla_dtype",
      "kv_cache_dtype", "gemm_type", "backend", "version"},
     read_mla},
    {"experts",
     7,
     {"system", "num_tokens", "hidden_size", "inter_size", "topk", "num_experts", "latency_us", "moe_tp_size",
      "moe_ep_size", "moe_dtype", "distribution", "kernel_source", "backend", "version"},
     read_moe},
    {"layer operators",
     10,
     {"device", "op", "tp", "num_tokens", "n_head", "n_kv_head", "n_embd", "n_expanded_embd", "use_gated_mlp",
      "median_ms", "model"},
     read_layer},
    {"collectives",
     6,
     {"system", "op_name", "dtype", "num_gpus", "elements", "latency_us", "kernel_source", "backend",
      "version"},
     tr_form_read_collective},
    {"expert dispatch",
     6,
     {"system", "mode", "hidden_size", "num_token", "num_topk", "num_experts", "node_num",
      "dispatch_avg_t_us", "combine_avg_t_us", "version", "dispatch_transmit_us", "dispatch_notify_us",
      "combine_transmit_us", "combine_notify_us"},
     tr_form_read_dispatch},
    {"network",
     5,
     {"cluster", "op", "num_workers", "size_bytes", "median_ms", "devices_per_node"},
     tr_form_read_network},
    {NULL, 0, {NULL}, NULL},
};
