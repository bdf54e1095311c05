/* rate/calibration_name.c -- names, units and meanings of the fitted constants, and their ranges. */
#include <tokenroof/calibration.h>

#include "base/fail.h"
#include "rate/terms.h"

const char *tr_constant_name(tr_constant constant)
{
    switch (constant) {
#define CASE(ID, NAME, UNIT, DOC)                                                                            \
    case TR_CONSTANT_##ID:                                                                                   \
        return NAME;
        TR_CONSTANT_TABLE(CASE)
#undef CASE
    case TR_CONSTANT_COUNT:
        break;
    }
    return NULL;
}

tr_unit tr_constant_unit(tr_constant constant)
{
    switch (constant) {
#define CASE(ID, NAME, UNIT, DOC)                                                                            \
    case TR_CONSTANT_##ID:                                                                                   \
        return TR_UNIT_##UNIT;
        TR_CONSTANT_TABLE(CASE) // NOLINT(bugprone-branch-clone): a row of the table each, and units repeat
#undef CASE
    case TR_CONSTANT_COUNT:
        break;
    }
    return TR_UNIT_NONE;
}

const char *tr_constant_doc(tr_constant constant)
{
    switch (constant) {
#define CASE(ID, NAME, UNIT, DOC)                                                                            \
    case TR_CONSTANT_##ID:                                                                                   \
        return DOC;
        TR_CONSTANT_TABLE(CASE)
#undef CASE
    case TR_CONSTANT_COUNT:
        break;
    }
    return NULL;
}

tr_status tr_distance_check(tr_distance distance, tr_error *err)
{
    if ((int)distance >= 0 && distance < TR_DISTANCE_COUNT)
        return TR_OK;
    return tr_fail(err, TR_EDOMAIN, "distance", (double)distance,
                   "expected a distance of near, model, engine, chip or generic");
}

const char *tr_distance_name(tr_distance distance)
{
    switch (distance) {
    case TR_DISTANCE_NEAR:
        return "near";
    case TR_DISTANCE_MODEL:
        return "model";
    case TR_DISTANCE_ENGINE:
        return "engine";
    case TR_DISTANCE_CHIP:
        return "chip";
    case TR_DISTANCE_GENERIC:
        return "generic";
    case TR_DISTANCE_COUNT:
        break;
    }
    return NULL;
}

const char *tr_interval_name(tr_interval interval)
{
    static const char name[][16] = {"decode_pass", "prefill_pass", "tpot", "ttft", "ttft_crowd", "e2e"};
    return (int)interval >= 0 && interval < TR_INTERVAL_COUNT ? name[interval] : NULL;
}

static int band_ok(const tr_band *band)
{
    return band->low_ratio > 0.0 && band->low_ratio <= band->high_ratio && band->high_ratio <= 1e6;
}

/* Shares of the datasheet, which come first, are at most 1: so nothing fitted is faster than its roof. */
static double most_of(tr_constant constant) { return constant <= TR_CONSTANT_EXPERT_FP4 ? 1.0 : 1e3; }

tr_status tr_calibration_check(const tr_calibration *calibration, tr_error *err)
{
    if (calibration == NULL)
        return tr_fail(err, TR_EMISSING, "calibration", 0.0, "expected a calibration (tr_calibration_find gives one)");
    for (int i = 0; i < TR_CONSTANT_COUNT; i++) {
        const double value = calibration->value[i], most = most_of((tr_constant)i);
        if (!(value > 0.0 && value <= most))
            return tr_fail(err, TR_EDOMAIN, tr_constant_name((tr_constant)i), value,
                           "the calibration's %s must be above 0 and at most %g",
                           tr_constant_name((tr_constant)i), most);
        if (!(calibration->error_ratio[i] >= 0.0 && calibration->error_ratio[i] <= 1e6))
            return tr_fail(err, TR_EDOMAIN, "error_ratio", calibration->error_ratio[i],
                           "the standard error of %s must be 0 or more", tr_constant_name((tr_constant)i));
    }
    for (int q = 0; q < TR_INTERVAL_COUNT; q++)
        for (int d = 0; d < TR_DISTANCE_COUNT; d++)
            if (!band_ok(&calibration->band[q][d]))
                return tr_fail(err, TR_EDOMAIN, "low_ratio", calibration->band[q][d].low_ratio,
                               "the calibration's bands must be above 0, the low end below the high one");
    if ((int)calibration->distance < 0 || calibration->distance >= TR_DISTANCE_COUNT)
        return tr_fail(err, TR_EDOMAIN, "distance", (double)calibration->distance,
                       "the calibration's distance must be near, model, engine, chip or generic");
    return TR_OK;
}
