/* step/layout.c -- which layouts are legal, which one is usual, and what a chip holds in one. */
#include <tokenroof/layout.h>

#include <math.h>
#include <string.h>

#include "base/fail.h"
#include "model/context.h"
#include "step/op_work.h"

#define RESERVE_SHARE 0.1 /* what engines leave free by default: memory utilisation 0.9 */

static double smaller(double a, double b) { return a < b ? a : b; }
static double larger(double a, double b) { return a > b ? a : b; }
static int whole(double x) { return x >= 1.0 && x <= 1e6 && floor(x) >= x; }
static int divides(double part, double all) { return floor(all / part) * part >= all; }

/* ---- legal --------------------------------------------------------------------- */

tr_status tr_layout_range(const tr_layout *layout, tr_error *err)
{
    if (layout == NULL)
        return tr_fail(err, TR_EMISSING, "layout", 0.0, "expected a layout");
    const struct {
        const char *field;
        double value;
    } rank[] = {{"tp_rank", layout->tp_rank}, {"dp_rank", layout->dp_rank}, {"ep_rank", layout->ep_rank},
                {"pp_rank", layout->pp_rank}, {"replica_count", layout->replica_count}};
    for (size_t i = 0; i < sizeof rank / sizeof rank[0]; i++)
        if (!whole(rank[i].value))
            return tr_fail(err, TR_EDOMAIN, rank[i].field, rank[i].value, "%s must be a whole number from 1 up",
                           rank[i].field);
    return TR_OK;
}

static tr_status check_layer(const tr_layer *l, const tr_layout *y, tr_error *err)
{
    const double tp = y->tp_rank, slices = tp * y->dp_rank / y->ep_rank;
    const int headed = l->mixer == TR_MIXER_ATTENTION || l->mixer == TR_MIXER_MLA;
    if (headed && l->heads > 0.0 && !divides(tp, l->heads))
        return tr_fail(err, TR_ENOFIT, "tp_rank", tp, "tp %.0f does not divide the %.0f attention heads", tp, l->heads);
    if (l->mixer == TR_MIXER_ATTENTION && l->kv_heads > 0.0 && !divides(tp, l->kv_heads) && !divides(l->kv_heads, tp))
        return tr_fail(err, TR_ENOFIT, "tp_rank", tp, "the %.0f KV heads neither split nor copy evenly over tp %.0f",
                       l->kv_heads, tp);
    if (l->dense_dim > 0.0 && !divides(tp, l->dense_dim))
        return tr_fail(err, TR_ENOFIT, "tp_rank", tp, "tp %.0f does not divide the FFN's width of %.0f", tp,
                       l->dense_dim);
    if (l->experts > 0.0 && !(y->ep_rank <= l->experts))
        return tr_fail(err, TR_ENOFIT, "ep_rank", y->ep_rank, "ep %.0f is more than the %.0f experts", y->ep_rank,
                       l->experts);
    if (l->experts > 0.0 && l->expert_dim > 0.0 && !divides(slices, l->expert_dim))
        return tr_fail(err, TR_ENOFIT, "ep_rank", y->ep_rank,
                       "an expert's width of %.0f does not cut into tp x dp / ep = %.0f slices", l->expert_dim, slices);
    return TR_OK;
}

/* [L1] */
tr_status tr_layout_check(const tr_model *model, const tr_system *system, const tr_layout *layout, tr_error *err)
{
    if (model == NULL || system == NULL)
        return tr_fail(err, TR_EMISSING, model == NULL ? "model" : "system", 0.0, "expected a model and a system");
    tr_status s = tr_layout_range(layout, err);
    if (s != TR_OK)
        return s;
    const double group = layout->tp_rank * layout->dp_rank;
    const double chips = group * layout->pp_rank * layout->replica_count;
    if (!(chips <= system->chip_count))
        return tr_fail(err, TR_ENOFIT, "tp_rank", chips,
                       "tp x dp x pp and its replicas ask for %.0f chips, the system has %.0f", chips,
                       system->chip_count);
    if (!divides(layout->ep_rank, group))
        return tr_fail(err, TR_ENOFIT, "ep_rank", layout->ep_rank, "ep %.0f does not divide tp x dp = %.0f",
                       layout->ep_rank, group);
    if (model->layer_kinds > 0 && layout->pp_rank > model->layers)
        return tr_fail(err, TR_ENOFIT, "pp_rank", layout->pp_rank, "pp %.0f is more than the %.0f layers",
                       layout->pp_rank, model->layers);
    int mixture = 0;
    for (int i = 0; s == TR_OK && i < model->layer_kinds; i++) {
        mixture = mixture || model->layer[i].experts > 0.0;
        s = check_layer(&model->layer[i], layout, err);
    }
    if (s == TR_OK && layout->ep_rank > 1.0 && !mixture)
        return tr_fail(err, TR_ENOFIT, "ep_rank", layout->ep_rank,
                       "ep is for a mixture of experts: this model has none");
    if (s == TR_OK && layout->dp_rank > 1.0 && !mixture)
        return tr_fail(err, TR_ENOFIT, "dp_rank", layout->dp_rank,
                       "dp inside an instance shares experts: a model without them runs as replicas");
    return s;
}

tr_status tr_layout_list(const tr_model *model, const tr_system *system, tr_layout *out, size_t capacity,
                         size_t *count, tr_error *err)
{
    if (model == NULL || system == NULL || count == NULL || (out == NULL && capacity > 0))
        return tr_fail(err, TR_EMISSING, "model", 0.0, "expected a model, a system, and a place for the layouts");
    const double chips = floor(system->chip_count);
    size_t found = 0;
    for (double tp = 1.0; tp <= chips && tp <= 1024.0; tp += 1.0) {
        if (!divides(tp, chips))
            continue;
        for (double pp = 1.0; pp <= chips / tp && pp <= 64.0; pp += 1.0) {
            if (!divides(pp, chips / tp))
                continue;
            const double rest = chips / tp / pp;
            for (double dp = 1.0; dp <= rest && dp <= 1024.0; dp += 1.0)
                for (int whole_experts = 0; divides(dp, rest) && whole_experts < 2; whole_experts++) {
                    const tr_layout y = {tp, dp, whole_experts ? tp * dp : 1.0, pp, rest / dp, 0};
                    if ((whole_experts && tp * dp <= 1.0) || tr_layout_check(model, system, &y, NULL) != TR_OK)
                        continue;
                    if (found < capacity)
                        out[found] = y;
                    found++;
                }
        }
    }
    *count = found;
    if (found > capacity)
        return tr_fail(err, TR_ECAPACITY, "layout", (double)found, "there are %zu layouts, room is for %zu", found,
                       capacity);
    return TR_OK;
}

/* ---- what a chip holds ------------------------------------------------------------- */

void tr_op_hold(void *context, const op_work *w, const tr_op *op)
{
    op_held *h = context;
    double byte = op->weight_byte;
    if (op->op_class == TR_OP_MOE) {
        const tr_layer *l = &w->model->layer[op->layer];
        byte = op->experts * (l->routed_param / l->experts) * w->routed.byte * w->layout.ep_rank /
               (w->layout.tp_rank * w->layout.dp_rank);
    }
    if (op->layer >= 0 || w->model->layer_kinds == 0)
        h->layers_byte += op->count * byte;
    else
        h->outside_byte += op->count * byte;
    h->widest_byte = larger(h->widest_byte, op->activation_byte);
}

void tr_layout_hold(const op_work *w, const op_held *held, double context_token, double *weight_byte, double *kv_byte)
{
    const tr_model *m = w->model;
    const tr_layout *y = &w->layout;
    const double table = (m->total_param - m->stream_param) * w->other.byte / y->tp_rank;
    if (m->layer_kinds == 0) {
        *weight_byte = w->roof.store_weight_byte / (y->tp_rank * y->pp_rank);
        *kv_byte = (m->kv_byte_per_token * context_token + m->state_byte_per_seq) / (y->tp_rank * y->pp_rank);
        return;
    }
    /* The busiest stage has a layer more than the mean, and one of the tables. */
    const double stage = ceil(m->layers / y->pp_rank) / m->layers;
    *weight_byte = y->pp_rank > 1.0 ? held->layers_byte * stage + larger(held->outside_byte, table)
                                    : held->layers_byte + held->outside_byte + table;
    double kv = 0.0;
    for (int i = 0; i < m->layer_kinds; i++) {
        const tr_layer *l = &m->layer[i];
        double each = l->state_byte / y->tp_rank;
        for (int k = 0; k < l->cache_count; k++)
            if (!l->cache[k].shared)
                each += tr_cache_stored_row(&l->cache[k], context_token) * l->cache[k].elem * w->roof.kv_elem_byte /
                        tr_op_kv_split(l, &l->cache[k], y->tp_rank);
        kv += l->layer_count * each;
    }
    *kv_byte = kv * stage;
}

/* [L3] */
tr_status tr_layout_memory_of(const tr_model *model, const tr_system *system, const tr_layout *layout,
                              const tr_dtypes *dtypes, double context_token, double pass_token, tr_layout_memory *out,
                              tr_error *err)
{
    op_work w;
    const tr_status s = tr_op_work_of(model, system, layout, dtypes, &w, err);
    if (s != TR_OK)
        return s;
    if (!(context_token >= 0.0 && context_token <= 1e12))
        return tr_fail(err, TR_EDOMAIN, "context_token", context_token, "the context must be 0 to 1e12 tokens");
    if (!(pass_token >= 1.0 && pass_token <= 1e12))
        return tr_fail(err, TR_EDOMAIN, "pass_token", pass_token, "a pass takes 1 to 1e12 tokens");
    tr_layout_memory m = {.capacity_byte = system->chip.memory_byte};
    op_held h = {0.0, 0.0, 0.0};
    const tr_pass one = {.decode_seq = 1.0, .token_per_seq = 1.0};
    (void)tr_op_work_pass(&w, &one, NULL);
    tr_op_walk(&w, tr_op_hold, &h);
    tr_layout_hold(&w, &h, context_token, &m.weight_byte, &m.kv_byte_per_seq);
    const double row = model->hidden * OP_ACTIVATION_BYTE, group = w.layout.tp_rank * w.layout.dp_rank;
    /* The stream beside the widest operator's in and out. */
    m.activation_byte = pass_token * (h.widest_byte / larger(w.token, 1.0) + row);
    m.collective_byte = group > 1.0 ? 2.0 * pass_token * row : 0.0;
    m.reserve_byte = m.capacity_byte < HUGE_VAL ? RESERVE_SHARE * m.capacity_byte : 0.0;
    const double left = m.capacity_byte - m.reserve_byte - m.weight_byte - m.activation_byte - m.collective_byte;
    if (!(left > 0.0) && m.capacity_byte < HUGE_VAL)
        m.max_batch_seq = 0.0;
    else
        m.max_batch_seq = m.kv_byte_per_seq > 0.0 && left < HUGE_VAL
                              ? floor(left / m.kv_byte_per_seq) * w.layout.dp_rank * w.layout.replica_count
                              : HUGE_VAL;
    *out = m;
    return TR_OK;
}

/* ---- the usual one ----------------------------------------------------------------- */

static double weights_of(const tr_model *model, const tr_system *system, const tr_layout *layout,
                         const tr_dtypes *dtypes)
{
    op_work w;
    op_held h = {0.0, 0.0, 0.0};
    double weight = HUGE_VAL, kv = 0.0;
    if (tr_op_work_of(model, system, layout, dtypes, &w, NULL) != TR_OK)
        return weight;
    const tr_pass one = {.decode_seq = 1.0, .token_per_seq = 1.0};
    (void)tr_op_work_pass(&w, &one, NULL);
    tr_op_walk(&w, tr_op_hold, &h);
    tr_layout_hold(&w, &h, 0.0, &weight, &kv);
    return weight;
}

static int is_mixture(const tr_model *model)
{
    for (int i = 0; i < model->layer_kinds; i++)
        if (model->layer[i].experts > 0.0)
            return 1;
    return 0;
}

/* How far a layout is from the usual one: stages first, then tp over domains, then copies of attention. */
static double strangeness(const tr_layout *y, const tr_system *system, int spread)
{
    const double over = y->tp_rank > system->domain_chip ? 64.0 * y->tp_rank : 0.0;
    const double slices = spread && y->ep_rank <= 1.0 ? 0.5 : 0.0;
    return 16.0 * (y->pp_rank - 1.0) + over + 0.01 * (spread ? y->tp_rank : y->dp_rank) + slices -
           0.001 * (spread ? y->dp_rank : smaller(y->tp_rank, 8.0)) + (y->tp_rank > 8.0 ? y->tp_rank : 0.0);
}

/* [L2] */
tr_status tr_layout_default(const tr_model *model, const tr_system *system, const tr_dtypes *dtypes, tr_layout *out,
                            tr_error *err)
{
    tr_roofline roof;
    const tr_status s = tr_roofline_of(model, system, dtypes, &roof, err);
    if (s != TR_OK)
        return s;
    const double chips = floor(system->chip_count), domain = larger(floor(system->domain_chip), 1.0);
    tr_layout y = {1.0, 1.0, 1.0, 1.0, chips, 0};
    if (is_mixture(model) && chips > 8.0) {
        const tr_layout spread = {1.0, chips, chips, 1.0, 1.0, 0};
        y = spread;
    } else {
        for (double tp = smaller(smaller(chips, domain), 8.0); tp >= 1.0; tp -= 1.0) {
            y.tp_rank = tp;
            y.replica_count = chips / tp;
            if (divides(tp, chips) && tr_layout_check(model, system, &y, NULL) == TR_OK)
                break;
        }
    }
    const double room = system->chip.memory_byte;
    if (chips <= 1.0 || (tr_layout_check(model, system, &y, NULL) == TR_OK &&
                         weights_of(model, system, &y, dtypes) < room)) {
        *out = y;
        return TR_OK;
    }
    tr_layout all[256];
    size_t count = 0;
    (void)tr_layout_list(model, system, all, sizeof all / sizeof all[0], &count, NULL);
    count = count < sizeof all / sizeof all[0] ? count : sizeof all / sizeof all[0];
    const tr_layout alone = {1.0, 1.0, 1.0, 1.0, chips, 0};
    tr_layout best = alone;
    double least = HUGE_VAL;
    const int spread = is_mixture(model) && chips > 8.0;
    for (size_t i = 0; i < count; i++) {
        const double weight = weights_of(model, system, &all[i], dtypes);
        /* Those that do not fit stand behind all that do, the smallest of them first. */
        const double rank = weight < room ? strangeness(&all[i], system, spread) : 1e9 + weight / room;
        if (rank < least) {
            least = rank;
            best = all[i];
        }
    }
    *out = best;
    return TR_OK;
}
