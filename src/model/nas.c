/* model/nas.c -- block lists found by architecture search (DeciLM, Nemotron NAS): every layer says what it
 * is. */
#include <math.h>
#include <stdio.h>

#include "model/build.h"

/* "block_configs.<index>.<tail>" into out. */
static const char *path(size_t index, const char *tail, char out[96])
{
    (void)snprintf(out, 96, "block_configs.%zu.%s", index, tail);
    return out;
}

void tr_build_nas(tr_build *build)
{
    tr_keys *keys = &build->keys;
    const double hidden = build->hidden;
    tr_attention attention;
    tr_layer layer;
    char key[96];
    tr_build_heads(build, &attention);
    const double heads = attention.heads;
    for (size_t i = 0; (double)i < build->layers && keys->status == TR_OK; i++) {
        tr_layer_start(&layer);
        const double group =
            tr_keys_whole_or(keys, path(i, "attention.n_heads_in_group", key), 1, TR_KEYS_DIM_MAX, 0);
        const int replaced = tr_keys_bool_or(keys, path(i, "attention.replace_with_linear", key), 0);
        const int no_attention =
            tr_keys_bool(keys, path(i, "attention.no_op", key)) || (!(group > 0) && !replaced);
        if (replaced) {
            layer.mixer_param = hidden * hidden;
            layer.norm_param += hidden;
        } else if (!no_attention) {
            attention.kv_heads = heads / group;
            if (attention.kv_heads != floor(attention.kv_heads))
                tr_keys_fail(keys, TR_ECONFLICT, path(i, "attention.n_heads_in_group", key), group,
                             "is %.0f, which does not divide the %.0f heads", group, heads);
            tr_layer_attention(&layer, hidden, &attention);
            layer.norm_param += hidden;
        }
        const double mult = tr_keys_number_or(keys, path(i, "ffn.ffn_mult", key), 0, 64, 0);
        const double given =
            tr_keys_whole_or(keys, path(i, "ffn.intermediate_size", key), 1, TR_KEYS_DIM_MAX, 0);
        const int linear = tr_keys_bool_or(keys, path(i, "ffn.replace_with_linear", key), 0);
        const int no_ffn =
            tr_keys_bool(keys, path(i, "ffn.no_op", key)) || (!(mult > 0) && !(given > 0) && !linear);
        if (linear) {
            layer.dense_param = hidden * hidden;
            layer.norm_param += hidden;
        } else if (!no_ffn) {
            /* two thirds of the multiple, cut, then up to a multiple of 256 */
            const double dim = given > 0 ? given : ceil(floor(2 * mult * hidden / 3) / 256) * 256;
            tr_layer_dense(&layer, hidden, dim, 3, 0);
            layer.norm_param += hidden;
        }
        tr_build_add(build, &layer);
    }
    build->model->final_param = hidden;
}
