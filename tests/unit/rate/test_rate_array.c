/* test_rate_array.c -- many steps at once are those of one at a time, and the same bits however many. */
#include "fixture.h"

#include <stdlib.h>

#include "base/rng.h"

#define MOST 3000

typedef struct arrays {
    double batch_seq[MOST], context_token[MOST], kv_byte[MOST], attention_flop[MOST];
    double compute_s[MOST], weights_s[MOST], kv_s[MOST], step_s[MOST];
} arrays;

static double same_bits(double a, double b) { return memcmp(&a, &b, sizeof a) == 0; }

/* Batches that are small, large, whole, fractional, at powers of two. */
static double any_batch(tr_rng *rng)
{
    const double u = tr_rng_uniform(rng);
    switch (tr_rng_below(rng, 5)) {
    case 0: return 1.0 + floor(u * 512.0);
    case 1: return 1.0 + u * 4096.0;
    case 2: return (double)(UINT64_C(1) << tr_rng_below(rng, 30)) + floor(u * 2.0);
    case 3: return 1.0 + floor(u * u * u * 999999998.0);
    default: return 1.0 + u;
    }
}

static void fill(arrays *a, size_t n, const tr_model *model, const tr_roofline *roof, tr_rng *rng)
{
    for (size_t i = 0; i < n; i++) {
        a->batch_seq[i] = any_batch(rng);
        a->context_token[i] = floor(tr_rng_uniform(rng) * 2e5);
        a->kv_byte[i] = tr_roofline_kv_read_byte(roof, a->context_token[i]);
        a->attention_flop[i] = tr_model_attention_flop(model, a->context_token[i]);
    }
}

static void run(arrays *a, size_t n, const tr_roofline *roof)
{
    tr_bound_step_array(roof, n, a->batch_seq, a->kv_byte, a->attention_flop, a->compute_s, a->weights_s, a->kv_s,
                        a->step_s);
}

/* The array goes by the sums of the roofline, a step by the operators': the same to rounding. */
static void check_agrees(const arrays *a, size_t n, const tr_roofline *roof)
{
    for (size_t i = 0; i < n; i++) {
        const tr_step one = decode(roof, a->batch_seq[i], a->context_token[i]);
        assert_close(a->compute_s[i], one.compute_s, 1e-13);
        assert_close(a->weights_s[i], one.weights_s, 1e-13);
        assert_close(a->kv_s[i], one.kv_s, 1e-13);
        assert_close(a->step_s[i], one.step_s, 1e-13);
    }
}

static void arrays_agree_with_single_steps_to_rounding(void **state)
{
    (void)state;
    arrays *a = calloc(1, sizeof *a);
    assert_non_null(a);
    tr_rng rng;
    tr_rng_seed(&rng, 20260701);
    tr_system system = toy_system(3.0);
    system.chip.memory_byte = HUGE_VAL;
    const tr_model models[3] = {toy_model(0), toy_model(1), plain_model(671e9, 37e9, 70272.0, 1.0)};
    for (size_t m = 0; m < 3; m++) {
        for (int round = 0; round < 10; round++) {
            system.chip.memory_byte_per_s = 1e12 * (1.0 + 7.0 * tr_rng_uniform(&rng));
            system.chip.flop_per_s[TR_DTYPE_BF16] = 1e14 * (1.0 + 9.0 * tr_rng_uniform(&rng));
            const tr_roofline roof = roof_of(&models[m], &system);
            fill(a, MOST, &models[m], &roof, &rng);
            run(a, MOST, &roof);
            check_agrees(a, MOST, &roof);
        }
    }
    free(a);
}

static void every_length_and_tail_gives_the_same_bits(void **state)
{
    (void)state;
    arrays *a = calloc(1, sizeof *a);
    assert_non_null(a);
    tr_rng rng;
    tr_rng_seed(&rng, 7);
    tr_system system = toy_system(1.0);
    system.chip.memory_byte = HUGE_VAL;
    const tr_model models[2] = {toy_model(0), toy_model(1)};
    for (size_t m = 0; m < 2; m++) {
        const tr_roofline roof = roof_of(&models[m], &system);
        for (size_t n = 0; n < 1100; n += n < 130 || (n > 500 && n < 540) || n > 1010 ? 1 : 13) {
            fill(a, n, &models[m], &roof, &rng);
            a->step_s[n] = 42.0; /* must not be written */
            a->kv_s[n] = 43.0;
            run(a, n, &roof);
            for (size_t i = 0; i < n; i++) {
                double alone_s;
                tr_bound_step_array(&roof, 1, &a->batch_seq[i], &a->kv_byte[i], &a->attention_flop[i], NULL, NULL, NULL,
                                    &alone_s);
                assert_true(same_bits(a->step_s[i], alone_s));
            }
            assert_true(a->step_s[n] == 42.0 && a->kv_s[n] == 43.0);
        }
    }
    free(a);
}

static void an_output_nobody_wants_may_be_null(void **state)
{
    (void)state;
    arrays *a = calloc(1, sizeof *a), *b = calloc(1, sizeof *b);
    assert_non_null(a);
    assert_non_null(b);
    tr_rng rng;
    tr_rng_seed(&rng, 11);
    tr_system system = toy_system(1.0);
    system.chip.memory_byte = HUGE_VAL;
    const tr_model models[2] = {toy_model(0), toy_model(1)};
    for (size_t m = 0; m < 2; m++) {
        const tr_roofline roof = roof_of(&models[m], &system);
        fill(a, MOST, &models[m], &roof, &rng);
        run(a, MOST, &roof);
        for (unsigned wanted = 0; wanted < 16; wanted++) {
            memset(b, 0, sizeof *b);
            tr_bound_step_array(&roof, MOST, a->batch_seq, a->kv_byte, a->attention_flop,
                                wanted & 1u ? b->compute_s : NULL, wanted & 2u ? b->weights_s : NULL,
                                wanted & 4u ? b->kv_s : NULL, wanted & 8u ? b->step_s : NULL);
            static const double zero[MOST];
            assert_memory_equal(b->compute_s, wanted & 1u ? a->compute_s : zero, sizeof zero);
            assert_memory_equal(b->weights_s, wanted & 2u ? a->weights_s : zero, sizeof zero);
            assert_memory_equal(b->kv_s, wanted & 4u ? a->kv_s : zero, sizeof zero);
            assert_memory_equal(b->step_s, wanted & 8u ? a->step_s : zero, sizeof zero);
        }
    }
    free(a);
    free(b);
}

static void a_bad_element_is_nan_and_its_neighbours_are_not(void **state)
{
    (void)state;
    arrays *a = calloc(1, sizeof *a);
    assert_non_null(a);
    tr_rng rng;
    tr_rng_seed(&rng, 13);
    tr_system system = toy_system(1.0);
    system.chip.memory_byte = HUGE_VAL;
    const double none = (double)NAN;
    const double bad[][3] = {
        /* batch, KV, attention; 1 stands for "leave it" */
        {0.0, 1, 1}, {-5.0, 1, 1}, {none, 1, 1}, {HUGE_VAL, 1, 1}, {-HUGE_VAL, 1, 1}, {2e9, 1, 1}, {1e300, 1, 1},
        {1, -1.0, 1}, {1, none, 1}, {1, HUGE_VAL, 1}, {1, 1, -1.0}, {1, 1, none}, {1, 1, HUGE_VAL}, {none, none, none},
    };
    const tr_model models[2] = {toy_model(0), toy_model(1)};
    static const size_t lengths[] = {40, 700};
    for (size_t m = 0; m < 2; m++)
        for (size_t l = 0; l < 2; l++) {
            const size_t n = lengths[l];
            const tr_roofline roof = roof_of(&models[m], &system);
            fill(a, n, &models[m], &roof, &rng);
            const size_t kinds = sizeof bad / sizeof bad[0];
            for (size_t i = 0; i < kinds; i++) {
                double *at[3] = {&a->batch_seq[2 * i + 1], &a->kv_byte[2 * i + 1], &a->attention_flop[2 * i + 1]};
                for (size_t k = 0; k < 3; k++)
                    if (!(bad[i][k] == 1.0))
                        *at[k] = bad[i][k];
            }
            run(a, n, &roof);
            for (size_t i = 0; i < n; i++) {
                const int broken = i < 2 * kinds && i % 2 == 1;
                assert_int_equal(isnan(a->compute_s[i]) != 0, broken);
                assert_int_equal(isnan(a->weights_s[i]) != 0, broken);
                assert_int_equal(isnan(a->kv_s[i]) != 0, broken);
                assert_int_equal(isnan(a->step_s[i]) != 0, broken);
                if (!broken) {
                    const tr_step one = decode(&roof, a->batch_seq[i], a->context_token[i]);
                    assert_close(a->step_s[i], one.step_s, 1e-13);
                }
            }
        }
    free(a);
}

static void a_broken_roofline_gives_nan_everywhere(void **state)
{
    (void)state;
    const tr_model model = toy_model(1);
    const tr_system system = toy_system(1.0);
    tr_roofline roof = roof_of(&model, &system);
    roof.expert_idle_share = (double)NAN;
    const double one[3] = {1.0, 2.0, 3.0};
    double step_s[3] = {0};
    tr_bound_step_array(&roof, 3, one, one, one, NULL, NULL, NULL, step_s);
    assert_true(isnan(step_s[0]) && isnan(step_s[1]) && isnan(step_s[2]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arrays_agree_with_single_steps_to_rounding),
        cmocka_unit_test(every_length_and_tail_gives_the_same_bits),
        cmocka_unit_test(an_output_nobody_wants_may_be_null),
        cmocka_unit_test(a_bad_element_is_nan_and_its_neighbours_are_not),
        cmocka_unit_test(a_broken_roofline_gives_nan_everywhere),
    };
    return cmocka_run_group_tests_name("rate array", tests, NULL, NULL);
}
