/* life/racks.h -- from one machine to a world: trains of tokens, racks, links between experts, pipelines. */
#ifndef TOKENROOF_SRC_LIFE_RACKS_H
#define TOKENROOF_SRC_LIFE_RACKS_H

#include <tokenroof/base.h>

/* [Kn] are the entries of docs/equations.md. Functions that return a double give NaN out of range. */

/* A batch leaves every interval_s and takes as long: what a request that comes at any moment waits for its token.
 * Mean and worst.  [K30] */
double tr_train_mean_wait_s(double interval_s);
double tr_train_worst_wait_s(double interval_s);
/* Racks that a world's traffic asks for.  [K31] */
double tr_rack_count(double world_token_per_s, double rack_token_per_s);
/* Time to read weights once with all chips of one scale-up domain.  [K32] */
double tr_domain_fetch_s(double weight_byte, double chip_byte_per_s, double domain_chip);

/* What one layer of experts moves for one token: to its experts in dispatch_byte an element, back in combine_byte.
 * group_chip chips hold the experts evenly; what stays on the chip does not move.  [K33] */
double tr_moe_token_byte(double hidden_dim, double experts_active_count, double group_chip,
                         double dispatch_elem_byte, double combine_elem_byte);
/* Share of that which leaves the rack if the experts are spread evenly over rack_count racks.  [K34] */
double tr_leaving_share(double rack_count);
/* Time of a stage's exchange of experts inside the rack over that of the one hop to the next rack: at 1 and above the
 * slower link between racks is no bottleneck. link_ratio: scale-up over scale-out rate.  [K35] */
double tr_stage_over_hop_ratio(double link_ratio, double experts_active_count, double stage_layer);

/* Bytes on one chip of stage_count stages of stage_chip chips with micro_batch_seq sequences in each stage: weights
 * shrink with the stages, the KV cache does not, since as many micro-batches are in flight.  [K36] */
double tr_stage_byte_per_chip(double weight_byte, double kv_byte_per_seq, double stage_chip, double stage_count,
                              double micro_batch_seq);
/* Latency that the hops add.  [K37] */
double tr_hops_s(double stage_count, double hop_s);
/* Share of the time that a stage stands idle: in training, which fills and drains; in decoding, where micro-batches go
 * round.  [K38] */
double tr_train_bubble_share(double stage_count, double micro_batch_count);
double tr_decode_idle_share(double stage_count, double micro_batch_count);

#endif
