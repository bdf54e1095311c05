/* pass/link.c -- what the links carry: sums under tensor parallelism, experts' tokens, hops between stages. */
#include <math.h>

#include "base/extreme.h"
#include "pass/work.h"

static void collective(const pass_work *w, int layer, const char *name, tr_op_class op_class, tr_grows grows,
                       double count, double group, double message_byte, double across_byte)
{
    if (!(count > 0.0))
        return;
    tr_op op = {.layer = layer, .op_class = op_class, .grows = grows, .weight_dtype = TR_DTYPE_BF16,
                .math_dtype = TR_DTYPE_BF16, .count = count, .m_row = tr_pass_work_amount(w, grows),
                .group_chip = group, .message_byte = message_byte, .across_byte = across_byte, .flop_copy_count = 1.0,
                .weight_copy_count = 1.0, .kv_copy_count = 1.0, .flop_per_s = w->attention.flop_per_s};
    tr_pass_emit(w, &op, name);
}

static double choose(double n, double r)
{
    double ways = r <= n ? 1.0 : 0.0;
    for (double i = 1.0; i <= r && r <= n; i += 1.0)
        ways = ways * (n - r + i) / i;
    return ways;
}

/* Chance that a token reaches a place with `held` of the router's groups: i of them are among its active ones, and
 * then each of its choices falls there with chance i / active. */
static double reached_groups(const tr_layer *l, double held)
{
    const double groups = l->expert_group_count, active = l->expert_group_active_count;
    double chance = 0.0;
    for (double i = 1.0; i <= held && i <= active; i += 1.0)
        chance += choose(held, i) * choose(groups - held, active - i) *
                  tr_expert_touched_share(1.0 - i / active, l->experts_active);
    return chance / choose(groups, active);
}

/* Of `places` other than one's own, even parts of all experts, those that some choice of a token falls in:
 * (n - 1) (1 - (1 - 1/n)^k), and fewer where its experts come from some groups only. */
static double reached(const tr_layer *l, double places)
{
    const double others = places - 1.0, held = l->expert_group_count / places;
    if (!(others > 0.0))
        return 0.0;
    if (!(l->expert_group_count > l->expert_group_active_count))
        return others * tr_expert_touched_share(others / places, l->experts_active);
    if (held < 1.0) /* a group lies in several places */
        return others * (l->expert_group_active_count / l->expert_group_count) *
               tr_expert_touched_share(1.0 - held / l->expert_group_active_count, l->experts_active);
    const double low = floor(held), part = held - low;
    return others * ((1.0 - part) * reached_groups(l, low) + (part > 0.0 ? part * reached_groups(l, low + 1.0) : 0.0));
}

/* [R23] Experts' tokens go out and come back. A token crosses to another domain once, whatever ranks want it there,
 * and is handed on inside. */
static void spread(const pass_work *w, const tr_layer *l, int layer, double out_byte, double back_byte)
{
    const tr_layout *y = &w->layout;
    const double group = y->tp_rank * y->dp_rank, n = l->layer_count, all_token = w->group_token;
    if (y->ep_rank <= 1.0) { /* every rank needs every token: gathered, and the parts summed back */
        collective(w, layer, "gather", TR_OP_ALL_GATHER, TR_GROWS_GROUP_TOKEN, n, group, all_token * out_byte, 0.0);
        collective(w, layer, "scatter", TR_OP_ALL_GATHER, TR_GROWS_GROUP_TOKEN, n, group, all_token * back_byte, 0.0);
        return;
    }
    const double domain = larger(w->system->domain_chip, 1.0);
    const double domains = group > domain ? group / domain : 1.0;
    /* The busiest rank sends its own tokens. Each group of whole experts lies on tp x dp / ep chips, and a slice of a
     * row goes to each. */
    const double rows = w->token / y->tp_rank * (group / y->ep_rank);
    const double across = reached(l, domains), all = reached(l, y->ep_rank);
    const double inside = larger(all - across, 0.0);
    collective(w, layer, "dispatch", TR_OP_ALL_TO_ALL, TR_GROWS_TOKEN, n, group, rows * inside * out_byte,
               rows * across * out_byte);
    collective(w, layer, "combine", TR_OP_ALL_TO_ALL, TR_GROWS_TOKEN, n, group, rows * inside * back_byte,
               rows * across * back_byte);
}

void tr_pass_links(const pass_work *w, int layer)
{
    const tr_layer *l = tr_pass_layer_at(w, layer);
    const double tp = w->layout.tp_rank, n = l->layer_count, row = w->model->hidden * PASS_ACTIVATION_BYTE;
    const int experts_apart = l->experts > 0.0 && w->layout.dp_rank > 1.0;
    const int summed = l->dense_param > 0.0 || l->shared_param > 0.0 || (l->experts > 0.0 && !experts_apart);
    if (tp > 1.0 && l->mixer != TR_MIXER_NONE)
        collective(w, layer, "mixer-sum", TR_OP_ALL_REDUCE, TR_GROWS_TOKEN, n, tp, w->token * row, 0.0);
    if (tp > 1.0 && summed)
        collective(w, layer, "ffn-sum", TR_OP_ALL_REDUCE, TR_GROWS_TOKEN, n, tp, w->token * row, 0.0);
    if (!experts_apart)
        return;
    /* Out in FP8 where the experts multiply in FP8 or below, back in BF16. */
    const double width = l->expert_in_dim > 0.0 ? l->expert_in_dim : w->model->hidden;
    const double narrow = larger(tr_dtype_byte(w->part[TR_PART_ROUTED].math_dtype), 1.0);
    spread(w, l, layer, width * smaller(narrow, PASS_ACTIVATION_BYTE), width * PASS_ACTIVATION_BYTE);
}

/* [R24] A hop for each cut. */
void tr_pass_stages(const pass_work *w)
{
    const tr_layout *y = &w->layout;
    if (y->pp_rank > 1.0)
        collective(w, -1, "stage", TR_OP_SEND, TR_GROWS_TOKEN, y->pp_rank - 1.0, 2.0 * y->tp_rank * y->dp_rank,
                   w->token * w->model->hidden * PASS_ACTIVATION_BYTE / y->tp_rank, 0.0);
}
