/* shard/layout.c -- which layouts are legal: for the model, the system's links and the engine. */
#include <tokenroof/shard.h>

#include <math.h>
#include <stdio.h>

#include "base/fail.h"
#include "shard/split.h"

static int whole(double x) { return x >= 1.0 && x <= 1e6 && floor(x) >= x; }
static int divides(double part, double all) { return floor(all / part) * part >= all; }

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

size_t tr_layout_format(const tr_layout *layout, char *out, size_t size)
{
    const struct {
        const char *name;
        double value;
    } rank[] = {{"tp", layout->tp_rank}, {"ep", layout->ep_rank}, {"pp", layout->pp_rank},
                {"dp", layout->dp_rank}, {"replicas", layout->replica_count}};
    size_t at = 0;
    for (size_t i = 0; i < sizeof rank / sizeof rank[0]; i++)
        if (rank[i].value > 1.0) {
            const int n = snprintf(at < size ? out + at : NULL, at < size ? size - at : 0, "%s%s %.0f",
                                   at > 0 ? ", " : "", rank[i].name, rank[i].value);
            at += n > 0 ? (size_t)n : 0;
        }
    if (at == 0) {
        const int n = snprintf(out, size, "1 chip");
        at = n > 0 ? (size_t)n : 0;
    }
    return at;
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

static tr_status check_engine(const tr_engine *e, const tr_layout *y, tr_error *err)
{
    const double group = y->tp_rank * y->dp_rank;
    const char *name = e->title[0] != '\0' ? e->title : "this engine";
    if (e->max_tp_rank > 0.0 && y->tp_rank > e->max_tp_rank && !e->row_split)
        return tr_fail(err, TR_ENOFIT, "tp_rank", y->tp_rank, "%s runs tp %.0f at most", name, e->max_tp_rank);
    if (!e->pipeline && y->pp_rank > 1.0)
        return tr_fail(err, TR_ENOFIT, "pp_rank", y->pp_rank, "%s has no pipeline stages", name);
    if (!e->attention_dp && y->dp_rank > 1.0)
        return tr_fail(err, TR_ENOFIT, "dp_rank", y->dp_rank, "%s does not copy attention over ranks", name);
    if (!e->expert_groups && y->ep_rank > 1.0)
        return tr_fail(err, TR_ENOFIT, "ep_rank", y->ep_rank, "%s does not spread whole experts over ranks", name);
    if (!e->expert_slices && group > 1.0 && y->ep_rank < group)
        return tr_fail(err, TR_ENOFIT, "ep_rank", y->ep_rank, "%s does not cut experts into slices", name);
    return TR_OK;
}

/* [L1] */
tr_status tr_layout_check(const tr_model *model, const tr_system *system, const tr_engine *engine,
                          const tr_layout *layout, tr_error *err)
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
                       "the layout (tp x dp x pp x replicas) needs %.0f chips, the system has %.0f", chips,
                       system->chip_count);
    if (!divides(layout->ep_rank, group))
        return tr_fail(err, TR_ENOFIT, "ep_rank", layout->ep_rank, "ep %.0f does not divide tp x dp = %.0f",
                       layout->ep_rank, group);
    if (model->layer_kinds == 0) /* numbers on a blackboard: pooled, whatever the links */
        return TR_OK;
    if (layout->pp_rank > model->layers)
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
    if (s == TR_OK && engine != NULL && mixture)
        s = check_engine(engine, layout, err);
    else if (s == TR_OK && engine != NULL) {
        tr_layout dense = *layout;
        dense.ep_rank = dense.tp_rank; /* without experts nothing is sliced or grouped */
        tr_engine of = *engine;
        of.expert_groups = 1;
        s = check_engine(&of, &dense, err);
    }
    tr_reach reach;
    if (s == TR_OK && group > 1.0)
        s = tr_system_reach(system, group, &reach, err);
    if (s == TR_OK && layout->pp_rank > 1.0)
        s = tr_system_reach(system, group * layout->pp_rank, &reach, err);
    return s;
}

/* [L2] */
tr_status tr_layout_list(const tr_model *model, const tr_system *system, const tr_engine *engine, tr_layout *out,
                         size_t capacity, size_t *count, tr_error *err)
{
    if (model == NULL || system == NULL || count == NULL || (out == NULL && capacity > 0))
        return tr_fail(err, TR_EMISSING, "model", 0.0, "expected a model, a system, and a place for the layouts");
    const double chips = floor(system->chip_count);
    size_t found = 0;
    const double most_tp = engine != NULL && engine->row_split ? engine->max_tp_rank : 1024.0; /* not by itself */
    for (double tp = 1.0; tp <= chips && tp <= most_tp; tp += 1.0) {
        if (!divides(tp, chips))
            continue;
        for (double pp = 1.0; pp <= chips / tp && pp <= 64.0; pp += 1.0) {
            if (!divides(pp, chips / tp))
                continue;
            const double rest = chips / tp / pp;
            for (double dp = 1.0; dp <= rest && dp <= 1024.0; dp += 1.0)
                for (int groups = 0; divides(dp, rest) && groups < 2; groups++) {
                    const tr_layout y = {tp, dp, groups ? tp * dp : 1.0, pp, rest / dp, 0};
                    if ((groups && tp * dp <= 1.0) || tr_layout_check(model, system, engine, &y, NULL) != TR_OK)
                        continue;
                    if (found < capacity)
                        out[found] = y;
                    found++;
                }
        }
    }
    *count = found;
    if (found > capacity)
        return tr_fail(err, TR_ECAPACITY, "layout", (double)found, "%zu layouts, but space for %zu", found, capacity);
    return TR_OK;
}
