/* Each class of kernel's formula, by hand, and which calibration a kernel gets. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fit/kernel_time.h"
#include "fit/predict.h"

#define assert_near(value, expected) assert_true(fabs((value) / (expected) - 1) < 1e-9)

/* 1 PFLOP/s in everything, 1 TB/s, links of 100 GB/s. */
static tr_chip chip_of_ones(void)
{
    tr_chip chip;
    memset(&chip, 0, sizeof chip);
    for (int d = 0; d < TR_DTYPE_COUNT; d++)
        chip.flop_per_s[d] = 1e15;
    chip.memory_byte_per_s = 1e12;
    chip.scaleup_byte_per_s = 1e11;
    return chip;
}

static void a_multiply_is_a_start_and_the_blend_of_its_two_roofs(void **state)
{
    (void)state;
    const tr_chip chip = chip_of_ones();
    tr_kernel k = {.kind = TR_KERNEL_GEMM, .math_dtype = TR_DTYPE_FP8, .m = 1000, .n = 10, .k = 1000, .flop = 3e15 * 0.5,
                   .weight_byte = 1e12, .activation_byte = 1e12};
    double v[] = {2, 0.5, 0.5, 7, 0.5, 0.25, 1e-30}; /* 3 s and 4 s, side by side; a quarter for each of 1000 along k */
    assert_near(kernel_time_s(&k, &chip, v), 2 + 250 + 4);
    v[6] = 4; /* one after the other */
    assert_near(kernel_time_s(&k, &chip, v), 2 + 250 + 7);
    v[6] = 2;
    assert_near(kernel_time_s(&k, &chip, v), 2 + 250 + 0.5 * (7 + 5)); /* (3 - 4)^2 + 2 x 12 = 25 */
    k.quantised = 1; /* 1e6 elements x 3 B / 0.5e12 */
    assert_near(kernel_time_s(&k, &chip, v), 2 + 250 + 6 + 7 + 3e6 / 0.5e12);
}

static void a_group_of_more_than_32_heads_reads_its_cache_again(void **state)
{
    (void)state;
    const tr_chip chip = chip_of_ones();
    tr_kernel k = {.kind = TR_KERNEL_DECODE_ATTENTION, .batch_seq = 4, .heads = 32, .kv_heads = 1, .kv_byte = 1e12,
                   .context_token = 8};
    const double v[] = {1, 0.5, 1, 0.25, 4, 0.5, 0.5};
    /* start, 4 x 0.25, 8 rows walked, 1 s of reading, root(1 x 4) */
    assert_near(kernel_time_s(&k, &chip, v), 1 + 1 + 4 + 1 + 2);
    k.heads = 64;
    assert_near(kernel_time_s(&k, &chip, v), 1 + 1 + 4 + 32 + sqrt(32.0 * 4));
}

static void short_prompts_waste_the_edge_of_the_triangle(void **state)
{
    (void)state;
    const tr_chip chip = chip_of_ones();
    /* 255 rows: 255 x 256 / 2 pairs: no window */
    const double pairs = 255.0 * 256 / 2;
    tr_kernel k = {.kind = TR_KERNEL_PREFILL_ATTENTION, .math_dtype = TR_DTYPE_BF16, .batch_seq = 1, .heads = 1,
                         .kv_heads = 1, .head_dim = 128, .query_token = 255, .flop = 4 * pairs * 128};
    double v[] = {1, 0.5, 0.5, 255.0 / 256, 1, 1e-30, 3};
    assert_near(kernel_time_s(&k, &chip, v) - 1, 2 * 2 * k.flop / 0.5e15);
    v[5] = 2; /* walks along all 255 rows; and the cache is written at a third of the memory's speed */
    k.kv_byte = 1e12;
    k.flop = 1e-30 + 4 * pairs * 128;
    assert_true(fabs(kernel_time_s(&k, &chip, v) - (1 + 510 + 3 + 2)) < 1e-3);
}

static void a_latent_module_has_its_projections_around_it(void **state)
{
    (void)state;
    const tr_chip chip = chip_of_ones();
    tr_kernel k = {.kind = TR_KERNEL_DECODE_MLA, .weight_dtype = TR_DTYPE_FP8, .math_dtype = TR_DTYPE_BF16, .batch_seq = 2,
                   .query_token = 1, .flop = 3e15, .kv_byte = 4e12};
    const double v[] = {1, 1, 1, 1, 1, 0.5, 1e-30};
    assert_near(kernel_time_s(&k, &chip, v), 1 + 2 * 0.5 + 5);
    k.weight_byte = 2e12;
    k.flop += 2 * 2 * 2e12; /* each parameter once a token */
    assert_near(kernel_time_s(&k, &chip, v), 1 + 2 * 0.5 + 5 + sqrt(8e12 / 1e15 * 8e12 / 1e15 + 4));
}

static void skewed_routing_takes_the_hottest_rank(void **state)
{
    (void)state;
    const tr_chip chip = chip_of_ones();
    tr_kernel k = {.kind = TR_KERNEL_MOE, .weight_dtype = TR_DTYPE_BF16, .math_dtype = TR_DTYPE_BF16, .m = 1e6, .hidden = 1,
                   .inner = 1, .experts = 8, .experts_active = 2, .expert_tp = 1, .expert_ep = 4};
    k.flop = 2 * 0.5e6 * 1e9; /* 5e5 rows on this rank, experts of 1e9 parameters */
    const double v[] = {1e-30, 1, 1, 1e-9, 1, 0.5, 1e-30, 1e-30, 1e-30, 1e-30};
    const double even = kernel_time_s(&k, &chip, v);
    k.skew = 1.2;
    assert_true(fabs(kernel_time_s(&k, &chip, v) / even - 1.5) < 1e-4); /* 1 + 0.5 (root(4) - 1): nearly all compute */
}

static void a_ring_costs_a_hop_for_each_rank(void **state)
{
    (void)state;
    const tr_chip chip = chip_of_ones();
    tr_kernel k = {.kind = TR_KERNEL_ALL_REDUCE, .group_chip = 4, .activation_byte = 1e11}; /* 1.5 s on the wire */
    const double v[] = {2, 0.1, 0.5, 6};
    assert_near(kernel_time_s(&k, &chip, v), 2 + 0.3 + 3 + 3);
    k.kind = TR_KERNEL_ALL_GATHER; /* half the wire */
    assert_near(kernel_time_s(&k, &chip, v), 2 + 0.3 + 1.5 + sqrt(0.75 * 6));
}

static void an_elementwise_operator_is_a_start_and_its_bytes(void **state)
{
    (void)state;
    const tr_chip chip = chip_of_ones();
    const tr_kernel k = {.kind = TR_KERNEL_ELEMENT, .activation_byte = 1e12};
    const double v[] = {3, 0.25};
    assert_near(kernel_time_s(&k, &chip, v), 7);
}

static void a_kernel_gets_its_own_calibration_or_its_nearest_relatives(void **state)
{
    (void)state;
    tr_system h100, b300, mi300;
    int far = -1;
    assert_int_equal(tr_system_catalog_get("h100-sxm", &h100, NULL), TR_OK);
    assert_int_equal(tr_system_catalog_get("b300-sxm", &b300, NULL), TR_OK);
    assert_int_equal(tr_system_catalog_get("mi300x", &mi300, NULL), TR_OK);
    tr_measured row = {.metric = TR_METRIC_KERNEL, .engine = "trtllm", .precision = "bfloat16", .system = &h100};
    row.kernel = (tr_kernel){.kind = TR_KERNEL_GEMM, .math_dtype = TR_DTYPE_BF16, .weight_dtype = TR_DTYPE_BF16, .m = 64,
                             .n = 4096, .k = 4096, .flop = 2.0 * 64 * 4096 * 4096, .weight_byte = 2.0 * 4096 * 4096,
                             .activation_byte = 2.0 * 64 * 8192};
    const kernel_row *own = kernel_find(&row, &far);
    assert_non_null(own);
    assert_int_equal(far, 0);
    assert_string_equal(own->chip, "h100-sxm");
    tr_prediction near, wide;
    assert_int_equal(tr_predict(&row, TR_PHYSICS_FITTED, &near, NULL), TR_OK);
    assert_true(near.bound_s > 0 && near.predicted_s > near.bound_s && near.low_s >= near.bound_s);
    row.system = &b300;
    assert_string_equal(kernel_find(&row, &far)->chip, "b200-sxm");
    assert_int_equal(far, 2);
    row.system = &mi300;
    assert_non_null(kernel_find(&row, &far));
    assert_int_equal(far, 2);
    assert_int_equal(tr_predict(&row, TR_PHYSICS_FITTED, &wide, NULL), TR_OK);
    assert_true(wide.high_s / wide.predicted_s > near.high_s / near.predicted_s);
    row.kernel.kind = TR_KERNEL_NONE;
    assert_null(kernel_find(&row, &far));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_multiply_is_a_start_and_the_blend_of_its_two_roofs),
        cmocka_unit_test(a_group_of_more_than_32_heads_reads_its_cache_again),
        cmocka_unit_test(short_prompts_waste_the_edge_of_the_triangle),
        cmocka_unit_test(a_latent_module_has_its_projections_around_it),
        cmocka_unit_test(skewed_routing_takes_the_hottest_rank),
        cmocka_unit_test(a_ring_costs_a_hop_for_each_rank),
        cmocka_unit_test(an_elementwise_operator_is_a_start_and_its_bytes),
        cmocka_unit_test(a_kernel_gets_its_own_calibration_or_its_nearest_relatives),
    };
    return cmocka_run_group_tests_name("fit kernels", tests, NULL, NULL);
}
