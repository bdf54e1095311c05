/* test_rate_catalog.c -- what holds for every model of the catalog on a dozen systems, in random legal layouts,
 * formats and loads, by all three physics. Seeded. */
#include "fixture.h"

#include "base/rng.h"

#define HAIR 1e-12
#define FORMATS 12 /* native and the first of those that there are: payloads, and mixes of GGUF files */
#define LAYOUTS 12 /* of each model on each system */

static tr_model model;
static tr_timing timing;
static tr_op ops[TR_OP_LIST_MAX];

static const char *const systems[] = {"8xh100-sxm", "16xh200-sxm", "gb200-nvl72", "mi300x-platform", "8xb200-sxm",
                                      "4xa100-sxm-80gb", "rtx-5090", "8xmi355x", "2xl40s", "64xh100-sxm", "m4-max",
                                      "8xgaudi3"};

/* One question, with its roof and its shard. */
typedef struct instance {
    tr_system system;
    const tr_engine *engine;
    tr_calibration calibration;
    tr_formats formats;
    tr_roofline roof;
    tr_shard shard;
    tr_load load;
} instance;

static double spread(tr_rng *rng, double low, double high)
{
    double x = low;
    while (x * 2.0 <= high && tr_rng_below(rng, 8) != 0)
        x *= 2.0;
    return floor(x * (1.0 + tr_rng_uniform(rng)));
}

static void make_load(tr_rng *rng, tr_load *load)
{
    load->phase = tr_rng_below(rng, 3) == 0 ? TR_PHASE_PREFILL : TR_PHASE_DECODE;
    load->batch_seq = tr_rng_below(rng, 4) == 0 ? 1.0 : spread(rng, 1.0, 2048.0);
    load->context_token = tr_rng_below(rng, 5) == 0 ? 0.0 : spread(rng, 1.0, 262144.0);
    load->query_token = load->phase == TR_PHASE_PREFILL ? spread(rng, 1.0, 16384.0) : 1.0;
}

typedef void check(instance *now, tr_rng *rng);

/* Returns how many were checked. */
static size_t each(uint64_t seed, check *judge)
{
    static tr_layout all[256];
    tr_rng rng;
    size_t judged = 0;
    tr_rng_seed(&rng, seed);
    for (size_t m = 0; tr_model_catalog_name(m) != NULL; m++) {
        get_model(tr_model_catalog_name(m), &model);
        for (size_t s = 0; s < sizeof systems / sizeof systems[0]; s++) {
            instance now = {.system = get_system(systems[s])};
            size_t count = 0;
            now.engine = tr_rng_below(&rng, 2) ? NULL : tr_engine_at(tr_rng_below(&rng, (uint32_t)tr_engine_count()));
            now.calibration = get_calibration(now.system.chip.name, "");
            now.formats.weight = tr_rng_below(&rng, 3) ? TR_WEIGHT_FORMAT_NATIVE
                                                       : (tr_weight_format)tr_rng_below(&rng, FORMATS);
            now.formats.kv = tr_rng_below(&rng, 3) ? TR_DTYPE_NATIVE : TR_DTYPE_FP8;
            now.formats.draft_token = tr_rng_below(&rng, 4) ? 0.0 : 3.0;
            if (tr_roofline_of(&model, &now.system, now.engine, &now.formats, &now.roof, NULL) != TR_OK ||
                tr_layout_list(&model, &now.system, now.engine, all, 256, &count, NULL) != TR_OK)
                continue;
            for (int k = 0; k < LAYOUTS && count > 0; k++) {
                tr_layout y = all[tr_rng_below(&rng, (uint32_t)count)];
                y.overlap = tr_rng_below(&rng, 4) == 0;
                now.shard = shard_with(&model, &now.system, now.engine, y, &now.formats);
                make_load(&rng, &now.load);
                judge(&now, &rng);
                judged++;
            }
        }
    }
    return judged;
}

static tr_step step_by(const instance *now, tr_physics physics)
{
    tr_step step = {0};
    tr_pass pass;
    tr_error err;
    tr_status s = tr_pass_of(&now->load, &pass, &err);
    if (s == TR_OK && now->load.phase == TR_PHASE_DECODE)
        pass.token_per_seq = 1.0 + now->formats.draft_token;
    if (s == TR_OK)
        s = physics == TR_PHYSICS_BOUND
                ? tr_bound_pass(&now->roof, &pass, &step, &err)
                : tr_pass_step(&now->shard, &now->roof, physics == TR_PHYSICS_FITTED ? &now->calibration : NULL,
                               now->calibration.distance, &pass, &step, &err);
    if (s != TR_OK)
        fail_msg("%s on %s: %s", model.name, now->system.name, err.text);
    return step;
}

static void fail_at(const instance *now, const char *what, double a, double b)
{
    char layout[80];
    (void)tr_layout_format(&now->shard.layout, layout, sizeof layout);
    fail_msg("%s on %s, %s%s, %s batch %g context %g query %g weights %d: %s: %.17g and %.17g", model.name,
             now->system.name, layout, now->shard.layout.overlap ? ", overlap" : "", tr_phase_name(now->load.phase),
             now->load.batch_seq, now->load.context_token, now->load.query_token, now->formats.weight, what, a, b);
}

static void check_order(instance *now, tr_rng *rng)
{
    (void)rng;
    const tr_step bound = step_by(now, TR_PHYSICS_BOUND), by_ops = step_by(now, TR_PHYSICS_OPS);
    const tr_step fitted = step_by(now, TR_PHYSICS_FITTED);
    if (!(bound.step_s <= by_ops.step_s * (1.0 + HAIR)))
        fail_at(now, "bound above ops", bound.step_s, by_ops.step_s);
    if (!(by_ops.step_s <= fitted.step_s * (1.0 + HAIR)))
        fail_at(now, "ops above fitted", by_ops.step_s, fitted.step_s);
    /* Not the sums alone: a chip has its even share of each kind of work, at least. */
    if (!now->shard.layout.overlap && !(bound.weights_s + bound.kv_s <=
                                        (by_ops.weights_s + by_ops.kv_s + by_ops.compute_s) * (1.0 + HAIR)))
        fail_at(now, "memory below its share", bound.weights_s + bound.kv_s, by_ops.weights_s + by_ops.kv_s);
    assert_true(fitted.low_s <= fitted.step_s && fitted.step_s <= fitted.high_s);
}

static void nothing_fitted_is_faster_than_ops_and_no_ops_than_the_bound(void **state)
{
    (void)state;
    assert_true(each(301, check_order) > 10000);
}

static void check_sum(instance *now, tr_rng *rng)
{
    (void)rng;
    for (int physics = TR_PHYSICS_OPS; physics <= TR_PHYSICS_FITTED; physics++) {
        const tr_step s = step_by(now, (tr_physics)physics);
        const double term[] = {s.compute_s, s.weights_s, s.kv_s, s.comm_s, s.fixed_s};
        double sum = 0.0, most = 0.0;
        for (int i = 0; i < 5; i++) {
            assert_true(term[i] >= 0.0);
            sum += term[i];
            most = fmax(most, term[i]);
        }
        if (!(fabs(sum - s.step_s) <= HAIR * s.step_s))
            fail_at(now, "terms and their sum", sum, s.step_s);
        assert_true(term[s.limit] == most);
    }
}

static void five_terms_add_up_to_the_step_and_the_largest_is_its_limit(void **state)
{
    (void)state;
    assert_true(each(302, check_sum) > 10000);
}

static void check_timing(instance *now, tr_rng *rng)
{
    const tr_calibration *c = tr_rng_below(rng, 2) ? &now->calibration : NULL;
    tr_pass at;
    tr_error err;
    double step_s;
    now->load.phase = TR_PHASE_DECODE;
    assert_int_equal(tr_pass_of(&now->load, &at, &err), TR_OK);
    at.token_per_seq = 1.0 + now->formats.draft_token;
    if (tr_timing_of(&now->shard, c, &at, &timing, &err) != TR_OK)
        fail_msg("%s: %s", model.name, err.text);
    tr_timing_array(&timing, 1, &now->load.batch_seq, &step_s);
    const tr_step step = step_by(now, c == NULL ? TR_PHYSICS_OPS : TR_PHYSICS_FITTED);
    if (!(fabs(step_s - step.step_s) <= 1e-9 * step.step_s))
        fail_at(now, "boiled down and whole", step_s, step.step_s);
}

static void a_boiled_down_pass_is_the_pass(void **state)
{
    (void)state;
    assert_true(each(303, check_timing) > 10000);
}

static void check_weights(instance *now, tr_rng *rng)
{
    (void)rng;
    const tr_shard *s = &now->shard;
    if (s->layout.pp_rank > 1.0)
        return; /* the list has all stages, the shard the busiest */
    const tr_pass pass = {.decode_seq = 64.0, .decode_context_token = 100.0, .token_per_seq = 1.0};
    size_t count = 0;
    double sum = 0.0;
    assert_int_equal(tr_operator_list(s, &pass, ops, TR_OP_LIST_MAX, &count, NULL), TR_OK);
    for (size_t i = 0; i < count; i++)
        sum += ops[i].count * ops[i].weight_byte *
               (ops[i].op_class == TR_OP_MOE ? ops[i].experts / ops[i].touched_count : 1.0);
    const double tp = s->layout.tp_rank;
    const double tables = ((model.tied ? 0.0 : model.embedding_param * s->weights.part[TR_PART_EMBEDDING].byte) +
                           model.lookup_param * s->weights.part[TR_PART_OTHER].byte) / tp;
    tr_formats plain = now->formats;
    plain.draft_token = 0.0; /* prediction layers are resident and not in this pass */
    const tr_shard without = shard_with(&model, &now->system, now->engine, s->layout, &plain);
    if (!(fabs(sum - (without.weight_byte - tables)) <= 1e-9 * sum))
        fail_at(now, "bytes read and bytes held", sum, without.weight_byte - tables);
}

static void what_a_pass_reads_with_all_experts_touched_is_what_the_chip_holds_but_tables(void **state)
{
    (void)state;
    assert_true(each(304, check_weights) > 10000);
}

static void check_room(instance *now, tr_rng *rng)
{
    (void)rng;
    const tr_shard *s = &now->shard;
    const double context = now->load.context_token + 1.0, most = tr_shard_max_batch_seq(s, context);
    if (most >= 1.0 && most < 1e9) {
        assert_int_equal(tr_shard_check(s, most, context, NULL), TR_OK);
        assert_int_equal(tr_shard_check(s, most + 1.0, context, NULL), TR_ENOFIT);
        assert_true(tr_shard_max_context_token(s, most) >= context);
    } else if (most < 1.0) {
        assert_int_equal(tr_shard_check(s, 1.0, context, NULL), TR_ENOFIT);
    }
}

static void the_largest_batch_fits_and_one_more_does_not(void **state)
{
    (void)state;
    assert_true(each(305, check_room) > 10000);
}

/* A chunk that starts anew holds less. */
static int wraps(void)
{
    for (int i = 0; i < model.layer_kinds; i++)
        for (int k = 0; k < model.layer[i].cache_count; k++)
            if (model.layer[i].cache[k].wraps)
                return 1;
    return 0;
}

static void check_more(instance *now, tr_rng *rng)
{
    const tr_physics physics = (tr_physics)tr_rng_below(rng, 3);
    const tr_step before = step_by(now, physics);
    const tr_load load = now->load;
    now->load.batch_seq += spread(rng, 1.0, 256.0);
    tr_step after = step_by(now, physics);
    if (!(after.step_s >= before.step_s * (1.0 - HAIR)))
        fail_at(now, "faster with more sequences", after.step_s, before.step_s);
    now->load = load;
    now->load.context_token += spread(rng, 1.0, 65536.0);
    after = step_by(now, physics);
    if (!wraps() && !(after.step_s >= before.step_s * (1.0 - HAIR)))
        fail_at(now, "faster with a longer context", after.step_s, before.step_s);
    now->load = load;
    now->load.query_token += spread(rng, 1.0, 4096.0);
    after = step_by(now, physics);
    if (!wraps() && !(after.step_s >= before.step_s * (1.0 - HAIR)))
        fail_at(now, "faster with a longer prompt", after.step_s, before.step_s);
}

static void more_sequences_or_tokens_never_take_less_time(void **state)
{
    (void)state;
    assert_true(each(306, check_more) > 10000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_fitted_is_faster_than_ops_and_no_ops_than_the_bound),
        cmocka_unit_test(five_terms_add_up_to_the_step_and_the_largest_is_its_limit),
        cmocka_unit_test(a_boiled_down_pass_is_the_pass),
        cmocka_unit_test(what_a_pass_reads_with_all_experts_touched_is_what_the_chip_holds_but_tables),
        cmocka_unit_test(the_largest_batch_fits_and_one_more_does_not),
        cmocka_unit_test(more_sequences_or_tokens_never_take_less_time),
    };
    return cmocka_run_group_tests_name("rate catalog", tests, NULL, NULL);
}
