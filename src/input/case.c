/* input/case.c -- a scenario with its model and system looked up, made ready for the equations. */
#include <tokenroof/input.h>

#include <math.h>
#include <string.h>

#include "base/fail.h"

/* count and price change the system; an inline or catalog system brings its own otherwise. */
static tr_status apply_system(const tr_scenario *scenario, const tr_system *system, tr_system *out,
                              tr_error *err)
{
    tr_system made = *system;
    if (tr_input_is_set(scenario, TR_IN_CHIP_COUNT)) {
        const double count = tr_input_number(scenario, TR_IN_CHIP_COUNT);
        const tr_status s = tr_system_of(&system->chip, count, &made, err);
        if (s != TR_OK)
            return s;
    }
    if (tr_input_is_set(scenario, TR_IN_PRICE)) {
        const double usd_per_hour = tr_input_number(scenario, TR_IN_PRICE);
        made.chip.usd_per_hour = usd_per_hour;
        made.usd_per_hour = usd_per_hour * made.chip_count;
    }
    *out = made;
    return TR_OK;
}

/* What of a layout was told; the rest follows from it. Without experts, dp are copies of the model. */
static tr_status told_layout(const tr_scenario *scenario, const tr_model *model, const tr_system *system,
                             const tr_dtypes *dtypes, tr_layout *out, int *told, tr_error *err)
{
    static const tr_input_id id[] = {TR_IN_TP, TR_IN_EP, TR_IN_PP, TR_IN_DP};
    double rank[4] = {1, 1, 1, 1};
    int set[4], mixture = 0;
    *told = 0;
    for (int i = 0; i < 4; i++) {
        set[i] = tr_input_is_set(scenario, id[i]);
        if (set[i])
            rank[i] = tr_input_number(scenario, id[i]);
        *told = *told || set[i];
    }
    const int overlap = tr_input_choice(scenario, TR_IN_OVERLAP) == 1;
    if (!*told && tr_input_choice(scenario, TR_IN_PHYSICS) != TR_PHYSICS_OPS)
        return TR_OK;
    if (!*told) {
        const tr_status s = tr_layout_default(model, system, dtypes, out, err);
        out->overlap = overlap;
        return s;
    }
    for (int i = 0; i < model->layer_kinds; i++)
        mixture = mixture || model->layer[i].experts > 0.0;
    if (mixture && !set[3] && rank[1] > rank[0])
        rank[3] = rank[1] / rank[0];
    const double stage = rank[0] * rank[2], left = floor(system->chip_count / (stage * (mixture ? rank[3] : 1.0)));
    const double copies = !mixture && set[3] ? rank[3] : left >= 1.0 ? left : 1.0;
    const tr_layout layout = {rank[0], mixture ? rank[3] : 1.0, rank[1], rank[2], copies, overlap};
    const tr_status s = tr_layout_check(model, system, &layout, err);
    if (s == TR_OK)
        *out = layout;
    return s;
}

tr_status tr_case_build(const tr_scenario *scenario, const tr_model *model, const tr_system *system,
                        tr_case *out, tr_error *err)
{
    tr_system made;
    tr_roofline roof;
    tr_status s = apply_system(scenario, system, &made, err);
    if (s != TR_OK)
        return s;
    const tr_dtypes dtypes = {.weight = (tr_dtype)tr_input_choice(scenario, TR_IN_WEIGHT_DTYPE),
                              .kv = (tr_dtype)tr_input_choice(scenario, TR_IN_KV_DTYPE),
                              .math = (tr_dtype)tr_input_choice(scenario, TR_IN_MATH_DTYPE)};
    s = tr_roofline_of(model, &made, &dtypes, &roof, err);
    if (s != TR_OK)
        return s;
    const tr_physics physics = (tr_physics)tr_input_choice(scenario, TR_IN_PHYSICS);
    tr_fitted fitted;
    memset(&fitted, 0, sizeof fitted);
    tr_layout layout, asked;
    int told = 0;
    memset(&layout, 0, sizeof layout);
    memset(&asked, 0, sizeof asked);
    s = told_layout(scenario, model, &made, &dtypes, &asked, &told, err);
    if (s != TR_OK)
        return s;
    if (told && physics == TR_PHYSICS_BOUND)
        return tr_fail(err, TR_ECONFLICT, "physics", 0.0,
                       "the bound pools all chips whatever the layout: --tp, --ep, --pp and --dp are for --physics ops "
                       "or fitted");
    if (physics == TR_PHYSICS_OPS)
        layout = asked;
    /* An engine that nobody measured is told whatever the physics: its times may stand beside the bound. */
    tr_calibration calibration;
    s = tr_calibration_find(&made.chip, tr_input_text(scenario, TR_IN_ENGINE), &calibration, err);
    if (s == TR_OK && physics == TR_PHYSICS_FITTED)
        s = tr_fitted_of(&calibration, model, &made, &dtypes, told ? &asked : NULL, &fitted, err);
    if (s != TR_OK)
        return s;
    out->fitted = fitted;
    out->layout = layout;
    out->model = *model;
    out->system = made;
    out->dtypes = dtypes;
    out->roof = roof;
    out->physics = physics;
    out->load.phase = (tr_phase)tr_input_choice(scenario, TR_IN_PHASE);
    out->load.batch_seq = tr_input_number(scenario, TR_IN_BATCH);
    out->load.context_token = tr_input_number(scenario, TR_IN_CONTEXT);
    out->load.query_token =
        out->load.phase == TR_PHASE_PREFILL ? tr_input_number(scenario, TR_IN_QUERY) : 1;
    return TR_OK;
}
