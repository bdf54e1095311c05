/* test_life_train.c -- a machine's train: its seats, its period, who pays; and a queue of requests that says the same. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <tokenroof/life.h>

#include "../rate/fixture.h"
#include "base/rng.h"

#define assert_near(value, expected, relative) assert_true(fabs((value) / (expected)-1.0) <= (relative))

/* 600 GB of weights at 6 TB/s, 30e9 active at 6 PFLOP/s, 60 kB a token in 1 TB at $3.60/h. A token multiplies for 10 us
 * and reads 10 ns of cache for each of its context: 1000 tokens are the cliff. */
typedef struct machine {
    tr_model model;
    tr_system system;
    tr_roofline roof;
} machine;

static const machine *machine_of(double memory_byte, double utilisation_share)
{
    static machine m;
    m.model = plain_model(600e9, 30e9, 60e3, 1);
    m.system = plain_system(6e15, 6e12, memory_byte, 3.6);
    m.system.utilisation_share = utilisation_share;
    m.roof = roof_of(&m.model, &m.system);
    return &m;
}
static const double LIMITED = 1e12;

static tr_train_terms terms_of(double context_token)
{
    return (tr_train_terms){.physics = TR_PHYSICS_BOUND,
                            .context_token = context_token,
                            .answer_token = 500,
                            .utilisation_share = 1.0,
                            .world_token_per_s = 128e6};
}

static tr_train train_of(const machine *m, const tr_train_terms *terms)
{
    tr_train t;
    assert_int_equal(tr_train_of(terms, &m->roof, &m->roof.pooled, NULL, &t, NULL), TR_OK);
    return t;
}

static void the_seats_are_the_balance_or_the_room(void **state)
{
    (void)state;
    tr_train_terms terms = terms_of(4096); /* beyond the cliff: as many as 400 GB hold */
    const machine *m = machine_of(LIMITED, 0.0);
    tr_train t = train_of(m, &terms);
    assert_true(t.batch_seq == 1627 && t.room_seq == 1627 && t.balance_seq == HUGE_VAL && t.fits);
    assert_near(t.bound.period_s, 0.1 + 1627 * 4096e-8, 1e-12);
    assert_near(t.bound.period_s, t.drain_s, 1e-3); /* a full memory is read once */
    assert_true(t.bound.period_s <= t.drain_s && t.asked.period_s == t.bound.period_s);
    assert_true(isnan(t.predicted.period_s) && isnan(t.low.machine_count));
    terms.batch_seq = 64; /* as asked */
    assert_near(train_of(m, &terms).bound.period_s, 0.1 + 64 * 4096e-8, 1e-12);
    terms.batch_seq = 1e6; /* and held */
    assert_true(train_of(m, &terms).batch_seq == 1627);
    terms = terms_of(0); /* no cache: the balance */
    t = train_of(m, &terms);
    assert_true(t.batch_seq == 10000 && t.room_seq == HUGE_VAL);
    assert_near(t.balance_seq, 10000, 1e-9);
    assert_near(t.bound.period_s, 0.1, 1e-9);
    terms = terms_of(1e8); /* 6 TB a sequence */
    t = train_of(m, &terms);
    assert_true(!t.fits && t.batch_seq == 1);
    m = machine_of(HUGE_VAL, 0.0); /* nothing limits it, and nothing balances */
    terms = terms_of(4096);
    t = train_of(m, &terms);
    assert_true(t.batch_seq == 10000 && !isfinite(t.drain_s));
}

static void everything_else_follows_from_period_and_seats(void **state)
{
    (void)state;
    tr_train_terms terms = terms_of(4096);
    const tr_train full = train_of(machine_of(LIMITED, 0.0), &terms);
    assert_near(full.bound.mean_wait_s, 1.5 * full.bound.period_s, 1e-12);
    assert_near(full.bound.worst_wait_s, 2 * full.bound.period_s, 1e-12);
    assert_near(full.bound.token_per_s, 1627 / full.bound.period_s, 1e-12);
    assert_near(full.bound.machine_count, 128e6 * full.bound.period_s / 1627, 1e-12);
    assert_near(full.bound.usd_per_mtoken, 1e-3 * full.bound.period_s / 1627 * 1e6, 1e-9);
    assert_near(full.boarding_request, 1627.0 / 500, 1e-12);
    assert_true(full.idle_seq == 0 && full.idle_share == 0);
    terms.utilisation_share = 0.25; /* the riders pay for the others' seats */
    const tr_train quarter = train_of(machine_of(LIMITED, 0.25), &terms);
    assert_true(quarter.bound.period_s == full.bound.period_s && quarter.batch_seq == full.batch_seq);
    assert_near(quarter.idle_seq, 0.75 * 1627, 1e-12);
    assert_near(quarter.bound.usd_per_mtoken, 4 * full.bound.usd_per_mtoken, 1e-12);
    assert_near(quarter.idle_share, 0.75, 1e-12);
    assert_near(quarter.bound.machine_count, 4 * full.bound.machine_count, 1e-12);
}

static void the_prediction_stands_beside_the_bound(void **state)
{
    (void)state;
    static tr_model model;
    static tr_system system;
    tr_roofline roof;
    tr_shard shard;
    tr_calibration calibration;
    tr_train t;
    const tr_engine *engine;
    const tr_layout layout = {.tp_rank = 8, .dp_rank = 1, .ep_rank = 1, .pp_rank = 1, .replica_count = 1};
    assert_int_equal(tr_model_catalog_get("llama-3.1-70b", &model, NULL), TR_OK);
    assert_int_equal(tr_system_catalog_get("8xh100-sxm", &system, NULL), TR_OK);
    assert_int_equal(tr_engine_find("vllm", &engine, NULL), TR_OK);
    assert_int_equal(tr_roofline_of(&model, &system, engine, NULL, &roof, NULL), TR_OK);
    assert_int_equal(tr_shard_of(&model, &system, engine, &layout, NULL, &shard, NULL), TR_OK);
    assert_int_equal(tr_calibration_find(&system.chip, "vllm", &model, &calibration, NULL), TR_OK);
    tr_train_terms terms = terms_of(8192);
    terms.physics = TR_PHYSICS_FITTED;
    terms.predicts = 1;
    assert_int_equal(tr_train_of(&terms, &roof, &shard, &calibration, &t, NULL), TR_OK);
    assert_true(t.bound.period_s < t.low.period_s && t.low.period_s < t.predicted.period_s &&
                t.predicted.period_s < t.high.period_s);
    assert_true(t.asked.period_s == t.predicted.period_s);
    assert_true(t.bound.machine_count < t.low.machine_count && t.low.machine_count < t.high.machine_count);
    assert_true(t.batch_seq == tr_shard_max_batch_seq(&shard, 8192));
}

static void what_is_out_of_range_is_refused(void **state)
{
    (void)state;
    const machine *m = machine_of(LIMITED, 0.0);
    tr_train t = {.batch_seq = 42};
    tr_error err;
    for (int i = 0; i < 5; i++) {
        tr_train_terms terms = terms_of(4096);
        double *const field[] = {&terms.batch_seq, &terms.answer_token, &terms.utilisation_share,
                                 &terms.world_token_per_s, &terms.context_token};
        *field[i] = i == 2 ? 1.5 : -1;
        assert_int_equal(tr_train_of(&terms, &m->roof, &m->roof.pooled, NULL, &t, &err), TR_EDOMAIN);
        *field[i] = (double)NAN;
        assert_int_equal(tr_train_of(&terms, &m->roof, &m->roof.pooled, NULL, &t, &err), TR_EDOMAIN);
    }
    tr_train_terms fitted = terms_of(4096);
    fitted.physics = TR_PHYSICS_FITTED;
    assert_int_equal(tr_train_of(&fitted, &m->roof, &m->roof.pooled, NULL, &t, &err), TR_EMISSING);
    assert_true(t.batch_seq == 42);
}

/* ---- a queue in whole ticks ------------------------------------------------------------------- */

enum { TICKS = 1000, SEATS = 400, RIDES = 50, REQUESTS = 200000 };

typedef struct queue {
    double mean_wait_period, worst_wait_period; /* to the end of the first ride */
    double taken_share, boarding_request;
} queue;

/* Requests come at random ticks; each takes the seat that is free first, at a departure after it came, and holds it for
 * RIDES trains. First come, first served: request i gets the seat of request i - SEATS. */
static queue queue_of(double utilisation_share, uint64_t seed)
{
    static int64_t free_train[SEATS];
    tr_rng rng;
    tr_rng_seed(&rng, seed);
    int64_t sum_tick = 0, worst_tick = 0, last_train = 0;
    double at = 0;
    const double gap_tick = (double)TICKS * RIDES / (utilisation_share * SEATS);
    for (int i = 0; i < SEATS; i++)
        free_train[i] = 0;
    for (int i = 0; i < REQUESTS; i++) {
        at += tr_rng_exponential(&rng, gap_tick);
        const int64_t at_tick = (int64_t)at;
        int64_t train = at_tick / TICKS + 1; /* one that leaves this instant is missed */
        if (train < free_train[i % SEATS])
            train = free_train[i % SEATS];
        free_train[i % SEATS] = train + RIDES;
        const int64_t wait_tick = (train + 1) * TICKS - at_tick;
        sum_tick += wait_tick;
        worst_tick = wait_tick > worst_tick ? wait_tick : worst_tick;
        last_train = train;
    }
    return (queue){(double)sum_tick / REQUESTS / TICKS, (double)worst_tick / TICKS,
                   (double)REQUESTS * RIDES / ((double)last_train * SEATS), (double)REQUESTS / (double)last_train};
}

static void a_queue_of_requests_waits_and_fills_as_the_closed_form_says(void **state)
{
    (void)state;
    const double shares[] = {0.25, 0.5, 0.75};
    const machine *m = machine_of(LIMITED, 0.0);
    for (size_t i = 0; i < sizeof shares / sizeof shares[0]; i++) {
        tr_train_terms terms = terms_of(4096);
        terms.batch_seq = SEATS;
        terms.answer_token = RIDES;
        terms.utilisation_share = shares[i];
        const tr_train t = train_of(m, &terms);
        const queue q = queue_of(shares[i], 7 + i);
        /* 200,000 arrivals: 3 deviations of a uniform mean and of a Poisson count */
        assert_near(q.mean_wait_period * t.bound.period_s, t.bound.mean_wait_s, 0.002);
        assert_true(q.worst_wait_period * t.bound.period_s <= t.bound.worst_wait_s);
        assert_near(q.worst_wait_period * t.bound.period_s, t.bound.worst_wait_s, 0.002);
        assert_near(q.taken_share * t.batch_seq, t.taken_seq, 0.007);
        assert_near(q.boarding_request, t.boarding_request, 0.007);
    }
    /* All seats sold: there is a queue for them, and no closed form. */
    assert_true(queue_of(1.0, 3).mean_wait_period > 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_seats_are_the_balance_or_the_room),
        cmocka_unit_test(everything_else_follows_from_period_and_seats),
        cmocka_unit_test(the_prediction_stands_beside_the_bound),
        cmocka_unit_test(what_is_out_of_range_is_refused),
        cmocka_unit_test(a_queue_of_requests_waits_and_fills_as_the_closed_form_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
