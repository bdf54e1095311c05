/* model/mixer_linear.c -- linear attention and short convolutions: a fixed state, whatever the context. */
#include "model/linear.h"

void tr_layer_delta(tr_layer *layer, double hidden, const tr_delta *d)
{
    const double keys = d->key_heads * d->key_dim, values = d->value_heads * d->value_dim;
    const double channels = 2 * keys + values, state = d->value_heads * d->key_dim * d->value_dim;
    layer->heads = d->value_heads;
    layer->kv_heads = d->key_heads;
    layer->head_dim = d->key_dim;
    layer->value_dim = d->value_dim;
    layer->in_dim = channels + values + 2 * d->value_heads; /* q, k, v, output gate, and two gates a head */
    layer->out_dim = values;
    layer->state_dim = d->key_dim;
    layer->conv_dim = channels;
    layer->conv_token = d->kernel;
    /* decay and time step a head, a norm over a head */
    layer->mixer_param =
        hidden * layer->in_dim + channels * d->kernel + 2 * d->value_heads + d->value_dim + values * hidden;
    /* state in FP32, the last inputs of the convolution in BF16; decay, look up, correct, read out */
    tr_layer_state(layer, TR_MIXER_LINEAR, "linear", 4 * state + 2 * (d->kernel - 1) * channels,
                   7 * state + 2 * d->kernel * channels);
}

void tr_layer_kda(tr_layer *layer, double hidden, const tr_kda *k)
{
    const double width = k->heads * k->dim, channels = 3 * width, state = k->heads * k->dim * k->dim;
    const double low_rank = hidden * k->dim + k->dim * width;
    layer->heads = layer->kv_heads = k->heads;
    layer->head_dim = layer->value_dim = k->dim;
    layer->in_dim = channels + k->heads + k->dim + (k->full_rank_gate ? width : k->dim);
    layer->out_dim = width;
    layer->state_dim = k->dim;
    layer->conv_dim = channels;
    layer->conv_token = k->kernel;
    /* q, k, v; their convolutions; a decay a channel and an output gate; a step, a decay base and a bias; a
     * norm */
    layer->mixer_param = hidden * channels + channels * k->kernel + low_rank +
                         (k->full_rank_gate ? hidden * width : low_rank) + hidden * k->heads + k->heads +
                         width + k->dim + width * hidden;
    tr_layer_state(layer, TR_MIXER_LINEAR, "linear", 4 * state + 2 * (k->kernel - 1) * channels,
                   7 * state + 2 * k->kernel * channels);
}

void tr_layer_lightning(tr_layer *layer, double hidden, double heads, double head_dim)
{
    const double width = heads * head_dim, state = width * head_dim;
    layer->heads = layer->kv_heads = heads;
    layer->head_dim = layer->value_dim = layer->state_dim = head_dim;
    layer->in_dim = 4 * width; /* q, k, v and an output gate */
    layer->out_dim = width;
    layer->mixer_param = hidden * 4 * width + width * hidden + width;
    tr_layer_state(layer, TR_MIXER_LINEAR, "linear", 4 * state, 5 * state);
}

void tr_layer_short_conv(tr_layer *layer, double hidden, double token, int bias)
{
    layer->in_dim = 3 * hidden; /* two gates and the input of the convolution */
    layer->out_dim = layer->conv_dim = hidden;
    layer->conv_token = token;
    layer->mixer_param = 4 * hidden * hidden + token * hidden + (bias ? 5 * hidden : 0);
    tr_layer_state(layer, TR_MIXER_LINEAR, "conv", 2 * (token - 1) * hidden, 2 * token * hidden);
}

/* Low-rank gates and convolutions are left. */
const tr_mixer_row tr_mixer_linear = {.name = "linear", .is_recurrent = 1, .matrices = tr_matrix_give_in_out};
