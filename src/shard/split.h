/* shard/split.h -- how the parts of a layer are divided over the chips of a layout: one place for what is split,
 * what is copied, and by how much. */
#ifndef TOKENROOF_SRC_SHARD_SPLIT_H
#define TOKENROOF_SRC_SHARD_SPLIT_H

#include <tokenroof/shard.h>

/* Chips over which a cache's rows are split by heads; on the rest of tp they are copied.  [L8] */
double tr_split_cache(const tr_layer *layer, const tr_cache *cache, double tp);

/* Copies of a layer's input projections over all tp chips: 1 where heads split evenly, more where KV heads run out.
 * [L8] */
double tr_split_projection_copy(const tr_layer *layer, double tp);

/* Whether the mixer's shape explains its parameters; if not it is taken as one matrix of what it has. */
int tr_split_mixer_known(const tr_layer *layer, double hidden);

/* Parameters of a mixer's output projections: all, and the first of two. */
double tr_split_out_param(const tr_layer *layer, double hidden, double *first);

/* Parameters of latent attention that every chip of tp keeps whole: the down projections and an indexer's. */
double tr_split_latent_copied(const tr_layer *layer, double hidden);

/* Experts that a rank holds, and the share of each of them. */
double tr_split_expert_slots(const tr_layer *layer, const tr_layout *layout);
double tr_split_expert_share(const tr_layout *layout);

/* Sequences (or tokens) of the busiest of `ranks`, when `seq` are dealt out in turn. Whole numbers round up; between
 * two whole numbers it is straight. A rank without a sequence does no work. */
double tr_split_busiest(double seq, double ranks);

/* Of the layers of one kind, those that the host has: whole, and those whose routed experts it has (whole ones
 * counted). And whether it has the output head. [L20] */
double tr_split_host_layers(const tr_model *model, const tr_formats *formats, int kind, int routed);
int tr_split_host_head(const tr_model *model, const tr_formats *formats);

/* Whether so many sequences fit the chips, whatever the host has. */
int tr_shard_fits_chips(const tr_shard *shard, double batch_seq, double context_token);

/* A shard's numbers alone, as tr_shard_of makes them. Errors: TR_EMISSING, TR_EDOMAIN. */
tr_status tr_shard_range(const tr_shard *shard, tr_error *err);

/* The layout's fields alone: whole numbers from 1 up. Errors: TR_EMISSING, TR_EDOMAIN. */
tr_status tr_layout_range(const tr_layout *layout, tr_error *err);

#endif
