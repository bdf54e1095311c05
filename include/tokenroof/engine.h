/* tokenroof/engine.h -- serving engines as data: what each does with memory, prompts and layouts unless it is told
 * otherwise.
 *
 * An engine is named with or without a version ("vllm", "vllm@0.15"); the records are data/engines, compiled in. A
 * default belongs to a server on a large accelerator; smaller cards get smaller budgets from the engines themselves.
 * Functions are pure: no globals, no allocation, no I/O; any thread may call them. Records are static and stay good.
 */
#ifndef TOKENROOF_ENGINE_H
#define TOKENROOF_ENGINE_H

#include <tokenroof/base.h>
#include <tokenroof/model.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What memory_share is a share of, and what it holds. */
typedef enum tr_memory_rule {
    TR_MEMORY_WHOLE = 0,   /* memory_share of the device holds weights, activations and cache: vLLM, and the default */
    TR_MEMORY_STATIC,      /* memory_share holds weights and cache, activations live in the rest: SGLang */
    TR_MEMORY_FREE,        /* memory_share of what weights and buffers leave is cache: TensorRT-LLM */
    TR_MEMORY_ALL          /* all of it but buffers: llama.cpp */
} tr_memory_rule;
TR_API const char *tr_memory_rule_name(tr_memory_rule rule); /* "whole", "static", "free", "all"; NULL past the end */

typedef struct tr_engine {
    char name[24];         /* "vllm"; "" = no engine in particular */
    char title[48];        /* "vLLM" */
    char version[24];      /* the first that behaves so: "0.21"; "" = any */
    char date[12];         /* of the source */
    char source[256];
    tr_memory_rule memory_rule;
    double memory_share;   /* over 0, at most 1: unless it is told otherwise */
    double buffer_byte;    /* graphs, collective workspaces, context: beside activations; 0 = none known */
    double chunk_token;    /* token budget of a step with prompts */
    double max_seq;        /* running requests at most; 0 = what fits */
    double block_token;    /* of paged KV; 1 = a token at a time */
    int prefill_first;     /* 1: a step carries prompts or decodes; 0: both (chunked prefill) */
    int whole_prompt;      /* 1: a prompt is not cut into chunks */
    int whole_answer;      /* 1: a request is admitted only when its longest answer fits */
    double poll_step;      /* decode steps between looks for new requests */
    unsigned kv_dtypes;    /* 1u << TR_DTYPE_FP8: a bit for each format it can keep its cache in; 0 = any */
    tr_dtype kv_dtype;     /* where nothing else says: NATIVE = the model's own */
    int kv_from_checkpoint; /* 1: heeds compressed-tensors' kv_cache_scheme; ModelOpt's word all engines do */
    int gguf;              /* 1: its models are GGUF files: MXFP4 is their mix of that name */
    int expert_slices;     /* 1: can run each expert as slices over tp ranks */
    int expert_groups;     /* 1: can run whole experts by ep groups */
    int attention_dp;      /* 1: can copy attention over dp ranks that share one set of experts */
    int pipeline;          /* 1: can run pp > 1 */
    int host_layers;       /* 1: can leave layers, or their routed experts, to the CPU beside the chips */
    double host_copy_token; /* tokens of a chunk from which weights that the host holds are copied to the chip and
                             * multiplied there; 0 = never */
    double host_free_byte; /* left free on each chip where the layers that stay there are chosen, not given */
    double max_tp_rank;    /* that it takes by itself; 0 = no limit but the heads */
    int row_split;         /* 1: more tp ranks where they are asked for (llama.cpp -sm row), and never by itself */
    int apple_gpu;         /* 1: runs on Apple's GPUs and nowhere else */
} tr_engine;

/* The records, the versions of an engine together, newest first. NULL past the end. */
TR_API size_t tr_engine_count(void);
TR_API const tr_engine *tr_engine_at(size_t index);

/* No engine in particular: name "", what most of them have in common. */
TR_API const tr_engine *tr_engine_default(void);

/* An engine by name, or by name and version: "vllm", "vllm@0.15", "trt-llm", "llama.cpp", "dynamo-sglang"; of a
 * version the newest record at or before it, of none the newest. A version is compared by its first three numbers
 * ("1.3.0rc14" is 1.3.0). What follows a blank is ignored ("llama.cpp CUDA"). "" gives tr_engine_default.
 * Errors: TR_EUNKNOWN (no such engine, with a suggestion; a version before the first that is known). */
TR_API tr_status tr_engine_find(const char *text, const tr_engine **out, tr_error *err);

/* The cache's format, never NATIVE: asked wins; else what this engine makes of the checkpoint; FP8 or FP4 weights
 * alone never narrow it. model NULL: one without a directive. */
TR_API tr_dtype tr_engine_kv_dtype(const tr_engine *engine, const tr_model *model, tr_dtype asked);

/* A format asked for the cache is one that this engine has, and that divides the model's rows: llama.cpp's are blocks
 * of 32 elements of a head. NATIVE always is. engine NULL: any. model NULL: not looked at.
 * Errors: TR_ECONFLICT, field "kv_dtype"; the text says which formats there are. */
TR_API tr_status tr_engine_kv_check(const tr_engine *engine, const tr_model *model, tr_dtype asked, tr_error *err);

#ifdef __cplusplus
}
#endif

#endif /* TOKENROOF_ENGINE_H */
