/* model/standard.h -- the standard block as read from traits and keys, before its layers are made. */
#ifndef TOKENROOF_SRC_MODEL_STANDARD_H
#define TOKENROOF_SRC_MODEL_STANDARD_H

#include "model/build.h"

typedef struct tr_block {
    tr_attention attention;
    tr_mixture mixture; /* experts 0 = none */
    double norms;       /* hidden-wide norms a layer */
    double final_norms; /* after the last layer */
    double matrices;    /* of the FFN */
    double dense_dim;   /* 0 = by the usual key where a dense layer comes */
    double beside_dim;  /* inner width of a dense FFN beside each mixture, 0 = none */
    double extra;       /* learned numbers of a layer that no part covers */
    double positions;   /* rows of the table of positions */
    double share_every; /* layers between two that keep keys and values, 0 = all keep theirs */
    double sparse_local; /* rows next to a query that sparse layers read, 0 = none is sparse */
    double sparse_every; /* and of the others one in so many */
    double dense_every;  /* layers, of which the last reads all */
    int ffn_bias;
} tr_block;

/* Change the block by the keys of the family's quirk. */
void tr_block_quirk(tr_build *build, tr_block *block);

#endif
