/* io/gguf_convert.h -- reading metadata of one architecture and writing keys of a config.json, with a sticky error.
 *
 * Getters look below "<architecture>."; after the first failure they give harmless values and nothing more is set.
 */
#ifndef TOKENROOF_SRC_IO_GGUF_CONVERT_H
#define TOKENROOF_SRC_IO_GGUF_CONVERT_H

#include "io/gguf.h"

typedef struct tr_convert tr_convert;

/* general.architecture, its family without and with experts, what to look for, and what only it needs. */
typedef struct tr_gguf_arch {
    const char *name, *dense, *mixture;
    unsigned looks;
    void (*own)(tr_convert *convert);
} tr_gguf_arch;

enum {
    TR_LOOK_BIAS = 1,         /* attention_bias: is there a bias beside the first projection? */
    TR_LOOK_QK_NORM = 2,      /* use_qk_norm: are there norms of q and k? */
    TR_LOOK_LATENT = 4,       /* MLA: heads' widths come apart into rotary and other */
    TR_LOOK_EXPERT_WIDTH = 8, /* intermediate_size is an expert's inner width */
    TR_LOOK_LLAMA4 = 16,
    TR_LOOK_ALTERNATE = 32,   /* window and full layers take turns, window first */
    TR_LOOK_UNEVEN = 64       /* lists differ from layer to layer; 0 stands for a layer of another kind */
};

struct tr_convert {
    const tr_gguf *gguf;
    const tr_gguf_arch *arch;
    tr_config *config;
    tr_error *err;
    tr_status status; /* of the first failure */
};

const tr_gguf_value *tr_convert_find(const tr_convert *convert, const char *key);
void tr_convert_fail(tr_convert *convert, tr_status status, const char *field, double value, const char *text);
/* 1 and *out for a number above 0, or for a list whose items are all the same one; where lists are uneven, the largest
 * item. */
int tr_convert_number(tr_convert *convert, const char *key, double *out);
double tr_convert_number_or(tr_convert *convert, const char *key, double fallback);
/* One that must be there: else TR_EMISSING, and 0. */
double tr_convert_need(tr_convert *convert, const char *key);
/* Item of a list, or the number that stands for all of them; 0 if there is none. */
double tr_convert_item(const tr_convert *convert, const char *key, size_t index);
/* Layers of the main stack, without those that predict ahead; at most TR_GGUF_LIST_MAX. */
size_t tr_convert_layers(tr_convert *convert);

/* Nothing is set twice: the first word counts. */
void tr_convert_set(tr_convert *convert, const char *key, double value);
void tr_convert_set_text(tr_convert *convert, const char *key, const char *text);
void tr_convert_set_bool(tr_convert *convert, const char *key, int value);
/* "layer_types.12" = text, "moe_layer_freq.3" = number */
void tr_convert_set_at(tr_convert *convert, const char *key, size_t index, double value);
void tr_convert_set_item(tr_convert *convert, const char *key, size_t index, const char *text);
/* The number below one key, if it is there, under another. */
void tr_convert_take(tr_convert *convert, const char *from, const char *to);

/* A tensor whose name ends so, in any layer. */
int tr_convert_has_tensor(const tr_convert *convert, const char *end);
/* "blk.7.attn_v.weight": by layer and the rest of the name; NULL if there is none. */
const tr_tensor *tr_convert_tensor(const tr_convert *convert, size_t layer, const char *rest);

#endif
