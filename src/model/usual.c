/* model/usual.c -- the keys that most families share: heads, mixtures, which layers are sparse or windowed.
 */
#include <math.h>
#include <string.h>

#include "model/build.h"

void tr_build_heads(tr_build *build, tr_attention *a)
{
    tr_keys *keys = &build->keys;
    memset(a, 0, sizeof *a);
    a->heads = tr_keys_dim(keys, TR_KEY_HEADS);
    a->kv_heads = tr_keys_dim_or(keys, TR_KEY_KV_HEADS, a->heads);
    if (!tr_keys_has(keys, TR_KEY_HEAD_DIM)) {
        a->head_dim = floor(build->hidden / a->heads);
        if (a->head_dim * a->heads != build->hidden)
            tr_keys_fail(keys, TR_ECONFLICT, TR_KEY_HEADS, a->heads,
                         "is %.0f, which does not divide the hidden size %.0f; expected a divisor, or "
                         "head_dim beside it",
                         a->heads, build->hidden);
    } else {
        a->head_dim = tr_keys_dim(keys, TR_KEY_HEAD_DIM);
    }
    const double value_dim = tr_keys_whole_or(keys, "v_head_dim", 0, TR_KEYS_DIM_MAX, 0);
    a->value_dim = value_dim > 0 ? value_dim : a->head_dim; /* 0 beside a latent that is switched off */
    const double share = a->heads / a->kv_heads;
    if (keys->status == TR_OK && share != floor(share))
        tr_keys_fail(keys, TR_ECONFLICT, TR_KEY_KV_HEADS, a->kv_heads,
                     "is %.0f, which does not divide the %.0f query heads; expected a divisor", a->kv_heads,
                     a->heads);
}

void tr_build_mla(tr_build *build, tr_mla *m)
{
    tr_keys *keys = &build->keys;
    memset(m, 0, sizeof *m);
    m->heads = tr_keys_dim(keys, TR_KEY_HEADS);
    m->nope_dim = tr_keys_dim(keys, "qk_nope_head_dim");
    m->rope_dim = tr_keys_dim(keys, "qk_rope_head_dim");
    m->value_dim = tr_keys_dim_or(keys, "v_head_dim", floor(build->hidden / m->heads));
    m->kv_rank = tr_keys_dim(keys, "kv_lora_rank");
    m->q_rank = tr_keys_whole_or(keys, "q_lora_rank", 0, TR_KEYS_DIM_MAX, 0);
    tr_keys_know(keys, TR_KEY_KV_HEADS); /* as many as there are heads, or 1: the latent is one */
    if (tr_keys_has(keys, "index_topk")) {
        m->index_top_k = tr_keys_dim(keys, "index_topk");
        m->index_heads = tr_keys_dim(keys, "index_n_heads");
        m->index_dim = tr_keys_dim(keys, "index_head_dim");
        m->index_own = 1;
        if (!(m->q_rank > 0))
            tr_keys_fail(keys, TR_EMISSING, "q_lora_rank", 0,
                         "is missing; the sparse indexer takes its queries from it");
    }
}

/* A list with one value for each layer is read by its first item, so they must be equal. */
static void expect_uniform(tr_keys *keys, const char *name)
{
    tr_value first, value;
    if (!tr_keys_item_find(keys, name, 0, &first))
        return;
    for (size_t i = 1; tr_keys_item_find(keys, name, i, &value); i++)
        if (value.number != first.number)
            tr_keys_fail(keys, TR_EDOMAIN, name, value.number,
                         "differs from layer to layer (item %zu); only equal values are known", i);
}

void tr_build_mixture(tr_build *build, tr_mixture *m)
{
    tr_keys *keys = &build->keys;
    memset(m, 0, sizeof *m);
    m->experts = tr_keys_whole_or(keys, TR_KEY_EXPERTS, 0, TR_KEYS_DIM_MAX, 0);
    if (!(m->experts > 0))
        return;
    expect_uniform(keys, "moe_topk");
    expect_uniform(keys, "moe_intermediate_size");
    expect_uniform(keys, "num_shared_expert");
    m->active = tr_keys_dim(keys, TR_KEY_TOP_K);
    if (m->active > m->experts)
        tr_keys_fail(keys, TR_ECONFLICT, TR_KEY_TOP_K, m->active,
                     "is %.0f; expected at most the %.0f experts", m->active, m->experts);
    m->groups = tr_keys_whole_or(keys, "n_group|num_expert_group", 0, m->experts, 0);
    if (m->groups > 0)
        m->groups_active = tr_keys_whole_or(keys, "topk_group", 0, m->experts, m->groups);
    if (m->groups_active > m->groups)
        tr_keys_fail(keys, TR_ECONFLICT, "topk_group", m->groups_active, "is %.0f; expected at most the %.0f groups",
                     m->groups_active, m->groups);
    m->dim = tr_keys_has(keys, TR_KEY_EXPERT_DIM) ? tr_keys_dim(keys, TR_KEY_EXPERT_DIM)
                                                  : tr_keys_dim(keys, TR_KEY_FFN);
    static const char width[] = "shared_expert_intermediate_size|shared_intermediate_size";
    static const char count[] = TR_KEY_SHARED_EXPERTS;
    tr_keys_know(keys, count);
    if (tr_keys_has(keys, width))
        m->shared_dim = tr_keys_whole(keys, width, 0, TR_KEYS_DIM_MAX);
    else
        m->shared_dim = m->dim * tr_keys_whole_or(keys, count, 0, TR_KEYS_DIM_MAX, 0);
    tr_keys quiet = *keys;
    quiet.read = NULL;
    if (tr_keys_whole_or(&quiet, "moe_shared_expert_intermediate_size", 0, TR_KEYS_DIM_MAX, 0) == m->dim)
        tr_keys_know(keys, "moe_shared_expert_intermediate_size"); /* of one, and the same */
    if (build->family->traits & TR_ROUTER_BIAS)
        m->router_extra = m->experts;
    if ((build->family->traits & TR_SHARED_GATE) && m->shared_dim > 0)
        m->shared_extra = build->hidden;
}

size_t tr_build_mark(const tr_build *build, const char *name, size_t from, unsigned char *marks)
{
    tr_value value;
    size_t i = 0;
    for (; tr_keys_item_find(&build->keys, name, i, &value); i++)
        if (value.kind == TR_VALUE_NUMBER && value.number >= (double)from &&
            value.number < (double)(from + TR_STACK_MAX))
            marks[(size_t)value.number - from] = 1;
    return i;
}

int tr_build_is_sparse(tr_build *build, size_t index)
{
    tr_keys *keys = &build->keys;
    tr_value value;
    const double at = (double)index;
    tr_keys_know(keys, "moe_layer_freq"); /* a list of types or a period says the same */
    if (tr_keys_item_find(keys, "mlp_layer_types", index, &value))
        return strcmp(tr_keys_item_text(keys, "mlp_layer_types", index), "sparse") == 0;
    if (tr_keys_item_find(keys, "is_moe_layer", index, &value))
        return value.number > 0;
    if (tr_keys_item_find(keys, "moe_layer_freq", index, &value))
        return tr_keys_item_whole(keys, "moe_layer_freq", index, 0, 1) > 0;
    const double end =
        tr_keys_whole_or(keys, "moe_layer_end_index", -1, TR_KEYS_DIM_MAX, -1); /* -1: the last */
    static const char dense_first[] = "first_k_dense_replace|moe_layer_start_index|num_dense_layers";
    if (at < tr_keys_whole_or(keys, dense_first, 0, TR_KEYS_DIM_MAX, 0) ||
        (end >= 0 && at > end) || build->dense_only[index])
        return 0;
    if (tr_keys_has(keys, "decoder_sparse_step|moe_layer_interval|moe_layer_frequency")) {
        const double step = tr_keys_dim(keys, "decoder_sparse_step|moe_layer_interval|moe_layer_frequency");
        return (index + 1) % (size_t)step == 0;
    }
    const double every = tr_keys_has(keys, "moe_layer_freq") ? tr_keys_dim(keys, "moe_layer_freq") : 1;
    return index % (size_t)every == 0;
}

void tr_build_ffn(tr_build *build, size_t index, const tr_mixture *mixture, tr_layer *layer)
{
    if (mixture->experts > 0 && tr_build_is_sparse(build, index))
        tr_layer_mixture(layer, build->hidden, mixture);
    else
        tr_layer_dense(layer, build->hidden, tr_keys_dim(&build->keys, TR_KEY_FFN), 3, 0);
}

const char *tr_build_kind(tr_build *build, size_t index)
{
    static const char lists[][20] = {"layer_types", "layers_block_type", "block_types", "layer_block_types",
                                     "layers_block"};
    tr_value value;
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
        if (tr_keys_item_find(&build->keys, lists[i], index, &value))
            return tr_keys_item_text(&build->keys, lists[i], index);
    return NULL;
}

int tr_build_is_attention(tr_build *build, size_t index, int fallback)
{
    const char *kind = tr_build_kind(build, index);
    return kind == NULL ? fallback : strstr(kind, "attention") != NULL && strstr(kind, "linear") == NULL;
}

static const char window_patterns[] =
    "sliding_window_pattern|_sliding_window_pattern|global_attn_every_n_layers|full_attention_interval";

/* A number (every n-th layer is full), or letters such as "LLLG" that repeat. */
static int pattern_windowed(tr_build *build, size_t index)
{
    const char *const names = window_patterns;
    tr_value value;
    if (tr_keys_find(&build->keys, names, &value) && value.kind == TR_VALUE_TEXT && value.text[0] != '\0')
        return value.text[index % strlen(value.text)] == 'L';
    return (index + 1) % (size_t)tr_keys_dim_or(&build->keys, names, build->family->pattern) != 0;
}

/* The kind of layer index by layer_types, NULL if there is none, or one that no family with windows has: then the list
 * counts as not read. */
static const char *window_kind(const tr_keys *keys, size_t index)
{
    static const char known[][20] = {"full_attention", "sliding_attention", "chunked_attention", "attention", "global"};
    tr_keys quiet = *keys;
    tr_value value;
    quiet.read = NULL;
    if (!tr_keys_item_find(&quiet, "layer_types", index, &value) || value.kind != TR_VALUE_TEXT)
        return NULL;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strcmp(value.text, known[i]) == 0) {
            (void)tr_keys_item_find(keys, "layer_types", index, &value);
            tr_keys_know(keys, window_patterns); /* the list says the same */
            return value.text;
        }
    return NULL;
}

double tr_build_window(tr_build *build, size_t index, int *chunk)
{
    tr_keys *keys = &build->keys;
    const unsigned traits = build->family->traits;
    tr_value value;
    *chunk = 0;
    if (traits & (TR_WINDOW_QWEN | TR_WINDOW_UNUSED))
        tr_keys_know(keys, "sliding_window|max_window_layers"); /* another key, or their engines, switch them off */
    const char *type = window_kind(keys, index);
    if (type != NULL) {
        if (strcmp(type, "sliding_attention") == 0)
            return tr_keys_dim(keys, "sliding_window|sliding_window_size");
        if (strcmp(type, "full_attention") == 0)
            tr_keys_know(keys, "sliding_window"); /* of other layers, or of none */
        *chunk = strcmp(type, "chunked_attention") == 0;
        return *chunk ? tr_keys_dim(keys, "attention_chunk_size") : 0;
    }
    if (tr_keys_item_find(keys, "attention_layers", index, &value)) /* GPT-Neo: global or local */
        return strcmp(tr_keys_item_text(keys, "attention_layers", index), "local") == 0
                   ? tr_keys_dim_or(keys, "window_size", 256)
                   : 0;
    int windowed = 0;
    if (traits & TR_WINDOW_KEY)
        windowed = 1;
    if (traits & TR_WINDOW_QWEN)
        windowed = tr_keys_bool_or(keys, "use_sliding_window", 0) &&
                   (double)index >= tr_keys_whole_or(keys, "max_window_layers", 0, TR_KEYS_DIM_MAX, 0);
    if (traits & TR_WINDOW_ODD)
        windowed = index % 2 == 0;
    if (traits & TR_WINDOW_PATTERN)
        windowed = pattern_windowed(build, index);
    if (windowed && tr_keys_has(keys, "sliding_window"))
        tr_keys_know(keys, "sliding_window_size"); /* MLC's name for it */
    return windowed ? tr_keys_whole_or(keys, "sliding_window", 0, TR_KEYS_TOKEN_MAX, 0) : 0;
}
