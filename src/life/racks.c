/* life/racks.c -- trains of tokens, racks, links between experts, and pipelines. */
#include "life/racks.h"

#include <math.h>

static int at_least(double x, double least) { return x >= least && x <= 1e30; }

double tr_train_mean_wait_s(double interval_s)
{
    return at_least(interval_s, 0.0) ? 1.5 * interval_s : (double)NAN; /* [K30] half a wait, then the ride */
}

double tr_train_worst_wait_s(double interval_s)
{
    return at_least(interval_s, 0.0) ? 2.0 * interval_s : (double)NAN; /* [K30] */
}

double tr_rack_count(double world_token_per_s, double rack_token_per_s)
{
    if (!at_least(world_token_per_s, 0.0) || !(rack_token_per_s > 0.0 && rack_token_per_s <= 1e30))
        return (double)NAN;
    return world_token_per_s / rack_token_per_s; /* [K31] */
}

double tr_domain_fetch_s(double weight_byte, double chip_byte_per_s, double domain_chip)
{
    if (!at_least(weight_byte, 0.0) || !(chip_byte_per_s > 0.0 && chip_byte_per_s <= 1e30) ||
        !at_least(domain_chip, 1.0))
        return (double)NAN;
    return weight_byte / (chip_byte_per_s * domain_chip); /* [K32] */
}

double tr_moe_token_byte(double hidden_dim, double experts_active_count, double group_chip,
                         double dispatch_elem_byte, double combine_elem_byte)
{
    if (!at_least(hidden_dim, 1.0) || !at_least(experts_active_count, 0.0) || !at_least(group_chip, 1.0) ||
        !at_least(dispatch_elem_byte, 0.0) || !at_least(combine_elem_byte, 0.0))
        return (double)NAN;
    /* [K33] */
    return experts_active_count * hidden_dim * (dispatch_elem_byte + combine_elem_byte) *
           (1.0 - 1.0 / group_chip);
}

double tr_leaving_share(double rack_count)
{
    return at_least(rack_count, 1.0) ? 1.0 - 1.0 / rack_count : (double)NAN; /* [K34] */
}

double tr_stage_over_hop_ratio(double link_ratio, double experts_active_count, double stage_layer)
{
    if (!(link_ratio > 0.0 && link_ratio <= 1e30) || !at_least(experts_active_count, 0.0) ||
        !at_least(stage_layer, 0.0))
        return (double)NAN;
    return experts_active_count * 2.0 * stage_layer / link_ratio; /* [K35] there and back */
}

double tr_stage_byte_per_chip(double weight_byte, double kv_byte_per_seq, double stage_chip,
                              double stage_count, double micro_batch_seq)
{
    if (!at_least(weight_byte, 0.0) || !at_least(kv_byte_per_seq, 0.0) || !at_least(stage_chip, 1.0) ||
        !at_least(stage_count, 1.0) || !at_least(micro_batch_seq, 0.0))
        return (double)NAN;
    /* [K36] stage_count x micro_batch sequences are in flight, each stage keeps 1 / stage_count of their
     * cache. */
    return weight_byte / (stage_chip * stage_count) + micro_batch_seq * kv_byte_per_seq / stage_chip;
}

double tr_hops_s(double stage_count, double hop_s)
{
    return at_least(stage_count, 0.0) && at_least(hop_s, 0.0) ? stage_count * hop_s : (double)NAN; /* [K37] */
}

double tr_train_bubble_share(double stage_count, double micro_batch_count)
{
    if (!at_least(stage_count, 1.0) || !at_least(micro_batch_count, 1.0))
        return (double)NAN;
    return (stage_count - 1.0) / (micro_batch_count + stage_count - 1.0); /* [K38] */
}

double tr_decode_idle_share(double stage_count, double micro_batch_count)
{
    if (!at_least(stage_count, 1.0) || !at_least(micro_batch_count, 0.0))
        return (double)NAN;
    return micro_batch_count < stage_count ? 1.0 - micro_batch_count / stage_count : 0.0; /* [K38] */
}
