/* pass/expert.c -- the routed experts of a layer: the tokens they get and the weights that are touched. */
#include <math.h>

#include "base/extreme.h"
#include "pass/work.h"
#include "shard/split.h"

/* What the busiest rank has of them. */
typedef struct routed {
    double slots;            /* experts on a rank */
    double load;             /* tokens of the busiest rank over the mean */
    double touched;          /* share of the slots */
} routed;

/* x^-s for s >= 0 by repeated roots, to 1/4096 in s. */
static double power_down(double x, double s)
{
    double product = 1.0, root = x, part = s;
    for (; part >= 1.0; part -= 1.0)
        product *= x;
    for (int i = 0; i < 12; i++) {
        root = sqrt(root);
        part *= 2.0;
        if (part >= 1.0) {
            product *= root;
            part -= 1.0;
        }
    }
    return 1.0 / product;
}

static double idle_share(const tr_layer *l) { return (l->experts - l->experts_active) / l->experts; }

static routed routed_of(const pass_work *w, const tr_layer *l)
{
    const double skew = w->pass.routing_skew_ratio, token = w->group_token;
    routed r = {.slots = tr_split_expert_slots(l, &w->layout), .load = 1.0};
    if (!(skew > 0.0) || l->experts_active >= l->experts) {
        r.touched = tr_expert_touched_share(idle_share(l), token);
        return r;
    }
    /* [R22] Experts by falling popularity, dealt to the ranks in turn: the first rank has the most of all. */
    double all = 0.0, load = 0.0, touched = 0.0;
    for (double i = 1.0; i <= l->experts; i += 1.0)
        all += power_down(i, skew);
    for (double i = 1.0; i <= l->experts; i += w->layout.ep_rank) {
        const double chance = smaller(l->experts_active * power_down(i, skew) / all, 1.0);
        load += chance;
        touched += tr_expert_touched_share(1.0 - chance, token);
    }
    r.load = larger(load * w->layout.ep_rank / l->experts_active, 1.0);
    r.touched = touched / r.slots;
    return r;
}

/* [R21] Every rank's tokens meet the experts of this chip. */
void tr_pass_experts(const pass_work *w, int layer)
{
    const tr_layer *l = tr_pass_layer_at(w, layer);
    if (!(l->experts > 0.0))
        return;
    const pass_part *p = &w->part[TR_PART_ROUTED];
    const double share = tr_split_expert_share(&w->layout), each = l->routed_param / l->experts;
    const double token = w->group_token, group = w->layout.tp_rank * w->layout.dp_rank;
    const routed r = routed_of(w, l);
    tr_op op = {.layer = layer,
                .op_class = TR_OP_MOE,
                .grows = TR_GROWS_GROUP_TOKEN,
                .weight_dtype = p->weight_dtype,
                .math_dtype = p->math_dtype,
                .count = l->layer_count,
                .m_row = token * l->experts_active / w->layout.ep_rank * r.load,
                .n_dim = l->expert_dim * share,
                .k_dim = l->expert_in_dim,
                .experts = r.slots,
                .touched_count = r.slots * r.touched,
                .flop = 2.0 * token * (each * l->experts_active) / group * r.load,
                .weight_byte = r.slots * each * p->byte * r.touched * share,
                .flop_copy_count = 1.0,
                .weight_copy_count = r.slots * w->layout.ep_rank / l->experts,
                .kv_copy_count = 1.0,
                .flop_per_s = p->flop_per_s};
    op.activation_byte = op.m_row * 2.0 * l->expert_in_dim * PASS_ACTIVATION_BYTE;
    tr_pass_emit(w, &op, "experts");
}
