/* ask/scale.h -- what `scale` answers, part by part, before it is written or drawn. */
#ifndef TOKENROOF_SRC_ASK_SCALE_H
#define TOKENROOF_SRC_ASK_SCALE_H

#include <tokenroof/ask.h>

#include "ask/train_row.h"
#include "life/loss_law.h"
#include "life/racks.h"

enum { TR_SCALE_ROWS = 64, TR_SCALE_WALLS = 5 };

/* What the parts share. */
typedef struct tr_scale_terms {
    const tr_problem *question;
    double batch_seq, context_token; /* batch: as asked, else the balance without KV */
    double hop_s, micro_batch_count, rack_count;
} tr_scale_terms;
void tr_scale_terms_of(const tr_scenario *scenario, const tr_problem *question, tr_scale_terms *out);

typedef struct tr_scale_domain {
    char name[64];
    double chips, byte_per_s, memory_byte, fetch_s, year;
    int holds;
} tr_scale_domain;
/* Every catalog system by the time one domain needs to read the weights once. Returns how many. */
size_t tr_scale_domains(const tr_scale_terms *terms, tr_scale_domain *out, size_t capacity);

/* Bytes of an element on its way: sent in FP8, brought back in BF16, as DeepSeek's library does. */
enum { TR_DISPATCH_BYTE = 1, TR_COMBINE_BYTE = 2 };
typedef struct tr_scale_moe {
    int is_mixture;
    double experts, experts_active, layers, group_chip, experts_per_chip, token_byte, leaving_share;
    double scaleup_s, scaleout_s, link_ratio, stage_over_hop_ratio;
} tr_scale_moe;
void tr_scale_moe_of(const tr_scale_terms *terms, tr_scale_moe *out);

typedef struct tr_scale_stage {
    double stages, weight_byte_per_chip, kv_byte_per_chip, byte_per_chip, memory_byte, in_flight_seq, hops_s;
    double bubble_share, idle_share;
    int fits;
} tr_scale_stage;
/* What a chip has for weights and caches, beside activations, buffers and the engine's reserve. */
double tr_scale_room_byte(const tr_problem *question);
tr_scale_stage tr_scale_stage_of(const tr_scale_terms *terms, double stages);

typedef struct tr_scale_wall {
    char name[TR_NAME_MAX], attention[24];
    double bandwidth_token, capacity_token, compute_token, limit_token;
} tr_scale_wall;
/* The asked model, then one of each kind of attention, each in its own best layout. Allocates and frees. Errors: as
 * tr_problem_of. */
tr_status tr_scale_walls(const tr_scenario *scenario, const tr_scale_terms *terms, tr_scale_wall *out,
                         size_t *count, tr_error *err);

#endif
