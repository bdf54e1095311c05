/* model/mamba.h -- state-space layers, shared by the hybrids that use them. */
#ifndef TOKENROOF_SRC_MODEL_MAMBA_H
#define TOKENROOF_SRC_MODEL_MAMBA_H

#include "model/build.h"

typedef struct tr_mamba2 {
    double heads, head_dim, groups, state, kernel;
    int conv_bias, proj_bias;
    int gated_norm; /* a norm of the inner width after the scan */
} tr_mamba2;
void tr_layer_mamba2(tr_layer *layer, double hidden, const tr_mamba2 *mamba);

typedef struct tr_mamba1 {
    double inner, state, rank, kernel;
    int conv_bias, proj_bias;
    int norms; /* learned norms on time step, B and C */
} tr_mamba1;
/* The rank of the time step: a number, or one sixteenth of hidden where it says "auto" or nothing. */
double tr_mamba_rank(tr_keys *keys, const char *name, double hidden);
void tr_layer_mamba1(tr_layer *layer, double hidden, const tr_mamba1 *mamba);

#endif
