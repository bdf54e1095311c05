/* model/shortcut.c -- LongCat's double layers, and Step-3's attention through a shared query. */
#include <string.h>

#include "model/build.h"

/* A layer is two latent-attention blocks, each with a dense FFN; the first one's mixture runs beside the
 * second. Some experts do nothing: of the top-k, the share of the real ones works on average. */
void tr_build_longcat(tr_build *build)
{
    tr_keys *keys = &build->keys;
    const double hidden = build->hidden;
    tr_mla mla;
    tr_layer layer;
    tr_build_mla(build, &mla);
    build->layers = build->model->layers =
        tr_keys_whole(keys, "num_layers|num_hidden_layers", 1, TR_STACK_MAX);
    const double experts = tr_keys_dim(keys, "n_routed_experts");
    const double idle = tr_keys_whole_or(keys, "zero_expert_num", 0, TR_KEYS_DIM_MAX, 0);
    const double chosen = tr_keys_dim(keys, "moe_topk|num_experts_per_tok");
    if (chosen > experts + idle)
        tr_keys_fail(keys, TR_ECONFLICT, "moe_topk|num_experts_per_tok", chosen,
                     "is %.0f; expected at most the %.0f experts", chosen, experts + idle);
    const tr_mixture mixture = {
        .experts = experts,
        .active = chosen * experts / (experts + idle),
        .dim = tr_keys_dim(keys, "expert_ffn_hidden_size|moe_intermediate_size"),
        .router_extra = hidden * idle + experts + idle,
    };
    const double dense = tr_keys_dim(keys, "ffn_hidden_size|intermediate_size");
    tr_layer_start(&layer);
    for (size_t i = 0; (double)i < 2 * build->layers && keys->status == TR_OK; i++) {
        tr_layer_start(&layer);
        tr_layer_mla(&layer, hidden, &mla);
        layer.norm_param = 2 * hidden;
        tr_layer_dense(&layer, hidden, dense, 3, 0);
        if (i % 2 == 0)
            tr_layer_mixture(&layer, hidden, &mixture);
        tr_build_add(build, &layer);
    }
    build->model->final_param = hidden;
    /* [M1] a prediction layer is one half without a mixture, the joining projection and three norms */
    const double count = tr_keys_whole_or(keys, "num_nextn_predict_layers", 0, 64, 0);
    tr_build_predict(build, count, &layer, count * (2 * hidden * hidden + 3 * hidden));
}

/* The layers with a mixture, by moe_layers_enum: a text "4,5,6" or a list; all but the first if it is absent.
 */
static void mark_sparse(tr_build *build, unsigned char *sparse)
{
    tr_value value;
    if (tr_build_mark(build, "moe_layers_enum", 0, sparse) > 0)
        return;
    if (!tr_keys_find(&build->keys, "moe_layers_enum", &value)) {
        memset(sparse + 1, 1, TR_STACK_MAX - 1);
        return;
    }
    for (const char *at = tr_keys_text(&build->keys, "moe_layers_enum"); *at != '\0';) {
        size_t number = 0, digits = 0;
        for (; *at >= '0' && *at <= '9'; at++, digits++)
            number = number < TR_STACK_MAX ? 10 * number + (size_t)(*at - '0') : number;
        if (digits > 0 && number < TR_STACK_MAX)
            sparse[number] = 1;
        at += digits == 0;
    }
}

static void step_mixture(tr_build *build, tr_mixture *mixture)
{
    tr_keys *keys = &build->keys;
    memset(mixture, 0, sizeof *mixture);
    mixture->experts = tr_keys_dim(keys, "moe_num_experts");
    mixture->active = tr_keys_dim(keys, "moe_top_k");
    mixture->dim = tr_keys_dim(keys, "moe_intermediate_size");
    mixture->shared_dim = tr_keys_whole(keys, "share_expert_dim|share_expert_dims", 0, TR_KEYS_DIM_MAX);
    if (mixture->active > mixture->experts)
        tr_keys_fail(keys, TR_ECONFLICT, "moe_top_k", mixture->active,
                     "is %.0f; expected at most the %.0f experts", mixture->active, mixture->experts);
}

static void step_ffn(tr_build *build, tr_layer *layer, const tr_mixture *mixture, int sparse)
{
    layer->norm_param = 2 * build->hidden;
    if (sparse)
        tr_layer_mixture(layer, build->hidden, mixture);
    else
        tr_layer_dense(layer, build->hidden, tr_keys_dim(&build->keys, "intermediate_size"), 3, 0);
    tr_build_add(build, layer);
}

/* Queries go through a shared width with a norm; one key-value head serves all. */
void tr_build_step3(tr_build *build)
{
    tr_keys *keys = &build->keys;
    const double hidden = build->hidden;
    tr_mixture mixture;
    unsigned char sparse[TR_STACK_MAX] = {0};
    step_mixture(build, &mixture);
    mark_sparse(build, sparse);
    const double heads = tr_keys_dim(keys, TR_KEY_HEADS), head_dim = tr_keys_dim(keys, "head_dim");
    const double shared = tr_keys_dim(keys, "share_q_dim");
    const tr_attention attention = {
        .heads = heads,
        .kv_heads = tr_keys_dim_or(keys, "num_attention_groups", 1),
        .head_dim = head_dim,
        .value_dim = head_dim,
    };
    for (size_t i = 0; (double)i < build->layers && keys->status == TR_OK; i++) {
        tr_layer layer;
        tr_layer_start(&layer);
        tr_layer_attention(&layer, hidden, &attention);
        layer.mixer_param += hidden * shared + shared + (shared - hidden) * heads * head_dim;
        layer.in_dim += shared - heads * head_dim;
        layer.q_rank = shared;
        step_ffn(build, &layer, &mixture, sparse[i]);
    }
    build->model->final_param = hidden;
}

/* Window layers have their own heads; q and k norms, a gate a head, a router bias. */
void tr_build_step3p5(tr_build *build)
{
    tr_keys *keys = &build->keys;
    const double hidden = build->hidden;
    tr_mixture mixture;
    unsigned char sparse[TR_STACK_MAX] = {0};
    step_mixture(build, &mixture);
    mark_sparse(build, sparse);
    if (tr_keys_bool_or(keys, "use_moe_router_bias", 1))
        mixture.router_extra = mixture.experts;
    tr_attention full = {
        .heads = tr_keys_dim(keys, TR_KEY_HEADS),
        .kv_heads = tr_keys_dim(keys, "num_attention_groups"),
    };
    full.head_dim = full.value_dim = tr_keys_dim_or(keys, "head_dim", hidden / full.heads);
    full.extra_param = 2 * full.head_dim;
    tr_attention local = full;
    local.heads = tr_keys_dim_or(keys, "attention_other_setting.num_attention_heads", full.heads);
    local.kv_heads = tr_keys_dim_or(keys, "attention_other_setting.num_attention_groups", full.kv_heads);
    if (tr_keys_bool_or(keys, "use_head_wise_attn_gate", 0)) {
        full.gate_dim = full.heads;
        local.gate_dim = local.heads;
    }
    for (size_t i = 0; (double)i < build->layers && keys->status == TR_OK; i++) {
        tr_layer layer;
        int chunk;
        const double window = tr_build_window(build, i, &chunk);
        tr_attention *a = window > 0 ? &local : &full;
        a->window = window;
        tr_layer_start(&layer);
        tr_layer_attention(&layer, hidden, a);
        step_ffn(build, &layer, &mixture, sparse[i]);
    }
    build->model->final_param = hidden;
    /* [M1] a prediction layer: a window block with a dense FFN, the joining projection, three norms; its copy
     * of the head is not counted */
    tr_layer layer;
    tr_layer_start(&layer);
    tr_layer_attention(&layer, hidden, &local);
    tr_layer_dense(&layer, hidden, tr_keys_dim(keys, "intermediate_size"), 3, 0);
    layer.norm_param = 2 * hidden;
    const double count = tr_keys_whole_or(keys, "num_nextn_predict_layers", 0, 64, 0);
    tr_build_predict(build, count, &layer, count * (2 * hidden * hidden + 3 * hidden));
}
