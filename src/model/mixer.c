/* model/mixer.c -- the table of mixers, and sums over layers. */
#include "model/mixer.h"

static const tr_mixer_row none = {.name = "none"};

static const tr_mixer_row *const rows[] = {
    [TR_MIXER_NONE] = &none,
    [TR_MIXER_ATTENTION] = &tr_mixer_attention,
    [TR_MIXER_MLA] = &tr_mixer_latent,
    [TR_MIXER_LINEAR] = &tr_mixer_linear,
    [TR_MIXER_MAMBA] = &tr_mixer_mamba,
};

const tr_mixer_row *tr_mixer_row_of(tr_mixer mixer)
{
    return (size_t)mixer < sizeof rows / sizeof rows[0] ? rows[mixer] : &none;
}

double tr_cache_head_count(const tr_layer *layer, const tr_cache *cache)
{
    const tr_mixer_row *row = tr_mixer_row_of(layer->mixer);
    return row->cache_head_count != NULL ? row->cache_head_count(layer, cache) : 1;
}

double tr_cache_prompt_flop_per_row(const tr_layer *layer, const tr_cache *cache)
{
    const tr_mixer_row *row = tr_mixer_row_of(layer->mixer);
    return row->prompt_flop_per_row != NULL ? row->prompt_flop_per_row(layer, cache) : 0;
}

double tr_model_sum(const tr_model *model, double (*of)(const tr_layer *layer, void *context), void *context)
{
    double sum = 0;
    for (int i = 0; i < model->layer_kinds; i++)
        sum += model->layer[i].layer_count * of(&model->layer[i], context);
    return sum;
}

/* Up (and gate) into the inner width, down from it. */
static void ffn(tr_part part, const tr_layer *layer, double outer, double inner, double count, tr_matrix_visit visit,
                void *context)
{
    if (!(inner > 0) || !(count > 0))
        return;
    const tr_matrix gate = {part, TR_MATRIX_GATE, outer, inner, count};
    const tr_matrix up = {part, TR_MATRIX_UP, outer, inner, count};
    const tr_matrix down = {part, TR_MATRIX_DOWN, inner, outer, count};
    if (layer->ffn_matrices > 2)
        visit(context, &gate);
    visit(context, &up);
    visit(context, &down);
}

void tr_layer_matrices(const tr_model *model, const tr_layer *layer, tr_matrix_visit visit, void *context)
{
    const tr_mixer_row *row = tr_mixer_row_of(layer->mixer);
    if (row->matrices != NULL)
        row->matrices(model, layer, visit, context);
    ffn(TR_PART_DENSE, layer, model->hidden, layer->dense_dim, 1, visit, context);
    ffn(TR_PART_SHARED, layer, model->hidden, layer->shared_dim, 1, visit, context);
    ffn(TR_PART_ROUTED, layer, layer->expert_in_dim, layer->expert_dim, layer->experts, visit, context);
}
