/* ask/whatif_change.c -- the changes that `whatif` makes: behind the names of system and model, or in the load. */
#include "ask/whatif.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/text.h"
#include "chip/change.h"

static const tr_change changes[] = {
    {"bandwidth", TR_CHANGE_SYSTEM, "bw", TR_IN_COUNT},
    {"flops", TR_CHANGE_SYSTEM, "flops", TR_IN_COUNT},
    {"memory", TR_CHANGE_SYSTEM, "mem", TR_IN_COUNT},
    {"link", TR_CHANGE_SYSTEM, "link", TR_IN_COUNT},
    {"network", TR_CHANGE_SYSTEM, "net", TR_IN_COUNT},
    {"chips", TR_CHANGE_SYSTEM, "chips", TR_IN_COUNT},
    {"domain", TR_CHANGE_SYSTEM, "domain", TR_IN_COUNT},
    {"price", TR_CHANGE_SYSTEM, "price", TR_IN_COUNT},
    {"layers", TR_CHANGE_MODEL, "layers", TR_IN_COUNT},
    {"kv_heads", TR_CHANGE_MODEL, "kv_heads", TR_IN_COUNT},
    {"experts", TR_CHANGE_MODEL, "experts", TR_IN_COUNT},
    {"active_experts", TR_CHANGE_MODEL, "active_experts", TR_IN_COUNT},
    {"isl", TR_CHANGE_LOAD, NULL, TR_IN_ISL},
    {"osl", TR_CHANGE_LOAD, NULL, TR_IN_OSL},
    {"concurrency", TR_CHANGE_LOAD, NULL, TR_IN_CONCURRENCY},
};

/* As --question lists them. */
static const tr_named_change named[] = {
    {"10x-bandwidth", "bandwidth", 10.0},
    {"half-parameters", "layers", 0.5},
    {"4x-context", "isl", 4.0},
    {"double-domain", "domain", 2.0},
};

const char *tr_change_kind_name(tr_change_kind kind)
{
    static const char *const name[] = {"system", "model", "load"};
    return name[kind];
}

size_t tr_change_count(void) { return sizeof changes / sizeof changes[0]; }
const tr_change *tr_change_at(size_t index) { return index < tr_change_count() ? &changes[index] : NULL; }

const tr_named_change *tr_named_change_at(size_t index)
{
    return index < sizeof named / sizeof named[0] ? &named[index] : NULL;
}

const tr_named_change *tr_named_change_of(const char *input, double factor)
{
    for (size_t i = 0; i < sizeof named / sizeof named[0]; i++)
        if (strcmp(named[i].input, input) == 0 && named[i].factor == factor)
            return &named[i];
    return NULL;
}

/* ---- the system --------------------------------------------------------------------------------------------- */

/* A name is what was looked up already, from wherever it came. */
static tr_status as_it_is(const char *base, const void *context, tr_system *out, tr_error *err)
{
    (void)base, (void)err;
    *out = *(const tr_system *)context;
    return TR_OK;
}

static tr_status recount(const tr_system *system, double count, tr_system *out, tr_error *err)
{
    const double utilisation = system->utilisation_share;
    if (count < 1.0 || count != floor(count))
        return tr_fail(err, TR_EMISSING, "chips", count, "no such count of chips");
    const tr_status s = tr_system_recount(system, count, out, err);
    if (s == TR_OK)
        out->utilisation_share = utilisation;
    return s;
}

/* A domain that holds all of the chips grows by chips. */
static tr_status change_domain(const tr_system *system, double factor, tr_changed *c, tr_error *err)
{
    char text[64];
    tr_system made = *system;
    const double domain = system->domain_chip * factor;
    if (!(system->domain_chip > 1.0) || domain < 1.0 || domain != floor(domain))
        return tr_fail(err, TR_EMISSING, "domain", domain, "no such domain");
    tr_status s = system->domain_chip >= system->chip_count
                      ? recount(system, system->chip_count * factor, &made, err)
                      : TR_OK;
    (void)snprintf(text, sizeof text, "it,domain=%.0f", domain);
    if (s == TR_OK)
        s = tr_system_compose(text, as_it_is, &made, &c->system, err);
    (void)snprintf(c->how, sizeof c->how, "%s", c->system.name);
    return s;
}

static tr_status change_system(const tr_system *system, const tr_change *change, double factor, tr_changed *c,
                               tr_error *err)
{
    char text[64];
    if (strcmp(change->key, "domain") == 0)
        return change_domain(system, factor, c, err);
    if (strcmp(change->key, "chips") == 0) {
        (void)snprintf(c->how, sizeof c->how, "--count %.0f", system->chip_count * factor);
        return recount(system, system->chip_count * factor, &c->system, err);
    }
    if (strcmp(change->key, "net") == 0 && system->domain_chip >= system->chip_count)
        return tr_fail(err, TR_EMISSING, "net", factor, "nothing goes over the network");
    if (strcmp(change->key, "link") == 0 && !(system->domain_chip > 1.0))
        return tr_fail(err, TR_EMISSING, "link", factor, "nothing goes over links");
    (void)snprintf(text, sizeof text, "it,%s=%gx", change->key, factor);
    (void)snprintf(c->how, sizeof c->how, "%s,%s=%gx", system->name, change->key, factor);
    return tr_system_compose(text, as_it_is, system, &c->system, err);
}

/* ---- the model ---------------------------------------------------------------------------------------------- */

static int is_same(const tr_model *a, const tr_model *b)
{
    return a->total_param == b->total_param && a->kv_byte_per_token == b->kv_byte_per_token &&
           a->weight_dtype == b->weight_dtype;
}

/* What a change multiplies: factors give whole numbers, half of 61 layers is 30. */
static double present(const tr_model *model, const char *key)
{
    double most = 0.0;
    if (strcmp(key, "layers") == 0)
        return model->layers;
    for (int i = 0; i < model->layer_kinds; i++) {
        const tr_layer *l = &model->layer[i];
        const double here = strcmp(key, "kv_heads") == 0  ? l->kv_heads
                            : strcmp(key, "experts") == 0 ? l->experts
                                                          : l->experts_active;
        most = here > most ? here : most;
    }
    return most;
}

/* Only the catalog has the config that a change is made in: a model that was read from a file has none here. */
static tr_status change_model(const tr_scenario *scenario, const tr_model *model, const tr_change *change,
                              double factor, tr_changed *c, tr_error *err)
{
    const char *const name[] = {model->name, tr_input_text(scenario, TR_IN_MODEL)};
    const double now = present(model, change->key), then = floor(now * factor);
    if (!(now > 0.0) || !(then >= 1.0))
        return tr_fail(err, TR_EMISSING, change->key, now, "the model has no %s to change", change->input);
    for (size_t i = 0; i < 2; i++) {
        if (name[i][0] == '\0' || tr_model_catalog_get(name[i], &c->model, NULL) != TR_OK ||
            !is_same(&c->model, model))
            continue;
        (void)snprintf(c->how, sizeof c->how, "%.200s,%s=%.0f", name[i], change->key, then);
        const tr_status s = tr_model_catalog_get(c->how, &c->model, err);
        c->model.draft_model = model->draft_model;
        return s;
    }
    return tr_fail(err, TR_EMISSING, change->key, now, "the catalog does not have the model");
}

/* ---- the load ----------------------------------------------------------------------------------------------- */

static tr_status change_load(const tr_change *change, double factor, tr_changed *c, tr_error *err)
{
    char number[48];
    const tr_input_id id = change->id != TR_IN_CONCURRENCY               ? change->id
                           : tr_input_is_set(c->scenario, TR_IN_RATE)  ? TR_IN_RATE
                           : tr_input_is_set(c->scenario, TR_IN_USERS) ? TR_IN_USERS
                                                                       : TR_IN_CONCURRENCY;
    const double value = tr_input_number(c->scenario, id) * factor;
    const tr_input *input = tr_input_at(id);
    const double then = id == TR_IN_RATE ? value : floor(value + 0.5);
    if (!(then >= input->min && then >= (id == TR_IN_RATE ? 0.0 : 1.0)) || value < (id == TR_IN_RATE ? 0.0 : 1.0))
        return tr_fail(err, TR_EMISSING, input->key, then, "no such %s", input->option);
    (void)tr_number_format(then, number, sizeof number);
    c->input = input->option;
    (void)snprintf(c->how, sizeof c->how, "--%s %s", input->option, number);
    return tr_scenario_set_number(c->scenario, input->key, then, err);
}

/* ---- all together ------------------------------------------------------------------------------------------- */

tr_status tr_changed_of(const tr_scenario *scenario, const tr_problem *question, const tr_change *change, double factor,
                        tr_changed **out, tr_error *err)
{
    tr_changed *c = calloc(1, sizeof *c);
    if (c != NULL)
        c->scenario = tr_scenario_create();
    tr_status s = c == NULL || c->scenario == NULL || tr_scenario_copy(c->scenario, scenario) != TR_OK
                      ? tr_fail(err, TR_ENOMEM, "", 0.0, "out of memory")
                      : TR_OK;
    if (s == TR_OK) {
        c->model = *question->model;
        c->system = *question->system;
        c->input = change->input;
        s = change->kind == TR_CHANGE_SYSTEM  ? change_system(question->system, change, factor, c, err)
            : change->kind == TR_CHANGE_MODEL ? change_model(scenario, question->model, change, factor, c, err)
                                              : change_load(change, factor, c, err);
    }
    if (s == TR_OK)
        s = tr_problem_of(c->scenario, &c->model, &c->system, &c->problem, err);
    if (s != TR_OK && c != NULL && s == TR_EMISSING) {
        tr_changed_end(c);
        c = NULL;
    }
    *out = c;
    return s;
}

void tr_changed_end(tr_changed *c)
{
    if (c != NULL)
        tr_scenario_destroy(c->scenario);
    free(c);
}
