/* Each class of kernel's formula, by hand, and which calibration a kernel gets. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fit/kernel_fit.h"
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
    tr_kernel k = {.kind = TR_KERNEL_GEMM,
                   .math_dtype = TR_DTYPE_FP8,
                   .m = 1000,
                   .n = 10,
                   .k = 1000,
                   .flop = 3e15 * 0.5,
                   .weight_byte = 1e12,
                   .activation_byte = 1e12};
    double v[] = {2,    0.5,   0.5, 7, 0.5,
                  0.25, 1e-30, 1,   0}; /* 3 s and 4 s, side by side; a quarter for each of 1000 along k */
    assert_near(kernel_time_s(&k, &chip, v), 2 + 250 + 4);
    v[6] = 4; /* one after the other */
    assert_near(kernel_time_s(&k, &chip, v), 2 + 250 + 7);
    v[6] = 2;
    assert_near(kernel_time_s(&k, &chip, v), 2 + 250 + 0.5 * (7 + 5)); /* (3 - 4)^2 + 2 x 12 = 25 */
    k.quantised = 1; /* 1e6 elements x 3 B / 0.5e12 */
    assert_near(kernel_time_s(&k, &chip, v), 2 + 250 + 6 + 7 + 3e6 / 0.5e12);
    v[8] = 1e9; /* the host takes longer than the chip */
    assert_near(kernel_time_s(&k, &chip, v), 1e9);
}

static void a_group_of_more_than_32_heads_reads_its_cache_again(void **state)
{
    (void)state;
    const tr_chip chip = chip_of_ones();
    tr_kernel k = {.kind = TR_KERNEL_DECODE_ATTENTION, .batch_seq = 4, .heads = 32, .kv_heads = 1, .kv_byte = 1e12,
                   .context_token = 8};
    double v[] = {1, 0.5, 1, 0.25, 4, 0.5, 0.5, 1, 0};
    /* start, 4 x 0.25, 8 rows walked, 1 s of reading, root(1 x 4) */
    assert_near(kernel_time_s(&k, &chip, v), 1 + 1 + 4 + 1 + 2);
    k.heads = 64;
    assert_near(kernel_time_s(&k, &chip, v), 1 + 1 + 4 + 32 + sqrt(32.0 * 4));
    v[8] = 0.125; /* and 4 x 64 query heads */
    assert_near(kernel_time_s(&k, &chip, v), 1 + 1 + 32 + 4 + 32 + sqrt(32.0 * 4));
}

static void what_a_cache_holds_from_the_run_before_is_read_faster(void **state)
{
    (void)state;
    tr_chip chip = chip_of_ones();
    const double cache = chip.cache_byte = 52.4e6;
    tr_kernel k = {.kind = TR_KERNEL_DECODE_ATTENTION, .heads = 1, .kv_heads = 1};
    const double v[] = {0, 0.5, 1, 0, 0, 0.5, 0, 0.25, 0};
    k.kv_byte = cache / 100;
    assert_true(fabs(kernel_time_s(&k, &chip, v) / (0.25 * k.kv_byte / 1e12) - 1) < 1e-6); /* all of it is kept */
    k.kv_byte = cache;
    assert_near(kernel_time_s(&k, &chip, v), (1 - 0.75 / 2) * k.kv_byte / 1e12);
    k.kv_byte = cache * 100;
    assert_true(fabs(kernel_time_s(&k, &chip, v) / (k.kv_byte / 1e12) - 1) < 1e-6); /* nothing */
    double before = 0;
    for (k.kv_byte = cache / 16; k.kv_byte < cache * 16; k.kv_byte *= 1.1) { /* more never takes less */
        assert_true(kernel_time_s(&k, &chip, v) > before);
        before = kernel_time_s(&k, &chip, v);
    }
}

static void short_prompts_waste_the_edge_of_the_triangle(void **state)
{
    (void)state;
    const tr_chip chip = chip_of_ones();
    /* 255 rows: 255 x 256 / 2 pairs: no window */
    const double pairs = 255.0 * 256 / 2;
    tr_kernel k = {.kind = TR_KERNEL_PREFILL_ATTENTION, .math_dtype = TR_DTYPE_BF16, .batch_seq = 1, .heads = 1,
                         .kv_heads = 1, .head_dim = 128, .query_token = 255, .flop = 4 * pairs * 128};
    double v[] = {1, 0.5, 0.5, 255.0 / 256, 1, 1e-30, 3, 1};
    assert_near(kernel_time_s(&k, &chip, v) - 1, 2 * k.flop / 0.5e15);
    k.head_dim = 64; /* half a tile idle; the same multiplies of half the width */
    k.flop /= 2;
    assert_near(kernel_time_s(&k, &chip, v) - 1, 2 * 2 * k.flop / 0.5e15);
    k.head_dim = 256;
    k.flop *= 4;
    assert_near(kernel_time_s(&k, &chip, v) - 1, 2 * 2 * k.flop / 0.5e15);
    k.head_dim = 128;
    v[5] = 2; /* walks along all 255 rows; and the cache is written at a third of the memory's speed */
    k.kv_byte = 1e12;
    k.flop = 1e-30 + 4 * pairs * 128;
    assert_true(fabs(kernel_time_s(&k, &chip, v) - (1 + 510 + 3 + 2)) < 1e-3);
}

static void a_latent_module_has_its_projections_around_it(void **state)
{
    (void)state;
    const tr_chip chip = chip_of_ones();
    tr_kernel k = {.kind = TR_KERNEL_DECODE_MLA,
                   .weight_dtype = TR_DTYPE_FP8,
                   .math_dtype = TR_DTYPE_BF16,
                   .batch_seq = 2,
                   .query_token = 1,
                   .context_token = 16,
                   .heads = 4,
                   .flop = 3e15,
                   .kv_byte = 4e12};
    double v[] = {1, 1, 1, 1, 1, 0.5, 1e-30, 1, 0, 0, 0, 2}; /* 3 s and 4 s side by side: 6 */
    assert_near(kernel_time_s(&k, &chip, v), 1 + 2 * 0.5 + 6);
    k.weight_byte = 2e12;
    k.flop += 2 * 2 * 2e12; /* each parameter once a token */
    assert_near(kernel_time_s(&k, &chip, v), 1 + 2 * 0.5 + 6 + sqrt(8e12 / 1e15 * 8e12 / 1e15 + 4));
    const double before = kernel_time_s(&k, &chip, v);
    v[9] = 0.5;  /* 2 tokens x 4 heads */
    v[10] = 0.25; /* 16 rows of the cache */
    assert_near(kernel_time_s(&k, &chip, v), before + 4 + 4);
    k.kind = TR_KERNEL_PREFILL_MLA; /* 2 sequences x 4 heads */
    assert_near(kernel_time_s(&k, &chip, v), before + 4 + 2);
}

static void skewed_routing_takes_the_hottest_rank(void **state)
{
    (void)state;
    const tr_chip chip = chip_of_ones();
    tr_kernel k = {.kind = TR_KERNEL_MOE,
                   .weight_dtype = TR_DTYPE_BF16,
                   .math_dtype = TR_DTYPE_BF16,
                   .m = 1e6,
                   .hidden = 1,
                   .inner = 1,
                   .experts = 8,
                   .experts_active = 2,
                   .expert_tp = 1,
                   .expert_ep = 4};
    k.flop = 2 * 0.5e6 * 1e9; /* 5e5 rows on this rank, experts of 1e9 parameters */
    const double v[] = {1e-30, 1, 1, 1e-9, 1, 0.5, 1e-30, 1e-30, 1e-30, 1e-30, 1};
    const double even = kernel_time_s(&k, &chip, v);
    k.skew = 1.2;
    assert_true(fabs(kernel_time_s(&k, &chip, v) / even - 1.5) < 1e-4); /* 1 + 0.5 (root(4) - 1): nearly all compute */
}

static void experts_reach_half_their_share_at_as_many_tokens_as_their_tile(void **state)
{
    (void)state;
    const tr_chip chip = chip_of_ones();
    tr_kernel k = {.kind = TR_KERNEL_MOE, .weight_dtype = TR_DTYPE_BF16, .math_dtype = TR_DTYPE_BF16, .m = 400,
                   .hidden = 1, .inner = 1e9, .experts = 8, .experts_active = 2, .expert_tp = 1, .expert_ep = 1};
    k.flop = 2 * 800 * 1e9; /* 100 tokens an expert, of 1e9 parameters */
    const double v[] = {0, 1, 1e9, 100, 1, 0.5, 0, 0, 0, 0, 1};
    assert_true(fabs(kernel_time_s(&k, &chip, v) / (2 * k.flop / 1e15) - 1) < 1e-4);
    k.m = 1; /* two experts of eight are touched, each a token and a tile */
    k.flop = 2 * 2 * 1e9;
    assert_true(fabs(kernel_time_s(&k, &chip, v) / (101 * k.flop / 1e15) - 1) < 1e-4);
}

static void a_ring_costs_a_hop_for_each_rank(void **state)
{
    (void)state;
    const tr_chip chip = chip_of_ones();
    tr_kernel k = {.kind = TR_KERNEL_ALL_REDUCE, .group_chip = 4, .activation_byte = 1e11}; /* 1.5 s on the wire */
    double v[] = {2, 0.1, 0.5, 6, 0, 0};
    assert_near(kernel_time_s(&k, &chip, v), 2 + 0.3 + 3 + 3);
    k.kind = TR_KERNEL_ALL_GATHER; /* half the wire */
    assert_near(kernel_time_s(&k, &chip, v), 2 + 0.3 + 1.5 + sqrt(0.75 * 6));
    v[4] = 0.5; /* one bus for all: two chips more make it twice as long */
    assert_near(kernel_time_s(&k, &chip, v), 2 + 0.3 + 3 + 3);
}

static void an_elementwise_operator_is_a_start_and_its_bytes(void **state)
{
    (void)state;
    const tr_chip chip = chip_of_ones();
    const tr_kernel k = {.kind = TR_KERNEL_ELEMENT, .activation_byte = 1e12};
    const double v[] = {3, 0.25, 1, 24};
    assert_near(kernel_time_s(&k, &chip, v), 25); /* root(7^2 + 24^2) */
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
    row.kernel = (tr_kernel){.kind = TR_KERNEL_GEMM,
                             .math_dtype = TR_DTYPE_BF16,
                             .weight_dtype = TR_DTYPE_BF16,
                             .m = 64,
                             .n = 4096,
                             .k = 4096,
                             .flop = 2.0 * 64 * 4096 * 4096,
                             .weight_byte = 2.0 * 4096 * 4096,
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

/* Two libraries' multiplies with constants that are known, at 1,000 and 3,000 rows. */
static void what_kernels_say_of_a_pass_is_what_their_constants_say(void **state)
{
    (void)state;
    const tr_chip chip = chip_of_ones();
    tr_kernel gemm = {.kind = TR_KERNEL_GEMM, .weight_dtype = TR_DTYPE_FP8, .math_dtype = TR_DTYPE_FP8};
    tr_kernel moe = {.kind = TR_KERNEL_MOE, .weight_dtype = TR_DTYPE_FP8, .math_dtype = TR_DTYPE_FP8};
    kernel_group group[] = {
        {.row = {.chip = "x", .engine = "a", .kind = TR_KERNEL_GEMM, .rows = 1000,
                 .value = {1e-6, 0.2, 0.5, 1, 1, 1e-9, 0, 1, 1}}, .chip = &chip, .kernel = &gemm},
        {.row = {.chip = "x", .engine = "b", .kind = TR_KERNEL_GEMM, .rows = 3000,
                 .value = {1e-6, 0.8, 0.5, 1, 1, 1e-9, 0, 1, 1}}, .chip = &chip, .kernel = &gemm},
        {.row = {.chip = "x", .engine = "b", .key = "b eager", .kind = TR_KERNEL_GEMM, .rows = 3000,
                 .value = {1, 0.1, 0.1, 1, 1, 1, 0, 1, 1}}, .chip = &chip, .kernel = &gemm},
        {.row = {.chip = "x", .engine = "b", .kind = TR_KERNEL_MOE, .rows = 10,
                 .value = {1e-5, 0.4, 0.75, 60, 1, 1, 0, 0, 0, 0, 1}}, .chip = &chip, .kernel = &moe}};
    const kernel_data data = {.group = group, .count = 4};
    kernel_pass_row one, any;
    assert_true(kernel_pass_of(&data, "x", "a", TR_DTYPE_FP8, &one));
    assert_true(fabs(one.value[KERNEL_PASS_GEMM_FLOP_SHARE] / 0.2 - 1) < 1e-6);
    assert_true(fabs(one.value[KERNEL_PASS_GEMM_BYTE_SHARE] / 0.5 - 1) < 1e-3); /* one token's results beside weights */
    /* 8192 of k walked in 8.192 us; a token takes 2 x 8192^2 / 2e14 */
    assert_true(fabs(one.value[KERNEL_PASS_GEMM_HALF_TOKEN] / (8.192e-6 * 2e14 / (2.0 * 8192 * 8192)) - 1) < 1e-2);
    assert_true(one.rows == 1000 && one.value[KERNEL_PASS_EXPERT_FLOP_SHARE] == 0);
    assert_true(kernel_pass_of(&data, "x", "", TR_DTYPE_FP8, &any));
    /* a quarter of the logarithm of 0.2 and three of that of 0.8 */
    assert_true(fabs(any.value[KERNEL_PASS_GEMM_FLOP_SHARE] / (0.4 * sqrt(2)) - 1) < 1e-6);
    assert_true(fabs(any.value[KERNEL_PASS_EXPERT_FLOP_SHARE] / 0.4 - 1) < 1e-6);
    assert_true(fabs(any.value[KERNEL_PASS_EXPERT_HALF_TOKEN] / 60 - 1) < 1e-6);
    assert_true(fabs(any.value[KERNEL_PASS_EXPERT_BYTE_SHARE] / 0.75 - 1) < 1e-6);
    assert_false(kernel_pass_of(&data, "x", "", TR_DTYPE_BF16, &any));
    assert_false(kernel_pass_of(&data, "y", "", TR_DTYPE_FP8, &any));
}

static void every_measured_chip_ships_what_its_kernels_say_of_a_pass(void **state)
{
    (void)state;
    static const char *const chips[] = {"a100-sxm-80gb", "b200-sxm", "h100-sxm", "l40s"};
    for (int c = 0; c < 4; c++) {
        const kernel_pass_row *row = NULL;
        for (unsigned i = 0; i < kernel_pass_table_count && row == NULL; i++)
            if (strcmp(kernel_pass_table[i].chip, chips[c]) == 0 && kernel_pass_table[i].engine[0] == '\0' &&
                strcmp(kernel_pass_table[i].format, "bf16") == 0)
                row = &kernel_pass_table[i];
        assert_non_null(row);
        assert_true(row->value[KERNEL_PASS_DECODE_BYTE_SHARE] > 0.5 && row->value[KERNEL_PASS_EXPERT_FLOP_SHARE] > 0.2);
    }
    for (unsigned i = 0; i < kernel_pass_table_count; i++)
        for (int v = 0; v < KERNEL_PASS_COUNT; v++) {
            const double value = kernel_pass_table[i].value[v];
            assert_true(value >= 0);
            if (strstr(kernel_pass_name(v), "_share") != NULL && value > 1)
                fail_msg("%s %s %s: %s is %g", kernel_pass_table[i].chip, kernel_pass_table[i].engine,
                         kernel_pass_table[i].format, kernel_pass_name(v), value);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_multiply_is_a_start_and_the_blend_of_its_two_roofs),
        cmocka_unit_test(a_group_of_more_than_32_heads_reads_its_cache_again),
        cmocka_unit_test(what_a_cache_holds_from_the_run_before_is_read_faster),
        cmocka_unit_test(short_prompts_waste_the_edge_of_the_triangle),
        cmocka_unit_test(a_latent_module_has_its_projections_around_it),
        cmocka_unit_test(skewed_routing_takes_the_hottest_rank),
        cmocka_unit_test(experts_reach_half_their_share_at_as_many_tokens_as_their_tile),
        cmocka_unit_test(a_ring_costs_a_hop_for_each_rank),
        cmocka_unit_test(an_elementwise_operator_is_a_start_and_its_bytes),
        cmocka_unit_test(what_kernels_say_of_a_pass_is_what_their_constants_say),
        cmocka_unit_test(every_measured_chip_ships_what_its_kernels_say_of_a_pass),
        cmocka_unit_test(a_kernel_gets_its_own_calibration_or_its_nearest_relatives),
    };
    return cmocka_run_group_tests_name("fit kernels", tests, NULL, NULL);
}
