/* tokenroof/shard.h -- what ONE chip holds when a model is spread over a system, and what fits.
 *
 * A layout says how a model is cut: an instance is tp x dp x pp chips, and a
 * system runs `replica_count` of them side by side. tp splits every matrix by
 * heads and columns; dp ranks each hold all of attention inside the instance, each with
 * sequences of its own; routed experts lie on all tp x dp chips of a stage, in
 * ep groups of whole experts and the rest (tp x dp / ep) in slices; pp cuts by
 * layers. A shard is one chip of the busiest stage of such a layout: its
 * weights, the cache and state of a sequence, activations, buffers, and what
 * the engine lets them take. Every "largest batch", "does not fit" and memory
 * table of every verb comes from here.
 *
 * Functions are pure: no globals, no allocation, no I/O; any thread may call
 * them. [Ln] are the entries of docs/equations.md.
 */
#ifndef TOKENROOF_SHARD_H
#define TOKENROOF_SHARD_H

#include <tokenroof/base.h>
#include <tokenroof/chip.h>
#include <tokenroof/engine.h>
#include <tokenroof/model.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tr_layout {
    double tp_rank;          /* whole, >= 1 */
    double dp_rank;          /* copies of attention inside an instance, whole, >= 1 */
    double ep_rank;          /* groups of whole experts, divides tp x dp; 1 = every expert in slices */
    double pp_rank;          /* stages, whole, >= 1 */
    double replica_count;    /* instances, whole, >= 1 */
    int overlap;             /* 1: two micro-batches, one on the links while the other computes */
} tr_layout;

/* "tp 4, ep 8, dp 2, replicas 3": the ranks above 1, or "1 chip". Returns the length needed, as snprintf. */
TR_API size_t tr_layout_format(const tr_layout *layout, char *out, size_t size);

/* Whether the model can be cut so on the system, by this engine (NULL: any): heads by tp, KV heads by tp or copied
 * evenly, FFN and expert widths by their slices, experts by ep, layers by pp, no more chips than there are, and only
 * over links whose rate is known. Memory is not looked at.
 * Errors: TR_EMISSING (NULL, or a link's rate), TR_EDOMAIN (a field out of range), TR_ENOFIT (not legal: the text says why).  [L1] */
TR_API tr_status tr_layout_check(const tr_model *model, const tr_system *system, const tr_engine *engine,
                                 const tr_layout *layout, tr_error *err);

/* The legal layouts that use every chip, tp rising, without overlap. *count is how many there are, also where
 * that is more than capacity (TR_ECAPACITY; the first `capacity` are written). Errors: TR_EMISSING.  [L2] */
TR_API tr_status tr_layout_list(const tr_model *model, const tr_system *system, const tr_engine *engine,
                                tr_layout *out, size_t capacity, size_t *count, tr_error *err);

/* Number formats and the share of memory as asked for; zero takes what the model is published in, and the engine's own. */
typedef struct tr_formats {
    tr_weight_format weight; /* 0: as published, by part */
    tr_dtype kv;             /* NATIVE: as the engine and the checkpoint have it */
    tr_dtype math;           /* NATIVE: what the weights multiply in */
    double draft_token;      /* tokens drafted ahead of each verification, whole, 0 to 1024; where > 0 the model that was
                              * named for it, else the MTP layers, are resident with their cache */
    double memory_share;     /* of the device's memory that the engine may use, by its own rule; 0: its default */
    double host_layer_count; /* the first so many layers are held and computed by the host beside the chips, whole; one
                              * more than the model has: the output head too; 0: none */
    double host_expert_layer_count; /* of the first so many layers the routed experts are, those of whole layers
                              * counted; at most the model's layers; 0: none */
    double host_chunk_token; /* tokens of a micro-batch, for each of which weights may be copied from the host; 0: the
                              * engine's own */
} tr_formats;

/* One chip of the busiest stage. Plain data; the model, system and engine must outlive it. */
typedef struct tr_shard {
    const tr_model *model;
    const tr_system *system;
    const tr_engine *engine;         /* NULL: numbers on a blackboard, nothing is held back */
    tr_layout layout;
    tr_formats formats;              /* as asked */
    tr_weights weights;              /* as resolved, by part */
    tr_dtype kv_dtype;               /* as resolved */
    double memory_byte;              /* usable on the chip; HUGE_VAL = not limited */
    double weight_byte;              /* all weights resident */
    double draft_weight_byte;        /* of them, of what drafts */
    double activation_byte;          /* of the tokens of a pass, up to the engine's token budget */
    double buffer_byte;              /* of collectives and graphs */
    double reserve_byte;             /* what the engine leaves alone */
    double cache_room_byte;          /* left for cache and state; below 0: the weights alone do not fit */
    double stage_share;              /* of the chips' layers, on the busiest stage */
    double host_memory_byte;         /* of the host, for one instance; 0: nothing lies there */
    double host_weight_byte;         /* there, of one instance; the table of tokens with them */
    double host_room_byte;           /* there, left for the cache of its layers; below 0: too little for the weights */
} tr_shard;

/* Errors: as tr_layout_check; TR_EDOMAIN (formats, model or system out of range). That the weights do not fit is no
 * error here: cache_room_byte says so. On error *out is untouched.  [L3] */
TR_API tr_status tr_shard_of(const tr_model *model, const tr_system *system, const tr_engine *engine,
                             const tr_layout *layout, const tr_formats *formats, tr_shard *out, tr_error *err);

/* Whether some of the model lies on the host.  [L20] */
TR_API int tr_shard_has_host(const tr_shard *shard);

/* Where an engine that can leave layers to the host leaves how many of them, of a model that is spread so over the
 * chips: as few bytes as this batch at this context allows. Of a mixture the routed experts of the first layers, as few
 * layers as needed, and whole layers only when all experts are there; else whole layers, the first ones. What formats
 * asks for already is kept, and only more whole layers are added where it asks for experts. Nothing is moved where all
 * fits the chips; where something is, each chip keeps the engine's host_free_byte. On TR_ENOFIT *out is everything that can be moved. Errors: TR_EUNKNOWN (no host, or the engine leaves
 * nothing to one), TR_ENOFIT (chips or host lack memory: the text says which), those of tr_shard_of.  [L22] */
TR_API tr_status tr_shard_place(const tr_model *model, const tr_system *system, const tr_engine *engine,
                                const tr_layout *layout, const tr_formats *formats, double batch_seq,
                                double context_token, tr_formats *out, tr_error *err);

/* What drafts for this shard's sequences on the same chip, as a shard of its own: the model that was named for it, in
 * the same formats where any were asked, split by tp where its heads allow that and else whole on every chip. TR_EUNKNOWN: there is none, or nothing
 * is drafted. Other errors: those of tr_shard_of. On error *out is untouched.  [L9] */
TR_API tr_status tr_shard_draft(const tr_shard *shard, tr_shard *out, tr_error *err);

/* Cache and state of one sequence on this chip, context_token (0 to 1e12) cached: heads split, a latent and heads
 * beyond the KV heads copied, windows and states as they are.  [L8] */
TR_API double tr_shard_seq_byte(const tr_shard *shard, double context_token);

/* The same on the host, of the layers that it has: the cache of a layer lies with its layer.  [L21] */
TR_API double tr_shard_host_seq_byte(const tr_shard *shard, double context_token);
/* Bytes in use on the host, of all instances. */
TR_API double tr_shard_host_used_byte(const tr_shard *shard, double batch_seq, double context_token);

/* Largest whole batch of the system at this context; 0 if not one sequence fits, HUGE_VAL if nothing limits it.  [R12] */
TR_API double tr_shard_max_batch_seq(const tr_shard *shard, double context_token);
/* Longest context at which batch_seq (1 to 1e9) sequences fit; 0 if none, HUGE_VAL if nothing limits it.  [R13] */
TR_API double tr_shard_max_context_token(const tr_shard *shard, double batch_seq);
/* Bytes in use on the chip with batch_seq sequences of the whole system in flight, reserve not counted. */
TR_API double tr_shard_used_byte(const tr_shard *shard, double batch_seq, double context_token);
/* TR_OK where batch_seq (0 to 1e9) sequences at this context (0 to 2e12 tokens) fit. Errors: TR_ENOFIT, with what
 * lacks and the largest batch; TR_EDOMAIN, TR_EMISSING. */
TR_API tr_status tr_shard_check(const tr_shard *shard, double batch_seq, double context_token, tr_error *err);

#ifdef __cplusplus
}
#endif
#endif /* TOKENROOF_SHARD_H */
