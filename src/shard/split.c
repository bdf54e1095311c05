/* shard/split.c -- what of a layer is split over the chips of a layout and what is copied. */
#include "shard/split.h"

#include "base/extreme.h"

#include <math.h>

double tr_split_cache(const tr_layer *layer, const tr_cache *cache, double tp)
{
    /* [L8] Heads are split; a latent row and an indexer's key have no heads. */
    if (cache->kind == TR_CACHE_INDEX || layer->mixer == TR_MIXER_MLA)
        return 1.0;
    return smaller(layer->kv_heads > 0.0 ? layer->kv_heads : tp, tp);
}

double tr_split_projection_copy(const tr_layer *layer, double tp)
{
    if (layer->mixer != TR_MIXER_ATTENTION || !(layer->kv_heads > 0.0) || layer->kv_heads >= tp ||
        !(layer->in_dim > 0.0))
        return 1.0;
    const double wide = layer->kv_heads * (layer->head_dim + layer->value_dim);
    const double kv = smaller(wide, larger(layer->in_dim - layer->heads * layer->head_dim, 0.0));
    return (layer->in_dim - kv + kv * (tp / layer->kv_heads)) / layer->in_dim; /* [L8] */
}

double tr_split_out_param(const tr_layer *layer, double hidden, double *first)
{
    *first = layer->out_rank > 0.0 ? layer->out_dim * layer->out_rank / larger(layer->out_groups_count, 1.0) : 0.0;
    return layer->out_rank > 0.0 ? *first + layer->out_rank * hidden : layer->out_dim * hidden;
}

int tr_split_mixer_known(const tr_layer *layer, double hidden)
{
    double first;
    const double out = tr_split_out_param(layer, hidden, &first);
    const double in = layer->mixer == TR_MIXER_MLA ? hidden * (layer->q_rank + layer->kv_rank + layer->rope_dim) +
                                                         layer->kv_rank * layer->heads * layer->value_dim
                                                   : hidden * layer->in_dim;
    return layer->mixer != TR_MIXER_NONE && in + out <= layer->mixer_param;
}

double tr_split_latent_copied(const tr_layer *layer, double hidden)
{
    double copied = hidden * (layer->q_rank + layer->kv_rank + layer->rope_dim);
    if (layer->index_heads > 0.0)
        copied += layer->q_rank * layer->index_heads * layer->index_dim +
                  hidden * (layer->index_dim + layer->index_heads);
    return copied;
}

double tr_split_expert_slots(const tr_layer *layer, const tr_layout *layout)
{
    return ceil(layer->experts / layout->ep_rank);
}

double tr_split_expert_share(const tr_layout *layout)
{
    return layout->ep_rank / (layout->tp_rank * layout->dp_rank);
}

/* A model may count two blocks of its stack as one layer. */
double tr_split_host_layers(const tr_model *m, const tr_formats *formats, int kind, int routed)
{
    const double whole = formats->host_layer_count, experts = formats->host_expert_layer_count;
    const double first = routed && experts > whole ? experts : whole;
    if (!(first > 0.0) || kind >= m->layer_kinds)
        return 0.0;
    if (m->stack_count == 0) /* in which order they come is not known */
        return first < m->layers ? m->layer[kind].layer_count * first / m->layers : m->layer[kind].layer_count;
    const double block = ceil(first * m->stack_count / m->layers);
    double found = 0.0;
    for (int i = 0; i < m->stack_count && i < block; i++)
        found += m->stack[i] == kind ? 1.0 : 0.0;
    return found;
}

int tr_split_host_head(const tr_model *m, const tr_formats *formats) { return formats->host_layer_count > m->layers; }

double tr_split_busiest(double seq, double ranks)
{
    const double whole = floor(seq), part = seq - whole;
    const double low = ceil(whole / ranks);
    return part > 0.0 ? low + part * (ceil((whole + 1.0) / ranks) - low) : low;
}
