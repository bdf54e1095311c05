/* price/energy.c -- what a chip draws by its load, and what the power costs. */
#include <tokenroof/price.h>

#include <math.h>

#include "base/fail.h"
#include "price/constant.h"

double tr_default_pue_ratio(void) { return tr_price_constant("power.pue_ratio"); }
double tr_default_usd_per_kwh(void) { return tr_price_constant("power.usd_per_kwh"); }

/* A share of the peak, as if the operands had 16 bits. */
static double wide(double share, double ratio) { return share * ratio < 1.0 ? share * ratio : 1.0; }

static double between(double value, double low, double high)
{
    return value < low ? low : value > high ? high : value;
}

/* [K40] */
tr_status tr_power_of(const tr_chip *chip, const tr_power_load *load, tr_power *out, tr_error *err)
{
    const double share[] = {load->compute_share, load->memory_share};
    for (size_t i = 0; i < 2; i++)
        if (!(share[i] >= 0.0 && share[i] <= 1.0 + 1e-9))
            return tr_fail(err, TR_EDOMAIN, i == 0 ? "compute_share" : "memory_share", share[i],
                           "a share of the peak must be from 0 to 1, not %g", share[i]);
    if (!(load->weight_byte > 0.0))
        return tr_fail(err, TR_EDOMAIN, "weight_byte", load->weight_byte, "bytes of a weight must be above 0, not %g",
                       load->weight_byte);
    if (!(chip->power_w > 0.0))
        return tr_fail(err, TR_EMISSING, "power_w", 0.0,
                       "the power of %.60s is not known: give it with the name, as in %.60s,power=700W", chip->name,
                       chip->name);
    const double ratio = load->weight_byte <= 1.0 ? tr_price_constant("power.narrow_ratio") : 1.0;
    const double cap = chip->power_w;
    const double usual_w = tr_price_constant("power.idle_share") * cap;
    const double idle = chip->idle_power_w > 0.0 && chip->idle_power_w < cap ? chip->idle_power_w : usual_w;
    const double drawn = tr_price_constant("power.base_share") +
                         tr_price_constant("power.memory_share") * sqrt(wide(load->memory_share, ratio)) +
                         tr_price_constant("power.compute_share") * sqrt(wide(load->compute_share, ratio));
    const double predicted = between(idle + (cap - idle) * drawn, idle, cap);
    *out = (tr_power){.predicted_w = predicted,
                      .low_w = between(tr_price_constant("power.low_ratio") * predicted, idle, cap),
                      .high_w = between(tr_price_constant("power.high_ratio") * predicted, idle, cap),
                      .idle_w = idle,
                      .cap_w = cap};
    return TR_OK;
}

/* A second of work also pays for the idle seconds that the same hours hold.  [K41] */
static double site_w(const tr_power *power, double chip_w, const tr_energy_terms *terms)
{
    const double share = terms->utilisation_share;
    return terms->chip_count * terms->pue_ratio * (chip_w + power->idle_w * (1.0 - share) / share);
}

tr_status tr_energy_of(const tr_power *power, const tr_energy_terms *terms, tr_energy *out, tr_error *err)
{
    if (!(power->idle_w > 0.0 && power->idle_w <= power->low_w && power->low_w <= power->predicted_w &&
          power->predicted_w <= power->high_w && power->high_w <= power->cap_w && power->cap_w < HUGE_VAL))
        return tr_fail(err, TR_EDOMAIN, "power", power->predicted_w, "a power must lie between idle and cap, in order");
    if (!(terms->chip_count >= 1.0 && terms->chip_count <= 1e9))
        return tr_fail(err, TR_EDOMAIN, "chip_count", terms->chip_count, "1 to 1e9 chips, not %g", terms->chip_count);
    if (!(terms->pue_ratio >= 1.0 && terms->pue_ratio <= 10.0))
        return tr_fail(err, TR_EDOMAIN, "pue_ratio", terms->pue_ratio, "a PUE must be from 1 to 10, not %g",
                       terms->pue_ratio);
    if (!(terms->usd_per_kwh >= 0.0 && terms->usd_per_kwh <= 1e3))
        return tr_fail(err, TR_EDOMAIN, "usd_per_kwh", terms->usd_per_kwh,
                       "electricity must cost 0 to 1000 dollars a kWh, not %g", terms->usd_per_kwh);
    if (!(terms->utilisation_share > 0.0 && terms->utilisation_share <= 1.0))
        return tr_fail(err, TR_EDOMAIN, "utilisation_share", terms->utilisation_share,
                       "the share of the hours that is used must be above 0 and at most 1, not %g",
                       terms->utilisation_share);
    const double usd_per_j = terms->usd_per_kwh / 3.6e6;
    out->site_w = site_w(power, power->predicted_w, terms);
    out->low_site_w = site_w(power, power->low_w, terms);
    out->high_site_w = site_w(power, power->high_w, terms);
    out->usd_per_s = out->site_w * usd_per_j;
    out->low_usd_per_s = out->low_site_w * usd_per_j;
    out->high_usd_per_s = out->high_site_w * usd_per_j;
    return TR_OK;
}
