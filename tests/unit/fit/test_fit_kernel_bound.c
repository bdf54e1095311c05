/* What measurement says of a kernel's roof: no kernel is faster than its chip, but for anomalies that are named. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fit/kernel_fit.h"
#include "io/file.h"
#include "truth.h"

/* Kernels that beat the roof for a reason that is not the roof's. */
static const struct {
    tr_kernel_class kind;
    const char *chip, *key, *reason;
    size_t most; /* so many rows at most */
} anomaly[] = {
    {TR_KERNEL_DECODE_ATTENTION, "a100-sxm-80gb", "trtllm bfloat16",
     "up to 3.3 TB/s of a memory that has 2.0: sequences of the synthetic cache must share pages", 44},
    {TR_KERNEL_MOE, "h100-sxm", "vllm", "fewer experts are read than the routing, told to be even, reaches", 12},
    {TR_KERNEL_MOE, "b200-sxm", "vllm", "fewer experts are read than the routing, told to be even, reaches", 14},
    {TR_KERNEL_MOE, "b200-sxm", "min_latency", "fewer experts are read than the routing, told to be even, reaches", 28},
    {TR_KERNEL_SEND, "a100-sxm-80gb", "a100_pairwise_nvlink",
     "up to 343 GB/s of a link that has 300: the clock must stop before the last byte arrives", 457},
};
enum { ANOMALY_COUNT = sizeof anomaly / sizeof anomaly[0], CHIP_MAX = 8 };

typedef struct tally {
    const char *chip[CHIP_MAX];
    size_t rows[TR_KERNEL_COUNT][CHIP_MAX], cold[TR_KERNEL_COUNT][CHIP_MAX], warm[TR_KERNEL_COUNT][CHIP_MAX];
    size_t named[ANOMALY_COUNT];
    size_t unnamed;
} tally;

static int chip_index(tally *t, const char *name)
{
    for (int i = 0; i < CHIP_MAX; i++) {
        if (t->chip[i] == NULL)
            t->chip[i] = tr_chip_catalog_find(name)->name;
        if (strcmp(t->chip[i], name) == 0)
            return i;
    }
    fail_msg("more chips than %d", CHIP_MAX);
    return 0;
}

static void name_it(tally *t, const tr_measured *row, double least_s)
{
    char key[KERNEL_KEY_SIZE];
    kernel_key(row, key, sizeof key);
    for (int i = 0; i < ANOMALY_COUNT; i++)
        if (anomaly[i].kind == row->kernel.kind && strcmp(anomaly[i].chip, row->system->chip.name) == 0 &&
            strstr(key, anomaly[i].key) != NULL) {
            t->named[i]++;
            return;
        }
    if (t->unnamed++ < 10)
        print_error("line %d: %s %s %s takes %.3g s, its roof is %.3g s\n", row->line, row->system->chip.name,
                    tr_kernel_class_name(row->kernel.kind), key, row->measured_s, least_s);
}

static tr_status measured(void *context, const tr_measured *row, tr_error *err)
{
    tally *t = context;
    const tr_chip *chip = &row->system->chip;
    double cold_s = 0, warm_s = 0;
    if (row->metric != TR_METRIC_KERNEL || kernel_constant_count(row->kernel.kind) == 0)
        return TR_OK;
    tr_status s = kernel_least_s(&row->kernel, chip, 0, &cold_s, err);
    if (s == TR_OK)
        s = kernel_least_s(&row->kernel, chip, chip->cache_byte, &warm_s, err);
    if (s != TR_OK)
        return s;
    const int c = chip_index(t, chip->name);
    t->rows[row->kernel.kind][c]++;
    t->cold[row->kernel.kind][c] += cold_s > row->measured_s;
    t->warm[row->kernel.kind][c] += warm_s > row->measured_s;
    if (warm_s > row->measured_s)
        name_it(t, row, warm_s);
    return TR_OK;
}

static void read_truth(const char *name, tally *t)
{
    char path[1024];
    const char *form = NULL;
    const tr_measured_sink sink = {measured, skipped, t};
    tr_error err;
    size_t count = 0;
    truth_file(name, path, sizeof path);
    if (tr_measured_read(path, &sink, &count, &form, &err) != TR_OK)
        fail_msg("%s", err.text);
}

static void no_kernel_is_faster_than_its_chip_but_for_the_anomalies_named(void **state)
{
    (void)state;
    static tally t;
    memset(&t, 0, sizeof t);
    for (size_t i = 0; kernel_all_file(i) != NULL; i++)
        read_truth(kernel_all_file(i), &t);
    print_message("rows that beat their roof, of all: bytes all from memory -> less what the last cache holds\n");
    for (int k = 0; k < TR_KERNEL_COUNT; k++)
        for (int c = 0; c < CHIP_MAX; c++)
            if (t.cold[k][c] > 0)
                print_message("  %-18s %-14s %4zu -> %4zu of %6zu\n", tr_kernel_class_name((tr_kernel_class)k),
                              t.chip[c], t.cold[k][c], t.warm[k][c], t.rows[k][c]);
    for (int i = 0; i < ANOMALY_COUNT; i++) {
        print_message("  %4zu rows, %s %s \"%s\": %s\n", t.named[i], tr_kernel_class_name(anomaly[i].kind),
                      anomaly[i].chip, anomaly[i].key, anomaly[i].reason);
        assert_true(t.named[i] > 0); /* one that is gone leaves the list */
        assert_true(t.named[i] <= anomaly[i].most);
    }
    assert_int_equal(t.unnamed, 0);
}

static void a_kernels_roof_is_its_multiplies_or_the_bytes_that_no_cache_holds(void **state)
{
    (void)state;
    tr_chip chip;
    memset(&chip, 0, sizeof chip);
    chip.flop_per_s[TR_DTYPE_BF16] = 1e12;
    chip.flop_per_s[TR_DTYPE_FP4] = 4e12;
    chip.memory_byte_per_s = 1e9;
    chip.scaleup_byte_per_s = 1e8;
    tr_kernel k = {.kind = TR_KERNEL_GEMM, .math_dtype = TR_DTYPE_BF16, .flop = 3e12, .weight_byte = 4e9,
                   .activation_byte = 1e9};
    double least_s = 0;
    assert_int_equal(kernel_least_s(&k, &chip, 0, &least_s, NULL), TR_OK);
    assert_true(least_s == 5);
    assert_int_equal(kernel_least_s(&k, &chip, 1e9, &least_s, NULL), TR_OK);
    assert_true(least_s == 4);
    assert_int_equal(kernel_least_s(&k, &chip, 9e9, &least_s, NULL), TR_OK);
    assert_true(least_s == 3);
    /* A latent module's projections multiply in the weights' format: 2 tokens x 2 x 1e12 parameters in FP4. */
    k = (tr_kernel){.kind = TR_KERNEL_PREFILL_MLA, .math_dtype = TR_DTYPE_BF16, .weight_dtype = TR_DTYPE_FP4,
                    .batch_seq = 1, .query_token = 2, .weight_byte = 1e12 * tr_dtype_byte(TR_DTYPE_FP4),
                    .flop = 4e12 + 2e12};
    assert_int_equal(kernel_least_s(&k, &chip, 1e13, &least_s, NULL), TR_OK);
    assert_true(least_s > 3 - 1e-9 && least_s < 3 + 1e-9);
    k = (tr_kernel){.kind = TR_KERNEL_ALL_REDUCE, .link_byte = 2e8, .activation_byte = 2e8};
    assert_int_equal(kernel_least_s(&k, &chip, 1e13, &least_s, NULL), TR_OK);
    assert_true(least_s == 2);
    k = (tr_kernel){.kind = TR_KERNEL_GEMM, .math_dtype = TR_DTYPE_FP32, .flop = 1};
    assert_int_equal(kernel_least_s(&k, &chip, 0, &least_s, NULL), TR_ENOFIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_kernels_roof_is_its_multiplies_or_the_bytes_that_no_cache_holds),
        cmocka_unit_test(no_kernel_is_faster_than_its_chip_but_for_the_anomalies_named),
    };
    return cmocka_run_group_tests_name("fit kernel bound", tests, NULL, NULL);
}
