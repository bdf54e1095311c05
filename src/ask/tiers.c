/* ask/tiers.c -- gathers what `tiers` answers: the places beside a chip, their costs, and where each is cheapest. */
#include "ask/tiers.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/text.h"

/* The input that gives a tier's price. */
typedef struct price_input {
    char tier[12];
    tr_input_id id;
} price_input;
static const price_input price_inputs[] = {{"ddr", TR_IN_DDR_PRICE},
                                           {"flash", TR_IN_FLASH_PRICE},
                                           {"flash-qlc", TR_IN_QLC_PRICE},
                                           {"disk", TR_IN_DISK_PRICE}};
enum { PRICE_INPUTS = sizeof price_inputs / sizeof price_inputs[0] };

static double per_mtoken(const tr_tiers *t, double usd) { return usd / t->context_token * 1e6; }

/* ---- what is asked ----------------------------------------------------------------- */

static tr_status lists_of(const tr_scenario *scenario, tr_tiers *t, tr_error *err)
{
    size_t count = 0;
    const double *given = tr_input_list(scenario, TR_IN_HOLD, &count);
    if (count > TR_TIERS_HOLDS)
        return tr_fail(err, TR_ECAPACITY, "hold_s", (double)count, "give at most %d hold times",
                       TR_TIERS_HOLDS);
    memcpy(t->hold_s, given, count * sizeof *given);
    t->hold_count = count;
    given = tr_input_list(scenario, TR_IN_WRITE_RATIO, &count);
    if (count > TR_TIERS_PREMIUMS)
        return tr_fail(err, TR_ECAPACITY, "write_price_ratio", (double)count,
                       "give at most %d write ratios", TR_TIERS_PREMIUMS);
    memcpy(t->write_ratio, given, count * sizeof *given);
    t->premium_count = count;
    t->read_ratio = tr_input_number(scenario, TR_IN_READ_RATIO);
    return TR_OK;
}

/* A share of the peak that was given is taken; else, on a real chip, what a prefill is predicted to take says it. */
static void prefill_again(const tr_scenario *scenario, tr_tiers *t)
{
    const tr_problem *q = t->question;
    const tr_load load = {TR_PHASE_PREFILL, 1.0, 0.0, t->context_token};
    tr_step step;
    t->recompute_low_s = t->recompute_high_s = t->recompute_bound_s = (double)NAN;
    if (tr_bound_step(&q->roof, &load, &step, NULL) == TR_OK)
        t->recompute_bound_s = step.step_s;
    if (q->physics == TR_PHYSICS_BOUND || tr_input_is_set(scenario, TR_IN_RECOMPUTE_MFU) ||
        tr_problem_step(q, q->physics, &load, &step, NULL) != TR_OK)
        return;
    t->mfu = t->recompute_flop / (q->roof.flop_per_s * step.step_s);
    t->is_predicted = 1;
    t->recompute_low_s = step.low_s;
    t->recompute_high_s = step.high_s;
}

static tr_status held_of(const tr_scenario *scenario, tr_tiers *t, tr_error *err)
{
    const tr_roofline *roof = &t->question->roof;
    const tr_model *model = t->question->model;
    size_t contexts = 0;
    (void)tr_input_list(scenario, TR_IN_CONTEXT, &contexts);
    if (contexts > 1)
        return tr_fail(err, TR_ECONFLICT, "context_token", (double)contexts,
                       "tiers takes one length: give --context one value");
    t->context_token = tr_input_number(scenario, TR_IN_CONTEXT);
    t->held_byte =
        tr_model_kv_store_byte(model, t->context_token, tr_dtype_byte(roof->kv_dtype)) + model->state_byte_per_seq;
    if (!(t->context_token > 0.0) || !(t->held_byte > 0.0))
        return tr_fail(err, TR_EDOMAIN, "context_token", t->context_token,
                       "there is no KV cache to keep: the context is 0, or the model's kv= was not given");
    t->held_byte_per_token = t->held_byte / t->context_token;
    if (!(roof->usd_per_s > 0.0))
        return tr_fail(err, TR_EMISSING, "chip_usd_per_hour", 0.0,
                       "no price is known for %.60s, so holding a cache has no cost: give --price",
                       t->question->system->name);
    t->mfu = tr_input_number(scenario, TR_IN_RECOMPUTE_MFU);
    t->fetch_count = tr_input_number(scenario, TR_IN_HITS);
    t->terms = (tr_hold_terms){.chip_usd_per_s = roof->usd_per_s / roof->chip_count,
                               .stall_ratio = tr_input_number(scenario, TR_IN_STALL),
                               .life_s = tr_input_number(scenario, TR_IN_TIER_LIFE)};
    /* [K6] */
    t->recompute_flop = roof->flop_per_token * t->context_token +
                        tr_model_prefill_attention_flop(model, 0.0, t->context_token);
    prefill_again(scenario, t);
    t->recompute_s = t->recompute_flop / (roof->flop_per_s * t->mfu);
    t->recompute_usd = tr_recompute_usd(t->recompute_flop, roof->flop_per_s, t->mfu, roof->usd_per_s);
    return TR_OK;
}

/* ---- the places -------------------------------------------------------------------- */

static tr_status check_prices(const tr_scenario *scenario, const tr_chip *chip, tr_error *err)
{
    for (int i = 0; i < PRICE_INPUTS; i++) {
        int there = 0;
        for (int k = 1; k < chip->tier_count; k++)
            there |= strcmp(chip->tier[k].name, price_inputs[i].tier) == 0;
        const tr_input *input = tr_input_at(price_inputs[i].id);
        if (!there && tr_input_is_set(scenario, input->id))
            return tr_fail(err, TR_ECONFLICT, input->key, 0.0,
                           "--%s needs a tier %s beside %.60s, which has none: a chip file can list it under tiers",
                           input->option, price_inputs[i].tier, chip->name);
    }
    return TR_OK;
}

/* The part's price: an option's, else the data's. */
static void price_of(const tr_scenario *scenario, tr_tier *tier, tr_tiers_place *p)
{
    const tr_input *input = NULL;
    for (int i = 0; i < PRICE_INPUTS; i++)
        if (strcmp(tier->name, price_inputs[i].tier) == 0)
            input = tr_input_at(price_inputs[i].id);
    (void)tr_text_copy(p->price_source, sizeof p->price_source, tier->price_source);
    if (input != NULL && tr_input_is_set(scenario, input->id)) {
        tier->usd_per_byte = tr_input_number(scenario, input->id) / 1e12;
        tier->usd_per_byte_s = 0.0;
        (void)snprintf(p->price_source, sizeof p->price_source, "--%s", input->option);
    }
    p->usd_per_gb = tier->usd_per_byte > 0.0 ? tier->usd_per_byte * 1e9 : (double)NAN;
    if (!(tier->usd_per_byte > 0.0) && !(tier->usd_per_byte_s > 0.0))
        (void)snprintf(p->why, sizeof p->why, input != NULL ? "needs a price: --%s gives one" : "needs a price%.0s",
                       input != NULL ? input->option : "");
}

static void measure(const tr_tiers *t, tr_tiers_place *p)
{
    const double chips = t->question->roof.chip_count;
    p->hold_usd_per_mtoken_hour = p->cost.hold_usd_per_byte_s * 3600.0 * t->held_byte_per_token * 1e6;
    p->fetch_usd_per_mtoken = p->cost.fetch_usd_per_byte * t->held_byte_per_token * 1e6;
    p->fetch_s = t->held_byte / (p->tier->read_byte_per_s * chips);
    p->even_s = p->cost.fetch_usd_per_byte / p->cost.hold_usd_per_byte_s;
    p->recompute_break_even_s =
        tr_recompute_break_even_s(&p->cost, t->held_byte, t->recompute_usd, t->fetch_count);
    if (t->held_byte > p->tier->capacity_byte * chips)
        (void)snprintf(p->why, sizeof p->why, "is too small for one sequence");
}

static tr_status tiers_of(const tr_scenario *scenario, tr_tiers *t, tr_error *err)
{
    const tr_chip *chip = &t->question->system->chip;
    for (int i = 0; i < chip->tier_count; i++) {
        tr_tiers_place *p = &t->place[t->place_count++];
        tr_tier tier = chip->tier[i];
        *p = (tr_tiers_place){.tier = &chip->tier[i], .name = chip->tier[i].name, .from_s = (double)NAN,
                              .to_s = (double)NAN, .usd_per_gb = (double)NAN};
        if (i > 0)
            price_of(scenario, &tier, p);
        const tr_status s = tr_place_of(&tier, i == 0, &t->terms, &p->cost, err);
        if (s != TR_OK)
            return s;
        if (!isfinite(tier.capacity_byte)) {
            p->cost.hold_usd_per_byte_s = (double)NAN;
            (void)snprintf(p->why, sizeof p->why, "needs a size: the system's mem was not given");
        }
        measure(t, p);
        p->counts = p->why[0] == '\0';
    }
    t->place[t->place_count++] = (tr_tiers_place){.name = "recompute",
                                                  .cost = {(double)NAN, (double)NAN},
                                                  .counts = 1,
                                                  .usd_per_gb = (double)NAN,
                                                  .hold_usd_per_mtoken_hour = 0.0,
                                                  .fetch_usd_per_mtoken = per_mtoken(t, t->recompute_usd),
                                                  .fetch_s = t->recompute_s,
                                                  .even_s = (double)NAN,
                                                  .recompute_break_even_s = (double)NAN,
                                                  .from_s = (double)NAN,
                                                  .to_s = (double)NAN};
    return TR_OK;
}

static tr_status cheapest_of(tr_tiers *t, tr_error *err)
{
    tr_place costs[TR_TIER_MAX];
    const int tiers = t->place_count - 1;
    for (int i = 0; i < tiers; i++) {
        costs[i] = t->place[i].cost;
        if (!t->place[i].counts)
            costs[i].hold_usd_per_byte_s = (double)NAN;
    }
    const tr_status s =
        tr_cheapest_of(costs, (size_t)tiers, t->held_byte, t->recompute_usd, t->fetch_count, t->cheapest,
                       sizeof t->cheapest / sizeof t->cheapest[0], &t->cheapest_count, err);
    for (size_t i = 0; s == TR_OK && i < t->cheapest_count; i++) {
        if (t->cheapest[i].place < 0)
            t->cheapest[i].place = tiers;
        t->place[t->cheapest[i].place].from_s = t->cheapest[i].from_s;
        t->place[t->cheapest[i].place].to_s = t->cheapest[i].to_s;
    }
    return s;
}

tr_status tr_tiers_of(const tr_scenario *scenario, const tr_problem *question, tr_tiers *out, tr_error *err)
{
    *out = (tr_tiers){.question = question};
    tr_status s = lists_of(scenario, out, err);
    if (s == TR_OK)
        s = held_of(scenario, out, err);
    if (s == TR_OK)
        s = check_prices(scenario, &question->system->chip, err);
    if (s == TR_OK)
        s = tiers_of(scenario, out, err);
    return s == TR_OK ? cheapest_of(out, err) : s;
}

double tr_tiers_usd_per_mtoken(const tr_tiers *t, int place, double hold_s)
{
    const tr_tiers_place *p = &t->place[place];
    if (!p->counts)
        return (double)NAN;
    return per_mtoken(t, p->tier == NULL ? t->recompute_usd * t->fetch_count
                                         : tr_hold_usd(&p->cost, t->held_byte, hold_s, t->fetch_count));
}

int tr_tiers_cheapest(const tr_tiers *t, double hold_s)
{
    size_t i = 0;
    while (i + 1 < t->cheapest_count && hold_s >= t->cheapest[i].to_s)
        i++;
    return t->cheapest[i].place;
}
