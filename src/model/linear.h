/* model/linear.h -- linear-attention layers: a fixed state per sequence in place of cached rows. */
#ifndef TOKENROOF_SRC_MODEL_LINEAR_H
#define TOKENROOF_SRC_MODEL_LINEAR_H

#include "model/build.h"

/* Gated delta net. */
typedef struct tr_delta {
    double key_heads, value_heads, key_dim, value_dim, kernel;
} tr_delta;
void tr_layer_delta(tr_layer *layer, double hidden, const tr_delta *delta);

/* Kimi delta attention: a decay a channel. */
typedef struct tr_kda {
    double heads, dim, kernel;
    int full_rank_gate;
} tr_kda;
void tr_layer_kda(tr_layer *layer, double hidden, const tr_kda *kda);

/* Lightning attention: a decay a head, an output gate. */
void tr_layer_lightning(tr_layer *layer, double hidden, double heads, double head_dim);

/* Gated short convolution of `token` inputs, two gates beside it. */
void tr_layer_short_conv(tr_layer *layer, double hidden, double token, int bias);

#endif
