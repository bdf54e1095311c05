/* input/problem.c -- a scenario with its model and system looked up, resolved once: engine, formats, layout, shard,
 * calibration. */
#include <tokenroof/problem.h>

#include <math.h>
#include <string.h>

#include "base/fail.h"
#include "input/day.h"
#include "input/host_layers.h"
#include "rate/op_rate.h"

static tr_dtype dtype_of(const tr_scenario *scenario, tr_input_id id)
{
    const int choice = tr_input_choice(scenario, id);
    return choice < 0 ? TR_DTYPE_NATIVE : (tr_dtype)choice;
}

tr_status tr_problem_system(const tr_scenario *scenario, tr_system *system, tr_error *err)
{
    if (tr_input_is_set(scenario, TR_IN_CHIP_COUNT)) {
        tr_system made;
        const double count = tr_input_number(scenario, TR_IN_CHIP_COUNT);
        const tr_status s = system->has_host ? tr_system_recount(system, count, &made, err)
                                             : tr_system_of(&system->chip, count, &made, err);
        if (s != TR_OK)
            return s;
        *system = made;
    }
    if (tr_input_is_set(scenario, TR_IN_THREADS)) {
        const tr_status s = tr_system_threads(system, tr_input_number(scenario, TR_IN_THREADS), err);
        if (s != TR_OK)
            return s;
    }
    if (tr_input_is_set(scenario, TR_IN_UTILISATION))
        system->utilisation_share = tr_input_number(scenario, TR_IN_UTILISATION);
    else if (tr_input_is_set(scenario, TR_IN_DAY)) {
        const tr_swing swing = tr_scenario_swing(scenario);
        system->utilisation_share = tr_swing_mean_share(&swing); /* [K80] just large enough for the busiest hour */
    }
    if (!tr_input_is_set(scenario, TR_IN_PRICE))
        return TR_OK;
    const int word = tr_input_choice(scenario, TR_IN_PRICE);
    if (word >= 0) /* the words are the kinds of price, in their order, but for what is given */
        return tr_system_price(system, (tr_price_kind)(TR_PRICE_ON_DEMAND + word), err);
    return tr_system_price_given(system, tr_input_number(scenario, TR_IN_PRICE), "given with --price", err);
}

static int is_mixture(const tr_model *model) { return model->routed_param > 0.0; }

/* llama.cpp's -sm: all cards by layer, or all by row. Others say so with ranks. */
static tr_status split_ranks(const tr_scenario *scenario, const tr_problem *p, double *tp_rank, double *pp_rank,
                             tr_error *err)
{
    static const tr_input_id rank[] = {TR_IN_TP, TR_IN_EP, TR_IN_PP, TR_IN_DP};
    if (p->engine == NULL || !p->engine->row_split)
        return tr_fail(err, TR_ECONFLICT, "split_mode", 0.0,
                       "--split is how llama.cpp shares a model out: --engine llamacpp, or --tp and --pp for %s",
                       p->engine != NULL && p->engine->title[0] != '\0' ? p->engine->title : "others");
    for (size_t i = 0; i < sizeof rank / sizeof rank[0]; i++)
        if (tr_input_is_set(scenario, rank[i]))
            return tr_fail(err, TR_ECONFLICT, "split_mode", 0.0, "--split and --%s say the same: give one of them",
                           tr_input_at(rank[i])->option);
    const int by_row = tr_input_choice(scenario, TR_IN_SPLIT) == 1;
    *(by_row ? tp_rank : pp_rank) = floor(p->system->chip_count);
    return TR_OK;
}

/* What of a layout was given; the rest follows from it. Without experts, dp are replicas. */
static tr_status given_layout(const tr_scenario *scenario, const tr_problem *p, tr_layout *out, int *given,
                              tr_error *err)
{
    static const tr_input_id id[] = {TR_IN_TP, TR_IN_EP, TR_IN_PP, TR_IN_DP};
    double rank[4] = {1, 1, 1, 1};
    int set[4];
    *given = 0;
    for (int i = 0; i < 4; i++) {
        set[i] = tr_input_is_set(scenario, id[i]);
        if (set[i])
            rank[i] = tr_input_number(scenario, id[i]);
        *given = *given || set[i];
    }
    if (tr_input_is_set(scenario, TR_IN_SPLIT)) {
        const tr_status split = split_ranks(scenario, p, &rank[0], &rank[2], err);
        if (split != TR_OK)
            return split;
        *given = 1;
    }
    if (!*given)
        return TR_OK;
    const int mixture = is_mixture(p->model);
    if (mixture && !set[3] && rank[1] > rank[0])
        rank[3] = rank[1] / rank[0];
    const double stage = rank[0] * rank[2] * (mixture ? rank[3] : 1.0), left = floor(p->system->chip_count / stage);
    const double copies = !mixture && set[3] ? rank[3] : left >= 1.0 ? left : 1.0;
    const tr_layout layout = {rank[0], mixture ? rank[3] : 1.0, rank[1], rank[2], copies, 0};
    const tr_status s = tr_layout_check(p->model, p->system, p->engine, &layout, err);
    if (s == TR_OK)
        *out = layout;
    return s;
}

tr_phase tr_problem_phase(const tr_scenario *scenario, double query_token)
{
    if (tr_input_is_set(scenario, TR_IN_PHASE))
        return (tr_phase)tr_input_choice(scenario, TR_IN_PHASE);
    return query_token > 1.0 ? TR_PHASE_PREFILL : TR_PHASE_DECODE;
}

static tr_status check_query(const tr_scenario *scenario, tr_error *err)
{
    size_t count = 0;
    const double *query_token = tr_input_list(scenario, TR_IN_QUERY, &count);
    for (size_t i = 0; i < count; i++)
        if (query_token[i] > 1.0 && tr_problem_phase(scenario, query_token[i]) == TR_PHASE_DECODE)
            return tr_fail(err, TR_ECONFLICT, "query_token", query_token[i],
                           "a decode step has one new token of each sequence: leave --phase decode out, and a query "
                           "of 1 is a decode step, a longer one a prefill");
    return TR_OK;
}

/* 1 where one of the passes asked for is a decode step. */
static int decodes(const tr_scenario *scenario)
{
    size_t count = 0;
    const double *query_token = tr_input_list(scenario, TR_IN_QUERY, &count);
    for (size_t i = 0; i < count; i++)
        if (tr_problem_phase(scenario, query_token[i]) == TR_PHASE_DECODE)
            return 1;
    return 0;
}

/* The load that the layout must hold: the largest of each list. */
static tr_load largest_load(const tr_scenario *scenario, const tr_load *first)
{
    static const tr_input_id id[] = {TR_IN_BATCH, TR_IN_CONTEXT, TR_IN_QUERY};
    tr_load load = *first;
    double *const value[] = {&load.batch_seq, &load.context_token, &load.query_token};
    for (int k = 0; k < 3; k++) {
        size_t count = 0;
        const double *list = tr_input_list(scenario, id[k], &count);
        for (size_t i = 0; i < count; i++)
            if (list[i] > *value[k])
                *value[k] = list[i];
    }
    load.phase = tr_problem_phase(scenario, load.query_token);
    if (load.phase == TR_PHASE_PREFILL && decodes(scenario)) { /* both in one layout: the one to decode in, with room */
        load.phase = TR_PHASE_DECODE;
        load.context_token += load.query_token - 1.0;
        load.query_token = 1.0;
    }
    return load;
}

/* The best layout for a load; where that fits in none, for the load asked for first. */
static tr_status choose_layout(tr_problem *p, const tr_load *load, tr_error *err)
{
    const tr_calibration *calibration = p->blackboard ? NULL : &p->calibration;
    tr_error why;
    p->layout_load = *load;
    tr_status s = tr_layout_best(p->model, p->system, p->engine, &p->formats, calibration, load, &p->layout, &why);
    if (s == TR_ENOFIT) {
        p->layout_load = p->load;
        s = tr_layout_best(p->model, p->system, p->engine, &p->formats, calibration, &p->load, &p->layout, &why);
    }
    p->layout_status = s == TR_ENOFIT && p->layout.tp_rank >= 1.0 ? TR_ENOFIT : TR_OK;
    if (s == TR_OK || p->layout_status == TR_ENOFIT)
        return TR_OK;
    if (err != NULL)
        *err = why;
    return s;
}

static tr_status hold(const tr_scenario *scenario, tr_problem *p, tr_error *err)
{
    p->layout.overlap = tr_input_choice(scenario, TR_IN_OVERLAP) == 1;
    return tr_shard_of(p->model, p->system, p->engine, &p->layout, &p->formats, &p->shard, err);
}

/* [K110] Over batches the question is when reading weights is shared, and a replica shares it with none. */
static void roof_by_copy(tr_problem *p) { p->roof.copy_count = p->by_copy ? p->layout.replica_count : 1.0; }

double tr_problem_copy_count(const tr_problem *p)
{
    const int pooled = p->blackboard || (p->physics == TR_PHYSICS_BOUND && !p->layout_given && !p->by_copy);
    return pooled ? 1.0 : p->layout.replica_count;
}

double tr_problem_balance_batch_seq(const tr_problem *p, double context_token)
{
    tr_roofline roof = p->roof;
    roof.copy_count = tr_problem_copy_count(p);
    return tr_balance_batch_seq(&roof, context_token);
}

/* The best layout for a batch; TR_ENOFIT: the closest. */
static tr_status lay_out_for(tr_problem *p, double batch_seq, tr_error *err)
{
    p->layout_load.batch_seq = batch_seq;
    p->layout_status = tr_layout_best(p->model, p->system, p->engine, &p->formats, &p->calibration, &p->layout_load,
                                      &p->layout, err);
    return p->layout_status;
}

/* [K111] The batch follows from the layout, and the layout from the batch: from all chips as one on, as long as the
 * balance of the layout that is best is more and fits. Replicas only grow in number, so it ends. */
static tr_status settle(tr_problem *p, double copy_seq, tr_error *err)
{
    tr_status s = lay_out_for(p, floor(copy_seq + 0.5), err);
    while (s == TR_OK) {
        tr_problem next = *p;
        const double batch_seq = floor(p->layout.replica_count * copy_seq + 0.5);
        if (!(batch_seq > p->layout_load.batch_seq && batch_seq <= 1e9) || lay_out_for(&next, batch_seq, NULL) != TR_OK)
            break;
        if (next.layout.replica_count < p->layout.replica_count)
            break;
        *p = next;
    }
    return s;
}

tr_status tr_problem_over_batches(const tr_scenario *scenario, tr_problem *problem, tr_error *err)
{
    tr_problem p = *problem;
    const int asked = p.layout_load.batch_seq > 1.0; /* one is the default */
    const double copy_seq = tr_balance_batch_seq(&p.roof, 0.0);
    if (p.blackboard)
        return TR_OK;
    p.by_copy = 1;
    p.layout_load.phase = TR_PHASE_DECODE;
    p.layout_load.query_token = 1.0;
    if (p.layout_given || asked || !(copy_seq >= 0.5 && copy_seq <= 1e9)) {
        problem->by_copy = 1;
        roof_by_copy(problem);
        return TR_OK;
    }
    tr_status s = settle(&p, copy_seq, err);
    if (s == TR_OK || s == TR_ENOFIT)
        s = hold(scenario, &p, err);
    if (s != TR_OK)
        return s;
    /* Where that many fit in none, the one that comes closest will do if it holds any. */
    if (p.layout_status == TR_OK || tr_shard_max_batch_seq(&p.shard, p.load.context_token) >= 1.0)
        *problem = p;
    problem->by_copy = 1;
    roof_by_copy(problem);
    return TR_OK;
}

/* What a step keeps of its drafts: as given, or as measured. */
static tr_status keep_drafts(tr_problem *p, double accept_share, tr_error *err)
{
    const double drafted = p->formats.draft_token;
    const tr_acceptance none = {.share = (double)NAN};
    p->acceptance = none;
    p->accept_share = accept_share;
    p->token_per_step = 1.0;
    if (!(drafted > 0.0)) {
        p->accept_share = (double)NAN;
        return TR_OK;
    }
    if (!(drafted >= 1.0 && floor(drafted) >= drafted))
        return tr_fail(err, TR_EDOMAIN, "draft_token", drafted, "whole tokens are drafted: 1 to 1023, not %.6g",
                       drafted);
    if (isnan(accept_share)) {
        tr_acceptance_of(p->model, drafted, &p->acceptance);
        p->accept_share = p->acceptance.share;
    }
    p->token_per_step = tr_draft_kept_token(drafted, p->accept_share);
    if (!(p->token_per_step >= 1.0))
        return tr_fail(err, TR_EDOMAIN, "accept_share", p->accept_share, "the acceptance of drafts must be 0 to 1");
    return TR_OK;
}

static tr_status drafts_of(const tr_scenario *scenario, tr_problem *p, tr_error *err)
{
    double share = tr_input_number(scenario, TR_IN_ACCEPT);
    p->formats.draft_token = tr_input_number(scenario, TR_IN_DRAFT);
    if (tr_input_is_set(scenario, TR_IN_KEPT) && p->formats.draft_token > 0.0) {
        const double kept = tr_input_number(scenario, TR_IN_KEPT);
        if (tr_input_is_set(scenario, TR_IN_ACCEPT))
            return tr_fail(err, TR_ECONFLICT, "kept_token_per_step", kept,
                           "--accept and --tokens-per-step say the same: give one of them");
        share = tr_draft_accept_share(p->formats.draft_token, kept);
        if (isnan(share))
            return tr_fail(err, TR_EDOMAIN, "kept_token_per_step", kept,
                           "a step that verifies %.0f drafts gives 1 to %.0f tokens, not %.6g", p->formats.draft_token,
                           p->formats.draft_token + 1.0, kept);
    }
    return keep_drafts(p, share, err);
}

tr_status tr_problem_drafting(const tr_problem *problem, double draft_token, double accept_share, tr_problem *out,
                              tr_error *err)
{
    tr_problem p = *problem;
    p.formats.draft_token = draft_token;
    tr_status s = keep_drafts(&p, accept_share, err);
    if (s == TR_OK)
        s = tr_roofline_of(p.model, p.system, p.engine, &p.formats, &p.roof, err);
    if (s == TR_OK)
        s = tr_shard_of(p.model, p.system, p.engine, &p.layout, &p.formats, &p.shard, err);
    if (s == TR_OK) {
        roof_by_copy(&p);
        *out = p;
    }
    return s;
}

tr_status tr_problem_of(const tr_scenario *scenario, const tr_model *model, const tr_system *system, tr_problem *out,
                        tr_error *err)
{
    tr_problem p = {.model = model, .system = system};
    p.load.query_token = tr_input_number(scenario, TR_IN_QUERY);
    p.load.phase = tr_problem_phase(scenario, p.load.query_token);
    p.load.batch_seq = tr_input_number(scenario, TR_IN_BATCH);
    p.load.context_token = tr_input_number(scenario, TR_IN_CONTEXT);
    p.formats.weight = (tr_weight_format)tr_input_choice(scenario, TR_IN_WEIGHT_DTYPE);
    p.formats.kv = dtype_of(scenario, TR_IN_KV_DTYPE);
    p.formats.math = dtype_of(scenario, TR_IN_MATH_DTYPE);
    if (tr_input_is_set(scenario, TR_IN_MEMORY_SHARE))
        p.formats.memory_share = tr_input_number(scenario, TR_IN_MEMORY_SHARE);
    const double pue = tr_input_number(scenario, TR_IN_PUE), kwh = tr_input_number(scenario, TR_IN_ELECTRICITY);
    p.pue_ratio = isnan(pue) ? tr_default_pue_ratio() : pue;
    p.usd_per_kwh = isnan(kwh) ? tr_default_usd_per_kwh() : kwh;
    p.blackboard = model->layer_kinds == 0 || system->chip.confidence[0] == '\0';
    p.physics = p.blackboard ? TR_PHYSICS_BOUND : TR_PHYSICS_FITTED; /* numbers alone: the two equations */
    if (tr_input_is_set(scenario, TR_IN_PHYSICS))
        p.physics = (tr_physics)tr_input_choice(scenario, TR_IN_PHYSICS);
    if (p.blackboard && p.formats.memory_share > 0.0)
        return tr_fail(err, TR_ECONFLICT, "memory_share", p.formats.memory_share,
                       "numbers alone have no engine that leaves memory: name a model or its config.json, and a chip");
    const char *engine = tr_input_text(scenario, TR_IN_ENGINE);
    tr_status s = drafts_of(scenario, &p, err);
    if (s == TR_OK)
        s = check_query(scenario, err);
    if (s == TR_OK)
        s = tr_engine_find(engine, &p.engine, err);
    if (s == TR_OK && p.engine->gguf && p.formats.weight == TR_WEIGHT_FORMAT_MXFP4)
        s = tr_weight_format_parse("mxfp4_moe", &p.formats.weight, err);
    if (s == TR_OK)
        s = tr_engine_kv_check(p.engine, model, p.formats.kv, err);
    if (s == TR_OK && p.engine->apple_gpu &&
        (strcmp(system->chip.vendor, "Apple") != 0 || system->chip.kind != TR_CHIP_UNIFIED))
        s = tr_fail(err, TR_ECONFLICT, "engine", 0.0, "%s runs on Apple's GPUs (m4-max, m3-ultra), not on %s: --engine "
                    "llamacpp runs on both", p.engine->title, system->chip.name);
    if (s == TR_OK)
        s = tr_calibration_find(&system->chip, p.engine->name, model, &p.calibration, err);
    if (s == TR_OK && p.blackboard)
        p.engine = NULL;
    if (s == TR_OK)
        s = tr_host_asked(scenario, &p, err);
    if (s == TR_OK)
        s = tr_roofline_of(model, system, p.engine, &p.formats, &p.roof, err);
    if (s == TR_OK)
        s = given_layout(scenario, &p, &p.layout, &p.layout_given, err);
    p.layout_load = largest_load(scenario, &p.load);
    const tr_load largest = p.layout_load;
    if (s == TR_OK && !p.layout_given)
        s = choose_layout(&p, &largest, err);
    if (s == TR_OK)
        s = hold(scenario, &p, err);
    if (s == TR_OK && tr_host_is_open(scenario, &p)) {
        s = tr_host_place(&p, &largest, err);
        s = s == TR_OK ? hold(scenario, &p, err) : s;
    }
    if (s != TR_OK)
        return s;
    p.distance = tr_host_distance(&p.shard, p.calibration.distance);
    *out = p;
    return TR_OK;
}

tr_status tr_problem_energy(const tr_problem *p, double compute_share, double memory_share, tr_power *power,
                            tr_energy *energy, tr_error *err)
{
    const tr_power_load load = {.compute_share = compute_share > 1.0 ? 1.0 : compute_share,
                                .memory_share = memory_share > 1.0 ? 1.0 : memory_share,
                                .weight_byte = p->roof.weight_byte};
    const tr_energy_terms terms = {
        .chip_count = p->system->chip_count,
        .pue_ratio = p->pue_ratio,
        .usd_per_kwh = p->usd_per_kwh,
        .utilisation_share = p->system->utilisation_share > 0.0 ? p->system->utilisation_share : 1.0};
    tr_power made;
    tr_energy cost;
    tr_status s = tr_power_of(&p->system->chip, &load, &made, err);
    if (s == TR_OK)
        s = tr_energy_of(&made, &terms, &cost, err);
    if (s != TR_OK)
        return s;
    *power = made;
    *energy = cost;
    return TR_OK;
}

int tr_problem_predicts(const tr_problem *p) { return p->model->layer_kinds > 0; }

tr_status tr_problem_pass(const tr_problem *p, const tr_load *load, tr_pass *out, tr_error *err)
{
    const tr_status s = tr_pass_of(load, out, err);
    if (s == TR_OK && load->phase == TR_PHASE_DECODE && p->formats.draft_token > 0.0) {
        out->token_per_seq = 1.0 + p->formats.draft_token;
        out->kept_per_seq = p->token_per_step;
    }
    return s;
}

tr_status tr_problem_step(const tr_problem *p, tr_physics physics, const tr_load *load, tr_step *out, tr_error *err)
{
    tr_pass pass;
    tr_status s = tr_problem_pass(p, load, &pass, err);
    if (s == TR_OK)
        s = tr_shard_check(&p->shard, load->batch_seq,
                           load->context_token + (load->phase == TR_PHASE_PREFILL ? load->query_token : 0.0), err);
    if (s != TR_OK)
        return s;
    if (physics == TR_PHYSICS_BOUND)
        return tr_bound_pass(&p->roof, &pass, out, err);
    return tr_pass_step(&p->shard, &p->roof, physics == TR_PHYSICS_FITTED ? &p->calibration : NULL, p->distance, &pass,
                        out, err);
}
