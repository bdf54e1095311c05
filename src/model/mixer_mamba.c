/* model/mixer_mamba.c -- state-space layers: Mamba-2 by heads, Mamba by channels. */
#include "model/mamba.h"

void tr_layer_mamba2(tr_layer *layer, double hidden, const tr_mamba2 *m)
{
    const double inner = m->heads * m->head_dim, channels = inner + 2 * m->groups * m->state;
    const double state = inner * m->state;
    layer->heads = m->heads;
    layer->kv_heads = m->groups;
    layer->head_dim = layer->value_dim = m->head_dim;
    layer->in_dim = inner + channels + m->heads; /* gate; x, B, C; a time step a head */
    layer->out_dim = inner;
    layer->state_dim = m->state;
    layer->conv_dim = channels;
    layer->conv_token = m->kernel;
    /* decay, skip and time-step bias a head */
    layer->mixer_param += hidden * layer->in_dim + channels * m->kernel + (m->conv_bias ? channels : 0) +
                          3 * m->heads + (m->gated_norm ? inner : 0) + inner * hidden +
                          (m->proj_bias ? layer->in_dim + hidden : 0);
    tr_layer_state(layer, TR_MIXER_MAMBA, "mamba", 4 * state + 2 * (m->kernel - 1) * channels,
                   5 * state + 2 * m->kernel * channels);
}

void tr_layer_mamba1(tr_layer *layer, double hidden, const tr_mamba1 *m)
{
    const double state = m->inner * m->state;
    layer->heads = m->inner; /* every channel is a head of its own */
    layer->kv_heads = 1;
    layer->head_dim = layer->value_dim = 1;
    layer->in_dim = 2 * m->inner;
    layer->out_dim = m->inner;
    layer->state_dim = m->state;
    layer->conv_dim = m->inner;
    layer->conv_token = m->kernel;
    /* x and gate; convolution; time step, B and C from x; time step up with its bias; decay, skip; output */
    layer->mixer_param += hidden * 2 * m->inner + m->inner * m->kernel + (m->conv_bias ? m->inner : 0) +
                          m->inner * (m->rank + 2 * m->state) + m->rank * m->inner + m->inner + state +
                          m->inner + m->inner * hidden + (m->norms ? m->rank + 2 * m->state : 0) +
                          (m->proj_bias ? 2 * m->inner + hidden : 0);
    tr_layer_state(layer, TR_MIXER_MAMBA, "mamba", 4 * state + 2 * m->kernel * m->inner,
                   5 * state + 2 * m->kernel * m->inner);
}

/* The small ones between in and out are left. */
const tr_mixer_row tr_mixer_mamba = {.name = "mamba", .is_recurrent = 1, .matrices = tr_matrix_give_in_out};
