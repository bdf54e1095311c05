/* input/host_layers.c -- layers left to the host beside the chips: what was asked for, and what the load needs. */
#include "input/host_layers.h"

#include <math.h>

#include "base/fail.h"

/* [L22] What was asked for of the host beside the chips; what was not, is placed once a layout is known. */
tr_status tr_host_asked(const tr_scenario *scenario, tr_problem *p, tr_error *err)
{
    static const tr_input_id id[] = {TR_IN_GPU_LAYERS, TR_IN_CPU_MOE, TR_IN_N_CPU_MOE};
    const int all_experts = tr_input_choice(scenario, TR_IN_CPU_MOE) == 1;
    const double layers = p->model->layers, most = layers + 1.0; /* the output layer counts as one */
    tr_formats *f = &p->formats;
    for (size_t i = 0; i < 3; i++)
        if (tr_input_is_set(scenario, id[i]) && (p->engine == NULL || !p->engine->host_layers))
            return tr_fail(err, TR_ECONFLICT, tr_input_at(id[i])->key, 0.0,
                           "--%s: %s leaves no layers to the host: --engine llamacpp does", tr_input_at(id[i])->option,
                           p->engine == NULL || p->engine->title[0] == '\0' ? "this engine" : p->engine->title);
    if (all_experts && tr_input_is_set(scenario, TR_IN_N_CPU_MOE))
        return tr_fail(err, TR_ECONFLICT, "cpu_moe", 0.0, "--cpu-moe is of all layers, --n-cpu-moe of some: give one");
    const double experts = all_experts ? layers : tr_input_number(scenario, TR_IN_N_CPU_MOE);
    const double chips = tr_input_number(scenario, TR_IN_GPU_LAYERS);
    if (experts > 0.0 && !(p->model->routed_param > 0.0))
        return tr_fail(err, TR_ECONFLICT, "cpu_moe", 0.0,
                       "%s has no routed experts to leave to the host: --gpu-layers leaves whole layers",
                       p->model->name);
    if (chips >= 0.0 && chips < most)
        f->host_layer_count = most - floor(chips);
    if (experts > 0.0)
        f->host_expert_layer_count = experts < layers ? floor(experts) : layers;
    if ((f->host_layer_count > 0.0 || f->host_expert_layer_count > 0.0) && !p->system->has_host)
        return tr_fail(err, TR_ECONFLICT, "host", 0.0,
                       "no host stands beside the chips to hold layers: name one behind them, as in "
                       "rtx-4090+epyc-9654,mem=256GB");
    return TR_OK;
}

/* Layers are placed by themselves unless their number was given. */
int tr_host_is_open(const tr_scenario *scenario, const tr_problem *p)
{
    const int given = tr_input_is_set(scenario, TR_IN_GPU_LAYERS) && tr_input_choice(scenario, TR_IN_GPU_LAYERS) != 0;
    return p->system->has_host && p->engine != NULL && p->engine->host_layers && !given;
}

/* [L22] The best layout does not hold the load: leave layers to the host, all chips one behind the other. */
static tr_status place(tr_problem *p, const tr_load *load, tr_error *err)
{
    const tr_layout stages = {1.0, 1.0, 1.0, floor(p->system->chip_count), 1.0, 0};
    const tr_layout layout = p->layout_given ? p->layout : stages;
    const double held_token = load->context_token + (load->phase == TR_PHASE_PREFILL ? load->query_token : 0.0);
    tr_formats placed = p->asked_formats;
    const tr_status s = tr_shard_place(p->model, p->system, p->engine, &layout, &p->asked_formats, load->batch_seq,
                                       held_token, &placed, err);
    if (s != TR_OK && s != TR_ENOFIT)
        return s;
    p->formats = placed; /* where nothing fits, all that can be left there: who asks what lacks is told of the host */
    p->layout = layout;
    p->layout_load = *load;
    p->layout_status = s;
    return tr_roofline_of(p->model, p->system, p->engine, &p->formats, &p->roof, err);
}

/* For the largest load, else the first, where the chips alone do not hold it. */
tr_status tr_host_place(tr_problem *p, const tr_load *largest, tr_error *err)
{
    const tr_load *const load[] = {largest, &p->load};
    p->asked_formats = p->formats;
    p->host_placed = 1;
    for (int i = 0; i < 2; i++) {
        const double held_token =
            load[i]->context_token + (load[i]->phase == TR_PHASE_PREFILL ? load[i]->query_token : 0.0);
        if (p->layout_status == TR_OK && tr_shard_check(&p->shard, load[i]->batch_seq, held_token, NULL) == TR_OK)
            return TR_OK;
        const tr_status s = place(p, load[i], err);
        if (s != TR_OK || p->layout_status == TR_OK)
            return s;
    }
    return TR_OK;
}
