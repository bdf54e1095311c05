/* model/gemma.c -- Gemma 4: wider heads on global layers, keys that are values, experts beside the dense FFN.
 */
#include <string.h>

#include "model/build.h"

void tr_build_gemma4(tr_build *build)
{
    tr_keys *keys = &build->keys;
    const double hidden = build->hidden;
    tr_attention local, global;
    tr_mixture mixture;
    tr_layer layer;
    tr_build_heads(build, &local);
    tr_build_mixture(build, &mixture);
    const int experts = tr_keys_bool_or(keys, "enable_moe_block", 0) && mixture.experts > 0;
    global = local;
    global.head_dim = global.value_dim = tr_keys_dim_or(keys, "global_head_dim", local.head_dim);
    global.k_is_v = tr_keys_bool_or(keys, "attention_k_eq_v", 0);
    if (global.k_is_v)
        global.kv_heads = tr_keys_dim_or(keys, "num_global_key_value_heads", local.kv_heads);
    mixture.router_extra = hidden + mixture.experts; /* scale of the input, scale of each expert */
    for (size_t i = 0; (double)i < build->layers && keys->status == TR_OK; i++) {
        tr_attention *a =
            strcmp(tr_keys_item_text(keys, "layer_types", i), "full_attention") == 0 ? &global : &local;
        a->window = tr_build_window(build, i, &a->chunk);
        a->extra_param = 2 * a->head_dim;
        tr_layer_start(&layer);
        tr_layer_attention(&layer, hidden, a);
        layer.norm_param = 4 * hidden + 1; /* and the scale of the layer */
        tr_layer_dense(&layer, hidden, tr_keys_dim(keys, TR_KEY_FFN), 3, 0);
        if (experts) {
            tr_layer_mixture(&layer, hidden, &mixture);
            layer.norm_param += 3 * hidden;
        }
        tr_build_add(build, &layer);
    }
    build->model->final_param = hidden;
}
