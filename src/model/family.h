/* model/family.h -- the table of known architectures: what differs between them, as data. */
#ifndef TOKENROOF_SRC_MODEL_FAMILY_H
#define TOKENROOF_SRC_MODEL_FAMILY_H

#include <stddef.h>

typedef enum tr_builder {
    TR_BUILDER_STANDARD = 0,
    TR_BUILDER_LLAMA4,
    TR_BUILDER_GEMMA4,
    TR_BUILDER_GPT_OSS,
    TR_BUILDER_MIMO_V2,
    TR_BUILDER_MINIMAX_M3,
    TR_BUILDER_DEEPSEEK,
    TR_BUILDER_DEEPSEEK_V4,
    TR_BUILDER_DELTA_NET,
    TR_BUILDER_KIMI_LINEAR,
    TR_BUILDER_LIGHTNING,
    TR_BUILDER_NEMOTRON_H,
    TR_BUILDER_JAMBA,
    TR_BUILDER_GRANITE_HYBRID,
    TR_BUILDER_NAS,
    TR_BUILDER_GEMMA3N,
    TR_BUILDER_MAMBA,
    TR_BUILDER_MAMBA2,
    TR_BUILDER_FALCON_H1,
    TR_BUILDER_LFM2,
    TR_BUILDER_LONGCAT,
    TR_BUILDER_STEP3,
    TR_BUILDER_STEP3P5,
    TR_BUILDER_OPENELM,
    TR_BUILDER_RECURRENT_GEMMA,
    TR_BUILDER_MLLAMA
} tr_builder;

/* What no trait says: keys of a family's own that change its standard block. */
typedef enum tr_quirk {
    TR_QUIRK_NONE = 0,
    TR_QUIRK_FALCON,   /* multi_query, new_decoder_architecture, parallel_attn, bias */
    TR_QUIRK_BIGCODE,  /* multi_query */
    TR_QUIRK_MPT,      /* expansion_ratio, no_bias, attn_config */
    TR_QUIRK_STABLELM, /* use_parallel_residual drops a norm */
    TR_QUIRK_OPT,      /* two positions more; word_embed_proj_dim; do_layer_norm_before */
    TR_QUIRK_CHATGLM,  /* multi_query_attention */
    TR_QUIRK_QWEN1,    /* intermediate_size counts gate and up together */
    TR_QUIRK_ARCTIC,   /* a dense FFN beside the mixture */
    TR_QUIRK_HUNYUAN,  /* use_cla: layers share keys and values */
    TR_QUIRK_APERTUS,  /* an activation with two learned numbers */
    TR_QUIRK_GPT_NEO,  /* attention_layers: global or local */
    TR_QUIRK_BITNET,   /* norms before the last matrix of attention and FFN */
    TR_QUIRK_PERSIMMON, /* norms of q and k have biases */
    TR_QUIRK_PHI3_SMALL, /* blocksparse_*: most layers read a part of the cache */
    TR_QUIRK_GROK,     /* residual_moe: a dense FFN beside the mixture, behind the same norms */
    TR_QUIRK_GATED     /* attention has an output gate */
} tr_quirk;

/* Traits of the standard block (attention + FFN); other builders read some of them. */
enum {
    TR_QKV_BIAS = 1u << 0,     /* q, k, v projections have biases */
    TR_O_BIAS = 1u << 1,       /* the output projection has one */
    TR_QKV_BIAS_KEY = 1u << 2, /* ... if attention_bias (or its like) says so */
    TR_O_BIAS_KEY = 1u << 3,
    TR_FFN_BIAS = 1u << 4,
    TR_FFN_BIAS_KEY = 1u << 5, /* mlp_bias */
    TR_FFN_PLAIN = 1u << 6,    /* up and down only, no gate */
    TR_FFN_4H = 1u << 7,       /* inner width defaults to four times hidden */
    TR_LAYERNORM = 1u << 8,    /* norms have weight and bias */
    TR_NORM_FREE = 1u << 9,    /* norms have no parameters */
    TR_QK_HEAD = 1u << 10,     /* q and k norms over one head, shared by all heads */
    TR_QK_FULL = 1u << 11,     /* q and k norms over all heads */
    TR_QK_KEY = 1u << 12,      /* ... only if use_qk_norm (or its like) says so */
    TR_TIED = 1u << 13,        /* head is the embedding unless the config says otherwise */
    TR_HEAD_BIAS = 1u << 14,
    TR_POSITIONS = 1u << 15,      /* a learned table of positions */
    TR_EMBED_NORM = 1u << 16,     /* a norm after the embedding */
    TR_MOE = 1u << 17,            /* the FFN is a mixture where the keys say so */
    TR_ROUTER_BIAS = 1u << 18,    /* a selection bias an expert */
    TR_SHARED_GATE = 1u << 19,    /* the shared expert has a gate of hidden width */
    TR_MTP = 1u << 20,            /* num_nextn_predict_layers are in the checkpoint */
    TR_WINDOW_KEY = 1u << 21,     /* sliding_window holds for every layer */
    TR_WINDOW_QWEN = 1u << 22,    /* use_sliding_window, from layer max_window_layers on */
    TR_WINDOW_ODD = 1u << 23,     /* every other layer, the first one windowed */
    TR_WINDOW_PATTERN = 1u << 24, /* all but every sliding_window_pattern-th */
    TR_ROUTER_BIAS_KEY = 1u << 25, /* moe_router_enable_expert_bias */
    TR_WINDOW_UNUSED = 1u << 26 /* a window is stated, and the engines that serve it keep the whole cache */
};

typedef struct tr_family {
    char name[44]; /* value of `architectures` */
    char type[28]; /* value of `model_type` */
    unsigned char builder;
    unsigned char norms;   /* hidden-wide norms a layer */
    unsigned char pattern; /* default of sliding_window_pattern */
    unsigned int traits;
    unsigned char quirk;
} tr_family;

size_t tr_family_count(void);
/* NULL past the end. */
const tr_family *tr_family_at(size_t index);
/* By architectures value or model_type, ASCII case ignored; NULL if unknown. */
const tr_family *tr_family_find(const char *name);
/* Slips between a name and that of a family, or its model_type, whichever is nearer. */
size_t tr_family_distance(const tr_family *family, const char *name);
/* The known name closest to it; never NULL. */
const tr_family *tr_family_nearest(const char *name);

#endif
