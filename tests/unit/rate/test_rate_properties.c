/* test_rate_properties.c -- what holds for every model, system and load: 20,000 seeded cases of each. */
#include "fixture.h"

#include "base/rng.h"

#define CASES 20000
#define HAIR 1e-12 /* rounding of a few operations */

typedef struct instance {
    tr_model model;
    tr_system system;
    tr_roofline roof;
    tr_load load;
} instance;

static double spread(tr_rng *rng, double low, double high)
{
    /* Powers of two and a mantissa: log-uniform enough, and exact on any machine. */
    double x = low;
    while (x * 2.0 <= high && tr_rng_below(rng, 8) != 0)
        x *= 2.0;
    return x * (1.0 + tr_rng_uniform(rng)) <= high ? x * (1.0 + tr_rng_uniform(rng) * 0.999) : x;
}

static void make(instance *c, tr_rng *rng)
{
    if (tr_rng_below(rng, 3) == 0) {
        const double active = spread(rng, 1e8, 1e12);
        c->model = plain_model(active * (1.0 + 20.0 * tr_rng_uniform(rng)), active, spread(rng, 1e2, 1e6),
                               0.5 * (double)(1 + tr_rng_below(rng, 4)));
    } else {
        c->model = toy_model((int)tr_rng_below(rng, 2));
        tr_cache *cache = &c->model.layer[0].cache[0];
        cache->elem = floor(spread(rng, 64.0, 65536.0));
        if (tr_rng_below(rng, 3) == 0)
            cache->row_cap = floor(spread(rng, 128.0, 65536.0));
        if (tr_rng_below(rng, 3) == 0)
            cache->read_cap = floor(spread(rng, 64.0, 4096.0));
        if (tr_rng_below(rng, 3) == 0) {
            c->model.layer[0].state_byte = floor(spread(rng, 1e3, 1e7));
            c->model.state_byte_per_seq = 10.0 * c->model.layer[0].state_byte;
        }
    }
    c->system = toy_system(1.0 + (double)tr_rng_below(rng, 72));
    for (int d = 0; d < TR_DTYPE_COUNT; d++)
        c->system.chip.flop_per_s[d] *= spread(rng, 0.01, 10.0);
    c->system.chip.memory_byte_per_s = spread(rng, 1e11, 3e13);
    c->system.chip.memory_byte = HUGE_VAL;
    c->roof = roof_of(&c->model, &c->system);
    c->load.phase = tr_rng_below(rng, 4) == 0 ? TR_PHASE_PREFILL : TR_PHASE_DECODE;
    c->load.batch_seq = tr_rng_below(rng, 2) ? floor(spread(rng, 1.0, 65536.0)) : spread(rng, 1.0, 65536.0);
    c->load.context_token = tr_rng_below(rng, 10) == 0 ? 0.0 : floor(spread(rng, 1.0, 1e6));
    c->load.query_token = floor(spread(rng, 1.0, 32768.0));
}

static tr_step step_of(const instance *c)
{
    tr_step step;
    tr_error err;
    if (tr_bound_step(&c->roof, &c->load, &step, &err) != TR_OK)
        fail_msg("step: %s", err.text);
    return step;
}

static void each(uint64_t seed, void (*check)(instance *c, tr_rng *rng))
{
    tr_rng rng;
    tr_rng_seed(&rng, seed);
    for (int i = 0; i < CASES; i++) {
        instance c;
        make(&c, &rng);
        check(&c, &rng);
    }
}

static void check_terms(instance *c, tr_rng *rng)
{
    (void)rng;
    const tr_step s = step_of(c);
    assert_true(s.step_s >= s.compute_s && s.step_s >= s.weights_s && s.step_s >= s.kv_s);
    assert_true(s.step_s == s.compute_s || s.step_s == s.weights_s + s.kv_s);
    assert_true(s.step_s > 0.0 && isfinite(s.step_s));
    assert_true(s.low_s == s.step_s && s.high_s == s.step_s);
    if (s.limit == TR_LIMIT_COMPUTE)
        assert_true(s.compute_s >= s.weights_s + s.kv_s);
    else if (s.limit == TR_LIMIT_WEIGHTS)
        assert_true(s.compute_s < s.weights_s + s.kv_s && s.weights_s >= s.kv_s);
    else
        assert_true(s.limit == TR_LIMIT_KV && s.compute_s < s.weights_s + s.kv_s && s.kv_s > s.weights_s);
}

static void no_step_is_shorter_than_a_term_and_its_limit_is_the_longest_side(void **state)
{
    (void)state;
    each(101, check_terms);
}

static void check_monotone(instance *c, tr_rng *rng)
{
    const tr_step s = step_of(c);
    instance more = *c;
    more.load.batch_seq += tr_rng_below(rng, 2) ? 1.0 : spread(rng, 1.0, 1000.0);
    const tr_step b = step_of(&more);
    assert_true(b.step_s >= s.step_s * (1.0 - HAIR));
    assert_true(b.token_per_s_per_seq <= s.token_per_s_per_seq * (1.0 + HAIR));
    if (c->model.routed_param == 0.0) /* a batch that wakes experts up may pay more for them than it gains */
        assert_true(b.token_per_s >= s.token_per_s * (1.0 - HAIR));
    more = *c;
    more.load.context_token += tr_rng_below(rng, 2) ? 1.0 : floor(spread(rng, 1.0, 1e5));
    assert_true(step_of(&more).step_s >= s.step_s * (1.0 - HAIR));
}

static void a_larger_batch_or_context_never_takes_less_time(void **state)
{
    (void)state;
    each(102, check_monotone);
}

static void check_bandwidth(instance *c, tr_rng *rng)
{
    (void)rng;
    const tr_step s = step_of(c);
    instance fast = *c;
    fast.system.chip.memory_byte_per_s *= 2.0;
    fast.roof = roof_of(&fast.model, &fast.system);
    const tr_step b = step_of(&fast);
    assert_true(2.0 * b.weights_s == s.weights_s && 2.0 * b.kv_s == s.kv_s && b.compute_s == s.compute_s);
    assert_true(b.step_s <= s.step_s);
    instance strong = *c;
    for (int d = 0; d < TR_DTYPE_COUNT; d++)
        strong.system.chip.flop_per_s[d] *= 2.0;
    strong.roof = roof_of(&strong.model, &strong.system);
    assert_true(2.0 * step_of(&strong).compute_s == s.compute_s);
}

static void doubling_bandwidth_halves_memory_time_and_doubling_math_halves_compute(void **state)
{
    (void)state;
    each(103, check_bandwidth);
}

static void check_utilisation(instance *c, tr_rng *rng)
{
    (void)rng;
    const tr_step s = step_of(c);
    assert_true(s.mfu >= 0.0 && s.mfu <= 1.0 + HAIR);
    assert_true(s.mbu >= 0.0 && s.mbu <= 1.0 + HAIR);
    assert_true(s.mfu > 1.0 - HAIR || s.mbu > 1.0 - HAIR);
    assert_close(s.mfu, s.flop / (c->roof.flop_per_s * s.step_s), HAIR);
    assert_close(s.mbu, (s.weight_read_byte + s.kv_read_byte) / (c->roof.byte_per_s * s.step_s), HAIR);
    assert_close(s.intensity_flop_per_byte, s.flop / (s.weight_read_byte + s.kv_read_byte), HAIR);
    /* Left of the ridge memory decides, right of it compute. */
    const double ridge = tr_ridge_flop_per_byte(&c->roof);
    if (s.intensity_flop_per_byte < ridge * (1.0 - HAIR))
        assert_true(s.limit != TR_LIMIT_COMPUTE);
    if (s.intensity_flop_per_byte > ridge * (1.0 + HAIR))
        assert_true(s.limit == TR_LIMIT_COMPUTE);
}

static void utilisation_lies_between_nothing_and_all(void **state)
{
    (void)state;
    each(104, check_utilisation);
}

static void check_rates(instance *c, tr_rng *rng)
{
    (void)rng;
    const tr_step s = step_of(c);
    assert_close(s.token_per_s_per_seq * c->load.batch_seq, s.token_per_s, HAIR);
    assert_close(s.token_per_s_per_chip * c->system.chip_count, s.token_per_s, HAIR);
    assert_close(s.usd_per_mtoken * 1e-6 * s.token_per_s, c->system.usd_per_hour / 3600.0, HAIR);
    const double head = c->model.tied ? c->model.embedding_param : c->model.head_param;
    const double spared_flop = c->load.phase == TR_PHASE_DECODE ? 0.0 : 2.0 * head; /* scores of the last token only */
    const double least_flop = c->roof.flop_per_token - spared_flop;
    assert_true(s.token_per_s <= c->roof.flop_per_s / least_flop * (1.0 + HAIR));
}

static void cost_times_throughput_is_the_price_and_no_throughput_passes_the_compute_roof(void **state)
{
    (void)state;
    each(105, check_rates);
}

static void check_crossings(instance *c, tr_rng *rng)
{
    (void)rng;
    c->load.phase = TR_PHASE_DECODE;
    const double balance = tr_balance_batch_seq(&c->roof, c->load.context_token);
    assert_true(balance > 0.0);
    if (balance >= 1.0 && balance < 1e8) {
        c->load.batch_seq = balance;
        const tr_step s = step_of(c);
        assert_true(s.compute_s >= (s.weights_s + s.kv_s) * (1.0 - 1e-9)); /* not all experts may be touched yet */
        c->load.batch_seq = balance * 1.01;
        assert_int_equal(step_of(c).limit, TR_LIMIT_COMPUTE);
    }
    const double most = tr_balance_context_token(&c->roof);
    if (most > 1.0 && most < 1e9) {
        assert_true(tr_balance_batch_seq(&c->roof, floor(most * 0.999)) < HUGE_VAL);
        const double kv_s = tr_roofline_kv_read_byte(&c->roof, most) / c->roof.byte_per_s;
        const double compute_s =
            (c->roof.flop_per_token + tr_model_attention_flop(&c->model, most)) / c->roof.flop_per_s;
        assert_close(kv_s, compute_s, 1e-6);
        const double cliff = tr_cliff_context_token(&c->roof, 65536.0);
        assert_true(cliff <= most * (1.0 + HAIR));
    }
}

static void the_crossings_are_where_both_sides_are_equal(void **state)
{
    (void)state;
    each(106, check_crossings);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_step_is_shorter_than_a_term_and_its_limit_is_the_longest_side),
        cmocka_unit_test(a_larger_batch_or_context_never_takes_less_time),
        cmocka_unit_test(doubling_bandwidth_halves_memory_time_and_doubling_math_halves_compute),
        cmocka_unit_test(utilisation_lies_between_nothing_and_all),
        cmocka_unit_test(cost_times_throughput_is_the_price_and_no_throughput_passes_the_compute_roof),
        cmocka_unit_test(the_crossings_are_where_both_sides_are_equal),
    };
    return cmocka_run_group_tests_name("rate properties", tests, NULL, NULL);
}
