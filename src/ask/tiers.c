/* ask/tiers.c -- gathers what `tiers` answers: the places beside a chip, their costs, and where each is cheapest. */
#include "ask/tiers.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ask/quantity_ratio.h"
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

double tr_tiers_per_mtoken(const tr_tiers *t, double usd) { return usd / t->context_token * 1e6; }

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

/* A share of the peak that was given is taken; else, on a real chip, what a prefill is predicted to take says it. Every
 * rank takes a prompt of its own, so that all chips that are paid for work. */
static void prefill_again(const tr_scenario *scenario, tr_tiers *t)
{
    const tr_problem *q = t->question;
    const tr_layout *layout = &q->shard.layout;
    const double rank_count = q->blackboard ? 1.0 : layout->dp_rank * layout->replica_count;
    const tr_load alone = {TR_PHASE_PREFILL, 1.0, 0.0, t->context_token};
    const tr_load all = {TR_PHASE_PREFILL, rank_count, 0.0, t->context_token};
    tr_step step;
    t->seq_chip = q->roof.chip_count / rank_count;
    t->recompute_s = (tr_quantity){.low = (double)NAN, .high = (double)NAN, .bound = (double)NAN};
    if (tr_bound_step(&q->roof, &alone, &step, NULL) == TR_OK) {
        t->recompute_s.bound = step.step_s;
        t->recompute_usd.bound = step.compute_s * q->roof.usd_per_s; /* of many at once the weights are read once */
    }
    if (q->physics == TR_PHYSICS_BOUND || tr_input_is_set(scenario, TR_IN_RECOMPUTE_MFU) ||
        tr_problem_step(q, q->physics, &all, &step, NULL) != TR_OK) {
        t->recompute_s.predicted = t->recompute_flop / (q->roof.flop_per_s * t->mfu);
        return;
    }
    t->mfu = t->recompute_flop * rank_count / (q->roof.flop_per_s * step.step_s);
    t->is_predicted = 1;
    t->recompute_s.predicted = step.step_s;
    t->recompute_s.low = step.low_s;
    t->recompute_s.high = step.high_s;
}

/* [K6] The same at a share of the peak, for dollars. */
static void price_again(tr_tiers *t)
{
    const tr_roofline *roof = &t->question->roof;
    const tr_quantity *s = &t->recompute_s;
    const double usd = t->terms.chip_usd_per_s > 0.0
                           ? tr_recompute_usd(t->recompute_flop, roof->flop_per_s, t->mfu, roof->usd_per_s)
                           : (double)NAN;
    t->recompute_usd.predicted = usd;
    t->recompute_usd.low = usd * (s->low / s->predicted);
    t->recompute_usd.high = usd * (s->high / s->predicted);
    if (!(usd > 0.0))
        t->recompute_usd.bound = usd;
}

static tr_status held_of(const tr_scenario *scenario, tr_tiers *t, tr_error *err)
{
    const tr_roofline *roof = &t->question->roof;
    const tr_model *model = t->question->model;
    t->context_token = tr_input_number(scenario, TR_IN_CONTEXT);
    t->new_token = tr_input_number(scenario, TR_IN_NEW_TOKEN);
    t->held_byte =
        tr_model_kv_store_byte(model, t->context_token, tr_dtype_byte(roof->kv_dtype)) + model->state_byte_per_seq;
    if (!(t->context_token > 0.0) || !(t->held_byte > 0.0))
        return tr_fail(err, TR_EDOMAIN, "context_token", t->context_token,
                       "there is no KV cache to keep: the context is 0, or the model's kv= was not given");
    t->held_byte_per_token = t->held_byte / t->context_token;
    t->mfu = tr_input_number(scenario, TR_IN_RECOMPUTE_MFU);
    t->fetch_count = tr_input_number(scenario, TR_IN_HITS);
    t->terms = (tr_hold_terms){.chip_usd_per_s = roof->usd_per_s > 0.0 ? roof->usd_per_s / roof->chip_count : 0.0,
                               .stall_ratio = tr_input_number(scenario, TR_IN_STALL),
                               .life_s = tr_input_number(scenario, TR_IN_TIER_LIFE)};
    /* [K6] */
    t->recompute_flop = roof->flop_per_token * t->context_token +
                        tr_model_prefill_attention_flop(model, 0.0, t->context_token);
    prefill_again(scenario, t);
    price_again(t);
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
    const tr_quantity *again = &t->recompute_usd;
    tr_fetch_time(p == t->place ? 0.0 : t->held_byte, p->tier->read_byte_per_s * t->seq_chip, &p->fetch_s);
    p->fetch_s.bound *= t->seq_chip / t->question->roof.chip_count; /* another layout might use them all */
    p->even_s = p->cost.fetch_usd_per_byte / p->cost.hold_usd_per_byte_s;
    p->recompute_even_s = (tr_quantity){
        .predicted = tr_recompute_break_even_s(&p->cost, t->held_byte, again->predicted, t->fetch_count),
        .low = tr_recompute_break_even_s(&p->cost, t->held_byte, again->low, t->fetch_count),
        .high = tr_recompute_break_even_s(&p->cost, t->held_byte, again->high, t->fetch_count),
        .bound = tr_recompute_break_even_s(&p->cost, t->held_byte, again->bound, t->fetch_count)};
    if (t->held_byte > p->tier->capacity_byte * t->question->roof.chip_count)
        (void)snprintf(p->why, sizeof p->why, "is too small for one sequence");
}

static const tr_place unknown_cost = {(double)NAN, (double)NAN, (double)NAN, (double)NAN, (double)NAN};

static tr_tiers_place blank(const tr_tier *tier, const char *name)
{
    return (tr_tiers_place){.tier = tier, .name = name, .cost = unknown_cost, .usd_per_gb = (double)NAN,
                            .even_s = (double)NAN, .drain_even_s = (double)NAN, .next_even_s = (double)NAN,
                            .recompute_even_s = {(double)NAN, (double)NAN, (double)NAN, (double)NAN},
                            .from_s = (double)NAN, .to_s = (double)NAN};
}

static tr_status tier_of(const tr_scenario *scenario, tr_tiers *t, int i, tr_error *err)
{
    const tr_chip *chip = &t->question->system->chip;
    tr_tiers_place *p = &t->place[t->place_count++];
    tr_tier tier = chip->tier[i];
    *p = blank(&chip->tier[i], chip->tier[i].name);
    if (i > 0)
        price_of(scenario, &tier, p);
    if (!(t->terms.chip_usd_per_s > 0.0))
        (void)snprintf(p->why, sizeof p->why, "needs the chip's price: --price gives one");
    else {
        const tr_status s = tr_place_of(&tier, i == 0, &t->terms, &p->cost, err);
        if (s != TR_OK)
            return s;
    }
    if (!isfinite(tier.capacity_byte)) {
        p->cost = unknown_cost;
        (void)snprintf(p->why, sizeof p->why, "needs a size: the system's mem was not given");
    }
    measure(t, p);
    p->counts = p->why[0] == '\0';
    return TR_OK;
}

static tr_status places_of(const tr_scenario *scenario, tr_tiers *t, tr_error *err)
{
    tr_status s = TR_OK;
    for (int i = 0; s == TR_OK && i < t->question->system->chip.tier_count; i++)
        s = tier_of(scenario, t, i, err);
    for (int i = 0; i + 1 < t->place_count; i++) {
        tr_tiers_place *p = &t->place[i];
        p->drain_even_s = tr_drain_break_even_s(p->tier, p[1].tier);
        if (p->counts && p[1].counts)
            p->next_even_s = tr_place_break_even_s(&p->cost, &p[1].cost, t->fetch_count);
    }
    tr_tiers_place *again = &t->place[t->place_count++];
    *again = blank(NULL, "recompute");
    again->fetch_s = t->recompute_s;
    again->counts = t->recompute_usd.predicted > 0.0;
    if (!again->counts)
        (void)snprintf(again->why, sizeof again->why, "needs the chip's price: --price gives one");
    return s;
}

static tr_status cheapest_of(tr_tiers *t, tr_error *err)
{
    tr_place costs[TR_TIER_MAX];
    const int tiers = t->place_count - 1;
    if (!(t->recompute_usd.predicted > 0.0))
        return TR_OK;
    for (int i = 0; i < tiers; i++) {
        costs[i] = t->place[i].cost;
        if (!t->place[i].counts)
            costs[i].hold_usd_per_byte_s = (double)NAN;
    }
    const tr_status s =
        tr_cheapest_of(costs, (size_t)tiers, t->held_byte, t->recompute_usd.predicted, t->fetch_count, t->cheapest,
                       sizeof t->cheapest / sizeof t->cheapest[0], &t->cheapest_count, err);
    for (size_t i = 0; s == TR_OK && i < t->cheapest_count; i++) {
        if (t->cheapest[i].place < 0)
            t->cheapest[i].place = tiers;
        t->place[t->cheapest[i].place].from_s = t->cheapest[i].from_s;
        t->place[t->cheapest[i].place].to_s = t->cheapest[i].to_s;
    }
    return s;
}

/* ---- the time to the first token ------------------------------------------------------ */

/* One request alone, of which cached_token are in the chips' memory. */
static void rest_of(tr_tiers *t, double cached_token, tr_quantity *out)
{
    const tr_problem *q = t->question;
    const tr_load load = {TR_PHASE_PREFILL, 1.0, cached_token, t->context_token + t->new_token - cached_token};
    const tr_clients clients = {.concurrency_seq = 1.0, .prompt_token = t->context_token + t->new_token,
                                .output_token = 128.0, .cached_token = cached_token};
    tr_step step;
    tr_service service;
    tr_error err = {0};
    *out = TR_NO_QUANTITY;
    if (tr_bound_step(&q->roof, &load, &step, NULL) == TR_OK)
        out->bound = step.step_s;
    if (!tr_problem_predicts(q) || q->physics != TR_PHYSICS_FITTED)
        (void)snprintf(t->no_ttft, sizeof t->no_ttft, "only the bound: physics %s", tr_physics_name(q->physics));
    else if (tr_serve(&q->shard, &q->roof, &q->calibration, q->distance, &clients, &service, &err) != TR_OK)
        (void)snprintf(t->no_ttft, sizeof t->no_ttft, "only the bound: %.160s", err.text);
    else
        *out = service.ttft_s;
}

static void first_tokens(tr_tiers *t)
{
    tr_quantity rest, all;
    rest_of(t, t->context_token, &rest);
    rest_of(t, 0.0, &all);
    for (int i = 0; i + 1 < t->place_count; i++)
        tr_hit_ttft(&rest, &t->place[i].fetch_s, i == 0 ? 0.0 : t->terms.stall_ratio, &t->place[i].ttft_s);
    t->place[t->place_count - 1].ttft_s = all;
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
        s = places_of(scenario, out, err);
    if (s == TR_OK)
        s = cheapest_of(out, err);
    if (s == TR_OK)
        first_tokens(out);
    return s;
}

/* Of a sequence: written, held and fetched, or computed again as often. */
static double usd_of(const tr_tiers *t, int place, double hold_s)
{
    const tr_tiers_place *p = &t->place[place];
    if (!p->counts)
        return (double)NAN;
    return p->tier == NULL ? t->recompute_usd.predicted * t->fetch_count
                           : tr_hold_usd(&p->cost, t->held_byte, hold_s, t->fetch_count);
}

double tr_tiers_usd_per_mtoken(const tr_tiers *t, int place, double hold_s)
{
    return tr_tiers_per_mtoken(t, usd_of(t, place, hold_s));
}

tr_quantity tr_tiers_hit_price(const tr_tiers *t, int place, double hold_s)
{
    const tr_quantity *again = &t->recompute_usd;
    const double usd = t->place[place].tier != NULL ? usd_of(t, place, hold_s) : (double)NAN;
    return (tr_quantity){.predicted = tr_hit_price_ratio(usd, again->predicted, t->fetch_count),
                         .low = tr_hit_price_ratio(usd, again->high, t->fetch_count),
                         .high = tr_hit_price_ratio(usd, again->low, t->fetch_count),
                         .bound = (double)NAN};
}

tr_quantity tr_tiers_write_premium(const tr_tiers *t, int place, double hold_s)
{
    const tr_quantity *again = &t->recompute_usd;
    const tr_place *cost = t->place[place].counts ? &t->place[place].cost : &unknown_cost;
    return (tr_quantity){.predicted = tr_hold_premium_ratio(cost, t->held_byte, hold_s, again->predicted),
                         .low = tr_hold_premium_ratio(cost, t->held_byte, hold_s, again->high),
                         .high = tr_hold_premium_ratio(cost, t->held_byte, hold_s, again->low),
                         .bound = (double)NAN};
}

int tr_tiers_cheapest(const tr_tiers *t, double hold_s)
{
    size_t i = 0;
    while (i + 1 < t->cheapest_count && hold_s >= t->cheapest[i].to_s)
        i++;
    return t->cheapest_count > 0 ? t->cheapest[i].place : -1;
}

/* The year in "(2026-01)" at a source's end; 0 where there is none. */
static int year_of(const char *source)
{
    const char *open = strrchr(source, '(');
    int year = 0;
    for (int i = 1; open != NULL && i <= 4 && open[i] >= '0' && open[i] <= '9'; i++)
        year = year * 10 + (open[i] - '0');
    return year;
}

int tr_tiers_prices_apart(const tr_tiers *t)
{
    int first = 0, last = 0;
    for (int i = 0; i < t->place_count; i++) {
        const int year = t->place[i].counts ? year_of(t->place[i].price_source) : 0;
        if (year == 0)
            continue;
        first = first == 0 || year < first ? year : first;
        last = year > last ? year : last;
    }
    return last > first + 1;
}
