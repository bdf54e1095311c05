/* fixture.h -- small models and systems whose numbers can be checked by hand. */
#ifndef TOKENROOF_TESTS_RATE_FIXTURE_H
#define TOKENROOF_TESTS_RATE_FIXTURE_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <tokenroof/serve.h>

/* Equal to within a share of the expected value. */
#define assert_close(actual, expected, share) assert_close_((actual), (expected), (share), #actual, __FILE__, __LINE__)
static inline void assert_close_(double actual, double expected, double share, const char *what, const char *file,
                                 int line)
{
    const double slack = share * fabs(expected);
    if (!(fabs(actual - expected) <= slack)) {
        print_error("%s is %.17g, expected %.17g\n", what, actual, expected);
        _fail(file, line);
    }
}

static inline tr_model plain_model(double total_param, double active_param, double kv_byte_per_token,
                                   double weight_byte)
{
    const tr_model_numbers numbers = {total_param, active_param, kv_byte_per_token, weight_byte};
    tr_model model;
    tr_error err;
    if (tr_model_from_numbers(&numbers, &model, &err) != TR_OK)
        fail_msg("model: %s", err.text);
    return model;
}

static inline tr_system plain_system(double flop_per_s, double byte_per_s, double memory_byte, double usd_per_hour)
{
    const tr_chip_numbers numbers = {flop_per_s, byte_per_s, memory_byte, usd_per_hour};
    tr_system system;
    tr_error err;
    if (tr_system_from_numbers(&numbers, &system, &err) != TR_OK)
        fail_msg("system: %s", err.text);
    return system;
}

/* The model and the system must outlive it. */
static inline tr_roofline roof_of(const tr_model *model, const tr_system *system)
{
    tr_roofline roof;
    tr_error err;
    if (tr_roofline_of(model, system, NULL, NULL, &roof, &err) != TR_OK)
        fail_msg("roofline: %s", err.text);
    return roof;
}

/* From the catalogs. */
static inline void get_model(const char *name, tr_model *model)
{
    tr_error err;
    if (tr_model_catalog_get(name, model, &err) != TR_OK)
        fail_msg("%s: %s", name, err.text);
}

static inline tr_system get_system(const char *name)
{
    tr_system system;
    tr_error err;
    if (tr_system_catalog_get(name, &system, &err) != TR_OK)
        fail_msg("%s: %s", name, err.text);
    return system;
}

static inline const tr_engine *get_engine(const char *name)
{
    const tr_engine *engine = NULL;
    tr_error err;
    if (tr_engine_find(name, &engine, &err) != TR_OK)
        fail_msg("%s: %s", name, err.text);
    return engine;
}

static inline tr_calibration get_calibration(const char *chip, const char *engine)
{
    tr_calibration c;
    tr_error err;
    if (tr_calibration_find(tr_chip_catalog_find(chip), engine, NULL, &c, &err) != TR_OK)
        fail_msg("%s: %s", chip, err.text);
    return c;
}

/* Everything as the datasheet says, and no time beside it. */
static inline tr_calibration ideal_calibration(void)
{
    tr_calibration c = get_calibration("h100-sxm", "");
    for (int i = 0; i < TR_CONSTANT_COUNT; i++)
        c.value[i] = i <= TR_CONSTANT_EXPERT_FP4 ? 1.0 : 1e-30;
    return c;
}

/* tp, dp, ep, pp, replicas. The model, the system and the engine must outlive it. */
static inline tr_shard shard_with(const tr_model *model, const tr_system *system, const tr_engine *engine,
                                  tr_layout layout, const tr_formats *formats)
{
    tr_shard shard;
    tr_error err;
    if (tr_shard_of(model, system, engine, &layout, formats, &shard, &err) != TR_OK)
        fail_msg("%s: %s", model->name, err.text);
    return shard;
}

static inline tr_shard shard_of(const tr_model *model, const tr_system *system, tr_layout layout)
{
    return shard_with(model, system, NULL, layout, NULL);
}

/* A pass of a load on a shard, by ops or (with a calibration) fitted. */
static inline tr_step step_on(const tr_shard *shard, const tr_calibration *calibration, tr_load load)
{
    tr_roofline roof;
    tr_pass pass;
    tr_step step = {0};
    tr_error err;
    if (tr_roofline_of(shard->model, shard->system, shard->engine, &shard->formats, &roof, &err) != TR_OK ||
        tr_pass_of(&load, &pass, &err) != TR_OK ||
        tr_pass_step(shard, &roof, calibration, TR_DISTANCE_NEAR, &pass, &step, &err) != TR_OK)
        fail_msg("%s: %s", shard->model->name, err.text);
    return step;
}

static inline tr_step decode(const tr_roofline *roof, double batch_seq, double context_token)
{
    const tr_load load = {TR_PHASE_DECODE, batch_seq, context_token, 0.0};
    tr_step step;
    tr_error err;
    if (tr_bound_step(roof, &load, &step, &err) != TR_OK)
        fail_msg("step: %s", err.text);
    return step;
}

static inline tr_step prefill(const tr_roofline *roof, double batch_seq, double context_token, double query_token)
{
    const tr_load load = {TR_PHASE_PREFILL, batch_seq, context_token, query_token};
    tr_step step;
    tr_error err;
    if (tr_bound_step(roof, &load, &step, &err) != TR_OK)
        fail_msg("step: %s", err.text);
    return step;
}

/* Ten layers of grouped-query attention (64 query heads on 8 KV heads of 128)
 * and, by kind, a dense FFN or 256 experts of which a token uses 8.
 *   embedding 50e6, head 50e6 (not tied); each layer: mixer 40e6, norm 0, router 0
 *   dense: 60e6 a layer              -> total 1.1e9, multiply 1.05e9, stream 1.05e9
 *   mixture: 256e6 routed, 4e6 shared -> total 3.1e9, active 0.62e9, multiply 0.57e9, stream 3.05e9
 * KV: 2 x 8 x 128 = 2048 elements a layer and token, 40,960 B a token in BF16.
 * Attention: 4 x 64 x 128 = 32,768 FLOP a layer and cached token. */
static inline tr_model toy_model(int mixture)
{
    tr_model m;
    memset(&m, 0, sizeof m);
    (void)snprintf(m.name, sizeof m.name, mixture ? "toy-mixture" : "toy-dense");
    (void)snprintf(m.family, sizeof m.family, "Toy");
    tr_layer *layer = &m.layer[0];
    m.layer_kinds = 1;
    m.layers = 10.0;
    m.hidden = 8192.0;
    m.vocab = 50e6 / 8192.0;
    layer->layer_count = 10.0;
    layer->mixer = TR_MIXER_ATTENTION;
    (void)snprintf(layer->attention, sizeof layer->attention, "full");
    layer->heads = 64.0;
    layer->kv_heads = 8.0;
    layer->head_dim = 128.0;
    layer->value_dim = 128.0;
    layer->cache_count = 1;
    layer->cache[0] = (tr_cache){.kind = TR_CACHE_KV, .elem = 2048.0, .token_per_row = 1.0, .flop_per_row = 32768.0};
    layer->mixer_param = 40e6;
    m.embedding_param = 50e6;
    m.head_param = 50e6;
    if (mixture) {
        layer->experts = 256.0;
        layer->experts_active = 8.0;
        layer->routed_param = 256e6;
        layer->shared_param = 4e6;
        m.routed_param = 2.56e9;
        m.total_param = 3.1e9;
        m.active_param = 0.62e9;
        m.multiply_param = 0.57e9;
        m.stream_param = 3.05e9;
    } else {
        layer->dense_param = 60e6;
        m.total_param = 1.1e9;
        m.active_param = 1.1e9;
        m.multiply_param = 1.05e9;
        m.stream_param = 1.05e9;
    }
    m.weight_dtype = TR_DTYPE_BF16;
    for (int part = 0; part < TR_PART_COUNT; part++)
        m.weight.part[part] = (tr_part_format){2.0, TR_DTYPE_BF16};
    m.kv_dtype = TR_DTYPE_BF16;
    return m;
}

/* A chip with an FP8 and a BF16 ceiling: 2e15 and 1e15 FLOP/s, 4 TB/s, 100 GB, $3.60 an hour. */
static inline tr_chip toy_chip(void)
{
    tr_chip chip;
    memset(&chip, 0, sizeof chip);
    (void)snprintf(chip.name, sizeof chip.name, "toy");
    (void)snprintf(chip.title, sizeof chip.title, "Toy");
    (void)snprintf(chip.vendor, sizeof chip.vendor, "Nobody");
    (void)snprintf(chip.source, sizeof chip.source, "made up for a test, 2026-01-01");
    (void)snprintf(chip.confidence, sizeof chip.confidence, "high");
    chip.year = 2026;
    chip.flop_per_s[TR_DTYPE_BF16] = 1e15;
    chip.flop_per_s[TR_DTYPE_FP8] = 2e15;
    chip.memory_byte = 100e9;
    chip.memory_byte_per_s = 4e12;
    chip.topology = TR_TOPOLOGY_SWITCH;
    chip.scaleup_byte_per_s = 450e9;
    chip.scaleup_domain_chip = 8.0;
    chip.usd_per_hour = 3.6;
    chip.tier_count = 1;
    (void)snprintf(chip.tier[0].name, sizeof chip.tier[0].name, "hbm");
    chip.tier[0].capacity_byte = chip.memory_byte;
    chip.tier[0].read_byte_per_s = chip.memory_byte_per_s;
    return chip;
}

/* count of them, put together by hand so that only this room is under test. */
static inline tr_system toy_system(double count)
{
    tr_system system;
    memset(&system, 0, sizeof system);
    (void)snprintf(system.name, sizeof system.name, "toys");
    system.chip = toy_chip();
    system.chip_count = count;
    system.domain_chip = count < 8.0 ? count : 8.0;
    system.usd_per_hour = count * system.chip.usd_per_hour;
    return system;
}

#endif
