/* model/mixer.h -- the kinds of mixer, one row each, and the sum over layers that every count is made of.
 *
 * What a layer mixes tokens with decides how its cache is cut up, what a prompt
 * costs and which matrices it has. Nothing outside the row of a kind asks which
 * kind it is. A new kind is a file with its row and the function that fills a
 * layer, a name in tr_mixer, and a line in the table of mixer.c.
 */
#ifndef TOKENROOF_SRC_MODEL_MIXER_H
#define TOKENROOF_SRC_MODEL_MIXER_H

#include <tokenroof/model.h>

/* What a matrix does. */
typedef enum tr_matrix_kind {
    TR_MATRIX_PLAIN = 0,
    TR_MATRIX_QUERY,
    TR_MATRIX_KEY,
    TR_MATRIX_VALUE,
    TR_MATRIX_OUT, /* back to the hidden state, behind attention */
    TR_MATRIX_GATE,
    TR_MATRIX_UP,
    TR_MATRIX_DOWN
} tr_matrix_kind;

/* `count` matrices of out_dim rows of in_dim numbers each. */
typedef struct tr_matrix {
    tr_part part;
    tr_matrix_kind kind;
    double in_dim, out_dim, count;
} tr_matrix;
typedef void (*tr_matrix_visit)(void *context, const tr_matrix *matrix);
/* For the rows: one matrix of the mixer, if it has any numbers. */
void tr_matrix_give(tr_matrix_kind kind, double in_dim, double out_dim, tr_matrix_visit visit, void *context);
/* ... and the two of a mixer that projects once in and once out. */
void tr_matrix_give_in_out(const tr_model *model, const tr_layer *layer, tr_matrix_visit visit, void *context);

/* NULL stands for the usual: rows in one piece, a prompt's rows as at decode, no matrices. */
typedef struct tr_mixer_row {
    const char *name;
    int has_heads;    /* query heads that tensor parallelism divides */
    int is_recurrent; /* keeps a state per sequence, read and written in each step */
    double (*cache_head_count)(const tr_layer *layer, const tr_cache *cache);
    double (*prompt_flop_per_row)(const tr_layer *layer, const tr_cache *cache);
    /* What they leave of mixer_param are vectors and small matrices. */
    void (*matrices)(const tr_model *model, const tr_layer *layer, tr_matrix_visit visit, void *context);
} tr_mixer_row;

extern const tr_mixer_row tr_mixer_attention, tr_mixer_latent, tr_mixer_linear, tr_mixer_mamba;

/* The row of a kind; that of TR_MIXER_NONE for a number that is none. Never NULL. */
const tr_mixer_row *tr_mixer_row_of(tr_mixer mixer);

/* Heads that the rows of a cache come in: over as many chips of a tensor parallel group they are split, on the
 * others they are copied. 1: a row is in one piece and every chip keeps it. */
double tr_cache_head_count(const tr_layer *layer, const tr_cache *cache);
/* [M9] FLOPs of a query of a prompt against one row of a cache, where they are not those of decode; 0: they are. */
double tr_cache_prompt_flop_per_row(const tr_layer *layer, const tr_cache *cache);

/* Sum over layers of `of`: layer_count x of(layer, context). */
double tr_model_sum(const tr_model *model, double (*of)(const tr_layer *layer, void *context), void *context);

/* Every matrix of a layer: its mixer's, then those of its FFNs and experts. */
void tr_layer_matrices(const tr_model *model, const tr_layer *layer, tr_matrix_visit visit, void *context);

#endif
