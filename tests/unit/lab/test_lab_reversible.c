/* Reversible layers: inversion to the bit, memory to the byte, gradients by differences. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"
#include "lab/lab.h"
#include "life/reversible_limits.h"
#include "life/train_memory.h"

static void assert_near(double got, double expected, double tolerance)
{
    if (!(fabs(got - expected) <= tolerance * fabs(expected)))
        fail_msg("got %.17g, expected %.17g", got, expected);
}

/* ---- the cipher ------------------------------------------------------------------- */

/* L109: whatever the halves, the key, the rounds and the reach, decryption gives the message back. */
static void a_feistel_network_of_any_size_and_key_inverts_to_the_bit(void **state)
{
    (void)state;
    unsigned char message[300], block[300];
    tr_rng rng;
    tr_rng_seed(&rng, 42);
    for (int n = 0; n < 2000; n++) {
        const size_t size = 2 + (size_t)tr_rng_below(&rng, 299);
        const tr_feistel cipher = {.key = tr_rng_next(&rng),
                                   .rounds = 1 + (int)tr_rng_below(&rng, TR_FEISTEL_ROUND_MAX),
                                   .reach = (int)tr_rng_below(&rng, 4)};
        for (size_t i = 0; i < size; i++)
            message[i] = (unsigned char)tr_rng_next(&rng);
        memcpy(block, message, size);
        assert_int_equal(tr_feistel_encrypt(&cipher, block, size, NULL), TR_OK);
        assert_true(size < 8 || cipher.rounds < 2 || memcmp(block, message, size) != 0);
        assert_int_equal(tr_feistel_decrypt(&cipher, block, size, NULL), TR_OK);
        assert_memory_equal(block, message, size);
    }
}

static void another_key_does_not_decrypt(void **state)
{
    (void)state;
    const unsigned char message[16] = "fifteen letters";
    unsigned char block[16];
    tr_feistel cipher = {.key = 1, .rounds = 4};
    memcpy(block, message, sizeof block);
    assert_int_equal(tr_feistel_encrypt(&cipher, block, sizeof block, NULL), TR_OK);
    cipher.key = 2;
    assert_int_equal(tr_feistel_decrypt(&cipher, block, sizeof block, NULL), TR_OK);
    assert_memory_not_equal(block, message, sizeof block);
}

/* 16 bytes: 1/128; (64 (1+32) + 64) / 128^2; (64 * 64 + 64 * 33) / 128^2; then one half. */
static void the_avalanche_of_a_full_round_function_is_the_ideal_one(void **state)
{
    (void)state;
    const double hand[] = {1.0 / 128, 34.0 / 256, 97.0 / 256, 0.5, 0.5};
    const tr_feistel cipher = {.key = 7, .rounds = 12};
    unsigned char work[32];
    double y[13];
    assert_int_equal(tr_feistel_avalanche(&cipher, 16, 4000, work, y, NULL), TR_OK);
    for (int round = 0; round <= 12; round++) {
        const double ideal = tr_feistel_ideal_share(16, round);
        assert_near(ideal, hand[round < 4 ? round : 4], 1e-12);
        assert_true(fabs(y[round] - ideal) < 0.012); /* five times the spread of 4000 messages: halves differ by 0.12 */
    }
    assert_true(y[0] == 1.0 / 128);
}

static void a_round_function_that_reaches_two_bytes_needs_more_rounds(void **state)
{
    (void)state;
    const tr_feistel near = {.key = 7, .rounds = 24, .reach = 2}, far = {.key = 7, .rounds = 24};
    unsigned char work[64];
    double y[25], z[25];
    assert_int_equal(tr_feistel_avalanche(&near, 32, 500, work, y, NULL), TR_OK);
    assert_int_equal(tr_feistel_avalanche(&far, 32, 500, work, z, NULL), TR_OK);
    assert_true(y[3] < 0.15 && z[3] > 0.48);
    for (int round = 1; round < 12; round++)
        assert_true(y[round] >= y[round - 1]);
    assert_true(y[24] > 0.48 && y[24] < 0.52);
}

static void a_cipher_out_of_range_is_refused_and_leaves_the_block_alone(void **state)
{
    (void)state;
    unsigned char block[4] = {1, 2, 3, 4};
    const tr_feistel good = {.key = 1, .rounds = 3};
    const tr_feistel bad[] = {{.rounds = 0}, {.rounds = -1}, {.rounds = 65}, {.rounds = 3, .reach = -1}};
    tr_error err;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(tr_feistel_encrypt(&bad[i], block, 4, &err), TR_EDOMAIN);
        assert_int_equal(tr_feistel_decrypt(&bad[i], block, 4, &err), TR_EDOMAIN);
    }
    assert_int_equal(tr_feistel_encrypt(&good, block, 1, &err), TR_EDOMAIN);
    assert_int_equal(tr_feistel_encrypt(&good, NULL, 4, &err), TR_EMISSING);
    assert_true(block[0] == 1 && block[3] == 4);
    assert_true(isnan(tr_feistel_ideal_share(1, 3)) && isnan(tr_feistel_ideal_share(16, -1)));
}

/* ---- layers ------------------------------------------------------------------------- */

typedef struct bench {
    tr_stack stack;
    double *param, *x, *gradient, *other;
    void *work;
    size_t work_size;
} bench;

static bench bench_of(size_t layers, size_t width, size_t batch, uint64_t seed, double gain_ratio)
{
    bench b = {.stack = {layers, width, batch, seed, gain_ratio}};
    b.param = malloc(tr_stack_params(&b.stack) * sizeof(double));
    b.gradient = malloc(tr_stack_params(&b.stack) * sizeof(double));
    b.other = malloc(tr_stack_params(&b.stack) * sizeof(double));
    b.x = malloc(tr_stack_states(&b.stack) * sizeof(double));
    b.work_size = tr_lab_byte(&b.stack, 16);
    b.work = malloc(b.work_size);
    assert_true(b.param != NULL && b.x != NULL && b.gradient != NULL && b.other != NULL && b.work != NULL);
    assert_int_equal(tr_stack_draw(&b.stack, b.param, b.x, NULL), TR_OK);
    return b;
}

static void done(bench *b)
{
    free(b->param);
    free(b->gradient);
    free(b->other);
    free(b->x);
    free(b->work);
}

/* One layer of width 1 by hand: W = 2, bias = 1 in F; W = -1, bias = 0 in G. */
static void a_layer_adds_what_the_other_stream_says(void **state)
{
    (void)state;
    const tr_stack stack = {1, 1, 1, 0, 1};
    const double param[4] = {2, 1, -1, 0};
    double x[2] = {0.5, 1.0};
    const double y1 = 0.5 + 3.0 / sqrt(10.0), y2 = 1.0 - y1 / sqrt(1.0 + y1 * y1);
    assert_int_equal(tr_revnet_forward(&stack, param, TR_FORM_FP64, x, NULL), TR_OK);
    assert_near(x[0], y1, 1e-15);
    assert_near(x[1], y2, 1e-15);
    assert_int_equal(tr_revnet_inverse(&stack, param, TR_FORM_FP64, x, NULL), TR_OK);
    assert_near(x[0], 0.5, 1e-15);
    assert_near(x[1], 1.0, 1e-15);
}

/* L110 in integers that wrap: 200 stacks of any shape and any 64-bit state. */
static void integer_layers_invert_to_the_bit_whatever_the_state(void **state)
{
    (void)state;
    tr_rng rng;
    tr_rng_seed(&rng, 3);
    for (int n = 0; n < 200; n++) {
        bench b = bench_of(1 + (size_t)tr_rng_below(&rng, 20), 1 + (size_t)tr_rng_below(&rng, 17),
                           1 + (size_t)tr_rng_below(&rng, 4), tr_rng_next(&rng), 2.0);
        const size_t count = tr_stack_states(&b.stack);
        int64_t *x = b.work, *copy = malloc(count * sizeof *copy);
        assert_non_null(copy);
        for (size_t i = 0; i < count; i++)
            x[i] = copy[i] = (int64_t)tr_rng_next(&rng);
        assert_int_equal(tr_revnet_forward_int(&b.stack, b.param, x, NULL), TR_OK);
        assert_memory_not_equal(x, copy, count * sizeof *x);
        assert_int_equal(tr_revnet_inverse_int(&b.stack, b.param, x, NULL), TR_OK);
        assert_memory_equal(x, copy, count * sizeof *x);
        free(copy);
        done(&b);
    }
}

/* Rounding after each addition is what is lost: more with fewer bits, more with depth, nothing in integers. */
static void floats_drift_by_their_precision_and_integers_not_at_all(void **state)
{
    (void)state;
    bench b = bench_of(64, 16, 4, 9, 0.5);
    double drift[TR_FORM_COUNT];
    for (int form = 0; form < TR_FORM_COUNT; form++)
        assert_int_equal(tr_revnet_drift(&b.stack, b.param, b.x, (tr_form)form, b.work, &drift[form], NULL), TR_OK);
    assert_true(drift[TR_FORM_INT64] == 0.0);
    assert_true(drift[TR_FORM_FP64] > 0.0 && drift[TR_FORM_FP64] < 1e-11);
    assert_true(drift[TR_FORM_FP32] > 1e-8 && drift[TR_FORM_FP32] < 1e-2);
    assert_true(drift[TR_FORM_BF16] > 1e-3);
    done(&b);
}

/* The stack is stable where the cipher is not: a difference grows by little, and never past what the gain allows. */
static void a_difference_between_two_runs_grows_no_faster_than_the_gain_allows(void **state)
{
    (void)state;
    bench b = bench_of(32, 32, 8, 5, 0.5);
    double y[33], limit = 0.01;
    assert_int_equal(tr_stack_growth(&b.stack, b.param, b.x, 0.01, b.work, y, NULL), TR_OK);
    assert_near(y[0], 0.01, 0.01);
    assert_near(tr_stack_growth_ratio(0.0), 1.0, 1e-15);
    assert_near(tr_stack_growth_ratio(1.0), sqrt((3.0 + sqrt(5.0)) / 2.0), 1e-15); /* the golden ratio */
    for (int i = 1; i <= 32; i++) {
        limit *= tr_stack_growth_ratio(0.5);
        assert_true(y[i] < 1.1 * limit);
    }
    assert_true(y[32] < 0.1);
    done(&b);
}

/* ---- training ------------------------------------------------------------------------- */

static double loss_at(bench *b, tr_keep keep)
{
    tr_stack_run run;
    assert_int_equal(tr_stack_train(&b->stack, b->param, b->x, keep, b->work, b->work_size, b->other, &run, NULL),
                     TR_OK);
    return run.loss_ratio;
}

static void the_gradient_is_what_small_steps_say(void **state)
{
    (void)state;
    for (int keep = 0; keep < TR_KEEP_COUNT; keep++) {
        bench b = bench_of(5, 6, 3, 11, 0.8);
        tr_stack_run run;
        assert_int_equal(tr_stack_train(&b.stack, b.param, b.x, (tr_keep)keep, b.work, b.work_size, b.gradient, &run,
                                        NULL), TR_OK);
        double largest = 0.0;
        for (size_t i = 0; i < tr_stack_params(&b.stack); i++)
            largest = fabs(b.gradient[i]) > largest ? fabs(b.gradient[i]) : largest;
        for (size_t i = 0; i < tr_stack_params(&b.stack); i++) {
            const double before = b.param[i], step = 1e-5;
            b.param[i] = before + step;
            const double up = loss_at(&b, (tr_keep)keep);
            b.param[i] = before - step;
            const double down = loss_at(&b, (tr_keep)keep);
            b.param[i] = before;
            assert_true(fabs((up - down) / (2.0 * step) - b.gradient[i]) < 1e-8 * (1.0 + largest));
        }
        done(&b);
    }
}

/* The prediction is the count, the count is what was touched, and one byte less is refused: 60 shapes. */
static void predicted_bytes_are_the_counted_and_the_touched_ones(void **state)
{
    (void)state;
    tr_rng rng;
    tr_rng_seed(&rng, 21);
    for (int n = 0; n < 60; n++) {
        bench b = bench_of(1 + (size_t)tr_rng_below(&rng, 40), 1 + (size_t)tr_rng_below(&rng, 12),
                           1 + (size_t)tr_rng_below(&rng, 6), tr_rng_next(&rng), 0.7);
        for (int keep = 0; keep < TR_KEEP_COUNT; keep++) {
            const size_t need = tr_stack_train_byte(&b.stack, (tr_keep)keep);
            unsigned char *work = malloc(need + 64);
            tr_stack_run run;
            assert_non_null(work);
            memset(work, 0xA5, need + 64);
            assert_int_equal(tr_stack_train(&b.stack, b.param, b.x, (tr_keep)keep, work, need - 1, b.gradient, &run,
                                            NULL), TR_ECAPACITY);
            assert_int_equal(tr_stack_train(&b.stack, b.param, b.x, (tr_keep)keep, work, need, b.gradient, &run, NULL),
                             TR_OK);
            assert_true(run.peak_byte == (double)need);
            for (size_t i = 0; i < 64; i++)
                assert_int_equal(work[need + i], 0xA5);
            size_t last = need;
            while (last > 0 && work[last - 1] == 0xA5)
                last--;
            assert_true(last + sizeof(double) > need);
            free(work);
        }
        done(&b);
    }
}

/* L111: 6 matrix multiplies a branch become 8, and the gradients agree but for rounding. */
static void all_three_ways_find_the_same_gradient_and_recomputing_costs_a_third(void **state)
{
    (void)state;
    bench b = bench_of(24, 16, 4, 2, 0.5);
    tr_stack_run run[TR_KEEP_COUNT];
    for (int keep = 0; keep < TR_KEEP_COUNT; keep++) {
        double *by = keep == 0 ? b.gradient : b.other;
        double largest = 0.0, worst = 0.0;
        assert_int_equal(tr_stack_train(&b.stack, b.param, b.x, (tr_keep)keep, b.work, b.work_size, by, &run[keep],
                                        NULL), TR_OK);
        for (size_t i = 0; i < tr_stack_params(&b.stack); i++) {
            largest = fabs(b.gradient[i]) > largest ? fabs(b.gradient[i]) : largest;
            worst = fabs(by[i] - b.gradient[i]) > worst ? fabs(by[i] - b.gradient[i]) : worst;
        }
        assert_true(worst <= (keep == TR_KEEP_NOTHING ? 1e-12 * largest : 0.0));
        assert_true(run[keep].loss_ratio == run[0].loss_ratio);
        assert_true(run[keep].flop == run[0].flop * tr_keep_compute_ratio((tr_keep)keep));
    }
    assert_near(tr_keep_compute_ratio(TR_KEEP_NOTHING), 4.0 / 3.0, 1e-15);
    assert_true(run[0].peak_byte == (4 * 24 + 3) * 4 * 16 * 8.0 && run[2].peak_byte == 6 * 4 * 16 * 8.0);
    assert_true(isnan(tr_keep_compute_ratio(TR_KEEP_COUNT)));
    done(&b);
}

static void stacks_out_of_range_are_refused(void **state)
{
    (void)state;
    bench b = bench_of(2, 2, 2, 1, 0.5);
    const tr_stack bad[] = {{0, 2, 2, 1, 0.5}, {2, 0, 2, 1, 0.5}, {2, 2, 0, 1, 0.5}, {257, 2, 2, 1, 0.5},
                            {2, 2, 2, 1, -1},  {2, 2, 2, 1, (double)NAN}};
    tr_stack_run run = {.flop = 42};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(tr_stack_params(&bad[i]), 0);
        assert_int_equal(tr_stack_train_byte(&bad[i], TR_KEEP_ALL), 0);
        assert_int_equal(tr_lab_byte(&bad[i], 16), 0);
        assert_int_equal(tr_stack_draw(&bad[i], b.param, b.x, NULL), TR_EDOMAIN);
        assert_int_equal(tr_stack_train(&bad[i], b.param, b.x, TR_KEEP_ALL, b.work, b.work_size, b.gradient, &run,
                                        NULL), TR_EDOMAIN);
    }
    b.x[3] = (double)NAN;
    double drift = 42;
    assert_int_equal(tr_stack_train(&b.stack, b.param, b.x, TR_KEEP_ALL, b.work, b.work_size, b.gradient, &run, NULL),
                     TR_EDOMAIN);
    assert_int_equal(tr_revnet_drift(&b.stack, b.param, b.x, TR_FORM_INT64, b.work, &drift, NULL), TR_EDOMAIN);
    assert_int_equal(tr_revnet_forward(&b.stack, b.param, TR_FORM_INT64, b.x, NULL), TR_EDOMAIN);
    assert_true(run.flop == 42 && drift == 42);
    done(&b);
}

static void the_experiment_is_the_same_every_time_and_refuses_too_little_room(void **state)
{
    (void)state;
    const tr_stack stack = {8, 8, 2, 4, 0.5};
    const tr_feistel cipher = {.key = 4, .rounds = 5};
    const size_t need = tr_lab_byte(&stack, 16);
    tr_lab *a = calloc(2, sizeof *a), *b = a + 1;
    void *work = malloc(need);
    assert_true(a != NULL && work != NULL);
    assert_int_equal(tr_lab_run(&stack, &cipher, 16, work, need - 1, a, NULL), TR_ECAPACITY);
    assert_int_equal(tr_lab_run(&stack, &cipher, 16, work, need, a, NULL), TR_OK);
    assert_int_equal(tr_lab_run(&stack, &cipher, 16, work, need, b, NULL), TR_OK);
    assert_int_equal(a->inverted, a->samples);
    assert_int_equal(a->depths, 4);
    assert_memory_equal(a->drift_ratio, b->drift_ratio, sizeof a->drift_ratio);
    assert_memory_equal(a->flip_share, b->flip_share, sizeof a->flip_share);
    assert_memory_equal(a->run, b->run, sizeof a->run);
    assert_true(a->predicted_byte[1] == a->run[1].peak_byte && isnan(a->time_s[0]));
    free(work);
    free(a);
}

/* ---- as a claim of the lecture asks ------------------------------------------------------- */

static void a_claim_s_question_is_answered_by_running_and_any_other_is_refused(void **state)
{
    (void)state;
    tr_claim_answer answer = {.value = 42};
    tr_error err;
    assert_int_equal(tr_lab_claim("mfu", "", &answer, &err), TR_EUNKNOWN);
    assert_int_equal(tr_lab_claim("feistel_back_share", "", &answer, &err), TR_EMISSING);
    assert_int_equal(tr_lab_claim("feistel_back_share", "rounds=0", &answer, &err), TR_EDOMAIN);
    assert_int_equal(tr_lab_claim("revnet_drift_ratio", "form=fp16", &answer, &err), TR_EUNKNOWN);
    assert_true(answer.value == 42);
    assert_int_equal(tr_lab_claim("feistel_back_share", "rounds=3", &answer, &err), TR_OK);
    assert_true(answer.value == 1 && answer.unit == TR_UNIT_RATIO);
    assert_string_equal(answer.equation, "K50");
    assert_int_equal(tr_lab_claim("revnet_drift_ratio", "form=int64", &answer, &err), TR_OK);
    assert_true(answer.value == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_feistel_network_of_any_size_and_key_inverts_to_the_bit),
        cmocka_unit_test(another_key_does_not_decrypt),
        cmocka_unit_test(the_avalanche_of_a_full_round_function_is_the_ideal_one),
        cmocka_unit_test(a_round_function_that_reaches_two_bytes_needs_more_rounds),
        cmocka_unit_test(a_cipher_out_of_range_is_refused_and_leaves_the_block_alone),
        cmocka_unit_test(a_layer_adds_what_the_other_stream_says),
        cmocka_unit_test(integer_layers_invert_to_the_bit_whatever_the_state),
        cmocka_unit_test(floats_drift_by_their_precision_and_integers_not_at_all),
        cmocka_unit_test(a_difference_between_two_runs_grows_no_faster_than_the_gain_allows),
        cmocka_unit_test(the_gradient_is_what_small_steps_say),
        cmocka_unit_test(predicted_bytes_are_the_counted_and_the_touched_ones),
        cmocka_unit_test(all_three_ways_find_the_same_gradient_and_recomputing_costs_a_third),
        cmocka_unit_test(stacks_out_of_range_are_refused),
        cmocka_unit_test(the_experiment_is_the_same_every_time_and_refuses_too_little_room),
        cmocka_unit_test(a_claim_s_question_is_answered_by_running_and_any_other_is_refused),
    };
    return cmocka_run_group_tests_name("lab: reversible layers", tests, NULL, NULL);
}
