/* scenario/case.c -- a scenario with its model and system looked up, made ready for the equations. */
#include <tokenroof/scenario.h>

#include <string.h>

#include "base/fail.h"

static tr_dtype dtype_of(const tr_scenario *scenario, const char *key)
{
    const int choice = tr_scenario_choice(scenario, key);
    return choice < 0 ? TR_DTYPE_NATIVE : (tr_dtype)choice;
}

/* count and price change the system; an inline or catalog system brings its own otherwise. */
static tr_status apply_system(const tr_scenario *scenario, const tr_system *system, tr_system *out,
                              tr_error *err)
{
    tr_system made = *system;
    if (tr_scenario_is_set(scenario, "chip_count")) {
        const double count = tr_scenario_number(scenario, "chip_count");
        const tr_status s = tr_system_of(&system->chip, count, &made, err);
        if (s != TR_OK)
            return s;
    }
    if (tr_scenario_is_set(scenario, "chip_usd_per_hour")) {
        const double usd_per_hour = tr_scenario_number(scenario, "chip_usd_per_hour");
        made.chip.usd_per_hour = usd_per_hour;
        made.usd_per_hour = usd_per_hour * made.chip_count;
    }
    *out = made;
    return TR_OK;
}

tr_status tr_case_build(const tr_scenario *scenario, const tr_model *model, const tr_system *system,
                        tr_case *out, tr_error *err)
{
    tr_system made;
    tr_roofline roof;
    tr_status s = apply_system(scenario, system, &made, err);
    if (s != TR_OK)
        return s;
    const tr_dtypes dtypes = {.weight = dtype_of(scenario, "weight_dtype"),
                              .kv = dtype_of(scenario, "kv_dtype"),
                              .math = dtype_of(scenario, "math_dtype")};
    s = tr_roofline_of(model, &made, &dtypes, &roof, err);
    if (s != TR_OK)
        return s;
    const tr_physics physics = (tr_physics)tr_scenario_choice(scenario, "physics");
    tr_fitted fitted;
    memset(&fitted, 0, sizeof fitted);
    if (physics == TR_PHYSICS_OPS)
        return tr_fail(err, TR_EUNKNOWN, "physics", 0.0, "ops physics is not known here yet: bound or fitted");
    if (physics == TR_PHYSICS_FITTED) {
        tr_calibration calibration;
        s = tr_calibration_find(&made.chip, tr_scenario_text(scenario, "engine"), &calibration, err);
        if (s == TR_OK)
            s = tr_fitted_of(&calibration, model, &made, &dtypes, NULL, &fitted, err);
        if (s != TR_OK)
            return s;
    }
    out->fitted = fitted;
    out->model = *model;
    out->system = made;
    out->dtypes = dtypes;
    out->roof = roof;
    out->physics = physics;
    out->load.phase = (tr_phase)tr_scenario_choice(scenario, "phase");
    out->load.batch_seq = tr_scenario_number(scenario, "batch_seq");
    out->load.context_token = tr_scenario_number(scenario, "context_token");
    out->load.query_token =
        out->load.phase == TR_PHASE_PREFILL ? tr_scenario_number(scenario, "query_token") : 1;
    return TR_OK;
}
