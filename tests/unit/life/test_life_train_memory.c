/* What training keeps of a forward pass: activations by hand, memory over depth, the KV cache as the mirror image. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "life/reversible_limits.h"
#include "life/train_memory.h"

static void assert_near(double got, double expected, double tolerance)
{
    if (!(fabs(got - expected) <= tolerance * fabs(expected)))
        fail_msg("got %.17g, expected %.17g", got, expected);
}

/* Ordinary memory grows with depth, that of checkpoints with its root, and that of reversible layers not. */
static void memory_grows_with_depth_with_its_root_or_not_at_all(void **state)
{
    (void)state;
    assert_near((double)tr_stack_train_streams(64, TR_KEEP_ALL), 4.0 * (double)tr_stack_train_streams(16, TR_KEEP_ALL),
                0.05);
    assert_near((double)tr_stack_train_streams(64, TR_KEEP_CHECKPOINTS),
                2.0 * (double)tr_stack_train_streams(16, TR_KEEP_CHECKPOINTS), 0.15);
    assert_int_equal(tr_stack_train_streams(64, TR_KEEP_NOTHING), tr_stack_train_streams(16, TR_KEEP_NOTHING));
    /* 64 layers: segments of 5 make 13 checkpoints of two streams, 2 x 13 + 4 x 5 + 5. */
    assert_int_equal(tr_stack_segment_layer(64), 5);
    assert_int_equal(tr_stack_train_streams(64, TR_KEEP_CHECKPOINTS), 51);
    assert_int_equal(tr_stack_train_streams(0, TR_KEEP_ALL), 0);
    assert_int_equal(tr_stack_train_streams(64, TR_KEEP_COUNT), 0);
}

/* Llama-3.1-8B: 32 layers of 4 x 4096 + (4096 + 2 x 1024) + 4096 + 3 x 14336 numbers, two bytes each. */
static void a_llama_keeps_what_its_shape_says(void **state)
{
    (void)state;
    tr_model *model = malloc(sizeof *model);
    const tr_train_numbers numbers = {16, 2, 4096, 640e9};
    tr_train_memory m;
    assert_non_null(model);
    assert_int_equal(tr_model_catalog_get("llama-3.1-8b", model, NULL), TR_OK);
    assert_int_equal(tr_train_memory_of(model, &numbers, &m, NULL), TR_OK);
    const double layer = 2.0 * (4 * 4096 + 6144 + 4096 + 3 * 14336), stream = 2.0 * 4096;
    assert_near(m.mean_layer_byte_per_token, layer, 1e-12);
    assert_near(m.kept_byte_per_token[TR_KEEP_ALL], 32 * layer, 1e-12);
    assert_near(m.kept_byte_per_token[TR_KEEP_NOTHING], 2 * stream + layer, 1e-12);
    assert_true(m.segment_layer == 1); /* a layer is 17 streams: one at a time */
    assert_near(m.kept_byte_per_token[TR_KEEP_CHECKPOINTS], 32 * stream + layer, 1e-12);
    assert_near(m.state_byte, 16 * model->total_param, 1e-12);
    for (int i = 0; i < TR_KEEP_COUNT; i++)
        assert_true(m.batch_seq[i] == floor(m.free_byte / (4096 * m.kept_byte_per_token[i])));
    assert_true(m.depth_layer[0] < m.depth_layer[1] && m.depth_layer[1] < m.depth_layer[2]);
    /* A stack of that depth, by its own bytes, fits; one layer more does not. */
    const double outside = model->embedding_param + model->head_param + model->final_param;
    const double each = 16 * (model->total_param - outside) / 32;
    assert_true(16 * outside + m.depth_layer[0] * (each + 4096 * layer) <= 640e9);
    assert_true(16 * outside + (m.depth_layer[0] + 1) * (each + 4096 * layer) > 640e9);
    free(model);
}

static void every_catalog_model_keeps_less_the_more_it_computes_again(void **state)
{
    (void)state;
    tr_model *model = malloc(sizeof *model);
    assert_non_null(model);
    for (size_t i = 0; i < tr_model_catalog_count(); i++) {
        const tr_train_numbers numbers = {16, 2, 4096, 1e15};
        tr_train_memory m;
        tr_kv_mirror k;
        assert_int_equal(tr_model_catalog_get(tr_model_catalog_name(i), model, NULL), TR_OK);
        assert_int_equal(tr_train_memory_of(model, &numbers, &m, NULL), TR_OK);
        assert_true(m.kept_byte_per_token[0] > m.kept_byte_per_token[1]);
        assert_true(m.kept_byte_per_token[1] > m.kept_byte_per_token[2] || m.layer_count < 8);
        assert_true(m.batch_seq[0] <= m.batch_seq[1] && m.batch_seq[1] <= m.batch_seq[2]);
        assert_int_equal(tr_kv_mirror_of(model, 8192, 2, &k, NULL), TR_OK);
        assert_true(k.compute_ratio > 1000 && k.compute_ratio < 1e6);
    }
    free(model);
}

static void memory_that_the_weights_do_not_leave_buys_nothing(void **state)
{
    (void)state;
    tr_model *model = malloc(sizeof *model);
    tr_train_numbers numbers = {16, 2, 4096, 80e9};
    tr_train_memory m;
    assert_non_null(model);
    assert_int_equal(tr_model_catalog_get("llama-3.1-8b", model, NULL), TR_OK);
    assert_int_equal(tr_train_memory_of(model, &numbers, &m, NULL), TR_OK);
    assert_true(m.free_byte < 0 && m.batch_seq[2] == 0 && m.depth_layer[2] > 0);
    numbers.memory_byte = HUGE_VAL;
    assert_int_equal(tr_train_memory_of(model, &numbers, &m, NULL), TR_OK);
    assert_true(m.batch_seq[0] == HUGE_VAL && m.depth_layer[2] == HUGE_VAL);
    free(model);
}

static void numbers_out_of_range_and_models_without_layers_are_refused(void **state)
{
    (void)state;
    const tr_model_numbers inline_numbers = {.total_param = 8e9, .weight_byte = 2};
    tr_model *model = malloc(sizeof *model);
    const tr_train_numbers good = {16, 2, 4096, 80e9};
    tr_train_memory m = {.state_byte = 42};
    tr_kv_mirror k = {.compute_ratio = 42};
    tr_error err;
    assert_non_null(model);
    assert_int_equal(tr_model_from_numbers(&inline_numbers, model, NULL), TR_OK);
    assert_int_equal(tr_train_memory_of(model, &good, &m, &err), TR_EMISSING);
    assert_int_equal(tr_kv_mirror_of(model, 8192, 2, &k, &err), TR_EMISSING);
    assert_int_equal(tr_model_catalog_get("llama-3.1-8b", model, NULL), TR_OK);
    const tr_train_numbers bad[] = {{-1, 2, 4096, 80e9}, {16, 0, 4096, 80e9}, {16, 2, 0, 80e9}, {16, 2, 4096, 0},
                                    {(double)NAN, 2, 4096, 80e9}, {16, (double)NAN, 4096, 80e9},
                                    {16, 2, (double)NAN, 80e9}, {16, 2, 4096, (double)NAN}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(tr_train_memory_of(model, &bad[i], &m, &err), TR_EDOMAIN);
    assert_int_equal(tr_kv_mirror_of(model, 0, 2, &k, &err), TR_EDOMAIN);
    assert_int_equal(tr_kv_mirror_of(model, (double)NAN, 2, &k, &err), TR_EDOMAIN);
    assert_true(m.state_byte == 42 && k.compute_ratio == 42);
    free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_grows_with_depth_with_its_root_or_not_at_all),
        cmocka_unit_test(a_llama_keeps_what_its_shape_says),
        cmocka_unit_test(every_catalog_model_keeps_less_the_more_it_computes_again),
        cmocka_unit_test(memory_that_the_weights_do_not_leave_buys_nothing),
        cmocka_unit_test(numbers_out_of_range_and_models_without_layers_are_refused),
    };
    return cmocka_run_group_tests_name("life: training memory", tests, NULL, NULL);
}
